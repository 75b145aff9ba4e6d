/* x509_oracle.c: asks OpenSSL's X.509 code about what ours has accepted. */
#include "x509_oracle.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <time.h>

static assay_span span_of_text(const ASN1_STRING *text)
{
    return span_of(ASN1_STRING_get0_data(text), (size_t)ASN1_STRING_length(text));
}

static bool same_number(const ASN1_INTEGER *theirs, assay_span ours)
{
    BIGNUM *left = ASN1_INTEGER_to_BN(theirs, NULL);
    BIGNUM *right = BN_bin2bn(ours.data, (int)ours.size, NULL);
    bool same = left != NULL && BN_cmp(left, right) == 0;
    BN_free(left);
    BN_free(right);
    return same;
}

static bool same_time(const ASN1_TIME *theirs, int64_t ours)
{
    struct tm parts;
    return ASN1_TIME_to_tm(theirs, &parts) == 1 && timegm(&parts) == ours;
}

static bool same_name(const X509_NAME *theirs, assay_span ours)
{
    const unsigned char *der;
    size_t size;
    return X509_NAME_get0_der(theirs, &der, &size) == 1 && span_equal(span_of(der, size), ours);
}

static bool same_octets(const ASN1_OCTET_STRING *theirs, assay_span ours)
{
    return theirs == NULL ? ours.size == 0 : span_equal(span_of_text(theirs), ours);
}

static bool same_key(X509 *x, const uint8_t *point)
{
    uint8_t theirs[P256_POINT_SIZE + 64];
    size_t size = 0;
    EVP_PKEY *key = X509_get0_pubkey(x);
    return key != NULL &&
           EVP_PKEY_get_octet_string_param(key, "encoded-pub-key", theirs, sizeof(theirs), &size) ==
               1 &&
           size == P256_POINT_SIZE && memcmp(theirs, point, P256_POINT_SIZE) == 0;
}

static bool same_constraints(X509 *x, const x509_cert *ours)
{
    BASIC_CONSTRAINTS *theirs = X509_get_ext_d2i(x, NID_basic_constraints, NULL, NULL);
    bool same = (theirs != NULL) == ours->has_basic_constraints &&
                (theirs != NULL && theirs->ca != 0) == ours->is_ca &&
                (int)X509_get_pathlen(x) == ours->path_length;
    BASIC_CONSTRAINTS_free(theirs);
    return same;
}

/* RFC 5280's bit 0 is 0x80 of the first octet in OpenSSL's number, bit 8 is 0x8000. */
static bool same_key_usage(X509 *x, const x509_cert *ours)
{
    uint32_t theirs = X509_get_key_usage(x), wanted = 0;
    for (unsigned bit = 0; bit < 16; bit++)
        if ((ours->key_usage >> bit & 1) != 0)
            wanted |= 1u << (bit / 8 * 8 + 7 - bit % 8);
    return ours->has_key_usage ? theirs == wanted : theirs == UINT32_MAX;
}

static const char *cert_difference(X509 *x, const x509_cert *ours)
{
    if (X509_check_purpose(x, -1, 0) != 1 && ours->extension_fault == NULL)
        return "OpenSSL finds invalid extensions";
    if (ours->extension_fault == NULL && (X509_get_extension_flags(x) & EXFLAG_CRITICAL) != 0)
        return "OpenSSL finds an unknown critical extension";
    if (X509_get_version(x) != X509_VERSION_3)
        return "version";
    if (!same_number(X509_get0_serialNumber(x), ours->serial))
        return "serial number";
    if (!same_name(X509_get_issuer_name(x), ours->issuer) ||
        !same_name(X509_get_subject_name(x), ours->subject))
        return "names";
    if (!same_time(X509_get0_notBefore(x), ours->not_before) ||
        !same_time(X509_get0_notAfter(x), ours->not_after))
        return "dates";
    if (!same_key(x, ours->point))
        return "public key";
    if (ours->extension_fault != NULL)
        return NULL; /* refused by every role */
    if (!same_octets(X509_get0_subject_key_id(x), ours->subject_key_id) ||
        !same_octets(X509_get0_authority_key_id(x), ours->authority_key_id))
        return "key identifiers";
    if (!same_constraints(x, ours))
        return "basicConstraints";
    return same_key_usage(x, ours) ? NULL : "keyUsage";
}

const char *oracle_cert_difference(const x509_cert *ours)
{
    const uint8_t *at = ours->der.data;
    X509 *x = d2i_X509(NULL, &at, (long)ours->der.size);
    const char *difference = "OpenSSL can't read it";
    if (x != NULL)
        difference = at != ours->der.data + ours->der.size ? "OpenSSL leaves bytes over"
                                                           : cert_difference(x, ours);
    X509_free(x);
    return difference;
}

static bool same_entries(X509_CRL *x, const x509_crl *ours)
{
    STACK_OF(X509_REVOKED) *theirs = X509_CRL_get_REVOKED(x);
    size_t cursor = 0;
    for (int i = 0; i < sk_X509_REVOKED_num(theirs); i++) {
        const X509_REVOKED *entry = sk_X509_REVOKED_value(theirs, i);
        assay_span serial;
        int64_t revoked_at;
        if (!x509_crl_entry(ours, &cursor, &serial, &revoked_at) ||
            !same_number(X509_REVOKED_get0_serialNumber(entry), serial) ||
            !same_time(X509_REVOKED_get0_revocationDate(entry), revoked_at) ||
            !x509_crl_lists(ours, serial))
            return false;
    }
    return cursor == ours->entries.size &&
           (theirs == NULL ? 0 : sk_X509_REVOKED_num(theirs)) == (int)ours->entry_count;
}

static bool same_crl_ids(X509_CRL *x, const x509_crl *ours)
{
    ASN1_INTEGER *number = X509_CRL_get_ext_d2i(x, NID_crl_number, NULL, NULL);
    AUTHORITY_KEYID *authority = X509_CRL_get_ext_d2i(x, NID_authority_key_identifier, NULL, NULL);
    bool same = number != NULL && same_number(number, ours->number) && authority != NULL &&
                same_octets(authority->keyid, ours->authority_key_id);
    ASN1_INTEGER_free(number);
    AUTHORITY_KEYID_free(authority);
    return same;
}

static bool any_critical(X509_CRL *x)
{
    for (int i = 0; i < X509_CRL_get_ext_count(x); i++)
        if (X509_EXTENSION_get_critical(X509_CRL_get_ext(x, i)) != 0)
            return true;
    return X509_CRL_get_ext_by_NID(x, NID_delta_crl, -1) >= 0 ||
           X509_CRL_get_ext_by_NID(x, NID_issuing_distribution_point, -1) >= 0;
}

static const char *crl_difference(X509_CRL *x, const x509_crl *ours)
{
    if (X509_CRL_get_version(x) != X509_CRL_VERSION_2)
        return "version";
    if (any_critical(x))
        return "OpenSSL finds a critical or limiting extension";
    if (!same_name(X509_CRL_get_issuer(x), ours->issuer))
        return "issuer";
    if (!same_time(X509_CRL_get0_lastUpdate(x), ours->this_update) ||
        !same_time(X509_CRL_get0_nextUpdate(x), ours->next_update))
        return "dates";
    if (!same_crl_ids(x, ours))
        return "number or key identifier";
    return same_entries(x, ours) ? NULL : "entries";
}

const char *oracle_crl_difference(const x509_crl *ours)
{
    const uint8_t *at = ours->der.data;
    X509_CRL *x = d2i_X509_CRL(NULL, &at, (long)ours->der.size);
    const char *difference = "OpenSSL can't read it";
    if (x != NULL)
        difference = at != ours->der.data + ours->der.size ? "OpenSSL leaves bytes over"
                                                           : crl_difference(x, ours);
    X509_CRL_free(x);
    return difference;
}

const char *oracle_chain_fault(assay_span leaf, const assay_span *chain, size_t count)
{
    const uint8_t *at = leaf.data;
    X509 *x = d2i_X509(NULL, &at, (long)leaf.size);
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    STACK_OF(X509) *between = sk_X509_new_null();
    for (size_t i = 0; i < count; i++) {
        at = chain[i].data;
        X509 *above = d2i_X509(NULL, &at, (long)chain[i].size);
        if (above != NULL && i + 1 == count)
            X509_STORE_add_cert(store, above);
        if (above != NULL)
            sk_X509_push(between, above);
    }
    X509_STORE_set_flags(store, X509_V_FLAG_X509_STRICT | X509_V_FLAG_NO_CHECK_TIME |
                                    X509_V_FLAG_CHECK_SS_SIGNATURE);
    const char *fault = "can't be read";
    if (x != NULL && X509_STORE_CTX_init(ctx, store, x, between) == 1)
        fault = X509_verify_cert(ctx) == 1
                    ? NULL
                    : X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx));
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    sk_X509_pop_free(between, X509_free);
    X509_free(x);
    return fault;
}
