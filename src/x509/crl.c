/* crl.c: not written yet. */
typedef int x509_crl_is_empty;
