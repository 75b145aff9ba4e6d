/* serve_import_test.c: platforms by the line (src/serve/import.c, fleet_import.c, import_routes.c).
 * collateral-service.md 7.1, 7.13. platformcollateral has serve_collateral_import_test.c, databases
 * of PCCS have serve_pccs_import_test.c. */
#include <stdio.h>

#include "served.h"
#include "support.h"

static const char ndjson[] = "/assay/v1/import?form=ndjson";

static uint64_t platform_count(served *s)
{
    uint64_t registered, unavailable;
    assert_int_equal(
        store_platform_count(s->service->store, STORE_PLATFORM_REGISTERED, &registered, NULL),
        ASSAY_OK);
    assert_int_equal(
        store_platform_count(s->service->store, STORE_PLATFORM_UNAVAILABLE, &unavailable, NULL),
        ASSAY_OK);
    return registered + unavailable;
}

static void assert_has(const served_reply *reply, const char *text)
{
    if (strstr(reply->body, text) == NULL)
        test_fail("no %s in %u %s %s: %s", text, reply->code, reply->name, reply->detail,
                  reply->body);
}

/* Puts `to` in the place of the first `from`. */
static void replace(char *text, const char *from, const char *to)
{
    assert_int_equal(strlen(from), strlen(to));
    char *at = strstr(text, from);
    assert_non_null(at);
    memcpy(at, to, strlen(to));
}

static void rule_13_lines_are_imported_and_served(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    char *lines = served_ndjson(&s, 0, 50);
    served_reply reply = served_ask(&s, HTTP_POST, ndjson, lines, SCOPE_IMPORT);
    assert_int_equal(reply.code, 200);
    assert_has(&reply, "\"form\":\"ndjson\",\"platforms\":50,");
    assert_int_equal(platform_count(&s), 50);
    uint64_t calls = served_vendor_calls(&s);
    for (uint64_t i = 0; i < 50; i++) {
        char *question = served_pckcert(&s, i, false);
        served_expect(&s, HTTP_GET, question, "", 200);
        memory_free(question);
    }
    assert_int_equal(served_vendor_calls(&s), calls);
    served_reply_free(&reply);
    memory_free(lines);
    served_stop(&s);
}

static void lines_may_be_imported_twice(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_REQ);
    char *lines = served_ndjson(&s, 0, 5);
    served_expect(&s, HTTP_POST, ndjson, lines, 200);
    served_expect(&s, HTTP_POST, ndjson, lines, 200);
    assert_int_equal(platform_count(&s), 5);
    memory_free(lines);
    served_stop(&s);
}

static void an_import_keeps_the_manifest_that_is_here(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_REQ);
    char *body = served_registration_by_manifest(&s, 1), *lines = served_ndjson(&s, 1, 1);
    served_expect(&s, HTTP_POST, "/sgx/certification/v4/platforms", body, 200);
    served_expect(&s, HTTP_POST, ndjson, lines, 200);
    served_reply reply = served_get(&s, "/sgx/certification/v4/platforms?source=[]");
    assert_null(strstr(reply.body, "\"platform_manifest\":\"\""));
    assert_has(&reply, "\"enc_ppid\":\"\"");
    served_reply_free(&reply);
    memory_free(lines);
    memory_free(body);
    served_stop(&s);
}

static char *joined(const char *first, const char *second, const char *third)
{
    size_t size = strlen(first) + strlen(second) + strlen(third) + 1;
    char *text = memory_new(size);
    assert_non_null(text);
    snprintf(text, size, "%s%s%s", first, second, third);
    return text;
}

static void rule_13_a_bad_line_is_named_and_its_batch_is_not_stored(void **state)
{
    (void)state;
    static const struct {
        const char *what, *from, *to, *named;
    } rows[] = {
        { "a certificate of another byte", "MII", "MIJ", "certs[0]" },
        { "another TCB than the certificate's", "\"tcbm\":\"0", "\"tcbm\":\"7", "tcbm" },
        { "another FMSPC", "0000\",\"ca\"", "0001\",\"ca\"", "fmspc" },
        { "a misspelt member", "\"fmspc\":\"", "\"fmspx\":\"", "fmspx" },
        { "another CA", "\"ca\":\"p", "\"ca\":\"q", "ca" },
        { "no QE-ID", "\"qe_id\"", "\"qe_ix\"", "qe_i" },
        { "no JSON", "{", "[", "" },
    };
    served s;
    served_start(&s, FILL_REQ);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *good = served_ndjson(&s, 0, 3), *bad = served_ndjson(&s, 3, 1),
             *more = served_ndjson(&s, 4, 3);
        replace(bad, rows[i].from, rows[i].to);
        char *all = joined(good, bad, more);
        served_reply reply = served_ask(&s, HTTP_POST, ndjson, all, SCOPE_IMPORT);
        assert_row(rows[i].what, reply.code, 400);
        assert_has(&reply, "\"what\":\"line 4\"");
        assert_has(&reply, rows[i].named);
        assert_row(rows[i].what, platform_count(&s), 0);
        served_reply_free(&reply);
        memory_free(all);
        memory_free(more);
        memory_free(bad);
        memory_free(good);
    }
    served_stop(&s);
}

static void nothing_is_stored_without_a_tcb_info(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_REQ);
    char *lines = served_ndjson(&s, 0, 3);
    served_fault(&s, "status=503,path=*tcb*");
    served_reply reply = served_ask(&s, HTTP_POST, ndjson, lines, SCOPE_IMPORT);
    assert_int_equal(reply.code, 503);
    assert_int_equal(platform_count(&s), 0);
    served_reply_free(&reply);
    memory_free(lines);
    served_stop(&s);
}

static void batches_before_a_bad_line_stay(void **state)
{
    (void)state;
    enum { GOOD = 520 }; /* more than one batch */
    served s;
    served_start(&s, FILL_REQ);
    sim_bytes text = { .data = NULL };
    for (unsigned i = 0; i < GOOD; i += 52) { /* the same 52 platforms, again and again */
        char *lines = served_ndjson(&s, 0, 52);
        bytes_add_text(&text, lines);
        memory_free(lines);
    }
    bytes_add_text(&text, "\n{}\n");
    bytes_add_u8(&text, 0);
    served_reply reply = served_ask(&s, HTTP_POST, ndjson, (const char *)text.data, SCOPE_IMPORT);
    assert_int_equal(reply.code, 400);
    assert_has(&reply, "\"what\":\"line 522\"");
    assert_int_equal(platform_count(&s), 52);
    served_reply_free(&reply);
    bytes_free(&text);
    served_stop(&s);
}

static void certificates_of_two_platforms_do_not_mix(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_REQ);
    char *lines = served_ndjson(&s, 0, 12);
    /* The certificates of the second line behind those of the first. */
    char *second = strchr(lines, '\n') + 1, *certs = strstr(second, "\"certs\":[") + 9;
    char *end = strchr(second, '\n');
    char *first_end = strstr(lines, "]}");
    size_t size = (size_t)(first_end - lines) + 1 + (size_t)(end - certs) + 2;
    char *mixed = memory_new(size);
    assert_non_null(mixed);
    snprintf(mixed, size, "%.*s,%.*s", (int)(first_end - lines), lines, (int)(end - certs), certs);
    served_reply reply = served_ask(&s, HTTP_POST, ndjson, mixed, SCOPE_IMPORT);
    assert_int_equal(reply.code, 400);
    assert_has(&reply, "than the first one");
    served_reply_free(&reply);
    memory_free(mixed);
    memory_free(lines);
    served_stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_13_lines_are_imported_and_served),
        cmocka_unit_test(lines_may_be_imported_twice),
        cmocka_unit_test(an_import_keeps_the_manifest_that_is_here),
        cmocka_unit_test(rule_13_a_bad_line_is_named_and_its_batch_is_not_stored),
        cmocka_unit_test(nothing_is_stored_without_a_tcb_info),
        cmocka_unit_test(batches_before_a_bad_line_stay),
        cmocka_unit_test(certificates_of_two_platforms_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
