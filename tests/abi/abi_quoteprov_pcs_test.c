/* abi_quoteprov_pcs_test.c: the provider library against the simulated vendor, loaded as Intel's
 * verification library loads it. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "assayd_process.h"
#include "quoteprov_checks.h"
#include "support.h"

enum { SEED = 7, PLATFORMS = 16 };

static sim_fleet fleet;
static vendor_process vendor;

/* QCNL's file for the vendor, with the API version that decides the form of CRLs. */
static void configure(const char *api_version, const char *more)
{
    char text[1024];
    snprintf(text, sizeof(text),
             "// the simulated vendor\n{ \"pccs_url\": \"%s/sgx/certification/v4/\",\n"
             "  \"use_secure_cert\": false, \"pccs_api_version\": \"%s\", \"retry_times\": 0,\n"
             "  \"pck_cache_expire_hours\": 0, \"verify_collateral_cache_expire_hours\": 0%s }\n",
             vendor.url, api_version, more);
    quoteprov_configure(text);
    quoteprov_set("ASSAY_QUOTEPROV_SERVICE", "pcs");
}

static int vendor_begin(void **state)
{
    (void)state;
    const char *const more[] = { "--seed", "7",       "--platforms",
                                 "16",     "--fault", "status=503,path=*/qve/identity*,times=1",
                                 NULL };
    vendor = vendor_start(more);
    quoteprov_listen();
    return fleet_init(&fleet, SEED, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS, PLATFORMS, NULL);
}

static int vendor_end(void **state)
{
    (void)state;
    vendor_stop(&vendor);
    return 0;
}

/* ---- Collateral ---- */

static const uint8_t *tdx_fmspc(void)
{
    return fleet.worlds[SIM_WORLD_TDX].tcb_info.fmspc;
}

static const struct {
    const char *what;
    const char *api_version;
    bool azure; /* Azure's variables instead of the file's addresses */
    uint32_t sgx_version, tdx_version;
    const char *sgx_begin, *tdx_begin; /* of CRLs */
} forms[] = {
    { "API 3.0", "3.0", false, 0x00000003, 0x00000003, "308", "308" },
    { "API 3.1", "3.1", false, 0x00010003, 0x00010003, "\x30\x82", "\x30\x82" },
    { "Azure", "3.1", true, 0x00000001, 0x00000004, "-----BEGIN X509 CRL-----", "308" },
};

static void azure_set(void)
{
    char base[256];
    snprintf(base, sizeof(base), "%s/sgx/certification", vendor.url);
    quoteprov_set("AZDCAP_BASE_CERT_URL", base);
}

static void collateral_comes_in_the_form_that_is_configured(void **state)
{
    (void)state;
    const quoteprov *q = quoteprov_library();
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        sgx_ql_qve_collateral_t *sgx = NULL, *tdx = NULL;
        configure(forms[i].api_version, "");
        if (forms[i].azure)
            azure_set();
        if (q->sgx_ql_get_quote_verification_collateral(tdx_fmspc(), 6, "platform", &sgx) != 0 ||
            q->tdx_ql_get_quote_verification_collateral(tdx_fmspc(), 6, "platform", &tdx) != 0)
            test_fail("%s: %s", forms[i].what, quoteprov_messages());
        assert_row(forms[i].what, sgx->version, forms[i].sgx_version);
        assert_row(forms[i].what, tdx->version, forms[i].tdx_version);
        assert_row(forms[i].what, sgx->tee_type, 0);
        assert_row(forms[i].what, tdx->tee_type, 0x81);
        assert_memory_equal(sgx->pck_crl, forms[i].sgx_begin, strlen(forms[i].sgx_begin));
        assert_memory_equal(sgx->root_ca_crl, forms[i].sgx_begin, strlen(forms[i].sgx_begin));
        assert_memory_equal(tdx->pck_crl, forms[i].tdx_begin, strlen(forms[i].tdx_begin));
        assert_non_null(strstr(sgx->tcb_info, "\"id\":\"SGX\""));
        assert_non_null(strstr(tdx->tcb_info, "\"id\":\"TDX\""));
        assert_non_null(strstr(tdx->qe_identity, "\"id\":\"TD_QE\""));
        collateral_sound(forms[i].what, sgx, vendor.root);
        collateral_sound(forms[i].what, tdx, vendor.root);
        assert_int_equal(q->sgx_ql_free_quote_verification_collateral(sgx), SGX_QL_SUCCESS);
        assert_int_equal(q->tdx_ql_free_quote_verification_collateral(tdx), SGX_QL_SUCCESS);
    }
}

/* ---- Platforms ---- */

static void a_platform_gets_its_certificate(void **state)
{
    (void)state;
    configure("3.1", "");
    for (uint64_t number = 0; number < PLATFORMS; number++) {
        platform p;
        platform_make(&p, &fleet, number);
        platform_certificate_expect(&p);
        platform_free(&p);
    }
}

static void arguments_are_looked_at(void **state)
{
    (void)state;
    const quoteprov *q = quoteprov_library();
    platform p;
    sgx_ql_config_t *config = NULL;
    configure("3.1", "");
    platform_make(&p, &fleet, 0);
    assert_int_equal(q->sgx_ql_get_quote_config(NULL, &config), SGX_QL_ERROR_INVALID_PARAMETER);
    assert_int_equal(q->sgx_ql_get_quote_config(&p.id, NULL), SGX_QL_ERROR_INVALID_PARAMETER);
#define WRONG(member, value)                                                                       \
    do {                                                                                           \
        sgx_ql_pck_cert_id_t id = p.id;                                                            \
        id.member = value;                                                                         \
        assert_row(#member, q->sgx_ql_get_quote_config(&id, &config),                              \
                   SGX_QL_ERROR_INVALID_PARAMETER);                                                \
        assert_null(config);                                                                       \
    } while (0)
    WRONG(p_qe3_id, NULL);
    WRONG(qe3_id_size, 0);
    WRONG(qe3_id_size, 131);
    WRONG(p_platform_cpu_svn, NULL);
    WRONG(p_platform_pce_isv_svn, NULL);
    WRONG(encrypted_ppid_size, 383);
    WRONG(crypto_suite, 2);
#undef WRONG
    platform_free(&p);
}

/* ---- Single items ---- */

static void single_items(void **state)
{
    (void)state;
    const quoteprov *q = quoteprov_library();
    char *identity = NULL, *chain = NULL;
    uint32_t identity_size = 0, chain_size = 0;
    uint8_t *crl = NULL, *policy = NULL;
    uint16_t crl_size = 0;
    configure("3.1", "");
    assert_row("503 once",
               q->sgx_ql_get_qve_identity(&identity, &identity_size, &chain, &chain_size),
               SGX_QL_SERVICE_UNAVAILABLE);
    assert_non_null(strstr(quoteprov_messages(), "0xB013"));
    assert_row("QvE", q->sgx_ql_get_qve_identity(&identity, &identity_size, &chain, &chain_size),
               SGX_QL_SUCCESS);
    assert_int_equal(identity_size, strlen(identity) + 1);
    assert_non_null(strstr(identity, "\"id\":\"QVE\""));
    assert_int_equal(count_of(chain, "-----BEGIN CERTIFICATE"), 2);
    assert_int_equal(q->sgx_ql_free_qve_identity(identity, chain), SGX_QL_SUCCESS);
    assert_row("root CRL", q->sgx_ql_get_root_ca_crl(&crl, &crl_size), SGX_QL_SUCCESS);
    assert_int_equal(crl[0], 0x30);
    assert_int_equal(crl[crl_size], 0);
    assert_int_equal(q->sgx_ql_free_root_ca_crl(crl), SGX_QL_SUCCESS);
    assert_row("a PCS has no policies",
               q->tee_get_default_platform_policy(tdx_fmspc(), 6, &policy, &chain_size),
               SGX_QL_NO_QUOTE_COLLATERAL_DATA);
}

static void azures_own_calls(void **state)
{
    (void)state;
    const quoteprov *q = quoteprov_library();
    static const char *const urls[] = {
        "https://certificates.trustedservices.intel.com/IntelSGXRootCA.crl",
        "https://api.trustedservices.intel.com/sgx/certification/v3/"
        "pckcrl?ca=platform&encoding=pem",
        "https://certificates.trustedservices.intel.com/IntelSGXPCKProcessor.crl"
    };
    sgx_ql_get_revocation_info_params_t params = { .version = SGX_QL_REVOCATION_INFO_VERSION_1,
                                                   .fmspc = tdx_fmspc(),
                                                   .fmspc_size = 6,
                                                   .crl_urls = urls,
                                                   .crl_url_count = 3 };
    sgx_ql_revocation_info_t *info = NULL;
    sgx_qe_identity_info_t *identity = NULL;
    configure("3.0", "");
    azure_set();
    if (q->sgx_ql_get_revocation_info(&params, &info) != SGX_PLAT_ERROR_OK)
        test_fail("%s", quoteprov_messages());
    assert_int_equal(info->version, 1);
    assert_int_equal(info->tcb_info_size, strlen(info->tcb_info));
    assert_int_equal(count_of(info->tcb_issuer_chain, "-----BEGIN CERTIFICATE"), 2);
    assert_int_equal(info->crl_count, 3);
    for (uint32_t i = 0; i < info->crl_count; i++)
        assert_int_equal((uint8_t)info->crls[i].crl_data[0], 0x30);
    assert_int_equal(count_of(info->crls[1].crl_issuer_chain, "-----BEGIN CERTIFICATE"), 2);
    q->sgx_ql_free_revocation_info(info);
    if (q->sgx_get_qe_identity_info(&identity) != SGX_PLAT_ERROR_OK)
        test_fail("%s", quoteprov_messages());
    assert_int_equal(identity->qe_id_info_size, strlen(identity->qe_id_info));
    assert_int_equal(identity->issuer_chain_size, strlen(identity->issuer_chain));
    q->sgx_free_qe_identity_info(identity);
    info = NULL;
    params.fmspc = (const uint8_t *)"\x12\x34\x56\x78\x9a\xbc";
    assert_row("unknown FMSPC", q->sgx_ql_get_revocation_info(&params, &info),
               SGX_PLAT_NO_DATA_FOUND);
    params.fmspc_size = 0;
    assert_row("half an FMSPC", q->sgx_ql_get_revocation_info(&params, &info),
               SGX_PLAT_ERROR_INVALID_PARAMETER);
    assert_row("nothing to fill", q->sgx_get_qe_identity_info(NULL),
               SGX_PLAT_ERROR_INVALID_PARAMETER);
    assert_null(info);
}

/* ---- Failures ---- */

static void failures_have_their_codes(void **state)
{
    (void)state;
    const quoteprov *q = quoteprov_library();
    static const uint8_t unknown[] = { 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc };
    sgx_ql_qve_collateral_t *c = NULL;
    configure("3.1", "");
    assert_row("unknown FMSPC",
               q->sgx_ql_get_quote_verification_collateral(unknown, 6, "platform", &c),
               SGX_QL_NO_QUOTE_COLLATERAL_DATA);
    assert_non_null(strstr(quoteprov_messages(), "0xB00F"));
    assert_row("no FMSPC", q->sgx_ql_get_quote_verification_collateral(NULL, 6, "platform", &c),
               SGX_QL_ERROR_INVALID_PARAMETER);
    assert_row("FMSPC of 5",
               q->tdx_ql_get_quote_verification_collateral(unknown, 5, "platform", &c),
               SGX_QL_ERROR_INVALID_PARAMETER);
    assert_row("no such CA", q->sgx_ql_get_quote_verification_collateral(unknown, 6, "root", &c),
               SGX_QL_ERROR_INVALID_PARAMETER);
    assert_row("nowhere to",
               q->sgx_ql_get_quote_verification_collateral(unknown, 6, "platform", NULL),
               SGX_QL_ERROR_INVALID_PARAMETER);
    assert_row("custom parameters for a PCS",
               q->sgx_ql_get_quote_verification_collateral_with_params(tdx_fmspc(), 6, "platform",
                                                                       "region=x", 8, &c),
               SGX_QL_ERROR_INVALID_PARAMETER);
    assert_row("custom parameters of no size",
               q->sgx_ql_get_quote_verification_collateral_with_params(tdx_fmspc(), 6, "platform",
                                                                       "region=x", 0, &c),
               SGX_QL_ERROR_INVALID_PARAMETER);
    assert_null(c);
}

static void configurations_that_are_none(void **state)
{
    (void)state;
    const quoteprov *q = quoteprov_library();
    sgx_ql_qve_collateral_t *c = NULL;
    quoteprov_configure("{ \"pccs_url\": \"https://localhost:8081/sgx/certification/v4/\", }");
    assert_row("a comma too many", q->sgx_qpl_global_init(), SGX_QL_CONFIG_INVALID_JSON);
    assert_non_null(strstr(quoteprov_messages(), "qcnl.conf:1:"));
    assert_row("asked again",
               q->sgx_ql_get_quote_verification_collateral(tdx_fmspc(), 6, "platform", &c),
               SGX_QL_CONFIG_INVALID_JSON);
    configure("3.1", "");
    assert_row("not remembered", q->sgx_qpl_global_init(), SGX_QL_SUCCESS);
    quoteprov_set("AZDCAP_COLLATERAL_VERSION", "v2");
    assert_row("a retired form", q->sgx_qpl_global_init(), SGX_QL_ERROR_INVALID_PARAMETER);
    quoteprov_set("AZDCAP_COLLATERAL_VERSION", NULL);
    quoteprov_set("AZDCAP_CACHE_EXPIRY_IN_SECONDS", "86401");
    assert_row("more than a day", q->sgx_qpl_global_init(), SGX_QL_ERROR_INVALID_PARAMETER);
    quoteprov_set("AZDCAP_CACHE_EXPIRY_IN_SECONDS", NULL);
    quoteprov_set("AZDCAP_BYPASS_BASE_URL", "perhaps");
    assert_row("neither true nor false", q->sgx_qpl_global_init(), SGX_QL_ERROR_INVALID_PARAMETER);
    quoteprov_set("AZDCAP_BYPASS_BASE_URL", NULL);
    quoteprov_set("ASSAY_QUOTEPROV_SERVICE", "pcx");
    assert_row("no such service", q->sgx_qpl_global_init(), SGX_QL_ERROR_INVALID_PARAMETER);
    assert_null(c);
}

static void caches_are_cleared_by_name(void **state)
{
    (void)state;
    const quoteprov *q = quoteprov_library();
    configure("3.1", "");
    assert_row("all", q->sgx_qpl_clear_cache(7), SGX_QL_SUCCESS);
    assert_row("none", q->sgx_qpl_clear_cache(0), SGX_QL_ERROR_INVALID_PARAMETER);
    assert_row("unknown", q->sgx_qpl_clear_cache(8), SGX_QL_ERROR_INVALID_PARAMETER);
}

/* ---- The library as such ---- */

static unsigned azure_messages, intel_messages;

static void count_azure(azure_log_level level, const char *message)
{
    (void)message;
    azure_messages += level == AZURE_LOG_ERROR;
}

static void count_intel(sgx_ql_log_level_t level, const char *message)
{
    (void)message;
    intel_messages += level == SGX_QL_LOG_ERROR;
    assert_int_equal(level, SGX_QL_LOG_ERROR);
}

static void both_callbacks_are_told(void **state)
{
    (void)state;
    const quoteprov *q = quoteprov_library();
    static const uint8_t unknown[] = { 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc };
    sgx_ql_qve_collateral_t *c = NULL;
    configure("3.1", "");
    assert_int_equal(q->sgx_ql_set_logging_callback(count_intel, (sgx_ql_log_level_t)77), 0);
    assert_int_equal(q->sgx_ql_set_logging_function(count_azure), SGX_PLAT_ERROR_OK);
    assert_row("unknown FMSPC",
               q->sgx_ql_get_quote_verification_collateral(unknown, 6, "platform", &c),
               SGX_QL_NO_QUOTE_COLLATERAL_DATA);
    assert_int_equal(q->sgx_ql_set_logging_function(NULL), SGX_PLAT_ERROR_OK);
    assert_int_equal(azure_messages, 1);
    assert_int_equal(intel_messages, 1);
    quoteprov_listen();
}

static void *ask_and_clean(void *failures)
{
    const quoteprov *q = quoteprov_library();
    for (int i = 0; i < 12; i++) {
        sgx_ql_qve_collateral_t *c = NULL;
        if (q->tdx_ql_get_quote_verification_collateral(tdx_fmspc(), 6, "platform", &c) != 0)
            ++*(unsigned *)failures;
        q->tdx_ql_free_quote_verification_collateral(c);
        q->sgx_qpl_global_cleanup();
    }
    return NULL;
}

static void cleanup_takes_nothing_from_under_a_call(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    unsigned failures[THREADS] = { 0 };
    configure("3.1", "");
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_and_clean, &failures[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(failures[i], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(collateral_comes_in_the_form_that_is_configured),
        cmocka_unit_test(a_platform_gets_its_certificate),
        cmocka_unit_test(arguments_are_looked_at),
        cmocka_unit_test(single_items),
        cmocka_unit_test(azures_own_calls),
        cmocka_unit_test(failures_have_their_codes),
        cmocka_unit_test(configurations_that_are_none),
        cmocka_unit_test(caches_are_cleared_by_name),
        cmocka_unit_test(both_callbacks_are_told),
        cmocka_unit_test(cleanup_takes_nothing_from_under_a_call),
    };
    return cmocka_run_group_tests(tests, vendor_begin, vendor_end);
}
