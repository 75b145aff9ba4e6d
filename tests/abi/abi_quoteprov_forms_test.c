/* abi_quoteprov_forms_test.c: what the provider library asks a PCCS for, and what it makes of the
 * answers. The service only answers and remembers. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "quoteprov_items.h"
#include "support.h"

/* ---- What is asked ---- */

static void asked_once(const char *what, const char *asked, const char *line)
{
    const char *found = strstr(asked, line);
    if (found == NULL || strstr(found + 1, line) != NULL)
        test_fail("%s: \"%s\" is not once in:\n%s", what, line, asked);
}

static void a_pccs_is_asked_as_qpl_asks_it(void **state)
{
    (void)state;
    static const struct {
        const char *api_version, *crl, *root;
        uint32_t tee_type;
        const char *tcb, *identity;
    } rows[] = {
        { "3.0", "GET /sgx/certification/v4/pckcrl?ca=processor\n",
          "GET /sgx/certification/v4/rootcacrl\n", 0,
          "GET /sgx/certification/v4/tcb?fmspc=00906ED50000&update=standard\n",
          "GET /sgx/certification/v4/qe/identity?update=standard\n" },
        { "3.1", "GET /sgx/certification/v4/pckcrl?ca=processor&encoding=der\n",
          "GET /sgx/certification/v4/crl?uri=https://certificates.trustedservices.intel.com/"
          "IntelSGXRootCA.der\n",
          0x81, "GET /tdx/certification/v4/tcb?fmspc=00906ED50000&update=standard\n",
          "GET /tdx/certification/v4/qe/identity?update=standard\n" },
    };
    stub_service *service = pccs_start();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        pccs_configure(service, rows[i].api_version, "");
        collateral_of(rows[i].api_version, rows[i].tee_type);
        const char *asked = stub_service_asked(service);
        asked_once(rows[i].api_version, asked, rows[i].crl);
        asked_once(rows[i].api_version, asked, rows[i].root);
        asked_once(rows[i].api_version, asked, rows[i].tcb);
        asked_once(rows[i].api_version, asked, rows[i].identity);
    }
    stub_service_stop(service);
}

static void custom_parameters_travel_in_base64(void **state)
{
    (void)state;
    const quoteprov *q = quoteprov_library();
    static const char custom[] = "region=eastus&tcbevaluationdatanumber=11";
    static const char encoded[] =
        "customParameter=cmVnaW9uPWVhc3R1cyZ0Y2JldmFsdWF0aW9uZGF0YW51bWJlcj0xMQ";
    sgx_ql_qve_collateral_t *c = NULL;
    stub_service *service = pccs_start();
    pccs_configure(service, "3.0", "");
    assert_row("with",
               q->sgx_ql_get_quote_verification_collateral_with_params(
                   fmspc, 6, "platform", custom, (uint16_t)strlen(custom), &c),
               SGX_QL_SUCCESS);
    assert_non_null(strstr(stub_service_asked(service), encoded));
    assert_int_equal(q->sgx_ql_free_quote_verification_collateral(c), SGX_QL_SUCCESS);
    assert_row(
        "without",
        q->sgx_ql_get_quote_verification_collateral_with_params(fmspc, 6, "platform", NULL, 0, &c),
        SGX_QL_SUCCESS);
    assert_null(strstr(stub_service_asked(service), "customParameter"));
    assert_int_equal(q->sgx_ql_free_quote_verification_collateral(c), SGX_QL_SUCCESS);
    stub_service_stop(service);
}

/* ---- Certificates of platforms ---- */

static void a_certificate_without_ppid_is_asked_with_zeros(void **state)
{
    (void)state;
    stub_service *service = pccs_start();
    pccs_configure(service, "3.0",
                   ", \"custom_request_options\": { \"get_cert\": {\n"
                   "  \"headers\": { \"metadata\": \"true\" }, \"params\": { \"a\": \"b\" } } }");
    certificate_expect("PCCS");
    const char *asked = stub_service_asked(service);
    assert_non_null(strstr(asked, "GET /sgx/certification/v4/pckcert?qeid=AB000000"));
    assert_non_null(strstr(asked, "&encrypted_ppid=0000000000"));
    assert_non_null(strstr(asked, "&cpusvn=01020300000000000000000000000000"));
    assert_non_null(strstr(asked, "&pcesvn=0D00&pceid=0000"));
    assert_non_null(strstr(asked, "&a=b"));
    assert_non_null(strcasestr(stub_service_headers(service), "metadata: true"));
    stub_service_stop(service);
}

static void refusals_have_their_codes(void **state)
{
    (void)state;
    static const struct {
        unsigned code;
        quote3_error_t wanted;
        const char *qcnl;
    } rows[] = {
        { 404, SGX_QL_NO_PLATFORM_CERT_DATA, "0xB00F" },
        { 461, SGX_QL_PLATFORM_UNKNOWN, "0xB010" },
        { 462, SGX_QL_CERTS_UNAVAILABLE, "0xB012" },
        { 503, SGX_QL_SERVICE_UNAVAILABLE, "0xB013" },
        { 500, SGX_QL_UNKNOWN_MESSAGE_RESPONSE, "0xB011" },
        { 403, SGX_QL_NETWORK_ERROR, "0xB003" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const stub_reply reply = { "/pckcert", rows[i].code, NULL, { NULL, 0 } };
        stub_service *service = stub_service_start(&reply, 1);
        sgx_ql_config_t *config = NULL;
        pccs_configure(service, "3.0", "");
        quoteprov_messages();
        assert_row(rows[i].qcnl, certificate_get(&config), rows[i].wanted);
        assert_non_null(strstr(quoteprov_messages(), rows[i].qcnl));
        assert_null(config);
        stub_service_stop(service);
    }
}

static void replies_that_lack_something(void **state)
{
    (void)state;
    char only_chain[8192];
    sgx_ql_config_t *config = NULL;
    snprintf(only_chain, sizeof(only_chain), "%s", headers_of(&items.pccs_headers));
    strstr(only_chain, "SGX-TCBm")[0] = '\0';
    const stub_reply rows[] = {
        { "/pckcert", 200, only_chain, bytes_span(&items.leaf) },
        { "/pckcert", 200, "SGX-TCBm: 00\r\n", bytes_span(&items.leaf) },
        { "/pckcert", 200, headers_of(&items.pccs_headers), { (const uint8_t *)"hello", 5 } },
        { "/pckcert", 200, headers_of(&items.pccs_headers), { NULL, 0 } },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        stub_service *service = stub_service_start(&rows[i], 1);
        pccs_configure(service, "3.0", "");
        assert_row("incomplete", certificate_get(&config), SGX_QL_ERROR_MESSAGE_PARSING_ERROR);
        assert_null(config);
        stub_service_stop(service);
    }
}

static void nobody_listens(void **state)
{
    (void)state;
    sgx_ql_config_t *config = NULL;
    stub_service *service = pccs_start();
    pccs_configure(service, "3.0", "");
    stub_service_stop(service);
    assert_row("connect", certificate_get(&config), SGX_QL_NETWORK_ERROR);
    assert_non_null(strstr(quoteprov_messages(), "0xB006"));
}

/* ---- The rest ---- */

static void policies_come_from_a_pccs(void **state)
{
    (void)state;
    const quoteprov *q = quoteprov_library();
    uint8_t *policy = NULL;
    uint32_t size = 0;
    stub_service *service = pccs_start();
    pccs_configure(service, "3.1", "");
    assert_row("get", q->tee_get_default_platform_policy(fmspc, 6, &policy, &size), SGX_QL_SUCCESS);
    assert_int_equal(size, 16);
    assert_string_equal((const char *)policy, "eyJhIjoxfQ.e30.");
    asked_once("policy", stub_service_asked(service),
               "GET /sgx/certification/v4/appraisalpolicy?fmspc=00906ED50000\n");
    assert_row("free", q->tee_free_platform_policy(policy), SGX_QL_SUCCESS);
    assert_row("free nothing", q->tee_free_default_platform_policy(NULL), SGX_QL_SUCCESS);
    stub_service_stop(service);
}

static void what_is_kept_is_not_asked_again(void **state)
{
    (void)state;
    const quoteprov *q = quoteprov_library();
    char text[512];
    stub_service *service = pccs_start();
    snprintf(text, sizeof(text),
             "{ \"pccs_url\": \"http://127.0.0.1:%u/sgx/certification/v4/\", \"retry_times\": 0,\n"
             "  \"pck_cache_expire_hours\": 24, \"verify_collateral_cache_expire_hours\": 24 }\n",
             stub_service_port(service));
    quoteprov_configure(text);
    certificate_expect("first");
    assert_non_null(strstr(stub_service_asked(service), "/pckcert?"));
    certificate_expect("kept");
    assert_string_equal(stub_service_asked(service), "");
    assert_row("clear", q->sgx_qpl_clear_cache(SGX_QPL_CACHE_CERTIFICATE), SGX_QL_SUCCESS);
    certificate_expect("cleared");
    assert_non_null(strstr(stub_service_asked(service), "/pckcert?"));
    assert_row("clear", q->sgx_qpl_clear_cache(7), SGX_QL_SUCCESS);
    stub_service_stop(service);
}

/* As PCKIDRetrievalTool and its like leave it for hosts without a network. */
static void intels_file_stands_in_for_a_network(void **state)
{
    (void)state;
    char folder[512], path[600];
    sim_bytes file = { 0 };
    sgx_ql_config_t *config = NULL;
    quoteprov_configure("{ \"pccs_url\": \"https://localhost:8081/sgx/certification/v4/\","
                        " \"local_cache_only\": true }");
    assert_row("nothing there", certificate_get(&config), SGX_QL_NO_PLATFORM_CERT_DATA);
    assert_non_null(strstr(quoteprov_messages(), "0xB031"));
    bytes_add_u16le(&file, 1);
    bytes_add_u32le(&file, 1);
    bytes_add_u32le(&file, UINT32_MAX); /* expires in 2106: 64 bits */
    bytes_add_u32le(&file, 0);
    bytes_add_u32le(&file, (uint32_t)strlen(headers_of(&items.pccs_headers)));
    bytes_add_text(&file, headers_of(&items.pccs_headers));
    bytes_add_u32le(&file, (uint32_t)items.leaf.size);
    bytes_add(&file, bytes_span(&items.leaf));
    snprintf(folder, sizeof(folder), "%s/.dcap-qcnl", quoteprov_folder());
    assert_int_equal(mkdir(folder, 0700), 0);
    snprintf(path, sizeof(path), "%s/ab000000000000000000000000000000_0000", folder);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(file.data, 1, file.size, out), file.size);
    assert_int_equal(fclose(out), 0);
    certificate_expect("Intel's file");
    bytes_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pccs_is_asked_as_qpl_asks_it),
        cmocka_unit_test(custom_parameters_travel_in_base64),
        cmocka_unit_test(a_certificate_without_ppid_is_asked_with_zeros),
        cmocka_unit_test(refusals_have_their_codes),
        cmocka_unit_test(replies_that_lack_something),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(policies_come_from_a_pccs),
        cmocka_unit_test(what_is_kept_is_not_asked_again),
        cmocka_unit_test(intels_file_stands_in_for_a_network),
    };
    return cmocka_run_group_tests(tests, quoteprov_items_make, quoteprov_items_free);
}
