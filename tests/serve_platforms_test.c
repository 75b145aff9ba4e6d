/* serve_platforms_test.c: PCK certificates and registration (src/serve/pck_routes.c,
 * registration.c, platforms.c, platform_routes.c, pck_set.c) against a simulated vendor.
 * collateral-service.md 1, 2, 7.6, 7.8. */
#include <stdio.h>

#include "serve/registration.h"
#include "served.h"
#include "sim/fleet_text.h"
#include "support.h"

static const char platforms[] = "/sgx/certification/v4/platforms";

static uint64_t version_of(served *s)
{
    uint64_t version;
    assert_int_equal(store_version(s->service->store, &version, NULL), ASSAY_OK);
    return version;
}

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

/* ---- Registered platforms ---- */

static void a_registered_platform_gets_its_certificate(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    char *body = served_registration(&s, 0);
    char *question = served_pckcert(&s, 0, false);
    served_expect(&s, HTTP_POST, platforms, body, 200);
    uint64_t calls = served_vendor_calls(&s);
    served_reply reply = served_get(&s, question);
    assert_int_equal(reply.code, 200);
    assert_has(&reply, "-----BEGIN CERTIFICATE-----\n");
    assert_has(&reply, "SGX-TCBm: ");
    assert_has(&reply, "SGX-FMSPC: ");
    assert_has(&reply, "SGX-PCK-Certificate-CA-Type: P");
    assert_has(&reply, "SGX-PCK-Certificate-Issuer-Chain: -----BEGIN%20CERTIFICATE-----%0A");
    assert_int_equal(served_vendor_calls(&s), calls);
    served_reply_free(&reply);
    memory_free(question);
    memory_free(body);
    served_stop(&s);
}

static void the_certificate_is_the_one_that_the_vendor_would_choose(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    for (uint64_t i = 0; i < 12; i++) {
        const fleet_member member = member_of(&s, i);
        size_t level = fleet_member_select(&member, member.cpu_svn, member.pce_svn, SIM_BY_PPID);
        uint8_t tcbm[SIM_TCBM_SIZE];
        char hex[2 * SIM_TCBM_SIZE + 1];
        sim_bytes upper = { .data = NULL };
        char *body = served_registration(&s, i), *question = served_pckcert(&s, i, false);
        fleet_level_tcbm(fleet_member_level(&member, level), tcbm);
        bytes_add_hex(&upper, SPAN(tcbm), hex_upper);
        snprintf(hex, sizeof(hex), "%.*s", (int)upper.size, (const char *)upper.data);
        served_expect(&s, HTTP_POST, platforms, body, 200);
        served_reply reply = served_get(&s, question);
        assert_int_equal(reply.code, 200);
        assert_has(&reply, hex);
        served_reply_free(&reply);
        bytes_free(&upper);
        memory_free(question);
        memory_free(body);
    }
    served_stop(&s);
}

static void guests_of_azure_get_json(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    char *body = served_registration(&s, 0), *question = served_pckcert(&s, 0, false);
    char thim[2048];
    served_expect(&s, HTTP_POST, platforms, body, 200);
    snprintf(thim, sizeof(thim), "/metadata/THIM%s", question);
    served_reply reply = served_get(&s, thim);
    assert_int_equal(reply.code, 200);
    assert_has(&reply, "{\"pckCert\":\"-----BEGIN CERTIFICATE-----\\n");
    assert_has(&reply, "\"sgx-Tcbm\":\"");
    assert_has(&reply, "\"sgx-Pck-Certificate-Issuer-Chain\":\"-----BEGIN%20CERTIFICATE");
    assert_has(&reply, "\"cacheMaxAge\":\"");
    served_reply_free(&reply);
    memory_free(question);
    memory_free(body);
    served_stop(&s);
}

/* ---- Fill modes ---- */

static void unknown_platforms_by_fill_mode(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        fill_mode mode;
        bool with_ppid;
        unsigned code;
    } rows[] = {
        { "LAZY with an encrypted PPID", FILL_LAZY, true, 200 },
        { "LAZY without one", FILL_LAZY, false, 461 },
        { "REQ", FILL_REQ, true, 461 },
        { "OFFLINE", FILL_OFFLINE, true, 461 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        served s;
        served_start(&s, rows[i].mode);
        char *question = served_pckcert(&s, 0, rows[i].with_ppid);
        served_reply reply = served_get(&s, question);
        assert_row(rows[i].what, reply.code, rows[i].code);
        served_reply_free(&reply);
        memory_free(question);
        served_stop(&s);
    }
}

static void the_vendor_is_down(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    served_vendor_down(&s);
    char *body = served_registration(&s, 0), *question = served_pckcert(&s, 0, true);
    served_expect(&s, HTTP_POST, platforms, body, 202);
    assert_int_equal(count_of(&s, STORE_PLATFORM_QUEUED), 1);
    served_expect(&s, HTTP_GET, question, "",
                  462); /* it is registered: only its certificates wait */
    memory_free(question);
    question = served_pckcert(&s, 1, true);
    served_expect(&s, HTTP_GET, question, "", 503);
    memory_free(question);
    memory_free(body);
    served_stop(&s);
}

/* ---- Rule 6 ---- */

static void rule_6_questions_write_nothing(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    char *body = served_registration(&s, 0), *question = served_pckcert(&s, 0, false);
    served_expect(&s, HTTP_POST, platforms, body, 200);
    served_expect(&s, HTTP_GET, question, "", 200);
    uint64_t version = version_of(&s);
    char *svn = strstr(question, "&cpusvn=") + strlen("&cpusvn=");
    for (unsigned i = 0; i < 20; i++) { /* invented SVNs, each another question */
        svn[30] = (char)('A' + i % 6);
        svn[31] = (char)('0' + i / 6);
        served_reply reply = served_get(&s, question);
        assert_true(reply.code == 200 || reply.code == 404);
        served_reply_free(&reply);
    }
    assert_int_equal(version_of(&s), version);
    memory_free(question);
    memory_free(body);
    served_stop(&s);
}

static void rule_6_an_unknown_platform_leaves_no_trace(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    char *question = served_pckcert(&s, 2, true);
    served_expect(&s, HTTP_GET, question, "", 200);
    assert_int_equal(count_of(&s, STORE_PLATFORM_REGISTERED), 0);
    assert_int_equal(count_of(&s, STORE_PLATFORM_QUEUED), 0);
    memory_free(question);
    question = served_pckcert(&s, 2, false);
    served_expect(&s, HTTP_GET, question, "", 461);
    memory_free(question);
    served_stop(&s);
}

static void rule_6_fills_are_bounded(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    s.config.access.fills_per_hour = 3;
    served_restart(&s, FILL_LAZY);
    unsigned refused = 0;
    for (uint64_t i = 0; i < 6; i++) {
        char *question = served_pckcert(&s, i, true);
        served_reply reply = served_get(&s, question);
        assert_true(reply.code == 200 || reply.code == 503 || reply.code == 462);
        refused += reply.code == 503 ? 1 : 0;
        served_reply_free(&reply);
        memory_free(question);
    }
    assert_int_equal(refused, 3);
    served_stop(&s);
}

/* ---- Rule 8 ---- */

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

/* Makes the certificates of a platform look as if they had been fetched two days ago. */
static void age(served *s, uint64_t number)
{
    const fleet_member member = member_of(s, number);
    arena memory = { NULL };
    store_platform platform;
    bool found;
    assert_int_equal(store_platform_get(s->service->store, SPAN(member.qe_id),
                                        load_u16le(member.pce_id), &memory, &platform, &found,
                                        NULL),
                     ASSAY_OK);
    assert_true(found);
    platform.updated -= 2 * SIM_DAY;
    assert_int_equal(
        store_platform_put(s->service->store, &platform, STORE_KEEP, NULL, 0, NULL, 0, NULL, NULL),
        ASSAY_OK);
    arena_free(&memory);
}

static void rule_8_a_new_raw_tcb_fetches_certificates_again(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    uint64_t number = find_platform(&s, 0, has_all);
    char *body = served_registration(&s, number), *question = served_pckcert(&s, number, false);
    served_expect(&s, HTTP_POST, platforms, body, 200);
    uint64_t calls = calls_of(&s, pckcerts);
    char *svn = strstr(question, "&cpusvn=") + strlen("&cpusvn=");
    svn[31] = svn[31] == 'F' ? 'E' : 'F';
    served_expect(&s, HTTP_GET, question, "", 200); /* fetched just now: not again */
    assert_int_equal(calls_of(&s, pckcerts), calls);
    age(&s, number);
    served_expect(&s, HTTP_GET, question, "", 200);
    assert_int_equal(calls_of(&s, pckcerts), calls + 1);
    served_expect(&s, HTTP_GET, question, "", 200);
    assert_int_equal(calls_of(&s, pckcerts), calls + 1);
    memory_free(question);
    memory_free(body);
    served_stop(&s);
}

static void rule_8_asking_again_is_bounded(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    s.config.access.fills_per_hour = 1;
    served_restart(&s, FILL_LAZY);
    const uint64_t number = find_platform(&s, 0, has_all);
    char *body = served_registration(&s, number), *question = served_pckcert(&s, number, false);
    char *other = served_pckcert(&s, number + 1, true);
    served_expect(&s, HTTP_POST, platforms, body, 200);
    age(&s, number);
    served_expect(&s, HTTP_GET, other, "", 200); /* the one fill of this hour */
    const uint64_t calls = calls_of(&s, pckcerts);
    char *svn = strstr(question, "&cpusvn=") + strlen("&cpusvn=");
    svn[31] = svn[31] == 'F' ? 'E' : 'F';
    served_expect(&s, HTTP_GET, question, "", 200);
    assert_int_equal(calls_of(&s, pckcerts), calls);
    memory_free(other);
    memory_free(question);
    memory_free(body);
    served_stop(&s);
}

static void rule_8_refreshing_registers_what_was_queued(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_OFFLINE);
    uint64_t number = find_platform(&s, 0, has_all);
    const fleet_member member = member_of(&s, number);
    char *body = served_registration(&s, number), *question = served_pckcert(&s, number, false);
    served_expect(&s, HTTP_POST, platforms, body, 200);
    served_restart(&s, FILL_REQ);
    arena memory = { NULL };
    store_platform platform;
    bool found, changed = false;
    unsigned wait;
    assay_error error = { .status = ASSAY_OK };
    assert_int_equal(store_platform_get(s.service->store, SPAN(member.qe_id),
                                        load_u16le(member.pce_id), &memory, &platform, &found,
                                        NULL),
                     ASSAY_OK);
    if (platform_refresh(s.service, &platform, &memory, SIM_DEFAULT_NOW, &changed, &wait, &error) !=
        ASSAY_OK)
        test_fail("%s: %s", error.where, error.detail);
    assert_true(changed);
    assert_int_equal(count_of(&s, STORE_PLATFORM_QUEUED), 0);
    served_expect(&s, HTTP_GET, question, "", 200);
    arena_free(&memory);
    memory_free(question);
    memory_free(body);
    served_stop(&s);
}

static void a_failing_refresh_keeps_the_old_certificates(void **state)
{
    (void)state;
    served s;
    static const char *const faults[] = { "status=503", "garbage", "other-item",
                                          "wrong-signature" };
    served_start(&s, FILL_LAZY);
    uint64_t number = find_platform(&s, 0, has_all);
    const fleet_member member = member_of(&s, number);
    char *body = served_registration(&s, number), *question = served_pckcert(&s, number, false);
    served_expect(&s, HTTP_POST, platforms, body, 200);
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        arena memory = { NULL };
        store_platform platform;
        bool found, changed = false;
        unsigned wait = 0;
        served_fault(&s, faults[i]);
        assert_int_equal(store_platform_get(s.service->store, SPAN(member.qe_id),
                                            load_u16le(member.pce_id), &memory, &platform, &found,
                                            NULL),
                         ASSAY_OK);
        assert_row(faults[i],
                   platform_refresh(s.service, &platform, &memory, SIM_DEFAULT_NOW, &changed, &wait,
                                    NULL) == ASSAY_OK,
                   false);
        served_fault(&s, NULL);
        served_expect(&s, HTTP_GET, question, "", 200);
        arena_free(&memory);
    }
    memory_free(question);
    memory_free(body);
    served_stop(&s);
}

/* ---- When selections hold ---- */

static void selections_hold_as_long_as_the_levels(void **state)
{
    (void)state;
    static const char key[] = "tcb/sgx/90C06F000000/standard";
    static const struct {
        const char *what, *from, *to;
        bool otherwise;
    } rows[] = {
        { "the same", "\"version\":3", "\"version\":3", false },
        { "a later date", "\"tcbDate\":\"2025", "\"tcbDate\":\"2024", false },
        { "another status", "\"UpToDate\"", "\"Revoked\" ", false },
        { "another PCE SVN", "\"pcesvn\":13", "\"pcesvn\":14", true },
        { "another component", "\"svn\":8", "\"svn\":9", true },
    };
    served s;
    served_start(&s, FILL_LAZY);
    served_expect(&s, HTTP_GET, "/sgx/certification/v4/tcb?fmspc=90C06F000000", "", 200);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        arena memory = { NULL };
        store_item item;
        bool found;
        assert_int_equal(store_item_get(s.service->store, key, &memory, &item, &found, NULL),
                         ASSAY_OK);
        char *text = arena_text(&memory, item.body), *at = strstr(text, rows[i].from);
        assert_non_null(at);
        memcpy(at, rows[i].to, strlen(rows[i].to));
        item.body = SPAN_TEXT(text);
        assert_row(rows[i].what, pck_chosen_otherwise(s.service, &item), rows[i].otherwise);
        item.key = "tcb/sgx/90C06F000000/early";
        assert_row("another channel", pck_chosen_otherwise(s.service, &item), false);
        arena_free(&memory);
    }
    served_stop(&s);
}

/* ---- Nothing is believed for coming from the vendor's address ---- */

static void bad_certificates_are_refused(void **state)
{
    (void)state;
    static const char *const faults[] = { "garbage", "wrong-signature", "other-vendor" };
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        served s;
        served_start(&s, FILL_LAZY);
        char *body = served_registration(&s, 0);
        served_fault(&s, faults[i]);
        served_reply reply = served_ask(&s, HTTP_POST, platforms, body, SCOPE_ALL);
        assert_row(faults[i], reply.code, 502);
        assert_int_equal(count_of(&s, STORE_PLATFORM_REGISTERED), 0);
        served_reply_free(&reply);
        memory_free(body);
        served_stop(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_registered_platform_gets_its_certificate),
        cmocka_unit_test(the_certificate_is_the_one_that_the_vendor_would_choose),
        cmocka_unit_test(guests_of_azure_get_json),
        cmocka_unit_test(unknown_platforms_by_fill_mode),
        cmocka_unit_test(the_vendor_is_down),
        cmocka_unit_test(rule_6_questions_write_nothing),
        cmocka_unit_test(rule_6_an_unknown_platform_leaves_no_trace),
        cmocka_unit_test(rule_6_fills_are_bounded),
        cmocka_unit_test(rule_8_a_new_raw_tcb_fetches_certificates_again),
        cmocka_unit_test(rule_8_asking_again_is_bounded),
        cmocka_unit_test(rule_8_refreshing_registers_what_was_queued),
        cmocka_unit_test(a_failing_refresh_keeps_the_old_certificates),
        cmocka_unit_test(selections_hold_as_long_as_the_levels),
        cmocka_unit_test(bad_certificates_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
