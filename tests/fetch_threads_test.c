/* fetch_threads_test.c: one fetcher for several threads, and several fetchers on one cache
 * (src/fetch/fetch.c, cache_folder.c). */
#include <pthread.h>
#include <stdlib.h>

#include "fetch_scene.h"

enum { THREADS = 4, ROUNDS = 25 };

/* What each thread is given, and how often it was not served. */
typedef struct work {
    assay_fetcher *fetcher; /* NULL: one of its own */
    const assay_fetch_config *config;
    int failures;
} work;

static void *fetch_often(void *context)
{
    work *w = context;
    const assay_fetch_request request = tcb_request();
    assay_fetcher *own = NULL;
    if (w->fetcher == NULL && assay_fetcher_new(w->config, &own, NULL) != ASSAY_OK)
        w->failures++;
    for (int i = 0; i < ROUNDS && w->failures == 0; i++) {
        assay_fetched item;
        w->failures +=
            assay_fetch(own != NULL ? own : w->fetcher, &request, &item, NULL) != ASSAY_OK ||
            strcmp((const char *)item.body, TCB_BODY) != 0;
        assay_fetched_free(&item);
    }
    assay_fetcher_free(own);
    return NULL;
}

static void all_are_served(assay_fetcher *fetcher, const assay_fetch_config *config)
{
    pthread_t threads[THREADS];
    work works[THREADS];
    for (int i = 0; i < THREADS; i++) {
        works[i] = (work) { .fetcher = fetcher, .config = config };
        assert_int_equal(pthread_create(&threads[i], NULL, fetch_often, &works[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(works[i].failures, 0);
    }
}

static void threads_take_turns_on_one_fetcher(void **state)
{
    (void)state;
    scene s = scene_of(&sound_reply, 1);
    assert_int_equal(assay_fetcher_new(&s.config, &s.fetcher, NULL), ASSAY_OK);
    all_are_served(s.fetcher, NULL);
    assert_int_equal(scripted_server_connections(s.server), 1);
    scene_end(&s);
}

static void fetchers_share_a_cache(void **state)
{
    (void)state;
    char base[] = "/tmp/assay-threads-XXXXXX", command[64];
    scene s = scene_of(&sound_reply, 1);
    assert_non_null(mkdtemp(base));
    s.config.collateral_cache_hours = 1;
    snprintf(s.config.cache_folder, sizeof(s.config.cache_folder), "%s", base);
    assert_int_equal(fetch_run_tcb(&s), ASSAY_OK);
    all_are_served(NULL, &s.config);
    assert_int_equal(scripted_server_requests(s.server), 1);
    snprintf(command, sizeof(command), "rm -rf '%s'", base);
    assert_int_equal(system(command), 0);
    scene_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_take_turns_on_one_fetcher),
        cmocka_unit_test(fetchers_share_a_cache),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
