/* refusal.c: what codes other than 200 mean, in words and with what to do. collateral-service.md 1,
 * 6, 8. */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

#include "fetch/headers.h"
#include "fetch/reply.h"

static const struct {
    unsigned from, to;
    const char *name;
    const char *meaning;
    const char *advice;
} refusals[] = {
    { 400, 400, "fetch_refused", "the request is refused",
      "check FMSPC, CA and ids; some services know no tcbEvaluationDataNumber" },
    { 401, 403, "fetch_refused", "access is refused", "check the API key or token, and the proxy" },
    { 404, 404, "fetch_not_found", "it has no such item", "check FMSPC, CA, number or platform" },
    { 410, 410, "fetch_retired", "this evaluation number is retired",
      "ask for a later tcbEvaluationDataNumber" },
    { 429, 429, "fetch_unavailable", "too many requests", "wait, or ask through a cache" },
    { 460, 460, "fetch_server_error", "its root certificates differ",
      "its operator must refresh the service" },
    { 461, 461, "fetch_platform_unknown", "it does not know this platform",
      "register the platform with it first" },
    { 462, 462, "fetch_certificates_unavailable",
      "Intel has no certificate for this platform's TCB",
      "update the platform's firmware, or register it again" },
    { 503, 503, "fetch_unavailable", "the service is not available", "try again later" },
    { 500, 599, "fetch_server_error", "the service failed", "see its log, or try another one" },
    { 300, 399, "fetch_bad_reply", "it sends elsewhere, and redirects are not followed",
      "configure the address it sends to" },
    { 400, 499, "fetch_refused", "the request is refused", "is this the address of the service?" },
    { 0, UINT_MAX, "fetch_bad_reply", "no reply of this kind is known",
      "is this the address of the service?" },
};

assay_status fetch_failure(assay_error *err, const char *name, const char *url, const char *format,
                           ...)
{
    char detail[ASSAY_DETAIL_SIZE];
    va_list values;
    va_start(values, format);
    vsnprintf(detail, sizeof(detail), format, values);
    va_end(values);
    return fail_named(err, ASSAY_ENVIRONMENT, name, NULL, url, "%s", detail);
}

/* What the service says itself, for people: Intel's Error-Message. */
static void own_words(const fetch_reply *r, char *out, size_t size)
{
    assay_span text = { NULL, 0 };
    out[0] = '\0';
    if (header_value(r->headers, "error-message", &text) == HEADER_ONCE && text.size > 0)
        snprintf(out, size, " (\"%.*s\")", text.size > 60 ? 60 : (int)text.size,
                 (const char *)text.data);
}

assay_status reply_refusal(const fetch_reply *r, const char *url, assay_service service,
                           int64_t now, int64_t *retry_after, assay_error *err)
{
    size_t i = 0;
    char words[80], wait[48] = "";
    assay_span value;
    while (r->code < refusals[i].from || r->code > refusals[i].to)
        i++;
    if (header_value(r->headers, "retry-after", &value) == HEADER_ONCE)
        *retry_after = header_retry_after(value, now);
    if (*retry_after > 0)
        snprintf(wait, sizeof(wait), " (it asks to wait %lld s)", (long long)*retry_after);
    own_words(r, words, sizeof(words));
    return fetch_failure(err, refusals[i].name, url, "%s said %u: %s%s%s; %s",
                         assay_service_name(service), r->code, refusals[i].meaning, words, wait,
                         refusals[i].advice);
}
