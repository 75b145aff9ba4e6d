/* url_parameters.c: the parameters of an address, one function each, in one table.
 * collateral-service.md 1, 3, 4, 6. */
#include <stdio.h>

#include "fetch/url_text.h"
#include "wire/base64.h"

enum { PPID_SIZE = 384, QE_ID_MAX = 130 };

const char url_root_crl[] = "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der";

/* ---- Text ---- */

void url_put_bytes(url_text *t, const char *bytes, size_t count)
{
    if (t->overflowed || count >= t->size - t->used) {
        t->overflowed = true;
        return;
    }
    memcpy(t->at + t->used, bytes, count);
    t->used += count;
    t->at[t->used] = '\0';
}

void url_put(url_text *t, const char *word)
{
    url_put_bytes(t, word, strlen(word));
}

void url_put_hex(url_text *t, assay_span bytes, hex_case letters)
{
    const char *digits = letters == HEX_UPPER ? "0123456789ABCDEF" : "0123456789abcdef";
    for (size_t i = 0; i < bytes.size; i++) {
        const char pair[] = { digits[bytes.data[i] >> 4], digits[bytes.data[i] & 15] };
        url_put_bytes(t, pair, sizeof(pair));
    }
}

void url_put_escaped(url_text *t, const char *word)
{
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789-._~";
    for (; *word != '\0'; word++) {
        if (strchr(unreserved, *word) != NULL) {
            url_put_bytes(t, word, 1);
            continue;
        }
        url_put(t, "%");
        url_put_hex(t, span_of(word, 1), HEX_UPPER);
    }
}

void url_put_name(url_text *t, const char *name)
{
    url_put(t, t->queried ? "&" : "?");
    url_put(t, name);
    url_put(t, "=");
    t->queried = true;
}

static void put_number(url_text *t, const char *name, unsigned value)
{
    char digits[16];
    snprintf(digits, sizeof(digits), "%u", value);
    url_put_name(t, name);
    url_put(t, digits);
}

assay_status url_lacks(const char *what, const char *why, assay_error *err)
{
    char where[ASSAY_WHERE_SIZE];
    snprintf(where, sizeof(where), "request.%s", what);
    return fail(err, ASSAY_USAGE, where, ASSAY_NO_OFFSET, "%s", why);
}

/* ---- Platforms ---- */

static assay_status put_qe_id(url_text *t, const url_question *q, assay_error *err)
{
    const assay_span id = q->request->qe_id;
    if (id.size == 0 || id.size > QE_ID_MAX)
        return url_lacks("qe_id", "want the id of the platform's quoting enclave, 1 to 130 bytes",
                         err);
    url_put_name(t, "qeid");
    url_put_hex(t, id, HEX_UPPER);
    return ASSAY_OK;
}

static assay_status put_ppid(url_text *t, const url_question *q, assay_error *err)
{
    static const uint8_t none[PPID_SIZE];
    const assay_span ppid = q->request->encrypted_ppid;
    if (ppid.size != 0 && ppid.size != PPID_SIZE)
        return url_lacks("encrypted_ppid", "want 384 bytes, or none", err);
    url_put_name(t, "encrypted_ppid");
    url_put_hex(t, ppid.size == 0 ? SPAN(none) : ppid, HEX_UPPER);
    return ASSAY_OK;
}

static assay_status put_ppid_wanted(url_text *t, const url_question *q, assay_error *err)
{
    if (q->request->encrypted_ppid.size == 0)
        return url_lacks("encrypted_ppid",
                         "Intel's service knows platforms by it: give it, or a platform manifest",
                         err);
    return put_ppid(t, q, err);
}

static assay_status put_cpu_svn(url_text *t, const url_question *q, assay_error *err)
{
    (void)err;
    url_put_name(t, "cpusvn");
    url_put_hex(t, SPAN(q->request->cpu_svn), HEX_UPPER);
    return ASSAY_OK;
}

static assay_status put_little_endian(url_text *t, const char *name, uint16_t value)
{
    const uint8_t bytes[] = { (uint8_t)(value & 0xff), (uint8_t)(value >> 8) };
    url_put_name(t, name);
    url_put_hex(t, SPAN(bytes), HEX_UPPER);
    return ASSAY_OK;
}

static assay_status put_pce_svn(url_text *t, const url_question *q, assay_error *err)
{
    (void)err;
    return put_little_endian(t, "pcesvn", q->request->pce_svn);
}

static assay_status put_pce_id(url_text *t, const url_question *q, assay_error *err)
{
    (void)err;
    return put_little_endian(t, "pceid", q->request->pce_id);
}

/* ---- CRLs ---- */

static assay_status put_ca(url_text *t, const url_question *q, assay_error *err)
{
    if (q->request->ca != ASSAY_CA_PROCESSOR && q->request->ca != ASSAY_CA_PLATFORM)
        return url_lacks("ca", "want processor or platform", err);
    url_put_name(t, "ca");
    url_put(t, q->request->ca == ASSAY_CA_PROCESSOR ? "processor" : "platform");
    return ASSAY_OK;
}

static assay_status put_der(url_text *t, const url_question *q, assay_error *err)
{
    (void)q;
    (void)err;
    url_put_name(t, "encoding");
    url_put(t, "der");
    return ASSAY_OK;
}

static assay_status put_der_since_3_1(url_text *t, const url_question *q, assay_error *err)
{
    return q->config->api_minor >= 1 ? put_der(t, q, err) : ASSAY_OK;
}

static assay_status put_address(url_text *t, const char *uri, assay_error *err)
{
    if (uri == NULL)
        return url_lacks("uri", "want the address of a CRL", err);
    TRY(source_url_check(uri, SOURCE_QUERY_ALLOWED, "request.uri", err));
    url_put_name(t, "uri");
    url_put(t, uri);
    return ASSAY_OK;
}

static assay_status put_uri(url_text *t, const url_question *q, assay_error *err)
{
    return put_address(t, q->request->uri, err);
}

static assay_status put_root_crl_uri(url_text *t, const url_question *q, assay_error *err)
{
    return put_address(t, q->request->uri != NULL ? q->request->uri : url_root_crl, err);
}

/* ---- Baselines ---- */

static assay_status put_fmspc(url_text *t, const url_question *q, assay_error *err)
{
    (void)err;
    url_put_name(t, "fmspc");
    url_put_hex(t, SPAN(q->request->fmspc), HEX_UPPER);
    return ASSAY_OK;
}

static uint32_t number_of(const url_question *q)
{
    return q->request->evaluation_number != 0 ? q->request->evaluation_number
                                              : q->config->evaluation_number;
}

/* One of the two: a service that is asked for both refuses. */
static assay_status put_baseline(url_text *t, const url_question *q, assay_error *err)
{
    const bool early =
        q->request->channel == ASSAY_TCB_EARLY || q->config->channel == ASSAY_TCB_EARLY;
    (void)err;
    if (number_of(q) != 0) {
        put_number(t, "tcbEvaluationDataNumber", number_of(q));
        return ASSAY_OK;
    }
    url_put_name(t, "update");
    url_put(t, early ? "early" : "standard");
    return ASSAY_OK;
}

static assay_status put_custom(url_text *t, const url_question *q, assay_error *err)
{
    (void)err;
    if (q->config->custom_parameter[0] == '\0')
        return ASSAY_OK;
    url_put_name(t, "customParameter");
    url_put_escaped(t, q->config->custom_parameter);
    return ASSAY_OK;
}

/* Azure chooses by customParameter alone. */
static assay_status put_thim_baseline(url_text *t, const url_question *q, assay_error *err)
{
    char plain[48], encoded[72];
    if (q->config->custom_parameter[0] != '\0' || number_of(q) == 0)
        return put_custom(t, q, err);
    snprintf(plain, sizeof(plain), "tcbevaluationdatanumber=%u", number_of(q));
    base64_encode(SPAN_TEXT(plain), BASE64_STANDARD, encoded);
    url_put_name(t, "customParameter");
    url_put_escaped(t, encoded);
    return ASSAY_OK;
}

/* ---- The rest ---- */

static assay_status put_custom_pck(url_text *t, const url_question *q, assay_error *err)
{
    (void)err;
    for (size_t i = 0; i < q->config->pck_parameter_count; i++) {
        url_put(t, t->queried ? "&" : "?");
        url_put_escaped(t, q->config->pck_parameters[i].name);
        url_put(t, "=");
        url_put_escaped(t, q->config->pck_parameters[i].value);
        t->queried = true;
    }
    return ASSAY_OK;
}

static assay_status put_platform(url_text *t, const url_question *q, assay_error *err)
{
    (void)err;
    if (q->request->platform_filter == NULL)
        return ASSAY_OK;
    url_put_name(t, "platform");
    url_put_escaped(t, q->request->platform_filter);
    return ASSAY_OK;
}

static assay_status put_amd_levels(url_text *t, const url_question *q, assay_error *err)
{
    (void)err;
    if (strcmp(q->request->amd.product, "Turin") == 0)
        put_number(t, "fmcSPL", q->request->amd.fmc);
    put_number(t, "blSPL", q->request->amd.boot_loader);
    put_number(t, "teeSPL", q->request->amd.tee);
    put_number(t, "snpSPL", q->request->amd.snp);
    put_number(t, "ucodeSPL", q->request->amd.microcode);
    return ASSAY_OK;
}

static assay_status (*const writers[])(url_text *, const url_question *, assay_error *) = {
    [SOURCE_PARAMETER_QE_ID] = put_qe_id,
    [SOURCE_PARAMETER_PPID] = put_ppid,
    [SOURCE_PARAMETER_PPID_WANTED] = put_ppid_wanted,
    [SOURCE_PARAMETER_CPU_SVN] = put_cpu_svn,
    [SOURCE_PARAMETER_PCE_SVN] = put_pce_svn,
    [SOURCE_PARAMETER_PCE_ID] = put_pce_id,
    [SOURCE_PARAMETER_CA] = put_ca,
    [SOURCE_PARAMETER_DER] = put_der,
    [SOURCE_PARAMETER_DER_SINCE_3_1] = put_der_since_3_1,
    [SOURCE_PARAMETER_FMSPC] = put_fmspc,
    [SOURCE_PARAMETER_BASELINE] = put_baseline,
    [SOURCE_PARAMETER_THIM_BASELINE] = put_thim_baseline,
    [SOURCE_PARAMETER_PLATFORM] = put_platform,
    [SOURCE_PARAMETER_URI] = put_uri,
    [SOURCE_PARAMETER_ROOT_CRL_URI] = put_root_crl_uri,
    [SOURCE_PARAMETER_CUSTOM] = put_custom,
    [SOURCE_PARAMETER_CUSTOM_PCK] = put_custom_pck,
    [SOURCE_PARAMETER_AMD_LEVELS] = put_amd_levels,
};

assay_status url_put_parameter(url_text *t, source_parameter parameter, const url_question *q,
                               assay_error *err)
{
    return writers[parameter] != NULL ? writers[parameter](t, q, err) : ASSAY_OK;
}
