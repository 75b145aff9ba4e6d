/* result_policy.c: the policy that a report of a result was judged by. appraisal.md 5.3, 7.3. */
#include "token/result_policy.h"
#include "appraise/policy.h"
#include "token/key.h"

/* Takes away notes at every depth, and at the top who signed. */
static void strip_notes(json_t *value)
{
    void *next;
    const char *name;
    json_t *member;
    for (size_t i = 0; i < json_array_size(value); i++)
        strip_notes(json_array_get(value, i));
    json_object_foreach_safe(value, next, name, member)
    {
        if (name[0] == '#')
            json_object_del(value, name);
        else
            strip_notes(member);
    }
}

bool result_policy_equals(const result_report *judged, assay_span entry_json)
{
    json_t *entry = json_loadb((const char *)entry_json.data, entry_json.size, 0, NULL);
    json_t *used = json_deep_copy(judged->policy);
    json_object_del(used, "signature");
    json_object_del(used, "signing_key");
    strip_notes(entry);
    strip_notes(used);
    const bool same = entry != NULL && used != NULL && json_equal(entry, used) != 0;
    json_decref(entry);
    json_decref(used);
    return same;
}

bool result_policy_is_default(const result_report *judged)
{
    const policy_entry *standard = policy_default(judged->class_);
    return standard != NULL && judged->policy != NULL &&
           json_object_get(judged->policy, "signature") == NULL &&
           json_object_get(judged->policy, "signing_key") == NULL &&
           result_policy_equals(judged, standard->json);
}

bool result_policy_signer(const result_report *judged, char out[44])
{
    json_t *jwk = json_object_get(judged->policy, "signing_key");
    assay_key *key = NULL;
    if (!json_is_object(jwk) || assay_key_from_jwk(jwk, JWK_PUBLIC_ONLY, &key, NULL) != ASSAY_OK)
        return false;
    assay_key_thumbprint(key, out);
    assay_key_free(key);
    return true;
}
