/* fuzz_key.c: any bytes as a key or a set of keys (src/token/key.c, key_set.c, src/crypto/keys.c).
 * What is read can be written and read again, and is the same key. */
#include <stdlib.h>
#include <string.h>

#include "assay/token.h"
#include "base/span.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(int condition)
{
    if (!condition)
        abort();
}

static void check_again(const assay_key *key, char *text)
{
    assay_key *back = NULL;
    char left[44], right[44];
    hold(assay_key_read(SPAN_TEXT(text), &back, NULL) == ASSAY_OK);
    assay_key_thumbprint(key, left);
    assay_key_thumbprint(back, right);
    hold(strcmp(left, right) == 0);
    assay_key_free(back);
    assay_text_free(text);
}

static void check_key(const assay_key *key)
{
    char *text = NULL;
    hold(assay_key_to_jwk(key, &text, NULL) == ASSAY_OK);
    check_again(key, text);
    hold(assay_key_to_public_pem(key, &text, NULL) == ASSAY_OK);
    check_again(key, text);
    if (!assay_key_is_private(key))
        return;
    hold(assay_key_to_private_pem(key, &text, NULL) == ASSAY_OK);
    check_again(key, text);
}

static void check_set(assay_span text)
{
    assay_key_set *set = NULL;
    char *jwks = NULL;
    hold(assay_key_set_new(&set, NULL) == ASSAY_OK);
    if (assay_key_set_add(set, text, ASSAY_ROLE_ANY, NULL) == ASSAY_OK) {
        hold(assay_key_set_count(set) > 0);
        hold(assay_key_set_to_jwks(set, &jwks, NULL) == ASSAY_OK);
        hold(assay_key_set_add(set, SPAN_TEXT(jwks), ASSAY_ROLE_ANY, NULL) == ASSAY_OK);
        assay_text_free(jwks);
    } else {
        hold(assay_key_set_count(set) == 0);
    }
    assay_key_set_free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const assay_span text = { data, size };
    assay_key *key = NULL;
    assay_error error = { 0 };
    const assay_status status = assay_key_read(text, &key, &error);
    if (status == ASSAY_OK)
        check_key(key);
    else
        hold(error.status == status && error.detail[0] != '\0');
    assay_key_free(key);
    check_set(text);
    return 0;
}
