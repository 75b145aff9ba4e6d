/* baseline_text.h: baselines as JSON: in requests, in the store, in replies.
 * collateral-service.md 7.7. */
#ifndef ASSAY_SERVE_BASELINE_TEXT_H
#define ASSAY_SERVE_BASELINE_TEXT_H

#include "serve/baseline.h"
#include "wire/json.h"

/* "standard", "early", "pinned-19": always there. Fills its one rule. */
bool baseline_built_in(const char *name, baseline *out);

/* MALFORMED unless it is 1 to 63 of a-z, 0-9, ".", "_", "-", beginning with a letter or digit, and
 * neither built in nor "default". */
assay_status baseline_name_check(const char *name, assay_error *err);

/* Members `description` and `rules` of an object; others are refused unless `also` (ends with NULL)
 * lists them. Name and version stay as they are. MALFORMED. */
assay_status baseline_read(json_t *object, const char *where, const char *const *also,
                           baseline *out, assay_error *err);

/* The same members. */
void baseline_write(json_writer *w, const baseline *b);

/* ---- What a record keeps beside: what was before ---- */

enum { BASELINE_HISTORY_MAX = 64 };

/* The body of a record: `current`'s members and `history`, whose first entry is `before` (NULL:
 * none), followed by those of `older` (a record's body, or NULL) but for the first `dropped`.
 * The text is to be freed. */
typedef struct baseline_change {
    const baseline *current;
    const baseline *before;
    json_t *older;
    size_t dropped;
    int64_t time;
    const char *actor;
} baseline_change;
assay_status baseline_record_write(const baseline_change *change, char **out, assay_error *err);

#endif
