/* cli_assayd_api_test.c: what vendors publish, asked of assayd: rules 4 and 5 of
 * collateral-service.md 7, and the forms of sections 1, 3, 4 and 5. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assayd_vendor.h"
#include "serve/choose.h"
#include "serve/openapi.h"
#include "serve/route_index.h"
#include "support.h"

#define SGX "/sgx/certification/v4"
#define V3  "/sgx/certification/v3"
#define TDX "/tdx/certification/v4"
#define CHIP                                                                                       \
    "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"                             \
    "2122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40"

static assayd_process assayd;

static int start(void **state)
{
    (void)state;
    vendor_faults("");
    assayd = assayd_with(NULL);
    return 0;
}

static int stop(void **state)
{
    assayd_stop(&assayd);
    return vendor_end(state);
}

/* ---- What the API's description says
 * -------------------------------------------------------------- */

/* docs/openapi.json is written from these rows: serve_openapi_test. */
static void described(const char *target, unsigned code)
{
    static route_index *rows;
    assay_span path = SPAN_TEXT(target), rest, baseline;
    const uint8_t *query = memchr(path.data, '?', path.size);
    if (rows == NULL)
        assert_int_equal(route_index_new(route_tables, route_table_count, &rows, NULL), ASSAY_OK);
    if (query != NULL)
        path.size = (size_t)(query - path.data);
    const route_group *group = route_index_find(rows, choose_path(path, &baseline), &rest);
    if (group == NULL && code != 404)
        test_fail("%s: %u, but no row has that path", target, code);
    if (group != NULL && !openapi_has_code(route_group_row(group, HTTP_GET), code))
        test_fail("%s: %u is not in the API's description", target, code);
}

/* ---- Every row of the table of endpoints ------------------------------------------------------
 */

typedef struct endpoint {
    const char *target;
    const char *type;
    const char *chain; /* the header that must hold an issuer chain; NULL: none */
    const char *begins;
} endpoint;

static const endpoint endpoints[] = {
    { SGX "/tcb?fmspc=" SGX_FMSPC, "application/json", "TCB-Info-Issuer-Chain", "{\"tcbInfo\":" },
    { SGX "/tcb?fmspc=" SGX_FMSPC, "application/json", "SGX-TCB-Info-Issuer-Chain",
      "{\"tcbInfo\":" },
    { SGX "/tcb?fmspc=" SGX_FMSPC "&update=standard", "application/json", "TCB-Info-Issuer-Chain",
      "{\"tcbInfo\":" },
    { SGX "/tcb?update=early&fmspc=00906ed50000", "application/json", "TCB-Info-Issuer-Chain",
      "{\"tcbInfo\":" },
    { V3 "/tcb?fmspc=" SGX_FMSPC, "application/json", "SGX-TCB-Info-Issuer-Chain",
      "{\"tcbInfo\":" },
    { TDX_TCB, "application/json", "TCB-Info-Issuer-Chain", "{\"tcbInfo\":{\"id\":\"TDX\"" },
    { SGX "/qe/identity", "application/json", "SGX-Enclave-Identity-Issuer-Chain",
      "{\"enclaveIdentity\":{\"id\":\"QE\"" },
    { V3 "/qe/identity", "application/json", "SGX-Enclave-Identity-Issuer-Chain",
      "{\"enclaveIdentity\":{\"id\":\"QE\"" },
    { TDX "/qe/identity?update=standard", "application/json", "SGX-Enclave-Identity-Issuer-Chain",
      "{\"enclaveIdentity\":{\"id\":\"TD_QE\"" },
    { SGX "/qve/identity", "application/json", "SGX-Enclave-Identity-Issuer-Chain",
      "{\"enclaveIdentity\":{\"id\":\"QVE\"" },
    { SGX "/qae/identity", "application/json", "SGX-Enclave-Identity-Issuer-Chain",
      "{\"enclaveIdentity\":{\"id\":\"QAE\"" },
    { SGX "/pckcrl?ca=processor", "application/x-pem-file", "SGX-PCK-CRL-Issuer-Chain", "3082" },
    { SGX "/pckcrl?ca=Platform", "application/x-pem-file", "SGX-PCK-CRL-Issuer-Chain", "3082" },
    { V3 "/pckcrl?ca=platform", "application/x-pem-file", "SGX-PCK-CRL-Issuer-Chain", "3082" },
    { SGX "/pckcrl?ca=platform&encoding=der", "application/pkix-crl", "SGX-PCK-CRL-Issuer-Chain",
      "\x30\x82" },
    { SGX "/pckcrl?ca=platform&encoding=pem", "application/x-pem-file", "SGX-PCK-CRL-Issuer-Chain",
      "-----BEGIN X509 CRL-----\n" },
    { SGX "/rootcacrl", "application/pkix-crl", "SGX-PCK-CRL-Issuer-Chain", "3082" },
    { SGX "/crl?uri=https://certificates.trustedservices.intel.com/IntelSGXRootCA.der",
      "application/pkix-crl", "SGX-PCK-CRL-Issuer-Chain", "\x30\x82" },
    { SGX "/crl?uri=https://api.trustedservices.intel.com/sgx/certification/v4/"
          "pckcrl?ca=platform&encoding=der",
      "application/pkix-crl", "SGX-PCK-CRL-Issuer-Chain", "\x30\x82" },
    { SGX "/pckcrl?uri=https%253A%252F%252Fapi.trustedservices.intel.com%252Fsgx%252F"
          "certification%252Fv4%252Fpckcrl%253Fca%253Dprocessor%2526encoding%253Dder&clientid=x",
      "application/pkix-crl", "SGX-PCK-CRL-Issuer-Chain", "\x30\x82" },
    { SGX "/tcbevaluationdatanumbers", "application/json",
      "TCB-Evaluation-Data-Numbers-Issuer-Chain", "{\"tcbEvaluationDataNumbers\":{\"id\":\"SGX\"" },
    { TDX "/tcbevaluationdatanumbers", "application/json",
      "TCB-Evaluation-Data-Numbers-Issuer-Chain", "{\"tcbEvaluationDataNumbers\":{\"id\":\"TDX\"" },
    { SGX "/fmspcs", "application/json", NULL, "[{\"fmspc\":" },
    { SGX "/fmspcs?platform=E3", "application/json", NULL, "[{\"fmspc\":\"00906ED50000\"" },
    { "/vcek/v1/Milan/cert_chain", "application/x-pem-file", NULL, "-----BEGIN CERTIFICATE-----" },
    { "/vlek/v1/Genoa/cert_chain", "application/x-pem-file", NULL, "-----BEGIN CERTIFICATE-----" },
    { "/vcek/v1/Turin/crl", "application/pkix-crl", NULL, "\x30\x82" },
    { "/vcek/v1/Milan/" CHIP "?blSPL=3&teeSPL=0&snpSPL=8&ucodeSPL=115",
      "application/x-x509-ca-cert", NULL, "\x30\x82" },
    { "/vcek/v1/Turin/0102030405060708?fmcSPL=1&blSPL=1&teeSPL=0&snpSPL=3&ucodeSPL=70",
      "application/x-x509-ca-cert", NULL, "\x30\x82" },
    { "/SevSnpVM/certificates/" CHIP "/7308000000000003?api-version=2020-10-15-preview",
      "application/x-pem-file", NULL, "-----BEGIN CERTIFICATE-----" },
    { "/assay/v1/collateral?fmspc=" SGX_FMSPC "&tee=sgx&ca=processor", "application/json", NULL,
      "{" },
};

static void every_endpoint_answers_in_its_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(endpoints); i++) {
        const endpoint *row = &endpoints[i];
        http_called called = get(&assayd, row->target, NULL, 200);
        if (strcmp(http_called_header(&called, "Content-Type"), row->type) != 0)
            test_fail("%s: type %s", row->target, http_called_header(&called, "Content-Type"));
        if (called.body_size < strlen(row->begins) ||
            memcmp(called.body, row->begins, strlen(row->begins)) != 0)
            test_fail("%s: begins with %.40s", row->target, called.body);
        if (row->chain != NULL && strncmp(http_called_header(&called, row->chain),
                                          "-----BEGIN%20CERTIFICATE-----%0A", 32) != 0)
            test_fail("%s: no %s", row->target, row->chain);
        described(row->target, called.code);
        http_called_free(&called);
    }
}

static void version_3_says_that_it_has_ended(void **state)
{
    (void)state;
    static const char *const targets[] = { V3 "/tcb?fmspc=" SGX_FMSPC, V3 "/qe/identity",
                                           V3 "/qve/identity", V3 "/pckcrl?ca=platform",
                                           V3 "/rootcacrl" };
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        http_called called = get(&assayd, targets[i], NULL, 200);
        if (strncmp(http_called_header(&called, "Warning"), "299 - \"", 7) != 0)
            test_fail("%s: Warning: %s", targets[i], http_called_header(&called, "Warning"));
        http_called_free(&called);
    }
}

/* ---- Rule 4: nothing is ignored ----------------------------------------------------------------
 */

typedef struct refused_row {
    const char *target;
    unsigned code;
    const char *name; /* of the error, in Error-Code; NULL: any */
} refused_row;

static const refused_row refused[] = {
    { SGX "/tcb", 400, "missing_parameter" },
    { SGX "/tcb?fmspc=" SGX_FMSPC "&fmspc=" SGX_FMSPC, 400, "repeated_parameter" },
    { SGX "/tcb?fmspc=" SGX_FMSPC "&tcbEvaluationDataNumbr=17", 400, "unknown_parameter" },
    { SGX "/tcb?fmspc=" SGX_FMSPC "&tcbevaluationdatanumber=17", 400, "unknown_parameter" },
    { SGX "/tcb?fmspc=" SGX_FMSPC "&update=standard&tcbEvaluationDataNumber=17", 400,
      "contradictory_parameters" },
    { SGX "/tcb?fmspc=" SGX_FMSPC "&update=early&tcbEvaluationDataNumber=17", 400,
      "contradictory_parameters" },
    { SGX "/tcb?fmspc=" SGX_FMSPC "&tcbEvaluationDataNumber=0", 400, "bad_parameter" },
    { SGX "/tcb?fmspc=" SGX_FMSPC "&tcbEvaluationDataNumber=x", 400, "bad_parameter" },
    { SGX "/tcb?fmspc=" SGX_FMSPC "&update=late", 400, "bad_parameter" },
    { SGX "/tcb?fmspc=00906ED5000", 400, "bad_parameter" },
    { SGX "/tcb?fmspc=" SGX_FMSPC "&tcbEvaluationDataNumber=16", 410, "fetch_retired" },
    /* The vendor never had it: its word counts, whatever numbers are cached. */
    { SGX "/tcb?fmspc=" SGX_FMSPC "&tcbEvaluationDataNumber=15", 404, "fetch_not_found" },
    { SGX "/tcb?fmspc=" SGX_FMSPC "&tcbEvaluationDataNumber=9999", 404, NULL },
    { SGX "/qe/identity?tcbEvaluationDataNumber=16", 410, "fetch_retired" },
    { SGX "/qe/identity?fmspc=" SGX_FMSPC, 400, "unknown_parameter" },
    { SGX "/qe/identity?update=early&update=early", 400, "repeated_parameter" },
    { SGX "/pckcrl", 400, "missing_parameter" },
    { SGX "/pckcrl?ca=root", 400, "bad_parameter" },
    { SGX "/pckcrl?ca=platform&encoding=base64", 400, "bad_parameter" },
    { SGX "/pckcrl?ca=platform&uri=https://certificates.trustedservices.intel.com/"
          "IntelSGXRootCA.der",
      400, "contradictory_parameters" },
    { SGX "/rootcacrl?encoding=der", 400, "unknown_parameter" },
    { SGX "/crl", 400, "missing_parameter" },
    { SGX "/crl?uri=", 400, "bad_parameter" },
    { SGX "/crl?uri=https://certificates.trustedservices.intel.com/IntelSGXRootCA.der?x", 400,
      "unknown_uri" },
    { SGX "/crl?uri=https://certificates.trustedservices.intel.com/IntelSGXRootCA.derr", 400,
      "unknown_uri" },
    { SGX "/crl?uri=http://certificates.trustedservices.intel.com/IntelSGXRootCA.der", 400,
      "unknown_uri" },
    { SGX "/fmspcs?platform=E4", 400, "bad_parameter" },
    { SGX "/tcbevaluationdatanumbers?update=early", 400, "unknown_parameter" },
    { TDX "/pckcrl?ca=platform", 404, "not_found" },
    { TDX "/rootcacrl", 404, "not_found" },
    { V3 "/qae/identity", 404, "not_found" },
    { V3 "/tcbevaluationdatanumbers", 404, "not_found" },
    { SGX "/tcb/", 404, "not_found" },
    { SGX "/TCB?fmspc=" SGX_FMSPC, 404, "not_found" },
    { "/", 404, "not_found" },
    { "/vcek/v1/Milan/" CHIP "?blSPL=3&teeSPL=0&snpSPL=8", 400, "missing_parameter" },
    { "/vcek/v1/Milan/" CHIP "?blSPL=3&teeSPL=0&snpSPL=8&ucodeSPL=115&fmcSPL=1", 400,
      "unknown_parameter" },
    { "/vcek/v1/Milan/" CHIP "?blSPL=256&teeSPL=0&snpSPL=8&ucodeSPL=115", 400, "bad_parameter" },
    { "/vcek/v1/Milan/0102?blSPL=3&teeSPL=0&snpSPL=8&ucodeSPL=115", 400, "bad_parameter" },
    { "/vcek/v1/Rome/cert_chain", 404, "not_found" },
    { "/assay/v1/collateral?fmspc=" SGX_FMSPC, 400, "missing_parameter" },
    { "/assay/v1/collateral?fmspc=" SGX_FMSPC "&tee=snp", 400, "bad_parameter" },
};

static void rule_4_unknown_and_contradictory_parameters_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        http_called called = get(&assayd, refused[i].target, NULL, refused[i].code);
        if (refused[i].name != NULL &&
            strcmp(http_called_header(&called, "Error-Code"), refused[i].name) != 0)
            test_fail("%s: %s", refused[i].target, http_called_header(&called, "Error-Code"));
        assert_string_equal(http_called_header(&called, "Cache-Control"), "no-store");
        described(refused[i].target, called.code);
        http_called_free(&called);
    }
}

static void rule_4_known_clients_may_say_what_they_say(void **state)
{
    (void)state;
    expect_code(&assayd, SGX "/tcb?fmspc=" SGX_FMSPC "&clientid=production_client", 200);
    expect_code(&assayd, SGX "/qe/identity?api-version=2018-10-01-preview", 200);
    /* region=eastus */
    expect_code(&assayd, SGX "/rootcacrl?customParameter=cmVnaW9uPWVhc3R1cw%3D%3D", 200);
}

static void rule_4_evaluation_numbers_choose_what_is_served(void **state)
{
    (void)state;
    http_called called =
        get(&assayd, SGX "/tcb?fmspc=" SGX_FMSPC "&tcbEvaluationDataNumber=18", NULL, 200);
    assert_non_null(strstr(called.body, "\"tcbEvaluationDataNumber\":18,"));
    assert_string_equal(http_called_header(&called, "Assay-Baseline"), "pinned-18");
    http_called_free(&called);
}

/* ---- Who chooses the baseline
 * -------------------------------------------------------------------- */

typedef struct choice_row {
    const char *what;
    const char *target, *headers;
    unsigned code;
    const char *baseline; /* that the reply names */
    const char *number;   /* in the body; NULL: any */
} choice_row;

/* region=eastus&tcbevaluationdatanumber=18, and of 17 */
#define CUSTOM_18 "customParameter=cmVnaW9uPWVhc3R1cyZ0Y2JldmFsdWF0aW9uZGF0YW51bWJlcj0xOA%3D%3D"
#define CUSTOM_17 "customParameter=dGNiZXZhbHVhdGlvbmRhdGFudW1iZXI9MTc%3D"

static const choice_row choices[] = {
    { "nobody", SGX_TCB, NULL, 200, "standard", NULL },
    { "by URL", "/b/pinned-18" SGX_TCB, NULL, 200, "pinned-18", "Number\":18," },
    { "by URL, with what QPL always sends", "/b/pinned-18" SGX_TCB "&update=standard", NULL, 200,
      "pinned-18", "Number\":18," },
    { "by header", SGX_TCB, "Assay-Baseline: pinned-18\r\n", 200, "pinned-18", "Number\":18," },
    { "by customParameter", SGX_TCB "&" CUSTOM_18, NULL, 200, "pinned-18", "Number\":18," },
    { "by number", SGX_TCB "&tcbEvaluationDataNumber=18", NULL, 200, "pinned-18", "Number\":18," },
    { "by channel", SGX_TCB "&update=early", NULL, 200, "early", NULL },
    { "twice the same", "/b/pinned-18" SGX_TCB "&tcbEvaluationDataNumber=18",
      "Assay-Baseline: pinned-18\r\n", 200, "pinned-18", "Number\":18," },
    { "URL and header differ", "/b/pinned-18" SGX_TCB, "Assay-Baseline: standard\r\n", 400, NULL,
      NULL },
    { "URL and number differ", "/b/pinned-18" SGX_TCB "&tcbEvaluationDataNumber=17", NULL, 400,
      NULL, NULL },
    { "URL and channel differ", "/b/pinned-18" SGX_TCB "&update=early", NULL, 400, NULL, NULL },
    { "header and customParameter differ", SGX_TCB "&" CUSTOM_18, "Assay-Baseline: early\r\n", 400,
      NULL, NULL },
    { "number and customParameter differ", SGX_TCB "&tcbEvaluationDataNumber=18&" CUSTOM_17, NULL,
      400, NULL, NULL },
    { "customParameter twice", SGX_TCB "&" CUSTOM_18 "&" CUSTOM_18, NULL, 400, NULL, NULL },
    { "the header twice", SGX_TCB, "Assay-Baseline: early\r\nAssay-Baseline: early\r\n", 400, NULL,
      NULL },
    { "an empty header", SGX_TCB, "Assay-Baseline: \r\n", 400, NULL, NULL },
    { "unknown, by URL", "/b/nosuch" SGX_TCB, NULL, 404, NULL, NULL },
    { "unknown, by header", SGX_TCB, "Assay-Baseline: nosuch\r\n", 404, NULL, NULL },
    { "one in another", "/b/early/b/standard" SGX_TCB, NULL, 404, NULL, NULL },
    { "before what has none", "/b/early" SGX "/rootcacrl", NULL, 404, NULL, NULL },
};

static void a_baseline_is_chosen_once_or_not_at_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(choices); i++) {
        const choice_row *row = &choices[i];
        http_called called = http_call(assayd.port, "GET", row->target, row->headers, NULL);
        if (called.code != row->code)
            test_fail("%s: %u, want %u: %s", row->what, called.code, row->code, called.body);
        if (row->baseline != NULL &&
            strcmp(http_called_header(&called, "Assay-Baseline"), row->baseline) != 0)
            test_fail("%s: Assay-Baseline: %s", row->what,
                      http_called_header(&called, "Assay-Baseline"));
        if (row->number != NULL && strstr(called.body, row->number) == NULL)
            test_fail("%s: %.300s", row->what, called.body);
        if (called.code != 404)
            described(row->target, called.code);
        http_called_free(&called);
    }
}

/* ---- Rule 5: freshness is told
 * -------------------------------------------------------------------- */

static void rule_5_every_item_says_how_fresh_it_is(void **state)
{
    (void)state;
    static const char *const targets[] = { SGX_TCB,
                                           TDX_TCB,
                                           SGX "/qe/identity",
                                           SGX "/pckcrl?ca=platform",
                                           SGX "/rootcacrl",
                                           SGX "/tcbevaluationdatanumbers" };
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        http_called called = get(&assayd, targets[i], NULL, 200);
        const char *control = http_called_header(&called, "Cache-Control");
        const long age = strtol(http_called_header(&called, "Age"), NULL, 10);
        const long max_age =
            strncmp(control, "max-age=", 8) == 0 ? strtol(control + 8, NULL, 10) : 0;
        if (max_age < 1 || max_age > 86400)
            test_fail("%s: Cache-Control: %s", targets[i], control);
        assert_true(http_called_header(&called, "Age")[0] != '\0' && age >= 0 && age < 300);
        assert_int_equal(http_called_header(&called, "ETag")[0], '"');
        assert_non_null(strstr(http_called_header(&called, "Last-Modified"), " GMT"));
        assert_string_equal(http_called_header(&called, "Warning"), "");
        http_called_free(&called);
    }
}

static void conditional(const char *what, const char *header, const char *value, unsigned code)
{
    char line[256];
    snprintf(line, sizeof(line), "%s: %s\r\n", header, value);
    http_called called = http_call(assayd.port, "GET", SGX_TCB, line, NULL);
    assert_row(what, called.code, code);
    assert_row(what, called.body_size == 0, code == 304);
    assert_true(http_called_header(&called, "ETag")[0] == '"');
    http_called_free(&called);
}

static void rule_5_unchanged_items_are_304(void **state)
{
    (void)state;
    char etag[64], weak[80], listed[160], date[64];
    http_called called = get(&assayd, SGX_TCB, NULL, 200);
    snprintf(etag, sizeof(etag), "%s", http_called_header(&called, "ETag"));
    snprintf(weak, sizeof(weak), "W/%s", etag);
    snprintf(listed, sizeof(listed), "\"other\" , %s", weak);
    snprintf(date, sizeof(date), "%s", http_called_header(&called, "Last-Modified"));
    http_called_free(&called);
    conditional("the same tag", "If-None-Match", etag, 304);
    conditional("the same tag, weak", "If-None-Match", weak, 304);
    conditional("among others", "If-None-Match", listed, 304);
    conditional("any", "If-None-Match", "*", 304);
    conditional("another tag", "If-None-Match", "\"other\"", 200);
    conditional("a tag without quotes", "If-None-Match", "other", 200);
    conditional("not since then", "If-Modified-Since", date, 304);
    conditional("since long ago", "If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT", 200);
    conditional("no date", "If-Modified-Since", "yesterday", 200);
}

static void request_id_is(const char *sent, const char *wanted)
{
    char line[256];
    snprintf(line, sizeof(line), "Request-ID: %s\r\n", sent);
    http_called called = http_call(assayd.port, "GET", SGX_TCB, line, NULL);
    const char *got = http_called_header(&called, "Request-ID");
    if (wanted != NULL)
        assert_string_equal(got, wanted);
    else if (strlen(got) != 32 || strcmp(got, sent) == 0)
        test_fail("Request-ID: %s", got);
    http_called_free(&called);
}

static void rule_5_request_ids_are_the_clients_or_new(void **state)
{
    (void)state;
    char first[64], long_one[80];
    request_id_is("abc-DEF_0.9", "abc-DEF_0.9");
    request_id_is("a b", NULL);
    request_id_is("<script>", NULL);
    memset(long_one, 'a', 65);
    long_one[65] = '\0';
    request_id_is(long_one, NULL);
    request_id_is(long_one + 1, long_one + 1);
    http_called called = get(&assayd, SGX_TCB, NULL, 200);
    snprintf(first, sizeof(first), "%s", http_called_header(&called, "Request-ID"));
    http_called_free(&called);
    called = get(&assayd, "/nothing", NULL, 404);
    assert_string_not_equal(http_called_header(&called, "Request-ID"), first);
    assert_int_equal(strlen(http_called_header(&called, "Request-ID")), 32);
    http_called_free(&called);
}

/* Also where no handler has seen the request. */
static void rule_5_refused_requests_have_an_id_and_a_line(void **state)
{
    static const char smuggled[] = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
                                   "Transfer-Encoding: chunked\r\n\r\n";
    char wanted[128];
    (void)state;
    http_called called = http_call_raw(assayd.port, smuggled, sizeof(smuggled) - 1);
    assert_int_equal(called.code, 400);
    const char *id = http_called_header(&called, "Request-ID");
    assert_int_equal(strlen(id), 32);
    snprintf(wanted, sizeof(wanted), "address=127.0.0.1 id=%s", id);
    assert_true(assayd_log_wait(&assayd, wanted));
    http_called_free(&called);
    for (size_t i = 0; i < 100; i++) {
        called = http_call_raw(assayd.port, smuggled, sizeof(smuggled) - 1);
        assert_int_equal(called.code, 400);
        http_called_free(&called);
    }
    char *log = assayd_log(&assayd);
    size_t lines = 0;
    for (const char *at = log; (at = strstr(at, "request.refused")) != NULL; at++)
        lines++;
    free(log);
    assert_true(lines < 101);
}

/* ---- Methods
 * ---------------------------------------------------------------------------------------- */

static void methods_other_than_get(void **state)
{
    (void)state;
    http_called whole = get(&assayd, SGX_TCB, NULL, 200);
    http_called head = http_call(assayd.port, "HEAD", SGX_TCB, NULL, NULL);
    assert_int_equal(head.code, 200);
    assert_int_equal(head.body_size, 0);
    assert_string_equal(http_called_header(&head, "ETag"), http_called_header(&whole, "ETag"));
    assert_int_equal(strtoul(http_called_header(&head, "Content-Length"), NULL, 10),
                     whole.body_size);
    http_called_free(&whole);
    http_called_free(&head);
    static const char *const wrong[] = { "POST", "PUT", "DELETE" };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        http_called called = http_call(assayd.port, wrong[i], SGX_TCB, NULL, "");
        assert_row(wrong[i], called.code, 405);
        assert_string_equal(http_called_header(&called, "Allow"), "GET, HEAD, OPTIONS");
        assert_string_equal(called.body, "method: this is answered to: GET, HEAD, OPTIONS\n");
        http_called_free(&called);
    }
    http_called options = http_call(assayd.port, "OPTIONS", SGX "/refresh", NULL, NULL);
    assert_int_equal(options.code, 204);
    assert_string_equal(http_called_header(&options, "Allow"), "GET, HEAD, POST, OPTIONS");
    http_called_free(&options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_endpoint_answers_in_its_form),
        cmocka_unit_test(version_3_says_that_it_has_ended),
        cmocka_unit_test(rule_4_unknown_and_contradictory_parameters_are_refused),
        cmocka_unit_test(rule_4_known_clients_may_say_what_they_say),
        cmocka_unit_test(rule_4_evaluation_numbers_choose_what_is_served),
        cmocka_unit_test(a_baseline_is_chosen_once_or_not_at_all),
        cmocka_unit_test(rule_5_every_item_says_how_fresh_it_is),
        cmocka_unit_test(rule_5_unchanged_items_are_304),
        cmocka_unit_test(rule_5_request_ids_are_the_clients_or_new),
        cmocka_unit_test(rule_5_refused_requests_have_an_id_and_a_line),
        cmocka_unit_test(methods_other_than_get),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
