/* life.h: proves that the service answers, before the watchdog is told so. */
#ifndef ASSAY_SERVE_LIFE_H
#define ASSAY_SERVE_LIFE_H

#include <stdatomic.h>

#include "http/server.h"
#include "serve/listen.h"
#include "serve/service.h"

/* Zeroed is ready; lives as long as the service. */
typedef struct life {
    atomic_uint_fast64_t asked, answered; /* of the workers */
} life;

/* A loop takes a connection at this address, and a worker runs a job, both within `milliseconds`.
 */
bool life_check(life *l, service *s, http_server *server, const listen_address *address,
                unsigned milliseconds);

#endif
