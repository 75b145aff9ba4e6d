/* report_json.c: environment and certification data of reports as JSON. appraisal.md 1.1, 1.2. */
#include "appraise/report_json.h"
#include "appraise/classes.h"

enum { ITEM_COUNT = 7 };

typedef struct named_item {
    const char *name;
    assay_span item;
} named_item;

/* In Intel's order; one NUL at the end, which C callers bring along, is not part of an item. */
static void items_list(const assay_collateral *collateral, named_item out[ITEM_COUNT])
{
    const assay_collateral_items *items = assay_collateral_items_of(collateral);
    const named_item rows[ITEM_COUNT] = {
        { "pck_crl_issuer_chain", items->pck_crl_issuer_chain },
        { "root_ca_crl", items->root_ca_crl },
        { "pck_crl", items->pck_crl },
        { "tcb_info_issuer_chain", items->tcb_info_issuer_chain },
        { "tcb_info", items->tcb_info },
        { "qe_identity_issuer_chain", items->qe_identity_issuer_chain },
        { "qe_identity", items->qe_identity },
    };
    memcpy(out, rows, sizeof(rows));
    for (size_t i = 0; i < ITEM_COUNT; i++) {
        const assay_span item = out[i].item;
        if (item.size > 0 && item.data[item.size - 1] == 0)
            out[i].item.size--;
    }
}

void report_write_environment(json_writer *w, const report *r)
{
    if (r->environment_json != NULL) {
        json_put_raw(w, "environment", SPAN_TEXT(r->environment_json));
        return;
    }
    json_open_object(w, "environment");
    json_put_text(w, "class_id", assay_class_id(r->class_));
    json_put_text(w, class_description_member(r->class_), class_description(r->class_));
    json_close_object(w);
}

bool reports_have_certification(const assay_reports *reports)
{
    return reports->certification_json != NULL || reports->collateral != NULL;
}

void reports_write_certification(json_writer *w, const char *member, const assay_reports *reports)
{
    named_item items[ITEM_COUNT];
    if (reports->certification_json != NULL) {
        json_put_raw(w, member, SPAN_TEXT(reports->certification_json));
        return;
    }
    items_list(reports->collateral, items);
    json_open_object(w, member);
    for (size_t i = 0; i < ITEM_COUNT; i++)
        json_put_base64(w, items[i].name, items[i].item);
    json_close_object(w);
}

size_t reports_certification_size(const assay_reports *reports)
{
    enum { NAMES_SIZE = 256 };
    named_item items[ITEM_COUNT];
    size_t size = NAMES_SIZE;
    if (!reports_have_certification(reports))
        return 0;
    if (reports->certification_json != NULL)
        return strlen(reports->certification_json);
    items_list(reports->collateral, items);
    for (size_t i = 0; i < ITEM_COUNT; i++)
        size += items[i].item.size / 3 * 4 + 4;
    return size;
}
