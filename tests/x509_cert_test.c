/* x509_cert_test.c: the form of certificates (src/x509/cert.c, name.c, extension.c), one fault at a
 * time. Attack list rows 43, 45, 46, 48. */
#include "support.h"
#include "x509_forge.h"

static forge_key *key, *issuer_key;

static int make_keys(void **state)
{
    (void)state;
    key = forge_key_new();
    issuer_key = forge_key_new();
    return 0;
}

static int drop_keys(void **state)
{
    (void)state;
    forge_key_free(key);
    forge_key_free(issuer_key);
    return 0;
}

static forge_cert sound(void)
{
    return (forge_cert) { .subject = "Intel SGX PCK Certificate",
                          .issuer = "Intel SGX PCK Platform CA",
                          .key = key,
                          .issuer_key = issuer_key };
}

static void takes_every_field(void **state)
{
    (void)state;
    forge_cert plan = sound();
    plan.is_ca = true;
    plan.serial = "02150080000000000000000000000000000000000001ff";
    plan.sgx = "3000";
    forge_der der;
    forge_cert_make(&plan, &der);
    x509_cert cert;
    assay_error error;
    assert_row("sound", x509_cert_parse(forge_span(&der), "cert", &cert, &error), ASSAY_OK);
    assert_int_equal(cert.serial.size, 20);
    assert_int_equal(cert.serial.data[0], 0x80);
    assert_int_equal(cert.not_before, 1577836800);
    assert_int_equal(cert.not_after, 1893456000);
    assert_memory_equal(cert.point, forge_key_point(key), 65);
    assert_true(span_is(cert.common_name, "Intel SGX PCK Certificate"));
    assert_true(span_is(x509_common_name(cert.issuer), "Intel SGX PCK Platform CA"));
    assert_int_equal(pck_ca_of_name(cert.issuer), PCK_CA_PLATFORM);
    assert_int_equal(pck_ca_of_name(cert.subject), PCK_CA_NONE);
    assert_int_equal(cert.subject_key_id.size, 20);
    assert_int_equal(cert.authority_key_id.size, 20);
    assert_true(cert.has_basic_constraints && cert.is_ca && cert.has_key_usage);
    assert_int_equal(cert.path_length, 1);
    assert_int_equal(cert.key_usage, KEY_USAGE_KEY_CERT_SIGN | KEY_USAGE_CRL_SIGN);
    assert_int_equal(cert.sgx_extension.size, 2);
    assert_null(cert.extension_fault);
    sha256_digest digest = sha256(cert.tbs);
    p256_key *signer;
    assert_int_equal(p256_key_new(forge_key_point(issuer_key) + 1, &signer, NULL), ASSAY_OK);
    assert_int_equal(p256_verify(signer, &digest, cert.signature), ASSAY_OK);
    p256_key_free(signer);
}

#define OFF_CURVE                                                                                  \
    "3059301306072a8648ce3d020106082a8648ce3d03010703420004"                                       \
    "0000000000000000000000000000000000000000000000000000000000000001"                             \
    "0000000000000000000000000000000000000000000000000000000000000001"
#define COMPRESSED                                                                                 \
    "3039301306072a8648ce3d020106082a8648ce3d03010703220003"                                       \
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
#define GENERATOR                                                                                  \
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"                             \
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
#define INFINITY_POINT "301b301306072a8648ce3d020106082a8648ce3d030107030400000000"

/* The member of the plan that a row replaces. */
#define MEMBER(member) offsetof(forge_cert, member)

static const struct row {
    const char *what;
    size_t member;
    const char *value;
    assay_status status;
    unsigned qvl;
} rows[] = {
    { "sound", MEMBER(unique_id), "", ASSAY_OK, 0 },
    { "version 1", MEMBER(version), "", ASSAY_UNSUPPORTED, 1 },
    { "version 2", MEMBER(version), "a003020101", ASSAY_UNSUPPORTED, 1 },
    { "version 4", MEMBER(version), "a003020103", ASSAY_UNSUPPORTED, 1 },
    { "version with a long length", MEMBER(version), "a08103020102", ASSAY_MALFORMED, 0 },
    { "negative serial", MEMBER(serial), "020180", ASSAY_MALFORMED, 0 },
    { "serial 0", MEMBER(serial), "020100", ASSAY_MALFORMED, 0 },
    { "serial not minimal", MEMBER(serial), "02020001", ASSAY_MALFORMED, 0 },
    { "serial without octets", MEMBER(serial), "0200", ASSAY_MALFORMED, 0 },
    { "serial of 21 octets", MEMBER(serial), "0215010000000000000000000000000000000000000000",
      ASSAY_MALFORMED, 0 },
    { "serial is not an INTEGER", MEMBER(serial), "0a0101", ASSAY_MALFORMED, 0 },
    { "inner algorithm SHA-384", MEMBER(inner_algorithm), "300a06082a8648ce3d040303",
      ASSAY_UNSUPPORTED, 1 },
    { "outer algorithm SHA-384", MEMBER(outer_algorithm), "300a06082a8648ce3d040303",
      ASSAY_UNSUPPORTED, 1 },
    { "inner algorithm ECDSA with SHA-1", MEMBER(inner_algorithm), "300906072a8648ce3d0401",
      ASSAY_UNSUPPORTED, 1 },
    { "outer algorithm RSA with SHA-256", MEMBER(outer_algorithm), "300d06092a864886f70d01010b0500",
      ASSAY_UNSUPPORTED, 1 },
    { "inner algorithm with NULL parameters", MEMBER(inner_algorithm),
      "300c06082a8648ce3d0403020500", ASSAY_UNSUPPORTED, 1 },
    { "GeneralizedTime from 2050", MEMBER(not_after), "180f32303530303130313030303030305a",
      ASSAY_OK, 0 },
    { "GeneralizedTime before 2050", MEMBER(not_after), "180f32303330303130313030303030305a",
      ASSAY_MALFORMED, 0 },
    { "time without seconds", MEMBER(not_before), "170b323030313031303030305a", ASSAY_MALFORMED,
      0 },
    { "time with a zone", MEMBER(not_before), "17113230303130313030303030302b30313030",
      ASSAY_MALFORMED, 0 },
    { "key off the curve", MEMBER(spki), OFF_CURVE, ASSAY_MALFORMED, 1 },
    { "compressed key", MEMBER(spki), COMPRESSED, ASSAY_UNSUPPORTED, 1 },
    { "hybrid key", MEMBER(spki),
      "3059301306072a8648ce3d020106082a8648ce3d03010703420007" GENERATOR, ASSAY_UNSUPPORTED, 1 },
    { "key on secp256k1", MEMBER(spki),
      "3056301006072a8648ce3d020106052b8104000a03420004" GENERATOR, ASSAY_UNSUPPORTED, 1 },
    { "point at infinity", MEMBER(spki), INFINITY_POINT, ASSAY_UNSUPPORTED, 1 },
    { "RSA key", MEMBER(spki), "301a300d06092a864886f70d01010105000309003006020103020103",
      ASSAY_UNSUPPORTED, 1 },
    { "issuer unique id", MEMBER(unique_id), "81020001", ASSAY_MALFORMED, 0 },
    { "subject unique id", MEMBER(unique_id), "82020001", ASSAY_MALFORMED, 0 },
    { "empty subject", MEMBER(subject_name), "3000", ASSAY_MALFORMED, 0 },
    { "subject with an empty RDN", MEMBER(subject_name), "30023100", ASSAY_MALFORMED, 0 },
    { "two common names", MEMBER(subject_name),
      "3018310a300806035504030c0141310a300806035504030c0142", ASSAY_MALFORMED, 0 },
    { "two attributes in one RDN", MEMBER(subject_name),
      "30163114300806035504030c01413008060355040a0c0142", ASSAY_MALFORMED, 0 },
    { "attribute type ends inside a number", MEMBER(subject_name), "300c310a300806035504830c0141",
      ASSAY_MALFORMED, 0 },
    { "attribute type with a number not minimal", MEMBER(subject_name),
      "300d310b30090604550480030c0141", ASSAY_MALFORMED, 0 },
    { "attribute type empty", MEMBER(subject_name), "30093107300506000c0141", ASSAY_MALFORMED, 0 },
    { "NUL in the common name", MEMBER(subject_name), "300d310b300906035504030c024100",
      ASSAY_MALFORMED, 0 },
    { "common name not UTF-8", MEMBER(subject_name), "300d310b300906035504030c02c080",
      ASSAY_MALFORMED, 0 },
    { "common name with a surrogate", MEMBER(subject_name), "300e310c300a06035504030c03eda080",
      ASSAY_MALFORMED, 0 },
    { "common name in UTF-8", MEMBER(subject_name), "300d310b300906035504030c02c3a9", ASSAY_OK, 0 },
    { "BMPString", MEMBER(subject_name), "300d310b300906035504031e020041", ASSAY_MALFORMED, 0 },
    { "asterisk in a PrintableString", MEMBER(subject_name), "300c310a3008060355040313012a",
      ASSAY_MALFORMED, 0 },
    { "no common name", MEMBER(subject_name), "300c310a3008060355040a0c0141", ASSAY_OK, 0 },
    { "basicConstraints with FALSE spelt out", MEMBER(basic_constraints),
      "300f0603551d130101ff04053003010100", ASSAY_MALFORMED, 0 },
    { "path length without CA bit", MEMBER(basic_constraints), "300f0603551d130101ff04053003020100",
      ASSAY_MALFORMED, 0 },
    { "negative path length", MEMBER(basic_constraints), "30120603551d130101ff040830060101ff0201ff",
      ASSAY_MALFORMED, 0 },
    { "keyUsage empty", MEMBER(key_usage), "300d0603551d0f0101ff0403030100", ASSAY_MALFORMED, 0 },
    { "keyUsage with trailing zero bits", MEMBER(key_usage), "300e0603551d0f0101ff0404030200c0",
      ASSAY_MALFORMED, 0 },
    { "critical FALSE spelt out", MEMBER(ski), "300f0603551d0e01010004050403000000",
      ASSAY_MALFORMED, 0 },
    { "AKI with issuer and serial", MEMBER(aki), "30140603551d23040d300b800101a103820161820101",
      ASSAY_MALFORMED, 0 },
    { "AKI without key id", MEMBER(aki), "30090603551d2304023000", ASSAY_MALFORMED, 0 },
    { "SKI empty", MEMBER(ski), "30090603551d0e04020400", ASSAY_MALFORMED, 0 },
    { "distribution points empty", MEMBER(distribution_points), "30090603551d1f04023000",
      ASSAY_MALFORMED, 0 },
    { "distribution point of another issuer", MEMBER(distribution_points),
      "30140603551d1f040d300b3009a2078605613a2f2f62", ASSAY_MALFORMED, 0 },
    { "extension with bytes behind its value", MEMBER(ski), "300d0603551d0e04060402aabb0500",
      ASSAY_MALFORMED, 0 },
    { "signature with a negative r", MEMBER(signature), "0309003006020180020101", ASSAY_MALFORMED,
      0 },
    { "signature with r not minimal", MEMBER(signature), "030a00300702020001020101",
      ASSAY_MALFORMED, 0 },
    { "signature with unused bits", MEMBER(signature), "0309013006020101020102", ASSAY_MALFORMED,
      0 },
    { "signature with bytes behind", MEMBER(signature), "030a00300602010102010100", ASSAY_MALFORMED,
      0 },
    { "signature r = 0 is a matter of verification", MEMBER(signature), "0309003006020100020101",
      ASSAY_OK, 0 },
    { "element behind the signature", MEMBER(behind_tbs), "0500", ASSAY_MALFORMED, 0 },
    { "a byte behind the certificate", MEMBER(behind), "00", ASSAY_MALFORMED, 0 },
};

static void each_fault_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        forge_cert plan = sound();
        memcpy((char *)&plan + rows[i].member, &rows[i].value, sizeof(rows[i].value));
        forge_der der;
        forge_cert_make(&plan, &der);
        x509_cert cert;
        assay_error error = { 0 };
        assert_row(rows[i].what, x509_cert_parse(forge_span(&der), "chain[0]", &cert, &error),
                   rows[i].status);
        assert_row(rows[i].what, error.qvl, rows[i].qvl);
        assert_row(rows[i].what, error.code, rows[i].qvl == 1 ? 0xE021 : 0);
        if (rows[i].status != ASSAY_OK)
            assert_string_equal(error.where, "chain[0]");
    }
}

/* These parse; the fault is kept for the role to refuse. */
static const struct {
    const char *what;
    size_t member;
    const char *value;
} faults[] = {
    { "unknown critical extension", MEMBER(more_extensions), "300c06022a030101ff0403020100" },
    { "repeated SKI", MEMBER(more_extensions), "300b0603551d0e04040402aabb" },
    { "repeated unknown extension", MEMBER(more_extensions),
      "300806022a0304020500300806022a0304020500" },
    { "extended key usage", MEMBER(more_extensions), "30090603551d2504023000" },
    { "name constraints", MEMBER(more_extensions), "30090603551d1e04023000" },
    { "critical SKI", MEMBER(ski), "300e0603551d0e0101ff04040402aabb" },
    { "critical AKI", MEMBER(aki), "30100603551d230101ff040630048002aabb" },
    { "keyUsage not critical", MEMBER(key_usage), "300b0603551d0f0404030206c0" },
    { "basicConstraints not critical", MEMBER(basic_constraints), "30090603551d1304023000" },
};

static void extension_faults_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        forge_cert plan = sound();
        memcpy((char *)&plan + faults[i].member, &faults[i].value, sizeof(faults[i].value));
        forge_der der;
        forge_cert_make(&plan, &der);
        x509_cert cert;
        assay_error error = { 0 };
        assert_row(faults[i].what, x509_cert_parse(forge_span(&der), "cert", &cert, &error),
                   ASSAY_OK);
        assert_row(faults[i].what, cert.extension_fault != NULL, 1);
        assert_row(faults[i].what, cert.faulty_extension.size > 0, 1);
    }
    forge_cert plan = sound();
    plan.more_extensions = "300806022a0304020500";
    forge_der der;
    forge_cert_make(&plan, &der);
    x509_cert cert;
    assert_int_equal(x509_cert_parse(forge_span(&der), "cert", &cert, NULL), ASSAY_OK);
    assert_null(cert.extension_fault); /* unknown, but not critical */
}

static void every_truncation_and_every_byte_is_survived(void **state)
{
    (void)state;
    forge_cert plan = sound();
    forge_der der;
    forge_cert_make(&plan, &der);
    x509_cert cert;
    for (size_t size = 0; size < der.size; size++)
        assert_int_not_equal(x509_cert_parse(span_of(der.data, size), "cert", &cert, NULL),
                             ASSAY_OK);
    for (size_t i = 0; i < der.size; i++) {
        for (int change = 1; change < 256; change <<= 1) {
            der.data[i] ^= (uint8_t)change;
            x509_cert_parse(forge_span(&der), "cert", &cert, NULL);
            der.data[i] ^= (uint8_t)change;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_every_field),
        cmocka_unit_test(each_fault_is_refused),
        cmocka_unit_test(extension_faults_are_told),
        cmocka_unit_test(every_truncation_and_every_byte_is_survived),
    };
    return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
