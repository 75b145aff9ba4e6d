/* admin_tokens.c: assay admin tokens: listed, made, taken away. */
#define _GNU_SOURCE /* explicit_bzero(3) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin.h"
#include "failure.h"
#include "output_file.h"

enum { BODY_SIZE = 1024 };

/* ---- list ---- */

static const admin_column token_columns[] = {
    { "name", "NAME", 24 },
    { "state", "STATE", 10 },
    { "created", "CREATED", 20 },
    { "expires", "EXPIRES", 20 },
    { "created_by", "BY", 20 },
    { "scopes", "SCOPES", 0 },
    { NULL, NULL, 0 },
};

static int list_run(const arguments *given)
{
    static const admin_list list = { "tokens", "cursor", token_columns };
    admin a;
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    if (given->operand_count != 0)
        return usage_error("admin tokens", "a verb must follow: new or revoke");
    assay_status status = admin_begin(given, &a, &error);
    if (status == ASSAY_OK)
        status = admin_list_print(&a, given, "/assay/v1/tokens", &list, &error);
    return admin_finish("admin tokens", &a, status, &error);
}

/* ---- new ---- */

static bool is_word(const char *text)
{
    return text[strspn(text,
                       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")] ==
               '\0' &&
           text[0] != '\0' && strlen(text) < 64;
}

/* Scopes one by one, or several behind one option: "read,refresh". */
static assay_status add_scopes(char body[BODY_SIZE], const char *value, bool *first,
                               assay_error *error)
{
    while (*value != '\0') {
        const size_t size = strcspn(value, ","), used = strlen(body);
        char word[32];
        snprintf(word, sizeof(word), "%.*s", (int)size, value);
        if (!is_word(word) || size >= sizeof(word) || used + size + 16 > BODY_SIZE)
            return failed(error, ASSAY_USAGE, "--scope", "--scope %s is no scope", value);
        snprintf(body + used, BODY_SIZE - used, "%s\"%s\"", *first ? "" : ",", word);
        *first = false;
        value += size + (value[size] == ',');
    }
    return ASSAY_OK;
}

static assay_status wish_body(const arguments *given, char body[BODY_SIZE], assay_error *error)
{
    const char *days = option_argument(given, OPTION_DAYS), *value;
    bool first = true;
    if (!is_word(given->operands[0]))
        return failed(error, ASSAY_USAGE, "name",
                      "a name is letters, digits, dots, dashes and underscores");
    if (days != NULL && (days[0] == '\0' || strlen(days) > 5 || days[strspn(days, "0123456789")]))
        return failed(error, ASSAY_USAGE, "--days", "--days is a number, not %s", days);
    snprintf(body, BODY_SIZE, "{\"name\":\"%s\",\"scopes\":[", given->operands[0]);
    for (size_t at = 0; (value = option_next(given, OPTION_SCOPE, &at)) != NULL;)
        TRY(add_scopes(body, value, &first, error));
    if (first)
        return failed(error, ASSAY_USAGE, "--scope", "which scopes? Give --scope");
    size_t used = strlen(body);
    snprintf(body + used, BODY_SIZE - used, "]%s%s}", days != NULL ? ",\"days\":" : "",
             days != NULL ? days : "");
    return ASSAY_OK;
}

/* Into a file that only its owner can read, or to standard output. */
static assay_status give(const arguments *given, const assay_fetch_called *called,
                         assay_error *error)
{
    char token[128];
    const char *path = option_argument(given, OPTION_OUTPUT);
    assay_status status = ASSAY_OK;
    json_value_text(json_value_member(admin_json(called), "token"), token, sizeof(token));
    if (path != NULL)
        status = output_file_create_private(
            path, (assay_span) { (const uint8_t *)token, strlen(token) }, NULL, error);
    else if (option_given(given, OPTION_JSON))
        admin_print_json(called);
    else
        printf("%s\n", token);
    explicit_bzero(token, sizeof(token));
    return status;
}

static int new_run(const arguments *given)
{
    admin a = { .url = NULL };
    char body[BODY_SIZE];
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    assay_fetch_called called = { .http_code = 0 };
    if (given->operand_count != 1)
        return usage_error("admin tokens new", "what is it called? Give one NAME");
    assay_status status = wish_body(given, body, &error);
    if (status == ASSAY_OK)
        status = admin_begin(given, &a, &error);
    const admin_request request = { .method = "POST",
                                    .path = "/assay/v1/tokens",
                                    .body = { (const uint8_t *)body, strlen(body) } };
    if (status == ASSAY_OK)
        status = admin_call(&a, &request, &called, &error);
    if (status == ASSAY_OK) {
        status = give(given, &called, &error);
        a.library.called_free(&called);
    }
    return admin_finish("admin tokens new", &a, status, &error);
}

/* ---- revoke ---- */

static int revoke_run(const arguments *given)
{
    admin a;
    char path[ADMIN_PATH_SIZE] = "/assay/v1/tokens";
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    assay_fetch_called called = { .http_code = 0 };
    if (given->operand_count != 1)
        return usage_error("admin tokens revoke", "which? Give one NAME");
    admin_segment(path, given->operands[0]);
    const admin_request request = { .method = "DELETE", .path = path };
    assay_status status = admin_begin(given, &a, &error);
    if (status == ASSAY_OK)
        status = admin_call(&a, &request, &called, &error);
    if (status == ASSAY_OK) {
        if (option_given(given, OPTION_JSON))
            admin_print_json(&called);
        else
            printf("revoked %s\n", given->operands[0]);
        a.library.called_free(&called);
    }
    return admin_finish("admin tokens revoke", &a, status, &error);
}

/* ---- The table ---- */

static const option_row plain_options[] = { ADMIN_OPTIONS, OPTIONS_END };

static const option_row new_options[] = {
    { .id = OPTION_SCOPE,
      .name = "scope",
      .argument = "SCOPE",
      .value = VALUE_TEXT,
      .times = TIMES_MANY,
      .help = "read, register, refresh, import, policy, baseline, platforms, tokens or all" },
    { .id = OPTION_DAYS,
      .name = "days",
      .argument = "N",
      .value = VALUE_TEXT,
      .help = "how long it is good for (default: until it is revoked)" },
    { .id = OPTION_OUTPUT,
      .name = "output",
      .letter = 'o',
      .argument = "FILE",
      .value = VALUE_FILE,
      .help = "into a new file of mode 0600, not to standard output" },
    ADMIN_OPTIONS,
    OPTIONS_END,
};

static const verb verb_new = {
    .name = "admin tokens new",
    .operands = "NAME",
    .summary = "make a token; it is shown once",
    .text = "A token can't have scopes that the one in use does not have.",
    .options = new_options,
    .run = new_run,
};

static const verb verb_revoke = {
    .name = "admin tokens revoke",
    .operands = "NAME",
    .summary = "take a token away",
    .text = "It is refused from then on, by every replica within seconds.",
    .options = plain_options,
    .run = revoke_run,
};

static const verb *const token_verbs[] = { &verb_new, &verb_revoke, NULL };

const verb verb_admin_tokens = {
    .name = "admin tokens",
    .operands = "[new|revoke]",
    .summary = "list, make and revoke tokens",
    .text = "Lists tokens without their secrets: those are kept nowhere.",
    .options = plain_options,
    .verbs = token_verbs,
    .run = list_run,
};
