/* assay/token.h: signed tokens: keys, policy tokens, result tokens, and what a relying party
 * checks.
 *
 * All tokens are compact JWS. A strict layer reads the JOSE header before any signature is looked
 * at: exact algorithm per key type and curve, no duplicate members, no "crit", canonical base64url
 * without padding. A key that travels inside a token is never a source of trust.
 */
#ifndef ASSAY_TOKEN_H
#define ASSAY_TOKEN_H

#include "assay/appraise.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Keys ---- */

typedef enum assay_algorithm {
    ASSAY_ALG_NONE = 0, /* unsigned: only where an option says so */
    ASSAY_ALG_ES256,
    ASSAY_ALG_ES384,
    ASSAY_ALG_RS256,
    ASSAY_ALG_PS384
} assay_algorithm;

ASSAY_API const char *assay_algorithm_name(assay_algorithm algorithm);
ASSAY_API assay_algorithm
assay_algorithm_parse(const char *name); /* NONE when it is none of them */

typedef struct assay_key assay_key; /* public, or with its private part; immutable, counted */

ASSAY_API assay_status assay_key_generate(assay_algorithm algorithm, assay_key **out,
                                          assay_error *error); /* P-256, P-384, RSA-2048 */
/* Private (SEC 1, PKCS #8) or public (SubjectPublicKeyInfo, certificate) PEM, or a JWK object.
 * key_malformed. */
ASSAY_API assay_status assay_key_read(assay_span text, assay_key **out, assay_error *error);
ASSAY_API assay_key *assay_key_ref(assay_key *key);
ASSAY_API void assay_key_free(assay_key *key);
ASSAY_API bool assay_key_is_private(const assay_key *key);
ASSAY_API assay_algorithm assay_key_algorithm(const assay_key *key);     /* RSA: RS256 */
ASSAY_API void assay_key_thumbprint(const assay_key *key, char out[44]); /* RFC 7638, SHA-256 */
/* malloc'd texts: assay_text_free(). */
ASSAY_API assay_status assay_key_to_private_pem(const assay_key *key, char **out,
                                                assay_error *error);
ASSAY_API assay_status assay_key_to_public_pem(const assay_key *key, char **out,
                                               assay_error *error);
ASSAY_API assay_status assay_key_to_jwk(const assay_key *key, char **out, assay_error *error);

/* Keys that are trusted for something: pins. Built up, then read-only. */
typedef struct assay_key_set assay_key_set;

enum { ASSAY_ROLE_TENANT = 1, ASSAY_ROLE_PLATFORM = 2, ASSAY_ROLE_ANY = 3 };

ASSAY_API assay_status assay_key_set_new(assay_key_set **out, assay_error *error);
ASSAY_API void assay_key_set_free(assay_key_set *set);
/* PEM (key or certificate), a JWK, or a JWKS: every key in it is pinned for `roles`. */
ASSAY_API assay_status assay_key_set_add(assay_key_set *set, assay_span text, unsigned roles,
                                         assay_error *error);
ASSAY_API size_t assay_key_set_count(const assay_key_set *set);
/* {"keys":[...]} with public parts, kid, use and alg. malloc'd. */
ASSAY_API assay_status assay_key_set_to_jwks(const assay_key_set *set, char **out,
                                             assay_error *error);

/* ---- Policy tokens ---- */

typedef struct assay_policy_sign_options {
    bool strict;      /* adds kid, iat, exp, iss, sub, version */
    int64_t now;      /* strict only, as the others */
    int64_t lifetime; /* seconds, at most 400 days */
    const char *issuer;
    const char *subject;
    uint64_t version;
} assay_policy_sign_options;

/* Signs a policy file (its exact text) with a P-384 key; the shape of Intel's tool. The policy is
 * parsed first and refused as by assay_policy_parse(). `options` may be NULL. malloc'd. */
ASSAY_API assay_status assay_policy_sign(assay_span policy, const assay_key *key,
                                         const assay_policy_sign_options *options, char **out,
                                         assay_error *error);

typedef struct assay_policy_token_options {
    int64_t now;
    const assay_key_set *signers; /* whose policies count; NULL or empty trusts nobody ... */
    bool any_signer;              /* ... unless this: the guide's self-contained behaviour */
    bool strict;                  /* demand iat and exp */
    assay_policy_dialect dialect;
} assay_policy_token_options;

/* Checks a policy token and parses its payload. Names: policy_token_malformed, _algorithm,
 * _signature, _key, _untrusted, _critical, _expired, _not_yet_valid, policy_payload_missing, and
 * those of assay_policy_parse(). */
ASSAY_API assay_status assay_policy_token_read(assay_span token,
                                               const assay_policy_token_options *options,
                                               assay_policy **out, assay_error *error);

/* ---- Verification results in tokens ---- */

/* The JSON list, or the token around it. Unsigned ones only with `accept_unsigned`; signed ones by
 * a key of `signers`. Names: vr_token_malformed, _issuer, _algorithm, _signature, _untrusted, and
 * those of assay_reports_from_json(). */
ASSAY_API assay_status assay_reports_from_token(assay_span text, const assay_key_set *signers,
                                                bool accept_unsigned, assay_reports **out,
                                                assay_error *error);

/* The token around assay_reports_to_json(), issuer "qvl": ES384 with the key as string in the
 * header, or unsigned (alg none) when `key` is NULL. malloc'd. USAGE when the key is not a private
 * P-384 key. */
ASSAY_API assay_status assay_reports_to_token(const assay_reports *reports,
                                              const assay_reports_text_options *options,
                                              const assay_key *key, char **out, assay_error *error);

/* ---- Result tokens ---- */

typedef enum assay_dialect {
    ASSAY_DIALECT_QAL,
    ASSAY_DIALECT_QAL_GUIDE,
    ASSAY_DIALECT_EAR,
    ASSAY_DIALECT_EAR_LEGACY,
    ASSAY_DIALECT_ITA,
    ASSAY_DIALECT_MAA,
    ASSAY_DIALECT_OIDC,
    ASSAY_DIALECT_COUNT
} assay_dialect;

ASSAY_API const char *assay_dialect_name(assay_dialect dialect);
ASSAY_API bool assay_dialect_parse(const char *name, assay_dialect *out);

typedef struct assay_issue_options {
    assay_dialect dialect;
    assay_algorithm algorithm; /* NONE with `unsigned_output`; else it must fit the key */
    const assay_key *key;      /* private; NULL only with `unsigned_output` */
    bool unsigned_output;      /* alg none */
    bool compat_jwk;      /* ES384: the key as string in the header, as Intel's library reads */
    int64_t now;          /* iat, nbf */
    int64_t lifetime;     /* seconds; 0: 300 */
    const char *issuer;   /* NULL: "quote appraisal entity" */
    const char *audience; /* NULL: none (oidc demands one) */
    const char *subject;
    assay_span nonce;   /* eat_nonce; may be empty */
    uint8_t random[32]; /* the caller's randomness: jti and qal's nonce come from it */
} assay_issue_options;

/* Writes the token of an appraisal. `verdict` (may be NULL when only a foreign verification result
 * was appraised: dialects that need it are UNSUPPORTED then) gives facts for the other dialects.
 * malloc'd: assay_text_free(). USAGE, NO_MEMORY. */
ASSAY_API assay_status assay_token_issue(const assay_appraisal *appraisal,
                                         const assay_verdict *verdict,
                                         const assay_issue_options *options, char **out,
                                         assay_error *error);

/* ---- The relying party ---- */

typedef struct assay_token_expectations {
    int64_t now;
    const assay_key_set *keys; /* pinned issuers; NULL only with `accept_unsigned` */
    bool accept_unsigned;
    uint32_t algorithms;  /* 1u << assay_algorithm; 0: all but none */
    const char *issuer;   /* NULL: any */
    const char *audience; /* NULL: none is demanded */
    int64_t max_age;      /* seconds; 0: 300 */
    bool no_freshness;    /* else nonce or report_data is mandatory */
    assay_span nonce;
    const uint8_t *report_data; /* 64 bytes, or NULL */
    uint32_t required_classes;  /* 1u << class; 0: platform, tenant, and QE for TDX */
    /* What the required classes may have been judged by: ids of policies (SHA-384 in hex) that
     * nobody signed or whose signer the issuer had pinned, thumbprints of signers; the built-in
     * strict default always. NULL: not checked. */
    const char *const *policy_ids;
    size_t policy_id_count;
    assay_span quote; /* may be empty */
    bool allow_custom_root;
} assay_token_expectations;

typedef struct assay_token_claims {
    assay_dialect dialect;
    assay_algorithm algorithm;
    char kid[44];
    assay_result overall;
    int64_t issued_at, expires_at;
    char *payload; /* the claims as JSON text; owned */
    char *result;  /* qal, qal-guide: appraisal_result as one-line JSON; owned, or NULL */
} assay_token_claims;
ASSAY_API void assay_token_claims_clear(assay_token_claims *claims);

/* Everything a relying party must check, in one call, in the order of assay-token(1): OK only when
 * all of it holds and the overall result is 1. Each failure has its name: token_malformed,
 * token_algorithm, token_critical, token_key, token_signature, token_issuer, token_audience,
 * token_expired, token_not_yet_valid, token_too_old, token_not_fresh, token_nonce,
 * token_report_data, result_inconsistent, result_not_passed, token_class_missing, token_policy,
 * quote_hash_missing, quote_hash_mismatch, token_root. `claims` (may be NULL) is filled whenever
 * the signature holds, also when a later check fails. */
ASSAY_API assay_status assay_token_check(assay_span token,
                                         const assay_token_expectations *expectations,
                                         assay_token_claims *claims, assay_error *error);

/* Header and claims of any token as JSON {"header":...,"claims":...}, without trust. malloc'd. */
ASSAY_API assay_status assay_token_show(assay_span token, char **out, assay_error *error);

/* ---- Were these the policies used? ---- */

typedef struct assay_policy_bundle {
    assay_span tenant;     /* policy token, or empty: not given */
    bool platform_default; /* the default strict policy is meant */
    assay_span platform;
    bool qe_default;
    assay_span qe;
} assay_policy_bundle;

/* PASSED, FAILED or INCOMPLETE in *out. Errors: result_token_malformed, result_token_issuer,
 * result_structure, result_inconsistent, quote_hash_missing, quote_hash_mismatch. `quote` may be
 * empty. The token's own signature is checked with the key it brings (or none): this answers only
 * which policies were used. */
ASSAY_API assay_status assay_authenticate_policies(assay_span result_token,
                                                   const assay_policy_bundle *bundle,
                                                   assay_span quote, assay_result *out,
                                                   assay_error *error);
ASSAY_API assay_status assay_authenticate_policy_owner(assay_span result_token,
                                                       const assay_key_set *owners,
                                                       assay_span quote, assay_result *out,
                                                       assay_error *error);

#ifdef __cplusplus
}
#endif
#endif
