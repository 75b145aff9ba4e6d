/* http_certificates.c: makes and writes them. */
#include "http_certificates.h"

#include <stdio.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "support.h"

static void extension_add(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

pair pair_new(const char *name, const pair *issuer)
{
    static long serial = 1000;
    pair p = { EVP_EC_gen("P-256"), X509_new() };
    X509 *c = p.certificate;
    assert_true(p.key != NULL && c != NULL);
    X509_set_version(c, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(c), serial++);
    X509_gmtime_adj(X509_getm_notBefore(c), -86400);
    X509_gmtime_adj(X509_getm_notAfter(c), 86400);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(c), "CN", MBSTRING_ASC,
                               (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(c, X509_get_subject_name(issuer == NULL ? c : issuer->certificate));
    X509_set_pubkey(c, p.key);
    if (issuer == NULL)
        extension_add(c, NID_basic_constraints, "critical,CA:TRUE");
    extension_add(c, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
    assert_true(X509_sign(c, issuer == NULL ? p.key : issuer->key, EVP_sha256()) > 0);
    return p;
}

void pair_free(pair *p)
{
    EVP_PKEY_free(p->key);
    X509_free(p->certificate);
}

static FILE *file_new(const char *folder, const char *name, char out[FILE_NAME_SIZE])
{
    snprintf(out, FILE_NAME_SIZE, "%s/%s", folder, name);
    FILE *file = fopen(out, "w");
    assert_non_null(file);
    return file;
}

void certificate_write(const pair *p, const char *folder, const char *name,
                       char out[FILE_NAME_SIZE])
{
    FILE *file = file_new(folder, name, out);
    assert_int_equal(PEM_write_X509(file, p->certificate), 1);
    fclose(file);
}

void key_write(const pair *p, const char *folder, const char *name, char out[FILE_NAME_SIZE])
{
    FILE *file = file_new(folder, name, out);
    assert_int_equal(PEM_write_PrivateKey(file, p->key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(file);
}
