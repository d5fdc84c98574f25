/* golf/rewrite/ranges.h: which bits of what a program stores are 0, whatever it reads. */
#include "golf/lift/lift.h"
#include "golf/rewrite/ranges.h"
#include "golf_program.h"

enum { RDI = 7 };

#define PROGRAM(lines)                                                                             \
    "global _start\nsection .text align=1\n_start:\n" lines                                        \
    "\nmov [rsp + 8], rdi\nmov eax, 60\nxor edi, edi\nsyscall\n"                                   \
    "out: mov eax, 231\nmov edi, 1\nsyscall\n"

/* Numbers from 0 to 255, to 65535, and to 300; any number. */
#define BYTE(reg)  "movzx " reg ", byte [rsp]\n"
#define WORD(reg)  "movzx " reg ", word [rsp]\n"
#define SUM(reg)   BYTE(reg) "add " reg ", 45\n"
#define ANY(reg)   "mov " reg ", [rsp]\n"
#define DIVIDE(by) "xor edx, edx\n" by "\n"

/* The most that is stored, as the least number of ones; UINT32_MAX: any number. */
static const struct {
    const char *lines;
    uint64_t most;
} rows[] = {
    /* loads and moves */
    {BYTE("edi"), 0xff},
    {WORD("edi"), 0xffff},
    {ANY("edi"), UINT32_MAX},
    {WORD("ecx") "movzx edi, ch", UINT32_MAX},
    {SUM("ecx") "mov edi, ecx\ninc edi", 0x1ff},
    /* arithmetic */
    {BYTE("edi") "add edi, 1", 0x1ff},
    {BYTE("edi") "inc edi\ndec edi", 0xff},
    {BYTE("edi") "dec edi", UINT32_MAX},
    {BYTE("edi") "sub edi, 1", UINT32_MAX},
    {SUM("edi") "sub edi, 45", 0xff},
    {SUM("edi") "sub edi, 46", UINT32_MAX},
    {ANY("edi") "and edi, 7", 7},
    {BYTE("edi") "and edi, 1023", 0xff},
    {BYTE("edi") "or edi, 256", 0x1ff},
    {BYTE("edi") "xor edi, 3", 0xff},
    {ANY("edi") "xor edi, 3", UINT32_MAX},
    /* shifts */
    {BYTE("edi") "shr edi, 4", 0xf},
    {BYTE("edi") "shl edi, 4", 0xfff},
    {BYTE("edi") "shl edi, 28", UINT32_MAX},
    {BYTE("edi") "mov cl, [rsp + 1]\nshr edi, cl", UINT32_MAX},
    /* addresses that are numbers */
    {BYTE("ebx") "lea edi, [rbx + rbx * 2 + 5]", 0x3ff},
    {BYTE("ebx") "movzx edx, byte [rsp + 1]\nlea edi, [rbx + rdx * 8]", 0xfff},
    {BYTE("ebx") "lea edi, [rbx - 5]", UINT32_MAX},
    {SUM("ebx") "lea edi, [rbx - 45]", 0xff},
    {ANY("ebx") "lea edi, [rbx + 1]", UINT32_MAX},
    /* divisions */
    {"mov ebx, 10\n" ANY("eax") DIVIDE("div ebx") "mov edi, edx", 0xf},
    {"mov ebx, 10\n" ANY("eax") DIVIDE("div ebx") "mov edi, eax", 0x1fffffff},
    {BYTE("ebx") WORD("eax") DIVIDE("div ebx") "mov edi, edx", 0xff},
    {BYTE("ebx") WORD("eax") DIVIDE("div ebx") "mov edi, eax", 0xffff},
    {ANY("ebx") BYTE("eax") DIVIDE("div ebx") "mov edi, eax", 0xff},
    {ANY("ebx") BYTE("eax") DIVIDE("div ebx") "mov edi, edx", UINT32_MAX},
    {"mov ebx, 10\n" ANY("eax") "mov edx, 5\ndiv ebx\nmov edi, eax", UINT32_MAX},
    {"mov ebx, 10\n" ANY("eax") "mov edx, 5\ndiv ebx\nmov edi, edx", 0xf},
    /* with a sign: what is divided is not negative, and the divisor may be */
    {"mov ebx, 10\n" ANY("eax") DIVIDE("idiv ebx") "mov edi, edx", 0xf},
    {"mov ebx, 10\n" ANY("eax") DIVIDE("idiv ebx") "mov edi, eax", 0x1fffffff},
    {BYTE("ebx") WORD("eax") DIVIDE("idiv ebx") "mov edi, eax", 0xffff},
    {ANY("ebx") BYTE("eax") DIVIDE("idiv ebx") "mov edi, eax", UINT32_MAX},
    {ANY("ebx") BYTE("eax") DIVIDE("idiv ebx") "mov edi, edx", UINT32_MAX},
    {"mov ebx, 10\n" ANY("eax") "cdq\nidiv ebx\nmov edi, edx", UINT32_MAX},
    {"mov ebx, 10\n" ANY("eax") "cdq\nidiv ebx\nmov edi, eax", UINT32_MAX},
    /* behind a comparison */
    {ANY("edi") "cmp edi, 9\nja out", 0xf},
    {ANY("edi") "cmp edi, 16\njae out", 0xf},
    {SUM("edi") "cmp edi, 9\njbe out", 0x1ff},
    {BYTE("ebx") ANY("edi") "cmp edi, ebx\njne out", 0xff},
    {ANY("edi") "test edi, edi\njs out", INT32_MAX},
    {BYTE("ebx") ANY("edi") "cmp edi, ebx\njae out", 0xff},
    /* of which the low byte alone says nothing of the rest */
    {SUM("edi") "cmp dil, 200\njb out", 0x1ff},
    /* bits that are tested, not all of them, and what a sum tells */
    {BYTE("ebx") ANY("edi") "test edi, ebx\njnz out", UINT32_MAX},
    {ANY("edi") "test edi, 7\njnz out", UINT32_MAX},
    {BYTE("ebx") ANY("edi") "mov esi, edi\nadd esi, ebx\njae out", UINT32_MAX},
    /* where ways meet */
    {"test byte [rsp], 1\njz other\n" BYTE("edi") "jmp join\nother: " WORD("edi") "join:", 0xffff},
    {"test byte [rsp], 1\njz other\n" WORD("edi") "jmp join\nother: " BYTE("edi") "join:", 0xffff},
    {"test byte [rsp], 1\njz join\n" BYTE("edi") "join:", 0xff},
    {ANY("edi") "test byte [rsp], 1\njz join\n" BYTE("edi") "join:", UINT32_MAX},
    /* loops: with a bound, without one, and with loop's own counter, which may wrap */
    {"next: inc edi\ncmp edi, 100\njb next", 0xff},
    {BYTE("ebx") "next: inc edi\ndec ebx\njnz next", UINT32_MAX},
    {BYTE("ebx") "mov edi, 255\nnext: dec edi\ndec ebx\njnz next", UINT32_MAX},
    {BYTE("ecx") "next: mov edi, ecx\nloop next", UINT32_MAX},
    {BYTE("ecx") "next: mov edi, ecx\njrcxz done\ndec ecx\njmp next\ndone:", UINT32_MAX},
};

/* The bits that are 0 of what is stored. */
static uint64_t zeros_of(const char *source)
{
    static struct program program;
    struct golf_lifted lifted;
    struct elfgen_error error = {.status = ELFGEN_OK};
    uint64_t zeros = 0;
    size_t found = 0;
    make_program(&program, source, 64);
    ck_assert_msg(golf_lift(program.bytes, program.size, &lifted, &error), "%s", error.text);
    ck_assert(ranges_find(&lifted));
    for (size_t i = 0; i < lifted.count; i++)
        for (size_t k = 0; k < lifted.blocks[i].count; k++) {
            const struct golf_operation *operation = &lifted.blocks[i].operations[k];
            const struct golf_need *need = need_in(operation->needs, operation->need_count, RDI);
            if (operation->instruction.operands[0].kind != ELFGEN_X86_MEMORY || !need)
                continue;
            ck_assert_uint_eq(need->values[0].kind, GOLF_OPAQUE);
            zeros = need->values[0].zeros;
            found++;
        }
    golf_lifted_free(&lifted);
    ck_assert_msg(found == 1, "%zu: %s", found, source);
    return zeros;
}

START_TEST(bits_are_0_that_no_number_in_a_range_has)
{
    char source[512];
    snprintf(source, sizeof source, PROGRAM("%s"), rows[_i].lines);
    const uint64_t zeros = zeros_of(source);
    ck_assert_msg(zeros == ~rows[_i].most, "%s: %llx", rows[_i].lines, (unsigned long long)zeros);
}
END_TEST

/* Where a part of a register is written, the bits above it are as before: those that are known are
 * 0 there. */
static const struct {
    const char *lines;
    uint64_t zeros;
} parts[] = {
    {ANY("rbx") "mov bl, 5\nmov rdi, rbx", 0xf8},
    {ANY("rbx") "mov bx, 5\nmov rdi, rbx", 0xfff8},
    {BYTE("ebx") "inc ebx\ndec ebx\nmov bl, [rsp + 1]\nmov rdi, rbx", ~UINT64_C(0xff)},
    {SUM("ebx") "mov bl, 5\nmov rdi, rbx", 0xf8},
    {SUM("edi") "cmp dil, 5\nja out", 0xf8},
    {"mov rax, [rsp + 8]\ncmp byte [rax], 5\nja out\nmov rdi, rax", 0},
    {BYTE("ebx") "inc ebx\ndec ebx\nmov bl, 5\nmov rdi, rbx", ~UINT64_C(7)},
};

START_TEST(bits_above_a_part_that_is_written_are_as_before)
{
    char source[512];
    snprintf(source, sizeof source, PROGRAM("%s"), parts[_i].lines);
    const uint64_t zeros = zeros_of(source);
    ck_assert_msg(zeros == parts[_i].zeros, "%s: %llx", parts[_i].lines, (unsigned long long)zeros);
}
END_TEST

/* Data may be anywhere: what is compared with their address, or made of it, has no bound. */
START_TEST(an_address_is_no_number)
{
    static const char before[] = "global _start\nsection .text align=1\n_start: mov rcx, [rsp]\n",
                      after[] = "mov eax, 60\nxor edi, edi\nsyscall\nout: mov eax, 60\n"
                                "mov edi, 1\nsyscall\nsection .bss align=1\nbuffer: resb 100\n";
    static const char *const uses[] = {
        "lea rdi, [buffer + rcx]\ninc byte [rdi]\n",
        "lea rdi, [buffer + rcx]\ncmp rdi, buffer + 50\nja out\ninc byte [rdi]\n",
        "lea rdi, [buffer + rcx]\ncmp edi, buffer + 50\nja out\ninc byte [rdi]\n"};
    for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
        char source[512];
        snprintf(source, sizeof source, "%s%s%s", before, uses[i], after);
        ck_assert_msg(zeros_of(source) == 0, "%s", uses[i]);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_ranges");
    TCase *cases = tcase_create("ranges");
    tcase_add_loop_test(cases, bits_are_0_that_no_number_in_a_range_has, 0,
                        sizeof rows / sizeof rows[0]);
    tcase_add_loop_test(cases, bits_above_a_part_that_is_written_are_as_before, 0,
                        sizeof parts / sizeof parts[0]);
    tcase_add_test(cases, an_address_is_no_number);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)
