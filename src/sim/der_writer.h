/* der_writer.h: writes DER (X.690), element by element, into a sim_bytes.
 *
 * der_open() ... der_close() nest; the length is put in at the close. Strict by itself: what is not
 * DER comes in with der_raw(). */
#ifndef ASSAY_SIM_DER_WRITER_H
#define ASSAY_SIM_DER_WRITER_H

#include "sim/bytes.h"
#include "wire/der.h"

enum { DER_WRITER_DEPTH = 16 };

typedef struct der_writer {
    sim_bytes *out;
    size_t open[DER_WRITER_DEPTH]; /* where each open element's content begins */
    size_t depth;
} der_writer;

/* Opening deeper than DER_WRITER_DEPTH, or closing what is not open, makes `out` fail. */
void der_open(der_writer *w, uint8_t tag);
void der_close(der_writer *w);

void der_raw(der_writer *w, assay_span bytes);
void der_element_put(der_writer *w, uint8_t tag, assay_span content);
void der_put_text(der_writer *w, uint8_t tag, const char *text);
void der_put_oid(der_writer *w, const char *dotted);
void der_put_null(der_writer *w);
void der_put_boolean(der_writer *w, uint8_t octet); /* 0x00 or 0xff */
void der_put_unsigned(der_writer *w, uint8_t tag, uint64_t value);

/* INTEGER from a big-endian magnitude: minimal, positive. */
void der_put_magnitude(der_writer *w, assay_span magnitude);

/* BIT STRING without unused bits. */
void der_put_bits(der_writer *w, assay_span octets);

/* Named-bit BIT STRING; bit 0 of the standard is bit 0 of `bits`. */
void der_put_named_bits(der_writer *w, uint16_t bits);

/* UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280 4.1.2.5). */
void der_put_time(der_writer *w, int64_t time);

/* SEQUENCE { r INTEGER, s INTEGER } from r || s of 32 octets each. */
void der_put_signature(der_writer *w, const uint8_t signature[64]);

#endif
