/* flight.h: the requests that wait for one key, by key. What jobs.h offers as flight_join() and
 * flight_land(). */
#ifndef ASSAY_SERVE_FLIGHT_H
#define ASSAY_SERVE_FLIGHT_H

#include "serve/jobs.h"

typedef struct flights flights;

flights *flights_new(void);
void flights_free(flights *all); /* no one waits any more */

flight_role flights_join(flights *all, const char *key, flight_waiter *waiter);
flight_waiter *flights_land(flights *all, const char *key);
uint64_t flights_coalesced(flights *all);

#endif
