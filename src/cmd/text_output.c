/* text_output.c: a verdict as people read it: the verdict, then why, then the facts. */
#include "text_output.h"

#include <stdio.h>
#include <string.h>

#include "text_rows.h"

enum { SENTENCE_SIZE = 320, FLAGS_SIZE = 512, ADVISORIES_PER_LINE = 4 };

/* What a kind of reason is, and what would make the quote pass. */
typedef enum reason_role {
    ROLE_REFUSES,  /* stands under the verdict */
    ROLE_SHORT,    /* told by --explain: what keeps a better level out of reach */
    ROLE_ADVISORY, /* told by --explain, and as the list of advisories */
    ROLE_GOAL      /* told by --explain: the level to reach */
} reason_role;

static const struct {
    reason_role role;
    const char *remedy;
} reason_rows[] = {
    [ASSAY_REASON_NONE] = { ROLE_SHORT, NULL },
    [ASSAY_REASON_TCB_STATUS] = { ROLE_REFUSES, NULL },
    [ASSAY_REASON_COMPONENT_SHORT] = { ROLE_SHORT, NULL },
    [ASSAY_REASON_UP_TO_DATE_LEVEL] = { ROLE_GOAL, NULL },
    [ASSAY_REASON_NO_LEVEL] = { ROLE_SHORT, "update the platform's firmware: it is older than "
                                            "every level that the vendor still lists" },
    [ASSAY_REASON_RELAUNCH] = { ROLE_GOAL, NULL },
    [ASSAY_REASON_ADVISORY] = { ROLE_ADVISORY, NULL },
    [ASSAY_REASON_EXPIRED] = { ROLE_REFUSES, "fetch newer collateral" },
    [ASSAY_REASON_NOT_YET_VALID] = { ROLE_REFUSES, "judge at a later time, or with older "
                                                   "collateral" },
    [ASSAY_REASON_REVOKED] = { ROLE_REFUSES, "nothing: the vendor has revoked it" },
    [ASSAY_REASON_DEBUG] = { ROLE_REFUSES, "run it without debug (or --allow-debug, for tests)" },
    [ASSAY_REASON_RESERVED_BITS] = { ROLE_REFUSES,
                                     "--allow-reserved, when you know what the bits mean" },
    [ASSAY_REASON_REPORT_DATA_MISMATCH] = { ROLE_REFUSES,
                                            "ask for a fresh quote over the expected report data" },
    [ASSAY_REASON_TCB_EVAL_NUM_TOO_LOW] = { ROLE_REFUSES,
                                            "fetch collateral of a later evaluation" },
};

static void print_reasons(const assay_verdict *verdict, reason_role role)
{
    char sentence[SENTENCE_SIZE];
    for (size_t i = 0; i < verdict->reason_count; i++) {
        if (reason_rows[verdict->reasons[i].kind].role != role)
            continue;
        assay_reason_text(verdict, &verdict->reasons[i], sentence, sizeof(sentence));
        text_item(sentence);
    }
}

static size_t count_reasons(const assay_verdict *verdict, reason_role role)
{
    size_t count = 0;
    for (size_t i = 0; i < verdict->reason_count; i++)
        count += reason_rows[verdict->reasons[i].kind].role == role;
    return count;
}

static void print_group(const assay_verdict *verdict, const char *heading, reason_role role)
{
    if (count_reasons(verdict, role) == 0)
        return;
    text_heading(heading);
    print_reasons(verdict, role);
}

/* ---- The verdict ---- */

static void print_verdict(const assay_verdict *verdict)
{
    const char *status = assay_tcb_status_name(verdict->tcb_status);
    if (verdict->accepted)
        text_line(COLOUR_GREEN, "ACCEPTED: %s", status);
    else
        text_line(COLOUR_RED, "NOT ACCEPTED: %s", status);
    print_reasons(verdict, ROLE_REFUSES);
    if (!verdict->authenticated)
        text_item("the signatures of the quote were not reached: its report is not shown");
}

/* ---- The facts ---- */

static void print_part(const char *label, const assay_tcb_part *part)
{
    char date[ASSAY_TIME_SIZE];
    if (part->status == ASSAY_TCB_NOT_JUDGED)
        return;
    assay_time_format(part->tcb_date, date);
    if (part->level < 0)
        text_row(label, "%s", assay_tcb_status_name(part->status));
    else
        text_row(label, "%s, level %d of %.10s", assay_tcb_status_name(part->status),
                 (int)part->level, date);
}

static void print_advisories(const assay_verdict *verdict)
{
    char line[SENTENCE_SIZE] = "";
    for (size_t i = 0; i < verdict->advisory_count; i++) {
        size_t size = strlen(line);
        snprintf(line + size, sizeof(line) - size, "%s%s", size > 0 ? ", " : "",
                 verdict->advisory_ids[i]);
        if ((i + 1) % ADVISORIES_PER_LINE != 0 && i + 1 < verdict->advisory_count)
            continue;
        text_row(i < ADVISORIES_PER_LINE ? "advisories" : "", "%s", line);
        line[0] = '\0';
    }
}

static void print_tcb(const assay_verdict *verdict)
{
    text_heading("TCB");
    text_row("status", "%s", assay_tcb_status_name(verdict->tcb_status));
    if (verdict->tcb_date > 0)
        text_row_time("date", verdict->tcb_date);
    print_part("platform", &verdict->platform_part);
    print_part("module", &verdict->module_part);
    print_part("quoting enclave", &verdict->qe_part);
    print_advisories(verdict);
}

static void print_collateral(const assay_verdict *verdict, const assay_verify_options *options)
{
    text_heading("Collateral");
    if (options != NULL)
        text_row_time("judged at", options->now);
    if (verdict->latest_issue_date > 0)
        text_row_time("latest item of", verdict->latest_issue_date);
    if (verdict->earliest_expiration_date > 0)
        text_row_time("first item ends", verdict->earliest_expiration_date);
    if (verdict->tcb_evaluation_data_number > 0)
        text_row("evaluation number", "%u", verdict->tcb_evaluation_data_number);
}

static void print_root(const assay_verdict *verdict)
{
    char digest[65];
    assay_span bytes = { verdict->root_key_sha256, sizeof(verdict->root_key_sha256) };
    assay_hex_encode(bytes, digest);
    if (verdict->custom_root)
        text_line(COLOUR_RED, "root: CUSTOM %s", digest);
    else
        text_line(COLOUR_NONE, "root: Intel SGX Root CA");
}

static const char *const sgx_types[] = { "Standard", "Scalable", "Scalable with Integrity" };

static void print_platform(const assay_verdict *verdict)
{
    const assay_platform *platform = &verdict->platform;
    text_heading("Platform");
    text_row_bytes("fmspc", (assay_span) { platform->fmspc, sizeof(platform->fmspc) });
    text_row_bytes("pce_id", (assay_span) { platform->pce_id, sizeof(platform->pce_id) });
    text_row_bytes("ppid", (assay_span) { platform->ppid, sizeof(platform->ppid) });
    text_row_bytes("cpu_svn", (assay_span) { platform->cpu_svn, sizeof(platform->cpu_svn) });
    text_row("pce_svn", "%u", platform->pce_svn);
    if (platform->sgx_type < sizeof(sgx_types) / sizeof(sgx_types[0]))
        text_row("sgx_type", "%s", sgx_types[platform->sgx_type]);
    if (platform->has_platform_instance_id)
        text_row_bytes("platform_instance_id",
                       (assay_span) { platform->platform_instance_id,
                                      sizeof(platform->platform_instance_id) });
}

/* "e700060000000000 (x87, sse)": the bytes and the names of the bits that are set. */
static void print_flags(const assay_field *field, assay_span report)
{
    char digits[2 * 16 + 1] = "";
    char names[FLAGS_SIZE] = "";
    uint64_t bits = assay_field_uint(field, report);
    assay_span bytes = assay_field_bytes(field, report);
    if (2 * bytes.size < sizeof(digits))
        assay_hex_encode(bytes, digits);
    for (const assay_flag *flag = field->flags; flag != NULL && flag->name != NULL; flag++) {
        size_t size = strlen(names);
        if ((bits >> flag->bit & 1) != 0)
            snprintf(names + size, sizeof(names) - size, "%s%s", size > 0 ? ", " : "", flag->name);
    }
    text_row(field->name, names[0] != '\0' ? "%s (%s)" : "%s%s", digits, names);
}

static void print_field(const assay_field *field, assay_span report)
{
    switch (field->type) {
    case ASSAY_FIELD_BYTES:
        text_row_bytes(field->name, assay_field_bytes(field, report));
        break;
    case ASSAY_FIELD_UINT:
        text_row(field->name, "%llu", (unsigned long long)assay_field_uint(field, report));
        break;
    case ASSAY_FIELD_FLAGS:
        print_flags(field, report);
        break;
    case ASSAY_FIELD_RESERVED:
        break;
    }
}

static void print_report(const assay_verdict *verdict)
{
    const assay_layout *layout = verdict->report_layout;
    if (!verdict->authenticated || layout == NULL)
        return;
    text_heading("Report");
    text_row("quote", "%s, version %u", verdict->tee == ASSAY_TEE_TDX ? "TDX" : "SGX",
             verdict->quote_version);
    text_row("debug", "%s", verdict->debug ? "yes" : "no");
    for (size_t i = 0; i < layout->field_count; i++)
        print_field(&layout->fields[i], (assay_span) { verdict->report, layout->size });
}

static void print_notes(const assay_verdict *verdict)
{
    char sentence[SENTENCE_SIZE];
    if (verdict->note_count > 0)
        text_heading("Notes");
    for (size_t i = 0; i < verdict->note_count; i++) {
        assay_note_text(&verdict->notes[i], sentence, sizeof(sentence));
        text_item(sentence);
    }
}

/* ---- --explain ---- */

static void print_remedies(const assay_verdict *verdict)
{
    char sentence[SENTENCE_SIZE];
    unsigned told = 0; /* bits: each kind's remedy once */
    for (size_t i = 0; i < verdict->reason_count; i++) {
        assay_reason_kind kind = verdict->reasons[i].kind;
        if (reason_rows[kind].remedy != NULL && (told & 1u << kind) == 0)
            text_item(reason_rows[kind].remedy);
        told |= 1u << kind;
    }
    const unsigned never = ASSAY_ACCEPT(ASSAY_TCB_REVOKED) | ASSAY_ACCEPT(ASSAY_TCB_NOT_SUPPORTED);
    if ((told & 1u << ASSAY_REASON_TCB_STATUS) == 0 ||
        (never & ASSAY_ACCEPT(verdict->tcb_status)) != 0)
        return;
    snprintf(sentence, sizeof(sentence), "or take the risk: --accept %s",
             assay_tcb_status_name(verdict->tcb_status));
    text_item(sentence);
}

static void print_what_would_pass(const assay_verdict *verdict)
{
    if (verdict->accepted && count_reasons(verdict, ROLE_GOAL) == 0)
        return;
    text_heading(verdict->accepted ? "What would make it UpToDate" : "What would make it pass");
    print_reasons(verdict, ROLE_GOAL);
    if (!verdict->accepted)
        print_remedies(verdict);
}

static void print_expiry(const assay_verdict *verdict)
{
    text_heading("When each item ends");
    for (int i = 0; i < ASSAY_ITEM_COUNT; i++) {
        if (verdict->validity[i].end > 0)
            text_row_time(assay_item_name((assay_item)i), verdict->validity[i].end);
    }
}

static void print_explanation(const assay_verdict *verdict)
{
    print_group(verdict, "What is short", ROLE_SHORT);
    print_group(verdict, "Advisories that are open", ROLE_ADVISORY);
    print_what_would_pass(verdict);
    print_expiry(verdict);
}

void verdict_print(const assay_verdict *verdict, const assay_verify_options *options,
                   verdict_detail detail)
{
    print_verdict(verdict);
    print_root(verdict);
    if (detail == VERDICT_EXPLAINED)
        print_explanation(verdict);
    print_tcb(verdict);
    print_collateral(verdict, options);
    print_report(verdict);
    if (verdict->authenticated)
        print_platform(verdict);
    print_notes(verdict);
}
