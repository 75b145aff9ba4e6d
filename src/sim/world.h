/* world.h: one plain struct that describes a whole simulated vendor and platform: keys,
 * certificates, CRLs, documents and one quote. verification.md 1 to 3.
 *
 * A profile fills it with what genuine platforms look like; settings and faults change it;
 * sim_build() (build.h) turns it into bytes. Nothing in it is owned: copy it freely. The same world
 * gives the same bytes. Values are not checked: a world may describe what no vendor would ever
 * sign. */
#ifndef ASSAY_SIM_WORLD_H
#define ASSAY_SIM_WORLD_H

#include "assay/collateral.h"
#include "assay/evidence.h"
#include "evidence/fields.h"
#include "sim/bytes.h"
#include "x509/x509.h"

/* ---- Keys: derived from the seed and the key's name ------------------------------------------ */

typedef enum sim_key {
    SIM_KEY_NONE = 0,
    SIM_KEY_ROOT,
    SIM_KEY_PROCESSOR_CA,
    SIM_KEY_PLATFORM_CA,
    SIM_KEY_SIGNER,
    SIM_KEY_LEAF,
    SIM_KEY_OTHER_LEAF, /* of another platform with the same FMSPC */
    SIM_KEY_ATTESTATION,
    SIM_KEY_FOREIGN,      /* of somebody else */
    SIM_KEY_FOREIGN_ROOT, /* another vendor with the same names */
    SIM_KEY_COUNT
} sim_key;

/* ---- Certificates ------------------------------------------------------------------------------
 */

typedef enum sim_certificate_id {
    SIM_ROOT,
    SIM_OLD_ROOT, /* same key and name, another validity */
    SIM_FOREIGN_ROOT,
    SIM_PROCESSOR_CA,
    SIM_PLATFORM_CA,
    SIM_SIGNER,
    SIM_FOREIGN_SIGNER,
    SIM_LEAF,
    SIM_OTHER_LEAF,
    SIM_CERTIFICATE_COUNT
} sim_certificate_id;

typedef enum sim_algorithm { SIM_ECDSA_SHA256, SIM_ECDSA_SHA1, SIM_RSA_SHA256 } sim_algorithm;
typedef enum sim_basic { SIM_BASIC_FALSE, SIM_BASIC_TRUE, SIM_BASIC_ABSENT } sim_basic;
typedef enum sim_point { SIM_UNCOMPRESSED, SIM_COMPRESSED, SIM_HYBRID, SIM_OTHER_CURVE } sim_point;
typedef enum sim_extra {
    SIM_EXTRA_NONE,
    SIM_EXTRA_UNKNOWN,
    SIM_EXTRA_UNKNOWN_CRITICAL,
    SIM_EXTRA_REPEATED /* keyUsage a second time */
} sim_extra;
typedef enum sim_der_form {
    SIM_DER_STRICT,
    SIM_DER_LONG_LENGTH,    /* a length in more octets than needed */
    SIM_DER_PADDED_INTEGER, /* the serial number with a superfluous leading zero */
    SIM_DER_TRAILING_BYTE   /* one byte behind the outer SEQUENCE */
} sim_der_form;

enum { SIM_NO_PATH_LENGTH = -1 };

typedef struct sim_certificate {
    const char *common_name;
    sim_certificate_id issuer;
    sim_key key;
    sim_key signing_key; /* NONE: the issuer's */
    uint8_t serial[20];  /* all zero: the subject key identifier */
    int64_t not_before;
    int64_t not_after;
    uint8_t authority_key_flip; /* XORed on the last octet of the AKI; 0: the issuer's SKI */
    sim_basic basic;
    int path_length;
    uint16_t key_usage; /* 0: no extension */
    const char *crl_url;
    bool has_sgx_extension;
    sim_algorithm inner_algorithm;
    sim_algorithm outer_algorithm;
    sim_point point;
    sim_extra extra;
    sim_der_form form;
} sim_certificate;

/* What the SGX extension of the leaf says. Integers are wider than the format allows, on purpose.
 */
typedef enum sim_extension_form {
    SIM_EXTENSION_GENUINE,     /* 5 elements under the Processor CA, 7 under the Platform CA */
    SIM_EXTENSION_OTHER_COUNT, /* 7 and 5 */
    SIM_EXTENSION_REPEATED_FMSPC,
    SIM_EXTENSION_UNKNOWN_ELEMENT,
    SIM_EXTENSION_OTHER_ORDER
} sim_extension_form;

typedef struct sim_platform {
    uint8_t ppid[16];
    uint32_t components[16];
    uint32_t pce_svn;
    uint8_t cpu_svn[16];
    uint8_t pce_id[2];
    uint8_t fmspc[6];
    uint8_t sgx_type;
    uint8_t instance_id[16];
    uint8_t dynamic_platform; /* octets of the BOOLEANs: 0x00, 0xff */
    uint8_t cached_keys;
    uint8_t smt_enabled;
    sim_extension_form form;
} sim_platform;

/* ---- Chains and CRLs --------------------------------------------------------------------------
 */

enum { SIM_CHAIN_MAX = 8, SIM_ENTRY_MAX = 8 };

typedef struct sim_chain {
    sim_certificate_id certificates[SIM_CHAIN_MAX];
    size_t count;
    assay_span between; /* after each certificate but the last */
    assay_span after;
} sim_chain;

typedef enum sim_crl_encoding { SIM_CRL_DER, SIM_CRL_HEX, SIM_CRL_PEM } sim_crl_encoding;
typedef enum sim_crl_extra {
    SIM_CRL_EXTRA_NONE,
    SIM_CRL_EXTRA_UNKNOWN_CRITICAL,
    SIM_CRL_EXTRA_DELTA,
    SIM_CRL_EXTRA_INDIRECT,
    SIM_CRL_EXTRA_NO_NUMBER
} sim_crl_extra;

enum { SIM_REASON_KEY_COMPROMISE = 1, SIM_REASON_REMOVE_FROM_CRL = 8 };

typedef struct sim_crl_entry {
    uint8_t serial[20]; /* all zero: that of `certificate` */
    sim_certificate_id certificate;
    uint8_t reason;
} sim_crl_entry;

typedef struct sim_crl {
    sim_certificate_id issuer;
    sim_key signing_key; /* NONE: the issuer's */
    int64_t this_update;
    int64_t next_update;
    uint32_t number;
    sim_crl_entry entries[SIM_ENTRY_MAX];
    size_t entry_count;
    uint8_t authority_key_flip;
    sim_crl_extra extra;
    sim_crl_encoding encoding;
} sim_crl;

/* ---- Documents ----------------------------------------------------------------------------------
 */

enum { SIM_LEVEL_MAX = 10, SIM_MODULE_MAX = 3, SIM_EDIT_MAX = 4, SIM_ADVISORY_MAX = 4 };

/* A change of the finished text. `find` NULL: at the end. */
typedef enum sim_edit_when { SIM_BEFORE_SIGNING = 1, SIM_AFTER_SIGNING } sim_edit_when;

typedef struct sim_edit {
    sim_edit_when when;
    const char *find;
    const char *replace;
} sim_edit;

typedef struct sim_level {
    uint8_t sgx[16];
    uint8_t tdx[16];
    uint32_t pce_svn;
    uint32_t isv_svn; /* module and enclave identities */
    int64_t date;
    const char *status;
    const char *advisories[SIM_ADVISORY_MAX]; /* NULL: no more */
} sim_level;

typedef struct sim_module {
    const char *id; /* "TDX_01" */
    sim_level levels[4];
    size_t level_count;
} sim_module;

/* What every signed document has. */
typedef struct sim_document {
    sim_chain chain;
    sim_key signing_key;
    const char *id;
    unsigned version;
    int64_t issue_date;
    int64_t next_update;
    uint32_t evaluation_number;
    sim_edit edits[SIM_EDIT_MAX];
    size_t edit_count;
} sim_document;

typedef struct sim_tcb_info {
    sim_document document;
    uint8_t fmspc[6];
    uint8_t pce_id[2];
    sim_module modules[SIM_MODULE_MAX];
    size_t module_count;
    sim_level levels[SIM_LEVEL_MAX];
    size_t level_count;
} sim_tcb_info;

typedef struct sim_identity {
    sim_document document;
    uint8_t mrsigner[32];
    uint16_t isv_prod_id;
    sim_level levels[4];
    size_t level_count;
} sim_identity;

/* ---- The quote
 * ------------------------------------------------------------------------------------ */

typedef struct sim_quote {
    uint8_t header[48];
    uint16_t body_type;       /* version 5: as in the descriptor */
    uint32_t descriptor_size; /* version 5: as in the descriptor */
    uint8_t body[TD_REPORT_1_5X_SIZE];
    const assay_layout *body_layout;
    uint8_t qe_report[SGX_REPORT_SIZE]; /* first half of report_data: filled in by sim_build() */
    uint8_t qe_auth_data[64];
    size_t qe_auth_size;
    sim_key attestation_key; /* signs, and stands in the quote */
    sim_key bound_key;       /* what the QE report vouches for; NONE: the one in the quote */
    bool has_point;          /* `point` stands in the quote and is vouched for, not the key's */
    uint8_t point[64];
    sim_key qe_signing_key;
    uint16_t outer_type; /* version 4 and 5 */
    uint16_t
        certification_type; /* 1 to 3: IDs; 4: the leaf; 5: the chain; others: the chain's text */
    sim_chain chain;
} sim_quote;

typedef struct sim_world {
    uint64_t seed;
    int64_t now; /* the time at which everything is valid */
    pck_ca ca;   /* which CA issued the leaf */
    sim_certificate certificates[SIM_CERTIFICATE_COUNT];
    sim_platform platform;
    sim_platform other_platform;
    sim_crl root_crl;
    sim_crl pck_crl;
    sim_chain pck_crl_issuer_chain;
    sim_tcb_info tcb_info;
    sim_identity identity;
    sim_quote quote;
} sim_world;

/* ---- Profiles and situations
 * ------------------------------------------------------------------------ */

typedef struct sim_profile {
    const char *name;
    const char *summary;
    uint16_t quote_version;
    uint16_t body_type; /* of version 5; 1: SGX, 2: TD 1.0 in the other versions too */
    pck_ca ca;
} sim_profile;

/* Ends with a NULL name. */
extern const sim_profile sim_profiles[];
const sim_profile *sim_profile_find(const char *name); /* NULL: none */

/* What the platform's TCB is compared with the TCB info: which status a verdict will have. */
typedef struct sim_situation {
    const char *name; /* as assay_tcb_status_name() */
    const char *summary;
    uint8_t component_0; /* of the leaf; the second one too */
    uint8_t component_6;
    uint8_t launch_svn; /* module SVN at launch of a TD of version 5; 0: as it is now */
    uint8_t launch_microcode;
} sim_situation;

extern const sim_situation sim_situations[];
const sim_situation *sim_situation_find(const char *name);

/* How long documents and PCK CRLs are valid: they begin an hour before `now`. */
enum { SIM_DEFAULT_DAYS = 30, SIM_DAY = 86400, SIM_HOUR = 3600 };

/* 2026-06-01T12:00:00Z: for tests; the program takes the clock's. */
#define SIM_DEFAULT_NOW INT64_C(1780315200)

/* A genuine-looking world with the status UpToDate. */
void sim_world_init(sim_world *world, const sim_profile *profile, uint64_t seed, int64_t now,
                    unsigned days);

/* Changes the platform's TCB so that the verdict has this status. */
void sim_world_situate(sim_world *world, const sim_situation *situation);

/* Bytes that depend on the seed and `name` only. */
void sim_random(uint64_t seed, const char *name, uint8_t *out, size_t size);

bool sim_is_td(const sim_world *world);

/* Which certificate is the CA of the world's leaf. */
sim_certificate_id sim_ca_of(const sim_world *world);

/* Adds an edit; beyond SIM_EDIT_MAX it is dropped. */
void sim_document_edit(sim_document *document, sim_edit edit);

/* Sets one field of a body or report by its row; `value` is cut or padded with zeros. */
void sim_field_set(const assay_layout *layout, const char *name, uint8_t *structure,
                   assay_span value);

#endif
