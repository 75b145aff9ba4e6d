/* compat.h: the names that users of Intel's samples know, as one program of several names.
 * appraisal.md 6.1 to 6.3 */
#ifndef ASSAY_CMD_COMPAT_H
#define ASSAY_CMD_COMPAT_H

#include "assay/token.h"
#include "options.h"
#include "policy_files.h"

int compat_verifier(char **words, size_t count);
int compat_relying_party(char **words, size_t count);
int compat_tool(char **words, size_t count);

/* Adds an option as if it stood on the command line; `value` NULL or "": nothing. */
void compat_add(arguments *given, option_id id, const char *value);

/* --at, --root and --collateral out of ASSAY_AT, ASSAY_ROOT and ASSAY_COLLATERAL. */
void compat_add_environment(arguments *given);

/* ---- Which policies ---- */

enum { COMPAT_PATH_SIZE = 4096, COMPAT_PATHS_MAX = 16, COMPAT_FMSPC_SIZE = 13 };

/* Zeroed is empty. */
typedef struct compat_paths {
    char at[COMPAT_PATHS_MAX][COMPAT_PATH_SIZE];
    size_t count;
} compat_paths;

/* The policy tokens for this quote: those of ASSAY_POLICY; or the tenant's and the platform's in
 * the folder Policies; or the installed tenant policy, signed at its first use. Says on standard
 * error which they are. */
assay_status compat_policies_for_quote(assay_span quote, compat_paths *out, assay_error *error);

/* The same choice without a quote. `fmspc`: twelve digits in upper case, or "". */
assay_status compat_policies_choose(assay_tee tee, const char *fmspc, compat_paths *out,
                                    assay_error *error);

/* Those of ASSAY_POLICY_SIGNER (and the key of the installed policies), or else any: the caller
 * hands the policies over by itself. */
assay_status compat_signers_read(policy_signers *out, assay_error *error);

#endif
