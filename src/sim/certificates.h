/* certificates.h: certificates and CRLs of a world as DER and PEM. verification.md 2.2 to 2.4. */
#ifndef ASSAY_SIM_CERTIFICATES_H
#define ASSAY_SIM_CERTIFICATES_H

#include "sim/der_writer.h"
#include "sim/keys.h"

/* Each appends to `out`. NO_MEMORY is the only failure. */
assay_status sim_certificate_write(const sim_world *world, const sim_keyring *ring,
                                   sim_certificate_id id, sim_bytes *out, assay_error *err);

/* PEM, with the world's text between and after the blocks. */
assay_status sim_chain_write(const sim_world *world, const sim_keyring *ring,
                             const sim_chain *chain, sim_bytes *out, assay_error *err);

assay_status sim_crl_write(const sim_world *world, const sim_keyring *ring, const sim_crl *crl,
                           sim_bytes *out, assay_error *err);

/* The SGX extension's value of a PCK certificate: `sgx_extension.c`. */
void sim_sgx_extension_write(const sim_platform *platform, pck_ca ca, der_writer *w);

/* One PEM block with lines of 64 characters. */
void sim_pem_write(assay_span der, const char *label, sim_bytes *out);

/* Shared with CRLs and with AMD's certificates: algorithm, name, extensions. */
void sim_algorithm_write(der_writer *w, sim_algorithm algorithm);
void sim_name_write(der_writer *w, const char *common_name);
typedef enum sim_criticality { SIM_NOT_CRITICAL, SIM_CRITICAL } sim_criticality;
void sim_extension_write(der_writer *w, const char *oid, sim_criticality critical,
                         assay_span value);
void sim_extension_open(der_writer *w, const char *oid, sim_criticality critical);
void sim_extension_close(der_writer *w);
void sim_crl_url_write(der_writer *w, const char *url);
void sim_key_usage_write(der_writer *w, uint16_t key_usage);
void sim_authority_key_write(der_writer *w, const uint8_t *point, uint8_t flip);

/* 20 octets: the given ones, or the key identifier of the certificate's key. */
void sim_serial(const sim_world *world, const sim_keyring *ring, sim_certificate_id id,
                uint8_t out[20]);

#endif
