/* policy_keys.h: THE table of policy keys: one row per key. appraisal.md 2.3 to 2.6, and assay's
 * own keys (assay-policy(5)). Parsing, checking, explaining and the manual follow its rows. */
#ifndef ASSAY_APPRAISE_POLICY_KEYS_H
#define ASSAY_APPRAISE_POLICY_KEYS_H

#include "appraise/measurements.h"

/* Rows in the order of detailed_result. Two rows may have one name, for different classes. */
typedef enum policy_key_id {
    KEY_NONE = 0,
    /* Platform classes and QE. */
    KEY_ACCEPTED_TCB_STATUS,
    KEY_COLLATERAL_GRACE_PERIOD,
    KEY_PLATFORM_GRACE_PERIOD,
    KEY_MIN_TCB_LEVEL_DATE,
    KEY_MIN_EVAL_NUM,
    KEY_ACCEPTED_PLATFORM_PROVIDER_IDS,
    KEY_ACCEPTED_SGX_TYPES,
    KEY_ALLOW_DYNAMIC_PLATFORM,
    KEY_ALLOW_CACHED_KEYS,
    KEY_ALLOW_SMT_ENABLED,
    KEY_REJECTED_ADVISORY_IDS,
    KEY_QE_REJECTED_ADVISORY_IDS,
    KEY_MIN_TCB_DATE,
    KEY_MAX_COLLATERAL_AGE,
    KEY_ACCEPTED_ADVISORIES,
    KEY_ACCEPTED_PPIDS,
    KEY_ACCEPTED_PLATFORM_INSTANCE_IDS,
    KEY_ACCEPTED_FMSPCS,
    /* SGX enclave. */
    KEY_SGX_MISCSELECT,
    KEY_SGX_MISCSELECT_MASK,
    KEY_SGX_ATTRIBUTES,
    KEY_SGX_ATTRIBUTES_MASK,
    KEY_SGX_CE_ATTRIBUTES,
    KEY_SGX_CE_ATTRIBUTES_MASK,
    KEY_SGX_MRENCLAVE,
    KEY_SGX_MRSIGNER,
    KEY_SGX_ISVPRODID,
    KEY_SGX_ISVSVN_MIN,
    KEY_SGX_CONFIGID,
    KEY_SGX_CONFIGSVN_MIN,
    KEY_SGX_ISVEXTPRODID,
    KEY_SGX_ISVFAMILYID,
    KEY_SGX_REQUIRED_ATTRIBUTES,
    KEY_SGX_FORBIDDEN_ATTRIBUTES,
    KEY_SGX_REPORT_DATA,
    KEY_SGX_REPORT_DATA_HASH,
    KEY_SGX_DEBUG,
    /* TDs. */
    KEY_TDX_ATTRIBUTES,
    KEY_TDX_ATTRIBUTES_MASK,
    KEY_TDX_XFAM,
    KEY_TDX_XFAM_MASK,
    KEY_TDX_MRCONFIGID,
    KEY_TDX_MROWNER,
    KEY_TDX_MROWNERCONFIG,
    KEY_TDX_MRTD,
    KEY_TDX_RTMR0,
    KEY_TDX_RTMR1,
    KEY_TDX_RTMR2,
    KEY_TDX_RTMR3,
    KEY_TDX_MRSERVICETD,
    KEY_TDX_REQUIRED_ATTRIBUTES,
    KEY_TDX_FORBIDDEN_ATTRIBUTES,
    KEY_TDX_REPORT_DATA,
    KEY_TDX_REPORT_DATA_HASH,
    KEY_TDX_DEBUG,
    POLICY_KEY_COUNT
} policy_key_id;

/* Sets of classes. */
enum {
    IN_PLATFORM = 1 << ASSAY_CLASS_SGX_PLATFORM | 1 << ASSAY_CLASS_TDX_15_PLATFORM |
                  1 << ASSAY_CLASS_TDX_10_PLATFORM,
    IN_QE = 1 << ASSAY_CLASS_TD_QE,
    IN_ENCLAVE = 1 << ASSAY_CLASS_SGX_ENCLAVE,
    IN_TD_15 = 1 << ASSAY_CLASS_TD_15,
    IN_TD = IN_TD_15 | 1 << ASSAY_CLASS_TD_10,
    IN_TENANT = IN_ENCLAVE | IN_TD
};

typedef enum policy_type {
    POLICY_HEX,      /* text of 2 * size digits; a list of them is an extension */
    POLICY_HEX_ONE,  /* a mask: no list */
    POLICY_HEX_LIST, /* a list of them */
    POLICY_U16,
    POLICY_U16_ONE_OF, /* a list of them is an extension */
    POLICY_U32,
    POLICY_BOOL,
    POLICY_DATE,
    POLICY_STATUSES,
    POLICY_ADVISORIES,
    POLICY_SGX_TYPES,
    POLICY_ADVISORY_STATUSES, /* {"INTEL-SA-00615": ["SWHardeningNeeded"]} */
    POLICY_BITS,              /* list of attribute names */
    POLICY_HASH,              /* {"alg": "SHA384", "of": "nonce"} */
    POLICY_DEBUG              /* "deny" or "allow" */
} policy_type;

typedef enum policy_origin { POLICY_OF_INTEL, POLICY_EXTENSION } policy_origin;
typedef enum policy_presence { POLICY_OPTIONAL, POLICY_REQUIRED } policy_presence;
typedef enum policy_order { ORDER_REVERSED, ORDER_NATURAL } policy_order;

/* A value of a policy, typed; which members count is the type of its row. */
typedef struct policy_value {
    bool is_list;           /* written as a list */
    uint64_t number;        /* U16, U32, BOOL, DATE, DEBUG (1: allow); bits of BITS and SGX_TYPES */
    unsigned statuses;      /* STATUSES: report_status bits */
    size_t count;           /* elements of the lists below */
    const uint8_t *bytes;   /* HEX: count * size bytes in natural order; HASH: none */
    const uint16_t *shorts; /* U16_ONE_OF */
    const char *const *texts;     /* ADVISORIES, ADVISORY_STATUSES in upper case; HASH: alg, of */
    const unsigned *for_advisory; /* ADVISORY_STATUSES: status bits per text */
} policy_value;

struct check_input;

typedef struct policy_key {
    const char *name;
    const char *result;    /* member of detailed_result that it drives; NULL for masks */
    const char *qe_result; /* in class QE */
    unsigned classes;      /* where the key may stand */
    unsigned always;       /* where its result appears even without the key */
    policy_type type;
    uint8_t size; /* bytes of a hex value */
    policy_order order;
    policy_presence presence;
    policy_origin origin;
    measurement_id measured;
    policy_key_id mask;  /* of a value: its mask */
    policy_key_id masks; /* of a mask: its value */
    bool (*check)(const struct check_input *in, policy_key_id key);
    const char *words; /* assay policy explain: "the launch measurement (MRTD) is" */
} policy_key;

/* Row 0 is nothing; a row without a name is no key. */
const policy_key *policy_key_at(policy_key_id id);

/* The key called `name` in this class; `typo` is set for a known misspelling of published
 * policies. KEY_NONE when there is none. */
policy_key_id policy_key_find(assay_class class_, const char *name, bool *typo);

/* The nearest key of the class (distance at most 3, case folded), or NULL. */
const char *policy_key_suggest(assay_class class_, const char *name, policy_origin widest);

/* Named bits of the attributes that a BITS key speaks about. */
const assay_flag *policy_key_flags(policy_key_id id);

/* Lower-case copy, cut to fit; for lookups that fold case. */
void fold_case(const char *text, char *out, size_t size);

#endif
