/* Calls the function of a format. */
#include "explain.h"

bool explain_report(struct explain *explain)
{
    static bool (*const reports[])(struct explain *) = {
        [EXPLAIN_TEXT] = explain_text,         [EXPLAIN_DETAIL] = explain_detail,
        [EXPLAIN_MEMORY] = explain_memory,     [EXPLAIN_JSON] = explain_json,
        [EXPLAIN_MARKDOWN] = explain_markdown, [EXPLAIN_HEX] = explain_hex};
    struct bytemap *map = &explain->map;
    map->error.status = ELFGEN_OK;
    if (map->to > map->view->length)
        map->to = map->view->length;
    return reports[explain->format](explain);
}
