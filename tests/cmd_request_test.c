/* cmd_request_test.c: arguments of options (src/cmd/request.c). */
#include <stdlib.h>
#include <string.h>

#include "request.h"
#include "run_command.h"
#include "support.h"

#define UP_TO_DATE  ASSAY_ACCEPT(ASSAY_TCB_UP_TO_DATE)
#define OUT_OF_DATE ASSAY_ACCEPT(ASSAY_TCB_OUT_OF_DATE)
#define HARDENING   ASSAY_ACCEPT(ASSAY_TCB_SW_HARDENING_NEEDED)

static const struct {
    const char *text;
    uint32_t accept; /* 0: refused */
    const char *says;
} accepts[] = {
    { "UpToDate", UP_TO_DATE, NULL },
    { "OutOfDate", UP_TO_DATE | OUT_OF_DATE, NULL },
    { "SWHardeningNeeded,OutOfDate", UP_TO_DATE | HARDENING | OUT_OF_DATE, NULL },
    { "Revoked", 0, "can't be accepted" },
    { "OutOfDate,NotSupported", 0, "can't be accepted" },
    { "outofdate", 0, "did you mean OutOfDate?" },
    { "OutOfDat", 0, "did you mean OutOfDate?" },
    { "all", 0, "no TCB status all" },
    { "", 0, "no TCB status" },
    { "OutOfDate,", 0, "no TCB status" },
    { "NotJudged", 0, "no TCB status" },
};

static void reads_accepted_statuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(accepts); i++) {
        uint32_t accept = 0;
        assay_error error = { 0 };
        assay_status status = accept_read(accepts[i].text, &accept, &error);
        assert_row(accepts[i].text, status, accepts[i].says == NULL ? ASSAY_OK : ASSAY_USAGE);
        assert_row(accepts[i].text, accept, accepts[i].accept);
        if (accepts[i].says != NULL)
            assert_non_null(strstr(error.detail, accepts[i].says));
    }
}

static const struct {
    const char *what, *text;
    assay_status status;
    uint8_t first, last;
} report_datas[] = {
    { "one byte, padded on the right", "ab", ASSAY_OK, 0xAB, 0 },
    { "no byte", "", ASSAY_OK, 0, 0 },
    { "64 bytes",
      "0100000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000F",
      ASSAY_OK, 1, 15 },
    { "65 bytes",
      "0100000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000F00",
      ASSAY_USAGE, 0, 0 },
    { "an odd number of digits", "abc", ASSAY_USAGE, 0, 0 },
    { "not hex", "xy", ASSAY_USAGE, 0, 0 },
    { "a file that is not there", "@/nonexistent/file", ASSAY_ENVIRONMENT, 0, 0 },
};

static void reads_report_data(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(report_datas); i++) {
        uint8_t out[64];
        assay_error error;
        assert_row(report_datas[i].what, report_data_read(report_datas[i].text, out, &error),
                   report_datas[i].status);
        if (report_datas[i].status != ASSAY_OK)
            continue;
        assert_row(report_datas[i].what, out[0], report_datas[i].first);
        assert_row(report_datas[i].what, out[63], report_datas[i].last);
    }
}

static void reads_report_data_of_files(void **state)
{
    (void)state;
    static const uint8_t bytes[65] = { 7 };
    for (size_t size = 63; size <= 65; size++) {
        uint8_t out[64];
        char at[512] = "@";
        assay_error error;
        char *path = command_file("report_data", (assay_span) { bytes, size });
        strncat(at, path, sizeof(at) - 2);
        assert_int_equal(report_data_read(at, out, &error), size <= 64 ? ASSAY_OK : ASSAY_USAGE);
        free(path);
    }
}

static const struct {
    const char *text;
    assay_status status;
    uint32_t value;
} numbers[] = {
    { "1", ASSAY_OK, 1 },     { "4294967295", ASSAY_OK, 4294967295 },
    { "0", ASSAY_USAGE, 0 },  { "4294967296", ASSAY_USAGE, 0 },
    { "", ASSAY_USAGE, 0 },   { "-1", ASSAY_USAGE, 0 },
    { "1x", ASSAY_USAGE, 0 }, { "99999999999999999999999", ASSAY_USAGE, 0 },
};

static void reads_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        uint32_t value = 0;
        assay_error error;
        assert_row(numbers[i].text,
                   number_read("jobs", numbers[i].text, 1, UINT32_MAX, &value, &error),
                   numbers[i].status);
        assert_row(numbers[i].text, value, numbers[i].value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_accepted_statuses),
        cmocka_unit_test(reads_report_data),
        cmocka_unit_test(reads_report_data_of_files),
        cmocka_unit_test(reads_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
