/* sim_calendar_test.c: the simulated vendor's TCB recoveries (src/sim/calendar.c). */
#include "sim/calendar.h"
#include "support.h"

#define BEGIN SIM_DEFAULT_NOW

static int64_t day(int days)
{
    return BEGIN + (int64_t)days * SIM_DAY;
}

static const struct {
    const char *what;
    int days;
    uint32_t standard, early;
} channels[] = {
    { "at the begin", 0, 19, 20 },
    { "before 19 was standard", -30, 18, 19 },
    { "while 18 was standard", -100, 18, 19 },
    { "when 21 is public", 161, 19, 21 },
    { "when 20 is standard", 346, 20, 22 },
    { "at the end", 2000, 22, 22 },
};

static void follows_the_channels(void **state)
{
    (void)state;
    sim_calendar calendar;
    sim_calendar_init(&calendar, BEGIN);
    for (size_t i = 0; i < COUNT_OF(channels); i++) {
        int64_t now = day(channels[i].days);
        assert_row(channels[i].what, sim_calendar_number(&calendar, SIM_CHANNEL_STANDARD, now),
                   channels[i].standard);
        assert_row(channels[i].what, sim_calendar_number(&calendar, SIM_CHANNEL_EARLY, now),
                   channels[i].early);
    }
}

static const struct {
    const char *what;
    uint32_t number;
    int days;
    sim_phase phase;
} phases[] = {
    { "before the first", 15, 0, SIM_PHASE_UNKNOWN },
    { "behind the last", 23, 0, SIM_PHASE_UNKNOWN },
    { "retired", 17, 0, SIM_PHASE_RETIRED },
    { "former standard", 18, 0, SIM_PHASE_STANDARD },
    { "standard", 19, 0, SIM_PHASE_STANDARD },
    { "early", 20, 0, SIM_PHASE_EARLY },
    { "to come", 21, 0, SIM_PHASE_UNKNOWN },
    { "public", 21, 161, SIM_PHASE_EARLY },
    { "18 retires", 18, 171, SIM_PHASE_RETIRED },
    { "what is standard does not retire", 22, 5000, SIM_PHASE_STANDARD },
};

static void knows_the_phases(void **state)
{
    (void)state;
    sim_calendar calendar;
    sim_calendar_init(&calendar, BEGIN);
    for (size_t i = 0; i < COUNT_OF(phases); i++)
        assert_row(phases[i].what,
                   sim_calendar_phase(&calendar, phases[i].number, day(phases[i].days)),
                   phases[i].phase);
}

static const struct {
    const char *what;
    uint32_t number;
    size_t level;
    const char *status;
} levels[] = {
    { "18 accepts the former microcode", 18, 4, "UpToDate" },
    { "19 does not", 19, 4, "OutOfDate" },
    { "19 has the world's levels", 19, 1, "SWHardeningNeeded" },
    { "20 asks for the newest configuration", 20, 1, "OutOfDate" },
    { "20 accepts the newest level", 20, 0, "UpToDate" },
    { "21 wants hardening", 21, 0, "SWHardeningNeeded" },
    { "22 accepts nothing", 22, 0, "OutOfDate" },
    { "what is revoked stays so", 18, 7, "Revoked" },
};

static void asks_for_more_with_each_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        sim_world world;
        sim_world_init(&world, sim_profile_find("tdx-v4"), 1, BEGIN, SIM_DEFAULT_DAYS);
        sim_recovery_levels(levels[i].number, world.tcb_info.levels, world.tcb_info.level_count);
        if (strcmp(world.tcb_info.levels[levels[i].level].status, levels[i].status) != 0)
            test_fail("%s: got %s, want %s", levels[i].what,
                      world.tcb_info.levels[levels[i].level].status, levels[i].status);
    }
}

static void moves_a_recovery(void **state)
{
    (void)state;
    sim_calendar calendar;
    sim_recovery_order order;
    sim_calendar_init(&calendar, BEGIN);
    assert_int_equal(sim_calendar_order_parse("20", "2020-01-01T00:00:00Z", &order, NULL),
                     ASSAY_OK);
    sim_calendar_move(&calendar, &order);
    assert_int_equal(sim_calendar_number(&calendar, SIM_CHANNEL_STANDARD, BEGIN), 20);
    assert_int_equal(sim_calendar_order_parse("15", "0", &order, NULL), ASSAY_USAGE);
    assert_int_equal(sim_calendar_order_parse("23", "0", &order, NULL), ASSAY_USAGE);
    assert_int_equal(sim_calendar_order_parse("20", "soon", &order, NULL), ASSAY_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_channels),
        cmocka_unit_test(knows_the_phases),
        cmocka_unit_test(asks_for_more_with_each_number),
        cmocka_unit_test(moves_a_recovery),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
