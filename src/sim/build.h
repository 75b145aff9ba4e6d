/* build.h: turns a world into bytes: one quote and the seven collateral items. */
#ifndef ASSAY_SIM_BUILD_H
#define ASSAY_SIM_BUILD_H

#include "sim/keys.h"

/* Where the parts of the quote begin; faults change bytes there after signing. 0: there is none. */
typedef struct sim_quote_map {
    size_t body;
    size_t auth_size; /* u32 */
    size_t signature;
    size_t attestation_key;
    size_t outer_type; /* u16, u32 */
    size_t qe_report;
    size_t qe_signature;
    size_t qe_auth_size; /* u16 */
    size_t qe_auth_data;
    size_t certification_type; /* u16, u32 */
    size_t certification_data;
} sim_quote_map;

typedef struct sim_artifacts {
    sim_bytes quote;
    sim_bytes tcb_info;
    sim_bytes tcb_info_issuer_chain;
    sim_bytes qe_identity;
    sim_bytes qe_identity_issuer_chain;
    sim_bytes root_ca_crl;
    sim_bytes pck_crl;
    sim_bytes pck_crl_issuer_chain;
    sim_bytes root; /* PEM: the simulator's own root, whatever stands in the chains */
    sim_quote_map map;
} sim_artifacts;

/* The same world gives the same bytes. Zero `out` before; sim_artifacts_free() after, also when
 * this fails. NO_MEMORY is the only failure. */
assay_status sim_build(const sim_world *world, sim_artifacts *out, assay_error *err);
void sim_artifacts_free(sim_artifacts *artifacts);

/* Views into the artifacts. */
assay_collateral_items sim_artifacts_items(const sim_artifacts *artifacts);

/* The seven items as one JSON file (the form of assay_collateral_from_json()). */
void sim_collateral_json_write(const sim_artifacts *artifacts, sim_bytes *out);

/* Appends the quote; fills `map`. */
assay_status sim_quote_write(const sim_world *world, const sim_keyring *ring, sim_bytes *out,
                             sim_quote_map *map, assay_error *err);

/* The TDREPORT (1024 bytes) of the world's TD; its MAC is random. USAGE when it is no TD. */
assay_status sim_td_report_write(const sim_world *world, sim_bytes *out, assay_error *err);

#endif
