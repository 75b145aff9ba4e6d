/* vouching.c: roots, PCK CAs, TCB signers and what they sign. verification.md 2.5, 4.1 steps 14 to
 * 19. */
#include <stdio.h>

#include "collateral/vouching.h"

bool root_is_trusted(const assay_roots *roots, const uint8_t *point)
{
    if (memcmp(point, intel_sgx_root_point, P256_POINT_SIZE) == 0)
        return true;
    for (size_t i = 0; roots != NULL && i < roots->count; i++) {
        if (memcmp(point, roots->points[i], P256_POINT_SIZE) == 0)
            return true;
    }
    return false;
}

assay_status root_trusted_check(const vouching *by, const x509_cert *root, const char *where,
                                unsigned qvl, assay_error *err)
{
    if (root_is_trusted(by->roots, root->point))
        return ASSAY_OK;
    fail(err, ASSAY_UNTRUSTED, where, ASSAY_NO_OFFSET,
         "the key of this root is neither Intel's nor one that the caller named");
    return error_as(err, ASSAY_UNTRUSTED, qvl, 0);
}

assay_status root_check(const vouching *by, const x509_cert *root, const char *where,
                        assay_error *err)
{
    TRY(root_trusted_check(by, root, where, QVL_ROOT_CA_UNTRUSTED, err));
    TRY(x509_role_check(ROLE_SGX_ROOT, root, where, err));
    return x509_link_check(ROLE_SGX_ROOT, root, root, NULL, by->trust, where, err);
}

assay_status pck_ca_check(const vouching *by, const x509_cert *ca, const x509_cert *root,
                          const char *where, assay_error *err)
{
    TRY(x509_role_check(ROLE_PCK_CA, ca, where, err));
    return x509_link_check(ROLE_PCK_CA, ca, root, NULL, by->trust, where, err);
}

assay_status unlisted_check(const vouching *by, const x509_cert *certificate, const char *where,
                            assay_status status, unsigned qvl, assay_error *err)
{
    if (by->root_crl == NULL || !x509_crl_lists(by->root_crl, certificate->serial))
        return ASSAY_OK;
    fail(err, status, where, ASSAY_NO_OFFSET, "\"%.*s\" is listed in root_ca_crl: it is revoked",
         (int)certificate->common_name.size, (const char *)certificate->common_name.data);
    return error_as(err, status, qvl, 0);
}

/* All chains stand on the key that root_ca_crl was proved under: else it would say nothing about
 * this one. */
static assay_status same_root_check(const vouching *by, const x509_cert *root, const char *where,
                                    assay_error *err)
{
    if (by->only_root == NULL || memcmp(root->point, by->only_root->point, P256_POINT_SIZE) == 0)
        return ASSAY_OK;
    fail(err, ASSAY_UNTRUSTED, where, ASSAY_NO_OFFSET,
         "is another root than that of pck_crl_issuer_chain: one root vouches for all chains");
    return error_as(err, ASSAY_UNTRUSTED, QVL_TCB_SIGNING_CHAIN_UNTRUSTED, 0);
}

assay_status signing_chain_check(const vouching *by, const x509_cert *signer, const x509_cert *root,
                                 const char *name, assay_error *err)
{
    char signer_where[ASSAY_WHERE_SIZE];
    char root_where[ASSAY_WHERE_SIZE];
    snprintf(signer_where, sizeof(signer_where), "%s.signer", name);
    snprintf(root_where, sizeof(root_where), "%s.root", name);
    TRY(x509_role_check(ROLE_SGX_ROOT, root, root_where, err));
    TRY(x509_role_check(ROLE_TCB_SIGNER, signer, signer_where, err));
    TRY(root_trusted_check(by, root, root_where, QVL_TCB_SIGNING_CHAIN_UNTRUSTED, err));
    TRY(same_root_check(by, root, root_where, err));
    TRY(x509_link_check(ROLE_TCB_SIGNER, signer, root, NULL, by->trust, signer_where, err));
    TRY(x509_link_check(ROLE_SGX_ROOT, root, root, NULL, by->trust, root_where, err));
    TRY(unlisted_check(by, root, root_where, ASSAY_UNTRUSTED, QVL_ROOT_CA_UNTRUSTED, err));
    return unlisted_check(by, signer, signer_where, ASSAY_REVOKED, QVL_TCB_SIGNING_CERT_REVOKED,
                          err);
}

/* Over the bytes as received, never over a re-serialisation. */
assay_status document_signature_check(const vouching *by, const document_header *header,
                                      const x509_cert *signer, const char *where, unsigned qvl,
                                      assay_error *err)
{
    p256_key *key = NULL;
    const sha256_digest digest = sha256(header->signed_bytes);
    TRY(x509_trust_key(NULL, by->trust, signer->point, &key, where, err));
    assay_status status = p256_verify(key, &digest, header->signature);
    p256_key_free(key);
    if (status == ASSAY_OK)
        return ASSAY_OK;
    fail(err, status, where, ASSAY_NO_OFFSET,
         "is not the signer's over the %zu bytes as received: one of them was altered",
         header->signed_bytes.size);
    return error_as(err, status, qvl, 0);
}
