/* fetching.h: from where collateral is fetched, by the command line: the options, and the fetcher
 * that they make. */
#ifndef ASSAY_CMD_FETCHING_H
#define ASSAY_CMD_FETCHING_H

#include "fetch_library.h"
#include "options.h"

#define FETCH_OPTIONS                                                                              \
    { .id = OPTION_PCCS,                                                                           \
      .name = "pccs",                                                                              \
      .argument = "URL",                                                                           \
      .value = VALUE_TEXT,                                                                         \
      .times = TIMES_MANY,                                                                         \
      .help = "fetch collateral from this PCCS or assayd; several are asked in order" },           \
        { .id = OPTION_PCS,                                                                        \
          .name = "pcs",                                                                           \
          .argument = "URL",                                                                       \
          .value = VALUE_TEXT,                                                                     \
          .help = "fetch from a service of the form of Intel's own" },                             \
        { .id = OPTION_QCNL_CONFIG,                                                                \
          .name = "qcnl-config",                                                                   \
          .argument = "FILE",                                                                      \
          .value = VALUE_FILE,                                                                     \
          .help = "fetch as this sgx_default_qcnl.conf says" },                                    \
        { .id = OPTION_OFFLINE,                                                                    \
          .name = "offline",                                                                       \
          .help = "only from the cache: no connection at all" },                                   \
        { .id = OPTION_TLS_CA,                                                                     \
          .name = "tls-ca",                                                                        \
          .argument = "FILE",                                                                      \
          .value = VALUE_FILE,                                                                     \
          .help = "the CA of the service's own TLS certificate (PEM)" },                           \
    {                                                                                              \
        .id = OPTION_INSECURE, .name = "insecure",                                                 \
        .help = "do not check the service's TLS certificate"                                       \
    }

/* Zero it before its first use; fetching_free() when done. */
typedef struct fetching {
    fetch_library library;
    assay_fetch_config config;
    assay_fetcher *fetcher;
} fetching;

/* --pccs and --pcs, else --qcnl-config, else the usual configuration file where there is one, else
 * Intel. USAGE for options that do not go together; ENVIRONMENT; MALFORMED for a broken file. */
assay_status fetching_begin(const arguments *given, fetching *out, assay_error *error);
void fetching_free(fetching *f);

/* The first of the options above that was given, with its dashes; NULL: none. */
const char *fetching_option_given(const arguments *given);

#endif
