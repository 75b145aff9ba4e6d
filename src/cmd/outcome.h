/* outcome.h: one quote judged, and how that is printed. */
#ifndef ASSAY_CMD_OUTCOME_H
#define ASSAY_CMD_OUTCOME_H

#include "assay/verify.h"
#include "request.h"

/* Zero it before its first use; outcome_clear() when done. */
typedef struct outcome {
    assay_status status; /* OK: `verdict` counts, otherwise `error` */
    assay_verdict verdict;
    assay_error error;
} outcome;

void outcome_clear(outcome *o);

/* Could not be judged, for the reason in o->error. */
void outcome_fail(outcome *o, assay_status status);

/* Judges the quote in a file, a FIFO or standard input. `verifier` may be NULL. */
void outcome_of_file(assay_verifier *verifier, const request *asked, const char *path, outcome *o);

/* Judges the bytes of a quote; its collateral is fetched when none is at hand. */
void outcome_of_quote(assay_verifier *verifier, const request *asked, assay_span quote, outcome *o);

/* Judges text at hand: binary, hex or base64. */
void outcome_of_text(assay_verifier *verifier, const request *asked, assay_span text, outcome *o);

int outcome_exit_code(const outcome *o);

/* The document of docs/verdict.schema.json. NULL: no memory. assay_text_free(). */
char *outcome_json(const outcome *o);

typedef enum outcome_form {
    OUTCOME_TEXT,      /* verdict, why, facts; failures go to standard error */
    OUTCOME_EXPLAINED, /* and what is short, which advisories are open, what would make it pass */
    OUTCOME_JSON
} outcome_form;

/* By --json and --explain. */
outcome_form outcome_form_of(const arguments *given);

/* Prints it and returns the exit code. `options` may be NULL when it never came to judging. */
int outcome_print(const outcome *o, const assay_verify_options *options, outcome_form form);

/* Of a command that failed before it could judge: a complaint about the usage, or an outcome. */
int outcome_print_failure(const char *verb, const assay_error *error, outcome_form form);

#endif
