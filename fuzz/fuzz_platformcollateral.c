/* fuzz_platformcollateral.c: any bytes as a platformcollateral file
 * (src/serve/collateral_import.c), for a service on a store of its own that trusts a simulated
 * vendor. Whatever is stored was proved; what is refused says why. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "serve/import.h"
#include "sim/pcs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FUZZ_SEED = 31 };

static service *the_service;
static char folder[] = "/tmp/assay-fuzz-XXXXXX";

static void hold(int condition)
{
    if (!condition)
        abort();
}

static void end(void)
{
    service_stop(the_service);
    DIR *files = opendir(folder);
    for (struct dirent *entry; files != NULL && (entry = readdir(files)) != NULL;) {
        char path[512];
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(path);
    }
    if (files != NULL)
        closedir(files);
    rmdir(folder);
}

static void trust_simulator(void)
{
    pcs_vendor *vendor = memory_new(sizeof(*vendor));
    hold(vendor != NULL && pcs_vendor_init(vendor, FUZZ_SEED, SIM_DEFAULT_NOW, SIM_DEFAULT_DAYS, 1,
                                           NULL) == ASSAY_OK);
    hold(assay_roots_add(&the_service->roots, bytes_span(&vendor->chains.root), NULL) == ASSAY_OK);
    pcs_vendor_free(vendor);
    memory_free(vendor);
}

static void begin(void)
{
    serve_config config;
    hold(mkdtemp(folder) != NULL);
    config_default(&config);
    snprintf(config.state_directory, sizeof(config.state_directory), "%s", folder);
    snprintf(config.store.url, sizeof(config.store.url), "sqlite:%s/assayd.db", folder);
    config.upstream.mode = FILL_OFFLINE;
    config.clock_offset = SIM_DEFAULT_NOW - (int64_t)time(NULL);
    hold(service_start(&config, &the_service, NULL) == ASSAY_OK);
    trust_simulator();
    atexit(end);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena memory = { NULL };
    call c = { .now = SIM_DEFAULT_NOW, .memory = &memory, .patience = CALL_MAY_WAIT };
    import_report *report = memory_new(sizeof(*report));
    if (the_service == NULL)
        begin();
    c.service = the_service;
    hold(report != NULL);
    if (import_collateral(&c, span_of(data, size), report) == ASSAY_OK)
        hold(report->refused == 0);
    else
        hold(c.error.detail[0] != '\0');
    memory_free(report);
    arena_free(&memory);
    return 0;
}
