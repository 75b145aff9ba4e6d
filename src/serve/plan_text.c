/* plan_text.c: plans as JSON. collateral-service.md 7.7. */
#include <inttypes.h>
#include <stdio.h>

#include "serve/plan.h"
#include "serve/upper_hex.h"

const char *plan_component_name(uint8_t index)
{
    static const char *const names[PLAN_SHORT_MAX] = {
        "SGX component 1",
        "SGX component 2",
        "SGX component 3",
        "SGX component 4",
        "SGX component 5",
        "SGX component 6",
        "SGX component 7",
        "SGX component 8",
        "SGX component 9",
        "SGX component 10",
        "SGX component 11",
        "SGX component 12",
        "SGX component 13",
        "SGX component 14",
        "SGX component 15",
        "SGX component 16",
        "PCE",
    };
    return names[index < PLAN_SHORT_MAX ? index : PLAN_SHORT_MAX - 1];
}

/* ---- One group ---- */

static void standing_write(json_writer *w, const char *member, const plan_standing *s)
{
    json_open_object(w, member);
    json_put_text(w, "status", assay_tcb_status_name(s->status));
    if (s->level != NULL) {
        json_put_signed(w, "level", s->index);
        json_put_time(w, "tcb_date", s->level->date);
        json_open_array(w, "advisories");
        for (size_t i = 0; i < s->level->advisory_count; i++)
            json_put_text(w, NULL, s->level->advisories[i]);
        json_close_array(w);
    }
    json_close_object(w);
}

static bool has_advisory(const tcb_level *level, const char *id)
{
    for (size_t i = 0; level != NULL && i < level->advisory_count; i++) {
        if (strcmp(level->advisories[i], id) == 0)
            return true;
    }
    return false;
}

static void advisories_come(json_writer *w, const plan_group *group)
{
    const tcb_level *then = group->then.level;
    json_open_array(w, "advisories_that_come");
    for (size_t i = 0; then != NULL && i < then->advisory_count; i++) {
        if (!has_advisory(group->now.level, then->advisories[i]))
            json_put_text(w, NULL, then->advisories[i]);
    }
    json_close_array(w);
}

static void missing_write(json_writer *w, const plan_part *part, const plan_group *group)
{
    if (group->wanted != NULL)
        json_put_time(w, "wanted_tcb_date", group->wanted->date);
    json_open_array(w, "by");
    for (size_t i = 0; i < group->missing_count; i++) {
        const plan_short *s = &group->missing[i];
        json_open_object(w, NULL);
        json_put_text(w, "component", plan_component_name(s->index));
        if (s->index < 16) {
            json_put_number(w, "index", s->index);
            json_put_text(w, "category", part->components[s->index].category);
            json_put_text(w, "type", part->components[s->index].type);
        }
        json_put_number(w, "has", s->has);
        json_put_number(w, "wants", s->wants);
        json_close_object(w);
    }
    json_close_array(w);
}

/* The first platforms by name; the others by asking for the group. */
static assay_status platforms_write(call *c, const plan_group *group, size_t listed, json_writer *w)
{
    store_platform *platforms;
    size_t count;
    const char *next = NULL;
    if (listed == 0)
        return ASSAY_OK;
    TRY(store_group_platforms(c->service->store, &group->platforms, NULL, listed, c->memory,
                              &platforms, &count, &next, &c->error));
    json_open_array(w, "listed");
    for (size_t i = 0; i < count; i++)
        json_put_upper_hex(w, NULL, platforms[i].qe_id, c->memory);
    json_close_array(w);
    json_put_text(w, "next", next);
    return ASSAY_OK;
}

void plan_group_name(const store_tcb_group *group, char out[PLAN_GROUP_NAME_SIZE])
{
    out += upper_hex(SPAN(group->fmspc), out);
    *out++ = group->ca == PCK_CA_PLATFORM ? 'P' : 'S';
    upper_hex(SPAN(group->tcbm), out);
}

bool plan_group_parse(assay_span name, store_tcb_group *out)
{
    store_tcb_group group = { .count = 0 };
    if (name.size != PLAN_GROUP_NAME_SIZE - 1 || (name.data[12] != 'P' && name.data[12] != 'S'))
        return false;
    group.ca = name.data[12] == 'P' ? PCK_CA_PLATFORM : PCK_CA_PROCESSOR;
    if (assay_hex_decode(span_slice(name, 0, 12), group.fmspc, sizeof(group.fmspc), NULL) !=
            ASSAY_OK ||
        assay_hex_decode(span_slice(name, 13, 2 * STORE_TCBM_SIZE), group.tcbm, sizeof(group.tcbm),
                         NULL) != ASSAY_OK)
        return false;
    *out = group;
    return true;
}

static assay_status group_write(call *c, const plan_part *part, const plan_group *group,
                                size_t listed, json_writer *w)
{
    char name[PLAN_GROUP_NAME_SIZE];
    plan_group_name(&group->platforms, name);
    json_open_object(w, NULL);
    json_put_text(w, "group", name);
    json_put_number(w, "platforms", group->platforms.count);
    json_put_text(w, "ca", group->platforms.ca == PCK_CA_PLATFORM ? "platform" : "processor");
    json_put_upper_hex(w, "tcbm", SPAN(group->platforms.tcbm), c->memory);
    standing_write(w, "now", &group->now);
    standing_write(w, "then", &group->then);
    missing_write(w, part, group);
    advisories_come(w, group);
    TRY(platforms_write(c, group, listed, w));
    json_close_object(w);
    return ASSAY_OK;
}

/* ---- One FMSPC ---- */

static void side_write(json_writer *w, const char *member, const plan_side *side)
{
    json_open_object(w, member);
    json_put_text(w, "baseline", side->choice.name);
    json_put_text(w, "channel",
                  side->choice.number != 0 ? NULL
                  : side->choice.early     ? "early"
                                           : "standard");
    json_put_flag(w, "available", side->has_info);
    if (side->has_info) {
        json_put_number(w, "evaluation_number", side->info.header.evaluation_number);
        json_put_time(w, "issue_date", side->info.header.issue_date);
        json_put_time(w, "next_update", side->info.header.next_update);
        json_put_flag(w, "stale", side->stale);
    } else if (side->choice.number != 0)
        json_put_number(w, "evaluation_number", side->choice.number);
    json_close_object(w);
}

/* The status that most of the worse platforms get: what the sentence names. */
static assay_tcb_status commonest(const plan_part *part, uint64_t *count)
{
    uint64_t counts[ASSAY_TCB_STATUS_COUNT] = { 0 };
    assay_tcb_status most = ASSAY_TCB_NOT_JUDGED;
    for (size_t i = 0; i < part->group_count; i++) {
        const plan_group *group = &part->groups[i];
        if (group->then.status == group->now.status)
            continue;
        counts[group->then.status] += group->platforms.count;
        if (counts[group->then.status] > counts[most])
            most = group->then.status;
    }
    *count = counts[most];
    return most;
}

static void sentence_write(json_writer *w, const plan_part *part)
{
    char fmspc[13];
    char text[192];
    uint64_t most;
    const char *status = assay_tcb_status_name(commonest(part, &most));
    upper_hex(SPAN(part->fmspc), fmspc);
    if (!part->then.has_info)
        snprintf(text, sizeof(text), "no %s TCB info of FMSPC %s is available under the candidate",
                 part->tee == ASSAY_TEE_SGX ? "SGX" : "TDX", fmspc);
    else if (part->changed == 0)
        snprintf(text, sizeof(text), "none of %" PRIu64 " platforms of FMSPC %s changes status",
                 part->platforms, fmspc);
    else
        snprintf(text, sizeof(text), "%" PRIu64 " of %" PRIu64 " platforms of FMSPC %s %s %s",
                 part->changed, part->platforms, fmspc,
                 most == part->changed ? "become" : "change, most to", status);
    json_put_text(w, "summary", text);
}

static assay_status part_write(call *c, const plan_part *part, size_t listed, json_writer *w)
{
    json_open_object(w, NULL);
    json_put_text(w, "tee", assay_tee_name(part->tee));
    json_put_upper_hex(w, "fmspc", SPAN(part->fmspc), c->memory);
    sentence_write(w, part);
    json_put_number(w, "platforms", part->platforms);
    json_put_number(w, "changed", part->changed);
    json_put_number(w, "worse", part->worse);
    side_write(w, "now", &part->now);
    side_write(w, "then", &part->then);
    json_open_array(w, "groups");
    for (size_t i = 0; i < part->group_count && part->then.has_info; i++) {
        if (part->groups[i].now.status != part->groups[i].then.status)
            TRY(group_write(c, part, &part->groups[i], listed, w));
    }
    json_close_array(w);
    json_close_object(w);
    return ASSAY_OK;
}

/* ---- The plan ---- */

static void notes_write(json_writer *w, const plan *p)
{
    json_open_array(w, "notes");
    json_put_text(w, NULL,
                  "Levels are found by the SGX components and the PCE of the PCK certificate that "
                  "each platform was given last.");
    json_put_text(w, NULL,
                  "For TDX the inventory knows neither the TDX module nor the TDX components: a "
                  "platform can stand lower than this plan says.");
    if (p->unknown > 0)
        json_put_text(w, NULL,
                      "Platforms that have no certificates yet, or have not told their TCB, are "
                      "counted as unknown.");
    json_close_array(w);
}

assay_status plan_write(call *c, const plan *p, size_t listed, json_writer *w)
{
    uint64_t changed = 0, worse = 0;
    for (size_t i = 0; i < p->part_count; i++) {
        changed += p->parts[i].tee == ASSAY_TEE_SGX ? p->parts[i].changed : 0;
        worse += p->parts[i].tee == ASSAY_TEE_SGX ? p->parts[i].worse : 0;
    }
    json_open_object(w, NULL);
    json_put_text(w, "candidate", p->candidate);
    json_put_text(w, "against", p->against);
    json_put_time(w, "time", c->now);
    json_put_number(w, "platforms", p->platforms);
    json_put_number(w, "unknown", p->unknown);
    json_put_number(w, "changed", changed);
    json_put_number(w, "worse", worse);
    json_open_array(w, "parts");
    for (size_t i = 0; i < p->part_count; i++)
        TRY(part_write(c, &p->parts[i], listed, w));
    json_close_array(w);
    notes_write(w, p);
    json_close_object(w);
    return ASSAY_OK;
}
