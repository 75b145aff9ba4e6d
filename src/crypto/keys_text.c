/* keys_text.c: signing keys in PEM and DER. RFC 7468; SEC 1 C.4, RFC 5958, RFC 8017 A.1, RFC
 * 5280 4.1.
 *
 * libcrypto reads the DER; what it finds is taken out as numbers and made anew by keys.c, which has
 * the last word about them. */
#include "crypto/keys_inside.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/x509.h>
#include <stdio.h>

#include "base/memory.h"
#include "wire/base64.h"
#include "wire/der.h"
#include "wire/pem.h"

enum { DER_MAX = 16 * 1024, PEM_LINE = 64 };

/* ---- From libcrypto's objects ---- */

typedef struct number_store {
    uint8_t bytes[KEY_PART_COUNT][KEY_NUMBER_MAX];
    key_numbers numbers;
} number_store;

static void store_own(number_store *store, const signing_key *from)
{
    for (key_part part = 0; part < KEY_PART_COUNT; part++)
        store->numbers.at[part] =
            span_of(store->bytes[part], signing_key_number(from, part, store->bytes[part]));
}

/* The same key, made by our rules. */
static assay_status remade(const signing_key *from, signing_key **out, assay_error *err)
{
    number_store *store = memory_new(sizeof(*store));
    if (store == NULL)
        return no_memory_for_key(err);
    store_own(store, from);
    assay_status status = signing_key_new(from->kind, &store->numbers, out, err);
    secret_free(store, sizeof(*store));
    return status;
}

static assay_status from_ec(EC_KEY *ec, signing_key **out, assay_error *err)
{
    const int curve = EC_GROUP_get_curve_name(EC_KEY_get0_group(ec));
    if (curve != NID_X9_62_prime256v1 && curve != NID_secp384r1)
        return fail(err, ASSAY_UNSUPPORTED, "key", ASSAY_NO_OFFSET,
                    "an EC key on another curve than P-256 and P-384");
    if (EC_KEY_get0_public_key(ec) == NULL)
        return fail(err, ASSAY_MALFORMED, "key", ASSAY_NO_OFFSET, "an EC key without a point");
    const signing_key view = { .kind = curve == NID_secp384r1 ? KEY_P384 : KEY_P256,
                               .is_private = EC_KEY_get0_private_key(ec) != NULL,
                               .ec = ec };
    return remade(&view, out, err);
}

static assay_status from_rsa(RSA *rsa, signing_key **out, assay_error *err)
{
    if (RSA_bits(rsa) < RSA_BITS_MIN || RSA_bits(rsa) > RSA_BITS_MAX)
        return fail(err, ASSAY_UNSUPPORTED, "key", ASSAY_NO_OFFSET,
                    "an RSA key of %d bits, want %d to %d", RSA_bits(rsa), RSA_BITS_MIN,
                    RSA_BITS_MAX);
    const signing_key view = { .kind = KEY_RSA, .is_private = RSA_get0_d(rsa) != NULL, .rsa = rsa };
    return remade(&view, out, err);
}

static assay_status from_evp(EVP_PKEY *evp, signing_key **out, assay_error *err)
{
    const int type = EVP_PKEY_get_base_id(evp);
    EC_KEY *ec = type == EVP_PKEY_EC ? EVP_PKEY_get1_EC_KEY(evp) : NULL;
    RSA *rsa = type == EVP_PKEY_RSA ? EVP_PKEY_get1_RSA(evp) : NULL;
    assay_status status = ASSAY_UNSUPPORTED;
    if (ec != NULL)
        status = from_ec(ec, out, err);
    else if (rsa != NULL)
        status = from_rsa(rsa, out, err);
    else
        fail(err, status, "key", ASSAY_NO_OFFSET, "a key that is neither EC nor RSA");
    EC_KEY_free(ec);
    RSA_free(rsa);
    return status;
}

/* ---- DER ---- */

static assay_status read_der(assay_span der, key_half half, signing_key **out, assay_error *err)
{
    const unsigned char *at = der.data;
    if (der.size > DER_MAX)
        return fail(err, ASSAY_MALFORMED, "key", ASSAY_NO_OFFSET, "%zu bytes, want at most %d",
                    der.size, DER_MAX);
    ERR_set_mark();
    EVP_PKEY *evp = half == KEY_HALF_PUBLIC ? d2i_PUBKEY(NULL, &at, (long)der.size)
                                            : d2i_AutoPrivateKey(NULL, &at, (long)der.size);
    assay_status status = ASSAY_MALFORMED;
    if (evp == NULL || at != der.data + der.size)
        fail(err, status, "key", ASSAY_NO_OFFSET, "no %s key in DER",
             half == KEY_HALF_PUBLIC ? "public" : "private");
    else
        status = from_evp(evp, out, err);
    EVP_PKEY_free(evp);
    ERR_pop_to_mark();
    return status;
}

assay_status signing_key_read_spki(assay_span der, signing_key **out, assay_error *err)
{
    return read_der(der, KEY_HALF_PUBLIC, out, err);
}

/* The members of a certificate before its key: RFC 5280 4.1. */
static const struct {
    const char *name;
    uint8_t tag;
} before_key[] = {
    { "version", DER_CONTEXT_CONSTRUCTED }, { "serialNumber", DER_INTEGER },
    { "signature", DER_SEQUENCE },          { "issuer", DER_SEQUENCE },
    { "validity", DER_SEQUENCE },           { "subject", DER_SEQUENCE },
};

assay_status signing_key_read_certificate(assay_span der, signing_key **out, assay_error *err)
{
    der_reader outer = der_reader_of(der, "certificate");
    der_element element;
    TRY(der_expect(&outer, DER_SEQUENCE, "certificate", &element, err));
    TRY(der_end(&outer, err));
    der_reader certificate = der_inside(&outer, &element);
    TRY(der_expect(&certificate, DER_SEQUENCE, "tbsCertificate", &element, err));
    der_reader tbs = der_inside(&certificate, &element);
    for (size_t i = 0; i < sizeof(before_key) / sizeof(before_key[0]); i++)
        TRY(der_expect(&tbs, before_key[i].tag, before_key[i].name, &element, err));
    TRY(der_expect(&tbs, DER_SEQUENCE, "subjectPublicKeyInfo", &element, err));
    return signing_key_read_spki(element.full, out, err);
}

static assay_status read_private(assay_span der, signing_key **out, assay_error *err)
{
    return read_der(der, KEY_HALF_PRIVATE, out, err);
}

/* ---- PEM in ---- */

static const struct {
    const char *label;
    assay_status (*read)(assay_span der, signing_key **out, assay_error *err); /* NULL: skipped */
} labels[] = {
    { "EC PRIVATE KEY", read_private },
    { "RSA PRIVATE KEY", read_private },
    { "PRIVATE KEY", read_private },
    { "PUBLIC KEY", signing_key_read_spki },
    { "CERTIFICATE", signing_key_read_certificate },
    { "EC PARAMETERS", NULL },
};

static assay_span without_space(assay_span text)
{
    size_t at = 0;
    while (at < text.size && text.data[at] != '\0' && strchr(" \t\r\n", text.data[at]) != NULL)
        at++;
    return span_slice(text, at, text.size - at);
}

/* The size of the block of this label at the front of the text, 0 when there is none. */
static size_t block_size(assay_span text, const char *label)
{
    char begin[48], end[48];
    const int begin_size = snprintf(begin, sizeof(begin), "-----BEGIN %s-----", label);
    const int end_size = snprintf(end, sizeof(end), "-----END %s-----", label);
    if (!span_is(span_slice(text, 0, (size_t)begin_size), begin))
        return 0;
    for (size_t at = (size_t)begin_size; at + (size_t)end_size <= text.size; at++) {
        if (memcmp(text.data + at, end, (size_t)end_size) == 0)
            return at + (size_t)end_size;
    }
    return 0;
}

static assay_status read_block(assay_span block, size_t row, signing_key **out, assay_error *err)
{
    const size_t capacity = block.size / 4 * 3 + 3;
    uint8_t *buffer = memory_new(capacity);
    pem_blocks blocks = { 0 };
    if (buffer == NULL)
        return no_memory_for_key(err);
    assay_status status = pem_decode(block, labels[row].label, buffer, capacity, &blocks, err);
    if (status == ASSAY_OK)
        status = labels[row].read(blocks.der[0], out, err);
    secret_free(buffer, capacity);
    return status;
}

/* The row of the label whose block stands at the front, and the block's size; size 0: none. */
static size_t first_block(assay_span text, size_t *size)
{
    for (size_t row = 0; row < sizeof(labels) / sizeof(labels[0]); row++) {
        *size = block_size(text, labels[row].label);
        if (*size > 0)
            return row;
    }
    return 0;
}

assay_status signing_key_read_pem(assay_span *text, signing_key **out, assay_error *err)
{
    assay_span rest = without_space(*text);
    size_t size;
    size_t row = first_block(rest, &size);
    if (size > 0 && labels[row].read == NULL) {
        rest = without_space(span_slice(rest, size, rest.size - size));
        row = first_block(rest, &size);
    }
    if (size == 0 || labels[row].read == NULL)
        return fail(err, ASSAY_MALFORMED, "key", ASSAY_NO_OFFSET,
                    "no PEM block of a key or certificate (encrypted keys are not read)");
    TRY(read_block(span_of(rest.data, size), row, out, err));
    *text = without_space(span_slice(rest, size, rest.size - size));
    return ASSAY_OK;
}

/* ---- PEM out ---- */

static EVP_PKEY *evp_of(const signing_key *key)
{
    EVP_PKEY *evp = EVP_PKEY_new();
    if (evp != NULL && (key->kind == KEY_RSA ? EVP_PKEY_set1_RSA(evp, key->rsa)
                                             : EVP_PKEY_set1_EC_KEY(evp, key->ec)) == 1)
        return evp;
    EVP_PKEY_free(evp);
    return NULL;
}

/* DER from libcrypto's allocator, or NULL. */
static unsigned char *der_of(const signing_key *key, key_half half, int *size)
{
    unsigned char *der = NULL;
    EVP_PKEY *evp = evp_of(key);
    if (evp == NULL)
        return NULL;
    if (half == KEY_HALF_PUBLIC) {
        *size = i2d_PUBKEY(evp, &der);
    } else {
        PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(evp);
        *size = info == NULL ? -1 : i2d_PKCS8_PRIV_KEY_INFO(info, &der);
        PKCS8_PRIV_KEY_INFO_free(info);
    }
    EVP_PKEY_free(evp);
    return *size > 0 ? der : NULL;
}

static void write_lines(const char *digits, const char *label, char *out)
{
    int at = snprintf(out, KEY_PEM_MAX, "-----BEGIN %s-----\n", label);
    for (size_t done = 0; digits[done] != '\0';) {
        const size_t line = strnlen(digits + done, PEM_LINE);
        at += snprintf(out + at, KEY_PEM_MAX - (size_t)at, "%.*s\n", (int)line, digits + done);
        done += line;
    }
    snprintf(out + at, KEY_PEM_MAX - (size_t)at, "-----END %s-----\n", label);
}

assay_status signing_key_write_pem(const signing_key *key, key_half half, char out[KEY_PEM_MAX],
                                   assay_error *err)
{
    char digits[KEY_PEM_MAX];
    int size = 0;
    if (half == KEY_HALF_PRIVATE && !key->is_private)
        return fail(err, ASSAY_USAGE, "key", ASSAY_NO_OFFSET, "the key has no private part");
    ERR_set_mark();
    unsigned char *der = der_of(key, half, &size);
    ERR_pop_to_mark();
    if (der == NULL || base64_encoded_size((size_t)size, BASE64_STANDARD) > KEY_PEM_MAX - 256) {
        OPENSSL_free(der);
        return no_memory_for_key(err);
    }
    base64_encode(span_of(der, (size_t)size), BASE64_STANDARD, digits);
    write_lines(digits, half == KEY_HALF_PRIVATE ? "PRIVATE KEY" : "PUBLIC KEY", out);
    OPENSSL_cleanse(der, (size_t)size);
    OPENSSL_cleanse(digits, sizeof(digits));
    OPENSSL_free(der);
    return ASSAY_OK;
}
