/* collateral_age.c: assay collateral age: how long each item is good for. */
#include <stdio.h>

#include "collateral.h"
#include "exit_code.h"
#include "failure.h"
#include "request.h"
#include "text_rows.h"

enum { DAY = 86400, HOUR = 3600, LEFT_SIZE = 32, WARN_MAX = 3650 };

typedef struct item_age {
    assay_item_facts facts;
    item_state state;
    int64_t left; /* seconds; negative: since */
} item_age;

static item_age age_of(const collateral_view *view, assay_item item, int64_t warn)
{
    item_age age = { .state = ITEM_BROKEN };
    if (assay_collateral_item_facts(view->collateral, item, &age.facts, NULL) != ASSAY_OK)
        return age;
    age.state = item_state_of(&age.facts.validity, view->at, warn);
    age.left = age.facts.validity.end - view->at;
    return age;
}

/* "29 d 13 h", "5 h", "-3 d 2 h" */
static void left_text(int64_t left, char out[LEFT_SIZE])
{
    const char *sign = left < 0 ? "-" : "";
    const int64_t size = left < 0 ? -left : left;
    if (size >= DAY)
        snprintf(out, LEFT_SIZE, "%s%lld d %lld h", sign, (long long)(size / DAY),
                 (long long)(size % DAY / HOUR));
    else
        snprintf(out, LEFT_SIZE, "%s%lld h", sign, (long long)(size / HOUR));
}

static void print_row(assay_item item, const item_age *age)
{
    char left[LEFT_SIZE], issued[ASSAY_TIME_SIZE], ends[ASSAY_TIME_SIZE];
    if (age->state == ITEM_BROKEN) {
        text_row(assay_item_name(item), "%s", item_state_name(age->state));
        return;
    }
    left_text(age->left, left);
    assay_time_format(age->facts.validity.latest_begin, issued);
    assay_time_format(age->facts.validity.end, ends);
    text_row(assay_item_name(item), "%-13s %12s left   %s to %s", item_state_name(age->state), left,
             issued, ends);
}

static void put_row(assay_item item, const item_age *age)
{
    char issued[ASSAY_TIME_SIZE], ends[ASSAY_TIME_SIZE];
    assay_time_format(age->facts.validity.latest_begin, issued);
    assay_time_format(age->facts.validity.end, ends);
    printf("{\"item\":\"%s\",\"state\":\"%s\",\"issue_date\":\"%s\",\"next_update\":\"%s\","
           "\"seconds_left\":%lld}",
           assay_item_name(item), item_state_name(age->state), issued, ends, (long long)age->left);
}

static int tell(const collateral_view *view, int64_t warn, const arguments *given)
{
    const bool as_json = option_given(given, OPTION_JSON);
    bool sound = true;
    char at[ASSAY_TIME_SIZE];
    assay_time_format(view->at, at);
    if (as_json)
        printf("{\"at\":\"%s\",\"items\":[", at);
    else
        text_line(COLOUR_BOLD, "At %s", at);
    for (size_t i = 0; collateral_items[i] != ASSAY_ITEM_COUNT; i++) {
        const item_age age = age_of(view, collateral_items[i], warn);
        sound = sound && age.state == ITEM_SOUND;
        if (as_json && i > 0)
            printf(",");
        if (as_json)
            put_row(collateral_items[i], &age);
        else
            print_row(collateral_items[i], &age);
    }
    if (as_json)
        printf("],\"fresh\":%s}\n", sound ? "true" : "false");
    return sound ? EXIT_CODE_ACCEPTED : EXIT_CODE_NOT_ACCEPTED;
}

static int age_run(const arguments *given)
{
    collateral_view view = { 0 };
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    const char *warn = option_argument(given, OPTION_WARN);
    uint32_t days = 0;
    if (given->operand_count != 1)
        return usage_error("collateral age", "give one folder or file, or - for standard input");
    if (warn != NULL && number_read("warn", warn, 0, WARN_MAX, &days, &error) != ASSAY_OK)
        return usage_error("collateral age", "%s", error.detail);
    assay_status status = collateral_view_read(given, given->operands[0], &view, &error);
    if (status != ASSAY_OK)
        return collateral_failure("collateral age", status, &error, given);
    int code = tell(&view, (int64_t)days * DAY, given);
    collateral_view_free(&view);
    return code;
}

static const option_row age_options[] = {
    COLLATERAL_AT_OPTION,
    { .id = OPTION_WARN,
      .name = "warn",
      .argument = "DAYS",
      .value = VALUE_TEXT,
      .help = "exit code 1 when an item ends within so many days" },
    COLLATERAL_JSON_OPTION,
    OPTION_ROW_HELP,
    OPTIONS_END,
};

const verb verb_collateral_age = {
    .name = "collateral age",
    .operands = "DIR|FILE",
    .summary = "show how long each item is good for",
    .text = "Shows for each item when it was issued, when it ends, and the time that is left.\n"
            "\n"
            "Exit code: 0 all is fresh, 1 an item is stale, not yet valid, broken, or ends within\n"
            "--warn DAYS, 2 wrong usage, 3 the collateral can't be read as one, 4 file or memory.",
    .options = age_options,
    .run = age_run,
};
