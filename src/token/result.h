/* result.h: the document `appraisal_result` read back, in both shapes, from any writer: members and
 * reports in any order. appraisal.md 5.2, 5.3. */
#ifndef ASSAY_TOKEN_RESULT_H
#define ASSAY_TOKEN_RESULT_H

#include "assay/appraise.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "wire/json.h"

typedef struct result_report {
    assay_class class_;
    assay_result result;
    json_t *measurement; /* borrowed from the tree */
    json_t *policy;      /* NULL: none judged it */
    json_t *checks;      /* the one object of detailed_result, or NULL */
} result_report;

typedef enum result_form { RESULT_FORM_ARRAY, RESULT_FORM_OBJECT } result_form;

typedef struct result_document {
    json_t *root; /* owned */
    result_form form;
    int64_t check_date; /* seconds */
    assay_result overall;
    result_report reports[ASSAY_CLASS_COUNT]; /* each class at most once */
    size_t count;
    bool has_quote_hash;
    uint8_t quote_sha384[SHA384_SIZE]; /* natural order */
} result_document;

/* Parses the text; numbers up to 2^63 are read exactly. result_structure with the path. */
assay_status result_document_read(assay_span text, result_document *out, assay_error *err);
void result_document_clear(result_document *document);

/* NULL when the class is not listed. */
const result_report *result_report_of(const result_document *document, assay_class class_);

/* Bytes of a hexadecimal measurement, natural order; false when it is absent or of another size. */
bool result_measurement(const result_report *report, const char *key, uint8_t *out, size_t size);

/* A result must follow from its checks, and the overall result from the results that are counted:
 * all but `left_out` (1u << class). result_inconsistent. */
assay_status result_consistency_check(const result_document *document, uint32_t left_out,
                                      assay_error *err);

/* 0 if any is 0, else -1 if any is -1, else 1. appraisal.md 3. */
assay_result result_combine(const assay_result *results, size_t count);

/* "passed", "failed", "incomplete"; false for other words. */
const char *result_word(assay_result result);
bool result_word_parse(const char *word, assay_result *out);

/* The classes (1u << class) that a complete appraisal has, platform, tenant and for TDX the QE,
 * when all of one such set are among `classes`; else 0. */
uint32_t result_complete_set(uint32_t classes);

/* The SHA-384 of the quote is the one in the token (NULL: it names none). quote_hash_missing,
 * quote_hash_mismatch. */
assay_status result_quote_check(const uint8_t *sha384_, assay_span quote, assay_error *err);

#endif
