/* fuzz_tcb_info.c: any bytes as TCB info; what is read keeps the promises of documents.h. */
#include <stdlib.h>

#include "collateral/documents.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void levels_promises(const tcb_levels *levels)
{
    require(levels->count >= 1 && levels->count <= LIMIT_TCB_LEVELS);
    for (size_t i = 0; i < levels->count; i++) {
        require(levels->at[i].status != ASSAY_TCB_NOT_JUDGED);
        require(levels->at[i].advisory_count <= LIMIT_ADVISORIES_PER_LEVEL);
        for (size_t k = 0; k < levels->at[i].advisory_count; k++)
            require(strlen(levels->at[i].advisories[k]) <= LIMIT_ADVISORY_SIZE);
    }
}

static void promises(assay_span text, const tcb_info *info)
{
    const assay_span body = info->header.signed_bytes;
    require(body.data > text.data && body.data + body.size < text.data + text.size);
    require(body.data[0] == '{' && body.data[body.size - 1] == '}');
    require(info->header.issue_date < info->header.next_update);
    require(info->has_module == (info->tee == ASSAY_TEE_TDX));
    require(info->module_count <= LIMIT_TDX_MODULES);
    levels_promises(&info->levels);
    for (size_t i = 0; i < info->module_count; i++)
        levels_promises(&info->modules[i].levels);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const assay_span text = span_of(data, size);
    arena memory = { NULL };
    assay_error error = { 0 };
    tcb_info info;
    assay_status status = tcb_info_parse(text, &memory, &info, &error);
    if (status == ASSAY_OK)
        promises(text, &info);
    else
        require(error.status == status && error.code == 0xE023 && error.where[0] != '\0');
    arena_free(&memory);
    return 0;
}
