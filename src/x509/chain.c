/* chain.c: roles, links and CRL issuers of attestation chains. verification.md 2.1, 2.2, 2.5. */
#include <stdio.h>

#include "x509/chain.h"

const uint8_t intel_sgx_root_point[P256_POINT_SIZE] = {
    0x04, 0x0b, 0xa9, 0xc4, 0xc0, 0xc0, 0xc8, 0x61, 0x93, 0xa3, 0xfe, 0x23, 0xd6,
    0xb0, 0x2c, 0xda, 0x10, 0xa8, 0xbb, 0xd4, 0xe8, 0x8e, 0x48, 0xb4, 0x45, 0x85,
    0x61, 0xa3, 0x6e, 0x70, 0x55, 0x25, 0xf5, 0x67, 0x91, 0x8e, 0x2e, 0xdc, 0x88,
    0xe4, 0x0d, 0x86, 0x0b, 0xd0, 0xcc, 0x4e, 0xe2, 0x6a, 0xac, 0xc9, 0x88, 0xe5,
    0x05, 0xa9, 0x53, 0x55, 0x8c, 0x45, 0x3f, 0x6b, 0x09, 0x04, 0xae, 0x73, 0x94,
};

static const struct role_row {
    const char *common_names[2];
    bool is_ca;
    int path_length; /* at least; what may stand below */
    uint16_t usage_wanted;
    uint16_t usage_refused;
    uint16_t name_status, extensions_status, issuer_status;
} roles[ROLE_COUNT] = {
    [ROLE_SGX_ROOT] = { { "Intel SGX Root CA" },
                        true,
                        1,
                        KEY_USAGE_KEY_CERT_SIGN,
                        0,
                        QVL_ROOT_CA_MISSING,
                        QVL_ROOT_CA_INVALID_EXTENSIONS,
                        QVL_ROOT_CA_INVALID_ISSUER },
    [ROLE_PCK_CA] = { { "Intel SGX PCK Platform CA", "Intel SGX PCK Processor CA" },
                      true,
                      0,
                      KEY_USAGE_KEY_CERT_SIGN,
                      0,
                      QVL_INTERMEDIATE_CA_MISSING,
                      QVL_INTERMEDIATE_CA_INVALID_EXTENSIONS,
                      QVL_INTERMEDIATE_CA_INVALID_ISSUER },
    [ROLE_PCK_LEAF] = { { "Intel SGX PCK Certificate" },
                        false,
                        -1,
                        KEY_USAGE_DIGITAL_SIGNATURE,
                        KEY_USAGE_KEY_CERT_SIGN | KEY_USAGE_CRL_SIGN,
                        QVL_PCK_MISSING,
                        QVL_PCK_INVALID_EXTENSIONS,
                        QVL_PCK_INVALID_ISSUER },
    [ROLE_TCB_SIGNER] = { { "Intel SGX TCB Signing" },
                          false,
                          -1,
                          KEY_USAGE_DIGITAL_SIGNATURE,
                          KEY_USAGE_KEY_CERT_SIGN | KEY_USAGE_CRL_SIGN,
                          QVL_TCB_SIGNING_CERT_MISSING,
                          QVL_TCB_SIGNING_CERT_INVALID_EXTENSIONS,
                          QVL_TCB_SIGNING_CERT_INVALID_ISSUER },
};

static assay_status name_check(const struct role_row *role, const x509_cert *cert,
                               const char *where, assay_error *err)
{
    for (size_t i = 0; i < 2; i++)
        if (role->common_names[i] != NULL && span_is(cert->common_name, role->common_names[i]))
            return ASSAY_OK;
    return error_as(err,
                    fail(err, ASSAY_UNTRUSTED, where, ASSAY_NO_OFFSET,
                         "the common name is \"%.*s\", want \"%s\"%s", (int)cert->common_name.size,
                         (const char *)cert->common_name.data, role->common_names[0],
                         role->common_names[1] == NULL ? "" : " or that of the Processor CA"),
                    role->name_status, 0);
}

/* What is wrong with the extensions for this role, or NULL. */
static const char *extensions_fault(const struct role_row *role, const x509_cert *cert)
{
    if (cert->extension_fault != NULL)
        return cert->extension_fault;
    if (cert->authority_key_id.size == 0)
        return "authorityKeyIdentifier is missing";
    if (cert->subject_key_id.size == 0)
        return "subjectKeyIdentifier is missing";
    if (!cert->has_basic_constraints)
        return "basicConstraints is missing";
    if (cert->is_ca != role->is_ca)
        return role->is_ca ? "the certificate of a CA lacks the CA bit"
                           : "an end entity has the CA bit";
    if (cert->path_length >= 0 && cert->path_length < role->path_length)
        return "the path length forbids the CA below";
    if (!cert->has_key_usage)
        return "keyUsage is missing";
    if ((cert->key_usage & role->usage_wanted) == 0)
        return role->is_ca ? "keyUsage lacks keyCertSign" : "keyUsage lacks digitalSignature";
    if ((cert->key_usage & role->usage_refused) != 0)
        return "keyUsage of an end entity allows to sign certificates or CRLs";
    return NULL;
}

assay_status x509_role_check(x509_role role, const x509_cert *cert, const char *where,
                             assay_error *err)
{
    const struct role_row *row = &roles[role];
    TRY(name_check(row, cert, where, err));
    const char *fault = extensions_fault(row, cert);
    if (fault == NULL)
        return ASSAY_OK;
    char path[ASSAY_WHERE_SIZE];
    snprintf(path, sizeof(path), "%s.extensions", where);
    int64_t offset = fault == cert->extension_fault ? cert->faulty_extension.data - cert->der.data
                                                    : ASSAY_NO_OFFSET;
    return error_as(err, fail(err, ASSAY_UNTRUSTED, path, offset, "%s", fault),
                    row->extensions_status, 0);
}

void x509_trust_free(x509_trust *trust)
{
    for (size_t i = 0; i < trust->key_count; i++)
        p256_key_free(trust->keys[i].key);
    *trust = (x509_trust) { 0 };
}

static p256_key *key_find(const x509_trust *trust, const uint8_t *point)
{
    for (size_t i = 0; trust != NULL && i < trust->key_count; i++)
        if (memcmp(trust->keys[i].point, point, P256_POINT_SIZE) == 0)
            return trust->keys[i].key;
    return NULL;
}

/* Any key there is: a new one copies its curve. */
static const p256_key *key_any(const x509_trust *known, const x509_trust *trust)
{
    if (known != NULL && known->key_count > 0)
        return known->keys[0].key;
    return trust != NULL && trust->key_count > 0 ? trust->keys[0].key : NULL;
}

assay_status x509_trust_key(const x509_trust *known, x509_trust *trust, const uint8_t *point,
                            p256_key **out, const char *where, assay_error *err)
{
    p256_key *key = key_find(known, point);
    if (key == NULL)
        key = key_find(trust, point);
    if (key != NULL) {
        *out = p256_key_ref(key);
        return ASSAY_OK;
    }
    assay_status status = p256_key_new_beside(key_any(known, trust), point + 1, &key, err);
    if (status != ASSAY_OK)
        return error_inside(err, status, where);
    if (trust != NULL && trust->key_count < TRUST_KEYS) {
        memcpy(trust->keys[trust->key_count].point, point, P256_POINT_SIZE);
        trust->keys[trust->key_count++].key = p256_key_ref(key);
    }
    *out = key;
    return ASSAY_OK;
}

static bool link_proved(const x509_trust *trust, const sha256_digest *cert, const uint8_t *point)
{
    for (size_t i = 0; trust != NULL && i < trust->link_count; i++)
        if (memcmp(trust->links[i].cert.bytes, cert->bytes, SHA256_SIZE) == 0 &&
            memcmp(trust->links[i].issuer_point, point, P256_POINT_SIZE) == 0)
            return true;
    return false;
}

static void link_keep(x509_trust *trust, const sha256_digest *cert, const uint8_t *point)
{
    if (trust == NULL || trust->link_count == TRUST_LINKS)
        return;
    trust->links[trust->link_count].cert = *cert;
    memcpy(trust->links[trust->link_count++].issuer_point, point, P256_POINT_SIZE);
}

/* The issuer's key signed `tbs`. */
static assay_status signature_check(assay_span tbs, const uint8_t *signature,
                                    const x509_cert *issuer, const x509_trust *known,
                                    x509_trust *trust, const char *where, assay_error *err)
{
    p256_key *key = NULL;
    TRY(x509_trust_key(known, trust, issuer->point, &key, where, err));
    sha256_digest digest = sha256(tbs);
    assay_status status = p256_verify(key, &digest, signature);
    p256_key_free(key);
    if (status == ASSAY_OK)
        return ASSAY_OK;
    return fail(err, status, where, ASSAY_NO_OFFSET, "the signature is not of \"%.*s\"",
                (int)issuer->common_name.size, (const char *)issuer->common_name.data);
}

assay_status x509_link_check(x509_role role, const x509_cert *cert, const x509_cert *issuer,
                             const x509_trust *known, x509_trust *trust, const char *where,
                             assay_error *err)
{
    const struct role_row *row = &roles[role];
    if (!span_equal(cert->issuer, issuer->subject))
        return error_as(err,
                        fail(err, ASSAY_UNTRUSTED, where, ASSAY_NO_OFFSET,
                             "the issuer's name is not the subject of the next certificate"),
                        row->issuer_status, 0);
    if (cert->authority_key_id.size == 0 ||
        !span_equal(cert->authority_key_id, issuer->subject_key_id))
        return error_as(err,
                        fail(err, ASSAY_UNTRUSTED, where, ASSAY_NO_OFFSET,
                             "authorityKeyIdentifier is not the issuer's subjectKeyIdentifier"),
                        row->extensions_status, 0);
    sha256_digest digest = sha256(cert->der);
    if (link_proved(known, &digest, issuer->point) || link_proved(trust, &digest, issuer->point))
        return ASSAY_OK;
    TRY_AS(row->issuer_status,
           signature_check(cert->tbs, cert->signature, issuer, known, trust, where, err));
    link_keep(trust, &digest, issuer->point);
    return ASSAY_OK;
}

assay_status x509_crl_check(const x509_crl *crl, const x509_cert *issuer, const x509_trust *known,
                            x509_trust *trust, const char *where, assay_error *err)
{
    if (!span_equal(crl->issuer, issuer->subject))
        return error_as(err,
                        fail(err, ASSAY_UNTRUSTED, where, ASSAY_NO_OFFSET,
                             "the CRL was issued by another CA than \"%.*s\"",
                             (int)issuer->common_name.size, (const char *)issuer->common_name.data),
                        QVL_CRL_UNKNOWN_ISSUER, 0);
    if (crl->authority_key_id.size == 0 ||
        !span_equal(crl->authority_key_id, issuer->subject_key_id))
        return error_as(err,
                        fail(err, ASSAY_UNTRUSTED, where, ASSAY_NO_OFFSET,
                             "authorityKeyIdentifier is not the issuer's subjectKeyIdentifier"),
                        QVL_CRL_INVALID_EXTENSIONS, 0);
    if (!issuer->has_key_usage || (issuer->key_usage & KEY_USAGE_CRL_SIGN) == 0)
        return error_as(err,
                        fail(err, ASSAY_UNTRUSTED, where, ASSAY_NO_OFFSET,
                             "keyUsage of the issuer lacks cRLSign"),
                        QVL_CRL_UNKNOWN_ISSUER, 0);
    TRY_AS(QVL_CRL_INVALID_SIGNATURE,
           signature_check(crl->tbs, crl->signature, issuer, known, trust, where, err));
    return ASSAY_OK;
}
