/* text_place.c: where in a file for people something stands. */
#include "fetch/text_place.h"

#include <stdarg.h>
#include <stdio.h>

assay_status text_fail(const text_place *p, size_t at, assay_error *err, const char *format, ...)
{
    char where[ASSAY_WHERE_SIZE], detail[ASSAY_DETAIL_SIZE];
    size_t line = 1, start = 0;
    for (size_t i = 0; i < at && i < p->text.size; i++) {
        if (p->text.data[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    snprintf(where, sizeof(where), "%.60s:%zu:%zu", p->name, line, at - start + 1);
    va_list values;
    va_start(values, format);
    vsnprintf(detail, sizeof(detail), format, values);
    va_end(values);
    return fail(err, ASSAY_MALFORMED, where, ASSAY_NO_OFFSET, "%s", detail);
}
