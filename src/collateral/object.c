/* object.c: the life of an assay_collateral: made once with every check, then shared and immutable.
 */
#include "collateral/checks.h"
#include "collateral/items.h"
#include "collateral/vouching.h"

static assay_status sizes_check(const assay_collateral_items *items, assay_error *err)
{
    for (size_t i = 0; i < COLLATERAL_ITEMS; i++) {
        assay_span item = collateral_item(items, i);
        if (item.size > LIMIT_DOCUMENT_SIZE)
            return fail(err, ASSAY_USAGE, collateral_item_rows[i].name, ASSAY_NO_OFFSET,
                        "%zu bytes, want at most %d", item.size, LIMIT_DOCUMENT_SIZE);
    }
    return ASSAY_OK;
}

static assay_status items_copy(assay_collateral *c, const assay_collateral_items *items,
                               assay_error *err)
{
    for (size_t i = 0; i < COLLATERAL_ITEMS; i++) {
        assay_span item = collateral_item(items, i);
        assay_span copy = arena_copy(&c->memory, item);
        if (copy.size != item.size)
            return fail(err, ASSAY_NO_MEMORY, collateral_item_rows[i].name, ASSAY_NO_OFFSET,
                        "no memory for a copy");
        collateral_item_set(&c->items, i, copy);
    }
    return ASSAY_OK;
}

static void store_u64(uint64_t value, uint8_t out[8])
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(value >> (56 - 8 * i));
}

/* Each item behind its length, so that no two collaterals share a digest; then the roots. */
static sha256_digest digest_of(const assay_collateral_items *items, const assay_roots *roots)
{
    uint8_t sizes[COLLATERAL_ITEMS + 1][8];
    assay_span parts[2 * COLLATERAL_ITEMS + 2];
    size_t count = 0;
    for (size_t i = 0; i < COLLATERAL_ITEMS; i++) {
        assay_span item = collateral_item(items, i);
        store_u64(item.size, sizes[i]);
        parts[count++] = SPAN(sizes[i]);
        parts[count++] = item;
    }
    store_u64(roots->count, sizes[COLLATERAL_ITEMS]);
    parts[count++] = SPAN(sizes[COLLATERAL_ITEMS]);
    parts[count++] = span_of(roots->points, roots->count * sizeof(roots->points[0]));
    return sha256_of(parts, count);
}

/* What is wrong with an item is remembered; that there was no memory is not its fault. */
static assay_status memory_check(const assay_collateral *c, assay_error *err)
{
    for (unsigned check = 0; check < CHECK_COUNT; check++) {
        if (c->outcomes[check].status == ASSAY_NO_MEMORY)
            return collateral_outcome(c, (collateral_check)check, err);
    }
    return ASSAY_OK;
}

static assay_status load(assay_collateral *c, const assay_collateral_items *items,
                         const assay_roots *roots, assay_error *err)
{
    TRY(items_copy(c, items, err));
    if (roots != NULL)
        c->roots = *roots;
    c->digest = digest_of(&c->items, &c->roots);
    collateral_checks_run(c);
    return memory_check(c, err);
}

assay_status assay_collateral_new(const assay_collateral_items *items, const assay_roots *roots,
                                  assay_collateral **out, assay_error *err)
{
    TRY(sizes_check(items, err));
    if (roots != NULL && roots->count > ASSAY_ROOT_MAX)
        return fail(err, ASSAY_USAGE, "roots", ASSAY_NO_OFFSET, "%zu roots, want at most %d",
                    roots->count, ASSAY_ROOT_MAX);
    assay_collateral *c = memory_new(sizeof(*c));
    if (c == NULL)
        return fail(err, ASSAY_NO_MEMORY, "collateral", ASSAY_NO_OFFSET, "no memory");
    atomic_init(&c->references, 1);
    assay_status status = load(c, items, roots, err);
    if (status != ASSAY_OK) {
        assay_collateral_unref(c);
        return status;
    }
    *out = c;
    return ASSAY_OK;
}

assay_collateral *assay_collateral_ref(assay_collateral *collateral)
{
    atomic_fetch_add_explicit(&collateral->references, 1, memory_order_relaxed);
    return collateral;
}

void assay_collateral_unref(assay_collateral *collateral)
{
    if (collateral == NULL ||
        atomic_fetch_sub_explicit(&collateral->references, 1, memory_order_acq_rel) != 1)
        return;
    x509_trust_free(&collateral->trust);
    arena_free(&collateral->memory);
    memory_free(collateral);
}

const assay_collateral_items *assay_collateral_items_of(const assay_collateral *collateral)
{
    return &collateral->items;
}

assay_status collateral_outcome(const assay_collateral *collateral, collateral_check check,
                                assay_error *err)
{
    if (err != NULL && collateral->outcomes[check].status != ASSAY_OK)
        *err = collateral->outcomes[check].error;
    return collateral->outcomes[check].status;
}

assay_status assay_collateral_check(const assay_collateral *collateral, assay_error *err)
{
    for (unsigned check = 0; check < CHECK_COUNT; check++)
        TRY(collateral_outcome(collateral, (collateral_check)check, err));
    return ASSAY_OK;
}

void assay_collateral_digest(const assay_collateral *collateral, uint8_t out[32])
{
    memcpy(out, collateral->digest.bytes, sizeof(collateral->digest.bytes));
}

bool collateral_trusts_root(const assay_collateral *collateral, const uint8_t *point)
{
    return root_is_trusted(&collateral->roots, point);
}
