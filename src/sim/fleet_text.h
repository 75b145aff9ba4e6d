/* fleet_text.h: parts of the texts of a fleet, for fleet_write.c and fleet_collateral.c. */
#ifndef ASSAY_SIM_FLEET_TEXT_H
#define ASSAY_SIM_FLEET_TEXT_H

#include "sim/fleet_write.h"

static inline const char *fleet_ca_name(const fleet_member *member)
{
    return member->model->ca == PCK_CA_PROCESSOR ? "processor" : "platform";
}

/* "name":"HEX" */
void fleet_put_hex(const char *name, assay_span bytes, sim_bytes *out);

/* "qe_id":...,"pce_id":...,"enc_ppid":... */
void fleet_put_identity(const sim_fleet *fleet, const fleet_member *member, fleet_tokens tokens,
                        sim_bytes *out);

/* The body of POST platforms. */
void fleet_put_platform(const sim_fleet *fleet, const fleet_member *member, fleet_tokens tokens,
                        sim_bytes *out);

/* Calls `put` for each certificate of the selection, with commas between. */
typedef void (*fleet_put_certificate)(const sim_level *level, assay_span pem, sim_bytes *out);
assay_status fleet_each_certificate(const sim_fleet *fleet, const fleet_member *member,
                                    const fleet_selection *selection, fleet_put_certificate put,
                                    sim_bytes *out, assay_error *err);

/* Writes and empties `text`. */
assay_status fleet_flush(sim_bytes *text, FILE *file, assay_error *err);

#endif
