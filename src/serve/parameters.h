/* parameters.h: what stands behind the question mark, by the row of a route.
 * collateral-service.md 1, 7.4: nothing is ignored.
 *
 * Every parameter must be in the row's table, once, and of its form; what known clients send
 * besides (clientid, api-version, customParameter) is allowed everywhere, once. */
#ifndef ASSAY_SERVE_PARAMETERS_H
#define ASSAY_SERVE_PARAMETERS_H

#include "serve/route.h"

enum { QUERY_SIZE_MAX = 8192, CANONICAL_KEY_SIZE = QUERY_SIZE_MAX + 1024 };

typedef struct parameters {
    assay_span at[ROUTE_PARAMETER_MAX]; /* in the row's order; data NULL: not given */
    uint32_t custom_number;             /* of customParameter; 0: none */
    size_t used;
    uint8_t room[QUERY_SIZE_MAX]; /* what `at` points into */
} parameters;

/* MALFORMED by one of the names query_too_long, unknown_parameter (with a suggestion),
 * repeated_parameter, missing_parameter, bad_parameter, where "query.NAME". */
assay_status parameters_read(const parameter *rows, assay_span query, parameters *out,
                             assay_error *err);

/* The row's number of a parameter, or ROUTE_PARAMETER_MAX. */
size_t parameter_index(const parameter *rows, const char *name);

/* Appends what was given, in one way for every way of writing it. A query that was read fits. */
typedef struct canonical_key {
    size_t size;
    char text[CANONICAL_KEY_SIZE];
} canonical_key;
void key_text(canonical_key *key, assay_span text);
/* With its length before it, so that no value can look like two. */
void key_value(canonical_key *key, char mark, assay_span text);
/* Without the parameters whose bit is set in `except`. */
void key_parameters(canonical_key *key, const parameter *rows, const parameters *given,
                    unsigned except);

#endif
