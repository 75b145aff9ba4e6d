/* custom_parameter.c: what customParameter says. collateral-service.md 4. */
#include <strings.h>

#include "serve/custom_parameter.h"
#include "wire/base64.h"

enum { CUSTOM_SIZE = 384, NUMBER_DIGITS = 6 };

static const char where[] = "query." CUSTOM_PARAMETER;

static bool name_is(assay_span name, const char *wanted)
{
    return name.size == strlen(wanted) &&
           strncasecmp((const char *)name.data, wanted, name.size) == 0;
}

static assay_status number_read(assay_span text, uint32_t *out, assay_error *err)
{
    uint32_t value = 0;
    bool fits = text.size >= 1 && text.size <= NUMBER_DIGITS;
    for (size_t i = 0; fits && i < text.size; i++) {
        fits = text.data[i] >= '0' && text.data[i] <= '9';
        value = value * 10 + (uint32_t)(text.data[i] - '0');
    }
    if (!fits || value == 0)
        return fail_named(err, ASSAY_MALFORMED, "bad_parameter", NULL, where,
                          "tcbevaluationdatanumber: want a number from 1");
    *out = value;
    return ASSAY_OK;
}

typedef struct custom {
    uint32_t number;
    bool region;
} custom;

static assay_status member_read(custom *c, assay_span member, assay_error *err)
{
    const uint8_t *equals = memchr(member.data, '=', member.size);
    const size_t at = equals != NULL ? (size_t)(equals - member.data) : member.size;
    const assay_span name = span_of(member.data, at);
    const assay_span value =
        equals != NULL ? span_of(equals + 1, member.size - at - 1) : span_of(NULL, 0);
    const bool number = name_is(name, "tcbevaluationdatanumber");
    if (!number && !name_is(name, "region"))
        return fail_named(err, ASSAY_MALFORMED, "unknown_parameter", NULL, where,
                          "holds \"%.*s\", want region and tcbevaluationdatanumber", (int)name.size,
                          (const char *)name.data);
    if (number ? c->number != 0 : c->region)
        return fail_named(err, ASSAY_MALFORMED, "repeated_parameter", NULL, where,
                          "holds \"%.*s\" more than once", (int)name.size, (const char *)name.data);
    c->region |= !number;
    return number ? number_read(value, &c->number, err) : ASSAY_OK;
}

assay_status custom_parameter_read(assay_span value, uint32_t *number, assay_error *err)
{
    uint8_t text[CUSTOM_SIZE];
    size_t size = 0;
    if (base64_decode(value, BASE64_STANDARD, BASE64_SPACE_REFUSED, text, sizeof(text), &size,
                      NULL) != ASSAY_OK &&
        base64_decode(value, BASE64_URL_PADDED, BASE64_SPACE_REFUSED, text, sizeof(text), &size,
                      NULL) != ASSAY_OK)
        return fail_named(err, ASSAY_MALFORMED, "bad_parameter", NULL, where,
                          "want base64 of \"region=...&tcbevaluationdatanumber=N\"");
    custom seen = { .number = 0 };
    for (size_t at = 0; at < size;) {
        const uint8_t *end = memchr(text + at, '&', size - at);
        const size_t length = end != NULL ? (size_t)(end - text) - at : size - at;
        TRY(member_read(&seen, span_of(text + at, length), err));
        at += length + 1;
    }
    *number = seen.number;
    return ASSAY_OK;
}
