/* text.c: the small texts of HTTP: header names, percent-encoding (RFC 3986), dates (RFC 9110
 * section 5.6.7). */
#include <stdio.h>

#include "base/time.h"
#include "http/server.h"

/* ---- Headers --------------------------------------------------------------------------------- */

static uint8_t lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte;
}

bool http_name_is(assay_span name, const char *wanted)
{
    for (size_t i = 0; i < name.size; i++) {
        if (wanted[i] == '\0' || lower(name.data[i]) != lower((uint8_t)wanted[i]))
            return false;
    }
    return wanted[name.size] == '\0';
}

assay_span http_header_value(const http_request *request, const char *name, bool *repeated)
{
    assay_span found = { NULL, 0 };
    size_t count = 0;
    for (size_t i = 0; i < request->header_count; i++) {
        if (http_name_is(request->headers[i].name, name) && count++ == 0)
            found = request->headers[i].value;
    }
    if (count > 1)
        found.size = 0;
    if (count > 0 && found.data == NULL)
        found = SPAN_TEXT("");
    if (repeated != NULL)
        *repeated = count > 1;
    return found;
}

/* ---- Percent-encoding ------------------------------------------------------------------------ */

static int hex_value(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* The byte at in.data[*at], which moves behind it; -1 for a bad escape. */
static int decoded_byte(assay_span in, size_t *at, http_plus plus)
{
    const uint8_t byte = in.data[(*at)++];
    if (byte == '+' && plus == HTTP_PLUS_SPACE)
        return ' ';
    if (byte != '%')
        return byte;
    if (in.size - *at < 2)
        return -1;
    const int high = hex_value(in.data[*at]), low = hex_value(in.data[*at + 1]);
    *at += 2;
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

assay_status http_percent_decode(assay_span in, http_plus plus, uint8_t *out, size_t *out_size,
                                 assay_error *err)
{
    size_t size = 0, at = 0;
    while (at < in.size) {
        const int64_t begin = (int64_t)at;
        const int byte = decoded_byte(in, &at, plus);
        if (byte < 0)
            return fail(err, ASSAY_MALFORMED, "escape", begin,
                        "%% must be followed by two hexadecimal digits");
        if (byte == 0)
            return fail(err, ASSAY_MALFORMED, "escape", begin, "NUL has no place in a text");
        out[size++] = (uint8_t)byte;
    }
    *out_size = size;
    return ASSAY_OK;
}

static bool is_unreserved(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (lower(byte) >= 'a' && lower(byte) <= 'z') ||
           byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

size_t http_percent_encode(assay_span in, char *out)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t size = 0;
    for (size_t i = 0; i < in.size; i++) {
        if (is_unreserved(in.data[i])) {
            out[size++] = (char)in.data[i];
            continue;
        }
        out[size++] = '%';
        out[size++] = digits[in.data[i] >> 4];
        out[size++] = digits[in.data[i] & 15];
    }
    out[size] = '\0';
    return size;
}

/* ---- Dates ----------------------------------------------------------------------------------- */

static const char day_names[7][4] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
static const char month_names[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* 1970-01-01 was a Thursday. */
static const char *day_name(int64_t time)
{
    return day_names[time / 86400 % 7];
}

void http_date_format(int64_t time, char out[HTTP_DATE_SIZE])
{
    char plain[ASSAY_TIME_SIZE]; /* "2025-07-04T10:28:44Z", clamped to the calendar */
    int64_t clamped = 0;
    assay_time_format(time, plain);
    (void)assay_time_parse(plain, &clamped, NULL);
    const int month = (plain[5] - '0') * 10 + (plain[6] - '0');
    snprintf(out, HTTP_DATE_SIZE, "%s, %.2s %s %.4s %.8s GMT", day_name(clamped), plain + 8,
             month_names[month - 1], plain, plain + 11);
}

/* Takes exactly these characters; false when others stand there. */
static bool text_taken(assay_span text, size_t *at, const char *wanted)
{
    const assay_span part = span_slice(text, *at, strlen(wanted));
    *at += part.size;
    return span_is(part, wanted);
}

static int month_taken(assay_span text, size_t *at)
{
    for (int i = 0; i < 12; i++) {
        if (span_is(span_slice(text, *at, 3), month_names[i])) {
            *at += 3;
            return i + 1;
        }
    }
    return 0;
}

bool http_date_parse(assay_span text, int64_t *out)
{
    calendar c = { 0 };
    int64_t time;
    size_t at = 3; /* the day's name is checked in the end */
    if (text.size != HTTP_DATE_SIZE - 1 || !text_taken(text, &at, ", ") ||
        !time_digits(text, &at, 2, &c.day) || !text_taken(text, &at, " "))
        return false;
    c.month = month_taken(text, &at);
    if (c.month == 0 || !text_taken(text, &at, " ") || !time_digits(text, &at, 4, &c.year) ||
        !text_taken(text, &at, " ") || !time_digits(text, &at, 2, &c.hour) ||
        !text_taken(text, &at, ":") || !time_digits(text, &at, 2, &c.minute) ||
        !text_taken(text, &at, ":") || !time_digits(text, &at, 2, &c.second) ||
        !text_taken(text, &at, " GMT") || !calendar_to_time(&c, &time))
        return false;
    if (!span_is(span_slice(text, 0, 3), day_name(time)))
        return false;
    *out = time;
    return true;
}
