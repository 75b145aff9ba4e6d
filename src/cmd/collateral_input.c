/* collateral_input.c: collateral from a folder, a one-file JSON, or separate options. */
#include "collateral_input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"
#include "input.h"

enum { ITEM_COUNT = 7, PATH_SIZE = 4096, NAMES_SIZE = 224, QVL_MISSING_PARAMETERS = 36 };

/* One row per item: its option, and the names it may have in a folder, the usual one first. */
static const struct {
    option_id option;
    const char *option_name;
    const char *files[4];
    size_t member;
} items[ITEM_COUNT] = {
    { OPTION_TCB_INFO,
      "tcb-info",
      { "tcb_info.json" },
      offsetof(assay_collateral_items, tcb_info) },
    { OPTION_TCB_INFO_ISSUER_CHAIN,
      "tcb-info-issuer-chain",
      { "tcb_info_issuer_chain.pem" },
      offsetof(assay_collateral_items, tcb_info_issuer_chain) },
    { OPTION_QE_IDENTITY,
      "qe-identity",
      { "qe_identity.json" },
      offsetof(assay_collateral_items, qe_identity) },
    { OPTION_QE_IDENTITY_ISSUER_CHAIN,
      "qe-identity-issuer-chain",
      { "qe_identity_issuer_chain.pem" },
      offsetof(assay_collateral_items, qe_identity_issuer_chain) },
    { OPTION_ROOT_CA_CRL,
      "root-ca-crl",
      { "root_ca_crl.der", "root_ca_crl.pem", "root_ca_crl.hex" },
      offsetof(assay_collateral_items, root_ca_crl) },
    { OPTION_PCK_CRL,
      "pck-crl",
      { "pck_crl.der", "pck_crl.pem", "pck_crl.hex" },
      offsetof(assay_collateral_items, pck_crl) },
    { OPTION_PCK_CRL_ISSUER_CHAIN,
      "pck-crl-issuer-chain",
      { "pck_crl_issuer_chain.pem" },
      offsetof(assay_collateral_items, pck_crl_issuer_chain) },
};

/* What was read so far. */
typedef struct sources {
    input files[ITEM_COUNT];
    assay_collateral_items items;
} sources;

static assay_span *item_at(assay_collateral_items *all, size_t i)
{
    return (assay_span *)((char *)all + items[i].member);
}

static void sources_free(sources *s)
{
    for (size_t i = 0; i < ITEM_COUNT; i++)
        input_free(&s->files[i]);
}

static assay_status item_read(sources *s, size_t i, const char *path, assay_error *error)
{
    input_free(&s->files[i]);
    TRY(input_read(path, INPUT_ITEM_MAX, "collateral", &s->files[i], error));
    *item_at(&s->items, i) = input_span(&s->files[i]);
    return ASSAY_OK;
}

/* ---- A folder ---- */

/* The first of the item's names that exists; false when none does. */
static bool item_find(const char *folder, size_t i, char path[PATH_SIZE])
{
    for (const char *const *name = items[i].files; *name != NULL; name++) {
        int size = snprintf(path, PATH_SIZE, "%s/%s", folder, *name);
        if (size > 0 && size < PATH_SIZE && access(path, F_OK) == 0)
            return true;
    }
    return false;
}

static assay_status folder_read(sources *s, const char *folder, assay_error *error)
{
    char path[PATH_SIZE];
    for (size_t i = 0; i < ITEM_COUNT; i++) {
        if (item_find(folder, i, path))
            TRY(item_read(s, i, path, error));
    }
    return ASSAY_OK;
}

static void name_add(char names[NAMES_SIZE], const char *prefix, const char *name)
{
    size_t size = strlen(names);
    snprintf(names + size, NAMES_SIZE - size, "%s%s%s", size > 0 ? ", " : "", prefix, name);
}

static assay_status folder_is_complete(sources *s, const char *folder, assay_error *error)
{
    char names[NAMES_SIZE] = "";
    for (size_t i = 0; i < ITEM_COUNT; i++) {
        if (item_at(&s->items, i)->size == 0)
            name_add(names, "", items[i].files[0]);
    }
    if (names[0] == '\0')
        return ASSAY_OK;
    failed(error, ASSAY_MALFORMED, "collateral", "missing %s in %s", names, folder);
    error->qvl = QVL_MISSING_PARAMETERS;
    error->code = 0xE002;
    return error->status;
}

/* ---- Separate options ---- */

static assay_status options_read(sources *s, const arguments *given, size_t *count,
                                 assay_error *error)
{
    for (size_t i = 0; i < ITEM_COUNT; i++) {
        const char *path = option_argument(given, items[i].option);
        if (path == NULL)
            continue;
        TRY(item_read(s, i, path, error));
        (*count)++;
    }
    return ASSAY_OK;
}

static assay_status options_are_complete(const arguments *given, assay_error *error)
{
    char names[NAMES_SIZE] = "";
    for (size_t i = 0; i < ITEM_COUNT; i++) {
        if (!option_given(given, items[i].option))
            name_add(names, "--", items[i].option_name);
    }
    if (names[0] != '\0')
        return failed(error, ASSAY_USAGE, "collateral", "also needed: %s", names);
    return ASSAY_OK;
}

/* ---- All together ---- */

static assay_status from_folder(const char *folder, const arguments *given,
                                const assay_roots *roots, assay_collateral **out,
                                assay_error *error)
{
    sources s = { 0 };
    size_t replaced = 0;
    assay_status status = folder_read(&s, folder, error);
    if (status == ASSAY_OK)
        status = options_read(&s, given, &replaced, error);
    if (status == ASSAY_OK)
        status = folder_is_complete(&s, folder, error);
    if (status == ASSAY_OK)
        status = assay_collateral_new(&s.items, roots, out, error);
    sources_free(&s);
    return status;
}

/* The collateral of one file; with items of its own where options replace some. */
static assay_status from_json(const input *file, const arguments *given, const assay_roots *roots,
                              assay_collateral **out, assay_error *error)
{
    assay_collateral *whole = NULL;
    TRY(assay_collateral_from_json(input_span(file), roots, &whole, error));
    sources s = { .items = *assay_collateral_items_of(whole) };
    size_t replaced = 0;
    assay_status status = options_read(&s, given, &replaced, error);
    if (status == ASSAY_OK && replaced == 0) {
        *out = assay_collateral_ref(whole);
    } else if (status == ASSAY_OK) {
        status = assay_collateral_new(&s.items, roots, out, error);
    }
    assay_collateral_unref(whole);
    sources_free(&s);
    return status;
}

static assay_status from_file(const char *path, const arguments *given, const assay_roots *roots,
                              assay_collateral **out, assay_error *error)
{
    input file = { 0 };
    TRY(input_read(path, INPUT_BUNDLE_MAX, "collateral", &file, error));
    assay_status status = from_json(&file, given, roots, out, error);
    input_free(&file);
    return status;
}

static assay_status from_options(const arguments *given, const assay_roots *roots,
                                 assay_collateral **out, assay_error *error)
{
    sources s = { 0 };
    size_t count = 0;
    TRY(options_are_complete(given, error));
    assay_status status = options_read(&s, given, &count, error);
    if (status == ASSAY_OK)
        status = assay_collateral_new(&s.items, roots, out, error);
    sources_free(&s);
    return status;
}

static assay_status from_path(const char *path, const arguments *given, const assay_roots *roots,
                              assay_collateral **out, assay_error *error)
{
    struct stat found;
    if (strcmp(path, "-") != 0 && stat(path, &found) != 0)
        return failed(error, ASSAY_ENVIRONMENT, "collateral", "%s: %s", path, strerror(errno));
    if (strcmp(path, "-") != 0 && S_ISDIR(found.st_mode))
        return from_folder(path, given, roots, out, error);
    return from_file(path, given, roots, out, error);
}

bool collateral_input_given(const arguments *given)
{
    bool found = option_given(given, OPTION_COLLATERAL);
    for (size_t i = 0; i < ITEM_COUNT; i++)
        found = found || option_given(given, items[i].option);
    return found;
}

assay_status collateral_input_read(const arguments *given, const assay_roots *roots,
                                   assay_collateral **out, assay_error *error)
{
    const char *path = option_argument(given, OPTION_COLLATERAL);
    return path != NULL ? from_path(path, given, roots, out, error)
                        : from_options(given, roots, out, error);
}

assay_status collateral_input_read_path(const char *path, const assay_roots *roots,
                                        assay_collateral **out, assay_error *error)
{
    const arguments none = { .option_count = 0 };
    return from_path(path, &none, roots, out, error);
}

const char *collateral_input_file_name(size_t index, size_t *member)
{
    if (index >= ITEM_COUNT)
        return NULL;
    *member = items[index].member;
    return items[index].files[0];
}
