/* trace.c: messages for the program's callback; nothing is ever written to standard error.
 * verification.md 7.3, 7.4. */
#include <stdarg.h>
#include <stdio.h>

#include "glue.h"

enum { MESSAGE_SIZE = 512 };

/* The two variables of the ABI: weak, so that those of a program win. */
EXPORTED __attribute__((weak)) sgx_logging_callback_t sgx_trace_logger_callback = NULL;
EXPORTED __attribute__((weak)) se_trace_t sgx_trace_loglevel = SE_TRACE_NONE;

static void tell(se_trace_t level, const char *format, va_list arguments)
{
    const sgx_logging_callback_t callback = sgx_trace_logger_callback;
    char message[MESSAGE_SIZE];
    if (callback == NULL)
        return;
    vsnprintf(message, sizeof(message), format, arguments);
    callback((int)level, message);
}

void trace(se_trace_t level, const char *format, ...)
{
    va_list arguments;
    if (level > sgx_trace_loglevel)
        return;
    va_start(arguments, format);
    tell(level, format, arguments);
    va_end(arguments);
}

void trace_always(se_trace_t level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell(level, format, arguments);
    va_end(arguments);
}
