/* circuit.h: whether a vendor's host is asked at all just now. collateral-service.md 7.3.
 *
 * After so many failures in a row, or when a reply says Retry-After, nobody asks the host until a
 * jittered time has passed; then one may try, and the others wait for what it finds out. Each
 * further failure doubles the time, up to an hour. */
#ifndef ASSAY_SERVE_CIRCUIT_H
#define ASSAY_SERVE_CIRCUIT_H

#include "serve/upstream.h"

enum { CIRCUIT_HOSTS_MAX = 16 };

typedef struct circuits circuits;

circuits *circuits_new(unsigned failures, unsigned seconds);
void circuits_free(circuits *c);

/* True: ask, and tell the outcome by circuit_told(). False: not before *retry_after seconds. */
bool circuit_allows(circuits *c, const char *host, int64_t now, unsigned *retry_after);

typedef enum circuit_outcome {
    CIRCUIT_ANSWERED, /* whatever the answer was: the host is well */
    CIRCUIT_FAILED,
    CIRCUIT_CANCELLED /* says nothing about the host */
} circuit_outcome;
void circuit_told(circuits *c, const char *host, circuit_outcome outcome, int64_t retry_after,
                  const char *why, int64_t now);

size_t circuits_list(circuits *c, upstream_host *out, size_t max);

#endif
