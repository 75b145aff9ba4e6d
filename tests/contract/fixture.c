/* fixture.c: a fresh store for each test. */
#include <dirent.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "contract/fixture.h"

static const char *server_url(void)
{
    const char *url = getenv("ASSAY_STORE_URL");
    return url != NULL && strncmp(url, "postgres", 8) == 0 ? url : NULL;
}

bool fixture_is_postgres(void)
{
    return server_url() != NULL;
}

int64_t milliseconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sleep_milliseconds(unsigned milliseconds)
{
    const struct timespec pause = { .tv_sec = milliseconds / 1000,
                                    .tv_nsec = (long)(milliseconds % 1000) * 1000000 };
    nanosleep(&pause, NULL);
}

bool run_shell(const char *format, ...)
{
    char command[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof(command), format, arguments);
    va_end(arguments);
    const int status = system(command);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The schema of a test is named after its folder: "assay-store.XXXXXX" without what SQL minds. */
static void schema_name(const fixture *f, char out[32])
{
    snprintf(out, 32, "t_%.6s", strrchr(f->folder, '.') + 1);
}

static void ignore_notice(void *context, const char *message)
{
    (void)context;
    (void)message;
}

static void server_do(const fixture *f, const char *before, const char *after)
{
    char schema[32], text[128];
    schema_name(f, schema);
    snprintf(text, sizeof(text), "%s \"%s\" %s", before, schema, after);
    PGconn *connection = PQconnectdb(server_url());
    PQsetNoticeProcessor(connection, ignore_notice, NULL);
    PGresult *result = PQexec(connection, text);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        test_fail("%s: %s", text, PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
}

int fixture_place(void **state)
{
    fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    snprintf(f->folder, sizeof(f->folder), "/tmp/assay-store.XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    if (fixture_is_postgres()) {
        char schema[32];
        schema_name(f, schema);
        server_do(f, "CREATE SCHEMA", "");
        snprintf(f->url, sizeof(f->url), "%s&options=-csearch_path%%3D%%22%s%%22", server_url(),
                 schema);
    } else {
        snprintf(f->path, sizeof(f->path), "%s/assayd.db", f->folder);
        snprintf(f->url, sizeof(f->url), "sqlite:%s", f->path);
    }
    *state = f;
    return 0;
}

store_settings fixture_settings(const fixture *f)
{
    return (store_settings) { .url = f->url };
}

store *fixture_open(fixture *f)
{
    const store_settings settings = fixture_settings(f);
    store *s = NULL;
    assert_ok(f, store_open(&settings, FIXTURE_NOW, &s, &f->error));
    return s;
}

int fixture_new(void **state)
{
    fixture_place(state);
    fixture *f = *state;
    f->s = fixture_open(f);
    return 0;
}

static void folder_remove(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char name[400];
        snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(name);
    }
    closedir(folder);
    rmdir(path);
}

int fixture_free(void **state)
{
    fixture *f = *state;
    store_close(f->s);
    arena_free(&f->memory);
    if (fixture_is_postgres())
        server_do(f, "DROP SCHEMA", "CASCADE");
    folder_remove(f->folder);
    free(f);
    return 0;
}
