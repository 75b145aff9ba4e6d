/* documents.c: TCB info and identities as signed JSON. verification.md 3. */
#include "sim/documents.h"

#define ZEROS_48                                                                                   \
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000"             \
    "0000000000000000"

static void put_time(sim_bytes *out, const char *name, int64_t time)
{
    char text[ASSAY_TIME_SIZE];
    assay_time_format(time, text);
    bytes_add_format(out, "\"%s\":\"%s\"", name, text);
}

static void put_hex(sim_bytes *out, const char *name, assay_span value)
{
    bytes_add_format(out, "\"%s\":\"", name);
    bytes_add_hex(out, value, hex_upper);
    bytes_add_u8(out, '"');
}

/* "id":"TDX","version":3,"issueDate":...,"nextUpdate":... */
static void put_head(const sim_document *document, sim_bytes *out)
{
    bytes_add_text(out, "{");
    if (document->id != NULL)
        bytes_add_format(out, "\"id\":\"%s\",", document->id);
    bytes_add_format(out, "\"version\":%u,", document->version);
    put_time(out, "issueDate", document->issue_date);
    bytes_add_text(out, ",");
    put_time(out, "nextUpdate", document->next_update);
}

/* What Intel calls the components of a TDX platform; NULL: no word about it. */
typedef struct component_words {
    const char *category;
    const char *type;
} component_words;

static const component_words sgx_words[16] = {
    { "BIOS", "Early Microcode Update" },
    { "OS/VMM", "SGX Late Microcode Update" },
    { "OS/VMM", "TXT SINIT" },
    { "BIOS", NULL },
    { "BIOS", NULL },
    { "BIOS", NULL },
    { NULL, NULL },
    { "OS/VMM", "SEAMLDR ACM" },
};
static const component_words tdx_words[16] = {
    { "OS/VMM", "TDX Module" },
    { "OS/VMM", "TDX Module" },
    { "OS/VMM", "TDX Late Microcode Update" },
};
static const component_words no_words[16] = { { NULL, NULL } };

static void put_components(sim_bytes *out, const char *name, const uint8_t svns[16],
                           const component_words words[16])
{
    bytes_add_format(out, "\"%s\":[", name);
    for (size_t i = 0; i < 16; i++) {
        bytes_add_format(out, "%s{\"svn\":%u", i > 0 ? "," : "", svns[i]);
        if (words[i].category != NULL)
            bytes_add_format(out, ",\"category\":\"%s\"", words[i].category);
        if (words[i].type != NULL)
            bytes_add_format(out, ",\"type\":\"%s\"", words[i].type);
        bytes_add_text(out, "}");
    }
    bytes_add_text(out, "]");
}

static void put_level_tail(sim_bytes *out, const sim_level *level)
{
    bytes_add_text(out, "},");
    put_time(out, "tcbDate", level->date);
    bytes_add_format(out, ",\"tcbStatus\":\"%s\"", level->status);
    for (size_t i = 0; i < SIM_ADVISORY_MAX && level->advisories[i] != NULL; i++)
        bytes_add_format(out, "%s\"%s\"", i > 0 ? "," : ",\"advisoryIDs\":[", level->advisories[i]);
    bytes_add_text(out, level->advisories[0] != NULL ? "]}" : "}");
}

/* Levels of a module or an enclave. */
static void put_svn_levels(sim_bytes *out, const sim_level *levels, size_t count)
{
    bytes_add_text(out, "\"tcbLevels\":[");
    for (size_t i = 0; i < count; i++) {
        bytes_add_format(out, "%s{\"tcb\":{\"isvsvn\":%u", i > 0 ? "," : "", levels[i].isv_svn);
        put_level_tail(out, &levels[i]);
    }
    bytes_add_text(out, "]");
}

static void put_platform_levels(const sim_tcb_info *info, sim_bytes *out)
{
    bool td = info->module_count > 0;
    bytes_add_text(out, ",\"tcbLevels\":[");
    for (size_t i = 0; i < info->level_count; i++) {
        const sim_level *level = &info->levels[i];
        bytes_add_format(out, "%s{\"tcb\":{", i > 0 ? "," : "");
        for (unsigned c = 0; info->document.version == 2 && c < 16; c++)
            bytes_add_format(out, "\"sgxtcbcomp%02usvn\":%u,", c + 1, level->sgx[c]);
        if (info->document.version != 2) {
            put_components(out, "sgxtcbcomponents", level->sgx, td ? sgx_words : no_words);
            bytes_add_text(out, ",");
        }
        bytes_add_format(out, "\"pcesvn\":%u", level->pce_svn);
        if (td) {
            bytes_add_text(out, ",");
            put_components(out, "tdxtcbcomponents", level->tdx, tdx_words);
        }
        put_level_tail(out, level);
    }
    bytes_add_text(out, "]");
}

static void put_modules(const sim_tcb_info *info, sim_bytes *out)
{
    static const char measurements[] = "\"mrsigner\":\"" ZEROS_48 "\",\"attributes\":"
                                       "\"0000000000000000\",\"attributesMask\":"
                                       "\"FFFFFFFFFFFFFFFF\"";
    bytes_add_format(out, ",\"tdxModule\":{%s}", measurements);
    bytes_add_text(out, ",\"tdxModuleIdentities\":[");
    for (size_t i = 0; i < info->module_count; i++) {
        const sim_module *module = &info->modules[i];
        bytes_add_format(out, "%s{\"id\":\"%s\",%s,", i > 0 ? "," : "", module->id, measurements);
        put_svn_levels(out, module->levels, module->level_count);
        bytes_add_text(out, "}");
    }
    bytes_add_text(out, "]");
}

static void apply_edits(const sim_document *document, sim_edit_when when, sim_bytes *text)
{
    for (size_t i = 0; i < document->edit_count; i++) {
        const sim_edit *edit = &document->edits[i];
        size_t at = edit->find == NULL ? text->size : bytes_find(text, edit->find);
        size_t size = edit->find == NULL ? 0 : strlen(edit->find);
        if (edit->when == when && at != SIZE_MAX)
            bytes_replace(text, at, size, SPAN_TEXT(edit->replace));
    }
}

/* {"<member>":<inner>,"signature":"..."}; takes `inner`. */
static assay_status put_signed(const sim_document *document, const char *member, sim_bytes *inner,
                               const sim_keyring *ring, sim_bytes *out, assay_error *err)
{
    uint8_t signature[P256_SIGNATURE_SIZE];
    sim_bytes text = { 0 };
    apply_edits(document, SIM_BEFORE_SIGNING, inner);
    assay_status status = sim_sign(ring, document->signing_key, bytes_span(inner), signature, err);
    if (status == ASSAY_OK) {
        bytes_add_format(&text, "{\"%s\":", member);
        bytes_add(&text, bytes_span(inner));
        bytes_add_text(&text, ",\"signature\":\"");
        bytes_add_hex(&text, SPAN(signature), hex_lower);
        bytes_add_text(&text, "\"}");
        apply_edits(document, SIM_AFTER_SIGNING, &text);
        bytes_add(out, bytes_span(&text));
    }
    out->failed |= text.failed | inner->failed;
    bytes_free(inner);
    bytes_free(&text);
    return status;
}

assay_status sim_tcb_info_write(const sim_tcb_info *info, const sim_keyring *ring, sim_bytes *out,
                                assay_error *err)
{
    sim_bytes inner = { 0 };
    put_head(&info->document, &inner);
    bytes_add_text(&inner, ",");
    put_hex(&inner, "fmspc", SPAN(info->fmspc));
    bytes_add_text(&inner, ",");
    put_hex(&inner, "pceId", SPAN(info->pce_id));
    bytes_add_format(&inner, ",\"tcbType\":0,\"tcbEvaluationDataNumber\":%u",
                     info->document.evaluation_number);
    if (info->module_count > 0)
        put_modules(info, &inner);
    put_platform_levels(info, &inner);
    bytes_add_text(&inner, "}");
    return put_signed(&info->document, "tcbInfo", &inner, ring, out, err);
}

assay_status sim_identity_write(const sim_identity *identity, const sim_keyring *ring,
                                sim_bytes *out, assay_error *err)
{
    sim_bytes inner = { 0 };
    put_head(&identity->document, &inner);
    bytes_add_format(&inner, ",\"tcbEvaluationDataNumber\":%u",
                     identity->document.evaluation_number);
    bytes_add_text(&inner, ",\"miscselect\":\"00000000\",\"miscselectMask\":\"FFFFFFFF\""
                           ",\"attributes\":\"11000000000000000000000000000000\""
                           ",\"attributesMask\":\"FBFFFFFFFFFFFFFF0000000000000000\",");
    put_hex(&inner, "mrsigner", SPAN(identity->mrsigner));
    bytes_add_format(&inner, ",\"isvprodid\":%u,", identity->isv_prod_id);
    put_svn_levels(&inner, identity->levels, identity->level_count);
    bytes_add_text(&inner, "}");
    return put_signed(&identity->document, "enclaveIdentity", &inner, ring, out, err);
}

assay_status sim_recoveries_write(const sim_document *document, const sim_recovery *rows,
                                  size_t count, const sim_keyring *ring, sim_bytes *out,
                                  assay_error *err)
{
    sim_bytes inner = { 0 };
    put_head(document, &inner);
    bytes_add_text(&inner, ",\"tcbEvalNumbers\":[");
    for (size_t i = 0; i < count; i++) {
        bytes_add_format(&inner, "%s{\"tcbEvaluationDataNumber\":%u,", i > 0 ? "," : "",
                         rows[i].number);
        put_time(&inner, "tcbRecoveryEventDate", rows[i].event);
        bytes_add_text(&inner, ",");
        put_time(&inner, "tcbDate", rows[i].event + SIM_DAY);
        bytes_add_text(&inner, "}");
    }
    bytes_add_text(&inner, "]}");
    return put_signed(document, "tcbEvaluationDataNumbers", &inner, ring, out, err);
}

assay_status sim_evaluation_numbers_write(const sim_document *document, const sim_keyring *ring,
                                          sim_bytes *out, assay_error *err)
{
    /* 2025-05-13, 2024-11-12, 2024-03-12 */
    static const int64_t events[] = { 1747094400, 1731369600, 1710201600 };
    sim_recovery rows[3];
    for (uint32_t i = 0; i < 3; i++)
        rows[i] = (sim_recovery) { document->evaluation_number - i, events[i] };
    return sim_recoveries_write(document, rows, 3, ring, out, err);
}

static void put_escaped(assay_span text, sim_bytes *out)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        if (c == '"' || c == '\\')
            bytes_add_u8(out, '\\');
        if (c >= 0x20 && c < 0x7f)
            bytes_add_u8(out, c);
        else if (c == '\n')
            bytes_add_text(out, "\\n");
        else
            bytes_add_format(out, "\\u%04x", c);
    }
}

void sim_json_object_write(const sim_member *members, size_t count, sim_bytes *out)
{
    bytes_add_text(out, "{");
    for (size_t i = 0; i < count; i++) {
        bytes_add_format(out, "%s\"%s\":\"", i > 0 ? "," : "", members[i].name);
        put_escaped(members[i].text, out);
        bytes_add_text(out, "\"");
    }
    bytes_add_text(out, "}\n");
}
