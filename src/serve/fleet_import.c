/* fleet_import.c: platforms by the line. collateral-service.md 7.1, 7.13.
 *
 * {"qe_id","pce_id","cpu_svn","pce_svn","enc_ppid","platform_manifest","fmspc","ca",
 *  "certs":[{"tcbm","cert"}]}. A batch of lines is shared by the worker that has the request and
 * whoever of the others is idle; each takes the next line that nobody has. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "collateral/members.h"
#include "serve/import.h"
#include "serve/jobs.h"
#include "serve/log.h"
#include "serve/registration.h"

enum { SHARERS_MAX = 16 };

#define AUTO_DOCUMENT __attribute__((cleanup(json_document_free))) json_document

/* ---- One line ---- */

typedef struct fleet_line {
    assay_span text;
    import_platform platform;
    pck_set set;
    assay_status status;
    assay_error why;
} fleet_line;

static const char *const certificate_members[] = { "tcbm", "cert", NULL };

static assay_status certificates_take(json_t *list, arena *memory, import_platform *out,
                                      assay_error *err)
{
    size_t count = json_array_size(list);
    out->certificates = arena_new(memory, count + 1, sizeof(*out->certificates));
    if (out->certificates == NULL)
        return fail(err, ASSAY_NO_MEMORY, "certs", ASSAY_NO_OFFSET, "no memory");
    for (size_t i = 0; i < count; i++) {
        json_t *entry = json_array_get(list, i);
        assay_span text;
        TRY(members_refuse_unknown(entry, certificate_members, "certs[]", "no member", err));
        TRY(json_take_hex(entry, "tcbm", "certs[]", out->certificates[i].tcbm, STORE_TCBM_SIZE,
                          err));
        TRY(json_take_text(entry, "cert", "certs[]", &text, err));
        out->certificates[i].text = arena_copy(memory, text);
        if (out->certificates[i].text.data == NULL)
            return fail(err, ASSAY_MALFORMED, "certs[]", ASSAY_NO_OFFSET, "is empty");
    }
    out->certificate_count = count;
    return ASSAY_OK;
}

/* What the line says besides is a claim that the certificates must bear out. */
static assay_status claims_check(json_t *line, const pck_set *set, assay_error *err)
{
    uint8_t fmspc[6];
    assay_span ca;
    if (json_object_get(line, "fmspc") != NULL) {
        TRY(json_take_hex(line, "fmspc", "platform", fmspc, sizeof(fmspc), err));
        if (memcmp(fmspc, set->fmspc, sizeof(fmspc)) != 0)
            return json_fail(err, "platform", "fmspc", "is not that of the certificates");
    }
    if (json_object_get(line, "ca") == NULL)
        return ASSAY_OK;
    TRY(json_take_text(line, "ca", "platform", &ca, err));
    if (!span_is(ca, set->ca == PCK_CA_PLATFORM ? "platform" : "processor"))
        return json_fail(err, "platform", "ca", "is not that of the certificates");
    return ASSAY_OK;
}

/* The members that registrations have too are read by the same rules. */
static assay_status line_take(json_t *line, arena *memory, import_platform *out, json_t **claims,
                              assay_error *err)
{
    static const char *const own[] = { "fmspc", "ca", "certs" };
    json_t *certificates;
    if (!json_is_object(line))
        return fail(err, ASSAY_MALFORMED, "platform", ASSAY_NO_OFFSET, "want an object");
    TRY(json_take_array(line, "certs", "platform", 1, PCK_CANDIDATE_MAX, &certificates, err));
    TRY(certificates_take(certificates, memory, out, err));
    *claims = json_object();
    for (size_t i = 0; i < 3; i++) {
        json_t *value = json_object_get(line, own[i]);
        if (value == NULL)
            continue;
        if (i < 2)
            json_object_set(*claims, own[i], value);
        json_object_del(line, own[i]);
    }
    return registration_take(line, "platform", memory, &out->platform, err);
}

static assay_status line_read(const import_context *im, arena *memory, fleet_line *line,
                              assay_error *err)
{
    AUTO_DOCUMENT document = { 0 };
    json_t *claims = NULL;
    TRY(json_document_parse(line->text, NULL, &document, "platform", err));
    assay_status status = line_take(document.root, memory, &line->platform, &claims, err);
    if (status == ASSAY_OK)
        status = import_verify(im, memory, &line->platform, &line->set, err);
    if (status == ASSAY_OK)
        status = claims_check(claims, &line->set, err);
    json_decref(claims);
    return status;
}

/* ---- A batch, shared ---- */

typedef struct sharing {
    const import_context *im;
    fleet_line *lines;
    size_t count;
    atomic_size_t next;
    atomic_size_t sharers;
    atomic_size_t references; /* of those that have been asked to help, and of the owner */
    atomic_bool bad;
    arena memories[SHARERS_MAX];
    pthread_mutex_t lock;
    pthread_cond_t done;
    size_t busy; /* under the lock */
    bool closed; /* likewise: who comes now finds the lines gone */
} sharing;

static void lines_take(sharing *s, arena *memory)
{
    for (;;) {
        size_t i = atomic_fetch_add(&s->next, 1);
        if (i >= s->count || atomic_load(&s->bad))
            return;
        fleet_line *line = &s->lines[i];
        line->status = line_read(s->im, memory, line, &line->why);
        if (line->status != ASSAY_OK)
            atomic_store(&s->bad, true);
    }
}

static void sharing_drop(sharing *s)
{
    if (atomic_fetch_sub(&s->references, 1) > 1)
        return;
    pthread_cond_destroy(&s->done);
    pthread_mutex_destroy(&s->lock);
    memory_free(s);
}

static bool sharing_enter(sharing *s)
{
    pthread_mutex_lock(&s->lock);
    bool open = !s->closed;
    s->busy += open ? 1 : 0;
    pthread_mutex_unlock(&s->lock);
    return open;
}

static void sharing_leave(sharing *s)
{
    pthread_mutex_lock(&s->lock);
    if (--s->busy == 0)
        pthread_cond_signal(&s->done);
    pthread_mutex_unlock(&s->lock);
}

/* On a worker that was idle. */
static void share(void *context)
{
    sharing *s = context;
    if (sharing_enter(s)) {
        size_t mine = atomic_fetch_add(&s->sharers, 1);
        if (mine < SHARERS_MAX)
            lines_take(s, &s->memories[mine]);
        sharing_leave(s);
    }
    sharing_drop(s);
}

static void helpers_ask(sharing *s, service *of)
{
    for (size_t i = 1; of->jobs != NULL && i < SHARERS_MAX && i < s->count; i++) {
        if (i >= of->config.server.workers)
            return;
        atomic_fetch_add(&s->references, 1);
        if (jobs_submit(of->jobs, POOL_STORE, share, s) == JOB_QUEUED)
            continue;
        sharing_drop(s);
        return;
    }
}

static void helpers_wait(sharing *s)
{
    pthread_mutex_lock(&s->lock);
    s->closed = true;
    while (s->busy > 0)
        pthread_cond_wait(&s->done, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

static sharing *sharing_new(const import_context *im, fleet_line *lines, size_t count)
{
    sharing *s = memory_new(sizeof(*s));
    if (s == NULL)
        return NULL;
    s->im = im;
    s->lines = lines;
    s->count = count;
    atomic_store(&s->sharers, 1); /* the owner */
    atomic_store(&s->references, 1);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->done, NULL);
    return s;
}

/* ---- Batches ---- */

static assay_status line_refused(call *c, uint64_t number, const fleet_line *line,
                                 import_report *report)
{
    char what[32];
    snprintf(what, sizeof(what), "line %llu", (unsigned long long)number);
    import_refuse(report, what, &line->why);
    log_failure(LEVEL_WARNING, "import.refused", &line->why, "line", what, NULL);
    c->error = line->why;
    /* What the store or a vendor could not do is no fault of the line. */
    if (line->status != ASSAY_ENVIRONMENT && line->status != ASSAY_NO_MEMORY)
        c->code = 400;
    return error_inside(&c->error, line->status, what);
}

/* The first bad line, or count. */
static size_t first_bad(const sharing *s)
{
    size_t i = 0;
    while (i < s->count && s->lines[i].status == ASSAY_OK)
        i++;
    return i;
}

static assay_status batch_keep(import_context *im, sharing *s, uint64_t number,
                               import_report *report)
{
    call *c = im->call;
    size_t bad = first_bad(s);
    if (bad < s->count)
        return line_refused(c, number + bad, &s->lines[bad], report);
    store_platform_record *records =
        arena_new(&s->memories[0], s->count, sizeof(store_platform_record));
    if (records == NULL)
        return fail(&c->error, ASSAY_NO_MEMORY, "import", ASSAY_NO_OFFSET, "no memory");
    for (size_t i = 0; i < s->count; i++) {
        fleet_line *line = &s->lines[i];
        line->status = import_record(im, &s->memories[0], &line->platform, &line->set, &records[i],
                                     &line->why);
        if (line->status != ASSAY_OK)
            return line_refused(c, number + i, line, report);
    }
    return import_keep(im, records, s->count, report);
}

static assay_status batch_import(import_context *im, fleet_line *lines, size_t count,
                                 uint64_t number, import_report *report)
{
    sharing *s = sharing_new(im, lines, count);
    if (s == NULL)
        return fail(&im->call->error, ASSAY_NO_MEMORY, "import", ASSAY_NO_OFFSET, "no memory");
    helpers_ask(s, im->call->service);
    lines_take(s, &s->memories[0]);
    helpers_wait(s);
    assay_status status = batch_keep(im, s, number, report);
    for (size_t i = 0; i < SHARERS_MAX; i++)
        arena_free(&s->memories[i]);
    sharing_drop(s);
    return status;
}

/* ---- Lines ---- */

typedef struct line_reader {
    assay_span left;
    uint64_t number; /* of the line that comes next, from 1 */
} line_reader;

/* Fills up to `max` lines; empty ones are counted but left out, so a batch may have gaps: it ends
 * before one. */
static size_t lines_read(line_reader *r, fleet_line *lines, size_t max, uint64_t *first)
{
    size_t count = 0;
    while (count < max && r->left.size > 0) {
        const uint8_t *end = memchr(r->left.data, '\n', r->left.size);
        size_t size = end == NULL ? r->left.size : (size_t)(end - r->left.data);
        bool empty = size == 0 || (size == 1 && r->left.data[0] == '\r');
        if (empty && count > 0)
            break;
        if (!empty) {
            if (count == 0)
                *first = r->number;
            memset(&lines[count], 0, sizeof(lines[count]));
            lines[count++].text = span_of(r->left.data, size);
        }
        size_t taken = size + (end == NULL ? 0 : 1);
        r->left = span_of(r->left.data + taken, r->left.size - taken);
        r->number++;
    }
    return count;
}

assay_status import_ndjson(call *c, assay_span text, import_report *report)
{
    import_context *im = arena_new(c->memory, 1, sizeof(*im));
    fleet_line *lines = arena_new(c->memory, IMPORT_BATCH, sizeof(*lines));
    line_reader r = { .left = text, .number = 1 };
    uint64_t first = 1;
    if (im == NULL || lines == NULL)
        return fail(&c->error, ASSAY_NO_MEMORY, "import", ASSAY_NO_OFFSET, "no memory");
    TRY(import_begin(c, NULL, im));
    assay_status status = ASSAY_OK;
    for (size_t count;
         status == ASSAY_OK && (count = lines_read(&r, lines, IMPORT_BATCH, &first)) > 0;)
        status = batch_import(im, lines, count, first, report);
    import_end(im);
    return status;
}
