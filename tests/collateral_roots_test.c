/* collateral_roots_test.c: trust anchors out of files (src/collateral/roots.c). */
#include <stdio.h>

#include "sim/build.h"
#include "sim/certificates.h"
#include "support.h"
#include "wire/base64.h"

static const uint8_t key_prefix[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                      0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                      0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00 };

enum { KEY_SIZE = sizeof(key_prefix) + P256_POINT_SIZE };

/* One root and its key in every form. */
typedef struct forms {
    sim_bytes certificate;
    sim_bytes intermediate;
    uint8_t point[P256_POINT_SIZE];
    uint8_t key[KEY_SIZE];
} forms;

static void forms_make(forms *f)
{
    sim_world world;
    sim_keyring ring;
    x509_cert parsed;
    *f = (forms) { .point = { 0 } };
    sim_world_init(&world, sim_profile_find("sgx-v3"), 3, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS);
    assert_int_equal(sim_keyring_derive(world.seed, &ring, NULL), ASSAY_OK);
    assert_int_equal(sim_certificate_write(&world, &ring, SIM_ROOT, &f->certificate, NULL),
                     ASSAY_OK);
    assert_int_equal(sim_certificate_write(&world, &ring, SIM_PLATFORM_CA, &f->intermediate, NULL),
                     ASSAY_OK);
    assert_int_equal(x509_cert_parse(bytes_span(&f->certificate), "root", &parsed, NULL), ASSAY_OK);
    memcpy(f->point, parsed.point, P256_POINT_SIZE);
    memcpy(f->key, key_prefix, sizeof(key_prefix));
    memcpy(f->key + sizeof(key_prefix), f->point, P256_POINT_SIZE);
}

static void forms_free(forms *f)
{
    bytes_free(&f->certificate);
    bytes_free(&f->intermediate);
}

/* One PEM block with a NUL behind it. */
static assay_span pem(assay_span der, const char *label, char *out, size_t capacity)
{
    char base64[2048];
    assert_true(base64_encoded_size(der.size, BASE64_STANDARD) < sizeof(base64));
    base64_encode(der, BASE64_STANDARD, base64);
    int size =
        snprintf(out, capacity, "-----BEGIN %s-----\n%s\n-----END %s-----\n", label, base64, label);
    return span_of(out, (size_t)size);
}

static void expect(const char *what, assay_span file, assay_status status, const uint8_t *point)
{
    assay_roots roots = { .count = 0 };
    assay_error error = { 0 };
    assert_row(what, assay_roots_add(&roots, file, &error), status);
    assert_row(what, roots.count, status == ASSAY_OK ? 1 : 0);
    if (status == ASSAY_OK)
        assert_memory_equal(roots.points[0], point, P256_POINT_SIZE);
    else
        assert_true(strncmp(error.where, "root", 4) == 0);
}

static void every_form_gives_the_same_key(void **state)
{
    (void)state;
    forms f;
    char text[4096];
    forms_make(&f);
    expect("certificate, DER", bytes_span(&f.certificate), ASSAY_OK, f.point);
    expect("certificate, PEM", pem(bytes_span(&f.certificate), "CERTIFICATE", text, sizeof(text)),
           ASSAY_OK, f.point);
    expect("key, DER", SPAN(f.key), ASSAY_OK, f.point);
    expect("key, PEM", pem(SPAN(f.key), "PUBLIC KEY", text, sizeof(text)), ASSAY_OK, f.point);
    forms_free(&f);
}

static void anything_else_is_refused(void **state)
{
    (void)state;
    forms f;
    char text[4096];
    static uint8_t big[8193];
    forms_make(&f);
    expect("empty", (assay_span) { NULL, 0 }, ASSAY_MALFORMED, NULL);
    expect("text", SPAN_TEXT("root"), ASSAY_MALFORMED, NULL);
    expect("larger than any root", SPAN(big), ASSAY_MALFORMED, NULL);
    expect("an intermediate", bytes_span(&f.intermediate), ASSAY_MALFORMED, NULL);
    expect("a private key", pem(SPAN(f.key), "PRIVATE KEY", text, sizeof(text)), ASSAY_MALFORMED,
           NULL);
    expect("a key labelled certificate", pem(SPAN(f.key), "CERTIFICATE", text, sizeof(text)),
           ASSAY_OK, f.point);

    assay_span one = pem(bytes_span(&f.certificate), "CERTIFICATE", text, sizeof(text));
    char two[8192];
    int size = snprintf(two, sizeof(two), "%s%s", text, text);
    assert_true((size_t)size == 2 * one.size);
    expect("two certificates", span_of(two, (size_t)size), ASSAY_MALFORMED, NULL);

    uint8_t key[KEY_SIZE + 1] = { 0 };
    memcpy(key, f.key, KEY_SIZE);
    expect("a byte behind the key", SPAN(key), ASSAY_UNSUPPORTED, NULL);
    expect("a key cut short", span_of(key, KEY_SIZE - 1), ASSAY_TRUNCATED, NULL);
    key[KEY_SIZE - 1] ^= 1;
    expect("a point off the curve", span_of(key, KEY_SIZE), ASSAY_MALFORMED, NULL);
    key[KEY_SIZE - 1] ^= 1;
    key[sizeof(key_prefix)] = 0x02;
    expect("another form of point", span_of(key, KEY_SIZE), ASSAY_UNSUPPORTED, NULL);
    key[sizeof(key_prefix)] = 0x04;
    key[22] = 0x01;
    expect("another curve", span_of(key, KEY_SIZE), ASSAY_UNSUPPORTED, NULL);
    forms_free(&f);
}

static void the_table_is_bounded_and_holds_each_once(void **state)
{
    (void)state;
    forms f;
    assay_roots roots = { .count = 0 };
    forms_make(&f);
    assert_int_equal(assay_roots_add(&roots, SPAN(f.key), NULL), ASSAY_OK);
    assert_int_equal(assay_roots_add(&roots, bytes_span(&f.certificate), NULL), ASSAY_OK);
    assert_int_equal(roots.count, 1);
    memset(roots.points, 0, sizeof(roots.points));
    roots.count = ASSAY_ROOT_MAX;
    assert_int_equal(assay_roots_add(&roots, SPAN(f.key), NULL), ASSAY_USAGE);
    assert_int_equal(roots.count, ASSAY_ROOT_MAX);
    forms_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_gives_the_same_key),
        cmocka_unit_test(anything_else_is_refused),
        cmocka_unit_test(the_table_is_bounded_and_holds_each_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
