/* log.h: one structured line for each thing that happened, on standard error (the journal's
 * severities as "<4>" when it listens there). Never a token, a PPID or a manifest. */
#ifndef ASSAY_SERVE_LOG_H
#define ASSAY_SERVE_LOG_H

#include "serve/config.h"

typedef enum log_level {
    LEVEL_ERROR = 3,
    LEVEL_WARNING = 4,
    LEVEL_NOTICE = 5,
    LEVEL_INFO = 6
} log_level;

/* Set once before threads start. */
void log_form_set(log_form form);

/* `event` is a word ("ingest.refused"); then pairs of key and value, ended by NULL:
 * log_event(LEVEL_WARNING, "ingest.refused", "item", key, "why", err.detail, NULL). Values are
 * escaped. */
void log_event(log_level level, const char *event, ...) __attribute__((__sentinel__));
void log_failure(log_level level, const char *event, const assay_error *err, ...)
    __attribute__((__sentinel__));

#endif
