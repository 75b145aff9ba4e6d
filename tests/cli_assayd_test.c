/* cli_assayd_test.c: assayd as people call it: command line, init, store. */
#define _GNU_SOURCE /* asprintf(3) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "assayd_process.h"
#include "http_call.h"
#include "support.h"

#define ASSAYD_RUN(...)                                                                            \
    command_run((const char *const[]) { getenv("ASSAYD"), __VA_ARGS__, NULL }, NO_INPUT)

/* ---- The command line ---- */

typedef struct usage_row {
    const char *what;
    const char *words[4];
    int code;
    const char *out, *err;
} usage_row;

static void usage(void **state)
{
    (void)state;
    static const usage_row rows[] = {
        { "version", { "--version" }, 0, "assayd 0.1.0\n", "" },
        { "help", { "--help" }, 0, "check-config", "" },
        { "help of a verb", { "init", "--help" }, 0, "check-config", "" },
        { "a misspelt verb", { "chek-config" }, 2, "", "did you mean check-config?" },
        { "a misspelt option", { "--confg", "x" }, 2, "", "did you mean --config?" },
        { "an option of another verb", { "check-config", "--user", "x" }, 2, "", "--user" },
        { "an option without its value", { "--config" }, 2, "", "missing behind --config" },
        { "a value that a switch does not take", { "--allow-root=1" }, 2, "", "no value" },
        { "a sandbox that is none", { "--sandbox", "of" }, 2, "", "on, log or off" },
        { "too many words", { "check-config", "x" }, 2, "", "too many words" },
        { "a backup without its file", { "backup" }, 2, "", "FILE" },
        { "a configuration that is not there",
          { "check-config", "--config", "/none" },
          4,
          "",
          "/none" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const usage_row *row = &rows[i];
        command_result result =
            ASSAYD_RUN(row->words[0], row->words[1], row->words[2], row->words[3]);
        if (result.exit_code != row->code || strstr(result.out, row->out) == NULL ||
            strstr(result.err, row->err) == NULL)
            test_fail("%s: exit code %d; says:\n%s%s", row->what, result.exit_code, result.out,
                      result.err);
        command_free(&result);
    }
}

static void check_config(void **state)
{
    (void)state;
    char *sound = command_file("sound.conf", TEXT("[log]\nform = json\n"));
    char *unsound = command_file("unsound.conf", TEXT("[log]\n\nfrom = json\n"));
    command_result result = ASSAYD_RUN("check-config", "--config", sound);
    assert_int_equal(result.exit_code, 0);
    command_free(&result);
    result = ASSAYD_RUN("check-config", "--config", sound, "--show");
    assert_int_equal(result.exit_code, 0);
    assert_non_null(strstr(result.out, "\nform = json\n"));
    assert_non_null(strstr(result.out, "\n#listen = 127.0.0.1:8081\n"));
    command_free(&result);
    result = ASSAYD_RUN("check-config", "--config", unsound);
    assert_int_equal(result.exit_code, 3);
    assert_non_null(strstr(result.err, "unsound.conf:3:1"));
    assert_non_null(strstr(result.err, "did you mean form?"));
    command_free(&result);
    char *lost = command_file("lost.conf", TEXT("[store]\nstate_directory = /nonexistent\n"
                                                "[cache]\nbaseline = nope\n"));
    result = ASSAYD_RUN("check-config", "--config", lost);
    assert_int_equal(result.exit_code, 3);
    assert_non_null(strstr(result.err, "[cache] baseline: there is no baseline \"nope\""));
    command_free(&result);
    free(lost);
    setenv("ASSAYD_LOG_FORM", "text", 1);
    result = ASSAYD_RUN("check-config", "--config", sound, "--show");
    unsetenv("ASSAYD_LOG_FORM");
    assert_non_null(strstr(result.out, "\n#form = text\n"));
    command_free(&result);
    free(sound);
    free(unsound);
}

static void a_configuration_that_is_unsound_does_not_start(void **state)
{
    (void)state;
    const assayd_order order = { .config = "[server]\nplain_http = maybe\n" };
    assayd_process assayd = assayd_spawn(&order);
    assert_int_equal(assayd_exit_code(&assayd), 3);
    char *log = assayd_log(&assayd);
    assert_non_null(strstr(log, "yes or no"));
    free(log);
}

/* The store that is there has no such baseline either; one that is built in needs no store. */
static void check_config_looks_for_the_baseline_in_the_store(void **state)
{
    (void)state;
    char text[600];
    const assayd_order order = { .config = NULL };
    assayd_process assayd = assayd_start(&order);
    snprintf(text, sizeof(text), "[store]\nstate_directory = %s\n[cache]\nbaseline = nope\n",
             assayd.state);
    char *file = command_file("baseline.conf", TEXT(text));
    command_result result = ASSAYD_RUN("check-config", "--config", file);
    assert_int_equal(result.exit_code, 3);
    assert_non_null(strstr(result.err, "unknown_baseline"));
    assert_null(strstr(result.err, "no store yet"));
    command_free(&result);
    free(file);
    char *pinned = command_file("pinned.conf", TEXT("[cache]\nbaseline = pinned-19\n"));
    result = ASSAYD_RUN("check-config", "--config", pinned);
    assert_int_equal(result.exit_code, 0);
    command_free(&result);
    free(pinned);
    assayd_stop(&assayd);
}

/* ---- The manual ---- */

static char *manual(const char *name)
{
    char path[1024];
    const char *source = getenv("ASSAY_SOURCE");
    if (source == NULL)
        test_fail("ASSAY_SOURCE is not set");
    snprintf(path, sizeof(path), "%s/%s", source, name);
    command_result result = command_run((const char *const[]) { "cat", path, NULL }, NO_INPUT);
    assert_int_equal(result.exit_code, 0);
    char *text = strdup(result.out);
    command_free(&result);
    return text;
}

/* The page's part about one key: from its item to the next. */
static char *part_of(const char *page, const char *section, const char *key)
{
    char heading[64], item[96];
    snprintf(heading, sizeof(heading), "\n.Ss [%s]\n", section);
    snprintf(item, sizeof(item), "\n.It Ic %s No", key);
    const char *at = strstr(page, heading);
    at = at != NULL ? strstr(at, item) : NULL;
    if (at == NULL) {
        test_fail("assayd.conf(5) has no [%s] %s", section, key);
        return NULL;
    }
    const char *next = strstr(at + 1, "\n.It "), *end = strstr(at + 1, "\n.El");
    if (next == NULL || next > end)
        next = end;
    return strndup(at, (size_t)(next - at));
}

/* Every key that `check-config --show` prints has its item, with the same default. */
static void the_manual_knows_every_key_and_its_default(void **state)
{
    (void)state;
    char *page = manual("man/assayd.conf.5"), section[32] = "", *rest = NULL;
    unsigned keys = 0, items = 0;
    const char *const words[] = {
        "env", "-i", "STATE_DIRECTORY=/s", getenv("ASSAYD"), "check-config", "--show", NULL
    };
    command_result result = command_run(words, NO_INPUT);
    assert_int_equal(result.exit_code, 0);
    for (char *line = strtok_r(result.out, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        char key[64], value[256] = "", wanted[300];
        if (sscanf(line, "[%31[a-z]]", section) == 1)
            continue;
        line += line[0] == '#';
        if (line[0] == ' ' || sscanf(line, "%63[a-z_] = %255[^\n]", key, value) < 1)
            continue;
        char *part = part_of(page, section, key);
        snprintf(wanted, sizeof(wanted), "Default:\n.Ql %s .", value);
        if (value[0] != '\0' && strcmp(key, "state_directory") != 0 && strstr(part, wanted) == NULL)
            test_fail("[%s] %s: no default %s in\n%s", section, key, value, part);
        free(part);
        keys++;
    }
    for (const char *at = page; (at = strstr(at, "\n.It Ic ")) != NULL; at++)
        items++;
    assert_true(keys > 50);
    assert_int_equal(items, keys); /* and nothing that is no key */
    command_free(&result);
    free(page);
}

/* What operators are told to watch is there to be watched. */
static void the_metrics_of_the_manual_exist(void **state)
{
    (void)state;
    const assayd_order order = { .config = NULL };
    assayd_process assayd = assayd_start(&order);
    http_called called = http_call(assayd.admin_port, "GET", "/metrics", NULL, NULL);
    assert_int_equal(called.code, 200);
    char *page = manual("docs/operations.md");
    unsigned found = 0;
    for (const char *at = page; (at = strstr(at, "assayd_")) != NULL; at++, found++) {
        char family[160];
        snprintf(family, sizeof(family), "# TYPE %.*s ",
                 (int)strspn(at, "abcdefghijklmnopqrstuvwxyz_"), at);
        if (strstr(called.body, family) == NULL)
            test_fail("docs/operations.md speaks of %s, which /metrics does not have", family + 7);
    }
    assert_true(found > 5);
    free(page);
    http_called_free(&called);
    assayd_stop(&assayd);
}

/* ---- init ---- */

static char *word_behind(const char *text, const char *what)
{
    const char *at = strstr(text, what);
    assert_non_null(at);
    at += strlen(what);
    at += strspn(at, " ");
    return strndup(at, strcspn(at, " \n"));
}

static mode_t mode_of(const char *folder, const char *name)
{
    char path[PROCESS_PATH_SIZE * 2];
    struct stat found;
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    assert_int_equal(stat(path, &found), 0);
    return found.st_mode & 07777;
}

static void init_makes_what_a_service_needs(void **state)
{
    (void)state;
    char folder[PROCESS_PATH_SIZE];
    snprintf(folder, sizeof(folder), "%s", scratch_path("init"));
    command_result result =
        ASSAYD_RUN("init", "--name", "pccs.example", "--name=192.0.2.7", folder);
    if (result.exit_code != 0)
        test_fail("init: %s", result.err);
    assert_int_equal(mode_of(folder, "assayd.conf"), 0600);
    assert_int_equal(mode_of(folder, "tls-key.pem"), 0600);
    char *config = word_behind(result.out, "configuration");
    char *certificate = word_behind(result.out, "certificate");
    char *admin = word_behind(result.out, "admin-token");
    command_free(&result);

    result = ASSAYD_RUN("check-config", "--config", config);
    assert_int_equal(result.exit_code, 0);
    command_free(&result);
    const char *const words[] = { "openssl", "x509", "-in", certificate, "-noout", "-text", NULL };
    result = command_run(words, NO_INPUT);
    static const char *const wanted[] = { "P-256",
                                          "DNS:localhost",
                                          "IP Address:127.0.0.1",
                                          "DNS:pccs.example",
                                          "IP Address:192.0.2.7",
                                          "CA:FALSE",
                                          "TLS Web Server Authentication" };
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        if (strstr(result.out, wanted[i]) == NULL)
            test_fail("no %s in the certificate:\n%s", wanted[i], result.out);
    }
    command_free(&result);

    result = ASSAYD_RUN("init", folder); /* never over another */
    assert_int_equal(result.exit_code, 4);
    assert_non_null(strstr(result.err, "never overwritten"));
    command_free(&result);
    const char *const grep[] = { "grep", "-r", admin, folder, NULL };
    result = command_run(grep, NO_INPUT);
    assert_int_equal(result.exit_code, 1); /* the token stands nowhere */
    command_free(&result);
    free(config);
    free(certificate);
    free(admin);
}

/* Over TLS by the certificate that init made, with the token that it showed. */
static void rule_12_what_init_made_serves_tls(void **state)
{
    (void)state;
    char folder[PROCESS_PATH_SIZE], config[2048], url[PROCESS_URL_SIZE + 64], header[128];
    snprintf(folder, sizeof(folder), "%s", scratch_path("tls"));
    command_result result = ASSAYD_RUN("init", folder);
    assert_int_equal(result.exit_code, 0);
    char *certificate = word_behind(result.out, "certificate");
    char *token = word_behind(result.out, "admin-token");
    command_free(&result);
    snprintf(config, sizeof(config), "%s/assayd.conf", folder);
    const char *const sed[] = { "grep", "^admin_token_hash", config, NULL };
    result = command_run(sed, NO_INPUT);
    snprintf(config, sizeof(config),
             "[server]\ncertificate_file = %s/tls-certificate.pem\nkey_file = %s/tls-key.pem\n"
             "[access]\n%s",
             folder, folder, result.out);
    command_free(&result);

    const assayd_order order = { .config = config };
    assayd_process assayd = assayd_start(&order);
    assert_int_equal(strncmp(assayd.url, "https://127.0.0.1:", 18), 0);
    snprintf(url, sizeof(url), "%s/sgx/certification/v4/platforms", assayd.url);
    snprintf(header, sizeof(header), "admin-token: %s", token);
    const char *const curl[] = { "curl", "-sS",          "--cacert", certificate, "-o", "/dev/null",
                                 "-w",   "%{http_code}", "-H",       header,      url,  NULL };
    result = command_run(curl, NO_INPUT);
    assert_string_equal(result.out, "200");
    command_free(&result);
    assayd_stop(&assayd);
    free(certificate);
    free(token);
}

/* ---- The store ---- */

static void a_backup_is_a_store(void **state)
{
    (void)state;
    vendor_process vendor = vendor_start(NULL);
    const assayd_order order = { .vendor = &vendor };
    assayd_process assayd = assayd_start(&order);
    char copy[PROCESS_PATH_SIZE], config[PROCESS_PATH_SIZE * 2];
    assert_int_equal(http_code(assayd.port, "/sgx/certification/v4/rootcacrl"), 200);
    snprintf(copy, sizeof(copy), "%s", scratch_path("copy.db"));
    command_result result = ASSAYD_RUN("backup", "--config", assayd.config, copy);
    if (result.exit_code != 0)
        test_fail("backup: %s", result.err);
    command_free(&result);
    result = ASSAYD_RUN("check-store", "--config", assayd.config);
    assert_int_equal(result.exit_code, 0);
    command_free(&result);
    assayd_stop(&assayd);
    vendor_stop(&vendor);

    /* nobody to ask: what it answers it has from the copy */
    snprintf(config, sizeof(config), "url = sqlite:%s\n", copy);
    char *text = NULL;
    assert_true(asprintf(&text, "[store]\n%s[upstream]\nmode = offline\nsgx_root_file = %s\n",
                         config, vendor.root) > 0);
    const assayd_order again = { .config = text };
    assayd = assayd_start(&again);
    assert_int_equal(http_code(assayd.port, "/sgx/certification/v4/rootcacrl"), 200);
    assayd_stop(&assayd);
    free(text);
}

static void a_corrupt_store_is_said(void **state)
{
    (void)state;
    char config[PROCESS_PATH_SIZE * 2];
    char *damaged = command_file("damaged.db", TEXT("SQLite format 3, or so it says"));
    snprintf(config, sizeof(config), "[store]\nurl = sqlite:%s\n", damaged);
    char *file = command_file("damaged.conf", TEXT(config));
    command_result result = ASSAYD_RUN("check-store", "--config", file);
    assert_int_not_equal(result.exit_code, 0);
    assert_int_equal(strncmp(result.err, "assayd: ", 8), 0);
    command_free(&result);
    free(damaged);
    free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usage),
        cmocka_unit_test(check_config),
        cmocka_unit_test(check_config_looks_for_the_baseline_in_the_store),
        cmocka_unit_test(a_configuration_that_is_unsound_does_not_start),
        cmocka_unit_test(the_manual_knows_every_key_and_its_default),
        cmocka_unit_test(the_metrics_of_the_manual_exist),
        cmocka_unit_test(init_makes_what_a_service_needs),
        cmocka_unit_test(rule_12_what_init_made_serves_tls),
        cmocka_unit_test(a_backup_is_a_store),
        cmocka_unit_test(a_corrupt_store_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
