/* http_secured.h: a server with TLS listeners and certificates in files, and a client for it. */
#ifndef TESTS_HTTP_SECURED_H
#define TESTS_HTTP_SECURED_H

#include "http_certificates.h"
#include "http_fixture.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"

typedef struct secured {
    fixture f;
    pair authority, server;
    char authority_file[FILE_NAME_SIZE], certificate_file[FILE_NAME_SIZE];
    char key_file[FILE_NAME_SIZE];
} secured;

/* Listener 0 is plain, 1 speaks TLS and asks for client certificates, 2 only speaks TLS. */
void secured_begin(secured *s);
void secured_stop(secured *s);

/* Trusts the authority. */
SSL_CTX *client_new(const secured *s);

/* Connected; whether the handshake came through is SSL_is_init_finished(). `session` may be NULL.
 */
SSL *secure_connect(const secured *s, SSL_CTX *client, size_t listener, SSL_SESSION *session);
void secure_close(SSL *tls);

/* The head of the reply, and as much of its body as came with it; "" when there is none. Static. */
const char *secure_exchange(SSL *tls, const char *request);

#endif
