/* selections.c: which certificate answers a raw TCB: asked on every request, remembered, forgotten.
 */
#include "store/platforms.h"

enum { SELECTIONS_OF_PLATFORM = 64 };

/* The question, and the answer's place. */
typedef struct selected_row {
    assay_span qe_id;
    uint16_t pce_id;
    const uint8_t *cpu_svn;
    uint16_t pce_svn;
    arena *memory;
    store_answer *out;
    bool found;
} selected_row;

/* All three rows are those of this platform and this raw TCB. */
static assay_status answer_check(const selected_row *row, const store_answer *answer,
                                 const store_value *columns, assay_error *err)
{
    store_pck certificate = { .certificate = answer->certificate };
    store_platform platform = { .qe_id = row->qe_id, .pce_id = row->pce_id, .ca = answer->ca };
    store_selection selection = { .pce_svn = row->pce_svn };
    memcpy(certificate.tcbm, answer->tcbm, STORE_TCBM_SIZE);
    memcpy(platform.fmspc, answer->fmspc, sizeof(platform.fmspc));
    memcpy(selection.cpu_svn, row->cpu_svn, sizeof(selection.cpu_svn));
    memcpy(selection.tcbm, answer->tcbm, STORE_TCBM_SIZE);
    TRY(checksum_check(&columns[1], certificate_checksum(row->qe_id, row->pce_id, &certificate),
                       "store.certificates", err));
    TRY(checksum_check(&columns[5], platform_checksum(&platform), "store.platforms", err));
    return checksum_check(&columns[6], selection_checksum(row->qe_id, row->pce_id, &selection),
                          "store.selections", err);
}

static assay_status selected_reader(void *context, const store_value *columns, assay_error *err)
{
    selected_row *row = context;
    store_answer answer = { .ca = (uint8_t)columns[4].number, .fetched = columns[7].number };
    TRY(column_bytes(&columns[0], answer.tcbm, STORE_TCBM_SIZE, "store.certificates.tcbm", err));
    TRY(column_bytes(&columns[3], answer.fmspc, 6, "store.platforms.fmspc", err));
    TRY(column_copy(&columns[2], row->memory, &answer.certificate, err));
    TRY(answer_check(row, &answer, columns, err));
    *row->out = answer;
    row->found = true;
    return ASSAY_OK;
}

assay_status store_selected(store *s, assay_span qe_id, uint16_t pce_id, const uint8_t cpu_svn[16],
                            uint16_t pce_svn, arena *memory, store_answer *out, bool *found,
                            assay_error *err)
{
    const store_value parameters[] = { bytes_value(qe_id), number_value(pce_id),
                                       bytes_value(span_of(cpu_svn, 16)), number_value(pce_svn) };
    selected_row row = { qe_id, pce_id, cpu_svn, pce_svn, memory, out, false };
    TRY(ask(s, SELECTED, parameters, PARAMETER_COUNT(parameters), selected_reader, &row, err));
    *found = row.found;
    return ASSAY_OK;
}

void selection_apply(platform_identity *is, const store_selection *selection)
{
    uint8_t raw[STORE_TCBM_SIZE];
    memcpy(raw, selection->cpu_svn, 16);
    tcbm_put_pce_svn(raw, selection->pce_svn);
    if (memcmp(raw, is->raw, sizeof(raw)) == 0)
        memcpy(is->tcbm, selection->tcbm, STORE_TCBM_SIZE);
}

static assay_status selection_add(store_write *w, const platform_identity *is,
                                  const store_selection *selection, int64_t age, assay_error *err)
{
    const row_checksum checksum = selection_checksum(is->qe_id, is->pce_id, selection);
    const store_value row[] = { number_value(is->id),
                                bytes_value(SPAN(selection->cpu_svn)),
                                number_value(selection->pce_svn),
                                bytes_value(SPAN(selection->tcbm)),
                                number_value(age),
                                bytes_value(SPAN(checksum.bytes)) };
    return write_run(w, SELECTION_PUT, row, PARAMETER_COUNT(row), err);
}

assay_status selections_add(store_write *w, const platform_identity *is,
                            const store_selection *selections, size_t count, assay_error *err)
{
    const store_value platform[] = { number_value(is->id), number_value(SELECTIONS_OF_PLATFORM) };
    int64_t age = 0;
    if (count == 0)
        return ASSAY_OK;
    if (!is->is_new)
        TRY(write_ask(w, SELECTION_AGE, platform, 1, number_reader, &age, err));
    for (size_t i = 0; i < count; i++)
        TRY(selection_add(w, is, &selections[i], ++age, err));
    if (age <= SELECTIONS_OF_PLATFORM)
        return ASSAY_OK;
    return write_run(w, SELECTIONS_TRIM, platform, PARAMETER_COUNT(platform), err);
}

static assay_status remember(store_write *w, assay_span qe_id, uint16_t pce_id,
                             const store_selection *selection, assay_error *err)
{
    platform_identity is;
    uint8_t before[STORE_TCBM_SIZE];
    TRY(platform_identify(w, qe_id, pce_id, &is, err));
    if (is.id == 0)
        return ASSAY_OK;
    memcpy(before, is.tcbm, sizeof(before));
    selection_apply(&is, selection);
    const store_value row[] = { number_value(is.id), bytes_value(SPAN(is.tcbm)) };
    if (memcmp(before, is.tcbm, sizeof(before)) != 0)
        TRY(write_run(w, PLATFORM_TCBM, row, PARAMETER_COUNT(row), err));
    return selections_add(w, &is, selection, 1, err);
}

assay_status store_selection_put(store *s, assay_span qe_id, uint16_t pce_id,
                                 const store_selection *selection, assay_error *err)
{
    store_write w;
    TRY(write_begin(s, &w, err));
    return write_end(&w, remember(&w, qe_id, pce_id, selection, err), err);
}

static assay_status forget(store_write *w, const uint8_t fmspc[6], assay_error *err)
{
    char text[13];
    const assay_span bytes = span_of(fmspc, 6);
    const store_value parameters[] = { bytes_value(bytes) };
    assay_hex_encode(bytes, text);
    TRY(write_run(w, SELECTIONS_FORGET, parameters, PARAMETER_COUNT(parameters), err));
    return write_change(w, "fmspc", text, err);
}

assay_status store_selections_forget(store *s, const uint8_t fmspc[6], assay_error *err)
{
    store_write w;
    TRY(write_begin(s, &w, err));
    return write_end(&w, forget(&w, fmspc, err), err);
}
