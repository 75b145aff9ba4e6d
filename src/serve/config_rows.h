/* config_rows.h: the table behind assayd.conf: one row for each key, and how a value of each type
 * is read and written. */
#ifndef ASSAY_SERVE_CONFIG_ROWS_H
#define ASSAY_SERVE_CONFIG_ROWS_H

#include "serve/config.h"

typedef enum config_type {
    CONFIG_TEXT,     /* char[size] */
    CONFIG_HEX,      /* char[size]: nothing, or all size - 1 digits; kept in lower case */
    CONFIG_UNSIGNED, /* unsigned */
    CONFIG_SIZE,     /* size_t; "64M" */
    CONFIG_COUNT,    /* uint64_t */
    CONFIG_SIGNED,   /* int64_t */
    CONFIG_FLAG,     /* bool: yes, no */
    CONFIG_WORD,     /* an enum: the number of the word in `words` */
    CONFIG_WORDS,    /* config_list, separated by blanks or commas */
    CONFIG_TEXTS,    /* config_list, separated by semicolons */
    CONFIG_SERVICE   /* assay_fetch_service: "URL" or "SERVICE URL" */
} config_type;

typedef enum config_reload {
    CONFIG_AT_START = 0,
    CONFIG_ON_RELOAD /* SIGHUP is enough */
} config_reload;

typedef enum config_secrecy {
    CONFIG_OPEN = 0,
    CONFIG_SECRET,         /* never written out */
    CONFIG_PASSWORD_INSIDE /* an address: not written out when it holds a password */
} config_secrecy;

typedef struct config_row {
    const char *section;
    const char *key;
    config_type type;
    size_t offset; /* in serve_config */
    size_t size;
    uint64_t min, max;
    const char *initial;      /* the default, as it stands in a file */
    const char *const *words; /* ends with NULL */
    config_reload reload;
    config_secrecy secrecy;
    const char *help; /* one line */
} config_row;

extern const config_row config_rows[];
extern const size_t config_row_count;

/* The rows' sections in their order; ends with NULL. */
extern const char *const config_sections[];

/* NULL when there is none. */
const config_row *config_row_find(assay_span section, assay_span key);

/* "ASSAYD_STORE_URL". */
enum { CONFIG_VARIABLE_SIZE = 64 };
void config_row_variable(const config_row *row, char out[CONFIG_VARIABLE_SIZE]);

/* Without blanks around it. */
assay_span config_trim(assay_span in);

/* Sets the row's member. MALFORMED at `where`, which says what the value may be. */
assay_status config_value_read(const config_row *row, assay_span value, const char *where,
                               serve_config *config, assay_error *err);

/* The value as it stands in a file; cut to fit, which only lists can make necessary. */
enum { CONFIG_VALUE_SIZE = CONFIG_LIST_MAX * (CONFIG_TEXT_SIZE + 2) };
void config_value_write(const config_row *row, const serve_config *config,
                        char out[CONFIG_VALUE_SIZE]);

/* True when both have the same value for this row. */
bool config_value_equal(const config_row *row, const serve_config *a, const serve_config *b);

#endif
