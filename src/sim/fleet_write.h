/* fleet_write.h: platforms of a fleet as text, for registration and import.
 * collateral-service.md 1.
 */
#ifndef ASSAY_SIM_FLEET_WRITE_H
#define ASSAY_SIM_FLEET_WRITE_H

#include <stdio.h>

#include "sim/pcs.h"

typedef enum fleet_tokens { FLEET_WITH_PPID, FLEET_WITH_MANIFEST } fleet_tokens;

typedef struct fleet_selection {
    uint64_t first;
    uint64_t count;
    size_t
        certificates; /* at most, from the one that fits the platform's TCB down; SIZE_MAX: all */
    fleet_tokens tokens;
} fleet_selection;

/* Writes the selected platforms. ENVIRONMENT when the file can't be written; NO_MEMORY. */
typedef assay_status (*fleet_writer)(pcs_vendor *vendor, const fleet_selection *selection,
                                     FILE *file, assay_error *err);

/* {"qe_id","pce_id","cpu_svn","pce_svn","enc_ppid","fmspc","ca","certs":[{"tcbm","cert"}]} a line:
 * hex in upper case, PEM as it is. */
assay_status fleet_write_ndjson(pcs_vendor *vendor, const fleet_selection *selection, FILE *file,
                                assay_error *err);

/* One body of POST platforms a line. */
assay_status fleet_write_platforms(pcs_vendor *vendor, const fleet_selection *selection, FILE *file,
                                   assay_error *err);

/* number,qe_id,pce_id,cpu_svn,pce_svn,fmspc,ca: with a header line. */
assay_status fleet_write_csv(pcs_vendor *vendor, const fleet_selection *selection, FILE *file,
                             assay_error *err);

/* platformcollateral of version 4: platforms and every item they need, as of the vendor's begin. */
assay_status fleet_write_collateral(pcs_vendor *vendor, const fleet_selection *selection,
                                    FILE *file, assay_error *err);

#endif
