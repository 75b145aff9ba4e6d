/* docs/openapi.json is what the rows of the service say. To write it anew:
 *     serve_openapi_test --write docs/openapi.json */
#include <stdio.h>
#include <stdlib.h>

#include "serve/openapi.h"
#include "serve/openapi_responses.h"
#include "support.h"
#include "wire/json.h"

static char *written(void)
{
    json_writer w = { .text = NULL };
    json_document document;
    char *text = NULL;
    openapi_write(&w);
    assert_int_equal(json_take_written(&w, &text, NULL), ASSAY_OK);
    assay_error err = { .status = ASSAY_OK };
    if (json_document_parse(SPAN_TEXT(text), NULL, &document, "openapi", &err) != ASSAY_OK)
        test_fail("%s: %s", err.where, err.detail);
    memory_free(text);
    char *pretty = json_dumps(document.root, JSON_INDENT(1));
    json_document_free(&document);
    assert_non_null(pretty);
    return pretty;
}

static char *file_text(const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return NULL;
    enum { ROOM = 4 << 20 };
    char *text = calloc(1, ROOM);
    assert_non_null(text);
    const size_t size = fread(text, 1, ROOM - 1, file);
    fclose(file);
    text[size] = '\0';
    return text;
}

static void the_file_is_what_the_rows_say(void **state)
{
    (void)state;
    const char *folder = getenv("ASSAY_SOURCE");
    char path[512];
    snprintf(path, sizeof(path), "%s/docs/openapi.json", folder != NULL ? folder : ".");
    char *now = written(), *then = file_text(path);
    if (then == NULL)
        test_fail("there is no %s", path);
    if (strlen(then) > 0)
        then[strlen(then) - 1] = '\0'; /* the line end */
    if (strcmp(now, then) != 0)
        test_fail("%s is of other rows: serve_openapi_test --write %s", path, path);
    free(now);
    free(then);
}

static void every_row_is_described(void **state)
{
    (void)state;
    for (size_t i = 0; i < route_table_count; i++) {
        for (size_t j = 0; j < *route_tables[i].count; j++) {
            const route *row = &route_tables[i].rows[j];
            if (row->summary == NULL || row->name == NULL || row->handler == NULL ||
                row->path[0] != '/' || strlen(row->path) > 120)
                test_fail("row %zu of table %zu: %s", j, i, row->path);
            size_t count = 0;
            while (row->parameters != NULL && row->parameters[count].name != NULL)
                count++;
            if (count > ROUTE_PARAMETER_MAX)
                test_fail("%s: %zu parameters", row->path, count);
        }
    }
}

/* A reply of the handler's own that is no refusal. */
static bool has_good_reply(const route *row)
{
    for (unsigned code = 200; code < 300; code++)
        if (openapi_reply_of(row, code) != NULL)
            return true;
    return false;
}

static bool is_of_some_row(const openapi_reply *reply)
{
    for (size_t i = 0; i < route_table_count; i++)
        for (size_t j = 0; j < *route_tables[i].count; j++)
            if (openapi_reply_of(&route_tables[i].rows[j], reply->code) == reply)
                return openapi_has_code(&route_tables[i].rows[j], reply->code);
    return false;
}

static void every_row_has_a_reply_and_every_reply_a_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < route_table_count; i++)
        for (size_t j = 0; j < *route_tables[i].count; j++)
            if (!has_good_reply(&route_tables[i].rows[j]))
                test_fail("%s: no reply", route_tables[i].rows[j].path);
    for (size_t i = 0; i < openapi_reply_count; i++)
        if (!is_of_some_row(&openapi_replies[i]))
            test_fail("reply %u of %s: no row", openapi_replies[i].code, openapi_replies[i].route);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--write") == 0) {
        char *text = written();
        FILE *file = fopen(argv[2], "w");
        const bool done = file != NULL && fprintf(file, "%s\n", text) > 0;
        free(text);
        return file != NULL && fclose(file) == 0 && done ? 0 : 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_is_what_the_rows_say),
        cmocka_unit_test(every_row_is_described),
        cmocka_unit_test(every_row_has_a_reply_and_every_reply_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
