/* bundle.c: not written yet. */
typedef int collateral_bundle_is_empty;
