/* options.c: reads a command line by the rows of its verb. */
#include "options.h"

#include <string.h>

#include "failure.h"

enum { NAME_MAX_SIZE = 64, TABLE_MAX = 48 };

static const option_row *row_by_name(const option_row *rows, const char *name, size_t size)
{
    for (; rows->id != OPTION_NONE; rows++) {
        if (strlen(rows->name) == size && memcmp(rows->name, name, size) == 0)
            return rows;
    }
    return NULL;
}

static const option_row *row_by_letter(const option_row *rows, char letter)
{
    for (; rows->id != OPTION_NONE; rows++) {
        if (rows->letter != '\0' && rows->letter == letter)
            return rows;
    }
    return NULL;
}

static bool complain_unknown(const char *verb, const option_row *rows, const char *name,
                             size_t size)
{
    const char *candidates[TABLE_MAX + 1] = { NULL };
    char word[NAME_MAX_SIZE] = "";
    for (size_t i = 0; i < TABLE_MAX && rows[i].id != OPTION_NONE; i++)
        candidates[i] = rows[i].name;
    if (size < sizeof(word))
        memcpy(word, name, size);
    const char *meant = suggestion(word, candidates);
    if (meant != NULL)
        usage_error(verb, "unknown option --%.*s; did you mean --%s?", (int)size, name, meant);
    else
        usage_error(verb, "unknown option --%.*s", (int)size, name);
    return false;
}

/* The words that are left to read. */
typedef struct words {
    const char *verb;
    const option_row *rows;
    char **at;
    size_t count;
    size_t next;
} words;

static bool option_add(const words *w, const option_row *row, const char *value, arguments *out)
{
    if (row->times == TIMES_ONCE && option_given(out, row->id)) {
        usage_error(w->verb, "--%s is given twice", row->name);
        return false;
    }
    if (out->option_count == ARGUMENTS_OPTION_MAX) {
        usage_error(w->verb, "more than %d options", ARGUMENTS_OPTION_MAX);
        return false;
    }
    out->options[out->option_count].id = row->id;
    out->options[out->option_count].value = value;
    out->option_count++;
    return true;
}

/* Takes the argument of `row` from behind "=" (when there is one) or from the next word. */
static bool option_take(words *w, const option_row *row, const char *attached, arguments *out)
{
    if (row->argument == NULL) {
        if (attached == NULL)
            return option_add(w, row, NULL, out);
        usage_error(w->verb, "--%s takes no argument", row->name);
        return false;
    }
    if (attached == NULL && w->next < w->count)
        attached = w->at[w->next++];
    if (attached == NULL) {
        usage_error(w->verb, "--%s needs its argument %s", row->name, row->argument);
        return false;
    }
    return option_add(w, row, attached, out);
}

static bool long_option(words *w, const char *name, arguments *out)
{
    const char *equals = strchr(name, '=');
    size_t size = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const option_row *row = row_by_name(w->rows, name, size);
    if (row == NULL)
        return complain_unknown(w->verb, w->rows, name, size);
    return option_take(w, row, equals != NULL ? equals + 1 : NULL, out);
}

static bool short_option(words *w, const char *word, arguments *out)
{
    const option_row *row = row_by_letter(w->rows, word[1]);
    if (row == NULL || (row->argument == NULL && word[2] != '\0')) {
        usage_error(w->verb, "unknown option %s", word);
        return false;
    }
    return option_take(w, row, word[2] != '\0' ? word + 2 : NULL, out);
}

bool options_parse(const char *verb, const option_row *rows, char **at, size_t count,
                   arguments *out)
{
    words w = { .verb = verb, .rows = rows, .at = at, .count = count };
    bool options_ended = false;
    *out = (arguments) { .operands = at };
    while (w.next < w.count) {
        char *word = at[w.next++];
        bool is_option = !options_ended && word[0] == '-' && word[1] != '\0';
        if (!is_option)
            out->operands[out->operand_count++] = word;
        else if (strcmp(word, "--") == 0)
            options_ended = true;
        else if (!(word[1] == '-' ? long_option(&w, word + 2, out) : short_option(&w, word, out)))
            return false;
    }
    return true;
}

bool option_given(const arguments *given, option_id id)
{
    size_t position = 0;
    for (; position < given->option_count; position++) {
        if (given->options[position].id == id)
            return true;
    }
    return false;
}

const char *option_argument(const arguments *given, option_id id)
{
    size_t position = 0;
    return option_next(given, id, &position);
}

const char *option_next(const arguments *given, option_id id, size_t *position)
{
    while (*position < given->option_count) {
        size_t at = (*position)++;
        if (given->options[at].id == id)
            return given->options[at].value;
    }
    return NULL;
}
