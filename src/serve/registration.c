/* registration.c: what POST platforms says, and what follows. collateral-service.md 1, 7.6, 7.8. */
#include "serve/registration.h"

#include "collateral/members.h"
#include "serve/answers.h"
#include "serve/log.h"
#include "serve/metrics.h"

/* ---- The body ---- */

static const char *const registration_members[] = { "qe_id",   "pce_id",   "cpu_svn",
                                                    "pce_svn", "enc_ppid", "platform_manifest",
                                                    NULL };

static assay_status take_bytes(json_t *object, const char *member, const char *where, size_t max,
                               arena *memory, assay_span *out, assay_error *err)
{
    assay_span text;
    TRY(json_take_text(object, member, where, &text, err));
    if (text.size > 2 * max)
        return json_fail(err, where, member, "has %zu digits, want at most %zu", text.size,
                         2 * max);
    uint8_t *bytes = arena_new(memory, text.size / 2 + 1, 1);
    if (bytes == NULL)
        return fail(err, ASSAY_NO_MEMORY, where, ASSAY_NO_OFFSET, "no memory");
    if (assay_hex_decode(text, bytes, text.size / 2, NULL) != ASSAY_OK)
        return json_fail(err, where, member, "is not hex");
    *out = span_of(text.size == 0 ? NULL : bytes, text.size / 2);
    return ASSAY_OK;
}

static bool is_given(json_t *object, const char *member)
{
    json_t *value = json_object_get(object, member);
    return value != NULL && !(json_is_string(value) && json_string_length(value) == 0);
}

static assay_status take_svns(json_t *object, const char *where, store_platform *out,
                              assay_error *err)
{
    uint8_t svn[2];
    TRY(json_take_hex(object, "cpu_svn", where, out->cpu_svn, sizeof(out->cpu_svn), err));
    TRY(json_take_hex(object, "pce_svn", where, svn, sizeof(svn), err));
    out->pce_svn = load_u16le(svn);
    return ASSAY_OK;
}

static assay_status take_encrypted_ppid(json_t *object, const char *where, arena *memory,
                                        store_platform *out, assay_error *err)
{
    assay_span ppid;
    TRY(take_bytes(object, "enc_ppid", where, ENCRYPTED_PPID_SIZE, memory, &ppid, err));
    if (ppid.size != ENCRYPTED_PPID_SIZE || span_is_zero(ppid))
        return json_fail(err, where, "enc_ppid",
                         "want %d bytes that are not all zero, or a platform_manifest",
                         ENCRYPTED_PPID_SIZE);
    out->encrypted_ppid = ppid;
    return ASSAY_OK;
}

assay_status registration_take(json_t *object, const char *where, arena *memory,
                               store_platform *out, assay_error *err)
{
    store_platform platform = { .pce_id = 0 };
    uint8_t pce_id[2];
    if (!json_is_object(object))
        return fail(err, ASSAY_MALFORMED, where, ASSAY_NO_OFFSET, "want an object");
    TRY(members_refuse_unknown(object, registration_members, where, "no member of a platform",
                               err));
    TRY(take_bytes(object, "qe_id", where, STORE_QE_ID_MAX, memory, &platform.qe_id, err));
    if (platform.qe_id.size == 0)
        return json_fail(err, where, "qe_id", "is empty");
    TRY(json_take_hex(object, "pce_id", where, pce_id, sizeof(pce_id), err));
    platform.pce_id = load_u16le(pce_id);
    bool with_manifest = is_given(object, "platform_manifest");
    if (with_manifest)
        TRY(take_bytes(object, "platform_manifest", where, PLATFORM_MANIFEST_MAX, memory,
                       &platform.platform_manifest, err));
    else
        TRY(take_encrypted_ppid(object, where, memory, &platform, err));
    if (!with_manifest || is_given(object, "cpu_svn") || is_given(object, "pce_svn"))
        TRY(take_svns(object, where, &platform, err));
    *out = platform;
    return ASSAY_OK;
}

assay_status registration_parse(assay_span body, arena *memory, store_platform *out,
                                assay_error *err)
{
    json_document document;
    TRY(json_document_parse(body, NULL, &document, "platform", err));
    assay_status status = registration_take(document.root, "platform", memory, out, err);
    json_document_free(&document);
    return status;
}

/* ---- What is there already ---- */

typedef struct present {
    bool found;
    store_platform platform;
    bool selected;     /* its raw TCB has its certificate */
    bool certificates; /* some are there */
} present;

static assay_status present_read(call *c, const store_platform *asked, present *out)
{
    store *s = c->service->store;
    store_answer selected;
    store_pck *certificates;
    size_t count = 0;
    present there = { .found = false };
    TRY(store_platform_get(s, asked->qe_id, asked->pce_id, c->memory, &there.platform, &there.found,
                           &c->error));
    if (there.found) {
        TRY(store_selected(s, asked->qe_id, asked->pce_id, asked->cpu_svn, asked->pce_svn,
                           c->memory, &selected, &there.selected, &c->error));
        TRY(store_certificates(s, asked->qe_id, asked->pce_id, c->memory, &certificates, &count,
                               &c->error));
    }
    there.certificates = count > 0;
    *out = there;
    return ASSAY_OK;
}

/* A request without a manifest speaks of the platform with the one that is there. */
static void complete(const present *there, store_platform *platform)
{
    if (!there->found)
        return;
    platform->registered = there->platform.registered;
    if (platform->platform_manifest.size == 0 && there->platform.platform_manifest.size > 0) {
        platform->platform_manifest = there->platform.platform_manifest;
        platform->encrypted_ppid = (assay_span) { NULL, 0 };
    }
    if (!platform_tcb_known(platform)) {
        memcpy(platform->cpu_svn, there->platform.cpu_svn, sizeof(platform->cpu_svn));
        platform->pce_svn = there->platform.pce_svn;
    }
    memcpy(platform->fmspc, there->platform.fmspc, sizeof(platform->fmspc));
    platform->ca = there->platform.ca;
}

static bool is_served(const present *there, const store_platform *platform)
{
    return there->certificates && there->platform.state == STORE_PLATFORM_REGISTERED &&
           span_equal(there->platform.platform_manifest, platform->platform_manifest) &&
           (there->selected || !platform_tcb_known(platform));
}

/* ---- Storing ---- */

static bool same_tcb(const store_platform *a, const store_platform *b)
{
    return a->pce_svn == b->pce_svn && memcmp(a->cpu_svn, b->cpu_svn, sizeof(a->cpu_svn)) == 0;
}

/* What the audit log says of a registration; `tag` lives as long as the entry. */
static store_audit_entry entry_of(const call *c, const store_platform *platform, registered how,
                                  char tag[PLATFORM_TAG_SIZE])
{
    static const char *const details[] = {
        [REGISTERED_BEFORE] = "{\"outcome\":\"known\",\"changed\":\"tcb\"}",
        [REGISTERED_NOW] = "{\"outcome\":\"registered\"}",
        [REGISTERED_QUEUED] = "{\"outcome\":\"queued\"}",
        [REGISTERED_FOR_LATER] = "{\"outcome\":\"queued\",\"why\":\"vendor\"}",
        [REGISTERED_UNAVAILABLE] = "{\"outcome\":\"unavailable\"}",
    };
    platform_tag(platform->qe_id, platform->pce_id, tag);
    return (store_audit_entry) { .time = c->now,
                                 .actor = c->actor,
                                 .action = "platform.register",
                                 .subject = tag,
                                 .detail = details[how],
                                 .request_id = c->request_id };
}

/* The platform alone: its certificates stay. */
static assay_status put(call *c, const store_platform *platform, registered how)
{
    char tag[PLATFORM_TAG_SIZE];
    const store_audit_entry entry = entry_of(c, platform, how, tag);
    TRY(store_platform_put(c->service->store, platform, STORE_KEEP, NULL, 0, NULL, 0, &entry,
                           &c->error));
    answers_drop(c->service->answers, answers_tag(tag));
    return ASSAY_OK;
}

/* The raw TCB of the inventory follows what the platform says of itself. */
static assay_status tcb_keep(call *c, const present *there, const store_platform *platform)
{
    store_platform now = there->platform;
    if (same_tcb(&now, platform))
        return ASSAY_OK;
    memcpy(now.cpu_svn, platform->cpu_svn, sizeof(now.cpu_svn));
    now.pce_svn = platform->pce_svn;
    return put(c, &now, REGISTERED_BEFORE);
}

/* Where no vendor proves it, a manifest says nothing of who sent it. */
static bool may_queue(const call *c, const present *there, const store_platform *platform)
{
    return !there->certificates || (c->scopes & SCOPE_IMPORT) != 0 ||
           span_equal(there->platform.platform_manifest, platform->platform_manifest);
}

/* A platform with certificates keeps its PPID, which is encrypted anew for each question, and the
 * time at which they were fetched. */
static assay_status queue(call *c, const present *there, const store_platform *platform,
                          registered how)
{
    store_platform queued = *platform;
    queued.state = STORE_PLATFORM_QUEUED;
    if (there->certificates) {
        queued.updated = there->platform.updated;
        if (queued.platform_manifest.size == 0 && there->platform.encrypted_ppid.size > 0)
            queued.encrypted_ppid = there->platform.encrypted_ppid;
    }
    return put(c, &queued, how);
}

static assay_status queue_offline(call *c, const present *there, const store_platform *platform)
{
    if (may_queue(c, there, platform))
        return queue(c, there, platform, REGISTERED_QUEUED);
    return call_fail(c, 409, "platform_manifest", "platform.platform_manifest",
                     "the platform has certificates, and nobody can prove that another manifest is "
                     "its own: delete it first, or register it with the scope import");
}

/* OK when the platform waits for a vendor that is down; else the failure as an HTTP code. */
static assay_status without_vendor(call *c, const present *there, const store_platform *platform,
                                   registered *out)
{
    const assay_error failure = c->error;
    if (!platform_upstream_down(&failure) || !may_queue(c, there, platform)) {
        c->code = platform_failure_code(&failure);
        return failure.status;
    }
    TRY(queue(c, there, platform, REGISTERED_FOR_LATER));
    log_failure(LEVEL_WARNING, "platform.queued", &failure, NULL);
    *out = REGISTERED_FOR_LATER;
    return ASSAY_OK;
}

static bool came_from_vendor(const assay_error *error)
{
    return error->status == ASSAY_ENVIRONMENT && error->name != NULL &&
           (strncmp(error->name, "fetch_", 6) == 0 || strncmp(error->name, "upstream_", 9) == 0);
}

static assay_status record_keep(call *c, const store_platform_record *record, registered how)
{
    char tag[PLATFORM_TAG_SIZE];
    const store_audit_entry entry = entry_of(c, &record->platform, how, tag);
    TRY(platform_keep(c, record, &entry, &c->error));
    metrics_count(c->service->metrics, "registered", 1);
    return ASSAY_OK;
}

static assay_status ask_and_keep(call *c, const present *there, store_platform *platform,
                                 registered *out)
{
    platform_offer offer;
    store_platform_record record;
    tcb_info info = { .version = 0 };
    assay_status status = platform_ask(c, platform, &offer, &c->retry_after, &c->error);
    if (status == ASSAY_OK && offer.set.count > 0)
        status = platform_tcb_info(c, item_obtain, offer.set.fmspc, &info, &c->error);
    if (status != ASSAY_OK && came_from_vendor(&c->error))
        return without_vendor(c, there, platform, out);
    if (status != ASSAY_OK) {
        c->code = 502;
        return status;
    }
    c->code = 0;
    if (platform_same(c->service, platform, &offer.set, c->memory, &c->error) != ASSAY_OK) {
        c->code = c->error.status == ASSAY_MISMATCH ? 409 : 0;
        return c->error.status;
    }
    TRY(platform_record(platform, &offer, &info, c->memory, &record, &c->error));
    const registered how = offer.set.count > 0 ? REGISTERED_NOW : REGISTERED_UNAVAILABLE;
    TRY(record_keep(c, &record, how));
    *out = how;
    memcpy(platform->fmspc, record.platform.fmspc, sizeof(platform->fmspc));
    platform->ca = record.platform.ca;
    return ASSAY_OK;
}

/* ---- What a verifier will ask for next ---- */

static void ensure(call *c, const item_name *name)
{
    const assay_error before = c->error;
    store_item item;
    bool stale;
    /* Failures are counted and logged where they happen; the registration holds without them. */
    (void)item_obtain(c, name, &item, &stale);
    c->error = before;
    c->code = 0;
    c->retry_after = 0;
}

/* Most FMSPCs have no TDX: in fill mode REQ, which remembers no 404, only the first platform asks.
 */
static bool worth_asking_tdx(call *c, const store_platform *platform)
{
    const store_platform_filter filter = { .fmspc = platform->fmspc, .limit = 2 };
    store_platform *found;
    size_t count = 0;
    const char *next;
    return c->service->config.upstream.mode == FILL_LAZY ||
           (store_platforms_list(c->service->store, &filter, c->memory, &found, &count, &next,
                                 NULL) == ASSAY_OK &&
            count < 2);
}

static void collateral_ensure(call *c, const store_platform *platform, unsigned channels)
{
    static const struct {
        item_kind kind;
        assay_tee tee;
    } wanted[] = { { ITEM_TCB_INFO, ASSAY_TEE_SGX },
                   { ITEM_TCB_INFO, ASSAY_TEE_TDX },
                   { ITEM_QE_IDENTITY, ASSAY_TEE_SGX },
                   { ITEM_QE_IDENTITY, ASSAY_TEE_TDX },
                   { ITEM_QVE_IDENTITY, ASSAY_TEE_SGX } };
    bool tdx = worth_asking_tdx(c, platform);
    ensure(c, &(item_name) { .kind = ITEM_ROOT_CRL });
    ensure(c, &(item_name) { .kind = ITEM_PCK_CRL, .ca = platform->ca });
    for (unsigned channel = REGISTER_STANDARD; channel <= REGISTER_EARLY; channel <<= 1) {
        for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]) && (channels & channel) != 0;
             i++) {
            item_name name = { .kind = wanted[i].kind,
                               .tee = wanted[i].tee,
                               .early = channel == REGISTER_EARLY };
            memcpy(name.fmspc, platform->fmspc, sizeof(name.fmspc));
            if (tdx || name.kind != ITEM_TCB_INFO || name.tee != ASSAY_TEE_TDX)
                ensure(c, &name);
        }
    }
}

assay_status platform_register(call *c, const store_platform *asked, unsigned channels,
                               registered *out)
{
    store_platform platform = *asked;
    present there;
    TRY(present_read(c, &platform, &there));
    complete(&there, &platform);
    platform.updated = c->now;
    if (!there.found)
        platform.registered = c->now;
    if (is_served(&there, &platform)) {
        *out = REGISTERED_BEFORE;
        return tcb_keep(c, &there, &platform);
    }
    if (c->service->config.upstream.mode == FILL_OFFLINE) {
        *out = REGISTERED_QUEUED;
        return queue_offline(c, &there, &platform);
    }
    TRY(ask_and_keep(c, &there, &platform, out));
    if (*out == REGISTERED_NOW)
        collateral_ensure(c, &platform, channels);
    return ASSAY_OK;
}
