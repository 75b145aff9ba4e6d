/* pcs_server.h: the simulated vendor on a socket: HTTP, and HTTPS when it has a certificate. */
#ifndef ASSAY_SIM_PCS_SERVER_H
#define ASSAY_SIM_PCS_SERVER_H

#include "sim/pcs_service.h"

enum { PCS_URL_SIZE = 96, PCS_CONNECTION_MAX = 4096 };

typedef enum pcs_controls { PCS_CONTROLS_OFF, PCS_CONTROLS_ON } pcs_controls;

typedef struct pcs_server_settings {
    const char *listen;         /* "127.0.0.1:0": numeric; port 0: any */
    assay_span tls_certificate; /* PEM with a NUL behind; empty: plain HTTP */
    assay_span tls_key;
    pcs_controls controls; /* whether /control/... is served */
} pcs_server_settings;

typedef struct pcs_server pcs_server;

/* Serves in threads of its own until pcs_server_stop(). Writes the URL with the real port. USAGE
 * (address), ENVIRONMENT (port taken, certificate not usable), NO_MEMORY. */
assay_status pcs_server_start(const pcs_server_settings *settings, pcs_service *service,
                              pcs_server **out, char url[PCS_URL_SIZE], assay_error *err);

/* Ends waiting replies too; NULL is fine. */
void pcs_server_stop(pcs_server *server);

#endif
