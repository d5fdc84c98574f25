/* Looks up the names of numbers in tables: dynamic tags and flags, relocation types, notes. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "elfgen/names.h"

#include "elfgen/search.h"

/* ---- dynamic entries ---- */

static const struct dynamic_tag {
    uint16_t machine;
    uint32_t value;
    const char *text;
    enum elfgen_kind kind;
} dynamic_tags[] = {
#define DYNAMIC_TAG(machine, value, text, kind) {machine, value, text, ELFGEN_KIND_##kind},
#include "dynamic_tags.def"
#undef DYNAMIC_TAG
};

static const struct {
    uint32_t tag, bit;
    const char *text;
} dynamic_flags[] = {
#define DYNAMIC_FLAG(tag, bit, text) {tag, bit, text},
#include "dynamic_flags.def"
#undef DYNAMIC_FLAG
};

static const struct dynamic_tag *find_tag(uint64_t machine, uint64_t tag)
{
    for (size_t i = 0; i < sizeof dynamic_tags / sizeof *dynamic_tags; i++)
        if (dynamic_tags[i].value == tag &&
            (dynamic_tags[i].machine == 0 || dynamic_tags[i].machine == machine))
            return &dynamic_tags[i];
    return NULL;
}

const char *elfgen_dynamic_tag_name(uint64_t machine, uint64_t tag)
{
    const struct dynamic_tag *found = find_tag(machine, tag);
    return found ? found->text : NULL;
}

enum elfgen_kind elfgen_dynamic_tag_kind(uint64_t machine, uint64_t tag)
{
    const struct dynamic_tag *found = find_tag(machine, tag);
    return found ? found->kind : ELFGEN_KIND_HEX;
}

void elfgen_dynamic_flags_text(struct elfgen_text *text, uint64_t tag, uint64_t flags)
{
    const char *between = "";
    for (size_t i = 0; i < sizeof dynamic_flags / sizeof *dynamic_flags; i++) {
        if (dynamic_flags[i].tag != tag || !(flags & dynamic_flags[i].bit))
            continue;
        elfgen_text_string(text, between);
        elfgen_text_string(text, dynamic_flags[i].text);
        between = " ";
        flags &= ~(uint64_t)dynamic_flags[i].bit;
    }
    if (flags != 0) {
        elfgen_text_string(text, between);
        elfgen_text_0x(text, flags);
    }
}

/* ---- relocation types ---- */

struct relocation_name {
    uint16_t machine;
    uint16_t value;
    const char *text;
};

/* Those that the library knows, and all others, sorted. */
static const struct relocation_name known_types[] = {
#define ELFGEN_RELOCATION_TYPE(machine, value, name) {machine, value, #name},
#include "elfgen/relocation_types.def"
#undef ELFGEN_RELOCATION_TYPE
};

static const struct relocation_name other_types[] = {
#define RELOCATION_NAME(machine, value, text) {machine, value, text},
#include "relocation_names.def"
#undef RELOCATION_NAME
};

/* Machines that have the types of another one. */
static const struct {
    uint16_t machine, other;
} same_types[] = {{6, 3} /* i486 */, {10, 8} /* MIPS RS3000 */, {18, 2}, {43, 2} /* SPARC */};

static bool comes_before(const void *item, const void *key)
{
    const struct relocation_name *a = item, *b = key;
    return a->machine != b->machine ? a->machine < b->machine : a->value < b->value;
}

const char *elfgen_relocation_type_name(uint64_t machine, uint64_t type)
{
    enum { COUNT = sizeof other_types / sizeof *other_types };
    if (machine > UINT16_MAX || type > UINT16_MAX)
        return NULL;
    struct relocation_name key = {(uint16_t)machine, (uint16_t)type, NULL};
    for (size_t i = 0; i < sizeof same_types / sizeof *same_types; i++)
        if (same_types[i].machine == machine)
            key.machine = same_types[i].other;
    for (size_t i = 0; i < sizeof known_types / sizeof *known_types; i++)
        if (known_types[i].machine == key.machine && known_types[i].value == key.value)
            return known_types[i].text;
    size_t row = elfgen_search(other_types, COUNT, sizeof *other_types, &key, comes_before);
    return row < COUNT && other_types[row].machine == key.machine &&
                   other_types[row].value == key.value
               ? other_types[row].text
               : NULL;
}

/* ---- notes ---- */

static const struct {
    const char *owner;
    uint32_t value;
    const char *text;
} note_types[] = {
#define NOTE_TYPE(owner, value, text) {owner, value, text},
#include "note_types.def"
#undef NOTE_TYPE
};

static const struct {
    const char *text;
    uint32_t value;
    enum elfgen_kind kind;
} auxv_types[] = {
#define AUXV_TYPE(value, text, kind) {text, value, ELFGEN_KIND_##kind},
#include "auxv_types.def"
#undef AUXV_TYPE
};

const char *elfgen_note_type_name(const char *owner, uint64_t type)
{
    /* Owners whose other numbers have no name; those of all others may have a common one. */
    static const char *const closed[] = {"CORE", "GNU", "stapsdt"};
    const char *common = NULL;
    if (!owner)
        return NULL;
    if (strcmp(owner, "LINUX") == 0)
        owner = "CORE";
    for (size_t i = 0; i < sizeof note_types / sizeof *note_types; i++) {
        bool same = strcmp(note_types[i].owner, owner) == 0;
        if (note_types[i].value != type)
            continue;
        if (same)
            return note_types[i].text;
        if (note_types[i].owner[0] == '\0')
            common = note_types[i].text;
    }
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        if (strcmp(owner, closed[i]) == 0)
            return NULL;
    return common;
}

const char *elfgen_auxv_type_name(uint64_t type)
{
    for (size_t i = 0; i < sizeof auxv_types / sizeof *auxv_types; i++)
        if (auxv_types[i].value == type)
            return auxv_types[i].text;
    return NULL;
}

enum elfgen_kind elfgen_auxv_type_kind(uint64_t type)
{
    for (size_t i = 0; i < sizeof auxv_types / sizeof *auxv_types; i++)
        if (auxv_types[i].value == type)
            return auxv_types[i].kind;
    return ELFGEN_KIND_HEX;
}

/* ---- signals ---- */

/* The numbers of a signal: on most processors, and on those that have their own. */
enum { USUAL, SPARC, MIPS, PARISC, NUMBERINGS };

static const struct {
    const char *name;
    uint8_t numbers[NUMBERINGS];
} signals[] = {
#define SIGNAL(name, usual, sparc, mips, parisc) {name, {usual, sparc, mips, parisc}},
#include "signals.def"
#undef SIGNAL
};

/* Machines with numbers of their own. */
static const struct {
    uint16_t machine, numbering;
} numberings[] = {{2, SPARC}, {18, SPARC}, {43, SPARC}, {0x9026, SPARC} /* Alpha */,
                  {8, MIPS},  {10, MIPS},  {15, PARISC}};

static const struct {
    const char *signal;
    int32_t code;
    const char *name;
} signal_codes[] = {
#define SIGNAL_CODE(signal, code, name) {signal, code, name},
#include "signal_codes.def"
#undef SIGNAL_CODE
};

const char *elfgen_signal_name(uint64_t machine, uint64_t number)
{
    unsigned numbering = USUAL;
    for (size_t i = 0; i < sizeof numberings / sizeof *numberings; i++)
        if (numberings[i].machine == machine)
            numbering = numberings[i].numbering;
    for (size_t i = 0; i < sizeof signals / sizeof *signals && number != 0; i++)
        if (signals[i].numbers[numbering] == number)
            return signals[i].name;
    return NULL;
}

const char *elfgen_signal_code_name(uint64_t machine, uint64_t signal, int64_t code)
{
    const char *name = elfgen_signal_name(machine, signal);
    for (size_t i = 0; i < sizeof signal_codes / sizeof *signal_codes; i++)
        if (signal_codes[i].code == code && (signal_codes[i].signal[0] == '\0' ||
                                             (name && strcmp(signal_codes[i].signal, name) == 0)))
            return signal_codes[i].name;
    return NULL;
}
