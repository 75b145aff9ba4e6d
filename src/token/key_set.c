/* key_set.c: pins: keys that are trusted for something, and JWKS in and out. RFC 7517 5;
 * appraisal.md 3. */
#include "token/key.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

enum { KEY_SET_MAX = 64 };

typedef struct pin {
    assay_key *key;
    unsigned roles;
} pin;

struct assay_key_set {
    size_t count;
    pin at[KEY_SET_MAX];
};

static assay_status refuse(assay_error *err, const char *text)
{
    return fail_named(err, ASSAY_MALFORMED, "key_malformed", NULL, "keys", "%s", text);
}

assay_status assay_key_set_new(assay_key_set **out, assay_error *error)
{
    assay_key_set *set = memory_new(sizeof(*set));
    if (set == NULL)
        return fail(error, ASSAY_NO_MEMORY, "keys", ASSAY_NO_OFFSET, "no memory for a set of keys");
    *out = set;
    return ASSAY_OK;
}

static void drop_keys(assay_key_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        assay_key_free(set->at[i].key);
    set->count = 0;
}

void assay_key_set_free(assay_key_set *set)
{
    if (set == NULL)
        return;
    drop_keys(set);
    memory_free(set);
}

/* ---- Reading into a set of its own ---- */

/* Takes the key over, also when it fails. */
static assay_status append(assay_key_set *set, assay_key *key, assay_error *err)
{
    if (set->count == KEY_SET_MAX) {
        assay_key_free(key);
        return refuse(err, "more than 64 keys");
    }
    set->at[set->count++] = (pin) { .key = key };
    return ASSAY_OK;
}

static assay_status read_pem(assay_key_set *set, assay_span text, assay_error *err)
{
    do {
        assay_key *key = NULL;
        TRY(assay_key_take_pem(&text, &key, err));
        TRY(append(set, key, err));
    } while (text.size > 0);
    return ASSAY_OK;
}

static assay_status read_jwk(assay_key_set *set, json_t *jwk, assay_error *err)
{
    assay_key *key = NULL;
    TRY(assay_key_from_jwk(jwk, JWK_ANY, &key, err));
    return append(set, key, err);
}

static assay_status read_jwks(assay_key_set *set, json_t *keys, assay_error *err)
{
    if (!json_is_array(keys) || json_array_size(keys) == 0)
        return refuse(err, "want a list of at least one key");
    for (size_t i = 0; i < json_array_size(keys); i++) {
        char where[32];
        snprintf(where, sizeof(where), "keys[%zu]", i);
        const assay_status status = read_jwk(set, json_array_get(keys, i), err);
        if (status != ASSAY_OK)
            return error_inside(err, status, where);
    }
    return ASSAY_OK;
}

static assay_status read_json(assay_key_set *set, assay_span text, assay_error *err)
{
    json_document document = { 0 };
    assay_status status = json_document_parse(text, NULL, &document, "keys", err);
    if (status != ASSAY_OK) {
        if (err != NULL && status != ASSAY_NO_MEMORY)
            err->name = "key_malformed";
        return status;
    }
    json_t *keys = json_object_get(document.root, "keys");
    status = keys != NULL ? read_jwks(set, keys, err) : read_jwk(set, document.root, err);
    json_document_free(&document);
    return status;
}

/* ---- Adding ---- */

static pin *find_pin(assay_key_set *set, const assay_key *key)
{
    char wanted[44], thumbprint[44];
    assay_key_thumbprint(key, wanted);
    for (size_t i = 0; i < set->count; i++) {
        assay_key_thumbprint(set->at[i].key, thumbprint);
        if (strcmp(wanted, thumbprint) == 0)
            return &set->at[i];
    }
    return NULL;
}

/* Moves what was read over. A key that is there already gets the further roles. */
static void merge(assay_key_set *set, assay_key_set *from, unsigned roles)
{
    for (size_t i = 0; i < from->count; i++) {
        pin *there = find_pin(set, from->at[i].key);
        if (there != NULL) {
            there->roles |= roles;
            assay_key_free(from->at[i].key);
        } else {
            set->at[set->count++] = (pin) { .key = from->at[i].key, .roles = roles };
        }
    }
    from->count = 0;
}

assay_status assay_key_set_add(assay_key_set *set, assay_span text, unsigned roles,
                               assay_error *error)
{
    const assay_span body = text_without_space(text);
    assay_key_set read = { 0 };
    if (roles == 0 || (roles & ~(unsigned)ASSAY_ROLE_ANY) != 0)
        return fail(error, ASSAY_USAGE, "roles", ASSAY_NO_OFFSET, "roles %u, want 1 to 3", roles);
    assay_status status = body.size > 0 && body.data[0] == '{' ? read_json(&read, body, error)
                                                               : read_pem(&read, body, error);
    if (status == ASSAY_OK && set->count + read.count > KEY_SET_MAX)
        status = refuse(error, "more than 64 keys");
    if (status != ASSAY_OK) {
        drop_keys(&read);
        return status;
    }
    merge(set, &read, roles);
    return ASSAY_OK;
}

/* ---- Asking ---- */

size_t assay_key_set_count(const assay_key_set *set)
{
    return set == NULL ? 0 : set->count;
}

const assay_key *assay_key_set_at(const assay_key_set *set, size_t index, unsigned *roles)
{
    *roles = set->at[index].roles;
    return set->at[index].key;
}

const assay_key *assay_key_set_find(const assay_key_set *set, const char *thumbprint,
                                    unsigned *roles)
{
    for (size_t i = 0; i < assay_key_set_count(set); i++) {
        char own[44];
        assay_key_thumbprint(set->at[i].key, own);
        if (strcmp(own, thumbprint) == 0)
            return assay_key_set_at(set, i, roles);
    }
    *roles = 0;
    return NULL;
}

assay_status assay_key_set_to_jwks(const assay_key_set *set, char **out, assay_error *error)
{
    json_writer w = { 0 };
    json_open_object(&w, NULL);
    json_open_array(&w, "keys");
    for (size_t i = 0; i < assay_key_set_count(set); i++)
        assay_key_put_jwk(set->at[i].key, &w);
    json_close_array(&w);
    json_close_object(&w);
    return json_take_written(&w, out, error);
}
