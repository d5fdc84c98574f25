/* golf/lift: what programs of known sources are lifted to. */
#include "golf_lifted_text.h"

/* ---- straight lines ---- */

#define HELLO_GOALS                                                                                \
    "block 0: rsp = stack\n"                                                                       \
    "  syscall needs rax = 1, edi = 1, rsi = data0, rdx = 12; leaves rax = v0, rcx = v1, "         \
    "r11 = v2\n"                                                                                   \
    "  syscall needs rax = 60 or 231, dil = 0; ends\n"                                             \
    "data0: 12 bytes: 48 65 6c 6c 6f 20 77 6f 72 6c 64 0a\n"

START_TEST(hello_is_two_calls_and_their_arguments)
{
    lifts_to(HELLO, 64, HELLO_GOALS);
}
END_TEST

/* The same goals, however operands come into their registers. */
START_TEST(other_instructions_with_the_same_effect_give_the_same_goals)
{
    static const char *const sources[] = {
        CODE("inc eax\nmov edi, eax\nlea rsi, [rel text]\npush 12\npop rdx\nsyscall\n"
             "mov al, 0\n" EXIT TEXT),
        CODE("mov rsi, text\nmov dl, 24\nshr edx, 1\nlea eax, [rdi + 1]\nxchg eax, edi\n"
             "mov eax, edi\nsyscall\nxor edi, edi\nmov eax, 231\nsyscall\n" TEXT),
        CODE("jmp next\nback: mov r9d, 5\nadd r9, 7\nmov rdx, r9\nsyscall\n" EXIT
             "next: push 1\npop rax\npush rax\npop rdi\nmov esi, text\njmp back\n" TEXT),
        CODE("call message\n" TEXT "message: pop rsi\nmov eax, 1\nmov edi, 1\nmov edx, 12\n"
             "syscall\ncall leave\nleave: mov rax, 60\nmov rdi, 0\nsyscall\n"),
        CODE("mov edx, 12\ntest edx, edx\njz never\nmov eax, 1\nmov edi, 1\nmov rsi, "
             "text\nsyscall\n" EXIT "never: hlt\n" TEXT),
        CODE("mov eax, 1\nmov edi, 1\nmov esi, text\nmov edx, 12\nnop\npush rbx\nmov rbp, rsp\n"
             "sub rsp, 64\nmov qword [rsp + 8], 7\nmov r15, [rsp + 8]\nleave\npop rbx\n"
             "syscall\n" EXIT TEXT),
    };
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++)
        lifts_to(sources[i], 64, HELLO_GOALS);
}
END_TEST

START_TEST(a_program_for_i386_is_lifted_as_well)
{
    lifts_to(CODE32("mov eax, 4\nmov ebx, 1\nmov ecx, text\nmov edx, 12\nint 0x80\n"
                    "mov eax, 1\nmov ebx, 0\nint 0x80\n" TEXT),
             32,
             "block 0: esp = stack\n"
             "  int 0x80 needs eax = 4, ebx = 1, ecx = data0, edx = 12; leaves eax = v0\n"
             "  int 0x80 needs eax = 1 or 252, bl = 0; ends\n"
             "data0: 12 bytes: 48 65 6c 6c 6f 20 77 6f 72 6c 64 0a\n");
}
END_TEST

/* What gcc makes of `return write(...) < 0`, and tiny.h's start before it. */
START_TEST(a_status_depends_on_whether_the_call_failed)
{
    lifts_to(CODE("pop rdi\nmov rsi, rsp\nlea rdx, [rsi + rdi * 8 + 8]\npush rax\ncall main\n"
                  "mov edi, eax\nmov eax, 231\nsyscall\n"
                  "main: mov eax, 1\nmov esi, text\nmov edx, 12\nmov rdi, rax\nsyscall\n"
                  "mov rdx, -1\ncmp rax, -4095\ncmovae rax, rdx\nshr rax, 63\nret\n" TEXT),
             64,
             "block 0: rsp = stack\n"
             "  syscall needs rax = 1, edi = 1, rsi = data0, rdx = 12; leaves rax = v0, rcx = v1, "
             "r11 = v2\n"
             "  syscall needs rax = 60 or 231, dil = 0 or if it failed 1; ends\n"
             "data0: 12 bytes: 48 65 6c 6c 6f 20 77 6f 72 6c 64 0a\n");
}
END_TEST

START_TEST(a_status_is_kept_by_its_low_eight_bits)
{
    lifts_to(CODE("mov eax, 231\nmov edi, 0x12a\nsyscall\n"), 64,
             "block 0: rsp = stack\n  syscall needs rax = 60 or 231, dil = 298; ends\n");
}
END_TEST

/* ---- branches, loops, subroutines ---- */

START_TEST(branches_need_what_decides_them_and_faults_end)
{
    lifts_to(CODE("pop rcx\ndec rcx\njz halt\ndec rcx\njz port\nmov rax, cr0\n"
                  "port: in al, 0x64\nhalt: hlt\nmov eax, 60\nsyscall\n"),
             64,
             "block 0: rsp = stack\n"
             "  pop rcx needs rsp = stack; leaves rcx = v0, rsp = stack+8\n"
             "  dec rcx needs rcx = v0; leaves rcx = v1; writes pf af zf sf of\n"
             "  if z to block 4, else block 1 needs rcx = v1\n"
             "block 1: rcx = v0\n"
             "  dec rcx needs rcx = v0; leaves rcx = v1; writes pf af zf sf of\n"
             "  if z to block 3, else block 2\n"
             "block 2\n  0f 20 c0; ends\n"
             "block 3\n  e4 64; ends\n"
             "block 4\n  f4; ends\n");
}
END_TEST

START_TEST(a_loop_carries_what_it_reads_again_and_what_linux_gives_is_known_before_it)
{
    lifts_to(
        "global _start\nsection .text align=1\n"
        "_start: xor eax, eax\nxor edi, edi\nlea rsi, [rel buffer]\nmov edx, 65536\nsyscall\n"
        "test rax, rax\njz done\nmov rdx, rax\nmov eax, 1\nmov edi, 1\nsyscall\njmp _start\n"
        "done: " EXIT "section .bss\nbuffer: resb 65536\n",
        64,
        "block 0: rsp = stack\n"
        "  goes to block 1 needs rsp = stack\n"
        "block 1: rsp = stack\n"
        "  syscall needs rax = 0, edi = 0, rsi = stack-65536, rdx = 0x10000; leaves rax = v0, "
        "rcx = v1, r11 = v2\n"
        "  test eax, eax needs eax = v0; writes cf pf zf sf of\n"
        "  if z to block 3, else block 2 needs rax = v0, rsi = stack-65536, rsp = stack\n"
        "block 2: rax = v0, rsp = stack, rsi = stack-65536\n"
        "  syscall needs rax = 1, edi = 1, rsi = stack-65536, rdx = v0; leaves rax = v1, rcx = "
        "v2, "
        "r11 = v3\n"
        "  goes to block 1 needs rsp = stack\n"
        "block 3\n"
        "  syscall needs rax = 60 or 231, dil = 0; ends\n");
}
END_TEST

/* What a program without absolute addresses is lifted to, which is known to have none. */
static const char *lifted_relative(const char *source, char text[TEXT_ROOM])
{
    static struct program program;
    static const struct golf_addresses none = {.count = 0};
    struct golf_lifted lifted;
    struct elfgen_error error = {.status = ELFGEN_OK};
    struct elfgen_text out = {.bytes = text, .capacity = TEXT_ROOM - 1};
    make_program(&program, source, 64);
    ck_assert_msg(golf_lift_known(program.bytes, program.size, &none, &lifted, &error), "%s",
                  error.text);
    golf_lifted_dump(&lifted, &out);
    golf_lifted_free(&lifted);
    text[out.length] = '\0';
    return text;
}

/* The buffer's address is where the call had it, in each block after it that uses it; not where
 * something else may have come into that register. The small object is next to the stack pointer,
 * though it comes last. */
START_TEST(an_address_stays_in_the_register_of_a_call_for_the_blocks_after_it)
{
#define FILTER(between)                                                                            \
    CODE("again: xor eax, eax\nxor edi, edi\nlea rsi, [rel buffer]\nmov edx, 512\n"                \
         "syscall\ntest eax, eax\njle out\n" between                                               \
         "test al, 1\njz skip\ninc byte [rel buffer + 3]\nskip: inc dword [rel count]\n"           \
         "jmp again\nout: mov edi, [rel count]\n" EXIT_WITH                                        \
         "section .bss\nbuffer: resb 512\ncount: resd 1\n")
    static char text[TEXT_ROOM];
    static const char uses[] = "rsi = stack-532\n  inc byte [rsp-0x211] needs";
    const char *got = lifted_relative(FILTER(""), text);
    ck_assert_msg(strstr(got, uses), "%s", got);
    ck_assert_msg(strstr(got, "edi = 0, rsi = stack-532, rdx = 512"), "%s", got);
    ck_assert_msg(strstr(got, "inc dword [rsp-0x14] needs"), "%s", got);
    got = lifted_relative(FILTER("js other\nmov rsi, [rsp]\nother: "), text);
    ck_assert_msg(!strstr(got, uses), "%s", got);
    ck_assert_msg(strstr(got, "inc byte [rsp-0x211] needs"), "%s", got);
}
END_TEST

/* Below what calls and pushes may overwrite; not where the stack pointer is not known, nor beyond
 * what Linux has mapped. */
START_TEST(zeros_that_are_written_are_on_the_stack_where_that_is_known)
{
    static char text[TEXT_ROOM];
    lifts_to(CODE("inc dword [count]\nmov edi, [count]\n" EXIT_WITH
                  "section .bss align=1\ncount: resd 1\n"),
             64,
             "block 0: rsp = stack\n"
             "  inc dword [rsp-0x14] needs rsp = stack; writes pf af zf sf of\n"
             "  mov edi, dword [rsp-0x14] needs rsp = stack; leaves rdi = v0\n"
             "  syscall needs rax = 60 or 231, dil = v0; ends\n");
    lifted_text(CODE("call add\ncall add\nmov esi, count\nmov edx, 4\nmov edi, 1\nmov eax, 1\n"
                     "syscall\n" EXIT "add: inc dword [count]\nret\n"
                     "section .bss align=1\ncount: resd 1\n"),
                64, text);
    ck_assert_msg(strstr(text, "4 bytes, written, 4 of them zeros"), "%s", text);
    lifted_text(CODE("xor edi, edi\nmov esi, buffer\nmov edx, 131072\nsyscall\n" EXIT
                     "section .bss align=1\nbuffer: resb 131072\n"),
                64, text);
    ck_assert_msg(strstr(text, "131072 bytes, written"), "%s", text);
}
END_TEST

/* Counts to nine, and writes a line that has the digit. */
#define COUNTS(load, compare, show)                                                                \
    "_start: inc dword [count]\n" load compare "ja end\n" show                                     \
    "mov eax, 1\nmov edi, 1\nmov esi, line\nmov edx, 3\nsyscall\njmp _start\nend: " EXIT
#define SHOWN(lines, line)                                                                         \
    "global _start\nsection .text align=1\n" lines "section .data align=1\nline: db " line         \
    "\nsection .bss align=1\ncount: resd 1\n"
#define LOAD    "mov eax, [count]\n"
#define COMPARE "cmp eax, 9\n"
#define DIGIT   "add al, '0'\nmov [line + 1], al\n"

START_TEST(a_counter_is_kept_in_the_byte_that_shows_it)
{
    static char text[TEXT_ROOM];
    static const char *const same[] = {
        SHOWN(COUNTS(LOAD, COMPARE, DIGIT), "'n0', 10"),
        SHOWN(COUNTS("", "cmp dword [count], 9\n", LOAD DIGIT), "'n0', 10"),
        SHOWN(COUNTS(LOAD, COMPARE, "lea ecx, [rax + '0']\nmov [line + 1], cl\n"), "'n0', 10"),
        SHOWN(COUNTS(LOAD "add eax, '0'\n", "cmp eax, '9'\n", "mov [line + 1], al\n"), "'n0', 10"),
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        lifts_to(same[i], 64,
                 "block 0: rsp = stack\n"
                 "  goes to block 1\n"
                 "block 1\n"
                 "  inc byte [0x0] of data0+1; writes pf af zf sf of\n"
                 "  cmp byte [0x0], 0x39 of data0+1; writes cf pf af zf sf of\n"
                 "  if a to block 3, else block 2\n"
                 "block 2\n"
                 "  syscall needs rax = 1, edi = 1, rsi = data0, rdx = 3; leaves rax = v0, "
                 "rcx = v1, r11 = v2\n"
                 "  goes to block 1\n"
                 "block 3\n"
                 "  syscall needs rax = 60 or 231, dil = 0; ends\n"
                 "data0: 3 bytes, written: 6e 30 0a\n");
    lifted_text(SHOWN(COUNTS(LOAD, COMPARE, DIGIT), "'n?', 10"), 64, text);
    ck_assert_msg(strstr(text, "mov byte [0x0], 0x30 of data0+1"), "%s", text);
    ck_assert_msg(!strstr(text, "stack-"), "%s", text);
}
END_TEST

/* A byte that is written before it has the counter, a counter that is seen in another way, one that
 * wraps around in a byte, and one whose values are not known. */
START_TEST(a_counter_stays_where_the_byte_is_not_always_it)
{
    static char text[TEXT_ROOM];
    static const char *const others[] = {
        SHOWN(COUNTS(LOAD, COMPARE, "test byte [rsp], 1\njz on\n" DIGIT "on: "), "'n0', 10"),
        SHOWN(COUNTS(LOAD, COMPARE, "mov ebx, eax\nshl ebx, 1\nmov [line], bl\n" DIGIT),
              "'n0', 10"),
        SHOWN(COUNTS(LOAD, COMPARE, DIGIT "add al, 1\nmov [line + 1], al\n"), "'n0', 10"),
        SHOWN(COUNTS(LOAD, "cmp eax, 300\n", DIGIT), "'n0', 10"),
        SHOWN(COUNTS(LOAD, "cmp eax, [rsp]\n", DIGIT), "'n0', 10"),
        SHOWN(COUNTS(LOAD, COMPARE,
                     DIGIT "xor eax, eax\nxor edi, edi\nmov esi, line\nmov edx, 3\nsyscall\n"),
              "'n0', 10"),
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        lifted_text(others[i], 64, text);
        ck_assert_msg(strstr(text, "inc dword [rsp-0x14]"), "%zu: %s", i, text);
    }
}
END_TEST

START_TEST(a_subroutine_that_is_called_twice_stays_one)
{
    lifts_to(CODE("mov esi, a\ncall put\nmov esi, b\ncall put\n" EXIT
                  "put: mov eax, 1\nmov edi, 1\nmov edx, 1\nsyscall\nret\na: db 'a'\nb: db 'b'\n"),
             64,
             "block 0: rsp = stack\n"
             "  calls block 3, then block 1 needs rsi = data0\n"
             "block 1\n"
             "  calls block 3, then block 2 needs rsi = data0+1\n"
             "block 2\n"
             "  syscall needs rax = 60 or 231, dil = 0; ends\n"
             "block 3: rsp = frame1, rsi = v0\n"
             "  syscall needs rax = 1, edi = 1, rsi = v0, rdx = 1; leaves rax = v1, rcx = v2, "
             "r11 = v3\n"
             "  returns needs rsp = frame1\n"
             "data0: 2 bytes: 61 62\n");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("golf_lift_goals");
    TCase *lines = tcase_create("straight lines");
    TCase *blocks = tcase_create("blocks");
    TCase *counters = tcase_create("counters");
    tcase_add_test(lines, hello_is_two_calls_and_their_arguments);
    tcase_add_test(lines, other_instructions_with_the_same_effect_give_the_same_goals);
    tcase_add_test(lines, a_program_for_i386_is_lifted_as_well);
    tcase_add_test(lines, a_status_depends_on_whether_the_call_failed);
    tcase_add_test(lines, a_status_is_kept_by_its_low_eight_bits);
    suite_add_tcase(s, lines);
    tcase_add_test(blocks, branches_need_what_decides_them_and_faults_end);
    tcase_add_test(blocks,
                   a_loop_carries_what_it_reads_again_and_what_linux_gives_is_known_before_it);
    tcase_add_test(blocks, an_address_stays_in_the_register_of_a_call_for_the_blocks_after_it);
    tcase_add_test(blocks, zeros_that_are_written_are_on_the_stack_where_that_is_known);
    tcase_add_test(blocks, a_subroutine_that_is_called_twice_stays_one);
    suite_add_tcase(s, blocks);
    tcase_add_test(counters, a_counter_is_kept_in_the_byte_that_shows_it);
    tcase_add_test(counters, a_counter_stays_where_the_byte_is_not_always_it);
    suite_add_tcase(s, counters);
    return s;
}

RUN_SUITE(suite)
