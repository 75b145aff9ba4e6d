/* listing.c: what `assay-sim vendor` can make, as tables and as JSON. */
#include <stdio.h>

#include "sim/documents.h"
#include "sim/settings.h"
#include "sim/vendor.h"

static const char *const outcome_names[] = {
    [SIM_ELSEWHERE] = "elsewhere",
    [SIM_REFUSED] = "refused",
    [SIM_JUDGED] = "not-accepted",
    [SIM_ACCEPTED] = "accepted",
};

static const char *profile_name(const sim_fault *fault)
{
    return fault->profile != NULL ? fault->profile : SIM_FAULT_PROFILE;
}

/* "0xE024 S44", "OutOfDate", ... */
static void expectation_text(const sim_expectation *e, char out[64])
{
    out[0] = '\0';
    if (e->outcome == SIM_REFUSED)
        snprintf(out, 64, e->qvl != 0 ? "0x%04X S%u" : "0x%04X", e->code, e->qvl);
    if (e->outcome == SIM_JUDGED)
        snprintf(out, 64, "%s", assay_tcb_status_name(e->tcb_status));
}

static void fault_text(const sim_fault *fault)
{
    char expected[64];
    expectation_text(&fault->expected, expected);
    printf("%-30s %-16s %-12s %-26s %s\n", fault->name, profile_name(fault),
           outcome_names[fault->expected.outcome], expected, fault->summary);
}

static void fault_json(const sim_fault *fault)
{
    char code[8], qvl[8];
    const sim_expectation *e = &fault->expected;
    snprintf(code, sizeof(code), "0x%04X", e->code);
    snprintf(qvl, sizeof(qvl), "%u", e->qvl);
    bool judged = e->outcome == SIM_JUDGED || e->outcome == SIM_ACCEPTED;
    const sim_member members[] = {
        { "name", SPAN_TEXT(fault->name) },
        { "summary", SPAN_TEXT(fault->summary) },
        { "profile", SPAN_TEXT(profile_name(fault)) },
        { "signatures", SPAN_TEXT(fault->signatures == SIM_SIGNED ? "hold" : "broken on purpose") },
        { "outcome", SPAN_TEXT(outcome_names[e->outcome]) },
        { "code", SPAN_TEXT(e->code != 0 ? code : "") },
        { "qvl", SPAN_TEXT(e->qvl != 0 ? qvl : "") },
        { "tcb_status", SPAN_TEXT(judged ? assay_tcb_status_name(e->tcb_status) : "") },
        { "elsewhere", SPAN_TEXT(fault->elsewhere != NULL ? fault->elsewhere : "") },
    };
    sim_bytes line = { 0 };
    sim_json_object_write(members, sizeof(members) / sizeof(members[0]), &line);
    fwrite(line.data, 1, line.size, stdout);
    bytes_free(&line);
}

void sim_list_faults(sim_list_form form)
{
    size_t cursor = 0;
    const sim_fault *fault;
    if (form == SIM_LIST_TEXT)
        printf("%-30s %-16s %-12s %-26s %s\n", "FAULT", "PROFILE", "OUTCOME", "EXPECTED", "");
    while ((fault = sim_fault_next(&cursor)) != NULL)
        form == SIM_LIST_TEXT ? fault_text(fault) : fault_json(fault);
}

static void pair_json(const char *kind, const char *name, const char *summary)
{
    const sim_member members[] = { { "kind", SPAN_TEXT(kind) },
                                   { "name", SPAN_TEXT(name) },
                                   { "summary", SPAN_TEXT(summary) } };
    sim_bytes line = { 0 };
    sim_json_object_write(members, sizeof(members) / sizeof(members[0]), &line);
    fwrite(line.data, 1, line.size, stdout);
    bytes_free(&line);
}

void sim_list_profiles(sim_list_form form)
{
    if (form == SIM_LIST_TEXT)
        printf("Profiles (--profile NAME):\n");
    for (const sim_profile *row = sim_profiles; row->name != NULL; row++) {
        if (form == SIM_LIST_TEXT)
            printf("  %-38s %s\n", row->name, row->summary);
        else
            pair_json("profile", row->name, row->summary);
    }
    if (form == SIM_LIST_TEXT)
        printf("\nSituations (--set tcb_status=NAME):\n");
    for (const sim_situation *row = sim_situations; row->name != NULL; row++) {
        if (form == SIM_LIST_TEXT)
            printf("  %-38s %s\n", row->name, row->summary);
        else
            pair_json("situation", row->name, row->summary);
    }
}

void sim_list_settings(void)
{
    printf("Keys of --set KEY=VALUE; every field of the quote's body is one too:\n");
    for (const sim_setting *row = sim_settings; row->key != NULL; row++)
        printf("  %-28s %-12s %s\n", row->key, row->value, row->summary);
}
