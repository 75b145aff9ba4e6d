/* store.c: opening a store, choosing its engine by the URL, sessions. */
#include <sys/eventfd.h>
#include <unistd.h>

#include "store/room.h"

enum {
    CONNECTIONS_DEFAULT = 4,
    WAIT_DEFAULT = 5,
    PLATFORMS_DEFAULT = 10 * 1000 * 1000,
    ITEMS_DEFAULT = 1000 * 1000
};

static const struct engine_row {
    const char *scheme;
    const engine_operations *operations;
} engines[] = {
    { "sqlite:", &sqlite_operations },
    { "postgresql:", &postgres_operations },
    { "postgres:", &postgres_operations },
};

static const engine_operations *engine_of(const char *url)
{
    for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
        if (strncmp(url, engines[i].scheme, strlen(engines[i].scheme)) == 0)
            return engines[i].operations;
    }
    return NULL;
}

static store_settings with_defaults(const store_settings *settings)
{
    store_settings s = *settings;
    s.connections = s.connections != 0 ? s.connections : CONNECTIONS_DEFAULT;
    s.wait_seconds = s.wait_seconds != 0 ? s.wait_seconds : WAIT_DEFAULT;
    s.platform_max = s.platform_max != 0 ? s.platform_max : PLATFORMS_DEFAULT;
    s.item_max = s.item_max != 0 ? s.item_max : ITEMS_DEFAULT;
    return s;
}

static assay_status start(store *s, const store_settings *settings, int64_t now, assay_error *err)
{
    s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (s->wake < 0)
        return fail_named(err, ASSAY_ENVIRONMENT, "store_unavailable", NULL, "store",
                          "no descriptor to wake waiters with");
    TRY(s->operations->open(settings, &s->database, err));
    return schema_migrate(s, schema_newest(), now, err);
}

assay_status store_open(const store_settings *settings, int64_t now, store **out, assay_error *err)
{
    const store_settings filled = with_defaults(settings);
    const engine_operations *operations = engine_of(filled.url);
    if (operations == NULL)
        return fail(err, ASSAY_USAGE, "store.url", ASSAY_NO_OFFSET,
                    "want sqlite:PATH or postgresql://...");
    store *s = memory_new(sizeof(*s));
    if (s == NULL)
        return no_memory(err, "store");
    s->wake = -1;
    s->operations = operations;
    s->platform_max = filled.platform_max;
    s->item_max = filled.item_max;
    assay_status status = start(s, &filled, now, err);
    if (status != ASSAY_OK) {
        store_close(s);
        return status;
    }
    *out = s;
    return ASSAY_OK;
}

void store_close(store *s)
{
    if (s == NULL)
        return;
    if (s->database != NULL)
        s->operations->close(s->database);
    if (s->wake >= 0)
        close(s->wake);
    memory_free(s);
}

const char *store_engine(const store *s)
{
    return s->operations->name;
}

/* ---- Sessions ---------------------------------------------------------------------------------
 */

assay_status session_end(store *s, store_session *session, assay_status status, assay_error *err)
{
    if (status == ASSAY_OK)
        return s->operations->give(session, OUTCOME_KEEP, err);
    s->operations->give(session, OUTCOME_UNDO, NULL);
    return status;
}

assay_status ask(store *s, store_statement statement, const store_value *parameters, size_t count,
                 store_row_reader each, void *context, assay_error *err)
{
    store_session *session;
    TRY(s->operations->take(s->database, ACCESS_ONE, &session, err));
    return session_end(
        s, session, s->operations->run(session, statement, parameters, count, each, context, err),
        err);
}

assay_status store_backup(store *s, const char *path, assay_error *err)
{
    return s->operations->backup(s->database, path, err);
}

assay_status store_ping(store *s, assay_error *err)
{
    uint64_t version;
    return store_version(s, &version, err);
}
