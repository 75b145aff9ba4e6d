/* quote.c: quotes of versions 3, 4 and 5, and TD reports. verification.md 1; guest.md 5. */
#include "sim/build.h"

#include "sim/certificates.h"

/* What stands in the quote as attestation key. */
static void attestation_xy(const sim_quote *quote, const sim_keyring *ring, uint8_t out[64])
{
    memcpy(out, ring->keys[quote->attestation_key].point + 1, 64);
    if (quote->has_point)
        memcpy(out, quote->point, 64);
}

static void bind_key(const sim_quote *quote, const sim_keyring *ring, const uint8_t xy[64],
                     uint8_t qe_report[SGX_REPORT_SIZE])
{
    const uint8_t *bound =
        quote->bound_key == SIM_KEY_NONE ? xy : ring->keys[quote->bound_key].point + 1;
    assay_span parts[] = { { bound, 64 }, { quote->qe_auth_data, quote->qe_auth_size } };
    sha256_digest digest = sha256_of(parts, 2);
    memcpy(qe_report + SGX_REPORT_REPORT_DATA_OFFSET, digest.bytes, SHA256_SIZE);
}

/* Types 1 to 3: a PPID, plain or encrypted, and the TCB (1.6). */
static void put_ppid_data(const sim_world *world, sim_bytes *out)
{
    static const size_t ppid_sizes[] = { 0, 16, 256, 384 };
    uint8_t ppid[384];
    const sim_platform *p = &world->platform;
    sim_random(world->seed, "encrypted ppid", ppid, sizeof(ppid));
    if (world->quote.certification_type == ASSAY_CERTIFICATION_PPID)
        memcpy(ppid, p->ppid, sizeof(p->ppid));
    bytes_add(out, span_of(ppid, ppid_sizes[world->quote.certification_type]));
    bytes_add(out, SPAN(p->cpu_svn));
    bytes_add_u16le(out, (uint16_t)p->pce_svn);
    bytes_add(out, SPAN(p->pce_id));
}

static assay_status put_certification(const sim_world *world, const sim_keyring *ring,
                                      sim_bytes *out, sim_quote_map *map, assay_error *err)
{
    const sim_quote *quote = &world->quote;
    sim_bytes data = { 0 };
    sim_chain chain = quote->chain;
    assay_status status = ASSAY_OK;
    if (quote->certification_type == ASSAY_CERTIFICATION_PCK_LEAF)
        chain.count = 1;
    if (quote->certification_type >= ASSAY_CERTIFICATION_PPID &&
        quote->certification_type <= ASSAY_CERTIFICATION_PPID_RSA_3072)
        put_ppid_data(world, &data);
    else
        status = sim_chain_write(world, ring, &chain, &data, err);
    map->certification_type = out->size;
    bytes_add_u16le(out, quote->certification_type);
    bytes_add_u32le(out, (uint32_t)data.size);
    map->certification_data = out->size;
    bytes_add(out, bytes_span(&data));
    out->failed |= data.failed;
    bytes_free(&data);
    return status;
}

/* QE report, its signature, QE auth data, certification data. */
static assay_status put_qe_part(const sim_world *world, const sim_keyring *ring,
                                const uint8_t xy[64], sim_bytes *out, sim_quote_map *map,
                                assay_error *err)
{
    const sim_quote *quote = &world->quote;
    uint8_t report[SGX_REPORT_SIZE], signature[P256_SIGNATURE_SIZE];
    memcpy(report, quote->qe_report, sizeof(report));
    bind_key(quote, ring, xy, report);
    TRY(sim_sign(ring, quote->qe_signing_key, SPAN(report), signature, err));
    map->qe_report = out->size;
    bytes_add(out, SPAN(report));
    map->qe_signature = out->size;
    bytes_add(out, SPAN(signature));
    map->qe_auth_size = out->size;
    bytes_add_u16le(out, (uint16_t)quote->qe_auth_size);
    map->qe_auth_data = out->size;
    bytes_add(out, span_of(quote->qe_auth_data, quote->qe_auth_size));
    return put_certification(world, ring, out, map, err);
}

/* The length at `at` counts what has been written behind it. */
static void close_size(sim_bytes *out, size_t at)
{
    if (!out->failed)
        store_u32le(out->data + at, (uint32_t)(out->size - at - 4));
}

static void put_signed_part(const sim_quote *quote, sim_bytes *out, sim_quote_map *map)
{
    bytes_add(out, SPAN(quote->header));
    if (load_u16le(quote->header) == 5) {
        bytes_add_u16le(out, quote->body_type);
        bytes_add_u32le(out, quote->descriptor_size);
    }
    map->body = out->size;
    bytes_add(out, span_of(quote->body, quote->body_layout->size));
}

assay_status sim_quote_write(const sim_world *world, const sim_keyring *ring, sim_bytes *out,
                             sim_quote_map *map, assay_error *err)
{
    const sim_quote *quote = &world->quote;
    bool nested = load_u16le(quote->header) != 3;
    uint8_t signature[P256_SIGNATURE_SIZE], xy[64];
    attestation_xy(quote, ring, xy);
    put_signed_part(quote, out, map);
    TRY(sim_sign(ring, quote->attestation_key, bytes_span(out), signature, err));
    map->auth_size = out->size;
    bytes_add_u32le(out, 0);
    map->signature = out->size;
    bytes_add(out, SPAN(signature));
    map->attestation_key = out->size;
    bytes_add(out, SPAN(xy));
    if (nested) {
        map->outer_type = out->size;
        bytes_add_u16le(out, quote->outer_type);
        bytes_add_u32le(out, 0);
    }
    TRY(put_qe_part(world, ring, xy, out, map, err));
    close_size(out, map->auth_size);
    if (nested)
        close_size(out, map->outer_type + 2);
    return ASSAY_OK;
}

/* Fields that a TDREPORT and a TD body share by name. */
static void copy_fields(const assay_layout *from, const uint8_t *body, uint8_t *report)
{
    for (size_t i = 0; i < from->field_count; i++) {
        const assay_field *field = &from->fields[i];
        const assay_field *to = assay_layout_find(&assay_layout_tdreport, field->name);
        if (to != NULL && to->size == field->size)
            memcpy(report + to->offset, body + field->offset, field->size);
    }
}

assay_status sim_td_report_write(const sim_world *world, sim_bytes *out, assay_error *err)
{
    uint8_t report[TDREPORT_SIZE] = { 0x81 };
    if (!sim_is_td(world))
        return fail(err, ASSAY_USAGE, "report", ASSAY_NO_OFFSET,
                    "an SGX enclave has no TDREPORT; choose a tdx profile");
    report[TDREPORT_VERSION_OFFSET] = 1;
    memcpy(report + TDREPORT_CPUSVN_OFFSET, world->platform.cpu_svn, 16);
    sim_random(world->seed, "tdreport mac", report + TDREPORT_MAC_OFFSET, TDREPORT_MAC_SIZE);
    copy_fields(world->quote.body_layout, world->quote.body, report);
    store_u64le(report + TDREPORT_TEE_TCB_INFO_VALID_OFFSET, 0x301ff);
    sha384(span_of(report + TDREPORT_TEE_TCB_INFO_OFFSET, TDREPORT_TEE_TCB_INFO_SIZE),
           report + TDREPORT_TEE_TCB_INFO_HASH_OFFSET);
    sha384(span_of(report + TDREPORT_TD_INFO_OFFSET, TDREPORT_TD_INFO_SIZE),
           report + TDREPORT_TEE_INFO_HASH_OFFSET);
    bytes_add(out, SPAN(report));
    return ASSAY_OK;
}
