/* faults_tcb.c: TCB evaluation: lines 80 to 88 of the attack list (verification.md 9), and what it
 * says about arguments and callers (90, 91, 93). */
#include "sim/faults.h"

#define SITUATION(name, situation)                                                                 \
    static void name(sim_world *world)                                                             \
    {                                                                                              \
        sim_world_situate(world, sim_situation_find(situation));                                   \
    }

SITUATION(not_supported, "NotSupported")
SITUATION(platform_out_of_date, "OutOfDate")
SITUATION(platform_configuration, "ConfigurationNeeded")
SITUATION(relaunch, "TDRelaunchAdvised")
SITUATION(relaunch_configuration, "TDRelaunchAdvisedConfigurationNeeded")

static void tcb_svn(sim_world *world, const char *field, uint8_t minor, uint8_t major,
                    uint8_t microcode)
{
    uint8_t svn[3] = { minor, major, microcode };
    sim_field_set(world->quote.body_layout, field, world->quote.body, SPAN(svn));
}

/* Component 0 is higher than any level's, component 1 lower than the newest level's. */
static void one_higher_one_lower(sim_world *world)
{
    world->platform.components[0] = 9;
    world->platform.components[1] = 7;
}

static void skipped_components(sim_world *world)
{
    for (size_t i = 0; i < 4; i++) {
        world->tcb_info.levels[i].tdx[0] = 9;
        world->tcb_info.levels[i].tdx[1] = 9;
    }
}

static void module_1_0_below(sim_world *world)
{
    tcb_svn(world, "tee_tcb_svn", 4, 0, 8);
}

static void module_1_0(sim_world *world)
{
    tcb_svn(world, "tee_tcb_svn", 5, 0, 8);
}

static void no_module_identity(sim_world *world)
{
    tcb_svn(world, "tee_tcb_svn", 5, 2, 8);
}

static void identities_missing(sim_world *world)
{
    sim_document_edit(&world->tcb_info.document,
                      (sim_edit) { SIM_BEFORE_SIGNING, "TDX_01", "TDX_05" });
}

static void module_below(sim_world *world)
{
    tcb_svn(world, "tee_tcb_svn", 1, 1, 8);
}

static void qe_out_of_date(sim_world *world)
{
    store_u16le(world->quote.qe_report + SGX_REPORT_ISVSVN_OFFSET, 6);
}

static void module_out_of_date(sim_world *world)
{
    tcb_svn(world, "tee_tcb_svn", 4, 1, 8);
}

static void configuration_and_qe(sim_world *world)
{
    platform_configuration(world);
    qe_out_of_date(world);
}

static void platform_revoked(sim_world *world)
{
    world->tcb_info.levels[0].status = "Revoked";
}

static void qe_revoked(sim_world *world)
{
    world->identity.levels[0].status = "Revoked";
}

static void module_revoked(sim_world *world)
{
    world->tcb_info.modules[1].levels[0].status = "Revoked";
}

static void current_behind(sim_world *world)
{
    tcb_svn(world, "tee_tcb_svn2", 4, 1, 7);
}

static void both_behind(sim_world *world)
{
    tcb_svn(world, "tee_tcb_svn", 4, 1, 7);
    tcb_svn(world, "tee_tcb_svn2", 4, 1, 7);
}

static void current_without_level(sim_world *world)
{
    relaunch(world);
    tcb_svn(world, "tee_tcb_svn2", 5, 1, 1);
}

static void pce_behind(sim_world *world)
{
    world->platform.pce_svn = 12;
}

#define UNSUPPORTED_TCB EXPECT_JUDGED_AS(ASSAY_TCB_NOT_SUPPORTED, 0xE066, QVL_TCB_NOT_SUPPORTED)
#define REVOKED_TCB     EXPECT_JUDGED_AS(ASSAY_TCB_REVOKED, 0xE032, QVL_TCB_REVOKED)
#define STATUS(status)  EXPECT_JUDGED(status, ASSAY_REASON_TCB_STATUS)
#define NO_IDENTITY     EXPECT_REFUSED(0xE060, QVL_TDX_MODULE_MISMATCH)

const sim_fault sim_faults_of_tcb[] = {
    { .name = "80-no-level",
      .summary = "a platform below every TCB level",
      .change_world = not_supported,
      UNSUPPORTED_TCB },
    { .name = "81a-one-higher-one-lower",
      .summary = "one component higher, a later one lower",
      .change_world = one_higher_one_lower,
      STATUS(ASSAY_TCB_OUT_OF_DATE) },
    { .name = "81b-pcesvn-lower",
      .summary = "all components new, PCESVN behind",
      .change_world = pce_behind,
      STATUS(ASSAY_TCB_OUT_OF_DATE) },
    { .name = "82-module-components-skipped",
      .summary = "module 1.5 with bytes 0 and 1 below the level's TDX components",
      .change_world = skipped_components,
      EXPECT_ACCEPTED(ASSAY_NOTE_NONE) },
    { .name = "83a-module-1.0-below",
      .summary = "module 1.0 with byte 0 below the level's",
      .change_world = module_1_0_below,
      STATUS(ASSAY_TCB_OUT_OF_DATE) },
    { .name = "83b-module-1.0",
      .summary = "module 1.0 at the newest level",
      .change_world = module_1_0,
      EXPECT_ACCEPTED(ASSAY_NOTE_NONE) },
    { .name = "84a-no-module-identity",
      .summary = "a TDX module of major version 2, not in the list",
      .change_world = no_module_identity,
      NO_IDENTITY },
    { .name = "84b-identity-missing",
      .summary = "a TCB info without the identity of this module",
      .change_world = identities_missing,
      NO_IDENTITY },
    { .name = "85-module-isvsvn",
      .summary = "a TDX module below the lowest level of its identity",
      .change_world = module_below,
      UNSUPPORTED_TCB },
    { .name = "86a-qe-out-of-date",
      .summary = "platform UpToDate, QE OutOfDate",
      .change_world = qe_out_of_date,
      STATUS(ASSAY_TCB_OUT_OF_DATE) },
    { .name = "86b-module-out-of-date",
      .summary = "platform UpToDate, TDX module OutOfDate",
      .change_world = module_out_of_date,
      STATUS(ASSAY_TCB_OUT_OF_DATE) },
    { .name = "86c-platform-out-of-date",
      .summary = "platform OutOfDate although its TDX module is UpToDate",
      .change_world = platform_out_of_date,
      STATUS(ASSAY_TCB_OUT_OF_DATE) },
    { .name = "86d-configuration-and-qe",
      .summary = "platform ConfigurationNeeded, QE OutOfDate",
      .change_world = configuration_and_qe,
      STATUS(ASSAY_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED) },
    { .name = "87a-platform-revoked",
      .summary = "the level of the platform is Revoked",
      .change_world = platform_revoked,
      REVOKED_TCB },
    { .name = "87b-qe-revoked",
      .summary = "the level of the QE is Revoked",
      .change_world = qe_revoked,
      REVOKED_TCB },
    { .name = "87c-module-revoked",
      .summary = "the level of the TDX module is Revoked",
      .change_world = module_revoked,
      REVOKED_TCB },
    { .name = "88a-current-behind",
      .summary = "current TCB worse than at launch",
      .profile = "tdx-v5",
      .change_world = current_behind,
      EXPECT_ACCEPTED(ASSAY_NOTE_NONE) },
    { .name = "88b-relaunch",
      .summary = "OutOfDate at launch, UpToDate now",
      .profile = "tdx-v5",
      .change_world = relaunch,
      STATUS(ASSAY_TCB_TD_RELAUNCH_ADVISED) },
    { .name = "88c-relaunch-configuration",
      .summary = "the same with a wrong configuration",
      .profile = "tdx-v5",
      .change_world = relaunch_configuration,
      STATUS(ASSAY_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED) },
    { .name = "88d-both-behind",
      .summary = "OutOfDate at launch and now",
      .profile = "tdx-v5",
      .change_world = both_behind,
      STATUS(ASSAY_TCB_OUT_OF_DATE) },
    { .name = "88e-current-without-level",
      .summary = "OutOfDate at launch, no level matches now",
      .profile = "tdx-v5",
      .change_world = current_without_level,
      UNSUPPORTED_TCB },
    { .name = "88f-relaunch-extended",
      .summary = "OutOfDate at launch, UpToDate now (body type 4)",
      .profile = "tdx-v5-extended",
      .change_world = relaunch,
      STATUS(ASSAY_TCB_TD_RELAUNCH_ADVISED) },
    { .name = "90-collateral-version",
      .summary = "collateral version word 2, 5, 0x00020003",
      .elsewhere = "the word exists in Intel's C structure only: a test of the drop-in library" },
    { .name = "91-text-size",
      .summary = "the size of a text is not its length and a NUL",
      .elsewhere = "sizes of that kind exist in Intel's C structure only: a test of the drop-in" },
    { .name = "93-remembered-proof",
      .summary = "a remembered PCK or QE proof used with other collateral or later",
      .elsewhere = "a matter of the verifier's memory: tests/verify_memo_test.c" },
    { .name = NULL },
};
