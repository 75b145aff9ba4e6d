/* serve_policies_test.c: appraisal policies by FMSPC (src/serve/policies.c, policy_routes.c).
 * collateral-service.md 1 "appraisalpolicy". */
#include <stdio.h>

#include "assay/token.h"
#include "crypto/crypto.h"
#include "served.h"
#include "support.h"

static const char put[] = "/sgx/certification/v4/appraisalpolicy";
static const char get[] = "/sgx/certification/v4/appraisalpolicy?fmspc=00806f050000";

static const char sgx_class[] = "3123ec35-8d38-4ea5-87a5-d6c48b567570";
static const char tdx_10_class[] = "9eec018b-7481-4b1c-8e1a-9f7c0c8c777f";
static const char tdx_15_class[] = "f708b97f-0fb2-4e6b-8b03-8a5bcd1221d3";
static const char td_class[] = "45b734fc-aa4e-4c3d-ad28-e43d08880e68";

/* A signed policy of one class; assay_text_free(). */
static char *token_of(const assay_key *key, const char *class_id, const char *reference)
{
    char text[512];
    char *token = NULL;
    snprintf(text, sizeof(text),
             "{\"policy_array\":[{\"environment\":{\"class_id\":\"%s\"},\"reference\":{%s}}]}",
             class_id, reference);
    assert_int_equal(assay_policy_sign(SPAN_TEXT(text), key, NULL, &token, NULL), ASSAY_OK);
    return token;
}

static served_reply store_token(served *s, const char *token, const char *is_default)
{
    char body[8192];
    snprintf(body, sizeof(body), "{\"is_default\":%s,\"fmspc\":\"00806F050000\",\"policy\":\"%s\"}",
             is_default, token);
    return served_ask(s, HTTP_PUT, put, body, SCOPE_POLICY);
}

static void store_well(served *s, const char *token, const char *is_default)
{
    served_reply reply = store_token(s, token, is_default);
    uint8_t digest[SHA384_SIZE];
    char id[2 * SHA384_SIZE + 1];
    sha384(SPAN_TEXT(token), digest);
    assay_hex_encode(SPAN(digest), id);
    if (reply.code != 200)
        test_fail("%u %s %s", reply.code, reply.name, reply.detail);
    assert_string_equal(reply.body, id);
    served_reply_free(&reply);
}

static void refused(served *s, const char *what, const char *token, const char *is_default)
{
    served_reply reply = store_token(s, token, is_default);
    assert_row(what, reply.code, 400);
    served_reply_free(&reply);
}

static const char up_to_date[] = "\"accepted_tcb_status\":[\"UpToDate\"]";
static const char hardening[] = "\"accepted_tcb_status\":[\"UpToDate\",\"SWHardeningNeeded\"]";
static const char no_debug[] = "\"tdx_attributes\":\"0000000000000000\"";

static void defaults_are_joined_by_type(void **state)
{
    (void)state;
    served s;
    assay_key *key;
    served_start(&s, FILL_OFFLINE);
    assert_int_equal(assay_key_generate(ASSAY_ALG_ES384, &key, NULL), ASSAY_OK);
    char *sgx = token_of(key, sgx_class, up_to_date), *other = token_of(key, sgx_class, hardening);
    char *tdx = token_of(key, tdx_15_class, up_to_date);
    char *old = token_of(key, tdx_10_class, up_to_date);
    char wanted[8192];
    served_expect(&s, HTTP_GET, get, "", 404);
    store_well(&s, sgx, "false");
    served_expect(&s, HTTP_GET, get, "", 404);
    store_well(&s, tdx, "true");
    store_well(&s, sgx, "1");
    store_well(&s, other, "true"); /* takes the place of the default of its type alone */
    served_reply reply = served_get(&s, get);
    snprintf(wanted, sizeof(wanted), "%s,%s", other, tdx);
    assert_string_equal(reply.body, wanted);
    served_reply_free(&reply);
    store_well(&s, old, "true");
    store_well(&s, sgx, "true");
    reply = served_get(&s, get);
    snprintf(wanted, sizeof(wanted), "%s,%s,%s", sgx, old, tdx);
    assert_string_equal(reply.body, wanted);
    served_reply_free(&reply);
    store_well(&s, sgx, "false"); /* stored again: no longer a default */
    reply = served_get(&s, get);
    snprintf(wanted, sizeof(wanted), "%s,%s", old, tdx);
    assert_string_equal(reply.body, wanted);
    served_reply_free(&reply);
    assay_text_free(old);
    assay_text_free(tdx);
    assay_text_free(other);
    assay_text_free(sgx);
    assay_key_free(key);
    served_stop(&s);
}

static void what_nobody_vouches_for_is_refused(void **state)
{
    (void)state;
    served s;
    assay_key *key;
    served_start(&s, FILL_OFFLINE);
    assert_int_equal(assay_key_generate(ASSAY_ALG_ES384, &key, NULL), ASSAY_OK);
    char *good = token_of(key, sgx_class, up_to_date), *tenant = token_of(key, td_class, no_debug);
    char *changed = token_of(key, sgx_class, up_to_date);
    const size_t at = strlen(changed) - 8; /* inside the signature */
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    refused(&s, "another signature", changed, "true");
    refused(&s, "a tenant's policy", tenant, "true");
    refused(&s, "no token", "abc", "true");
    refused(&s, "an empty token", "", "true");
    refused(&s, "a default that is none", good, "2");
    refused(&s, "a default in words", good, "\"yes\"");
    served_expect(&s, HTTP_PUT, put, "{\"is_default\":true,\"fmspc\":\"00806F050000\"}", 400);
    served_expect(&s, HTTP_PUT, put, "[]", 400);
    served_expect(&s, HTTP_GET, get, "", 404);
    assay_text_free(changed);
    assay_text_free(tenant);
    assay_text_free(good);
    assay_key_free(key);
    served_stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_joined_by_type),
        cmocka_unit_test(what_nobody_vouches_for_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
