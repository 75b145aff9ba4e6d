/* qe.c: from the PCK certificate to the quote's signature: steps 24 to 29 of verification.md 4.1.
 *
 * The pair of QE report and attestation key may be remembered: then only the quote's own signature
 * is left to verify. What the identity says about the QE is judged every time. */
#include "evidence/fields.h"
#include "verify/memo.h"
#include "verify/steps.h"

static int64_t offset_in_quote(const verification *v, assay_span part)
{
    return part.data == NULL ? ASSAY_NO_OFFSET : part.data - v->quote.bytes.data;
}

static bool pair_remembered(verification *v)
{
    if (v->memory == NULL)
        return false;
    const assay_span parts[] = { SPAN(v->chain_key.bytes), v->quote.qe_report,
                                 v->quote.qe_report_signature, v->quote.attestation_key,
                                 v->quote.qe_auth_data };
    v->pair_key = sha256_of(parts, sizeof(parts) / sizeof(parts[0]));
    return v->chain_proved && memo_find_pair(v->memory, &v->pair_key, &v->attestation_key);
}

static assay_status leaf_key_ready(verification *v, assay_error *err)
{
    if (v->leaf_key != NULL)
        return ASSAY_OK;
    return x509_trust_key(&v->collateral->trust, NULL, v->chain->leaf.point, &v->leaf_key,
                          "quote.pck_chain[0]", err);
}

/* Step 24: the PCK key signed the QE report. */
assay_status qe_report_signature_check(verification *v, assay_error *err)
{
    v->pair_proved = pair_remembered(v);
    if (p256_signature_is_high(v->quote.qe_report_signature.data))
        note_add(v->verdict, ASSAY_NOTE_HIGH_S, 0, "QE report");
    if (v->pair_proved)
        return ASSAY_OK;
    TRY_AS(QVL_INVALID_PCK_CERT, leaf_key_ready(v, err));
    sha256_digest digest = sha256(v->quote.qe_report);
    if (p256_verify(v->leaf_key, &digest, v->quote.qe_report_signature.data) == ASSAY_OK)
        return ASSAY_OK;
    return error_as(err,
                    fail(err, ASSAY_UNTRUSTED, "quote.qe_report_signature",
                         offset_in_quote(v, v->quote.qe_report_signature),
                         "the QE report is not signed by the key of the PCK certificate"),
                    QVL_INVALID_QE_REPORT_SIGNATURE, 0);
}

/* Step 25: the QE report vouches for the attestation key and the authentication data. */
assay_status qe_report_data_check(verification *v, assay_error *err)
{
    if (v->pair_proved)
        return ASSAY_OK;
    const assay_span parts[] = { v->quote.attestation_key, v->quote.qe_auth_data };
    sha256_digest digest = sha256_of(parts, 2);
    assay_span data = FIELD_SPAN(v->quote.qe_report, SGX_REPORT_REPORT_DATA);
    assay_span rest = span_slice(data, SHA256_SIZE, data.size - SHA256_SIZE);
    if (span_equal(SPAN(digest.bytes), span_slice(data, 0, SHA256_SIZE)) && span_is_zero(rest))
        return ASSAY_OK;
    const char *detail = span_is_zero(rest)
                             ? "the QE report does not vouch for this attestation key and auth data"
                             : "bytes 32 to 63 are not zero";
    return error_as(err,
                    fail(err, ASSAY_UNTRUSTED, "quote.qe_report.report_data",
                         offset_in_quote(v, data), "%s", detail),
                    QVL_INVALID_QE_REPORT_DATA, 0);
}

/* True when `golden` equals the masked bytes of the report. */
static bool masked_equal(assay_span seen, const uint8_t *golden, const uint8_t *mask)
{
    uint8_t difference = 0;
    for (size_t i = 0; i < seen.size; i++)
        difference |= (uint8_t)((seen.data[i] & mask[i]) ^ golden[i]);
    return difference == 0;
}

static assay_status identity_mismatch(const verification *v, assay_span field, const char *where,
                                      const char *detail, assay_error *err)
{
    return error_as(err, fail(err, ASSAY_MISMATCH, where, offset_in_quote(v, field), "%s", detail),
                    QVL_QE_IDENTITY_MISMATCH, 0);
}

/* Steps 26 and 27: the identity is of this TEE's quoting enclave, and the QE is that enclave. */
assay_status qe_identity_check(verification *v, assay_error *err)
{
    const enclave_identity *identity = &v->collateral->identity;
    const identity_id wanted = v->quote.tee == ASSAY_TEE_TDX ? IDENTITY_TD_QE : IDENTITY_QE;
    if (identity->id != wanted)
        return error_as(err,
                        fail(err, ASSAY_MISMATCH, "collateral.qe_identity.id", ASSAY_NO_OFFSET,
                             "identity of %s, want %s for this quote",
                             identity_id_name(identity->id), identity_id_name(wanted)),
                        QVL_QE_IDENTITY_MISMATCH, 0);
    const assay_span qe = v->quote.qe_report;
    const assay_span misc_select = FIELD_SPAN(qe, SGX_REPORT_MISCSELECT);
    const assay_span attributes = FIELD_SPAN(qe, SGX_REPORT_ATTRIBUTES);
    const assay_span mrsigner = FIELD_SPAN(qe, SGX_REPORT_MRSIGNER);
    const assay_span prod_id = FIELD_SPAN(qe, SGX_REPORT_ISVPRODID);
    if (!masked_equal(misc_select, identity->misc_select, identity->misc_select_mask))
        return identity_mismatch(v, misc_select, "quote.qe_report.miscselect",
                                 "masked miscselect is not that of the QE identity", err);
    if (!masked_equal(attributes, identity->attributes, identity->attributes_mask))
        return identity_mismatch(v, attributes, "quote.qe_report.attributes",
                                 "masked attributes are not those of the QE identity", err);
    if (!span_equal(mrsigner, SPAN(identity->mrsigner)))
        return identity_mismatch(v, mrsigner, "quote.qe_report.mrsigner",
                                 "mrsigner is not that of the QE identity", err);
    if (load_u16le(prod_id.data) != identity->isv_prod_id)
        return identity_mismatch(v, prod_id, "quote.qe_report.isvprodid",
                                 "isvprodid is not that of the QE identity", err);
    return ASSAY_OK;
}

/* Step 28: the attestation key is a point of the curve. */
assay_status attestation_key_check(verification *v, assay_error *err)
{
    if (v->pair_proved)
        return ASSAY_OK;
    assay_status status =
        p256_key_new_beside(v->leaf_key, v->quote.attestation_key.data, &v->attestation_key, err);
    if (status == ASSAY_OK)
        return ASSAY_OK;
    if (status != ASSAY_NO_MEMORY)
        status = fail(err, status, "quote.attestation_key",
                      offset_in_quote(v, v->quote.attestation_key), "no point of P-256");
    return error_as(err, status, QVL_UNSUPPORTED_QUOTE_FORMAT, 0);
}

/* What this run has proved, for the next quote of the platform. */
static void proofs_keep(verification *v)
{
    if (v->memory == NULL)
        return;
    if (!v->chain_proved)
        memo_keep_chain(v->memory, &v->chain_key, &v->pck, v->leaf_key);
    if (!v->pair_proved)
        memo_keep_pair(v->memory, &v->pair_key, v->attestation_key);
}

/* Step 29: the attestation key signed header and body. */
assay_status quote_signature_check(verification *v, assay_error *err)
{
    if (p256_signature_is_high(v->quote.signature.data))
        note_add(v->verdict, ASSAY_NOTE_HIGH_S, 0, "quote");
    sha256_digest digest = sha256(v->quote.signed_part);
    if (p256_verify(v->attestation_key, &digest, v->quote.signature.data) != ASSAY_OK)
        return error_as(err,
                        fail(err, ASSAY_UNTRUSTED, "quote.signature",
                             offset_in_quote(v, v->quote.signature),
                             "the quote is not signed by its attestation key"),
                        QVL_INVALID_QUOTE_SIGNATURE, 0);
    v->verdict->authenticated = true;
    proofs_keep(v);
    return ASSAY_OK;
}
