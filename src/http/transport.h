/* transport.h: one socket, plain or TLS, as bytes in and bytes out. Nothing here blocks: what can't
 * go on says FLOW_BLOCKED, and the loop calls again after the next edge of epoll. */
#ifndef ASSAY_HTTP_TRANSPORT_H
#define ASSAY_HTTP_TRANSPORT_H

#include <sys/uio.h>

#include <openssl/ssl.h>

#include "base/span.h"

typedef enum flow {
    FLOW_ON,
    FLOW_BLOCKED,
    FLOW_ENDED,     /* the peer sends no more */
    FLOW_FAILED,    /* reset, or broken TLS */
    FLOW_PLAIN_TEXT /* HTTP where TLS should begin */
} flow;

/* Room that the connections of a loop use in turn, so that idle ones own none: TLS records on
 * their way out, and the text they are made of. */
enum { RECORD_SIZE = 16 * 1024, WIRE_SIZE = 6 * RECORD_SIZE };
typedef struct wire {
    size_t size;
    uint8_t bytes[WIRE_SIZE];
    uint8_t text[RECORD_SIZE];
} wire;

typedef struct transport {
    int fd;
    SSL *tls; /* NULL: plain */
    wire *wire;
    uint8_t *held; /* records that the socket has not taken yet; owned */
    size_t held_at;
    size_t held_size;
    bool readable; /* since the last edge nothing said otherwise */
    bool writable;
    bool hung_up; /* epoll has seen the end: read until it comes */
    bool ended;   /* read it */
    bool broken;
} transport;

/* The way between libssl and sockets; one for each process, freed after all transports. */
BIO_METHOD *transport_method_new(void);

/* Takes the socket. `context` NULL: plain. False when memory is short; the socket is closed then.
 */
bool transport_open(transport *t, int fd, wire *shared, SSL_CTX *context, BIO_METHOD *method);

/* ON when the handshake is through. Its last records may wait in the wire for the first reply. */
flow transport_handshake(transport *t);

/* ON with 1 to `room` bytes. */
flow transport_receive(transport *t, uint8_t *out, size_t room, size_t *got);

/* Sends what it can of the pieces from `*sent` on, which moves. ON when everything has left. */
flow transport_send(transport *t, const struct iovec *pieces, size_t count, size_t *sent);

/* Sends what waits in the wire. */
flow transport_flush(transport *t);

/* Says to the peer that no more will come; it may still send. */
void transport_finish(transport *t);

/* Reads bytes that nobody wants any more; ON when there may be others. */
flow transport_discard(transport *t);

/* Gives up TLS after FLOW_PLAIN_TEXT: the peer is answered in what it speaks. */
void transport_plain(transport *t);

void transport_close(transport *t);

#endif
