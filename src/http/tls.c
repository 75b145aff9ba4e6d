/* tls.c: how we speak TLS. RFC 8446, RFC 5246, RFC 7301. */
#include "http/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <openssl/err.h>

#include "base/memory.h"

/* AES-128 first: what the processor has instructions for, with the cheaper digest. */
static const char suites_1_3[] =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
static const char suites_1_2[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

enum { SESSION_SECONDS = 3600, SESSIONS = 4096 };

static assay_status no_memory(assay_error *err)
{
    return fail(err, ASSAY_NO_MEMORY, "tls", ASSAY_NO_OFFSET, "libssl has no memory left");
}

static const char *libssl_reason(void)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason == NULL ? "unknown reason" : reason;
}

static assay_status readable(const char *file, const char *where, assay_error *err)
{
    const int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(err, ASSAY_ENVIRONMENT, where, ASSAY_NO_OFFSET,
                    "can't read %s (%s): name a PEM file that this user may read", file,
                    strerror(errno));
    close(fd);
    return ASSAY_OK;
}

/* Nobody sits at a terminal: an encrypted key is refused. */
static int no_password(char *buffer, int size, int writing, void *context)
{
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

static assay_status certificate_load(SSL_CTX *context, const http_tls_files *files,
                                     assay_error *err)
{
    TRY(readable(files->certificate_file, "tls.certificate_file", err));
    if (SSL_CTX_use_certificate_chain_file(context, files->certificate_file) != 1)
        return fail(err, ASSAY_ENVIRONMENT, "tls.certificate_file", ASSAY_NO_OFFSET,
                    "%s holds no certificate chain in PEM, the server's own first (%s)",
                    files->certificate_file, libssl_reason());
    if (files->key_file == NULL)
        return fail(err, ASSAY_ENVIRONMENT, "tls.key_file", ASSAY_NO_OFFSET,
                    "a certificate needs its private key: name the file");
    TRY(readable(files->key_file, "tls.key_file", err));
    ERR_clear_error();
    if (SSL_CTX_use_PrivateKey_file(context, files->key_file, SSL_FILETYPE_PEM) == 1 &&
        SSL_CTX_check_private_key(context) == 1)
        return ASSAY_OK;
    const int reason = ERR_GET_REASON(ERR_peek_last_error());
    if (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH)
        return fail(err, ASSAY_ENVIRONMENT, "tls.key_file", ASSAY_NO_OFFSET,
                    "the key of %s is not that of the first certificate of %s", files->key_file,
                    files->certificate_file);
    return fail(err, ASSAY_ENVIRONMENT, "tls.key_file", ASSAY_NO_OFFSET,
                "%s holds no private key in PEM without a password (%s)", files->key_file,
                libssl_reason());
}

static assay_status client_ca_load(SSL_CTX *context, const char *file, assay_error *err)
{
    if (file == NULL)
        return ASSAY_OK;
    TRY(readable(file, "tls.client_ca_file", err));
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(file);
    if (names == NULL || SSL_CTX_load_verify_file(context, file) != 1) {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        return fail(err, ASSAY_ENVIRONMENT, "tls.client_ca_file", ASSAY_NO_OFFSET,
                    "%s holds no CA certificates in PEM (%s)", file, libssl_reason());
    }
    SSL_CTX_set_client_CA_list(context, names);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    return ASSAY_OK;
}

/* RFC 7301: HTTP/1.1 when it is among the client's, else the handshake ends. */
static int choose_protocol(SSL *tls, const unsigned char **out, unsigned char *out_size,
                           const unsigned char *offered, unsigned int offered_size, void *context)
{
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *chosen = NULL;
    (void)tls, (void)context;
    if (SSL_select_next_proto(&chosen, out_size, ours, sizeof(ours) - 1, offered, offered_size) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static bool settings_made(SSL_CTX *context)
{
    static const unsigned char name[] = "assay";
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER);
    SSL_CTX_sess_set_cache_size(context, SESSIONS);
    SSL_CTX_set_timeout(context, SESSION_SECONDS);
    SSL_CTX_set_default_passwd_cb(context, no_password);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_ciphersuites(context, suites_1_3) == 1 &&
           SSL_CTX_set_cipher_list(context, suites_1_2) == 1 &&
           SSL_CTX_set_num_tickets(context, 1) == 1 &&
           SSL_CTX_set_session_id_context(context, name, sizeof(name) - 1) == 1;
}

assay_status tls_context_new(const http_tls_files *files, SSL_CTX **out, assay_error *err)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (context == NULL || !settings_made(context)) {
        SSL_CTX_free(context);
        return no_memory(err);
    }
    ERR_clear_error();
    assay_status status = certificate_load(context, files, err);
    if (status == ASSAY_OK)
        status = client_ca_load(context, files->client_ca_file, err);
    ERR_clear_error();
    if (status != ASSAY_OK) {
        SSL_CTX_free(context);
        return status;
    }
    *out = context;
    return ASSAY_OK;
}

uint8_t *tls_peer_certificate(SSL *tls, size_t *size)
{
    X509 *certificate = SSL_get0_peer_certificate(tls);
    const int wanted = certificate == NULL ? 0 : i2d_X509(certificate, NULL);
    uint8_t *der = wanted <= 0 ? NULL : memory_new((size_t)wanted);
    uint8_t *at = der;
    if (der == NULL || SSL_get_verify_result(tls) != X509_V_OK ||
        i2d_X509(certificate, &at) != wanted) {
        memory_free(der);
        return NULL;
    }
    *size = (size_t)wanted;
    return der;
}
