/* collateral_import.c: PCCS's platformcollateral: what an offline fetch has brought together.
 * collateral-service.md 1 "platformcollateral v4", 7.13. */
#include <stdio.h>
#include <stdlib.h>

#include "collateral/members.h"
#include "serve/import.h"
#include "serve/registration.h"

enum { ITEMS_MAX = 4096, PLATFORMS_MAX = 8192, OTHER_TCB_MAX = 63 };

#define AUTO_DOCUMENT __attribute__((cleanup(json_document_free))) json_document

typedef struct collateral_file {
    call *c;
    json_t *platforms;
    json_t *collaterals;
    assay_span pck_chains[PCK_CA_COUNT];
    assay_span tcb_chain;
    assay_span identity_chain;
    import_item *items;
    size_t item_count;
} collateral_file;

static const char file_name[] = "platformcollateral";

static assay_status no_memory(call *c)
{
    return fail(&c->error, ASSAY_NO_MEMORY, file_name, ASSAY_NO_OFFSET, "no memory");
}

/* ---- Chains ---- */

static assay_status chain_take(collateral_file *f, json_t *object, const char *member,
                               assay_span *out)
{
    assay_span text;
    json_t *value = json_object_get(object, member);
    if (value == NULL || json_is_null(value))
        return ASSAY_OK;
    TRY(json_take_text(object, member, "certificates", &text, &f->c->error));
    return import_text(text, f->c->memory, out, &f->c->error);
}

static assay_status chains_take(collateral_file *f)
{
    json_t *certificates;
    TRY(json_take_object(f->collaterals, "certificates", file_name, &certificates, &f->c->error));
    json_t *pck = json_object_get(certificates, "SGX-PCK-Certificate-Issuer-Chain");
    TRY(chain_take(f, pck, "PROCESSOR", &f->pck_chains[PCK_CA_PROCESSOR]));
    TRY(chain_take(f, pck, "PLATFORM", &f->pck_chains[PCK_CA_PLATFORM]));
    TRY(chain_take(f, certificates, "SGX-TCB-Info-Issuer-Chain", &f->tcb_chain));
    TRY(chain_take(f, certificates, "TCB-Info-Issuer-Chain", &f->tcb_chain));
    return chain_take(f, certificates, "SGX-Enclave-Identity-Issuer-Chain", &f->identity_chain);
}

static assay_span any_chain(const collateral_file *f)
{
    const assay_span chains[] = { f->pck_chains[PCK_CA_PLATFORM], f->pck_chains[PCK_CA_PROCESSOR],
                                  f->tcb_chain, f->identity_chain };
    size_t i = 0;
    while (i < 3 && chains[i].size == 0)
        i++;
    return chains[i];
}

/* ---- Items ---- */

static assay_status item_push(collateral_file *f, const item_name *name, assay_span body,
                              assay_span chain)
{
    if (body.size == 0)
        return ASSAY_OK;
    if (f->item_count == ITEMS_MAX)
        return fail(&f->c->error, ASSAY_MALFORMED, file_name, ASSAY_NO_OFFSET, "more than %d items",
                    ITEMS_MAX);
    f->items[f->item_count++] = (import_item) { .name = *name, .body = body, .chain = chain };
    return ASSAY_OK;
}

/* A text as it is; an object written compactly, which gives back the vendor's bytes: that they are
 * his is proved by his signature. */
static assay_status document_text(collateral_file *f, json_t *value, assay_span *out)
{
    *out = (assay_span) { NULL, 0 };
    if (value == NULL || json_is_null(value))
        return ASSAY_OK;
    if (json_is_string(value)) {
        *out = span_of(json_string_value(value), json_string_length(value));
        return ASSAY_OK;
    }
    char *text = json_dumps(value, JSON_COMPACT);
    if (text == NULL)
        return no_memory(f->c);
    *out = arena_copy(f->c->memory, SPAN_TEXT(text));
    free(text);
    return out->data != NULL ? ASSAY_OK : no_memory(f->c);
}

static const struct {
    const char *member;
    assay_tee tee;
    bool early;
} tcb_info_members[] = {
    { "sgx_tcbinfo", ASSAY_TEE_SGX, false },      { "tdx_tcbinfo", ASSAY_TEE_TDX, false },
    { "sgx_tcbinfo_early", ASSAY_TEE_SGX, true }, { "tdx_tcbinfo_early", ASSAY_TEE_TDX, true },
    { "tcbinfo", ASSAY_TEE_SGX, false },          { "tcbinfo_early", ASSAY_TEE_SGX, true },
};
enum { TCB_INFO_MEMBERS = sizeof(tcb_info_members) / sizeof(tcb_info_members[0]) };

static assay_status tcb_infos_take(collateral_file *f)
{
    static const char *const known[] = { "fmspc",         "sgx_tcbinfo", "sgx_tcbinfo_early",
                                         "tdx_tcbinfo",   "tcbinfo",     "tdx_tcbinfo_early",
                                         "tcbinfo_early", NULL };
    json_t *infos;
    TRY(json_take_array(f->collaterals, "tcbinfos", file_name, 0, ITEMS_MAX, &infos, &f->c->error));
    for (size_t i = 0; i < json_array_size(infos); i++) {
        json_t *entry = json_array_get(infos, i);
        item_name name = { .kind = ITEM_TCB_INFO };
        TRY(members_refuse_unknown(entry, known, "tcbinfos[]", "no member", &f->c->error));
        TRY(json_take_hex(entry, "fmspc", "tcbinfos[]", name.fmspc, sizeof(name.fmspc),
                          &f->c->error));
        for (size_t m = 0; m < TCB_INFO_MEMBERS; m++) {
            assay_span body;
            name.tee = tcb_info_members[m].tee;
            name.early = tcb_info_members[m].early;
            TRY(document_text(f, json_object_get(entry, tcb_info_members[m].member), &body));
            TRY(item_push(f, &name, body, f->tcb_chain));
        }
    }
    return ASSAY_OK;
}

static assay_status identities_take(collateral_file *f)
{
    static const struct {
        const char *member;
        item_name name;
    } rows[] = {
        { "qeidentity", { .kind = ITEM_QE_IDENTITY, .tee = ASSAY_TEE_SGX } },
        { "qeidentity_early", { .kind = ITEM_QE_IDENTITY, .tee = ASSAY_TEE_SGX, .early = true } },
        { "tdqeidentity", { .kind = ITEM_QE_IDENTITY, .tee = ASSAY_TEE_TDX } },
        { "tdqeidentity_early", { .kind = ITEM_QE_IDENTITY, .tee = ASSAY_TEE_TDX, .early = true } },
        { "qveidentity", { .kind = ITEM_QVE_IDENTITY, .tee = ASSAY_TEE_SGX } },
        { "qveidentity_early", { .kind = ITEM_QVE_IDENTITY, .tee = ASSAY_TEE_SGX, .early = true } },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assay_span body;
        TRY(document_text(f, json_object_get(f->collaterals, rows[i].member), &body));
        TRY(item_push(f, &rows[i].name, body, f->identity_chain));
    }
    return ASSAY_OK;
}

static assay_status crls_take(collateral_file *f)
{
    static const struct {
        const char *member;
        pck_ca ca;
    } rows[] = { { "processorCrl", PCK_CA_PROCESSOR }, { "platformCrl", PCK_CA_PLATFORM } };
    json_t *crls = json_object_get(f->collaterals, "pckcacrl");
    assay_span body;
    TRY(document_text(f, json_object_get(f->collaterals, "rootcacrl"), &body));
    TRY(item_push(f, &(item_name) { .kind = ITEM_ROOT_CRL }, body, any_chain(f)));
    for (size_t i = 0; i < 2; i++) {
        const item_name chain = { .kind = ITEM_PCK_CHAIN, .ca = rows[i].ca };
        const item_name crl = { .kind = ITEM_PCK_CRL, .ca = rows[i].ca };
        const assay_span text = f->pck_chains[rows[i].ca];
        TRY(item_push(f, &chain, text, text));
        TRY(document_text(f, json_object_get(crls, rows[i].member), &body));
        TRY(item_push(f, &crl, body, text));
    }
    return ASSAY_OK;
}

/* ---- Platforms ---- */

static assay_status certificates_take(collateral_file *f, json_t *entry, import_platform *out)
{
    static const char *const known[] = { "tcb", "tcbm", "cert", NULL };
    json_t *list;
    TRY(json_take_array(entry, "certs", "pck_certs[]", 1, PCK_CANDIDATE_MAX, &list, &f->c->error));
    out->certificates = arena_new(f->c->memory, json_array_size(list), sizeof(*out->certificates));
    if (out->certificates == NULL)
        return no_memory(f->c);
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *each = json_array_get(list, i);
        import_certificate *to = &out->certificates[i];
        TRY(members_refuse_unknown(each, known, "certs[]", "no member", &f->c->error));
        TRY(json_take_hex(each, "tcbm", "certs[]", to->tcbm, sizeof(to->tcbm), &f->c->error));
        TRY(json_take_text(each, "cert", "certs[]", &to->text, &f->c->error));
    }
    out->certificate_count = json_array_size(list);
    return ASSAY_OK;
}

static bool same_platform(const store_platform *a, const store_platform *b)
{
    return a->pce_id == b->pce_id && span_equal(a->qe_id, b->qe_id);
}

/* Several entries of one platform are several raw TCBs: the first is the inventory's. */
static void entry_join(import_platform *to, const store_platform *from)
{
    if (to->platform.encrypted_ppid.size == 0 && to->platform.platform_manifest.size == 0) {
        to->platform = *from;
        return;
    }
    if (!platform_tcb_known(from) || to->other_count == OTHER_TCB_MAX)
        return;
    import_raw_tcb *raw = &to->others[to->other_count++];
    memcpy(raw->cpu_svn, from->cpu_svn, sizeof(raw->cpu_svn));
    raw->pce_svn = from->pce_svn;
}

/* What a list of certificates says of its platform, in case `platforms` does not name it. */
static assay_status identity_take(collateral_file *f, json_t *entry, store_platform *out)
{
    json_t *copy = json_copy(entry);
    if (copy == NULL)
        return no_memory(f->c);
    json_object_del(copy, "certs");
    if (json_object_get(copy, "cpu_svn") == NULL) {
        json_object_set_new(copy, "cpu_svn", json_string("00000000000000000000000000000000"));
        json_object_set_new(copy, "pce_svn", json_string("0000"));
    }
    assay_status status = registration_take(copy, "pck_certs[]", f->c->memory, out, &f->c->error);
    json_decref(copy);
    return status;
}

static assay_status platform_take(collateral_file *f, json_t *entry, const store_platform *listed,
                                  size_t count, import_platform *out)
{
    store_platform own;
    memset(out, 0, sizeof(*out));
    if (!json_is_object(entry))
        return fail(&f->c->error, ASSAY_MALFORMED, "pck_certs[]", ASSAY_NO_OFFSET, "want objects");
    TRY(identity_take(f, entry, &own));
    TRY(certificates_take(f, entry, out));
    out->others = arena_new(f->c->memory, OTHER_TCB_MAX, sizeof(*out->others));
    if (out->others == NULL)
        return no_memory(f->c);
    for (size_t i = 0; i < count; i++) {
        if (same_platform(&listed[i], &own))
            entry_join(out, &listed[i]);
    }
    if (out->platform.qe_id.size == 0)
        out->platform = own;
    return ASSAY_OK;
}

static assay_status registered_take(collateral_file *f, store_platform **out, size_t *count)
{
    size_t found = json_array_size(f->platforms);
    store_platform *all = arena_new(f->c->memory, found + 1, sizeof(*all));
    if (all == NULL)
        return no_memory(f->c);
    for (size_t i = 0; i < found; i++) {
        char where[40];
        snprintf(where, sizeof(where), "platforms[%zu]", i);
        TRY(registration_take(json_array_get(f->platforms, i), where, f->c->memory, &all[i],
                              &f->c->error));
    }
    *out = all;
    *count = found;
    return ASSAY_OK;
}

static assay_status platforms_keep(collateral_file *f, import_context *im, json_t *lists,
                                   const store_platform *listed, size_t listed_count,
                                   import_report *report)
{
    size_t count = json_array_size(lists);
    store_platform_record *records = arena_new(f->c->memory, count + 1, sizeof(*records));
    if (records == NULL)
        return no_memory(f->c);
    for (size_t i = 0; i < count; i++) {
        char where[40];
        import_platform platform;
        pck_set set;
        TRY(platform_take(f, json_array_get(lists, i), listed, listed_count, &platform));
        assay_status status = import_verify(im, f->c->memory, &platform, &set, &f->c->error);
        if (status == ASSAY_OK)
            status = import_record(im, f->c->memory, &platform, &set, &records[i], &f->c->error);
        snprintf(where, sizeof(where), "pck_certs[%zu]", i);
        if (status != ASSAY_OK)
            return error_inside(&f->c->error, status, where);
    }
    return count == 0 ? ASSAY_OK : import_keep(im, records, count, report);
}

static assay_status platforms_import(collateral_file *f, import_report *report)
{
    import_context *im = arena_new(f->c->memory, 1, sizeof(*im));
    store_platform *listed = NULL;
    size_t count = 0;
    json_t *lists;
    if (im == NULL)
        return no_memory(f->c);
    TRY(registered_take(f, &listed, &count));
    TRY(json_take_array(f->collaterals, "pck_certs", file_name, 0, PLATFORMS_MAX, &lists,
                        &f->c->error));
    TRY(import_begin(f->c, f->pck_chains, im));
    assay_status status = platforms_keep(f, im, lists, listed, count, report);
    import_end(im);
    return status;
}

/* ---- The file ---- */

static assay_status shape_check(collateral_file *f, json_t *root)
{
    static const char *const top[] = { "platforms", "collaterals", NULL };
    static const char *const inside[] = { "version",       "pck_certs",
                                          "tcbinfos",      "pckcacrl",
                                          "qeidentity",    "qeidentity_early",
                                          "tdqeidentity",  "tdqeidentity_early",
                                          "qveidentity",   "qveidentity_early",
                                          "certificates",  "rootcacrl",
                                          "rootcacrl_cdp", NULL };
    uint64_t version;
    assay_error *err = &f->c->error;
    if (!json_is_object(root))
        return fail(err, ASSAY_MALFORMED, file_name, ASSAY_NO_OFFSET, "want an object");
    TRY(members_refuse_unknown(root, top, file_name, "no member", err));
    TRY(json_take_array(root, "platforms", file_name, 0, PLATFORMS_MAX, &f->platforms, err));
    TRY(json_take_object(root, "collaterals", file_name, &f->collaterals, err));
    TRY(members_refuse_unknown(f->collaterals, inside, "collaterals", "no member", err));
    TRY(json_take_unsigned(f->collaterals, "version", "collaterals", 4, &version, err));
    if (version < 3)
        return json_fail(err, "collaterals", "version", "is %llu, want 3 or 4",
                         (unsigned long long)version);
    return ASSAY_OK;
}

static assay_status file_read(collateral_file *f, json_t *root)
{
    TRY(shape_check(f, root));
    TRY(chains_take(f));
    TRY(crls_take(f));
    TRY(tcb_infos_take(f));
    return identities_take(f);
}

assay_status import_collateral(call *c, assay_span text, import_report *report)
{
    AUTO_DOCUMENT document = { 0 };
    collateral_file f = { .c = c };
    TRY(json_document_parse(text, NULL, &document, file_name, &c->error));
    f.items = arena_new(c->memory, ITEMS_MAX, sizeof(*f.items));
    if (f.items == NULL)
        return no_memory(c);
    TRY(file_read(&f, document.root));
    TRY(import_items(c, f.items, f.item_count, IMPORT_ALL_OR_NOTHING, report));
    return platforms_import(&f, report);
}
