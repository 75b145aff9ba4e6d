/* evidence_vectors_test.c: real quotes read as their descriptions say (src/evidence/quote.c). */
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "evidence/fields.h"
#include "support.h"
#include "vectors.h"

enum { FIELDS_LEAST = 140 }; /* quotes whose fields were compared, at the least */

static const struct {
    const char *kind;
    const assay_layout *layout;
} kinds[] = {
    { "SGX", &assay_layout_sgx_report },
    { "TD1.0", &assay_layout_td_report_1_0 },
    { "TD1.5", &assay_layout_td_report_1_5 },
};

/* Members of the description that are fields of the layout must agree with the bytes. */
static size_t fields_agree(const char *folder, const assay_layout *layout, assay_span structure,
                           json_t *members)
{
    const char *name;
    json_t *member;
    size_t compared = 0;
    json_object_foreach(members, name, member)
    {
        const assay_field *field = assay_layout_find(layout, name);
        if (field == NULL)
            continue;
        compared++;
        if (json_is_integer(member)) {
            assert_row(folder, assay_field_uint(field, structure), json_integer_value(member));
            continue;
        }
        char text[2 * 64 + 1] = "";
        assay_hex_encode(assay_field_bytes(field, structure), text);
        if (strcmp(text, json_string_value(member)) != 0)
            test_fail("%s: %s is %s", folder, name, text);
    }
    return compared;
}

static void quote_agrees(const char *folder, const assay_quote *quote, json_t *fields)
{
    const char *kind = json_string_value(json_object_get(fields, "kind"));
    const assay_layout *layout = NULL;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (strcmp(kinds[i].kind, kind) == 0)
            layout = kinds[i].layout;
    }
    assert_row(folder, quote->body_layout == layout, 1);
    assert_row(folder, quote->version, json_integer_value(json_object_get(fields, "version")));
    assert_row(folder, quote->certification_type,
               json_integer_value(json_object_get(fields, "ct")));
    assert_row(folder, quote->trailing.size,
               json_integer_value(json_object_get(fields, "trailing")));
    assert_row(folder, fields_agree(folder, layout, quote->body, fields) >= 8, 1);
    assert_row(folder,
               fields_agree(folder, &assay_layout_sgx_report, quote->qe_report,
                            json_object_get(fields, "qe")),
               7);
    char user_data[41];
    assay_hex_encode(FIELD_SPAN(quote->header, QUOTE_V4_USER_DATA), user_data);
    assert_string_equal(user_data, json_string_value(json_object_get(fields, "userdata")));
}

/* Quotes that were broken on purpose, and what is wrong with them. */
static const struct {
    const char *ending;
    assay_status status;
    unsigned code;
} broken[] = {
    { "-version7", ASSAY_UNSUPPORTED, 0xE01D },  { "-keytype3", ASSAY_UNSUPPORTED, 0xE01D },
    { "-vendor", ASSAY_UNSUPPORTED, 0xE01D },    { "-siglen-max", ASSAY_MALFORMED, 0xE01D },
    { "-trunc-48", ASSAY_TRUNCATED, 0xE002 },    { "-trunc-body", ASSAY_TRUNCATED, 0xE002 },
    { "-trunc-certs", ASSAY_TRUNCATED, 0xE01D },
};

static size_t row_of(const char *folder)
{
    size_t i = 0;
    for (; i < COUNT_OF(broken); i++) {
        const size_t size = strlen(folder), ending = strlen(broken[i].ending);
        if (size > ending && strcmp(folder + size - ending, broken[i].ending) == 0)
            break;
    }
    return i;
}

static void case_agrees(const char *folder, json_t *description, void *context)
{
    size_t *compared = context;
    const assay_span bytes = vectors_read(folder, "quote.bin");
    json_t *fields = json_object_get(description, "fields");
    assay_quote quote;
    assay_error error = { 0 };
    const assay_status status = assay_quote_parse(bytes, &quote, &error);
    const size_t row = row_of(folder);
    if (row < COUNT_OF(broken)) {
        assert_row(folder, status, broken[row].status);
        assert_row(folder, error.code, broken[row].code);
    } else if (bytes.data != NULL) {
        if (status != ASSAY_OK)
            test_fail("%s: %s at %jd: %s", folder, error.where, (intmax_t)error.offset,
                      error.detail);
        quote_agrees(folder, &quote, fields);
        ++*compared;
    }
    free((void *)(uintptr_t)bytes.data);
}

static void every_quote_reads_as_described(void **state)
{
    (void)state;
    static const char *const families[] = { "sgx-v3", "tdx-v4", "tdx-v5", NULL };
    if (vectors_folder() == NULL)
        skip();
    size_t compared = 0;
    vectors_each(families, case_agrees, &compared);
    if (compared < FIELDS_LEAST)
        test_fail("only %zu quotes were compared", compared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_quote_reads_as_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
