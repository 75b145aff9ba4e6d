/* base_suggest_test.c: the closest known word (src/base/suggest.c). */
#include <string.h>

#include "assay/base.h"
#include "base/suggest.h"
#include "support.h"

static const char *const verbs[] = {
    "verify", "inspect", "bundle",
    "help",   "version", "a-word-that-is-longer-than-any-verb-or-option-we-shall-have",
    NULL
};

static const struct {
    const char *what;
    const char *word;
    const char *wanted; /* "" for none */
} rows[] = {
    { "itself", "verify", "verify" },
    { "a letter too many", "verifyy", "verify" },
    { "a letter missing", "verfy", "verify" },
    { "a wrong letter", "inspekt", "inspect" },
    { "neighbours swapped", "veirfy", "verify" },
    { "two edits", "insbekt", "inspect" },
    { "two swaps", "evrifiy", "verify" },
    { "three edits", "bumbleby", "" },
    { "another case", "Help", "help" },
    { "the closer of two", "versify", "verify" },
    { "half of a short word", "he", "" },
    { "nothing alike", "quote", "" },
    { "empty", "", "" },
    { "too long to be compared", "a-word-that-is-longer-than-any-verb-or-option-we-shall-hav", "" },
};

static void suggests_only_what_is_close(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *found = assay_suggest(rows[i].word, verbs);
        if (strcmp(found == NULL ? "" : found, rows[i].wanted) != 0)
            test_fail("%s: \"%s\", want \"%s\"", rows[i].what, found == NULL ? "" : found,
                      rows[i].wanted);
    }
}

static void answers_one_of_the_candidates(void **state)
{
    (void)state;
    static const char *const none[] = { NULL };
    assert_ptr_equal(assay_suggest("hepl", verbs), verbs[3]);
    assert_null(assay_suggest("help", none));
}

static void reaches_as_far_as_it_is_asked_to(void **state)
{
    (void)state;
    static const char *const keys[] = { "collateral_grace_period", NULL };
    assert_null(suggest_within("collateral_grace_per", keys, 2));
    assert_ptr_equal(suggest_within("collateral_grace_per", keys, 3), keys[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suggests_only_what_is_close),
        cmocka_unit_test(answers_one_of_the_candidates),
        cmocka_unit_test(reaches_as_far_as_it_is_asked_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
