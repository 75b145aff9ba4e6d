/* item_answer.h: from a vendor item to the reply that clients of PCCS, PCS and THIM expect.
 * collateral-service.md 1, 5 "What a server must do for it". */
#ifndef ASSAY_SERVE_ITEM_ANSWER_H
#define ASSAY_SERVE_ITEM_ANSWER_H

#include "serve/items.h"

/* Gets the item; fills freshness, tag, body as it is stored, and its issuer chain, percent-encoded,
 * under each of `chain_headers` (ends with NULL). */
assay_status item_answer(call *c, const item_name *name, const char *const *chain_headers,
                         answer *out);

/* Freshness and tag of one more item that went into an answer: the oldest and the first that ends
 * count. */
void answer_add_item(answer *out, const store_item *item, bool stale);

/* The body as another form of it. */
assay_status answer_hex(call *c, answer *out);                    /* lower case, as PCCS */
assay_status answer_pem(call *c, const char *label, answer *out); /* one block, lines of 64 */

#endif
