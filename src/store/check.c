/* check.c: is everything in the store what was put there? The engine's own checks, then the
 * checksum of every row. */
#include "store/room.h"

/* Row by row: what a reader copies goes again. */
static assay_status item_check(void *context, const store_value *columns, assay_error *err)
{
    (void)context;
    arena memory = { 0 };
    store_item item;
    bool found;
    item_row row = { &memory, &item, &found };
    assay_status status = item_reader(&row, columns, err);
    arena_free(&memory);
    return status;
}

static assay_status record_check(void *context, const store_value *columns, assay_error *err)
{
    (void)context;
    arena memory = { 0 };
    store_record record;
    assay_status status = record_of_row(columns, &memory, &record, err);
    arena_free(&memory);
    return status;
}

static assay_status platform_check(void *context, const store_value *columns, assay_error *err)
{
    (void)context;
    arena memory = { 0 };
    store_platform platform;
    assay_status status = platform_of_row(columns, &memory, &platform, err);
    arena_free(&memory);
    return status;
}

static assay_status certificate_check(void *context, const store_value *columns, assay_error *err)
{
    (void)context;
    store_pck certificate = { .certificate = columns[2].bytes };
    TRY(column_bytes(&columns[0], certificate.tcbm, STORE_TCBM_SIZE, "store.certificates.tcbm",
                     err));
    const row_checksum wanted =
        certificate_checksum(columns[3].bytes, (uint16_t)columns[4].number, &certificate);
    return checksum_check(&columns[1], wanted, "store.certificates", err);
}

static assay_status selection_check(void *context, const store_value *columns, assay_error *err)
{
    (void)context;
    store_selection selection = { .pce_svn = (uint16_t)columns[1].number };
    TRY(column_bytes(&columns[0], selection.cpu_svn, sizeof(selection.cpu_svn),
                     "store.selections.cpu_svn", err));
    TRY(column_bytes(&columns[2], selection.tcbm, STORE_TCBM_SIZE, "store.selections.tcbm", err));
    const row_checksum wanted =
        selection_checksum(columns[4].bytes, (uint16_t)columns[5].number, &selection);
    return checksum_check(&columns[3], wanted, "store.selections", err);
}

static const struct check_row {
    store_statement statement;
    store_row_reader each;
} checks[] = {
    { ITEM_ALL, item_check },           { RECORD_ALL, record_check },
    { PLATFORM_ALL, platform_check },   { CERTIFICATE_ALL, certificate_check },
    { SELECTION_ALL, selection_check },
};

static assay_status check_all(store *s, store_session *session, assay_error *err)
{
    for (size_t i = 0; i < PARAMETER_COUNT(checks); i++)
        TRY(s->operations->run(session, checks[i].statement, NULL, 0, checks[i].each, NULL, err));
    return ASSAY_OK;
}

assay_status store_check(store *s, assay_error *err)
{
    store_session *session;
    TRY(s->operations->check(s->database, err));
    TRY(s->operations->take(s->database, ACCESS_LONG, &session, err));
    return session_end(s, session, check_all(s, session, err), err);
}
