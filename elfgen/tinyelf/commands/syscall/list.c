/* Prints tables of system calls, one per line. */
#include <stdio.h>
#include <string.h>

#include "base/table.h"
#include "syscall.h"
#include "syscalls/parameter_text.h"

enum { MOST_PLACES = 2 + 2 * CALL_ABIS, MOST_WIDTH = 255 };

/* A line being filled. It counts its own length: stdio would count bytes that were cut. In the wide
 * form a longer text moves the next; else it ends in "..." where its column ends. */
struct line {
    struct elfgen_text *out;
    struct table_place places[MOST_PLACES];
    size_t width; /* of the table */
    bool wide;
    char text[MOST_WIDTH];
    size_t length;
};

static void open_line(struct line *line, struct elfgen_text *out, size_t width,
                      const struct table_column *columns, size_t count)
{
    *line = (struct line){.out = out, .wide = width == 0};
    line->width = table_fit(columns, count, width < MOST_WIDTH ? width : MOST_WIDTH, line->places);
    line->width = line->width < MOST_WIDTH ? line->width : MOST_WIDTH;
}

/* Adds text from column `at` on, or after what is there, up to column `end`. What does not fit ends
 * in "...". */
static void put_at(struct line *line, size_t at, size_t end, const char *text)
{
    if (line->length && line->length >= at)
        at = line->length + 1;
    while (line->length < at && line->length < end)
        line->text[line->length++] = ' ';
    size_t length = strlen(text), room = end - line->length;
    memcpy(line->text + line->length, text, length < room ? length : room);
    line->length += length < room ? length : room;
    if (length > room)
        memcpy(line->text + end - 3, "...", 3);
}

static void put(struct line *line, unsigned column, const char *text)
{
    const struct table_place *place = &line->places[column];
    put_at(line, place->at, line->wide ? line->width : place->at + place->size, text);
}

static void put_number(struct line *line, unsigned column, int number)
{
    char text[16] = "   -";
    if (number >= 0)
        snprintf(text, sizeof text, "%4d", number);
    put(line, column, text);
}

static void end_line(struct line *line)
{
    elfgen_text_bytes(line->out, line->text, line->length);
    elfgen_text_char(line->out, '\n');
    line->length = 0;
}

static const char *entry_of(const struct call_facts *call)
{
    return call->implemented ? call->entry : "not implemented";
}

void syscall_put_list(struct elfgen_text *out, size_t width, const struct call_facts *calls,
                      size_t count)
{
    enum { NUMBER, NAME, ENTRY, PARAMETERS, COLUMN_COUNT };
    static const struct table_column columns[COLUMN_COUNT] = {
        [NUMBER] = {.wide = 4},
        [NAME] = {.gap = 2, .wide = 20, .least = 12, .shrink = 1},
        [ENTRY] = {.gap = 1, .wide = 30, .least = 12, .shrink = 3},
        [PARAMETERS] = {.gap = 1, .wide = 42, .least = 12, .shrink = 3, .grow = 1},
    };
    struct line line;
    open_line(&line, out, width, columns, COLUMN_COUNT);
    put(&line, NUMBER, "  nr");
    put(&line, NAME, "name");
    put(&line, ENTRY, "entry point");
    put(&line, PARAMETERS, "parameters");
    end_line(&line);
    for (size_t i = 0; i < count; i++) {
        char text[CALL_PROTOTYPE_ROOM];
        put_number(&line, NUMBER, calls[i].number);
        put(&line, NAME, calls[i].name);
        put(&line, ENTRY, entry_of(&calls[i]));
        parameter_text_names(&calls[i], text);
        put(&line, PARAMETERS, text);
        end_line(&line);
    }
}

/* Prints an entry point without the prefix that all have, so that all fit on a line. */
static void put_function(struct line *line, unsigned column, const struct call_facts *call)
{
    const char *entry = entry_of(call);
    const char *behind = call->implemented ? strstr(entry + 2, "_") : NULL;
    put(line, column, behind ? behind + 1 : entry);
}

/* The columns: the name, numbers of one ABI after another, then entry points. */
enum { NAMES, NUMBERS, ENTRIES = NUMBERS + CALL_ABIS, NAMES_COLUMNS = ENTRIES + CALL_ABIS };

static void put_head(struct line *line)
{
    put(line, NAMES, "name");
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        const char *name = syscall_abi(abi)->name;
        const struct table_place *place = &line->places[NUMBERS + abi];
        put_at(line, place->at + place->size - strlen(name), place->at + place->size, name);
    }
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        char text[CALL_ENTRY_ROOM];
        snprintf(text, sizeof text, "%s...", syscall_abi(abi)->entry);
        put(line, ENTRIES + abi, text);
    }
    end_line(line);
}

void syscall_put_names(struct elfgen_text *out, size_t width, const struct call_facts *calls,
                       size_t count)
{
    struct line line;
    struct table_column columns[NAMES_COLUMNS];
    columns[NAMES] = (struct table_column){.wide = 28, .least = 14, .shrink = 3};
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        const bool last = abi + 1 == CALL_ABIS;
        columns[NUMBERS + abi] = (struct table_column){.gap = 1, .wide = 4};
        columns[ENTRIES + abi] = (struct table_column){
            .gap = 1, .wide = last ? 33 : 27, .least = 10, .shrink = last ? 3 : 2, .grow = 1};
    }
    open_line(&line, out, width, columns, NAMES_COLUMNS);
    put_head(&line);
    for (size_t i = 0; i < count;) {
        const struct call_facts *of[CALL_ABIS] = {NULL}, *first = &calls[i];
        for (; i < count && strcmp(calls[i].name, first->name) == 0; i++)
            of[calls[i].abi] = &calls[i];
        put(&line, NAMES, first->name);
        for (unsigned abi = 0; abi < CALL_ABIS; abi++)
            put_number(&line, NUMBERS + abi, of[abi] ? of[abi]->number : -1);
        for (unsigned abi = 0; abi < CALL_ABIS; abi++)
            if (of[abi])
                put_function(&line, ENTRIES + abi, of[abi]);
        end_line(&line);
    }
}
