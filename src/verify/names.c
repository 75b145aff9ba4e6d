/* names.c: reasons, parts and notes by name, and as one sentence for people. */
#include <stdio.h>

#include "assay/verdict.h"

static const char *const reason_names[] = {
    [ASSAY_REASON_NONE] = "none",
    [ASSAY_REASON_TCB_STATUS] = "tcb_status",
    [ASSAY_REASON_COMPONENT_SHORT] = "component_short",
    [ASSAY_REASON_UP_TO_DATE_LEVEL] = "up_to_date_level",
    [ASSAY_REASON_NO_LEVEL] = "no_level",
    [ASSAY_REASON_RELAUNCH] = "relaunch",
    [ASSAY_REASON_ADVISORY] = "advisory",
    [ASSAY_REASON_EXPIRED] = "expired",
    [ASSAY_REASON_NOT_YET_VALID] = "not_yet_valid",
    [ASSAY_REASON_REVOKED] = "revoked",
    [ASSAY_REASON_DEBUG] = "debug",
    [ASSAY_REASON_RESERVED_BITS] = "reserved_bits",
    [ASSAY_REASON_REPORT_DATA_MISMATCH] = "report_data_mismatch",
    [ASSAY_REASON_TCB_EVAL_NUM_TOO_LOW] = "tcb_eval_num_too_low",
};

static const char *const note_names[] = {
    [ASSAY_NOTE_NONE] = "none",
    [ASSAY_NOTE_TRAILING_PADDING] = "trailing_padding",
    [ASSAY_NOTE_TRAILING_DATA] = "trailing_data",
    [ASSAY_NOTE_HIGH_S] = "high_s",
    [ASSAY_NOTE_RESERVED_BITS] = "reserved_bits",
    [ASSAY_NOTE_UNKNOWN_KEY] = "unknown_key",
    [ASSAY_NOTE_EVAL_NUM_DIFFERS] = "eval_num_differs",
    [ASSAY_NOTE_RELAUNCH_RULE] = "relaunch_rule",
    [ASSAY_NOTE_SERVICE_TD] = "service_td",
};

static const char *const part_names[] = {
    [ASSAY_PART_PLATFORM] = "platform",
    [ASSAY_PART_MODULE] = "module",
    [ASSAY_PART_QE] = "qe",
};

#define NAME_IN(names, number)                                                                     \
    ((size_t)(number) < sizeof(names) / sizeof((names)[0]) ? (names)[number] : "unknown")

const char *assay_reason_name(assay_reason_kind kind)
{
    return NAME_IN(reason_names, kind);
}

const char *assay_note_name(assay_note_kind kind)
{
    return NAME_IN(note_names, kind);
}

const char *assay_part_name(assay_part part)
{
    return NAME_IN(part_names, part);
}

static const char *or_something(const char *text)
{
    return text != NULL ? text : "something";
}

/* Reasons that name a level of a part. */
static void level_text(const assay_reason *reason, char *out, size_t size)
{
    const char *part = assay_part_name(reason->part);
    char date[ASSAY_TIME_SIZE];
    assay_time_format(reason->time, date);
    if (reason->kind == ASSAY_REASON_COMPONENT_SHORT)
        snprintf(out, size, "%s: %s is %u, level %d wants %u", part,
                 or_something(reason->component), reason->have, reason->level, reason->want);
    else if (reason->kind == ASSAY_REASON_UP_TO_DATE_LEVEL)
        snprintf(out, size, "%s: level %d of %.10s would be UpToDate", part, reason->level, date);
    else if (reason->kind == ASSAY_REASON_NO_LEVEL)
        snprintf(out, size, "%s: no TCB level matches", part);
    else
        snprintf(out, size, "%s: %s is open at level %d", part, or_something(reason->text),
                 reason->level);
}

/* Reasons that name an item of the collateral. */
static void item_text(const assay_reason *reason, char *out, size_t size)
{
    const char *item = assay_item_name(reason->item);
    char time[ASSAY_TIME_SIZE];
    assay_time_format(reason->time, time);
    if (reason->kind == ASSAY_REASON_EXPIRED)
        snprintf(out, size, "%s expired at %s", item, time);
    else if (reason->kind == ASSAY_REASON_NOT_YET_VALID)
        snprintf(out, size, "%s is not valid before %s", item, time);
    else
        snprintf(out, size, "%s has evaluation number %u, want at least %u", item, reason->have,
                 reason->want);
}

void assay_reason_text(const assay_verdict *verdict, const assay_reason *reason, char *out,
                       size_t size)
{
    const char *text = or_something(reason->text);
    switch (reason->kind) {
    case ASSAY_REASON_COMPONENT_SHORT:
    case ASSAY_REASON_UP_TO_DATE_LEVEL:
    case ASSAY_REASON_NO_LEVEL:
    case ASSAY_REASON_ADVISORY:
        level_text(reason, out, size);
        return;
    case ASSAY_REASON_EXPIRED:
    case ASSAY_REASON_NOT_YET_VALID:
    case ASSAY_REASON_TCB_EVAL_NUM_TOO_LOW:
        item_text(reason, out, size);
        return;
    case ASSAY_REASON_TCB_STATUS:
        snprintf(out, size, "TCB status %s is not accepted", text);
        return;
    case ASSAY_REASON_RELAUNCH:
        snprintf(out, size, "relaunched, the TD would be %s: the platform was updated since", text);
        return;
    case ASSAY_REASON_REVOKED:
        snprintf(out, size, "the %s is revoked", text);
        return;
    case ASSAY_REASON_DEBUG:
        snprintf(out, size, "the %s can be debugged: its owner can read its memory",
                 verdict->tee == ASSAY_TEE_TDX ? "TD" : "enclave");
        return;
    case ASSAY_REASON_RESERVED_BITS:
        snprintf(out, size, "%s has bits that are reserved or not as they must be", text);
        return;
    case ASSAY_REASON_REPORT_DATA_MISMATCH:
        snprintf(out, size, "report_data is not what was expected");
        return;
    case ASSAY_REASON_NONE:
        break;
    }
    snprintf(out, size, "no reason");
}

void assay_note_text(const assay_note *note, char *out, size_t size)
{
    const char *text = or_something(note->text);
    const unsigned long long value = note->value;
    switch (note->kind) {
    case ASSAY_NOTE_TRAILING_PADDING:
        snprintf(out, size, "%llu zero bytes stand behind the quote", value);
        return;
    case ASSAY_NOTE_TRAILING_DATA:
        snprintf(out, size, "%llu bytes stand behind the quote and were not looked at", value);
        return;
    case ASSAY_NOTE_HIGH_S:
        snprintf(out, size, "the signature of the %s has a high s", text);
        return;
    case ASSAY_NOTE_RESERVED_BITS:
        snprintf(out, size, "%s has bits that are reserved or not as they must be", text);
        return;
    case ASSAY_NOTE_UNKNOWN_KEY:
        snprintf(out, size, "member \"%s\" of a signed document is not known and was ignored",
                 text);
        return;
    case ASSAY_NOTE_EVAL_NUM_DIFFERS:
        snprintf(out, size, "TCB info and QE identity (%llu) have different evaluation numbers",
                 value);
        return;
    case ASSAY_NOTE_RELAUNCH_RULE:
        snprintf(out, size, "by the older relaunch rule the status would be %s", text);
        return;
    case ASSAY_NOTE_SERVICE_TD:
        snprintf(out, size, "a service TD is bound to this TD");
        return;
    case ASSAY_NOTE_NONE:
        break;
    }
    snprintf(out, size, "no note");
}
