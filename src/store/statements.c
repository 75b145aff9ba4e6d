/* statements.c: the texts of the statements, in the SQL that both engines speak. */
#include <stddef.h>

#include "store/statements.h"

#define ITEM_HEAD "name, source, issue_date, next_update, evaluation_number, fetched, version"

#define PLATFORM_COLUMNS                                                                           \
    "id, qe_id, pce_id, cpu_svn, pce_svn, fmspc, ca, state, registered, updated, encrypted_ppid, " \
    "platform_manifest, checksum"

#define SELECT_PLATFORMS "SELECT " PLATFORM_COLUMNS " FROM platforms "

const statement_text statement_texts[STATEMENT_COUNT] = {
    [SCHEMA_PRESENT] = { "SELECT count(*) FROM sqlite_schema WHERE name = 'assay_schema'",
                         "SELECT count(*) FROM information_schema.tables "
                         "WHERE table_name = 'assay_schema' "
                         "AND table_schema = current_schema()" },
    [SCHEMA_TABLE] = { "CREATE TABLE IF NOT EXISTS assay_schema ("
                       "number BIGINT PRIMARY KEY NOT NULL, applied BIGINT NOT NULL)",
                       NULL },
    [SCHEMA_NUMBER] = { "SELECT coalesce(max(number), 0) FROM assay_schema", NULL },
    [SCHEMA_RECORD] = { "INSERT INTO assay_schema (number, applied) VALUES ($1, $2)", NULL },

    /* SQLite's writer is alone already. */
    [TOTALS_LOCK] = { "SELECT version, audit, last_platform, items, registered, queued, "
                      "unavailable FROM totals WHERE id = 1",
                      "SELECT version, audit, last_platform, items, registered, queued, "
                      "unavailable FROM totals WHERE id = 1 FOR UPDATE" },
    [TOTALS_SAVE] = { "UPDATE totals SET version = $1, audit = $2, last_platform = $3, "
                      "items = $4, registered = $5, queued = $6, unavailable = $7 WHERE id = 1",
                      NULL },
    [TOTALS_GET] = { "SELECT version, registered, queued, unavailable FROM totals WHERE id = 1",
                     NULL },

    [CHANGE_ADD] = { "INSERT INTO changes (version, what) VALUES ($1, $2)", NULL },
    [CHANGES_TRIM] = { "DELETE FROM changes WHERE version <= $1", NULL },
    [CHANGES_OLDEST] = { "SELECT coalesce(min(version), 0) FROM changes", NULL },
    [CHANGES_LIST] = { "SELECT version, what FROM changes WHERE version > $1 "
                       "ORDER BY version LIMIT $2",
                       NULL },
    /* Sent by the database when the transaction commits. */
    [CHANGES_NOTIFY] = { NULL, "SELECT 1 FROM (SELECT pg_notify('assay_changes', '')) AS sent" },
    [LEASE_TAKE] = { "INSERT INTO leases (name, holder, held_until) VALUES ($1, $2, $3) "
                     "ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, "
                     "held_until = excluded.held_until "
                     "WHERE leases.holder = excluded.holder OR leases.held_until <= $4 "
                     "RETURNING held_until",
                     NULL },

    [ITEM_GET] = { "SELECT " ITEM_HEAD ", checksum, chain, body FROM items WHERE name = $1", NULL },
    [ITEM_VERSION] = { "SELECT version FROM items WHERE name = $1", NULL },
    [ITEM_INSERT] = { "INSERT INTO items (name, source, issue_date, next_update, "
                      "evaluation_number, fetched, version, checksum, chain, body) "
                      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                      NULL },
    [ITEM_UPDATE] = { "UPDATE items SET source = $2, issue_date = $3, next_update = $4, "
                      "evaluation_number = $5, fetched = $6, version = $7, checksum = $8, "
                      "chain = $9, body = $10 WHERE name = $1",
                      NULL },
    [ITEM_TOUCH] = { "UPDATE items SET fetched = $2, version = $3 WHERE name = $1", NULL },
    [ITEM_DELETE] = { "DELETE FROM items WHERE name = $1", NULL },
    [ITEM_HEADS] = { "SELECT " ITEM_HEAD " FROM items "
                     "WHERE name >= $1 AND name < $2 AND name > $3 ORDER BY name LIMIT $4",
                     NULL },
    [ITEM_LIST] = { "SELECT " ITEM_HEAD ", checksum, chain, body FROM items "
                    "WHERE name >= $1 AND name < $2 AND name > $3 ORDER BY name LIMIT $4",
                    NULL },
    [ITEM_ALL] = { "SELECT " ITEM_HEAD ", checksum, chain, body FROM items", NULL },

    [PLATFORM_GET] = { SELECT_PLATFORMS "WHERE qe_id = $1 AND pce_id = $2", NULL },
    [PLATFORM_ALL] = { SELECT_PLATFORMS, NULL },
    [PLATFORM_IDENTITY] = { "SELECT id, state, cpu_svn, pce_svn, tcbm FROM platforms "
                            "WHERE qe_id = $1 AND pce_id = $2",
                            NULL },
    [PLATFORM_INSERT] = { "INSERT INTO platforms (" PLATFORM_COLUMNS ", tcbm) VALUES "
                          "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
                          NULL },
    [PLATFORM_UPDATE] = { "UPDATE platforms SET qe_id = $2, pce_id = $3, cpu_svn = $4, "
                          "pce_svn = $5, fmspc = $6, ca = $7, state = $8, registered = $9, "
                          "updated = $10, encrypted_ppid = $11, platform_manifest = $12, "
                          "checksum = $13, tcbm = $14 WHERE id = $1",
                          NULL },
    [PLATFORM_DELETE] = { "DELETE FROM platforms WHERE id = $1", NULL },
    [PLATFORM_TCBM] = { "UPDATE platforms SET tcbm = $2 WHERE id = $1", NULL },
    [PLATFORM_LIST] = { SELECT_PLATFORMS "WHERE id > $1 ORDER BY id LIMIT $2", NULL },
    [PLATFORM_LIST_FMSPC] = { SELECT_PLATFORMS "WHERE id > $1 AND fmspc = $3 ORDER BY id LIMIT $2",
                              NULL },
    [PLATFORM_LIST_STATE] = { SELECT_PLATFORMS "WHERE id > $1 AND state = $3 ORDER BY id LIMIT $2",
                              NULL },
    [PLATFORM_LIST_FMSPC_STATE] = { SELECT_PLATFORMS "WHERE id > $1 AND fmspc = $3 AND state = $4 "
                                                     "ORDER BY id LIMIT $2",
                                    NULL },
    [PLATFORM_LIST_GROUP] = { SELECT_PLATFORMS "WHERE id > $1 AND fmspc = $3 AND ca = $4 "
                                               "AND tcbm = $5 ORDER BY id LIMIT $2",
                              NULL },
    [PLATFORM_GROUPS] = { "SELECT fmspc, ca, tcbm, count(*) FROM platforms "
                          "GROUP BY fmspc, ca, tcbm ORDER BY fmspc, ca, tcbm",
                          NULL },
    [FMSPC_NEXT] = { "SELECT fmspc FROM platforms WHERE fmspc > $1 ORDER BY fmspc LIMIT 1", NULL },

    [CERTIFICATE_INSERT] = { "INSERT INTO certificates (platform, tcbm, checksum, certificate) "
                             "VALUES ($1, $2, $3, $4)",
                             NULL },
    [CERTIFICATES_DELETE] = { "DELETE FROM certificates WHERE platform = $1", NULL },
    [CERTIFICATE_LIST] = { "SELECT c.tcbm, c.checksum, c.certificate FROM platforms p "
                           "JOIN certificates c ON c.platform = p.id "
                           "WHERE p.qe_id = $1 AND p.pce_id = $2 ORDER BY c.tcbm",
                           NULL },
    [CERTIFICATE_ALL] = { "SELECT c.tcbm, c.checksum, c.certificate, p.qe_id, p.pce_id "
                          "FROM certificates c JOIN platforms p ON p.id = c.platform",
                          NULL },

    [SELECTED] = { "SELECT c.tcbm, c.checksum, c.certificate, p.fmspc, p.ca, p.checksum, "
                   "s.checksum, p.updated FROM platforms p "
                   "JOIN selections s ON s.platform = p.id AND s.cpu_svn = $3 AND s.pce_svn = $4 "
                   "JOIN certificates c ON c.platform = p.id AND c.tcbm = s.tcbm "
                   "WHERE p.qe_id = $1 AND p.pce_id = $2 AND s.epoch = coalesce("
                   "(SELECT e.epoch FROM selection_epochs e WHERE e.fmspc = p.fmspc), 0)",
                   NULL },
    [SELECTION_AGE] = { "SELECT coalesce(max(age), 0) FROM selections WHERE platform = $1", NULL },
    [SELECTION_ALL] = { "SELECT s.cpu_svn, s.pce_svn, s.tcbm, s.checksum, p.qe_id, p.pce_id "
                        "FROM selections s JOIN platforms p ON p.id = s.platform",
                        NULL },
    [SELECTION_OF] = { "SELECT tcbm FROM selections "
                       "WHERE platform = $1 AND cpu_svn = $2 AND pce_svn = $3",
                       NULL },
    [SELECTION_PUT] = { "INSERT INTO selections (platform, cpu_svn, pce_svn, tcbm, age, "
                        "checksum, epoch) SELECT p.id, $2, $3, $4, $5, $6, coalesce((SELECT "
                        "e.epoch "
                        "FROM selection_epochs e WHERE e.fmspc = p.fmspc), 0) "
                        "FROM platforms p WHERE p.id = $1 "
                        "ON CONFLICT (platform, cpu_svn, pce_svn) DO UPDATE SET "
                        "tcbm = excluded.tcbm, age = excluded.age, checksum = excluded.checksum, "
                        "epoch = excluded.epoch",
                        NULL },
    [SELECTIONS_TRIM] = { "DELETE FROM selections WHERE platform = $1 AND age <= (SELECT age "
                          "FROM selections WHERE platform = $1 ORDER BY age DESC "
                          "LIMIT 1 OFFSET $2)",
                          NULL },
    [SELECTIONS_DELETE] = { "DELETE FROM selections WHERE platform = $1", NULL },
    [SELECTIONS_FORGET] = { "INSERT INTO selection_epochs (fmspc, epoch) VALUES ($1, 1) "
                            "ON CONFLICT (fmspc) DO UPDATE SET epoch = selection_epochs.epoch + 1",
                            NULL },

    [RECORD_GET] = { "SELECT kind, name, updated, version, checksum, body FROM records "
                     "WHERE kind = $1 AND name = $2",
                     NULL },
    [RECORD_PUT] = { "INSERT INTO records (kind, name, updated, version, checksum, body) "
                     "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (kind, name) DO UPDATE SET "
                     "updated = excluded.updated, version = excluded.version, "
                     "checksum = excluded.checksum, body = excluded.body",
                     NULL },
    [RECORD_DELETE] = { "DELETE FROM records WHERE kind = $1 AND name = $2", NULL },
    [RECORD_ALL] = { "SELECT kind, name, updated, version, checksum, body FROM records", NULL },
    [RECORD_LIST] = { "SELECT kind, name, updated, version, checksum, body FROM records "
                      "WHERE kind = $1 ORDER BY name",
                      NULL },

    [AUDIT_INSERT] = { "INSERT INTO audit (number, time, actor, action, subject, detail, "
                       "request_id) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                       NULL },
    [AUDIT_LIST] = { "SELECT number, time, actor, action, subject, detail, request_id "
                     "FROM audit WHERE number > $1 ORDER BY number LIMIT $2",
                     NULL },
};
