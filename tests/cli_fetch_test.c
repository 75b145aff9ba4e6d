/* cli_fetch_test.c: the command fetches what it needs: from the simulated vendor online, from its
 * cache, and not at all. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "cli_shell.h"
#include "scripted_server.h"

enum { SERVERS = 2, WAIT_TICKS = 600, TICK_MS = 50 };

static pid_t servers[SERVERS];
static size_t server_count;

/* ---- The vendor online ---- */

/* Ends with the test, however that ends. */
static void server_run(const char *const *words)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (chdir(command_scratch()) != 0 || freopen("/dev/null", "w", stdout) == NULL)
        _exit(1);
    execv(words[0], (char *const *)words);
    _exit(1);
}

/* Waits for the file in which it says where it serves; that goes to the variable `name`. */
static void server_start(const char *const *words, const char *ready, const char *name)
{
    char url[128] = "", path[256];
    snprintf(path, sizeof(path), "%s/%s", command_scratch(), ready);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        server_run(words);
    servers[server_count++] = child;
    for (int i = 0; i < WAIT_TICKS && strchr(url, ':') == NULL; i++) {
        const struct timespec tick = { .tv_nsec = TICK_MS * 1000000L };
        nanosleep(&tick, NULL);
        FILE *file = fopen(path, "r");
        if (file != NULL && fgets(url, sizeof(url), file) == NULL)
            url[0] = '\0';
        if (file != NULL)
            fclose(file);
    }
    url[strcspn(url, "\n")] = '\0';
    assert_int_equal(strncmp(url, "http", 4), 0);
    setenv(name, url, 1);
}

static const shell_row preparation[] = {
    { "a quote, and a certificate for a server",
      "$SIM vendor new --out vendor >/dev/null && openssl req -x509 -newkey ec -pkeyopt "
      "ec_paramgen_curve:P-256 -nodes -keyout tls.key -out tls.pem -days 2 -subj /CN=localhost "
      "-addext subjectAltName=IP:127.0.0.1 2>/dev/null",
      0, "", NULL },
};

static int begin(void **state)
{
    (void)state;
    const char *sim = getenv("ASSAY_SIM");
    char cache[256];
    shell_begin();
    snprintf(cache, sizeof(cache), "%s/cache", command_scratch());
    setenv("SIM", sim, 1);
    setenv("AZDCAP_CACHE", cache, 1);
    setenv("QCNL_CONF_PATH", "/nonexistent/qcnl.conf", 1);
    setenv("R", "--root root.pem", 1);
    unsetenv("https_proxy");
    unsetenv("http_proxy");
    SHELL(preparation);
    server_start((const char *const[]) { sim, "pcs", "--root-out", "root.pem", "--ready-file",
                                         "ready", NULL },
                 "ready", "U");
    server_start((const char *const[]) { sim, "pcs", "--tls-cert", "tls.pem", "--tls-key",
                                         "tls.key", "--ready-file", "ready-tls", NULL },
                 "ready-tls", "T");
    return 0;
}

static int end(void **state)
{
    (void)state;
    for (size_t i = 0; i < server_count; i++) {
        kill(servers[i], SIGTERM);
        waitpid(servers[i], NULL, 0);
    }
    return 0;
}

/* ---- verify and its like ---- */

static const shell_row verify_rows[] = {
    { "nothing in the cache, and no connection allowed",
      "$A verify vendor/quote.bin $R --pcs $U --offline", 4, "", "fetch_cache_missing" },
    { "fetched, and kept in a file",
      "$A verify vendor/quote.bin $R --pcs $U --save-collateral saved.json", 0,
      "ACCEPTED: UpToDate", "" },
    { "that file is collateral", "$A verify vendor/quote.bin $R --collateral saved.json", 0,
      "ACCEPTED", "" },
    { "now from the cache", "$A verify vendor/quote.bin $R --pcs $U --offline", 0, "ACCEPTED", "" },
    { "its root is not trusted by having come from there", "$A verify vendor/quote.bin --pcs $U", 3,
      "", "root" },
    { "several quotes, each fetched once",
      "$A verify vendor/quote.bin vendor/quote.bin $R --pcs $U --jobs 2 | grep -c "
      "'\"accepted\":true'",
      0, "2\n", "" },
    { "several quotes and one file",
      "$A verify vendor/quote.bin vendor/quote.bin $R --pcs $U --save-collateral x", 2, "",
      "for one quote" },
    { "a quote that is none", "echo none | $A verify - $R --pcs $U --json", 3, "\"error\":", "" },
    { "a bundle", "$A bundle create vendor/quote.bin $R --pcs $U -o bundle.json", 0, "", "" },
    { "an appraisal",
      "$A policy new --from vendor/quote.bin -o td.json && $A appraise --quote vendor/quote.bin $R "
      "--pcs $U --unsigned-policy --policy td.json --without platform --without qe --dialect ear "
      "--json | jq -r .verdict.accepted",
      0, "true", NULL },
    { "the next service is asked",
      "$A verify vendor/quote.bin $R --pccs http://127.0.0.1:1 --pcs $U", 0, "ACCEPTED", "" },
};

static void quotes_are_judged_by_what_is_fetched(void **state)
{
    (void)state;
    SHELL(verify_rows);
}

static const shell_row failure_rows[] = {
    { "nobody there", "$A verify vendor/quote.bin --pccs https://127.0.0.1:1", 4, "",
      "fetch_connect" },
    { "the same as JSON", "$A verify vendor/quote.bin --pccs https://127.0.0.1:1 --json", 4,
      "\"status\":\"fetch_connect\"", "" },
    { "that is a document of the schema",
      "$A verify vendor/quote.bin --pccs https://127.0.0.1:1 --json >lines; /usr/bin/python3 "
      "$ASSAY_SCHEMA_CHECK $ASSAY_SCHEMA lines; c=$?; [ $c = 77 ] || exit $c",
      0, "", NULL },
    { "a service without the item", "$A verify vendor/quote.bin --pccs $U/pccs", 4, "",
      "said 404" },
    { "no address", "$A verify vendor/quote.bin --pccs localhost:8081", 2, "", "no address" },
    { "collateral that is there already",
      "$A verify vendor/quote.bin --collateral vendor --pccs $U", 2, "",
      "--pccs has nothing to do" },
    { "two words about services", "$A verify vendor/quote.bin --qcnl-config x --pccs $U", 2, "",
      "give one" },
    { "a configuration that is not there", "$A verify vendor/quote.bin --qcnl-config none.conf", 4,
      "", "none.conf" },
    { "a broken configuration",
      "printf '{\\n \"pccs_ulr\": 1\\n}' >broken.conf; $A verify vendor/quote.bin --qcnl-config "
      "broken.conf",
      3, "", "broken.conf:2:2: unknown key pccs_ulr; did you mean pccs_url?" },
    { "the usual one is broken", "QCNL_CONF_PATH=$PWD/broken.conf $A verify vendor/quote.bin", 3,
      "", ":2:2: unknown key" },
    { "a certificate that nobody vouches for", "$A verify vendor/quote.bin $R --pcs $T", 4, "",
      "fetch_tls" },
    { "its CA is named", "$A verify vendor/quote.bin $R --pcs $T --tls-ca tls.pem", 0, "ACCEPTED",
      "" },
    { "it is not asked for", "$A verify vendor/quote.bin $R --pcs $T --insecure", 0, "ACCEPTED",
      "" },
    { "a configuration in lines",
      "printf 'PCCS_URL=http://127.0.0.1:1/\\nRETRY_TIMES=0\\n' >lines.conf; $A verify "
      "vendor/quote.bin --qcnl-config lines.conf",
      4, "", "http://127.0.0.1:1/sgx/certification/v4/" },
    { "who fetches nothing loads no libcurl",
      "LD_DEBUG=libs $A verify vendor/quote.bin --collateral vendor $R 2>&1 | grep -c libcurl", 1,
      "0\n", "" },
};

static void failures_are_told(void **state)
{
    (void)state;
    SHELL(failure_rows);
}

/* ---- assay collateral ---- */

static const shell_row collateral_rows[] = {
    { "into a folder", "$A collateral fetch vendor/quote.bin $R --pcs $U -o folder", 0,
      "Written to folder", "" },
    { "it is complete", "ls folder | wc -l; $A verify vendor/quote.bin $R --collateral folder", 0,
      "7\nACCEPTED", "" },
    { "to standard output",
      "$A collateral fetch vendor/quote.bin $R --pcs $U >out.json && $A verify vendor/quote.bin $R "
      "--collateral out.json",
      0, "ACCEPTED", "" },
    { "for a kind of platform, early",
      "$A collateral fetch --fmspc 90c06f000000 --tee tdx --ca platform $R --pcs $U --early -o "
      "early.json --json | jq -r '.fmspc, .items.tcb_info.evaluation_number'",
      0, "90c06f000000\n20\n", "" },
    { "of a number",
      "$A collateral fetch --fmspc 90c06f000000 --tee sgx $R --pcs $U "
      "--tcb-evaluation-data-number 18 -o old.json --json | jq -r "
      "'.tee, .items.qe_identity.evaluation_number'",
      0, "sgx\n18\n", "" },
    { "two words about the set",
      "$A collateral fetch vendor/quote.bin --pcs $U --early --tcb-evaluation-data-number 18", 2,
      "", "give one" },
    { "what does not hold is not written",
      "$A collateral fetch vendor/quote.bin --pcs $U -o untrusted; c=$?; ls untrusted; exit $c", 3,
      "", "sgx-root-ca-untrusted" },
    { "for nothing", "$A collateral fetch --pcs $U", 2, "", "for which platforms?" },
    { "for a quote and a platform", "$A collateral fetch vendor/quote.bin --tee sgx --pcs $U", 2,
      "", "the quote says" },
    { "no FMSPC", "$A collateral fetch --fmspc 90c0 --tee sgx --pcs $U", 2, "", "12 hex digits" },
    { "no TEE", "$A collateral fetch --fmspc 90c06f000000 --tee snp --pcs $U", 2, "",
      "sgx or tdx" },
    { "a platform that nobody has",
      "$A collateral fetch --fmspc 000000000000 --tee sgx $R --pcs $U --json", 4,
      "\"fetch_not_found\"", "" },

    { "shown", "$A collateral show folder", 0, "Collateral of tdx platforms, FMSPC 90c06f000000",
      "" },
    { "shown with its levels",
      "$A collateral show folder --json | jq -r '.levels[0].status, .items.root_ca_crl.revoked'", 0,
      "UpToDate\n0\n", "" },
    { "a broken item is shown as broken",
      "cp -r folder broken && echo '{}' >broken/tcb_info.json && $A collateral show broken", 0,
      "broken ", "" },
    { "sound", "$A collateral check folder $R", 0, "SOUND", "" },
    { "not by Intel", "$A collateral check folder", 3, "", "root" },
    { "stale", "$A collateral check folder $R --at 2030-01-01T00:00:00Z", 1,
      "NOT VALID: tcb_info is stale", "" },
    { "not yet",
      "$A collateral check folder $R --at 2020-01-01T00:00:00Z --json | jq -r .status; "
      "exit ${PIPESTATUS[0]}",
      1, "not yet valid", "" },
    { "a broken one", "$A collateral check broken $R --json", 3, "\"error\":", "" },
    { "fresh", "$A collateral age folder", 0, " left   ", "" },
    { "fresh for a while", "$A collateral age folder --warn 60", 1, "soon", "" },
    { "fresh as JSON", "$A collateral age folder --json | jq -r '.fresh, .items[0].state'", 0,
      "true\nok\n", "" },
    { "no number of days", "$A collateral age folder --warn some", 2, "", "--warn wants" },
    { "the same", "$A collateral diff folder out.json", 0, "", "" },
    { "what early changes", "$A collateral diff folder early.json", 1,
      "tcb_info: evaluation_number: 19 -> 20\n", "" },
    { "levels, statuses and advisories",
      "$A collateral diff folder early.json --json | jq -r '.same, ([.changes[].what] | unique | "
      "join(\" \"))'; exit ${PIPESTATUS[0]}",
      1, "false\nadvisories evaluation_number", "" },
    { "one alone", "$A collateral diff folder", 2, "", "the old and the new" },
    { "a folder that is not there", "$A collateral show nowhere", 4, "", "nowhere" },
    { "a misspelt verb", "$A collateral fech", 2, "", "did you mean fetch?" },
};

static void people_look_at_collateral(void **state)
{
    (void)state;
    SHELL(collateral_rows);
}

/* ---- Issuers ---- */

static const shell_row token_rows[] = {
    { "a token of an issuer that is an address",
      "$A key new -o key.pem >/dev/null && $A key jwks key.pem >jwks && $A appraise --quote "
      "vendor/quote.bin $R --collateral vendor --unsigned-policy --policy td.json --without "
      "platform --without qe --key key.pem --issuer $I >token",
      0, "", NULL },
};

static const shell_row issuer_rows[] = {
    { "its keys are fetched",
      "$A token verify token --issuer $I --no-freshness --require td-1.5 --allow-custom-root", 0,
      "TRUSTED", "" },
    { "its certificate is checked, whatever the configuration says",
      "echo USE_SECURE_CERT=FALSE >insecure.conf; QCNL_CONF_PATH=insecure.conf $A token verify "
      "token --issuer $T --no-freshness",
      4, "", "fetch_tls" },
    { "keys of another", "$A token verify token --issuer $I/other --no-freshness", 4, "",
      "fetch_not_found" },
};

static char *scratch_text(const char *name)
{
    static char text[8192];
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", command_scratch(), name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void an_issuers_keys_are_fetched(void **state)
{
    (void)state;
    static char configuration[512], keys[8192];
    static const scripted_reply replies[] = {
        { .path = "/.well-known/openid-configuration", .body = configuration },
        { .path = "/keys", .body = keys },
    };
    scripted_server *server = scripted_server_start(replies, COUNT_OF(replies));
    const char *url = scripted_server_url(server);
    setenv("I", url, 1);
    SHELL(token_rows);
    snprintf(keys, sizeof(keys), "%s", scratch_text("jwks"));
    snprintf(configuration, sizeof(configuration), "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}",
             url, url);
    SHELL(issuer_rows);
    assert_true(scripted_server_requests(server) >= 3);
    scripted_server_stop(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_are_judged_by_what_is_fetched),
        cmocka_unit_test(failures_are_told),
        cmocka_unit_test(people_look_at_collateral),
        cmocka_unit_test(an_issuers_keys_are_fetched),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
