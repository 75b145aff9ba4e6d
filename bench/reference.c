/* reference.c: one prepared P-256 verification of OpenSSL. */
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>

#include "bench.h"
#include "reference.h"

struct reference {
    EVP_PKEY *key;
    EVP_PKEY_CTX *context;
    EVP_PKEY_CTX *signer;
    unsigned char signature[80];
    size_t signature_size;
};

static const unsigned char digest[32] = { 1, 2, 3, 4, 5 };

void reference_sign(reference *r)
{
    r->signature_size = sizeof(r->signature);
    if (EVP_PKEY_sign(r->signer, r->signature, &r->signature_size, digest, sizeof(digest)) <= 0)
        bench_die("signing with P-256");
}

static void signer_prepare(reference *r)
{
    r->signer = EVP_PKEY_CTX_new(r->key, NULL);
    if (r->signer == NULL || EVP_PKEY_sign_init(r->signer) <= 0)
        bench_die("preparing a P-256 signature");
}

void reference_token(reference *r, const unsigned char *bytes, size_t size)
{
    static unsigned char text[256 * 1024];
    unsigned char hash[32];
    if (size / 3 * 4 + 8 > sizeof(text))
        bench_die("room for base64");
    const int encoded = EVP_EncodeBlock(text, bytes, (int)size);
    SHA256(text, (size_t)encoded, hash); /* a JWS signs the encoded text */
    reference_sign(r);
}

reference *reference_new(void)
{
    reference *r = calloc(1, sizeof(*r));
    if (r == NULL)
        bench_die("memory");
    r->key = EVP_EC_gen("P-256");
    if (r->key == NULL)
        bench_die("making a P-256 key");
    signer_prepare(r);
    reference_sign(r);
    r->context = EVP_PKEY_CTX_new(r->key, NULL);
    if (r->context == NULL || EVP_PKEY_verify_init(r->context) <= 0)
        bench_die("preparing a P-256 verification");
    return r;
}

void reference_free(reference *r)
{
    EVP_PKEY_CTX_free(r->signer);
    EVP_PKEY_CTX_free(r->context);
    EVP_PKEY_free(r->key);
    free(r);
}

void reference_verify(reference *r)
{
    if (EVP_PKEY_verify(r->context, r->signature, r->signature_size, digest, sizeof(digest)) != 1)
        bench_die("P-256 verification");
}
