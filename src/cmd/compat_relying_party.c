/* compat_relying_party.c: relying_party [-v] [-a]: checks the token on standard input. Scripts cut
 * the line of -v at "payload:" and search the line of -a. appraisal.md 6.2 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "failure.h"
#include "input.h"
#include "request.h"

enum { TOKEN_MAX = 1024 * 1024, ANY_AGE = INT32_MAX };

enum relying_party_exit {
    RELYING_PARTY_PASSED = 0,
    RELYING_PARTY_NOT_PASSED = 1,
    RELYING_PARTY_USAGE = 2,
    RELYING_PARTY_NOT_TRUSTED = 3
};

typedef struct party {
    bool verbose;
    bool authenticates;
    bool takes_unsigned;
    assay_key_set *keys;
    int64_t now;
    input token;
    assay_error error;
} party;

static int usage(FILE *stream, int code)
{
    fprintf(stream,
            "usage: relying_party [-v] [-a] [--accept-unsigned]\n"
            "Checks the token on standard input. -v prints its payload, -a asks whether\n"
            "it rests on the expected policies. Settings: ASSAY_KEY, ASSAY_AT, ASSAY_ROOT,\n"
            "ASSAY_POLICY. See assay-compat(1).\n");
    return code;
}

static bool words_read(party *p, char **words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], "-v") == 0)
            p->verbose = true;
        else if (strcmp(words[i], "-a") == 0)
            p->authenticates = true;
        else if (strcmp(words[i], "--accept-unsigned") == 0 ||
                 strcmp(words[i], "--compat-unsigned") == 0)
            p->takes_unsigned = true;
        else
            return false;
    }
    return true;
}

/* ---- Output ---- */

/* "payload:" occurs once in the line: within the JSON its colon is written as an escape. */
static void print_payload(const char *json)
{
    static const char word[] = "payload:";
    printf("json payload:");
    for (const char *next; (next = strstr(json, word)) != NULL; json = next + strlen(word)) {
        fwrite(json, 1, (size_t)(next - json), stdout);
        printf("payload\\u003a");
    }
    printf("%s\n", json);
}

/* ---- Were these the policies? ---- */

typedef struct policy_texts {
    input at[COMPAT_PATHS_MAX];
    assay_policy_bundle bundle;
} policy_texts;

/* Puts a policy token where the bundle has its place, by the first class that it speaks about. */
static assay_status place(policy_texts *texts, const input *text, assay_error *error)
{
    const policy_signers any = { .any = true };
    const policy_rules rules = { .now = 1, .signers = &any };
    assay_policy *policy = NULL;
    TRY(policy_read(input_span(text), &rules, &policy, error));
    const assay_class class_ = assay_policy_class(policy, 0);
    const bool is_tenant = class_ == ASSAY_CLASS_SGX_ENCLAVE || class_ == ASSAY_CLASS_TD_10 ||
                           class_ == ASSAY_CLASS_TD_15;
    assay_span *to = is_tenant                     ? &texts->bundle.tenant
                     : class_ == ASSAY_CLASS_TD_QE ? &texts->bundle.qe
                                                   : &texts->bundle.platform;
    *to = input_span(text);
    for (size_t i = 0; i < assay_policy_class_count(policy); i++) {
        if (assay_policy_class(policy, i) == ASSAY_CLASS_TD_QE)
            texts->bundle.qe_default = false;
        else if (!is_tenant)
            texts->bundle.platform_default = false;
    }
    assay_policy_unref(policy);
    return ASSAY_OK;
}

static assay_status texts_read(const compat_paths *paths, policy_texts *out, assay_error *error)
{
    out->bundle.platform_default = out->bundle.qe_default = true;
    for (size_t i = 0; i < paths->count; i++) {
        TRY(input_read(paths->at[i], POLICY_FILE_MAX, "policy", &out->at[i], error));
        TRY(place(out, &out->at[i], error));
    }
    return ASSAY_OK;
}

static assay_tee tee_of(const assay_token_claims *claims)
{
    const char *enclave = assay_class_id(ASSAY_CLASS_SGX_ENCLAVE);
    return claims->result != NULL && strstr(claims->result, enclave) != NULL ? ASSAY_TEE_SGX
                                                                             : ASSAY_TEE_TDX;
}

/* Empty when the token does not tell. */
static void fmspc_of(const assay_token_claims *claims, char out[COMPAT_FMSPC_SIZE])
{
    static const char member[] = "\"fmspc\":\"";
    const char *found = claims->result != NULL ? strstr(claims->result, member) : NULL;
    const char *digits = found != NULL ? found + strlen(member) : "";
    const bool is_hex = strspn(digits, "0123456789ABCDEF") == COMPAT_FMSPC_SIZE - 1;
    snprintf(out, COMPAT_FMSPC_SIZE, "%s", is_hex ? digits : "");
}

static assay_status authenticate(party *p, const assay_token_claims *claims, assay_result *out)
{
    static compat_paths paths;
    policy_texts texts = { 0 };
    char fmspc[COMPAT_FMSPC_SIZE];
    fmspc_of(claims, fmspc);
    TRY(compat_policies_choose(tee_of(claims), fmspc, &paths, &p->error));
    assay_status status = texts_read(&paths, &texts, &p->error);
    if (status == ASSAY_OK)
        status = assay_authenticate_policies(input_text(&p->token), &texts.bundle,
                                             (assay_span) { NULL, 0 }, out, &p->error);
    for (size_t i = 0; i < COMPAT_PATHS_MAX; i++)
        input_free(&texts.at[i]);
    return status;
}

/* ---- The check ---- */

static assay_status begin(party *p)
{
    arguments given = { 0 };
    assay_key *key = NULL;
    compat_add_environment(&given);
    TRY(request_read_time(&given, &p->now, &p->error));
    TRY(input_read("-", TOKEN_MAX, "token", &p->token, &p->error));
    TRY(assay_key_set_new(&p->keys, &p->error));
    if (local_key_read(LOCAL_KEY_TOKENS, LOCAL_KEY_FAIL, &key, &p->error) != ASSAY_OK)
        return p->takes_unsigned ? ASSAY_OK : ASSAY_ENVIRONMENT;
    assay_status status = key_set_add_key(p->keys, key, ASSAY_ROLE_ANY, &p->error);
    assay_key_free(key);
    return status;
}

static assay_status check(party *p, assay_token_claims *claims)
{
    const char *root = getenv("ASSAY_ROOT");
    TRY(begin(p));
    const assay_token_expectations expectations = { .now = p->now,
                                                    .keys = p->keys,
                                                    .accept_unsigned = p->takes_unsigned,
                                                    .max_age = ANY_AGE,
                                                    .no_freshness = true,
                                                    .allow_custom_root =
                                                        root != NULL && root[0] != '\0' };
    return assay_token_check(input_text(&p->token), &expectations, claims, &p->error);
}

static int answer(party *p, const assay_token_claims *claims, bool passed)
{
    assay_result authentic = ASSAY_RESULT_PASSED;
    if (p->verbose && claims->result != NULL)
        print_payload(claims->result);
    printf("appraisal result: %s\n", passed ? "success" : "failure");
    if (!p->authenticates)
        return passed ? RELYING_PARTY_PASSED : RELYING_PARTY_NOT_PASSED;
    assay_status status = authenticate(p, claims, &authentic);
    if (status != ASSAY_OK) {
        authentic = ASSAY_RESULT_FAILED;
        failure_print(status, &p->error);
    }
    const bool expected = authentic == ASSAY_RESULT_PASSED;
    printf("expected appraisal policys: %s\n", expected ? "success" : "failure");
    return passed && expected ? RELYING_PARTY_PASSED : RELYING_PARTY_NOT_PASSED;
}

int compat_relying_party(char **words, size_t count)
{
    party p = { .error = { .offset = ASSAY_NO_OFFSET } };
    assay_token_claims claims = { 0 };
    int code = RELYING_PARTY_NOT_TRUSTED;
    if (count == 1 && (strcmp(words[0], "-h") == 0 || strcmp(words[0], "--help") == 0))
        return usage(stdout, RELYING_PARTY_PASSED);
    if (!words_read(&p, words, count))
        return usage(stderr, RELYING_PARTY_USAGE);
    assay_status status = check(&p, &claims);
    const bool says_no = status != ASSAY_OK && p.error.name != NULL &&
                         strcmp(p.error.name, "result_not_passed") == 0;
    if (status == ASSAY_OK || says_no)
        code = answer(&p, &claims, status == ASSAY_OK);
    else
        failure_print(status, &p.error);
    if (code == RELYING_PARTY_NOT_TRUSTED)
        printf("appraisal result: failure\n");
    assay_token_claims_clear(&claims);
    assay_key_set_free(p.keys);
    input_free(&p.token);
    return code;
}
