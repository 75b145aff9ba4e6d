/* statements.h: every question the store asks of its database, by name. The texts stand in
 * statements.c; each is prepared once for each connection. */
#ifndef ASSAY_STORE_STATEMENTS_H
#define ASSAY_STORE_STATEMENTS_H

typedef enum store_statement {
    SCHEMA_PRESENT,
    SCHEMA_TABLE,
    SCHEMA_NUMBER,
    SCHEMA_RECORD,
    TOTALS_LOCK,
    TOTALS_SAVE,
    TOTALS_GET,
    CHANGE_ADD,
    CHANGES_TRIM,
    CHANGES_OLDEST,
    CHANGES_LIST,
    CHANGES_NOTIFY,
    LEASE_TAKE,
    ITEM_GET,
    ITEM_VERSION,
    ITEM_INSERT,
    ITEM_UPDATE,
    ITEM_TOUCH,
    ITEM_DELETE,
    ITEM_HEADS,
    ITEM_LIST,
    PLATFORM_GET,
    PLATFORM_ALL,
    PLATFORM_IDENTITY,
    PLATFORM_INSERT,
    PLATFORM_UPDATE,
    PLATFORM_DELETE,
    PLATFORM_TCBM,
    PLATFORM_LIST,
    PLATFORM_LIST_FMSPC,
    PLATFORM_LIST_STATE,
    PLATFORM_LIST_FMSPC_STATE,
    PLATFORM_LIST_GROUP,
    PLATFORM_GROUPS,
    FMSPC_NEXT,
    CERTIFICATE_INSERT,
    CERTIFICATES_DELETE,
    CERTIFICATE_LIST,
    CERTIFICATE_ALL,
    ITEM_ALL,
    SELECTED,
    SELECTION_AGE,
    SELECTION_ALL,
    SELECTION_OF,
    SELECTION_PUT,
    SELECTIONS_TRIM,
    SELECTIONS_DELETE,
    SELECTIONS_FORGET,
    RECORD_GET,
    RECORD_PUT,
    RECORD_DELETE,
    RECORD_LIST,
    RECORD_ALL,
    AUDIT_INSERT,
    AUDIT_LIST,
    STATEMENT_COUNT
} store_statement;

typedef struct statement_text {
    const char *text;     /* parameters are $1, $2 ... */
    const char *postgres; /* where it differs; NULL: the same */
} statement_text;

extern const statement_text statement_texts[STATEMENT_COUNT];

#endif
