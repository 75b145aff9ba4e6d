/* x509_crl_test.c: form of CRLs and look-up (src/x509/crl.c). Attack list rows 47, 51, and the
 * extensions of verification.md 2.5. */
#define _GNU_SOURCE /* memmem */
#include <stdlib.h>

#include "support.h"
#include "x509_forge.h"

static forge_key *key;

static int make_key(void **state)
{
    (void)state;
    key = forge_key_new();
    return 0;
}

static int drop_key(void **state)
{
    (void)state;
    forge_key_free(key);
    return 0;
}

#define TIME   "170d3235303130313030303030305a"
#define REASON "300c300a0603551d1504030a0101" /* keyCompromise */
#define AKI    "300d0603551d23040630048002aabb"
#define NUMBER "300a0603551d140403020107"

/* 00..: serials 0x80 (with a leading 00) and 0x1234 */
#define ENTRIES "3046302102020080" TIME REASON "302102021234" TIME REASON

#define MEMBER(member) offsetof(forge_crl, member)

static const struct row {
    const char *what;
    size_t member;
    const char *value;
    assay_status status;
    unsigned qvl, code;
} rows[] = {
    { "two entries", MEMBER(entries), ENTRIES, ASSAY_OK, 0, 0 },
    { "no entry", MEMBER(entries), NULL, ASSAY_OK, 0, 0 },
    { "entry without extensions", MEMBER(entries), "30143012020105" TIME, ASSAY_OK, 0, 0 },
    { "list there but empty", MEMBER(entries), "3000", ASSAY_MALFORMED, 28, 0xE038 },
    { "version 1", MEMBER(version), "", ASSAY_MALFORMED, 28, 0xE038 },
    { "version 3", MEMBER(version), "020102", ASSAY_MALFORMED, 28, 0xE038 },
    { "no nextUpdate", MEMBER(next_update), "", ASSAY_MALFORMED, 28, 0xE038 },
    { "inner algorithm SHA-384", MEMBER(inner_algorithm), "300a06082a8648ce3d040303",
      ASSAY_UNSUPPORTED, 28, 0xE038 },
    { "outer algorithm SHA-384", MEMBER(outer_algorithm), "300a06082a8648ce3d040303",
      ASSAY_UNSUPPORTED, 28, 0xE038 },
    { "a byte behind", MEMBER(behind), "00", ASSAY_MALFORMED, 28, 0xE038 },
    { "negative serial in an entry", MEMBER(entries), "30143012020180" TIME, ASSAY_MALFORMED, 28,
      0xE038 },
    { "serial of 21 octets in an entry", MEMBER(entries),
      "302830260215010000000000000000000000000000000000000000" TIME, ASSAY_MALFORMED, 28, 0xE038 },
    { "removeFromCRL", MEMBER(entries), "3023302102021234" TIME "300c300a0603551d1504030a0108",
      ASSAY_MALFORMED, 30, 0xE001 },
    { "reason 7", MEMBER(entries), "3023302102021234" TIME "300c300a0603551d1504030a0107",
      ASSAY_MALFORMED, 28, 0xE038 },
    { "reason 11", MEMBER(entries), "3023302102021234" TIME "300c300a0603551d1504030a010b",
      ASSAY_MALFORMED, 28, 0xE038 },
    { "critical extension of an entry", MEMBER(entries),
      "3026302402021234" TIME "300f300d0603551d150101ff04030a0101", ASSAY_MALFORMED, 31, 0xE001 },
    { "certificate issuer of an entry", MEMBER(entries),
      "3023302102021234" TIME "300c300a0603551d1d0403040100", ASSAY_MALFORMED, 31, 0xE001 },
    { "repeated extension of an entry", MEMBER(entries),
      "302f302d02021234" TIME "3018300a0603551d1504030a0101300a0603551d1504030a0101",
      ASSAY_MALFORMED, 31, 0xE001 },
    { "key identifier and number only", MEMBER(extensions), "a01d301b" AKI NUMBER, ASSAY_OK, 0, 0 },
    { "no extensions", MEMBER(extensions), "", ASSAY_MALFORMED, 31, 0xE001 },
    { "no number", MEMBER(extensions), "a011300f" AKI, ASSAY_MALFORMED, 31, 0xE001 },
    { "no key identifier", MEMBER(extensions), "a00e300c" NUMBER, ASSAY_MALFORMED, 31, 0xE001 },
    { "repeated number", MEMBER(extensions), "a0293027" AKI NUMBER NUMBER, ASSAY_MALFORMED, 31,
      0xE001 },
    { "critical number", MEMBER(extensions), "a020301e" AKI "300d0603551d140101ff0403020107",
      ASSAY_MALFORMED, 31, 0xE001 },
    { "negative number", MEMBER(extensions), "a01d301b" AKI "300a0603551d1404030201ff",
      ASSAY_MALFORMED, 31, 0xE001 },
    { "unknown extension", MEMBER(extensions), "a0273025" AKI NUMBER "300806022a0304020500",
      ASSAY_OK, 0, 0 },
    { "unknown critical extension", MEMBER(extensions),
      "a02a3028" AKI NUMBER "300b06022a030101ff04020500", ASSAY_MALFORMED, 31, 0xE001 },
    { "delta CRL", MEMBER(extensions), "a0293027" AKI NUMBER "300a0603551d1b0403020101",
      ASSAY_MALFORMED, 31, 0xE001 },
    { "issuing distribution point", MEMBER(extensions),
      "a0283026" AKI NUMBER "30090603551d1c04023000", ASSAY_MALFORMED, 31, 0xE001 },
};

static void each_fault_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        forge_crl plan = { .issuer = "Intel SGX Root CA", .issuer_key = key };
        memcpy((char *)&plan + rows[i].member, &rows[i].value, sizeof(rows[i].value));
        forge_der der;
        forge_crl_make(&plan, &der);
        x509_crl crl;
        assay_error error = { 0 };
        assert_row(rows[i].what, x509_crl_parse(forge_span(&der), "crl", &crl, &error),
                   rows[i].status);
        assert_row(rows[i].what, error.qvl, rows[i].qvl);
        assert_row(rows[i].what, error.code, rows[i].code);
    }
}

static void serials_are_found_as_numbers(void **state)
{
    (void)state;
    static const uint8_t listed[] = { 0x80 }, other[] = { 0x12, 0x34 }, absent[] = { 0x12 };
    forge_crl plan = { .issuer = "Intel SGX Root CA", .issuer_key = key, .entries = ENTRIES };
    forge_der der;
    forge_crl_make(&plan, &der);
    x509_crl crl;
    assert_int_equal(x509_crl_parse(forge_span(&der), "crl", &crl, NULL), ASSAY_OK);
    assert_int_equal(crl.entry_count, 2);
    assert_int_equal(crl.this_update, 1735689600);
    assert_int_equal(crl.next_update, 1738281600);
    assert_int_equal(crl.number.size, 1);
    assert_int_equal(crl.authority_key_id.size, 20);
    assert_true(x509_crl_lists(&crl, SPAN(listed)));
    assert_true(x509_crl_lists(&crl, SPAN(other)));
    assert_false(x509_crl_lists(&crl, SPAN(absent)));
    size_t cursor = 0, count = 0;
    assay_span serial;
    int64_t revoked_at;
    while (x509_crl_entry(&crl, &cursor, &serial, &revoked_at)) {
        assert_true(span_equal(serial, count == 0 ? SPAN(listed) : SPAN(other)));
        assert_int_equal(revoked_at, 1735689600);
        count++;
    }
    assert_int_equal(count, 2);
    plan.entries = NULL;
    forge_crl_make(&plan, &der);
    assert_int_equal(x509_crl_parse(forge_span(&der), "crl", &crl, NULL), ASSAY_OK);
    cursor = 0;
    assert_false(x509_crl_entry(&crl, &cursor, &serial, &revoked_at));
    assert_false(x509_crl_lists(&crl, SPAN(listed)));
}

static void append_sized(uint8_t **at, uint8_t tag, size_t size)
{
    const uint8_t head[] = { tag, 0x83, (uint8_t)(size >> 16), (uint8_t)(size >> 8),
                             (uint8_t)size };
    memcpy(*at, head, sizeof(head));
    *at += sizeof(head);
}

/* `out` becomes the CRL `sound`, which has no entries, with `count` of 22 octets put in. The
 * signature is no longer right: form is checked before it. */
static assay_span long_crl(const forge_der *sound, size_t count, uint8_t *out)
{
    static const uint8_t entry[] = { 0x30, 0x14, 0x02, 0x03, 0x01, 0,   0,   0x17, 0x0d, '2', '5',
                                     '0',  '1',  '0',  '1',  '0',  '0', '0', '0',  '0',  '0', 'Z' };
    size_t outer_head = 2 + (size_t)(sound->data[1] & 0x7f);
    const uint8_t *tbs = sound->data + outer_head;
    size_t tbs_head = tbs[1] < 0x80 ? 2 : 2 + (size_t)(tbs[1] & 0x7f);
    size_t tbs_size = tbs[1] < 0x80 ? tbs[1] : tbs[2];
    const uint8_t *extensions = memmem(sound->data, sound->size, "Z\xa0", 2);
    assert_non_null(extensions);
    extensions++;
    size_t before = (size_t)(extensions - tbs) - tbs_head;
    size_t new_tbs_size = tbs_size + 5 + count * sizeof(entry);
    size_t tail_size = sound->size - outer_head - tbs_head - tbs_size;
    uint8_t *at = out;
    append_sized(&at, 0x30, 5 + new_tbs_size + tail_size);
    append_sized(&at, 0x30, new_tbs_size);
    memcpy(at, tbs + tbs_head, before);
    at += before;
    append_sized(&at, 0x30, count * sizeof(entry));
    for (size_t i = 0; i < count; i++, at += sizeof(entry)) {
        memcpy(at, entry, sizeof(entry));
        at[4] = (uint8_t)(1 + (i >> 16));
        at[5] = (uint8_t)(i >> 8);
        at[6] = (uint8_t)i;
    }
    size_t rest = sound->size - (size_t)(extensions - sound->data);
    memcpy(at, extensions, rest);
    return span_of(out, (size_t)(at - out) + rest);
}

static void long_lists_are_read_up_to_the_limit(void **state)
{
    (void)state;
    static const uint8_t last[] = { 0x02, 0x86, 0x9f }; /* entry 99999 */
    forge_crl plan = { .issuer = "Intel SGX Root CA", .issuer_key = key };
    forge_der der;
    forge_crl_make(&plan, &der);
    uint8_t *buffer = malloc(22 * (LIMIT_CRL_ENTRIES + 1) + 1024);
    x509_crl crl;
    assay_error error;
    assay_span in = long_crl(&der, LIMIT_CRL_ENTRIES, buffer);
    assert_row("100000 entries", x509_crl_parse(in, "crl", &crl, &error), ASSAY_OK);
    assert_int_equal(crl.entry_count, LIMIT_CRL_ENTRIES);
    assert_true(x509_crl_lists(&crl, SPAN(last)));
    in = long_crl(&der, LIMIT_CRL_ENTRIES + 1, buffer);
    assert_row("100001 entries", x509_crl_parse(in, "crl", &crl, &error), ASSAY_MALFORMED);
    assert_int_equal(error.qvl, QVL_CRL_UNSUPPORTED_FORMAT);
    free(buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_is_refused),
        cmocka_unit_test(serials_are_found_as_numbers),
        cmocka_unit_test(long_lists_are_read_up_to_the_limit),
    };
    return cmocka_run_group_tests(tests, make_key, drop_key);
}
