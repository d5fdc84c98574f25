/* Finds the place of a file that a user names: an offset, an address, a field, a structure, a
 * symbol or a text. */
#include "file_place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "cli.h"
#include "place_name.h"

#define LLU(number)   ((unsigned long long)(number))
#define WHAT_THERE_IS "'tinyelf explain' lists what the file has"

static struct bytemap_place bytes_at(uint64_t offset, uint64_t length)
{
    return (struct bytemap_place){.offset = offset, .length = length, .another = UINT64_MAX};
}

/* ---- texts ---- */

/* Reads what stands between double quotes, with the escapes that explain prints. Returns how many
 * bytes there are, or SIZE_MAX if it is not written so. `bytes` has room for all of `at`. */
static size_t read_quoted(const char *at, char *bytes)
{
    static const char escapes[] = "n\nt\tr\r0\0\\\\\"\"", digits[] = "0123456789abcdef";
    size_t count = 0, length = strlen(at);
    if (length < 2 || at[0] != '"' || at[length - 1] != '"')
        return SIZE_MAX;
    for (const char *from = at + 1, *end = at + length - 1; from < end;) {
        if (*from != '\\') {
            bytes[count++] = *from++;
            continue;
        }
        from++;
        const char *high = from + 2 < end && *from == 'x' ? strchr(digits, from[1]) : NULL;
        const char *low = high ? strchr(digits, from[2]) : NULL;
        if (low) {
            bytes[count++] = (char)((high - digits) << 4 | (low - digits));
            from += 3;
            continue;
        }
        size_t i = 0;
        while (from < end && i + 2 < sizeof escapes && escapes[i] != *from)
            i += 2;
        if (from == end || i + 2 >= sizeof escapes)
            return SIZE_MAX;
        bytes[count++] = escapes[i + 1];
        from++;
    }
    return count;
}

static const uint8_t *find_next(const struct elfgen_view *view, uint64_t from, const char *text,
                                size_t length)
{
    return from < view->length
               ? memmem(view->bytes + from, (size_t)(view->length - from), text, length)
               : NULL;
}

/* Notes where else the text is. */
static void note_others(const struct bytemap *map, const char *at, const char *text, size_t length,
                        uint64_t first)
{
    enum { MOST = 3 };
    const struct elfgen_view *view = map->view;
    char room[128];
    struct elfgen_text places = {.bytes = room, .capacity = sizeof room - 1};
    uint64_t from = first + 1;
    size_t count = 0;
    for (const uint8_t *next; (next = find_next(view, from, text, length)) != NULL; count++) {
        from = (uint64_t)(next - view->bytes) + 1;
        if (count >= MOST)
            continue;
        elfgen_text_string(&places, count > 0 ? ", " : "");
        elfgen_text_0x(&places, from - 1);
    }
    room[places.length] = '\0';
    const char *quote = *at == '"' ? "" : "'";
    if (count > 0)
        message(map->file, "note",
                "the text %s%s%s is there %zu times, first at offset 0x%llx; then at %s%s", quote,
                at, quote, count + 1, LLU(first), room, count > MOST ? ", ..." : "");
}

enum text_search { TEXT_FOUND, TEXT_ABSENT, TEXT_ERROR };

/* The first place of the text in the file. TEXT_ERROR is reported. */
static enum text_search find_text(const struct bytemap *map, const char *at,
                                  struct bytemap_place *found)
{
    const struct elfgen_view *view = map->view;
    char *text = malloc(strlen(at) + 1);
    if (!text) {
        message_no_memory(map->file);
        return TEXT_ERROR;
    }
    size_t length = read_quoted(at, text);
    if (length == SIZE_MAX) {
        length = strlen(at);
        memcpy(text, at, length);
    }
    const uint8_t *first = length > 0 ? find_next(view, 0, text, length) : NULL;
    if (first) {
        *found = bytes_at((uint64_t)(first - view->bytes), length);
        note_others(map, at, text, length, found->offset);
    }
    free(text);
    return first ? TEXT_FOUND : TEXT_ABSENT;
}

/* ---- numbers ---- */

static bool refuse_address(const struct bytemap *map, uint64_t address)
{
    message(map->file, "error", "no byte of the file is at address 0x%llx", LLU(address));
    return false;
}

static bool find_address(const struct bytemap *map, const char *at, struct bytemap_place *found)
{
    uint64_t address;
    *found = bytes_at(0, 1);
    if (!parse_number(at, &address)) {
        message(map->file, "error", "'@%s': @ is for addresses, such as @0x10078", at);
        return false;
    }
    return elfgen_memory_offset(map->view, address, &found->offset) || refuse_address(map, address);
}

/* An offset; past the end of the file, an address. */
static bool find_number(const struct bytemap *map, uint64_t number, struct bytemap_place *found)
{
    const struct elfgen_view *view = map->view;
    uint64_t offset;
    bool is_address = elfgen_memory_offset(view, number, &offset);
    *found = bytes_at(number, 1);
    if (number < view->length) {
        if (is_address && offset != number)
            message(map->file, "note",
                    "0x%llx is taken as an offset; the byte at that address is @0x%llx",
                    LLU(number), LLU(number));
        return true;
    }
    found->offset = offset;
    if (is_address)
        return true;
    message(map->file, "error",
            "0x%llx is past the end of the file, 0x%llx, and no address of a byte of it",
            LLU(number), LLU(view->length));
    return false;
}

/* ---- names ---- */

static void note_symbol(const struct bytemap *map, const char *at,
                        const struct bytemap_place *found)
{
    const struct symbol *symbol = symbols_find(map->symbols, at);
    if (symbol && symbol->offset != UINT64_MAX && symbol->offset != found->offset)
        message(map->file, "note",
                "'%s' is taken as a field; the symbol of that name is at offset 0x%llx", at,
                LLU(symbol->offset));
}

/* Whether [offset, offset + length) is among names, which each symbol has. */
static bool is_among_names(const struct elfgen_view *view, uint64_t offset)
{
    enum { MOST = 100 };
    struct elfgen_shdr header;
    for (uint64_t i = 0; i < view->sections.count && i < MOST; i++)
        if (elfgen_view_section(view, i, &header, NULL) == ELFGEN_OK &&
            header.sh_type == ELFGEN_SHT_STRTAB && offset >= header.sh_offset &&
            offset - header.sh_offset < header.sh_size)
            return true;
    return false;
}

/* Notes that a symbol's name is also a whole string that the program has. */
static void note_text(const struct bytemap *map, const char *at)
{
    const struct elfgen_view *view = map->view;
    const size_t length = strlen(at) + 1; /* with its end */
    uint64_t from = 0;
    for (const uint8_t *next; (next = find_next(view, from, at, length)) != NULL;) {
        uint64_t offset = (uint64_t)(next - view->bytes);
        from = offset + 1;
        /* A character before it means the end of a longer one. */
        if ((offset > 0 && ascii_is_printable(next[-1])) || is_among_names(view, offset))
            continue;
        message(map->file, "note", "'%s' is taken as a symbol; it is also a text, at offset 0x%llx",
                at, LLU(offset));
        return;
    }
}

static void note_another(const struct bytemap *map, const char *at,
                         const struct bytemap_place *found)
{
    if (found->another != UINT64_MAX && strchr(at, '['))
        message(
            map->file, "note",
            "several tables have '%s': this is the first, at offset 0x%llx; name another by its "
            "offset: the next one's is 0x%llx",
            at, LLU(found->offset), LLU(found->another));
}

/* Whether `at` is several names with commas or blanks between, of which the file has the first.
 * Writes that one. */
static bool begins_with_another(const struct bytemap *map, const char *at, char *first, size_t room)
{
    struct bytemap_place found;
    const size_t length = strcspn(at, ", ");
    if (!at[length] || length >= room)
        return false;
    snprintf(first, room, "%.*s", (int)length, at);
    return bytemap_find(map, first, &found);
}

/* Writes the last entry that the file has of the table that `at` names an entry of: "phdr[0]" for
 * "phdr[3].p_flags". Returns false if it has none, or `at` names no entry by its number. */
static bool last_entry(const struct bytemap *map, const char *at, char *entry, size_t room)
{
    struct bytemap_place found;
    const size_t table = strcspn(at, "[");
    char *end;
    if (at[table] != '[' || !ascii_is_digit(at[table + 1]))
        return false;
    unsigned long last = 0;
    const unsigned long given = strtoul(at + table + 1, &end, 10);
    if (*end != ']')
        return false;
    /* Bit by bit, the highest first: entries before the last are there. */
    for (unsigned long step = 1UL << 31; step > 0; step >>= 1) {
        snprintf(entry, room, "%.*s[%lu]", (int)table, at, last + step);
        if (last + step < given && bytemap_find(map, entry, &found))
            last += step;
    }
    snprintf(entry, room, "%.*s[%lu]", (int)table, at, last);
    return bytemap_find(map, entry, &found);
}

static bool refuse_name(const struct bytemap *map, const char *at)
{
    char meant[128];
    const struct symbol *symbol = symbols_find(map->symbols, at);
    if (symbol)
        message(map->file, "error", "'%s' is at 0x%llx, in memory only", at, LLU(symbol->address));
    else if (begins_with_another(map, at, meant, sizeof meant))
        message(map->file, "error", "'%s': one place at a time, such as '%s'", at, meant);
    else if (place_name_is_known(at) && last_entry(map, at, meant, sizeof meant))
        message(map->file, "error", "this file has no '%s': %s is the last", at, meant);
    else if (place_name_is_known(at))
        message(map->file, "error", "this file has no '%s'; " WHAT_THERE_IS, at);
    else if (place_name_nearest(map, at, meant, sizeof meant))
        message(map->file, "error",
                "'%s': no field, structure, symbol or text of that name: did you mean '%s'?", at,
                meant);
    else
        message(map->file, "error",
                "'%s': no field, structure, symbol or text of that name; " WHAT_THERE_IS, at);
    return false;
}

/* Returns false after reporting that there is no such text. */
static bool find_text_only(const struct bytemap *map, const char *at, struct bytemap_place *found)
{
    switch (find_text(map, at, found)) {
    case TEXT_FOUND:
        return true;
    case TEXT_ABSENT:
        return refuse_name(map, at);
    case TEXT_ERROR:
        break;
    }
    return false;
}

static bool find_name(const struct bytemap *map, const char *at, struct bytemap_place *found)
{
    const struct symbol *symbol = symbols_find(map->symbols, at);
    if (!bytemap_find(map, at, found))
        return symbol || place_name_is_known(at) ? refuse_name(map, at)
                                                 : find_text_only(map, at, found);
    if (symbol && symbol->offset == found->offset)
        note_text(map, at);
    else
        note_symbol(map, at, found);
    note_another(map, at, found);
    return true;
}

/* ---- the choice ---- */

bool file_place_find(const struct bytemap *map, const char *name, struct bytemap_place *found)
{
    uint64_t number;
    if (parse_number(name, &number))
        return find_number(map, number, found);
    if (*name == '@')
        return find_address(map, name + 1, found);
    if (*name == '"')
        return find_text_only(map, name, found);
    return find_name(map, name, found);
}
