/* faults_quote.c: faults of a quote's framing, header, body and own signature: lines 1 to 14, 21 to
 * 23, 32, 33 and 92 of the attack list (verification.md 9). */
#include "sim/faults.h"

#define SET_AT(place_, offset_, size_, value_)                                                     \
    {                                                                                              \
        .place = (place_), .kind = SIM_SET, .offset = (offset_), .size = (size_),                  \
        .value = (value_)                                                                          \
    }
#define FLIP_AT(place_, offset_)                                                                   \
    {                                                                                              \
        .place = (place_), .kind = SIM_XOR, .offset = (offset_), .size = 1, .value = 1             \
    }
#define QUOTE_REFUSED EXPECT_REFUSED(0xE01D, QVL_UNSUPPORTED_QUOTE_FORMAT)

static void cut(sim_artifacts *a)
{
    bytes_replace(&a->quote, 2000, SIZE_MAX, (assay_span) { NULL, 0 });
}

static void cut_one_byte(sim_artifacts *a)
{
    bytes_replace(&a->quote, a->quote.size - 1, 1, (assay_span) { NULL, 0 });
}

/* A length so large that adding what stands before it wraps around 32 bits. */
static void wrap_lengths(sim_artifacts *a)
{
    size_t at = a->map.certification_type + 2;
    store_u32le(a->quote.data + at, (uint32_t)(0 - (a->map.certification_data - a->map.signature)));
}

static void append_byte(sim_artifacts *a)
{
    bytes_add_u8(&a->quote, 'x');
}

static void append_70(sim_artifacts *a)
{
    bytes_add_repeated(&a->quote, 0, 70);
}

static void append_3065(sim_artifacts *a)
{
    bytes_add_repeated(&a->quote, 0, 3065);
}

static void enlarge(sim_artifacts *a, size_t at)
{
    store_u32le(a->quote.data + at, load_u32le(a->quote.data + at) + 8);
}

static void enlarge_auth(sim_artifacts *a)
{
    bytes_add_repeated(&a->quote, 0, 8);
    enlarge(a, a->map.auth_size);
}

static void enlarge_outer(sim_artifacts *a)
{
    enlarge_auth(a);
    enlarge(a, a->map.outer_type + 2);
}

/* Version 5, type 3 made to look like type 4, type 2, and version 4. */
static void extend_body(sim_artifacts *a)
{
    static const uint8_t zeros[TD_REPORT_1_5X_SIZE - TD_REPORT_1_5_SIZE] = { 0 };
    bytes_replace(&a->quote, a->map.body + TD_REPORT_1_5_SIZE, 0, SPAN(zeros));
    store_u16le(a->quote.data + 48, 4);
    store_u32le(a->quote.data + 50, TD_REPORT_1_5X_SIZE);
}

static void cut_body(sim_artifacts *a)
{
    bytes_replace(&a->quote, a->map.body + TD_REPORT_1_0_SIZE,
                  TD_REPORT_1_5_SIZE - TD_REPORT_1_0_SIZE, (assay_span) { NULL, 0 });
    store_u16le(a->quote.data + 48, 2);
    store_u32le(a->quote.data + 50, TD_REPORT_1_0_SIZE);
}

static void rewrite_as_v4(sim_artifacts *a)
{
    cut_body(a);
    bytes_replace(&a->quote, 48, 6, (assay_span) { NULL, 0 });
    store_u16le(a->quote.data, 4);
}

static void descriptor(sim_world *world, uint16_t type, uint32_t size)
{
    world->quote.body_type = type;
    world->quote.descriptor_size = size;
}

#define DESCRIPTOR(name, type, size)                                                               \
    static void name(sim_world *world)                                                             \
    {                                                                                              \
        descriptor(world, type, size);                                                             \
    }

DESCRIPTOR(descriptor_0_648, 0, 648)
DESCRIPTOR(descriptor_1_648, 1, 648)
DESCRIPTOR(descriptor_1_384, 1, 384)
DESCRIPTOR(descriptor_2_648, 2, 648)
DESCRIPTOR(descriptor_2_584, 2, 584)
DESCRIPTOR(descriptor_3_584, 3, 584)
DESCRIPTOR(descriptor_3_649, 3, 649)
DESCRIPTOR(descriptor_4_648, 4, 648)
DESCRIPTOR(descriptor_4_885, 4, 885)
DESCRIPTOR(descriptor_5_648, 5, 648)

#define DESCRIPTOR_ROW(letter, type, size)                                                         \
    {                                                                                              \
        .name = "6" letter "-descriptor-" #type "-" #size,                                         \
        .summary = "the descriptor of a 648-byte body says type " #type ", size " #size,           \
        .profile = "tdx-v5", .change_world = descriptor_##type##_##size, QUOTE_REFUSED             \
    }

static void put_octets(sim_bytes *bytes, size_t at, assay_span octets)
{
    bytes_replace(bytes, at, octets.size, octets);
}

static const uint8_t zeros_32[32] = { 0 };
static const uint8_t ones_64[64] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

/* r, s or both of the quote's and the QE report's signature. */
#define SIGNATURE_FAULT(name, place, offset, octets)                                               \
    static void name(sim_artifacts *a)                                                             \
    {                                                                                              \
        put_octets(&a->quote, a->map.place + (offset), octets);                                    \
    }

SIGNATURE_FAULT(quote_r_zero, signature, 0, SPAN(zeros_32))
SIGNATURE_FAULT(quote_s_zero, signature, 32, SPAN(zeros_32))
SIGNATURE_FAULT(quote_s_order, signature, 32, span_of(p256_order, 32))
SIGNATURE_FAULT(quote_all_ones, signature, 0, SPAN(ones_64))
SIGNATURE_FAULT(qe_r_zero, qe_signature, 0, SPAN(zeros_32))
SIGNATURE_FAULT(qe_s_zero, qe_signature, 32, SPAN(zeros_32))
SIGNATURE_FAULT(qe_s_order, qe_signature, 32, span_of(p256_order, 32))
SIGNATURE_FAULT(qe_all_ones, qe_signature, 0, SPAN(ones_64))

static void mirror_quote(sim_artifacts *a)
{
    p256_signature_mirror(a->quote.data + a->map.signature);
}

static void mirror_qe(sim_artifacts *a)
{
    p256_signature_mirror(a->quote.data + a->map.qe_signature);
}

const sim_fault sim_faults_of_quote[] = {
    { .name = "1a-version",
      .summary = "quote version 7",
      .patch = SET_AT(SIM_HEADER, 0, 2, 7),
      QUOTE_REFUSED },
    { .name = "1b-key-type",
      .summary = "attestation key type 3 (P-384)",
      .patch = SET_AT(SIM_HEADER, 2, 2, 3),
      QUOTE_REFUSED },
    { .name = "1c-vendor",
      .summary = "QE vendor id of somebody else",
      .patch = FLIP_AT(SIM_HEADER, QUOTE_V4_QE_VENDOR_ID_OFFSET),
      QUOTE_REFUSED },
    { .name = "2a-truncated",
      .summary = "only the first 2000 bytes of the quote",
      .change_built = cut,
      QUOTE_REFUSED },
    { .name = "2b-last-byte-missing",
      .summary = "the last byte of the quote is missing",
      .change_built = cut_one_byte,
      QUOTE_REFUSED },
    { .name = "2c-below-minimum",
      .summary = "a quote shorter than 1020 bytes",
      .elsewhere = "an argument error (E002) of the C interface only; natively it is a truncated "
                   "quote: every length is tried in the exhaustive test" },
    { .name = "3a-auth-length",
      .summary = "length of the auth data: 4 GiB less one byte",
      .patch = SET_AT(SIM_BUILT_AUTH_SIZE, 0, 4, UINT32_MAX),
      QUOTE_REFUSED },
    { .name = "3b-outer-length",
      .summary = "length of the outer certification data: maximum",
      .patch = SET_AT(SIM_BUILT_OUTER, 2, 4, UINT32_MAX),
      QUOTE_REFUSED },
    { .name = "3c-inner-length",
      .summary = "length of the inner certification data: maximum",
      .patch = SET_AT(SIM_BUILT_CERTIFICATION, 2, 4, UINT32_MAX),
      QUOTE_REFUSED },
    { .name = "3d-qe-auth-length",
      .summary = "length of the QE auth data: maximum",
      .patch = SET_AT(SIM_BUILT_QE_AUTH_SIZE, 0, 2, UINT16_MAX),
      QUOTE_REFUSED },
    { .name = "4-wrapping-length",
      .summary = "a length that wraps around 32 bits when added",
      .change_built = wrap_lengths,
      QUOTE_REFUSED },
    { .name = "5a-v4-as-v3",
      .summary = "a TDX quote of version 4 that says 3",
      .patch = SET_AT(SIM_HEADER, 0, 2, 3),
      QUOTE_REFUSED },
    { .name = "5b-v4-as-v5",
      .summary = "a quote of version 4 that says 5",
      .patch = SET_AT(SIM_BUILT_QUOTE, 0, 2, 5),
      QUOTE_REFUSED },
    { .name = "5c-v5-as-v4",
      .summary = "a quote of version 5 that says 4",
      .profile = "tdx-v5",
      .patch = SET_AT(SIM_BUILT_QUOTE, 0, 2, 4),
      QUOTE_REFUSED },
    DESCRIPTOR_ROW("a", 0, 648),
    DESCRIPTOR_ROW("b", 1, 648),
    DESCRIPTOR_ROW("c", 1, 384),
    DESCRIPTOR_ROW("d", 2, 648),
    DESCRIPTOR_ROW("e", 2, 584),
    DESCRIPTOR_ROW("f", 3, 584),
    DESCRIPTOR_ROW("g", 3, 649),
    DESCRIPTOR_ROW("h", 4, 648),
    DESCRIPTOR_ROW("i", 4, 885),
    DESCRIPTOR_ROW("j", 5, 648),
    { .name = "6k-tee-type",
      .summary = "TEE type 0 on a TD report",
      .profile = "tdx-v5",
      .patch = SET_AT(SIM_HEADER, QUOTE_V4_TEE_TYPE_OFFSET, 4, 0),
      QUOTE_REFUSED },
    { .name = "6l-sgx-tee-type",
      .summary = "TEE type 0x81 on an SGX report",
      .profile = "sgx-v5",
      .patch = SET_AT(SIM_HEADER, QUOTE_V4_TEE_TYPE_OFFSET, 4, 0x81),
      QUOTE_REFUSED },
    { .name = "7a-body-extended",
      .summary = "type 3 turned into type 4, body padded to 885",
      .profile = "tdx-v5",
      .signatures = SIM_BREAKS_SIGNATURE,
      .change_built = extend_body,
      EXPECT_REFUSED(0xE068, QVL_INVALID_QUOTE_SIGNATURE) },
    { .name = "7b-body-cut",
      .summary = "type 3 turned into type 2, body cut to 584",
      .profile = "tdx-v5",
      .signatures = SIM_BREAKS_SIGNATURE,
      .change_built = cut_body,
      EXPECT_REFUSED(0xE068, QVL_INVALID_QUOTE_SIGNATURE) },
    { .name = "7c-v5-rewritten-as-v4",
      .summary = "version 5 rewritten as a well-formed version 4",
      .profile = "tdx-v5",
      .signatures = SIM_BREAKS_SIGNATURE,
      .change_built = rewrite_as_v4,
      EXPECT_REFUSED(0xE068, QVL_INVALID_QUOTE_SIGNATURE) },
    { .name = "8a-trailing-byte",
      .summary = "one byte that is not zero behind the quote",
      .change_built = append_byte,
      EXPECT_ACCEPTED(ASSAY_NOTE_TRAILING_DATA) },
    { .name = "8b-trailing-byte-strict",
      .summary = "the same, judged strictly",
      .change_built = append_byte,
      .request = { .strict = true },
      QUOTE_REFUSED },
    { .name = "9a-padding-70",
      .summary = "70 zero bytes behind the quote",
      .change_built = append_70,
      EXPECT_ACCEPTED(ASSAY_NOTE_TRAILING_PADDING) },
    { .name = "9b-padding-3065",
      .summary = "3065 zero bytes behind the quote",
      .change_built = append_3065,
      .request = { .strict = true },
      EXPECT_ACCEPTED(ASSAY_NOTE_TRAILING_PADDING) },
    { .name = "10a-auth-slack",
      .summary = "auth data enlarged over 8 appended zero bytes",
      .change_built = enlarge_auth,
      QUOTE_REFUSED },
    { .name = "10b-auth-slack-v3",
      .summary = "the same in version 3",
      .profile = "sgx-v3",
      .change_built = enlarge_auth,
      QUOTE_REFUSED },
    { .name = "11-outer-slack",
      .summary = "outer certification data enlarged likewise",
      .change_built = enlarge_outer,
      QUOTE_REFUSED },
    { .name = "14a-user-data-bit",
      .summary = "one bit of the header's user data flipped",
      .signatures = SIM_BREAKS_SIGNATURE,
      .patch = FLIP_AT(SIM_BUILT_QUOTE, QUOTE_V4_USER_DATA_OFFSET),
      EXPECT_REFUSED(0xE068, QVL_INVALID_QUOTE_SIGNATURE) },
    { .name = "14b-body-bit",
      .summary = "one bit of MRTD flipped",
      .signatures = SIM_BREAKS_SIGNATURE,
      .patch = FLIP_AT(SIM_BUILT_BODY, TD_BODY_MRTD_OFFSET),
      EXPECT_REFUSED(0xE068, QVL_INVALID_QUOTE_SIGNATURE) },
    { .name = "14c-report-data-bit",
      .summary = "one bit of the report data flipped",
      .signatures = SIM_BREAKS_SIGNATURE,
      .patch = FLIP_AT(SIM_BUILT_BODY, TD_BODY_REPORT_DATA_OFFSET),
      EXPECT_REFUSED(0xE068, QVL_INVALID_QUOTE_SIGNATURE) },
    { .name = "14d-mrenclave-bit",
      .summary = "one bit of MRENCLAVE flipped",
      .profile = "sgx-v3",
      .signatures = SIM_BREAKS_SIGNATURE,
      .patch = FLIP_AT(SIM_BUILT_BODY, SGX_REPORT_MRENCLAVE_OFFSET),
      EXPECT_REFUSED(0xE068, QVL_INVALID_QUOTE_SIGNATURE) },
    { .name = "14e-header-reserved",
      .summary = "a reserved byte of the header is not zero",
      .patch = FLIP_AT(SIM_HEADER, QUOTE_V4_RESERVED_OFFSET),
      QUOTE_REFUSED },
    { .name = "14f-qe-svn-bit",
      .summary = "one bit of the header's QE SVN flipped (version 3)",
      .profile = "sgx-v3",
      .signatures = SIM_BREAKS_SIGNATURE,
      .patch = FLIP_AT(SIM_BUILT_QUOTE, QUOTE_V3_QE_SVN_OFFSET),
      EXPECT_REFUSED(0xE068, QVL_INVALID_QUOTE_SIGNATURE) },
    { .name = "14g-body-reserved",
      .summary = "a reserved byte of the signed SGX report is not zero",
      .profile = "sgx-v3",
      .patch = FLIP_AT(SIM_BODY, SGX_REPORT_RESERVED1_OFFSET),
      EXPECT_JUDGED(ASSAY_TCB_UP_TO_DATE, ASSAY_REASON_RESERVED_BITS) },
    { .name = "22a-r-zero",
      .summary = "r of the quote's signature is 0",
      .signatures = SIM_BREAKS_SIGNATURE,
      .change_built = quote_r_zero,
      EXPECT_REFUSED(0xE068, QVL_INVALID_QUOTE_SIGNATURE) },
    { .name = "22b-s-zero",
      .summary = "s of the quote's signature is 0",
      .signatures = SIM_BREAKS_SIGNATURE,
      .change_built = quote_s_zero,
      EXPECT_REFUSED(0xE068, QVL_INVALID_QUOTE_SIGNATURE) },
    { .name = "22c-s-order",
      .summary = "s of the quote's signature is n",
      .signatures = SIM_BREAKS_SIGNATURE,
      .change_built = quote_s_order,
      EXPECT_REFUSED(0xE068, QVL_INVALID_QUOTE_SIGNATURE) },
    { .name = "22d-all-ones",
      .summary = "the quote's signature is all FF",
      .signatures = SIM_BREAKS_SIGNATURE,
      .change_built = quote_all_ones,
      EXPECT_REFUSED(0xE068, QVL_INVALID_QUOTE_SIGNATURE) },
    { .name = "22e-qe-r-zero",
      .summary = "r of the QE report's signature is 0",
      .signatures = SIM_BREAKS_SIGNATURE,
      .change_built = qe_r_zero,
      EXPECT_REFUSED(0xE01F, QVL_INVALID_QE_REPORT_SIGNATURE) },
    { .name = "22f-qe-s-zero",
      .summary = "s of the QE report's signature is 0",
      .signatures = SIM_BREAKS_SIGNATURE,
      .change_built = qe_s_zero,
      EXPECT_REFUSED(0xE01F, QVL_INVALID_QE_REPORT_SIGNATURE) },
    { .name = "22g-qe-s-order",
      .summary = "s of the QE report's signature is n",
      .signatures = SIM_BREAKS_SIGNATURE,
      .change_built = qe_s_order,
      EXPECT_REFUSED(0xE01F, QVL_INVALID_QE_REPORT_SIGNATURE) },
    { .name = "22h-qe-all-ones",
      .summary = "the QE report's signature is all FF",
      .signatures = SIM_BREAKS_SIGNATURE,
      .change_built = qe_all_ones,
      EXPECT_REFUSED(0xE01F, QVL_INVALID_QE_REPORT_SIGNATURE) },
    { .name = "23a-high-s",
      .summary = "s of the quote's signature replaced by n - s",
      .change_built = mirror_quote,
      EXPECT_ACCEPTED(ASSAY_NOTE_HIGH_S) },
    { .name = "23b-qe-high-s",
      .summary = "s of the QE report's signature replaced by n - s",
      .change_built = mirror_qe,
      EXPECT_ACCEPTED(ASSAY_NOTE_HIGH_S) },
    { .name = "32a-seamattributes",
      .summary = "SEAM attributes that are not zero",
      .patch = FLIP_AT(SIM_BODY, TD_BODY_SEAMATTRIBUTES_OFFSET),
      EXPECT_REFUSED(0xE060, QVL_TDX_MODULE_MISMATCH) },
    { .name = "32b-mrsignerseam",
      .summary = "a TDX module of another signer",
      .patch = FLIP_AT(SIM_BODY, TD_BODY_MRSIGNERSEAM_OFFSET),
      EXPECT_REFUSED(0xE060, QVL_TDX_MODULE_MISMATCH) },
    { .name = "33a-td-debug",
      .summary = "a debuggable TD",
      .patch = FLIP_AT(SIM_BODY, TD_BODY_TDATTRIBUTES_OFFSET),
      EXPECT_JUDGED(ASSAY_TCB_UP_TO_DATE, ASSAY_REASON_DEBUG) },
    { .name = "33b-td-perf-prof",
      .summary = "a TD with PERF_PROF, another untrusted attribute",
      .patch = SET_AT(SIM_BODY, TD_BODY_TDATTRIBUTES_OFFSET, 1, 0x20),
      EXPECT_JUDGED(ASSAY_TCB_UP_TO_DATE, ASSAY_REASON_DEBUG) },
    { .name = "33c-sgx-debug",
      .summary = "a debuggable enclave",
      .profile = "sgx-v3",
      .patch = SET_AT(SIM_BODY, SGX_REPORT_ATTRIBUTES_OFFSET, 1, 0x07),
      EXPECT_JUDGED(ASSAY_TCB_UP_TO_DATE, ASSAY_REASON_DEBUG) },
    { .name = "33d-td-debug-allowed",
      .summary = "a debuggable TD, where debug is allowed",
      .patch = FLIP_AT(SIM_BODY, TD_BODY_TDATTRIBUTES_OFFSET),
      .request = { .allow_debug = true },
      EXPECT_ACCEPTED(ASSAY_NOTE_NONE) },
    { .name = "92-replayed",
      .summary = "a genuine quote where other report data is expected",
      .request = { .other_report_data = true },
      EXPECT_JUDGED(ASSAY_TCB_UP_TO_DATE, ASSAY_REASON_REPORT_DATA_MISMATCH) },
    { .name = NULL },
};
