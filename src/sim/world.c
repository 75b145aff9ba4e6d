/* world.c: genuine-looking defaults: names, numbers and tables as in Intel's production of 2025,
 * all under keys of the simulator. verification.md 1 to 3. */
#include "sim/world.h"

#include "crypto/crypto.h"

#define INTEL_ROOT_CRL_URL "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der"
#define INTEL_PCK_CRL_URL  "https://api.trustedservices.intel.com/sgx/certification/v4/pckcrl?ca="

static const uint8_t vendor_id[16] = { 0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9,
                                       0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07 };
static const uint8_t qe_mrsigner[32] = { 0x8c, 0x4f, 0x57, 0x75, 0xd7, 0x96, 0x50, 0x3e,
                                         0x96, 0x13, 0x7f, 0x77, 0xc6, 0x8a, 0x82, 0x9a,
                                         0x00, 0x56, 0xac, 0x8d, 0xed, 0x70, 0x14, 0x0b,
                                         0x08, 0x1b, 0x09, 0x44, 0x90, 0xc5, 0x7b, 0xff };
static const uint8_t td_qe_mrsigner[32] = { 0xdc, 0x9e, 0x2a, 0x7c, 0x6f, 0x94, 0x8f, 0x17,
                                            0x47, 0x4e, 0x34, 0xa7, 0xfc, 0x43, 0xed, 0x03,
                                            0x0f, 0x7c, 0x15, 0x63, 0xf1, 0xba, 0xbd, 0xdf,
                                            0x63, 0x40, 0xc8, 0x2e, 0x0e, 0x54, 0xa8, 0xc5 };

/* 2025-05-14, 2024-11-13, 2024-03-13, 2022-08-10, 2018-08-15 */
enum { DATE_NEW = 1747180800, DATE_LATE = 1731456000, DATE_MID = 1710288000 };
enum { DATE_OLD = 1660089600, DATE_OLDEST = 1534291200 };

/* 2018-05-21T10:45:10Z, 2033-05-21T10:45:10Z, 2049-12-31T23:59:59Z */
#define CA_BEGIN INT64_C(1526899510)
#define CA_END   INT64_C(2000285110)
#define ROOT_END INT64_C(2524607999)

#define CA_USAGE   (KEY_USAGE_KEY_CERT_SIGN | KEY_USAGE_CRL_SIGN)
#define LEAF_USAGE (KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_NON_REPUDIATION)

/* Validity of leaves and signers depends on `now`; see date_certificates(). */
static const sim_certificate certificate_rows[SIM_CERTIFICATE_COUNT] = {
    [SIM_ROOT] = { .common_name = "Intel SGX Root CA",
                   .issuer = SIM_ROOT,
                   .key = SIM_KEY_ROOT,
                   .not_before = CA_BEGIN,
                   .not_after = ROOT_END,
                   .basic = SIM_BASIC_TRUE,
                   .path_length = 1,
                   .key_usage = CA_USAGE,
                   .crl_url = INTEL_ROOT_CRL_URL },
    [SIM_OLD_ROOT] = { .common_name = "Intel SGX Root CA",
                       .issuer = SIM_OLD_ROOT,
                       .key = SIM_KEY_ROOT,
                       .not_before = CA_BEGIN,
                       .not_after = CA_END,
                       .basic = SIM_BASIC_TRUE,
                       .path_length = 1,
                       .key_usage = CA_USAGE,
                       .crl_url = INTEL_ROOT_CRL_URL },
    [SIM_FOREIGN_ROOT] = { .common_name = "Intel SGX Root CA",
                           .issuer = SIM_FOREIGN_ROOT,
                           .key = SIM_KEY_FOREIGN_ROOT,
                           .not_before = CA_BEGIN,
                           .not_after = ROOT_END,
                           .basic = SIM_BASIC_TRUE,
                           .path_length = 1,
                           .key_usage = CA_USAGE,
                           .crl_url = INTEL_ROOT_CRL_URL },
    [SIM_PROCESSOR_CA] = { .common_name = "Intel SGX PCK Processor CA",
                           .issuer = SIM_ROOT,
                           .key = SIM_KEY_PROCESSOR_CA,
                           .not_before = CA_BEGIN,
                           .not_after = CA_END,
                           .basic = SIM_BASIC_TRUE,
                           .path_length = 0,
                           .key_usage = CA_USAGE,
                           .crl_url = INTEL_ROOT_CRL_URL },
    [SIM_PLATFORM_CA] = { .common_name = "Intel SGX PCK Platform CA",
                          .issuer = SIM_ROOT,
                          .key = SIM_KEY_PLATFORM_CA,
                          .not_before = CA_BEGIN,
                          .not_after = CA_END,
                          .basic = SIM_BASIC_TRUE,
                          .path_length = 0,
                          .key_usage = CA_USAGE,
                          .crl_url = INTEL_ROOT_CRL_URL },
    [SIM_SIGNER] = { .common_name = "Intel SGX TCB Signing",
                     .issuer = SIM_ROOT,
                     .key = SIM_KEY_SIGNER,
                     .basic = SIM_BASIC_FALSE,
                     .path_length = SIM_NO_PATH_LENGTH,
                     .key_usage = LEAF_USAGE,
                     .crl_url = INTEL_ROOT_CRL_URL },
    [SIM_FOREIGN_SIGNER] = { .common_name = "Intel SGX TCB Signing",
                             .issuer = SIM_FOREIGN_ROOT,
                             .key = SIM_KEY_FOREIGN,
                             .basic = SIM_BASIC_FALSE,
                             .path_length = SIM_NO_PATH_LENGTH,
                             .key_usage = LEAF_USAGE,
                             .crl_url = INTEL_ROOT_CRL_URL },
    [SIM_LEAF] = { .common_name = "Intel SGX PCK Certificate",
                   .key = SIM_KEY_LEAF,
                   .basic = SIM_BASIC_FALSE,
                   .path_length = SIM_NO_PATH_LENGTH,
                   .key_usage = LEAF_USAGE,
                   .has_sgx_extension = true },
    [SIM_OTHER_LEAF] = { .common_name = "Intel SGX PCK Certificate",
                         .key = SIM_KEY_OTHER_LEAF,
                         .basic = SIM_BASIC_FALSE,
                         .path_length = SIM_NO_PATH_LENGTH,
                         .key_usage = LEAF_USAGE,
                         .has_sgx_extension = true },
};

/* Strictly descending, as Intel issues them. Component 0 stands for microcode, 6 for configuration.
 */
static const sim_level platform_levels[] = {
    { { 8, 8, 2, 2, 4, 1, 12, 5 }, { 5, 0, 8 }, 13, 0, DATE_NEW, "UpToDate", { NULL } },
    { { 8, 8, 2, 2, 4, 1, 8, 5 },
      { 5, 0, 8 },
      13,
      0,
      DATE_NEW,
      "SWHardeningNeeded",
      { "INTEL-SA-00615" } },
    { { 8, 8, 2, 2, 4, 1, 4, 5 },
      { 5, 0, 8 },
      13,
      0,
      DATE_NEW,
      "ConfigurationNeeded",
      { "INTEL-SA-00289" } },
    { { 8, 8, 2, 2, 4, 1, 0, 5 },
      { 5, 0, 8 },
      13,
      0,
      DATE_NEW,
      "ConfigurationAndSWHardeningNeeded",
      { "INTEL-SA-00289", "INTEL-SA-00615" } },
    { { 7, 7, 2, 2, 4, 1, 12, 5 },
      { 4, 0, 7 },
      13,
      0,
      DATE_LATE,
      "OutOfDate",
      { "INTEL-SA-01036", "INTEL-SA-01079" } },
    { { 7, 7, 2, 2, 4, 1, 0, 5 },
      { 4, 0, 7 },
      13,
      0,
      DATE_LATE,
      "OutOfDateConfigurationNeeded",
      { "INTEL-SA-00289", "INTEL-SA-01036", "INTEL-SA-01079" } },
    { { 5, 5, 2, 2, 3, 1, 0, 3 },
      { 3, 0, 5 },
      11,
      0,
      DATE_OLD,
      "OutOfDate",
      { "INTEL-SA-00960", "INTEL-SA-00982", "INTEL-SA-01036", "INTEL-SA-01079" } },
    { { 2, 2 }, { 2, 0, 2 }, 5, 0, DATE_OLDEST, "Revoked", { "INTEL-SA-00615" } },
};

static const sim_module module_rows[] = {
    { "TDX_03", { { .isv_svn = 6, .date = DATE_NEW, .status = "UpToDate" } }, 1 },
    { "TDX_01",
      { { .isv_svn = 5, .date = DATE_NEW, .status = "UpToDate" },
        { .isv_svn = 4,
          .date = DATE_MID,
          .status = "OutOfDate",
          .advisories = { "INTEL-SA-01192" } },
        { .isv_svn = 2,
          .date = DATE_OLD,
          .status = "OutOfDate",
          .advisories = { "INTEL-SA-01036", "INTEL-SA-01192" } } },
      3 },
};

static const sim_level qe_levels[] = {
    { .isv_svn = 8, .date = DATE_MID, .status = "UpToDate" },
    { .isv_svn = 6, .date = DATE_OLD, .status = "OutOfDate", .advisories = { "INTEL-SA-00615" } },
    { .isv_svn = 2,
      .date = DATE_OLDEST,
      .status = "OutOfDate",
      .advisories = { "INTEL-SA-00334", "INTEL-SA-00615" } },
};

bool sim_is_td(const sim_world *world)
{
    return world->quote.body_layout != &assay_layout_sgx_report;
}

sim_certificate_id sim_ca_of(const sim_world *world)
{
    return world->ca == PCK_CA_PROCESSOR ? SIM_PROCESSOR_CA : SIM_PLATFORM_CA;
}

void sim_random(uint64_t seed, const char *name, uint8_t *out, size_t size)
{
    uint8_t number[12];
    store_u64le(number, seed);
    for (uint32_t block = 0; size > 0; block++) {
        store_u32le(number + 8, block);
        assay_span parts[] = { SPAN_TEXT("assay simulator 1"), SPAN(number), SPAN_TEXT(name) };
        sha256_digest digest = sha256_of(parts, 3);
        size_t part = size < SHA256_SIZE ? size : SHA256_SIZE;
        memcpy(out, digest.bytes, part);
        out += part;
        size -= part;
    }
}

void sim_document_edit(sim_document *document, sim_edit edit)
{
    if (document->edit_count < SIM_EDIT_MAX)
        document->edits[document->edit_count++] = edit;
}

void sim_field_set(const assay_layout *layout, const char *name, uint8_t *structure,
                   assay_span value)
{
    const assay_field *field = assay_layout_find(layout, name);
    if (field == NULL)
        return;
    size_t size = value.size < field->size ? value.size : field->size;
    memset(structure + field->offset, 0, field->size);
    memcpy(structure + field->offset, value.data, size);
}

static sim_chain chain_of(sim_certificate_id first, sim_certificate_id second)
{
    return (sim_chain) { .certificates = { first, second }, .count = 2 };
}

static void init_certificates(sim_world *world)
{
    sim_certificate *rows = world->certificates;
    memcpy(rows, certificate_rows, sizeof(certificate_rows));
    for (sim_certificate_id id = SIM_LEAF; id <= SIM_OTHER_LEAF; id++) {
        rows[id].issuer = sim_ca_of(world);
        rows[id].crl_url = world->ca == PCK_CA_PROCESSOR
                               ? INTEL_PCK_CRL_URL "processor&encoding=der"
                               : INTEL_PCK_CRL_URL "platform&encoding=der";
        rows[id].not_before = world->now - 200 * SIM_DAY;
        rows[id].not_after = rows[id].not_before + 7 * 365 * INT64_C(86400);
    }
    for (sim_certificate_id id = SIM_SIGNER; id <= SIM_FOREIGN_SIGNER; id++) {
        rows[id].not_before = world->now - 380 * SIM_DAY;
        rows[id].not_after = rows[id].not_before + 7 * 365 * INT64_C(86400);
    }
    sim_random(world->seed, "leaf serial", rows[SIM_LEAF].serial, 20);
    sim_random(world->seed, "other leaf serial", rows[SIM_OTHER_LEAF].serial, 20);
}

static void init_platform(sim_world *world)
{
    sim_platform *p = &world->platform;
    static const uint8_t sgx_fmspc[6] = { 0x00, 0x60, 0x6a }, td_fmspc[6] = { 0x90, 0xc0, 0x6f };
    for (size_t i = 0; i < 16; i++)
        p->components[i] = platform_levels[0].sgx[i];
    for (size_t i = 0; i < 16; i++)
        p->cpu_svn[i] = platform_levels[0].sgx[i];
    p->pce_svn = 13;
    memcpy(p->fmspc, sim_is_td(world) ? td_fmspc : sgx_fmspc, 6);
    p->sgx_type = world->ca == PCK_CA_PLATFORM ? 1 : 0;
    p->dynamic_platform = 0xff;
    p->smt_enabled = 0xff;
    sim_random(world->seed, "ppid", p->ppid, 16);
    sim_random(world->seed, "platform instance id", p->instance_id, 16);
    world->other_platform = *p;
    sim_random(world->seed, "other ppid", world->other_platform.ppid, 16);
    sim_random(world->seed, "other instance id", world->other_platform.instance_id, 16);
}

static void init_crls(sim_world *world, unsigned days)
{
    world->root_crl = (sim_crl) { .issuer = SIM_ROOT,
                                  .this_update = world->now - 100 * SIM_DAY,
                                  .next_update = world->now + 265 * SIM_DAY,
                                  .number = 1 };
    world->pck_crl = (sim_crl) { .issuer = sim_ca_of(world),
                                 .this_update = world->now - SIM_HOUR,
                                 .next_update = world->now - SIM_HOUR + (int64_t)days * SIM_DAY,
                                 .number = 1 };
    world->pck_crl_issuer_chain = chain_of(sim_ca_of(world), SIM_ROOT);
    if (world->ca == PCK_CA_PROCESSOR)
        return;
    world->pck_crl.entry_count = 4;
    for (size_t i = 0; i < world->pck_crl.entry_count; i++) {
        char name[] = "revoked 0";
        name[8] = (char)('0' + i);
        world->pck_crl.entries[i].reason = SIM_REASON_KEY_COMPROMISE;
        sim_random(world->seed, name, world->pck_crl.entries[i].serial, 20);
    }
}

static sim_document document_of(const sim_world *world, const char *id, unsigned version,
                                unsigned days)
{
    return (sim_document) { .chain = chain_of(SIM_SIGNER, SIM_ROOT),
                            .signing_key = SIM_KEY_SIGNER,
                            .id = id,
                            .version = version,
                            .issue_date = world->now - SIM_HOUR,
                            .next_update = world->now - SIM_HOUR + (int64_t)days * SIM_DAY,
                            .evaluation_number = 19 };
}

static void init_documents(sim_world *world, unsigned days)
{
    bool td = sim_is_td(world);
    sim_tcb_info *info = &world->tcb_info;
    info->document = document_of(world, td ? "TDX" : "SGX", 3, days);
    memcpy(info->fmspc, world->platform.fmspc, sizeof(info->fmspc));
    memcpy(info->levels, platform_levels, sizeof(platform_levels));
    info->level_count = sizeof(platform_levels) / sizeof(platform_levels[0]);
    memcpy(info->modules, module_rows, sizeof(module_rows));
    info->module_count = td ? sizeof(module_rows) / sizeof(module_rows[0]) : 0;

    sim_identity *identity = &world->identity;
    identity->document = document_of(world, td ? "TD_QE" : "QE", 2, days);
    memcpy(identity->mrsigner, td ? td_qe_mrsigner : qe_mrsigner, 32);
    identity->isv_prod_id = td ? 2 : 1;
    memcpy(identity->levels, qe_levels, sizeof(qe_levels));
    identity->level_count = sizeof(qe_levels) / sizeof(qe_levels[0]);
}

/* Fields of a body that are not zero: a value, or random bytes when `size` is 0. */
typedef struct body_row {
    const char *field;
    uint8_t size;
    uint8_t value[16];
} body_row;

static const body_row sgx_rows[] = {
    { "cpusvn", 8, { 8, 8, 2, 2, 4, 1, 12, 5 } },
    { "attributes", 9, { 0x05, 0, 0, 0, 0, 0, 0, 0, 0xe7 } },
    { "mrenclave", 0, { 0 } },
    { "mrsigner", 0, { 0 } },
    { "isvprodid", 1, { 1 } },
    { "isvsvn", 1, { 3 } },
    { "report_data", 0, { 0 } },
    { NULL, 0, { 0 } },
};

static const body_row td_rows[] = {
    { "tee_tcb_svn", 3, { 5, 1, 8 } },
    { "mrseam", 0, { 0 } },
    { "tdattributes", 4, { 0, 0, 0, 0x10 } },
    { "xfam", 3, { 0xe7, 0x18, 0x06 } },
    { "mrtd", 0, { 0 } },
    { "rtmr0", 0, { 0 } },
    { "rtmr1", 0, { 0 } },
    { "rtmr2", 0, { 0 } },
    { "report_data", 0, { 0 } },
    { "tee_tcb_svn2", 3, { 5, 1, 8 } },
    { "td_id", 0, { 0 } },
    { "init_cpusvn", 8, { 8, 8, 2, 2, 4, 1, 12, 5 } },
    { "init_tee_tcb_svn", 3, { 5, 1, 8 } },
    { NULL, 0, { 0 } },
};

static void fill_body(const sim_world *world, const assay_layout *layout, const body_row *rows,
                      uint8_t *body)
{
    for (; rows->field != NULL; rows++) {
        uint8_t random[64];
        sim_random(world->seed, rows->field, random, sizeof(random));
        sim_field_set(layout, rows->field, body,
                      rows->size == 0 ? SPAN(random) : span_of(rows->value, rows->size));
    }
}

static const assay_layout *layout_of(const sim_profile *profile)
{
    const assay_layout *layouts[] = { NULL, &assay_layout_sgx_report, &assay_layout_td_report_1_0,
                                      &assay_layout_td_report_1_5, &assay_layout_td_report_1_5x };
    return layouts[profile->body_type];
}

static void init_qe_report(sim_world *world)
{
    uint8_t *report = world->quote.qe_report;
    const assay_layout *layout = &assay_layout_sgx_report;
    uint8_t attributes[16] = { 0x15, 0, 0, 0, 0, 0, 0, 0, 0xe7 }, random[32];
    sim_random(world->seed, "qe mrenclave", random, sizeof(random));
    sim_field_set(layout, "cpusvn", report, SPAN(world->platform.cpu_svn));
    sim_field_set(layout, "attributes", report, SPAN(attributes));
    sim_field_set(layout, "mrenclave", report, SPAN(random));
    sim_field_set(layout, "mrsigner", report, SPAN(world->identity.mrsigner));
    store_u16le(report + SGX_REPORT_ISVPRODID_OFFSET, world->identity.isv_prod_id);
    store_u16le(report + SGX_REPORT_ISVSVN_OFFSET, (uint16_t)qe_levels[0].isv_svn);
}

static void init_quote(sim_world *world, const sim_profile *profile)
{
    sim_quote *quote = &world->quote;
    bool td = sim_is_td(world);
    store_u16le(quote->header, profile->quote_version);
    store_u16le(quote->header + QUOTE_V4_ATTESTATION_KEY_TYPE_OFFSET, 2);
    if (td)
        quote->header[QUOTE_V4_TEE_TYPE_OFFSET] = 0x81;
    if (profile->quote_version == 3) {
        store_u16le(quote->header + QUOTE_V3_QE_SVN_OFFSET, 8);
        store_u16le(quote->header + QUOTE_V3_PCE_SVN_OFFSET, 13);
    }
    memcpy(quote->header + QUOTE_V4_QE_VENDOR_ID_OFFSET, vendor_id, sizeof(vendor_id));
    sim_random(world->seed, "user data", quote->header + QUOTE_V4_USER_DATA_OFFSET, 16);

    quote->body_type = profile->body_type;
    quote->descriptor_size = quote->body_layout->size;
    fill_body(world, quote->body_layout, td ? td_rows : sgx_rows, quote->body);
    init_qe_report(world);
    quote->qe_auth_size = 32;
    for (size_t i = 0; i < quote->qe_auth_size; i++)
        quote->qe_auth_data[i] = (uint8_t)i;
    quote->attestation_key = SIM_KEY_ATTESTATION;
    quote->qe_signing_key = SIM_KEY_LEAF;
    quote->outer_type = ASSAY_CERTIFICATION_QE_REPORT;
    quote->certification_type = ASSAY_CERTIFICATION_PCK_CHAIN;
    quote->chain = chain_of(SIM_LEAF, sim_ca_of(world));
    quote->chain.certificates[quote->chain.count++] = SIM_ROOT;
    quote->chain.after = (assay_span) { (const uint8_t *)"", 1 }; /* the final NUL */
}

void sim_world_init(sim_world *world, const sim_profile *profile, uint64_t seed, int64_t now,
                    unsigned days)
{
    memset(world, 0, sizeof(*world));
    world->seed = seed;
    world->now = now;
    world->ca = profile->ca;
    world->quote.body_layout = layout_of(profile);
    init_certificates(world);
    init_platform(world);
    init_crls(world, days);
    init_documents(world, days);
    init_quote(world, profile);
}

void sim_world_situate(sim_world *world, const sim_situation *situation)
{
    world->platform.components[0] = situation->component_0;
    world->platform.components[1] = situation->component_0;
    world->platform.components[6] = situation->component_6;
    for (size_t i = 0; i < 16; i++)
        world->platform.cpu_svn[i] = (uint8_t)world->platform.components[i];
    uint8_t launch[3] = { situation->launch_svn, 1, situation->launch_microcode };
    if (situation->launch_svn != 0 && sim_is_td(world))
        sim_field_set(world->quote.body_layout, "tee_tcb_svn", world->quote.body, SPAN(launch));
}
