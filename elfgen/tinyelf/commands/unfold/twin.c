/* Makes the well-formed twin of a file: the core plans and writes it, the byte map gives its
 * section headers. */
#include "twin.h"

#include <stdlib.h>
#include <string.h>

#include "base/no_memory.h"
#include "section_headers.h"

bool unfold_check(const struct elfgen_view *view, struct elfgen_kernel_map *map,
                  struct elfgen_error *error)
{
    enum elfgen_status status;
    while ((status = elfgen_unfold_check(view, map, error)) == ELFGEN_NO_ROOM) {
        free(map->areas);
        map->areas = malloc(map->needed * sizeof *map->areas);
        if (!map->areas)
            return error_no_memory(error);
        map->capacity = map->needed;
    }
    return status == ELFGEN_OK;
}

static bool copy(const struct elfgen_view *view, struct unfolded *unfolded,
                 struct elfgen_error *error)
{
    unfolded->copied = true;
    unfolded->size = (size_t)view->length;
    unfolded->bytes = malloc(unfolded->size);
    if (!unfolded->bytes)
        return error_no_memory(error);
    memcpy(unfolded->bytes, view->bytes, unfolded->size);
    return true;
}

static bool write_twin(const struct elfgen_unfold *plan,
                       const struct elfgen_section_headers *wanted, struct unfolded *unfolded,
                       struct elfgen_error *error)
{
    enum elfgen_class class_ = plan->view->class_;
    size_t size = elfgen_write_section_headers(NULL, 0, plan->size, class_, wanted, error);
    if (size == 0)
        return false;
    unfolded->bytes = malloc(size);
    if (!unfolded->bytes)
        return error_no_memory(error);
    if (elfgen_write_unfolded(plan, unfolded->bytes, size, error) != 0)
        unfolded->size =
            elfgen_write_section_headers(unfolded->bytes, size, plan->size, class_, wanted, error);
    if (unfolded->size != 0)
        return true;
    free(unfolded->bytes);
    unfolded->bytes = NULL;
    return false;
}

/* The address of an ET_DYN depends on its p_align, which a twin cannot always keep: it may be
 * loaded where it cannot start. */
static bool still_starts(struct unfolded *unfolded, struct elfgen_error *error)
{
    struct elfgen_view twin;
    struct elfgen_error why = {.text = ""};
    struct elfgen_kernel_map map = {.areas = NULL};
    bool starts = elfgen_view_open(&twin, unfolded->bytes, unfolded->size, &why) == ELFGEN_OK &&
                  unfold_check(&twin, &map, &why);
    free(map.areas);
    if (starts)
        return true;
    free(unfolded->bytes);
    unfolded->bytes = NULL;
    elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                     "a twin of it would lie elsewhere in memory and not start: %s", why.text);
    return false;
}

bool unfold_file(const struct elfgen_view *view, struct elfgen_code *code,
                 struct unfolded *unfolded, struct elfgen_error *error)
{
    *unfolded = (struct unfolded){.bytes = NULL};
    struct elfgen_kernel_map map = {.areas = NULL};
    const bool is_right = unfold_check(view, &map, error);
    const bool is_unfolded = is_right && elfgen_is_unfolded(view, &map, NULL);
    free(map.areas);
    if (!is_right || is_unfolded)
        return is_right && copy(view, unfolded, error);
    struct elfgen_unfold plan;
    struct unfold_section_headers headers;
    size_t room = elfgen_unfold_room(view);
    struct elfgen_unfold_segment *segments = malloc(room * sizeof *segments);
    if (!segments)
        return error_no_memory(error);
    bool done = elfgen_unfold_plan(&plan, view, segments, room, error) == ELFGEN_OK;
    if (done) {
        unfolded->past_end = plan.past_end;
        unfolded->no_headers = plan.headers == plan.count;
        done = unfold_headers_make(&headers, &plan, code) || error_no_memory(error);
        done = done && write_twin(&plan, &headers.whole, unfolded, error) &&
               still_starts(unfolded, error);
        unfold_headers_free(&headers);
    }
    free(segments);
    return done;
}
