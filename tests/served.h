/* served.h: a collateral service on a store of its own, with a simulated vendor behind it, asked
 * without a socket: for tests of handlers. */
#ifndef TESTS_SERVED_H
#define TESTS_SERVED_H

#include "serve/route.h"
#include "serve/service.h"
#include "sim/pcs_server.h"

enum { SERVED_SEED = 31, SERVED_PLATFORMS = 64 };

typedef struct served {
    service *service;
    pcs_service *vendor;
    pcs_server *server; /* NULL: the vendor is down */
    char vendor_url[PCS_URL_SIZE];
    char folder[64];
    serve_config config;
} served;

/* Starts vendor and service at SIM_DEFAULT_NOW. Ends the test when it can't. */
void served_start(served *s, fill_mode mode);
/* Stops both and removes the folder. */
void served_stop(served *s);
/* Stops and starts the service on the same store. */
void served_restart(served *s, fill_mode mode);

/* From now on nobody answers at the vendor's address. */
void served_vendor_down(served *s);
/* Requests that the vendor has seen. */
uint64_t served_vendor_calls(const served *s);
/* A rule of faults of the simulated vendor ("status=503"), until served_fault(s, NULL). */
void served_fault(served *s, const char *rule);

typedef struct served_reply {
    unsigned code;
    char *body; /* NUL behind */
    size_t size;
    char *headers; /* finished lines, or "" */
    char name[64]; /* of the failure; "" */
    char detail[ASSAY_DETAIL_SIZE];
} served_reply;
void served_reply_free(served_reply *reply);

/* Runs the handler of a row as the dispatcher does, first without patience, then with it. `target`
 * is path and query. The row must be there, and the parameters must be such as it takes (otherwise
 * the reply is 400). */
served_reply served_ask(served *s, http_method method, const char *target, const char *body,
                        unsigned scopes);
served_reply served_ask_bytes(served *s, http_method method, const char *target, assay_span body,
                              unsigned scopes);
static inline served_reply served_get(served *s, const char *target)
{
    return served_ask(s, HTTP_GET, target, "", SCOPE_ALL);
}

/* Asks and compares only the code; says what came when it is another. */
void served_expect(served *s, http_method method, const char *target, const char *body,
                   unsigned code);

/* ---- Platforms of the simulated fleet ----------------------------------------------------------
 */

/* The body of POST platforms for fleet platform `number`; caller frees. */
char *served_registration(const served *s, uint64_t number);
char *served_registration_by_manifest(const served *s, uint64_t number);
/* "/sgx/certification/v4/pckcert?..." for its raw TCB; caller frees. */
char *served_pckcert(const served *s, uint64_t number, bool with_ppid);
/* Registers platforms 0 to count - 1. */
void served_register(served *s, uint64_t count);
/* The same by one import, which is much faster. */
void served_import(served *s, uint64_t count);
/* One NDJSON line for each platform; caller frees. */
char *served_ndjson(const served *s, uint64_t first, uint64_t count);
char *served_platformcollateral(const served *s, uint64_t first, uint64_t count);

#endif
