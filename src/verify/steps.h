/* steps.h: what the steps of one verification share. verify.c is the story; each other file of the
 * room holds the steps of one subject. */
#ifndef ASSAY_VERIFY_STEPS_H
#define ASSAY_VERIFY_STEPS_H

#include "assay/verify.h"
#include "collateral/object.h"

/* What a proved PCK chain says. Plain values: it outlives the bytes it came from. */
typedef struct pck_facts {
    pck_extension extension;
    pck_ca ca;
    assay_validity validity;
    uint8_t root_point[P256_POINT_SIZE];
    uint8_t root_key_id[SHA384_SIZE];
    sha256_digest root_spki_digest;
} pck_facts;

/* The chain of the quote while it is being proved. */
typedef struct pck_chain {
    uint8_t der[LIMIT_CHAIN_DER_SIZE];
    x509_cert leaf, ca, root;
    bool ca_is_collaterals; /* byte-equal to certificates that the collateral has proved */
    bool root_is_collaterals;
} pck_chain;

typedef struct verification {
    const assay_verify_options *options;
    const assay_collateral *collateral;
    struct memo *memory; /* of the verifier; NULL: nothing is remembered */
    assay_quote quote;
    assay_span chain_text; /* PEM, from the quote or from the caller */

    bool chain_proved; /* remembered, or proved in this run */
    bool pair_proved;
    sha256_digest chain_key; /* what the memory knows the chain and the pair by */
    sha256_digest pair_key;
    pck_facts pck;
    p256_key *leaf_key;        /* owned; NULL until needed */
    p256_key *attestation_key; /* owned; NULL until needed */
    pck_chain *chain;          /* valid while it is being proved */

    assay_verdict *verdict;
} verification;

/* pck.c: steps 7, 8, 13, 14, 20 */
assay_status pck_chain_read(verification *v, assay_error *err);
assay_status pck_root_check(verification *v, assay_error *err);
assay_status pck_chain_check(verification *v, assay_error *err);
assay_status pck_revocation_check(verification *v, assay_error *err);

/* qe.c: steps 24 to 29 */
assay_status qe_report_signature_check(verification *v, assay_error *err);
assay_status qe_report_data_check(verification *v, assay_error *err);
assay_status qe_identity_check(verification *v, assay_error *err);
assay_status attestation_key_check(verification *v, assay_error *err);
assay_status quote_signature_check(verification *v, assay_error *err);

/* tcb.c: steps 21 to 23, 30, 31 */
assay_status tcb_info_match_check(verification *v, assay_error *err);
assay_status tdx_module_check(verification *v, assay_error *err);
assay_status tcb_evaluate(verification *v, assay_error *err);

/* dates.c: steps 15, 18, 19 and section 6.2 */
void dates_judge(verification *v);

/* accept.c: step 32: which reasons refuse */
void verdict_decide(verification *v);
/* explain.c: what would make the TCB pass */
void tcb_explain(const verification *v);

/* platform.c */
void platform_tell(const pck_extension *pck, pck_ca ca, assay_platform *out);

/* verifier.c */
struct memo *verifier_memory(assay_verifier *verifier);

/* reasons.c */
void note_add(assay_verdict *verdict, assay_note_kind kind, uint64_t value, const char *text);
void reason_add(assay_verdict *verdict, assay_reason reason);

#endif
