/* bundle.c: a verification in one JSON line, and its replay.
 *
 *   {"assay_bundle":1,"time":T,"options":{...},"quote":B64,"collateral":{seven items,
 * B64},"result":{}}
 *
 * Items are base64 of the bytes as they came in, so that digests and results are the same again.
 * The result stands as it was written: replay compares bytes. */
#include "assay/bundle.h"
#include "base/memory.h"
#include "collateral/members.h"
#include "collateral/object.h"
#include "wire/base64.h"
#include "wire/json.h"
#include "wire/json_write.h"

enum { BUNDLE_VERSION = 1, REPORT_DATA_SIZE = 64, POINT_SIZE = 65 };
static const int64_t last_time = 253402300799; /* 9999-12-31T23:59:59Z */

struct assay_bundle {
    arena memory;
    assay_span quote;
    assay_collateral_items items;
    assay_verify_options options;
    uint8_t report_data[REPORT_DATA_SIZE];
    size_t root_count; /* roots that the maker trusted beside Intel's */
    const char *result;
};

/* The items of collateral: member and place. */
static const struct item_row {
    const char *name;
    size_t offset;
} item_rows[] = {
    { "tcb_info", offsetof(assay_collateral_items, tcb_info) },
    { "tcb_info_issuer_chain", offsetof(assay_collateral_items, tcb_info_issuer_chain) },
    { "qe_identity", offsetof(assay_collateral_items, qe_identity) },
    { "qe_identity_issuer_chain", offsetof(assay_collateral_items, qe_identity_issuer_chain) },
    { "root_ca_crl", offsetof(assay_collateral_items, root_ca_crl) },
    { "pck_crl", offsetof(assay_collateral_items, pck_crl) },
    { "pck_crl_issuer_chain", offsetof(assay_collateral_items, pck_crl_issuer_chain) },
};

enum { ITEM_COUNT = sizeof(item_rows) / sizeof(item_rows[0]) };

/* The options that are switches: member and place. */
static const struct flag_row {
    const char *name;
    size_t offset;
} flag_rows[] = {
    { "allow_debug", offsetof(assay_verify_options, allow_debug) },
    { "allow_reserved", offsetof(assay_verify_options, allow_reserved) },
    { "strict", offsetof(assay_verify_options, strict) },
};

enum { FLAG_COUNT = sizeof(flag_rows) / sizeof(flag_rows[0]) };

/* ---- Writing ---- */

static void put_base64(json_writer *w, const char *member, assay_span bytes)
{
    char *text = memory_new(base64_encoded_size(bytes.size, BASE64_STANDARD) + 1);
    if (text == NULL) {
        w->failed = true;
        return;
    }
    base64_encode(bytes, BASE64_STANDARD, text);
    json_put_text(w, member, text);
    memory_free(text);
}

static void put_accept(json_writer *w, uint32_t accept)
{
    json_open_array(w, "accept");
    for (int i = 0; i < ASSAY_TCB_STATUS_COUNT; i++) {
        if (accept & ASSAY_ACCEPT(i))
            json_put_text(w, NULL, assay_tcb_status_name((assay_tcb_status)i));
    }
    json_close_array(w);
}

static void put_options(json_writer *w, const assay_verify_options *options,
                        const assay_roots *roots)
{
    json_open_object(w, "options");
    put_accept(w, options->accept);
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        bool value;
        memcpy(&value, (const uint8_t *)options + flag_rows[i].offset, sizeof(value));
        json_put_flag(w, flag_rows[i].name, value);
    }
    json_put_hex(
        w, "report_data",
        span_of(options->report_data, options->report_data != NULL ? REPORT_DATA_SIZE : 0));
    json_put_number(w, "min_tcb_evaluation_data_number", options->min_tcb_evaluation_data_number);
    put_base64(w, "pck_chain", options->pck_chain);
    json_open_array(w, "roots");
    for (size_t i = 0; i < roots->count; i++)
        json_put_hex(w, NULL, SPAN(roots->points[i]));
    json_close_array(w);
    json_close_object(w);
}

static void put_collateral(json_writer *w, const assay_collateral *collateral)
{
    const assay_collateral_items *items = assay_collateral_items_of(collateral);
    json_open_object(w, "collateral");
    for (size_t i = 0; i < ITEM_COUNT; i++) {
        assay_span bytes;
        memcpy(&bytes, (const uint8_t *)items + item_rows[i].offset, sizeof(bytes));
        put_base64(w, item_rows[i].name, bytes);
    }
    json_close_object(w);
}

/* The result of one verification as text. USAGE and NO_MEMORY are no results. */
static assay_status judge(assay_span quote, assay_collateral *collateral,
                          const assay_verify_options *options, assay_verdict *verdict,
                          char **result, assay_error *err)
{
    assay_verdict local = { 0 };
    assay_verdict *out = verdict != NULL ? verdict : &local;
    assay_error error = { 0 };
    assay_status status = assay_verify(NULL, quote, collateral, options, out, &error);
    const bool judged = status != ASSAY_USAGE && status != ASSAY_NO_MEMORY;
    if (!judged && err != NULL)
        *err = error;
    if (judged && assay_verdict_to_json(out, status, &error, result) != ASSAY_OK)
        status = fail(err, ASSAY_NO_MEMORY, "bundle.result", ASSAY_NO_OFFSET,
                      "no memory for the result");
    else if (judged)
        status = ASSAY_OK;
    assay_verdict_clear(&local);
    return status;
}

static assay_status arguments_check(assay_span quote, const assay_verify_options *options,
                                    assay_error *err)
{
    if (quote.size > LIMIT_QUOTE_SIZE)
        return fail(err, ASSAY_USAGE, "quote", ASSAY_NO_OFFSET, "%zu bytes, want at most %d",
                    quote.size, LIMIT_QUOTE_SIZE);
    if (options->now <= 0 || options->now > last_time)
        return fail(err, ASSAY_USAGE, "options.now", ASSAY_NO_OFFSET,
                    "a bundle needs a time from 1970 to 9999");
    return ASSAY_OK;
}

assay_status assay_bundle_create(assay_span quote, assay_collateral *collateral,
                                 const assay_verify_options *options, char **out, assay_error *err)
{
    char *result = NULL;
    json_writer w = { 0 };
    TRY(arguments_check(quote, options, err));
    TRY(judge(quote, collateral, options, NULL, &result, err));
    json_open_object(&w, NULL);
    json_put_number(&w, "assay_bundle", BUNDLE_VERSION);
    json_put_time(&w, "time", options->now);
    put_options(&w, options, &collateral->roots);
    put_base64(&w, "quote", quote);
    put_collateral(&w, collateral);
    json_put_raw(&w, "result", SPAN_TEXT(result));
    json_close_object(&w);
    memory_free(result);
    const size_t size = w.size;
    char *text = NULL;
    TRY(json_take_written(&w, &text, err));
    if (size > LIMIT_BUNDLE_SIZE) {
        memory_free(text);
        return fail(err, ASSAY_USAGE, "bundle", ASSAY_NO_OFFSET, "%zu bytes, want at most %d", size,
                    LIMIT_BUNDLE_SIZE);
    }
    *out = text;
    return ASSAY_OK;
}

/* ---- Reading ---- */

static const char *const members_of_bundle[] = { "assay_bundle", "time",   "options", "quote",
                                                 "collateral",   "result", NULL };
static const char *const members_of_options[] = {
    "accept",    "allow_debug", "allow_reserved",
    "strict",    "report_data", "min_tcb_evaluation_data_number",
    "pck_chain", "roots",       NULL
};

static assay_status take_base64(assay_bundle *b, json_t *object, const char *member,
                                const char *where, assay_span *out, assay_error *err)
{
    assay_span text = { NULL, 0 };
    TRY(json_take_text(object, member, where, &text, err));
    const size_t capacity = text.size / 4 * 3 + 3;
    uint8_t *bytes = arena_new(&b->memory, capacity, 1);
    size_t size = 0;
    assay_error inner = { 0 };
    if (bytes == NULL)
        return fail(err, ASSAY_NO_MEMORY, where, ASSAY_NO_OFFSET, "no memory for %zu bytes",
                    capacity);
    if (base64_decode(text, BASE64_STANDARD, BASE64_SPACE_REFUSED, bytes, capacity, &size,
                      &inner) != ASSAY_OK)
        return json_fail(err, where, member, "is no base64: character %lld: %s",
                         (long long)inner.offset, inner.detail);
    *out = span_of(bytes, size);
    return ASSAY_OK;
}

static assay_status take_accept(json_t *object, uint32_t *out, assay_error *err)
{
    json_t *array = NULL;
    TRY(json_take_array(object, "accept", "bundle.options", 0, ASSAY_TCB_STATUS_COUNT, &array,
                        err));
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *text = json_string_value(json_array_get(array, i));
        const assay_tcb_status status =
            text != NULL ? assay_tcb_status_parse(text) : ASSAY_TCB_NOT_JUDGED;
        if (status == ASSAY_TCB_NOT_JUDGED || status == ASSAY_TCB_REVOKED ||
            status == ASSAY_TCB_NOT_SUPPORTED)
            return json_fail(err, "bundle.options", "accept",
                             "element %zu is no TCB status that can be accepted", i);
        *out |= ASSAY_ACCEPT(status);
    }
    return ASSAY_OK;
}

/* Roots are read for the record and for messages: none is trusted because a bundle names it. */
static assay_status take_roots(json_t *object, size_t *count, assay_error *err)
{
    json_t *array = NULL;
    TRY(json_take_array(object, "roots", "bundle.options", 0, ASSAY_ROOT_MAX, &array, err));
    *count = json_array_size(array);
    for (size_t i = 0; i < *count; i++) {
        json_t *text = json_array_get(array, i);
        uint8_t point[POINT_SIZE];
        if (!json_is_string(text) ||
            assay_hex_decode(span_of(json_string_value(text), json_string_length(text)), point,
                             sizeof(point), NULL) != ASSAY_OK)
            return json_fail(err, "bundle.options", "roots", "element %zu is no point of %d bytes",
                             i, POINT_SIZE);
    }
    return ASSAY_OK;
}

static assay_status take_flags(json_t *object, assay_verify_options *out, assay_error *err)
{
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        json_t *value = json_object_get(object, flag_rows[i].name);
        if (!json_is_boolean(value))
            return json_fail(err, "bundle.options", flag_rows[i].name, "want true or false");
        const bool flag = json_is_true(value);
        memcpy((uint8_t *)out + flag_rows[i].offset, &flag, sizeof(flag));
    }
    return ASSAY_OK;
}

static assay_status take_report_data(assay_bundle *b, json_t *object, assay_error *err)
{
    assay_span text = { NULL, 0 };
    TRY(json_take_text(object, "report_data", "bundle.options", &text, err));
    if (text.size == 0)
        return ASSAY_OK;
    TRY(json_take_hex(object, "report_data", "bundle.options", b->report_data, REPORT_DATA_SIZE,
                      err));
    b->options.report_data = b->report_data;
    return ASSAY_OK;
}

static assay_status options_read(assay_bundle *b, json_t *root, assay_error *err)
{
    json_t *object = NULL;
    uint64_t number = 0;
    TRY(json_take_object(root, "options", "bundle", &object, err));
    TRY(members_refuse_unknown(object, members_of_options, "bundle.options",
                               "only the options of a verification", err));
    TRY(take_accept(object, &b->options.accept, err));
    TRY(take_flags(object, &b->options, err));
    TRY(take_report_data(b, object, err));
    TRY(json_take_unsigned(object, "min_tcb_evaluation_data_number", "bundle.options", UINT32_MAX,
                           &number, err));
    TRY(take_base64(b, object, "pck_chain", "bundle.options", &b->options.pck_chain, err));
    b->options.min_tcb_evaluation_data_number = (uint32_t)number;
    return take_roots(object, &b->root_count, err);
}

static assay_status collateral_read(assay_bundle *b, json_t *root, assay_error *err)
{
    json_t *object = NULL;
    const char *known[ITEM_COUNT + 1] = { NULL };
    for (size_t i = 0; i < ITEM_COUNT; i++)
        known[i] = item_rows[i].name;
    TRY(json_take_object(root, "collateral", "bundle", &object, err));
    TRY(members_refuse_unknown(object, known, "bundle.collateral", "only the seven items", err));
    for (size_t i = 0; i < ITEM_COUNT; i++) {
        assay_span bytes = { NULL, 0 };
        TRY(take_base64(b, object, item_rows[i].name, "bundle.collateral", &bytes, err));
        memcpy((uint8_t *)&b->items + item_rows[i].offset, &bytes, sizeof(bytes));
    }
    return ASSAY_OK;
}

static assay_status bundle_read(assay_bundle *b, const json_document *doc, assay_error *err)
{
    json_t *root = doc->root, *result = NULL;
    uint64_t version = 0;
    TRY(json_take_unsigned(root, "assay_bundle", "bundle", UINT32_MAX, &version, err));
    if (version != BUNDLE_VERSION)
        return fail(err, ASSAY_UNSUPPORTED, "bundle.assay_bundle", ASSAY_NO_OFFSET,
                    "version %llu, want %d", (unsigned long long)version, BUNDLE_VERSION);
    TRY(members_refuse_unknown(root, members_of_bundle, "bundle", "only the parts of a bundle",
                               err));
    TRY(json_take_time(root, "time", "bundle", &b->options.now, err));
    if (b->options.now <= 0)
        return json_fail(err, "bundle", "time", "must be after 1970-01-01T00:00:00Z");
    TRY(options_read(b, root, err));
    TRY(take_base64(b, root, "quote", "bundle", &b->quote, err));
    TRY(collateral_read(b, root, err));
    TRY(json_take_object(root, "result", "bundle", &result, err));
    b->result = arena_text(&b->memory, doc->signed_bytes);
    if (b->result == NULL)
        return fail(err, ASSAY_NO_MEMORY, "bundle.result", ASSAY_NO_OFFSET,
                    "no memory for %zu bytes", doc->signed_bytes.size);
    return ASSAY_OK;
}

assay_status assay_bundle_parse(assay_span text, assay_bundle **out, assay_error *err)
{
    json_document doc;
    TRY(json_document_parse(text, "result", &doc, "bundle", err));
    assay_bundle *b = memory_new(sizeof(*b));
    assay_status status = b != NULL ? bundle_read(b, &doc, err)
                                    : fail(err, ASSAY_NO_MEMORY, "bundle", ASSAY_NO_OFFSET,
                                           "no memory for %zu bytes", sizeof(*b));
    json_document_free(&doc);
    if (status != ASSAY_OK) {
        assay_bundle_free(b);
        return status;
    }
    *out = b;
    return ASSAY_OK;
}

void assay_bundle_free(assay_bundle *bundle)
{
    if (bundle == NULL)
        return;
    arena_free(&bundle->memory);
    memory_free(bundle);
}

assay_span assay_bundle_quote(const assay_bundle *bundle)
{
    return bundle->quote;
}

const assay_collateral_items *assay_bundle_collateral(const assay_bundle *bundle)
{
    return &bundle->items;
}

const assay_verify_options *assay_bundle_options(const assay_bundle *bundle)
{
    return &bundle->options;
}

const char *assay_bundle_result(const assay_bundle *bundle)
{
    return bundle->result;
}

/* ---- Replay ---- */

assay_status assay_bundle_replay(const assay_bundle *bundle, const assay_roots *roots,
                                 assay_verdict *verdict, char **result, assay_error *err)
{
    assay_collateral *collateral = NULL;
    char *again = NULL;
    TRY(assay_collateral_new(&bundle->items, roots, &collateral, err));
    const assay_status status =
        judge(bundle->quote, collateral, &bundle->options, verdict, &again, err);
    assay_collateral_unref(collateral);
    TRY(status);
    *result = again;
    if (strcmp(again, bundle->result) == 0)
        return ASSAY_OK;
    const bool lacks_roots = bundle->root_count > (roots != NULL ? roots->count : 0);
    return fail(err, ASSAY_MISMATCH, "bundle.result", ASSAY_NO_OFFSET,
                "judged again, the result is not the recorded one%s",
                lacks_roots ? ": its maker trusted other roots, which have to be named" : "");
}
