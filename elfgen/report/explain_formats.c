/* Chooses the format of a report. */
#include "bytemap.h"

bool explain_report(struct explain *explain)
{
    static bool (*const reports[])(struct explain *) = {
        [EXPLAIN_TEXT] = explain_text,         [EXPLAIN_DETAIL] = explain_detail,
        [EXPLAIN_MEMORY] = explain_memory,     [EXPLAIN_JSON] = explain_json,
        [EXPLAIN_MARKDOWN] = explain_markdown, [EXPLAIN_HEX] = explain_hex};
    explain->problem = NULL;
    if (explain->to > explain->view->length)
        explain->to = explain->view->length;
    return reports[explain->format](explain);
}
