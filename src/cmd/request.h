/* request.h: what a verification is asked for on the command line: options, roots, collateral. */
#ifndef ASSAY_CMD_REQUEST_H
#define ASSAY_CMD_REQUEST_H

#include "assay/verify.h"
#include "collateral_input.h"
#include "collateral_source.h"
#include "fetching.h"
#include "input.h"
#include "options.h"

/* The rows that verify, appraise and bundle create share, beside COLLATERAL_OPTIONS. */
#define REQUEST_OPTIONS                                                                            \
    { .id = OPTION_AT,                                                                             \
      .name = "at",                                                                                \
      .argument = "TIME",                                                                          \
      .value = VALUE_TEXT,                                                                         \
      .help = "judge at this time: RFC 3339 or Unix seconds (default: now)" },                     \
        { .id = OPTION_ROOT,                                                                       \
          .name = "root",                                                                          \
          .argument = "FILE",                                                                      \
          .value = VALUE_FILE,                                                                     \
          .times = TIMES_MANY,                                                                     \
          .help = "trust this root beside Intel's: certificate or key" },                          \
        { .id = OPTION_ACCEPT,                                                                     \
          .name = "accept",                                                                        \
          .argument = "STATUS,...",                                                                \
          .value = VALUE_STATUSES,                                                                 \
          .help = "accept these TCB statuses beside UpToDate" },                                   \
        { .id = OPTION_REPORT_DATA,                                                                \
          .name = "report-data",                                                                   \
          .argument = "HEX|@FILE",                                                                 \
          .value = VALUE_TEXT,                                                                     \
          .help = "the report must carry this, padded with zeros to 64 bytes" },                   \
        { .id = OPTION_ALLOW_DEBUG,                                                                \
          .name = "allow-debug",                                                                   \
          .help = "accept a debuggable TD or enclave" },                                           \
        { .id = OPTION_ALLOW_RESERVED,                                                             \
          .name = "allow-reserved",                                                                \
          .help = "accept reserved bits set in the report" },                                      \
        { .id = OPTION_STRICT,                                                                     \
          .name = "strict",                                                                        \
          .help = "refuse bytes behind the quote unless they are zero" },                          \
        { .id = OPTION_PCK_CHAIN,                                                                  \
          .name = "pck-chain",                                                                     \
          .argument = "FILE",                                                                      \
          .value = VALUE_FILE,                                                                     \
          .help = "PCK chain (PEM) for quotes that carry none" },                                  \
        { .id = OPTION_SAVE_COLLATERAL,                                                            \
          .name = "save-collateral",                                                               \
          .argument = "FILE",                                                                      \
          .value = VALUE_FILE,                                                                     \
          .help = "write the collateral there, as one JSON file" },                                \
    {                                                                                              \
        .id = OPTION_MIN_TCB_EVALUATION_DATA_NUMBER, .name = "min-tcb-evaluation-data-number",     \
        .argument = "N", .value = VALUE_TEXT, .help = "refuse collateral of a lower number"        \
    }

/* Owns everything its options point into; request_free(). It must not be moved once read. */
typedef struct request {
    assay_verify_options options;
    assay_roots roots;
    collateral_source *collateral;
    uint8_t report_data[64];
    input pck_chain;
    const char *save; /* --save-collateral; NULL: not asked for */
} request;

/* Reads what the options name; the clock when there is no --at. USAGE for unusable arguments (the
 * detail is the complaint), and what collateral_source_new() and input_read() return. */
assay_status request_read(const arguments *given, request *out, assay_error *error);
void request_free(request *r);

/* The collateral for this quote, one reference; also written to the file of
 * --save-collateral. What collateral_source_get() returns; ENVIRONMENT. */
assay_status request_collateral(const request *asked, assay_span quote, assay_collateral **out,
                                assay_error *error);

/* --at, or the clock; USAGE. */
assay_status request_read_time(const arguments *given, int64_t *out, assay_error *error);

/* Adds the keys of every --root. */
assay_status request_read_roots(const arguments *given, assay_roots *out, assay_error *error);

/* A decimal number from `min` to `max`; USAGE. `name` is the option's. */
assay_status number_read(const char *name, const char *text, uint32_t min, uint32_t max,
                         uint32_t *out, assay_error *error);

/* "UpToDate,SWHardeningNeeded" as ASSAY_ACCEPT() bits, UpToDate always among them; USAGE. */
assay_status accept_read(const char *text, uint32_t *out, assay_error *error);

/* HEX or @FILE, at most 64 bytes, padded with zeros. USAGE; ENVIRONMENT. */
assay_status report_data_read(const char *text, uint8_t out[64], assay_error *error);

#endif
