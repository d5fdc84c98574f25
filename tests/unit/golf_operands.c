/* golf/rewrite/operands.c: which instructions take a number from a register. */
#include "golf/rewrite/operands.h"
#include "golf/lift/lift.h"
#include "golf_program.h"

enum { RAX, RCX, RDX, RBX, RSI = 6, R9 = 9 };

#define CODE(lines)                                                                                \
    "global _start\nsection .text align=1\n_start:\n" lines "\njne other\nnop\nother: "
#define EXIT   "mov eax, 60\nmov edi, 3\nsyscall\n"
#define EXIT32 "mov eax, 1\nmov ebx, 3\nint 0x80\n"

static const struct {
    const char *source;
    uint64_t number;
    size_t changed;
    unsigned reg;
    uint8_t bits, needed; /* the program's, the register's */
} cases[] = {
    {CODE("mov rcx, [rsp]\ncmp ecx, 100") EXIT, 100, 1, RDX, 64, 32},
    {CODE("mov rcx, [rsp]\ncmp rcx, 100") EXIT, 100, 1, R9, 64, 64},
    {CODE("cmp dword [rsp], 100") EXIT, 101, 0, RDX, 64, 0},
    /* It would have two numbers. */
    {CODE("mov rcx, [rsp]\ncmp ecx, 100") EXIT, 100, 0, RCX, 64, 0},
    {CODE("mov rcx, [rsp]\ncmp dword [rsp + rcx - 64], 100") EXIT, 100, 0, RCX, 64, 0},
    /* As many bits as the operation has. */
    {CODE("cmp byte [rsp], -1") EXIT, 0xff, 1, RSI, 64, 8},
    {CODE("cmp dword [rsp], -1") EXIT, 0xffffffff, 1, RSI, 64, 32},
    {CODE("cmp qword [rsp], -1") EXIT, UINT64_MAX, 1, RSI, 64, 64},
    {CODE("cmp dword [rsp], -1") EXIT, 0xff, 0, RSI, 64, 0},
    {CODE("cmp word [rsp], 100") EXIT, 100, 0, RSI, 64, 0},
    /* What has no encoding. */
    {CODE("mov rax, [rsp]\ncmp ah, 100") EXIT, 100, 0, RSI, 64, 0},
    {CODE("mov rax, [rsp]\ncmp ah, 100") EXIT, 100, 0, RDX, 64, 0},
    {CODE("cmp byte [esp], 100") EXIT32, 100, 0, RSI, 32, 0},
    {CODE("cmp byte [esp], 100") EXIT32, 100, 1, RDX, 32, 8},
};

START_TEST(a_number_is_taken_from_a_register_where_that_can_be)
{
    static struct program program;
    struct golf_lifted lifted;
    struct elfgen_error error = {.status = ELFGEN_OK};
    make_program(&program, cases[_i].source, cases[_i].bits);
    ck_assert_msg(golf_lift(program.bytes, program.size, &lifted, &error), "%s", error.text);
    ck_assert_msg(!lifted.is_verbatim, "%s", cases[_i].source);
    ck_assert_uint_eq(operands_by_register(&lifted, cases[_i].number, cases[_i].reg),
                      cases[_i].changed);
    size_t found = 0;
    for (size_t i = 0; i < lifted.count; i++)
        for (size_t k = 0; k < lifted.blocks[i].count; k++) {
            const struct golf_operation *operation = &lifted.blocks[i].operations[k];
            const struct golf_need *need =
                need_in(operation->needs, operation->need_count, cases[_i].reg);
            if (operation->kind != GOLF_KEPT || !need || need->values[0].kind != GOLF_CONSTANT)
                continue;
            found++;
            ck_assert_uint_eq(need->count, 1);
            ck_assert_uint_eq(need->bits, cases[_i].needed);
            ck_assert_uint_eq(need->values[0].number, cases[_i].number);
            ck_assert_uint_eq(operation->instruction.operands[1].kind, ELFGEN_X86_REGISTER_OPERAND);
            ck_assert_uint_eq(operation->reads >> cases[_i].reg & 1, 1);
        }
    ck_assert_uint_eq(found, cases[_i].changed);
    golf_lifted_free(&lifted);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_operands");
    TCase *tests = tcase_create("numbers");
    tcase_add_loop_test(tests, a_number_is_taken_from_a_register_where_that_can_be, 0,
                        sizeof cases / sizeof *cases);
    suite_add_tcase(all, tests);
    return all;
}

RUN_SUITE(suite)
