/* pcs_vendor.c: what the simulated vendor makes once: fleet, chains, roots. verification.md 2. */
#include "sim/certificates.h"
#include "sim/pcs.h"

static const sim_certificate_id chain_rows[PCS_CHAIN_COUNT][2] = {
    [PCS_CHAIN_SIGNER] = { SIM_SIGNER, SIM_FOREIGN_SIGNER },
    [PCS_CHAIN_PROCESSOR] = { SIM_PROCESSOR_CA, SIM_PROCESSOR_CA },
    [PCS_CHAIN_PLATFORM] = { SIM_PLATFORM_CA, SIM_PLATFORM_CA },
};

static assay_status make_chain(const sim_fleet *fleet, sim_certificate_id first,
                               sim_certificate_id root, sim_bytes *out, assay_error *err)
{
    sim_bytes text = { 0 };
    const sim_chain chain = { .certificates = { first, root }, .count = 2 };
    assay_status status = sim_chain_write(&fleet->worlds[0], &fleet->ring, &chain, &text, err);
    bytes_add_percent_encoded(out, bytes_span(&text));
    out->failed |= text.failed;
    bytes_free(&text);
    return status;
}

static assay_status make_chains(const sim_fleet *fleet, pcs_chains *out, assay_error *err)
{
    const sim_chain root = { .certificates = { SIM_ROOT }, .count = 1 };
    bool failed = false;
    for (size_t i = 0; i < PCS_CHAIN_COUNT; i++) {
        TRY(make_chain(fleet, chain_rows[i][0], SIM_ROOT, &out->genuine[i], err));
        TRY(make_chain(fleet, chain_rows[i][1], SIM_FOREIGN_ROOT, &out->foreign[i], err));
        failed |= out->genuine[i].failed | out->foreign[i].failed;
    }
    TRY(sim_chain_write(&fleet->worlds[0], &fleet->ring, &root, &out->root, err));
    if (failed || out->root.failed)
        return fail(err, ASSAY_NO_MEMORY, "simulator", ASSAY_NO_OFFSET, "no memory for chains");
    return ASSAY_OK;
}

assay_status pcs_vendor_init(pcs_vendor *vendor, uint64_t seed, int64_t begin, unsigned days,
                             uint64_t platforms, assay_error *err)
{
    memset(vendor, 0, sizeof(*vendor));
    vendor->begin = begin;
    vendor->days = days;
    sim_kds_init(&vendor->kds, seed, begin);
    TRY(fleet_init(&vendor->fleet, seed, begin, days, platforms, err));
    return make_chains(&vendor->fleet, &vendor->chains, err);
}

void pcs_vendor_free(pcs_vendor *vendor)
{
    for (size_t i = 0; i < PCS_CHAIN_COUNT; i++) {
        bytes_free(&vendor->chains.genuine[i]);
        bytes_free(&vendor->chains.foreign[i]);
    }
    bytes_free(&vendor->chains.root);
    sim_kds_free(&vendor->kds);
}
