/* serve_registration_test.c: platforms that are registered, and lists of them
 * (src/serve/registration.c, platform_routes.c). collateral-service.md 1, 7.8, 7.9. */
#include <stdio.h>

#include "serve/registration.h"
#include "served.h"
#include "sim/fleet_text.h"
#include "support.h"

static const char platforms[] = "/sgx/certification/v4/platforms";

static uint64_t count_of(served *s, store_platform_state state)
{
    uint64_t count;
    assert_int_equal(store_platform_count(s->service->store, state, &count, NULL), ASSAY_OK);
    return count;
}

static void assert_has(const served_reply *reply, const char *text)
{
    if (strstr(reply->body, text) == NULL && strstr(reply->headers, text) == NULL)
        test_fail("no \"%s\" in %u %s\n%s%s %s", text, reply->code, reply->name, reply->headers,
                  reply->body, reply->detail);
}

static fleet_member member_of(const served *s, uint64_t number)
{
    fleet_member member;
    assert_true(fleet_find(&s->vendor->vendor.fleet, number, &member));
    return member;
}

/* The first platform from `from` on that fits. */
typedef bool fits(const fleet_member *member);

static uint64_t find_platform(const served *s, uint64_t from, fits *wanted)
{
    while (true) {
        const fleet_member member = member_of(s, from);
        if (wanted(&member))
            return from;
        from++;
    }
}

static bool has_all(const fleet_member *member)
{
    return !member->fresh;
}

static bool lacks_newest(const fleet_member *member)
{
    return member->fresh;
}

static uint64_t calls_of(const served *s, const char *path)
{
    uint64_t count = 0;
    pthread_mutex_lock(&s->vendor->lock);
    for (size_t i = 0; i < s->vendor->log.count_count; i++)
        count +=
            strcmp(s->vendor->log.counts[i].path, path) == 0 ? s->vendor->log.counts[i].count : 0;
    pthread_mutex_unlock(&s->vendor->lock);
    return count;
}

static const char pckcerts[] = "/sgx/certification/v4/pckcerts";

static void a_manifest_registers_too(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_REQ);
    char *body = served_registration_by_manifest(&s, 1), *question = served_pckcert(&s, 1, false);
    served_expect(&s, HTTP_POST, platforms, body, 200);
    served_expect(&s, HTTP_GET, question, "", 200);
    served_reply reply = served_get(&s, "/sgx/certification/v4/platforms?source=[]");
    assert_has(&reply, "\"cpu_svn\":\"\",\"pce_svn\":\"\",\"enc_ppid\":\"\"");
    served_reply_free(&reply);
    memory_free(question);
    memory_free(body);
    served_stop(&s);
}

static void registering_again_asks_nobody(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    char *body = served_registration(&s, find_platform(&s, 0, has_all));
    served_expect(&s, HTTP_POST, platforms, body, 200);
    uint64_t calls = served_vendor_calls(&s);
    served_expect(&s, HTTP_POST, platforms, body, 200);
    assert_int_equal(served_vendor_calls(&s), calls);
    memory_free(body);
    served_stop(&s);
}

static void another_manifest_asks_the_vendor_again(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_REQ);
    char *body = served_registration_by_manifest(&s, 1);
    served_expect(&s, HTTP_POST, platforms, body, 200);
    const uint64_t calls = calls_of(&s, pckcerts);
    served_expect(&s, HTTP_POST, platforms, body, 200);
    assert_int_equal(calls_of(&s, pckcerts), calls);
    /* Another one, which the vendor happens not to know. */
    strstr(body, "\"platform_manifest\":\"")[21 + 4] ^= 1;
    served_reply reply = served_ask(&s, HTTP_POST, platforms, body, SCOPE_REGISTER);
    assert_int_not_equal(reply.code, 200);
    assert_int_equal(calls_of(&s, pckcerts), calls + 1);
    served_reply_free(&reply);
    memory_free(body);
    served_stop(&s);
}

static void a_registration_brings_what_verifiers_ask_for(void **state)
{
    (void)state;
    static const char *const keys[] = { "crl/root", "identity/qe/standard", "identity/qve/standard",
                                        "identity/td_qe/standard" };
    served s;
    served_start(&s, FILL_REQ);
    char *body = served_registration(&s, 0);
    served_expect(&s, HTTP_POST, platforms, body, 200);
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        arena memory = { NULL };
        store_item item;
        bool found = false;
        assert_int_equal(store_item_get(s.service->store, keys[i], &memory, &item, &found, NULL),
                         ASSAY_OK);
        assert_row(keys[i], found, true);
        arena_free(&memory);
    }
    memory_free(body);
    served_stop(&s);
}

static void offline_only_queues(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_OFFLINE);
    char *body = served_registration(&s, 0), *question = served_pckcert(&s, 0, true);
    served_expect(&s, HTTP_POST, platforms, body, 200);
    assert_int_equal(served_vendor_calls(&s), 0);
    assert_int_equal(count_of(&s, STORE_PLATFORM_QUEUED), 1);
    served_expect(&s, HTTP_GET, question, "", 462);
    served_reply reply = served_get(&s, platforms);
    assert_has(&reply, "platform-count: 1\r\n");
    assert_has(&reply, "\"enc_ppid\":\"61737361792D73696D20");
    served_reply_free(&reply);
    reply = served_get(&s, platforms);
    assert_has(&reply, "platform-count: 1\r\n"); /* looking takes nothing away */
    served_reply_free(&reply);
    memory_free(question);
    memory_free(body);
    served_stop(&s);
}

static void tcbs_without_a_certificate_are_told(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_REQ);
    uint64_t number = find_platform(&s, 0, lacks_newest);
    char *body = served_registration(&s, number), *question = served_pckcert(&s, number, false);
    served_expect(&s, HTTP_POST, platforms, body, 200);
    assert_int_equal(count_of(&s, STORE_PLATFORM_UNAVAILABLE), 1);
    served_reply reply = served_get(&s, "/sgx/certification/v4/platforms?source=reg_na");
    assert_has(&reply, "platform-count: 1\r\n");
    served_reply_free(&reply);
    reply = served_get(&s, question);
    const fleet_member member = member_of(&s, number);
    size_t level = fleet_member_select(&member, member.cpu_svn, member.pce_svn, SIM_BY_PPID);
    assert_row("an older certificate, or none", reply.code, level == SIZE_MAX ? 462 : 200);
    served_reply_free(&reply);
    memory_free(body);
    body = served_registration_by_manifest(&s, number);
    served_expect(&s, HTTP_POST, platforms, body, 200);
    assert_int_equal(count_of(&s, STORE_PLATFORM_UNAVAILABLE), 0);
    memory_free(question);
    memory_free(body);
    served_stop(&s);
}

static void another_machine_can_not_take_the_place_of_a_platform(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    const uint64_t mine = find_platform(&s, 0, has_all),
                   other = find_platform(&s, mine + 1, has_all);
    char *body = served_registration(&s, mine), *foreign = served_registration(&s, other);
    char *question = served_pckcert(&s, mine, false);
    served_expect(&s, HTTP_POST, platforms, body, 200);
    served_reply before = served_get(&s, question);
    /* The QE-ID of the first with the PPID of the second, and a TCB that is not served yet. */
    memcpy(strstr(foreign, "\"qe_id\":\"") + 9, strstr(body, "\"qe_id\":\"") + 9, 32);
    strstr(foreign, "\"cpu_svn\":\"")[11 + 31] = 'F';
    served_expect(&s, HTTP_POST, platforms, foreign, 409);
    served_reply after = served_get(&s, question);
    assert_string_equal(before.body, after.body);
    served_reply_free(&after);
    served_reply_free(&before);
    memory_free(question);
    memory_free(foreign);
    memory_free(body);
    served_stop(&s);
}

/* ---- The queue ---- */

static void queued_platforms_get_their_certificates(void **state)
{
    (void)state;
    served s;
    platform_queue queue = { .cursor = "" };
    served_start(&s, FILL_OFFLINE);
    served_register(&s, 5);
    served_restart(&s, FILL_LAZY);
    platform_queue_step(s.service, &queue, SIM_DEFAULT_NOW + 10); /* too soon */
    assert_int_equal(count_of(&s, STORE_PLATFORM_QUEUED), 5);
    served_fault(&s, "status=503");
    platform_queue_step(s.service, &queue, SIM_DEFAULT_NOW + 40);
    assert_int_equal(count_of(&s, STORE_PLATFORM_QUEUED), 5);
    assert_int_equal(calls_of(&s, pckcerts), 1); /* the others need not try */
    served_fault(&s, NULL);
    platform_queue_step(s.service, &queue, SIM_DEFAULT_NOW + 4000);
    assert_int_equal(count_of(&s, STORE_PLATFORM_QUEUED), 0);
    served_stop(&s);
}

static void a_platform_that_the_vendor_refuses_holds_up_nobody(void **state)
{
    (void)state;
    static const char unknown[] = "{\"qe_id\":\"00112233445566778899AABBCCDDEEFF\",\"pce_id\":"
                                  "\"0000\",\"platform_manifest\":\"0011\"}";
    served s;
    platform_queue queue = { .cursor = "" };
    served_start(&s, FILL_OFFLINE);
    served_expect(&s, HTTP_POST, platforms, unknown, 200);
    served_register(&s, 3);
    served_restart(&s, FILL_LAZY);
    platform_queue_step(s.service, &queue, SIM_DEFAULT_NOW + 40);
    assert_int_equal(count_of(&s, STORE_PLATFORM_QUEUED), 1);
    uint64_t calls = served_vendor_calls(&s);
    platform_queue_step(s.service, &queue, SIM_DEFAULT_NOW + 100); /* not every minute */
    assert_int_equal(served_vendor_calls(&s), calls);
    platform_queue_step(s.service, &queue, SIM_DEFAULT_NOW + 4000);
    assert_true(served_vendor_calls(&s) > calls);
    served_stop(&s);
}

static void registrations_are_read_strictly(void **state)
{
    (void)state;
#define ID  "\"qe_id\":\"00112233445566778899AABBCCDDEEFF\",\"pce_id\":\"0000\""
#define SVN "\"cpu_svn\":\"00112233445566778899aabbccddeeff\",\"pce_svn\":\"0d00\""
    static const struct {
        const char *what, *body;
        assay_status status;
    } rows[] = {
        { "a manifest alone", "{" ID ",\"platform_manifest\":\"0011\"}", ASSAY_OK },
        { "a manifest and empty members",
          "{" ID
          ",\"cpu_svn\":\"\",\"pce_svn\":\"\",\"enc_ppid\":\"\",\"platform_manifest\":\"01\"}",
          ASSAY_OK },
        { "a manifest and SVNs", "{" ID "," SVN ",\"platform_manifest\":\"0011\"}", ASSAY_OK },
        { "neither manifest nor PPID", "{" ID "," SVN "}", ASSAY_MALFORMED },
        { "a short PPID", "{" ID "," SVN ",\"enc_ppid\":\"0011\"}", ASSAY_MALFORMED },
        { "no QE-ID", "{\"pce_id\":\"0000\",\"platform_manifest\":\"0011\"}", ASSAY_MALFORMED },
        { "an empty QE-ID", "{\"qe_id\":\"\",\"pce_id\":\"0000\",\"platform_manifest\":\"0011\"}",
          ASSAY_MALFORMED },
        { "half a byte", "{" ID ",\"platform_manifest\":\"001\"}", ASSAY_MALFORMED },
        { "one SVN of two",
          "{" ID ",\"cpu_svn\":\"00112233445566778899aabbccddeeff\","
          "\"platform_manifest\":\"0011\"}",
          ASSAY_MALFORMED },
        { "an unknown member", "{" ID ",\"platform_manifest\":\"0011\",\"x\":1}", ASSAY_MALFORMED },
        { "a member twice", "{" ID ",\"pce_id\":\"0000\",\"platform_manifest\":\"0011\"}",
          ASSAY_MALFORMED },
        { "no object", "[]", ASSAY_MALFORMED },
        { "nothing", "", ASSAY_MALFORMED },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        arena memory = { NULL };
        store_platform platform;
        assay_status status = registration_parse(SPAN_TEXT(rows[i].body), &memory, &platform, NULL);
        assert_row(rows[i].what, status == ASSAY_OK, rows[i].status == ASSAY_OK);
        arena_free(&memory);
    }
#undef ID
#undef SVN
}

static void a_ppid_of_zeros_is_none(void **state)
{
    (void)state;
    char body[2048];
    arena memory = { NULL };
    store_platform platform;
    const int size = snprintf(body, sizeof(body),
                              "{\"qe_id\":\"00\",\"pce_id\":\"0000\",\"cpu_svn\":\"%032d\","
                              "\"pce_svn\":\"0d00\",\"enc_ppid\":\"%0768d\"}",
                              1, 1);
    assert_int_equal(registration_parse(SPAN_TEXT(body), &memory, &platform, NULL), ASSAY_OK);
    body[size - 3] = '0';
    assert_int_equal(registration_parse(SPAN_TEXT(body), &memory, &platform, NULL),
                     ASSAY_MALFORMED);
    arena_free(&memory);
}

static void integers_are_little_endian(void **state)
{
    (void)state;
    arena memory = { NULL };
    store_platform platform;
    assert_int_equal(
        registration_parse(SPAN_TEXT("{\"qe_id\":\"aB\",\"pce_id\":\"0100\","
                                     "\"cpu_svn\":\"00112233445566778899aabbccddeeff\","
                                     "\"pce_svn\":\"0d00\",\"platform_manifest\":\"00\"}"),
                           &memory, &platform, NULL),
        ASSAY_OK);
    assert_int_equal(platform.pce_id, 1);
    assert_int_equal(platform.pce_svn, 13);
    assert_int_equal(platform.qe_id.data[0], 0xab);
    arena_free(&memory);
}

static void lists_come_by_pages(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_OFFLINE);
    served_register(&s, 7);
    char target[256] = "/sgx/certification/v4/platforms?limit=3";
    size_t rows = 0, pages = 0;
    while (target[0] != '\0') {
        served_reply reply = served_get(&s, target);
        assert_int_equal(reply.code, 200);
        for (const char *at = reply.body; (at = strstr(at, "\"qe_id\"")) != NULL; at++)
            rows++;
        const char *next = strstr(reply.headers, "Assay-Next-Cursor: ");
        target[0] = '\0';
        if (next != NULL)
            snprintf(target, sizeof(target), "/sgx/certification/v4/platforms?limit=3&cursor=%.*s",
                     (int)strcspn(next + 19, "\r"), next + 19);
        served_reply_free(&reply);
        pages++;
        assert_true(pages < 9);
    }
    assert_int_equal(rows, 7);
    assert_int_equal(pages, 3);
    served_stop(&s);
}

static void lists_by_fmspc(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_REQ);
    served_register(&s, 8);
    size_t total = 0;
    for (const fleet_model *model = fleet_models; model->kind != NULL; model++) {
        sim_bytes target = { .data = NULL };
        bytes_add_text(&target, "/sgx/certification/v4/platforms?source=[");
        bytes_add_hex(&target, SPAN(model->fmspc), hex_lower);
        bytes_add_text(&target, "]");
        bytes_add_u8(&target, 0);
        served_reply reply = served_get(&s, (const char *)target.data);
        assert_int_equal(reply.code, 200);
        for (const char *at = reply.body; (at = strstr(at, "\"qe_id\"")) != NULL; at++)
            total++;
        served_reply_free(&reply);
        bytes_free(&target);
    }
    assert_int_equal(total, 8);
    served_expect(&s, HTTP_GET, "/sgx/certification/v4/platforms?source=[]", "", 200);
    served_expect(&s, HTTP_GET, "/sgx/certification/v4/platforms?source=[xy]", "", 400);
    served_expect(&s, HTTP_GET, "/sgx/certification/v4/platforms?source=all", "", 400);
    served_stop(&s);
}

static void secrets_are_for_one_scope(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_OFFLINE);
    served_register(&s, 1);
    served_reply reply = served_ask(&s, HTTP_GET, platforms, "", SCOPE_READ);
    assert_has(&reply, "\"enc_ppid\":\"\"");
    served_reply_free(&reply);
    served_stop(&s);
}

static void platforms_can_be_looked_at_and_forgotten(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_REQ);
    served_register(&s, 2);
    served_reply reply = served_get(&s, "/assay/v1/platforms?limit=1");
    assert_has(&reply, "\"state\":\"");
    char target[400];
    const char *id = strstr(reply.body, "\"qe_id\":\"") + 9;
    snprintf(target, sizeof(target), "/assay/v1/platforms/%.32s_0000", id);
    served_reply_free(&reply);
    reply = served_get(&s, target);
    assert_int_equal(reply.code, 200);
    assert_has(&reply, "\"certificates\":[\"");
    served_reply_free(&reply);
    served_expect(&s, HTTP_DELETE, target, "", 200);
    served_expect(&s, HTTP_GET, target, "", 404);
    served_expect(&s, HTTP_GET, "/assay/v1/platforms/xyz", "", 404);
    served_stop(&s);
}

static void rule_8_a_registration_with_a_new_raw_tcb_moves_the_inventory(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    uint64_t number = find_platform(&s, 0, has_all);
    const fleet_member member = member_of(&s, number);
    char *body = served_registration(&s, number);
    served_expect(&s, HTTP_POST, platforms, body, 200);
    uint64_t calls = calls_of(&s, pckcerts);
    char *svn = strstr(body, "\"cpu_svn\":\"") + strlen("\"cpu_svn\":\"");
    svn[31] = svn[31] == 'F' ? 'E' : 'F';
    served_expect(&s, HTTP_POST, platforms, body, 200);
    assert_int_equal(calls_of(&s, pckcerts), calls + 1);
    arena memory = { NULL };
    store_platform platform;
    bool found;
    assert_int_equal(store_platform_get(s.service->store, SPAN(member.qe_id),
                                        load_u16le(member.pce_id), &memory, &platform, &found,
                                        NULL),
                     ASSAY_OK);
    assert_int_equal(platform.cpu_svn[15] & 0xf, svn[31] == 'F' ? 0xf : 0xe);
    arena_free(&memory);
    memory_free(body);
    served_stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manifest_registers_too),
        cmocka_unit_test(registering_again_asks_nobody),
        cmocka_unit_test(another_manifest_asks_the_vendor_again),
        cmocka_unit_test(a_registration_brings_what_verifiers_ask_for),
        cmocka_unit_test(offline_only_queues),
        cmocka_unit_test(tcbs_without_a_certificate_are_told),
        cmocka_unit_test(another_machine_can_not_take_the_place_of_a_platform),
        cmocka_unit_test(queued_platforms_get_their_certificates),
        cmocka_unit_test(a_platform_that_the_vendor_refuses_holds_up_nobody),
        cmocka_unit_test(registrations_are_read_strictly),
        cmocka_unit_test(a_ppid_of_zeros_is_none),
        cmocka_unit_test(integers_are_little_endian),
        cmocka_unit_test(lists_come_by_pages),
        cmocka_unit_test(lists_by_fmspc),
        cmocka_unit_test(secrets_are_for_one_scope),
        cmocka_unit_test(platforms_can_be_looked_at_and_forgotten),
        cmocka_unit_test(rule_8_a_registration_with_a_new_raw_tcb_moves_the_inventory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
