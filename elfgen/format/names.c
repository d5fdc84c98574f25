/* Looks up the names of numbers in headers: machines, types, flags. */
#include "elfgen/names.h"

#include <stddef.h>

#include "elfgen/search.h"

enum { ANY_OSABI = -1 };

/* The name of a value on one machine (0: all) and one OS/ABI (-1: all). */
struct name {
    uint16_t machine;
    int16_t osabi;
    uint32_t value;
    const char *text;
};

static const struct name segment_types[] = {
#define SEGMENT_TYPE(machine, osabi, value, text) {machine, osabi, value, text},
#include "segment_types.def"
#undef SEGMENT_TYPE
};

static const struct name section_types[] = {
#define SECTION_TYPE(machine, osabi, value, text) {machine, osabi, value, text},
#include "section_types.def"
#undef SECTION_TYPE
};

static const struct {
    uint16_t machine;
    uint8_t value;
    const char *ident;
    const char *text;
} osabis[] = {
#define OSABI(machine, value, ident, text) {machine, value, ident, text},
#include "osabis.def"
#undef OSABI
};

static const struct machine_row {
    uint16_t machine;
    const char *text;
} machines[] = {
#define MACHINE(number, ident, text) {number, text},
#include "machines.def"
#undef MACHINE
};

static const struct {
    uint16_t machine;
    int16_t osabi;
    uint32_t bit;
    char letter;
} section_flags[] = {
#define SECTION_FLAG(machine, osabi, bit, letter) {machine, osabi, bit, letter},
#include "section_flags.def"
#undef SECTION_FLAG
};

/* gABI 4.1, "Symbol Table"; [10] are GNU's. */
static const char *const symbol_types[] = {"NOTYPE", "OBJECT", "FUNC", "SECTION",
                                           "FILE",   "COMMON", "TLS",  [10] = "IFUNC"};
static const char *const symbol_bindings[] = {"LOCAL", "GLOBAL", "WEAK", [10] = "UNIQUE"};
static const char *const symbol_visibilities[] = {"DEFAULT", "INTERNAL", "HIDDEN", "PROTECTED"};
static const char *const class_names[] = {"none", "ELF32", "ELF64"};
static const char *const order_names[] = {"none", "2's complement, little endian",
                                          "2's complement, big endian"};
static const char *const file_type_names[] = {"NONE (None)", "REL (Relocatable file)",
                                              "EXEC (Executable file)", "DYN (Shared object file)",
                                              "CORE (Core file)"};

const char *elfgen_symbol_type_name(uint64_t type)
{
    return type < sizeof symbol_types / sizeof *symbol_types ? symbol_types[type] : NULL;
}

const char *elfgen_symbol_binding_name(uint64_t binding)
{
    return binding < sizeof symbol_bindings / sizeof *symbol_bindings ? symbol_bindings[binding]
                                                                      : NULL;
}

const char *elfgen_symbol_visibility_name(uint64_t visibility)
{
    return symbol_visibilities[visibility & 3];
}

const char *elfgen_class_name(uint64_t class_)
{
    return class_ < sizeof class_names / sizeof *class_names ? class_names[class_] : NULL;
}

const char *elfgen_order_name(uint64_t order)
{
    return order < sizeof order_names / sizeof *order_names ? order_names[order] : NULL;
}

const char *elfgen_file_type_name(uint64_t type)
{
    return type < sizeof file_type_names / sizeof *file_type_names ? file_type_names[type] : NULL;
}

enum { COUNT_MACHINES = sizeof machines / sizeof machines[0] };
enum { COUNT_OSABIS = sizeof osabis / sizeof osabis[0] };
enum { COUNT_FLAGS = sizeof section_flags / sizeof section_flags[0] };

static bool is_machine_below(const void *row, const void *machine)
{
    return ((const struct machine_row *)row)->machine < *(const uint64_t *)machine;
}

const char *elfgen_machine_name(uint64_t machine)
{
    /* The rows are sorted by number. */
    size_t row =
        elfgen_search(machines, COUNT_MACHINES, sizeof *machines, &machine, is_machine_below);
    return row < COUNT_MACHINES && machines[row].machine == machine ? machines[row].text : NULL;
}

const char *elfgen_osabi_name(uint64_t machine, uint64_t osabi)
{
    for (size_t i = 0; i < COUNT_OSABIS; i++)
        if (osabis[i].value == osabi && (osabis[i].machine == 0 || osabis[i].machine == machine))
            return osabis[i].text;
    return NULL;
}

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static bool same_word(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

int elfgen_osabi_number(uint64_t machine, const char *ident)
{
    for (size_t i = 0; ident && i < COUNT_OSABIS; i++)
        if ((osabis[i].machine == 0 || osabis[i].machine == machine) &&
            same_word(ident, osabis[i].ident))
            return osabis[i].value;
    return -1;
}

const char *elfgen_osabi_ident(unsigned index)
{
    for (size_t i = 0; i < COUNT_OSABIS; i++)
        if (osabis[i].machine == 0 && index-- == 0)
            return osabis[i].ident;
    return NULL;
}

static const char *find(const struct name *names, size_t count, uint64_t machine, uint64_t osabi,
                        uint64_t value)
{
    for (size_t i = 0; i < count; i++)
        if (names[i].value == value && (names[i].machine == 0 || names[i].machine == machine) &&
            (names[i].osabi == ANY_OSABI || (uint64_t)names[i].osabi == osabi))
            return names[i].text;
    return NULL;
}

const char *elfgen_segment_type_name(uint64_t machine, uint64_t osabi, uint64_t type)
{
    return find(segment_types, sizeof segment_types / sizeof segment_types[0], machine, osabi,
                type);
}

const char *elfgen_section_type_name(uint64_t machine, uint64_t osabi, uint64_t type)
{
    return find(section_types, sizeof section_types / sizeof section_types[0], machine, osabi,
                type);
}

char elfgen_section_flag_letter(uint64_t machine, uint64_t osabi, uint64_t bit)
{
    for (size_t i = 0; i < COUNT_FLAGS; i++)
        if (section_flags[i].bit == bit &&
            (section_flags[i].machine == 0 || section_flags[i].machine == machine) &&
            (section_flags[i].osabi == ANY_OSABI || (uint64_t)section_flags[i].osabi == osabi))
            return section_flags[i].letter;
    return '\0';
}
