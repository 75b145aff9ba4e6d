/* calendar.h: TCB recoveries of the simulated vendor on a calendar. collateral-service.md 3.
 *
 * Each recovery has an evaluation data number and the day on which it becomes public. From then on
 * it is "early", a year later it becomes "standard", and after two years it is retired. At the time
 * at which a calendar begins, 17 is retired, 18 is still served, 19 is standard (with the TCB
 * levels of `assay-sim vendor new`), 20 is early, and 21 and 22 are to come. A higher number asks
 * more of platforms: sim_recovery_levels() says what. */
#ifndef ASSAY_SIM_CALENDAR_H
#define ASSAY_SIM_CALENDAR_H

#include "sim/world.h"

enum { SIM_RECOVERY_COUNT = 7, SIM_FIRST_NUMBER = 16 };

typedef struct sim_calendar {
    int64_t events[SIM_RECOVERY_COUNT]; /* of number SIM_FIRST_NUMBER + i */
} sim_calendar;

typedef enum sim_phase {
    SIM_PHASE_UNKNOWN,  /* no such number, or not public yet */
    SIM_PHASE_EARLY,    /* public, not standard yet */
    SIM_PHASE_STANDARD, /* has become standard; a later one may have followed */
    SIM_PHASE_RETIRED
} sim_phase;

typedef enum sim_channel { SIM_CHANNEL_STANDARD, SIM_CHANNEL_EARLY } sim_channel;

void sim_calendar_init(sim_calendar *calendar, int64_t begin);

sim_phase sim_calendar_phase(const sim_calendar *calendar, uint32_t number, int64_t now);

/* The newest number of the channel; one at least is always standard. */
uint32_t sim_calendar_number(const sim_calendar *calendar, sim_channel channel, int64_t now);

/* The day on which `number` became or becomes public. */
int64_t sim_calendar_event(const sim_calendar *calendar, uint32_t number);

/* A recovery on another day than the calendar's. USAGE: no such number, or no time. */
typedef struct sim_recovery_order {
    uint32_t number;
    int64_t event;
} sim_recovery_order;
assay_status sim_calendar_order_parse(const char *number, const char *event,
                                      sim_recovery_order *out, assay_error *err);
void sim_calendar_move(sim_calendar *calendar, const sim_recovery_order *order);

/* Turns the levels of a world's TCB info into those of this number. */
void sim_recovery_levels(uint32_t number, sim_level *levels, size_t count);

const char *sim_phase_name(sim_phase phase);

#endif
