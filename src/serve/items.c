/* items.c: vendor items out of the store, out of the vendor, and into the store.
 * collateral-service.md 7.1 to 7.3. */
#include <stdio.h>

#include "collateral/issuer_chain.h"
#include "serve/access.h"
#include "serve/answers.h"
#include "serve/baseline.h"
#include "serve/item_gate.h"
#include "serve/item_rows.h"
#include "serve/item_warning.h"
#include "serve/log.h"
#include "serve/metrics.h"
#include "serve/pck_set.h"
#include "serve/respond.h"
#include "serve/upper_hex.h"
#include "serve/upstream.h"

/* What is proved but finds no room in the store. */
typedef enum no_room { NO_ROOM_FAILS, NO_ROOM_SERVES } no_room;

/* One question to the vendor. */
typedef struct asking {
    service *service;
    arena *memory;
    int64_t now;
    unsigned *retry_after;
    assay_error *err;
    no_room no_room;
} asking;

static bool is_stale(const store_item *item, int64_t now)
{
    return item->next_update != 0 && item->next_update <= now;
}

/* ---- Storing ---- */

static void forget_selections(service *s, const char *key)
{
    item_name name;
    assay_error err = { .status = ASSAY_OK };
    if (item_parse_key(key, &name, NULL) == ASSAY_OK &&
        store_selections_forget(s->store, name.fmspc, &err) != ASSAY_OK)
        log_failure(LEVEL_WARNING, "selections.kept", &err, "item", key, NULL);
}

static void stored_tell(service *s, const store_item *item)
{
    upstream_forget(s->upstream, item->key);
    answers_drop(s->answers, answers_tag(item->key));
    log_event(LEVEL_INFO, "item.stored", "item", item->key, "source",
              item->source != NULL ? item->source : "", NULL);
}

assay_status items_store(service *s, const store_item *items, size_t count, assay_error *err)
{
    /* Asked of the items that are there still. */
    bool *otherwise = memory_new(count + 1);
    if (otherwise == NULL)
        return fail(err, ASSAY_NO_MEMORY, "items", ASSAY_NO_OFFSET, "no memory");
    for (size_t i = 0; i < count; i++)
        otherwise[i] = pck_chosen_otherwise(s, &items[i]);
    const assay_status status = store_items_put(s->store, items, count, err);
    if (status != ASSAY_OK)
        metrics_count(s->metrics, "store_errors", 1);
    for (size_t i = 0; i < count && status == ASSAY_OK; i++) {
        if (otherwise[i])
            forget_selections(s, items[i].key);
        stored_tell(s, &items[i]);
    }
    memory_free(otherwise);
    return status;
}

/* The same bytes again: only the time at which the vendor confirmed them is new. */
static assay_status keep(const asking *a, const store_item *new, bool *changed)
{
    store_item old;
    bool found = false;
    TRY(store_item_get(a->service->store, new->key, a->memory, &old, &found, a->err));
    *changed = !found || !span_equal(old.body, new->body) || strcmp(old.chain, new->chain) != 0 ||
               old.next_update != new->next_update;
    if (*changed)
        return items_store(a->service, new, 1, a->err);
    TRY(store_item_touch(a->service->store, new->key, new->fetched, a->err));
    answers_drop(a->service->answers, answers_tag(new->key));
    return ASSAY_OK;
}

static bool lacks_room(const assay_error *error)
{
    static const char *const names[] = { "store_limit", "store_full", "store_read_only" };
    for (size_t i = 0; error->name != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(error->name, names[i]) == 0)
            return true;
    }
    return false;
}

/* A store that can take no more is no reason to refuse what the vendor has just signed. */
static assay_status keep_or_serve(const asking *a, const store_item *new, const char *warning,
                                  bool *changed)
{
    assay_status status = item_warning_keep(a->service, new->key, warning, a->now, a->err);
    if (status == ASSAY_OK)
        status = keep(a, new, changed);
    if (status == ASSAY_OK || a->no_room == NO_ROOM_FAILS || !lacks_room(a->err))
        return status;
    log_failure(LEVEL_ERROR, "item.not_stored", a->err, "item", new->key, NULL);
    *a->err = (assay_error) { .status = ASSAY_OK };
    *changed = false;
    return ASSAY_OK;
}

/* ---- Asking the vendor ---- */

static assay_status ask(const asking *a, const item_name *name, store_item *out, bool *changed);

static assay_status stored_or_asked(const asking *a, const item_name *name, store_item *out)
{
    char key[ITEM_KEY_SIZE];
    bool found = false, changed;
    item_key(name, key);
    TRY(store_item_get(a->service->store, key, a->memory, out, &found, a->err));
    if (found && !is_stale(out, a->now))
        return ASSAY_OK;
    return ask(a, name, out, &changed);
}

/* The root alone, PEM: the issuer chain of a root CRL. */
static assay_status root_of(const asking *a, const char *chain, const char **out)
{
    issuer_chain read;
    if (issuer_chain_read(SPAN_TEXT(chain), "chain", 0, a->memory, &read, NULL) != ASSAY_OK) {
        *out = chain; /* it is the root already */
        return ASSAY_OK;
    }
    *out = (const char *)pem_certificate(read.root.der, a->memory).data;
    if (*out == NULL)
        return fail(a->err, ASSAY_NO_MEMORY, "crl/root", ASSAY_NO_OFFSET, "no memory");
    return ASSAY_OK;
}

/* A root CRL comes without its issuer: any chain that we have proved ends in the root. */
static assay_status root_chain(const asking *a, const char **out)
{
    static const char *const keys[] = { "crl/pck/platform", "crl/pck/processor", "crl/root" };
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        store_item item;
        bool found = false;
        TRY(store_item_get(a->service->store, keys[i], a->memory, &item, &found, a->err));
        if (found && item.chain[0] != '\0')
            return root_of(a, item.chain, out);
    }
    store_item crl;
    TRY(stored_or_asked(a, &(item_name) { .kind = ITEM_PCK_CRL, .ca = PCK_CA_PLATFORM }, &crl));
    return root_of(a, crl.chain, out);
}

static assay_status amd_chain_text(const asking *a, const item_name *name, const char **out)
{
    const item_name wanted = item_amd_chain_of(name);
    store_item chain;
    TRY(stored_or_asked(a, &wanted, &chain));
    *out = arena_text(a->memory, chain.body);
    if (*out == NULL)
        return fail(a->err, ASSAY_NO_MEMORY, "amd_chain", ASSAY_NO_OFFSET, "no memory");
    return ASSAY_OK;
}

/* The chain of kinds whose replies bring none. NULL: the reply has it. */
static assay_status chain_beforehand(const asking *a, const item_name *name, const char **out)
{
    *out = NULL;
    if (name->kind == ITEM_ROOT_CRL)
        return root_chain(a, out);
    if (name->kind == ITEM_AMD_CRL || name->kind == ITEM_VCEK)
        return amd_chain_text(a, name, out);
    return ASSAY_OK;
}

static assay_status item_of(const asking *a, const char *chain, const assay_fetched *fetched,
                            store_item *out)
{
    if (chain == NULL)
        chain = fetched->issuer_chain != NULL ? fetched->issuer_chain : "";
    const char *url = fetched->url != NULL ? fetched->url : "";
    *out = (store_item) { .body = arena_copy(a->memory, span_of(fetched->body, fetched->size)),
                          .chain = arena_text(a->memory, SPAN_TEXT(chain)),
                          .source = arena_text(a->memory, SPAN_TEXT(url)),
                          .fetched = a->now };
    if (out->body.data == NULL || out->chain == NULL || out->source == NULL)
        return fail(a->err, ASSAY_NO_MEMORY, "item", ASSAY_NO_OFFSET, "no memory");
    return ASSAY_OK;
}

static assay_status ask_alone(const asking *a, const item_name *name, const char *key,
                              store_item *out, bool *changed)
{
    assay_fetch_request request;
    assay_fetched fetched = { .body = NULL };
    const char *chain = NULL;
    store_item item;
    TRY(chain_beforehand(a, name, &chain));
    item_request(name, &request);
    TRY(upstream_fetch(a->service->upstream, key, &request, a->now, &fetched, a->retry_after,
                       a->err));
    assay_status status = item_of(a, chain, &fetched, &item);
    if (status == ASSAY_OK)
        status = item_admit(a->service, name, &item, a->memory, a->now, a->err);
    if (status == ASSAY_OK)
        status = keep_or_serve(a, &item, fetched.warning, changed);
    assay_fetched_free(&fetched);
    TRY(status);
    *out = item;
    return ASSAY_OK;
}

static void announce(const asking *a, const item_name *name)
{
    assay_error err = { .status = ASSAY_OK };
    if (name->kind == ITEM_EVALUATION_NUMBERS &&
        baseline_announce(a->service, name->tee, a->now, &err) != ASSAY_OK)
        log_failure(LEVEL_WARNING, "baseline.announce", &err, NULL);
}

static assay_status ask(const asking *a, const item_name *name, store_item *out, bool *changed)
{
    char key[ITEM_KEY_SIZE];
    item_key(name, key);
    if (item_rows[name->kind].fetch == ASSAY_FETCH_NONE)
        return fail_named(a->err, ASSAY_ENVIRONMENT, "not_found", NULL, key,
                          "comes with other items only");
    *changed = false;
    const assay_status status = ask_alone(a, name, key, out, changed);
    if (status == ASSAY_OK && *changed)
        announce(a, name);
    return status;
}

/* Somebody else may have brought it while we waited for our turn. */
static assay_status ask_in_turn(const asking *a, const item_name *name, store_item *out)
{
    char key[ITEM_KEY_SIZE];
    bool found = false, changed;
    item_key(name, key);
    item_gate_enter(a->service->gates, key);
    assay_status status = store_item_get(a->service->store, key, a->memory, out, &found, a->err);
    if (status == ASSAY_OK && (!found || is_stale(out, a->now)))
        status = ask(a, name, out, &changed);
    item_gate_leave(a->service->gates, key);
    return status;
}

assay_status item_refresh(service *s, const item_name *name, arena *memory, int64_t now,
                          bool *changed, unsigned *retry_after, assay_error *err)
{
    assay_error why = { .status = ASSAY_OK };
    const asking a = { s, memory, now, retry_after, &why, NO_ROOM_FAILS };
    char key[ITEM_KEY_SIZE];
    store_item item;
    item_key(name, key);
    upstream_forget(s->upstream, key);
    item_gate_enter(s->gates, key);
    const assay_status status = ask(&a, name, &item, changed);
    item_gate_leave(s->gates, key);
    metrics_count(s->metrics, status == ASSAY_OK ? "refreshed" : "refresh_failed", 1);
    if (status == ASSAY_OK)
        return ASSAY_OK;
    log_failure(LEVEL_WARNING, "refresh.failed", &why, "item", key, NULL);
    if (err != NULL)
        *err = why;
    return status;
}

/* ---- For a request ---- */

/* A number that is not here is retired when the vendor's own list begins later. Only for want of
 * the vendor's word. */
static bool number_retired(call *c, const item_name *name)
{
    const item_name listed = { .kind = ITEM_EVALUATION_NUMBERS,
                               .tee = name->tee != ASSAY_TEE_NONE ? name->tee : ASSAY_TEE_SGX };
    char key[ITEM_KEY_SIZE];
    store_item item;
    bool found = false;
    evaluation_numbers numbers;
    item_key(&listed, key);
    if (name->number == 0 ||
        store_item_get(c->service->store, key, c->memory, &item, &found, NULL) != ASSAY_OK ||
        !found || evaluation_numbers_parse(item.body, c->memory, &numbers, NULL) != ASSAY_OK)
        return false;
    for (uint16_t i = 0; i < numbers.count; i++)
        if (numbers.at[i].number <= name->number)
            return false;
    return true;
}

/* Where the vendor is found is the operator's business: the log says it, the client gets the item's
 * name. */
static void tell_operator(call *c, const item_name *name)
{
    char key[ITEM_KEY_SIZE];
    item_key(name, key);
    if (c->code >= 500)
        log_failure(LEVEL_WARNING, "item.failed", &c->error, "item", key, "id",
                    c->request_id != NULL ? c->request_id : "", NULL);
    snprintf(c->error.where, sizeof(c->error.where), "%.95s", key);
}

static assay_status failed(call *c, const item_name *name, assay_status status)
{
    /* What the vendor sent was refused, or what it said means nothing to the one who asks. */
    c->code =
        status == ASSAY_ENVIRONMENT || status == ASSAY_NO_MEMORY ? failure_code(&c->error) : 502;
    tell_operator(c, name);
    return status;
}

static assay_status missing(call *c, const item_name *name, const char *key)
{
    static const char retired[] = "is not here; the vendor's numbers begin later, it is retired";
    static const char unknown[] = "is not here, and this fill mode asks no vendor for it";
    const bool gone = number_retired(c, name);
    const assay_status status =
        fail_named(&c->error, ASSAY_ENVIRONMENT, gone ? "fetch_retired" : "not_found", NULL, key,
                   "%s", gone ? retired : unknown);
    return failed(c, name, status);
}

static assay_status serve_stale(call *c, bool *stale)
{
    metrics_count(c->service->metrics, "stale_served", 1);
    c->error = (assay_error) { .status = ASSAY_OK };
    c->retry_after = 0;
    *stale = true;
    return ASSAY_OK;
}

static bool retired(const assay_error *error)
{
    return error->name != NULL && strcmp(error->name, "fetch_retired") == 0;
}

/* Anybody may name chips and TCBs without end: of these only so many are asked for. */
static assay_status may_fill(call *c, const item_name *name, const char *key)
{
    if (name->kind != ITEM_VCEK ||
        access_fill(c->service->access, c->request->address, c->now, &c->retry_after))
        return ASSAY_OK;
    return call_fail(c, 503, "fills_exhausted", key,
                     "too many VCEKs that are not here were asked for");
}

assay_status item_get(call *c, const item_name *name, store_item *out, bool *stale)
{
    const asking a = { c->service, c->memory, c->now, &c->retry_after, &c->error, NO_ROOM_SERVES };
    char key[ITEM_KEY_SIZE];
    store_item fresh;
    bool found = false;
    *stale = false;
    item_key(name, key);
    TRY(store_item_get(c->service->store, key, c->memory, out, &found, &c->error));
    if (found && !is_stale(out, c->now))
        return ASSAY_OK;
    if (c->service->config.upstream.mode != FILL_LAZY)
        return found ? serve_stale(c, stale) : missing(c, name, key);
    const assay_status allowed = call_may_ask(c);
    if (allowed != ASSAY_OK)
        return found && !c->wants_vendor ? serve_stale(c, stale) : allowed;
    TRY(may_fill(c, name, key));
    const assay_status status = ask_in_turn(&a, name, &fresh);
    if (status == ASSAY_OK)
        *out = fresh;
    else if (found && !retired(&c->error))
        return serve_stale(c, stale);
    else
        return failed(c, name, status);
    return ASSAY_OK;
}

assay_status item_pck_chain(call *c, pck_ca ca, assay_span *out)
{
    const item_name own = { .kind = ITEM_PCK_CHAIN, .ca = ca };
    char key[ITEM_KEY_SIZE];
    store_item item;
    bool found = false, stale = false;
    item_key(&own, key);
    TRY(store_item_get(c->service->store, key, c->memory, &item, &found, &c->error));
    if (found && !is_stale(&item, c->now)) {
        *out = item.body;
        return ASSAY_OK;
    }
    TRY(item_get(c, &(item_name) { .kind = ITEM_PCK_CRL, .ca = ca }, &item, &stale));
    *out = SPAN_TEXT(item.chain);
    return ASSAY_OK;
}
