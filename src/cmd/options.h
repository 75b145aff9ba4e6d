/* options.h: command-line options as rows. The same rows parse, explain and complete. */
#ifndef ASSAY_CMD_OPTIONS_H
#define ASSAY_CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* Every option of every verb. */
typedef enum option_id {
    OPTION_NONE = 0,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_COLLATERAL,
    OPTION_TCB_INFO,
    OPTION_TCB_INFO_ISSUER_CHAIN,
    OPTION_QE_IDENTITY,
    OPTION_QE_IDENTITY_ISSUER_CHAIN,
    OPTION_ROOT_CA_CRL,
    OPTION_PCK_CRL,
    OPTION_PCK_CRL_ISSUER_CHAIN,
    OPTION_AT,
    OPTION_ROOT,
    OPTION_ACCEPT,
    OPTION_REPORT_DATA,
    OPTION_ALLOW_DEBUG,
    OPTION_ALLOW_RESERVED,
    OPTION_STRICT,
    OPTION_PCK_CHAIN,
    OPTION_MIN_TCB_EVALUATION_DATA_NUMBER,
    OPTION_JSON,
    OPTION_EXPLAIN,
    OPTION_BATCH,
    OPTION_JOBS,
    OPTION_NO_MEMORY,
    OPTION_OUTPUT,
    OPTION_FROM,
    OPTION_STRICT_QAL,
    OPTION_KEY,
    OPTION_ALG,
    OPTION_ISSUER,
    OPTION_AUDIENCE,
    OPTION_SUBJECT,
    OPTION_NUMBER,
    OPTION_LIFETIME,
    OPTION_QUOTE,
    OPTION_POLICY,
    OPTION_POLICY_SIGNER,
    OPTION_UNSIGNED_POLICY,
    OPTION_VERIFICATION_RESULT,
    OPTION_RESULT_SIGNER,
    OPTION_ACCEPT_UNSIGNED,
    OPTION_COMPAT_UNSIGNED,
    OPTION_COMPAT_JWK,
    OPTION_DIALECT,
    OPTION_NONCE,
    OPTION_WITHOUT,
    OPTION_REPORT_DATA_PREIMAGE,
    OPTION_JWKS,
    OPTION_MAX_AGE,
    OPTION_NO_FRESHNESS,
    OPTION_REQUIRE,
    OPTION_ALLOW_CUSTOM_ROOT,
    OPTION_PCCS,
    OPTION_PCS,
    OPTION_QCNL_CONFIG,
    OPTION_OFFLINE,
    OPTION_TLS_CA,
    OPTION_INSECURE,
    OPTION_SAVE_COLLATERAL,
    OPTION_FMSPC,
    OPTION_TEE,
    OPTION_CA,
    OPTION_EARLY,
    OPTION_TCB_EVALUATION_DATA_NUMBER,
    OPTION_WARN,
    OPTION_URL,
    OPTION_TOKEN_FILE,
    OPTION_LIMIT,
    OPTION_STATE,
    OPTION_GROUP,
    OPTION_NO_WAIT,
    OPTION_FORM,
    OPTION_SCOPE,
    OPTION_DAYS,
    OPTION_AGAINST,
    OPTION_INTO
} option_id;

/* What stands behind an option: decides what a shell offers. */
typedef enum option_value {
    VALUE_NONE = 0, /* a switch */
    VALUE_TEXT,
    VALUE_FILE,
    VALUE_STATUSES
} option_value;

typedef enum option_times { TIMES_ONCE = 0, TIMES_MANY } option_times;

typedef struct option_row {
    option_id id;
    const char *name;     /* without the dashes */
    const char *argument; /* "FILE"; NULL for a switch */
    const char *help;     /* one line */
    option_value value;
    option_times times;
    char letter; /* short name, or 0 */
} option_row;

/* A row of this id ends a table. */
#define OPTIONS_END                                                                                \
    {                                                                                              \
        .id = OPTION_NONE                                                                          \
    }

enum { ARGUMENTS_OPTION_MAX = 64 };

/* What a command line said. Texts are those of argv. */
typedef struct arguments {
    struct {
        option_id id;
        const char *value; /* NULL for a switch */
    } options[ARGUMENTS_OPTION_MAX];
    size_t option_count;
    char **operands;
    size_t operand_count;
} arguments;

/* Reads `count` words. Options and operands may stand in any order; "--" ends the options; "-" is
 * an operand. Operands are moved to the front of `words`. False after a complaint in the name of
 * `verb` on standard error: an option that is not known (with a suggestion), without its argument,
 * with one that it does not take, or given twice. */
bool options_parse(const char *verb, const option_row *rows, char **words, size_t count,
                   arguments *out);

bool option_given(const arguments *given, option_id id);

/* The argument of an option that was given, or NULL. */
const char *option_argument(const arguments *given, option_id id);

/* Of an option that may come often: the next value from `*position` on (begin with 0), or NULL. */
const char *option_next(const arguments *given, option_id id, size_t *position);

#endif
