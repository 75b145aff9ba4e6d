/* tcb_info.c: reads TCB info of versions 2 and 3. verification.md 3.1, 3.2, 3.5. */
#include "collateral/envelope.h"
#include "collateral/levels.h"

static const envelope_kind kind = { .name = "tcb_info", .member = "tcbInfo" };
static const place top = { .parent = NULL, .name = "tcb_info", .index = NO_INDEX };

typedef struct body_members {
    tcb_info info;
    uint32_t type;
    json_t *module;
    json_t *modules;
    json_t *levels;
} body_members;

#define BODY_ROWS                                                                                     \
    { "version", MEMBER_IGNORED, MEMBER_REQUIRED, 0, 0, 0 },                                          \
        { "issueDate",                                                                                \
          MEMBER_TIME,                                                                                \
          MEMBER_REQUIRED,                                                                            \
          offsetof(body_members, info.header.issue_date),                                             \
          0,                                                                                          \
          0 },                                                                                        \
        { "nextUpdate",                                                                               \
          MEMBER_TIME,                                                                                \
          MEMBER_REQUIRED,                                                                            \
          offsetof(body_members, info.header.next_update),                                            \
          0,                                                                                          \
          0 },                                                                                        \
        { "fmspc", MEMBER_HEX, MEMBER_REQUIRED, offsetof(body_members, info.fmspc), 6, 0 },           \
        { "pceId", MEMBER_HEX, MEMBER_REQUIRED, offsetof(body_members, info.pce_id), 2, 0 },          \
        { "tcbType", MEMBER_UNSIGNED, MEMBER_REQUIRED, offsetof(body_members, type), 4, UINT32_MAX }, \
        { "tcbEvaluationDataNumber",                                                                  \
          MEMBER_UNSIGNED,                                                                            \
          MEMBER_REQUIRED,                                                                            \
          offsetof(body_members, info.header.evaluation_number),                                      \
          4,                                                                                          \
          UINT32_MAX },                                                                               \
    {                                                                                                 \
        "tcbLevels", MEMBER_ARRAY, MEMBER_REQUIRED, offsetof(body_members, levels), 1,                \
            LIMIT_TCB_LEVELS                                                                          \
    }

#define MODULE_ROWS(module_presence, modules_presence)                                             \
    { "tdxModule", MEMBER_OBJECT, module_presence, offsetof(body_members, module), 0, 0 },         \
    {                                                                                              \
        "tdxModuleIdentities", MEMBER_ARRAY, modules_presence, offsetof(body_members, modules), 0, \
            LIMIT_TDX_MODULES                                                                      \
    }

#define ID_ROW                                                                                     \
    {                                                                                              \
        "id", MEMBER_IGNORED, MEMBER_REQUIRED, 0, 0, 0                                             \
    }

static const member_row v2_rows[] = { BODY_ROWS, MODULE_ROWS(MEMBER_FORBIDDEN, MEMBER_FORBIDDEN) };
static const member_row sgx_rows[] = { ID_ROW, BODY_ROWS,
                                       MODULE_ROWS(MEMBER_FORBIDDEN, MEMBER_FORBIDDEN) };
static const member_row tdx_rows[] = { ID_ROW, BODY_ROWS,
                                       MODULE_ROWS(MEMBER_REQUIRED, MEMBER_OPTIONAL) };

/* The kinds of TCB info: what they are called, their members, the form of their levels. */
static const struct tcb_info_form {
    uint8_t version;
    const char *id; /* NULL: has none */
    assay_tee tee;
    level_form levels;
    member_table table;
} forms[] = {
    { 2, NULL, ASSAY_TEE_SGX, LEVEL_PLATFORM_V2, MEMBER_TABLE(v2_rows) },
    { 3, "SGX", ASSAY_TEE_SGX, LEVEL_PLATFORM_SGX, MEMBER_TABLE(sgx_rows) },
    { 3, "TDX", ASSAY_TEE_TDX, LEVEL_PLATFORM_TDX, MEMBER_TABLE(tdx_rows) },
};

typedef struct module_members {
    tdx_module module;
    assay_span id;
    json_t *levels;
} module_members;

#define MODULE_VALUE_ROW(name, field)                                                              \
    {                                                                                              \
        name, MEMBER_HEX, MEMBER_REQUIRED, offsetof(module_members, module.field),                 \
            MEMBER_SIZE(tdx_module, field), 0                                                      \
    }
#define MODULE_VALUE_ROWS                                                                          \
    MODULE_VALUE_ROW("mrsigner", mrsigner), MODULE_VALUE_ROW("attributes", attributes),            \
        MODULE_VALUE_ROW("attributesMask", attributes_mask)

static const member_row module_rows[] = { MODULE_VALUE_ROWS };
static const member_row identity_rows[] = {
    MODULE_VALUE_ROWS,
    { "id", MEMBER_TEXT, MEMBER_REQUIRED, offsetof(module_members, id), 0, 0 },
    { "tcbLevels", MEMBER_ARRAY, MEMBER_REQUIRED, offsetof(module_members, levels), 1,
      LIMIT_TCB_LEVELS },
};
static const member_table module_table = MEMBER_TABLE(module_rows);
static const member_table identity_table = MEMBER_TABLE(identity_rows);

static assay_status form_find(json_t *body, uint8_t version, const struct tcb_info_form **out,
                              assay_error *err)
{
    assay_span id = { NULL, 0 };
    if (version > 2)
        TRY(json_take_text(body, "id", top.name, &id, err));
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (forms[i].version == version && (forms[i].id == NULL || span_is(id, forms[i].id))) {
            *out = &forms[i];
            return ASSAY_OK;
        }
    }
    return place_fail(&top, "id", err, "\"%.32s\", want SGX or TDX", (const char *)id.data);
}

static assay_status module_values_read(const document_reader *r, const member_table *table,
                                       json_t *object, const place *at, module_members *out)
{
    TRY(members_read(r, table, object, at, out));
    return golden_bits_check(r, out->module.attributes, out->module.attributes_mask,
                             sizeof(out->module.attributes), at, "attributes");
}

static assay_status module_read(const document_reader *r, json_t *object, tcb_info *info)
{
    const place at = { .parent = &top, .name = "tdxModule", .index = NO_INDEX };
    module_members members = { .levels = NULL };
    if (object == NULL)
        return ASSAY_OK;
    TRY(module_values_read(r, &module_table, object, &at, &members));
    info->module = members.module;
    info->has_module = true;
    return ASSAY_OK;
}

/* "TDX_" and the major version as two hex digits. */
static assay_status module_major(const document_reader *r, assay_span id, const place *at,
                                 uint8_t *out)
{
    enum { PREFIX = 4, SIZE = 6 };
    if (id.size != SIZE || memcmp(id.data, "TDX_", PREFIX) != 0 ||
        assay_hex_decode(span_slice(id, PREFIX, SIZE - PREFIX), out, 1, NULL) != ASSAY_OK)
        return place_fail(at, "id", r->err, "\"%.32s\", want TDX_ and two hex digits",
                          (const char *)id.data);
    return ASSAY_OK;
}

static assay_status module_identity_read(const document_reader *r, json_t *object, const place *at,
                                         tdx_module *out)
{
    module_members members = { .levels = NULL };
    TRY(module_values_read(r, &identity_table, object, at, &members));
    TRY(module_major(r, members.id, at, &members.module.major));
    TRY(levels_read(r, LEVEL_MODULE, members.levels, at, &members.module.levels));
    *out = members.module;
    return ASSAY_OK;
}

static assay_status module_identities_read(const document_reader *r, json_t *array, tcb_info *info)
{
    const size_t count = json_array_size(array);
    if (count == 0)
        return ASSAY_OK;
    tdx_module *modules = arena_new(r->memory, count, sizeof(*modules));
    if (modules == NULL)
        return place_no_memory(&top, r->err);
    for (size_t i = 0; i < count; i++) {
        const place at = { .parent = &top, .name = "tdxModuleIdentities", .index = (int)i };
        TRY(module_identity_read(r, json_array_get(array, i), &at, &modules[i]));
        for (size_t earlier = 0; earlier < i; earlier++) {
            if (modules[earlier].major == modules[i].major)
                return place_fail(&at, "id", r->err, "TDX_%02x stands at %zu already",
                                  modules[i].major, earlier);
        }
    }
    info->modules = modules;
    info->module_count = (uint8_t)count;
    return ASSAY_OK;
}

static assay_status type_check(uint32_t type, assay_error *err)
{
    if (type != 0)
        return fail(err, ASSAY_UNSUPPORTED, "tcb_info.tcbType", ASSAY_NO_OFFSET,
                    "type %u, want 0: no other way to compare components is defined", type);
    return ASSAY_OK;
}

static assay_status parse(assay_span text, arena *memory, tcb_info *out, assay_error *err)
{
    AUTO_DOCUMENT document = { .root = NULL };
    body_members body = { .type = 0 };
    const document_reader r = { .memory = memory, .header = &body.info.header, .err = err };
    const struct tcb_info_form *form = NULL;
    json_t *object;
    TRY(envelope_open(&kind, text, &body.info.header, &document, &object, err));
    TRY(document_version(object, &top, 2, 3, &body.info.version, err));
    TRY(form_find(object, body.info.version, &form, err));
    TRY(members_read(&r, &form->table, object, &top, &body));
    body.info.tee = form->tee;
    TRY(document_dates_check(&body.info.header, &top, err));
    TRY(type_check(body.type, err));
    TRY(module_read(&r, body.module, &body.info));
    TRY(module_identities_read(&r, body.modules, &body.info));
    TRY(levels_read(&r, form->levels, body.levels, &top, &body.info.levels));
    *out = body.info;
    return ASSAY_OK;
}

assay_status tcb_info_parse(assay_span text, arena *memory, tcb_info *out, assay_error *err)
{
    TRY_AS(QVL_TCB_INFO_INVALID, parse(text, memory, out, err));
    return ASSAY_OK;
}
