/* cmd_options_test.c: command lines by their rows (src/cmd/options.c). */
#include <stdio.h>
#include <string.h>

#include "options.h"
#include "support.h"

static const option_row rows[] = {
    { .id = OPTION_JSON, .name = "json", .letter = 'j', .help = "" },
    { .id = OPTION_AT, .name = "at", .letter = 'a', .argument = "TIME", .help = "" },
    { .id = OPTION_ROOT, .name = "root", .argument = "FILE", .times = TIMES_MANY, .help = "" },
    OPTIONS_END,
};

enum { WORD_MAX = 6 };

static const struct {
    const char *what;
    const char *words[WORD_MAX + 1];
    bool good;
    size_t options;
    size_t operands;
    const char *at; /* argument of --at */
} lines[] = {
    { "nothing", { NULL }, true, 0, 0, NULL },
    { "operands alone", { "a", "b" }, true, 0, 2, NULL },
    { "a switch before an operand", { "--json", "a" }, true, 1, 1, NULL },
    { "an option behind an operand", { "a", "--at", "1" }, true, 1, 1, "1" },
    { "an argument behind =", { "--at=1" }, true, 1, 0, "1" },
    { "an empty argument behind =", { "--at=" }, true, 1, 0, "" },
    { "an argument that looks like an option", { "--at", "--json" }, true, 1, 0, "--json" },
    { "a short switch", { "-j" }, true, 1, 0, NULL },
    { "a short option and its argument apart", { "-a", "1" }, true, 1, 0, "1" },
    { "a short option and its argument together", { "-a1" }, true, 1, 0, "1" },
    { "standard input is an operand", { "-" }, true, 0, 1, NULL },
    { "-- ends the options", { "--", "--json", "-" }, true, 0, 2, NULL },
    { "an option that may come often", { "--root", "a", "--root", "b" }, true, 2, 0, NULL },
    { "an option that may come once", { "--at", "1", "--at", "2" }, false, 0, 0, NULL },
    { "a switch given twice", { "--json", "--json" }, false, 0, 0, NULL },
    { "an unknown option", { "--nothing" }, false, 0, 0, NULL },
    { "an unknown letter", { "-x" }, false, 0, 0, NULL },
    { "letters are not joined", { "-jj" }, false, 0, 0, NULL },
    { "no abbreviations", { "--jso" }, false, 0, 0, NULL },
    { "an argument is missing", { "--at" }, false, 0, 0, NULL },
    { "a switch takes no argument", { "--json=yes" }, false, 0, 0, NULL },
};

static void reads_or_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        char *words[WORD_MAX + 1];
        size_t count = 0;
        arguments given;
        for (; lines[i].words[count] != NULL; count++)
            words[count] = (char *)lines[i].words[count];
        assert_row(lines[i].what, options_parse("test", rows, words, count, &given), lines[i].good);
        if (!lines[i].good)
            continue;
        const char *at = option_argument(&given, OPTION_AT);
        assert_row(lines[i].what, given.option_count, lines[i].options);
        assert_row(lines[i].what, given.operand_count, lines[i].operands);
        assert_row(lines[i].what, at == NULL, lines[i].at == NULL);
        if (at != NULL)
            assert_string_equal(at, lines[i].at);
    }
}

static void gives_every_value_in_order(void **state)
{
    (void)state;
    char *words[] = { "--root", "a", "x", "--root=b" };
    arguments given;
    size_t position = 0;
    assert_true(options_parse("test", rows, words, COUNT_OF(words), &given));
    assert_string_equal(option_next(&given, OPTION_ROOT, &position), "a");
    assert_string_equal(option_next(&given, OPTION_ROOT, &position), "b");
    assert_null(option_next(&given, OPTION_ROOT, &position));
    assert_string_equal(given.operands[0], "x");
    assert_true(option_given(&given, OPTION_ROOT));
    assert_false(option_given(&given, OPTION_JSON));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_or_refuses),
        cmocka_unit_test(gives_every_value_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
