/* config.c: reads assayd.conf and the environment, strictly.
 *
 * The file: "[section]", "key = value", lines that begin with # or ;, empty lines. A value goes to
 * the end of its line, without blanks around it; nothing is quoted or continued. What a line can't
 * mean is an error with its line and column. */
#include "serve/config.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/suggest.h"
#include "serve/config_rows.h"

enum { FURTHEST = 3, ROW_MAX = 96 };

/* ---- Defaults ---- */

static void state_directory_default(char out[CONFIG_TEXT_SIZE])
{
    const char *given = getenv("STATE_DIRECTORY");
    const char *state_home = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    if (given != NULL && given[0] != '\0')
        snprintf(out, CONFIG_TEXT_SIZE, "%.*s", (int)strcspn(given, ":"), given);
    else if (geteuid() == 0 || (state_home == NULL && home == NULL))
        snprintf(out, CONFIG_TEXT_SIZE, "/var/lib/assayd");
    else if (state_home != NULL && state_home[0] != '\0')
        snprintf(out, CONFIG_TEXT_SIZE, "%s/assayd", state_home);
    else
        snprintf(out, CONFIG_TEXT_SIZE, "%s/.local/state/assayd", home != NULL ? home : "");
}

void config_default(serve_config *out)
{
    *out = (serve_config) { 0 };
    for (size_t i = 0; i < config_row_count; i++)
        (void)config_value_read(&config_rows[i], SPAN_TEXT(config_rows[i].initial), "default", out,
                                NULL);
    state_directory_default(out->state_directory);
}

/* ---- The file ---- */

typedef struct ini_file {
    const char *name;
    serve_config *config;
    assay_span section;  /* empty: none yet */
    bool given[ROW_MAX]; /* by the number of the row */
    unsigned line;
} ini_file;

typedef struct ini_place {
    char text[ASSAY_WHERE_SIZE]; /* "assayd.conf:12:5" */
} ini_place;

static ini_place place_of(const ini_file *file, assay_span line, const uint8_t *at)
{
    ini_place place;
    snprintf(place.text, sizeof(place.text), "%s:%u:%zu", file->name, file->line,
             (size_t)(at - line.data) + 1);
    return place;
}

static const char *suggestion_of(assay_span word, const char *const *candidates)
{
    char text[64];
    if (word.size >= sizeof(text))
        return NULL;
    snprintf(text, sizeof(text), "%.*s", (int)word.size, (const char *)word.data);
    return suggest_within(text, candidates, FURTHEST);
}

static int shown(assay_span word)
{
    return word.size > 60 ? 60 : (int)word.size;
}

static assay_status take_section(ini_file *file, assay_span line, assay_span text, assay_error *err)
{
    ini_place place = place_of(file, line, text.data);
    if (text.data[text.size - 1] != ']')
        return fail(err, ASSAY_MALFORMED, place.text, ASSAY_NO_OFFSET, "a section ends with ]");
    assay_span name = config_trim((assay_span) { text.data + 1, text.size - 2 });
    for (size_t i = 0; config_sections[i] != NULL; i++) {
        if (span_is(name, config_sections[i])) {
            file->section = SPAN_TEXT(config_sections[i]);
            return ASSAY_OK;
        }
    }
    return fail_named(err, ASSAY_MALFORMED, "config_unknown_section",
                      suggestion_of(name, config_sections), place.text, "no section is called %.*s",
                      shown(name), (const char *)name.data);
}

/* A key of this section that is close, or the section that has a key of this name. */
static assay_status unknown_key(const ini_file *file, assay_span key, const char *where,
                                assay_error *err)
{
    const char *candidates[ROW_MAX + 1] = { NULL };
    size_t count = 0;
    char elsewhere[64] = "";
    for (size_t i = 0; i < config_row_count && count < ROW_MAX; i++) {
        const config_row *row = &config_rows[i];
        if (span_is(file->section, row->section))
            candidates[count++] = row->key;
        else if (span_is(key, row->key))
            snprintf(elsewhere, sizeof(elsewhere), "[%s] %s", row->section, row->key);
    }
    const char *close = suggestion_of(key, candidates);
    if (close == NULL && elsewhere[0] != '\0')
        close = elsewhere;
    return fail_named(err, ASSAY_MALFORMED, "config_unknown_key", close, where,
                      "[%.*s] has no key %.*s", (int)file->section.size,
                      (const char *)file->section.data, shown(key), (const char *)key.data);
}

static assay_status take_value(ini_file *file, assay_span line, assay_span text, assay_error *err)
{
    const uint8_t *sign = memchr(text.data, '=', text.size);
    ini_place place = place_of(file, line, text.data);
    if (sign == NULL)
        return fail(err, ASSAY_MALFORMED, place.text, ASSAY_NO_OFFSET,
                    "want [section] or key = value");
    assay_span key = config_trim((assay_span) { text.data, (size_t)(sign - text.data) });
    assay_span value =
        config_trim((assay_span) { sign + 1, text.size - (size_t)(sign - text.data) - 1 });
    if (file->section.size == 0)
        return fail(err, ASSAY_MALFORMED, place.text, ASSAY_NO_OFFSET,
                    "a key before the first [section]");
    const config_row *row = config_row_find(file->section, key);
    if (row == NULL)
        return unknown_key(file, key, place.text, err);
    bool *given = &file->given[row - config_rows];
    if (*given)
        return fail(err, ASSAY_MALFORMED, place.text, ASSAY_NO_OFFSET, "[%s] %s stands twice",
                    row->section, row->key);
    *given = true;
    place = place_of(file, line, value.data);
    return config_value_read(row, value, place.text, file->config, err);
}

static assay_status take_line(ini_file *file, assay_span line, assay_error *err)
{
    for (size_t i = 0; i < line.size; i++) {
        if ((line.data[i] < 0x20 && line.data[i] != '\t') || line.data[i] == 0x7f)
            return fail(err, ASSAY_MALFORMED, place_of(file, line, line.data + i).text,
                        ASSAY_NO_OFFSET, "control character 0x%02x", line.data[i]);
    }
    assay_span text = config_trim(line);
    if (text.size == 0 || text.data[0] == '#' || text.data[0] == ';')
        return ASSAY_OK;
    if (text.data[0] == '[')
        return take_section(file, line, text, err);
    return take_value(file, line, text, err);
}

assay_status config_parse(assay_span text, const char *name, serve_config *config, assay_error *err)
{
    serve_config read = *config;
    ini_file file = { .name = name, .config = &read };
    for (size_t at = 0; at < text.size;) {
        const uint8_t *end = memchr(text.data + at, '\n', text.size - at);
        size_t size = end != NULL ? (size_t)(end - text.data) - at : text.size - at;
        assay_span line = { text.data + at, size };
        at += size + 1;
        file.line++;
        if (line.size > 0 && line.data[line.size - 1] == '\r')
            line.size--;
        TRY(take_line(&file, line, err));
    }
    *config = read;
    return ASSAY_OK;
}

/* ---- The environment ---- */

static const config_row *row_of_variable(assay_span name)
{
    char variable[CONFIG_VARIABLE_SIZE];
    for (size_t i = 0; i < config_row_count; i++) {
        config_row_variable(&config_rows[i], variable);
        if (span_is(name, variable))
            return &config_rows[i];
    }
    return NULL;
}

/* Variables of this prefix that others read or set: assay-admin(1), and Kubernetes for a Service
 * that is called assayd. */
static bool is_of_others(assay_span name)
{
    static const char *const prefixes[] = { "ASSAYD_SERVICE_", "ASSAYD_PORT" };
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        if (span_is(span_slice(name, 0, strlen(prefixes[i])), prefixes[i]))
            return true;
    }
    return span_is(name, "ASSAYD_URL") || span_is(name, "ASSAYD_TOKEN") ||
           span_is(name, "ASSAYD_TOKEN_FILE") || span_is(name, "ASSAYD_TLS_CA");
}

static assay_status unknown_variable(assay_span name, assay_error *err)
{
    static const char detail[] = "the environment has %.*s, which is no key of assayd.conf";
    char variables[ROW_MAX][CONFIG_VARIABLE_SIZE];
    const char *candidates[ROW_MAX + 1] = { NULL };
    for (size_t i = 0; i < config_row_count && i < ROW_MAX; i++) {
        config_row_variable(&config_rows[i], variables[i]);
        candidates[i] = variables[i];
    }
    return fail_named(err, ASSAY_MALFORMED, "config_unknown_key", suggestion_of(name, candidates),
                      "environment", detail, shown(name), (const char *)name.data);
}

assay_status config_environment(char *const *environment, serve_config *config, assay_error *err)
{
    static const char prefix[] = "ASSAYD_";
    serve_config read = *config;
    for (; *environment != NULL; environment++) {
        if (strncmp(*environment, prefix, sizeof(prefix) - 1) != 0)
            continue;
        const char *sign = strchr(*environment, '=');
        if (sign == NULL)
            continue;
        assay_span name = span_of(*environment, (size_t)(sign - *environment));
        char where[CONFIG_VARIABLE_SIZE];
        snprintf(where, sizeof(where), "%.*s", shown(name), *environment);
        const config_row *row = row_of_variable(name);
        if (row == NULL && is_of_others(name))
            continue;
        if (row == NULL)
            return unknown_variable(name, err);
        TRY(config_value_read(row, SPAN_TEXT(sign + 1), where, &read, err));
    }
    *config = read;
    return ASSAY_OK;
}
