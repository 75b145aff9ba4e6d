/* room.h: what the files of this room share: the store itself, rows, checksums, migrations. */
#ifndef ASSAY_STORE_ROOM_H
#define ASSAY_STORE_ROOM_H

#include "store/engine.h"

struct store {
    const engine_operations *operations;
    store_database *database;
    uint64_t platform_max;
    uint64_t item_max;
    int wake; /* readable for good after store_wake() */
};

#define PARAMETER_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Runs one reading statement in a session of its own. */
assay_status ask(store *s, store_statement statement, const store_value *parameters, size_t count,
                 store_row_reader each, void *context, assay_error *err);

/* Ends a session: keeps what was done only when `status` is OK, and returns it or the failure. */
assay_status session_end(store *s, store_session *session, assay_status status, assay_error *err);

/* ENVIRONMENT with the name store_corrupt. */
assay_status corrupt(assay_error *err, const char *where, const char *what);
assay_status no_memory(assay_error *err, const char *where);

/* MALFORMED unless the text is 1 to 512 bytes of printable ASCII. */
assay_status name_check(const char *text, const char *where, assay_error *err);

/* Schema: up to `newest` (schema_newest() outside of tests). */
int64_t schema_newest(void);
assay_status schema_migrate(store *s, int64_t newest, int64_t now, assay_error *err);

/* ---- Rows: columns into structures ------------------------------------------------------------
 */

/* A column of exactly `size` bytes; store_corrupt otherwise. */
assay_status column_bytes(const store_value *column, uint8_t *out, size_t size, const char *where,
                          assay_error *err);
/* Copies into the arena; the empty span stays empty. */
assay_status column_copy(const store_value *column, arena *memory, assay_span *out,
                         assay_error *err);
assay_status column_text(const store_value *column, arena *memory, const char **out,
                         assay_error *err);

/* A row reader for one number: context is an int64_t. */
assay_status number_reader(void *context, const store_value *columns, assay_error *err);

/* An array that grows in an arena. */
typedef struct row_list {
    arena *memory;
    size_t size; /* of one element */
    void *elements;
    size_t count;
    size_t capacity;
} row_list;
/* The next element, zeroed; NULL: no memory. */
void *row_list_add(row_list *list);

/* ---- Checksums: what the database's own checks do not see -------------------------------------
 */

enum { CHECKSUM_SIZE = 8 };
typedef struct row_checksum {
    uint8_t bytes[CHECKSUM_SIZE];
} row_checksum;

row_checksum item_checksum(const store_item *item);
row_checksum record_checksum(const store_record *record);
/* Each carries the name of its platform, so that a damaged index cannot lead to another's. */
row_checksum platform_checksum(const store_platform *platform);
row_checksum certificate_checksum(assay_span qe_id, uint16_t pce_id, const store_pck *certificate);
row_checksum selection_checksum(assay_span qe_id, uint16_t pce_id,
                                const store_selection *selection);
assay_status checksum_check(const store_value *column, row_checksum wanted, const char *where,
                            assay_error *err);

/* Item rows of the ITEM_GET form. context: item_row. */
typedef struct item_row {
    arena *memory;
    store_item *out;
    bool *found;
} item_row;
assay_status item_reader(void *context, const store_value *columns, assay_error *err);

/* Reads a row of RECORD_GET and the lists. */
assay_status record_of_row(const store_value *columns, arena *memory, store_record *out,
                           assay_error *err);

/* ---- Platform rows ----------------------------------------------------------------------------
 */

/* Reads a row of PLATFORM_GET and the lists; columns[0] is the id. */
assay_status platform_of_row(const store_value *columns, arena *memory, store_platform *out,
                             assay_error *err);
/* 1 to STORE_QE_ID_MAX bytes. */
assay_status qe_id_check(assay_span qe_id, assay_error *err);

#endif
