/* served.c: a collateral service with a simulated vendor, for tests of handlers. */
#include "served.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "serve/baseline.h"
#include "serve/choose.h"
#include "serve/parameters.h"
#include "serve/respond.h"
#include "sim/fleet_text.h"
#include "sim/fleet_write.h"
#include "support.h"

/* ---- Start and stop ---- */

static void file_write(const char *path, assay_span bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    fclose(file);
}

static void folder_remove(const char *path)
{
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        char name[512];
        snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(name);
    }
    if (folder != NULL)
        closedir(folder);
    rmdir(path);
}

static void service_begin(served *s, fill_mode mode)
{
    assay_error error = { .status = ASSAY_OK };
    s->config.upstream.mode = mode;
    s->config.clock_offset = SIM_DEFAULT_NOW - (int64_t)time(NULL);
    if (service_start(&s->config, &s->service, &error) != ASSAY_OK)
        test_fail("service_start: %s: %s", error.where, error.detail);
}

static void vendor_begin(served *s)
{
    const pcs_server_settings settings = { .listen = "127.0.0.1:0", .controls = PCS_CONTROLS_ON };
    s->vendor = memory_new(sizeof(*s->vendor));
    assert_non_null(s->vendor);
    assert_int_equal(pcs_service_init(s->vendor, SERVED_SEED, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS,
                                      SERVED_PLATFORMS, NULL),
                     ASSAY_OK);
    assert_int_equal(pcs_server_start(&settings, s->vendor, &s->server, s->vendor_url, NULL),
                     ASSAY_OK);
}

static void config_make(served *s)
{
    char root[128];
    config_default(&s->config);
    snprintf(root, sizeof(root), "%s/root.pem", s->folder);
    file_write(root, bytes_span(&s->vendor->vendor.chains.root));
    snprintf(s->config.state_directory, CONFIG_TEXT_SIZE, "%s", s->folder);
    snprintf(s->config.store.url, CONFIG_TEXT_SIZE, "sqlite:%s/assayd.db", s->folder);
    snprintf(s->config.upstream.sgx_root_file, CONFIG_TEXT_SIZE, "%s", root);
    s->config.upstream.pcs.service = ASSAY_SERVICE_PCS;
    snprintf(s->config.upstream.pcs.url, sizeof(s->config.upstream.pcs.url),
             "%s/sgx/certification/v4/", s->vendor_url);
    s->config.upstream.retry_times = 0;
    s->config.upstream.connect_seconds = 2;
    s->config.upstream.total_seconds = 10;
    s->config.access.requests_per_second = 0;
    s->config.cache.refresh_hours = 10000;
}

void served_start(served *s, fill_mode mode)
{
    memset(s, 0, sizeof(*s));
    snprintf(s->folder, sizeof(s->folder), "/tmp/assay-served-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    vendor_begin(s);
    config_make(s);
    service_begin(s, mode);
}

void served_restart(served *s, fill_mode mode)
{
    service_stop(s->service);
    service_begin(s, mode);
}

void served_vendor_down(served *s)
{
    pcs_server_stop(s->server);
    s->server = NULL;
}

void served_stop(served *s)
{
    service_stop(s->service);
    served_vendor_down(s);
    pcs_service_free(s->vendor);
    memory_free(s->vendor);
    folder_remove(s->folder);
}

uint64_t served_vendor_calls(const served *s)
{
    pthread_mutex_lock(&s->vendor->lock);
    uint64_t total = s->vendor->log.total;
    pthread_mutex_unlock(&s->vendor->lock);
    return total;
}

void served_fault(served *s, const char *rule)
{
    const pcs_request reset = { .method = "POST", .path = "/control/reset" };
    const pcs_request set = { .method = "POST",
                              .path = "/control/faults",
                              .body = SPAN_TEXT(rule != NULL ? rule : "") };
    pcs_reply reply = { .status = 0 };
    pcs_control_answer(s->vendor, &reset, &reply);
    pcs_reply_free(&reply);
    if (rule == NULL)
        return;
    reply = (pcs_reply) { .status = 0 };
    pcs_control_answer(s->vendor, &set, &reply);
    assert_int_equal(reply.status, 200);
    pcs_reply_free(&reply);
}

/* ---- Asking ---- */

static const route *row_find(http_method method, const char *path, const char **rest)
{
    for (size_t t = 0; t < route_table_count; t++) {
        for (size_t i = 0; i < *route_tables[t].count; i++) {
            const route *row = &route_tables[t].rows[i];
            size_t size = strlen(row->path);
            bool open = row->path[size - 1] == '*';
            *rest = open && strncmp(row->path, path, size - 1) == 0 ? path + size - 1 : "";
            if (row->method == method && (strcmp(row->path, path) == 0 || **rest != '\0'))
                return row;
        }
    }
    test_fail("no row for %s %s", http_method_name(method), path);
    return NULL;
}

static char *text_copy(assay_span in)
{
    char *out = memory_new(in.size + 1);
    assert_non_null(out);
    if (in.size > 0)
        memcpy(out, in.data, in.size);
    return out;
}

static void failed(const call *c, assay_status status, served_reply *out)
{
    denial why;
    denial_of_call(c, status, &why);
    out->code = why.code;
    snprintf(out->name, sizeof(out->name), "%s", assay_error_name(&why.error));
    snprintf(out->detail, sizeof(out->detail), "%s", why.error.detail);
    out->body = text_copy(SPAN_TEXT(why.error.where));
    out->headers = text_copy(SPAN_TEXT(""));
}

static void answered(const answer *from, served_reply *out)
{
    out->code = from->code != 0 ? from->code : 200;
    out->body = text_copy(from->body);
    out->size = from->body.size;
    out->headers = text_copy(SPAN_TEXT(from->headers != NULL ? from->headers : ""));
}

/* True when it must be run again with patience. */
static bool run(served *s, const route *row, const http_request *request, const char *rest,
                unsigned scopes, call_patience patience, served_reply *out)
{
    arena memory = { NULL };
    parameters given;
    answer made = { .code = 0 };
    call c = { .service = s->service,
               .route = row,
               .request = request,
               .now = SIM_DEFAULT_NOW,
               .rest = SPAN_TEXT(rest),
               .scopes = scopes,
               .actor = "token:test",
               .request_id = "test",
               .memory = &memory,
               .patience = patience };
    memset(out, 0, sizeof(*out));
    assay_status status = parameters_read(row->parameters, request->query, &given, &c.error);
    memcpy(c.parameters, given.at, sizeof(c.parameters));
    if (status == ASSAY_OK && (row->flags & ROUTE_BASELINE) != 0)
        status = choose_baseline(row, &given, request, span_of(NULL, 0), c.baseline, &c.error);
    if (c.baseline[0] == '\0')
        baselines_default(s->service->baselines, c.baseline);
    if (status == ASSAY_OK)
        status = row->handler(&c, &made);
    bool again = status != ASSAY_OK && c.wants_vendor && patience == CALL_STORE_ONLY;
    if (status == ASSAY_OK)
        answered(&made, out);
    else if (!again)
        failed(&c, status, out);
    arena_free(&memory);
    return again;
}

served_reply served_ask_bytes(served *s, http_method method, const char *target, assay_span body,
                              unsigned scopes)
{
    char path[4096];
    const char *query = strchr(target, '?');
    const char *rest = "";
    served_reply reply;
    snprintf(path, sizeof(path), "%.*s", (int)strcspn(target, "?"), target);
    const route *row = row_find(method, path, &rest);
    http_request request = { .method = method,
                             .path = SPAN_TEXT(path),
                             .query = SPAN_TEXT(query != NULL ? query + 1 : ""),
                             .body = body,
                             .address = "192.0.2.1" };
    if (run(s, row, &request, rest, scopes, method == HTTP_GET ? CALL_STORE_ONLY : CALL_MAY_WAIT,
            &reply))
        run(s, row, &request, rest, scopes, CALL_MAY_WAIT, &reply);
    return reply;
}

served_reply served_ask(served *s, http_method method, const char *target, const char *body,
                        unsigned scopes)
{
    return served_ask_bytes(s, method, target, SPAN_TEXT(body), scopes);
}

void served_reply_free(served_reply *reply)
{
    memory_free(reply->body);
    memory_free(reply->headers);
    memset(reply, 0, sizeof(*reply));
}

void served_expect(served *s, http_method method, const char *target, const char *body,
                   unsigned code)
{
    served_reply reply = served_ask(s, method, target, body, SCOPE_ALL);
    if (reply.code != code)
        test_fail("%s %s: %u %s %s, want %u", http_method_name(method), target, reply.code,
                  reply.name, reply.detail, code);
    served_reply_free(&reply);
}

/* ---- Platforms ---- */

static char *bytes_text(sim_bytes *bytes)
{
    char *text = text_copy(bytes_span(bytes));
    bytes_free(bytes);
    return text;
}

static fleet_member member_of(const served *s, uint64_t number)
{
    fleet_member member;
    assert_true(fleet_find(&s->vendor->vendor.fleet, number, &member));
    return member;
}

static char *registration(const served *s, uint64_t number, fleet_tokens tokens)
{
    const fleet_member member = member_of(s, number);
    sim_bytes text = { .data = NULL };
    fleet_put_platform(&s->vendor->vendor.fleet, &member, tokens, &text);
    return bytes_text(&text);
}

char *served_registration(const served *s, uint64_t number)
{
    return registration(s, number, FLEET_WITH_PPID);
}

char *served_registration_by_manifest(const served *s, uint64_t number)
{
    return registration(s, number, FLEET_WITH_MANIFEST);
}

static void put_parameter(sim_bytes *text, const char *name, assay_span value)
{
    bytes_add_format(text, "%s=", name);
    bytes_add_hex(text, value, hex_upper);
}

char *served_pckcert(const served *s, uint64_t number, bool with_ppid)
{
    const fleet_member member = member_of(s, number);
    sim_bytes text = { .data = NULL }, ppid = { .data = NULL };
    uint8_t svn[2];
    store_u16le(svn, member.pce_svn);
    fleet_token_write(&s->vendor->vendor.fleet, &member, SIM_ENCRYPTED_PPID, &ppid);
    put_parameter(&text, "/sgx/certification/v4/pckcert?qeid", SPAN(member.qe_id));
    put_parameter(&text, "&cpusvn", SPAN(member.cpu_svn));
    put_parameter(&text, "&pcesvn", SPAN(svn));
    put_parameter(&text, "&pceid", SPAN(member.pce_id));
    if (with_ppid)
        put_parameter(&text, "&encrypted_ppid", bytes_span(&ppid));
    bytes_free(&ppid);
    return bytes_text(&text);
}

void served_register(served *s, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        char *body = served_registration(s, i);
        served_expect(s, HTTP_POST, "/sgx/certification/v4/platforms", body, 200);
        memory_free(body);
    }
}

static char *written(const served *s, fleet_writer writer, uint64_t first, uint64_t count)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    const fleet_selection selection = {
        .first = first, .count = count, .certificates = SIZE_MAX, .tokens = FLEET_WITH_PPID
    };
    assert_non_null(file);
    assert_int_equal(writer(&s->vendor->vendor, &selection, file, NULL), ASSAY_OK);
    fclose(file);
    char *copy = text_copy(span_of(text, size));
    free(text);
    return copy;
}

char *served_ndjson(const served *s, uint64_t first, uint64_t count)
{
    return written(s, fleet_write_ndjson, first, count);
}

char *served_platformcollateral(const served *s, uint64_t first, uint64_t count)
{
    return written(s, fleet_write_collateral, first, count);
}

void served_import(served *s, uint64_t count)
{
    char *lines = served_ndjson(s, 0, count);
    served_expect(s, HTTP_POST, "/assay/v1/import?form=ndjson", lines, 200);
    memory_free(lines);
}
