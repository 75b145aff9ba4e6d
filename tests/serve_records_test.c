/* serve_records_test.c: nobody takes a platform's place, and nothing changes without a record
 * (src/serve/registration.c, platform_routes.c, import.c, import_routes.c, refresh_routes.c).
 * collateral-service.md 7.1, 7.6, 7.9, 7.13. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "served.h"
#include "sim/fleet_text.h"
#include "support.h"
#include "wire/json.h"

static const char platforms[] = "/sgx/certification/v4/platforms";
static const char ndjson[] = "/assay/v1/import?form=ndjson";
static const char put[] = "/sgx/certification/v4/platformcollateral";
static const char tcb[] = "/sgx/certification/v4/tcb?fmspc=90C06F000000";

static void assert_has(const served_reply *reply, const char *text)
{
    if (strstr(reply->body, text) == NULL && strstr(reply->detail, text) == NULL)
        test_fail("no \"%s\" in %u %s %s: %s", text, reply->code, reply->name, reply->detail,
                  reply->body);
}

static void assert_refused(served_reply reply, unsigned code, const char *name)
{
    if (reply.code != code || strcmp(reply.name, name) != 0)
        test_fail("%u %s %s, want %u %s", reply.code, reply.name, reply.detail, code, name);
    served_reply_free(&reply);
}

static uint64_t item_count(served *s)
{
    arena memory = { NULL };
    store_item *items;
    size_t count;
    assert_int_equal(store_items_list(s->service->store, "", NULL, 1000, STORE_HEADS, &memory,
                                      &items, &count, NULL),
                     ASSAY_OK);
    arena_free(&memory);
    return count;
}

static bool platform_of(served *s, uint64_t number, arena *memory, store_platform *out)
{
    fleet_member member;
    bool found;
    assert_true(fleet_find(&s->vendor->vendor.fleet, number, &member));
    assert_int_equal(store_platform_get(s->service->store, SPAN(member.qe_id),
                                        load_u16le(member.pce_id), memory, out, &found, NULL),
                     ASSAY_OK);
    return found;
}

/* ---- Whose machine a platform is ---- */

static void rule_6_another_manifest_needs_proof_or_an_operator(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    char *by_manifest = served_registration_by_manifest(&s, 1),
         *by_ppid = served_registration(&s, 1);
    served_expect(&s, HTTP_POST, platforms, by_ppid, 200);
    served_restart(&s, FILL_OFFLINE);
    assert_refused(served_ask(&s, HTTP_POST, platforms, by_manifest, SCOPE_REGISTER), 409,
                   "platform_manifest");
    served_restart(&s, FILL_LAZY);
    served_fault(&s, "status=503");
    assert_refused(served_ask(&s, HTTP_POST, platforms, by_manifest, SCOPE_REGISTER), 503,
                   "fetch_unavailable");
    served_fault(&s, NULL);
    arena memory = { NULL };
    store_platform platform;
    assert_true(platform_of(&s, 1, &memory, &platform));
    assert_int_equal(platform.platform_manifest.size, 0);
    assert_int_equal(platform.state, STORE_PLATFORM_REGISTERED);
    served_restart(&s, FILL_OFFLINE);
    served_reply reply =
        served_ask(&s, HTTP_POST, platforms, by_manifest, SCOPE_REGISTER | SCOPE_IMPORT);
    assert_int_equal(reply.code, 200);
    served_reply_free(&reply);
    arena_free(&memory);
    memory_free(by_ppid);
    memory_free(by_manifest);
    served_stop(&s);
}

/* Puts the value of `member` of one object into another: both of one size. */
static void member_copy(char *to, const char *from, const char *member)
{
    char *at = strstr(to, member);
    const char *value = strstr(from, member);
    assert_non_null(at);
    assert_non_null(value);
    const size_t size = strcspn(value + strlen(member), "\"");
    assert_int_equal(strcspn(at + strlen(member), "\""), size);
    memcpy(at + strlen(member), value + strlen(member), size);
}

static void rule_6_a_queued_platform_keeps_its_ppid(void **state)
{
    (void)state;
    served s;
    arena memory = { NULL };
    store_platform before, after;
    served_start(&s, FILL_LAZY);
    char *body = served_registration(&s, 1), *other = served_registration(&s, 2);
    served_expect(&s, HTTP_POST, platforms, body, 200);
    assert_true(platform_of(&s, 1, &memory, &before));
    served_restart(&s, FILL_OFFLINE);
    member_copy(body, other, "\"enc_ppid\":\"");
    char *svn = strstr(body, "\"cpu_svn\":\"") + strlen("\"cpu_svn\":\"");
    svn[31] = svn[31] == 'F' ? 'E' : 'F'; /* a raw TCB that nothing was selected for */
    served_expect(&s, HTTP_POST, platforms, body, 200);
    assert_true(platform_of(&s, 1, &memory, &after));
    assert_true(span_equal(before.encrypted_ppid, after.encrypted_ppid));
    assert_int_equal(after.updated, before.updated);
    arena_free(&memory);
    memory_free(other);
    memory_free(body);
    served_stop(&s);
}

/* Two platforms of one model: `second` may be anywhere behind `first`. */
static void same_model(const served *s, uint64_t *first, uint64_t *second)
{
    fleet_member a, b;
    for (*first = 0; *first < SERVED_PLATFORMS; ++*first) {
        assert_true(fleet_find(&s->vendor->vendor.fleet, *first, &a));
        for (*second = *first + 1; *second < SERVED_PLATFORMS; ++*second) {
            assert_true(fleet_find(&s->vendor->vendor.fleet, *second, &b));
            if (a.model == b.model && a.fresh == b.fresh)
                return;
        }
    }
    test_fail("no two platforms of one model");
}

/* The line of `first` with the certificates of `second`. */
static char *line_with_others(const served *s, uint64_t first, uint64_t second)
{
    char *own = served_ndjson(s, first, 1), *other = served_ndjson(s, second, 1);
    char *certificates = strstr(own, "\"certs\":");
    const char *others = strstr(other, "\"certs\":");
    assert_true(certificates != NULL && others != NULL);
    const size_t before = (size_t)(certificates - own), size = before + strlen(others) + 1;
    char *line = memory_new(size);
    assert_non_null(line);
    snprintf(line, size, "%.*s%s", (int)before, own, others);
    memory_free(other);
    memory_free(own);
    return line;
}

static void rule_13_an_import_can_not_swap_machines(void **state)
{
    (void)state;
    served s;
    uint64_t first, second;
    served_start(&s, FILL_LAZY);
    same_model(&s, &first, &second);
    char *own = served_ndjson(&s, first, 1), *swapped = line_with_others(&s, first, second);
    char *question = served_pckcert(&s, first, false);
    served_expect(&s, HTTP_POST, ndjson, own, 200);
    served_reply before = served_get(&s, question);
    assert_int_equal(before.code, 200);
    served_reply reply = served_ask(&s, HTTP_POST, ndjson, swapped, SCOPE_ALL);
    assert_int_equal(reply.code, 400);
    assert_has(&reply, "\"name\":\"platform_ppid\"");
    served_reply after = served_get(&s, question);
    assert_string_equal(before.body, after.body);
    served_expect(&s, HTTP_POST, ndjson, own, 200); /* its own again */
    served_reply_free(&after);
    served_reply_free(&reply);
    served_reply_free(&before);
    memory_free(question);
    memory_free(swapped);
    memory_free(own);
    served_stop(&s);
}

/* A platformcollateral file in which two platforms have each other's certificates. */
static char *swapped_file(const served *s, uint64_t first, uint64_t count)
{
    char *file = served_platformcollateral(s, first, count);
    json_t *root = json_loads(file, 0, NULL);
    json_t *lists = json_object_get(json_object_get(root, "collaterals"), "pck_certs");
    json_t *a = json_array_get(lists, 0), *b = json_array_get(lists, json_array_size(lists) - 1);
    json_t *mine = json_incref(json_object_get(a, "certs"));
    assert_true(a != b);
    json_object_set(a, "certs", json_object_get(b, "certs"));
    json_object_set_new(b, "certs", mine);
    memory_free(file);
    char *text = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    return text;
}

static void rule_13_a_file_can_not_swap_machines(void **state)
{
    (void)state;
    served s;
    uint64_t first, second;
    served_start(&s, FILL_OFFLINE);
    same_model(&s, &first, &second);
    char *good = served_platformcollateral(&s, first, second - first + 1);
    char *swapped = swapped_file(&s, first, second - first + 1);
    served_expect(&s, HTTP_PUT, put, good, 200);
    assert_refused(served_ask(&s, HTTP_PUT, put, swapped, SCOPE_IMPORT), 400, "platform_ppid");
    free(swapped);
    memory_free(good);
    served_stop(&s);
}

/* ---- Rule 9: the audit log ---- */

static void database_run(const served *s, const char *sql)
{
    char path[128];
    sqlite3 *database = NULL;
    snprintf(path, sizeof(path), "%s/assayd.db", s->folder);
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    sqlite3_busy_timeout(database, 10000);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
}

static const char deaf[] = "CREATE TRIGGER deaf BEFORE INSERT ON audit BEGIN "
                           "SELECT RAISE(ABORT, 'no audit'); END";

static size_t audited(served *s, const char *action, char subject[64], char detail[256])
{
    arena memory = { NULL };
    store_audit_entry *entries;
    size_t count, found = 0;
    assert_int_equal(store_audit_list(s->service->store, 0, 1000, &memory, &entries, &count, NULL),
                     ASSAY_OK);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(entries[i].action, action) != 0)
            continue;
        assert_string_equal(entries[i].actor, "token:test");
        assert_string_equal(entries[i].request_id, "test");
        snprintf(subject, 64, "%s", entries[i].subject);
        snprintf(detail, 256, "%s", entries[i].detail);
        found++;
    }
    arena_free(&memory);
    return found;
}

static void rule_9_nothing_changes_without_its_record(void **state)
{
    (void)state;
    served s;
    arena memory = { NULL };
    store_platform platform;
    char subject[64], detail[256], target[400];
    served_start(&s, FILL_LAZY);
    char *body = served_registration(&s, 1), *lines = served_ndjson(&s, 2, 1);
    database_run(&s, deaf);
    assert_refused(served_ask(&s, HTTP_POST, platforms, body, SCOPE_ALL), 503, "store_unavailable");
    assert_false(platform_of(&s, 1, &memory, &platform));
    assert_refused(served_ask(&s, HTTP_POST, ndjson, lines, SCOPE_ALL), 503, "store_unavailable");
    assert_false(platform_of(&s, 2, &memory, &platform));
    database_run(&s, "DROP TRIGGER deaf");
    served_expect(&s, HTTP_POST, platforms, body, 200);
    assert_int_equal(audited(&s, "platform.register", subject, detail), 1);
    assert_string_equal(detail, "{\"outcome\":\"registered\"}");
    snprintf(target, sizeof(target), "/assay/v1/platforms/%s", subject + strlen("platform/"));
    database_run(&s, deaf);
    assert_refused(served_ask(&s, HTTP_DELETE, target, "", SCOPE_ALL), 503, "store_unavailable");
    assert_true(platform_of(&s, 1, &memory, &platform));
    database_run(&s, "DROP TRIGGER deaf");
    served_expect(&s, HTTP_DELETE, target, "", 200);
    assert_int_equal(audited(&s, "platform.delete", subject, detail), 1);
    arena_free(&memory);
    memory_free(lines);
    memory_free(body);
    served_stop(&s);
}

static void rule_9_an_import_is_recorded_before_and_after(void **state)
{
    (void)state;
    served s;
    char subject[64], detail[256];
    served_start(&s, FILL_LAZY);
    char *file = served_platformcollateral(&s, 0, 1);
    pthread_mutex_lock(&s.vendor->lock);
    s.vendor->clock_offset += 84600; /* the vendor's next day */
    pthread_mutex_unlock(&s.vendor->lock);
    served_expect(&s, HTTP_GET, tcb, "", 200);
    served_reply reply = served_ask(&s, HTTP_PUT, put, file, SCOPE_IMPORT);
    assert_int_equal(reply.code, 200);
    assert_has(&reply, " items were older than what is here.");
    assert_int_equal(audited(&s, "import.start", subject, detail), 1);
    assert_int_equal(audited(&s, "import", subject, detail), 1);
    assert_string_equal(subject, "platformcollateral");
    assert_null(strstr(detail, "\"older\":0"));
    served_reply_free(&reply);
    reply = served_ask(&s, HTTP_POST, "/assay/v1/import?form=platformcollateral", file, SCOPE_ALL);
    assert_int_equal(reply.code, 200);
    assert_null(strstr(reply.body, "\"older\":0"));
    served_reply_free(&reply);
    memory_free(file);
    served_stop(&s);
}

static void rule_9_fmspcs_are_upper_case_in_the_audit_log(void **state)
{
    (void)state;
    served s;
    char subject[64], detail[256];
    served_start(&s, FILL_LAZY);
    served_register(&s, 1);
    served_expect(&s, HTTP_GET, "/sgx/certification/v4/refresh?type=certs&fmspc=90c06f000000", "",
                  200);
    assert_int_equal(audited(&s, "refresh", subject, detail), 1);
    assert_string_equal(subject, "90C06F000000");
    served_expect(&s, HTTP_POST, "/assay/v1/refresh?type=certs&fmspc=90c06f000000", "", 202);
    assert_int_equal(audited(&s, "refresh.start", subject, detail), 1);
    assert_string_equal(subject, "90C06F000000");
    served_stop(&s);
}

/* ---- Rule 13: what a file may hold ---- */

static void rule_13_signatures_that_do_not_hold_are_460(void **state)
{
    (void)state;
    static const struct {
        const char *what, *from;
        size_t end; /* so far from its end a byte changes */
    } rows[] = {
        { "the signature of a TCB info", "\"signature\":\"", 8 },
        { "the signature of an identity", "\\\"signature\\\":\\\"", 8 },
        { "a PCK CRL", "\"platformCrl\":\"", 8 },
        { "a root CRL", "\"rootcacrl\":\"", 8 },
        { "the issuer of TCB infos", "\"TCB-Info-Issuer-Chain\":\"", 50 },
        { "the issuer of identities", "\"SGX-Enclave-Identity-Issuer-Chain\":\"", 50 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        served s;
        served_start(&s, FILL_OFFLINE);
        char *file = served_platformcollateral(&s, 0, 1);
        char *at = strstr(file, rows[i].from);
        assert_non_null(at);
        at += strlen(rows[i].from);
        at += strcspn(at, "\\\"") - rows[i].end;
        while (at[0] == '%' || at[-1] == '%' || at[-2] == '%')
            at--; /* chains are percent-encoded */
        *at = *at == '1' ? '2' : '1';
        served_reply reply = served_ask(&s, HTTP_PUT, put, file, SCOPE_IMPORT);
        if (reply.code != 460)
            test_fail("%s: %u %s %s", rows[i].what, reply.code, reply.name, reply.detail);
        served_reply_free(&reply);
        memory_free(file);
        served_stop(&s);
    }
}

static void rule_13_a_refusal_says_what_was_stored_before(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_OFFLINE);
    char *file = served_platformcollateral(&s, 0, 1);
    char *at = strstr(strstr(file, "\"pck_certs\":"), "-----%0AMII");
    assert_non_null(at);
    at[strlen("-----%0AMII") - 1] = 'J';
    served_reply reply = served_ask(&s, HTTP_PUT, put, file, SCOPE_IMPORT);
    assert_int_equal(reply.code, 460);
    assert_true(item_count(&s) > 0);
    assert_has(&reply, "of the file were stored before");
    served_reply_free(&reply);
    memory_free(file);
    served_stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_6_another_manifest_needs_proof_or_an_operator),
        cmocka_unit_test(rule_6_a_queued_platform_keeps_its_ppid),
        cmocka_unit_test(rule_13_an_import_can_not_swap_machines),
        cmocka_unit_test(rule_13_a_file_can_not_swap_machines),
        cmocka_unit_test(rule_9_nothing_changes_without_its_record),
        cmocka_unit_test(rule_9_an_import_is_recorded_before_and_after),
        cmocka_unit_test(rule_9_fmspcs_are_upper_case_in_the_audit_log),
        cmocka_unit_test(rule_13_signatures_that_do_not_hold_are_460),
        cmocka_unit_test(rule_13_a_refusal_says_what_was_stored_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
