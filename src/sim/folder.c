/* folder.c: writes files into a folder. */
#include "sim/folder.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { PATH_SIZE = 4096 };

static assay_status refused(assay_error *err, const char *path)
{
    return fail(err, ASSAY_ENVIRONMENT, path, ASSAY_NO_OFFSET, "%s", strerror(errno));
}

assay_status folder_make(const char *path, assay_error *err)
{
    char part[PATH_SIZE];
    size_t size = strlen(path);
    if (size == 0 || size >= sizeof(part))
        return fail(err, ASSAY_ENVIRONMENT, "--out", ASSAY_NO_OFFSET,
                    "the path is empty or too long");
    for (size_t i = 1; i <= size; i++) {
        if (i < size && path[i] != '/')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return refused(err, part);
    }
    return ASSAY_OK;
}

assay_status folder_write(const char *folder, const char *name, assay_span content,
                          assay_error *err)
{
    char path[PATH_SIZE];
    int size = snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (size < 0 || (size_t)size >= sizeof(path))
        return fail(err, ASSAY_ENVIRONMENT, folder, ASSAY_NO_OFFSET, "the path is too long");
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return refused(err, path);
    bool written = fwrite(content.data, 1, content.size, file) == content.size;
    if (fclose(file) != 0 || !written)
        return refused(err, path);
    return ASSAY_OK;
}
