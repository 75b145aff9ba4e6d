/* asked.h: one request on its way from the loop to its reply: what dispatch.c found out about it.
 */
#ifndef ASSAY_SERVE_ASKED_H
#define ASSAY_SERVE_ASKED_H

#include "serve/access.h"
#include "serve/answers.h"
#include "serve/choose.h"
#include "serve/route_index.h"

enum { REQUEST_ID_SIZE = 65 };

typedef struct asked {
    service *service;
    http_exchange *exchange;
    const http_request *request; /* lives until the reply is sent */
    const route *row;            /* NULL until it is found */
    assay_span rest;             /* behind the row's path, as received */
    assay_span baseline_of_path;
    char baseline[BASELINE_NAME_SIZE];
    int64_t now;
    unsigned scopes;
    char actor[ACCESS_ACTOR_SIZE];
    char request_id[REQUEST_ID_SIZE];
} asked;

/* Why a request gets no answer. */
typedef struct denial {
    unsigned code; /* 0: by the error */
    unsigned retry_after;
    unsigned delay_ms; /* before it is said */
    const char *allow; /* of 405 and OPTIONS; NULL */
    assay_error error;
} denial;

/* The client's own Request-ID when it is one (letters, digits, "-", "_", "."; at most 64), else a
 * new one. */
void asked_identify(asked *a, uint64_t salt, uint64_t number);
void request_id_new(uint64_t salt, uint64_t number, char out[REQUEST_ID_SIZE]);

#endif
