/* postgres.c: the engine on PostgreSQL. */
#include "store/engine.h"

static assay_status postgres_open(const store_settings *settings, store_database **out,
                                  assay_error *err)
{
    (void)settings;
    (void)out;
    return fail_named(err, ASSAY_ENVIRONMENT, "store_unavailable", NULL, "store.open",
                      "PostgreSQL is not built in");
}

const engine_operations postgres_operations = {
    .name = "postgresql",
    .open = postgres_open,
};
