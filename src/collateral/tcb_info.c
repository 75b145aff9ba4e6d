/* tcb_info.c: not written yet. */
typedef int collateral_tcb_info_is_empty;
