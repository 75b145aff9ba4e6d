/* reference.h: the yardstick: OpenSSL's ECDSA verification on P-256 over a digest, with the key
 * parsed and the context prepared beforehand. */
#ifndef BENCH_REFERENCE_H
#define BENCH_REFERENCE_H

typedef struct reference reference;

/* A key and a signature of its own. Ends the process when OpenSSL fails. */
reference *reference_new(void);
void reference_free(reference *r);
void reference_verify(reference *r);

#endif
