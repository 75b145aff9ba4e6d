/* policy_files.h: policies in files, signed or not, and whose signature counts. */
#ifndef ASSAY_CMD_POLICY_FILES_H
#define ASSAY_CMD_POLICY_FILES_H

#include "assay/token.h"
#include "key_files.h"

enum { POLICY_FILE_MAX = 1024 * 1024, POLICY_COUNT_MAX = 16 };

#define OPTION_ROW_POLICY_SIGNER                                                                   \
    {                                                                                              \
        .id = OPTION_POLICY_SIGNER, .name = "policy-signer", .argument = "KEY|JWKS|any",           \
        .value = VALUE_FILE, .times = TIMES_MANY,                                                  \
        .help = "whose policies count; tenant=KEY, platform=KEY for one role"                      \
    }

/* Who may sign policies: the options --policy-signer. */
typedef struct policy_signers {
    assay_key_set *keys;
    bool any;
} policy_signers;

assay_status policy_signers_read(const arguments *given, policy_signers *out, assay_error *error);

/* One more: KEY, tenant=KEY, platform=KEY or any. */
assay_status policy_signers_add(policy_signers *signers, const char *text, assay_error *error);
void policy_signers_free(policy_signers *signers);

typedef enum unsigned_policies { UNSIGNED_REFUSED, UNSIGNED_ACCEPTED } unsigned_policies;

typedef struct policy_rules {
    int64_t now;
    const policy_signers *signers;
    unsigned_policies bare_files;
    assay_policy_dialect dialect;
    bool strict; /* signed policies must say when they begin and end */
} policy_rules;

/* True for text that begins as a policy file does, not as a token. */
bool policy_is_bare(assay_span text);

assay_status policy_read(assay_span text, const policy_rules *rules, assay_policy **out,
                         assay_error *error);
assay_status policy_file_read(const char *path, const policy_rules *rules, assay_policy **out,
                              assay_error *error);

/* Zeroed is empty. */
typedef struct policy_list {
    assay_policy *at[POLICY_COUNT_MAX];
    size_t count;
} policy_list;

/* Adds one; errors say which one it was: "policies[2].policy_array[0]...". USAGE beyond 16. */
assay_status policy_list_add(policy_list *list, const char *path, const policy_rules *rules,
                             assay_error *error);
void policy_list_free(policy_list *list);

#endif
