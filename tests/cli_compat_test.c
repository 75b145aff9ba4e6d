/* cli_compat_test.c: the names that users of Intel's samples know, and the command lines of the
 * guide, on a real quote, a simulated one, and the golden subjects. */
#include <jansson.h>
#include <zlib.h>

#include "cli_shell.h"

enum { SUBJECT_MAX = 256 * 1024 };

/* As the guide has it, to the letter. */
#define OVERALL                                                                                    \
    "verifier -quote quote.dat | relying_party -v | grep \"json payload\" | "                      \
    "awk -F 'payload:' '{print $2}' | jq '.[0].result.overall_appraisal_result'"
#define REPORT_DATA                                                                                \
    "verifier -quote quote.dat | relying_party -v | grep \"json payload\" | "                      \
    "awk -F 'payload:' '{print $2}' | jq '.. | .tdx_reportdata? | select(. != null)'"

static void path_prepare(void)
{
    static char path[8192];
    snprintf(path, sizeof(path), "%s:%s", getenv("ASSAY_COMPAT"), getenv("PATH"));
    setenv("PATH", path, 1);
}

static const shell_row the_guide_rows[] = {
    { "a quote", "cp $QUOTE quote.dat", 0, "", "" },
    { "passed", OVERALL, 0, "1\n", NULL },
    { "its report data",
      "test \"$(" REPORT_DATA
      " 2>/dev/null | tr -d '\"' | tr A-F a-f | fold -w2 | tac | tr -d '\\n')\""
      " = $($A verify quote.dat --collateral $GOOD --at $AT --json | jq -r "
      ".report.report_data)",
      0, "", "" },
    { "the token is the only line", "verifier -quote quote.dat 2>/dev/null | wc -l", 0, "1\n", "" },
    { "which policies is said", "verifier -quote quote.dat >token", 0, "", "tenant_td_policy.jwt" },
    { "the local key is private", "stat -c %a assay/token-key.pem assay/policy-key.pem", 0,
      "600\n600\n", "" },
    { "one line holds the payload", "relying_party -v <token | grep -c 'json payload'", 0, "1\n",
      "" },
    { "success", "relying_party <token", 0, "appraisal result: success\n", "" },
    { "the expected policies", "relying_party -v -a <token", 0,
      "expected appraisal policys: success\n", NULL },
    { "blanks around it", "(echo; cat token; echo) | relying_party", 0, "success", "" },
    { "a changed token", "sed 's/....$/AAAA/' token | relying_party", 3, "failure", "token_" },
    { "no token", "echo text | relying_party", 3, "failure", "token_malformed" },
    { "an unknown option", "relying_party -x <token", 2, "", "usage: " },
    { "another operand", "verifier quote.dat", 2, "", "usage: " },
    { "the other quote by default", "verifier", 5, "", "quote.dat" },
    { "no such quote", "verifier -quote none", 5, "", "none" },
    { "a broken quote", "head -c 2000 quote.dat >broken; verifier -quote broken", 3, "",
      "error: " },
    { "no collateral, and none to be fetched",
      "echo LOCAL_CACHE_ONLY=TRUE >offline.conf; QCNL_CONF_PATH=offline.conf ASSAY_COLLATERAL= "
      "verifier -quote quote.dat",
      5, "", "fetch_cache_missing" },
    { "other policies",
      "$A key new --alg ES384 -o owner.pem >/dev/null && $A policy new --from quote.dat -o "
      "td.json && "
      "tee_appraisal_tool sign_policy -in td.json -key owner.pem -out td.jwt && "
      "tee_appraisal_tool sign_policy -in $POLICIES/tdx_platform_policy_strict.json -key "
      "owner.pem "
      "-out strict.jwt && ASSAY_POLICY=td.jwt:strict.jwt verifier -quote quote.dat >other",
      0, "", "td.jwt" },
    { "they are the expected ones", "ASSAY_POLICY=td.jwt:strict.jwt relying_party -a <other", 0,
      "policys: success", NULL },
    { "and not the installed ones", "relying_party -a <other", 1, "policys: failure", NULL },
    { "their signer counts",
      "ASSAY_POLICY=td.jwt:strict.jwt ASSAY_POLICY_SIGNER=owner.pem "
      "verifier -quote quote.dat",
      0, "ey", NULL },
    { "another signer doesn't",
      "ASSAY_POLICY=td.jwt ASSAY_POLICY_SIGNER=$V/appraisal/policy_key.pem "
      "verifier -quote quote.dat",
      4, "", "policy_token_untrusted" },
    { "a folder Policies",
      "mkdir -p Policies && cp td.jwt Policies/tenant_td_policy.jwt && "
      "cp strict.jwt Policies/tdx_platform_policy_strict.jwt && verifier -quote quote.dat "
      ">folder",
      0, "", "Policies/tdx_platform_policy_strict.jwt" },
    { "made for the platform",
      "cp strict.jwt Policies/cloud_tdx_platform_policy_00806F050000.jwt && "
      "verifier -quote quote.dat >folder",
      0, "", "cloud_tdx_platform_policy_00806F050000.jwt" },
    { "the same expected", "relying_party -a <folder", 0, "policys: success", NULL },
    { "a TD of another owner fails, and the token comes all the same",
      "sed 's/\"tdx_attributes\": \"0/\"tdx_attributes\": \"8/' td.json >worse.json; "
      "tee_appraisal_tool sign_policy -in worse.json -key owner.pem -out worse.jwt; "
      "ASSAY_POLICY=worse.jwt verifier -quote quote.dat >worse",
      1, "", "result: 0" },
    { "scripts see 0",
      "relying_party -v <worse | sed -n 's/.*payload://p' | "
      "jq '.[0].result.overall_appraisal_result'",
      1, "0\n", "" },
    { "failure", "relying_party <worse", 1, "appraisal result: failure\n", "" },
};

static void the_guide(void **state)
{
    (void)state;
    if (!shell_begin())
        skip();
    path_prepare();
    setenv("ASSAY_COLLATERAL", getenv("GOOD"), 1);
    setenv("ASSAY_AT", GOOD_TIME, 1);
    SHELL(the_guide_rows);
    unsetenv("ASSAY_COLLATERAL");
    unsetenv("ASSAY_AT");
}

static void the_guide_on_simulated_hardware(void **state)
{
    (void)state;
    static const shell_row rows[] = {
        { "a quote",
          "$SIM vendor new --profile tdx-v4 --at 2026-06-01T12:00:00Z --out td && cp td/quote.bin "
          "quote.dat",
          0, "", NULL },
        { "passed",
          "export ASSAY_COLLATERAL=td ASSAY_ROOT=td/root.pem ASSAY_AT=2026-06-01T12:00:00Z; "
          "rm -rf Policies; " OVERALL,
          0, "1\n", NULL },
        { "not without its root",
          "export ASSAY_COLLATERAL=td ASSAY_AT=2026-06-01T12:00:00Z; verifier -quote quote.dat", 3,
          "", "error: " },
        { "nor for a party that doesn't know it",
          "export ASSAY_COLLATERAL=td ASSAY_AT=2026-06-01T12:00:00Z; ASSAY_ROOT=td/root.pem "
          "verifier "
          "-quote quote.dat 2>/dev/null | relying_party",
          3, "", "token_root" },
    };
    shell_begin();
    path_prepare();
    setenv("SIM", getenv("ASSAY_SIM"), 1);
    SHELL(rows);
}

static void tool(void **state)
{
    (void)state;
    static const shell_row rows[] = {
        { "a policy", "cp $POLICIES/tenant_td_policy.json p.json; $A key new --alg ES384 -o k.pem",
          0, "", "" },
        { "signed", "tee_appraisal_tool sign_policy -in p.json -key k.pem -out p.jwt", 0, "", "" },
        { "verified", "tee_appraisal_tool verify_policy -in p.jwt", 0, "",
          "The policy format is correct and could be used for Appraisal.\n" },
        { "verbose", "tee_appraisal_tool verify_policy -in p.jwt -v", 0, "", "done" },
        { "changed", "sed 's/....$/AAAA/' p.jwt >q.jwt; tee_appraisal_tool verify_policy -in q.jwt",
          1, "", "error: " },
        { "text behind the JSON",
          "(cat p.json; echo x) >x.json; tee_appraisal_tool sign_policy -in "
          "x.json -key k.pem -out x.jwt",
          1, "", "policy_json" },
        { "a P-256 key",
          "openssl ecparam -name prime256v1 -genkey -noout -out p256.pem; "
          "tee_appraisal_tool sign_policy -in p.json -key p256.pem -out x.jwt",
          1, "", "error: " },
        { "a SEC 1 key",
          "openssl ecparam -name secp384r1 -genkey -noout -out sec1.pem; "
          "tee_appraisal_tool sign_policy -in p.json -key sec1.pem -out x.jwt",
          0, "", "" },
        { "no key", "tee_appraisal_tool sign_policy -in p.json -out x.jwt", 2, "", "usage: " },
        { "an unknown command", "tee_appraisal_tool make", 2, "", "usage: " },
        { "nothing", "tee_appraisal_tool", 2, "", "usage: " },
        { "help", "tee_appraisal_tool -help", 0, "", "usage: " },
        { "version", "tee_appraisal_tool -version", 0, "", "assay " },
        { "no such file", "tee_appraisal_tool verify_policy -in none", 1, "", "none" },
        { "by no known name", "$(dirname $(readlink -f $(which verifier)))/assay-compat", 2, "",
          "call it" },
    };
    shell_begin();
    path_prepare();
    SHELL(rows);
}

/* ---- Golden subjects ---- */

static assay_span subject_bytes(json_t *row, uint8_t *room)
{
    static uint8_t packed[SUBJECT_MAX];
    json_t *plain = json_object_get(row, "input_base64");
    json_t *text = plain != NULL ? plain : json_object_get(row, "input_zlib_base64");
    const assay_span in = { (const uint8_t *)json_string_value(text), json_string_length(text) };
    size_t size = 0;
    uLongf unpacked = SUBJECT_MAX;
    assert_int_equal(assay_decode_any(in, packed, sizeof(packed), &size, NULL, NULL), ASSAY_OK);
    if (plain != NULL)
        return (assay_span) { packed, size };
    assert_int_equal(uncompress(room, &unpacked, packed, size), Z_OK);
    return (assay_span) { room, unpacked };
}

static void golden_subject(json_t *row)
{
    static uint8_t room[SUBJECT_MAX];
    json_t *wanted = json_object_get(row, "expected_assay");
    char *in = command_file("subject", subject_bytes(row, room));
    char *out = command_file("payload", NO_INPUT);
    const char *words[] = { "tee_appraisal_tool", "gen_payload", "-in", in, "-out", out, NULL };
    command_result result = command_run(words, NO_INPUT);
    json_t *made = json_load_file(out, JSON_REJECT_DUPLICATES, NULL);
    const char *name = json_string_value(json_object_get(row, "name"));
    assert_row(name, result.exit_code, json_integer_value(json_object_get(wanted, "exit")));
    if (result.exit_code == 0 && !json_equal(made, json_object_get(wanted, "payload")))
        test_fail("%s: another payload", name);
    assert_row(name, strstr(result.err, "debug") != NULL && result.exit_code == 0,
               json_array_size(json_object_get(wanted, "warnings")) > 0);
    json_decref(made);
    command_free(&result);
    free(in);
    free(out);
}

static void golden_subjects(void **state)
{
    (void)state;
    char path[1024];
    size_t count = 0;
    if (!shell_begin())
        skip();
    path_prepare();
    snprintf(path, sizeof(path), "%s/appraisal/cases.jsonl", vectors_folder());
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    json_t *row;
    while ((row = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)) != NULL) {
        if (strcmp(json_string_value(json_object_get(row, "kind")), "gen_payload") == 0) {
            golden_subject(row);
            count++;
        }
        json_decref(row);
    }
    fclose(file);
    assert_int_equal(count, 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_guide),
        cmocka_unit_test(the_guide_on_simulated_hardware),
        cmocka_unit_test(tool),
        cmocka_unit_test(golden_subjects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
