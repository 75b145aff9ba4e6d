/* connection.h: one client: handshake, requests one after the other, replies, and the end. All on
 * its loop's thread. */
#ifndef ASSAY_HTTP_CONNECTION_H
#define ASSAY_HTTP_CONNECTION_H

#include "http/deadlines.h"
#include "http/exchange.h"
#include "http/peers.h"
#include "http/transport.h"

typedef enum connection_stage {
    CONNECTION_HANDSHAKE,
    CONNECTION_READING,  /* a request; or idle */
    CONNECTION_HANDLING, /* a handler has the exchange */
    CONNECTION_SENDING,
    CONNECTION_LINGERING, /* the last reply is out; until the peer has read it */
    CONNECTION_CLOSED     /* freed at the end of the loop's turn */
} connection_stage;

typedef struct connection {
    deadline deadline; /* first: what is due is found by it */
    struct loop *loop;
    struct connection *previous, *next; /* of all of the loop */
    struct connection *next_hasty;      /* or the next closed one */
    connection_stage stage;
    bool hasty;
    unsigned listener;
    transport transport;
    peer_ticket peer;
    http_exchange *exchange; /* NULL while idle */
    bool closing;            /* after this reply */
    uint8_t *certificate;    /* the client's, DER; owned */
    size_t certificate_size;
    char address[HTTP_ADDRESS_SIZE];
} connection;

/* Takes the socket, which is closed on failure. */
void connection_open(struct loop *l, int fd, unsigned number, const struct sockaddr *address);

/* What epoll saw: EPOLLIN and the like. */
void connection_event(connection *c, uint32_t events);

/* As far as it goes without waiting. */
void connection_advance(connection *c);

/* The exchange has its reply. */
void connection_answer(connection *c);

/* Its deadline has passed. */
void connection_due(connection *c);

void connection_close(connection *c);

#endif
