/* pccs_forge.h: makes databases of Intel's PCCS out of a simulated fleet: its tables, column by
 * column. collateral-service.md 2. */
#ifndef TESTS_PCCS_FORGE_H
#define TESTS_PCCS_FORGE_H

#include <sqlite3.h>

#include "pcs_ask.h"
#include "sim/certificates.h"

typedef struct pccs_forge {
    sqlite3 *db;
    pcs_service *vendor;
    int version;
} pccs_forge;

static inline void pccs_run(pccs_forge *f, const char *text)
{
    char *why = NULL;
    if (sqlite3_exec(f->db, text, NULL, NULL, &why) != SQLITE_OK)
        test_fail("%s: %s", text, why);
}

/* Inserts one row; each value is a text, or bytes when its size is not that of a text. */
static inline void pccs_insert(pccs_forge *f, const char *text, const assay_span *values,
                               size_t count)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(f->db, text, -1, &statement, NULL) != SQLITE_OK)
        test_fail("%s: %s", text, sqlite3_errmsg(f->db));
    for (size_t i = 0; i < count; i++)
        sqlite3_bind_blob64(statement, (int)i + 1, values[i].data, values[i].size,
                            SQLITE_TRANSIENT);
    if (sqlite3_step(statement) != SQLITE_DONE)
        test_fail("%s: %s", text, sqlite3_errmsg(f->db));
    sqlite3_finalize(statement);
}

static const char pccs_schema[] =
    "CREATE TABLE pcs_version (id INTEGER PRIMARY KEY, api_version INTEGER, server_addr "
    "VARCHAR(255), db_version INT, created_time DATETIME, updated_time DATETIME);"
    "CREATE TABLE platforms (qe_id VARCHAR(255), pce_id VARCHAR(255), platform_manifest BLOB, "
    "enc_ppid BLOB, fmspc VARCHAR(255), ca VARCHAR(255), created_time DATETIME, updated_time "
    "DATETIME, PRIMARY KEY (qe_id, pce_id));"
    "CREATE TABLE platforms_registered (qe_id VARCHAR(255), pce_id VARCHAR(255), cpu_svn "
    "VARCHAR(255), pce_svn VARCHAR(255), enc_ppid BLOB, platform_manifest BLOB, state INTEGER, "
    "created_time DATETIME, updated_time DATETIME, PRIMARY KEY (qe_id, pce_id, cpu_svn, pce_svn));"
    "CREATE TABLE platform_tcbs (qe_id VARCHAR(255), pce_id VARCHAR(255), cpu_svn VARCHAR(255), "
    "pce_svn VARCHAR(255), tcbm VARCHAR(255), created_time DATETIME, updated_time DATETIME, "
    "PRIMARY KEY (qe_id, pce_id, cpu_svn, pce_svn));"
    "CREATE TABLE pck_cert (qe_id VARCHAR(255), pce_id VARCHAR(255), tcbm VARCHAR(255), pck_cert "
    "BLOB, created_time DATETIME, updated_time DATETIME, PRIMARY KEY (qe_id, pce_id, tcbm));"
    "CREATE TABLE pck_certchain (ca VARCHAR(255) PRIMARY KEY, root_cert_id INTEGER, intmd_cert_id "
    "INTEGER, created_time DATETIME, updated_time DATETIME);"
    "CREATE TABLE pck_crl (ca VARCHAR(255) PRIMARY KEY, pck_crl BLOB, root_cert_id INTEGER, "
    "intmd_cert_id INTEGER, created_time DATETIME, updated_time DATETIME);"
    "CREATE TABLE pcs_certificates (id INTEGER PRIMARY KEY AUTOINCREMENT, cert BLOB, crl BLOB, "
    "created_time DATETIME, updated_time DATETIME);"
    "CREATE TABLE fmspc_tcbs (fmspc VARCHAR(255), type INTEGER, version INTEGER, update_type "
    "VARCHAR(255), tcbinfo BLOB, root_cert_id INTEGER, signing_cert_id INTEGER, created_time "
    "DATETIME, updated_time DATETIME, PRIMARY KEY (fmspc, type, version, update_type));"
    "CREATE TABLE enclave_identities (id INTEGER, version INTEGER, update_type VARCHAR(255), "
    "identity BLOB, root_cert_id INTEGER, signing_cert_id INTEGER, created_time DATETIME, "
    "updated_time DATETIME, PRIMARY KEY (id, version, update_type));"
    "CREATE TABLE appraisal_policies (id VARCHAR(255) PRIMARY KEY, type INTEGER, policy TEXT, "
    "is_default INTEGER, fmspc VARCHAR(255), created_time DATETIME, updated_time DATETIME);";

static inline void pccs_chain(pccs_forge *f)
{
    static const struct {
        pcs_chain chain;
        int id;
    } rows[] = { { PCS_CHAIN_PROCESSOR, 2 }, { PCS_CHAIN_SIGNER, 3 }, { PCS_CHAIN_PLATFORM, 4 } };
    pcs_reply crl = pcs_ask_well(f->vendor, "/IntelSGXRootCA.der");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const sim_bytes *chain = &f->vendor->vendor.chains.genuine[rows[i].chain];
        const char *text = (const char *)chain->data;
        const char *second = strstr(text + 1, "-----BEGIN%20");
        char insert[96];
        snprintf(insert, sizeof(insert), "INSERT INTO pcs_certificates (id, cert) VALUES (%d, ?1)",
                 rows[i].id);
        pccs_insert(f, insert, &(assay_span) { chain->data, (size_t)(second - text) }, 1);
        const assay_span root[] = { span_of(second, chain->size - (size_t)(second - text)),
                                    bytes_span(&crl.body) };
        if (i == 0)
            pccs_insert(f, "INSERT INTO pcs_certificates (id, cert, crl) VALUES (1, ?1, ?2)", root,
                        2);
    }
    pcs_reply_free(&crl);
}

static inline void pccs_item(pccs_forge *f, const char *target, const char *insert)
{
    pcs_reply reply = pcs_ask_well(f->vendor, target);
    pccs_insert(f, insert, &(assay_span) { reply.body.data, reply.body.size }, 1);
    pcs_reply_free(&reply);
}

static inline void pccs_items(pccs_forge *f)
{
    char target[160], insert[192];
    pccs_item(f, "/sgx/certification/v4/pckcrl?ca=processor&encoding=der",
              "INSERT INTO pck_crl (ca, pck_crl) VALUES ('PROCESSOR', ?1)");
    pccs_item(f, "/sgx/certification/v4/pckcrl?ca=platform&encoding=der",
              "INSERT INTO pck_crl (ca, pck_crl) VALUES ('PLATFORM', ?1)");
    pccs_item(f, "/sgx/certification/v4/qe/identity?update=standard",
              "INSERT INTO enclave_identities (id, version, update_type, identity) VALUES "
              "(1, 4, 'STANDARD', ?1)");
    pccs_item(f, "/tdx/certification/v4/qe/identity?update=early",
              "INSERT INTO enclave_identities (id, version, update_type, identity) VALUES "
              "(3, 4, 'EARLY', ?1)");
    for (const fleet_model *model = fleet_models; model->kind != NULL; model++) {
        sim_bytes fmspc = { .data = NULL };
        bytes_add_hex(&fmspc, SPAN(model->fmspc), hex_upper);
        snprintf(target, sizeof(target), "/sgx/certification/v4/tcb?fmspc=%.12s&update=standard",
                 (const char *)fmspc.data);
        snprintf(insert, sizeof(insert),
                 "INSERT INTO fmspc_tcbs (fmspc, type, version, update_type, tcbinfo) VALUES "
                 "('%.12s', 0, 4, 'STANDARD', ?1)",
                 (const char *)fmspc.data);
        pccs_item(f, target, insert);
        bytes_free(&fmspc);
    }
}

static inline void pccs_platform(pccs_forge *f, uint64_t number)
{
    const sim_fleet *fleet = &f->vendor->vendor.fleet;
    fleet_member member;
    sim_bytes texts[6] = { { .data = NULL } };
    uint8_t svn[2];
    assert_true(fleet_find(fleet, number, &member));
    store_u16le(svn, member.pce_svn);
    bytes_add_hex(&texts[0], SPAN(member.qe_id), hex_upper);
    bytes_add_hex(&texts[1], SPAN(member.pce_id), hex_upper);
    fleet_token_write(fleet, &member, SIM_ENCRYPTED_PPID, &texts[2]);
    bytes_add_hex(&texts[3], SPAN(member.model->fmspc), hex_upper);
    bytes_add_hex(&texts[4], SPAN(member.cpu_svn), hex_upper);
    bytes_add_hex(&texts[5], SPAN(svn), hex_upper);
    const assay_span values[] = { bytes_span(&texts[0]), bytes_span(&texts[1]),
                                  bytes_span(&texts[2]), bytes_span(&texts[3]) };
    pccs_insert(f,
                "INSERT INTO platforms (qe_id, pce_id, enc_ppid, fmspc, ca) VALUES "
                "(CAST(?1 AS TEXT), CAST(?2 AS TEXT), ?3, CAST(?4 AS TEXT), 'PLATFORM')",
                values, 4);
    const assay_span raw[] = { values[0], values[1], bytes_span(&texts[4]), bytes_span(&texts[5]) };
    pccs_insert(f,
                "INSERT INTO platform_tcbs (qe_id, pce_id, cpu_svn, pce_svn) VALUES "
                "(CAST(?1 AS TEXT), CAST(?2 AS TEXT), CAST(?3 AS TEXT), CAST(?4 AS TEXT))",
                raw, 4);
    for (size_t level = 0; level < fleet_member_level_count(&member); level++) {
        sim_bytes pem = { .data = NULL }, tcbm = { .data = NULL };
        uint8_t bytes[SIM_TCBM_SIZE];
        if (!fleet_member_has(&member, level, SIM_BY_PPID))
            continue;
        fleet_level_tcbm(fleet_member_level(&member, level), bytes);
        bytes_add_hex(&tcbm, SPAN(bytes), hex_upper);
        assert_int_equal(fleet_member_certificate(fleet, &member, level, SIM_KEY_NONE, &pem, NULL),
                         ASSAY_OK);
        const assay_span row[] = { values[0], values[1], bytes_span(&tcbm), bytes_span(&pem) };
        pccs_insert(f,
                    "INSERT INTO pck_cert (qe_id, pce_id, tcbm, pck_cert) VALUES "
                    "(CAST(?1 AS TEXT), CAST(?2 AS TEXT), CAST(?3 AS TEXT), ?4)",
                    row, 4);
        bytes_free(&pem);
        bytes_free(&tcbm);
    }
    for (size_t i = 0; i < 6; i++)
        bytes_free(&texts[i]);
}

static inline void pccs_begin(pccs_forge *f, pcs_service *vendor, int version)
{
    char text[96];
    f->vendor = vendor;
    f->version = version;
    assert_int_equal(sqlite3_open(":memory:", &f->db), SQLITE_OK);
    pccs_run(f, pccs_schema);
    snprintf(text, sizeof(text), "INSERT INTO pcs_version (id, db_version) VALUES (1, %d)",
             version);
    pccs_run(f, text);
}

/* The file; sqlite3_free(). Ends the forge. */
static inline assay_span pccs_file(pccs_forge *f)
{
    sqlite3_int64 size = 0;
    unsigned char *bytes = sqlite3_serialize(f->db, "main", &size, 0);
    assert_non_null(bytes);
    sqlite3_close(f->db);
    return span_of(bytes, (size_t)size);
}

#endif
