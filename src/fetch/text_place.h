/* text_place.h: where in a file for people something stands: line and column. */
#ifndef ASSAY_FETCH_TEXT_PLACE_H
#define ASSAY_FETCH_TEXT_PLACE_H

#include "base/span.h"

typedef struct text_place {
    const char *name; /* of the file */
    assay_span text;
} text_place;

/* MALFORMED with where "NAME:LINE:COLUMN", both from 1, columns in bytes. */
assay_status text_fail(const text_place *p, size_t at, assay_error *err, const char *format, ...)
    ASSAY_PRINTF(4, 5);

#endif
