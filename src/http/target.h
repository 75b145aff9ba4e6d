/* target.h: the request target in origin form, RFC 9112 section 3.2.1, and stricter: one spelling
 * for one path, so that no route, log or proxy can disagree with another. */
#ifndef ASSAY_HTTP_TARGET_H
#define ASSAY_HTTP_TARGET_H

#include "http/header.h"

/* Splits at the first question mark; views into `target`. */
refusal target_split(assay_span target, assay_span *path, assay_span *query);

#endif
