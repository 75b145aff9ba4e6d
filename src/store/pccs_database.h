/* pccs_database.h: a database of Intel's PCCS (SQLite), read as it came: what its tables say, with
 * nothing judged. collateral-service.md 2 "Tables", 7.13.
 *
 * The file is hostile until proved otherwise: it is opened in memory, read only, without triggers,
 * views or extensions. */
#ifndef ASSAY_STORE_PCCS_DATABASE_H
#define ASSAY_STORE_PCCS_DATABASE_H

#include "base/span.h"

typedef struct pccs_database pccs_database;

/* Copies the file. MALFORMED when it is no SQLite database, is damaged, or is not PCCS's (its
 * `pcs_version` must say version 1 to 5 of its tables); NO_MEMORY. */
assay_status pccs_database_open(assay_span file, pccs_database **out, assay_error *err);
void pccs_database_close(pccs_database *db); /* NULL is fine */

/* What can be read. Columns stand in this order; texts are as stored: hex in upper case, chains and
 * their certificates percent-encoded, PCK certificates in PEM. Absent values are empty. */
typedef enum pccs_table {
    PCCS_PLATFORMS,    /* qe_id, pce_id, platform_manifest, enc_ppid, fmspc, ca; in order of ids */
    PCCS_CERTIFICATES, /* tcbm, pck_cert; of one platform */
    PCCS_RAW_TCBS,     /* cpu_svn, pce_svn, tcbm; of one platform, the latest first */
    PCCS_QUEUE,        /* qe_id, pce_id, cpu_svn, pce_svn, enc_ppid, platform_manifest, state */
    PCCS_TCB_INFOS,    /* fmspc, type, update_type, version, tcbinfo; newer versions first */
    PCCS_IDENTITIES,   /* id, update_type, version, identity; newer versions first */
    PCCS_CRLS,         /* ca, pck_crl */
    PCCS_CHAIN,        /* id, cert, crl: 1 root, 2 processor CA, 3 signer, 4 platform CA */
    PCCS_POLICIES,     /* type, policy, is_default, fmspc */
    PCCS_TABLE_COUNT
} pccs_table;

enum { PCCS_COLUMN_MAX = 7 };

/* Columns are borrowed until the function returns. */
typedef assay_status (*pccs_row_reader)(void *context, const assay_span *columns, assay_error *err);

/* Calls `each` for every row; `qe_id` and `pce_id` (as read) for tables of one platform, else
 * empty. A table that this version does not have has no rows. */
assay_status pccs_database_read(pccs_database *db, pccs_table table, assay_span qe_id,
                                assay_span pce_id, pccs_row_reader each, void *context,
                                assay_error *err);

#endif
