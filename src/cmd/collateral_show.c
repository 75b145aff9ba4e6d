/* collateral_show.c: assay collateral show and check: what each item says, and whether it holds. */
#include <stdio.h>

#include "collateral.h"
#include "exit_code.h"
#include "failure.h"
#include "json_text.h"
#include "text_rows.h"

enum { HEX_SIZE = 65, LABEL_SIZE = 96 };

static void hex_of(const uint8_t *bytes, size_t size, char *out)
{
    assay_hex_encode((assay_span) { bytes, size }, out);
}

/* ---- Text ---- */

static void show_root(const assay_item_facts *facts)
{
    char digest[HEX_SIZE];
    if (!facts->has_root)
        return;
    hex_of(facts->root_key_sha256, sizeof(facts->root_key_sha256), digest);
    if (facts->intel_root)
        text_row("root", "Intel");
    else
        text_row("root", "CUSTOM %s", digest);
}

static void show_item(const assay_collateral *collateral, assay_item item)
{
    assay_item_facts facts;
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    text_heading(assay_item_name(item));
    if (assay_collateral_item_facts(collateral, item, &facts, &error) != ASSAY_OK) {
        text_row("broken", "%s: %s", error.where, error.detail);
        return;
    }
    text_row_time("issued", facts.validity.latest_begin);
    text_row_time("next update", facts.validity.end);
    if (item == ASSAY_ITEM_TCB_INFO || item == ASSAY_ITEM_QE_IDENTITY)
        text_row("evaluation number", "%u", facts.evaluation_number);
    if (item == ASSAY_ITEM_ROOT_CA_CRL || item == ASSAY_ITEM_PCK_CRL)
        text_row("revoked certificates", "%u", facts.entry_count);
    if (facts.signer[0] != '\0')
        text_row("signer", "%s", facts.signer);
    show_root(&facts);
}

static void show_levels(const assay_collateral *collateral)
{
    assay_level_facts level;
    text_heading("Levels");
    for (size_t i = 0; assay_collateral_level(collateral, i, &level); i++) {
        char date[ASSAY_TIME_SIZE], label[LABEL_SIZE];
        assay_time_format(level.date, date);
        if (level.part == ASSAY_PART_MODULE)
            snprintf(label, sizeof(label), "%s %u", assay_part_name(level.part), level.module);
        else
            snprintf(label, sizeof(label), "%s", assay_part_name(level.part));
        text_row(label, "%.10s  %-36s %zu advisories", date, assay_tcb_status_name(level.status),
                 level.advisory_count);
    }
}

void collateral_show(const assay_collateral *collateral)
{
    assay_tee tee = ASSAY_TEE_NONE;
    uint8_t fmspc[6] = { 0 }, digest[32];
    char fmspc_text[13], digest_text[HEX_SIZE];
    assay_collateral_digest(collateral, digest);
    hex_of(digest, sizeof(digest), digest_text);
    if (assay_collateral_subject(collateral, &tee, fmspc, NULL) == ASSAY_OK) {
        hex_of(fmspc, sizeof(fmspc), fmspc_text);
        text_line(COLOUR_BOLD, "Collateral of %s platforms, FMSPC %s", assay_tee_name(tee),
                  fmspc_text);
    } else {
        text_line(COLOUR_BOLD, "Collateral of nobody knows which platforms");
    }
    text_row("sha256", "%s", digest_text);
    for (size_t i = 0; collateral_items[i] != ASSAY_ITEM_COUNT; i++)
        show_item(collateral, collateral_items[i]);
    show_levels(collateral);
}

/* ---- JSON ---- */

static void put_time(const char *name, int64_t time)
{
    char text[ASSAY_TIME_SIZE];
    assay_time_format(time, text);
    printf("\"%s\":\"%s\"", name, text);
}

static void put_item(const assay_collateral *collateral, assay_item item)
{
    assay_item_facts facts;
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    char digest[HEX_SIZE];
    printf("\"%s\":{", assay_item_name(item));
    if (assay_collateral_item_facts(collateral, item, &facts, &error) != ASSAY_OK) {
        printf("\"error\":");
        json_text_put(error.detail);
        printf("}");
        return;
    }
    put_time("issue_date", facts.validity.latest_begin);
    printf(",");
    put_time("next_update", facts.validity.end);
    printf(",\"evaluation_number\":%u,\"revoked\":%u,\"signer\":", facts.evaluation_number,
           facts.entry_count);
    json_text_put(facts.signer);
    if (facts.has_root) {
        hex_of(facts.root_key_sha256, sizeof(facts.root_key_sha256), digest);
        printf(",\"root\":\"%s\",\"root_key_sha256\":\"%s\"", facts.intel_root ? "intel" : "custom",
               digest);
    }
    printf("}");
}

static void put_level(const assay_level_facts *level)
{
    char components[HEX_SIZE];
    hex_of(level->components, sizeof(level->components), components);
    printf("{\"part\":\"%s\",\"module\":%u,\"components\":\"%s\",\"pcesvn\":%u,\"isvsvn\":%u,",
           assay_part_name(level->part), level->module, components, level->pce_svn, level->isv_svn);
    printf("\"status\":\"%s\",", assay_tcb_status_name(level->status));
    put_time("tcb_date", level->date);
    printf(",\"advisory_ids\":[");
    for (size_t i = 0; i < level->advisory_count; i++) {
        if (i > 0)
            printf(",");
        json_text_put(level->advisory_ids[i]);
    }
    printf("]}");
}

void collateral_show_json(const assay_collateral *collateral)
{
    assay_tee tee = ASSAY_TEE_NONE;
    uint8_t fmspc[6] = { 0 }, digest[32];
    char text[HEX_SIZE];
    assay_level_facts level;
    assay_collateral_digest(collateral, digest);
    hex_of(digest, sizeof(digest), text);
    printf("{\"sha256\":\"%s\",", text);
    (void)assay_collateral_subject(collateral, &tee, fmspc, NULL);
    hex_of(fmspc, sizeof(fmspc), text);
    printf("\"tee\":\"%s\",\"fmspc\":\"%s\",\"items\":{", assay_tee_name(tee), text);
    for (size_t i = 0; collateral_items[i] != ASSAY_ITEM_COUNT; i++) {
        if (i > 0)
            printf(",");
        put_item(collateral, collateral_items[i]);
    }
    printf("},\"levels\":[");
    for (size_t i = 0; assay_collateral_level(collateral, i, &level); i++) {
        if (i > 0)
            printf(",");
        put_level(&level);
    }
    printf("]}\n");
}

/* ---- show ---- */

static int show_run(const arguments *given)
{
    collateral_view view = { 0 };
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    if (given->operand_count != 1)
        return usage_error("collateral show", "give one folder or file, or - for standard input");
    assay_status status = collateral_view_read(given, given->operands[0], &view, &error);
    if (status != ASSAY_OK)
        return collateral_failure("collateral show", status, &error, given);
    if (option_given(given, OPTION_JSON))
        collateral_show_json(view.collateral);
    else
        collateral_show(view.collateral);
    collateral_view_free(&view);
    return EXIT_CODE_ACCEPTED;
}

static const option_row show_options[] = { COLLATERAL_JSON_OPTION, OPTION_ROW_HELP, OPTIONS_END };

const verb verb_collateral_show = {
    .name = "collateral show",
    .operands = "DIR|FILE",
    .summary = "show what each item says, without trust",
    .text = "Shows dates, evaluation numbers, signers, roots and TCB levels. Nothing is verified.",
    .options = show_options,
    .run = show_run,
};

/* ---- check ---- */

/* The first item that is not valid at the time, or ASSAY_ITEM_COUNT. */
static assay_item undated(const collateral_view *view, item_state *state, int64_t *when)
{
    for (size_t i = 0; collateral_items[i] != ASSAY_ITEM_COUNT; i++) {
        assay_item_facts facts;
        if (assay_collateral_item_facts(view->collateral, collateral_items[i], &facts, NULL) !=
            ASSAY_OK)
            continue;
        *state = item_state_of(&facts.validity, view->at, 0);
        *when = *state == ITEM_STALE ? facts.validity.end : facts.validity.latest_begin;
        if (*state != ITEM_SOUND && *state != ITEM_SOON)
            return collateral_items[i];
    }
    return ASSAY_ITEM_COUNT;
}

static int check_tell(const collateral_view *view, const arguments *given)
{
    item_state state = ITEM_SOUND;
    int64_t when = 0;
    char date[ASSAY_TIME_SIZE];
    const assay_item item = undated(view, &state, &when);
    const bool sound = item == ASSAY_ITEM_COUNT;
    const char *name = sound ? "" : assay_item_name(item);
    assay_time_format(when, date);
    if (option_given(given, OPTION_JSON))
        printf("{\"status\":\"%s\",\"error\":null,\"item\":%s%s%s,\"time\":\"%s\"}\n",
               sound ? "ok" : item_state_name(state), sound ? "null" : "\"", name,
               sound ? "" : "\"", date);
    else if (sound)
        text_line(COLOUR_GREEN, "SOUND: every signature holds, and every item is valid");
    else
        text_line(COLOUR_RED, "NOT VALID: %s is %s (%s)", name, item_state_name(state), date);
    return sound ? EXIT_CODE_ACCEPTED : EXIT_CODE_NOT_ACCEPTED;
}

static int check_run(const arguments *given)
{
    collateral_view view = { 0 };
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    if (given->operand_count != 1)
        return usage_error("collateral check", "give one folder or file, or - for standard input");
    assay_status status = collateral_view_read(given, given->operands[0], &view, &error);
    if (status == ASSAY_OK)
        status = assay_collateral_check(view.collateral, &error);
    int code = status == ASSAY_OK ? check_tell(&view, given)
                                  : collateral_failure("collateral check", status, &error, given);
    collateral_view_free(&view);
    return code;
}

static const option_row check_options[] = {
    COLLATERAL_AT_OPTION, COLLATERAL_ROOT_OPTION, COLLATERAL_JSON_OPTION, OPTION_ROW_HELP,
    OPTIONS_END,
};

const verb verb_collateral_check = {
    .name = "collateral check",
    .operands = "DIR|FILE",
    .summary = "check signatures, chains and dates",
    .text =
        "Checks every signature and chain up to a trusted root, revocation, and that every item\n"
        "is valid at the time.\n"
        "\n"
        "Exit code: 0 sound, 1 an item is stale or not yet valid, 2 wrong usage, 3 a signature\n"
        "does not hold or an item is broken, 4 file or memory.",
    .options = check_options,
    .run = check_run,
};
