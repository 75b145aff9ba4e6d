/* policy_make.c: new policy files and policy tokens. */
#include "policy_make.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "failure.h"
#include "input.h"
#include "key_files.h"
#include "output_file.h"
#include "policy_files.h"

enum { SUBJECT_MAX = 256 * 1024 * 1024 };

static assay_span text_span(const char *text)
{
    return (assay_span) { (const uint8_t *)text, strlen(text) };
}

/* An enclave is taken as it is, anything else may be hex or base64. */
static assay_status subject_read(const char *path, input *out, assay_error *error)
{
    input raw = { 0 };
    TRY(input_read(path, SUBJECT_MAX, "subject", &raw, error));
    if (raw.size >= 4 && memcmp(raw.data, "\177ELF", 4) == 0) {
        *out = raw;
        return ASSAY_OK;
    }
    assay_status status = input_decode(input_span(&raw), out, error);
    input_free(&raw);
    return status;
}

assay_status policy_new(const char *from, const char *output, assay_error *error)
{
    input subject = { 0 };
    char *text = NULL;
    bool debug = false;
    TRY(subject_read(from, &subject, error));
    assay_status status = assay_policy_from_subject(input_span(&subject), &text, &debug, error);
    input_free(&subject);
    if (status == ASSAY_OK)
        status = output_file_write(output, text_span(text), error);
    assay_text_free(text);
    if (status == ASSAY_OK && debug)
        fprintf(stderr, "warning: debug: the subject can be debugged: its owner can read it\n");
    return status;
}

/* No line end: the vendor's reader takes none. A terminal gets one. */
assay_status policy_sign(const char *path, const char *key_path, const char *output,
                         const assay_policy_sign_options *options, assay_error *error)
{
    input file = { 0 };
    assay_key *key = NULL;
    char *token = NULL;
    assay_status status = key_file_read(key_path, &key, error);
    if (status == ASSAY_OK)
        status = input_read(path, POLICY_FILE_MAX, "policy", &file, error);
    if (status == ASSAY_OK)
        status = assay_policy_sign(input_span(&file), key, options, &token, error);
    if (status == ASSAY_OK)
        status = output_file_write(output, text_span(token), error);
    if (status == ASSAY_OK && strcmp(output, "-") == 0 && isatty(STDOUT_FILENO))
        puts("");
    assay_text_free(token);
    input_free(&file);
    assay_key_free(key);
    return status;
}
