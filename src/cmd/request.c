/* request.c: what a verification is asked for on the command line. */
#include "request.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collateral_output.h"
#include "failure.h"

enum { STATUS_NAME_MAX = 64 };

assay_status number_read(const char *name, const char *text, uint32_t min, uint32_t max,
                         uint32_t *out, assay_error *error)
{
    uint64_t value = 0;
    size_t i = 0;
    for (; text[i] >= '0' && text[i] <= '9' && value <= max; i++)
        value = value * 10 + (uint64_t)(text[i] - '0');
    if (i == 0 || text[i] != '\0' || value < min || value > max)
        return failed(error, ASSAY_USAGE, name, "--%s wants a number from %u to %u, not %s", name,
                      min, max, text);
    *out = (uint32_t)value;
    return ASSAY_OK;
}

/* ---- --accept ---- */

static assay_status accept_unknown(const char *word, assay_error *error)
{
    const char *candidates[ASSAY_TCB_STATUS_COUNT] = { NULL };
    for (int i = 1; i < ASSAY_TCB_STATUS_COUNT; i++)
        candidates[i - 1] = assay_tcb_status_name((assay_tcb_status)i);
    const char *meant = suggestion(word, candidates);
    if (meant == NULL)
        return failed(error, ASSAY_USAGE, "accept", "--accept: there is no TCB status %s", word);
    return failed(error, ASSAY_USAGE, "accept",
                  "--accept: there is no TCB status %s; did you mean %s?", word, meant);
}

static assay_status accept_word(const char *word, uint32_t *out, assay_error *error)
{
    assay_tcb_status status = assay_tcb_status_parse(word);
    if (status == ASSAY_TCB_NOT_JUDGED)
        return accept_unknown(word, error);
    if (status == ASSAY_TCB_REVOKED || status == ASSAY_TCB_NOT_SUPPORTED)
        return failed(error, ASSAY_USAGE, "accept", "--accept: %s can't be accepted", word);
    *out |= ASSAY_ACCEPT(status);
    return ASSAY_OK;
}

assay_status accept_read(const char *text, uint32_t *out, assay_error *error)
{
    uint32_t accept = ASSAY_ACCEPT(ASSAY_TCB_UP_TO_DATE);
    for (;;) {
        char word[STATUS_NAME_MAX] = "";
        size_t size = strcspn(text, ",");
        if (size >= sizeof(word))
            return failed(error, ASSAY_USAGE, "accept", "--accept: a status is too long");
        memcpy(word, text, size);
        TRY(accept_word(word, &accept, error));
        if (text[size] == '\0')
            break;
        text += size + 1;
    }
    *out = accept;
    return ASSAY_OK;
}

/* ---- --report-data ---- */

static assay_status report_data_from_file(const char *path, uint8_t out[64], assay_error *error)
{
    input file = { 0 };
    assay_status status = input_read(path, 64, "report_data", &file, error);
    if (status == ASSAY_MALFORMED)
        return failed(error, ASSAY_USAGE, "report_data",
                      "--report-data: %s is longer than 64 bytes", path);
    if (status == ASSAY_OK && file.size > 0)
        memcpy(out, file.data, file.size);
    input_free(&file);
    return status;
}

assay_status report_data_read(const char *text, uint8_t out[64], assay_error *error)
{
    memset(out, 0, 64);
    if (text[0] == '@')
        return report_data_from_file(text + 1, out, error);
    size_t size = strlen(text);
    if (size > 128)
        return failed(error, ASSAY_USAGE, "report_data",
                      "--report-data: %zu hex digits, at most 128 (64 bytes)", size);
    if (size % 2 != 0)
        return failed(error, ASSAY_USAGE, "report_data",
                      "--report-data: an odd number of hex digits (%zu)", size);
    assay_span digits = { (const uint8_t *)text, size };
    if (assay_hex_decode(digits, out, size / 2, NULL) != ASSAY_OK)
        return failed(error, ASSAY_USAGE, "report_data",
                      "--report-data wants hex digits, or @FILE for the bytes of a file");
    return ASSAY_OK;
}

/* ---- The rest ---- */

assay_status request_read_time(const arguments *given, int64_t *out, assay_error *error)
{
    const char *text = option_argument(given, OPTION_AT);
    if (text == NULL) {
        *out = (int64_t)time(NULL);
        return ASSAY_OK;
    }
    if (assay_time_parse(text, out, error) != ASSAY_OK || *out <= 0)
        return failed(error, ASSAY_USAGE, "at",
                      "--at wants RFC 3339 (2025-07-04T10:28:44Z) or Unix seconds, not %s", text);
    return ASSAY_OK;
}

static assay_status root_read(const char *path, assay_roots *out, assay_error *error)
{
    input file = { 0 };
    TRY(input_read(path, INPUT_ITEM_MAX, "root", &file, error));
    assay_status status = assay_roots_add(out, input_span(&file), error);
    input_free(&file);
    return status;
}

assay_status request_read_roots(const arguments *given, assay_roots *out, assay_error *error)
{
    size_t position = 0;
    const char *path;
    while ((path = option_next(given, OPTION_ROOT, &position)) != NULL)
        TRY(root_read(path, out, error));
    return ASSAY_OK;
}

/* Everything that is judged by its text alone, so that wrong usage is told before files are. */
static assay_status options_read(const arguments *given, request *out, assay_error *error)
{
    assay_verify_options *options = &out->options;
    const char *accept = option_argument(given, OPTION_ACCEPT);
    const char *number = option_argument(given, OPTION_MIN_TCB_EVALUATION_DATA_NUMBER);
    const char *report_data = option_argument(given, OPTION_REPORT_DATA);
    TRY(request_read_time(given, &options->now, error));
    if (accept != NULL)
        TRY(accept_read(accept, &options->accept, error));
    if (number != NULL)
        TRY(number_read("min-tcb-evaluation-data-number", number, 0, UINT32_MAX,
                        &options->min_tcb_evaluation_data_number, error));
    if (report_data != NULL) {
        TRY(report_data_read(report_data, out->report_data, error));
        options->report_data = out->report_data;
    }
    options->allow_debug = option_given(given, OPTION_ALLOW_DEBUG);
    options->allow_reserved = option_given(given, OPTION_ALLOW_RESERVED);
    options->strict = option_given(given, OPTION_STRICT);
    out->save = option_argument(given, OPTION_SAVE_COLLATERAL);
    return ASSAY_OK;
}

static assay_status files_read(const arguments *given, request *out, assay_error *error)
{
    const char *pck_chain = option_argument(given, OPTION_PCK_CHAIN);
    TRY(request_read_roots(given, &out->roots, error));
    if (pck_chain != NULL)
        TRY(input_read(pck_chain, INPUT_ITEM_MAX, "pck_chain", &out->pck_chain, error));
    out->options.pck_chain = input_span(&out->pck_chain);
    return collateral_source_new(given, &out->roots, out->options.pck_chain, &out->collateral,
                                 error);
}

assay_status request_read(const arguments *given, request *out, assay_error *error)
{
    *out = (request) { 0 };
    assay_status status = options_read(given, out, error);
    if (status == ASSAY_OK)
        status = files_read(given, out, error);
    if (status != ASSAY_OK)
        request_free(out);
    return status;
}

void request_free(request *r)
{
    collateral_source_free(r->collateral);
    input_free(&r->pck_chain);
    *r = (request) { 0 };
}

assay_status request_collateral(const request *asked, assay_span quote, assay_collateral **out,
                                assay_error *error)
{
    assay_collateral *collateral = NULL;
    TRY(collateral_source_get(asked->collateral, quote, &collateral, error));
    assay_status status =
        asked->save == NULL ? ASSAY_OK : collateral_output_json(asked->save, collateral, error);
    if (status != ASSAY_OK)
        assay_collateral_unref(collateral);
    else
        *out = collateral;
    return status;
}
