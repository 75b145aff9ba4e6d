/* batch_line.c: one line of a list of quotes: a path, or {"quote": ..., "id": ...}. */
#include "assay/batch.h"
#include "base/memory.h"
#include "wire/json.h"
#include "wire/json_write.h"

enum { INLINE_MIN = 256 };

static bool is_inline(assay_span text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789+/-_= \r\n\t";
    if (text.size < INLINE_MIN || text.data[0] == '/')
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (memchr(allowed, text.data[i], sizeof(allowed) - 1) == NULL)
            return false;
    }
    return true;
}

/* A copy with a NUL behind. NULL: no memory. */
static char *copy_text(assay_span text)
{
    char *copy = memory_new(text.size + 1);
    if (copy != NULL)
        memcpy(copy, text.data, text.size);
    return copy;
}

/* `id` NULL: the line has none. */
static assay_status keep(assay_span quote, const assay_span *id, assay_batch_form form,
                         assay_batch_line *out, assay_error *err)
{
    json_writer writer = { 0 };
    assay_batch_line line = { .form = form, .quote = copy_text(quote) };
    if (line.quote == NULL)
        return fail(err, ASSAY_NO_MEMORY, "batch", ASSAY_NO_OFFSET, "no memory for a line");
    if (id != NULL) {
        json_put_span(&writer, NULL, *id);
        assay_status status = json_take_written(&writer, &line.id, err);
        if (status != ASSAY_OK) {
            memory_free(line.quote);
            return status;
        }
    }
    *out = line;
    return ASSAY_OK;
}

static void remember_member(void *context, const char *member)
{
    const char **unknown = context;
    if (*unknown == NULL)
        *unknown = member;
}

/* The first member that `known` does not list, or NULL. */
static const char *unlisted(json_t *object, const char *const *known)
{
    const char *member = NULL;
    json_each_unknown(object, known, remember_member, &member);
    return member;
}

static assay_status read_members(json_t *object, assay_batch_line *out, assay_error *err)
{
    static const char *const all[] = { "quote", "id", NULL };
    static const char *const required[] = { "quote", NULL };
    assay_span quote, id;
    const char *unknown = unlisted(object, all);
    if (unknown != NULL)
        return json_fail(err, "batch", unknown, "is not known, want quote and id");
    TRY(json_take_text(object, "quote", "batch", &quote, err));
    if (quote.size == 0)
        return json_fail(err, "batch", "quote", "is empty");
    const bool has_id = unlisted(object, required) != NULL;
    if (has_id)
        TRY(json_take_text(object, "id", "batch", &id, err));
    return keep(quote, has_id ? &id : NULL,
                is_inline(quote) ? ASSAY_BATCH_INLINE : ASSAY_BATCH_PATH, out, err);
}

assay_status assay_batch_line_parse(assay_span line, assay_batch_line *out, assay_error *err)
{
    json_document document;
    if (line.size == 0)
        return fail(err, ASSAY_MALFORMED, "batch", 0, "an empty line");
    if (line.data[0] != '{')
        return keep(line, &line, ASSAY_BATCH_PATH, out, err);
    TRY(json_document_parse(line, NULL, &document, "batch", err));
    assay_status status = read_members(document.root, out, err);
    json_document_free(&document);
    return status;
}

void assay_batch_line_clear(assay_batch_line *line)
{
    memory_free(line->quote);
    memory_free(line->id);
    *line = (assay_batch_line) { 0 };
}
