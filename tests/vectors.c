/* vectors.c: reads the real quotes and collateral that tests compare against. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "vectors.h"

static const char *const places[] = { "../shared/vectors", "../../shared/vectors",
                                      "../../../shared/vectors", NULL };

const char *vectors_folder(void)
{
    struct stat found;
    const char *named = getenv("ASSAY_VECTORS");
    if (named != NULL && stat(named, &found) == 0)
        return named;
    for (size_t i = 0; named == NULL && places[i] != NULL; i++) {
        if (stat(places[i], &found) == 0)
            return places[i];
    }
    printf("# skipped: no vectors at %s\n", named != NULL ? named : "../shared/vectors");
    return NULL;
}

assay_span vectors_read(const char *folder, const char *name)
{
    char path[1024];
    assay_span out = { NULL, 0 };
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    struct stat found;
    if (file == NULL || fstat(fileno(file), &found) != 0)
        return out;
    uint8_t *data = malloc((size_t)found.st_size + 1);
    if (data != NULL && fread(data, 1, (size_t)found.st_size, file) == (size_t)found.st_size)
        out = (assay_span) { data, (size_t)found.st_size };
    else
        free(data);
    fclose(file);
    return out;
}

size_t vectors_each(const char *const *families,
                    void (*each)(const char *folder, json_t *description, void *context),
                    void *context)
{
    size_t count = 0;
    for (; *families != NULL; families++) {
        char family[512], folder[1024], path[1280];
        snprintf(family, sizeof(family), "%s/%s", vectors_folder(), *families);
        struct dirent **names;
        int found = scandir(family, &names, NULL, alphasort);
        for (int i = 0; i < found; i++) {
            snprintf(folder, sizeof(folder), "%s/%s", family, names[i]->d_name);
            snprintf(path, sizeof(path), "%s/case.json", folder);
            json_t *description = json_load_file(path, 0, NULL);
            if (description != NULL) {
                each(folder, description, context);
                count++;
            }
            json_decref(description);
            free(names[i]);
        }
        if (found >= 0)
            free(names);
    }
    return count;
}

static const struct {
    const char *name;
    size_t offset;
} item_files[] = {
    { "tcb_info.json", offsetof(assay_collateral_items, tcb_info) },
    { "tcb_info_issuer_chain.pem", offsetof(assay_collateral_items, tcb_info_issuer_chain) },
    { "qe_identity.json", offsetof(assay_collateral_items, qe_identity) },
    { "qe_identity_issuer_chain.pem", offsetof(assay_collateral_items, qe_identity_issuer_chain) },
    { "root_ca_crl.der", offsetof(assay_collateral_items, root_ca_crl) },
    { "pck_crl.der", offsetof(assay_collateral_items, pck_crl) },
    { "pck_crl_issuer_chain.pem", offsetof(assay_collateral_items, pck_crl_issuer_chain) },
};

static assay_span *item_at(assay_collateral_items *items, size_t i)
{
    return (assay_span *)((char *)items + item_files[i].offset);
}

assay_collateral_items vectors_items(const char *folder)
{
    assay_collateral_items items = { 0 };
    for (size_t i = 0; i < sizeof(item_files) / sizeof(item_files[0]); i++)
        *item_at(&items, i) = vectors_read(folder, item_files[i].name);
    return items;
}

void vectors_items_free(assay_collateral_items *items)
{
    for (size_t i = 0; i < sizeof(item_files) / sizeof(item_files[0]); i++)
        free((void *)item_at(items, i)->data);
}

json_t *vectors_expected(json_t *description, const char *member)
{
    json_t *value = json_object_get(json_object_get(description, "expected_assay"), member);
    return value != NULL ? value
                         : json_object_get(json_object_get(description, "expected"), member);
}
