/* reply.c: makes of a reply the item that was asked for. collateral-service.md 1, 3, 4, 6. */
#include "fetch/reply.h"

#include <stdio.h>
#include <strings.h>

#include "base/memory.h"
#include "fetch/azure.h"
#include "fetch/headers.h"
#include "wire/der.h"
#include "wire/json.h"
#include "wire/pem.h"

enum { CHAIN_MAX = 64 * 1024, WARNING_MAX = 1024, TCBM_DIGITS = 36, FMSPC_DIGITS = 12 };

static const char bad[] = "fetch_bad_reply";

/* ---- Headers ---- */

static char *text_copy(assay_span text)
{
    char *copy = memory_new(text.size + 1);
    if (copy != NULL && text.size > 0)
        memcpy(copy, text.data, text.size);
    return copy;
}

/* The value of a header; absent is fine. */
static assay_status take_header(const fetch_reply *r, const char *name, const char *url,
                                assay_span *out, assay_error *err)
{
    *out = (assay_span) { NULL, 0 };
    if (header_value(r->headers, name, out) == HEADER_REPEATED)
        return fetch_failure(err, bad, url, "the header %s stands there twice, and differs", name);
    return ASSAY_OK;
}

static assay_status chain_decode(assay_span value, const char *url, assay_fetched *out,
                                 assay_error *err)
{
    size_t size = 0;
    if (value.size > CHAIN_MAX)
        return fetch_failure(err, bad, url, "an issuer chain of %zu bytes, want at most %d",
                             value.size, CHAIN_MAX);
    char *chain = memory_new(value.size + 1);
    if (chain == NULL)
        return fail(err, ASSAY_NO_MEMORY, url, ASSAY_NO_OFFSET, "no memory for the issuer chain");
    if (!header_percent_decode(value, chain, &size) || !pem_looks_like(span_of(chain, size))) {
        memory_free(chain);
        return fetch_failure(err, bad, url, "the issuer chain is no percent-encoded PEM");
    }
    chain[size] = '\0';
    memory_free(out->issuer_chain);
    out->issuer_chain = chain;
    return ASSAY_OK;
}

static assay_status chain_read(const fetch_reply *r, const source_kind *kind, const char *url,
                               assay_fetched *out, assay_error *err)
{
    for (size_t i = 0; i < SOURCE_CHAIN_HEADERS && kind->chain_headers[i] != NULL; i++) {
        assay_span value;
        TRY(take_header(r, kind->chain_headers[i], url, &value, err));
        if (value.data != NULL)
            return chain_decode(value, url, out, err);
    }
    if (kind->chain == SOURCE_CHAIN_WANTED && out->issuer_chain == NULL)
        return fetch_failure(err, bad, url, "no issuer chain: the header %s is missing",
                             kind->chain_headers[0]);
    return ASSAY_OK;
}

static assay_status digits_read(assay_span value, size_t count, const char *name, const char *url,
                                char *out, assay_error *err)
{
    uint8_t bytes[TCBM_DIGITS / 2];
    if (value.size != count || assay_hex_decode(value, bytes, count / 2, NULL) != ASSAY_OK)
        return fetch_failure(err, bad, url, "%s is not %zu hex digits", name, count);
    memcpy(out, value.data, count);
    out[count] = '\0';
    return ASSAY_OK;
}

static assay_status ca_read(assay_span value, const char *url, assay_ca *out, assay_error *err)
{
    if (value.size == 9 && strncasecmp((const char *)value.data, "processor", 9) == 0)
        *out = ASSAY_CA_PROCESSOR;
    else if (value.size == 8 && strncasecmp((const char *)value.data, "platform", 8) == 0)
        *out = ASSAY_CA_PLATFORM;
    else
        return fetch_failure(err, bad, url, "the CA type is neither processor nor platform");
    return ASSAY_OK;
}

static assay_status pck_headers_read(const fetch_reply *r, const char *url, assay_fetched *out,
                                     assay_error *err)
{
    assay_span tcbm, fmspc, ca;
    TRY(take_header(r, "sgx-tcbm", url, &tcbm, err));
    TRY(take_header(r, "sgx-fmspc", url, &fmspc, err));
    TRY(take_header(r, "sgx-pck-certificate-ca-type", url, &ca, err));
    if (tcbm.data != NULL)
        TRY(digits_read(tcbm, TCBM_DIGITS, "sgx-tcbm", url, out->tcbm, err));
    if (fmspc.data != NULL)
        TRY(digits_read(fmspc, FMSPC_DIGITS, "sgx-fmspc", url, out->fmspc, err));
    return ca.data != NULL ? ca_read(ca, url, &out->ca, err) : ASSAY_OK;
}

static assay_status common_headers_read(const fetch_reply *r, const char *url, assay_fetched *out,
                                        assay_error *err)
{
    assay_span control, warning;
    TRY(take_header(r, "cache-control", url, &control, err));
    if (control.data != NULL)
        out->max_age = header_max_age(control);
    if (header_value(r->headers, "warning", &warning) == HEADER_ABSENT)
        return ASSAY_OK;
    if (warning.size > WARNING_MAX)
        warning.size = WARNING_MAX;
    out->warning = text_copy(warning);
    return out->warning != NULL ? ASSAY_OK
                                : fail(err, ASSAY_NO_MEMORY, url, ASSAY_NO_OFFSET, "no memory");
}

/* ---- Bodies ---- */

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static assay_span without_space(assay_span text)
{
    while (text.size > 0 && is_space(text.data[text.size - 1]))
        text.size--;
    while (text.size > 0 && is_space(text.data[0]))
        text = span_of(text.data + 1, text.size - 1);
    return text;
}

/* One DER SEQUENCE and nothing else: as much as must be known of a CRL or certificate here. */
static bool is_der(assay_span bytes)
{
    der_reader r = der_reader_of(bytes, "");
    der_element whole;
    return der_expect(&r, DER_SEQUENCE, "item", &whole, NULL) == ASSAY_OK &&
           der_end(&r, NULL) == ASSAY_OK;
}

/* DER out of hex, PEM with `label`, or DER, in `out` of at least body.size + 32 bytes. */
static bool der_read(assay_span body, const char *label, uint8_t *out, size_t capacity,
                     size_t *size)
{
    const assay_span text = without_space(body);
    pem_blocks blocks;
    if (is_der(body)) {
        memcpy(out, body.data, body.size);
        *size = body.size;
        return true;
    }
    if (pem_looks_like(text)) {
        if (pem_decode(text, label, out, capacity, &blocks, NULL) != ASSAY_OK)
            return false;
        *size = blocks.der[0].size; /* of an AMD chain, the VCEK stands first */
        return is_der(blocks.der[0]);
    }
    *size = text.size / 2;
    return text.size % 2 == 0 && text.size > 0 &&
           assay_hex_decode(text, out, *size, NULL) == ASSAY_OK && is_der(span_of(out, *size));
}

static assay_status der_body_read(assay_span body, const source_kind *kind, const char *url,
                                  assay_fetched *out, assay_error *err)
{
    const char *label = kind->body == SOURCE_BODY_CRL ? "X509 CRL" : "CERTIFICATE";
    const size_t capacity = body.size + 32;
    uint8_t *der = memory_new(capacity + 1);
    size_t size = 0;
    if (der == NULL)
        return fail(err, ASSAY_NO_MEMORY, url, ASSAY_NO_OFFSET, "no memory for the %s", kind->name);
    if (!der_read(body, label, der, capacity, &size)) {
        memory_free(der);
        return fetch_failure(err, bad, url, "the %s is neither DER, PEM nor hex of DER",
                             kind->name);
    }
    der[size] = '\0';
    out->body = der;
    out->size = size;
    return ASSAY_OK;
}

static assay_status plain_body_read(assay_span body, const source_kind *kind, const char *url,
                                    assay_fetched *out, assay_error *err)
{
    const assay_span text = without_space(body);
    if (kind->body == SOURCE_BODY_JSON && text.data[0] != '{' && text.data[0] != '[')
        return fetch_failure(err, bad, url, "the %s is no JSON", kind->name);
    if (kind->body == SOURCE_BODY_PEM && !pem_looks_like(text))
        return fetch_failure(err, bad, url, "the %s is no PEM", kind->name);
    out->body = (uint8_t *)text_copy(body);
    out->size = body.size;
    return out->body != NULL ? ASSAY_OK
                             : fail(err, ASSAY_NO_MEMORY, url, ASSAY_NO_OFFSET, "no memory");
}

static assay_status body_read(assay_span body, const source_kind *kind, const char *url,
                              assay_fetched *out, assay_error *err)
{
    if (without_space(body).size == 0)
        return fetch_failure(err, bad, url, "the reply has no body");
    if (kind->body == SOURCE_BODY_CRL || kind->body == SOURCE_BODY_CERTIFICATE)
        return der_body_read(body, kind, url, out, err);
    return plain_body_read(body, kind, url, out, err);
}

/* ---- What was asked for ---- */

/* Intel's PCCS ignores tcbEvaluationDataNumber and sends the standard set: that may not pass for
 * the one that was asked for. */
static assay_status number_check(const assay_fetch_request *request, const char *url,
                                 const assay_fetched *item, assay_error *err)
{
    const char *member = request->kind == ASSAY_FETCH_TCB_INFO ? "tcbInfo" : "enclaveIdentity";
    json_document document;
    const bool has_number =
        request->kind == ASSAY_FETCH_TCB_INFO || request->kind == ASSAY_FETCH_QE_IDENTITY ||
        request->kind == ASSAY_FETCH_QVE_IDENTITY || request->kind == ASSAY_FETCH_QAE_IDENTITY;
    if (request->evaluation_number == 0 || !has_number)
        return ASSAY_OK;
    if (json_document_parse(span_of(item->body, item->size), NULL, &document, member, NULL) !=
        ASSAY_OK)
        return fetch_failure(err, bad, url, "the reply is broken JSON");
    const json_t *number =
        json_object_get(json_object_get(document.root, member), "tcbEvaluationDataNumber");
    const int64_t got = json_is_integer(number) ? json_integer_value(number) : -1;
    json_document_free(&document);
    if (got != request->evaluation_number)
        return fetch_failure(err, bad, url,
                             "asked for evaluation number %u, got %lld: this service ignores the "
                             "number (Intel's PCCS does); ask Intel's PCS or assayd",
                             request->evaluation_number, (long long)got);
    return ASSAY_OK;
}

static assay_status read_all(const fetch_reply *r, const assay_fetch_request *request,
                             const char *url, assay_fetched *out, assay_error *err)
{
    const source_kind *kind = source_kind_of(request->kind);
    azure_reply azure = { 0 };
    assay_span body = r->body;
    if (azure_reply_looks_like(request->kind, r->body)) {
        TRY(azure_reply_read(request->kind, r->body, url, &azure, out, err));
        body = span_of(azure.body, azure.size);
    }
    assay_status status = body_read(body, kind, url, out, err);
    azure_reply_free(&azure);
    TRY(status);
    TRY(chain_read(r, kind, url, out, err));
    TRY(common_headers_read(r, url, out, err));
    if (request->kind == ASSAY_FETCH_PCK_CERTIFICATE ||
        request->kind == ASSAY_FETCH_PCK_CERTIFICATES)
        TRY(pck_headers_read(r, url, out, err));
    return number_check(request, url, out, err);
}

assay_status reply_read(const fetch_reply *r, const assay_fetch_request *request, const char *url,
                        assay_fetched *out, assay_error *err)
{
    assay_fetched item = { .max_age = -1 };
    assay_status status = read_all(r, request, url, &item, err);
    if (status != ASSAY_OK) {
        assay_fetched_free(&item);
        return status;
    }
    *out = item;
    return ASSAY_OK;
}
