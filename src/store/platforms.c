/* platforms.c: platforms and their certificates: one, and many at once. collateral-service.md 7.8.
 *
 * Each platform's row carries the TCB that plans count it under: kept up to date here and in
 * selections.c. */
#include <stdio.h>

#include "store/platforms.h"

/* ---- Reading ----------------------------------------------------------------------------------
 */

static assay_status fixed_of_row(const store_value *columns, store_platform *out, assay_error *err)
{
    TRY(column_bytes(&columns[3], out->cpu_svn, 16, "store.platforms.cpu_svn", err));
    return column_bytes(&columns[5], out->fmspc, 6, "store.platforms.fmspc", err);
}

assay_status platform_of_row(const store_value *columns, arena *memory, store_platform *out,
                             assay_error *err)
{
    *out = (store_platform) {
        .pce_id = (uint16_t)columns[2].number,
        .pce_svn = (uint16_t)columns[4].number,
        .ca = (uint8_t)columns[6].number,
        .state = (store_platform_state)columns[7].number,
        .registered = columns[8].number,
        .updated = columns[9].number,
    };
    TRY(fixed_of_row(columns, out, err));
    TRY(column_copy(&columns[1], memory, &out->qe_id, err));
    TRY(column_copy(&columns[10], memory, &out->encrypted_ppid, err));
    TRY(column_copy(&columns[11], memory, &out->platform_manifest, err));
    return checksum_check(&columns[12], platform_checksum(out), "store.platforms", err);
}

typedef struct platform_row {
    arena *memory;
    store_platform *out;
    bool found;
} platform_row;

static assay_status platform_reader(void *context, const store_value *columns, assay_error *err)
{
    platform_row *row = context;
    store_platform platform;
    TRY(platform_of_row(columns, row->memory, &platform, err));
    *row->out = platform;
    row->found = true;
    return ASSAY_OK;
}

assay_status store_platform_get(store *s, assay_span qe_id, uint16_t pce_id, arena *memory,
                                store_platform *out, bool *found, assay_error *err)
{
    const store_value parameters[] = { bytes_value(qe_id), number_value(pce_id) };
    platform_row row = { memory, out, false };
    TRY(ask(s, PLATFORM_GET, parameters, PARAMETER_COUNT(parameters), platform_reader, &row, err));
    *found = row.found;
    return ASSAY_OK;
}

typedef struct certificate_list {
    row_list rows;
    assay_span qe_id;
    uint16_t pce_id;
} certificate_list;

static assay_status certificate_reader(void *context, const store_value *columns, assay_error *err)
{
    certificate_list *list = context;
    store_pck *out = row_list_add(&list->rows);
    if (out == NULL)
        return no_memory(err, "store.certificates");
    TRY(column_bytes(&columns[0], out->tcbm, STORE_TCBM_SIZE, "store.certificates.tcbm", err));
    TRY(column_copy(&columns[2], list->rows.memory, &out->certificate, err));
    return checksum_check(&columns[1], certificate_checksum(list->qe_id, list->pce_id, out),
                          "store.certificates", err);
}

assay_status store_certificates(store *s, assay_span qe_id, uint16_t pce_id, arena *memory,
                                store_pck **out, size_t *count, assay_error *err)
{
    const store_value parameters[] = { bytes_value(qe_id), number_value(pce_id) };
    certificate_list list = { { .memory = memory, .size = sizeof(store_pck) }, qe_id, pce_id };
    TRY(ask(s, CERTIFICATE_LIST, parameters, PARAMETER_COUNT(parameters), certificate_reader, &list,
            err));
    *out = list.rows.elements;
    *count = list.rows.count;
    return ASSAY_OK;
}

/* ---- The row that is there --------------------------------------------------------------------
 */

static assay_status identity_reader(void *context, const store_value *columns, assay_error *err)
{
    platform_identity *out = context;
    out->id = columns[0].number;
    out->state = (store_platform_state)columns[1].number;
    if (out->id <= 0 || out->state < STORE_PLATFORM_REGISTERED ||
        out->state > STORE_PLATFORM_UNAVAILABLE)
        return corrupt(err, "store.platforms", "a platform without number or state");
    TRY(column_bytes(&columns[2], out->raw, 16, "store.platforms.cpu_svn", err));
    tcbm_put_pce_svn(out->raw, (uint16_t)columns[3].number);
    return column_bytes(&columns[4], out->tcbm, STORE_TCBM_SIZE, "store.platforms.tcbm", err);
}

assay_status platform_identify(store_write *w, assay_span qe_id, uint16_t pce_id,
                               platform_identity *out, assay_error *err)
{
    const store_value parameters[] = { bytes_value(qe_id), number_value(pce_id) };
    *out = (platform_identity) { .qe_id = qe_id, .pce_id = pce_id };
    return write_ask(w, PLATFORM_IDENTITY, parameters, PARAMETER_COUNT(parameters), identity_reader,
                     out, err);
}

static assay_status platform_change(store_write *w, assay_span qe_id, uint16_t pce_id,
                                    assay_error *err)
{
    char text[2 * STORE_QE_ID_MAX + 6];
    for (size_t i = 0; i < qe_id.size; i++)
        snprintf(text + 2 * i, 3, "%02X", qe_id.data[i]);
    snprintf(text + 2 * qe_id.size, 6, "_%02X%02X", pce_id & 0xff, pce_id >> 8);
    return write_change(w, "platform", text, err);
}

/* ---- Writing ----------------------------------------------------------------------------------
 */

static assay_status platform_check(const store_platform *platform, assay_error *err)
{
    if (platform->state < STORE_PLATFORM_REGISTERED || platform->state > STORE_PLATFORM_UNAVAILABLE)
        return fail(err, ASSAY_MALFORMED, "store.platform.state", ASSAY_NO_OFFSET,
                    "state %d, want 1 to 3", (int)platform->state);
    return qe_id_check(platform->qe_id, err);
}

/* A number for a new platform. */
static assay_status platform_number(store_write *w, int64_t *id, assay_error *err)
{
    const uint64_t *by_state = w->totals.platforms;
    const uint64_t count = by_state[STORE_PLATFORM_REGISTERED] + by_state[STORE_PLATFORM_QUEUED] +
                           by_state[STORE_PLATFORM_UNAVAILABLE];
    if (count >= w->s->platform_max)
        return fail_named(err, ASSAY_ENVIRONMENT, "store_limit", NULL, "store.platforms",
                          "%llu platforms are there, at most %llu", (unsigned long long)count,
                          (unsigned long long)w->s->platform_max);
    *id = (int64_t)++w->totals.last_platform;
    return ASSAY_OK;
}

static assay_status row_put(store_write *w, const platform_identity *is, const store_platform *p,
                            assay_error *err)
{
    const row_checksum checksum = platform_checksum(p);
    const store_value row[] = {
        number_value(is->id),
        bytes_value(p->qe_id),
        number_value(p->pce_id),
        bytes_value(SPAN(p->cpu_svn)),
        number_value(p->pce_svn),
        bytes_value(SPAN(p->fmspc)),
        number_value(p->ca),
        number_value(p->state),
        number_value(p->registered),
        number_value(p->updated),
        bytes_value(p->encrypted_ppid),
        bytes_value(p->platform_manifest),
        bytes_value(SPAN(checksum.bytes)),
        bytes_value(SPAN(is->tcbm)),
    };
    return write_run(w, is->is_new ? PLATFORM_INSERT : PLATFORM_UPDATE, row, PARAMETER_COUNT(row),
                     err);
}

/* Old certificates go, and with them what was selected among them. */
static assay_status certificates_replace(store_write *w, const platform_identity *is,
                                         const store_platform_record *record, assay_error *err)
{
    const store_value platform[] = { number_value(is->id) };
    if (!is->is_new) {
        TRY(write_run(w, CERTIFICATES_DELETE, platform, 1, err));
        TRY(write_run(w, SELECTIONS_DELETE, platform, 1, err));
    }
    for (size_t i = 0; i < record->certificate_count; i++) {
        const store_pck *certificate = &record->certificates[i];
        const row_checksum checksum = certificate_checksum(is->qe_id, is->pce_id, certificate);
        const store_value row[] = { number_value(is->id), bytes_value(SPAN(certificate->tcbm)),
                                    bytes_value(SPAN(checksum.bytes)),
                                    bytes_value(certificate->certificate) };
        TRY(write_run(w, CERTIFICATE_INSERT, row, PARAMETER_COUNT(row), err));
    }
    return ASSAY_OK;
}

static assay_status tcbm_reader(void *context, const store_value *columns, assay_error *err)
{
    platform_identity *is = context;
    return column_bytes(&columns[0], is->tcbm, STORE_TCBM_SIZE, "store.selections.tcbm", err);
}

/* What the platform counts as: the selection for its raw TCB, of these or (unless its certificates
 * are replaced) of those from before; else its raw TCB. */
static assay_status tcbm_decide(store_write *w, platform_identity *is, bool forget_old,
                                const store_platform_record *record, assay_error *err)
{
    const store_platform *platform = &record->platform;
    const store_value raw[] = { number_value(is->id), bytes_value(SPAN(platform->cpu_svn)),
                                number_value(platform->pce_svn) };
    memcpy(is->raw, platform->cpu_svn, sizeof(platform->cpu_svn));
    tcbm_put_pce_svn(is->raw, platform->pce_svn);
    memcpy(is->tcbm, is->raw, sizeof(is->raw));
    if (!forget_old)
        TRY(write_ask(w, SELECTION_OF, raw, PARAMETER_COUNT(raw), tcbm_reader, is, err));
    for (size_t i = 0; i < record->selection_count; i++)
        selection_apply(is, &record->selections[i]);
    return ASSAY_OK;
}

static assay_status record_put(store_write *w, const store_platform_record *record,
                               store_replace replace, assay_error *err)
{
    const store_platform *platform = &record->platform;
    const bool replaced = record->certificate_count > 0 || replace == STORE_REPLACE;
    platform_identity is;
    TRY(platform_check(platform, err));
    TRY(platform_identify(w, platform->qe_id, platform->pce_id, &is, err));
    is.is_new = is.id == 0;
    if (is.is_new)
        TRY(platform_number(w, &is.id, err));
    else
        w->totals.platforms[is.state]--;
    w->totals.platforms[platform->state]++;
    TRY(tcbm_decide(w, &is, replaced || is.is_new, record, err));
    TRY(row_put(w, &is, platform, err));
    if (replaced)
        TRY(certificates_replace(w, &is, record, err));
    TRY(selections_add(w, &is, record->selections, record->selection_count, err));
    return platform_change(w, platform->qe_id, platform->pce_id, err);
}

static assay_status records_put(store_write *w, const store_platform_record *records, size_t count,
                                store_replace replace, const store_audit_entry *audit,
                                assay_error *err)
{
    for (size_t i = 0; i < count; i++)
        TRY(record_put(w, &records[i], replace, err));
    return audit == NULL ? ASSAY_OK : write_audit(w, audit, err);
}

assay_status store_platform_put(store *s, const store_platform *platform, store_replace replace,
                                const store_pck *certificates, size_t certificate_count,
                                const store_selection *selections, size_t selection_count,
                                const store_audit_entry *audit, assay_error *err)
{
    const store_platform_record record = { *platform, certificates, certificate_count, selections,
                                           selection_count };
    store_write w;
    TRY(write_begin(s, &w, err));
    return write_end(&w, records_put(&w, &record, 1, replace, audit, err), err);
}

assay_status store_platforms_put(store *s, const store_platform_record *records, size_t count,
                                 const store_audit_entry *audit, assay_error *err)
{
    store_write w;
    TRY(write_begin(s, &w, err));
    return write_end(&w, records_put(&w, records, count, STORE_KEEP, audit, err), err);
}

static assay_status platform_remove(store_write *w, assay_span qe_id, uint16_t pce_id,
                                    const store_audit_entry *audit, assay_error *err)
{
    platform_identity is;
    TRY(platform_identify(w, qe_id, pce_id, &is, err));
    if (is.id == 0)
        return ASSAY_OK;
    const store_value parameters[] = { number_value(is.id) };
    w->totals.platforms[is.state]--;
    TRY(platform_change(w, qe_id, pce_id, err));
    if (audit != NULL)
        TRY(write_audit(w, audit, err));
    return write_run(w, PLATFORM_DELETE, parameters, PARAMETER_COUNT(parameters), err);
}

assay_status store_platform_delete(store *s, assay_span qe_id, uint16_t pce_id,
                                   const store_audit_entry *audit, assay_error *err)
{
    store_write w;
    TRY(qe_id_check(qe_id, err));
    TRY(write_begin(s, &w, err));
    return write_end(&w, platform_remove(&w, qe_id, pce_id, audit, err), err);
}
