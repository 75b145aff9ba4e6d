/* digest.c: not written yet. */
typedef int crypto_digest_is_empty;
