/* baseline_routes.c: /assay/v1/baselines: look, change, plan, promote, roll back.
 * collateral-service.md 7.7, 7.9. */
#include <stdio.h>

#include "serve/baseline_changes.h"
#include "serve/plan.h"
#include "serve/platform_tables.h"

enum { LISTED_MAX = 100, LISTED_DEFAULT = 20 };

#define AUTO_DOCUMENT __attribute__((cleanup(json_document_free))) json_document

/* ---- Reading ---- */

static void baseline_put_whole(json_writer *w, const baseline *b, const char *kind)
{
    json_open_object(w, NULL);
    json_put_text(w, "name", b->name);
    json_put_text(w, "kind", kind);
    baseline_write(w, b);
    json_close_object(w);
}

static assay_status list_get(call *c, answer *out)
{
    static const char *const built_in[] = { "standard", "early" };
    store_record *records;
    size_t count;
    char chosen[64];
    baseline room;
    json_writer w = { .text = NULL };
    TRY(store_records_list(c->service->store, "baseline", c->memory, &records, &count, &c->error));
    baselines_default(c->service->baselines, chosen);
    json_open_object(&w, NULL);
    json_put_text(&w, "default", chosen);
    json_open_array(&w, "baselines");
    for (size_t i = 0; i < 2 && baseline_built_in(built_in[i], &room); i++)
        baseline_put_whole(&w, &room, "built-in");
    for (size_t i = 0; i < count; i++) {
        if (baselines_get(c->service->baselines, records[i].name, &room, NULL) == ASSAY_OK)
            baseline_put_whole(&w, &room, "own");
    }
    json_close_array(&w);
    json_close_object(&w);
    out->private_reply = true;
    return answer_json(c, out, &w);
}

/* NAME/ACTION out of the path; ACTION may be absent. */
typedef struct baseline_path {
    char name[64];
    assay_span action;
} baseline_path;

static assay_status path_read(call *c, baseline_path *out)
{
    const uint8_t *slash = c->rest.size == 0 ? NULL : memchr(c->rest.data, '/', c->rest.size);
    size_t size = slash == NULL ? c->rest.size : (size_t)(slash - c->rest.data);
    if (size == 0 || size >= sizeof(out->name))
        return call_fail(c, 404, "not_found", "path", "want .../baselines/NAME");
    memset(out, 0, sizeof(*out));
    memcpy(out->name, c->rest.data, size);
    out->action = slash == NULL ? (assay_span) { NULL, 0 }
                                : span_slice(c->rest, size + 1, c->rest.size - size - 1);
    return ASSAY_OK;
}

static assay_status no_action(call *c, const baseline_path *path)
{
    if (path->action.data == NULL)
        return ASSAY_OK;
    return call_fail(c, 404, "not_found", "path", "want .../baselines/NAME");
}

/* A record's body holds all of it, history too. */
static assay_status one_get(call *c, answer *out)
{
    baseline_path path;
    store_record record;
    bool found;
    baseline room;
    json_writer w = { .text = NULL };
    TRY(path_read(c, &path));
    TRY(no_action(c, &path));
    if (strcmp(path.name, "default") == 0)
        baselines_default(c->service->baselines, path.name);
    TRY(baselines_get(c->service->baselines, path.name, &room, &c->error));
    TRY(store_record_get(c->service->store, "baseline", path.name, c->memory, &record, &found,
                         &c->error));
    json_open_object(&w, NULL);
    json_put_text(&w, "name", path.name);
    json_put_text(&w, "kind", found ? "own" : "built-in");
    if (found)
        json_put_raw(&w, "baseline", record.body);
    else {
        json_open_object(&w, "baseline");
        baseline_write(&w, &room);
        json_close_object(&w);
    }
    json_close_object(&w);
    out->private_reply = true;
    return answer_json(c, out, &w);
}

/* ---- Changing ---- */

static assay_status state_reply(call *c, const char *name, answer *out)
{
    char chosen[64];
    baseline now;
    json_writer w = { .text = NULL };
    baselines_default(c->service->baselines, chosen);
    TRY(baselines_get(c->service->baselines, name, &now, &c->error));
    json_open_object(&w, NULL);
    json_put_text(&w, "default", chosen);
    json_put_text(&w, "name", now.name);
    baseline_write(&w, &now);
    json_close_object(&w);
    out->private_reply = true;
    return answer_json(c, out, &w);
}

static assay_status one_put(call *c, answer *out)
{
    baseline_path path;
    baseline asked = { .rule_count = 0 };
    AUTO_DOCUMENT document = { 0 };
    TRY(path_read(c, &path));
    TRY(no_action(c, &path));
    TRY(json_document_parse(c->request->body, NULL, &document, "baseline", &c->error));
    if (!json_is_object(document.root))
        return call_fail(c, 400, "bad_body", "baseline", "want an object");
    TRY(baseline_read(document.root, "baseline", NULL, &asked, &c->error));
    TRY(baseline_put(c, path.name, &asked));
    return state_reply(c, path.name, out);
}

enum { AGAINST, FMSPC, LISTED, INTO };
static const parameter action_parameters[] = {
    [AGAINST] = { "against", PARAMETER_TEXT, PARAMETER_OPTIONAL, 0, 63, NULL },
    [FMSPC] = { "fmspc", PARAMETER_HEX, PARAMETER_OPTIONAL, 6, 0, NULL },
    [LISTED] = { "listed", PARAMETER_NUMBER, PARAMETER_OPTIONAL, 0, LISTED_MAX, NULL },
    [INTO] = { "into", PARAMETER_TEXT, PARAMETER_OPTIONAL, 0, 63, NULL },
    { .name = NULL },
};
static const parameter no_parameters[] = { { .name = NULL } };

static const char *text_parameter(call *c, size_t index)
{
    const char *text =
        c->parameters[index].data == NULL ? "" : arena_text(c->memory, c->parameters[index]);
    return text != NULL ? text : "";
}

static assay_status plan_post(call *c, const char *name, answer *out)
{
    plan made;
    json_writer w = { .text = NULL };
    const plan_order order = { .candidate = name,
                               .against = text_parameter(c, AGAINST),
                               .fmspc = c->parameters[FMSPC].data };
    TRY(plan_make(c, &order, &made));
    assay_status status = plan_write(c, &made, call_number(c, LISTED, LISTED_DEFAULT), &w);
    out->private_reply = true;
    if (status == ASSAY_OK)
        return answer_json(c, out, &w);
    memory_free(w.text);
    return status;
}

static assay_status promote_post(call *c, const char *name, answer *out)
{
    const char *into = text_parameter(c, INTO);
    if (into[0] == '\0') {
        TRY(baseline_promote(c, name));
        return state_reply(c, name, out);
    }
    TRY(baseline_promote_into(c, name, into));
    return state_reply(c, into, out);
}

static assay_status rollback_post(call *c, const char *name, answer *out)
{
    char chosen[64];
    if (strcmp(name, "default") != 0) {
        TRY(baseline_rollback(c, name));
        return state_reply(c, name, out);
    }
    TRY(baseline_default_rollback(c));
    baselines_default(c->service->baselines, chosen);
    return state_reply(c, chosen, out);
}

static const struct action {
    const char *name;
    unsigned scopes;
    unsigned parameters; /* bits of those that may be given */
    assay_status (*run)(call *c, const char *name, answer *out);
} actions[] = {
    { "plan", SCOPE_READ | SCOPE_BASELINE, 1u << AGAINST | 1u << FMSPC | 1u << LISTED, plan_post },
    { "promote", SCOPE_BASELINE, 1u << INTO, promote_post },
    { "rollback", SCOPE_BASELINE, 0, rollback_post },
};

static const struct action *action_find(assay_span name)
{
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (span_is(name, actions[i].name))
            return &actions[i];
    }
    return NULL;
}

static assay_status one_post(call *c, answer *out)
{
    baseline_path path;
    TRY(path_read(c, &path));
    const struct action *action = action_find(path.action);
    if (action == NULL)
        return call_fail(c, 404, "not_found", "path",
                         "want .../baselines/NAME/plan, /promote or /rollback");
    if ((c->scopes & action->scopes) == 0)
        return call_fail(c, 403, "scope_missing", "header.Authorization",
                         "this token may not change baselines");
    for (size_t i = AGAINST; i <= INTO; i++) {
        if (c->parameters[i].data != NULL && (action->parameters & 1u << i) == 0)
            return call_fail(c, 400, "unknown_parameter", action_parameters[i].name,
                             "\"%s\" has no such parameter", action->name);
    }
    return action->run(c, path.name, out);
}

const route baseline_routes[BASELINE_ROUTE_COUNT] = {
    { "baselines", HTTP_GET, "/assay/v1/baselines", ROUTE_ADMIN, SCOPE_READ | SCOPE_BASELINE,
      no_parameters, 0, list_get, "All baselines, and which is the default" },
    { "baseline", HTTP_GET, "/assay/v1/baselines/*", ROUTE_ADMIN, SCOPE_READ | SCOPE_BASELINE,
      no_parameters, 0, one_get, "One baseline with its history" },
    { "baseline", HTTP_PUT, "/assay/v1/baselines/*", ROUTE_ADMIN | ROUTE_BODY, SCOPE_BASELINE,
      no_parameters, 0, one_put, "Makes or changes a baseline" },
    { "baseline", HTTP_POST, "/assay/v1/baselines/*", ROUTE_ADMIN | ROUTE_UPSTREAM,
      SCOPE_READ | SCOPE_BASELINE, action_parameters, 0, one_post,
      "Plans, promotes or rolls back a baseline" },
};
