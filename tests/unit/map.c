/* map/: claims on bytes. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elfgen.h"
#include "support/lecture.h"
#include "room.h"

/* All claims of a window, in the iterator's order. Each is written as a whole, whatever was there.
 */
struct claims {
    struct elfgen_claim *list;
    size_t count;
};

static struct claims collect(const struct elfgen_view *view, uint64_t from, uint64_t to)
{
    struct claims claims = {NULL, 0};
    struct elfgen_map map;
    struct elfgen_claim claim;
    size_t room = 0;
    elfgen_map_begin(&map, view, NULL, false, from, to);
    /* Every member of a claim is set. */
    while (memset(&claim, 0xff, sizeof claim), elfgen_map_next(&map, &claim)) {
        ck_assert_ptr_null(claim.encoding);
        if (claims.count == room) {
            room = room ? room * 2 : 256;
            claims.list = realloc(claims.list, room * sizeof *claims.list);
        }
        claims.list[claims.count++] = claim;
        ck_assert_uint_gt(claim.length, 0);
        ck_assert_uint_lt(claim.offset, view->length);
        ck_assert_uint_le(claim.length, view->length - claim.offset);
        ck_assert(claim.offset < to && claim.offset + claim.length > from);
        ck_assert_ptr_null(claim.encoding);
    }
    return claims;
}

START_TEST(the_lectures_120_header_bytes_have_one_claim_each_and_the_rest_none)
{
    struct elfgen_view view;
    unsigned owners[sizeof lecture_file] = {0};
    elfgen_view_open(&view, lecture_file, sizeof lecture_file, NULL);
    struct claims claims = collect(&view, 0, UINT64_MAX);
    ck_assert_uint_eq(claims.count, elfgen_structures[ELFGEN_STRUCTURE_ehdr].count +
                                        elfgen_structures[ELFGEN_STRUCTURE_phdr].count);
    for (size_t i = 0; i < claims.count; i++)
        for (uint64_t b = 0; b < claims.list[i].length; b++)
            owners[claims.list[i].offset + b]++;
    for (size_t b = 0; b < sizeof owners / sizeof *owners; b++)
        ck_assert_uint_eq(owners[b], b < LECTURE_HEADERS ? 1 : 0);
    free(claims.list);
}
END_TEST

/* Fields that a student looks up first. */
static const struct {
    const char *field;
    uint64_t offset, length, value;
    enum elfgen_reader reader;
} expected[] = {
    {"ei_class", 4, 1, 2, ELFGEN_READER_TOOLS},
    {"ei_osabi", 7, 1, 3, ELFGEN_READER_TOOLS},
    {"ei_pad", 9, 7, 0, ELFGEN_READER_NOBODY},
    {"e_type", 16, 2, 2, ELFGEN_READER_KERNEL},
    {"e_machine", 18, 2, 62, ELFGEN_READER_KERNEL},
    {"e_entry", 24, 8, 0x10078, ELFGEN_READER_KERNEL},
    {"e_phentsize", 0x36, 2, 56, ELFGEN_READER_KERNEL},
    {"e_shstrndx", 62, 2, 0, ELFGEN_READER_TOOLS},
    {"p_type", 64, 4, 1, ELFGEN_READER_KERNEL},
    {"p_flags", 68, 4, 5, ELFGEN_READER_KERNEL},
    {"p_vaddr", 80, 8, 0x10000, ELFGEN_READER_KERNEL},
    {"p_paddr", 88, 8, 0x10000, ELFGEN_READER_NOBODY},
    {"p_filesz", 96, 8, 0xb2, ELFGEN_READER_KERNEL},
    {"p_align", 112, 8, 0x100, ELFGEN_READER_KERNEL},
};

START_TEST(a_byte_of_the_lectures_file_leads_to_its_field)
{
    struct elfgen_view view;
    elfgen_view_open(&view, lecture_file, sizeof lecture_file, NULL);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        /* Each byte of the field, as a window of one byte. */
        for (uint64_t b = 0; b < expected[i].length; b++) {
            uint64_t at = expected[i].offset + b;
            struct claims claims = collect(&view, at, at + 1);
            ck_assert_uint_eq(claims.count, 1);
            ck_assert_str_eq(claims.list[0].field->name, expected[i].field);
            ck_assert_uint_eq(claims.list[0].offset, expected[i].offset);
            ck_assert_uint_eq(claims.list[0].length, expected[i].length);
            ck_assert_uint_eq(claims.list[0].value, expected[i].value);
            ck_assert_int_eq(claims.list[0].reader, expected[i].reader);
            ck_assert_uint_eq(claims.list[0].section, ELFGEN_NO_SECTION);
            free(claims.list);
        }
    }
}
END_TEST

/* 45 bytes that Linux runs: the program header overlaps the ELF header (support/tiny45.asm). */
static const uint8_t tiny[45] = {
    0x7f, 0x45, 0x4c, 0x46, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01,
    0x00, 0x02, 0x00, 0x03, 0x00, 0x20, 0x00, 0x01, 0x00, 0x20, 0x00, 0x01, 0x00, 0x04, 0x00,
    0x00, 0x00, 0xb3, 0x2a, 0x31, 0xc0, 0x40, 0xcd, 0x80, 0x00, 0x34, 0x00, 0x20, 0x00, 0x01};

START_TEST(overlapping_headers_both_keep_their_claims)
{
    struct elfgen_view view;
    unsigned owners[sizeof tiny] = {0};
    ck_assert_int_eq(elfgen_view_open(&view, tiny, sizeof tiny, NULL), ELFGEN_TRUNCATED);
    struct claims claims = collect(&view, 0, UINT64_MAX);
    for (size_t i = 0; i < claims.count; i++)
        for (uint64_t b = 0; b < claims.list[i].length; b++)
            owners[claims.list[i].offset + b]++;
    for (size_t b = 0; b < sizeof tiny; b++)
        ck_assert_uint_eq(owners[b], b >= 4 && b < 36 ? 2 : 1);
    /* The file ends within e_phnum: its second byte reads as zero. */
    bool found = false;
    for (size_t i = 0; i < claims.count; i++) {
        if (strcmp(claims.list[i].field->name, "e_phnum") != 0)
            continue;
        found = true;
        ck_assert_uint_eq(claims.list[i].length, 1);
        ck_assert_uint_eq(claims.list[i].value, 1);
    }
    ck_assert(found);
    free(claims.list);
}
END_TEST

/* Whether a claim's bytes end with a text and its NUL, since linkers share string tails. */
static bool ends_with(const struct elfgen_view *view, const struct elfgen_claim *claim,
                      const char *text)
{
    size_t size = strlen(text) + 1;
    return claim->length >= size &&
           memcmp(view->bytes + claim->offset + claim->length - size, text, size) == 0;
}

START_TEST(a_real_programs_tables_strings_and_notes_are_claimed)
{
    size_t length;
    struct elfgen_view view;
    uint8_t *bytes = read_self(&length);
    ck_assert_int_eq(elfgen_view_open(&view, bytes, length, NULL), ELFGEN_OK);
    struct claims claims = collect(&view, 0, UINT64_MAX);
    size_t parts[ELFGEN_PART_PADDING + 1] = {0};
    size_t gnu_notes = 0, own_name = 0, interpreters = 0;
    for (size_t i = 0; i < claims.count; i++) {
        const struct elfgen_claim *claim = &claims.list[i];
        parts[claim->part]++;
        gnu_notes +=
            claim->part == ELFGEN_PART_NOTE && !claim->field && ends_with(&view, claim, "GNU");
        own_name += claim->part == ELFGEN_PART_STRING && ends_with(&view, claim, "elfgen_map_next");
        interpreters += claim->part == ELFGEN_PART_INTERPRETER && bytes[claim->offset] == '/';
        if (claim->field)
            continue;
        ck_assert_uint_eq(claim->value, 0);
    }
    ck_assert_uint_eq(parts[ELFGEN_PART_PHDR],
                      view.segments.count * elfgen_structures[ELFGEN_STRUCTURE_phdr].count);
    ck_assert_uint_eq(parts[ELFGEN_PART_SHDR],
                      view.sections.count * elfgen_structures[ELFGEN_STRUCTURE_shdr].count);
    ck_assert_uint_gt(parts[ELFGEN_PART_SYMBOL], 100);
    ck_assert_uint_gt(parts[ELFGEN_PART_RELOCATION], 10);
    ck_assert_uint_gt(parts[ELFGEN_PART_DYNAMIC], 10);
    ck_assert_uint_gt(parts[ELFGEN_PART_SECTION], 5);
    ck_assert_uint_ge(gnu_notes, 1);
    ck_assert_uint_ge(own_name, 1);
    ck_assert_uint_eq(interpreters, 1);
    free(claims.list);
    free(bytes);
}
END_TEST

static bool same_claim(const struct elfgen_claim *a, const struct elfgen_claim *b)
{
    return a->offset == b->offset && a->length == b->length && a->part == b->part &&
           a->section == b->section && a->index == b->index && a->field == b->field &&
           a->value == b->value && a->reader == b->reader;
}

/* The claims on [from, to) are those of the whole file that reach into it. */
static void has_same_claims(const struct elfgen_view *view, const struct claims *whole,
                            uint64_t from, uint64_t to)
{
    struct claims part = collect(view, from, to);
    size_t next = 0;
    for (size_t i = 0; i < whole->count; i++) {
        const struct elfgen_claim *claim = &whole->list[i];
        if (claim->offset >= to || claim->offset + claim->length <= from)
            continue;
        ck_assert_uint_lt(next, part.count);
        ck_assert_msg(same_claim(claim, &part.list[next]), "window %llx..%llx, offset %llx",
                      (unsigned long long)from, (unsigned long long)to,
                      (unsigned long long)claim->offset);
        next++;
    }
    ck_assert_uint_eq(next, part.count);
    free(part.list);
}

START_TEST(windows_of_any_size_have_the_same_claims_as_the_whole_file)
{
    size_t length;
    struct elfgen_view view;
    uint8_t *bytes = read_self(&length);
    elfgen_view_open(&view, bytes, length, NULL);
    struct claims whole = collect(&view, 0, length);
    uint64_t state = 88172645463325252u;
    for (int round = 0; round < 24; round++) {
        uint64_t from = next_random(&state) % length;
        uint64_t to = from + 1 + next_random(&state) % (round % 2 ? 40 : 40000);
        has_same_claims(&view, &whole, from, to);
    }
    free(whole.list);
    free(bytes);
}
END_TEST

/* The file without section headers. */
static void drop_sections(uint8_t *bytes)
{
    bool is_64 = bytes[EI_CLASS] == ELFCLASS64;
    memset(bytes + (is_64 ? offsetof(Elf64_Ehdr, e_shoff) : offsetof(Elf32_Ehdr, e_shoff)), 0,
           is_64 ? 8 : 4);
    memset(bytes + (is_64 ? offsetof(Elf64_Ehdr, e_shnum) : offsetof(Elf32_Ehdr, e_shnum)), 0, 2);
}

START_TEST(windows_without_section_headers_have_the_same_claims_too)
{
    size_t length;
    struct elfgen_view view;
    uint8_t *bytes = read_self(&length);
    size_t parts[ELFGEN_PART_PADDING + 1] = {0};
    drop_sections(bytes);
    elfgen_view_open(&view, bytes, length, NULL);
    struct claims whole = collect(&view, 0, length);
    for (size_t i = 0; i < whole.count; i++)
        parts[whole.list[i].part]++;
    ck_assert_uint_gt(parts[ELFGEN_PART_UNWIND], 0);
    ck_assert_uint_gt(parts[ELFGEN_PART_NOTE], 0);
#ifdef __x86_64__
    /* Elsewhere the program is static, or has other tables. */
    ck_assert_uint_gt(parts[ELFGEN_PART_SYMBOL], 10);
    ck_assert_uint_ge(parts[ELFGEN_PART_HASH], 6);
    ck_assert_uint_gt(parts[ELFGEN_PART_VERNEED], 5);
    ck_assert_uint_gt(parts[ELFGEN_PART_UNWIND], 100);
    ck_assert_uint_gt(parts[ELFGEN_PART_NOTE], 5);
#endif
    uint64_t state = 4711;
    for (int round = 0; round < 200; round++) {
        uint64_t from = next_random(&state) % (round % 2 ? length : 8192);
        uint64_t to = from + 1 + next_random(&state) % 4000;
        has_same_claims(&view, &whole, from, to);
    }
    free(whole.list);
    free(bytes);
}
END_TEST

START_TEST(the_claims_of_randomly_changed_files_end_and_stay_inside)
{
    size_t length;
    uint8_t *self = read_self(&length);
    uint64_t state = 0x1234567 + (uint64_t)_i;
    for (int round = 0; round < 4; round++) {
        uint8_t *bytes = malloc(length);
        memcpy(bytes, self, length);
        /* Changes among headers, at the file's beginning and end. */
        for (int changes = 0; changes < 6; changes++) {
            static const uint8_t extremes[] = {0, 1, 0x7f, 0x80, 0xff};
            uint64_t at = next_random(&state) % 1500;
            at = next_random(&state) % 2 ? at : length - 1 - at;
            bytes[at] = extremes[next_random(&state) % sizeof extremes];
        }
        if (round % 2)
            drop_sections(bytes);
        struct elfgen_view view;
        elfgen_view_open(&view, bytes, length, NULL);
        free(collect(&view, 0, length).list);
        free(bytes);
    }
    free(self);
}
END_TEST

START_TEST(an_empty_file_and_an_empty_window_have_no_claims)
{
    struct elfgen_view view;
    elfgen_view_open(&view, "", 0, NULL);
    ck_assert_uint_eq(collect(&view, 0, UINT64_MAX).count, 0);
    elfgen_view_open(&view, lecture_file, sizeof lecture_file, NULL);
    ck_assert_uint_eq(collect(&view, 7, 7).count, 0);
    ck_assert_uint_eq(collect(&view, sizeof lecture_file, UINT64_MAX).count, 0);
    ck_assert_uint_eq(collect(&view, 120, 178).count, 0);
}
END_TEST

/* A label for each field of each structure, in both classes. */
START_TEST(labels_fit_below_their_bytes)
{
    static const uint8_t bytes[1024] = "\177ELF\2\1\1";
    struct elfgen_view view;
    elfgen_view_open(&view, bytes, sizeof bytes, NULL);
    for (size_t s = 0; s < ELFGEN_STRUCTURE_COUNT; s++)
        for (unsigned f = 0; f < elfgen_structures[s].count; f++)
            for (unsigned column = 0; column < 2; column++) {
                const struct elfgen_field *field = &elfgen_structures[s].fields[f];
                char room[64];
                struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
                const struct elfgen_claim claim = {.length = field->width[column], .field = field};
                elfgen_claim_label(&view, NULL, &claim, &text);
                ck_assert_uint_ge(text.length, 1);
                ck_assert_msg(text.length <= (field->width[column] == 1 ? ELFGEN_LABEL_OF_BYTE
                                                                        : ELFGEN_LABEL_MOST),
                              "%s: %.*s", field->name, (int)text.length, room);
            }
    for (enum elfgen_part part = 0; elfgen_part_name(part); part++)
        ck_assert_ptr_nonnull(elfgen_part_title(part));
    ck_assert_ptr_null(elfgen_part_title(1000));
}
END_TEST

/* Labels of one structure differ, in the headers that every file has. */
START_TEST(labels_of_a_header_differ)
{
    struct elfgen_view view;
    elfgen_view_open(&view, lecture_file, sizeof lecture_file, NULL);
    struct claims claims = collect(&view, 0, UINT64_MAX);
    char rooms[64][16] = {{0}};
    for (size_t i = 0; i < claims.count; i++) {
        struct elfgen_text text = {.bytes = rooms[i], .capacity = 15};
        elfgen_claim_label(&view, NULL, &claims.list[i], &text);
        for (size_t j = 0; j < i; j++)
            ck_assert_msg(claims.list[i].part != claims.list[j].part ||
                              strcmp(rooms[i], rooms[j]) != 0 ||
                              claims.list[i].length != claims.list[j].length,
                          "%s", rooms[i]);
    }
    ck_assert_str_eq(rooms[4], "cls");
    ck_assert_str_eq(rooms[6], "ver");
    ck_assert_str_eq(rooms[18], "phentsize");
    free(claims.list);
}
END_TEST

/* Where the fields of the lecture's file lead. */
static const struct {
    const char *field;
    uint64_t offset, length, address;
} references[] = {{"e_entry", 120, 0, 0x10078},
                  {"e_phoff", 64, 56, 0x10040},
                  {"p_offset", 0, 178, 0x10000},
                  {"p_vaddr", 0, 178, 0x10000}};

START_TEST(a_value_leads_to_bytes_of_the_file)
{
    struct elfgen_view view;
    elfgen_view_open(&view, lecture_file, sizeof lecture_file, NULL);
    struct claims claims = collect(&view, 0, UINT64_MAX);
    size_t found = 0;
    for (size_t i = 0; i < claims.count; i++) {
        struct elfgen_reference reference;
        bool leads = elfgen_claim_refers(&view, NULL, &claims.list[i], &reference);
        for (size_t r = 0; r < sizeof references / sizeof references[0]; r++) {
            if (strcmp(claims.list[i].field->name, references[r].field) != 0)
                continue;
            ck_assert(leads && reference.in_memory);
            ck_assert_uint_eq(reference.offset, references[r].offset);
            ck_assert_uint_eq(reference.length, references[r].length);
            ck_assert_uint_eq(reference.address, references[r].address);
            found++;
        }
        if (strcmp(claims.list[i].field->name, "e_shoff") == 0 ||
            strcmp(claims.list[i].field->name, "p_filesz") == 0)
            ck_assert(!leads);
    }
    ck_assert_uint_eq(found, sizeof references / sizeof references[0]);
    /* A claim on another file leads nowhere. */
    elfgen_view_open(&view, lecture_file, 64, NULL);
    ck_assert(!elfgen_claim_refers(&view, NULL, &claims.list[claims.count - 1],
                                   &(struct elfgen_reference){0}));
    free(claims.list);
}
END_TEST

/* Names, sections and symbols of a real program, as the view reads them. */
START_TEST(names_and_indexes_lead_to_strings_and_entries)
{
    size_t length;
    uint8_t *self = read_self(&length);
    struct elfgen_view view;
    ck_assert_int_eq(elfgen_view_open(&view, self, length, NULL), ELFGEN_OK);
    struct claims claims = collect(&view, 0, UINT64_MAX);
    size_t names = 0, links = 0;
    for (size_t i = 0; i < claims.count; i++) {
        const struct elfgen_claim *claim = &claims.list[i];
        struct elfgen_reference reference;
        if (!elfgen_claim_refers(&view, NULL, claim, &reference))
            continue;
        ck_assert(reference.offset == ELFGEN_NOWHERE ||
                  (reference.offset < length && reference.length <= length - reference.offset));
        ck_assert(reference.in_memory || reference.offset != ELFGEN_NOWHERE);
        if (claim->field->kind == ELFGEN_KIND_STRING) {
            const char *string = (const char *)self + reference.offset;
            ck_assert_uint_eq(strlen(string) + 1, reference.length);
            names++;
        } else if (strcmp(claim->field->name, "sh_link") == 0) {
            ck_assert_uint_eq(reference.offset,
                              view.sections.offset + claim->value * view.sections.entry_size);
            links++;
        }
    }
    ck_assert_uint_gt(names, 30);
    ck_assert_uint_gt(links, 3);
    free(claims.list);
    free(self);
}
END_TEST

static Suite *map_suite(void)
{
    Suite *suite = suite_create("map");
    TCase *lecture = tcase_create("the lecture's file");
    tcase_add_test(lecture, the_lectures_120_header_bytes_have_one_claim_each_and_the_rest_none);
    tcase_add_test(lecture, a_byte_of_the_lectures_file_leads_to_its_field);
    tcase_add_test(lecture, overlapping_headers_both_keep_their_claims);
    suite_add_tcase(suite, lecture);
    TCase *labels = tcase_create("labels and references");
    tcase_add_test(labels, labels_fit_below_their_bytes);
    tcase_add_test(labels, labels_of_a_header_differ);
    tcase_add_test(labels, a_value_leads_to_bytes_of_the_file);
    tcase_add_test(labels, names_and_indexes_lead_to_strings_and_entries);
    suite_add_tcase(suite, labels);
    TCase *real = tcase_create("a real program");
    tcase_add_test(real, a_real_programs_tables_strings_and_notes_are_claimed);
    tcase_add_test(real, windows_of_any_size_have_the_same_claims_as_the_whole_file);
    tcase_add_test(real, windows_without_section_headers_have_the_same_claims_too);
    suite_add_tcase(suite, real);
    TCase *any_bytes = tcase_create("any bytes");
    tcase_add_loop_test(any_bytes, the_claims_of_randomly_changed_files_end_and_stay_inside, 0, 3);
    tcase_add_test(any_bytes, an_empty_file_and_an_empty_window_have_no_claims);
    suite_add_tcase(suite, any_bytes);
    return suite;
}

RUN_SUITE(map_suite)
