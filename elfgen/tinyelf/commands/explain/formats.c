/* Calls the function of a format. */
#include "explain.h"

bool explain_report(struct explain *explain)
{
    static bool (*const reports[])(struct explain *) = {
#define FORMAT(id, name, function, help) function,
#define OTHER_FORMAT(id, function)       function,
#include "formats.def"
#undef FORMAT
#undef OTHER_FORMAT
    };
    struct bytemap *map = &explain->map;
    map->error.status = ELFGEN_OK;
    if (map->to > map->view->length)
        map->to = map->view->length;
    return reports[explain->format](explain);
}
