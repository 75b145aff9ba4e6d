/* collateral_fetch.c: assay collateral fetch: the whole set for a quote or a kind of platform. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "collateral.h"
#include "collateral_output.h"
#include "exit_code.h"
#include "failure.h"
#include "fetching.h"
#include "request.h"
#include "text_rows.h"

/* What stands behind --tee and --ca. */
typedef struct word_row {
    const char *word;
    int meaning;
} word_row;

static const word_row tee_words[] = { { "sgx", ASSAY_TEE_SGX },
                                      { "tdx", ASSAY_TEE_TDX },
                                      { NULL, 0 } };
static const word_row ca_words[] = { { "processor", ASSAY_CA_PROCESSOR },
                                     { "platform", ASSAY_CA_PLATFORM },
                                     { NULL, 0 } };

static assay_status word_read(const char *option, const char *text, const word_row *rows, int *out,
                              assay_error *error)
{
    for (const word_row *row = rows; row->word != NULL; row++) {
        if (strcmp(row->word, text) == 0) {
            *out = row->meaning;
            return ASSAY_OK;
        }
    }
    return failed(error, ASSAY_USAGE, option, "--%s wants %s or %s, not %s", option, rows[0].word,
                  rows[1].word, text);
}

/* ---- For which platforms ---- */

static assay_status order_of_options(const arguments *given, assay_collateral_order *out,
                                     assay_error *error)
{
    const char *fmspc = option_argument(given, OPTION_FMSPC);
    const char *tee = option_argument(given, OPTION_TEE);
    const char *ca = option_argument(given, OPTION_CA);
    int tee_read = ASSAY_TEE_NONE, ca_read = ASSAY_CA_PLATFORM;
    if (fmspc == NULL || tee == NULL)
        return failed(error, ASSAY_USAGE, "fmspc",
                      "for which platforms? Give a quote, or --fmspc and --tee");
    const assay_span digits = { (const uint8_t *)fmspc, strlen(fmspc) };
    if (assay_hex_decode(digits, out->fmspc, sizeof(out->fmspc), NULL) != ASSAY_OK)
        return failed(error, ASSAY_USAGE, "fmspc", "--fmspc wants 12 hex digits, not %s", fmspc);
    TRY(word_read("tee", tee, tee_words, &tee_read, error));
    if (ca != NULL)
        TRY(word_read("ca", ca, ca_words, &ca_read, error));
    out->tee = (assay_tee)tee_read;
    out->ca = (assay_ca)ca_read;
    return ASSAY_OK;
}

static assay_status order_of_quote(const fetching *f, const char *path, assay_collateral_order *out,
                                   assay_error *error)
{
    input quote = { 0 };
    TRY(input_read_quote(path, &quote, error));
    assay_status status = f->library.order_of_quote(input_span(&quote), out, error);
    input_free(&quote);
    return status;
}

static assay_status order_read(const arguments *given, const fetching *f,
                               assay_collateral_order *out, assay_error *error)
{
    const bool named = option_given(given, OPTION_FMSPC) || option_given(given, OPTION_TEE) ||
                       option_given(given, OPTION_CA);
    if (given->operand_count == 0)
        return order_of_options(given, out, error);
    if (named)
        return failed(error, ASSAY_USAGE, "fmspc",
                      "the quote says for which platforms: --fmspc, --tee and --ca do not");
    return order_of_quote(f, given->operands[0], out, error);
}

/* ---- Fetching ---- */

static void tell_progress(void *context, const char *what, const char *url)
{
    (void)context;
    fprintf(stderr, "%s from ", what);
    text_put(url, stderr);
    fputs("\n", stderr);
}

static assay_status fetch(const arguments *given, assay_collateral **out, assay_error *error)
{
    fetching f = { 0 };
    assay_roots roots = { 0 };
    assay_collateral_order order = { 0 };
    assay_status status = request_read_roots(given, &roots, error);
    if (status == ASSAY_OK)
        status = fetching_begin(given, &f, error);
    if (status == ASSAY_OK)
        status = order_read(given, &f, &order, error);
    if (status == ASSAY_OK)
        status = f.library.fetch_collateral(f.fetcher, &order, &roots,
                                            isatty(STDERR_FILENO) ? tell_progress : NULL, NULL, out,
                                            error);
    fetching_free(&f);
    return status;
}

static void tell(const assay_collateral *collateral, const char *path, const arguments *given)
{
    if (strcmp(path, "-") == 0)
        return;
    if (option_given(given, OPTION_JSON)) {
        collateral_show_json(collateral);
        return;
    }
    collateral_show(collateral);
    printf("\nWritten to ");
    text_put(path, stdout);
    puts("");
}

/* What does not hold is not written: a file on a disk looks trusted. */
static int fetch_run(const arguments *given)
{
    assay_collateral *collateral = NULL;
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    const char *path = option_argument(given, OPTION_OUTPUT);
    if (given->operand_count > 1)
        return usage_error("collateral fetch", "give one quote, or --fmspc and --tee");
    if (path == NULL)
        path = "-";
    assay_status status = fetch(given, &collateral, &error);
    if (status == ASSAY_OK)
        status = assay_collateral_check(collateral, &error);
    if (status == ASSAY_OK)
        status = collateral_output_write(path, collateral, &error);
    if (status == ASSAY_OK)
        tell(collateral, path, given);
    assay_collateral_unref(collateral);
    return status == ASSAY_OK ? EXIT_CODE_ACCEPTED
                              : collateral_failure("collateral fetch", status, &error, given);
}

static const option_row fetch_options[] = {
    { .id = OPTION_FMSPC,
      .name = "fmspc",
      .argument = "HEX",
      .value = VALUE_TEXT,
      .help = "family of platforms, 12 hex digits; instead of a quote" },
    { .id = OPTION_TEE,
      .name = "tee",
      .argument = "sgx|tdx",
      .value = VALUE_TEXT,
      .help = "with --fmspc" },
    { .id = OPTION_CA,
      .name = "ca",
      .argument = "processor|platform",
      .value = VALUE_TEXT,
      .help = "with --fmspc: which CA's CRL (default: platform)" },
    { .id = OPTION_EARLY,
      .name = "early",
      .help = "the early TCB set instead of the standard one" },
    { .id = OPTION_TCB_EVALUATION_DATA_NUMBER,
      .name = "tcb-evaluation-data-number",
      .argument = "N",
      .value = VALUE_TEXT,
      .help = "the TCB set of this number" },
    FETCH_OPTIONS,
    COLLATERAL_ROOT_OPTION,
    { .id = OPTION_OUTPUT,
      .name = "output",
      .letter = 'o',
      .argument = "DIR|FILE.json",
      .value = VALUE_FILE,
      .help = "where to (default: one JSON on standard output)" },
    COLLATERAL_JSON_OPTION,
    OPTION_ROW_HELP,
    OPTIONS_END,
};

const verb verb_collateral_fetch = {
    .name = "collateral fetch",
    .operands = "[QUOTE]",
    .summary = "fetch the whole set for a quote or a kind of platform",
    .text =
        "Fetches TCB info, QE identity, both CRLs and their chains: from --pccs or --pcs, else as\n"
        "the configuration file says, else from Intel; checks every signature, and writes a\n"
        "folder of items or one JSON file.\n"
        "\n"
        "Exit code: 0 written, 2 wrong usage, 3 the quote is broken or a signature does not\n"
        "hold, 4 network, file or memory.",
    .options = fetch_options,
    .run = fetch_run,
};
