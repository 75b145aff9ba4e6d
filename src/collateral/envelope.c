/* envelope.c: the signed object, its signature, and nothing beside them. verification.md 3.1, 3.5.
 */
#include "collateral/envelope.h"

assay_status envelope_open(const envelope_kind *kind, assay_span text, document_header *header,
                           json_document *document, json_t **body, assay_error *err)
{
    if (text.size > LIMIT_DOCUMENT_SIZE)
        return fail(err, ASSAY_MALFORMED, kind->name, LIMIT_DOCUMENT_SIZE,
                    "%zu bytes, want at most %d", text.size, LIMIT_DOCUMENT_SIZE);
    TRY(json_document_parse(text, kind->member, document, kind->name, err));
    if (!json_is_object(document->root))
        return fail(err, ASSAY_MALFORMED, kind->name, 0, "want an object with %s and signature",
                    kind->member);
    const char *const known[] = { kind->member, "signature", NULL };
    TRY(members_refuse_unknown(document->root, known, kind->name,
                               "nothing but the signature may stand beside the signed object",
                               err));
    TRY(json_take_object(document->root, kind->member, kind->name, body, err));
    TRY(json_take_hex(document->root, "signature", kind->name, header->signature,
                      sizeof(header->signature), err));
    header->signed_bytes = document->signed_bytes;
    return ASSAY_OK;
}

assay_status document_version(json_t *body, const place *at, uint8_t min, uint8_t max, uint8_t *out,
                              assay_error *err)
{
    char path[ASSAY_WHERE_SIZE];
    uint64_t version;
    place_path(at, path);
    TRY(json_take_unsigned(body, "version", path, UINT32_MAX, &version, err));
    if (version < min || version > max) {
        json_fail(err, path, "version", "version %llu, want %u to %u", (unsigned long long)version,
                  min, max);
        if (err != NULL)
            err->status = ASSAY_UNSUPPORTED;
        return ASSAY_UNSUPPORTED;
    }
    *out = (uint8_t)version;
    return ASSAY_OK;
}

assay_status document_dates_check(const document_header *header, const place *at, assay_error *err)
{
    if (header->issue_date >= header->next_update)
        return place_fail(at, "nextUpdate", err, "is not after issueDate");
    return ASSAY_OK;
}
