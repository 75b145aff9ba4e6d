/* sim_vendor_test.c: what the simulated vendor makes (src/sim/): the same bytes for the same seed,
 * and such that OpenSSL and our own parsers take it for genuine. */
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "collateral/documents.h"
#include "sim/build.h"
#include "sim/documents.h"
#include "sim/faults.h"
#include "sim/settings.h"
#include "support.h"
#include "wire/pem.h"

static void build_profile(const sim_profile *profile, uint64_t seed, sim_world *world,
                          sim_artifacts *out)
{
    memset(out, 0, sizeof(*out));
    sim_world_init(world, profile, seed, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    assert_row(profile->name, sim_build(world, out, NULL), ASSAY_OK);
}

static void seeds_decide_every_byte(void **state)
{
    (void)state;
    for (const sim_profile *profile = sim_profiles; profile->name != NULL; profile++) {
        sim_world world;
        sim_artifacts a, same, other;
        build_profile(profile, 1, &world, &a);
        build_profile(profile, 1, &world, &same);
        build_profile(profile, 2, &world, &other);
        const sim_bytes *ours[] = { &a.quote,       &a.tcb_info, &a.qe_identity,
                                    &a.root_ca_crl, &a.pck_crl,  &a.pck_crl_issuer_chain,
                                    &a.root };
        const sim_bytes *again[] = { &same.quote,       &same.tcb_info, &same.qe_identity,
                                     &same.root_ca_crl, &same.pck_crl,  &same.pck_crl_issuer_chain,
                                     &same.root };
        const sim_bytes *others[] = { &other.quote,       &other.tcb_info,
                                      &other.qe_identity, &other.root_ca_crl,
                                      &other.pck_crl,     &other.pck_crl_issuer_chain,
                                      &other.root };
        for (size_t i = 0; i < COUNT_OF(ours); i++) {
            assert_row(profile->name, span_equal(bytes_span(ours[i]), bytes_span(again[i])), true);
            assert_row(profile->name, span_equal(bytes_span(ours[i]), bytes_span(others[i])),
                       false);
        }
        sim_artifacts_free(&a);
        sim_artifacts_free(&same);
        sim_artifacts_free(&other);
    }
}

/* A chain of PEM certificates, leaf first; the caller frees each. */
static size_t openssl_chain(assay_span pem, X509 *out[4])
{
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.size);
    size_t count = 0;
    X509 *next;
    while (count < 4 && (next = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
        out[count++] = next;
    BIO_free(bio);
    return count;
}

/* OpenSSL's path validation at the world's time, strictly, the last certificate being trusted. */
static void openssl_accepts(const char *what, assay_span pem, size_t wanted)
{
    X509 *chain[4];
    size_t count = openssl_chain(pem, chain);
    assert_row(what, count, wanted);
    X509_STORE *store = X509_STORE_new();
    STACK_OF(X509) *between = sk_X509_new_null();
    X509_STORE_add_cert(store, chain[count - 1]);
    for (size_t i = 1; i + 1 < count; i++)
        sk_X509_push(between, chain[i]);
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    assert_int_equal(X509_STORE_CTX_init(context, store, chain[0], between), 1);
    X509_STORE_CTX_set_time(context, X509_V_FLAG_X509_STRICT, SIM_DEFAULT_NOW);
    X509_STORE_CTX_set_flags(context, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
    if (X509_verify_cert(context) != 1)
        test_fail("%s: %s", what, X509_verify_cert_error_string(X509_STORE_CTX_get_error(context)));
    X509_STORE_CTX_free(context);
    sk_X509_free(between);
    X509_STORE_free(store);
    for (size_t i = 0; i < count; i++)
        X509_free(chain[i]);
}

static void openssl_accepts_crl(const char *what, assay_span der, assay_span issuer_pem,
                                size_t issuer_index)
{
    X509 *chain[4];
    const unsigned char *at = der.data;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)der.size);
    size_t count = openssl_chain(issuer_pem, chain);
    assert_row(what, crl != NULL && at == der.data + der.size && issuer_index < count, true);
    assert_row(what, X509_CRL_verify(crl, X509_get0_pubkey(chain[issuer_index])), 1);
    assert_row(what,
               X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(chain[issuer_index])),
               0);
    X509_CRL_free(crl);
    for (size_t i = 0; i < count; i++)
        X509_free(chain[i]);
}

static void openssl_takes_it_for_genuine(void **state)
{
    (void)state;
    for (const sim_profile *profile = sim_profiles; profile->name != NULL; profile++) {
        sim_world world;
        sim_artifacts a;
        assay_quote quote;
        build_profile(profile, 3, &world, &a);
        assert_row(profile->name, assay_quote_parse(bytes_span(&a.quote), &quote, NULL), ASSAY_OK);
        assay_span pck_chain = quote.certification_data;
        openssl_accepts(profile->name, pck_chain, 3);
        openssl_accepts(profile->name, bytes_span(&a.pck_crl_issuer_chain), 2);
        openssl_accepts(profile->name, bytes_span(&a.tcb_info_issuer_chain), 2);
        openssl_accepts(profile->name, bytes_span(&a.qe_identity_issuer_chain), 2);
        openssl_accepts_crl(profile->name, bytes_span(&a.pck_crl), pck_chain, 1);
        openssl_accepts_crl(profile->name, bytes_span(&a.root_ca_crl), pck_chain, 2);
        sim_artifacts_free(&a);
    }
}

static void our_parsers_read_it(void **state)
{
    (void)state;
    for (const sim_profile *profile = sim_profiles; profile->name != NULL; profile++) {
        sim_world world;
        sim_artifacts a;
        assay_quote quote;
        arena memory = { NULL };
        tcb_info info;
        enclave_identity identity;
        build_profile(profile, 4, &world, &a);
        assert_row(profile->name, assay_quote_parse(bytes_span(&a.quote), &quote, NULL), ASSAY_OK);
        assert_row(profile->name, quote.version, profile->quote_version);
        assert_row(profile->name, quote.trailing.size, 0);
        assert_row(profile->name, tcb_info_parse(bytes_span(&a.tcb_info), &memory, &info, NULL),
                   ASSAY_OK);
        assert_row(profile->name, info.levels.count, world.tcb_info.level_count);
        assert_row(profile->name,
                   enclave_identity_parse(bytes_span(&a.qe_identity), &memory, &identity, NULL),
                   ASSAY_OK);
        arena_free(&memory);
        sim_artifacts_free(&a);
    }
}

static void platform_is_what_was_asked_for(void **state)
{
    (void)state;
    uint8_t buffer[LIMIT_CHAIN_DER_SIZE];
    sim_world world;
    sim_artifacts a;
    assay_quote quote;
    pem_blocks blocks;
    x509_cert leaf;
    pck_extension extension;
    build_profile(sim_profile_find("tdx-v4"), 5, &world, &a);
    assert_int_equal(assay_quote_parse(bytes_span(&a.quote), &quote, NULL), ASSAY_OK);
    assert_int_equal(
        pem_decode(quote.certification_data, "CERTIFICATE", buffer, sizeof(buffer), &blocks, NULL),
        ASSAY_OK);
    assert_int_equal(x509_cert_parse(blocks.der[0], "leaf", &leaf, NULL), ASSAY_OK);
    assert_int_equal(pck_extension_parse(&leaf, PCK_CA_PLATFORM, "leaf", &extension, NULL),
                     ASSAY_OK);
    assert_memory_equal(extension.ppid, world.platform.ppid, 16);
    assert_memory_equal(extension.fmspc, world.platform.fmspc, 6);
    assert_int_equal(extension.pce_svn, world.platform.pce_svn);
    assert_int_equal(extension.dynamic_platform, PCK_FLAG_TRUE);
    assert_int_equal(extension.cached_keys, PCK_FLAG_FALSE);
    sim_artifacts_free(&a);
}

static void one_file_holds_the_same_collateral(void **state)
{
    (void)state;
    static const char *const profiles[] = { "sgx-v3-processor", "tdx-v5" };
    for (size_t i = 0; i < COUNT_OF(profiles); i++) {
        sim_world world;
        sim_artifacts a;
        sim_bytes json = { 0 };
        assay_roots roots = { .count = 0 };
        assay_collateral *collateral;
        assay_error error;
        build_profile(sim_profile_find(profiles[i]), 6, &world, &a);
        sim_collateral_json_write(&a, &json);
        assert_int_equal(assay_roots_add(&roots, bytes_span(&a.root), NULL), ASSAY_OK);
        assert_int_equal(assay_collateral_from_json(bytes_span(&json), &roots, &collateral, &error),
                         ASSAY_OK);
        assert_row(profiles[i], assay_collateral_check(collateral, &error), ASSAY_OK);
        const assay_collateral_items *items = assay_collateral_items_of(collateral);
        assert_row(profiles[i], span_equal(items->tcb_info, bytes_span(&a.tcb_info)), true);
        assert_row(profiles[i], span_equal(items->qe_identity, bytes_span(&a.qe_identity)), true);
        assay_collateral_unref(collateral);
        bytes_free(&json);
        sim_artifacts_free(&a);
    }
}

static void evaluation_numbers_are_read(void **state)
{
    (void)state;
    sim_world world;
    sim_keyring ring;
    sim_bytes text = { 0 };
    arena memory = { NULL };
    evaluation_numbers numbers;
    sim_world_init(&world, &sim_profiles[0], 1, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    assert_int_equal(sim_keyring_derive(1, &ring, NULL), ASSAY_OK);
    world.tcb_info.document.version = 1;
    assert_int_equal(sim_evaluation_numbers_write(&world.tcb_info.document, &ring, &text, NULL),
                     ASSAY_OK);
    assert_int_equal(evaluation_numbers_parse(bytes_span(&text), &memory, &numbers, NULL),
                     ASSAY_OK);
    assert_int_equal(numbers.count, 3);
    assert_int_equal(numbers.at[0].number, 19);
    arena_free(&memory);
    bytes_free(&text);
}

static void td_reports_hash_their_parts(void **state)
{
    (void)state;
    sim_world world;
    sim_bytes bytes = { 0 };
    assay_td_report report;
    uint8_t digest[SHA384_SIZE];
    sim_world_init(&world, sim_profile_find("tdx-v5"), 1, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    assert_int_equal(sim_td_report_write(&world, &bytes, NULL), ASSAY_OK);
    assert_int_equal(assay_td_report_parse(bytes_span(&bytes), &report, NULL), ASSAY_OK);
    sha384(report.tee_info, digest);
    assert_memory_equal(report.bytes.data + TDREPORT_TEE_TCB_INFO_HASH_OFFSET, digest, 48);
    sha384(report.td_info, digest);
    assert_memory_equal(report.bytes.data + TDREPORT_TEE_INFO_HASH_OFFSET, digest, 48);
    assert_memory_equal(report.bytes.data + TDREPORT_MRTD_OFFSET,
                        world.quote.body + TD_BODY_MRTD_OFFSET, TD_BODY_MRTD_SIZE);
    bytes_free(&bytes);
    sim_world_init(&world, sim_profile_find("sgx-v3"), 1, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    assert_int_equal(sim_td_report_write(&world, &bytes, NULL), ASSAY_USAGE);
}

static const struct {
    const char *what;
    const char *profile;
    const char *assignment;
    assay_status status;
} settings[] = {
    { "a measurement", "tdx-v4", "mrtd=0a0b", ASSAY_OK },
    { "report data of 64 bytes at most", "tdx-v4", "report_data=00", ASSAY_OK },
    { "a field of the other TEE", "tdx-v4", "mrenclave=00", ASSAY_USAGE },
    { "a field of this TEE", "sgx-v3", "mrenclave=00", ASSAY_OK },
    { "a number field", "sgx-v3", "isvsvn=65535", ASSAY_OK },
    { "a number too large", "sgx-v3", "isvsvn=65536", ASSAY_USAGE },
    { "flags", "tdx-v4", "tdattributes=0x10000001", ASSAY_OK },
    { "odd hex", "tdx-v4", "mrtd=0a0", ASSAY_USAGE },
    { "hex too long", "tdx-v4", "fmspc=01020304050607", ASSAY_USAGE },
    { "a situation", "tdx-v4", "tcb_status=OutOfDate", ASSAY_OK },
    { "no situation", "tdx-v4", "tcb_status=Outdated", ASSAY_USAGE },
    { "a status of a level", "tdx-v4", "qe_status=Revoked", ASSAY_OK },
    { "a time", "tdx-v4", "next_update=2026-07-01T00:00:00Z", ASSAY_OK },
    { "no time", "tdx-v4", "next_update=tomorrow", ASSAY_USAGE },
    { "the last component", "tdx-v4", "component_16=255", ASSAY_OK },
    { "no such component", "tdx-v4", "component_17=1", ASSAY_USAGE },
    { "component too large", "tdx-v4", "component_1=256", ASSAY_USAGE },
    { "no such key", "tdx-v4", "mrtf=00", ASSAY_USAGE },
    { "no value", "tdx-v4", "mrtd", ASSAY_USAGE },
    { "a negative number", "tdx-v4", "pck_pcesvn=-1", ASSAY_USAGE },
    { "debug", "sgx-v3", "debug=1", ASSAY_OK },
    { "debug of another kind", "sgx-v3", "debug=2", ASSAY_USAGE },
    { "CRLs as text", "sgx-v3", "crl_encoding=pem", ASSAY_OK },
};

static void settings_are_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        sim_world world, before;
        assay_error error = { 0 };
        sim_world_init(&world, sim_profile_find(settings[i].profile), 1, SIM_DEFAULT_NOW,
                       SIM_DEFAULT_DAYS);
        before = world;
        assert_row(settings[i].what, sim_setting_apply(&world, settings[i].assignment, &error),
                   settings[i].status);
        assert_row(settings[i].what, memcmp(&world, &before, sizeof(world)) != 0,
                   settings[i].status == ASSAY_OK);
        assert_row(settings[i].what, error.detail[0] != '\0', settings[i].status != ASSAY_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seeds_decide_every_byte),
        cmocka_unit_test(openssl_takes_it_for_genuine),
        cmocka_unit_test(our_parsers_read_it),
        cmocka_unit_test(platform_is_what_was_asked_for),
        cmocka_unit_test(one_file_holds_the_same_collateral),
        cmocka_unit_test(evaluation_numbers_are_read),
        cmocka_unit_test(td_reports_hash_their_parts),
        cmocka_unit_test(settings_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
