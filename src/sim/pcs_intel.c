/* pcs_intel.c: documents and CRLs of the simulated Intel. collateral-service.md 3; verification.md
 * 2.4, 3. */
#include <errno.h>
#include <stdlib.h>

#include "sim/certificates.h"
#include "sim/documents.h"
#include "sim/pcs.h"

enum { ROOT_CRL_EVERY = 180 * SIM_DAY, ROOT_CRL_DAYS = 365 };

static bool is_tdx(const pcs_request *request)
{
    return strcmp(request->captures[0], "tdx") == 0;
}

static bool is_v3(const pcs_request *request)
{
    return strcmp(request->captures[1], "v3") == 0;
}

/* When what was issued at `begin` for so many days is to be renewed. */
static int64_t end_of(const pcs_request *request, int64_t begin, unsigned days)
{
    return request->issue.end != 0 ? request->issue.end : begin + (int64_t)days * SIM_DAY;
}

static void put_dates(const pcs_vendor *vendor, const pcs_request *request, sim_document *document)
{
    document->issue_date = request->issue.date;
    document->next_update = end_of(request, request->issue.date, vendor->days);
    if (request->issue.signing != SIM_KEY_NONE)
        document->signing_key = request->issue.signing;
}

/* ---- Which evaluation data number ---- */

static bool take_channel(const pcs_request *request, uint32_t *out, pcs_reply *reply)
{
    const char *update = pcs_parameter_of(request, "update");
    bool early = update != NULL && strcmp(update, "early") == 0;
    if (update != NULL && !early && strcmp(update, "standard") != 0) {
        pcs_refuse(reply, 400, "update: want early or standard");
        return false;
    }
    *out = sim_calendar_number(&request->calendar, early ? SIM_CHANNEL_EARLY : SIM_CHANNEL_STANDARD,
                               request->issue.now) -
           request->issue.lower;
    return true;
}

/* False: the reply is a refusal. */
static bool take_number(const pcs_request *request, uint32_t *out, pcs_reply *reply)
{
    const char *text = pcs_parameter_of(request, "tcbEvaluationDataNumber");
    char *end = NULL;
    if (text == NULL)
        return take_channel(request, out, reply);
    errno = 0;
    unsigned long number = strtoul(text, &end, 10);
    if (pcs_parameter_of(request, "update") != NULL) {
        pcs_refuse(reply, 400, "update and tcbEvaluationDataNumber exclude each other");
        return false;
    }
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || number > UINT32_MAX) {
        pcs_refuse(reply, 400, "tcbEvaluationDataNumber: want a number");
        return false;
    }
    *out = (uint32_t)number;
    switch (sim_calendar_phase(&request->calendar, *out, request->issue.now)) {
    case SIM_PHASE_UNKNOWN:
        pcs_refuse(reply, 404, "no evaluation data number %lu", number);
        return false;
    case SIM_PHASE_RETIRED:
        pcs_refuse(reply, 410, "evaluation data number %lu is retired", number);
        return false;
    case SIM_PHASE_EARLY:
    case SIM_PHASE_STANDARD:
        break;
    }
    return true;
}

/* ---- Documents ---- */

static const fleet_model *model_after(const fleet_model *model, sim_reach reach)
{
    const fleet_model *row = model;
    do {
        row = row[1].kind != NULL ? row + 1 : fleet_models;
    } while (row->reach < reach);
    return row;
}

assay_status pcs_tcb(pcs_vendor *vendor, const pcs_request *request, pcs_reply *reply,
                     assay_error *err)
{
    uint8_t fmspc[6];
    uint32_t number;
    sim_reach reach = is_tdx(request) ? SIM_SGX_AND_TDX : SIM_SGX_ONLY;
    if (!pcs_take_hex(request, "fmspc", fmspc, sizeof(fmspc), reply) ||
        !take_number(request, &number, reply))
        return ASSAY_OK;
    const fleet_model *model = fleet_model_find(fmspc);
    if (model == NULL || model->reach < reach)
        return pcs_refuse(reply, 404, "no TCB info for this FMSPC");
    if (request->issue.subject == PCS_ANOTHER)
        model = model_after(model, reach);
    sim_tcb_info info =
        vendor->fleet.worlds[is_tdx(request) ? SIM_WORLD_TDX : SIM_WORLD_SGX].tcb_info;
    memcpy(info.fmspc, model->fmspc, sizeof(info.fmspc));
    put_dates(vendor, request, &info.document);
    info.document.evaluation_number = number;
    if (is_v3(request)) {
        info.document.version = 2;
        info.document.id = NULL;
    }
    sim_recovery_levels(number, info.levels, info.level_count);
    reply->type = "application/json";
    pcs_reply_chain(vendor, request,
                    is_v3(request) ? "SGX-TCB-Info-Issuer-Chain" : "TCB-Info-Issuer-Chain",
                    PCS_CHAIN_SIGNER, reply);
    return sim_tcb_info_write(&info, &vendor->fleet.ring, &reply->body, err);
}

/* Which identity stands behind which path; the world's own where `id` is NULL. */
static const struct {
    const char *tee, *enclave, *id;
    enum sim_world_id world;
    uint16_t isv_prod_id;
} identities[] = {
    { "sgx", "qe", NULL, SIM_WORLD_SGX, 0 },
    { "tdx", "qe", NULL, SIM_WORLD_TDX, 0 },
    { "sgx", "qve", "QVE", SIM_WORLD_SGX, 2 },
    { "sgx", "qae", "QAE", SIM_WORLD_SGX, 3 },
};
enum { IDENTITY_COUNT = sizeof(identities) / sizeof(identities[0]) };

assay_status pcs_identity(pcs_vendor *vendor, const pcs_request *request, pcs_reply *reply,
                          assay_error *err)
{
    uint32_t number;
    size_t row = 0;
    while (row < IDENTITY_COUNT && (strcmp(identities[row].tee, request->captures[0]) != 0 ||
                                    strcmp(identities[row].enclave, request->captures[2]) != 0))
        row++;
    if (row == IDENTITY_COUNT)
        return pcs_refuse(reply, 404, "no identity of %.16s", request->captures[2]);
    if (!take_number(request, &number, reply))
        return ASSAY_OK;
    if (request->issue.subject == PCS_ANOTHER)
        row = (row + 1) % IDENTITY_COUNT;
    sim_identity identity = vendor->fleet.worlds[identities[row].world].identity;
    if (identities[row].id != NULL) {
        identity.document.id = identities[row].id;
        identity.isv_prod_id = identities[row].isv_prod_id;
    }
    put_dates(vendor, request, &identity.document);
    identity.document.evaluation_number = number;
    reply->type = "application/json";
    pcs_reply_chain(vendor, request, "SGX-Enclave-Identity-Issuer-Chain", PCS_CHAIN_SIGNER, reply);
    return sim_identity_write(&identity, &vendor->fleet.ring, &reply->body, err);
}

assay_status pcs_numbers(pcs_vendor *vendor, const pcs_request *request, pcs_reply *reply,
                         assay_error *err)
{
    sim_document document = vendor->fleet.worlds[SIM_WORLD_SGX].tcb_info.document;
    sim_recovery rows[SIM_RECOVERY_COUNT];
    size_t count = 0;
    for (uint32_t i = SIM_RECOVERY_COUNT; i-- > 0;) {
        sim_phase phase =
            sim_calendar_phase(&request->calendar, SIM_FIRST_NUMBER + i, request->issue.now);
        if (phase == SIM_PHASE_EARLY || phase == SIM_PHASE_STANDARD)
            rows[count++] = (sim_recovery) { SIM_FIRST_NUMBER + i, request->calendar.events[i] };
    }
    document.id = is_tdx(request) != (request->issue.subject == PCS_ANOTHER) ? "TDX" : "SGX";
    document.version = 1;
    put_dates(vendor, request, &document);
    reply->type = "application/json";
    pcs_reply_chain(vendor, request, "TCB-Evaluation-Data-Numbers-Issuer-Chain", PCS_CHAIN_SIGNER,
                    reply);
    return sim_recoveries_write(&document, rows, count, &vendor->fleet.ring, &reply->body, err);
}

assay_status pcs_fmspcs(pcs_vendor *vendor, const pcs_request *request, pcs_reply *reply,
                        assay_error *err)
{
    (void)vendor;
    (void)err;
    const char *wanted = pcs_parameter_of(request, "platform"), *separator = "";
    bool all = wanted == NULL || strcmp(wanted, "all") == 0, known = all;
    for (const fleet_model *row = fleet_models; row->kind != NULL && !known; row++)
        known = strcmp(wanted, row->kind) == 0;
    if (!known)
        return pcs_refuse(reply, 400, "platform: want all, client, E3 or E5");
    reply->type = "application/json";
    bytes_add_text(&reply->body, "[");
    for (const fleet_model *row = fleet_models; row->kind != NULL; row++) {
        if (!all && strcmp(wanted, row->kind) != 0)
            continue;
        bytes_add_format(&reply->body, "%s{\"fmspc\":\"", separator);
        bytes_add_hex(&reply->body, SPAN(row->fmspc), hex_upper);
        bytes_add_format(&reply->body, "\",\"platform\":\"%s\"}", row->kind);
        separator = ",";
    }
    bytes_add_text(&reply->body, "]");
    return ASSAY_OK;
}

/* ---- CRLs ---- */

static assay_status put_crl(const pcs_vendor *vendor, const pcs_request *request,
                            const sim_world *world, sim_crl *crl, pcs_reply *reply,
                            assay_error *err)
{
    crl->signing_key = request->issue.signing;
    reply->type = crl->encoding == SIM_CRL_PEM ? "application/x-pem-file" : "application/pkix-crl";
    return sim_crl_write(world, &vendor->fleet.ring, crl, &reply->body, err);
}

assay_status pcs_pck_crl(pcs_vendor *vendor, const pcs_request *request, pcs_reply *reply,
                         assay_error *err)
{
    const char *ca = pcs_parameter_of(request, "ca"),
               *encoding = pcs_parameter_of(request, "encoding");
    bool processor = ca != NULL && strcmp(ca, "processor") == 0;
    if (!processor && (ca == NULL || strcmp(ca, "platform") != 0))
        return pcs_refuse(reply, 400, "ca: want processor or platform");
    if (encoding != NULL && strcmp(encoding, "pem") != 0 && strcmp(encoding, "der") != 0)
        return pcs_refuse(reply, 400, "encoding: want pem or der");
    if (request->issue.subject == PCS_ANOTHER)
        processor = !processor;
    const sim_world *world = &vendor->fleet.worlds[processor ? SIM_WORLD_PROCESSOR : SIM_WORLD_SGX];
    sim_crl crl = world->pck_crl;
    crl.this_update = request->issue.date;
    crl.next_update = end_of(request, crl.this_update, vendor->days);
    crl.number = (uint32_t)(request->issue.date / SIM_DAY);
    crl.encoding = encoding != NULL && strcmp(encoding, "der") == 0 ? SIM_CRL_DER : SIM_CRL_PEM;
    pcs_reply_chain(vendor, request, "SGX-PCK-CRL-Issuer-Chain",
                    processor ? PCS_CHAIN_PROCESSOR : PCS_CHAIN_PLATFORM, reply);
    return put_crl(vendor, request, world, &crl, reply, err);
}

/* The root's CRL lives a year and is issued twice a year. */
assay_status pcs_root_crl(pcs_vendor *vendor, const pcs_request *request, pcs_reply *reply,
                          assay_error *err)
{
    const sim_world *world = &vendor->fleet.worlds[SIM_WORLD_SGX];
    sim_crl crl = world->root_crl;
    int64_t age = request->issue.now - crl.this_update;
    int64_t issues = age >= 0 ? age / ROOT_CRL_EVERY : -1;
    crl.this_update += issues * ROOT_CRL_EVERY + request->issue.shift;
    crl.next_update = end_of(request, crl.this_update, ROOT_CRL_DAYS);
    crl.number = (uint32_t)(2 + issues);
    return put_crl(vendor, request, world, &crl, reply, err);
}
