/* drop_in.c: loads the built library, makes collateral structures. */
#include "drop_in.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static void symbol_find(void *handle, const char *name, void *out)
{
    void *symbol = dlsym(handle, name);
    if (symbol == NULL)
        test_fail("%s is not exported", name);
    memcpy(out, &symbol, sizeof(symbol));
}

const drop_in *drop_in_library(void)
{
    static drop_in library;
    if (library.handle != NULL)
        return &library;
    const char *path = getenv("ASSAY_QUOTEVERIFY");
    assert_non_null(path);
    library.handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library.handle == NULL)
        test_fail("%s", dlerror());
#define FIND(name) symbol_find(library.handle, #name, &library.name);
    DROP_IN_FUNCTIONS(FIND)
#undef FIND
    symbol_find(library.handle, "sgx_trace_logger_callback", &library.callback);
    symbol_find(library.handle, "sgx_trace_loglevel", &library.level);
    return &library;
}

/* A copy with a NUL behind it. */
static char *text_of(assay_span item)
{
    char *text = malloc(item.size + 1);
    assert_non_null(text);
    if (item.size > 0)
        memcpy(text, item.data, item.size);
    text[item.size] = '\0';
    return text;
}

void given_collateral_make(given_collateral *out, const assay_collateral_items *items,
                           uint32_t tee_type)
{
    sgx_ql_qve_collateral_t *c = &out->structure;
    *c = (sgx_ql_qve_collateral_t) { .major_version = 3, .minor_version = 1 };
    c->tee_type = tee_type;
#define TAKE(name, more)                                                                           \
    c->name = text_of(items->name);                                                                \
    c->name##_size = (uint32_t)items->name.size + (more)
    TAKE(pck_crl_issuer_chain, 1);
    TAKE(root_ca_crl, 0);
    TAKE(pck_crl, 0);
    TAKE(tcb_info_issuer_chain, 1);
    TAKE(tcb_info, 1);
    TAKE(qe_identity_issuer_chain, 1);
    TAKE(qe_identity, 1);
#undef TAKE
}

void given_collateral_free(given_collateral *collateral)
{
    sgx_ql_qve_collateral_t *c = &collateral->structure;
    char *texts[] = { c->pck_crl_issuer_chain,
                      c->root_ca_crl,
                      c->pck_crl,
                      c->tcb_info_issuer_chain,
                      c->tcb_info,
                      c->qe_identity_issuer_chain,
                      c->qe_identity };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free(texts[i]);
}
