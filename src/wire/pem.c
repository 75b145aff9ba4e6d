/* pem.c: PEM blocks to DER (verification.md 2.6). */
#include "wire/pem.h"
#include "wire/base64.h"

static const char begin_word[] = "-----BEGIN ";
static const char end_word[] = "-----END ";
static const char dashes[] = "-----";

typedef struct pem_reader {
    assay_span text;
    size_t at;
    const char *label;
} pem_reader;

static void skip_space(pem_reader *r)
{
    while (r->at < r->text.size && strchr(" \t\r\n", r->text.data[r->at]) != NULL &&
           r->text.data[r->at] != '\0')
        r->at++;
}

/* Goes behind `word` when it stands here. */
static bool take_word(pem_reader *r, const char *word)
{
    size_t size = strlen(word);
    if (!span_is(span_slice(r->text, r->at, size), word))
        return false;
    r->at += size;
    return true;
}

/* A whole line of dashes, word, label and dashes. */
static assay_status take_line(pem_reader *r, const char *word, assay_error *err)
{
    size_t start = r->at;
    if (take_word(r, word) && take_word(r, r->label) && take_word(r, dashes))
        return ASSAY_OK;
    return fail(err, ASSAY_MALFORMED, "pem", (int64_t)start, "want \"%s%s%s\" here", word, r->label,
                dashes);
}

static assay_status take_line_end(pem_reader *r, assay_error *err)
{
    if (take_word(r, "\n") || take_word(r, "\r\n"))
        return ASSAY_OK;
    return fail(err, ASSAY_MALFORMED, "pem", (int64_t)r->at, "want the end of the BEGIN line here");
}

/* Only LF and CRLF break lines: the first byte that is other white space, or NULL. */
static const uint8_t *stray_space(assay_span body)
{
    const uint8_t *end = body.data + body.size;
    const uint8_t *stray = memchr(body.data, ' ', body.size);
    if (stray == NULL)
        stray = memchr(body.data, '\t', body.size);
    const uint8_t *p = body.data;
    while (stray == NULL && (p = memchr(p, '\r', (size_t)(end - p))) != NULL) {
        p++;
        if (p == end || *p != '\n')
            stray = p - 1;
    }
    return stray;
}

/* The base64 lines of a block: everything before the first dash, which is none of their digits. */
static assay_status take_body(pem_reader *r, assay_span *body, assay_error *err)
{
    assay_span rest = span_slice(r->text, r->at, r->text.size - r->at);
    const uint8_t *dash = rest.size == 0 ? NULL : memchr(rest.data, '-', rest.size);
    if (dash == NULL)
        return fail(err, ASSAY_MALFORMED, "pem", (int64_t)r->text.size,
                    "the block has no END line");
    *body = (assay_span) { rest.data, (size_t)(dash - rest.data) };
    if (body->size == 0 || dash[-1] != '\n')
        return fail(err, ASSAY_MALFORMED, "pem", (int64_t)(r->at + body->size),
                    "want base64 lines, and the END line on a line of its own");
    const uint8_t *stray = stray_space(*body);
    if (stray != NULL)
        return fail(err, ASSAY_MALFORMED, "pem", stray - r->text.data,
                    "byte 0x%02x inside a block, want base64, LF or CRLF", *stray);
    r->at += body->size;
    return ASSAY_OK;
}

static assay_status decode_body(const pem_reader *r, assay_span body, uint8_t *out, size_t capacity,
                                size_t *size, assay_error *err)
{
    int64_t start = body.data - r->text.data;
    assay_status status =
        base64_decode(body, BASE64_STANDARD, BASE64_SPACE_SKIPPED, out, capacity, size, err);
    if (status != ASSAY_OK && err != NULL && err->offset != ASSAY_NO_OFFSET)
        err->offset += start;
    if (status != ASSAY_OK)
        return error_inside(err, status, "pem");
    if (*size == 0)
        return fail(err, ASSAY_MALFORMED, "pem", start, "the block is empty");
    return ASSAY_OK;
}

static assay_status take_block(pem_reader *r, uint8_t *out, size_t capacity, assay_span *der,
                               assay_error *err)
{
    assay_span body = { NULL, 0 };
    size_t size = 0;
    TRY(take_line(r, begin_word, err));
    TRY(take_line_end(r, err));
    TRY(take_body(r, &body, err));
    TRY(take_line(r, end_word, err));
    TRY(decode_body(r, body, out, capacity, &size, err));
    *der = (assay_span) { out, size };
    return ASSAY_OK;
}

assay_status pem_decode(assay_span text, const char *label, uint8_t *buffer, size_t capacity,
                        pem_blocks *out, assay_error *err)
{
    pem_reader r = { .text = text, .label = label };
    pem_blocks blocks = { .count = 0 };
    size_t used = 0;
    if (r.text.size > 0 && r.text.data[r.text.size - 1] == '\0')
        r.text.size--;
    for (skip_space(&r); r.at < r.text.size; skip_space(&r)) {
        if (blocks.count == LIMIT_CHAIN_CERTIFICATES)
            return fail(err, ASSAY_MALFORMED, "pem", (int64_t)r.at, "more than %d blocks",
                        LIMIT_CHAIN_CERTIFICATES);
        assay_span *der = &blocks.der[blocks.count];
        TRY(take_block(&r, buffer + used, capacity - used, der, err));
        used += der->size;
        blocks.count++;
    }
    if (blocks.count == 0)
        return fail(err, ASSAY_MALFORMED, "pem", 0, "no block \"%s\"", label);
    *out = blocks;
    return ASSAY_OK;
}

bool pem_looks_like(assay_span text)
{
    pem_reader r = { .text = text };
    skip_space(&r);
    return take_word(&r, begin_word);
}
