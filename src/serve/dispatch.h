/* dispatch.h: the loop's side of the service: what a request asks for, and whether it may.
 * service_handle() and service_refused() of service.h are here too. */
#ifndef ASSAY_SERVE_DISPATCH_H
#define ASSAY_SERVE_DISPATCH_H

#include "serve/service.h"

/* USAGE when two rows claim one path; MALFORMED for listeners. Starts the thread that says "no" to
 * those who tried a wrong token, when their time has come: needs s->jobs. */
assay_status dispatcher_new(service *s, dispatcher **out, assay_error *err);
/* Says it to all who still wait. */
void dispatcher_flush(dispatcher *d);
void dispatcher_free(dispatcher *d);

/* Whether administration is served on this listener. */
bool dispatcher_administers(const dispatcher *d, unsigned listener);

#endif
