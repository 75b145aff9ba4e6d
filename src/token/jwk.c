/* jwk.c: JWK members from and to a signing key. RFC 7517, RFC 7518 6, RFC 7638. */
#include "token/jwk.h"

#include "base/memory.h"
#include "wire/base64.h"

static const char where[] = "key";

/* Which number stands in which member. Public ones first. */
static const struct number_member {
    const char *member;
    key_part part;
} ec_members[] = { { "x", KEY_X }, { "y", KEY_Y }, { "d", KEY_SCALAR } },
  rsa_members[] = { { "n", KEY_N }, { "e", KEY_E },   { "d", KEY_D },   { "p", KEY_P },
                    { "q", KEY_Q }, { "dp", KEY_DP }, { "dq", KEY_DQ }, { "qi", KEY_QI } };

enum { PUBLIC_MEMBERS = 2, EC_MEMBERS = 3, RSA_MEMBERS = 8 };

static const struct number_member *members_of(key_kind kind, size_t *count)
{
    *count = kind == KEY_RSA ? RSA_MEMBERS : EC_MEMBERS;
    return kind == KEY_RSA ? rsa_members : ec_members;
}

/* ---- Reading ---- */

static assay_status take_kind(json_t *jwk, key_kind *out, assay_error *err)
{
    assay_span type, curve = { NULL, 0 };
    TRY(json_take_text(jwk, "kty", where, &type, err));
    if (span_is(type, "EC"))
        TRY(json_take_text(jwk, "crv", where, &curve, err));
    for (assay_algorithm i = ASSAY_ALG_ES256; algorithm_row_of(i) != NULL; i++) {
        const algorithm_row *row = algorithm_row_of(i);
        if (span_is(type, row->key_type) && (row->curve == NULL || span_is(curve, row->curve))) {
            *out = row->kind;
            return ASSAY_OK;
        }
    }
    return fail(err, ASSAY_UNSUPPORTED, where, ASSAY_NO_OFFSET,
                "want a key of type EC on P-256 or P-384, or RSA");
}

static assay_status take_algorithm(json_t *jwk, key_kind kind, assay_algorithm *out,
                                   assay_error *err)
{
    assay_span name;
    *out = ASSAY_ALG_NONE;
    if (json_object_get(jwk, "alg") == NULL)
        return ASSAY_OK;
    TRY(json_take_text(jwk, "alg", where, &name, err));
    *out = assay_algorithm_parse((const char *)name.data);
    if (*out == ASSAY_ALG_NONE || algorithm_row_of(*out)->kind != kind)
        return json_fail(err, where, "alg", "the algorithm is not one of this type of key");
    return ASSAY_OK;
}

/* What a key is for, if it says so, is signatures. */
static assay_status check_use(json_t *jwk, assay_error *err)
{
    json_t *use = json_object_get(jwk, "use");
    json_t *operations = json_object_get(jwk, "key_ops");
    if (use != NULL && (!json_is_string(use) || strcmp(json_string_value(use), "sig") != 0))
        return json_fail(err, where, "use", "want \"sig\"");
    if (operations != NULL && !json_is_array(operations))
        return json_fail(err, where, "key_ops", "want a list");
    for (size_t i = 0; i < json_array_size(operations); i++) {
        const char *text = json_string_value(json_array_get(operations, i));
        if (text == NULL || (strcmp(text, "sign") != 0 && strcmp(text, "verify") != 0))
            return json_fail(err, where, "key_ops", "want \"sign\" and \"verify\" only");
    }
    return ASSAY_OK;
}

typedef struct number_store {
    uint8_t bytes[KEY_PART_COUNT][KEY_NUMBER_MAX + 3];
    key_numbers numbers;
} number_store;

static assay_status take_number(json_t *jwk, const struct number_member *row, number_store *store,
                                assay_error *err)
{
    assay_span text;
    size_t size = 0;
    TRY(json_take_text(jwk, row->member, where, &text, err));
    uint8_t *bytes = store->bytes[row->part];
    if (base64_decode(text, BASE64_URL, BASE64_SPACE_REFUSED, bytes, sizeof(store->bytes[0]), &size,
                      NULL) != ASSAY_OK ||
        size == 0)
        return json_fail(err, where, row->member, "want a number in base64url without padding");
    store->numbers.at[row->part] = span_of(bytes, size);
    return ASSAY_OK;
}

static assay_status take_numbers(json_t *jwk, key_kind kind, number_store *store, assay_error *err)
{
    size_t count;
    const struct number_member *rows = members_of(kind, &count);
    const bool is_private = json_object_get(jwk, "d") != NULL;
    if (json_object_get(jwk, "oth") != NULL)
        return json_fail(err, where, "oth", "RSA keys of more than two primes are not read");
    for (size_t i = 0; i < (is_private ? count : PUBLIC_MEMBERS); i++)
        TRY(take_number(jwk, &rows[i], store, err));
    return ASSAY_OK;
}

static const char *const private_members[] = { "d", "p", "q", "dp", "dq", "qi", "oth", "k" };

static assay_status check_parts(json_t *jwk, jwk_parts parts, assay_error *err)
{
    if (!json_is_object(jwk))
        return fail(err, ASSAY_MALFORMED, where, ASSAY_NO_OFFSET, "want a JWK, a JSON object");
    for (size_t i = 0; i < sizeof(private_members) / sizeof(private_members[0]); i++) {
        if (parts == JWK_PUBLIC_ONLY && json_object_get(jwk, private_members[i]) != NULL)
            return json_fail(err, where, private_members[i], "a private member in a public key");
    }
    return ASSAY_OK;
}

assay_status jwk_read(json_t *jwk, jwk_parts parts, signing_key **out, assay_algorithm *algorithm,
                      assay_error *err)
{
    key_kind kind = KEY_RSA;
    TRY(check_parts(jwk, parts, err));
    TRY(take_kind(jwk, &kind, err));
    TRY(take_algorithm(jwk, kind, algorithm, err));
    TRY(check_use(jwk, err));
    number_store *store = memory_new(sizeof(*store));
    if (store == NULL)
        return fail(err, ASSAY_NO_MEMORY, where, ASSAY_NO_OFFSET, "no memory for a key");
    assay_status status = take_numbers(jwk, kind, store, err);
    if (status == ASSAY_OK)
        status = signing_key_new(kind, &store->numbers, out, err);
    secret_free(store, sizeof(*store));
    return status;
}

/* ---- Writing ---- */

static void put_number(json_writer *w, const signing_key *key, const struct number_member *row)
{
    uint8_t bytes[KEY_NUMBER_MAX];
    char text[KEY_NUMBER_MAX / 3 * 4 + 8];
    base64_encode(span_of(bytes, signing_key_number(key, row->part, bytes)), BASE64_URL, text);
    json_put_text(w, row->member, text);
}

void jwk_put_numbers(json_writer *w, const signing_key *key)
{
    size_t count;
    const struct number_member *rows = members_of(signing_key_kind(key), &count);
    for (size_t i = 0; i < PUBLIC_MEMBERS; i++)
        put_number(w, key, &rows[i]);
}

/* The required members in the order of the alphabet, without space. */
static void put_canonical(json_writer *w, const signing_key *key)
{
    json_open_object(w, NULL);
    switch (signing_key_kind(key)) {
    case KEY_P256:
    case KEY_P384:
        json_put_text(w, "crv", signing_key_kind(key) == KEY_P256 ? "P-256" : "P-384");
        json_put_text(w, "kty", "EC");
        put_number(w, key, &ec_members[0]);
        put_number(w, key, &ec_members[1]);
        break;
    case KEY_RSA:
        put_number(w, key, &rsa_members[1]);
        json_put_text(w, "kty", "RSA");
        put_number(w, key, &rsa_members[0]);
        break;
    }
    json_close_object(w);
}

assay_status jwk_thumbprint(const signing_key *key, char out[44], assay_error *err)
{
    json_writer w = { 0 };
    char *text = NULL;
    put_canonical(&w, key);
    TRY(json_take_written(&w, &text, err));
    const sha256_digest digest = sha256(SPAN_TEXT(text));
    base64_encode(SPAN(digest.bytes), BASE64_URL, out);
    memory_free(text);
    return ASSAY_OK;
}
