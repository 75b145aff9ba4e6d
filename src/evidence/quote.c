/* quote.c: takes a quote of version 3, 4 or 5 apart. verification.md 1.1, 1.2 and 1.5 to 1.7.
 *
 * One reader walks the whole input, so that offsets in errors are those inside the quote; a
 * declared length opens a window on it (a reader that ends where the length says). */
#include "base/limits.h"
#include "evidence/fields.h"

enum {
    QUOTE_SMALLEST = 1020, /* version 3 with empty certification data */
    CODE_INVALID_PARAMETER = 0xE002
};

static const uint8_t intel_vendor_id[QUOTE_V4_QE_VENDOR_ID_SIZE] = {
    0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07
};

/* Which body follows from version, TEE type and (version 5) body type. */
static const struct quote_shape {
    uint16_t version;
    uint16_t body_type;
    uint32_t tee_type;
    assay_tee tee;
    const assay_layout *body;
} shapes[] = {
    { 3, 0, 0x00, ASSAY_TEE_SGX, &assay_layout_sgx_report },
    { 4, 0, 0x00, ASSAY_TEE_SGX, &assay_layout_sgx_report },
    { 4, 0, 0x81, ASSAY_TEE_TDX, &assay_layout_td_report_1_0 },
    { 5, 1, 0x00, ASSAY_TEE_SGX, &assay_layout_sgx_report },
    { 5, 2, 0x81, ASSAY_TEE_TDX, &assay_layout_td_report_1_0 },
    { 5, 3, 0x81, ASSAY_TEE_TDX, &assay_layout_td_report_1_5 },
    { 5, 4, 0x81, ASSAY_TEE_TDX, &assay_layout_td_report_1_5x },
};

typedef enum certification_place { NOWHERE, INNERMOST, OUTER } certification_place;

static const struct certification_row {
    const char *name;
    certification_place place;
    uint16_t size;       /* 0: variable */
    uint16_t older_size; /* of Intel's sample quotes of 2019: without the PCE id; 0: none */
} certification_rows[] = {
    [ASSAY_CERTIFICATION_PPID] = { "ppid", INNERMOST, 36, 34 },
    [ASSAY_CERTIFICATION_PPID_RSA_2048] = { "ppid_rsa_2048", INNERMOST, 276, 0 },
    [ASSAY_CERTIFICATION_PPID_RSA_3072] = { "ppid_rsa_3072", INNERMOST, 404, 0 },
    [ASSAY_CERTIFICATION_PCK_LEAF] = { "pck_leaf", INNERMOST, 0, 0 },
    [ASSAY_CERTIFICATION_PCK_CHAIN] = { "pck_chain", INNERMOST, 0, 0 },
    [ASSAY_CERTIFICATION_QE_REPORT] = { "qe_report", OUTER, 0, 0 },
    [ASSAY_CERTIFICATION_PLATFORM_MANIFEST] = { "platform_manifest", NOWHERE, 0, 0 },
};

static const struct certification_row *certification_row_of(unsigned type)
{
    static const struct certification_row unknown = { NULL, NOWHERE, 0, 0 };
    const size_t count = sizeof(certification_rows) / sizeof(certification_rows[0]);
    return type < count ? &certification_rows[type] : &unknown;
}

const char *assay_certification_type_name(unsigned type)
{
    return certification_row_of(type)->name;
}

/* As read_span(), but empty spans too point to where they stand. */
static assay_span take(reader *r, size_t size, const char *where)
{
    const size_t at = r->at;
    if (!r->failed)
        r->where = where;
    (void)read_span(r, size);
    return r->failed ? (assay_span) { NULL, 0 } : span_slice(r->in, at, size);
}

/* Splits the next `size` bytes off as a reader of their own. The length stood just before them. */
static assay_status window_open(reader *r, uint32_t size, size_t limit, const char *where,
                                reader *out, assay_error *err)
{
    TRY(reader_check(r, err));
    const int64_t offset = (int64_t)r->at - (int64_t)sizeof(uint32_t);
    if (size > limit)
        return fail(err, ASSAY_MALFORMED, where, offset, "declares %u bytes, want at most %zu",
                    size, limit);
    if (size > reader_left(r))
        return fail(err, ASSAY_TRUNCATED, where, offset, "declares %u bytes, %zu are left", size,
                    reader_left(r));
    *out = *r;
    out->where = where;
    out->in.size = r->at + size;
    r->at += size;
    return ASSAY_OK;
}

static assay_status reserved_check(const assay_layout *layout, assay_span structure, size_t offset,
                                   const char *where, assay_error *err)
{
    const assay_field *dirty = assay_layout_dirty_reserved(layout, structure);
    if (dirty == NULL)
        return ASSAY_OK;
    assay_status status = fail(err, ASSAY_MALFORMED, dirty->name, (int64_t)offset + dirty->offset,
                               "%u reserved bytes are not all zero", dirty->size);
    return error_inside(err, status, where);
}

static assay_status header_check(assay_quote *quote, assay_error *err)
{
    const assay_span header = quote->header;
    quote->version = load_u16le(header.data + QUOTE_V4_VERSION_OFFSET);
    quote->key_type = load_u16le(header.data + QUOTE_V4_ATTESTATION_KEY_TYPE_OFFSET);
    if (quote->version < 3 || quote->version > 5)
        return fail(err, ASSAY_UNSUPPORTED, "quote.header.version", QUOTE_V4_VERSION_OFFSET,
                    "version %u, want 3 to 5", quote->version);
    if (quote->key_type != 2)
        return fail(err, ASSAY_UNSUPPORTED, "quote.header.attestation_key_type",
                    QUOTE_V4_ATTESTATION_KEY_TYPE_OFFSET,
                    "attestation key type %u, want 2 (ECDSA on P-256)", quote->key_type);
    if (!span_equal(FIELD_SPAN(header, QUOTE_V4_QE_VENDOR_ID), SPAN(intel_vendor_id)))
        return fail(err, ASSAY_UNSUPPORTED, "quote.header.qe_vendor_id",
                    QUOTE_V4_QE_VENDOR_ID_OFFSET, "the quoting enclave is not Intel's");
    quote->header_layout =
        quote->version == 3 ? &assay_layout_quote_header_v3 : &assay_layout_quote_header_v4;
    return reserved_check(quote->header_layout, header, 0, "quote.header", err);
}

/* The row of the body, or the error that says which of the three numbers does not fit. */
static assay_status shape_find(const assay_quote *quote, const struct quote_shape **out,
                               assay_error *err)
{
    const uint32_t tee_type = load_u32le(quote->header.data + QUOTE_V4_TEE_TYPE_OFFSET);
    bool type_known = false;
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        if (shapes[i].version != quote->version || shapes[i].body_type != quote->body_type)
            continue;
        type_known = true;
        *out = &shapes[i];
        if (shapes[i].tee_type == tee_type)
            return ASSAY_OK;
    }
    if (!type_known)
        return fail(err, ASSAY_UNSUPPORTED, "quote.body_descriptor.type", QUOTE_HEADER_SIZE,
                    "body type %u, want 1 to 4", quote->body_type);
    if (tee_type != 0 && tee_type != 0x81)
        return fail(err, ASSAY_UNSUPPORTED, "quote.header.tee_type", QUOTE_V4_TEE_TYPE_OFFSET,
                    "TEE type 0x%x, want 0 (SGX) or 0x81 (TDX)", tee_type);
    return fail(err, ASSAY_MALFORMED, "quote.header.tee_type", QUOTE_V4_TEE_TYPE_OFFSET,
                "TEE type 0x%x with body type %u, want 0x%x", tee_type, quote->body_type,
                (*out)->tee_type);
}

static assay_status body_read(reader *r, assay_quote *quote, assay_error *err)
{
    uint32_t declared = 0;
    if (quote->version == 5) {
        r->where = "quote.body_descriptor";
        quote->body_type = read_u16le(r);
        declared = read_u32le(r);
        TRY(reader_check(r, err));
    }
    const struct quote_shape *shape = NULL;
    TRY(shape_find(quote, &shape, err));
    if (quote->version == 5 && declared != shape->body->size)
        return fail(err, ASSAY_MALFORMED, "quote.body_descriptor.size", QUOTE_HEADER_SIZE + 2,
                    "body type %u of %u bytes, want %u", quote->body_type, declared,
                    shape->body->size);
    quote->tee = shape->tee;
    quote->body_layout = shape->body;
    quote->body = take(r, shape->body->size, "quote.body");
    TRY(reader_check(r, err));
    quote->signed_part = span_slice(r->in, 0, r->at);
    return ASSAY_OK;
}

/* Intel's interface looks at the type before the size, and verifies none of these types: E01C. */
static assay_status certification_size_check(const struct certification_row *row, uint32_t size,
                                             int64_t offset, assay_error *err)
{
    if (row->size == 0 || row->size == size || (row->older_size != 0 && row->older_size == size))
        return ASSAY_OK;
    assay_status status = fail(err, ASSAY_MALFORMED, "quote.auth_data.certification_data.size",
                               offset, "%u bytes of %s, want %u", size, row->name, row->size);
    return error_as(err, status, QVL_UNSUPPORTED_QE_CERTIFICATION_DATA_TYPE, 0);
}

static assay_status certification_read(reader *r, assay_quote *quote, assay_error *err)
{
    const int64_t offset = (int64_t)r->at;
    r->where = "quote.auth_data.certification_data";
    quote->certification_type = read_u16le(r);
    const uint32_t size = read_u32le(r);
    reader data;
    TRY(window_open(r, size, LIMIT_CERTIFICATION_DATA_SIZE, "quote.auth_data.certification_data",
                    &data, err));
    quote->certification_data = take(&data, size, data.where);
    const struct certification_row *row = certification_row_of(quote->certification_type);
    if (row->place != INNERMOST)
        return fail(err, ASSAY_MALFORMED, "quote.auth_data.certification_data.type", offset,
                    "innermost certification data of type %u (%s), want 1 to 5",
                    quote->certification_type, row->name != NULL ? row->name : "unknown");
    return certification_size_check(row, size, offset + 2, err);
}

/* QE report, its signature, QE authentication data, innermost certification data; then the end. */
static assay_status qe_part_read(reader *r, assay_quote *quote, assay_error *err)
{
    const size_t qe_report_at = r->at;
    quote->qe_report = take(r, SGX_REPORT_SIZE, "quote.auth_data.qe_report");
    quote->qe_report_signature = take(r, 64, "quote.auth_data.qe_report_signature");
    TRY(reader_check(r, err));
    TRY(reserved_check(&assay_layout_sgx_report, quote->qe_report, qe_report_at,
                       "quote.auth_data.qe_report", err));
    const int64_t size_at = (int64_t)r->at;
    r->where = "quote.auth_data.qe_auth_data";
    const uint16_t size = read_u16le(r);
    if (size > LIMIT_QE_AUTH_DATA_SIZE)
        return fail(err, ASSAY_MALFORMED, "quote.auth_data.qe_auth_data", size_at,
                    "declares %u bytes, want at most %d", size, LIMIT_QE_AUTH_DATA_SIZE);
    quote->qe_auth_data = take(r, size, "quote.auth_data.qe_auth_data");
    TRY(reader_check(r, err));
    TRY(certification_read(r, quote, err));
    return reader_end(r, err);
}

/* Versions 4 and 5 wrap the QE part in certification data of type 6. */
static assay_status outer_read(reader *r, assay_quote *quote, assay_error *err)
{
    const int64_t offset = (int64_t)r->at;
    r->where = "quote.auth_data.outer_certification_data";
    const uint16_t type = read_u16le(r);
    const uint32_t size = read_u32le(r);
    reader outer;
    TRY(window_open(r, size, LIMIT_AUTH_DATA_SIZE, "quote.auth_data.outer_certification_data",
                    &outer, err));
    if (certification_row_of(type)->place != OUTER)
        return fail(err, ASSAY_MALFORMED, "quote.auth_data.outer_certification_data.type", offset,
                    "outer certification data of type %u, want 6", type);
    TRY(qe_part_read(&outer, quote, err));
    r->where = "quote.auth_data";
    return reader_end(r, err);
}

static assay_status auth_data_read(reader *r, assay_quote *quote, assay_error *err)
{
    r->where = "quote.auth_data";
    const uint32_t size = read_u32le(r);
    reader auth;
    TRY(window_open(r, size, LIMIT_AUTH_DATA_SIZE, "quote.auth_data", &auth, err));
    quote->signature = take(&auth, 64, "quote.auth_data.signature");
    quote->attestation_key = take(&auth, 64, "quote.auth_data.attestation_key");
    TRY(reader_check(&auth, err));
    return quote->version == 3 ? qe_part_read(&auth, quote, err) : outer_read(&auth, quote, err);
}

static assay_status quote_read(assay_span bytes, assay_quote *quote, assay_error *err)
{
    if (bytes.size > LIMIT_QUOTE_SIZE)
        return fail(err, ASSAY_MALFORMED, "quote", LIMIT_QUOTE_SIZE, "%zu bytes, want at most %d",
                    bytes.size, LIMIT_QUOTE_SIZE);
    reader r = reader_of(bytes, "quote");
    quote->header = take(&r, QUOTE_HEADER_SIZE, "quote.header");
    TRY(reader_check(&r, err));
    TRY(header_check(quote, err));
    TRY(body_read(&r, quote, err));
    TRY(auth_data_read(&r, quote, err));
    quote->bytes = span_slice(bytes, 0, r.at);
    quote->trailing = span_slice(bytes, r.at, bytes.size - r.at);
    return ASSAY_OK;
}

/* Below the smallest quote there is nothing to tell but where the input ends. */
static assay_status too_small(assay_span bytes, assay_status status, assay_error *err)
{
    if (status != ASSAY_TRUNCATED)
        status = fail(err, ASSAY_TRUNCATED, "quote", (int64_t)bytes.size,
                      "%zu bytes, the smallest quote has %d", bytes.size, QUOTE_SMALLEST);
    return error_as(err, status, QVL_INVALID_PARAMETER, CODE_INVALID_PARAMETER);
}

assay_status assay_quote_parse(assay_span bytes, assay_quote *out, assay_error *err)
{
    assay_quote quote = { 0 };
    const assay_status status = quote_read(bytes, &quote, err);
    if (bytes.size < QUOTE_SMALLEST)
        return too_small(bytes, status, err);
    if (status != ASSAY_OK)
        return error_as(err, status, QVL_UNSUPPORTED_QUOTE_FORMAT, 0);
    *out = quote;
    return ASSAY_OK;
}
