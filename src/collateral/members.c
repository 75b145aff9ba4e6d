/* members.c: reads members of JSON objects by table, and writes the path of what fails.
 * verification.md 3.5. */
#include <stdarg.h>
#include <stdio.h>

#include "collateral/members.h"

/* Keys of the input are part of paths: printable ASCII only. */
static size_t path_append(char out[ASSAY_WHERE_SIZE], size_t used, const char *text)
{
    for (; *text != '\0' && used < ASSAY_WHERE_SIZE - 1; text++)
        out[used++] = *text >= 0x20 && *text <= 0x7e ? *text : '?';
    out[used] = '\0';
    return used;
}

static size_t path_write(const place *at, char out[ASSAY_WHERE_SIZE])
{
    size_t used = 0;
    if (at->parent != NULL) {
        used = path_write(at->parent, out);
        used = path_append(out, used, ".");
    }
    used = path_append(out, used, at->name);
    if (at->index == NO_INDEX)
        return used;
    char index[16];
    snprintf(index, sizeof(index), "[%d]", at->index);
    return path_append(out, used, index);
}

void place_path(const place *at, char out[ASSAY_WHERE_SIZE])
{
    out[0] = '\0';
    path_write(at, out);
}

assay_status place_fail(const place *at, const char *member, assay_error *err, const char *format,
                        ...)
{
    const place inner = { .parent = at, .name = member, .index = NO_INDEX };
    char path[ASSAY_WHERE_SIZE];
    char detail[ASSAY_DETAIL_SIZE];
    place_path(member == NULL ? at : &inner, path);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(detail, sizeof(detail), format, arguments);
    va_end(arguments);
    return fail(err, ASSAY_MALFORMED, path, ASSAY_NO_OFFSET, "%s", detail);
}

assay_status place_no_memory(const place *at, assay_error *err)
{
    char path[ASSAY_WHERE_SIZE];
    place_path(at, path);
    return fail(err, ASSAY_NO_MEMORY, path, ASSAY_NO_OFFSET, "no memory for the document");
}

static void store_unsigned(void *at, size_t size, uint64_t value)
{
    const uint8_t u8 = (uint8_t)value;
    const uint16_t u16 = (uint16_t)value;
    const uint32_t u32 = (uint32_t)value;
    if (size == sizeof(u8))
        memcpy(at, &u8, sizeof(u8));
    else if (size == sizeof(u16))
        memcpy(at, &u16, sizeof(u16));
    else
        memcpy(at, &u32, sizeof(u32));
}

static assay_status take_unsigned(const member_row *row, json_t *object, const char *where,
                                  void *out, assay_error *err)
{
    uint64_t value;
    TRY(json_take_unsigned(object, row->name, where, row->max, &value, err));
    store_unsigned(out, row->size, value);
    return ASSAY_OK;
}

static assay_status take(const member_row *row, json_t *object, const char *where, void *out,
                         assay_error *err)
{
    void *at = (uint8_t *)out + row->offset;
    switch (row->kind) {
    case MEMBER_UNSIGNED:
        return take_unsigned(row, object, where, at, err);
    case MEMBER_HEX:
        return json_take_hex(object, row->name, where, at, row->size, err);
    case MEMBER_TIME:
        return json_take_time(object, row->name, where, at, err);
    case MEMBER_TEXT:
        return json_take_text(object, row->name, where, at, err);
    case MEMBER_OBJECT:
        return json_take_object(object, row->name, where, at, err);
    case MEMBER_ARRAY:
        return json_take_array(object, row->name, where, row->size, row->max, at, err);
    case MEMBER_IGNORED:
        return ASSAY_OK;
    }
    return json_fail(err, where, row->name, "has no reader");
}

/* Asks quietly first: the path costs more than the value. */
static assay_status read_row(const document_reader *r, const member_row *row, json_t *object,
                             const place *at, void *out)
{
    if (take(row, object, "", out, NULL) == ASSAY_OK)
        return ASSAY_OK;
    char path[ASSAY_WHERE_SIZE];
    place_path(at, path);
    return take(row, object, path, out, r->err);
}

typedef struct unknown_members {
    const document_reader *r;
    const place *at;
    assay_status status;
} unknown_members;

static void tell_unknown(void *context, const char *member)
{
    unknown_members *u = context;
    document_header *header = u->r->header;
    if (header->unknown_key_count == DOCUMENT_UNKNOWN_KEYS || u->status != ASSAY_OK)
        return;
    const place inner = { .parent = u->at, .name = member, .index = NO_INDEX };
    char path[ASSAY_WHERE_SIZE];
    place_path(&inner, path);
    const char *kept = arena_text(u->r->memory, SPAN_TEXT(path));
    if (kept == NULL)
        u->status = place_no_memory(u->at, u->r->err);
    else
        header->unknown_keys[header->unknown_key_count++] = kept;
}

static assay_status tell_unknown_members(const document_reader *r, const member_table *table,
                                         json_t *object, const place *at)
{
    const char *known[MEMBER_ROWS_MAX + 1] = { NULL };
    for (size_t i = 0; i < table->count && i < MEMBER_ROWS_MAX; i++)
        known[i] = table->rows[i].name;
    unknown_members u = { .r = r, .at = at, .status = ASSAY_OK };
    json_each_unknown(object, known, tell_unknown, &u);
    return u.status;
}

assay_status members_read(const document_reader *r, const member_table *table, json_t *object,
                          const place *at, void *out)
{
    if (!json_is_object(object))
        return place_fail(at, NULL, r->err, "want an object");
    const size_t size = json_object_size(object);
    size_t found = 0;
    for (size_t i = 0; i < table->count; i++) {
        const member_row *row = &table->rows[i];
        if (row->presence != MEMBER_REQUIRED &&
            (found == size || json_object_get(object, row->name) == NULL))
            continue;
        if (row->presence == MEMBER_FORBIDDEN)
            return place_fail(at, row->name, r->err, "has no place in a document of this kind");
        TRY(read_row(r, row, object, at, out));
        found++;
    }
    return found == size ? ASSAY_OK : tell_unknown_members(r, table, object, at);
}

typedef struct refusal {
    const char *const *known;
    const char *where;
    const char *why;
    assay_status status;
    assay_error *err;
} refusal;

static void refuse_unknown(void *context, const char *member)
{
    refusal *r = context;
    if (r->status != ASSAY_OK)
        return;
    const char *close = assay_suggest(member, r->known);
    r->status = json_fail(r->err, r->where, member, "is not known here: %s%s%s%s", r->why,
                          close == NULL ? "" : "; did you mean ", close == NULL ? "" : close,
                          close == NULL ? "" : "?");
}

assay_status members_refuse_unknown(json_t *object, const char *const *known, const char *where,
                                    const char *why, assay_error *err)
{
    refusal r = { .known = known, .where = where, .why = why, .status = ASSAY_OK, .err = err };
    json_each_unknown(object, known, refuse_unknown, &r);
    return r.status;
}

assay_status golden_bits_check(const document_reader *r, const uint8_t *value, const uint8_t *mask,
                               size_t size, const place *at, const char *member)
{
    for (size_t i = 0; i < size; i++) {
        if ((value[i] & (uint8_t)~mask[i]) != 0)
            return place_fail(
                at, member, r->err,
                "byte %zu is %02x, with bits outside its mask %02x: no report matches", i, value[i],
                mask[i]);
    }
    return ASSAY_OK;
}
