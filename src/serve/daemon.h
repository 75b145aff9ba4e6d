/* daemon.h: the service as a process: start, signals, end. */
#ifndef ASSAY_SERVE_DAEMON_H
#define ASSAY_SERVE_DAEMON_H

#include "serve/sandbox.h"
#include "serve/service.h"

typedef struct daemon_options {
    const char *config;     /* NULL: none */
    const char *user;       /* whom root becomes; NULL */
    const char *ready_file; /* written when it listens: "main URL" and "admin URL"; NULL */
    sandbox_root root;
    sandbox_mode sandbox;
} daemon_options;

/* Runs until SIGTERM or SIGINT. OK after an orderly end. */
assay_status daemon_run(const daemon_options *options, assay_error *err);

#endif
