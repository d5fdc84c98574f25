/* link/: objects by hand -> one program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../elfgen/link/link.h"
#include "elfgen.h"
#include "room.h"

/* ---- objects by hand ---- */

enum { MOST_PARTS = 64, ALLOC = ELFGEN_SHF_ALLOC, TEXT = ALLOC | ELFGEN_SHF_EXECINSTR };

static struct link_object *make_object(const char *name)
{
    struct link_object *object = calloc(1, sizeof *object);
    object->name = name;
    object->machine = ELFGEN_EM_X86_64;
    object->sections = calloc(MOST_PARTS, sizeof *object->sections);
    object->symbols = calloc(MOST_PARTS, sizeof *object->symbols);
    object->relocations = calloc(MOST_PARTS, sizeof *object->relocations);
    object->sections[0] = (struct link_section){.name = "", .place = LINK_NONE};
    object->symbols[0] =
        (struct link_symbol){.name = "", .section = LINK_UNDEFINED, .global = LINK_NONE};
    object->section_count = object->symbol_count = 1;
    return object;
}

static uint32_t add_section(struct link_object *object, const char *name, uint64_t flags,
                            const void *bytes, uint64_t size, uint64_t align)
{
    object->sections[object->section_count] =
        (struct link_section){.name = name,
                              .bytes = bytes,
                              .size = size,
                              .align = align,
                              .flags = flags,
                              .type = bytes ? ELFGEN_SHT_PROGBITS : ELFGEN_SHT_NOBITS,
                              .place = LINK_NONE,
                              .first_relocation = (uint32_t)object->relocation_count};
    return (uint32_t)object->section_count++;
}

/* One whose contents may be merged. */
static uint32_t add_pieces(struct link_object *object, bool strings, uint64_t entry_size,
                           const void *bytes, uint64_t size, uint64_t align)
{
    const uint64_t flags = ALLOC | ELFGEN_SHF_MERGE | (strings ? ELFGEN_SHF_STRINGS : 0);
    uint32_t index = add_section(object, ".rodata", flags, bytes, size, align);
    object->sections[index].entry_size = entry_size;
    return index;
}

static uint32_t add_symbol(struct link_object *object, const char *name, uint8_t binding,
                           uint32_t section, uint64_t value)
{
    object->symbols[object->symbol_count] =
        (struct link_symbol){.name = name,
                             .binding = binding,
                             .section = section,
                             .value = value,
                             .size = section == LINK_COMMON ? 8 : 0,
                             .global = LINK_NONE};
    return (uint32_t)object->symbol_count++;
}

static uint32_t section_symbol(struct link_object *object, uint32_t section)
{
    uint32_t symbol = add_symbol(object, "", ELFGEN_STB_LOCAL, section, 0);
    object->symbols[symbol].type = ELFGEN_STT_SECTION;
    return symbol;
}

/* In the section that was added last of those with relocations. */
static void add_pointer(struct link_object *object, uint32_t section, uint32_t symbol,
                        uint64_t offset, int64_t addend)
{
    if (object->sections[section].relocation_count++ == 0)
        object->sections[section].first_relocation = (uint32_t)object->relocation_count;
    object->relocations[object->relocation_count++] =
        (struct elfgen_relocation){.section = section,
                                   .symbol = symbol,
                                   .type = ELFGEN_R_X86_64_64,
                                   .offset = offset,
                                   .addend = addend};
}

/* ---- a link, its file, and what was told ---- */

static char told[4096];

static void remember(void *context, const char *text)
{
    (void)context;
    size_t length = strlen(told);
    snprintf(told + length, sizeof told - length, "%s\n", text);
}

static struct link begin_link(void)
{
    told[0] = '\0';
    return (struct link){
        .tell = remember, .entry = "_start", .machine = ELFGEN_EM_X86_64, .base = 0x10000};
}

struct file {
    struct elfgen_layout layout;
    uint8_t *bytes;
    size_t size;
};

static struct file write_file(const struct link *link)
{
    struct file file;
    struct elfgen_error error;
    ck_assert_msg(elfgen_layout_single(&link->program, NULL, &file.layout, &error) == ELFGEN_OK,
                  "%s", error.text);
    file.bytes = malloc(file.layout.file_size);
    file.size =
        elfgen_write_image(&link->program, &file.layout, file.bytes, file.layout.file_size, &error);
    ck_assert_msg(file.size == file.layout.file_size, "%s", error.text);
    return file;
}

/* The bytes at an address, `size` of them at least. */
static const uint8_t *at_address(const struct file *file, uint64_t address, uint64_t size)
{
    ck_assert_uint_ge(address, 0x10000);
    ck_assert_uint_le(address - 0x10000, file->size);
    ck_assert_uint_le(size, file->size - (address - 0x10000));
    return file->bytes + (address - 0x10000);
}

/* The number that stands `index` numbers behind the entry. */
static uint64_t number_at(const struct file *file, size_t index)
{
    uint64_t number;
    memcpy(&number, at_address(file, file->layout.exec.entry + 8 * index, 8), 8);
    return number;
}

/* An object whose .text, at _start, has room for numbers. */
static const uint8_t zeros[8 * MOST_PARTS];
static struct link_object *make_start(uint32_t *text, size_t numbers)
{
    struct link_object *object = make_object("start.o");
    *text = add_section(object, ".text", TEXT, zeros, 8 * numbers, 1);
    add_symbol(object, "_start", ELFGEN_STB_GLOBAL, *text, 0);
    return object;
}

/* ---- the table ---- */

START_TEST(a_table_finds_what_was_put_in_and_nothing_else)
{
    enum { COUNT = 20000 };
    static char keys[COUNT][12];
    struct link_table table = {0};
    bool added;
    uint32_t value = 0;
    ck_assert(!link_table_get(&table, "a", 1, &value));
    for (uint32_t i = 0; i < COUNT; i++) {
        snprintf(keys[i], sizeof keys[i], "key%u", i);
        value = i;
        ck_assert(link_table_put(&table, keys[i], strlen(keys[i]), &value, &added));
        ck_assert(added);
        ck_assert_uint_eq(value, i);
    }
    ck_assert_uint_eq(table.count, COUNT);
    ck_assert_uint_le(table.count, table.capacity / 2 + 1);
    for (uint32_t i = 0; i < COUNT; i++) {
        char copy[12];
        memcpy(copy, keys[i], sizeof copy);
        value = UINT32_MAX;
        ck_assert(link_table_put(&table, copy, strlen(copy), &value, &added));
        ck_assert(!added);
        ck_assert_uint_eq(value, i);
        ck_assert(link_table_get(&table, copy, strlen(copy), &value));
        ck_assert_uint_eq(value, i);
        ck_assert(!link_table_get(&table, keys[i], strlen(keys[i]) + 1, &value));
    }
    ck_assert_uint_eq(table.count, COUNT);
    ck_assert(!link_table_get(&table, "key20000", 8, &value));
    link_table_free(&table);
    ck_assert(!link_table_get(&table, keys[0], strlen(keys[0]), &value));
    link_table_free(&table);
}
END_TEST

START_TEST(keys_of_other_lengths_are_other_keys_whatever_they_begin_with)
{
    static const uint8_t bytes[64];
    struct link_table table = {0};
    bool added;
    uint32_t value;
    for (uint32_t size = 0; size <= 64; size++) {
        value = size;
        ck_assert(link_table_put(&table, bytes, size, &value, &added));
        ck_assert(added);
    }
    for (uint32_t size = 0; size <= 64; size++) {
        uint8_t *copy = calloc(1, size ? size : 1); /* exactly as long: asan sees a byte more */
        ck_assert(link_table_get(&table, copy, size, &value));
        ck_assert_uint_eq(value, size);
        free(copy);
    }
    link_table_free(&table);
}
END_TEST

/* ---- merging ---- */

/* Rows: sections of one object each, and what of them is pointed to. */
struct pointer {
    int section;
    int64_t addend;
    const char *content; /* what stands there */
    size_t size, align;
};
#define UNITS(text) (text), sizeof(text)
static const struct merging {
    const char *what;
    struct {
        bool strings;
        uint64_t entry_size;
        const char *bytes;
        uint64_t size; /* with the C string's own zero */
        uint64_t align;
    } sections[3];
    struct pointer pointers[6];
    uint64_t kept; /* bytes of all that is merged, padding between two in a section included */
} mergings[] = {
    {"a string that ends another is in it",
     {{true, 1, UNITS("hello world\0world\0ld\0xyz"), 1}},
     {{0, 0, UNITS("hello world"), 1},
      {0, 12, UNITS("world"), 1},
      {0, 18, UNITS("ld"), 1},
      {0, 21, UNITS("xyz"), 1}},
     12 + 4},
    {"equal strings of several objects are one",
     {{true, 1, UNITS("one\0two"), 1}, {true, 1, UNITS("two\0one"), 1}, {true, 1, UNITS("one"), 1}},
     {{0, 0, UNITS("one"), 1},
      {0, 4, UNITS("two"), 1},
      {1, 0, UNITS("two"), 1},
      {1, 4, UNITS("one"), 1},
      {2, 0, UNITS("one"), 1}},
     8},
    {"what nothing points to is not there",
     {{true, 1, UNITS("dead\0alive\0dead, too"), 1}},
     {{0, 5, UNITS("alive"), 1}},
     6},
    {"a dead string does not host a live one",
     {{true, 1, UNITS("undead\0dead"), 1}},
     {{0, 7, UNITS("dead"), 1}},
     5},
    {"the middle of a string is in its string",
     {{true, 1, UNITS("hello world\0x"), 1}},
     {{0, 3, UNITS("lo world"), 1}, {0, 11, UNITS(""), 1}},
     12},
    {"the empty string ends any",
     {{true, 1, UNITS("abc\0"), 1}},
     {{0, 0, UNITS("abc"), 1}, {0, 4, UNITS(""), 1}},
     4},
    {"an alignment that the end of another does not have is kept",
     {{true, 1, UNITS("xabc"), 4}, {true, 1, UNITS("abc"), 4}},
     {{0, 0, UNITS("xabc"), 4}, {1, 0, UNITS("abc"), 4}},
     8 + 4},
    {"an alignment that the end of another has is shared",
     {{true, 1, UNITS("wxyzabc"), 1}, {true, 1, UNITS("abc"), 4}},
     {{0, 0, UNITS("wxyzabc"), 1}, {1, 0, UNITS("abc"), 4}},
     8},
    {"the alignment of a string is its offset's",
     {{true, 1, UNITS("a\0bcd"), 8}},
     {{0, 0, UNITS("a"), 8}, {0, 2, UNITS("bcd"), 2}},
     2 + 4},
    {"wide strings of 2 bytes end each other at whole units",
     {{true, 2, UNITS("a\0b\0c\0\0\0b\0c\0\0"), 2}},
     {{0, 0, UNITS("a\0b\0c\0\0"), 2}, {0, 8, UNITS("b\0c\0\0"), 2}},
     8},
    {"wide strings of 4 bytes do",
     {{true, 4, UNITS("a\0\0\0b\0\0\0\0\0\0\0b\0\0\0\0\0\0"), 4}},
     {{0, 0, UNITS("a\0\0\0b\0\0\0\0\0\0"), 4}, {0, 12, UNITS("b\0\0\0\0\0\0"), 4}},
     12},
    {"equal constants are one, of 4 bytes",
     {{false, 4, "aaaabbbbcccc", 12, 4}, {false, 4, "bbbbaaaa", 8, 4}},
     {{1, 0, "bbbb", 4, 4}, {1, 4, "aaaa", 4, 4}},
     8},
    {"of 8 bytes",
     {{false, 8, "aaaaaaaabbbbbbbb", 16, 8}, {false, 8, "bbbbbbbb", 8, 8}},
     {{0, 0, "aaaaaaaa", 8, 8}, {0, 8, "bbbbbbbb", 8, 8}, {1, 0, "bbbbbbbb", 8, 8}},
     16},
    {"of 16 bytes, and none is found in another's half",
     {{false, 16, "aaaaaaaabbbbbbbb", 16, 16},
      {false, 8, "bbbbbbbb", 8, 8},
      {false, 16, "aaaaaaaabbbbbbbb", 16, 16}},
     {{0, 0, "aaaaaaaabbbbbbbb", 16, 16},
      {1, 0, "bbbbbbbb", 8, 8},
      {2, 0, "aaaaaaaabbbbbbbb", 16, 16}},
     24},
    {"a constant that is a string's content shares its place",
     {{true, 1, UNITS("abc"), 1}, {false, 4, UNITS("abc"), 4}},
     {{0, 0, UNITS("abc"), 1}, {1, 0, UNITS("abc"), 4}},
     4},
    {"and may end in a longer one where its alignment allows",
     {{true, 1, UNITS("xxxxabc"), 1}, {false, 4, UNITS("abc"), 4}, {true, 1, UNITS("abc"), 1}},
     {{0, 0, UNITS("xxxxabc"), 1}, {1, 0, UNITS("abc"), 4}, {2, 0, UNITS("abc"), 1}},
     8},
    {"a place at the end of a section is behind its last string",
     {{true, 1, UNITS("ab\0cd"), 1}, {true, 1, UNITS("zz"), 1}},
     {{0, 6, "", 0, 1}},
     3},
};

START_TEST(what_is_pointed_to_is_there_once_and_as_aligned_as_it_was)
{
    const struct merging *row = &mergings[_i];
    for (int named = 0; named < 2; named++) {
        struct link link = begin_link();
        uint32_t text;
        struct link_object *start = make_start(&text, 6), *objects[3] = {NULL};
        static const char *const names[] = {"p0", "p1", "p2", "p3", "p4", "p5"};
        static const char *const files[] = {"0.o", "1.o", "2.o"};
        for (int i = 0; i < 3 && row->sections[i].bytes; i++) {
            objects[i] = make_object(files[i]);
            ck_assert_uint_eq(add_pieces(objects[i], row->sections[i].strings,
                                         row->sections[i].entry_size, row->sections[i].bytes,
                                         row->sections[i].size, row->sections[i].align),
                              1);
        }
        /* By a name for each place, or by a section's symbol and an addend, from the section's
         * object. */
        for (size_t i = 0; i < 6 && row->pointers[i].content; i++) {
            const struct pointer *pointer = &row->pointers[i];
            struct link_object *from = objects[pointer->section];
            if (named) {
                add_symbol(from, names[i], ELFGEN_STB_GLOBAL, 1, (uint64_t)pointer->addend);
                add_pointer(start, text,
                            add_symbol(start, names[i], ELFGEN_STB_GLOBAL, LINK_UNDEFINED, 0),
                            8 * i, 0);
                continue;
            }
            const uint32_t table = add_section(from, ".text", TEXT, zeros, 8, 1);
            add_pointer(from, table, section_symbol(from, 1), 0, pointer->addend);
            add_symbol(from, names[i], ELFGEN_STB_GLOBAL, table, 0);
            add_pointer(start, text,
                        add_symbol(start, names[i], ELFGEN_STB_GLOBAL, LINK_UNDEFINED, 0), 8 * i,
                        0);
        }
        link_add_object(&link, start);
        for (int i = 0; i < 3 && objects[i]; i++)
            link_add_object(&link, objects[i]);
        ck_assert_msg(link_program(&link), "%s: %s", row->what, told);
        uint64_t kept = 0;
        for (size_t i = 0; i < link.program.section_count; i++)
            if (strcmp(link.program.sections[i].name, ".rodata") == 0)
                kept += link.program.sections[i].size;
        ck_assert_msg(kept == row->kept, "%s: %llu bytes, not %llu", row->what,
                      (unsigned long long)kept, (unsigned long long)row->kept);
        struct file file = write_file(&link);
        for (size_t i = 0; i < 6 && row->pointers[i].content; i++) {
            const struct pointer *pointer = &row->pointers[i];
            uint64_t address = number_at(&file, i);
            if (!named)
                memcpy(&address, at_address(&file, address, 8), 8);
            ck_assert_msg(memcmp(at_address(&file, address, pointer->size), pointer->content,
                                 pointer->size) == 0,
                          "%s: %zu", row->what, i);
            ck_assert_msg(address % pointer->align == 0, "%s: %zu at 0x%llx", row->what, i,
                          (unsigned long long)address);
        }
        free(file.bytes);
        link_release(&link);
    }
}
END_TEST

START_TEST(a_named_symbols_addend_counts_from_the_symbol)
{
    struct link link = begin_link();
    uint32_t text;
    struct link_object *start = make_start(&text, 2);
    const uint32_t strings = add_pieces(start, true, 1, "dead\0hello\0dead", 16, 1);
    const uint32_t hello = add_symbol(start, ".LC1", ELFGEN_STB_LOCAL, strings, 5);
    add_pointer(start, text, hello, 0, 2);
    add_pointer(start, text, hello, 8, -4);
    link_add_object(&link, start);
    ck_assert(link_program(&link));
    struct file file = write_file(&link);
    ck_assert_str_eq((const char *)at_address(&file, number_at(&file, 0), 4), "llo");
    ck_assert_uint_eq(number_at(&file, 1), number_at(&file, 0) - 6);
    ck_assert_uint_eq(file.size, 120 + 16 + 6);
    free(file.bytes);
    link_release(&link);
}
END_TEST

START_TEST(what_is_not_what_it_says_is_kept_as_it_is)
{
    static const struct {
        bool strings;
        uint64_t entry_size, size, align;
        const char *bytes;
    } broken[] = {
        {true, 1, 3, 1, "abc"},        /* its last string has no end */
        {true, 2, 7, 1, "a\0b\0\0\0"}, /* no whole units */
        {true, 2, 6, 1, "a\0b\0\0x"},
        {true, 0, 4, 1, "abc"},
        {true, 257, 4, 1, "abc"},
        {true, UINT64_MAX, 4, 1, "abc"},
        {false, 3, 4, 1, "abc"},
        {false, 4, 4, 128, "abc"}, /* nobody shares a cache line for a constant */
    };
    struct link link = begin_link();
    uint32_t text;
    struct link_object *start = make_start(&text, 1);
    const uint32_t section = add_pieces(start, broken[_i].strings, broken[_i].entry_size,
                                        broken[_i].bytes, broken[_i].size, broken[_i].align);
    add_pointer(start, text, section_symbol(start, section), 0, 0);
    link_add_object(&link, start);
    ck_assert(link_program(&link));
    ck_assert(!start->sections[section].merges);
    struct file file = write_file(&link);
    ck_assert_mem_eq(at_address(&file, number_at(&file, 0), broken[_i].size), broken[_i].bytes,
                     broken[_i].size);
    free(file.bytes);
    link_release(&link);
}
END_TEST

/* Where one of a section's strings or constants begins, and its size with its zero. */
static uint64_t random_piece(const struct link_section *section, uint64_t *size, uint64_t *state)
{
    const uint64_t entry = section->entry_size, wanted = next_random(state) % section->size;
    uint64_t begin = 0, end = 0;
    while (end <= wanted) {
        begin = end;
        bool is_zero = false;
        while (!is_zero) {
            is_zero = true;
            for (uint64_t i = 0; i < entry; i++)
                is_zero &= section->bytes[end + i] == 0;
            end += entry;
            is_zero |= !(section->flags & ELFGEN_SHF_STRINGS);
        }
    }
    *size = end - begin;
    return begin;
}

START_TEST(random_strings_and_constants_read_back_wherever_they_are)
{
    enum { BYTES = 96, OBJECTS = 3, SECTIONS = 5, POINTERS = 4, TABLE = SECTIONS * POINTERS };
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)(_i + 1);
    for (int round = 0; round < 200; round++) {
        static uint8_t bytes[OBJECTS][SECTIONS][BYTES];
        struct link link = begin_link();
        struct {
            const uint8_t *expected;
            uint64_t size, align;
        } all[OBJECTS * TABLE];
        size_t count = 0;
        uint32_t text;
        struct link_object *first = make_start(&text, MOST_PARTS - 1);
        link_add_object(&link, first);
        for (int o = 0; o < OBJECTS; o++) {
            struct link_object *object = make_object("random.o");
            link_add_object(&link, object);
            uint32_t sections[SECTIONS];
            for (int s = 0; s < SECTIONS; s++) {
                const bool strings = next_random(&state) % 3;
                const uint64_t entry = UINT64_C(1) << next_random(&state) % (strings ? 3 : 5);
                uint64_t size = entry * (1 + next_random(&state) % (BYTES / entry));
                uint8_t *at = bytes[o][s];
                for (uint64_t i = 0; i < size; i++)
                    at[i] = i % entry == 0 && next_random(&state) % 4
                                ? 'a' + next_random(&state) % 2
                                : 0;
                if (strings)
                    memset(at + size - entry, 0, entry);
                sections[s] = add_pieces(object, strings, entry, at, size,
                                         UINT64_C(1) << next_random(&state) % 7);
            }
            const uint32_t table =
                add_section(object, ".pointers", TEXT, zeros, 8 * (uint64_t)TABLE, 1);
            add_symbol(object, (const char *const[]){"t0", "t1", "t2"}[o], ELFGEN_STB_GLOBAL, table,
                       0);
            for (int s = 0; s < SECTIONS; s++) {
                const struct link_section *section = &object->sections[sections[s]];
                const uint32_t symbol = section_symbol(object, sections[s]);
                for (int p = 0; p < POINTERS; p++) {
                    const uint64_t begin = random_piece(section, &all[count].size, &state);
                    const uint64_t lowest = begin & (0 - begin);
                    all[count].expected = section->bytes + begin;
                    all[count++].align =
                        lowest && lowest < section->align ? lowest : section->align;
                    add_pointer(object, table, symbol, 8 * (uint64_t)(s * POINTERS + p),
                                (int64_t)begin);
                }
            }
            add_pointer(first, text,
                        add_symbol(first, (const char *const[]){"t0", "t1", "t2"}[o],
                                   ELFGEN_STB_GLOBAL, LINK_UNDEFINED, 0),
                        8 * (uint64_t)o, 0);
        }
        ck_assert_msg(link_program(&link), "%s", told);
        struct file file = write_file(&link);
        for (size_t i = 0; i < count; i++) {
            const uint64_t table = number_at(&file, i / TABLE);
            uint64_t address;
            memcpy(&address, at_address(&file, table + 8 * (i % TABLE), 8), 8);
            ck_assert_mem_eq(at_address(&file, address, all[i].size), all[i].expected, all[i].size);
            ck_assert_uint_eq(address % all[i].align, 0);
        }
        free(file.bytes);
        link_release(&link);
    }
}
END_TEST

/* ---- what lives ---- */

START_TEST(what_the_entry_does_not_need_is_not_there_even_in_a_circle)
{
    struct link link = begin_link();
    uint32_t text;
    struct link_object *start = make_start(&text, 1), *other = make_object("other.o");
    const uint32_t a = add_section(other, ".text.a", TEXT, zeros, 16, 1);
    const uint32_t b = add_section(other, ".text.b", TEXT, zeros, 16, 1);
    const uint32_t c = add_section(other, ".text.c", TEXT, zeros, 16, 1);
    const uint32_t d = add_section(other, ".text.d", TEXT, zeros, 16, 1);
    const uint32_t self = add_section(other, ".text.self", TEXT, zeros, 16, 1);
    const uint32_t note = add_section(other, ".comment", 0, zeros, 16, 1);
    add_symbol(other, "a", ELFGEN_STB_GLOBAL, a, 0);
    add_pointer(start, text, add_symbol(start, "a", ELFGEN_STB_GLOBAL, LINK_UNDEFINED, 0), 0, 0);
    add_pointer(other, a, section_symbol(other, b), 0, 0);
    add_pointer(other, b, section_symbol(other, a), 0, 0);
    add_pointer(other, c, section_symbol(other, d), 0, 0);
    add_pointer(other, d, section_symbol(other, c), 0, 0);
    add_pointer(other, d, add_symbol(other, "gone", ELFGEN_STB_GLOBAL, LINK_UNDEFINED, 0), 8, 0);
    add_pointer(other, self, section_symbol(other, self), 0, 0);
    link_add_object(&link, start);
    link_add_object(&link, other);
    if (_i == 1)
        link.keep_all = true;
    if (_i == 2)
        other->keeps_all = true;
    if (_i == 3)
        other->sections[d].flags |= ELFGEN_SHF_GNU_RETAIN;
    /* What is kept needs a name that nobody defines. */
    ck_assert(link_program(&link) == (_i == 0));
    if (_i > 0)
        ck_assert_str_eq(told, "other.o:(.text.d+0x8): undefined symbol 'gone'\n");
    ck_assert(other->sections[a].live);
    ck_assert(other->sections[b].live);
    ck_assert(other->sections[c].live == (_i > 0));
    ck_assert(other->sections[d].live == (_i > 0));
    ck_assert(other->sections[self].live == (_i == 1 || _i == 2));
    ck_assert(!other->sections[note].live);
    if (_i == 0) {
        struct file file = write_file(&link);
        ck_assert_uint_eq(file.size, 120 + 8 + 16 + 16);
        free(file.bytes);
    }
    link_release(&link);
}
END_TEST

START_TEST(names_around_a_section_keep_all_of_that_name_side_by_side)
{
    static const char *const names[] = {"1.o", "2.o", "3.o"};
    struct link link = begin_link();
    uint32_t text;
    struct link_object *start = make_start(&text, 2);
    link_add_object(&link, start);
    add_pointer(start, text, add_symbol(start, "__start_set", ELFGEN_STB_GLOBAL, LINK_UNDEFINED, 0),
                0, 0);
    add_pointer(start, text,
                add_symbol(start, "__stop_set", _i ? ELFGEN_STB_WEAK : ELFGEN_STB_GLOBAL,
                           LINK_UNDEFINED, 0),
                8, 0);
    for (size_t i = 0; i < 3; i++) {
        static const char *const contents[] = {"one", "two", "three"};
        struct link_object *object = make_object(names[i]);
        add_section(object, "set", ALLOC, contents[i], strlen(contents[i]), i == 2 ? 8 : 1);
        add_section(object, "other", ALLOC, contents[i], 1, 1);
        link_add_object(&link, object);
    }
    ck_assert_msg(link_program(&link), "%s", told);
    struct file file = write_file(&link);
    ck_assert_uint_eq(number_at(&file, 1) - number_at(&file, 0), 8 + 5);
    ck_assert_uint_eq(number_at(&file, 0) % 8, 0);
    ck_assert_mem_eq(at_address(&file, number_at(&file, 0), 13), "onetwo\0\0three", 13);
    for (size_t i = 1; i < link.object_count; i++) {
        ck_assert(link.objects[i]->sections[1].live);
        ck_assert(!link.objects[i]->sections[2].live);
    }
    free(file.bytes);
    link_release(&link);
}
END_TEST

START_TEST(names_around_no_section_are_undefined)
{
    struct link link = begin_link();
    uint32_t text;
    struct link_object *start = make_start(&text, 1);
    link_add_object(&link, start);
    add_pointer(start, text,
                add_symbol(start, "__start_set", _i ? ELFGEN_STB_WEAK : ELFGEN_STB_GLOBAL,
                           LINK_UNDEFINED, 0),
                0, 0);
    ck_assert(link_program(&link) == (_i == 1));
    if (_i == 0)
        ck_assert_str_eq(told, "start.o:(.text+0x0): undefined symbol '__start_set'\n");
    link_release(&link);
}
END_TEST

START_TEST(common_lives_when_it_is_needed_and_is_as_large_as_the_largest)
{
    struct link link = begin_link();
    uint32_t text, value;
    struct link_object *start = make_start(&text, 1), *other = make_object("other.o");
    const uint32_t mine = add_symbol(start, "needed", ELFGEN_STB_GLOBAL, LINK_COMMON, 4);
    const uint32_t theirs = add_symbol(other, "needed", ELFGEN_STB_GLOBAL, LINK_COMMON, 32);
    const uint32_t dead = add_symbol(other, "dead", ELFGEN_STB_GLOBAL, LINK_COMMON, 1);
    start->symbols[mine].size = 100;
    other->symbols[theirs].size = 10;
    other->symbols[dead].size = 1000000;
    add_pointer(start, text, mine, 0, 0);
    link_add_object(&link, start);
    link_add_object(&link, other);
    ck_assert_msg(link_program(&link), "%s", told);
    ck_assert(link_table_get(&link.names, "dead", 4, &value));
    ck_assert(!link.globals[value].live);
    struct file file = write_file(&link);
    ck_assert_uint_eq(number_at(&file, 0) % 32, 0);
    ck_assert_uint_eq(number_at(&file, 0) + 100 - 0x10000, file.layout.memory_size);
    ck_assert_uint_eq(file.size, 128);
    free(file.bytes);
    link_release(&link);
}
END_TEST

/* ---- who defines a name ---- */

/* The objects' claims in their order: U and u need it, u will do with 0; D and W define it, W
 * weakly; C has it COMMON. Archives stand behind all objects: A defines it, B weakly. */
static const struct {
    const char *claims;
    char winner; /* a, b, c, d: the first, the second, ...; C: COMMON; 0: nobody, the value is 0; U:
                    it is undefined; 2: there are two */
} claims[] = {
    {"U", 'U'},   {"u", '0'},   {"D", 'a'},   {"W", 'a'},    {"C", 'C'},    {"uU", 'U'},
    {"Uu", 'U'},  {"UD", 'b'},  {"DU", 'a'},  {"UW", 'b'},   {"WU", 'a'},   {"uW", 'b'},
    {"uD", 'b'},  {"UC", 'C'},  {"CU", 'C'},  {"uC", 'C'},   {"DW", 'a'},   {"WD", 'b'},
    {"WW", 'a'},  {"WWD", 'c'}, {"DC", 'a'},  {"CD", 'b'},   {"WC", 'C'},   {"CW", 'C'},
    {"CC", 'C'},  {"DD", '2'},  {"DWD", '2'}, {"CDD", '2'},  {"WCD", 'c'},  {"CWD", 'c'},
    {"DCW", 'a'}, {"DWC", 'a'}, {"WDC", 'b'}, {"CDW", 'b'},  {"UA", 'b'},   {"AU", 'a'},
    {"uA", '0'},  {"Au", '0'},  {"A", '0'},   {"uUA", 'c'},  {"AuU", 'a'},  {"DA", 'a'},
    {"WA", 'a'},  {"UWA", 'b'}, {"UDA", 'b'}, {"UB", 'b'},   {"BU", 'a'},   {"UAA", 'b'},
    {"UBA", 'b'}, {"UAB", 'b'}, {"uWA", 'b'}, {"UuUA", 'd'}, {"uuuD", 'd'},
};

/* An archive of one member. */
struct shelf {
    struct link_archive archive;
    struct link_offer offer;
    struct link_object *object;
};

static struct link_object *load_shelf(void *owner, size_t offer, bool *failed)
{
    struct shelf *shelf = owner;
    struct link_object *object = shelf->object;
    ck_assert_uint_eq(offer, 0);
    *failed = false;
    shelf->object = NULL;
    return object;
}

static void release_shelf(void *owner)
{
    struct shelf *shelf = owner;
    if (shelf->object)
        link_object_release(shelf->object);
    free(shelf);
}

static void add_claim(struct link *link, char kind, uint64_t value)
{
    struct link_object *object = make_object("claims.o");
    const bool weak = kind == 'u' || kind == 'W' || kind == 'B';
    const uint32_t section = kind == 'U' || kind == 'u' ? LINK_UNDEFINED
                             : kind == 'C'              ? LINK_COMMON
                                                        : LINK_ABSOLUTE;
    add_symbol(object, "name", weak ? ELFGEN_STB_WEAK : ELFGEN_STB_GLOBAL, section,
               kind == 'C' ? 8 : value);
    if (kind != 'A' && kind != 'B') {
        link_add_object(link, object);
        return;
    }
    struct shelf *shelf = calloc(1, sizeof *shelf);
    *shelf = (struct shelf){.archive = {.name = "lib.a",
                                        .offers = &shelf->offer,
                                        .offer_count = 1,
                                        .load = load_shelf,
                                        .release = release_shelf,
                                        .owner = shelf},
                            .offer = {.symbol = "name"},
                            .object = object};
    link_add_archive(link, &shelf->archive);
}

START_TEST(of_all_claims_the_strongest_wins_and_of_equals_the_first)
{
    const char *kinds = claims[_i].claims;
    const char winner = claims[_i].winner;
    /* With the object that reads the name in front, and behind. */
    for (int behind = 0; behind < 2; behind++) {
        struct link link = begin_link();
        uint32_t text;
        struct link_object *start = make_start(&text, 1);
        add_pointer(start, text, add_symbol(start, "name", ELFGEN_STB_WEAK, LINK_UNDEFINED, 0), 0,
                    0);
        if (!behind)
            link_add_object(&link, start);
        for (size_t i = 0; kinds[i]; i++)
            add_claim(&link, kinds[i], 0x1000000 * (i + 1));
        if (behind)
            link_add_object(&link, start);
        const bool linked = link_program(&link);
        ck_assert_msg(linked == (winner != 'U' && winner != '2'), "%s: %s", kinds, told);
        if (winner == 'U')
            ck_assert_str_eq(told, "start.o:(.text+0x0): undefined symbol 'name'\n");
        if (winner == '2')
            ck_assert_ptr_nonnull(strstr(told, "duplicate symbol 'name'"));
        if (linked) {
            struct file file = write_file(&link);
            const uint64_t value = number_at(&file, 0), memory = file.layout.memory_size;
            if (winner == 'C')
                ck_assert_msg(value == 0x10000 + memory - 8, "%s: 0x%llx", kinds,
                              (unsigned long long)value);
            else
                ck_assert_msg(value ==
                                  (winner == '0' ? 0 : 0x1000000 * (uint64_t)(winner - 'a' + 1)),
                              "%s: 0x%llx", kinds, (unsigned long long)value);
            free(file.bytes);
        }
        link_release(&link);
    }
}
END_TEST

START_TEST(a_discarded_groups_definition_is_the_kept_ones)
{
    struct link link = begin_link();
    uint32_t text;
    struct link_object *start = make_start(&text, 1);
    add_pointer(start, text, add_symbol(start, "inline", ELFGEN_STB_GLOBAL, LINK_UNDEFINED, 0), 0,
                0);
    link_add_object(&link, start);
    for (int i = 0; i < 2; i++) {
        struct link_object *object = make_object(i ? "second.o" : "first.o");
        const uint32_t section =
            add_section(object, ".text.inline", TEXT, i ? "second" : "first!", 6, 1);
        add_symbol(object, "inline", ELFGEN_STB_GLOBAL, section, 0);
        object->groups = calloc(1, sizeof *object->groups);
        object->groups[0].signature = "inline";
        object->groups[0].members = malloc(sizeof(uint32_t));
        object->groups[0].members[0] = section;
        object->groups[0].member_count = object->group_count = 1;
        link_add_object(&link, object);
    }
    ck_assert_msg(link_program(&link), "%s", told);
    struct file file = write_file(&link);
    ck_assert_mem_eq(at_address(&file, number_at(&file, 0), 6), "first!", 6);
    ck_assert_uint_eq(file.size, 120 + 8 + 6);
    free(file.bytes);
    link_release(&link);
}
END_TEST

START_TEST(a_program_without_its_entry_says_so_and_one_without_objects_does)
{
    struct link link = begin_link();
    ck_assert(!link_program(&link));
    ck_assert(link.no_entry);
    link_release(&link);
    link = begin_link();
    link.entry = NULL;
    ck_assert(link_program(&link));
    ck_assert_uint_eq(link.program.relocation_count, 0);
    link_release(&link);
}
END_TEST

static Suite *link_suite(void)
{
    Suite *suite = suite_create("link");
    TCase *table = tcase_create("table");
    tcase_add_test(table, a_table_finds_what_was_put_in_and_nothing_else);
    tcase_add_test(table, keys_of_other_lengths_are_other_keys_whatever_they_begin_with);
    suite_add_tcase(suite, table);
    TCase *merge = tcase_create("merge");
    tcase_add_loop_test(merge, what_is_pointed_to_is_there_once_and_as_aligned_as_it_was, 0,
                        sizeof mergings / sizeof mergings[0]);
    tcase_add_test(merge, a_named_symbols_addend_counts_from_the_symbol);
    tcase_add_loop_test(merge, what_is_not_what_it_says_is_kept_as_it_is, 0, 8);
    tcase_add_loop_test(merge, random_strings_and_constants_read_back_wherever_they_are, 0, 4);
    suite_add_tcase(suite, merge);
    TCase *live = tcase_create("live");
    tcase_add_loop_test(live, what_the_entry_does_not_need_is_not_there_even_in_a_circle, 0, 4);
    tcase_add_loop_test(live, names_around_a_section_keep_all_of_that_name_side_by_side, 0, 2);
    tcase_add_loop_test(live, names_around_no_section_are_undefined, 0, 2);
    tcase_add_test(live, common_lives_when_it_is_needed_and_is_as_large_as_the_largest);
    suite_add_tcase(suite, live);
    TCase *symbols = tcase_create("symbols");
    tcase_add_loop_test(symbols, of_all_claims_the_strongest_wins_and_of_equals_the_first, 0,
                        sizeof claims / sizeof claims[0]);
    tcase_add_test(symbols, a_discarded_groups_definition_is_the_kept_ones);
    tcase_add_test(symbols, a_program_without_its_entry_says_so_and_one_without_objects_does);
    suite_add_tcase(suite, symbols);
    return suite;
}

RUN_SUITE(link_suite)
