/* glue.h: what the files of this drop-in share. Between the published ABI (abi.h) and the public
 * header of libassay-fetch nothing else stands. */
#ifndef ASSAY_COMPAT_QUOTEPROV_GLUE_H
#define ASSAY_COMPAT_QUOTEPROV_GLUE_H

#include <stdbool.h>
#include <stddef.h>

#include "abi.h"
#include "assay/fetch.h"

#define EXPORTED __attribute__((visibility("default")))

enum { FMSPC_SIZE = 6, TEE_TYPE_SGX = 0, TEE_TYPE_TDX = 0x81 };

/* ---- trace.c: messages for the program's callback, and nowhere else ---- */

typedef enum trace_level { TRACE_ERROR, TRACE_WARNING, TRACE_INFO } trace_level;

void trace(trace_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- failure.c: libassay's errors as codes ---- */

/* Tells the callback what failed, with QCNL's number, and returns the code; `no_data` is what
 * this call returns when a service has no such item. */
quote3_error_t failure_of(const char *what, assay_status status, const assay_error *error,
                          quote3_error_t no_data);

/* The same code as Azure's own calls return it. */
sgx_plat_error_t plat_error_of(quote3_error_t code);

/* ---- encoding.c: memory and forms of what is handed out ---- */

typedef enum crl_form { CRL_FORM_PEM, CRL_FORM_HEX, CRL_FORM_DER } crl_form;

/* malloc'd, with a NUL behind; *size counts the NUL. False when there is no memory. */
bool text_copy(assay_span in, char **out, uint32_t *size);
bool crl_encode(assay_span der, crl_form form, char **out, uint32_t *size);

/* Standard base64, NUL behind: `out` needs BASE64_SIZE(in.size). */
#define BASE64_SIZE(size) (((size) + 2) / 3 * 4 + 1)
void base64_write(assay_span in, char *out);

/* ---- settings.c, azure_settings.c: both configurations ---- */

typedef struct tee_settings {
    assay_fetch_config fetch;
    uint32_t version; /* of the collateral structure */
    crl_form form;
} tee_settings;

typedef struct settings {
    tee_settings sgx, tdx;
} settings;

/* QCNL's file, then Azure's variables, which win. E067 when the file is malformed, E006 when it
 * can't be read, E002 for a variable with an unusable value. */
quote3_error_t settings_load(settings *out);
quote3_error_t azure_settings_apply(settings *out);

/* A variable of the environment; NULL when it is not set, empty, or the program runs with raised
 * privileges. */
const char *environment(const char *name);

/* ---- session.c: one set of connections for the process ---- */

typedef struct session session;

/* Made at first need and by sgx_qpl_global_init(); a failure is not remembered. To be dropped. */
quote3_error_t session_take(session **out);
void session_drop(session **taken);
#define AUTO_SESSION __attribute__((cleanup(session_drop))) session

assay_fetcher *session_fetcher(const session *taken, assay_tee tee);
const tee_settings *session_settings(const session *taken, assay_tee tee);

/* One item; `what` names it in messages. To be freed with assay_fetched_free(). */
quote3_error_t session_fetch(const session *taken, const assay_fetch_request *request,
                             const char *what, quote3_error_t no_data, assay_fetched *out);
#define AUTO_FETCHED __attribute__((cleanup(assay_fetched_free))) assay_fetched

/* "processor" or "platform"; ASSAY_CA_NONE for anything else. */
assay_ca ca_of_word(const char *word);

#endif
