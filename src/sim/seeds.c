/* seeds.c: small, deterministic seeds for the fuzz targets (fuzz/meson.build). */
#include "sim/vendor.h"

#include "assay/bundle.h"
#include "sim/certificates.h"
#include "sim/documents.h"
#include "sim/folder.h"

enum { SEED_OF_SEEDS = 1 };

/* Makes the content of one seed from a world and its artifacts. */
typedef assay_status (*seed_maker)(const sim_world *world, const sim_keyring *ring,
                                   const sim_artifacts *a, sim_bytes *out, assay_error *err);

#define SEED_OF_ARTIFACT(name, member)                                                             \
    static assay_status name(const sim_world *world, const sim_keyring *ring,                      \
                             const sim_artifacts *a, sim_bytes *out, assay_error *err)             \
    {                                                                                              \
        (void)world, (void)ring, (void)err;                                                        \
        bytes_add(out, bytes_span(&a->member));                                                    \
        return ASSAY_OK;                                                                           \
    }

SEED_OF_ARTIFACT(seed_quote, quote)
SEED_OF_ARTIFACT(seed_tcb_info, tcb_info)
SEED_OF_ARTIFACT(seed_identity, qe_identity)
SEED_OF_ARTIFACT(seed_root_crl, root_ca_crl)
SEED_OF_ARTIFACT(seed_pck_crl, pck_crl)
SEED_OF_ARTIFACT(seed_chain, pck_crl_issuer_chain)

static assay_status seed_report(const sim_world *world, const sim_keyring *ring,
                                const sim_artifacts *a, sim_bytes *out, assay_error *err)
{
    (void)ring, (void)a;
    if (sim_is_td(world))
        return sim_td_report_write(world, out, err);
    bytes_add(out, span_of(world->quote.body, SGX_REPORT_SIZE));
    return ASSAY_OK;
}

static assay_status seed_extension(const sim_world *world, const sim_keyring *ring,
                                   const sim_artifacts *a, sim_bytes *out, assay_error *err)
{
    (void)ring, (void)a, (void)err;
    der_writer w = { .out = out };
    sim_sgx_extension_write(&world->platform, world->ca, &w);
    return ASSAY_OK;
}

static assay_status seed_leaf(const sim_world *world, const sim_keyring *ring,
                              const sim_artifacts *a, sim_bytes *out, assay_error *err)
{
    (void)a;
    return sim_certificate_write(world, ring, SIM_LEAF, out, err);
}

static assay_status seed_root(const sim_world *world, const sim_keyring *ring,
                              const sim_artifacts *a, sim_bytes *out, assay_error *err)
{
    (void)a;
    return sim_certificate_write(world, ring, SIM_ROOT, out, err);
}

static assay_status seed_collateral(const sim_world *world, const sim_keyring *ring,
                                    const sim_artifacts *a, sim_bytes *out, assay_error *err)
{
    (void)world, (void)ring, (void)err;
    sim_collateral_json_write(a, out);
    return ASSAY_OK;
}

static assay_status seed_hex(const sim_world *world, const sim_keyring *ring,
                             const sim_artifacts *a, sim_bytes *out, assay_error *err)
{
    (void)world, (void)ring, (void)err;
    bytes_add_hex(out, span_slice(bytes_span(&a->quote), 0, 700), hex_lower);
    return ASSAY_OK;
}

static assay_status seed_numbers(const sim_world *world, const sim_keyring *ring,
                                 const sim_artifacts *a, sim_bytes *out, assay_error *err)
{
    (void)a;
    sim_document document = world->tcb_info.document;
    document.version = 1;
    return sim_evaluation_numbers_write(&document, ring, out, err);
}

/* Judged under Intel's root alone, as the fuzz target replays it: refused, and so recorded. */
static assay_status seed_bundle(const sim_world *world, const sim_keyring *ring,
                                const sim_artifacts *a, sim_bytes *out, assay_error *err)
{
    (void)ring;
    char *text = NULL;
    assay_collateral *collateral;
    assay_collateral_items items = sim_artifacts_items(a);
    assay_verify_options options = { .now = world->now };
    TRY(assay_collateral_new(&items, NULL, &collateral, err));
    assay_status status =
        assay_bundle_create(bytes_span(&a->quote), collateral, &options, &text, err);
    if (status == ASSAY_OK)
        bytes_add_text(out, text);
    assay_text_free(text);
    assay_collateral_unref(collateral);
    return status;
}

static const struct {
    const char *target;
    const char *name;
    const char *profile;
    const char *fault; /* NULL: none */
    seed_maker make;
} seed_rows[] = {
    { "quote", "sim_v4_tdx", "tdx-v4", NULL, seed_quote },
    { "quote", "sim_v5_type_3", "tdx-v5", NULL, seed_quote },
    { "quote", "sim_v5_type_4_ppid", "tdx-v5-extended", "12a-certification-type-1", seed_quote },
    { "report", "sim_sgx", "sgx-v3", NULL, seed_report },
    { "report", "sim_td", "tdx-v5", NULL, seed_report },
    { "tcb_info", "sim_sgx", "sgx-v3", NULL, seed_tcb_info },
    { "tcb_info", "sim_tdx", "tdx-v4", NULL, seed_tcb_info },
    { "tcb_info", "sim_v2", "sgx-v3", "74b-v2-for-sgx", seed_tcb_info },
    { "identity", "sim_qe", "sgx-v3", NULL, seed_identity },
    { "identity", "sim_td_qe", "tdx-v4", NULL, seed_identity },
    { "numbers", "sim_sgx", "sgx-v3", NULL, seed_numbers },
    { "numbers", "sim_tdx", "tdx-v4", NULL, seed_numbers },
    { "pck", "sim_processor", "sgx-v3-processor", NULL, seed_extension },
    { "pck", "sim_platform", "tdx-v4", NULL, seed_extension },
    { "cert", "sim_leaf", "tdx-v4", NULL, seed_leaf },
    { "cert", "sim_leaf_processor", "sgx-v3-processor", NULL, seed_leaf },
    { "cert", "sim_root", "tdx-v4", NULL, seed_root },
    { "x509_differential", "sim_leaf", "tdx-v4", NULL, seed_leaf },
    { "x509_differential", "sim_root", "tdx-v4", NULL, seed_root },
    { "x509_differential", "sim_pck_crl", "tdx-v4", NULL, seed_pck_crl },
    { "crl", "sim_root", "tdx-v4", NULL, seed_root_crl },
    { "crl", "sim_pck", "tdx-v4", "50a-leaf-revoked", seed_pck_crl },
    { "crl", "sim_delta", "tdx-v4", "55f-crl-delta", seed_pck_crl },
    { "pem", "sim_chain", "tdx-v4", NULL, seed_chain },
    { "decode", "sim_hex", "sgx-v3", NULL, seed_hex },
    { "collateral", "sim_tdx", "tdx-v4", NULL, seed_collateral },
    { "verify", "sim_genuine", "tdx-v5", NULL, seed_quote },
    { "verify", "sim_other_chain", "tdx-v5", "24-chain-of-another-platform", seed_quote },
    { "bundle", "sim_sgx", "sgx-v3-processor", NULL, seed_bundle },
    { "inspect", "sim_quote", "tdx-v5", NULL, seed_quote },
    { "inspect", "sim_report", "tdx-v4", NULL, seed_report },
    { "inspect", "sim_chain", "tdx-v4", NULL, seed_chain },
    { "inspect", "sim_crl", "tdx-v4", NULL, seed_pck_crl },
};

static assay_status make_seed(const char *profile, const char *fault_name, seed_maker make,
                              sim_bytes *out, assay_error *err)
{
    sim_world world;
    sim_keyring ring;
    sim_artifacts artifacts = { .quote = { .data = NULL } };
    const sim_fault *fault = fault_name != NULL ? sim_fault_find(fault_name) : NULL;
    sim_world_init(&world, sim_profile_find(profile), SEED_OF_SEEDS, SIM_DEFAULT_NOW,
                   SIM_DEFAULT_DAYS);
    if (fault != NULL)
        sim_fault_change_world(fault, &world);
    TRY(sim_keyring_derive(world.seed, &ring, err));
    assay_status status = sim_build(&world, &artifacts, err);
    if (status == ASSAY_OK && fault != NULL)
        sim_fault_change_built(fault, &artifacts);
    if (status == ASSAY_OK)
        status = make(&world, &ring, &artifacts, out, err);
    sim_artifacts_free(&artifacts);
    return status;
}

assay_status sim_vendor_seeds(const char *folder, assay_error *err)
{
    for (size_t i = 0; i < sizeof(seed_rows) / sizeof(seed_rows[0]); i++) {
        sim_bytes target = { 0 }, content = { 0 };
        bytes_add_format(&target, "%s/%s", folder, seed_rows[i].target);
        bytes_add_u8(&target, 0);
        assay_status status = ASSAY_NO_MEMORY;
        if (!target.failed)
            status = make_seed(seed_rows[i].profile, seed_rows[i].fault, seed_rows[i].make,
                               &content, err);
        if (status == ASSAY_OK)
            status = folder_make((const char *)target.data, err);
        if (status == ASSAY_OK)
            status = folder_write((const char *)target.data, seed_rows[i].name,
                                  bytes_span(&content), err);
        bytes_free(&target);
        bytes_free(&content);
        TRY(status);
    }
    return ASSAY_OK;
}
