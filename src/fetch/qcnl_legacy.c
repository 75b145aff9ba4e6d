/* qcnl_legacy.c: sgx_default_qcnl.conf as lines of KEY=VALUE with # comments.
 * collateral-service.md 6. */
#include <strings.h>

#include "fetch/qcnl.h"

enum { WORD_SIZE = 64 };

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* A part of the text, and where it stands. */
typedef struct part {
    assay_span text;
    size_t at;
} part;

static part trimmed(part p)
{
    while (p.text.size > 0 && is_space(p.text.data[0])) {
        p.text = span_of(p.text.data + 1, p.text.size - 1);
        p.at++;
    }
    while (p.text.size > 0 && is_space(p.text.data[p.text.size - 1]))
        p.text.size--;
    return p;
}

static assay_status key_find(const qcnl_file *f, part key, qcnl_key *out, assay_error *err)
{
    char word[WORD_SIZE] = "";
    const char *candidates[QCNL_KEY_COUNT + 1] = { NULL };
    size_t count = 0;
    for (int i = 0; i < QCNL_KEY_COUNT; i++) {
        const char *name = qcnl_rows[i].legacy;
        if (name == NULL)
            continue;
        candidates[count++] = name;
        if (span_is(key.text, name)) {
            *out = (qcnl_key)i;
            return ASSAY_OK;
        }
    }
    if (key.text.size < sizeof(word))
        memcpy(word, key.text.data, key.text.size);
    const char *meant = assay_suggest(word, candidates);
    return text_fail(f->place, key.at, err, "unknown key %s%s%s%s", word,
                     meant != NULL ? "; did you mean " : "", meant != NULL ? meant : "",
                     meant != NULL ? "?" : "");
}

static assay_status flag_read(qcnl_file *f, qcnl_key key, part value, assay_error *err)
{
    static const char *const words[] = { "FALSE", "TRUE" };
    for (int i = 0; i < 2; i++) {
        if (value.text.size == strlen(words[i]) &&
            strncasecmp((const char *)value.text.data, words[i], value.text.size) == 0)
            return qcnl_set_flag(f, key, i == 1);
    }
    return text_fail(f->place, value.at, err, "%s wants TRUE or FALSE", qcnl_rows[key].legacy);
}

static assay_status number_read(qcnl_file *f, qcnl_key key, part value, assay_error *err)
{
    uint64_t number = 0;
    bool digits = value.text.size > 0 && value.text.size < 10;
    for (size_t i = 0; digits && i < value.text.size; i++) {
        digits = value.text.data[i] >= '0' && value.text.data[i] <= '9';
        number = number * 10 + (uint64_t)(value.text.data[i] - '0');
    }
    if (!digits)
        return text_fail(f->place, value.at, err, "%s wants a number from 0 to %u",
                         qcnl_rows[key].legacy, qcnl_rows[key].max);
    return qcnl_set_number(f, key, number, value.at, err);
}

static assay_status value_read(qcnl_file *f, qcnl_key key, part value, assay_error *err)
{
    switch (qcnl_rows[key].type) {
    case QCNL_URLS:
        return qcnl_set_url(f, key, value.text, value.at, err);
    case QCNL_FLAG:
        return flag_read(f, key, value, err);
    case QCNL_NUMBER:
        return number_read(f, key, value, err);
    case QCNL_WORD:
        return qcnl_set_word(f, key, value.text, value.at, err);
    case QCNL_OPTIONS:
        break;
    }
    return ASSAY_OK;
}

static assay_status line_read(qcnl_file *f, part line, assay_error *err)
{
    qcnl_key key = QCNL_PCCS_URL;
    const uint8_t *equals =
        line.text.size == 0 ? NULL : memchr(line.text.data, '=', line.text.size);
    if (line.text.size == 0 || line.text.data[0] == '#')
        return ASSAY_OK;
    if (equals == NULL)
        return text_fail(f->place, line.at, err, "want KEY=VALUE, a comment with #, or JSON");
    const size_t size = (size_t)(equals - line.text.data);
    const part name = trimmed((part) { span_slice(line.text, 0, size), line.at });
    const part value = trimmed(
        (part) { span_slice(line.text, size + 1, line.text.size - size - 1), line.at + size + 1 });
    TRY(key_find(f, name, &key, err));
    if (f->given[key])
        return text_fail(f->place, name.at, err, "%s is given twice", qcnl_rows[key].legacy);
    f->given[key] = true;
    return value_read(f, key, value, err);
}

assay_status qcnl_read_legacy(qcnl_file *f, assay_span text, assay_error *err)
{
    size_t at = 0;
    while (at < text.size) {
        const uint8_t *end = memchr(text.data + at, '\n', text.size - at);
        const size_t size = end == NULL ? text.size - at : (size_t)(end - text.data) - at;
        TRY(line_read(f, trimmed((part) { span_slice(text, at, size), at }), err));
        at += size + 1;
    }
    return ASSAY_OK;
}
