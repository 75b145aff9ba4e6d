/* members.h: members of JSON objects by table: one row per key says its type, its range and where
 * its value goes. verification.md 3.2 to 3.5.
 *
 * Paths of errors are written only when something fails: a place is a chain of names that stands on
 * the stack of its readers. */
#ifndef ASSAY_COLLATERAL_MEMBERS_H
#define ASSAY_COLLATERAL_MEMBERS_H

#include "collateral/documents.h"
#include "wire/json.h"

enum { NO_INDEX = -1, MEMBER_ROWS_MAX = 24 };

/* "tcb_info", ".tcbLevels[3]", ".tcb": one step of a path. */
typedef struct place {
    const struct place *parent; /* NULL at the root */
    const char *name;
    int index; /* NO_INDEX when it is no element */
} place;

void place_path(const place *at, char out[ASSAY_WHERE_SIZE]);

/* MALFORMED at a member (NULL: at the place itself). */
assay_status place_fail(const place *at, const char *member, assay_error *err, const char *format,
                        ...) ASSAY_PRINTF(4, 5);
assay_status place_no_memory(const place *at, assay_error *err);

typedef enum member_kind {
    MEMBER_UNSIGNED, /* `size` bytes wide (1, 2, 4), at most `max` */
    MEMBER_HEX,      /* exactly `size` bytes */
    MEMBER_TIME,     /* int64_t */
    MEMBER_TEXT,     /* assay_span, borrowed from the tree */
    MEMBER_OBJECT,   /* json_t *, borrowed */
    MEMBER_ARRAY,    /* json_t *, borrowed; `size` to `max` elements */
    MEMBER_IGNORED   /* known; its value says nothing here */
} member_kind;

typedef enum member_presence { MEMBER_REQUIRED, MEMBER_OPTIONAL, MEMBER_FORBIDDEN } member_presence;

typedef struct member_row {
    const char *name;
    member_kind kind;
    member_presence presence;
    size_t offset; /* of the value inside the structure that is filled */
    size_t size;
    uint64_t max;
} member_row;

typedef struct member_table {
    const member_row *rows;
    size_t count; /* at most MEMBER_ROWS_MAX */
} member_table;

#define MEMBER_TABLE(array)                                                                        \
    {                                                                                              \
        (array), sizeof(array) / sizeof((array)[0])                                                \
    }
#define MEMBER_SIZE(type, name) sizeof(((type *)0)->name)

/* Whoever reads one document: where texts live, and where unknown keys are told. */
typedef struct document_reader {
    arena *memory;
    document_header *header;
    assay_error *err;
} document_reader;

/* Fills `out` by the table; optional members that are absent leave it as it is. Members that no row
 * names are told in the header with their path. MALFORMED, NO_MEMORY. */
assay_status members_read(const document_reader *r, const member_table *table, json_t *object,
                          const place *at, void *out);

/* MALFORMED at the first member that `known` (ends with NULL) does not list, with the closest known
 * word. `why` says what may stand there. */
assay_status members_refuse_unknown(json_t *object, const char *const *known, const char *where,
                                    const char *why, assay_error *err);

/* MALFORMED when a golden value has bits outside its mask: no report could ever match it. */
assay_status golden_bits_check(const document_reader *r, const uint8_t *value, const uint8_t *mask,
                               size_t size, const place *at, const char *member);

#endif
