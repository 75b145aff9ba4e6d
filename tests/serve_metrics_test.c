/* serve_metrics_test.c: counters of any thread, and the text that Prometheus reads. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "run_command.h"
#include "serve/log.h"
#include "serve/metrics.h"
#include "support.h"

static const int64_t NOW = 1800000000;

/* A whole service without listeners; nobody answers where it would ask. */
static service *started(void)
{
    static unsigned number;
    service *s = NULL;
    assay_error error = { 0 };
    serve_config *config = memory_new(sizeof(*config));
    assert_non_null(config);
    config_default(config);
    snprintf(config->state_directory, sizeof(config->state_directory), "%s", command_scratch());
    snprintf(config->store.url, sizeof(config->store.url), "sqlite:metrics-%u.db", number++);
    config->upstream.mode = FILL_OFFLINE;
    config->clock_offset = -7;
    if (service_start(config, &s, &error) != ASSAY_OK)
        test_fail("%s: %s", error.where, error.detail);
    memory_free(config);
    return s;
}

static void stopped(service *s)
{
    service_quiesce(s);
    service_stop(s);
}

static char *text_of(service *s)
{
    arena memory = { 0 };
    assay_span text = { NULL, 0 };
    assay_error error = { 0 };
    assert_int_equal(metrics_write(s, &memory, &text, &error), ASSAY_OK);
    char *copy = strndup((const char *)text.data, text.size);
    arena_free(&memory);
    return copy;
}

static void wanted_in(service *s, const char *const *lines)
{
    char *text = text_of(s);
    for (; *lines != NULL; lines++) {
        if (strstr(text, *lines) == NULL)
            test_fail("no %s in:\n%s", *lines, text);
    }
    free(text);
}

static void rule_10_what_is_counted_is_shown(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "\nassayd_requests_total{route=\"tcb\",code=\"200\"} 2\n",
        "\nassayd_requests_total{route=\"tcb\",code=\"404\"} 1\n",
        "\nassayd_requests_total{route=\"pckcert\",code=\"200\"} 1\n",
        "\nassayd_request_duration_seconds_bucket{route=\"tcb\",le=\"5e-05\"} 1\n",
        "\nassayd_request_duration_seconds_bucket{route=\"tcb\",le=\"0.001\"} 2\n",
        "\nassayd_request_duration_seconds_bucket{route=\"tcb\",le=\"5\"} 2\n",
        "\nassayd_request_duration_seconds_bucket{route=\"tcb\",le=\"+Inf\"} 3\n",
        "\nassayd_request_duration_seconds_count{route=\"tcb\"} 3\n",
        "\nassayd_request_duration_seconds_sum{route=\"tcb\"} 9.000550\n",
        "\nassayd_refused_requests_total{code=\"431\"} 1\n",
        "\nassayd_upstream_calls_total{host=\"vendor:443\",outcome=\"fetch_timeout\"} 1\n",
        "\nassayd_refused_ingests_total{kind=\"tcb_info\",reason=\"untrusted\"} 1\n",
        "\nassayd_events_total{event=\"stale_served\"} 3\n",
        "\nassayd_store_up 1\n",
        "\nassayd_clock_offset_seconds -7\n",
        "\nassayd_build_info{version=\"0.1.0\",store=\"sqlite\"} 1\n",
        NULL,
    };
    service *s = started();
    metrics_request(s->metrics, "tcb", 200, 50);
    metrics_request(s->metrics, "tcb", 200, 500);
    metrics_request(s->metrics, "tcb", 404, 9000000);
    metrics_request(s->metrics, "pckcert", 200, 10);
    metrics_refused_request(s->metrics, 431);
    metrics_upstream(s->metrics, "vendor:443", "fetch_timeout", 1000);
    metrics_refused_ingest(s->metrics, "tcb_info", "untrusted");
    metrics_count(s->metrics, "stale_served", 3);
    wanted_in(s, lines);
    stopped(s);
}

static void rule_10_items_have_their_dates(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "\nassayd_item_issue_timestamp_seconds{item=\"crl/root\"} 1800000000\n",
        "\nassayd_item_next_update_timestamp_seconds{item=\"crl/root\"} 1800000900\n",
        "\nassayd_item_fetched_timestamp_seconds{item=\"crl/root\"} 1800000005\n",
        NULL,
    };
    service *s = started();
    const store_item items[] = { { .key = "crl/root",
                                   .body = SPAN_CONST("x"),
                                   .chain = "",
                                   .source = "test",
                                   .issue_date = NOW,
                                   .next_update = NOW + 900,
                                   .fetched = NOW + 5 },
                                 { .key = "amd/vcek/Milan/00/00",
                                   .body = SPAN_CONST("x"),
                                   .chain = "",
                                   .source = "test",
                                   .issue_date = NOW } };
    assert_int_equal(store_items_put(s->store, items, 2, NULL), ASSAY_OK);
    wanted_in(s, lines);
    char *text = text_of(s);
    assert_null(strstr(text, "amd/vcek")); /* there may be a million of them */
    free(text);
    stopped(s);
}

/* Names of vendors' hosts come out of a configuration: no name ends its line. */
static void labels_are_escaped(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "\nassayd_upstream_calls_total{host=\"a\\\"b\\\\c\\nd\",outcome=\"ok\"} 1\n", NULL
    };
    service *s = started();
    metrics_upstream(s->metrics, "a\"b\\c\nd", "ok", 1);
    wanted_in(s, lines);
    stopped(s);
}

/* One HELP and one TYPE before the lines of each family, and a number at the end of every line. */
static void the_text_is_of_prometheus_form(void **state)
{
    (void)state;
    service *s = started();
    metrics_request(s->metrics, "tcb", 200, 50);
    char *text = text_of(s), *end = NULL, family[128] = "", *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        if (strncmp(line, "# HELP ", 7) == 0) {
            snprintf(family, sizeof(family), "%.*s", (int)strcspn(line + 7, " "), line + 7);
            continue;
        }
        if (strncmp(line, "# TYPE ", 7) == 0) {
            assert_int_equal(strncmp(line + 7, family, strlen(family)), 0);
            continue;
        }
        if (strncmp(line, family, strlen(family)) != 0)
            test_fail("%s stands below %s", line, family);
        const char *value = strrchr(line, ' ');
        assert_non_null(value);
        (void)strtod(value + 1, &end);
        assert_string_equal(end, "");
    }
    free(text);
    stopped(s);
}

enum { THREADS = 4, ROUNDS = 20000, NAMES = 50 };

static void *add_many(void *context)
{
    metrics *m = context;
    for (unsigned i = 0; i < ROUNDS; i++) {
        char name[16];
        snprintf(name, sizeof(name), "route-%u", i % NAMES);
        metrics_request(m, name, 200, i);
    }
    return NULL;
}

static void threads_lose_nothing(void **state)
{
    (void)state;
    service *s = started();
    pthread_t threads[THREADS];
    char line[128];
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_many, s->metrics), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    char *text = text_of(s);
    for (unsigned i = 0; i < NAMES; i++) {
        snprintf(line, sizeof(line),
                 "\nassayd_requests_total{route=\"route-%u\",code=\"200\"} %d\n", i,
                 THREADS * ROUNDS / NAMES);
        if (strstr(text, line) == NULL)
            test_fail("no%s", line);
    }
    free(text);
    stopped(s);
}

/* However many names there are, the table stays as it is, and says that it is full. */
static void the_table_does_not_grow(void **state)
{
    (void)state;
    service *s = started();
    for (unsigned i = 0; i < 5000; i++) {
        char name[16];
        snprintf(name, sizeof(name), "route-%u", i);
        metrics_request(s->metrics, name, 200, 1);
    }
    char *text = text_of(s);
    assert_null(strstr(text, "{event=\"lost\"} 0\n"));
    assert_in_range(strlen(text), 1000, 4 << 20);
    free(text);
    stopped(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_10_what_is_counted_is_shown),
        cmocka_unit_test(rule_10_items_have_their_dates),
        cmocka_unit_test(labels_are_escaped),
        cmocka_unit_test(the_text_is_of_prometheus_form),
        cmocka_unit_test(threads_lose_nothing),
        cmocka_unit_test(the_table_does_not_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
