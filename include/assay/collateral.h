/* assay/collateral.h: what the vendor says about platforms: certificates, CRLs, TCB info, QE
 * identity.
 *
 * An assay_collateral is parsed and its signatures are checked once, when it is made; afterwards it
 * is immutable, reference-counted and shared by threads. Making one does not fail because an item
 * is bad: what is wrong with each item is remembered, and every verification that needs it reports
 * it at its place in the documented order. assay_collateral_check() asks at once.
 *
 * Not checked here: dates (verification has `now`), whether the items fit a quote, rollback (a
 * store has memory, this has none).
 */
#ifndef ASSAY_COLLATERAL_H
#define ASSAY_COLLATERAL_H

#include <stdbool.h>

#include "assay/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Trust anchors beside Intel's SGX root, which is always trusted and needs no entry. */
#define ASSAY_ROOT_MAX 8

typedef struct assay_roots {
    uint8_t points[ASSAY_ROOT_MAX][65]; /* P-256 public keys: 04 X Y */
    size_t count;
} assay_roots;

/* Adds the key of a root: certificate (PEM or DER) or public key (PEM or DER SubjectPublicKeyInfo),
 * P-256. MALFORMED, UNSUPPORTED; USAGE when the table is full. */
ASSAY_API assay_status assay_roots_add(assay_roots *roots, assay_span file, assay_error *error);

/* The seven items, as received. Chains are PEM; CRLs are PEM, DER or hex of DER (detected);
 * documents are the complete JSON bodies ({"tcbInfo":...,"signature":...}), byte for byte as the
 * vendor signed them. An empty item counts as missing. */
typedef struct assay_collateral_items {
    assay_span tcb_info;
    assay_span tcb_info_issuer_chain;
    assay_span qe_identity;
    assay_span qe_identity_issuer_chain;
    assay_span root_ca_crl;
    assay_span pck_crl;
    assay_span pck_crl_issuer_chain;
} assay_collateral_items;

typedef struct assay_collateral assay_collateral;

/* Copies the items, parses them, checks chains and signatures. `roots` may be NULL. NO_MEMORY;
 * USAGE when an item is larger than 1 MiB. The caller owns one reference. */
ASSAY_API assay_status assay_collateral_new(const assay_collateral_items *items,
                                            const assay_roots *roots, assay_collateral **out,
                                            assay_error *error);

/* The same from a one-file JSON bundle (QuoteCollateralV3: members tcb_info_issuer_chain, tcb_info,
 * tcb_info_signature, qe_identity_issuer_chain, qe_identity, qe_identity_signature,
 * pck_crl_issuer_chain, root_ca_crl, pck_crl; CRLs in hex or PEM; pck_certificate_chain allowed and
 * unused). Without the two signatures, tcb_info and qe_identity are complete bodies. MALFORMED when
 * the bundle itself is not of this form. */
ASSAY_API assay_status assay_collateral_from_json(assay_span bundle, const assay_roots *roots,
                                                  assay_collateral **out, assay_error *error);

ASSAY_API assay_collateral *assay_collateral_ref(assay_collateral *collateral);
ASSAY_API void assay_collateral_unref(assay_collateral *collateral); /* NULL is fine */

/* The items as they came in (views that live as long as the object). */
ASSAY_API const assay_collateral_items *assay_collateral_items_of(
    const assay_collateral *collateral);

/* Writes the one-file form of assay_collateral_from_json(); malloc'd text, the caller frees it with
 * assay_text_free(). NO_MEMORY; MALFORMED when an item has no such form. */
ASSAY_API assay_status assay_collateral_to_json(const assay_collateral *collateral, char **out,
                                                assay_error *error);
ASSAY_API void assay_text_free(char *text);

/* OK when every item is present, well-formed, signed under a trusted root and not revoked; else the
 * first failure in the order of verification. Says nothing about dates. */
ASSAY_API assay_status assay_collateral_check(const assay_collateral *collateral,
                                              assay_error *error);

/* SHA-256 over every byte that went in, roots included. */
ASSAY_API void assay_collateral_digest(const assay_collateral *collateral, uint8_t out[32]);

/* The eight dated items of a verification (the PCK chain comes with the quote). */
typedef enum assay_item {
    ASSAY_ITEM_ROOT_CA_CRL,
    ASSAY_ITEM_PCK_CRL,
    ASSAY_ITEM_PCK_CRL_ISSUER_CHAIN,
    ASSAY_ITEM_PCK_CHAIN,
    ASSAY_ITEM_TCB_INFO_ISSUER_CHAIN,
    ASSAY_ITEM_QE_IDENTITY_ISSUER_CHAIN,
    ASSAY_ITEM_TCB_INFO,
    ASSAY_ITEM_QE_IDENTITY,
    ASSAY_ITEM_COUNT
} assay_item;

/* "root_ca_crl", ...: the names that JSON uses. */
ASSAY_API const char *assay_item_name(assay_item item);

typedef struct assay_validity {
    int64_t begin;        /* issueDate, thisUpdate, latest notBefore is in `latest_begin` */
    int64_t latest_begin; /* equals begin except for chains */
    int64_t end;          /* nextUpdate, earliest notAfter: the first second at which it is stale */
} assay_validity;

/* Statuses of TCB levels and of verdicts. The zero value is "not judged". */
typedef enum assay_tcb_status {
    ASSAY_TCB_NOT_JUDGED = 0,
    ASSAY_TCB_UP_TO_DATE,
    ASSAY_TCB_SW_HARDENING_NEEDED,
    ASSAY_TCB_CONFIGURATION_NEEDED,
    ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED,
    ASSAY_TCB_OUT_OF_DATE,
    ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED,
    ASSAY_TCB_TD_RELAUNCH_ADVISED,
    ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED,
    ASSAY_TCB_REVOKED,
    ASSAY_TCB_NOT_SUPPORTED,
    ASSAY_TCB_STATUS_COUNT
} assay_tcb_status;

/* "UpToDate", "SWHardeningNeeded", ...; "NotJudged" for 0. */
ASSAY_API const char *assay_tcb_status_name(assay_tcb_status status);

/* Exact spelling; ASSAY_TCB_NOT_JUDGED when it is none. */
ASSAY_API assay_tcb_status assay_tcb_status_parse(const char *text);

/* ---- What a collateral says -------------------------------------------------------------------
 */

/* Nothing of it is proved: assay_collateral_check() tells. Texts live as long as the object. */

/* For which platforms it is. The status of the TCB info's parser when that is broken. */
ASSAY_API assay_status assay_collateral_subject(const assay_collateral *collateral, assay_tee *tee,
                                                uint8_t fmspc[6], assay_error *error);

enum { ASSAY_NAME_SIZE = 80 };

typedef struct assay_item_facts {
    assay_validity validity;
    uint32_t evaluation_number;   /* TCB info and QE identity; else 0 */
    uint32_t entry_count;         /* CRLs: how many certificates are revoked */
    char signer[ASSAY_NAME_SIZE]; /* common name; of a chain: that of its end */
    bool has_root;                /* a chain came with it: */
    bool intel_root;              /* which ends at Intel's own root */
    uint8_t root_key_sha256[32];  /* of its SubjectPublicKeyInfo, as in verdicts */
} assay_item_facts;

/* Not for ASSAY_ITEM_PCK_CHAIN, which comes with the quote (USAGE). The failure of the item when it
 * is missing or broken. */
ASSAY_API assay_status assay_collateral_item_facts(const assay_collateral *collateral,
                                                   assay_item item, assay_item_facts *out,
                                                   assay_error *error);

typedef enum assay_part { ASSAY_PART_PLATFORM, ASSAY_PART_MODULE, ASSAY_PART_QE } assay_part;

/* "platform", "module", "qe" */
ASSAY_API const char *assay_part_name(assay_part part);

typedef struct assay_level_facts {
    assay_part part;
    uint8_t module;         /* of PART_MODULE: major version; "TDX_03" is 3 */
    uint8_t components[32]; /* SGX, then TDX; zeros where the table has none */
    uint16_t pce_svn;       /* platforms */
    uint16_t isv_svn;       /* modules and QE */
    assay_tcb_status status;
    int64_t date;
    const char *const *advisory_ids;
    size_t advisory_count;
} assay_level_facts;

/* The levels of platform, modules and QE in this order, each table from its highest level. False
 * behind the last one; broken documents have none. */
ASSAY_API bool assay_collateral_level(const assay_collateral *collateral, size_t index,
                                      assay_level_facts *out);

#ifdef __cplusplus
}
#endif
#endif
