/* plan.c: the inventory under two baselines. collateral-service.md 7.7; verification.md 5.1.
 *
 * The inventory knows platforms by groups of equal FMSPC, CA and certificate TCB, so a plan costs
 * as much as there are groups, however many platforms they hold. */
#include "serve/plan.h"

#include <stdio.h>
#include <stdlib.h>

#include "serve/baseline.h"
#include "serve/pck_set.h"
#include "verify/tcb.h"
#include "wire/json.h"

enum { GROUP_MAX = 65536, PCE_INDEX = 16 };

static assay_status no_memory(assay_error *err)
{
    return fail(err, ASSAY_NO_MEMORY, "plan", ASSAY_NO_OFFSET, "no memory");
}

/* ---- The inventory ---- */

typedef struct inventory {
    const uint8_t *fmspc; /* NULL: all */
    store_tcb_group *at;  /* grows */
    size_t count, capacity;
    uint64_t platforms, unknown;
} inventory;

static assay_status inventory_grow(inventory *in, assay_error *err)
{
    size_t capacity = in->capacity == 0 ? 256 : in->capacity * 2;
    if (in->capacity >= GROUP_MAX)
        return fail(err, ASSAY_ENVIRONMENT, "plan", ASSAY_NO_OFFSET,
                    "more than %d different TCBs in the inventory", GROUP_MAX);
    store_tcb_group *at = memory_new(capacity * sizeof(*at));
    if (at == NULL)
        return no_memory(err);
    if (in->count > 0)
        memcpy(at, in->at, in->count * sizeof(*at));
    memory_free(in->at);
    in->at = at;
    in->capacity = capacity;
    return ASSAY_OK;
}

static assay_status inventory_add(void *context, const store_tcb_group *group, assay_error *err)
{
    inventory *in = context;
    if (in->fmspc != NULL && memcmp(in->fmspc, group->fmspc, sizeof(group->fmspc)) != 0)
        return ASSAY_OK;
    in->platforms += group->count;
    if (span_is_zero(SPAN(group->fmspc)) || span_is_zero(SPAN(group->tcbm))) {
        in->unknown += group->count;
        return ASSAY_OK;
    }
    if (in->count == in->capacity)
        TRY(inventory_grow(in, err));
    in->at[in->count++] = *group;
    return ASSAY_OK;
}

static int by_fmspc(const void *a, const void *b)
{
    const store_tcb_group *x = a, *y = b;
    int order = memcmp(x->fmspc, y->fmspc, sizeof(x->fmspc));
    return order != 0 ? order : memcmp(y->tcbm, x->tcbm, sizeof(x->tcbm));
}

/* ---- TCB infos ---- */

static assay_status side_load(call *c, const char *chosen, const plan_part *part, plan_side *out)
{
    store_item item;
    item_name name = { .kind = ITEM_TCB_INFO, .tee = part->tee };
    TRY(baselines_choose(c->service->baselines, chosen, part->tee, part->fmspc, c->now,
                         &out->choice, &c->error));
    memcpy(name.fmspc, part->fmspc, sizeof(name.fmspc));
    name.early = out->choice.early;
    name.number = out->choice.number;
    out->has_info = item_obtain(c, &name, &item, &out->stale) == ASSAY_OK;
    c->code = 0;
    return out->has_info ? tcb_info_parse(item.body, c->memory, &out->info, &c->error) : ASSAY_OK;
}

static const char *text_of(arena *memory, json_t *object, const char *member)
{
    json_t *value = json_object_get(object, member);
    return json_is_string(value)
               ? arena_text(memory, span_of(json_string_value(value), json_string_length(value)))
               : NULL;
}

static void level_names(arena *memory, json_t *level, plan_component names[16])
{
    json_t *components = json_object_get(json_object_get(level, "tcb"), "sgxtcbcomponents");
    for (size_t i = 0; i < 16; i++) {
        json_t *component = json_array_get(components, i);
        if (names[i].category == NULL)
            names[i].category = text_of(memory, component, "category");
        if (names[i].type == NULL)
            names[i].type = text_of(memory, component, "type");
    }
}

/* Names are no part of a verdict: they are taken from the document where it has any. */
static void names_read(arena *memory, const tcb_info *info, plan_component names[16])
{
    json_document document;
    if (json_document_parse(info->header.signed_bytes, NULL, &document, "tcb_info", NULL) !=
        ASSAY_OK)
        return;
    json_t *levels = json_object_get(document.root, "tcbLevels");
    for (size_t i = 0; i < json_array_size(levels); i++)
        level_names(memory, json_array_get(levels, i), names);
    json_document_free(&document);
}

/* ---- Standings ---- */

static plan_standing standing_under(const plan_side *side, const store_tcb_group *group)
{
    plan_standing standing = { .status = ASSAY_TCB_NOT_JUDGED, .index = -1 };
    if (!side->has_info)
        return standing;
    standing.index =
        tcb_platform_level(&side->info, group->tcbm, load_u16le(group->tcbm + 16), NULL);
    standing.status = ASSAY_TCB_NOT_SUPPORTED;
    if (standing.index < 0)
        return standing;
    standing.level = &side->info.levels.at[standing.index];
    standing.status = standing.level->status;
    return standing;
}

/* The least demanding level that is as good as today's, else the newest one. */
static const tcb_level *level_wanted(const plan_side *then, assay_tcb_status now)
{
    const tcb_levels *levels = &then->info.levels;
    for (size_t i = levels->count; i-- > 0;) {
        if (levels->at[i].status == now || levels->at[i].status == ASSAY_TCB_UP_TO_DATE)
            return &levels->at[i];
    }
    return &levels->at[0];
}

static void missing_add(plan_group *group, uint8_t index, uint16_t has, uint16_t wants)
{
    if (has < wants)
        group->missing[group->missing_count++] =
            (plan_short) { .index = index, .has = has, .wants = wants };
}

static void missing_find(plan_group *group)
{
    const uint8_t *tcbm = group->platforms.tcbm;
    for (uint8_t i = 0; i < 16; i++)
        missing_add(group, i, tcbm[i], group->wanted->sgx[i]);
    missing_add(group, PCE_INDEX, load_u16le(tcbm + 16), group->wanted->pce_svn);
}

static bool passes(assay_tcb_status status)
{
    return status == ASSAY_TCB_UP_TO_DATE || status == ASSAY_TCB_SW_HARDENING_NEEDED;
}

static void group_judge(plan_part *part, plan_group *group)
{
    uint64_t count = group->platforms.count;
    group->now = standing_under(&part->now, &group->platforms);
    group->then = standing_under(&part->then, &group->platforms);
    part->platforms += count;
    if (group->now.status == group->then.status || !part->then.has_info)
        return;
    part->changed += count;
    part->worse += passes(group->now.status) && !passes(group->then.status) ? count : 0;
    group->wanted = level_wanted(&part->then, group->now.status);
    missing_find(group);
}

/* ---- The plan ---- */

static assay_status part_make(call *c, const plan_order *order, const store_tcb_group *groups,
                              size_t count, plan_part *part)
{
    part->groups = arena_new(c->memory, count, sizeof(*part->groups));
    if (part->groups == NULL)
        return no_memory(&c->error);
    TRY(side_load(c, order->against, part, &part->now));
    TRY(side_load(c, order->candidate, part, &part->then));
    if (part->then.has_info)
        names_read(c->memory, &part->then.info, part->components);
    for (size_t i = 0; i < count; i++) {
        part->groups[i].platforms = groups[i];
        group_judge(part, &part->groups[i]);
    }
    part->group_count = count;
    return ASSAY_OK;
}

static size_t run_of(const inventory *in, size_t from)
{
    size_t end = from + 1;
    while (end < in->count &&
           memcmp(in->at[end].fmspc, in->at[from].fmspc, sizeof(in->at[from].fmspc)) == 0)
        end++;
    return end - from;
}

static size_t fmspc_count(const inventory *in)
{
    size_t count = 0;
    for (size_t at = 0; at < in->count; at += run_of(in, at))
        count++;
    return count;
}

/* A part without a TCB info on either side says nothing: most FMSPCs have no TDX. */
static assay_status parts_make(call *c, const plan_order *order, const inventory *in, plan *out)
{
    static const assay_tee tees[] = { ASSAY_TEE_SGX, ASSAY_TEE_TDX };
    out->parts = arena_new(c->memory, 2 * fmspc_count(in) + 1, sizeof(*out->parts));
    if (out->parts == NULL)
        return no_memory(&c->error);
    for (size_t at = 0; at < in->count; at += run_of(in, at)) {
        for (size_t t = 0; t < 2; t++) {
            plan_part *part = &out->parts[out->part_count];
            part->tee = tees[t];
            memcpy(part->fmspc, in->at[at].fmspc, sizeof(part->fmspc));
            TRY(part_make(c, order, &in->at[at], run_of(in, at), part));
            if (part->now.has_info || part->then.has_info || part->tee == ASSAY_TEE_SGX)
                out->part_count++;
            else
                memset(part, 0, sizeof(*part));
        }
    }
    return ASSAY_OK;
}

static assay_status names_of(call *c, const plan_order *order, plan *out)
{
    baseline_choice choice;
    TRY(baselines_choose(c->service->baselines, order->candidate, ASSAY_TEE_SGX, NULL, c->now,
                         &choice, &c->error));
    memcpy(out->candidate, choice.name, sizeof(out->candidate));
    TRY(baselines_choose(c->service->baselines, order->against, ASSAY_TEE_SGX, NULL, c->now,
                         &choice, &c->error));
    memcpy(out->against, choice.name, sizeof(out->against));
    return ASSAY_OK;
}

assay_status plan_make(call *c, const plan_order *order, plan *out)
{
    inventory in = { .fmspc = order->fmspc };
    plan made = { .part_count = 0 };
    TRY(names_of(c, order, &made));
    assay_status status = store_platform_groups(c->service->store, inventory_add, &in, &c->error);
    if (status == ASSAY_OK && in.count > 0) {
        qsort(in.at, in.count, sizeof(*in.at), by_fmspc);
        status = parts_make(c, order, &in, &made);
    }
    made.platforms = in.platforms;
    made.unknown = in.unknown;
    memory_free(in.at);
    if (status == ASSAY_OK)
        *out = made;
    return status;
}
