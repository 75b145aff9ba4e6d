/* pccs_import.c: a PCCS's database, so that an operator can switch in an afternoon.
 * collateral-service.md 2 "Tables", 7.13.
 *
 * What holds is stored; what does not (a stale list, a certificate of another platform) is named in
 * the report, for PCCS never looked. */
#include <stdio.h>

#include "serve/import.h"
#include "serve/log.h"
#include "serve/policies.h"
#include "serve/registration.h"
#include "serve/upper_hex.h"
#include "store/pccs_database.h"

enum { ITEMS_MAX = 4096, OTHER_TCB_MAX = 63, CERTIFICATE_ROOT = 1, CERTIFICATE_COUNT = 5 };

typedef struct pccs_import {
    call *c;
    pccs_database *db;
    import_report *report;
    import_context *im;
    assay_span certificates[CERTIFICATE_COUNT]; /* of pcs_certificates by id, PEM */
    assay_span root_crl;
    import_item *items;
    size_t item_count;
    arena batch; /* what the platforms of one transaction need */
    store_platform_record *records;
    size_t record_count;
} pccs_import;

static const assay_span none = { NULL, 0 };

static assay_status no_memory(assay_error *err)
{
    return fail(err, ASSAY_NO_MEMORY, "pccs", ASSAY_NO_OFFSET, "no memory");
}

/* A number of the database as its digits; 99 when it is none. */
static unsigned number_of(assay_span digits)
{
    unsigned value = 0;
    bool is_number = digits.size > 0 && digits.size <= 2;
    for (size_t i = 0; is_number && i < digits.size; i++) {
        is_number = digits.data[i] >= '0' && digits.data[i] <= '9';
        value = value * 10 + (unsigned)(digits.data[i] - '0');
    }
    return is_number ? value : 99;
}

/* ---- Chains ---- */

static assay_status certificate_row(void *context, const assay_span *columns, assay_error *err)
{
    pccs_import *p = context;
    unsigned id = number_of(columns[0]);
    assay_span text;
    if (id >= CERTIFICATE_COUNT)
        return ASSAY_OK;
    TRY(import_text(columns[1], p->c->memory, &text, err));
    p->certificates[id] = arena_copy(p->c->memory, text);
    if (id == CERTIFICATE_ROOT)
        p->root_crl = arena_copy(p->c->memory, columns[2]);
    return ASSAY_OK;
}

/* A certificate of the database and the root behind it. */
static assay_status chain_of(const pccs_import *p, unsigned id, assay_span *out)
{
    assay_span end = p->certificates[id], root = p->certificates[CERTIFICATE_ROOT];
    *out = none;
    if (end.size == 0 || root.size == 0)
        return ASSAY_OK;
    uint8_t *joined = arena_new(p->c->memory, end.size + root.size + 1, 1);
    if (joined == NULL)
        return no_memory(&p->c->error);
    memcpy(joined, end.data, end.size);
    joined[end.size] = '\n';
    memcpy(joined + end.size + 1, root.data, root.size);
    *out = span_of(joined, end.size + 1 + root.size);
    return ASSAY_OK;
}

/* ---- Items ---- */

static bool item_known(const pccs_import *p, const item_name *name)
{
    char key[ITEM_KEY_SIZE], other[ITEM_KEY_SIZE];
    item_key(name, key);
    for (size_t i = 0; i < p->item_count; i++) {
        item_key(&p->items[i].name, other);
        if (strcmp(key, other) == 0)
            return true;
    }
    return false;
}

/* The first of a name counts: newer versions of an interface come first. */
static assay_status item_push(pccs_import *p, const item_name *name, assay_span body,
                              unsigned signer, assay_error *err)
{
    import_item item = { .name = *name };
    if (body.size == 0 || item_known(p, name))
        return ASSAY_OK;
    if (p->item_count == ITEMS_MAX)
        return fail(err, ASSAY_MALFORMED, "pccs", ASSAY_NO_OFFSET, "more than %d items", ITEMS_MAX);
    TRY(chain_of(p, signer, &item.chain));
    item.body = arena_copy(p->c->memory, body);
    if (item.body.data == NULL)
        return no_memory(err);
    p->items[p->item_count++] = item;
    return ASSAY_OK;
}

enum { PROCESSOR_CA_ID = 2, SIGNER_ID = 3, PLATFORM_CA_ID = 4 };

static assay_status tcb_info_row(void *context, const assay_span *columns, assay_error *err)
{
    pccs_import *p = context;
    item_name name = { .kind = ITEM_TCB_INFO,
                       .tee = number_of(columns[1]) == 1 ? ASSAY_TEE_TDX : ASSAY_TEE_SGX,
                       .early = span_is(columns[2], "EARLY") };
    if (assay_hex_decode(columns[0], name.fmspc, sizeof(name.fmspc), NULL) != ASSAY_OK)
        return ASSAY_OK;
    return item_push(p, &name, columns[4], SIGNER_ID, err);
}

static assay_status identity_row(void *context, const assay_span *columns, assay_error *err)
{
    static const item_name names[] = {
        [1] = { .kind = ITEM_QE_IDENTITY, .tee = ASSAY_TEE_SGX },
        [2] = { .kind = ITEM_QVE_IDENTITY, .tee = ASSAY_TEE_SGX },
        [3] = { .kind = ITEM_QE_IDENTITY, .tee = ASSAY_TEE_TDX },
    };
    unsigned id = number_of(columns[0]);
    if (id == 0 || id > 3)
        return ASSAY_OK;
    item_name name = names[id];
    name.early = span_is(columns[1], "EARLY");
    return item_push(context, &name, columns[3], SIGNER_ID, err);
}

static assay_status crl_row(void *context, const assay_span *columns, assay_error *err)
{
    bool processor = span_is(columns[0], "PROCESSOR");
    const item_name name = { .kind = ITEM_PCK_CRL,
                             .ca = processor ? PCK_CA_PROCESSOR : PCK_CA_PLATFORM };
    return item_push(context, &name, columns[1], processor ? PROCESSOR_CA_ID : PLATFORM_CA_ID, err);
}

static assay_status read_all(pccs_import *p, pccs_table table, pccs_row_reader each)
{
    return pccs_database_read(p->db, table, none, none, each, p, &p->c->error);
}

static assay_status items_collect(pccs_import *p)
{
    static const struct {
        pck_ca ca;
        unsigned id;
    } cas[] = { { PCK_CA_PROCESSOR, PROCESSOR_CA_ID }, { PCK_CA_PLATFORM, PLATFORM_CA_ID } };
    TRY(read_all(p, PCCS_CHAIN, certificate_row));
    TRY(item_push(p, &(item_name) { .kind = ITEM_ROOT_CRL }, p->root_crl, SIGNER_ID, &p->c->error));
    for (size_t i = 0; i < 2; i++) {
        assay_span chain;
        TRY(chain_of(p, cas[i].id, &chain));
        TRY(item_push(p, &(item_name) { .kind = ITEM_PCK_CHAIN, .ca = cas[i].ca }, chain, cas[i].id,
                      &p->c->error));
    }
    TRY(read_all(p, PCCS_CRLS, crl_row));
    TRY(read_all(p, PCCS_TCB_INFOS, tcb_info_row));
    return read_all(p, PCCS_IDENTITIES, identity_row);
}

/* ---- Platforms ---- */

typedef struct platform_rows {
    pccs_import *import;
    import_platform *to;
} platform_rows;

static assay_status pck_row(void *context, const assay_span *columns, assay_error *err)
{
    platform_rows *rows = context;
    import_platform *to = rows->to;
    import_certificate *each = &to->certificates[to->certificate_count];
    if (to->certificate_count == PCK_CANDIDATE_MAX)
        return fail(err, ASSAY_MALFORMED, "pck_cert", ASSAY_NO_OFFSET,
                    "more than %d certificates of one platform", PCK_CANDIDATE_MAX);
    if (assay_hex_decode(columns[0], each->tcbm, sizeof(each->tcbm), NULL) != ASSAY_OK)
        return fail(err, ASSAY_MALFORMED, "pck_cert.tcbm", ASSAY_NO_OFFSET,
                    "is not 18 bytes of hex");
    each->text = arena_copy(&rows->import->batch, columns[1]);
    to->certificate_count++;
    return ASSAY_OK;
}

static bool raw_tcb_read(assay_span cpu_svn, assay_span pce_svn, import_raw_tcb *out)
{
    uint8_t svn[2];
    if (assay_hex_decode(cpu_svn, out->cpu_svn, sizeof(out->cpu_svn), NULL) != ASSAY_OK ||
        assay_hex_decode(pce_svn, svn, sizeof(svn), NULL) != ASSAY_OK)
        return false;
    out->pce_svn = load_u16le(svn);
    return true;
}

/* The latest is the inventory's; the others keep their answers. */
static assay_status raw_tcb_row(void *context, const assay_span *columns, assay_error *err)
{
    import_platform *to = ((platform_rows *)context)->to;
    import_raw_tcb raw;
    (void)err;
    if (!raw_tcb_read(columns[0], columns[1], &raw))
        return ASSAY_OK;
    if (!platform_tcb_known(&to->platform)) {
        memcpy(to->platform.cpu_svn, raw.cpu_svn, sizeof(raw.cpu_svn));
        to->platform.pce_svn = raw.pce_svn;
    } else if (to->other_count < OTHER_TCB_MAX) {
        to->others[to->other_count++] = raw;
    }
    return ASSAY_OK;
}

static assay_status hex_copy(assay_span text, size_t max, arena *memory, assay_span *out,
                             assay_error *err)
{
    size_t size = text.size / 2;
    uint8_t *bytes = arena_new(memory, size + 1, 1);
    if (bytes == NULL)
        return no_memory(err);
    if (size == 0 || size > max || assay_hex_decode(text, bytes, size, NULL) != ASSAY_OK)
        return fail(err, ASSAY_MALFORMED, "platforms", ASSAY_NO_OFFSET,
                    "an id is not hex of 1 to %zu bytes", max);
    *out = span_of(bytes, size);
    return ASSAY_OK;
}

static assay_status identity_read(const assay_span *columns, arena *memory, store_platform *out,
                                  assay_error *err)
{
    assay_span pce_id = none;
    TRY(hex_copy(columns[0], STORE_QE_ID_MAX, memory, &out->qe_id, err));
    TRY(hex_copy(columns[1], 2, memory, &pce_id, err));
    if (pce_id.size != 2)
        return fail(err, ASSAY_MALFORMED, "platforms.pce_id", ASSAY_NO_OFFSET, "want 2 bytes");
    out->pce_id = load_u16le(pce_id.data);
    return ASSAY_OK;
}

/* The database holds bytes since its version 1. */
static void secrets_read(assay_span manifest, assay_span ppid, arena *memory, store_platform *out)
{
    if (manifest.size > 0 && manifest.size <= PLATFORM_MANIFEST_MAX)
        out->platform_manifest = arena_copy(memory, manifest);
    else if (ppid.size == ENCRYPTED_PPID_SIZE && !span_is_zero(ppid))
        out->encrypted_ppid = arena_copy(memory, ppid);
}

static assay_status platform_collect(pccs_import *p, const assay_span *columns,
                                     import_platform *out, assay_error *err)
{
    platform_rows rows = { p, out };
    memset(out, 0, sizeof(*out));
    out->certificates = arena_new(&p->batch, PCK_CANDIDATE_MAX, sizeof(*out->certificates));
    out->others = arena_new(&p->batch, OTHER_TCB_MAX, sizeof(*out->others));
    if (out->certificates == NULL || out->others == NULL)
        return no_memory(err);
    TRY(identity_read(columns, &p->batch, &out->platform, err));
    secrets_read(columns[2], columns[3], &p->batch, &out->platform);
    TRY(pccs_database_read(p->db, PCCS_CERTIFICATES, columns[0], columns[1], pck_row, &rows, err));
    return pccs_database_read(p->db, PCCS_RAW_TCBS, columns[0], columns[1], raw_tcb_row, &rows,
                              err);
}

static assay_status batch_keep(pccs_import *p)
{
    assay_status status = p->record_count == 0
                              ? ASSAY_OK
                              : import_keep(p->im, p->records, p->record_count, p->report);
    arena_free(&p->batch);
    p->records = NULL;
    p->record_count = 0;
    return status;
}

static assay_status platform_prove(pccs_import *p, const assay_span *columns, assay_error *err)
{
    import_platform platform;
    pck_set set;
    TRY(platform_collect(p, columns, &platform, err));
    TRY(import_verify(p->im, &p->batch, &platform, &set, err));
    return import_record(p->im, &p->batch, &platform, &set, &p->records[p->record_count], err);
}

static assay_status refused(pccs_import *p, const assay_span *columns, assay_status status,
                            const assay_error *why)
{
    char what[IMPORT_NAME_SIZE];
    snprintf(what, sizeof(what), "platform %.*s_%.*s", (int)columns[0].size,
             (const char *)columns[0].data, (int)columns[1].size, (const char *)columns[1].data);
    if (status == ASSAY_NO_MEMORY) {
        p->c->error = *why;
        return status;
    }
    import_refuse(p->report, what, why);
    log_failure(LEVEL_WARNING, "import.refused", why, NULL);
    return ASSAY_OK;
}

static assay_status platform_row(void *context, const assay_span *columns, assay_error *err)
{
    pccs_import *p = context;
    assay_error why = { .status = ASSAY_OK };
    if (p->records == NULL)
        p->records = arena_new(&p->batch, IMPORT_BATCH, sizeof(*p->records));
    if (p->records == NULL)
        return no_memory(err);
    assay_status status = platform_prove(p, columns, &why);
    if (status == ASSAY_OK)
        p->record_count++;
    else
        status = refused(p, columns, status, &why);
    if (status == ASSAY_OK && p->record_count == IMPORT_BATCH)
        status = batch_keep(p);
    return status;
}

/* ---- Platforms that wait ---- */

static assay_status queued_row(void *context, const assay_span *columns, assay_error *err)
{
    pccs_import *p = context;
    store *s = p->c->service->store;
    store_platform platform = { .registered = p->c->now, .updated = p->c->now }, before;
    import_raw_tcb raw;
    bool found;
    assay_error why = { .status = ASSAY_OK };
    assay_status status = identity_read(columns, p->c->memory, &platform, &why);
    if (status != ASSAY_OK)
        return refused(p, columns, status, &why);
    secrets_read(columns[5], columns[4], p->c->memory, &platform);
    if (platform.encrypted_ppid.size == 0 && platform.platform_manifest.size == 0)
        return ASSAY_OK; /* nobody could ever fetch its certificates */
    if (raw_tcb_read(columns[2], columns[3], &raw)) {
        memcpy(platform.cpu_svn, raw.cpu_svn, sizeof(raw.cpu_svn));
        platform.pce_svn = raw.pce_svn;
    }
    platform.state =
        number_of(columns[6]) == 1 ? STORE_PLATFORM_UNAVAILABLE : STORE_PLATFORM_QUEUED;
    TRY(store_platform_get(s, platform.qe_id, platform.pce_id, p->c->memory, &before, &found, err));
    if (found)
        return ASSAY_OK;
    TRY(store_platform_put(s, &platform, STORE_KEEP, NULL, 0, NULL, 0, NULL, err));
    p->report->queued++;
    return ASSAY_OK;
}

/* ---- Policies ---- */

static assay_status policy_row(void *context, const assay_span *columns, assay_error *err)
{
    pccs_import *p = context;
    policy_order order = { .token = arena_copy(p->c->memory, columns[1]),
                           .is_default = number_of(columns[2]) == 1 };
    char id[POLICY_ID_SIZE];
    (void)err;
    if (assay_hex_decode(columns[3], order.fmspc, sizeof(order.fmspc), NULL) != ASSAY_OK)
        return ASSAY_OK;
    assay_status status = policy_keep(p->c, &order, id);
    if (status == ASSAY_OK) {
        p->report->policies++;
        return ASSAY_OK;
    }
    const assay_error why = p->c->error;
    if (status == ASSAY_ENVIRONMENT || status == ASSAY_NO_MEMORY)
        return status;
    p->c->code = 0;
    import_refuse(p->report, "policy", &why);
    return ASSAY_OK;
}

/* ---- The database ---- */

static assay_status platforms_import(pccs_import *p)
{
    assay_span chains[PCK_CA_COUNT] = { { NULL, 0 } };
    p->im = arena_new(p->c->memory, 1, sizeof(*p->im));
    if (p->im == NULL)
        return no_memory(&p->c->error);
    TRY(chain_of(p, PROCESSOR_CA_ID, &chains[PCK_CA_PROCESSOR]));
    TRY(chain_of(p, PLATFORM_CA_ID, &chains[PCK_CA_PLATFORM]));
    TRY(import_begin(p->c, chains, p->im));
    assay_status status = read_all(p, PCCS_PLATFORMS, platform_row);
    if (status == ASSAY_OK)
        status = batch_keep(p);
    arena_free(&p->batch);
    import_end(p->im);
    return status;
}

static assay_status database_import(pccs_import *p)
{
    p->items = arena_new(p->c->memory, ITEMS_MAX, sizeof(*p->items));
    if (p->items == NULL)
        return no_memory(&p->c->error);
    TRY(items_collect(p));
    TRY(import_items(p->c, p->items, p->item_count, IMPORT_WHAT_HOLDS, p->report));
    TRY(platforms_import(p));
    TRY(read_all(p, PCCS_QUEUE, queued_row));
    return read_all(p, PCCS_POLICIES, policy_row);
}

assay_status import_pccs(call *c, assay_span database, import_report *report)
{
    pccs_import p = { .c = c, .report = report };
    TRY(pccs_database_open(database, &p.db, &c->error));
    assay_status status = database_import(&p);
    pccs_database_close(p.db);
    return status;
}
