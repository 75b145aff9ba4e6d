/* key_files.c: keys in files, keys that are trusted, and the keys of this user. */
#include "key_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "failure.h"
#include "input.h"
#include "output_file.h"

static assay_span text_span(const char *text)
{
    return (assay_span) { (const uint8_t *)text, strlen(text) };
}

assay_status key_file_read(const char *path, assay_key **out, assay_error *error)
{
    input file = { 0 };
    TRY(input_read(path, KEY_FILE_MAX, "key", &file, error));
    assay_status status = assay_key_read(input_span(&file), out, error);
    input_free(&file);
    return status;
}

assay_status key_file_create(const char *path, const assay_key *key, bool *exists,
                             assay_error *error)
{
    char *pem = NULL;
    TRY(assay_key_to_private_pem(key, &pem, error));
    assay_status status = output_file_create_private(path, text_span(pem), exists, error);
    assay_text_free(pem);
    return status;
}

/* ---- The keys of this user ---- */

/* Makes the folder and those above it, as far as they aren't there. */
static assay_status folder_make(char *path, assay_error *error)
{
    for (char *at = path + 1;; at++) {
        const char end = *at;
        if (end != '/' && end != '\0')
            continue;
        *at = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return failed(error, ASSAY_ENVIRONMENT, "state", "%s: %s", path, strerror(errno));
        *at = end;
        if (end == '\0')
            return ASSAY_OK;
    }
}

assay_status state_path(const char *name, char out[STATE_PATH_SIZE], assay_error *error)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    const char *below = state != NULL && state[0] == '/' ? "/assay" : "/.local/state/assay";
    const char *root = state != NULL && state[0] == '/' ? state : home;
    if (root == NULL || root[0] != '/')
        return failed(error, ASSAY_ENVIRONMENT, "state",
                      "no place for local keys: set HOME or XDG_STATE_HOME, or name a key");
    int size = snprintf(out, STATE_PATH_SIZE, "%s%s", root, below);
    if (size < 0 || (size_t)size + strlen(name) + 2 > STATE_PATH_SIZE)
        return failed(error, ASSAY_ENVIRONMENT, "state", "the path is too long");
    TRY(folder_make(out, error));
    snprintf(out + size, STATE_PATH_SIZE - (size_t)size, "/%s", name);
    return ASSAY_OK;
}

static const struct {
    const char *file;
    const char *variable; /* names another, or NULL */
    assay_algorithm algorithm;
} local_keys[] = {
    [LOCAL_KEY_TOKENS] = { "token-key.pem", "ASSAY_KEY", ASSAY_ALG_ES256 },
    [LOCAL_KEY_POLICIES] = { "policy-key.pem", NULL, ASSAY_ALG_ES384 },
};

/* When somebody else makes it at the same time, theirs counts. */
static assay_status local_key_make(local_key which, const char *path, assay_key **out,
                                   assay_error *error)
{
    assay_key *made = NULL;
    bool exists = false;
    TRY(assay_key_generate(local_keys[which].algorithm, &made, error));
    assay_status status = key_file_create(path, made, &exists, error);
    if (status == ASSAY_OK) {
        *out = made;
        return ASSAY_OK;
    }
    assay_key_free(made);
    return exists ? key_file_read(path, out, error) : status;
}

assay_status local_key_read(local_key which, local_key_missing missing, assay_key **out,
                            assay_error *error)
{
    const char *variable = local_keys[which].variable;
    const char *named = variable != NULL ? getenv(variable) : NULL;
    char path[STATE_PATH_SIZE];
    struct stat found;
    if (named != NULL && named[0] != '\0')
        return key_file_read(named, out, error);
    TRY(state_path(local_keys[which].file, path, error));
    if (stat(path, &found) == 0)
        return key_file_read(path, out, error);
    if (missing == LOCAL_KEY_FAIL)
        return failed(error, ASSAY_ENVIRONMENT, "key", "%s: there is no local key yet", path);
    return local_key_make(which, path, out, error);
}

/* ---- Keys that are trusted ---- */

assay_status key_set_add_file(assay_key_set *set, const char *path, unsigned roles,
                              assay_error *error)
{
    input file = { 0 };
    TRY(input_read(path, INPUT_ITEM_MAX, "keys", &file, error));
    assay_status status = assay_key_set_add(set, input_span(&file), roles, error);
    input_free(&file);
    return status;
}

assay_status key_set_add_key(assay_key_set *set, const assay_key *key, unsigned roles,
                             assay_error *error)
{
    char *pem = NULL;
    TRY(assay_key_to_public_pem(key, &pem, error));
    assay_status status = assay_key_set_add(set, text_span(pem), roles, error);
    assay_text_free(pem);
    return status;
}

assay_status key_set_read(const arguments *given, option_id id, assay_key_set **out,
                          assay_error *error)
{
    assay_key_set *set = NULL;
    size_t position = 0;
    const char *path;
    TRY(assay_key_set_new(&set, error));
    assay_status status = ASSAY_OK;
    while (status == ASSAY_OK && (path = option_next(given, id, &position)) != NULL)
        status = key_set_add_file(set, path, ASSAY_ROLE_ANY, error);
    if (status == ASSAY_OK)
        *out = set;
    else
        assay_key_set_free(set);
    return status;
}
