/* name.c: distinguished names: their form, and the common name inside. RFC 5280 4.1.2.4,
 * verification.md 2.2 and 2.5 (names are compared as bytes). */
#include "x509/name.h"

#include "x509/extension.h"

static const uint8_t common_name_oid[] = { 0x55, 0x04, 0x03 };

/* Bytes that follow the first of a UTF-8 sequence and the least code point that needs as many; -1
 * for bytes that begin none. */
static int utf8_following(uint8_t first, uint32_t *code, uint32_t *least)
{
    static const struct {
        uint8_t mask, lead;
        uint32_t least;
    } rows[] = {
        { 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 }
    };
    for (int i = 0; i < 4; i++) {
        if ((first & rows[i].mask) == rows[i].lead) {
            *code = first & (uint8_t)~rows[i].mask;
            *least = rows[i].least;
            return i;
        }
    }
    return -1;
}

static bool is_character(uint32_t code, uint32_t least)
{
    bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    bool surrogate = code >= 0xd800 && code <= 0xdfff;
    return code >= least && code <= 0x10ffff && !control && !surrogate;
}

static bool is_utf8_text(assay_span text)
{
    for (size_t i = 0; i < text.size;) {
        uint32_t code = 0, least = 0;
        int following = utf8_following(text.data[i++], &code, &least);
        if (following < 0 || (size_t)following > text.size - i)
            return false;
        for (; following > 0; following--, i++) {
            if ((text.data[i] & 0xc0) != 0x80)
                return false;
            code = code << 6 | (text.data[i] & 0x3f);
        }
        if (!is_character(code, least))
            return false;
    }
    return true;
}

static bool is_printable_string(assay_span text)
{
    static const char others[] = " '()+,-./:=?";
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        bool letter_or_digit =
            (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!letter_or_digit && memchr(others, c, sizeof(others) - 1) == NULL)
            return false;
    }
    return true;
}

static bool is_ascii_text(assay_span text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < 0x20 || text.data[i] > 0x7e)
            return false;
    return true;
}

static bool value_is_text(const der_element *value)
{
    if (value->content.size == 0)
        return false;
    if (value->tag == DER_UTF8_STRING)
        return is_utf8_text(value->content);
    if (value->tag == DER_PRINTABLE_STRING)
        return is_printable_string(value->content);
    return value->tag == DER_IA5_STRING && is_ascii_text(value->content);
}

/* SET { SEQUENCE { OID, text } } */
static assay_status rdn_read(der_reader *r, assay_span *type, der_element *value, assay_error *err)
{
    der_element set, pair;
    TRY(der_expect(r, DER_SET, "relativeDistinguishedName", &set, err));
    der_reader in_set = der_inside(r, &set);
    TRY(der_expect(&in_set, DER_SEQUENCE, "attributeTypeAndValue", &pair, err));
    TRY(der_end(&in_set, err));
    der_reader in_pair = der_inside(r, &pair);
    TRY(x509_oid_read(&in_pair, "attribute type", type, err));
    TRY(der_next(&in_pair, value, err));
    TRY(der_end(&in_pair, err));
    if (!value_is_text(value))
        return der_fail(r, value, err, "attribute value (tag 0x%02x) is not plain text",
                        value->tag);
    return ASSAY_OK;
}

assay_status x509_name_read(der_reader *r, const char *what, assay_span *name,
                            assay_span *common_name, assay_error *err)
{
    der_element whole;
    TRY(der_expect(r, DER_SEQUENCE, what, &whole, err));
    if (whole.content.size == 0)
        return der_fail(r, &whole, err, "%s is empty", what);
    assay_span found = { NULL, 0 };
    for (der_reader rdns = der_inside(r, &whole); der_more(&rdns);) {
        assay_span type;
        der_element value;
        TRY(rdn_read(&rdns, &type, &value, err));
        if (!span_equal(type, SPAN(common_name_oid)))
            continue;
        if (found.size > 0)
            return der_fail(r, &value, err, "%s has a second common name", what);
        found = value.content;
    }
    *name = whole.full;
    *common_name = found;
    return ASSAY_OK;
}

assay_span x509_common_name(assay_span name)
{
    der_reader r = der_reader_of(name, "name");
    assay_span whole, common_name;
    if (x509_name_read(&r, "name", &whole, &common_name, NULL) != ASSAY_OK)
        return (assay_span) { NULL, 0 };
    return common_name;
}

pck_ca pck_ca_of_name(assay_span name)
{
    assay_span common_name = x509_common_name(name);
    if (span_is(common_name, "Intel SGX PCK Processor CA"))
        return PCK_CA_PROCESSOR;
    if (span_is(common_name, "Intel SGX PCK Platform CA"))
        return PCK_CA_PLATFORM;
    return PCK_CA_NONE;
}
