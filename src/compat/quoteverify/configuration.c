/* configuration.c: /etc/assay/quoteverify.conf, or the file named by ASSAY_QUOTEVERIFY_CONF:
 * further roots, the key that signs tokens, whose policies count. docs/compat.md.
 *
 * Lines are NAME = FILE; # begins a comment. Anything that is not understood is an error, and every
 * call that would have used it fails. Read at each call: there is nothing to invalidate. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "glue.h"

#define CONFIGURATION_FILE "/etc/assay/quoteverify.conf"
#define VARIABLE           "ASSAY_QUOTEVERIFY_CONF"

enum { LINE_SIZE = 4096, FILE_SIZE = 64 * 1024 };

static quote3_error_t file_read(const char *path, uint8_t buffer[FILE_SIZE], assay_span *out)
{
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        trace_always(SE_TRACE_ERROR, "configuration: %s can't be opened", path);
        return SGX_QL_FILE_ACCESS_ERROR;
    }
    const size_t size = fread(buffer, 1, FILE_SIZE, file);
    const bool sound = !ferror(file) && size < FILE_SIZE;
    fclose(file);
    *out = (assay_span) { buffer, size };
    return sound ? SGX_QL_SUCCESS : SGX_QL_FILE_ACCESS_ERROR;
}

static assay_status root_add(configuration *c, assay_span file, assay_error *error)
{
    return assay_roots_add(&c->roots, file, error);
}

static assay_status signer_add(configuration *c, assay_span file, assay_error *error)
{
    assay_status status = ASSAY_OK;
    if (c->signers == NULL)
        status = assay_key_set_new(&c->signers, error);
    return status == ASSAY_OK ? assay_key_set_add(c->signers, file, ASSAY_ROLE_ANY, error) : status;
}

static assay_status key_set(configuration *c, assay_span file, assay_error *error)
{
    assay_key_free(c->key);
    c->key = NULL;
    return assay_key_read(file, &c->key, error);
}

static const struct {
    const char *name;
    assay_status (*take)(configuration *c, assay_span file, assay_error *error);
} entries[] = { { "root", root_add }, { "policy_signer", signer_add }, { "key", key_set } };

static quote3_error_t entry_take(configuration *c, const char *name, const char *path)
{
    uint8_t buffer[FILE_SIZE];
    assay_span file;
    assay_error error = { 0 };
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        if (strcmp(entries[i].name, name) != 0)
            continue;
        const quote3_error_t code = file_read(path, buffer, &file);
        if (code != SGX_QL_SUCCESS)
            return code;
        trace_always(SE_TRACE_NOTICE, "configuration: %s = %s", name, path);
        if (entries[i].take(c, file, &error) == ASSAY_OK)
            return SGX_QL_SUCCESS;
        trace_always(SE_TRACE_ERROR, "configuration: %s: %s", path, error.detail);
        return SGX_QL_ERROR_INVALID_PARAMETER;
    }
    trace_always(SE_TRACE_ERROR, "configuration: \"%s\" is not known", name);
    return SGX_QL_ERROR_INVALID_PARAMETER;
}

/* Without the white space around it. */
static char *trimmed(char *text)
{
    text += strspn(text, " \t");
    size_t size = strlen(text);
    while (size > 0 && strchr(" \t\r\n", text[size - 1]) != NULL)
        size--;
    text[size] = '\0';
    return text;
}

static quote3_error_t line_take(configuration *c, char *line)
{
    char *comment = strchr(line, '#');
    if (comment != NULL)
        *comment = '\0';
    char *text = trimmed(line);
    char *equals = strchr(text, '=');
    if (*text == '\0')
        return SGX_QL_SUCCESS;
    if (equals == NULL) {
        trace_always(SE_TRACE_ERROR, "configuration: \"%s\" is not NAME = FILE", text);
        return SGX_QL_ERROR_INVALID_PARAMETER;
    }
    *equals = '\0';
    return entry_take(c, trimmed(text), trimmed(equals + 1));
}

static quote3_error_t lines_take(configuration *c, FILE *file)
{
    char line[LINE_SIZE];
    while (fgets(line, sizeof(line), file) != NULL) {
        const bool whole = strchr(line, '\n') != NULL || feof(file);
        const quote3_error_t code = whole ? line_take(c, line) : SGX_QL_ERROR_INVALID_PARAMETER;
        if (code != SGX_QL_SUCCESS)
            return code;
    }
    return ferror(file) ? SGX_QL_FILE_ACCESS_ERROR : SGX_QL_SUCCESS;
}

quote3_error_t configuration_load(configuration *out)
{
    const char *named = secure_getenv(VARIABLE);
    const char *path = named != NULL ? named : CONFIGURATION_FILE;
    *out = (configuration) { 0 };
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        if (named == NULL && (errno == ENOENT || errno == ENOTDIR))
            return SGX_QL_SUCCESS;
        trace_always(SE_TRACE_ERROR, "configuration: %s can't be opened", path);
        return SGX_QL_FILE_ACCESS_ERROR;
    }
    const quote3_error_t code = lines_take(out, file);
    fclose(file);
    if (code != SGX_QL_SUCCESS)
        configuration_free(out);
    return code;
}

void configuration_free(configuration *settings)
{
    assay_key_free(settings->key);
    assay_key_set_free(settings->signers);
    settings->key = NULL;
    settings->signers = NULL;
}
