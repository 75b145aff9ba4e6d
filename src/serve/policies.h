/* policies.h: appraisal policies by FMSPC, as PCCS keeps them for quote verifiers: each a token
 * that its signer vouches for. collateral-service.md 1 "appraisalpolicy"; appraisal.md 4. */
#ifndef ASSAY_SERVE_POLICIES_H
#define ASSAY_SERVE_POLICIES_H

#include "serve/route.h"

enum { POLICY_ID_SIZE = 97 };

typedef struct policy_order {
    uint8_t fmspc[6];
    bool is_default;
    assay_span token; /* compact JWS */
} policy_order;

/* Checks form and signature (by the key that the token brings), finds the type by the classes in
 * it, and stores it. A default takes the place of the default of the same FMSPC and type. `id`:
 * SHA-384 of the token in hex. MALFORMED and UNTRUSTED by the names of assay_policy_token_read().
 */
assay_status policy_keep(call *c, const policy_order *order, char id[POLICY_ID_SIZE]);

/* The defaults of an FMSPC, joined with ",", in the order of their types; empty when there is none.
 */
assay_status policies_default(call *c, const uint8_t fmspc[6], assay_span *out);

#endif
