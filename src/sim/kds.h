/* kds.h: the simulated AMD: ARK, ASK and ASVK of each product, VCEKs, CRLs. collateral-service.md
 * 3, "AMD KDS"; AMD 57230.
 *
 * Like everything of the simulator they follow from the seed, signatures too. The products have
 * roots of their own names, but share the keys: finding primes takes a second. */
#ifndef ASSAY_SIM_KDS_H
#define ASSAY_SIM_KDS_H

#include <pthread.h>

#include "crypto/sign_amd.h"
#include "sim/bytes.h"
#include "x509/amd.h"

typedef struct sim_kds {
    uint64_t seed;
    int64_t begin; /* VCEKs begin 200 days before */
    pthread_mutex_t lock;
    amd_private *ark, *ask; /* NULL until they are asked for; `lock` is for making them */
} sim_kds;

void sim_kds_init(sim_kds *kds, uint64_t seed, int64_t begin);
void sim_kds_free(sim_kds *kds);

typedef enum kds_family { KDS_VCEK, KDS_VLEK } kds_family;

/* What a VCEK is asked for. */
typedef struct kds_chip {
    amd_product product;
    uint8_t id[AMD_CHIP_SIZE];
    size_t id_size; /* 64; Turin: 8 */
    uint8_t boot_loader, tee, snp, microcode, fmc;
} kds_chip;

/* Each appends to `out`, from any thread. NO_MEMORY. */

/* PEM: ASK or ASVK, then ARK. */
assay_status sim_kds_chain_write(sim_kds *kds, amd_product product, kds_family family,
                                 sim_bytes *out, assay_error *err);

/* PEM: the ARKs of all products. */
assay_status sim_kds_roots_write(sim_kds *kds, sim_bytes *out, assay_error *err);

/* DER. The private key's scalar follows from seed, chip and TCB: sim_kds_scalar(). */
assay_status sim_kds_vcek_write(sim_kds *kds, const kds_chip *chip, sim_bytes *out,
                                assay_error *err);
void sim_kds_scalar(const sim_kds *kds, const kds_chip *chip, uint8_t out[P384_SCALAR_SIZE]);

/* DER, empty, signed by the ARK: valid for a year. */
assay_status sim_kds_crl_write(sim_kds *kds, amd_product product, int64_t this_update,
                               int64_t next_update, sim_bytes *out, assay_error *err);

#endif
