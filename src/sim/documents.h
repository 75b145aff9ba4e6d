/* documents.h: TCB info and identities as signed JSON: compact, members in Intel's order.
 * verification.md 3.1 to 3.3. */
#ifndef ASSAY_SIM_DOCUMENTS_H
#define ASSAY_SIM_DOCUMENTS_H

#include "sim/keys.h"

/* Each appends the complete body. NO_MEMORY is the only failure. */
assay_status sim_tcb_info_write(const sim_tcb_info *info, const sim_keyring *ring, sim_bytes *out,
                                assay_error *err);
assay_status sim_identity_write(const sim_identity *identity, const sim_keyring *ring,
                                sim_bytes *out, assay_error *err);

/* TCB evaluation data numbers (3.4), signed by `document`'s key. */
typedef struct sim_recovery {
    uint32_t number;
    int64_t event; /* the day on which it became public; its TCBs date from the day after */
} sim_recovery;
assay_status sim_recoveries_write(const sim_document *document, const sim_recovery *rows,
                                  size_t count, const sim_keyring *ring, sim_bytes *out,
                                  assay_error *err);

/* The same of the document's own number and the two before. */
assay_status sim_evaluation_numbers_write(const sim_document *document, const sim_keyring *ring,
                                          sim_bytes *out, assay_error *err);

/* {"a":"...","b":"..."} of texts: any bytes, escaped where JSON wants it. */
typedef struct sim_member {
    const char *name;
    assay_span text;
} sim_member;
void sim_json_object_write(const sim_member *members, size_t count, sim_bytes *out);

#endif
