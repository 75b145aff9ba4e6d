/* verifier.c: the verifier object: a memory of proofs, or none. */
#include "base/memory.h"
#include "verify/memo.h"

struct assay_verifier {
    memo *memory; /* NULL: switched off */
};

assay_status assay_verifier_new(size_t remembered, assay_verifier **out, assay_error *error)
{
    assay_verifier *verifier = memory_new(sizeof(*verifier));
    if (verifier != NULL && remembered > 0)
        verifier->memory = memo_new(remembered);
    if (verifier == NULL || (remembered > 0 && verifier->memory == NULL)) {
        assay_verifier_free(verifier);
        return fail(error, ASSAY_NO_MEMORY, "verifier", ASSAY_NO_OFFSET,
                    "no memory for %zu remembered platforms", remembered);
    }
    *out = verifier;
    return ASSAY_OK;
}

void assay_verifier_free(assay_verifier *verifier)
{
    if (verifier == NULL)
        return;
    memo_free(verifier->memory);
    memory_free(verifier);
}

struct memo *verifier_memory(assay_verifier *verifier)
{
    return verifier->memory;
}

void assay_verifier_statistics_get(const assay_verifier *verifier, assay_verifier_statistics *out)
{
    *out = (assay_verifier_statistics) { 0 };
    if (verifier->memory != NULL)
        memo_statistics(verifier->memory, out);
}
