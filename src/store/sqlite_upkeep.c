/* sqlite_upkeep.c: is the file whole, and a copy of it while others write. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite.h"

/* integrity_check answers "ok", or one line for each finding. */
static int finding(void *context, int count, char **columns, char **names)
{
    (void)names;
    char *first = context;
    if (count > 0 && columns[0] != NULL && first[0] == 0 && strcmp(columns[0], "ok") != 0)
        snprintf(first, ASSAY_DETAIL_SIZE, "%s", columns[0]);
    return 0;
}

assay_status sqlite_check(store_database *database, assay_error *err)
{
    store_session *session;
    char first[ASSAY_DETAIL_SIZE] = { 0 };
    TRY(sqlite_take(database, ACCESS_LONG, &session, err));
    int code = sqlite3_exec(session->connection, "PRAGMA integrity_check(1)", finding, first, NULL);
    assay_status status = ASSAY_OK;
    if (code != SQLITE_OK)
        status = sqlite_failed(session->connection, code, "store.check", err);
    else if (first[0] != 0)
        status =
            fail_named(err, ASSAY_ENVIRONMENT, "store_corrupt", NULL, "store.check", "%s", first);
    sqlite_give(session, OUTCOME_UNDO, NULL);
    return status;
}

/* In one step: a snapshot, which the writer does not have to wait for. */
static assay_status copy_all(store_session *from, sqlite3 *to, assay_error *err)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from->connection, "main");
    if (backup == NULL)
        return sqlite_failed(to, sqlite3_extended_errcode(to), "store.backup", err);
    const int step = sqlite3_backup_step(backup, -1);
    const int code = sqlite3_backup_finish(backup);
    if (step == SQLITE_DONE && code == SQLITE_OK)
        return ASSAY_OK;
    /* finish() does not count it as a failure when a step only found the file busy. */
    return sqlite_failed(to, code != SQLITE_OK ? code : step, "store.backup", err);
}

static assay_status system_failed(const char *path, assay_error *err)
{
    const char *name = errno == ENOSPC || errno == EDQUOT ? "store_full"
                       : errno == EROFS                   ? "store_read_only"
                                                          : "store_unavailable";
    return fail_named(err, ASSAY_ENVIRONMENT, name, NULL, "store.backup", "%s: %s", path,
                      strerror(errno));
}

/* Makes the file anew, so that a left-over of an earlier try is never part of the copy. */
static assay_status file_anew(const char *path, assay_error *err)
{
    unlink(path);
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file < 0)
        return system_failed(path, err);
    close(file);
    return ASSAY_OK;
}

static assay_status copy_to(store_database *database, const char *path, assay_error *err)
{
    sqlite3 *to = NULL;
    store_session *session;
    TRY(file_anew(path, err));
    TRY(sqlite_take(database, ACCESS_ONE, &session, err));
    int code = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, NULL);
    assay_status status = code == SQLITE_OK ? copy_all(session, to, err)
                                            : sqlite_failed(to, code, "store.backup", err);
    sqlite3_close(to);
    sqlite_give(session, OUTCOME_UNDO, NULL);
    return status;
}

assay_status sqlite_backup(store_database *database, const char *path, assay_error *err)
{
    static const char suffix[] = ".part";
    const size_t size = strlen(path) + sizeof(suffix);
    char *part = memory_new(size);
    if (part == NULL)
        return fail(err, ASSAY_NO_MEMORY, "store.backup", ASSAY_NO_OFFSET, "no memory for a path");
    snprintf(part, size, "%s%s", path, suffix);
    assay_status status = copy_to(database, part, err);
    if (status == ASSAY_OK && rename(part, path) != 0)
        status = system_failed(path, err);
    if (status != ASSAY_OK)
        unlink(part);
    memory_free(part);
    return status;
}
