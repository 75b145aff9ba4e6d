/* platforms.c: one simulated vendor, and platforms that differ in keys, serial numbers and reports.
 */
#include "platforms.h"

#include "bench.h"
#include "sim/build.h"

enum { VENDOR_SEED = 1, FIRST_PLATFORM_SEED = 1000, VALID_DAYS = 30, TCB_INFO_SIZE = 5500 };

static const sim_profile *profile_chosen(void)
{
    const sim_profile *profile = sim_profile_find("tdx-v4");
    if (profile == NULL)
        bench_die("finding the simulator's profile tdx-v4");
    return profile;
}

/* Drops the oldest TCB levels until the TCB info is as long as the median of real ones. */
static void tcb_info_shorten(sim_world *world)
{
    sim_artifacts made = { 0 };
    while (sim_build(world, &made, NULL) == ASSAY_OK && made.tcb_info.size > TCB_INFO_SIZE) {
        sim_artifacts_free(&made);
        made = (sim_artifacts) { 0 };
        world->tcb_info.level_count--;
    }
    sim_artifacts_free(&made);
}

static void vendor_make(const sim_profile *profile, platforms *out)
{
    static sim_artifacts made; /* the items are views into it */
    static sim_world world;
    assay_error error;
    sim_world_init(&world, profile, VENDOR_SEED, SIM_DEFAULT_NOW, VALID_DAYS);
    tcb_info_shorten(&world);
    if (sim_build(&world, &made, &error) != ASSAY_OK ||
        assay_roots_add(&out->roots, bytes_span(&made.root), &error) != ASSAY_OK)
        bench_die(error.detail);
    out->items = sim_artifacts_items(&made);
    out->root_pem = bytes_span(&made.root);
    out->now = SIM_DEFAULT_NOW;
}

/* A quote of another platform: its own PCK and attestation keys, under the vendor's CAs. */
static assay_span quote_make(const sim_profile *profile, const sim_keyring *vendor, uint64_t seed)
{
    static sim_world world;
    sim_keyring own, ring = *vendor;
    sim_bytes quote = { 0 };
    sim_quote_map map = { 0 };
    assay_error error;
    sim_world_init(&world, profile, seed, SIM_DEFAULT_NOW, VALID_DAYS);
    if (sim_keyring_derive(seed, &own, &error) != ASSAY_OK)
        bench_die(error.detail);
    ring.keys[SIM_KEY_LEAF] = own.keys[SIM_KEY_LEAF];
    ring.keys[SIM_KEY_ATTESTATION] = own.keys[SIM_KEY_ATTESTATION];
    if (sim_quote_write(&world, &ring, &quote, &map, &error) != ASSAY_OK || quote.failed)
        bench_die("making a quote");
    return bytes_span(&quote);
}

const platforms *platforms_made(void)
{
    static platforms out;
    const sim_profile *profile = profile_chosen();
    sim_keyring vendor;
    vendor_make(profile, &out);
    if (sim_keyring_derive(VENDOR_SEED, &vendor, NULL) != ASSAY_OK)
        bench_die("deriving the vendor's keys");
    for (size_t i = 0; i < PLATFORM_COUNT; i++)
        out.quotes[i] = quote_make(profile, &vendor, FIRST_PLATFORM_SEED + i);
    return &out;
}
