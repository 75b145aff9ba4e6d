/* openapi_responses.h: what the API says of the replies of a row: codes, headers, content. */
#ifndef ASSAY_SERVE_OPENAPI_RESPONSES_H
#define ASSAY_SERVE_OPENAPI_RESPONSES_H

#include "serve/route.h"

enum { OPENAPI_TYPE_MAX = 2, OPENAPI_HEADER_MAX = 4, OPENAPI_MEMBER_MAX = 9 };

/* A reply that a handler makes itself, one row for each route, method and code; what is refused
 * otherwise has one form for all. Lists end with NULL or at their size. */
typedef struct openapi_reply {
    const char *route; /* the name of its rows */
    http_method method;
    unsigned code;
    const char *types[OPENAPI_TYPE_MAX];
    const char *headers[OPENAPI_HEADER_MAX]; /* beside those that every such reply has */
    const char *members[OPENAPI_MEMBER_MAX]; /* that the JSON object always has */
} openapi_reply;

extern const openapi_reply openapi_replies[];
extern const size_t openapi_reply_count;

/* NULL: it is no reply of the handler's own. */
const openapi_reply *openapi_reply_of(const route *row, unsigned code);

/* The member "responses" of an operation. */
void openapi_put_responses(json_writer *w, const route *row);

/* Members "headers" and "responses" of the components, which the former refers to. */
void openapi_put_shared_responses(json_writer *w);

#endif
