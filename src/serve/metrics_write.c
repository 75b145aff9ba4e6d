/* metrics_write.c: everything that can be counted, as Prometheus text (exposition format 0.0.4).
 * collateral-service.md 7.10. Families are rows. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "serve/answers.h"
#include "serve/jobs.h"
#include "serve/metrics_table.h"
#include "serve/refresh.h"
#include "serve/upstream.h"

/* ---- Lines ---- */

static void head(FILE *out, const char *name, const char *type, const char *help)
{
    fprintf(out, "# HELP assayd_%s %s\n# TYPE assayd_%s %s\n", name, help, name, type);
}

static void plain(FILE *out, const char *name, const char *type, uint64_t value, const char *help)
{
    head(out, name, type, help);
    fprintf(out, "assayd_%s %" PRIu64 "\n", name, value);
}

/* A label's value: backslash, quote and line feed escaped. */
static void label(FILE *out, const char *name, const char *value)
{
    fprintf(out, "%s=\"", name);
    for (; *value != '\0'; value++) {
        if (*value == '\n')
            fputs("\\n", out);
        else if (*value == '"' || *value == '\\')
            fprintf(out, "\\%c", *value);
        else
            fputc(*value, out);
    }
    fputc('"', out);
}

/* ---- Series ---- */

typedef struct family_row {
    metric_family family;
    const char *name;
    const char *first, *second; /* names of the labels; NULL: none */
    const char *code;
    const char *help;
} family_row;

static const family_row counter_rows[] = {
    { METRIC_REQUESTS, "requests_total", "route", NULL, "code", "Requests answered." },
    { METRIC_REFUSED_REQUESTS, "refused_requests_total", NULL, NULL, "code",
      "Requests refused before any handler saw them." },
    { METRIC_UPSTREAM, "upstream_calls_total", "host", "outcome", NULL, "Calls to vendors." },
    { METRIC_REFUSED_INGESTS, "refused_ingests_total", "kind", "reason", NULL,
      "Items that were not kept: bad signature, chain, date, or older than what is there." },
};

static const family_row time_rows[] = {
    { METRIC_REQUEST_TIME, "request_duration_seconds", "route", NULL, NULL,
      "Time from the complete request to the answer." },
    { METRIC_UPSTREAM_TIME, "upstream_duration_seconds", "host", NULL, NULL,
      "Time of calls to vendors." },
};

static void write_labels(FILE *out, const family_row *row, const metric_series *series)
{
    const char *comma = "";
    if (row->first != NULL) {
        label(out, row->first, series->first);
        comma = ",";
    }
    if (row->second != NULL) {
        fputs(comma, out);
        label(out, row->second, series->second);
        comma = ",";
    }
    if (row->code != NULL)
        fprintf(out, "%s%s=\"%u\"", comma, row->code, series->code);
}

static void write_counters(FILE *out, metrics *m, const family_row *row)
{
    head(out, row->name, "counter", row->help);
    for (size_t i = 0; i < METRIC_SERIES_MAX; i++) {
        metric_series *series = &m->series[i];
        if (!metric_series_ready(series) || series->family != row->family)
            continue;
        fprintf(out, "assayd_%s{", row->name);
        write_labels(out, row, series);
        fprintf(out, "} %" PRIuFAST64 "\n", atomic_load(&series->count));
    }
}

static void write_histogram(FILE *out, const family_row *row, metric_series *series)
{
    uint64_t sum = 0;
    for (size_t i = 0; i <= METRIC_BOUND_COUNT; i++) {
        sum += atomic_load(&series->buckets[i]);
        fprintf(out, "assayd_%s_bucket{", row->name);
        write_labels(out, row, series);
        if (i < METRIC_BOUND_COUNT)
            fprintf(out, ",le=\"%g\"} %" PRIu64 "\n", (double)metric_bounds_us[i] / 1e6, sum);
        else
            fprintf(out, ",le=\"+Inf\"} %" PRIu64 "\n", sum);
    }
    fprintf(out, "assayd_%s_sum{", row->name);
    write_labels(out, row, series);
    fprintf(out, "} %.6f\nassayd_%s_count{", (double)atomic_load(&series->sum_us) / 1e6, row->name);
    write_labels(out, row, series);
    fprintf(out, "} %" PRIu64 "\n", sum);
}

static void write_times(FILE *out, metrics *m, const family_row *row)
{
    head(out, row->name, "histogram", row->help);
    for (size_t i = 0; i < METRIC_SERIES_MAX; i++) {
        if (metric_series_ready(&m->series[i]) && m->series[i].family == row->family)
            write_histogram(out, row, &m->series[i]);
    }
}

static void write_events(FILE *out, metrics *m)
{
    head(out, "events_total", "counter", "Other things that happened, by name.");
    for (size_t i = 0; i < METRIC_COUNTER_COUNT; i++)
        fprintf(out, "assayd_events_total{event=\"%s\"} %" PRIuFAST64 "\n", metric_counters[i],
                atomic_load(&m->counters[i]));
}

/* ---- Other parts ---- */

static void write_answers(FILE *out, service *s)
{
    answers_statistics found;
    answers_statistics_get(s->answers, &found);
    plain(out, "cache_hits_total", "counter", found.hits, "Answers given from memory.");
    plain(out, "cache_misses_total", "counter", found.misses, "Answers that had to be made.");
    plain(out, "cache_evictions_total", "counter", found.evictions,
          "Answers dropped for want of room.");
    plain(out, "cache_entries", "gauge", found.entries, "Answers in memory.");
    plain(out, "cache_bytes", "gauge", found.memory, "Bytes of answers in memory.");
}

static void write_jobs(FILE *out, service *s)
{
    jobs_statistics found;
    jobs_statistics_get(s->jobs, &found);
    plain(out, "jobs_total", "counter", found.run, "Jobs run by workers.");
    plain(out, "coalesced_total", "counter", found.coalesced,
          "Requests answered by the run of another equal one.");
    plain(out, "jobs_refused_total", "counter", found.refused, "Jobs refused: the queue was full.");
    head(out, "jobs_queued", "gauge", "Jobs that wait.");
    fprintf(out, "assayd_jobs_queued{pool=\"store\"} %" PRIu64 "\n", found.queued[POOL_STORE]);
    fprintf(out, "assayd_jobs_queued{pool=\"upstream\"} %" PRIu64 "\n",
            found.queued[POOL_UPSTREAM]);
}

static void write_server(FILE *out, metrics *m)
{
    http_statistics found = { 0 };
    const http_server *server = atomic_load(&m->server);
    if (server == NULL)
        return;
    http_server_statistics(server, &found);
    plain(out, "connections", "gauge", found.open, "Connections now.");
    plain(out, "connections_total", "counter", found.accepted, "Connections accepted.");
    plain(out, "tls_handshakes_total", "counter", found.handshakes, "TLS handshakes.");
    plain(out, "tls_resumed_total", "counter", found.resumed, "TLS sessions resumed.");
}

enum { HOST_MAX = 64 };

static void host_line(FILE *out, const char *metric, const upstream_host *host, int64_t value)
{
    fprintf(out, "assayd_%s{", metric);
    label(out, "host", host->host);
    fprintf(out, "} %" PRId64 "\n", value);
}

static void write_hosts(FILE *out, service *s, arena *memory)
{
    upstream_host *hosts = arena_new(memory, HOST_MAX, sizeof(*hosts));
    size_t count = hosts != NULL ? upstream_hosts(s->upstream, hosts, HOST_MAX) : 0;
    head(out, "upstream_circuit_open", "gauge", "1 while a vendor is left alone.");
    for (size_t i = 0; i < count; i++)
        host_line(out, "upstream_circuit_open", &hosts[i], hosts[i].open);
    head(out, "upstream_last_success_timestamp_seconds", "gauge", "When a vendor last answered.");
    for (size_t i = 0; i < count; i++)
        host_line(out, "upstream_last_success_timestamp_seconds", &hosts[i], hosts[i].last_success);
}

static void write_refresh(FILE *out, service *s)
{
    refresh_progress found = { 0 };
    if (s->refresher == NULL)
        return;
    refresh_status(s->refresher, &found);
    plain(out, "refresh_running", "gauge", found.running, "1 while items are refreshed.");
    plain(out, "refresh_end_timestamp_seconds", "gauge", (uint64_t)found.ended,
          "When the last refresh ended.");
    plain(out, "refresh_failed_items", "gauge", found.failed, "Items that it could not renew.");
}

/* ---- Items ---- */

/* VCEKs never end, and there may be a million: they have no lines. */
static const char *const item_prefixes[] = { "amd/chain/", "amd/crl/",  "chain/",   "crl/",
                                             "fmspcs/",    "identity/", "numbers/", "tcb/" };
enum { ITEM_PAGE = 500, ITEM_LINES_MAX = 10000 };

typedef struct item_lines {
    store_item *at[ITEM_LINES_MAX];
    size_t count;
} item_lines;

static assay_status collect_prefix(service *s, const char *prefix, arena *memory, item_lines *out,
                                   assay_error *err)
{
    const char *after = NULL;
    size_t count = ITEM_PAGE;
    while (count == ITEM_PAGE) {
        store_item *items = NULL;
        TRY(store_items_list(s->store, prefix, after, ITEM_PAGE, STORE_HEADS, memory, &items,
                             &count, err));
        for (size_t i = 0; i < count && out->count < ITEM_LINES_MAX; i++)
            out->at[out->count++] = &items[i];
        after = count > 0 ? items[count - 1].key : NULL;
    }
    return ASSAY_OK;
}

static void item_family(FILE *out, const item_lines *lines, const char *name, const char *help,
                        size_t offset)
{
    head(out, name, "gauge", help);
    for (size_t i = 0; i < lines->count; i++) {
        int64_t value;
        memcpy(&value, (const char *)lines->at[i] + offset, sizeof(value));
        if (value == 0)
            continue;
        fprintf(out, "assayd_%s{", name);
        label(out, "item", lines->at[i]->key);
        fprintf(out, "} %" PRId64 "\n", value);
    }
}

/* A store that is away must not hide the other numbers: assayd_store_up says so. */
static void write_items(FILE *out, service *s, arena *memory)
{
    item_lines *lines = arena_new(memory, 1, sizeof(*lines));
    bool up = lines != NULL;
    for (size_t i = 0; up && i < sizeof(item_prefixes) / sizeof(item_prefixes[0]); i++)
        up = collect_prefix(s, item_prefixes[i], memory, lines, NULL) == ASSAY_OK;
    plain(out, "store_up", "gauge", up, "1 when the store answers.");
    if (lines == NULL)
        return;
    item_family(out, lines, "item_issue_timestamp_seconds", "issueDate of each item.",
                offsetof(store_item, issue_date));
    item_family(out, lines, "item_next_update_timestamp_seconds", "nextUpdate of each item.",
                offsetof(store_item, next_update));
    item_family(out, lines, "item_fetched_timestamp_seconds",
                "When each item was last confirmed by its vendor.", offsetof(store_item, fetched));
}

/* ---- The process ---- */

static uint64_t resident_bytes(void)
{
    unsigned long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%lu %lu", &pages, &resident) != 2)
        resident = 0;
    fclose(file);
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void write_process(FILE *out, service *s)
{
    head(out, "build_info", "gauge", "The version that runs.");
    fprintf(out, "assayd_build_info{version=\"%s\",store=\"%s\"} 1\n", assay_version(),
            store_engine(s->store));
    plain(out, "start_timestamp_seconds", "gauge", (uint64_t)s->metrics->started,
          "When the service started.");
    plain(out, "resident_memory_bytes", "gauge", resident_bytes(), "Memory of the process.");
    head(out, "clock_offset_seconds", "gauge", "Added to the clock: 0 but in tests.");
    fprintf(out, "assayd_clock_offset_seconds %" PRId64 "\n", s->config.clock_offset);
}

static void write_all(FILE *out, service *s, arena *memory)
{
    for (size_t i = 0; i < sizeof(counter_rows) / sizeof(counter_rows[0]); i++)
        write_counters(out, s->metrics, &counter_rows[i]);
    for (size_t i = 0; i < sizeof(time_rows) / sizeof(time_rows[0]); i++)
        write_times(out, s->metrics, &time_rows[i]);
    write_events(out, s->metrics);
    write_answers(out, s);
    write_jobs(out, s);
    write_server(out, s->metrics);
    write_hosts(out, s, memory);
    write_refresh(out, s);
    write_items(out, s, memory);
    write_process(out, s);
}

assay_status metrics_write(service *s, arena *memory, assay_span *out, assay_error *err)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    if (file == NULL)
        return fail(err, ASSAY_NO_MEMORY, "metrics", ASSAY_NO_OFFSET, "no memory");
    write_all(file, s, memory);
    bool written = fclose(file) == 0;
    assay_span copy = written ? arena_copy(memory, span_of(text, size)) : span_of(NULL, 0);
    free(text);
    if (copy.data == NULL)
        return fail(err, ASSAY_NO_MEMORY, "metrics", ASSAY_NO_OFFSET, "no memory");
    *out = copy;
    return ASSAY_OK;
}
