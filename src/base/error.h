/* error.h: one way to fail, and the numbers of Intel's QVL that errors carry. */
#ifndef ASSAY_BASE_ERROR_H
#define ASSAY_BASE_ERROR_H

#include "assay/base.h"

/* The only macro that hides a return. */
#define TRY(expression)                                                                            \
    do {                                                                                           \
        assay_status try_status_ = (expression);                                                   \
        if (try_status_ != ASSAY_OK)                                                               \
            return try_status_;                                                                    \
    } while (0)

/* TRY that stamps the error with a QVL status unless a deeper place already did. */
#define TRY_AS(qvl_, expression)                                                                   \
    do {                                                                                           \
        assay_status try_status_ = (expression);                                                   \
        if (try_status_ != ASSAY_OK)                                                               \
            return error_as(err, try_status_, (qvl_), 0);                                          \
    } while (0)

/* QVL statuses that assay reports. Names and numbers as in Intel's header; the whole table with the
 * returns of the C interface is qvl.c. */
enum qvl_status {
    QVL_UNSUPPORTED_CERT_FORMAT = 1,
    QVL_ROOT_CA_MISSING = 2,
    QVL_ROOT_CA_INVALID = 3,
    QVL_ROOT_CA_INVALID_EXTENSIONS = 4,
    QVL_ROOT_CA_INVALID_ISSUER = 5,
    QVL_ROOT_CA_UNTRUSTED = 6,
    QVL_INTERMEDIATE_CA_MISSING = 7,
    QVL_INTERMEDIATE_CA_INVALID = 8,
    QVL_INTERMEDIATE_CA_INVALID_EXTENSIONS = 9,
    QVL_INTERMEDIATE_CA_INVALID_ISSUER = 10,
    QVL_INTERMEDIATE_CA_REVOKED = 11,
    QVL_PCK_MISSING = 12,
    QVL_PCK_INVALID = 13,
    QVL_PCK_INVALID_EXTENSIONS = 14,
    QVL_PCK_INVALID_ISSUER = 15,
    QVL_PCK_CERT_REVOKED = 16,
    QVL_TRUSTED_ROOT_CA_INVALID = 17,
    QVL_PCK_CHAIN_UNTRUSTED = 18,
    QVL_TCB_INFO_INVALID = 20,
    QVL_TCB_INFO_INVALID_SIGNATURE = 21,
    QVL_TCB_SIGNING_CERT_MISSING = 22,
    QVL_TCB_SIGNING_CERT_INVALID = 23,
    QVL_TCB_SIGNING_CERT_INVALID_EXTENSIONS = 24,
    QVL_TCB_SIGNING_CERT_INVALID_ISSUER = 25,
    QVL_TCB_SIGNING_CHAIN_UNTRUSTED = 26,
    QVL_TCB_SIGNING_CERT_REVOKED = 27,
    QVL_CRL_UNSUPPORTED_FORMAT = 28,
    QVL_CRL_UNKNOWN_ISSUER = 29,
    QVL_CRL_INVALID = 30,
    QVL_CRL_INVALID_EXTENSIONS = 31,
    QVL_CRL_INVALID_SIGNATURE = 32,
    QVL_MISSING_PARAMETERS = 36,
    QVL_UNSUPPORTED_QUOTE_FORMAT = 37,
    QVL_UNSUPPORTED_PCK_CERT_FORMAT = 38,
    QVL_INVALID_PCK_CERT = 39,
    QVL_INVALID_PCK_CRL = 41,
    QVL_UNSUPPORTED_TCB_INFO_FORMAT = 42,
    QVL_PCK_REVOKED = 43,
    QVL_TCB_INFO_MISMATCH = 44,
    QVL_TCB_OUT_OF_DATE = 45,
    QVL_TCB_REVOKED = 46,
    QVL_TCB_CONFIGURATION_NEEDED = 47,
    QVL_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED = 48,
    QVL_TCB_NOT_SUPPORTED = 49,
    QVL_UNSUPPORTED_QE_CERTIFICATION = 51,
    QVL_UNSUPPORTED_QE_CERTIFICATION_DATA_TYPE = 53,
    QVL_INVALID_QE_REPORT_SIGNATURE = 55,
    QVL_INVALID_QE_REPORT_DATA = 56,
    QVL_INVALID_QUOTE_SIGNATURE = 57,
    QVL_QE_IDENTITY_UNSUPPORTED_FORMAT = 58,
    QVL_QE_IDENTITY_MISMATCH = 74,
    QVL_TCB_INFO_EXPIRED = 75,
    QVL_IDENTITY_INVALID_SIGNATURE = 76,
    QVL_INVALID_PARAMETER = 77,
    QVL_PCK_CHAIN_EXPIRED = 78,
    QVL_CRL_EXPIRED = 79,
    QVL_SIGNING_CHAIN_EXPIRED = 80,
    QVL_IDENTITY_EXPIRED = 81,
    QVL_TCB_SW_HARDENING_NEEDED = 82,
    QVL_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED = 83,
    QVL_TDX_MODULE_MISMATCH = 85,
    QVL_TD_RELAUNCH_ADVISED = 87,
    QVL_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED = 88
};

/* Fills the record (when there is one) and returns `status`. `where` and the formatted text are
 * cut to fit; bytes that are no printable ASCII become question marks. */
assay_status fail(assay_error *err, assay_status status, const char *where, int64_t offset,
                  const char *format, ...) ASSAY_PRINTF(5, 6);

/* Stamps QVL status and quote3_error_t on an error unless it has a QVL status already; `code` 0
 * means the usual return of that QVL status. Returns `status`. */
assay_status error_as(assay_error *err, assay_status status, unsigned qvl, unsigned code);

/* As fail(), with a name of its own ("policy_unknown_member"; static storage) and, when that is not
 * NULL, a suggestion. */
assay_status fail_named(assay_error *err, assay_status status, const char *name,
                        const char *suggestion, const char *where, const char *format, ...)
    ASSAY_PRINTF(6, 7);

/* Puts `prefix` before the path: "tcbLevels[3].tcb" becomes "tcb_info.tcbLevels[3].tcb". Only for
 * errors; returns `status`. */
assay_status error_inside(assay_error *err, assay_status status, const char *prefix);

/* The quote3_error_t that Intel's C interface returns for a QVL status; 0xE001 for numbers outside
 * the table. */
unsigned qvl_return(unsigned qvl);

#endif
