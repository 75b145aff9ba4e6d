/* identity.c: reads enclave identities of version 2. verification.md 3.1, 3.3, 3.5. */
#include "collateral/envelope.h"
#include "collateral/levels.h"

static const envelope_kind kind = { .name = "qe_identity", .member = "enclaveIdentity" };
static const place top = { .parent = NULL, .name = "qe_identity", .index = NO_INDEX };

typedef struct body_members {
    enclave_identity identity;
    assay_span id;
    json_t *levels;
} body_members;

#define VALUE_ROW(name, field)                                                                     \
    {                                                                                              \
        name, MEMBER_HEX, MEMBER_REQUIRED, offsetof(body_members, identity.field),                 \
            MEMBER_SIZE(enclave_identity, field), 0                                                \
    }

static const member_row rows[] = {
    { "id", MEMBER_TEXT, MEMBER_REQUIRED, offsetof(body_members, id), 0, 0 },
    { "version", MEMBER_IGNORED, MEMBER_REQUIRED, 0, 0, 0 },
    { "issueDate", MEMBER_TIME, MEMBER_REQUIRED, offsetof(body_members, identity.header.issue_date),
      0, 0 },
    { "nextUpdate", MEMBER_TIME, MEMBER_REQUIRED,
      offsetof(body_members, identity.header.next_update), 0, 0 },
    { "tcbEvaluationDataNumber", MEMBER_UNSIGNED, MEMBER_REQUIRED,
      offsetof(body_members, identity.header.evaluation_number), 4, UINT32_MAX },
    VALUE_ROW("miscselect", misc_select),
    VALUE_ROW("miscselectMask", misc_select_mask),
    VALUE_ROW("attributes", attributes),
    VALUE_ROW("attributesMask", attributes_mask),
    VALUE_ROW("mrsigner", mrsigner),
    { "isvprodid", MEMBER_UNSIGNED, MEMBER_REQUIRED, offsetof(body_members, identity.isv_prod_id),
      2, UINT16_MAX },
    { "tcbLevels", MEMBER_ARRAY, MEMBER_REQUIRED, offsetof(body_members, levels), 1,
      LIMIT_TCB_LEVELS },
};
static const member_table table = MEMBER_TABLE(rows);

static assay_status id_read(assay_span text, identity_id *out, assay_error *err)
{
    for (identity_id id = IDENTITY_QE; id <= IDENTITY_QAE; id++) {
        if (span_is(text, identity_id_name(id))) {
            *out = id;
            return ASSAY_OK;
        }
    }
    return place_fail(&top, "id", err, "\"%.32s\", want QE, TD_QE, QVE or QAE",
                      (const char *)text.data);
}

static assay_status golden_values_check(const document_reader *r, const enclave_identity *identity)
{
    TRY(golden_bits_check(r, identity->misc_select, identity->misc_select_mask,
                          sizeof(identity->misc_select), &top, "miscselect"));
    return golden_bits_check(r, identity->attributes, identity->attributes_mask,
                             sizeof(identity->attributes), &top, "attributes");
}

static assay_status parse(assay_span text, arena *memory, enclave_identity *out, assay_error *err)
{
    AUTO_DOCUMENT document = { .root = NULL };
    body_members body = { .levels = NULL };
    const document_reader r = { .memory = memory, .header = &body.identity.header, .err = err };
    json_t *object;
    uint8_t version;
    TRY(envelope_open(&kind, text, &body.identity.header, &document, &object, err));
    TRY(document_version(object, &top, 2, 2, &version, err));
    TRY(members_read(&r, &table, object, &top, &body));
    TRY(id_read(body.id, &body.identity.id, err));
    TRY(document_dates_check(&body.identity.header, &top, err));
    TRY(golden_values_check(&r, &body.identity));
    TRY(levels_read(&r, LEVEL_ENCLAVE, body.levels, &top, &body.identity.levels));
    *out = body.identity;
    return ASSAY_OK;
}

assay_status enclave_identity_parse(assay_span text, arena *memory, enclave_identity *out,
                                    assay_error *err)
{
    TRY_AS(QVL_QE_IDENTITY_UNSUPPORTED_FORMAT, parse(text, memory, out, err));
    return ASSAY_OK;
}
