/* base_error_test.c: error records, names of statuses and the QVL's numbers (src/base/error.c,
 * qvl.c). */
#include <string.h>

#include "base/error.h"
#include "support.h"

static void fills_the_record(void **state)
{
    (void)state;
    assay_error error = { .qvl = 9, .code = 9 };
    assert_int_equal(
        fail(&error, ASSAY_MALFORMED, "quote.version", 7, "version %u, want %s", 9u, "3 to 5"),
        ASSAY_MALFORMED);
    assert_int_equal(error.status, ASSAY_MALFORMED);
    assert_int_equal(error.offset, 7);
    assert_int_equal(error.qvl, 0);
    assert_int_equal(error.code, 0);
    assert_string_equal(error.where, "quote.version");
    assert_string_equal(error.detail, "version 9, want 3 to 5");
    assert_int_equal(fail(NULL, ASSAY_REVOKED, "x", 0, "y"), ASSAY_REVOKED);
}

static void cuts_what_does_not_fit(void **state)
{
    (void)state;
    char large[400];
    assay_error error;
    memset(large, 'x', sizeof(large) - 1);
    large[sizeof(large) - 1] = '\0';
    fail(&error, ASSAY_MALFORMED, large, 0, "%s", large);
    assert_int_equal(strlen(error.where), ASSAY_WHERE_SIZE - 1);
    assert_int_equal(strlen(error.detail), ASSAY_DETAIL_SIZE - 1);
    error_inside(&error, ASSAY_MALFORMED, "before");
    assert_int_equal(strlen(error.where), ASSAY_WHERE_SIZE - 1);
    assert_memory_equal(error.where, "before.xxx", 10);
}

static const struct {
    const char *where, *prefix, *wanted;
} paths[] = {
    { "tcb", "tcb_info", "tcb_info.tcb" },
    { "[3].tcb", "tcbLevels", "tcbLevels[3].tcb" },
    { "", "quote", "quote" },
};

static void puts_prefixes_before_paths(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        assay_error error;
        fail(&error, ASSAY_MALFORMED, paths[i].where, 0, "x");
        assert_int_equal(error_inside(&error, ASSAY_MALFORMED, paths[i].prefix), ASSAY_MALFORMED);
        assert_string_equal(error.where, paths[i].wanted);
    }
    assert_int_equal(error_inside(NULL, ASSAY_MALFORMED, "x"), ASSAY_MALFORMED);
}

static void the_deepest_stamp_stays(void **state)
{
    (void)state;
    assay_error error;
    fail(&error, ASSAY_MISMATCH, "x", 0, "y");
    assert_int_equal(error_as(&error, ASSAY_MISMATCH, QVL_TCB_INFO_MISMATCH, 0), ASSAY_MISMATCH);
    assert_int_equal(error.qvl, 44);
    assert_int_equal(error.code, qvl_return(44));
    error_as(&error, ASSAY_MISMATCH, QVL_TCB_REVOKED, 0xE002);
    assert_int_equal(error.qvl, 44);
    fail(&error, ASSAY_MISMATCH, "x", 0, "y");
    error_as(&error, ASSAY_MISMATCH, QVL_TCB_REVOKED, 0xE002);
    assert_int_equal(error.code, 0xE002);
    fail(&error, ASSAY_NO_MEMORY, "x", 0, "y");
    error_as(&error, ASSAY_NO_MEMORY, QVL_TCB_REVOKED, 0);
    assert_int_equal(error.qvl, 0);
    assert_int_equal(error_as(NULL, ASSAY_MISMATCH, 1, 0), ASSAY_MISMATCH);
}

static void names_are_words_with_hyphens(void **state)
{
    (void)state;
    for (int status = ASSAY_OK; status <= ASSAY_ENVIRONMENT; status++) {
        const char *name = assay_status_name((assay_status)status);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz-"), strlen(name));
        assert_string_not_equal(name, "unknown");
    }
    assert_string_equal(assay_status_name(ASSAY_NO_MEMORY), "no-memory");
    assert_string_equal(assay_status_name((assay_status)99), "unknown");
    assert_string_equal(assay_tee_name(ASSAY_TEE_TDX), "tdx");
    assert_string_equal(assay_tee_name(ASSAY_TEE_SGX), "sgx");
    assert_string_equal(assay_tee_name(ASSAY_TEE_NONE), "none");
}

static void errors_are_named_by_their_qvl_status(void **state)
{
    (void)state;
    assay_error error;
    fail(&error, ASSAY_TRUNCATED, "x", 0, "y");
    assert_string_equal(assay_error_name(&error), "truncated");
    error_as(&error, ASSAY_TRUNCATED, QVL_TCB_INFO_MISMATCH, 0);
    assert_string_equal(assay_error_name(&error), "tcb-info-mismatch");
    error.qvl = 9999;
    assert_string_equal(assay_error_name(&error), "truncated");
}

/* Numbers and returns of verification.md 4.2. */
static const struct {
    unsigned qvl;
    const char *name;
    unsigned code;
} statuses[] = {
    { QVL_ROOT_CA_UNTRUSTED, "SGX_ROOT_CA_UNTRUSTED", 0xE022 },
    { QVL_TCB_INFO_MISMATCH, "TCB_INFO_MISMATCH", 0xE024 },
    { QVL_UNSUPPORTED_QE_CERTIFICATION, "UNSUPPORTED_QE_CERTIFICATION", 0xE01C },
    { QVL_INVALID_QE_REPORT_SIGNATURE, "INVALID_QE_REPORT_SIGNATURE", 0xE01F },
    { QVL_QE_IDENTITY_MISMATCH, "QE_IDENTITY_MISMATCH", 0xE026 },
    { QVL_PCK_CHAIN_EXPIRED, "SGX_PCK_CERT_CHAIN_EXPIRED", 0xE02D },
    { QVL_TDX_MODULE_MISMATCH, "TDX_MODULE_MISMATCH", 0xE060 },
};

static void the_qvl_table_has_no_gap(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        assert_string_equal(assay_qvl_name(statuses[i].qvl), statuses[i].name);
        assert_row(statuses[i].name, qvl_return(statuses[i].qvl), statuses[i].code);
    }
    for (unsigned qvl = 0; qvl <= 88; qvl++)
        assert_non_null(assay_qvl_name(qvl));
    assert_null(assay_qvl_name(89));
    assert_int_equal(qvl_return(89), 0xE001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_the_record),
        cmocka_unit_test(cuts_what_does_not_fit),
        cmocka_unit_test(puts_prefixes_before_paths),
        cmocka_unit_test(the_deepest_stamp_stays),
        cmocka_unit_test(names_are_words_with_hyphens),
        cmocka_unit_test(errors_are_named_by_their_qvl_status),
        cmocka_unit_test(the_qvl_table_has_no_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
