/* rows.c: columns of answers into structures, and the failures of this room. */
#include "store/room.h"

enum { NAME_MAX_SIZE = 512, FIRST_CAPACITY = 8 };

assay_status corrupt(assay_error *err, const char *where, const char *what)
{
    return fail_named(err, ASSAY_ENVIRONMENT, "store_corrupt", NULL, where, "%s", what);
}

assay_status no_memory(assay_error *err, const char *where)
{
    return fail(err, ASSAY_NO_MEMORY, where, ASSAY_NO_OFFSET, "no memory");
}

assay_status name_check(const char *text, const char *where, assay_error *err)
{
    const size_t size = strlen(text);
    if (size == 0 || size > NAME_MAX_SIZE)
        return fail(err, ASSAY_MALFORMED, where, ASSAY_NO_OFFSET, "%zu bytes, want 1 to %d", size,
                    NAME_MAX_SIZE);
    for (size_t i = 0; i < size; i++) {
        if (text[i] < ' ' || text[i] > '~')
            return fail(err, ASSAY_MALFORMED, where, (int64_t)i, "want printable ASCII");
    }
    return ASSAY_OK;
}

assay_status qe_id_check(assay_span qe_id, assay_error *err)
{
    if (qe_id.size >= 1 && qe_id.size <= STORE_QE_ID_MAX)
        return ASSAY_OK;
    return fail(err, ASSAY_MALFORMED, "store.platform.qe_id", ASSAY_NO_OFFSET,
                "%zu bytes, want 1 to %d", qe_id.size, STORE_QE_ID_MAX);
}

assay_status column_bytes(const store_value *column, uint8_t *out, size_t size, const char *where,
                          assay_error *err)
{
    if (column->kind != VALUE_BYTES || column->bytes.size != size)
        return corrupt(err, where, "a column is not of its size");
    memcpy(out, column->bytes.data, size);
    return ASSAY_OK;
}

assay_status column_copy(const store_value *column, arena *memory, assay_span *out,
                         assay_error *err)
{
    *out = arena_copy(memory, column->bytes);
    return out->size == column->bytes.size ? ASSAY_OK : no_memory(err, "store");
}

assay_status column_text(const store_value *column, arena *memory, const char **out,
                         assay_error *err)
{
    *out = arena_text(memory, column->bytes);
    return *out != NULL ? ASSAY_OK : no_memory(err, "store");
}

assay_status number_reader(void *context, const store_value *columns, assay_error *err)
{
    int64_t *out = context;
    if (columns[0].kind != VALUE_NUMBER)
        return corrupt(err, "store", "a column is no number");
    *out = columns[0].number;
    return ASSAY_OK;
}

static bool list_grow(row_list *list)
{
    const size_t capacity = list->capacity == 0 ? FIRST_CAPACITY : list->capacity * 2;
    void *elements = arena_new(list->memory, capacity, list->size);
    if (elements == NULL)
        return false;
    if (list->count > 0)
        memcpy(elements, list->elements, list->count * list->size);
    list->elements = elements;
    list->capacity = capacity;
    return true;
}

void *row_list_add(row_list *list)
{
    if (list->count == list->capacity && !list_grow(list))
        return NULL;
    return (uint8_t *)list->elements + list->count++ * list->size;
}
