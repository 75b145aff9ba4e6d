/* verdict_json.c: the verdict, or why there is none, as the document of docs/verdict.schema.json.
 *
 * Members stand in a fixed order. Fields of reports come from the rows of their layout. */
#include <stdio.h>

#include "assay/verdict.h"
#include "wire/json_write.h"

/* ---- The error ---- */

static void put_error(json_writer *w, const char *status, unsigned code, const assay_error *error)
{
    char text[8];
    snprintf(text, sizeof(text), "0x%04X", code & 0xffffu);
    json_open_object(w, "error");
    json_put_text(w, "status", status);
    json_put_text(w, "code", code != 0 ? text : NULL);
    json_put_text(w, "where", error->where);
    if (error->offset >= 0)
        json_put_number(w, "offset", (uint64_t)error->offset);
    else
        json_put_null(w, "offset");
    json_put_text(w, "detail", error->detail);
    json_close_object(w);
}

static void put_failure(json_writer *w, assay_status status, const assay_error *error)
{
    assay_error given = { .status = status, .offset = ASSAY_NO_OFFSET };
    if (error != NULL && error->status == status)
        given = *error;
    json_put_flag(w, "accepted", false);
    json_put_flag(w, "authenticated", false);
    put_error(w, assay_error_name(&given), given.code, &given);
}

/* A verdict that Intel's interface would return an error for. */
static void put_outcome(json_writer *w, const assay_verdict *v)
{
    assay_error outcome = { .qvl = v->qvl, .offset = ASSAY_NO_OFFSET, .where = "verdict" };
    if (v->reason_count > 0)
        assay_reason_text(v, &v->reasons[0], outcome.detail, sizeof(outcome.detail));
    put_error(w, assay_error_name(&outcome), v->code, &outcome);
}

/* ---- Reports, platform ---- */

static void put_fields(json_writer *w, const char *member, const assay_layout *layout,
                       assay_span structure)
{
    json_open_object(w, member);
    for (size_t i = 0; i < layout->field_count; i++) {
        const assay_field *field = &layout->fields[i];
        if (field->type == ASSAY_FIELD_UINT)
            json_put_number(w, field->name, assay_field_uint(field, structure));
        else if (field->type != ASSAY_FIELD_RESERVED)
            json_put_hex(w, field->name, assay_field_bytes(field, structure));
    }
    json_close_object(w);
}

/* Flags of the PCK certificate: 0, 1, or not stated. */
static void put_certified(json_writer *w, const char *member, uint8_t value)
{
    if (value > 1)
        json_put_null(w, member);
    else
        json_put_flag(w, member, value == 1);
}

static const char *name_of(const char *const *names, size_t count, size_t number)
{
    return number < count ? names[number] : NULL;
}

static void put_platform(json_writer *w, const assay_platform *p)
{
    static const char *const types[] = { "Standard", "Scalable", "Scalable with Integrity" };
    static const char *const authorities[] = { NULL, "processor", "platform" };
    json_open_object(w, "platform");
    json_put_hex(w, "fmspc", SPAN(p->fmspc));
    json_put_hex(w, "pce_id", SPAN(p->pce_id));
    json_put_hex(w, "ppid", SPAN(p->ppid));
    json_put_text(w, "sgx_type", name_of(types, 3, p->sgx_type));
    json_put_text(w, "ca", name_of(authorities, 3, p->ca));
    json_put_hex(w, "cpu_svn", SPAN(p->cpu_svn));
    json_put_number(w, "pce_svn", p->pce_svn);
    json_open_array(w, "components");
    for (size_t i = 0; i < sizeof(p->components); i++)
        json_put_number(w, NULL, p->components[i]);
    json_close_array(w);
    json_open_object(w, "configuration");
    put_certified(w, "dynamic_platform", p->dynamic_platform);
    put_certified(w, "cached_keys", p->cached_keys);
    put_certified(w, "smt_enabled", p->smt_enabled);
    json_close_object(w);
    if (p->has_platform_instance_id)
        json_put_hex(w, "platform_instance_id", SPAN(p->platform_instance_id));
    else
        json_put_null(w, "platform_instance_id");
    json_close_object(w);
}

/* ---- The TCB ---- */

static void put_texts(json_writer *w, const char *member, const char *const *texts, size_t count)
{
    json_open_array(w, member);
    for (size_t i = 0; i < count; i++)
        json_put_text(w, NULL, texts[i]);
    json_close_array(w);
}

static void put_level(json_writer *w, int32_t level)
{
    if (level >= 0)
        json_put_number(w, "level", (uint64_t)level);
    else
        json_put_null(w, "level");
}

static void put_part(json_writer *w, assay_part name, const assay_tcb_part *part)
{
    if (part->status == ASSAY_TCB_NOT_JUDGED) {
        json_put_null(w, assay_part_name(name));
        return;
    }
    json_open_object(w, assay_part_name(name));
    json_put_text(w, "status", assay_tcb_status_name(part->status));
    json_put_time(w, "tcb_date", part->tcb_date);
    put_texts(w, "advisory_ids", part->advisory_ids, part->advisory_count);
    put_level(w, part->level);
    json_close_object(w);
}

static void put_parts(json_writer *w, const assay_verdict *v)
{
    json_open_object(w, "parts");
    put_part(w, ASSAY_PART_PLATFORM, &v->platform_part);
    put_part(w, ASSAY_PART_MODULE, &v->module_part);
    put_part(w, ASSAY_PART_QE, &v->qe_part);
    json_close_object(w);
    if (v->current_tcb_status == ASSAY_TCB_NOT_JUDGED)
        return;
    json_open_object(w, "current_tcb");
    json_put_text(w, "status", assay_tcb_status_name(v->current_tcb_status));
    json_put_time(w, "tcb_date", v->current_tcb_date);
    json_close_object(w);
}

static void put_validity(json_writer *w, const assay_verdict *v)
{
    json_open_object(w, "validity");
    for (int i = 0; i < ASSAY_ITEM_COUNT; i++) {
        json_open_object(w, assay_item_name((assay_item)i));
        json_put_time(w, "begin", v->validity[i].begin);
        json_put_time(w, "latest_begin", v->validity[i].latest_begin);
        json_put_time(w, "end", v->validity[i].end);
        json_close_object(w);
    }
    json_close_object(w);
}

/* ---- Reasons and notes ---- */

enum reason_says {
    SAYS_PART = 1 << 0,
    SAYS_LEVEL = 1 << 1,
    SAYS_COMPONENT = 1 << 2,
    SAYS_NUMBERS = 1 << 3,
    SAYS_ITEM = 1 << 4,
    SAYS_TIME = 1 << 5,
    SAYS_TEXT = 1 << 6
};

/* Which members mean something in a reason of each kind. */
static const unsigned reason_members[] = {
    [ASSAY_REASON_NONE] = 0,
    [ASSAY_REASON_TCB_STATUS] = SAYS_TEXT,
    [ASSAY_REASON_COMPONENT_SHORT] = SAYS_PART | SAYS_LEVEL | SAYS_COMPONENT | SAYS_NUMBERS,
    [ASSAY_REASON_UP_TO_DATE_LEVEL] = SAYS_PART | SAYS_LEVEL | SAYS_TIME,
    [ASSAY_REASON_NO_LEVEL] = SAYS_PART,
    [ASSAY_REASON_RELAUNCH] = SAYS_TIME | SAYS_TEXT,
    [ASSAY_REASON_ADVISORY] = SAYS_PART | SAYS_LEVEL | SAYS_TEXT,
    [ASSAY_REASON_EXPIRED] = SAYS_ITEM | SAYS_TIME,
    [ASSAY_REASON_NOT_YET_VALID] = SAYS_ITEM | SAYS_TIME,
    [ASSAY_REASON_REVOKED] = SAYS_TEXT,
    [ASSAY_REASON_DEBUG] = 0,
    [ASSAY_REASON_RESERVED_BITS] = SAYS_TEXT,
    [ASSAY_REASON_REPORT_DATA_MISMATCH] = 0,
    [ASSAY_REASON_TCB_EVAL_NUM_TOO_LOW] = SAYS_ITEM | SAYS_NUMBERS,
};

static void put_reason(json_writer *w, const assay_verdict *v, const assay_reason *reason)
{
    const unsigned says = reason_members[reason->kind];
    char message[ASSAY_DETAIL_SIZE];
    json_open_object(w, NULL);
    json_put_text(w, "reason", assay_reason_name(reason->kind));
    if (says & SAYS_PART)
        json_put_text(w, "part", assay_part_name(reason->part));
    if (says & SAYS_LEVEL)
        put_level(w, reason->level);
    if (says & SAYS_COMPONENT)
        json_put_text(w, "component", reason->component);
    if (says & SAYS_ITEM)
        json_put_text(w, "item", assay_item_name(reason->item));
    if (says & SAYS_NUMBERS) {
        json_put_number(w, "have", reason->have);
        json_put_number(w, "want", reason->want);
    }
    if (says & SAYS_TIME)
        json_put_time(w, "time", reason->time);
    if (says & SAYS_TEXT)
        json_put_text(w, "text", reason->text);
    assay_reason_text(v, reason, message, sizeof(message));
    json_put_text(w, "message", message);
    json_close_object(w);
}

static void put_note(json_writer *w, const assay_note *note)
{
    char message[ASSAY_DETAIL_SIZE];
    json_open_object(w, NULL);
    json_put_text(w, "note", assay_note_name(note->kind));
    if (note->value != 0)
        json_put_number(w, "value", note->value);
    if (note->text != NULL)
        json_put_text(w, "text", note->text);
    assay_note_text(note, message, sizeof(message));
    json_put_text(w, "message", message);
    json_close_object(w);
}

static void put_explanations(json_writer *w, const assay_verdict *v)
{
    json_open_array(w, "reasons");
    for (size_t i = 0; i < v->reason_count; i++)
        put_reason(w, v, &v->reasons[i]);
    json_close_array(w);
    json_open_array(w, "notes");
    for (size_t i = 0; i < v->note_count; i++)
        put_note(w, &v->notes[i]);
    json_close_array(w);
}

/* ---- The document ---- */

static void put_dates(json_writer *w, const assay_verdict *v)
{
    json_put_time(w, "tcb_date", v->tcb_date);
    json_put_flag(w, "collateral_expired", v->collateral_expired);
    json_put_flag(w, "debug", v->debug);
    json_put_time(w, "earliest_issue_date", v->earliest_issue_date);
    json_put_time(w, "latest_issue_date", v->latest_issue_date);
    json_put_time(w, "earliest_expiration_date", v->earliest_expiration_date);
    json_put_number(w, "tcb_evaluation_data_number", v->tcb_evaluation_data_number);
}

/* What Intel's supplemental data holds beside all that. */
static void put_supplemental(json_writer *w, const assay_verdict *v)
{
    json_open_object(w, "supplemental");
    json_put_hex(w, "root_key_id", SPAN(v->root_key_id));
    json_put_number(w, "root_ca_crl_number", v->root_ca_crl_number);
    json_put_number(w, "pck_crl_number", v->pck_crl_number);
    json_open_object(w, "qe_identity");
    json_put_time(w, "earliest_issue_date", v->qe_identity_earliest_issue_date);
    json_put_time(w, "latest_issue_date", v->qe_identity_latest_issue_date);
    json_put_time(w, "earliest_expiration_date", v->qe_identity_earliest_expiration_date);
    json_put_number(w, "tcb_evaluation_data_number", v->qe_identity_evaluation_data_number);
    json_close_object(w);
    json_close_object(w);
}

static void put_root(json_writer *w, const assay_verdict *v)
{
    json_put_text(w, "root", v->custom_root ? "custom" : "intel");
    if (v->custom_root)
        json_put_hex(w, "root_key_sha256", SPAN(v->root_key_sha256));
}

static void put_verdict(json_writer *w, const assay_verdict *v)
{
    json_put_flag(w, "accepted", v->accepted);
    json_put_flag(w, "authenticated", v->authenticated);
    json_put_text(w, "tee", assay_tee_name(v->tee));
    json_put_number(w, "quote_version", v->quote_version);
    json_put_text(w, "tcb_status", assay_tcb_status_name(v->tcb_status));
    json_put_text(w, "qvl_status", assay_qvl_name(v->qvl));
    put_texts(w, "advisory_ids", v->advisory_ids, v->advisory_count);
    put_dates(w, v);
    if (v->report_layout != NULL)
        put_fields(w, "report", v->report_layout, span_of(v->report, v->report_layout->size));
    put_platform(w, &v->platform);
    put_fields(w, "qe", &assay_layout_sgx_report, SPAN(v->qe_report));
    put_parts(w, v);
    put_validity(w, v);
    put_supplemental(w, v);
    put_root(w, v);
    put_explanations(w, v);
    if (v->code != 0)
        put_outcome(w, v);
}

assay_status assay_verdict_to_json(const assay_verdict *verdict, assay_status status,
                                   const assay_error *error, char **out)
{
    json_writer w = { 0 };
    json_open_object(&w, NULL);
    if (status == ASSAY_OK)
        put_verdict(&w, verdict);
    else
        put_failure(&w, status, error);
    json_close_object(&w);
    return json_take_written(&w, out, NULL);
}

int assay_exit_code(assay_status status, const assay_verdict *verdict)
{
    switch (status) {
    case ASSAY_OK:
        return verdict != NULL && verdict->accepted ? 0 : 1;
    case ASSAY_USAGE:
        return 2;
    case ASSAY_TRUNCATED:
    case ASSAY_MALFORMED:
    case ASSAY_UNSUPPORTED:
    case ASSAY_UNTRUSTED:
    case ASSAY_MISMATCH:
    case ASSAY_REVOKED:
        return 3;
    case ASSAY_NO_MEMORY:
    case ASSAY_ENVIRONMENT:
        return 4;
    }
    return 3;
}
