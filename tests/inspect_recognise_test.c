/* inspect_recognise_test.c: what a file is, by its form (src/inspect/recognise.c). */
#include <string.h>

#include "assay/inspect.h"
#include "base/span.h"
#include "quote_builder.h"
#include "sim/build.h"
#include "support.h"
#include "wire/pem.h"

static void what_the_simulator_makes(void **state)
{
    (void)state;
    static sim_world world;
    sim_artifacts made = { 0 };
    sim_bytes collateral = { 0 }, report = { 0 };
    sim_world_init(&world, sim_profile_find("tdx-v4"), 1, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    assert_int_equal(sim_build(&world, &made, NULL), ASSAY_OK);
    assert_int_equal(sim_td_report_write(&world, &report, NULL), ASSAY_OK);
    sim_collateral_json_write(&made, &collateral);
    const struct {
        const char *what;
        const sim_bytes *bytes;
        assay_file_kind kind;
    } rows[] = {
        { "quote", &made.quote, ASSAY_FILE_QUOTE },
        { "TD report", &report, ASSAY_FILE_TD_REPORT },
        { "TCB info", &made.tcb_info, ASSAY_FILE_TCB_INFO },
        { "signing chain", &made.tcb_info_issuer_chain, ASSAY_FILE_CERTIFICATES },
        { "identity", &made.qe_identity, ASSAY_FILE_QE_IDENTITY },
        { "root CRL", &made.root_ca_crl, ASSAY_FILE_CRL },
        { "PCK CRL", &made.pck_crl, ASSAY_FILE_CRL },
        { "root", &made.root, ASSAY_FILE_CERTIFICATES },
        { "collateral", &collateral, ASSAY_FILE_COLLATERAL },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_row(rows[i].what, assay_file_recognise(bytes_span(rows[i].bytes)), rows[i].kind);
    bytes_free(&collateral);
    bytes_free(&report);
    sim_artifacts_free(&made);
}

static void a_certificate_in_der(void **state)
{
    (void)state;
    static sim_world world;
    sim_artifacts made = { 0 };
    uint8_t buffer[4096];
    pem_blocks blocks;
    sim_world_init(&world, sim_profile_find("sgx-v3"), 1, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    assert_int_equal(sim_build(&world, &made, NULL), ASSAY_OK);
    assert_int_equal(
        pem_decode(bytes_span(&made.root), "CERTIFICATE", buffer, sizeof(buffer), &blocks, NULL),
        ASSAY_OK);
    assert_int_equal(assay_file_recognise(blocks.der[0]), ASSAY_FILE_CERTIFICATES);
    sim_artifacts_free(&made);
}

static const struct {
    const char *what;
    const char *text;
    assay_file_kind kind;
} texts[] = {
    { "empty", "", ASSAY_FILE_UNKNOWN },
    { "one brace", "{", ASSAY_FILE_UNKNOWN },
    { "white space first", " \n\t{\"tcbInfo\":1}", ASSAY_FILE_TCB_INFO },
    { "signature first", "{\"signature\":\"00\",\"tcbInfo\":{}}", ASSAY_FILE_TCB_INFO },
    { "cut in the middle", "{\"enclaveIdentity\":{\"id\":", ASSAY_FILE_QE_IDENTITY },
    { "evaluation numbers", "{\"tcbEvaluationDataNumbers\":{}}",
      ASSAY_FILE_TCB_EVALUATION_DATA_NUMBERS },
    { "bundle", "{\"assay_bundle\":1,\"collateral\":{\"tcb_info\":\"\"}}", ASSAY_FILE_BUNDLE },
    { "collateral", "{\"pck_crl\":\"\",\"tcb_info\":\"{}\"}", ASSAY_FILE_COLLATERAL },
    { "the name as a value", "{\"x\":\"tcbInfo\"}", ASSAY_FILE_UNKNOWN },
    { "the name further inside", "{\"x\":{\"tcbInfo\":1}}", ASSAY_FILE_UNKNOWN },
    { "the name inside an array", "{\"x\":[1,\"tcbInfo\"]}", ASSAY_FILE_UNKNOWN },
    { "an escaped quotation mark", "{\"a\\\"\":1,\"tcbInfo\":{}}", ASSAY_FILE_TCB_INFO },
    { "text that ends in a backslash", "{\"a\\", ASSAY_FILE_UNKNOWN },
    { "an array", "[\"tcbInfo\"]", ASSAY_FILE_UNKNOWN },
    { "broken certificate", "\n-----BEGIN CERTIFICATE-----\n*", ASSAY_FILE_CERTIFICATES },
    { "broken CRL", "-----BEGIN X509 CRL-----\n", ASSAY_FILE_CRL },
    { "another PEM", "-----BEGIN PUBLIC KEY-----\n", ASSAY_FILE_UNKNOWN },
    { "DER certificate, cut", "\x30\x82\x02\x93\x30\x82\x02\x3a\xa0", ASSAY_FILE_CERTIFICATES },
    { "DER CRL, cut", "\x30\x05\x30\x03\x02", ASSAY_FILE_CRL },
    { "DER of something", "\x30\x05\x30\x03\x04", ASSAY_FILE_UNKNOWN },
    { "DER without inside", "\x30\x82", ASSAY_FILE_UNKNOWN },
    { "plain text", "hello, world", ASSAY_FILE_UNKNOWN },
};

static void texts_by_their_beginning(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_row(texts[i].what, assay_file_recognise(SPAN_TEXT(texts[i].text)), texts[i].kind);
}

static void evidence_by_head_and_size(void **state)
{
    (void)state;
    uint8_t bytes[1200] = { 0 };
    assert_int_equal(assay_file_recognise(span_of(bytes, 384)), ASSAY_FILE_SGX_REPORT);
    assert_int_equal(assay_file_recognise(span_of(bytes, 432)), ASSAY_FILE_SGX_REPORT);
    assert_int_equal(assay_file_recognise(span_of(bytes, 385)), ASSAY_FILE_UNKNOWN);
    assert_int_equal(assay_file_recognise(span_of(bytes, 1024)), ASSAY_FILE_UNKNOWN);
    bytes[0] = 0x81;
    assert_int_equal(assay_file_recognise(span_of(bytes, 1024)), ASSAY_FILE_TD_REPORT);
    assert_int_equal(assay_file_recognise(span_of(bytes, 1023)), ASSAY_FILE_UNKNOWN);
    for (size_t i = 0; i < COUNT_OF(built_shapes); i++) {
        built_quote q = quote_build(built_shapes[i].plan);
        assert_row(built_shapes[i].what, assay_file_recognise(span_of(q.bytes, q.size)),
                   ASSAY_FILE_QUOTE);
        assert_row(built_shapes[i].what, assay_file_recognise(span_of(q.bytes, 60)),
                   ASSAY_FILE_QUOTE);
        q.bytes[0] = 7;
        assert_row("unknown version", assay_file_recognise(span_of(q.bytes, q.size)),
                   ASSAY_FILE_QUOTE);
        q.bytes[0] = 4;
        q.bytes[12] = 0;
        assert_row("unknown vendor", assay_file_recognise(span_of(q.bytes, q.size)),
                   ASSAY_FILE_QUOTE);
    }
}

static void kinds_have_names(void **state)
{
    (void)state;
    assert_string_equal(assay_file_kind_name(ASSAY_FILE_QUOTE), "quote");
    assert_string_equal(assay_file_kind_name(ASSAY_FILE_BUNDLE), "bundle");
    assert_string_equal(assay_file_kind_name(ASSAY_FILE_UNKNOWN), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_simulator_makes), cmocka_unit_test(a_certificate_in_der),
        cmocka_unit_test(texts_by_their_beginning), cmocka_unit_test(evidence_by_head_and_size),
        cmocka_unit_test(kinds_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
