/* map/: records of .eh_frame, good and hostile ones. */
#include <elf.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "elfgen.h"
#include "room.h"

enum { MOST = 256, MOST_CLAIMS = 256, START = sizeof(Elf64_Ehdr) };

/* A file with a section .eh_frame of given bytes. */
struct file {
    uint8_t bytes[START + MOST + 32 + 3 * sizeof(Elf64_Shdr)];
    size_t size;
    struct elfgen_view view;
};

/* Numbers are little-endian on every machine. */
static void put(uint8_t *bytes, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}
#define PUT(bytes, type, field, value)                                                             \
    put((bytes) + offsetof(type, field), value, sizeof((type *)NULL)->field)

static void make_file(struct file *file, const uint8_t *records, size_t length)
{
    static const uint8_t ident[] = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT};
    static const char names[] = "\0.eh_frame\0.shstrtab";
    const size_t strings = START + length, headers = (strings + sizeof names + 7) / 8 * 8;
    uint8_t *frames = file->bytes + headers + sizeof(Elf64_Shdr);
    uint8_t *table = frames + sizeof(Elf64_Shdr);
    ck_assert_uint_le(length, MOST);
    memset(file, 0, sizeof *file);
    memcpy(file->bytes, ident, sizeof ident);
    PUT(file->bytes, Elf64_Ehdr, e_type, ET_DYN);
    PUT(file->bytes, Elf64_Ehdr, e_machine, EM_X86_64);
    PUT(file->bytes, Elf64_Ehdr, e_shoff, headers);
    PUT(file->bytes, Elf64_Ehdr, e_shentsize, sizeof(Elf64_Shdr));
    PUT(file->bytes, Elf64_Ehdr, e_shnum, 3);
    PUT(file->bytes, Elf64_Ehdr, e_shstrndx, 2);
    memcpy(file->bytes + START, records, length);
    memcpy(file->bytes + strings, names, sizeof names);
    PUT(frames, Elf64_Shdr, sh_name, 1);
    PUT(frames, Elf64_Shdr, sh_type, SHT_PROGBITS);
    PUT(frames, Elf64_Shdr, sh_flags, SHF_ALLOC);
    PUT(frames, Elf64_Shdr, sh_offset, START);
    PUT(frames, Elf64_Shdr, sh_size, length);
    PUT(table, Elf64_Shdr, sh_name, 11);
    PUT(table, Elf64_Shdr, sh_type, SHT_STRTAB);
    PUT(table, Elf64_Shdr, sh_offset, strings);
    PUT(table, Elf64_Shdr, sh_size, sizeof names);
    file->size = headers + 3 * sizeof(Elf64_Shdr);
    ck_assert_int_eq(elfgen_view_open(&file->view, file->bytes, file->size, NULL), ELFGEN_OK);
}

/* The claims of the section that touch [from, to). */
static size_t collect(const struct file *file, uint64_t from, uint64_t to,
                      struct elfgen_claim claims[MOST_CLAIMS])
{
    struct elfgen_map map;
    struct elfgen_claim claim;
    size_t count = 0;
    elfgen_map_begin(&map, &file->view, NULL, false, from, to);
    while (elfgen_map_next(&map, &claim))
        if (claim.part == ELFGEN_PART_UNWIND) {
            ck_assert_uint_lt(count, MOST_CLAIMS);
            claims[count++] = claim;
        }
    return count;
}

/* Each byte of the section has one claim, windows have the same claims, and all can be put into
 * words. */
static void is_claimed_once(const uint8_t *records, size_t length)
{
    static struct elfgen_claim whole[MOST_CLAIMS], part[MOST_CLAIMS];
    static struct file file;
    unsigned owners[MOST] = {0};
    make_file(&file, records, length);
    size_t count = collect(&file, 0, file.size, whole);
    for (size_t i = 0; i < count; i++) {
        char room[256];
        struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
        struct elfgen_reference reference;
        for (uint64_t b = 0; b < whole[i].length; b++)
            owners[whole[i].offset - START + b]++;
        elfgen_claim_meaning(&file.view, NULL, &whole[i], &text);
        if (elfgen_claim_refers(&file.view, NULL, &whole[i], &reference) &&
            reference.offset != ELFGEN_NOWHERE)
            ck_assert(reference.offset < file.size &&
                      reference.length <= file.size - reference.offset);
    }
    for (size_t b = 0; b < length; b++)
        ck_assert_msg(owners[b] == 1, "byte %zu has %u owners", b, owners[b]);
    for (uint64_t from = START; from < START + length; from++) {
        size_t there = collect(&file, from, from + 3, part), next = 0;
        for (size_t i = 0; i < count; i++)
            if (whole[i].offset < from + 3 && whole[i].offset + whole[i].length > from) {
                ck_assert_uint_lt(next, there);
                ck_assert(
                    memcmp(&whole[i].offset, &part[next].offset, sizeof part[0].offset) == 0 &&
                    whole[i].length == part[next].length && whole[i].index == part[next].index &&
                    whole[i].field == part[next].field && whole[i].value == part[next].value &&
                    whole[i].record == part[next].record);
                next++;
            }
        ck_assert_uint_eq(next, there);
    }
}

/* ---- records that say what they are ---- */

/* A CIE with augmentation zR, pcrel sdata4: 24 bytes. */
#define COMMON                                                                                     \
    0x14, 0, 0, 0, 0, 0, 0, 0, 1, 'z', 'R', 0, 1, 0x78, 0x10, 1, 0x1b, 0x0c, 7, 8, 0x90, 1, 0, 0
enum { COMMON_SIZE = 24 };

/* The claim of the record with that field. */
static const struct elfgen_claim *find(const struct elfgen_claim *claims, size_t count,
                                       uint64_t record, const char *field)
{
    for (size_t i = 0; i < count; i++)
        if (claims[i].index == record && claims[i].field &&
            strcmp(claims[i].field->name, field) == 0)
            return &claims[i];
    ck_abort_msg("record %llu has no %s", (unsigned long long)record, field);
    return NULL;
}

static void says(const struct file *file, const struct elfgen_claim *claim, const char *expected)
{
    char room[512];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    elfgen_claim_meaning(&file->view, NULL, claim, &text);
    room[text.length] = '\0';
    ck_assert_str_eq(room, expected);
}

START_TEST(a_length_of_64_bits_follows_its_escape)
{
    static const uint8_t records[] = {
        0xff, 0xff, 0xff, 0xff, 0x10, 0,    0,    0,    0,    0,    0, 0, /* the length */
        0,    0,    0,    0,    1,    0,                                  /* no augmentation */
        4,    0x7c, 0x10, 0x0d, 6,    0x41, 0x05, 0x86, 0x01, 0x00,       /* to the end */
        0xff, 0xff, 0xff, 0xff, 0x16, 0,    0,    0,    0,    0,    0, 0, /* an FDE of it */
        0x28, 0,    0,    0,    0x11, 0x22, 0x33, 0,    0,    0,    0, 0, 0x44,
        0,    0,    0,    0,    0,    0,    0,    0x0e, 0x10, 0,    0, 0, 0};
    static struct elfgen_claim claims[MOST_CLAIMS];
    static struct file file;
    is_claimed_once(records, sizeof records);
    make_file(&file, records, sizeof records);
    size_t count = collect(&file, 0, file.size, claims);
    ck_assert_uint_eq(find(claims, count, 0, "cie_length")->value, 0xffffffff);
    ck_assert_uint_eq(find(claims, count, 0, "cie_length64")->value, 16);
    ck_assert_uint_eq(find(claims, count, 0, "cie_code_align")->value, 4);
    ck_assert_int_eq((int64_t)find(claims, count, 0, "cie_data_align")->value, -4);
    says(&file, find(claims, count, 0, "cie_instructions"),
         "def_cfa_register: r6, advance_loc: 4, offset_extended: r134 at cfa+0");
    ck_assert_uint_eq(find(claims, count, 1, "fde_start")->value, 0x332211);
    ck_assert_uint_eq(find(claims, count, 1, "fde_range")->value, 0x44);
    says(&file, find(claims, count, 1, "fde_instructions"), "def_cfa_offset: 16");
    ck_assert_uint_eq(find(claims, count, 2, "frame_end")->length, 4);
}
END_TEST

START_TEST(call_frame_instructions_have_readelfs_names_and_operands)
{
    static const uint8_t records[] = {
        COMMON, 0x30, 0,    0,    0, 0x1c, 0, 0, 0,    0,
        1,      0,    0,    0x20, 0, 0,    0, 0, 0x02, 200, /* advance_loc1 */
        0x03,   0x2c, 1,                                    /* advance_loc2 */
        0x04,   1,    0,    1,    0,                        /* advance_loc4 */
        0xc3,                                               /* restore */
        0x07,   0x81, 1,                                    /* undefined r129 */
        0x09,   3,    12,                                   /* register */
        0x0a,   0x0b,                                       /* remember, restore */
        0x12,   7,    0x7e,                                 /* def_cfa_sf */
        0x13,   0x7f,                                       /* def_cfa_offset_sf */
        0x0f,   2,    0x77, 8,                              /* def_cfa_expression */
        0x10,   6,    1,    0x30,                           /* expression */
        0x2e,   0x10, 0x3f};
    static struct elfgen_claim claims[MOST_CLAIMS];
    static struct file file;
    is_claimed_once(records, sizeof records);
    make_file(&file, records, sizeof records);
    size_t count = collect(&file, 0, file.size, claims);
    says(&file, find(claims, count, 1, "fde_instructions"),
         "advance_loc1: 200, advance_loc2: 300, advance_loc4: 65537, restore: r3, undefined: r129, "
         "register: r3 in r12, remember_state, restore_state, def_cfa_sf: r7 ofs 16, "
         "def_cfa_offset_sf: 8, def_cfa_expression: 2 bytes, expression: r6 1 byte, "
         "GNU_args_size: 16, unknown instruction 0x3f");
}
END_TEST

/* ---- hostile records ---- */

#define RECORDS(...)                                                                               \
    {                                                                                              \
        {__VA_ARGS__}, sizeof((uint8_t[]){__VA_ARGS__})                                            \
    }
static const struct {
    uint8_t bytes[MOST];
    size_t length;
} hostile[] = {
    RECORDS(0, 0, 0, 0, COMMON),                             /* a record after the end */
    RECORDS(COMMON, 3, 0, 0, 0, 1, 2, 3),                    /* too short for its identity */
    RECORDS(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0), /* nothing in 64 bits */
    RECORDS(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, COMMON),
    RECORDS(0xff, 0xff, 0xff, 0xff, 1, 2),                  /* half of a length */
    RECORDS(0xfe, 0xff, 0xff, 0xff, COMMON),                /* past the end */
    RECORDS(COMMON, 1, 0, 0),                               /* less than a length */
    RECORDS(8, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4),            /* its own CIE */
    RECORDS(8, 0, 0, 0, 0xf4, 0xff, 0xff, 0xff, 1, 2, 3, 4, /* two that are each other's */
            8, 0, 0, 0, 0x10, 0, 0, 0, 1, 2, 3, 4),
    RECORDS(8, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4),          /* a CIE before the section */
    RECORDS(8, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4), /* before the file */
    RECORDS(COMMON, 8, 0, 0, 0, 0x1a, 0, 0, 0, 1, 2, 3, 4),  /* within a CIE */
    RECORDS(COMMON, 6, 0, 0, 0, 0x1c, 0, 0, 0, 1, 2),        /* cut before an address */
    RECORDS(12, 0, 0, 0, 0, 0, 0, 0, 1, 'z', 'R', 'z', 'z', 'z', 'z', 'z'), /* no end of letters */
    RECORDS(12, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 1, 1, 1, 1, 1),               /* a later version */
    RECORDS(12, 0, 0, 0, 0, 0, 0, 0, 1, 'q', 0, 1, 1, 1, 1, 1), /* an unknown augmentation */
    RECORDS(12, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80), /* endless number */
    RECORDS(16, 0, 0, 0, 0, 0, 0, 0, 1, 'z', 'R', 0, 1, 0x78, 16, 0xff, 0xff, 0xff, 0xff, 0x0f),
    RECORDS(16, 0, 0, 0, 0, 0, 0, 0, 1, 'z', 'P', 0, 1, 0x78, 16, 2, 0x0f, 1, 0, 0),
    RECORDS(16, 0, 0, 0, 0, 0, 0, 0, 1, 'z', 'R', 0, 1, 0x78, 16, 1, 0xff, 0, 0, 0, /* omitted */
            12, 0, 0, 0, 0x18, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8),
    RECORDS(16, 0, 0, 0, 0, 0, 0, 0, 1, 'z', 'R', 0, 1, 0x78, 16, 1, 0x50, 0, 0, 0, /* aligned */
            20, 0, 0, 0, 0x18, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9, 9, 9, 9, 9),
    RECORDS(16, 0, 0, 0, 0, 0, 0, 0, 1, 'z', 'R', 0, 1, 0x78, 16, 1, 0x09, 0, 0, 0, /* LEB128 */
            12, 0, 0, 0, 0x18, 0, 0, 0, 0x7f, 0x81, 1, 0x80, 0, 6, 7, 8),
    RECORDS(COMMON, 20, 0, 0, 0, 0x1c, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0x0f, 0xff, 0xff, 0xff,
            0x7f, 0, 0), /* a block longer than the record */
    RECORDS(COMMON, 17, 0, 0, 0, 0x1c, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0x3f, 0x80, 0x80, 0x80),
};

START_TEST(every_byte_of_hostile_records_has_one_claim)
{
    is_claimed_once(hostile[_i].bytes, hostile[_i].length);
}
END_TEST

START_TEST(every_byte_of_random_records_has_one_claim)
{
    uint64_t state = 88172645463325252u;
    for (int round = 0; round < 2000; round++) {
        uint8_t records[64] = {COMMON, 24, 0, 0, 0, 0x1c};
        records[next_random(&state) % sizeof records] = (uint8_t)next_random(&state);
        records[next_random(&state) % sizeof records] = (uint8_t)next_random(&state);
        records[next_random(&state) % COMMON_SIZE] = (uint8_t)next_random(&state);
        is_claimed_once(records, sizeof records);
    }
}
END_TEST

static Suite *unwind_suite(void)
{
    Suite *suite = suite_create("unwind");
    TCase *records = tcase_create("records");
    tcase_add_test(records, a_length_of_64_bits_follows_its_escape);
    tcase_add_test(records, call_frame_instructions_have_readelfs_names_and_operands);
    tcase_add_loop_test(records, every_byte_of_hostile_records_has_one_claim, 0,
                        sizeof hostile / sizeof *hostile);
    tcase_add_test(records, every_byte_of_random_records_has_one_claim);
    tcase_set_timeout(records, 60);
    suite_add_tcase(suite, records);
    return suite;
}

RUN_SUITE(unwind_suite)
