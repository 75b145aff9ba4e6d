/* check_words.c: values of policies and reports for people, in natural order and lower case.
 * appraisal.md 1.3, byte order. */
#include <stdarg.h>
#include <stdio.h>

#include "appraise/checks.h"

enum { WORDS_MAX = 1024 };

/* Text of a fixed size that is cut at its end, with dots. */
typedef struct words {
    char *out;
    size_t size;
    size_t used;
} words;

static void say(words *w, const char *format, ...) ASSAY_PRINTF(2, 3);
static void say(words *w, const char *format, ...)
{
    static const char cut[] = " ...";
    va_list arguments;
    if (w->used + 1 >= w->size)
        return;
    va_start(arguments, format);
    int wrote = vsnprintf(w->out + w->used, w->size - w->used, format, arguments);
    va_end(arguments);
    if (wrote > 0)
        w->used += (size_t)wrote;
    if (w->used >= w->size) {
        w->used = w->size - 1;
        memcpy(w->out + w->size - sizeof(cut), cut, sizeof(cut));
    }
}

static void say_hex(words *w, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        say(w, "%02x", bytes[i]);
}

static void say_date(words *w, uint64_t time)
{
    char text[ASSAY_TIME_SIZE];
    assay_time_format((int64_t)time, text);
    say(w, "%s", text);
}

static void say_statuses(words *w, unsigned statuses)
{
    static const char *const names[] = { "UpToDate",  "SWHardeningNeeded", "ConfigurationNeeded",
                                         "OutOfDate", "TDRelaunchAdvised", "Revoked" };
    const char *comma = "";
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if ((statuses & 1u << i) != 0) {
            say(w, "%s%s", comma, names[i]);
            comma = ", ";
        }
    }
}

static void say_bits(words *w, const assay_flag *flags, uint64_t bits)
{
    const char *comma = "";
    for (; flags->name != NULL; flags++) {
        if ((bits >> flags->bit & 1) != 0) {
            say(w, "%s%s", comma, flags->name);
            comma = ", ";
        }
    }
}

static void say_texts(words *w, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        say(w, "%s%s", i == 0 ? "" : ", ", texts[i]);
}

static void say_hex_list(words *w, const policy_key *key, const policy_value *value)
{
    for (size_t i = 0; i < value->count; i++) {
        say(w, "%s", i == 0 ? "" : " or ");
        say_hex(w, value->bytes + i * key->size, key->size);
    }
}

static void say_numbers(words *w, const policy_value *value)
{
    for (size_t i = 0; i < value->count; i++)
        say(w, "%s%u", i == 0 ? "" : " or ", value->shorts[i]);
}

static void say_sgx_types(words *w, uint64_t types)
{
    static const char *const names[] = { "0 (standard)", "1 (scalable)",
                                         "2 (scalable with integrity)" };
    const char *or_word = "";
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if ((types >> i & 1) != 0) {
            say(w, "%s%s", or_word, names[i]);
            or_word = " or ";
        }
    }
}

static void say_advisory_statuses(words *w, const policy_value *value)
{
    for (size_t i = 0; i < value->count; i++) {
        say(w, "%s%s (", i == 0 ? "" : ", ", value->texts[i]);
        say_statuses(w, value->for_advisory[i]);
        say(w, ")");
    }
    if (value->count == 0)
        say(w, "none at all");
}

static void say_value(words *w, policy_key_id id, const policy_value *value)
{
    const policy_key *key = policy_key_at(id);
    switch (key->type) {
    case POLICY_HEX:
    case POLICY_HEX_ONE:
    case POLICY_HEX_LIST:
        say_hex_list(w, key, value);
        return;
    case POLICY_U16:
    case POLICY_U32:
        say(w, "%llu", (unsigned long long)value->number);
        return;
    case POLICY_U16_ONE_OF:
        say_numbers(w, value);
        return;
    case POLICY_BOOL:
        say(w, "%s", value->number != 0 ? "yes" : "no");
        return;
    case POLICY_DATE:
        say_date(w, value->number);
        return;
    case POLICY_STATUSES:
        say_statuses(w, value->statuses);
        return;
    case POLICY_ADVISORIES:
        say_texts(w, value->texts, value->count);
        return;
    case POLICY_SGX_TYPES:
        say_sgx_types(w, value->number);
        return;
    case POLICY_ADVISORY_STATUSES:
        say_advisory_statuses(w, value);
        return;
    case POLICY_BITS:
        say_bits(w, policy_key_flags(id), value->number);
        return;
    case POLICY_HASH:
        say(w, "%s of the %s", value->texts[0], value->texts[1]);
        return;
    case POLICY_DEBUG:
        say(w, "%s", value->number != 0 ? "allowed" : "denied");
        return;
    }
}

void value_words(policy_key_id key, const policy_value *value, char *out, size_t size)
{
    words w = { out, size, 0 };
    out[0] = '\0';
    say_value(&w, key, value);
}

static void say_found(words *w, const report *r, policy_key_id id)
{
    measurement_id measured = policy_key_at(id)->measured;
    assay_span bytes = report_bytes(r, measured);
    if (!report_has(r, measured)) {
        say(w, "%s", measured == MEASURED_ADVISORY_IDS ? "none" : "absent");
        return;
    }
    switch (measurement_of(measured)->type) {
    case MEASUREMENT_HEX:
    case MEASUREMENT_HEX_NATURAL:
        say_hex(w, bytes.data, bytes.size);
        return;
    case MEASUREMENT_U16:
    case MEASUREMENT_U32:
        say(w, "%llu", (unsigned long long)report_number(r, measured));
        return;
    case MEASUREMENT_BOOL:
        say(w, "%s", report_number(r, measured) != 0 ? "yes" : "no");
        return;
    case MEASUREMENT_DATE:
        say_date(w, report_number(r, measured));
        return;
    case MEASUREMENT_STATUSES:
        say_statuses(w, (unsigned)report_number(r, measured));
        return;
    case MEASUREMENT_TEXTS:
        say_texts(w, r->platform.advisory_ids, r->platform.advisory_count);
        return;
    }
}

static void turn(const uint8_t *bytes, size_t size, uint8_t *out)
{
    for (size_t i = 0; i < size; i++)
        out[i] = bytes[size - 1 - i];
}

/* Whether some value of the policy (and its mask) stands in the other byte order. */
static bool fits_reversed(const check_input *in, policy_key_id id)
{
    enum { LONGEST = 64 };
    const policy_key *key = policy_key_at(id);
    const policy_value *value = in->entry->values[id], *mask = in->entry->values[key->mask];
    uint8_t turned[LONGEST], turned_mask[LONGEST];
    const policy_value one = { .count = 1, .bytes = turned };
    const policy_value one_mask = { .count = 1, .bytes = turned_mask };
    if (key->check != check_one_of_hex || value == NULL)
        return false;
    policy_entry entry = *in->entry;
    check_input again = *in;
    again.entry = &entry;
    entry.values[id] = &one;
    if (mask != NULL) {
        turn(mask->bytes, key->size, turned_mask);
        entry.values[key->mask] = &one_mask;
    }
    for (size_t i = 0; i < value->count; i++) {
        turn(value->bytes + i * key->size, key->size, turned);
        if (check_one_of_hex(&again, id))
            return true;
    }
    return false;
}

/* Why keys that each look right can't hold together. */
static const char *interplay(const check_input *in, policy_key_id id)
{
    const policy_value *const *v = in->entry->values;
    const policy_value *accepted = v[KEY_ACCEPTED_TCB_STATUS];
    bool is_grace = id == KEY_COLLATERAL_GRACE_PERIOD || id == KEY_PLATFORM_GRACE_PERIOD;
    if (id == KEY_ACCEPTED_TCB_STATUS && accepted != NULL &&
        (accepted->statuses & STATUS_UP_TO_DATE) == 0)
        return " (a list without UpToDate never passes)";
    if (is_grace && v[KEY_MIN_EVAL_NUM] != NULL)
        return " (a grace period beside min_eval_num never passes)";
    if (id == KEY_MIN_EVAL_NUM &&
        (v[KEY_COLLATERAL_GRACE_PERIOD] != NULL || v[KEY_PLATFORM_GRACE_PERIOD] != NULL))
        return " (min_eval_num beside a grace period never passes)";
    if (id == KEY_PLATFORM_GRACE_PERIOD &&
        (v[KEY_COLLATERAL_GRACE_PERIOD] == NULL || v[KEY_COLLATERAL_GRACE_PERIOD]->number != 0))
        return " (needs collateral_grace_period 0)";
    if (id == KEY_PLATFORM_GRACE_PERIOD && policy_never_passes(in->entry))
        return " (needs UpToDate and OutOfDate in a list of accepted_tcb_status)";
    return "";
}

static void say_wanted(words *w, const check_input *in, policy_key_id id)
{
    const policy_key *key = policy_key_at(id);
    const policy_value *value = in->entry->values[id];
    const policy_value *mask = in->entry->values[key->mask];
    if (value == NULL) {
        say(w, "the policy lacks %s", key->name);
        return;
    }
    say(w, "%s ", key->words);
    say_value(w, id, value);
    if (mask != NULL) {
        say(w, " under the mask ");
        say_value(w, key->mask, mask);
    }
    if (fits_reversed(in, id))
        say(w, " (value is in %s order)",
            key->order == ORDER_REVERSED ? "natural" : "reversed byte");
    say(w, "%s", interplay(in, id));
}

static const char *kept(arena *memory, const words *w)
{
    return arena_text(memory, span_of(w->out, w->used));
}

void check_words(const check_input *in, policy_key_id key, arena *memory, const char **wanted,
                 const char **found)
{
    char text[WORDS_MAX] = "";
    words w = { text, sizeof(text), 0 };
    say_wanted(&w, in, key);
    *wanted = kept(memory, &w);
    w.used = 0;
    if (policy_key_at(key)->type == POLICY_HASH && in->report_data_preimage.size == 0)
        say(&w, "no %s was given", in->entry->values[key]->texts[1]);
    else
        say_found(&w, in->report, key);
    *found = kept(memory, &w);
}
