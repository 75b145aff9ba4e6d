/* bundle.c: all collateral in one JSON file, the QuoteCollateralV3 form. assay/collateral.h. */
#include "collateral/envelope.h"
#include "collateral/issuer_chain.h"
#include "collateral/items.h"
#include "collateral/object.h"

static const char where[] = "bundle";

enum { ITEM_TCB_INFO = 0 }; /* its row; the other document is the identity */

typedef enum item_form { ITEM_DOCUMENT, ITEM_CHAIN, ITEM_CRL } item_form;

/* One row per item, in the order of collateral_item_rows. */
static const struct bundle_row {
    item_form form;
    const char *signature; /* documents: the member that holds it */
    const char *member;    /* documents: the signed member of the complete body */
} bundle_rows[COLLATERAL_ITEMS] = {
    [ITEM_TCB_INFO] = { ITEM_DOCUMENT, "tcb_info_signature", "tcbInfo" },
    { ITEM_CHAIN, NULL, NULL },
    { ITEM_DOCUMENT, "qe_identity_signature", "enclaveIdentity" },
    { ITEM_CHAIN, NULL, NULL },
    { ITEM_CRL, NULL, NULL },
    { ITEM_CRL, NULL, NULL },
    { ITEM_CHAIN, NULL, NULL },
};

static const char *const known_members[] = {
    "tcb_info",
    "tcb_info_signature",
    "tcb_info_issuer_chain",
    "qe_identity",
    "qe_identity_signature",
    "qe_identity_issuer_chain",
    "root_ca_crl",
    "pck_crl",
    "pck_crl_issuer_chain",
    "pck_certificate_chain",
    NULL,
};

static assay_status bundle_text(json_t *bundle, const char *member, assay_span *out,
                                assay_error *err)
{
    *out = (assay_span) { NULL, 0 };
    if (json_object_get(bundle, member) == NULL)
        return ASSAY_OK;
    return json_take_text(bundle, member, where, out, err);
}

/* The text becomes part of a document, so it may not end its string there. */
static assay_status signature_check(assay_span signature, const char *member, assay_error *err)
{
    for (size_t i = 0; i < signature.size; i++) {
        uint8_t c = signature.data[i];
        if (!(c >= '0' && c <= '9') && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
            return json_fail(err, where, member, "want hex digits");
    }
    return ASSAY_OK;
}

static assay_status body_join(arena *memory, const struct bundle_row *row, assay_span object,
                              assay_span signature, assay_span *out, assay_error *err)
{
    const assay_span parts[] = {
        SPAN_TEXT("{\""), SPAN_TEXT(row->member),         SPAN_TEXT("\":"),
        object,           SPAN_TEXT(",\"signature\":\""), signature,
        SPAN_TEXT("\"}"),
    };
    size_t size = 0;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        size += parts[i].size;
    uint8_t *body = arena_new(memory, size, 1);
    if (body == NULL)
        return fail(err, ASSAY_NO_MEMORY, where, ASSAY_NO_OFFSET, "no memory for a document");
    *out = span_of(body, size);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        memcpy(body, parts[i].data, parts[i].size);
        body += parts[i].size;
    }
    return ASSAY_OK;
}

static assay_status document_take(json_t *bundle, arena *memory, size_t index,
                                  assay_collateral_items *items, assay_error *err)
{
    const struct bundle_row *row = &bundle_rows[index];
    assay_span object, signature;
    TRY(bundle_text(bundle, collateral_item_rows[index].name, &object, err));
    TRY(bundle_text(bundle, row->signature, &signature, err));
    TRY(signature_check(signature, row->signature, err));
    if (json_object_get(bundle, row->signature) != NULL) {
        if (object.size == 0)
            return json_fail(err, where, row->signature, "has nothing to sign: %s is missing",
                             collateral_item_rows[index].name);
        TRY(body_join(memory, row, object, signature, &object, err));
    }
    collateral_item_set(items, index, object);
    return ASSAY_OK;
}

static assay_status bundle_take(json_t *bundle, arena *memory, assay_collateral_items *items,
                                assay_error *err)
{
    TRY(members_refuse_unknown(bundle, known_members, where,
                               "a bundle holds the items of QuoteCollateralV3", err));
    for (size_t i = 0; i < COLLATERAL_ITEMS; i++) {
        assay_span item;
        if (bundle_rows[i].form == ITEM_DOCUMENT) {
            TRY(document_take(bundle, memory, i, items, err));
            continue;
        }
        TRY(bundle_text(bundle, collateral_item_rows[i].name, &item, err));
        collateral_item_set(items, i, item);
    }
    return ASSAY_OK;
}

static assay_status bundle_load(assay_span bundle, arena *memory, const assay_roots *roots,
                                assay_collateral **out, assay_error *err)
{
    AUTO_DOCUMENT document = { .root = NULL };
    assay_collateral_items items = { .pck_crl = { NULL, 0 } };
    TRY(json_document_parse(bundle, NULL, &document, where, err));
    if (!json_is_object(document.root))
        return fail(err, ASSAY_MALFORMED, where, 0, "want an object");
    TRY(bundle_take(document.root, memory, &items, err));
    return assay_collateral_new(&items, roots, out, err);
}

assay_status assay_collateral_from_json(assay_span bundle, const assay_roots *roots,
                                        assay_collateral **out, assay_error *err)
{
    if (bundle.size > LIMIT_BUNDLE_SIZE)
        return fail(err, ASSAY_MALFORMED, where, LIMIT_BUNDLE_SIZE, "%zu bytes, want at most %d",
                    bundle.size, LIMIT_BUNDLE_SIZE);
    arena memory = { NULL };
    assay_status status = bundle_load(bundle, &memory, roots, out, err);
    arena_free(&memory);
    return status;
}

/* One member of the bundle that is being written. */
static assay_status text_put(json_t *bundle, const char *member, assay_span text, assay_error *err)
{
    if (text.size > 0 && memchr(text.data, '\0', text.size) != NULL)
        return json_fail(err, where, member, "has a NUL inside: no JSON text can hold it");
    json_t *value = json_stringn((const char *)text.data, text.size);
    if (value == NULL)
        return json_fail(err, where, member, "is no UTF-8: no JSON text can hold it");
    if (json_object_set_new(bundle, member, value) == 0)
        return ASSAY_OK;
    return fail(err, ASSAY_NO_MEMORY, where, ASSAY_NO_OFFSET, "no memory for %s", member);
}

static bool part_take(assay_span *rest, const char *text)
{
    const size_t size = strlen(text);
    if (!span_is(span_slice(*rest, 0, size), text))
        return false;
    *rest = span_slice(*rest, size, rest->size - size);
    return true;
}

/* Finds object and signature of a document that reads as body_join() writes; false for any other,
 * which then stays whole, for no byte may change. */
static bool body_split(assay_span body, const struct bundle_row *row, size_t object_size,
                       assay_span *object, assay_span *signature)
{
    enum { DIGITS = 2 * P256_SIGNATURE_SIZE };
    assay_span rest = body;
    if (!part_take(&rest, "{\"") || !part_take(&rest, row->member) || !part_take(&rest, "\":") ||
        rest.size < object_size)
        return false;
    *object = span_slice(rest, 0, object_size);
    rest = span_slice(rest, object_size, rest.size - object_size);
    if (!part_take(&rest, ",\"signature\":\"") || rest.size != DIGITS + 2)
        return false;
    *signature = span_slice(rest, 0, DIGITS);
    return span_is(span_slice(rest, DIGITS, 2), "\"}");
}

/* Bytes of the signed object, 0 when the document did not parse. */
static size_t signed_size(const assay_collateral *c, collateral_check check,
                          const document_header *header)
{
    return c->outcomes[check].status == ASSAY_OK ? header->signed_bytes.size : 0;
}

static assay_status document_put(json_t *bundle, const assay_collateral *c, size_t index,
                                 assay_error *err)
{
    const size_t size = index == ITEM_TCB_INFO
                            ? signed_size(c, CHECK_TCB_INFO, &c->tcb.header)
                            : signed_size(c, CHECK_QE_IDENTITY, &c->identity.header);
    const struct bundle_row *row = &bundle_rows[index];
    const char *name = collateral_item_rows[index].name;
    const assay_span body = collateral_item(&c->items, index);
    assay_span object, signature;
    if (size == 0 || !body_split(body, row, size, &object, &signature))
        return text_put(bundle, name, body, err);
    TRY(text_put(bundle, name, object, err));
    return text_put(bundle, row->signature, signature, err);
}

static assay_span without_nul(assay_span text)
{
    if (text.size > 0 && text.data[text.size - 1] == '\0')
        text.size--;
    return text;
}

static assay_status crl_put(json_t *bundle, const char *name, assay_span item, assay_error *err)
{
    if (crl_form_of(item) != CRL_FORM_DER)
        return text_put(bundle, name, without_nul(item), err);
    const assay_span der = crl_without_nul(item);
    char *hex = memory_new(2 * der.size + 1);
    if (hex == NULL)
        return fail(err, ASSAY_NO_MEMORY, where, ASSAY_NO_OFFSET, "no memory for %s", name);
    assay_hex_encode(der, hex);
    assay_status status = text_put(bundle, name, SPAN_TEXT(hex), err);
    memory_free(hex);
    return status;
}

static assay_status item_put(json_t *bundle, const assay_collateral *c, size_t index,
                             assay_error *err)
{
    const char *name = collateral_item_rows[index].name;
    const assay_span item = collateral_item(&c->items, index);
    if (item.size == 0)
        return ASSAY_OK;
    switch (bundle_rows[index].form) {
    case ITEM_DOCUMENT:
        return document_put(bundle, c, index, err);
    case ITEM_CHAIN:
        return text_put(bundle, name, without_nul(item), err);
    case ITEM_CRL:
        return crl_put(bundle, name, item, err);
    }
    return json_fail(err, where, name, "has no form");
}

static assay_status bundle_write(json_t *bundle, const assay_collateral *c, char **out,
                                 assay_error *err)
{
    for (size_t i = 0; i < COLLATERAL_ITEMS; i++)
        TRY(item_put(bundle, c, i, err));
    char *text = json_dumps(bundle, JSON_INDENT(1));
    if (text == NULL)
        return fail(err, ASSAY_NO_MEMORY, where, ASSAY_NO_OFFSET, "no memory for the text");
    *out = text;
    return ASSAY_OK;
}

assay_status assay_collateral_to_json(const assay_collateral *collateral, char **out,
                                      assay_error *err)
{
    json_t *bundle = json_object();
    if (bundle == NULL)
        return fail(err, ASSAY_NO_MEMORY, where, ASSAY_NO_OFFSET, "no memory for the bundle");
    assay_status status = bundle_write(bundle, collateral, out, err);
    json_decref(bundle);
    return status;
}

void assay_text_free(char *text)
{
    memory_free(text);
}
