/* assemble/: sources in NASM's language to programs: sections, symbols, relocations, warnings, and
 * sizes that depend on one another. What is expected is nasm 2.16.01's. */
#include <string.h>

#include "assembled.h"

uint8_t memory[MEMORY];
struct elfgen_assembly assembly;
struct elfgen_error last_error;
static char told[4096];

void tell(void *context, const struct elfgen_assemble_message *message)
{
    const size_t length = strlen(told);
    (void)context;
    snprintf(told + length, sizeof told - length, "%u %s\n", (unsigned)message->place.line,
             elfgen_assemble_class_name(message->class_));
}

static bool read_data(void *context, const char *name, const uint8_t **bytes, size_t *size,
                      const char **reason)
{
    (void)context;
    *bytes = (const uint8_t *)"0123456789";
    *size = 10;
    *reason = "there is no such file";
    return strcmp(name, "data.bin") == 0;
}

static enum elfgen_status run(const char *source, uint8_t mode)
{
    const struct elfgen_assemble_options options = {.mode = mode, .tell = tell, .read = read_data};
    told[0] = '\0';
    memset(&last_error, 0, sizeof last_error);
    return elfgen_assemble(source, strlen(source), &options, memory, sizeof memory, &assembly,
                           &last_error);
}

static void assembles(const char *source, uint8_t mode)
{
    const enum elfgen_status status = run(source, mode);
    ck_assert_msg(status == ELFGEN_OK, "%s: %s", source, last_error.text);
}

static const struct elfgen_section *section(const char *name)
{
    for (size_t i = 0; i < assembly.program.section_count; i++)
        if (strcmp(assembly.program.sections[i].name, name) == 0)
            return &assembly.program.sections[i];
    ck_abort_msg("there is no section %s", name);
}

void has_bytes(const char *name, const char *hex)
{
    const struct elfgen_section *found = section(name);
    char digits[1024] = "";
    for (uint64_t i = 0; i < found->size && i < 500; i++) {
        digits[2 * i] = "0123456789abcdef"[found->bytes[i] >> 4];
        digits[2 * i + 1] = "0123456789abcdef"[found->bytes[i] & 15];
        digits[2 * i + 2] = '\0';
    }
    ck_assert_str_eq(digits, hex);
}

static void has_code(const char *source, uint8_t mode, const char *hex)
{
    assembles(source, mode);
    has_bytes(".text", hex);
}

const struct elfgen_symbol *symbol(const char *name, struct elfgen_assembly_symbol *more)
{
    for (size_t i = 0; i < assembly.program.symbol_count; i++)
        if (strcmp(assembly.program.symbols[i].name, name) == 0) {
            *more = assembly.symbols[i];
            return &assembly.program.symbols[i];
        }
    ck_abort_msg("there is no symbol %s", name);
}

/* The symbols' names in their order, with a blank after each; sections have none. */
static void has_symbols(const char *names)
{
    char found[512] = "";
    for (size_t i = 0; i < assembly.program.symbol_count; i++) {
        const size_t length = strlen(found);
        snprintf(found + length, sizeof found - length, "%s ", assembly.program.symbols[i].name);
    }
    ck_assert_str_eq(found, names);
}

static void has_relocation(size_t i, uint64_t offset, uint32_t type, const char *name,
                           int64_t addend)
{
    ck_assert_uint_lt(i, assembly.program.relocation_count);
    const struct elfgen_relocation *row = &assembly.program.relocations[i];
    const struct elfgen_symbol *to = &assembly.program.symbols[row->symbol];
    const char *to_name = to->name[0] || to->section >= assembly.program.section_count
                              ? to->name
                              : assembly.program.sections[to->section].name;
    ck_assert_uint_eq(row->offset, offset);
    ck_assert_uint_eq(row->type, type);
    ck_assert_str_eq(to_name, name);
    ck_assert_int_eq(row->addend, addend);
}

START_TEST(sections_have_nasms_order_types_flags_and_alignment)
{
    assembles("x: nop\nsection .data\ndb 1\nsection .bss\nresb 4\nsection own\nnop\n"
              "section .note.GNU-stack noalloc noexec nowrite progbits\n"
              "section .m align=32 merge qword\nsection .data\nalign 64\n",
              64);
    static const struct {
        const char *name;
        uint32_t type;
        uint64_t flags, align, entry_size, size;
    } rows[] = {{".data", ELFGEN_SHT_PROGBITS, 3, 64, 0, 64},
                {".bss", ELFGEN_SHT_NOBITS, 3, 4, 0, 4},
                {"own", ELFGEN_SHT_PROGBITS, 2, 1, 0, 1},
                {".note.GNU-stack", ELFGEN_SHT_PROGBITS, 0, 1, 0, 0},
                {".m", ELFGEN_SHT_PROGBITS, 0x12, 32, 8, 0},
                {".text", ELFGEN_SHT_PROGBITS, 6, 16, 0, 1}};
    ck_assert_uint_eq(assembly.program.section_count, sizeof rows / sizeof *rows);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_str_eq(assembly.program.sections[i].name, rows[i].name);
        ck_assert_uint_eq(assembly.sections[i].type, rows[i].type);
        ck_assert_uint_eq(assembly.sections[i].flags, rows[i].flags);
        ck_assert_uint_eq(assembly.sections[i].entry_size, rows[i].entry_size);
        ck_assert_uint_eq(assembly.program.sections[i].align, rows[i].align);
        ck_assert_uint_eq(assembly.program.sections[i].size, rows[i].size);
    }
}
END_TEST

START_TEST(symbols_have_nasms_order_types_sizes_and_visibility)
{
    struct elfgen_assembly_symbol more;
    assembles("global foo:function (foo.end-foo)\nglobal bar:function hidden (2*2)\n"
              "extern zz:weak\nextern unused\nextern ww\ncommon cc 4:8\n"
              "k equ 5\nfoo: mov rax, [zz]\ncall ww\n.end:\nbar: nop\n..@q: nop\n",
              64);
    has_symbols(" k foo.end ..@q zz ww cc foo bar ");
    ck_assert_uint_eq(symbol("foo", &more)->size, 13);
    ck_assert_uint_eq(more.type, ELFGEN_STT_FUNC);
    ck_assert_uint_eq(more.place.line, 8);
    ck_assert_uint_eq(symbol("bar", &more)->size, 4);
    ck_assert_uint_eq(more.visibility, ELFGEN_STV_HIDDEN);
    ck_assert_uint_eq(symbol("zz", &more)->binding, ELFGEN_WEAK);
    ck_assert_uint_eq(symbol("cc", &more)->value, 8);
    ck_assert(more.is_common);
    ck_assert_uint_eq(symbol("k", &more)->section, ELFGEN_SECTION_ABSOLUTE);
    ck_assert_uint_eq(symbol("k", &more)->value, 5);
}
END_TEST

START_TEST(relocations_are_nasms)
{
    assembles("extern e\ncall e\njmp data\nmov rax, data+2\nmov rax, strict dword data\n"
              "lea rax, [rel data]\nmov eax, [data]\npush e\ndd e - $\nmov eax, data\n"
              "section .data\ndata: dq data\ndb data\n",
              64);
    has_relocation(0, 0, ELFGEN_R_X86_64_64, ".data", 0);
    has_relocation(1, 8, ELFGEN_R_X86_64_8, ".data", 0);
    has_relocation(2, 1, ELFGEN_R_X86_64_PC32, "e", -4);
    has_relocation(3, 6, ELFGEN_R_X86_64_PC32, ".data", -4);
    has_relocation(4, 12, ELFGEN_R_X86_64_64, ".data", 2);
    has_relocation(5, 23, ELFGEN_R_X86_64_32S, ".data", 0);
    has_relocation(6, 30, ELFGEN_R_X86_64_PC32, ".data", -4);
    has_relocation(7, 37, ELFGEN_R_X86_64_32S, ".data", 0);
    has_relocation(8, 42, ELFGEN_R_X86_64_32S, "e", 0);
    has_relocation(9, 46, ELFGEN_R_X86_64_PC32, "e", 0);
    has_relocation(10, 51, ELFGEN_R_X86_64_32, ".data", 0);
}
END_TEST

START_TEST(objects_of_32_bits_have_the_addend_in_their_bytes_too)
{
    has_code("x: nop\nmov eax, y+3\ncall z\ny: dd x\nextern z\n", 32,
             "90b80e000000e8fcffffff00000000");
    ck_assert_uint_eq(assembly.machine, ELFGEN_EM_386);
    has_relocation(0, 2, ELFGEN_R_386_32, ".text", 14);
    has_relocation(1, 7, ELFGEN_R_386_PC32, "z", -4);
    has_relocation(2, 11, ELFGEN_R_386_32, ".text", 0);
}
END_TEST

START_TEST(jumps_are_as_short_as_they_can_be)
{
    has_code("a: jmp a\njmp b\nb: jz near a\n", 64, "ebfeeb000f84f6ffffff");
    assembles("jmp b\ntimes 127 nop\nb: nop\n", 64);
    ck_assert_uint_eq(section(".text")->size, 2 + 127 + 1);
    assembles("jmp b\ntimes 128 nop\nb: nop\n", 64);
    ck_assert_uint_eq(section(".text")->size, 5 + 128 + 1);
    /* The second jump is long, so that the first one must be. */
    assembles("jmp b\njmp far_away\ntimes 124 nop\nb: times 200 nop\nfar_away: nop\n", 64);
    ck_assert_uint_eq(section(".text")->size, 5 + 5 + 124 + 200 + 1);
}
END_TEST

START_TEST(sizes_follow_names_that_are_defined_later)
{
    has_code("mov rax, n\nadd rax, n\nn equ e-s\ns: nop\ne: nop\n", 64, "b8010000004883c0019090");
    has_code("times (e-s) db 1\ns: nop\ne: nop\n", 64, "019090");
    has_code("x equ y+1\ny equ z\nz equ 200\npush x\n", 64, "68c9000000");
    has_code("db 1\ntimes 8-($-$$) db 2\nresb 0\n", 64, "0102020202020202");
}
END_TEST

/* A jump for each of many lines, each of which is near only since the next one is. */
START_TEST(a_long_chain_of_jumps_is_settled_in_linear_time)
{
    enum { JUMPS = 100000, LINE = 64 };
    char *source = malloc((size_t)JUMPS * LINE);
    const size_t size = ELFGEN_ASSEMBLE_MEMORY((size_t)JUMPS * LINE);
    void *room = malloc(size);
    size_t length = 0;
    ck_assert(source && room);
    for (int i = 0; i < JUMPS; i++)
        length += (size_t)snprintf(source + length, LINE,
                                   "jmp w%d\ntimes 40 nop\nw%d: times 44 nop\n", i + 1, i);
    length += (size_t)snprintf(source + length, LINE, "times 200 nop\nw%d:\n", JUMPS);
    const enum elfgen_status status =
        elfgen_assemble(source, length, NULL, room, size, &assembly, &last_error);
    ck_assert_msg(status == ELFGEN_OK, "%s", last_error.text);
    ck_assert_uint_eq(section(".text")->size, (uint64_t)JUMPS * (5 + 84) + 200);
    free(room);
    free(source);
}
END_TEST

START_TEST(data_has_nasms_strings_floats_and_repetitions)
{
    has_code("db 'a', \"b\", `\\n`, -1\ndw 'abc'\ndd 1.5\ndq 1.5\n", 64,
             "61620aff616263000000c03f000000000000f83f");
    has_code("db 3 dup (1, 2 dup (4)), 5\n", 64, "01040401040401040405");
    has_code("incbin 'data.bin', 2, 3\ntimes 2 incbin 'data.bin', 8\n", 64, "32333438393839");
}
END_TEST

START_TEST(names_with_a_point_belong_to_the_label_before)
{
    has_code("a:\n.x: jmp .x\nb: equ 3\n..@c: jmp .x\nd:\n.x: jmp .x\njmp a.x\n", 64,
             "ebfeebfcebfeebf8");
    has_code("mov: nop\n$rax: jmp mov\njmp $rax\n", 64, "90ebfdebfc");
}
END_TEST

static void is_refused(const char *source, enum elfgen_status status, unsigned line)
{
    char first[32];
    snprintf(first, sizeof first, "%u error\n", line);
    ck_assert_msg(run(source, 64) == status, "%s: %d %s", source, (int)last_error.status,
                  last_error.text);
    ck_assert_msg(strncmp(told, first, strlen(first)) == 0, "%s: %s", source, told);
    ck_assert(last_error.text[0] != '\0' && last_error.status == status);
}

START_TEST(text_that_no_directive_names_is_aligned_as_what_comes_before_its_bytes_says)
{
    assembles("align 64\nnop\n", 64);
    ck_assert_uint_eq(assembly.program.sections[0].align, 16);
    assembles("align 64\na: nop\n", 64);
    ck_assert_uint_eq(assembly.program.sections[0].align, 64);
    assembles("nop\nalign 64\n", 64);
    ck_assert_uint_eq(assembly.program.sections[0].align, 64);
    assembles("nop\nalign 2\nsection .text align=1\nnop\n", 64);
    ck_assert_uint_eq(assembly.program.sections[0].align, 2);
}
END_TEST

START_TEST(a_strict_jump_stays_near_whatever_else_is_looked_at_again)
{
    has_code("a: dq 'longer than eight bytes', b-a\njmp strict a\nb:\n", 64,
             "6c6f6e676572207468616e20656967687420627974657300"
             "2500000000000000e9dbffffff");
    has_code("a: times b-b+1 db 5\njmp strict a\njmp a\nb:\n", 64, "05e9faffffffebf8");
}
END_TEST

START_TEST(equ_takes_what_is_no_address_as_nasm_does)
{
    static const char begin[] = "nop\na: nop\nsection .data\ndb 1, 2, 3\nb: db 4\ne equ ";
    static const struct {
        const char *expression;
        uint32_t section; /* of the symbol; .data has the index 0 */
        uint64_t value;
    } rows[] = {
        {"a*2\n", ELFGEN_SECTION_ABSOLUTE, 2},
        {"(a-b)*2\n", ELFGEN_SECTION_ABSOLUTE, -4ull},
        {"a-b\n", 1, -2ull},
        {"-b\n", ELFGEN_SECTION_ABSOLUTE, -3ull},
        {"b*2-b\n", 0, 3},
        {"a-b+b*3\n", 1, 7},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct elfgen_assembly_symbol more;
        char source[100];
        snprintf(source, sizeof source, "%s%s", begin, rows[i].expression);
        assembles(source, 64);
        const struct elfgen_symbol *e = symbol("e", &more);
        ck_assert_msg(e->section == rows[i].section && e->value == rows[i].value, "%s: %d %d",
                      source, (int)e->section, (int)e->value);
    }
    is_refused("a: nop\nsection .data\nb: nop\ne equ b-a\n", ELFGEN_BAD_VALUE, 4);
    is_refused("a: nop\nsection .data\nb: nop\ne equ a+b\n", ELFGEN_BAD_VALUE, 4);
}
END_TEST

START_TEST(data_that_is_repeated_no_times_is_read)
{
    assembles("times 0 dd f\nextern e\nextern f\ndd f, e\ntimes 0 db 300, ?\ntimes 0 dw 1e10\n",
              64);
    ck_assert_str_eq(told, "6 float-overflow\n");
    is_refused("times 0 dd missing\n", ELFGEN_UNDEFINED, 1);
    is_refused("nop\ntimes 0 db 1,,2\n", ELFGEN_BAD_VALUE, 2);
}
END_TEST

START_TEST(warnings_have_nasms_lines_and_classes)
{
    assembles("lonely\nmov al, 300\nsection .data\nresb 3\ndb 300, ?\ndb\nsection .bss\ndb 1\n"
              "alignb 4\n",
              64);
    ck_assert_str_eq(told, "1 label-orphan\n2 number-overflow\n4 zeroing\n"
                           "5 number-overflow\n5 zeroing\n6 db-empty\n8 other\n");
    /* One that is too large for 64 bits is told once. */
    assembles("dq 0x1123456789abcdef0\nmov rax, 0x1123456789abcdef0\n%if 0x1123456789abcdef0\n"
              "nop\n%endif\nmov eax, 0x1123456789abcdef0\n",
              64);
    ck_assert_str_eq(told, "1 number-overflow\n2 number-overflow\n3 number-overflow\n"
                           "6 number-overflow\n6 number-overflow\n");
    /* Those of the first pass come before an error of the last one. */
    run("lonely\ndb 300\nmov eax, [missing]\nalone\n", 64);
    ck_assert_str_eq(told, "1 label-orphan\n2 number-overflow\n3 error\n4 label-orphan\n");
    /* An attribute that is ignored, of a section that is there. */
    assembles("section .data\nsection .data foo\nlonely\ndb 300\n", 64);
    ck_assert_str_eq(told, "2 other\n3 label-orphan\n4 number-overflow\n");
}
END_TEST

START_TEST(what_is_wrong_is_refused_with_its_line)
{
    is_refused("nop\nmov eax, [1\n", ELFGEN_BAD_VALUE, 2);
    is_refused("nop\n\nmov eax, missing\n", ELFGEN_UNDEFINED, 3);
    is_refused("a: nop\na: nop\n", ELFGEN_BAD_VALUE, 2);
    is_refused("times -1 nop\n", ELFGEN_BAD_VALUE, 1);
    is_refused("times 1000000000000000000 db 0\n", ELFGEN_DOES_NOT_FIT, 1);
    is_refused("times 2147483647 resq 1000000000000\n", ELFGEN_DOES_NOT_FIT, 1);
    is_refused("db 1000000000 dup (1000000000 dup (1000 dup (0)))\n", ELFGEN_DOES_NOT_FIT, 1);
    is_refused("a equ b\nb equ a+1\ndb a\n", ELFGEN_BAD_VALUE, 1);
    is_refused("jmp short far_away\ntimes 200 nop\nfar_away: nop\n", ELFGEN_DOES_NOT_FIT, 1);
    is_refused("incbin 'other.bin'\n", ELFGEN_UNDEFINED, 1);
}
END_TEST

START_TEST(memory_that_does_not_suffice_is_asked_for)
{
    static const char source[] = "a: jmp b\ntimes 5000 db 1\nb: mov rax, a\ndq a, b\n";
    size_t size = 0;
    unsigned tries = 0;
    for (; tries < 16; tries++) {
        const enum elfgen_status status = elfgen_assemble(
            source, sizeof source - 1, NULL, size ? memory : NULL, size, &assembly, &last_error);
        if (status == ELFGEN_OK)
            break;
        ck_assert_int_eq(status, ELFGEN_NO_ROOM);
        ck_assert_uint_gt(assembly.needed, size);
        size = assembly.needed;
    }
    ck_assert_uint_lt(tries, 4);
    ck_assert_uint_eq(section(".text")->size, 5 + 5000 + 10 + 16);
}
END_TEST

START_TEST(lines_tell_where_bytes_come_from)
{
    assembles("nop\n\nsection .data\ndb 1, 2\nsection .text\nlabel:\n jmp label\n", 64);
    ck_assert_uint_eq(assembly.line_count, 3);
    static const struct {
        uint32_t section;
        uint64_t offset, line;
    } rows[] = {{0, 0, 4}, {1, 0, 1}, {1, 1, 7}};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_uint_eq(assembly.lines[i].section, rows[i].section);
        ck_assert_uint_eq(assembly.lines[i].offset, rows[i].offset);
        ck_assert_uint_eq(assembly.lines[i].place.line, rows[i].line);
    }
}
END_TEST

static Suite *assemble_suite(void)
{
    Suite *suite = suite_create("assemble");
    TCase *tests = tcase_create("programs");
    tcase_add_test(tests, sections_have_nasms_order_types_flags_and_alignment);
    tcase_add_test(tests, symbols_have_nasms_order_types_sizes_and_visibility);
    tcase_add_test(tests, relocations_are_nasms);
    tcase_add_test(tests, objects_of_32_bits_have_the_addend_in_their_bytes_too);
    tcase_add_test(tests, jumps_are_as_short_as_they_can_be);
    tcase_add_test(tests, sizes_follow_names_that_are_defined_later);
    tcase_add_test(tests, a_long_chain_of_jumps_is_settled_in_linear_time);
    tcase_add_test(tests, data_has_nasms_strings_floats_and_repetitions);
    tcase_add_test(tests, names_with_a_point_belong_to_the_label_before);
    tcase_add_test(tests, warnings_have_nasms_lines_and_classes);
    tcase_add_test(tests, data_that_is_repeated_no_times_is_read);
    tcase_add_test(tests, equ_takes_what_is_no_address_as_nasm_does);
    tcase_add_test(tests, a_strict_jump_stays_near_whatever_else_is_looked_at_again);
    tcase_add_test(tests,
                   text_that_no_directive_names_is_aligned_as_what_comes_before_its_bytes_says);
    tcase_add_test(tests, what_is_wrong_is_refused_with_its_line);
    tcase_add_test(tests, memory_that_does_not_suffice_is_asked_for);
    tcase_add_test(tests, lines_tell_where_bytes_come_from);
    suite_add_tcase(suite, tests);
    suite_add_tcase(suite, assemble_flat_cases());
    return suite;
}

RUN_SUITE(assemble_suite)
