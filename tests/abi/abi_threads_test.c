/* abi_threads_test.c: calls of the C interface side by side (verification.md 7.3), with collateral
 * at hand, and with the provider library that the first of them loads. */
#include <pthread.h>
#include <stdlib.h>

#include "simulated.h"
#include "support.h"

enum { THREADS = 4, CALLS = 20 };

typedef struct work {
    const simulated *evidence;
    const uint8_t *collateral; /* NULL: fetched */
} work;

static void *ask_often(void *context)
{
    const work *w = context;
    const assay_span quote = bytes_span(&w->evidence->artifacts.quote);
    size_t wrong = 0;
    for (size_t i = 0; i < CALLS; i++) {
        uint32_t expired = 7;
        tee_qv_result_t result = TEE_QV_RESULT_UNSPECIFIED;
        const quote3_error_t code = drop_in_library()->tee_verify_quote(
            quote.data, (uint32_t)quote.size, w->collateral, w->evidence->world.now, &expired,
            &result, NULL, NULL);
        wrong += code != SGX_QL_SUCCESS || result != TEE_QV_RESULT_OK || expired != 0;
    }
    return wrong == 0 ? NULL : context;
}

static void run_threads(work *w)
{
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, w), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *failed;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
}

static void calls_run_in_many_threads(void **state)
{
    simulated *s = *state;
    run_threads(&(work) { s, (const uint8_t *)&s->given.structure });
}

static void the_provider_is_loaded_once_by_many_threads(void **state)
{
    assert_int_equal(setenv("FAKE_QUOTEPROV_FOLDER", simulated_folder(), 1), 0);
    assert_int_equal(drop_in_library()->sgx_qv_set_path(SGX_QV_QPL_PATH, getenv("FAKE_QUOTEPROV")),
                     0);
    run_threads(&(work) { *state, NULL });
}

static int evidence_make(void **state)
{
    static simulated s;
    simulated_make(&s, "tdx-v4");
    simulated_trust_root(&s);
    simulated_serve(&s);
    drop_in_library();
    *state = &s;
    return 0;
}

static int evidence_free(void **state)
{
    simulated_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_run_in_many_threads),
        cmocka_unit_test(the_provider_is_loaded_once_by_many_threads),
    };
    return cmocka_run_group_tests(tests, evidence_make, evidence_free);
}
