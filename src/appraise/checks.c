/* checks.c: the checks of appraisal.md 2.7 and one per kind of key. */
#include "appraise/checks.h"
#include "crypto/crypto.h"
#include "evidence/fields.h"

static const policy_value *value_of(const check_input *in, policy_key_id key)
{
    return in->entry->values[key];
}

static unsigned statuses_of(const check_input *in)
{
    return (unsigned)report_number(in->report, MEASURED_TCB_STATUS);
}

/* What an absent key decides. */
static bool unless_required(policy_key_id key)
{
    return policy_key_at(key)->presence == POLICY_OPTIONAL;
}

bool check_tcb_status(const check_input *in, policy_key_id key)
{
    const policy_value *accepted = value_of(in, key);
    unsigned found = statuses_of(in);
    if (accepted == NULL)
        return unless_required(key);
    return (accepted->statuses & STATUS_UP_TO_DATE) != 0 && found != 0 &&
           (found & ~accepted->statuses) == 0;
}

static int64_t seconds_of(const policy_value *value)
{
    return (int64_t)value->number;
}

/* Whether `measured` is a date that, with `grace` seconds on top, is not over. */
static bool is_current(const check_input *in, measurement_id measured, int64_t grace)
{
    return report_has(in->report, measured) &&
           (int64_t)report_number(in->report, measured) + grace >= in->now;
}

bool check_expiration(const check_input *in, policy_key_id key)
{
    const policy_value *grace = value_of(in, key);
    return grace == NULL || (value_of(in, KEY_MIN_EVAL_NUM) == NULL &&
                             is_current(in, MEASURED_EARLIEST_EXPIRATION_DATE, seconds_of(grace)));
}

/* What must hold of the policy before a platform grace means anything. */
static bool grace_is_founded(const policy_entry *entry)
{
    const policy_value *accepted = entry->values[KEY_ACCEPTED_TCB_STATUS];
    const policy_value *collateral = entry->values[KEY_COLLATERAL_GRACE_PERIOD];
    const unsigned both = STATUS_UP_TO_DATE | STATUS_OUT_OF_DATE;
    return collateral != NULL && collateral->number == 0 &&
           entry->values[KEY_MIN_EVAL_NUM] == NULL && accepted != NULL && accepted->is_list &&
           (accepted->statuses & both) == both;
}

bool check_platform_grace(const check_input *in, policy_key_id key)
{
    const unsigned current = STATUS_UP_TO_DATE | STATUS_CONFIGURATION_NEEDED |
                             STATUS_SW_HARDENING_NEEDED | STATUS_TD_RELAUNCH_ADVISED;
    const policy_value *grace = value_of(in, key);
    if (grace == NULL)
        return true;
    if (!grace_is_founded(in->entry))
        return false;
    if (check_expiration(in, KEY_COLLATERAL_GRACE_PERIOD) && (statuses_of(in) & ~current) == 0)
        return true;
    return is_current(in, MEASURED_TCB_LEVEL_DATE_TAG, seconds_of(grace));
}

bool check_not_before(const check_input *in, policy_key_id key)
{
    return check_at_least(in, key);
}

bool check_at_least(const check_input *in, policy_key_id key)
{
    const policy_value *least = value_of(in, key);
    measurement_id measured = policy_key_at(key)->measured;
    if (least == NULL)
        return unless_required(key);
    return report_has(in->report, measured) && report_number(in->report, measured) >= least->number;
}

bool check_eval_num(const check_input *in, policy_key_id key)
{
    return value_of(in, key) == NULL ||
           (value_of(in, KEY_COLLATERAL_GRACE_PERIOD) == NULL &&
            value_of(in, KEY_PLATFORM_GRACE_PERIOD) == NULL && check_at_least(in, key));
}

bool check_one_of_numbers(const check_input *in, policy_key_id key)
{
    const policy_value *accepted = value_of(in, key);
    measurement_id measured = policy_key_at(key)->measured;
    bool found = accepted == NULL;
    for (size_t i = 0; !found && i < accepted->count; i++)
        found = report_has(in->report, measured) &&
                report_number(in->report, measured) == accepted->shorts[i];
    return found;
}

static bool equal_under(const uint8_t *mask, const uint8_t *a, const uint8_t *b, size_t size)
{
    uint8_t differs = 0;
    for (size_t i = 0; i < size; i++)
        differs |= (uint8_t)((a[i] ^ b[i]) & (mask == NULL ? 0xff : mask[i]));
    return differs == 0;
}

bool check_one_of_hex(const check_input *in, policy_key_id key)
{
    const policy_key *row = policy_key_at(key);
    const policy_value *accepted = value_of(in, key);
    const policy_value *mask = value_of(in, row->mask);
    if (accepted == NULL)
        return unless_required(key);
    assay_span found = report_bytes(in->report, row->measured);
    for (size_t i = 0; found.size == row->size && i < accepted->count; i++) {
        if (equal_under(mask == NULL ? NULL : mask->bytes, accepted->bytes + i * row->size,
                        found.data, row->size))
            return true;
    }
    return false;
}

bool check_sgx_types(const check_input *in, policy_key_id key)
{
    const policy_value *accepted = value_of(in, key);
    uint64_t type = report_number(in->report, MEASURED_SGX_TYPES);
    return accepted == NULL || (report_has(in->report, MEASURED_SGX_TYPES) && type < 64 &&
                                (accepted->number >> type & 1) != 0);
}

bool check_flag_allowed(const check_input *in, policy_key_id key)
{
    const policy_value *allowed = value_of(in, key);
    return allowed == NULL || allowed->number != 0 ||
           report_number(in->report, policy_key_at(key)->measured) == 0;
}

/* The place of an advisory of the evidence in a list of the policy, which is in upper case. */
static bool find_advisory(const policy_value *list, const char *advisory, size_t *at)
{
    enum { LONGEST = 64 };
    char folded[LONGEST], wanted[LONGEST];
    fold_case(advisory, folded, sizeof(folded));
    for (*at = 0; *at < list->count; ++*at) {
        fold_case(list->texts[*at], wanted, sizeof(wanted));
        if (strcmp(folded, wanted) == 0)
            return true;
    }
    return false;
}

bool check_no_rejected_advisory(const check_input *in, policy_key_id key)
{
    const policy_value *rejected = value_of(in, key);
    const report_platform *platform = &in->report->platform;
    size_t at;
    for (size_t i = 0; rejected != NULL && i < platform->advisory_count; i++) {
        if (find_advisory(rejected, platform->advisory_ids[i], &at))
            return false;
    }
    return true;
}

bool check_advisories_accepted(const check_input *in, policy_key_id key)
{
    const policy_value *accepted = value_of(in, key);
    const report_platform *platform = &in->report->platform;
    unsigned found = statuses_of(in) & ~(unsigned)STATUS_UP_TO_DATE;
    size_t at;
    for (size_t i = 0; accepted != NULL && i < platform->advisory_count; i++) {
        if (!find_advisory(accepted, platform->advisory_ids[i], &at) ||
            (found & ~accepted->for_advisory[at]) != 0)
            return false;
    }
    return true;
}

/* Collateral from the future is not young: it is not valid yet. */
bool check_collateral_age(const check_input *in, policy_key_id key)
{
    const policy_value *oldest = value_of(in, key);
    measurement_id measured = policy_key_at(key)->measured;
    int64_t issued = (int64_t)report_number(in->report, measured);
    return oldest == NULL || (report_has(in->report, measured) && issued <= in->now &&
                              in->now - issued <= seconds_of(oldest));
}

/* The first 64 bits of the attributes; false when the report lacks them. */
static bool attribute_bits(const report *r, measurement_id measured, uint64_t *bits)
{
    assay_span bytes = report_bytes(r, measured);
    *bits = bytes.size >= sizeof(*bits) ? load_u64le(bytes.data) : 0;
    return bytes.size >= sizeof(*bits);
}

bool check_bits_set(const check_input *in, policy_key_id key)
{
    const policy_value *required = value_of(in, key);
    uint64_t bits;
    return required == NULL || (attribute_bits(in->report, policy_key_at(key)->measured, &bits) &&
                                (required->number & ~bits) == 0);
}

bool check_bits_clear(const check_input *in, policy_key_id key)
{
    const policy_value *forbidden = value_of(in, key);
    uint64_t bits;
    return forbidden == NULL || (attribute_bits(in->report, policy_key_at(key)->measured, &bits) &&
                                 (forbidden->number & bits) == 0);
}

/* Hashes by the algorithm of that name; returns the size of the digest. */
static size_t hash_called(const char *name, assay_span in, uint8_t digest[SHA512_SIZE])
{
    if (strcmp(name, "SHA256") == 0) {
        sha256_digest short_digest = sha256(in);
        memcpy(digest, short_digest.bytes, SHA256_SIZE);
        return SHA256_SIZE;
    }
    if (strcmp(name, "SHA384") == 0) {
        sha384(in, digest);
        return SHA384_SIZE;
    }
    sha512(in, digest);
    return SHA512_SIZE;
}

bool check_report_data_hash(const check_input *in, policy_key_id key)
{
    const policy_value *hash = value_of(in, key);
    uint8_t digest[SHA512_SIZE];
    if (hash == NULL)
        return true;
    assay_span found = report_bytes(in->report, policy_key_at(key)->measured);
    if (in->report_data_preimage.size == 0 || found.size < SHA512_SIZE)
        return false;
    size_t size = hash_called(hash->texts[0], in->report_data_preimage, digest);
    return memcmp(found.data, digest, size) == 0 &&
           span_is_zero(span_slice(found, size, found.size - size));
}

uint64_t debug_bits_set(const report *r)
{
    uint64_t td_bits, sgx_bits;
    attribute_bits(r, MEASURED_TDX_ATTRIBUTES, &td_bits);
    attribute_bits(r, MEASURED_SGX_ATTRIBUTES, &sgx_bits);
    return (td_bits & TD_ATTRIBUTES_UNTRUSTED) | (sgx_bits & SGX_ATTRIBUTE_DEBUG);
}

bool check_debug(const check_input *in, policy_key_id key)
{
    const policy_value *allowed = value_of(in, key);
    return allowed == NULL || allowed->number != 0 ||
           (report_has(in->report, policy_key_at(key)->measured) &&
            debug_bits_set(in->report) == 0);
}

bool debug_is_constrained(const report *r, const policy_entry *entry)
{
    static const policy_key_id attributes[] = { KEY_SGX_ATTRIBUTES, KEY_TDX_ATTRIBUTES };
    static const policy_key_id bits[] = { KEY_SGX_REQUIRED_ATTRIBUTES, KEY_SGX_FORBIDDEN_ATTRIBUTES,
                                          KEY_TDX_REQUIRED_ATTRIBUTES,
                                          KEY_TDX_FORBIDDEN_ATTRIBUTES };
    uint64_t decided = 0;
    if (entry->values[KEY_SGX_DEBUG] != NULL || entry->values[KEY_TDX_DEBUG] != NULL)
        return true;
    for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
        const policy_value *mask = entry->values[policy_key_at(attributes[i])->mask];
        if (entry->values[attributes[i]] != NULL)
            decided |= mask == NULL ? UINT64_MAX : load_u64le(mask->bytes);
    }
    for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
        decided |= entry->values[bits[i]] == NULL ? 0 : entry->values[bits[i]]->number;
    return (debug_bits_set(r) & ~decided) == 0;
}

/* What a tenant entry says about the attributes, by class. */
typedef struct attribute_keys {
    policy_key_id value, required, forbidden, debug;
    uint64_t debug_bits;
} attribute_keys;

/* Bits that must be set, and bits that must not. */
static void wanted_bits(const policy_entry *entry, const attribute_keys *keys, uint64_t *set,
                        uint64_t *clear)
{
    const policy_value *required = entry->values[keys->required];
    const policy_value *forbidden = entry->values[keys->forbidden];
    const policy_value *debug = entry->values[keys->debug];
    *set = required == NULL ? 0 : required->number;
    *clear = forbidden == NULL ? 0 : forbidden->number;
    if (debug != NULL && debug->number == 0)
        *clear |= keys->debug_bits;
}

/* Attributes that are fixed to what another key refuses. */
static bool attributes_contradict(const policy_entry *entry, const attribute_keys *keys)
{
    const policy_key *row = policy_key_at(keys->value);
    const policy_value *value = entry->values[keys->value], *mask = entry->values[row->mask];
    uint64_t set, clear;
    wanted_bits(entry, keys, &set, &clear);
    if ((set & clear) != 0 || value == NULL)
        return (set & clear) != 0;
    uint64_t counts = mask == NULL ? UINT64_MAX : load_u64le(mask->bytes);
    for (size_t i = 0; i < value->count; i++) {
        uint64_t fixed = load_u64le(value->bytes + i * row->size);
        if ((counts & ((set & ~fixed) | (clear & fixed))) == 0)
            return false;
    }
    return true;
}

/* A required key of the class is missing. */
static bool lacks_required(const policy_entry *entry)
{
    for (policy_key_id id = KEY_NONE + 1; id < POLICY_KEY_COUNT; id++) {
        const policy_key *key = policy_key_at(id);
        if (key->presence == POLICY_REQUIRED && (key->classes & 1u << entry->class_) != 0 &&
            entry->values[id] == NULL)
            return true;
    }
    return false;
}

bool policy_never_passes(const policy_entry *entry)
{
    static const attribute_keys enclave = { KEY_SGX_ATTRIBUTES, KEY_SGX_REQUIRED_ATTRIBUTES,
                                            KEY_SGX_FORBIDDEN_ATTRIBUTES, KEY_SGX_DEBUG,
                                            SGX_ATTRIBUTE_DEBUG };
    static const attribute_keys td = { KEY_TDX_ATTRIBUTES, KEY_TDX_REQUIRED_ATTRIBUTES,
                                       KEY_TDX_FORBIDDEN_ATTRIBUTES, KEY_TDX_DEBUG,
                                       TD_ATTRIBUTES_UNTRUSTED };
    const policy_value *const *v = entry->values;
    const policy_value *accepted = v[KEY_ACCEPTED_TCB_STATUS];
    if (lacks_required(entry) || attributes_contradict(entry, &enclave) ||
        attributes_contradict(entry, &td))
        return true;
    if (accepted != NULL && (accepted->statuses & STATUS_UP_TO_DATE) == 0)
        return true;
    if (v[KEY_MIN_EVAL_NUM] != NULL &&
        (v[KEY_COLLATERAL_GRACE_PERIOD] != NULL || v[KEY_PLATFORM_GRACE_PERIOD] != NULL))
        return true;
    return v[KEY_PLATFORM_GRACE_PERIOD] != NULL && !grace_is_founded(entry);
}
