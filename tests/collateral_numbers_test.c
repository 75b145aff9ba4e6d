/* collateral_numbers_test.c: TCB evaluation data numbers (src/collateral/numbers.c). */
#include "collateral/documents.h"
#include "edited_text.h"

static const char sound[] =
    "{\"tcbEvaluationDataNumbers\":{\"id\":\"SGX\",\"version\":1,"
    "\"issueDate\":\"2025-05-27T19:20:11Z\",\"nextUpdate\":\"2025-06-26T19:20:11Z\","
    "\"tcbEvalNumbers\":["
    "{\"tcbEvaluationDataNumber\":19,\"tcbRecoveryEventDate\":\"2025-05-13T00:00:00Z\","
    "\"tcbDate\":\"2025-05-14T00:00:00Z\"},"
    "{\"tcbEvaluationDataNumber\":17,\"tcbRecoveryEventDate\":\"2024-03-12T00:00:00Z\","
    "\"tcbDate\":\"2024-03-13T00:00:00Z\"}]},"
    "\"signature\":\""
    "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"
    "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\"}";

static const struct {
    const char *what;
    const char *from;
    const char *to;
    assay_status status;
    const char *where;
} rows[] = {
    { "version 2", "\"version\":1", "\"version\":2", ASSAY_UNSUPPORTED,
      "evaluation_numbers.version" },
    { "id of no TEE", "\"SGX\"", "\"SEV\"", ASSAY_MALFORMED, "evaluation_numbers.id" },
    { "array of another name", "tcbEvalNumbers", "tcbNumber", ASSAY_MALFORMED,
      "evaluation_numbers.tcbEvalNumbers" },
    { "array under both names", "\"tcbEvalNumbers\":[",
      "\"tcbNumbers\":[{\"tcbEvaluationDataNumber\":19,"
      "\"tcbRecoveryEventDate\":\"2025-05-13T00:00:00Z\",\"tcbDate\":\"2025-05-14T00:00:00Z\"}],"
      "\"tcbEvalNumbers\":[",
      ASSAY_MALFORMED, "evaluation_numbers.tcbEvalNumbers" },
    { "no numbers", "\"tcbEvalNumbers\":[", "\"tcbEvalNumbers\":[],\"x\":[", ASSAY_MALFORMED,
      "evaluation_numbers.tcbEvalNumbers" },
    { "number as text", "Number\":17", "Number\":\"17\"", ASSAY_MALFORMED,
      "evaluation_numbers.tcbEvalNumbers[1].tcbEvaluationDataNumber" },
    { "number beyond 32 bits", "Number\":17", "Number\":4294967296", ASSAY_MALFORMED,
      "evaluation_numbers.tcbEvalNumbers[1].tcbEvaluationDataNumber" },
    { "recovery date missing", "tcbRecoveryEventDate", "tcbRecoveryEventDay", ASSAY_MALFORMED,
      "evaluation_numbers.tcbEvalNumbers[0].tcbRecoveryEventDate" },
    { "tcbDate not in the calendar", "2025-05-14", "2025-02-29", ASSAY_MALFORMED,
      "evaluation_numbers.tcbEvalNumbers[0].tcbDate" },
    { "nextUpdate not after issueDate", "2025-06-26", "2025-05-27", ASSAY_MALFORMED,
      "evaluation_numbers.nextUpdate" },
    { "element is a number", "[{", "[1,{", ASSAY_MALFORMED,
      "evaluation_numbers.tcbEvalNumbers[0]" },
    { "unsigned sibling", ",\"signature\"", ",\"x\":0,\"signature\"", ASSAY_MALFORMED,
      "evaluation_numbers.x" },
};

static void refuses_with_the_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        arena memory = { NULL };
        evaluation_numbers numbers;
        assay_error error = { 0 };
        assay_span text = edited(rows[i].what, sound, rows[i].from, rows[i].to);
        assert_row(rows[i].what, evaluation_numbers_parse(text, &memory, &numbers, &error),
                   rows[i].status);
        if (strcmp(error.where, rows[i].where) != 0)
            test_fail("%s: at \"%s\" (%s)", rows[i].what, error.where, error.detail);
        assert_row(rows[i].what, error.qvl, 0);
        edited_free(text);
        arena_free(&memory);
    }
}

static void reads_every_member(void **state)
{
    (void)state;
    arena memory = { NULL };
    evaluation_numbers numbers;
    assert_int_equal(evaluation_numbers_parse(SPAN_TEXT(sound), &memory, &numbers, NULL), ASSAY_OK);
    assert_int_equal(numbers.tee, ASSAY_TEE_SGX);
    assert_int_equal(numbers.count, 2);
    assert_int_equal(numbers.at[0].number, 19);
    assert_int_equal(numbers.at[0].recovery_event_date, 1747094400);
    assert_int_equal(numbers.at[0].tcb_date, 1747180800);
    assert_int_equal(numbers.at[1].number, 17);
    assert_int_equal(numbers.header.evaluation_number, 0);
    assert_int_equal(numbers.header.issue_date, 1748373611);
    arena_free(&memory);
}

/* One transcription of the format has it so (collateral-service.md 3). */
static void reads_the_other_name_of_the_array(void **state)
{
    (void)state;
    arena memory = { NULL };
    evaluation_numbers numbers;
    assay_span text = edited("other name", sound, "tcbEvalNumbers", "tcbNumbers");
    assert_int_equal(evaluation_numbers_parse(text, &memory, &numbers, NULL), ASSAY_OK);
    assert_int_equal(numbers.count, 2);
    assert_int_equal(numbers.at[1].number, 17);
    edited_free(text);
    arena_free(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_with_the_place),
        cmocka_unit_test(reads_every_member),
        cmocka_unit_test(reads_the_other_name_of_the_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
