/* admin_list.c: lists of assayd, page by page, as tables or JSON: platforms, items, the audit log.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin.h"
#include "failure.h"

enum { CELL_SIZE = 256, CURSOR_SIZE = 600 };

/* ---- Tables ---- */

void admin_heading_print(const admin_column *columns)
{
    for (; columns->member != NULL; columns++)
        printf("%-*s%s", columns[1].member != NULL ? columns->width : 0, columns->heading,
               columns[1].member != NULL ? "  " : "\n");
}

void admin_row_print(const admin_column *columns, json_value row)
{
    for (; columns->member != NULL; columns++) {
        char cell[CELL_SIZE];
        json_value_text(json_value_at(row, columns->member), cell, sizeof(cell));
        const char *shown = cell[0] != '\0' ? cell : "-";
        text_put(shown, stdout);
        if (columns[1].member == NULL)
            break;
        for (size_t i = strlen(shown); i < (size_t)columns->width + 2; i++)
            putchar(' ');
    }
    putchar('\n');
}

/* What is shared by all pages. */
typedef struct printing {
    const admin_list *list;
    bool json;
    uint64_t limit, printed;
} printing;

static void print_row(printing *p, json_value row)
{
    if (p->json)
        printf("%s%.*s", p->printed > 0 ? "," : "", (int)row.size, (const char *)row.data);
    else
        admin_row_print(p->list->columns, row);
    p->printed++;
}

/* False when no further page is wanted. */
static bool print_page(printing *p, const assay_fetch_called *page, char cursor[CURSOR_SIZE])
{
    const json_value all = admin_json(page);
    const json_value rows = json_value_member(all, p->list->rows);
    json_value row = { NULL, 0 };
    while ((p->limit == 0 || p->printed < p->limit) && json_value_next(rows, &row))
        print_row(p, row);
    json_value_text(json_value_member(all, "next"), cursor, CURSOR_SIZE);
    return cursor[0] != '\0' && (p->limit == 0 || p->printed < p->limit);
}

assay_status admin_list_print(admin *a, const arguments *given, const char *path,
                              const admin_list *list, assay_error *error)
{
    const char *limit = option_argument(given, OPTION_LIMIT);
    printing p = { .list = list,
                   .json = option_given(given, OPTION_JSON),
                   .limit = limit != NULL ? strtoull(limit, NULL, 10) : 0 };
    char cursor[CURSOR_SIZE] = "";
    bool more = true;
    for (bool first = true; more; first = false) {
        char page_path[ADMIN_PATH_SIZE];
        assay_fetch_called page = { .http_code = 0 };
        snprintf(page_path, sizeof(page_path), "%s", path);
        admin_parameter(page_path, list->cursor, cursor[0] != '\0' ? cursor : NULL);
        TRY(admin_get(a, page_path, &page, error));
        if (first && p.json)
            putchar('[');
        else if (first)
            admin_heading_print(list->columns);
        more = print_page(&p, &page, cursor);
        a->library.called_free(&page);
    }
    if (p.json)
        puts("]");
    return ASSAY_OK;
}

static int list_run(const char *name, const arguments *given, const char *path,
                    const admin_list *list)
{
    admin a;
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    assay_status status = admin_begin(given, &a, &error);
    if (status == ASSAY_OK)
        status = admin_list_print(&a, given, path, list, &error);
    return admin_finish(name, &a, status, &error);
}

#define LIMIT_ROW                                                                                  \
    {                                                                                              \
        .id = OPTION_LIMIT, .name = "limit", .argument = "N", .value = VALUE_TEXT,                 \
        .help = "at most so many rows (default: all)"                                              \
    }

/* ---- Platforms ---- */

static const admin_column platform_columns[] = {
    { "qe_id", "QE-ID", 32 },   { "pce_id", "PCE", 4 },       { "fmspc", "FMSPC", 12 },
    { "ca", "CA", 9 },          { "state", "STATE", 11 },     { "cpu_svn", "CPUSVN", 32 },
    { "pce_svn", "PCESVN", 6 }, { "updated", "UPDATED", 20 }, { NULL, NULL, 0 },
};

static int platforms_run(const arguments *given)
{
    static const admin_list list = { "platforms", "cursor", platform_columns };
    char path[ADMIN_PATH_SIZE] = "/assay/v1/platforms";
    if (given->operand_count != 0)
        return usage_error("admin platforms", "it takes no operands but show and delete");
    admin_parameter(path, "fmspc", option_argument(given, OPTION_FMSPC));
    admin_parameter(path, "state", option_argument(given, OPTION_STATE));
    admin_parameter(path, "group", option_argument(given, OPTION_GROUP));
    return list_run("admin platforms", given, path, &list);
}

/* One platform by QEID_PCEID, as the list shows both. */
static int one_platform(const char *name, const char *method, const arguments *given)
{
    admin a;
    assay_error error = { .offset = ASSAY_NO_OFFSET };
    assay_fetch_called called = { .http_code = 0 };
    char path[ADMIN_PATH_SIZE] = "/assay/v1/platforms";
    if (given->operand_count != 1)
        return usage_error(name, "which? Give QEID_PCEID");
    admin_segment(path, given->operands[0]);
    const admin_request request = { .method = method, .path = path };
    assay_status status = admin_begin(given, &a, &error);
    if (status == ASSAY_OK)
        status = admin_call(&a, &request, &called, &error);
    if (status == ASSAY_OK) {
        admin_print_json(&called);
        a.library.called_free(&called);
    }
    return admin_finish(name, &a, status, &error);
}

static int platform_show_run(const arguments *given)
{
    return one_platform("admin platforms show", "GET", given);
}

static int platform_delete_run(const arguments *given)
{
    return one_platform("admin platforms delete", "DELETE", given);
}

static const option_row plain_options[] = { ADMIN_OPTIONS, OPTIONS_END };

static const option_row platform_options[] = {
    { .id = OPTION_FMSPC,
      .name = "fmspc",
      .argument = "HEX",
      .value = VALUE_TEXT,
      .help = "platforms of this FMSPC" },
    { .id = OPTION_STATE,
      .name = "state",
      .argument = "STATE",
      .value = VALUE_TEXT,
      .help = "registered, queued or unavailable" },
    { .id = OPTION_GROUP,
      .name = "group",
      .argument = "NAME",
      .value = VALUE_TEXT,
      .help = "platforms of a group that a plan names" },
    LIMIT_ROW,
    ADMIN_OPTIONS,
    OPTIONS_END,
};

static const verb verb_platform_show = {
    .name = "admin platforms show",
    .operands = "QEID_PCEID",
    .summary = "show one platform and the TCBs of its certificates",
    .text = "Prints JSON.",
    .options = plain_options,
    .run = platform_show_run,
};

static const verb verb_platform_delete = {
    .name = "admin platforms delete",
    .operands = "QEID_PCEID",
    .summary = "forget a platform",
    .text = "Its certificates go too; it may register again.",
    .options = plain_options,
    .run = platform_delete_run,
};

static const verb *const platform_verbs[] = { &verb_platform_show, &verb_platform_delete, NULL };

const verb verb_admin_platforms = {
    .name = "admin platforms",
    .operands = "[show|delete]",
    .summary = "list registered platforms",
    .text = "Lists platforms with FMSPC, state and the raw TCB that they reported last.",
    .options = platform_options,
    .verbs = platform_verbs,
    .run = platforms_run,
};

/* ---- Items ---- */

static const admin_column item_columns[] = {
    { "item", "ITEM", 44 },
    { "state", "STATE", 9 },
    { "evaluation_number", "EVAL", 4 },
    { "issued", "ISSUED", 20 },
    { "next_update", "NEXT UPDATE", 20 },
    { "fetched", "FETCHED", 20 },
    { NULL, NULL, 0 },
};

static int items_run(const arguments *given)
{
    static const admin_list list = { "items", "after", item_columns };
    char path[ADMIN_PATH_SIZE] = "/assay/v1/items";
    if (given->operand_count > 1)
        return usage_error("admin items", "one prefix, such as tcb/tdx/");
    if (given->operand_count == 1)
        admin_parameter(path, "prefix", given->operands[0]);
    return list_run("admin items", given, path, &list);
}

static const option_row list_options[] = { LIMIT_ROW, ADMIN_OPTIONS, OPTIONS_END };

const verb verb_admin_items = {
    .name = "admin items",
    .operands = "[PREFIX]",
    .summary = "list what the vendors published, with dates",
    .text =
        "Lists CRLs, TCB infos, identities, chains and VCEKs: fresh, ends-soon (within a day),\n"
        "stale, or permanent.",
    .options = list_options,
    .run = items_run,
};

/* ---- Audit ---- */

static const admin_column audit_columns[] = {
    { "number", "NUMBER", 8 },  { "time", "TIME", 20 },       { "actor", "ACTOR", 24 },
    { "action", "ACTION", 18 }, { "subject", "SUBJECT", 36 }, { "detail", "DETAIL", 0 },
    { NULL, NULL, 0 },
};

static int audit_run(const arguments *given)
{
    static const admin_list list = { "entries", "after", audit_columns };
    char path[ADMIN_PATH_SIZE] = "/assay/v1/audit";
    if (given->operand_count != 0)
        return usage_error("admin audit", "it takes no operands");
    return list_run("admin audit", given, path, &list);
}

const verb verb_admin_audit = {
    .name = "admin audit",
    .operands = "",
    .summary = "list who changed what",
    .text = "Lists the append-only log of changes, oldest first.",
    .options = list_options,
    .run = audit_run,
};
