/* kds.c: certificates and CRLs of the simulated AMD. AMD 57230; RFC 4055 (RSASSA-PSS). */
#include "sim/kds.h"

#include <stdio.h>

#include "sim/certificates.h"

#define OID_SHA384     "2.16.840.1.101.3.4.2.2"
#define OID_MGF1       "1.2.840.113549.1.1.8"
#define OID_RSA_PSS    "1.2.840.113549.1.1.10"
#define OID_RSA        "1.2.840.113549.1.1.1"
#define OID_EC         "1.2.840.10045.2.1"
#define OID_P384       "1.3.132.0.34"
#define OID_AMD        "1.3.6.1.4.1.3704.1"
#define OID_KEY_ID     "2.5.29.14"
#define OID_ISSUER_KEY "2.5.29.35"
#define OID_BASIC      "2.5.29.19"
#define OID_CRL_NUMBER "2.5.29.20"

/* 2020-10-22, 2045-10-22 */
#define CA_BEGIN INT64_C(1603324800)
#define CA_END   INT64_C(2392329600)

enum { VCEK_AGE = 200 * SIM_DAY, VCEK_DAYS = 7 * 365 };

/* ---- Keys ---- */

void sim_kds_init(sim_kds *kds, uint64_t seed, int64_t begin)
{
    *kds = (sim_kds) { .seed = seed, .begin = begin };
    pthread_mutex_init(&kds->lock, NULL);
}

void sim_kds_free(sim_kds *kds)
{
    amd_private_free(kds->ark);
    amd_private_free(kds->ask);
    pthread_mutex_destroy(&kds->lock);
}

static assay_status make_key(const sim_kds *kds, const char *name, amd_private **key,
                             assay_error *err)
{
    uint8_t seed[SHA256_SIZE];
    if (*key != NULL)
        return ASSAY_OK;
    sim_random(kds->seed, name, seed, sizeof(seed));
    return amd_private_new(seed, key, err);
}

static assay_status make_keys(sim_kds *kds, assay_error *err)
{
    pthread_mutex_lock(&kds->lock);
    assay_status status = make_key(kds, "key: AMD root", &kds->ark, err);
    if (status == ASSAY_OK)
        status = make_key(kds, "key: AMD signer", &kds->ask, err);
    pthread_mutex_unlock(&kds->lock);
    return status;
}

void sim_kds_scalar(const sim_kds *kds, const kds_chip *chip, uint8_t out[P384_SCALAR_SIZE])
{
    uint8_t tcb[] = { chip->boot_loader, chip->tee, chip->snp, chip->microcode, chip->fmc };
    uint8_t of_chip[SHA384_SIZE + sizeof(tcb)];
    char name[64];
    sha384(span_of(chip->id, chip->id_size), of_chip);
    memcpy(of_chip + SHA384_SIZE, tcb, sizeof(tcb));
    sha384(SPAN(of_chip), out);
    snprintf(name, sizeof(name), "vcek %02x%02x%02x%02x%02x%02x%02x%02x", out[0], out[1], out[2],
             out[3], out[4], out[5], out[6], out[7]);
    sim_random(kds->seed, name, out, P384_SCALAR_SIZE);
}

/* ---- Parts of certificates ---- */

static void put_algorithm(der_writer *w, const char *oid)
{
    der_open(w, DER_SEQUENCE);
    der_put_oid(w, oid);
    der_put_null(w);
    der_close(w);
}

/* RSASSA-PSS with SHA-384, MGF1 with SHA-384, 48 bytes of salt. */
static void put_pss(der_writer *w)
{
    der_open(w, DER_SEQUENCE);
    der_put_oid(w, OID_RSA_PSS);
    der_open(w, DER_SEQUENCE);
    der_open(w, DER_CONTEXT_CONSTRUCTED | 0);
    put_algorithm(w, OID_SHA384);
    der_close(w);
    der_open(w, DER_CONTEXT_CONSTRUCTED | 1);
    der_open(w, DER_SEQUENCE);
    der_put_oid(w, OID_MGF1);
    put_algorithm(w, OID_SHA384);
    der_close(w);
    der_close(w);
    der_open(w, DER_CONTEXT_CONSTRUCTED | 2);
    der_put_unsigned(w, DER_INTEGER, SHA384_SIZE);
    der_close(w);
    der_close(w);
    der_close(w);
}

static void put_name(der_writer *w, const char *common_name)
{
    const struct {
        const char *oid;
        uint8_t tag;
        const char *text;
    } parts[] = {
        { "2.5.4.11", DER_UTF8_STRING, "Engineering" },
        { "2.5.4.6", DER_PRINTABLE_STRING, "US" },
        { "2.5.4.7", DER_UTF8_STRING, "Santa Clara" },
        { "2.5.4.8", DER_UTF8_STRING, "CA" },
        { "2.5.4.10", DER_UTF8_STRING, "Advanced Micro Devices" },
        { "2.5.4.3", DER_UTF8_STRING, common_name },
    };
    der_open(w, DER_SEQUENCE);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        der_open(w, DER_SET);
        der_open(w, DER_SEQUENCE);
        der_put_oid(w, parts[i].oid);
        der_put_text(w, parts[i].tag, parts[i].text);
        der_close(w);
        der_close(w);
    }
    der_close(w);
}

/* RSAPublicKey, whose SHA-1 is the key identifier. */
static void put_rsa_key(const amd_private *key, sim_bytes *out)
{
    der_writer w = { .out = out };
    der_open(&w, DER_SEQUENCE);
    der_put_magnitude(&w, span_of(amd_private_modulus(key), AMD_RSA_SIZE));
    der_put_unsigned(&w, DER_INTEGER, AMD_RSA_EXPONENT);
    der_close(&w);
}

static void put_rsa_spki(der_writer *w, const amd_private *key)
{
    sim_bytes rsa = { 0 };
    put_rsa_key(key, &rsa);
    der_open(w, DER_SEQUENCE);
    put_algorithm(w, OID_RSA);
    der_put_bits(w, bytes_span(&rsa));
    der_close(w);
    w->out->failed |= rsa.failed;
    bytes_free(&rsa);
}

static void key_id(const amd_private *key, uint8_t out[SHA1_SIZE])
{
    sim_bytes rsa = { 0 };
    put_rsa_key(key, &rsa);
    sha1(bytes_span(&rsa), out);
    bytes_free(&rsa);
}

static void put_key_id(der_writer *w, const amd_private *key)
{
    uint8_t id[SHA1_SIZE];
    key_id(key, id);
    sim_extension_open(w, OID_KEY_ID, SIM_NOT_CRITICAL);
    der_element_put(w, DER_OCTET_STRING, SPAN(id));
    sim_extension_close(w);
}

static void put_issuer_key_id(der_writer *w, const amd_private *key)
{
    uint8_t id[SHA1_SIZE];
    key_id(key, id);
    sim_extension_open(w, OID_ISSUER_KEY, SIM_NOT_CRITICAL);
    der_open(w, DER_SEQUENCE);
    der_element_put(w, DER_CONTEXT | 0, SPAN(id));
    der_close(w);
    sim_extension_close(w);
}

static void put_basic(der_writer *w, int path_length)
{
    sim_extension_open(w, OID_BASIC, SIM_CRITICAL);
    der_open(w, DER_SEQUENCE);
    der_put_boolean(w, 0xff);
    if (path_length != SIM_NO_PATH_LENGTH)
        der_put_unsigned(w, DER_INTEGER, (uint64_t)path_length);
    der_close(w);
    sim_extension_close(w);
}

/* version 3, serial number, algorithm, issuer, validity, subject. */
typedef struct head {
    uint64_t serial;
    const char *issuer, *subject;
    int64_t begin, end;
} head;

static void put_head(der_writer *w, const head *h)
{
    der_open(w, DER_CONTEXT_CONSTRUCTED | 0);
    der_put_unsigned(w, DER_INTEGER, 2);
    der_close(w);
    der_put_unsigned(w, DER_INTEGER, h->serial);
    put_pss(w);
    put_name(w, h->issuer);
    der_open(w, DER_SEQUENCE);
    der_put_time(w, h->begin);
    der_put_time(w, h->end);
    der_close(w);
    put_name(w, h->subject);
}

/* Takes `tbs`. */
static assay_status put_signed(const amd_private *key, sim_bytes *tbs, sim_bytes *out,
                               assay_error *err)
{
    uint8_t signature[AMD_RSA_SIZE];
    der_writer w = { .out = out };
    assay_status status = amd_sign(key, bytes_span(tbs), signature, err);
    if (status == ASSAY_OK) {
        der_open(&w, DER_SEQUENCE);
        der_raw(&w, bytes_span(tbs));
        put_pss(&w);
        der_put_bits(&w, SPAN(signature));
        der_close(&w);
    }
    out->failed |= tbs->failed;
    bytes_free(tbs);
    return status;
}

/* ---- Chains ---- */

/* Names and numbers of a product's certificates. */
typedef struct product_names {
    char ark[16], ask[32], url[64];
    uint64_t serial;
} product_names;

static product_names names_of(amd_product product, kds_family family)
{
    product_names n = { .serial = (uint64_t)product << 16 };
    const char *name = amd_product_name(product);
    snprintf(n.ark, sizeof(n.ark), "ARK-%s", name);
    snprintf(n.ask, sizeof(n.ask), family == KDS_VLEK ? "SEV-VLEK-%s" : "SEV-%s", name);
    snprintf(n.url, sizeof(n.url), "https://kdsintf.amd.com/%s/v1/%s/crl",
             family == KDS_VLEK ? "vlek" : "vcek", name);
    return n;
}

static assay_status put_ark(const sim_kds *kds, amd_product product, sim_bytes *out,
                            assay_error *err)
{
    const product_names n = names_of(product, KDS_VCEK);
    const head h = { n.serial, n.ark, n.ark, CA_BEGIN, CA_END };
    sim_bytes tbs = { 0 };
    der_writer w = { .out = &tbs };
    der_open(&w, DER_SEQUENCE);
    put_head(&w, &h);
    put_rsa_spki(&w, kds->ark);
    der_open(&w, DER_CONTEXT_CONSTRUCTED | 3);
    der_open(&w, DER_SEQUENCE);
    sim_key_usage_write(&w, KEY_USAGE_KEY_CERT_SIGN | KEY_USAGE_CRL_SIGN);
    put_key_id(&w, kds->ark);
    put_basic(&w, SIM_NO_PATH_LENGTH);
    sim_crl_url_write(&w, n.url);
    der_close(&w);
    der_close(&w);
    der_close(&w);
    return put_signed(kds->ark, &tbs, out, err);
}

static assay_status put_ask(const sim_kds *kds, amd_product product, kds_family family,
                            sim_bytes *out, assay_error *err)
{
    const product_names n = names_of(product, family);
    const head h = { n.serial + (family == KDS_VLEK ? 0x101 : 1), n.ark, n.ask, CA_BEGIN, CA_END };
    sim_bytes tbs = { 0 };
    der_writer w = { .out = &tbs };
    der_open(&w, DER_SEQUENCE);
    put_head(&w, &h);
    put_rsa_spki(&w, kds->ask);
    der_open(&w, DER_CONTEXT_CONSTRUCTED | 3);
    der_open(&w, DER_SEQUENCE);
    put_key_id(&w, kds->ask);
    put_issuer_key_id(&w, kds->ark);
    put_basic(&w, 0);
    sim_key_usage_write(&w, KEY_USAGE_KEY_CERT_SIGN);
    sim_crl_url_write(&w, n.url);
    der_close(&w);
    der_close(&w);
    der_close(&w);
    return put_signed(kds->ark, &tbs, out, err);
}

/* As PEM; takes `der`. */
static void put_pem(sim_bytes *der, sim_bytes *out)
{
    sim_pem_write(bytes_span(der), "CERTIFICATE", out);
    out->failed |= der->failed;
    bytes_free(der);
}

assay_status sim_kds_chain_write(sim_kds *kds, amd_product product, kds_family family,
                                 sim_bytes *out, assay_error *err)
{
    sim_bytes ask = { 0 }, ark = { 0 };
    TRY(make_keys(kds, err));
    TRY(put_ask(kds, product, family, &ask, err));
    put_pem(&ask, out);
    TRY(put_ark(kds, product, &ark, err));
    put_pem(&ark, out);
    return ASSAY_OK;
}

assay_status sim_kds_roots_write(sim_kds *kds, sim_bytes *out, assay_error *err)
{
    TRY(make_keys(kds, err));
    for (amd_product product = AMD_MILAN; product < AMD_PRODUCT_COUNT; product++) {
        sim_bytes ark = { 0 };
        TRY(put_ark(kds, product, &ark, err));
        put_pem(&ark, out);
    }
    return ASSAY_OK;
}

/* ---- VCEKs ---- */

static void put_number(der_writer *w, const char *oid, uint8_t value)
{
    sim_extension_open(w, oid, SIM_NOT_CRITICAL);
    der_put_unsigned(w, DER_INTEGER, value);
    sim_extension_close(w);
}

static void put_chip_extensions(der_writer *w, const kds_chip *chip)
{
    static const char *const names[AMD_PRODUCT_COUNT] = {
        [AMD_MILAN] = "Milan-B0", [AMD_GENOA] = "Genoa", [AMD_TURIN] = "Turin"
    };
    bool turin = chip->product == AMD_TURIN;
    put_number(w, OID_AMD ".1", turin ? 1 : 0);
    sim_extension_open(w, OID_AMD ".2", SIM_NOT_CRITICAL);
    der_put_text(w, DER_IA5_STRING, names[chip->product]);
    sim_extension_close(w);
    if (turin)
        put_number(w, OID_AMD ".3.9", chip->fmc);
    put_number(w, OID_AMD ".3.1", chip->boot_loader);
    put_number(w, OID_AMD ".3.2", chip->tee);
    if (!turin)
        put_number(w, OID_AMD ".3.4", 0);
    put_number(w, OID_AMD ".3.5", 0);
    put_number(w, OID_AMD ".3.6", 0);
    put_number(w, OID_AMD ".3.7", 0);
    put_number(w, OID_AMD ".3.3", chip->snp);
    put_number(w, OID_AMD ".3.8", chip->microcode);
    sim_extension_write(w, OID_AMD ".4", SIM_NOT_CRITICAL, span_of(chip->id, chip->id_size));
}

static void put_vcek_key(der_writer *w, const uint8_t point[P384_POINT_SIZE])
{
    der_open(w, DER_SEQUENCE);
    der_open(w, DER_SEQUENCE);
    der_put_oid(w, OID_EC);
    der_put_oid(w, OID_P384);
    der_close(w);
    der_put_bits(w, span_of(point, P384_POINT_SIZE));
    der_close(w);
}

assay_status sim_kds_vcek_write(sim_kds *kds, const kds_chip *chip, sim_bytes *out,
                                assay_error *err)
{
    uint8_t scalar[P384_SCALAR_SIZE], point[P384_POINT_SIZE];
    int64_t begin = kds->begin - VCEK_AGE;
    const product_names n = names_of(chip->product, KDS_VCEK);
    const head h = { 0, n.ask, "SEV-VCEK", begin, begin + (int64_t)VCEK_DAYS * SIM_DAY };
    TRY(make_keys(kds, err));
    sim_kds_scalar(kds, chip, scalar);
    TRY(p384_point(scalar, point, err));
    sim_bytes tbs = { 0 };
    der_writer w = { .out = &tbs };
    der_open(&w, DER_SEQUENCE);
    put_head(&w, &h);
    put_vcek_key(&w, point);
    der_open(&w, DER_CONTEXT_CONSTRUCTED | 3);
    der_open(&w, DER_SEQUENCE);
    put_chip_extensions(&w, chip);
    der_close(&w);
    der_close(&w);
    der_close(&w);
    return put_signed(kds->ask, &tbs, out, err);
}

/* ---- CRLs ---- */

assay_status sim_kds_crl_write(sim_kds *kds, amd_product product, int64_t this_update,
                               int64_t next_update, sim_bytes *out, assay_error *err)
{
    const product_names n = names_of(product, KDS_VCEK);
    TRY(make_keys(kds, err));
    sim_bytes tbs = { 0 };
    der_writer w = { .out = &tbs };
    der_open(&w, DER_SEQUENCE);
    der_put_unsigned(&w, DER_INTEGER, 1);
    put_pss(&w);
    put_name(&w, n.ark);
    der_put_time(&w, this_update);
    der_put_time(&w, next_update);
    der_open(&w, DER_CONTEXT_CONSTRUCTED | 0);
    der_open(&w, DER_SEQUENCE);
    put_issuer_key_id(&w, kds->ark);
    sim_extension_open(&w, OID_CRL_NUMBER, SIM_NOT_CRITICAL);
    der_put_unsigned(&w, DER_INTEGER, (uint64_t)(this_update / SIM_DAY));
    sim_extension_close(&w);
    der_close(&w);
    der_close(&w);
    der_close(&w);
    return put_signed(kds->ark, &tbs, out, err);
}
