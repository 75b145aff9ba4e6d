/* cli_assayd_thim_test.c: assayd as Azure's guests and AMD's know their services.
 * collateral-service.md 3 "AMD KDS", 4. */
#include <stdio.h>
#include <string.h>

#include "assayd_vendor.h"
#include "support.h"

#define SGX  "/sgx/certification/v4"
#define V3   "/sgx/certification/v3"
#define THIM "/metadata/THIM"
#define CHIP                                                                                       \
    "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"                             \
    "2122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40"

static assayd_process assayd;

static int start(void **state)
{
    (void)state;
    vendor_faults("");
    assayd = assayd_with(NULL);
    return 0;
}

static int stop(void **state)
{
    assayd_stop(&assayd);
    return vendor_end(state);
}

/* ---- Azure's guests
 * ----------------------------------------------------------------------------------- */

#define METADATA "Metadata: true\r\n"

typedef struct thim_row {
    const char *what, *target, *headers;
    unsigned code;
} thim_row;

static const thim_row thim_rows[] = {
    { "TCB info", THIM SGX_TCB "&api-version=2018-10-01-preview", METADATA, 200 },
    { "version 3", THIM V3 "/tcb?fmspc=" SGX_FMSPC, METADATA, 200 },
    { "a CRL", THIM SGX "/pckcrl?ca=platform&api-version=2020-02-12-preview", METADATA, 200 },
    { "any case of true", THIM SGX_TCB, "metadata: TRUE\r\n", 200 },
    { "without the header", THIM SGX_TCB, NULL, 400 },
    { "another value", THIM SGX_TCB, "Metadata: false\r\n", 400 },
    { "the header twice", THIM SGX_TCB, METADATA METADATA, 400 },
    { "forwarded", THIM SGX_TCB, METADATA "X-Forwarded-For: 10.0.0.1\r\n", 400 },
    { "forwarded, but empty", THIM SGX_TCB, METADATA "x-forwarded-for:\r\n", 400 },
    { "AMD",
      THIM "/amd/certification?platformId=" CHIP "&tcbVersion=7308000000000003"
           "&productName=Milan",
      METADATA, 200 },
    { "AMD, no product", THIM "/amd/certification?platformId=" CHIP "&tcbVersion=7308000000000003",
      METADATA, 200 },
    { "AMD, without the header",
      THIM "/amd/certification?platformId=" CHIP "&tcbVersion=7308000000000003", NULL, 400 },
    { "AMD, no chip and none configured",
      THIM "/amd/certification?tcbVersion=7308000000000003"
           "&productName=Milan",
      METADATA, 400 },
    { "AMD, no such product",
      THIM "/amd/certification?platformId=" CHIP "&tcbVersion=7308000000000003&productName=Rome",
      METADATA, 400 },
    { "AMD, a masked chip",
      "/SevSnpVM/certificates/00000000000000000000000000000000"
      "00000000000000000000000000000000000000000000000000000000000000000000"
      "0000000000000000000000000000/7308000000000003",
      NULL, 404 },
};

static void thim_asks_for_its_header(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(thim_rows); i++) {
        http_called called =
            http_call(assayd.port, "GET", thim_rows[i].target, thim_rows[i].headers, NULL);
        if (called.code != thim_rows[i].code)
            test_fail("%s: %u, want %u: %.200s", thim_rows[i].what, called.code, thim_rows[i].code,
                      called.body);
        http_called_free(&called);
    }
}

static void thim_gives_amd_certificates_as_texts(void **state)
{
    (void)state;
    http_called called = get(&assayd,
                             THIM "/amd/certification?platformId=" CHIP
                                  "&tcbVersion=7308000000000003&productName=Milan",
                             METADATA, 200);
    static const char *const members[] = { "{\"vcekCert\":\"-----BEGIN CERTIFICATE-----\\n",
                                           "\"tcbm\":\"7308000000000003\"",
                                           "\"certificateChain\":\"-----BEGIN CERTIFICATE-----",
                                           "\"cacheControl\":\"3600\"" };
    for (size_t i = 0; i < COUNT_OF(members); i++)
        if (strstr(called.body, members[i]) == NULL)
            test_fail("no %s in %.200s", members[i], called.body);
    http_called_free(&called);
}

static void a_vcek_is_asked_for_once(void **state)
{
    (void)state;
    static const char target[] = "/vcek/v1/Genoa/" CHIP "?blSPL=9&teeSPL=0&snpSPL=21&ucodeSPL=72";
    vendor_faults("");
    expect_code(&assayd, target, 200);
    assayd_stop(&assayd);
    assayd = assayd_again(&assayd, "[server]\nclock_offset = 400000000\n");
    http_called called = get(&assayd, target, NULL, 200);
    assert_string_equal(http_called_header(&called, "Warning"), "");
    assert_int_equal(vendor_count("/vcek/v1/Genoa/*SPL*"), 1);
    http_called_free(&called);
    assayd_stop(&assayd);
    assayd = assayd_with(NULL);
}

static void the_machines_own_chip_comes_from_the_configuration(void **state)
{
    (void)state;
    assayd_process own = assayd_with("[thim]\nchip_id = " CHIP
                                     "\ntcb_version = 7308000000000003\nproduct = Milan\n");
    http_called called = get(&own, THIM "/amd/certification", METADATA, 200);
    assert_non_null(strstr(called.body, "\"tcbm\":\"7308000000000003\""));
    http_called_free(&called);
    assayd_stop(&own);
}

static void it_can_be_switched_off(void **state)
{
    (void)state;
    assayd_process none = assayd_with("[thim]\nenabled = no\n");
    http_called called = get(&none, THIM SGX_TCB, METADATA, 404);
    http_called_free(&called);
    assayd_stop(&none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thim_asks_for_its_header),
        cmocka_unit_test(thim_gives_amd_certificates_as_texts),
        cmocka_unit_test(the_machines_own_chip_comes_from_the_configuration),
        cmocka_unit_test(it_can_be_switched_off),
        cmocka_unit_test(a_vcek_is_asked_for_once),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
