/* golf/prove/symbolic.h: stretches that are shown the same, and differences that no environment
 * has. */
#include <string.h>

#include "golf/prove/symbolic.h"
#include "golf_assemble.h"
#include "room.h"

static struct x86 decoders[2];

static void begin(void)
{
    x86_open_width(&decoders[0], true, SYNTAX_NASM);
    x86_open_width(&decoders[1], false, SYNTAX_NASM);
}

static struct golf_symbolic compare(const char *original, const char *candidate, uint8_t mode)
{
    static struct x86 *const both[] = {&decoders[0], &decoders[1]};
    struct program *first = assemble(original, mode), *second = assemble(candidate, mode);
    struct golf_symbolic result;
    ck_assert(golf_symbolic_compare(both, first->bytes, first->size, second->bytes, second->size,
                                    &result, NULL));
    free(first);
    free(second);
    return result;
}

static void expect(const char *original, const char *candidate, uint8_t mode, size_t shown)
{
    struct golf_symbolic result = compare(original, candidate, mode);
    ck_assert_msg(!result.differs, "it differs after %llx: %s", (unsigned long long)result.address,
                  candidate);
    ck_assert_uint_eq(result.left, 0);
    ck_assert_uint_eq(result.shown, shown);
}

static void expect_different(const char *original, const char *candidate)
{
    ck_assert_msg(compare(original, candidate, 64).differs, "not found: %s", candidate);
    ck_assert_msg(!compare(original, original, 64).differs, "it differs from itself: %s", original);
}

/* It is neither shown nor said to differ. */
static void expect_open(const char *original, const char *candidate)
{
    struct golf_symbolic result = compare(original, candidate, 64);
    ck_assert_msg(!result.differs, "said to differ: %s", candidate);
    ck_assert_uint_gt(result.left, 0);
}

#define START "global _start\nsection .text\n_start:\n"
#define HELLO "text: db 'Hello', 10\n"
#define WRITE "mov eax, 1\nmov edi, 1\nmov rsi, text\nmov edx, 6\nsyscall\n"
#define EXIT  "xor edi, edi\nmov eax, 60\nsyscall\n"
#define READ  "xor eax, eax\nxor edi, edi\nmov rsi, buffer\nmov edx, 100\nsyscall\n"
#define BSS   "section .bss\nbuffer: resb 100\n"

/* ---- the same ---- */

START_TEST(straight_lines_are_shown_in_other_instructions)
{
    static const char hello[] = START WRITE EXIT HELLO;
    expect(hello, hello, 64, 2);
    expect(hello,
           START "inc eax\nmov edi, eax\nlea rsi, [rel text]\nmov dl, 6\nsyscall\n"
                 "xchg eax, ebx\nxchg eax, edi\nmov al, 231\nsyscall\n" HELLO,
           64, 2);
    expect(hello,
           START "push 1\npop rax\npush rax\npop rdi\ncall next\n" HELLO
                 "next: pop rsi\npush 6\npop rdx\nsyscall\npush 60\npop rax\n"
                 "xor edi, edi\nsyscall\n",
           64, 2);
    /* What was pushed first ends where the stack began; a call below it leaves it there. */
    expect(hello,
           START "push 60\ncall next\n" HELLO
                 "next: pop rsi\nmov eax, 1\nmov edi, eax\nmov edx, 6\nsyscall\npop rax\n"
                 "xor edi, edi\nsyscall\n",
           64, 2);
    expect(START "mov eax, 4\nmov ebx, 1\nmov ecx, text\nmov edx, 6\nint 0x80\nmov eax, 1\n"
                 "xor ebx, ebx\nint 0x80\n" HELLO,
           START "mov al, 4\ninc ebx\nmov ecx, text\nmov dl, 6\nint 0x80\nxchg eax, esi\n"
                 "xchg eax, ebx\nint 0x80\n" HELLO,
           32, 2);
}
END_TEST

START_TEST(a_status_that_says_whether_write_failed_is_shown)
{
    expect(START WRITE "test rax, rax\nsets dil\nmovzx edi, dil\nmov eax, 60\nsyscall\n" HELLO,
           START WRITE "cdq\nand edi, edx\npush 60\npop rax\nsyscall\n" HELLO, 64, 2);
    expect(START WRITE "test eax, eax\njs .failed\n" EXIT
                       ".failed: mov edi, 1\nmov eax, 60\nsyscall\n" HELLO,
           START WRITE "shr eax, 31\nxchg eax, edi\nmov eax, 60\nsyscall\n" HELLO, 64, 3);
}
END_TEST

START_TEST(loops_over_calls_are_shown_where_their_state_comes_back)
{
    static const char cat[] = START "again:\n" READ "test eax, eax\njle .end\nmov edx, eax\n"
                                    "mov eax, 1\nmov edi, 1\nmov rsi, buffer\nsyscall\n"
                                    "jmp again\n.end: " EXIT BSS;
    static const char other[] = START "mov esi, buffer\nagain: xor edi, edi\nmov eax, edi\n"
                                      "push 100\npop rdx\nsyscall\ncmp eax, 0\njle .end\n"
                                      "xchg eax, edx\ninc edi\nmov eax, edi\nsyscall\njmp again\n"
                                      ".end: xor edi, edi\npush 60\npop rax\nsyscall\n" BSS;
    expect(cat, cat, 64, 4);
    expect(cat, other, 64, 4);
}
END_TEST

START_TEST(arguments_are_the_same_in_both)
{
    static const char one[] = START "mov rax, [rsp]\ncmp rax, 2\njb .end\nmov rsi, [rsp + 16]\n"
                                    "mov edx, 1\nmov eax, 1\nmov edi, 1\nsyscall\n.end: " EXIT;
    static const char other[] = START "pop rcx\ndec ecx\njz .end\npop rsi\npop rsi\npush 1\n"
                                      "pop rdx\nmov eax, edx\nmov edi, eax\nsyscall\n.end: "
                                      "mov eax, 231\nxor edi, edi\nsyscall\n";
    struct golf_symbolic result = compare(one, other, 64);
    ck_assert(!result.differs);
    ck_assert_uint_gt(result.shown, 0);
}
END_TEST

/* ---- planted faults that hardly any run meets ---- */

START_TEST(a_fault_for_one_number_of_arguments_is_caught)
{
    static const char original[] = START WRITE EXIT HELLO;
    expect_different(original, START WRITE "cmp dword [rsp], 57\nje .no\n" EXIT ".no: hlt\n" HELLO);
    expect_different(original, START "cmp byte [rsp], 211\njne .yes\nud2\n.yes: " WRITE EXIT HELLO);
    expect_different(START WRITE "mov eax, 60\nmov edi, 0\nsyscall\n" HELLO,
                     START WRITE "xor edi, edi\ncmp qword [rsp], 1234\nsete dil\nmov eax, 60\n"
                                 "syscall\n" HELLO);
}
END_TEST

START_TEST(a_fault_for_one_result_is_caught)
{
    static const char original[] = START WRITE EXIT HELLO;
    expect_different(original, START WRITE "xor edi, edi\nmov al, 60\nsyscall\n" HELLO);
    expect_different(original, START WRITE "cmp eax, -77\nje .no\n" EXIT ".no: " WRITE EXIT HELLO);
    expect_different(original, START WRITE "cmp al, 4\nsete dil\nmovzx edi, dil\nmov eax, 60\n"
                                           "syscall\n" HELLO);
}
END_TEST

START_TEST(a_fault_for_one_input_or_argument_is_caught)
{
    expect_different(START READ EXIT BSS,
                     START READ "xor edi, edi\ncmp byte [buffer + 7], 0x9c\nsete dil\n"
                                "mov eax, 60\nsyscall\n" BSS);
    expect_different(START EXIT, START "mov rax, [rsp + 8]\nxor edi, edi\ncmp byte [rax], 0xfe\n"
                                       "sete dil\nmov eax, 60\nsyscall\n");
    /* A word of them. */
    expect_different(START EXIT, START "mov rax, [rsp + 8]\nxor edi, edi\ncmp dword [rax], 'zebr'\n"
                                       "sete dil\nmov eax, 60\nsyscall\n");
}
END_TEST

START_TEST(another_text_and_wrong_liveness_are_caught)
{
    expect_different(START WRITE EXIT HELLO, START WRITE EXIT "text: db 'Hellu', 10\n");
    expect_different(START WRITE "mov edi, 1\nmov eax, 60\nsyscall\n" HELLO,
                     START WRITE "mov edi, ecx\nmov eax, 60\nsyscall\n" HELLO);
}
END_TEST

/* ---- what cannot be ---- */

START_TEST(values_that_cannot_be_are_no_difference)
{
    /* write returns at most what it was asked to, argc is small. */
    ck_assert(!compare(START WRITE EXIT HELLO,
                       START WRITE "cmp eax, 6\njg .no\n" EXIT ".no: hlt\n" HELLO, 64)
                   .differs);
    ck_assert(
        !compare(START EXIT, START "cmp dword [rsp], -1\nje .no\n" EXIT ".no: hlt\n", 64).differs);
}
END_TEST

START_TEST(what_is_not_followed_is_left_to_the_runs)
{
    expect_open(START "mov ecx, 5\nrep movsb\n" EXIT, START EXIT);
    expect_open(START EXIT, START "cpuid\n" EXIT);
    /* A loop with a counter. */
    expect_open(START "mov rcx, [rsp]\n.more: add edi, ecx\nloop .more\nmov eax, 60\nsyscall\n",
                START "mov rcx, [rsp]\n.more: add edi, ecx\ndec rcx\njnz .more\nmov eax, 60\n"
                      "syscall\n");
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_symbolic");
    TCase *cases = tcase_create("symbolic");
    tcase_add_checked_fixture(cases, begin, NULL);
    tcase_add_test(cases, straight_lines_are_shown_in_other_instructions);
    tcase_add_test(cases, a_status_that_says_whether_write_failed_is_shown);
    tcase_add_test(cases, loops_over_calls_are_shown_where_their_state_comes_back);
    tcase_add_test(cases, arguments_are_the_same_in_both);
    tcase_add_test(cases, a_fault_for_one_number_of_arguments_is_caught);
    tcase_add_test(cases, a_fault_for_one_result_is_caught);
    tcase_add_test(cases, a_fault_for_one_input_or_argument_is_caught);
    tcase_add_test(cases, another_text_and_wrong_liveness_are_caught);
    tcase_add_test(cases, values_that_cannot_be_are_no_difference);
    tcase_add_test(cases, what_is_not_followed_is_left_to_the_runs);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)
