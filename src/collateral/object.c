/* object.c: not written yet. */
typedef int collateral_object_is_empty;
