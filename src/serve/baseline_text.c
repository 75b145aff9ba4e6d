/* baseline_text.c: baselines as JSON. collateral-service.md 7.7. */
#include <stdio.h>
#include <stdlib.h>

#include "collateral/members.h"
#include "serve/baseline_text.h"

/* ---- Names ---- */

static bool is_pin(const char *name, uint32_t *number)
{
    static const char prefix[] = "pinned-";
    if (strncmp(name, prefix, sizeof(prefix) - 1) != 0)
        return false;
    const char *digits = name + sizeof(prefix) - 1;
    uint64_t value = 0;
    if (*digits == '0' || strlen(digits) > 10)
        return false;
    for (const char *p = digits; *p != '\0'; p++) {
        if (*p < '0' || *p > '9')
            return false;
        value = value * 10 + (uint64_t)(*p - '0');
    }
    *number = (uint32_t)value;
    return value > 0 && value <= UINT32_MAX;
}

bool baseline_built_in(const char *name, baseline *out)
{
    uint32_t number = 0;
    bool early = strcmp(name, "early") == 0;
    if (!early && strcmp(name, "standard") != 0 && !is_pin(name, &number))
        return false;
    memset(out, 0, sizeof(*out));
    snprintf(out->name, sizeof(out->name), "%s", name);
    snprintf(out->description, sizeof(out->description), "%s",
             early         ? "what the vendor publishes early"
             : number == 0 ? "what the vendor has made its standard"
                           : "one evaluation data number");
    out->rules[0] = (baseline_rule) { .all_fmspcs = true, .early = early, .number = number };
    out->rule_count = 1;
    return true;
}

static bool is_name(const char *name)
{
    size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-");
    return size > 0 && size < MEMBER_SIZE(baseline, name) && name[size] == '\0' &&
           strchr("._-", name[0]) == NULL;
}

assay_status baseline_name_check(const char *name, assay_error *err)
{
    uint32_t number;
    if (!is_name(name))
        return fail(err, ASSAY_MALFORMED, "baseline", ASSAY_NO_OFFSET,
                    "want 1 to 63 of a-z, 0-9, \".\", \"_\" and \"-\" as its name");
    if (strcmp(name, "default") == 0 || strcmp(name, "standard") == 0 ||
        strcmp(name, "early") == 0 || is_pin(name, &number))
        return fail(err, ASSAY_MALFORMED, "baseline", ASSAY_NO_OFFSET,
                    "\"%s\" is built in and can't be changed", name);
    return ASSAY_OK;
}

/* ---- Rules ---- */

static const char *const rule_members[] = { "tee",  "fmspc", "channel", "number",
                                            "from", "until", NULL };

static assay_status take_tee(json_t *rule, const char *where, baseline_rule *out, assay_error *err)
{
    assay_span word;
    if (json_object_get(rule, "tee") == NULL)
        return ASSAY_OK;
    TRY(json_take_text(rule, "tee", where, &word, err));
    if (!span_is(word, "sgx") && !span_is(word, "tdx"))
        return json_fail(err, where, "tee", "is neither \"sgx\" nor \"tdx\"");
    out->tee = span_is(word, "sgx") ? ASSAY_TEE_SGX : ASSAY_TEE_TDX;
    return ASSAY_OK;
}

static assay_status take_fmspc(json_t *rule, const char *where, baseline_rule *out,
                               assay_error *err)
{
    out->all_fmspcs = json_object_get(rule, "fmspc") == NULL;
    if (out->all_fmspcs)
        return ASSAY_OK;
    return json_take_hex(rule, "fmspc", where, out->fmspc, sizeof(out->fmspc), err);
}

/* A channel or a number, not both, not neither. */
static assay_status take_target(json_t *rule, const char *where, baseline_rule *out,
                                assay_error *err)
{
    uint64_t number = 0;
    assay_span word;
    bool has_channel = json_object_get(rule, "channel") != NULL;
    if (has_channel == (json_object_get(rule, "number") != NULL))
        return json_fail(err, where, "channel", "want either \"channel\" or \"number\"");
    if (!has_channel) {
        TRY(json_take_unsigned(rule, "number", where, UINT32_MAX, &number, err));
        if (number == 0)
            return json_fail(err, where, "number", "is 0, want an evaluation data number");
        out->number = (uint32_t)number;
        return ASSAY_OK;
    }
    TRY(json_take_text(rule, "channel", where, &word, err));
    if (!span_is(word, "standard") && !span_is(word, "early"))
        return json_fail(err, where, "channel", "is neither \"standard\" nor \"early\"");
    out->early = span_is(word, "early");
    return ASSAY_OK;
}

static assay_status take_dates(json_t *rule, const char *where, baseline_rule *out,
                               assay_error *err)
{
    if (json_object_get(rule, "from") != NULL)
        TRY(json_take_time(rule, "from", where, &out->from, err));
    if (json_object_get(rule, "until") != NULL)
        TRY(json_take_time(rule, "until", where, &out->until, err));
    if (out->until != 0 && out->until <= out->from)
        return json_fail(err, where, "until", "is not later than \"from\"");
    return ASSAY_OK;
}

static assay_status rule_read(json_t *rule, const char *where, baseline_rule *out, assay_error *err)
{
    baseline_rule read = { .number = 0 };
    if (!json_is_object(rule))
        return fail(err, ASSAY_MALFORMED, where, ASSAY_NO_OFFSET, "want an object");
    TRY(members_refuse_unknown(rule, rule_members, where, "no member of a rule", err));
    TRY(take_tee(rule, where, &read, err));
    TRY(take_fmspc(rule, where, &read, err));
    TRY(take_target(rule, where, &read, err));
    TRY(take_dates(rule, where, &read, err));
    *out = read;
    return ASSAY_OK;
}

static assay_status known_members(json_t *object, const char *where, const char *const *also,
                                  assay_error *err)
{
    enum { KNOWN_MAX = 8 };
    const char *known[KNOWN_MAX + 1] = { "description", "rules" };
    for (size_t i = 0; also != NULL && also[i] != NULL && i + 2 < KNOWN_MAX; i++)
        known[i + 2] = also[i];
    return members_refuse_unknown(object, known, where, "no member of a baseline", err);
}

assay_status baseline_read(json_t *object, const char *where, const char *const *also,
                           baseline *out, assay_error *err)
{
    json_t *rules;
    assay_span description = { NULL, 0 };
    TRY(known_members(object, where, also, err));
    if (json_object_get(object, "description") != NULL)
        TRY(json_take_text(object, "description", where, &description, err));
    if (description.size >= sizeof(out->description))
        return json_fail(err, where, "description", "has %zu bytes, want at most %zu",
                         description.size, sizeof(out->description) - 1);
    TRY(json_take_array(object, "rules", where, 0, BASELINE_RULE_MAX, &rules, err));
    for (size_t i = 0; i < json_array_size(rules); i++) {
        char path[ASSAY_WHERE_SIZE];
        snprintf(path, sizeof(path), "%s.rules[%zu]", where, i);
        TRY(rule_read(json_array_get(rules, i), path, &out->rules[i], err));
    }
    out->rule_count = json_array_size(rules);
    snprintf(out->description, sizeof(out->description), "%.*s", (int)description.size,
             (const char *)description.data);
    return ASSAY_OK;
}

static void rule_write(json_writer *w, const baseline_rule *rule)
{
    char fmspc[13];
    assay_hex_encode(SPAN(rule->fmspc), fmspc);
    json_open_object(w, NULL);
    if (rule->tee != ASSAY_TEE_NONE)
        json_put_text(w, "tee", assay_tee_name(rule->tee));
    if (!rule->all_fmspcs)
        json_put_text(w, "fmspc", fmspc);
    if (rule->number != 0)
        json_put_number(w, "number", rule->number);
    else
        json_put_text(w, "channel", rule->early ? "early" : "standard");
    if (rule->from != 0)
        json_put_time(w, "from", rule->from);
    if (rule->until != 0)
        json_put_time(w, "until", rule->until);
    json_close_object(w);
}

void baseline_write(json_writer *w, const baseline *b)
{
    json_put_text(w, "description", b->description);
    json_open_array(w, "rules");
    for (size_t i = 0; i < b->rule_count; i++)
        rule_write(w, &b->rules[i]);
    json_close_array(w);
}

/* ---- Records ---- */

/* An entry that is there already, as it is. */
static bool entry_copy(json_writer *w, json_t *entry)
{
    char *text = json_dumps(entry, JSON_COMPACT);
    if (text == NULL)
        return false;
    json_put_raw(w, NULL, SPAN_TEXT(text));
    free(text);
    return true;
}

static void before_write(json_writer *w, const baseline_change *change)
{
    json_open_object(w, NULL);
    json_put_time(w, "time", change->time);
    json_put_text(w, "actor", change->actor);
    baseline_write(w, change->before);
    json_close_object(w);
}

assay_status baseline_record_write(const baseline_change *change, char **out, assay_error *err)
{
    json_writer w = { .text = NULL };
    json_t *history = json_object_get(change->older, "history");
    size_t count = 0;
    bool complete = true;
    json_open_object(&w, NULL);
    baseline_write(&w, change->current);
    json_open_array(&w, "history");
    if (change->before != NULL) {
        before_write(&w, change);
        count++;
    }
    for (size_t i = change->dropped; i < json_array_size(history) && count < BASELINE_HISTORY_MAX;
         i++, count++)
        complete = entry_copy(&w, json_array_get(history, i)) && complete;
    json_close_array(&w);
    json_close_object(&w);
    TRY(json_take_written(&w, out, err));
    if (complete)
        return ASSAY_OK;
    memory_free(*out);
    return fail(err, ASSAY_NO_MEMORY, "baseline.history", ASSAY_NO_OFFSET, "no memory");
}
