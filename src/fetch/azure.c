/* azure.c: replies of Azure's endpoint in the guest. collateral-service.md 4. */
#include "fetch/azure.h"

#include "base/memory.h"
#include "fetch/headers.h"
#include "fetch/reply.h"
#include "wire/json.h"

static const char bad[] = "fetch_bad_reply";

/* Members by kind; the documentation spells one of them otherwise than the service does. */
static const struct {
    assay_fetch_kind kind;
    const char *body, *other_body;
    const char *chain; /* percent-encoded; NULL: none */
    const char *tcbm;
} members[] = {
    { ASSAY_FETCH_PCK_CERTIFICATE, "pckCert", NULL, "sgx-Pck-Certificate-Issuer-Chain",
      "sgx-Tcbm" },
    { ASSAY_FETCH_VCEK, "vcekCert", "VcekCert", NULL, NULL },
    { ASSAY_FETCH_AMD_CHAIN, "certificateChain", NULL, NULL, NULL },
};

enum { MEMBER_ROWS = sizeof(members) / sizeof(members[0]), TCBM_DIGITS = 36 };

static size_t row_of(assay_fetch_kind kind)
{
    size_t i = 0;
    while (i < MEMBER_ROWS && members[i].kind != kind)
        i++;
    return i;
}

bool azure_reply_looks_like(assay_fetch_kind kind, assay_span body)
{
    return row_of(kind) < MEMBER_ROWS && body.size > 0 && body.data[0] == '{';
}

static assay_span text_of(json_t *object, const char *member)
{
    const json_t *value = member != NULL ? json_object_get(object, member) : NULL;
    return json_is_string(value) ? span_of(json_string_value(value), json_string_length(value))
                                 : span_of(NULL, 0);
}

/* cacheMaxAge is a number of seconds, in a text or bare. */
static void age_take(json_t *object, assay_fetched *out)
{
    const json_t *age = json_object_get(object, "cacheMaxAge");
    int64_t seconds = json_is_integer(age) ? json_integer_value(age) : -1;
    if (json_is_string(age) && !header_number(text_of(object, "cacheMaxAge"), INT32_MAX, &seconds))
        seconds = -1;
    if (seconds >= 0)
        out->max_age = seconds;
}

static assay_status chain_take(assay_span text, const char *url, assay_fetched *out,
                               assay_error *err)
{
    size_t size = 0;
    char *chain = memory_new(text.size + 1);
    if (chain == NULL)
        return fail(err, ASSAY_NO_MEMORY, url, ASSAY_NO_OFFSET, "no memory for the issuer chain");
    if (!header_percent_decode(text, chain, &size)) {
        memory_free(chain);
        return fetch_failure(err, bad, url, "the issuer chain in the JSON is not percent-encoded");
    }
    chain[size] = '\0';
    out->issuer_chain = chain;
    return ASSAY_OK;
}

static assay_status body_take(assay_span text, const char *url, azure_reply *reply,
                              assay_error *err)
{
    reply->body = memory_new(text.size + 1);
    if (reply->body == NULL)
        return fail(err, ASSAY_NO_MEMORY, url, ASSAY_NO_OFFSET, "no memory for the body");
    if (text.size > 0)
        memcpy(reply->body, text.data, text.size);
    reply->size = text.size;
    return ASSAY_OK;
}

static assay_status members_take(json_t *object, size_t row, const char *url, azure_reply *reply,
                                 assay_fetched *out, assay_error *err)
{
    assay_span body = text_of(object, members[row].body);
    const assay_span chain = text_of(object, members[row].chain);
    const assay_span tcbm = text_of(object, members[row].tcbm);
    uint8_t bytes[TCBM_DIGITS / 2];
    if (body.size == 0)
        body = text_of(object, members[row].other_body);
    if (body.size == 0)
        return fetch_failure(err, bad, url, "the JSON has no %s", members[row].body);
    if (chain.size > 0)
        TRY(chain_take(chain, url, out, err));
    if (tcbm.size == TCBM_DIGITS && assay_hex_decode(tcbm, bytes, sizeof(bytes), NULL) == ASSAY_OK)
        memcpy(out->tcbm, tcbm.data, tcbm.size);
    age_take(object, out);
    return body_take(body, url, reply, err);
}

assay_status azure_reply_read(assay_fetch_kind kind, assay_span json, const char *url,
                              azure_reply *reply, assay_fetched *out, assay_error *err)
{
    json_document document;
    assay_error inner = { 0 };
    if (json_document_parse(json, NULL, &document, "reply", &inner) != ASSAY_OK)
        return fetch_failure(err, bad, url, "broken JSON: %s", inner.detail);
    assay_status status = members_take(document.root, row_of(kind), url, reply, out, err);
    json_document_free(&document);
    return status;
}

void azure_reply_free(azure_reply *reply)
{
    memory_free(reply->body);
    *reply = (azure_reply) { 0 };
}
