/* issue.c: an appraisal becomes a token. appraisal.md 5.4. The steps: what was asked for can be
 * done; until when it holds; the payload of the dialect; the signature. */
#include "appraise/policy.h"
#include "token/dialects.h"
#include "token/jws.h"
#include "token/key.h"

enum { DEFAULT_LIFETIME = 300, LIFETIME_MAX = 400 * 24 * 3600, NONCE_MIN = 8, NONCE_MAX = 64 };

static assay_status refused(assay_error *err, const char *where, const char *detail)
{
    return fail(err, ASSAY_USAGE, where, ASSAY_NO_OFFSET, "%s", detail);
}

static assay_status dialect_check(const dialect_row *dialect, const assay_appraisal *appraisal,
                                  const assay_verdict *verdict, const assay_issue_options *options,
                                  assay_error *err)
{
    if (dialect == NULL)
        return refused(err, "options.dialect", "there is no such dialect");
    if (dialect->need == NEEDS_VERDICT &&
        (verdict == NULL || !verdict->authenticated || verdict->report_layout == NULL))
        return fail(err, ASSAY_UNSUPPORTED, "verdict", ASSAY_NO_OFFSET,
                    "dialect %s takes claims from a verdict of ours, and there is none",
                    dialect->name);
    if (dialect->audience == AUDIENCE_REQUIRED && options->audience == NULL)
        return fail(err, ASSAY_USAGE, "options.audience", ASSAY_NO_OFFSET,
                    "dialect %s demands an audience", dialect->name);
    if (dialect->outcome == OUTCOME_PASSED &&
        (appraisal->overall != ASSAY_RESULT_PASSED || appraisal->left_out != 0))
        return fail(err, ASSAY_USAGE, "options.dialect", ASSAY_NO_OFFSET,
                    "dialect %s is issued only when the overall result is 1 and nothing was left "
                    "out: its readers look at the signature alone",
                    dialect->name);
    return ASSAY_OK;
}

static assay_status key_check(const assay_issue_options *options, assay_error *err)
{
    if (options->unsigned_output) {
        if (options->key != NULL || options->algorithm != ASSAY_ALG_NONE)
            return refused(err, "options.key", "unsigned output takes no key and no algorithm");
        return ASSAY_OK;
    }
    if (options->key == NULL || !assay_key_is_private(options->key))
        return refused(err, "options.key", "a private key is needed to sign");
    if (options->algorithm == ASSAY_ALG_NONE || !assay_key_fits(options->key, options->algorithm))
        return refused(err, "options.algorithm", "the algorithm does not fit the key");
    if (options->compat_jwk && options->algorithm != ASSAY_ALG_ES384)
        return refused(err, "options.compat_jwk", "Intel's library reads ES384 only");
    return ASSAY_OK;
}

static assay_status options_check(const assay_issue_options *options, assay_error *err)
{
    TRY(key_check(options, err));
    if (options->now <= 0)
        return refused(err, "options.now", "a time after 1970 is needed");
    if (options->lifetime < 0 || options->lifetime > LIFETIME_MAX)
        return refused(err, "options.lifetime", "a lifetime of 0 seconds to 400 days is wanted");
    if (options->nonce.size != 0 &&
        (options->nonce.size < NONCE_MIN || options->nonce.size > NONCE_MAX))
        return fail(err, ASSAY_USAGE, "options.nonce", ASSAY_NO_OFFSET,
                    "the nonce has %zu bytes, want 8 to 64", options->nonce.size);
    return ASSAY_OK;
}

static const policy_entry *entry_of(const assay_appraised_report *row)
{
    if (row->policy == ASSAY_POLICY_DEFAULT)
        return policy_default(row->class_);
    for (size_t i = 0; row->policy == ASSAY_POLICY_USER && i < row->user_policy->entry_count; i++) {
        if (row->user_policy->entries[i]->class_ == row->class_)
            return row->user_policy->entries[i];
    }
    return NULL;
}

/* The policy entry's grace for expired collateral; false when it does not look at expiry. */
static bool grace_of(const assay_appraised_report *row, int64_t *out)
{
    const policy_entry *entry = entry_of(row);
    const policy_value *grace = entry == NULL ? NULL : entry->values[KEY_COLLATERAL_GRACE_PERIOD];
    if (grace == NULL)
        return false;
    *out = (int64_t)grace->number;
    return true;
}

/* A token never outlives what its policy demands of the collateral: its expiry; where the policy
 * grants a grace and that has begun, the end of the grace. Of a result that failed for its expiry
 * there is nothing left to protect. */
static int64_t expiry_of(const assay_appraisal *appraisal, const assay_issue_options *options)
{
    const int64_t lifetime = options->lifetime == 0 ? DEFAULT_LIFETIME : options->lifetime;
    int64_t expires = options->now + lifetime;
    for (size_t i = 0; i < appraisal->count; i++) {
        const report *r = &appraisal->reports->at[i];
        int64_t grace, bound = r->platform.earliest_expiration_date;
        if (!report_has(r, MEASURED_EARLIEST_EXPIRATION_DATE) ||
            !grace_of(&appraisal->rows[i], &grace))
            continue;
        if (bound <= options->now)
            bound += grace;
        if (bound > options->now && bound < expires)
            expires = bound;
    }
    return expires;
}

/* {"alg","jwk","typ"} as Intel writes it, or {"alg","typ","kid"}. */
static assay_status header_write(const assay_issue_options *options, char **out, assay_error *err)
{
    json_writer w = { 0 };
    char *jwk = NULL;
    if (options->compat_jwk)
        TRY(assay_key_to_intel_jwk(options->key, &jwk, err));
    json_open_object(&w, NULL);
    json_put_text(&w, "alg", assay_algorithm_name(options->algorithm));
    if (jwk != NULL)
        json_put_text(&w, "jwk", jwk);
    json_put_text(&w, "typ", "JWT");
    if (options->key != NULL) {
        char kid[44];
        assay_key_thumbprint(options->key, kid);
        json_put_text(&w, "kid", kid);
    }
    json_close_object(&w);
    assay_text_free(jwk);
    return json_take_written(&w, out, err);
}

static assay_status payload_sign(const char *payload, const assay_issue_options *options,
                                 char **out, assay_error *err)
{
    char *header = NULL;
    TRY(header_write(options, &header, err));
    const assay_status status =
        jws_sign(header, SPAN_TEXT(payload), options->key, options->algorithm, out, err);
    memory_free(header);
    return status;
}

assay_status assay_token_issue(const assay_appraisal *appraisal, const assay_verdict *verdict,
                               const assay_issue_options *options, char **out, assay_error *error)
{
    const dialect_row *dialect = dialect_at(options->dialect);
    char *payload = NULL;
    TRY(dialect_check(dialect, appraisal, verdict, options, error));
    TRY(options_check(options, error));
    const token_facts facts = { .appraisal = appraisal,
                                .verdict = verdict,
                                .options = options,
                                .dialect = dialect->name,
                                .expires = expiry_of(appraisal, options) };
    TRY(dialect_payload(dialect, &facts, &payload, error));
    const assay_status status = payload_sign(payload, options, out, error);
    memory_free(payload);
    return status;
}
