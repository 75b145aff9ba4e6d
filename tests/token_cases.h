/* token_cases.h: the golden cases of appraisal whose subject is a token, for tests that read them.
 */
#ifndef TESTS_TOKEN_CASES_H
#define TESTS_TOKEN_CASES_H

#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "vectors.h"

/* Calls `each` for every case whose name begins with `family`; returns how many there were. */
static inline size_t token_cases_each(const char *family, void (*each)(const char *, json_t *))
{
    const char *folder = vectors_folder();
    if (folder == NULL)
        skip();
    const assay_span text = vectors_read(folder, "appraisal/cases.jsonl");
    assert_non_null(text.data);
    size_t count = 0;
    const char *end = (const char *)text.data + text.size;
    for (const char *line = (const char *)text.data; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        const size_t size = (size_t)((stop == NULL ? end : stop) - line);
        json_t *description = json_loadb(line, size, JSON_ALLOW_NUL, NULL);
        const char *name = json_string_value(json_object_get(description, "name"));
        if (name != NULL && strncmp(name, family, strlen(family)) == 0) {
            each(name, description);
            count++;
        }
        json_decref(description);
        line += size + 1;
    }
    free((void *)(uintptr_t)text.data);
    return count;
}

/* The key that signed the golden policies. */
static inline assay_span token_cases_file(const char *name)
{
    const char *folder = vectors_folder();
    if (folder == NULL)
        skip();
    const assay_span text = vectors_read(folder, name);
    assert_non_null(text.data);
    return text;
}

/* The name that the case expects, or NULL when it is accepted. */
static inline const char *token_cases_error(json_t *description)
{
    json_t *expected = json_object_get(description, "expected_assay");
    return json_string_value(json_object_get(json_object_get(expected, "error"), "code"));
}

#endif
