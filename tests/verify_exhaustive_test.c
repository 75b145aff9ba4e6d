/* verify_exhaustive_test.c: one quote of each version, changed in every bit and cut at every
 * length. No change may give an accepted verdict with other content; every cut gives a clean error.
 */
#include <stdlib.h>

#include "assay/verify.h"
#include "sim/build.h"
#include "support.h"

static const char *const profiles[] = { "sgx-v3", "tdx-v4", "tdx-v5" };

typedef struct scene {
    sim_world world;
    sim_artifacts artifacts;
    assay_roots roots;
    assay_collateral *collateral;
    assay_verify_options options;
    assay_verdict genuine;
    uint8_t *changed; /* a copy of the quote, exactly as large: ASan sees a read beyond it */
    size_t size;
} scene;

static void scene_make(scene *s, const char *profile)
{
    *s = (scene) { 0 };
    sim_world_init(&s->world, sim_profile_find(profile), 7, 1751624924, 30);
    assert_int_equal(sim_build(&s->world, &s->artifacts, NULL), ASSAY_OK);
    const assay_span root = bytes_span(&s->artifacts.root);
    assert_int_equal(assay_roots_add(&s->roots, root, NULL), ASSAY_OK);
    assay_collateral_items items = sim_artifacts_items(&s->artifacts);
    assert_int_equal(assay_collateral_new(&items, &s->roots, &s->collateral, NULL), ASSAY_OK);
    s->options.now = s->world.now;
    const assay_span quote = bytes_span(&s->artifacts.quote);
    s->size = quote.size;
    s->changed = malloc(quote.size);
    assert_non_null(s->changed);
    memcpy(s->changed, quote.data, quote.size);
    assert_int_equal(assay_verify(NULL, quote, s->collateral, &s->options, &s->genuine, NULL),
                     ASSAY_OK);
    assert_true(s->genuine.accepted);
}

static void scene_free(scene *s)
{
    assay_verdict_clear(&s->genuine);
    assay_collateral_unref(s->collateral);
    sim_artifacts_free(&s->artifacts);
    free(s->changed);
}

/* What an accepted verdict claims about the machine is what the genuine one claims. */
static bool same_content(const assay_verdict *a, const assay_verdict *b)
{
    return a->tee == b->tee && a->quote_version == b->quote_version &&
           a->tcb_status == b->tcb_status && a->report_layout == b->report_layout &&
           memcmp(a->report, b->report, sizeof(a->report)) == 0 &&
           memcmp(a->qe_report, b->qe_report, sizeof(a->qe_report)) == 0 &&
           memcmp(&a->platform, &b->platform, sizeof(a->platform)) == 0;
}

/* Accepted although changed: the same content, and no memory made it so. */
static void accepted_check(const scene *s, const assay_verdict *verdict, size_t bit)
{
    if (!same_content(verdict, &s->genuine))
        test_fail("bit %zu of byte %zu: accepted with other content", bit % 8, bit / 8);
    assay_status status =
        assay_check(span_of(s->changed, s->size), s->collateral, &s->options, NULL, NULL);
    if (status != ASSAY_OK)
        test_fail("bit %zu of byte %zu: accepted from memory alone", bit % 8, bit / 8);
}

/* White space of the PEM chain may turn into other white space: accepted, with the same content. */
static void flip_every_bit(scene *s, assay_verifier *verifier, size_t stride)
{
    assay_verdict verdict = { 0 };
    assert_int_equal(assay_verify(verifier, span_of(s->changed, s->size), s->collateral,
                                  &s->options, &verdict, NULL),
                     ASSAY_OK); /* remembered from here on */
    for (size_t bit = 0; bit < s->size * 8; bit += stride) {
        assay_error error;
        s->changed[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assay_status status = assay_verify(verifier, span_of(s->changed, s->size), s->collateral,
                                           &s->options, &verdict, &error);
        if (status == ASSAY_OK && verdict.accepted)
            accepted_check(s, &verdict, bit);
        if (status != ASSAY_OK && (error.where[0] == '\0' || error.detail[0] == '\0'))
            test_fail("bit %zu of byte %zu: an error that says nothing", bit % 8, bit / 8);
        s->changed[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assay_verdict_clear(&verdict);
}

static void no_bit_can_be_changed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(profiles); i++) {
        scene s;
        assay_verifier *verifier;
        scene_make(&s, profiles[i]);
        assert_int_equal(assay_verifier_new(64, &verifier, NULL), ASSAY_OK);
        flip_every_bit(&s, verifier, 1);
        flip_every_bit(&s, NULL, 11);
        assay_verifier_free(verifier);
        scene_free(&s);
    }
}

static void every_cut_is_a_clean_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(profiles); i++) {
        scene s;
        scene_make(&s, profiles[i]);
        assay_verdict verdict = { 0 };
        for (size_t size = 0; size < s.size; size++) {
            assay_error error;
            uint8_t *cut = malloc(size + 1);
            assert_non_null(cut);
            memcpy(cut + 1, s.changed, size);
            assay_status status = assay_verify(NULL, span_of(cut + 1, size), s.collateral,
                                               &s.options, &verdict, &error);
            free(cut);
            if (status == ASSAY_OK || error.code == 0 || error.detail[0] == '\0')
                test_fail("%s cut at %zu: status %d code %x", profiles[i], size, status,
                          error.code);
            if (size < 1020)
                assert_int_equal(error.code, 0xE002);
        }
        scene_free(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_bit_can_be_changed),
        cmocka_unit_test(every_cut_is_a_clean_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
