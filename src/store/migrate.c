/* migrate.c: brings the schema of a database up to this program's, one numbered file at a time. */
#include <stdio.h>

#include "store/room.h"
#include "store/schema_texts.h"

enum { TRIES = 5 };

static const struct schema_word {
    const char *word;
    const char *sqlite;
    const char *postgres;
} schema_words[] = {
    { "{integer}", "INTEGER", "BIGINT" },
    { "{bytes}", "BLOB", "BYTEA" },
    { "{key}", "TEXT", "TEXT COLLATE \"C\"" }, /* in the order of bytes */
    { "{compact}", "WITHOUT ROWID", "" },
};

static const struct schema_word *word_at(const char *text)
{
    for (size_t i = 0; i < sizeof(schema_words) / sizeof(schema_words[0]); i++) {
        if (strncmp(text, schema_words[i].word, strlen(schema_words[i].word)) == 0)
            return &schema_words[i];
    }
    return NULL;
}

/* Writes the text as the engine spells it and returns its size; `out` NULL only counts. */
static size_t spell(const char *text, const engine_operations *operations, char *out)
{
    size_t size = 0;
    while (*text != 0) {
        const struct schema_word *word = word_at(text);
        const char *piece = word == NULL                       ? text
                            : operations == &sqlite_operations ? word->sqlite
                                                               : word->postgres;
        const size_t piece_size = word == NULL ? 1 : strlen(piece);
        if (out != NULL)
            memcpy(out + size, piece, piece_size);
        size += piece_size;
        text += word == NULL ? 1 : strlen(word->word);
    }
    return size;
}

static assay_status script_run(store *s, store_session *session, const char *text, assay_error *err)
{
    char *spelt = memory_new(spell(text, s->operations, NULL) + 1);
    if (spelt == NULL)
        return no_memory(err, "store.schema");
    spell(text, s->operations, spelt);
    assay_status status = s->operations->script(session, spelt, err);
    memory_free(spelt);
    return status;
}

int64_t schema_newest(void)
{
    return schema_text_count;
}

/* The number of the last migration; 0: none. */
static assay_status number_get(store *s, store_session *session, int64_t *number, assay_error *err)
{
    int64_t present = 0;
    *number = 0;
    TRY(s->operations->run(session, SCHEMA_PRESENT, NULL, 0, number_reader, &present, err));
    if (present == 0)
        return ASSAY_OK;
    return s->operations->run(session, SCHEMA_NUMBER, NULL, 0, number_reader, number, err);
}

static assay_status number_read(store *s, int64_t *number, assay_error *err)
{
    store_session *session;
    TRY(s->operations->take(s->database, ACCESS_SNAPSHOT, &session, err));
    return session_end(s, session, number_get(s, session, number, err), err);
}

static assay_status number_check(int64_t number, assay_error *err)
{
    if (number >= 0 && number <= schema_newest())
        return ASSAY_OK;
    return fail_named(err, ASSAY_ENVIRONMENT, "store_schema", NULL, "store.schema",
                      "the schema is number %lld, this program knows %lld: it is newer",
                      (long long)number, (long long)schema_newest());
}

static assay_status step_up(store *s, store_session *session, int64_t newest, int64_t now,
                            assay_error *err)
{
    int64_t number;
    TRY(s->operations->run(session, SCHEMA_TABLE, NULL, 0, NULL, NULL, err));
    TRY(number_get(s, session, &number, err));
    TRY(number_check(number, err));
    for (int64_t i = number; i < newest; i++) {
        const store_value row[] = { number_value(i + 1), number_value(now) };
        TRY(script_run(s, session, schema_texts[i], err));
        TRY(s->operations->run(session, SCHEMA_RECORD, row, PARAMETER_COUNT(row), NULL, NULL, err));
    }
    return ASSAY_OK;
}

static assay_status migrate_once(store *s, int64_t newest, int64_t now, assay_error *err)
{
    store_session *session;
    TRY(s->operations->take(s->database, ACCESS_WRITE, &session, err));
    return session_end(s, session, step_up(s, session, newest, now, err), err);
}

/* Another replica may do the same at the same time: one of the two fails and looks again. */
assay_status schema_migrate(store *s, int64_t newest, int64_t now, assay_error *err)
{
    assay_status status = ASSAY_OK;
    for (int i = 0; i < TRIES; i++) {
        int64_t number;
        TRY(number_read(s, &number, err));
        TRY(number_check(number, err));
        if (number >= newest)
            return ASSAY_OK;
        status = migrate_once(s, newest, now, err);
    }
    return status;
}
