/* accept.c: step 32: is what was judged good enough, and if not, what would make it so?
 *
 * Reasons explain; `refused` decides. A reason that refuses is added by refuse(), so that there is
 * no refusal without a reason. */
#include "evidence/fields.h"
#include "verify/steps.h"

typedef struct decision {
    const verification *v;
    assay_verdict *out;
    bool refused;
} decision;

static void refuse(decision *d, assay_reason reason)
{
    d->refused = true;
    reason_add(d->out, reason);
}

static void judge_tcb(decision *d)
{
    const uint32_t accept =
        d->v->options->accept != 0 ? d->v->options->accept : ASSAY_ACCEPT(ASSAY_TCB_UP_TO_DATE);
    if ((accept & ASSAY_ACCEPT(d->out->tcb_status)) == 0)
        refuse(d, (assay_reason) { .kind = ASSAY_REASON_TCB_STATUS,
                                   .level = -1,
                                   .text = assay_tcb_status_name(d->out->tcb_status) });
    if (d->out->authenticated)
        tcb_explain(d->v);
}

/* ---- Everything else ---- */

static void judge_dates(decision *d)
{
    const int64_t now = d->v->options->now;
    for (int i = 0; i < ASSAY_ITEM_COUNT; i++) {
        const assay_validity *at = &d->out->validity[i];
        assay_reason reason = { .item = (assay_item)i, .level = -1 };
        reason.kind = ASSAY_REASON_EXPIRED;
        reason.time = at->end;
        if (at->end <= now)
            refuse(d, reason);
        reason.kind = ASSAY_REASON_NOT_YET_VALID;
        reason.time = at->latest_begin;
        if (at->latest_begin > now)
            refuse(d, reason);
    }
}

static void judge_evaluation_numbers(decision *d)
{
    const uint32_t numbers[] = { d->v->collateral->tcb.header.evaluation_number,
                                 d->v->collateral->identity.header.evaluation_number };
    static const assay_item items[] = { ASSAY_ITEM_TCB_INFO, ASSAY_ITEM_QE_IDENTITY };
    const uint32_t want = d->v->options->min_tcb_evaluation_data_number;
    d->out->tcb_evaluation_data_number = numbers[0] < numbers[1] ? numbers[0] : numbers[1];
    d->out->qe_identity_evaluation_data_number = numbers[1];
    if (numbers[0] != numbers[1])
        note_add(d->out, ASSAY_NOTE_EVAL_NUM_DIFFERS, numbers[1], NULL);
    for (size_t i = 0; i < 2; i++) {
        if (numbers[i] < want)
            refuse(d, (assay_reason) { .kind = ASSAY_REASON_TCB_EVAL_NUM_TOO_LOW,
                                       .level = -1,
                                       .item = items[i],
                                       .have = numbers[i],
                                       .want = want });
    }
}

/* True when a bit is set that the layout's row has no name for. */
static bool has_unnamed_bits(const assay_quote *quote, const char *name)
{
    const assay_field *field = assay_layout_find(quote->body_layout, name);
    uint64_t bits = assay_field_uint(field, quote->body);
    for (const assay_flag *flag = field->flags; flag->name != NULL; flag++)
        bits &= ~(UINT64_C(1) << flag->bit);
    return bits != 0;
}

/* The TD's field with attribute or XFAM bits that should not be as they are, or NULL. x87 and SSE
 * are always on; the allowed bits are those that real quotes and peers know. */
static const char *unexpected_td_bits(const assay_quote *quote)
{
    const uint64_t xfam_fixed = 0x3, xfam_allowed = 0x6DBE7;
    const uint64_t xfam = load_u64le(FIELD_SPAN(quote->body, TD_BODY_XFAM).data);
    if (has_unnamed_bits(quote, "tdattributes"))
        return "tdattributes";
    return (xfam & xfam_fixed) != xfam_fixed || (xfam & ~xfam_allowed) != 0 ? "xfam" : NULL;
}

static void judge_reserved(decision *d)
{
    const assay_quote *quote = &d->v->quote;
    const assay_field *field = assay_layout_dirty_reserved(quote->body_layout, quote->body);
    const char *name = NULL;
    if (field != NULL)
        name = field->name;
    else if (quote->tee == ASSAY_TEE_TDX)
        name = unexpected_td_bits(quote);
    if (name == NULL)
        return;
    note_add(d->out, ASSAY_NOTE_RESERVED_BITS, 0, name);
    if (!d->v->options->allow_reserved)
        refuse(d, (assay_reason) { .kind = ASSAY_REASON_RESERVED_BITS, .level = -1, .text = name });
}

/* SGX: DEBUG. TDX: any of the bits 0 to 7, which all make a TD untrusted. */
static bool is_debug(const assay_quote *quote)
{
    if (quote->tee == ASSAY_TEE_TDX)
        return (FIELD_SPAN(quote->body, TD_BODY_TDATTRIBUTES).data[0] & TD_ATTRIBUTES_UNTRUSTED) !=
               0;
    return (FIELD_SPAN(quote->body, SGX_REPORT_ATTRIBUTES).data[0] & SGX_ATTRIBUTE_DEBUG) != 0;
}

static void judge_report(decision *d)
{
    const assay_verify_options *options = d->v->options;
    const assay_quote *quote = &d->v->quote;
    const assay_span report_data = quote->tee == ASSAY_TEE_TDX
                                       ? FIELD_SPAN(quote->body, TD_BODY_REPORT_DATA)
                                       : FIELD_SPAN(quote->body, SGX_REPORT_REPORT_DATA);
    d->out->debug = is_debug(quote);
    if (d->out->debug && !options->allow_debug)
        refuse(d, (assay_reason) { .kind = ASSAY_REASON_DEBUG, .level = -1 });
    judge_reserved(d);
    if (options->report_data != NULL &&
        !span_equal_constant_time(report_data, span_of(options->report_data, report_data.size)))
        refuse(d, (assay_reason) { .kind = ASSAY_REASON_REPORT_DATA_MISMATCH, .level = -1 });
}

/* ---- Notes ---- */

static void note_facts(decision *d)
{
    const verification *v = d->v;
    const assay_span trailing = v->quote.trailing;
    if (trailing.size > 0)
        note_add(d->out,
                 span_is_zero(trailing) ? ASSAY_NOTE_TRAILING_PADDING : ASSAY_NOTE_TRAILING_DATA,
                 trailing.size, NULL);
    const document_header *headers[] = { &v->collateral->tcb.header,
                                         &v->collateral->identity.header };
    for (size_t i = 0; i < 2; i++) {
        for (size_t j = 0; j < headers[i]->unknown_key_count; j++)
            note_add(d->out, ASSAY_NOTE_UNKNOWN_KEY, 0, headers[i]->unknown_keys[j]);
    }
    if (v->quote.body_layout->size >= TD_REPORT_1_5_SIZE &&
        !span_is_zero(FIELD_SPAN(v->quote.body, TD_BODY_MRSERVICETD)))
        note_add(d->out, ASSAY_NOTE_SERVICE_TD, 0, NULL);
}

void verdict_decide(verification *v)
{
    decision d = { .v = v, .out = v->verdict };
    judge_tcb(&d);
    judge_dates(&d);
    judge_evaluation_numbers(&d);
    judge_report(&d);
    note_facts(&d);
    platform_tell(&v->pck.extension, v->pck.ca, &v->verdict->platform);
    v->verdict->accepted = v->verdict->authenticated && !d.refused;
}
