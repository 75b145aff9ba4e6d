/* vendor.c: `assay-sim vendor new`: a folder with one quote and its collateral. */
#include "sim/vendor.h"

#include "sim/fleet.h"
#include "sim/folder.h"
#include "sim/settings.h"

/* The platform of the fleet that is asked for. */
static assay_status platform_find(const sim_order *order, sim_fleet *fleet, fleet_member *out,
                                  assay_error *err)
{
    TRY(fleet_init(fleet, order->seed, order->now, order->days, SIM_WORLD_NUMBER, err));
    if (fleet_find(fleet, order->platform, out))
        return ASSAY_OK;
    return fail(err, ASSAY_USAGE, "--platform", ASSAY_NO_OFFSET, "no platform %llu",
                (unsigned long long)order->platform);
}

static assay_status settle_profile(sim_order *order, assay_error *err)
{
    sim_fleet fleet;
    fleet_member member;
    const char *name = order->fault_count > 0 ? order->faults[0]->profile : NULL;
    if (order->profile != NULL)
        return ASSAY_OK;
    order->profile = sim_profile_find(name != NULL ? name : SIM_FAULT_PROFILE);
    if (!order->of_fleet)
        return ASSAY_OK;
    TRY(platform_find(order, &fleet, &member, err));
    order->profile = fleet_member_profile(&member);
    return ASSAY_OK;
}

/* Turns the world into that of a platform of the fleet, at the TCB level that it has. */
static assay_status enter_platform(const sim_order *order, sim_world *world, assay_error *err)
{
    sim_fleet fleet;
    fleet_member member;
    TRY(platform_find(order, &fleet, &member, err));
    if (member.model->ca != world->ca ||
        (sim_is_td(world) && member.model->reach != SIM_SGX_AND_TDX))
        return fail(err, ASSAY_USAGE, "--platform", ASSAY_NO_OFFSET,
                    "platform %llu makes no quotes of profile %s: want %s",
                    (unsigned long long)order->platform, order->profile->name,
                    fleet_member_profile(&member)->name);
    fleet_member_enter(&member, member.level, world);
    return ASSAY_OK;
}

static assay_status build_order(const sim_order *order, sim_artifacts *out, sim_bytes *report,
                                assay_error *err)
{
    sim_world world;
    sim_world_init(&world, order->profile, order->seed, order->now, order->days);
    if (order->of_fleet)
        TRY(enter_platform(order, &world, err));
    for (size_t i = 0; i < order->setting_count; i++)
        TRY(sim_setting_apply(&world, order->settings[i], err));
    for (size_t i = 0; i < order->fault_count; i++)
        sim_fault_change_world(order->faults[i], &world);
    TRY(sim_build(&world, out, err));
    for (size_t i = 0; i < order->fault_count; i++)
        sim_fault_change_built(order->faults[i], out);
    return sim_is_td(&world) ? sim_td_report_write(&world, report, err) : ASSAY_OK;
}

static void put_fault(const sim_order *order, const sim_fault *fault, sim_bytes *text)
{
    const sim_request *request = &fault->request;
    char time[ASSAY_TIME_SIZE];
    assay_time_format(order->now + request->later, time);
    bytes_add_format(text, "Fault:    %s: %s\n", fault->name, fault->summary);
    if (request->later != 0)
        bytes_add_format(text, "          judge it with --at %s\n", time);
    if (request->strict)
        bytes_add_text(text, "          judge it with --strict\n");
    if (request->allow_debug)
        bytes_add_text(text, "          judge it with --allow-debug\n");
    if (request->other_report_data)
        bytes_add_text(text, "          judge it with a --report-data of your own\n");
    if (request->min_evaluation_number != 0)
        bytes_add_format(text, "          judge it with --min-tcb-evaluation-data-number %u\n",
                         request->min_evaluation_number);
}

static void put_readme(const sim_order *order, sim_bytes *text)
{
    char time[ASSAY_TIME_SIZE];
    assay_time_format(order->now, time);
    bytes_add_text(text,
                   "SIMULATED SIMULATED SIMULATED SIMULATED SIMULATED SIMULATED SIMULATED\n\n"
                   "These files come from assay-sim. No hardware and no vendor stands behind\n"
                   "them, and their private keys are known to everybody: they follow from the\n"
                   "seed. Never trust root.pem outside a test.\n\n");
    bytes_add_format(text, "Profile:  %s (%s)\n", order->profile->name, order->profile->summary);
    bytes_add_format(text, "Seed:     %llu\n", (unsigned long long)order->seed);
    if (order->of_fleet)
        bytes_add_format(text, "Platform: %llu of the fleet\n",
                         (unsigned long long)order->platform);
    bytes_add_format(text, "Time:     %s, documents valid for %u days\n", time, order->days);
    for (size_t i = 0; i < order->setting_count; i++) {
        bytes_add_text(text, "Setting:  ");
        bytes_add_text(text, order->settings[i]);
        bytes_add_text(text, "\n");
    }
    for (size_t i = 0; i < order->fault_count; i++)
        put_fault(order, order->faults[i], text);
    bytes_add_format(text,
                     "\nJudge them, in this folder:\n\n"
                     "    assay verify quote.bin --collateral . --root root.pem --at %s\n",
                     time);
}

static assay_status write_files(const sim_order *order, const sim_artifacts *a,
                                const sim_bytes *report, const sim_bytes *json,
                                const sim_bytes *readme, assay_error *err)
{
    const struct {
        const char *name;
        const sim_bytes *content;
    } files[] = {
        { "README.txt", readme },
        { "quote.bin", &a->quote },
        { "tcb_info.json", &a->tcb_info },
        { "tcb_info_issuer_chain.pem", &a->tcb_info_issuer_chain },
        { "qe_identity.json", &a->qe_identity },
        { "qe_identity_issuer_chain.pem", &a->qe_identity_issuer_chain },
        { "root_ca_crl.der", &a->root_ca_crl },
        { "pck_crl.der", &a->pck_crl },
        { "pck_crl_issuer_chain.pem", &a->pck_crl_issuer_chain },
        { "collateral.json", json },
        { "root.pem", &a->root },
        { "td_report.bin", report },
    };
    TRY(folder_make(order->folder, err));
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        bool wanted = files[i].content != report || report->size > 0;
        if (files[i].content->failed)
            return fail(err, ASSAY_NO_MEMORY, files[i].name, ASSAY_NO_OFFSET, "no memory");
        if (wanted)
            TRY(folder_write(order->folder, files[i].name, bytes_span(files[i].content), err));
    }
    return ASSAY_OK;
}

assay_status sim_vendor_new(const sim_order *asked, assay_error *err)
{
    sim_order settled = *asked, *order = &settled;
    sim_artifacts artifacts = { .quote = { .data = NULL } };
    sim_bytes report = { 0 }, json = { 0 }, readme = { 0 };
    TRY(settle_profile(order, err));
    assay_status status = build_order(order, &artifacts, &report, err);
    if (status == ASSAY_OK) {
        sim_collateral_json_write(&artifacts, &json);
        put_readme(order, &readme);
        status = write_files(order, &artifacts, &report, &json, &readme, err);
    }
    bytes_free(&report);
    bytes_free(&json);
    bytes_free(&readme);
    sim_artifacts_free(&artifacts);
    return status;
}
