/* item_warning.c: vendors' warnings as records of the store. */
#include "serve/item_warning.h"
#include "wire/json.h"
#include "wire/json_write.h"

enum { WARNING_MAX = 512 };
static const char kind[] = "warning";

static bool header_value(const char *text)
{
    const size_t size = strlen(text);
    for (size_t i = 0; i < size; i++)
        if (text[i] < 0x20 || text[i] > 0x7E)
            return false;
    return size > 0 && size <= WARNING_MAX;
}

static assay_status warning_put(service *s, const char *key, const char *warning, int64_t now,
                                assay_error *err)
{
    json_writer w = { .text = NULL };
    char *text = NULL;
    json_open_object(&w, NULL);
    json_put_text(&w, "warning", warning);
    json_close_object(&w);
    TRY(json_take_written(&w, &text, err));
    const store_record record = {
        .kind = kind, .name = key, .body = SPAN_TEXT(text), .updated = now
    };
    const assay_status status = store_record_put(s->store, &record, STORE_ANY_VERSION, NULL, err);
    memory_free(text);
    return status;
}

assay_status item_warning_keep(service *s, const char *key, const char *warning, int64_t now,
                               assay_error *err)
{
    arena memory = { NULL };
    const char *before = NULL;
    assay_status status = item_warning_get(s, key, &memory, &before, err);
    if (warning != NULL && !header_value(warning))
        warning = NULL;
    const bool same =
        warning == NULL || before == NULL ? warning == before : strcmp(warning, before) == 0;
    if (status == ASSAY_OK && !same)
        status = warning != NULL ? warning_put(s, key, warning, now, err)
                                 : store_record_delete(s->store, kind, key, NULL, err);
    arena_free(&memory);
    return status;
}

assay_status item_warning_get(service *s, const char *key, arena *memory, const char **out,
                              assay_error *err)
{
    store_record record;
    json_document document;
    assay_span text;
    bool found = false;
    *out = NULL;
    TRY(store_record_get(s->store, kind, key, memory, &record, &found, err));
    if (!found)
        return ASSAY_OK;
    TRY(json_document_parse(record.body, NULL, &document, kind, err));
    const assay_status status = json_take_text(document.root, kind, kind, &text, err);
    if (status == ASSAY_OK)
        *out = arena_text(memory, text);
    json_document_free(&document);
    return status;
}
