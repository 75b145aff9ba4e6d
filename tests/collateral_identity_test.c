/* collateral_identity_test.c: enclave identities, member by member (src/collateral/identity.c,
 * names.c). */
#include "collateral/documents.h"
#include "edited_text.h"

static const char sound[] =
    "{\"enclaveIdentity\":{\"id\":\"TD_QE\",\"version\":2,\"issueDate\":\"2025-02-13T03:39:00Z\","
    "\"nextUpdate\":\"2025-03-15T03:39:00Z\",\"tcbEvaluationDataNumber\":17,"
    "\"miscselect\":\"01000000\",\"miscselectMask\":\"FFFFFFFF\","
    "\"attributes\":\"11000000000000000000000000000000\","
    "\"attributesMask\":\"FBFFFFFFFFFFFFFF0000000000000000\","
    "\"mrsigner\":\"DC9E2A7C6F948F17474E34A7FC43ED030F7C1563F1BABDDF6340C82E0E54A8C5\","
    "\"isvprodid\":2,\"tcbLevels\":["
    "{\"tcb\":{\"isvsvn\":300},\"tcbDate\":\"2024-03-13T00:00:00Z\",\"tcbStatus\":\"UpToDate\"},"
    "{\"tcb\":{\"isvsvn\":4},\"tcbDate\":\"2023-08-09T00:00:00Z\",\"tcbStatus\":\"OutOfDate\","
    "\"advisoryIDs\":[\"INTEL-SA-00615\"]}]},"
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
    { "version 1 is obsolete", "\"version\":2", "\"version\":1", ASSAY_UNSUPPORTED,
      "qe_identity.version" },
    { "version 3 is not known", "\"version\":2", "\"version\":3", ASSAY_UNSUPPORTED,
      "qe_identity.version" },
    { "id of no enclave", "\"TD_QE\"", "\"td_qe\"", ASSAY_MALFORMED, "qe_identity.id" },
    { "id missing", "\"id\":\"TD_QE\",", "", ASSAY_MALFORMED, "qe_identity.id" },
    { "date without zone", "03:39:00Z", "03:39:00", ASSAY_MALFORMED, "qe_identity.issueDate" },
    { "nextUpdate not after issueDate", "2025-03-15", "2025-02-13", ASSAY_MALFORMED,
      "qe_identity.nextUpdate" },
    { "evaluation number missing", "\"tcbEvaluationDataNumber\":17,", "", ASSAY_MALFORMED,
      "qe_identity.tcbEvaluationDataNumber" },
    { "miscselect of three bytes", "01000000", "010000", ASSAY_MALFORMED,
      "qe_identity.miscselect" },
    { "miscselect outside its mask", "\"FFFFFFFF\"", "\"FEFFFFFF\"", ASSAY_MALFORMED,
      "qe_identity.miscselect" },
    { "miscselectMask missing", "\"miscselectMask\":\"FFFFFFFF\",", "", ASSAY_MALFORMED,
      "qe_identity.miscselectMask" },
    { "attributes outside their mask", "\"110000", "\"150000", ASSAY_MALFORMED,
      "qe_identity.attributes" },
    { "attributes outside the upper half of their mask", "\"11000000000000000000000000000000\"",
      "\"11000000000000000000000000000001\"", ASSAY_MALFORMED, "qe_identity.attributes" },
    { "attributesMask of 15 bytes", "0000000000000000\",\"mrsigner", "00000000000000\",\"mrsigner",
      ASSAY_MALFORMED, "qe_identity.attributesMask" },
    { "mrsigner of 33 bytes", "DC9E2A7C", "00DC9E2A7C", ASSAY_MALFORMED, "qe_identity.mrsigner" },
    { "mrsigner of 31 bytes", "DC9E2A7C", "9E2A7C", ASSAY_MALFORMED, "qe_identity.mrsigner" },
    { "isvprodid beyond 16 bits", "\"isvprodid\":2", "\"isvprodid\":65536", ASSAY_MALFORMED,
      "qe_identity.isvprodid" },
    { "isvprodid as text", "\"isvprodid\":2", "\"isvprodid\":\"2\"", ASSAY_MALFORMED,
      "qe_identity.isvprodid" },
    { "isvsvn beyond 16 bits", "\"isvsvn\":300", "\"isvsvn\":65536", ASSAY_MALFORMED,
      "qe_identity.tcbLevels[0].tcb.isvsvn" },
    { "levels ascend", "\"isvsvn\":300", "\"isvsvn\":3", ASSAY_MALFORMED,
      "qe_identity.tcbLevels[1].tcb" },
    { "levels repeat", "\"isvsvn\":300", "\"isvsvn\":4", ASSAY_MALFORMED,
      "qe_identity.tcbLevels[1].tcb" },
    { "status of platforms only", "\"UpToDate\"", "\"ConfigurationNeeded\"", ASSAY_MALFORMED,
      "qe_identity.tcbLevels[0].tcbStatus" },
    { "unknown status", "\"UpToDate\"", "\"Fine\"", ASSAY_MALFORMED,
      "qe_identity.tcbLevels[0].tcbStatus" },
    { "advisory with a comma", "INTEL-SA-00615", "INTEL-SA-00615,", ASSAY_MALFORMED,
      "qe_identity.tcbLevels[1].advisoryIDs[0]" },
    { "no levels", "\"tcbLevels\":[", "\"tcbLevels\":[],\"x\":[", ASSAY_MALFORMED,
      "qe_identity.tcbLevels" },
    { "key twice", "\"isvprodid\":2", "\"isvprodid\":2,\"isvprodid\":2", ASSAY_MALFORMED,
      "qe_identity.enclaveIdentity.isvprodid" },
    { "unsigned sibling", ",\"signature\"", ",\"extra\":0,\"signature\"", ASSAY_MALFORMED,
      "qe_identity.extra" },
    { "text behind the document", "5a\"}", "5a\"}x", ASSAY_MALFORMED, "qe_identity" },
    { "signature missing", ",\"signature\":\"", "},{\"signature\":\"", ASSAY_MALFORMED,
      "qe_identity" },
};

static void refuses_with_the_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        arena memory = { NULL };
        enclave_identity identity;
        assay_error error = { 0 };
        assay_span text = edited(rows[i].what, sound, rows[i].from, rows[i].to);
        assert_row(rows[i].what, enclave_identity_parse(text, &memory, &identity, &error),
                   rows[i].status);
        if (strcmp(error.where, rows[i].where) != 0)
            test_fail("%s: at \"%s\" (%s)", rows[i].what, error.where, error.detail);
        assert_row(rows[i].what, error.qvl, QVL_QE_IDENTITY_UNSUPPORTED_FORMAT);
        assert_row(rows[i].what, error.code, 0xE025);
        edited_free(text);
        arena_free(&memory);
    }
}

static void reads_every_member(void **state)
{
    (void)state;
    arena memory = { NULL };
    enclave_identity identity;
    assay_span text = edited("unknown member", sound, "\"isvprodid\"", "\"new\":1,\"isvprodid\"");
    assert_int_equal(enclave_identity_parse(text, &memory, &identity, NULL), ASSAY_OK);
    assert_int_equal(identity.id, IDENTITY_TD_QE);
    assert_int_equal(identity.header.issue_date, 1739417940);
    assert_int_equal(identity.header.next_update, 1742009940);
    assert_int_equal(identity.header.evaluation_number, 17);
    assert_int_equal(identity.header.unknown_key_count, 1);
    assert_string_equal(identity.header.unknown_keys[0], "qe_identity.new");
    assert_memory_equal(identity.misc_select, "\x01\x00\x00\x00", 4);
    assert_memory_equal(identity.misc_select_mask, "\xff\xff\xff\xff", 4);
    assert_int_equal(identity.attributes[0], 0x11);
    assert_int_equal(identity.attributes_mask[0], 0xfb);
    assert_int_equal(identity.mrsigner[0], 0xdc);
    assert_int_equal(identity.mrsigner[31], 0xc5);
    assert_int_equal(identity.isv_prod_id, 2);
    assert_int_equal(identity.levels.count, 2);
    assert_int_equal(identity.levels.at[0].isv_svn, 300);
    assert_int_equal(identity.levels.at[0].status, ASSAY_TCB_UP_TO_DATE);
    assert_int_equal(identity.levels.at[0].advisory_count, 0);
    assert_int_equal(identity.levels.at[1].date, 1691539200);
    assert_int_equal(identity.levels.at[1].advisory_count, 1);
    edited_free(text);
    arena_free(&memory);
}

static void knows_every_enclave(void **state)
{
    (void)state;
    for (identity_id id = IDENTITY_QE; id <= IDENTITY_QAE; id++) {
        arena memory = { NULL };
        enclave_identity identity;
        assay_span text = edited("id", sound, "TD_QE", identity_id_name(id));
        assert_int_equal(enclave_identity_parse(text, &memory, &identity, NULL), ASSAY_OK);
        assert_int_equal(identity.id, id);
        edited_free(text);
        arena_free(&memory);
    }
}

static void status_words_go_both_ways(void **state)
{
    (void)state;
    for (int status = ASSAY_TCB_UP_TO_DATE; status < ASSAY_TCB_STATUS_COUNT; status++) {
        const char *name = assay_tcb_status_name((assay_tcb_status)status);
        assert_row(name, assay_tcb_status_parse(name), status);
    }
    assert_string_equal(assay_tcb_status_name(ASSAY_TCB_NOT_JUDGED), "NotJudged");
    assert_int_equal(assay_tcb_status_parse("NotJudged"), ASSAY_TCB_NOT_JUDGED);
    assert_int_equal(assay_tcb_status_parse("uptodate"), ASSAY_TCB_NOT_JUDGED);
    assert_int_equal(assay_tcb_status_parse(""), ASSAY_TCB_NOT_JUDGED);
    assert_string_equal(assay_item_name(ASSAY_ITEM_PCK_CHAIN), "pck_chain");
    assert_string_equal(assay_item_name(ASSAY_ITEM_QE_IDENTITY), "qe_identity");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_with_the_place),
        cmocka_unit_test(reads_every_member),
        cmocka_unit_test(knows_every_enclave),
        cmocka_unit_test(status_words_go_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
