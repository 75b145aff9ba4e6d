/* token.c: assay token verify and show: what a relying party does with a result token. */
#include <stdio.h>
#include <string.h>

#include "appraisal_job.h"
#include "exit_code.h"
#include "failure.h"
#include "issuer_keys.h"
#include "issuing.h"
#include "json_text.h"
#include "text_rows.h"
#include "verbs.h"

enum { TOKEN_MAX = 1024 * 1024 };

/* ---- What is expected ---- */

typedef struct expected {
    assay_token_expectations what;
    assay_key_set *keys;
    bool discovery; /* the issuer is an address, and no key is given */
    uint8_t report_data[64];
    input nonce, quote;
    char ids[POLICY_COUNT_MAX][97];
    const char *id_list[POLICY_COUNT_MAX];
} expected;

static void expected_free(expected *e)
{
    assay_key_set_free(e->keys);
    input_free(&e->nonce);
    input_free(&e->quote);
}

/* --key and --jwks, or what an issuer's address leads to; the local key when there is neither. */
static assay_status keys_read(const arguments *given, expected *e, assay_error *error)
{
    size_t position = 0;
    const char *path;
    TRY(key_set_read(given, OPTION_KEY, &e->keys, error));
    while ((path = option_next(given, OPTION_JWKS, &position)) != NULL)
        TRY(key_set_add_file(e->keys, path, ASSAY_ROLE_ANY, error));
    if (e->discovery)
        TRY(issuer_keys_add(given, e->what.issuer, e->keys, error));
    e->what.keys = e->keys;
    if (assay_key_set_count(e->keys) > 0 || e->what.accept_unsigned)
        return ASSAY_OK;
    assay_key *local = NULL;
    assay_error ignored;
    if (local_key_read(LOCAL_KEY_TOKENS, LOCAL_KEY_FAIL, &local, &ignored) != ASSAY_OK)
        return failed(error, ASSAY_USAGE, "key",
                      "whose tokens count? Give --key FILE or --jwks FILE (there is no local key)");
    assay_status status = key_set_add_key(e->keys, local, ASSAY_ROLE_ANY, error);
    assay_key_free(local);
    return status;
}

/* Policies are known by what they say; who signed them is the issuer's business. */
static assay_status policies_read(const arguments *given, expected *e, assay_error *error)
{
    const policy_signers any = { .any = true };
    const policy_rules rules = { .now = e->what.now,
                                 .signers = &any,
                                 .bare_files = UNSIGNED_ACCEPTED };
    policy_list list = { 0 };
    size_t position = 0;
    const char *path;
    assay_status status = ASSAY_OK;
    while (status == ASSAY_OK && (path = option_next(given, OPTION_POLICY, &position)) != NULL)
        status = policy_list_add(&list, path, &rules, error);
    for (size_t i = 0; i < list.count; i++) {
        assay_policy_id(list.at[i], e->ids[i]);
        e->id_list[i] = e->ids[i];
    }
    e->what.policy_ids = list.count > 0 ? e->id_list : NULL;
    e->what.policy_id_count = list.count;
    policy_list_free(&list);
    return status;
}

static assay_status words_read(const arguments *given, expected *e, assay_error *error)
{
    const char *max_age = option_argument(given, OPTION_MAX_AGE);
    const char *issuer = option_argument(given, OPTION_ISSUER);
    size_t position = 0;
    const char *class_;
    uint32_t seconds = 0;
    TRY(request_read_time(given, &e->what.now, error));
    if (max_age != NULL)
        TRY(number_read("max-age", max_age, 1, UINT32_MAX, &seconds, error));
    while ((class_ = option_next(given, OPTION_REQUIRE, &position)) != NULL)
        TRY(class_bits_read("require", class_, CLASS_GROUPS_REFUSED, &e->what.required_classes,
                            error));
    e->what.max_age = seconds;
    e->what.issuer = issuer;
    e->discovery = issuer != NULL && issuer_is_address(issuer) &&
                   !option_given(given, OPTION_KEY) && !option_given(given, OPTION_JWKS);
    e->what.audience = option_argument(given, OPTION_AUDIENCE);
    e->what.accept_unsigned = option_given(given, OPTION_ACCEPT_UNSIGNED);
    e->what.no_freshness = option_given(given, OPTION_NO_FRESHNESS);
    e->what.allow_custom_root = option_given(given, OPTION_ALLOW_CUSTOM_ROOT);
    return ASSAY_OK;
}

static assay_status expected_read(const arguments *given, expected *e, assay_error *error)
{
    const char *nonce = option_argument(given, OPTION_NONCE);
    const char *report_data = option_argument(given, OPTION_REPORT_DATA);
    const char *quote = option_argument(given, OPTION_QUOTE);
    TRY(words_read(given, e, error));
    if (nonce == NULL && report_data == NULL && !e->what.no_freshness)
        return failed(error, ASSAY_USAGE, "nonce",
                      "what makes it fresh? Give --nonce, --report-data or --no-freshness");
    if (report_data != NULL) {
        TRY(report_data_read(report_data, e->report_data, error));
        e->what.report_data = e->report_data;
    }
    if (nonce != NULL)
        TRY(nonce_read(nonce, &e->nonce, error));
    e->what.nonce = input_span(&e->nonce);
    if (quote != NULL)
        TRY(input_read_quote(quote, &e->quote, error));
    e->what.quote = input_span(&e->quote);
    TRY(policies_read(given, e, error));
    return keys_read(given, e, error);
}

/* ---- verify ---- */

/* A token that says "not good enough" is sound: only its answer is no. */
static int verify_exit_code(assay_status status, const assay_error *error)
{
    const bool not_passed =
        status != ASSAY_OK && error->name != NULL && strcmp(error->name, "result_not_passed") == 0;
    return not_passed ? EXIT_CODE_NOT_ACCEPTED : failure_exit_code(status);
}

static void verify_print_json(assay_status status, const assay_token_claims *claims,
                              const assay_error *error)
{
    printf("{");
    if (status == ASSAY_OK)
        printf("\"status\":\"ok\",\"error\":null");
    else
        json_refusal_put(status, error);
    if (claims->payload != NULL)
        printf(",\"dialect\":\"%s\",\"algorithm\":\"%s\",\"kid\":\"%s\",\"overall\":%d,"
               "\"issued_at\":%lld,\"expires_at\":%lld,\"claims\":%s",
               assay_dialect_name(claims->dialect), assay_algorithm_name(claims->algorithm),
               claims->kid, (int)claims->overall, (long long)claims->issued_at,
               (long long)claims->expires_at, claims->payload);
    printf("}\n");
}

static void verify_print_text(assay_status status, const assay_token_claims *claims,
                              const assay_error *error)
{
    if (status != ASSAY_OK) {
        failure_print(status, error);
        return;
    }
    text_line(COLOUR_GREEN, "TRUSTED: the appraisal passed");
    text_row("dialect", "%s", assay_dialect_name(claims->dialect));
    text_row("signature", "%s", assay_algorithm_name(claims->algorithm));
    text_row("key", "%s", claims->kid);
    text_row_time("issued", claims->issued_at);
    text_row_time("expires", claims->expires_at);
}

static int verify_end(const arguments *given, assay_status status, assay_token_claims *claims,
                      const assay_error *error)
{
    if (status == ASSAY_USAGE && error->name == NULL)
        return usage_error("token verify", "%s", error->detail);
    if (option_given(given, OPTION_JSON))
        verify_print_json(status, claims, error);
    else
        verify_print_text(status, claims, error);
    assay_token_claims_clear(claims);
    return verify_exit_code(status, error);
}

static const char *operand(const arguments *given)
{
    return given->operand_count > 0 ? given->operands[0] : "-";
}

static int verify_run(const arguments *given)
{
    expected e = { 0 };
    input token = { 0 };
    assay_token_claims claims = { 0 };
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    if (given->operand_count > 1)
        return usage_error("token verify", "give one token, or none for standard input");
    assay_status status = expected_read(given, &e, &error);
    if (status == ASSAY_OK)
        status = input_read(operand(given), TOKEN_MAX, "token", &token, &error);
    if (status == ASSAY_OK)
        status = assay_token_check(input_text(&token), &e.what, &claims, &error);
    if (status == ASSAY_OK && claims.algorithm == ASSAY_ALG_NONE)
        fprintf(stderr, "warning: nobody signed this token (--accept-unsigned)\n");
    input_free(&token);
    expected_free(&e);
    return verify_end(given, status, &claims, &error);
}

/* ---- show ---- */

static int show_run(const arguments *given)
{
    input token = { 0 };
    char *text = NULL;
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    if (given->operand_count > 1)
        return usage_error("token show", "give one token, or none for standard input");
    assay_status status = input_read(operand(given), TOKEN_MAX, "token", &token, &error);
    if (status == ASSAY_OK)
        status = assay_token_show(input_text(&token), &text, &error);
    input_free(&token);
    if (status != ASSAY_OK) {
        failure_print(status, &error);
        return failure_exit_code(status);
    }
    printf("%s\n", text);
    assay_text_free(text);
    return EXIT_CODE_ACCEPTED;
}

/* ---- The table ---- */

static const option_row verify_options[] = {
    { .id = OPTION_KEY,
      .name = "key",
      .argument = "FILE",
      .value = VALUE_FILE,
      .times = TIMES_MANY,
      .help = "whose tokens count: PEM, certificate or JWK (default: the local key)" },
    { .id = OPTION_JWKS,
      .name = "jwks",
      .argument = "FILE",
      .value = VALUE_FILE,
      .times = TIMES_MANY,
      .help = "a set of such keys" },
    { .id = OPTION_ISSUER,
      .name = "issuer",
      .argument = "NAME|URL",
      .value = VALUE_TEXT,
      .help = "iss must be this; keys of a URL are fetched, unless given" },
    { .id = OPTION_TLS_CA,
      .name = "tls-ca",
      .argument = "FILE",
      .value = VALUE_FILE,
      .help = "the CA of the issuer's own TLS certificate (PEM)" },
    { .id = OPTION_AUDIENCE,
      .name = "audience",
      .argument = "NAME",
      .value = VALUE_TEXT,
      .help = "aud must name this" },
    { .id = OPTION_NONCE,
      .name = "nonce",
      .argument = "TEXT|@FILE",
      .value = VALUE_TEXT,
      .help = "eat_nonce must be this" },
    { .id = OPTION_REPORT_DATA,
      .name = "report-data",
      .argument = "HEX|@FILE",
      .value = VALUE_TEXT,
      .help = "the report must carry this, padded with zeros to 64 bytes" },
    { .id = OPTION_NO_FRESHNESS,
      .name = "no-freshness",
      .help = "ask for neither nonce nor report data" },
    { .id = OPTION_MAX_AGE,
      .name = "max-age",
      .argument = "SECONDS",
      .value = VALUE_TEXT,
      .help = "how old it may be (default: 300)" },
    { .id = OPTION_POLICY,
      .name = "policy",
      .argument = "FILE",
      .value = VALUE_FILE,
      .times = TIMES_MANY,
      .help = "it must rest on these policies" },
    { .id = OPTION_REQUIRE,
      .name = "require",
      .argument = "CLASS",
      .value = VALUE_TEXT,
      .times = TIMES_MANY,
      .help = "classes that must have passed (default: platform, tenant, QE of TDX)" },
    { .id = OPTION_QUOTE,
      .name = "quote",
      .argument = "FILE",
      .value = VALUE_FILE,
      .help = "it must be about this quote" },
    { .id = OPTION_ALLOW_CUSTOM_ROOT,
      .name = "allow-custom-root",
      .help = "it may stand on another root than the vendor's" },
    { .id = OPTION_ACCEPT_UNSIGNED,
      .name = "accept-unsigned",
      .help = "take a token that nobody signed" },
    { .id = OPTION_AT,
      .name = "at",
      .argument = "TIME",
      .value = VALUE_TEXT,
      .help = "as of this time: RFC 3339 or Unix seconds (default: now)" },
    { .id = OPTION_JSON, .name = "json", .help = "print JSON, for every outcome" },
    OPTION_ROW_HELP,
    OPTIONS_END,
};

static const option_row help_options[] = { OPTION_ROW_HELP, OPTIONS_END };

static const verb verb_verify_token = {
    .name = "token verify",
    .operands = "[FILE]",
    .summary = "check everything that a relying party must check",
    .text =
        "Checks signature, issuer, times, freshness, every report, policies, quote and root of\n"
        "a result token, in that order; from a file or standard input. Freshness is by --nonce\n"
        "or --report-data, unless --no-freshness.\n"
        "\n"
        "Exit code: 0 it can be relied on, 1 it is sound and says no, 2 wrong usage, 3 it is\n"
        "refused, 4 file, network or memory.",
    .options = verify_options,
    .run = verify_run,
};

static const verb verb_show = {
    .name = "token show",
    .operands = "[FILE]",
    .summary = "show header and claims, without trust",
    .text = "Writes the header and the claims of any token as JSON. Nothing is verified.",
    .options = help_options,
    .run = show_run,
};

static const verb *const token_verbs[] = { &verb_verify_token, &verb_show, NULL };

const verb verb_token = {
    .name = "token",
    .operands = "verify|show",
    .summary = "check and show result tokens",
    .text = "Result tokens are what assay appraise writes.",
    .options = help_options,
    .verbs = token_verbs,
};
