/* fuzz_jose.c: any bytes as a compact JWS (src/token/jose.c, jws.c). Nothing unsigned verifies;
 * what is read lies where it should; what is shown is JSON. */
#include <stdlib.h>

#include "token/jws.h"
#include "wire/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(int condition)
{
    if (!condition)
        abort();
}

/* RFC 7515 A.3 */
static const char jwk[] =
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}";

static void check_parts(assay_span token, const jws_parts *parts)
{
    assay_key *key = NULL;
    json_document claims = { 0 };
    hold(assay_key_read(SPAN_TEXT(jwk), &key, NULL) == ASSAY_OK);
    hold(parts->signing_input.data == token.data && parts->signing_input.size < token.size);
    hold((parts->header.algorithm == ASSAY_ALG_NONE) == (parts->signature.size == 0));
    hold(base64_encoded_size(parts->signature.size, BASE64_URL) == parts->signature_segment.size);
    if (jws_verify(parts, key, NULL) == ASSAY_OK)
        hold(parts->header.algorithm == ASSAY_ALG_ES256 && parts->signature.size == 64);
    if (jws_claims(parts, &claims, NULL) == ASSAY_OK)
        hold(json_is_object(claims.root));
    json_document_free(&claims);
    assay_key_free(key);
}

static void check_shown(assay_span token)
{
    char *text = NULL;
    if (assay_token_show(token, &text, NULL) != ASSAY_OK)
        return;
    hold(text != NULL && text[0] == '{');
    assay_text_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const assay_span token = { data, size };
    jws_parts parts = { 0 };
    assay_error error = { 0 };
    const assay_status status = jws_read(token, &parts, &error);
    if (status == ASSAY_OK)
        check_parts(token, &parts);
    else
        hold(error.status == status && error.name != NULL && parts.decoded == NULL);
    jws_parts_clear(&parts);
    check_shown(token);
    return 0;
}
