/* Query parameters by a table of rows: nothing is ignored. */
#include <stdio.h>

#include "serve/parameters.h"
#include "support.h"
#include "wire/base64.h"

static const char *const updates[] = { "standard", "early", NULL };
enum { FMSPC, UPDATE, NUMBER, QE_ID, TEXT, URI };
static const parameter rows[] = {
    [FMSPC] = { "fmspc", PARAMETER_HEX, PARAMETER_REQUIRED, .size = 6 },
    [UPDATE] = { "update", PARAMETER_WORD, .words = updates },
    [NUMBER] = { "number", PARAMETER_NUMBER, .max = 999 },
    [QE_ID] = { "qeid", PARAMETER_HEX, .max = 4 },
    [TEXT] = { "text", PARAMETER_TEXT, .max = 8 },
    [URI] = { "uri", PARAMETER_REST, .max = 64 },
    { .name = NULL },
};

typedef struct refused_row {
    const char *what;
    const char *query;
    const char *name;  /* of the error */
    const char *where; /* or NULL */
} refused_row;

static const refused_row refused[] = {
    { "nothing at all", "", "missing_parameter", "query.fmspc" },
    { "the required one is missing", "update=early", "missing_parameter", "query.fmspc" },
    { "unknown", "fmspc=00906ED50000&colour=red", "unknown_parameter", "query.colour" },
    { "unknown without a value", "fmspc=00906ED50000&colour", "unknown_parameter", "query.colour" },
    { "another case is another name", "FMSPC=00906ED50000", "unknown_parameter", "query.FMSPC" },
    { "an escaped name is another name", "fm%73pc=00906ED50000", "unknown_parameter", NULL },
    { "repeated", "fmspc=00906ED50000&fmspc=00906ED50000", "repeated_parameter", "query.fmspc" },
    { "repeated with another value", "fmspc=00906ED50000&fmspc=00906ED50001", "repeated_parameter",
      "query.fmspc" },
    { "repeated among those that clients send", "fmspc=00906ED50000&clientid=a&clientid=b",
      "repeated_parameter", "query.clientid" },
    { "one digit short", "fmspc=00906ED5000", "bad_parameter", "query.fmspc" },
    { "one byte short", "fmspc=00906ED500", "bad_parameter", "query.fmspc" },
    { "one byte long", "fmspc=00906ED5000000", "bad_parameter", "query.fmspc" },
    { "no hex", "fmspc=00906ED5000G", "bad_parameter", "query.fmspc" },
    { "empty", "fmspc=", "bad_parameter", "query.fmspc" },
    { "no word of the row", "fmspc=00906ED50000&update=late", "bad_parameter", "query.update" },
    { "half a word", "fmspc=00906ED50000&update=earl", "bad_parameter", "query.update" },
    { "no number", "fmspc=00906ED50000&number=1x", "bad_parameter", "query.number" },
    { "a sign", "fmspc=00906ED50000&number=-1", "bad_parameter", "query.number" },
    { "a leading zero", "fmspc=00906ED50000&number=01", "bad_parameter", "query.number" },
    { "a number too large", "fmspc=00906ED50000&number=1000", "bad_parameter", "query.number" },
    { "a number beyond 64 bits", "fmspc=00906ED50000&number=99999999999999999999", "bad_parameter",
      "query.number" },
    { "longer than its most", "fmspc=00906ED50000&qeid=0102030405", "bad_parameter", "query.qeid" },
    { "control characters", "fmspc=00906ED50000&text=a%0ab", "bad_parameter", "query.text" },
    { "a NUL", "fmspc=00906ED5%00000", "bad_parameter", "query.fmspc" },
    { "a broken escape", "fmspc=00906ED5000%3", "bad_parameter", "query.fmspc" },
    { "customParameter: no base64", "fmspc=00906ED50000&customParameter=!!", "bad_parameter",
      "query.customParameter" },
};

static void refuses_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        parameters given;
        assay_error err = { .status = ASSAY_OK };
        const assay_status status =
            parameters_read(rows, SPAN_TEXT(refused[i].query), &given, &err);
        assert_row(refused[i].what, status, ASSAY_MALFORMED);
        if (err.name == NULL || strcmp(err.name, refused[i].name) != 0)
            test_fail("%s: error \"%s\", want \"%s\"", refused[i].what, err.name, refused[i].name);
        if (refused[i].where != NULL)
            assert_string_equal(err.where, refused[i].where);
    }
}

static void suggests_what_was_meant(void **state)
{
    (void)state;
    parameters given;
    assay_error err = { .status = ASSAY_OK };
    parameters_read(rows, SPAN_TEXT("fmpsc=00906ED50000"), &given, &err);
    assert_string_equal(err.suggestion, "fmspc");
    parameters_read(rows, SPAN_TEXT("fmspc=00906ED50000&update=standart"), &given, &err);
    assert_string_equal(err.suggestion, "standard");
}

static void read_ok(const char *query, parameters *given)
{
    assay_error err = { .status = ASSAY_OK };
    if (parameters_read(rows, SPAN_TEXT(query), given, &err) != ASSAY_OK)
        test_fail("%s: %s: %s", query, err.where, err.detail);
}

static void decodes_each_form(void **state)
{
    (void)state;
    static const uint8_t fmspc[6] = { 0x00, 0x90, 0x6e, 0xd5, 0x00, 0x00 };
    parameters given;
    read_ok("fmspc=00906ed50000&update=EARLY&number=17&qeid=aBcD&text=a%20b&&clientid=x"
            "&api-version=2018-10-01-preview",
            &given);
    assert_true(span_equal(given.at[FMSPC], SPAN(fmspc)));
    assert_true(span_is(given.at[UPDATE], "early"));
    assert_true(span_is(given.at[NUMBER], "17"));
    assert_int_equal(given.at[QE_ID].size, 2);
    assert_true(span_is(given.at[TEXT], "a b"));
    assert_null(given.at[URI].data);
    read_ok("fmspc=00906ED50000", &given);
    assert_null(given.at[UPDATE].data);
}

typedef struct rest_row {
    const char *what, *query, *rest;
} rest_row;

static const rest_row rests[] = {
    { "alone", "fmspc=00906ED50000&uri=https://a/b", "https://a/b" },
    { "with its own parameters", "fmspc=00906ED50000&uri=https://a/b?ca=c&encoding=der",
      "https://a/b?ca=c&encoding=der" },
    { "escaped", "fmspc=00906ED50000&uri=https%3A%2F%2Fa%2Fb%3Fca%3Dc%26encoding%3Dder",
      "https://a/b?ca=c&encoding=der" },
    { "up to what clients append", "fmspc=00906ED50000&uri=https://a/b?c=d&e=f&clientid=x",
      "https://a/b?c=d&e=f" },
    { "up to customParameter",
      "fmspc=00906ED50000&uri=https://a/b&customParameter=cmVnaW9uPXg%3D&clientid=y",
      "https://a/b" },
};

static void takes_the_rest_unescaped(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rests); i++) {
        parameters given;
        read_ok(rests[i].query, &given);
        if (!span_is(given.at[URI], rests[i].rest))
            test_fail("%s: \"%.*s\"", rests[i].what, (int)given.at[URI].size,
                      (const char *)given.at[URI].data);
    }
}

/* ---- customParameter ---- */

typedef struct custom_row {
    const char *what, *text;
    const char *name; /* of the error; NULL: none */
    uint32_t number;
} custom_row;

static const custom_row customs[] = {
    { "region and number", "region=eastus&tcbevaluationdatanumber=17", NULL, 17 },
    { "the other way round", "tcbevaluationdatanumber=1&region=eastus", NULL, 1 },
    { "any case of the name", "TcbEvaluationDataNumber=20", NULL, 20 },
    { "a region alone", "region=eastus", NULL, 0 },
    { "zero", "tcbevaluationdatanumber=0", "bad_parameter", 0 },
    { "empty number", "tcbevaluationdatanumber=", "bad_parameter", 0 },
    { "no number", "tcbevaluationdatanumber=1a", "bad_parameter", 0 },
    { "twice", "tcbevaluationdatanumber=17&tcbevaluationdatanumber=17", "repeated_parameter", 0 },
    { "twice, differing", "tcbevaluationdatanumber=17&TCBEVALUATIONDATANUMBER=18",
      "repeated_parameter", 0 },
    { "region twice", "region=a&region=b", "repeated_parameter", 0 },
    { "something else", "region=a&admin=1", "unknown_parameter", 0 },
};

static void reads_custom_parameters(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(customs); i++) {
        char query[256] = "fmspc=00906ED50000&customParameter=";
        parameters given;
        assay_error err = { .status = ASSAY_OK };
        base64_encode(SPAN_TEXT(customs[i].text), BASE64_STANDARD, query + strlen(query));
        const assay_status status = parameters_read(rows, SPAN_TEXT(query), &given, &err);
        assert_row(customs[i].what, status, customs[i].name != NULL ? ASSAY_MALFORMED : ASSAY_OK);
        if (customs[i].name != NULL)
            assert_string_equal(err.name, customs[i].name);
        else
            assert_row(customs[i].what, given.custom_number, customs[i].number);
    }
}

/* ---- The canonical key ---- */

static void key_of(const char *query, canonical_key *key)
{
    parameters given;
    read_ok(query, &given);
    key->size = 0;
    key->text[0] = '\0';
    key_parameters(key, rows, &given, 1u << UPDATE);
}

typedef struct key_row {
    const char *what, *one, *other;
    bool same;
} key_row;

static const key_row key_rows[] = {
    { "order", "fmspc=00906ED50000&number=1", "number=1&fmspc=00906ED50000", true },
    { "case", "fmspc=00906ED50000", "fmspc=00906ed50000", true },
    { "escapes", "fmspc=00906ED50000", "fmspc=%300906ED50000", true },
    { "what clients append", "fmspc=00906ED50000", "fmspc=00906ED50000&clientid=a", true },
    { "what is left out", "fmspc=00906ED50000&update=early", "fmspc=00906ED50000", true },
    { "another value", "fmspc=00906ED50000", "fmspc=00906ED50001", false },
    { "one more parameter", "fmspc=00906ED50000", "fmspc=00906ED50000&number=1", false },
    { "a value that looks like two", "fmspc=00906ED50000&text=a&number=1",
      "fmspc=00906ED50000&text=a%7cc1", false },
};

static void gives_one_key_to_one_question(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(key_rows); i++) {
        canonical_key one, other;
        key_of(key_rows[i].one, &one);
        key_of(key_rows[i].other, &other);
        assert_row(key_rows[i].what, strcmp(one.text, other.text) == 0, key_rows[i].same);
    }
}

static void refuses_a_query_that_is_too_long(void **state)
{
    (void)state;
    static char query[QUERY_SIZE_MAX + 2];
    parameters given;
    assay_error err = { .status = ASSAY_OK };
    memset(query, '&', QUERY_SIZE_MAX + 1);
    assert_int_equal(parameters_read(rows, SPAN_TEXT(query), &given, &err), ASSAY_MALFORMED);
    assert_string_equal(err.name, "query_too_long");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_by_name),
        cmocka_unit_test(suggests_what_was_meant),
        cmocka_unit_test(decodes_each_form),
        cmocka_unit_test(takes_the_rest_unescaped),
        cmocka_unit_test(reads_custom_parameters),
        cmocka_unit_test(gives_one_key_to_one_question),
        cmocka_unit_test(refuses_a_query_that_is_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
