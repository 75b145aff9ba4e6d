/* plan.h: what becomes of the registered platforms when another baseline is served: who changes
 * status, and by which component. collateral-service.md 7.7; verification.md 5.1. */
#ifndef ASSAY_SERVE_PLAN_H
#define ASSAY_SERVE_PLAN_H

#include "serve/items.h"

enum { PLAN_SHORT_MAX = 17 };

/* One component that is below what the wanted level asks for. */
typedef struct plan_short {
    uint8_t index; /* 0 to 15: SGX components; 16: the PCE */
    uint16_t has;
    uint16_t wants;
} plan_short;

/* Where a group stands under one TCB info. */
typedef struct plan_standing {
    assay_tcb_status status; /* NOT_SUPPORTED: below every level; NOT_JUDGED: no TCB info */
    const tcb_level *level;  /* NULL: none */
    int index;               /* -1: none */
} plan_standing;

/* All platforms of one FMSPC, CA and certificate TCB. */
typedef struct plan_group {
    store_tcb_group platforms;
    plan_standing now, then;
    const tcb_level *wanted; /* under the candidate: what would keep the status; NULL: nothing */
    plan_short missing[PLAN_SHORT_MAX]; /* to reach it */
    size_t missing_count;
} plan_group;

/* What Intel calls the components of a TCB info: NULL where it says nothing. */
typedef struct plan_component {
    const char *category;
    const char *type;
} plan_component;

typedef struct plan_side {
    baseline_choice choice;
    bool has_info; /* false: the vendor has none (a platform without TDX; a retired number) */
    bool stale;
    tcb_info info;
} plan_side;

/* One FMSPC under one TEE. */
typedef struct plan_part {
    assay_tee tee;
    uint8_t fmspc[6];
    plan_side now, then;
    plan_component components[16];
    plan_group *groups;
    size_t group_count;
    uint64_t platforms;
    uint64_t changed; /* platforms whose status is another one then */
    uint64_t worse;   /* of these, those that were UpToDate or SWHardeningNeeded and are not then */
} plan_part;

typedef struct plan {
    char candidate[64];
    char against[64];
    plan_part *parts;
    size_t part_count;
    uint64_t platforms; /* in the inventory */
    uint64_t unknown;   /* of these, those without certificates: nothing can be said */
} plan;

typedef struct plan_order {
    const char *candidate; /* a baseline that is known, also "pinned-20" */
    const char *against;   /* "": the default */
    const uint8_t *fmspc;  /* NULL: all */
} plan_order;

/* Evaluates the inventory. TCB infos that are missing are asked for; what the vendor does not have
 * leaves its side of a part empty. Memory: the call's. */
assay_status plan_make(call *c, const plan_order *order, plan *out);

/* For each part a sentence and the groups that change status, each with its first `listed`
 * platforms (their QE-IDs); GET /assay/v1/platforms?group= gives the others. */
assay_status plan_write(call *c, const plan *p, size_t listed, json_writer *w);

/* "PCE" or "SGX component 3". */
const char *plan_component_name(uint8_t index);

/* A group by name: FMSPC, "P" or "S" for the CA, TCB, in hex. False when it is none. */
enum { PLAN_GROUP_NAME_SIZE = 12 + 1 + 2 * STORE_TCBM_SIZE + 1 };
void plan_group_name(const store_tcb_group *group, char out[PLAN_GROUP_NAME_SIZE]);
bool plan_group_parse(assay_span name, store_tcb_group *out);

#endif
