/* pcs_service.c: the simulated vendor as it runs. collateral-service.md 3. */
#include "sim/pcs_service.h"

#include <stdio.h>
#include <time.h>

assay_status pcs_service_init(pcs_service *service, uint64_t seed, int64_t start, unsigned days,
                              uint64_t platforms, assay_error *err)
{
    memset(service, 0, sizeof(*service));
    pthread_mutex_init(&service->lock, NULL);
    service->clock_offset = start - (int64_t)time(NULL);
    sim_calendar_init(&service->calendar, start);
    return pcs_vendor_init(&service->vendor, seed, start, days, platforms, err);
}

void pcs_service_free(pcs_service *service)
{
    pcs_vendor_free(&service->vendor);
    pthread_mutex_destroy(&service->lock);
}

int64_t pcs_service_now(pcs_service *service)
{
    pthread_mutex_lock(&service->lock);
    int64_t now = (int64_t)time(NULL) + service->clock_offset;
    pthread_mutex_unlock(&service->lock);
    return now;
}

/* ---- Log ---- */

static void count_path(pcs_log *log, const pcs_log_entry *entry)
{
    size_t size = strcspn(entry->target, "?"), i = 0;
    for (; i < log->count_count; i++) {
        if (strcmp(log->counts[i].method, entry->method) == 0 &&
            strlen(log->counts[i].path) == size &&
            memcmp(log->counts[i].path, entry->target, size) == 0)
            break;
    }
    if (i == PCS_COUNT_MAX)
        return;
    if (i == log->count_count) {
        log->count_count++;
        memcpy(log->counts[i].method, entry->method, PCS_METHOD_SIZE);
        memcpy(log->counts[i].path, entry->target, size);
        log->counts[i].path[size] = '\0';
    }
    log->counts[i].count++;
}

static void log_request(pcs_service *service, const char *method, const char *target,
                        unsigned status)
{
    pthread_mutex_lock(&service->lock);
    pcs_log_entry *entry = &service->log.entries[service->log.total++ % PCS_LOG_MAX];
    snprintf(entry->method, sizeof(entry->method), "%.7s", method);
    snprintf(entry->target, sizeof(entry->target), "%.255s", target);
    entry->status = status;
    count_path(&service->log, entry);
    pthread_mutex_unlock(&service->lock);
}

/* ---- Requests ---- */

/* The issue of the day: a day's items are the same whenever they are asked for. */
static pcs_issue issue_at(const pcs_vendor *vendor, int64_t now)
{
    int64_t first = vendor->begin - SIM_HOUR, age = now - first;
    int64_t days = age >= 0 ? age / SIM_DAY : -((SIM_DAY - 1 - age) / SIM_DAY);
    return (pcs_issue) { .now = now, .date = first + days * SIM_DAY };
}

/* What the service says at this moment to this request; the number of rules that strike it. */
static size_t prepare(pcs_service *service, pcs_request *request, const char *target,
                      pcs_rule strikes[PCS_RULE_MAX], uint64_t *serial)
{
    pthread_mutex_lock(&service->lock);
    request->calendar = service->calendar;
    int64_t clock = (int64_t)time(NULL);
    request->issue = issue_at(&service->vendor, clock + service->clock_offset);
    *serial = ++service->requests;
    size_t count = pcs_rules_strike(&service->rules, target, clock, strikes);
    pthread_mutex_unlock(&service->lock);
    return count;
}

static void put_request_id(const pcs_service *service, uint64_t serial, pcs_reply *reply)
{
    char name[48];
    uint8_t id[16];
    sim_bytes text = { 0 };
    snprintf(name, sizeof(name), "request %llu", (unsigned long long)serial);
    sim_random(service->vendor.fleet.seed, name, id, sizeof(id));
    bytes_add_hex(&text, SPAN(id), hex_lower);
    pcs_reply_header(reply, "Request-ID", bytes_span(&text));
    bytes_free(&text);
}

void pcs_service_answer(pcs_service *service, pcs_request *request, const char *target,
                        pcs_reply *reply, pcs_delivery *delivery)
{
    pcs_rule strikes[PCS_RULE_MAX];
    uint64_t serial;
    size_t count = prepare(service, request, target, strikes, &serial);
    for (size_t i = 0; i < count; i++) {
        if (strikes[i].fault->issue != NULL)
            strikes[i].fault->issue(strikes[i].value, &service->vendor, &request->issue);
    }
    pcs_answer(&service->vendor, request, reply);
    for (size_t i = 0; i < count; i++) {
        if (strikes[i].fault->reply != NULL)
            strikes[i].fault->reply(strikes[i].value, reply);
        if (strikes[i].fault->deliver != NULL)
            strikes[i].fault->deliver(strikes[i].value, delivery);
    }
    put_request_id(service, serial, reply);
    log_request(service, request->method, target, delivery->disconnected ? 0 : reply->status);
}
