/* request_head.c: our own checks around llhttp's syntax. RFC 9112 sections 2 to 7, server.h. */
#include "http/request_head.h"

#include "http/target.h"

static const refusal fine = { 0, NULL };

head_found head_search_on(head_search *search, assay_span bytes, size_t *size)
{
    for (;;) {
        const uint8_t *begin = bytes.data + search->line;
        const uint8_t *end = memchr(begin, '\n', bytes.size - search->line);
        if (end == NULL)
            return HEAD_MORE;
        if (end == begin || end[-1] != '\r')
            return HEAD_BAD_LINE;
        search->line = (size_t)(end + 1 - bytes.data);
        if (end - begin == 1) {
            *size = search->line;
            return HEAD_COMPLETE;
        }
    }
}

/* ---- Bytes and the request line -------------------------------------------------------------- */

/* CR only before LF, and of the other control characters only the tab. */
static refusal head_bytes_check(assay_span head)
{
    for (size_t i = 0; i < head.size; i++) {
        const uint8_t byte = head.data[i];
        if (byte >= 0x20 && byte != 0x7f)
            continue;
        if (byte == '\r' && i + 1 < head.size && head.data[i + 1] == '\n')
            i++;
        else if (byte != '\t')
            return (refusal) { 400, "a control character in the head" };
        else if (i > 0 && head.data[i - 1] == '\n')
            return (refusal) { 400, "a folded header line" };
        if (byte == '\r' && i + 1 < head.size && head.data[i + 1] == ' ')
            return (refusal) { 400, "a folded header line" };
    }
    return fine;
}

static const struct {
    const char *name;
    http_method method;
} methods[] = {
    { "GET", HTTP_GET }, { "HEAD", HTTP_HEAD },     { "POST", HTTP_POST },
    { "PUT", HTTP_PUT }, { "DELETE", HTTP_DELETE }, { "OPTIONS", HTTP_OPTIONS },
};

const char *http_method_name(http_method method)
{
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (methods[i].method == method)
            return methods[i].name;
    }
    return "OTHER";
}

static refusal method_read(assay_span text, http_method *out)
{
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (span_is(text, methods[i].name)) {
            *out = methods[i].method;
            return fine;
        }
    }
    for (size_t i = 0; i < text.size; i++) {
        const uint8_t byte = text.data[i];
        if ((byte < 'A' || byte > 'Z') && byte != '-' && byte != '_')
            return (refusal) { 400, "the method is no word of capital letters" };
    }
    if (text.size == 0)
        return (refusal) { 400, "there is no method" };
    return (refusal) { 501, "this method is not implemented" };
}

static refusal version_read(assay_span text, http_version *out)
{
    if (span_is(text, "HTTP/1.1"))
        *out = HTTP_1_1;
    else if (span_is(text, "HTTP/1.0"))
        *out = HTTP_1_0;
    else if (text.size == 8 && memcmp(text.data, "HTTP/", 5) == 0 && text.data[6] == '.')
        return (refusal) { 505, "only HTTP/1.0 and HTTP/1.1 are spoken here" };
    else
        return (refusal) { 400, "the request line doesn't end in an HTTP version" };
    return fine;
}

/* Method, one space, target, one space, version. The target is llhttp's to check first. */
static refusal request_line_read(assay_span head, request_head *out)
{
    const uint8_t *end = memchr(head.data, '\r', head.size);
    const assay_span line = { head.data, end == NULL ? 0 : (size_t)(end - head.data) };
    const uint8_t *first = memchr(line.data, ' ', line.size);
    if (first == NULL)
        return (refusal) { 400, "the request line has no target" };
    const size_t method_size = (size_t)(first - line.data);
    const assay_span rest = span_slice(line, method_size + 1, line.size - method_size - 1);
    const uint8_t *second = memchr(rest.data, ' ', rest.size);
    if (second == NULL)
        return (refusal) { 400, "the request line has no version" };
    const size_t target_size = (size_t)(second - rest.data);
    const assay_span version = span_slice(rest, target_size + 1, rest.size - target_size - 1);
    refusal found = version_read(version, &out->version);
    if (found.code == 0)
        found = method_read(span_slice(line, 0, method_size), &out->method);
    return found;
}

/* ---- Headers with a meaning for us ----------------------------------------------------------- */

/* The next element of a comma-separated list; false at its end. */
static bool list_next(assay_span list, size_t *at, assay_span *out)
{
    if (*at > list.size)
        return false;
    size_t begin = *at, end = *at;
    while (end < list.size && list.data[end] != ',')
        end++;
    *at = end + 1;
    while (begin < end && (list.data[begin] == ' ' || list.data[begin] == '\t'))
        begin++;
    while (end > begin && (list.data[end - 1] == ' ' || list.data[end - 1] == '\t'))
        end--;
    *out = span_slice(list, begin, end - begin);
    return true;
}

/* How often a line of this name stands there; the last one's value. */
static size_t headers_named(const syntax_head *head, const char *name, assay_span *value)
{
    size_t count = 0;
    for (size_t i = 0; i < head->header_count; i++) {
        if (http_name_is(head->headers[i].name, name)) {
            *value = head->headers[i].value;
            count++;
        }
    }
    return count;
}

static uint8_t lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte;
}

static bool is_host_byte(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') ||
           (byte != 0 && strchr("-._~%!$&'()*+,;=:[]", byte) != NULL);
}

static refusal host_check(const request_head *head)
{
    assay_span host = { NULL, 0 };
    const size_t count = headers_named(&head->syntax, "Host", &host);
    if (count == 0 && head->version == HTTP_1_1)
        return (refusal) { 400, "there is no Host header" };
    if (count > 1)
        return (refusal) { 400, "there is more than one Host header" };
    if (count == 1 && host.size == 0)
        return (refusal) { 400, "the Host header is empty" };
    for (size_t i = 0; i < host.size; i++) {
        if (!is_host_byte(host.data[i]) ||
            (host.data[i] == '.' && i > 0 && host.data[i - 1] == '.'))
            return (refusal) { 400, "the Host header is no host" };
    }
    return fine;
}

/* RFC 9112 section 3.2.2. Of another host than the header says, nobody knows which is meant. */
static refusal absolute_target_read(assay_span authority, const request_head *head)
{
    assay_span host = { NULL, 0 };
    if (authority.data == NULL)
        return fine;
    if (headers_named(&head->syntax, "Host", &host) == 0 || host.size != authority.size)
        return (refusal) { 400, "the request target names another host than the Host header" };
    for (size_t i = 0; i < host.size; i++) {
        if (lower(host.data[i]) != lower(authority.data[i]))
            return (refusal) { 400, "the request target names another host than the Host header" };
    }
    return fine;
}

/* Digits alone: no sign, no list, no white space inside. */
static refusal content_length_read(assay_span value, uint64_t *out)
{
    uint64_t number = 0;
    if (value.size == 0)
        return (refusal) { 400, "Content-Length is empty" };
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] < '0' || value.data[i] > '9')
            return (refusal) { 400, "Content-Length is no plain number" };
        if (number > CONTENT_LENGTH_MAX / 10)
            return (refusal) { 413, "Content-Length is too large" };
        number = number * 10 + (value.data[i] - '0');
    }
    *out = number;
    return fine;
}

/* RFC 9112 section 6.1 and 6.3, without any of its tolerance. */
static refusal framing_read(request_head *head)
{
    assay_span length = { NULL, 0 }, coding = { NULL, 0 };
    const size_t lengths = headers_named(&head->syntax, "Content-Length", &length);
    const size_t codings = headers_named(&head->syntax, "Transfer-Encoding", &coding);
    if (lengths > 0 && codings > 0)
        return (refusal) { 400, "Content-Length together with Transfer-Encoding" };
    if (lengths > 1 || codings > 1)
        return (refusal) { 400, "more than one header says how long the body is" };
    if (codings == 1 && head->version == HTTP_1_0)
        return (refusal) { 400, "Transfer-Encoding in HTTP/1.0" };
    if (codings == 1 && !http_name_is(coding, "chunked"))
        return (refusal) { 501, "of the transfer codings only chunked is implemented" };
    head->framing = codings == 1 ? BODY_CHUNKED : lengths == 1 ? BODY_SIZED : BODY_NONE;
    return lengths == 1 ? content_length_read(length, &head->body_size) : fine;
}

static refusal expect_read(request_head *head)
{
    assay_span value = { NULL, 0 };
    const size_t count = headers_named(&head->syntax, "Expect", &value);
    if (count > 1 || (count == 1 && !http_name_is(value, "100-continue")))
        return (refusal) { 417, "of expectations only 100-continue can be met" };
    head->expects_continue = count == 1 && head->version == HTTP_1_1;
    return fine;
}

/* RFC 9112 section 9.3: "close" wins; HTTP/1.0 must ask to keep the connection. */
static void connection_read(request_head *head)
{
    bool close = false, keep = false;
    for (size_t i = 0; i < head->syntax.header_count; i++) {
        assay_span option;
        size_t at = 0;
        if (!http_name_is(head->syntax.headers[i].name, "Connection"))
            continue;
        while (list_next(head->syntax.headers[i].value, &at, &option)) {
            close = close || http_name_is(option, "close");
            keep = keep || http_name_is(option, "keep-alive");
        }
    }
    head->keep_alive = !close && (head->version == HTTP_1_1 || keep);
}

refusal request_head_read(assay_span head, request_head *out)
{
    assay_span authority = { NULL, 0 };
    out->framing = BODY_NONE;
    out->body_size = 0;
    refusal found = head_bytes_check(head);
    if (found.code == 0)
        found = request_line_read(head, out);
    if (found.code == 0)
        found = syntax_head_split(head, &out->syntax);
    if (found.code == 0)
        found = target_split(target_origin_form(out->syntax.target, &authority), &out->path,
                             &out->query);
    if (found.code == 0)
        found = host_check(out);
    if (found.code == 0)
        found = absolute_target_read(authority, out);
    if (found.code == 0)
        found = framing_read(out);
    if (found.code == 0)
        found = expect_read(out);
    if (found.code == 0)
        connection_read(out);
    return found;
}
