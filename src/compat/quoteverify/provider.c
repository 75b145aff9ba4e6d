/* provider.c: loads the collateral provider library on first need. verification.md 7.4.
 *
 * The one state of this drop-in: which library is loaded, and the path that the program has set.
 * Both change under one lock, which no verification with collateral at hand ever takes. */
#include "provider.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "glue.h"

enum { PATH_SIZE = 260 };

typedef enum need { REQUIRED, OPTIONAL } need;

static const struct {
    const char *name;
    size_t member;
    need need;
} symbols[] = {
    { "sgx_qpl_global_init", offsetof(provider_functions, global_init), OPTIONAL },
    { "sgx_ql_get_quote_verification_collateral", offsetof(provider_functions, get_sgx_collateral),
      REQUIRED },
    { "sgx_ql_free_quote_verification_collateral",
      offsetof(provider_functions, free_sgx_collateral), REQUIRED },
    { "tdx_ql_get_quote_verification_collateral", offsetof(provider_functions, get_tdx_collateral),
      OPTIONAL },
    { "tdx_ql_free_quote_verification_collateral",
      offsetof(provider_functions, free_tdx_collateral), OPTIONAL },
    { "sgx_ql_get_qve_identity", offsetof(provider_functions, get_qve_identity), REQUIRED },
    { "sgx_ql_free_qve_identity", offsetof(provider_functions, free_qve_identity), REQUIRED },
    { "sgx_ql_get_root_ca_crl", offsetof(provider_functions, get_root_ca_crl), REQUIRED },
    { "sgx_ql_free_root_ca_crl", offsetof(provider_functions, free_root_ca_crl), REQUIRED },
};

static struct {
    pthread_mutex_t lock;
    char path[PATH_SIZE]; /* empty: the usual names */
    void *handle;         /* NULL: not loaded; else `functions` no longer change */
    provider_functions functions;
} state = { .lock = PTHREAD_MUTEX_INITIALIZER };

quote3_error_t provider_path_set(const char *path)
{
    pthread_mutex_lock(&state.lock);
    snprintf(state.path, sizeof(state.path), "%s", path);
    pthread_mutex_unlock(&state.lock);
    return SGX_QL_SUCCESS;
}

static quote3_error_t symbols_find(void *handle, provider_functions *out)
{
    for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
        void *symbol = dlsym(handle, symbols[i].name);
        if (symbol == NULL && symbols[i].need == REQUIRED) {
            trace(SE_TRACE_ERROR, "the collateral provider library lacks %s", symbols[i].name);
            return SGX_QL_PLATFORM_LIB_UNAVAILABLE;
        }
        memcpy((char *)out + symbols[i].member, &symbol, sizeof(symbol));
    }
    return SGX_QL_SUCCESS;
}

/* A configuration of the provider that isn't JSON is the provider's affair: E067 goes on. */
static quote3_error_t provider_start(const provider_functions *functions)
{
    if (functions->global_init == NULL)
        return SGX_QL_SUCCESS;
    const quote3_error_t code = functions->global_init();
    return code == SGX_QL_CONFIG_INVALID_JSON ? SGX_QL_SUCCESS : code;
}

/* PATH of the provider library in the folder of this library; empty when that can't be told. */
static void beside_find(char path[PATH_SIZE])
{
    static const char name[] = "libdcap_quoteprov.so.1";
    Dl_info self;
    path[0] = '\0';
    if (dladdr(&state, &self) == 0 || self.dli_fname == NULL)
        return;
    const char *slash = strrchr(self.dli_fname, '/');
    const size_t size = slash != NULL ? (size_t)(slash - self.dli_fname) + 1 : 0;
    if (slash != NULL && size + sizeof(name) <= PATH_SIZE)
        snprintf(path, PATH_SIZE, "%.*s%s", (int)size, self.dli_fname, name);
}

/* A vendor's library wins where one is installed; ours stands beside this one. */
static void *library_open(void)
{
    char beside[PATH_SIZE], why[PATH_SIZE] = "";
    const char *const usual[] = { "libdcap_quoteprov.so.1", "libdcap_quoteprov.so", beside };
    const char *const set[] = { state.path };
    const bool is_set = state.path[0] != '\0';
    const char *const *names = is_set ? set : usual;
    const size_t count = is_set ? 1 : sizeof(usual) / sizeof(usual[0]);
    beside_find(beside);
    for (size_t i = 0; i < count; i++) {
        void *handle = names[i][0] != '\0' ? dlopen(names[i], RTLD_LAZY | RTLD_LOCAL) : NULL;
        if (handle != NULL)
            return handle;
        const char *error = dlerror();
        if (why[0] == '\0')
            snprintf(why, sizeof(why), "%s", error != NULL ? error : names[i]);
    }
    trace(SE_TRACE_ERROR,
          "no collateral was given, and the collateral provider library can't be loaded: %s", why);
    return NULL;
}

/* Under the lock. */
static quote3_error_t library_load(void)
{
    provider_functions functions = { 0 };
    void *handle = library_open();
    if (handle == NULL)
        return SGX_QL_PLATFORM_LIB_UNAVAILABLE;
    quote3_error_t code = symbols_find(handle, &functions);
    if (code == SGX_QL_SUCCESS)
        code = provider_start(&functions);
    if (code != SGX_QL_SUCCESS) {
        dlclose(handle);
        return code;
    }
    state.functions = functions;
    state.handle = handle;
    return SGX_QL_SUCCESS;
}

quote3_error_t provider_load(const provider_functions **out)
{
    pthread_mutex_lock(&state.lock);
    const quote3_error_t code = state.handle != NULL ? SGX_QL_SUCCESS : library_load();
    pthread_mutex_unlock(&state.lock);
    if (code == SGX_QL_SUCCESS)
        *out = &state.functions;
    return code;
}

static __attribute__((destructor)) void library_close(void)
{
    if (state.handle != NULL)
        dlclose(state.handle);
    state.handle = NULL;
}
