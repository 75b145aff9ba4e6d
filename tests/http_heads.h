/* http_heads.h: requests, sound and unsound, with the code that the server itself answers: shared
 * by the tests of the reader, of the server, and of the comparison with nginx. */
#ifndef TESTS_HTTP_HEADS_H
#define TESTS_HTTP_HEADS_H

#include <stddef.h>

typedef struct http_sample {
    const char *what;
    const char *bytes;
    size_t size;
    unsigned code;           /* of the refusal; 0: it reaches the handler */
    const char *nginx_alone; /* why nginx refuses it with 400 and we do not; or NULL */
} http_sample;

extern const http_sample http_samples[];
extern const size_t http_sample_count;

#endif
