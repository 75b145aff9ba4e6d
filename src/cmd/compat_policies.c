/* compat_policies.c: which policies verifier and relying_party use. appraisal.md 6.1
 *
 * The installed policies are files; their tokens are made once, with a key of this user, and kept:
 * who asks later whether these were the policies compares signatures. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "assay/verify.h"
#include "compat.h"
#include "failure.h"
#include "input.h"
#include "output_file.h"

/* Where the commands stand in a build or below an installation root, seen from the program. */
static const char *const places[] = { "/../../../share/assay/policies", "/share/policies" };

static const char *const tenant_names[] = {
    [ASSAY_TEE_SGX] = "sgx_enclave_policy", [ASSAY_TEE_TDX] = "tenant_td_policy"
};
static const char *const platform_prefixes[] = {
    [ASSAY_TEE_SGX] = "sgx_platform_policy", [ASSAY_TEE_TDX] = "tdx_platform_policy"
};

/* ---- ASSAY_POLICY ---- */

static assay_status path_add(compat_paths *list, const char *path, size_t size, assay_error *error)
{
    if (size == 0)
        return ASSAY_OK;
    if (list->count == COMPAT_PATHS_MAX || size >= COMPAT_PATH_SIZE)
        return failed(error, ASSAY_ENVIRONMENT, "policy", "more than %d policies, or a long path",
                      COMPAT_PATHS_MAX);
    memcpy(list->at[list->count], path, size);
    list->at[list->count][size] = '\0';
    fprintf(stderr, "policy: %s\n", list->at[list->count]);
    list->count++;
    return ASSAY_OK;
}

static assay_status from_environment(const char *named, compat_paths *out, assay_error *error)
{
    for (;;) {
        const size_t size = strcspn(named, ":");
        TRY(path_add(out, named, size, error));
        if (named[size] == '\0')
            return ASSAY_OK;
        named += size + 1;
    }
}

/* ---- The folder Policies ---- */

/* The policy made for this FMSPC, when exactly one is there. */
static bool find_by_fmspc(const char *fmspc, const char *prefix, char out[COMPAT_PATH_SIZE])
{
    char pattern[128];
    glob_t found = { 0 };
    if (fmspc[0] == '\0')
        return false;
    snprintf(pattern, sizeof(pattern), "Policies/*_%s_%s.jwt", prefix, fmspc);
    const bool one = glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc == 1 &&
                     strlen(found.gl_pathv[0]) < COMPAT_PATH_SIZE;
    if (one)
        snprintf(out, COMPAT_PATH_SIZE, "%s", found.gl_pathv[0]);
    globfree(&found);
    return one;
}

static assay_status from_folder(const char *fmspc, assay_tee tee, const char *tenant,
                                compat_paths *out, assay_error *error)
{
    char path[COMPAT_PATH_SIZE];
    TRY(path_add(out, tenant, strlen(tenant), error));
    if (!find_by_fmspc(fmspc, platform_prefixes[tee], path)) {
        snprintf(path, sizeof(path), "Policies/%s_strict.jwt", platform_prefixes[tee]);
        if (access(path, R_OK) != 0) {
            fprintf(stderr, "platform policy: the default (strict)\n");
            return ASSAY_OK;
        }
    }
    return path_add(out, path, strlen(path), error);
}

/* ---- The installed policies ---- */

static bool installed_find(const char *name, char out[COMPAT_PATH_SIZE])
{
    char program[COMPAT_PATH_SIZE / 2];
    const ssize_t size = readlink("/proc/self/exe", program, sizeof(program) - 1);
    program[size > 0 ? size : 0] = '\0';
    char *slash = strrchr(program, '/');
    if (slash != NULL)
        *slash = '\0';
    for (size_t i = 0; slash != NULL && i < sizeof(places) / sizeof(places[0]); i++) {
        snprintf(out, COMPAT_PATH_SIZE, "%s%s/%s.json", program, places[i], name);
        if (access(out, R_OK) == 0)
            return true;
    }
    snprintf(out, COMPAT_PATH_SIZE, "%s/%s.json", ASSAY_POLICY_FOLDER, name);
    return access(out, R_OK) == 0;
}

/* True when the token at `path` holds exactly this text. */
static bool token_holds(const char *path, assay_span text)
{
    const policy_signers any = { .any = true };
    const policy_rules rules = { .now = 1, .signers = &any };
    assay_policy *policy = NULL;
    if (access(path, R_OK) != 0 ||
        policy_file_read(path, &rules, &policy, &(assay_error) { 0 }) != ASSAY_OK)
        return false;
    const char *held = assay_policy_text(policy);
    const bool same = strlen(held) == text.size && memcmp(held, text.data, text.size) == 0;
    assay_policy_unref(policy);
    return same;
}

static assay_status token_make(const char *path, assay_span text, assay_error *error)
{
    assay_key *key = NULL;
    char *token = NULL;
    TRY(local_key_read(LOCAL_KEY_POLICIES, LOCAL_KEY_MAKE, &key, error));
    assay_status status = assay_policy_sign(text, key, NULL, &token, error);
    if (status == ASSAY_OK)
        status =
            output_file_write(path, (assay_span) { (const uint8_t *)token, strlen(token) }, error);
    assay_text_free(token);
    assay_key_free(key);
    return status;
}

static assay_status from_installed(assay_tee tee, compat_paths *out, assay_error *error)
{
    char file[COMPAT_PATH_SIZE];
    char name[64];
    char token[STATE_PATH_SIZE];
    input text = { 0 };
    if (!installed_find(tenant_names[tee], file))
        return failed(error, ASSAY_ENVIRONMENT, "policy",
                      "%s: not there; name policies in ASSAY_POLICY", file);
    snprintf(name, sizeof(name), "%s.jwt", tenant_names[tee]);
    TRY(state_path(name, token, error));
    TRY(input_read(file, POLICY_FILE_MAX, "policy", &text, error));
    assay_status status = ASSAY_OK;
    if (!token_holds(token, input_span(&text)))
        status = token_make(token, input_span(&text), error);
    input_free(&text);
    return status == ASSAY_OK ? path_add(out, token, strlen(token), error) : status;
}

/* ---- The choice ---- */

assay_status compat_policies_choose(assay_tee tee, const char *fmspc, compat_paths *out,
                                    assay_error *error)
{
    const char *named = getenv("ASSAY_POLICY");
    char tenant[64];
    if (named != NULL && named[0] != '\0')
        return from_environment(named, out, error);
    snprintf(tenant, sizeof(tenant), "Policies/%s.jwt", tenant_names[tee]);
    if (access(tenant, R_OK) == 0)
        return from_folder(fmspc, tee, tenant, out, error);
    return from_installed(tee, out, error);
}

assay_status compat_policies_for_quote(assay_span bytes, compat_paths *out, assay_error *error)
{
    assay_quote quote;
    assay_platform platform;
    char fmspc[COMPAT_FMSPC_SIZE] = "";
    TRY(assay_quote_parse(bytes, &quote, error));
    if (assay_platform_read(bytes, &platform, NULL) == ASSAY_OK) {
        for (size_t i = 0; i < sizeof(platform.fmspc); i++)
            snprintf(fmspc + 2 * i, 3, "%02X", platform.fmspc[i]);
    }
    return compat_policies_choose(quote.tee, fmspc, out, error);
}

/* A key of this user made the tokens of the installed policies: it counts beside those named. */
static assay_status add_own_key(policy_signers *signers, assay_error *error)
{
    assay_key *key = NULL;
    assay_error none;
    if (local_key_read(LOCAL_KEY_POLICIES, LOCAL_KEY_FAIL, &key, &none) != ASSAY_OK)
        return ASSAY_OK;
    assay_status status = key_set_add_key(signers->keys, key, ASSAY_ROLE_ANY, error);
    assay_key_free(key);
    return status;
}

assay_status compat_signers_read(policy_signers *out, assay_error *error)
{
    const char *named = getenv("ASSAY_POLICY_SIGNER");
    policy_signers signers = { 0 };
    if (named == NULL || named[0] == '\0') {
        out->any = true;
        return ASSAY_OK;
    }
    assay_status status = policy_signers_add(&signers, named, error);
    if (status == ASSAY_OK && signers.keys != NULL)
        status = add_own_key(&signers, error);
    if (status == ASSAY_OK)
        *out = signers;
    else
        policy_signers_free(&signers);
    return status;
}
