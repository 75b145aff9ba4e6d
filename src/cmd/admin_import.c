/* admin_import.c: assay admin import and export: platforms and collateral in and out, also of a
 * PCCS. collateral-service.md 1, 7.13. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin.h"
#include "exit_code.h"
#include "failure.h"
#include "input.h"
#include "output_file.h"

enum { IMPORT_MAX = 1 << 30, CHUNK_SIZE = 2 << 20, CURSOR_SIZE = 600 };

/* ---- import ---- */

/* What a file is, by how it begins. */
static const char *form_of(assay_span file)
{
    static const char sqlite[] = "SQLite format 3";
    if (file.size >= sizeof(sqlite) && memcmp(file.data, sqlite, sizeof(sqlite)) == 0)
        return "pccs";
    return json_value_member(json_value_of(file), "collaterals").data != NULL ? "platformcollateral"
                                                                              : "ndjson";
}

typedef struct import_totals {
    uint64_t platforms, certificates, items, policies, queued, refused;
} import_totals;

static void add_report(import_totals *totals, json_value report)
{
    totals->platforms += json_value_number(json_value_member(report, "platforms"));
    totals->certificates += json_value_number(json_value_member(report, "certificates"));
    totals->items += json_value_number(json_value_member(report, "items"));
    totals->policies += json_value_number(json_value_member(report, "policies"));
    totals->queued += json_value_number(json_value_member(report, "queued"));
    totals->refused += json_value_number(json_value_member(report, "refused_count"));
}

static void print_refused(json_value report)
{
    char what[96], detail[224];
    const json_value rows = json_value_member(report, "refused");
    json_value row = { NULL, 0 };
    while (json_value_next(rows, &row)) {
        text_put(json_value_text(json_value_member(row, "what"), what, sizeof(what)), stderr);
        fputs(" is refused: ", stderr);
        text_put(json_value_text(json_value_member(row, "detail"), detail, sizeof(detail)), stderr);
        fputc('\n', stderr);
    }
}

static assay_status import_part(admin *a, const char *path, assay_span part, import_totals *totals,
                                assay_error *error)
{
    assay_fetch_called called = { .http_code = 0 };
    const admin_request request = { .method = "POST",
                                    .path = path,
                                    .type = "application/octet-stream",
                                    .body = part,
                                    .progress = "sent",
                                    .report = "refused_count" };
    TRY(admin_call(a, &request, &called, error));
    admin_progress_end();
    add_report(totals, admin_json(&called));
    print_refused(admin_json(&called));
    a->library.called_free(&called);
    return ASSAY_OK;
}

/* Whole lines up to CHUNK_SIZE, so that a file of any length passes a server's limit. */
static size_t chunk_of_lines(assay_span text)
{
    if (text.size <= CHUNK_SIZE)
        return text.size;
    for (size_t size = CHUNK_SIZE; size > 0; size--) {
        if (text.data[size - 1] == '\n')
            return size;
    }
    return text.size;
}

static assay_status import_file(admin *a, const char *form, assay_span file, import_totals *totals,
                                assay_error *error)
{
    char path[ADMIN_PATH_SIZE] = "/assay/v1/import";
    admin_parameter(path, "form", form);
    if (strcmp(form, "ndjson") != 0)
        return import_part(a, path, file, totals, error);
    for (size_t at = 0; at < file.size;) {
        const assay_span rest = { file.data + at, file.size - at };
        const size_t size = chunk_of_lines(rest);
        TRY(import_part(a, path, (assay_span) { rest.data, size }, totals, error));
        at += size;
        admin_progress("imported %zu %% of the file: %llu platforms", at * 100 / file.size,
                       (unsigned long long)totals->platforms);
    }
    admin_progress_end();
    return ASSAY_OK;
}

static void print_totals(const import_totals *t, const arguments *given)
{
    printf(option_given(given, OPTION_JSON)
               ? "{\"platforms\":%llu,\"certificates\":%llu,\"items\":%llu,\"policies\":%llu,"
                 "\"queued\":%llu,\"refused\":%llu}\n"
               : "%llu platforms, %llu certificates, %llu items, %llu policies, %llu queued, "
                 "%llu refused\n",
           (unsigned long long)t->platforms, (unsigned long long)t->certificates,
           (unsigned long long)t->items, (unsigned long long)t->policies,
           (unsigned long long)t->queued, (unsigned long long)t->refused);
}

static assay_status import(admin *a, const arguments *given, import_totals *totals,
                           assay_error *error)
{
    input file = { .data = NULL };
    const char *form = option_argument(given, OPTION_FORM);
    TRY(input_read(given->operands[0], IMPORT_MAX, "import", &file, error));
    if (form == NULL)
        form = form_of(input_span(&file));
    assay_status status = import_file(a, form, input_span(&file), totals, error);
    input_free(&file);
    return status;
}

static int import_run(const arguments *given)
{
    admin a;
    import_totals totals = { 0 };
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    if (given->operand_count != 1)
        return usage_error("admin import", "which file? Give one");
    assay_status status = admin_begin(given, &a, &error);
    if (status == ASSAY_OK)
        status = import(&a, given, &totals, &error);
    if (status == ASSAY_OK)
        print_totals(&totals, given);
    int code = admin_finish("admin import", &a, status, &error);
    return code == 0 && totals.refused > 0 ? EXIT_CODE_NOT_ACCEPTED : code;
}

static const option_row import_options[] = {
    { .id = OPTION_FORM,
      .name = "form",
      .argument = "FORM",
      .value = VALUE_TEXT,
      .help = "pccs, platformcollateral or ndjson (default: by the file's beginning)" },
    ADMIN_OPTIONS,
    OPTIONS_END,
};

const verb verb_admin_import = {
    .name = "admin import",
    .operands = "FILE",
    .summary = "import platforms and collateral, also of a PCCS",
    .text =
        "FILE is the SQLite database of a PCCS, a platformcollateral file (what PCCS imports),\n"
        "or platforms by the line (NDJSON). Everything is verified before it is kept; exit\n"
        "code 1 when something was refused.",
    .options = import_options,
    .run = import_run,
};

/* ---- export ---- */

/* Pages are appended to memory: an export is there whole or not at all. */
typedef struct export_text {
    uint8_t *data;
    size_t size, pages;
} export_text;

static assay_status append(export_text *text, const assay_fetch_called *page, assay_error *error)
{
    uint8_t *data = realloc(text->data, text->size + page->size + 1);
    if (data == NULL)
        return failed(error, ASSAY_NO_MEMORY, "export", "no memory");
    text->data = data;
    memcpy(data + text->size, page->body, page->size);
    text->size += page->size;
    text->pages++;
    return ASSAY_OK;
}

static assay_status export_page(admin *a, const char *path, char cursor[CURSOR_SIZE],
                                export_text *text, assay_error *error)
{
    char page_path[ADMIN_PATH_SIZE];
    assay_fetch_called page = { .http_code = 0 };
    snprintf(page_path, sizeof(page_path), "%s", path);
    admin_parameter(page_path, "cursor", cursor[0] != '\0' ? cursor : NULL);
    TRY(admin_get(a, page_path, &page, error));
    if (!a->library.called_header(&page, "Assay-Next-Cursor", cursor, CURSOR_SIZE))
        cursor[0] = '\0';
    assay_status status = append(text, &page, error);
    a->library.called_free(&page);
    return status;
}

/* "fleet.json", "fleet.json.2", ...: a page of platformcollateral is a file of its own. */
static assay_status write_document(const char *path, size_t number, export_text *text,
                                   assay_error *error)
{
    char name[ADMIN_PATH_SIZE];
    if (number == 1)
        snprintf(name, sizeof(name), "%s", path);
    else
        snprintf(name, sizeof(name), "%s.%zu", path, number);
    assay_status status = output_file_write(name, (assay_span) { text->data, text->size }, error);
    text->size = 0;
    return status;
}

static assay_status export_all(admin *a, const char *form, const char *fmspc, const char *output,
                               export_text *text, assay_error *error)
{
    char path[ADMIN_PATH_SIZE] = "/assay/v1/export", cursor[CURSOR_SIZE] = "";
    const bool by_line = strcmp(form, "ndjson") == 0;
    admin_parameter(path, "form", form);
    admin_parameter(path, "fmspc", fmspc);
    do {
        TRY(export_page(a, path, cursor, text, error));
        if (!by_line)
            TRY(write_document(output, text->pages, text, error));
        admin_progress("exported %zu pages", text->pages);
    } while (cursor[0] != '\0');
    admin_progress_end();
    return by_line ? output_file_write(output, (assay_span) { text->data, text->size }, error)
                   : ASSAY_OK;
}

static int export_run(const arguments *given)
{
    admin a;
    export_text text = { .data = NULL };
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    const char *form = option_argument(given, OPTION_FORM);
    const char *output = option_argument(given, OPTION_OUTPUT);
    if (given->operand_count != 0)
        return usage_error("admin export", "it takes no operands: give -o FILE");
    assay_status status = admin_begin(given, &a, &error);
    if (status == ASSAY_OK)
        status =
            export_all(&a, form != NULL ? form : "ndjson", option_argument(given, OPTION_FMSPC),
                       output != NULL ? output : "-", &text, &error);
    free(text.data);
    return admin_finish("admin export", &a, status, &error);
}

static const option_row export_options[] = {
    { .id = OPTION_OUTPUT,
      .name = "output",
      .letter = 'o',
      .argument = "FILE",
      .value = VALUE_FILE,
      .help = "into this file (default: standard output)" },
    { .id = OPTION_FORM,
      .name = "form",
      .argument = "FORM",
      .value = VALUE_TEXT,
      .help = "ndjson (default), or platformcollateral for a PCCS" },
    { .id = OPTION_FMSPC,
      .name = "fmspc",
      .argument = "HEX",
      .value = VALUE_TEXT,
      .help = "platforms of this FMSPC" },
    ADMIN_OPTIONS,
    OPTIONS_END,
};

const verb verb_admin_export = {
    .name = "admin export",
    .operands = "",
    .summary = "export platforms with their certificates",
    .text = "Nothing is taken away by it. A large fleet as platformcollateral becomes several\n"
            "files: FILE, FILE.2, ...",
    .options = export_options,
    .run = export_run,
};
