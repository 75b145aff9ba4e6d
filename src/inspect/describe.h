/* describe.h: what the files of the inspect room share.
 *
 * Every description has one shape, whatever the kind: {"kind", "name"?, "size", "fields": [{"name",
 * "offset"?, "size"?, "value", "flags"?}], "items"?: [descriptions]} or, inside items, {"kind",
 * "name", "size", "error"}. A describe_*() function parses before it writes, so that a failure has
 * written nothing; it writes "fields" and "items" into the object that is open. */
#ifndef ASSAY_INSPECT_DESCRIBE_H
#define ASSAY_INSPECT_DESCRIBE_H

#include "assay/evidence.h"
#include "assay/inspect.h"
#include "base/memory.h"
#include "wire/json_write.h"

/* describe_evidence.c */
assay_status describe_quote(json_writer *w, assay_span file, assay_error *err);
assay_status describe_td_report(json_writer *w, assay_span file, assay_error *err);
assay_status describe_sgx_report(json_writer *w, assay_span file, assay_error *err);

/* describe_x509.c */
assay_status describe_certificates(json_writer *w, assay_span file, assay_error *err);
assay_status describe_crl(json_writer *w, assay_span file, assay_error *err);

/* describe_documents.c */
assay_status describe_tcb_info(json_writer *w, assay_span file, assay_error *err);
assay_status describe_qe_identity(json_writer *w, assay_span file, assay_error *err);
assay_status describe_evaluation_numbers(json_writer *w, assay_span file, assay_error *err);

/* describe_collection.c */
assay_status describe_collateral(json_writer *w, assay_span file, assay_error *err);
assay_status describe_bundle(json_writer *w, assay_span file, assay_error *err);

/* inspect.c: an item of a description. A broken or empty one is told, and is no failure. */
void describe_item(json_writer *w, const char *name, assay_file_kind kind, assay_span bytes);

/* inspect.c: a field with a place inside `whole`; without one when `whole` is empty. A value is to
 * be put between begin and end. */
void field_begin(json_writer *w, const char *name, assay_span whole, assay_span at);
void field_end(json_writer *w);
void field_hex(json_writer *w, const char *name, assay_span whole, assay_span at);
void field_bytes(json_writer *w, const char *name, assay_span bytes);
void field_text(json_writer *w, const char *name, const char *text);
void field_span(json_writer *w, const char *name, assay_span text);
void field_number(json_writer *w, const char *name, uint64_t value);
void field_time(json_writer *w, const char *name, int64_t time);
void field_flag(json_writer *w, const char *name, bool value);

#endif
