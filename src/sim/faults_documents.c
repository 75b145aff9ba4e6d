/* faults_documents.c: faults of TCB info and identity as documents: lines 63 to 79 and 89 of the
 * attack list (verification.md 9). */
#include "sim/faults.h"

#define SIGNED_EDIT(document_, find_, replace_)                                                    \
    .document = (document_), .edit = { SIM_BEFORE_SIGNING, (find_), (replace_) }
#define UNSIGNED_EDIT(document_, find_, replace_)                                                  \
    .document = (document_), .edit = { SIM_AFTER_SIGNING, (find_), (replace_) }
#define INFO_REFUSED       EXPECT_REFUSED(0xE023, QVL_TCB_INFO_INVALID)
#define IDENTITY_REFUSED   EXPECT_REFUSED(0xE025, QVL_QE_IDENTITY_UNSUPPORTED_FORMAT)
#define INFO_SIGNATURE     EXPECT_REFUSED(0xE03A, QVL_TCB_INFO_INVALID_SIGNATURE)
#define IDENTITY_SIGNATURE EXPECT_REFUSED(0xE039, QVL_IDENTITY_INVALID_SIGNATURE)
#define MISMATCH           EXPECT_REFUSED(0xE024, QVL_TCB_INFO_MISMATCH)
#define EXPIRED            EXPECT_JUDGED(ASSAY_TCB_UP_TO_DATE, ASSAY_REASON_EXPIRED)
#define NOT_YET            EXPECT_JUDGED(ASSAY_TCB_UP_TO_DATE, ASSAY_REASON_NOT_YET_VALID)

enum {
    NEXT_UPDATE = SIM_DEFAULT_DAYS * SIM_DAY - SIM_HOUR,
    NESTING = 100 * 1000,
    DEEP = 400 * 1000
};

/* A member beside the signed object whose value is nested `depth` deep. */
static void nest(sim_bytes *document, size_t depth)
{
    static const char head[] = "{\"x\":";
    sim_bytes text = { 0 };
    bytes_add_text(&text, head);
    bytes_add_repeated(&text, '[', depth);
    bytes_add_repeated(&text, ']', depth);
    bytes_add_u8(&text, ',');
    bytes_replace(document, 0, 1, bytes_span(&text));
    document->failed |= text.failed;
    bytes_free(&text);
}

static void nested_info(sim_artifacts *a)
{
    nest(&a->tcb_info, NESTING);
}

static void deeply_nested_info(sim_artifacts *a)
{
    nest(&a->tcb_info, DEEP);
}

static void nested_identity(sim_artifacts *a)
{
    nest(&a->qe_identity, NESTING);
}

static void nul_and_text(sim_artifacts *a)
{
    static const uint8_t tail[] = { 0, 'x' };
    bytes_add(&a->tcb_info, SPAN(tail));
}

/* The genuine member, and another one beside it. */
static void second_info_after(sim_artifacts *a)
{
    bytes_replace(&a->tcb_info, bytes_find(&a->tcb_info, ",\"signature\""), 0,
                  SPAN_TEXT(",\"tcbInfo\":{\"id\":\"TDX\"}"));
}

static void second_info_before(sim_artifacts *a)
{
    bytes_replace(&a->tcb_info, 1, 0, SPAN_TEXT("\"tcbInfo\":{\"id\":\"TDX\"},"));
}

#define INFO_MEMBER(name, member, value)                                                           \
    static void name(sim_world *world)                                                             \
    {                                                                                              \
        world->tcb_info.member = (value);                                                          \
    }
#define IDENTITY_MEMBER(name, member, value)                                                       \
    static void name(sim_world *world)                                                             \
    {                                                                                              \
        world->identity.member = (value);                                                          \
    }

INFO_MEMBER(other_fmspc, fmspc[0], 0x42)
INFO_MEMBER(other_pce_id, pce_id[1], 1)
INFO_MEMBER(info_future, document.issue_date, world->now + 1)
INFO_MEMBER(info_foreign_key, document.signing_key, SIM_KEY_FOREIGN)
INFO_MEMBER(lower_number, document.evaluation_number, 17)
INFO_MEMBER(number_too_high, document.evaluation_number, 20)
INFO_MEMBER(version_2, document.version, 2)
IDENTITY_MEMBER(identity_foreign_key, document.signing_key, SIM_KEY_FOREIGN)
IDENTITY_MEMBER(identity_future, document.issue_date, world->now + 1)
IDENTITY_MEMBER(identity_qe, document.id, "QE")
IDENTITY_MEMBER(identity_td_qe, document.id, "TD_QE")
IDENTITY_MEMBER(identity_qve, document.id, "QVE")
IDENTITY_MEMBER(identity_version_1, document.version, 1)

static void without_modules(sim_world *world)
{
    world->tcb_info.module_count = 0;
    world->tcb_info.document.id = "SGX";
}

static void info_v2(sim_world *world)
{
    without_modules(world);
    version_2(world);
    world->tcb_info.document.id = NULL;
}

static void info_of_td(sim_world *world)
{
    sim_world td;
    sim_world_init(&td, sim_profile_find("tdx-v4"), world->seed, world->now, SIM_DEFAULT_DAYS);
    memcpy(td.tcb_info.fmspc, world->tcb_info.fmspc, sizeof(td.tcb_info.fmspc));
    world->tcb_info = td.tcb_info;
}

static void swap_levels(sim_level *a, sim_level *b)
{
    sim_level kept = *a;
    *a = *b;
    *b = kept;
}

static void levels_reordered(sim_world *world)
{
    swap_levels(&world->tcb_info.levels[0], &world->tcb_info.levels[4]);
}

static void levels_equal(sim_world *world)
{
    world->tcb_info.levels[1] = world->tcb_info.levels[0];
}

static void module_levels_reordered(sim_world *world)
{
    swap_levels(&world->tcb_info.modules[1].levels[0], &world->tcb_info.modules[1].levels[1]);
}

static void identity_levels_reordered(sim_world *world)
{
    swap_levels(&world->identity.levels[0], &world->identity.levels[1]);
}

static void lower_numbers(sim_world *world)
{
    lower_number(world);
    world->identity.document.evaluation_number = 17;
}

/* Ten thousand advisories at the first level, signed: built by hand because the world has room for
 * four.
 */
static void many_advisories(sim_artifacts *a)
{
    sim_bytes text = { 0 };
    bytes_add_text(&text, "\"tcbStatus\":\"UpToDate\",\"advisoryIDs\":[");
    for (unsigned i = 0; i < 10000; i++)
        bytes_add_format(&text, "%s\"INTEL-SA-%05u\"", i > 0 ? "," : "", i);
    bytes_add_text(&text, "]");
    size_t levels = bytes_find(&a->tcb_info, "\"pcesvn\"");
    static const char status[] = "\"tcbStatus\":\"UpToDate\"";
    for (size_t at = levels; at + sizeof(status) <= a->tcb_info.size; at++) {
        if (memcmp(a->tcb_info.data + at, status, sizeof(status) - 1) == 0) {
            bytes_replace(&a->tcb_info, at, sizeof(status) - 1, bytes_span(&text));
            break;
        }
    }
    a->tcb_info.failed |= text.failed;
    bytes_free(&text);
}

const sim_fault sim_faults_of_documents[] = {
    { .name = "63a-tcb-info-character",
      .summary = "one character of the signed TCB info changed",
      .signatures = SIM_BREAKS_SIGNATURE,
      UNSIGNED_EDIT(SIM_TCB_INFO, "Late Microcode", "late Microcode"),
      INFO_SIGNATURE },
    { .name = "63b-status-edited",
      .summary = "a status of the signed TCB info changed",
      .signatures = SIM_BREAKS_SIGNATURE,
      UNSIGNED_EDIT(SIM_TCB_INFO, "\"tcbStatus\":\"OutOfDate\"", "\"tcbStatus\":\"UpToDate\""),
      INFO_SIGNATURE },
    { .name = "63c-identity-character",
      .summary = "one digit of the signed identity changed",
      .signatures = SIM_BREAKS_SIGNATURE,
      UNSIGNED_EDIT(SIM_IDENTITY, "SA-00615", "SA-00616"),
      IDENTITY_SIGNATURE },
    { .name = "63d-tcb-info-key",
      .summary = "TCB info signed by somebody else",
      .change_world = info_foreign_key,
      INFO_SIGNATURE },
    { .name = "63e-identity-key",
      .summary = "identity signed by somebody else",
      .change_world = identity_foreign_key,
      IDENTITY_SIGNATURE },
    { .name = "64a-tcb-info-printed",
      .summary = "TCB info with white space put in",
      .signatures = SIM_BREAKS_SIGNATURE,
      UNSIGNED_EDIT(SIM_TCB_INFO, "\"version\":3", "\n  \"version\": 3"),
      INFO_SIGNATURE },
    { .name = "64b-identity-printed",
      .summary = "identity with white space put in",
      .signatures = SIM_BREAKS_SIGNATURE,
      UNSIGNED_EDIT(SIM_IDENTITY, "\"version\":2", "\n  \"version\": 2"),
      IDENTITY_SIGNATURE },
    { .name = "65a-duplicate-member",
      .summary = "a member twice in the signed TCB info, unsigned",
      .signatures = SIM_BREAKS_SIGNATURE,
      UNSIGNED_EDIT(SIM_TCB_INFO, "\"tcbType\":0", "\"tcbType\":0,\"tcbType\":0"),
      INFO_REFUSED },
    { .name = "65b-duplicate-signed",
      .summary = "a member twice in the TCB info, signed so",
      SIGNED_EDIT(SIM_TCB_INFO, "\"tcbType\":0", "\"tcbType\":0,\"tcbType\":0"),
      INFO_REFUSED },
    { .name = "65c-duplicate-status",
      .summary = "a level with two statuses, signed so",
      SIGNED_EDIT(SIM_TCB_INFO, "\"tcbStatus\":\"OutOfDate\"",
                  "\"tcbStatus\":\"UpToDate\",\"tcbStatus\":\"OutOfDate\""),
      INFO_REFUSED },
    { .name = "65d-duplicate-in-identity",
      .summary = "a member twice in the identity, signed so",
      SIGNED_EDIT(SIM_IDENTITY, "\"version\":2", "\"version\":2,\"version\":2"),
      IDENTITY_REFUSED },
    { .name = "66a-second-after",
      .summary = "a second tcbInfo behind the genuine one",
      .change_built = second_info_after,
      INFO_REFUSED },
    { .name = "66b-second-before",
      .summary = "a second tcbInfo before the genuine one",
      .change_built = second_info_before,
      INFO_REFUSED },
    { .name = "67a-sibling",
      .summary = "an unsigned member beside the TCB info",
      UNSIGNED_EDIT(SIM_TCB_INFO, ",\"signature\"", ",\"x\":1,\"signature\""),
      INFO_REFUSED },
    { .name = "67b-identity-sibling",
      .summary = "an unsigned member beside the identity",
      UNSIGNED_EDIT(SIM_IDENTITY, ",\"signature\"", ",\"x\":1,\"signature\""),
      IDENTITY_REFUSED },
    { .name = "68a-unknown-unsigned",
      .summary = "an unknown member put into the signed TCB info",
      .signatures = SIM_BREAKS_SIGNATURE,
      UNSIGNED_EDIT(SIM_TCB_INFO, "\"tcbType\":0", "\"tcbType\":0,\"x\":1"),
      INFO_SIGNATURE },
    { .name = "68b-unknown-signed",
      .summary = "an unknown member in the TCB info, signed so",
      SIGNED_EDIT(SIM_TCB_INFO, "\"tcbType\":0", "\"tcbType\":0,\"x\":1"),
      EXPECT_ACCEPTED(ASSAY_NOTE_UNKNOWN_KEY) },
    { .name = "69a-text-behind",
      .summary = "text behind the TCB info",
      UNSIGNED_EDIT(SIM_TCB_INFO, NULL, "x"),
      INFO_REFUSED },
    { .name = "69b-nul-and-text",
      .summary = "a NUL and text behind the TCB info",
      .change_built = nul_and_text,
      INFO_REFUSED },
    { .name = "69c-text-behind-identity",
      .summary = "text behind the identity",
      UNSIGNED_EDIT(SIM_IDENTITY, NULL, "{}"),
      IDENTITY_REFUSED },
    { .name = "70a-nesting",
      .summary = "100,000 arrays nested beside the TCB info",
      .change_built = nested_info,
      INFO_REFUSED },
    { .name = "70b-deep-nesting",
      .summary = "400,000 arrays nested beside the TCB info",
      .change_built = deeply_nested_info,
      INFO_REFUSED },
    { .name = "70c-nesting-identity",
      .summary = "100,000 arrays nested beside the identity",
      .change_built = nested_identity,
      IDENTITY_REFUSED },
    { .name = "71a-svn-256",
      .summary = "component SVN 256, signed",
      SIGNED_EDIT(SIM_TCB_INFO, "\"svn\":8", "\"svn\":256"),
      INFO_REFUSED },
    { .name = "71b-svn-negative",
      .summary = "component SVN -1, signed",
      SIGNED_EDIT(SIM_TCB_INFO, "\"svn\":8", "\"svn\":-1"),
      INFO_REFUSED },
    { .name = "71c-svn-fraction",
      .summary = "component SVN 1.0, signed",
      SIGNED_EDIT(SIM_TCB_INFO, "\"svn\":8", "\"svn\":1.0"),
      INFO_REFUSED },
    { .name = "71d-svn-exponent",
      .summary = "component SVN 1e1, signed",
      SIGNED_EDIT(SIM_TCB_INFO, "\"svn\":8", "\"svn\":1e1"),
      INFO_REFUSED },
    { .name = "71e-svn-text",
      .summary = "component SVN as text, signed",
      SIGNED_EDIT(SIM_TCB_INFO, "\"svn\":8", "\"svn\":\"1\""),
      INFO_REFUSED },
    { .name = "71f-pcesvn-65536",
      .summary = "pcesvn 65536, signed",
      SIGNED_EDIT(SIM_TCB_INFO, "\"pcesvn\":13", "\"pcesvn\":65536"),
      INFO_REFUSED },
    { .name = "71g-isvsvn-65536",
      .summary = "isvsvn 65536 in the identity, signed",
      SIGNED_EDIT(SIM_IDENTITY, "\"isvsvn\":8", "\"isvsvn\":65536"),
      IDENTITY_REFUSED },
    { .name = "71h-module-isvsvn-256",
      .summary = "isvsvn 256 of a TDX module, signed",
      SIGNED_EDIT(SIM_TCB_INFO, "\"isvsvn\":6", "\"isvsvn\":256"),
      INFO_REFUSED },
    { .name = "71i-unknown-status",
      .summary = "an unknown status word, signed",
      SIGNED_EDIT(SIM_TCB_INFO, "\"SWHardeningNeeded\"", "\"Fine\""),
      INFO_REFUSED },
    { .name = "71j-module-status",
      .summary = "a status of platforms in a TDX module, signed",
      SIGNED_EDIT(SIM_TCB_INFO, "\"UpToDate\"", "\"SWHardeningNeeded\""),
      INFO_REFUSED },
    { .name = "71k-date",
      .summary = "30 February as issueDate, signed",
      SIGNED_EDIT(SIM_TCB_INFO, "\"issueDate\":\"2",
                  "\"issueDate\":\"2026-02-30T00:00:00Z\",\"x\":\"2"),
      INFO_REFUSED },
    { .name = "72a-levels-reordered",
      .summary = "TCB levels in another order, signed",
      .change_world = levels_reordered,
      INFO_REFUSED },
    { .name = "72b-levels-equal",
      .summary = "two equal TCB levels, signed",
      .change_world = levels_equal,
      INFO_REFUSED },
    { .name = "72c-module-levels",
      .summary = "levels of a TDX module in another order, signed",
      .change_world = module_levels_reordered,
      INFO_REFUSED },
    { .name = "72d-identity-levels",
      .summary = "levels of the identity in another order, signed",
      .change_world = identity_levels_reordered,
      IDENTITY_REFUSED },
    { .name = "73a-sgx-info-for-td",
      .summary = "TCB info of SGX for a TD",
      .change_world = without_modules,
      MISMATCH },
    { .name = "73b-td-info-for-sgx",
      .summary = "TCB info of TDX for an enclave",
      .profile = "sgx-v3",
      .change_world = info_of_td,
      MISMATCH },
    { .name = "73c-other-fmspc",
      .summary = "TCB info of another FMSPC",
      .change_world = other_fmspc,
      MISMATCH },
    { .name = "73d-other-pceid",
      .summary = "TCB info of another PCEID",
      .change_world = other_pce_id,
      MISMATCH },
    { .name = "74a-v2-for-td",
      .summary = "TCB info of version 2 for a TD",
      .change_world = info_v2,
      MISMATCH },
    { .name = "74b-v2-for-sgx",
      .summary = "TCB info of version 2 for an enclave",
      .profile = "sgx-v3",
      .change_world = info_v2,
      EXPECT_ACCEPTED(ASSAY_NOTE_NONE) },
    { .name = "75a-qe-for-td",
      .summary = "identity QE for a TD",
      .change_world = identity_qe,
      EXPECT_REFUSED(0xE026, QVL_QE_IDENTITY_MISMATCH) },
    { .name = "75b-td-qe-for-sgx",
      .summary = "identity TD_QE for an enclave",
      .profile = "sgx-v3",
      .change_world = identity_td_qe,
      EXPECT_REFUSED(0xE026, QVL_QE_IDENTITY_MISMATCH) },
    { .name = "75c-qve",
      .summary = "identity of the QVE",
      .change_world = identity_qve,
      EXPECT_REFUSED(0xE026, QVL_QE_IDENTITY_MISMATCH) },
    { .name = "75d-identity-version-1",
      .summary = "an identity of version 1",
      .change_world = identity_version_1,
      EXPECT_REFUSED(0xE025, 0) },
    { .name = "76-numbers-differ",
      .summary = "TCB info and identity of different numbers",
      .change_world = number_too_high,
      EXPECT_ACCEPTED(ASSAY_NOTE_EVAL_NUM_DIFFERS) },
    { .name = "77a-lower-number",
      .summary = "an older evaluation data number, unexpired",
      .change_world = lower_numbers,
      EXPECT_ACCEPTED(ASSAY_NOTE_NONE) },
    { .name = "77b-number-too-low",
      .summary = "the same, where at least 18 is wanted",
      .change_world = lower_numbers,
      .request = { .min_evaluation_number = 18 },
      EXPECT_JUDGED(ASSAY_TCB_UP_TO_DATE, ASSAY_REASON_TCB_EVAL_NUM_TOO_LOW) },
    { .name = "77c-identity-too-low",
      .summary = "the same of the identity alone",
      .change_world = number_too_high,
      .request = { .min_evaluation_number = 20 },
      EXPECT_JUDGED(ASSAY_TCB_UP_TO_DATE, ASSAY_REASON_TCB_EVAL_NUM_TOO_LOW) },
    { .name = "78a-future-tcb-info",
      .summary = "TCB info that begins in a second",
      .change_world = info_future,
      NOT_YET },
    { .name = "78b-future-identity",
      .summary = "identity that begins in a second",
      .change_world = identity_future,
      NOT_YET },
    { .name = "79a-before-next-update",
      .summary = "judged one second before nextUpdate",
      .request = { .later = NEXT_UPDATE - 1 },
      EXPECT_ACCEPTED(ASSAY_NOTE_NONE) },
    { .name = "79b-at-next-update",
      .summary = "judged at nextUpdate",
      .request = { .later = NEXT_UPDATE },
      EXPIRED },
    { .name = "79c-after-next-update",
      .summary = "judged one second after nextUpdate",
      .request = { .later = NEXT_UPDATE + 1 },
      EXPIRED },
    { .name = "89a-advisory-comma",
      .summary = "an advisory id with a comma, signed",
      SIGNED_EDIT(SIM_TCB_INFO, "INTEL-SA-00615", "INTEL-SA-00615,INTEL-SA-00000"),
      INFO_REFUSED },
    { .name = "89b-many-advisories",
      .summary = "10,000 advisory ids at one level",
      .signatures = SIM_BREAKS_SIGNATURE,
      .change_built = many_advisories,
      INFO_REFUSED },
    { .name = NULL },
};
