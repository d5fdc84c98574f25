/* dump --verify: files that libelf writes, of both classes and byte orders and with more sections
 * than fields hold, are read alike; a bit that only libelf sees otherwise is told with its field.
 */
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "commands/dump/verify.h"
#include "elfgen/view.h"
#include "room.h"

enum { SYMBOLS = 3, MANY = 66000 };
static const char strings[] = "\0first\0second\0.a";

/* A section with bytes that libelf writes in the file's class and order. */
static Elf_Data *add(Elf *elf, uint32_t type, uint32_t link, Elf_Type kind, size_t size)
{
    Elf_Scn *scn = elf_newscn(elf);
    Elf_Data *data = elf_newdata(scn);
    GElf_Shdr shdr;
    ck_assert(scn && data && gelf_getshdr(scn, &shdr));
    shdr.sh_type = type;
    shdr.sh_link = link;
    shdr.sh_name = 14;
    shdr.sh_entsize = gelf_fsize(elf, kind, 1, EV_CURRENT);
    data->d_type = kind;
    data->d_size = size;
    data->d_buf = calloc(1, size);
    data->d_align = 1;
    ck_assert_ptr_nonnull(data->d_buf);
    gelf_update_shdr(scn, &shdr);
    return data;
}

static void fill(Elf *elf, bool many)
{
    Elf_Data *data = add(elf, SHT_STRTAB, 0, ELF_T_BYTE, sizeof strings);
    memcpy(data->d_buf, strings, sizeof strings);
    data = add(elf, SHT_SYMTAB, 1, ELF_T_SYM, SYMBOLS * gelf_fsize(elf, ELF_T_SYM, 1, EV_CURRENT));
    Elf_Data *indices = add(elf, SHT_SYMTAB_SHNDX, 2, ELF_T_WORD, SYMBOLS * 4);
    for (int i = 1; i < SYMBOLS; i++) {
        GElf_Sym symbol = {.st_name = i == 1 ? 1 : 7,
                           .st_info = GELF_ST_INFO(STB_GLOBAL, STT_FUNC),
                           .st_shndx = i == 2 && many ? SHN_XINDEX : 1,
                           .st_value = 0x12345678 + (unsigned)i,
                           .st_size = 0x99};
        gelf_update_symshndx(data, indices, i, &symbol, i == 2 && many ? MANY : 0);
    }
    data = add(elf, SHT_RELA, 2, ELF_T_RELA, gelf_fsize(elf, ELF_T_RELA, 1, EV_CURRENT));
    GElf_Rela rela = {.r_offset = 0x1020, .r_info = GELF_R_INFO(2, 5), .r_addend = -4};
    gelf_update_rela(data, 0, &rela);
    data = add(elf, SHT_REL, 2, ELF_T_REL, gelf_fsize(elf, ELF_T_REL, 1, EV_CURRENT));
    GElf_Rel rel = {.r_offset = 0x1024, .r_info = GELF_R_INFO(1, 7)};
    gelf_update_rel(data, 0, &rel);
    data = add(elf, SHT_DYNAMIC, 1, ELF_T_DYN, gelf_fsize(elf, ELF_T_DYN, 1, EV_CURRENT));
    GElf_Dyn dyn = {.d_tag = 0x6ffffef5, .d_un.d_val = 0x2000};
    gelf_update_dyn(data, 0, &dyn);
    for (int i = 0; many && i < MANY; i++)
        ck_assert_ptr_nonnull(elf_newscn(elf));
}

/* Frees what add() allocated. */
static void drop(Elf *elf)
{
    for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn));) {
        Elf_Data *data = elf_getdata(scn, NULL);
        if (data)
            free(data->d_buf);
    }
    elf_end(elf);
}

static void make(struct file_bytes *bytes, int class_, unsigned char order, bool many)
{
    int file = memfd_create("elf", MFD_CLOEXEC);
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(file, ELF_C_WRITE, NULL);
    GElf_Ehdr ehdr;
    GElf_Phdr phdr;
    ck_assert(elf && gelf_newehdr(elf, class_) && gelf_newphdr(elf, 1) &&
              gelf_getehdr(elf, &ehdr) && gelf_getphdr(elf, 0, &phdr));
    ehdr.e_ident[EI_DATA] = order;
    ehdr.e_type = ET_REL;
    ehdr.e_machine = EM_PPC64;
    ehdr.e_entry = 0x10203040;
    gelf_update_ehdr(elf, &ehdr);
    phdr = (GElf_Phdr){.p_type = PT_LOAD, .p_flags = PF_R, .p_vaddr = 0x10000, .p_filesz = 7};
    gelf_update_phdr(elf, 0, &phdr);
    fill(elf, many);
    ck_assert_msg(elf_update(elf, ELF_C_WRITE) > 0, "%s", elf_errmsg(-1));
    drop(elf);
    ck_assert(file_read(file, false, bytes));
    close(file);
}

static const struct {
    int class_;
    unsigned char order;
    bool many;
} kinds[] = {
    {ELFCLASS64, ELFDATA2LSB, false}, {ELFCLASS64, ELFDATA2MSB, false},
    {ELFCLASS32, ELFDATA2LSB, false}, {ELFCLASS32, ELFDATA2MSB, false},
    {ELFCLASS64, ELFDATA2MSB, true},  {ELFCLASS32, ELFDATA2LSB, true},
};

/* The last report. */
struct last {
    unsigned count;
    uint64_t offset;
    char field[32], text[200];
};

static void remember(void *context, const struct report *report)
{
    struct last *last = context;
    last->count++;
    last->offset = report->place.offset;
    snprintf(last->field, sizeof last->field, "%s", report->place.field ? report->place.field : "");
    snprintf(last->text, sizeof last->text, "%s", report->text);
}

START_TEST(files_that_libelf_writes_are_read_alike)
{
    struct file_bytes bytes = {0};
    struct last last = {0};
    struct verified found;
    const struct reporter reporter = {remember, &last};
    make(&bytes, kinds[_i].class_, kinds[_i].order, kinds[_i].many);
    bool same = verify_bytes(&reporter, "made", bytes.bytes, bytes.bytes, bytes.size, &found);
    ck_assert_msg(same, "%s: %s", last.field, last.text);
    ck_assert_uint_eq(last.count, 0);
    ck_assert_uint_eq(found.segments, 1);
    ck_assert_uint_ge(found.sections, kinds[_i].many ? MANY + 7 : 7);
    ck_assert_uint_eq(found.symbols, SYMBOLS);
    ck_assert_uint_eq(found.relocations, 2);
    ck_assert_uint_eq(found.dynamic, 1);
    file_free(&bytes);
}
END_TEST

START_TEST(each_bit_that_libelf_reads_otherwise_is_a_difference)
{
    struct file_bytes bytes = {0};
    make(&bytes, kinds[_i].class_, kinds[_i].order, false);
    struct elfgen_view view;
    struct elfgen_shdr shdr;
    ck_assert_int_eq(elfgen_view_open(&view, bytes.bytes, bytes.size, NULL), ELFGEN_OK);
    uint8_t *theirs = malloc(bytes.size);
    ck_assert_ptr_nonnull(theirs);
    memcpy(theirs, bytes.bytes, bytes.size);
    /* The ELF header, the program header, and sections 2 to 6 with their headers. */
    uint64_t ranges[16][2] = {{0, view.ehdr.e_ehsize}, {view.ehdr.e_phoff, view.ehdr.e_phentsize}};
    unsigned count = 2;
    for (unsigned i = 2; i <= 6; i++) {
        ck_assert_int_eq(elfgen_view_section(&view, i, &shdr, NULL), ELFGEN_OK);
        ranges[count][0] = shdr.sh_offset;
        ranges[count++][1] = shdr.sh_size;
        ranges[count][0] = view.sections.offset + i * view.sections.entry_size;
        ranges[count++][1] = view.sections.entry_size;
    }
    for (unsigned r = 0; r < count; r++)
        for (uint64_t at = ranges[r][0]; at < ranges[r][0] + ranges[r][1]; at++) {
            struct last last = {0};
            struct verified found;
            const struct reporter reporter = {remember, &last};
            theirs[at] ^= 0x10;
            bool same = verify_bytes(&reporter, "made", bytes.bytes, theirs, bytes.size, &found);
            theirs[at] ^= 0x10;
            /* Bytes that no reader looks at: those that pad a header's sh_ fields do not exist. */
            ck_assert_msg(!same, "byte %#llx", (unsigned long long)at);
            ck_assert_uint_gt(last.count, 0);
        }
    free(theirs);
    file_free(&bytes);
}
END_TEST

START_TEST(a_planted_difference_is_told_with_offset_and_field)
{
    static const struct {
        uint64_t offset; /* in the symbol table, of symbol 1 */
        const char *field;
    } planted[] = {{24 + 4, "st_info"},
                   {24 + 5, "st_other"},
                   {24 + 6, "st_shndx"},
                   {24 + 8, "st_value"},
                   {24 + 16, "st_size"}};
    struct file_bytes bytes = {0};
    struct elfgen_view view;
    struct elfgen_shdr shdr;
    make(&bytes, ELFCLASS64, ELFDATA2LSB, false);
    elfgen_view_open(&view, bytes.bytes, bytes.size, NULL);
    ck_assert_int_eq(elfgen_view_section(&view, 2, &shdr, NULL), ELFGEN_OK);
    char *theirs = malloc(bytes.size);
    ck_assert_ptr_nonnull(theirs);
    for (size_t i = 0; i < sizeof planted / sizeof planted[0]; i++) {
        struct last last = {0};
        struct verified found;
        const struct reporter reporter = {remember, &last};
        memcpy(theirs, bytes.bytes, bytes.size);
        theirs[shdr.sh_offset + planted[i].offset] ^= 4;
        ck_assert(!verify_bytes(&reporter, "made", bytes.bytes, theirs, bytes.size, &found));
        ck_assert_uint_eq(found.differences, 1);
        ck_assert_uint_eq(last.offset, shdr.sh_offset + planted[i].offset);
        ck_assert_str_eq(last.field, planted[i].field);
    }
    free(theirs);
    file_free(&bytes);
}
END_TEST

START_TEST(what_libelf_refuses_is_said)
{
    static const char text[64] = "no ELF file";
    struct last last = {0};
    struct verified found;
    const struct reporter reporter = {remember, &last};
    ck_assert(!verify_bytes(&reporter, "text", text, text, sizeof text, &found));
    ck_assert(found.refused);
    ck_assert_uint_eq(last.count, 1);
    ck_assert_ptr_nonnull(strstr(last.text, "libelf cannot read it"));
}
END_TEST

static Suite *verify_suite(void)
{
    Suite *suite = suite_create("verify");
    TCase *tests = tcase_create("libelf");
    tcase_add_loop_test(tests, files_that_libelf_writes_are_read_alike, 0,
                        sizeof kinds / sizeof kinds[0]);
    tcase_add_loop_test(tests, each_bit_that_libelf_reads_otherwise_is_a_difference, 0, 4);
    tcase_add_test(tests, a_planted_difference_is_told_with_offset_and_field);
    tcase_add_test(tests, what_libelf_refuses_is_said);
    suite_add_tcase(suite, tests);
    return suite;
}

RUN_SUITE(verify_suite)
