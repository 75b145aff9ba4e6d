/* write.c: a transaction that writes: counters first, log of changes and counters last. */
#include <stdio.h>

#include "store/write.h"

enum {
    LOGGED_MAX = 256,        /* changes of one transaction; more are one "*" */
    LOG_REACHES_BACK = 10000 /* versions */
};

static assay_status totals_reader(void *context, const store_value *columns, assay_error *err)
{
    store_totals *out = context;
    uint64_t *const numbers[] = { &out->version,
                                  &out->audit,
                                  &out->last_platform,
                                  &out->items,
                                  &out->platforms[STORE_PLATFORM_REGISTERED],
                                  &out->platforms[STORE_PLATFORM_QUEUED],
                                  &out->platforms[STORE_PLATFORM_UNAVAILABLE] };
    for (size_t i = 0; i < PARAMETER_COUNT(numbers); i++) {
        if (columns[i].kind != VALUE_NUMBER || columns[i].number < 0)
            return corrupt(err, "store.totals", "a counter is no number");
        *numbers[i] = (uint64_t)columns[i].number;
    }
    /* The lowest bit of what no counter uses says that there was a row. */
    out->platforms[0] = 1;
    return ASSAY_OK;
}

static assay_status totals_lock(store_write *w, assay_error *err)
{
    w->totals = (store_totals) { 0 };
    TRY(write_ask(w, TOTALS_LOCK, NULL, 0, totals_reader, &w->totals, err));
    if (w->totals.platforms[0] == 0)
        return corrupt(err, "store.totals", "the row of counters is missing");
    w->before = w->totals;
    return ASSAY_OK;
}

assay_status write_begin(store *s, store_write *w, assay_error *err)
{
    *w = (store_write) { .s = s };
    TRY(s->operations->take(s->database, ACCESS_WRITE, &w->session, err));
    assay_status status = totals_lock(w, err);
    if (status != ASSAY_OK)
        s->operations->give(w->session, OUTCOME_UNDO, NULL);
    return status;
}

static assay_status totals_save(store_write *w, assay_error *err)
{
    const store_totals *t = &w->totals;
    const store_value numbers[] = {
        number_value((int64_t)t->version),
        number_value((int64_t)t->audit),
        number_value((int64_t)t->last_platform),
        number_value((int64_t)t->items),
        number_value((int64_t)t->platforms[STORE_PLATFORM_REGISTERED]),
        number_value((int64_t)t->platforms[STORE_PLATFORM_QUEUED]),
        number_value((int64_t)t->platforms[STORE_PLATFORM_UNAVAILABLE]),
    };
    return write_run(w, TOTALS_SAVE, numbers, PARAMETER_COUNT(numbers), err);
}

static assay_status log_add(store_write *w, const char *what, assay_error *err)
{
    const store_value row[] = { number_value((int64_t)w->totals.version), text_value(what) };
    return write_run(w, CHANGE_ADD, row, PARAMETER_COUNT(row), err);
}

/* The "*" of a large transaction stands at its last version: whoever knows less reads it. */
static assay_status log_finish(store_write *w, assay_error *err)
{
    if (w->changed == 0)
        return ASSAY_OK;
    if (w->changed > LOGGED_MAX)
        TRY(log_add(w, "*", err));
    if (w->totals.version > LOG_REACHES_BACK) {
        const store_value last[] = { number_value((int64_t)w->totals.version - LOG_REACHES_BACK) };
        TRY(write_run(w, CHANGES_TRIM, last, PARAMETER_COUNT(last), err));
    }
    return write_ask(w, CHANGES_NOTIFY, NULL, 0, NULL, NULL, err);
}

static assay_status finish(store_write *w, assay_error *err)
{
    TRY(log_finish(w, err));
    if (memcmp(&w->totals, &w->before, sizeof(w->totals)) == 0)
        return ASSAY_OK;
    return totals_save(w, err);
}

assay_status write_end(store_write *w, assay_status status, assay_error *err)
{
    if (status == ASSAY_OK)
        status = finish(w, err);
    return session_end(w->s, w->session, status, err);
}

assay_status write_run(store_write *w, store_statement statement, const store_value *parameters,
                       size_t count, assay_error *err)
{
    return write_ask(w, statement, parameters, count, NULL, NULL, err);
}

assay_status write_ask(store_write *w, store_statement statement, const store_value *parameters,
                       size_t count, store_row_reader each, void *context, assay_error *err)
{
    return w->s->operations->run(w->session, statement, parameters, count, each, context, err);
}

assay_status write_change(store_write *w, const char *kind, const char *what, assay_error *err)
{
    char text[1100]; /* "record:" and two names */
    w->totals.version++;
    w->changed++;
    if (w->changed > LOGGED_MAX)
        return ASSAY_OK;
    snprintf(text, sizeof(text), "%s:%s", kind, what);
    return log_add(w, text, err);
}

assay_status write_audit(store_write *w, const store_audit_entry *entry, assay_error *err)
{
    w->totals.audit++;
    const store_value row[] = {
        number_value((int64_t)w->totals.audit),
        number_value(entry->time),
        text_value(entry->actor),
        text_value(entry->action),
        text_value(entry->subject),
        text_value(entry->detail),
        text_value(entry->request_id),
    };
    return write_run(w, AUDIT_INSERT, row, PARAMETER_COUNT(row), err);
}
