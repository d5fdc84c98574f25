/* arch/ and image/relocate.c: relocations of all types are applied as ld applies them, and
 * instructions that read the global offset table rewritten as ld rewrites them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "elfgen.h"
#include "room.h"

struct tested {
    const char *flags, *emulation, *text_address, *source;
    uint16_t machine;
    const char *tools; /* what the names of as and ld begin with */
};

#define FOR_REGISTERS64(name)                                                                      \
    name "q foo@GOTPCREL(%rip), %rax; " name "q foo@GOTPCREL(%rip), %rsi; " name                   \
         "q foo@GOTPCREL(%rip), %r8; " name "q foo@GOTPCREL(%rip), %r15; " name                    \
         "l foo@GOTPCREL(%rip), %eax; " name "l foo@GOTPCREL(%rip), %edi; " name                   \
         "l foo@GOTPCREL(%rip), %r9d\n"
#define FOR_REGISTERS32(name)                                                                      \
    name "l foo@GOT, %eax; " name "l foo@GOT, %esi\n" name "l foo@GOT(%ebx), %eax; " name          \
         "l foo@GOT(%ecx), %edx; " name "l foo@GOT(%eax), %edi; " name "l foo@GOT(%ebp), %ecx\n"
#define FOR_OPERATIONS(registers)                                                                  \
    registers("mov") registers("add") registers("adc") registers("sbb") registers("sub")           \
        registers("and") registers("or") registers("xor") registers("cmp")
#define SOURCE_64                                                                                  \
    FOR_OPERATIONS(FOR_REGISTERS64)                                                                \
    "testq %rax, foo@GOTPCREL(%rip); testq %r12, foo@GOTPCREL(%rip)\n"                             \
    "testl %ecx, foo@GOTPCREL(%rip); testl %r11d, foo@GOTPCREL(%rip)\n"                            \
    "call *foo@GOTPCREL(%rip); jmp *foo@GOTPCREL(%rip)\n"                                          \
    "pushq foo@GOTPCREL(%rip); cmpq %rax, foo@GOTPCREL(%rip); imulq foo@GOTPCREL(%rip), %rdx\n"    \
    "cmpq $1, foo@GOTPCREL(%rip)\n"                                                                \
    "movabsq $foo@GOT, %rax; movabsq $foo@GOTOFF, %rcx; movabsq $foo@PLTOFF, %rdx\n"               \
    "leaq _GLOBAL_OFFSET_TABLE_(%rip), %rax; movabsq $_GLOBAL_OFFSET_TABLE_ - ., %r11\n"           \
    "movl $foo@SIZE, %eax; movabsq $foo@SIZE, %rax; movl $foo@SIZE + 5, %eax\n"                    \
    "call foo@PLT; leaq foo(%rip), %rax; .quad foo@GOTPCREL\n"
#define SOURCE_32                                                                                  \
    FOR_OPERATIONS(FOR_REGISTERS32)                                                                \
    "testl %ecx, foo@GOT; testl %eax, foo@GOT; testl %ecx, foo@GOT(%ebx)\n"                        \
    "call *foo@GOT; jmp *foo@GOT; call *foo@GOT(%ebx); jmp *foo@GOT(%esi)\n"                       \
    "pushl foo@GOT(%ebx); pushl foo@GOT; cmpl $1, foo@GOT(%ebx); imull foo@GOT(%ebx), %eax\n"      \
    "addl $_GLOBAL_OFFSET_TABLE_, %ebx; movl foo@GOTOFF(%ebx), %eax; leal 12+foo@GOTOFF(%ebx), "   \
    "%ecx\n"                                                                                       \
    "movl $foo@SIZE, %eax; movl $foo@SIZE + 5, %eax; call foo@PLT; .long foo@GOTOFF\n"

#define SOURCE_AARCH64                                                                             \
    "bl foo; b foo; bl foo + 8; b.eq foo; cbz x1, foo; tbz w3, #7, foo; tbnz x3, #40, foo + 4\n"   \
    "adr x0, foo; adr x30, foo + 3; adrp x0, foo; adrp x17, foo + 0x12345; ldr x0, foo\n"          \
    "adrp x3, :pg_hi21_nc:foo; ldr q2, foo; ldrsw x2, foo + 4\n"                                   \
    "add x0, x0, :lo12:foo; add x1, x2, :lo12:foo + 1; ldrb w0, [x0, :lo12:foo + 3]\n"             \
    "ldrh w0, [x1, :lo12:foo + 2]; ldr w2, [x3, :lo12:foo + 4]; ldr x4, [x5, :lo12:foo + 8]\n"     \
    "str q6, [x7, :lo12:foo]; ldr d1, [x0, :lo12:foo + 24]; strb w9, [sp, :lo12:foo]\n"            \
    "movz x0, :abs_g0_nc:foo; movk x0, :abs_g1:foo; movk x0, :abs_g1_nc:foo\n"                     \
    "movk x1, :abs_g2:foo; movk x1, :abs_g2_nc:foo; movz x2, :abs_g3:foo\n"                        \
    "adrp x0, :got:foo; ldr x0, [x0, :got_lo12:foo]; ldr x5, :got:foo\n"                           \
    "adrp x28, _GLOBAL_OFFSET_TABLE_; ldr x0, [x28, :gotpage_lo15:foo]\n"                          \
    ".word foo; .word foo + 5; .word foo - .; .xword foo; .xword foo - 16; .xword foo - .\n"       \
    ".hword foo - .; .hword foo - . + 9; .balign 16\n"

static const struct tested tested[] = {
    {"--64", "elf_x86_64", "0x10078", SOURCE_64, 62, ""},
    {"--64 -mrelax-relocations=no", "elf_x86_64", "0x10078", SOURCE_64, 62, ""},
    {"--32", "elf_i386", "0x10054", SOURCE_32, 3, ""},
    {"--32 -mrelax-relocations=no", "elf_i386", "0x10054", SOURCE_32, 3, ""},
    {"", "aarch64linux", "0x10080", SOURCE_AARCH64, 183, "aarch64-linux-gnu-"},
    {"", "aarch64linux", "0x12345670", SOURCE_AARCH64, 183, "aarch64-linux-gnu-"},
};

static uint8_t *read_whole(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*length + 1);
    ck_assert_uint_eq(fread(bytes, 1, *length, file), *length);
    fclose(file);
    return bytes;
}

/* Finds a section by its name. */
static bool find_section(const struct elfgen_view *view, const char *wanted,
                         struct elfgen_shdr *header)
{
    for (uint64_t i = 0; i < view->sections.count; i++) {
        const char *name;
        ck_assert_int_eq(elfgen_view_section(view, i, header, NULL), ELFGEN_OK);
        const size_t length = elfgen_view_section_name(view, header, &name);
        if (length == strlen(wanted) && memcmp(name, wanted, length) == 0)
            return true;
    }
    return false;
}

static const char *symbol_name(const struct elfgen_view *view, uint64_t index,
                               struct elfgen_sym *symbol)
{
    struct elfgen_shdr table, strings;
    const char *name = "";
    ck_assert(find_section(view, ".symtab", &table));
    ck_assert_int_eq(elfgen_view_section(view, table.sh_link, &strings, NULL), ELFGEN_OK);
    if (elfgen_view_symbol(view, &table, index, symbol, NULL) != ELFGEN_OK)
        return NULL;
    elfgen_view_string(view, strings.sh_offset, strings.sh_size, symbol->st_name, &name);
    return name;
}

static uint64_t address_of(const struct elfgen_view *view, const char *wanted)
{
    struct elfgen_sym symbol;
    const char *name;
    for (uint64_t i = 0; (name = symbol_name(view, i, &symbol)); i++)
        if (strcmp(name, wanted) == 0)
            return symbol.st_value;
    ck_abort_msg("no symbol %s", wanted);
    return 0;
}

/* Relaxes and relocates the object's .text, with the table at the address that ld chose. */
static void link_text(uint16_t machine, const struct elfgen_view *object,
                      const struct elfgen_view *theirs, uint8_t *bytes, uint64_t size)
{
    enum { FOO, SLOT, BASE };
    const bool has_addends = elfgen_arch_find(machine)->has_addends;
    struct elfgen_shdr text, header, got;
    ck_assert(find_section(theirs, ".text", &text));
    ck_assert(find_section(object, has_addends ? ".rela.text" : ".rel.text", &header));
    if (!find_section(theirs, ".got", &got))
        got.sh_addr = got.sh_size = 0;
    struct elfgen_section section = {
        .name = ".text", .bytes = bytes, .size = size, .address = text.sh_addr};
    const struct elfgen_symbol symbols[] = {
        [FOO] = {.name = "foo",
                 .section = ELFGEN_SECTION_ABSOLUTE,
                 .value = address_of(theirs, "foo"),
                 .size = 3},
        [SLOT] = {.name = "slot",
                  .section = ELFGEN_SECTION_ABSOLUTE,
                  .value = got.sh_addr + got.sh_size - (has_addends ? 8 : 4)},
        [BASE] = {.name = "base",
                  .section = ELFGEN_SECTION_ABSOLUTE,
                  .value = address_of(theirs, "_GLOBAL_OFFSET_TABLE_")}};
    struct elfgen_rela rela;
    for (uint64_t i = 0; elfgen_view_relocation(object, &header, i, &rela, NULL) == ELFGEN_OK;
         i++) {
        struct elfgen_sym symbol;
        struct elfgen_relocation relocation = {.offset = rela.r_offset};
        if (has_addends) {
            relocation.type = (uint32_t)rela.r_info;
            relocation.addend = (int64_t)rela.r_addend;
            relocation.symbol = (uint32_t)(rela.r_info >> 32);
        } else {
            int32_t addend;
            memcpy(&addend, bytes + rela.r_offset, sizeof addend);
            relocation.type = (uint32_t)rela.r_info & 0xff;
            relocation.addend = addend;
            relocation.symbol = (uint32_t)rela.r_info >> 8;
        }
        const char *name = symbol_name(object, relocation.symbol, &symbol);
        ck_assert(strcmp(name, "foo") == 0 || strcmp(name, "_GLOBAL_OFFSET_TABLE_") == 0);
        uint32_t plain;
        const enum elfgen_got_use use =
            elfgen_relocation_got(machine, bytes, size, &relocation, &plain);
        relocation.symbol = strcmp(name, "foo") == 0 ? FOO : BASE;
        if (use != ELFGEN_GOT_SLOT || !elfgen_relax(machine, bytes, size, &relocation)) {
            relocation.type = plain;
            relocation.symbol = use == ELFGEN_GOT_SLOT ? SLOT : relocation.symbol;
        }
        const struct elfgen_program program = {.sections = &section,
                                               .section_count = 1,
                                               .symbols = symbols,
                                               .symbol_count = 3,
                                               .got = &symbols[BASE],
                                               .relocations = &relocation,
                                               .relocation_count = 1};
        struct elfgen_error error;
        ck_assert_msg(elfgen_apply_relocations(&program, machine, bytes, size, &error) == ELFGEN_OK,
                      "%s", error.text);
    }
}

START_TEST(instructions_that_read_the_table_are_rewritten_as_by_ld)
{
    const struct tested *row = &tested[_i];
    char folder[] = "/tmp/tinyelf-relocation-XXXXXX", command[1024];
    snprintf(command, sizeof command, "command -v %sas >/dev/null && command -v %sld >/dev/null",
             row->tools, row->tools);
    if (system(command) != 0) {
        printf("skipped: %sas and %sld are not installed (package %s)\n", row->tools, row->tools,
               *row->tools ? "binutils-aarch64-linux-gnu" : "binutils");
        return;
    }
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    FILE *source = fopen("one.s", "w");
    ck_assert_ptr_nonnull(source);
    fprintf(source, ".globl _start, foo\n_start:\n%sfoo: ret\nnop\nnop\n.size foo, 3\n",
            row->source);
    fclose(source);
    snprintf(command, sizeof command,
             "%sas %s -o one.o one.s && %sld -m %s -n -Ttext %s -e _start -o theirs one.o",
             row->tools, row->flags, row->tools, row->emulation, row->text_address);
    const int status = system(command);
    size_t object_size = 0, their_size = 0;
    uint8_t *object = status == 0 ? read_whole("one.o", &object_size) : NULL;
    uint8_t *theirs = status == 0 ? read_whole("theirs", &their_size) : NULL;
    unlink("one.s");
    unlink("one.o");
    unlink("theirs");
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(rmdir(folder), 0);
    ck_assert_int_eq(status, 0);
    struct elfgen_view from, to;
    struct elfgen_shdr before, after;
    elfgen_view_open(&from, object, object_size, NULL);
    elfgen_view_open(&to, theirs, their_size, NULL);
    ck_assert(find_section(&from, ".text", &before));
    ck_assert(find_section(&to, ".text", &after));
    ck_assert_uint_eq(before.sh_size, after.sh_size);
    uint8_t *bytes = malloc(before.sh_size);
    memcpy(bytes, object + before.sh_offset, before.sh_size);
    link_text(row->machine, &from, &to, bytes, before.sh_size);
    const uint8_t *expected = theirs + after.sh_offset;
    for (size_t i = 0; i < before.sh_size; i++)
        ck_assert_msg(bytes[i] == expected[i],
                      "%s: .text+0x%zx: %02x, ld has %02x; after %02x %02x %02x, in the object "
                      "%02x %02x %02x",
                      row->flags, i, bytes[i], expected[i], expected[i - 3], expected[i - 2],
                      expected[i - 1], object[before.sh_offset + i - 2],
                      object[before.sh_offset + i - 1], object[before.sh_offset + i]);
    free(bytes);
    free(object);
    free(theirs);
}
END_TEST

static Suite *relocation_ld_suite(void)
{
    Suite *suite = suite_create("relocation, ld");
    TCase *relax = tcase_create("instructions at the table");
    tcase_add_loop_test(relax, instructions_that_read_the_table_are_rewritten_as_by_ld, 0,
                        sizeof tested / sizeof tested[0]);
    suite_add_tcase(suite, relax);
    return suite;
}

RUN_SUITE(relocation_ld_suite)
