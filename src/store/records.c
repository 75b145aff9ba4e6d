/* records.c: small named texts whose meaning is the service's, and the audit log.
 * collateral-service.md 7.9. */
#include <stdio.h>

#include "store/write.h"

static assay_status names_check(const char *kind, const char *name, assay_error *err)
{
    TRY(name_check(kind, "store.record.kind", err));
    return name_check(name, "store.record.name", err);
}

/* ---- Reading ----------------------------------------------------------------------------------
 */

assay_status record_of_row(const store_value *columns, arena *memory, store_record *out,
                           assay_error *err)
{
    *out = (store_record) { .updated = columns[2].number, .version = (uint64_t)columns[3].number };
    TRY(column_text(&columns[0], memory, &out->kind, err));
    TRY(column_text(&columns[1], memory, &out->name, err));
    TRY(column_copy(&columns[5], memory, &out->body, err));
    return checksum_check(&columns[4], record_checksum(out), "store.records", err);
}

typedef struct record_row {
    arena *memory;
    store_record *out;
    bool found;
} record_row;

static assay_status record_reader(void *context, const store_value *columns, assay_error *err)
{
    record_row *row = context;
    store_record record;
    TRY(record_of_row(columns, row->memory, &record, err));
    *row->out = record;
    row->found = true;
    return ASSAY_OK;
}

assay_status store_record_get(store *s, const char *kind, const char *name, arena *memory,
                              store_record *out, bool *found, assay_error *err)
{
    const store_value parameters[] = { text_value(kind), text_value(name) };
    record_row row = { memory, out, false };
    TRY(names_check(kind, name, err));
    TRY(ask(s, RECORD_GET, parameters, PARAMETER_COUNT(parameters), record_reader, &row, err));
    *found = row.found;
    return ASSAY_OK;
}

static assay_status record_list_reader(void *context, const store_value *columns, assay_error *err)
{
    row_list *list = context;
    store_record *record = row_list_add(list);
    if (record == NULL)
        return no_memory(err, "store.records");
    return record_of_row(columns, list->memory, record, err);
}

assay_status store_records_list(store *s, const char *kind, arena *memory, store_record **out,
                                size_t *count, assay_error *err)
{
    const store_value parameters[] = { text_value(kind) };
    row_list list = { .memory = memory, .size = sizeof(store_record) };
    TRY(name_check(kind, "store.record.kind", err));
    TRY(ask(s, RECORD_LIST, parameters, PARAMETER_COUNT(parameters), record_list_reader, &list,
            err));
    *out = list.elements;
    *count = list.count;
    return ASSAY_OK;
}

/* ---- Writing ----------------------------------------------------------------------------------
 */

static assay_status version_reader(void *context, const store_value *columns, assay_error *err)
{
    return number_reader(context, &columns[3], err);
}

static assay_status version_of(store_write *w, const char *kind, const char *name, int64_t *version,
                               assay_error *err)
{
    const store_value parameters[] = { text_value(kind), text_value(name) };
    *version = 0;
    return write_ask(w, RECORD_GET, parameters, PARAMETER_COUNT(parameters), version_reader,
                     version, err);
}

static assay_status record_change(store_write *w, const char *kind, const char *name,
                                  const store_audit_entry *audit, assay_error *err)
{
    char text[1040];
    snprintf(text, sizeof(text), "%s/%s", kind, name);
    TRY(write_change(w, "record", text, err));
    return audit == NULL ? ASSAY_OK : write_audit(w, audit, err);
}

static assay_status record_put(store_write *w, const store_record *record, uint64_t expected,
                               const store_audit_entry *audit, assay_error *err)
{
    int64_t version;
    TRY(version_of(w, record->kind, record->name, &version, err));
    if (expected != STORE_ANY_VERSION && expected != (uint64_t)version)
        return fail(err, ASSAY_MISMATCH, "store.record", ASSAY_NO_OFFSET,
                    "%s %.64s is at version %lld, want %llu: it was changed meanwhile",
                    record->kind, record->name, (long long)version, (unsigned long long)expected);
    TRY(record_change(w, record->kind, record->name, audit, err));
    const row_checksum checksum = record_checksum(record);
    const store_value row[] = {
        text_value(record->kind),          text_value(record->name),
        number_value(record->updated),     number_value((int64_t)w->totals.version),
        bytes_value(SPAN(checksum.bytes)), bytes_value(record->body)
    };
    return write_run(w, RECORD_PUT, row, PARAMETER_COUNT(row), err);
}

assay_status store_record_put(store *s, const store_record *record, uint64_t expected,
                              const store_audit_entry *audit, assay_error *err)
{
    store_write w;
    TRY(names_check(record->kind, record->name, err));
    TRY(write_begin(s, &w, err));
    return write_end(&w, record_put(&w, record, expected, audit, err), err);
}

/* What is not there leaves no trace, in the audit log neither. */
static assay_status record_remove(store_write *w, const char *kind, const char *name,
                                  const store_audit_entry *audit, assay_error *err)
{
    const store_value parameters[] = { text_value(kind), text_value(name) };
    int64_t version;
    TRY(version_of(w, kind, name, &version, err));
    if (version == 0)
        return ASSAY_OK;
    TRY(record_change(w, kind, name, audit, err));
    return write_run(w, RECORD_DELETE, parameters, PARAMETER_COUNT(parameters), err);
}

assay_status store_record_delete(store *s, const char *kind, const char *name,
                                 const store_audit_entry *audit, assay_error *err)
{
    store_write w;
    TRY(names_check(kind, name, err));
    TRY(write_begin(s, &w, err));
    return write_end(&w, record_remove(&w, kind, name, audit, err), err);
}

/* ---- Audit ------------------------------------------------------------------------------------
 */

assay_status store_audit_append(store *s, const store_audit_entry *entry, assay_error *err)
{
    store_write w;
    TRY(write_begin(s, &w, err));
    return write_end(&w, write_audit(&w, entry, err), err);
}

static assay_status audit_reader(void *context, const store_value *columns, assay_error *err)
{
    row_list *list = context;
    store_audit_entry *entry = row_list_add(list);
    if (entry == NULL)
        return no_memory(err, "store.audit");
    entry->number = (uint64_t)columns[0].number;
    entry->time = columns[1].number;
    const char **const texts[] = { &entry->actor, &entry->action, &entry->subject, &entry->detail,
                                   &entry->request_id };
    for (size_t i = 0; i < PARAMETER_COUNT(texts); i++)
        TRY(column_text(&columns[2 + i], list->memory, texts[i], err));
    return ASSAY_OK;
}

assay_status store_audit_list(store *s, uint64_t after, size_t limit, arena *memory,
                              store_audit_entry **out, size_t *count, assay_error *err)
{
    const store_value parameters[] = { number_value((int64_t)after), number_value((int64_t)limit) };
    row_list list = { .memory = memory, .size = sizeof(store_audit_entry) };
    TRY(ask(s, AUDIT_LIST, parameters, PARAMETER_COUNT(parameters), audit_reader, &list, err));
    *out = list.elements;
    *count = list.count;
    return ASSAY_OK;
}
