/* watch.c: drops answers, and reads baselines and tokens again, when the store says that they are
 * old. collateral-service.md 7.11. */
#include "serve/watch.h"
#include "serve/access.h"
#include "serve/answers.h"
#include "serve/baseline.h"
#include "serve/jobs.h"
#include "serve/log.h"
#include "serve/upstream.h"

enum { REST_MS = 50, WAIT_MS = 1000, BATCH = 1000 };

struct watch {
    service *service;
    uint64_t seen; /* version of the store */
    bool failing;  /* said once */
};

/* ---- What a change means ---- */

static void item_changed(service *s, const char *key)
{
    answers_drop(s->answers, answers_tag(key));
    upstream_forget(s->upstream, key);
}

static void platform_changed(service *s, const char *name)
{
    char tag[sizeof("platform/") + 2 * STORE_QE_ID_MAX + 16] = "platform/";
    strncat(tag, name, sizeof(tag) - sizeof("platform/"));
    answers_drop(s->answers, answers_tag(tag));
}

static void baselines_changed(service *s)
{
    assay_error err = { .status = ASSAY_OK };
    if (baselines_reload(s->baselines, s->store, &err) != ASSAY_OK)
        log_failure(LEVEL_ERROR, "baselines.reload_failed", &err, NULL);
    answers_clear(s->answers);
}

static void tokens_changed(service *s)
{
    assay_error err = { .status = ASSAY_OK };
    if (access_reload(s->access, s->store, &err) != ASSAY_OK)
        log_failure(LEVEL_ERROR, "tokens.reload_failed", &err, NULL);
}

static bool begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static void record_changed(service *s, const char *name)
{
    if (begins(name, "baseline/") || strcmp(name, "setting/" BASELINE_DEFAULT_RECORD) == 0)
        baselines_changed(s);
    else if (begins(name, "token/"))
        tokens_changed(s);
    answers_drop(s->answers, answers_tag(name)); /* "policy/..." */
}

static void everything_changed(service *s, const char *unused)
{
    (void)unused;
    baselines_changed(s);
    tokens_changed(s);
    upstream_forget(s->upstream, NULL);
}

static const struct {
    const char *prefix;
    void (*changed)(service *s, const char *rest);
} kinds[] = {
    { "item:", item_changed },
    { "platform:", platform_changed },
    { "record:", record_changed },
    { "*", everything_changed },
};

static void apply(service *s, const char *change)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (begins(change, kinds[i].prefix))
            kinds[i].changed(s, change + strlen(kinds[i].prefix));
}

/* ---- The thread ---- */

static assay_status catch_up(watch *w, assay_error *err)
{
    for (;;) {
        arena memory = { NULL };
        const char **changes = NULL;
        size_t count = 0;
        uint64_t newest = w->seen;
        const assay_status status = store_changes(w->service->store, w->seen, BATCH, &memory,
                                                  &changes, &count, &newest, err);
        for (size_t i = 0; status == ASSAY_OK && i < count; i++)
            apply(w->service, changes[i]);
        arena_free(&memory);
        TRY(status);
        const bool more = newest > w->seen && count == BATCH;
        w->seen = newest;
        if (!more)
            return ASSAY_OK;
    }
}

static void look(void *context)
{
    watch *w = context;
    assay_error err = { .status = ASSAY_OK };
    bool changed = false;
    assay_status status = store_wait(w->service->store, w->seen, WAIT_MS, &changed, &err);
    if (status == ASSAY_OK && changed)
        status = catch_up(w, &err);
    if (status != ASSAY_OK && !w->failing && !jobs_stopping(w->service->jobs))
        log_failure(LEVEL_WARNING, "watch.failed", &err, NULL);
    w->failing = status != ASSAY_OK;
}

assay_status watch_new(service *s, watch **out, assay_error *err)
{
    watch *w = memory_new(sizeof(*w));
    if (w == NULL)
        return fail(err, ASSAY_NO_MEMORY, "watch", ASSAY_NO_OFFSET, "no memory");
    w->service = s;
    assay_status status = store_version(s->store, &w->seen, err);
    if (status == ASSAY_OK)
        status = jobs_every(s->jobs, "assayd-watch", REST_MS, look, w, err);
    if (status != ASSAY_OK) {
        memory_free(w);
        return status;
    }
    *out = w;
    return ASSAY_OK;
}

void watch_free(watch *w)
{
    memory_free(w);
}
