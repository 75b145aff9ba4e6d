/* pccs_database.c: a database of Intel's PCCS, read only. collateral-service.md 2, 7.13. */
#include "store/pccs_database.h"

#include <sqlite3.h>

#include "base/memory.h"

enum { VERSION_NEWEST = 5, PROGRESS_STEPS = 1000, PROGRESS_MAX = 2000000 };

struct pccs_database {
    sqlite3 *handle;
    int version;
    unsigned progress; /* thousands of steps: no query of ours needs many for a row */
};

/* Tables differ by version (1 and 2 have no TDX, 5 has update types): one row for each text. */
static const struct {
    int from, to; /* versions that have it; 0: all */
    const char *text;
} queries[PCCS_TABLE_COUNT][3] = {
    [PCCS_PLATFORMS] = { { 0, 0,
                           "SELECT qe_id, pce_id, platform_manifest, enc_ppid, fmspc, ca "
                           "FROM platforms ORDER BY qe_id, pce_id" } },
    [PCCS_CERTIFICATES] = { { 0, 0,
                              "SELECT tcbm, pck_cert FROM pck_cert "
                              "WHERE qe_id = ?1 AND pce_id = ?2 ORDER BY tcbm" } },
    [PCCS_RAW_TCBS] = { { 0, 0,
                          "SELECT cpu_svn, pce_svn, tcbm FROM platform_tcbs "
                          "WHERE qe_id = ?1 AND pce_id = ?2 ORDER BY updated_time DESC" } },
    [PCCS_QUEUE] = { { 0, 0,
                       "SELECT qe_id, pce_id, cpu_svn, pce_svn, enc_ppid, platform_manifest, state "
                       "FROM platforms_registered WHERE state IN (0, 1) ORDER BY qe_id, pce_id" } },
    [PCCS_TCB_INFOS] = { { 5, 0,
                           "SELECT fmspc, type, update_type, version, tcbinfo FROM fmspc_tcbs "
                           "ORDER BY version DESC, fmspc" },
                         { 3, 4,
                           "SELECT fmspc, type, 'STANDARD', version, tcbinfo FROM fmspc_tcbs "
                           "ORDER BY version DESC, fmspc" },
                         { 2, 2, "SELECT fmspc, type, 'STANDARD', 3, tcbinfo FROM fmspc_tcbs" } },
    [PCCS_IDENTITIES] = { { 5, 0,
                            "SELECT id, update_type, version, identity FROM enclave_identities "
                            "ORDER BY version DESC, id" },
                          { 3, 4,
                            "SELECT id, 'STANDARD', version, identity FROM enclave_identities "
                            "ORDER BY version DESC, id" },
                          { 2, 2, "SELECT id, 'STANDARD', 3, identity FROM enclave_identities" } },
    [PCCS_CRLS] = { { 0, 0, "SELECT ca, pck_crl FROM pck_crl" } },
    [PCCS_CHAIN] = { { 0, 0, "SELECT id, cert, crl FROM pcs_certificates ORDER BY id" } },
    [PCCS_POLICIES] = { { 4, 0,
                          "SELECT type, policy, is_default, fmspc FROM appraisal_policies" } },
};

static assay_status broken(const pccs_database *db, assay_error *err)
{
    int code = sqlite3_errcode(db->handle);
    if (code == SQLITE_NOMEM)
        return fail(err, ASSAY_NO_MEMORY, "pccs", ASSAY_NO_OFFSET, "no memory");
    return fail(err, ASSAY_MALFORMED, "pccs", ASSAY_NO_OFFSET, "is no sound PCCS database: %s",
                sqlite3_errmsg(db->handle));
}

/* ---- Opening ---- */

static int too_long(void *context)
{
    pccs_database *db = context;
    return ++db->progress > PROGRESS_MAX;
}

/* Only reading of tables and columns; no functions, no pragmas, nothing attached. */
static int only_reading(void *context, int action, const char *first, const char *second,
                        const char *database, const char *trigger)
{
    (void)context, (void)first, (void)second, (void)database;
    bool reads = action == SQLITE_SELECT || action == SQLITE_READ;
    return reads && trigger == NULL ? SQLITE_OK : SQLITE_DENY;
}

static assay_status load(pccs_database *db, assay_span file, assay_error *err)
{
    static const char magic[] = "SQLite format 3";
    if (file.size < 512 || memcmp(file.data, magic, sizeof(magic)) != 0)
        return fail(err, ASSAY_MALFORMED, "pccs", 0, "is no SQLite database");
    unsigned char *copy = sqlite3_malloc64(file.size);
    if (copy == NULL)
        return fail(err, ASSAY_NO_MEMORY, "pccs", ASSAY_NO_OFFSET, "no memory");
    memcpy(copy, file.data, file.size);
    /* A database in WAL mode can't be opened in memory; whoever copied it has merged its log. */
    copy[18] = copy[19] = 1;
    if (sqlite3_deserialize(
            db->handle, "main", copy, (sqlite3_int64)file.size, (sqlite3_int64)file.size,
            SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY) != SQLITE_OK)
        return broken(db, err);
    return ASSAY_OK;
}

static int digit_of(void *context, int count, char **values, char **names)
{
    (void)names;
    if (count == 1 && values[0] != NULL && values[0][0] != '\0' && values[0][1] == '\0')
        *(int *)context = values[0][0] - '0';
    return 0;
}

static int first_word(void *context, int count, char **values, char **names)
{
    (void)names;
    *(bool *)context = count == 1 && values[0] != NULL && sqlite3_stricmp(values[0], "ok") == 0;
    return 0;
}

static assay_status examine(pccs_database *db, assay_error *err)
{
    int version = 0;
    bool sound = false;
    if (sqlite3_exec(db->handle, "PRAGMA quick_check(1)", first_word, &sound, NULL) != SQLITE_OK ||
        !sound)
        return fail(err, ASSAY_MALFORMED, "pccs", ASSAY_NO_OFFSET, "the database is damaged");
    sqlite3_set_authorizer(db->handle, only_reading, NULL);
    if (sqlite3_exec(db->handle, "SELECT db_version FROM pcs_version WHERE id = 1", digit_of,
                     &version, NULL) != SQLITE_OK)
        return fail(err, ASSAY_MALFORMED, "pccs", ASSAY_NO_OFFSET,
                    "has no table pcs_version with db_version: not a PCCS database, or one from "
                    "before 2020");
    if (version < 1 || version > VERSION_NEWEST)
        return fail(err, ASSAY_UNSUPPORTED, "pccs.pcs_version", ASSAY_NO_OFFSET,
                    "tables of version %d, want 1 to %d", version, VERSION_NEWEST);
    db->version = version;
    return ASSAY_OK;
}

static assay_status open_file(pccs_database *db, assay_span file, assay_error *err)
{
    if (sqlite3_open_v2(":memory:", &db->handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                        NULL) != SQLITE_OK)
        return broken(db, err);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_progress_handler(db->handle, PROGRESS_STEPS, too_long, db);
    TRY(load(db, file, err));
    return examine(db, err);
}

assay_status pccs_database_open(assay_span file, pccs_database **out, assay_error *err)
{
    pccs_database *db = memory_new(sizeof(*db));
    if (db == NULL)
        return fail(err, ASSAY_NO_MEMORY, "pccs", ASSAY_NO_OFFSET, "no memory");
    assay_status status = open_file(db, file, err);
    if (status != ASSAY_OK) {
        pccs_database_close(db);
        return status;
    }
    *out = db;
    return ASSAY_OK;
}

void pccs_database_close(pccs_database *db)
{
    if (db == NULL)
        return;
    sqlite3_close(db->handle);
    memory_free(db);
}

/* ---- Reading ---- */

static const char *query_of(const pccs_database *db, pccs_table table)
{
    for (size_t i = 0; i < 3 && queries[table][i].text != NULL; i++) {
        if (queries[table][i].from <= db->version &&
            (queries[table][i].to == 0 || db->version <= queries[table][i].to))
            return queries[table][i].text;
    }
    return NULL;
}

static assay_status row_read(sqlite3_stmt *statement, pccs_row_reader each, void *context,
                             assay_error *err)
{
    assay_span columns[PCCS_COLUMN_MAX] = { { NULL, 0 } };
    int count = sqlite3_column_count(statement);
    for (int i = 0; i < count && i < PCCS_COLUMN_MAX; i++) {
        /* Numbers come as their digits; bytes stay bytes. */
        const void *data = sqlite3_column_type(statement, i) == SQLITE_BLOB
                               ? sqlite3_column_blob(statement, i)
                               : (const void *)sqlite3_column_text(statement, i);
        columns[i] = span_of(data, data == NULL ? 0 : (size_t)sqlite3_column_bytes(statement, i));
    }
    return each(context, columns, err);
}

static void bind(sqlite3_stmt *statement, int at, assay_span text)
{
    if (text.size > 0)
        sqlite3_bind_text64(statement, at, (const char *)text.data, text.size, SQLITE_STATIC,
                            SQLITE_UTF8);
}

assay_status pccs_database_read(pccs_database *db, pccs_table table, assay_span qe_id,
                                assay_span pce_id, pccs_row_reader each, void *context,
                                assay_error *err)
{
    const char *query = query_of(db, table);
    sqlite3_stmt *statement = NULL;
    assay_status status = ASSAY_OK;
    int step = SQLITE_DONE;
    if (query == NULL)
        return ASSAY_OK;
    db->progress = 0;
    if (sqlite3_prepare_v2(db->handle, query, -1, &statement, NULL) != SQLITE_OK)
        return broken(db, err);
    bind(statement, 1, qe_id);
    bind(statement, 2, pce_id);
    while (status == ASSAY_OK && (step = sqlite3_step(statement)) == SQLITE_ROW)
        status = row_read(statement, each, context, err);
    if (status == ASSAY_OK && step != SQLITE_DONE)
        status = broken(db, err);
    sqlite3_finalize(statement);
    return status;
}
