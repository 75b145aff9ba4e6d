/* target.h: the request target in origin form, RFC 9112 section 3.2.1, and stricter: one spelling
 * for one path, so that no route, log or proxy can disagree with another. */
#ifndef ASSAY_HTTP_TARGET_H
#define ASSAY_HTTP_TARGET_H

#include "http/header.h"

/* What stands behind "http://HOST" or "https://HOST" (section 3.2.2), and HOST; other targets as
 * they are, without an authority (data NULL). */
assay_span target_origin_form(assay_span target, assay_span *authority);

/* Splits at the first question mark; views into `target`. */
refusal target_split(assay_span target, assay_span *path, assay_span *query);

#endif
