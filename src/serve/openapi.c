/* openapi.c: OpenAPI 3.0 out of the tables of routes. */
#include <stdio.h>

#include "serve/openapi.h"
#include "serve/openapi_responses.h"
#include "serve/vendor_tables.h"

/* ---- Parameters ---- */

static void put_words(json_writer *w, const char *const *words)
{
    json_open_array(w, "enum");
    for (size_t i = 0; words[i] != NULL; i++)
        json_put_text(w, NULL, words[i]);
    json_close_array(w);
}

static void put_hex(json_writer *w, const parameter *row)
{
    char pattern[48];
    if (row->size > 0)
        snprintf(pattern, sizeof(pattern), "^[0-9A-Fa-f]{%u}$", 2 * row->size);
    else
        snprintf(pattern, sizeof(pattern), "^([0-9A-Fa-f]{2}){1,%u}$", row->max);
    json_put_text(w, "pattern", pattern);
}

static void put_schema(json_writer *w, const parameter *row)
{
    const bool number = row->form == PARAMETER_NUMBER;
    json_open_object(w, "schema");
    json_put_text(w, "type", number ? "integer" : "string");
    switch (row->form) {
    case PARAMETER_HEX:
        put_hex(w, row);
        break;
    case PARAMETER_WORD:
        put_words(w, row->words);
        break;
    case PARAMETER_NUMBER:
        json_put_number(w, "minimum", 0);
        json_put_number(w, "maximum", row->max);
        break;
    case PARAMETER_TEXT:
    case PARAMETER_REST:
        json_put_number(w, "minLength", 1);
        json_put_number(w, "maxLength", row->max);
        break;
    case PARAMETER_IGNORED:
        break;
    }
    json_close_object(w);
}

static void put_parameter(json_writer *w, const parameter *row)
{
    json_open_object(w, NULL);
    json_put_text(w, "name", row->name);
    json_put_text(w, "in", "query");
    json_put_flag(w, "required", row->need == PARAMETER_REQUIRED);
    put_schema(w, row);
    json_close_object(w);
}

static void put_plain(json_writer *w, const char *name, const char *in, bool required,
                      const char *description)
{
    json_open_object(w, NULL);
    json_put_text(w, "name", name);
    json_put_text(w, "in", in);
    json_put_flag(w, "required", required);
    json_put_text(w, "description", description);
    json_open_object(w, "schema");
    json_put_text(w, "type", "string");
    json_close_object(w);
    json_close_object(w);
}

static void put_parameters(json_writer *w, const route *row)
{
    json_open_array(w, "parameters");
    if (row->path[strlen(row->path) - 1] == '*')
        put_plain(w, "rest", "path", true, "what stands behind");
    for (const parameter *p = row->parameters; p != NULL && p->name != NULL; p++)
        if (p->form != PARAMETER_IGNORED)
            put_parameter(w, p);
    if ((row->flags & ROUTE_BASELINE) != 0)
        put_plain(w, "Assay-Baseline", "header", false,
                  "which baseline to serve; /b/NAME before the path says the same");
    if ((row->flags & ROUTE_METADATA) != 0)
        put_plain(w, "Metadata", "header", true, "true");
    json_close_array(w);
}

/* ---- Operations ---- */

static void put_scheme(json_writer *w, const char *name)
{
    json_open_object(w, NULL);
    json_open_array(w, name);
    json_close_array(w);
    json_close_object(w);
}

static void put_security(json_writer *w, const route *row)
{
    if (row->scopes == 0)
        return;
    json_open_array(w, "security");
    put_scheme(w, "bearer");
    if ((row->flags & ROUTE_ADMIN_HEADERS) != 0) {
        put_scheme(w, "admin-token");
        put_scheme(w, "user-token");
    }
    json_close_array(w);
}

static void put_body(json_writer *w)
{
    json_open_object(w, "requestBody");
    json_open_object(w, "content");
    json_open_object(w, "application/json");
    json_close_object(w);
    json_close_object(w);
    json_close_object(w);
}

static const char *method_word(http_method method)
{
    static const char *const words[] = {
        [HTTP_OTHER] = "trace",    [HTTP_GET] = "get", [HTTP_HEAD] = "head",
        [HTTP_POST] = "post",      [HTTP_PUT] = "put", [HTTP_DELETE] = "delete",
        [HTTP_OPTIONS] = "options"
    };
    return words[method];
}

static void put_operation(json_writer *w, const route *row)
{
    json_open_object(w, method_word(row->method));
    json_put_text(w, "summary", row->summary);
    json_open_array(w, "tags");
    json_put_text(w, NULL, row->name);
    json_close_array(w);
    put_parameters(w, row);
    if ((row->flags & ROUTE_BODY) != 0)
        put_body(w);
    openapi_put_responses(w, row);
    put_security(w, row);
    json_close_object(w);
}

static void put_path(json_writer *w, const char *path)
{
    char text[160];
    const size_t size = strlen(path);
    if (path[size - 1] == '*')
        snprintf(text, sizeof(text), "%.*s{rest}", (int)size - 1, path);
    else
        snprintf(text, sizeof(text), "%s", path);
    json_open_object(w, text);
}

/* ---- The document ---- */

/* Rows of one path may stand in several tables; the first of them brings the others along. */
static bool is_first(size_t table, size_t number)
{
    const char *path = route_tables[table].rows[number].path;
    for (size_t i = 0; i <= table; i++)
        for (size_t j = 0; j < (i < table ? *route_tables[i].count : number); j++)
            if (strcmp(route_tables[i].rows[j].path, path) == 0)
                return false;
    return true;
}

static void put_operations(json_writer *w, const char *path)
{
    put_path(w, path);
    for (size_t i = 0; i < route_table_count; i++)
        for (size_t j = 0; j < *route_tables[i].count; j++)
            if (strcmp(route_tables[i].rows[j].path, path) == 0)
                put_operation(w, &route_tables[i].rows[j]);
    json_close_object(w);
}

static void put_header_scheme(json_writer *w, const char *name)
{
    json_open_object(w, name);
    json_put_text(w, "type", "apiKey");
    json_put_text(w, "in", "header");
    json_put_text(w, "name", name);
    json_close_object(w);
}

static void put_components(json_writer *w)
{
    json_open_object(w, "components");
    json_open_object(w, "securitySchemes");
    json_open_object(w, "bearer");
    json_put_text(w, "type", "http");
    json_put_text(w, "scheme", "bearer");
    json_close_object(w);
    put_header_scheme(w, "admin-token");
    put_header_scheme(w, "user-token");
    json_close_object(w);
    openapi_put_shared_responses(w);
    json_close_object(w);
}

void openapi_write(json_writer *w)
{
    json_open_object(w, NULL);
    json_put_text(w, "openapi", "3.0.3");
    json_open_object(w, "info");
    json_put_text(w, "title", "assayd: certificates, CRLs and TCB information of Intel and AMD");
    json_put_text(w, "version", assay_version());
    json_close_object(w);
    json_open_object(w, "paths");
    for (size_t i = 0; i < route_table_count; i++)
        for (size_t j = 0; j < *route_tables[i].count; j++)
            if (is_first(i, j))
                put_operations(w, route_tables[i].rows[j].path);
    json_close_object(w);
    put_components(w);
    json_close_object(w);
}

static assay_status openapi_answer(call *c, answer *out)
{
    json_writer w = { .text = NULL };
    openapi_write(&w);
    return answer_json(c, out, &w);
}

const route openapi_routes[] = {
    { .name = "openapi",
      .method = HTTP_GET,
      .path = "/assay/v1/openapi.json",
      .flags = ROUTE_KEPT,
      .handler = openapi_answer,
      .summary = "This description" },
};
const size_t openapi_route_count = sizeof(openapi_routes) / sizeof(openapi_routes[0]);
