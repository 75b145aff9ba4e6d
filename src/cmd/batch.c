/* batch.c: many quotes, judged by all cores; one JSON line each, in the order in which they came.
 *
 * Each thread takes the next line, judges it, and puts its JSON into a ring; whoever puts in the
 * one that is due prints it and those that follow. A thread that is a whole ring ahead waits, so
 * that memory is bounded however long the list is. */
#include "batch.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "assay/batch.h"
#include "batch_lines.h"
#include "exit_code.h"
#include "failure.h"
#include "outcome.h"

enum { JOBS_MAX = 256, RING_PER_JOB = 16, PROGRESS_MS = 200 };

typedef struct slot {
    char *text; /* malloc'd line without its end; NULL when not yet there */
} slot;

typedef struct batch {
    const request *asked;
    assay_verifier *verifier; /* NULL: nothing is remembered */
    bool shows_progress;

    pthread_mutex_t input_lock; /* lines, taken, input_failed, error */
    batch_lines lines;
    uint64_t taken; /* how many lines were handed out */
    bool input_failed;
    assay_error error;

    pthread_mutex_t output_lock; /* all below */
    pthread_cond_t printed_more;
    slot *ring;
    size_t ring_size;
    uint64_t printed;
    uint64_t accepted;
    int64_t shown_ms; /* when progress was shown last */
    int worst;
} batch;

/* ---- One quote ---- */

/* Order of exit codes from best to worst. */
static int rank(int code)
{
    static const int ranks[] = { [EXIT_CODE_ACCEPTED] = 0,
                                 [EXIT_CODE_NOT_ACCEPTED] = 1,
                                 [EXIT_CODE_USAGE] = 2,
                                 [EXIT_CODE_NOT_JUDGED] = 3,
                                 [EXIT_CODE_ENVIRONMENT] = 4 };
    return ranks[code];
}

static void judge_text(const batch *b, const batch_line_text *text, assay_batch_line *line,
                       outcome *o)
{
    assay_span span = { (const uint8_t *)text->text, text->size };
    assay_status status = ASSAY_OK;
    if (text->too_long)
        status = failed(&o->error, ASSAY_MALFORMED, "batch", "a line of more than %d bytes",
                        BATCH_LINE_MAX);
    if (status == ASSAY_OK)
        status = assay_batch_line_parse(span, line, &o->error);
    if (status != ASSAY_OK) {
        outcome_fail(o, status);
        return;
    }
    if (line->form == ASSAY_BATCH_PATH) {
        outcome_of_file(b->verifier, b->asked, line->quote, o);
        return;
    }
    span = (assay_span) { (const uint8_t *)line->quote, strlen(line->quote) };
    outcome_of_text(b->verifier, b->asked, span, o);
}

/* The document with "id" as its first member. NULL: no memory. */
static char *with_id(const char *id, const char *json)
{
    if (id == NULL || json[0] != '{')
        return strdup(json);
    size_t size = strlen(id) + strlen(json) + sizeof("{\"id\":,");
    char *text = malloc(size);
    if (text != NULL)
        snprintf(text, size, "{\"id\":%s,%s", id, json + 1);
    return text;
}

static char *line_of(const batch *b, const batch_line_text *text, outcome *o)
{
    assay_batch_line line = { 0 };
    judge_text(b, text, &line, o);
    char *json = outcome_json(o);
    char *printed = json != NULL ? with_id(line.id, json) : NULL;
    assay_text_free(json);
    assay_batch_line_clear(&line);
    return printed;
}

/* ---- In order ---- */

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void show_progress(batch *b)
{
    int64_t now = b->shows_progress ? now_ms() : 0;
    if (!b->shows_progress || now - b->shown_ms < PROGRESS_MS)
        return;
    b->shown_ms = now;
    fprintf(stderr, "\r%llu judged, %llu accepted", (unsigned long long)b->printed,
            (unsigned long long)b->accepted);
}

static void clear_progress(const batch *b)
{
    if (b->shows_progress && b->shown_ms > 0)
        fprintf(stderr, "\r\033[K");
}

/* Prints all lines that are due. The lock is held. */
static void print_due(batch *b)
{
    for (;;) {
        slot *due = &b->ring[b->printed % b->ring_size];
        if (due->text == NULL)
            break;
        puts(due->text);
        free(due->text);
        due->text = NULL;
        b->printed++;
    }
    show_progress(b);
    pthread_cond_broadcast(&b->printed_more);
}

static void hand_in(batch *b, uint64_t sequence, char *text, int code)
{
    static const char no_memory[] =
        "{\"accepted\":false,\"authenticated\":false,\"error\":{\"status\":\"no-memory\","
        "\"code\":null,\"where\":\"batch\",\"offset\":null,"
        "\"detail\":\"no memory for the result\"}}";
    if (text == NULL) {
        text = strdup(no_memory);
        code = EXIT_CODE_ENVIRONMENT;
    }
    pthread_mutex_lock(&b->output_lock);
    while (sequence >= b->printed + b->ring_size)
        pthread_cond_wait(&b->printed_more, &b->output_lock);
    b->ring[sequence % b->ring_size].text = text;
    b->accepted += code == EXIT_CODE_ACCEPTED;
    if (rank(code) > rank(b->worst))
        b->worst = code;
    print_due(b);
    pthread_mutex_unlock(&b->output_lock);
}

static bool take_line(batch *b, batch_line_text *text, uint64_t *sequence)
{
    pthread_mutex_lock(&b->input_lock);
    batch_next next = b->input_failed ? BATCH_END : batch_lines_next(&b->lines, text, &b->error);
    b->input_failed |= next == BATCH_FAILED;
    if (next == BATCH_LINE)
        *sequence = b->taken++;
    pthread_mutex_unlock(&b->input_lock);
    return next == BATCH_LINE;
}

static void *work(void *context)
{
    batch *b = context;
    batch_line_text text = { 0 };
    outcome o = { 0 };
    uint64_t sequence;
    while (take_line(b, &text, &sequence)) {
        char *printed = line_of(b, &text, &o);
        hand_in(b, sequence, printed, outcome_exit_code(&o));
    }
    outcome_clear(&o);
    free(text.text);
    return NULL;
}

/* ---- The whole ---- */

static size_t jobs_of(unsigned wanted)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t jobs = wanted > 0 ? wanted : cores > 0 ? (size_t)cores : 1;
    return jobs < JOBS_MAX ? jobs : JOBS_MAX;
}

/* This thread works too: with no other thread to be had, it does everything. */
static void work_in_threads(batch *b, size_t jobs)
{
    pthread_t threads[JOBS_MAX];
    size_t started = 0;
    while (started + 1 < jobs && pthread_create(&threads[started], NULL, work, b) == 0)
        started++;
    work(b);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

static int end(const batch *b)
{
    clear_progress(b);
    if (b->input_failed) {
        failure_print(b->error.status, &b->error);
        return EXIT_CODE_ENVIRONMENT;
    }
    if (b->taken == 0)
        return usage_error("verify", "the batch names no quote");
    return b->worst;
}

static int run(batch *b, const batch_setup *setup)
{
    size_t jobs = jobs_of(setup->jobs);
    assay_status status = ASSAY_OK;
    b->ring_size = jobs * RING_PER_JOB;
    b->ring = calloc(b->ring_size, sizeof(*b->ring));
    if (b->ring == NULL)
        status = failed(&b->error, ASSAY_NO_MEMORY, "batch", "no memory for %zu threads", jobs);
    if (status == ASSAY_OK && setup->memory == BATCH_REMEMBERS)
        status = assay_verifier_new(ASSAY_VERIFIER_DEFAULT_MEMORY, &b->verifier, &b->error);
    if (status == ASSAY_OK)
        work_in_threads(b, jobs);
    else
        b->input_failed = true;
    int code = end(b);
    assay_verifier_free(b->verifier);
    free(b->ring);
    return code;
}

int batch_run(const batch_setup *setup)
{
    batch b = { .asked = setup->asked,
                .shows_progress = isatty(STDERR_FILENO) == 1,
                .input_lock = PTHREAD_MUTEX_INITIALIZER,
                .output_lock = PTHREAD_MUTEX_INITIALIZER,
                .printed_more = PTHREAD_COND_INITIALIZER };
    if (batch_lines_open(setup->paths, setup->path_count, setup->list, &b.lines, &b.error) !=
        ASSAY_OK)
        return outcome_print_failure("verify", &b.error, OUTCOME_JSON);
    int code = run(&b, setup);
    batch_lines_close(&b.lines);
    return code;
}
