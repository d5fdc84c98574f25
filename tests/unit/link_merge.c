/* link/: merging of equal strings and constants. */
#include <stdlib.h>
#include <string.h>

#include "link_objects.h"

/* Each row: sections, each of its own object, and pointers into them. */
struct pointer {
    int section;
    int64_t addend;
    const char *content; /* the bytes there */
    size_t size, align;
};
#define UNITS(text) (text), sizeof(text)
static const struct merging {
    const char *what;
    struct {
        bool strings;
        uint64_t entry_size;
        const char *bytes;
        uint64_t size; /* including the C string's own zero */
        uint64_t align;
    } sections[3];
    struct pointer pointers[6];
    uint64_t kept; /* bytes of all merged sections, including padding */
} mergings[] = {
    {"a string that is the end of another is stored in it",
     {{true, 1, UNITS("hello world\0world\0ld\0xyz"), 1}},
     {{0, 0, UNITS("hello world"), 1},
      {0, 12, UNITS("world"), 1},
      {0, 18, UNITS("ld"), 1},
      {0, 21, UNITS("xyz"), 1}},
     12 + 4},
    {"strings share ends of any length, also where longer ones end differently",
     {{true, 1, UNITS("the same ending\0another same ending\0me ending\0ending\0no same ending"),
       1}},
     {{0, 0, UNITS("the same ending"), 1},
      {0, 16, UNITS("another same ending"), 1},
      {0, 36, UNITS("me ending"), 1},
      {0, 46, UNITS("ending"), 1},
      {0, 53, UNITS("no same ending"), 1}},
     16 + 20 + 15},
    {"strings of eight bytes and of fewer share ends",
     {{true, 1, UNITS("abcdefg\0xbcdefg\0bcdefg\0cdefg\0zzabcdefg"), 1}},
     {{0, 0, UNITS("abcdefg"), 1},
      {0, 8, UNITS("xbcdefg"), 1},
      {0, 16, UNITS("bcdefg"), 1},
      {0, 23, UNITS("cdefg"), 1},
      {0, 29, UNITS("zzabcdefg"), 1}},
     10 + 8},
    {"equal strings of several objects are one",
     {{true, 1, UNITS("one\0two"), 1}, {true, 1, UNITS("two\0one"), 1}, {true, 1, UNITS("one"), 1}},
     {{0, 0, UNITS("one"), 1},
      {0, 4, UNITS("two"), 1},
      {1, 0, UNITS("two"), 1},
      {1, 4, UNITS("one"), 1},
      {2, 0, UNITS("one"), 1}},
     8},
    {"a string without a pointer is omitted",
     {{true, 1, UNITS("dead\0alive\0dead, too"), 1}},
     {{0, 5, UNITS("alive"), 1}},
     6},
    {"an omitted string does not contain a kept one",
     {{true, 1, UNITS("undead\0dead"), 1}},
     {{0, 7, UNITS("dead"), 1}},
     5},
    {"a pointer into a string keeps the whole string",
     {{true, 1, UNITS("hello world\0x"), 1}},
     {{0, 3, UNITS("lo world"), 1}, {0, 11, UNITS(""), 1}},
     12},
    {"the empty string is the end of any other",
     {{true, 1, UNITS("abc\0"), 1}},
     {{0, 0, UNITS("abc"), 1}, {0, 4, UNITS(""), 1}},
     4},
    {"a string is not shared with an end whose alignment is too small",
     {{true, 1, UNITS("xabc"), 4}, {true, 1, UNITS("abc"), 4}},
     {{0, 0, UNITS("xabc"), 4}, {1, 0, UNITS("abc"), 4}},
     8 + 4},
    {"a string is shared with an end whose alignment is enough",
     {{true, 1, UNITS("wxyzabc"), 1}, {true, 1, UNITS("abc"), 4}},
     {{0, 0, UNITS("wxyzabc"), 1}, {1, 0, UNITS("abc"), 4}},
     8},
    {"a string's alignment is that of its offset",
     {{true, 1, UNITS("a\0bcd"), 8}},
     {{0, 0, UNITS("a"), 8}, {0, 2, UNITS("bcd"), 2}},
     2 + 4},
    {"strings of 2-byte characters share ends at whole characters",
     {{true, 2, UNITS("a\0b\0c\0\0\0b\0c\0\0"), 2}},
     {{0, 0, UNITS("a\0b\0c\0\0"), 2}, {0, 8, UNITS("b\0c\0\0"), 2}},
     8},
    {"strings of 4-byte characters share ends at whole characters",
     {{true, 4, UNITS("a\0\0\0b\0\0\0\0\0\0\0b\0\0\0\0\0\0"), 4}},
     {{0, 0, UNITS("a\0\0\0b\0\0\0\0\0\0"), 4}, {0, 12, UNITS("b\0\0\0\0\0\0"), 4}},
     12},
    {"equal constants of 4 bytes are one",
     {{false, 4, "aaaabbbbcccc", 12, 4}, {false, 4, "bbbbaaaa", 8, 4}},
     {{1, 0, "bbbb", 4, 4}, {1, 4, "aaaa", 4, 4}},
     8},
    {"equal constants of 8 bytes are one",
     {{false, 8, "aaaaaaaabbbbbbbb", 16, 8}, {false, 8, "bbbbbbbb", 8, 8}},
     {{0, 0, "aaaaaaaa", 8, 8}, {0, 8, "bbbbbbbb", 8, 8}, {1, 0, "bbbbbbbb", 8, 8}},
     16},
    {"equal constants of 16 bytes are one, and no half of one is another",
     {{false, 16, "aaaaaaaabbbbbbbb", 16, 16},
      {false, 8, "bbbbbbbb", 8, 8},
      {false, 16, "aaaaaaaabbbbbbbb", 16, 16}},
     {{0, 0, "aaaaaaaabbbbbbbb", 16, 16},
      {1, 0, "bbbbbbbb", 8, 8},
      {2, 0, "aaaaaaaabbbbbbbb", 16, 16}},
     24},
    {"a constant with the bytes of a string shares its place",
     {{true, 1, UNITS("abc"), 1}, {false, 4, UNITS("abc"), 4}},
     {{0, 0, UNITS("abc"), 1}, {1, 0, UNITS("abc"), 4}},
     4},
    {"a constant may be the end of a longer string if its alignment allows",
     {{true, 1, UNITS("xxxxabc"), 1}, {false, 4, UNITS("abc"), 4}, {true, 1, UNITS("abc"), 1}},
     {{0, 0, UNITS("xxxxabc"), 1}, {1, 0, UNITS("abc"), 4}, {2, 0, UNITS("abc"), 1}},
     8},
    {"the end of a section is after its last string",
     {{true, 1, UNITS("ab\0cd"), 1}, {true, 1, UNITS("zz"), 1}},
     {{0, 6, "", 0, 1}},
     3},
};

START_TEST(strings_and_constants_are_merged_and_keep_their_alignment)
{
    const struct merging *row = &mergings[_i];
    for (int named = 0; named < 2; named++) {
        struct link *link = begin_link();
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
        /* Pointers by a symbol for each place, or by the section's symbol and an addend, from the
         * section's object. */
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
        link_add_object(link, start);
        for (int i = 0; i < 3 && objects[i]; i++)
            link_add_object(link, objects[i]);
        ck_assert_msg(run_link(link), "%s: %s", row->what, messages);
        uint64_t kept = 0;
        for (size_t i = 0; i < link->program.section_count; i++)
            if (strcmp(link->program.sections[i].name, ".rodata") == 0)
                kept += link->program.sections[i].size;
        ck_assert_msg(kept == row->kept, "%s: %llu bytes, not %llu", row->what,
                      (unsigned long long)kept, (unsigned long long)row->kept);
        struct file file = write_file(link);
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
        link_close(link);
    }
}
END_TEST

START_TEST(a_named_symbols_addend_counts_from_the_symbol)
{
    struct link *link = begin_link();
    uint32_t text;
    struct link_object *start = make_start(&text, 2);
    const uint32_t strings = add_pieces(start, true, 1, "dead\0hello\0dead", 16, 1);
    const uint32_t hello = add_symbol(start, ".LC1", ELFGEN_STB_LOCAL, strings, 5);
    add_pointer(start, text, hello, 0, 2);
    add_pointer(start, text, hello, 8, -4);
    link_add_object(link, start);
    ck_assert(run_link(link));
    struct file file = write_file(link);
    ck_assert_str_eq((const char *)at_address(&file, number_at(&file, 0), 4), "llo");
    ck_assert_uint_eq(number_at(&file, 1), number_at(&file, 0) - 6);
    ck_assert_uint_eq(file.size, 120 + 16 + 6);
    free(file.bytes);
    link_close(link);
}
END_TEST

START_TEST(a_section_with_malformed_entries_is_not_merged)
{
    static const struct {
        bool strings;
        uint64_t entry_size, size, align;
        const char *bytes;
    } broken[] = {
        {true, 1, 3, 1, "abc"},        /* the last string has no terminator */
        {true, 2, 7, 1, "a\0b\0\0\0"}, /* not a whole number of units */
        {true, 2, 6, 1, "a\0b\0\0x"},
        {true, 0, 4, 1, "abc"},
        {true, 257, 4, 1, "abc"},
        {true, UINT64_MAX, 4, 1, "abc"},
        {false, 3, 4, 1, "abc"},
        {false, 4, 4, 128, "abc"}, /* an alignment of a cache line is kept */
    };
    struct link *link = begin_link();
    uint32_t text;
    struct link_object *start = make_start(&text, 1);
    const uint32_t section = add_pieces(start, broken[_i].strings, broken[_i].entry_size,
                                        broken[_i].bytes, broken[_i].size, broken[_i].align);
    add_pointer(start, text, section_symbol(start, section), 0, 0);
    link_add_object(link, start);
    ck_assert(run_link(link));
    ck_assert(!start->sections[section].merges);
    struct file file = write_file(link);
    ck_assert_mem_eq(at_address(&file, number_at(&file, 0), broken[_i].size), broken[_i].bytes,
                     broken[_i].size);
    free(file.bytes);
    link_close(link);
}
END_TEST

/* Whether a string is stored by itself: it is neither the end of another nor equal to one before.
 */
static bool is_kept(const char *const *strings, size_t count, size_t index)
{
    const size_t length = strlen(strings[index]);
    for (size_t i = 0; i < count; i++) {
        const size_t other = strlen(strings[i]);
        if (i != index && (other > length || (other == length && i < index)) &&
            strcmp(strings[i] + other - length, strings[index]) == 0)
            return false;
    }
    return true;
}

START_TEST(every_string_that_is_the_end_of_another_is_stored_in_it)
{
    enum { STRINGS = 500, MOST = 40, LONG = 20000 };
    static char bytes[STRINGS * (MOST + 1) + 2 * LONG];
    const char *strings[STRINGS + 2];
    uint64_t state = (uint64_t)_i + 1, kept = 0, expected = 0;
    size_t size = 0, count = 0;
    for (; count < STRINGS; count++) {
        strings[count] = bytes + size;
        for (uint64_t i = next_random(&state) % MOST; i > 0; i--)
            bytes[size++] = next_random(&state) % 8 ? 'a' : next_random(&state) % 2 ? 'b' : '\xff';
        bytes[size++] = '\0';
    }
    for (int i = 0; i < 2; i++) { /* two that differ at their first character alone */
        strings[count++] = bytes + size;
        memset(bytes + size, 'a', LONG - 1);
        bytes[size] = (char)('x' + i);
        bytes[size += LONG - 1] = '\0';
        size++;
    }
    for (size_t i = 0; i < count; i++)
        expected += is_kept(strings, count, i) ? strlen(strings[i]) + 1 : 0;
    struct link *link = begin_link();
    uint32_t text;
    struct link_object *start = make_start(&text, 1);
    add_pieces(start, true, 1, bytes, size, 1);
    link_add_object(link, start);
    link_settings.keep_all = true;
    ck_assert(run_link(link));
    for (size_t i = 0; i < link->program.section_count; i++)
        if (strcmp(link->program.sections[i].name, ".rodata") == 0)
            kept += link->program.sections[i].size;
    ck_assert_uint_eq(kept, expected);
    link_close(link);
}
END_TEST

/* The offset of a random string or constant, and its size, including a terminator. */
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

START_TEST(random_strings_and_constants_read_back_unchanged)
{
    enum { BYTES = 96, OBJECTS = 3, SECTIONS = 5, POINTERS = 4, TABLE = SECTIONS * POINTERS };
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)(_i + 1);
    for (int round = 0; round < 200; round++) {
        static uint8_t bytes[OBJECTS][SECTIONS][BYTES];
        struct link *link = begin_link();
        struct {
            const uint8_t *expected;
            uint64_t size, align;
        } all[OBJECTS * TABLE];
        size_t count = 0;
        uint32_t text;
        struct link_object *first = make_start(&text, MOST_PARTS - 1);
        link_add_object(link, first);
        for (int o = 0; o < OBJECTS; o++) {
            struct link_object *object = make_object("random.o");
            link_add_object(link, object);
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
        ck_assert_msg(run_link(link), "%s", messages);
        struct file file = write_file(link);
        for (size_t i = 0; i < count; i++) {
            const uint64_t table = number_at(&file, i / TABLE);
            uint64_t address;
            memcpy(&address, at_address(&file, table + 8 * (i % TABLE), 8), 8);
            ck_assert_mem_eq(at_address(&file, address, all[i].size), all[i].expected, all[i].size);
            ck_assert_uint_eq(address % all[i].align, 0);
        }
        free(file.bytes);
        link_close(link);
    }
}
END_TEST

TCase *link_merge_cases(void)
{
    TCase *merge = tcase_create("merge");
    tcase_add_loop_test(merge, strings_and_constants_are_merged_and_keep_their_alignment, 0,
                        sizeof mergings / sizeof mergings[0]);
    tcase_add_test(merge, a_named_symbols_addend_counts_from_the_symbol);
    tcase_add_loop_test(merge, a_section_with_malformed_entries_is_not_merged, 0, 8);
    tcase_add_loop_test(merge, every_string_that_is_the_end_of_another_is_stored_in_it, 0, 10);
    tcase_add_loop_test(merge, random_strings_and_constants_read_back_unchanged, 0, 4);
    return merge;
}
