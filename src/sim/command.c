/* command.c: the command line of `assay-sim vendor`. */
#include <stdio.h>

#include "sim/options.h"
#include "sim/vendor.h"

typedef struct vendor_request {
    sim_order order;
    sim_list_form form;
    bool help;
} vendor_request;

typedef struct vendor_verb {
    const char *name;
    const char *summary;
    const char *example;
    const sim_option *options; /* ends with a NULL name */
    assay_status (*run)(const vendor_request *request, assay_error *err);
} vendor_verb;

/* ---- Values of options ---- */

static assay_status take_out(const char *value, void *into, assay_error *err)
{
    vendor_request *request = into;
    (void)err;
    request->order.folder = value;
    return ASSAY_OK;
}

static assay_status take_seed(const char *value, void *into, assay_error *err)
{
    vendor_request *request = into;
    return sim_option_number("--seed", value, UINT64_MAX, &request->order.seed, err);
}

static assay_status take_days(const char *value, void *into, assay_error *err)
{
    vendor_request *request = into;
    return sim_option_days(value, &request->order.days, err);
}

static assay_status take_at(const char *value, void *into, assay_error *err)
{
    vendor_request *request = into;
    return sim_option_time("--at", value, &request->order.now, err);
}

static assay_status take_profile(const char *value, void *into, assay_error *err)
{
    vendor_request *request = into;
    return sim_option_profile(value, &request->order.profile, err);
}

static assay_status take_platform(const char *value, void *into, assay_error *err)
{
    vendor_request *request = into;
    request->order.of_fleet = true;
    return sim_option_number("--platform", value, UINT32_MAX, &request->order.platform, err);
}

static assay_status take_fault(const char *value, void *into, assay_error *err)
{
    vendor_request *request = into;
    const char *names[512] = { NULL };
    size_t cursor = 0, count = 0;
    const sim_fault *fault = sim_fault_find(value), *row;
    while ((row = sim_fault_next(&cursor)) != NULL && count < 511)
        names[count++] = row->name;
    if (fault == NULL)
        return sim_option_unknown("--fault", "fault", value, names, err);
    if (fault->expected.outcome == SIM_ELSEWHERE)
        return fail(err, ASSAY_USAGE, "--fault", ASSAY_NO_OFFSET, "%s makes no files: %s", value,
                    fault->elsewhere);
    if (request->order.fault_count == SIM_VENDOR_FAULT_MAX)
        return fail(err, ASSAY_USAGE, "--fault", ASSAY_NO_OFFSET, "at most %d faults",
                    SIM_VENDOR_FAULT_MAX);
    request->order.faults[request->order.fault_count++] = fault;
    return ASSAY_OK;
}

static assay_status take_set(const char *value, void *into, assay_error *err)
{
    vendor_request *request = into;
    if (request->order.setting_count == SIM_VENDOR_SETTING_MAX)
        return fail(err, ASSAY_USAGE, "--set", ASSAY_NO_OFFSET, "at most %d settings",
                    SIM_VENDOR_SETTING_MAX);
    request->order.settings[request->order.setting_count++] = value;
    return ASSAY_OK;
}

static assay_status take_json(const char *value, void *into, assay_error *err)
{
    vendor_request *request = into;
    (void)value;
    (void)err;
    request->form = SIM_LIST_JSON;
    return ASSAY_OK;
}

static assay_status take_help(const char *value, void *into, assay_error *err)
{
    vendor_request *request = into;
    (void)value;
    (void)err;
    request->help = true;
    return ASSAY_OK;
}

/* ---- Verbs ---- */

static assay_status need_folder(const vendor_request *request, assay_error *err)
{
    if (request->order.folder != NULL)
        return ASSAY_OK;
    return fail(err, ASSAY_USAGE, "--out", ASSAY_NO_OFFSET, "--out DIR is missing: where to write");
}

static assay_status run_new(const vendor_request *request, assay_error *err)
{
    TRY(need_folder(request, err));
    TRY(sim_vendor_new(&request->order, err));
    fprintf(stderr, "assay-sim: SIMULATED evidence and collateral written to %s\n",
            request->order.folder);
    return ASSAY_OK;
}

static assay_status run_seeds(const vendor_request *request, assay_error *err)
{
    TRY(need_folder(request, err));
    TRY(sim_vendor_seeds(request->order.folder, err));
    fprintf(stderr, "assay-sim: SIMULATED seeds for fuzzing written to %s\n",
            request->order.folder);
    return ASSAY_OK;
}

static assay_status run_list_faults(const vendor_request *request, assay_error *err)
{
    (void)err;
    sim_list_faults(request->form);
    return ASSAY_OK;
}

static assay_status run_list_profiles(const vendor_request *request, assay_error *err)
{
    (void)err;
    sim_list_profiles(request->form);
    return ASSAY_OK;
}

static assay_status run_list_settings(const vendor_request *request, assay_error *err)
{
    (void)request;
    (void)err;
    sim_list_settings();
    return ASSAY_OK;
}

#define OPTION_OUT                                                                                 \
    {                                                                                              \
        "--out", "DIR", "folder to write into; made when it is missing", take_out                  \
    }
#define OPTION_JSON                                                                                \
    {                                                                                              \
        "--json", NULL, "one JSON object per line", take_json                                      \
    }
#define OPTION_HELP                                                                                \
    {                                                                                              \
        "--help", NULL, "explain", take_help                                                       \
    }
static const sim_option new_options[] = {
    OPTION_OUT,
    { "--profile", "NAME", "kind of platform and quote (default tdx-v4)", take_profile },
    { "--platform", "N", "a platform of assay-sim fleet instead of the profile's own",
      take_platform },
    { "--seed", "N", "keys and random fields follow from it (default 1)", take_seed },
    { "--at", "TIME", "time at which everything is valid (default now)", take_at },
    { "--days", "N", "validity of TCB info, identity and PCK CRL (default 30)", take_days },
    { "--fault", "NAME", "a manipulation; may be given several times", take_fault },
    { "--set", "KEY=VALUE", "a single value; may be given several times", take_set },
    OPTION_HELP,
    SIM_OPTION_END,
};
static const sim_option seeds_options[] = { OPTION_OUT, OPTION_HELP, SIM_OPTION_END };
static const sim_option list_options[] = { OPTION_JSON, OPTION_HELP, SIM_OPTION_END };
static const sim_option help_options[] = { OPTION_HELP, SIM_OPTION_END };

static const vendor_verb vendor_verbs[] = {
    { "new", "make a quote and its collateral", "assay-sim vendor new --out demo --profile tdx-v5",
      new_options, run_new },
    { "list-profiles", "kinds of platform, and TCB situations", "assay-sim vendor list-profiles",
      list_options, run_list_profiles },
    { "list-faults", "manipulations, and what assay makes of them",
      "assay-sim vendor list-faults --json", list_options, run_list_faults },
    { "list-settings", "keys of --set", "assay-sim vendor list-settings", help_options,
      run_list_settings },
    { "seeds", "write seeds for the fuzz targets", "assay-sim vendor seeds --out fuzz/corpus",
      seeds_options, run_seeds },
};
enum { VERB_COUNT = sizeof(vendor_verbs) / sizeof(vendor_verbs[0]) };

static void help_vendor(void)
{
    printf("usage: assay-sim vendor VERB [OPTION]...\n\n"
           "A simulated vendor: root, CAs, signer, CRLs, documents and quotes. SIMULATED: nothing\n"
           "of it may be trusted outside tests.\n\n");
    for (size_t i = 0; i < VERB_COUNT; i++)
        printf("  %-14s %s\n", vendor_verbs[i].name, vendor_verbs[i].summary);
}

static void help_verb(const vendor_verb *verb)
{
    printf("usage: assay-sim vendor %s [OPTION]...\n\n%s.\n\n", verb->name, verb->summary);
    sim_options_help(verb->options);
    printf("\nexample: %s\n", verb->example);
}

static int run_verb(const vendor_verb *verb, char **words, size_t count, int64_t now)
{
    vendor_request request = { .order = { .seed = 1, .now = now, .days = SIM_DEFAULT_DAYS } };
    assay_error err = { .status = ASSAY_OK };
    assay_status status =
        sim_options_parse(verb->name, verb->options, words, count, &request, &err);
    if (status == ASSAY_OK && request.help) {
        help_verb(verb);
        return SIM_EXIT_OK;
    }
    if (status == ASSAY_OK)
        status = verb->run(&request, &err);
    return status == ASSAY_OK ? SIM_EXIT_OK : sim_complain(status, &err);
}

int sim_vendor_command(char **words, size_t count, int64_t now)
{
    const char *names[VERB_COUNT + 1] = { NULL };
    assay_error err = { .status = ASSAY_OK };
    if (count > 0 && (strcmp(words[0], "--help") == 0 || strcmp(words[0], "help") == 0)) {
        help_vendor();
        return SIM_EXIT_OK;
    }
    for (size_t i = 0; i < VERB_COUNT; i++) {
        names[i] = vendor_verbs[i].name;
        if (count > 0 && strcmp(words[0], names[i]) == 0)
            return run_verb(&vendor_verbs[i], words + 1, count - 1, now);
    }
    if (count == 0)
        return sim_complain(
            fail(&err, ASSAY_USAGE, "vendor", ASSAY_NO_OFFSET,
                 "a verb must follow: new, list-profiles, list-faults, list-settings, "
                 "seeds"),
            &err);
    return sim_complain(sim_option_unknown("vendor", "verb", words[0], names, &err), &err);
}
