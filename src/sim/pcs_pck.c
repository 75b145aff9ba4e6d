/* pcs_pck.c: PCK certificates and registration of the simulated Intel. collateral-service.md 3. */
#include "sim/pcs.h"
#include "wire/json.h"

/* What a request for PCK certificates says. */
typedef struct pck_query {
    fleet_member member;
    fleet_claim claim;
    bool has_tcb; /* also when only its CPUSVN was asked for: pckcerts/config */
    uint8_t cpu_svn[16];
    uint8_t pce_svn[2];
} pck_query;

static bool ends_with(const char *path, const char *end)
{
    size_t size = strlen(path), tail = strlen(end);
    return size >= tail && strcmp(path + size - tail, end) == 0;
}

static bool is_post(const pcs_request *request)
{
    return strcmp(request->method, "POST") == 0;
}

/* ---- Reading ---- */

static bool no_platform(pcs_reply *reply)
{
    pcs_refuse(reply, 404,
               "no such platform: the simulator knows the tokens of its own fleet only");
    return false;
}

static bool pce_id_fits(const pck_query *query, const uint8_t pce_id[2], pcs_reply *reply)
{
    return memcmp(pce_id, query->member.pce_id, 2) == 0 || no_platform(reply);
}

/* ?encrypted_ppid=&pceid=[&cpusvn=[&pcesvn=]] */
static bool take_parameters(const pcs_vendor *vendor, const pcs_request *request, pck_query *out,
                            pcs_reply *reply)
{
    uint8_t token[SIM_ENCRYPTED_PPID_SIZE], pce_id[2];
    bool certs = ends_with(request->path, "/pckcerts"), one = ends_with(request->path, "/pckcert");
    if (!pcs_take_hex(request, "encrypted_ppid", token, sizeof(token), reply) ||
        !pcs_take_hex(request, "pceid", pce_id, sizeof(pce_id), reply))
        return false;
    out->has_tcb = !certs;
    if (!certs && !pcs_take_hex(request, "cpusvn", out->cpu_svn, sizeof(out->cpu_svn), reply))
        return false;
    memset(out->pce_svn, 0xff, sizeof(out->pce_svn));
    if (one && !pcs_take_hex(request, "pcesvn", out->pce_svn, sizeof(out->pce_svn), reply))
        return false;
    if (!fleet_token_find(&vendor->fleet, SIM_ENCRYPTED_PPID, SPAN(token), &out->member))
        return no_platform(reply);
    return pce_id_fits(out, pce_id, reply);
}

/* {"platformManifest":"...","pceid":"..."[,"cpusvn":"..."[,"pcesvn":"..."]]} */
static assay_status read_body(const pcs_vendor *vendor, json_t *root, const char *path,
                              pck_query *out, pcs_reply *reply, assay_error *err)
{
    uint8_t manifest[SIM_MANIFEST_SIZE], pce_id[2];
    bool certs = ends_with(path, "/pckcerts"), one = ends_with(path, "/pckcert");
    assay_span text;
    TRY(json_take_text(root, "platformManifest", "$", &text, err));
    TRY(json_take_hex(root, "pceid", "$", pce_id, sizeof(pce_id), err));
    out->has_tcb = !certs;
    if (!certs)
        TRY(json_take_hex(root, "cpusvn", "$", out->cpu_svn, sizeof(out->cpu_svn), err));
    memset(out->pce_svn, 0xff, sizeof(out->pce_svn));
    if (one)
        TRY(json_take_hex(root, "pcesvn", "$", out->pce_svn, sizeof(out->pce_svn), err));
    if (text.size != 2 * sizeof(manifest) ||
        assay_hex_decode(text, manifest, sizeof(manifest), NULL) != ASSAY_OK ||
        !fleet_token_find(&vendor->fleet, SIM_MANIFEST, SPAN(manifest), &out->member))
        no_platform(reply);
    else
        pce_id_fits(out, pce_id, reply);
    return ASSAY_OK;
}

static bool take_body(const pcs_vendor *vendor, const pcs_request *request, pck_query *out,
                      pcs_reply *reply)
{
    json_document document;
    assay_error err = { .status = ASSAY_OK };
    out->claim = SIM_BY_MANIFEST;
    if (json_document_parse(request->body, NULL, &document, "$", &err) != ASSAY_OK) {
        pcs_refuse(reply, 400, "%s: %s", err.where, err.detail);
        return false;
    }
    if (read_body(vendor, document.root, request->path, out, reply, &err) != ASSAY_OK)
        pcs_refuse(reply, 400, "%s: %s", err.where, err.detail);
    json_document_free(&document);
    return reply->status == 200;
}

/* False: the reply is a refusal. */
static bool take_query(const pcs_vendor *vendor, const pcs_request *request, pck_query *out,
                       pcs_reply *reply)
{
    *out = (pck_query) { .claim = SIM_BY_PPID };
    if (!(is_post(request) ? take_body(vendor, request, out, reply)
                           : take_parameters(vendor, request, out, reply)))
        return false;
    if (request->issue.subject == PCS_ANOTHER)
        fleet_find(&vendor->fleet, out->member.number == 0 ? 1 : 0, &out->member);
    return true;
}

/* ---- Answering ---- */

static void put_headers(const pcs_vendor *vendor, const pcs_request *request,
                        const fleet_member *member, pcs_reply *reply)
{
    bool processor = member->model->ca == PCK_CA_PROCESSOR;
    sim_bytes fmspc = { 0 };
    bytes_add_hex(&fmspc, SPAN(member->model->fmspc), hex_upper);
    pcs_reply_header(reply, "SGX-FMSPC", bytes_span(&fmspc));
    bytes_free(&fmspc);
    pcs_reply_header(reply, "SGX-PCK-Certificate-CA-Type",
                     SPAN_TEXT(processor ? "processor" : "platform"));
    pcs_reply_chain(vendor, request, "SGX-PCK-Certificate-Issuer-Chain",
                    processor ? PCS_CHAIN_PROCESSOR : PCS_CHAIN_PLATFORM, reply);
}

static void put_tcbm(const sim_level *level, sim_bytes *out)
{
    uint8_t tcbm[SIM_TCBM_SIZE];
    fleet_level_tcbm(level, tcbm);
    bytes_add_hex(out, SPAN(tcbm), hex_upper);
}

assay_status pcs_pckcert(pcs_vendor *vendor, const pcs_request *request, pcs_reply *reply,
                         assay_error *err)
{
    pck_query query;
    if (!take_query(vendor, request, &query, reply))
        return ASSAY_OK;
    size_t level =
        fleet_member_select(&query.member, query.cpu_svn, load_u16le(query.pce_svn), query.claim);
    if (level == SIZE_MAX)
        return pcs_refuse(reply, 404, "no certificate for this TCB");
    sim_bytes tcbm = { 0 };
    put_tcbm(fleet_member_level(&query.member, level), &tcbm);
    pcs_reply_header(reply, "SGX-TCBm", bytes_span(&tcbm));
    bytes_free(&tcbm);
    put_headers(vendor, request, &query.member, reply);
    reply->type = "application/x-pem-file";
    return fleet_member_certificate(&vendor->fleet, &query.member, level, request->issue.signing,
                                    &reply->body, err);
}

static assay_status put_certificate(const pcs_vendor *vendor, const pcs_request *request,
                                    const pck_query *query, size_t level, sim_bytes *out,
                                    assay_error *err)
{
    const sim_level *row = fleet_member_level(&query->member, level);
    sim_bytes pem = { 0 };
    bytes_add_text(out, "{\"tcb\":{");
    for (unsigned i = 0; i < 16; i++)
        bytes_add_format(out, "\"sgxtcbcomp%02usvn\":%u,", i + 1, row->sgx[i]);
    bytes_add_format(out, "\"pcesvn\":%u},\"tcbm\":\"", row->pce_svn);
    put_tcbm(row, out);
    bytes_add_text(out, "\",\"cert\":\"");
    assay_status status = ASSAY_OK;
    if (fleet_member_has(&query->member, level, query->claim)) {
        status = fleet_member_certificate(&vendor->fleet, &query->member, level,
                                          request->issue.signing, &pem, err);
        bytes_add_percent_encoded(out, bytes_span(&pem));
    } else {
        bytes_add_text(out, "Not available");
    }
    bytes_add_text(out, "\"}");
    out->failed |= pem.failed;
    bytes_free(&pem);
    return status;
}

assay_status pcs_pckcerts(pcs_vendor *vendor, const pcs_request *request, pcs_reply *reply,
                          assay_error *err)
{
    pck_query query;
    const char *separator = "[";
    if (!take_query(vendor, request, &query, reply))
        return ASSAY_OK;
    for (size_t i = 0; i < fleet_member_level_count(&query.member); i++) {
        const sim_level *level = fleet_member_level(&query.member, i);
        if (query.has_tcb && !fleet_level_covered(level, query.cpu_svn, load_u16le(query.pce_svn)))
            continue;
        bytes_add_text(&reply->body, separator);
        TRY(put_certificate(vendor, request, &query, i, &reply->body, err));
        separator = ",";
    }
    if (separator[0] == '[')
        return pcs_refuse(reply, 404, "no certificate for this TCB");
    bytes_add_text(&reply->body, "]");
    put_headers(vendor, request, &query.member, reply);
    reply->type = "application/json";
    return ASSAY_OK;
}

/* ---- Registration ---- */

assay_status pcs_register(pcs_vendor *vendor, const pcs_request *request, pcs_reply *reply,
                          assay_error *err)
{
    (void)err;
    fleet_member member;
    if (!fleet_token_find(&vendor->fleet, SIM_MANIFEST, request->body, &member))
        return pcs_refuse(reply, 400, "no platform manifest of the simulator");
    reply->status = 201;
    reply->type = "text/plain";
    bytes_add_hex(&reply->body, SPAN(member.ppid), hex_lower);
    return ASSAY_OK;
}

/* What Intel answers here is for the registration agent alone; the simulator gives random bytes. */
assay_status pcs_add_package(pcs_vendor *vendor, const pcs_request *request, pcs_reply *reply,
                             assay_error *err)
{
    (void)err;
    enum { MEMBERSHIP_SIZE = 412 };
    uint8_t certificate[MEMBERSHIP_SIZE];
    fleet_member member;
    if (request->subscription_key == NULL || request->subscription_key[0] == '\0')
        return pcs_refuse(reply, 401, "Ocp-Apim-Subscription-Key is missing");
    if (!fleet_token_find(&vendor->fleet, SIM_ADD_PACKAGE, request->body, &member))
        return pcs_refuse(reply, 400, "no add package of the simulator");
    sim_random(vendor->fleet.seed, "platform membership", certificate, sizeof(certificate));
    pcs_reply_header(reply, "Certificate-Count", SPAN_TEXT("1"));
    reply->type = "application/octet-stream";
    bytes_add(&reply->body, SPAN(certificate));
    return ASSAY_OK;
}
