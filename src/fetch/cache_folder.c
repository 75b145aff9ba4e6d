/* cache_folder.c: folders and files of a cache. collateral-service.md 8. */
#include "fetch/cache_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch/cache_file.h"

enum { PATH_SIZE = 1024, NAME_SIZE = 96, CHUNK = 16 * 1024 };

static const char lock_name[] = "lock";

/* ---- Folders ---- */

static bool is_ours(const struct stat *found, cache_folder_use use)
{
    const bool owner =
        found->st_uid == geteuid() || (use == CACHE_FOLDER_READ && found->st_uid == 0);
    return owner && (found->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static int open_checked(const char *path, cache_folder_use use)
{
    struct stat found;
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return -1;
    if (fstat(fd, &found) == 0 && is_ours(&found, use))
        return fd;
    close(fd);
    return -1;
}

int cache_folder_open(const char *base, const char *name, cache_folder_use use)
{
    char path[PATH_SIZE];
    const int size = snprintf(path, sizeof(path), "%s/%s", base, name);
    if (base[0] == '\0' || size < 0 || size >= (int)sizeof(path))
        return -1;
    if (use == CACHE_FOLDER_WRITE) {
        (void)mkdir(base, 0700); /* XDG_CACHE_HOME is often not there yet */
        (void)mkdir(path, 0700);
    }
    return open_checked(path, use);
}

/* ---- Reading ---- */

static bool read_all(int fd, buffer *out)
{
    uint8_t chunk[CHUNK];
    buffer_clear(out);
    for (;;) {
        const ssize_t got = read(fd, chunk, sizeof(chunk));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        if (buffer_add(out, span_of(chunk, (size_t)got)) != BUFFER_OK)
            return false;
    }
}

/* O_NONBLOCK: a FIFO of that name must not make us wait. */
bool cache_folder_read(int folder, const char *name, buffer *out, int64_t *changed)
{
    struct stat found;
    const int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return false;
    const bool read = fstat(fd, &found) == 0 && S_ISREG(found.st_mode) &&
                      is_ours(&found, CACHE_FOLDER_READ) && (uint64_t)found.st_size <= out->limit &&
                      flock(fd, LOCK_SH | LOCK_NB) == 0 && read_all(fd, out);
    close(fd);
    if (read)
        *changed = (int64_t)found.st_mtime;
    return read;
}

/* ---- Writing ---- */

static bool write_all(int fd, assay_span bytes)
{
    while (bytes.size > 0) {
        const ssize_t written = write(fd, bytes.data, bytes.size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes = span_slice(bytes, (size_t)written, bytes.size - (size_t)written);
    }
    return true;
}

/* A descriptor to close; -1: nobody could be locked out. */
static int lock_take(int folder)
{
    const int fd = openat(folder, lock_name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    while (flock(fd, LOCK_EX) != 0) {
        if (errno == EINTR)
            continue;
        close(fd);
        return -1;
    }
    return fd;
}

static bool temporary_name(char out[NAME_SIZE])
{
    uint8_t random[8];
    char digits[2 * sizeof(random) + 1];
    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
        return false;
    assay_hex_encode(SPAN(random), digits);
    snprintf(out, NAME_SIZE, ".new-%s", digits);
    return true;
}

static bool write_renamed(int folder, const char *name, assay_span bytes)
{
    char temporary[NAME_SIZE];
    if (!temporary_name(temporary))
        return false;
    const int fd =
        openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool written = write_all(fd, bytes) && fsync(fd) == 0;
    written = close(fd) == 0 && written;
    if (written && renameat(folder, temporary, folder, name) == 0) {
        (void)fsync(folder);
        return true;
    }
    (void)unlinkat(folder, temporary, 0);
    return false;
}

bool cache_folder_write(int folder, const char *name, assay_span bytes)
{
    const int lock = lock_take(folder);
    if (lock < 0)
        return false;
    const bool written = write_renamed(folder, name, bytes);
    close(lock);
    return written;
}

/* ---- Removing ---- */

static bool remove_one(int folder, const char *name, bool (*chosen)(void *context, assay_span file),
                       void *context)
{
    buffer file = { .limit = CACHE_FILE_MAX };
    int64_t changed;
    bool gone = true;
    if (cache_folder_read(folder, name, &file, &changed) && chosen(context, buffer_span(&file)))
        gone = unlinkat(folder, name, 0) == 0 || errno == ENOENT;
    buffer_free(&file);
    return gone;
}

bool cache_folder_remove(int folder, bool (*chosen)(void *context, assay_span file), void *context)
{
    bool all = true;
    const int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = copy < 0 ? NULL : fdopendir(copy);
    if (list == NULL) {
        if (copy >= 0)
            close(copy);
        return false;
    }
    const int lock = lock_take(folder);
    for (struct dirent *entry = readdir(list); entry != NULL; entry = readdir(list)) {
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, lock_name) != 0)
            all = remove_one(folder, entry->d_name, chosen, context) && all;
    }
    if (lock >= 0)
        close(lock);
    closedir(list);
    return all;
}
