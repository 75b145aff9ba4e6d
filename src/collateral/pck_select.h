/* pck_select.h: which of a platform's PCK certificates fits its raw TCB. collateral-service.md 2,
 * "PCK certificate selection": the rule of Intel's C++ library, on the certificates' components. */
#ifndef ASSAY_COLLATERAL_PCK_SELECT_H
#define ASSAY_COLLATERAL_PCK_SELECT_H

#include "collateral/documents.h"
#include "x509/x509.h"

typedef struct pck_platform {
    uint8_t cpu_svn[16];
    uint16_t pce_svn;
    uint8_t pce_id[2];
} pck_platform;

typedef struct pck_candidate {
    uint8_t components[16]; /* of the certificate's SGX extension, not its cpu_svn */
    uint16_t pce_svn;
    uint8_t pce_id[2];
    uint8_t fmspc[6];
    uint8_t ppid[16];
} pck_candidate;

enum { PCK_CANDIDATE_MAX = 256 };

/* The index of the certificate to use. MISMATCH when the inputs do not belong together (FMSPC,
 * PCE-ID, PPID), UNSUPPORTED when the TCB info's tcbType is not 0 (the caller has parsed it with
 * tcb_info_parse(), which refuses that), UNTRUSTED by the name "pck_none_fits" when every
 * certificate is for a higher TCB than the platform has; USAGE for no or too many candidates. */
assay_status pck_select(const pck_platform *platform, const pck_candidate *candidates, size_t count,
                        const tcb_info *info, size_t *out, assay_error *err);

/* How two TCBs of 16 components and a PCE SVN stand: some components lower and some higher is
 * incomparable. */
typedef enum tcb_order { TCB_LESS, TCB_AT_LEAST, TCB_INCOMPARABLE } tcb_order;
tcb_order tcb_compare(const uint8_t a[16], uint16_t a_pce_svn, const uint8_t b[16],
                      uint16_t b_pce_svn);

#endif
