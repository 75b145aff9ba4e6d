/* serve_plan_test.c: what becomes of the inventory under another baseline (src/serve/plan.c,
 * plan_text.c). collateral-service.md 7.7. */
#include <stdio.h>

#include "serve/plan.h"
#include "served.h"
#include "sim/calendar.h"
#include "support.h"

enum { COUNT = 40 };

/* ---- What must come out, by the simulator's own tables ---- */

static const char *status_under(const fleet_member *member, size_t level, uint32_t number)
{
    sim_level levels[SIM_LEVEL_MAX];
    size_t count = fleet_member_level_count(member);
    for (size_t i = 0; i < count; i++)
        levels[i] = *fleet_member_level(member, i);
    sim_recovery_levels(number, levels, count);
    return levels[level].status;
}

/* The platforms of a model whose status is another one under `number` than under 19. */
static size_t changes_of(const served *s, const fleet_model *model, uint32_t number, size_t *all)
{
    size_t changed = 0;
    *all = 0;
    for (uint64_t i = 0; i < COUNT; i++) {
        fleet_member member;
        assert_true(fleet_find(&s->vendor->vendor.fleet, i, &member));
        if (member.model != model)
            continue;
        size_t level = fleet_member_select(&member, member.cpu_svn, member.pce_svn, SIM_BY_PPID);
        ++*all;
        changed +=
            strcmp(status_under(&member, level, 19), status_under(&member, level, number)) != 0 ? 1
                                                                                                : 0;
    }
    return changed;
}

static served_reply plan_of(served *s, const char *target)
{
    served_reply reply = served_ask(s, HTTP_POST, target, "", SCOPE_READ);
    if (reply.code != 200)
        test_fail("%s: %u %s %s", target, reply.code, reply.name, reply.detail);
    return reply;
}

static void assert_has(const served_reply *reply, const char *text)
{
    if (strstr(reply->body, text) == NULL)
        test_fail("no %s in %s", text, reply->body);
}

static void rule_7_a_plan_counts_who_changes(void **state)
{
    (void)state;
    static const struct {
        const char *candidate;
        uint32_t number;
    } rows[] = { { "early", 20 }, { "pinned-20", 20 }, { "pinned-18", 18 }, { "pinned-19", 19 } };
    served s;
    served_start(&s, FILL_REQ);
    served_import(&s, COUNT);
    for (size_t r = 0; r < COUNT_OF(rows); r++) {
        char target[128], text[200];
        size_t total = 0;
        snprintf(target, sizeof(target), "/assay/v1/baselines/%s/plan", rows[r].candidate);
        served_reply reply = plan_of(&s, target);
        for (const fleet_model *model = fleet_models; model->kind != NULL; model++) {
            size_t all, changed = changes_of(&s, model, rows[r].number, &all);
            char fmspc[13];
            total += changed;
            assay_hex_encode(SPAN(model->fmspc), fmspc);
            for (char *p = fmspc; *p != '\0'; p++)
                *p = (char)(*p >= 'a' ? *p - 'a' + 'A' : *p);
            if (all == 0)
                continue;
            if (changed == 0)
                snprintf(text, sizeof(text), "none of %zu platforms of FMSPC %s changes status",
                         all, fmspc);
            else
                snprintf(text, sizeof(text), "%zu of %zu platforms of FMSPC %s ", changed, all,
                         fmspc);
            assert_has(&reply, text);
        }
        snprintf(text, sizeof(text), "\"platforms\":%d,\"unknown\":0,\"changed\":%zu", COUNT,
                 total);
        assert_has(&reply, text);
        served_reply_free(&reply);
    }
    served_stop(&s);
}

static void rule_7_a_plan_names_component_date_and_advisories(void **state)
{
    (void)state;
    static const char *const wanted[] = {
        "\"now\":{\"status\":\"",
        "\"then\":{\"status\":\"OutOfDate",
        "\"by\":[{\"component\":\"SGX component ",

        "\"has\":",
        "\"wants\":",
        "\"wanted_tcb_date\":\"20",
        "\"advisories_that_come\":[\"INTEL-SA-01245\"]",
        "\"evaluation_number\":20",
        "the inventory knows neither the TDX module",
        "\"tee\":\"tdx\"",
    };
    served s;
    served_start(&s, FILL_LAZY);
    served_import(&s, COUNT);
    served_reply reply = plan_of(&s, "/assay/v1/baselines/early/plan?listed=3");
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        assert_has(&reply, wanted[i]);
    served_reply_free(&reply);
    /* Where the TCB info names its components, so does the plan. */
    reply = plan_of(&s, "/assay/v1/baselines/standard/plan?against=pinned-18");
    assert_has(&reply, "\"component\":\"SGX component 1\",\"index\":0,\"category\":\"BIOS\","
                       "\"type\":\"Early Microcode Update\",\"has\":");
    served_reply_free(&reply);
    served_stop(&s);
}

static void rule_7_a_plan_names_every_platform_by_pages(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    served_import(&s, COUNT);
    served_reply reply = plan_of(&s, "/assay/v1/baselines/early/plan?listed=1");
    const char *at = strstr(reply.body, "\"group\":\"");
    assert_non_null(at);
    char target[256];
    unsigned count = 0;
    assert_int_equal(sscanf(at + 9 + PLAN_GROUP_NAME_SIZE - 1, "\",\"platforms\":%u", &count), 1);
    snprintf(target, sizeof(target), "/assay/v1/platforms?limit=100&group=%.*s",
             PLAN_GROUP_NAME_SIZE - 1, at + 9);
    served_reply page = served_get(&s, target);
    assert_int_equal(page.code, 200);
    unsigned rows = 0;
    for (const char *row = page.body; (row = strstr(row, "\"qe_id\"")) != NULL; row++)
        rows++;
    assert_int_equal(rows, count);
    served_expect(&s, HTTP_GET, "/assay/v1/platforms?group=x", "", 400);
    served_reply_free(&page);
    served_reply_free(&reply);
    served_stop(&s);
}

static void a_plan_fetches_what_it_needs(void **state)
{
    (void)state;
    static const fill_mode modes[] = { FILL_LAZY, FILL_REQ };
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        served s;
        served_start(&s, modes[i]);
        served_register(&s, 1);
        uint64_t calls = served_vendor_calls(&s);
        served_reply reply = plan_of(&s, "/assay/v1/baselines/pinned-18/plan");
        assert_true(served_vendor_calls(&s) > calls);
        assert_has(&reply, "\"evaluation_number\":18");
        served_reply_free(&reply);
        served_stop(&s);
    }
}

static void a_number_that_is_not_to_be_had_is_said(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    served_register(&s, 3);
    served_reply reply = plan_of(&s, "/assay/v1/baselines/pinned-99/plan");
    assert_has(&reply, "is available under the candidate");
    assert_has(&reply, "\"available\":false,\"evaluation_number\":99");
    served_reply_free(&reply);
    served_stop(&s);
}

static void platforms_without_certificates_are_unknown(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_OFFLINE);
    served_register(&s, 5);
    served_reply reply = plan_of(&s, "/assay/v1/baselines/early/plan");
    assert_has(&reply, "\"platforms\":5,\"unknown\":5,\"changed\":0");
    assert_has(&reply, "are counted as unknown");
    served_reply_free(&reply);
    served_stop(&s);
}

static void a_plan_against_another_baseline_than_the_default(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    served_import(&s, COUNT);
    served_reply reply = plan_of(&s, "/assay/v1/baselines/pinned-20/plan?against=early");
    assert_has(&reply, "\"against\":\"early\"");
    assert_has(&reply, "\"changed\":0,\"worse\":0");
    served_reply_free(&reply);
    served_stop(&s);
}

static void a_plan_of_one_fmspc(void **state)
{
    (void)state;
    served s;
    served_start(&s, FILL_LAZY);
    served_import(&s, COUNT);
    served_reply reply = plan_of(&s, "/assay/v1/baselines/early/plan?fmspc=90C06F000000");
    assert_null(strstr(reply.body, "00906ED50000"));
    assert_has(&reply, "90C06F000000");
    served_reply_free(&reply);
    served_stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_7_a_plan_counts_who_changes),
        cmocka_unit_test(rule_7_a_plan_names_component_date_and_advisories),
        cmocka_unit_test(rule_7_a_plan_names_every_platform_by_pages),
        cmocka_unit_test(a_plan_fetches_what_it_needs),
        cmocka_unit_test(a_number_that_is_not_to_be_had_is_said),
        cmocka_unit_test(platforms_without_certificates_are_unknown),
        cmocka_unit_test(a_plan_against_another_baseline_than_the_default),
        cmocka_unit_test(a_plan_of_one_fmspc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
