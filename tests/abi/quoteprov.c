/* quoteprov.c: loads the built provider library, and stands around it. */
#include "quoteprov.h"

#include <dlfcn.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

static void symbol_find(void *handle, const char *name, void *out)
{
    void *symbol = dlsym(handle, name);
    if (symbol == NULL)
        test_fail("%s is not exported", name);
    memcpy(out, &symbol, sizeof(symbol));
}

const quoteprov *quoteprov_library(void)
{
    static quoteprov library;
    if (library.handle != NULL)
        return &library;
    const char *path = getenv("ASSAY_QUOTEPROV");
    assert_non_null(path);
    library.handle = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
    if (library.handle == NULL)
        test_fail("%s", dlerror());
#define FIND(name) symbol_find(library.handle, #name, &library.name);
    QUOTEPROV_FUNCTIONS(FIND)
#undef FIND
    return &library;
}

/* ---- Folder ---- */

static char folder[] = "/tmp/assay-quoteprov-XXXXXX";

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

static void folder_remove(void)
{
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *quoteprov_folder(void)
{
    static const char *made;
    if (made == NULL) {
        made = mkdtemp(folder);
        assert_non_null(made);
        assert_int_equal(atexit(folder_remove), 0);
        assert_int_equal(setenv("AZDCAP_CACHE", made, 1), 0);
    }
    return made;
}

/* ---- Settings ---- */

static const char *const variables[] = { "AZDCAP_BASE_CERT_URL",
                                         "AZDCAP_BASE_CERT_URL_TDX",
                                         "AZDCAP_REGION_URL",
                                         "AZDCAP_BYPASS_BASE_URL",
                                         "AZDCAP_PRIMARY_BASE_CERT_URL",
                                         "AZDCAP_SECONDARY_BASE_CERT_URL",
                                         "AZDCAP_CLIENT_ID",
                                         "AZDCAP_COLLATERAL_VERSION",
                                         "AZDCAP_COLLATERAL_VERSION_TDX",
                                         "AZDCAP_CACHE_EXPIRY_IN_SECONDS",
                                         "ASSAY_QUOTEPROV_SERVICE" };

void quoteprov_configure(const char *file_text)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/qcnl.conf", quoteprov_folder());
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(file_text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(setenv("QCNL_CONF_PATH", path, 1), 0);
    for (size_t i = 0; i < COUNT_OF(variables); i++)
        unsetenv(variables[i]);
    assert_int_equal(quoteprov_library()->sgx_qpl_global_cleanup(), SGX_QL_SUCCESS);
}

void quoteprov_set(const char *variable, const char *value)
{
    if (value == NULL)
        unsetenv(variable);
    else
        assert_int_equal(setenv(variable, value, 1), 0);
    assert_int_equal(quoteprov_library()->sgx_qpl_global_cleanup(), SGX_QL_SUCCESS);
}

/* ---- Messages ---- */

static char messages[16384];

static void keep(sgx_ql_log_level_t level, const char *message)
{
    const size_t used = strlen(messages);
    snprintf(messages + used, sizeof(messages) - used, "%d %s\n", (int)level, message);
}

void quoteprov_listen(void)
{
    messages[0] = '\0';
    assert_int_equal(quoteprov_library()->sgx_ql_set_logging_callback(keep, SGX_QL_LOG_TRACE),
                     SGX_QL_SUCCESS);
}

const char *quoteprov_messages(void)
{
    static char taken[sizeof(messages)];
    memcpy(taken, messages, sizeof(taken));
    messages[0] = '\0';
    return taken;
}
