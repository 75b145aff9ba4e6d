/* faults_qe.c: faults of the attestation key, the QE and the PCK chain inside a quote: lines 12,
 * 13, 15 to 21, 24 to 31, 34 and 35 of the attack list (verification.md 9). */
#include "sim/faults.h"

#define TEXT(literal) ((assay_span) { (const uint8_t *)(literal), sizeof(literal) - 1 })
#define CHAIN_REFUSED EXPECT_REFUSED(0xE022, 0)

/* ---- Keys ------------------------------------------------------------------------------------ */

static void key_replaced(sim_world *world)
{
    world->quote.attestation_key = SIM_KEY_FOREIGN;
    world->quote.bound_key = SIM_KEY_ATTESTATION;
}

static void qe_of_another(sim_world *world)
{
    world->quote.qe_signing_key = SIM_KEY_OTHER_LEAF;
}

static void vouch_for(sim_world *world, uint8_t octet, size_t count)
{
    world->quote.has_point = true;
    memset(world->quote.point, octet, count);
}

static void vouched_zero(sim_world *world)
{
    vouch_for(world, 0, 64);
}

static void vouched_off_curve(sim_world *world)
{
    vouch_for(world, 1, 64);
}

static void vouched_above_p(sim_world *world)
{
    vouch_for(world, 0xff, 32);
}

static void key_overwrite(sim_artifacts *a, uint8_t octet, size_t count)
{
    memset(a->quote.data + a->map.attestation_key, octet, count);
}

static void key_zero(sim_artifacts *a)
{
    key_overwrite(a, 0, 64);
}

static void key_above_p(sim_artifacts *a)
{
    key_overwrite(a, 0xff, 32);
}

/* ---- Certification data
 * -------------------------------------------------------------------------- */

#define CERTIFICATION_TYPE(name, type)                                                             \
    static void name(sim_world *world)                                                             \
    {                                                                                              \
        world->quote.certification_type = (type);                                                  \
    }

CERTIFICATION_TYPE(certification_0, 0)
CERTIFICATION_TYPE(certification_1, 1)
CERTIFICATION_TYPE(certification_2, 2)
CERTIFICATION_TYPE(certification_3, 3)
CERTIFICATION_TYPE(certification_4, 4)
CERTIFICATION_TYPE(certification_6, 6)
CERTIFICATION_TYPE(certification_7, 7)

static void outer_5(sim_world *world)
{
    world->quote.outer_type = ASSAY_CERTIFICATION_PCK_CHAIN;
}

/* ---- The PCK chain
 * -------------------------------------------------------------------------------- */

static void set_chain(sim_world *world, const sim_certificate_id *ids, size_t count)
{
    memcpy(world->quote.chain.certificates, ids, count * sizeof(*ids));
    world->quote.chain.count = count;
}

#define CHAIN(name, ...)                                                                           \
    static void name(sim_world *world)                                                             \
    {                                                                                              \
        static const sim_certificate_id ids[] = { __VA_ARGS__ };                                   \
        set_chain(world, ids, sizeof(ids) / sizeof(ids[0]));                                       \
    }

CHAIN(chain_other_leaf, SIM_OTHER_LEAF, SIM_PLATFORM_CA, SIM_ROOT)
CHAIN(chain_two_leaves, SIM_LEAF, SIM_OTHER_LEAF, SIM_PLATFORM_CA, SIM_ROOT)
CHAIN(chain_leaf_repeated, SIM_LEAF, SIM_LEAF, SIM_PLATFORM_CA, SIM_ROOT)
CHAIN(chain_leaf_for_ca, SIM_LEAF, SIM_LEAF, SIM_ROOT)
CHAIN(chain_of_four, SIM_LEAF, SIM_PLATFORM_CA, SIM_ROOT, SIM_SIGNER)
CHAIN(chain_twice, SIM_LEAF, SIM_PLATFORM_CA, SIM_ROOT, SIM_LEAF, SIM_PLATFORM_CA, SIM_ROOT)
CHAIN(chain_without_root, SIM_LEAF, SIM_PLATFORM_CA)
CHAIN(chain_leaf_root_root, SIM_LEAF, SIM_ROOT, SIM_ROOT)
CHAIN(chain_root_first, SIM_ROOT, SIM_PLATFORM_CA, SIM_LEAF)

static void nul_between(sim_world *world)
{
    world->quote.chain.between = TEXT("\0");
}

static void nul_in_base64(sim_artifacts *a)
{
    a->quote.data[a->map.certification_data + 200] = 0;
}

static void bytes_after_nul(sim_world *world)
{
    world->quote.chain.after = TEXT("\0junk");
}

static void text_after(sim_world *world)
{
    world->quote.chain.after = TEXT("junk\n");
}

static void text_between(sim_world *world)
{
    world->quote.chain.between = TEXT("Subject: CN=Intel SGX PCK Certificate\n");
}

/* Another certificate of the same platform: for a TCB that is behind. */
static void lower_tcb_certificate(sim_world *world)
{
    sim_world_situate(world, sim_situation_find("OutOfDate"));
}

static void higher_cpu_svn(sim_world *world)
{
    lower_tcb_certificate(world);
    world->quote.qe_report[SGX_REPORT_CPUSVN_OFFSET] = 0xff;
}

#define QE_BYTE(offset_, value_)                                                                   \
    .patch = {                                                                                     \
        .place = SIM_QE_REPORT, .kind = SIM_XOR, .offset = (offset_), .size = 1, .value = (value_) \
    }
#define BUILT_BYTE(place_, offset_)                                                                \
    .patch = { .place = (place_), .kind = SIM_XOR, .offset = (offset_), .size = 1, .value = 1 }
#define QE_REFUSED EXPECT_REFUSED(0xE026, QVL_QE_IDENTITY_MISMATCH)

const sim_fault sim_faults_of_qe[] = {
    { .name = "12a-certification-type-1",
      .summary = "plain PPID instead of a PCK chain",
      .change_world = certification_1,
      EXPECT_REFUSED(0xE01C, 0) },
    { .name = "12b-certification-type-2",
      .summary = "PPID encrypted with RSA-2048",
      .change_world = certification_2,
      EXPECT_REFUSED(0xE01C, 0) },
    { .name = "12c-certification-type-3",
      .summary = "PPID encrypted with RSA-3072",
      .change_world = certification_3,
      EXPECT_REFUSED(0xE01C, 0) },
    { .name = "12d-certification-type-4",
      .summary = "the PCK certificate without its chain",
      .change_world = certification_4,
      EXPECT_REFUSED(0xE01C, 0) },
    { .name = "12e-certification-type-3-v3",
      .summary = "encrypted PPID in version 3",
      .profile = "sgx-v3",
      .change_world = certification_3,
      EXPECT_REFUSED(0xE01C, 0) },
    { .name = "13a-outer-type-5",
      .summary = "a PCK chain as outer certification data",
      .change_world = outer_5,
      EXPECT_REFUSED(0xE01D, QVL_UNSUPPORTED_QUOTE_FORMAT) },
    { .name = "13b-inner-type-0",
      .summary = "inner certification data of type 0",
      .change_world = certification_0,
      EXPECT_REFUSED(0xE01D, QVL_UNSUPPORTED_QUOTE_FORMAT) },
    { .name = "13c-inner-type-6",
      .summary = "QE report data inside QE report data",
      .change_world = certification_6,
      EXPECT_REFUSED(0xE01D, QVL_UNSUPPORTED_QUOTE_FORMAT) },
    { .name = "13d-inner-type-7",
      .summary = "a platform manifest as certification data",
      .change_world = certification_7,
      EXPECT_REFUSED(0xE01D, QVL_UNSUPPORTED_QUOTE_FORMAT) },
    { .name = "13e-type-6-v3",
      .summary = "QE report data in version 3",
      .profile = "sgx-v3",
      .change_world = certification_6,
      EXPECT_REFUSED(0xE01D, QVL_UNSUPPORTED_QUOTE_FORMAT) },
    { .name = "15-attestation-key-replaced",
      .summary = "another attestation key signs the quote",
      .change_world = key_replaced,
      EXPECT_REFUSED(0xE001, QVL_INVALID_QE_REPORT_DATA) },
    { .name = "16-qe-auth-data",
      .summary = "one bit of the QE auth data flipped",
      BUILT_BYTE(SIM_BUILT_QE_AUTH_DATA, 0),
      EXPECT_REFUSED(0xE001, QVL_INVALID_QE_REPORT_DATA) },
    { .name = "17a-qe-report-bit",
      .summary = "one bit of the QE report flipped",
      .signatures = SIM_BREAKS_SIGNATURE,
      BUILT_BYTE(SIM_BUILT_QE_REPORT, SGX_REPORT_MRENCLAVE_OFFSET),
      EXPECT_REFUSED(0xE01F, QVL_INVALID_QE_REPORT_SIGNATURE) },
    { .name = "17b-qe-of-another-platform",
      .summary = "QE report signed by another platform",
      .change_world = qe_of_another,
      EXPECT_REFUSED(0xE01F, QVL_INVALID_QE_REPORT_SIGNATURE) },
    { .name = "18-qe-report-data-tail",
      .summary = "second half of the QE's report data not zero",
      QE_BYTE(SGX_REPORT_REPORT_DATA_OFFSET + 40, 1),
      EXPECT_REFUSED(0xE001, QVL_INVALID_QE_REPORT_DATA) },
    { .name = "19a-qe-mrsigner",
      .summary = "a QE of another signer",
      QE_BYTE(SGX_REPORT_MRSIGNER_OFFSET, 1),
      QE_REFUSED },
    { .name = "19b-qe-isvprodid",
      .summary = "another enclave of the QE's signer",
      QE_BYTE(SGX_REPORT_ISVPRODID_OFFSET, 4),
      QE_REFUSED },
    { .name = "19c-qe-debug",
      .summary = "a debuggable QE",
      QE_BYTE(SGX_REPORT_ATTRIBUTES_OFFSET, SGX_ATTRIBUTE_DEBUG),
      QE_REFUSED },
    { .name = "19d-qve-as-qe",
      .summary = "a report of Intel's QVE used as the QE's",
      .profile = "sgx-v3",
      QE_BYTE(SGX_REPORT_ISVPRODID_OFFSET, 1 ^ 2),
      QE_REFUSED },
    { .name = "19e-qe-miscselect",
      .summary = "a QE with EXINFO",
      QE_BYTE(SGX_REPORT_MISCSELECT_OFFSET, 1),
      QE_REFUSED },
    { .name = "20-qe-isvsvn",
      .summary = "a QE below the lowest level of the identity",
      QE_BYTE(SGX_REPORT_ISVSVN_OFFSET, 8 ^ 1),
      EXPECT_JUDGED_AS(ASSAY_TCB_NOT_SUPPORTED, 0xE066, QVL_TCB_NOT_SUPPORTED) },
    { .name = "21a-key-off-curve",
      .summary = "an attestation key off the curve",
      BUILT_BYTE(SIM_BUILT_KEY, 63),
      EXPECT_REFUSED(0xE001, QVL_INVALID_QE_REPORT_DATA) },
    { .name = "21b-key-zero",
      .summary = "an attestation key of zeros",
      .change_built = key_zero,
      EXPECT_REFUSED(0xE001, QVL_INVALID_QE_REPORT_DATA) },
    { .name = "21c-key-above-p",
      .summary = "an attestation key with X above p",
      .change_built = key_above_p,
      EXPECT_REFUSED(0xE001, QVL_INVALID_QE_REPORT_DATA) },
    { .name = "21d-vouched-key-off-curve",
      .summary = "a QE that vouches for a key off the curve",
      .change_world = vouched_off_curve,
      EXPECT_REFUSED(0xE01D, QVL_UNSUPPORTED_QUOTE_FORMAT) },
    { .name = "21e-vouched-key-zero",
      .summary = "a QE that vouches for a key of zeros",
      .change_world = vouched_zero,
      EXPECT_REFUSED(0xE01D, QVL_UNSUPPORTED_QUOTE_FORMAT) },
    { .name = "21f-vouched-key-above-p",
      .summary = "a QE that vouches for a key with X above p",
      .change_world = vouched_above_p,
      EXPECT_REFUSED(0xE01D, QVL_UNSUPPORTED_QUOTE_FORMAT) },
    { .name = "24-chain-of-another-platform",
      .summary = "PCK chain of another platform with the same FMSPC",
      .change_world = chain_other_leaf,
      EXPECT_REFUSED(0xE01F, QVL_INVALID_QE_REPORT_SIGNATURE) },
    { .name = "25-other-certificate",
      .summary = "another PCK certificate of the same platform, for a lower TCB",
      .change_world = lower_tcb_certificate,
      EXPECT_JUDGED(ASSAY_TCB_OUT_OF_DATE, ASSAY_REASON_TCB_STATUS) },
    { .name = "26a-two-leaves",
      .summary = "two leaves in the PCK chain",
      .change_world = chain_two_leaves,
      CHAIN_REFUSED },
    { .name = "26b-leaf-repeated",
      .summary = "the leaf twice in the PCK chain",
      .change_world = chain_leaf_repeated,
      CHAIN_REFUSED },
    { .name = "26c-leaf-for-ca",
      .summary = "the leaf also in the place of its CA",
      .change_world = chain_leaf_for_ca,
      CHAIN_REFUSED },
    { .name = "26d-four-certificates",
      .summary = "a fourth certificate in the PCK chain",
      .change_world = chain_of_four,
      CHAIN_REFUSED },
    { .name = "26e-two-chains",
      .summary = "the whole PCK chain twice",
      .change_world = chain_twice,
      CHAIN_REFUSED },
    { .name = "26f-no-root",
      .summary = "no root in the PCK chain",
      .change_world = chain_without_root,
      CHAIN_REFUSED },
    { .name = "27-leaf-root-root",
      .summary = "the root in the place of the PCK CA",
      .change_world = chain_leaf_root_root,
      CHAIN_REFUSED },
    { .name = "28a-nul-between",
      .summary = "a NUL between the PEM blocks",
      .change_world = nul_between,
      CHAIN_REFUSED },
    { .name = "28b-nul-in-base64",
      .summary = "a NUL inside a PEM block",
      .change_built = nul_in_base64,
      CHAIN_REFUSED },
    { .name = "29a-bytes-after-nul",
      .summary = "a NUL and other bytes after the last PEM block",
      .change_world = bytes_after_nul,
      CHAIN_REFUSED },
    { .name = "29b-text-after",
      .summary = "text after the last PEM block",
      .change_world = text_after,
      CHAIN_REFUSED },
    { .name = "30-text-between",
      .summary = "text between the PEM blocks",
      .change_world = text_between,
      CHAIN_REFUSED },
    { .name = "31-root-first",
      .summary = "the PCK chain in the other order",
      .change_world = chain_root_first,
      CHAIN_REFUSED },
    { .name = "34-qe-report-reserved",
      .summary = "a reserved byte of the QE report is not zero",
      QE_BYTE(SGX_REPORT_RESERVED3_OFFSET, 1),
      EXPECT_REFUSED(0xE01D, QVL_UNSUPPORTED_QUOTE_FORMAT) },
    { .name = "35-qe-cpusvn",
      .summary = "a QE report with a higher CPUSVN than the certificate's",
      .change_world = higher_cpu_svn,
      EXPECT_JUDGED(ASSAY_TCB_OUT_OF_DATE, ASSAY_REASON_TCB_STATUS) },
    { .name = NULL },
};
