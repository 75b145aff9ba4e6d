/* outcome.c: one quote judged, and how that is printed. */
#include "outcome.h"

#include <stdio.h>

#include "exit_code.h"
#include "failure.h"
#include "text_output.h"

void outcome_clear(outcome *o)
{
    assay_verdict_clear(&o->verdict);
    *o = (outcome) { 0 };
}

void outcome_fail(outcome *o, assay_status status)
{
    assay_verdict_clear(&o->verdict);
    o->status = status;
    o->error.status = status;
}

/* The record is cleared so that an old error can't speak. */
void outcome_of_quote(assay_verifier *verifier, const request *asked, assay_span quote, outcome *o)
{
    assay_collateral *collateral = NULL;
    o->error = (assay_error) { .offset = ASSAY_NO_OFFSET };
    assay_status status = request_collateral(asked, quote, &collateral, &o->error);
    if (status != ASSAY_OK) {
        outcome_fail(o, status);
        return;
    }
    o->status = assay_verify(verifier, quote, collateral, &asked->options, &o->verdict, &o->error);
    assay_collateral_unref(collateral);
}

void outcome_of_file(assay_verifier *verifier, const request *asked, const char *path, outcome *o)
{
    input quote = { 0 };
    assay_status status = input_read_quote(path, &quote, &o->error);
    if (status == ASSAY_OK)
        outcome_of_quote(verifier, asked, input_span(&quote), o);
    else
        outcome_fail(o, status);
    input_free(&quote);
}

void outcome_of_text(assay_verifier *verifier, const request *asked, assay_span text, outcome *o)
{
    input quote = { 0 };
    assay_status status = input_decode(text, &quote, &o->error);
    if (status == ASSAY_OK)
        outcome_of_quote(verifier, asked, input_span(&quote), o);
    else
        outcome_fail(o, status);
    input_free(&quote);
}

int outcome_exit_code(const outcome *o)
{
    return assay_exit_code(o->status, &o->verdict);
}

char *outcome_json(const outcome *o)
{
    char *text = NULL;
    if (assay_verdict_to_json(&o->verdict, o->status, &o->error, &text) != ASSAY_OK)
        return NULL;
    return text;
}

outcome_form outcome_form_of(const arguments *given)
{
    if (option_given(given, OPTION_JSON))
        return OUTCOME_JSON;
    return option_given(given, OPTION_EXPLAIN) ? OUTCOME_EXPLAINED : OUTCOME_TEXT;
}

static int print_json(const outcome *o)
{
    char *text = outcome_json(o);
    if (text == NULL) {
        fprintf(stderr, "error: no memory for the result\n");
        return EXIT_CODE_ENVIRONMENT;
    }
    printf("%s\n", text);
    assay_text_free(text);
    return outcome_exit_code(o);
}

int outcome_print(const outcome *o, const assay_verify_options *options, outcome_form form)
{
    if (form == OUTCOME_JSON)
        return print_json(o);
    if (o->status != ASSAY_OK)
        failure_print(o->status, &o->error);
    else
        verdict_print(&o->verdict, options,
                      form == OUTCOME_EXPLAINED ? VERDICT_EXPLAINED : VERDICT_SHORT);
    return outcome_exit_code(o);
}

int outcome_print_failure(const char *verb, const assay_error *error, outcome_form form)
{
    outcome o = { .status = error->status, .error = *error };
    if (error->status == ASSAY_USAGE)
        return usage_error(verb, "%s", error->detail);
    return outcome_print(&o, NULL, form);
}
