/* cli_vectors_test.c: every real DCAP case is judged by `assay verify` as case.json says.
 *
 * Members of `expected_assay` replace those of `expected`. The level date is the earliest of
 * platform, module and QE here, of platform and QE in the reference. Every line of JSON is kept and
 * checked against docs/verdict.schema.json at the end. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run_command.h"
#include "support.h"
#include "vectors.h"

static const char *const families[] = { "sgx-v3", "tdx-v4", "tdx-v5", NULL };

/* What one case gave. `differs` is the first thing that is not as it must be. */
typedef struct judged {
    json_t *description;
    json_t *result;
    int exit_code;
    const char *differs;
} judged;

static FILE *all_lines;
static size_t wrong, ran;

static void wants(judged *j, bool holds, const char *what)
{
    if (!holds && j->differs == NULL)
        j->differs = what;
}

static const char *expected_text(const judged *j, const char *member)
{
    return json_string_value(vectors_expected(j->description, member));
}

static const char *text_at(json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text != NULL ? text : "";
}

static json_t *part(const judged *j, const char *name)
{
    return json_object_get(json_object_get(j->result, "parts"), name);
}

/* ---- Fields ---- */

/* Every member of `fields` that `shown` has too is the same there. Returns how many there were. */
static size_t compare_members(judged *j, json_t *fields, json_t *shown)
{
    const char *name;
    json_t *value;
    size_t count = 0;
    json_object_foreach(fields, name, value)
    {
        json_t *ours = json_object_get(shown, name);
        if (ours == NULL)
            continue;
        count++;
        if (!json_equal(ours, value))
            wants(j, false, name);
    }
    return count;
}

static void compare_platform(judged *j, json_t *pck, json_t *platform)
{
    static const struct {
        const char *theirs, *ours;
    } names[] = { { "ppid", "ppid" },
                  { "pcesvn", "pce_svn" },
                  { "cpusvn", "cpu_svn" },
                  { "pceid", "pce_id" },
                  { "fmspc", "fmspc" },
                  { "comps", "components" },
                  { "piid", "platform_instance_id" } };
    static const char *const types[] = { "Standard", "Scalable", "Scalable with Integrity" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        json_t *value = json_object_get(pck, names[i].theirs);
        if (value != NULL)
            wants(j, json_equal(value, json_object_get(platform, names[i].ours)), names[i].ours);
    }
    json_int_t type = json_integer_value(json_object_get(pck, "sgxtype"));
    wants(j, type >= 0 && type < 3 && strcmp(text_at(platform, "sgx_type"), types[type]) == 0,
          "sgx_type");
}

static void compare_fields(judged *j)
{
    json_t *fields = json_object_get(j->description, "fields");
    json_t *pck = json_object_get(fields, "pck");
    wants(j, compare_members(j, fields, json_object_get(j->result, "report")) >= 8, "report");
    wants(j,
          compare_members(j, json_object_get(fields, "qe"), json_object_get(j->result, "qe")) >= 6,
          "qe");
    if (json_is_object(pck))
        compare_platform(j, pck, json_object_get(j->result, "platform"));
    wants(
        j,
        json_equal(json_object_get(fields, "version"), json_object_get(j->result, "quote_version")),
        "quote_version");
}

/* ---- The verdict ---- */

static void compare_advisories(judged *j)
{
    json_t *theirs = vectors_expected(j->description, "advisories");
    json_t *ours = json_object_get(j->result, "advisory_ids");
    if (theirs == NULL)
        return;
    wants(j, json_array_size(theirs) == json_array_size(ours), "advisory_ids");
    size_t i, k;
    json_t *one, *other;
    json_array_foreach(theirs, i, one)
    {
        bool found = false;
        json_array_foreach(ours, k, other) found |= json_equal(one, other) == 1;
        wants(j, found, "advisory_ids");
    }
}

static const char *earlier(const char *a, const char *b)
{
    if (a[0] == '\0' || b[0] == '\0')
        return a[0] != '\0' ? a : b;
    return strcmp(a, b) < 0 ? a : b;
}

static void compare_dates(judged *j)
{
    const char *reference = expected_text(j, "tcb_level_date");
    const char *rule = expected_text(j, "tcb_date");
    const char *two =
        earlier(text_at(part(j, "platform"), "tcb_date"), text_at(part(j, "qe"), "tcb_date"));
    const char *three = earlier(two, text_at(part(j, "module"), "tcb_date"));
    const char *ours = text_at(j->result, "tcb_date");
    wants(j, strcmp(ours, three) == 0, "tcb_date");
    if (reference != NULL)
        wants(j, strcmp(two, reference) == 0, "tcb_level_date");
    if (rule != NULL)
        wants(j, strncmp(ours, rule, strlen(rule)) == 0, "tcb_date by the rule");
}

static void compare_notes(judged *j)
{
    json_t *notes = json_object_get(j->result, "notes");
    json_t *name, *note;
    size_t i, k;
    json_array_foreach(vectors_expected(j->description, "notes"), i, name)
    {
        bool found = false;
        json_array_foreach(notes, k, note) found |=
            strcmp(text_at(note, "note"), json_string_value(name)) == 0;
        wants(j, found, "notes");
    }
}

static void compare_judged(judged *j, bool fresh)
{
    const char *status = text_at(j->result, "tcb_status");
    json_t *expired = json_object_get(j->result, "collateral_expired");
    json_t *number = vectors_expected(j->description, "tcb_eval");
    bool debug = json_is_true(json_object_get(j->result, "debug"));
    bool accepted = fresh && strcmp(status, "UpToDate") == 0 && !debug;
    wants(j, strcmp(status, expected_text(j, "tcb_status")) == 0, "tcb_status");
    wants(j, json_is_true(expired) == !fresh, "collateral_expired");
    wants(j, j->exit_code == (accepted ? 0 : 1), "exit code");
    wants(j, json_is_true(json_object_get(j->result, "accepted")) == accepted, "accepted");
    wants(j, strcmp(text_at(j->result, "root"), "intel") == 0, "root");
    compare_fields(j);
    compare_notes(j);
    if (strcmp(status, "NotSupported") == 0)
        return;
    if (number != NULL)
        wants(j, json_equal(number, json_object_get(j->result, "tcb_evaluation_data_number")),
              "tcb_evaluation_data_number");
    compare_advisories(j);
    compare_dates(j);
}

static void compare_rejected(judged *j)
{
    const char *code = expected_text(j, "code");
    json_t *error = json_object_get(j->result, "error");
    wants(j, j->exit_code == 3, "exit code");
    wants(j, error != NULL, "error");
    if (code != NULL)
        wants(j, strtoul(text_at(error, "code"), NULL, 16) == strtoul(code, NULL, 16), "code");
}

/* ---- Runs ---- */

static command_result verify(const char *folder, const char *collateral, json_t *description,
                             const char *option)
{
    char quote[1200], from[1200];
    snprintf(quote, sizeof(quote), "%s/quote.bin", folder);
    snprintf(from, sizeof(from), "%s/%s", folder, collateral);
    command_result result =
        RUN(NO_INPUT, "verify", quote, "--collateral", from, "--at",
            json_string_value(json_object_get(description, "check_time")), "--json", option);
    fputs(result.out, all_lines);
    return result;
}

static bool has_note(json_t *description, const char *note)
{
    size_t i;
    json_t *name;
    json_array_foreach(vectors_expected(description, "notes"), i, name)
    {
        if (strcmp(json_string_value(name), note) == 0)
            return true;
    }
    return false;
}

/* The one-file form gives the same bytes; --strict refuses bytes behind the quote. */
static void compare_other_forms(judged *j, const char *folder, const char *text)
{
    command_result whole = verify(folder, "collateral.json", j->description, NULL);
    wants(j, strcmp(whole.out, text) == 0, "collateral.json");
    command_free(&whole);
    if (!has_note(j->description, "trailing_data"))
        return;
    command_result strict = verify(folder, "", j->description, "--strict");
    wants(j, strict.exit_code == 3 && strstr(strict.out, "\"0xE01D\"") != NULL, "--strict");
    command_free(&strict);
}

static void judge_case(const char *folder, json_t *description, void *context)
{
    (void)context;
    command_result run = verify(folder, "", description, NULL);
    judged j = { .description = description,
                 .result = json_loads(run.out, JSON_REJECT_DUPLICATES, NULL),
                 .exit_code = run.exit_code };
    const char *verdict = expected_text(&j, "verdict");
    wants(&j, j.result != NULL, "JSON");
    wants(&j, run.err[0] == '\0', "standard error");
    wants(&j, verdict != NULL, "an expectation");
    if (j.differs == NULL && strcmp(verdict, "rejected") == 0)
        compare_rejected(&j);
    else if (j.differs == NULL)
        compare_judged(&j, strcmp(verdict, "verified") == 0);
    if (j.differs == NULL && strcmp(verdict, "verified") == 0)
        compare_other_forms(&j, folder, run.out);
    if (j.differs != NULL)
        print_error("%s: %s differs, exit code %d: %.400s%s\n", folder, j.differs, run.exit_code,
                    run.out, run.err);
    wrong += j.differs != NULL;
    ran++;
    json_decref(j.result);
    command_free(&run);
}

static void every_case_is_judged_as_it_must_be(void **state)
{
    (void)state;
    if (vectors_folder() == NULL)
        skip();
    vectors_each(families, judge_case, NULL);
    printf("# %zu cases ran\n", ran);
    assert_true(ran > 0);
    assert_int_equal(wrong, 0);
}

static void every_line_is_of_the_schema(void **state)
{
    (void)state;
    if (ran == 0)
        skip();
    char *lines = command_file("lines", NO_INPUT);
    FILE *file = fopen(lines, "wb");
    int c;
    rewind(all_lines);
    while ((c = getc(all_lines)) != EOF)
        putc(c, file);
    fclose(file);
    const char *const words[] = { "/usr/bin/python3", getenv("ASSAY_SCHEMA_CHECK"),
                                  getenv("ASSAY_SCHEMA"), lines, NULL };
    command_result result = command_run(words, NO_INPUT);
    printf("# %s", result.out);
    int code = result.exit_code;
    command_free(&result);
    free(lines);
    if (code == 77)
        skip();
    assert_int_equal(code, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_is_judged_as_it_must_be),
        cmocka_unit_test(every_line_is_of_the_schema),
    };
    all_lines = tmpfile();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
