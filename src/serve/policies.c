/* policies.c: appraisal policies by FMSPC: one record for each FMSPC, so that a change of its
 * default is one transaction. collateral-service.md 1. */
#include "serve/policies.h"

#include <stdio.h>
#include <stdlib.h>

#include "assay/token.h"
#include "crypto/crypto.h"
#include "serve/service.h"
#include "serve/upper_hex.h"
#include "wire/json.h"

enum { POLICIES_MAX = 64, ATTEMPTS = 8 };

#define AUTO_DOCUMENT __attribute__((cleanup(json_document_free))) json_document

/* ---- What a token is for ---- */

/* PCCS's numbers. Policies for quoting enclaves stand beside those of their platform. */
typedef enum policy_type { POLICY_SGX = 0, POLICY_TDX_10, POLICY_TDX_15, POLICY_OTHER } policy_type;

static const policy_type type_of_class[ASSAY_CLASS_COUNT] = {
    [ASSAY_CLASS_SGX_PLATFORM] = POLICY_SGX,
    [ASSAY_CLASS_TDX_10_PLATFORM] = POLICY_TDX_10,
    [ASSAY_CLASS_TDX_15_PLATFORM] = POLICY_TDX_15,
    [ASSAY_CLASS_TD_QE] = POLICY_OTHER,
    [ASSAY_CLASS_SGX_ENCLAVE] = POLICY_OTHER,
    [ASSAY_CLASS_TD_10] = POLICY_OTHER,
    [ASSAY_CLASS_TD_15] = POLICY_OTHER,
};

static assay_status token_type(call *c, assay_span token, policy_type *out)
{
    const assay_policy_token_options options = { .now = c->now, .any_signer = true };
    assay_policy *policy;
    TRY(assay_policy_token_read(token, &options, &policy, &c->error));
    *out = POLICY_OTHER;
    for (size_t i = 0; i < assay_policy_class_count(policy) && *out == POLICY_OTHER; i++)
        *out = type_of_class[assay_policy_class(policy, i)];
    assay_policy_unref(policy);
    if (*out == POLICY_OTHER)
        return call_fail(c, 400, "policy_class", "policy",
                         "holds no policy of an SGX or TDX platform");
    return ASSAY_OK;
}

static void token_id(assay_span token, char out[POLICY_ID_SIZE])
{
    uint8_t digest[SHA384_SIZE];
    sha384(token, digest);
    assay_hex_encode(SPAN(digest), out);
}

/* ---- The record of an FMSPC: {"policies": [{"id", "type", "is_default", "policy"}]} ---- */

static assay_status record_read(call *c, const char *fmspc, json_document *out, uint64_t *version)
{
    store_record record;
    bool found;
    TRY(store_record_get(c->service->store, "policy", fmspc, c->memory, &record, &found,
                         &c->error));
    *version = found ? record.version : 0;
    return found ? json_document_parse(record.body, NULL, out, "policy", &c->error) : ASSAY_OK;
}

typedef struct policy_entry_view {
    const char *id, *token;
    json_int_t type;
    bool is_default;
} policy_entry_view;

static policy_entry_view entry_of(json_t *entry)
{
    return (policy_entry_view) {
        .id = json_string_value(json_object_get(entry, "id")),
        .token = json_string_value(json_object_get(entry, "policy")),
        .type = json_integer_value(json_object_get(entry, "type")),
        .is_default = json_is_true(json_object_get(entry, "is_default")),
    };
}

static void entry_write(json_writer *w, const policy_entry_view *entry)
{
    json_open_object(w, NULL);
    json_put_text(w, "id", entry->id);
    json_put_number(w, "type", (uint64_t)entry->type);
    json_put_flag(w, "is_default", entry->is_default);
    json_put_text(w, "policy", entry->token);
    json_close_object(w);
}

/* The others as they are, but for a default that gives way; then the new one. */
static assay_status record_write(call *c, json_t *before, const policy_entry_view *added,
                                 char **out)
{
    json_t *entries = json_object_get(before, "policies");
    json_writer w = { .text = NULL };
    size_t kept = 0;
    json_open_object(&w, NULL);
    json_open_array(&w, "policies");
    for (size_t i = 0; i < json_array_size(entries); i++) {
        policy_entry_view entry = entry_of(json_array_get(entries, i));
        if (entry.id == NULL || entry.token == NULL || strcmp(entry.id, added->id) == 0)
            continue;
        if (added->is_default && entry.type == added->type)
            entry.is_default = false;
        entry_write(&w, &entry);
        kept++;
    }
    entry_write(&w, added);
    json_close_array(&w);
    json_close_object(&w);
    if (kept < POLICIES_MAX)
        return json_take_written(&w, out, &c->error);
    memory_free(w.text);
    return call_fail(c, 400, "too_many_policies", "policy", "at most %d for one FMSPC",
                     POLICIES_MAX);
}

static assay_status record_put(call *c, const char *fmspc, const policy_entry_view *added)
{
    AUTO_DOCUMENT before = { 0 };
    char *body;
    char detail[160];
    uint64_t version;
    TRY(record_read(c, fmspc, &before, &version));
    TRY(record_write(c, before.root, added, &body));
    snprintf(detail, sizeof(detail), "{\"id\":\"%s\",\"is_default\":%s}", added->id,
             added->is_default ? "true" : "false");
    const store_record record = {
        .kind = "policy", .name = fmspc, .body = SPAN_TEXT(body), .updated = c->now
    };
    const store_audit_entry entry = { .time = c->now,
                                      .actor = c->actor,
                                      .action = "policy.put",
                                      .subject = fmspc,
                                      .detail = detail,
                                      .request_id = c->request_id };
    assay_status status = store_record_put(c->service->store, &record, version, &entry, &c->error);
    memory_free(body);
    return status;
}

assay_status policy_keep(call *c, const policy_order *order, char id[POLICY_ID_SIZE])
{
    char fmspc[13];
    policy_type type = POLICY_OTHER;
    const char *token = arena_text(c->memory, order->token);
    if (token == NULL)
        return fail(&c->error, ASSAY_NO_MEMORY, "policy", ASSAY_NO_OFFSET, "no memory");
    TRY(token_type(c, order->token, &type));
    token_id(order->token, id);
    upper_hex(SPAN(order->fmspc), fmspc);
    const policy_entry_view added = {
        .id = id, .token = token, .type = type, .is_default = order->is_default
    };
    /* Somebody else may change the record of the same FMSPC between reading and writing. */
    assay_status status = ASSAY_MISMATCH;
    for (unsigned i = 0; status == ASSAY_MISMATCH && i < ATTEMPTS; i++)
        status = record_put(c, fmspc, &added);
    return status;
}

/* ---- Defaults ---- */

static const char *default_of(json_t *entries, policy_type type)
{
    for (size_t i = 0; i < json_array_size(entries); i++) {
        policy_entry_view entry = entry_of(json_array_get(entries, i));
        if (entry.is_default && entry.type == (json_int_t)type)
            return entry.token;
    }
    return NULL;
}

assay_status policies_default(call *c, const uint8_t fmspc[6], assay_span *out)
{
    AUTO_DOCUMENT document = { 0 };
    uint64_t version;
    char name[13];
    const char *found[POLICY_OTHER] = { NULL };
    size_t size = 0, at = 0;
    upper_hex(span_of(fmspc, 6), name);
    TRY(record_read(c, name, &document, &version));
    for (policy_type type = POLICY_SGX; type < POLICY_OTHER; type++) {
        found[type] = default_of(json_object_get(document.root, "policies"), type);
        size += found[type] == NULL ? 0 : strlen(found[type]) + 1;
    }
    char *joined = arena_new(c->memory, size + 1, 1);
    if (joined == NULL)
        return fail(&c->error, ASSAY_NO_MEMORY, "policy", ASSAY_NO_OFFSET, "no memory");
    for (policy_type type = POLICY_SGX; type < POLICY_OTHER; type++) {
        if (found[type] != NULL)
            at += (size_t)snprintf(joined + at, size + 1 - at, "%s%s", at > 0 ? "," : "",
                                   found[type]);
    }
    *out = span_of(joined, at);
    return ASSAY_OK;
}
