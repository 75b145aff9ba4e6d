/* assay/evidence.h: quotes and reports as they come out of a TEE, parsed and not yet trusted.
 *
 * Follows Intel's DCAP quote formats 3, 4 and 5 and the report layouts of SGX and TDX 1.0/1.5.
 * Parsing checks form: versions, sizes, lengths, reserved fields, left-over bytes. It checks no
 * signature: nothing here says that a quote is genuine.
 *
 * Structures are tables of fields (assay_layout). The same rows drive reading, inspect, JSON and
 * policies; the enums ASSAY_..._OFFSET name single fields for C.
 */
#ifndef ASSAY_EVIDENCE_H
#define ASSAY_EVIDENCE_H

#include "assay/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum assay_field_type {
    ASSAY_FIELD_BYTES,   /* shown as hex in memory order */
    ASSAY_FIELD_UINT,    /* little-endian, 1, 2, 4 or 8 bytes */
    ASSAY_FIELD_FLAGS,   /* 4, 8 or 16 bytes, shown as hex; bits of the first 64 have names
                            (field->flags), counted from the low end of the first byte */
    ASSAY_FIELD_RESERVED /* must be zero */
} assay_field_type;

/* One named bit. Tables end with a NULL name. */
typedef struct assay_flag {
    const char *name;
    uint8_t bit;
} assay_flag;

typedef struct assay_field {
    const char *name; /* as in the specification, lower case: "mrtd", "report_data" */
    uint16_t offset;
    uint16_t size;
    assay_field_type type;
    const assay_flag *flags; /* FLAGS only, else NULL */
} assay_field;

typedef struct assay_layout {
    const char *name; /* "sgx_report", "td_report_1_5", ... */
    uint16_t size;
    uint16_t field_count;
    const assay_field *fields; /* contiguous: each begins where the one before ends */
} assay_layout;

/* Bodies of quotes, and whole reports (static storage). */
extern ASSAY_API const assay_layout assay_layout_quote_header_v3; /* 48 */
extern ASSAY_API const assay_layout assay_layout_quote_header_v4; /* 48, also v5 */
extern ASSAY_API const assay_layout assay_layout_sgx_report;      /* 384 */
extern ASSAY_API const assay_layout assay_layout_td_report_1_0;   /* 584 */
extern ASSAY_API const assay_layout assay_layout_td_report_1_5;   /* 648 */
extern ASSAY_API const assay_layout assay_layout_td_report_1_5x;  /* 885 */
extern ASSAY_API const assay_layout assay_layout_tdreport;        /* 1024: TDREPORT_STRUCT */

/* The row called `name`, or NULL. */
ASSAY_API const assay_field *assay_layout_find(const assay_layout *layout, const char *name);

/* The bytes of one field; empty when `structure` is shorter than the layout. */
ASSAY_API assay_span assay_field_bytes(const assay_field *field, assay_span structure);

/* Value of a UINT or (first 64 bits of a) FLAGS field; 0 when `structure` is too short. */
ASSAY_API uint64_t assay_field_uint(const assay_field *field, assay_span structure);

/* The first RESERVED field that is not all zero, or NULL. */
ASSAY_API const assay_field *assay_layout_dirty_reserved(const assay_layout *layout,
                                                         assay_span structure);

/* What vouches for the attestation key, by the number in the quote. */
typedef enum assay_certification_type {
    ASSAY_CERTIFICATION_PPID = 1,          /* plain PPID, CPUSVN, PCESVN, PCEID */
    ASSAY_CERTIFICATION_PPID_RSA_2048 = 2, /* encrypted PPID ... */
    ASSAY_CERTIFICATION_PPID_RSA_3072 = 3,
    ASSAY_CERTIFICATION_PCK_LEAF = 4,  /* one PEM certificate */
    ASSAY_CERTIFICATION_PCK_CHAIN = 5, /* PEM leaf, PCK CA, root */
    ASSAY_CERTIFICATION_QE_REPORT = 6, /* outer envelope of versions 4 and 5 */
    ASSAY_CERTIFICATION_PLATFORM_MANIFEST = 7
} assay_certification_type;

/* "pck_chain", ...; NULL for numbers outside the enum. */
ASSAY_API const char *assay_certification_type_name(unsigned type);

/* A parsed quote: views into the bytes given to assay_quote_parse(), which must outlive it. */
typedef struct assay_quote {
    uint16_t version;   /* 3, 4, 5 */
    uint16_t key_type;  /* 2: ECDSA on P-256 */
    uint16_t body_type; /* version 5 only: 1 to 4; else 0 */
    assay_tee tee;
    const assay_layout *header_layout;
    const assay_layout *body_layout;
    assay_span bytes;               /* the quote itself, without what follows it */
    assay_span trailing;            /* bytes behind the quote: not part of it */
    assay_span header;              /* 48 */
    assay_span body;                /* report */
    assay_span signed_part;         /* header, (v5: body descriptor,) body */
    assay_span signature;           /* 64: r, s big-endian */
    assay_span attestation_key;     /* 64: X, Y big-endian */
    assay_span qe_report;           /* 384 */
    assay_span qe_report_signature; /* 64 */
    assay_span qe_auth_data;
    uint16_t certification_type; /* of the innermost data: 1 to 5 */
    assay_span certification_data;
} assay_quote;

/* Parses versions 3, 4, 5.
 *   TRUNCATED    a length reaches beyond the bytes
 *   MALFORMED    version and sizes do not fit, nesting of certification data, slack inside,
 * reserved header or QE report bytes not zero, certification data of types 1 to 3 of a wrong size,
 * limits (quote 1 MiB, auth data 64 KiB, QE auth data 1024, certification data 32 KiB) UNSUPPORTED
 * other version, key type, QE vendor, TEE type, body type The error carries S37/E01D; S77/E002 (and
 * TRUNCATED) for fewer than 1020 bytes; S53/E01C for types 1 to 3 of a wrong size. Reserved fields
 * of the signed body are not judged here (see the verdict's notes). */
ASSAY_API assay_status assay_quote_parse(assay_span bytes, assay_quote *out, assay_error *error);

/* What a TDREPORT (1024 bytes, from TDG.MR.REPORT) holds; views. Its MAC can be checked only on the
 * machine that made it. */
typedef struct assay_td_report {
    assay_span bytes;    /* 1024 */
    assay_span mac;      /* REPORTMACSTRUCT, 256 */
    assay_span tee_info; /* TEE_TCB_INFO, 239 */
    assay_span td_info;  /* TDINFO_STRUCT, 512 */
} assay_td_report;

/* Exactly 1024 bytes of report type 0x81, whose two hashes hold: TRUNCATED, MALFORMED, UNSUPPORTED
 * otherwise. */
ASSAY_API assay_status assay_td_report_parse(assay_span bytes, assay_td_report *out,
                                             assay_error *error);

#ifdef __cplusplus
}
#endif
#endif
