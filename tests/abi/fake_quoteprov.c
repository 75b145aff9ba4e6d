/* fake_quoteprov.c: a libdcap_quoteprov.so.1 for tests: serves the seven files of the folder named
 * by FAKE_QUOTEPROV_FOLDER, and refuses calls that are not as verification.md 7.4 has them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi.h"

quote3_error_t sgx_qpl_global_init(void);
quote3_error_t sgx_ql_get_quote_verification_collateral(const uint8_t *fmspc, uint16_t size,
                                                        const char *ca,
                                                        sgx_ql_qve_collateral_t **out);
quote3_error_t sgx_ql_free_quote_verification_collateral(sgx_ql_qve_collateral_t *collateral);
quote3_error_t tdx_ql_get_quote_verification_collateral(const uint8_t *fmspc, uint16_t size,
                                                        const char *ca,
                                                        tdx_ql_qv_collateral_t **out);
quote3_error_t tdx_ql_free_quote_verification_collateral(tdx_ql_qv_collateral_t *collateral);
quote3_error_t sgx_ql_get_qve_identity(char **identity, uint32_t *identity_size, char **chain,
                                       uint32_t *chain_size);
quote3_error_t sgx_ql_free_qve_identity(char *identity, char *chain);
quote3_error_t sgx_ql_get_root_ca_crl(uint8_t **crl, uint16_t *size);
quote3_error_t sgx_ql_free_root_ca_crl(uint8_t *crl);

/* Tolerated: its configuration is no JSON. */
quote3_error_t sgx_qpl_global_init(void)
{
    return SGX_QL_CONFIG_INVALID_JSON;
}

/* The file, with a NUL behind it that `more` may count. */
static char *file_read(const char *name, uint32_t more, uint32_t *size)
{
    char path[1024];
    const char *folder = getenv("FAKE_QUOTEPROV_FOLDER");
    snprintf(path, sizeof(path), "%s/%s", folder != NULL ? folder : ".", name);
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 1 << 20);
    *size = more;
    if (file == NULL || text == NULL)
        return text;
    *size += (uint32_t)fread(text, 1, (1 << 20) - 1, file);
    fclose(file);
    return text;
}

static quote3_error_t get(uint32_t tee_type, uint16_t size, const char *ca,
                          sgx_ql_qve_collateral_t **out)
{
    sgx_ql_qve_collateral_t *c = calloc(1, sizeof(*c));
    if (c == NULL || size != 6 || (strcmp(ca, "processor") != 0 && strcmp(ca, "platform") != 0)) {
        free(c);
        return SGX_QL_ERROR_INVALID_PARAMETER;
    }
    c->major_version = 3;
    c->minor_version = 1;
    c->tee_type = tee_type;
    c->pck_crl_issuer_chain =
        file_read("pck_crl_issuer_chain.pem", 1, &c->pck_crl_issuer_chain_size);
    c->root_ca_crl = file_read("root_ca_crl.der", 0, &c->root_ca_crl_size);
    c->pck_crl = file_read("pck_crl.der", 0, &c->pck_crl_size);
    c->tcb_info_issuer_chain =
        file_read("tcb_info_issuer_chain.pem", 1, &c->tcb_info_issuer_chain_size);
    c->tcb_info = file_read("tcb_info.json", 1, &c->tcb_info_size);
    c->qe_identity_issuer_chain =
        file_read("qe_identity_issuer_chain.pem", 1, &c->qe_identity_issuer_chain_size);
    c->qe_identity = file_read("qe_identity.json", 1, &c->qe_identity_size);
    *out = c;
    return SGX_QL_SUCCESS;
}

quote3_error_t sgx_ql_get_quote_verification_collateral(const uint8_t *fmspc, uint16_t size,
                                                        const char *ca,
                                                        sgx_ql_qve_collateral_t **out)
{
    return fmspc != NULL ? get(0, size, ca, out) : SGX_QL_ERROR_INVALID_PARAMETER;
}

quote3_error_t tdx_ql_get_quote_verification_collateral(const uint8_t *fmspc, uint16_t size,
                                                        const char *ca,
                                                        tdx_ql_qv_collateral_t **out)
{
    return fmspc != NULL ? get(0x81, size, ca, out) : SGX_QL_ERROR_INVALID_PARAMETER;
}

quote3_error_t sgx_ql_free_quote_verification_collateral(sgx_ql_qve_collateral_t *collateral)
{
    free(collateral->pck_crl_issuer_chain);
    free(collateral->root_ca_crl);
    free(collateral->pck_crl);
    free(collateral->tcb_info_issuer_chain);
    free(collateral->tcb_info);
    free(collateral->qe_identity_issuer_chain);
    free(collateral->qe_identity);
    free(collateral);
    return SGX_QL_SUCCESS;
}

quote3_error_t tdx_ql_free_quote_verification_collateral(tdx_ql_qv_collateral_t *collateral)
{
    return sgx_ql_free_quote_verification_collateral(collateral);
}

quote3_error_t sgx_ql_get_qve_identity(char **identity, uint32_t *identity_size, char **chain,
                                       uint32_t *chain_size)
{
    *identity = file_read("qe_identity.json", 1, identity_size);
    *chain = file_read("qe_identity_issuer_chain.pem", 1, chain_size);
    return SGX_QL_SUCCESS;
}

quote3_error_t sgx_ql_free_qve_identity(char *identity, char *chain)
{
    free(identity);
    free(chain);
    return SGX_QL_SUCCESS;
}

quote3_error_t sgx_ql_get_root_ca_crl(uint8_t **crl, uint16_t *size)
{
    uint32_t whole;
    *crl = (uint8_t *)file_read("root_ca_crl.der", 0, &whole);
    *size = (uint16_t)whole;
    return SGX_QL_SUCCESS;
}

quote3_error_t sgx_ql_free_root_ca_crl(uint8_t *crl)
{
    free(crl);
    return SGX_QL_SUCCESS;
}
