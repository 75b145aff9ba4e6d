/* abi_qal_test.c: libsgx_dcap_qal.so.1 alone appraises and authenticates. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi.h"
#include "support.h"
#include "vectors.h"

typedef __typeof__(tee_appraise_verification_token) appraise_function;
typedef __typeof__(tee_authenticate_appraisal_result) authenticate_function;
typedef __typeof__(tee_free_appraisal_token) free_function;

static void symbol_find(void *handle, const char *name, void *out)
{
    void *symbol = dlsym(handle, name);
    assert_non_null(symbol);
    memcpy(out, &symbol, sizeof(symbol));
}

/* With a NUL behind it; malloc'd. */
static uint8_t *golden_text(const char *name)
{
    char folder[1024];
    snprintf(folder, sizeof(folder), "%s/appraisal/full", vectors_folder());
    const assay_span file = vectors_read(folder, name);
    uint8_t *text = calloc(1, file.size + 1);
    assert_non_null(file.data);
    assert_non_null(text);
    memcpy(text, file.data, file.size);
    free((void *)file.data);
    return text;
}

static void it_appraises_and_authenticates(void **state)
{
    (void)state;
    if (vectors_folder() == NULL)
        skip();
    void *handle = dlopen(getenv("ASSAY_QAL"), RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL)
        test_fail("%s", dlerror());
    appraise_function *appraise;
    authenticate_function *authenticate;
    free_function *free_token;
    symbol_find(handle, "tee_appraise_verification_token", &appraise);
    symbol_find(handle, "tee_authenticate_appraisal_result", &authenticate);
    symbol_find(handle, "tee_free_appraisal_token", &free_token);
    uint8_t *token = golden_text("vr_tdx.jwt"), *result = NULL;
    uint8_t *policies[] = { golden_text("policies/td_tenant.jwt"),
                            golden_text("policies/tdx_strict.jwt") };
    const tee_policy_bundle_t bundle = { .p_tenant_identity_policy = policies[0],
                                         .platform_policy = { CUSTOMIZED, policies[1] } };
    tee_policy_auth_result_t outcome = TEE_AUTH_FAILURE;
    uint32_t size = 0;
    assert_row("appraise", appraise(token, policies, 2, 1750420800, NULL, &size, &result), 0);
    assert_row("authenticate", authenticate(result, &bundle, &outcome), 0);
    assert_row("outcome", outcome, TEE_AUTH_SUCCESS);
    assert_row("free", free_token(result), 0);
    free(policies[0]);
    free(policies[1]);
    free(token);
    assert_int_equal(dlclose(handle), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_appraises_and_authenticates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
