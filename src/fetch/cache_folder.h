/* cache_folder.h: folders and files of a cache that other users can't turn against us.
 * collateral-service.md 8.
 *
 * A folder or file counts only when it is no symbolic link, belongs to this user (for reading: or
 * to root), and nobody else may write to it. */
#ifndef ASSAY_FETCH_CACHE_FOLDER_H
#define ASSAY_FETCH_CACHE_FOLDER_H

#include "fetch/buffer.h"

typedef enum cache_folder_use {
    CACHE_FOLDER_READ,
    CACHE_FOLDER_WRITE /* made when it is not there; it must be this user's own */
} cache_folder_use;

/* The descriptor of BASE/name, or -1: absent or unsafe. */
int cache_folder_open(const char *base, const char *name, cache_folder_use use);

/* The whole file, and when it was last changed. False: absent, unsafe, larger than `out->limit`, or
 * another process writes to it just now. */
bool cache_folder_read(int folder, const char *name, buffer *out, int64_t *changed);

/* Whole or not at all: temporary file, fsync, rename. */
bool cache_folder_write(int folder, const char *name, assay_span bytes);

/* Removes each file for which `chosen` says so. False when one could not be removed. */
bool cache_folder_remove(int folder, bool (*chosen)(void *context, assay_span file), void *context);

#endif
