/* key_files.h: keys in files, keys that are trusted, and the keys of this user. */
#ifndef ASSAY_CMD_KEY_FILES_H
#define ASSAY_CMD_KEY_FILES_H

#include "assay/token.h"
#include "options.h"

enum { KEY_FILE_MAX = 64 * 1024, STATE_PATH_SIZE = 4096 };

assay_status key_file_read(const char *path, assay_key **out, assay_error *error);

/* As PEM, only for its owner, never over a file that is there. `exists` may be NULL. */
assay_status key_file_create(const char *path, const assay_key *key, bool *exists,
                             assay_error *error);

/* A key that this user's commands share: in $XDG_STATE_HOME/assay or ~/.local/state/assay. */
typedef enum local_key {
    LOCAL_KEY_TOKENS,  /* signs result tokens; $ASSAY_KEY names another */
    LOCAL_KEY_POLICIES /* signs the default policies */
} local_key;

typedef enum local_key_missing { LOCAL_KEY_MAKE, LOCAL_KEY_FAIL } local_key_missing;

/* ENVIRONMENT when there is none and none is to be made. */
assay_status local_key_read(local_key which, local_key_missing missing, assay_key **out,
                            assay_error *error);

/* "FOLDER/name" in the state folder, which is made (0700) when it isn't there. */
assay_status state_path(const char *name, char out[STATE_PATH_SIZE], assay_error *error);

/* Pins every key of a file for `roles`. */
assay_status key_set_add_file(assay_key_set *set, const char *path, unsigned roles,
                              assay_error *error);

/* Pins the public part of a key at hand. */
assay_status key_set_add_key(assay_key_set *set, const assay_key *key, unsigned roles,
                             assay_error *error);

/* A new set with the keys of every option `id`. */
assay_status key_set_read(const arguments *given, option_id id, assay_key_set **out,
                          assay_error *error);

#endif
