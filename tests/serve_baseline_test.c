/* serve_baseline_test.c: named baselines: what they choose, how they change (src/serve/baseline.c,
 * baseline_text.c, baseline_changes.c, baseline_routes.c, baseline_announce.c).
 * collateral-service.md 7.7. */
#include <stdio.h>

#include "serve/baseline_text.h"
#include "serve/items.h"
#include "serve/metrics.h"
#include "served.h"
#include "support.h"

static const uint8_t fmspc_a[6] = { 0x00, 0x80, 0x6f, 0x05, 0x00, 0x00 };
static const uint8_t fmspc_b[6] = { 0x90, 0xc0, 0x6f, 0x00, 0x00, 0x00 };

static void assert_body(served *s, const char *target, const char *text)
{
    served_reply reply = served_get(s, target);
    assert_int_equal(reply.code, 200);
    if (strstr(reply.body, text) == NULL)
        test_fail("%s: no %s in %s", target, text, reply.body);
    served_reply_free(&reply);
}

/* ---- Choosing ---- */

static const char rules[] = "{\"description\":\"ours\",\"rules\":["
                            "{\"tee\":\"tdx\",\"fmspc\":\"00806F050000\",\"number\":18},"
                            "{\"tee\":\"sgx\",\"number\":17,\"from\":\"2026-01-01T00:00:00Z\","
                            "\"until\":\"2026-07-01T00:00:00Z\"},"
                            "{\"fmspc\":\"90C06F000000\",\"channel\":\"early\"}]}";

static void rule_7_the_first_rule_that_fits_counts(void **state)
{
    (void)state;
    static const struct {
        const char *what, *name;
        assay_tee tee;
        const uint8_t *fmspc;
        int64_t now;
        uint32_t number;
        bool early;
    } rows[] = {
        { "standard", "standard", ASSAY_TEE_SGX, fmspc_a, SIM_DEFAULT_NOW, 0, false },
        { "early", "early", ASSAY_TEE_TDX, fmspc_b, SIM_DEFAULT_NOW, 0, true },
        { "pinned", "pinned-19", ASSAY_TEE_TDX, NULL, SIM_DEFAULT_NOW, 19, false },
        { "the default", "", ASSAY_TEE_SGX, fmspc_a, SIM_DEFAULT_NOW, 0, false },
        { "TEE and FMSPC", "ours", ASSAY_TEE_TDX, fmspc_a, SIM_DEFAULT_NOW, 18, false },
        { "TEE and dates", "ours", ASSAY_TEE_SGX, fmspc_a, SIM_DEFAULT_NOW, 17, false },
        { "before rules with a later place", "ours", ASSAY_TEE_SGX, fmspc_b, SIM_DEFAULT_NOW, 17,
          false },
        { "the first second", "ours", ASSAY_TEE_SGX, fmspc_a, 1767225600, 17, false },
        { "a second before", "ours", ASSAY_TEE_SGX, fmspc_a, 1767225599, 0, false },
        { "the last second", "ours", ASSAY_TEE_SGX, fmspc_a, 1782863999, 17, false },
        { "a second later", "ours", ASSAY_TEE_SGX, fmspc_a, 1782864000, 0, false },
        { "FMSPC of any TEE", "ours", ASSAY_TEE_TDX, fmspc_b, SIM_DEFAULT_NOW, 0, true },
        { "no FMSPC: rules for one don't fit", "ours", ASSAY_TEE_TDX, NULL, SIM_DEFAULT_NOW, 0,
          false },
    };
    served s;
    served_start(&s, FILL_OFFLINE);
    served_expect(&s, HTTP_PUT, "/assay/v1/baselines/ours", rules, 200);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        baseline_choice choice;
        assert_int_equal(baselines_choose(s.service->baselines, rows[i].name, rows[i].tee,
                                          rows[i].fmspc, rows[i].now, &choice, NULL),
                         ASSAY_OK);
        assert_row(rows[i].what, choice.number, rows[i].number);
        assert_row(rows[i].what, choice.early, rows[i].early);
        assert_string_equal(choice.name, rows[i].name[0] == '\0' ? "standard" : rows[i].name);
    }
    served_stop(&s);
}

static void an_unknown_baseline_comes_with_a_suggestion(void **state)
{
    (void)state;
    served s;
    baseline_choice choice;
    assay_error error = { .status = ASSAY_OK };
    served_start(&s, FILL_OFFLINE);
    served_expect(&s, HTTP_PUT, "/assay/v1/baselines/frankfurt", "{\"rules\":[]}", 200);
    assert_int_equal(baselines_choose(s.service->baselines, "frankfrut", ASSAY_TEE_SGX, NULL, 0,
                                      &choice, &error),
                     ASSAY_MISMATCH);
    assert_string_equal(error.name, "unknown_baseline");
    assert_string_equal(error.suggestion, "frankfurt");
    assert_false(baselines_knows(s.service->baselines, "frankfrut"));
    served_expect(&s, HTTP_GET, "/assay/v1/baselines/frankfrut", "", 404);
    served_expect(&s, HTTP_POST, "/assay/v1/baselines/frankfrut/plan", "", 404);
    served_stop(&s);
}

static void names_that_are_taken_or_odd(void **state)
{
    (void)state;
    static const char *const refused[] = { "",        "standard", "early", "pinned-19", "default",
                                           ".hidden", "Upper",    "a b",   "a/b",       "-x" };
    static const char *const fine[] = { "a", "0", "pinned", "pinned-", "pinned-019", "x.y_z-1" };
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_row(refused[i], baseline_name_check(refused[i], NULL), ASSAY_MALFORMED);
    for (size_t i = 0; i < COUNT_OF(fine); i++)
        assert_row(fine[i], baseline_name_check(fine[i], NULL), ASSAY_OK);
}

static void rules_are_read_strictly(void **state)
{
    (void)state;
    static const struct {
        const char *what, *body;
        unsigned code;
    } rows[] = {
        { "no rules", "{}", 400 },
        { "an unknown member", "{\"rules\":[],\"rule\":[]}", 400 },
        { "neither channel nor number", "{\"rules\":[{\"tee\":\"sgx\"}]}", 400 },
        { "both", "{\"rules\":[{\"channel\":\"early\",\"number\":19}]}", 400 },
        { "another channel", "{\"rules\":[{\"channel\":\"late\"}]}", 400 },
        { "another TEE", "{\"rules\":[{\"tee\":\"snp\",\"number\":19}]}", 400 },
        { "number 0", "{\"rules\":[{\"number\":0}]}", 400 },
        { "a short FMSPC", "{\"rules\":[{\"fmspc\":\"00\",\"number\":19}]}", 400 },
        { "until before from",
          "{\"rules\":[{\"number\":19,\"from\":\"2026-02-01T00:00:00Z\","
          "\"until\":\"2026-01-01T00:00:00Z\"}]}",
          400 },
        { "a misspelt member of a rule", "{\"rules\":[{\"numbre\":19}]}", 400 },
        { "an array", "[]", 400 },
        { "no JSON", "rules", 400 },
        { "an empty list", "{\"rules\":[]}", 200 },
    };
    served s;
    served_start(&s, FILL_OFFLINE);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        served_reply reply =
            served_ask(&s, HTTP_PUT, "/assay/v1/baselines/x", rows[i].body, SCOPE_ALL);
        assert_row(rows[i].what, reply.code, rows[i].code);
        served_reply_free(&reply);
    }
    served_stop(&s);
}

/* ---- Changing ---- */

static size_t audit_count(served *s, const char *action)
{
    arena memory = { NULL };
    store_audit_entry *entries;
    size_t count, found = 0;
    assert_int_equal(store_audit_list(s->service->store, 0, 1000, &memory, &entries, &count, NULL),
                     ASSAY_OK);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(entries[i].action, action) != 0)
            continue;
        found++;
        assert_string_equal(entries[i].actor, "token:test");
    }
    arena_free(&memory);
    return found;
}

static void rule_7_promoting_makes_the_default(void **state)
{
    (void)state;
    served s;
    baseline_choice choice;
    served_start(&s, FILL_OFFLINE);
    served_expect(&s, HTTP_POST, "/assay/v1/baselines/pinned-19/promote", "", 200);
    assert_body(&s, "/assay/v1/baselines", "\"default\":\"pinned-19\"");
    assert_int_equal(baselines_choose(s.service->baselines, "", ASSAY_TEE_TDX, fmspc_a,
                                      SIM_DEFAULT_NOW, &choice, NULL),
                     ASSAY_OK);
    assert_int_equal(choice.number, 19);
    served_expect(&s, HTTP_POST, "/assay/v1/baselines/pinned-19/promote", "", 409);
    served_restart(&s, FILL_OFFLINE);
    assert_body(&s, "/assay/v1/baselines/default", "\"name\":\"pinned-19\"");
    assert_int_equal(audit_count(&s, "baseline.promote"), 1);
    served_stop(&s);
}

static void rule_7_rolling_back_is_exact(void **state)
{
    (void)state;
    static const char first[] = "{\"description\":\"1\",\"rules\":[{\"number\":17}]}";
    static const char second[] = "{\"description\":\"2\",\"rules\":[{\"number\":18}]}";
    served s;
    served_start(&s, FILL_OFFLINE);
    served_expect(&s, HTTP_POST, "/assay/v1/baselines/ours/rollback", "", 409);
    served_expect(&s, HTTP_PUT, "/assay/v1/baselines/ours", first, 200);
    served_expect(&s, HTTP_POST, "/assay/v1/baselines/ours/rollback", "", 409);
    served_expect(&s, HTTP_PUT, "/assay/v1/baselines/ours", second, 200);
    served_expect(&s, HTTP_PUT, "/assay/v1/baselines/ours", rules, 200);
    served_expect(&s, HTTP_POST, "/assay/v1/baselines/ours/rollback", "", 200);
    assert_body(&s, "/assay/v1/baselines/ours",
                "{\"description\":\"2\",\"rules\":[{\"number\":18}],\"history\":[{\"time\"");
    served_expect(&s, HTTP_POST, "/assay/v1/baselines/ours/rollback", "", 200);
    assert_body(&s, "/assay/v1/baselines/ours",
                "{\"description\":\"1\",\"rules\":[{\"number\":17}],\"history\":[]}");
    served_expect(&s, HTTP_POST, "/assay/v1/baselines/ours/rollback", "", 409);
    assert_int_equal(audit_count(&s, "baseline.put"), 3);
    assert_int_equal(audit_count(&s, "baseline.rollback"), 2);
    served_stop(&s);
}

static void rule_7_the_default_rolls_back_step_by_step(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_OFFLINE);
    served_expect(&s, HTTP_POST, "/assay/v1/baselines/default/rollback", "", 409);
    served_expect(&s, HTTP_POST, "/assay/v1/baselines/pinned-18/promote", "", 200);
    served_expect(&s, HTTP_POST, "/assay/v1/baselines/early/promote", "", 200);
    served_expect(&s, HTTP_POST, "/assay/v1/baselines/default/rollback", "", 200);
    assert_body(&s, "/assay/v1/baselines", "\"default\":\"pinned-18\"");
    served_expect(&s, HTTP_POST, "/assay/v1/baselines/default/rollback", "", 200);
    assert_body(&s, "/assay/v1/baselines", "\"default\":\"standard\"");
    served_expect(&s, HTTP_POST, "/assay/v1/baselines/default/rollback", "", 409);
    served_stop(&s);
}

static void rule_7_a_candidates_rules_go_into_a_named_one(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_OFFLINE);
    served_expect(&s, HTTP_PUT, "/assay/v1/baselines/ours", "{\"rules\":[{\"number\":18}]}", 200);
    served_expect(&s, HTTP_POST, "/assay/v1/baselines/pinned-20/promote?into=ours", "", 200);
    assert_body(&s, "/assay/v1/baselines/ours", "\"rules\":[{\"number\":20}]");
    served_expect(&s, HTTP_POST, "/assay/v1/baselines/ours/rollback", "", 200);
    assert_body(&s, "/assay/v1/baselines/ours", "\"rules\":[{\"number\":18}]");
    served_expect(&s, HTTP_POST, "/assay/v1/baselines/ours/promote?into=early", "", 400);
    served_expect(&s, HTTP_POST, "/assay/v1/baselines/ours/promote?fmspc=00806F050000", "", 400);
    served_stop(&s);
}

static void planning_is_for_readers_and_promoting_is_not(void **state)
{
    (void)state;
    static const struct {
        const char *target;
        unsigned scopes, code;
    } rows[] = {
        { "/assay/v1/baselines/early/plan", SCOPE_READ, 200 },
        { "/assay/v1/baselines/early/promote", SCOPE_READ, 403 },
        { "/assay/v1/baselines/default/rollback", SCOPE_READ, 403 },
        { "/assay/v1/baselines/early/promote", SCOPE_BASELINE, 200 },
        { "/assay/v1/baselines/early/demote", SCOPE_BASELINE, 404 },
        { "/assay/v1/baselines/early", SCOPE_BASELINE, 404 },
    };
    served s;
    served_start(&s, FILL_OFFLINE);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        served_reply reply = served_ask(&s, HTTP_POST, rows[i].target, "", rows[i].scopes);
        assert_row(rows[i].target, reply.code, rows[i].code);
        served_reply_free(&reply);
    }
    served_stop(&s);
}

static void another_replica_reads_the_change(void **state)
{
    (void)state;
    served s;
    baselines *other;
    served_start(&s, FILL_OFFLINE);
    assert_int_equal(baselines_new(s.service->store, "standard", &other, NULL), ASSAY_OK);
    served_expect(&s, HTTP_PUT, "/assay/v1/baselines/ours", rules, 200);
    assert_false(baselines_knows(other, "ours"));
    assert_int_equal(baselines_reload(other, s.service->store, NULL), ASSAY_OK);
    assert_true(baselines_knows(other, "ours"));
    baselines_free(other);
    assert_int_equal(baselines_new(s.service->store, "nowhere", &other, NULL), ASSAY_MISMATCH);
    served_stop(&s);
}

/* ---- Announcing ---- */

static void seen_set(served *s, const char *body)
{
    const store_record record = { .kind = "setting",
                                  .name = "numbers.sgx",
                                  .body = SPAN_TEXT(body),
                                  .updated = SIM_DEFAULT_NOW };
    assert_int_equal(store_record_put(s->service->store, &record, STORE_ANY_VERSION, NULL, NULL),
                     ASSAY_OK);
}

static void assert_seen(served *s, const char *body)
{
    arena memory = { NULL };
    store_record record;
    bool found;
    assert_int_equal(store_record_get(s->service->store, "setting", "numbers.sgx", &memory, &record,
                                      &found, NULL),
                     ASSAY_OK);
    assert_true(found);
    assert_true(span_is(record.body, body));
    arena_free(&memory);
}

static void assert_announced(served *s, const char *line)
{
    arena memory = { NULL };
    assay_span text;
    assert_int_equal(metrics_write(s->service, &memory, &text, NULL), ASSAY_OK);
    const char *all = arena_text(&memory, text);
    if (strstr(all, line) == NULL)
        test_fail("no %s in %s", line, all);
    arena_free(&memory);
}

static void rule_7_new_numbers_are_announced_once(void **state)
{
    (void)state;
    const item_name name = { .kind = ITEM_EVALUATION_NUMBERS, .tee = ASSAY_TEE_SGX };
    served s;
    arena memory = { NULL };
    uint64_t before, after;
    bool changed;
    unsigned wait;
    served_start(&s, FILL_LAZY);
    assert_int_equal(
        item_refresh(s.service, &name, &memory, SIM_DEFAULT_NOW, &changed, &wait, NULL), ASSAY_OK);
    assert_seen(&s, "{\"newest\":20}");
    seen_set(&s, "{\"newest\":18}");
    assert_int_equal(baseline_announce(s.service, ASSAY_TEE_SGX, SIM_DEFAULT_NOW, NULL), ASSAY_OK);
    assert_seen(&s, "{\"newest\":20}");
    assert_int_equal(store_version(s.service->store, &before, NULL), ASSAY_OK);
    assert_int_equal(baseline_announce(s.service, ASSAY_TEE_SGX, SIM_DEFAULT_NOW, NULL), ASSAY_OK);
    assert_int_equal(store_version(s.service->store, &after, NULL), ASSAY_OK);
    assert_int_equal(before, after);
    assert_announced(&s, "assayd_events_total{event=\"numbers_announced\"} 2\n"); /* 19 and 20 */
    arena_free(&memory);
    served_stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_7_the_first_rule_that_fits_counts),
        cmocka_unit_test(an_unknown_baseline_comes_with_a_suggestion),
        cmocka_unit_test(names_that_are_taken_or_odd),
        cmocka_unit_test(rules_are_read_strictly),
        cmocka_unit_test(rule_7_promoting_makes_the_default),
        cmocka_unit_test(rule_7_rolling_back_is_exact),
        cmocka_unit_test(rule_7_the_default_rolls_back_step_by_step),
        cmocka_unit_test(rule_7_a_candidates_rules_go_into_a_named_one),
        cmocka_unit_test(planning_is_for_readers_and_promoting_is_not),
        cmocka_unit_test(another_replica_reads_the_change),
        cmocka_unit_test(rule_7_new_numbers_are_announced_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
