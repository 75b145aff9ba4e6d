/* qvl.c: the status numbers of Intel's QVL and what its C interface returns for each.
 * verification.md 4.2. Names are those of the QVL's header without STATUS_. */
#include <stdio.h>

#include "base/error.h"

static const struct {
    const char *name;
    const char *word; /* what scripts see in error.status */
    uint16_t code;    /* quote3_error_t */
} statuses[] = {
    [0] = { "OK", "ok", 0 },
    [1] = { "UNSUPPORTED_CERT_FORMAT", "unsupported-cert-format", 0xE021 },
    [2] = { "SGX_ROOT_CA_MISSING", "sgx-root-ca-missing", 0xE001 },
    [3] = { "SGX_ROOT_CA_INVALID", "sgx-root-ca-invalid", 0xE001 },
    [4] = { "SGX_ROOT_CA_INVALID_EXTENSIONS", "sgx-root-ca-invalid-extensions", 0xE001 },
    [5] = { "SGX_ROOT_CA_INVALID_ISSUER", "sgx-root-ca-invalid-issuer", 0xE001 },
    [6] = { "SGX_ROOT_CA_UNTRUSTED", "sgx-root-ca-untrusted", 0xE022 },
    [7] = { "SGX_INTERMEDIATE_CA_MISSING", "sgx-intermediate-ca-missing", 0xE001 },
    [8] = { "SGX_INTERMEDIATE_CA_INVALID", "sgx-intermediate-ca-invalid", 0xE001 },
    [9] = { "SGX_INTERMEDIATE_CA_INVALID_EXTENSIONS", "sgx-intermediate-ca-invalid-extensions",
            0xE001 },
    [10] = { "SGX_INTERMEDIATE_CA_INVALID_ISSUER", "sgx-intermediate-ca-invalid-issuer", 0xE001 },
    [11] = { "SGX_INTERMEDIATE_CA_REVOKED", "sgx-intermediate-ca-revoked", 0xE031 },
    [12] = { "SGX_PCK_MISSING", "sgx-pck-missing", 0xE001 },
    [13] = { "SGX_PCK_INVALID", "sgx-pck-invalid", 0xE001 },
    [14] = { "SGX_PCK_INVALID_EXTENSIONS", "sgx-pck-invalid-extensions", 0xE001 },
    [15] = { "SGX_PCK_INVALID_ISSUER", "sgx-pck-invalid-issuer", 0xE001 },
    [16] = { "SGX_PCK_REVOKED", "sgx-pck-revoked", 0xE031 },
    [17] = { "TRUSTED_ROOT_CA_INVALID", "trusted-root-ca-invalid", 0xE001 },
    [18] = { "SGX_PCK_CERT_CHAIN_UNTRUSTED", "sgx-pck-cert-chain-untrusted", 0xE022 },
    [19] = { "SGX_TCB_INFO_UNSUPPORTED_FORMAT", "sgx-tcb-info-unsupported-format", 0xE023 },
    [20] = { "SGX_TCB_INFO_INVALID", "sgx-tcb-info-invalid", 0xE023 },
    [21] = { "TCB_INFO_INVALID_SIGNATURE", "tcb-info-invalid-signature", 0xE03A },
    [22] = { "SGX_TCB_SIGNING_CERT_MISSING", "sgx-tcb-signing-cert-missing", 0xE001 },
    [23] = { "SGX_TCB_SIGNING_CERT_INVALID", "sgx-tcb-signing-cert-invalid", 0xE001 },
    [24] = { "SGX_TCB_SIGNING_CERT_INVALID_EXTENSIONS", "sgx-tcb-signing-cert-invalid-extensions",
             0xE001 },
    [25] = { "SGX_TCB_SIGNING_CERT_INVALID_ISSUER", "sgx-tcb-signing-cert-invalid-issuer", 0xE001 },
    [26] = { "SGX_TCB_SIGNING_CERT_CHAIN_UNTRUSTED", "sgx-tcb-signing-cert-chain-untrusted",
             0xE03A },
    [27] = { "SGX_TCB_SIGNING_CERT_REVOKED", "sgx-tcb-signing-cert-revoked", 0xE031 },
    [28] = { "SGX_CRL_UNSUPPORTED_FORMAT", "sgx-crl-unsupported-format", 0xE001 },
    [29] = { "SGX_CRL_UNKNOWN_ISSUER", "sgx-crl-unknown-issuer", 0xE001 },
    [30] = { "SGX_CRL_INVALID", "sgx-crl-invalid", 0xE001 },
    [31] = { "SGX_CRL_INVALID_EXTENSIONS", "sgx-crl-invalid-extensions", 0xE001 },
    [32] = { "SGX_CRL_INVALID_SIGNATURE", "sgx-crl-invalid-signature", 0xE068 },
    [33] = { "SGX_CA_CERT_UNSUPPORTED_FORMAT", "sgx-ca-cert-unsupported-format", 0xE001 },
    [34] = { "SGX_CA_CERT_INVALID", "sgx-ca-cert-invalid", 0xE001 },
    [35] = { "TRUSTED_ROOT_CA_UNSUPPORTED_FORMAT", "trusted-root-ca-unsupported-format", 0xE001 },
    [36] = { "MISSING_PARAMETERS", "missing-parameters", 0xE002 },
    [37] = { "UNSUPPORTED_QUOTE_FORMAT", "unsupported-quote-format", 0xE01D },
    [38] = { "UNSUPPORTED_PCK_CERT_FORMAT", "unsupported-pck-cert-format", 0xE021 },
    [39] = { "INVALID_PCK_CERT", "invalid-pck-cert", 0xE022 },
    [40] = { "UNSUPPORTED_PCK_RL_FORMAT", "unsupported-pck-rl-format", 0xE001 },
    [41] = { "INVALID_PCK_CRL", "invalid-pck-crl", 0xE001 },
    [42] = { "UNSUPPORTED_TCB_INFO_FORMAT", "unsupported-tcb-info-format", 0xE023 },
    [43] = { "PCK_REVOKED", "pck-revoked", 0xE031 },
    [44] = { "TCB_INFO_MISMATCH", "tcb-info-mismatch", 0xE024 },
    [45] = { "TCB_OUT_OF_DATE", "tcb-out-of-date", 0xE027 },
    [46] = { "TCB_REVOKED", "tcb-revoked", 0xE032 },
    [47] = { "TCB_CONFIGURATION_NEEDED", "tcb-configuration-needed", 0xE033 },
    [48] = { "TCB_OUT_OF_DATE_CONFIGURATION_NEEDED", "tcb-out-of-date-configuration-needed",
             0xE028 },
    [49] = { "TCB_NOT_SUPPORTED", "tcb-not-supported", 0xE066 },
    [50] = { "TCB_UNRECOGNIZED_STATUS", "tcb-unrecognized-status", 0xE001 },
    [51] = { "UNSUPPORTED_QE_CERTIFICATION", "unsupported-qe-certification", 0xE01C },
    [52] = { "INVALID_QE_CERTIFICATION_DATA_SIZE", "invalid-qe-certification-data-size", 0xE001 },
    [53] = { "UNSUPPORTED_QE_CERTIFICATION_DATA_TYPE", "unsupported-qe-certification-data-type",
             0xE01C },
    [54] = { "PCK_CERT_MISMATCH", "pck-cert-mismatch", 0xE001 },
    [55] = { "INVALID_QE_REPORT_SIGNATURE", "invalid-qe-report-signature", 0xE01F },
    [56] = { "INVALID_QE_REPORT_DATA", "invalid-qe-report-data", 0xE001 },
    [57] = { "INVALID_QUOTE_SIGNATURE", "invalid-quote-signature", 0xE068 },
    [58] = { "SGX_QE_IDENTITY_UNSUPPORTED_FORMAT", "sgx-qe-identity-unsupported-format", 0xE025 },
    [59] = { "SGX_QE_IDENTITY_INVALID", "sgx-qe-identity-invalid", 0xE026 },
    [60] = { "SGX_QE_IDENTITY_INVALID_SIGNATURE", "sgx-qe-identity-invalid-signature", 0xE068 },
    [61] = { "SGX_ENCLAVE_REPORT_UNSUPPORTED_FORMAT", "sgx-enclave-report-unsupported-format",
             0xE020 },
    [62] = { "SGX_ENCLAVE_IDENTITY_UNSUPPORTED_FORMAT", "sgx-enclave-identity-unsupported-format",
             0xE039 },
    [63] = { "SGX_ENCLAVE_IDENTITY_INVALID", "sgx-enclave-identity-invalid", 0xE039 },
    [64] = { "SGX_ENCLAVE_IDENTITY_UNSUPPORTED_VERSION", "sgx-enclave-identity-unsupported-version",
             0xE039 },
    [65] = { "SGX_ENCLAVE_IDENTITY_OUT_OF_DATE", "sgx-enclave-identity-out-of-date", 0xE029 },
    [66] = { "SGX_ENCLAVE_REPORT_MISCSELECT_MISMATCH", "sgx-enclave-report-miscselect-mismatch",
             0xE026 },
    [67] = { "SGX_ENCLAVE_REPORT_ATTRIBUTES_MISMATCH", "sgx-enclave-report-attributes-mismatch",
             0xE026 },
    [68] = { "SGX_ENCLAVE_REPORT_MRENCLAVE_MISMATCH", "sgx-enclave-report-mrenclave-mismatch",
             0xE026 },
    [69] = { "SGX_ENCLAVE_REPORT_MRSIGNER_MISMATCH", "sgx-enclave-report-mrsigner-mismatch",
             0xE026 },
    [70] = { "SGX_ENCLAVE_REPORT_ISVPRODID_MISMATCH", "sgx-enclave-report-isvprodid-mismatch",
             0xE026 },
    [71] = { "SGX_ENCLAVE_REPORT_ISVSVN_OUT_OF_DATE", "sgx-enclave-report-isvsvn-out-of-date",
             0xE02A },
    [72] = { "UNSUPPORTED_QE_IDENTITY_FORMAT", "unsupported-qe-identity-format", 0xE039 },
    [73] = { "QE_IDENTITY_OUT_OF_DATE", "qe-identity-out-of-date", 0xE02B },
    [74] = { "QE_IDENTITY_MISMATCH", "qe-identity-mismatch", 0xE026 },
    [75] = { "SGX_TCB_INFO_EXPIRED", "sgx-tcb-info-expired", 0xE02C },
    [76] = { "SGX_ENCLAVE_IDENTITY_INVALID_SIGNATURE", "sgx-enclave-identity-invalid-signature",
             0xE039 },
    [77] = { "INVALID_PARAMETER", "invalid-parameter", 0xE002 },
    [78] = { "SGX_PCK_CERT_CHAIN_EXPIRED", "sgx-pck-cert-chain-expired", 0xE02D },
    [79] = { "SGX_CRL_EXPIRED", "sgx-crl-expired", 0xE02E },
    [80] = { "SGX_SIGNING_CERT_CHAIN_EXPIRED", "sgx-signing-cert-chain-expired", 0xE02F },
    [81] = { "SGX_ENCLAVE_IDENTITY_EXPIRED", "sgx-enclave-identity-expired", 0xE030 },
    [82] = { "TCB_SW_HARDENING_NEEDED", "tcb-sw-hardening-needed", 0xE03C },
    [83] = { "TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED",
             "tcb-configuration-and-sw-hardening-needed", 0xE03D },
    [84] = { "SGX_ENCLAVE_REPORT_ISVSVN_REVOKED", "sgx-enclave-report-isvsvn-revoked", 0xE032 },
    [85] = { "TDX_MODULE_MISMATCH", "tdx-module-mismatch", 0xE060 },
    [86] = { "SGX_ENCLAVE_REPORT_ISVSVN_NOT_SUPPORTED", "sgx-enclave-report-isvsvn-not-supported",
             0xE001 },
    [87] = { "TCB_TD_RELAUNCH_ADVISED", "tcb-td-relaunch-advised", 0 },
    [88] = { "TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED",
             "tcb-td-relaunch-advised-configuration-needed", 0 },
};

enum { STATUS_COUNT = sizeof(statuses) / sizeof(statuses[0]) };

const char *assay_qvl_name(unsigned qvl)
{
    return qvl < STATUS_COUNT ? statuses[qvl].name : NULL;
}

unsigned qvl_return(unsigned qvl)
{
    return qvl < STATUS_COUNT ? statuses[qvl].code : 0xE001;
}

const char *assay_error_name(const assay_error *error)
{
    if (error->name != NULL)
        return error->name;
    if (error->qvl > 0 && error->qvl < STATUS_COUNT)
        return statuses[error->qvl].word;
    return assay_status_name(error->status);
}
