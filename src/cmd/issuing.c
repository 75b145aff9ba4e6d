/* issuing.c: the token of an appraisal: by which key, in which dialect, for whom. */
#include "issuing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "failure.h"
#include "request.h"

enum { NONCE_MAX = 1024 };

assay_status nonce_read(const char *text, input *out, assay_error *error)
{
    input nonce = { 0 };
    if (text[0] == '@') {
        TRY(input_read(text + 1, NONCE_MAX, "nonce", &nonce, error));
    } else {
        nonce.size = strlen(text);
        nonce.data = malloc(nonce.size + 1);
        if (nonce.data == NULL)
            return failed(error, ASSAY_NO_MEMORY, "nonce", "no memory for a nonce");
        memcpy(nonce.data, text, nonce.size);
    }
    if (nonce.size == 0) {
        input_free(&nonce);
        return failed(error, ASSAY_USAGE, "nonce", "--nonce is empty");
    }
    *out = nonce;
    return ASSAY_OK;
}

static assay_status dialect_read(const arguments *given, assay_dialect *out, assay_error *error)
{
    const char *name = option_argument(given, OPTION_DIALECT);
    const char *candidates[ASSAY_DIALECT_COUNT + 1] = { NULL };
    if (name == NULL || assay_dialect_parse(name, out))
        return ASSAY_OK;
    for (int i = 0; i < ASSAY_DIALECT_COUNT; i++)
        candidates[i] = assay_dialect_name((assay_dialect)i);
    const char *meant = suggestion(name, candidates);
    return failed(error, ASSAY_USAGE, "dialect", "--dialect: there is no %s%s%s", name,
                  meant != NULL ? "; did you mean " : "", meant != NULL ? meant : "");
}

static assay_status key_read(const arguments *given, issuing *out, assay_error *error)
{
    const char *path = option_argument(given, OPTION_KEY);
    if (path != NULL)
        return key_file_read(path, &out->key, error);
    return local_key_read(LOCAL_KEY_TOKENS, LOCAL_KEY_MAKE, &out->key, error);
}

static assay_status signature_read(const arguments *given, issuing *out, assay_error *error)
{
    const char *name = option_argument(given, OPTION_ALG);
    out->options.unsigned_output = option_given(given, OPTION_COMPAT_UNSIGNED);
    out->options.compat_jwk = option_given(given, OPTION_COMPAT_JWK);
    if (out->options.unsigned_output) {
        if (name != NULL || option_given(given, OPTION_KEY))
            return failed(error, ASSAY_USAGE, "key",
                          "--compat-unsigned signs with nothing: leave out --key and --alg");
        return ASSAY_OK;
    }
    TRY(key_read(given, out, error));
    if (!assay_key_is_private(out->key))
        return failed(error, ASSAY_USAGE, "key", "the key is public: only a private one can sign");
    out->options.key = out->key;
    out->options.algorithm =
        name != NULL ? assay_algorithm_parse(name) : assay_key_algorithm(out->key);
    if (out->options.algorithm == ASSAY_ALG_NONE)
        return failed(error, ASSAY_USAGE, "alg", "--alg is ES256, ES384, RS256 or PS384, not %s",
                      name);
    return ASSAY_OK;
}

static assay_status read_all(const arguments *given, issuing *out, assay_error *error)
{
    const char *nonce = option_argument(given, OPTION_NONCE);
    const char *lifetime = option_argument(given, OPTION_LIFETIME);
    uint32_t seconds = 0;
    TRY(dialect_read(given, &out->options.dialect, error));
    if (lifetime != NULL)
        TRY(number_read("lifetime", lifetime, 1, UINT32_MAX, &seconds, error));
    if (nonce != NULL)
        TRY(nonce_read(nonce, &out->nonce, error));
    out->options.nonce = input_span(&out->nonce);
    out->options.lifetime = seconds;
    out->options.issuer = option_argument(given, OPTION_ISSUER);
    out->options.audience = option_argument(given, OPTION_AUDIENCE);
    out->options.subject = option_argument(given, OPTION_SUBJECT);
    return signature_read(given, out, error);
}

assay_status issuing_read(const arguments *given, issuing *out, assay_error *error)
{
    *out = (issuing) { 0 };
    assay_status status = read_all(given, out, error);
    if (status != ASSAY_OK)
        issuing_free(out);
    return status;
}

void issuing_free(issuing *i)
{
    assay_key_free(i->key);
    input_free(&i->nonce);
    *i = (issuing) { 0 };
}

assay_status issuing_token(issuing *i, const appraisal_job *job, char **out, assay_error *error)
{
    i->options.now = job->now;
    if (getrandom(i->options.random, sizeof(i->options.random), 0) !=
        (ssize_t)sizeof(i->options.random))
        return failed(error, ASSAY_ENVIRONMENT, "token", "no random bytes: %s", strerror(errno));
    return assay_token_issue(job->appraisal, job->has_verdict ? &job->verified.verdict : NULL,
                             &i->options, out, error);
}
