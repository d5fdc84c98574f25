/* Prints tables of system calls, one per line. */
#include <stdio.h>
#include <string.h>

#include "syscall.h"
#include "syscalls/parameter_text.h"

/* A line being filled. It counts its own length: stdio would count bytes that were cut. */
struct line {
    char text[SYSCALL_WIDTH + 1];
    size_t length;
};

/* Adds text from column `at` on, or after what is there. What does not fit ends in "...". */
static void put(struct line *line, size_t at, const char *text)
{
    if (line->length && line->length >= at)
        at = line->length + 1;
    while (line->length < at && line->length < SYSCALL_WIDTH)
        line->text[line->length++] = ' ';
    size_t length = strlen(text), room = SYSCALL_WIDTH - line->length;
    memcpy(line->text + line->length, text, length < room ? length : room);
    line->length += length < room ? length : room;
    if (length > room)
        memcpy(line->text + SYSCALL_WIDTH - 3, "...", 3);
}

static void put_number(struct line *line, size_t at, int number)
{
    char text[16] = "   -";
    if (number >= 0)
        snprintf(text, sizeof text, "%4d", number);
    put(line, at, text);
}

static void end(struct elfgen_text *out, struct line *line)
{
    elfgen_text_bytes(out, line->text, line->length);
    elfgen_text_char(out, '\n');
    line->length = 0;
}

static const char *entry_of(const struct call_facts *call)
{
    return call->implemented ? call->entry : "not implemented";
}

/* Columns are wide enough for most texts; a longer one moves the next. */
void syscall_put_list(struct elfgen_text *out, const struct call_facts *calls, size_t count)
{
    enum { NAME = 6, ENTRY = 27, PARAMETERS = 58 };
    struct line line = {.length = 0};
    put(&line, 0, "  nr");
    put(&line, NAME, "name");
    put(&line, ENTRY, "entry point");
    put(&line, PARAMETERS, "parameters");
    end(out, &line);
    for (size_t i = 0; i < count; i++) {
        char text[CALL_PROTOTYPE_ROOM];
        put_number(&line, 0, calls[i].number);
        put(&line, NAME, calls[i].name);
        put(&line, ENTRY, entry_of(&calls[i]));
        parameter_text_names(&calls[i], text);
        put(&line, PARAMETERS, text);
        end(out, &line);
    }
}

/* Prints an entry point without the prefix that all have, so that all fit on a line. */
static void put_function(struct line *line, size_t at, const struct call_facts *call)
{
    const char *entry = entry_of(call);
    const char *behind = call->implemented ? strstr(entry + 2, "_") : NULL;
    put(line, at, behind ? behind + 1 : entry);
}

/* The columns of one ABI after another: numbers, as many digits as a number has here, then entry
 * points. */
enum { NUMBERS = 29, NUMBER_WIDTH = 5, DIGITS = 4, ENTRIES = NUMBERS + CALL_ABIS * NUMBER_WIDTH };
enum { ENTRY_WIDTH = (SYSCALL_WIDTH - ENTRIES) / CALL_ABIS - 2 };

void syscall_put_names(struct elfgen_text *out, const struct call_facts *calls, size_t count)
{
    struct line line = {.length = 0};
    put(&line, 0, "name");
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        const char *name = syscall_abi(abi)->name;
        put(&line, NUMBERS + NUMBER_WIDTH * abi + DIGITS - strlen(name), name);
    }
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        char text[CALL_ENTRY_ROOM];
        snprintf(text, sizeof text, "%s...", syscall_abi(abi)->entry);
        put(&line, ENTRIES + ENTRY_WIDTH * abi, text);
    }
    end(out, &line);
    for (size_t i = 0; i < count;) {
        const struct call_facts *of[CALL_ABIS] = {NULL}, *first = &calls[i];
        for (; i < count && strcmp(calls[i].name, first->name) == 0; i++)
            of[calls[i].abi] = &calls[i];
        put(&line, 0, first->name);
        for (unsigned abi = 0; abi < CALL_ABIS; abi++)
            put_number(&line, NUMBERS + NUMBER_WIDTH * abi, of[abi] ? of[abi]->number : -1);
        for (unsigned abi = 0; abi < CALL_ABIS; abi++)
            if (of[abi])
                put_function(&line, ENTRIES + ENTRY_WIDTH * abi, of[abi]);
        end(out, &line);
    }
}
