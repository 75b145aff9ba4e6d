/* collateral.h: the verbs below assay collateral, and what they share. */
#ifndef ASSAY_CMD_COLLATERAL_H
#define ASSAY_CMD_COLLATERAL_H

#include "assay/collateral.h"
#include "options.h"
#include "verbs.h"

/* The items in the order in which people are shown them; ASSAY_ITEM_COUNT behind the last. */
extern const assay_item collateral_items[];

/* A collateral from a file or folder, and the time and roots by which it is looked at. */
typedef struct collateral_view {
    assay_collateral *collateral;
    assay_roots roots;
    int64_t at;
} collateral_view;

/* Reads the folder or file `path`, --root and --at. */
assay_status collateral_view_read(const arguments *given, const char *path, collateral_view *out,
                                  assay_error *error);
void collateral_view_free(collateral_view *view);

/* Exit code and complaint of a verb that failed. */
int collateral_failure(const char *name, assay_status status, const assay_error *error,
                       const arguments *given);

typedef enum item_state { ITEM_SOUND, ITEM_SOON, ITEM_STALE, ITEM_EARLY, ITEM_BROKEN } item_state;

/* "ok", "soon", "stale", "not yet valid", "broken" */
const char *item_state_name(item_state state);

/* How an item stands at a time; SOON when it ends within `warn` seconds. */
item_state item_state_of(const assay_validity *validity, int64_t at, int64_t warn);

/* The whole, in text or as JSON. */
void collateral_show(const assay_collateral *collateral);
void collateral_show_json(const assay_collateral *collateral);

#define COLLATERAL_ROOT_OPTION                                                                     \
    {                                                                                              \
        .id = OPTION_ROOT, .name = "root", .argument = "FILE", .value = VALUE_FILE,                \
        .times = TIMES_MANY, .help = "trust this root beside Intel's: certificate or key"          \
    }
#define COLLATERAL_AT_OPTION                                                                       \
    {                                                                                              \
        .id = OPTION_AT, .name = "at", .argument = "TIME", .value = VALUE_TEXT,                    \
        .help = "as of this time: RFC 3339 or Unix seconds (default: now)"                         \
    }
#define COLLATERAL_JSON_OPTION                                                                     \
    {                                                                                              \
        .id = OPTION_JSON, .name = "json", .help = "print JSON, for every outcome"                 \
    }

extern const verb verb_collateral_fetch, verb_collateral_show, verb_collateral_check,
    verb_collateral_diff, verb_collateral_age;

#endif
