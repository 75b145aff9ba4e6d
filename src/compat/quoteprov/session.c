/* session.c: the connections and settings of the process, made at first need, and the calls about
 * the library as such. collateral-service.md 6, 8.
 *
 * The one state of this drop-in beside the callbacks. Calls hold a reference while they work, so a
 * cleanup never takes anything from under them. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "glue.h"

struct session {
    atomic_uint references;
    settings with;
    assay_fetcher *sgx, *tdx;
};

static struct {
    pthread_mutex_t lock;
    session *current; /* NULL: none yet, or cleaned up */
} state = { .lock = PTHREAD_MUTEX_INITIALIZER };

void session_drop(session **taken)
{
    session *s = *taken;
    if (s == NULL || atomic_fetch_sub_explicit(&s->references, 1, memory_order_acq_rel) != 1)
        return;
    assay_fetcher_free(s->sgx);
    assay_fetcher_free(s->tdx);
    free(s);
}

static quote3_error_t fetcher_make(const assay_fetch_config *config, assay_fetcher **out)
{
    assay_error error = { 0 };
    const assay_status status = assay_fetcher_new(config, out, &error);
    if (status == ASSAY_OK)
        return SGX_QL_SUCCESS;
    return failure_of("configuration", status, &error, SGX_QL_ERROR_UNEXPECTED);
}

static quote3_error_t session_fill(session *s)
{
    quote3_error_t code = settings_load(&s->with);
    if (code == SGX_QL_SUCCESS)
        code = fetcher_make(&s->with.sgx.fetch, &s->sgx);
    if (code == SGX_QL_SUCCESS)
        code = fetcher_make(&s->with.tdx.fetch, &s->tdx);
    return code;
}

static quote3_error_t session_new(session **out)
{
    session *s = calloc(1, sizeof(*s));
    if (s == NULL)
        return SGX_QL_ERROR_OUT_OF_MEMORY;
    atomic_init(&s->references, 1);
    const quote3_error_t code = session_fill(s);
    if (code != SGX_QL_SUCCESS) {
        session_drop(&s);
        return code;
    }
    *out = s;
    return SGX_QL_SUCCESS;
}

quote3_error_t session_take(session **out)
{
    quote3_error_t code = SGX_QL_SUCCESS;
    pthread_mutex_lock(&state.lock);
    if (state.current == NULL)
        code = session_new(&state.current);
    if (code == SGX_QL_SUCCESS) {
        atomic_fetch_add_explicit(&state.current->references, 1, memory_order_relaxed);
        *out = state.current;
    }
    pthread_mutex_unlock(&state.lock);
    return code;
}

assay_fetcher *session_fetcher(const session *taken, assay_tee tee)
{
    return tee == ASSAY_TEE_TDX ? taken->tdx : taken->sgx;
}

const tee_settings *session_settings(const session *taken, assay_tee tee)
{
    return tee == ASSAY_TEE_TDX ? &taken->with.tdx : &taken->with.sgx;
}

quote3_error_t session_fetch(const session *taken, const assay_fetch_request *request,
                             const char *what, quote3_error_t no_data, assay_fetched *out)
{
    assay_error error = { 0 };
    const assay_status status =
        assay_fetch(session_fetcher(taken, request->tee), request, out, &error);
    if (status != ASSAY_OK)
        return failure_of(what, status, &error, no_data);
    if (out->warning != NULL)
        trace(TRACE_WARNING, "%s: %s warns: %s", what, out->url, out->warning);
    trace(TRACE_INFO, "%s: %zu bytes from %s", what, out->size,
          out->from_cache ? "the cache" : out->url);
    return SGX_QL_SUCCESS;
}

assay_ca ca_of_word(const char *word)
{
    if (strcmp(word, "processor") == 0)
        return ASSAY_CA_PROCESSOR;
    return strcmp(word, "platform") == 0 ? ASSAY_CA_PLATFORM : ASSAY_CA_NONE;
}

/* ---- Exports ---- */

EXPORTED quote3_error_t sgx_qpl_global_init(void)
{
    AUTO_SESSION *taken = NULL;
    return session_take(&taken);
}

EXPORTED quote3_error_t sgx_qpl_global_cleanup(void)
{
    pthread_mutex_lock(&state.lock);
    session *current = state.current;
    state.current = NULL;
    pthread_mutex_unlock(&state.lock);
    session_drop(&current);
    return SGX_QL_SUCCESS;
}

EXPORTED quote3_error_t sgx_qpl_clear_cache(uint32_t cache_types)
{
    const uint32_t certificates = SGX_QPL_CACHE_CERTIFICATE | SGX_QPL_CACHE_MULTICERTS;
    const uint32_t collateral = SGX_QPL_CACHE_QV_COLLATERAL;
    AUTO_SESSION *taken = NULL;
    assay_error error = { 0 };
    if (cache_types == 0 || (cache_types & ~(certificates | collateral)) != 0)
        return SGX_QL_ERROR_INVALID_PARAMETER;
    const quote3_error_t code = session_take(&taken);
    if (code != SGX_QL_SUCCESS)
        return code;
    const unsigned which = ((cache_types & certificates) != 0 ? (unsigned)ASSAY_CACHE_PCK : 0) |
                           ((cache_types & collateral) != 0 ? (unsigned)ASSAY_CACHE_COLLATERAL : 0);
    assay_status status = assay_fetch_cache_clear(taken->sgx, which, &error);
    if (status == ASSAY_OK)
        status = assay_fetch_cache_clear(taken->tdx, which, &error);
    return status == ASSAY_OK ? SGX_QL_SUCCESS
                              : failure_of("cache", status, &error, SGX_QL_ERROR_UNEXPECTED);
}

static __attribute__((destructor)) void session_end(void)
{
    session_drop(&state.current);
    state.current = NULL;
}
