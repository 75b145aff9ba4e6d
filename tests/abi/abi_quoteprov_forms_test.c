/* abi_quoteprov_forms_test.c: what the provider library asks a PCCS and Azure's services for, and
 * what it makes of their answers, by both configurations. The service only answers and remembers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "quoteprov.h"
#include "sim/certificates.h"
#include "sim/faults.h"
#include "stub_service.h"
#include "support.h"

enum { SEED = 7 };

/* ---- Items, and how services send them ---- */

static sim_artifacts sgx, tdx;
static sim_bytes leaf, thim_certificate, pccs_headers, crl_headers, tcb_headers, identity_headers,
    pck_crl_hex, root_crl_hex;
static char tcbm[37];

static void percent_encode(assay_span in, sim_bytes *out)
{
    for (size_t i = 0; i < in.size; i++) {
        const char c = (char)in.data[i];
        if (strchr("+/=% \n", c) != NULL && c != '\0')
            bytes_add_format(out, "%%%02X", (unsigned)in.data[i]);
        else
            bytes_add_u8(out, in.data[i]);
    }
}

static void header_add(sim_bytes *out, const char *name, assay_span chain)
{
    bytes_add_format(out, "%s: ", name);
    percent_encode(chain, out);
    bytes_add_text(out, "\r\n");
}

static void platform_items(const sim_world *world, const sim_keyring *ring)
{
    const sim_chain one = { .certificates = { SIM_LEAF }, .count = 1 };
    const uint8_t pce_svn[] = { (uint8_t)world->platform.pce_svn,
                                (uint8_t)(world->platform.pce_svn >> 8) };
    const assay_span chain = bytes_span(&sgx.pck_crl_issuer_chain);
    assert_int_equal(sim_chain_write(world, ring, &one, &leaf, NULL), ASSAY_OK);
    assay_hex_encode((assay_span) { world->platform.cpu_svn, 16 }, tcbm);
    assay_hex_encode((assay_span) { pce_svn, 2 }, tcbm + 32);
    header_add(&pccs_headers, "SGX-PCK-Certificate-Issuer-Chain", chain);
    bytes_add_format(&pccs_headers,
                     "SGX-TCBm: %s\r\nSGX-FMSPC: 00906ED50000\r\n"
                     "SGX-PCK-Certificate-CA-Type: platform\r\n",
                     tcbm);
    bytes_add_text(&thim_certificate, "{\"pckCert\":\"");
    for (size_t i = 0; i < leaf.size; i++)
        bytes_add_format(&thim_certificate, leaf.data[i] == '\n' ? "\\n" : "%c", leaf.data[i]);
    bytes_add_format(&thim_certificate,
                     "\",\"sgx-Tcbm\":\"%s\",\"cacheMaxAge\":\"86400\","
                     "\"sgx-Pck-Certificate-Issuer-Chain\":\"",
                     tcbm);
    percent_encode(chain, &thim_certificate);
    bytes_add_text(&thim_certificate, "\"}");
}

static int items_make(void **state)
{
    (void)state;
    sim_world world;
    sim_keyring ring;
    sim_world_init(&world, sim_profile_find("tdx-v4"), SEED, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    assert_int_equal(sim_build(&world, &tdx, NULL), ASSAY_OK);
    sim_world_init(&world, sim_profile_find("sgx-v3"), SEED, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    assert_int_equal(sim_build(&world, &sgx, NULL), ASSAY_OK);
    assert_int_equal(sim_keyring_derive(SEED, &ring, NULL), ASSAY_OK);
    platform_items(&world, &ring);
    header_add(&crl_headers, "SGX-PCK-CRL-Issuer-Chain", bytes_span(&sgx.pck_crl_issuer_chain));
    header_add(&tcb_headers, "TCB-Info-Issuer-Chain", bytes_span(&sgx.tcb_info_issuer_chain));
    header_add(&identity_headers, "SGX-Enclave-Identity-Issuer-Chain",
               bytes_span(&sgx.qe_identity_issuer_chain));
    bytes_add_hex(&pck_crl_hex, bytes_span(&sgx.pck_crl), hex_lower);
    bytes_add_hex(&root_crl_hex, bytes_span(&sgx.root_ca_crl), hex_lower);
    sim_bytes *const texts[] = { &pccs_headers, &crl_headers, &tcb_headers, &identity_headers };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        bytes_add_u8(texts[i], 0);
    quoteprov_listen();
    return 0;
}

static int items_free(void **state)
{
    (void)state;
    sim_bytes *const all[] = { &leaf,        &thim_certificate, &pccs_headers, &crl_headers,
                               &tcb_headers, &identity_headers, &pck_crl_hex,  &root_crl_hex };
    for (size_t i = 0; i < COUNT_OF(all); i++)
        bytes_free(all[i]);
    sim_artifacts_free(&sgx);
    sim_artifacts_free(&tdx);
    return 0;
}

static const char *headers_of(const sim_bytes *headers)
{
    return (const char *)headers->data;
}

/* A PCCS, whatever its version: hex unless DER is asked for by address. */
static stub_service *pccs_start(void)
{
    static stub_reply rows[9];
    const stub_reply all[] = {
        { "/pckcert", 200, headers_of(&pccs_headers), bytes_span(&leaf) },
        { "/pckcrl", 200, headers_of(&crl_headers), bytes_span(&pck_crl_hex) },
        { "/tdx/certification/v4/tcb", 200, headers_of(&tcb_headers), bytes_span(&tdx.tcb_info) },
        { "/tdx/certification/v4/qe/identity", 200, headers_of(&identity_headers),
          bytes_span(&tdx.qe_identity) },
        { "/tcb", 200, headers_of(&tcb_headers), bytes_span(&sgx.tcb_info) },
        { "/qe/identity", 200, headers_of(&identity_headers), bytes_span(&sgx.qe_identity) },
        { "/rootcacrl", 200, NULL, bytes_span(&root_crl_hex) },
        { "/crl", 200, NULL, bytes_span(&sgx.root_ca_crl) },
        { "/appraisalpolicy", 200, NULL, { (const uint8_t *)"eyJhIjoxfQ.e30.", 15 } },
    };
    memcpy(rows, all, sizeof(all));
    return stub_service_start(rows, COUNT_OF(all));
}

/* ---- What is asked ---- */

static void pccs_configure(const stub_service *service, const char *api_version, const char *more)
{
    char text[1024];
    snprintf(text, sizeof(text),
             "{ \"pccs_url\": \"http://127.0.0.1:%u/sgx/certification/v4/\",\n"
             "  \"pccs_api_version\": \"%s\", \"retry_times\": 0,\n"
             "  \"pck_cache_expire_hours\": 0, \"verify_collateral_cache_expire_hours\": 0%s }\n",
             stub_service_port(service), api_version, more);
    quoteprov_configure(text);
}

static void azure_configure(const stub_service *service, const char *variable)
{
    char base[256];
    pccs_configure(service, "3.0", "");
    snprintf(base, sizeof(base), "http://127.0.0.1:%u/sgx/certification",
             stub_service_port(service));
    quoteprov_set(variable, base);
}

static void asked_once(const char *what, const char *asked, const char *line)
{
    const char *found = strstr(asked, line);
    if (found == NULL || strstr(found + 1, line) != NULL)
        test_fail("%s: \"%s\" is not once in:\n%s", what, line, asked);
}

static const uint8_t fmspc[] = { 0x00, 0x90, 0x6e, 0xd5, 0x00, 0x00 };

static void collateral_of(const char *what, uint32_t tee_type)
{
    const quoteprov *q = quoteprov_library();
    sgx_ql_qve_collateral_t *c = NULL;
    const quote3_error_t code =
        tee_type == 0 ? q->sgx_ql_get_quote_verification_collateral(fmspc, 6, "processor", &c)
                      : q->tdx_ql_get_quote_verification_collateral(fmspc, 6, "processor", &c);
    if (code != SGX_QL_SUCCESS)
        test_fail("%s: %#x: %s", what, (unsigned)code, quoteprov_messages());
    assert_row(what, c->tee_type, tee_type);
    assert_int_equal(q->sgx_ql_free_quote_verification_collateral(c), SGX_QL_SUCCESS);
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

static quote3_error_t certificate_get(sgx_ql_config_t **config)
{
    static uint8_t qe_id[16] = { 0xab };
    static sgx_cpu_svn_t cpu_svn = { { 1, 2, 3 } };
    static sgx_isv_svn_t pce_svn = 0x0d;
    const sgx_ql_pck_cert_id_t id = { .p_qe3_id = qe_id,
                                      .qe3_id_size = sizeof(qe_id),
                                      .p_platform_cpu_svn = &cpu_svn,
                                      .p_platform_pce_isv_svn = &pce_svn,
                                      .crypto_suite = 1,
                                      .pce_id = 0 };
    return quoteprov_library()->sgx_ql_get_quote_config(&id, config);
}

static void certificate_expect(const char *what)
{
    sgx_ql_config_t *config = NULL;
    uint8_t wanted[18];
    if (certificate_get(&config) != SGX_QL_SUCCESS)
        test_fail("%s: %s", what, quoteprov_messages());
    assert_int_equal(assay_hex_decode((assay_span) { (const uint8_t *)tcbm, 36 }, wanted, 18, NULL),
                     ASSAY_OK);
    assert_memory_equal(config->cert_cpu_svn.svn, wanted, 16);
    assert_row(what, config->cert_pce_isv_svn, wanted[16] | wanted[17] << 8);
    assert_int_equal(config->cert_data_size, strlen((const char *)config->p_cert_data) + 1);
    assert_memory_equal(config->p_cert_data, leaf.data, leaf.size - 1);
    assert_int_equal(quoteprov_library()->sgx_ql_free_quote_config(config), SGX_QL_SUCCESS);
}

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
    snprintf(only_chain, sizeof(only_chain), "%s", headers_of(&pccs_headers));
    strstr(only_chain, "SGX-TCBm")[0] = '\0';
    const stub_reply rows[] = {
        { "/pckcert", 200, only_chain, bytes_span(&leaf) },
        { "/pckcert", 200, "SGX-TCBm: 00\r\n", bytes_span(&leaf) },
        { "/pckcert", 200, headers_of(&pccs_headers), { (const uint8_t *)"hello", 5 } },
        { "/pckcert", 200, headers_of(&pccs_headers), { NULL, 0 } },
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

/* ---- Azure ---- */

static void azures_variables_win_over_the_file(void **state)
{
    (void)state;
    stub_service *file = pccs_start(), *azure = pccs_start();
    char text[512], base[256];
    snprintf(base, sizeof(base), "http://127.0.0.1:%u/sgx/certification/",
             stub_service_port(azure));
    snprintf(text, sizeof(text),
             "PCCS_URL=http://127.0.0.1:%u/sgx/certification/v4/\n"
             "# the old form\nUSE_SECURE_CERT=FALSE\nRETRY_TIMES=0\n"
             "PCK_CACHE_EXPIRE_HOURS=0\n"
             "VERIFY_COLLATERAL_CACHE_EXPIRE_HOURS=0\n",
             stub_service_port(file));
    quoteprov_configure(text);
    collateral_of("file", 0);
    assert_non_null(strstr(stub_service_asked(file), "/sgx/certification/v4/tcb?"));
    quoteprov_set("AZDCAP_BASE_CERT_URL", base);
    quoteprov_set("AZDCAP_COLLATERAL_VERSION", "v3");
    collateral_of("variable", 0);
    assert_string_equal(stub_service_asked(file), "");
    assert_non_null(strstr(stub_service_asked(azure), "/sgx/certification/v3/tcb?"));
    certificate_expect("certificates still by the file");
    assert_non_null(strstr(stub_service_asked(file), "/v4/pckcert?"));
    stub_service_stop(file);
    stub_service_stop(azure);
}

static void tdx_has_a_base_of_its_own(void **state)
{
    (void)state;
    stub_service *both = pccs_start(), *own = pccs_start();
    char base[256];
    azure_configure(both, "AZDCAP_BASE_CERT_URL");
    snprintf(base, sizeof(base), "http://127.0.0.1:%u/tdx/certification", stub_service_port(own));
    quoteprov_set("AZDCAP_BASE_CERT_URL_TDX", base);
    collateral_of("TDX", 0x81);
    const char *asked = stub_service_asked(own);
    assert_non_null(strstr(asked, "GET /tdx/certification/v4/tcb?"));
    assert_non_null(strstr(asked, "GET /sgx/certification/v4/pckcrl?"));
    assert_string_equal(stub_service_asked(both), "");
    collateral_of("SGX", 0);
    assert_non_null(strstr(stub_service_asked(both), "GET /sgx/certification/v4/tcb?"));
    stub_service_stop(both);
    stub_service_stop(own);
}

static void a_region_needs_no_path(void **state)
{
    (void)state;
    stub_service *region = pccs_start();
    char base[256];
    quoteprov_configure("{ \"pck_cache_expire_hours\": 0, "
                        "\"verify_collateral_cache_expire_hours\": 0, \"retry_times\": 0 }");
    snprintf(base, sizeof(base), "http://127.0.0.1:%u", stub_service_port(region));
    quoteprov_set("AZDCAP_REGION_URL", base);
    collateral_of("region", 0x81);
    assert_non_null(strstr(stub_service_asked(region), "GET /tdx/certification/v4/tcb?"));
    stub_service_stop(region);
}

static void the_second_address_is_asked_when_the_first_is_silent(void **state)
{
    (void)state;
    const stub_reply silent = { "/pckcert", 503, NULL, { NULL, 0 } };
    stub_service *first = stub_service_start(&silent, 1), *second = pccs_start();
    char base[256];
    azure_configure(first, "AZDCAP_PRIMARY_BASE_CERT_URL");
    snprintf(base, sizeof(base), "http://127.0.0.1:%u/sgx/certificates", stub_service_port(second));
    quoteprov_set("AZDCAP_SECONDARY_BASE_CERT_URL", base);
    quoteprov_set("AZDCAP_CLIENT_ID", "a client");
    certificate_expect("second");
    assert_non_null(strstr(stub_service_asked(first), "GET /sgx/certification/v4/pckcert?"));
    const char *asked = stub_service_asked(second);
    assert_non_null(strstr(asked, "GET /sgx/certificates/v4/pckcert?"));
    assert_non_null(strstr(asked, "clientid=a%20client"));
    quoteprov_set("AZDCAP_BYPASS_BASE_URL", "True");
    certificate_expect("bypassed");
    assert_string_equal(stub_service_asked(first), "");
    stub_service_stop(first);
    stub_service_stop(second);
}

static void the_guests_endpoint_answers_in_json(void **state)
{
    (void)state;
    const stub_reply row = { "/pckcert", 200, NULL, bytes_span(&thim_certificate) };
    stub_service *service = stub_service_start(&row, 1);
    azure_configure(service, "AZDCAP_PRIMARY_BASE_CERT_URL");
    quoteprov_set("ASSAY_QUOTEPROV_SERVICE", "thim-imds");
    certificate_expect("IMDS");
    assert_non_null(strstr(stub_service_asked(service), "api-version=2021-07-22-preview"));
    assert_non_null(strcasestr(stub_service_headers(service), "metadata: true"));
    stub_service_stop(service);
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
    bytes_add_u32le(&file, (uint32_t)strlen(headers_of(&pccs_headers)));
    bytes_add_text(&file, headers_of(&pccs_headers));
    bytes_add_u32le(&file, (uint32_t)leaf.size);
    bytes_add(&file, bytes_span(&leaf));
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
        cmocka_unit_test(azures_variables_win_over_the_file),
        cmocka_unit_test(tdx_has_a_base_of_its_own),
        cmocka_unit_test(a_region_needs_no_path),
        cmocka_unit_test(the_second_address_is_asked_when_the_first_is_silent),
        cmocka_unit_test(the_guests_endpoint_answers_in_json),
        cmocka_unit_test(policies_come_from_a_pccs),
        cmocka_unit_test(what_is_kept_is_not_asked_again),
        cmocka_unit_test(intels_file_stands_in_for_a_network),
    };
    return cmocka_run_group_tests(tests, items_make, items_free);
}
