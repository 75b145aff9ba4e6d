/* checksum.c: a checksum in each item and certificate. A flipped bit inside a value is nothing that
 * SQLite sees, and what we would serve then, nobody has signed. */
#include "crypto/crypto.h"
#include "store/room.h"

static void put_u64(uint8_t *out, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(value >> (8 * i));
}

static row_checksum first_bytes(const assay_span *parts, size_t count)
{
    row_checksum checksum;
    const sha256_digest digest = sha256_of(parts, count);
    memcpy(checksum.bytes, digest.bytes, CHECKSUM_SIZE);
    return checksum;
}

/* All but `fetched` and `version`, which change without the rest. Sizes first, so that no byte can
 * move from one part to the next. */
row_checksum item_checksum(const store_item *item)
{
    const assay_span name = SPAN_TEXT(item->key), chain = SPAN_TEXT(item->chain);
    const uint64_t numbers[] = { name.size, chain.size, (uint64_t)item->issue_date,
                                 (uint64_t)item->next_update, item->evaluation_number };
    uint8_t head[sizeof(numbers)];
    for (size_t i = 0; i < PARAMETER_COUNT(numbers); i++)
        put_u64(head + 8 * i, numbers[i]);
    const assay_span parts[] = { SPAN(head), name, chain, item->body };
    return first_bytes(parts, PARAMETER_COUNT(parts));
}

row_checksum certificate_checksum(const store_pck *certificate)
{
    const assay_span parts[] = { SPAN(certificate->tcbm), certificate->certificate };
    return first_bytes(parts, PARAMETER_COUNT(parts));
}

assay_status checksum_check(const store_value *column, row_checksum wanted, const char *where,
                            assay_error *err)
{
    if (span_equal(column->bytes, SPAN(wanted.bytes)))
        return ASSAY_OK;
    return corrupt(err, where, "the checksum does not hold: the database was damaged");
}
