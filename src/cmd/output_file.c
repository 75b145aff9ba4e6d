/* output_file.c: writes a file so that it is there whole or not at all. */
#include "output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"

enum { PATH_SIZE = 4096 };

static assay_status cannot(const char *path, const char *what, assay_error *error)
{
    return failed(error, ASSAY_ENVIRONMENT, "output", "%s: can't %s: %s", path, what,
                  strerror(errno));
}

static assay_status write_all(int fd, const char *path, assay_span bytes, assay_error *error)
{
    while (bytes.size > 0) {
        ssize_t written = write(fd, bytes.data, bytes.size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return cannot(path, "write", error);
        bytes.data += written;
        bytes.size -= (size_t)written;
    }
    return ASSAY_OK;
}

/* The folder of `path`, so that the rename itself is on the disk; best effort where folders can't
 * be synced. */
static void sync_folder(const char *path)
{
    char folder[PATH_SIZE];
    const char *slash = strrchr(path, '/');
    int size = slash == NULL ? 1 : slash == path ? 1 : (int)(slash - path);
    snprintf(folder, sizeof(folder), "%.*s", size, slash == NULL ? "." : path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd);
    close(fd);
}

/* mkstemp() gives 0600; a file that holds no secret gets what the caller's umask gives others. */
static mode_t usual_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static assay_status fill(int fd, const char *path, const char *temporary, assay_span bytes,
                         assay_error *error)
{
    TRY(write_all(fd, path, bytes, error));
    if (fchmod(fd, usual_mode()) != 0 || fsync(fd) != 0)
        return cannot(path, "sync", error);
    if (rename(temporary, path) != 0)
        return cannot(path, "rename to it", error);
    sync_folder(path);
    return ASSAY_OK;
}

assay_status output_file_write(const char *path, assay_span bytes, assay_error *error)
{
    char temporary[PATH_SIZE];
    if (strcmp(path, "-") == 0)
        return write_all(STDOUT_FILENO, "standard output", bytes, error);
    int size = snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);
    if (size < 0 || size >= (int)sizeof(temporary))
        return failed(error, ASSAY_ENVIRONMENT, "output", "the path is too long");
    int fd = mkstemp(temporary);
    if (fd < 0)
        return cannot(path, "create a file beside it", error);
    assay_status status = fill(fd, path, temporary, bytes, error);
    close(fd);
    if (status != ASSAY_OK)
        unlink(temporary);
    return status;
}

/* ---- Secrets ---- */

/* link() takes a name only when it is free, so that two that write at once can't replace each
 * other. */
static assay_status fill_private(int fd, const char *path, const char *temporary, assay_span bytes,
                                 bool *exists, assay_error *error)
{
    TRY(write_all(fd, path, bytes, error));
    if (fchmod(fd, 0600) != 0 || fsync(fd) != 0)
        return cannot(path, "sync", error);
    if (link(temporary, path) != 0) {
        *exists = errno == EEXIST;
        return cannot(path, "create it", error);
    }
    sync_folder(path);
    return ASSAY_OK;
}

assay_status output_file_create_private(const char *path, assay_span bytes, bool *exists,
                                        assay_error *error)
{
    char temporary[PATH_SIZE];
    bool was_there = false;
    int size = snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);
    if (size < 0 || size >= (int)sizeof(temporary))
        return failed(error, ASSAY_ENVIRONMENT, "output", "the path is too long");
    int fd = mkstemp(temporary);
    if (fd < 0)
        return cannot(path, "create a file beside it", error);
    assay_status status = fill_private(fd, path, temporary, bytes, &was_there, error);
    close(fd);
    unlink(temporary);
    if (exists != NULL)
        *exists = was_there;
    return status;
}
