/* batch_lines.c: the quotes of a batch, one after the other. */
#include "batch_lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"

assay_status batch_lines_open(char **paths, size_t path_count, const char *list, batch_lines *out,
                              assay_error *error)
{
    *out = (batch_lines) { .paths = paths, .path_count = path_count };
    if (list == NULL)
        return ASSAY_OK;
    out->list = strcmp(list, "-") == 0 ? stdin : fopen(list, "re");
    if (out->list == NULL)
        return failed(error, ASSAY_ENVIRONMENT, "batch", "%s: %s", list, strerror(errno));
    return ASSAY_OK;
}

void batch_lines_close(batch_lines *lines)
{
    if (lines->list != NULL && lines->list != stdin)
        fclose(lines->list);
}

static bool append(batch_line_text *out, char c)
{
    if (out->size == out->capacity) {
        size_t wanted = out->capacity == 0 ? 256 : out->capacity * 2;
        char *text = realloc(out->text, wanted);
        if (text == NULL)
            return false;
        out->text = text;
        out->capacity = wanted;
    }
    out->text[out->size++] = c;
    return true;
}

/* Reads to the end of the line; what is beyond the limit is skipped. */
static bool read_line(batch_lines *lines, batch_line_text *out)
{
    int c;
    out->size = 0;
    out->too_long = false;
    while ((c = getc_unlocked(lines->list)) != EOF && c != '\n') {
        if (out->size == BATCH_LINE_MAX)
            out->too_long = true;
        else if (!append(out, (char)c))
            return false;
    }
    if (out->size > 0 && out->text[out->size - 1] == '\r')
        out->size--;
    out->number = ++lines->number;
    return true;
}

static batch_next next_of_list(batch_lines *lines, batch_line_text *out, assay_error *error)
{
    do {
        if (!read_line(lines, out)) {
            failed(error, ASSAY_NO_MEMORY, "batch", "no memory for a line");
            return BATCH_FAILED;
        }
    } while (out->size == 0 && !feof(lines->list) && !ferror(lines->list));
    if (ferror(lines->list)) {
        failed(error, ASSAY_ENVIRONMENT, "batch", "the list can't be read");
        return BATCH_FAILED;
    }
    return out->size > 0 ? BATCH_LINE : BATCH_END;
}

static batch_next next_of_paths(batch_lines *lines, batch_line_text *out, assay_error *error)
{
    const char *path = lines->paths[lines->next_path++];
    out->size = 0;
    out->too_long = false;
    out->number = ++lines->number;
    for (; *path != '\0'; path++) {
        if (append(out, *path))
            continue;
        failed(error, ASSAY_NO_MEMORY, "batch", "no memory for a path");
        return BATCH_FAILED;
    }
    return BATCH_LINE;
}

batch_next batch_lines_next(batch_lines *lines, batch_line_text *out, assay_error *error)
{
    if (lines->next_path < lines->path_count)
        return next_of_paths(lines, out, error);
    return lines->list != NULL ? next_of_list(lines, out, error) : BATCH_END;
}
