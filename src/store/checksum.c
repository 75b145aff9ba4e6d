/* checksum.c: a checksum in each item, record, platform, certificate and selection. A flipped bit
 * inside a value is nothing that SQLite sees, and what we would serve then, nobody has signed. */
#include "crypto/crypto.h"
#include "store/room.h"

enum { NUMBER_MAX = 8, PART_MAX = 6 };

static void put_u64(uint8_t *out, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(value >> (8 * i));
}

/* Over the numbers, the sizes of the parts, and the parts: no byte can move from one to the next.
 */
static row_checksum checksum_of(const uint64_t *numbers, size_t number_count,
                                const assay_span *parts, size_t part_count)
{
    uint8_t head[8 * (NUMBER_MAX + PART_MAX)];
    assay_span all[1 + PART_MAX];
    row_checksum checksum;
    for (size_t i = 0; i < number_count; i++)
        put_u64(head + 8 * i, numbers[i]);
    for (size_t i = 0; i < part_count; i++) {
        put_u64(head + 8 * (number_count + i), parts[i].size);
        all[1 + i] = parts[i];
    }
    all[0] = span_of(head, 8 * (number_count + part_count));
    const sha256_digest digest = sha256_of(all, 1 + part_count);
    memcpy(checksum.bytes, digest.bytes, CHECKSUM_SIZE);
    return checksum;
}

/* All but `fetched` and `version`, which change without the rest. */
row_checksum item_checksum(const store_item *item)
{
    const uint64_t numbers[] = { (uint64_t)item->issue_date, (uint64_t)item->next_update,
                                 item->evaluation_number };
    const assay_span parts[] = { SPAN_TEXT(item->key), SPAN_TEXT(item->chain), item->body };
    return checksum_of(numbers, PARAMETER_COUNT(numbers), parts, PARAMETER_COUNT(parts));
}

row_checksum record_checksum(const store_record *record)
{
    const assay_span parts[] = { SPAN_TEXT(record->kind), SPAN_TEXT(record->name), record->body };
    return checksum_of(NULL, 0, parts, PARAMETER_COUNT(parts));
}

row_checksum platform_checksum(const store_platform *platform)
{
    const uint64_t numbers[] = { platform->pce_id, platform->ca };
    const assay_span parts[] = { platform->qe_id, SPAN(platform->fmspc) };
    return checksum_of(numbers, PARAMETER_COUNT(numbers), parts, PARAMETER_COUNT(parts));
}

row_checksum certificate_checksum(assay_span qe_id, uint16_t pce_id, const store_pck *certificate)
{
    const uint64_t numbers[] = { pce_id };
    const assay_span parts[] = { qe_id, SPAN(certificate->tcbm), certificate->certificate };
    return checksum_of(numbers, PARAMETER_COUNT(numbers), parts, PARAMETER_COUNT(parts));
}

row_checksum selection_checksum(assay_span qe_id, uint16_t pce_id, const store_selection *selection)
{
    const uint64_t numbers[] = { pce_id, selection->pce_svn };
    const assay_span parts[] = { qe_id, SPAN(selection->cpu_svn), SPAN(selection->tcbm) };
    return checksum_of(numbers, PARAMETER_COUNT(numbers), parts, PARAMETER_COUNT(parts));
}

assay_status checksum_check(const store_value *column, row_checksum wanted, const char *where,
                            assay_error *err)
{
    if (span_equal(column->bytes, SPAN(wanted.bytes)))
        return ASSAY_OK;
    return corrupt(err, where, "the checksum does not hold: the database was damaged");
}
