/* faults.h: named manipulations, one row each: the attack list of verification.md 9, and what assay
 * must make of them.
 *
 * A row changes the world before it is built (and everything is signed properly by the simulated
 * keys), or bytes afterwards (then it may break a signature on purpose: `signatures` says so). */
#ifndef ASSAY_SIM_FAULTS_H
#define ASSAY_SIM_FAULTS_H

#include "assay/verify.h"
#include "sim/build.h"

/* Little-endian `value` of `size` bytes, set or XORed at `offset` of a place. */
typedef enum sim_place {
    SIM_NOWHERE = 0,
    SIM_HEADER, /* before signing: */
    SIM_BODY,
    SIM_QE_REPORT,
    SIM_BUILT_QUOTE, /* after signing, places of sim_quote_map: */
    SIM_BUILT_BODY,
    SIM_BUILT_AUTH_SIZE,
    SIM_BUILT_SIGNATURE,
    SIM_BUILT_KEY,
    SIM_BUILT_OUTER,
    SIM_BUILT_QE_REPORT,
    SIM_BUILT_QE_SIGNATURE,
    SIM_BUILT_QE_AUTH_SIZE,
    SIM_BUILT_QE_AUTH_DATA,
    SIM_BUILT_CERTIFICATION
} sim_place;

typedef enum sim_patch_kind { SIM_SET, SIM_XOR } sim_patch_kind;

typedef struct sim_patch {
    sim_place place;
    sim_patch_kind kind;
    uint16_t offset;
    uint8_t size;
    uint64_t value;
} sim_patch;

typedef enum sim_document_id { SIM_NO_DOCUMENT, SIM_TCB_INFO, SIM_IDENTITY } sim_document_id;

/* What assay says. */
typedef enum sim_outcome {
    SIM_ELSEWHERE =
        0,       /* no manipulation of these files: `elsewhere` says why and where it is tested */
    SIM_REFUSED, /* can't be judged: code and QVL status */
    SIM_JUDGED,  /* judged and not accepted: tcb_status, a reason; code and QVL status if set */
    SIM_ACCEPTED /* judged UpToDate and accepted */
} sim_outcome;

typedef struct sim_expectation {
    sim_outcome outcome;
    uint16_t code; /* quote3_error_t */
    uint16_t qvl;  /* 0: any */
    assay_tcb_status tcb_status;
    assay_reason_kind reason; /* NONE: any */
    assay_note_kind note;     /* NONE: any */
} sim_expectation;

/* How it has to be judged for that outcome, where that is not "at the world's time, by default". */
typedef struct sim_request {
    int64_t later; /* seconds after the world's time */
    bool strict;
    bool other_report_data;
    bool allow_debug;
    uint32_t min_evaluation_number;
} sim_request;

typedef enum sim_signatures { SIM_SIGNED = 0, SIM_BREAKS_SIGNATURE } sim_signatures;

typedef struct sim_fault {
    const char *name;    /* begins with the line of the attack list: "14b-body-bit" */
    const char *summary; /* one sentence */
    const char *profile; /* NULL: tdx-v4 */
    sim_signatures signatures;
    sim_patch patch;
    sim_patch second_patch;
    sim_document_id document;
    sim_edit edit;
    void (*change_world)(sim_world *world);
    void (*change_built)(sim_artifacts *artifacts);
    sim_request request;
    sim_expectation expected;
    const char *elsewhere;
} sim_fault;

#define SIM_FAULT_PROFILE "tdx-v4"

/* Rows for tables. */
#define EXPECT_REFUSED(code_, qvl_)                                                                \
    .expected = { .outcome = SIM_REFUSED, .code = (code_), .qvl = (qvl_) }
#define EXPECT_JUDGED(status_, reason_)                                                            \
    .expected = { .outcome = SIM_JUDGED, .tcb_status = (status_), .reason = (reason_) }
#define EXPECT_JUDGED_AS(status_, code_, qvl_)                                                     \
    .expected = { .outcome = SIM_JUDGED, .tcb_status = (status_), .code = (code_), .qvl = (qvl_) }
#define EXPECT_ACCEPTED(note_)                                                                     \
    .expected = { .outcome = SIM_ACCEPTED, .tcb_status = ASSAY_TCB_UP_TO_DATE, .note = (note_) }

/* One table per file; each ends with a NULL name. */
extern const sim_fault sim_faults_of_quote[];
extern const sim_fault sim_faults_of_qe[];
extern const sim_fault sim_faults_of_certificates[];
extern const sim_fault sim_faults_of_crls[];
extern const sim_fault sim_faults_of_documents[];
extern const sim_fault sim_faults_of_tcb[];

/* Every row: start with *cursor = 0; NULL at the end. */
const sim_fault *sim_fault_next(size_t *cursor);
const sim_fault *sim_fault_find(const char *name); /* NULL: none */

/* Before sim_build(), and after it. */
void sim_fault_change_world(const sim_fault *fault, sim_world *world);
void sim_fault_change_built(const sim_fault *fault, sim_artifacts *artifacts);

#endif
