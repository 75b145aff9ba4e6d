/* amd_certificates.c: AMD's certificates and CRLs through OpenSSL's X.509 code.
 * collateral-service.md 3; RFC 4055 (the algorithm), RFC 5280. */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <time.h>

#include "base/memory.h"
#include "base/time.h"
#include "crypto/amd_certificates.h"

struct amd_certificate {
    X509 *x509;
    amd_certificate_facts facts;
};

static assay_status no_memory(const char *where, assay_error *err)
{
    return fail(err, ASSAY_NO_MEMORY, where, ASSAY_NO_OFFSET, "no memory for a certificate");
}

/* ---- The one signature algorithm ---- */

/* AlgorithmIdentifier of PSS with SHA-384, MGF1 with SHA-384 and a salt of 48 octets; AMD writes it
 * with the default trailer field and without. */
static const uint8_t pss_with_trailer[] = {
    0x30, 0x46, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a, 0x30, 0x39,
    0xa0, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02,
    0x05, 0x00, 0xa1, 0x1c, 0x30, 0x1a, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
    0x01, 0x08, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02,
    0x05, 0x00, 0xa2, 0x03, 0x02, 0x01, 0x30, 0xa3, 0x03, 0x02, 0x01, 0x01,
};
static const uint8_t pss_without_trailer[] = {
    0x30, 0x41, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a, 0x30,
    0x34, 0xa0, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
    0x02, 0x02, 0x05, 0x00, 0xa1, 0x1c, 0x30, 0x1a, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
    0xf7, 0x0d, 0x01, 0x01, 0x08, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
    0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0xa2, 0x03, 0x02, 0x01, 0x30,
};

static assay_status algorithm_check(const X509_ALGOR *algorithm, const char *where,
                                    assay_error *err)
{
    uint8_t *der = NULL;
    int size = i2d_X509_ALGOR(algorithm, &der);
    const assay_span written = { der, size > 0 ? (size_t)size : 0 };
    bool allowed = span_equal(written, SPAN(pss_with_trailer)) ||
                   span_equal(written, SPAN(pss_without_trailer));
    OPENSSL_free(der);
    if (allowed)
        return ASSAY_OK;
    return fail(err, ASSAY_UNSUPPORTED, where, ASSAY_NO_OFFSET,
                "is not signed by RSASSA-PSS with SHA-384 and 48 octets of salt");
}

/* ---- What a certificate says ---- */

static bool time_read(const ASN1_TIME *in, int64_t *out)
{
    struct tm broken_down;
    if (in == NULL || ASN1_TIME_to_tm(in, &broken_down) != 1)
        return false;
    const calendar c = { broken_down.tm_year + 1900, broken_down.tm_mon + 1, broken_down.tm_mday,
                         broken_down.tm_hour,        broken_down.tm_min,     broken_down.tm_sec };
    return calendar_to_time(&c, out);
}

static assay_span name_der(const X509_NAME *name)
{
    const unsigned char *der = NULL;
    size_t size = 0;
    if (name == NULL || X509_NAME_get0_der(name, &der, &size) != 1)
        return (assay_span) { NULL, 0 };
    return span_of(der, size);
}

static void common_name_read(const X509_NAME *name, char out[AMD_COMMON_NAME_SIZE])
{
    int first = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (first < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, first) >= 0)
        return;
    const ASN1_STRING *text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, first));
    const size_t size = (size_t)ASN1_STRING_length(text);
    const uint8_t *data = ASN1_STRING_get0_data(text);
    if (size < AMD_COMMON_NAME_SIZE && memchr(data, 0, size) == NULL)
        memcpy(out, data, size);
}

static amd_key_kind key_kind_of(const EVP_PKEY *key)
{
    char curve[32];
    size_t size = 0;
    if (key == NULL)
        return AMD_KEY_OTHER;
    const int bits = EVP_PKEY_get_bits(key);
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
        return bits >= AMD_RSA_BITS_MIN && bits <= AMD_RSA_BITS_MAX ? AMD_KEY_RSA : AMD_KEY_OTHER;
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
        EVP_PKEY_get_group_name(key, curve, sizeof(curve), &size) == 1 &&
        strcmp(curve, "secp384r1") == 0)
        return AMD_KEY_P384;
    return AMD_KEY_OTHER;
}

static bool key_read(X509 *x509, amd_certificate_facts *facts)
{
    uint8_t *der = NULL;
    int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &der);
    if (size <= 0)
        return false;
    facts->key = sha256(span_of(der, (size_t)size));
    facts->key_kind = key_kind_of(X509_get0_pubkey(x509));
    OPENSSL_free(der);
    return true;
}

static bool facts_read(X509 *x509, amd_certificate_facts *facts)
{
    /* ~0 when there is no such extension: it then allows nothing here. */
    const uint32_t usage = X509_get_key_usage(x509);
    facts->subject = name_der(X509_get_subject_name(x509));
    facts->issuer = name_der(X509_get_issuer_name(x509));
    common_name_read(X509_get_subject_name(x509), facts->common_name);
    facts->is_ca = (X509_get_extension_flags(x509) & EXFLAG_BCONS) != 0 &&
                   (X509_get_extension_flags(x509) & EXFLAG_CA) != 0;
    facts->signs_certificates = usage != UINT32_MAX && (usage & KU_KEY_CERT_SIGN) != 0;
    facts->signs_crls = usage != UINT32_MAX && (usage & KU_CRL_SIGN) != 0;
    return time_read(X509_get0_notBefore(x509), &facts->not_before) &&
           time_read(X509_get0_notAfter(x509), &facts->not_after) && key_read(x509, facts);
}

/* ---- Reading ---- */

/* What is wrong with the extensions, or NULL. */
static const char *extensions_fault(const X509 *x509)
{
    for (int i = 0; i < X509_get_ext_count(x509); i++) {
        X509_EXTENSION *extension = X509_get_ext(x509, i);
        if (X509_get_ext_by_OBJ(x509, X509_EXTENSION_get_object(extension), i) >= 0)
            return "an extension is repeated";
        if (X509_EXTENSION_get_critical(extension) && X509_supported_extension(extension) == 0)
            return "a critical extension is not known";
    }
    return NULL;
}

/* DER has one form: what OpenSSL took must be what it would write. */
static bool is_der(X509 *x509, assay_span in)
{
    uint8_t *der = NULL;
    int size = i2d_X509(x509, &der);
    bool same = size > 0 && span_equal(span_of(der, (size_t)size), in);
    OPENSSL_free(der);
    return same;
}

static assay_status malformed(const char *where, const char *fault, assay_error *err)
{
    return fail(err, ASSAY_MALFORMED, where, ASSAY_NO_OFFSET, "%s", fault);
}

static assay_status certificate_fill(amd_certificate *certificate, assay_span der,
                                     const char *where, assay_error *err)
{
    const unsigned char *at = der.data;
    certificate->x509 = der.size > INT32_MAX ? NULL : d2i_X509(NULL, &at, (long)der.size);
    if (certificate->x509 == NULL)
        return malformed(where, "is no certificate in DER", err);
    if (!is_der(certificate->x509, der))
        return malformed(where, "is BER, not DER, or has bytes behind", err);
    if (X509_get_version(certificate->x509) != X509_VERSION_3)
        return malformed(where, "is no certificate of version 3", err);
    const char *fault = extensions_fault(certificate->x509);
    if (fault != NULL)
        return malformed(where, fault, err);
    if (!facts_read(certificate->x509, &certificate->facts))
        return malformed(where, "has a date or a key that cannot be read", err);
    return ASSAY_OK;
}

assay_status amd_certificate_read(assay_span der, const char *where, amd_certificate **out,
                                  assay_error *err)
{
    amd_certificate *certificate = memory_new(sizeof(*certificate));
    if (certificate == NULL)
        return no_memory(where, err);
    ERR_set_mark();
    assay_status status = certificate_fill(certificate, der, where, err);
    ERR_pop_to_mark(); /* the caller's error queue stays as it was */
    if (status != ASSAY_OK) {
        amd_certificate_free(certificate);
        return status;
    }
    *out = certificate;
    return ASSAY_OK;
}

void amd_certificate_free(amd_certificate *certificate)
{
    if (certificate == NULL)
        return;
    X509_free(certificate->x509);
    memory_free(certificate);
}

const amd_certificate_facts *amd_certificate_facts_of(const amd_certificate *certificate)
{
    return &certificate->facts;
}

assay_span amd_certificate_extension(const amd_certificate *certificate, assay_span oid)
{
    for (int i = 0; i < X509_get_ext_count(certificate->x509); i++) {
        X509_EXTENSION *extension = X509_get_ext(certificate->x509, i);
        const ASN1_OBJECT *object = X509_EXTENSION_get_object(extension);
        if (!span_equal(span_of(OBJ_get0_data(object), OBJ_length(object)), oid))
            continue;
        const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(extension);
        return span_of(ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
    }
    return (assay_span) { NULL, 0 };
}

/* ---- Signatures ---- */

static assay_status signature_fail(const amd_certificate *issuer, const char *where,
                                   assay_error *err)
{
    return fail(err, ASSAY_UNTRUSTED, where, ASSAY_NO_OFFSET, "the signature is not of \"%s\"",
                issuer->facts.common_name);
}

assay_status amd_certificate_signed_by(const amd_certificate *certificate,
                                       const amd_certificate *issuer, const char *where,
                                       assay_error *err)
{
    const X509_ALGOR *algorithm;
    X509_get0_signature(NULL, &algorithm, certificate->x509);
    TRY(algorithm_check(algorithm, where, err));
    if (issuer->facts.key_kind != AMD_KEY_RSA)
        return signature_fail(issuer, where, err);
    ERR_set_mark();
    bool verifies = X509_verify(certificate->x509, X509_get0_pubkey(issuer->x509)) == 1;
    ERR_pop_to_mark();
    return verifies ? ASSAY_OK : signature_fail(issuer, where, err);
}

static assay_status crl_signature_check(X509_CRL *crl, const amd_certificate *issuer,
                                        const char *where, assay_error *err)
{
    const X509_ALGOR *algorithm;
    X509_CRL_get0_signature(crl, NULL, &algorithm);
    TRY(algorithm_check(algorithm, where, err));
    if (issuer->facts.key_kind != AMD_KEY_RSA ||
        X509_CRL_verify(crl, X509_get0_pubkey(issuer->x509)) != 1)
        return signature_fail(issuer, where, err);
    return ASSAY_OK;
}

static assay_status crl_facts_read(const X509_CRL *crl, const amd_certificate *issuer,
                                   const char *where, amd_crl_facts *facts, assay_error *err)
{
    if (!span_equal(name_der(X509_CRL_get_issuer(crl)), issuer->facts.subject))
        return fail(err, ASSAY_UNTRUSTED, where, ASSAY_NO_OFFSET,
                    "was issued by somebody else than \"%s\"", issuer->facts.common_name);
    if (!time_read(X509_CRL_get0_lastUpdate(crl), &facts->this_update) ||
        !time_read(X509_CRL_get0_nextUpdate(crl), &facts->next_update))
        return malformed(where, "has a date that cannot be read, or no nextUpdate", err);
    return ASSAY_OK;
}

static assay_status crl_read(X509_CRL *crl, const amd_certificate *issuer, const char *where,
                             amd_crl_facts *facts, assay_error *err)
{
    TRY(crl_facts_read(crl, issuer, where, facts, err));
    TRY(crl_signature_check(crl, issuer, where, err));
    const int count = sk_X509_REVOKED_num(X509_CRL_get_REVOKED(crl));
    facts->entry_count = count > 0 ? (size_t)count : 0;
    return ASSAY_OK;
}

assay_status amd_crl_signed_by(assay_span der, const amd_certificate *issuer, const char *where,
                               amd_crl_facts *out, assay_error *err)
{
    const unsigned char *at = der.data;
    amd_crl_facts facts = { .entry_count = 0 };
    ERR_set_mark();
    X509_CRL *crl = der.size > INT32_MAX ? NULL : d2i_X509_CRL(NULL, &at, (long)der.size);
    assay_status status = crl == NULL || at != der.data + der.size
                              ? malformed(where, "is no CRL in DER", err)
                              : crl_read(crl, issuer, where, &facts, err);
    X509_CRL_free(crl);
    ERR_pop_to_mark();
    if (status == ASSAY_OK)
        *out = facts;
    return status;
}
