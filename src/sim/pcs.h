/* pcs.h: the simulated vendor online: Intel's PCS and AMD's KDS. collateral-service.md 3.
 *
 * A request becomes a reply by a row of pcs_routes (pcs_routes.c); nothing here knows of sockets:
 * pcs_server.c does. What is asked for is made and signed on the spot, so the dates follow the
 * clock: every item is issued anew each day, beginning an hour before the server's start. */
#ifndef ASSAY_SIM_PCS_H
#define ASSAY_SIM_PCS_H

#include "sim/calendar.h"
#include "sim/fleet.h"
#include "sim/kds.h"

/* ---- What is the same for every request ---- */

typedef enum pcs_chain { PCS_CHAIN_SIGNER, PCS_CHAIN_PROCESSOR, PCS_CHAIN_PLATFORM } pcs_chain;
enum { PCS_CHAIN_COUNT = 3 };

/* Percent-encoded for headers: the vendor's, and of somebody else with the same names. */
typedef struct pcs_chains {
    sim_bytes genuine[PCS_CHAIN_COUNT];
    sim_bytes foreign[PCS_CHAIN_COUNT];
    sim_bytes root; /* PEM */
} pcs_chains;

typedef struct pcs_vendor {
    sim_fleet fleet;
    pcs_chains chains;
    sim_kds kds;
    int64_t begin;
    unsigned days;
} pcs_vendor;

/* pcs_vendor_free() after, also when this fails. NO_MEMORY. */
assay_status pcs_vendor_init(pcs_vendor *vendor, uint64_t seed, int64_t begin, unsigned days,
                             uint64_t platforms, assay_error *err);
void pcs_vendor_free(pcs_vendor *vendor);

/* ---- How the items of one request are made: faults change this ---- */

typedef enum pcs_chain_form {
    PCS_CHAIN_GENUINE,
    PCS_CHAIN_FOREIGN,
    PCS_CHAIN_MISSING
} pcs_chain_form;

typedef enum pcs_subject { PCS_AS_ASKED, PCS_ANOTHER } pcs_subject;

typedef struct pcs_issue {
    int64_t now;
    int64_t date;    /* issueDate, thisUpdate: the day's issue, and `shift` */
    int64_t shift;   /* negative: older than what was served before */
    int64_t end;     /* nextUpdate; 0: as it should be */
    sim_key signing; /* SIM_KEY_NONE: the genuine ones */
    pcs_chain_form chain;
    pcs_subject subject; /* another FMSPC, CA, TEE or platform than was asked for */
    uint32_t lower;      /* taken from the evaluation number of a channel */
} pcs_issue;

/* ---- Requests and replies ---- */

enum { PCS_PARAMETER_MAX = 16, PCS_CAPTURE_MAX = 3, PCS_CAPTURE_SIZE = 160, PCS_HEADER_MAX = 12 };

typedef struct pcs_parameter {
    const char *name;
    const char *value;
} pcs_parameter;

typedef struct pcs_request {
    const char *method;
    const char *path;
    pcs_parameter parameters[PCS_PARAMETER_MAX];
    size_t parameter_count; /* PCS_PARAMETER_MAX + 1: there were more */
    const char *subscription_key;
    assay_span body;
    sim_calendar calendar;
    pcs_issue issue;
    char captures[PCS_CAPTURE_MAX][PCS_CAPTURE_SIZE]; /* what stands for {...} in the row's path */
} pcs_request;

typedef struct pcs_header {
    const char *name;
    sim_bytes value;
} pcs_header;

typedef struct pcs_reply {
    unsigned status;
    const char *type;
    sim_bytes body;
    pcs_header headers[PCS_HEADER_MAX];
    size_t header_count;
} pcs_reply;

void pcs_reply_free(pcs_reply *reply);
void pcs_reply_header(pcs_reply *reply, const char *name, assay_span value);

/* The issuer chain in the form that the request's issue asks for. */
void pcs_reply_chain(const pcs_vendor *vendor, const pcs_request *request, const char *name,
                     pcs_chain chain, pcs_reply *reply);

/* A reply that is no answer, with a reason; ASSAY_OK, for it is one all the same. */
assay_status pcs_refuse(pcs_reply *reply, unsigned status, const char *format, ...)
    ASSAY_PRINTF(3, 4);

/* NULL: absent. */
const char *pcs_parameter_of(const pcs_request *request, const char *name);

/* False: the reply is a refusal. */
bool pcs_take_hex(const pcs_request *request, const char *name, uint8_t *out, size_t size,
                  pcs_reply *reply);

/* ---- Handlers ---- */

/* Fails only where the reply is to be 500. */
typedef assay_status (*pcs_handler)(pcs_vendor *vendor, const pcs_request *request,
                                    pcs_reply *reply, assay_error *err);

/* Finds the row and lets it answer. */
void pcs_answer(pcs_vendor *vendor, pcs_request *request, pcs_reply *reply);

/* pcs_intel.c */
assay_status pcs_tcb(pcs_vendor *, const pcs_request *, pcs_reply *, assay_error *);
assay_status pcs_identity(pcs_vendor *, const pcs_request *, pcs_reply *, assay_error *);
assay_status pcs_numbers(pcs_vendor *, const pcs_request *, pcs_reply *, assay_error *);
assay_status pcs_pck_crl(pcs_vendor *, const pcs_request *, pcs_reply *, assay_error *);
assay_status pcs_root_crl(pcs_vendor *, const pcs_request *, pcs_reply *, assay_error *);
assay_status pcs_fmspcs(pcs_vendor *, const pcs_request *, pcs_reply *, assay_error *);

/* pcs_pck.c */
assay_status pcs_pckcert(pcs_vendor *, const pcs_request *, pcs_reply *, assay_error *);
assay_status pcs_pckcerts(pcs_vendor *, const pcs_request *, pcs_reply *, assay_error *);
assay_status pcs_register(pcs_vendor *, const pcs_request *, pcs_reply *, assay_error *);
assay_status pcs_add_package(pcs_vendor *, const pcs_request *, pcs_reply *, assay_error *);

/* pcs_amd.c */
assay_status pcs_vcek(pcs_vendor *, const pcs_request *, pcs_reply *, assay_error *);
assay_status pcs_vlek(pcs_vendor *, const pcs_request *, pcs_reply *, assay_error *);
assay_status pcs_amd_chain(pcs_vendor *, const pcs_request *, pcs_reply *, assay_error *);
assay_status pcs_amd_crl(pcs_vendor *, const pcs_request *, pcs_reply *, assay_error *);

#endif
