/* access_tokens.c: tokens: made, kept as SHA-512, found. collateral-service.md 7.9.
 *
 * A token is 256 random bits, so its hash needs neither salt nor cost: there is nothing to guess.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "serve/access_list.h"
#include "serve/log.h"
#include "wire/base64.h"
#include "wire/json.h"

static const char token_kind[] = "token";
static const char token_prefix[] = "assay_";

/* ---- Scopes ---- */

typedef struct scope_row {
    const char *name;
    unsigned scopes;
} scope_row;

static const scope_row scope_rows[] = {
    { "read", SCOPE_READ },
    { "register", SCOPE_REGISTER },
    { "refresh", SCOPE_REFRESH },
    { "import", SCOPE_IMPORT },
    { "policy", SCOPE_POLICY },
    { "baseline", SCOPE_BASELINE },
    { "platforms", SCOPE_PLATFORMS },
    { "tokens", SCOPE_TOKENS },
    { "all", SCOPE_ALL },
};

unsigned scope_parse(const char *name)
{
    for (size_t i = 0; i < sizeof(scope_rows) / sizeof(scope_rows[0]); i++) {
        if (strcmp(name, scope_rows[i].name) == 0)
            return scope_rows[i].scopes;
    }
    return SCOPE_NONE;
}

const char *scope_name(unsigned one)
{
    for (size_t i = 0; i < sizeof(scope_rows) / sizeof(scope_rows[0]); i++) {
        if (one == scope_rows[i].scopes)
            return scope_rows[i].name;
    }
    return "none";
}

void scopes_write(json_writer *w, const char *member, unsigned scopes)
{
    json_open_array(w, member);
    if (scopes == SCOPE_ALL)
        json_put_text(w, NULL, scope_name(SCOPE_ALL));
    for (unsigned one = 1; scopes != SCOPE_ALL && one < SCOPE_ALL; one <<= 1) {
        if ((scopes & one) != 0)
            json_put_text(w, NULL, scope_name(one));
    }
    json_close_array(w);
}

assay_status scopes_read(json_t *object, const char *member, const char *where, unsigned *out,
                         assay_error *err)
{
    json_t *list, *one;
    size_t i;
    unsigned scopes = 0;
    TRY(json_take_array(object, member, where, 1, 16, &list, err));
    json_array_foreach(list, i, one)
    {
        const char *name = json_string_value(one);
        unsigned known = name != NULL ? scope_parse(name) : SCOPE_NONE;
        if (known == SCOPE_NONE)
            return json_fail(err, where, member, "\"%.40s\" is no scope",
                             name != NULL ? name : "what stands there");
        scopes |= known;
    }
    *out = scopes;
    return ASSAY_OK;
}

/* ---- The table ---- */

bool access_token_find(const access_list *a, const uint8_t hash[SHA512_SIZE], int64_t now,
                       access_token *out)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < a->token_count; i++) {
        if (span_equal_constant_time(span_of(a->tokens[i].hash, SHA512_SIZE),
                                     span_of(hash, SHA512_SIZE)))
            found = i;
    }
    if (found == SIZE_MAX || (a->tokens[found].expires != 0 && a->tokens[found].expires <= now))
        return false;
    *out = a->tokens[found];
    return true;
}

static assay_status read_members(json_t *root, access_token *out, assay_error *err)
{
    uint64_t expires = 0;
    TRY(json_take_hex(root, "sha512", "token", out->hash, SHA512_SIZE, err));
    TRY(scopes_read(root, "scopes", "token", &out->scopes, err));
    TRY(json_take_unsigned(root, "expires", "token", INT64_MAX, &expires, err));
    out->expires = (int64_t)expires;
    return ASSAY_OK;
}

static assay_status read_record(const store_record *record, access_token *out, assay_error *err)
{
    json_document doc = { 0 };
    access_token token = { .scopes = 0 };
    TRY(json_document_parse(record->body, NULL, &doc, "token", err));
    assay_status status = read_members(doc.root, &token, err);
    json_document_free(&doc);
    TRY(status);
    snprintf(token.name, sizeof(token.name), "%s", record->name);
    *out = token;
    return ASSAY_OK;
}

/* A record that can't be read is no token: whoever holds it is refused, and the log says why. */
static access_token *read_all(const store_record *records, size_t count, size_t *out_count)
{
    assay_error error = { 0 };
    access_token *tokens = memory_new((count + 1) * sizeof(*tokens));
    for (size_t i = 0; tokens != NULL && i < count; i++) {
        if (read_record(&records[i], &tokens[*out_count], &error) == ASSAY_OK)
            ++*out_count;
        else
            log_failure(LEVEL_ERROR, "token.unreadable", &error, "token", records[i].name, NULL);
    }
    return tokens;
}

assay_status access_reload(access_list *a, store *s, assay_error *err)
{
    arena memory = { 0 };
    store_record *records = NULL;
    size_t count = 0, read_count = 0;
    assay_status status = store_records_list(s, token_kind, &memory, &records, &count, err);
    access_token *tokens = NULL;
    if (status == ASSAY_OK)
        tokens = read_all(records, count < TOKEN_MAX ? count : TOKEN_MAX, &read_count);
    arena_free(&memory);
    TRY(status);
    if (tokens == NULL)
        return fail(err, ASSAY_NO_MEMORY, "tokens", ASSAY_NO_OFFSET, "no memory");
    pthread_rwlock_wrlock(&a->lock);
    access_token *before = a->tokens;
    a->tokens = tokens;
    a->token_count = read_count;
    pthread_rwlock_unlock(&a->lock);
    memory_free(before);
    return ASSAY_OK;
}

/* ---- New tokens ---- */

static bool is_name(const char *name)
{
    size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
    return size > 0 && size < TOKEN_NAME_SIZE && name[size] == '\0';
}

assay_status access_token_make(char token[ACCESS_TOKEN_SIZE], uint8_t hash[SHA512_SIZE],
                               assay_error *err)
{
    uint8_t random[32];
    if (getrandom(random, sizeof(random), 0) != sizeof(random))
        return fail(err, ASSAY_ENVIRONMENT, "token", ASSAY_NO_OFFSET, "no randomness");
    memcpy(token, token_prefix, sizeof(token_prefix) - 1);
    base64_encode(SPAN(random), BASE64_URL, token + sizeof(token_prefix) - 1);
    sha512(SPAN_TEXT(token), hash);
    explicit_bzero(random, sizeof(random));
    return ASSAY_OK;
}

static assay_status put_record(store *s, const token_order *order, const char *body,
                               const char *detail, assay_error *err)
{
    const store_record record = {
        .kind = token_kind, .name = order->name, .body = SPAN_TEXT(body), .updated = order->now
    };
    const store_audit_entry entry = { .time = order->now,
                                      .actor = order->actor,
                                      .action = "token.create",
                                      .subject = order->name,
                                      .detail = detail,
                                      .request_id = order->request_id };
    assay_status status = store_record_put(s, &record, 0, &entry, err);
    if (status == ASSAY_MISMATCH)
        return fail_named(err, ASSAY_MISMATCH, "token_exists", NULL, "token.name",
                          "there is a token %s already: revoke it first", order->name);
    return status;
}

static assay_status write_texts(const uint8_t hash[SHA512_SIZE], const token_order *order,
                                char **body, char **detail, assay_error *err)
{
    json_writer record = { 0 }, audit = { 0 };
    json_open_object(&record, NULL);
    json_put_hex(&record, "sha512", span_of(hash, SHA512_SIZE));
    scopes_write(&record, "scopes", order->scopes);
    json_put_number(&record, "expires", (uint64_t)order->expires);
    json_put_number(&record, "created", (uint64_t)order->now);
    json_put_text(&record, "created_by", order->actor);
    json_close_object(&record);
    json_open_object(&audit, NULL);
    scopes_write(&audit, "scopes", order->scopes);
    json_put_time(&audit, "expires", order->expires);
    json_close_object(&audit);
    assay_status status = json_take_written(&record, body, err);
    assay_status second = json_take_written(&audit, detail, err);
    return status != ASSAY_OK ? status : second;
}

assay_status access_token_new(access_list *a, store *s, const token_order *order,
                              char token[ACCESS_TOKEN_SIZE], assay_error *err)
{
    uint8_t hash[SHA512_SIZE];
    char made[ACCESS_TOKEN_SIZE];
    char *body = NULL, *detail = NULL;
    if (!is_name(order->name))
        return fail_named(err, ASSAY_MALFORMED, "token_name", NULL, "token.name",
                          "want 1 to %d letters, digits, dots, dashes or underscores",
                          TOKEN_NAME_SIZE - 1);
    TRY(access_token_make(made, hash, err));
    assay_status status = write_texts(hash, order, &body, &detail, err);
    if (status == ASSAY_OK)
        status = put_record(s, order, body, detail, err);
    memory_free(body);
    memory_free(detail);
    TRY(status);
    memcpy(token, made, sizeof(made));
    return access_reload(a, s, err);
}
