/* fetch_url_test.c: what each service is asked for each kind (src/fetch/url.c, url_parameters.c,
 * sources.c, services.c). */
#include <stdio.h>

#include "fetch/sources.h"
#include "support.h"

enum { PPID_SIZE = 384 };

#define PCS  "https://api.trustedservices.intel.com/sgx/certification/v4/"
#define PCCS "https://localhost:8081/sgx/certification/v4/"
#define THIM "https://global.acccache.azure.net/sgx/certification/v4/"
#define IMDS "http://169.254.169.254/metadata/THIM/sgx/certification/v4/"
#define KDS  "https://kdsintf.amd.com/"

static const uint8_t qe_id[16] = { 0xab, 1 };
static uint8_t chip_id[64] = { 0xca, 0xfe, 1, 2, 3, 4, 5, 6, 7 };

static assay_fetch_request request_of(assay_fetch_kind kind)
{
    return (assay_fetch_request) { .kind = kind,
                                   .tee = ASSAY_TEE_TDX,
                                   .fmspc = { 0x00, 0x80, 0x6f, 0x05, 0, 0 },
                                   .ca = ASSAY_CA_PLATFORM,
                                   .qe_id = SPAN(qe_id),
                                   .cpu_svn = { 0x0b, 0x0c },
                                   .pce_svn = 0x0b0a,
                                   .pce_id = 1,
                                   .amd.product = "Milan",
                                   .amd.chip_id = SPAN(chip_id),
                                   .amd.boot_loader = 3,
                                   .amd.snp = 8,
                                   .amd.microcode = 115 };
}

static void ask(const char *url, const assay_fetch_config *config,
                const assay_fetch_request *request, char out[SOURCE_URL_SIZE])
{
    assay_fetch_service service = { .service = assay_service_of_url(url) };
    assay_error error = { 0 };
    snprintf(service.url, sizeof(service.url), "%s", url);
    if (assay_fetch_url(&service, config, request, out, SOURCE_URL_SIZE, &error) != ASSAY_OK)
        test_fail("%s: %s: %s", url, error.where, error.detail);
}

static void assert_asked(const char *what, const char *got, const char *wanted)
{
    if (strcmp(got, wanted) != 0)
        test_fail("%s: asked %s, want %s", what, got, wanted);
}

static const struct {
    const char *what;
    const char *service;
    assay_fetch_kind kind;
    const char *url;
} rows[] = {
    { "PCK CRL of Intel", PCS, ASSAY_FETCH_PCK_CRL, PCS "pckcrl?ca=platform&encoding=der" },
    { "root CRL of Intel", PCS, ASSAY_FETCH_ROOT_CA_CRL,
      "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der" },
    { "TDX TCB info", PCS, ASSAY_FETCH_TCB_INFO,
      "https://api.trustedservices.intel.com/tdx/certification/v4/"
      "tcb?fmspc=00806F050000&update=standard" },
    { "TDX QE identity", PCS, ASSAY_FETCH_QE_IDENTITY,
      "https://api.trustedservices.intel.com/tdx/certification/v4/qe/identity?update=standard" },
    { "QvE identity is SGX's", PCS, ASSAY_FETCH_QVE_IDENTITY, PCS "qve/identity?update=standard" },
    { "QAE identity", PCS, ASSAY_FETCH_QAE_IDENTITY, PCS "qae/identity?update=standard" },
    { "evaluation numbers", PCS, ASSAY_FETCH_EVALUATION_NUMBERS,
      "https://api.trustedservices.intel.com/tdx/certification/v4/tcbevaluationdatanumbers" },
    { "FMSPCs", PCS, ASSAY_FETCH_FMSPCS, PCS "fmspcs" },
    { "Intel has no appraisal policies", PCS, ASSAY_FETCH_APPRAISAL_POLICY, "" },
    { "PCK CRL of a PCCS", PCCS, ASSAY_FETCH_PCK_CRL, PCCS "pckcrl?ca=platform" },
    { "root CRL of a PCCS", PCCS, ASSAY_FETCH_ROOT_CA_CRL, PCCS "rootcacrl" },
    { "TCB info of a PCCS", PCCS, ASSAY_FETCH_TCB_INFO,
      "https://localhost:8081/tdx/certification/v4/tcb?fmspc=00806F050000&update=standard" },
    { "appraisal policy", PCCS, ASSAY_FETCH_APPRAISAL_POLICY,
      PCCS "appraisalpolicy?fmspc=00806F050000" },
    { "a PCCS has no list of PCK certificates", PCCS, ASSAY_FETCH_PCK_CERTIFICATES, "" },
    { "a PCCS has no VCEK", PCCS, ASSAY_FETCH_VCEK, "" },
    { "the usual path may be left away", "https://pccs:8081", ASSAY_FETCH_ROOT_CA_CRL,
      "https://pccs:8081/sgx/certification/v4/rootcacrl" },
    { "a baseline in the path", "https://assayd:8081/b/pinned-19/", ASSAY_FETCH_QE_IDENTITY,
      "https://assayd:8081/b/pinned-19/tdx/certification/v4/qe/identity?update=standard" },
    { "no slash behind", "https://pccs/sgx/certification/v4", ASSAY_FETCH_ROOT_CA_CRL,
      "https://pccs/sgx/certification/v4/rootcacrl" },
    { "TCB info of Azure", THIM, ASSAY_FETCH_TCB_INFO,
      "https://global.acccache.azure.net/tdx/certification/v4/"
      "tcb?fmspc=00806F050000&api-version=2018-10-01-preview" },
    { "PCK CRL of Azure", THIM, ASSAY_FETCH_PCK_CRL,
      THIM "pckcrl?ca=platform&api-version=2020-02-12-preview" },
    { "PCK CRL in the guest", IMDS, ASSAY_FETCH_PCK_CRL,
      IMDS "pckcrl?ca=platform&api-version=2020-02-12-preview" },
    { "VCEK in the guest", IMDS, ASSAY_FETCH_VCEK,
      "http://169.254.169.254/metadata/THIM/amd/certification" },
    { "AMD's chain", KDS, ASSAY_FETCH_AMD_CHAIN, KDS "vcek/v1/Milan/cert_chain" },
    { "AMD's CRL", KDS, ASSAY_FETCH_AMD_CRL, KDS "vcek/v1/Milan/crl" },
    { "AMD has nothing of Intel's", KDS, ASSAY_FETCH_TCB_INFO, "" },
};

static void each_row_is_asked(void **state)
{
    (void)state;
    const assay_fetch_config config = { 0 };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char url[SOURCE_URL_SIZE];
        const assay_fetch_request request = request_of(rows[i].kind);
        ask(rows[i].service, &config, &request, url);
        assert_asked(rows[i].what, url, rows[i].url);
    }
}

static void a_platform_is_asked_for_as_intels_client_does(void **state)
{
    (void)state;
    char url[SOURCE_URL_SIZE], wanted[SOURCE_URL_SIZE], zeros[2 * PPID_SIZE + 1];
    const assay_fetch_config config = { 0 };
    const assay_fetch_request request = request_of(ASSAY_FETCH_PCK_CERTIFICATE);
    memset(zeros, '0', 2 * PPID_SIZE);
    zeros[2 * PPID_SIZE] = '\0';
    ask(PCCS, &config, &request, url);
    snprintf(wanted, sizeof(wanted),
             PCCS "pckcert?qeid=AB010000000000000000000000000000&encrypted_ppid=%s"
                  "&cpusvn=0B0C0000000000000000000000000000&pcesvn=0A0B&pceid=0100",
             zeros);
    assert_asked("raw TCB", url, wanted);
    source_cache_key(url, wanted);
    assert_asked("name in the cache", wanted,
                 PCCS "pckcert?qeid=AB010000000000000000000000000000"
                      "&cpusvn=0B0C0000000000000000000000000000&pcesvn=0A0B&pceid=0100");
}

static void baselines_are_update_or_number(void **state)
{
    (void)state;
    static const struct {
        const char *what, *service;
        assay_tcb_channel channel;
        uint32_t number;
        const char *custom, *query;
    } cases[] = {
        { "early", PCS, ASSAY_TCB_EARLY, 0, "", "?update=early" },
        { "a number", PCS, ASSAY_TCB_STANDARD, 17, "", "?tcbEvaluationDataNumber=17" },
        { "a number before the channel", PCS, ASSAY_TCB_EARLY, 17, "",
          "?tcbEvaluationDataNumber=17" },
        { "customParameter of a PCCS", PCCS, ASSAY_TCB_STANDARD, 0,
          "YT0x+w==", "?update=standard&customParameter=YT0x%2Bw%3D%3D" },
        { "Intel knows no customParameter", PCS, ASSAY_TCB_STANDARD, 0, "YT0x",
          "?update=standard" },
        { "Azure takes a number in customParameter", THIM, ASSAY_TCB_STANDARD, 12, "",
          "?customParameter=dGNiZXZhbHVhdGlvbmRhdGFudW1iZXI9MTI%3D"
          "&api-version=2018-10-01-preview" },
        { "or what is configured", THIM, ASSAY_TCB_STANDARD, 12, "YT0x",
          "?customParameter=YT0x&api-version=2018-10-01-preview" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char url[SOURCE_URL_SIZE];
        assay_fetch_config config = { 0 };
        assay_fetch_request request = request_of(ASSAY_FETCH_QE_IDENTITY);
        request.channel = cases[i].channel;
        request.evaluation_number = cases[i].number;
        snprintf(config.custom_parameter, sizeof(config.custom_parameter), "%s", cases[i].custom);
        ask(cases[i].service, &config, &request, url);
        assert_asked(cases[i].what, strchr(url, '?'), cases[i].query);
    }
}

static void versions_and_crl_addresses(void **state)
{
    (void)state;
    char url[SOURCE_URL_SIZE];
    assay_fetch_config config = { .api_minor = 1 };
    assay_fetch_request request = request_of(ASSAY_FETCH_PCK_CRL);
    ask(PCCS, &config, &request, url);
    assert_asked("3.1: DER", url, PCCS "pckcrl?ca=platform&encoding=der");
    request = request_of(ASSAY_FETCH_ROOT_CA_CRL);
    ask(PCCS, &config, &request, url);
    assert_asked("3.1: by its address, unescaped", url,
                 PCCS "crl?uri=https://certificates.trustedservices.intel.com/IntelSGXRootCA.der");
    request.uri = "https://example.org/other.crl";
    ask(PCS, &config, &request, url);
    assert_asked("an address of one's own", url, "https://example.org/other.crl");
    request = request_of(ASSAY_FETCH_TCB_INFO);
    request.tee = ASSAY_TEE_SGX;
    request.api_version = 3;
    ask(PCS, &config, &request, url);
    assert_asked("version 3", url,
                 "https://api.trustedservices.intel.com/sgx/certification/v3/"
                 "tcb?fmspc=00806F050000&update=standard");
}

/* A service of Intel's kind at another host has the root's CRL there too. */
static void a_stand_in_has_its_own_root_crl(void **state)
{
    (void)state;
    char url[SOURCE_URL_SIZE];
    const assay_fetch_config config = { 0 };
    const assay_fetch_request request = request_of(ASSAY_FETCH_ROOT_CA_CRL);
    const assay_fetch_service service = { .service = ASSAY_SERVICE_PCS,
                                          .url = "http://127.0.0.1:8100" };
    assert_int_equal(assay_fetch_url(&service, &config, &request, url, sizeof(url), NULL),
                     ASSAY_OK);
    assert_string_equal(url, "http://127.0.0.1:8100/IntelSGXRootCA.der");
}

static void custom_pairs_go_to_pck_requests_alone(void **state)
{
    (void)state;
    char url[SOURCE_URL_SIZE];
    const assay_fetch_config config = { .pck_parameters = { { "tenant id", "a&b" } },
                                        .pck_parameter_count = 1 };
    assay_fetch_request request = request_of(ASSAY_FETCH_PCK_CERTIFICATE);
    ask(PCCS, &config, &request, url);
    assert_non_null(strstr(url, "&pceid=0100&tenant%20id=a%26b"));
    request = request_of(ASSAY_FETCH_TCB_INFO);
    ask(PCCS, &config, &request, url);
    assert_null(strstr(url, "tenant"));
}

static void amds_products(void **state)
{
    (void)state;
    static const struct {
        const char *product, *begin, *query;
    } cases[] = {
        { "Milan", KDS "vcek/v1/Milan/cafe0102030405060700",
          "?blSPL=3&teeSPL=0&snpSPL=8&ucodeSPL=115" },
        { "Genoa", KDS "vcek/v1/Genoa/cafe0102030405060700",
          "?blSPL=3&teeSPL=0&snpSPL=8&ucodeSPL=115" },
        { "Siena", KDS "vcek/v1/Genoa/cafe0102030405060700",
          "?blSPL=3&teeSPL=0&snpSPL=8&ucodeSPL=115" },
        { "Turin", KDS "vcek/v1/Turin/cafe010203040506?",
          "?fmcSPL=4&blSPL=3&teeSPL=0&snpSPL=8&ucodeSPL=115" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char url[SOURCE_URL_SIZE];
        const assay_fetch_config config = { 0 };
        assay_fetch_request request = request_of(ASSAY_FETCH_VCEK);
        request.amd.product = cases[i].product;
        request.amd.fmc = 4;
        ask(KDS, &config, &request, url);
        assert_int_equal(strncmp(url, cases[i].begin, strlen(cases[i].begin)), 0);
        assert_asked(cases[i].product, strchr(url, '?'), cases[i].query);
    }
}

static void lacks_nothing(assay_fetch_request *r)
{
    (void)r;
}

static void lacks_ca(assay_fetch_request *r)
{
    r->ca = ASSAY_CA_NONE;
}

static void lacks_tee(assay_fetch_request *r)
{
    r->tee = ASSAY_TEE_NONE;
}

static void lacks_qe_id(assay_fetch_request *r)
{
    r->qe_id.size = 0;
}

static void has_short_ppid(assay_fetch_request *r)
{
    r->encrypted_ppid = SPAN(qe_id);
}

static void has_masked_chip_id(assay_fetch_request *r)
{
    static const uint8_t zeros[64];
    r->amd.chip_id = SPAN(zeros);
}

static void wants_vlek(assay_fetch_request *r)
{
    r->amd.vlek = true;
}

static void has_other_product(assay_fetch_request *r)
{
    r->amd.product = "../Milan";
}

static void has_other_scheme(assay_fetch_request *r)
{
    r->uri = "file:///etc/passwd";
}

static void has_version_5(assay_fetch_request *r)
{
    r->api_version = 5;
}

static void what_a_request_lacks_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *what, *service;
        assay_fetch_kind kind;
        void (*change)(assay_fetch_request *r);
        const char *where;
    } cases[] = {
        { "no CA", PCS, ASSAY_FETCH_PCK_CRL, lacks_ca, "request.ca" },
        { "no TEE", PCS, ASSAY_FETCH_TCB_INFO, lacks_tee, "request.tee" },
        { "no PPID", PCS, ASSAY_FETCH_PCK_CERTIFICATE, lacks_nothing, "request.encrypted_ppid" },
        { "short PPID", PCCS, ASSAY_FETCH_PCK_CERTIFICATE, has_short_ppid,
          "request.encrypted_ppid" },
        { "no QE id", PCCS, ASSAY_FETCH_PCK_CERTIFICATE, lacks_qe_id, "request.qe_id" },
        { "masked chip id", KDS, ASSAY_FETCH_VCEK, has_masked_chip_id, "request.amd.chip_id" },
        { "VLEK", KDS, ASSAY_FETCH_VCEK, wants_vlek, "request.amd.vlek" },
        { "a product that is a path", KDS, ASSAY_FETCH_VCEK, has_other_product,
          "request.amd.product" },
        { "no address", PCCS, ASSAY_FETCH_CRL, lacks_nothing, "request.uri" },
        { "another scheme", PCCS, ASSAY_FETCH_CRL, has_other_scheme, "request.uri" },
        { "another version", PCS, ASSAY_FETCH_TCB_INFO, has_version_5, "request.api_version" },
        { "no kind", PCS, ASSAY_FETCH_NONE, lacks_nothing, "request.kind" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char url[SOURCE_URL_SIZE];
        assay_error error = { 0 };
        const assay_fetch_config config = { 0 };
        assay_fetch_service service = { .service = assay_service_of_url(cases[i].service) };
        assay_fetch_request request = request_of(cases[i].kind);
        snprintf(service.url, sizeof(service.url), "%s", cases[i].service);
        cases[i].change(&request);
        assert_row(cases[i].what,
                   assay_fetch_url(&service, &config, &request, url, sizeof(url), &error),
                   ASSAY_USAGE);
        assert_string_equal(error.where, cases[i].where);
    }
}

static void too_little_room_is_usage(void **state)
{
    (void)state;
    char url[40];
    const assay_fetch_config config = { 0 };
    const assay_fetch_service service = { .service = ASSAY_SERVICE_PCCS, .url = PCCS };
    const assay_fetch_request request = request_of(ASSAY_FETCH_ROOT_CA_CRL);
    assert_int_equal(assay_fetch_url(&service, &config, &request, url, sizeof(url), NULL),
                     ASSAY_USAGE);
    assert_int_equal(assay_fetch_url(&service, &config, &request, url, 0, NULL), ASSAY_USAGE);
}

static void services_are_known_by_their_host(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        assay_service service;
        const char *name;
    } cases[] = {
        { PCS, ASSAY_SERVICE_PCS, "pcs" },
        { "https://API.TrustedServices.Intel.com/", ASSAY_SERVICE_PCS, "pcs" },
        { "https://trustedservices.intel.com.example.org/", ASSAY_SERVICE_PCCS, "pccs" },
        { "https://evil-trustedservices.intel.com.org/", ASSAY_SERVICE_PCCS, "pccs" },
        { PCCS, ASSAY_SERVICE_PCCS, "pccs" },
        { THIM, ASSAY_SERVICE_THIM_GLOBAL, "thim-global" },
        { "https://eastus.thim.azure.net/sgx/", ASSAY_SERVICE_THIM_REGIONAL, "thim-regional" },
        { IMDS, ASSAY_SERVICE_THIM_IMDS, "thim-imds" },
        { "http://169.254.169.254:8080/", ASSAY_SERVICE_THIM_IMDS, "thim-imds" },
        { KDS, ASSAY_SERVICE_KDS, "kds" },
        { "ftp://kdsintf.amd.com/", ASSAY_SERVICE_PCCS, "pccs" },
        { "", ASSAY_SERVICE_PCCS, "pccs" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_row(cases[i].url, assay_service_of_url(cases[i].url), cases[i].service);
        assert_string_equal(assay_service_name(cases[i].service), cases[i].name);
    }
    assert_string_equal(assay_service_name((assay_service)99), "none");
}

static void addresses_that_are_none(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "",
        "localhost:8081",
        "file:///etc/passwd",
        "ftp://host/",
        "https://",
        "https:///path",
        "https://user@host/",
        "https://host/a b",
        "https://host/\r\nX: y",
        "https://host/#part",
        "https://host/?query=1",
        "https://host/\"",
    };
    for (size_t i = 0; i < COUNT_OF(urls); i++)
        assert_row(urls[i], source_url_check(urls[i], SOURCE_QUERY_REFUSED, "url", NULL),
                   ASSAY_USAGE);
    assert_int_equal(source_url_check("https://host/?query=1", SOURCE_QUERY_ALLOWED, "url", NULL),
                     ASSAY_OK);
    assert_int_equal(source_url_check("http://[::1]:80/x", SOURCE_QUERY_REFUSED, "url", NULL),
                     ASSAY_OK);
}

static void secrets_travel_in_private_alone(void **state)
{
    (void)state;
    assert_true(source_url_is_private("https://example.org/"));
    assert_true(source_url_is_private("http://localhost:80/"));
    assert_true(source_url_is_private("http://127.0.0.1/"));
    assert_true(source_url_is_private("http://[::1]:8081/"));
    assert_false(source_url_is_private("http://example.org/"));
    assert_false(source_url_is_private("http://127.0.0.1.example.org/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_is_asked),
        cmocka_unit_test(a_platform_is_asked_for_as_intels_client_does),
        cmocka_unit_test(baselines_are_update_or_number),
        cmocka_unit_test(versions_and_crl_addresses),
        cmocka_unit_test(a_stand_in_has_its_own_root_crl),
        cmocka_unit_test(custom_pairs_go_to_pck_requests_alone),
        cmocka_unit_test(amds_products),
        cmocka_unit_test(what_a_request_lacks_is_named),
        cmocka_unit_test(too_little_room_is_usage),
        cmocka_unit_test(services_are_known_by_their_host),
        cmocka_unit_test(addresses_that_are_none),
        cmocka_unit_test(secrets_travel_in_private_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
