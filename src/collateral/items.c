/* items.c: the seven items of a collateral, by row. */
#include "collateral/items.h"

#include "base/span.h"

const collateral_item_row collateral_item_rows[COLLATERAL_ITEMS] = {
    { "tcb_info", offsetof(assay_collateral_items, tcb_info) },
    { "tcb_info_issuer_chain", offsetof(assay_collateral_items, tcb_info_issuer_chain) },
    { "qe_identity", offsetof(assay_collateral_items, qe_identity) },
    { "qe_identity_issuer_chain", offsetof(assay_collateral_items, qe_identity_issuer_chain) },
    { "root_ca_crl", offsetof(assay_collateral_items, root_ca_crl) },
    { "pck_crl", offsetof(assay_collateral_items, pck_crl) },
    { "pck_crl_issuer_chain", offsetof(assay_collateral_items, pck_crl_issuer_chain) },
};

assay_span collateral_item(const assay_collateral_items *items, size_t index)
{
    assay_span item;
    memcpy(&item, (const uint8_t *)items + collateral_item_rows[index].offset, sizeof(item));
    return item;
}

void collateral_item_set(assay_collateral_items *items, size_t index, assay_span item)
{
    memcpy((uint8_t *)items + collateral_item_rows[index].offset, &item, sizeof(item));
}
