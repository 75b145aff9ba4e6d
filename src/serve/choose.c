/* choose.c: who chose a baseline, and whether all of them agree. collateral-service.md 7.4, 7.7. */
#include <stdio.h>

#include "serve/choose.h"

#define UPDATE "update"
#define NUMBER "tcbEvaluationDataNumber"

typedef struct chosen {
    const char *by; /* NULL: nobody yet */
    char *name;     /* BASELINE_NAME_SIZE */
} chosen;

static assay_status add(chosen *so_far, const char *by, assay_span name, assay_error *err)
{
    if (name.size == 0 || name.size >= BASELINE_NAME_SIZE)
        return fail_named(err, ASSAY_MALFORMED, "bad_parameter", NULL, by,
                          "want the name of a baseline, 1 to %d characters",
                          BASELINE_NAME_SIZE - 1);
    if (so_far->by != NULL && !span_is(name, so_far->name))
        return fail_named(err, ASSAY_MALFORMED, "contradictory_parameters", NULL, by,
                          "chooses \"%.*s\", but %s chooses \"%s\"", (int)name.size,
                          (const char *)name.data, so_far->by, so_far->name);
    so_far->by = by;
    memcpy(so_far->name, name.data, name.size);
    so_far->name[name.size] = '\0';
    return ASSAY_OK;
}

static assay_status add_number(chosen *so_far, const char *by, assay_span digits, assay_error *err)
{
    char name[BASELINE_NAME_SIZE];
    snprintf(name, sizeof(name), "pinned-%.*s", (int)digits.size, (const char *)digits.data);
    return add(so_far, by, SPAN_TEXT(name), err);
}

static assay_span given_by_name(const route *row, const parameters *given, const char *name)
{
    const size_t index = parameter_index(row->parameters, name);
    return index < ROUTE_PARAMETER_MAX ? given->at[index] : span_of(NULL, 0);
}

static assay_status by_parameters(const route *row, const parameters *given, chosen *so_far,
                                  assay_error *err)
{
    const assay_span update = given_by_name(row, given, UPDATE);
    const assay_span number = given_by_name(row, given, NUMBER);
    if (update.data != NULL && number.data != NULL)
        return fail_named(err, ASSAY_MALFORMED, "contradictory_parameters", NULL, "query." NUMBER,
                          "stands beside " UPDATE ": only one of them may");
    if (number.data != NULL && span_is(number, "0"))
        return fail_named(err, ASSAY_MALFORMED, "bad_parameter", NULL, "query." NUMBER,
                          "want a number from 1");
    if (number.data != NULL)
        TRY(add_number(so_far, "query." NUMBER, number, err));
    if (update.data != NULL && span_is(update, "early"))
        TRY(add(so_far, "query." UPDATE, update, err));
    if (given->custom_number == 0)
        return ASSAY_OK;
    char digits[16];
    snprintf(digits, sizeof(digits), "%u", given->custom_number);
    return add_number(so_far, "query.customParameter", SPAN_TEXT(digits), err);
}

assay_span choose_path(assay_span path, assay_span *name)
{
    *name = span_of(NULL, 0);
    if (path.size < 4 || memcmp(path.data, "/b/", 3) != 0)
        return path;
    const uint8_t *end = memchr(path.data + 3, '/', path.size - 3);
    if (end == NULL)
        return path;
    *name = span_of(path.data + 3, (size_t)(end - path.data) - 3);
    return span_of(end, path.size - 3 - name->size);
}

assay_status choose_baseline(const route *row, const parameters *given, const http_request *request,
                             assay_span of_path, char out[BASELINE_NAME_SIZE], assay_error *err)
{
    chosen so_far = { .name = out };
    out[0] = '\0';
    bool repeated = false;
    const assay_span header = http_header_value(request, "Assay-Baseline", &repeated);
    if (repeated)
        return fail_named(err, ASSAY_MALFORMED, "repeated_parameter", NULL, "header.Assay-Baseline",
                          "stands here more than once");
    if (of_path.data != NULL)
        TRY(add(&so_far, "path", of_path, err));
    if (header.data != NULL)
        TRY(add(&so_far, "header.Assay-Baseline", header, err));
    return by_parameters(row, given, &so_far, err);
}

unsigned choose_parameters(const parameter *rows)
{
    unsigned bits = 0;
    for (size_t i = 0; rows != NULL && rows[i].name != NULL; i++)
        if (strcmp(rows[i].name, UPDATE) == 0 || strcmp(rows[i].name, NUMBER) == 0)
            bits |= 1u << i;
    return bits;
}
