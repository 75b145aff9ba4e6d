/* health_routes.c: is it alive, can it answer, what has it counted? collateral-service.md 7.10. */
#include <stdio.h>

#include "serve/admin_tables.h"
#include "serve/dispatch.h"
#include "serve/metrics.h"
#include "serve/refresh.h"

static const parameter no_parameters[] = { { .name = NULL } };

/* The process runs and its workers work; says nothing of what it needs. */
static assay_status healthz(call *c, answer *out)
{
    json_writer w = { .text = NULL };
    json_open_object(&w, NULL);
    json_put_text(&w, "status", "ok");
    json_put_text(&w, "version", assay_version());
    json_put_signed(&w, "clock_offset", c->service->config.clock_offset);
    json_put_time(&w, "time", c->now);
    json_close_object(&w);
    out->private_reply = true;
    return answer_json(c, out, &w);
}

static void write_refresh(json_writer *w, const refresh_progress *progress)
{
    json_open_object(w, "refresh");
    json_put_flag(w, "running", progress->running);
    json_put_number(w, "total", progress->total);
    json_put_number(w, "done", progress->done);
    json_put_number(w, "failed", progress->failed);
    json_put_time(w, "ended", progress->ended);
    if (progress->last_error[0] != '\0')
        json_put_text(w, "last_error", progress->last_error);
    json_close_object(w);
}

/* 503 while the store is away: a balancer should ask another replica. Vendors that are away do not
 * count: what is stored is served. */
static assay_status readyz(call *c, answer *out)
{
    json_writer w = { .text = NULL };
    refresh_progress progress = { 0 };
    assay_error why = { .offset = ASSAY_NO_OFFSET };
    const bool ready = store_ping(c->service->store, &why) == ASSAY_OK;
    if (c->service->refresher != NULL)
        refresh_status(c->service->refresher, &progress);
    json_open_object(&w, NULL);
    json_put_text(&w, "status", ready ? "ready" : "store_unavailable");
    if (!ready)
        json_put_text(&w, "detail", why.detail);
    json_put_text(&w, "store", store_engine(c->service->store));
    if (dispatcher_administers(c->service->dispatcher, c->request->listener))
        json_put_text(&w, "replica", c->service->replica); /* host and process: not for everyone */
    json_put_signed(&w, "clock_offset", c->service->config.clock_offset);
    write_refresh(&w, &progress);
    json_close_object(&w);
    out->private_reply = true;
    out->code = ready ? 200 : 503;
    return answer_json(c, out, &w);
}

static assay_status metrics_get(call *c, answer *out)
{
    out->private_reply = true;
    out->content_type = "text/plain; version=0.0.4; charset=utf-8";
    return metrics_write(c->service, c->memory, &out->body, &c->error);
}

const route health_routes[] = {
    { "healthz", HTTP_GET, "/healthz", 0, 0, no_parameters, 0, healthz, "the process is alive" },
    { "readyz", HTTP_GET, "/readyz", 0, 0, no_parameters, 0, readyz, "the store answers" },
    { "metrics", HTTP_GET, "/metrics", ROUTE_ADMIN, 0, no_parameters, 0, metrics_get,
      "counters in Prometheus's text form" },
};
const size_t health_route_count = sizeof(health_routes) / sizeof(health_routes[0]);
