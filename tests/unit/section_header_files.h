/* A file, and section headers and symbols to append to it. */
#ifndef SECTION_HEADER_FILES_H
#define SECTION_HEADER_FILES_H

#include <elf.h>
#include <string.h>

#include "elfgen.h"
#include "room.h"

enum { FILE_SIZE = 203 }; /* odd, so that headers must be aligned */

/* Both classes in both byte orders. */
static const struct {
    enum elfgen_class class_;
    enum elfgen_order order;
} kinds[] = {{ELFGEN_CLASS64, ELFGEN_LITTLE_ENDIAN},
             {ELFGEN_CLASS64, ELFGEN_BIG_ENDIAN},
             {ELFGEN_CLASS32, ELFGEN_LITTLE_ENDIAN},
             {ELFGEN_CLASS32, ELFGEN_BIG_ENDIAN}};

static inline void set(uint8_t *bytes, int kind, const char *name, uint64_t value)
{
    const struct elfgen_structure *ehdr = &elfgen_structures[ELFGEN_STRUCTURE_ehdr];
    for (size_t i = 0; i < ehdr->count; i++)
        if (strcmp(ehdr->fields[i].name, name) == 0)
            elfgen_field_set(&ehdr->fields[i], kinds[kind].class_, kinds[kind].order, bytes, value);
}

/* An ELF header, and bytes that must not change. */
static inline void make_file(uint8_t bytes[FILE_SIZE], int kind)
{
    for (size_t i = 0; i < FILE_SIZE; i++)
        bytes[i] = (uint8_t)(i * 7);
    memset(bytes, 0, 64);
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t) "\177ELF"[i];
    set(bytes, kind, "ei_class", kinds[kind].class_);
    set(bytes, kind, "ei_data", kinds[kind].order);
    set(bytes, kind, "ei_version", 1);
    set(bytes, kind, "e_version", 1);
    set(bytes, kind, "e_type", ET_EXEC);
    set(bytes, kind, "e_machine", EM_PPC);
    set(bytes, kind, "e_entry", 0x10078);
    set(bytes, kind, "e_ehsize", elfgen_structure_size(ELFGEN_STRUCTURE_ehdr, kinds[kind].class_));
}

/* Appends `wanted` to a copy of `file`, which the caller frees. */
static inline uint8_t *write_whole(const uint8_t *file, size_t size, enum elfgen_class class_,
                                   const struct elfgen_section_headers *wanted, size_t *whole)
{
    struct elfgen_error error = {0};
    size_t needed = elfgen_write_section_headers(NULL, 0, size, class_, wanted, &error);
    ck_assert_msg(needed > size, "%s", error.text);
    ck_assert_int_eq(error.status, ELFGEN_NO_ROOM);
    uint8_t *bytes = malloc(needed);
    memcpy(bytes, file, size);
    memset(bytes + size, 0xaa, needed - size);
    /* One byte too few: nothing is written. */
    ck_assert_uint_eq(elfgen_write_section_headers(bytes, needed - 1, size, class_, wanted, &error),
                      needed);
    ck_assert_mem_eq(bytes, file, size);
    ck_assert_uint_eq(bytes[size], 0xaa);
    *whole = elfgen_write_section_headers(bytes, needed, size, class_, wanted, &error);
    ck_assert_uint_eq(*whole, needed);
    return bytes;
}

static const struct elfgen_section_header sections[] = {
    {".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0x10078, 120, 46, 1, 0},
    {"", SHT_PROGBITS, SHF_ALLOC, 0x100a6, 166, 12, 4, 0},
    {".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 0x20000, 0x99999, 0x100, 16, 0},
    {".table", SHT_PROGBITS, 0, 0, FILE_SIZE, 0, 0, 24},
};

static const struct elfgen_symbol_entry symbols[] = {
    {"_start", 0x10078, 46, STT_FUNC, STB_GLOBAL, 0},
    {"text.1", 0x100a6, 12, STT_OBJECT, STB_LOCAL, 1},
    {"", 0x20000, 0, STT_NOTYPE, STB_WEAK, 2},
    {"number", 0xfffffff0, 0, STT_NOTYPE, STB_LOCAL, ELFGEN_SYMBOL_ABSOLUTE},
    {"nowhere", 0, 0, STT_NOTYPE, STB_GLOBAL, ELFGEN_SYMBOL_UNDEFINED},
};

#endif
