/* td_report.c: takes a TDREPORT_STRUCT apart and recomputes its two hashes. guest.md 5.
 *
 * The MAC is a matter of the CPU that made the report and is not looked at. */
#include "crypto/crypto.h"
#include "evidence/fields.h"

enum { REPORT_TYPE_TDX = 0x81 };

static assay_status type_check(assay_span report, assay_error *err)
{
    const uint8_t *p = report.data;
    if (p[TDREPORT_TYPE_OFFSET] != REPORT_TYPE_TDX)
        return fail(err, ASSAY_UNSUPPORTED, "td_report.type", TDREPORT_TYPE_OFFSET,
                    "report type 0x%02x, want 0x81", p[TDREPORT_TYPE_OFFSET]);
    if (p[TDREPORT_SUBTYPE_OFFSET] > 1)
        return fail(err, ASSAY_UNSUPPORTED, "td_report.subtype", TDREPORT_SUBTYPE_OFFSET,
                    "subtype %u, want 0 or 1", p[TDREPORT_SUBTYPE_OFFSET]);
    const uint8_t version = p[TDREPORT_VERSION_OFFSET];
    if (version != 0 && version != 1 && version != 3)
        return fail(err, ASSAY_UNSUPPORTED, "td_report.version", TDREPORT_VERSION_OFFSET,
                    "version %u, want 0, 1 or 3", version);
    return ASSAY_OK;
}

/* Reserved fields of the MAC structure. Those of the two hashed parts have been given meaning by
 * later versions of the TDX module before. */
static assay_status reserved_check(assay_span report, assay_error *err)
{
    const assay_field *dirty = assay_layout_dirty_reserved(&assay_layout_tdreport, report);
    if (dirty == NULL || dirty->offset >= TDREPORT_MAC_STRUCT_SIZE)
        return ASSAY_OK;
    assay_status status = fail(err, ASSAY_MALFORMED, dirty->name, dirty->offset,
                               "%u reserved bytes are not all zero", dirty->size);
    return error_inside(err, status, "td_report");
}

static assay_status hash_check(assay_span report, assay_span part, assay_span hash,
                               const char *where, assay_error *err)
{
    uint8_t digest[SHA384_SIZE];
    sha384(part, digest);
    if (span_equal(SPAN(digest), hash))
        return ASSAY_OK;
    return fail(err, ASSAY_MALFORMED, where, hash.data - report.data,
                "is not the SHA-384 of the %zu bytes at %zu", part.size,
                (size_t)(part.data - report.data));
}

assay_status assay_td_report_parse(assay_span bytes, assay_td_report *out, assay_error *err)
{
    reader r = reader_of(bytes, "td_report");
    assay_td_report report = { 0 };
    report.bytes = read_span(&r, TDREPORT_SIZE);
    TRY(reader_end(&r, err));
    report.mac = span_slice(report.bytes, 0, TDREPORT_MAC_STRUCT_SIZE);
    report.tee_info = FIELD_SPAN(report.bytes, TDREPORT_TEE_TCB_INFO);
    report.td_info = FIELD_SPAN(report.bytes, TDREPORT_TD_INFO);
    TRY(type_check(report.bytes, err));
    TRY(reserved_check(report.bytes, err));
    TRY(hash_check(report.bytes, report.tee_info,
                   FIELD_SPAN(report.bytes, TDREPORT_TEE_TCB_INFO_HASH),
                   "td_report.tee_tcb_info_hash", err));
    TRY(hash_check(report.bytes, report.td_info, FIELD_SPAN(report.bytes, TDREPORT_TEE_INFO_HASH),
                   "td_report.tee_info_hash", err));
    *out = report;
    return ASSAY_OK;
}
