/* fuzz_json.c: JSON documents (src/wire/json.c). Whatever is accepted: the signed bytes lie inside
 * the text and are themselves the member that jansson found, and a second reading agrees. */
#include <assert.h>
#include <stdlib.h>

#include "wire/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_error(const assay_error *error, size_t size)
{
    assert(error->status == ASSAY_MALFORMED);
    assert(error->where[0] == '$' && error->detail[0] != '\0');
    assert(error->offset >= 0 && (size_t)error->offset <= size);
    for (const char *c = error->where; *c != '\0'; c++)
        assert(*c > 0x20 && *c < 0x7f);
}

/* The bytes of a member read alone: wrapped in an array, because texts and numbers are no
 * documents. */
static void check_signed_bytes(const json_document *document, assay_span text)
{
    assay_span range = document->signed_bytes;
    json_t *member = json_object_get(document->root, "tcbInfo");
    assert(member != NULL && range.size > 0);
    assert(range.data >= text.data && range.data + range.size <= text.data + text.size);
    json_t *alone = json_loadb((const char *)range.data, range.size,
                               JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    assert(alone != NULL && json_equal(alone, member));
    json_decref(alone);
}

/* Our pass accepts nothing that jansson alone refuses; what is written again is accepted again. */
static void check_tree(const json_document *document)
{
    json_document again = { 0 };
    char *written = json_dumps(document->root, JSON_COMPACT | JSON_ENSURE_ASCII);
    if (written == NULL)
        return;
    /* Written keys may need escapes, which documents may not have. */
    if (json_document_parse(SPAN_TEXT(written), NULL, &again, "$", NULL) == ASSAY_OK)
        assert(json_equal(document->root, again.root));
    json_document_free(&again);
    free(written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    assay_span text = { data, size };
    json_document document = { 0 }, without = { 0 };
    assay_error error = { 0 };
    assay_status status = json_document_parse(text, "tcbInfo", &document, "$", &error);
    if (status == ASSAY_OK) {
        check_signed_bytes(&document, text);
        check_tree(&document);
        assert(json_document_parse(text, NULL, &without, "$", NULL) == ASSAY_OK);
    } else {
        assert(document.root == NULL);
        check_error(&error, size);
    }
    json_document_free(&without);
    json_document_free(&document);
    return 0;
}
