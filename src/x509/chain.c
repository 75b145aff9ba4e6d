/* chain.c: not written yet. */
typedef int x509_chain_is_empty;
