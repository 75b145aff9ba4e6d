/* http_certificates.h: certificates in files, for the tests of TLS. */
#ifndef TESTS_HTTP_CERTIFICATES_H
#define TESTS_HTTP_CERTIFICATES_H

#include <openssl/ssl.h>

typedef struct pair {
    EVP_PKEY *key; /* P-256 */
    X509 *certificate;
} pair;

/* Signed by `issuer`, or by itself when that is NULL. Valid from yesterday to tomorrow. */
pair pair_new(const char *name, const pair *issuer);
void pair_free(pair *p);

/* PEM files FOLDER/NAME; the path is written to `out`. */
enum { FILE_NAME_SIZE = 128 };
void certificate_write(const pair *p, const char *folder, const char *name,
                       char out[FILE_NAME_SIZE]);
void key_write(const pair *p, const char *folder, const char *name, char out[FILE_NAME_SIZE]);

#endif
