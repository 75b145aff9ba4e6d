/* verify.c: one verification, step by step, in the order of verification.md 4.1.
 *
 * judge() is the specification's table: the number behind each line is the step. Steps that need
 * the collateral alone were done when it was loaded; here their outcome is asked for at its place,
 * so that a quote and a collateral with several faults report the same one as Intel's library does.
 */
#include "verify/memo.h"
#include "verify/steps.h"

static assay_status loaded(const verification *v, collateral_check check, assay_error *err)
{
    return collateral_outcome(v->collateral, check, err);
}

/* Step 2: what the caller gave. */
static assay_status arguments_check(const verification *v, assay_error *err)
{
    const uint32_t never = ASSAY_ACCEPT(ASSAY_TCB_NOT_JUDGED) | ASSAY_ACCEPT(ASSAY_TCB_REVOKED) |
                           ASSAY_ACCEPT(ASSAY_TCB_NOT_SUPPORTED) |
                           ~(ASSAY_ACCEPT(ASSAY_TCB_STATUS_COUNT) - 1);
    assay_status status = ASSAY_OK;
    if (v->options->now <= 0)
        status = fail(err, ASSAY_USAGE, "options.now", ASSAY_NO_OFFSET,
                      "the time to judge at must be after 1970-01-01T00:00:00Z");
    else if ((v->options->accept & never) != 0)
        status = fail(err, ASSAY_USAGE, "options.accept", ASSAY_NO_OFFSET,
                      "Revoked, NotSupported and unknown statuses can't be accepted");
    return status == ASSAY_OK ? ASSAY_OK : error_as(err, status, QVL_INVALID_PARAMETER, 0);
}

/* Step 4: the quote's form, and what stands behind it. */
static assay_status quote_read(verification *v, assay_span bytes, assay_error *err)
{
    TRY_AS(QVL_UNSUPPORTED_QUOTE_FORMAT, assay_quote_parse(bytes, &v->quote, err));
    const assay_span trailing = v->quote.trailing;
    if (v->options->strict && !span_is_zero(trailing))
        return error_as(err,
                        fail(err, ASSAY_MALFORMED, "quote", (int64_t)v->quote.bytes.size,
                             "%zu bytes that are not zero stand behind the quote", trailing.size),
                        QVL_UNSUPPORTED_QUOTE_FORMAT, 0);
    return ASSAY_OK;
}

/* Step 5: a PCK chain in the quote, or one that the caller handed over. */
static assay_status certification_read(verification *v, assay_error *err)
{
    v->chain_text = v->quote.certification_data;
    if (v->quote.certification_type == ASSAY_CERTIFICATION_PCK_CHAIN)
        return ASSAY_OK;
    v->chain_text = v->options->pck_chain;
    if (v->chain_text.size > 0)
        return ASSAY_OK;
    const char *name = assay_certification_type_name(v->quote.certification_type);
    return error_as(err,
                    fail(err, ASSAY_UNSUPPORTED, "quote.certification_data",
                         v->quote.certification_data.data - v->quote.bytes.data,
                         "certification data type %u (%s) holds no PCK chain: give the chain",
                         v->quote.certification_type, name != NULL ? name : "unknown"),
                    QVL_UNSUPPORTED_QE_CERTIFICATION_DATA_TYPE, 0);
}

static assay_status judge(verification *v, assay_span quote, assay_error *err)
{
    TRY(arguments_check(v, err));                  /* 1, 2 */
    TRY(loaded(v, CHECK_PRESENT, err));            /* 2, 3 */
    TRY(quote_read(v, quote, err));                /* 4 */
    TRY(certification_read(v, err));               /* 5 */
    TRY(loaded(v, CHECK_TCB_INFO, err));           /* 6 */
    TRY(pck_chain_read(v, err));                   /* 7 */
    TRY(pck_root_check(v, err));                   /* 8 */
    TRY(loaded(v, CHECK_QE_IDENTITY, err));        /* 9 */
    TRY(loaded(v, CHECK_CHAINS, err));             /* 10 */
    TRY(loaded(v, CHECK_CRLS, err));               /* 11, 12 */
    TRY(pck_chain_check(v, err));                  /* 13 */
    TRY(loaded(v, CHECK_ROOT_CRL, err));           /* 14 */
    TRY(loaded(v, CHECK_PCK_CRL, err));            /* 14 */
    TRY(pck_revocation_check(v, err));             /* 14, 20 */
    TRY(loaded(v, CHECK_TCB_SIGNER, err));         /* 16 */
    TRY(loaded(v, CHECK_TCB_SIGNATURE, err));      /* 17 */
    TRY(loaded(v, CHECK_IDENTITY_SIGNER, err));    /* 19 */
    TRY(loaded(v, CHECK_IDENTITY_SIGNATURE, err)); /* 19 */
    dates_judge(v);                                /* 15, 18, 19: expiry refuses nothing here */
    TRY(tcb_info_match_check(v, err));             /* 21, 22 */
    TRY(tdx_module_check(v, err));                 /* 23 */
    TRY(qe_report_signature_check(v, err));        /* 24 */
    TRY(qe_report_data_check(v, err));             /* 25 */
    TRY(qe_identity_check(v, err));                /* 26, 27 */
    TRY(attestation_key_check(v, err));            /* 28 */
    TRY(quote_signature_check(v, err));            /* 29 */
    TRY(tcb_evaluate(v, err));                     /* 30, 31 */
    verdict_decide(v);                             /* 32 */
    return ASSAY_OK;
}

/* A revoked certificate ends the steps, but it is an answer: the verdict says Revoked. */
static assay_status revoked_is_judged(verification *v, assay_status status, const assay_error *err)
{
    if (status != ASSAY_REVOKED)
        return status;
    static const struct {
        uint16_t qvl;
        const char *text;
    } certificates[] = { { QVL_INTERMEDIATE_CA_REVOKED, "PCK CA certificate" },
                         { QVL_PCK_CERT_REVOKED, "PCK certificate" },
                         { QVL_TCB_SIGNING_CERT_REVOKED, "TCB signing certificate" } };
    v->verdict->tcb_status = ASSAY_TCB_REVOKED;
    v->verdict->qvl = err->qvl;
    v->verdict->code = err->code;
    for (size_t i = 0; i < sizeof(certificates) / sizeof(certificates[0]); i++) {
        if (certificates[i].qvl == err->qvl)
            reason_add(v->verdict, (assay_reason) { .kind = ASSAY_REASON_REVOKED,
                                                    .level = -1,
                                                    .text = certificates[i].text });
    }
    dates_judge(v);
    verdict_decide(v);
    return ASSAY_OK;
}

/* What the verdict carries whatever the outcome is. */
static void verdict_fill(verification *v)
{
    assay_verdict *out = v->verdict;
    out->tee = v->quote.tee;
    out->quote_version = v->quote.version;
    out->report_layout = v->quote.body_layout;
    memcpy(out->report, v->quote.body.data, v->quote.body.size);
    memcpy(out->qe_report, v->quote.qe_report.data, v->quote.qe_report.size);
    memcpy(out->root_point, v->pck.root_point, sizeof(out->root_point));
    memcpy(out->root_key_id, v->pck.root_key_id, sizeof(out->root_key_id));
    memcpy(out->root_key_sha256, v->pck.root_spki_digest.bytes, sizeof(out->root_key_sha256));
    out->custom_root = memcmp(v->pck.root_point, intel_sgx_root_point, P256_POINT_SIZE) != 0;
}

assay_status assay_verify(assay_verifier *verifier, assay_span quote, assay_collateral *collateral,
                          const assay_verify_options *options, assay_verdict *verdict,
                          assay_error *error)
{
    assay_error local;
    assay_error *err = error != NULL ? error : &local;
    *err = (assay_error) { 0 };
    assay_verdict_clear(verdict);
    pck_chain chain;
    verification v = { .options = options,
                       .collateral = collateral,
                       .verdict = verdict,
                       .chain = &chain,
                       .memory = verifier != NULL ? verifier_memory(verifier) : NULL };
    verdict->collateral = assay_collateral_ref(collateral);
    assay_status status = revoked_is_judged(&v, judge(&v, quote, err), err);
    p256_key_free(v.leaf_key);
    p256_key_free(v.attestation_key);
    if (status != ASSAY_OK) {
        assay_verdict_clear(verdict);
        return status;
    }
    verdict_fill(&v);
    *err = (assay_error) { 0 };
    return ASSAY_OK;
}

void assay_verdict_clear(assay_verdict *verdict)
{
    assay_collateral_unref(verdict->collateral);
    memset(verdict, 0, sizeof(*verdict));
}

assay_status assay_check(assay_span quote, assay_collateral *collateral,
                         const assay_verify_options *options, assay_verdict *verdict,
                         assay_error *error)
{
    assay_verdict local = { 0 };
    assay_verdict *out = verdict != NULL ? verdict : &local;
    assay_status status = assay_verify(NULL, quote, collateral, options, out, error);
    if (status == ASSAY_OK && !out->accepted) {
        char text[ASSAY_DETAIL_SIZE] = "not accepted";
        if (out->reason_count > 0)
            assay_reason_text(out, &out->reasons[0], text, sizeof(text));
        status =
            error_as(error, fail(error, ASSAY_UNTRUSTED, "verdict", ASSAY_NO_OFFSET, "%s", text),
                     out->qvl, out->code);
    }
    assay_verdict_clear(&local);
    return status;
}
