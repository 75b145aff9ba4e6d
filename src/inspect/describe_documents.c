/* describe_documents.c: TCB info, enclave identity, evaluation numbers. verification.md 3.2 to 3.4.
 *
 * Names are those of the documents. */
#include <stdio.h>

#include "collateral/documents.h"
#include "inspect/describe.h"

enum { NAME_SIZE = 48 };

/* What belongs into the levels of a table. */
typedef enum level_form { LEVEL_SGX, LEVEL_TDX, LEVEL_ISV_SVN } level_form;

static void array_begin(json_writer *w, const char *name)
{
    const assay_span none = { NULL, 0 };
    field_begin(w, name, none, none);
    json_open_array(w, "value");
}

static void array_end(json_writer *w)
{
    json_close_array(w);
    field_end(w);
}

static void put_components(json_writer *w, const char *name, const uint8_t *components)
{
    array_begin(w, name);
    for (size_t i = 0; i < 16; i++)
        json_put_number(w, NULL, components[i]);
    array_end(w);
}

static void put_level_fields(json_writer *w, const tcb_level *level, level_form form)
{
    if (form == LEVEL_ISV_SVN) {
        field_number(w, "isvsvn", level->isv_svn);
    } else {
        put_components(w, "sgxtcbcomponents", level->sgx);
        field_number(w, "pcesvn", level->pce_svn);
    }
    if (form == LEVEL_TDX)
        put_components(w, "tdxtcbcomponents", level->tdx);
    field_time(w, "tcbDate", level->date);
    field_text(w, "tcbStatus", assay_tcb_status_name(level->status));
    array_begin(w, "advisoryIDs");
    for (size_t i = 0; i < level->advisory_count; i++)
        json_put_text(w, NULL, level->advisories[i]);
    array_end(w);
}

static void item_begin(json_writer *w, const char *kind, const char *format_of, size_t index)
{
    char name[NAME_SIZE];
    snprintf(name, sizeof(name), "%s[%zu]", format_of, index);
    json_open_object(w, NULL);
    json_put_text(w, "kind", kind);
    json_put_text(w, "name", name);
    json_open_array(w, "fields");
}

static void put_levels(json_writer *w, tcb_levels levels, level_form form)
{
    for (size_t i = 0; i < levels.count; i++) {
        item_begin(w, "tcb_level", "tcbLevels", i);
        put_level_fields(w, &levels.at[i], form);
        json_close_array(w);
        json_close_object(w);
    }
}

static void put_header(json_writer *w, assay_span file, const document_header *header)
{
    field_time(w, "issueDate", header->issue_date);
    field_time(w, "nextUpdate", header->next_update);
    field_bytes(w, "signature", SPAN(header->signature));
    array_begin(w, "unknown_members");
    for (size_t i = 0; i < header->unknown_key_count; i++)
        json_put_text(w, NULL, header->unknown_keys[i]);
    array_end(w);
    field_begin(w, "signed_bytes", file, header->signed_bytes);
    json_put_number(w, "value", header->signed_bytes.size);
    field_end(w);
}

static void put_module_fields(json_writer *w, const tdx_module *module)
{
    field_bytes(w, "mrsigner", SPAN(module->mrsigner));
    field_bytes(w, "attributes", SPAN(module->attributes));
    field_bytes(w, "attributesMask", SPAN(module->attributes_mask));
}

static void put_module_identity(json_writer *w, const tdx_module *module, size_t index)
{
    char id[NAME_SIZE];
    snprintf(id, sizeof(id), "TDX_%02X", module->major);
    item_begin(w, "tdx_module_identity", "tdxModuleIdentities", index);
    field_text(w, "id", id);
    put_module_fields(w, module);
    json_close_array(w);
    json_open_array(w, "items");
    put_levels(w, module->levels, LEVEL_ISV_SVN);
    json_close_array(w);
    json_close_object(w);
}

static void put_tcb_info(json_writer *w, assay_span file, const tcb_info *info)
{
    json_open_array(w, "fields");
    field_text(w, "id", info->tee == ASSAY_TEE_TDX ? "TDX" : "SGX");
    field_number(w, "version", info->version);
    put_header(w, file, &info->header);
    field_bytes(w, "fmspc", SPAN(info->fmspc));
    field_bytes(w, "pceId", SPAN(info->pce_id));
    field_number(w, "tcbEvaluationDataNumber", info->header.evaluation_number);
    json_close_array(w);
    json_open_array(w, "items");
    if (info->has_module) {
        json_open_object(w, NULL);
        json_put_text(w, "kind", "tdx_module");
        json_put_text(w, "name", "tdxModule");
        json_open_array(w, "fields");
        put_module_fields(w, &info->module);
        json_close_array(w);
        json_close_object(w);
    }
    for (size_t i = 0; i < info->module_count; i++)
        put_module_identity(w, &info->modules[i], i);
    put_levels(w, info->levels, info->tee == ASSAY_TEE_TDX ? LEVEL_TDX : LEVEL_SGX);
    json_close_array(w);
}

assay_status describe_tcb_info(json_writer *w, assay_span file, assay_error *err)
{
    arena memory = { NULL };
    tcb_info info;
    const assay_status status = tcb_info_parse(file, &memory, &info, err);
    if (status == ASSAY_OK)
        put_tcb_info(w, file, &info);
    arena_free(&memory);
    return status;
}

static void put_identity(json_writer *w, assay_span file, const enclave_identity *identity)
{
    json_open_array(w, "fields");
    field_text(w, "id", identity_id_name(identity->id));
    put_header(w, file, &identity->header);
    field_number(w, "tcbEvaluationDataNumber", identity->header.evaluation_number);
    field_bytes(w, "miscselect", SPAN(identity->misc_select));
    field_bytes(w, "miscselectMask", SPAN(identity->misc_select_mask));
    field_bytes(w, "attributes", SPAN(identity->attributes));
    field_bytes(w, "attributesMask", SPAN(identity->attributes_mask));
    field_bytes(w, "mrsigner", SPAN(identity->mrsigner));
    field_number(w, "isvprodid", identity->isv_prod_id);
    json_close_array(w);
    json_open_array(w, "items");
    put_levels(w, identity->levels, LEVEL_ISV_SVN);
    json_close_array(w);
}

assay_status describe_qe_identity(json_writer *w, assay_span file, assay_error *err)
{
    arena memory = { NULL };
    enclave_identity identity;
    const assay_status status = enclave_identity_parse(file, &memory, &identity, err);
    if (status == ASSAY_OK)
        put_identity(w, file, &identity);
    arena_free(&memory);
    return status;
}

static void put_numbers(json_writer *w, assay_span file, const evaluation_numbers *numbers)
{
    json_open_array(w, "fields");
    field_text(w, "id", numbers->tee == ASSAY_TEE_TDX ? "TDX" : "SGX");
    put_header(w, file, &numbers->header);
    json_close_array(w);
    json_open_array(w, "items");
    for (size_t i = 0; i < numbers->count; i++) {
        item_begin(w, "tcb_evaluation_data_number", "tcbEvalNumbers", i);
        field_number(w, "tcbEvaluationDataNumber", numbers->at[i].number);
        field_time(w, "tcbRecoveryEventDate", numbers->at[i].recovery_event_date);
        field_time(w, "tcbDate", numbers->at[i].tcb_date);
        json_close_array(w);
        json_close_object(w);
    }
    json_close_array(w);
}

assay_status describe_evaluation_numbers(json_writer *w, assay_span file, assay_error *err)
{
    arena memory = { NULL };
    evaluation_numbers numbers;
    const assay_status status = evaluation_numbers_parse(file, &memory, &numbers, err);
    if (status == ASSAY_OK)
        put_numbers(w, file, &numbers);
    arena_free(&memory);
    return status;
}
