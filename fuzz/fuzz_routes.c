/* fuzz_routes.c: a request's target and headers, as far as the loop of assayd reads them: the row,
 * its parameters, the baseline, the key of the answer. First line: the target; then header lines.
 */
#include <stdlib.h>

#include "serve/choose.h"
#include "serve/route_index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADERS = 8 };

static assay_span take_line(assay_span *from)
{
    const uint8_t *end = from->size > 0 ? memchr(from->data, '\n', from->size) : NULL;
    const size_t length = end != NULL ? (size_t)(end - from->data) : from->size;
    const assay_span line = span_of(from->data, length);
    const size_t used = end != NULL ? length + 1 : length;
    *from = span_of(from->data + used, from->size - used);
    return line;
}

static void request_read(assay_span in, http_header *headers, http_request *out)
{
    const assay_span target = take_line(&in);
    const uint8_t *query = target.size > 0 ? memchr(target.data, '?', target.size) : NULL;
    out->path = target;
    if (query != NULL) {
        out->path.size = (size_t)(query - target.data);
        out->query = span_of(query + 1, target.size - out->path.size - 1);
    }
    out->headers = headers;
    while (in.size > 0 && out->header_count < HEADERS) {
        const assay_span line = take_line(&in);
        const uint8_t *colon = line.size > 0 ? memchr(line.data, ':', line.size) : NULL;
        if (colon == NULL)
            continue;
        const size_t at = (size_t)(colon - line.data);
        headers[out->header_count++] =
            (http_header) { .name = span_of(line.data, at),
                            .value = span_of(colon + 1, line.size - at - 1) };
    }
}

/* Values lie in the room or in the row's words. */
static void values_check(const route *row, const parameters *given)
{
    for (size_t i = 0; row->parameters != NULL && row->parameters[i].name != NULL; i++) {
        const assay_span value = given->at[i];
        if (value.data == NULL || row->parameters[i].form == PARAMETER_WORD)
            continue;
        if (value.data < given->room || value.data + value.size > given->room + QUERY_SIZE_MAX)
            abort();
        if (row->parameters[i].form == PARAMETER_HEX && row->parameters[i].size > 0 &&
            value.size != row->parameters[i].size)
            abort();
    }
}

static void row_read(const route *row, const http_request *request, assay_span baseline)
{
    static parameters given, again;
    static canonical_key key, same;
    char name[BASELINE_NAME_SIZE];
    assay_error err = { .status = ASSAY_OK };
    if (parameters_read(row->parameters, request->query, &given, &err) != ASSAY_OK) {
        if (err.name == NULL || err.detail[0] == '\0')
            abort();
        return;
    }
    values_check(row, &given);
    key.size = same.size = 0;
    key_parameters(&key, row->parameters, &given, 0);
    if (parameters_read(row->parameters, request->query, &again, NULL) != ASSAY_OK)
        abort();
    key_parameters(&same, row->parameters, &again, 0);
    if (key.size != same.size || memcmp(key.text, same.text, key.size) != 0 ||
        key.size >= CANONICAL_KEY_SIZE)
        abort();
    if (choose_baseline(row, &given, request, baseline, name, &err) == ASSAY_OK &&
        strlen(name) >= BASELINE_NAME_SIZE)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static route_index *rows;
    http_header headers[HEADERS];
    http_request request = { .method = HTTP_GET };
    assay_span rest, baseline;
    if (rows == NULL && route_index_new(route_tables, route_table_count, &rows, NULL) != ASSAY_OK)
        abort();
    request_read(span_of(data, size), headers, &request);
    const assay_span path = choose_path(request.path, &baseline);
    const route_group *group = route_index_find(rows, path, &rest);
    for (size_t i = 0; group != NULL && i < ROUTE_METHODS; i++)
        if (group->rows[i] != NULL)
            row_read(group->rows[i], &request, baseline);
    return 0;
}
