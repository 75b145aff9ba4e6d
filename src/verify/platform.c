/* platform.c: what a PCK certificate says about the platform (verification.md 2.3): for the
 * verdict, and before any trust for those who look for collateral. */
#include "verify/steps.h"
#include "wire/pem.h"

void platform_tell(const pck_extension *pck, pck_ca ca, assay_platform *out)
{
    memcpy(out->ppid, pck->ppid, sizeof(out->ppid));
    memcpy(out->fmspc, pck->fmspc, sizeof(out->fmspc));
    memcpy(out->pce_id, pck->pce_id, sizeof(out->pce_id));
    memcpy(out->cpu_svn, pck->cpu_svn, sizeof(out->cpu_svn));
    memcpy(out->components, pck->components, sizeof(out->components));
    memcpy(out->platform_instance_id, pck->platform_instance_id, sizeof(out->platform_instance_id));
    out->pce_svn = pck->pce_svn;
    out->sgx_type = pck->sgx_type;
    out->ca = (uint8_t)ca;
    out->has_platform_instance_id = pck->has_platform_instance_id;
    out->dynamic_platform = (uint8_t)pck->dynamic_platform;
    out->cached_keys = (uint8_t)pck->cached_keys;
    out->smt_enabled = (uint8_t)pck->smt_enabled;
}

static assay_status leaf_read(assay_span chain, assay_platform *out, assay_error *err)
{
    uint8_t der[LIMIT_CHAIN_DER_SIZE];
    pem_blocks blocks;
    x509_cert leaf;
    pck_extension extension = { 0 };
    TRY(pem_decode(chain, "CERTIFICATE", der, sizeof(der), &blocks, err));
    TRY(x509_cert_parse(blocks.der[0], "quote.pck_chain[0]", &leaf, err));
    const pck_ca ca = pck_ca_of_name(leaf.issuer);
    if (ca == PCK_CA_NONE)
        return fail(err, ASSAY_UNTRUSTED, "quote.pck_chain[0]", ASSAY_NO_OFFSET,
                    "not issued by a PCK CA");
    TRY_AS(QVL_UNSUPPORTED_PCK_CERT_FORMAT,
           pck_extension_parse(&leaf, ca, "quote.pck_chain[0]", &extension, err));
    *out = (assay_platform) { 0 };
    platform_tell(&extension, ca, out);
    return ASSAY_OK;
}

assay_status assay_platform_read(assay_span quote, assay_platform *out, assay_error *err)
{
    assay_quote parsed;
    TRY_AS(QVL_UNSUPPORTED_QUOTE_FORMAT, assay_quote_parse(quote, &parsed, err));
    if (parsed.certification_type != ASSAY_CERTIFICATION_PCK_CHAIN)
        return error_as(err,
                        fail(err, ASSAY_UNSUPPORTED, "quote.certification_data", ASSAY_NO_OFFSET,
                             "certification data type %u holds no PCK chain",
                             parsed.certification_type),
                        QVL_UNSUPPORTED_QE_CERTIFICATION_DATA_TYPE, 0);
    assay_status status = leaf_read(parsed.certification_data, out, err);
    return status == ASSAY_OK ? ASSAY_OK : error_as(err, status, QVL_PCK_CHAIN_UNTRUSTED, 0xE022);
}
