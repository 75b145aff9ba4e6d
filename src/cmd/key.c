/* key.c: assay key new, show and jwks: keys that sign tokens and policies. */
#include <stdio.h>

#include "exit_code.h"
#include "failure.h"
#include "key_files.h"
#include "outcome.h"
#include "text_rows.h"
#include "verbs.h"

static int end(const char *name, assay_status status, const assay_error *error)
{
    if (status == ASSAY_USAGE)
        return usage_error(name, "%s", error->detail);
    if (status != ASSAY_OK)
        failure_print(status, error);
    return failure_exit_code(status);
}

static const char *key_kind(const assay_key *key)
{
    return assay_key_is_private(key) ? "private" : "public";
}

/* ---- new ---- */

static int new_run(const arguments *given)
{
    const char *name = option_argument(given, OPTION_ALG);
    const char *path = option_argument(given, OPTION_OUTPUT);
    assay_algorithm algorithm = name != NULL ? assay_algorithm_parse(name) : ASSAY_ALG_ES256;
    assay_key *key = NULL;
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    if (given->operand_count != 0)
        return usage_error("key new", "it takes no operands: give -o FILE");
    if (path == NULL)
        return usage_error("key new", "where to? Give -o FILE");
    if (algorithm == ASSAY_ALG_NONE)
        return usage_error("key new", "--alg is ES256, ES384, RS256 or PS384, not %s", name);
    assay_status status = assay_key_generate(algorithm, &key, &error);
    if (status == ASSAY_OK)
        status = key_file_create(path, key, NULL, &error);
    if (status == ASSAY_OK) {
        char thumbprint[44];
        assay_key_thumbprint(key, thumbprint);
        printf("%s %s\n", assay_algorithm_name(algorithm), thumbprint);
    }
    assay_key_free(key);
    return end("key new", status, &error);
}

/* ---- show ---- */

static assay_status show_text(const assay_key *key, assay_error *error)
{
    char thumbprint[44];
    char *pem = NULL;
    TRY(assay_key_to_public_pem(key, &pem, error));
    assay_key_thumbprint(key, thumbprint);
    text_row("algorithm", "%s", assay_algorithm_name(assay_key_algorithm(key)));
    text_row("thumbprint", "%s", thumbprint);
    text_row("kind", "%s", key_kind(key));
    printf("\n%s", pem);
    assay_text_free(pem);
    return ASSAY_OK;
}

static assay_status show_json(const assay_key *key, assay_error *error)
{
    char thumbprint[44];
    char *jwk = NULL;
    TRY(assay_key_to_jwk(key, &jwk, error));
    assay_key_thumbprint(key, thumbprint);
    printf("{\"algorithm\":\"%s\",\"thumbprint\":\"%s\",\"kind\":\"%s\",\"jwk\":%s}\n",
           assay_algorithm_name(assay_key_algorithm(key)), thumbprint, key_kind(key), jwk);
    assay_text_free(jwk);
    return ASSAY_OK;
}

static int show_run(const arguments *given)
{
    assay_key *key = NULL;
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    if (given->operand_count > 1)
        return usage_error("key show", "give one key, or none for the local one");
    assay_status status = given->operand_count == 1
                              ? key_file_read(given->operands[0], &key, &error)
                              : local_key_read(LOCAL_KEY_TOKENS, LOCAL_KEY_FAIL, &key, &error);
    if (status == ASSAY_OK)
        status = option_given(given, OPTION_JSON) ? show_json(key, &error) : show_text(key, &error);
    assay_key_free(key);
    return end("key show", status, &error);
}

/* ---- jwks ---- */

static assay_status jwks_add(const arguments *given, assay_key_set *set, assay_error *error)
{
    for (size_t i = 0; i < given->operand_count; i++)
        TRY(key_set_add_file(set, given->operands[i], ASSAY_ROLE_ANY, error));
    if (given->operand_count > 0)
        return ASSAY_OK;
    assay_key *key = NULL;
    TRY(local_key_read(LOCAL_KEY_TOKENS, LOCAL_KEY_FAIL, &key, error));
    assay_status status = key_set_add_key(set, key, ASSAY_ROLE_ANY, error);
    assay_key_free(key);
    return status;
}

static int jwks_run(const arguments *given)
{
    assay_key_set *set = NULL;
    char *text = NULL;
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    assay_status status = assay_key_set_new(&set, &error);
    if (status == ASSAY_OK)
        status = jwks_add(given, set, &error);
    if (status == ASSAY_OK)
        status = assay_key_set_to_jwks(set, &text, &error);
    if (status == ASSAY_OK)
        printf("%s\n", text);
    assay_text_free(text);
    assay_key_set_free(set);
    return end("key jwks", status, &error);
}

/* ---- The table ---- */

static const option_row new_options[] = {
    { .id = OPTION_ALG,
      .name = "alg",
      .argument = "ALGORITHM",
      .value = VALUE_TEXT,
      .help = "ES256 (default), ES384 (policies), RS256 or PS384" },
    { .id = OPTION_OUTPUT,
      .name = "output",
      .letter = 'o',
      .argument = "FILE",
      .value = VALUE_FILE,
      .help = "the new file: PEM, mode 0600, never overwritten" },
    OPTION_ROW_HELP,
    OPTIONS_END,
};

static const option_row show_options[] = {
    { .id = OPTION_JSON, .name = "json", .help = "print JSON, with the public JWK" },
    OPTION_ROW_HELP,
    OPTIONS_END,
};

static const option_row help_options[] = { OPTION_ROW_HELP, OPTIONS_END };

static const verb verb_new = {
    .name = "key new",
    .operands = "",
    .summary = "make a private key",
    .text = "Makes a key that signs result tokens (ES256, ES384, RS256) or policies (ES384), and\n"
            "prints its algorithm and RFC 7638 thumbprint. An existing file is never replaced.",
    .options = new_options,
    .run = new_run,
};

static const verb verb_show = {
    .name = "key show",
    .operands = "[FILE]",
    .summary = "show algorithm, thumbprint and public part",
    .text =
        "Shows a key: PEM (private, public, certificate) or JWK. Without a file: the local key\n"
        "of this user. The private part is never shown.",
    .options = show_options,
    .run = show_run,
};

static const verb verb_jwks = {
    .name = "key jwks",
    .operands = "[FILE...]",
    .summary = "write a key set for those who check tokens",
    .text =
        "Writes a JWK set with the public parts of the keys, for any JWT client. Without files:\n"
        "the local key of this user.",
    .options = help_options,
    .run = jwks_run,
};

static const verb *const key_verbs[] = { &verb_new, &verb_show, &verb_jwks, NULL };

const verb verb_key = {
    .name = "key",
    .operands = "new|show|jwks",
    .summary = "make and show keys that sign tokens and policies",
    .text = "Keys are PEM files. A key that signs policies should never sign result tokens.",
    .options = help_options,
    .verbs = key_verbs,
};
