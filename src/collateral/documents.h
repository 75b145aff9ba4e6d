/* documents.h: TCB info, enclave identity and evaluation numbers: parsed, not yet trusted.
 * verification.md 3.2 to 3.5. Memory comes from the arena given; texts live as long as it. */
#ifndef ASSAY_COLLATERAL_DOCUMENTS_H
#define ASSAY_COLLATERAL_DOCUMENTS_H

#include "assay/collateral.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/span.h"
#include "crypto/crypto.h"

/* One level of any table. Which members count depends on the table it stands in. */
typedef struct tcb_level {
    uint8_t sgx[16];
    uint8_t tdx[16]; /* TDX TCB info only */
    uint16_t pce_svn;
    uint16_t isv_svn; /* module and enclave identities only */
    assay_tcb_status status;
    int64_t date;
    const char *const *advisories; /* count of them, in the order of the document */
    uint16_t advisory_count;
} tcb_level;

typedef struct tcb_levels {
    const tcb_level *at; /* strictly descending */
    uint16_t count;      /* at least 1 */
} tcb_levels;

typedef struct tdx_module {
    uint8_t major; /* of "TDX_xx"; 0 for tdxModule itself */
    uint8_t mrsigner[48];
    uint8_t attributes[8];
    uint8_t attributes_mask[8];
    tcb_levels levels; /* empty for tdxModule itself */
} tdx_module;

/* Keys that are not known inside a signed object: ignored, but told. */
enum { DOCUMENT_UNKNOWN_KEYS = 8 };

typedef struct document_header {
    int64_t issue_date;
    int64_t next_update;
    uint32_t evaluation_number;
    assay_span signed_bytes; /* a view into the text given */
    uint8_t signature[P256_SIGNATURE_SIZE];
    const char *unknown_keys[DOCUMENT_UNKNOWN_KEYS];
    uint8_t unknown_key_count;
} document_header;

typedef struct tcb_info {
    document_header header;
    uint8_t version; /* 2, 3 */
    assay_tee tee;   /* version 2: SGX */
    uint8_t fmspc[6];
    uint8_t pce_id[2];
    bool has_module;
    tdx_module module;
    const tdx_module *modules;
    uint8_t module_count;
    tcb_levels levels;
} tcb_info;

/* S20/E023 on failure. */
assay_status tcb_info_parse(assay_span text, arena *memory, tcb_info *out, assay_error *err);

typedef enum identity_id { IDENTITY_QE, IDENTITY_TD_QE, IDENTITY_QVE, IDENTITY_QAE } identity_id;

typedef struct enclave_identity {
    document_header header;
    identity_id id;
    uint8_t misc_select[4];
    uint8_t misc_select_mask[4];
    uint8_t attributes[16];
    uint8_t attributes_mask[16];
    uint8_t mrsigner[32];
    uint16_t isv_prod_id;
    tcb_levels levels;
} enclave_identity;

/* "QE", "TD_QE", ... */
const char *identity_id_name(identity_id id);

/* S58/E025 on failure. Golden bits outside their mask: MALFORMED. */
assay_status enclave_identity_parse(assay_span text, arena *memory, enclave_identity *out,
                                    assay_error *err);

typedef struct evaluation_number {
    uint32_t number;
    int64_t recovery_event_date;
    int64_t tcb_date;
} evaluation_number;

typedef struct evaluation_numbers {
    document_header header; /* evaluation_number is 0 */
    assay_tee tee;
    const evaluation_number *at;
    uint16_t count;
} evaluation_numbers;

assay_status evaluation_numbers_parse(assay_span text, arena *memory, evaluation_numbers *out,
                                      assay_error *err);

#endif
