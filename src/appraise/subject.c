/* subject.c: a policy that accepts exactly one subject: a TD report, a quote, a signed enclave.
 * appraisal.md 6.3 (gen_payload).
 *
 * Each kind of subject is a table of rows {key, offset, size, form}; values are written reversed,
 * as in every policy file. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "assay/appraise.h"
#include "base/memory.h"
#include "crypto/crypto.h"
#include "evidence/fields.h"

enum { TEXT_SIZE = 16 * 1024, VALUE_MAX = 64 };

/* ---- The text ---- */

typedef struct policy_text {
    char *text;
    size_t size; /* TEXT_SIZE holds every subject: rows are few and short */
    bool comma;
} policy_text;

static void put(policy_text *t, const char *format, ...) ASSAY_PRINTF(2, 3);
static void put(policy_text *t, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    int size = vsnprintf(t->text + t->size, TEXT_SIZE - t->size, format, values);
    va_end(values);
    if (size > 0 && (size_t)size < TEXT_SIZE - t->size)
        t->size += (size_t)size;
}

static void put_begin(policy_text *t, assay_class class_, const char *description)
{
    put(t,
        "{\n  \"policy_array\": [\n    {\n      \"environment\": {\n        \"class_id\": \"%s\",\n"
        "        \"description\": \"%s\"\n      },\n      \"reference\": {",
        assay_class_id(class_), description);
}

static void put_end(policy_text *t)
{
    put(t, "\n      }\n    }\n  ]\n}\n");
}

static void put_key(policy_text *t, const char *key, const char *suffix)
{
    put(t, "%s\n        \"%s%s\": ", t->comma ? "," : "", key, suffix);
    t->comma = true;
}

static void put_bytes(policy_text *t, const char *key, const char *suffix, assay_span bytes)
{
    put_key(t, key, suffix);
    put(t, "\"");
    for (size_t i = bytes.size; i > 0; i--)
        put(t, "%02X", bytes.data[i - 1]);
    put(t, "\"");
}

static void put_all_ones(policy_text *t, const char *key, const char *suffix, size_t size)
{
    uint8_t ones[VALUE_MAX];
    memset(ones, 0xFF, sizeof(ones));
    put_bytes(t, key, suffix, span_of(ones, size));
}

static void put_number(policy_text *t, const char *key, uint64_t value)
{
    put_key(t, key, "");
    put(t, "%" PRIu64, value);
}

/* ---- Rows ---- */

typedef enum row_form {
    FORM_BYTES,
    FORM_MASKED, /* and a mask of all ones behind it */
    FORM_NUMBER  /* 2 bytes, little-endian */
} row_form;

typedef struct subject_row {
    const char *key;
    uint16_t offset;
    uint16_t size;
    row_form form;
} subject_row;

static void put_rows(policy_text *t, const subject_row *rows, size_t count, assay_span bytes)
{
    for (const subject_row *row = rows; row < rows + count; row++) {
        const assay_span value = span_slice(bytes, row->offset, row->size);
        if (row->form == FORM_NUMBER)
            put_number(t, row->key, load_u16le(value.data));
        else
            put_bytes(t, row->key, "", value);
        if (row->form == FORM_MASKED)
            put_all_ones(t, row->key, "_mask", row->size);
    }
}

#define TD_ROWS(start)                                                                             \
    { "tdx_attributes", (start), 8, FORM_MASKED }, { "tdx_xfam", (start) + 8, 8, FORM_MASKED },    \
        { "tdx_mrtd", (start) + 16, 48, FORM_BYTES },                                              \
        { "tdx_mrconfigid", (start) + 64, 48, FORM_BYTES },                                        \
        { "tdx_mrowner", (start) + 112, 48, FORM_BYTES },                                          \
        { "tdx_mrownerconfig", (start) + 160, 48, FORM_BYTES },                                    \
        { "tdx_rtmr0", (start) + 208, 48, FORM_BYTES },                                            \
        { "tdx_rtmr1", (start) + 256, 48, FORM_BYTES },                                            \
        { "tdx_rtmr2", (start) + 304, 48, FORM_BYTES },                                            \
    {                                                                                              \
        "tdx_rtmr3", (start) + 352, 48, FORM_BYTES                                                 \
    }

enum { TD_ROW_COUNT = 10 };
static const subject_row td_report_rows[TD_ROW_COUNT] = { TD_ROWS(TDREPORT_TDATTRIBUTES_OFFSET) };
static const subject_row td_body_rows[TD_ROW_COUNT] = { TD_ROWS(TD_BODY_TDATTRIBUTES_OFFSET) };

static const subject_row enclave_rows[] = {
    { "sgx_miscselect", SGX_REPORT_MISCSELECT_OFFSET, 4, FORM_MASKED },
    { "sgx_attributes", SGX_REPORT_ATTRIBUTES_OFFSET, 16, FORM_MASKED },
    { "sgx_mrenclave", SGX_REPORT_MRENCLAVE_OFFSET, 32, FORM_BYTES },
    { "sgx_mrsigner", SGX_REPORT_MRSIGNER_OFFSET, 32, FORM_BYTES },
    { "sgx_isvprodid", SGX_REPORT_ISVPRODID_OFFSET, 2, FORM_NUMBER },
    { "sgx_isvsvn_min", SGX_REPORT_ISVSVN_OFFSET, 2, FORM_NUMBER },
    { "sgx_isvfamilyid", SGX_REPORT_ISVFAMILYID_OFFSET, 16, FORM_BYTES },
    { "sgx_isvextprodid", SGX_REPORT_ISVEXTPRODID_OFFSET, 16, FORM_BYTES },
    { "sgx_configid", SGX_REPORT_CONFIGID_OFFSET, 64, FORM_BYTES },
    { "sgx_configsvn_min", SGX_REPORT_CONFIGSVN_OFFSET, 2, FORM_NUMBER },
};

/* ---- TD ---- */

/* By TEE_TCB_SVN byte 1 where nothing better tells: 0 is module 1.0; 1 and 3 are later ones. */
static assay_status td_class(uint8_t module, assay_class *out, assay_error *err)
{
    if (module != 0 && module != 1 && module != 3)
        return fail(err, ASSAY_UNSUPPORTED, "subject.tee_tcb_svn", ASSAY_NO_OFFSET,
                    "TDX module of major version %u, want 0, 1 or 3", module);
    *out = module == 0 ? ASSAY_CLASS_TD_10 : ASSAY_CLASS_TD_15;
    return ASSAY_OK;
}

static void td_begin(policy_text *t, assay_class class_)
{
    put_begin(t, class_,
              class_ == ASSAY_CLASS_TD_10 ? "Application TD TCB 1.0" : "Application TD TCB 1.5");
}

/* A service TD of zeros stays a note: quotes before version 5 can't show the register. */
static void put_service_td(policy_text *t, assay_span value)
{
    put_bytes(t, span_is_zero(value) ? "#tdx_mrservicetd" : "tdx_mrservicetd", "", value);
}

static assay_status td_report_check(assay_span in, assay_error *err)
{
    const uint8_t type = in.data[TDREPORT_TYPE_OFFSET];
    const uint8_t subtype = in.data[TDREPORT_SUBTYPE_OFFSET];
    const uint8_t version = in.data[TDREPORT_VERSION_OFFSET];
    const assay_field *dirty = assay_layout_dirty_reserved(&assay_layout_tdreport, in);
    if (in.size != TDREPORT_SIZE)
        return fail(err, ASSAY_MALFORMED, "subject", TDREPORT_SIZE,
                    "%zu bytes, want 1024 of a TD report", in.size);
    if (type != 0x81 || subtype != 0 || version > 1)
        return fail(err, ASSAY_UNSUPPORTED, "subject.report_type", 0,
                    "type 0x%02x, subtype %u, version %u: want 0x81, 0, and 0 or 1", type, subtype,
                    version);
    if (dirty != NULL)
        return fail(err, ASSAY_MALFORMED, "subject.reserved", dirty->offset,
                    "%s is not zero, want zeros", dirty->name);
    return ASSAY_OK;
}

static assay_status from_td_report(assay_span in, policy_text *t, bool *debug, assay_error *err)
{
    assay_class class_ = ASSAY_CLASS_TD_15;
    TRY(td_report_check(in, err));
    const bool names_service = in.data[TDREPORT_VERSION_OFFSET] == 1;
    if (!names_service)
        TRY(td_class(in.data[TDREPORT_TEE_TCB_SVN_OFFSET + 1], &class_, err));
    td_begin(t, class_);
    put_rows(t, td_report_rows, TD_ROW_COUNT, in);
    if (names_service)
        put_service_td(t, FIELD_SPAN(in, TDREPORT_SERVTD_HASH));
    *debug = (in.data[TDREPORT_TDATTRIBUTES_OFFSET] & TD_ATTRIBUTES_UNTRUSTED) != 0;
    return ASSAY_OK;
}

/* ---- Quotes ---- */

static assay_status from_td_quote(const assay_quote *quote, policy_text *t, bool *debug,
                                  assay_error *err)
{
    const bool names_service = quote->body.size >= TD_REPORT_1_5_SIZE;
    assay_class class_ = names_service ? ASSAY_CLASS_TD_15 : ASSAY_CLASS_TD_10;
    if (quote->version == 4)
        TRY(td_class(quote->body.data[TD_BODY_TEE_TCB_SVN_OFFSET + 1], &class_, err));
    td_begin(t, class_);
    put_rows(t, td_body_rows, TD_ROW_COUNT, quote->body);
    if (names_service)
        put_service_td(t, FIELD_SPAN(quote->body, TD_BODY_MRSERVICETD));
    *debug = (quote->body.data[TD_BODY_TDATTRIBUTES_OFFSET] & TD_ATTRIBUTES_UNTRUSTED) != 0;
    return ASSAY_OK;
}

static assay_status from_quote(assay_span in, policy_text *t, bool *debug, assay_error *err)
{
    assay_quote quote;
    TRY(assay_quote_parse(in, &quote, err));
    if (quote.tee == ASSAY_TEE_TDX)
        return from_td_quote(&quote, t, debug, err);
    put_begin(t, ASSAY_CLASS_SGX_ENCLAVE, "Application SGX Enclave Policy");
    put_rows(t, enclave_rows, sizeof(enclave_rows) / sizeof(enclave_rows[0]), quote.body);
    *debug = (quote.body.data[SGX_REPORT_ATTRIBUTES_OFFSET] & SGX_ATTRIBUTE_DEBUG) != 0;
    return ASSAY_OK;
}

/* ---- Signed enclaves ---- */

enum {
    ELF_HEADER_SIZE = 64,
    ELF_CLASS_OFFSET = 4, /* 2: 64 bits; behind it the byte order, 1: little-endian */
    ELF_SECTIONS_OFFSET = 40,
    ELF_SECTION_SIZE_OFFSET = 58,
    ELF_SECTION_COUNT_OFFSET = 60,
    ELF_NAMES_OFFSET = 62,
    SECTION_SIZE = 64,
    NOTE_HEADER_SIZE = 12,
    SIGSTRUCT_OFFSET = 64, /* inside the descriptor */
    SIGSTRUCT_SIZE = 1808,
    SIGSTRUCT_MODULUS_OFFSET = 128,
    SIGSTRUCT_MODULUS_SIZE = 384,
    SIGSTRUCT_ATTRIBUTES_OFFSET = 928,
    ATTRIBUTE_INITTED = 0x01,
    ATTRIBUTE_KSS = 0x80
};

static const subject_row sigstruct_head_rows[] = {
    { "sgx_miscselect", 900, 4, FORM_BYTES },
    { "sgx_miscselect_mask", 904, 4, FORM_BYTES },
};
static const subject_row sigstruct_identity_rows[] = {
    { "sgx_attributes_mask", 944, 16, FORM_BYTES },
    { "sgx_mrenclave", 960, 32, FORM_BYTES },
};
static const subject_row sigstruct_product_rows[] = {
    { "sgx_isvprodid", 1024, 2, FORM_NUMBER },
    { "sgx_isvsvn_min", 1026, 2, FORM_NUMBER },
    { "sgx_isvfamilyid", 912, 16, FORM_BYTES },
    { "sgx_isvextprodid", 1008, 16, FORM_BYTES },
};

#define PUT_ROWS(text, rows, bytes) put_rows(text, rows, sizeof(rows) / sizeof((rows)[0]), bytes)

/* Empty when it is not inside the file. */
static assay_span elf_part(assay_span elf, uint64_t offset, uint64_t size)
{
    if (offset > elf.size || size > elf.size)
        return (assay_span) { NULL, 0 };
    return span_slice(elf, (size_t)offset, (size_t)size);
}

/* The header of section `index`; empty when there is none. */
static assay_span elf_section(assay_span elf, size_t index)
{
    const uint64_t table = load_u64le(elf.data + ELF_SECTIONS_OFFSET);
    if (load_u16le(elf.data + ELF_SECTION_SIZE_OFFSET) != SECTION_SIZE || table > elf.size ||
        index >= load_u16le(elf.data + ELF_SECTION_COUNT_OFFSET))
        return (assay_span) { NULL, 0 };
    return elf_part(elf, table + index * SECTION_SIZE, SECTION_SIZE);
}

static assay_span section_bytes(assay_span elf, assay_span section)
{
    if (section.size == 0)
        return section;
    return elf_part(elf, load_u64le(section.data + 24), load_u64le(section.data + 32));
}

static bool section_is_called(assay_span section, assay_span names, const char *name)
{
    const size_t size = strlen(name) + 1; /* with its NUL */
    const assay_span found =
        section.size == 0 ? section : elf_part(names, load_u32le(section.data), size);
    return found.size == size && memcmp(found.data, name, size) == 0;
}

/* The descriptor of the note, which must be the section's first. */
static assay_span note_descriptor(assay_span note)
{
    static const char name[] = "sgx_metadata";
    if (note.size < NOTE_HEADER_SIZE + sizeof(name) || load_u32le(note.data) != sizeof(name) ||
        memcmp(note.data + NOTE_HEADER_SIZE, name, sizeof(name)) != 0)
        return (assay_span) { NULL, 0 };
    return span_slice(note, NOTE_HEADER_SIZE + sizeof(name), load_u32le(note.data + 4));
}

static assay_status sigstruct_find(assay_span elf, assay_span *out, assay_error *err)
{
    if (elf.size < ELF_HEADER_SIZE || elf.data[ELF_CLASS_OFFSET] != 2 ||
        elf.data[ELF_CLASS_OFFSET + 1] != 1)
        return fail(err, ASSAY_UNSUPPORTED, "subject", ELF_CLASS_OFFSET,
                    "want a little-endian ELF file of 64 bits");
    const assay_span names =
        section_bytes(elf, elf_section(elf, load_u16le(elf.data + ELF_NAMES_OFFSET)));
    const size_t count = load_u16le(elf.data + ELF_SECTION_COUNT_OFFSET);
    for (size_t i = 0; i < count; i++) {
        const assay_span section = elf_section(elf, i);
        if (!section_is_called(section, names, ".note.sgxmeta"))
            continue;
        const assay_span found = span_slice(note_descriptor(section_bytes(elf, section)),
                                            SIGSTRUCT_OFFSET, SIGSTRUCT_SIZE);
        if (found.size == 0)
            return fail(err, ASSAY_MALFORMED, "subject.note_sgxmeta", ASSAY_NO_OFFSET,
                        "the note does not hold the metadata of a signed enclave");
        *out = found;
        return ASSAY_OK;
    }
    return fail(err, ASSAY_MALFORMED, "subject", ASSAY_NO_OFFSET,
                "no section .note.sgxmeta: this is no signed enclave");
}

static assay_status from_enclave(assay_span elf, policy_text *t, bool *debug, assay_error *err)
{
    assay_span sigstruct;
    uint8_t attributes[16];
    TRY(sigstruct_find(elf, &sigstruct, err));
    const assay_span modulus =
        span_slice(sigstruct, SIGSTRUCT_MODULUS_OFFSET, SIGSTRUCT_MODULUS_SIZE);
    const sha256_digest signer = sha256(modulus);
    memcpy(attributes, sigstruct.data + SIGSTRUCT_ATTRIBUTES_OFFSET, sizeof(attributes));
    attributes[0] |= ATTRIBUTE_INITTED;
    put_begin(t, ASSAY_CLASS_SGX_ENCLAVE, "Application SGX Enclave Policy");
    PUT_ROWS(t, sigstruct_head_rows, sigstruct);
    put_bytes(t, "sgx_attributes", "", SPAN(attributes));
    PUT_ROWS(t, sigstruct_identity_rows, sigstruct);
    put_bytes(t, "sgx_mrsigner", "", SPAN(signer.bytes));
    PUT_ROWS(t, sigstruct_product_rows, sigstruct);
    if ((attributes[0] & ATTRIBUTE_KSS) != 0) { /* placeholders for what the loader will choose */
        put_all_ones(t, "#sgx_configid", "", 64);
        put_number(t, "#sgx_configsvn_min", UINT16_MAX);
    }
    *debug = (attributes[0] & SGX_ATTRIBUTE_DEBUG) != 0;
    return ASSAY_OK;
}

/* ---- Which one is it? ---- */

static assay_status subject_put(assay_span in, policy_text *t, bool *debug, assay_error *err)
{
    if (in.size >= 4 && memcmp(in.data, "\177ELF", 4) == 0)
        return from_enclave(in, t, debug, err);
    if (in.size >= TDREPORT_SIZE && in.data[1] == 0 && (in.data[0] == 0x81 || in.data[0] == 0))
        return from_td_report(in, t, debug, err);
    return from_quote(in, t, debug, err);
}

assay_status assay_policy_from_subject(assay_span subject, char **out, bool *debug,
                                       assay_error *error)
{
    policy_text text = { .text = memory_new(TEXT_SIZE) };
    bool is_debug = false;
    if (text.text == NULL)
        return fail(error, ASSAY_NO_MEMORY, "subject", ASSAY_NO_OFFSET, "no memory for a policy");
    assay_status status = subject_put(subject, &text, &is_debug, error);
    if (status != ASSAY_OK) {
        memory_free(text.text);
        return status;
    }
    put_end(&text);
    *out = text.text;
    if (debug != NULL)
        *debug = is_debug;
    return ASSAY_OK;
}
