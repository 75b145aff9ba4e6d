/* fixture.h: a fresh store for each test: a file in a temporary folder, or a schema of its own in
 * the PostgreSQL that ASSAY_STORE_URL names (tests/with-postgres). */
#ifndef TESTS_CONTRACT_FIXTURE_H
#define TESTS_CONTRACT_FIXTURE_H

#include "store/store.h"
#include "support.h"

enum { FIXTURE_NOW = 1751624924 };

typedef struct fixture {
    char url[512];
    char folder[64]; /* a temporary folder, also with PostgreSQL */
    char path[96];   /* of the database; "" with PostgreSQL */
    store *s;
    arena memory;
    assay_error error;
} fixture;

/* Set-up and tear-down of cmocka; *state is a fixture. The first only makes the place, the second
 * opens the store too. */
int fixture_place(void **state);
int fixture_new(void **state);
int fixture_free(void **state);

bool fixture_is_postgres(void);

/* One more store on the same database, to be closed by the test. */
store *fixture_open(fixture *f);
store_settings fixture_settings(const fixture *f);

/* Runs a shell command; true when it says 0. */
bool run_shell(const char *format, ...) ASSAY_PRINTF(1, 2);

int64_t milliseconds_now(void);
void sleep_milliseconds(unsigned milliseconds);

/* OK, else the test fails with what the error (&f->error) says. */
#define assert_ok(f, expression)                                                                   \
    do {                                                                                           \
        (f)->error = (assay_error) { 0 };                                                          \
        if ((expression) != ASSAY_OK)                                                              \
            test_fail("%s: %s: %s: %s", #expression, assay_error_name(&(f)->error),                \
                      (f)->error.where, (f)->error.detail);                                        \
    } while (0)

/* Fails, and scripts see this name. */
#define assert_failure(f, expression, name)                                                        \
    do {                                                                                           \
        (f)->error = (assay_error) { 0 };                                                          \
        if ((expression) == ASSAY_OK)                                                              \
            test_fail("%s: did not fail, want %s", #expression, (name));                           \
        if (strcmp(assay_error_name(&(f)->error), (name)) != 0)                                    \
            test_fail("%s: %s (%s: %s), want %s", #expression, assay_error_name(&(f)->error),      \
                      (f)->error.where, (f)->error.detail, (name));                                \
    } while (0)

#endif
