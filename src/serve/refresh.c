/* refresh.c: the thread that renews items before they end, when this replica holds the lease; and
 * refreshes that somebody asked for. collateral-service.md 7.2, 7.8, 7.11. */
#include <pthread.h>
#include <stdio.h>

#include "serve/hash.h"
#include "serve/jobs.h"
#include "serve/log.h"
#include "serve/negative.h"
#include "serve/platforms.h"
#include "serve/refresh_work.h"
#include "serve/watch.h"

enum {
    TICK_MS = 1000,
    SCAN_SECONDS = 60,
    LEASE_SECONDS = 30,
    RETRY_SECONDS = 300,      /* after a failure of one item */
    ABSENT_SECONDS = 86400,   /* of one that may not be offered */
    RETRY_KEYS_MAX = 4096,    /* that are remembered */
    WALK_SECONDS = 7 * 86400, /* in which every platform is looked at once */
    CURSOR_SIZE = 512
};

struct refresher {
    service *service;
    watch *watch;
    negative *not_before; /* keys of items that failed not long ago */
    int64_t next_scan;
    struct { /* the walk over all platforms */
        int64_t next;
        char cursor[CURSOR_SIZE];
    } platforms;
    platform_queue queue;
    pthread_mutex_t lock; /* of what follows */
    refresh_progress progress;
    bool of_certificates;
    uint8_t fmspc[6];
};

/* ---- Items that are due ---- */

typedef struct scan {
    refresher *of;
    int64_t now;
    bool host_down;
    /* What nobody has to ask for, because everybody needs it: see wanted_besides(). */
    bool signed_item, root_crl;
    bool tcb_info[ASSAY_TEE_TDX + 1], numbers[ASSAY_TEE_TDX + 1];
} scan;

static void renew(scan *sc, const char *key, const item_name *name, int64_t again)
{
    arena memory = { NULL };
    assay_error why = { .status = ASSAY_OK };
    bool changed = false;
    unsigned retry_after = 0;
    const assay_status status =
        item_refresh(sc->of->service, name, &memory, sc->now, &changed, &retry_after, &why);
    if (status != ASSAY_OK)
        negative_add(sc->of->not_before, key, 1, sc->now + again + retry_after);
    sc->host_down = status != ASSAY_OK && refresh_host_down(&why);
    arena_free(&memory);
}

static assay_status scan_each(void *context, const store_item *item, const item_name *name,
                              assay_error *err)
{
    scan *sc = context;
    (void)err;
    const service *s = sc->of->service;
    sc->signed_item |= name->kind <= ITEM_EVALUATION_NUMBERS;
    sc->root_crl |= name->kind == ITEM_ROOT_CRL;
    sc->tcb_info[name->tee] |= name->kind == ITEM_TCB_INFO;
    sc->numbers[name->tee] |= name->kind == ITEM_EVALUATION_NUMBERS;
    if (!sc->host_down && !jobs_stopping(s->jobs) && refresh_due(&s->config, item, name, sc->now) &&
        negative_find(sc->of->not_before, item->key, sc->now) == 0)
        renew(sc, item->key, name, RETRY_SECONDS);
    return ASSAY_OK;
}

static void want(scan *sc, const item_name *name)
{
    char key[ITEM_KEY_SIZE];
    item_key(name, key);
    if (!sc->host_down && !jobs_stopping(sc->of->service->jobs) &&
        negative_find(sc->of->not_before, key, sc->now) == 0)
        renew(sc, key, name, ABSENT_SECONDS);
}

/* The root CRL says which signers are revoked; the list of numbers says early that a new one comes
 * (7.7). Not every upstream has them. */
static void wanted_besides(scan *sc)
{
    if (sc->signed_item && !sc->root_crl)
        want(sc, &(item_name) { .kind = ITEM_ROOT_CRL });
    for (assay_tee tee = ASSAY_TEE_SGX; tee <= ASSAY_TEE_TDX; tee++)
        if (sc->tcb_info[tee] && !sc->numbers[tee])
            want(sc, &(item_name) { .kind = ITEM_EVALUATION_NUMBERS, .tee = tee });
}

static void items_scan(refresher *r, int64_t now)
{
    scan sc = { .of = r, .now = now };
    assay_error err = { .status = ASSAY_OK };
    if (refresh_walk(r->service, scan_each, &sc, &err) != ASSAY_OK)
        log_failure(LEVEL_WARNING, "refresh.scan_failed", &err, NULL);
    else
        wanted_besides(&sc);
}

/* ---- Platforms, one at a time ---- */

/* So far apart that all of them take the whole time. */
static int64_t pause_between(uint64_t platforms)
{
    if (platforms == 0)
        return SCAN_SECONDS;
    const int64_t pause = WALK_SECONDS / (int64_t)platforms;
    return pause > 0 ? pause : 1;
}

static void platform_next(refresher *r, int64_t now)
{
    arena memory = { NULL };
    store_platform *found = NULL;
    size_t count = 0;
    const char *next = NULL;
    bool changed;
    unsigned retry_after = 0;
    assay_error err = { .status = ASSAY_OK };
    const store_platform_filter filter = { .state = STORE_PLATFORM_REGISTERED,
                                           .limit = 1,
                                           .cursor = r->platforms.cursor[0] != '\0'
                                                         ? r->platforms.cursor
                                                         : NULL };
    assay_status status =
        store_platforms_list(r->service->store, &filter, &memory, &found, &count, &next, &err);
    if (status == ASSAY_OK && count == 1 && now - found[0].updated >= WALK_SECONDS)
        status =
            platform_refresh(r->service, &found[0], &memory, now, &changed, &retry_after, &err);
    if (status != ASSAY_OK)
        log_failure(LEVEL_WARNING, "platform.refresh_failed", &err, NULL);
    r->platforms.cursor[0] = '\0';
    strncat(r->platforms.cursor, next != NULL ? next : "", CURSOR_SIZE - 1);
    arena_free(&memory);
}

static void platforms_step(refresher *r, int64_t now)
{
    uint64_t count = 0;
    if (now < r->platforms.next)
        return;
    if (store_platform_count(r->service->store, STORE_PLATFORM_REGISTERED, &count, NULL) !=
        ASSAY_OK)
        count = 0;
    r->platforms.next = now + pause_between(count);
    if (count > 0)
        platform_next(r, now);
}

/* ---- The thread ---- */

static void tick(void *context)
{
    refresher *r = context;
    const int64_t now = service_now(r->service);
    bool held = false;
    if (now < r->next_scan && now < r->platforms.next)
        return;
    if (store_lease(r->service->store, "refresher", r->service->replica, now, LEASE_SECONDS, &held,
                    NULL) != ASSAY_OK ||
        !held)
        return;
    if (now >= r->next_scan) {
        /* Replicas and restarts must not all look in the same second. */
        r->next_scan = now + SCAN_SECONDS + (int64_t)(hash_seed() % (SCAN_SECONDS / 4));
        items_scan(r, now);
        platform_queue_step(r->service, &r->queue, now);
    }
    platforms_step(r, now);
}

assay_status refresher_new(service *s, refresher **out, assay_error *err)
{
    refresher *r = memory_new(sizeof(*r));
    if (r == NULL)
        return fail(err, ASSAY_NO_MEMORY, "refresher", ASSAY_NO_OFFSET, "no memory");
    r->service = s;
    pthread_mutex_init(&r->lock, NULL);
    r->not_before = negative_new(RETRY_KEYS_MAX);
    assay_status status = r->not_before != NULL ? watch_new(s, &r->watch, err)
                                                : fail(err, ASSAY_NO_MEMORY, "refresher",
                                                       ASSAY_NO_OFFSET, "no memory");
    *out = r; /* from here on service_stop() frees it: the threads use it */
    if (status == ASSAY_OK && s->config.upstream.mode != FILL_OFFLINE)
        status = jobs_every(s->jobs, "assayd-refresh", TICK_MS, tick, r, err);
    return status;
}

void refresher_free(refresher *r)
{
    if (r == NULL)
        return;
    watch_free(r->watch);
    negative_free(r->not_before);
    pthread_mutex_destroy(&r->lock);
    memory_free(r);
}

/* ---- In the background, when somebody asks ---- */

static void begin(refresher *r, int64_t now)
{
    r->progress = (refresh_progress) { .running = true, .started = now };
}

static void publish(refresher *r, const refresh_progress *so_far)
{
    pthread_mutex_lock(&r->lock);
    r->progress = *so_far;
    pthread_mutex_unlock(&r->lock);
}

static void run_asked(void *context)
{
    refresher *r = context;
    assay_error err = { .status = ASSAY_OK };
    refresh_progress mine;
    refresh_status(r, &mine);
    const assay_status status =
        r->of_certificates ? refresh_certificates(r->service, r->fmspc, mine.started, &mine, &err)
                           : refresh_items(r->service, mine.started, &mine, &err);
    mine.running = false;
    mine.ended = service_now(r->service);
    if (status != ASSAY_OK && mine.last_error[0] == '\0')
        snprintf(mine.last_error, sizeof(mine.last_error), "%.159s", err.detail);
    publish(r, &mine);
}

assay_status refresh_start(refresher *r, const uint8_t *certificates_of, assay_error *err)
{
    pthread_mutex_lock(&r->lock);
    const bool busy = r->progress.running;
    if (!busy) {
        begin(r, service_now(r->service));
        r->of_certificates = certificates_of != NULL;
        if (certificates_of != NULL)
            memcpy(r->fmspc, certificates_of, sizeof(r->fmspc));
    }
    pthread_mutex_unlock(&r->lock);
    if (busy)
        return fail_named(err, ASSAY_MISMATCH, "refresh_running", NULL, "refresh",
                          "a refresh is under way already");
    if (jobs_submit(r->service->jobs, POOL_UPSTREAM, run_asked, r) == JOB_QUEUED)
        return ASSAY_OK;
    publish(r, &(refresh_progress) { .running = false });
    return fail_named(err, ASSAY_ENVIRONMENT, "busy", NULL, "refresh",
                      "too many requests wait for the vendor already");
}

void refresh_status(refresher *r, refresh_progress *out)
{
    pthread_mutex_lock(&r->lock);
    *out = r->progress;
    pthread_mutex_unlock(&r->lock);
}
