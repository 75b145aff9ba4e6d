/* collateral_tcb_info_test.c: TCB info of versions 2 and 3, member by member
 * (src/collateral/tcb_info.c, levels.c, members.c, envelope.c). */
#include <stdio.h>

#include "collateral/documents.h"
#include "edited_text.h"
#include "tcb_info_texts.h"

typedef struct refusal {
    const char *what;
    const char *from;
    const char *to;
    const char *where;
} refusal;

static const refusal tdx_refusals[] = {
    { "version as text", "\"version\":3", "\"version\":\"3\"", "tcb_info.version" },
    { "version missing", "\"version\":3,", "", "tcb_info.version" },
    { "version 2 knows no TDX module", "\"version\":3", "\"version\":2", "tcb_info.tdxModule" },
    { "id of no TEE", "\"id\":\"TDX\"", "\"id\":\"tdx\"", "tcb_info.id" },
    { "id missing", "\"id\":\"TDX\",", "", "tcb_info.id" },
    { "id SGX with a TDX module", "\"id\":\"TDX\"", "\"id\":\"SGX\"", "tcb_info.tdxModule" },
    { "issueDate with an offset", "2025-05-27T19:25:02Z", "2025-05-27T19:25:02+00:00",
      "tcb_info.issueDate" },
    { "issueDate with a fraction", "2025-05-27T19:25:02Z", "2025-05-27T19:25:02.0Z",
      "tcb_info.issueDate" },
    { "issueDate on February 30", "2025-05-27T", "2025-02-30T", "tcb_info.issueDate" },
    { "issueDate at second 60", "19:25:02Z", "19:25:60Z", "tcb_info.issueDate" },
    { "nextUpdate equal to issueDate", "2025-06-26", "2025-05-27", "tcb_info.nextUpdate" },
    { "nextUpdate before issueDate", "2025-06-26", "2025-04-26", "tcb_info.nextUpdate" },
    { "nextUpdate missing", "\"nextUpdate\":\"2025-06-26T19:25:02Z\",", "", "tcb_info.nextUpdate" },
    { "fmspc one digit short", "00806F050000", "00806F05000", "tcb_info.fmspc" },
    { "fmspc one byte long", "00806F050000", "00806F05000000", "tcb_info.fmspc" },
    { "fmspc with a character that is no digit", "00806F050000", "00806G050000", "tcb_info.fmspc" },
    { "pceId of one byte", "\"pceId\":\"0001\"", "\"pceId\":\"01\"", "tcb_info.pceId" },
    { "tcbType missing", "\"tcbType\":0,", "", "tcb_info.tcbType" },
    { "evaluation number beyond 32 bits", "Number\":17", "Number\":4294967296",
      "tcb_info.tcbEvaluationDataNumber" },
    { "evaluation number negative", "Number\":17", "Number\":-17",
      "tcb_info.tcbInfo.tcbEvaluationDataNumber" },
    { "evaluation number a fraction", "Number\":17", "Number\":17.0",
      "tcb_info.tcbInfo.tcbEvaluationDataNumber" },
    { "evaluation number with exponent", "Number\":17", "Number\":1e1",
      "tcb_info.tcbInfo.tcbEvaluationDataNumber" },
    { "evaluation number with leading zero", "Number\":17", "Number\":017",
      "tcb_info.tcbInfo.tcbEvaluationDataNumber" },
    { "evaluation number as text", "Number\":17", "Number\":\"17\"",
      "tcb_info.tcbEvaluationDataNumber" },
    { "no TDX module", "\"tdxModule\":", "\"tdxmodule\":", "tcb_info.tdxModule" },
    { "TDX module is an array", "\"tdxModule\":{", "\"tdxModule\":[],\"x\":{",
      "tcb_info.tdxModule" },
    { "mrsigner of 47 bytes", "\"mrsigner\":\"00", "\"mrsigner\":\"",
      "tcb_info.tdxModule.mrsigner" },
    { "attributes outside their mask", "FFFFFFFFFFFFFFFF", "FFFFFFFFFFFFFFFE",
      "tcb_info.tdxModule.attributes" },
    { "module identities are no array", "\"tdxModuleIdentities\":[",
      "\"tdxModuleIdentities\":{},\"x\":[", "tcb_info.tdxModuleIdentities" },
    { "module id without prefix", "TDX_03", "TDY_03", "tcb_info.tdxModuleIdentities[0].id" },
    { "module id of one digit", "TDX_03", "TDX_3", "tcb_info.tdxModuleIdentities[0].id" },
    { "module id no hex", "TDX_03", "TDX_0g", "tcb_info.tdxModuleIdentities[0].id" },
    { "module id of three digits", "TDX_03", "TDX_003", "tcb_info.tdxModuleIdentities[0].id" },
    { "module id twice", "TDX_01", "TDX_03", "tcb_info.tdxModuleIdentities[1].id" },
    { "module isvsvn of two bytes", "\"isvsvn\":7", "\"isvsvn\":256",
      "tcb_info.tdxModuleIdentities[0].tcbLevels[0].tcb.isvsvn" },
    { "module levels ascend", "\"isvsvn\":7", "\"isvsvn\":2",
      "tcb_info.tdxModuleIdentities[0].tcbLevels[1].tcb" },
    { "module levels repeat", "\"isvsvn\":7", "\"isvsvn\":3",
      "tcb_info.tdxModuleIdentities[0].tcbLevels[1].tcb" },
    { "module status of a platform", "\"tcbStatus\":\"OutOfDate\"",
      "\"tcbStatus\":\"SWHardeningNeeded\"",
      "tcb_info.tdxModuleIdentities[0].tcbLevels[1].tcbStatus" },
    { "module without levels",
      "\"tcbLevels\":[{\"tcb\":{\"isvsvn\":5},\"tcbDate\":\"2024-03-13T00:00:00Z\",\"tcbStatus\":"
      "\"UpToDate\"}]",
      "\"tcbLevels\":[]", "tcb_info.tdxModuleIdentities[1].tcbLevels" },
    { "component 256", "{\"svn\":9", "{\"svn\":256",
      "tcb_info.tcbLevels[0].tcb.sgxtcbcomponents[0].svn" },
    { "component -1", "{\"svn\":9", "{\"svn\":-1",
      "tcb_info.tcbInfo.tcbLevels[0].tcb.sgxtcbcomponents[0].svn" },
    { "component 1.0", "{\"svn\":9", "{\"svn\":1.0",
      "tcb_info.tcbInfo.tcbLevels[0].tcb.sgxtcbcomponents[0].svn" },
    { "component as text", "{\"svn\":8", "{\"svn\":\"8\"",
      "tcb_info.tcbLevels[0].tcb.sgxtcbcomponents[1].svn" },
    { "component without svn", "{\"svn\":8", "{\"SVN\":8",
      "tcb_info.tcbLevels[0].tcb.sgxtcbcomponents[1].svn" },
    { "component is a number", "{\"svn\":8}", "8",
      "tcb_info.tcbLevels[0].tcb.sgxtcbcomponents[1]" },
    { "category is a number", "\"BIOS\"", "1",
      "tcb_info.tcbLevels[0].tcb.sgxtcbcomponents[0].category" },
    { "15 components", "{\"svn\":8},", "", "tcb_info.tcbLevels[0].tcb.sgxtcbcomponents" },
    { "17 components", "{\"svn\":8},", "{\"svn\":8},{\"svn\":8},",
      "tcb_info.tcbLevels[0].tcb.sgxtcbcomponents" },
    { "no TDX components", "\"tdxtcbcomponents\":", "\"tdxtcbcomponentz\":",
      "tcb_info.tcbLevels[0].tcb.tdxtcbcomponents" },
    { "pcesvn beyond 16 bits", "\"pcesvn\":13", "\"pcesvn\":65536",
      "tcb_info.tcbLevels[0].tcb.pcesvn" },
    { "pcesvn missing", "\"pcesvn\":13,", "", "tcb_info.tcbLevels[0].tcb.pcesvn" },
    { "TDX components ascend",
      "{\"svn\":5,\"category\":\"BIOS\",\"type\":\"Early Microcode Update\"},{\"svn\":1}",
      "{\"svn\":5,\"category\":\"BIOS\",\"type\":\"Early Microcode Update\"},{\"svn\":0}",
      "tcb_info.tcbLevels[1].tcb" },
    { "pcesvn ascends", "\"pcesvn\":5", "\"pcesvn\":14", "tcb_info.tcbLevels[2].tcb" },
    { "SGX components ascend", "{\"svn\":9", "{\"svn\":8", "tcb_info.tcbLevels[1].tcb" },
    { "status misspelt", "SWHardeningNeeded", "SwHardeningNeeded",
      "tcb_info.tcbLevels[1].tcbStatus" },
    { "status of verdicts only", "SWHardeningNeeded", "TDRelaunchAdvised",
      "tcb_info.tcbLevels[1].tcbStatus" },
    { "status NotSupported", "SWHardeningNeeded", "NotSupported",
      "tcb_info.tcbLevels[1].tcbStatus" },
    { "status is null", "\"SWHardeningNeeded\"", "null", "tcb_info.tcbLevels[1].tcbStatus" },
    { "advisory with a comma", "INTEL-SA-00837", "INTEL-SA-00837,X",
      "tcb_info.tcbLevels[1].advisoryIDs[0]" },
    { "advisory with a line break", "INTEL-SA-00837", "INTEL\\nSA",
      "tcb_info.tcbLevels[1].advisoryIDs[0]" },
    { "advisory empty", "INTEL-DOC-10001", "", "tcb_info.tcbLevels[1].advisoryIDs[1]" },
    { "advisory of 65 characters", "INTEL-DOC-10001",
      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      "tcb_info.tcbLevels[1].advisoryIDs[1]" },
    { "advisory is a number", "\"INTEL-DOC-10001\"", "10001",
      "tcb_info.tcbLevels[1].advisoryIDs[1]" },
    { "advisories are a text", "[\"INTEL-SA-00837\",\"INTEL-DOC-10001\"]", "\"INTEL-SA-00837\"",
      "tcb_info.tcbLevels[1].advisoryIDs" },
    { "tcbDate missing", "\"tcbDate\":\"2024-03-13T00:00:00Z\",", "",
      "tcb_info.tdxModuleIdentities[0].tcbLevels[0].tcbDate" },
    { "key twice in the signed object", "\"tcbType\":0", "\"tcbType\":0,\"tcbType\":0",
      "tcb_info.tcbInfo.tcbType" },
    { "key twice in a component", "{\"svn\":8}", "{\"svn\":8,\"svn\":9}",
      "tcb_info.tcbInfo.tcbLevels[0].tcb.sgxtcbcomponents[1].svn" },
    { "escaped key", "\"tcbType\"", "\"tcbTyp\\u0065\"", "tcb_info.tcbInfo" },
    { "signed object twice", "\"signature\"", "\"tcbInfo\":{},\"signature\"", "tcb_info.tcbInfo" },
    { "unsigned sibling", ",\"signature\"", ",\"note\":1,\"signature\"", "tcb_info.note" },
    { "signature missing", "\"signature\":", "\"signatur\":", "tcb_info.signatur" },
    { "signature of 63 bytes", "\"signature\":\"5a", "\"signature\":\"", "tcb_info.signature" },
    { "signature no hex", "\"signature\":\"5a", "\"signature\":\"5g", "tcb_info.signature" },
    { "signed object is an array", "{\"tcbInfo\":{", "{\"tcbInfo\":[],\"x\":{", "tcb_info.x" },
    { "signed object of another document", "{\"tcbInfo\"", "{\"enclaveIdentity\"", "tcb_info" },
    { "BOM in front", "", "\xef\xbb\xbf", "tcb_info" },
    { "array at the top", "{\"tcbInfo\"", "[{\"tcbInfo\"", "tcb_info[0]" },
};

static const refusal sgx_refusals[] = {
    { "TDX components under SGX", ",\"pcesvn\"", ",\"tdxtcbcomponents\":[],\"pcesvn\"",
      "tcb_info.tcbLevels[0].tcb.tdxtcbcomponents" },
    { "TDX module under SGX", "\"tcbLevels\"", "\"tdxModule\":{},\"tcbLevels\"",
      "tcb_info.tdxModule" },
    { "module identities under SGX", "\"tcbLevels\"", "\"tdxModuleIdentities\":[],\"tcbLevels\"",
      "tcb_info.tdxModuleIdentities" },
    { "no levels", "\"tcbLevels\":[", "\"tcbLevels\":[],\"x\":[", "tcb_info.tcbLevels" },
    { "components of version 2", "\"sgxtcbcomponents\"", "\"sgxtcbcomp01svn\":1,\"x\"",
      "tcb_info.tcbLevels[0].tcb.sgxtcbcomponents" },
};

static const refusal v2_refusals[] = {
    { "component 16 missing", "\"sgxtcbcomp16svn\":16,", "",
      "tcb_info.tcbLevels[0].tcb.sgxtcbcomp16svn" },
    { "component 256", "\"sgxtcbcomp16svn\":16", "\"sgxtcbcomp16svn\":256",
      "tcb_info.tcbLevels[0].tcb.sgxtcbcomp16svn" },
    { "pcesvn beyond 16 bits", "65535", "65536", "tcb_info.tcbLevels[0].tcb.pcesvn" },
    { "TDX components in version 2", "\"pcesvn\"", "\"tdxtcbcomponents\":[],\"pcesvn\"",
      "tcb_info.tcbLevels[0].tcb.tdxtcbcomponents" },
    { "TDX module in version 2", "\"tcbLevels\"", "\"tdxModule\":{},\"tcbLevels\"",
      "tcb_info.tdxModule" },
};

static const refusal unsupported[] = {
    { "version 1 is obsolete", "\"version\":3", "\"version\":1", "tcb_info.version" },
    { "version 4 is not known", "\"version\":3", "\"version\":4", "tcb_info.version" },
    { "tcbType 1", "\"tcbType\":0", "\"tcbType\":1", "tcb_info.tcbType" },
};

static void refuse(const char *text, const refusal *row, assay_status wanted)
{
    arena memory = { NULL };
    tcb_info info;
    assay_error error = { 0 };
    assay_span bad = edited(row->what, text, row->from, row->to);
    assert_row(row->what, tcb_info_parse(bad, &memory, &info, &error), wanted);
    if (strcmp(error.where, row->where) != 0)
        test_fail("%s: at \"%s\" (%s), want \"%s\"", row->what, error.where, error.detail,
                  row->where);
    assert_row(row->what, error.qvl, QVL_TCB_INFO_INVALID);
    assert_row(row->what, error.code, 0xE023);
    edited_free(bad);
    arena_free(&memory);
}

static void refuses_with_the_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(tdx_refusals); i++)
        refuse(tdx_text, &tdx_refusals[i], ASSAY_MALFORMED);
    for (size_t i = 0; i < COUNT_OF(sgx_refusals); i++)
        refuse(sgx_text, &sgx_refusals[i], ASSAY_MALFORMED);
    for (size_t i = 0; i < COUNT_OF(v2_refusals); i++)
        refuse(v2_text, &v2_refusals[i], ASSAY_MALFORMED);
    for (size_t i = 0; i < COUNT_OF(unsupported); i++)
        refuse(tdx_text, &unsupported[i], ASSAY_UNSUPPORTED);
}

static void parse_edited(arena *memory, const char *text, const char *from, const char *to,
                         assay_span *kept, tcb_info *out)
{
    assay_error error = { 0 };
    *kept = edited("sound", text, from, to);
    if (tcb_info_parse(*kept, memory, out, &error) != ASSAY_OK)
        test_fail("%s: %s", error.where, error.detail);
}

static void reads_tdx(void **state)
{
    (void)state;
    arena memory = { NULL };
    tcb_info info;
    assay_span text;
    parse_edited(&memory, tdx_text, NULL, NULL, &text, &info);
    assert_int_equal(info.version, 3);
    assert_int_equal(info.tee, ASSAY_TEE_TDX);
    assert_int_equal(info.header.issue_date, 1748373902);
    assert_int_equal(info.header.next_update, 1750965902);
    assert_int_equal(info.header.evaluation_number, 17);
    assert_int_equal(info.header.signature[0], 0x5a);
    assert_int_equal(info.header.unknown_key_count, 0);
    assert_memory_equal(info.fmspc, "\x00\x80\x6f\x05\x00\x00", 6);
    assert_memory_equal(info.pce_id, "\x00\x01", 2);
    assert_true(info.has_module);
    assert_int_equal(info.module.mrsigner[15], 15);
    assert_int_equal(info.module.attributes[7], 1);
    assert_int_equal(info.module.attributes_mask[0], 0xff);
    assert_int_equal(info.module_count, 2);
    assert_int_equal(info.modules[0].major, 3);
    assert_int_equal(info.modules[0].levels.count, 2);
    assert_int_equal(info.modules[0].levels.at[1].isv_svn, 3);
    assert_int_equal(info.modules[0].levels.at[1].status, ASSAY_TCB_OUT_OF_DATE);
    assert_int_equal(info.modules[1].major, 1);
    assert_int_equal(info.levels.count, 3);
    assert_int_equal(info.levels.at[0].sgx[1], 8);
    assert_int_equal(info.levels.at[0].sgx[15], 0);
    assert_int_equal(info.levels.at[0].tdx[2], 6);
    assert_int_equal(info.levels.at[0].pce_svn, 13);
    assert_int_equal(info.levels.at[0].date, 1710288000);
    assert_int_equal(info.levels.at[0].advisory_count, 0);
    assert_int_equal(info.levels.at[1].advisory_count, 2);
    assert_string_equal(info.levels.at[1].advisories[1], "INTEL-DOC-10001");
    assert_int_equal(info.levels.at[2].status, ASSAY_TCB_REVOKED);
    edited_free(text);
    arena_free(&memory);
}

static void signed_bytes_are_those_received(void **state)
{
    (void)state;
    arena memory = { NULL };
    tcb_info info;
    assay_span text;
    parse_edited(&memory, sgx_text, "{\"tcbInfo\":{", " {\n\"tcbInfo\" : { ", &text, &info);
    assert_ptr_equal(info.header.signed_bytes.data, text.data + strlen(" {\n\"tcbInfo\" : "));
    assert_int_equal(info.header.signed_bytes.data[info.header.signed_bytes.size - 1], '}');
    assert_int_equal(info.header.signed_bytes.data[info.header.signed_bytes.size], ',');
    assert_int_equal(info.tee, ASSAY_TEE_SGX);
    assert_false(info.has_module);
    edited_free(text);
    arena_free(&memory);
}

static void reads_version_2(void **state)
{
    (void)state;
    arena memory = { NULL };
    tcb_info info;
    assay_span text;
    parse_edited(&memory, v2_text, NULL, NULL, &text, &info);
    assert_int_equal(info.version, 2);
    assert_int_equal(info.tee, ASSAY_TEE_SGX);
    for (int i = 0; i < 16; i++)
        assert_int_equal(info.levels.at[0].sgx[i], i + 1);
    assert_int_equal(info.levels.at[0].pce_svn, 65535);
    assert_int_equal(info.levels.at[0].status, ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED);
    edited_free(text);
    arena_free(&memory);
}

static const struct {
    const char *what;
    const char *from;
    const char *to;
    const char *path;
} unknown_rows[] = {
    { "in the signed object", "\"tcbType\"", "\"colour\":{\"a\":[1]},\"tcbType\"",
      "tcb_info.colour" },
    { "in a level", "\"tcbDate\"", "\"colour\":1,\"tcbDate\"",
      "tcb_info.tdxModuleIdentities[0].tcbLevels[0].colour" },
    { "in tcb", "\"pcesvn\"", "\"colour\":1,\"pcesvn\"", "tcb_info.tcbLevels[0].tcb.colour" },
    { "in a component", "{\"svn\":8}", "{\"svn\":8,\"colour\":1}",
      "tcb_info.tcbLevels[0].tcb.sgxtcbcomponents[1].colour" },
    { "in a module", "\"mrsigner\"", "\"colour\":1,\"mrsigner\"", "tcb_info.tdxModule.colour" },
    { "with bytes for a terminal", "\"tcbType\"", "\"c\x7f\xc3\xa4\":1,\"tcbType\"",
      "tcb_info.c???" },
};

static void unknown_members_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(unknown_rows); i++) {
        arena memory = { NULL };
        tcb_info info;
        assay_span text;
        parse_edited(&memory, tdx_text, unknown_rows[i].from, unknown_rows[i].to, &text, &info);
        assert_row(unknown_rows[i].what, info.header.unknown_key_count, 1);
        assert_string_equal(info.header.unknown_keys[0], unknown_rows[i].path);
        edited_free(text);
        arena_free(&memory);
    }
}

static void no_more_unknown_members_than_fit(void **state)
{
    (void)state;
    arena memory = { NULL };
    tcb_info info;
    assay_span text;
    parse_edited(&memory, sgx_text, "\"tcbType\"",
                 "\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,"
                 "\"tcbType\"",
                 &text, &info);
    assert_int_equal(info.header.unknown_key_count, DOCUMENT_UNKNOWN_KEYS);
    edited_free(text);
    arena_free(&memory);
}

static void suggests_the_signed_member(void **state)
{
    (void)state;
    arena memory = { NULL };
    tcb_info info;
    assay_error error = { 0 };
    assay_span text =
        edited("sibling", sgx_text, ",\"signature\"", ",\"signatures\":\"\",\"signature\"");
    assert_int_equal(tcb_info_parse(text, &memory, &info, &error), ASSAY_MALFORMED);
    assert_string_equal(error.where, "tcb_info.signatures");
    assert_non_null(strstr(error.detail, "did you mean signature?"));
    edited_free(text);
    arena_free(&memory);
}

/* Writes `count` platform levels whose pcesvn descends, or `count` advisories of one level. */
static assay_span many(size_t levels, size_t advisories)
{
    const size_t capacity = 2000 + levels * 800 + advisories * 20;
    char *text = malloc(capacity);
    assert_non_null(text);
    size_t used = (size_t)snprintf(
        text, capacity, "{\"tcbInfo\":{\"id\":\"SGX\",\"version\":3," HEADER "\"tcbLevels\":[");
    for (size_t i = 0; i < levels; i++) {
        used += (size_t)snprintf(text + used, capacity - used,
                                 "%s{\"tcb\":{\"sgxtcbcomponents\":" SGX_COMPONENTS
                                 ",\"pcesvn\":%zu},\"tcbDate\":\"2024-03-13T00:00:00Z\","
                                 "\"tcbStatus\":\"UpToDate\",\"advisoryIDs\":[",
                                 i == 0 ? "" : ",", levels - i);
        for (size_t k = 0; k < advisories && i == 0; k++)
            used += (size_t)snprintf(text + used, capacity - used, "%s\"INTEL-SA-00001\"",
                                     k == 0 ? "" : ",");
        used += (size_t)snprintf(text + used, capacity - used, "]}");
    }
    used += (size_t)snprintf(text + used, capacity - used, "]},\"signature\":\"" SIGNATURE "\"}");
    assert_true(used < capacity);
    return span_of(text, used);
}

static const struct {
    const char *what;
    size_t levels;
    size_t advisories;
    assay_status status;
} limit_rows[] = {
    { "256 levels", 256, 0, ASSAY_OK },
    { "257 levels", 257, 0, ASSAY_MALFORMED },
    { "256 advisories", 1, 256, ASSAY_OK },
    { "257 advisories", 1, 257, ASSAY_MALFORMED },
};

static void limits_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(limit_rows); i++) {
        arena memory = { NULL };
        tcb_info info;
        assay_span text = many(limit_rows[i].levels, limit_rows[i].advisories);
        assert_row(limit_rows[i].what, tcb_info_parse(text, &memory, &info, NULL),
                   limit_rows[i].status);
        edited_free(text);
        arena_free(&memory);
    }
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    for (size_t size = 0; size < strlen(tdx_text); size += 7) {
        arena memory = { NULL };
        tcb_info info;
        assay_error error = { 0 };
        char *text = malloc(size + 1);
        assert_non_null(text);
        memcpy(text, tdx_text, size);
        assert_int_equal(tcb_info_parse(span_of(text, size), &memory, &info, &error),
                         ASSAY_MALFORMED);
        assert_int_equal(error.code, 0xE023);
        free(text);
        arena_free(&memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_with_the_place),
        cmocka_unit_test(reads_tdx),
        cmocka_unit_test(signed_bytes_are_those_received),
        cmocka_unit_test(reads_version_2),
        cmocka_unit_test(unknown_members_are_told),
        cmocka_unit_test(no_more_unknown_members_than_fit),
        cmocka_unit_test(suggests_the_signed_member),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(every_truncation_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
