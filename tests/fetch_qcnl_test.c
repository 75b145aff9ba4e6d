/* fetch_qcnl_test.c: sgx_default_qcnl.conf in both forms (src/fetch/qcnl*.c, config.c). */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "assay/fetch.h"
#include "base/span.h"
#include "support.h"

static assay_status parse(const char *text, assay_fetch_config *config, assay_error *error)
{
    *error = (assay_error) { 0 };
    return assay_fetch_config_parse(SPAN_TEXT(text), "qcnl.conf", config, error);
}

static assay_fetch_config parsed(const char *text)
{
    assay_fetch_config config = { .collateral_count = 0 };
    assay_error error;
    if (parse(text, &config, &error) != ASSAY_OK)
        test_fail("%s: %s in %s", error.where, error.detail, text);
    return config;
}

/* The file as Intel ships it, comments included in spirit. */
static const char shipped[] =
    "{\n"
    "  // PCCS server address\n"
    "  \"pccs_url\": \"https://localhost:8081/sgx/certification/v4/\" // the default\n"
    "  /* To accept insecure HTTPS cert, \"set\" this option\n     to false */\n"
    "  ,\"use_secure_cert\": false\n"
    "  ,\"collateral_service\": \"https://api.trustedservices.intel.com/sgx/certification/v4/\"\n"
    "  ,\"tcb_update_type\" : \"early\"\n"
    "  ,\"pccs_api_version\": \"3.1\"\n"
    "  ,\"retry_times\": 6\n  ,\"retry_delay\": 10\n"
    "  ,\"local_pck_url\": \"http://127.0.0.1:8081/sgx/certification/v4/\"\n"
    "  ,\"pck_cache_expire_hours\": 100\n"
    "  ,\"verify_collateral_cache_expire_hours\": 2160\n"
    "  ,\"local_cache_only\": true\n"
    "  ,\"custom_request_options\" : {\n    \"get_cert\" : {\n"
    "      \"headers\": { \"head1\": \"value1\", \"X-Two\": \"b\" },\n"
    "      \"params\": { \"param1\": \"value1\" }\n    }\n  }\n}\n";

static void every_key_as_json(void **state)
{
    (void)state;
    const assay_fetch_config c = parsed(shipped);
    assert_int_equal(c.pck_count, 2);
    assert_string_equal(c.pck[0].url, "http://127.0.0.1:8081/sgx/certification/v4/");
    assert_string_equal(c.pck[1].url, "https://localhost:8081/sgx/certification/v4/");
    assert_int_equal(c.pck[1].service, ASSAY_SERVICE_PCCS);
    assert_int_equal(c.collateral_count, 1);
    assert_int_equal(c.collateral[0].service, ASSAY_SERVICE_PCS);
    assert_false(c.use_secure_cert);
    assert_int_equal(c.channel, ASSAY_TCB_EARLY);
    assert_int_equal(c.api_minor, 1);
    assert_int_equal(c.retry_times, 6);
    assert_int_equal(c.retry_delay_seconds, 10);
    assert_int_equal(c.pck_cache_hours, 100);
    assert_int_equal(c.collateral_cache_hours, 2160);
    assert_true(c.cache_only);
    assert_int_equal(c.pck_header_count, 2);
    assert_string_equal(c.pck_headers[0].name, "head1");
    assert_string_equal(c.pck_headers[1].value, "b");
    assert_int_equal(c.pck_parameter_count, 1);
    assert_string_equal(c.pck_parameters[0].value, "value1");
}

static void every_key_as_lines(void **state)
{
    (void)state;
    const assay_fetch_config c = parsed("# PCCS server address\r\n"
                                        "PCCS_URL=https://pccs:8081/sgx/certification/v4/\r\n"
                                        "\n  USE_SECURE_CERT = FALSE  \n"
                                        "COLLATERAL_SERVICE=https://other/sgx/certification/v4/\n"
                                        "TCB_UPDATE_TYPE=standard\n"
                                        "PCCS_API_VERSION=3.1\nRETRY_TIMES=4\nRETRY_DELAY=2\n"
                                        "LOCAL_PCK_URL=http://127.0.0.1/sgx/certification/v4/\n"
                                        "PCK_CACHE_EXPIRE_HOURS=1\n"
                                        "VERIFY_COLLATERAL_CACHE_EXPIRE_HOURS=2\n"
                                        "LOCAL_CACHE_ONLY=true");
    assert_int_equal(c.pck_count, 2);
    assert_string_equal(c.pck[0].url, "http://127.0.0.1/sgx/certification/v4/");
    assert_string_equal(c.pck[1].url, "https://pccs:8081/sgx/certification/v4/");
    assert_string_equal(c.collateral[0].url, "https://other/sgx/certification/v4/");
    assert_false(c.use_secure_cert);
    assert_int_equal(c.api_minor, 1);
    assert_int_equal(c.retry_times, 4);
    assert_int_equal(c.retry_delay_seconds, 2);
    assert_int_equal(c.pck_cache_hours, 1);
    assert_int_equal(c.collateral_cache_hours, 2);
    assert_true(c.cache_only);
}

static void collateral_comes_from_pccs_url_without_a_word_of_its_own(void **state)
{
    (void)state;
    assay_fetch_config c = parsed("{\"pccs_url\":\"https://pccs/sgx/certification/v4/\"}");
    assert_int_equal(c.pck_count, 1);
    assert_int_equal(c.collateral_count, 1);
    assert_string_equal(c.collateral[0].url, "https://pccs/sgx/certification/v4/");
}

static void several_services_are_asked_in_order(void **state)
{
    (void)state;
    const assay_fetch_config c =
        parsed("{\"pccs_url\":[\"https://one/\",\"https://api.trustedservices.intel.com/\"],"
               "\"local_pck_url\":\"\"}");
    assert_int_equal(c.pck_count, 2);
    assert_int_equal(c.collateral_count, 2);
    assert_int_equal(c.collateral[0].service, ASSAY_SERVICE_PCCS);
    assert_int_equal(c.collateral[1].service, ASSAY_SERVICE_PCS);
}

static void what_a_file_does_not_say_stays(void **state)
{
    (void)state;
    assay_fetch_config config;
    assay_error error;
    assay_fetch_config_default(&config);
    assert_int_equal(parse("{\"retry_times\": 0}", &config, &error), ASSAY_OK);
    assert_int_equal(config.retry_times, 0);
    assert_int_equal(config.pck_count, 1);
    assert_int_equal(config.pck[0].service, ASSAY_SERVICE_PCS);
    assert_true(config.use_secure_cert);
    assert_int_equal(config.pck_cache_hours, 168);
    assert_string_equal(config.kds_url, "https://kdsintf.amd.com/");
    assert_int_equal(parse("", &config, &error), ASSAY_OK);
    assert_int_equal(parse("LOCAL_PCK_URL=http://local/\n", &config, &error), ASSAY_OK);
    assert_int_equal(config.pck_count, 2);
    assert_string_equal(config.pck[0].url, "http://local/");
    assert_int_equal(config.pck[1].service, ASSAY_SERVICE_PCS);
}

static const struct {
    const char *what, *text, *where, *detail;
} faults[] = {
    { "a comma too much", "{\n  \"retry_times\": 1,\n}", "qcnl.conf:3:1", "" },
    { "a bare word", "{\n  \"retry_times\": many\n}", "qcnl.conf:2:18", "" },
    { "no end", "{\n  \"retry_times\": 1\n", "qcnl.conf:", "" },
    { "a key twice", "{\"retry_times\": 1,\n \"retry_times\": 2}", "qcnl.conf:2:", "" },
    { "text behind", "{}\n{}", "qcnl.conf:2:1", "" },
    { "a comment without end", "{\n /* \"retry_times\": 1 }", "qcnl.conf:2:2", "no end" },
    { "an unknown key", "{\n  \"pccs_ulr\": \"https://pccs/\"\n}", "qcnl.conf:2:3",
      "did you mean pccs_url?" },
    { "an unknown key like none", "{\"colour\": \"red\"}", "qcnl.conf:1:2", "unknown key colour" },
    { "a number in a text", "{\"retry_times\": \"6\"}", "qcnl.conf:1:17", "bare" },
    { "a negative number", "{\"retry_times\": -1}", "qcnl.conf:1:17", "without sign" },
    { "a number too large", "{\n\"retry_delay\" : 3601}", "qcnl.conf:2:17", "0 to 3600" },
    { "more than 90 days", "{\"pck_cache_expire_hours\":2161}", "qcnl.conf:1:27", "0 to 2160" },
    { "a flag in a text", "{\"use_secure_cert\": \"true\"}", "qcnl.conf:1:21", "true or false" },
    { "a word that is none", "{\"tcb_update_type\":\"all\"}", "qcnl.conf:1:20",
      "standard or early" },
    { "another API", "{\"pccs_api_version\":\"4.0\"}", "qcnl.conf:1:21", "3.0 or 3.1" },
    { "no address", "{\"pccs_url\":\"localhost:8081\"}", "qcnl.conf:1:13", "no address" },
    { "an empty address", "{\"pccs_url\":\"\"}", "qcnl.conf:1:13", "no address" },
    { "an empty list", "{\"pccs_url\":[]}", "qcnl.conf:1:13", "list" },
    { "a list of numbers", "{\"pccs_url\":[1]}", "qcnl.conf:1:13", "addresses alone" },
    { "an address with a query", "{\"pccs_url\":\"https://pccs/?a=1\"}", "qcnl.conf:1:13", "0x3f" },
    { "options of another kind", "{\"custom_request_options\":{\"get_crl\":{}}}", "qcnl.conf:1:28",
      "unknown key get_crl" },
    { "options inside are misspelt",
      "{\"custom_request_options\":{\n\"get_cert\":{\n \"header\":{}}}}", "qcnl.conf:3:2",
      "did you mean headers?" },
    { "a header that breaks the line",
      "{\"custom_request_options\":{\"get_cert\":{\"headers\":{\"A\":\"b\\r\\nC: d\"}}}}",
      "qcnl.conf:1:55", "printable" },
    { "a name that is none",
      "{\"custom_request_options\":{\"get_cert\":{\"headers\":{\"A b\":\"c\"}}}}", "qcnl.conf:1:51",
      "such a name" },
    { "a header that is no text",
      "{\"custom_request_options\":{\"get_cert\":{\"headers\":{\"A\":1}}}}", "qcnl.conf:1:55",
      "a text" },
    { "a line without =", "# x\nPCCS_URL https://pccs/\n", "qcnl.conf:2:1", "KEY=VALUE" },
    { "a line of JSON alone", "\"pccs_url\": \"https://pccs/\"\n", "qcnl.conf:1:1", "JSON" },
    { "an unknown key in lines", "\nPCCS_ULR=https://pccs/\n", "qcnl.conf:2:1",
      "did you mean PCCS_URL?" },
    { "a key in lines twice", "RETRY_TIMES=1\nRETRY_TIMES=2\n", "qcnl.conf:2:1", "twice" },
    { "a flag in lines", "USE_SECURE_CERT=yes\n", "qcnl.conf:1:17", "TRUE or FALSE" },
    { "a number in lines", "RETRY_TIMES=six\n", "qcnl.conf:1:13", "number from 0 to 100" },
    { "an empty number", "RETRY_TIMES=\n", "qcnl.conf:1:13", "number" },
    { "a number too large in lines", "RETRY_TIMES = 101\n", "qcnl.conf:1:15", "0 to 100" },
    { "an address in lines", "PCCS_URL=pccs\n", "qcnl.conf:1:10", "no address" },
};

static void faults_name_line_and_column(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        assay_fetch_config config = { .retry_times = 77 };
        assay_error error;
        assert_row(faults[i].what, parse(faults[i].text, &config, &error), ASSAY_MALFORMED);
        if (strncmp(error.where, faults[i].where, strlen(faults[i].where)) != 0 ||
            strstr(error.detail, faults[i].detail) == NULL)
            test_fail("%s: %s: %s", faults[i].what, error.where, error.detail);
        assert_row(faults[i].what, config.retry_times, 77);
        assert_row(faults[i].what, config.pck_count, 0);
    }
}

static void comments_hide_nothing_else(void **state)
{
    (void)state;
    const assay_fetch_config c =
        parsed("// {\n/* \" */ {\"pccs_url\": /* here */ \"https://a//b/*c*/\" } // \"");
    assert_string_equal(c.pck[0].url, "https://a//b/*c*/");
}

static void the_environment_names_the_file(void **state)
{
    (void)state;
    char path[] = "/tmp/assay-qcnl-XXXXXX";
    assay_fetch_config config = { .retry_times = 1 };
    assay_error error = { 0 };
    bool found = false;
    const int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, "{\"retry_times\":5}", 17) == 17);
    close(fd);
    setenv("QCNL_CONF_PATH", path, 1);
    assert_int_equal(assay_fetch_config_load(&config, &found, &error), ASSAY_OK);
    assert_true(found);
    assert_int_equal(config.retry_times, 5);
    unlink(path);
    assert_int_equal(assay_fetch_config_load(&config, &found, &error), ASSAY_OK);
    assert_false(found);
    setenv("QCNL_CONF_PATH", "/proc/self/mem/x", 1);
    assert_int_equal(assay_fetch_config_load(&config, &found, &error), ASSAY_ENVIRONMENT);
    setenv("QCNL_CONF_PATH", "/", 1);
    assert_int_equal(assay_fetch_config_load(&config, &found, &error), ASSAY_ENVIRONMENT);
}

static void the_cache_is_in_a_folder_of_the_user(void **state)
{
    (void)state;
    assay_fetch_config config;
    setenv("HOME", "/home/someone", 1);
    unsetenv("XDG_CACHE_HOME");
    unsetenv("AZDCAP_CACHE");
    assay_fetch_config_default(&config);
    assert_string_equal(config.cache_folder, "/home/someone");
    setenv("XDG_CACHE_HOME", "/xdg", 1);
    assay_fetch_config_default(&config);
    assert_string_equal(config.cache_folder, "/xdg");
    setenv("AZDCAP_CACHE", "relative", 1);
    assay_fetch_config_default(&config);
    assert_string_equal(config.cache_folder, "/xdg");
    unsetenv("HOME");
    unsetenv("XDG_CACHE_HOME");
    assay_fetch_config_default(&config);
    assert_string_equal(config.cache_folder, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_as_json),
        cmocka_unit_test(every_key_as_lines),
        cmocka_unit_test(collateral_comes_from_pccs_url_without_a_word_of_its_own),
        cmocka_unit_test(several_services_are_asked_in_order),
        cmocka_unit_test(what_a_file_does_not_say_stays),
        cmocka_unit_test(faults_name_line_and_column),
        cmocka_unit_test(comments_hide_nothing_else),
        cmocka_unit_test(the_environment_names_the_file),
        cmocka_unit_test(the_cache_is_in_a_folder_of_the_user),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
