/* stub_service.h: a service for tests: answers by the end of the path, and keeps what it was asked.
 * Loopback, one connection at a time. */
#ifndef TESTS_ABI_STUB_SERVICE_H
#define TESTS_ABI_STUB_SERVICE_H

#include "assay/base.h"

typedef struct stub_reply {
    const char *path;    /* what the path ends with: "/tdx/certification/v4/tcb" or "/tcb" */
    unsigned code;       /* 0: the connection is closed without a word */
    const char *headers; /* whole lines, each with its CR LF; may be NULL */
    assay_span body;
} stub_reply;

typedef struct stub_service stub_service;

/* The first row that fits answers; 404 when none does. The rows must outlive the service. */
stub_service *stub_service_start(const stub_reply *rows, size_t count);
void stub_service_stop(stub_service *service);

unsigned stub_service_port(const stub_service *service);

/* "GET /path?query" lines since the last call, and the header lines of the last request. */
const char *stub_service_asked(stub_service *service);
const char *stub_service_headers(stub_service *service);

#endif
