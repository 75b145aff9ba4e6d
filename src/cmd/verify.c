/* verify.c: assay verify: judges quotes. */
#include <stdio.h>

#include "batch.h"
#include "exit_code.h"
#include "failure.h"
#include "outcome.h"
#include "verbs.h"

enum { JOBS_MAX = 256 };

static int verify_one(const request *asked, const char *path, outcome_form form)
{
    outcome o = { 0 };
    outcome_of_file(NULL, asked, path, &o);
    int code = outcome_print(&o, &asked->options, form);
    outcome_clear(&o);
    return code;
}

static int verify_many(const arguments *given, const request *asked)
{
    batch_setup setup = { .asked = asked,
                          .paths = given->operands,
                          .path_count = given->operand_count,
                          .list = option_argument(given, OPTION_BATCH),
                          .memory = option_given(given, OPTION_NO_MEMORY) ? BATCH_FORGETS
                                                                          : BATCH_REMEMBERS };
    const char *jobs = option_argument(given, OPTION_JOBS);
    uint32_t count = 0;
    assay_error error;
    if (jobs != NULL && number_read("jobs", jobs, 1, JOBS_MAX, &count, &error) != ASSAY_OK)
        return usage_error("verify", "%s", error.detail);
    setup.jobs = count;
    return batch_run(&setup);
}

static int verify_run(const arguments *given)
{
    request asked;
    assay_error error;
    bool many = given->operand_count > 1 || option_given(given, OPTION_BATCH);
    outcome_form form = outcome_form_of(given);
    if (given->operand_count == 0 && !many)
        return usage_error("verify", "which quote? Give a file, or - for standard input");
    if (many && option_given(given, OPTION_SAVE_COLLATERAL))
        return usage_error("verify", "--save-collateral is for one quote");
    if (request_read(given, &asked, &error) != ASSAY_OK)
        return outcome_print_failure("verify", &error, many ? OUTCOME_JSON : form);
    int code = many ? verify_many(given, &asked) : verify_one(&asked, given->operands[0], form);
    request_free(&asked);
    return code;
}

static const option_row verify_options[] = {
    COLLATERAL_OPTIONS,
    FETCH_OPTIONS,
    REQUEST_OPTIONS,
    { .id = OPTION_JSON, .name = "json", .help = "print JSON, for every outcome" },
    { .id = OPTION_EXPLAIN, .name = "explain", .help = "say what is short and what would pass" },
    { .id = OPTION_BATCH,
      .name = "batch",
      .argument = "FILE",
      .value = VALUE_FILE,
      .help = "a list of quotes: a path or JSON per line" },
    { .id = OPTION_JOBS,
      .name = "jobs",
      .argument = "N",
      .value = VALUE_TEXT,
      .help = "threads for several quotes (default: one per core)" },
    { .id = OPTION_NO_MEMORY, .name = "no-memory", .help = "prove each quote from the beginning" },
    OPTION_ROW_HELP,
    OPTIONS_END,
};

const verb verb_verify = {
    .name = "verify",
    .operands = "QUOTE...",
    .summary = "judge quotes against collateral",
    .text =
        "Judges a quote (binary, hex or base64; - is standard input) against collateral at a\n"
        "time. Without --collateral it is fetched: from --pccs, else as the configuration file\n"
        "/etc/sgx_default_qcnl.conf says, else from Intel. Accepted is only UpToDate with\n"
        "unexpired collateral, unless options say otherwise. Several quotes, or a list by\n"
        "--batch, give one JSON line each, in order.\n"
        "\n"
        "Exit code: 0 accepted, 1 judged and not accepted, 2 wrong usage, 3 can't be judged,\n"
        "4 file, network or memory. Of several quotes: the worst (4, 3, 1, 0).",
    .options = verify_options,
    .run = verify_run,
};
