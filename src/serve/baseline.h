/* baseline.h: named baselines: which evaluation number or channel is served for which TEE and
 * FMSPC. collateral-service.md 7.7. */
#ifndef ASSAY_SERVE_BASELINE_H
#define ASSAY_SERVE_BASELINE_H

#include "serve/route.h"
#include "serve/service.h"

enum { BASELINE_RULE_MAX = 256 };

typedef struct baseline_rule {
    assay_tee tee; /* NONE: all */
    bool all_fmspcs;
    uint8_t fmspc[6];
    bool early; /* channel, when number is 0 */
    uint32_t number;
    int64_t from, until; /* 0: unbounded */
} baseline_rule;

typedef struct baseline {
    char name[64];
    char description[256];
    baseline_rule rules[BASELINE_RULE_MAX]; /* the first that fits counts; none: standard channel */
    size_t rule_count;
    uint64_t version; /* of its record */
} baseline;

/* "standard", "early" and "pinned-N" are always there; others are records of kind "baseline". */
assay_status baselines_new(store *s, const char *default_name, baselines **out, assay_error *err);
void baselines_free(baselines *b);
/* Reads the records again: at start, after a change, when another replica changed one. */
assay_status baselines_reload(baselines *b, store *s, assay_error *err);

/* What a request for (tee, fmspc or NULL) gets under the baseline `name` ("" : the default's). Any
 * thread. MISMATCH by the name unknown_baseline with a suggestion. */
assay_status baselines_choose(baselines *b, const char *name, assay_tee tee, const uint8_t *fmspc,
                              int64_t now, baseline_choice *out, assay_error *err);
/* True when it is known. */
bool baselines_knows(baselines *b, const char *name);
void baselines_default(baselines *b, char out[64]);
/* The whole baseline, also one that is built in. Errors as of baselines_choose(). */
assay_status baselines_get(baselines *b, const char *name, baseline *out, assay_error *err);

/* The record (kind "setting") that names the default, when an operator has promoted one. */
#define BASELINE_DEFAULT_RECORD "baseline.default"

/* Tells (log, metric) of evaluation numbers in the item numbers/{tee} that were not there before,
 * and remembers them: called by the refresher whenever the item has changed. */
assay_status baseline_announce(service *s, assay_tee tee, int64_t now, assay_error *err);

#endif
