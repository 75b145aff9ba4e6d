/* collateral_diff.c: assay collateral diff: what changed between two collaterals. */
#include <stdio.h>
#include <string.h>

#include "collateral.h"
#include "exit_code.h"
#include "failure.h"
#include "json_text.h"

enum { LABEL_SIZE = 160, VALUE_SIZE = 1024 };

/* Changes as they are found: told at once, in one of two forms. */
typedef struct changes {
    bool as_json;
    size_t count;
} changes;

static void change_tell(changes *c, const char *where, const char *what, const char *from,
                        const char *to)
{
    if (strcmp(from, to) == 0)
        return;
    if (!c->as_json) {
        printf("%s: %s: %s -> %s\n", where, what, from[0] != '\0' ? from : "(none)",
               to[0] != '\0' ? to : "(none)");
    } else {
        printf("%s{\"where\":", c->count > 0 ? "," : "");
        json_text_put(where);
        printf(",\"what\":\"%s\",\"from\":", what);
        json_text_put(from);
        printf(",\"to\":");
        json_text_put(to);
        printf("}");
    }
    c->count++;
}

/* ---- Items ---- */

static void time_change(changes *c, const char *where, const char *what, int64_t from, int64_t to)
{
    char a[ASSAY_TIME_SIZE], b[ASSAY_TIME_SIZE];
    assay_time_format(from, a);
    assay_time_format(to, b);
    change_tell(c, where, what, a, b);
}

static void number_change(changes *c, const char *where, const char *what, uint32_t from,
                          uint32_t to)
{
    char a[16], b[16];
    snprintf(a, sizeof(a), "%u", from);
    snprintf(b, sizeof(b), "%u", to);
    change_tell(c, where, what, a, b);
}

static void root_text(const assay_item_facts *facts, char out[LABEL_SIZE])
{
    char digest[65];
    assay_hex_encode((assay_span) { facts->root_key_sha256, 32 }, digest);
    snprintf(out, LABEL_SIZE, "%s", !facts->has_root ? "" : facts->intel_root ? "intel" : digest);
}

static void item_compare(changes *c, const assay_collateral *a, const assay_collateral *b,
                         assay_item item)
{
    assay_item_facts old = { .entry_count = 0 }, new_ = { .entry_count = 0 };
    char old_root[LABEL_SIZE], new_root[LABEL_SIZE];
    const char *where = assay_item_name(item);
    const bool had = assay_collateral_item_facts(a, item, &old, NULL) == ASSAY_OK;
    const bool has = assay_collateral_item_facts(b, item, &new_, NULL) == ASSAY_OK;
    change_tell(c, where, "form", had ? "sound" : "broken", has ? "sound" : "broken");
    if (!had || !has)
        return;
    root_text(&old, old_root);
    root_text(&new_, new_root);
    time_change(c, where, "issue_date", old.validity.latest_begin, new_.validity.latest_begin);
    time_change(c, where, "next_update", old.validity.end, new_.validity.end);
    number_change(c, where, "evaluation_number", old.evaluation_number, new_.evaluation_number);
    number_change(c, where, "revoked", old.entry_count, new_.entry_count);
    change_tell(c, where, "signer", old.signer, new_.signer);
    change_tell(c, where, "root", old_root, new_root);
}

/* ---- Levels ---- */

/* Two levels of one part are the same when they ask for the same. */
static bool same_level(const assay_level_facts *a, const assay_level_facts *b)
{
    return a->part == b->part && a->module == b->module && a->pce_svn == b->pce_svn &&
           a->isv_svn == b->isv_svn && memcmp(a->components, b->components, 32) == 0;
}

static bool level_find(const assay_collateral *in, const assay_level_facts *wanted,
                       assay_level_facts *out)
{
    for (size_t i = 0; assay_collateral_level(in, i, out); i++) {
        if (same_level(out, wanted))
            return true;
    }
    return false;
}

static void level_label(const assay_level_facts *level, char out[LABEL_SIZE])
{
    char sgx[33], tdx[33];
    if (level->part != ASSAY_PART_PLATFORM) {
        const char *part = assay_part_name(level->part);
        if (level->part == ASSAY_PART_MODULE)
            snprintf(out, LABEL_SIZE, "%s %u isvsvn %u", part, level->module, level->isv_svn);
        else
            snprintf(out, LABEL_SIZE, "%s isvsvn %u", part, level->isv_svn);
        return;
    }
    assay_hex_encode((assay_span) { level->components, 16 }, sgx);
    assay_hex_encode((assay_span) { level->components + 16, 16 }, tdx);
    snprintf(out, LABEL_SIZE, "platform sgx %s tdx %s pcesvn %u", sgx, tdx, level->pce_svn);
}

static void advisories_text(const assay_level_facts *level, char out[VALUE_SIZE])
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < level->advisory_count && used + 1 < VALUE_SIZE; i++)
        used += (size_t)snprintf(out + used, VALUE_SIZE - used, "%s%s", i > 0 ? " " : "",
                                 level->advisory_ids[i]);
}

static void level_compare(changes *c, const assay_level_facts *old, const assay_level_facts *new_)
{
    char where[LABEL_SIZE], a[VALUE_SIZE], b[VALUE_SIZE];
    level_label(old, where);
    advisories_text(old, a);
    advisories_text(new_, b);
    change_tell(c, where, "status", assay_tcb_status_name(old->status),
                assay_tcb_status_name(new_->status));
    time_change(c, where, "tcb_date", old->date, new_->date);
    change_tell(c, where, "advisories", a, b);
}

/* A level that only one of the two has: gone, or new. */
typedef enum level_alone { LEVEL_GONE, LEVEL_NEW } level_alone;

static void levels_alone(changes *c, const assay_collateral *in, const assay_collateral *not_in,
                         level_alone which)
{
    assay_level_facts level, other;
    char where[LABEL_SIZE];
    for (size_t i = 0; assay_collateral_level(in, i, &level); i++) {
        const char *status = assay_tcb_status_name(level.status);
        if (level_find(not_in, &level, &other))
            continue;
        level_label(&level, where);
        change_tell(c, where, "level", which == LEVEL_GONE ? status : "",
                    which == LEVEL_GONE ? "" : status);
    }
}

static void levels_compare(changes *c, const assay_collateral *a, const assay_collateral *b)
{
    assay_level_facts old, new_;
    for (size_t i = 0; assay_collateral_level(a, i, &old); i++) {
        if (level_find(b, &old, &new_))
            level_compare(c, &old, &new_);
    }
    levels_alone(c, a, b, LEVEL_GONE);
    levels_alone(c, b, a, LEVEL_NEW);
}

/* ---- The verb ---- */

static void subject_text(const assay_collateral *collateral, char out[LABEL_SIZE])
{
    assay_tee tee;
    uint8_t fmspc[6];
    char digits[13];
    out[0] = '\0';
    if (assay_collateral_subject(collateral, &tee, fmspc, NULL) != ASSAY_OK)
        return;
    assay_hex_encode((assay_span) { fmspc, sizeof(fmspc) }, digits);
    snprintf(out, LABEL_SIZE, "%s %s", assay_tee_name(tee), digits);
}

static int compare(const assay_collateral *a, const assay_collateral *b, changes *c)
{
    char old[LABEL_SIZE], new_[LABEL_SIZE];
    if (c->as_json)
        printf("{\"changes\":[");
    subject_text(a, old);
    subject_text(b, new_);
    change_tell(c, "collateral", "platforms", old, new_);
    for (size_t i = 0; collateral_items[i] != ASSAY_ITEM_COUNT; i++)
        item_compare(c, a, b, collateral_items[i]);
    levels_compare(c, a, b);
    if (c->as_json)
        printf("],\"same\":%s}\n", c->count == 0 ? "true" : "false");
    return c->count == 0 ? EXIT_CODE_ACCEPTED : EXIT_CODE_NOT_ACCEPTED;
}

static int diff_run(const arguments *given)
{
    collateral_view old = { 0 }, new_ = { 0 };
    changes c = { .as_json = option_given(given, OPTION_JSON) };
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    if (given->operand_count != 2)
        return usage_error("collateral diff", "give two folders or files: the old and the new");
    assay_status status = collateral_view_read(given, given->operands[0], &old, &error);
    if (status == ASSAY_OK)
        status = collateral_view_read(given, given->operands[1], &new_, &error);
    int code = status == ASSAY_OK ? compare(old.collateral, new_.collateral, &c)
                                  : collateral_failure("collateral diff", status, &error, given);
    collateral_view_free(&old);
    collateral_view_free(&new_);
    return code;
}

static const option_row diff_options[] = { COLLATERAL_JSON_OPTION, OPTION_ROW_HELP, OPTIONS_END };

const verb verb_collateral_diff = {
    .name = "collateral diff",
    .operands = "OLD NEW",
    .summary = "show what changed: levels, statuses, dates, advisories",
    .text = "Compares two collaterals by what they say: dates, evaluation numbers, revocations,\n"
            "signers, and the status, date and advisories of each TCB level.\n"
            "\n"
            "Exit code: 0 they say the same, 1 they differ, 2 wrong usage, 3 one of them can't be\n"
            "read, 4 file or memory.",
    .options = diff_options,
    .run = diff_run,
};
