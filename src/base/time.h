/* time.h: the calendar, without the system's clock or time zone. */
#ifndef ASSAY_BASE_TIME_H
#define ASSAY_BASE_TIME_H

#include "base/span.h"

typedef struct calendar {
    int year, month, day, hour, minute, second;
} calendar;

/* False for what the Gregorian calendar does not have (02-30, hour 24, second 60), and for years
 * outside 1970 to 9999. */
bool calendar_to_time(const calendar *c, int64_t *out);

/* Takes `count` decimal digits at text[*at]; false when there are not as many. */
bool time_digits(assay_span text, size_t *at, int count, int *out);

#endif
