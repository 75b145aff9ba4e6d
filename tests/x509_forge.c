/* x509_forge.c: certificates and CRLs made to order for tests (RFC 5280). */
#include "x509_forge.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>

struct forge_key {
    EVP_PKEY *pkey;
    uint8_t point[65];
    uint8_t id[20];
};

static const char ecdsa_with_sha256[] = "300a06082a8648ce3d040302";
static const char spki_head[] = "3059301306072a8648ce3d020106082a8648ce3d030107034200";

forge_key *forge_key_new(void)
{
    forge_key *key = calloc(1, sizeof(*key));
    size_t size;
    key->pkey = EVP_EC_gen("P-256");
    EVP_PKEY_get_octet_string_param(key->pkey, "encoded-pub-key", key->point, 65, &size);
    SHA1(key->point, sizeof(key->point), key->id);
    return key;
}

void forge_key_free(forge_key *key)
{
    EVP_PKEY_free(key->pkey);
    free(key);
}

const uint8_t *forge_key_point(const forge_key *key)
{
    return key->point;
}

void forge_bytes(forge_der *d, const void *bytes, size_t size)
{
    if (size > sizeof(d->data) - d->size)
        abort();
    if (size > 0)
        memcpy(d->data + d->size, bytes, size);
    d->size += size;
}

static void forge_hex(forge_der *d, const char *hex)
{
    size_t size = strlen(hex) / 2;
    if (size > sizeof(d->data) - d->size ||
        assay_hex_decode(SPAN_TEXT(hex), d->data + d->size, size, NULL) != ASSAY_OK)
        abort();
    d->size += size;
}

void forge_wrap(forge_der *d, size_t from, uint8_t tag)
{
    size_t size = d->size - from;
    uint8_t head[4] = { tag, (uint8_t)size };
    size_t head_size = 2;
    if (size >= 256) {
        head[1] = 0x82;
        head[2] = (uint8_t)(size >> 8);
        head[3] = (uint8_t)size;
        head_size = 4;
    } else if (size >= 128) {
        head[1] = 0x81;
        head[2] = (uint8_t)size;
        head_size = 3;
    }
    forge_bytes(d, head, head_size); /* makes room */
    memmove(d->data + from + head_size, d->data + from, size);
    memcpy(d->data + from, head, head_size);
}

void forge_element(forge_der *d, uint8_t tag, const void *content, size_t size)
{
    size_t from = d->size;
    forge_bytes(d, content, size);
    forge_wrap(d, from, tag);
}

void forge_extension(forge_der *d, const char *oid_hex, forge_critical critical,
                     const char *value_hex)
{
    size_t from = d->size, value;
    forge_hex(d, oid_hex);
    forge_wrap(d, from, 0x06);
    if (critical == FORGE_CRITICAL)
        forge_hex(d, "0101ff");
    value = d->size;
    forge_hex(d, value_hex);
    forge_wrap(d, value, 0x04);
    forge_wrap(d, from, 0x30);
}

assay_span forge_span(const forge_der *d)
{
    return span_of(d->data, d->size);
}

static void put(forge_der *d, const char *given, const char *usual)
{
    forge_hex(d, given != NULL ? given : usual);
}

static void put_attribute(forge_der *d, const char *oid_hex, uint8_t tag, const char *text)
{
    size_t from = d->size;
    forge_hex(d, oid_hex);
    forge_wrap(d, from, 0x06);
    forge_element(d, tag, text, strlen(text));
    forge_wrap(d, from, 0x30);
    forge_wrap(d, from, 0x31);
}

static void put_name(forge_der *d, const char *common_name)
{
    size_t from = d->size;
    put_attribute(d, "550403", 0x0c, common_name);
    put_attribute(d, "55040a", 0x0c, "Intel Corporation");
    put_attribute(d, "550406", 0x13, "US");
    forge_wrap(d, from, 0x30);
}

/* `head` is the hex of what stands before the id inside the value. */
static void put_key_id(forge_der *d, const char *oid_hex, const char *head, const uint8_t *id)
{
    char value[64];
    snprintf(value, sizeof(value), "%s", head);
    assay_hex_encode(span_of(id, 20), value + strlen(head));
    forge_extension(d, oid_hex, FORGE_NOT_CRITICAL, value);
}

static void put_extensions(forge_der *d, const forge_cert *plan)
{
    size_t from = d->size;
    if (plan->aki != NULL)
        forge_hex(d, plan->aki);
    else
        put_key_id(d, "551d23", "30168014", plan->issuer_key->id);
    if (plan->distribution_points != NULL)
        forge_hex(d, plan->distribution_points);
    else
        forge_extension(d, "551d1f", FORGE_NOT_CRITICAL, "300d300ba009a0078605613a2f2f62");
    if (plan->ski != NULL)
        forge_hex(d, plan->ski);
    else
        put_key_id(d, "551d0e", "0414", plan->key->id);
    if (plan->key_usage != NULL)
        forge_hex(d, plan->key_usage);
    else
        forge_extension(d, "551d0f", FORGE_CRITICAL, plan->is_ca ? "03020106" : "030206c0");
    if (plan->basic_constraints != NULL)
        forge_hex(d, plan->basic_constraints);
    else
        forge_extension(d, "551d13", FORGE_CRITICAL, plan->is_ca ? "30060101ff020101" : "3000");
    if (plan->sgx != NULL)
        forge_extension(d, "2a864886f84d010d01", FORGE_NOT_CRITICAL, plan->sgx);
    put(d, plan->more_extensions, "");
    if (d->size == from)
        return;
    forge_wrap(d, from, 0x30);
    forge_wrap(d, from, 0xa3);
}

static void put_validity(forge_der *d, const forge_cert *plan)
{
    size_t from = d->size;
    put(d, plan->not_before, "170d3230303130313030303030305a"); /* 2020-01-01 */
    put(d, plan->not_after, "170d3330303130313030303030305a");  /* 2030-01-01 */
    forge_wrap(d, from, 0x30);
}

static void put_spki(forge_der *d, const forge_cert *plan)
{
    if (plan->spki != NULL) {
        forge_hex(d, plan->spki);
        return;
    }
    forge_hex(d, spki_head);
    forge_bytes(d, plan->key->point, sizeof(plan->key->point));
}

/* Signs what stands in `d`, and wraps it with algorithm and signature. */
static void put_signature(forge_der *d, const forge_key *key, const char *algorithm,
                          const char *signature)
{
    uint8_t bits[80] = { 0 };
    size_t size = sizeof(bits) - 1;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key->pkey) != 1 ||
        EVP_DigestSign(ctx, bits + 1, &size, d->data, d->size) != 1)
        abort();
    EVP_MD_CTX_free(ctx);
    put(d, algorithm, ecdsa_with_sha256);
    if (signature != NULL)
        forge_hex(d, signature);
    else
        forge_element(d, 0x03, bits, size + 1);
}

void forge_sign(forge_der *d, const forge_key *key)
{
    put_signature(d, key, NULL, NULL);
    forge_wrap(d, 0, 0x30);
}

void forge_cert_make(const forge_cert *plan, forge_der *out)
{
    out->size = 0;
    put(out, plan->version, "a003020102");
    put(out, plan->serial, "02021234");
    put(out, plan->inner_algorithm, ecdsa_with_sha256);
    put_name(out, plan->issuer);
    put_validity(out, plan);
    if (plan->subject_name != NULL)
        forge_hex(out, plan->subject_name);
    else
        put_name(out, plan->subject);
    put_spki(out, plan);
    put(out, plan->unique_id, "");
    put_extensions(out, plan);
    forge_wrap(out, 0, 0x30);
    put_signature(out, plan->issuer_key, plan->outer_algorithm, plan->signature);
    put(out, plan->behind_tbs, "");
    forge_wrap(out, 0, 0x30);
    put(out, plan->behind, "");
}

static void put_crl_extensions(forge_der *d, const forge_crl *plan)
{
    size_t from = d->size;
    if (plan->extensions != NULL) {
        forge_hex(d, plan->extensions);
        return;
    }
    put_key_id(d, "551d23", "30168014", plan->issuer_key->id);
    forge_extension(d, "551d14", FORGE_NOT_CRITICAL, "020101");
    forge_wrap(d, from, 0x30);
    forge_wrap(d, from, 0xa0);
}

void forge_crl_make(const forge_crl *plan, forge_der *out)
{
    out->size = 0;
    put(out, plan->version, "020101");
    put(out, plan->inner_algorithm, ecdsa_with_sha256);
    put_name(out, plan->issuer);
    put(out, plan->this_update, "170d3235303130313030303030305a"); /* 2025-01-01 */
    put(out, plan->next_update, "170d3235303133313030303030305a"); /* 2025-01-31 */
    put(out, plan->entries, "");
    put_crl_extensions(out, plan);
    forge_wrap(out, 0, 0x30);
    put_signature(out, plan->issuer_key, plan->outer_algorithm, NULL);
    forge_wrap(out, 0, 0x30);
    put(out, plan->behind, "");
}
