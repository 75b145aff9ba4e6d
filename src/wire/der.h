/* der.h: a strict reader for DER (X.690): definite minimal lengths, single-byte tags, nothing left
 * over. It knows syntax only; x509 knows meaning.
 *
 * A der_reader walks the elements of one content; errors carry the offset inside the outermost
 * input, so readers of nested content are made from an element, not from a bare span.
 *
 * TRUNCATED when an element ends behind its container; MALFORMED for everything else. */
#ifndef ASSAY_WIRE_DER_H
#define ASSAY_WIRE_DER_H

#include "base/span.h"

enum der_tag {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_ENUMERATED = 0x0a,
    DER_UTF8_STRING = 0x0c,
    DER_PRINTABLE_STRING = 0x13,
    DER_IA5_STRING = 0x16,
    DER_UTC_TIME = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
    DER_CONTEXT = 0x80,            /* [n] primitive:   DER_CONTEXT | n */
    DER_CONTEXT_CONSTRUCTED = 0xa0 /* [n] constructed: DER_CONTEXT_CONSTRUCTED | n */
};

typedef struct der_element {
    uint8_t tag;
    assay_span content;
    assay_span full; /* tag, length and content: what hashes and comparisons take */
} der_element;

typedef struct der_reader {
    const uint8_t *base; /* start of the outermost input, for offsets */
    assay_span in;       /* what is left */
    const char *where;
} der_reader;

der_reader der_reader_of(assay_span in, const char *where);
der_reader der_inside(const der_reader *parent, const der_element *element);

static inline bool der_more(const der_reader *r)
{
    return r->in.size > 0;
}

/* True when the next element has this tag. */
static inline bool der_next_is(const der_reader *r, uint8_t tag)
{
    return r->in.size > 0 && r->in.data[0] == tag;
}

/* The next element, whatever its tag. */
assay_status der_next(der_reader *r, der_element *out, assay_error *err);

/* The next element, which must have `tag`; `what` names it in the error ("serialNumber"). */
assay_status der_expect(der_reader *r, uint8_t tag, const char *what, der_element *out,
                        assay_error *err);

/* MALFORMED when elements are left over. */
assay_status der_end(const der_reader *r, assay_error *err);

/* Fails MALFORMED at an element; for meaning that does not fit. */
assay_status der_fail(const der_reader *r, const der_element *at, assay_error *err,
                      const char *format, ...) ASSAY_PRINTF(4, 5);

/* A minimal, non-negative INTEGER or ENUMERATED of at most `max`. */
assay_status der_unsigned(const der_reader *r, const der_element *e, uint64_t max, uint64_t *out,
                          assay_error *err);

/* A minimal positive INTEGER as magnitude without leading zero octets (empty for the value 0). */
assay_status der_magnitude(const der_reader *r, const der_element *e, assay_span *out,
                           assay_error *err);

/* BOOLEAN of one octet, 00 or FF. */
assay_status der_boolean(const der_reader *r, const der_element *e, bool *out, assay_error *err);

/* BIT STRING without unused bits. */
assay_status der_bit_octets(const der_reader *r, const der_element *e, assay_span *out,
                            assay_error *err);

/* Named-bit BIT STRING of at most 16 bits, DER-minimal (no trailing zero bits); bit 0 of the
 * standard is bit 0 of *out. */
assay_status der_named_bits(const der_reader *r, const der_element *e, uint16_t *out,
                            assay_error *err);

/* UTCTime (YYMMDDhhmmssZ; 50..99 = 19xx) or GeneralizedTime (YYYYMMDDhhmmssZ, only for years from
 * 2050, as RFC 5280 asks). */
assay_status der_time(const der_reader *r, const der_element *e, int64_t *out, assay_error *err);

/* SEQUENCE { r INTEGER, s INTEGER } to r || s, `half` octets each (32 for P-256): strict, positive,
 * each at most `half` octets. Zero and >= n are left to the crypto room. */
assay_status der_ecdsa_signature(assay_span der, size_t half, uint8_t *out, const char *where,
                                 assay_error *err);

#endif
