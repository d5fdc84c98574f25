/* Chooses the part of the file that --at names. */
#include "place.h"

#include "cli/file_place.h"

bool explain_choose_place(struct explain *explain, const char *at)
{
    struct bytemap_place found;
    if (!file_place_find(&explain->map, at, &found))
        return false;
    explain->map.from = found.offset;
    explain->map.to = found.offset + (found.whole ? found.length : 1);
    if (explain->format == EXPLAIN_TEXT && !found.whole)
        explain->format = EXPLAIN_DETAIL;
    explain->map.encodings = explain->map.encodings || !found.whole;
    return true;
}
