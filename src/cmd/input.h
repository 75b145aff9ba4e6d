/* input.h: reads a file, a FIFO or standard input ("-") to its end, within a limit. */
#ifndef ASSAY_CMD_INPUT_H
#define ASSAY_CMD_INPUT_H

#include "assay/base.h"

enum {
    INPUT_QUOTE_MAX = 4 * 1024 * 1024, /* a quote of 1 MiB as hex, with white space */
    INPUT_ITEM_MAX = 1024 * 1024,      /* one item of collateral, a root, a chain */
    INPUT_BUNDLE_MAX = 8 * 1024 * 1024
};

/* Bytes that belong to the command; input_free(). */
typedef struct input {
    uint8_t *data;
    size_t size;
} input;

assay_span input_span(const input *in);
/* Without white space around it. */
assay_span input_text(const input *in);
void input_free(input *in);

/* ENVIRONMENT when it can't be read, MALFORMED when it is larger than `limit`, NO_MEMORY. `where`
 * names what it is for the error record. */
assay_status input_read(const char *path, size_t limit, const char *where, input *out,
                        assay_error *error);

/* Reads evidence and turns hex and base64 into bytes. */
assay_status input_read_quote(const char *path, input *out, assay_error *error);

/* The same for text at hand. */
assay_status input_decode(assay_span text, input *out, assay_error *error);

#endif
