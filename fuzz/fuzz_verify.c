/* fuzz_verify.c: any bytes as a quote, against the collateral of a simulated platform, with a
 * verifier that remembers the genuine one. Nothing but the genuine content is ever accepted, with
 * memory or without. */
#include <stdlib.h>

#include "assay/verify.h"
#include "sim/build.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct scene {
    sim_artifacts artifacts;
    assay_collateral *collateral;
    assay_verifier *verifier;
    assay_verify_options options;
    assay_verdict genuine;
} scene;

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void scene_make(scene *s)
{
    sim_world world;
    assay_roots roots = { 0 };
    sim_world_init(&world, sim_profile_find("tdx-v5"), 1, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    must(sim_build(&world, &s->artifacts, NULL) == ASSAY_OK);
    must(assay_roots_add(&roots, bytes_span(&s->artifacts.root), NULL) == ASSAY_OK);
    assay_collateral_items items = sim_artifacts_items(&s->artifacts);
    must(assay_collateral_new(&items, &roots, &s->collateral, NULL) == ASSAY_OK);
    must(assay_verifier_new(32, &s->verifier, NULL) == ASSAY_OK);
    s->options.now = world.now;
    must(assay_verify(s->verifier, bytes_span(&s->artifacts.quote), s->collateral, &s->options,
                      &s->genuine, NULL) == ASSAY_OK);
    must(s->genuine.accepted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static scene s; /* made once: the fuzzer calls this a million times */
    static assay_verdict remembered, fresh;
    if (s.collateral == NULL)
        scene_make(&s);
    assay_error first = { 0 }, second = { 0 };
    const assay_span quote = { data, size };
    assay_status status =
        assay_verify(s.verifier, quote, s.collateral, &s.options, &remembered, &first);
    must(status == assay_verify(NULL, quote, s.collateral, &s.options, &fresh, &second));
    must(first.code == second.code && first.qvl == second.qvl);
    must(status == ASSAY_OK || (first.code != 0 && first.detail[0] != '\0'));
    if (status != ASSAY_OK)
        return 0;
    must(remembered.accepted == fresh.accepted && remembered.tcb_status == fresh.tcb_status);
    if (fresh.accepted)
        must(memcmp(fresh.report, s.genuine.report, sizeof(fresh.report)) == 0 &&
             memcmp(&fresh.platform, &s.genuine.platform, sizeof(fresh.platform)) == 0);
    return 0;
}
