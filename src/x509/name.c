/* name.c: not written yet. */
typedef int x509_name_is_empty;
