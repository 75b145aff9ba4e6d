/* time.c: dates to seconds and back: proleptic Gregorian calendar, UTC, no leap seconds. */
#include "base/time.h"

enum { DAY = 86400 };

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return days[month - 1] + (month == 2 && leap(year) ? 1 : 0);
}

/* Days from 1970-01-01 to the first day of a month. March is the first month of its year here, so
 * that the leap day comes last. */
static int64_t days_before(int year, int month)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400;
    int64_t year_of_era = y % 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

bool calendar_to_time(const calendar *c, int64_t *out)
{
    if (c->year < 1970 || c->year > 9999 || c->month < 1 || c->month > 12 || c->day < 1 ||
        c->day > days_in(c->year, c->month))
        return false;
    if (c->hour < 0 || c->hour > 23 || c->minute < 0 || c->minute > 59 || c->second < 0 ||
        c->second > 59)
        return false;
    int64_t days = days_before(c->year, c->month) + c->day - 1;
    *out = days * DAY + c->hour * 3600 + c->minute * 60 + c->second;
    return true;
}

bool time_digits(assay_span text, size_t *at, int count, int *out)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (*at >= text.size || text.data[*at] < '0' || text.data[*at] > '9')
            return false;
        value = value * 10 + (text.data[(*at)++] - '0');
    }
    *out = value;
    return true;
}

static bool literal(assay_span text, size_t *at, const char *either)
{
    if (*at >= text.size || strchr(either, text.data[*at]) == NULL || text.data[*at] == '\0')
        return false;
    (*at)++;
    return true;
}

/* "Z", "+hh:mm" or "-hh:mm": seconds to subtract. */
static bool read_zone(assay_span text, size_t *at, int *seconds)
{
    *seconds = 0;
    if (literal(text, at, "Zz"))
        return true;
    int sign = *at < text.size && text.data[*at] == '-' ? -1 : 1;
    int hours, minutes;
    if (!literal(text, at, "+-") || !time_digits(text, at, 2, &hours) || !literal(text, at, ":") ||
        !time_digits(text, at, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

static bool read_rfc3339(assay_span text, int64_t *out)
{
    size_t at = 0;
    calendar c;
    int zone;
    if (!time_digits(text, &at, 4, &c.year) || !literal(text, &at, "-") ||
        !time_digits(text, &at, 2, &c.month) || !literal(text, &at, "-") ||
        !time_digits(text, &at, 2, &c.day) || !literal(text, &at, "Tt ") ||
        !time_digits(text, &at, 2, &c.hour) || !literal(text, &at, ":") ||
        !time_digits(text, &at, 2, &c.minute) || !literal(text, &at, ":") ||
        !time_digits(text, &at, 2, &c.second))
        return false;
    if (literal(text, &at, ".")) {
        int ignored;
        if (!time_digits(text, &at, 1, &ignored))
            return false;
        while (time_digits(text, &at, 1, &ignored))
            ;
    }
    if (!read_zone(text, &at, &zone) || at != text.size || !calendar_to_time(&c, out))
        return false;
    *out -= zone;
    return *out >= 0;
}

static bool read_seconds(assay_span text, int64_t *out)
{
    size_t at = 0;
    int digit;
    int64_t value = 0;
    while (value <= INT64_MAX / 100 && time_digits(text, &at, 1, &digit))
        value = value * 10 + digit;
    *out = value;
    return text.size > 0 && at == text.size;
}

assay_status assay_time_parse(const char *text, int64_t *out, assay_error *err)
{
    int64_t time;
    if (!read_seconds(SPAN_TEXT(text), &time) && !read_rfc3339(SPAN_TEXT(text), &time))
        return fail(err, ASSAY_MALFORMED, "time", ASSAY_NO_OFFSET,
                    "\"%.40s\" is no time: want RFC 3339 (2025-07-04T10:28:44Z) or Unix seconds",
                    text);
    *out = time;
    return ASSAY_OK;
}

static void put_digits(char *out, size_t count, int value)
{
    for (; count > 0; value /= 10)
        out[--count] = (char)('0' + value % 10);
}

void assay_time_format(int64_t time, char out[ASSAY_TIME_SIZE])
{
    const int64_t last = 253402300799; /* 9999-12-31T23:59:59Z */
    time = time < 0 ? 0 : time > last ? last : time;
    int64_t days = time / DAY;
    int rest = (int)(time % DAY);
    int year = 1970 + (int)(days / 366);
    while (days_before(year + 1, 1) <= days)
        year++;
    int month = 12;
    while (days_before(year, month) > days)
        month--;
    int day = (int)(days - days_before(year, month)) + 1;
    memcpy(out, "0000-00-00T00:00:00Z", ASSAY_TIME_SIZE);
    put_digits(out, 4, year);
    put_digits(out + 5, 2, month);
    put_digits(out + 8, 2, day);
    put_digits(out + 11, 2, rest / 3600);
    put_digits(out + 14, 2, rest / 60 % 60);
    put_digits(out + 17, 2, rest % 60);
}
