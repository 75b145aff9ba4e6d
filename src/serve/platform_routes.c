/* platform_routes.c: registering platforms, and who is registered. collateral-service.md 1, 7.9. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "serve/answers.h"
#include "serve/plan.h"
#include "serve/platform_tables.h"
#include "serve/registration.h"
#include "serve/upper_hex.h"

/* Lists without a limit of their own: PCCS gives all at once. */
enum { LIST_ALL_MAX = 5000, PAGE_MAX = 1000, PAGE_DEFAULT = 100, FMSPC_MAX = 64 };

static assay_status no_memory(call *c)
{
    return fail(&c->error, ASSAY_NO_MEMORY, "platforms", ASSAY_NO_OFFSET, "no memory");
}

/* ---- POST platforms ---- */

enum { UPDATE };
static const char *const update_words[] = { "standard", "early", "all", NULL };
static const parameter register_parameters[] = {
    [UPDATE] = { "update", PARAMETER_WORD, PARAMETER_OPTIONAL, 0, 0, update_words },
    { .name = NULL },
};

static unsigned channels_of(assay_span word)
{
    if (word.data == NULL || span_is(word, "standard"))
        return REGISTER_STANDARD;
    return span_is(word, "early") ? REGISTER_EARLY : REGISTER_STANDARD | REGISTER_EARLY;
}

static assay_status platforms_post(call *c, answer *out)
{
    store_platform platform;
    registered how = REGISTERED_BEFORE;
    TRY(registration_parse(c->request->body, c->memory, &platform, &c->error));
    TRY(platform_register(c, &platform, channels_of(c->parameters[UPDATE]), &how));
    out->private_reply = true;
    switch (how) {
    case REGISTERED_BEFORE:
    case REGISTERED_NOW:
    case REGISTERED_QUEUED:
        return answer_text(c, out, 200, "Operation successful.");
    case REGISTERED_FOR_LATER:
        return answer_text(c, out, 202,
                           "Queued: the vendor can't be asked at the moment. The certificates "
                           "are fetched as soon as it can.");
    case REGISTERED_UNAVAILABLE:
        break;
    }
    return answer_text(c, out, 462, "The vendor has no certificate for this platform.");
}

/* ---- Rows ---- */

static void put_svn(json_writer *w, const char *member, uint16_t value, arena *memory)
{
    const uint8_t bytes[2] = { (uint8_t)(value & 0xff), (uint8_t)(value >> 8) };
    json_put_upper_hex(w, member, SPAN(bytes), memory);
}

/* What only the scope `platforms` may see is empty for others. */
static assay_span shown(const call *c, assay_span secret)
{
    return (c->scopes & SCOPE_PLATFORMS) != 0 ? secret : (assay_span) { NULL, 0 };
}

/* As POST platforms takes it, so that a list can be registered elsewhere. */
static void pccs_row(call *c, json_writer *w, const store_platform *p)
{
    bool by_manifest = p->platform_manifest.size > 0;
    json_open_object(w, NULL);
    json_put_upper_hex(w, "qe_id", p->qe_id, c->memory);
    put_svn(w, "pce_id", p->pce_id, c->memory);
    if (by_manifest) {
        json_put_text(w, "cpu_svn", "");
        json_put_text(w, "pce_svn", "");
    } else {
        json_put_upper_hex(w, "cpu_svn", SPAN(p->cpu_svn), c->memory);
        put_svn(w, "pce_svn", p->pce_svn, c->memory);
    }
    json_put_upper_hex(w, "enc_ppid", shown(c, p->encrypted_ppid), c->memory);
    json_put_upper_hex(w, "platform_manifest", shown(c, p->platform_manifest), c->memory);
    json_close_object(w);
}

static const char *const state_words[] = { "registered", "queued", "unavailable", NULL };

static const char *state_word(store_platform_state state)
{
    return state >= STORE_PLATFORM_REGISTERED && state <= STORE_PLATFORM_UNAVAILABLE
               ? state_words[state - STORE_PLATFORM_REGISTERED]
               : "unknown";
}

static void own_row(call *c, json_writer *w, const char *member, const store_platform *p)
{
    json_open_object(w, member);
    json_put_upper_hex(w, "qe_id", p->qe_id, c->memory);
    put_svn(w, "pce_id", p->pce_id, c->memory);
    json_put_text(w, "state", state_word(p->state));
    json_put_upper_hex(w, "fmspc", SPAN(p->fmspc), c->memory);
    json_put_text(w, "ca",
                  p->ca == PCK_CA_PLATFORM    ? "platform"
                  : p->ca == PCK_CA_PROCESSOR ? "processor"
                                              : NULL);
    json_put_upper_hex(w, "cpu_svn", SPAN(p->cpu_svn), c->memory);
    put_svn(w, "pce_svn", p->pce_svn, c->memory);
    json_put_flag(w, "by_manifest", p->platform_manifest.size > 0);
    json_put_time(w, "registered", p->registered);
    json_put_time(w, "updated", p->updated);
    json_close_object(w);
}

/* ---- GET platforms, as PCCS ---- */

enum { SOURCE, LIMIT, CURSOR };
static const parameter list_parameters[] = {
    [SOURCE] = { "source", PARAMETER_TEXT, PARAMETER_OPTIONAL, 0, FMSPC_MAX * 13 + 2, NULL },
    [LIMIT] = { "limit", PARAMETER_NUMBER, PARAMETER_OPTIONAL, 0, LIST_ALL_MAX, NULL },
    [CURSOR] = { "cursor", PARAMETER_TEXT, PARAMETER_OPTIONAL, 0, 512, NULL },
    { .name = NULL },
};

/* One list after another: of a state, or of each FMSPC asked for. */
typedef struct platform_source {
    store_platform_state state; /* 0: all */
    uint8_t fmspcs[FMSPC_MAX][6];
    size_t fmspc_count; /* 0: one list of all */
} platform_source;

static assay_status fmspcs_read(call *c, assay_span list, platform_source *out)
{
    for (size_t at = 0; at < list.size;) {
        const uint8_t *comma = memchr(list.data + at, ',', list.size - at);
        size_t end = comma == NULL ? list.size : (size_t)(comma - list.data);
        if (out->fmspc_count == FMSPC_MAX ||
            assay_hex_decode(span_slice(list, at, end - at), out->fmspcs[out->fmspc_count], 6,
                             NULL) != ASSAY_OK)
            return call_fail(c, 400, "bad_parameter", "query.source",
                             "want at most %d FMSPCs of 12 hex digits between the brackets",
                             FMSPC_MAX);
        out->fmspc_count++;
        at = end + 1;
    }
    return ASSAY_OK;
}

static assay_status source_read(call *c, platform_source *out)
{
    assay_span text = c->parameters[SOURCE];
    memset(out, 0, sizeof(*out));
    if (text.data == NULL || span_is(text, "reg")) {
        out->state = STORE_PLATFORM_QUEUED;
        return ASSAY_OK;
    }
    if (span_is(text, "reg_na")) {
        out->state = STORE_PLATFORM_UNAVAILABLE;
        return ASSAY_OK;
    }
    if (text.size < 2 || text.data[0] != '[' || text.data[text.size - 1] != ']')
        return call_fail(c, 400, "bad_parameter", "query.source",
                         "want reg, reg_na, [] or [FMSPC,FMSPC]");
    return fmspcs_read(c, span_slice(text, 1, text.size - 2), out);
}

/* A place in the lists of a source: "NUMBER.CURSOR". */
typedef struct source_place {
    size_t list;
    const char *cursor; /* NULL: from its start */
} source_place;

static assay_status place_read(call *c, source_place *out)
{
    out->list = 0;
    out->cursor = NULL;
    if (c->parameters[CURSOR].data == NULL)
        return ASSAY_OK;
    char *text = arena_text(c->memory, c->parameters[CURSOR]);
    if (text == NULL)
        return no_memory(c);
    char *dot = strchr(text, '.');
    if (dot == NULL || strspn(text, "0123456789") != (size_t)(dot - text) || dot - text > 3)
        return call_fail(c, 400, "bad_parameter", "query.cursor",
                         "want the Assay-Next-Cursor of the page before");
    out->list = (size_t)strtoul(text, NULL, 10);
    out->cursor = dot[1] == '\0' ? NULL : dot + 1;
    return ASSAY_OK;
}

typedef struct listing {
    json_writer w;
    size_t count;
    const char *next; /* of the list that was read; NULL: it has ended */
} listing;

static assay_status page_read(call *c, const platform_source *source, const source_place *at,
                              size_t limit, listing *l)
{
    store_platform *platforms;
    size_t count;
    const store_platform_filter filter = {
        .fmspc = source->fmspc_count > 0 ? source->fmspcs[at->list] : NULL,
        .state = source->state,
        .cursor = at->cursor,
        .limit = limit,
    };
    TRY(store_platforms_list(c->service->store, &filter, c->memory, &platforms, &count, &l->next,
                             &c->error));
    for (size_t i = 0; i < count; i++)
        pccs_row(c, &l->w, &platforms[i]);
    l->count += count;
    return ASSAY_OK;
}

/* Reads on until `limit` rows stand there or the lists have ended: then at->list is behind them. */
static assay_status listing_read(call *c, const platform_source *source, source_place *at,
                                 size_t limit, listing *l)
{
    size_t lists = source->fmspc_count == 0 ? 1 : source->fmspc_count;
    while (at->list < lists && l->count < limit) {
        size_t left = limit - l->count;
        TRY(page_read(c, source, at, left < PAGE_MAX ? left : PAGE_MAX, l));
        at->cursor = l->next;
        at->list += l->next == NULL ? 1 : 0;
    }
    return ASSAY_OK;
}

static assay_status listing_end(call *c, const platform_source *source, const source_place *at,
                                listing *l, answer *out)
{
    enum { HEADERS = 640 };
    size_t lists = source->fmspc_count == 0 ? 1 : source->fmspc_count;
    char *headers = arena_new(c->memory, HEADERS, 1);
    if (headers == NULL)
        return no_memory(c);
    if (at->list == lists)
        snprintf(headers, HEADERS, "platform-count: %zu\r\n", l->count);
    else if (c->parameters[LIMIT].data == NULL)
        return call_fail(c, 413, "list_too_long", "query.limit",
                         "there are more than %d platforms: ask for pages with limit and cursor",
                         LIST_ALL_MAX);
    else
        snprintf(headers, HEADERS, "platform-count: %zu\r\nAssay-Next-Cursor: %zu.%s\r\n", l->count,
                 at->list, at->cursor == NULL ? "" : at->cursor);
    out->headers = headers;
    out->private_reply = true;
    json_close_array(&l->w);
    return answer_json(c, out, &l->w);
}

static size_t limit_of(const call *c, size_t index, size_t otherwise)
{
    uint32_t limit = call_number(c, index, 0);
    return limit == 0 ? otherwise : limit;
}

static assay_status platforms_get(call *c, answer *out)
{
    platform_source source;
    source_place at;
    listing l = { .count = 0 };
    TRY(source_read(c, &source));
    TRY(place_read(c, &at));
    json_open_array(&l.w, NULL);
    assay_status status = listing_read(c, &source, &at, limit_of(c, LIMIT, LIST_ALL_MAX), &l);
    if (status == ASSAY_OK)
        status = listing_end(c, &source, &at, &l, out);
    memory_free(l.w.text);
    return status;
}

/* ---- /assay/v1/platforms ---- */

enum { OWN_FMSPC, OWN_STATE, OWN_LIMIT, OWN_CURSOR, OWN_GROUP };
static const parameter own_parameters[] = {
    [OWN_FMSPC] = { "fmspc", PARAMETER_HEX, PARAMETER_OPTIONAL, 6, 0, NULL },
    [OWN_STATE] = { "state", PARAMETER_WORD, PARAMETER_OPTIONAL, 0, 0, state_words },
    [OWN_LIMIT] = { "limit", PARAMETER_NUMBER, PARAMETER_OPTIONAL, 0, PAGE_MAX, NULL },
    [OWN_CURSOR] = { "cursor", PARAMETER_TEXT, PARAMETER_OPTIONAL, 0, 512, NULL },
    [OWN_GROUP] = { "group", PARAMETER_TEXT, PARAMETER_OPTIONAL, 0, PLAN_GROUP_NAME_SIZE, NULL },
    { .name = NULL },
};
static const parameter no_parameters[] = { { .name = NULL } };

static store_platform_state state_of(assay_span word)
{
    for (size_t i = 0; word.data != NULL && state_words[i] != NULL; i++) {
        if (span_is(word, state_words[i]))
            return (store_platform_state)(STORE_PLATFORM_REGISTERED + i);
    }
    return 0;
}

typedef struct own_page {
    store_platform *platforms;
    size_t count;
    const char *next;
} own_page;

/* The platforms of a group of a plan, or those that the other parameters choose. */
static assay_status own_read(call *c, own_page *out)
{
    store *s = c->service->store;
    size_t limit = limit_of(c, OWN_LIMIT, PAGE_DEFAULT);
    const char *cursor = c->parameters[OWN_CURSOR].data == NULL
                             ? NULL
                             : arena_text(c->memory, c->parameters[OWN_CURSOR]);
    store_tcb_group group;
    const store_platform_filter filter = { .fmspc = c->parameters[OWN_FMSPC].data,
                                           .state = state_of(c->parameters[OWN_STATE]),
                                           .cursor = cursor,
                                           .limit = limit };
    if (c->parameters[OWN_GROUP].data == NULL)
        return store_platforms_list(s, &filter, c->memory, &out->platforms, &out->count, &out->next,
                                    &c->error);
    if (!plan_group_parse(c->parameters[OWN_GROUP], &group) || filter.fmspc != NULL ||
        filter.state != 0)
        return call_fail(c, 400, "bad_parameter", "query.group",
                         "want a group's name out of a plan, without fmspc and state");
    return store_group_platforms(s, &group, cursor, limit, c->memory, &out->platforms, &out->count,
                                 &out->next, &c->error);
}

static assay_status own_list(call *c, answer *out)
{
    own_page page;
    json_writer w = { .text = NULL };
    TRY(own_read(c, &page));
    json_open_object(&w, NULL);
    json_open_array(&w, "platforms");
    for (size_t i = 0; i < page.count; i++)
        own_row(c, &w, NULL, &page.platforms[i]);
    json_close_array(&w);
    json_put_text(&w, "next", page.next);
    json_close_object(&w);
    out->private_reply = true;
    return answer_json(c, out, &w);
}

/* QEID_PCEID out of the path. */
static assay_status platform_of_path(call *c, uint8_t qe_id[STORE_QE_ID_MAX], assay_span *out,
                                     uint16_t *pce_id)
{
    uint8_t pce[2];
    const uint8_t *underscore = c->rest.size == 0 ? NULL : memchr(c->rest.data, '_', c->rest.size);
    size_t digits = underscore == NULL ? 0 : (size_t)(underscore - c->rest.data);
    if (digits == 0 || digits > 2 * (size_t)STORE_QE_ID_MAX ||
        assay_hex_decode(span_slice(c->rest, 0, digits), qe_id, digits / 2, NULL) != ASSAY_OK ||
        assay_hex_decode(span_slice(c->rest, digits + 1, c->rest.size - digits - 1), pce,
                         sizeof(pce), NULL) != ASSAY_OK)
        return call_fail(c, 404, "not_found", "path", "want .../platforms/QEID_PCEID in hex");
    *out = span_of(qe_id, digits / 2);
    *pce_id = load_u16le(pce);
    return ASSAY_OK;
}

static assay_status platform_read(call *c, store_platform *out)
{
    uint8_t qe_id[STORE_QE_ID_MAX];
    assay_span id = { NULL, 0 };
    uint16_t pce_id = 0;
    bool found;
    TRY(platform_of_path(c, qe_id, &id, &pce_id));
    TRY(store_platform_get(c->service->store, id, pce_id, c->memory, out, &found, &c->error));
    return found ? ASSAY_OK : call_fail(c, 404, "not_found", "path", "no such platform");
}

static assay_status own_one(call *c, answer *out)
{
    store_platform platform;
    store_pck *certificates;
    size_t count;
    json_writer w = { .text = NULL };
    TRY(platform_read(c, &platform));
    TRY(store_certificates(c->service->store, platform.qe_id, platform.pce_id, c->memory,
                           &certificates, &count, &c->error));
    json_open_object(&w, NULL);
    own_row(c, &w, "platform", &platform);
    json_open_array(&w, "certificates");
    for (size_t i = 0; i < count; i++)
        json_put_upper_hex(&w, NULL, SPAN(certificates[i].tcbm), c->memory);
    json_close_array(&w);
    json_close_object(&w);
    out->private_reply = true;
    return answer_json(c, out, &w);
}

static assay_status own_delete(call *c, answer *out)
{
    store_platform platform;
    char tag[PLATFORM_TAG_SIZE];
    TRY(platform_read(c, &platform));
    platform_tag(platform.qe_id, platform.pce_id, tag);
    const store_audit_entry entry = { .time = c->now,
                                      .actor = c->actor,
                                      .action = "platform.delete",
                                      .subject = tag,
                                      .detail = "{}",
                                      .request_id = c->request_id };
    TRY(store_platform_delete(c->service->store, platform.qe_id, platform.pce_id, &entry,
                              &c->error));
    answers_drop(c->service->answers, answers_tag(tag));
    out->private_reply = true;
    return answer_text(c, out, 200, "Deleted.");
}

enum {
    POST_FLAGS = ROUTE_PUBLIC | ROUTE_BODY | ROUTE_UPSTREAM | ROUTE_ADMIN_HEADERS,
    LIST_FLAGS = ROUTE_PUBLIC | ROUTE_ADMIN_HEADERS,
    LIST_SCOPES = SCOPE_READ | SCOPE_PLATFORMS
};

const route platform_routes[PLATFORM_ROUTE_COUNT] = {
    { "platforms", HTTP_POST, "/sgx/certification/v4/platforms", POST_FLAGS, SCOPE_REGISTER,
      register_parameters, 4, platforms_post, "Registers a platform" },
    { "platforms", HTTP_POST, "/sgx/certification/v3/platforms", POST_FLAGS, SCOPE_REGISTER,
      register_parameters, 3, platforms_post, "Registers a platform" },
    { "platforms", HTTP_GET, "/sgx/certification/v4/platforms", LIST_FLAGS, LIST_SCOPES,
      list_parameters, 4, platforms_get, "Platforms that wait, or that are cached" },
    { "platforms", HTTP_GET, "/sgx/certification/v3/platforms", LIST_FLAGS, LIST_SCOPES,
      list_parameters, 3, platforms_get, "Platforms that wait, or that are cached" },
    { "admin_platforms", HTTP_GET, "/assay/v1/platforms", ROUTE_ADMIN, LIST_SCOPES, own_parameters,
      0, own_list, "Registered platforms, by pages" },
    { "admin_platform", HTTP_GET, "/assay/v1/platforms/*", ROUTE_ADMIN, LIST_SCOPES, no_parameters,
      0, own_one, "One platform, and the TCBs of its certificates" },
    { "admin_platform", HTTP_DELETE, "/assay/v1/platforms/*", ROUTE_ADMIN, SCOPE_REGISTER,
      no_parameters, 0, own_delete, "Forgets a platform" },
};
