/* text_rows.c: headings and aligned rows of text for people. */
#include "text_rows.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failure.h"

enum { LABEL_WIDTH = 26, BYTES_MAX = 128, ZEROS_FROM = 16 };

static const char *const colour_codes[] = {
    [COLOUR_NONE] = "",
    [COLOUR_BOLD] = "\033[1m",
    [COLOUR_GREEN] = "\033[1;32m",
    [COLOUR_RED] = "\033[1;31m",
};

static bool shows_colour(void)
{
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0') && terminal != NULL &&
           strcmp(terminal, "dumb") != 0;
}

void text_line(text_colour colour, const char *format, ...)
{
    bool coloured = colour != COLOUR_NONE && shows_colour();
    va_list values;
    if (coloured)
        fputs(colour_codes[colour], stdout);
    va_start(values, format);
    vprintf(format, values);
    va_end(values);
    puts(coloured ? "\033[0m" : "");
}

void text_heading(const char *heading)
{
    puts("");
    text_line(COLOUR_BOLD, "%s", heading);
}

void text_row(const char *label, const char *format, ...)
{
    va_list values;
    printf("  %-*s", LABEL_WIDTH, label);
    va_start(values, format);
    vprintf(format, values);
    va_end(values);
    puts("");
}

static bool all_zero(assay_span bytes)
{
    for (size_t i = 0; i < bytes.size; i++) {
        if (bytes.data[i] != 0)
            return false;
    }
    return true;
}

void text_row_bytes(const char *label, assay_span bytes)
{
    char digits[2 * BYTES_MAX + 1];
    if (bytes.size >= ZEROS_FROM && all_zero(bytes)) {
        text_row(label, "zeros (%zu bytes)", bytes.size);
        return;
    }
    if (bytes.size > BYTES_MAX)
        bytes.size = BYTES_MAX;
    assay_hex_encode(bytes, digits);
    text_row(label, "%s", digits);
}

void text_row_time(const char *label, int64_t time)
{
    char text[ASSAY_TIME_SIZE];
    assay_time_format(time, text);
    text_row(label, "%s", text);
}

void text_item(const char *sentence)
{
    fputs("  - ", stdout);
    text_put(sentence, stdout);
    puts("");
}
