/* folder.h: writes files into a folder that is made when it is missing. */
#ifndef ASSAY_SIM_FOLDER_H
#define ASSAY_SIM_FOLDER_H

#include "base/span.h"

/* Makes `path` and what is missing above it. ENVIRONMENT with the system's reason. */
assay_status folder_make(const char *path, assay_error *err);

/* Writes or replaces folder/name. ENVIRONMENT with the system's reason. */
assay_status folder_write(const char *folder, const char *name, assay_span content,
                          assay_error *err);

#endif
