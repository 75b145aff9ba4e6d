/* fuzz_decode.c: evidence in any encoding, and base64 itself (src/wire/decode.c, base64.c). */
#include <assert.h>
#include <stdlib.h>

#include "wire/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t *block_of(size_t size)
{
    uint8_t *block = malloc(size > 0 ? size : 1);
    assert(block != NULL);
    return block;
}

/* What was decoded, encoded by us, is decoded to the same. */
static void check_base64(assay_span text, base64_alphabet alphabet, base64_space space)
{
    size_t capacity = text.size / 4 * 3 + 3, size = 0, counted = 0;
    uint8_t *out = block_of(capacity), *back = block_of(capacity);
    assay_status status = base64_decode(text, alphabet, space, out, capacity, &size, NULL);
    assert(base64_decode(text, alphabet, space, NULL, SIZE_MAX, &counted, NULL) == status);
    if (status == ASSAY_OK) {
        size_t encoded_size = base64_encoded_size(size, alphabet), again = 0;
        char *encoded = (char *)block_of(encoded_size + 1);
        base64_encode(span_of(out, size), alphabet, encoded);
        assert(strlen(encoded) == encoded_size && counted == size && size <= capacity);
        assert(space == BASE64_SPACE_SKIPPED || alphabet == BASE64_URL_PADDED ||
               span_equal(text, SPAN_TEXT(encoded)));
        assert(base64_decode(SPAN_TEXT(encoded), alphabet, BASE64_SPACE_REFUSED, back, size, &again,
                             NULL) == ASSAY_OK);
        assert(span_equal(span_of(out, size), span_of(back, again)));
        free(encoded);
    } else {
        assert(status == ASSAY_MALFORMED);
    }
    free(back);
    free(out);
}

/* Any bytes that went through hex or base64 of ours come back as they were. */
static void check_any(assay_span in, assay_span binary, assay_encoding wanted)
{
    size_t size = 0;
    uint8_t *out = block_of(in.size);
    assay_encoding encoding = ASSAY_ENCODING_BINARY;
    assert(assay_decode_any(in, out, in.size, &size, &encoding, NULL) == ASSAY_OK);
    assert(encoding == wanted || encoding == ASSAY_ENCODING_HEX);
    assert(encoding != wanted || span_equal(span_of(out, size), binary));
    free(out);
}

static void check_input(assay_span in)
{
    size_t size = 0;
    uint8_t *out = block_of(in.size);
    assay_encoding encoding = ASSAY_ENCODING_BINARY;
    assay_error error = { 0 };
    assay_status status = assay_decode_any(in, out, in.size, &size, &encoding, &error);
    assert(status == ASSAY_OK || (status == ASSAY_MALFORMED && error.offset >= 0));
    assert(size <= in.size);
    if (status == ASSAY_OK && encoding == ASSAY_ENCODING_BINARY)
        assert(span_equal(span_of(out, size), in));
    if (status == ASSAY_OK && encoding != ASSAY_ENCODING_BINARY)
        assert(size > 0 && assay_decode_any(in, out, size - 1, &size, NULL, NULL) == ASSAY_USAGE);
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    assay_span in = { data, size };
    check_input(in);
    for (int space = BASE64_SPACE_REFUSED; space <= BASE64_SPACE_SKIPPED; space++) {
        check_base64(in, BASE64_STANDARD, (base64_space)space);
        check_base64(in, BASE64_URL, (base64_space)space);
        check_base64(in, BASE64_URL_PADDED, (base64_space)space);
    }
    if (size < 16)
        return 0;
    char *text = (char *)block_of(2 * size + 4);
    assay_hex_encode(in, text);
    check_any(SPAN_TEXT(text), in, ASSAY_ENCODING_HEX);
    base64_encode(in, BASE64_STANDARD, text);
    check_any(SPAN_TEXT(text), in, ASSAY_ENCODING_BASE64);
    free(text);
    return 0;
}
