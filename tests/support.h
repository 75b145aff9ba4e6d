/* support.h: what every test file includes: cmocka, and a way to say which row of a table failed.
 */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#undef fail /* cmocka's macro; ours is base/error.h. Use test_fail(), not fail_msg(). */

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define test_fail(...)                                                                             \
    do {                                                                                           \
        print_error(__VA_ARGS__);                                                                  \
        print_error("\n");                                                                         \
        _fail(__FILE__, __LINE__);                                                                 \
    } while (0)

/* As assert_int_equal(), and names the row when it fails. */
#define assert_row(what, got, wanted)                                                              \
    do {                                                                                           \
        intmax_t got_ = (intmax_t)(got), wanted_ = (intmax_t)(wanted);                             \
        if (got_ != wanted_)                                                                       \
            test_fail("%s: got %jd, want %jd", (what), got_, wanted_);                             \
    } while (0)

#endif
