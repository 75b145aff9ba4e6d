/* issuer_keys.c: the keys of an issuer that is known by its address. */
#include "issuer_keys.h"

#include <string.h>

#include "failure.h"
#include "fetching.h"

bool issuer_is_address(const char *issuer)
{
    return strncmp(issuer, "https://", 8) == 0 || strncmp(issuer, "http://", 7) == 0;
}

assay_status issuer_keys_add(const arguments *given, const char *issuer, assay_key_set *set,
                             assay_error *error)
{
    fetching f = { 0 };
    assay_fetched keys = { .body = NULL };
    TRY(fetching_begin(given, &f, error));
    assay_status status = f.library.issuer_keys(f.fetcher, issuer, &keys, error);
    if (status == ASSAY_OK)
        status =
            assay_key_set_add(set, (assay_span) { keys.body, keys.size }, ASSAY_ROLE_ANY, error);
    f.library.fetched_free(&keys);
    fetching_free(&f);
    return status;
}
