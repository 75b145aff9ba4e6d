/* jose.c: the strict layer: segments and headers. RFC 7515 3 to 5, RFC 7519 5, RFC 8725. */
#include "token/jose.h"

#include <string.h>

static const char malformed_name[] = "token_malformed";
static const char algorithm_name[] = "token_algorithm";
static const char critical_name[] = "token_critical";

static assay_status malformed(assay_error *err, const char *where, const char *text)
{
    return fail_named(err, ASSAY_MALFORMED, malformed_name, NULL, where, "%s", text);
}

/* ---- Segments ---- */

static assay_span without_trailing_space(assay_span text)
{
    while (text.size > 0 && text.data[text.size - 1] != '\0' &&
           strchr(" \t\r\n", text.data[text.size - 1]) != NULL)
        text.size--;
    return text;
}

static const uint8_t *next_dot(const uint8_t *from, const uint8_t *end)
{
    return from == NULL || from == end ? NULL : memchr(from, '.', (size_t)(end - from));
}

assay_status jose_split(assay_span token, jose_segments *out, assay_error *err)
{
    const assay_span text = without_trailing_space(token);
    if (text.size == 0 || text.size > JOSE_TOKEN_MAX)
        return fail_named(err, ASSAY_MALFORMED, malformed_name, NULL, "token",
                          "%zu bytes, want 1 to %d", text.size, JOSE_TOKEN_MAX);
    const uint8_t *end = text.data + text.size;
    const uint8_t *first = next_dot(text.data, end);
    const uint8_t *second = first == NULL ? NULL : next_dot(first + 1, end);
    if (second == NULL || next_dot(second + 1, end) != NULL)
        return malformed(err, "token", "want three segments with a dot between");
    jose_segments parts = {
        .header = span_of(text.data, (size_t)(first - text.data)),
        .payload = span_of(first + 1, (size_t)(second - first - 1)),
        .signature = span_of(second + 1, (size_t)(end - second - 1)),
        .signing_input = span_of(text.data, (size_t)(second - text.data)),
    };
    if (parts.header.size == 0 || parts.header.size > JOSE_HEADER_MAX)
        return fail_named(err, ASSAY_MALFORMED, malformed_name, NULL, "header",
                          "%zu characters, want 1 to %d", parts.header.size, JOSE_HEADER_MAX);
    *out = parts;
    return ASSAY_OK;
}

/* ---- Header ---- */

static const char *const critical_members[] = { "crit", "b64", "zip", "enc" };

static assay_status check_critical(json_t *header, assay_error *err)
{
    for (size_t i = 0; i < sizeof(critical_members) / sizeof(critical_members[0]); i++) {
        if (json_object_get(header, critical_members[i]) != NULL)
            return fail_named(err, ASSAY_UNSUPPORTED, critical_name, NULL, "header",
                              "\"%s\" changes what a token means and is not supported",
                              critical_members[i]);
    }
    return ASSAY_OK;
}

static assay_status take_algorithm(json_t *header, assay_algorithm *out, assay_error *err)
{
    json_t *member = json_object_get(header, "alg");
    if (!json_is_string(member))
        return malformed(err, "header.alg", "want a text");
    const char *name = json_string_value(member);
    *out = assay_algorithm_parse(name);
    if (*out != ASSAY_ALG_NONE || strcmp(name, assay_algorithm_name(ASSAY_ALG_NONE)) == 0)
        return ASSAY_OK;
    return fail_named(err, ASSAY_UNSUPPORTED, algorithm_name, NULL, "header.alg",
                      "\"%.32s\", want ES256, ES384, RS256 or PS384", name);
}

static assay_status take_optional(json_t *header, const char *member, const char **out,
                                  assay_error *err)
{
    json_t *value = json_object_get(header, member);
    if (value != NULL && !json_is_string(value))
        return malformed(err, "header", "\"kid\" or \"typ\" is not a text");
    *out = json_string_value(value);
    return ASSAY_OK;
}

static assay_status read_members(jose_header *header, assay_error *err)
{
    json_t *root = header->document.root;
    if (!json_is_object(root))
        return malformed(err, "header", "want an object");
    TRY(check_critical(root, err));
    TRY(take_algorithm(root, &header->algorithm, err));
    TRY(take_optional(root, "kid", &header->kid, err));
    TRY(take_optional(root, "typ", &header->typ, err));
    if (header->typ != NULL && strcmp(header->typ, "JWT") != 0 && strcmp(header->typ, "JWS") != 0)
        return malformed(err, "header.typ", "want JWT or JWS");
    return ASSAY_OK;
}

assay_status jose_header_read(assay_span text, jose_header *out, assay_error *err)
{
    jose_header header = { 0 };
    assay_status status = jose_json(text, &header.document, "header", err);
    if (status != ASSAY_OK)
        return status;
    status = read_members(&header, err);
    if (status != ASSAY_OK) {
        jose_header_clear(&header);
        return status;
    }
    *out = header;
    return ASSAY_OK;
}

void jose_header_clear(jose_header *header)
{
    json_document_free(&header->document);
    *header = (jose_header) { 0 };
}

assay_status jose_json(assay_span text, json_document *out, const char *where, assay_error *err)
{
    const assay_status status = json_document_parse(text, NULL, out, where, err);
    if (status != ASSAY_OK && status != ASSAY_NO_MEMORY && err != NULL)
        err->name = malformed_name;
    return status;
}

/* ---- Names ---- */

#define NAMES(prefix)                                                                              \
    {                                                                                              \
        prefix "malformed", prefix "algorithm", prefix "critical", prefix "key",                   \
            prefix "signature", prefix "untrusted"                                                 \
    }

static const jose_names own_names = NAMES("token_");
const jose_names jose_policy_names = NAMES("policy_token_");
const jose_names jose_vr_names = {
    .malformed = "vr_token_malformed",
    .algorithm = "vr_token_algorithm",
    .critical = "vr_token_malformed",
    .key = "vr_token_untrusted",
    .signature = "vr_token_signature",
    .untrusted = "vr_token_untrusted",
};
const jose_names jose_result_names = {
    .malformed = "result_token_malformed",
    .algorithm = "result_token_malformed",
    .critical = "result_token_malformed",
    .key = "result_token_malformed",
    .signature = "result_token_malformed",
    .untrusted = "result_token_malformed",
};

static const char *renamed(const char *name, const jose_names *names)
{
    const struct {
        const char *from, *to;
    } rows[] = {
        { own_names.malformed, names->malformed }, { own_names.algorithm, names->algorithm },
        { own_names.critical, names->critical },   { own_names.key, names->key },
        { own_names.signature, names->signature }, { own_names.untrusted, names->untrusted },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(name, rows[i].from) == 0)
            return rows[i].to;
    }
    return name;
}

assay_status jose_rename(assay_error *err, assay_status status, const jose_names *names,
                         const char *where)
{
    if (err == NULL || err->name == NULL)
        return status;
    err->name = renamed(err->name, names);
    if (where != NULL) {
        memset(err->where, 0, sizeof(err->where));
        memcpy(err->where, where, strnlen(where, sizeof(err->where) - 1));
    }
    return status;
}
