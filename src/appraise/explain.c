/* explain.c: a policy in words, one line per key, values in natural order. */
#include <stdarg.h>
#include <stdio.h>

#include "appraise/checks.h"

enum { LINE_MAX_SIZE = 4096 };

/* Text that grows; sticky when memory runs out. */
typedef struct text {
    char *data;
    size_t size;
    size_t capacity;
    bool failed;
} text;

static bool reserve(text *t, size_t more)
{
    if (t->failed || more <= t->capacity - t->size)
        return !t->failed;
    size_t capacity = 2 * t->capacity + more;
    char *data = memory_new(capacity);
    t->failed = data == NULL;
    if (t->failed)
        return false;
    if (t->size > 0)
        memcpy(data, t->data, t->size);
    memory_free(t->data);
    t->data = data;
    t->capacity = capacity;
    return true;
}

static void add_line(text *t, const char *format, ...) ASSAY_PRINTF(2, 3);
static void add_line(text *t, const char *format, ...)
{
    char line[LINE_MAX_SIZE + 256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    size_t size = strlen(line);
    if (!reserve(t, size + 2))
        return;
    memcpy(t->data + t->size, line, size);
    t->data[t->size + size] = '\n';
    t->size += size + 1;
}

static void explain_key(text *t, const policy_entry *entry, policy_key_id id)
{
    const policy_key *key = policy_key_at(id);
    char value[LINE_MAX_SIZE];
    const char *mark = key->origin == POLICY_EXTENSION ? " [extension]" : "";
    if (entry->values[id] != NULL) {
        value_words(id, entry->values[id], value, sizeof(value));
        add_line(t, "  %s: %s %s%s", key->name, key->words, value, mark);
    } else if (key->presence == POLICY_REQUIRED && (key->classes & 1u << entry->class_) != 0) {
        add_line(t, "  %s is missing: nothing passes", key->name);
    }
}

static void explain_entry(text *t, const policy_entry *entry)
{
    bool is_tenant = (IN_TENANT & 1u << entry->class_) != 0;
    add_line(t, "%s%s%s%s", assay_class_name(entry->class_), entry->description ? " \"" : "",
             entry->description ? entry->description : "", entry->description ? "\":" : ":");
    for (policy_key_id id = KEY_NONE + 1; id < POLICY_KEY_COUNT; id++)
        explain_key(t, entry, id);
    if (!is_tenant && entry->values[KEY_COLLATERAL_GRACE_PERIOD] == NULL)
        add_line(t, "  expiry of collateral is not looked at");
}

assay_status assay_policy_explain(const assay_policy *policy, char **out, assay_error *error)
{
    text t = { NULL, 0, 0, false };
    for (size_t i = 0; i < policy->entry_count; i++)
        explain_entry(&t, policy->entries[i]);
    for (const char *const *w = policy->warnings; *w != NULL; w++)
        add_line(&t, "warning: %s", *w);
    if (t.failed) {
        memory_free(t.data);
        return fail(error, ASSAY_NO_MEMORY, "", ASSAY_NO_OFFSET, "out of memory");
    }
    *out = t.data; /* reserve() leaves room for the NUL, and memory comes zeroed */
    return ASSAY_OK;
}
