/* policy_files.c: policies in files, signed or not, and whose signature counts. */
#include "policy_files.h"

#include <stdio.h>
#include <string.h>

#include "failure.h"
#include "input.h"

/* ---- Signers ---- */

static const struct {
    const char *prefix;
    unsigned role;
} roles[] = { { "tenant=", ASSAY_ROLE_TENANT }, { "platform=", ASSAY_ROLE_PLATFORM } };

assay_status policy_signers_add(policy_signers *signers, const char *text, assay_error *error)
{
    if (strcmp(text, "any") == 0) {
        signers->any = true;
        return ASSAY_OK;
    }
    if (signers->keys == NULL)
        TRY(assay_key_set_new(&signers->keys, error));
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        const size_t size = strlen(roles[i].prefix);
        if (strncmp(text, roles[i].prefix, size) == 0)
            return key_set_add_file(signers->keys, text + size, roles[i].role, error);
    }
    return key_set_add_file(signers->keys, text, ASSAY_ROLE_ANY, error);
}

void policy_signers_free(policy_signers *signers)
{
    assay_key_set_free(signers->keys);
    *signers = (policy_signers) { 0 };
}

assay_status policy_signers_read(const arguments *given, policy_signers *out, assay_error *error)
{
    policy_signers signers = { 0 };
    size_t position = 0;
    const char *text;
    assay_status status = ASSAY_OK;
    while (status == ASSAY_OK &&
           (text = option_next(given, OPTION_POLICY_SIGNER, &position)) != NULL)
        status = policy_signers_add(&signers, text, error);
    if (status == ASSAY_OK)
        *out = signers;
    else
        policy_signers_free(&signers);
    return status;
}

/* ---- One policy ---- */

bool policy_is_bare(assay_span text)
{
    size_t i = 0;
    while (i < text.size && strchr(" \t\r\n", text.data[i]) != NULL && text.data[i] != '\0')
        i++;
    return i < text.size && strchr("{[/\xEF", text.data[i]) != NULL && text.data[i] != '\0';
}

assay_status policy_read(assay_span text, const policy_rules *rules, assay_policy **out,
                         assay_error *error)
{
    const assay_policy_token_options options = { .now = rules->now,
                                                 .signers = rules->signers->keys,
                                                 .any_signer = rules->signers->any,
                                                 .strict = rules->strict,
                                                 .dialect = rules->dialect };
    if (!policy_is_bare(text))
        return assay_policy_token_read(text, &options, out, error);
    if (rules->bare_files == UNSIGNED_REFUSED)
        return failed_as(error, ASSAY_UNTRUSTED, "policy_token_malformed", "",
                         "a policy file without a signature: sign it (assay policy sign), or say "
                         "--unsigned-policy");
    return assay_policy_parse(text, rules->dialect, out, error);
}

assay_status policy_file_read(const char *path, const policy_rules *rules, assay_policy **out,
                              assay_error *error)
{
    input file = { 0 };
    TRY(input_read(path, POLICY_FILE_MAX, "policy", &file, error));
    assay_status status = policy_read(input_span(&file), rules, out, error);
    input_free(&file);
    return status;
}

/* ---- Several ---- */

/* "policy_array[0].reference" becomes "policies[2].policy_array[0].reference". */
static void say_which(assay_error *error, size_t index)
{
    char where[ASSAY_WHERE_SIZE];
    if (error->status == ASSAY_ENVIRONMENT || error->status == ASSAY_NO_MEMORY ||
        strncmp(error->where, "policies[", 9) == 0)
        return;
    const bool is_path = error->where[0] != '\0' && strcmp(error->where, "policy") != 0;
    snprintf(where, sizeof(where), "policies[%zu]%s%.*s", index, is_path ? "." : "",
             is_path ? ASSAY_WHERE_SIZE - 16 : 0, error->where);
    memcpy(error->where, where, sizeof(where));
}

assay_status policy_list_add(policy_list *list, const char *path, const policy_rules *rules,
                             assay_error *error)
{
    if (list->count == POLICY_COUNT_MAX)
        return failed(error, ASSAY_USAGE, "policy", "more than %d policies", POLICY_COUNT_MAX);
    assay_status status = policy_file_read(path, rules, &list->at[list->count], error);
    if (status == ASSAY_OK)
        list->count++;
    else
        say_which(error, list->count);
    return status;
}

void policy_list_free(policy_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        assay_policy_unref(list->at[i]);
    *list = (policy_list) { 0 };
}
