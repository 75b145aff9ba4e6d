/* issuer_keys.h: the keys of an issuer that is known by its address. */
#ifndef ASSAY_CMD_ISSUER_KEYS_H
#define ASSAY_CMD_ISSUER_KEYS_H

#include <stdbool.h>

#include "assay/token.h"
#include "options.h"

/* True for http:// and https://. */
bool issuer_is_address(const char *issuer);

/* Adds what the issuer publishes (OpenID Connect discovery) to the set. Failures of
 * assay_fetch_issuer_keys() and assay_key_set_add(). */
assay_status issuer_keys_add(const arguments *given, const char *issuer, assay_key_set *set,
                             assay_error *error);

#endif
