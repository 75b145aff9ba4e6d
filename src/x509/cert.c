/* cert.c: not written yet. */
typedef int x509_cert_is_empty;
