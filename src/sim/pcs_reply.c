/* pcs_reply.c: replies of the simulated vendor, and what requests carry. collateral-service.md 3.
 */
#include <stdarg.h>
#include <stdio.h>

#include "sim/pcs.h"

void pcs_reply_free(pcs_reply *reply)
{
    for (size_t i = 0; i < reply->header_count; i++)
        bytes_free(&reply->headers[i].value);
    bytes_free(&reply->body);
    *reply = (pcs_reply) { .status = 0 };
}

void pcs_reply_header(pcs_reply *reply, const char *name, assay_span value)
{
    if (reply->header_count == PCS_HEADER_MAX)
        return;
    pcs_header *header = &reply->headers[reply->header_count++];
    *header = (pcs_header) { .name = name };
    bytes_add(&header->value, value);
    bytes_add_u8(&header->value, 0);
    reply->body.failed |= header->value.failed;
}

void pcs_reply_chain(const pcs_vendor *vendor, const pcs_request *request, const char *name,
                     pcs_chain chain, pcs_reply *reply)
{
    switch (request->issue.chain) {
    case PCS_CHAIN_GENUINE:
        pcs_reply_header(reply, name, bytes_span(&vendor->chains.genuine[chain]));
        break;
    case PCS_CHAIN_FOREIGN:
        pcs_reply_header(reply, name, bytes_span(&vendor->chains.foreign[chain]));
        break;
    case PCS_CHAIN_MISSING:
        break;
    }
}

assay_status pcs_refuse(pcs_reply *reply, unsigned status, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    pcs_reply_free(reply);
    reply->status = status;
    reply->type = "text/plain";
    bytes_add_format(&reply->body, "%s\n", text);
    if (status == 400) {
        pcs_reply_header(reply, "Error-Code", SPAN_TEXT("InvalidParameter"));
        pcs_reply_header(reply, "Error-Message", SPAN_TEXT(text));
    }
    return ASSAY_OK;
}

const char *pcs_parameter_of(const pcs_request *request, const char *name)
{
    for (size_t i = 0; i < request->parameter_count; i++) {
        if (strcmp(request->parameters[i].name, name) == 0)
            return request->parameters[i].value;
    }
    return NULL;
}

bool pcs_take_hex(const pcs_request *request, const char *name, uint8_t *out, size_t size,
                  pcs_reply *reply)
{
    const char *value = pcs_parameter_of(request, name);
    if (value != NULL && strlen(value) == 2 * size &&
        assay_hex_decode(SPAN_TEXT(value), out, size, NULL) == ASSAY_OK)
        return true;
    pcs_refuse(reply, 400, "%s: want %zu hexadecimal digits", name, 2 * size);
    return false;
}
