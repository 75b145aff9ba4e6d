/* quoteprov_items.c: what a PCCS and Azure's endpoint in the guest send, made by the simulator, and
 * the calls that ask for it. */
#include "quoteprov_items.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/certificates.h"
#include "sim/faults.h"
#include "support.h"

enum { SEED = 7 };

quoteprov_items items;
const uint8_t fmspc[6] = { 0x00, 0x90, 0x6e, 0xd5, 0x00, 0x00 };

static sim_artifacts sgx, tdx;
static sim_bytes crl_headers, tcb_headers, identity_headers, pck_crl_hex, root_crl_hex;
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
    assert_int_equal(sim_chain_write(world, ring, &one, &items.leaf, NULL), ASSAY_OK);
    assay_hex_encode((assay_span) { world->platform.cpu_svn, 16 }, tcbm);
    assay_hex_encode((assay_span) { pce_svn, 2 }, tcbm + 32);
    header_add(&items.pccs_headers, "SGX-PCK-Certificate-Issuer-Chain", chain);
    bytes_add_format(&items.pccs_headers,
                     "SGX-TCBm: %s\r\nSGX-FMSPC: 00906ED50000\r\n"
                     "SGX-PCK-Certificate-CA-Type: platform\r\n",
                     tcbm);
    bytes_add_text(&items.thim_certificate, "{\"pckCert\":\"");
    for (size_t i = 0; i < items.leaf.size; i++)
        bytes_add_format(&items.thim_certificate, items.leaf.data[i] == '\n' ? "\\n" : "%c",
                         items.leaf.data[i]);
    bytes_add_format(&items.thim_certificate,
                     "\",\"sgx-Tcbm\":\"%s\",\"cacheMaxAge\":\"86400\","
                     "\"sgx-Pck-Certificate-Issuer-Chain\":\"",
                     tcbm);
    percent_encode(chain, &items.thim_certificate);
    bytes_add_text(&items.thim_certificate, "\"}");
}

int quoteprov_items_make(void **state)
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
    sim_bytes *const texts[] = { &items.pccs_headers, &crl_headers, &tcb_headers,
                                 &identity_headers };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        bytes_add_u8(texts[i], 0);
    quoteprov_listen();
    return 0;
}

int quoteprov_items_free(void **state)
{
    (void)state;
    sim_bytes *const all[] = { &items.leaf,         &items.thim_certificate,
                               &items.pccs_headers, &crl_headers,
                               &tcb_headers,        &identity_headers,
                               &pck_crl_hex,        &root_crl_hex };
    for (size_t i = 0; i < COUNT_OF(all); i++)
        bytes_free(all[i]);
    sim_artifacts_free(&sgx);
    sim_artifacts_free(&tdx);
    return 0;
}

const char *headers_of(const sim_bytes *headers)
{
    return (const char *)headers->data;
}

stub_service *pccs_start(void)
{
    static stub_reply rows[9];
    const stub_reply all[] = {
        { "/pckcert", 200, headers_of(&items.pccs_headers), bytes_span(&items.leaf) },
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

void pccs_configure(const stub_service *service, const char *api_version, const char *more)
{
    char text[1024];
    snprintf(text, sizeof(text),
             "{ \"pccs_url\": \"http://127.0.0.1:%u/sgx/certification/v4/\",\n"
             "  \"pccs_api_version\": \"%s\", \"retry_times\": 0,\n"
             "  \"pck_cache_expire_hours\": 0, \"verify_collateral_cache_expire_hours\": 0%s }\n",
             stub_service_port(service), api_version, more);
    quoteprov_configure(text);
}

void collateral_of(const char *what, uint32_t tee_type)
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

quote3_error_t certificate_get(sgx_ql_config_t **config)
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

void certificate_expect(const char *what)
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
    assert_memory_equal(config->p_cert_data, items.leaf.data, items.leaf.size - 1);
    assert_int_equal(quoteprov_library()->sgx_ql_free_quote_config(config), SGX_QL_SUCCESS);
}
