/* calendar.c: which evaluation data numbers there are at which time, and what they ask for. */
#include "sim/calendar.h"

#include "sim/options.h"

enum { STANDARD_AFTER = 365 * SIM_DAY, RETIRED_AFTER = 730 * SIM_DAY };

/* Days from the begin of the calendar to the event. */
static const int event_days[SIM_RECOVERY_COUNT] = { -1000, -800, -560, -380, -20, 160, 340 };

/* The world's levels are those of number 19; these rows say where other numbers differ. */
static const struct {
    uint32_t first, last;
    size_t level;
    const char *status;
    const char *advisories[SIM_ADVISORY_MAX];
} changes[] = {
    { 0, 18, 4, "UpToDate", { NULL } },
    { 0, 18, 5, "ConfigurationNeeded", { "INTEL-SA-00289" } },
    { 0, 17, 6, "UpToDate", { NULL } },
    { 20, UINT32_MAX, 1, "OutOfDate", { "INTEL-SA-00615", "INTEL-SA-01245" } },
    { 20, UINT32_MAX, 2, "OutOfDateConfigurationNeeded", { "INTEL-SA-00289", "INTEL-SA-01245" } },
    { 20,
      UINT32_MAX,
      3,
      "OutOfDateConfigurationNeeded",
      { "INTEL-SA-00289", "INTEL-SA-00615", "INTEL-SA-01245" } },
    { 21, 21, 0, "SWHardeningNeeded", { "INTEL-SA-01310" } },
    { 22, UINT32_MAX, 0, "OutOfDate", { "INTEL-SA-01310", "INTEL-SA-01397" } },
};

void sim_calendar_init(sim_calendar *calendar, int64_t begin)
{
    int64_t day = begin - begin % SIM_DAY;
    for (size_t i = 0; i < SIM_RECOVERY_COUNT; i++)
        calendar->events[i] = day + (int64_t)event_days[i] * SIM_DAY;
}

int64_t sim_calendar_event(const sim_calendar *calendar, uint32_t number)
{
    bool known = number >= SIM_FIRST_NUMBER && number - SIM_FIRST_NUMBER < SIM_RECOVERY_COUNT;
    return known ? calendar->events[number - SIM_FIRST_NUMBER] : INT64_MAX;
}

uint32_t sim_calendar_number(const sim_calendar *calendar, sim_channel channel, int64_t now)
{
    uint32_t newest = SIM_FIRST_NUMBER;
    int64_t age = channel == SIM_CHANNEL_STANDARD ? STANDARD_AFTER : 0;
    for (uint32_t i = 0; i < SIM_RECOVERY_COUNT; i++) {
        if (now - calendar->events[i] >= age)
            newest = SIM_FIRST_NUMBER + i;
    }
    return newest;
}

/* What is standard does not retire before there is a successor. */
sim_phase sim_calendar_phase(const sim_calendar *calendar, uint32_t number, int64_t now)
{
    int64_t event = sim_calendar_event(calendar, number);
    if (event == INT64_MAX || now < event)
        return SIM_PHASE_UNKNOWN;
    if (number == sim_calendar_number(calendar, SIM_CHANNEL_STANDARD, now))
        return SIM_PHASE_STANDARD;
    if (now - event >= RETIRED_AFTER)
        return SIM_PHASE_RETIRED;
    return now - event >= STANDARD_AFTER ? SIM_PHASE_STANDARD : SIM_PHASE_EARLY;
}

assay_status sim_calendar_order_parse(const char *number, const char *event,
                                      sim_recovery_order *out, assay_error *err)
{
    uint64_t value = 0;
    TRY(sim_option_number("number", number, UINT32_MAX, &value, err));
    if (value < SIM_FIRST_NUMBER || value - SIM_FIRST_NUMBER >= SIM_RECOVERY_COUNT)
        return fail(err, ASSAY_USAGE, "number", ASSAY_NO_OFFSET, "saw %s, want %d to %d", number,
                    SIM_FIRST_NUMBER, SIM_FIRST_NUMBER + SIM_RECOVERY_COUNT - 1);
    out->number = (uint32_t)value;
    return sim_option_time("event", event, &out->event, err);
}

void sim_calendar_move(sim_calendar *calendar, const sim_recovery_order *order)
{
    calendar->events[order->number - SIM_FIRST_NUMBER] = order->event;
}

void sim_recovery_levels(uint32_t number, sim_level *levels, size_t count)
{
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        if (number < changes[i].first || number > changes[i].last || changes[i].level >= count)
            continue;
        levels[changes[i].level].status = changes[i].status;
        memcpy(levels[changes[i].level].advisories, changes[i].advisories,
               sizeof(changes[i].advisories));
    }
}

const char *sim_phase_name(sim_phase phase)
{
    static const char *const names[] = { [SIM_PHASE_UNKNOWN] = "to come",
                                         [SIM_PHASE_EARLY] = "early",
                                         [SIM_PHASE_STANDARD] = "standard",
                                         [SIM_PHASE_RETIRED] = "retired" };
    return names[phase];
}
