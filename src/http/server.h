/* server.h: an HTTP/1.1 server: sockets, TLS, requests, replies. It knows nothing of collateral.
 *
 * Loops (one thread each, epoll) own the connections. A complete, strictly checked request is given
 * to the handler on its loop's thread; the handler either replies at once or keeps the exchange and
 * replies later from any thread. A connection carries one request at a time; pipelined requests
 * wait in its buffer.
 *
 * Refused before any handler runs, each with a plain-text reason and a closed connection:
 * Content-Length together with Transfer-Encoding, a repeated or signed Content-Length, any
 * Transfer-Encoding but "chunked" (501), obsolete line folding, space before the colon, bare CR,
 * control characters, NUL, a missing or repeated Host in HTTP/1.1, request targets in neither
 * origin form nor absolute form of the same host, "%2e", "%2f", "%00", "//", "." and ".." segments
 * in a path (400); a head over head_size (431); a body over body_size (413); a head or body that is
 * not complete in its time (408, then closed); HTTP/2 preambles and versions other than 1.0 and 1.1
 * (505).
 */
#ifndef ASSAY_HTTP_SERVER_H
#define ASSAY_HTTP_SERVER_H

#include <stdatomic.h>

#include "base/span.h"
#include "http/header.h"

/* ---- Requests -------------------------------------------------------------------------------- */

typedef enum http_method {
    HTTP_OTHER = 0, /* answered with 501 by the server itself */
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_DELETE,
    HTTP_OPTIONS
} http_method;

const char *http_method_name(http_method method);

typedef enum http_security { HTTP_PLAIN, HTTP_TLS } http_security;

/* Views that live until the reply is sent. */
typedef struct http_request {
    http_method method;
    assay_span path;  /* "/sgx/certification/v4/tcb": checked, still percent-encoded */
    assay_span query; /* behind the question mark, raw; empty when there is none */
    const http_header *headers;
    size_t header_count;
    assay_span body;
    http_security security;
    unsigned listener;               /* number in http_settings.listeners */
    char address[HTTP_ADDRESS_SIZE]; /* of the peer, without port: "127.0.0.1", "::1", "unix" */
    assay_span client_certificate;   /* DER, verified under client_ca_file; or empty */
    int64_t received_us;             /* monotonic clock, microseconds */
} http_request;

/* The value of a header by its name in any case; the empty span (data NULL) when it is absent. When
 * it stands more than once, data is non-NULL, size 0 and *repeated (may be NULL) is true: no caller
 * wants to choose. */
assay_span http_header_value(const http_request *request, const char *name, bool *repeated);
bool http_name_is(assay_span name, const char *wanted);

/* ---- Replies --------------------------------------------------------------------------------- */

/* Complete, immutable, shared by any number of exchanges and threads. */
typedef struct http_reply http_reply;

/* `headers` is finished header lines, each with CRLF ("Content-Type: text/plain\r\nETag: ...\r\n"),
 * without Content-Length, Date and Connection, which the server adds. Both are copied. NULL when
 * memory is short. The caller owns one reference. */
http_reply *http_reply_new(unsigned code, const char *headers, assay_span body);
http_reply *http_reply_ref(http_reply *reply);
void http_reply_unref(http_reply *reply); /* NULL is fine */
unsigned http_reply_code(const http_reply *reply);
assay_span http_reply_headers(const http_reply *reply);
assay_span http_reply_body(const http_reply *reply);
size_t http_reply_memory(const http_reply *reply); /* bytes it holds */

/* ---- Exchanges ------------------------------------------------------------------------------- */

typedef struct http_exchange http_exchange;

const http_request *http_exchange_request(const http_exchange *exchange);

/* Room of the handler's own that travels with the exchange (zeroed at the start, 128 bytes, aligned
 * for any type), and the server's context. */
enum { HTTP_EXCHANGE_ROOM = 128 };
void *http_exchange_room(http_exchange *exchange);

/* What happens to the body: HEAD and 304 send none, Content-Length says what GET would give. */
typedef struct http_sending {
    const char
        *extra_headers; /* finished lines for this reply alone ("Age: 3\r\n"), copied; or "" */
    bool close;         /* close the connection afterwards */
    bool without_body;  /* send no body, e.g. for 304 */
} http_sending;

/* Replies, once, from any thread; takes no reference of the caller's. When the client has gone
 * nothing is sent. The exchange must not be touched afterwards. `sending` may be NULL; a `reply` of
 * NULL (memory was short) closes the connection. */
void http_respond(http_exchange *exchange, http_reply *reply, const http_sending *sending);

/* ---- The server ------------------------------------------------------------------------------ */

enum { HTTP_LISTENER_MAX = 8 };

typedef struct http_tls_files {
    const char *certificate_file; /* PEM chain; NULL: plain HTTP */
    const char *key_file;         /* PEM */
    const char *client_ca_file; /* PEM: client certificates are asked for, not required; or NULL */
} http_tls_files;

typedef struct http_listener {
    const char *address; /* "127.0.0.1", "::1", "unix:/run/assayd/admin.sock"; NULL when fd >= 0 */
    uint16_t port;       /* 0: the system chooses, see http_server_port() */
    int fd;              /* from socket activation: already listening; -1: bind `address` */
    http_tls_files tls;
} http_listener;

/* Called on a loop's thread with each complete request. */
typedef void (*http_handler)(void *context, http_exchange *exchange);

/* Called once for each request refused before the handler: for metrics and the log. May write
 * finished header lines of the reply ("Request-ID: 7f\r\n") into `headers`, which are empty. */
typedef void (*http_refused)(void *context, const char *address, unsigned code, const char *why,
                             char headers[HTTP_REFUSED_HEADERS_SIZE]);

typedef struct http_settings {
    http_listener listeners[HTTP_LISTENER_MAX];
    size_t listener_count;
    unsigned loops;                   /* threads; 0: 1 */
    size_t head_size;                 /* 0: 16 KiB */
    size_t body_size;                 /* 0: 2 MiB */
    unsigned head_seconds;            /* whole head since its first byte, or since accept; 0: 10 */
    unsigned body_seconds;            /* whole body; 0: 15 */
    unsigned keep_alive_seconds;      /* idle between requests; 0: 60 */
    unsigned send_seconds;            /* a reply that the client doesn't read; 0: 30 */
    unsigned connections;             /* at most; beyond it the longest idle one goes; 0: 20000 */
    unsigned connections_per_address; /* 0: no limit; loopback and unix sockets are exempt */
    http_handler handler;
    http_refused refused; /* may be NULL */
    void *context;
} http_settings;

typedef struct http_server http_server;

/* Binds, loads certificates and starts the loops. Settings are copied. ENVIRONMENT (address in use,
 * file unreadable, key and certificate differ) with where ("listen[0]", "tls.key_file") and a
 * detail that says what to do; USAGE; NO_MEMORY. */
assay_status http_server_start(const http_settings *settings, http_server **out, assay_error *err);

uint16_t http_server_port(const http_server *server, size_t listener);

/* Loads the certificate files again; connections that exist go on. On failure the old ones stay. */
assay_status http_server_reload_tls(http_server *server, assay_error *err);

/* Stops accepting, lets requests in flight finish (at most `seconds`), closes idle connections. */
void http_server_drain(http_server *server, unsigned seconds);

/* Stops and frees; drains for no time when http_server_drain() has not been called. Exchanges kept
 * by handlers must have been answered before. */
void http_server_free(http_server *server);

typedef struct http_statistics {
    uint64_t accepted;
    uint64_t requests;
    uint64_t refused;
    uint64_t handshakes;
    uint64_t resumed;
    uint64_t open; /* connections now */
} http_statistics;
void http_server_statistics(const http_server *server, http_statistics *out);

/* ---- Small parts that handlers need ---------------------------------------------------------- */

/* Decodes %XX (and, in queries, '+' as a space when `plus` says so) into `out` of at least in.size
 * bytes. MALFORMED with the offset for a bad escape or NUL. */
typedef enum http_plus { HTTP_PLUS_LITERAL, HTTP_PLUS_SPACE } http_plus;
assay_status http_percent_decode(assay_span in, http_plus plus, uint8_t *out, size_t *out_size,
                                 assay_error *err);

/* Writes RFC 3986 unreserved characters as they are and all else as %XX upper case: three times
 * in.size + 1 bytes are enough; NUL behind. Returns the length. */
size_t http_percent_encode(assay_span in, char *out);

/* "Sun, 06 Nov 1994 08:49:37 GMT" and back; false when it is none. */
enum { HTTP_DATE_SIZE = 30 };
void http_date_format(int64_t time, char out[HTTP_DATE_SIZE]);
bool http_date_parse(assay_span text, int64_t *out);

#endif
