/* tables.c: the layouts of all wire structures, made from the rows of fields.h.
 * verification.md 1.1, 1.3, 1.4; guest.md 5. */
#include "evidence/fields.h"

static const assay_flag no_flags[] = { { NULL, 0 } };

static const assay_flag misc_flags[] = { { "EXINFO", 0 }, { NULL, 0 } };

static const assay_flag sgx_flags[] = { { "INIT", 0 },           { "DEBUG", 1 },
                                        { "MODE64", 2 },         { "PROVISION_KEY", 4 },
                                        { "EINITTOKEN_KEY", 5 }, { "KSS", 7 },
                                        { "AEX_NOTIFY", 10 },    { NULL, 0 } };

static const assay_flag td_flags[] = {
    { "DEBUG", 0 },       { "HGS_PLUS_PROF", 4 },
    { "PERF_PROF", 5 },   { "PMT_PROF", 6 },
    { "ICSSD", 16 },      { "SERVTD_EXT", 17 },
    { "LASS", 27 },       { "SEPT_VE_DISABLE", 28 },
    { "MIGRATABLE", 29 }, { "PKS", 30 },
    { "KL", 31 },         { "TPA", 62 },
    { "PERFMON", 63 },    { NULL, 0 },
};

static const assay_flag xfam_flags[] = {
    { "X87", 0 },
    { "SSE", 1 },
    { "AVX", 2 },
    { "MPX_BNDREGS", 3 },
    { "MPX_BNDCSR", 4 },
    { "AVX512_OPMASK", 5 },
    { "AVX512_ZMM_HI256", 6 },
    { "AVX512_HI16_ZMM", 7 },
    { "PT", 8 },
    { "PKRU", 9 },
    { "PASID", 10 },
    { "CET_USER", 11 },
    { "CET_SUPERVISOR", 12 },
    { "HDC", 13 },
    { "UINTR", 14 },
    { "LBR", 15 },
    { "HWP", 16 },
    { "AMX_TILECFG", 17 },
    { "AMX_TILEDATA", 18 },
    { NULL, 0 },
};

#define FIELD_ROW(prefix, constant, name, offset, size, type, flags)                               \
    { name, offset, size, ASSAY_FIELD_##type, flags },

static const assay_field quote_header_v3_fields[] = { QUOTE_HEADER_V3_ROWS(FIELD_ROW) };
static const assay_field quote_header_v4_fields[] = { QUOTE_HEADER_V4_ROWS(FIELD_ROW) };
static const assay_field sgx_report_fields[] = { SGX_REPORT_ROWS(FIELD_ROW) };
static const assay_field td_report_1_0_fields[] = { TD_BODY_1_0_ROWS(FIELD_ROW) };
static const assay_field td_report_1_5_fields[] = { TD_BODY_1_5_ROWS(FIELD_ROW) };
static const assay_field td_report_1_5x_fields[] = { TD_BODY_1_5X_ROWS(FIELD_ROW) };
static const assay_field tdreport_fields[] = { TDREPORT_ROWS(FIELD_ROW) };

#define LAYOUT(name, size, fields)                                                                 \
    {                                                                                              \
        name, size, sizeof(fields) / sizeof((fields)[0]), fields                                   \
    }

const assay_layout assay_layout_quote_header_v3 =
    LAYOUT("quote_header_v3", QUOTE_HEADER_SIZE, quote_header_v3_fields);
const assay_layout assay_layout_quote_header_v4 =
    LAYOUT("quote_header_v4", QUOTE_HEADER_SIZE, quote_header_v4_fields);
const assay_layout assay_layout_sgx_report =
    LAYOUT("sgx_report", SGX_REPORT_SIZE, sgx_report_fields);
const assay_layout assay_layout_td_report_1_0 =
    LAYOUT("td_report_1_0", TD_REPORT_1_0_SIZE, td_report_1_0_fields);
const assay_layout assay_layout_td_report_1_5 =
    LAYOUT("td_report_1_5", TD_REPORT_1_5_SIZE, td_report_1_5_fields);
const assay_layout assay_layout_td_report_1_5x =
    LAYOUT("td_report_1_5x", TD_REPORT_1_5X_SIZE, td_report_1_5x_fields);
const assay_layout assay_layout_tdreport = LAYOUT("tdreport", TDREPORT_SIZE, tdreport_fields);
