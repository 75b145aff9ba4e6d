/* pcs_routes.c: the endpoints of the simulated vendor, one row each. collateral-service.md 3. */
#include "sim/pcs.h"

enum { SGX = 1, TDX = 2, V3 = 4, V4 = 8, ANY = 0 };

typedef struct route {
    const char *method;
    const char *path;       /* {...} captures one segment; the first is the TEE, the second the
                               version, where `where` says so */
    unsigned where;         /* of SGX, TDX, V3, V4 */
    const char *parameters; /* names with a space before and behind each */
    pcs_handler answer;
} route;

#define UPDATE " update tcbEvaluationDataNumber "
#define RAW    " encrypted_ppid cpusvn pcesvn pceid "

static const route routes[] = {
    { "GET", "/{tee}/certification/{version}/pckcert", SGX | V3 | V4, RAW, pcs_pckcert },
    { "POST", "/{tee}/certification/{version}/pckcert", SGX | V3 | V4, " ", pcs_pckcert },
    { "GET", "/{tee}/certification/{version}/pckcerts", SGX | V3 | V4, " encrypted_ppid pceid ",
      pcs_pckcerts },
    { "POST", "/{tee}/certification/{version}/pckcerts", SGX | V3 | V4, " ", pcs_pckcerts },
    { "GET", "/{tee}/certification/{version}/pckcerts/config", SGX | V3 | V4,
      " encrypted_ppid cpusvn pceid ", pcs_pckcerts },
    { "POST", "/{tee}/certification/{version}/pckcerts/config", SGX | V3 | V4, " ", pcs_pckcerts },
    { "GET", "/{tee}/certification/{version}/pckcrl", SGX | V3 | V4, " ca encoding ", pcs_pck_crl },
    { "GET", "/{tee}/certification/{version}/tcb", SGX | V3 | V4, " fmspc" UPDATE, pcs_tcb },
    { "GET", "/{tee}/certification/{version}/tcb", TDX | V4, " fmspc" UPDATE, pcs_tcb },
    { "GET", "/{tee}/certification/{version}/{enclave}/identity", SGX | V3 | V4, UPDATE,
      pcs_identity },
    { "GET", "/{tee}/certification/{version}/{enclave}/identity", TDX | V4, UPDATE, pcs_identity },
    { "GET", "/{tee}/certification/{version}/tcbevaluationdatanumbers", SGX | TDX | V4, " ",
      pcs_numbers },
    { "GET", "/{tee}/certification/{version}/fmspcs", SGX | V4, " platform ", pcs_fmspcs },
    { "GET", "/IntelSGXRootCA.der", ANY, " ", pcs_root_crl },
    { "POST", "/sgx/registration/v1/platform", ANY, " ", pcs_register },
    { "POST", "/sgx/registration/v1/package", ANY, " ", pcs_add_package },
    { "GET", "/vcek/v1/{product}/cert_chain", ANY, " ", pcs_amd_chain },
    { "GET", "/vlek/v1/{product}/cert_chain", ANY, " ", pcs_amd_chain },
    { "GET", "/vcek/v1/{product}/crl", ANY, " ", pcs_amd_crl },
    { "GET", "/vlek/v1/{product}/crl", ANY, " ", pcs_amd_crl },
    { "GET", "/vcek/v1/{product}/{hwid}", ANY, " fmcSPL blSPL teeSPL snpSPL ucodeSPL ", pcs_vcek },
    { "GET", "/vlek/v1/{product}/{hwid}", ANY, " fmcSPL blSPL teeSPL snpSPL ucodeSPL ", pcs_vlek },
};

/* One segment of a row's path against one of a request's; moves both behind it. */
static bool segment_matches(const char **pattern, const char **path, pcs_request *request,
                            size_t *captured)
{
    size_t wanted = strcspn(*pattern, "/"), given = strcspn(*path, "/");
    const char *word = *pattern, *text = *path;
    *pattern += wanted;
    *path += given;
    if (word[0] != '{')
        return wanted == given && memcmp(word, text, given) == 0;
    if (given == 0 || given >= PCS_CAPTURE_SIZE || *captured == PCS_CAPTURE_MAX)
        return false;
    memcpy(request->captures[*captured], text, given);
    request->captures[(*captured)++][given] = '\0';
    return true;
}

static bool path_matches(const char *pattern, const char *path, pcs_request *request)
{
    size_t captured = 0;
    while (*pattern == '/' && *path == '/') {
        pattern++;
        path++;
        if (!segment_matches(&pattern, &path, request, &captured))
            return false;
    }
    return *pattern == '\0' && *path == '\0';
}

static bool word_allowed(const char *word, const char *const words[2], unsigned first,
                         unsigned where)
{
    return ((where & first) != 0 && strcmp(word, words[0]) == 0) ||
           ((where & (first << 1)) != 0 && strcmp(word, words[1]) == 0);
}

static bool route_matches(const route *row, pcs_request *request)
{
    static const char *const tees[2] = { "sgx", "tdx" }, *const versions[2] = { "v3", "v4" };
    return path_matches(row->path, request->path, request) &&
           (row->where == ANY || (word_allowed(request->captures[0], tees, SGX, row->where) &&
                                  word_allowed(request->captures[1], versions, V3, row->where)));
}

/* True when `name` stands in `list`, which has a space around each of its names. */
static bool listed(const char *list, const char *name)
{
    size_t size = strlen(name);
    for (const char *at = list; size > 0 && (at = strstr(at, name)) != NULL; at++) {
        if (at[-1] == ' ' && at[size] == ' ')
            return true;
    }
    return false;
}

/* False: the reply is a refusal. */
static bool parameters_fit(const route *row, const pcs_request *request, pcs_reply *reply)
{
    if (request->parameter_count > PCS_PARAMETER_MAX) {
        pcs_refuse(reply, 400, "too many parameters");
        return false;
    }
    for (size_t i = 0; i < request->parameter_count; i++) {
        const char *name = request->parameters[i].name;
        if (!listed(row->parameters, name)) {
            pcs_refuse(reply, 400, "unknown parameter %.64s", name);
            return false;
        }
        if (pcs_parameter_of(request, name) != request->parameters[i].value) {
            pcs_refuse(reply, 400, "parameter %.64s is given twice", name);
            return false;
        }
    }
    return true;
}

static void answer_by(const route *row, pcs_vendor *vendor, const pcs_request *request,
                      pcs_reply *reply)
{
    assay_error err = { .status = ASSAY_OK };
    if (!parameters_fit(row, request, reply))
        return;
    reply->status = 200;
    if (row->answer(vendor, request, reply, &err) != ASSAY_OK || reply->body.failed)
        pcs_refuse(reply, 500, "%s: %s", err.where, err.detail);
}

void pcs_answer(pcs_vendor *vendor, pcs_request *request, pcs_reply *reply)
{
    bool path_known = false;
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        if (!route_matches(&routes[i], request))
            continue;
        path_known = true;
        if (strcmp(routes[i].method, request->method) == 0) {
            answer_by(&routes[i], vendor, request, reply);
            return;
        }
    }
    if (path_known)
        pcs_refuse(reply, 405, "%s is not for this path", request->method);
    else
        pcs_refuse(reply, 404, "no such path");
}
