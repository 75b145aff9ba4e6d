/* platform_queue.c: platforms that were registered while the vendor could not be asked.
 * collateral-service.md 1, 7.8. */
#include "serve/log.h"
#include "serve/platforms.h"

enum { STEP_MAX = 200, FIRST_SECONDS = 30, AGAIN_SECONDS = 3600 };

/* Once soon after it was queued, then seldom: most of those that still wait are unknown to the
 * vendor. */
static bool is_due(const store_platform *platform, int64_t now)
{
    const int64_t age = now - platform->updated;
    return age >= AGAIN_SECONDS ||
           (platform->updated == platform->registered && age >= FIRST_SECONDS);
}

/* It keeps its place in the queue, with the time of the last try. */
static void tried(service *s, const store_platform *platform, int64_t now)
{
    store_platform again = *platform;
    assay_error err = { .status = ASSAY_OK };
    again.updated = now;
    if (store_platform_put(s->store, &again, STORE_KEEP, NULL, 0, NULL, 0, NULL, &err) != ASSAY_OK)
        log_failure(LEVEL_WARNING, "platform.queue", &err, NULL);
}

/* False when the vendor is down: the others can wait. */
static bool ask_one(service *s, const store_platform *platform, int64_t now)
{
    arena memory = { NULL };
    assay_error err = { .status = ASSAY_OK };
    char tag[PLATFORM_TAG_SIZE];
    bool changed = false;
    unsigned wait = 0;
    const assay_status status = platform_refresh(s, platform, &memory, now, &changed, &wait, &err);
    const bool down = status != ASSAY_OK && platform_upstream_down(&err);
    arena_free(&memory);
    if (status == ASSAY_OK || down)
        return !down;
    platform_tag(platform->qe_id, platform->pce_id, tag);
    log_failure(LEVEL_WARNING, "platform.refused", &err, "platform", tag, NULL);
    tried(s, platform, now);
    return true;
}

static void cursor_set(platform_queue *queue, const char *next)
{
    queue->cursor[0] = '\0';
    if (next != NULL && strlen(next) < sizeof(queue->cursor))
        memcpy(queue->cursor, next, strlen(next) + 1);
}

void platform_queue_step(service *s, platform_queue *queue, int64_t now)
{
    arena memory = { NULL };
    store_platform *found = NULL;
    size_t count = 0, i = 0;
    const char *next = NULL;
    const store_platform_filter filter = { .state = STORE_PLATFORM_QUEUED,
                                           .cursor =
                                               queue->cursor[0] != '\0' ? queue->cursor : NULL,
                                           .limit = STEP_MAX };
    assay_error err = { .status = ASSAY_OK };
    if (store_platforms_list(s->store, &filter, &memory, &found, &count, &next, &err) != ASSAY_OK)
        log_failure(LEVEL_WARNING, "platform.queue", &err, NULL);
    while (i < count && (!is_due(&found[i], now) || ask_one(s, &found[i], now)))
        i++;
    if (i == count)
        cursor_set(queue, next);
    arena_free(&memory);
}
