/* assay/verify.h: judges a quote against collateral at a given time.
 *
 * Two answers are kept apart. The returned status says whether the quote *could be judged*; the
 * verdict says *what was judged*. assay_verify() returns ASSAY_OK for every quote that is judged,
 * also for a bad one: read verdict.accepted, or call assay_check(), which returns ASSAY_OK only for
 * an accepted quote.
 *
 * Checked: everything of Intel's DCAP verification (quote, chains, CRLs, TCB info, QE identity, TCB
 * level, dates), debug and reserved bits, and report_data when given. Not checked: measurements
 * (mrenclave, mrtd, rtmr): whether the code is the right code is a policy's business.
 */
#ifndef ASSAY_VERIFY_H
#define ASSAY_VERIFY_H

#include <stdbool.h>

#include "assay/verdict.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ASSAY_ACCEPT(status) (1u << (status)) /* of an assay_tcb_status */

/* Zeroed except `now`: accepts only UpToDate, refuses debug, reserved bits, stale collateral. */
typedef struct assay_verify_options {
    int64_t now;     /* required, > 0: the time to judge at */
    uint32_t accept; /* ASSAY_ACCEPT() bits; 0 means UpToDate only. Revoked and
                        NotSupported are never accepted: USAGE */
    bool allow_debug;
    bool allow_reserved;        /* reserved bits inside the signed body */
    bool strict;                /* bytes behind the quote must be zero: else MALFORMED */
    const uint8_t *report_data; /* 64 bytes that the report must carry, or NULL */
    uint32_t min_tcb_evaluation_data_number; /* for TCB info and identity; 0: no minimum */
    assay_span pck_chain; /* PEM leaf, CA, root: for certification data types 1 to 4 */
} assay_verify_options;

/* Remembers which PCK chains, and which pairs of QE report and attestation key, it has proved: by
 * SHA-256 over every byte that the proof rests on, those of the collateral included, so a proof is
 * found again only with the same collateral. Dates are judged anew each time. Bounded: the least
 * recently used goes first. Shared by any number of threads; there is no global lock. */
typedef struct assay_verifier assay_verifier;

#define ASSAY_VERIFIER_DEFAULT_MEMORY 4096

/* `remembered` platforms at most (about 5 KB each, taken as they come); 0 switches the memory off.
 */
ASSAY_API assay_status assay_verifier_new(size_t remembered, assay_verifier **out,
                                          assay_error *error);
ASSAY_API void assay_verifier_free(assay_verifier *verifier);

typedef struct assay_verifier_statistics {
    uint64_t hits;
    uint64_t misses;
    uint64_t evictions;
    size_t entries;
} assay_verifier_statistics;
ASSAY_API void assay_verifier_statistics_get(const assay_verifier *verifier,
                                             assay_verifier_statistics *out);

/* Judges `quote`. `verifier` may be NULL: nothing is remembered. `verdict` must be zeroed or a
 * former verdict; it is cleared first.
 *   OK           judged: see the verdict. Revoked certificates and a TCB without a level are judged
 *                (tcb_status Revoked, NotSupported)
 *   others       could not be judged: the verdict is zeroed, `error` says which step failed, with
 *                the QVL status and the code of Intel's C interface, in the order in which Intel's
 *                library would report it
 */
ASSAY_API assay_status assay_verify(assay_verifier *verifier, assay_span quote,
                                    assay_collateral *collateral,
                                    const assay_verify_options *options, assay_verdict *verdict,
                                    assay_error *error);

/* What the PCK certificate inside a quote (certification data type 5) says about the platform:
 * where to look for collateral, before there is any. Form is checked, no signature: nothing of it
 * is proved. Errors of quote and chain as of assay_verify(). */
ASSAY_API assay_status assay_platform_read(assay_span quote, assay_platform *out,
                                           assay_error *error);

/* One call for relying parties: OK only when the quote is judged *and* accepted. UNTRUSTED when it
 * is judged and not accepted (error.detail says the first reason). `verdict` may be NULL. */
ASSAY_API assay_status assay_check(assay_span quote, assay_collateral *collateral,
                                   const assay_verify_options *options, assay_verdict *verdict,
                                   assay_error *error);

#ifdef __cplusplus
}
#endif
#endif
