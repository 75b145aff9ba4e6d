/* fuzz_reply_headers.c: any bytes as a reply: its first byte chooses the kind and the code, then
 * come header lines, an empty line, and the body. What is accepted is what was asked for; what is
 * refused says why. */
#include <stdlib.h>
#include <string.h>

#include "fetch/headers.h"
#include "fetch/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(int condition)
{
    if (!condition)
        abort();
}

/* Header lines and body, as they stand in `rest`. */
static void split(assay_span rest, fetch_reply *out)
{
    for (size_t i = 0; i + 1 < rest.size; i++) {
        if (rest.data[i] == '\n' && rest.data[i + 1] == '\n') {
            out->headers = span_slice(rest, 0, i + 1);
            out->body = span_slice(rest, i + 2, rest.size - i - 2);
            return;
        }
    }
    out->headers = rest;
}

static void accepted(const assay_fetch_request *request, assay_fetched *item)
{
    const source_kind *kind = source_kind_of(request->kind);
    hold(item->body != NULL && item->size > 0 && item->body[item->size] == '\0');
    hold(kind->chain != SOURCE_CHAIN_WANTED || item->issuer_chain != NULL);
    hold(item->tcbm[0] == '\0' || strlen(item->tcbm) == 36);
    hold(item->fmspc[0] == '\0' || strlen(item->fmspc) == 12);
    hold(item->max_age >= -1);
    if (kind->body == SOURCE_BODY_CRL || kind->body == SOURCE_BODY_CERTIFICATE)
        hold(item->body[0] == 0x30);
    assay_fetched_free(item);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const assay_fetch_request request = {
        .kind = (assay_fetch_kind)(1 + data[0] % (ASSAY_FETCH_KIND_COUNT - 1)),
        .evaluation_number = data[0] >= 128 ? 17 : 0,
    };
    fetch_reply reply = { .code = 200 };
    assay_fetched item = { 0 };
    assay_error error = { 0 };
    int64_t retry_after = 0;
    split(span_of(data + 1, size - 1), &reply);
    if (reply_read(&reply, &request, "http://u/", &item, &error) == ASSAY_OK)
        accepted(&request, &item);
    else
        hold(item.body == NULL && item.issuer_chain == NULL && error.detail[0] != '\0' &&
             error.name != NULL);
    reply.code = data[0] * 4U;
    if (reply.code != 200)
        hold(reply_refusal(&reply, "http://u/", ASSAY_SERVICE_PCCS, 1800000000, &retry_after,
                           &error) == ASSAY_ENVIRONMENT);
    hold(error.name != NULL && retry_after >= 0 && retry_after <= 86400);
    return 0;
}
