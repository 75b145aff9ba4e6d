/* pcs_faults.h: faults of the simulated vendor on demand, for some requests or all.
 *
 * A rule is NAME[=VALUE][,path=PATTERN][,times=N][,skip=N]: "status=503,path=/sgx/x/y,times=3". The
 * pattern (fnmatch, also over slashes) is held against path and query; a rule without one is for
 * every path. It lets `skip` requests pass, then strikes `times` times; without that, always. Every
 * rule that fits strikes, in their order. */
#ifndef ASSAY_SIM_PCS_FAULTS_H
#define ASSAY_SIM_PCS_FAULTS_H

#include "sim/pcs.h"

/* How a reply is sent. */
typedef struct pcs_delivery {
    uint64_t wait_ms;  /* before it */
    uint64_t drip_ms;  /* between pieces of the body */
    uint64_t flood;    /* bytes of a body without end that come instead */
    bool truncated;    /* half of the body, then the connection is cut */
    bool disconnected; /* nothing at all */
} pcs_delivery;

typedef struct pcs_fault {
    const char *name;
    const char *argument; /* NULL: takes none */
    uint64_t value;       /* when none is given */
    const char *summary;
    /* Each may be NULL: before, how items are made; after, the reply; at last, how it is sent. */
    void (*issue)(uint64_t value, const pcs_vendor *vendor, pcs_issue *issue);
    void (*reply)(uint64_t value, pcs_reply *reply);
    void (*deliver)(uint64_t value, pcs_delivery *delivery);
    bool
        spaced; /* lets one request pass, then strikes for `value` seconds with what is left of them
                 */
} pcs_fault;

/* Ends with a NULL name. */
extern const pcs_fault pcs_faults[];

enum { PCS_RULE_MAX = 64, PCS_PATTERN_SIZE = 160, PCS_RULE_TEXT_SIZE = 256 };

typedef struct pcs_rule {
    const pcs_fault *fault;
    uint64_t value;
    char pattern[PCS_PATTERN_SIZE];
    uint64_t skip;
    uint64_t times; /* still to strike; UINT64_MAX: always */
    uint64_t struck;
    int64_t free_at;               /* spaced faults: when the next request may pass */
    char text[PCS_RULE_TEXT_SIZE]; /* as it was given */
} pcs_rule;

typedef struct pcs_rules {
    pcs_rule rows[PCS_RULE_MAX];
    size_t count;
} pcs_rules;

/* USAGE, with the closest name. */
assay_status pcs_rules_add(pcs_rules *rules, assay_span text, assay_error *err);

/* The rules that strike this request; counts them. `seconds` is any clock that runs. */
size_t pcs_rules_strike(pcs_rules *rules, const char *target, int64_t seconds, pcs_rule *out);

#endif
