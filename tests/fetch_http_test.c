/* fetch_http_test.c: what comes from services, sound and not (src/fetch/transfer.c, reply.c,
 * refusal.c, azure.c). */
#include "fetch_scene.h"

/* ---- Sound replies ---- */

static void an_item_comes_with_its_chain(void **state)
{
    (void)state;
    const scripted_reply replies[] = {
        { .headers = TCB_CHAIN "Cache-Control: public, max-age=77\r\nWarning: 299 - \"old\"\r\n",
          .body = TCB_BODY },
    };
    scene s = scene_of(replies, 1);
    assert_int_equal(fetch_run_tcb(&s), ASSAY_OK);
    assert_string_equal((const char *)s.item.body, TCB_BODY);
    assert_string_equal(s.item.issuer_chain,
                        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assert_string_equal(s.item.warning, "299 - \"old\"");
    assert_int_equal(s.item.max_age, 77);
    assert_int_equal(s.item.http_code, 200);
    assert_int_equal(s.item.service, ASSAY_SERVICE_PCCS);
    assert_false(s.item.from_cache);
    assert_non_null(strstr(s.item.url, TCB_PATH));
    assert_int_equal(strncmp(scripted_server_request(s.server, 0), "GET " TCB_PATH " HTTP/1.1\r\n",
                             strlen("GET " TCB_PATH " HTTP/1.1\r\n")),
                     0);
    scene_end(&s);
}

static void one_connection_serves_many_requests(void **state)
{
    (void)state;
    scene s = scene_of(&sound_reply, 1);
    for (int i = 0; i < 5; i++)
        assert_int_equal(fetch_run_tcb(&s), ASSAY_OK);
    assert_int_equal(scripted_server_requests(s.server), 5);
    assert_int_equal(scripted_server_connections(s.server), 1);
    scene_end(&s);
}

static void a_pck_certificate_comes_with_its_headers(void **state)
{
    (void)state;
    static const uint8_t qe_id[16] = { 1 };
    const scripted_reply replies[] = {
        { .headers = "sgx-tcbm: 0404020407010000000000000000000000\r\n"
                     "X-Not-Tcbm: 00\r\nsgx-fmspc: 00906ED50000\r\n"
                     "SGX-PCK-Certificate-CA-Type: processor\r\n"
                     "SGX-PCK-Certificate-Issuer-Chain: " CHAIN "\r\n",
          .body = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" },
    };
    scene s = scene_of(replies, 1);
    s.config.pck_header_count = 1;
    s.config.pck_headers[0] = (assay_fetch_pair) { "X-Tenant", "blue" };
    const assay_fetch_request request = { .kind = ASSAY_FETCH_PCK_CERTIFICATE,
                                          .qe_id = SPAN(qe_id) };
    assert_int_equal(fetch_run(&s, &request, NULL), ASSAY_ENVIRONMENT); /* a digit too few */
    assert_non_null(strstr(s.error.detail, "sgx-tcbm is not 36 hex digits"));
    assert_non_null(strstr(scripted_server_request(s.server, 0), "\r\nX-Tenant: blue\r\n"));
    scene_end(&s);
    const scripted_reply other[] = {
        { .headers = "SGX-TCBm: 040402040701000000000000000000000B00\r\nSGX-FMSPC: 00906ED50000\r\n"
                     "SGX-PCK-Certificate-CA-Type: PROCESSOR\r\n"
                     "SGX-PCK-Certificate-Issuer-Chain: " CHAIN "\r\n",
          .body = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" },
    };
    s = scene_of(other, 1);
    assert_int_equal(fetch_run(&s, &request, NULL), ASSAY_OK);
    assert_string_equal(s.item.tcbm, "040402040701000000000000000000000B00");
    assert_string_equal(s.item.fmspc, "00906ED50000");
    assert_int_equal(s.item.ca, ASSAY_CA_PROCESSOR);
    scene_end(&s);
}

static void azure_answers_in_json(void **state)
{
    (void)state;
    static const uint8_t qe_id[16] = { 1 };
    const scripted_reply replies[] = {
        { .body = "{\"pckCert\":\"-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END "
                  "CERTIFICATE-----\\n\",\"sgx-Tcbm\":\"040402040701000000000000000000000B00\","
                  "\"sgx-Pck-Certificate-Issuer-Chain\":\"" CHAIN "\",\"cacheMaxAge\":\"86400\"}" },
    };
    scene s = scene_of(replies, 1);
    s.config.pck[0].service = ASSAY_SERVICE_THIM_IMDS;
    const assay_fetch_request request = { .kind = ASSAY_FETCH_PCK_CERTIFICATE,
                                          .qe_id = SPAN(qe_id) };
    assert_int_equal(fetch_run(&s, &request, NULL), ASSAY_OK);
    assert_string_equal(s.item.tcbm, "040402040701000000000000000000000B00");
    assert_int_equal(s.item.max_age, 86400);
    assert_int_equal(strncmp(s.item.issuer_chain, "-----BEGIN CERTIFICATE-----\n", 28), 0);
    assert_int_equal(strncmp((const char *)s.item.body, "-----BEGIN CERTIFICATE-----\n", 28), 0);
    assert_non_null(strstr(scripted_server_request(s.server, 0), "\r\nMetadata: true\r\n"));
    scene_end(&s);
}

static void crls_become_der(void **state)
{
    (void)state;
    static const uint8_t der[] = { 0x30, 0x03, 0x02, 0x01, 0x05 };
    static const char *const bodies[] = {
        "3003020105",
        "  3003020105\r\n",
        "-----BEGIN X509 CRL-----\nMAMCAQU=\n-----END X509 CRL-----\n",
        "\x30\x03\x02\x01\x05",
    };
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        const scripted_reply reply = { .body = bodies[i] };
        const assay_fetch_request request = { .kind = ASSAY_FETCH_ROOT_CA_CRL };
        scene s = scene_of(&reply, 1);
        assert_row(bodies[i], fetch_run(&s, &request, NULL), ASSAY_OK);
        assert_true(span_equal(span_of(s.item.body, s.item.size), SPAN(der)));
        scene_end(&s);
    }
}

static void vceks_become_der(void **state)
{
    (void)state;
    static const uint8_t der[] = { 0x30, 0x03, 0x02, 0x01, 0x05 };
    static const uint8_t chip_id[64] = { 1 };
    static const struct {
        assay_service service;
        const char *body;
    } rows[] = {
        { ASSAY_SERVICE_KDS, "\x30\x03\x02\x01\x05" },
        { ASSAY_SERVICE_THIM_IMDS,
          "{\"vcekCert\":\"-----BEGIN CERTIFICATE-----\\nMAMCAQU=\\n-----END "
          "CERTIFICATE-----\\n\"}" },
        { ASSAY_SERVICE_THIM_IMDS,
          "{\"VcekCert\":\"-----BEGIN CERTIFICATE-----\\nMAMCAQU=\\n-----END "
          "CERTIFICATE-----\\n\"}" },
    };
    const assay_fetch_request request = { .kind = ASSAY_FETCH_VCEK,
                                          .amd.product = "Milan",
                                          .amd.chip_id = SPAN(chip_id) };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const scripted_reply reply = { .body = rows[i].body };
        scene s = scene_of(&reply, 1);
        s.config.collateral[0].service = rows[i].service;
        if (rows[i].service == ASSAY_SERVICE_KDS) {
            s.config.collateral_count = 0;
            snprintf(s.config.kds_url, sizeof(s.config.kds_url), "%s/",
                     scripted_server_url(s.server));
        }
        assert_row(rows[i].body, fetch_run(&s, &request, NULL), ASSAY_OK);
        assert_true(span_equal(span_of(s.item.body, s.item.size), SPAN(der)));
        assert_int_equal(s.item.service, rows[i].service);
        scene_end(&s);
    }
}

/* ---- Replies that are none ---- */

static void bad_replies_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        scripted_reply reply;
        const char *detail;
    } rows[] = {
        { "no chain", { .body = TCB_BODY }, "no issuer chain" },
        { "an empty body", { .headers = TCB_CHAIN }, "no body" },
        { "a page", { .headers = TCB_CHAIN, .body = "<html>" }, "no JSON" },
        { "a chain that is none",
          { .headers = "TCB-Info-Issuer-Chain: none\r\n", .body = TCB_BODY },
          "no percent-encoded PEM" },
        { "a broken escape",
          { .headers = "TCB-Info-Issuer-Chain: -----BEGIN%2\r\n", .body = TCB_BODY },
          "no percent-encoded PEM" },
        { "two chains that differ",
          { .headers = TCB_CHAIN "TCB-Info-Issuer-Chain: x\r\n", .body = TCB_BODY },
          "twice" },
        { "a truncated body",
          { .headers = TCB_CHAIN, .body = TCB_BODY, .form = SCRIPTED_TRUNCATED },
          "" },
        { "a connection that closes", { .form = SCRIPTED_CLOSED }, "" },
        { "a body without end", { .headers = TCB_CHAIN, .form = SCRIPTED_ENDLESS }, "limit" },
        { "a redirect",
          { .code = 302, .headers = "Location: https://example.org/\r\n", .body = "x" },
          "redirects are not followed" },
        { "no content", { .code = 204, .headers = TCB_CHAIN }, "said 204" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        scene s = scene_of(&rows[i].reply, 1);
        assert_failed(rows[i].what, &s, fetch_run_tcb(&s), "fetch_bad_reply");
        if (strstr(s.error.detail, rows[i].detail) == NULL)
            test_fail("%s: %s", rows[i].what, s.error.detail);
        assert_null(s.item.body);
        assert_int_equal(scripted_server_requests(s.server), 1);
        scene_end(&s);
    }
}

static void codes_have_names(void **state)
{
    (void)state;
    static const struct {
        unsigned code;
        const char *name;
    } rows[] = {
        { 400, "fetch_refused" },          { 401, "fetch_refused" },
        { 403, "fetch_refused" },          { 404, "fetch_not_found" },
        { 405, "fetch_refused" },          { 410, "fetch_retired" },
        { 429, "fetch_unavailable" },      { 460, "fetch_server_error" },
        { 461, "fetch_platform_unknown" }, { 462, "fetch_certificates_unavailable" },
        { 500, "fetch_server_error" },     { 502, "fetch_server_error" },
        { 503, "fetch_unavailable" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const scripted_reply reply = { .code = rows[i].code, .body = "no" };
        scene s = scene_of(&reply, 1);
        assert_failed(rows[i].name, &s, fetch_run_tcb(&s), rows[i].name);
        assert_int_equal(s.item.http_code, rows[i].code);
        assert_non_null(strstr(s.item.url, TCB_PATH));
        assert_non_null(strstr(s.error.where, "/tdx/certification/v4/tcb?"));
        assert_int_equal(scripted_server_requests(s.server), 1);
        scene_end(&s);
    }
}

/* Its query has the machine's encrypted PPID, and errors go into logs. */
static void errors_about_certificates_hide_the_query(void **state)
{
    (void)state;
    static const uint8_t qe_id[16] = { 0xab }, ppid[384] = { 0xcd };
    const scripted_reply reply = { .code = 404, .body = "no" };
    scene s = scene_of(&reply, 1);
    const assay_fetch_request request = { .kind = ASSAY_FETCH_PCK_CERTIFICATE,
                                          .qe_id = SPAN(qe_id),
                                          .encrypted_ppid = SPAN(ppid) };
    assert_failed("a certificate", &s, fetch_run(&s, &request, NULL), "fetch_not_found");
    assert_non_null(strstr(s.error.where, "/sgx/certification/v4/pckcert"));
    assert_null(strchr(s.error.where, '?'));
    scene_end(&s);
}

/* A PCCS ignores the number and sends its standard set. */
static void another_number_than_asked_for_is_refused(void **state)
{
    (void)state;
    scene s = scene_of(&sound_reply, 1);
    assay_fetch_request request = tcb_request();
    request.evaluation_number = 16;
    assert_failed("another number", &s, fetch_run(&s, &request, NULL), "fetch_bad_reply");
    assert_non_null(strstr(s.error.detail, "ignores the number"));
    request.evaluation_number = 17;
    assert_int_equal(fetch_run(&s, &request, NULL), ASSAY_OK);
    scene_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_item_comes_with_its_chain),
        cmocka_unit_test(one_connection_serves_many_requests),
        cmocka_unit_test(a_pck_certificate_comes_with_its_headers),
        cmocka_unit_test(azure_answers_in_json),
        cmocka_unit_test(crls_become_der),
        cmocka_unit_test(vceks_become_der),
        cmocka_unit_test(bad_replies_are_refused),
        cmocka_unit_test(codes_have_names),
        cmocka_unit_test(errors_about_certificates_hide_the_query),
        cmocka_unit_test(another_number_than_asked_for_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
