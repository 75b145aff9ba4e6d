/* fuzz_identity.c: any bytes as enclave identity; what is read keeps the promises of documents.h.
 */
#include <stdlib.h>

#include "collateral/documents.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void promises(assay_span text, const enclave_identity *identity)
{
    const assay_span body = identity->header.signed_bytes;
    require(body.data > text.data && body.data + body.size < text.data + text.size);
    require(identity->header.issue_date < identity->header.next_update);
    require(identity->levels.count >= 1 && identity->levels.count <= LIMIT_TCB_LEVELS);
    for (size_t i = 1; i < identity->levels.count; i++)
        require(identity->levels.at[i - 1].isv_svn > identity->levels.at[i].isv_svn);
    for (size_t i = 0; i < sizeof(identity->attributes); i++)
        require((identity->attributes[i] & ~identity->attributes_mask[i]) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const assay_span text = span_of(data, size);
    arena memory = { NULL };
    assay_error error = { 0 };
    enclave_identity identity;
    assay_status status = enclave_identity_parse(text, &memory, &identity, &error);
    if (status == ASSAY_OK)
        promises(text, &identity);
    else
        require(error.status == status && error.code == 0xE025 && error.where[0] != '\0');
    arena_free(&memory);
    return 0;
}
