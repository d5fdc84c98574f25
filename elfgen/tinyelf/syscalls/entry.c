/* Finds the kernel's functions that implement system calls. */
#include "table.h"

#include <string.h>

#include "elfgen/search.h"
#include "elfgen/text.h"

struct entry_row {
    enum call_abi abi;
    const char *name;
    const char *function; /* NULL: the kernel has none */
};

/* clang-format off */
#define ENTRY(abi, name, function) {CALL_##abi, #name, #function},
#define NO_ENTRY(abi, name) {CALL_##abi, #name, NULL},
/* clang-format on */
static const struct entry_row entries[] = {
#include "entries.def"
};

enum { ENTRIES = sizeof entries / sizeof entries[0] };

/* Indices of the rows, by ABI and name. */
/* clang-format off */
#define NAME(abi, number, name)
#define INNER(abi, through, name)
#define PARAMETERS(index)
#define ENTRY_POINT(index) index,
/* clang-format on */
static const uint16_t by_name[ENTRIES] = {
#include <syscall_names.def>
};

static bool comes_before(const void *item, const void *key)
{
    const struct entry_row *row = &entries[*(const uint16_t *)item], *wanted = key;
    return row->abi != wanted->abi ? row->abi < wanted->abi : strcmp(row->name, wanted->name) < 0;
}

const char *syscall_entry(enum call_abi abi, const char *name, char entry[CALL_ENTRY_ROOM])
{
    const struct entry_row wanted = {.abi = abi, .name = name};
    const size_t at = elfgen_search(by_name, ENTRIES, sizeof by_name[0], &wanted, comes_before);
    const struct entry_row *row = at < ENTRIES ? &entries[by_name[at]] : NULL;
    struct elfgen_text text = {.bytes = entry, .capacity = CALL_ENTRY_ROOM - 1};
    if (row && (row->abi != abi || strcmp(row->name, name) != 0))
        row = NULL;
    if (row && !row->function)
        return NULL;
    elfgen_text_string(&text, syscall_abi(abi)->entry);
    elfgen_text_string(&text, row ? row->function : "sys_");
    elfgen_text_string(&text, row ? "" : name);
    entry[text.length] = '\0';
    return entry;
}
