/* config_value.c: reads and writes values of each type of key. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "serve/config_rows.h"

static void *member_of(const config_row *row, serve_config *config)
{
    return (char *)config + row->offset;
}

static const void *value_of(const config_row *row, const serve_config *config)
{
    return (const char *)config + row->offset;
}

static assay_status refuse(assay_error *err, const config_row *row, const char *where,
                           assay_span value, const char *wanted)
{
    int shown = value.size > 40 ? 40 : (int)value.size;
    if (row->secrecy == CONFIG_SECRET)
        shown = 0;
    return fail(err, ASSAY_MALFORMED, where, ASSAY_NO_OFFSET, "[%s] %s is \"%.*s\", want %s",
                row->section, row->key, shown, (const char *)value.data, wanted);
}

/* ---- Texts ---- */

static assay_status read_text(const config_row *row, assay_span value, const char *where, void *out,
                              assay_error *err)
{
    char wanted[64];
    snprintf(wanted, sizeof(wanted), "%s%zu characters",
             row->min > 0 ? "something, at most " : "at most ", row->size - 1);
    if (value.size >= row->size || value.size < row->min)
        return refuse(err, row, where, value, wanted);
    memset(out, 0, row->size);
    memcpy(out, value.data, value.size);
    return ASSAY_OK;
}

static assay_status read_hex(const config_row *row, assay_span value, const char *where, char *out,
                             assay_error *err)
{
    char wanted[64];
    snprintf(wanted, sizeof(wanted), "%zu hexadecimal digits, or nothing", row->size - 1);
    bool fits = value.size == 0 || value.size == row->size - 1;
    for (size_t i = 0; fits && i < value.size; i++)
        fits = strchr("0123456789abcdefABCDEF", value.data[i]) != NULL && value.data[i] != 0;
    if (!fits)
        return refuse(err, row, where, value, wanted);
    memset(out, 0, row->size);
    for (size_t i = 0; i < value.size; i++)
        out[i] = (char)(value.data[i] >= 'A' && value.data[i] <= 'F' ? value.data[i] + 32
                                                                     : value.data[i]);
    return ASSAY_OK;
}

/* ---- Numbers ---- */

/* Digits, and for sizes one of K, M, G behind them. */
static bool number_of(const config_row *row, assay_span value, uint64_t *out)
{
    uint64_t number = 0;
    unsigned shift = 0;
    if (row->type == CONFIG_SIZE && value.size > 1) {
        const char last = (char)value.data[value.size - 1];
        shift = last == 'K' ? 10 : last == 'M' ? 20 : last == 'G' ? 30 : 0;
        value.size -= shift > 0;
    }
    for (size_t i = 0; i < value.size; i++) {
        unsigned digit = value.data[i] - (unsigned)'0';
        if (digit > 9 || number > (UINT64_MAX - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    if (value.size == 0 || number > UINT64_MAX >> shift)
        return false;
    *out = number << shift;
    return true;
}

static assay_status read_number(const config_row *row, assay_span value, const char *where,
                                uint64_t *out, assay_error *err)
{
    char wanted[80];
    uint64_t number = 0;
    snprintf(wanted, sizeof(wanted), "a number from %" PRIu64 " to %" PRIu64, row->min, row->max);
    if (!number_of(row, value, &number) || number < row->min || number > row->max)
        return refuse(err, row, where, value, wanted);
    *out = number;
    return ASSAY_OK;
}

static assay_status read_signed(const config_row *row, assay_span value, const char *where,
                                int64_t *out, assay_error *err)
{
    uint64_t number = 0;
    bool negative = value.size > 0 && value.data[0] == '-';
    TRY(read_number(row, span_slice(value, negative, value.size - negative), where, &number, err));
    *out = negative ? -(int64_t)number : (int64_t)number;
    return ASSAY_OK;
}

/* ---- Words ---- */

static assay_status read_flag(const config_row *row, assay_span value, const char *where, bool *out,
                              assay_error *err)
{
    bool yes = span_is(value, "yes") || span_is(value, "true");
    if (!yes && !span_is(value, "no") && !span_is(value, "false"))
        return refuse(err, row, where, value, "yes or no");
    *out = yes;
    return ASSAY_OK;
}

static assay_status read_word(const config_row *row, assay_span value, const char *where,
                              unsigned *out, assay_error *err)
{
    char wanted[96] = "";
    for (unsigned i = 0; row->words[i] != NULL; i++) {
        size_t used = strlen(wanted);
        if (span_is(value, row->words[i])) {
            *out = i;
            return ASSAY_OK;
        }
        snprintf(wanted + used, sizeof(wanted) - used, "%s%s", i > 0 ? " or " : "", row->words[i]);
    }
    return refuse(err, row, where, value, wanted);
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

assay_span config_trim(assay_span in)
{
    while (in.size > 0 && is_blank(in.data[0]))
        in = (assay_span) { in.data + 1, in.size - 1 };
    while (in.size > 0 && is_blank(in.data[in.size - 1]))
        in.size--;
    return in;
}

static bool separates(config_type type, uint8_t byte)
{
    return type == CONFIG_TEXTS ? byte == ';' : is_blank(byte) || byte == ',';
}

static assay_status read_list(const config_row *row, assay_span value, const char *where,
                              config_list *out, assay_error *err)
{
    out->count = 0;
    for (size_t at = 0; at <= value.size;) {
        size_t end = at;
        while (end < value.size && !separates(row->type, value.data[end]))
            end++;
        assay_span one = config_trim(span_slice(value, at, end - at));
        at = end + 1;
        if (one.size == 0)
            continue;
        if (out->count == CONFIG_LIST_MAX || one.size >= CONFIG_TEXT_SIZE)
            return refuse(err, row, where, value, "at most 16 entries of at most 511 characters");
        memset(out->at[out->count], 0, CONFIG_TEXT_SIZE);
        memcpy(out->at[out->count++], one.data, one.size);
    }
    return ASSAY_OK;
}

/* ---- Services ---- */

static assay_service service_named(assay_span name)
{
    for (int i = ASSAY_SERVICE_NONE + 1; i < ASSAY_SERVICE_COUNT; i++) {
        if (span_is(name, assay_service_name((assay_service)i)))
            return (assay_service)i;
    }
    return ASSAY_SERVICE_NONE;
}

static assay_status read_service(const config_row *row, assay_span value, const char *where,
                                 assay_fetch_service *out, assay_error *err)
{
    assay_fetch_service read = { 0 };
    size_t name_size = 0;
    while (name_size < value.size && !is_blank(value.data[name_size]))
        name_size++;
    assay_span url = config_trim(span_slice(value, name_size, value.size - name_size));
    read.service = service_named(span_slice(value, 0, name_size));
    if (url.size == 0)
        url = value;
    bool known = url.data == value.data || read.service != ASSAY_SERVICE_NONE;
    if (!known || url.size >= sizeof(read.url) || memchr(url.data, ' ', url.size) != NULL ||
        url.size == 0)
        return refuse(err, row, where, value,
                      "URL, or pcs, pccs, thim-global or thim-regional "
                      "and URL");
    memcpy(read.url, url.data, url.size);
    if (url.data == value.data)
        read.service = assay_service_of_url(read.url);
    *out = read;
    return ASSAY_OK;
}

/* ---- All types ---- */

assay_status config_value_read(const config_row *row, assay_span value, const char *where,
                               serve_config *config, assay_error *err)
{
    void *out = member_of(row, config);
    uint64_t number = 0;
    switch (row->type) {
    case CONFIG_TEXT:
        return read_text(row, value, where, out, err);
    case CONFIG_HEX:
        return read_hex(row, value, where, out, err);
    case CONFIG_UNSIGNED:
        TRY(read_number(row, value, where, &number, err));
        *(unsigned *)out = (unsigned)number;
        return ASSAY_OK;
    case CONFIG_SIZE:
        TRY(read_number(row, value, where, &number, err));
        *(size_t *)out = (size_t)number;
        return ASSAY_OK;
    case CONFIG_COUNT:
        return read_number(row, value, where, out, err);
    case CONFIG_SIGNED:
        return read_signed(row, value, where, out, err);
    case CONFIG_FLAG:
        return read_flag(row, value, where, out, err);
    case CONFIG_WORD:
        return read_word(row, value, where, out, err);
    case CONFIG_WORDS:
    case CONFIG_TEXTS:
        return read_list(row, value, where, out, err);
    case CONFIG_SERVICE:
        return read_service(row, value, where, out, err);
    }
    return fail(err, ASSAY_USAGE, where, ASSAY_NO_OFFSET, "a key of no type");
}

static void write_list(const config_row *row, const config_list *list, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < list->count && used < size; i++) {
        int length = snprintf(out + used, size - used, "%s%s",
                              i == 0                      ? ""
                              : row->type == CONFIG_TEXTS ? "; "
                                                          : " ",
                              list->at[i]);
        used += (size_t)length;
    }
}

static void write_size(size_t value, char *out, size_t size)
{
    static const char *const units[] = { "", "K", "M", "G" };
    unsigned unit = 0;
    while (unit < 3 && value > 0 && value % 1024 == 0) {
        value /= 1024;
        unit++;
    }
    snprintf(out, size, "%zu%s", value, units[unit]);
}

static void write_service(const assay_fetch_service *service, char *out, size_t size)
{
    if (service->service == assay_service_of_url(service->url))
        snprintf(out, size, "%s", service->url);
    else
        snprintf(out, size, "%s %s", assay_service_name(service->service), service->url);
}

void config_value_write(const config_row *row, const serve_config *config,
                        char out[CONFIG_VALUE_SIZE])
{
    const size_t size = CONFIG_VALUE_SIZE;
    const void *value = value_of(row, config);
    switch (row->type) {
    case CONFIG_TEXT:
    case CONFIG_HEX:
        snprintf(out, size, "%s", (const char *)value);
        return;
    case CONFIG_UNSIGNED:
        snprintf(out, size, "%u", *(const unsigned *)value);
        return;
    case CONFIG_SIZE:
        write_size(*(const size_t *)value, out, size);
        return;
    case CONFIG_COUNT:
        snprintf(out, size, "%" PRIu64, *(const uint64_t *)value);
        return;
    case CONFIG_SIGNED:
        snprintf(out, size, "%" PRId64, *(const int64_t *)value);
        return;
    case CONFIG_FLAG:
        snprintf(out, size, "%s", *(const bool *)value ? "yes" : "no");
        return;
    case CONFIG_WORD:
        snprintf(out, size, "%s", row->words[*(const unsigned *)value]);
        return;
    case CONFIG_WORDS:
    case CONFIG_TEXTS:
        write_list(row, value, out, size);
        return;
    case CONFIG_SERVICE:
        write_service(value, out, size);
        return;
    }
}

bool config_value_equal(const config_row *row, const serve_config *a, const serve_config *b)
{
    char first[CONFIG_VALUE_SIZE], second[CONFIG_VALUE_SIZE];
    config_value_write(row, a, first);
    config_value_write(row, b, second);
    return strcmp(first, second) == 0;
}
