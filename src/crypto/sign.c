/* sign.c: P-256 private keys and deterministic ECDSA. RFC 6979 3.2, FIPS 186-4 6.4. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/sha.h>

#include "crypto/sign.h"

enum { HMAC_BLOCK_SIZE = 64 };

const uint8_t p256_order[P256_SCALAR_SIZE] = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};

/* Everything one operation needs; open it, ask ok, close it. */
typedef struct curve {
    BN_CTX *context;
    EC_GROUP *group;
    EC_POINT *point;
    BIGNUM *order, *scalar, *nonce, *r, *s, *hash;
    bool ok;
} curve;

static curve curve_open(void)
{
    curve c = { .context = BN_CTX_new(),
                .group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1) };
    if (c.context == NULL || c.group == NULL)
        return c;
    BN_CTX_start(c.context);
    c.point = EC_POINT_new(c.group);
    c.order = BN_CTX_get(c.context);
    c.scalar = BN_CTX_get(c.context);
    c.nonce = BN_CTX_get(c.context);
    c.r = BN_CTX_get(c.context);
    c.s = BN_CTX_get(c.context);
    c.hash = BN_CTX_get(c.context);
    c.ok = c.point != NULL && c.hash != NULL &&
           BN_bin2bn(p256_order, sizeof(p256_order), c.order) != NULL;
    return c;
}

static void curve_close(curve *c)
{
    EC_POINT_free(c->point);
    EC_GROUP_free(c->group);
    if (c->context != NULL)
        BN_CTX_end(c->context);
    BN_CTX_free(c->context);
}

static assay_status no_memory(assay_error *err)
{
    return fail(err, ASSAY_NO_MEMORY, "key", ASSAY_NO_OFFSET, "no memory to sign with P-256");
}

assay_status p256_private_new(const uint8_t scalar[P256_SCALAR_SIZE], p256_private *out,
                              assay_error *err)
{
    curve c = curve_open();
    p256_private key;
    bool ok = c.ok && BN_bin2bn(scalar, P256_SCALAR_SIZE, c.hash) != NULL &&
              BN_mod(c.scalar, c.hash, c.order, c.context) == 1;
    bool zero = ok && BN_is_zero(c.scalar);
    ok = ok && !zero && BN_bn2binpad(c.scalar, key.scalar, P256_SCALAR_SIZE) == P256_SCALAR_SIZE &&
         EC_POINT_mul(c.group, c.point, c.scalar, NULL, NULL, c.context) == 1 &&
         EC_POINT_point2oct(c.group, c.point, POINT_CONVERSION_UNCOMPRESSED, key.point,
                            P256_POINT_SIZE, c.context) == P256_POINT_SIZE;
    curve_close(&c);
    if (zero)
        return fail(err, ASSAY_MALFORMED, "key", ASSAY_NO_OFFSET, "the scalar is 0 modulo n");
    if (!ok)
        return no_memory(err);
    *out = key;
    return ASSAY_OK;
}

static sha256_digest hmac(const uint8_t key[SHA256_SIZE], const assay_span parts[4])
{
    uint8_t inner[HMAC_BLOCK_SIZE], outer[HMAC_BLOCK_SIZE];
    for (size_t i = 0; i < HMAC_BLOCK_SIZE; i++) {
        uint8_t octet = i < SHA256_SIZE ? key[i] : 0;
        inner[i] = octet ^ 0x36;
        outer[i] = octet ^ 0x5c;
    }
    assay_span first[] = { SPAN(inner), parts[0], parts[1], parts[2], parts[3] };
    sha256_digest digest = sha256_of(first, 5);
    assay_span second[] = { SPAN(outer), SPAN(digest.bytes) };
    return sha256_of(second, 2);
}

/* The generator of RFC 6979 3.2: K and V. */
typedef struct nonces {
    uint8_t k[SHA256_SIZE], v[SHA256_SIZE];
} nonces;

/* K = HMAC_K(V || separator || seed), V = HMAC_K(V). */
static void nonces_stir(nonces *n, uint8_t separator, assay_span scalar, assay_span hash)
{
    assay_span parts[4] = { SPAN(n->v), { &separator, 1 }, scalar, hash };
    memcpy(n->k, hmac(n->k, parts).bytes, SHA256_SIZE);
    memcpy(n->v, hmac(n->k, (assay_span[4]) { SPAN(n->v) }).bytes, SHA256_SIZE);
}

static nonces nonces_begin(const uint8_t scalar[P256_SCALAR_SIZE], const uint8_t hash[SHA256_SIZE])
{
    nonces n;
    memset(n.k, 0, sizeof(n.k));
    memset(n.v, 1, sizeof(n.v));
    for (uint8_t separator = 0; separator < 2; separator++)
        nonces_stir(&n, separator, span_of(scalar, P256_SCALAR_SIZE), span_of(hash, SHA256_SIZE));
    return n;
}

/* One candidate, as wide as n. */
static void nonces_next(nonces *n)
{
    memcpy(n->v, hmac(n->k, (assay_span[4]) { SPAN(n->v) }).bytes, SHA256_SIZE);
}

/* r and s for the nonce in c->nonce; false when it is no good or memory is short. */
static bool sign_with_nonce(curve *c)
{
    return EC_POINT_mul(c->group, c->point, c->nonce, NULL, NULL, c->context) == 1 &&
           EC_POINT_get_affine_coordinates(c->group, c->point, c->s, NULL, c->context) == 1 &&
           BN_mod(c->r, c->s, c->order, c->context) == 1 && !BN_is_zero(c->r) &&
           BN_mod_mul(c->s, c->r, c->scalar, c->order, c->context) == 1 &&
           BN_mod_add(c->s, c->s, c->hash, c->order, c->context) == 1 &&
           BN_mod_inverse(c->nonce, c->nonce, c->order, c->context) != NULL &&
           BN_mod_mul(c->s, c->s, c->nonce, c->order, c->context) == 1 && !BN_is_zero(c->s);
}

/* A nonce from 1 to n - 1; the chance of a second round is 2^-32. */
static bool nonce_draw(curve *c, nonces *n)
{
    for (int round = 0; round < 64; round++) {
        nonces_next(n);
        if (BN_bin2bn(n->v, SHA256_SIZE, c->nonce) == NULL)
            return false;
        if (!BN_is_zero(c->nonce) && BN_cmp(c->nonce, c->order) < 0)
            return true;
        nonces_stir(n, 0, (assay_span) { NULL, 0 }, (assay_span) { NULL, 0 });
    }
    return false;
}

assay_status p256_sign(const p256_private *key, const sha256_digest *digest,
                       uint8_t signature[P256_SIGNATURE_SIZE], assay_error *err)
{
    curve c = curve_open();
    uint8_t hash[SHA256_SIZE], out[P256_SIGNATURE_SIZE];
    bool ok = c.ok && BN_bin2bn(key->scalar, P256_SCALAR_SIZE, c.scalar) != NULL &&
              BN_bin2bn(digest->bytes, SHA256_SIZE, c.s) != NULL &&
              BN_mod(c.hash, c.s, c.order, c.context) == 1 &&
              BN_bn2binpad(c.hash, hash, SHA256_SIZE) == SHA256_SIZE;
    if (ok) {
        nonces n = nonces_begin(key->scalar, hash);
        ok = nonce_draw(&c, &n) && sign_with_nonce(&c) &&
             BN_bn2binpad(c.r, out, P256_SCALAR_SIZE) == P256_SCALAR_SIZE &&
             BN_bn2binpad(c.s, out + P256_SCALAR_SIZE, P256_SCALAR_SIZE) == P256_SCALAR_SIZE;
    }
    curve_close(&c);
    if (!ok)
        return no_memory(err);
    memcpy(signature, out, sizeof(out));
    return ASSAY_OK;
}

void p256_signature_mirror(uint8_t signature[P256_SIGNATURE_SIZE])
{
    uint8_t *s = signature + P256_SCALAR_SIZE;
    int borrow = 0;
    for (size_t i = P256_SCALAR_SIZE; i-- > 0;) {
        int difference = p256_order[i] - s[i] - borrow;
        borrow = difference < 0;
        s[i] = (uint8_t)(difference & 0xff);
    }
}

void sha1(assay_span in, uint8_t out[SHA1_SIZE])
{
    SHA1(in.data, in.size, out);
}
