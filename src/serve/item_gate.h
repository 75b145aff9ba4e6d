/* item_gate.h: one at a time for each item: whoever comes second waits, and then finds what the
 * first one stored. collateral-service.md 7.3. */
#ifndef ASSAY_SERVE_ITEM_GATE_H
#define ASSAY_SERVE_ITEM_GATE_H

typedef struct item_gates item_gates;

item_gates *item_gates_new(void);
void item_gates_free(item_gates *g);

void item_gate_enter(item_gates *g, const char *key); /* lives until it is left */
void item_gate_leave(item_gates *g, const char *key);

#endif
