/* amd_forge.c: AMD's certificates made to order. Names, extensions and algorithm as KDS has them.
 */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "amd_forge.h"

enum { RSA_BITS = 2048, DAY = 86400 };

struct amd_forge {
    EVP_PKEY *ark, *ask;
};

static void must(bool holds)
{
    if (!holds)
        abort();
}

amd_forge *amd_forge_new(void)
{
    amd_forge *forge = calloc(1, sizeof(*forge));
    must(forge != NULL);
    forge->ark = EVP_RSA_gen(RSA_BITS);
    forge->ask = EVP_RSA_gen(RSA_BITS);
    must(forge->ark != NULL && forge->ask != NULL);
    return forge;
}

void amd_forge_free(amd_forge *forge)
{
    EVP_PKEY_free(forge->ark);
    EVP_PKEY_free(forge->ask);
    free(forge);
}

amd_plan amd_plan_milan(void)
{
    static const char chip[] = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
                               "2122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40";
    return (amd_plan) { .ark_name = "ARK-Milan",
                        .ask_name = "SEV-Milan",
                        .vcek_name = "SEV-VCEK",
                        .salt_size = 48,
                        .digest = "SHA384",
                        .product = "Milan-B0",
                        .chip_hex = chip,
                        .spls = { 3, 0, 8, 115, AMD_FORGE_NO_SPL },
                        .vcek_curve = "P-384" };
}

/* ---- Parts ---- */

static X509_NAME *name_make(const char *common_name)
{
    X509_NAME *name = X509_NAME_new();
    must(X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC,
                                    (const unsigned char *)"Advanced Micro Devices", -1, -1, 0));
    must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)common_name,
                                    -1, -1, 0));
    return name;
}

static X509 *certificate_begin(const char *subject, const char *issuer, EVP_PKEY *key)
{
    X509 *x509 = X509_new();
    X509_NAME *subject_name = name_make(subject);
    X509_NAME *issuer_name = name_make(issuer);
    must(X509_set_version(x509, X509_VERSION_3) && X509_set_subject_name(x509, subject_name) &&
         X509_set_issuer_name(x509, issuer_name) && X509_set_pubkey(x509, key) &&
         ASN1_INTEGER_set(X509_get_serialNumber(x509), 65537));
    must(X509_gmtime_adj(X509_getm_notBefore(x509), -DAY) != NULL &&
         X509_gmtime_adj(X509_getm_notAfter(x509), 365 * DAY) != NULL);
    X509_NAME_free(subject_name);
    X509_NAME_free(issuer_name);
    return x509;
}

static void extension_add(X509 *x509, const char *oid, int critical, const uint8_t *value,
                          size_t size)
{
    ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
    ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
    must(ASN1_OCTET_STRING_set(octets, value, (int)size));
    X509_EXTENSION *extension = X509_EXTENSION_create_by_OBJ(NULL, object, critical, octets);
    must(X509_add_ext(x509, extension, -1));
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(octets);
    ASN1_OBJECT_free(object);
}

static void known_extension_add(X509 *x509, int nid, const char *text)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, text);
    must(extension != NULL && X509_add_ext(x509, extension, -1));
    X509_EXTENSION_free(extension);
}

static void authority_extensions_add(X509 *x509, amd_forge_usage usage)
{
    known_extension_add(x509, NID_basic_constraints,
                        usage == AMD_FORGE_NO_CA ? "critical,CA:FALSE" : "critical,CA:TRUE");
    known_extension_add(x509, NID_key_usage,
                        usage == AMD_FORGE_SIGNS_ALL ? "critical,keyCertSign,cRLSign"
                                                     : "critical,keyCertSign");
}

static EVP_MD_CTX *signer_make(EVP_PKEY *key, const amd_plan *plan)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters = NULL;
    must(EVP_DigestSignInit(context, &parameters, EVP_get_digestbyname(plan->digest), NULL, key) ==
             1 &&
         EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) > 0 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, plan->salt_size) > 0);
    return context;
}

static void certificate_sign(X509 *x509, EVP_PKEY *key, const amd_plan *plan)
{
    EVP_MD_CTX *context = signer_make(key, plan);
    must(X509_sign_ctx(x509, context) > 0);
    EVP_MD_CTX_free(context);
}

/* ---- Whole things ---- */

static X509 *authority_make(const char *subject, const char *issuer, EVP_PKEY *key,
                            EVP_PKEY *signer, amd_forge_usage usage, const amd_plan *plan)
{
    X509 *x509 = certificate_begin(subject, issuer, key);
    authority_extensions_add(x509, usage);
    certificate_sign(x509, signer, plan);
    return x509;
}

static void spls_add(X509 *x509, const amd_plan *plan)
{
    static const char *const oids[AMD_FORGE_SPLS] = {
        "1.3.6.1.4.1.3704.1.3.1", "1.3.6.1.4.1.3704.1.3.2", "1.3.6.1.4.1.3704.1.3.3",
        "1.3.6.1.4.1.3704.1.3.8", "1.3.6.1.4.1.3704.1.3.9"
    };
    for (size_t i = 0; i < AMD_FORGE_SPLS; i++) {
        const int spl = plan->spls[i];
        const uint8_t one[] = { 0x02, 0x01, (uint8_t)spl };
        const uint8_t two[] = { 0x02, 0x02, (uint8_t)(spl >> 8), (uint8_t)spl };
        if (spl == AMD_FORGE_NO_SPL)
            continue;
        if (spl < 0x80)
            extension_add(x509, oids[i], 0, one, sizeof(one));
        else
            extension_add(x509, oids[i], 0, two, sizeof(two));
    }
}

static void chip_extensions_add(X509 *x509, const amd_plan *plan)
{
    uint8_t value[128];
    if (plan->product != NULL) {
        const size_t size = strlen(plan->product);
        value[0] = 0x16;
        value[1] = (uint8_t)size;
        memcpy(value + 2, plan->product, size);
        extension_add(x509, "1.3.6.1.4.1.3704.1.2", 0, value, size + 2);
    }
    spls_add(x509, plan);
    const size_t size = strlen(plan->chip_hex) / 2;
    must(assay_hex_decode(SPAN_TEXT(plan->chip_hex), value, size, NULL) == ASSAY_OK);
    extension_add(x509, "1.3.6.1.4.1.3704.1.4", 0, value, size);
}

static X509 *vcek_make(const amd_forge *forge, const amd_plan *plan)
{
    static const uint8_t null[] = { 0x05, 0x00 };
    EVP_PKEY *key = EVP_EC_gen(plan->vcek_curve);
    X509 *x509 = certificate_begin(plan->vcek_name, plan->ask_name, key);
    chip_extensions_add(x509, plan);
    if (plan->critical_oid != NULL)
        extension_add(x509, plan->critical_oid, 1, null, sizeof(null));
    if (plan->repeated_oid != NULL)
        extension_add(x509, plan->repeated_oid, 0, null, sizeof(null));
    certificate_sign(x509, plan->vcek_signer == AMD_FORGE_BY_ISSUER ? forge->ask : forge->ark,
                     plan);
    EVP_PKEY_free(key);
    return x509;
}

static X509_CRL *crl_make(const amd_forge *forge, const amd_plan *plan)
{
    X509_CRL *crl = X509_CRL_new();
    X509_NAME *issuer = name_make(plan->ark_name);
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_TIME *begin = X509_gmtime_adj(NULL, -DAY);
    ASN1_TIME *end = X509_gmtime_adj(NULL, 30 * DAY);
    ASN1_INTEGER *serial = ASN1_INTEGER_new();
    must(ASN1_INTEGER_set(serial, 77) && X509_REVOKED_set_serialNumber(entry, serial) &&
         X509_REVOKED_set_revocationDate(entry, begin) && X509_CRL_set_version(crl, 1) &&
         X509_CRL_set_issuer_name(crl, issuer) && X509_CRL_set1_lastUpdate(crl, begin) &&
         X509_CRL_set1_nextUpdate(crl, end) && X509_CRL_add0_revoked(crl, entry));
    EVP_MD_CTX *context = signer_make(forge->ark, plan);
    must(X509_CRL_sign_ctx(crl, context) > 0);
    EVP_MD_CTX_free(context);
    ASN1_INTEGER_free(serial);
    ASN1_TIME_free(begin);
    ASN1_TIME_free(end);
    X509_NAME_free(issuer);
    return crl;
}

static void pem_write(X509 *const *certificates, size_t count, char out[AMD_FORGE_TEXT])
{
    BIO *memory = BIO_new(BIO_s_mem());
    for (size_t i = 0; i < count; i++)
        must(PEM_write_bio_X509(memory, certificates[i]));
    int size = BIO_read(memory, out, AMD_FORGE_TEXT - 1);
    must(size > 0);
    out[size] = '\0';
    BIO_free(memory);
}

void amd_forge_make(const amd_forge *forge, const amd_plan *plan, amd_forged *out)
{
    X509 *ark = authority_make(plan->ark_name, plan->ark_name, forge->ark, forge->ark,
                               plan->ark_usage, plan);
    X509 *ask = authority_make(plan->ask_name, plan->ark_name, forge->ask,
                               plan->ask_signer == AMD_FORGE_BY_ISSUER ? forge->ark : forge->ask,
                               plan->ask_usage, plan);
    X509 *vcek = vcek_make(forge, plan);
    X509_CRL *crl = crl_make(forge, plan);
    X509 *const chain[] = { ask, ark };
    unsigned char *at = out->vcek;
    pem_write(chain, 2, out->chain);
    pem_write(chain + 1, 1, out->ark);
    must(i2d_X509(vcek, NULL) < AMD_FORGE_TEXT && i2d_X509_CRL(crl, NULL) < AMD_FORGE_TEXT);
    out->vcek_size = (size_t)i2d_X509(vcek, &at);
    at = out->crl;
    out->crl_size = (size_t)i2d_X509_CRL(crl, &at);
    X509_free(ark);
    X509_free(ask);
    X509_free(vcek);
    X509_CRL_free(crl);
}
