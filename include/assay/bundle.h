/* assay/bundle.h: one file that holds a verification: quote, collateral, time, options and result,
 * so that it can be replayed offline, by anyone, to the same bytes.
 *
 * A bundle proves nothing by itself: replaying it does. Additional roots are part of the bundle's
 * *options* for the record, but never trusted from there: the caller names them.
 */
#ifndef ASSAY_BUNDLE_H
#define ASSAY_BUNDLE_H

#include "assay/verify.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Verifies and writes the bundle (JSON, one line, malloc'd; free with assay_text_free()). Quotes
 * that cannot be judged make bundles too: their failure is the result. NO_MEMORY, USAGE. */
ASSAY_API assay_status assay_bundle_create(assay_span quote, assay_collateral *collateral,
                                           const assay_verify_options *options, char **out,
                                           assay_error *error);

typedef struct assay_bundle assay_bundle;

/* Reads a bundle. MALFORMED with where and offset: unknown members, duplicates, bad base64. */
ASSAY_API assay_status assay_bundle_parse(assay_span text, assay_bundle **out, assay_error *error);
ASSAY_API void assay_bundle_free(assay_bundle *bundle);

ASSAY_API assay_span assay_bundle_quote(const assay_bundle *bundle);
ASSAY_API const assay_collateral_items *assay_bundle_collateral(const assay_bundle *bundle);
ASSAY_API const assay_verify_options *assay_bundle_options(const assay_bundle *bundle);
ASSAY_API const char *assay_bundle_result(const assay_bundle *bundle); /* JSON as recorded */

/* Verifies again with the bundle's time and options and the caller's roots. `*result` is the new
 * JSON (malloc'd). OK when it equals the recorded result byte for byte, MISMATCH otherwise (with
 * `*result` set all the same). NO_MEMORY. `verdict` as in assay_verify(), may be NULL. */
ASSAY_API assay_status assay_bundle_replay(const assay_bundle *bundle, const assay_roots *roots,
                                           assay_verdict *verdict, char **result,
                                           assay_error *error);

#ifdef __cplusplus
}
#endif
#endif
