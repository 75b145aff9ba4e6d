/* pcs_command.c: the command line of `assay-sim pcs`. */
#include "sim/pcs_command.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "sim/options.h"
#include "sim/pcs_server.h"

enum { PEM_MAX = 1 << 20, ORDER_MAX = SIM_RECOVERY_COUNT, DEFAULT_PLATFORMS = 1000 };

typedef struct pcs_order {
    const char *listen;
    const char *tls_certificate, *tls_key; /* paths */
    const char *root_out, *amd_root_out, *ready_file;
    uint64_t seed, platforms;
    int64_t start;
    unsigned days;
    pcs_rules rules;
    sim_recovery_order recoveries[ORDER_MAX];
    size_t recovery_count;
    pcs_controls controls;
    bool list_faults, help;
} pcs_order;

/* ---- Options ---- */

#define TAKE_TEXT(name, member)                                                                    \
    static assay_status name(const char *value, void *into, assay_error *err)                      \
    {                                                                                              \
        (void)err;                                                                                 \
        ((pcs_order *)into)->member = value;                                                       \
        return ASSAY_OK;                                                                           \
    }

TAKE_TEXT(take_listen, listen)
TAKE_TEXT(take_certificate, tls_certificate)
TAKE_TEXT(take_key, tls_key)
TAKE_TEXT(take_root_out, root_out)
TAKE_TEXT(take_amd_root_out, amd_root_out)
TAKE_TEXT(take_ready_file, ready_file)

static assay_status take_seed(const char *value, void *into, assay_error *err)
{
    return sim_option_number("--seed", value, UINT64_MAX, &((pcs_order *)into)->seed, err);
}

static assay_status take_platforms(const char *value, void *into, assay_error *err)
{
    return sim_option_number("--platforms", value, UINT32_MAX, &((pcs_order *)into)->platforms,
                             err);
}

static assay_status take_days(const char *value, void *into, assay_error *err)
{
    return sim_option_days(value, &((pcs_order *)into)->days, err);
}

static assay_status take_at(const char *value, void *into, assay_error *err)
{
    if (strcmp(value, "clock") == 0)
        return ASSAY_OK;
    return sim_option_time("--at", value, &((pcs_order *)into)->start, err);
}

static assay_status take_fault(const char *value, void *into, assay_error *err)
{
    return pcs_rules_add(&((pcs_order *)into)->rules, SPAN_TEXT(value), err);
}

/* "20=2026-06-01T00:00:00Z" */
static assay_status take_recovery(const char *value, void *into, assay_error *err)
{
    pcs_order *order = into;
    char number[16];
    size_t size = strcspn(value, "=");
    if (value[size] != '=' || size >= sizeof(number) || order->recovery_count == ORDER_MAX)
        return fail(err, ASSAY_USAGE, "--recovery", ASSAY_NO_OFFSET,
                    "want NUMBER=TIME, at most %d times", ORDER_MAX);
    memcpy(number, value, size);
    number[size] = '\0';
    return sim_calendar_order_parse(number, value + size + 1,
                                    &order->recoveries[order->recovery_count++], err);
}

static assay_status take_control(const char *value, void *into, assay_error *err)
{
    (void)value, (void)err;
    ((pcs_order *)into)->controls = PCS_CONTROLS_ON;
    return ASSAY_OK;
}

static assay_status take_list_faults(const char *value, void *into, assay_error *err)
{
    (void)value, (void)err;
    ((pcs_order *)into)->list_faults = true;
    return ASSAY_OK;
}

static assay_status take_help(const char *value, void *into, assay_error *err)
{
    (void)value, (void)err;
    ((pcs_order *)into)->help = true;
    return ASSAY_OK;
}

static const sim_option options[] = {
    { "--listen", "ADDR:PORT", "where to serve; port 0: any (default 127.0.0.1:0)", take_listen },
    { "--tls-cert", "FILE", "serve HTTPS with this certificate (PEM)", take_certificate },
    { "--tls-key", "FILE", "its private key (PEM)", take_key },
    { "--seed", "N", "keys, platforms and roots follow from it (default 1)", take_seed },
    { "--platforms", "N", "how many platforms it knows (default 1000)", take_platforms },
    { "--at", "TIME", "the time at its start, from where its clock runs (default now)", take_at },
    { "--days", "N", "validity of TCB infos, identities and PCK CRLs (default 30)", take_days },
    { "--recovery", "N=TIME", "when an evaluation data number becomes public", take_recovery },
    { "--fault", "RULE", "NAME[=VALUE][,path=PATTERN][,times=N][,skip=N]; several", take_fault },
    { "--control", NULL, "serve /control/ too: faults, clock and log", take_control },
    { "--root-out", "FILE", "write the simulated SGX root there (PEM)", take_root_out },
    { "--amd-root-out", "FILE", "write the simulated AMD roots there (PEM)", take_amd_root_out },
    { "--ready-file", "FILE", "write the URL there when it serves", take_ready_file },
    { "--list-faults", NULL, "show the faults", take_list_faults },
    { "--help", NULL, "explain", take_help },
    SIM_OPTION_END,
};

static void help(void)
{
    printf("usage: assay-sim pcs [OPTION]...\n\n"
           "The simulated vendor online: Intel's PCS and AMD's KDS, until SIGTERM or SIGINT.\n"
           "SIMULATED: nothing of it may be trusted outside tests.\n\n");
    sim_options_help(options);
    printf("\nexample: assay-sim pcs --listen 127.0.0.1:8100 --root-out root.pem\n");
}

static void list_faults(void)
{
    for (const pcs_fault *row = pcs_faults; row->name != NULL; row++) {
        if (row->argument != NULL)
            printf("%s=%s\t%s (default %llu)\n", row->name, row->argument, row->summary,
                   (unsigned long long)row->value);
        else
            printf("%s\t%s\n", row->name, row->summary);
    }
}

/* ---- Files ---- */

static assay_status file_failed(const char *path, assay_error *err)
{
    return fail(err, ASSAY_ENVIRONMENT, path, ASSAY_NO_OFFSET, "%s", strerror(errno));
}

/* Complete from the moment at which the file is there. */
static assay_status file_write(const char *path, assay_span content, assay_error *err)
{
    sim_bytes name = { 0 };
    bytes_add_format(&name, "%s.new", path);
    bytes_add_u8(&name, 0);
    if (name.failed)
        return fail(err, ASSAY_NO_MEMORY, path, ASSAY_NO_OFFSET, "no memory");
    const char *temporary = (const char *)name.data;
    FILE *file = fopen(temporary, "wb");
    bool ok = file != NULL && fwrite(content.data, 1, content.size, file) == content.size;
    ok = file != NULL && fclose(file) == 0 && ok && rename(temporary, path) == 0;
    assay_status status = ok ? ASSAY_OK : file_failed(path, err);
    bytes_free(&name);
    return status;
}

/* The whole file with a NUL behind. */
static assay_status file_read(const char *path, sim_bytes *out, assay_error *err)
{
    char block[4096];
    size_t size = 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return file_failed(path, err);
    while (out->size < PEM_MAX && (size = fread(block, 1, sizeof(block), file)) > 0)
        bytes_add(out, span_of(block, size));
    bool ok = !ferror(file);
    fclose(file);
    bytes_add_u8(out, 0);
    return ok && !out->failed ? ASSAY_OK : file_failed(path, err);
}

/* ---- Serving ---- */

static assay_status write_roots(const pcs_order *order, pcs_vendor *vendor, assay_error *err)
{
    if (order->root_out != NULL)
        TRY(file_write(order->root_out, bytes_span(&vendor->chains.root), err));
    if (order->amd_root_out == NULL)
        return ASSAY_OK;
    sim_bytes roots = { 0 };
    assay_status status = sim_kds_roots_write(&vendor->kds, &roots, err);
    if (status == ASSAY_OK)
        status = file_write(order->amd_root_out, bytes_span(&roots), err);
    bytes_free(&roots);
    return status;
}

static assay_status announce(const pcs_order *order, const char *url, assay_error *err)
{
    sim_bytes line = { 0 };
    assay_status status = ASSAY_OK;
    printf("assay-sim pcs: listening on %s\n", url);
    fflush(stdout);
    bytes_add_format(&line, "%s\n", url);
    if (order->ready_file != NULL)
        status = file_write(order->ready_file, bytes_span(&line), err);
    bytes_free(&line);
    return status;
}

static assay_status serve(const pcs_order *order, const pcs_server_settings *settings,
                          pcs_service *service, const sigset_t *ends, assay_error *err)
{
    pcs_server *server;
    char url[PCS_URL_SIZE];
    int signal_number;
    TRY(pcs_server_start(settings, service, &server, url, err));
    assay_status status = announce(order, url, err);
    while (status == ASSAY_OK && sigwait(ends, &signal_number) != 0) {
    }
    pcs_server_stop(server);
    return status;
}

static assay_status run_with(const pcs_order *order, pcs_service *service,
                             const sim_bytes *certificate, const sim_bytes *key, assay_error *err)
{
    sigset_t ends, before;
    pcs_server_settings settings = { .listen = order->listen,
                                     .tls_certificate = bytes_span(certificate),
                                     .tls_key = bytes_span(key),
                                     .controls = order->controls };
    TRY(pcs_service_init(service, order->seed, order->start, order->days, order->platforms, err));
    service->rules = order->rules;
    for (size_t i = 0; i < order->recovery_count; i++)
        sim_calendar_move(&service->calendar, &order->recoveries[i]);
    TRY(write_roots(order, &service->vendor, err));
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, &before);
    assay_status status = serve(order, &settings, service, &ends, err);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

static assay_status run(const pcs_order *order, assay_error *err)
{
    sim_bytes certificate = { 0 }, key = { 0 };
    if ((order->tls_certificate == NULL) != (order->tls_key == NULL))
        return fail(err, ASSAY_USAGE, "pcs", ASSAY_NO_OFFSET,
                    "--tls-cert and --tls-key belong together");
    pcs_service *service = memory_new(sizeof(*service));
    if (service == NULL)
        return fail(err, ASSAY_NO_MEMORY, "pcs", ASSAY_NO_OFFSET, "no memory");
    assay_status status = ASSAY_OK;
    if (order->tls_certificate != NULL)
        status = file_read(order->tls_certificate, &certificate, err);
    if (status == ASSAY_OK && order->tls_key != NULL)
        status = file_read(order->tls_key, &key, err);
    if (status == ASSAY_OK) {
        status = run_with(order, service, &certificate, &key, err);
        pcs_service_free(service);
    }
    bytes_free(&certificate);
    bytes_free(&key);
    memory_free(service);
    return status;
}

int sim_pcs_command(char **words, size_t count, int64_t now)
{
    pcs_order order = { .listen = "127.0.0.1:0",
                        .seed = 1,
                        .platforms = DEFAULT_PLATFORMS,
                        .start = now,
                        .days = SIM_DEFAULT_DAYS };
    assay_error err = { .status = ASSAY_OK };
    assay_status status = sim_options_parse("pcs", options, words, count, &order, &err);
    if (status == ASSAY_OK && order.help)
        help();
    else if (status == ASSAY_OK && order.list_faults)
        list_faults();
    else if (status == ASSAY_OK)
        status = run(&order, &err);
    return status == ASSAY_OK ? SIM_EXIT_OK : sim_complain(status, &err);
}
