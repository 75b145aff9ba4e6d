/* dialects.c: the dialects of result tokens: one row each, and the frame around their claims.
 * appraisal.md 8, 8.1, 5.4. */
#include "token/dialects.h"

static const dialect_row dialects[ASSAY_DIALECT_COUNT] = {
    [ASSAY_DIALECT_QAL] = { .name = "qal", .claims = claims_qal },
    [ASSAY_DIALECT_QAL_GUIDE] = { .name = "qal-guide", .claims = claims_qal_guide },
    [ASSAY_DIALECT_EAR] = { .name = "ear",
                            .need = NEEDS_VERDICT,
                            .place = OUTCOME_IN_ASSAY,
                            .claims = claims_ear },
    [ASSAY_DIALECT_EAR_LEGACY] = { .name = "ear-legacy",
                                   .need = NEEDS_VERDICT,
                                   .place = OUTCOME_IN_ASSAY,
                                   .claims = claims_ear_legacy },
    [ASSAY_DIALECT_ITA] = { .name = "ita",
                            .need = NEEDS_VERDICT,
                            .place = OUTCOME_IN_ASSAY,
                            .claims = claims_ita },
    [ASSAY_DIALECT_MAA] = { .name = "maa",
                            .need = NEEDS_VERDICT,
                            .place = OUTCOME_IN_ASSAY,
                            .claims = claims_maa },
    [ASSAY_DIALECT_OIDC] = { .name = "oidc",
                             .need = NEEDS_VERDICT,
                             .audience = AUDIENCE_REQUIRED,
                             .outcome = OUTCOME_PASSED,
                             .subject = SUBJECT_OF_EVIDENCE,
                             .place = OUTCOME_IN_ASSAY,
                             .claims = claims_oidc },
};

const dialect_row *dialect_at(assay_dialect dialect)
{
    return (unsigned)dialect < ASSAY_DIALECT_COUNT ? &dialects[dialect] : NULL;
}

const char *assay_dialect_name(assay_dialect dialect)
{
    const dialect_row *row = dialect_at(dialect);
    return row == NULL ? "unknown" : row->name;
}

bool assay_dialect_parse(const char *name, assay_dialect *out)
{
    for (unsigned i = 0; i < ASSAY_DIALECT_COUNT; i++) {
        if (strcmp(dialects[i].name, name) == 0) {
            *out = (assay_dialect)i;
            return true;
        }
    }
    return false;
}

assay_status dialect_payload(const dialect_row *dialect, const token_facts *facts, char **out,
                             assay_error *err)
{
    json_writer w = { 0 };
    json_open_object(&w, NULL);
    claims_write_registered(&w, facts, dialect->subject);
    dialect->claims(&w, facts);
    claims_write_assay(&w, facts, dialect->place);
    json_close_object(&w);
    return json_take_written(&w, out, err);
}
