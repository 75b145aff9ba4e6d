/* config_load.c: the configuration that counts: defaults, then the file, then the environment. */
#define _GNU_SOURCE /* environ */
#include "serve/config_load.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 20 };

static assay_status cannot(const char *where, const char *path, const char *what, assay_error *err)
{
    return fail(err, ASSAY_ENVIRONMENT, where, ASSAY_NO_OFFSET, "can't %s %.120s: %s", what, path,
                strerror(errno));
}

assay_status file_read(const char *path, size_t limit, const char *where, char **out, size_t *size,
                       assay_error *err)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return cannot(where, path, "open", err);
    char *text = memory_new(limit + 2);
    size_t got = text != NULL ? fread(text, 1, limit + 1, file) : 0;
    bool failed = text == NULL || ferror(file) != 0;
    fclose(file);
    if (failed || got > limit) {
        memory_free(text);
        return failed ? cannot(where, path, "read", err)
                      : fail(err, ASSAY_ENVIRONMENT, where, ASSAY_NO_OFFSET,
                             "%.120s is larger than %zu bytes", path, limit);
    }
    *out = text;
    *size = got;
    return ASSAY_OK;
}

static assay_status read_file(const char *path, serve_config *config, assay_error *err)
{
    char *text = NULL;
    size_t size = 0;
    const char *slash = strrchr(path, '/');
    TRY(file_read(path, FILE_MAX, "--config", &text, &size, err));
    assay_status status =
        config_parse(span_of(text, size), slash != NULL ? slash + 1 : path, config, err);
    memory_free(text);
    TRY(status);
    snprintf(config->file, sizeof(config->file), "%s", path);
    return ASSAY_OK;
}

static assay_status check_files(const serve_config *config, assay_error *err)
{
    const struct {
        const char *where, *path;
    } rows[] = { { "[server] certificate_file", config->server.certificate_file },
                 { "[server] key_file", config->server.key_file },
                 { "[server] client_ca_file", config->server.client_ca_file },
                 { "[upstream] ca_file", config->upstream.ca_file },
                 { "[upstream] sgx_root_file", config->upstream.sgx_root_file },
                 { "[upstream] amd_root_file", config->upstream.amd_root_file } };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].path[0] != '\0' && access(rows[i].path, R_OK) != 0)
            return cannot(rows[i].where, rows[i].path, "read", err);
    }
    return ASSAY_OK;
}

assay_status config_load(const char *path, serve_config *out, assay_error *err)
{
    serve_config *config = memory_new(sizeof(*config));
    if (config == NULL)
        return fail(err, ASSAY_NO_MEMORY, "config", ASSAY_NO_OFFSET, "no memory");
    config_default(config);
    assay_status status = path != NULL ? read_file(path, config, err) : ASSAY_OK;
    if (status == ASSAY_OK)
        status = config_environment(environ, config, err);
    if (status == ASSAY_OK)
        status = config_check(config, err);
    if (status == ASSAY_OK)
        status = check_files(config, err);
    if (status == ASSAY_OK)
        *out = *config;
    memory_free(config);
    return status;
}

static assay_status give_to(const char *path, const char *owner, assay_error *err)
{
    const struct passwd *user = owner != NULL && geteuid() == 0 ? getpwnam(owner) : NULL;
    if (user != NULL && lchown(path, user->pw_uid, user->pw_gid) != 0)
        return cannot("[store] state_directory", path, "give away", err);
    return ASSAY_OK;
}

assay_status state_directory_make(const char *path, const char *owner, assay_error *err)
{
    char part[CONFIG_TEXT_SIZE];
    bool made = false;
    for (const char *at = path; *at != '\0';) {
        at += strspn(at, "/");
        at += strcspn(at, "/");
        snprintf(part, sizeof(part), "%.*s", (int)(at - path), path);
        made = mkdir(part, 0700) == 0;
        if (!made && errno != EEXIST)
            return cannot("[store] state_directory", part, "make", err);
    }
    if (made)
        return give_to(path, owner, err);
    if (access(path, W_OK | X_OK) != 0)
        return cannot("[store] state_directory", path, "write into", err);
    return ASSAY_OK;
}
