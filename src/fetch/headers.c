/* headers.c: the header lines of a reply (RFC 9110, 9111). */
#include "fetch/headers.h"

#include <strings.h>

#include "base/time.h"

enum { DAY = 86400 };

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static assay_span trimmed(assay_span text)
{
    while (text.size > 0 && is_blank(text.data[0]))
        text = span_of(text.data + 1, text.size - 1);
    while (text.size > 0 && is_blank(text.data[text.size - 1]))
        text.size--;
    return text;
}

/* Takes the text up to `mark`, and goes behind it. */
static assay_span take_until(assay_span *rest, char mark)
{
    const uint8_t *end = rest->size == 0 ? NULL : memchr(rest->data, mark, rest->size);
    const size_t size = end == NULL ? rest->size : (size_t)(end - rest->data);
    const assay_span part = span_of(rest->data, size);
    *rest = end == NULL ? span_of(NULL, 0) : span_of(end + 1, rest->size - size - 1);
    return part;
}

static bool same_word(assay_span a, const char *word)
{
    return a.size == strlen(word) && strncasecmp((const char *)a.data, word, a.size) == 0;
}

header_found header_value(assay_span lines, const char *name, assay_span *value)
{
    header_found found = HEADER_ABSENT;
    while (lines.size > 0) {
        assay_span rest = take_until(&lines, '\n');
        if (!same_word(take_until(&rest, ':'), name) || rest.data == NULL)
            continue;
        const assay_span text = trimmed(rest);
        if (found != HEADER_ABSENT && !span_equal(text, *value))
            return HEADER_REPEATED;
        *value = text;
        found = HEADER_ONCE;
    }
    return found;
}

bool header_number(assay_span text, int64_t max, int64_t *out)
{
    int64_t value = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || value > INT64_MAX / 10 - 1)
            return false;
        value = value * 10 + (text.data[i] - '0');
    }
    *out = value > max ? max : value;
    return text.size > 0;
}

int64_t header_max_age(assay_span cache_control)
{
    int64_t age = -1;
    while (cache_control.size > 0) {
        assay_span rest = trimmed(take_until(&cache_control, ','));
        const assay_span word = trimmed(take_until(&rest, '='));
        if (same_word(word, "no-store") || same_word(word, "no-cache"))
            return 0;
        if (same_word(word, "max-age") && !header_number(trimmed(rest), INT32_MAX, &age))
            age = -1;
    }
    return age;
}

static bool month_number(assay_span text, int *out)
{
    static const char *const names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    for (int i = 0; i < 12; i++) {
        if (span_is(text, names[i])) {
            *out = i + 1;
            return true;
        }
    }
    return false;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" */
static bool http_date(assay_span text, int64_t *out)
{
    calendar c;
    size_t day = 5, year = 12, hour = 17, minute = 20, second = 23;
    return text.size == 29 && time_digits(text, &day, 2, &c.day) &&
           month_number(span_slice(text, 8, 3), &c.month) && time_digits(text, &year, 4, &c.year) &&
           time_digits(text, &hour, 2, &c.hour) && time_digits(text, &minute, 2, &c.minute) &&
           time_digits(text, &second, 2, &c.second) && calendar_to_time(&c, out);
}

int64_t header_retry_after(assay_span value, int64_t now)
{
    int64_t seconds = 0;
    if (header_number(value, DAY, &seconds))
        return seconds;
    if (!http_date(value, &seconds) || seconds <= now)
        return 0;
    return seconds - now > DAY ? DAY : seconds - now;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool header_percent_decode(assay_span in, char *out, size_t *size)
{
    size_t used = 0;
    for (size_t i = 0; i < in.size; i++) {
        int c = in.data[i];
        if (c == '%') {
            const int high = in.size - i > 2 ? hex_digit(in.data[i + 1]) : -1;
            const int low = in.size - i > 2 ? hex_digit(in.data[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = high << 4 | low;
            i += 2;
        }
        if (c == 0)
            return false;
        out[used++] = (char)c;
    }
    *size = used;
    return true;
}
