/* output_file.h: writes a file so that it is there whole or not at all. */
#ifndef ASSAY_CMD_OUTPUT_FILE_H
#define ASSAY_CMD_OUTPUT_FILE_H

#include <stdbool.h>

#include "assay/base.h"

/* Writes to a temporary file in the same folder, syncs it, and renames it; a former file of that
 * name is replaced at once. ENVIRONMENT. "-" is standard output. */
assay_status output_file_write(const char *path, assay_span bytes, assay_error *error);

/* Writes a secret: a new file that only its owner can read (0600). A file that is there already is
 * never touched: ENVIRONMENT, and *exists (may be NULL) tells that this was why. */
assay_status output_file_create_private(const char *path, assay_span bytes, bool *exists,
                                        assay_error *error);

#endif
