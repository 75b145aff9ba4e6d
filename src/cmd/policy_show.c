/* policy_show.c: a policy file as it is, with the natural byte order beside each value.
 * appraisal.md 1.3 */
#include "policy_show.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "failure.h"

enum { NAME_SIZE = 64, DIGITS_MIN = 8 };

typedef struct shown {
    char name[NAME_SIZE]; /* the member read last: it may stand lines before its values */
    bool found;           /* this line has a comment already */
} shown;

/* Written in natural order in policy files, too. */
static bool is_natural(const char *name)
{
    return strstr(name, "fmspc") != NULL || strncmp(name, "snp_", 4) == 0;
}

static bool is_hex(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!isxdigit((unsigned char)text[i]))
            return false;
    }
    return size >= DIGITS_MIN && size % 2 == 0;
}

static void put_value(shown *s, const char *text, size_t size)
{
    if (is_natural(s->name) || !is_hex(text, size))
        return;
    printf("%s", s->found ? " " : " // natural order: ");
    s->found = true;
    for (size_t i = size; i >= 2; i -= 2)
        printf("%c%c", tolower((unsigned char)text[i - 2]), tolower((unsigned char)text[i - 1]));
}

/* One text between quotation marks; returns what stands behind it. */
static const char *text_read(shown *s, const char *at, const char *end)
{
    const char *begin = ++at;
    while (at < end && *at != '"')
        at += *at == '\\' ? 2 : 1;
    if (at >= end)
        return end;
    const size_t size = (size_t)(at - begin);
    const char *next = at + 1;
    while (next < end && isspace((unsigned char)*next))
        next++;
    if (next < end && *next == ':')
        snprintf(s->name, sizeof(s->name), "%.*s", (int)size, begin);
    else
        put_value(s, begin, size);
    return at + 1;
}

/* The comment behind a line. */
static void put_natural(shown *s, const char *at, const char *end)
{
    s->found = false;
    while (at < end) {
        if (*at == '"')
            at = text_read(s, at, end);
        else
            at++;
    }
}

static void put_line(const char *at, const char *end)
{
    for (; at < end; at++) {
        const unsigned char c = (unsigned char)*at;
        putchar((c < 0x20 && c != '\t') || c == 0x7F ? '?' : c);
    }
}

void policy_show(const char *text)
{
    shown s = { 0 };
    while (*text != '\0') {
        const char *next = strchr(text, '\n');
        const char *end = next != NULL ? next : text + strlen(text);
        const char *shown_end = end > text && end[-1] == '\r' ? end - 1 : end;
        put_line(text, shown_end);
        put_natural(&s, text, shown_end);
        putchar('\n');
        text = next != NULL ? next + 1 : end;
    }
}
