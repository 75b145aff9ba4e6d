/* config_load.h: the configuration that counts: defaults, then the file, then the environment. */
#ifndef ASSAY_SERVE_CONFIG_LOAD_H
#define ASSAY_SERVE_CONFIG_LOAD_H

#include "serve/config.h"

/* `path` NULL: no file. Checked as a whole, files of certificates and roots included. MALFORMED as
 * of config.h; ENVIRONMENT for a file that can't be read. */
assay_status config_load(const char *path, serve_config *out, assay_error *err);

/* mkdir -p, for its owner alone: this user, or, when root makes it, `owner` (NULL: root).
 * ENVIRONMENT. */
assay_status state_directory_make(const char *path, const char *owner, assay_error *err);

/* The bytes of a file, at most `limit`, with a NUL behind; memory_free(). ENVIRONMENT. */
assay_status file_read(const char *path, size_t limit, const char *where, char **out, size_t *size,
                       assay_error *err);

#endif
