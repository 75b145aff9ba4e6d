/* faults_crls.c: revocation and faults of CRLs: lines 47, 50 to 59 of the attack list
 * (verification.md 9). */
#include "sim/faults.h"

static void list(sim_crl *crl, sim_certificate_id certificate, uint8_t reason)
{
    crl->entries[crl->entry_count++] =
        (sim_crl_entry) { .certificate = certificate, .reason = reason };
}

static void leaf_revoked(sim_world *world)
{
    list(&world->pck_crl, SIM_LEAF, SIM_REASON_KEY_COMPROMISE);
}

static void other_leaf_revoked(sim_world *world)
{
    list(&world->pck_crl, SIM_OTHER_LEAF, SIM_REASON_KEY_COMPROMISE);
}

static void ca_revoked(sim_world *world)
{
    list(&world->root_crl, SIM_PLATFORM_CA, SIM_REASON_KEY_COMPROMISE);
}

static void signer_revoked(sim_world *world)
{
    list(&world->root_crl, SIM_SIGNER, SIM_REASON_KEY_COMPROMISE);
}

static void root_listed(sim_world *world)
{
    list(&world->root_crl, SIM_ROOT, SIM_REASON_KEY_COMPROMISE);
}

static void remove_from_crl(sim_world *world)
{
    list(&world->pck_crl, SIM_OTHER_LEAF, SIM_REASON_REMOVE_FROM_CRL);
}

static void leaf_removed(sim_world *world)
{
    list(&world->pck_crl, SIM_LEAF, SIM_REASON_REMOVE_FROM_CRL);
}

static void crl_of_other_ca(sim_world *world)
{
    world->pck_crl.issuer = SIM_PROCESSOR_CA;
}

static void crl_and_chain_of_other_ca(sim_world *world)
{
    crl_of_other_ca(world);
    world->pck_crl_issuer_chain.certificates[0] = SIM_PROCESSOR_CA;
}

static void root_crl_twice(sim_world *world)
{
    world->pck_crl = world->root_crl;
}

static void pck_crl_twice(sim_world *world)
{
    world->root_crl = world->pck_crl;
}

static void crls_swapped(sim_world *world)
{
    sim_crl pck = world->pck_crl;
    world->pck_crl = world->root_crl;
    world->root_crl = pck;
}

#define CRL_MEMBER(name, crl, member, value)                                                       \
    static void name(sim_world *world)                                                             \
    {                                                                                              \
        world->crl.member = (value);                                                               \
    }

CRL_MEMBER(pck_crl_foreign_key, pck_crl, signing_key, SIM_KEY_FOREIGN)
CRL_MEMBER(pck_crl_authority_key, pck_crl, authority_key_flip, 1)
CRL_MEMBER(pck_crl_critical, pck_crl, extra, SIM_CRL_EXTRA_UNKNOWN_CRITICAL)
CRL_MEMBER(pck_crl_delta, pck_crl, extra, SIM_CRL_EXTRA_DELTA)
CRL_MEMBER(pck_crl_indirect, pck_crl, extra, SIM_CRL_EXTRA_INDIRECT)
CRL_MEMBER(pck_crl_no_number, pck_crl, extra, SIM_CRL_EXTRA_NO_NUMBER)
CRL_MEMBER(pck_crl_hex, pck_crl, encoding, SIM_CRL_HEX)
CRL_MEMBER(pck_crl_pem, pck_crl, encoding, SIM_CRL_PEM)
CRL_MEMBER(pck_crl_expired, pck_crl, next_update, world->now - 1)
CRL_MEMBER(root_crl_expired, root_crl, next_update, world->now)
CRL_MEMBER(pck_crl_future, pck_crl, this_update, world->now + 1)
CRL_MEMBER(pck_crl_shrunk, pck_crl, entry_count, 1)
CRL_MEMBER(pck_crl_older, pck_crl, this_update, world->now - 20 * SIM_DAY)

static void one_nul_behind(sim_artifacts *a)
{
    bytes_add_u8(&a->pck_crl, 0);
}

static void two_nuls_behind(sim_artifacts *a)
{
    bytes_add_repeated(&a->pck_crl, 0, 2);
}

static void byte_behind(sim_artifacts *a)
{
    bytes_add_u8(&a->root_ca_crl, 1);
}

static void no_root_crl(sim_artifacts *a)
{
    bytes_free(&a->root_ca_crl);
}

static void no_pck_crl(sim_artifacts *a)
{
    bytes_free(&a->pck_crl);
}

static void root_crl_bit(sim_artifacts *a)
{
    a->root_ca_crl.data[a->root_ca_crl.size - 1] ^= 1;
}

static void pck_crl_bit(sim_artifacts *a)
{
    a->pck_crl.data[a->pck_crl.size - 1] ^= 1;
}

#define REVOKED(qvl) EXPECT_JUDGED_AS(ASSAY_TCB_REVOKED, 0xE031, qvl)

const sim_fault sim_faults_of_crls[] = {
    { .name = "47a-one-nul",
      .summary = "one NUL behind the DER of the PCK CRL",
      .change_built = one_nul_behind,
      EXPECT_ACCEPTED(ASSAY_NOTE_NONE) },
    { .name = "47b-two-nuls",
      .summary = "two NULs behind the DER of the PCK CRL",
      .change_built = two_nuls_behind,
      EXPECT_REFUSED(0xE038, QVL_CRL_UNSUPPORTED_FORMAT) },
    { .name = "47c-byte-behind",
      .summary = "a byte behind the DER of the root CRL",
      .change_built = byte_behind,
      EXPECT_REFUSED(0xE038, QVL_CRL_UNSUPPORTED_FORMAT) },
    { .name = "47d-hex",
      .summary = "the PCK CRL in hex",
      .change_world = pck_crl_hex,
      EXPECT_ACCEPTED(ASSAY_NOTE_NONE) },
    { .name = "47e-pem",
      .summary = "the PCK CRL in PEM",
      .change_world = pck_crl_pem,
      EXPECT_ACCEPTED(ASSAY_NOTE_NONE) },
    { .name = "50a-leaf-revoked",
      .summary = "the PCK certificate is revoked",
      .change_world = leaf_revoked,
      REVOKED(QVL_PCK_CERT_REVOKED) },
    { .name = "50b-ca-revoked",
      .summary = "the PCK CA is revoked",
      .change_world = ca_revoked,
      REVOKED(QVL_INTERMEDIATE_CA_REVOKED) },
    { .name = "50c-signer-revoked",
      .summary = "the TCB signer is revoked",
      .change_world = signer_revoked,
      REVOKED(QVL_TCB_SIGNING_CERT_REVOKED) },
    { .name = "50d-other-leaf-revoked",
      .summary = "another platform's certificate is revoked",
      .change_world = other_leaf_revoked,
      EXPECT_ACCEPTED(ASSAY_NOTE_NONE) },
    { .name = "50e-root-listed",
      .summary = "the root is listed in its own CRL",
      .change_world = root_listed,
      EXPECT_REFUSED(0xE022, QVL_ROOT_CA_UNTRUSTED) },
    { .name = "51a-remove-from-crl",
      .summary = "an entry with removeFromCRL in a full CRL",
      .change_world = remove_from_crl,
      EXPECT_REFUSED(0xE001, QVL_CRL_INVALID) },
    { .name = "51b-leaf-removed",
      .summary = "the PCK certificate listed with removeFromCRL",
      .change_world = leaf_removed,
      EXPECT_REFUSED(0xE001, QVL_CRL_INVALID) },
    { .name = "52a-other-ca-crl",
      .summary = "the CRL of the other PCK CA, with its own chain",
      .change_world = crl_and_chain_of_other_ca,
      EXPECT_REFUSED(0xE001, QVL_CRL_UNKNOWN_ISSUER) },
    { .name = "52b-other-ca-crl-only",
      .summary = "the CRL of the other PCK CA, chain of the right",
      .change_world = crl_of_other_ca,
      EXPECT_REFUSED(0xE001, QVL_CRL_UNKNOWN_ISSUER) },
    { .name = "53a-root-crl-twice",
      .summary = "the root CRL in both places",
      .change_world = root_crl_twice,
      EXPECT_REFUSED(0xE001, QVL_CRL_UNKNOWN_ISSUER) },
    { .name = "53b-pck-crl-twice",
      .summary = "the PCK CRL in both places",
      .change_world = pck_crl_twice,
      EXPECT_REFUSED(0xE001, QVL_CRL_UNKNOWN_ISSUER) },
    { .name = "53c-crls-swapped",
      .summary = "both CRLs swapped",
      .change_world = crls_swapped,
      EXPECT_REFUSED(0xE001, QVL_CRL_UNKNOWN_ISSUER) },
    { .name = "54a-no-root-crl",
      .summary = "a root CRL of size 0",
      .change_built = no_root_crl,
      EXPECT_REFUSED(0xE002, QVL_MISSING_PARAMETERS) },
    { .name = "54b-no-pck-crl",
      .summary = "a PCK CRL of size 0",
      .change_built = no_pck_crl,
      EXPECT_REFUSED(0xE002, QVL_MISSING_PARAMETERS) },
    { .name = "55a-root-crl-signature",
      .summary = "a bit of the root CRL's signature flipped",
      .signatures = SIM_BREAKS_SIGNATURE,
      .change_built = root_crl_bit,
      EXPECT_REFUSED(0xE068, QVL_CRL_INVALID_SIGNATURE) },
    { .name = "55b-pck-crl-signature",
      .summary = "a bit of the PCK CRL's signature flipped",
      .signatures = SIM_BREAKS_SIGNATURE,
      .change_built = pck_crl_bit,
      EXPECT_REFUSED(0xE068, QVL_CRL_INVALID_SIGNATURE) },
    { .name = "55c-pck-crl-key",
      .summary = "a PCK CRL signed by somebody else",
      .change_world = pck_crl_foreign_key,
      EXPECT_REFUSED(0xE068, QVL_CRL_INVALID_SIGNATURE) },
    { .name = "55d-crl-aki",
      .summary = "a PCK CRL with another authority key identifier",
      .change_world = pck_crl_authority_key,
      EXPECT_REFUSED(0xE001, QVL_CRL_INVALID_EXTENSIONS) },
    { .name = "55e-crl-critical",
      .summary = "an unknown critical extension in the PCK CRL",
      .change_world = pck_crl_critical,
      EXPECT_REFUSED(0xE001, QVL_CRL_INVALID_EXTENSIONS) },
    { .name = "55f-crl-delta",
      .summary = "a delta CRL",
      .change_world = pck_crl_delta,
      EXPECT_REFUSED(0xE001, QVL_CRL_INVALID_EXTENSIONS) },
    { .name = "55g-crl-indirect",
      .summary = "an indirect CRL",
      .change_world = pck_crl_indirect,
      EXPECT_REFUSED(0xE001, QVL_CRL_INVALID_EXTENSIONS) },
    { .name = "55h-crl-no-number",
      .summary = "a CRL without number",
      .change_world = pck_crl_no_number,
      EXPECT_REFUSED(0xE001, QVL_CRL_INVALID_EXTENSIONS) },
    { .name = "56a-pck-crl-expired",
      .summary = "an expired PCK CRL",
      .change_world = pck_crl_expired,
      EXPECT_JUDGED(ASSAY_TCB_UP_TO_DATE, ASSAY_REASON_EXPIRED) },
    { .name = "56b-root-crl-expired",
      .summary = "a root CRL that ends at this second",
      .change_world = root_crl_expired,
      EXPECT_JUDGED(ASSAY_TCB_UP_TO_DATE, ASSAY_REASON_EXPIRED) },
    { .name = "57a-before-everything",
      .summary = "judged ten years before the vendor began",
      .request = { .later = -20 * 365 * INT64_C(86400) },
      EXPECT_JUDGED(ASSAY_TCB_UP_TO_DATE, ASSAY_REASON_NOT_YET_VALID) },
    { .name = "57b-future-crl",
      .summary = "a PCK CRL that begins in a second",
      .change_world = pck_crl_future,
      EXPECT_JUDGED(ASSAY_TCB_UP_TO_DATE, ASSAY_REASON_NOT_YET_VALID) },
    { .name = "58-older-crl",
      .summary = "an older CRL, unexpired, that lacks a revocation",
      .change_world = pck_crl_older,
      EXPECT_ACCEPTED(ASSAY_NOTE_NONE),
      .elsewhere = "verification has no memory: refusing rollback is the store's business" },
    { .name = "59-shrunk-crl",
      .summary = "a CRL with fewer entries than before",
      .change_world = pck_crl_shrunk,
      EXPECT_ACCEPTED(ASSAY_NOTE_NONE),
      .elsewhere = "verification has no memory: the store reports entries that disappeared" },
    { .name = NULL },
};
