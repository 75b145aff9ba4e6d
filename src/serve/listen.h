/* listen.h: addresses as they stand in the configuration. */
#ifndef ASSAY_SERVE_LISTEN_H
#define ASSAY_SERVE_LISTEN_H

#include "serve/config.h"

typedef enum listen_reach {
    LISTEN_LOCAL, /* loopback, link-local, or a unix socket: plain HTTP is allowed (rule 7.12) */
    LISTEN_WIDE
} listen_reach;

typedef struct listen_address {
    char host[CONFIG_TEXT_SIZE]; /* "127.0.0.1", "::1", "unix:/path"; "" for "fd:N" */
    uint16_t port;
    int fd; /* of "fd:N", which socket activation puts into the list; else -1 */
    listen_reach reach;
} listen_address;

/* "127.0.0.1:8081", "[::1]:8081", "unix:/path", "fd:3". MALFORMED at `where`. */
assay_status listen_parse(const char *text, const char *where, listen_address *out,
                          assay_error *err);

/* Listeners in the order in which the server numbers them: those of `listen`, then those of `admin`
 * that are not among them. */
enum { LISTEN_MAX = 8 };
typedef struct listen_list {
    const char *at[LISTEN_MAX];
    size_t count;
    size_t main_count;      /* the first so many are of `listen` */
    bool admin[LISTEN_MAX]; /* whether administration is served there */
} listen_list;
/* MALFORMED when there are none, or more than LISTEN_MAX. */
assay_status listen_list_of(const serve_config *config, listen_list *out, assay_error *err);

/* A network "10.0.0.0/8" or address, as 16 bytes (IPv4 mapped into IPv6) and a length in bits. */
typedef struct listen_network {
    uint8_t prefix[16];
    unsigned bits;
} listen_network;
bool listen_network_parse(const char *text, listen_network *out);
bool listen_address_bytes(const char *address, uint8_t out[16]);
bool listen_network_holds(const listen_network *network, const uint8_t address[16]);

#endif
