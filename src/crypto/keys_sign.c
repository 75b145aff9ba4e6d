/* keys_sign.c: signs and verifies with signing keys; raw r || s for ECDSA. FIPS 186-4, RFC 8017.
 *
 * By libcrypto's low-level functions, as p256.c: no provider is asked and no context is made
 * (docs/decisions/0002-low-level-openssl.md). */
#include "crypto/keys_inside.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

enum { PSS_SALT_SIZE = SHA384_SIZE };

static const struct {
    key_kind kind;
    size_t digest_size;
} schemes[] = {
    [SCHEME_ECDSA_SHA256] = { KEY_P256, SHA256_SIZE },
    [SCHEME_ECDSA_SHA384] = { KEY_P384, SHA384_SIZE },
    [SCHEME_RSA_PKCS1_SHA256] = { KEY_RSA, SHA256_SIZE },
    [SCHEME_RSA_PSS_SHA384] = { KEY_RSA, SHA384_SIZE },
};

typedef struct message_digest {
    uint8_t bytes[SHA384_SIZE];
    size_t size;
} message_digest;

static message_digest digest_of(signature_scheme scheme, assay_span message)
{
    message_digest out = { .size = schemes[scheme].digest_size };
    if (out.size == SHA384_SIZE) {
        sha384(message, out.bytes);
    } else {
        const sha256_digest digest = sha256(message);
        memcpy(out.bytes, digest.bytes, SHA256_SIZE);
    }
    return out;
}

size_t signing_key_signature_size(const signing_key *key)
{
    switch (key->kind) {
    case KEY_P256:
        return 64;
    case KEY_P384:
        return 96;
    case KEY_RSA:
        return (size_t)RSA_size(key->rsa);
    }
    return 0;
}

/* ---- ECDSA ---- */

static bool ecdsa_sign(const signing_key *key, const message_digest *digest, uint8_t *out)
{
    const int half = (int)signing_key_signature_size(key) / 2;
    ECDSA_SIG *signature = ECDSA_do_sign(digest->bytes, (int)digest->size, key->ec);
    bool written = signature != NULL &&
                   BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, half) == half &&
                   BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + half, half) == half;
    ECDSA_SIG_free(signature);
    return written;
}

static ECDSA_SIG *ecdsa_signature(assay_span raw)
{
    ECDSA_SIG *signature = ECDSA_SIG_new();
    const int half = (int)raw.size / 2;
    BIGNUM *r = BN_bin2bn(raw.data, half, NULL);
    BIGNUM *s = BN_bin2bn(raw.data + half, half, NULL);
    if (signature != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(signature, r, s) == 1)
        return signature;
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(signature);
    return NULL;
}

/* libcrypto refuses r and s that are 0 or >= n. */
static bool ecdsa_verify(const signing_key *key, const message_digest *digest, assay_span raw)
{
    ECDSA_SIG *signature = ecdsa_signature(raw);
    bool verified = signature != NULL &&
                    ECDSA_do_verify(digest->bytes, (int)digest->size, signature, key->ec) == 1;
    ECDSA_SIG_free(signature);
    return verified;
}

/* ---- RSA ---- */

static bool pss_sign(RSA *rsa, const message_digest *digest, uint8_t *out)
{
    uint8_t padded[KEY_SIGNATURE_MAX];
    const int size = RSA_size(rsa);
    return RSA_padding_add_PKCS1_PSS_mgf1(rsa, padded, digest->bytes, EVP_sha384(), EVP_sha384(),
                                          PSS_SALT_SIZE) == 1 &&
           RSA_private_encrypt(size, padded, out, rsa, RSA_NO_PADDING) == size;
}

static bool pss_verify(RSA *rsa, const message_digest *digest, assay_span signature)
{
    uint8_t padded[KEY_SIGNATURE_MAX];
    const int size = (int)signature.size;
    return RSA_public_decrypt(size, signature.data, padded, rsa, RSA_NO_PADDING) == size &&
           RSA_verify_PKCS1_PSS_mgf1(rsa, digest->bytes, EVP_sha384(), EVP_sha384(), padded,
                                     PSS_SALT_SIZE) == 1;
}

static bool pkcs1_sign(RSA *rsa, const message_digest *digest, uint8_t *out)
{
    unsigned size = 0;
    return RSA_sign(NID_sha256, digest->bytes, (unsigned)digest->size, out, &size, rsa) == 1;
}

static bool pkcs1_verify(RSA *rsa, const message_digest *digest, assay_span signature)
{
    return RSA_verify(NID_sha256, digest->bytes, (unsigned)digest->size, signature.data,
                      (unsigned)signature.size, rsa) == 1;
}

/* ---- Both ---- */

static bool sign_by(const signing_key *key, signature_scheme scheme, const message_digest *digest,
                    uint8_t *out)
{
    switch (scheme) {
    case SCHEME_ECDSA_SHA256:
    case SCHEME_ECDSA_SHA384:
        return ecdsa_sign(key, digest, out);
    case SCHEME_RSA_PKCS1_SHA256:
        return pkcs1_sign(key->rsa, digest, out);
    case SCHEME_RSA_PSS_SHA384:
        return pss_sign(key->rsa, digest, out);
    }
    return false;
}

static bool verify_by(const signing_key *key, signature_scheme scheme, const message_digest *digest,
                      assay_span signature)
{
    switch (scheme) {
    case SCHEME_ECDSA_SHA256:
    case SCHEME_ECDSA_SHA384:
        return ecdsa_verify(key, digest, signature);
    case SCHEME_RSA_PKCS1_SHA256:
        return pkcs1_verify(key->rsa, digest, signature);
    case SCHEME_RSA_PSS_SHA384:
        return pss_verify(key->rsa, digest, signature);
    }
    return false;
}

assay_status signing_key_sign(const signing_key *key, signature_scheme scheme, assay_span message,
                              uint8_t out[KEY_SIGNATURE_MAX], size_t *out_size, assay_error *err)
{
    if (!key->is_private || schemes[scheme].kind != key->kind)
        return fail(err, ASSAY_USAGE, "key", ASSAY_NO_OFFSET,
                    key->is_private ? "the algorithm is not for this type of key"
                                    : "a public key does not sign");
    const message_digest digest = digest_of(scheme, message);
    ERR_set_mark();
    bool signed_ = sign_by(key, scheme, &digest, out);
    ERR_pop_to_mark();
    if (!signed_)
        return fail(err, ASSAY_NO_MEMORY, "key", ASSAY_NO_OFFSET, "libcrypto did not sign");
    *out_size = signing_key_signature_size(key);
    return ASSAY_OK;
}

assay_status signing_key_verify(const signing_key *key, signature_scheme scheme, assay_span message,
                                assay_span signature)
{
    if (schemes[scheme].kind != key->kind || signature.size != signing_key_signature_size(key))
        return ASSAY_UNTRUSTED;
    const message_digest digest = digest_of(scheme, message);
    ERR_set_mark();
    bool verified = verify_by(key, scheme, &digest, signature);
    ERR_pop_to_mark();
    return verified ? ASSAY_OK : ASSAY_UNTRUSTED;
}
