/* http_secured.c: starting it, and talking to it through TLS. */
#include "http_secured.h"

#include <stdio.h>
#include <unistd.h>

#include "support.h"

void secured_begin(secured *s)
{
    fixture_begin(&s->f);
    s->authority = pair_new("authority", NULL);
    s->server = pair_new("localhost", &s->authority);
    certificate_write(&s->authority, s->f.folder, "authority.pem", s->authority_file);
    certificate_write(&s->server, s->f.folder, "server.pem", s->certificate_file);
    key_write(&s->server, s->f.folder, "server.key", s->key_file);
    for (size_t i = 1; i < 3; i++) {
        http_listener *l = &s->f.settings.listeners[i];
        *l = (http_listener) { .address = "127.0.0.1", .fd = -1 };
        l->tls = (http_tls_files) { s->certificate_file, s->key_file, NULL };
    }
    s->f.settings.listeners[1].tls.client_ca_file = s->authority_file;
    s->f.settings.listener_count = 3;
}

void secured_stop(secured *s)
{
    fixture_stop(&s->f);
    pair_free(&s->authority);
    pair_free(&s->server);
}

/* ---- The client ------------------------------------------------------------------------------ */

SSL_CTX *client_new(const secured *s)
{
    SSL_CTX *client = SSL_CTX_new(TLS_client_method());
    assert_non_null(client);
    SSL_CTX_set_verify(client, SSL_VERIFY_PEER, NULL);
    assert_int_equal(SSL_CTX_load_verify_file(client, s->authority_file), 1);
    return client;
}

SSL *secure_connect(const secured *s, SSL_CTX *client, size_t listener, SSL_SESSION *session)
{
    SSL *tls = SSL_new(client);
    assert_non_null(tls);
    SSL_set_fd(tls, client_connect(&s->f, listener));
    if (session != NULL)
        SSL_set_session(tls, session);
    SSL_connect(tls);
    return tls;
}

void secure_close(SSL *tls)
{
    const int fd = SSL_get_fd(tls);
    SSL_shutdown(tls);
    SSL_free(tls);
    close(fd);
}

const char *secure_exchange(SSL *tls, const char *request)
{
    static char reply[8192];
    size_t size = 0, got = 0;
    reply[0] = '\0';
    if (SSL_write(tls, request, (int)strlen(request)) <= 0)
        return reply;
    while (strstr(reply, "\r\n\r\n") == NULL &&
           SSL_read_ex(tls, reply + size, sizeof(reply) - 1 - size, &got) == 1) {
        size += got;
        reply[size] = '\0';
    }
    return reply;
}
