/* baseline_changes.c: what an operator does to baselines. collateral-service.md 7.7, 7.9. */
#include "serve/baseline_changes.h"

#include <stdio.h>
#include <stdlib.h>

#include "serve/answers.h"
#include "serve/log.h"

#define AUTO_DOCUMENT __attribute__((cleanup(json_document_free))) json_document

/* ---- A record as it is ---- */

typedef struct held {
    json_document document; /* root NULL: there is none */
    uint64_t version;
} held;

static void held_free(held *h)
{
    json_document_free(&h->document);
}

#define AUTO_HELD __attribute__((cleanup(held_free))) held

static assay_status held_read(call *c, const char *kind, const char *name, held *out)
{
    store_record record;
    bool found;
    TRY(store_record_get(c->service->store, kind, name, c->memory, &record, &found, &c->error));
    out->version = found ? record.version : 0;
    return found ? json_document_parse(record.body, NULL, &out->document, kind, &c->error)
                 : ASSAY_OK;
}

/* ---- Writing ---- */

typedef struct change {
    const char *kind;
    const char *name;
    const char *action;
    const char *body;   /* JSON */
    const char *detail; /* JSON */
    uint64_t expected;
} change;

static assay_status change_put(call *c, const change *ch)
{
    const store_record record = {
        .kind = ch->kind, .name = ch->name, .body = SPAN_TEXT(ch->body), .updated = c->now
    };
    const store_audit_entry entry = { .time = c->now,
                                      .actor = c->actor,
                                      .action = ch->action,
                                      .subject = ch->name,
                                      .detail = ch->detail,
                                      .request_id = c->request_id };
    assay_status status =
        store_record_put(c->service->store, &record, ch->expected, &entry, &c->error);
    if (status == ASSAY_MISMATCH)
        return call_fail(c, 409, "changed_meanwhile", "baseline",
                         "somebody else has changed \"%s\" meanwhile: look again", ch->name);
    TRY(status);
    log_event(LEVEL_NOTICE, ch->action, "baseline", ch->name, "actor", c->actor, NULL);
    TRY(baselines_reload(c->service->baselines, c->service->store, &c->error));
    answers_clear(c->service->answers);
    return ASSAY_OK;
}

static assay_status detail_text(call *c, json_writer *w, const char **out)
{
    char *text;
    TRY(json_take_written(w, &text, &c->error));
    *out = arena_text(c->memory, SPAN_TEXT(text));
    memory_free(text);
    return *out != NULL
               ? ASSAY_OK
               : fail(&c->error, ASSAY_NO_MEMORY, "baseline", ASSAY_NO_OFFSET, "no memory");
}

static assay_status two_words(call *c, const char *first, const char *value, const char *second,
                              const char *other, const char **out)
{
    json_writer w = { .text = NULL };
    json_open_object(&w, NULL);
    json_put_text(&w, first, value);
    json_put_text(&w, second, other);
    json_close_object(&w);
    return detail_text(c, &w, out);
}

/* ---- Rules ---- */

static const char *const record_members[] = { "history", NULL };

static assay_status rules_put(call *c, const char *name, const baseline *asked, const char *action,
                              const char *from)
{
    AUTO_HELD before = { .version = 0 };
    baseline old;
    char *body;
    json_writer w = { .text = NULL };
    change ch = { .kind = "baseline", .name = name, .action = action };
    TRY(baseline_name_check(name, &c->error));
    TRY(held_read(c, "baseline", name, &before));
    if (before.document.root != NULL)
        TRY(baseline_read(before.document.root, name, record_members, &old, &c->error));
    const baseline_change text = { .current = asked,
                                   .before = before.document.root != NULL ? &old : NULL,
                                   .older = before.document.root,
                                   .time = c->now,
                                   .actor = c->actor };
    json_open_object(&w, NULL);
    json_put_text(&w, "from", from);
    baseline_write(&w, asked);
    json_close_object(&w);
    TRY(detail_text(c, &w, &ch.detail));
    TRY(baseline_record_write(&text, &body, &c->error));
    ch.body = body;
    ch.expected = before.version;
    assay_status status = change_put(c, &ch);
    memory_free(body);
    return status;
}

assay_status baseline_put(call *c, const char *name, const baseline *asked)
{
    return rules_put(c, name, asked, "baseline.put", NULL);
}

assay_status baseline_promote_into(call *c, const char *name, const char *into)
{
    baseline candidate;
    TRY(baselines_get(c->service->baselines, name, &candidate, &c->error));
    return rules_put(c, into, &candidate, "baseline.promote", name);
}

assay_status baseline_rollback(call *c, const char *name)
{
    static const char *const entry_members[] = { "time", "actor", NULL };
    AUTO_HELD now = { .version = 0 };
    baseline before;
    char *body;
    change ch = { .kind = "baseline", .name = name, .action = "baseline.rollback" };
    TRY(baseline_name_check(name, &c->error));
    TRY(held_read(c, "baseline", name, &now));
    json_t *last = json_array_get(json_object_get(now.document.root, "history"), 0);
    if (last == NULL)
        return call_fail(c, 409, "nothing_before", "baseline",
                         "\"%s\" has no older rules to go back to", name);
    TRY(baseline_read(last, name, entry_members, &before, &c->error));
    const baseline_change text = { .current = &before, .older = now.document.root, .dropped = 1 };
    json_writer w = { .text = NULL };
    json_open_object(&w, NULL);
    baseline_write(&w, &before);
    json_close_object(&w);
    TRY(detail_text(c, &w, &ch.detail));
    TRY(baseline_record_write(&text, &body, &c->error));
    ch.body = body;
    ch.expected = now.version;
    assay_status status = change_put(c, &ch);
    memory_free(body);
    return status;
}

/* ---- The default: {"name", "history": [{"name", "time", "actor"}]} ---- */

static void history_copy(json_writer *w, json_t *history, size_t from)
{
    for (size_t i = from; i < json_array_size(history) && i < BASELINE_HISTORY_MAX; i++) {
        char *text = json_dumps(json_array_get(history, i), JSON_COMPACT);
        if (text == NULL)
            w->failed = true;
        else
            json_put_raw(w, NULL, SPAN_TEXT(text));
        free(text);
    }
}

typedef struct default_change {
    const char *action;
    const char *name;
    const char *before; /* becomes the newest entry of the history; NULL: none */
    size_t dropped;
} default_change;

static assay_status default_put(call *c, const held *now, const default_change *to)
{
    json_writer w = { .text = NULL };
    change ch = { .kind = "setting",
                  .name = BASELINE_DEFAULT_RECORD,
                  .action = to->action,
                  .expected = now->version };
    char before[64];
    baselines_default(c->service->baselines, before);
    json_open_object(&w, NULL);
    json_put_text(&w, "name", to->name);
    json_open_array(&w, "history");
    if (to->before != NULL) {
        json_open_object(&w, NULL);
        json_put_text(&w, "name", to->before);
        json_put_time(&w, "time", c->now);
        json_put_text(&w, "actor", c->actor);
        json_close_object(&w);
    }
    history_copy(&w, json_object_get(now->document.root, "history"), to->dropped);
    json_close_array(&w);
    json_close_object(&w);
    TRY(detail_text(c, &w, &ch.body));
    TRY(two_words(c, "from", before, "to", to->name, &ch.detail));
    return change_put(c, &ch);
}

assay_status baseline_promote(call *c, const char *name)
{
    AUTO_HELD now = { .version = 0 };
    char before[64];
    baseline candidate;
    TRY(baselines_get(c->service->baselines, name, &candidate, &c->error));
    TRY(held_read(c, "setting", BASELINE_DEFAULT_RECORD, &now));
    baselines_default(c->service->baselines, before);
    if (strcmp(before, name) == 0)
        return call_fail(c, 409, "already_default", "baseline", "\"%s\" is the default", name);
    return default_put(
        c, &now,
        &(default_change) { .action = "baseline.promote", .name = name, .before = before });
}

assay_status baseline_default_rollback(call *c)
{
    AUTO_HELD now = { .version = 0 };
    TRY(held_read(c, "setting", BASELINE_DEFAULT_RECORD, &now));
    json_t *last = json_array_get(json_object_get(now.document.root, "history"), 0);
    const char *name = json_string_value(json_object_get(last, "name"));
    if (name == NULL)
        return call_fail(c, 409, "nothing_before", "baseline",
                         "the default has not been promoted: there is nothing to go back to");
    if (!baselines_knows(c->service->baselines, name))
        return call_fail(c, 409, "nothing_before", "baseline",
                         "the default before, \"%s\", is no longer there", name);
    return default_put(
        c, &now, &(default_change) { .action = "baseline.rollback", .name = name, .dropped = 1 });
}
