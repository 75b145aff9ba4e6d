/* reference.h: the yardstick: OpenSSL's ECDSA verification on P-256 over a digest, with the key
 * parsed and the context prepared beforehand. */
#ifndef BENCH_REFERENCE_H
#define BENCH_REFERENCE_H

#include <stddef.h>

typedef struct reference reference;

/* A key and a signature of its own. Ends the process when OpenSSL fails. */
reference *reference_new(void);
void reference_free(reference *r);
void reference_verify(reference *r);

/* One ECDSA signature over a digest with a prepared context. */
void reference_sign(reference *r);

/* What no token can do without: base64 of `size` bytes, SHA-256 over that text, and one signature.
 */
void reference_token(reference *r, const unsigned char *bytes, size_t size);

#endif
