/* reports.c: reports once they are made: what they hold, and their end. */
#include "appraise/reports.h"

void assay_reports_free(assay_reports *reports)
{
    if (reports == NULL)
        return;
    arena_free(&reports->memory);
    assay_collateral_unref(reports->collateral);
    memory_free(reports);
}

size_t assay_reports_count(const assay_reports *reports)
{
    return reports->count;
}

assay_class assay_reports_class(const assay_reports *reports, size_t index)
{
    return reports->at[index].class_;
}
