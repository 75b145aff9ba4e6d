/* levels.c: reads tables of TCB levels. verification.md 3.2, 3.3, 3.5. */
#include "collateral/levels.h"

enum { COMPONENT_COUNT = 16 };

/* What `tcb` of any form fills. */
typedef struct tcb_members {
    tcb_level level;
    json_t *sgx;
    json_t *tdx;
} tcb_members;

#define COMPONENT_ROW(number, index)                                                               \
    {                                                                                              \
        "sgxtcbcomp" number "svn", MEMBER_UNSIGNED, MEMBER_REQUIRED,                               \
            offsetof(tcb_members, level.sgx) + (index), 1, UINT8_MAX                               \
    }
#define PCE_SVN_ROW                                                                                \
    {                                                                                              \
        "pcesvn", MEMBER_UNSIGNED, MEMBER_REQUIRED, offsetof(tcb_members, level.pce_svn), 2,       \
            UINT16_MAX                                                                             \
    }
#define ISV_SVN_ROW(max)                                                                           \
    {                                                                                              \
        "isvsvn", MEMBER_UNSIGNED, MEMBER_REQUIRED, offsetof(tcb_members, level.isv_svn), 2, (max) \
    }
#define COMPONENTS_ROW(name, presence, field)                                                      \
    {                                                                                              \
        name, MEMBER_ARRAY, presence, offsetof(tcb_members, field), COMPONENT_COUNT,               \
            COMPONENT_COUNT                                                                        \
    }

static const member_row v2_rows[] = {
    COMPONENT_ROW("01", 0),
    COMPONENT_ROW("02", 1),
    COMPONENT_ROW("03", 2),
    COMPONENT_ROW("04", 3),
    COMPONENT_ROW("05", 4),
    COMPONENT_ROW("06", 5),
    COMPONENT_ROW("07", 6),
    COMPONENT_ROW("08", 7),
    COMPONENT_ROW("09", 8),
    COMPONENT_ROW("10", 9),
    COMPONENT_ROW("11", 10),
    COMPONENT_ROW("12", 11),
    COMPONENT_ROW("13", 12),
    COMPONENT_ROW("14", 13),
    COMPONENT_ROW("15", 14),
    COMPONENT_ROW("16", 15),
    PCE_SVN_ROW,
    COMPONENTS_ROW("tdxtcbcomponents", MEMBER_FORBIDDEN, tdx),
};

static const member_row sgx_rows[] = {
    COMPONENTS_ROW("sgxtcbcomponents", MEMBER_REQUIRED, sgx),
    PCE_SVN_ROW,
    COMPONENTS_ROW("tdxtcbcomponents", MEMBER_FORBIDDEN, tdx),
};

static const member_row tdx_rows[] = {
    COMPONENTS_ROW("sgxtcbcomponents", MEMBER_REQUIRED, sgx),
    PCE_SVN_ROW,
    COMPONENTS_ROW("tdxtcbcomponents", MEMBER_REQUIRED, tdx),
};

static const member_row module_rows[] = { ISV_SVN_ROW(UINT8_MAX) };
static const member_row enclave_rows[] = { ISV_SVN_ROW(UINT16_MAX) };

#define STATUS_BIT(status) (1u << ASSAY_TCB_##status)
enum {
    ENCLAVE_STATUSES = STATUS_BIT(UP_TO_DATE) | STATUS_BIT(OUT_OF_DATE) | STATUS_BIT(REVOKED),
    PLATFORM_STATUSES = ENCLAVE_STATUSES | STATUS_BIT(SW_HARDENING_NEEDED) |
                        STATUS_BIT(CONFIGURATION_NEEDED) |
                        STATUS_BIT(CONFIGURATION_AND_SW_HARDENING_NEEDED) |
                        STATUS_BIT(OUT_OF_DATE_CONFIGURATION_NEEDED)
};

static const struct {
    member_table tcb;
    unsigned statuses;
} forms[LEVEL_FORM_COUNT] = {
    [LEVEL_PLATFORM_V2] = { MEMBER_TABLE(v2_rows), PLATFORM_STATUSES },
    [LEVEL_PLATFORM_SGX] = { MEMBER_TABLE(sgx_rows), PLATFORM_STATUSES },
    [LEVEL_PLATFORM_TDX] = { MEMBER_TABLE(tdx_rows), PLATFORM_STATUSES },
    [LEVEL_MODULE] = { MEMBER_TABLE(module_rows), ENCLAVE_STATUSES },
    [LEVEL_ENCLAVE] = { MEMBER_TABLE(enclave_rows), ENCLAVE_STATUSES },
};

/* One level around its `tcb`. */
typedef struct level_members {
    json_t *tcb;
    int64_t date;
    assay_span status;
    json_t *advisories;
} level_members;

static const member_row level_rows[] = {
    { "tcb", MEMBER_OBJECT, MEMBER_REQUIRED, offsetof(level_members, tcb), 0, 0 },
    { "tcbDate", MEMBER_TIME, MEMBER_REQUIRED, offsetof(level_members, date), 0, 0 },
    { "tcbStatus", MEMBER_TEXT, MEMBER_REQUIRED, offsetof(level_members, status), 0, 0 },
    { "advisoryIDs", MEMBER_ARRAY, MEMBER_OPTIONAL, offsetof(level_members, advisories), 0,
      LIMIT_ADVISORIES_PER_LEVEL },
};
static const member_table level_table = MEMBER_TABLE(level_rows);

typedef struct component_members {
    uint8_t svn;
    assay_span ignored;
} component_members;

static const member_row component_rows[] = {
    { "svn", MEMBER_UNSIGNED, MEMBER_REQUIRED, offsetof(component_members, svn), 1, UINT8_MAX },
    { "category", MEMBER_TEXT, MEMBER_OPTIONAL, offsetof(component_members, ignored), 0, 0 },
    { "type", MEMBER_TEXT, MEMBER_OPTIONAL, offsetof(component_members, ignored), 0, 0 },
};
static const member_table component_table = MEMBER_TABLE(component_rows);

static assay_status components_read(const document_reader *r, json_t *array, const place *tcb,
                                    const char *name, uint8_t out[COMPONENT_COUNT])
{
    for (size_t i = 0; array != NULL && i < COMPONENT_COUNT; i++) {
        const place at = { .parent = tcb, .name = name, .index = (int)i };
        component_members component = { 0 };
        TRY(members_read(r, &component_table, json_array_get(array, i), &at, &component));
        out[i] = component.svn;
    }
    return ASSAY_OK;
}

static assay_status tcb_read(const document_reader *r, level_form form, json_t *object,
                             const place *level, tcb_level *out)
{
    const place at = { .parent = level, .name = "tcb", .index = NO_INDEX };
    tcb_members tcb = { .sgx = NULL };
    TRY(members_read(r, &forms[form].tcb, object, &at, &tcb));
    TRY(components_read(r, tcb.sgx, &at, "sgxtcbcomponents", tcb.level.sgx));
    TRY(components_read(r, tcb.tdx, &at, "tdxtcbcomponents", tcb.level.tdx));
    *out = tcb.level;
    return ASSAY_OK;
}

/* A comma would corrupt lists, anything else a terminal. */
static bool is_advisory(assay_span text)
{
    if (text.size == 0 || text.size > LIMIT_ADVISORY_SIZE)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        uint8_t letter = c | 0x20;
        if (!(letter >= 'a' && letter <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return true;
}

static assay_status advisories_read(const document_reader *r, json_t *array, const place *level,
                                    tcb_level *out)
{
    const size_t count = json_array_size(array);
    if (count == 0)
        return ASSAY_OK;
    const char **texts = arena_new(r->memory, count, sizeof(*texts));
    if (texts == NULL)
        return place_no_memory(level, r->err);
    for (size_t i = 0; i < count; i++) {
        const place at = { .parent = level, .name = "advisoryIDs", .index = (int)i };
        json_t *item = json_array_get(array, i);
        if (!json_is_string(item))
            return place_fail(&at, NULL, r->err, "want a string");
        assay_span text = span_of(json_string_value(item), json_string_length(item));
        if (!is_advisory(text))
            return place_fail(&at, NULL, r->err,
                              "want 1 to %d letters, digits and hyphens, saw %zu bytes",
                              LIMIT_ADVISORY_SIZE, text.size);
        texts[i] = arena_text(r->memory, text);
        if (texts[i] == NULL)
            return place_no_memory(&at, r->err);
    }
    out->advisories = texts;
    out->advisory_count = (uint16_t)count;
    return ASSAY_OK;
}

static assay_status status_read(const document_reader *r, level_form form, assay_span word,
                                const place *level, tcb_level *out)
{
    assay_tcb_status status = assay_tcb_status_parse((const char *)word.data);
    if ((forms[form].statuses & (1u << status)) == 0)
        return place_fail(level, "tcbStatus", r->err, "\"%.48s\" is no status of such a level",
                          (const char *)word.data);
    out->status = status;
    return ASSAY_OK;
}

static assay_status level_read(const document_reader *r, level_form form, json_t *object,
                               const place *at, tcb_level *out)
{
    level_members members = { .tcb = NULL };
    TRY(members_read(r, &level_table, object, at, &members));
    TRY(tcb_read(r, form, members.tcb, at, out));
    out->date = members.date;
    TRY(status_read(r, form, members.status, at, out));
    return advisories_read(r, members.advisories, at, out);
}

/* Lexicographic: sgx 1..16, pcesvn, tdx 1..16; isvsvn where there is nothing else. */
static int level_compare(const tcb_level *a, const tcb_level *b)
{
    int sgx = memcmp(a->sgx, b->sgx, sizeof(a->sgx));
    if (sgx != 0)
        return sgx;
    if (a->pce_svn != b->pce_svn)
        return a->pce_svn < b->pce_svn ? -1 : 1;
    int tdx = memcmp(a->tdx, b->tdx, sizeof(a->tdx));
    if (tdx != 0)
        return tdx;
    return a->isv_svn < b->isv_svn ? -1 : a->isv_svn > b->isv_svn ? 1 : 0;
}

assay_status levels_read(const document_reader *r, level_form form, json_t *array, const place *at,
                         tcb_levels *out)
{
    const size_t count = json_array_size(array);
    tcb_level *levels = arena_new(r->memory, count, sizeof(*levels));
    if (levels == NULL)
        return place_no_memory(at, r->err);
    for (size_t i = 0; i < count; i++) {
        const place level = { .parent = at, .name = "tcbLevels", .index = (int)i };
        TRY(level_read(r, form, json_array_get(array, i), &level, &levels[i]));
        if (i > 0 && level_compare(&levels[i - 1], &levels[i]) <= 0)
            return place_fail(&level, "tcb", r->err,
                              "is not below level %zu: levels must descend strictly", i - 1);
    }
    *out = (tcb_levels) { .at = levels, .count = (uint16_t)count };
    return ASSAY_OK;
}
