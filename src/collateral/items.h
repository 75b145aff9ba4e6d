/* items.h: the seven items of a collateral as rows: their names and where they stand. */
#ifndef ASSAY_COLLATERAL_ITEMS_H
#define ASSAY_COLLATERAL_ITEMS_H

#include "assay/collateral.h"

enum { COLLATERAL_ITEMS = 7 };

typedef struct collateral_item_row {
    const char *name;
    size_t offset; /* inside assay_collateral_items */
} collateral_item_row;

extern const collateral_item_row collateral_item_rows[COLLATERAL_ITEMS];

/* The item of row `index`. */
assay_span collateral_item(const assay_collateral_items *items, size_t index);
void collateral_item_set(assay_collateral_items *items, size_t index, assay_span item);

#endif
