/* wire_json_test.c: the lexical pass, the tree and its members (src/wire/json_scan.c, json.c;
 * verification.md 3.5). */
#include <stdio.h>

#include "support.h"
#include "wire/json.h"

#define TEXT(text)                                                                                 \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
#define DEEP_8 "[[[[[[[["
#define SHUT_8 "]]]]]]]]"

static const struct {
    const char *what;
    assay_span text;
    const char *where; /* NULL: accepted */
    int64_t offset;
} rows[] = {
    { "empty object", TEXT("{}"), NULL, 0 },
    { "empty array", TEXT("[]"), NULL, 0 },
    { "every type", TEXT("{\"a\":[1,0,\"x\",true,false,null,{},[]],\"b\":{\"c\":2}}"), NULL, 0 },
    { "white space", TEXT(" \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } } \n"), NULL, 0 },
    { "escapes in a text", TEXT("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"]"), NULL, 0 },
    { "UTF-8 in text and key", TEXT("{\"\xc3\xa9\":\"\xe2\x82\xac\"}"), NULL, 0 },
    { "the same key in different objects", TEXT("{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":1}]}"),
      NULL, 0 },
    { "empty key", TEXT("{\"\":1}"), NULL, 0 },
    { "the largest integer", TEXT("[9223372036854775807]"), NULL, 0 },
    { "depth 16", TEXT(DEEP_8 DEEP_8 SHUT_8 SHUT_8), NULL, 0 },

    { "depth 17", TEXT("{\"a\":" DEEP_8 DEEP_8 SHUT_8 SHUT_8 "}"),
      "$.a[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]", 20 },
    { "duplicate at the top", TEXT("{\"a\":1,\"b\":2,\"a\":1}"), "$.a", 13 },
    { "duplicate deep inside", TEXT("{\"a\":[{},{\"b\":{\"c\":1, \"c\" :1}}]}"), "$.a[1].b.c", 22 },
    { "duplicate empty key", TEXT("{\"\":1,\"\":1}"), "$.", 6 },
    { "escaped key", TEXT("{\"a\":{\"\\u0061\":1}}"), "$.a", 7 },
    { "key cut", TEXT("{\"a"), "$", 3 },
    { "control character in a key", TEXT("{\"a\tb\":1}"), "$", 3 },
    { "key without quotes", TEXT("{a:1}"), "$", 1 },
    { "number as key", TEXT("{1:1}"), "$", 1 },
    { "no colon", TEXT("{\"a\" 1}"), "$.a", 5 },
    { "no value", TEXT("{\"a\":}"), "$.a", 5 },
    { "no comma", TEXT("{\"a\":1 \"b\":2}"), "$.a", 7 },
    { "comma at the end of an object", TEXT("{\"a\":1,}"), "$", 7 },
    { "comma at the end of an array", TEXT("[1,]"), "$[1]", 3 },
    { "comma at the start", TEXT("[,1]"), "$[0]", 1 },
    { "wrong bracket", TEXT("{\"a\":[1}}"), "$.a[0]", 7 },
    { "object closed as array", TEXT("{]"), "$", 1 },
    { "bracket missing", TEXT("{\"a\":[1,2]"), "$.a", 10 },
    { "text missing its quote", TEXT("[1,\"abc"), "$[1]", 7 },
    { "text ends in a backslash", TEXT("[\"abc\\"), "$[0]", 6 },
    { "quote hidden by a backslash", TEXT("[\"abc\\\"]"), "$[0]", 8 },
    { "line end in a text", TEXT("[\"a\nb\"]"), "$[0]", 3 },
    { "NUL in a text", TEXT("[\"a\0b\"]"), "$[0]", 3 },
    { "escaped NUL", TEXT("[1,\"a\\u0000b\"]"), "$[1]", 3 },
    { "lone high surrogate", TEXT("{\"a\":\"\\ud83d\"}"), "$.a", 5 },
    { "lone low surrogate", TEXT("{\"a\":\"\\ude00\"}"), "$.a", 5 },
    { "unknown escape", TEXT("{\"a\":{\"b\":\"\\x\"}}"), "$.a.b", 10 },
    { "invalid UTF-8", TEXT("{\"a\":[\"x\",\"\xff\"]}"), "$.a[1]", 10 },
    { "overlong UTF-8", TEXT("{\"a\":\"\xc0\xaf\"}"), "$.a", 5 },
    { "surrogate in UTF-8", TEXT("{\"a\":\"\xed\xa0\x80\"}"), "$.a", 5 },
    { "invalid UTF-8 in a key", TEXT("{\"x\":1,\"\xff\":1}"), "$.?", 7 },

    { "negative", TEXT("{\"a\":-1}"), "$.a", 5 },
    { "negative zero", TEXT("{\"a\":-0}"), "$.a", 5 },
    { "plus", TEXT("{\"a\":+1}"), "$.a", 5 },
    { "fraction", TEXT("{\"a\":[1,1.0]}"), "$.a[1]", 8 },
    { "exponent", TEXT("[1e2]"), "$[0]", 1 },
    { "big exponent", TEXT("[1E2]"), "$[0]", 1 },
    { "leading zero", TEXT("[01]"), "$[0]", 1 },
    { "two zeros", TEXT("[00]"), "$[0]", 1 },
    { "hex", TEXT("[0x10]"), "$[0]", 2 },
    { "one beyond 63 bits", TEXT("[1,9223372036854775808]"), "$[1]", 3 },
    { "twenty digits", TEXT("[10000000000000000000]"), "$[0]", 1 },
    { "misspelt literal", TEXT("[True]"), "$[0]", 1 },
    { "literal cut", TEXT("[tru"), "$[0]", 1 },
    { "literal with a tail", TEXT("[nullx]"), "$[0]", 5 },
    { "not a number", TEXT("[NaN]"), "$[0]", 1 },

    { "nothing", TEXT(""), "$", 0 },
    { "white space only", TEXT("  "), "$", 2 },
    { "a text at the top", TEXT("\"a\""), "$", 0 },
    { "a number at the top", TEXT("1"), "$", 0 },
    { "null at the top", TEXT("null"), "$", 0 },
    { "byte order mark", TEXT("\xef\xbb\xbf{}"), "$", 0 },
    { "text behind", TEXT("{} x"), "$", 3 },
    { "a second document", TEXT("{}{}"), "$", 2 },
    { "a bracket too many", TEXT("[]]"), "$", 2 },
    { "NUL behind", TEXT("{}\0"), "$", 2 },
    { "NUL between", TEXT("{\0}"), "$", 1 },
    { "form feed is no white space", TEXT("{\f}"), "$", 1 },
    { "comment", TEXT("{/**/}"), "$", 1 },
    { "single quotes", TEXT("{'a':1}"), "$", 1 },
};

static void accepts_or_says_where(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_document document = { 0 };
        assay_error error = { 0 };
        assay_status wanted = rows[i].where == NULL ? ASSAY_OK : ASSAY_MALFORMED;
        assert_row(rows[i].what, json_document_parse(rows[i].text, NULL, &document, "$", &error),
                   wanted);
        assert_row(rows[i].what, document.root != NULL, wanted == ASSAY_OK);
        json_document_free(&document);
        assert_row(rows[i].what, json_document_parse(rows[i].text, NULL, &document, "$", NULL),
                   wanted);
        json_document_free(&document);
        if (rows[i].where == NULL)
            continue;
        if (strcmp(error.where, rows[i].where) != 0)
            test_fail("%s: at %s, want %s", rows[i].what, error.where, rows[i].where);
        assert_row(rows[i].what, error.offset, rows[i].offset);
    }
}

static const struct {
    const char *what;
    const char *text;
    const char *range; /* NULL: refused */
} ranges[] = {
    { "an object", "{\"tcbInfo\":{\"a\":1},\"signature\":\"00\"}", "{\"a\":1}" },
    { "behind another member", "{\"signature\":\"00\",\"tcbInfo\":{\"a\":[1,{}]}}",
      "{\"a\":[1,{}]}" },
    { "white space inside is kept, around it is not", "{ \"tcbInfo\" : { \"a\" : 1 } , \"b\" : 2 }",
      "{ \"a\" : 1 }" },
    { "brackets and quotes in texts", "{\"tcbInfo\":{\"a\":\"}\\\"]\"},\"b\":1}",
      "{\"a\":\"}\\\"]\"}" },
    { "a deeper member of that name first", "{\"x\":{\"tcbInfo\":1},\"tcbInfo\":{}}", "{}" },
    { "a number", "{\"tcbInfo\":12}", "12" },
    { "a text", "{\"tcbInfo\":\"a\\\"b\" }", "\"a\\\"b\"" },
    { "a literal", "{\"tcbInfo\":null,\"b\":1}", "null" },
    { "an array", "{\"tcbInfo\":[[],[]]}", "[[],[]]" },
    { "missing", "{\"tcbInfos\":{},\"tcbinfo\":{}}", NULL },
    { "only deeper", "{\"x\":{\"tcbInfo\":{}}}", NULL },
    { "inside an array", "[{\"tcbInfo\":{}}]", NULL },
    { "a text of that name", "[\"tcbInfo\",{}]", NULL },
    { "twice", "{\"tcbInfo\":{},\"tcbInfo\":{}}", NULL },
};

static void finds_the_signed_bytes_as_received(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ranges); i++) {
        assay_span text = SPAN_TEXT(ranges[i].text);
        json_document document = { 0 };
        assert_row(ranges[i].what, json_document_parse(text, "tcbInfo", &document, "$", NULL),
                   ranges[i].range == NULL ? ASSAY_MALFORMED : ASSAY_OK);
        if (ranges[i].range != NULL)
            assert_row(ranges[i].what, span_is(document.signed_bytes, ranges[i].range), true);
        json_document_free(&document);
    }
}

static void a_document_beyond_the_limit_is_refused(void **state)
{
    (void)state;
    static char text[LIMIT_BUNDLE_SIZE + 1];
    json_document document;
    memset(text, ' ', sizeof(text));
    text[0] = '[';
    text[1] = ']';
    assert_int_equal(json_document_parse(SPAN_TEXT("[]"), NULL, &document, "$", NULL), ASSAY_OK);
    json_document_free(&document);
    assert_int_equal(
        json_document_parse(span_of(text, sizeof(text) - 1), NULL, &document, "$", NULL), ASSAY_OK);
    json_document_free(&document);
    assert_int_equal(json_document_parse(span_of(text, sizeof(text)), NULL, &document, "$", NULL),
                     ASSAY_MALFORMED);
}

static void long_paths_are_cut_and_printable(void **state)
{
    (void)state;
    char text[300];
    json_document document;
    assay_error error;
    snprintf(text, sizeof(text), "{\"%0200d\":-1}", 0);
    assert_int_equal(json_document_parse(SPAN_TEXT(text), NULL, &document, "tcb_info", &error),
                     ASSAY_MALFORMED);
    assert_int_equal(strlen(error.where), ASSAY_WHERE_SIZE - 1);
    assert_memory_equal(error.where, "tcb_info.000", 12);
    assert_int_equal(
        json_document_parse(SPAN_TEXT("{\"a \xe2\x82\xac\":-1}"), NULL, &document, "$", &error),
        ASSAY_MALFORMED);
    assert_string_equal(error.where, "$.a????");
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    static const char text[] = "{\"tcbInfo\":{\"id\":\"T\\u00e9\",\"levels\":[{\"svn\":12},true,"
                               "null]},\"signature\":\"00\"}";
    json_document document;
    for (size_t size = 0; size < sizeof(text) - 1; size++)
        assert_int_equal(json_document_parse(span_of(text, size), "tcbInfo", &document, "$", NULL),
                         ASSAY_MALFORMED);
}

static const char members_text[] =
    "{\"object\":{},\"array\":[1,2],\"text\":\"a\\u00e9\",\"empty\":\"\",\"zero\":0,\"number\":300,"
    "\"hex\":\"00aBff\",\"time\":\"2025-07-04T10:28:44Z\",\"null\":null}";

typedef enum taker { TAKE_OBJECT, TAKE_ARRAY, TAKE_TEXT, TAKE_UNSIGNED, TAKE_HEX, TAKE_TIME } taker;

static const struct {
    const char *what;
    taker taker;
    const char *member;
    uint64_t size; /* the most elements, the largest number, the bytes of hex */
    assay_status status;
    int64_t value; /* elements, bytes, number or time */
} members[] = {
    { "object", TAKE_OBJECT, "object", 0, ASSAY_OK, 0 },
    { "object that is an array", TAKE_OBJECT, "array", 0, ASSAY_MALFORMED, 0 },
    { "object that is missing", TAKE_OBJECT, "Object", 0, ASSAY_MALFORMED, 0 },
    { "object that is null", TAKE_OBJECT, "null", 0, ASSAY_MALFORMED, 0 },
    { "array", TAKE_ARRAY, "array", 2, ASSAY_OK, 2 },
    { "array too long", TAKE_ARRAY, "array", 1, ASSAY_MALFORMED, 0 },
    { "array that is an object", TAKE_ARRAY, "object", 9, ASSAY_MALFORMED, 0 },
    { "text", TAKE_TEXT, "text", 0, ASSAY_OK, 3 },
    { "empty text", TAKE_TEXT, "empty", 0, ASSAY_OK, 0 },
    { "text that is a number", TAKE_TEXT, "number", 0, ASSAY_MALFORMED, 0 },
    { "number", TAKE_UNSIGNED, "number", 300, ASSAY_OK, 300 },
    { "zero", TAKE_UNSIGNED, "zero", 0, ASSAY_OK, 0 },
    { "number one too large", TAKE_UNSIGNED, "number", 299, ASSAY_MALFORMED, 0 },
    { "number that is a text", TAKE_UNSIGNED, "text", 300, ASSAY_MALFORMED, 0 },
    { "hex", TAKE_HEX, "hex", 3, ASSAY_OK, 0xabff },
    { "hex too long", TAKE_HEX, "hex", 2, ASSAY_MALFORMED, 0 },
    { "hex too short", TAKE_HEX, "hex", 4, ASSAY_MALFORMED, 0 },
    { "hex that is none", TAKE_HEX, "time", 10, ASSAY_MALFORMED, 0 },
    { "time", TAKE_TIME, "time", 0, ASSAY_OK, 1751624924 },
    { "time that is none", TAKE_TIME, "text", 0, ASSAY_MALFORMED, 0 },
};

static assay_status take(json_t *root, size_t i, int64_t *value, assay_error *err)
{
    const char *member = members[i].member;
    json_t *tree = NULL;
    assay_span text = { NULL, 0 };
    uint64_t number = 0;
    uint8_t bytes[16] = { 0 };
    assay_status status = ASSAY_USAGE;
    switch (members[i].taker) {
    case TAKE_OBJECT:
        status = json_take_object(root, member, "$.top", &tree, err);
        break;
    case TAKE_ARRAY:
        status = json_take_array(root, member, "$.top", 1, members[i].size, &tree, err);
        *value = (int64_t)json_array_size(tree);
        break;
    case TAKE_TEXT:
        status = json_take_text(root, member, "$.top", &text, err);
        *value = (int64_t)text.size;
        break;
    case TAKE_UNSIGNED:
        status = json_take_unsigned(root, member, "$.top", members[i].size, &number, err);
        *value = (int64_t)number;
        break;
    case TAKE_HEX:
        status = json_take_hex(root, member, "$.top", bytes, members[i].size, err);
        *value = bytes[0] << 16 | bytes[1] << 8 | bytes[2];
        break;
    case TAKE_TIME:
        status = json_take_time(root, member, "$.top", value, err);
        break;
    }
    return status;
}

static void members_have_their_type_and_range(void **state)
{
    (void)state;
    json_document document;
    assert_int_equal(json_document_parse(SPAN_TEXT(members_text), NULL, &document, "$", NULL),
                     ASSAY_OK);
    for (size_t i = 0; i < COUNT_OF(members); i++) {
        char path[64];
        int64_t value = 0;
        assay_error error = { 0 };
        assert_row(members[i].what, take(document.root, i, &value, &error), members[i].status);
        assert_row(members[i].what, value, members[i].value);
        snprintf(path, sizeof(path), "$.top.%s", members[i].member);
        assert_row(members[i].what, strcmp(error.where, members[i].status == ASSAY_OK ? "" : path),
                   0);
    }
    json_document_free(&document);
}

static const struct {
    const char *text;
    assay_status status;
} times[] = {
    { "2025-07-04T10:28:44Z", ASSAY_OK },
    { "2024-02-29T00:00:00Z", ASSAY_OK },
    { "2025-02-30T00:00:00Z", ASSAY_MALFORMED },
    { "2025-07-04T10:28:60Z", ASSAY_MALFORMED },
    { "2025-07-04T24:00:00Z", ASSAY_MALFORMED },
    { "2025-07-04T10:28:44z", ASSAY_MALFORMED },
    { "2025-07-04t10:28:44Z", ASSAY_MALFORMED },
    { "2025-07-04 10:28:44Z", ASSAY_MALFORMED },
    { "2025-07-04T10:28:44", ASSAY_MALFORMED },
    { "2025-07-04T10:28:44.0Z", ASSAY_MALFORMED },
    { "2025-07-04T10:28:44+00:00", ASSAY_MALFORMED },
    { "2025-07-04T10:28:44Zx", ASSAY_MALFORMED },
    { "1751624924", ASSAY_MALFORMED },
    { "25-07-04T10:28:44Z", ASSAY_MALFORMED },
    { "", ASSAY_MALFORMED },
};

static void times_are_exact(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        json_t *object = json_pack("{s:s}", "time", times[i].text);
        int64_t time = -1;
        assert_non_null(object);
        assert_row(times[i].text, json_take_time(object, "time", "$", &time, NULL),
                   times[i].status);
        assert_row(times[i].text, time != -1, times[i].status == ASSAY_OK);
        json_decref(object);
    }
}

static void arrays_have_a_least_length(void **state)
{
    (void)state;
    json_t *object = json_pack("{s:[]}", "array"), *array = NULL;
    assay_error error;
    assert_int_equal(json_take_array(object, "array", "$", 1, 2, &array, &error), ASSAY_MALFORMED);
    assert_string_equal(error.detail, "has 0 elements, want 1 to 2");
    assert_null(array);
    assert_int_equal(json_take_array(object, "array", "$", 0, 2, &array, NULL), ASSAY_OK);
    json_decref(object);
}

static void collect(void *context, const char *member)
{
    strncat(context, member, 8);
}

static void unknown_members_are_told(void **state)
{
    (void)state;
    static const char *const known[] = { "id", "version", NULL };
    char seen[64] = "";
    json_t *object = json_pack("{s:i,s:i,s:i,s:i}", "id", 1, "ids", 2, "version", 3, "Id", 4);
    json_each_unknown(object, known, collect, seen);
    assert_string_equal(seen, "idsId");
    json_decref(object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_or_says_where),
        cmocka_unit_test(finds_the_signed_bytes_as_received),
        cmocka_unit_test(a_document_beyond_the_limit_is_refused),
        cmocka_unit_test(long_paths_are_cut_and_printable),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(members_have_their_type_and_range),
        cmocka_unit_test(times_are_exact),
        cmocka_unit_test(arrays_have_a_least_length),
        cmocka_unit_test(unknown_members_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
