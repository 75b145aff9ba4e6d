/* settings.c: paths and load policies. There is no enclave to load: policies are checked and kept
 * to the published rules, and change nothing. verification.md 7.2, 7.3. */
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

#include "glue.h"

enum { PATH_BUFFER_SIZE = 260 };

static bool policy_known(sgx_ql_request_policy_t policy)
{
    switch (policy) {
    case SGX_QL_PERSISTENT:
    case SGX_QL_EPHEMERAL:
    case SGX_QL_EPHEMERAL_QVE_MULTI_THREAD:
    case SGX_QL_PERSISTENT_QVE_MULTI_THREAD:
        return true;
    }
    return false;
}

/* The published rule: once per process. */
EXPORTED quote3_error_t sgx_qv_set_enclave_load_policy(sgx_ql_request_policy_t policy)
{
    static atomic_flag set = ATOMIC_FLAG_INIT;
    if (!policy_known(policy) || atomic_flag_test_and_set(&set))
        return SGX_QL_UNSUPPORTED_LOADING_POLICY;
    return SGX_QL_SUCCESS;
}

EXPORTED quote3_error_t sgx_qv_set_path(sgx_qv_path_type_t type, const char *path)
{
    struct stat file;
    if (path == NULL || strnlen(path, PATH_BUFFER_SIZE) == PATH_BUFFER_SIZE ||
        stat(path, &file) != 0 || !S_ISREG(file.st_mode))
        return SGX_QL_ERROR_INVALID_PARAMETER;
    switch (type) {
    case SGX_QV_QVE_PATH:
        return SGX_QL_SUCCESS;
    case SGX_QV_QPL_PATH:
        return provider_path_set(path);
    }
    return SGX_QL_ERROR_INVALID_PARAMETER;
}
