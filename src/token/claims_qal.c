/* claims_qal.c: the claim of Intel's Quote Appraisal Library: the whole result as a text that holds
 * JSON, in the shape of today and in that of the cloud guide. appraisal.md 5.1, 5.2. */
#include "appraise/result_json.h"
#include "token/claims.h"

enum { NONCE_OFFSET = 16 }; /* of options.random; jti takes what is before */

static const uint64_t nonce_end = 1000000000000000; /* 10^15 */

static void write_result(json_writer *w, const token_facts *facts, result_shape shape)
{
    json_writer result = { 0 };
    const uint64_t nonce = load_u64le(facts->options->random + NONCE_OFFSET) % nonce_end;
    appraisal_result_write(&result, facts->appraisal, shape, facts->appraisal->now, nonce);
    w->failed = w->failed || result.failed;
    json_reserve(w, result.size + result.size / 8);
    json_put_span(w, "appraisal_result", span_of(result.text, result.size));
    memory_free(result.text);
}

void claims_qal(json_writer *w, const token_facts *facts)
{
    write_result(w, facts, RESULT_ARRAY);
}

void claims_qal_guide(json_writer *w, const token_facts *facts)
{
    write_result(w, facts, RESULT_OBJECT);
}
