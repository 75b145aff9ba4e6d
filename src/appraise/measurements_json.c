/* measurements_json.c: the measurements of a report in the form of a verification result: read and
 * written by type, driven by the rows of measurements.c. appraisal.md 1.3 to 1.5. */
#include "appraise/measurements.h"

enum { TEXTS_MAX = ASSAY_ADVISORY_MAX, HEX_MAX = 64 };

/* In the order in which results list them. */
static const struct {
    enum report_status status;
    const char *word;
} words[] = {
    { STATUS_UP_TO_DATE, "UpToDate" },
    { STATUS_OUT_OF_DATE, "OutOfDate" },
    { STATUS_TD_RELAUNCH_ADVISED, "TDRelaunchAdvised" },
    { STATUS_SW_HARDENING_NEEDED, "SWHardeningNeeded" },
    { STATUS_CONFIGURATION_NEEDED, "ConfigurationNeeded" },
    { STATUS_REVOKED, "Revoked" },
};

enum { WORD_COUNT = sizeof(words) / sizeof(words[0]) };

static const uint32_t statuses_of[ASSAY_TCB_STATUS_COUNT] = {
    [ASSAY_TCB_UP_TO_DATE] = STATUS_UP_TO_DATE,
    [ASSAY_TCB_SW_HARDENING_NEEDED] = STATUS_UP_TO_DATE | STATUS_SW_HARDENING_NEEDED,
    [ASSAY_TCB_CONFIGURATION_NEEDED] = STATUS_UP_TO_DATE | STATUS_CONFIGURATION_NEEDED,
    [ASSAY_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED] =
        STATUS_UP_TO_DATE | STATUS_SW_HARDENING_NEEDED | STATUS_CONFIGURATION_NEEDED,
    [ASSAY_TCB_OUT_OF_DATE] = STATUS_OUT_OF_DATE,
    [ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED] = STATUS_OUT_OF_DATE | STATUS_CONFIGURATION_NEEDED,
    [ASSAY_TCB_TD_RELAUNCH_ADVISED] = STATUS_TD_RELAUNCH_ADVISED,
    [ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED] =
        STATUS_TD_RELAUNCH_ADVISED | STATUS_CONFIGURATION_NEEDED,
    [ASSAY_TCB_REVOKED] = STATUS_REVOKED,
};

uint32_t report_statuses_of(assay_tcb_status status)
{
    return statuses_of[status];
}

const char *report_status_word(enum report_status status)
{
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if (words[i].status == status)
            return words[i].word;
    }
    return NULL;
}

uint32_t report_status_parse(assay_span word)
{
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if (span_is(word, words[i].word))
            return words[i].status;
    }
    return 0;
}

/* ---- Writing ---- */

static void write_statuses(json_writer *w, const char *key, uint32_t statuses)
{
    json_open_array(w, key);
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if ((statuses & words[i].status) != 0)
            json_put_text(w, NULL, words[i].word);
    }
    json_close_array(w);
}

static void write_texts(json_writer *w, const char *key, const report *r)
{
    json_open_array(w, key);
    for (size_t i = 0; i < r->platform.advisory_count; i++)
        json_put_text(w, NULL, r->platform.advisory_ids[i]);
    json_close_array(w);
}

static void write_digits(json_writer *w, const char *key, assay_span bytes)
{
    uint8_t turned[HEX_MAX]; /* twice the other way round is natural order, in upper case */
    for (size_t i = 0; i < bytes.size; i++)
        turned[i] = bytes.data[bytes.size - 1 - i];
    json_put_hex_reversed(w, key, span_of(turned, bytes.size));
}

static void write_one(json_writer *w, const report *r, measurement_id id)
{
    const measurement *row = measurement_of(id);
    switch (row->type) {
    case MEASUREMENT_HEX:
        json_put_hex_reversed(w, row->key, report_bytes(r, id));
        return;
    case MEASUREMENT_HEX_NATURAL:
        write_digits(w, row->key, report_bytes(r, id));
        return;
    case MEASUREMENT_U16:
    case MEASUREMENT_U32:
        json_put_number(w, row->key, report_number(r, id));
        return;
    case MEASUREMENT_BOOL:
        json_put_flag(w, row->key, report_number(r, id) != 0);
        return;
    case MEASUREMENT_DATE:
        json_put_time(w, row->key, (int64_t)report_number(r, id));
        return;
    case MEASUREMENT_STATUSES:
        write_statuses(w, row->key, (uint32_t)report_number(r, id));
        return;
    case MEASUREMENT_TEXTS:
        write_texts(w, row->key, r);
        return;
    }
}

void report_write_measurement(json_writer *w, const report *r, report_presence also)
{
    if (r->measurement_json != NULL) {
        json_put_raw(w, "measurement", SPAN_TEXT(r->measurement_json));
        return;
    }
    const report_presence shown = r->present & (~measurements_beyond_intel(r->class_) | also);
    size_t count;
    const measurement_id *ids = measurements_of(r->class_, &count);
    json_open_object(w, "measurement");
    for (size_t i = 0; i < count; i++) {
        if ((shown & MEASURED(ids[i])) != 0)
            write_one(w, r, ids[i]);
    }
    json_close_object(w);
}

/* ---- Reading ---- */

/* One value to read: the member `key` of `object` (at `path`), into `to`. */
typedef struct value {
    json_t *object;
    const char *path;
    const char *key;
    uint8_t *to;
} value;

static assay_status read_hex(const value *v, const measurement *row, assay_error *err)
{
    uint8_t bytes[HEX_MAX];
    TRY(json_take_hex(v->object, v->key, v->path, bytes, row->size, err));
    for (size_t i = 0; i < row->size; i++)
        v->to[i] = bytes[row->type == MEASUREMENT_HEX ? row->size - 1u - i : i];
    return ASSAY_OK;
}

static assay_status read_u16(const value *v, assay_error *err)
{
    uint64_t number = 0;
    TRY(json_take_unsigned(v->object, v->key, v->path, UINT16_MAX, &number, err));
    v->to[0] = (uint8_t)number;
    v->to[1] = (uint8_t)(number >> 8);
    return ASSAY_OK;
}

static assay_status read_u32(const value *v, assay_error *err)
{
    uint64_t number = 0;
    TRY(json_take_unsigned(v->object, v->key, v->path, UINT32_MAX, &number, err));
    const uint32_t narrow = (uint32_t)number;
    memcpy(v->to, &narrow, sizeof(narrow));
    return ASSAY_OK;
}

static assay_status read_bool(const value *v, assay_error *err)
{
    json_t *got = json_object_get(v->object, v->key);
    if (!json_is_boolean(got))
        return json_fail(err, v->path, v->key, "is neither true nor false");
    const bool truth = json_is_true(got);
    memcpy(v->to, &truth, sizeof(truth));
    return ASSAY_OK;
}

static assay_status read_date(const value *v, assay_error *err)
{
    int64_t time = 0;
    TRY(json_take_time(v->object, v->key, v->path, &time, err));
    memcpy(v->to, &time, sizeof(time));
    return ASSAY_OK;
}

static assay_status read_statuses(const value *v, assay_error *err)
{
    json_t *list = NULL;
    uint32_t all = 0;
    TRY(json_take_array(v->object, v->key, v->path, 0, WORD_COUNT, &list, err));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *at = json_array_get(list, i);
        const uint32_t status =
            json_is_string(at)
                ? report_status_parse(span_of(json_string_value(at), json_string_length(at)))
                : 0;
        if (status == 0 || (all & status) != 0)
            return json_fail(err, v->path, v->key, "element %zu is no status word, or there twice",
                             i);
        all |= status;
    }
    memcpy(v->to, &all, sizeof(all));
    return ASSAY_OK;
}

static assay_status read_texts(const value *v, arena *memory, report *r, assay_error *err)
{
    json_t *list = NULL;
    TRY(json_take_array(v->object, v->key, v->path, 0, TEXTS_MAX, &list, err));
    const size_t count = json_array_size(list);
    const char **texts = arena_new(memory, count, sizeof(*texts));
    for (size_t i = 0; texts != NULL && i < count; i++) {
        const json_t *at = json_array_get(list, i);
        if (!json_is_string(at))
            return json_fail(err, v->path, v->key, "element %zu is no text", i);
        texts[i] = arena_text(memory, span_of(json_string_value(at), json_string_length(at)));
        if (texts[i] == NULL)
            texts = NULL;
    }
    if (texts == NULL)
        return fail(err, ASSAY_NO_MEMORY, v->path, ASSAY_NO_OFFSET, "no memory for %s", v->key);
    r->platform.advisory_ids = texts;
    r->platform.advisory_count = count;
    return ASSAY_OK;
}

static assay_status read_value(const value *v, const measurement *row, arena *memory, report *r,
                               assay_error *err)
{
    switch (row->type) {
    case MEASUREMENT_HEX:
    case MEASUREMENT_HEX_NATURAL:
        return read_hex(v, row, err);
    case MEASUREMENT_U16:
        return read_u16(v, err);
    case MEASUREMENT_U32:
        return read_u32(v, err);
    case MEASUREMENT_BOOL:
        return read_bool(v, err);
    case MEASUREMENT_DATE:
        return read_date(v, err);
    case MEASUREMENT_STATUSES:
        return read_statuses(v, err);
    case MEASUREMENT_TEXTS:
        return read_texts(v, memory, r, err);
    }
    return ASSAY_OK;
}

/* The spelling that `object` has; NULL when it has none, and a failure when it has both. */
static assay_status spelling(json_t *object, const measurement *row, const char *path,
                             const char **key, assay_error *err)
{
    const bool has_new = json_object_get(object, row->key) != NULL;
    const bool has_old = row->old_key != NULL && json_object_get(object, row->old_key) != NULL;
    *key = has_new ? row->key : has_old ? row->old_key : NULL;
    if (has_new && has_old)
        return json_fail(err, path, row->old_key, "is there beside %s", row->key);
    return ASSAY_OK;
}

assay_status report_read_measurement(json_t *object, const char *path, arena *memory, report *r,
                                     assay_error *err)
{
    size_t count;
    const measurement_id *ids = measurements_of(r->class_, &count);
    for (size_t i = 0; i < count; i++) {
        const measurement *row = measurement_of(ids[i]);
        value v = { .object = object, .path = path, .to = (uint8_t *)r + row->offset };
        TRY(spelling(object, row, path, &v.key, err));
        if (v.key == NULL)
            continue;
        TRY(read_value(&v, row, memory, r, err));
        r->present |= MEASURED(ids[i]);
    }
    return ASSAY_OK;
}
