/* transfer.c: one HTTP exchange on libcurl. collateral-service.md 8. */
#include "fetch/transfer.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>

#include "base/memory.h"

/* The option has another name and form since libcurl 7.85. */
#if LIBCURL_VERSION_NUM >= 0x075500
#define SET_PROTOCOLS(handle) curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https")
#else
#define SET_PROTOCOLS(handle)                                                                      \
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS))
#endif

struct transfer {
    CURL *handle;
    char words[CURL_ERROR_SIZE];
    const transfer_request *request; /* while it runs */
    buffer *headers, *body;
    buffer_result stored; /* why an exchange was stopped */
};

/* libcurl wants its global state made once, by one thread. */
static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void curl_begin(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

transfer *transfer_new(void)
{
    pthread_once(&curl_once, curl_begin);
    transfer *t = memory_new(sizeof(*t));
    if (t == NULL)
        return NULL;
    t->handle = curl_easy_init();
    if (t->handle == NULL) {
        memory_free(t);
        return NULL;
    }
    return t;
}

void transfer_free(transfer *t)
{
    if (t == NULL)
        return;
    curl_easy_cleanup(t->handle);
    memory_free(t);
}

/* ---- Callbacks ---- */

static size_t take_body(char *bytes, size_t one, size_t count, void *context)
{
    transfer *t = context;
    t->stored = buffer_add(t->body, span_of(bytes, one * count));
    return t->stored == BUFFER_OK ? one * count : 0;
}

/* Each status line begins a new reply ("100 Continue" before the real one, a proxy's). */
static size_t take_header(char *bytes, size_t one, size_t count, void *context)
{
    transfer *t = context;
    const assay_span line = span_of(bytes, one * count);
    if (span_is(span_slice(line, 0, 5), "HTTP/")) {
        buffer_clear(t->headers);
        return line.size;
    }
    t->stored = buffer_add(t->headers, line);
    return t->stored == BUFFER_OK ? line.size : 0;
}

static int watch(void *context, curl_off_t to_come, curl_off_t come, curl_off_t to_go,
                 curl_off_t gone)
{
    const transfer *t = context;
    (void)to_come;
    (void)come;
    if (t->request->sent != NULL && to_go > 0)
        t->request->sent(t->request->sent_context, (uint64_t)gone, (uint64_t)to_go);
    return t->request->abort != NULL && atomic_load(t->request->abort) ? 1 : 0;
}

/* ---- Options ---- */

static void set_security(CURL *handle, const transfer_request *request)
{
    SET_PROTOCOLS(handle);
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, request->verify_server ? 1L : 0L);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, request->verify_server ? 2L : 0L);
    if (request->ca_file != NULL && request->ca_file[0] != '\0')
        curl_easy_setopt(handle, CURLOPT_CAINFO, request->ca_file);
    if (request->proxy == TRANSFER_PROXY_NONE)
        curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
}

static void set_limits(CURL *handle, const transfer_request *request)
{
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)request->connect_ms);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)request->total_ms);
}

static void set_callbacks(transfer *t)
{
    curl_easy_setopt(t->handle, CURLOPT_ERRORBUFFER, t->words);
    curl_easy_setopt(t->handle, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(t->handle, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(t->handle, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(t->handle, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(t->handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(t->handle, CURLOPT_XFERINFOFUNCTION, watch);
    curl_easy_setopt(t->handle, CURLOPT_XFERINFODATA, t);
}

/* NULL when memory is short: a request without one of its headers is not sent. */
static struct curl_slist *header_list(const transfer_request *request)
{
    struct curl_slist *list = curl_slist_append(NULL, "Accept: */*");
    for (size_t i = 0; list != NULL && i < TRANSFER_HEADERS && request->headers[i] != NULL; i++) {
        struct curl_slist *longer = curl_slist_append(list, request->headers[i]);
        if (longer == NULL)
            curl_slist_free_all(list);
        list = longer;
    }
    return list;
}

static void set_request(CURL *handle, const transfer_request *request, struct curl_slist *headers)
{
    curl_easy_setopt(handle, CURLOPT_URL, request->url);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "assay/0.1.0");
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    if (request->method != NULL)
        curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request->method);
    if (request->post.size == 0)
        return;
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->post.size);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request->post.data);
}

/* ---- Outcome ---- */

static const struct {
    CURLcode code;
    transfer_result result;
} results[] = {
    { CURLE_OK, TRANSFER_REPLIED },
    { CURLE_OPERATION_TIMEDOUT, TRANSFER_TIMEOUT },
    { CURLE_COULDNT_RESOLVE_HOST, TRANSFER_RESOLVE },
    { CURLE_COULDNT_RESOLVE_PROXY, TRANSFER_RESOLVE },
    { CURLE_COULDNT_CONNECT, TRANSFER_CONNECT },
    { CURLE_SSL_CONNECT_ERROR, TRANSFER_TLS },
    { CURLE_PEER_FAILED_VERIFICATION, TRANSFER_TLS },
    { CURLE_SSL_CACERT_BADFILE, TRANSFER_TLS },
    { CURLE_SSL_CERTPROBLEM, TRANSFER_TLS },
    { CURLE_SSL_CIPHER, TRANSFER_TLS },
    { CURLE_ABORTED_BY_CALLBACK, TRANSFER_CANCELLED },
    { CURLE_OUT_OF_MEMORY, TRANSFER_NO_MEMORY },
};

static transfer_result outcome(const transfer *t, CURLcode code)
{
    if (t->stored == BUFFER_FULL)
        return TRANSFER_TOO_LARGE;
    if (t->stored == BUFFER_NO_MEMORY)
        return TRANSFER_NO_MEMORY;
    for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
        if (results[i].code == code)
            return results[i].result;
    }
    return TRANSFER_BROKEN;
}

transfer_result transfer_run(transfer *t, const transfer_request *request, unsigned *code,
                             buffer *headers, buffer *body)
{
    long status = 0;
    struct curl_slist *list = header_list(request);
    if (list == NULL)
        return TRANSFER_NO_MEMORY;
    buffer_clear(headers);
    buffer_clear(body);
    t->headers = headers;
    t->body = body;
    t->request = request;
    t->stored = BUFFER_OK;
    t->words[0] = '\0';
    curl_easy_reset(t->handle); /* connections stay */
    set_security(t->handle, request);
    set_limits(t->handle, request);
    set_callbacks(t);
    set_request(t->handle, request, list);
    const CURLcode ended = curl_easy_perform(t->handle);
    curl_easy_getinfo(t->handle, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_setopt(t->handle, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(list);
    if (t->words[0] == '\0')
        snprintf(t->words, sizeof(t->words), "%s", curl_easy_strerror(ended));
    *code = (unsigned)status;
    return outcome(t, ended);
}

const char *transfer_words(const transfer *t)
{
    return t->words;
}
