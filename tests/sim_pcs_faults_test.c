/* sim_pcs_faults_test.c: faults and controls of the simulated vendor (src/sim/pcs_faults.c,
 * pcs_control.c, pcs_service.c): each fault does what it says, to the requests it is meant for. */
#include "collateral/admission.h"
#include "pcs_ask.h"

#define TCB  "/tdx/certification/v4/tcb?fmspc=90C06F000000"
#define CRL  "/sgx/certification/v4/pckcrl?ca=platform"
#define ROOT "/IntelSGXRootCA.der"

static void add_rule(pcs_service *service, const char *text)
{
    assay_error err = { .detail = "" };
    if (pcs_rules_add(&service->rules, SPAN_TEXT(text), &err) != ASSAY_OK)
        test_fail("%s: %s: %s", text, err.where, err.detail);
}

/* ---- Items ---- */

static assay_status admit_tcb(pcs_service *service, const pcs_reply *reply, admitted *item,
                              assay_error *err)
{
    arena memory = { NULL };
    assay_roots roots = { .count = 0 };
    assert_int_equal(assay_roots_add(&roots, bytes_span(&service->vendor.chains.root), NULL),
                     ASSAY_OK);
    const admission by = { .roots = &roots, .memory = &memory };
    char *chain = pcs_ask_chain(reply);
    assay_status status = admit_tcb_info(&by, bytes_span(&reply->body),
                                         SPAN_TEXT(chain != NULL ? chain : ""), item, err);
    free(chain);
    arena_free(&memory);
    return status;
}

static const struct {
    const char *rule;
    bool admitted;
    bool fresh; /* when it is admitted */
    int64_t issued;
    uint32_t number;
} item_rows[] = {
    { "warning", true, true, SIM_DEFAULT_NOW - SIM_HOUR, 19 },
    { "rollback=3", true, true, SIM_DEFAULT_NOW - SIM_HOUR - 3 * SIM_DAY, 19 },
    { "lower-number", true, true, SIM_DEFAULT_NOW - SIM_HOUR, 18 },
    { "expired=2", true, false, SIM_DEFAULT_NOW - 32 * SIM_DAY, 19 },
    { "not-yet=5", true, false, SIM_DEFAULT_NOW - SIM_HOUR + 5 * SIM_DAY, 19 },
    { "wrong-signature", false, false, 0, 0 },
    { "wrong-chain", false, false, 0, 0 },
    { "other-vendor", false, false, 0, 0 },
    { "no-chain", false, false, 0, 0 },
    { "garbage", false, false, 0, 0 },
    { "html", false, false, 0, 0 },
    { "empty", false, false, 0, 0 },
    { "flip=200", false, false, 0, 0 },
};

static void spoils_items(void **state)
{
    pcs_service *service = *state;
    for (size_t i = 0; i < COUNT_OF(item_rows); i++) {
        admitted item = { .issue_date = 0 };
        assay_error err;
        service->rules.count = 0;
        add_rule(service, item_rows[i].rule);
        pcs_reply reply = pcs_ask_well(service, TCB);
        assay_status status = admit_tcb(service, &reply, &item, &err);
        assert_row(item_rows[i].rule, status == ASSAY_OK, item_rows[i].admitted);
        if (status == ASSAY_OK) {
            bool fresh = admission_dates_check(&item, SIM_DEFAULT_NOW, "item", &err) == ASSAY_OK;
            assert_row(item_rows[i].rule, fresh, item_rows[i].fresh);
            assert_true(item.issue_date - item_rows[i].issued <= 60 &&
                        item_rows[i].issued - item.issue_date <= 60);
            assert_row(item_rows[i].rule, item.evaluation_number, item_rows[i].number);
        }
        pcs_reply_free(&reply);
    }
}

static void expires_crls_too(void **state)
{
    static const char *const targets[] = { CRL, ROOT };
    pcs_service *service = *state;
    arena memory = { NULL };
    assay_roots roots = { .count = 0 };
    assert_int_equal(assay_roots_add(&roots, bytes_span(&service->vendor.chains.root), NULL),
                     ASSAY_OK);
    const admission by = { .roots = &roots, .memory = &memory };
    add_rule(service, "expired");
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        admitted item;
        pcs_reply reply = pcs_ask_well(service, targets[i]);
        assay_span root = bytes_span(&service->vendor.chains.root);
        char *chain = pcs_ask_chain(&reply);
        assert_int_equal(
            chain != NULL
                ? admit_pck_crl(&by, bytes_span(&reply.body), SPAN_TEXT(chain), &item, NULL, NULL)
                : admit_root_crl(&by, bytes_span(&reply.body), root, &item, NULL, NULL, NULL),
            ASSAY_OK);
        assert_int_not_equal(admission_dates_check(&item, SIM_DEFAULT_NOW, "crl", NULL), ASSAY_OK);
        free(chain);
        pcs_reply_free(&reply);
    }
    arena_free(&memory);
}

static const struct {
    const char *target;
    const char *asked;
} others[] = {
    { TCB, "\"fmspc\":\"90C06F000000\"" },
    { "/sgx/certification/v4/qe/identity", "\"id\":\"QE\"" },
    { "/tdx/certification/v4/tcbevaluationdatanumbers", "\"id\":\"TDX\"" },
};

static void serves_another_item(void **state)
{
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        pcs_service *service = *state;
        service->rules.count = 0;
        pcs_reply good = pcs_ask_well(service, others[i].target);
        add_rule(service, "other-item");
        pcs_reply other = pcs_ask_well(service, others[i].target);
        assert_row(others[i].target, pcs_ask_has(&good, others[i].asked), true);
        assert_row(others[i].target, pcs_ask_has(&other, others[i].asked), false);
        pcs_reply_free(&good);
        pcs_reply_free(&other);
    }
}

/* ---- Replies and delivery ---- */

static void replaces_the_status(void **state)
{
    pcs_service *service = *state;
    add_rule(service, "status=503");
    pcs_reply reply = pcs_ask(service, TCB, NULL);
    assert_int_equal(reply.status, 503);
    assert_null(pcs_ask_chain(&reply));
    pcs_reply_free(&reply);
    service->rules.count = 0;
    add_rule(service, "rate-limit=7");
    reply = pcs_ask(service, TCB, NULL);
    assert_int_equal(reply.status, 429);
    assert_string_equal(pcs_ask_header(&reply, "Retry-After"), "7");
    pcs_reply_free(&reply);
}

static void says_how_to_deliver(void **state)
{
    pcs_service *service = *state;
    pcs_delivery delivery = { .wait_ms = 0 };
    add_rule(service, "latency=20");
    add_rule(service, "latency");
    add_rule(service, "slow-body=30");
    add_rule(service, "flood=12");
    add_rule(service, "truncate");
    add_rule(service, "disconnect");
    pcs_reply reply = pcs_ask_with(service, TCB, NULL, &delivery);
    assert_int_equal(delivery.wait_ms, 1020);
    assert_int_equal(delivery.drip_ms, 30);
    assert_int_equal(delivery.flood, 12);
    assert_true(delivery.truncated && delivery.disconnected);
    pcs_reply_free(&reply);
}

/* ---- Rules ---- */

static void strikes_what_it_is_meant_for(void **state)
{
    static const struct {
        const char *target;
        unsigned status;
    } steps[] = {
        { CRL, 200 }, { TCB, 200 }, { TCB, 503 }, { CRL, 200 }, { TCB, 503 }, { TCB, 200 },
    };
    pcs_service *service = *state;
    add_rule(service, "status,path=/tdx/*/tcb[?]*,skip=1,times=2");
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        pcs_reply reply = pcs_ask(service, steps[i].target, NULL);
        assert_row(steps[i].target, reply.status, steps[i].status);
        pcs_reply_free(&reply);
    }
    assert_int_equal(service->rules.rows[0].struck, 2);
}

static void lets_one_request_pass_in_a_while(void **state)
{
    pcs_rules rules = { .count = 0 };
    pcs_rule struck[PCS_RULE_MAX];
    (void)state;
    assert_int_equal(pcs_rules_add(&rules, SPAN_TEXT("throttle=10,path=/vcek/*"), NULL), ASSAY_OK);
    assert_int_equal(pcs_rules_strike(&rules, "/vcek/v1/Milan/crl", 1000, struck), 0);
    assert_int_equal(pcs_rules_strike(&rules, "/other", 1003, struck), 0);
    assert_int_equal(pcs_rules_strike(&rules, "/vcek/v1/Milan/crl", 1003, struck), 1);
    assert_int_equal(struck[0].value, 7);
    assert_int_equal(pcs_rules_strike(&rules, "/vcek/v1/Milan/crl", 1010, struck), 0);
    assert_int_equal(pcs_rules_strike(&rules, "/vcek/v1/Milan/crl", 1011, struck), 1);
    assert_int_equal(rules.rows[0].struck, 2);
}

static const struct {
    const char *what, *text;
} bad_rules[] = {
    { "nothing", "" },
    { "an unknown fault", "latencie=1" },
    { "no number", "latency=x" },
    { "a value where there is none", "garbage=1" },
    { "a status that is none", "status=99" },
    { "a status that is too high", "status=600" },
    { "an unknown limit", "garbage,when=3" },
    { "no count", "garbage,times=-1" },
};

static void refuses_bad_rules(void **state)
{
    pcs_service *service = *state;
    for (size_t i = 0; i < COUNT_OF(bad_rules); i++)
        assert_row(bad_rules[i].what,
                   pcs_rules_add(&service->rules, SPAN_TEXT(bad_rules[i].text), NULL), ASSAY_USAGE);
    assert_int_equal(service->rules.count, 0);
}

/* ---- Controls ---- */

/* The control's reply must have this status and, when `text` is not NULL, hold it. */
static void assert_control(pcs_service *service, const char *target, const char *body,
                           unsigned status, const char *text)
{
    pcs_reply reply = pcs_ask(service, target, body);
    assert_row(target, reply.status, status);
    if (text != NULL && !pcs_ask_has(&reply, text))
        test_fail("%s: %.*s, want %s", target, (int)reply.body.size, (const char *)reply.body.data,
                  text);
    pcs_reply_free(&reply);
}

static void takes_faults_while_it_runs(void **state)
{
    pcs_service *service = *state;
    assert_control(service, "/control/faults", "status=500,times=1\ngarbage,path=/none\n", 200,
                   "\"rule\":\"garbage,path=/none\"");
    assert_control(service, TCB, NULL, 500, NULL);
    assert_control(service, TCB, NULL, 200, NULL);
    assert_control(service, "/control/faults", NULL, 200, "\"struck\":1,\"left\":0");
    assert_control(service, "/control/faults", "empty\nnonsense\n", 400, "nonsense");
    assert_int_equal(service->rules.count, 2);
    assert_control(service, "/control/reset", "", 200, "[]");
    assert_control(service, "/control/nothing", NULL, 404, NULL);
}

static void keeps_a_log(void **state)
{
    pcs_service *service = *state;
    assert_control(service, "/control/reset", "", 200, NULL);
    for (int i = 0; i < 3; i++)
        assert_control(service, TCB, NULL, 200, NULL);
    assert_control(service, CRL, NULL, 200, NULL);
    assert_control(service, "/control/log", NULL, 200,
                   "\"path\":\"/tdx/certification/v4/tcb\",\"count\":3");
    assert_control(service, "/control/log?path=*pckcrl*", NULL, 200,
                   "\"requests\":[{\"method\":\"GET\",\"target\":\"" CRL "\",\"status\":200}]");
    assert_control(service, "/control/count?path=*fmspc=90C06F*", NULL, 200, "3\n");
    assert_control(service, "/control/count", NULL, 200, "4\n");
    for (size_t i = 0; i < PCS_LOG_MAX; i++)
        assert_control(service, "/x", NULL, 404, NULL);
    assert_control(service, "/control/count", NULL, 200, "4096\n");
    assert_control(service, "/control/log?path=none", NULL, 200, "\"total\":4100");
}

static void follows_the_clock(void **state)
{
    pcs_service *service = *state;
    assert_control(service, "/control/clock", NULL, 200, "\"standard\":19,\"early\":20");
    assert_control(service, TCB, NULL, 200, "\"issueDate\":\"2026-06-01T11:00:00Z\"");
    assert_control(service, "/control/clock?advance=86400", "", 200, NULL);
    assert_control(service, TCB, NULL, 200, "\"issueDate\":\"2026-06-02T11:00:00Z\"");
    assert_control(service, "/control/clock?now=2027-06-01T00:00:00Z", "", 200,
                   "\"standard\":20,\"early\":22");
    assert_control(service, TCB, NULL, 200, "\"tcbEvaluationDataNumber\":20");
    assert_control(service, TCB "&tcbEvaluationDataNumber=18", NULL, 410, NULL);
    assert_control(service, "/control/clock", "", 400, NULL);
    assert_control(service, "/control/clock?now=noon", "", 400, NULL);
}

static void moves_recoveries(void **state)
{
    pcs_service *service = *state;
    assert_control(service, TCB "&tcbEvaluationDataNumber=21", NULL, 404, NULL);
    assert_control(service, "/control/recovery?number=21&event=2026-05-31T00:00:00Z", "", 200,
                   "\"early\":21");
    assert_control(service, TCB "&update=early", NULL, 200, "\"tcbEvaluationDataNumber\":21");
    assert_control(service, "/control/recovery?number=99&event=2026-05-31T00:00:00Z", "", 400,
                   NULL);
    assert_control(service, "/control/recovery?number=21", "", 400, NULL);
}

static int begin(void **state)
{
    *state = pcs_ask_begin();
    return 0;
}

static int end(void **state)
{
    pcs_ask_end(*state);
    return 0;
}

#define WITH_SERVICE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVICE(spoils_items),
        WITH_SERVICE(expires_crls_too),
        WITH_SERVICE(serves_another_item),
        WITH_SERVICE(replaces_the_status),
        WITH_SERVICE(says_how_to_deliver),
        WITH_SERVICE(strikes_what_it_is_meant_for),
        WITH_SERVICE(lets_one_request_pass_in_a_while),
        WITH_SERVICE(refuses_bad_rules),
        WITH_SERVICE(takes_faults_while_it_runs),
        WITH_SERVICE(keeps_a_log),
        WITH_SERVICE(follows_the_clock),
        WITH_SERVICE(moves_recoveries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
