/* admin_routes.c: what administrators look at: status, items, refresh, the audit log.
 * collateral-service.md 7.9, 7.10. Lists are paged: {"...": [...], "next": cursor or null}. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "serve/admin_tables.h"
#include "serve/answers.h"
#include "serve/baseline.h"
#include "serve/jobs.h"
#include "serve/refresh.h"
#include "serve/upper_hex.h"
#include "serve/upstream.h"

enum { PAGE_DEFAULT = 100, PAGE_MAX = 1000, HOST_MAX = 64, FMSPC_SIZE = 6 };

static const parameter no_parameters[] = { { .name = NULL } };

static uint64_t number_parameter(const call *c, size_t index, uint64_t absent)
{
    char text[24];
    const assay_span given = c->parameters[index];
    if (given.data == NULL)
        return absent;
    snprintf(text, sizeof(text), "%.*s", (int)given.size, (const char *)given.data);
    return strtoull(text, NULL, 10);
}

static assay_status no_memory(call *c)
{
    return fail(&c->error, ASSAY_NO_MEMORY, c->route->name, ASSAY_NO_OFFSET, "no memory");
}

/* ---- Audit ---- */

enum { AUDIT_AFTER, AUDIT_LIMIT };
static const parameter audit_parameters[] = {
    [AUDIT_AFTER] = { "after", PARAMETER_NUMBER, PARAMETER_OPTIONAL, 0, UINT32_MAX, NULL },
    [AUDIT_LIMIT] = { "limit", PARAMETER_NUMBER, PARAMETER_OPTIONAL, 0, PAGE_MAX, NULL },
    { .name = NULL },
};

static void write_entry(json_writer *w, const store_audit_entry *entry)
{
    json_open_object(w, NULL);
    json_put_number(w, "number", entry->number);
    json_put_time(w, "time", entry->time);
    json_put_text(w, "actor", entry->actor);
    json_put_text(w, "action", entry->action);
    json_put_text(w, "subject", entry->subject);
    json_put_text(w, "request_id", entry->request_id);
    if (entry->detail != NULL && entry->detail[0] != '\0')
        json_put_raw(w, "detail", SPAN_TEXT(entry->detail));
    json_close_object(w);
}

static assay_status audit_get(call *c, answer *out)
{
    json_writer w = { .text = NULL };
    store_audit_entry *entries = NULL;
    size_t count = 0;
    const uint64_t limit = number_parameter(c, AUDIT_LIMIT, PAGE_DEFAULT);
    TRY(store_audit_list(c->service->store, number_parameter(c, AUDIT_AFTER, 0),
                         limit > 0 ? (size_t)limit : 1, c->memory, &entries, &count, &c->error));
    json_open_object(&w, NULL);
    json_open_array(&w, "entries");
    for (size_t i = 0; i < count; i++)
        write_entry(&w, &entries[i]);
    json_close_array(&w);
    if (count > 0 && count == limit)
        json_put_number(&w, "next", entries[count - 1].number);
    else
        json_put_null(&w, "next");
    json_close_object(&w);
    out->private_reply = true;
    return answer_json(c, out, &w);
}

/* ---- Items ---- */

enum { ITEMS_PREFIX, ITEMS_AFTER, ITEMS_LIMIT };
static const parameter items_parameters[] = {
    [ITEMS_PREFIX] = { "prefix", PARAMETER_TEXT, PARAMETER_OPTIONAL, 0, 512, NULL },
    [ITEMS_AFTER] = { "after", PARAMETER_TEXT, PARAMETER_OPTIONAL, 0, 512, NULL },
    [ITEMS_LIMIT] = { "limit", PARAMETER_NUMBER, PARAMETER_OPTIONAL, 0, PAGE_MAX, NULL },
    { .name = NULL },
};

static const char *state_of(const call *c, const store_item *item)
{
    if (item->next_update == 0)
        return "permanent";
    if (item->next_update <= c->now)
        return "stale";
    return item->next_update - c->now < 86400 ? "ends-soon" : "fresh";
}

static void write_item(const call *c, json_writer *w, const store_item *item)
{
    json_open_object(w, NULL);
    json_put_text(w, "item", item->key);
    json_put_text(w, "state", state_of(c, item));
    json_put_time(w, "issued", item->issue_date);
    json_put_time(w, "next_update", item->next_update);
    json_put_time(w, "fetched", item->fetched);
    json_put_number(w, "evaluation_number", item->evaluation_number);
    json_put_text(w, "source", item->source);
    json_close_object(w);
}

static assay_status items_get(call *c, answer *out)
{
    json_writer w = { .text = NULL };
    store_item *items = NULL;
    size_t count = 0;
    const uint64_t limit = number_parameter(c, ITEMS_LIMIT, PAGE_DEFAULT);
    const char *prefix = arena_text(c->memory, c->parameters[ITEMS_PREFIX]);
    const char *after = arena_text(c->memory, c->parameters[ITEMS_AFTER]);
    if (prefix == NULL || after == NULL)
        return no_memory(c);
    TRY(store_items_list(c->service->store, prefix, after[0] != '\0' ? after : NULL,
                         limit > 0 ? (size_t)limit : 1, STORE_HEADS, c->memory, &items, &count,
                         &c->error));
    json_open_object(&w, NULL);
    json_open_array(&w, "items");
    for (size_t i = 0; i < count; i++)
        write_item(c, &w, &items[i]);
    json_close_array(&w);
    json_put_text(&w, "next", count > 0 && count == limit ? items[count - 1].key : NULL);
    json_close_object(&w);
    out->private_reply = true;
    return answer_json(c, out, &w);
}

/* ---- Refresh ---- */

static void write_progress(json_writer *w, const char *member, const refresh_progress *progress)
{
    json_open_object(w, member);
    json_put_flag(w, "running", progress->running);
    json_put_number(w, "total", progress->total);
    json_put_number(w, "done", progress->done);
    json_put_number(w, "changed", progress->changed);
    json_put_number(w, "failed", progress->failed);
    json_put_time(w, "started", progress->started);
    json_put_time(w, "ended", progress->ended);
    json_put_text(w, "last_error", progress->last_error[0] != '\0' ? progress->last_error : NULL);
    json_close_object(w);
}

static assay_status answer_progress(call *c, answer *out)
{
    json_writer w = { .text = NULL };
    refresh_progress progress = { 0 };
    refresh_status(c->service->refresher, &progress);
    write_progress(&w, NULL, &progress);
    out->private_reply = true;
    return answer_json(c, out, &w);
}

static assay_status refresh_get(call *c, answer *out)
{
    return answer_progress(c, out);
}

enum { REFRESH_TYPE, REFRESH_FMSPC };
static const char *const refresh_types[] = { "items", "certs", NULL };
static const parameter refresh_parameters[] = {
    [REFRESH_TYPE] = { "type", PARAMETER_WORD, PARAMETER_OPTIONAL, 0, 0, refresh_types },
    [REFRESH_FMSPC] = { "fmspc", PARAMETER_HEX, PARAMETER_OPTIONAL, FMSPC_SIZE, FMSPC_SIZE, NULL },
    { .name = NULL },
};

static assay_status refresh_audit(call *c)
{
    char subject[2 * FMSPC_SIZE + 1] = "items";
    if (c->parameters[REFRESH_FMSPC].data != NULL)
        upper_hex(c->parameters[REFRESH_FMSPC], subject);
    const store_audit_entry entry = { .time = c->now,
                                      .actor = c->actor,
                                      .action = "refresh.start",
                                      .subject = subject,
                                      .detail = "{}",
                                      .request_id = c->request_id };
    return store_audit_append(c->service->store, &entry, &c->error);
}

/* Certificates of one FMSPC; of all of them only through the schedule, for a million calls to the
 * vendor are no accident to make. */
static assay_status refresh_post(call *c, answer *out)
{
    const bool certificates = span_is(c->parameters[REFRESH_TYPE], "certs");
    const assay_span fmspc = c->parameters[REFRESH_FMSPC];
    if (certificates != (fmspc.data != NULL))
        return call_fail(c, 400, "missing_parameter", "query.fmspc",
                         "type=certs and fmspc stand together");
    TRY(refresh_audit(c));
    TRY(refresh_start(c->service->refresher, certificates ? fmspc.data : NULL, &c->error));
    out->code = 202;
    return answer_progress(c, out);
}

/* ---- Status ---- */

static void write_upstream(call *c, json_writer *w)
{
    upstream_host *hosts = arena_new(c->memory, HOST_MAX, sizeof(*hosts));
    size_t count = hosts != NULL ? upstream_hosts(c->service->upstream, hosts, HOST_MAX) : 0;
    json_open_array(w, "upstream");
    for (size_t i = 0; i < count; i++) {
        json_open_object(w, NULL);
        json_put_text(w, "host", hosts[i].host);
        json_put_text(w, "circuit", hosts[i].open ? "open" : "closed");
        json_put_time(w, "open_until", hosts[i].open ? hosts[i].open_until : 0);
        json_put_number(w, "calls", hosts[i].calls);
        json_put_number(w, "failures", hosts[i].failures);
        json_put_time(w, "last_success", hosts[i].last_success);
        json_put_time(w, "last_failure", hosts[i].last_failure);
        json_put_text(w, "last_error", hosts[i].last_error[0] != '\0' ? hosts[i].last_error : NULL);
        json_close_object(w);
    }
    json_close_array(w);
}

static void write_queues(const call *c, json_writer *w)
{
    jobs_statistics found;
    jobs_statistics_get(c->service->jobs, &found);
    json_open_object(w, "queues");
    json_put_number(w, "store", found.queued[POOL_STORE]);
    json_put_number(w, "upstream", found.queued[POOL_UPSTREAM]);
    json_put_number(w, "refused", found.refused);
    json_put_number(w, "coalesced", found.coalesced);
    json_close_object(w);
}

static void write_cache(const call *c, json_writer *w)
{
    answers_statistics found;
    answers_statistics_get(c->service->answers, &found);
    json_open_object(w, "cache");
    json_put_number(w, "entries", found.entries);
    json_put_number(w, "bytes", found.memory);
    json_put_number(w, "hits", found.hits);
    json_put_number(w, "misses", found.misses);
    json_close_object(w);
}

static assay_status write_platforms(call *c, json_writer *w)
{
    static const struct {
        const char *name;
        store_platform_state state;
    } rows[] = { { "registered", STORE_PLATFORM_REGISTERED },
                 { "queued", STORE_PLATFORM_QUEUED },
                 { "unavailable", STORE_PLATFORM_UNAVAILABLE } };
    json_open_object(w, "platforms");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t count = 0;
        TRY(store_platform_count(c->service->store, rows[i].state, &count, &c->error));
        json_put_number(w, rows[i].name, count);
    }
    json_close_object(w);
    return ASSAY_OK;
}

static void write_service(const call *c, json_writer *w)
{
    static const char *const modes[] = {
        [FILL_LAZY] = "lazy", [FILL_REQ] = "req", [FILL_OFFLINE] = "offline"
    };
    char baseline_name[64];
    baselines_default(c->service->baselines, baseline_name);
    json_put_text(w, "version", assay_version());
    json_put_time(w, "time", c->now);
    json_put_signed(w, "clock_offset", c->service->config.clock_offset);
    json_put_text(w, "replica", c->service->replica);
    json_put_text(w, "store", store_engine(c->service->store));
    json_put_text(w, "mode", modes[c->service->config.upstream.mode]);
    json_put_text(w, "baseline", baseline_name);
}

static assay_status status_get(call *c, answer *out)
{
    json_writer w = { .text = NULL };
    refresh_progress progress = { 0 };
    refresh_status(c->service->refresher, &progress);
    json_open_object(&w, NULL);
    write_service(c, &w);
    assay_status status = write_platforms(c, &w);
    write_progress(&w, "refresh", &progress);
    write_upstream(c, &w);
    write_queues(c, &w);
    write_cache(c, &w);
    json_close_object(&w);
    out->private_reply = true;
    if (status != ASSAY_OK)
        memory_free(w.text);
    TRY(status);
    return answer_json(c, out, &w);
}

const route admin_routes[] = {
    { "status", HTTP_GET, "/assay/v1/status", ROUTE_ADMIN, SCOPE_READ, no_parameters, 0, status_get,
      "store, vendors, queues, refresh" },
    { "items", HTTP_GET, "/assay/v1/items", ROUTE_ADMIN, SCOPE_READ, items_parameters, 0, items_get,
      "vendor items with their dates" },
    { "audit", HTTP_GET, "/assay/v1/audit", ROUTE_ADMIN, SCOPE_READ, audit_parameters, 0, audit_get,
      "who changed what" },
    { "refresh_status", HTTP_GET, "/assay/v1/refresh", ROUTE_ADMIN, SCOPE_READ | SCOPE_REFRESH,
      no_parameters, 0, refresh_get, "how the refresh is going" },
    { "refresh_start", HTTP_POST, "/assay/v1/refresh", ROUTE_ADMIN, SCOPE_REFRESH,
      refresh_parameters, 0, refresh_post, "start a refresh in the background" },
};
const size_t admin_route_count = sizeof(admin_routes) / sizeof(admin_routes[0]);
