/* policy_values.c: the types of policy values. appraisal.md 2.2; assay-policy(5). */
#include <stdio.h>

#include "appraise/policy_values.h"
#include "base/suggest.h"

typedef struct word_row {
    const char *word;
    unsigned status;
} word_row;

static const word_row status_words[] = {
    { "UpToDate", STATUS_UP_TO_DATE },
    { "SWHardeningNeeded", STATUS_SW_HARDENING_NEEDED },
    { "ConfigurationNeeded", STATUS_CONFIGURATION_NEEDED },
    { "OutOfDate", STATUS_OUT_OF_DATE },
    { "TDRelaunchAdvised", STATUS_TD_RELAUNCH_ADVISED },
};

/* Words of other documents for two statuses at once. */
static const struct {
    const char *word;
    const char *split;
} combined_words[] = {
    { "ConfigurationAndSWHardeningNeeded", "ConfigurationNeeded, SWHardeningNeeded" },
    { "OutOfDateConfigurationNeeded", "OutOfDate, ConfigurationNeeded" },
    { "TDRelaunchAdvisedConfigurationNeeded", "TDRelaunchAdvised, ConfigurationNeeded" },
};

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

enum { LONGEST_WORD = 64, ADVISORY_TEXT_SIZE = sizeof("INTEL-SA-00000") };

static assay_status wrong_type(const value_reader *r, const char *wanted)
{
    return fail_named(r->err, ASSAY_MALFORMED, "policy_wrong_type", NULL, r->path, "want %s",
                      wanted);
}

static assay_status bad_value(const value_reader *r, const char *suggestion, const char *detail)
{
    return fail_named(r->err, ASSAY_MALFORMED, "policy_bad_value", suggestion, r->path, "%s",
                      detail);
}

static assay_status no_memory(const value_reader *r)
{
    return fail(r->err, ASSAY_NO_MEMORY, r->path, ASSAY_NO_OFFSET, "out of memory");
}

static bool same_folded(const char *a, const char *b)
{
    char folded_a[LONGEST_WORD], folded_b[LONGEST_WORD];
    fold_case(a, folded_a, sizeof(folded_a));
    fold_case(b, folded_b, sizeof(folded_b));
    return strlen(a) < LONGEST_WORD && strcmp(folded_a, folded_b) == 0;
}

/* A reader for element `index` of a list. */
static value_reader element_reader(const value_reader *r, char path[ASSAY_WHERE_SIZE], size_t index)
{
    value_reader element = *r;
    snprintf(path, ASSAY_WHERE_SIZE, "%s[%zu]", r->path, index);
    element.path = path;
    return element;
}

static value_reader member_reader(const value_reader *r, char path[ASSAY_WHERE_SIZE],
                                  const char *name)
{
    value_reader member = *r;
    snprintf(path, ASSAY_WHERE_SIZE, "%s.%s", r->path, name);
    member.path = path;
    return member;
}

static assay_status read_integer(const value_reader *r, json_t *json, uint64_t max, uint64_t *out)
{
    char detail[ASSAY_DETAIL_SIZE];
    if (!json_is_number(json))
        return wrong_type(r, "an integer");
    snprintf(detail, sizeof(detail), "want an integer from 0 to %llu, without sign or fraction",
             (unsigned long long)max);
    if (!json_is_integer(json) || json_integer_value(json) < 0 ||
        (uint64_t)json_integer_value(json) > max)
        return bad_value(r, NULL, detail);
    *out = (uint64_t)json_integer_value(json);
    return ASSAY_OK;
}

static assay_status read_hex(const value_reader *r, json_t *json, uint8_t *out)
{
    char detail[ASSAY_DETAIL_SIZE];
    size_t size = r->key->size;
    if (!json_is_string(json))
        return wrong_type(r, "hex digits as text");
    assay_span text = span_of(json_string_value(json), json_string_length(json));
    snprintf(detail, sizeof(detail), "want exactly %zu hex digits, saw %zu characters", 2 * size,
             text.size);
    if (text.size != 2 * size || assay_hex_decode(text, out, size, NULL) != ASSAY_OK)
        return bad_value(r, NULL, detail);
    for (size_t i = 0; r->key->order == ORDER_REVERSED && i < size / 2; i++) {
        uint8_t byte = out[i];
        out[i] = out[size - 1 - i];
        out[size - 1 - i] = byte;
    }
    return ASSAY_OK;
}

/* A list with at least one element. */
static assay_status take_list(const value_reader *r, json_t *json, size_t *count)
{
    if (!json_is_array(json))
        return wrong_type(r, "a list");
    *count = json_array_size(json);
    return *count > 0 ? ASSAY_OK : bad_value(r, NULL, "the list is empty, so nothing would pass");
}

static assay_status read_hex_list(const value_reader *r, json_t *json, policy_value *out)
{
    char path[ASSAY_WHERE_SIZE];
    TRY(take_list(r, json, &out->count));
    uint8_t *bytes = arena_new(r->memory, out->count, r->key->size);
    if (bytes == NULL)
        return no_memory(r);
    for (size_t i = 0; i < out->count; i++) {
        value_reader element = element_reader(r, path, i);
        TRY(read_hex(&element, json_array_get(json, i), bytes + i * r->key->size));
    }
    out->is_list = true;
    out->bytes = bytes;
    return ASSAY_OK;
}

static assay_status read_one_hex(const value_reader *r, json_t *json, policy_value *out)
{
    uint8_t *bytes = arena_new(r->memory, 1, r->key->size);
    if (bytes == NULL)
        return no_memory(r);
    out->count = 1;
    out->bytes = bytes;
    return read_hex(r, json, bytes);
}

static bool list_allowed(const value_reader *r, json_t *json)
{
    return json_is_array(json) && r->dialect == ASSAY_POLICY_EXTENDED;
}

static assay_status read_hex_or_list(const value_reader *r, json_t *json, policy_value *out)
{
    return list_allowed(r, json) ? read_hex_list(r, json, out) : read_one_hex(r, json, out);
}

static assay_status read_shorts(const value_reader *r, json_t *json, policy_value *out)
{
    char path[ASSAY_WHERE_SIZE];
    out->count = 1;
    out->is_list = list_allowed(r, json);
    if (out->is_list)
        TRY(take_list(r, json, &out->count));
    uint16_t *shorts = arena_new(r->memory, out->count, sizeof(*shorts));
    if (shorts == NULL)
        return no_memory(r);
    for (size_t i = 0; i < out->count; i++) {
        value_reader element = out->is_list ? element_reader(r, path, i) : *r;
        uint64_t value = 0;
        TRY(read_integer(&element, out->is_list ? json_array_get(json, i) : json, UINT16_MAX,
                         &value));
        shorts[i] = (uint16_t)value;
    }
    out->shorts = shorts;
    return ASSAY_OK;
}

static assay_status read_u16(const value_reader *r, json_t *json, policy_value *out)
{
    return read_integer(r, json, UINT16_MAX, &out->number);
}

static assay_status read_u32(const value_reader *r, json_t *json, policy_value *out)
{
    return read_integer(r, json, UINT32_MAX, &out->number);
}

static assay_status read_bool(const value_reader *r, json_t *json, policy_value *out)
{
    if (!json_is_boolean(json))
        return wrong_type(r, "true or false");
    out->number = json_is_true(json);
    return ASSAY_OK;
}

static assay_status read_date(const value_reader *r, json_t *json, policy_value *out)
{
    int64_t time = 0;
    if (!json_is_string(json))
        return wrong_type(r, "a date as text");
    json_t *holder = json_object();
    bool good = holder != NULL && json_object_set(holder, "date", json) == 0 &&
                json_take_time(holder, "date", "", &time, NULL) == ASSAY_OK;
    json_decref(holder);
    out->number = (uint64_t)time;
    return good ? ASSAY_OK : bad_value(r, NULL, "want a date of the form YYYY-MM-DDThh:mm:ssZ");
}

static assay_status refuse_status(const value_reader *r, const char *word)
{
    const char *words[ROWS(status_words) + 1] = { NULL };
    if (same_folded(word, "Revoked"))
        return bad_value(r, NULL, "Revoked can never be accepted");
    for (size_t i = 0; i < ROWS(combined_words); i++) {
        if (same_folded(word, combined_words[i].word))
            return bad_value(r, combined_words[i].split, "this is two statuses: list both");
    }
    for (size_t i = 0; i < ROWS(status_words); i++)
        words[i] = status_words[i].word;
    return bad_value(r, assay_suggest(word, words), "is no TCB status");
}

static assay_status read_status(const value_reader *r, json_t *json, unsigned *statuses)
{
    if (!json_is_string(json))
        return wrong_type(r, "a TCB status as text");
    for (size_t i = 0; i < ROWS(status_words); i++) {
        if (same_folded(json_string_value(json), status_words[i].word)) {
            *statuses |= status_words[i].status;
            return ASSAY_OK;
        }
    }
    return refuse_status(r, json_string_value(json));
}

static assay_status read_status_list(const value_reader *r, json_t *json, unsigned *statuses)
{
    char path[ASSAY_WHERE_SIZE];
    size_t count = 0;
    TRY(take_list(r, json, &count));
    for (size_t i = 0; i < count; i++) {
        value_reader element = element_reader(r, path, i);
        TRY(read_status(&element, json_array_get(json, i), statuses));
    }
    return ASSAY_OK;
}

static assay_status read_statuses(const value_reader *r, json_t *json, policy_value *out)
{
    out->is_list = json_is_array(json);
    if (out->is_list)
        return read_status_list(r, json, &out->statuses);
    if (!json_is_string(json))
        return wrong_type(r, "a list of TCB statuses, or one of them as text");
    return read_status(r, json, &out->statuses);
}

/* INTEL-SA- and five digits, into upper case. */
static assay_status read_advisory(const value_reader *r, const char *text, const char **out)
{
    static const char form[] = "INTEL-SA-00000";
    char upper[ADVISORY_TEXT_SIZE];
    bool fits = strlen(text) == sizeof(form) - 1;
    for (size_t i = 0; fits && i < sizeof(form) - 1; i++) {
        char c = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 'a' + 'A') : text[i];
        fits = form[i] == '0' ? c >= '0' && c <= '9' : c == form[i];
        upper[i] = c;
    }
    if (!fits)
        return bad_value(r, NULL, "want INTEL-SA- and five digits");
    *out = arena_text(r->memory, span_of(upper, sizeof(form) - 1));
    return *out != NULL ? ASSAY_OK : no_memory(r);
}

static assay_status read_advisories(const value_reader *r, json_t *json, policy_value *out)
{
    char path[ASSAY_WHERE_SIZE];
    TRY(take_list(r, json, &out->count));
    const char **texts = arena_new(r->memory, out->count, sizeof(*texts));
    if (texts == NULL)
        return no_memory(r);
    for (size_t i = 0; i < out->count; i++) {
        json_t *text = json_array_get(json, i);
        value_reader element = element_reader(r, path, i);
        if (!json_is_string(text))
            return wrong_type(&element, "the id of an advisory as text");
        TRY(read_advisory(&element, json_string_value(text), &texts[i]));
    }
    out->texts = texts;
    return ASSAY_OK;
}

/* An advisory that stands in two spellings would leave open which list counts. */
static bool listed_before(const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(texts[i], texts[count]) == 0)
            return true;
    }
    return false;
}

static assay_status read_advisory_statuses(const value_reader *r, json_t *json, policy_value *out)
{
    char path[ASSAY_WHERE_SIZE];
    if (!json_is_object(json))
        return wrong_type(r, "an object: advisory to list of TCB statuses");
    size_t size = json_object_size(json);
    const char **texts = arena_new(r->memory, size + 1, sizeof(*texts));
    unsigned *statuses = arena_new(r->memory, size + 1, sizeof(*statuses));
    if (texts == NULL || statuses == NULL)
        return no_memory(r);
    const char *name;
    json_t *value;
    json_object_foreach(json, name, value)
    {
        value_reader member = member_reader(r, path, name);
        if (name[0] == '#')
            continue;
        TRY(read_advisory(&member, name, &texts[out->count]));
        if (listed_before(texts, out->count))
            return bad_value(&member, NULL, "the advisory stands twice");
        TRY(read_status_list(&member, value, &statuses[out->count++]));
    }
    out->texts = texts;
    out->for_advisory = statuses;
    return ASSAY_OK;
}

static assay_status read_sgx_types(const value_reader *r, json_t *json, policy_value *out)
{
    char path[ASSAY_WHERE_SIZE];
    enum { TYPE_MAX = 2 };
    size_t count = 1;
    uint64_t type = 0;
    out->is_list = json_is_array(json);
    if (out->is_list)
        TRY(take_list(r, json, &count));
    for (size_t i = 0; i < count; i++) {
        value_reader element = out->is_list ? element_reader(r, path, i) : *r;
        TRY(read_integer(&element, out->is_list ? json_array_get(json, i) : json, TYPE_MAX, &type));
        out->number |= (uint64_t)1 << type;
    }
    return ASSAY_OK;
}

static assay_status read_bit(const value_reader *r, json_t *json, uint64_t *bits)
{
    enum { FLAGS_MAX = 65 };
    const char *names[FLAGS_MAX] = { NULL };
    size_t count = 0;
    if (!json_is_string(json))
        return wrong_type(r, "the name of an attribute as text");
    for (const assay_flag *f = policy_key_flags(r->id); f->name != NULL; f++) {
        if (same_folded(f->name, json_string_value(json))) {
            *bits |= (uint64_t)1 << f->bit;
            return ASSAY_OK;
        }
        names[count++] = f->name;
    }
    return bad_value(r, assay_suggest(json_string_value(json), names),
                     "is no name of an attribute");
}

static assay_status read_bits(const value_reader *r, json_t *json, policy_value *out)
{
    char path[ASSAY_WHERE_SIZE];
    TRY(take_list(r, json, &out->count));
    for (size_t i = 0; i < out->count; i++) {
        value_reader element = element_reader(r, path, i);
        TRY(read_bit(&element, json_array_get(json, i), &out->number));
    }
    out->is_list = true;
    return ASSAY_OK;
}

/* The element of `words` (ends with NULL) that the member `name` of a hash says. */
static assay_status read_choice(const value_reader *r, json_t *object, const char *name,
                                const char *const *words, const char **out)
{
    char path[ASSAY_WHERE_SIZE];
    value_reader member = member_reader(r, path, name);
    json_t *json = json_object_get(object, name);
    if (!json_is_string(json))
        return wrong_type(&member, "a text");
    for (; *words != NULL; words++) {
        if (same_folded(*words, json_string_value(json))) {
            *out = *words;
            return ASSAY_OK;
        }
    }
    return bad_value(&member, NULL,
                     strcmp(name, "alg") == 0 ? "want SHA256, SHA384 or SHA512"
                                              : "want nonce or file");
}

static assay_status read_hash(const value_reader *r, json_t *json, policy_value *out)
{
    static const char *const algorithms[] = { "SHA256", "SHA384", "SHA512", NULL };
    static const char *const sources[] = { "nonce", "file", NULL };
    if (!json_is_object(json))
        return wrong_type(r, "an object with alg and of");
    const char *name;
    json_t *value;
    json_object_foreach(json, name, value)
    {
        if (name[0] != '#' && strcmp(name, "alg") != 0 && strcmp(name, "of") != 0)
            return fail_named(r->err, ASSAY_MALFORMED, "policy_unknown_member", NULL, r->path,
                              "%s is no member of a hash: want alg and of", name);
    }
    const char **texts = arena_new(r->memory, 2, sizeof(*texts));
    if (texts == NULL)
        return no_memory(r);
    TRY(read_choice(r, json, "alg", algorithms, &texts[0]));
    TRY(read_choice(r, json, "of", sources, &texts[1]));
    out->texts = texts;
    out->count = 2;
    return ASSAY_OK;
}

static assay_status read_debug(const value_reader *r, json_t *json, policy_value *out)
{
    if (!json_is_string(json))
        return wrong_type(r, "deny or allow as text");
    out->number = strcmp(json_string_value(json), "allow") == 0;
    if (out->number == 0 && strcmp(json_string_value(json), "deny") != 0)
        return bad_value(r, NULL, "want deny or allow");
    return ASSAY_OK;
}

assay_status policy_value_read(const value_reader *r, json_t *json, policy_value *out)
{
    static assay_status (*const readers[])(const value_reader *, json_t *, policy_value *) = {
        [POLICY_HEX] = read_hex_or_list,     [POLICY_HEX_ONE] = read_one_hex,
        [POLICY_HEX_LIST] = read_hex_list,   [POLICY_U16] = read_u16,
        [POLICY_U16_ONE_OF] = read_shorts,   [POLICY_U32] = read_u32,
        [POLICY_BOOL] = read_bool,           [POLICY_DATE] = read_date,
        [POLICY_STATUSES] = read_statuses,   [POLICY_ADVISORIES] = read_advisories,
        [POLICY_SGX_TYPES] = read_sgx_types, [POLICY_ADVISORY_STATUSES] = read_advisory_statuses,
        [POLICY_BITS] = read_bits,           [POLICY_HASH] = read_hash,
        [POLICY_DEBUG] = read_debug,
    };
    return readers[r->key->type](r, json, out);
}
