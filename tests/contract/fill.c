/* fill.c: `store_fill URL COUNT` fills a store with sample platforms up to COUNT; `store_fill URL`
 * alone opens it and measures. Prints one line for each measurement. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "contract/samples.h"

enum { BATCH = 500, QUESTIONS = 20000 };

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void must(assay_status status, const assay_error *error)
{
    if (status == ASSAY_OK)
        return;
    fprintf(stderr, "store_fill: %s: %s: %s\n", assay_error_name(error), error->where,
            error->detail);
    exit(1);
}

static void fill(store *s, uint64_t from, uint64_t to)
{
    assay_error error;
    sample_platform *samples = memory_new(BATCH * sizeof(*samples));
    store_platform_record records[BATCH];
    for (uint64_t at = from; at < to; at += BATCH) {
        const size_t count = to - at < BATCH ? (size_t)(to - at) : BATCH;
        for (size_t i = 0; i < count; i++) {
            sample_platform_make(at + i, &samples[i]);
            records[i] = samples[i].record;
        }
        must(store_platforms_put(s, records, count, NULL, &error), &error);
    }
    memory_free(samples);
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Platforms spread over all there are, each asked for once. */
static void measure_selected(store *s, uint64_t count)
{
    static double times[QUESTIONS];
    assay_error error;
    for (size_t i = 0; i < QUESTIONS; i++) {
        arena memory = { 0 };
        sample_platform sample;
        store_answer answer;
        bool found;
        sample_platform_make(i * 7919 % count, &sample);
        const double start = seconds_now();
        must(store_selected(s, sample.record.platform.qe_id, 0, sample.selection.cpu_svn, 13,
                            &memory, &answer, &found, &error),
             &error);
        times[i] = seconds_now() - start;
        arena_free(&memory);
        if (!found)
            exit(1);
    }
    qsort(times, QUESTIONS, sizeof(times[0]), by_value);
    printf("selected_median_us %.1f\nselected_p99_us %.1f\n", times[QUESTIONS / 2] * 1e6,
           times[QUESTIONS * 99 / 100] * 1e6);
}

static assay_status count_group(void *context, const store_tcb_group *group, assay_error *err)
{
    (void)err;
    *(uint64_t *)context += group->count;
    return ASSAY_OK;
}

static void measure_groups(store *s)
{
    assay_error error;
    uint64_t platforms = 0;
    const double start = seconds_now();
    must(store_platform_groups(s, count_group, &platforms, &error), &error);
    printf("groups_seconds %.3f\n", seconds_now() - start);
}

static long resident_kilobytes(void)
{
    char line[128];
    long kilobytes = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof(line), status) != NULL)
        sscanf(line, "VmRSS: %ld", &kilobytes);
    if (status != NULL)
        fclose(status);
    return kilobytes;
}

int main(int argc, char **argv)
{
    assay_error error;
    store *s;
    uint64_t count;
    if (argc != 2 && argc != 3) {
        fprintf(stderr, "usage: store_fill URL [COUNT]\n");
        return 2;
    }
    const store_settings settings = { .url = argv[1] };
    double start = seconds_now();
    must(store_open(&settings, time(NULL), &s, &error), &error);
    must(store_platform_count(s, 0, &count, &error), &error);
    printf("open_seconds %.3f\nopen_rss_kb %ld\n", seconds_now() - start, resident_kilobytes());
    const uint64_t wanted = argc == 3 ? strtoull(argv[2], NULL, 10) : count;
    start = seconds_now();
    fill(s, count, wanted);
    if (wanted > count)
        printf("fill_seconds %.1f\n", seconds_now() - start);
    printf("platforms %llu\n", (unsigned long long)wanted);
    if (wanted > 0)
        measure_selected(s, wanted);
    measure_groups(s);
    printf("end_rss_kb %ld\n", resident_kilobytes());
    store_close(s);
    return 0;
}
