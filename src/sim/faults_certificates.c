/* faults_certificates.c: faults of certificates and issuer chains: lines 36 to 46, 48 to 50, 60 to
 * 62 of the attack list (verification.md 9). */
#include "sim/faults.h"

/* Changes one member of one certificate. */
#define CERTIFICATE(name, id, member, value)                                                       \
    static void name(sim_world *world)                                                             \
    {                                                                                              \
        world->certificates[id].member = (value);                                                  \
    }
#define PLATFORM(name, member, value_)                                                             \
    static void name(sim_world *world)                                                             \
    {                                                                                              \
        world->platform.member = (value_);                                                         \
    }

CERTIFICATE(foreign_root, SIM_ROOT, key, SIM_KEY_FOREIGN_ROOT)
CERTIFICATE(root_signed_by_another, SIM_ROOT, signing_key, SIM_KEY_FOREIGN)
CERTIFICATE(ca_signed_by_another, SIM_PLATFORM_CA, signing_key, SIM_KEY_FOREIGN)
CERTIFICATE(leaf_signed_by_another, SIM_LEAF, signing_key, SIM_KEY_FOREIGN)
CERTIFICATE(leaf_ca_true, SIM_LEAF, basic, SIM_BASIC_TRUE)
CERTIFICATE(leaf_key_usage, SIM_LEAF, key_usage, KEY_USAGE_NON_REPUDIATION)
CERTIFICATE(ca_ca_false, SIM_PLATFORM_CA, basic, SIM_BASIC_FALSE)
CERTIFICATE(ca_key_usage, SIM_PLATFORM_CA, key_usage, KEY_USAGE_CRL_SIGN)
CERTIFICATE(ca_no_key_usage, SIM_PLATFORM_CA, key_usage, 0)
CERTIFICATE(ca_no_crl_sign, SIM_PLATFORM_CA, key_usage, KEY_USAGE_KEY_CERT_SIGN)
CERTIFICATE(root_no_crl_sign, SIM_ROOT, key_usage, KEY_USAGE_KEY_CERT_SIGN)
CERTIFICATE(root_path_length, SIM_ROOT, path_length, 0)
CERTIFICATE(signer_ca_true, SIM_SIGNER, basic, SIM_BASIC_TRUE)
CERTIFICATE(signer_key_usage, SIM_SIGNER, key_usage, KEY_USAGE_NON_REPUDIATION)
CERTIFICATE(leaf_authority_key, SIM_LEAF, authority_key_flip, 1)
CERTIFICATE(ca_authority_key, SIM_PLATFORM_CA, authority_key_flip, 1)
CERTIFICATE(signer_authority_key, SIM_SIGNER, authority_key_flip, 1)
CERTIFICATE(leaf_critical, SIM_LEAF, extra, SIM_EXTRA_UNKNOWN_CRITICAL)
CERTIFICATE(leaf_unknown, SIM_LEAF, extra, SIM_EXTRA_UNKNOWN)
CERTIFICATE(leaf_repeated, SIM_LEAF, extra, SIM_EXTRA_REPEATED)
CERTIFICATE(root_name, SIM_ROOT, common_name, "Intel SGX Root CA x")
CERTIFICATE(leaf_name, SIM_LEAF, common_name, "Intel SGX PCK Certificate x")
CERTIFICATE(leaf_outer_rsa, SIM_LEAF, outer_algorithm, SIM_RSA_SHA256)
CERTIFICATE(leaf_inner_sha1, SIM_LEAF, inner_algorithm, SIM_ECDSA_SHA1)
CERTIFICATE(leaf_long_length, SIM_LEAF, form, SIM_DER_LONG_LENGTH)
CERTIFICATE(leaf_padded, SIM_LEAF, form, SIM_DER_PADDED_INTEGER)
CERTIFICATE(leaf_trailing, SIM_LEAF, form, SIM_DER_TRAILING_BYTE)
CERTIFICATE(signer_padded, SIM_SIGNER, form, SIM_DER_PADDED_INTEGER)
CERTIFICATE(leaf_compressed, SIM_LEAF, point, SIM_COMPRESSED)
CERTIFICATE(leaf_hybrid, SIM_LEAF, point, SIM_HYBRID)
CERTIFICATE(leaf_other_curve, SIM_LEAF, point, SIM_OTHER_CURVE)
CERTIFICATE(leaf_without_extension, SIM_LEAF, has_sgx_extension, false)
CERTIFICATE(root_expired, SIM_ROOT, not_after, world->now - 1)
CERTIFICATE(ca_expired, SIM_PLATFORM_CA, not_after, world->now - 1)
CERTIFICATE(leaf_expired, SIM_LEAF, not_after, world->now)
CERTIFICATE(signer_expired, SIM_SIGNER, not_after, world->now - 1)
CERTIFICATE(leaf_future, SIM_LEAF, not_before, world->now + 1)
CERTIFICATE(signer_future, SIM_SIGNER, not_before, world->now + 1)

PLATFORM(extension_count, form, SIM_EXTENSION_OTHER_COUNT)
PLATFORM(extension_repeated, form, SIM_EXTENSION_REPEATED_FMSPC)
PLATFORM(extension_unknown, form, SIM_EXTENSION_UNKNOWN_ELEMENT)
PLATFORM(extension_order, form, SIM_EXTENSION_OTHER_ORDER)
PLATFORM(component_256, components[2], 256)
PLATFORM(pce_svn_65536, pce_svn, 65536)
PLATFORM(boolean_1, cached_keys, 1)
PLATFORM(sgx_type_3, sgx_type, 3)

/* With the SGX extension of a processor, as that CA would write it. */
static void leaf_of_processor_ca(sim_world *world)
{
    world->certificates[SIM_LEAF].issuer = SIM_PROCESSOR_CA;
    extension_count(world);
}

static void leaf_outer_and_inner_sha1(sim_world *world)
{
    leaf_inner_sha1(world);
    world->certificates[SIM_LEAF].outer_algorithm = SIM_ECDSA_SHA1;
}

static void set_chain(sim_chain *chain, sim_certificate_id first, sim_certificate_id second,
                      size_t count)
{
    chain->certificates[0] = first;
    chain->certificates[1] = second;
    chain->certificates[2] = SIM_ROOT;
    chain->count = count;
}

static void foreign_signing_chain(sim_world *world)
{
    set_chain(&world->tcb_info.document.chain, SIM_FOREIGN_SIGNER, SIM_FOREIGN_ROOT, 2);
    world->tcb_info.document.signing_key = SIM_KEY_FOREIGN;
}

static void old_root_in_chain(sim_world *world)
{
    set_chain(&world->tcb_info.document.chain, SIM_SIGNER, SIM_OLD_ROOT, 2);
}

static void ca_as_signer(sim_world *world)
{
    set_chain(&world->tcb_info.document.chain, SIM_PLATFORM_CA, SIM_ROOT, 2);
    world->tcb_info.document.signing_key = SIM_KEY_PLATFORM_CA;
}

static void signer_as_leaf(sim_world *world)
{
    world->quote.chain.certificates[0] = SIM_SIGNER;
    world->quote.qe_signing_key = SIM_KEY_SIGNER;
}

/* The same with a certificate that even carries the SGX extension and comes from the PCK CA. */
static void signer_name_on_leaf(sim_world *world)
{
    world->certificates[SIM_LEAF].common_name = "Intel SGX TCB Signing";
}

static void signing_chain_of_one(sim_world *world)
{
    set_chain(&world->tcb_info.document.chain, SIM_SIGNER, SIM_ROOT, 1);
}

static void signing_chain_of_three(sim_world *world)
{
    set_chain(&world->tcb_info.document.chain, SIM_SIGNER, SIM_ROOT, 3);
}

static void identity_chain_of_one(sim_world *world)
{
    set_chain(&world->identity.document.chain, SIM_SIGNER, SIM_ROOT, 1);
}

static void crl_chain_is_tcb_chain(sim_world *world)
{
    world->pck_crl_issuer_chain = world->tcb_info.document.chain;
}

static void crl_chain_is_text(sim_artifacts *a)
{
    bytes_free(&a->pck_crl_issuer_chain);
    bytes_add_text(&a->pck_crl_issuer_chain, "no certificates here\n");
}

#define FORMAT_REFUSED    EXPECT_REFUSED(0xE021, QVL_UNSUPPORTED_CERT_FORMAT)
#define EXTENSION_REFUSED EXPECT_REFUSED(0xE021, QVL_UNSUPPORTED_PCK_CERT_FORMAT)
#define LEAF_REFUSED      EXPECT_REFUSED(0xE001, QVL_PCK_INVALID_EXTENSIONS)
#define CA_REFUSED        EXPECT_REFUSED(0xE001, QVL_INTERMEDIATE_CA_INVALID_EXTENSIONS)
#define SIGNER_REFUSED    EXPECT_REFUSED(0xE001, QVL_TCB_SIGNING_CERT_INVALID_EXTENSIONS)
#define EXPIRED           EXPECT_JUDGED(ASSAY_TCB_UP_TO_DATE, ASSAY_REASON_EXPIRED)
#define NOT_YET           EXPECT_JUDGED(ASSAY_TCB_UP_TO_DATE, ASSAY_REASON_NOT_YET_VALID)

const sim_fault sim_faults_of_certificates[] = {
    { .name = "36a-foreign-root",
      .summary = "everything under another root with the same names",
      .change_world = foreign_root,
      EXPECT_REFUSED(0xE022, QVL_ROOT_CA_UNTRUSTED) },
    { .name = "36b-foreign-signing-chain",
      .summary = "TCB info under another root with the same names",
      .change_world = foreign_signing_chain,
      EXPECT_REFUSED(0xE03A, QVL_TCB_SIGNING_CHAIN_UNTRUSTED) },
    { .name = "36c-root-signature",
      .summary = "the right root key, but somebody else signed it",
      .change_world = root_signed_by_another,
      EXPECT_REFUSED(0xE001, QVL_ROOT_CA_INVALID_ISSUER) },
    { .name = "36d-ca-signature",
      .summary = "a PCK CA that the root did not sign",
      .change_world = ca_signed_by_another,
      EXPECT_REFUSED(0xE001, QVL_INTERMEDIATE_CA_INVALID_ISSUER) },
    { .name = "36e-leaf-signature",
      .summary = "a PCK certificate that its CA did not sign",
      .change_world = leaf_signed_by_another,
      EXPECT_REFUSED(0xE001, QVL_PCK_INVALID_ISSUER) },
    { .name = "36f-leaf-issuer",
      .summary = "a PCK certificate of the other CA in this CA's chain",
      .change_world = leaf_of_processor_ca,
      EXPECT_REFUSED(0xE001, QVL_PCK_INVALID_ISSUER) },
    { .name = "37-older-root",
      .summary = "an older root certificate with the same key in one chain",
      .change_world = old_root_in_chain,
      EXPECT_ACCEPTED(ASSAY_NOTE_NONE) },
    { .name = "38-ca-as-signer",
      .summary = "TCB info signed by the PCK CA",
      .change_world = ca_as_signer,
      EXPECT_REFUSED(0xE001, QVL_TCB_SIGNING_CERT_MISSING) },
    { .name = "39a-signer-as-leaf",
      .summary = "the TCB signer in the place of the PCK certificate",
      .change_world = signer_as_leaf,
      EXPECT_REFUSED(0xE001, QVL_PCK_MISSING) },
    { .name = "39b-signer-name-on-leaf",
      .summary = "a PCK certificate with the TCB signer's name",
      .change_world = signer_name_on_leaf,
      EXPECT_REFUSED(0xE001, QVL_PCK_MISSING) },
    { .name = "40a-signing-chain-of-one",
      .summary = "a TCB signing chain without its root",
      .change_world = signing_chain_of_one,
      EXPECT_REFUSED(0xE021, 0) },
    { .name = "40b-signing-chain-of-three",
      .summary = "a TCB signing chain of three certificates",
      .change_world = signing_chain_of_three,
      EXPECT_REFUSED(0xE021, 0) },
    { .name = "40c-identity-chain-of-one",
      .summary = "an identity signing chain without its root",
      .change_world = identity_chain_of_one,
      EXPECT_REFUSED(0xE021, 0) },
    { .name = "41a-leaf-ca-true",
      .summary = "a PCK certificate that says it is a CA",
      .change_world = leaf_ca_true,
      LEAF_REFUSED },
    { .name = "41b-ca-ca-false",
      .summary = "a PCK CA that says it is none",
      .change_world = ca_ca_false,
      CA_REFUSED },
    { .name = "41c-root-path-length",
      .summary = "a root whose path length forbids the PCK CA",
      .change_world = root_path_length,
      EXPECT_REFUSED(0xE001, QVL_ROOT_CA_INVALID_EXTENSIONS) },
    { .name = "41d-leaf-key-usage",
      .summary = "a PCK certificate that may not sign",
      .change_world = leaf_key_usage,
      LEAF_REFUSED },
    { .name = "41e-ca-key-usage",
      .summary = "a PCK CA that may not sign certificates",
      .change_world = ca_key_usage,
      CA_REFUSED },
    { .name = "41f-ca-no-key-usage",
      .summary = "a PCK CA without key usage",
      .change_world = ca_no_key_usage,
      CA_REFUSED },
    { .name = "41i-ca-no-crl-sign",
      .summary = "a PCK CA that may not sign CRLs, but has",
      .change_world = ca_no_crl_sign,
      EXPECT_REFUSED(0xE001, QVL_CRL_UNKNOWN_ISSUER) },
    { .name = "41j-root-no-crl-sign",
      .summary = "a root that may not sign CRLs, but has",
      .change_world = root_no_crl_sign,
      EXPECT_REFUSED(0xE001, QVL_CRL_UNKNOWN_ISSUER) },
    { .name = "41g-signer-ca-true",
      .summary = "a TCB signer that says it is a CA",
      .change_world = signer_ca_true,
      SIGNER_REFUSED },
    { .name = "41h-signer-key-usage",
      .summary = "a TCB signer that may not sign",
      .change_world = signer_key_usage,
      SIGNER_REFUSED },
    { .name = "42a-leaf-aki",
      .summary = "a PCK certificate with another authority key identifier",
      .change_world = leaf_authority_key,
      LEAF_REFUSED },
    { .name = "42b-ca-aki",
      .summary = "a PCK CA with another authority key identifier",
      .change_world = ca_authority_key,
      CA_REFUSED },
    { .name = "42c-signer-aki",
      .summary = "a TCB signer with another authority key identifier",
      .change_world = signer_authority_key,
      SIGNER_REFUSED },
    { .name = "43a-critical-extension",
      .summary = "an unknown critical extension in the leaf",
      .change_world = leaf_critical,
      LEAF_REFUSED },
    { .name = "43b-extension-repeated",
      .summary = "key usage twice in the leaf",
      .change_world = leaf_repeated,
      LEAF_REFUSED },
    { .name = "43c-unknown-extension",
      .summary = "an unknown extension in the leaf, not critical",
      .change_world = leaf_unknown,
      EXPECT_ACCEPTED(ASSAY_NOTE_NONE) },
    { .name = "44a-root-name",
      .summary = "a root called \"Intel SGX Root CA x\"",
      .change_world = root_name,
      EXPECT_REFUSED(0xE001, QVL_ROOT_CA_MISSING) },
    { .name = "44b-leaf-name",
      .summary = "a leaf called \"Intel SGX PCK Certificate x\"",
      .change_world = leaf_name,
      EXPECT_REFUSED(0xE001, QVL_PCK_MISSING) },
    { .name = "45a-algorithms-differ",
      .summary = "another signature algorithm outside than inside",
      .change_world = leaf_outer_rsa,
      FORMAT_REFUSED },
    { .name = "45b-inner-sha1",
      .summary = "SHA-1 named inside the leaf only",
      .change_world = leaf_inner_sha1,
      FORMAT_REFUSED },
    { .name = "45c-sha1",
      .summary = "ECDSA with SHA-1 in the leaf",
      .change_world = leaf_outer_and_inner_sha1,
      FORMAT_REFUSED },
    { .name = "46a-ber-length",
      .summary = "a length in more octets than needed in the leaf",
      .change_world = leaf_long_length,
      EXPECT_REFUSED(0xE022, 0) },
    { .name = "46b-padded-integer",
      .summary = "an INTEGER with a superfluous zero in the leaf",
      .change_world = leaf_padded,
      EXPECT_REFUSED(0xE022, 0) },
    { .name = "46c-trailing-der",
      .summary = "a byte behind the DER of the leaf",
      .change_world = leaf_trailing,
      EXPECT_REFUSED(0xE022, 0) },
    { .name = "46d-signer-padded-integer",
      .summary = "a superfluous zero in the TCB signer",
      .change_world = signer_padded,
      EXPECT_REFUSED(0xE022, QVL_UNSUPPORTED_CERT_FORMAT) },
    { .name = "48a-compressed-key",
      .summary = "a compressed key in the leaf",
      .change_world = leaf_compressed,
      FORMAT_REFUSED },
    { .name = "48b-hybrid-key",
      .summary = "a hybrid key in the leaf",
      .change_world = leaf_hybrid,
      FORMAT_REFUSED },
    { .name = "48c-other-curve",
      .summary = "a P-384 key in the leaf",
      .change_world = leaf_other_curve,
      FORMAT_REFUSED },
    { .name = "49a-five-elements",
      .summary = "SGX extension of a processor under the platform CA",
      .change_world = extension_count,
      EXTENSION_REFUSED },
    { .name = "49b-fmspc-repeated",
      .summary = "FMSPC twice in the SGX extension",
      .change_world = extension_repeated,
      EXTENSION_REFUSED },
    { .name = "49c-component-256",
      .summary = "component SVN 256 in the SGX extension",
      .change_world = component_256,
      EXTENSION_REFUSED },
    { .name = "49d-pcesvn-65536",
      .summary = "PCESVN 65536 in the SGX extension",
      .change_world = pce_svn_65536,
      EXTENSION_REFUSED },
    { .name = "49e-unknown-element",
      .summary = "an unknown element in the SGX extension",
      .change_world = extension_unknown,
      EXTENSION_REFUSED },
    { .name = "49f-other-order",
      .summary = "elements of the SGX extension in another order",
      .change_world = extension_order,
      EXTENSION_REFUSED },
    { .name = "49g-boolean",
      .summary = "a BOOLEAN of 01 in the SGX extension",
      .change_world = boolean_1,
      EXTENSION_REFUSED },
    { .name = "49h-sgx-type",
      .summary = "SGX type 3 in the SGX extension",
      .change_world = sgx_type_3,
      EXTENSION_REFUSED },
    { .name = "49i-no-extension",
      .summary = "a leaf without SGX extension",
      .change_world = leaf_without_extension,
      EXTENSION_REFUSED },
    { .name = "49j-seven-elements",
      .summary = "SGX extension of a platform under the processor CA",
      .profile = "sgx-v3-processor",
      .change_world = extension_count,
      EXTENSION_REFUSED },
    { .name = "60a-root-expired",
      .summary = "an expired root",
      .change_world = root_expired,
      EXPIRED },
    { .name = "60b-ca-expired",
      .summary = "an expired PCK CA",
      .change_world = ca_expired,
      EXPIRED },
    { .name = "60c-leaf-expired",
      .summary = "a PCK certificate that ends at this second",
      .change_world = leaf_expired,
      EXPIRED },
    { .name = "60d-signer-expired",
      .summary = "an expired TCB signer",
      .change_world = signer_expired,
      EXPIRED },
    { .name = "60e-leaf-future",
      .summary = "a PCK certificate that begins in a second",
      .change_world = leaf_future,
      NOT_YET },
    { .name = "60f-signer-future",
      .summary = "a TCB signer that begins in a second",
      .change_world = signer_future,
      NOT_YET },
    { .name = "61a-crl-chain-is-tcb-chain",
      .summary = "the TCB chain as chain of the PCK CRL",
      .change_world = crl_chain_is_tcb_chain,
      EXPECT_REFUSED(0xE022, 0) },
    { .name = "61b-crl-chain-is-text",
      .summary = "text as chain of the PCK CRL",
      .change_built = crl_chain_is_text,
      EXPECT_REFUSED(0xE022, 0) },
    { .name = "62-processor-leaf",
      .summary = "a leaf of the processor CA with the same FMSPC",
      .profile = "sgx-v3-processor",
      EXPECT_ACCEPTED(ASSAY_NOTE_NONE) },
    { .name = NULL },
};
