/* policy_make.h: new policy files and policy tokens. */
#ifndef ASSAY_CMD_POLICY_MAKE_H
#define ASSAY_CMD_POLICY_MAKE_H

#include "assay/token.h"

/* Writes a policy that accepts exactly the subject in a file; warns on standard error when it can
 * be debugged. `output` "-" is standard output. */
assay_status policy_new(const char *from, const char *output, assay_error *error);

/* Signs a policy file with the key in another. `options` may be NULL. */
assay_status policy_sign(const char *path, const char *key_path, const char *output,
                         const assay_policy_sign_options *options, assay_error *error);

#endif
