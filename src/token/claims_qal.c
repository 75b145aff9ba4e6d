/* claims_qal.c: the claim of Intel's Quote Appraisal Library: the whole result as a text that holds
 * JSON, in the shape of today and in that of the cloud guide. appraisal.md 5.1, 5.2. */
#include "appraise/result_json.h"
#include "token/claims.h"

enum { NONCE_OFFSET = 16 }; /* of options.random; jti takes what is before */

static const uint64_t nonce_end = 1000000000000000; /* 10^15 */

static void write_result(json_writer *w, const token_facts *facts, result_shape shape)
{
    const uint64_t nonce = load_u64le(facts->options->random + NONCE_OFFSET) % nonce_end;
    json_open_text(w, "appraisal_result");
    appraisal_result_write(w, facts->appraisal, shape, facts->appraisal->now, nonce);
    json_close_text(w);
}

void claims_qal(json_writer *w, const token_facts *facts)
{
    write_result(w, facts, RESULT_ARRAY);
}

void claims_qal_guide(json_writer *w, const token_facts *facts)
{
    write_result(w, facts, RESULT_OBJECT);
}
