/* show.c: what stands in a token, of any kind and algorithm, without trust. RFC 7515 3. */
#include "base/memory.h"
#include "token/jose.h"
#include "wire/base64.h"
#include "wire/json_write.h"

/* A segment as JSON text, compact as it came or not. */
static assay_status put_segment(json_writer *w, const char *member, assay_span segment,
                                uint8_t *buffer, assay_error *err)
{
    json_document document = { 0 };
    size_t size = 0;
    if (base64_decode(segment, BASE64_URL, BASE64_SPACE_REFUSED, buffer, segment.size / 4 * 3 + 3,
                      &size, NULL) != ASSAY_OK)
        return fail_named(err, ASSAY_MALFORMED, "token_malformed", NULL, member,
                          "want canonical base64url without padding");
    TRY(jose_json(span_of(buffer, size), &document, member, err));
    json_document_free(&document);
    json_put_raw(w, member, span_of(buffer, size));
    return ASSAY_OK;
}

static assay_status put_segments(json_writer *w, const jose_segments *segments, uint8_t *buffer,
                                 assay_error *err)
{
    json_open_object(w, NULL);
    TRY(put_segment(w, "header", segments->header, buffer, err));
    TRY(put_segment(w, "claims", segments->payload, buffer, err));
    json_close_object(w);
    return ASSAY_OK;
}

assay_status assay_token_show(assay_span token, char **out, assay_error *error)
{
    jose_segments segments;
    json_writer w = { 0 };
    TRY(jose_split(token, &segments, error));
    uint8_t *buffer = memory_new(token.size / 4 * 3 + 3);
    if (buffer == NULL)
        return fail(error, ASSAY_NO_MEMORY, "token", ASSAY_NO_OFFSET, "no memory for a token");
    const assay_status status = put_segments(&w, &segments, buffer, error);
    memory_free(buffer);
    if (status != ASSAY_OK) {
        memory_free(w.text);
        return status;
    }
    return json_take_written(&w, out, error);
}
