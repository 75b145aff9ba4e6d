/* cli_token_test.c: assay token: what a relying party accepts, and by which name it refuses. */
#include "cli_shell.h"

#define APPRAISE                                                                                   \
    "$A appraise --quote $QUOTE --collateral $GOOD --at $AT --unsigned-policy --policy td.json "   \
    "--policy strict.json --key key.pem --nonce 12345678 --audience us --issuer me "
#define VERIFY "$A token verify token --at $AT --key key.pem "

static const shell_row tokens_are_checked_rows[] = {
    { "a token",
      "$A key new -o key.pem >/dev/null && $A key new -o other.pem >/dev/null && "
      "$A policy new --from $QUOTE -o td.json && "
      "cp $POLICIES/tdx_platform_policy_strict.json strict.json && " APPRAISE ">token",
      0, "", "passed" },
    { "trusted", VERIFY "--nonce 12345678 --audience us", 0, "TRUSTED", "" },
    { "from standard input",
      "$A token verify --at $AT --key key.pem --nonce 12345678 --audience us <token", 0, "TRUSTED",
      "" },
    { "by a key set",
      "$A key jwks key.pem >jwks && $A token verify token --at $AT --jwks jwks --nonce "
      "12345678 "
      "--audience us",
      0, "TRUSTED", "" },
    { "JSON",
      VERIFY "--nonce 12345678 --audience us --json | jq -r '.status, .overall, .claims.iss'", 0,
      "ok\n1\nme\n", "" },
    { "its policies", VERIFY "--no-freshness --audience us --policy td.json --policy strict.json",
      0, "TRUSTED", "" },
    { "other policies", VERIFY "--no-freshness --audience us --policy strict.json", 3, "",
      "token_policy" },
    { "its quote", VERIFY "--no-freshness --audience us --quote $QUOTE", 0, "TRUSTED", "" },
    { "another quote", VERIFY "--no-freshness --audience us --quote $V/" OLD_CASE "/quote.bin", 3,
      "", "quote_hash_mismatch" },
    { "its report data",
      "data=$($A verify $QUOTE --collateral $GOOD --at $AT --json | jq -r "
      ".report.report_data); " VERIFY "--audience us --report-data $data",
      0, "TRUSTED", "" },
    { "other report data", VERIFY "--audience us --report-data ff", 3, "", "token_report_data" },
    { "another nonce", VERIFY "--nonce 87654321 --audience us", 3, "", "token_nonce" },
    { "no freshness", VERIFY "--audience us", 2, "", "fresh" },
    { "another audience", VERIFY "--nonce 12345678 --audience them", 3, "", "token_audience" },
    { "its issuer", VERIFY "--nonce 12345678 --audience us --issuer me", 0, "TRUSTED", "" },
    { "another issuer", VERIFY "--nonce 12345678 --audience us --issuer you", 3, "",
      "token_issuer" },
    { "an issuer that can't be asked for its keys",
      "$A token verify token --at $AT --issuer https://127.0.0.1:1 --no-freshness", 4, "",
      "fetch_connect" },
    { "an issuer over plain HTTP",
      "$A token verify token --at $AT --issuer http://example.org --no-freshness", 2, "",
      "plain HTTP" },
    { "another key",
      "$A token verify token --at $AT --key other.pem --nonce 12345678 --audience us", 3, "",
      "token_key" },
    { "no key at all", "$A token verify token --at $AT --nonce 12345678", 2, "", "no local key" },
    { "a day later",
      "$A token verify token --at 2025-03-01T03:44:50Z --key key.pem --nonce 12345678 "
      "--audience us",
      3, "", "token_expired" },
    { "too old by the caller's measure",
      "$A token verify token --at 2025-02-28T03:45:50Z --key key.pem --nonce 12345678 "
      "--audience "
      "us --max-age 10 ; c=$?; $A token verify token --at 2025-02-28T03:47:20Z --key key.pem "
      "--nonce 12345678 --audience us --max-age 60; exit $?",
      3, "", "token_too_old" },
    { "a changed payload",
      "awk -F. '{print $1\".\"substr($2,1,40)\"A\"substr($2,42)\".\"$3}' token >changed; "
      "$A token verify changed --at $AT --key key.pem --no-freshness",
      3, "", "token_" },
    { "what is no token",
      "echo text | $A token verify --at $AT --key key.pem --no-freshness --json", 3,
      "\"token_malformed\"", "" },
    { "sound, and says no",
      "$A appraise --quote $QUOTE --collateral $GOOD --at $AT --unsigned-policy --policy "
      "td.json "
      "--key key.pem --policy $POLICIES/../../none.json 2>/dev/null; sed "
      "'s/\"tdx_attributes\": \"0/\"tdx_attributes\": \"8/' td.json >worse.json; $A appraise "
      "--quote "
      "$QUOTE --collateral $GOOD --at $AT --unsigned-policy --policy worse.json --policy "
      "strict.json --key key.pem >no 2>/dev/null; $A token verify no --at $AT --key key.pem "
      "--no-freshness",
      1, "", "result_not_passed" },
    { "unsigned",
      "$A appraise --quote $QUOTE --collateral $GOOD --at $AT --unsigned-policy --policy "
      "td.json "
      "--policy strict.json --compat-unsigned >unsigned 2>/dev/null; $A token verify unsigned "
      "--at "
      "$AT --key key.pem --no-freshness",
      3, "", "token_algorithm" },
    { "unsigned, accepted", "$A token verify unsigned --at $AT --accept-unsigned --no-freshness", 0,
      "TRUSTED", "nobody signed" },
    { "shown without trust", "$A token show token | jq -r '.header.alg, .claims.iss'", 0,
      "ES256\nme\n", "" },
    { "nothing to show", "echo text | $A token show", 3, "", "error: " },
    { "no file", "$A token show none", 4, "", "none" },
    { "two files", "$A token show a b", 2, "", "one token" },
};

static void tokens_are_checked(void **state)
{
    (void)state;
    if (!shell_begin())
        skip();
    SHELL(tokens_are_checked_rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(tokens_are_checked) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
