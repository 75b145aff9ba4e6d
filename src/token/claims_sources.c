/* claims_sources.c: the sources that claims of several dialects share. appraisal.md 8. */
#include "token/claims.h"

void claims_write(json_writer *w, const token_facts *facts, claim_table table)
{
    for (size_t i = 0; i < table.count; i++)
        table.rows[i].source(w, facts, &table.rows[i]);
}

assay_span claim_body(const token_facts *facts, const claim_row *row)
{
    const assay_layout *layout = facts->verdict->report_layout;
    const size_t size = layout == NULL ? 0 : layout->size;
    return span_slice(span_of(facts->verdict->report, size), row->offset, row->size);
}

void claim_body_hex(json_writer *w, const token_facts *facts, const claim_row *row)
{
    const assay_span bytes = claim_body(facts, row);
    if (bytes.size != 0)
        json_put_hex(w, row->claim, bytes);
}

void claim_body_le16(json_writer *w, const token_facts *facts, const claim_row *row)
{
    const assay_span bytes = claim_body(facts, row);
    if (bytes.size >= sizeof(uint16_t))
        json_put_number(w, row->claim, load_u16le(bytes.data));
}

void claim_body_number(json_writer *w, const token_facts *facts, const claim_row *row)
{
    const assay_span bytes = claim_body(facts, row);
    uint64_t value = 0;
    for (size_t i = bytes.size; i > 0; i--)
        value = value << 8 | bytes.data[i - 1];
    if (bytes.size != 0)
        json_put_number(w, row->claim, value);
}

void claim_body_flag(json_writer *w, const token_facts *facts, const claim_row *row)
{
    const assay_span bytes = claim_body(facts, row);
    if (bytes.size * 8 > row->bit)
        json_put_flag(w, row->claim, (bytes.data[row->bit / 8] >> (row->bit % 8) & 1) != 0);
}

void claim_body_hex_list(json_writer *w, const token_facts *facts, const claim_row *row)
{
    json_open_array(w, row->claim);
    for (unsigned i = 0; i < row->bit; i++) {
        const claim_row element = { .offset = (uint16_t)(row->offset + i * row->size),
                                    .size = row->size };
        claim_body_hex(w, facts, &element);
    }
    json_close_array(w);
}

void claim_tcb_status(json_writer *w, const token_facts *facts, const claim_row *row)
{
    if (facts->verdict->tcb_status != ASSAY_TCB_NOT_JUDGED)
        json_put_text(w, row->claim, assay_tcb_status_name(facts->verdict->tcb_status));
}

void claim_tcb_date(json_writer *w, const token_facts *facts, const claim_row *row)
{
    if (facts->verdict->platform_part.tcb_date != 0)
        json_put_time(w, row->claim, facts->verdict->platform_part.tcb_date);
}

void claim_advisory_ids(json_writer *w, const token_facts *facts, const claim_row *row)
{
    if (facts->verdict->advisory_count == 0)
        return;
    json_open_array(w, row->claim);
    for (size_t i = 0; i < facts->verdict->advisory_count; i++)
        json_put_text(w, NULL, facts->verdict->advisory_ids[i]);
    json_close_array(w);
}

void claim_debug(json_writer *w, const token_facts *facts, const claim_row *row)
{
    json_put_flag(w, row->claim, facts->verdict->debug);
}

void claim_constant(json_writer *w, const token_facts *facts, const claim_row *row)
{
    (void)facts;
    json_put_text(w, row->claim, row->text);
}

void claim_policy_ids(json_writer *w, const token_facts *facts, const claim_row *row)
{
    used_policy used[REPORTS_MAX];
    const size_t count = claims_policies(facts->appraisal, used);
    bool open = false;
    for (size_t i = 0; i < count; i++) {
        char id[97];
        if (used[i].policy == NULL)
            continue;
        if (!open)
            json_open_array(w, row->claim);
        open = true;
        assay_policy_id(used[i].policy, id);
        json_put_text(w, NULL, id);
    }
    if (open)
        json_close_array(w);
}

/* The row of `policy` in `used`, made when it is new. */
static used_policy *use(used_policy used[REPORTS_MAX], size_t *count, const assay_policy *policy)
{
    for (size_t i = 0; i < *count; i++) {
        if (used[i].policy == policy)
            return &used[i];
    }
    used[*count] = (used_policy) { .policy = policy, .matched = true };
    return &used[(*count)++];
}

size_t claims_policies(const assay_appraisal *appraisal, used_policy out[REPORTS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < appraisal->count; i++) {
        const assay_appraised_report *row = &appraisal->rows[i];
        if (row->policy == ASSAY_POLICY_NONE)
            continue;
        used_policy *used = use(out, &count, row->user_policy);
        used->classes |= 1u << row->class_;
        used->matched = used->matched && row->result == ASSAY_RESULT_PASSED;
    }
    return count;
}

assay_tee claims_tee(const assay_appraisal *appraisal)
{
    assay_tee tee = ASSAY_TEE_NONE;
    for (size_t i = 0; i < appraisal->count; i++) {
        const assay_class class_ = appraisal->rows[i].class_;
        tee = class_ == ASSAY_CLASS_SGX_PLATFORM || class_ == ASSAY_CLASS_SGX_ENCLAVE
                  ? ASSAY_TEE_SGX
                  : ASSAY_TEE_TDX;
    }
    return tee;
}
