/* quoteprov_checks.c: collateral and certificates that the provider library has handed out. */
#include "quoteprov_checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay/collateral.h"
#include "support.h"

static assay_roots roots_read(const char *path)
{
    assay_roots roots = { .count = 0 };
    uint8_t pem[4096];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t size = fread(pem, 1, sizeof(pem), file);
    fclose(file);
    assert_int_equal(assay_roots_add(&roots, (assay_span) { pem, size }, NULL), ASSAY_OK);
    return roots;
}

static assay_span without_nul(const char *text, uint32_t size)
{
    assert_true(size > 1);
    assert_int_equal(text[size - 1], '\0');
    return (assay_span) { (const uint8_t *)text, size - 1 };
}

static assay_collateral_items items_of(const sgx_ql_qve_collateral_t *c)
{
#define ITEM(name) .name = without_nul(c->name, c->name##_size)
    return (assay_collateral_items) {
        ITEM(tcb_info),
        ITEM(tcb_info_issuer_chain),
        ITEM(qe_identity),
        ITEM(qe_identity_issuer_chain),
        ITEM(root_ca_crl),
        ITEM(pck_crl),
        ITEM(pck_crl_issuer_chain),
    };
#undef ITEM
}

void collateral_sound(const char *what, const sgx_ql_qve_collateral_t *collateral,
                      const char *root_path)
{
    const assay_collateral_items items = items_of(collateral);
    const assay_roots roots = roots_read(root_path);
    assay_collateral *made = NULL;
    assay_error error = { 0 };
    assert_int_equal(assay_collateral_new(&items, &roots, &made, NULL), ASSAY_OK);
    if (assay_collateral_check(made, &error) != ASSAY_OK)
        test_fail("%s: %s: %s", what, error.where, error.detail);
    assay_collateral_unref(made);
}

void platform_make(platform *p, const sim_fleet *fleet, uint64_t number)
{
    memset(p, 0, sizeof(*p));
    assert_true(fleet_find(fleet, number, &p->member));
    fleet_token_write(fleet, &p->member, SIM_ENCRYPTED_PPID, &p->ppid);
    memcpy(p->cpu_svn.svn, p->member.cpu_svn, sizeof(p->cpu_svn.svn));
    p->pce_svn = p->member.pce_svn;
    p->id = (sgx_ql_pck_cert_id_t) {
        .p_qe3_id = p->member.qe_id,
        .qe3_id_size = SIM_QE_ID_SIZE,
        .p_platform_cpu_svn = &p->cpu_svn,
        .p_platform_pce_isv_svn = &p->pce_svn,
        .p_encrypted_ppid = p->ppid.data,
        .encrypted_ppid_size = (uint32_t)p->ppid.size,
        .crypto_suite = 1,
        .pce_id = (uint16_t)(p->member.pce_id[0] | p->member.pce_id[1] << 8),
    };
}

void platform_free(platform *p)
{
    bytes_free(&p->ppid);
}

size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    while ((text = strstr(text, part)) != NULL) {
        text += strlen(part);
        count++;
    }
    return count;
}

void platform_certificate_expect(const platform *p)
{
    const quoteprov *q = quoteprov_library();
    uint8_t tcbm[SIM_TCBM_SIZE];
    sgx_ql_config_t *config = NULL;
    const size_t level = fleet_member_select(&p->member, p->cpu_svn.svn, p->pce_svn, SIM_BY_PPID);
    if (q->sgx_ql_get_quote_config(&p->id, &config) != SGX_QL_SUCCESS)
        test_fail("platform %d: %s", (int)p->member.number, quoteprov_messages());
    fleet_level_tcbm(fleet_member_level(&p->member, level), tcbm);
    assert_int_equal(config->version, SGX_QL_CONFIG_VERSION_1);
    assert_memory_equal(config->cert_cpu_svn.svn, tcbm, 16);
    assert_int_equal(config->cert_pce_isv_svn, tcbm[16] | tcbm[17] << 8);
    assert_int_equal(config->cert_data_size, strlen((const char *)config->p_cert_data) + 1);
    assert_int_equal(count_of((const char *)config->p_cert_data, "-----BEGIN CERTIFICATE"), 3);
    assert_int_equal(q->sgx_ql_free_quote_config(config), SGX_QL_SUCCESS);
}
