/* Writes the memory that Linux makes of a file, for the page. */
#include "base/json_write.h"
#include "page_private.h"

static void put_flags(struct elfgen_text *out, bool r, bool w, bool x)
{
    const char flags[] = {r ? 'r' : '-', w ? 'w' : '-', x ? 'x' : '-', '\0'};
    json_key_string(out, "flags", flags);
}

static void put_segment(struct elfgen_text *out, const struct elfgen_view *view, uint64_t index,
                        const struct elfgen_mapping *mapping)
{
    elfgen_text_string(out, "{\"index\":");
    elfgen_text_decimal(out, index, 0);
    put_flags(out, mapping->flags & ELFGEN_PF_R, mapping->flags & ELFGEN_PF_W,
              elfgen_mapping_is_executable(view, mapping));
    /* What maps nothing of the file may have any offset. */
    json_key_number(out, "fileOffset", mapping->file_end > mapping->start ? mapping->offset : 0);
    json_key_number(out, "fileLength", mapping->file_end - mapping->start);
    json_key_0x(out, "start", mapping->start);
    json_key_0x(out, "bytesEnd", mapping->file_end);
    json_key_0x(out, "zerosEnd", mapping->missing);
    json_key_0x(out, "end", mapping->missing_end);
    json_key_0x(out, "zerosAfter", mapping->end);
    elfgen_text_char(out, '}');
}

static void put_segments(struct elfgen_text *out, const struct elfgen_view *view)
{
    uint64_t count = 0;
    elfgen_text_string(out, "\"segments\":[");
    for (uint64_t i = 0; i < elfgen_memory_segments(view); i++) {
        struct elfgen_mapping mapping;
        if (!elfgen_mapping_get(view, i, &mapping) ||
            !elfgen_mapping_what_is_left(view, i, &mapping) || count++ >= PAGE_SEGMENTS)
            continue;
        elfgen_text_string(out, count == 1 ? "" : ",");
        put_segment(out, view, i, &mapping);
    }
    elfgen_text_char(out, ']');
    json_key_number(out, "more", count > PAGE_SEGMENTS ? count - PAGE_SEGMENTS : 0);
}

/* What else is in its address space. Where, differs from start to start. */
static void put_others(struct elfgen_text *out, const struct verdict *verdict)
{
    static const char *const names[] = {[ELFGEN_AREA_INTERPRETER] = "interpreter",
                                        [ELFGEN_AREA_STACK] = "stack",
                                        [ELFGEN_AREA_VDSO] = "vDSO",
                                        [ELFGEN_AREA_VVAR] = "vvar"};
    const struct elfgen_kernel_map *map = verdict->map;
    bool any = verdict->answer && (verdict->answer->verdict == ELFGEN_STARTS ||
                                   verdict->answer->verdict == ELFGEN_FAULTS);
    const char *between = "";
    json_key(out, "others");
    elfgen_text_char(out, '[');
    for (uint64_t i = 0; any && i < map->count; i++) {
        const struct elfgen_kernel_area *area = &map->areas[i];
        const char *name =
            (size_t)area->kind < sizeof names / sizeof names[0] ? names[area->kind] : NULL;
        if (!name)
            continue;
        elfgen_text_string(out, between);
        elfgen_text_string(out, "{\"name\":");
        json_string(out, name);
        put_flags(out, area->flags & ELFGEN_PF_R, area->flags & ELFGEN_PF_W,
                  area->flags & ELFGEN_PF_X);
        elfgen_text_char(out, '}');
        between = ",";
    }
    elfgen_text_char(out, ']');
}

void page_put_memory(struct elfgen_text *out, const struct elfgen_view *view,
                     const struct verdict *verdict)
{
    uint64_t offset = 0;
    bool any = elfgen_view_is_elf(view) && elfgen_memory_segments(view) > 0;
    json_key(out, "memory");
    elfgen_text_char(out, '{');
    put_segments(out, view);
    put_others(out, verdict);
    json_key_number(out, "page", ELFGEN_PAGE);
    if (any)
        json_key_0x(out, "entry", view->ehdr.e_entry);
    else
        json_key_null(out, "entry");
    bool in_file = any && elfgen_memory_offset(view, view->ehdr.e_entry, &offset);
    json_key_number_if(out, "entryOffset", in_file, offset);
    elfgen_text_char(out, '}');
}
