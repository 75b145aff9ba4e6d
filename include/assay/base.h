/* assay/base.h: what every other public header needs: status, error record, spans, time, hex.
 *
 * Conventions of all assay headers
 *   - Functions return assay_status; ASSAY_OK is 0. On any other status no output argument has
 *     been written, and the error record (may be NULL) says what was seen, where, and what was
 *     wanted.
 *   - Bytes from outside are an assay_span: borrowed for the call unless a header says otherwise.
 *   - Times are int64_t seconds since 1970-01-01T00:00:00Z. The library has no clock: "now" is
 *     always an argument.
 *   - All functions may be called from any thread. Objects are immutable unless stated.
 */
#ifndef ASSAY_BASE_H
#define ASSAY_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define ASSAY_API                 __attribute__((visibility("default")))
#define ASSAY_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define ASSAY_API
#define ASSAY_PRINTF(text, first)
#endif

#define ASSAY_VERSION_MAJOR 0
#define ASSAY_VERSION_MINOR 1
#define ASSAY_VERSION_PATCH 0

/* "0.1.0"; static storage. */
ASSAY_API const char *assay_version(void);

/* Whether something could be judged. What was judged is the verdict (assay/verify.h). */
typedef enum assay_status {
    ASSAY_OK = 0,
    ASSAY_TRUNCATED,   /* ends before the structure does */
    ASSAY_MALFORMED,   /* breaks its format: reserved bits, left-over bytes, duplicate members */
    ASSAY_UNSUPPORTED, /* well-formed, but of a version, type or algorithm that is not verified */
    ASSAY_UNTRUSTED,   /* a signature, chain or binding does not hold */
    ASSAY_MISMATCH,    /* two inputs that are each sound do not belong together */
    ASSAY_REVOKED,     /* a certificate is on its issuer's CRL */
    ASSAY_USAGE,       /* the caller broke this interface, or an argument is not usable */
    ASSAY_NO_MEMORY,   /* the allocator failed */
    ASSAY_ENVIRONMENT  /* file, network, device: only from outside the core */
} assay_status;

/* "ok", "truncated", ... : lower-case words with hyphens. Static storage. */
ASSAY_API const char *assay_status_name(assay_status status);

#define ASSAY_WHERE_SIZE      96
#define ASSAY_DETAIL_SIZE     224
#define ASSAY_SUGGESTION_SIZE 96
#define ASSAY_NO_OFFSET       (-1)

/* What went wrong. Plain data: copy it freely, nothing to free. A zeroed record means no error. */
typedef struct assay_error {
    assay_status status;
    uint16_t qvl;                 /* status number of Intel's QVL (S44 = 44), 0 when none fits */
    uint16_t code;                /* quote3_error_t (0xE024), 0 when none fits */
    int64_t offset;               /* byte offset inside the input of `where`, or -1 */
    char where[ASSAY_WHERE_SIZE]; /* path: "quote.qe_report.report_data", "tcb_info.tcbLevels[3]" */
    char detail[ASSAY_DETAIL_SIZE]; /* one sentence: what was seen, what was wanted */
    const char *name; /* of policies and tokens: "policy_unknown_member"; static, or NULL */
    char suggestion[ASSAY_SUGGESTION_SIZE]; /* what was probably meant; empty when unknown */
} assay_error;

/* The name scripts see: error.name when there is one, else that of the QVL status
 * ("tcb-info-mismatch"), else that of the assay_status ("truncated"). Static storage. */
ASSAY_API const char *assay_error_name(const assay_error *error);

/* Name of a QVL status as in its header, without STATUS_ ("TCB_INFO_MISMATCH"), or NULL. */
ASSAY_API const char *assay_qvl_name(unsigned qvl);

/* Bytes that belong to somebody else. {NULL, 0} is the empty span. */
typedef struct assay_span {
    const uint8_t *data;
    size_t size;
} assay_span;

/* Trusted execution environments. The zero value is no TEE. */
typedef enum assay_tee { ASSAY_TEE_NONE = 0, ASSAY_TEE_SGX, ASSAY_TEE_TDX } assay_tee;

/* "sgx", "tdx" or "none". Static storage. */
ASSAY_API const char *assay_tee_name(assay_tee tee);

/* Parses RFC 3339 ("2025-07-04T10:28:44Z", also with "+02:00", fractions cut) or decimal Unix
 * seconds. MALFORMED for anything else, for dates not in the calendar, and before 1970. */
ASSAY_API assay_status assay_time_parse(const char *text, int64_t *out, assay_error *error);

#define ASSAY_TIME_SIZE 21

/* Writes "2025-07-04T10:28:44Z" and NUL. Times before 1970 or after 9999 are clamped. */
ASSAY_API void assay_time_format(int64_t time, char out[ASSAY_TIME_SIZE]);

/* Decodes exactly text.size / 2 bytes; either case; MALFORMED with offset otherwise. */
ASSAY_API assay_status assay_hex_decode(assay_span text, uint8_t *out, size_t out_size,
                                        assay_error *error);

/* Writes 2 * bytes.size lower-case digits and NUL. */
ASSAY_API void assay_hex_encode(assay_span bytes, char *out);

/* How evidence came in. */
typedef enum assay_encoding {
    ASSAY_ENCODING_BINARY = 0,
    ASSAY_ENCODING_HEX,
    ASSAY_ENCODING_BASE64
} assay_encoding;

/* Recognises binary, hex and base64 (standard or URL alphabet; white space allowed in both text
 * forms) and decodes text into `out`. Input counts as text only when every byte of it is of that
 * text form; anything else is binary and is copied as it is. `out_capacity` of in.size is always
 * enough; USAGE when it is too small. `encoding` may be NULL. */
ASSAY_API assay_status assay_decode_any(assay_span in, uint8_t *out, size_t out_capacity,
                                        size_t *out_size, assay_encoding *encoding,
                                        assay_error *error);

/* The closest candidate to a misspelt word (Damerau-Levenshtein distance at most 2, and less than
 * half its length), or NULL. `candidates` ends with NULL; the answer is one of its pointers. */
ASSAY_API const char *assay_suggest(const char *word, const char *const *candidates);

#ifdef __cplusplus
}
#endif
#endif
