/* service.c: the parts of a service, started in the order in which they need each other, and ended
 * the other way round. */
#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "serve/access.h"
#include "serve/answers.h"
#include "serve/baseline.h"
#include "serve/dispatch.h"
#include "serve/item_gate.h"
#include "serve/jobs.h"
#include "serve/log.h"
#include "serve/metrics.h"
#include "serve/refresh.h"
#include "serve/upstream.h"
#include "wire/pem.h"

enum { ROOT_FILE_MAX = 64 * 1024, STORE_QUEUE = 16384, UPSTREAM_QUEUE = 1024 };

int64_t service_now(const service *s)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec + s->config.clock_offset;
}

/* ---- Roots beside the vendors' own ---- */

static assay_status root_file_read(const char *path, uint8_t *out, assay_span *text,
                                   assay_error *err)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return fail(err, ASSAY_ENVIRONMENT, "upstream", ASSAY_NO_OFFSET,
                    "can't read the root in %.120s: %s", path, strerror(errno));
    const size_t size = fread(out, 1, ROOT_FILE_MAX, file);
    fclose(file);
    *text = span_of(out, size);
    return ASSAY_OK;
}

typedef assay_status (*root_add)(service *s, assay_span certificate, assay_error *err);

static assay_status sgx_root_add(service *s, assay_span certificate, assay_error *err)
{
    return assay_roots_add(&s->roots, certificate, err);
}

static assay_status amd_root_add(service *s, assay_span certificate, assay_error *err)
{
    return amd_roots_add(&s->amd_roots, certificate, err);
}

/* One certificate in DER or a public key; or several certificates in PEM. */
static assay_status roots_add(service *s, assay_span text, root_add add, assay_error *err)
{
    pem_blocks blocks;
    uint8_t *der = memory_new(text.size + 1);
    if (der == NULL)
        return fail(err, ASSAY_NO_MEMORY, "upstream", ASSAY_NO_OFFSET, "no memory");
    assay_status status = pem_decode(text, "CERTIFICATE", der, text.size, &blocks, NULL);
    if (status != ASSAY_OK)
        status = add(s, text, err);
    else
        for (size_t i = 0; i < blocks.count && status == ASSAY_OK; i++)
            status = add(s, blocks.der[i], err);
    memory_free(der);
    return status;
}

static assay_status root_file_load(service *s, const char *path, root_add add, assay_error *err)
{
    assay_span text = { NULL, 0 };
    if (path[0] == '\0')
        return ASSAY_OK;
    uint8_t *buffer = memory_new(ROOT_FILE_MAX);
    if (buffer == NULL)
        return fail(err, ASSAY_NO_MEMORY, "upstream", ASSAY_NO_OFFSET, "no memory");
    assay_status status = root_file_read(path, buffer, &text, err);
    if (status == ASSAY_OK)
        status = roots_add(s, text, add, err);
    memory_free(buffer);
    return status;
}

static assay_status roots_load(service *s, assay_error *err)
{
    TRY(root_file_load(s, s->config.upstream.sgx_root_file, sgx_root_add, err));
    return root_file_load(s, s->config.upstream.amd_root_file, amd_root_add, err);
}

/* ---- Parts ---- */

static assay_status needed(const void *part, const char *name, assay_error *err)
{
    if (part != NULL)
        return ASSAY_OK;
    return fail(err, ASSAY_NO_MEMORY, name, ASSAY_NO_OFFSET, "no memory");
}

static assay_status store_start(service *s, assay_error *err)
{
    char url[CONFIG_URL_SIZE];
    config_store_url(&s->config, url);
    const store_settings settings = { .url = url,
                                      .connections = s->config.store.connections,
                                      .platform_max = s->config.store.platform_max,
                                      .item_max = s->config.store.item_max };
    return store_open(&settings, service_now(s), &s->store, err);
}

static assay_status memory_start(service *s, assay_error *err)
{
    s->metrics = metrics_new();
    s->answers = answers_new(s->config.cache.memory);
    s->gates = item_gates_new();
    TRY(needed(s->metrics, "metrics", err));
    TRY(needed(s->answers, "answers", err));
    return needed(s->gates, "items", err);
}

static assay_status jobs_start(service *s, assay_error *err)
{
    const job_settings settings = {
        .workers = { [POOL_STORE] = s->config.server.workers,
                     [POOL_UPSTREAM] = s->config.server.upstream_workers },
        .queue_max = { [POOL_STORE] = STORE_QUEUE, [POOL_UPSTREAM] = UPSTREAM_QUEUE },
    };
    return jobs_new(&settings, &s->jobs, err);
}

static void replica_name(char out[64])
{
    char host[48] = "";
    if (gethostname(host, sizeof(host) - 1) != 0)
        host[0] = '\0';
    snprintf(out, 64, "%s:%ld", host, (long)getpid());
}

static assay_status parts_start(service *s, assay_error *err)
{
    TRY(roots_load(s, err));
    TRY(memory_start(s, err));
    TRY(store_start(s, err));
    TRY(baselines_new(s->store, s->config.cache.baseline, &s->baselines, err));
    TRY(access_new(&s->config, s->store, &s->access, err));
    TRY(upstream_new(&s->config, s->metrics, &s->upstream, err));
    TRY(jobs_start(s, err));
    TRY(dispatcher_new(s, &s->dispatcher, err));
    return refresher_new(s, &s->refresher, err);
}

assay_status service_start(const serve_config *config, service **out, assay_error *err)
{
    service *s = memory_new(sizeof(*s));
    if (s == NULL)
        return fail(err, ASSAY_NO_MEMORY, "service", ASSAY_NO_OFFSET, "no memory");
    s->config = *config;
    replica_name(s->replica);
    const assay_status status = parts_start(s, err);
    if (status != ASSAY_OK) {
        service_stop(s);
        return status;
    }
    *out = s;
    return ASSAY_OK;
}

void service_quiesce(service *s)
{
    if (s == NULL)
        return;
    if (s->store != NULL)
        store_wake(s->store);
    if (s->upstream != NULL)
        upstream_cancel(s->upstream);
    if (s->jobs != NULL)
        jobs_stop(s->jobs);
    if (s->dispatcher != NULL)
        dispatcher_flush(s->dispatcher);
}

void service_stop(service *s)
{
    if (s == NULL)
        return;
    service_quiesce(s);
    refresher_free(s->refresher);
    dispatcher_free(s->dispatcher);
    jobs_free(s->jobs);
    upstream_free(s->upstream);
    access_free(s->access);
    baselines_free(s->baselines);
    store_close(s->store);
    item_gates_free(s->gates);
    answers_free(s->answers);
    metrics_free(s->metrics);
    memory_free(s);
}
