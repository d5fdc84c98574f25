/* golf/rewrite/pops.h: which words of the stack a pop loads, and what may be written over then. */
#include "golf/lift/lift.h"
#include "golf/rewrite/pops.h"
#include "golf_program.h"

#define CODE(lines) "global _start\nsection .text align=1\n_start:\n" lines
#define WRITE       "mov eax, 1\nmov edi, 1\nsyscall\n"
#define EXIT        "mov eax, 60\nsyscall\n"
#define LOAD        "mov rsi, [rsp + 8]\n"
#define BYTE        "mov edx, 1\n"

/* What becomes of the first load that may be a pop. */
static const struct {
    const char *source;
    bool is_made;
    uint64_t is_free; /* golf_lifted.stack_free: words that pushes may write over */
} rows[] = {
    {CODE(LOAD BYTE WRITE "xor edi, edi\n" EXIT), true, 16},
    /* words after it are read by the stack pointer */
    {CODE(LOAD BYTE WRITE "mov rdi, [rsp + 16]\n" EXIT), true, 16},
    {CODE(LOAD BYTE WRITE "cmp qword [rsp + 16], 0\nsetz dil\n" EXIT), true, 16},
    /* words before it, and itself */
    {CODE(LOAD BYTE WRITE "mov rdi, [rsp]\n" EXIT), false, 0},
    {CODE(LOAD BYTE WRITE "mov rdi, [rsp + 8]\n" EXIT), false, 0},
    {CODE(LOAD BYTE WRITE "mov rdi, [rsp + 15]\n" EXIT), false, 0},
    /* calls that get addresses of the stack: of what is passed, after it, and far below it */
    {CODE("mov rdx, [rsp + 8]\nlea rsi, [rsp + 8]\n" WRITE EXIT), false, 0},
    {CODE("mov rdx, [rsp + 8]\nmov rsi, rsp\n" WRITE EXIT), false, 0},
    {CODE("mov rdx, [rsp + 8]\nlea rsi, [rsp + 24]\n" WRITE EXIT), true, 0},
    {CODE("mov rdx, [rsp + 8]\nlea rsi, [rsp - 16]\n" WRITE EXIT), true, 0},
    {CODE("mov rdx, [rsp + 8]\nlea rsi, [rsp - 17]\n" WRITE EXIT), true, 16},
    /* an index may lead anywhere, also back */
    {CODE("mov rcx, [rsp + 8]\nmov rsi, [rsp + rcx*8 + 24]\n" BYTE WRITE EXIT), true, 0},
    {CODE("mov rcx, [rsp + 8]\nlea rsi, [rsp + rcx*8 + 24]\n" BYTE WRITE EXIT), true, 0},
    /* words are popped already: those before it, or once more */
    {CODE("pop rdi\n" LOAD BYTE WRITE EXIT), true, 24},
    {CODE(LOAD BYTE WRITE "pop rdi\n" EXIT), false, 0},
    /* an object that is far below */
    {CODE(LOAD BYTE WRITE "inc dword [count]\nmov edi, [count]\n" EXIT
                          "section .bss align=1\ncount: resd 1\n"),
     true, 16},
    /* the stack pointer is stored, or a number */
    {CODE(LOAD BYTE WRITE "mov [rsp + 24], rsp\n" EXIT), false, 0},
    /* something is below it */
    {CODE(LOAD BYTE WRITE "add [rsp - 8], eax\nmov edi, [rsp - 8]\n" EXIT), false, 0},
    /* it is loaded on some ways alone, after which something needs the stack, or again and again */
    {CODE("mov edi, [rsp]\ncmp edi, 2\njb skip\n" LOAD BYTE WRITE
          "skip: mov rdi, [rsp + 24]\n" EXIT),
     false, 0},
    {CODE("mov edi, [rsp]\ncmp edi, 2\njb skip\n" LOAD BYTE WRITE "skip: " EXIT), true, 16},
    {CODE("next: " LOAD BYTE WRITE "dec eax\njz next\n" EXIT), false, 0},
    /* by a subroutine, which has the return address there */
    {CODE("mov edx, 1\ncall put\nmov edx, 2\ncall put\n" LOAD BYTE WRITE EXIT
          "put: mov rsi, [rsp + 16]\n" WRITE "ret\n"),
     false, 0},
};

START_TEST(a_word_is_popped_where_nothing_before_it_is_needed)
{
    static struct program program;
    struct golf_lifted lifted;
    struct elfgen_error error = {.status = ELFGEN_OK};
    bool is_found = false;
    make_program(&program, rows[_i].source, 64);
    ck_assert_msg(golf_lift(program.bytes, program.size, &lifted, &error), "%s", error.text);
    for (size_t i = 0; i < lifted.count && !is_found; i++)
        for (size_t k = 0; k < lifted.blocks[i].count && !is_found; k++) {
            is_found = pops_may_load(&lifted, i, k);
            if (!is_found)
                continue;
            ck_assert_msg(pops_load(&lifted, i, k) == rows[_i].is_made, "%s", rows[_i].source);
            const struct golf_operation *pop = &lifted.blocks[i].operations[k];
            if (rows[_i].is_made)
                ck_assert_uint_eq(pop->instruction.mnemonic, ELFGEN_X86_OP_pop);
        }
    ck_assert_msg(is_found, "%s", rows[_i].source);
    if (rows[_i].is_made)
        ck_assert_msg(lifted.stack_free == rows[_i].is_free, "%s: %llu", rows[_i].source,
                      (unsigned long long)lifted.stack_free);
    golf_lifted_free(&lifted);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_pops");
    TCase *cases = tcase_create("pops");
    tcase_add_loop_test(cases, a_word_is_popped_where_nothing_before_it_is_needed, 0,
                        sizeof rows / sizeof rows[0]);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)
