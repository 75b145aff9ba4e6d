/* replay.c: a main() for fuzz targets without libFuzzer: runs every file of the given folders
 * through the target, so that each compiler and each sanitizer sees the corpora. Speaks TAP: one
 * point for each folder; a crash is the failure. */
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input in a block of exactly its size: reading one byte beyond it shows. */
static int replay_file(const char *path)
{
    struct stat found;
    if (stat(path, &found) != 0 || !S_ISREG(found.st_mode))
        return 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return -1;
    size_t size = (size_t)found.st_size;
    uint8_t *data = malloc(size > 0 ? size : 1);
    int result = -1;
    if (data != NULL && fread(data, 1, size, file) == size) {
        fprintf(stderr, "# %s\n", path);
        LLVMFuzzerTestOneInput(data, size);
        result = 1;
    }
    free(data);
    fclose(file);
    return result;
}

/* How many files were run; -1 when one could not be read. */
static int replay_folder(const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    int ran = 0;
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX];
        int length = snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        int one = length < (int)sizeof(path) ? replay_file(path) : -1;
        ran = one < 0 || ran < 0 ? -1 : ran + one;
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return ran;
}

int main(int argc, char **argv)
{
    int failed = 0;
    printf("1..%d\n", argc - 1);
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        int ran = replay_folder(argv[i]);
        if (ran == 0)
            printf("ok %d # SKIP no corpus in %s\n", i, argv[i]);
        else
            printf("%sok %d - %d inputs of %s\n", ran < 0 ? "not " : "", i, ran, argv[i]);
        failed |= ran < 0;
    }
    return failed;
}
