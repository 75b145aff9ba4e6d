/* tcb_info_texts.h: sound TCB infos, small but with every member; their signatures are made up. */
#ifndef TESTS_TCB_INFO_TEXTS_H
#define TESTS_TCB_INFO_TEXTS_H

#define SIGNATURE                                                                                  \
    "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"             \
    "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"
#define MRSIGNER                                                                                   \
    "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"                             \
    "000102030405060708090a0b0c0d0e0f"
#define HEADER                                                                                     \
    "\"issueDate\":\"2025-05-27T19:25:02Z\",\"nextUpdate\":\"2025-06-26T19:25:02Z\","              \
    "\"fmspc\":\"00806F050000\",\"pceId\":\"0001\",\"tcbType\":0,"                                 \
    "\"tcbEvaluationDataNumber\":17,"
#define MODULE_VALUES                                                                              \
    "\"mrsigner\":\"" MRSIGNER                                                                     \
    "\",\"attributes\":\"0000000000000001\",\"attributesMask\":\"FFFFFFFFFFFFFFFF\""
#define ZEROS                                                                                      \
    ",{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},"        \
    "{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0}"
#define SGX_COMPONENTS                                                                             \
    "[{\"svn\":9,\"category\":\"BIOS\",\"type\":\"Early Microcode Update\"},{\"svn\":8},"          \
    "{\"svn\":7}" ZEROS "]"
#define DATE "\"tcbDate\":\"2024-03-13T00:00:00Z\","

static const char tdx_text[] =
    "{\"tcbInfo\":{\"id\":\"TDX\",\"version\":3," HEADER "\"tdxModule\":{" MODULE_VALUES
    "},\"tdxModuleIdentities\":[{\"id\":\"TDX_03\"," MODULE_VALUES ",\"tcbLevels\":["
    "{\"tcb\":{\"isvsvn\":7}," DATE "\"tcbStatus\":\"UpToDate\"},"
    "{\"tcb\":{\"isvsvn\":3}," DATE "\"tcbStatus\":\"OutOfDate\"}]},"
    "{\"id\":\"TDX_01\"," MODULE_VALUES ",\"tcbLevels\":["
    "{\"tcb\":{\"isvsvn\":5}," DATE "\"tcbStatus\":\"UpToDate\"}]}],"
    "\"tcbLevels\":[{\"tcb\":{\"sgxtcbcomponents\":" SGX_COMPONENTS
    ",\"pcesvn\":13,\"tdxtcbcomponents\":"
    "[{\"svn\":5,\"category\":\"BIOS\",\"type\":\"Early Microcode Update\"},{\"svn\":1},"
    "{\"svn\":6}" ZEROS "]"
    "}," DATE "\"tcbStatus\":\"UpToDate\"},"
    "{\"tcb\":{\"sgxtcbcomponents\":" SGX_COMPONENTS ",\"pcesvn\":13,\"tdxtcbcomponents\":"
    "[{\"svn\":5,\"category\":\"BIOS\",\"type\":\"Early Microcode Update\"},{\"svn\":0},"
    "{\"svn\":255}" ZEROS "]"
    "}," DATE "\"tcbStatus\":\"SWHardeningNeeded\",\"advisoryIDs\":[\"INTEL-SA-00837\","
    "\"INTEL-DOC-10001\"]},"
    "{\"tcb\":{\"sgxtcbcomponents\":" SGX_COMPONENTS ",\"pcesvn\":5,\"tdxtcbcomponents\":"
    "[{\"svn\":255,\"category\":\"BIOS\",\"type\":\"Early Microcode Update\"},"
    "{\"svn\":255},{\"svn\":255}" ZEROS "]"
    "}," DATE "\"tcbStatus\":\"Revoked\"}]},\"signature\":\"" SIGNATURE "\"}";

static const char sgx_text[] =
    "{\"tcbInfo\":{\"id\":\"SGX\",\"version\":3," HEADER
    "\"tcbLevels\":[{\"tcb\":{\"sgxtcbcomponents\":" SGX_COMPONENTS ",\"pcesvn\":13}," DATE
    "\"tcbStatus\":\"ConfigurationNeeded\"}]},\"signature\":\"" SIGNATURE "\"}";

static const char v2_text[] =
    "{\"tcbInfo\":{\"version\":2," HEADER
    "\"tcbLevels\":[{\"tcb\":{\"sgxtcbcomp01svn\":1,\"sgxtcbcomp02svn\":2,"
    "\"sgxtcbcomp03svn\":3,\"sgxtcbcomp04svn\":4,\"sgxtcbcomp05svn\":5,"
    "\"sgxtcbcomp06svn\":6,\"sgxtcbcomp07svn\":7,\"sgxtcbcomp08svn\":8,"
    "\"sgxtcbcomp09svn\":9,\"sgxtcbcomp10svn\":10,\"sgxtcbcomp11svn\":11,"
    "\"sgxtcbcomp12svn\":12,\"sgxtcbcomp13svn\":13,\"sgxtcbcomp14svn\":14,"
    "\"sgxtcbcomp15svn\":15,\"sgxtcbcomp16svn\":16,\"pcesvn\":65535}," DATE
    "\"tcbStatus\":\"OutOfDateConfigurationNeeded\"}]},\"signature\":\"" SIGNATURE "\"}";

#endif
