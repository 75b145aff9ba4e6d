/* fetch_collect_test.c: what a quote needs, and the whole set (src/fetch/collect.c). */
#include <stdlib.h>

#include "fetch_scene.h"
#include "sim/build.h"

enum { SEED = 9, URL_MAX = 600 };

static void make(const char *profile, sim_artifacts *out)
{
    sim_world world;
    *out = (sim_artifacts) { 0 };
    sim_world_init(&world, sim_profile_find(profile), SEED, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    assert_int_equal(sim_build(&world, out, NULL), ASSAY_OK);
}

static void quotes_say_what_they_need(void **state)
{
    (void)state;
    static const struct {
        const char *profile;
        assay_tee tee;
    } rows[] = { { "sgx-v3", ASSAY_TEE_SGX },
                 { "tdx-v4", ASSAY_TEE_TDX },
                 { "tdx-v5", ASSAY_TEE_TDX } };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        sim_artifacts artifacts;
        assay_collateral_order order;
        assay_quote quote;
        assay_error error = { 0 };
        make(rows[i].profile, &artifacts);
        const assay_span bytes = bytes_span(&artifacts.quote);
        assert_row(rows[i].profile, assay_collateral_order_of_quote(bytes, &order, &error),
                   ASSAY_OK);
        assert_row(rows[i].profile, order.tee, rows[i].tee);
        assert_true(order.ca == ASSAY_CA_PLATFORM || order.ca == ASSAY_CA_PROCESSOR);
        assert_false(span_is_zero(SPAN(order.fmspc)));
        assert_int_equal(assay_quote_parse(bytes, &quote, NULL), ASSAY_OK);
        assay_collateral_order by_chain;
        assert_int_equal(
            assay_collateral_order_of_chain(quote.certification_data, quote.tee, &by_chain, NULL),
            ASSAY_OK);
        assert_memory_equal(&by_chain, &order, sizeof(order));
        sim_artifacts_free(&artifacts);
    }
}

static void what_is_no_quote_needs_nothing(void **state)
{
    (void)state;
    sim_artifacts artifacts;
    assay_collateral_order order;
    assay_error error = { 0 };
    assert_int_not_equal(assay_collateral_order_of_quote(SPAN_TEXT("none"), &order, &error),
                         ASSAY_OK);
    make("tdx-v4", &artifacts);
    assert_int_equal(assay_collateral_order_of_chain(bytes_span(&artifacts.tcb_info_issuer_chain),
                                                     ASSAY_TEE_TDX, &order, &error),
                     ASSAY_MALFORMED);
    assert_int_equal(
        assay_collateral_order_of_chain(SPAN_TEXT("none"), ASSAY_TEE_TDX, &order, NULL),
        ASSAY_MALFORMED);
    sim_artifacts_free(&artifacts);
}

/* ---- The set ---- */

/* "Name: chain", the lines of the chain escaped. */
static char *chain_header(const char *name, assay_span chain)
{
    const size_t capacity = strlen(name) + 3 * chain.size + 8;
    char *out = calloc(1, capacity);
    size_t used = (size_t)snprintf(out, capacity, "%s: ", name);
    for (size_t i = 0; i < chain.size; i++) {
        if (chain.data[i] == '\n')
            memcpy(out + used, "%0A", 3);
        else
            out[used] = (char)chain.data[i];
        used += chain.data[i] == '\n' ? 3 : 1;
    }
    memcpy(out + used, "\r\n", 3);
    return out;
}

static char *hex_of(assay_span bytes)
{
    char *out = calloc(1, 2 * bytes.size + 1);
    assay_hex_encode(bytes, out);
    return out;
}

static char *text_of(assay_span bytes)
{
    char *out = calloc(1, bytes.size + 1);
    memcpy(out, bytes.data, bytes.size);
    return out;
}

enum { TEXTS = 7 };

typedef struct pccs {
    sim_artifacts artifacts;
    char *texts[TEXTS];
    scripted_reply replies[4];
} pccs;

/* As Intel's PCCS of API 3.0 answers: CRLs in hex. */
static void pccs_make(pccs *p)
{
    make("tdx-v4", &p->artifacts);
    const sim_artifacts *a = &p->artifacts;
    p->texts[0] = chain_header("SGX-PCK-CRL-Issuer-Chain", bytes_span(&a->pck_crl_issuer_chain));
    p->texts[1] = hex_of(bytes_span(&a->pck_crl));
    p->texts[2] = hex_of(bytes_span(&a->root_ca_crl));
    p->texts[3] = chain_header("TCB-Info-Issuer-Chain", bytes_span(&a->tcb_info_issuer_chain));
    p->texts[4] = text_of(bytes_span(&a->tcb_info));
    p->texts[5] =
        chain_header("SGX-Enclave-Identity-Issuer-Chain", bytes_span(&a->qe_identity_issuer_chain));
    p->texts[6] = text_of(bytes_span(&a->qe_identity));
    p->replies[0] = (scripted_reply) { .path = "/sgx/certification/v4/pckcrl?",
                                       .headers = p->texts[0],
                                       .body = p->texts[1] };
    p->replies[1] =
        (scripted_reply) { .path = "/sgx/certification/v4/rootcacrl", .body = p->texts[2] };
    p->replies[2] = (scripted_reply) { .path = "/tdx/certification/v4/tcb?",
                                       .headers = p->texts[3],
                                       .body = p->texts[4] };
    p->replies[3] = (scripted_reply) { .path = "/tdx/certification/v4/qe/identity?",
                                       .headers = p->texts[5],
                                       .body = p->texts[6] };
}

static void pccs_free(pccs *p)
{
    sim_artifacts_free(&p->artifacts);
    for (size_t i = 0; i < TEXTS; i++)
        free(p->texts[i]);
}

static void note_item(void *context, const char *what, const char *url)
{
    char *told = context;
    assert_int_equal(strncmp(url, "http://127.0.0.1:", 17), 0);
    strncat(told, what, URL_MAX - strlen(told) - 1);
    strncat(told, " ", URL_MAX - strlen(told) - 1);
}

static void the_whole_set_is_as_the_vendor_signed_it(void **state)
{
    (void)state;
    pccs p;
    assay_roots roots = { .count = 0 };
    assay_collateral_order order;
    assay_collateral *collateral = NULL;
    char told[URL_MAX] = "";
    pccs_make(&p);
    scene s = scene_of(p.replies, COUNT_OF(p.replies));
    assert_int_equal(assay_fetcher_new(&s.config, &s.fetcher, NULL), ASSAY_OK);
    assert_int_equal(assay_roots_add(&roots, bytes_span(&p.artifacts.root), NULL), ASSAY_OK);
    assert_int_equal(assay_collateral_order_of_quote(bytes_span(&p.artifacts.quote), &order, NULL),
                     ASSAY_OK);
    assert_int_equal(
        assay_fetch_collateral(s.fetcher, &order, &roots, note_item, told, &collateral, &s.error),
        ASSAY_OK);
    assert_string_equal(told, "pck_crl root_ca_crl tcb_info qe_identity ");
    assert_int_equal(assay_collateral_check(collateral, &s.error), ASSAY_OK);
    const assay_collateral_items *items = assay_collateral_items_of(collateral);
    assert_true(span_equal(items->tcb_info, bytes_span(&p.artifacts.tcb_info)));
    assert_true(span_equal(items->qe_identity, bytes_span(&p.artifacts.qe_identity)));
    assert_true(span_equal(items->root_ca_crl, bytes_span(&p.artifacts.root_ca_crl)));
    assay_collateral_unref(collateral);
    scene_end(&s);
    pccs_free(&p);
}

static void a_failure_names_its_item(void **state)
{
    (void)state;
    pccs p;
    const assay_collateral_order order = { .tee = ASSAY_TEE_TDX, .ca = ASSAY_CA_PLATFORM };
    assay_collateral *collateral = NULL;
    static const char *const names[] = { "pck_crl", "root_ca_crl", "tcb_info", "qe_identity" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        pccs_make(&p);
        p.replies[i].code = 404;
        scene s = scene_of(p.replies, COUNT_OF(p.replies));
        assert_int_equal(assay_fetcher_new(&s.config, &s.fetcher, NULL), ASSAY_OK);
        const assay_status status =
            assay_fetch_collateral(s.fetcher, &order, NULL, NULL, NULL, &collateral, &s.error);
        assert_failed(names[i], &s, status, "fetch_not_found");
        assert_int_equal(strncmp(s.error.where, names[i], strlen(names[i])), 0);
        assert_non_null(strstr(s.error.where, " http://127.0.0.1:"));
        assert_null(collateral);
        scene_end(&s);
        pccs_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_say_what_they_need),
        cmocka_unit_test(what_is_no_quote_needs_nothing),
        cmocka_unit_test(the_whole_set_is_as_the_vendor_signed_it),
        cmocka_unit_test(a_failure_names_its_item),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
