/* failure.c: what went wrong on the command's own side, and how people are told. */
#include "failure.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "exit_code.h"

assay_status failed(assay_error *error, assay_status status, const char *where, const char *format,
                    ...)
{
    va_list values;
    *error = (assay_error) { .status = status, .offset = ASSAY_NO_OFFSET };
    snprintf(error->where, sizeof(error->where), "%s", where);
    va_start(values, format);
    vsnprintf(error->detail, sizeof(error->detail), format, values);
    va_end(values);
    return status;
}

assay_status failed_as(assay_error *error, assay_status status, const char *name, const char *where,
                       const char *format, ...)
{
    va_list values;
    failed(error, status, where, "%s", "");
    error->name = name;
    va_start(values, format);
    vsnprintf(error->detail, sizeof(error->detail), format, values);
    va_end(values);
    return status;
}

int failure_exit_code(assay_status status)
{
    if (status == ASSAY_OK)
        return EXIT_CODE_ACCEPTED;
    if (status == ASSAY_USAGE)
        return EXIT_CODE_USAGE;
    return status == ASSAY_ENVIRONMENT || status == ASSAY_NO_MEMORY ? EXIT_CODE_ENVIRONMENT
                                                                    : EXIT_CODE_NOT_JUDGED;
}

int usage_error(const char *verb, const char *format, ...)
{
    const char *space = verb[0] != '\0' ? " " : "";
    va_list values;
    fprintf(stderr, "assay%s%s: ", space, verb);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fprintf(stderr, "\nTry 'assay help%s%s'.\n", space, verb);
    return EXIT_CODE_USAGE;
}

void text_put(const char *text, FILE *stream)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        putc(c < 0x20 || c == 0x7F ? '?' : c, stream);
    }
}

void failure_print(assay_status status, const assay_error *error)
{
    const char *name =
        error->status != ASSAY_OK ? assay_error_name(error) : assay_status_name(status);
    fputs("error: ", stderr);
    text_put(error->where[0] != '\0' ? error->where : "assay", stderr);
    if (error->offset != ASSAY_NO_OFFSET)
        fprintf(stderr, " at offset %lld", (long long)error->offset);
    fputs(": ", stderr);
    text_put(error->detail, stderr);
    if (error->suggestion[0] != '\0' && strstr(error->detail, "did you mean") == NULL) {
        fputs("; did you mean ", stderr);
        text_put(error->suggestion, stderr);
        fputs("?", stderr);
    }
    fprintf(stderr, " (%s", name);
    if (error->code != 0)
        fprintf(stderr, ", 0x%04X", (unsigned)error->code);
    fprintf(stderr, ")\n");
}

const char *suggestion(const char *word, const char *const *candidates)
{
    for (size_t i = 0; candidates[i] != NULL; i++) {
        if (strcasecmp(word, candidates[i]) == 0)
            return candidates[i];
    }
    return assay_suggest(word, candidates);
}
