/* measurements.h: every measurement of every class, once: name, type, place in a `report`, order.
 * appraisal.md 1.3. The same rows read foreign results, write the qal form, and answer policies.
 *
 * Bytes are in natural (memory) order on this side; only JSON texts of the qal form are reversed.
 */
#ifndef ASSAY_APPRAISE_MEASUREMENTS_H
#define ASSAY_APPRAISE_MEASUREMENTS_H

#include "appraise/reports.h"
#include "wire/json.h"
#include "wire/json_write.h"

typedef enum measurement_id {
    /* Platform classes; some of them QE. */
    MEASURED_TCB_STATUS,
    MEASURED_EARLIEST_ISSUE_DATE,
    MEASURED_LATEST_ISSUE_DATE,
    MEASURED_EARLIEST_EXPIRATION_DATE,
    MEASURED_TCB_LEVEL_DATE_TAG,
    MEASURED_PCK_CRL_NUM,
    MEASURED_ROOT_CA_CRL_NUM,
    MEASURED_TCB_EVAL_NUM,
    MEASURED_SGX_TYPES,
    MEASURED_IS_DYNAMIC_PLATFORM,
    MEASURED_IS_CACHED_KEYS_POLICY,
    MEASURED_IS_SMT_ENABLED,
    MEASURED_ADVISORY_IDS,
    MEASURED_ROOT_KEY_ID,
    MEASURED_FMSPC,
    MEASURED_PLATFORM_PROVIDER_ID, /* PPID */
    MEASURED_PLATFORM_INSTANCE_ID,
    /* SGX enclave. */
    MEASURED_SGX_MISCSELECT,
    MEASURED_SGX_ATTRIBUTES,
    MEASURED_SGX_MRENCLAVE,
    MEASURED_SGX_MRSIGNER,
    MEASURED_SGX_ISVPRODID,
    MEASURED_SGX_ISVSVN,
    MEASURED_SGX_CONFIGID,
    MEASURED_SGX_CONFIGSVN,
    MEASURED_SGX_ISVEXTPRODID,
    MEASURED_SGX_ISVFAMILYID,
    MEASURED_SGX_REPORTDATA,
    MEASURED_SGX_CE_ATTRIBUTES,
    /* TDs; from mrservicetd on quotes of version 5 only, from vmid on body type 4 only. */
    MEASURED_TDX_ATTRIBUTES,
    MEASURED_TDX_XFAM,
    MEASURED_TDX_MRCONFIGID,
    MEASURED_TDX_MROWNER,
    MEASURED_TDX_MROWNERCONFIG,
    MEASURED_TDX_MRTD,
    MEASURED_TDX_RTMR0,
    MEASURED_TDX_RTMR1,
    MEASURED_TDX_RTMR2,
    MEASURED_TDX_RTMR3,
    MEASURED_TDX_REPORTDATA,
    MEASURED_TDX_MRSERVICETD,
    MEASURED_TDX_VMID,
    MEASURED_TDX_TD_ID,
    MEASURED_TDX_DEVINFO,
    MEASURED_TDX_INIT_SERVER_TD_HASH,
    MEASURED_TDX_INIT_SERVER_TD_ATTR,
    MEASURED_TDX_INIT_CPU_SVN,
    MEASURED_TDX_INIT_TEE_TCB_SVN,
    MEASURED_TDX_INIT_TEE_FMSPC,
    MEASURED_TDX_CURR_SERVER_TD_HASH,
    MEASURED_TDX_CURR_SERVER_TD_ATTR,
    MEASUREMENT_COUNT /* at most 64: report.present */
} measurement_id;

#define MEASURED(id) ((report_presence)1 << (id))

typedef enum measurement_type {
    MEASUREMENT_HEX,         /* text, reversed in the qal form */
    MEASUREMENT_HEX_NATURAL, /* text in memory order (fmspc) */
    MEASUREMENT_U16,         /* JSON integer; two bytes of a body */
    MEASUREMENT_U32,         /* JSON integer */
    MEASUREMENT_BOOL,
    MEASUREMENT_DATE,
    MEASUREMENT_STATUSES, /* list of words */
    MEASUREMENT_TEXTS     /* list of texts */
} measurement_type;

typedef struct measurement {
    const char *key;     /* "sgx_types" */
    const char *old_key; /* "sgx_type": read as well; or NULL */
    measurement_type type;
    uint16_t size;   /* bytes of a HEX value */
    uint16_t offset; /* of the value in `report` */
} measurement;

const measurement *measurement_of(measurement_id id);

/* The measurements of a class in the order of a verification result. */
const measurement_id *measurements_of(assay_class class_, size_t *count);

/* Those of them that no result of Intel has: written only when asked for. */
report_presence measurements_beyond_intel(assay_class class_);

static inline bool report_has(const report *r, measurement_id id)
{
    return (r->present & MEASURED(id)) != 0;
}

/* The bytes of a HEX or U16 value in natural order; empty when absent. */
assay_span report_bytes(const report *r, measurement_id id);

/* The value of a U16, U32, BOOL (0, 1), DATE (seconds) or STATUSES (report_status bits); 0 when
 * absent: ask report_has(). */
uint64_t report_number(const report *r, measurement_id id);

/* The word of one status bit ("SWHardeningNeeded"), and the bit of a word in exactly this spelling
 * (0 when it is none). */
const char *report_status_word(enum report_status status);
uint32_t report_status_parse(assay_span word);

/* The bits that stand for a status of the verifier; 0 when it has no word. */
uint32_t report_statuses_of(assay_tcb_status status);

/* Writes the object `measurement`: as received, or from the facts: those that a verification result
 * of Intel has, and of the further ones those in `also` (MEASURED() bits). */
void report_write_measurement(json_writer *w, const report *r, report_presence also);

/* Reads the object at `path` (qvl_result[i].measurement) into `r`: vr_bad_value. Unknown keys are
 * left alone. */
assay_status report_read_measurement(json_t *object, const char *path, arena *memory, report *r,
                                     assay_error *err);

#endif
