/* admin_baseline.c: assay admin baseline: look, set, plan, promote, roll back.
 * collateral-service.md 7.7. */
#include <stdio.h>
#include <string.h>

#include "admin.h"
#include "exit_code.h"
#include "failure.h"
#include "input.h"
#include "text_rows.h"

enum { BASELINE_MAX = 1 << 20, CELL_SIZE = 224 };

static const char baselines_path[] = "/assay/v1/baselines";

static unsigned long long number_of(json_value object, const char *path)
{
    return (unsigned long long)json_value_number(json_value_at(object, path));
}

/* Texts out of replies, fit for a terminal. */
static const char *text_of(json_value object, const char *path, char out[CELL_SIZE])
{
    json_value_text(json_value_at(object, path), out, CELL_SIZE);
    for (char *at = out; *at != '\0'; at++)
        *at = *at < ' ' || *at > '~' ? '?' : *at;
    return out;
}

/* ---- list ---- */

static const admin_column list_columns[] = {
    { "name", "NAME", 24 },  { "kind", "KIND", 8 }, { "description", "DESCRIPTION", 40 },
    { "rules", "RULES", 0 }, { NULL, NULL, 0 },
};

static void print_list(json_value all)
{
    char chosen[CELL_SIZE];
    const json_value rows = json_value_member(all, "baselines");
    json_value row = { NULL, 0 };
    admin_heading_print(list_columns);
    while (json_value_next(rows, &row))
        admin_row_print(list_columns, row);
    printf("\nthe default is %s\n", text_of(all, "default", chosen));
}

/* One call whose reply is shown. */
typedef struct baseline_call {
    const char *verb, *method, *action; /* action "" : the baseline itself */
    void (*print)(json_value reply);    /* NULL: always JSON */
    assay_span body;
} baseline_call;

static assay_status run_call(const arguments *given, admin *a, const baseline_call *call,
                             assay_fetch_called *out, assay_error *error)
{
    char path[ADMIN_PATH_SIZE];
    snprintf(path, sizeof(path), "%s", baselines_path);
    if (given->operand_count > 0)
        admin_segment(path, given->operands[0]);
    if (call->action[0] != '\0')
        admin_segment(path, call->action);
    admin_parameter(path, "against", option_argument(given, OPTION_AGAINST));
    admin_parameter(path, "fmspc", option_argument(given, OPTION_FMSPC));
    admin_parameter(path, "into", option_argument(given, OPTION_INTO));
    const admin_request request = { .method = call->method, .path = path, .body = call->body };
    TRY(admin_begin(given, a, error));
    TRY(admin_call(a, &request, out, error));
    if (call->print == NULL || option_given(given, OPTION_JSON))
        admin_print_json(out);
    else
        call->print(admin_json(out));
    return ASSAY_OK;
}

/* `worse` (may be NULL) counts the platforms that a plan makes worse. */
static int run(const arguments *given, const baseline_call *call, uint64_t *worse)
{
    admin a = { .url = NULL };
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    assay_fetch_called called = { .http_code = 0 };
    assay_status status = run_call(given, &a, call, &called, &error);
    if (status == ASSAY_OK) {
        if (worse != NULL)
            *worse = json_value_number(json_value_member(admin_json(&called), "worse"));
        a.library.called_free(&called);
    }
    return admin_finish(call->verb, &a, status, &error);
}

static int one_name(const char *name)
{
    return usage_error(name, "which baseline? Give one NAME");
}

static int list_run(const arguments *given)
{
    static const baseline_call call = { "admin baseline", "GET", "", print_list, { NULL, 0 } };
    if (given->operand_count != 0)
        return usage_error("admin baseline", "a verb must follow: show, set, plan, promote or "
                                             "rollback");
    return run(given, &call, NULL);
}

static int show_run(const arguments *given)
{
    static const baseline_call call = { "admin baseline show", "GET", "", NULL, { NULL, 0 } };
    return given->operand_count == 1 ? run(given, &call, NULL) : one_name(call.verb);
}

/* ---- set ---- */

static void print_state(json_value reply)
{
    char name[CELL_SIZE], chosen[CELL_SIZE];
    printf("%s is set; the default is %s\n", text_of(reply, "name", name),
           text_of(reply, "default", chosen));
}

static int set_run(const arguments *given)
{
    static const char verb_name[] = "admin baseline set";
    input file = { .data = NULL };
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    if (given->operand_count != 2)
        return usage_error(verb_name, "give NAME and FILE (JSON)");
    assay_status status = input_read(given->operands[1], BASELINE_MAX, "baseline", &file, &error);
    if (status != ASSAY_OK) {
        failure_print(status, &error);
        return failure_exit_code(status);
    }
    arguments named = *given;
    named.operand_count = 1;
    const baseline_call call = { verb_name, "PUT", "", print_state, input_span(&file) };
    int code = run(&named, &call, NULL);
    input_free(&file);
    return code;
}

/* ---- plan ---- */

static void print_missing(json_value group)
{
    char component[CELL_SIZE], date[CELL_SIZE];
    const json_value rows = json_value_member(group, "by");
    json_value row = { NULL, 0 };
    while (json_value_next(rows, &row))
        printf("      short: %s has %llu, wants %llu\n", text_of(row, "component", component),
               number_of(row, "has"), number_of(row, "wants"));
    if (text_of(group, "wanted_tcb_date", date)[0] != '\0')
        printf("      wanted: the TCB of %s\n", date);
}

static void print_platforms(json_value group)
{
    char id[CELL_SIZE];
    const json_value rows = json_value_member(group, "listed");
    json_value row = { NULL, 0 };
    while (json_value_next(rows, &row))
        printf("      platform %s\n", json_value_text(row, id, sizeof(id)));
    if (text_of(group, "next", id)[0] != '\0')
        printf("      and more: assay admin platforms --group %s\n", text_of(group, "group", id));
}

static void print_part(json_value part)
{
    char tee[CELL_SIZE], summary[CELL_SIZE], now[CELL_SIZE], then[CELL_SIZE];
    const json_value groups = json_value_member(part, "groups");
    json_value group = { NULL, 0 };
    printf("\n  %s: %s\n", text_of(part, "tee", tee), text_of(part, "summary", summary));
    while (json_value_next(groups, &group)) {
        const unsigned long long platforms = number_of(group, "platforms");
        printf("    %llu platform%s: %s -> %s\n", platforms, platforms == 1 ? "" : "s",
               text_of(group, "now.status", now), text_of(group, "then.status", then));
        print_missing(group);
        print_platforms(group);
    }
}

static void print_plan(json_value plan)
{
    char candidate[CELL_SIZE], against[CELL_SIZE], note[CELL_SIZE];
    const json_value parts = json_value_member(plan, "parts");
    const json_value notes = json_value_member(plan, "notes");
    const unsigned long long worse = number_of(plan, "worse");
    json_value one = { NULL, 0 };
    text_line(worse > 0 ? COLOUR_RED : COLOUR_GREEN,
              "%s against %s: %llu of %llu platforms change, %llu to the worse",
              text_of(plan, "candidate", candidate), text_of(plan, "against", against),
              number_of(plan, "changed"), number_of(plan, "platforms"), worse);
    if (number_of(plan, "unknown") > 0)
        printf("%llu platforms can't be judged\n", number_of(plan, "unknown"));
    while (json_value_next(parts, &one))
        print_part(one);
    text_heading("Notes");
    one = (json_value) { NULL, 0 };
    while (json_value_next(notes, &one)) {
        json_value_text(one, note, sizeof(note));
        text_item(note);
    }
}

static int plan_run(const arguments *given)
{
    static const baseline_call call = {
        "admin baseline plan", "POST", "plan", print_plan, { NULL, 0 }
    };
    uint64_t worse = 0;
    if (given->operand_count != 1)
        return one_name(call.verb);
    int code = run(given, &call, &worse);
    return code == 0 && worse > 0 ? EXIT_CODE_NOT_ACCEPTED : code;
}

/* ---- promote, rollback ---- */

static void print_default(json_value reply)
{
    char chosen[CELL_SIZE];
    printf("done; the default baseline is %s\n", text_of(reply, "default", chosen));
}

static int promote_run(const arguments *given)
{
    static const baseline_call call = {
        "admin baseline promote", "POST", "promote", print_default, { NULL, 0 }
    };
    return given->operand_count == 1 ? run(given, &call, NULL) : one_name(call.verb);
}

static int rollback_run(const arguments *given)
{
    static const baseline_call call = {
        "admin baseline rollback", "POST", "rollback", print_default, { NULL, 0 }
    };
    return given->operand_count == 1 ? run(given, &call, NULL) : one_name(call.verb);
}

/* ---- The table ---- */

static const option_row plain_options[] = { ADMIN_OPTIONS, OPTIONS_END };

static const option_row plan_options[] = {
    { .id = OPTION_AGAINST,
      .name = "against",
      .argument = "NAME",
      .value = VALUE_TEXT,
      .help = "compare with this baseline (default: the default)" },
    { .id = OPTION_FMSPC,
      .name = "fmspc",
      .argument = "HEX",
      .value = VALUE_TEXT,
      .help = "only platforms of this FMSPC" },
    ADMIN_OPTIONS,
    OPTIONS_END,
};

static const option_row promote_options[] = {
    { .id = OPTION_INTO,
      .name = "into",
      .argument = "NAME",
      .value = VALUE_TEXT,
      .help = "make that baseline say the same, instead of changing the default" },
    ADMIN_OPTIONS,
    OPTIONS_END,
};

static const verb verb_show = {
    .name = "admin baseline show",
    .operands = "NAME",
    .summary = "show a baseline with its history",
    .text = "Prints JSON.",
    .options = plain_options,
    .run = show_run,
};

static const verb verb_set = {
    .name = "admin baseline set",
    .operands = "NAME FILE",
    .summary = "make or change a baseline",
    .text = "FILE is JSON: {\"description\": \"...\", \"rules\": [{\"tee\": \"tdx\", \"fmspc\": "
            "\"...\",\n"
            "\"number\": 19}, {\"channel\": \"standard\"}]}. The first rule that fits counts.",
    .options = plain_options,
    .run = set_run,
};

static const verb verb_plan = {
    .name = "admin baseline plan",
    .operands = "NAME",
    .summary = "who would change status, and by which component",
    .text = "Judges the registered platforms by the candidate and by the baseline of now. Nothing\n"
            "changes. Exit code 1 when platforms would get worse.",
    .options = plan_options,
    .run = plan_run,
};

static const verb verb_promote = {
    .name = "admin baseline promote",
    .operands = "NAME",
    .summary = "make a baseline the default",
    .text = "See `assay admin baseline plan` first. An audit record tells who did it.",
    .options = promote_options,
    .run = promote_run,
};

static const verb verb_rollback = {
    .name = "admin baseline rollback",
    .operands = "NAME",
    .summary = "undo the last change of a baseline, or of \"default\"",
    .text = "The name \"default\" stands for the choice of the default itself.",
    .options = plain_options,
    .run = rollback_run,
};

static const verb *const baseline_verbs[] = { &verb_show,    &verb_set,      &verb_plan,
                                              &verb_promote, &verb_rollback, NULL };

const verb verb_admin_baseline = {
    .name = "admin baseline",
    .operands = "[show|set|plan|promote|rollback]",
    .summary = "list, set, plan and promote TCB baselines",
    .text = "A baseline says which TCB evaluation number is served for which TEE and FMSPC.",
    .options = plain_options,
    .verbs = baseline_verbs,
    .run = list_run,
};
