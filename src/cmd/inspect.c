/* inspect.c: assay inspect: says what a file is and shows every field, without trust. */
#include <stdio.h>

#include "assay/inspect.h"
#include "assay/verify.h"
#include "exit_code.h"
#include "failure.h"
#include "inspect_text.h"
#include "outcome.h"
#include "verbs.h"

/* The file as it is when that is a form we know; else what hex or base64 in it stands for. */
static assay_status read_file(const char *path, input *out, assay_error *error)
{
    input raw = { 0 };
    TRY(input_read(path, INPUT_BUNDLE_MAX, "file", &raw, error));
    if (assay_file_recognise(input_span(&raw)) != ASSAY_FILE_UNKNOWN) {
        *out = raw;
        return ASSAY_OK;
    }
    assay_status status = input_decode(input_span(&raw), out, error);
    input_free(&raw);
    return status;
}

static int inspect_run(const arguments *given)
{
    input file = { 0 };
    char *json = NULL;
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    outcome_form form = outcome_form_of(given);
    if (given->operand_count != 1)
        return usage_error("inspect", "give one file, or - for standard input");
    assay_status status = read_file(given->operands[0], &file, &error);
    if (status == ASSAY_OK)
        status = assay_inspect(input_span(&file), &json, &error);
    input_free(&file);
    if (status != ASSAY_OK)
        return outcome_print_failure("inspect", &error, form);
    if (form == OUTCOME_JSON)
        printf("%s\n", json);
    else
        inspect_text_print(json);
    assay_text_free(json);
    return 0;
}

static const option_row inspect_options[] = {
    { .id = OPTION_JSON, .name = "json", .help = "print JSON" },
    OPTION_ROW_HELP,
    OPTIONS_END,
};

const verb verb_inspect = {
    .name = "inspect",
    .operands = "FILE",
    .summary = "show every field of a file, without trust",
    .text = "Recognises a quote, TD report, SGX report, certificate or chain, CRL, TCB info,\n"
            "identity, collateral or bundle, and shows every field with its offset. Nothing is\n"
            "verified: what is shown is what the bytes say.",
    .options = inspect_options,
    .run = inspect_run,
};
