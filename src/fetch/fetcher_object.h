/* fetcher_object.h: the inside of assay_fetcher, for the files that use one. */
#ifndef ASSAY_FETCH_FETCHER_OBJECT_H
#define ASSAY_FETCH_FETCHER_OBJECT_H

#include <pthread.h>

#include "assay/fetch.h"
#include "fetch/transfer.h"

struct assay_fetcher {
    assay_fetch_config config;
    transfer *line;
    pthread_mutex_t turn;
};

#endif
