/* pcs_delivery.c: sends a reply as its faults want it. */
#include "sim/pcs_delivery.h"

#include <time.h>

#include "base/memory.h"

enum { PIECE_SIZE = 64, BLOCK_SIZE = 16384, MS_PER_SECOND = 1000, NS_PER_MS = 1000000 };

void pcs_pauses_init(pcs_pauses *pauses)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&pauses->lock, NULL);
    pthread_cond_init(&pauses->over, &attributes);
    pthread_condattr_destroy(&attributes);
    pauses->ended = false;
}

void pcs_pauses_end(pcs_pauses *pauses)
{
    pthread_mutex_lock(&pauses->lock);
    pauses->ended = true;
    pthread_cond_broadcast(&pauses->over);
    pthread_mutex_unlock(&pauses->lock);
}

void pcs_pauses_free(pcs_pauses *pauses)
{
    pthread_cond_destroy(&pauses->over);
    pthread_mutex_destroy(&pauses->lock);
}

/* False: the server stops. */
static bool pause_for(pcs_pauses *pauses, uint64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    uint64_t nanoseconds = (uint64_t)until.tv_nsec + ms % MS_PER_SECOND * NS_PER_MS;
    until.tv_sec += (time_t)(ms / MS_PER_SECOND + nanoseconds / (MS_PER_SECOND * NS_PER_MS));
    until.tv_nsec = (long)(nanoseconds % (MS_PER_SECOND * NS_PER_MS));
    pthread_mutex_lock(&pauses->lock);
    while (!pauses->ended && pthread_cond_timedwait(&pauses->over, &pauses->lock, &until) == 0) {
    }
    bool ended = pauses->ended;
    pthread_mutex_unlock(&pauses->lock);
    return !ended;
}

/* A body that is sent piece by piece. */
typedef struct stream {
    sim_bytes body;
    uint64_t size; /* how much of it, or of spaces, is sent */
    uint64_t drip_ms;
    bool truncated;
    pcs_pauses *pauses;
} stream;

static ssize_t stream_read(void *context, uint64_t at, char *out, size_t capacity)
{
    stream *s = context;
    if (at >= s->size)
        return s->truncated ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
    if (s->drip_ms > 0 && at > 0 && !pause_for(s->pauses, s->drip_ms))
        return MHD_CONTENT_READER_END_WITH_ERROR;
    uint64_t left = s->size - at, piece = s->drip_ms > 0 ? PIECE_SIZE : BLOCK_SIZE;
    size_t size = (size_t)(left < piece ? left : piece);
    size = size < capacity ? size : capacity;
    if (s->body.size >= at + size)
        memcpy(out, s->body.data + at, size);
    else
        memset(out, ' ', size);
    return (ssize_t)size;
}

static void stream_free(void *context)
{
    stream *s = context;
    bytes_free(&s->body);
    memory_free(s);
}

/* Takes the reply's body; NULL: no memory. */
static struct MHD_Response *respond_by_stream(pcs_pauses *pauses, pcs_reply *reply,
                                              const pcs_delivery *delivery)
{
    stream *s = memory_new(sizeof(*s));
    if (s == NULL)
        return NULL;
    uint64_t size = delivery->flood > 0 ? delivery->flood : reply->body.size;
    *s = (stream) { .size = delivery->truncated ? size / 2 : size,
                    .drip_ms = delivery->drip_ms,
                    .truncated = delivery->truncated,
                    .pauses = pauses };
    if (delivery->flood == 0) {
        s->body = reply->body;
        reply->body = (sim_bytes) { 0 };
    }
    struct MHD_Response *response =
        MHD_create_response_from_callback(size, BLOCK_SIZE, stream_read, s, stream_free);
    if (response == NULL)
        stream_free(s);
    return response;
}

static struct MHD_Response *respond(pcs_pauses *pauses, pcs_reply *reply,
                                    const pcs_delivery *delivery)
{
    if (delivery->drip_ms > 0 || delivery->truncated || delivery->flood > 0)
        return respond_by_stream(pauses, reply, delivery);
    return MHD_create_response_from_buffer(reply->body.size, reply->body.data,
                                           MHD_RESPMEM_MUST_COPY);
}

bool pcs_deliver(struct MHD_Connection *connection, pcs_pauses *pauses, pcs_reply *reply,
                 const pcs_delivery *delivery)
{
    bool waited = delivery->wait_ms == 0 || pause_for(pauses, delivery->wait_ms);
    struct MHD_Response *response =
        waited && !delivery->disconnected ? respond(pauses, reply, delivery) : NULL;
    bool queued = false;
    if (response != NULL) {
        MHD_add_response_header(response, "Assay-Simulated", "true");
        if (reply->type != NULL)
            MHD_add_response_header(response, "Content-Type", reply->type);
        for (size_t i = 0; i < reply->header_count; i++)
            MHD_add_response_header(response, reply->headers[i].name,
                                    (const char *)reply->headers[i].value.data);
        queued = MHD_queue_response(connection, reply->status, response) == MHD_YES;
        MHD_destroy_response(response);
    }
    pcs_reply_free(reply);
    return queued;
}
