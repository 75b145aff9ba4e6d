/* init.h: `assayd init`: a configuration to begin with, keys and tokens included. */
#ifndef ASSAY_SERVE_INIT_H
#define ASSAY_SERVE_INIT_H

#include "http/self_signed.h"

typedef struct init_order {
    const char *folder;
    const char *user;                        /* may read the files, when root makes them; NULL */
    const char *names[SELF_SIGNED_NAME_MAX]; /* of the server, beside localhost and the host's */
    size_t name_count;
    int64_t now;
} init_order;

/* Writes assayd.conf, tls-certificate.pem and tls-key.pem and prints the tokens, once. Nothing is
 * overwritten: ENVIRONMENT when any of them is there. */
assay_status init_run(const init_order *order, assay_error *err);

#endif
