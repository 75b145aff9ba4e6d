/* suggest.h: assay_suggest() with another distance. */
#ifndef ASSAY_BASE_SUGGEST_H
#define ASSAY_BASE_SUGGEST_H

/* The closest candidate within `furthest`, and less than half the word away, or NULL. */
const char *suggest_within(const char *word, const char *const *candidates, unsigned furthest);

#endif
