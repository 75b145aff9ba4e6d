/* cli_admin_test.c: assay admin against a running assayd with a simulated vendor. */
#define _GNU_SOURCE /* asprintf(3) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "assayd_process.h"
#include "http_call.h"
#include "support.h"

/* One service for all: its vendor, and the token that may do everything. */
typedef struct fixture {
    vendor_process vendor;
    assayd_process assayd;
} fixture;

static fixture f;

static void hash_of(const char *token, char out[129])
{
    command_result result = command_run((const char *const[]) { "sha512sum", NULL }, TEXT(token));
    assert_int_equal(result.exit_code, 0);
    snprintf(out, 129, "%.128s", result.out);
    command_free(&result);
}

/* The first token of our own is made with the token of the configuration, as an operator does. */
static void first_token(void)
{
    static const char body[] = "{\"name\":\"first\",\"scopes\":[\"all\"]}";
    http_called called = http_call(f.assayd.admin_port, "POST", "/assay/v1/tokens",
                                   "Authorization: Bearer the admin's\r\n", body);
    if (called.code != 201)
        test_fail("no first token: %u %s", called.code, called.body);
    const char *at = strstr(called.body, "\"token\":\"");
    assert_non_null(at);
    at += strlen("\"token\":\"");
    char *token = strndup(at, strcspn(at, "\""));
    setenv("ASSAYD_TOKEN", token, 1);
    free(token);
    http_called_free(&called);
}

static int begin(void **state)
{
    (void)state;
    char hash[129], *config = NULL;
    f.vendor = vendor_start(NULL);
    hash_of("the admin's", hash);
    assert_true(asprintf(&config, "[access]\nadmin_token_hash = %s\n", hash) > 0);
    const assayd_order order = { .vendor = &f.vendor, .config = config };
    f.assayd = assayd_start(&order);
    free(config);
    setenv("ASSAYD_URL", f.assayd.admin_url, 1);
    first_token();
    return 0;
}

static int finish(void **state)
{
    (void)state;
    assayd_stop(&f.assayd);
    vendor_stop(&f.vendor);
    return 0;
}

/* ---- Command lines ---- */

typedef struct shell_row {
    const char *what, *script;
    int code;
    const char *out, *err; /* must be in it */
} shell_row;

static void shell(const shell_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *script = NULL;
        assert_true(asprintf(&script, "cd '%s'; A=\"$ASSAY_BIN admin\"\n%s", command_scratch(),
                             rows[i].script) > 0);
        command_result result = command_run(
            (const char *const[]) { "/bin/bash", "-o", "pipefail", "-c", script, NULL }, NO_INPUT);
        if (result.exit_code != rows[i].code || strstr(result.out, rows[i].out) == NULL ||
            strstr(result.err, rows[i].err) == NULL)
            test_fail("%s: exit code %d, want %d; says:\n%s%s", rows[i].what, result.exit_code,
                      rows[i].code, result.out, result.err);
        command_free(&result);
        free(script);
    }
}

#define SHELL_ROWS(rows) shell(rows, COUNT_OF(rows))

static void usage(void **state)
{
    (void)state;
    static const shell_row rows[] = {
        { "help", "$A --help", 0, "baseline", "" },
        { "no verb", "$A", 2, "", "a verb must follow" },
        { "a misspelt verb", "$A statsu", 2, "", "did you mean status?" },
        { "a misspelt verb below", "$A tokens nwe x", 2, "", "did you mean new?" },
        { "no URL", "$A status --url localhost", 2, "", "no URL" },
        { "a token of two words", "ASSAYD_TOKEN='a b' $A status", 2, "", "one word" },
        { "no token file", "$A status --token-file none", 4, "", "none" },
        { "an empty token file", ": >empty; $A status --token-file empty", 2, "", "0 characters" },
        { "no token name", "$A tokens new", 2, "", "NAME" },
        { "no scope", "$A tokens new a", 2, "", "--scope" },
        { "a scope that would break the body", "$A tokens new a --scope 'a\",\"b'", 2, "",
          "scope" },
        { "days that are none", "$A tokens new a --scope read --days x", 2, "", "--days" },
        { "no file to import", "$A import", 2, "", "which file" },
        { "no baseline", "$A baseline plan", 2, "", "NAME" },
    };
    SHELL_ROWS(rows);
}

static void failures_say_code_and_reason(void **state)
{
    (void)state;
    static const shell_row rows[] = {
        { "nobody there", "$A status --url http://127.0.0.1:1", 4, "", "fetch_connect" },
        { "no token", "ASSAYD_TOKEN= $A status", 3, "", "assayd said 401 (token_missing)" },
        { "what to do", "ASSAYD_TOKEN= $A status", 3, "", "--token-file" },
        { "a wrong token", "ASSAYD_TOKEN=wrong $A status", 3, "", "assayd said 401" },
        { "no such platform", "$A platforms show 00_0000", 3, "", "assayd said 404" },
        { "no such token", "$A tokens revoke nobody", 3, "", "(token_unknown)" },
        { "a parameter that is none", "$A platforms --state odd", 3, "", "assayd said 400" },
    };
    SHELL_ROWS(rows);
}

static void rule_9_tokens_are_made_used_and_revoked(void **state)
{
    (void)state;
    static const shell_row rows[] = {
        { "made", "$A tokens new ops --scope read,refresh -o ops.token", 0, "", "" },
        { "for its owner alone", "stat -c %a ops.token", 0, "600\n", "" },
        { "good for what it may", "$A status --token-file ops.token", 0, "sqlite", "" },
        { "and for nothing else", "$A tokens --token-file ops.token", 3, "", "(scope_missing)" },
        { "its name is taken", "$A tokens new ops --scope read", 3, "", "assayd said 409" },
        { "nobody gives more than they have",
          "$A tokens new keys --scope tokens -o keys.token; "
          "$A tokens new more --scope all --token-file keys.token",
          3, "", "(scope_beyond_own)" },
        { "a scope that is none", "$A tokens new odd --scope everything", 3, "", "is no scope" },
        { "listed", "$A tokens", 0, "ops", "" },
        { "listed without secrets", "! $A tokens --json | grep -q sha512", 0, "", "" },
        { "listed as JSON", "$A tokens --json | jq -r '.[] | select(.name==\"ops\").scopes[1]'", 0,
          "refresh\n", "" },
        { "with an end",
          "$A tokens new short --scope read --days 7 --json | jq -e '.expires!=null'", 0, "true",
          "" },
        { "revoked", "$A tokens revoke ops", 0, "revoked ops", "" },
        { "no more", "$A status --token-file ops.token", 3, "", "assayd said 401" },
        { "in the log", "$A audit", 0, "token.revoke", "" },
        { "who did it", "$A audit --json | jq -r '.[] | select(.action==\"token.revoke\").actor'",
          0, "token:first\n", "" },
    };
    SHELL_ROWS(rows);
}

static void status_and_items(void **state)
{
    (void)state;
    assert_int_equal(http_code(f.assayd.port, "/sgx/certification/v4/rootcacrl"), 200);
    static const shell_row rows[] = {
        { "a table", "$A status", 0, "Vendors", "" },
        { "JSON", "$A status --json | jq -r .mode", 0, "lazy\n", "" },
        { "items", "$A items", 0, "crl/root", "" },
        { "items of a prefix", "$A items crl/ --json | jq -r '.[0].item'", 0, "crl/", "" },
        { "of none", "$A items nothing/ --json", 0, "[]", "" },
        { "with a limit", "$A items --limit 1 --json | jq length", 0, "1\n", "" },
    };
    SHELL_ROWS(rows);
}

static void refresh(void **state)
{
    (void)state;
    static const shell_row rows[] = {
        { "to its end", "$A refresh", 0, " 0 failed", "" },
        { "without waiting", "$A refresh --no-wait", 0, "started", "" },
        { "JSON, once the other has ended",
          "for i in $(seq 100); do $A refresh --json >r.json 2>e && break; sleep 0.1; done; "
          "jq .running r.json",
          0, "false", "" },
        { "an FMSPC that is none", "$A refresh --fmspc 12", 3, "", "assayd said 400" },
    };
    SHELL_ROWS(rows);
}

/* Platforms of the simulated vendor's fleet, in its offline form. */
static void platforms_come_and_go(void **state)
{
    (void)state;
    static const shell_row rows[] = {
        { "made by the vendor", "$ASSAY_SIM fleet --count 20 --out fleet.ndjson", 0, "", "" },
        { "imported", "test -s fleet.ndjson && $A import fleet.ndjson", 0, "20 platforms", "" },
        { "listed", "$A platforms --json | jq length", 0, "20\n", "" },
        { "by a state", "$A platforms --state queued --json | jq length", 0, "0\n", "" },
        { "exported", "$A export -o out.ndjson && wc -l <out.ndjson", 0, "20\n", "" },
        { "exports take nothing away", "$A platforms --json | jq length", 0, "20\n", "" },
        { "as PCCS wants it",
          "$A export --form platformcollateral -o out.json && jq -r .collaterals.version out.json",
          0, "4\n", "" },
        { "one shown",
          "$A platforms show $($A platforms --json | jq -r '.[0]|.qe_id+\"_\"+.pce_id') | "
          "jq -r .platform.state",
          0, "registered\n", "" },
        { "one deleted",
          "$A platforms delete $($A platforms --json | jq -r '.[0]|.qe_id+\"_\"+.pce_id') && "
          "$A platforms --json | jq length",
          0, "19\n", "" },
        { "imported again", "$A import out.ndjson", 0, "20 platforms", "" },
        { "what is no platform", "echo '{}' >odd; $A import odd", 1, "1 refused", "is refused" },
    };
    SHELL_ROWS(rows);
}

static void baselines(void **state)
{
    (void)state;
    static const shell_row rows[] = {
        { "listed", "$A baseline", 0, "the default is standard", "" },
        { "shown", "$A baseline show standard | jq -r .kind", 0, "built-in\n", "" },
        { "made",
          "echo '{\"description\":\"ours\",\"rules\":[{\"channel\":\"early\"}]}' >ours.json; "
          "$A baseline set ours ours.json",
          0, "ours is set", "" },
        { "one that is none", "echo '{\"rule\":[]}' >odd.json; $A baseline set odd odd.json", 3, "",
          "assayd said 400" },
        { "planned, and not everybody would stay up to date", "$A baseline plan ours", 1, "wants",
          "" },
        { "planned as JSON", "$A baseline plan ours --json | jq -r .candidate", 1, "ours\n", "" },
        { "planned, and nobody changes", "$A baseline plan standard", 0, " 0 to the worse", "" },
        { "promoted", "$A baseline promote ours", 0, "default baseline is ours", "" },
        { "rolled back", "$A baseline rollback default", 0, "default baseline is standard", "" },
        { "an unknown one", "$A baseline plan nothing", 3, "", "assayd said 4" },
        { "in the log", "$A audit --json | jq -r '.[].action' | grep -c baseline", 0, "", "" },
    };
    SHELL_ROWS(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usage),
        cmocka_unit_test(failures_say_code_and_reason),
        cmocka_unit_test(rule_9_tokens_are_made_used_and_revoked),
        cmocka_unit_test(status_and_items),
        cmocka_unit_test(refresh),
        cmocka_unit_test(platforms_come_and_go),
        cmocka_unit_test(baselines),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
