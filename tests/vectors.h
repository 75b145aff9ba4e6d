/* vectors.h: real quotes and collateral with known outcomes: ../shared/vectors, or $ASSAY_VECTORS.
 * They are not part of the project; tests that need them skip, loudly, when they are not there. */
#ifndef TESTS_VECTORS_H
#define TESTS_VECTORS_H

#include <jansson.h>

#include "assay/collateral.h"

/* The folder of vectors, or NULL (then a message has been printed: call skip()). */
const char *vectors_folder(void);

/* A whole file, malloc'd; data NULL when it can't be read. */
assay_span vectors_read(const char *folder, const char *name);

/* Calls `each` for every case folder of `families` (ends with NULL) in order of names; returns how
 * many there were. */
size_t vectors_each(const char *const *families,
                    void (*each)(const char *folder, json_t *description, void *context),
                    void *context);

/* The seven items of a case folder; free with vectors_items_free(). Missing files are empty. */
assay_collateral_items vectors_items(const char *folder);
void vectors_items_free(assay_collateral_items *items);

/* A member of `expected_assay`, or else of `expected`, or NULL. */
json_t *vectors_expected(json_t *description, const char *member);

#endif
