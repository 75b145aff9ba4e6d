/* collateral_output.c: writes collateral as a folder of items or as one JSON file. */
#include "collateral_output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collateral_input.h"
#include "failure.h"
#include "output_file.h"

enum { PATH_SIZE = 4096 };

/* With a line end, so that it is a text file. */
assay_status collateral_output_json(const char *path, const assay_collateral *collateral,
                                    assay_error *error)
{
    char *text = NULL;
    TRY(assay_collateral_to_json(collateral, &text, error));
    const size_t size = strlen(text);
    char *line = malloc(size + 1);
    assay_status status = ASSAY_OK;
    if (line == NULL) {
        status = failed(error, ASSAY_NO_MEMORY, "output", "no memory for %zu bytes", size);
    } else {
        memcpy(line, text, size);
        line[size] = '\n';
        status = output_file_write(path, (assay_span) { (const uint8_t *)line, size + 1 }, error);
    }
    free(line);
    assay_text_free(text);
    return status;
}

static assay_status item_write(const char *folder, const char *name, assay_span item,
                               assay_error *error)
{
    char path[PATH_SIZE];
    const int size = snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (size < 0 || size >= (int)sizeof(path))
        return failed(error, ASSAY_ENVIRONMENT, "output", "the path is too long");
    return output_file_write(path, item, error);
}

static assay_status folder_write(const char *folder, const assay_collateral *collateral,
                                 assay_error *error)
{
    const assay_collateral_items *items = assay_collateral_items_of(collateral);
    const char *name;
    size_t member = 0;
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return failed(error, ASSAY_ENVIRONMENT, "output", "%s: %s", folder, strerror(errno));
    for (size_t i = 0; (name = collateral_input_file_name(i, &member)) != NULL; i++) {
        assay_span item;
        memcpy(&item, (const char *)items + member, sizeof(item));
        TRY(item_write(folder, name, item, error));
    }
    return ASSAY_OK;
}

static bool is_one_file(const char *path)
{
    static const char ending[] = ".json";
    const size_t size = strlen(path), behind = sizeof(ending) - 1;
    return strcmp(path, "-") == 0 || (size > behind && strcmp(path + size - behind, ending) == 0);
}

assay_status collateral_output_write(const char *path, const assay_collateral *collateral,
                                     assay_error *error)
{
    return is_one_file(path) ? collateral_output_json(path, collateral, error)
                             : folder_write(path, collateral, error);
}
