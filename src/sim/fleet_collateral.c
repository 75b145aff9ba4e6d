/* fleet_collateral.c: platformcollateral, the offline form of everything. collateral-service.md 1.
 *
 * Its items are the replies of the simulated PCS, so they are what a client would have got. */
#include "sim/fleet_text.h"
#include "sim/fleet_write.h"

#define ROOT_CRL_URL "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der"

/* ---- Items of the PCS ---- */

typedef struct asking {
    pcs_vendor *vendor;
    sim_calendar calendar;
} asking;

/* One request; 404 gives an empty body, other refusals fail. */
static assay_status ask(const asking *a, const char *path, const pcs_parameter *first,
                        const pcs_parameter *second, pcs_reply *reply, assay_error *err)
{
    int64_t begin = a->vendor->begin;
    pcs_request request = { .method = "GET",
                            .path = path,
                            .calendar = a->calendar,
                            .issue = { .now = begin, .date = begin - SIM_HOUR } };
    if (first != NULL)
        request.parameters[request.parameter_count++] = *first;
    if (second != NULL)
        request.parameters[request.parameter_count++] = *second;
    pcs_answer(a->vendor, &request, reply);
    if (reply->status == 404)
        bytes_free(&reply->body);
    else if (reply->status != 200)
        return fail(err, ASSAY_NO_MEMORY, path, ASSAY_NO_OFFSET, "status %u", reply->status);
    return ASSAY_OK;
}

typedef enum item_form { ITEM_OBJECT, ITEM_TEXT, ITEM_HEX } item_form;

typedef struct item_row {
    const char *member;
    const char *path;
    const char *name, *value; /* a parameter, or NULL */
    item_form form;
} item_row;

static void put_body(assay_span body, item_form form, sim_bytes *out)
{
    if (form == ITEM_OBJECT) {
        bytes_add(out, body);
        return;
    }
    bytes_add_text(out, "\"");
    for (size_t i = 0; form == ITEM_TEXT && i < body.size; i++) {
        if (body.data[i] == '"' || body.data[i] == '\\')
            bytes_add_u8(out, '\\');
        bytes_add_u8(out, body.data[i]);
    }
    if (form == ITEM_HEX)
        bytes_add_hex(out, body, hex_upper);
    bytes_add_text(out, "\"");
}

/* ,"member":body; nothing when the PCS has none. */
static assay_status put_item(const asking *a, const item_row *row, const pcs_parameter *second,
                             sim_bytes *out, assay_error *err)
{
    pcs_reply reply = { .status = 0 };
    const pcs_parameter first = { row->name, row->value };
    assay_status status = ask(a, row->path, row->name != NULL ? &first : NULL, second, &reply, err);
    if (status == ASSAY_OK && reply.body.size > 0) {
        bytes_add_format(out, ",\"%s\":", row->member);
        put_body(bytes_span(&reply.body), row->form, out);
    }
    out->failed |= reply.body.failed;
    pcs_reply_free(&reply);
    return status;
}

static const item_row tcb_rows[] = {
    { "sgx_tcbinfo", "/sgx/certification/v4/tcb", "update", "standard", ITEM_OBJECT },
    { "tdx_tcbinfo", "/tdx/certification/v4/tcb", "update", "standard", ITEM_OBJECT },
    { "sgx_tcbinfo_early", "/sgx/certification/v4/tcb", "update", "early", ITEM_OBJECT },
    { "tdx_tcbinfo_early", "/tdx/certification/v4/tcb", "update", "early", ITEM_OBJECT },
};

static const item_row identity_rows[] = {
    { "qeidentity", "/sgx/certification/v4/qe/identity", "update", "standard", ITEM_TEXT },
    { "tdqeidentity", "/tdx/certification/v4/qe/identity", "update", "standard", ITEM_TEXT },
    { "qveidentity", "/sgx/certification/v4/qve/identity", "update", "standard", ITEM_TEXT },
    { "qeidentity_early", "/sgx/certification/v4/qe/identity", "update", "early", ITEM_TEXT },
    { "tdqeidentity_early", "/tdx/certification/v4/qe/identity", "update", "early", ITEM_TEXT },
    { "qveidentity_early", "/sgx/certification/v4/qve/identity", "update", "early", ITEM_TEXT },
    { "rootcacrl", "/IntelSGXRootCA.der", NULL, NULL, ITEM_HEX },
};

static const item_row crl_rows[] = {
    { "processorCrl", "/sgx/certification/v4/pckcrl", "ca", "processor", ITEM_HEX },
    { "platformCrl", "/sgx/certification/v4/pckcrl", "ca", "platform", ITEM_HEX },
};

/* Rows as members of an object that has one already, so each begins with a comma. */
static assay_status put_items(const asking *a, const item_row *rows, size_t count,
                              const pcs_parameter *second, sim_bytes *out, assay_error *err)
{
    for (size_t i = 0; i < count; i++)
        TRY(put_item(a, &rows[i], second, out, err));
    return ASSAY_OK;
}

#define COUNT_OF(rows) (sizeof(rows) / sizeof((rows)[0]))

static assay_status put_tcb_infos(const asking *a, sim_bytes *out, assay_error *err)
{
    bytes_add_text(out, ",\"tcbinfos\":[");
    for (const fleet_model *model = fleet_models; model->kind != NULL; model++) {
        sim_bytes hex = { 0 };
        bytes_add_hex(&hex, SPAN(model->fmspc), hex_upper);
        bytes_add_u8(&hex, 0);
        const pcs_parameter fmspc = { "fmspc", (const char *)hex.data };
        bytes_add_text(out, model == fleet_models ? "{" : ",{");
        fleet_put_hex("fmspc", SPAN(model->fmspc), out);
        assay_status status = put_items(a, tcb_rows, COUNT_OF(tcb_rows), &fmspc, out, err);
        bytes_add_text(out, "}");
        bytes_free(&hex);
        TRY(status);
    }
    bytes_add_text(out, "]");
    return ASSAY_OK;
}

static assay_status put_crls(const asking *a, sim_bytes *out, assay_error *err)
{
    static const pcs_parameter der = { "encoding", "der" };
    sim_bytes crls = { 0 };
    assay_status status = put_items(a, crl_rows, COUNT_OF(crl_rows), &der, &crls, err);
    bytes_add_text(out, ",\"pckcacrl\":{");
    if (crls.size > 0)
        bytes_add(out, span_of(crls.data + 1, crls.size - 1));
    bytes_add_text(out, "}");
    out->failed |= crls.failed;
    bytes_free(&crls);
    return status;
}

static void put_chains(const pcs_chains *chains, sim_bytes *out)
{
    bytes_add_text(out, ",\"certificates\":{\"SGX-PCK-Certificate-Issuer-Chain\":{"
                        "\"PROCESSOR\":\"");
    bytes_add(out, bytes_span(&chains->genuine[PCS_CHAIN_PROCESSOR]));
    bytes_add_text(out, "\",\"PLATFORM\":\"");
    bytes_add(out, bytes_span(&chains->genuine[PCS_CHAIN_PLATFORM]));
    bytes_add_text(out, "\"},\"TCB-Info-Issuer-Chain\":\"");
    bytes_add(out, bytes_span(&chains->genuine[PCS_CHAIN_SIGNER]));
    bytes_add_text(out, "\",\"SGX-Enclave-Identity-Issuer-Chain\":\"");
    bytes_add(out, bytes_span(&chains->genuine[PCS_CHAIN_SIGNER]));
    bytes_add_text(out, "\"}");
}

/* ---- Platforms ---- */

static void put_certificate(const sim_level *level, assay_span pem, sim_bytes *out)
{
    uint8_t tcbm[SIM_TCBM_SIZE];
    fleet_level_tcbm(level, tcbm);
    bytes_add_text(out, "{\"tcb\":{");
    for (unsigned i = 0; i < 16; i++)
        bytes_add_format(out, "\"sgxtcbcomp%02usvn\":%u,", i + 1, level->sgx[i]);
    bytes_add_format(out, "\"pcesvn\":%u},", level->pce_svn);
    fleet_put_hex("tcbm", SPAN(tcbm), out);
    bytes_add_text(out, ",\"cert\":\"");
    bytes_add_percent_encoded(out, pem);
    bytes_add_text(out, "\"}");
}

static assay_status put_certificates(const sim_fleet *fleet, const fleet_member *member,
                                     const fleet_selection *selection, sim_bytes *out,
                                     assay_error *err)
{
    bytes_add_text(out, "{");
    fleet_put_identity(fleet, member, selection->tokens, out);
    bytes_add_text(out, ",\"certs\":[");
    TRY(fleet_each_certificate(fleet, member, selection, put_certificate, out, err));
    bytes_add_text(out, "]}");
    return ASSAY_OK;
}

static assay_status put_platforms(const sim_fleet *fleet, const fleet_selection *selection,
                                  sim_bytes *out, sim_bytes *certificates, assay_error *err)
{
    for (uint64_t i = 0; i < selection->count; i++) {
        fleet_member member;
        if (!fleet_find(fleet, selection->first + i, &member))
            return fail(err, ASSAY_USAGE, "--first", ASSAY_NO_OFFSET, "no platform %llu",
                        (unsigned long long)(selection->first + i));
        if (i > 0) {
            bytes_add_text(out, ",");
            bytes_add_text(certificates, ",");
        }
        fleet_put_platform(fleet, &member, selection->tokens, out);
        TRY(put_certificates(fleet, &member, selection, certificates, err));
    }
    return ASSAY_OK;
}

static assay_status put_all(const asking *a, const fleet_selection *selection, sim_bytes *out,
                            sim_bytes *certificates, assay_error *err)
{
    bytes_add_text(out, "{\"platforms\":[");
    TRY(put_platforms(&a->vendor->fleet, selection, out, certificates, err));
    bytes_add_text(out, "],\"collaterals\":{\"version\":4,\"pck_certs\":[");
    bytes_add(out, bytes_span(certificates));
    bytes_add_text(out, "]");
    TRY(put_tcb_infos(a, out, err));
    TRY(put_crls(a, out, err));
    TRY(put_items(a, identity_rows, COUNT_OF(identity_rows), NULL, out, err));
    put_chains(&a->vendor->chains, out);
    bytes_add_text(out, ",\"rootcacrl_cdp\":\"" ROOT_CRL_URL "\"}}\n");
    out->failed |= certificates->failed;
    return ASSAY_OK;
}

assay_status fleet_write_collateral(pcs_vendor *vendor, const fleet_selection *selection,
                                    FILE *file, assay_error *err)
{
    asking a = { .vendor = vendor };
    sim_bytes text = { 0 }, certificates = { 0 };
    sim_calendar_init(&a.calendar, vendor->begin);
    assay_status status = put_all(&a, selection, &text, &certificates, err);
    if (status == ASSAY_OK)
        status = fleet_flush(&text, file, err);
    bytes_free(&text);
    bytes_free(&certificates);
    return status;
}
