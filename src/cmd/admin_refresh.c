/* admin_refresh.c: assay admin refresh: asks the vendors for everything again, and watches. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "admin.h"
#include "exit_code.h"
#include "failure.h"

enum { LOOK_MS = 250 };

static void wait_a_little(void)
{
    const struct timespec wait = { .tv_nsec = LOOK_MS * 1000000L };
    nanosleep(&wait, NULL);
}

/* Follows the refresh to its end; its last state in *called. */
static assay_status watch(admin *a, assay_fetch_called *called, assay_error *error)
{
    for (;;) {
        const json_value now = admin_json(called);
        if (!json_value_is_true(json_value_member(now, "running")))
            break;
        admin_progress("refreshed %llu of %llu items, %llu failed",
                       (unsigned long long)json_value_number(json_value_member(now, "done")),
                       (unsigned long long)json_value_number(json_value_member(now, "total")),
                       (unsigned long long)json_value_number(json_value_member(now, "failed")));
        a->library.called_free(called);
        wait_a_little();
        TRY(admin_get(a, "/assay/v1/refresh", called, error));
    }
    admin_progress_end();
    return ASSAY_OK;
}

static void print_end(json_value state)
{
    char why[200];
    const unsigned long long failed =
        (unsigned long long)json_value_number(json_value_member(state, "failed"));
    printf("%llu items, %llu changed, %llu failed\n",
           (unsigned long long)json_value_number(json_value_member(state, "total")),
           (unsigned long long)json_value_number(json_value_member(state, "changed")), failed);
    json_value_text(json_value_member(state, "last_error"), why, sizeof(why));
    if (failed > 0 && why[0] != '\0') {
        printf("the last failure: ");
        text_put(why, stdout);
        putchar('\n');
    }
}

static assay_status refresh(admin *a, const arguments *given, uint64_t *failures,
                            assay_error *error)
{
    char path[ADMIN_PATH_SIZE] = "/assay/v1/refresh";
    assay_fetch_called called = { .http_code = 0 };
    const char *fmspc = option_argument(given, OPTION_FMSPC);
    if (fmspc != NULL)
        admin_parameter(path, "type", "certs");
    admin_parameter(path, "fmspc", fmspc);
    const admin_request request = { .method = "POST", .path = path };
    TRY(admin_call(a, &request, &called, error));
    if (!option_given(given, OPTION_NO_WAIT))
        TRY(watch(a, &called, error));
    *failures = json_value_number(json_value_member(admin_json(&called), "failed"));
    if (option_given(given, OPTION_JSON))
        admin_print_json(&called);
    else if (option_given(given, OPTION_NO_WAIT))
        puts("started");
    else
        print_end(admin_json(&called));
    a->library.called_free(&called);
    return ASSAY_OK;
}

static int refresh_run(const arguments *given)
{
    admin a;
    uint64_t failures = 0;
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    if (given->operand_count != 0)
        return usage_error("admin refresh", "it takes no operands");
    assay_status status = admin_begin(given, &a, &error);
    if (status == ASSAY_OK)
        status = refresh(&a, given, &failures, &error);
    int code = admin_finish("admin refresh", &a, status, &error);
    return code == 0 && failures > 0 ? EXIT_CODE_NOT_ACCEPTED : code;
}

static const option_row refresh_options[] = {
    { .id = OPTION_FMSPC,
      .name = "fmspc",
      .argument = "HEX",
      .value = VALUE_TEXT,
      .help = "PCK certificates of the platforms of this FMSPC, not items" },
    { .id = OPTION_NO_WAIT, .name = "no-wait", .help = "start it, and don't wait for its end" },
    ADMIN_OPTIONS,
    OPTIONS_END,
};

const verb verb_admin_refresh = {
    .name = "admin refresh",
    .operands = "",
    .summary = "ask the vendors for everything again",
    .text = "Renews CRLs, TCB infos and identities one by one; what fails keeps its old copy.\n"
            "Exit code 1 when something failed.",
    .options = refresh_options,
    .run = refresh_run,
};
