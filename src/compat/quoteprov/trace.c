/* trace.c: messages for the callbacks that programs set, Intel's and Azure's.
 * collateral-service.md 5, 6. */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

#include "glue.h"

enum { MESSAGE_SIZE = 512 };

static const struct {
    sgx_ql_log_level_t intel;
    azure_log_level azure;
} levels[] = {
    [TRACE_ERROR] = { SGX_QL_LOG_ERROR, AZURE_LOG_ERROR },
    [TRACE_WARNING] = { SGX_QL_LOG_INFO, AZURE_LOG_WARNING },
    [TRACE_INFO] = { SGX_QL_LOG_INFO, AZURE_LOG_INFO },
};

typedef struct listeners {
    sgx_ql_logging_callback_t intel;
    sgx_ql_log_level_t limit;
    sgx_ql_logging_function_t azure;
} listeners;

static struct {
    pthread_mutex_t lock;
    listeners who;
} state = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Callbacks run outside the lock: they may call anything. */
static listeners listeners_now(void)
{
    pthread_mutex_lock(&state.lock);
    const listeners who = state.who;
    pthread_mutex_unlock(&state.lock);
    return who;
}

void trace(trace_level level, const char *format, ...)
{
    char message[MESSAGE_SIZE];
    const listeners who = listeners_now();
    va_list arguments;
    if (who.intel == NULL && who.azure == NULL)
        return;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    if (who.intel != NULL && levels[level].intel <= who.limit)
        who.intel(levels[level].intel, message);
    if (who.azure != NULL)
        who.azure(levels[level].azure, message);
}

EXPORTED quote3_error_t sgx_ql_set_logging_callback(sgx_ql_logging_callback_t callback,
                                                    sgx_ql_log_level_t level)
{
    /* Callers of the older form pass no second argument: what stands there is no level. */
    const bool is_level = (unsigned)level <= SGX_QL_LOG_TRACE;
    pthread_mutex_lock(&state.lock);
    state.who.intel = callback;
    state.who.limit = is_level ? level : SGX_QL_LOG_ERROR;
    pthread_mutex_unlock(&state.lock);
    return SGX_QL_SUCCESS;
}

EXPORTED sgx_plat_error_t sgx_ql_set_logging_function(sgx_ql_logging_function_t callback)
{
    pthread_mutex_lock(&state.lock);
    state.who.azure = callback;
    pthread_mutex_unlock(&state.lock);
    return SGX_PLAT_ERROR_OK;
}
