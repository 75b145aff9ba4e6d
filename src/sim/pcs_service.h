/* pcs_service.h: the simulated vendor as it runs: its clock, its calendar, its faults, and what it
 * was asked. Every function may be called from any thread. */
#ifndef ASSAY_SIM_PCS_SERVICE_H
#define ASSAY_SIM_PCS_SERVICE_H

#include <pthread.h>

#include "sim/pcs_faults.h"

/* ---- What was asked ---- */

enum { PCS_LOG_MAX = 4096, PCS_COUNT_MAX = 512, PCS_TARGET_SIZE = 256, PCS_METHOD_SIZE = 8 };

typedef struct pcs_log_entry {
    char method[PCS_METHOD_SIZE];
    char target[PCS_TARGET_SIZE]; /* path and query, cut */
    unsigned status;              /* 0: the connection was cut */
} pcs_log_entry;

typedef struct pcs_log_count {
    char method[PCS_METHOD_SIZE];
    char path[PCS_TARGET_SIZE];
    uint64_t count;
} pcs_log_count;

/* The last requests and how often each path came; paths beyond PCS_COUNT_MAX count in `total`
 * alone. */
typedef struct pcs_log {
    pcs_log_entry entries[PCS_LOG_MAX]; /* the newest at (total - 1) % PCS_LOG_MAX */
    pcs_log_count counts[PCS_COUNT_MAX];
    size_t count_count;
    uint64_t total;
} pcs_log;

/* ---- The service ---- */

typedef struct pcs_service {
    pcs_vendor vendor;
    pthread_mutex_t lock; /* of all that follows */
    int64_t clock_offset; /* to the system's */
    sim_calendar calendar;
    pcs_rules rules;
    pcs_log log;
    uint64_t requests;
} pcs_service;

/* `start` is the simulated time at the begin. pcs_service_free() after, also when this fails. */
assay_status pcs_service_init(pcs_service *service, uint64_t seed, int64_t start, unsigned days,
                              uint64_t platforms, assay_error *err);
void pcs_service_free(pcs_service *service);

/* Answers one request of the vendor, under the faults that strike it. `target` is path and query as
 * they came. Request and reply are the caller's to fill and free. */
void pcs_service_answer(pcs_service *service, pcs_request *request, const char *target,
                        pcs_reply *reply, pcs_delivery *delivery);

/* Answers a request to /control/... */
void pcs_control_answer(pcs_service *service, const pcs_request *request, pcs_reply *reply);

int64_t pcs_service_now(pcs_service *service);

#endif
