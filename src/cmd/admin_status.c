/* admin_status.c: assay admin status: the service at a glance. */
#include <stdio.h>
#include <string.h>

#include "admin.h"
#include "failure.h"
#include "text_rows.h"

typedef struct status_row {
    const char *label, *path;
} status_row;

static const status_row service_rows[] = { { "version", "version" },
                                           { "store", "store" },
                                           { "fill mode", "mode" },
                                           { "baseline", "baseline" },
                                           { "replica", "replica" },
                                           { "time", "time" },
                                           { NULL, NULL } };
static const status_row platform_rows[] = { { "registered", "platforms.registered" },
                                            { "queued", "platforms.queued" },
                                            { "unavailable", "platforms.unavailable" },
                                            { NULL, NULL } };
static const status_row refresh_rows[] = { { "running", "refresh.running" },
                                           { "items", "refresh.total" },
                                           { "changed", "refresh.changed" },
                                           { "failed", "refresh.failed" },
                                           { "ended", "refresh.ended" },
                                           { "last error", "refresh.last_error" },
                                           { NULL, NULL } };
static const status_row work_rows[] = { { "waiting for the store", "queues.store" },
                                        { "waiting for vendors", "queues.upstream" },
                                        { "refused, queue full", "queues.refused" },
                                        { "coalesced", "queues.coalesced" },
                                        { "answers in memory", "cache.entries" },
                                        { "bytes of answers", "cache.bytes" },
                                        { "hits", "cache.hits" },
                                        { "misses", "cache.misses" },
                                        { NULL, NULL } };

static void print_rows(json_value all, const status_row *rows)
{
    char text[256];
    for (; rows->label != NULL; rows++) {
        json_value_text(json_value_at(all, rows->path), text, sizeof(text));
        for (char *at = text; *at != '\0'; at++)
            *at = *at < ' ' || *at > '~' ? '?' : *at;
        if (text[0] != '\0')
            text_row(rows->label, "%s", text);
    }
}

static const admin_column host_columns[] = {
    { "host", "  HOST", 38 },
    { "circuit", "CIRCUIT", 7 },
    { "calls", "CALLS", 8 },
    { "failures", "FAILURES", 8 },
    { "last_success", "LAST SUCCESS", 20 },
    { "last_error", "LAST ERROR", 0 },
    { NULL, NULL, 0 },
};

static void print_hosts(json_value all)
{
    const json_value hosts = json_value_member(all, "upstream");
    json_value host = { NULL, 0 };
    while (json_value_next(hosts, &host)) {
        if (host.data == hosts.data + 1)
            admin_heading_print(host_columns);
        fputs("  ", stdout);
        admin_row_print(host_columns, host);
    }
}

static void print_status(json_value all)
{
    text_line(COLOUR_BOLD, "assayd");
    print_rows(all, service_rows);
    if (json_value_number(json_value_member(all, "clock_offset")) != 0)
        text_line(COLOUR_RED, "  its clock is set off by a test option");
    text_heading("Platforms");
    print_rows(all, platform_rows);
    text_heading("Refresh");
    print_rows(all, refresh_rows);
    text_heading("Vendors");
    print_hosts(all);
    text_heading("Work");
    print_rows(all, work_rows);
}

static int status_run(const arguments *given)
{
    admin a;
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    assay_fetch_called called = { .http_code = 0 };
    if (given->operand_count != 0)
        return usage_error("admin status", "it takes no operands");
    assay_status status = admin_begin(given, &a, &error);
    if (status == ASSAY_OK)
        status = admin_get(&a, "/assay/v1/status", &called, &error);
    if (status == ASSAY_OK) {
        if (option_given(given, OPTION_JSON))
            admin_print_json(&called);
        else
            print_status(admin_json(&called));
        a.library.called_free(&called);
    }
    return admin_finish("admin status", &a, status, &error);
}

static const option_row status_options[] = { ADMIN_OPTIONS, OPTIONS_END };

const verb verb_admin_status = {
    .name = "admin status",
    .operands = "",
    .summary = "show the service at a glance",
    .text =
        "Shows store, platforms, the last refresh, vendors and their circuits, queues and cache.",
    .options = status_options,
    .run = status_run,
};
