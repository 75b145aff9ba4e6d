/* collateral_output.h: writes collateral as a folder of items or as one JSON file, in the forms
 * that --collateral reads. */
#ifndef ASSAY_CMD_COLLATERAL_OUTPUT_H
#define ASSAY_CMD_COLLATERAL_OUTPUT_H

#include "assay/collateral.h"

/* One JSON file, whole or not at all; "-" is standard output. ENVIRONMENT; MALFORMED when an item
 * has no such form. */
assay_status collateral_output_json(const char *path, const assay_collateral *collateral,
                                    assay_error *error);

/* The same by name: ".json" at the end and "-" mean one file, anything else a folder, which is made
 * when it is not there. */
assay_status collateral_output_write(const char *path, const assay_collateral *collateral,
                                     assay_error *error);

#endif
