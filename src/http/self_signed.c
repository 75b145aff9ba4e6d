/* self_signed.c: a key and a certificate for a server that has none yet: P-256, its own issuer,
 * good for TLS servers alone. RFC 5280 4.2. */
#include "http/self_signed.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

static assay_status no_memory(assay_error *err)
{
    return fail(err, ASSAY_NO_MEMORY, "certificate", ASSAY_NO_OFFSET,
                "libcrypto can't make a certificate");
}

static bool add_extension(X509 *certificate, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

/* A name may not smuggle in another: what follows a comma would be one of its own. */
static bool is_name(const char *name)
{
    size_t size = strlen(name);
    return size > 0 && size < 254 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:") ==
               size;
}

static bool is_address(const char *name)
{
    uint8_t bytes[16];
    return inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;
}

static assay_status add_names(X509 *certificate, const self_signed_order *order, assay_error *err)
{
    char list[SELF_SIGNED_NAME_MAX * 260] = "";
    for (size_t i = 0; i < order->name_count && i < SELF_SIGNED_NAME_MAX; i++) {
        const char *name = order->names[i];
        size_t used = strlen(list);
        if (!is_name(name))
            return fail(err, ASSAY_USAGE, "certificate.subjectAltName", ASSAY_NO_OFFSET,
                        "%.60s is neither a host name nor an address", name);
        snprintf(list + used, sizeof(list) - used, "%s%s:%s", i > 0 ? "," : "",
                 is_address(name) ? "IP" : "DNS", name);
    }
    return add_extension(certificate, NID_subject_alt_name, list) ? ASSAY_OK : no_memory(err);
}

static bool set_serial(X509 *certificate)
{
    uint8_t random[16];
    BIGNUM *number = NULL;
    bool set = RAND_bytes(random, sizeof(random)) == 1;
    random[0] = (uint8_t)((random[0] & 0x7f) | 0x40); /* positive, and as long as it looks */
    set = set && (number = BN_bin2bn(random, sizeof(random), NULL)) != NULL &&
          BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return set;
}

static bool set_subject(X509 *certificate, const char *common_name)
{
    X509_NAME *name = X509_get_subject_name(certificate);
    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)common_name, -1,
                                      -1, 0) == 1 &&
           X509_set_issuer_name(certificate, name) == 1;
}

static assay_status fill(X509 *certificate, EVP_PKEY *key, const self_signed_order *order,
                         assay_error *err)
{
    bool made = X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
                set_subject(certificate, order->common_name) &&
                ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)order->from) != NULL &&
                ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)order->until) != NULL &&
                X509_set_pubkey(certificate, key) == 1 &&
                add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
                add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
                add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
                add_extension(certificate, NID_subject_key_identifier, "hash");
    if (!made)
        return no_memory(err);
    TRY(add_names(certificate, order, err));
    return X509_sign(certificate, key, EVP_sha256()) > 0 ? ASSAY_OK : no_memory(err);
}

static char *text_of(BIO *bio)
{
    char *data = NULL;
    long size = BIO_get_mem_data(bio, &data);
    return size > 0 ? strndup(data, (size_t)size) : NULL;
}

static char *certificate_text(X509 *certificate)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = bio != NULL && PEM_write_bio_X509(bio, certificate) == 1 ? text_of(bio) : NULL;
    BIO_free(bio);
    return text;
}

static char *key_text(EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_secmem());
    char *text =
        bio != NULL && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1
            ? text_of(bio)
            : NULL;
    BIO_free(bio);
    return text;
}

assay_status self_signed_make(const self_signed_order *order, self_signed_pair *out,
                              assay_error *err)
{
    self_signed_pair pair = { .certificate = NULL };
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    assay_status status =
        key != NULL && certificate != NULL ? fill(certificate, key, order, err) : no_memory(err);
    if (status == ASSAY_OK) {
        pair.certificate = certificate_text(certificate);
        pair.key = key_text(key);
        if (pair.certificate == NULL || pair.key == NULL)
            status = no_memory(err);
    }
    X509_free(certificate);
    EVP_PKEY_free(key);
    if (status == ASSAY_OK)
        *out = pair;
    else
        self_signed_clear(&pair);
    return status;
}

void self_signed_clear(self_signed_pair *pair)
{
    if (pair->key != NULL)
        explicit_bzero(pair->key, strlen(pair->key));
    free(pair->key);
    free(pair->certificate);
    *pair = (self_signed_pair) { .certificate = NULL };
}
