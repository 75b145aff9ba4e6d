/* import_routes.c: PUT platformcollateral, and import and export of administrators.
 * collateral-service.md 1, 7.9, 7.13. */
#include <inttypes.h>
#include <stdio.h>

#include "serve/export.h"
#include "serve/import.h"
#include "serve/platform_tables.h"

enum { EXPORT_MAX = 2000, EXPORT_DEFAULT = 500, NOT_PROVED = 460 };

static assay_status no_memory(call *c)
{
    return fail(&c->error, ASSAY_NO_MEMORY, "import", ASSAY_NO_OFFSET, "no memory");
}

/* ---- Reports ---- */

static void refused_write(json_writer *w, const import_report *report)
{
    json_open_array(w, "refused");
    for (size_t i = 0; i < report->refused && i < IMPORT_REFUSED_MAX; i++) {
        const import_refused *row = &report->at[i];
        json_open_object(w, NULL);
        json_put_text(w, "what", row->what);
        json_put_text(w, "name", assay_error_name(&row->why));
        json_put_text(w, "where", row->why.where);
        json_put_text(w, "detail", row->why.detail);
        json_close_object(w);
    }
    json_close_array(w);
}

static void counts_write(json_writer *w, const import_report *report)
{
    json_put_number(w, "platforms", report->platforms);
    json_put_number(w, "certificates", report->certificates);
    json_put_number(w, "items", report->items);
    json_put_number(w, "policies", report->policies);
    json_put_number(w, "queued", report->queued);
    json_put_number(w, "older", report->older);
    json_put_number(w, "refused_count", report->refused);
}

static assay_status audit(call *c, const char *action, const char *form, const char *detail)
{
    const store_audit_entry entry = { .time = c->now,
                                      .actor = c->actor,
                                      .action = action,
                                      .subject = form,
                                      .detail = detail,
                                      .request_id = c->request_id };
    return store_audit_append(c->service->store, &entry, &c->error);
}

static uint64_t stored(const import_report *report)
{
    return report->platforms + report->items + report->policies + report->queued;
}

static assay_status outcome_audit(call *c, const char *form, const import_report *report)
{
    char detail[256];
    snprintf(detail, sizeof(detail),
             "{\"form\":\"%s\",\"platforms\":%" PRIu64 ",\"items\":%" PRIu64
             ",\"policies\":%" PRIu64 ",\"queued\":%" PRIu64 ",\"older\":%" PRIu64
             ",\"refused\":%" PRIu64 "}",
             form, report->platforms, report->items, report->policies, report->queued,
             report->older, report->refused);
    return audit(c, "import", form, detail);
}

/* ---- Imports ---- */

static const struct import_form {
    const char *name;
    assay_status (*run)(call *c, assay_span body, import_report *report);
} forms[] = {
    { "ndjson", import_ndjson },
    { "platformcollateral", import_collateral },
    { "pccs", import_pccs },
};
static const char *const form_words[] = { "ndjson", "platformcollateral", "pccs", NULL };

/* An import is many transactions: who began it is written before the first, what it came to after
 * the last. What was stored before a failure stays, and is in the audit log. */
static assay_status import_run(call *c, const struct import_form *form, import_report *report)
{
    TRY(audit(c, "import.start", form->name, "{}"));
    assay_status status = form->run(c, c->request->body, report);
    const assay_error why = c->error;
    const unsigned code = c->code;
    if (stored(report) > 0 || report->older > 0)
        TRY(outcome_audit(c, form->name, report));
    c->error = why;
    c->code = code;
    return status;
}

static assay_status report_reply(call *c, const char *form, const import_report *report,
                                 answer *out)
{
    json_writer w = { .text = NULL };
    json_open_object(&w, NULL);
    json_put_text(&w, "form", form);
    counts_write(&w, report);
    refused_write(&w, report);
    json_close_object(&w);
    out->private_reply = true;
    return answer_json(c, out, &w);
}

static bool is_bad_input(assay_status status)
{
    return status != ASSAY_OK && status != ASSAY_ENVIRONMENT && status != ASSAY_NO_MEMORY;
}

/* A bad file is answered with what was stored before it went wrong. */
static assay_status import_post(call *c, answer *out)
{
    import_report *report = arena_new(c->memory, 1, sizeof(*report));
    size_t i = 0;
    if (report == NULL)
        return no_memory(c);
    while (!call_word_is(c, 0, form_words[i]))
        i++;
    assay_status status = import_run(c, &forms[i], report);
    if (status != ASSAY_OK && !is_bad_input(status))
        return status;
    if (status != ASSAY_OK && report->refused == 0)
        import_refuse(report, forms[i].name, &c->error);
    out->code = status == ASSAY_OK ? 200 : 400;
    return report_reply(c, forms[i].name, report, out);
}

/* Nobody should take a refusal for "nothing has changed". */
static void stored_tell(call *c, const import_report *report)
{
    char before[ASSAY_DETAIL_SIZE];
    if (stored(report) == 0)
        return;
    snprintf(before, sizeof(before), "%s", c->error.detail);
    snprintf(c->error.detail, sizeof(c->error.detail),
             "%.*s; %" PRIu64 " items and %" PRIu64 " platforms of the file were stored before",
             (int)sizeof(before) - 96, before, report->items, report->platforms);
}

/* As PCCS answers: 460 for signatures and chains that don't hold. */
static assay_status collateral_put(call *c, answer *out)
{
    import_report *report = arena_new(c->memory, 1, sizeof(*report));
    if (report == NULL)
        return no_memory(c);
    assay_status status = import_run(c, &forms[1], report);
    if (is_bad_input(status) && c->code == 0)
        c->code = status == ASSAY_UNTRUSTED ? NOT_PROVED : 400;
    if (status != ASSAY_OK)
        stored_tell(c, report);
    TRY(status);
    out->private_reply = true;
    if (report->older > 0)
        return answer_text(c, out, 200,
                           "Operation successful. %" PRIu64 " items were older than what is here.",
                           report->older);
    return answer_text(c, out, 200, "Operation successful.");
}

/* ---- Exports ---- */

enum { EXPORT_FORM, EXPORT_FMSPC, EXPORT_LIMIT, EXPORT_CURSOR };
static const char *const export_words[] = { "platformcollateral", "ndjson", NULL };
static const parameter export_parameters[] = {
    [EXPORT_FORM] = { "form", PARAMETER_WORD, PARAMETER_OPTIONAL, 0, 0, export_words },
    [EXPORT_FMSPC] = { "fmspc", PARAMETER_HEX, PARAMETER_OPTIONAL, 6, 0, NULL },
    [EXPORT_LIMIT] = { "limit", PARAMETER_NUMBER, PARAMETER_OPTIONAL, 0, EXPORT_MAX, NULL },
    [EXPORT_CURSOR] = { "cursor", PARAMETER_TEXT, PARAMETER_OPTIONAL, 0, 512, NULL },
    { .name = NULL },
};

static assay_status next_header(call *c, const char *next, answer *out)
{
    static const char form[] = "Assay-Next-Cursor: %s\r\n";
    if (next == NULL)
        return ASSAY_OK;
    size_t size = sizeof(form) + strlen(next);
    char *headers = arena_new(c->memory, size, 1);
    if (headers == NULL)
        return no_memory(c);
    snprintf(headers, size, form, next);
    out->headers = headers;
    return ASSAY_OK;
}

static assay_status export_get(call *c, answer *out)
{
    const char *next = NULL;
    json_writer w = { .text = NULL };
    uint32_t limit = call_number(c, EXPORT_LIMIT, 0);
    const export_order order = {
        .fmspc = c->parameters[EXPORT_FMSPC].data,
        .cursor = c->parameters[EXPORT_CURSOR].data == NULL
                      ? NULL
                      : arena_text(c->memory, c->parameters[EXPORT_CURSOR]),
        .limit = limit == 0 ? EXPORT_DEFAULT : limit,
    };
    out->private_reply = true;
    if (call_word_is(c, EXPORT_FORM, "ndjson")) {
        TRY(export_ndjson(c, &order, &out->body, &next));
        out->content_type = "application/x-ndjson";
        return next_header(c, next, out);
    }
    assay_status status = export_collateral(c, &order, &w, &next);
    if (status == ASSAY_OK)
        status = next_header(c, next, out);
    if (status == ASSAY_OK)
        return answer_json(c, out, &w);
    memory_free(w.text);
    return status;
}

/* ---- Rows ---- */

static const parameter no_parameters[] = { { .name = NULL } };
static const parameter import_parameters[] = {
    { "form", PARAMETER_WORD, PARAMETER_REQUIRED, 0, 0, form_words },
    { .name = NULL },
};
enum {
    PUT_FLAGS = ROUTE_PUBLIC | ROUTE_BODY | ROUTE_ADMIN_HEADERS | ROUTE_UPSTREAM,
    POST_FLAGS = ROUTE_ADMIN | ROUTE_BODY | ROUTE_UPSTREAM
};

const route import_routes[IMPORT_ROUTE_COUNT] = {
    { "platformcollateral", HTTP_PUT, "/sgx/certification/v4/platformcollateral", PUT_FLAGS,
      SCOPE_IMPORT, no_parameters, 4, collateral_put, "Imports collateral fetched elsewhere" },
    { "platformcollateral", HTTP_PUT, "/sgx/certification/v3/platformcollateral", PUT_FLAGS,
      SCOPE_IMPORT, no_parameters, 3, collateral_put, "Imports collateral fetched elsewhere" },
    { "import", HTTP_POST, "/assay/v1/import", POST_FLAGS, SCOPE_IMPORT, import_parameters, 0,
      import_post, "Imports platforms by the line, platformcollateral or a PCCS database" },
    { "export", HTTP_GET, "/assay/v1/export", ROUTE_ADMIN, SCOPE_PLATFORMS, export_parameters, 0,
      export_get, "Exports platforms with their certificates and collateral, by pages" },
};
