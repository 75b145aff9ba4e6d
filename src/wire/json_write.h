/* json_write.h: writes JSON text, compact and in the order of the calls, into memory that grows.
 *
 * A writer is sticky like a reader: once memory runs out it does nothing more, and
 * json_take_written() says so. `member` is the key inside an object, NULL inside an array and at
 * the top. */
#ifndef ASSAY_WIRE_JSON_WRITE_H
#define ASSAY_WIRE_JSON_WRITE_H

#include "base/span.h"

/* Zeroed is ready. */
typedef struct json_writer {
    char *text;
    size_t size;
    size_t capacity;
    bool comma;  /* a value stands before: the next one needs a comma */
    bool inside; /* between json_open_text() and json_close_text() */
    bool failed;
} json_writer;

/* Room for `size` more bytes at once: for texts whose size is known before. */
void json_reserve(json_writer *w, size_t size);

void json_open_object(json_writer *w, const char *member);
void json_close_object(json_writer *w);
void json_open_array(json_writer *w, const char *member);
void json_close_array(json_writer *w);

/* What is written between these is JSON in a text, as in {"a":"{\"b\":1}"}: once, not one in
 * another.
 */
void json_open_text(json_writer *w, const char *member);
void json_close_text(json_writer *w);

/* Text of any bytes: what is not UTF-8 becomes U+FFFD. NULL is null. */
void json_put_text(json_writer *w, const char *member, const char *text);
void json_put_span(json_writer *w, const char *member, assay_span text);
void json_put_number(json_writer *w, const char *member, uint64_t value);
void json_put_signed(json_writer *w, const char *member, int64_t value);
void json_put_flag(json_writer *w, const char *member, bool value);
void json_put_null(json_writer *w, const char *member);

/* Lower-case digits in memory order. */
void json_put_hex(json_writer *w, const char *member, assay_span bytes);

/* Upper-case digits, last byte first: little-endian integers read as numbers (appraisal.md 1.3). */
void json_put_hex_reversed(json_writer *w, const char *member, assay_span bytes);

/* Standard base64, padded. */
void json_put_base64(json_writer *w, const char *member, assay_span bytes);

/* RFC 3339; null for 0, which stands for "none". */
void json_put_time(json_writer *w, const char *member, int64_t time);

/* `text` is JSON already. */
void json_put_raw(json_writer *w, const char *member, assay_span text);

/* The text with a NUL behind, for memory_free(); the writer is zeroed. NO_MEMORY. */
assay_status json_take_written(json_writer *w, char **out, assay_error *err);

#endif
