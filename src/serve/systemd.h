/* systemd.h: what a service and systemd say to each other: sockets, readiness, the watchdog.
 * sd_listen_fds(3), sd_notify(3). Without systemd nothing here does anything. */
#ifndef ASSAY_SERVE_SYSTEMD_H
#define ASSAY_SERVE_SYSTEMD_H

#include "serve/config.h"

/* Puts sockets that systemd opened ("fd:3") in the place of configured addresses: those whose
 * FileDescriptorName is "admin" into `admin`, others into `listen`; without names the first is of
 * `listen`, the second of `admin`. Then takes the variables out of the environment. */
assay_status systemd_sockets(serve_config *config, assay_error *err);

/* "READY=1"; lost when nobody listens. */
void systemd_notify(const char *state);

/* Milliseconds between two signs of life that the watchdog wants; 0: there is none. */
unsigned systemd_watchdog_ms(void);

#endif
