/* collateral_source.c: the collateral for each quote. */
#include "collateral_source.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "assay/evidence.h"
#include "collateral_input.h"
#include "failure.h"
#include "fetching.h"

enum { REMEMBERED_MAX = 64 };

/* What came of one order: failures too, so that a thousand quotes do not wait a thousand times. */
typedef struct remembered {
    assay_collateral_order order;
    assay_status status;
    assay_collateral *collateral;
    assay_error error;
} remembered;

struct collateral_source {
    assay_collateral *at_hand; /* NULL: fetched */
    assay_roots roots;
    assay_span pck_chain;
    fetching fetching;
    pthread_mutex_t lock;
    remembered known[REMEMBERED_MAX];
    size_t known_count;
};

static assay_status fill(const arguments *given, collateral_source *s, assay_error *error)
{
    const char *option = fetching_option_given(given);
    if (!collateral_input_given(given))
        return fetching_begin(given, &s->fetching, error);
    if (option != NULL)
        return failed(error, ASSAY_USAGE, "collateral",
                      "the collateral is at hand (--collateral): %s has nothing to do", option);
    return collateral_input_read(given, &s->roots, &s->at_hand, error);
}

assay_status collateral_source_new(const arguments *given, const assay_roots *roots,
                                   assay_span pck_chain, collateral_source **out,
                                   assay_error *error)
{
    collateral_source *s = calloc(1, sizeof(*s));
    if (s == NULL)
        return failed(error, ASSAY_NO_MEMORY, "collateral", "no memory");
    s->roots = *roots;
    s->pck_chain = pck_chain;
    (void)pthread_mutex_init(&s->lock, NULL);
    assay_status status = fill(given, s, error);
    if (status != ASSAY_OK)
        collateral_source_free(s);
    else
        *out = s;
    return status;
}

void collateral_source_free(collateral_source *source)
{
    if (source == NULL)
        return;
    for (size_t i = 0; i < source->known_count; i++)
        assay_collateral_unref(source->known[i].collateral);
    assay_collateral_unref(source->at_hand);
    fetching_free(&source->fetching);
    (void)pthread_mutex_destroy(&source->lock);
    free(source);
}

static assay_status order_of(const collateral_source *s, assay_span quote,
                             assay_collateral_order *out, assay_error *error)
{
    const fetch_library *library = &s->fetching.library;
    assay_quote parsed;
    if (s->pck_chain.size == 0)
        return library->order_of_quote(quote, out, error);
    TRY(assay_quote_parse(quote, &parsed, error));
    return library->order_of_chain(s->pck_chain, parsed.tee, out, error);
}

static bool same_order(const assay_collateral_order *a, const assay_collateral_order *b)
{
    return a->tee == b->tee && a->ca == b->ca && memcmp(a->fmspc, b->fmspc, sizeof(a->fmspc)) == 0;
}

/* The row of this order, filled; the last one is used again when the table is full. */
static const remembered *remember(collateral_source *s, const assay_collateral_order *order)
{
    for (size_t i = 0; i < s->known_count; i++) {
        if (same_order(&s->known[i].order, order))
            return &s->known[i];
    }
    if (s->known_count < REMEMBERED_MAX)
        s->known_count++;
    remembered *row = &s->known[s->known_count - 1];
    assay_collateral_unref(row->collateral);
    *row = (remembered) { .order = *order, .error.offset = ASSAY_NO_OFFSET };
    row->status = s->fetching.library.fetch_collateral(s->fetching.fetcher, order, &s->roots, NULL,
                                                       NULL, &row->collateral, &row->error);
    return row;
}

assay_status collateral_source_get(collateral_source *source, assay_span quote,
                                   assay_collateral **out, assay_error *error)
{
    assay_collateral_order order;
    if (source->at_hand != NULL) {
        *out = assay_collateral_ref(source->at_hand);
        return ASSAY_OK;
    }
    TRY(order_of(source, quote, &order, error));
    (void)pthread_mutex_lock(&source->lock);
    const remembered *row = remember(source, &order);
    const assay_status status = row->status;
    if (status == ASSAY_OK)
        *out = assay_collateral_ref(row->collateral);
    else
        *error = row->error;
    (void)pthread_mutex_unlock(&source->lock);
    return status;
}
