/* x509_pck_test.c: the SGX extension of PCK certificates (src/x509/pck.c). Attack list row 49. */
#include <stdio.h>

#include "support.h"
#include "x509_forge.h"

#define OID        "060a2a864886f84d010d01" /* and one octet */
#define OID2(a, b) "060b2a864886f84d010d01" a b

#define PPID                                                                                       \
    "301e" OID "01"                                                                                \
    "0410"                                                                                         \
    "000102030405060708090a0b0c0d0e0f"
#define COMPONENT(k, v)      "3010" OID2("02", k) "0201" v
#define COMPONENT_LONG(k, v) "3011" OID2("02", k) "0202" v
#define PCE_SVN              "3011" OID2("02", "11") "02021234"
#define CPU_SVN                                                                                    \
    "301f" OID2("02", "12") "0410"                                                                 \
                            "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
#define PCE_ID                                                                                     \
    "3010" OID "03"                                                                                \
    "04020a0b"
#define FMSPC                                                                                      \
    "3014" OID "04"                                                                                \
    "040600906ed50000"
#define SGX_TYPE                                                                                   \
    "300f" OID "05"                                                                                \
    "0a0101"
#define INSTANCE                                                                                   \
    "301e" OID "06"                                                                                \
    "0410"                                                                                         \
    "101112131415161718191a1b1c1d1e1f"
#define FLAG(k, v) "3010" OID2("07", k) "0101" v

/* What stands in a part of the extension; NULL is the sound one. */
typedef struct parts {
    const char *ppid, *first_component, *pce_svn, *cpu_svn, *behind_cpu_svn;
    const char *pce_id, *fmspc, *sgx_type, *instance, *flags, *behind, *behind_sequence;
} parts;

static void put(forge_der *d, const char *given, const char *usual)
{
    const char *hex = given != NULL ? given : usual;
    uint8_t bytes[1024];
    size_t size = strlen(hex) / 2;
    assert_true(size <= sizeof(bytes));
    assert_int_equal(assay_hex_decode(SPAN_TEXT(hex), bytes, size, NULL), ASSAY_OK);
    forge_bytes(d, bytes, size);
}

static void put_pair_around(forge_der *d, size_t from, const char *oid_hex)
{
    forge_der inner = { .size = 0 };
    forge_bytes(&inner, d->data + from, d->size - from);
    forge_wrap(&inner, 0, 0x30);
    d->size = from;
    put(d, oid_hex, "");
    forge_bytes(d, inner.data, inner.size);
    forge_wrap(d, from, 0x30);
}

static void build(const parts *p, pck_ca issuer, forge_der *d)
{
    *d = (forge_der) { .size = 0 };
    put(d, p->ppid, PPID);
    size_t tcb = d->size;
    put(d, p->first_component, COMPONENT("01", "01"));
    for (unsigned k = 2; k <= 16; k++) {
        char component[64];
        snprintf(component, sizeof(component), "3010" OID2("02", "%02x") "0201%02x", k, k);
        put(d, component, "");
    }
    put(d, p->pce_svn, PCE_SVN);
    put(d, p->cpu_svn, CPU_SVN);
    put(d, p->behind_cpu_svn, "");
    put_pair_around(d, tcb, OID "02");
    put(d, p->pce_id, PCE_ID);
    put(d, p->fmspc, FMSPC);
    put(d, p->sgx_type, SGX_TYPE);
    if (issuer == PCK_CA_PLATFORM) {
        put(d, p->instance, INSTANCE);
        size_t configuration = d->size;
        put(d, p->flags, FLAG("01", "ff") FLAG("02", "00") FLAG("03", "ff"));
        put_pair_around(d, configuration, OID "07");
    }
    put(d, p->behind, "");
    forge_wrap(d, 0, 0x30);
    put(d, p->behind_sequence, "");
}

static assay_status parse(const parts *p, pck_ca built_for, pck_ca issuer, pck_extension *out,
                          assay_error *error)
{
    forge_der d;
    build(p, built_for, &d);
    x509_cert leaf = { .der = forge_span(&d), .sgx_extension = forge_span(&d) };
    return pck_extension_parse(&leaf, issuer, "leaf", out, error);
}

static void takes_every_field(void **state)
{
    (void)state;
    const parts sound = { NULL };
    pck_extension e;
    assay_error error = { 0 };
    assert_row("platform", parse(&sound, PCK_CA_PLATFORM, PCK_CA_PLATFORM, &e, &error), ASSAY_OK);
    for (uint8_t i = 0; i < 16; i++) {
        assert_int_equal(e.ppid[i], i);
        assert_int_equal(e.components[i], i + 1);
        assert_int_equal(e.cpu_svn[i], 0xf0 + i);
        assert_int_equal(e.platform_instance_id[i], 0x10 + i);
    }
    assert_int_equal(e.pce_svn, 0x1234);
    assert_memory_equal(e.pce_id, "\x0a\x0b", 2);
    assert_memory_equal(e.fmspc, "\x00\x90\x6e\xd5\x00\x00", 6);
    assert_int_equal(e.sgx_type, 1);
    assert_true(e.has_platform_instance_id);
    assert_int_equal(e.dynamic_platform, PCK_FLAG_TRUE);
    assert_int_equal(e.cached_keys, PCK_FLAG_FALSE);
    assert_int_equal(e.smt_enabled, PCK_FLAG_TRUE);

    assert_row("processor", parse(&sound, PCK_CA_PROCESSOR, PCK_CA_PROCESSOR, &e, &error),
               ASSAY_OK);
    assert_false(e.has_platform_instance_id);
    assert_int_equal(e.dynamic_platform, PCK_FLAG_UNDEFINED);
    assert_int_equal(e.cached_keys, PCK_FLAG_UNDEFINED);
    assert_int_equal(e.smt_enabled, PCK_FLAG_UNDEFINED);
}

#define MEMBER(member) offsetof(parts, member)

static const struct {
    const char *what;
    size_t member;
    const char *value;
    assay_status status;
} rows[] = {
    { "component 255", MEMBER(first_component), COMPONENT_LONG("01", "00ff"), ASSAY_OK },
    { "component 256", MEMBER(first_component), COMPONENT_LONG("01", "0100"), ASSAY_MALFORMED },
    { "component negative", MEMBER(first_component), COMPONENT("01", "ff"), ASSAY_MALFORMED },
    { "component not minimal", MEMBER(first_component), COMPONENT_LONG("01", "0001"),
      ASSAY_MALFORMED },
    { "component repeated", MEMBER(first_component), COMPONENT("01", "01") COMPONENT("01", "01"),
      ASSAY_MALFORMED },
    { "component missing", MEMBER(first_component), "", ASSAY_MALFORMED },
    { "components out of order", MEMBER(first_component), COMPONENT("02", "01"), ASSAY_MALFORMED },
    { "PCESVN 65535", MEMBER(pce_svn), "3012" OID2("02", "11") "020300ffff", ASSAY_OK },
    { "PCESVN 65536", MEMBER(pce_svn), "3012" OID2("02", "11") "0203010000", ASSAY_MALFORMED },
    { "PCESVN missing", MEMBER(pce_svn), "", ASSAY_MALFORMED },
    { "CPUSVN of 15 octets", MEMBER(cpu_svn),
      "301e" OID2("02", "12") "040f"
                              "f0f1f2f3f4f5f6f7f8f9fafbfcfdfe",
      ASSAY_MALFORMED },
    { "a nineteenth TCB element", MEMBER(behind_cpu_svn), COMPONENT("13", "00"), ASSAY_MALFORMED },
    { "PPID of 15 octets", MEMBER(ppid),
      "301d" OID "01"
      "040f"
      "000102030405060708090a0b0c0d0e",
      ASSAY_MALFORMED },
    { "PPID missing", MEMBER(ppid), "", ASSAY_MALFORMED },
    { "PCEID as an INTEGER", MEMBER(pce_id),
      "3010" OID "03"
      "02020a0b",
      ASSAY_MALFORMED },
    { "FMSPC repeated", MEMBER(fmspc), FMSPC FMSPC, ASSAY_MALFORMED },
    { "FMSPC of 5 octets", MEMBER(fmspc),
      "3013" OID "04"
      "040500906ed500",
      ASSAY_MALFORMED },
    { "FMSPC before PCEID", MEMBER(pce_id), FMSPC PCE_ID, ASSAY_MALFORMED },
    { "SGX type 2", MEMBER(sgx_type),
      "300f" OID "05"
      "0a0102",
      ASSAY_OK },
    { "SGX type 3", MEMBER(sgx_type),
      "300f" OID "05"
      "0a0103",
      ASSAY_MALFORMED },
    { "SGX type as INTEGER", MEMBER(sgx_type),
      "300f" OID "05"
      "020101",
      ASSAY_MALFORMED },
    { "platform instance id missing", MEMBER(instance), "", ASSAY_MALFORMED },
    { "flag 01", MEMBER(flags), FLAG("01", "01") FLAG("02", "00") FLAG("03", "ff"),
      ASSAY_MALFORMED },
    { "flag missing", MEMBER(flags), FLAG("01", "ff") FLAG("02", "00"), ASSAY_MALFORMED },
    { "flags out of order", MEMBER(flags), FLAG("02", "00") FLAG("01", "ff") FLAG("03", "ff"),
      ASSAY_MALFORMED },
    { "a fourth flag", MEMBER(flags),
      FLAG("01", "ff") FLAG("02", "00") FLAG("03", "ff") FLAG("04", "ff"), ASSAY_MALFORMED },
    { "unknown suffix", MEMBER(behind),
      "300f" OID "08"
      "020101",
      ASSAY_MALFORMED },
    { "bytes behind the sequence", MEMBER(behind_sequence), "0500", ASSAY_MALFORMED },
    { "OID of another arc", MEMBER(pce_id),
      "3010060a2a864886f84d010d0203"
      "04020a0b",
      ASSAY_MALFORMED },
    { "element behind a value", MEMBER(pce_id),
      "3012" OID "03"
      "04020a0b0500",
      ASSAY_MALFORMED },
};

static void each_fault_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        parts p = { NULL };
        memcpy((char *)&p + rows[i].member, &rows[i].value, sizeof(rows[i].value));
        pck_extension e;
        assay_error error = { 0 };
        assert_row(rows[i].what, parse(&p, PCK_CA_PLATFORM, PCK_CA_PLATFORM, &e, &error),
                   rows[i].status);
        bool refused = rows[i].status != ASSAY_OK;
        assert_row(rows[i].what, error.qvl, refused ? QVL_UNSUPPORTED_PCK_CERT_FORMAT : 0);
        assert_row(rows[i].what, error.code, refused ? 0xE021 : 0);
    }
}

static void the_ca_decides_how_many_elements_there_are(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        pck_ca built_for, issuer;
        assay_status status;
    } cases[] = {
        { "5 under the Processor CA", PCK_CA_PROCESSOR, PCK_CA_PROCESSOR, ASSAY_OK },
        { "7 under the Platform CA", PCK_CA_PLATFORM, PCK_CA_PLATFORM, ASSAY_OK },
        { "5 under the Platform CA", PCK_CA_PROCESSOR, PCK_CA_PLATFORM, ASSAY_MALFORMED },
        { "7 under the Processor CA", PCK_CA_PLATFORM, PCK_CA_PROCESSOR, ASSAY_MALFORMED },
        { "under another CA", PCK_CA_PLATFORM, PCK_CA_NONE, ASSAY_MALFORMED },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const parts sound = { NULL };
        pck_extension e;
        assay_error error = { 0 };
        assert_row(cases[i].what, parse(&sound, cases[i].built_for, cases[i].issuer, &e, &error),
                   cases[i].status);
        assert_row(cases[i].what, error.qvl, cases[i].status == ASSAY_OK ? 0 : 38);
    }
    x509_cert without = { .sgx_extension = { NULL, 0 } };
    pck_extension e;
    assert_int_equal(pck_extension_parse(&without, PCK_CA_PLATFORM, "leaf", &e, NULL),
                     ASSAY_MALFORMED);
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    const parts sound = { NULL };
    forge_der d;
    build(&sound, PCK_CA_PLATFORM, &d);
    for (size_t size = 0; size < d.size; size++) {
        x509_cert leaf = { .der = span_of(d.data, size), .sgx_extension = span_of(d.data, size) };
        pck_extension e;
        assert_int_not_equal(pck_extension_parse(&leaf, PCK_CA_PLATFORM, "leaf", &e, NULL),
                             ASSAY_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_every_field),
        cmocka_unit_test(each_fault_is_refused),
        cmocka_unit_test(the_ca_decides_how_many_elements_there_are),
        cmocka_unit_test(every_truncation_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
