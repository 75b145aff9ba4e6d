/* verify_bench.c: what a verification costs: cold, of a new platform, of a known one; on one core
 * and on two. With --write FOLDER: writes one quote and its collateral for `assay verify` instead.
 *
 * Linked with --wrap=malloc and so on: what the core asks the allocator for is counted here; what
 * OpenSSL and jansson do inside their shared libraries is not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "platforms.h"

/* ---- Allocations of our own ----------------------------------------------------------------- */

static size_t allocations;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size)
{
    __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
    return __real_realloc(old, size);
}

/* ---- The three operations ------------------------------------------------------------------- */

typedef struct scene {
    const platforms *given;
    assay_verify_options options;
    assay_collateral *collateral;
    assay_verifier *verifier;
    assay_verdict verdicts[BENCH_THREADS];
} scene;

static assay_collateral *collateral_loaded(const platforms *given)
{
    assay_collateral *collateral;
    assay_error error;
    if (assay_collateral_new(&given->items, &given->roots, &collateral, &error) != ASSAY_OK)
        bench_die(error.detail);
    return collateral;
}

static assay_verifier *verifier_made(void)
{
    assay_verifier *verifier;
    if (assay_verifier_new(ASSAY_VERIFIER_DEFAULT_MEMORY, &verifier, NULL) != ASSAY_OK)
        bench_die("making a verifier");
    return verifier;
}

static void verify(scene *s, assay_verifier *verifier, assay_collateral *collateral, size_t index,
                   unsigned thread)
{
    assay_error error = { 0 };
    assay_verdict *verdict = &s->verdicts[thread];
    assay_span quote = s->given->quotes[index % PLATFORM_COUNT];
    assay_status status = assay_verify(verifier, quote, collateral, &s->options, verdict, &error);
    if (status != ASSAY_OK || !verdict->accepted)
        bench_die(status != ASSAY_OK ? error.detail : "a verdict that accepts");
}

/* Everything from text. */
static void run_cold(void *context, size_t index, unsigned thread)
{
    scene *s = context;
    assay_collateral *collateral = collateral_loaded(s->given);
    verify(s, NULL, collateral, index, thread);
    assay_verdict_clear(&s->verdicts[thread]);
    assay_collateral_unref(collateral);
}

/* Each batch begins with a verifier that knows nobody, and meets each platform once. */
static void forget(void *context)
{
    scene *s = context;
    assay_verifier_free(s->verifier);
    s->verifier = verifier_made();
}

static void run_prepared(void *context, size_t index, unsigned thread)
{
    scene *s = context;
    verify(s, s->verifier, s->collateral, index, thread);
}

/* ---- Rows ----------------------------------------------------------------------------------- */

static void introduce_everybody(scene *s)
{
    forget(s);
    for (size_t i = 0; i < PLATFORM_COUNT; i++)
        run_prepared(s, i, 0);
}

static void row_allocations(scene *s)
{
    assay_verifier_statistics before, after;
    assay_verifier_statistics_get(s->verifier, &before);
    size_t counted = allocations;
    for (size_t i = 0; i < PLATFORM_COUNT; i++)
        run_prepared(s, i, 0);
    counted = allocations - counted;
    assay_verifier_statistics_get(s->verifier, &after);
    if (after.misses != before.misses)
        bench_die("remembering every platform");
    bench_row("known platform: own allocations", (double)counted / PLATFORM_COUNT,
              "per verification", BENCH_AT_MOST, 0);
}

static void rows(scene *s)
{
    static const char unit[] = "P-256 verifications", scaling[] = "of what P-256 gains";
    bench_operation cold = { run_cold, NULL, s, 1 };
    bench_operation fresh = { run_prepared, forget, s, 4 };
    bench_operation known = { run_prepared, NULL, s, 12 };

    bench_row("cold", bench_ratio(&cold), unit, BENCH_AT_MOST, 14);
    bench_row("new platform", bench_ratio(&fresh), unit, BENCH_AT_MOST, 3.8);
    introduce_everybody(s);
    bench_row("known platform", bench_ratio(&known), unit, BENCH_AT_MOST, 1.15);
    row_allocations(s);

    bench_row("cold: second thread", bench_scaling(&cold), scaling, BENCH_AT_LEAST, 0.95);
    bench_row("new platform: second thread", bench_scaling(&fresh), scaling, BENCH_AT_LEAST, 0.95);
    introduce_everybody(s);
    bench_row("known platform: second thread", bench_scaling(&known), scaling, BENCH_AT_LEAST,
              0.95);
}

/* ---- Files ---------------------------------------------------------------------------------- */

static void write_file(const char *folder, const char *name, assay_span bytes)
{
    char path[512];
    int length = snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = length < (int)sizeof(path) ? fopen(path, "wb") : NULL;
    if (file == NULL || fwrite(bytes.data, 1, bytes.size, file) != bytes.size || fclose(file) != 0)
        bench_die(path);
}

static void write_folder(const char *folder, const platforms *given)
{
    char now[32];
    int length = snprintf(now, sizeof(now), "%lld\n", (long long)given->now);
    const struct {
        const char *name;
        assay_span bytes;
    } files[] = {
        { "quote.bin", given->quotes[0] },
        { "root.pem", given->root_pem },
        { "time", { (const uint8_t *)now, (size_t)length } },
        { "tcb_info.json", given->items.tcb_info },
        { "tcb_info_issuer_chain.pem", given->items.tcb_info_issuer_chain },
        { "qe_identity.json", given->items.qe_identity },
        { "qe_identity_issuer_chain.pem", given->items.qe_identity_issuer_chain },
        { "root_ca_crl.der", given->items.root_ca_crl },
        { "pck_crl.der", given->items.pck_crl },
        { "pck_crl_issuer_chain.pem", given->items.pck_crl_issuer_chain },
    };
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        write_file(folder, files[i].name, files[i].bytes);
}

int main(int argc, char **argv)
{
    const platforms *given = platforms_made();
    if (argc == 3 && strcmp(argv[1], "--write") == 0) {
        write_folder(argv[2], given);
        return 0;
    }
    static scene s;
    bench_start();
    s.given = given;
    s.options = (assay_verify_options) { .now = given->now };
    s.collateral = collateral_loaded(given);
    rows(&s);
    for (size_t i = 0; i < BENCH_THREADS; i++)
        assay_verdict_clear(&s.verdicts[i]);
    assay_verifier_free(s.verifier);
    assay_collateral_unref(s.collateral);
    return 0;
}
