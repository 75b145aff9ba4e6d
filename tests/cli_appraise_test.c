/* cli_appraise_test.c: assay appraise: every golden case through the command, and quotes. */
#include <jansson.h>
#include <stdbool.h>

#include "cli_shell.h"

enum { POLICIES_MAX = 16, PATH_SIZE = 1024 };

/* ---- Golden cases ---- */

static void file_write(char *path, const char *name, const char *text)
{
    char *made = command_file(name, TEXT(text));
    snprintf(path, PATH_SIZE, "%s", made);
    free(made);
}

static void result_write(json_t *row, char *path)
{
    json_t *token = json_object_get(row, "verification_token");
    char *text = json_dumps(json_object_get(row, "verification_result"), JSON_ENCODE_ANY);
    file_write(path, "result", token != NULL ? json_string_value(token) : text);
    free(text);
}

static command_result golden_run(json_t *row, const char *signer)
{
    static char result[PATH_SIZE], policies[POLICIES_MAX][PATH_SIZE], date[32];
    const char *words[64] = {
        NULL,   "appraise", "--accept-unsigned",     "--json", "--policy-signer", signer,
        "--at", date,       "--verification-result", result
    };
    size_t count = 10;
    size_t i;
    json_t *policy;
    result_write(row, result);
    snprintf(date, sizeof(date), "%lld",
             (long long)json_integer_value(json_object_get(row, "check_date")));
    json_array_foreach(json_object_get(row, "policies"), i, policy)
    {
        char name[32];
        snprintf(name, sizeof(name), "policy-%zu", i);
        file_write(policies[i], name, json_string_value(json_object_get(policy, "token")));
        words[count++] = "--policy";
        words[count++] = policies[i];
    }
    return command_run(words, NO_INPUT);
}

static bool same_text(json_t *said, json_t *wanted)
{
    return wanted == NULL || json_is_null(wanted) || json_equal(said, wanted) ||
           (json_is_string(said) &&
            strstr(json_string_value(said), json_string_value(wanted)) != NULL);
}

static int list_contains(json_t *list, json_t *value)
{
    size_t i;
    json_t *each;
    json_array_foreach(list, i, each)
    {
        if (json_equal(each, value))
            return 1;
    }
    return 0;
}

static bool same_set(json_t *a, json_t *b)
{
    size_t i;
    json_t *each;
    json_array_foreach(a, i, each)
    {
        if (!list_contains(b, each))
            return false;
    }
    return json_array_size(a) == json_array_size(b);
}

static bool same_error(json_t *said, json_t *wanted)
{
    return json_equal(json_object_get(said, "code"), json_object_get(wanted, "code")) &&
           same_text(json_object_get(said, "path"), json_object_get(wanted, "path")) &&
           same_text(json_object_get(said, "suggestion"), json_object_get(wanted, "suggestion"));
}

static bool same_outcome(json_t *said, json_t *wanted)
{
    if (!json_equal(json_object_get(said, "status"), json_object_get(wanted, "status")))
        return false;
    if (json_object_get(wanted, "error") != NULL)
        return same_error(json_object_get(said, "error"), json_object_get(wanted, "error"));
    return json_equal(json_object_get(said, "overall"), json_object_get(wanted, "overall")) &&
           json_equal(json_object_get(said, "reports"), json_object_get(wanted, "reports")) &&
           same_set(json_object_get(said, "warnings"), json_object_get(wanted, "warnings"));
}

static int wanted_exit_code(json_t *wanted)
{
    if (strcmp(json_string_value(json_object_get(wanted, "status")), "ok") != 0)
        return 3;
    return json_integer_value(json_object_get(wanted, "overall")) == 1 ? 0 : 1;
}

/* Returns 1 when the command said something else. */
static int golden_differs(json_t *row, const char *signer)
{
    json_t *wanted = json_object_get(row, "expected_assay");
    command_result result = golden_run(row, signer);
    json_t *said = json_loads(result.out, JSON_REJECT_DUPLICATES, NULL);
    const int differs = !same_outcome(said, wanted) || result.exit_code != wanted_exit_code(wanted);
    if (differs) {
        char *text = json_dumps(wanted, JSON_COMPACT);
        print_error("%s: exit code %d, said\n%s%s\nwant %d\n%s\n",
                    json_string_value(json_object_get(row, "name")), result.exit_code, result.out,
                    result.err, wanted_exit_code(wanted), text);
        free(text);
    }
    json_decref(said);
    command_free(&result);
    return differs;
}

static void golden_cases(void **state)
{
    (void)state;
    char path[PATH_SIZE], signer[PATH_SIZE];
    size_t count = 0, failed = 0;
    if (!shell_begin())
        skip();
    snprintf(path, sizeof(path), "%s/appraisal/cases.jsonl", vectors_folder());
    snprintf(signer, sizeof(signer), "%s/appraisal/policy_key.pem", vectors_folder());
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    json_t *row;
    while ((row = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)) != NULL) {
        if (strcmp(json_string_value(json_object_get(row, "kind")), "appraise") == 0) {
            failed += golden_differs(row, signer);
            count++;
        }
        json_decref(row);
    }
    fclose(file);
    assert_int_equal(count, 296);
    assert_row("golden cases that differ", failed, 0);
}

/* ---- Quotes ---- */

#define APPRAISE "$A appraise --quote $QUOTE --collateral $GOOD --at $AT "
#define BARE     "--unsigned-policy --policy td.json --policy strict.json "

static const shell_row quotes_rows[] = {
    { "policies of it",
      "$A policy new --from $QUOTE -o td.json && cp $POLICIES/tdx_platform_policy_strict.json "
      "strict.json && $A key new -o key.pem >/dev/null",
      0, "", "" },
    { "passed", APPRAISE BARE "--key key.pem >token", 0, "", "appraisal: passed" },
    { "one line of three segments",
      "grep -cE '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$' token", 0, "1\n", "" },
    { "JSON beside it",
      APPRAISE BARE "--key key.pem --json | jq -r '.status, .overall, .error, .verdict.accepted, "
                    "(.reports | length), (.token | split(\".\") | length)'",
      0, "ok\n1\nnull\ntrue\n3\n3\n", "" },
    { "each dialect",
      "for d in qal qal-guide ear ear-legacy ita maa; do " APPRAISE BARE
      "--key key.pem --dialect $d >/dev/null 2>&1 || { echo $d; exit 9; }; done",
      0, "", "" },
    { "oidc with an audience", APPRAISE BARE "--key key.pem --dialect oidc --audience us", 0, "ey",
      "passed" },
    { "oidc not for those who failed",
      "sed 's/\"tdx_attributes\": \"0/\"tdx_attributes\": \"8/' td.json >worse.json; " APPRAISE
      "--unsigned-policy --policy worse.json --key key.pem --dialect oidc --audience us",
      1, "", "no token" },
    { "failed: what was wanted and found",
      APPRAISE "--unsigned-policy --policy worse.json --key key.pem", 1, "ey",
      "td_attributes_check (tdx_attributes): wanted " },
    { "incomplete", APPRAISE "--unsigned-policy --policy strict.json --key key.pem", 1, "ey",
      "no policy" },
    { "no policy at all", APPRAISE "--key key.pem --json", 3, "\"policy_structure\"", "" },
    { "a bare policy", APPRAISE "--policy td.json --policy strict.json", 3, "",
      "policy_token_malformed" },
    { "misspelt policy",
      "sed s/tdx_mrtd/tdx_mrdt/ td.json >bad.json; " APPRAISE
      "--unsigned-policy --policy strict.json --policy bad.json --json | "
      "jq -r '.error.code, .error.path, .error.suggestion'",
      3, "policy_unknown_member\npolicies[1].policy_array[0].reference.tdx_mrdt\ntdx_mrtd\n", "" },
    { "--at 0", "$A appraise --quote $QUOTE --collateral $GOOD --at 0 --json " BARE, 3,
      "\"check_date\"", "" },
    { "no quote", "$A appraise --at $AT", 2, "", "--quote FILE" },
    { "both", "$A appraise --quote $QUOTE --verification-result x", 2, "", "--quote FILE" },
    { "a broken quote",
      "head -c 2000 $QUOTE >broken; $A appraise --quote broken --collateral $GOOD --at $AT "
      "--json " BARE,
      3, "\"status\":\"refused\"", "" },
    { "no such collateral", "$A appraise --quote $QUOTE --collateral none --at $AT " BARE, 4, "",
      "none" },
    { "unsigned is said", APPRAISE BARE "--compat-unsigned", 0, "ey", "unsigned" },
    { "unsigned and a key", APPRAISE BARE "--compat-unsigned --key key.pem", 2, "", "--key" },
    { "an algorithm of another key", APPRAISE BARE "--key key.pem --alg RS256", 2, "", NULL },
    { "no such algorithm", APPRAISE BARE "--key key.pem --alg HS256", 2, "", "--alg is" },
    { "no such dialect", APPRAISE BARE "--dialect eer", 2, "", "did you mean ear" },
    { "no such class", APPRAISE BARE "--without td-qi", 2, "", "did you mean td-qe" },
    { "without one",
      APPRAISE BARE "--key key.pem --without qe --json | jq -c '[.reports[] | "
                    ".appraisal_result] | sort'",
      0, "[-1,1,1]", "" },
    { "a public key",
      "$A key show key.pem | sed -n '/BEGIN/,$p' >pub.pem; " APPRAISE BARE "--key pub.pem", 2, "",
      "public" },
    { "the local key is made at first use",
      APPRAISE BARE ">token && stat -c %a assay/token-key.pem", 0, "600\n", "" },
    { "a verification result nobody signed",
      "$A appraise --verification-result $V/appraisal/full/vr_tdx.jwt --at 1750420800 --policy "
      "$V/appraisal/full/policies/tdx_strict.jwt --policy-signer any --json",
      3, "\"vr_token_", "" },
};

static void quotes(void **state)
{
    (void)state;
    if (!shell_begin())
        skip();
    SHELL(quotes_rows);
}

/* ---- Complete runs of Intel's engine: the same but for nonce and order ---- */

#define SAME                                                                                       \
    "same='.claims.appraisal_result | fromjson | .[0].result[0] | del(.nonce) | "                  \
    ".appraised_reports |= sort_by(.report.environment.class_id)'\n"

static void full_runs(void **state)
{
    (void)state;
    static const shell_row row = {
        "each run",
        SAME "F=$V/appraisal/full; $A key new -o full.pem >/dev/null\n"
             "for n in $(seq 0 $(($(jq length $F/index.json) - 1))); do\n"
             "  run=$(jq -c \".[$n]\" $F/index.json); word() { jq -r \"$1\" <<<\"$run\"; }\n"
             "  $A appraise --verification-result $F/$(word .verification_token) "
             "--accept-unsigned $(word '.policy_tokens[]' | sed \"s|^|--policy $F/|\") "
             "--policy-signer $V/appraisal/policy_key.pem --at $(word .check_date) "
             "--key full.pem >ours 2>/dev/null\n"
             "  $A token show ours | jq -S \"$same\" >a\n"
             "  $A token show $F/$(word .intel_token) | jq -S \"$same\" >b\n"
             "  cmp a b && [ $(wc -c <a) -gt 10000 ] && echo \"run $n\" || exit 9\n"
             "done",
        0,
        "run 0\nrun 1\nrun 2\nrun 3\nrun 4\n",
        "",
    };
    if (!shell_begin())
        skip();
    shell_run(&row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_cases),
        cmocka_unit_test(full_runs),
        cmocka_unit_test(quotes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
