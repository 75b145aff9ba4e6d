/* subject.c: the subject of a client certificate as text. RFC 5280 4.1, RFC 4514. */
#include "serve/subject.h"

#include <stdio.h>

#include "wire/der.h"

enum { RDN_MAX = 16 };

typedef struct attribute_name {
    const char *name;
    uint8_t oid[10];
    size_t size;
} attribute_name;

static const attribute_name names[] = {
    { "CN", { 0x55, 4, 3 }, 3 },
    { "C", { 0x55, 4, 6 }, 3 },
    { "L", { 0x55, 4, 7 }, 3 },
    { "ST", { 0x55, 4, 8 }, 3 },
    { "O", { 0x55, 4, 10 }, 3 },
    { "OU", { 0x55, 4, 11 }, 3 },
    { "serialNumber", { 0x55, 4, 5 }, 3 },
    { "emailAddress", { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1 }, 9 },
    { "UID", { 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1 }, 10 },
    { "DC", { 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25 }, 10 },
};

typedef struct subject_text {
    char *out;
    size_t size, used;
    bool cut;
} subject_text;

static void put(subject_text *text, char byte)
{
    if (text->used + 1 >= text->size) {
        text->cut = true;
        return;
    }
    text->out[text->used++] = byte;
    text->out[text->used] = '\0';
}

static void put_words(subject_text *text, const char *words)
{
    for (; *words != '\0'; words++)
        put(text, *words);
}

/* RFC 4514 2.4: what has a meaning inside a name is escaped; so are bytes outside ASCII. */
static void put_value(subject_text *text, assay_span value)
{
    char hex[4];
    for (size_t i = 0; i < value.size; i++) {
        const uint8_t byte = value.data[i];
        bool edge = (byte == ' ' && (i == 0 || i + 1 == value.size)) || (byte == '#' && i == 0);
        if (byte < 0x20 || byte > 0x7e) {
            snprintf(hex, sizeof(hex), "\\%02X", byte);
            put_words(text, hex);
            continue;
        }
        if (edge || strchr(",+\"\\<>;", byte) != NULL)
            put(text, '\\');
        put(text, (char)byte);
    }
}

static void put_type(subject_text *text, assay_span oid)
{
    char hex[3];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (span_equal(oid, span_of(names[i].oid, names[i].size))) {
            put_words(text, names[i].name);
            return;
        }
    }
    put_words(text, "oid:");
    for (size_t i = 0; i < oid.size; i++) {
        snprintf(hex, sizeof(hex), "%02x", oid.data[i]);
        put_words(text, hex);
    }
}

static assay_status put_attribute(subject_text *text, der_reader *set, assay_error *err)
{
    der_element attribute, type, value;
    TRY(der_expect(set, DER_SEQUENCE, "attribute", &attribute, err));
    der_reader inside = der_inside(set, &attribute);
    TRY(der_expect(&inside, DER_OID, "type", &type, err));
    TRY(der_next(&inside, &value, err));
    TRY(der_end(&inside, err));
    put_type(text, type.content);
    put(text, '=');
    put_value(text, value.content);
    return ASSAY_OK;
}

static assay_status put_rdn(subject_text *text, const der_reader *name, const der_element *rdn,
                            assay_error *err)
{
    der_reader set = der_inside(name, rdn);
    bool first = true;
    while (der_more(&set)) {
        if (!first)
            put(text, '+');
        first = false;
        TRY(put_attribute(text, &set, err));
    }
    return ASSAY_OK;
}

/* The last RDN comes first: RFC 4514 2.1. */
static assay_status put_name(subject_text *text, const der_reader *tbs, const der_element *name,
                             assay_error *err)
{
    der_element rdns[RDN_MAX];
    size_t count = 0;
    der_reader inside = der_inside(tbs, name);
    while (der_more(&inside)) {
        if (count == RDN_MAX)
            return fail(err, ASSAY_UNSUPPORTED, "client_certificate.subject", ASSAY_NO_OFFSET,
                        "more than %d parts", RDN_MAX);
        TRY(der_expect(&inside, DER_SET, "rdn", &rdns[count++], err));
    }
    while (count > 0) {
        TRY(put_rdn(text, &inside, &rdns[--count], err));
        if (count > 0)
            put(text, ',');
    }
    return ASSAY_OK;
}

assay_status subject_of_certificate(assay_span der, char *out, size_t size, assay_error *err)
{
    subject_text text = { .out = out, .size = size };
    der_element certificate, tbs, skipped, subject;
    der_reader outer = der_reader_of(der, "client_certificate");
    TRY(der_expect(&outer, DER_SEQUENCE, "certificate", &certificate, err));
    der_reader inside = der_inside(&outer, &certificate);
    TRY(der_expect(&inside, DER_SEQUENCE, "tbsCertificate", &tbs, err));
    der_reader fields = der_inside(&inside, &tbs);
    if (der_next_is(&fields, DER_CONTEXT_CONSTRUCTED))
        TRY(der_next(&fields, &skipped, err));
    TRY(der_expect(&fields, DER_INTEGER, "serialNumber", &skipped, err));
    TRY(der_expect(&fields, DER_SEQUENCE, "signature", &skipped, err));
    TRY(der_expect(&fields, DER_SEQUENCE, "issuer", &skipped, err));
    TRY(der_expect(&fields, DER_SEQUENCE, "validity", &skipped, err));
    TRY(der_expect(&fields, DER_SEQUENCE, "subject", &subject, err));
    out[0] = '\0';
    TRY(put_name(&text, &fields, &subject, err));
    if (text.cut || text.used == 0)
        return fail(err, ASSAY_UNSUPPORTED, "client_certificate.subject", ASSAY_NO_OFFSET,
                    "a subject that is empty or too long");
    return ASSAY_OK;
}
