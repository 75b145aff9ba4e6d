/* What vendor items are called, both ways, and how the vendor is asked for them. */
#include "serve/item_rows.h"
#include "support.h"

static const char *const keys[] = {
    "tcb/sgx/00906ED50000/standard",
    "tcb/tdx/50806F000000/early",
    "tcb/tdx/50806F000000/17",
    "identity/qe/standard",
    "identity/td_qe/18",
    "identity/qve/early",
    "identity/qae/standard",
    "crl/pck/processor",
    "crl/pck/platform",
    "crl/root",
    "numbers/sgx",
    "numbers/tdx",
    "fmspcs/all",
    "fmspcs/E3",
    "amd/chain/vcek/Milan",
    "amd/chain/vlek/Genoa",
    "amd/crl/vcek/Turin",
    "amd/vcek/Turin/0102030405060708/0100000000000048",
    "amd/vcek/Milan/"
    "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
    "2122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40/0300000000000873",
    "chain/pck/platform",
};

static void every_key_is_read_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        item_name name;
        char again[ITEM_KEY_SIZE];
        assay_error err = { .status = ASSAY_OK };
        if (item_parse_key(keys[i], &name, &err) != ASSAY_OK)
            test_fail("%s: %s", keys[i], err.detail);
        item_key(&name, again);
        assert_string_equal(again, keys[i]);
    }
}

static const char *const no_keys[] = {
    "",
    "tcb",
    "tcb/",
    "tcb/sgx/00906ED50000",
    "tcb/sgx/00906ED50000/",
    "tcb/sgx/00906ED50000/standard/",
    "tcb/sgx/00906ED50000/standard/x",
    "tcb/sgx/00906ED5000/standard",
    "tcb/sev/00906ED50000/standard",
    "tcb/sgx/00906ED50000/0",
    "tcb/sgx/00906ED50000/017",
    "tcb/sgx/00906ED50000/4294967296000",
    "tcb/sgx//standard",
    "identity/standard",
    "identity/qe",
    "crl/pck",
    "crl/pck/root",
    "crl/root/x",
    "crl/rootx",
    "fmspcs/E4",
    "amd/chain/vcek/Rome",
    "amd/vcek/Milan/0102030405060708/0100000000000048",
    "platform/x",
};

static void nothing_else_is_a_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(no_keys); i++) {
        item_name name;
        assert_row(no_keys[i], item_parse_key(no_keys[i], &name, NULL), ASSAY_MALFORMED);
    }
}

static void requests_say_what_keys_say(void **state)
{
    (void)state;
    item_name name;
    assay_fetch_request request;
    assert_int_equal(item_parse_key("tcb/tdx/50806F000000/early", &name, NULL), ASSAY_OK);
    item_request(&name, &request);
    assert_int_equal(request.kind, ASSAY_FETCH_TCB_INFO);
    assert_int_equal(request.tee, ASSAY_TEE_TDX);
    assert_int_equal(request.channel, ASSAY_TCB_EARLY);
    assert_int_equal(request.fmspc[0], 0x50);
    assert_int_equal(item_parse_key("identity/qe/17", &name, NULL), ASSAY_OK);
    item_request(&name, &request);
    assert_int_equal(request.evaluation_number, 17);
    assert_int_equal(item_parse_key("crl/pck/platform", &name, NULL), ASSAY_OK);
    item_request(&name, &request);
    assert_int_equal(request.ca, ASSAY_CA_PLATFORM);
    assert_int_equal(
        item_parse_key("amd/vcek/Turin/0102030405060708/0102030400000048", &name, NULL), ASSAY_OK);
    item_request(&name, &request);
    assert_string_equal(request.amd.product, "Turin");
    assert_int_equal(request.amd.fmc, 1);
    assert_int_equal(request.amd.boot_loader, 2);
    assert_int_equal(request.amd.tee, 3);
    assert_int_equal(request.amd.snp, 4);
    assert_int_equal(request.amd.microcode, 0x48);
    assert_int_equal(request.amd.chip_id.size, AMD_CHIP_SIZE);
}

/* ---- Rollback ---- */

typedef struct rollback_row {
    const char *what;
    int64_t old_date, new_date;
    uint32_t old_number, new_number;
    assay_status wanted;
} rollback_row;

static const rollback_row rollbacks[] = {
    { "newer", 100, 101, 17, 17, ASSAY_OK },
    { "the same once more", 100, 100, 17, 17, ASSAY_OK },
    { "a higher number", 100, 101, 17, 18, ASSAY_OK },
    { "older by a second", 100, 99, 17, 17, ASSAY_MISMATCH },
    { "older, with a higher number", 100, 99, 17, 18, ASSAY_MISMATCH },
    { "newer, with a lower number", 100, 101, 17, 16, ASSAY_MISMATCH },
};

static void older_items_are_told_apart(void **state)
{
    (void)state;
    const item_name name = { .kind = ITEM_TCB_INFO };
    for (size_t i = 0; i < COUNT_OF(rollbacks); i++) {
        const rollback_row *row = &rollbacks[i];
        const store_item old = { .issue_date = row->old_date,
                                 .evaluation_number = row->old_number };
        const store_item new = { .issue_date = row->new_date,
                                 .evaluation_number = row->new_number };
        assay_error err = { .status = ASSAY_OK };
        assert_row(row->what, item_rollback_check(&name, &old, &new, &err), row->wanted);
        if (row->wanted != ASSAY_OK)
            assert_string_equal(err.name, "rollback");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_read_back),
        cmocka_unit_test(nothing_else_is_a_key),
        cmocka_unit_test(requests_say_what_keys_say),
        cmocka_unit_test(older_items_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
