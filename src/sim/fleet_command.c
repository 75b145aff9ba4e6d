/* fleet_command.c: the command line of `assay-sim fleet`. */
#include "sim/fleet_command.h"

#include <errno.h>
#include <string.h>

#include "base/memory.h"
#include "sim/fleet_write.h"
#include "sim/options.h"

typedef struct fleet_order {
    uint64_t seed;
    int64_t now;
    unsigned days;
    const sim_profile *profile;
    const char *out;
    fleet_writer write;
    fleet_selection selection;
    bool help;
} fleet_order;

static const struct {
    const char *name;
    fleet_writer write;
} forms[] = {
    { "ndjson", fleet_write_ndjson },
    { "platforms", fleet_write_platforms },
    { "platformcollateral", fleet_write_collateral },
    { "csv", fleet_write_csv },
};
enum { FORM_COUNT = sizeof(forms) / sizeof(forms[0]) };

static assay_status take_format(const char *value, void *into, assay_error *err)
{
    const char *names[FORM_COUNT + 1] = { NULL };
    for (size_t i = 0; i < FORM_COUNT; i++) {
        names[i] = forms[i].name;
        if (strcmp(value, forms[i].name) != 0)
            continue;
        ((fleet_order *)into)->write = forms[i].write;
        return ASSAY_OK;
    }
    return sim_option_unknown("--format", "format", value, names, err);
}

static assay_status take_count(const char *value, void *into, assay_error *err)
{
    return sim_option_number("--count", value, UINT32_MAX, &((fleet_order *)into)->selection.count,
                             err);
}

static assay_status take_first(const char *value, void *into, assay_error *err)
{
    return sim_option_number("--first", value, UINT32_MAX, &((fleet_order *)into)->selection.first,
                             err);
}

static assay_status take_certificates(const char *value, void *into, assay_error *err)
{
    uint64_t count = 0;
    TRY(sim_option_number("--certs", value, UINT32_MAX, &count, err));
    ((fleet_order *)into)->selection.certificates = (size_t)count;
    return ASSAY_OK;
}

static assay_status take_seed(const char *value, void *into, assay_error *err)
{
    return sim_option_number("--seed", value, UINT64_MAX, &((fleet_order *)into)->seed, err);
}

static assay_status take_days(const char *value, void *into, assay_error *err)
{
    return sim_option_days(value, &((fleet_order *)into)->days, err);
}

static assay_status take_at(const char *value, void *into, assay_error *err)
{
    return sim_option_time("--at", value, &((fleet_order *)into)->now, err);
}

static assay_status take_profile(const char *value, void *into, assay_error *err)
{
    return sim_option_profile(value, &((fleet_order *)into)->profile, err);
}

static assay_status take_manifests(const char *value, void *into, assay_error *err)
{
    (void)value, (void)err;
    ((fleet_order *)into)->selection.tokens = FLEET_WITH_MANIFEST;
    return ASSAY_OK;
}

static assay_status take_out(const char *value, void *into, assay_error *err)
{
    (void)err;
    ((fleet_order *)into)->out = value;
    return ASSAY_OK;
}

static assay_status take_help(const char *value, void *into, assay_error *err)
{
    (void)value, (void)err;
    ((fleet_order *)into)->help = true;
    return ASSAY_OK;
}

static const sim_option options[] = {
    { "--count", "N", "how many platforms (default 10)", take_count },
    { "--first", "N", "number of the first one (default 0)", take_first },
    { "--profile", "NAME", "instead: the platform of vendor new --profile NAME", take_profile },
    { "--format", "FORM", "ndjson (default), platforms, platformcollateral or csv", take_format },
    { "--certs", "N", "at most N certificates for each, from the fitting one (default all)",
      take_certificates },
    { "--manifests", NULL, "platform manifests instead of encrypted PPIDs", take_manifests },
    { "--seed", "N", "as of vendor new and pcs (default 1)", take_seed },
    { "--at", "TIME", "time at which everything is valid (default now)", take_at },
    { "--days", "N", "validity of TCB infos, identities and PCK CRLs (default 30)", take_days },
    { "--out", "FILE", "write there, not to standard output", take_out },
    { "--help", NULL, "explain", take_help },
    SIM_OPTION_END,
};

static void help(void)
{
    printf("usage: assay-sim fleet [OPTION]...\n\n"
           "Platforms of a simulated vendor, for registration and import. SIMULATED: nothing of\n"
           "it may be trusted outside tests.\n\n");
    sim_options_help(options);
    printf("\nexample: assay-sim fleet --count 1000000 --certs 1 --out fleet.ndjson\n");
}

/* The world that is of the profile's kind. */
static uint64_t number_of(const sim_profile *profile)
{
    sim_world world;
    sim_world_init(&world, profile, 0, 0, 0);
    if (profile->ca == PCK_CA_PROCESSOR)
        return SIM_WORLD_NUMBER + SIM_WORLD_PROCESSOR;
    return SIM_WORLD_NUMBER + (uint64_t)(sim_is_td(&world) ? SIM_WORLD_TDX : SIM_WORLD_SGX);
}

static assay_status write_file(const fleet_order *order, pcs_vendor *vendor, assay_error *err)
{
    FILE *file = order->out != NULL ? fopen(order->out, "wb") : stdout;
    if (file == NULL)
        return fail(err, ASSAY_ENVIRONMENT, order->out, ASSAY_NO_OFFSET, "%s", strerror(errno));
    assay_status status = order->write(vendor, &order->selection, file, err);
    bool closed = order->out == NULL || fclose(file) == 0;
    if (status == ASSAY_OK && !closed)
        return fail(err, ASSAY_ENVIRONMENT, order->out, ASSAY_NO_OFFSET, "%s", strerror(errno));
    return status;
}

static assay_status run(fleet_order *order, assay_error *err)
{
    if (order->profile != NULL) {
        order->selection.first = number_of(order->profile);
        order->selection.count = 1;
    }
    pcs_vendor *vendor = memory_new(sizeof(*vendor));
    if (vendor == NULL)
        return fail(err, ASSAY_NO_MEMORY, "fleet", ASSAY_NO_OFFSET, "no memory");
    assay_status status = pcs_vendor_init(vendor, order->seed, order->now, order->days,
                                          order->selection.first + order->selection.count, err);
    if (status == ASSAY_OK)
        status = write_file(order, vendor, err);
    pcs_vendor_free(vendor);
    memory_free(vendor);
    return status;
}

int sim_fleet_command(char **words, size_t count, int64_t now)
{
    fleet_order order = { .seed = 1,
                          .now = now,
                          .days = SIM_DEFAULT_DAYS,
                          .write = fleet_write_ndjson,
                          .selection = { .count = 10, .certificates = SIZE_MAX } };
    assay_error err = { .status = ASSAY_OK };
    assay_status status = sim_options_parse("fleet", options, words, count, &order, &err);
    if (status == ASSAY_OK && order.help)
        help();
    else if (status == ASSAY_OK)
        status = run(&order, &err);
    return status == ASSAY_OK ? SIM_EXIT_OK : sim_complain(status, &err);
}
