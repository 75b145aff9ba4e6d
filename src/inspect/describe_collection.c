/* describe_collection.c: files that hold other files: one-file collateral, and bundles. */
#include "assay/collateral.h"
#include "inspect/describe.h"
#include "wire/base64.h"
#include "wire/json.h"

/* The seven items of collateral: member, kind, place. */
static const struct item_row {
    const char *name;
    assay_file_kind kind;
    size_t offset; /* inside assay_collateral_items */
} items[] = {
    { "tcb_info", ASSAY_FILE_TCB_INFO, offsetof(assay_collateral_items, tcb_info) },
    { "tcb_info_issuer_chain", ASSAY_FILE_CERTIFICATES,
      offsetof(assay_collateral_items, tcb_info_issuer_chain) },
    { "qe_identity", ASSAY_FILE_QE_IDENTITY, offsetof(assay_collateral_items, qe_identity) },
    { "qe_identity_issuer_chain", ASSAY_FILE_CERTIFICATES,
      offsetof(assay_collateral_items, qe_identity_issuer_chain) },
    { "root_ca_crl", ASSAY_FILE_CRL, offsetof(assay_collateral_items, root_ca_crl) },
    { "pck_crl", ASSAY_FILE_CRL, offsetof(assay_collateral_items, pck_crl) },
    { "pck_crl_issuer_chain", ASSAY_FILE_CERTIFICATES,
      offsetof(assay_collateral_items, pck_crl_issuer_chain) },
};

enum { ITEM_COUNT = sizeof(items) / sizeof(items[0]) };

/* CRLs may also be hex of DER. */
static void put_item(json_writer *w, const struct item_row *row, assay_span bytes)
{
    uint8_t *decoded =
        bytes.size > 0 && row->kind == ASSAY_FILE_CRL ? memory_new(bytes.size) : NULL;
    size_t size = 0;
    assay_span shown = bytes;
    if (decoded != NULL && assay_file_recognise(bytes) != ASSAY_FILE_CRL &&
        assay_decode_any(bytes, decoded, bytes.size, &size, NULL, NULL) == ASSAY_OK)
        shown = span_of(decoded, size);
    describe_item(w, row->name, row->kind, shown);
    memory_free(decoded);
}

assay_status describe_collateral(json_writer *w, assay_span file, assay_error *err)
{
    assay_collateral *collateral = NULL;
    TRY(assay_collateral_from_json(file, NULL, &collateral, err));
    const assay_collateral_items *given = assay_collateral_items_of(collateral);
    json_open_array(w, "fields");
    json_close_array(w);
    json_open_array(w, "items");
    for (size_t i = 0; i < ITEM_COUNT; i++) {
        assay_span bytes;
        memcpy(&bytes, (const uint8_t *)given + items[i].offset, sizeof(bytes));
        put_item(w, &items[i], bytes);
    }
    json_close_array(w);
    assay_collateral_unref(collateral);
    return ASSAY_OK;
}

/* ---- Bundles: the form that src/bundle/bundle.c writes and reads strictly ---- */

typedef struct bundle_texts {
    int64_t time;
    uint64_t version;
    assay_span quote;
    assay_span items[ITEM_COUNT];
} bundle_texts;

static assay_status bundle_read(const json_document *doc, bundle_texts *out, assay_error *err)
{
    json_t *collateral = NULL;
    TRY(json_take_unsigned(doc->root, "assay_bundle", "bundle", 1, &out->version, err));
    TRY(json_take_time(doc->root, "time", "bundle", &out->time, err));
    TRY(json_take_text(doc->root, "quote", "bundle", &out->quote, err));
    TRY(json_take_object(doc->root, "collateral", "bundle", &collateral, err));
    for (size_t i = 0; i < ITEM_COUNT; i++)
        TRY(json_take_text(collateral, items[i].name, "bundle.collateral", &out->items[i], err));
    return ASSAY_OK;
}

/* An item in base64; what does not decode is described as it stands, and its error told. */
static void put_base64_item(json_writer *w, const struct item_row *row, assay_span text)
{
    const size_t capacity = text.size + 3;
    uint8_t *bytes = memory_new(capacity);
    size_t size = 0;
    if (bytes == NULL)
        w->failed = true;
    else if (base64_decode(text, BASE64_STANDARD, BASE64_SPACE_REFUSED, bytes, capacity, &size,
                           NULL) == ASSAY_OK)
        put_item(w, row, span_of(bytes, size));
    else
        describe_item(w, row->name, row->kind, text);
    memory_free(bytes);
}

static void put_bundle(json_writer *w, const bundle_texts *bundle, assay_span result)
{
    static const struct item_row quote = { "quote", ASSAY_FILE_QUOTE, 0 };
    const assay_span none = { NULL, 0 };
    json_open_array(w, "fields");
    field_number(w, "version", bundle->version);
    field_time(w, "time", bundle->time);
    field_begin(w, "result", none, none);
    json_put_raw(w, "value", result);
    field_end(w);
    json_close_array(w);
    json_open_array(w, "items");
    put_base64_item(w, &quote, bundle->quote);
    for (size_t i = 0; i < ITEM_COUNT; i++)
        put_base64_item(w, &items[i], bundle->items[i]);
    json_close_array(w);
}

assay_status describe_bundle(json_writer *w, assay_span file, assay_error *err)
{
    json_document doc;
    bundle_texts bundle;
    TRY(json_document_parse(file, "result", &doc, "bundle", err));
    const assay_status status = bundle_read(&doc, &bundle, err);
    if (status == ASSAY_OK)
        put_bundle(w, &bundle, doc.signed_bytes);
    json_document_free(&doc);
    return status;
}
