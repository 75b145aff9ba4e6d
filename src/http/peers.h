/* peers.h: how many connections each address has, over all loops, for the limit per address. IPv6
 * counts by its first 64 bits: a peer owns all that follow. */
#ifndef ASSAY_HTTP_PEERS_H
#define ASSAY_HTTP_PEERS_H

#include <sys/socket.h>

#include "http/header.h"

typedef struct peers peers;

/* `limit` 0: no limit, nothing is counted. NULL when memory is short. */
peers *peers_new(unsigned limit);
void peers_free(peers *p);

/* What a connection holds until it is let go. Zeroed: it is not counted. */
typedef struct peer_ticket {
    struct peer *peer;
} peer_ticket;

/* False when the address has as many as it may. */
bool peers_admit(peers *p, const struct sockaddr *address, peer_ticket *out);
void peers_leave(peers *p, peer_ticket *ticket);

/* "192.0.2.1", "2001:db8::1", "unix"; IPv4 inside IPv6 as IPv4. */
void peer_address_write(const struct sockaddr *address, char out[HTTP_ADDRESS_SIZE]);

#endif
