/* serve_bounds_test.c: fills of VCEKs, a store that is full, and whose word on evaluation numbers
 * counts (src/serve/items.c). collateral-service.md 7.3, 7.4, 7.6. */
#include <stdio.h>

#include "served.h"
#include "support.h"

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

/* ---- Rule 6: VCEKs ---- */

static void with_amd(served *s)
{
    char path[128];
    sim_bytes roots = { .data = NULL };
    snprintf(path, sizeof(path), "%s/amd.pem", s->folder);
    assert_int_equal(sim_kds_roots_write(&s->vendor->vendor.kds, &roots, NULL), ASSAY_OK);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(roots.data, 1, roots.size, file), roots.size);
    fclose(file);
    bytes_free(&roots);
    snprintf(s->config.upstream.amd_root_file, CONFIG_TEXT_SIZE, "%s", path);
    snprintf(s->config.upstream.kds_url, CONFIG_TEXT_SIZE, "%s/", s->vendor_url);
    snprintf(s->config.thim.product, sizeof(s->config.thim.product), "Milan");
}

static served_reply vcek(served *s, unsigned number)
{
    char target[256] = "/SevSnpVM/certificates/";
    size_t at = strlen(target);
    for (size_t i = 0; i < AMD_CHIP_SIZE; i++)
        at += (size_t)snprintf(target + at, sizeof(target) - at, "5a");
    snprintf(target + at, sizeof(target) - at, "/%016x", number);
    return served_get(s, target);
}

static void rule_6_fills_of_vceks_are_bounded(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    with_amd(&s);
    s.config.access.fills_per_hour = 3;
    served_restart(&s, FILL_LAZY);
    for (unsigned i = 0; i < 6; i++) {
        served_reply reply = vcek(&s, i);
        if (i >= 3)
            assert_string_equal(reply.name, "fills_exhausted");
        assert_int_equal(reply.code, i < 3 ? 200 : 503);
        served_reply_free(&reply);
    }
    served_reply again = vcek(&s, 1); /* what is here is nobody's fill */
    assert_int_equal(again.code, 200);
    served_reply_free(&again);
    served_stop(&s);
}

static void rule_6_vceks_leave_room_for_intels_items(void **state)
{
    (void)state;
    enum { MOST = 24 };
    served s;
    served_start(&s, FILL_LAZY);
    with_amd(&s);
    s.config.store.item_max = MOST;
    served_restart(&s, FILL_LAZY);
    for (unsigned i = 0; i < MOST; i++) {
        served_reply reply = vcek(&s, i);
        assert_int_equal(reply.code, 200); /* proved, and served though there is no room */
        served_reply_free(&reply);
    }
    assert_true(item_count(&s) < MOST);
    served_expect(&s, HTTP_GET, tcb, "", 200);
    const uint64_t calls = served_vendor_calls(&s);
    served_expect(&s, HTTP_GET, tcb, "", 200);
    assert_int_equal(served_vendor_calls(&s), calls); /* it was stored */
    served_stop(&s);
}

static void rule_3_a_full_store_serves_what_the_vendor_signs(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    served_expect(&s, HTTP_GET, "/sgx/certification/v4/rootcacrl", "", 200);
    s.config.store.item_max = item_count(&s);
    served_restart(&s, FILL_LAZY);
    const uint64_t before = item_count(&s);
    served_expect(&s, HTTP_GET, tcb, "", 200);
    served_expect(&s, HTTP_GET, "/sgx/certification/v4/qe/identity", "", 200);
    assert_int_equal(item_count(&s), before);
    served_stop(&s);
}

/* ---- Rule 4: evaluation numbers ---- */

static void rule_4_the_vendors_word_on_a_number_counts(void **state)
{
    (void)state;
    static const char never[] =
        "/sgx/certification/v4/tcb?fmspc=90C06F000000&tcbEvaluationDataNumber=15";
    static const char gone[] =
        "/sgx/certification/v4/tcb?fmspc=90C06F000000&tcbEvaluationDataNumber=16";
    served s;
    served_start(&s, FILL_LAZY);
    served_expect(&s, HTTP_GET, never, "", 404);
    served_expect(&s, HTTP_GET, "/sgx/certification/v4/tcbevaluationdatanumbers", "", 200);
    served_restart(&s, FILL_LAZY); /* forgets what was not found */
    served_expect(&s, HTTP_GET, never, "", 404);
    assert_refused(served_get(&s, gone), 410, "fetch_retired");
    served_restart(&s, FILL_OFFLINE); /* nobody to ask: the numbers that are here decide */
    served_reply reply = served_get(&s, gone);
    assert_int_equal(reply.code, 410);
    assert_has(&reply, "begin later");
    served_reply_free(&reply);
    served_stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_6_fills_of_vceks_are_bounded),
        cmocka_unit_test(rule_6_vceks_leave_room_for_intels_items),
        cmocka_unit_test(rule_3_a_full_store_serves_what_the_vendor_signs),
        cmocka_unit_test(rule_4_the_vendors_word_on_a_number_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
