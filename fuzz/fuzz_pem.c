/* fuzz_pem.c: PEM chains (src/wire/pem.c). Whatever is accepted: blocks lie side by side in the
 * buffer, a buffer of the promised capacity is enough, and written again they read the same. */
#include <assert.h>
#include <stdlib.h>

#include "wire/base64.h"
#include "wire/pem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *append(char *at, const char *text)
{
    size_t size = strlen(text);
    memcpy(at, text, size + 1);
    return at + size;
}

static size_t written_size(const pem_blocks *blocks)
{
    size_t size = 1;
    for (size_t i = 0; i < blocks->count; i++)
        size += base64_encoded_size(blocks->der[i].size, BASE64_STANDARD) + 64;
    return size;
}

static void check_again(const pem_blocks *blocks, size_t total)
{
    char *text = malloc(written_size(blocks)), *at = text;
    uint8_t *buffer = malloc(total);
    pem_blocks again = { .count = 0 };
    assert(text != NULL && buffer != NULL);
    for (size_t i = 0; i < blocks->count; i++) {
        at = append(at, "-----BEGIN CERTIFICATE-----\n");
        base64_encode(blocks->der[i], BASE64_STANDARD, at);
        at = append(at + strlen(at), "\n-----END CERTIFICATE-----\n");
    }
    assert(pem_looks_like(SPAN_TEXT(text)));
    assert(pem_decode(SPAN_TEXT(text), "CERTIFICATE", buffer, total, &again, NULL) == ASSAY_OK);
    assert(again.count == blocks->count);
    for (size_t i = 0; i < blocks->count; i++)
        assert(span_equal(again.der[i], blocks->der[i]));
    free(buffer);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    assay_span text = { data, size };
    size_t capacity = size / 4 * 3 + 3 * LIMIT_CHAIN_CERTIFICATES;
    uint8_t *buffer = malloc(capacity);
    pem_blocks blocks = { .count = 0 };
    assay_error error = { 0 };
    assert(buffer != NULL);
    assay_status status = pem_decode(text, "CERTIFICATE", buffer, capacity, &blocks, &error);
    if (status == ASSAY_OK) {
        const uint8_t *at = buffer;
        assert(blocks.count > 0 && blocks.count <= LIMIT_CHAIN_CERTIFICATES);
        for (size_t i = 0; i < blocks.count; i++) {
            assert(blocks.der[i].data == at && blocks.der[i].size > 0);
            at += blocks.der[i].size;
        }
        assert(at <= buffer + capacity);
        check_again(&blocks, (size_t)(at - buffer));
    } else {
        assert(status == ASSAY_MALFORMED && blocks.count == 0);
        assert(error.offset >= 0 && (size_t)error.offset <= size);
    }
    free(buffer);
    return 0;
}
