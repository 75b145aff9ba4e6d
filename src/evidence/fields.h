/* fields.h: the rows of every wire structure, once. verification.md 1.1, 1.3, 1.4; guest.md 5.
 *
 * tables.c turns the rows into the public layouts; the enums below turn them into constants, so
 * that C reads a field without its name: load_u16le(body + SGX_REPORT_ISVSVN_OFFSET). Columns:
 * prefix and constant, name, offset, size, type, flags. */
#ifndef ASSAY_EVIDENCE_FIELDS_H
#define ASSAY_EVIDENCE_FIELDS_H

#include "assay/evidence.h"
#include "base/span.h"

// clang-format off
#define QUOTE_HEADER_V3_ROWS(F)                                                                    \
    F(QUOTE_V3, VERSION,              "version",                0,  2, UINT,     NULL)             \
    F(QUOTE_V3, ATTESTATION_KEY_TYPE, "attestation_key_type",   2,  2, UINT,     NULL)             \
    F(QUOTE_V3, RESERVED,             "reserved",               4,  4, RESERVED, NULL)             \
    F(QUOTE_V3, QE_SVN,               "qe_svn",                 8,  2, UINT,     NULL)             \
    F(QUOTE_V3, PCE_SVN,              "pce_svn",               10,  2, UINT,     NULL)             \
    F(QUOTE_V3, QE_VENDOR_ID,         "qe_vendor_id",          12, 16, BYTES,    NULL)             \
    F(QUOTE_V3, USER_DATA,            "user_data",             28, 20, BYTES,    NULL)

#define QUOTE_HEADER_V4_ROWS(F)                                                                    \
    F(QUOTE_V4, VERSION,              "version",                0,  2, UINT,     NULL)             \
    F(QUOTE_V4, ATTESTATION_KEY_TYPE, "attestation_key_type",   2,  2, UINT,     NULL)             \
    F(QUOTE_V4, TEE_TYPE,             "tee_type",               4,  4, UINT,     NULL)             \
    F(QUOTE_V4, RESERVED,             "reserved",               8,  4, RESERVED, NULL)             \
    F(QUOTE_V4, QE_VENDOR_ID,         "qe_vendor_id",          12, 16, BYTES,    NULL)             \
    F(QUOTE_V4, USER_DATA,            "user_data",             28, 20, BYTES,    NULL)

#define SGX_REPORT_ROWS(F)                                                                         \
    F(SGX_REPORT, CPUSVN,               "cpusvn",                 0, 16, BYTES,    NULL)           \
    F(SGX_REPORT, MISCSELECT,           "miscselect",            16,  4, FLAGS,    misc_flags)     \
    F(SGX_REPORT, RESERVED1,            "reserved1",             20, 12, RESERVED, NULL)           \
    F(SGX_REPORT, ISVEXTPRODID,         "isvextprodid",          32, 16, BYTES,    NULL)           \
    F(SGX_REPORT, ATTRIBUTES,           "attributes",            48, 16, FLAGS,    sgx_flags)      \
    F(SGX_REPORT, MRENCLAVE,            "mrenclave",             64, 32, BYTES,    NULL)           \
    F(SGX_REPORT, RESERVED2,            "reserved2",             96, 32, RESERVED, NULL)           \
    F(SGX_REPORT, MRSIGNER,             "mrsigner",             128, 32, BYTES,    NULL)           \
    F(SGX_REPORT, RESERVED3,            "reserved3",            160, 32, RESERVED, NULL)           \
    F(SGX_REPORT, CONFIGID,             "configid",             192, 64, BYTES,    NULL)           \
    F(SGX_REPORT, ISVPRODID,            "isvprodid",            256,  2, UINT,     NULL)           \
    F(SGX_REPORT, ISVSVN,               "isvsvn",               258,  2, UINT,     NULL)           \
    F(SGX_REPORT, CONFIGSVN,            "configsvn",            260,  2, UINT,     NULL)           \
    F(SGX_REPORT, RESERVED4,            "reserved4",            262, 42, RESERVED, NULL)           \
    F(SGX_REPORT, ISVFAMILYID,          "isvfamilyid",          304, 16, BYTES,    NULL)           \
    F(SGX_REPORT, REPORT_DATA,          "report_data",          320, 64, BYTES,    NULL)

#define TD_BODY_1_0_ROWS(F)                                                                        \
    F(TD_BODY, TEE_TCB_SVN,           "tee_tcb_svn",            0, 16, BYTES,    NULL)             \
    F(TD_BODY, MRSEAM,                "mrseam",                16, 48, BYTES,    NULL)             \
    F(TD_BODY, MRSIGNERSEAM,          "mrsignerseam",          64, 48, BYTES,    NULL)             \
    F(TD_BODY, SEAMATTRIBUTES,        "seamattributes",       112,  8, FLAGS,    no_flags)         \
    F(TD_BODY, TDATTRIBUTES,          "tdattributes",         120,  8, FLAGS,    td_flags)         \
    F(TD_BODY, XFAM,                  "xfam",                 128,  8, FLAGS,    xfam_flags)       \
    F(TD_BODY, MRTD,                  "mrtd",                 136, 48, BYTES,    NULL)             \
    F(TD_BODY, MRCONFIGID,            "mrconfigid",           184, 48, BYTES,    NULL)             \
    F(TD_BODY, MROWNER,               "mrowner",              232, 48, BYTES,    NULL)             \
    F(TD_BODY, MROWNERCONFIG,         "mrownerconfig",        280, 48, BYTES,    NULL)             \
    F(TD_BODY, RTMR0,                 "rtmr0",                328, 48, BYTES,    NULL)             \
    F(TD_BODY, RTMR1,                 "rtmr1",                376, 48, BYTES,    NULL)             \
    F(TD_BODY, RTMR2,                 "rtmr2",                424, 48, BYTES,    NULL)             \
    F(TD_BODY, RTMR3,                 "rtmr3",                472, 48, BYTES,    NULL)             \
    F(TD_BODY, REPORT_DATA,           "report_data",          520, 64, BYTES,    NULL)

#define TD_BODY_1_5_ROWS(F)                                                                        \
    TD_BODY_1_0_ROWS(F)                                                                            \
    F(TD_BODY, TEE_TCB_SVN2,          "tee_tcb_svn2",         584, 16, BYTES,    NULL)             \
    F(TD_BODY, MRSERVICETD,           "mrservicetd",          600, 48, BYTES,    NULL)

#define TD_BODY_1_5X_ROWS(F)                                                                       \
    TD_BODY_1_5_ROWS(F)                                                                            \
    F(TD_BODY, VMID,                  "vmid",                 648,  1, UINT,     NULL)             \
    F(TD_BODY, TD_ID,                 "td_id",                649, 32, BYTES,    NULL)             \
    F(TD_BODY, DEVINFO,               "devinfo",              681, 48, BYTES,    NULL)             \
    F(TD_BODY, INIT_SERVTD_HASH,      "init_servtd_hash",     729, 48, BYTES,    NULL)             \
    F(TD_BODY, INIT_SERVTD_ATTR,      "init_servtd_attr",     777,  8, FLAGS,    no_flags)         \
    F(TD_BODY, INIT_CPUSVN,           "init_cpusvn",          785, 16, BYTES,    NULL)             \
    F(TD_BODY, INIT_TEE_TCB_SVN,      "init_tee_tcb_svn",     801, 16, BYTES,    NULL)             \
    F(TD_BODY, INIT_TEE_FMSPC,        "init_tee_fmspc",       817, 12, BYTES,    NULL)             \
    F(TD_BODY, CUR_SERVTD_HASH,       "cur_servtd_hash",      829, 48, BYTES,    NULL)             \
    F(TD_BODY, CUR_SERVTD_ATTR,       "cur_servtd_attr",      877,  8, FLAGS,    no_flags)

#define TDREPORT_ROWS(F)                                                                           \
    F(TDREPORT, TYPE,                 "type",                   0,  1, UINT,     NULL)             \
    F(TDREPORT, SUBTYPE,              "subtype",                1,  1, UINT,     NULL)             \
    F(TDREPORT, VERSION,              "version",                2,  1, UINT,     NULL)             \
    F(TDREPORT, RESERVED1,            "reserved1",              3,  1, RESERVED, NULL)             \
    F(TDREPORT, RESERVED2,            "reserved2",              4, 12, RESERVED, NULL)             \
    F(TDREPORT, CPUSVN,               "cpusvn",                16, 16, BYTES,    NULL)             \
    F(TDREPORT, TEE_TCB_INFO_HASH,    "tee_tcb_info_hash",     32, 48, BYTES,    NULL)             \
    F(TDREPORT, TEE_INFO_HASH,        "tee_info_hash",         80, 48, BYTES,    NULL)             \
    F(TDREPORT, REPORT_DATA,          "report_data",          128, 64, BYTES,    NULL)             \
    F(TDREPORT, RESERVED3,            "reserved3",            192, 32, RESERVED, NULL)             \
    F(TDREPORT, MAC,                  "mac",                  224, 32, BYTES,    NULL)             \
    F(TDREPORT, TEE_TCB_INFO_VALID,   "tee_tcb_info_valid",   256,  8, FLAGS,    no_flags)         \
    F(TDREPORT, TEE_TCB_SVN,          "tee_tcb_svn",          264, 16, BYTES,    NULL)             \
    F(TDREPORT, MRSEAM,               "mrseam",               280, 48, BYTES,    NULL)             \
    F(TDREPORT, MRSIGNERSEAM,         "mrsignerseam",         328, 48, BYTES,    NULL)             \
    F(TDREPORT, SEAMATTRIBUTES,       "seamattributes",       376,  8, FLAGS,    no_flags)         \
    F(TDREPORT, TEE_TCB_SVN2,         "tee_tcb_svn2",         384, 16, BYTES,    NULL)             \
    F(TDREPORT, RESERVED4,            "reserved4",            400, 95, RESERVED, NULL)             \
    F(TDREPORT, RESERVED5,            "reserved5",            495, 17, RESERVED, NULL)             \
    F(TDREPORT, TDATTRIBUTES,         "tdattributes",         512,  8, FLAGS,    td_flags)         \
    F(TDREPORT, XFAM,                 "xfam",                 520,  8, FLAGS,    xfam_flags)       \
    F(TDREPORT, MRTD,                 "mrtd",                 528, 48, BYTES,    NULL)             \
    F(TDREPORT, MRCONFIGID,           "mrconfigid",           576, 48, BYTES,    NULL)             \
    F(TDREPORT, MROWNER,              "mrowner",              624, 48, BYTES,    NULL)             \
    F(TDREPORT, MROWNERCONFIG,        "mrownerconfig",        672, 48, BYTES,    NULL)             \
    F(TDREPORT, RTMR0,                "rtmr0",                720, 48, BYTES,    NULL)             \
    F(TDREPORT, RTMR1,                "rtmr1",                768, 48, BYTES,    NULL)             \
    F(TDREPORT, RTMR2,                "rtmr2",                816, 48, BYTES,    NULL)             \
    F(TDREPORT, RTMR3,                "rtmr3",                864, 48, BYTES,    NULL)             \
    F(TDREPORT, SERVTD_HASH,          "servtd_hash",          912, 48, BYTES,    NULL)             \
    F(TDREPORT, TD_ID,                "td_id",                960, 32, BYTES,    NULL)             \
    F(TDREPORT, RESERVED6,            "reserved6",            992, 24, RESERVED, NULL)             \
    F(TDREPORT, VMID,                 "vmid",                1016,  1, UINT,     NULL)             \
    F(TDREPORT, RESERVED7,            "reserved7",           1017,  3, RESERVED, NULL)             \
    F(TDREPORT, TD_INFO_VALID,        "td_info_valid",       1020,  4, FLAGS,    no_flags)

#define FIELD_CONSTANTS(prefix, constant, name, offset, size, type, flags)                         \
    prefix##_##constant##_OFFSET = (offset), prefix##_##constant##_SIZE = (size),
// clang-format on

/* The bytes of one field of a structure whose size was checked before. */
#define FIELD_SPAN(structure, field)                                                               \
    ((assay_span) { (structure).data + field##_OFFSET, field##_SIZE })

enum quote_header_fields {
    QUOTE_HEADER_V3_ROWS(FIELD_CONSTANTS) /**/
    QUOTE_HEADER_V4_ROWS(FIELD_CONSTANTS) /**/
    QUOTE_HEADER_SIZE = 48
};

enum sgx_report_fields {
    SGX_REPORT_ROWS(FIELD_CONSTANTS) /**/
    SGX_REPORT_SIZE = 384
};

enum td_body_fields {
    TD_BODY_1_5X_ROWS(FIELD_CONSTANTS) /**/
    TD_REPORT_1_0_SIZE = 584,
    TD_REPORT_1_5_SIZE = 648,
    TD_REPORT_1_5X_SIZE = 885
};

enum tdreport_fields {
    TDREPORT_ROWS(FIELD_CONSTANTS) /**/
    TDREPORT_SIZE = 1024,
    TDREPORT_MAC_STRUCT_SIZE = 256,
    TDREPORT_TEE_TCB_INFO_OFFSET = 256,
    TDREPORT_TEE_TCB_INFO_SIZE = 239,
    TDREPORT_TD_INFO_OFFSET = 512,
    TDREPORT_TD_INFO_SIZE = 512
};

/* Bits of the attributes that make the evidence debuggable or untrusted. */
enum {
    SGX_ATTRIBUTE_DEBUG = 0x2,
    TD_ATTRIBUTES_UNTRUSTED = 0xff /* bits 0 to 7 */
};

#endif
