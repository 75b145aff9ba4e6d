/* policy.c: assay policy new, check, sign, verify, show and explain. */
#include <stdio.h>
#include <string.h>

#include "exit_code.h"
#include "failure.h"
#include "json_text.h"
#include "policy_files.h"
#include "policy_make.h"
#include "policy_show.h"
#include "request.h"
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

static const char *output_of(const arguments *given)
{
    const char *output = option_argument(given, OPTION_OUTPUT);
    return output != NULL ? output : "-";
}

/* ---- new ---- */

static int new_run(const arguments *given)
{
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    const char *from = option_argument(given, OPTION_FROM);
    if (given->operand_count != 0 || from == NULL)
        return usage_error("policy new", "from what? Give --from FILE");
    return end("policy new", policy_new(from, output_of(given), &error), &error);
}

/* ---- check ---- */

static bool never_passes(const assay_policy *policy)
{
    for (const char *const *w = assay_policy_warnings(policy); *w != NULL; w++) {
        if (strcmp(*w, "never_passes") == 0)
            return true;
    }
    return false;
}

static void check_print_text(const char *path, const assay_policy *policy)
{
    text_put(path, stdout);
    printf(": %s\n", never_passes(policy) ? "can never pass" : "ok");
    for (size_t i = 0; i < assay_policy_class_count(policy); i++)
        printf("  %s\n", assay_class_name(assay_policy_class(policy, i)));
    for (const char *const *w = assay_policy_warnings(policy); *w != NULL; w++)
        printf("  warning: %s\n", *w);
}

static void check_print_json(const char *path, const assay_policy *policy)
{
    char id[97];
    assay_policy_id(policy, id);
    printf("{\"file\":");
    json_text_put(path);
    printf(",\"status\":\"ok\",\"id\":\"%s\",\"classes\":[", id);
    for (size_t i = 0; i < assay_policy_class_count(policy); i++)
        printf("%s\"%s\"", i > 0 ? "," : "", assay_class_id(assay_policy_class(policy, i)));
    printf("],\"warnings\":");
    json_names_put(assay_policy_warnings(policy));
    printf("}\n");
}

static void check_print_error(const char *path, assay_status status, const assay_error *error,
                              bool as_json)
{
    if (!as_json) {
        fputs("in ", stderr);
        text_put(path, stderr);
        fputs(": ", stderr);
        failure_print(status, error);
        return;
    }
    printf("{\"file\":");
    json_text_put(path);
    printf(",");
    json_refusal_put(status, error);
    printf("}\n");
}

static int check_one(const char *path, const policy_rules *rules, bool as_json)
{
    assay_policy *policy = NULL;
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    assay_status status = policy_file_read(path, rules, &policy, &error);
    if (status != ASSAY_OK) {
        check_print_error(path, status, &error, as_json);
        return failure_exit_code(status);
    }
    if (as_json)
        check_print_json(path, policy);
    else
        check_print_text(path, policy);
    int code = never_passes(policy) ? EXIT_CODE_NOT_ACCEPTED : EXIT_CODE_ACCEPTED;
    assay_policy_unref(policy);
    return code;
}

static int check_run(const arguments *given)
{
    const policy_signers any = { .any = true };
    policy_rules rules = { .signers = &any, .bare_files = UNSIGNED_ACCEPTED };
    assay_error error;
    int worst = EXIT_CODE_ACCEPTED;
    if (given->operand_count == 0)
        return usage_error("policy check", "which policy? Give files");
    if (request_read_time(given, &rules.now, &error) != ASSAY_OK)
        return end("policy check", ASSAY_USAGE, &error);
    if (option_given(given, OPTION_STRICT_QAL))
        rules.dialect = ASSAY_POLICY_STRICT_QAL;
    for (size_t i = 0; i < given->operand_count; i++) {
        int code = check_one(given->operands[i], &rules, option_given(given, OPTION_JSON));
        worst = code > worst ? code : worst;
    }
    return worst;
}

/* ---- sign ---- */

enum { DAY = 86400, LIFETIME_DAYS = 365, LIFETIME_DAYS_MAX = 400 };

/* Seconds, or days with a "d" behind. */
static assay_status lifetime_read(const char *text, int64_t *out, assay_error *error)
{
    char digits[16] = "";
    uint32_t value = 0;
    const size_t size = strlen(text);
    const bool in_days = size > 0 && size < sizeof(digits) && text[size - 1] == 'd';
    const uint32_t most = in_days ? LIFETIME_DAYS_MAX : (uint32_t)LIFETIME_DAYS_MAX * DAY;
    snprintf(digits, sizeof(digits), "%.*s", (int)(in_days ? size - 1 : size), text);
    TRY(number_read("lifetime", digits, 1, most, &value, error));
    *out = in_days ? (int64_t)value * DAY : (int64_t)value;
    return ASSAY_OK;
}

static assay_status sign_options_read(const arguments *given, assay_policy_sign_options *out,
                                      assay_error *error)
{
    const char *version = option_argument(given, OPTION_NUMBER);
    const char *lifetime = option_argument(given, OPTION_LIFETIME);
    uint32_t number = 0;
    out->strict = option_given(given, OPTION_STRICT);
    out->issuer = option_argument(given, OPTION_ISSUER);
    out->subject = option_argument(given, OPTION_SUBJECT);
    if (!out->strict &&
        (out->issuer != NULL || out->subject != NULL || version != NULL || lifetime != NULL))
        return failed(error, ASSAY_USAGE, "strict",
                      "--issuer, --subject, --version and --lifetime belong to --strict");
    if (version != NULL)
        TRY(number_read("version", version, 0, UINT32_MAX, &number, error));
    out->version = number;
    out->lifetime = LIFETIME_DAYS * DAY;
    if (lifetime != NULL)
        TRY(lifetime_read(lifetime, &out->lifetime, error));
    return request_read_time(given, &out->now, error);
}

static int sign_run(const arguments *given)
{
    assay_policy_sign_options options = { 0 };
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    const char *key = option_argument(given, OPTION_KEY);
    if (given->operand_count != 1)
        return usage_error("policy sign", "give one policy file, or - for standard input");
    if (key == NULL)
        return usage_error("policy sign", "with which key? Give --key PEM (ES384)");
    assay_status status = sign_options_read(given, &options, &error);
    if (status == ASSAY_OK)
        status = policy_sign(given->operands[0], key, output_of(given), &options, &error);
    return end("policy sign", status, &error);
}

/* ---- verify ---- */

static void verify_print(const assay_policy *policy)
{
    char id[97];
    const assay_policy_origin *origin = assay_policy_origin_of(policy);
    assay_policy_id(policy, id);
    text_line(COLOUR_GREEN, "SIGNED by %s%s", origin->signer,
              origin->signer_pinned ? "" : " (any signer counts)");
    text_row("policy", "%s", id);
    for (size_t i = 0; i < assay_policy_class_count(policy); i++)
        text_row("class", "%s", assay_class_name(assay_policy_class(policy, i)));
    for (const char *const *w = assay_policy_warnings(policy); *w != NULL; w++)
        text_row("warning", "%s", *w);
}

static int verify_run(const arguments *given)
{
    policy_signers signers = { 0 };
    policy_rules rules = { .signers = &signers, .strict = option_given(given, OPTION_STRICT) };
    assay_policy *policy = NULL;
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    if (given->operand_count != 1)
        return usage_error("policy verify", "give one policy token, or - for standard input");
    if (!option_given(given, OPTION_POLICY_SIGNER))
        return usage_error("policy verify", "whose signature counts? Give --policy-signer");
    assay_status status = request_read_time(given, &rules.now, &error);
    if (status == ASSAY_OK)
        status = policy_signers_read(given, &signers, &error);
    if (status == ASSAY_OK)
        status = policy_file_read(given->operands[0], &rules, &policy, &error);
    if (status == ASSAY_OK)
        verify_print(policy);
    assay_policy_unref(policy);
    policy_signers_free(&signers);
    return end("policy verify", status, &error);
}

/* ---- show, explain ---- */

/* Reads without asking who signed, and gives the policy to `print`. */
static int policy_print(const arguments *given, const char *name,
                        assay_status (*print)(const assay_policy *policy, assay_error *error))
{
    const policy_signers any = { .any = true };
    policy_rules rules = { .signers = &any, .bare_files = UNSIGNED_ACCEPTED };
    assay_policy *policy = NULL;
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    if (given->operand_count != 1)
        return usage_error(name, "give one policy, or - for standard input");
    assay_status status = request_read_time(given, &rules.now, &error);
    if (status == ASSAY_OK)
        status = policy_file_read(given->operands[0], &rules, &policy, &error);
    if (status == ASSAY_OK)
        status = print(policy, &error);
    assay_policy_unref(policy);
    return end(name, status, &error);
}

static assay_status show_print(const assay_policy *policy, assay_error *error)
{
    (void)error;
    policy_show(assay_policy_text(policy));
    return ASSAY_OK;
}

static assay_status explain_print(const assay_policy *policy, assay_error *error)
{
    char *text = NULL;
    TRY(assay_policy_explain(policy, &text, error));
    for (char *line = text, *next; line != NULL && *line != '\0'; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        text_put(line, stdout);
        puts("");
    }
    assay_text_free(text);
    return ASSAY_OK;
}

static int show_run(const arguments *given)
{
    return policy_print(given, "policy show", show_print);
}

static int explain_run(const arguments *given)
{
    return policy_print(given, "policy explain", explain_print);
}

/* ---- The table ---- */

#define OPTION_ROW_TO                                                                              \
    {                                                                                              \
        .id = OPTION_OUTPUT, .name = "output", .letter = 'o', .argument = "FILE",                  \
        .value = VALUE_FILE, .help = "write here (default: standard output)"                       \
    }

#define OPTION_ROW_NOW                                                                             \
    {                                                                                              \
        .id = OPTION_AT, .name = "at", .argument = "TIME", .value = VALUE_TEXT,                    \
        .help = "as of this time: RFC 3339 or Unix seconds (default: now)"                         \
    }

static const option_row new_options[] = {
    { .id = OPTION_FROM,
      .name = "from",
      .argument = "FILE",
      .value = VALUE_FILE,
      .help = "a TD report, a quote, or a signed SGX enclave" },
    OPTION_ROW_TO,
    OPTION_ROW_HELP,
    OPTIONS_END,
};

static const option_row check_options[] = {
    { .id = OPTION_STRICT_QAL,
      .name = "strict-qal",
      .help = "refuse what Intel's library doesn't know" },
    { .id = OPTION_JSON, .name = "json", .help = "print one line of JSON per file" },
    OPTION_ROW_NOW,
    OPTION_ROW_HELP,
    OPTIONS_END,
};

static const option_row sign_options[] = {
    { .id = OPTION_KEY,
      .name = "key",
      .argument = "PEM",
      .value = VALUE_FILE,
      .help = "the owner's private key, P-384" },
    OPTION_ROW_TO,
    { .id = OPTION_STRICT,
      .name = "strict",
      .help = "name key, begin and end: kid, iat, exp, ..." },
    { .id = OPTION_ISSUER,
      .name = "issuer",
      .argument = "NAME",
      .value = VALUE_TEXT,
      .help = "iss, with --strict" },
    { .id = OPTION_SUBJECT,
      .name = "subject",
      .argument = "NAME",
      .value = VALUE_TEXT,
      .help = "sub: the policy's name, with --strict" },
    { .id = OPTION_NUMBER,
      .name = "version",
      .argument = "N",
      .value = VALUE_TEXT,
      .help = "version: must never go down, with --strict" },
    { .id = OPTION_LIFETIME,
      .name = "lifetime",
      .argument = "TIME",
      .value = VALUE_TEXT,
      .help = "until exp: seconds, or days as 90d; at most 400d (default: 365d)" },
    OPTION_ROW_NOW,
    OPTION_ROW_HELP,
    OPTIONS_END,
};

static const option_row verify_options[] = {
    OPTION_ROW_POLICY_SIGNER,
    { .id = OPTION_STRICT, .name = "strict", .help = "the token must say when it begins and ends" },
    OPTION_ROW_NOW,
    OPTION_ROW_HELP,
    OPTIONS_END,
};

static const option_row show_options[] = { OPTION_ROW_NOW, OPTION_ROW_HELP, OPTIONS_END };
static const option_row help_options[] = { OPTION_ROW_HELP, OPTIONS_END };

static const verb verb_new = {
    .name = "policy new",
    .operands = "",
    .summary = "write a policy that accepts exactly one subject",
    .text =
        "Writes a tenant policy from a TD report (1024 bytes), a quote, or a signed SGX enclave\n"
        "(ELF). A subject that can be debugged is told on standard error.",
    .options = new_options,
    .run = new_run,
};

static const verb verb_check = {
    .name = "policy check",
    .operands = "FILE...",
    .summary = "find every fault of policy files",
    .text = "Reads policy files (or policy tokens, whoever signed them) as strictly as appraisal\n"
            "does. Exit code: 0 all are well, 1 one can never pass, 3 one is refused.",
    .options = check_options,
    .run = check_run,
};

static const verb verb_sign = {
    .name = "policy sign",
    .operands = "FILE",
    .summary = "sign a policy file",
    .text =
        "Checks the policy and signs its exact text with ES384, in the form that Intel's tools\n"
        "read. The token has no line end.",
    .options = sign_options,
    .run = sign_run,
};

static const verb verb_verify_policy = {
    .name = "policy verify",
    .operands = "TOKEN",
    .summary = "check the signature and the text of a policy token",
    .text =
        "Only signers named by --policy-signer count: a PEM key or certificate, a JWK or a JWK\n"
        "set; \"any\" accepts the key that the token brings along.",
    .options = verify_options,
    .run = verify_run,
};

static const verb verb_show = {
    .name = "policy show",
    .operands = "FILE",
    .summary = "show a policy with values in natural byte order beside",
    .text =
        "Shows the text of a policy file or token. Policy files write values with the last byte\n"
        "first; behind each line stands the order in which memory and tools show them.",
    .options = show_options,
    .run = show_run,
};

static const verb verb_explain = {
    .name = "policy explain",
    .operands = "FILE",
    .summary = "say in words what a policy accepts",
    .text = "One line per key.",
    .options = show_options,
    .run = explain_run,
};

static const verb *const policy_verbs[] = {
    &verb_new, &verb_check, &verb_sign, &verb_verify_policy, &verb_show, &verb_explain, NULL
};

const verb verb_policy = {
    .name = "policy",
    .operands = "new|check|sign|verify|show|explain",
    .summary = "write, check, sign and explain policies",
    .text = "A policy says what its owner accepts: TCB statuses, ages, measurements.",
    .options = help_options,
    .verbs = policy_verbs,
};
