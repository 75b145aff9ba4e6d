/* input.c: reads a file, a FIFO or standard input to its end, within a limit. */
#include "input.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failure.h"

enum { FIRST_SIZE = 16 * 1024 };

assay_span input_span(const input *in)
{
    return (assay_span) { in->data, in->size };
}

assay_span input_text(const input *in)
{
    assay_span text = input_span(in);
    while (text.size > 0 && isspace(text.data[0])) {
        text.data++;
        text.size--;
    }
    while (text.size > 0 && isspace(text.data[text.size - 1]))
        text.size--;
    return text;
}

void input_free(input *in)
{
    free(in->data);
    *in = (input) { 0 };
}

/* Room for at least one byte more, never beyond limit + 1: one byte shows that there is more. */
static bool input_grow(input *in, size_t *capacity, size_t limit)
{
    size_t wanted = *capacity == 0 ? FIRST_SIZE : *capacity * 2;
    if (wanted > limit + 1)
        wanted = limit + 1;
    uint8_t *data = realloc(in->data, wanted);
    if (data == NULL)
        return false;
    in->data = data;
    *capacity = wanted;
    return true;
}

static assay_status read_all(int fd, const char *path, size_t limit, const char *where, input *in,
                             assay_error *error)
{
    size_t capacity = 0;
    for (;;) {
        if (in->size == capacity && !input_grow(in, &capacity, limit))
            return failed(error, ASSAY_NO_MEMORY, where, "no memory to read %s", path);
        ssize_t got = read(fd, in->data + in->size, capacity - in->size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failed(error, ASSAY_ENVIRONMENT, where, "%s: %s", path, strerror(errno));
        if (got == 0)
            return ASSAY_OK;
        in->size += (size_t)got;
        if (in->size > limit)
            return failed(error, ASSAY_MALFORMED, where, "%s is larger than %zu bytes", path,
                          limit);
    }
}

assay_status input_read(const char *path, size_t limit, const char *where, input *out,
                        assay_error *error)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return failed(error, ASSAY_ENVIRONMENT, where, "%s: %s", path, strerror(errno));
    input in = { 0 };
    assay_status status =
        read_all(fd, standard ? "standard input" : path, limit, where, &in, error);
    if (!standard)
        close(fd);
    if (status != ASSAY_OK)
        input_free(&in);
    else
        *out = in;
    return status;
}

assay_status input_decode(assay_span text, input *out, assay_error *error)
{
    input decoded = { .data = malloc(text.size + 1) };
    if (decoded.data == NULL)
        return failed(error, ASSAY_NO_MEMORY, "quote", "no memory for %zu bytes", text.size);
    assay_status status =
        assay_decode_any(text, decoded.data, text.size, &decoded.size, NULL, error);
    if (status != ASSAY_OK)
        input_free(&decoded);
    else
        *out = decoded;
    return status;
}

assay_status input_read_quote(const char *path, input *out, assay_error *error)
{
    input raw = { 0 };
    TRY(input_read(path, INPUT_QUOTE_MAX, "quote", &raw, error));
    assay_status status = input_decode(input_span(&raw), out, error);
    input_free(&raw);
    return status;
}
