/* quoteprov_items.h: a service that answers as a PCCS does, the settings that lead to it, and the
 * calls that ask it. */
#ifndef TESTS_ABI_QUOTEPROV_ITEMS_H
#define TESTS_ABI_QUOTEPROV_ITEMS_H

#include "quoteprov.h"
#include "sim/bytes.h"
#include "stub_service.h"

typedef struct quoteprov_items {
    sim_bytes leaf;             /* the PCK certificate, PEM */
    sim_bytes pccs_headers;     /* of its reply, NUL behind */
    sim_bytes thim_certificate; /* the same as Azure's JSON */
} quoteprov_items;

extern quoteprov_items items;

/* Group setup and teardown. */
int quoteprov_items_make(void **state);
int quoteprov_items_free(void **state);

const char *headers_of(const sim_bytes *headers);

/* A PCCS, whatever its version: hex unless DER is asked for by address. */
stub_service *pccs_start(void);

/* QCNL's file that leads there; `more` are further members. */
void pccs_configure(const stub_service *service, const char *api_version, const char *more);

/* The FMSPC of the calls below. */
extern const uint8_t fmspc[6];

/* Fetches collateral, which must be had. */
void collateral_of(const char *what, uint32_t tee_type);

/* Asks for the certificate of a platform without encrypted PPID. */
quote3_error_t certificate_get(sgx_ql_config_t **config);

/* It must be had, and be `items.leaf` under its chain. */
void certificate_expect(const char *what);

#endif
