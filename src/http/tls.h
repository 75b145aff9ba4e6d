/* tls.h: contexts of libssl from certificate files: TLS 1.2 and 1.3, resumption by tickets, little
 * memory for idle connections. */
#ifndef ASSAY_HTTP_TLS_H
#define ASSAY_HTTP_TLS_H

#include <openssl/ssl.h>

#include "http/server.h"

/* ENVIRONMENT with where "tls.certificate_file", "tls.key_file" or "tls.client_ca_file";
 * NO_MEMORY. */
assay_status tls_context_new(const http_tls_files *files, SSL_CTX **out, assay_error *err);

/* The peer's certificate in DER, owned by the caller; NULL when there is none. */
uint8_t *tls_peer_certificate(SSL *tls, size_t *size);

#endif
