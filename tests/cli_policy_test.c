/* cli_policy_test.c: assay policy: policies are made, checked, signed, shown; and the samples. */
#include "cli_shell.h"

static void policies_are_made(void **state)
{
    (void)state;
    static const shell_row rows[] = {
        { "from a quote", "$A policy new --from $QUOTE -o new.json", 0, "", "" },
        { "it is well", "$A policy check new.json", 0, "new.json: ok\n", "" },
        { "its values are those of the quote",
          "test $($A verify $QUOTE --collateral $GOOD --at $AT --json | jq -r .report.mrtd) = "
          "$($A policy show new.json | sed -n 's/.*tdx_mrtd.*natural order: //p')",
          0, "", "" },
        { "to standard output", "$A policy new --from $QUOTE | jq '.policy_array | length'", 0,
          "1\n", "" },
        { "from text", "$A policy new --from $GOOD/tcb_info.json", 3, "", "error: " },
        { "from nothing", "$A policy new", 2, "", "--from FILE" },
        { "from no file", "$A policy new --from none", 4, "", "none" },
    };
    if (!shell_begin())
        skip();
    SHELL(rows);
}

#define TD "{\"class_id\":\"45b734fc-aa4e-4c3d-ad28-e43d08880e68\"}"
#define QE "{\"class_id\":\"3769258c-75e6-4bc7-8d72-d2b0e224cad2\"}"
#define POLICY(environment, reference)                                                             \
    "{\"policy_array\":[{\"environment\":" environment ",\"reference\":" reference "}]}"
#define WRITE(text) "cat >p.json <<'END'\n" text "\nEND\n"

static void policies_are_checked(void **state)
{
    (void)state;
    static const shell_row rows[] = {
        { "well",
          WRITE(POLICY(TD, "{\"tdx_attributes\":\"0000000010000000\"}")) "$A policy check p.json",
          0, "p.json: ok\n", "" },
        { "JSON of it", "$A policy check p.json --json | jq -r '.status, .classes[0]'", 0,
          "ok\n45b734fc", "" },
        { "its id is the digest of its text",
          "test $($A policy check p.json --json | jq -r .id) = $(sha384sum <p.json | cut -d' ' "
          "-f1)",
          0, "", "" },
        { "misspelt", WRITE(POLICY(TD, "{\"tdx_mrdt\":\"00\"}")) "$A policy check p.json", 3, "",
          "did you mean tdx_mrtd?" },
        { "JSON of the fault", "$A policy check p.json --json | jq -r '.status, .error.code'",
          0 + 3, "refused\npolicy_unknown_member\n", "" },
        { "can never pass",
          WRITE(POLICY(QE, "{\"accepted_tcb_status\":[\"OutOfDate\"]}")) "$A policy check p.json",
          1, "never_passes", "" },
        { "the worst counts", "echo x >bad.json; $A policy check p.json bad.json", 3, "",
          "bad.json" },
        { "no file", "$A policy check none.json", 4, "", "none.json" },
        { "an extension", WRITE(POLICY(TD, "{\"debug\":\"deny\"}")) "$A policy check p.json", 0,
          "ok", "" },
        { "is not portable", "$A policy check p.json --strict-qal", 3, "",
          "policy_unknown_member" },
        { "nothing", "$A policy check", 2, "", "which policy?" },
        { "in words", "$A policy explain p.json", 0, "debug", "" },
    };
    shell_begin();
    SHELL(rows);
}

static const shell_row policies_are_signed_rows[] = {
    { "a key", "$A key new --alg ES384 -o owner.pem && $A key new --alg ES384 -o other.pem", 0,
      "ES384", "" },
    { "signed",
      WRITE(POLICY(TD, "{\"tdx_attributes\":\"0000000010000000\"}")) "$A policy sign p.json "
                                                                     "--key owner.pem -o p.jwt",
      0, "", "" },
    { "no line end", "test $(wc -l <p.jwt) = 0", 0, "", "" },
    { "to standard output", "$A policy sign p.json --key owner.pem | $A policy check -", 0, "ok",
      "" },
    { "by its signer", "$A policy verify p.jwt --policy-signer owner.pem", 0, "SIGNED by ", "" },
    { "by its signer's key set",
      "$A key jwks owner.pem >owner.jwks && $A policy verify p.jwt --policy-signer owner.jwks", 0,
      "SIGNED by ", "" },
    { "by a tenant", "$A policy verify p.jwt --policy-signer tenant=owner.pem", 0, "SIGNED", "" },
    { "not by a platform's owner", "$A policy verify p.jwt --policy-signer platform=owner.pem", 3,
      "", "policy_token_untrusted" },
    { "by anybody", "$A policy verify p.jwt --policy-signer any", 0, "any signer", "" },
    { "not by another", "$A policy verify p.jwt --policy-signer other.pem", 3, "",
      "policy_token_untrusted" },
    { "who counts must be said", "$A policy verify p.jwt", 2, "", "--policy-signer" },
    { "a bare file is no token", "$A policy verify p.json --policy-signer owner.pem", 3, "",
      "without a signature" },
    { "a changed signature",
      "sed 's/.$/A/; s/....$/AAAA/' p.jwt >q.jwt; $A policy verify q.jwt --policy-signer "
      "owner.pem",
      3, "", "policy_token_" },
    { "strict asks for dates", "$A policy verify p.jwt --policy-signer owner.pem --strict", 3, "",
      "policy_token_" },
    { "signed strictly",
      "$A policy sign p.json --key owner.pem --strict --issuer o --subject s --version 3 "
      "--lifetime 2d --at 2026-01-01T00:00:00Z -o s.jwt",
      0, "", "" },
    { "in time",
      "$A policy verify s.jwt --policy-signer owner.pem --strict --at 2026-01-02T00:00:00Z", 0,
      "SIGNED", "" },
    { "too late",
      "$A policy verify s.jwt --policy-signer owner.pem --strict --at 2026-01-03T00:00:00Z", 3, "",
      "policy_token_expired" },
    { "too long", "$A policy sign p.json --key owner.pem --strict --lifetime 401d", 2, "",
      "--lifetime" },
    { "dates without --strict", "$A policy sign p.json --key owner.pem --lifetime 1d", 2, "",
      "--strict" },
    { "by the wrong kind of key",
      "$A key new -o es256.pem >/dev/null; $A policy sign p.json --key es256.pem", 2, "", "P-384" },
    { "a bad policy is not signed", "echo '{}' >bad.json; $A policy sign bad.json --key owner.pem",
      3, "", "policy_structure" },
    { "by no key", "$A policy sign p.json", 2, "", "--key" },
    { "shown", "$A policy show p.jwt", 0, "// natural order: 0000001000000000", "" },
    { "what is shown is a policy", "$A policy show p.jwt | $A policy check -", 0, "ok", "" },
};

static void policies_are_signed(void **state)
{
    (void)state;
    shell_begin();
    SHELL(policies_are_signed_rows);
}

static void samples_are_well(void **state)
{
    (void)state;
    static const shell_row rows[] = {
        { "all are there", "ls $POLICIES/*.json | wc -l", 0, "13\n", "" },
        { "all pass", "$A policy check $POLICIES/*.json", 0, "ok\n", "" },
        { "and are portable", "$A policy check --strict-qal $POLICIES/*.json", 0, "ok\n", "" },
        { "strict ones without a warning",
          "$A policy check $POLICIES/*_strict.json | grep -c warning", 1, "0\n", "" },
        { "each is signed as it is",
          "$A key new --alg ES384 -o samples.pem && for p in $POLICIES/*.json; do "
          "$A policy sign $p --key samples.pem >/dev/null || exit 9; done",
          0, "", "" },
    };
    shell_begin();
    SHELL(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_are_made),
        cmocka_unit_test(policies_are_checked),
        cmocka_unit_test(policies_are_signed),
        cmocka_unit_test(samples_are_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
