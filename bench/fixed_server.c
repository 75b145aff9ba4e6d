/* fixed_server.c: the HTTP server alone with replies that never change: what bench/http_bench
 * measures before any service stands on it.
 *
 *     fixed_server FOLDER CERTIFICATE KEY
 *
 * /NAME is answered with FOLDER/NAME.headers and FOLDER/NAME.body. Prints the ports of HTTP and
 * HTTPS; runs until its standard input ends. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"
#include "http/server.h"

enum { REPLIES_MAX = 16, FILE_MAX = 64 * 1024 };

typedef struct fixed_reply {
    char path[80];
    http_reply *reply;
} fixed_reply;

typedef struct fixed_replies {
    fixed_reply at[REPLIES_MAX];
    size_t count;
    http_reply *missing;
} fixed_replies;

static size_t file_read(const char *folder, const char *name, const char *suffix, char *out)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s%s", folder, name, suffix);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        bench_die(path);
    const size_t size = fread(out, 1, FILE_MAX - 1, file);
    fclose(file);
    out[size] = '\0';
    return size;
}

static void reply_add(fixed_replies *replies, const char *folder, const char *name)
{
    static char headers[FILE_MAX], body[FILE_MAX];
    fixed_reply *added = &replies->at[replies->count++];
    file_read(folder, name, ".headers", headers);
    const size_t size = file_read(folder, name, ".body", body);
    snprintf(added->path, sizeof(added->path), "/%s", name);
    added->reply = http_reply_new(200, headers, span_of(body, size));
}

static void folder_read(fixed_replies *replies, const char *folder)
{
    DIR *entries = opendir(folder);
    const struct dirent *entry;
    if (entries == NULL)
        bench_die(folder);
    while ((entry = readdir(entries)) != NULL && replies->count < REPLIES_MAX) {
        const char *dot = strrchr(entry->d_name, '.');
        char name[64];
        if (dot == NULL || strcmp(dot, ".body") != 0)
            continue;
        snprintf(name, sizeof(name), "%.*s", (int)(dot - entry->d_name), entry->d_name);
        reply_add(replies, folder, name);
    }
    closedir(entries);
    replies->missing = http_reply_new(404, "Content-Type: text/plain\r\n", SPAN_TEXT("missing\n"));
}

static void handle(void *context, http_exchange *exchange)
{
    const fixed_replies *replies = context;
    const http_request *request = http_exchange_request(exchange);
    for (size_t i = 0; i < replies->count; i++) {
        if (span_is(request->path, replies->at[i].path)) {
            http_respond(exchange, replies->at[i].reply, NULL);
            return;
        }
    }
    http_respond(exchange, replies->missing, NULL);
}

int main(int argc, char **argv)
{
    static fixed_replies replies;
    http_server *server;
    assay_error err;
    char byte;
    if (argc != 4)
        bench_die("fixed_server FOLDER CERTIFICATE KEY");
    folder_read(&replies, argv[1]);
    http_settings settings = { .handler = handle, .context = &replies, .listener_count = 2 };
    settings.listeners[0] = (http_listener) { .address = "127.0.0.1", .fd = -1 };
    settings.listeners[1] = (http_listener) { .address = "127.0.0.1", .fd = -1 };
    settings.listeners[1].tls = (http_tls_files) { argv[2], argv[3], NULL };
    if (http_server_start(&settings, &server, &err) != ASSAY_OK)
        bench_die(err.detail);
    printf("%u %u\n", http_server_port(server, 0), http_server_port(server, 1));
    fflush(stdout);
    while (read(0, &byte, 1) > 0)
        ;
    http_server_free(server);
    for (size_t i = 0; i < replies.count; i++)
        http_reply_unref(replies.at[i].reply);
    http_reply_unref(replies.missing);
    return 0;
}
