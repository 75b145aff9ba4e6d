/* serve_pccs_import_test.c: databases of Intel's PCCS (src/serve/pccs_import.c,
 * src/store/pccs_database.c). collateral-service.md 2, 7.13. */
#include "pccs_forge.h"
#include "serve/platforms.h"
#include "served.h"
#include "store/pccs_database.h"

static const char import[] = "/assay/v1/import?form=pccs";

static void assert_has(const served_reply *reply, const char *text)
{
    if (strstr(reply->body, text) == NULL)
        test_fail("no %s in %u %s %s: %s", text, reply->code, reply->name, reply->detail,
                  reply->body);
}

static served_reply post(served *s, pccs_forge *f)
{
    assay_span file = pccs_file(f);
    served_reply reply = served_ask_bytes(s, HTTP_POST, import, file, SCOPE_IMPORT);
    sqlite3_free((void *)file.data);
    return reply;
}

static void rule_13_an_operator_switches_in_an_afternoon(void **state)
{
    (void)state;
    enum { COUNT = 20 };
    served s;
    pccs_forge f;
    served_start(&s, FILL_OFFLINE);
    pccs_begin(&f, s.vendor, 5);
    pccs_chain(&f);
    pccs_items(&f);
    for (uint64_t i = 0; i < COUNT; i++)
        pccs_platform(&f, i);
    served_reply reply = post(&s, &f);
    assert_int_equal(reply.code, 200);
    assert_has(&reply, "\"form\":\"pccs\",\"platforms\":20,");
    assert_has(&reply, "\"refused_count\":0,");
    for (uint64_t i = 0; i < COUNT; i++) {
        char *question = served_pckcert(&s, i, false);
        served_expect(&s, HTTP_GET, question, "", 200);
        memory_free(question);
    }
    served_expect(&s, HTTP_GET, "/sgx/certification/v4/tcb?fmspc=90C06F000000", "", 200);
    served_expect(&s, HTTP_GET, "/sgx/certification/v4/qe/identity", "", 200);
    served_expect(&s, HTTP_GET, "/tdx/certification/v4/qe/identity?update=early", "", 200);
    served_expect(&s, HTTP_GET, "/sgx/certification/v4/rootcacrl", "", 200);
    served_expect(&s, HTTP_GET, "/sgx/certification/v4/pckcrl?ca=processor", "", 200);
    assert_int_equal(served_vendor_calls(&s), 11); /* the forge's own */
    served_reply_free(&reply);
    served_stop(&s);
}

static void rule_13_what_does_not_hold_is_reported_and_left_out(void **state)
{
    (void)state;
    served s;
    pccs_forge f;
    served_start(&s, FILL_OFFLINE);
    pccs_begin(&f, s.vendor, 5);
    pccs_chain(&f);
    pccs_items(&f);
    for (uint64_t i = 0; i < 3; i++)
        pccs_platform(&f, i);
    /* One platform with the certificates of another, one identity changed. */
    pccs_run(&f, "UPDATE pck_cert SET pck_cert = (SELECT p.pck_cert FROM pck_cert p WHERE p.qe_id "
                 "> pck_cert.qe_id LIMIT 1) WHERE rowid = (SELECT min(rowid) FROM pck_cert WHERE "
                 "qe_id = (SELECT min(qe_id) FROM pck_cert))");
    pccs_run(&f, "UPDATE enclave_identities SET identity = CAST(replace(CAST(identity AS TEXT), "
                 "'UpToDate', 'OutOfDate') AS BLOB) WHERE id = 1");
    served_reply reply = post(&s, &f);
    assert_int_equal(reply.code, 200);
    assert_has(&reply, "\"platforms\":2,");
    assert_has(&reply, "\"refused_count\":2,");
    assert_has(&reply, "\"what\":\"identity/qe/standard\"");
    assert_has(&reply, "\"what\":\"platform ");
    served_reply_free(&reply);
    served_stop(&s);
}

/* The same database, with the certificates of two platforms exchanged. */
static void rule_13_known_platforms_stay_the_same_machines(void **state)
{
    (void)state;
    served s;
    pccs_forge f;
    served_start(&s, FILL_OFFLINE);
    for (unsigned i = 0; i < 2; i++) {
        pccs_begin(&f, s.vendor, 5);
        pccs_chain(&f);
        pccs_items(&f);
        pccs_platform(&f, 0);
        pccs_platform(&f, 1);
        if (i == 1)
            pccs_run(&f, "UPDATE pck_cert SET qe_id = 'x' WHERE qe_id = (SELECT min(qe_id) FROM "
                         "platforms); UPDATE pck_cert SET qe_id = (SELECT min(qe_id) FROM "
                         "platforms) WHERE qe_id <> 'x'; UPDATE pck_cert SET qe_id = (SELECT "
                         "max(qe_id) FROM platforms) WHERE qe_id = 'x'");
        served_reply reply = post(&s, &f);
        assert_int_equal(reply.code, 200);
        assert_has(&reply, i == 0 ? "\"refused_count\":0," : "\"refused_count\":2,");
        assert_has(&reply, i == 0 ? "\"platforms\":2," : "\"name\":\"platform_ppid\"");
        served_reply_free(&reply);
    }
    served_stop(&s);
}

static void platforms_that_wait_go_on_waiting(void **state)
{
    (void)state;
    uint64_t count;
    served s;
    pccs_forge f;
    served_start(&s, FILL_OFFLINE);
    pccs_begin(&f, s.vendor, 5);
    pccs_chain(&f);
    pccs_items(&f);
    pccs_run(&f, "INSERT INTO platforms_registered (qe_id, pce_id, cpu_svn, pce_svn, enc_ppid, "
                 "state) VALUES ('00112233445566778899AABBCCDDEEFF', '0000', "
                 "'00112233445566778899AABBCCDDEEFF', '0D00', randomblob(384), 0), "
                 "('01112233445566778899AABBCCDDEEFF', '0000', "
                 "'00112233445566778899AABBCCDDEEFF', '0D00', randomblob(384), 9)");
    served_reply reply = post(&s, &f);
    assert_has(&reply, "\"queued\":1,");
    assert_int_equal(store_platform_count(s.service->store, STORE_PLATFORM_QUEUED, &count, NULL),
                     ASSAY_OK);
    assert_int_equal(count, 1);
    served_reply_free(&reply);
    served_stop(&s);
}

/* ---- The reader alone ---- */

static assay_status opened(assay_span file, assay_error *error)
{
    pccs_database *db = NULL;
    assay_status status = pccs_database_open(file, &db, error);
    pccs_database_close(db);
    return status;
}

static void versions_of_tables(void **state)
{
    (void)state;
    static const struct {
        int version;
        assay_status status;
    } rows[] = {
        { 0, ASSAY_UNSUPPORTED }, { 1, ASSAY_OK }, { 5, ASSAY_OK }, { 6, ASSAY_UNSUPPORTED }
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        pccs_forge f;
        pccs_begin(&f, NULL, rows[i].version);
        assay_span file = pccs_file(&f);
        assert_row("version", opened(file, NULL), rows[i].status);
        sqlite3_free((void *)file.data);
    }
}

static void files_that_are_none(void **state)
{
    (void)state;
    static uint8_t zeros[4096];
    sqlite3 *db;
    sqlite3_int64 size = 0;
    assert_int_equal(opened(span_of(NULL, 0), NULL), ASSAY_MALFORMED);
    assert_int_equal(opened(SPAN(zeros), NULL), ASSAY_MALFORMED);
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE x (y)", NULL, NULL, NULL), SQLITE_OK);
    unsigned char *bytes = sqlite3_serialize(db, "main", &size, 0);
    assert_int_equal(opened(span_of(bytes, (size_t)size), NULL), ASSAY_MALFORMED);
    sqlite3_free(bytes);
    sqlite3_close(db);
}

static void damage_is_noticed(void **state)
{
    (void)state;
    pccs_forge f;
    pccs_begin(&f, NULL, 5);
    assay_span file = pccs_file(&f);
    uint8_t *bytes = (uint8_t *)file.data;
    for (size_t at = 4096; at < file.size; at += 64)
        bytes[at] ^= 0xff;
    assert_int_equal(opened(file, NULL), ASSAY_MALFORMED);
    assert_int_equal(opened(span_of(file.data, file.size / 2), NULL), ASSAY_MALFORMED);
    sqlite3_free(bytes);
}

static assay_status never(void *context, const assay_span *columns, assay_error *err)
{
    (void)context, (void)columns, (void)err;
    test_fail("a row came");
    return ASSAY_OK;
}

/* A view in the place of a table could run anything. */
static void views_are_not_read(void **state)
{
    (void)state;
    const assay_span none = { NULL, 0 };
    pccs_database *db;
    pccs_forge f;
    pccs_begin(&f, NULL, 5);
    pccs_run(&f, "DROP TABLE platforms; CREATE VIEW platforms AS SELECT hex(randomblob(16)) AS "
                 "qe_id, '0000' AS pce_id, NULL AS platform_manifest, NULL AS enc_ppid, NULL AS "
                 "fmspc, NULL AS ca");
    assay_span file = pccs_file(&f);
    assert_int_equal(pccs_database_open(file, &db, NULL), ASSAY_OK);
    assert_int_equal(pccs_database_read(db, PCCS_PLATFORMS, none, none, never, NULL, NULL),
                     ASSAY_MALFORMED);
    pccs_database_close(db);
    sqlite3_free((void *)file.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_13_an_operator_switches_in_an_afternoon),
        cmocka_unit_test(rule_13_what_does_not_hold_is_reported_and_left_out),
        cmocka_unit_test(rule_13_known_platforms_stay_the_same_machines),
        cmocka_unit_test(platforms_that_wait_go_on_waiting),
        cmocka_unit_test(versions_of_tables),
        cmocka_unit_test(files_that_are_none),
        cmocka_unit_test(damage_is_noticed),
        cmocka_unit_test(views_are_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
