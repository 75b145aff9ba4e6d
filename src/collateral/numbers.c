/* numbers.c: reads the TCB evaluation data numbers. verification.md 3.1, 3.4, 3.5. */
#include "collateral/envelope.h"

static const envelope_kind kind = { .name = "evaluation_numbers",
                                    .member = "tcbEvaluationDataNumbers" };
static const place top = { .parent = NULL, .name = "evaluation_numbers", .index = NO_INDEX };

enum { LIMIT_NUMBERS = 256 };

typedef struct body_members {
    evaluation_numbers numbers;
    assay_span id;
    json_t *arrays[2]; /* as Intel's documents call it, and as it is also written */
} body_members;

static const char *const array_names[] = { "tcbEvalNumbers", "tcbNumbers" };

static const member_row rows[] = {
    { "id", MEMBER_TEXT, MEMBER_REQUIRED, offsetof(body_members, id), 0, 0 },
    { "version", MEMBER_IGNORED, MEMBER_REQUIRED, 0, 0, 0 },
    { "issueDate", MEMBER_TIME, MEMBER_REQUIRED, offsetof(body_members, numbers.header.issue_date),
      0, 0 },
    { "nextUpdate", MEMBER_TIME, MEMBER_REQUIRED,
      offsetof(body_members, numbers.header.next_update), 0, 0 },
    { "tcbEvalNumbers", MEMBER_ARRAY, MEMBER_OPTIONAL, offsetof(body_members, arrays[0]), 1,
      LIMIT_NUMBERS },
    { "tcbNumbers", MEMBER_ARRAY, MEMBER_OPTIONAL, offsetof(body_members, arrays[1]), 1,
      LIMIT_NUMBERS },
};
static const member_table table = MEMBER_TABLE(rows);

static const member_row number_rows[] = {
    { "tcbEvaluationDataNumber", MEMBER_UNSIGNED, MEMBER_REQUIRED,
      offsetof(evaluation_number, number), 4, UINT32_MAX },
    { "tcbRecoveryEventDate", MEMBER_TIME, MEMBER_REQUIRED,
      offsetof(evaluation_number, recovery_event_date), 0, 0 },
    { "tcbDate", MEMBER_TIME, MEMBER_REQUIRED, offsetof(evaluation_number, tcb_date), 0, 0 },
};
static const member_table number_table = MEMBER_TABLE(number_rows);

static assay_status tee_read(assay_span id, assay_tee *out, assay_error *err)
{
    if (!span_is(id, "SGX") && !span_is(id, "TDX"))
        return place_fail(&top, "id", err, "\"%.32s\", want SGX or TDX", (const char *)id.data);
    *out = span_is(id, "SGX") ? ASSAY_TEE_SGX : ASSAY_TEE_TDX;
    return ASSAY_OK;
}

static assay_status numbers_read(const document_reader *r, json_t *const arrays[2],
                                 evaluation_numbers *out)
{
    if ((arrays[0] == NULL) == (arrays[1] == NULL))
        return place_fail(&top, array_names[0], r->err, "want it, or %s in its place",
                          array_names[1]);
    const size_t which = arrays[0] != NULL ? 0 : 1;
    json_t *array = arrays[which];
    const size_t count = json_array_size(array);
    evaluation_number *numbers = arena_new(r->memory, count, sizeof(*numbers));
    if (numbers == NULL)
        return place_no_memory(&top, r->err);
    for (size_t i = 0; i < count; i++) {
        const place at = { .parent = &top, .name = array_names[which], .index = (int)i };
        TRY(members_read(r, &number_table, json_array_get(array, i), &at, &numbers[i]));
    }
    out->at = numbers;
    out->count = (uint16_t)count;
    return ASSAY_OK;
}

assay_status evaluation_numbers_parse(assay_span text, arena *memory, evaluation_numbers *out,
                                      assay_error *err)
{
    AUTO_DOCUMENT document = { .root = NULL };
    body_members body = { .arrays = { NULL, NULL } };
    const document_reader r = { .memory = memory, .header = &body.numbers.header, .err = err };
    json_t *object;
    uint8_t version;
    TRY(envelope_open(&kind, text, &body.numbers.header, &document, &object, err));
    TRY(document_version(object, &top, 1, 1, &version, err));
    TRY(members_read(&r, &table, object, &top, &body));
    TRY(tee_read(body.id, &body.numbers.tee, err));
    TRY(document_dates_check(&body.numbers.header, &top, err));
    TRY(numbers_read(&r, body.arrays, &body.numbers));
    *out = body.numbers;
    return ASSAY_OK;
}
