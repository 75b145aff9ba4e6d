/* policy.c: assay_policy: a policy file, checked in the order of appraisal.md 2.9, made of typed
 * values. */
#include <stdio.h>

#include "appraise/classes.h"
#include "appraise/policy.h"
#include "appraise/policy_text.h"
#include "appraise/policy_values.h"

typedef struct parser {
    assay_policy *policy;
    assay_policy_dialect dialect;
    size_t index; /* of the entry */
    assay_error *err;
} parser;

enum { NAME_SHOWN = 64 };

static const char misplaced_typo[] = "allow_dynamic_plaform";
static const char misplaced_right[] = "allow_dynamic_platform";

void policy_warning_names(unsigned bits, const char *out[WARNING_COUNT + 1])
{
    static const char *const names[] = {
        [WARNING_CLASS_ID_CASE] = "class_id_case",
        [WARNING_DEBUG_UNCONSTRAINED] = "debug_unconstrained",
        [WARNING_EMPTY_REFERENCE] = "empty_reference",
        [WARNING_EXPIRY_UNCHECKED] = "expiry_unchecked",
        [WARNING_KNOWN_TYPO] = "known_typo",
        [WARNING_MISPLACED_MEMBER] = "misplaced_member",
        [WARNING_NEVER_PASSES] = "never_passes",
        [WARNING_POLICY_UNUSED] = "policy_unused",
    };
    size_t count = 0;
    for (size_t i = 0; i < WARNING_COUNT; i++) {
        if ((bits & 1u << i) != 0)
            out[count++] = names[i];
    }
    out[count] = NULL;
}

static void warn(parser *p, policy_warning warning)
{
    p->policy->warning_bits |= 1u << warning;
}

static assay_status no_memory(assay_error *err)
{
    return fail(err, ASSAY_NO_MEMORY, "", ASSAY_NO_OFFSET, "out of memory");
}

/* "policy_array[j]" and what stands below it. */
static void write_path(const parser *p, const char *below, const char *name,
                       char path[ASSAY_WHERE_SIZE])
{
    snprintf(path, ASSAY_WHERE_SIZE, "policy_array[%zu]%s%s%s%s", p->index, below[0] ? "." : "",
             below, name[0] ? "." : "", name);
}

static assay_status refused(const parser *p, const char *error_name, const char *below,
                            const char *name, const char *detail)
{
    char path[ASSAY_WHERE_SIZE];
    write_path(p, below, name, path);
    return fail_named(p->err, ASSAY_MALFORMED, error_name, NULL, path, "%s", detail);
}

static assay_status unknown_member(const parser *p, const char *below, const char *name,
                                   const char *suggestion)
{
    char path[ASSAY_WHERE_SIZE];
    write_path(p, below, name, path);
    return fail_named(p->err, ASSAY_MALFORMED, "policy_unknown_member", suggestion, path,
                      "%.*s is not known here%s%s%s", NAME_SHOWN, name,
                      suggestion != NULL ? ", did you mean " : "",
                      suggestion != NULL ? suggestion : "", suggestion != NULL ? "?" : "");
}

static bool is_note(const char *name)
{
    return name[0] == '#';
}

static bool is_one_of(const char *const *names, const char *name)
{
    while (*names != NULL && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

/* ---- environment ---- */

static bool has_capitals(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text >= 'A' && *text <= 'Z')
            return true;
    }
    return false;
}

static assay_status read_class(parser *p, json_t *environment, policy_entry *entry)
{
    json_t *id = json_object_get(environment, "class_id");
    if (!json_is_string(id))
        return refused(p, "policy_structure", "environment", "class_id",
                       "want the id of a class as text");
    const char *text = json_string_value(id);
    if (!class_parse(span_of(text, json_string_length(id)), &entry->class_))
        return refused(p, "policy_unknown_class", "environment", "class_id",
                       "there is no class with this id");
    if (has_capitals(text))
        warn(p, WARNING_CLASS_ID_CASE);
    return ASSAY_OK;
}

static assay_status read_environment(parser *p, json_t *object, policy_entry *entry)
{
    static const char *const known[] = { "class_id", "description", NULL };
    json_t *environment = json_object_get(object, "environment");
    if (!json_is_object(environment))
        return refused(p, "policy_structure", "environment", "", "want an object");
    TRY(read_class(p, environment, entry));
    const char *name;
    json_t *value;
    json_object_foreach(environment, name, value)
    {
        if (!is_note(name) && !is_one_of(known, name))
            return unknown_member(p, "environment", name, assay_suggest(name, known));
    }
    json_t *description = json_object_get(environment, "description");
    if (description == NULL)
        return ASSAY_OK;
    if (!json_is_string(description))
        return refused(p, "policy_wrong_type", "environment", "description", "want a text");
    entry->description = arena_text(&p->policy->memory, span_of(json_string_value(description),
                                                                json_string_length(description)));
    return entry->description != NULL ? ASSAY_OK : no_memory(p->err);
}

/* ---- members of an entry ---- */

/* A vendor sample has this member one level too high; true changes nothing, false would. */
static assay_status read_misplaced(parser *p, const char *name, json_t *value)
{
    if (!json_is_true(value))
        return unknown_member(p, "", name, "reference.allow_dynamic_platform");
    warn(p, WARNING_MISPLACED_MEMBER);
    return ASSAY_OK;
}

static assay_status read_members(parser *p, json_t *object)
{
    static const char *const known[] = { "environment", "reference", NULL };
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        if (is_note(name) || is_one_of(known, name))
            continue;
        if (strcmp(name, misplaced_typo) != 0 && strcmp(name, misplaced_right) != 0)
            return unknown_member(p, "", name, assay_suggest(name, known));
        TRY(read_misplaced(p, name, value));
    }
    if (!json_is_object(json_object_get(object, "reference")))
        return refused(p, "policy_structure", "reference", "", "want an object");
    return ASSAY_OK;
}

static assay_status check_class_is_new(const parser *p, const policy_entry *entry)
{
    for (size_t i = 0; i < p->policy->entry_count; i++) {
        if (p->policy->entries[i]->class_ == entry->class_)
            return refused(p, "policy_duplicate_class", "environment", "class_id",
                           "an entry before it has the same class");
    }
    return ASSAY_OK;
}

/* ---- reference ---- */

static assay_status unknown_key(parser *p, const policy_entry *entry, const char *name)
{
    policy_origin widest = p->dialect == ASSAY_POLICY_EXTENDED ? POLICY_EXTENSION : POLICY_OF_INTEL;
    return unknown_member(p, "reference", name, policy_key_suggest(entry->class_, name, widest));
}

static assay_status read_value(parser *p, policy_entry *entry, policy_key_id id, const char *name,
                               json_t *json)
{
    char path[ASSAY_WHERE_SIZE];
    write_path(p, "reference", name, path);
    if (entry->values[id] != NULL)
        return refused(p, "policy_duplicate_member", "reference", name,
                       "the key stands twice, in two spellings");
    policy_value *value = arena_new(&p->policy->memory, 1, sizeof(*value));
    if (value == NULL)
        return no_memory(p->err);
    const value_reader values = { policy_key_at(id),  id,    p->dialect, path,
                                  &p->policy->memory, p->err };
    TRY(policy_value_read(&values, json, value));
    entry->values[id] = value;
    return ASSAY_OK;
}

static assay_status read_key(parser *p, policy_entry *entry, const char *name, json_t *json)
{
    bool typo = false;
    policy_key_id id = policy_key_find(entry->class_, name, &typo);
    bool extension = policy_key_at(id)->origin == POLICY_EXTENSION;
    if (id == KEY_NONE || (extension && p->dialect == ASSAY_POLICY_STRICT_QAL))
        return unknown_key(p, entry, name);
    if (typo)
        warn(p, WARNING_KNOWN_TYPO);
    return read_value(p, entry, id, name, json);
}

static assay_status check_masks(const parser *p, const policy_entry *entry)
{
    for (policy_key_id id = KEY_NONE + 1; id < POLICY_KEY_COUNT; id++) {
        const policy_key *key = policy_key_at(id);
        if (key->masks != KEY_NONE && entry->values[id] != NULL &&
            entry->values[key->masks] == NULL)
            return refused(p, "policy_mask_without_value", "reference", key->name,
                           "the value that it masks is missing");
    }
    return ASSAY_OK;
}

/* An attribute that must be set and must not be set. */
static assay_status check_contradiction(const parser *p, const policy_entry *entry,
                                        policy_key_id required, policy_key_id forbidden)
{
    const policy_value *set = entry->values[required], *clear = entry->values[forbidden];
    if (set != NULL && clear != NULL && (set->number & clear->number) != 0)
        return refused(p, "policy_bad_value", "reference", policy_key_at(forbidden)->name,
                       "an attribute is required and forbidden");
    return ASSAY_OK;
}

static assay_status read_reference(parser *p, json_t *reference, policy_entry *entry)
{
    const char *name;
    json_t *value;
    json_object_foreach(reference, name, value)
    {
        if (!is_note(name))
            TRY(read_key(p, entry, name, value));
    }
    TRY(check_masks(p, entry));
    TRY(check_contradiction(p, entry, KEY_SGX_REQUIRED_ATTRIBUTES, KEY_SGX_FORBIDDEN_ATTRIBUTES));
    return check_contradiction(p, entry, KEY_TDX_REQUIRED_ATTRIBUTES, KEY_TDX_FORBIDDEN_ATTRIBUTES);
}

/* ---- entries ---- */

static bool has_no_key(const policy_entry *entry)
{
    for (size_t i = 0; i < POLICY_KEY_COUNT; i++) {
        if (entry->values[i] != NULL)
            return false;
    }
    return true;
}

static void warn_about(parser *p, const policy_entry *entry)
{
    bool is_tenant = (IN_TENANT & 1u << entry->class_) != 0;
    if (is_tenant && has_no_key(entry))
        warn(p, WARNING_EMPTY_REFERENCE);
    if (!is_tenant && entry->values[KEY_COLLATERAL_GRACE_PERIOD] == NULL)
        warn(p, WARNING_EXPIRY_UNCHECKED);
    if (policy_never_passes(entry))
        warn(p, WARNING_NEVER_PASSES);
}

/* The entry as JSON text for results: environment and reference, nothing beside them. */
static assay_status keep_text(parser *p, json_t *object, policy_entry *entry)
{
    json_t *kept = json_object();
    if (kept == NULL ||
        json_object_set(kept, "environment", json_object_get(object, "environment")) != 0 ||
        json_object_set(kept, "reference", json_object_get(object, "reference")) != 0) {
        json_decref(kept);
        return no_memory(p->err);
    }
    size_t size = json_dumpb(kept, NULL, 0, JSON_COMPACT);
    char *text = arena_new(&p->policy->memory, size + 1, 1);
    size_t written = text == NULL ? 0 : json_dumpb(kept, text, size, JSON_COMPACT);
    json_decref(kept);
    entry->json = span_of(text, size);
    return size > 0 && written == size ? ASSAY_OK : no_memory(p->err);
}

static assay_status read_entry(parser *p, json_t *object)
{
    if (!json_is_object(object))
        return refused(p, "policy_structure", "", "", "want an object");
    policy_entry *entry = arena_new(&p->policy->memory, 1, sizeof(*entry));
    if (entry == NULL)
        return no_memory(p->err);
    TRY(read_environment(p, object, entry));
    TRY(read_members(p, object));
    TRY(check_class_is_new(p, entry));
    TRY(read_reference(p, json_object_get(object, "reference"), entry));
    TRY(keep_text(p, object, entry));
    warn_about(p, entry);
    p->policy->entries[p->policy->entry_count++] = entry;
    return ASSAY_OK;
}

static assay_status read_root(parser *p, json_t *root)
{
    static const char *const known[] = { "policy_array", NULL };
    if (!json_is_object(root))
        return fail_named(p->err, ASSAY_MALFORMED, "policy_structure", NULL, "", "want an object");
    const char *name;
    json_t *value;
    json_object_foreach(root, name, value)
    {
        if (!is_note(name) && !is_one_of(known, name))
            return fail_named(p->err, ASSAY_MALFORMED, "policy_unknown_member",
                              assay_suggest(name, known), name, "want policy_array alone");
    }
    json_t *array = json_object_get(root, "policy_array");
    if (!json_is_array(array) || json_array_size(array) == 0)
        return fail_named(p->err, ASSAY_MALFORMED, "policy_structure", NULL, "policy_array",
                          "want a list with at least one entry");
    for (p->index = 0; p->index < json_array_size(array); p->index++)
        TRY(read_entry(p, json_array_get(array, p->index)));
    policy_warning_names(p->policy->warning_bits, p->policy->warnings);
    return ASSAY_OK;
}

/* ---- the object ---- */

static const char *copied(arena *memory, const char *text, bool *failed)
{
    if (text == NULL)
        return NULL;
    const char *copy = arena_text(memory, SPAN_TEXT(text));
    *failed = *failed || copy == NULL;
    return copy;
}

static assay_status keep_source(assay_policy *policy, assay_span text,
                                const assay_policy_origin *origin, assay_error *err)
{
    bool failed = false;
    uint8_t digest[SHA384_SIZE];
    sha384(text, digest);
    assay_hex_encode(SPAN(digest), policy->id);
    policy->text = arena_text(&policy->memory, text);
    if (origin != NULL) {
        policy->origin = *origin;
        policy->origin.signature = copied(&policy->memory, origin->signature, &failed);
        policy->origin.signing_key = copied(&policy->memory, origin->signing_key, &failed);
    }
    return policy->text != NULL && !failed ? ASSAY_OK : no_memory(err);
}

static assay_status parse_into(assay_policy *policy, assay_span text, assay_policy_dialect dialect,
                               const assay_policy_origin *origin, assay_error *err)
{
    json_t *root = NULL;
    parser p = { .policy = policy, .dialect = dialect, .err = err };
    TRY(policy_text_read(text, &root, err));
    assay_status status = read_root(&p, root);
    json_decref(root);
    TRY(status);
    return keep_source(policy, text, origin, err);
}

assay_status policy_parse_with_origin(assay_span text, assay_policy_dialect dialect,
                                      const assay_policy_origin *origin, assay_policy **out,
                                      assay_error *err)
{
    assay_policy *policy = memory_new(sizeof(*policy));
    if (policy == NULL)
        return no_memory(err);
    atomic_init(&policy->references, 1);
    assay_status status = parse_into(policy, text, dialect, origin, err);
    if (status != ASSAY_OK) {
        assay_policy_unref(policy);
        return status;
    }
    *out = policy;
    return ASSAY_OK;
}

assay_status assay_policy_parse(assay_span text, assay_policy_dialect dialect, assay_policy **out,
                                assay_error *error)
{
    return policy_parse_with_origin(text, dialect, NULL, out, error);
}

assay_policy *assay_policy_ref(assay_policy *policy)
{
    atomic_fetch_add_explicit(&policy->references, 1, memory_order_relaxed);
    return policy;
}

assay_policy *policy_hold(const assay_policy *policy)
{
    return assay_policy_ref((assay_policy *)(uintptr_t)policy); /* only the count changes */
}

void assay_policy_unref(assay_policy *policy)
{
    if (policy == NULL ||
        atomic_fetch_sub_explicit(&policy->references, 1, memory_order_acq_rel) != 1)
        return;
    arena_free(&policy->memory);
    memory_free(policy);
}

const char *assay_policy_text(const assay_policy *policy)
{
    return policy->text;
}

void assay_policy_id(const assay_policy *policy, char out[97])
{
    memcpy(out, policy->id, sizeof(policy->id));
}

const assay_policy_origin *assay_policy_origin_of(const assay_policy *policy)
{
    return &policy->origin;
}

size_t assay_policy_class_count(const assay_policy *policy)
{
    return policy->entry_count;
}

assay_class assay_policy_class(const assay_policy *policy, size_t index)
{
    return policy->entries[index]->class_;
}

const char *const *assay_policy_warnings(const assay_policy *policy)
{
    return policy->warnings;
}
