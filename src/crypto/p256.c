/* p256.c: not written yet. */
typedef int crypto_p256_is_empty;
