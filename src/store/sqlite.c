/* sqlite.c: the engine on SQLite: opening the file and setting up connections.
 *
 * WAL with synchronous FULL: a commit that returned is on disk, and readers never wait for the
 * writer. The file must carry our application id. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite.h"

enum {
    APPLICATION_ID = 0x41535359, /* "ASSY" */
    POLL_MILLISECONDS = 250
};

/* Each connection; reads of a database come from the kernel's cache, so ours stays small. */
static const char setup[] = "PRAGMA synchronous = FULL;"
                            "PRAGMA foreign_keys = ON;"
                            "PRAGMA cell_size_check = ON;"
                            "PRAGMA trusted_schema = OFF;"
                            "PRAGMA temp_store = MEMORY;"
                            "PRAGMA cache_size = -1024;"
                            "PRAGMA journal_size_limit = 67108864;";

/* SQLite gives its own files the mode of the database, so it is made before SQLite sees it. */
static assay_status file_make(const char *path, assay_error *err)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file >= 0) {
        close(file);
        return ASSAY_OK;
    }
    if ((errno == EACCES || errno == EROFS || errno == EPERM) && access(path, R_OK) == 0)
        return ASSAY_OK; /* SQLite will open it for reading */
    const char *name = errno == ENOSPC || errno == EDQUOT ? "store_full"
                       : errno == EROFS                   ? "store_read_only"
                                                          : "store_unavailable";
    return fail_named(err, ASSAY_ENVIRONMENT, name, NULL, "store", "%s: %s", path, strerror(errno));
}

assay_status sqlite_connect(store_database *database, store_session **out, assay_error *err)
{
    store_session *session = memory_new(sizeof(*session));
    if (session == NULL)
        return fail(err, ASSAY_NO_MEMORY, "store", ASSAY_NO_OFFSET, "no memory for a connection");
    session->database = database;
    int code = sqlite3_open_v2(database->path, &session->connection,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                                   SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE,
                               NULL);
    assay_status status = ASSAY_OK;
    if (code != SQLITE_OK)
        status = sqlite_failed(session->connection, code, "store.open", err);
    if (status == ASSAY_OK) {
        sqlite3_busy_timeout(session->connection, (int)database->wait_seconds * 1000);
        sqlite3_db_config(session->connection, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        status = sqlite_script(session, setup, err);
    }
    if (status != ASSAY_OK) {
        sqlite_disconnect(session);
        return status;
    }
    *out = session;
    return ASSAY_OK;
}

void sqlite_disconnect(store_session *session)
{
    if (session == NULL)
        return;
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(session->statements[i]);
    sqlite3_close(session->connection);
    memory_free(session);
}

/* The number or text that a pragma or query gives in its first column. */
static int single_row(void *context, int count, char **columns, char **names)
{
    (void)names;
    char *out = context;
    if (count > 0 && columns[0] != NULL)
        snprintf(out, 32, "%s", columns[0]);
    return 0;
}

static assay_status ask_text(store_session *session, const char *text, char out[32],
                             assay_error *err)
{
    out[0] = 0;
    int code = sqlite3_exec(session->connection, text, single_row, out, NULL);
    return code == SQLITE_OK ? ASSAY_OK
                             : sqlite_failed(session->connection, code, "store.open", err);
}

static bool text_is_number(const char *text, long number)
{
    char wanted[32];
    snprintf(wanted, sizeof(wanted), "%ld", number);
    return strcmp(text, wanted) == 0;
}

static assay_status not_ours(store_session *session, assay_error *err)
{
    return fail_named(err, ASSAY_ENVIRONMENT, "store_schema", NULL, "store.open",
                      "%s is a database of another program", session->database->path);
}

static assay_status is_marked(store_session *session, bool *marked, assay_error *err)
{
    char text[32];
    TRY(ask_text(session, "PRAGMA application_id", text, err));
    *marked = text_is_number(text, APPLICATION_ID);
    return *marked || text_is_number(text, 0) ? ASSAY_OK : not_ours(session, err);
}

/* A file without a mark is ours only when nothing is in it. Another process may be just as far. */
static assay_status mark_empty(store_session *session, assay_error *err)
{
    char text[32], pragma[64];
    bool marked;
    TRY(is_marked(session, &marked, err));
    if (marked)
        return ASSAY_OK;
    TRY(ask_text(session, "SELECT count(*) FROM sqlite_schema", text, err));
    if (!text_is_number(text, 0))
        return not_ours(session, err);
    snprintf(pragma, sizeof(pragma), "PRAGMA application_id = %d", APPLICATION_ID);
    return sqlite_script(session, pragma, err);
}

static assay_status mark(store_session *session, assay_error *err)
{
    TRY(sqlite_script(session, "BEGIN IMMEDIATE", err));
    assay_status status = mark_empty(session, err);
    if (status == ASSAY_OK)
        status = sqlite_script(session, "COMMIT", err);
    if (!sqlite3_get_autocommit(session->connection))
        sqlite3_exec(session->connection, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

/* SQLite does not wait here by itself for others that open the file at the same time. */
static assay_status journal_set(store_session *session, assay_error *err)
{
    enum { PAUSE_MILLISECONDS = 10 };
    char mode[32] = "";
    int code = SQLITE_BUSY;
    const unsigned tries = session->database->wait_seconds * (1000 / PAUSE_MILLISECONDS);
    for (unsigned i = 0; i < tries && (code & 0xff) == SQLITE_BUSY; i++) {
        if (i > 0)
            sqlite3_sleep(PAUSE_MILLISECONDS);
        code =
            sqlite3_exec(session->connection, "PRAGMA journal_mode = WAL", single_row, mode, NULL);
    }
    if (code != SQLITE_OK)
        return sqlite_failed(session->connection, code, "store.open", err);
    if (strcmp(mode, "wal") != 0)
        return fail_named(err, ASSAY_ENVIRONMENT, "store_unavailable", NULL, "store.open",
                          "journal mode is %s, want wal: is the file on a network file system?",
                          mode);
    return ASSAY_OK;
}

assay_status sqlite_claim(store_session *session, assay_error *err)
{
    bool marked;
    TRY(is_marked(session, &marked, err));
    if (session->database->read_only)
        return marked ? ASSAY_OK : not_ours(session, err);
    if (!marked)
        TRY(mark(session, err));
    return journal_set(session, err);
}

static void locks_init(store_database *database)
{
    pthread_condattr_t attributes;
    pthread_mutex_init(&database->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&database->freed, &attributes);
    pthread_condattr_destroy(&attributes);
}

static void sqlite_close(store_database *database)
{
    while (database->idle_readers != NULL) {
        store_session *session = database->idle_readers;
        database->idle_readers = session->next;
        sqlite_disconnect(session);
    }
    sqlite_disconnect(database->writer); /* the last: it puts the journal into the file */
    pthread_cond_destroy(&database->freed);
    pthread_mutex_destroy(&database->lock);
    memory_free(database->path);
    memory_free(database);
}

static assay_status engine_start(store_database *database, assay_error *err)
{
    TRY(file_make(database->path, err));
    TRY(sqlite_connect(database, &database->writer, err));
    database->read_only = sqlite3_db_readonly(database->writer->connection, "main") == 1;
    return sqlite_claim(database->writer, err);
}

static assay_status sqlite_open(const store_settings *settings, store_database **out,
                                assay_error *err)
{
    const char *path = settings->url + strlen("sqlite:");
    if (path[0] == 0 || strstr(path, ":memory:") != NULL)
        return fail(err, ASSAY_USAGE, "store.url", ASSAY_NO_OFFSET, "want sqlite:PATH of a file");
    store_database *database = memory_new(sizeof(*database));
    if (database == NULL || (database->path = memory_new(strlen(path) + 1)) == NULL) {
        memory_free(database);
        return fail(err, ASSAY_NO_MEMORY, "store", ASSAY_NO_OFFSET, "no memory for the engine");
    }
    memcpy(database->path, path, strlen(path));
    database->wait_seconds = settings->wait_seconds;
    database->reader_max = settings->connections;
    locks_init(database);
    assay_status status = engine_start(database, err);
    if (status != ASSAY_OK) {
        sqlite_close(database);
        return status;
    }
    *out = database;
    return ASSAY_OK;
}

/* Another process may write too, and SQLite has no way to tell: look again soon. */
static void sqlite_pause(store_database *database, int wake, unsigned milliseconds)
{
    (void)database;
    struct pollfd waiting = { .fd = wake, .events = POLLIN };
    poll(&waiting, 1, (int)(milliseconds < POLL_MILLISECONDS ? milliseconds : POLL_MILLISECONDS));
}

const engine_operations sqlite_operations = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .take = sqlite_take,
    .give = sqlite_give,
    .run = sqlite_run,
    .script = sqlite_script,
    .pause = sqlite_pause,
    .check = sqlite_check,
    .backup = sqlite_backup,
};
