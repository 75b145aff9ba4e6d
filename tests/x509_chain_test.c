/* x509_chain_test.c: roles, links, CRL issuers and what trust remembers (src/x509/chain.c). Attack
 * list rows 38, 39, 41, 42, 43, 44, 52, 53, 55. */
#include "support.h"
#include "x509/chain.h"
#include "x509_forge.h"

enum { ROOT, CA, LEAF, SIGNER, OTHER, KEYS };

static forge_key *keys[KEYS];

static int make_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < KEYS; i++)
        keys[i] = forge_key_new();
    return 0;
}

static int drop_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < KEYS; i++)
        forge_key_free(keys[i]);
    return 0;
}

/* Sound certificates, one for each role. */
static const struct {
    const char *subject, *issuer;
    int key, issuer_key;
    bool is_ca;
} sound[ROLE_COUNT] = {
    [ROLE_SGX_ROOT] = { "Intel SGX Root CA", "Intel SGX Root CA", ROOT, ROOT, true },
    [ROLE_PCK_CA] = { "Intel SGX PCK Platform CA", "Intel SGX Root CA", CA, ROOT, true },
    [ROLE_PCK_LEAF] = { "Intel SGX PCK Certificate", "Intel SGX PCK Platform CA", LEAF, CA, false },
    [ROLE_TCB_SIGNER] = { "Intel SGX TCB Signing", "Intel SGX Root CA", SIGNER, ROOT, false },
};

static const struct {
    uint16_t name, extensions, issuer;
} statuses[ROLE_COUNT] = {
    [ROLE_SGX_ROOT] = { 2, 4, 5 },
    [ROLE_PCK_CA] = { 7, 9, 10 },
    [ROLE_PCK_LEAF] = { 12, 14, 15 },
    [ROLE_TCB_SIGNER] = { 22, 24, 25 },
};

static forge_cert plan_of(x509_role role)
{
    return (forge_cert) { .subject = sound[role].subject,
                          .issuer = sound[role].issuer,
                          .key = keys[sound[role].key],
                          .issuer_key = keys[sound[role].issuer_key],
                          .is_ca = sound[role].is_ca };
}

static x509_cert made(const forge_cert *plan, forge_der *der)
{
    x509_cert cert;
    assay_error error;
    forge_cert_make(plan, der);
    if (x509_cert_parse(forge_span(der), "cert", &cert, &error) != ASSAY_OK)
        test_fail("does not parse: %s", error.detail);
    return cert;
}

#define MEMBER(member) offsetof(forge_cert, member)

static const struct {
    const char *what;
    size_t member;
    const char *value;
    uint16_t kind; /* 0 sound, 1 name, 2 extensions */
    bool applies[ROLE_COUNT];
} role_rows[] = {
    { "sound", MEMBER(unique_id), "", 0, { true, true, true, true } },
    { "name with more behind",
      MEMBER(subject),
      "Intel SGX Root CA x",
      1,
      { true, true, true, true } },
    { "name inside another",
      MEMBER(subject),
      "x Intel SGX PCK Certificate",
      1,
      { true, true, true, true } },
    { "name of the other end entity",
      MEMBER(subject),
      "Intel SGX TCB Signing",
      1,
      { true, true, true, false } },
    { "name of a CA",
      MEMBER(subject),
      "Intel SGX PCK Processor CA",
      1,
      { true, false, true, true } },
    { "Processor CA",
      MEMBER(subject),
      "Intel SGX PCK Processor CA",
      0,
      { false, true, false, false } },
    { "no common name",
      MEMBER(subject_name),
      "300c310a3008060355040a0c0141",
      1,
      { true, true, true, true } },
    { "CA bit where none belongs",
      MEMBER(basic_constraints),
      "300f0603551d130101ff040530030101ff",
      2,
      { false, false, true, true } },
    { "no CA bit",
      MEMBER(basic_constraints),
      "300c0603551d130101ff04023000",
      2,
      { true, true, false, false } },
    { "no basicConstraints", MEMBER(basic_constraints), "", 2, { true, true, true, true } },
    { "path length 0 is too small for the root",
      MEMBER(basic_constraints),
      "30120603551d130101ff040830060101ff020100",
      2,
      { true, false, false, false } },
    { "path length 0 is enough for the PCK CA",
      MEMBER(basic_constraints),
      "30120603551d130101ff040830060101ff020100",
      0,
      { false, true, false, false } },
    { "no path length",
      MEMBER(basic_constraints),
      "300f0603551d130101ff040530030101ff",
      0,
      { true, true, false, false } },
    { "no keyUsage", MEMBER(key_usage), "", 2, { true, true, true, true } },
    { "keyUsage cRLSign only",
      MEMBER(key_usage),
      "300e0603551d0f0101ff040403020102",
      2,
      { true, true, true, true } },
    { "keyUsage nonRepudiation only",
      MEMBER(key_usage),
      "300e0603551d0f0101ff040403020640",
      2,
      { true, true, true, true } },
    { "keyUsage digitalSignature and keyCertSign",
      MEMBER(key_usage),
      "300e0603551d0f0101ff040403020284",
      2,
      { false, false, true, true } },
    { "no SKI", MEMBER(ski), "", 2, { true, true, true, true } },
    { "no AKI", MEMBER(aki), "", 2, { true, true, true, true } },
    { "unknown critical extension",
      MEMBER(more_extensions),
      "300b06022a030101ff04020500",
      2,
      { true, true, true, true } },
    { "repeated extension",
      MEMBER(more_extensions),
      "300b0603551d0e04040402aabb",
      2,
      { true, true, true, true } },
};

static void roles_refuse_what_does_not_fit(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(role_rows); i++) {
        for (x509_role role = 0; role < ROLE_COUNT; role++) {
            if (!role_rows[i].applies[role])
                continue;
            forge_cert plan = plan_of(role);
            memcpy((char *)&plan + role_rows[i].member, &role_rows[i].value,
                   sizeof(role_rows[i].value));
            forge_der der;
            x509_cert cert = made(&plan, &der);
            assay_error error = { 0 };
            const unsigned wanted[] = { 0, statuses[role].name, statuses[role].extensions };
            assert_row(role_rows[i].what, x509_role_check(role, &cert, "chain[0]", &error),
                       role_rows[i].kind == 0 ? ASSAY_OK : ASSAY_UNTRUSTED);
            assert_row(role_rows[i].what, error.qvl, wanted[role_rows[i].kind]);
            assert_row(role_rows[i].what, error.code, role_rows[i].kind == 0 ? 0 : 0xE001);
            if (role_rows[i].kind == 2)
                assert_string_equal(error.where, "chain[0].extensions");
        }
    }
}

static assay_status link_alone(x509_role role, const x509_cert *cert, const x509_cert *issuer,
                               assay_error *error)
{
    *error = (assay_error) { 0 };
    return x509_link_check(role, cert, issuer, NULL, NULL, "chain[0]", error);
}

static void links_hold_or_are_refused(void **state)
{
    (void)state;
    for (x509_role role = 0; role < ROLE_COUNT; role++) {
        x509_role above = role == ROLE_PCK_LEAF ? ROLE_PCK_CA : ROLE_SGX_ROOT;
        forge_cert plan = plan_of(role), issuer_plan = plan_of(above);
        forge_der der, issuer_der;
        x509_cert issuer = made(&issuer_plan, &issuer_der), cert = made(&plan, &der);
        if (role == ROLE_SGX_ROOT)
            issuer = cert;
        assay_error error;
        assert_row("sound", link_alone(role, &cert, &issuer, &error), ASSAY_OK);

        plan.issuer = "Intel SGX Root CA x";
        cert = made(&plan, &der);
        assert_row("another issuer's name", link_alone(role, &cert, &issuer, &error),
                   ASSAY_UNTRUSTED);
        assert_row("another issuer's name", error.qvl, statuses[role].issuer);

        plan = plan_of(role);
        plan.aki = "300f0603551d230408300680040badcafe";
        cert = made(&plan, &der);
        assert_row("another key id", link_alone(role, &cert, &issuer, &error), ASSAY_UNTRUSTED);
        assert_row("another key id", error.qvl, statuses[role].extensions);

        plan = plan_of(role);
        cert = made(&plan, &der);
        cert.signature[40] ^= 1;
        assert_row("signature changed", link_alone(role, &cert, &issuer, &error), ASSAY_UNTRUSTED);
        assert_row("signature changed", error.qvl, statuses[role].issuer);

        cert = made(&plan, &der);
        x509_cert impostor = issuer;
        impostor.point = forge_key_point(keys[OTHER]);
        assert_row("key of another", link_alone(role, &cert, &impostor, &error), ASSAY_UNTRUSTED);
        assert_row("key of another", error.qvl, statuses[role].issuer);

        der.data[cert.serial.data - der.data] ^= 1;
        assert_int_equal(x509_cert_parse(forge_span(&der), "cert", &cert, NULL), ASSAY_OK);
        assert_row("serial changed", link_alone(role, &cert, &issuer, &error), ASSAY_UNTRUSTED);
        assert_row("serial changed", error.qvl, statuses[role].issuer);
    }
}

/* A proved link is not computed again (a broken signature in memory goes unseen), but only for the
 * same bytes and the same issuer's key; names and ids are compared always. */
static void trust_remembers_keys_and_links(void **state)
{
    (void)state;
    x509_trust trust = { 0 };
    forge_cert root_plan = plan_of(ROLE_SGX_ROOT), ca_plan = plan_of(ROLE_PCK_CA);
    forge_der root_der, ca_der, other_der;
    x509_cert root = made(&root_plan, &root_der), ca = made(&ca_plan, &ca_der);
    assay_error error;
    assert_int_equal(x509_link_check(ROLE_SGX_ROOT, &root, &root, NULL, &trust, "root", &error), 0);
    assert_int_equal(x509_link_check(ROLE_PCK_CA, &ca, &root, NULL, &trust, "ca", &error), 0);
    assert_int_equal(trust.key_count, 1);
    assert_int_equal(trust.link_count, 2);
    assert_int_equal(x509_link_check(ROLE_PCK_CA, &ca, &root, NULL, &trust, "ca", &error), 0);
    assert_int_equal(trust.link_count, 2);

    x509_cert broken = ca;
    broken.signature[0] ^= 1;
    assert_row("remembered", x509_link_check(ROLE_PCK_CA, &broken, &root, &trust, NULL, "ca", NULL),
               ASSAY_OK);
    assert_row("not remembered",
               x509_link_check(ROLE_PCK_CA, &broken, &root, NULL, NULL, "ca", NULL),
               ASSAY_UNTRUSTED);
    x509_cert other_root = root;
    other_root.point = forge_key_point(keys[OTHER]);
    assert_row("same certificate, other key",
               x509_link_check(ROLE_PCK_CA, &ca, &other_root, &trust, NULL, "ca", NULL),
               ASSAY_UNTRUSTED);
    other_root = root;
    other_root.subject = ca.subject;
    assert_row("remembered, but another name",
               x509_link_check(ROLE_PCK_CA, &ca, &other_root, &trust, NULL, "ca", NULL),
               ASSAY_UNTRUSTED);
    ca_plan.serial = "02024321";
    x509_cert other = made(&ca_plan, &other_der);
    other.signature[0] ^= 1;
    assert_row("another certificate",
               x509_link_check(ROLE_PCK_CA, &other, &root, &trust, NULL, "ca", NULL),
               ASSAY_UNTRUSTED);
    x509_trust_free(&trust);
    assert_int_equal(trust.key_count, 0);
}

static void trust_hands_out_keys(void **state)
{
    (void)state;
    x509_trust trust = { 0 };
    p256_key *first, *second, *made_here;
    const uint8_t *point = forge_key_point(keys[ROOT]);
    assert_int_equal(x509_trust_key(NULL, &trust, point, &first, "key", NULL), ASSAY_OK);
    assert_int_equal(x509_trust_key(&trust, NULL, point, &second, "key", NULL), ASSAY_OK);
    assert_ptr_equal(first, second);
    assert_int_equal(x509_trust_key(NULL, NULL, point, &made_here, "key", NULL), ASSAY_OK);
    assert_ptr_not_equal(first, made_here);
    p256_key_free(first);
    p256_key_free(second);
    p256_key_free(made_here);

    forge_key *many[TRUST_KEYS + 2];
    for (size_t i = 0; i < COUNT_OF(many); i++) {
        many[i] = forge_key_new();
        assert_int_equal(
            x509_trust_key(NULL, &trust, forge_key_point(many[i]), &first, "key", NULL), ASSAY_OK);
        p256_key_free(first);
    }
    assert_int_equal(trust.key_count, TRUST_KEYS);
    for (size_t i = 0; i < COUNT_OF(many); i++)
        forge_key_free(many[i]);
    x509_trust_free(&trust);

    uint8_t off_curve[P256_POINT_SIZE] = { 4, 1 };
    assay_error error;
    assert_int_equal(x509_trust_key(NULL, &trust, off_curve, &first, "ca", &error),
                     ASSAY_MALFORMED);
}

static x509_crl made_crl(const forge_crl *plan, forge_der *der)
{
    x509_crl crl;
    forge_crl_make(plan, der);
    assert_int_equal(x509_crl_parse(forge_span(der), "crl", &crl, NULL), ASSAY_OK);
    return crl;
}

static void crls_belong_to_their_issuer(void **state)
{
    (void)state;
    forge_cert root_plan = plan_of(ROLE_SGX_ROOT), ca_plan = plan_of(ROLE_PCK_CA);
    forge_crl plan = { .issuer = "Intel SGX Root CA", .issuer_key = keys[ROOT] };
    forge_crl named_alike = { .issuer = "Intel SGX Root CA", .issuer_key = keys[OTHER] };
    forge_der root_der, ca_der, no_sign_der, der, alike_der;
    x509_cert root = made(&root_plan, &root_der), ca = made(&ca_plan, &ca_der);
    root_plan.key_usage = "300e0603551d0f0101ff040403020204"; /* keyCertSign only */
    x509_cert no_crl_sign = made(&root_plan, &no_sign_der);
    x509_crl crl = made_crl(&plan, &der), alike = made_crl(&named_alike, &alike_der);
    x509_crl changed = crl, alike_with_id = alike;
    changed.signature[63] ^= 1;
    alike_with_id.authority_key_id = crl.authority_key_id;
    const struct {
        const char *what;
        const x509_crl *crl;
        const x509_cert *issuer;
        assay_status status;
        unsigned qvl, code;
    } rows[] = {
        { "sound", &crl, &root, ASSAY_OK, 0, 0 },
        { "of another CA", &crl, &ca, ASSAY_UNTRUSTED, 29, 0xE001 },
        { "of a CA with the same name", &alike, &root, ASSAY_UNTRUSTED, 31, 0xE001 },
        { "with the same name and key id", &alike_with_id, &root, ASSAY_UNTRUSTED, 32, 0xE068 },
        { "signature changed", &changed, &root, ASSAY_UNTRUSTED, 32, 0xE068 },
        { "issuer without cRLSign", &crl, &no_crl_sign, ASSAY_UNTRUSTED, 29, 0xE001 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assay_error error = { 0 };
        assert_row(rows[i].what,
                   x509_crl_check(rows[i].crl, rows[i].issuer, NULL, NULL, "crl", &error),
                   rows[i].status);
        assert_row(rows[i].what, error.qvl, rows[i].qvl);
        assert_row(rows[i].what, error.code, rows[i].code);
    }
}

static void the_built_in_root_is_intels(void **state)
{
    (void)state;
    char hex[2 * SHA256_SIZE + 1];
    sha256_digest digest = sha256(span_of(intel_sgx_root_point, P256_POINT_SIZE));
    assay_hex_encode(SPAN(digest.bytes), hex);
    assert_string_equal(hex, "a512ddae5b8a05fd0738d708f29ddccaca53aad8b3698e77194cb05cc0723e89");
    assert_true(p256_point_valid(intel_sgx_root_point + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_refuse_what_does_not_fit),
        cmocka_unit_test(links_hold_or_are_refused),
        cmocka_unit_test(trust_remembers_keys_and_links),
        cmocka_unit_test(trust_hands_out_keys),
        cmocka_unit_test(crls_belong_to_their_issuer),
        cmocka_unit_test(the_built_in_root_is_intels),
    };
    return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
