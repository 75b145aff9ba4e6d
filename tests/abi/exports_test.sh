#!/bin/sh
# exports_test.sh LIBQUOTEVERIFY LIBQAL LIBQUOTEPROV: nm -D of the drop-ins equals the documented lists,
# unversioned; sonames are those that programs ask for.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
sort >"$place/quoteverify" <<'LIST'
sgx_qae_set_enclave_load_policy
sgx_qv_free_qve_identity
sgx_qv_get_quote_supplemental_data_size
sgx_qv_get_qve_identity
sgx_qv_set_enclave_load_policy
sgx_qv_set_path
sgx_qv_verify_quote
sgx_trace_logger_callback
sgx_trace_loglevel
tdx_qv_get_quote_supplemental_data_size
tdx_qv_verify_quote
tee_appraise_verification_token
tee_authenticate_appraisal_result
tee_authenticate_appraisal_result_ex
tee_authenticate_policy_owner
tee_free_appraisal_token
tee_free_verify_quote_qvt
tee_get_fmspc_from_quote
tee_get_supplemental_data_version_and_size
tee_qv_free_collateral
tee_qv_get_collateral
tee_verify_quote
tee_verify_quote_qvt
LIST
grep -E '^(tee_appraise|tee_free_appraisal|tee_authenticate|sgx_qae|sgx_trace)' "$place/quoteverify" \
    >"$place/qal"
# Intel's provider library, then what Azure's client has beside it.
sort >"$place/quoteprov" <<'LIST'
sgx_ql_free_quote_config
sgx_ql_free_quote_verification_collateral
sgx_ql_free_qve_identity
sgx_ql_free_root_ca_crl
sgx_ql_get_quote_config
sgx_ql_get_quote_verification_collateral
sgx_ql_get_quote_verification_collateral_with_params
sgx_ql_get_qve_identity
sgx_ql_get_root_ca_crl
sgx_ql_set_logging_callback
sgx_qpl_clear_cache
sgx_qpl_global_cleanup
sgx_qpl_global_init
tdx_ql_free_quote_verification_collateral
tdx_ql_get_quote_verification_collateral
tdx_ql_get_quote_verification_collateral_with_params
tee_free_default_platform_policy
tee_free_platform_policy
tee_get_default_platform_policy
sgx_free_qe_identity_info
sgx_get_qe_identity_info
sgx_ql_free_revocation_info
sgx_ql_get_revocation_info
sgx_ql_set_logging_function
LIST

check() {
    nm -D --defined-only "$1" | awk '{ print $3 }' | sort >"$place/got"
    diff -u "$place/$2" "$place/got"
    readelf -d "$1" | grep -q "SONAME.*\[lib$3\.so\.1\]" || {
        echo "$1: the soname is not lib$3.so.1"
        exit 1
    }
    echo "exports: $(wc -l <"$place/got") symbols of lib$3.so.1"
}

check "$1" quoteverify sgx_dcap_quoteverify
check "$2" qal sgx_dcap_qal
check "$3" quoteprov dcap_quoteprov
