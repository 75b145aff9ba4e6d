/* fuzz_result_token.c: any bytes as a result token, and as the claims of an unsigned one: what is
 * accepted passed, what is refused has a name. */
#include <stdlib.h>
#include <string.h>

#include "assay/token.h"
#include "base/span.h"
#include "wire/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(int condition)
{
    if (!condition)
        abort();
}

static void check(assay_span token)
{
    static const char *const ids[] = { "default", "signer" };
    const assay_token_expectations wants[] = {
        { .now = 1780315210, .accept_unsigned = true, .no_freshness = true },
        { .now = 1780315210,
          .accept_unsigned = true,
          .no_freshness = true,
          .allow_custom_root = true,
          .max_age = 1000000000,
          .policy_ids = ids,
          .policy_id_count = 2,
          .quote = token },
        { .now = 1780315210 },
    };
    for (size_t i = 0; i < sizeof(wants) / sizeof(wants[0]); i++) {
        assay_token_claims claims = { 0 };
        assay_error error = { 0 };
        const assay_status status = assay_token_check(token, &wants[i], &claims, &error);
        hold(status == ASSAY_OK || error.name != NULL);
        hold(status != ASSAY_OK ||
             (claims.overall == ASSAY_RESULT_PASSED && claims.payload != NULL));
        hold(status != ASSAY_OK || wants[i].accept_unsigned);
        assay_token_claims_clear(&claims);
    }
}

static void authenticate(assay_span token)
{
    const assay_policy_bundle bundle = { .platform_default = true, .qe_default = true };
    const assay_span none = { NULL, 0 };
    assay_result result = ASSAY_RESULT_INCOMPLETE;
    assay_error error = { 0 };
    assay_key_set *owners = NULL;
    const assay_status status = assay_authenticate_policies(token, &bundle, none, &result, &error);
    hold(status == ASSAY_OK || error.name != NULL);
    hold(result != ASSAY_RESULT_PASSED); /* no tenant policy was given */
    hold(assay_key_set_new(&owners, NULL) == ASSAY_OK);
    hold(assay_authenticate_policy_owner(token, owners, none, &result, NULL) == status);
    hold(result != ASSAY_RESULT_PASSED); /* nobody owns anything */
    assay_key_set_free(owners);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char header[] = "eyJhbGciOiJub25lIn0."; /* {"alg":"none"} */
    const size_t encoded = base64_encoded_size(size, BASE64_URL);
    char *token = malloc(sizeof(header) + encoded + 2);
    hold(token != NULL);
    memcpy(token, header, sizeof(header) - 1);
    base64_encode(span_of(data, size), BASE64_URL, token + sizeof(header) - 1);
    strcat(token, ".");
    check(span_of(data, size));
    authenticate(span_of(data, size));
    check(SPAN_TEXT(token));
    authenticate(SPAN_TEXT(token));
    free(token);
    return 0;
}
