/* log.c: one line for each event: key=value for people, JSON for machines. collateral-service.md
 * 7.10. */
#include "serve/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "wire/json_write.h"

/* Written once, before threads start. */
static log_form form_now = LOG_TEXT;
static bool journal_now;

static const char *const level_names[] = { [LEVEL_ERROR] = "error",
                                           [LEVEL_WARNING] = "warning",
                                           [LEVEL_NOTICE] = "notice",
                                           [LEVEL_INFO] = "info" };

/* The journal names the device and inode of the stream that it reads. */
static bool to_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    uintmax_t device = 0, inode = 0;
    struct stat found;
    return stream != NULL && sscanf(stream, "%ju:%ju", &device, &inode) == 2 &&
           fstat(STDERR_FILENO, &found) == 0 && found.st_dev == device && found.st_ino == inode;
}

void log_form_set(log_form form)
{
    form_now = form;
    journal_now = to_journal();
}

/* One write for one line, so that lines of several threads do not mix. */
static void write_line(const char *text, size_t size)
{
    while (size > 0) {
        ssize_t written = write(STDERR_FILENO, text, size);
        if (written <= 0)
            return;
        text += written;
        size -= (size_t)written;
    }
}

/* ---- Text ---- */

enum { LINE_SIZE = 8192 };

typedef struct log_line {
    char text[LINE_SIZE];
    size_t size; /* never beyond LINE_SIZE - 1: room for the end of the line */
} log_line;

static void put(log_line *line, char byte)
{
    if (line->size < LINE_SIZE - 1)
        line->text[line->size++] = byte;
}

static void put_text(log_line *line, const char *text)
{
    for (; *text != '\0'; text++)
        put(line, *text);
}

static bool is_plain(const char *value)
{
    for (const char *at = value; *at != '\0'; at++) {
        if (*at <= ' ' || *at > '~' || *at == '"' || *at == '\\' || *at == '=')
            return false;
    }
    return value[0] != '\0';
}

/* In quotes when it holds anything but plain characters: no value can end the line or look like
 * another pair. */
static void put_value(log_line *line, const char *value)
{
    static const char digits[] = "0123456789abcdef";
    if (is_plain(value)) {
        put_text(line, value);
        return;
    }
    put(line, '"');
    for (; *value != '\0'; value++) {
        const unsigned char byte = (unsigned char)*value;
        if (byte == '"' || byte == '\\') {
            put(line, '\\');
            put(line, *value);
        } else if (byte < 0x20 || byte > 0x7e) {
            put_text(line, "\\x");
            put(line, digits[byte >> 4]);
            put(line, digits[byte & 15]);
        } else {
            put(line, *value);
        }
    }
    put(line, '"');
}

static void put_pair(log_line *line, const char *key, const char *value)
{
    put(line, ' ');
    put_text(line, key);
    put(line, '=');
    put_value(line, value);
}

typedef struct log_pair {
    const char *key, *value;
} log_pair;

enum { PAIR_MAX = 24 };

static void time_now(char out[40])
{
    struct timespec now;
    char seconds[ASSAY_TIME_SIZE];
    clock_gettime(CLOCK_REALTIME, &now);
    assay_time_format(now.tv_sec, seconds);
    snprintf(out, 40, "%.19s.%03ldZ", seconds, now.tv_nsec / 1000000);
}

static void write_text(log_level level, const char *event, const log_pair *pairs, size_t count)
{
    log_line line = { .size = 0 };
    char time[40];
    if (journal_now) {
        put(&line, '<');
        put(&line, (char)('0' + (int)level));
        put(&line, '>');
    } else {
        time_now(time);
        put_text(&line, time);
        put(&line, ' ');
        put_text(&line, level_names[level]);
        put(&line, ' ');
    }
    put_text(&line, event);
    for (size_t i = 0; i < count; i++)
        put_pair(&line, pairs[i].key, pairs[i].value);
    line.text[line.size++] = '\n';
    write_line(line.text, line.size);
}

/* ---- JSON ---- */

static void write_json(log_level level, const char *event, const log_pair *pairs, size_t count)
{
    json_writer w = { 0 };
    char time[40];
    char *text = NULL;
    time_now(time);
    json_open_object(&w, NULL);
    json_put_text(&w, "time", time);
    json_put_text(&w, "level", level_names[level]);
    json_put_text(&w, "event", event);
    for (size_t i = 0; i < count; i++)
        json_put_text(&w, pairs[i].key, pairs[i].value);
    json_close_object(&w);
    if (json_take_written(&w, &text, NULL) != ASSAY_OK)
        return;
    size_t size = strlen(text);
    text[size++] = '\n'; /* in place of the NUL */
    write_line(text, size);
    memory_free(text);
}

/* ---- Events ---- */

static void emit(log_level level, const char *event, const log_pair *pairs, size_t count)
{
    if (form_now == LOG_JSON)
        write_json(level, event, pairs, count);
    else
        write_text(level, event, pairs, count);
}

static size_t collect(va_list given, log_pair pairs[PAIR_MAX], size_t count)
{
    const char *key;
    while (count < PAIR_MAX && (key = va_arg(given, const char *)) != NULL) {
        const char *value = va_arg(given, const char *);
        if (value != NULL)
            pairs[count++] = (log_pair) { key, value };
    }
    return count;
}

void log_event(log_level level, const char *event, ...)
{
    log_pair pairs[PAIR_MAX];
    va_list given;
    va_start(given, event);
    size_t count = collect(given, pairs, 0);
    va_end(given);
    emit(level, event, pairs, count);
}

void log_failure(log_level level, const char *event, const assay_error *err, ...)
{
    log_pair pairs[PAIR_MAX];
    va_list given;
    size_t count = 0;
    pairs[count++] = (log_pair) { "error", assay_error_name(err) };
    if (err->where[0] != '\0')
        pairs[count++] = (log_pair) { "where", err->where };
    pairs[count++] = (log_pair) { "detail", err->detail };
    va_start(given, err);
    count = collect(given, pairs, count);
    va_end(given);
    emit(level, event, pairs, count);
}
