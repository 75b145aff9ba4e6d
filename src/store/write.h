/* write.h: one transaction that writes: the counters it holds from its first step to its last, so
 * that writers of all replicas take turns and versions come in the order of commits; and the log of
 * changes for the others. */
#ifndef ASSAY_STORE_WRITE_H
#define ASSAY_STORE_WRITE_H

#include "store/room.h"

typedef struct store_totals {
    uint64_t version;
    uint64_t audit;
    uint64_t last_platform;
    uint64_t items;
    uint64_t platforms[STORE_PLATFORM_UNAVAILABLE + 1]; /* by state */
} store_totals;

typedef struct store_write {
    store *s;
    store_session *session;
    store_totals totals;
    store_totals before;
    size_t changed;
} store_write;

assay_status write_begin(store *s, store_write *w, assay_error *err);
/* Commits when `status` is OK, else undoes; returns `status` or the failure of the commit. */
assay_status write_end(store_write *w, assay_status status, assay_error *err);

assay_status write_run(store_write *w, store_statement statement, const store_value *parameters,
                       size_t count, assay_error *err);
assay_status write_ask(store_write *w, store_statement statement, const store_value *parameters,
                       size_t count, store_row_reader each, void *context, assay_error *err);

/* The next version, logged as "KIND:WHAT". */
assay_status write_change(store_write *w, const char *kind, const char *what, assay_error *err);

assay_status write_audit(store_write *w, const store_audit_entry *entry, assay_error *err);

#endif
