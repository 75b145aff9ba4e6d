/* transport.c: sockets, and libssl on top of them. libssl reads straight from the socket; what it
 * writes gathers in the loop's wire and leaves with one system call. */
#include "http/transport.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>

#include "base/memory.h"

/* ---- The socket ------------------------------------------------------------------------------ */

static bool would_block(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK;
}

static flow socket_receive(transport *t, void *out, size_t room, size_t *got)
{
    *got = 0;
    if (t->ended)
        return FLOW_ENDED;
    if (!t->readable)
        return FLOW_BLOCKED;
    ssize_t size;
    do {
        size = recv(t->fd, out, room, 0);
    } while (size < 0 && errno == EINTR);
    if (size < 0 && !would_block()) {
        t->broken = true;
        return FLOW_FAILED;
    }
    if (size == 0) {
        t->ended = true;
        return FLOW_ENDED;
    }
    /* Less than asked for: the socket is empty, and the next byte is an edge of its own. */
    if (size < 0 || ((size_t)size < room && !t->hung_up))
        t->readable = false;
    if (size < 0)
        return FLOW_BLOCKED;
    *got = (size_t)size;
    return FLOW_ON;
}

static flow socket_send(transport *t, struct msghdr *message, size_t *sent)
{
    *sent = 0;
    if (!t->writable)
        return FLOW_BLOCKED;
    ssize_t size;
    do {
        size = sendmsg(t->fd, message, MSG_NOSIGNAL);
    } while (size < 0 && errno == EINTR);
    if (size < 0 && !would_block()) {
        t->broken = true;
        return FLOW_FAILED;
    }
    if (size < 0) {
        t->writable = false;
        return FLOW_BLOCKED;
    }
    *sent = (size_t)size;
    return FLOW_ON;
}

/* ---- The wire -------------------------------------------------------------------------------- */

static flow bytes_send(transport *t, const uint8_t *bytes, size_t size, size_t *sent)
{
    *sent = 0;
    while (*sent < size) {
        struct iovec piece = { (void *)(uintptr_t)(bytes + *sent), size - *sent };
        struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };
        size_t part;
        const flow outcome = socket_send(t, &message, &part);
        if (outcome != FLOW_ON)
            return outcome;
        *sent += part;
    }
    return FLOW_ON;
}

static flow held_send(transport *t)
{
    size_t sent;
    if (t->held == NULL)
        return FLOW_ON;
    const flow outcome = bytes_send(t, t->held + t->held_at, t->held_size - t->held_at, &sent);
    t->held_at += sent;
    if (outcome == FLOW_ON) {
        memory_free(t->held);
        t->held = NULL;
    }
    return outcome;
}

/* Keeps what the socket did not take, behind what is held already; the wire is the next
 * connection's. */
static flow wire_hold(transport *t, size_t sent)
{
    const size_t before = t->held == NULL ? 0 : t->held_size - t->held_at;
    const size_t left = t->wire->size - sent;
    uint8_t *held = memory_new(before + left);
    t->wire->size = 0;
    if (held == NULL) {
        t->broken = true;
        return FLOW_FAILED;
    }
    if (before > 0)
        memcpy(held, t->held + t->held_at, before);
    memcpy(held + before, t->wire->bytes + sent, left);
    memory_free(t->held);
    t->held = held;
    t->held_at = 0;
    t->held_size = before + left;
    return FLOW_BLOCKED;
}

flow transport_flush(transport *t)
{
    size_t sent = 0;
    flow outcome = held_send(t);
    if (t->wire->size == 0)
        return outcome;
    if (outcome == FLOW_ON)
        outcome = bytes_send(t, t->wire->bytes, t->wire->size, &sent);
    if (outcome == FLOW_BLOCKED)
        return wire_hold(t, sent);
    t->wire->size = 0;
    return outcome;
}

/* ---- Between libssl and the socket ----------------------------------------------------------- */

static int bio_read(BIO *bio, char *out, size_t room, size_t *got)
{
    transport *t = BIO_get_data(bio);
    const flow outcome = socket_receive(t, out, room, got);
    BIO_clear_retry_flags(bio);
    if (outcome == FLOW_BLOCKED)
        BIO_set_retry_read(bio);
    return outcome == FLOW_ON;
}

static int bio_write(BIO *bio, const char *bytes, size_t size, size_t *taken)
{
    transport *t = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (size > WIRE_SIZE - t->wire->size)
        return 0;
    memcpy(t->wire->bytes + t->wire->size, bytes, size);
    t->wire->size += size;
    *taken = size;
    return 1;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    (void)number, (void)pointer;
    if (command == BIO_CTRL_EOF)
        return ((transport *)BIO_get_data(bio))->ended;
    return command == BIO_CTRL_FLUSH;
}

BIO_METHOD *transport_method_new(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "transport");
    if (method != NULL && BIO_meth_set_read_ex(method, bio_read) == 1 &&
        BIO_meth_set_write_ex(method, bio_write) == 1 &&
        BIO_meth_set_ctrl(method, bio_control) == 1)
        return method;
    BIO_meth_free(method);
    return NULL;
}

/* ---- Transports ------------------------------------------------------------------------------ */

static bool tls_begin(transport *t, SSL_CTX *context, BIO_METHOD *method)
{
    t->tls = SSL_new(context);
    BIO *bio = t->tls == NULL ? NULL : BIO_new(method);
    if (bio == NULL) {
        SSL_free(t->tls);
        t->tls = NULL;
        return false;
    }
    BIO_set_data(bio, t);
    BIO_set_init(bio, 1);
    SSL_set_bio(t->tls, bio, bio);
    SSL_set_accept_state(t->tls);
    return true;
}

bool transport_open(transport *t, int fd, wire *shared, SSL_CTX *context, BIO_METHOD *method)
{
    *t = (transport) { .fd = fd, .wire = shared, .readable = true, .writable = true };
    if (context == NULL || tls_begin(t, context, method))
        return true;
    close(fd);
    t->fd = -1;
    return false;
}

/* What libssl means by its return. */
static flow tls_outcome(transport *t, int result)
{
    switch (SSL_get_error(t->tls, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        return FLOW_BLOCKED;
    case SSL_ERROR_ZERO_RETURN:
        t->ended = true;
        return FLOW_ENDED;
    default:
        break;
    }
    const unsigned long error = ERR_peek_error();
    if (t->ended && error == 0)
        return FLOW_ENDED;
    t->broken = true;
    return ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_HTTP_REQUEST
               ? FLOW_PLAIN_TEXT
               : FLOW_FAILED;
}

flow transport_handshake(transport *t)
{
    if (t->held != NULL) {
        const flow outcome = held_send(t);
        if (outcome != FLOW_ON)
            return outcome;
    }
    ERR_clear_error();
    const int result = SSL_do_handshake(t->tls);
    return result == 1 ? FLOW_ON : tls_outcome(t, result);
}

flow transport_receive(transport *t, uint8_t *out, size_t room, size_t *got)
{
    if (t->tls == NULL)
        return socket_receive(t, out, room, got);
    *got = 0;
    ERR_clear_error();
    const int result = SSL_read_ex(t->tls, out, room, got);
    return result == 1 ? FLOW_ON : tls_outcome(t, result);
}

/* ---- Sending --------------------------------------------------------------------------------- */

/* The pieces from byte `at` on; how many. */
static size_t pieces_from(const struct iovec *pieces, size_t count, size_t at, struct iovec *out)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        if (at >= pieces[i].iov_len) {
            at -= pieces[i].iov_len;
            continue;
        }
        out[left].iov_base = (uint8_t *)pieces[i].iov_base + at;
        out[left++].iov_len = pieces[i].iov_len - at;
        at = 0;
    }
    return left;
}

static flow plain_send(transport *t, const struct iovec *pieces, size_t count, size_t *sent)
{
    for (;;) {
        struct iovec rest[4];
        size_t part;
        struct msghdr message = { .msg_iov = rest };
        message.msg_iovlen = pieces_from(pieces, count, *sent, rest);
        if (message.msg_iovlen == 0)
            return FLOW_ON;
        const flow outcome = socket_send(t, &message, &part);
        if (outcome != FLOW_ON)
            return outcome;
        *sent += part;
    }
}

/* At most a record's worth of the pieces, in one block. */
static size_t text_gather(wire *out, const struct iovec *pieces, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count && size < RECORD_SIZE; i++) {
        const size_t room = RECORD_SIZE - size;
        const size_t part = pieces[i].iov_len < room ? pieces[i].iov_len : room;
        memcpy(out->text + size, pieces[i].iov_base, part);
        size += part;
    }
    return size;
}

/* One record into the wire, which has room for it. */
static flow record_write(transport *t, const struct iovec *pieces, size_t count, size_t *taken)
{
    const size_t size = text_gather(t->wire, pieces, count);
    ERR_clear_error();
    const int result = SSL_write_ex(t->tls, t->wire->text, size, taken);
    return result == 1 ? FLOW_ON : tls_outcome(t, result);
}

static flow tls_send(transport *t, const struct iovec *pieces, size_t count, size_t *sent)
{
    for (;;) {
        struct iovec rest[4];
        size_t taken = 0;
        const size_t left = pieces_from(pieces, count, *sent, rest);
        flow outcome = FLOW_ON;
        if (left == 0 || t->held != NULL || t->wire->size > WIRE_SIZE - 2 * RECORD_SIZE)
            outcome = transport_flush(t);
        if (left == 0 || outcome != FLOW_ON)
            return outcome;
        outcome = record_write(t, rest, left, &taken);
        if (outcome != FLOW_ON)
            return outcome;
        *sent += taken;
    }
}

flow transport_send(transport *t, const struct iovec *pieces, size_t count, size_t *sent)
{
    if (t->tls == NULL)
        return plain_send(t, pieces, count, sent);
    return tls_send(t, pieces, count, sent);
}

/* ---- The end --------------------------------------------------------------------------------- */

/* A close_notify where the peer may want one. For libssl the session is good for another time only
 * when we have said good-bye: it is, either way. */
static void tls_finish(transport *t)
{
    if (t->tls == NULL || (SSL_get_shutdown(t->tls) & SSL_SENT_SHUTDOWN))
        return;
    ERR_clear_error();
    if (!t->broken && !t->ended && t->held == NULL && SSL_is_init_finished(t->tls)) {
        SSL_shutdown(t->tls);
        (void)transport_flush(t);
    }
    SSL_set_shutdown(t->tls, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

void transport_finish(transport *t)
{
    tls_finish(t);
    shutdown(t->fd, SHUT_WR);
}

void transport_plain(transport *t)
{
    SSL_free(t->tls);
    t->tls = NULL;
    t->broken = false;
}

flow transport_discard(transport *t)
{
    size_t got;
    return socket_receive(t, t->wire->text, RECORD_SIZE, &got);
}

void transport_close(transport *t)
{
    tls_finish(t);
    (void)transport_flush(t); /* an alert, perhaps */
    transport_plain(t);
    memory_free(t->held);
    t->held = NULL;
    if (t->fd >= 0)
        close(t->fd);
    t->fd = -1;
}
