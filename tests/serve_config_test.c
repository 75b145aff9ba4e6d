/* serve_config_test.c: assayd.conf and the environment: what is read, and what is refused where. */
#include <stdio.h>
#include <stdlib.h>

#include "serve/config_rows.h"
#include "serve/listen.h"
#include "support.h"

static serve_config *fresh(void)
{
    serve_config *config = memory_new(sizeof(*config));
    assert_non_null(config);
    config_default(config);
    return config;
}

/* ---- Defaults ---- */

static void every_default_is_a_value(void **state)
{
    (void)state;
    serve_config *config = fresh();
    for (size_t i = 0; i < config_row_count; i++) {
        assay_error error = { 0 };
        const config_row *row = &config_rows[i];
        if (config_value_read(row, SPAN_TEXT(row->initial), "default", config, &error) != ASSAY_OK)
            test_fail("[%s] %s: %s", row->section, row->key, error.detail);
    }
    memory_free(config);
}

static void defaults_are_safe(void **state)
{
    (void)state;
    serve_config *config = fresh();
    assay_error error = { 0 };
    assert_int_equal(config_check(config, &error), ASSAY_OK);
    assert_string_equal(config->server.listen.at[0], "127.0.0.1:8081");
    assert_string_equal(config->server.admin.at[0], "127.0.0.1:8082");
    assert_int_equal(config->upstream.mode, FILL_LAZY);
    assert_int_equal(config->upstream.pcs.service, ASSAY_SERVICE_PCS);
    assert_false(config->server.plain_http);
    assert_false(config->upstream.allow_rollback);
    assert_int_equal(config->clock_offset, 0);
    assert_true(config->cache.max_age_seconds <= 86400);
    memory_free(config);
}

static void the_state_directory_follows_the_environment(void **state)
{
    (void)state;
    serve_config *config = fresh();
    char *before = getenv("STATE_DIRECTORY") != NULL ? strdup(getenv("STATE_DIRECTORY")) : NULL;
    setenv("STATE_DIRECTORY", "/var/lib/one:/var/lib/two", 1);
    config_default(config);
    assert_string_equal(config->state_directory, "/var/lib/one");
    unsetenv("STATE_DIRECTORY");
    if (before != NULL)
        setenv("STATE_DIRECTORY", before, 1);
    free(before);
    memory_free(config);
}

static void a_file_of_sqlite_is_below_the_state_directory(void **state)
{
    (void)state;
    static const struct {
        const char *url, *wanted;
    } rows[] = { { "sqlite:assayd.db", "sqlite:/state/assayd.db" },
                 { "sqlite:/data/a.db", "sqlite:/data/a.db" },
                 { "postgresql://db/assay", "postgresql://db/assay" } };
    serve_config *config = fresh();
    char url[CONFIG_URL_SIZE];
    snprintf(config->state_directory, sizeof(config->state_directory), "/state");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        snprintf(config->store.url, sizeof(config->store.url), "%s", rows[i].url);
        config_store_url(config, url);
        assert_string_equal(url, rows[i].wanted);
    }
    memory_free(config);
}

/* ---- Syntax ---- */

typedef struct syntax_row {
    const char *what;
    const char *text;
    const char *where; /* NULL: it is fine */
    const char *detail;
    const char *suggestion;
} syntax_row;

static const syntax_row syntax_rows[] = {
    { "nothing", "", NULL, NULL, NULL },
    { "comments and empty lines", "# a\n\n; b\n   # c\n", NULL, NULL, NULL },
    { "blanks around everything", "  [ log ]  \n  form  =  json  \n", NULL, NULL, NULL },
    { "line ends of DOS", "[log]\r\nform = json\r\n", NULL, NULL, NULL },
    { "no line end behind the last line", "[log]\nform = json", NULL, NULL, NULL },
    { "a section twice", "[log]\nform = json\n[thim]\nenabled = no\n[log]\nrequests = no\n", NULL,
      NULL, NULL },
    { "an empty text", "[upstream]\napi_key =\n", NULL, NULL, NULL },
    { "an equals sign in the value", "[store]\nurl = postgresql://db/a?user=b\n", NULL, NULL,
      NULL },
    { "a key before any section", "form = json\n", "c:1:1", "before the first", "" },
    { "a line that is neither", "[log]\n  form json\n", "c:2:3", "key = value", "" },
    { "a section without its end", "[log\n", "c:1:1", "ends with ]", "" },
    { "a section and more", "[log] form = json\n", "c:1:1", "ends with ]", "" },
    { "an unknown section", "[serves]\n", "c:1:1", "serves", "server" },
    { "an unknown key", "[log]\n\nfrom = json\n", "c:3:1", "no key from", "form" },
    { "a key of another section", "[log]\nlisten = 127.0.0.1:1\n", "c:2:1", "no key listen",
      "[server] listen" },
    { "a key twice", "[log]\nform = json\nform = text\n", "c:3:1", "stands twice", "" },
    { "a key twice in two parts of a section", "[log]\nform = json\n[thim]\n[log]\nform = text\n",
      "c:5:1", "stands twice", "" },
    { "a control character", "[log]\nform = js\x01on\n", "c:2:10", "0x01", "" },
    { "a value of the wrong kind", "[log]\nform =   xml\n", "c:2:10", "text or json", "" },
    { "a number that is none", "[server]\nworkers = many\n", "c:2:11", "a number from 1 to 256",
      "" },
    { "a number below its range", "[server]\nworkers = 0\n", "c:2:11", "from 1", "" },
    { "a number above its range", "[cache]\nmax_age_seconds = 86401\n", "c:2:19", "to 86400", "" },
    { "a number beyond 64 bits", "[store]\nitem_max = 18446744073709551616\n", "c:2:12", "a number",
      "" },
    { "a negative number", "[server]\nworkers = -1\n", "c:2:11", "a number", "" },
    { "no number", "[server]\nworkers =\n", "c:2:10", "a number", "" },
    { "a unit where none belongs", "[server]\nworkers = 4K\n", "c:2:11", "a number", "" },
    { "a flag that is none", "[thim]\nenabled = 1\n", "c:2:11", "yes or no", "" },
    { "a hash that is too short", "[access]\nadmin_token_hash = abcd\n", "c:2:20", "128 hex", "" },
    { "a service that is none", "[upstream]\npcs_url = intel https://a/\n", "c:2:11", "pccs", "" },
    { "too many addresses", "[server]\nlisten = a b c d e f g h i j k l m n o p q\n", "c:2:10",
      "at most 16", "" },
};

static void syntax(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(syntax_rows); i++) {
        const syntax_row *row = &syntax_rows[i];
        assay_error error = { 0 };
        serve_config *config = fresh();
        assay_status status = config_parse(SPAN_TEXT(row->text), "c", config, &error);
        assert_row(row->what, status, row->where == NULL ? ASSAY_OK : ASSAY_MALFORMED);
        if (row->where != NULL &&
            (strcmp(error.where, row->where) != 0 || strstr(error.detail, row->detail) == NULL ||
             strcmp(error.suggestion, row->suggestion) != 0))
            test_fail("%s: %s: %s (%s)", row->what, error.where, error.detail, error.suggestion);
        memory_free(config);
    }
}

static void nothing_changes_when_a_file_is_refused(void **state)
{
    (void)state;
    serve_config *config = fresh(), *before = fresh();
    assert_int_equal(config_parse(SPAN_TEXT("[log]\nform = json\nnone = 1\n"), "c", config, NULL),
                     ASSAY_MALFORMED);
    assert_memory_equal(config, before, sizeof(*config));
    memory_free(config);
    memory_free(before);
}

static void a_secret_is_not_repeated_in_an_error(void **state)
{
    (void)state;
    assay_error error = { 0 };
    serve_config *config = fresh();
    char text[512] = "[upstream]\napi_key = ";
    memset(text + strlen(text), 'S', 200);
    assert_int_equal(config_parse(SPAN_TEXT(text), "c", config, &error), ASSAY_MALFORMED);
    assert_null(strstr(error.detail, "SS"));
    memory_free(config);
}

/* ---- Values ---- */

static void values(void **state)
{
    (void)state;
    static const char text[] =
        "[server]\nlisten = 127.0.0.1:1, [::1]:2 unix:/a\nhead_size = 32K\nbody_size = 1048576\n"
        "clock_offset = -60\n[upstream]\nmode = offline\n"
        "pcs_url = thim-regional https://eastus.thim.azure.net/sgx/certification/v4/\n"
        "[access]\nclient_admins = CN=a, OU=b,O=c ; CN=d\n"
        "[thim]\ntcb_version = DB1A000000000004\n";
    serve_config *config = fresh();
    assert_int_equal(config_parse(SPAN_TEXT(text), "c", config, NULL), ASSAY_OK);
    assert_int_equal(config->server.listen.count, 3);
    assert_string_equal(config->server.listen.at[1], "[::1]:2");
    assert_int_equal(config->server.head_size, 32768);
    assert_int_equal(config->server.body_size, 1048576);
    assert_int_equal(config->clock_offset, -60);
    assert_int_equal(config->upstream.mode, FILL_OFFLINE);
    assert_int_equal(config->upstream.pcs.service, ASSAY_SERVICE_THIM_REGIONAL);
    assert_int_equal(config->access.client_admins.count, 2);
    assert_string_equal(config->access.client_admins.at[0], "CN=a, OU=b,O=c");
    assert_string_equal(config->thim.tcb_version, "db1a000000000004");
    memory_free(config);
}

static void what_is_written_reads_the_same(void **state)
{
    (void)state;
    static const char text[] =
        "[server]\nlisten = 127.0.0.1:1 [::1]:2\nbody_size = 3M\nclock_offset = -5\n"
        "[upstream]\nmode = req\npcs_url = pcs http://127.0.0.1:9/sgx/certification/v4/\n"
        "[cache]\nbaseline = pinned-19\n[access]\nclient_admins = CN=a; CN=b,O=c\nexempt =\n"
        "[log]\nform = json\nrequests = no\n";
    serve_config *config = fresh(), *again = fresh();
    char *written = NULL;
    assert_int_equal(config_parse(SPAN_TEXT(text), "c", config, NULL), ASSAY_OK);
    assert_int_equal(config_write(config, &written, NULL), ASSAY_OK);
    assert_int_equal(config_parse(SPAN_TEXT(written), "w", again, NULL), ASSAY_OK);
    for (size_t i = 0; i < config_row_count; i++) {
        if (!config_value_equal(&config_rows[i], config, again))
            test_fail("[%s] %s differs", config_rows[i].section, config_rows[i].key);
    }
    memory_free(written);
    memory_free(config);
    memory_free(again);
}

static void secrets_are_not_written(void **state)
{
    (void)state;
    static const char text[] = "[store]\nurl = postgresql://u:hidden@db/a\n"
                               "[upstream]\napi_key = hidden\n";
    serve_config *config = fresh();
    char *written = NULL;
    assert_int_equal(config_parse(SPAN_TEXT(text), "c", config, NULL), ASSAY_OK);
    assert_int_equal(config_write(config, &written, NULL), ASSAY_OK);
    assert_null(strstr(written, "hidden"));
    memory_free(written);
    memory_free(config);
}

/* ---- The environment ---- */

typedef struct variable_row {
    const char *what, *variable;
    const char *suggestion; /* NULL: it is fine */
} variable_row;

static void the_environment(void **state)
{
    (void)state;
    static const variable_row rows[] = {
        { "another program's", "PATH=/bin", NULL },
        { "a key", "ASSAYD_LOG_FORM=json", NULL },
        { "the client's own", "ASSAYD_TOKEN_FILE=/t", NULL },
        { "Kubernetes's for a Service of that name", "ASSAYD_PORT_8081_TCP_ADDR=10.0.0.1", NULL },
        { "Kubernetes's other", "ASSAYD_SERVICE_HOST=10.0.0.1", NULL },
        { "a misspelt key", "ASSAYD_LOG_FROM=json", "ASSAYD_LOG_FORM" },
        { "nothing like a key", "ASSAYD_XYZZY=1", "" },
        { "a bad value", "ASSAYD_LOG_FORM=xml", "" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assay_error error = { 0 };
        serve_config *config = fresh();
        char *environment[] = { (char *)rows[i].variable, NULL };
        assay_status status = config_environment(environment, config, &error);
        assert_row(rows[i].what, status, rows[i].suggestion == NULL ? ASSAY_OK : ASSAY_MALFORMED);
        if (rows[i].suggestion != NULL && strcmp(error.suggestion, rows[i].suggestion) != 0)
            test_fail("%s: suggests %s", rows[i].what, error.suggestion);
        memory_free(config);
    }
}

static void every_key_is_a_variable_that_wins(void **state)
{
    (void)state;
    for (size_t i = 0; i < config_row_count; i++) {
        char name[CONFIG_VARIABLE_SIZE], variable[4096];
        serve_config *config = fresh();
        config_row_variable(&config_rows[i], name);
        snprintf(variable, sizeof(variable), "%s=%s", name, config_rows[i].initial);
        char *environment[] = { variable, NULL };
        assert_row(name, config_environment(environment, config, NULL), ASSAY_OK);
        memory_free(config);
    }
    serve_config *config = fresh();
    char *environment[] = { (char *)"ASSAYD_LOG_FORM=text", NULL };
    assert_int_equal(config_parse(SPAN_TEXT("[log]\nform = json\n"), "c", config, NULL), ASSAY_OK);
    assert_int_equal(config_environment(environment, config, NULL), ASSAY_OK);
    assert_int_equal(config->log.form, LOG_TEXT);
    memory_free(config);
}

/* ---- The whole ---- */

typedef struct check_row {
    const char *what, *text;
    const char *where; /* NULL: it is fine */
} check_row;

static void check_all(const check_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assay_error error = { 0 };
        serve_config *config = fresh();
        assert_row(rows[i].what, config_parse(SPAN_TEXT(rows[i].text), "c", config, &error),
                   ASSAY_OK);
        assay_status status = config_check(config, &error);
        assert_row(rows[i].what, status, rows[i].where == NULL ? ASSAY_OK : ASSAY_MALFORMED);
        if (rows[i].where != NULL && strcmp(error.where, rows[i].where) != 0)
            test_fail("%s: %s: %s", rows[i].what, error.where, error.detail);
        memory_free(config);
    }
}

#define TLS "certificate_file = /c\nkey_file = /k\n"

static void rule_12_plain_http_only_where_it_stays_here(void **state)
{
    (void)state;
    static const check_row rows[] = {
        { "loopback", "[server]\nlisten = 127.0.0.1:1\n", NULL },
        { "all of loopback", "[server]\nlisten = 127.8.9.1:1\n", NULL },
        { "loopback of IPv6", "[server]\nlisten = [::1]:1\n", NULL },
        { "link-local", "[server]\nlisten = 169.254.1.1:1\n", NULL },
        { "link-local of IPv6", "[server]\nlisten = [fe80::1]:1\n", NULL },
        { "a unix socket", "[server]\nlisten = unix:/run/a\n", NULL },
        { "every address", "[server]\nlisten = 0.0.0.0:1\n", "[server] listen" },
        { "every address of IPv6", "[server]\nlisten = [::]:1\n", "[server] listen" },
        { "a private network", "[server]\nlisten = 10.0.0.1:1\n", "[server] listen" },
        { "loopback and another", "[server]\nlisten = 127.0.0.1:1 10.0.0.1:1\n",
          "[server] listen" },
        { "administration", "[server]\nadmin = 10.0.0.1:1\n", "[server] listen" },
        { "when asked for", "[server]\nlisten = 10.0.0.1:1\nplain_http = yes\n", NULL },
        { "with TLS", "[server]\nlisten = 10.0.0.1:1\n" TLS, NULL },
    };
    check_all(rows, COUNT_OF(rows));
}

static void what_must_fit_together(void **state)
{
    (void)state;
    static const check_row rows[] = {
        { "a certificate without its key", "[server]\ncertificate_file = /c\n",
          "[server] key_file" },
        { "a key without its certificate", "[server]\nkey_file = /k\n",
          "[server] certificate_file" },
        { "client certificates without TLS", "[server]\nclient_ca_file = /a\n",
          "[server] client_ca_file" },
        { "client admins without a CA", "[server]\n" TLS "[access]\nclient_admins = CN=a\n",
          "[access] client_admins" },
        { "no port", "[server]\nlisten = 127.0.0.1\n", "[server] listen" },
        { "a port that is none", "[server]\nlisten = 127.0.0.1:65536\n", "[server] listen" },
        { "a host name", "[server]\nlisten = localhost:1\n", "[server] listen" },
        { "IPv6 without brackets", "[server]\nlisten = ::1:1\n", "[server] listen" },
        { "IPv4 in brackets", "[server]\nlisten = [127.0.0.1]:1\n", "[server] listen" },
        { "a relative socket", "[server]\nadmin = unix:a\n", "[server] admin" },
        { "a descriptor", "[server]\nlisten = fd:3\n", "[server] listen" },
        { "nowhere", "[server]\nlisten =\nadmin =\n", "[server] listen" },
        { "too many",
          "[server]\nlisten = 127.0.0.1:1 127.0.0.1:2 127.0.0.1:3 127.0.0.1:4 "
          "127.0.0.1:5 127.0.0.1:6 127.0.0.1:7 127.0.0.1:8\n",
          "[server] listen" },
        { "both the same", "[server]\nlisten = 127.0.0.1:1\nadmin = 127.0.0.1:1\n", NULL },
        { "no network", "[access]\nexempt = 10.0.0.0/33\n", "[access] exempt" },
        { "networks", "[access]\nexempt = 10.0.0.0/8 ::1 fd00::/8\n", NULL },
        { "no origin", "[access]\norigins = example.org\n", "[access] origins" },
        { "an origin with a path", "[access]\norigins = https://a/b\n", "[access] origins" },
        { "origins", "[access]\norigins = https://a https://b:8443\n", NULL },
        { "no URL", "[upstream]\npcs_url = ftp://a/\n", "[upstream] pcs_url" },
        { "no URL of AMD's", "[upstream]\nkds_url = a\n", "[upstream] kds_url" },
        { "times that don't fit", "[upstream]\nconnect_seconds = 60\n",
          "[upstream] connect_seconds" },
        { "no store", "[store]\nurl = mysql://a\n", "[store] url" },
        { "a relative state directory", "[store]\nstate_directory = a\n",
          "[store] state_directory" },
        { "no product", "[thim]\nproduct = Rome\n", "[thim] product" },
    };
    check_all(rows, COUNT_OF(rows));
}

static void listeners_have_an_order(void **state)
{
    (void)state;
    serve_config *config = fresh();
    listen_list list;
    static const char text[] = "[server]\nlisten = 127.0.0.1:1 127.0.0.1:0\n"
                               "admin = 127.0.0.1:0 127.0.0.1:1 127.0.0.1:2\n";
    assert_int_equal(config_parse(SPAN_TEXT(text), "c", config, NULL), ASSAY_OK);
    assert_int_equal(listen_list_of(config, &list, NULL), ASSAY_OK);
    assert_int_equal(list.main_count, 2);
    assert_int_equal(list.count, 4); /* port 0 is another one each time */
    assert_string_equal(list.at[2], "127.0.0.1:0");
    assert_string_equal(list.at[3], "127.0.0.1:2");
    assert_true(list.admin[0] && !list.admin[1] && list.admin[2] && list.admin[3]);
    config->server.admin.count = 0;
    assert_int_equal(listen_list_of(config, &list, NULL), ASSAY_OK);
    assert_true(list.admin[0] && list.admin[1]); /* one listener for everything */
    memory_free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_default_is_a_value),
        cmocka_unit_test(defaults_are_safe),
        cmocka_unit_test(the_state_directory_follows_the_environment),
        cmocka_unit_test(a_file_of_sqlite_is_below_the_state_directory),
        cmocka_unit_test(syntax),
        cmocka_unit_test(nothing_changes_when_a_file_is_refused),
        cmocka_unit_test(a_secret_is_not_repeated_in_an_error),
        cmocka_unit_test(values),
        cmocka_unit_test(what_is_written_reads_the_same),
        cmocka_unit_test(secrets_are_not_written),
        cmocka_unit_test(the_environment),
        cmocka_unit_test(every_key_is_a_variable_that_wins),
        cmocka_unit_test(rule_12_plain_http_only_where_it_stays_here),
        cmocka_unit_test(what_must_fit_together),
        cmocka_unit_test(listeners_have_an_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
