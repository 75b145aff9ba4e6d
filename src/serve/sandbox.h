/* sandbox.h: what the service gives up, so that a fault in it is worth less. */
#ifndef ASSAY_SERVE_SANDBOX_H
#define ASSAY_SERVE_SANDBOX_H

#include "base/span.h"

typedef enum sandbox_mode {
    SANDBOX_ON,
    SANDBOX_LOG, /* system calls outside the list are let through and logged by the kernel */
    SANDBOX_OFF
} sandbox_mode;

/* Before threads start: umask 077, as many descriptors as the system allows, no core dumps, no
 * SIGPIPE. */
void sandbox_prepare(void);

typedef enum sandbox_root { ROOT_REFUSED, ROOT_ALLOWED } sandbox_root;

typedef enum sandbox_ports { PORTS_ORDINARY, PORTS_PRIVILEGED } sandbox_ports;

/* Before threads start. Root becomes `user`, or is refused unless allowed; every capability goes,
 * but that for binding privileged ports where one is wanted. USAGE for root without either,
 * ENVIRONMENT. */
assay_status sandbox_identity(const char *user, sandbox_root root, sandbox_ports ports,
                              assay_error *err);

/* When everything is open: no new privileges, and only the system calls of a list, for all threads.
 * What is outside of it fails with EPERM. *active false: this build or kernel has no filter.
 * ENVIRONMENT. */
assay_status sandbox_enter(sandbox_mode mode, bool *active, assay_error *err);

#endif
