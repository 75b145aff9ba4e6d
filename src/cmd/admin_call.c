/* admin_call.c: the connection of `assay admin` to assayd. */
#define _GNU_SOURCE /* explicit_bzero(3) */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin.h"
#include "failure.h"
#include "input.h"

enum { TOKEN_MAX = 400 };

/* ---- Begin and end ---- */

static const char *chosen(const arguments *given, option_id id, const char *variable)
{
    const char *option = option_argument(given, id);
    const char *value = option != NULL ? option : getenv(variable);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static assay_status token_take(assay_span token, admin *out, assay_error *error)
{
    for (size_t i = 0; i < token.size; i++) {
        if (token.data[i] <= ' ' || token.data[i] > '~')
            return failed(error, ASSAY_USAGE, "token", "a token is one word of printable ASCII");
    }
    if (token.size == 0 || token.size > TOKEN_MAX)
        return failed(error, ASSAY_USAGE, "token", "the token has %zu characters, want 1 to %d",
                      token.size, TOKEN_MAX);
    snprintf(out->header, sizeof(out->header), "Authorization: Bearer %.*s", (int)token.size,
             (const char *)token.data);
    return ASSAY_OK;
}

static assay_status token_find(const arguments *given, admin *out, assay_error *error)
{
    const char *token = getenv("ASSAYD_TOKEN");
    const char *path = chosen(given, OPTION_TOKEN_FILE, "ASSAYD_TOKEN_FILE");
    if (path == NULL && (token == NULL || token[0] == '\0'))
        return ASSAY_OK;
    if (path == NULL)
        return token_take((assay_span) { (const uint8_t *)token, strlen(token) }, out, error);
    input file = { .data = NULL };
    TRY(input_read(path, TOKEN_MAX + 2, "token", &file, error));
    assay_status status = token_take(input_text(&file), out, error);
    input_free(&file);
    return status;
}

assay_status admin_begin(const arguments *given, admin *out, assay_error *error)
{
    memset(out, 0, sizeof(*out));
    out->url = chosen(given, OPTION_URL, "ASSAYD_URL");
    if (out->url == NULL)
        out->url = "http://127.0.0.1:8082";
    out->ca_file = chosen(given, OPTION_TLS_CA, "ASSAYD_TLS_CA");
    if (strncmp(out->url, "http://", 7) != 0 && strncmp(out->url, "https://", 8) != 0)
        return failed(error, ASSAY_USAGE, "--url", "%s is no URL of http or https", out->url);
    TRY(token_find(given, out, error));
    return fetch_library_load(&out->library, error);
}

void admin_end(admin *a)
{
    explicit_bzero(a->header, sizeof(a->header));
}

int admin_finish(const char *name, admin *a, assay_status status, const assay_error *error)
{
    admin_end(a);
    if (status == ASSAY_USAGE)
        return usage_error(name, "%s", error->detail);
    if (status != ASSAY_OK)
        failure_print(status, error);
    return failure_exit_code(status);
}

/* ---- Progress ---- */

void admin_progress(const char *format, ...)
{
    va_list values;
    if (!isatty(STDERR_FILENO))
        return;
    fputs("\r\033[K", stderr);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fflush(stderr);
}

void admin_progress_end(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

static void sent(void *context, uint64_t count, uint64_t size)
{
    admin_progress("%s: %llu of %llu KiB", (const char *)context, (unsigned long long)(count >> 10),
                   (unsigned long long)(size >> 10));
}

/* ---- Calls ---- */

/* The reason as assayd gives it: JSON below /assay/, else a line of text. */
static void reason_of(const assay_fetch_called *called, char *name, size_t name_size, char *text,
                      size_t size)
{
    const json_value error = json_value_member(admin_json(called), "error");
    json_value_text(json_value_member(error, "name"), name, name_size);
    json_value_text(json_value_member(error, "detail"), text, size);
    if (error.data == NULL && called->size > 0)
        snprintf(text, size, "%.*s", (int)strcspn((const char *)called->body, "\r\n"),
                 (const char *)called->body);
}

static assay_status status_of(unsigned code)
{
    if (code == 401 || code == 403)
        return ASSAY_UNTRUSTED;
    return code == 429 || code >= 500 ? ASSAY_ENVIRONMENT : ASSAY_MALFORMED;
}

static assay_status refusal(const char *url, const assay_fetch_called *called, assay_error *error)
{
    char name[64], text[160];
    reason_of(called, name, sizeof(name), text, sizeof(text));
    if (called->retry_after > 0)
        return failed(error, status_of(called->http_code), url,
                      "assayd said %u (%s): %s; come again in %lld s", called->http_code, name,
                      text, (long long)called->retry_after);
    return failed(error, status_of(called->http_code), url, "assayd said %u%s%s%s: %s%s",
                  called->http_code, name[0] != '\0' ? " (" : "", name, name[0] != '\0' ? ")" : "",
                  text, called->http_code == 401 ? "; give --token-file FILE" : "");
}

static bool is_report(const admin_request *request, const assay_fetch_called *called)
{
    return request->report != NULL && called->http_code == 400 &&
           json_value_member(admin_json(called), request->report).data != NULL;
}

assay_status admin_call(admin *a, const admin_request *request, assay_fetch_called *out,
                        assay_error *error)
{
    char url[ADMIN_URL_SIZE], type[96];
    const char *headers[3] = { NULL };
    size_t count = 0;
    size_t base = strlen(a->url);
    while (base > 0 && a->url[base - 1] == '/')
        base--;
    snprintf(url, sizeof(url), "%.*s%s", (int)base, a->url, request->path);
    snprintf(type, sizeof(type), "Content-Type: %s",
             request->type != NULL ? request->type : "application/json");
    if (a->header[0] != '\0')
        headers[count++] = a->header;
    if (request->body.size > 0)
        headers[count++] = type;
    const assay_fetch_call call = { .method = request->method,
                                    .url = url,
                                    .headers = headers,
                                    .body = request->body,
                                    .ca_file = a->ca_file,
                                    .total_seconds = 600,
                                    .sent = request->progress != NULL ? sent : NULL,
                                    .context = (void *)request->progress };
    TRY(a->library.run_call(&call, out, error));
    if (out->http_code < 400 || is_report(request, out))
        return ASSAY_OK;
    assay_status status = refusal(url, out, error);
    a->library.called_free(out);
    return status;
}

assay_status admin_get(admin *a, const char *path, assay_fetch_called *out, assay_error *error)
{
    const admin_request request = { .method = "GET", .path = path };
    return admin_call(a, &request, out, error);
}

void admin_print_json(const assay_fetch_called *called)
{
    fwrite(called->body, 1, called->size, stdout);
    putchar('\n');
}

/* ---- Paths ---- */

static void encoded(char path[ADMIN_PATH_SIZE], const char *text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    size_t used = strlen(path);
    for (; *text != '\0' && used + 4 < ADMIN_PATH_SIZE; text++) {
        if (strchr(plain, *text) != NULL)
            path[used++] = *text;
        else
            used += (size_t)snprintf(path + used, 4, "%%%02X", (unsigned char)*text);
    }
    path[used] = '\0';
}

void admin_parameter(char path[ADMIN_PATH_SIZE], const char *name, const char *value)
{
    size_t used = strlen(path);
    if (value == NULL)
        return;
    snprintf(path + used, ADMIN_PATH_SIZE - used, "%c%s=", strchr(path, '?') != NULL ? '&' : '?',
             name);
    encoded(path, value);
}

void admin_segment(char path[ADMIN_PATH_SIZE], const char *segment)
{
    size_t used = strlen(path);
    snprintf(path + used, ADMIN_PATH_SIZE - used, "/");
    encoded(path, segment);
}
