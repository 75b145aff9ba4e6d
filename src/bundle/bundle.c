/* bundle.c: not written yet. */
typedef int bundle_bundle_is_empty;
