/* collateral_source.h: the collateral for each quote: at hand, or fetched once for each kind of
 * platform, whichever thread asks. */
#ifndef ASSAY_CMD_COLLATERAL_SOURCE_H
#define ASSAY_CMD_COLLATERAL_SOURCE_H

#include "assay/collateral.h"
#include "options.h"

typedef struct collateral_source collateral_source;

/* Reads what --collateral and single items name; without any of them, makes ready to fetch. Roots
 * are copied. `pck_chain` (empty: none) is for quotes that carry no chain, and must outlive it.
 * Errors of collateral_input_read() and fetching_begin(). */
assay_status collateral_source_new(const arguments *given, const assay_roots *roots,
                                   assay_span pck_chain, collateral_source **out,
                                   assay_error *error);
void collateral_source_free(collateral_source *source); /* NULL is fine */

/* The collateral for a quote; the caller owns one reference. Errors of assay_fetch_collateral();
 * that of a quote which is none. */
assay_status collateral_source_get(collateral_source *source, assay_span quote,
                                   assay_collateral **out, assay_error *error);

#endif
