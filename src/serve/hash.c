/* hash.c: of the collateral service. */
typedef int serve_hash_placeholder;
