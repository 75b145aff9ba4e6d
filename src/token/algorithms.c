/* algorithms.c: the algorithms that sign tokens, one row each. RFC 7518 3.1. */
#include "token/key.h"

static const algorithm_row rows[] = {
    [ASSAY_ALG_NONE] = { .name = "none" },
    [ASSAY_ALG_ES256] = { "ES256", KEY_P256, SCHEME_ECDSA_SHA256, "EC", "P-256" },
    [ASSAY_ALG_ES384] = { "ES384", KEY_P384, SCHEME_ECDSA_SHA384, "EC", "P-384" },
    [ASSAY_ALG_RS256] = { "RS256", KEY_RSA, SCHEME_RSA_PKCS1_SHA256, "RSA", NULL },
    [ASSAY_ALG_PS384] = { "PS384", KEY_RSA, SCHEME_RSA_PSS_SHA384, "RSA", NULL },
};

#define ALGORITHM_COUNT (sizeof(rows) / sizeof(rows[0]))

const algorithm_row *algorithm_row_of(assay_algorithm algorithm)
{
    return algorithm > ASSAY_ALG_NONE && (size_t)algorithm < ALGORITHM_COUNT ? &rows[algorithm]
                                                                             : NULL;
}

const char *assay_algorithm_name(assay_algorithm algorithm)
{
    return (size_t)algorithm < ALGORITHM_COUNT ? rows[algorithm].name : "unknown";
}

assay_algorithm assay_algorithm_parse(const char *name)
{
    for (assay_algorithm i = ASSAY_ALG_ES256; (size_t)i < ALGORITHM_COUNT; i++) {
        if (strcmp(rows[i].name, name) == 0)
            return i;
    }
    return ASSAY_ALG_NONE;
}
