/* pcs_delivery.h: sends a reply as its faults want it: late, slowly, cut or without end. */
#ifndef ASSAY_SIM_PCS_DELIVERY_H
#define ASSAY_SIM_PCS_DELIVERY_H

#include <microhttpd.h>

#include "sim/pcs_service.h"

/* Pauses that end at once when the server stops. */
typedef struct pcs_pauses {
    pthread_mutex_t lock;
    pthread_cond_t over;
    bool ended;
} pcs_pauses;

void pcs_pauses_init(pcs_pauses *pauses);
void pcs_pauses_end(pcs_pauses *pauses);
void pcs_pauses_free(pcs_pauses *pauses);

/* Queues the reply and takes what it holds. False: the connection is to be cut. */
bool pcs_deliver(struct MHD_Connection *connection, pcs_pauses *pauses, pcs_reply *reply,
                 const pcs_delivery *delivery);

#endif
