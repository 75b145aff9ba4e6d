/* bundle.c: assay bundle create, verify and show: a verification in one file. */
#include "assay/bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exit_code.h"
#include "failure.h"
#include "outcome.h"
#include "output_file.h"
#include "text_rows.h"
#include "verbs.h"

/* ---- Reading ---- */

static assay_status bundle_read(const char *path, assay_bundle **out, assay_error *error)
{
    input file = { 0 };
    TRY(input_read(path, INPUT_BUNDLE_MAX, "bundle", &file, error));
    assay_status status = assay_bundle_parse(input_span(&file), out, error);
    input_free(&file);
    return status;
}

/* ---- create ---- */

static assay_status make(const request *asked, const char *path, char **out, assay_error *error)
{
    input quote = { 0 };
    assay_collateral *collateral = NULL;
    TRY(input_read_quote(path, &quote, error));
    assay_status status = request_collateral(asked, input_span(&quote), &collateral, error);
    if (status == ASSAY_OK)
        status = assay_bundle_create(input_span(&quote), collateral, &asked->options, out, error);
    assay_collateral_unref(collateral);
    input_free(&quote);
    return status;
}

/* With a line end, so that it is a text file. */
static assay_status write_out(const char *path, const char *text, assay_error *error)
{
    size_t size = strlen(text);
    input line = { .data = malloc(size + 1), .size = size + 1 };
    if (line.data == NULL)
        return failed(error, ASSAY_NO_MEMORY, "output", "no memory for %zu bytes", size);
    memcpy(line.data, text, size);
    line.data[size] = '\n';
    assay_status status = output_file_write(path, input_span(&line), error);
    input_free(&line);
    return status;
}

static int create_run(const arguments *given)
{
    request asked;
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    char *text = NULL;
    const char *output = option_argument(given, OPTION_OUTPUT);
    if (given->operand_count != 1)
        return usage_error("bundle create", "give one quote, or - for standard input");
    if (output == NULL)
        return usage_error("bundle create", "where to? Give -o FILE");
    if (request_read(given, &asked, &error) != ASSAY_OK)
        return outcome_print_failure("bundle create", &error, OUTCOME_TEXT);
    assay_status status = make(&asked, given->operands[0], &text, &error);
    if (status == ASSAY_OK)
        status = write_out(output, text, &error);
    assay_text_free(text);
    request_free(&asked);
    return status == ASSAY_OK ? 0 : outcome_print_failure("bundle create", &error, OUTCOME_TEXT);
}

/* ---- verify ---- */

/* The outcome of judging what is in the bundle again, with the caller's roots. */
static assay_status judge(const assay_bundle *bundle, const assay_roots *roots, outcome *o)
{
    assay_collateral *collateral = NULL;
    TRY(assay_collateral_new(assay_bundle_collateral(bundle), roots, &collateral, &o->error));
    o->status = assay_verify(NULL, assay_bundle_quote(bundle), collateral,
                             assay_bundle_options(bundle), &o->verdict, &o->error);
    assay_collateral_unref(collateral);
    return ASSAY_OK;
}

/* Judged again to the recorded bytes, or else the failure. */
static void replay(const assay_bundle *bundle, const assay_roots *roots, outcome *o)
{
    char *result = NULL;
    assay_status status = assay_bundle_replay(bundle, roots, NULL, &result, &o->error);
    assay_text_free(result);
    if (status == ASSAY_OK)
        status = judge(bundle, roots, o);
    if (status != ASSAY_OK)
        outcome_fail(o, status);
}

static int verify_run(const arguments *given)
{
    assay_bundle *bundle = NULL;
    assay_roots roots = { 0 };
    outcome o = { 0 };
    outcome_form form = outcome_form_of(given);
    if (given->operand_count != 1)
        return usage_error("bundle verify", "give one bundle, or - for standard input");
    assay_status status = request_read_roots(given, &roots, &o.error);
    if (status == ASSAY_OK)
        status = bundle_read(given->operands[0], &bundle, &o.error);
    if (status != ASSAY_OK)
        return outcome_print_failure("bundle verify", &o.error, form);
    replay(bundle, &roots, &o);
    int code = outcome_print(&o, assay_bundle_options(bundle), form);
    outcome_clear(&o);
    assay_bundle_free(bundle);
    return code;
}

/* ---- show ---- */

static void show_size(const char *label, assay_span bytes)
{
    text_row(label, "%zu bytes", bytes.size);
}

static void show_options(const assay_verify_options *options)
{
    text_heading("Options");
    text_row_time("judged at", options->now);
    for (int i = 1; i < ASSAY_TCB_STATUS_COUNT; i++) {
        uint32_t accept =
            options->accept != 0 ? options->accept : ASSAY_ACCEPT(ASSAY_TCB_UP_TO_DATE);
        if ((accept & ASSAY_ACCEPT(i)) != 0)
            text_row("accepts", "%s", assay_tcb_status_name((assay_tcb_status)i));
    }
    text_row("debug", "%s", options->allow_debug ? "accepted" : "not accepted");
    text_row("reserved bits", "%s", options->allow_reserved ? "accepted" : "not accepted");
    text_row("strict", "%s", options->strict ? "yes" : "no");
    if (options->report_data != NULL)
        text_row_bytes("report data", (assay_span) { options->report_data, 64 });
    if (options->min_tcb_evaluation_data_number > 0)
        text_row("evaluation number", "at least %u", options->min_tcb_evaluation_data_number);
    if (options->pck_chain.size > 0)
        show_size("pck_chain", options->pck_chain);
}

static void show(const assay_bundle *bundle)
{
    const assay_collateral_items *items = assay_bundle_collateral(bundle);
    text_line(COLOUR_BOLD, "Bundle: proves nothing until it is verified again");
    show_options(assay_bundle_options(bundle));
    text_heading("Contents");
    show_size("quote", assay_bundle_quote(bundle));
    show_size("tcb_info", items->tcb_info);
    show_size("  issuer chain", items->tcb_info_issuer_chain);
    show_size("qe_identity", items->qe_identity);
    show_size("  issuer chain", items->qe_identity_issuer_chain);
    show_size("root_ca_crl", items->root_ca_crl);
    show_size("pck_crl", items->pck_crl);
    show_size("  issuer chain", items->pck_crl_issuer_chain);
    text_heading("Result as recorded");
    text_put(assay_bundle_result(bundle), stdout);
    puts("");
}

static int show_run(const arguments *given)
{
    assay_bundle *bundle = NULL;
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    if (given->operand_count != 1)
        return usage_error("bundle show", "give one bundle, or - for standard input");
    if (bundle_read(given->operands[0], &bundle, &error) != ASSAY_OK)
        return outcome_print_failure("bundle show", &error, OUTCOME_TEXT);
    show(bundle);
    assay_bundle_free(bundle);
    return 0;
}

/* ---- The table ---- */

static const option_row create_options[] = {
    COLLATERAL_OPTIONS,
    FETCH_OPTIONS,
    REQUEST_OPTIONS,
    { .id = OPTION_OUTPUT,
      .name = "output",
      .letter = 'o',
      .argument = "FILE",
      .value = VALUE_FILE,
      .help = "the bundle; written whole or not at all" },
    OPTION_ROW_HELP,
    OPTIONS_END,
};

static const option_row verify_options[] = {
    { .id = OPTION_ROOT,
      .name = "root",
      .argument = "FILE",
      .value = VALUE_FILE,
      .times = TIMES_MANY,
      .help = "trust this root beside Intel's; a bundle names none" },
    { .id = OPTION_JSON, .name = "json", .help = "print JSON, for every outcome" },
    { .id = OPTION_EXPLAIN, .name = "explain", .help = "say what is short and what would pass" },
    OPTION_ROW_HELP,
    OPTIONS_END,
};

static const option_row help_options[] = { OPTION_ROW_HELP, OPTIONS_END };

static const verb verb_create = {
    .name = "bundle create",
    .operands = "QUOTE",
    .summary = "write quote, collateral, time and result into one file",
    .text =
        "Judges the quote as assay verify does, and writes everything that the judgement rests\n"
        "on, with its result, into one file. A quote that can't be judged makes a bundle too.\n"
        "Exit code 0: the bundle is written, whatever its result.",
    .options = create_options,
    .run = create_run,
};

static const verb verb_verify_bundle = {
    .name = "bundle verify",
    .operands = "FILE",
    .summary = "judge a bundle again, offline, to the same bytes",
    .text =
        "Judges what the bundle holds at its own time and compares the result with the recorded\n"
        "one, byte for byte. Other roots than Intel's must be named again. Exit codes are those\n"
        "of assay verify; 3 also when the result differs.",
    .options = verify_options,
    .run = verify_run,
};

static const verb verb_show = {
    .name = "bundle show",
    .operands = "FILE",
    .summary = "show what a bundle holds, without judging",
    .text = "Shows time, options, sizes and the recorded result. Nothing is verified.",
    .options = help_options,
    .run = show_run,
};

static const verb *const bundle_verbs[] = { &verb_create, &verb_verify_bundle, &verb_show, NULL };

const verb verb_bundle = {
    .name = "bundle",
    .operands = "create|verify|show",
    .summary = "a verification in one file, to be replayed offline",
    .text = "Makes, replays and shows bundles: quote, collateral, time, options and result.",
    .options = help_options,
    .verbs = bundle_verbs,
};
