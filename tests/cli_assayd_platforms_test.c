/* cli_assayd_platforms_test.c: platforms, imports, policies and baselines against assayd and a
 * simulated vendor, over HTTP as operators and quote providers do it. collateral-service.md 1, 4,
 * 7.6 to 7.9, 7.13. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assayd_vendor.h"
#include "support.h"

#define PLATFORMS "/sgx/certification/v4/platforms"
#define PCKCERT   "/sgx/certification/v4/pckcert"
#define BASELINES "/assay/v1/baselines"

/* Below /assay/v1 tokens come in one way. */
#define BEARER "Authorization: Bearer admin\r\n"

enum { TARGET_SIZE = 2048 };

/* ---- Platforms of the vendor's fleet ---- */

/* What `assay-sim fleet` writes; free(). */
static char *fleet(const char *form, const char *first, const char *count)
{
    command_result result =
        command_run((const char *const[]) { getenv("ASSAY_SIM"), "fleet", "--format", form,
                                            "--first", first, "--count", count, NULL },
                    NO_INPUT);
    assert_int_equal(result.exit_code, 0);
    char *text = strdup(result.out);
    assert_non_null(text);
    command_free(&result);
    return text;
}

/* A member of the first object in a line of registrations. */
static void member_of(const char *line, const char *name, char *out, size_t size)
{
    char pattern[40];
    snprintf(pattern, sizeof(pattern), "\"%s\":\"", name);
    const char *at = strstr(line, pattern);
    assert_non_null(at);
    at += strlen(pattern);
    snprintf(out, size, "%.*s", (int)strcspn(at, "\""), at);
}

static void question_of(const char *line, const char *prefix, bool with_ppid, char out[TARGET_SIZE])
{
    char qe_id[64], pce_id[8], cpu_svn[40], pce_svn[8], ppid[800];
    member_of(line, "qe_id", qe_id, sizeof(qe_id));
    member_of(line, "pce_id", pce_id, sizeof(pce_id));
    member_of(line, "cpu_svn", cpu_svn, sizeof(cpu_svn));
    member_of(line, "pce_svn", pce_svn, sizeof(pce_svn));
    member_of(line, "enc_ppid", ppid, sizeof(ppid));
    snprintf(out, TARGET_SIZE, "%s" PCKCERT "?qeid=%s&cpusvn=%s&pcesvn=%s&pceid=%s%s%s", prefix,
             qe_id, cpu_svn, pce_svn, pce_id, with_ppid ? "&encrypted_ppid=" : "",
             with_ppid ? ppid : "");
}

static void send_expecting(uint16_t port, const char *method, const char *target,
                           const char *headers, const char *body, unsigned code)
{
    http_called called = http_call(port, method, target, headers, body);
    if (called.code != code)
        test_fail("%s %.120s: %u %.300s, want %u", method, target, called.code, called.body, code);
    http_called_free(&called);
}

static assayd_process started(const char *more)
{
    vendor_faults("");
    return assayd_with(more);
}

/* ---- Registration ---- */

static void rule_9_registering_needs_a_token(void **state)
{
    (void)state;
    char *line = fleet("platforms", "0", "1");
    assayd_process assayd = started("");
    send_expecting(assayd.port, "POST", PLATFORMS, NULL, line, 401);
    send_expecting(assayd.port, "POST", PLATFORMS, "user-token: wrong\r\n", line, 401);
    send_expecting(assayd.port, "GET", PLATFORMS, NULL, NULL, 401);
    send_expecting(assayd.port, "PUT", "/sgx/certification/v4/platformcollateral", NULL, "{}", 401);
    send_expecting(assayd.port, "POST", PLATFORMS, ADMIN_HEADERS, line, 200);
    assayd_stop(&assayd);
    free(line);
}

static void a_registered_platform_survives_a_crash(void **state)
{
    (void)state;
    char question[TARGET_SIZE];
    char *line = fleet("platforms", "1", "1");
    question_of(line, "", false, question);
    assayd_process assayd = started("");
    send_expecting(assayd.port, "GET", question, NULL, NULL, 461);
    send_expecting(assayd.port, "POST", PLATFORMS, ADMIN_HEADERS, line, 200);
    assayd_kill(&assayd);
    assayd = assayd_again(&assayd, "[upstream]\nmode = offline\n");
    http_called called = http_call(assayd.port, "GET", question, NULL, NULL);
    assert_int_equal(called.code, 200);
    assert_non_null(strstr(called.body, "-----BEGIN CERTIFICATE-----"));
    assert_int_equal(strlen(http_called_header(&called, "SGX-TCBm")), 36);
    assert_int_equal(strlen(http_called_header(&called, "SGX-FMSPC")), 12);
    assert_non_null(strstr(http_called_header(&called, "SGX-PCK-Certificate-Issuer-Chain"),
                           "-----END%20CERTIFICATE-----"));
    assert_string_equal(http_called_header(&called, "Content-Type"), "application/x-pem-file");
    http_called_free(&called);
    assayd_stop(&assayd);
    free(line);
}

static void rule_5_certificates_tell_their_age(void **state)
{
    (void)state;
    char question[TARGET_SIZE];
    char *line = fleet("platforms", "3", "1");
    question_of(line, "", true, question);
    assayd_process assayd = started("");
    for (unsigned i = 0; i < 2; i++) { /* filled, then known */
        http_called called = http_call(assayd.port, "GET", question, NULL, NULL);
        assert_int_equal(called.code, 200);
        assert_string_not_equal(http_called_header(&called, "Age"), "");
        http_called_free(&called);
        question_of(line, "", false, question);
        send_expecting(assayd.port, "POST", PLATFORMS, ADMIN_HEADERS, line, 200);
    }
    assayd_stop(&assayd);
    free(line);
}

static void refusals_have_an_error_code(void **state)
{
    (void)state;
    static const char *const bodies[] = { "", "{}", "[]", "{\"qe_id\":\"xy\"}" };
    assayd_process assayd = started("");
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        http_called called = http_call(assayd.port, "POST", PLATFORMS, ADMIN_HEADERS, bodies[i]);
        assert_int_equal(called.code, 400);
        assert_string_not_equal(http_called_header(&called, "Error-Code"), "");
        http_called_free(&called);
    }
    assayd_stop(&assayd);
}

static void guests_ask_as_in_azure(void **state)
{
    (void)state;
    char question[TARGET_SIZE];
    char *line = fleet("platforms", "2", "1");
    question_of(line, "/metadata/THIM", false, question);
    assayd_process assayd = started("");
    send_expecting(assayd.port, "POST", PLATFORMS, ADMIN_HEADERS, line, 200);
    send_expecting(assayd.port, "GET", question, NULL, NULL, 400);
    send_expecting(assayd.port, "GET", question, "Metadata: true\r\nX-Forwarded-For: 1.2.3.4\r\n",
                   NULL, 400);
    http_called called = http_call(assayd.port, "GET", question, "Metadata: true\r\n", NULL);
    assert_int_equal(called.code, 200);
    assert_non_null(strstr(called.body, "\"sgx-Pck-Certificate-Issuer-Chain\""));
    http_called_free(&called);
    assayd_stop(&assayd);
    free(line);
}

static void rule_6_an_unknown_platform_is_filled_once_and_not_stored(void **state)
{
    (void)state;
    char question[TARGET_SIZE];
    char *line = fleet("platforms", "3", "1");
    question_of(line, "", true, question);
    assayd_process assayd = started("");
    expect_code(&assayd, question, 200);
    const unsigned calls = vendor_count("*pckcerts*");
    expect_code(&assayd, question, 200);
    assert_int_equal(vendor_count("*pckcerts*"), calls);
    http_called called = get(&assayd, PLATFORMS "?source=[]", ADMIN_HEADERS, 200);
    assert_string_equal(called.body, "[]");
    assert_string_equal(http_called_header(&called, "platform-count"), "0");
    http_called_free(&called);
    assayd_stop(&assayd);
    free(line);
}

static void wrong_questions(void **state)
{
    (void)state;
    static const char *const targets[] = {
        PCKCERT,
        PCKCERT "?qeid=00&cpusvn=00&pcesvn=0000&pceid=0000",
        PCKCERT "?qeid=00&cpusvn=00000000000000000000000000000000&pcesvn=0000",
        PCKCERT "?qeid=xy&cpusvn=00000000000000000000000000000000&pcesvn=0000&pceid=0000",
        PCKCERT "?qeid=00&cpusvn=00000000000000000000000000000000&pcesvn=0000&pceid=0000&x=1",
        PCKCERT "?qeid=00&qeid=00&cpusvn=00000000000000000000000000000000&pcesvn=0000&pceid=0000",
        "/sgx/certification/v4/appraisalpolicy",
        "/sgx/certification/v4/appraisalpolicy?fmspc=00",
    };
    assayd_process assayd = started("");
    for (size_t i = 0; i < COUNT_OF(targets); i++)
        expect_code(&assayd, targets[i], 400);
    assayd_stop(&assayd);
}

/* ---- Imports ---- */

static void rule_13_a_fleet_is_imported_served_and_exported(void **state)
{
    (void)state;
    char question[TARGET_SIZE];
    char *lines = fleet("ndjson", "0", "40");
    assayd_process assayd = started("");
    send_expecting(assayd.admin_port, "POST", "/assay/v1/import?form=ndjson", NULL, lines, 401);
    http_called called =
        http_call(assayd.admin_port, "POST", "/assay/v1/import?form=ndjson", BEARER, lines);
    assert_int_equal(called.code, 200);
    assert_non_null(strstr(called.body, "\"platforms\":40,"));
    http_called_free(&called);
    for (const char *line = lines; *line != '\0'; line = strchr(line, '\n') + 1) {
        question_of(line, "", false, question);
        expect_code(&assayd, question, 200);
    }
    called =
        http_call(assayd.admin_port, "GET", "/assay/v1/export?form=ndjson&limit=7", BEARER, NULL);
    assert_int_equal(called.code, 200);
    assert_string_not_equal(http_called_header(&called, "Assay-Next-Cursor"), "");
    http_called_free(&called);
    send_expecting(assayd.admin_port, "POST", "/assay/v1/import?form=ndjson", BEARER,
                   "{\"qe_id\":\"00\"}", 400);
    assayd_stop(&assayd);
    free(lines);
}

static void rule_13_an_offline_service_lives_on_a_file(void **state)
{
    (void)state;
    char question[TARGET_SIZE];
    char *file = fleet("platformcollateral", "5", "2"), *line = fleet("platforms", "5", "1");
    question_of(line, "", false, question);
    assayd_process assayd = started("[upstream]\nmode = offline\n");
    expect_code(&assayd, question, 461);
    send_expecting(assayd.port, "POST", PLATFORMS, ADMIN_HEADERS, line, 200);
    http_called called = get(&assayd, PLATFORMS, ADMIN_HEADERS, 200);
    assert_string_equal(http_called_header(&called, "platform-count"), "1");
    http_called_free(&called);
    send_expecting(assayd.port, "PUT", "/sgx/certification/v4/platformcollateral", ADMIN_HEADERS,
                   file, 200);
    expect_code(&assayd, question, 200);
    called = get(&assayd, PLATFORMS, ADMIN_HEADERS, 200);
    assert_string_equal(http_called_header(&called, "platform-count"), "0");
    http_called_free(&called);
    assert_int_equal(vendor_count("*"), 0);
    assayd_stop(&assayd);
    free(line);
    free(file);
}

/* ---- Baselines ---- */

static unsigned evaluation_number(const assayd_process *assayd, const char *target)
{
    http_called called = get(assayd, target, NULL, 200);
    const char *at = strstr(called.body, "\"tcbEvaluationDataNumber\":");
    assert_non_null(at);
    const unsigned number =
        (unsigned)strtoul(at + strlen("\"tcbEvaluationDataNumber\":"), NULL, 10);
    http_called_free(&called);
    return number;
}

static void rule_7_plan_promote_and_roll_back(void **state)
{
    (void)state;
    char *lines = fleet("ndjson", "0", "40");
    assayd_process assayd = started("");
    send_expecting(assayd.admin_port, "POST", "/assay/v1/import?form=ndjson", BEARER, lines, 200);
    const unsigned before = evaluation_number(&assayd, SGX_TCB);
    http_called called =
        http_call(assayd.admin_port, "POST", BASELINES "/early/plan", BEARER, NULL);
    assert_int_equal(called.code, 200);
    assert_non_null(strstr(called.body, " platforms of FMSPC "));
    assert_non_null(strstr(called.body, "\"by\":[{\"component\":\""));
    http_called_free(&called);
    assert_int_equal(evaluation_number(&assayd, SGX_TCB), before); /* planning changes nothing */
    send_expecting(assayd.admin_port, "POST", BASELINES "/early/promote", BEARER, NULL, 200);
    assert_int_equal(evaluation_number(&assayd, SGX_TCB), before + 1);
    assert_int_equal(evaluation_number(&assayd, "/b/standard" SGX_TCB), before);
    send_expecting(assayd.admin_port, "POST", BASELINES "/default/rollback", BEARER, NULL, 200);
    assert_int_equal(evaluation_number(&assayd, SGX_TCB), before);
    called = http_call(assayd.admin_port, "GET", "/assay/v1/audit", BEARER, NULL);
    assert_non_null(strstr(called.body, "\"action\":\"baseline.promote\""));
    assert_non_null(strstr(called.body, "\"action\":\"baseline.rollback\""));
    http_called_free(&called);
    assayd_stop(&assayd);
    free(lines);
}

static void rule_7_a_tenants_own_baseline(void **state)
{
    (void)state;
    char body[256];
    assayd_process assayd = started("");
    const unsigned standard = evaluation_number(&assayd, SGX_TCB);
    snprintf(body, sizeof(body),
             "{\"rules\":[{\"tee\":\"sgx\",\"fmspc\":\"" SGX_FMSPC "\",\"number\":%u}]}",
             standard - 1);
    send_expecting(assayd.port, "GET", "/b/tenant" SGX_TCB, NULL, NULL, 404);
    send_expecting(assayd.admin_port, "PUT", BASELINES "/tenant", NULL, body, 401);
    send_expecting(assayd.admin_port, "PUT", BASELINES "/tenant", BEARER, body, 200);
    assert_int_equal(evaluation_number(&assayd, "/b/tenant" SGX_TCB), standard - 1);
    assert_int_equal(evaluation_number(&assayd, SGX_TCB), standard);
    http_called called = get(&assayd, SGX_TCB, "Assay-Baseline: tenant\r\n", 200);
    assert_string_equal(http_called_header(&called, "Assay-Baseline"), "tenant");
    http_called_free(&called);
    assayd_stop(&assayd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_9_registering_needs_a_token),
        cmocka_unit_test(a_registered_platform_survives_a_crash),
        cmocka_unit_test(rule_5_certificates_tell_their_age),
        cmocka_unit_test(refusals_have_an_error_code),
        cmocka_unit_test(guests_ask_as_in_azure),
        cmocka_unit_test(rule_6_an_unknown_platform_is_filled_once_and_not_stored),
        cmocka_unit_test(wrong_questions),
        cmocka_unit_test(rule_13_a_fleet_is_imported_served_and_exported),
        cmocka_unit_test(rule_13_an_offline_service_lives_on_a_file),
        cmocka_unit_test(rule_7_plan_promote_and_roll_back),
        cmocka_unit_test(rule_7_a_tenants_own_baseline),
    };
    return cmocka_run_group_tests(tests, NULL, vendor_end);
}
