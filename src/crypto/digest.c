/* digest.c: SHA-256 and SHA-384, by the functions that need no provider, fetch or lock
 * (docs/decisions/0002-low-level-openssl.md). FIPS 180-4. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "crypto/crypto.h"

sha256_digest sha256_of(const assay_span *parts, size_t count)
{
    sha256_digest out;
    SHA256_CTX state;
    SHA256_Init(&state);
    for (size_t i = 0; i < count; i++)
        SHA256_Update(&state, parts[i].data, parts[i].size);
    SHA256_Final(out.bytes, &state);
    return out;
}

void sha384(assay_span in, uint8_t out[SHA384_SIZE])
{
    SHA512_CTX state;
    SHA384_Init(&state);
    SHA384_Update(&state, in.data, in.size);
    SHA384_Final(out, &state);
}

void sha512(assay_span in, uint8_t out[SHA512_SIZE])
{
    SHA512_CTX state;
    SHA512_Init(&state);
    SHA512_Update(&state, in.data, in.size);
    SHA512_Final(out, &state);
}
