/* pcs_control.c: what tests and demonstrations tell the simulated vendor, and ask it: faults,
 * clock, recoveries, the log. */
#include <fnmatch.h>
#include <time.h>

#include "base/memory.h"
#include "sim/options.h"
#include "sim/pcs_service.h"
#include "wire/json_write.h"

/* Takes what was written as the reply's body. */
static void take_json(json_writer *w, pcs_reply *reply)
{
    char *text = NULL;
    assay_error err;
    reply->status = 200;
    reply->type = "application/json";
    if (json_take_written(w, &text, &err) != ASSAY_OK) {
        pcs_refuse(reply, 500, "no memory");
        return;
    }
    bytes_add_text(&reply->body, text);
    bytes_add_u8(&reply->body, '\n');
    memory_free(text);
}

static void refuse_for(const assay_error *err, pcs_reply *reply)
{
    pcs_refuse(reply, 400, "%s: %s", err->where, err->detail);
}

/* ---- Faults ---- */

static void faults_show(pcs_service *service, const pcs_request *request, pcs_reply *reply)
{
    (void)request;
    json_writer w = { .text = NULL };
    json_open_array(&w, NULL);
    for (size_t i = 0; i < service->rules.count; i++) {
        const pcs_rule *rule = &service->rules.rows[i];
        json_open_object(&w, NULL);
        json_put_text(&w, "rule", rule->text);
        json_put_number(&w, "struck", rule->struck);
        if (rule->times != UINT64_MAX)
            json_put_number(&w, "left", rule->times);
        json_close_object(&w);
    }
    json_close_array(&w);
    take_json(&w, reply);
}

/* One rule a line; all of them or none. */
static void faults_add(pcs_service *service, const pcs_request *request, pcs_reply *reply)
{
    pcs_rules before = service->rules;
    assay_error err;
    assay_span body = request->body;
    while (body.size > 0) {
        const uint8_t *end = memchr(body.data, '\n', body.size);
        size_t size = end != NULL ? (size_t)(end - body.data) : body.size;
        if (size > 0 &&
            pcs_rules_add(&service->rules, span_of(body.data, size), &err) != ASSAY_OK) {
            service->rules = before;
            refuse_for(&err, reply);
            return;
        }
        size += end != NULL ? 1 : 0;
        body = span_of(body.data + size, body.size - size);
    }
    faults_show(service, request, reply);
}

static void faults_clear(pcs_service *service, const pcs_request *request, pcs_reply *reply)
{
    service->rules.count = 0;
    faults_show(service, request, reply);
}

/* ---- Log ---- */

static void put_requests(const pcs_log *log, const char *pattern, json_writer *w)
{
    uint64_t first = log->total > PCS_LOG_MAX ? log->total - PCS_LOG_MAX : 0;
    json_open_array(w, "requests");
    for (uint64_t i = first; i < log->total; i++) {
        const pcs_log_entry *entry = &log->entries[i % PCS_LOG_MAX];
        if (pattern != NULL && fnmatch(pattern, entry->target, 0) != 0)
            continue;
        json_open_object(w, NULL);
        json_put_text(w, "method", entry->method);
        json_put_text(w, "target", entry->target);
        json_put_number(w, "status", entry->status);
        json_close_object(w);
    }
    json_close_array(w);
}

static void log_show(pcs_service *service, const pcs_request *request, pcs_reply *reply)
{
    json_writer w = { .text = NULL };
    const pcs_log *log = &service->log;
    json_open_object(&w, NULL);
    json_put_number(&w, "total", log->total);
    json_open_array(&w, "counts");
    for (size_t i = 0; i < log->count_count; i++) {
        json_open_object(&w, NULL);
        json_put_text(&w, "method", log->counts[i].method);
        json_put_text(&w, "path", log->counts[i].path);
        json_put_number(&w, "count", log->counts[i].count);
        json_close_object(&w);
    }
    json_close_array(&w);
    put_requests(log, pcs_parameter_of(request, "path"), &w);
    json_close_object(&w);
    take_json(&w, reply);
}

/* How many requests of the log have a target that `path` matches: a number and a line end. */
static void count_show(pcs_service *service, const pcs_request *request, pcs_reply *reply)
{
    const char *pattern = pcs_parameter_of(request, "path");
    uint64_t kept = service->log.total < PCS_LOG_MAX ? service->log.total : PCS_LOG_MAX, count = 0;
    for (uint64_t i = 0; i < kept; i++)
        count += pattern == NULL || fnmatch(pattern, service->log.entries[i].target, 0) == 0;
    reply->status = 200;
    reply->type = "text/plain";
    bytes_add_format(&reply->body, "%llu\n", (unsigned long long)count);
}

static void reset(pcs_service *service, const pcs_request *request, pcs_reply *reply)
{
    service->log.total = 0;
    service->log.count_count = 0;
    faults_clear(service, request, reply);
}

/* ---- Clock and calendar ---- */

static void clock_show(pcs_service *service, const pcs_request *request, pcs_reply *reply)
{
    (void)request;
    json_writer w = { .text = NULL };
    int64_t now = (int64_t)time(NULL) + service->clock_offset;
    const sim_calendar *calendar = &service->calendar;
    json_open_object(&w, NULL);
    json_put_time(&w, "now", now);
    json_put_number(&w, "standard", sim_calendar_number(calendar, SIM_CHANNEL_STANDARD, now));
    json_put_number(&w, "early", sim_calendar_number(calendar, SIM_CHANNEL_EARLY, now));
    json_open_array(&w, "recoveries");
    for (uint32_t i = 0; i < SIM_RECOVERY_COUNT; i++) {
        json_open_object(&w, NULL);
        json_put_number(&w, "number", SIM_FIRST_NUMBER + i);
        json_put_time(&w, "event", calendar->events[i]);
        json_put_text(&w, "phase",
                      sim_phase_name(sim_calendar_phase(calendar, SIM_FIRST_NUMBER + i, now)));
        json_close_object(&w);
    }
    json_close_array(&w);
    json_close_object(&w);
    take_json(&w, reply);
}

/* ?now=TIME or ?advance=SECONDS */
static void clock_set(pcs_service *service, const pcs_request *request, pcs_reply *reply)
{
    const char *now = pcs_parameter_of(request, "now");
    const char *advance = pcs_parameter_of(request, "advance");
    uint64_t seconds = 0;
    int64_t time_wanted = 0;
    assay_error err = { .where = "clock", .detail = "want ?now=TIME or ?advance=SECONDS" };
    assay_status status = ASSAY_USAGE;
    if (now != NULL && advance == NULL)
        status = sim_option_time("now", now, &time_wanted, &err);
    else if (now == NULL && advance != NULL)
        status = sim_option_number("advance", advance, UINT32_MAX, &seconds, &err);
    if (status != ASSAY_OK) {
        refuse_for(&err, reply);
        return;
    }
    service->clock_offset =
        now != NULL ? time_wanted - (int64_t)time(NULL) : service->clock_offset + (int64_t)seconds;
    clock_show(service, request, reply);
}

/* ?number=N&event=TIME */
static void recovery_set(pcs_service *service, const pcs_request *request, pcs_reply *reply)
{
    const char *number = pcs_parameter_of(request, "number");
    const char *event = pcs_parameter_of(request, "event");
    sim_recovery_order order;
    assay_error err = { .where = "recovery", .detail = "want ?number=N&event=TIME" };
    if (number == NULL || event == NULL ||
        sim_calendar_order_parse(number, event, &order, &err) != ASSAY_OK) {
        refuse_for(&err, reply);
        return;
    }
    sim_calendar_move(&service->calendar, &order);
    clock_show(service, request, reply);
}

/* ---- Routes ---- */

static const struct {
    const char *method;
    const char *path;
    void (*answer)(pcs_service *service, const pcs_request *request, pcs_reply *reply);
} routes[] = {
    { "GET", "/control/faults", faults_show },     { "POST", "/control/faults", faults_add },
    { "DELETE", "/control/faults", faults_clear }, { "GET", "/control/log", log_show },
    { "GET", "/control/count", count_show },       { "POST", "/control/reset", reset },
    { "GET", "/control/clock", clock_show },       { "POST", "/control/clock", clock_set },
    { "POST", "/control/recovery", recovery_set },
};

void pcs_control_answer(pcs_service *service, const pcs_request *request, pcs_reply *reply)
{
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        if (strcmp(routes[i].method, request->method) != 0 ||
            strcmp(routes[i].path, request->path) != 0)
            continue;
        pthread_mutex_lock(&service->lock);
        routes[i].answer(service, request, reply);
        pthread_mutex_unlock(&service->lock);
        return;
    }
    pcs_refuse(reply, 404, "no such control: faults, log, count, reset, clock, recovery");
}
