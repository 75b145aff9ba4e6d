/* command.c: the command line of assayd: verbs and options as rows. */
#include "serve/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "serve/baseline.h"
#include "serve/baseline_text.h"
#include "serve/config_load.h"
#include "serve/daemon.h"
#include "serve/init.h"
#include "store/store.h"

enum { CODE_OK = 0, CODE_USAGE = 2, CODE_UNSOUND = 3, CODE_ENVIRONMENT = 4 };

/* What a command line said. */
typedef struct command_line {
    daemon_options daemon;
    init_order init;
    bool show;
    const char *operand;
    int64_t now;
} command_line;

/* ---- Failures ---- */

static int code_of(assay_status status)
{
    if (status == ASSAY_OK)
        return CODE_OK;
    if (status == ASSAY_USAGE)
        return CODE_USAGE;
    return status == ASSAY_ENVIRONMENT || status == ASSAY_NO_MEMORY ? CODE_ENVIRONMENT
                                                                    : CODE_UNSOUND;
}

static int end(assay_status status, const assay_error *error)
{
    if (status == ASSAY_OK)
        return CODE_OK;
    fprintf(stderr, "assayd: %s: %s (%s)", error->where, error->detail, assay_error_name(error));
    if (error->suggestion[0] != '\0')
        fprintf(stderr, "; did you mean %s?", error->suggestion);
    fprintf(stderr, "\n");
    return code_of(status);
}

static int usage(const char *what, const char *word, const char *meant)
{
    fprintf(stderr, "assayd: %s %s", what, word);
    if (meant != NULL)
        fprintf(stderr, "; did you mean %s?", meant);
    fprintf(stderr, "\nsee assayd --help\n");
    return CODE_USAGE;
}

/* ---- Verbs ---- */

static int run_daemon(const command_line *line)
{
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    return end(daemon_run(&line->daemon, &error), &error);
}

static assay_status open_store(const command_line *line, const serve_config *config, store **out,
                               assay_error *err)
{
    char url[CONFIG_URL_SIZE];
    config_store_url(config, url);
    const store_settings settings = { .url = url,
                                      .connections = 1,
                                      .platform_max = config->store.platform_max,
                                      .item_max = config->store.item_max };
    return store_open(&settings, line->now, out, err);
}

/* A baseline of the operator's own is a record of the store; a store that is not there yet has none
 * and is not made for this question. */
static assay_status check_baseline(const command_line *line, const serve_config *config,
                                   assay_error *err)
{
    static const char sqlite[] = "sqlite:";
    const char *name = config->cache.baseline;
    char url[CONFIG_URL_SIZE];
    baseline room;
    store *s;
    baselines *known;
    if (baseline_built_in(name, &room))
        return ASSAY_OK;
    config_store_url(config, url);
    if (strncmp(url, sqlite, sizeof(sqlite) - 1) == 0 &&
        access(url + sizeof(sqlite) - 1, F_OK) != 0)
        return fail_named(err, ASSAY_MISMATCH, "unknown_baseline", NULL, "[cache] baseline",
                          "there is no baseline \"%.63s\", and no store yet that could hold it",
                          name);
    TRY(open_store(line, config, &s, err));
    const assay_status status = baselines_new(s, name, &known, err);
    if (status == ASSAY_OK)
        baselines_free(known);
    store_close(s);
    return status;
}

static assay_status check_config(const command_line *line, serve_config *config, assay_error *err)
{
    char *text = NULL;
    TRY(config_load(line->daemon.config, config, err));
    TRY(check_baseline(line, config, err));
    if (!line->show) {
        printf("assayd: %s is sound\n",
               line->daemon.config != NULL ? line->daemon.config : "the configuration");
        return ASSAY_OK;
    }
    TRY(config_write(config, &text, err));
    fputs(text, stdout);
    memory_free(text);
    return ASSAY_OK;
}

static int with_config(const command_line *line,
                       assay_status (*run)(const command_line *, serve_config *, assay_error *))
{
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    serve_config *config = memory_new(sizeof(*config));
    if (config == NULL)
        return CODE_ENVIRONMENT;
    int code = end(run(line, config, &error), &error);
    memory_free(config);
    return code;
}

static int run_check_config(const command_line *line)
{
    return with_config(line, check_config);
}

static int run_init(const command_line *line)
{
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    init_order order = line->init;
    order.folder = line->operand != NULL ? line->operand : ".";
    order.user = line->daemon.user;
    order.now = line->now;
    return end(init_run(&order, &error), &error);
}

static assay_status backup(const command_line *line, serve_config *config, assay_error *err)
{
    store *s = NULL;
    TRY(config_load(line->daemon.config, config, err));
    TRY(open_store(line, config, &s, err));
    assay_status status = store_backup(s, line->operand, err);
    store_close(s);
    if (status == ASSAY_OK)
        printf("assayd: copied into %s\n", line->operand);
    return status;
}

static int run_backup(const command_line *line)
{
    if (line->operand == NULL)
        return usage("where to? Give", "FILE", NULL);
    return with_config(line, backup);
}

static assay_status check_store(const command_line *line, serve_config *config, assay_error *err)
{
    store *s = NULL;
    TRY(config_load(line->daemon.config, config, err));
    TRY(open_store(line, config, &s, err));
    assay_status status = store_check(s, err);
    if (status == ASSAY_OK)
        printf("assayd: the %s store is sound\n", store_engine(s));
    store_close(s);
    return status;
}

static int run_check_store(const command_line *line)
{
    return with_config(line, check_store);
}

enum verb_bit {
    VERB_DAEMON = 1 << 0,
    VERB_CHECK_CONFIG = 1 << 1,
    VERB_INIT = 1 << 2,
    VERB_BACKUP = 1 << 3,
    VERB_CHECK_STORE = 1 << 4
};

typedef struct verb_row {
    const char *name;
    enum verb_bit bit;
    unsigned operands;
    int (*run)(const command_line *line);
    const char *help;
} verb_row;

static const verb_row verbs[] = {
    { "", VERB_DAEMON, 0, run_daemon, "run the service" },
    { "check-config", VERB_CHECK_CONFIG, 0, run_check_config,
      "check the configuration; --show prints all of it" },
    { "init", VERB_INIT, 1, run_init,
      "write a configuration, a TLS pair and tokens into DIR (default: here)" },
    { "backup", VERB_BACKUP, 1, run_backup,
      "copy the store into FILE, also while the service runs" },
    { "check-store", VERB_CHECK_STORE, 0, run_check_store, "check that the store is sound" },
};
enum { VERB_COUNT = sizeof(verbs) / sizeof(verbs[0]) };

/* ---- Options ---- */

typedef enum option_id {
    OPTION_CONFIG,
    OPTION_USER,
    OPTION_ALLOW_ROOT,
    OPTION_SANDBOX,
    OPTION_READY_FILE,
    OPTION_SHOW,
    OPTION_NAME,
    OPTION_COUNT
} option_id;

typedef struct option_row {
    const char *name;
    const char *argument; /* NULL: a switch */
    unsigned verbs;
    const char *help;
} option_row;

static const option_row options[OPTION_COUNT] = {
    [OPTION_CONFIG] = { "--config", "FILE",
                        VERB_DAEMON | VERB_CHECK_CONFIG | VERB_BACKUP | VERB_CHECK_STORE,
                        "the configuration; without it only ASSAYD_* variables count" },
    [OPTION_USER] = { "--user", "NAME", VERB_DAEMON | VERB_INIT,
                      "run as this user when root starts it; init: who may read the files" },
    [OPTION_ALLOW_ROOT] = { "--allow-root", NULL, VERB_DAEMON,
                            "run as root, without capabilities" },
    [OPTION_SANDBOX] = { "--sandbox", "on|log|off", VERB_DAEMON,
                         "filter of system calls; log: let through and have the kernel log" },
    [OPTION_READY_FILE] = { "--ready-file", "FILE", VERB_DAEMON,
                            "write the addresses there once it answers" },
    [OPTION_SHOW] = { "--show", NULL, VERB_CHECK_CONFIG, "print the configuration that counts" },
    [OPTION_NAME] = { "--name", "HOST", VERB_INIT,
                      "a further name or address of the server; may come often" },
};

static int take_sandbox(command_line *line, const char *value)
{
    static const char *const names[] = { "on", "log", "off", NULL };
    static const sandbox_mode modes[] = { SANDBOX_ON, SANDBOX_LOG, SANDBOX_OFF };
    for (size_t i = 0; names[i] != NULL; i++) {
        if (strcmp(value, names[i]) == 0) {
            line->daemon.sandbox = modes[i];
            return CODE_OK;
        }
    }
    return usage("--sandbox is on, log or off, not", value, assay_suggest(value, names));
}

static int take_name(command_line *line, const char *value)
{
    if (line->init.name_count == SELF_SIGNED_NAME_MAX)
        return usage("too many names:", value, NULL);
    line->init.names[line->init.name_count++] = value;
    return CODE_OK;
}

static int take_option(command_line *line, option_id id, const char *value)
{
    switch (id) {
    case OPTION_CONFIG:
        line->daemon.config = value;
        return CODE_OK;
    case OPTION_USER:
        line->daemon.user = value;
        return CODE_OK;
    case OPTION_ALLOW_ROOT:
        line->daemon.root = ROOT_ALLOWED;
        return CODE_OK;
    case OPTION_SANDBOX:
        return take_sandbox(line, value);
    case OPTION_READY_FILE:
        line->daemon.ready_file = value;
        return CODE_OK;
    case OPTION_SHOW:
        line->show = true;
        return CODE_OK;
    case OPTION_NAME:
        return take_name(line, value);
    case OPTION_COUNT:
        break;
    }
    return CODE_USAGE;
}

static int unknown_option(const verb_row *verb, const char *word)
{
    const char *names[OPTION_COUNT + 1] = { NULL };
    size_t count = 0;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if ((options[i].verbs & verb->bit) != 0)
            names[count++] = options[i].name;
    }
    return usage("unknown option", word, assay_suggest(word, names));
}

/* "--name VALUE" or "--name=VALUE"; *at is moved to the last word that it took. */
static int read_option(command_line *line, const verb_row *verb, char **words, size_t count,
                       size_t *at)
{
    const char *word = words[*at];
    const size_t name_size = strcspn(word, "=");
    const char *value = word[name_size] == '=' ? word + name_size + 1 : NULL;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const option_row *row = &options[i];
        if ((row->verbs & verb->bit) == 0 || strlen(row->name) != name_size ||
            strncmp(word, row->name, name_size) != 0)
            continue;
        if (row->argument == NULL && value != NULL)
            return usage("no value belongs to", row->name, NULL);
        if (row->argument != NULL && value == NULL) {
            if (*at + 1 == count)
                return usage("a value is missing behind", row->name, NULL);
            value = words[++*at];
        }
        return take_option(line, (option_id)i, value);
    }
    return unknown_option(verb, word);
}

static int read_words(command_line *line, const verb_row *verb, char **words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (words[i][0] == '-' && words[i][1] != '\0') {
            int code = read_option(line, verb, words, count, &i);
            if (code != CODE_OK)
                return code;
        } else if (verb->operands == 0 || line->operand != NULL) {
            return usage("too many words:", words[i], NULL);
        } else {
            line->operand = words[i];
        }
    }
    return CODE_OK;
}

/* ---- Help ---- */

static int help(void)
{
    printf("usage: assayd [VERB] [OPTION]...\n\n"
           "The collateral service: certificates, CRLs and TCB information of Intel and AMD for a\n"
           "fleet, by the interfaces of PCCS and THIM. See assayd(8) and assayd.conf(5).\n\n");
    for (size_t i = 0; i < VERB_COUNT; i++)
        printf("  %-14s %s\n", verbs[i].name[0] != '\0' ? verbs[i].name : "(none)", verbs[i].help);
    printf("\n");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char left[32];
        snprintf(left, sizeof(left), "%s %s", options[i].name,
                 options[i].argument != NULL ? options[i].argument : "");
        printf("  %-22s %s\n", left, options[i].help);
    }
    printf("  %-22s %s\n  %-22s %s\n", "--version", "print the version", "--help",
           "show this help");
    return CODE_OK;
}

static const verb_row *verb_find(const char *name)
{
    for (size_t i = 1; i < VERB_COUNT; i++) {
        if (strcmp(name, verbs[i].name) == 0)
            return &verbs[i];
    }
    return NULL;
}

static int unknown_verb(const char *word)
{
    const char *names[VERB_COUNT + 1] = { NULL };
    for (size_t i = 1; i < VERB_COUNT; i++)
        names[i - 1] = verbs[i].name;
    return usage("unknown verb", word, assay_suggest(word, names));
}

int assayd_command(char **words, size_t count, int64_t now)
{
    command_line line = { .now = now };
    const verb_row *verb = &verbs[0];
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], "--help") == 0 || strcmp(words[i], "-h") == 0)
            return help();
    }
    if (count == 1 && strcmp(words[0], "--version") == 0) {
        printf("assayd %s\n", assay_version());
        return CODE_OK;
    }
    if (count > 0 && words[0][0] != '-') {
        verb = verb_find(words[0]);
        if (verb == NULL)
            return unknown_verb(words[0]);
        words++;
        count--;
    }
    int code = read_words(&line, verb, words, count);
    return code != CODE_OK ? code : verb->run(&line);
}
