/* limits.h: every fixed maximum of the core. Beyond them input is refused by name, never cut. */
#ifndef ASSAY_BASE_LIMITS_H
#define ASSAY_BASE_LIMITS_H

enum {
    LIMIT_QUOTE_SIZE = 1024 * 1024,
    LIMIT_AUTH_DATA_SIZE = 64 * 1024,
    LIMIT_QE_AUTH_DATA_SIZE = 1024,
    LIMIT_CERTIFICATION_DATA_SIZE = 32 * 1024,
    LIMIT_DOCUMENT_SIZE = 1024 * 1024, /* TCB info, identity, CRL, issuer chain */
    LIMIT_BUNDLE_SIZE = 8 * 1024 * 1024,
    LIMIT_JSON_DEPTH = 16,
    LIMIT_TCB_LEVELS = 256,
    LIMIT_TDX_MODULES = 32,
    LIMIT_ADVISORIES_PER_LEVEL = 256,
    LIMIT_ADVISORY_SIZE = 64,
    LIMIT_ROOTS = 8,
    LIMIT_CHAIN_CERTIFICATES = 8,
    LIMIT_CHAIN_DER_SIZE = 24 * 1024, /* 3/4 of the certification data */
    LIMIT_CRL_ENTRIES = 100 * 1000
};

#endif
