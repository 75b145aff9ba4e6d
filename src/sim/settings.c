/* settings.c: single values of a world by name. */
#include "sim/settings.h"

#include <errno.h>
#include <stdlib.h>

enum { KEY_SIZE = 48, VALUE_MAX = 64, COMPONENT_KEY = 10 };

static assay_status unusable(assay_error *err, const char *key, const char *value,
                             const char *wanted)
{
    return fail(err, ASSAY_USAGE, key, ASSAY_NO_OFFSET, "%s is no value for %s, want %s", value,
                key, wanted);
}

static assay_status parse_number(const char *key, const char *value, uint64_t max, uint64_t *out,
                                 assay_error *err)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 0);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0 || number > max)
        return fail(err, ASSAY_USAGE, key, ASSAY_NO_OFFSET,
                    "%s is no value for %s, want a number of at most %llu", value, key,
                    (unsigned long long)max);
    *out = number;
    return ASSAY_OK;
}

/* Up to `size` bytes in hex, padded with zeros on the right. */
static assay_status parse_hex(const char *key, const char *value, uint8_t *out, size_t size,
                              assay_error *err)
{
    uint8_t bytes[VALUE_MAX] = { 0 };
    assay_span text = SPAN_TEXT(value);
    if (text.size % 2 != 0 || text.size / 2 > size || size > VALUE_MAX ||
        assay_hex_decode(text, bytes, text.size / 2, NULL) != ASSAY_OK)
        return fail(err, ASSAY_USAGE, key, ASSAY_NO_OFFSET,
                    "%s is no value for %s, want at most %zu bytes in hex", value, key, size);
    memcpy(out, bytes, size);
    return ASSAY_OK;
}

/* ---- Functions of rows -------------------------------------------------------------------------
 */

static assay_status set_bytes(sim_world *world, const sim_setting *row, const char *value,
                              assay_error *err)
{
    return parse_hex(row->key, value, (uint8_t *)world + row->offset, row->size, err);
}

static assay_status set_time(sim_world *world, const sim_setting *row, const char *value,
                             assay_error *err)
{
    int64_t time;
    if (assay_time_parse(value, &time, NULL) != ASSAY_OK)
        return unusable(err, row->key, value, "a time: 2026-06-01T12:00:00Z or Unix seconds");
    memcpy((uint8_t *)world + row->offset, &time, sizeof(time));
    return ASSAY_OK;
}

static assay_status set_u32(sim_world *world, const sim_setting *row, const char *value,
                            assay_error *err)
{
    uint64_t number = 0;
    TRY(parse_number(row->key, value, row->size, &number, err));
    uint32_t narrow = (uint32_t)number;
    memcpy((uint8_t *)world + row->offset, &narrow, sizeof(narrow));
    return ASSAY_OK;
}

static assay_status set_tcb_status(sim_world *world, const sim_setting *row, const char *value,
                                   assay_error *err)
{
    const sim_situation *situation = sim_situation_find(value);
    if (situation == NULL)
        return unusable(err, row->key, value, "a status (see assay-sim vendor list-profiles)");
    sim_world_situate(world, situation);
    return ASSAY_OK;
}

/* Level 0 of platform, module or QE: written into the signed document. */
static assay_status set_level_status(sim_world *world, const sim_setting *row, const char *value,
                                     assay_error *err)
{
    assay_tcb_status status = assay_tcb_status_parse(value);
    if (status == ASSAY_TCB_NOT_JUDGED)
        return unusable(err, row->key, value, "a status such as OutOfDate");
    const char *name = assay_tcb_status_name(status);
    memcpy((uint8_t *)world + row->offset, &name, sizeof(name));
    return ASSAY_OK;
}

static assay_status set_fmspc(sim_world *world, const sim_setting *row, const char *value,
                              assay_error *err)
{
    TRY(parse_hex(row->key, value, world->platform.fmspc, 6, err));
    memcpy(world->tcb_info.fmspc, world->platform.fmspc, 6);
    return ASSAY_OK;
}

static assay_status set_debug(sim_world *world, const sim_setting *row, const char *value,
                              assay_error *err)
{
    uint64_t on = 0;
    TRY(parse_number(row->key, value, 1, &on, err));
    bool td = sim_is_td(world);
    uint8_t bit = td ? 1 : SGX_ATTRIBUTE_DEBUG;
    uint8_t *flags =
        world->quote.body + (td ? TD_BODY_TDATTRIBUTES_OFFSET : SGX_REPORT_ATTRIBUTES_OFFSET);
    *flags = (uint8_t)((*flags & ~bit) | (on != 0 ? bit : 0));
    return ASSAY_OK;
}

static assay_status set_evaluation_number(sim_world *world, const sim_setting *row,
                                          const char *value, assay_error *err)
{
    uint64_t number = 0;
    TRY(parse_number(row->key, value, UINT32_MAX, &number, err));
    world->tcb_info.document.evaluation_number = (uint32_t)number;
    world->identity.document.evaluation_number = (uint32_t)number;
    return ASSAY_OK;
}

static assay_status set_next_update(sim_world *world, const sim_setting *row, const char *value,
                                    assay_error *err)
{
    TRY(set_time(world, row, value, err));
    world->identity.document.next_update = world->tcb_info.document.next_update;
    world->pck_crl.next_update = world->tcb_info.document.next_update;
    return ASSAY_OK;
}

static assay_status set_issue_date(sim_world *world, const sim_setting *row, const char *value,
                                   assay_error *err)
{
    TRY(set_time(world, row, value, err));
    world->identity.document.issue_date = world->tcb_info.document.issue_date;
    world->pck_crl.this_update = world->tcb_info.document.issue_date;
    return ASSAY_OK;
}

static assay_status set_qe_isv_svn(sim_world *world, const sim_setting *row, const char *value,
                                   assay_error *err)
{
    uint64_t number = 0;
    TRY(parse_number(row->key, value, UINT16_MAX, &number, err));
    store_u16le(world->quote.qe_report + SGX_REPORT_ISVSVN_OFFSET, (uint16_t)number);
    return ASSAY_OK;
}

static assay_status set_crl_encoding(sim_world *world, const sim_setting *row, const char *value,
                                     assay_error *err)
{
    static const char *const names[] = { "der", "hex", "pem" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i], value) == 0) {
            world->pck_crl.encoding = (sim_crl_encoding)i;
            world->root_crl.encoding = (sim_crl_encoding)i;
            return ASSAY_OK;
        }
    }
    return unusable(err, row->key, value, "der, hex or pem");
}

#define IN_WORLD(member) offsetof(sim_world, member), sizeof(((sim_world *)NULL)->member)
#define LEAF             certificates[SIM_LEAF]

const sim_setting sim_settings[] = {
    { "tcb_status", "STATUS", "TCB of the platform, so that the verdict has this status",
      set_tcb_status, 0, 0 },
    { "platform_status", "STATUS", "status written into the newest TCB level", set_level_status,
      IN_WORLD(tcb_info.levels[0].status) },
    { "module_status", "STATUS", "status written into the newest level of TDX_01", set_level_status,
      IN_WORLD(tcb_info.modules[1].levels[0].status) },
    { "qe_status", "STATUS", "status written into the newest level of the identity",
      set_level_status, IN_WORLD(identity.levels[0].status) },
    { "debug", "0|1", "a debuggable TD or enclave", set_debug, 0, 0 },
    { "fmspc", "HEX", "FMSPC of platform and TCB info", set_fmspc, 0, 0 },
    { "ppid", "HEX", "PPID of the platform", set_bytes, IN_WORLD(platform.ppid) },
    { "platform_instance_id", "HEX", "platform instance id", set_bytes,
      IN_WORLD(platform.instance_id) },
    { "pck_cpusvn", "HEX", "CPUSVN in the PCK certificate", set_bytes, IN_WORLD(platform.cpu_svn) },
    { "pck_pcesvn", "N", "PCESVN in the PCK certificate", set_u32,
      offsetof(sim_world, platform.pce_svn), UINT16_MAX },
    { "component_1", "N", "component SVN 1 in the PCK certificate; also component_2 to 16", set_u32,
      offsetof(sim_world, platform.components), UINT8_MAX },
    { "qe_isvsvn", "N", "ISVSVN of the quoting enclave", set_qe_isv_svn, 0, 0 },
    { "tcb_evaluation_data_number", "N", "number of TCB info and identity", set_evaluation_number,
      0, 0 },
    { "issue_date", "TIME", "begin of TCB info, identity and PCK CRL", set_issue_date,
      IN_WORLD(tcb_info.document.issue_date) },
    { "next_update", "TIME", "end of TCB info, identity and PCK CRL", set_next_update,
      IN_WORLD(tcb_info.document.next_update) },
    { "root_crl_next_update", "TIME", "end of the root CRL", set_time,
      IN_WORLD(root_crl.next_update) },
    { "pck_not_before", "TIME", "begin of the PCK certificate", set_time,
      IN_WORLD(LEAF.not_before) },
    { "pck_not_after", "TIME", "end of the PCK certificate", set_time, IN_WORLD(LEAF.not_after) },
    { "crl_encoding", "der|hex|pem", "form of both CRLs", set_crl_encoding, 0, 0 },
    { .key = NULL },
};

/* A field of the quote's body: numbers for integers and flags, else hex. */
static assay_status set_field(sim_world *world, const assay_field *field, const char *value,
                              assay_error *err)
{
    uint8_t *at = world->quote.body + field->offset;
    uint8_t octets[8];
    uint64_t number = 0;
    if (field->type != ASSAY_FIELD_UINT && field->type != ASSAY_FIELD_FLAGS)
        return parse_hex(field->name, value, at, field->size, err);
    size_t size = field->size < sizeof(octets) ? field->size : sizeof(octets);
    TRY(parse_number(field->name, value, size == 8 ? UINT64_MAX : (UINT64_C(1) << 8 * size) - 1,
                     &number, err));
    store_u64le(octets, number);
    memcpy(at, octets, size);
    return ASSAY_OK;
}

static assay_status unknown_key(const sim_world *world, const char *key, assay_error *err)
{
    const char *candidates[128];
    size_t count = 0;
    for (const sim_setting *row = sim_settings; row->key != NULL; row++)
        candidates[count++] = row->key;
    const assay_layout *layout = world->quote.body_layout;
    for (size_t i = 0; i < layout->field_count; i++)
        candidates[count++] = layout->fields[i].name;
    candidates[count] = NULL;
    const char *meant = assay_suggest(key, candidates);
    return fail(err, ASSAY_USAGE, "--set", ASSAY_NO_OFFSET, "unknown key %s%s%s%s", key,
                meant != NULL ? "; did you mean " : "", meant != NULL ? meant : "",
                meant != NULL ? "?" : "");
}

/* component_2 to component_16 are the row of component_1, further on. */
static assay_status set_component(sim_world *world, const char *key, const char *value,
                                  assay_error *err)
{
    uint64_t index = 0, svn = 0;
    if (parse_number(key, key + COMPONENT_KEY, 16, &index, NULL) != ASSAY_OK || index == 0)
        return unknown_key(world, key, err);
    TRY(parse_number(key, value, UINT8_MAX, &svn, err));
    world->platform.components[index - 1] = (uint32_t)svn;
    return ASSAY_OK;
}

assay_status sim_setting_apply(sim_world *world, const char *assignment, assay_error *err)
{
    const char *equals = strchr(assignment, '=');
    char key[KEY_SIZE] = { 0 };
    if (equals == NULL || (size_t)(equals - assignment) >= sizeof(key))
        return fail(err, ASSAY_USAGE, "--set", ASSAY_NO_OFFSET, "%s is not KEY=VALUE", assignment);
    memcpy(key, assignment, (size_t)(equals - assignment));
    for (const sim_setting *row = sim_settings; row->key != NULL; row++) {
        if (strcmp(row->key, key) == 0)
            return row->apply(world, row, equals + 1, err);
    }
    if (strncmp(key, "component_", COMPONENT_KEY) == 0)
        return set_component(world, key, equals + 1, err);
    const assay_field *field = assay_layout_find(world->quote.body_layout, key);
    return field != NULL ? set_field(world, field, equals + 1, err) : unknown_key(world, key, err);
}
