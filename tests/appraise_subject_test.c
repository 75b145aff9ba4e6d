/* appraise_subject_test.c: policies made from subjects: the golden cases, and quotes. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "assay/appraise.h"
#include "support.h"
#include "vectors.h"

enum { SUBJECT_MAX = 256 * 1024 };

typedef struct subject {
    uint8_t bytes[SUBJECT_MAX];
    size_t size;
} subject;

static void subject_read(json_t *row, subject *out)
{
    static uint8_t packed[SUBJECT_MAX];
    json_t *plain = json_object_get(row, "input_base64");
    json_t *text = plain != NULL ? plain : json_object_get(row, "input_zlib_base64");
    const assay_span in = { (const uint8_t *)json_string_value(text), json_string_length(text) };
    size_t size = 0;
    assert_int_equal(assay_decode_any(in, packed, sizeof(packed), &size, NULL, NULL), ASSAY_OK);
    uLongf room = sizeof(out->bytes);
    if (plain == NULL) {
        assert_int_equal(uncompress(out->bytes, &room, packed, size), Z_OK);
        out->size = room;
        return;
    }
    memcpy(out->bytes, packed, size);
    out->size = size;
}

static void golden_case(json_t *row)
{
    static subject in;
    const char *name = json_string_value(json_object_get(row, "name"));
    json_t *wanted = json_object_get(row, "expected_assay");
    const bool fits = json_integer_value(json_object_get(wanted, "exit")) == 0;
    char *text = NULL;
    bool debug = true;
    assay_error error;
    subject_read(row, &in);
    const assay_status status =
        assay_policy_from_subject((assay_span) { in.bytes, in.size }, &text, &debug, &error);
    if ((status == ASSAY_OK) != fits)
        test_fail("%s: status %d, %s", name, status, status != ASSAY_OK ? error.detail : "");
    if (!fits)
        return;
    json_t *made = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    if (!json_equal(made, json_object_get(wanted, "payload")))
        test_fail("%s: made %s", name, text);
    assert_row(name, debug, json_array_size(json_object_get(wanted, "warnings")) > 0);
    json_decref(made);
    assay_text_free(text);
}

static void golden_cases(void **state)
{
    (void)state;
    char path[1024];
    size_t count = 0;
    if (vectors_folder() == NULL)
        skip();
    snprintf(path, sizeof(path), "%s/appraisal/cases.jsonl", vectors_folder());
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    json_t *row;
    while ((row = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)) != NULL) {
        if (strcmp(json_string_value(json_object_get(row, "kind")), "gen_payload") == 0) {
            golden_case(row);
            count++;
        }
        json_decref(row);
    }
    fclose(file);
    assert_int_equal(count, 12);
}

/* Each quote makes a policy that parses, with the keys of its class. */
static void quotes(void **state)
{
    (void)state;
    static const struct {
        const char *folder, *class_id, *key;
    } rows[] = {
        { "tdx-v4/asm-00b252-00806f050000-2025-02", "45b734fc-aa4e-4c3d-ad28-e43d08880e68",
          "tdx_rtmr3" },
        { "tdx-v5/oe-v5-outofdate-eval21", "45b734fc-aa4e-4c3d-ad28-e43d08880e68", "tdx_mrtd" },
    };
    if (vectors_folder() == NULL)
        skip();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char folder[1024];
        char *text = NULL;
        snprintf(folder, sizeof(folder), "%s/%s", vectors_folder(), rows[i].folder);
        const assay_span quote = vectors_read(folder, "quote.bin");
        assert_row(rows[i].folder, assay_policy_from_subject(quote, &text, NULL, NULL), ASSAY_OK);
        if (strstr(text, rows[i].class_id) == NULL || strstr(text, rows[i].key) == NULL)
            test_fail("%s: made %s", rows[i].folder, text);
        assay_text_free(text);
        free((void *)quote.data);
    }
}

static void what_is_no_subject(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        size_t size;
        uint8_t first[6];
    } rows[] = {
        { "nothing", 0, { 0 } },
        { "a TD report cut short", 1023, { 0x81 } },
        { "an ELF header alone", 64, { 0x7F, 'E', 'L', 'F', 2, 1 } },
        { "an ELF file of 32 bits", 64, { 0x7F, 'E', 'L', 'F', 1, 1 } },
        { "the start of an ELF file", 4, { 0x7F, 'E', 'L', 'F' } },
        { "text", 6, { 'p', 'o', 'l', 'i', 'c', 'y' } },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t *bytes = calloc(1, rows[i].size + 1);
        char *text = NULL;
        memcpy(bytes, rows[i].first, rows[i].size < 6 ? rows[i].size : 6);
        if (assay_policy_from_subject((assay_span) { bytes, rows[i].size }, &text, NULL, NULL) ==
            ASSAY_OK)
            test_fail("%s: made a policy", rows[i].what);
        assert_null(text);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_cases),
        cmocka_unit_test(quotes),
        cmocka_unit_test(what_is_no_subject),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
