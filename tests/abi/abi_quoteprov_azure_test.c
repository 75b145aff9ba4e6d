/* abi_quoteprov_azure_test.c: Azure's variables: which addresses the provider library asks by them,
 * in which order, and what it makes of the answers. */
#include <stdio.h>
#include <string.h>

#include "quoteprov_items.h"
#include "support.h"

static void azure_configure(const stub_service *service, const char *variable)
{
    char base[256];
    pccs_configure(service, "3.0", "");
    snprintf(base, sizeof(base), "http://127.0.0.1:%u/sgx/certification",
             stub_service_port(service));
    quoteprov_set(variable, base);
}

static void azures_variables_win_over_the_file(void **state)
{
    (void)state;
    stub_service *file = pccs_start(), *azure = pccs_start();
    char text[512], base[256];
    snprintf(base, sizeof(base), "http://127.0.0.1:%u/sgx/certification/",
             stub_service_port(azure));
    snprintf(text, sizeof(text),
             "PCCS_URL=http://127.0.0.1:%u/sgx/certification/v4/\n"
             "# the old form\nUSE_SECURE_CERT=FALSE\nRETRY_TIMES=0\n"
             "PCK_CACHE_EXPIRE_HOURS=0\n"
             "VERIFY_COLLATERAL_CACHE_EXPIRE_HOURS=0\n",
             stub_service_port(file));
    quoteprov_configure(text);
    collateral_of("file", 0);
    assert_non_null(strstr(stub_service_asked(file), "/sgx/certification/v4/tcb?"));
    quoteprov_set("AZDCAP_BASE_CERT_URL", base);
    quoteprov_set("AZDCAP_COLLATERAL_VERSION", "v3");
    collateral_of("variable", 0);
    assert_string_equal(stub_service_asked(file), "");
    assert_non_null(strstr(stub_service_asked(azure), "/sgx/certification/v3/tcb?"));
    certificate_expect("certificates still by the file");
    assert_non_null(strstr(stub_service_asked(file), "/v4/pckcert?"));
    stub_service_stop(file);
    stub_service_stop(azure);
}

static void tdx_has_a_base_of_its_own(void **state)
{
    (void)state;
    stub_service *both = pccs_start(), *own = pccs_start();
    char base[256];
    azure_configure(both, "AZDCAP_BASE_CERT_URL");
    snprintf(base, sizeof(base), "http://127.0.0.1:%u/tdx/certification", stub_service_port(own));
    quoteprov_set("AZDCAP_BASE_CERT_URL_TDX", base);
    collateral_of("TDX", 0x81);
    const char *asked = stub_service_asked(own);
    assert_non_null(strstr(asked, "GET /tdx/certification/v4/tcb?"));
    assert_non_null(strstr(asked, "GET /sgx/certification/v4/pckcrl?"));
    assert_string_equal(stub_service_asked(both), "");
    collateral_of("SGX", 0);
    assert_non_null(strstr(stub_service_asked(both), "GET /sgx/certification/v4/tcb?"));
    stub_service_stop(both);
    stub_service_stop(own);
}

static void a_region_needs_no_path(void **state)
{
    (void)state;
    stub_service *region = pccs_start();
    char base[256];
    quoteprov_configure("{ \"pck_cache_expire_hours\": 0, "
                        "\"verify_collateral_cache_expire_hours\": 0, \"retry_times\": 0 }");
    snprintf(base, sizeof(base), "http://127.0.0.1:%u", stub_service_port(region));
    quoteprov_set("AZDCAP_REGION_URL", base);
    collateral_of("region", 0x81);
    assert_non_null(strstr(stub_service_asked(region), "GET /tdx/certification/v4/tcb?"));
    stub_service_stop(region);
}

static void the_second_address_is_asked_when_the_first_is_silent(void **state)
{
    (void)state;
    const stub_reply silent = { "/pckcert", 503, NULL, { NULL, 0 } };
    stub_service *first = stub_service_start(&silent, 1), *second = pccs_start();
    char base[256];
    azure_configure(first, "AZDCAP_PRIMARY_BASE_CERT_URL");
    snprintf(base, sizeof(base), "http://127.0.0.1:%u/sgx/certificates", stub_service_port(second));
    quoteprov_set("AZDCAP_SECONDARY_BASE_CERT_URL", base);
    quoteprov_set("AZDCAP_CLIENT_ID", "a client");
    certificate_expect("second");
    assert_non_null(strstr(stub_service_asked(first), "GET /sgx/certification/v4/pckcert?"));
    const char *asked = stub_service_asked(second);
    assert_non_null(strstr(asked, "GET /sgx/certificates/v4/pckcert?"));
    assert_non_null(strstr(asked, "clientid=a%20client"));
    quoteprov_set("AZDCAP_BYPASS_BASE_URL", "True");
    certificate_expect("bypassed");
    assert_string_equal(stub_service_asked(first), "");
    stub_service_stop(first);
    stub_service_stop(second);
}

static void the_guests_endpoint_answers_in_json(void **state)
{
    (void)state;
    const stub_reply row = { "/pckcert", 200, NULL, bytes_span(&items.thim_certificate) };
    stub_service *service = stub_service_start(&row, 1);
    azure_configure(service, "AZDCAP_PRIMARY_BASE_CERT_URL");
    quoteprov_set("ASSAY_QUOTEPROV_SERVICE", "thim-imds");
    certificate_expect("IMDS");
    assert_non_null(strstr(stub_service_asked(service), "api-version=2021-07-22-preview"));
    assert_non_null(strcasestr(stub_service_headers(service), "metadata: true"));
    stub_service_stop(service);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(azures_variables_win_over_the_file),
        cmocka_unit_test(tdx_has_a_base_of_its_own),
        cmocka_unit_test(a_region_needs_no_path),
        cmocka_unit_test(the_second_address_is_asked_when_the_first_is_silent),
        cmocka_unit_test(the_guests_endpoint_answers_in_json),
    };
    return cmocka_run_group_tests(tests, quoteprov_items_make, quoteprov_items_free);
}
