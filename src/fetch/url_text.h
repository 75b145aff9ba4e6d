/* url_text.h: text of an address that must fit, and the parameters in it. */
#ifndef ASSAY_FETCH_URL_TEXT_H
#define ASSAY_FETCH_URL_TEXT_H

#include "fetch/sources.h"

/* Sticky: once something did not fit, nothing more is written. A NUL always stands behind. */
typedef struct url_text {
    char *at;
    size_t size;
    size_t used;
    bool queried; /* a "?" stands in it */
    bool overflowed;
} url_text;

typedef enum hex_case { HEX_LOWER, HEX_UPPER } hex_case;

void url_put_bytes(url_text *t, const char *bytes, size_t count);
void url_put(url_text *t, const char *word);
void url_put_hex(url_text *t, assay_span bytes, hex_case letters);
void url_put_escaped(url_text *t, const char *word);
void url_put_name(url_text *t, const char *name); /* "?name=" or "&name=" */

/* What is asked, of whom. */
typedef struct url_question {
    const assay_fetch_service *service;
    const assay_fetch_config *config;
    const assay_fetch_request *request;
} url_question;

/* One parameter; USAGE names what the request lacks for it. */
assay_status url_put_parameter(url_text *t, source_parameter parameter, const url_question *q,
                               assay_error *err);

/* USAGE: the request lacks `what`, and why that is wanted. */
assay_status url_lacks(const char *what, const char *why, assay_error *err);

extern const char url_root_crl[];

#endif
