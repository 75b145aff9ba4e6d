/* target.c: checks paths byte by byte and segment by segment. RFC 9112 section 3.2.1, RFC 3986. */
#include "http/target.h"

#include "http/server.h"

static const refusal fine = { 0, NULL };

static bool is_hex(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'F') ||
           (byte >= 'a' && byte <= 'f');
}

/* Visible ASCII that RFC 3986 leaves out of paths. */
static bool is_path_byte(uint8_t byte)
{
    return byte > 0x20 && byte < 0x7f && strchr("\"#<>?[\\]^`{|}", byte) == NULL;
}

/* Escapes for bytes that would change what the path means. */
static bool is_hidden(const uint8_t *escape)
{
    static const char hidden[][3] = { "2e", "2f", "5c", "00" };
    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
        if (escape[1] == (uint8_t)hidden[i][0] && (escape[2] | 0x20) == (hidden[i][1] | 0x20))
            return true;
    }
    return false;
}

static refusal path_bytes_check(assay_span path)
{
    for (size_t i = 0; i < path.size; i++) {
        if (!is_path_byte(path.data[i]))
            return (refusal) { 400, "a byte that paths don't have" };
        if (path.data[i] != '%')
            continue;
        if (path.size - i < 3 || !is_hex(path.data[i + 1]) || !is_hex(path.data[i + 2]))
            return (refusal) { 400, "a percent sign without two hexadecimal digits" };
        if (is_hidden(path.data + i))
            return (refusal) { 400, "an escaped dot, slash, backslash or NUL in the path" };
    }
    return fine;
}

/* The path begins with a slash; a slash at its very end is fine. */
static refusal segments_check(assay_span path)
{
    size_t begin = 1;
    for (size_t i = 1; i <= path.size; i++) {
        if (i < path.size && path.data[i] != '/')
            continue;
        const assay_span segment = { path.data + begin, i - begin };
        if (i < path.size && segment.size == 0)
            return (refusal) { 400, "an empty segment in the path" };
        if (span_is(segment, ".") || span_is(segment, ".."))
            return (refusal) { 400, "a dot segment in the path" };
        begin = i + 1;
    }
    return fine;
}

/* Anything visible, since clients send "[F1,F2]" and whole URLs; what it means is the handler's. */
static refusal query_check(assay_span query)
{
    for (size_t i = 0; i < query.size; i++) {
        if (query.data[i] <= 0x20 || query.data[i] >= 0x7f || query.data[i] == '#')
            return (refusal) { 400, "a byte that queries don't have" };
    }
    return fine;
}

assay_span target_origin_form(assay_span target, assay_span *authority)
{
    static const char *const schemes[] = { "http://", "https://" };
    *authority = (assay_span) { NULL, 0 };
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        const size_t scheme = strlen(schemes[i]);
        if (!http_name_is(span_slice(target, 0, scheme), schemes[i]))
            continue;
        const assay_span rest = span_slice(target, scheme, target.size - scheme);
        size_t size = 0;
        while (size < rest.size && rest.data[size] != '/' && rest.data[size] != '?')
            size++;
        *authority = span_slice(rest, 0, size);
        return size == rest.size ? SPAN_TEXT("/") : span_slice(rest, size, rest.size - size);
    }
    return target;
}

refusal target_split(assay_span target, assay_span *path, assay_span *query)
{
    if (target.size == 0 || target.data[0] != '/')
        return (refusal) { 400, "the request target doesn't begin with a slash" };
    const uint8_t *mark = memchr(target.data, '?', target.size);
    const size_t size = mark == NULL ? target.size : (size_t)(mark - target.data);
    *path = span_slice(target, 0, size);
    *query = mark == NULL ? (assay_span) { NULL, 0 }
                          : span_slice(target, size + 1, target.size - size - 1);
    refusal found = path_bytes_check(*path);
    if (found.code == 0)
        found = segments_check(*path);
    if (found.code == 0)
        found = query_check(*query);
    return found;
}
