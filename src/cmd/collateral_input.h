/* collateral_input.h: collateral from a folder, a one-file JSON, separate options, or from a folder
 * or file with single items replaced by separate options. */
#ifndef ASSAY_CMD_COLLATERAL_INPUT_H
#define ASSAY_CMD_COLLATERAL_INPUT_H

#include "assay/collateral.h"
#include "options.h"

/* The rows that verify and bundle create share. */
#define COLLATERAL_OPTIONS                                                                         \
    { .id = OPTION_COLLATERAL,                                                                     \
      .name = "collateral",                                                                        \
      .argument = "DIR|FILE",                                                                      \
      .value = VALUE_FILE,                                                                         \
      .help = "collateral: a folder of items, or one JSON file" },                                 \
        { .id = OPTION_TCB_INFO,                                                                   \
          .name = "tcb-info",                                                                      \
          .argument = "FILE",                                                                      \
          .value = VALUE_FILE,                                                                     \
          .help = "TCB info as the vendor signed it" },                                            \
        { .id = OPTION_TCB_INFO_ISSUER_CHAIN,                                                      \
          .name = "tcb-info-issuer-chain",                                                         \
          .argument = "FILE",                                                                      \
          .value = VALUE_FILE,                                                                     \
          .help = "PEM chain of the TCB info's signer" },                                          \
        { .id = OPTION_QE_IDENTITY,                                                                \
          .name = "qe-identity",                                                                   \
          .argument = "FILE",                                                                      \
          .value = VALUE_FILE,                                                                     \
          .help = "QE identity as the vendor signed it" },                                         \
        { .id = OPTION_QE_IDENTITY_ISSUER_CHAIN,                                                   \
          .name = "qe-identity-issuer-chain",                                                      \
          .argument = "FILE",                                                                      \
          .value = VALUE_FILE,                                                                     \
          .help = "PEM chain of the QE identity's signer" },                                       \
        { .id = OPTION_ROOT_CA_CRL,                                                                \
          .name = "root-ca-crl",                                                                   \
          .argument = "FILE",                                                                      \
          .value = VALUE_FILE,                                                                     \
          .help = "CRL of the root CA: PEM, DER or hex" },                                         \
        { .id = OPTION_PCK_CRL,                                                                    \
          .name = "pck-crl",                                                                       \
          .argument = "FILE",                                                                      \
          .value = VALUE_FILE,                                                                     \
          .help = "CRL of the PCK CA: PEM, DER or hex" },                                          \
    {                                                                                              \
        .id = OPTION_PCK_CRL_ISSUER_CHAIN, .name = "pck-crl-issuer-chain", .argument = "FILE",     \
        .value = VALUE_FILE, .help = "PEM chain of the PCK CA"                                     \
    }

/* True when the options name collateral: --collateral, or any single item. */
bool collateral_input_given(const arguments *given);

/* The collateral in a folder or a one-file JSON ("-": standard input). */
assay_status collateral_input_read_path(const char *path, const assay_roots *roots,
                                        assay_collateral **out, assay_error *error);

/* The usual name of an item in a folder, by its place in assay_collateral_items; NULL behind the
 * last one. */
const char *collateral_input_file_name(size_t index, size_t *member);

/* Makes the collateral that the options name. USAGE for too few single items;
 * ENVIRONMENT when a file can't be read; MALFORMED (S36, E002) when a folder lacks items, with the
 * names of all that it lacks. The caller owns one reference. */
assay_status collateral_input_read(const arguments *given, const assay_roots *roots,
                                   assay_collateral **out, assay_error *error);

#endif
