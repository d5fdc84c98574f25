/* golf/prove/: programs that do the same, and programs that nearly do. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "golf/prove/prove.h"
#include "golf_assemble.h"
#include "room.h"

static struct elfgen_error error;

static struct golf_prover *open_prover(const struct program *original, bool *refused)
{
    struct golf_prove_options options = {.original = original->bytes,
                                         .size = original->size,
                                         .seed = 1,
                                         .environments = 200,
                                         .time = 100};
    sigemptyset(&options.ignored);
    signal(SIGPIPE, SIG_IGN);
    error.text[0] = '\0';
    return golf_prover_open(&options, refused, &error);
}

/* Proves a source against another. */
static enum golf_outcome prove(const char *original, const char *candidate,
                               struct golf_difference *difference)
{
    struct program *first = assemble(original, 64), *second = assemble(candidate, 64);
    bool refused;
    struct golf_prover *prover = open_prover(first, &refused);
    ck_assert_msg(prover != NULL, "%s", error.text);
    enum golf_outcome outcome = golf_prove(prover, second->bytes, second->size, difference, &error);
    ck_assert_msg(outcome != GOLF_FAILED, "%s", error.text);
    if (outcome == GOLF_DIFFERENT)
        golf_prover_explain(prover, difference);
    golf_prover_close(prover);
    free(first);
    free(second);
    return outcome;
}

static void expect_same(const char *original, const char *candidate)
{
    struct golf_difference difference;
    ck_assert_msg(prove(original, candidate, &difference) == GOLF_SAME,
                  "environment %zu, call %zu: %s, but %s", difference.environment, difference.call,
                  difference.original, difference.candidate);
}

static void expect_different(const char *original, const char *candidate,
                             enum golf_difference_kind kind)
{
    struct golf_difference difference;
    ck_assert_msg(prove(original, candidate, &difference) == GOLF_DIFFERENT, "not found: %s",
                  candidate);
    ck_assert_msg(difference.kind == kind, "kind %d in environment %zu, call %zu: %s, but %s",
                  difference.kind, difference.environment, difference.call, difference.original,
                  difference.candidate);
}

static void expect_refused(const char *source, const char *reason)
{
    struct program *program = assemble(source, 64);
    bool refused;
    ck_assert_ptr_null(open_prover(program, &refused));
    ck_assert_msg(refused && strstr(error.text, reason), "%s", error.text);
    free(program);
}

/* ---- sources ---- */

#define START "global _start\nsection .text\n_start:\n"
#define HELLO "text: db 'Hello', 10\n"
#define WRITE "mov eax, 1\nmov edi, 1\nmov rsi, text\nmov edx, 6\nsyscall\n"
#define EXIT  "xor edi, edi\nmov eax, 60\nsyscall\n"
#define READ  "xor eax, eax\nxor edi, edi\nmov rsi, buffer\nmov edx, 100\nsyscall\n"

static const char hello[] = START WRITE EXIT HELLO;

/* ---- the same ---- */

START_TEST(a_program_is_the_same_as_itself)
{
    expect_same(hello, hello);
}
END_TEST

START_TEST(other_instructions_and_another_exit_are_the_same)
{
    expect_same(hello, START "inc eax\nmov edi, eax\nlea rsi, [rel text]\nmov dl, 6\nsyscall\n"
                             "xchg eax, edx\nmov al, 231\nmov edi, 256\nxor ebx, ebx\n"
                             "test edx, edx\nmov eax, 231\nsyscall\n" HELLO);
}
END_TEST

START_TEST(a_call_by_int_0x80_is_the_same_call)
{
    expect_same(hello, START WRITE "xor ebx, ebx\nmov eax, 1\nint 0x80\n" HELLO);
}
END_TEST

START_TEST(high_bits_that_the_kernel_does_not_take_may_differ)
{
    expect_same(hello, START "mov eax, 1\nmov rdi, 0xffffffff00000001\nmov rsi, text\nmov edx, 6\n"
                             "syscall\n" EXIT HELLO);
    expect_different(hello,
                     START "mov eax, 1\nmov edi, 1\nmov rsi, text\nmov rdx, 0x100000006\n"
                           "syscall\n" EXIT HELLO,
                     GOLF_DIFFERENT_CALL);
    /* Up to Linux 5.12, all bits of the number count. */
    expect_different(hello, START WRITE "xor edi, edi\nmov rax, 0x10000003c\nsyscall\n" HELLO,
                     GOLF_DIFFERENT_END);
}
END_TEST

START_TEST(a_fault_is_a_goal)
{
    static const char halts[] = START "hlt\n";
    expect_same(halts, START "nop\nmov eax, 5\nhlt\n");
    expect_different(halts, START "cli\n", GOLF_DIFFERENT_END);
    expect_different(halts, START "ud2\n", GOLF_DIFFERENT_END);
    expect_different(halts, START EXIT, GOLF_DIFFERENT_END);
    expect_different(START "int3\n", START "hlt\n", GOLF_DIFFERENT_END);
    expect_same(START "int3\n", START "nop\nint3\n");
}
END_TEST

/* ---- planted faults ---- */

START_TEST(a_result_that_is_taken_to_be_small_is_caught_where_write_fails)
{
    struct golf_difference difference;
    ck_assert_int_eq(
        prove(hello, START WRITE "xor edi, edi\nmov al, 60\nsyscall\n" HELLO, &difference),
        GOLF_DIFFERENT);
    ck_assert_uint_eq(difference.call, 2);
    ck_assert_str_eq(difference.original, "exit(0)");
    ck_assert_ptr_nonnull(strstr(difference.candidate, "syscall_0xffffffffffffff3c()"));
}
END_TEST

START_TEST(a_register_that_a_later_call_needs_is_caught)
{
    /* edi is what was written where that worked. */
    expect_different(
        START WRITE "cmp eax, 6\nsetne dil\nmovzx edi, dil\nmov eax, 60\nsyscall\n" HELLO,
        START WRITE "lea edi, [rax - 6]\nmov eax, 60\nsyscall\n" HELLO, GOLF_DIFFERENT_CALL);
    /* r11 and rcx are not kept by a call. */
    expect_different(START "mov ecx, 1\n" WRITE "mov edi, 1\nmov eax, 60\nsyscall\n" HELLO,
                     START "mov ecx, 1\n" WRITE "mov edi, ecx\nmov eax, 60\nsyscall\n" HELLO,
                     GOLF_DIFFERENT_CALL);
}
END_TEST

START_TEST(a_filler_that_changes_flags_before_a_jump_is_caught)
{
    static const char original[] = START WRITE "test eax, eax\njs .failed\n" EXIT
                                               ".failed: mov edi, 1\nmov eax, 60\nsyscall\n" HELLO;
    expect_same(original, START WRITE "test eax, eax\nmov ecx, 0\njs .failed\n" EXIT
                                      ".failed: mov edi, 1\nmov eax, 60\nsyscall\n" HELLO);
    expect_different(original,
                     START WRITE "test eax, eax\nxor ecx, ecx\njs .failed\n" EXIT
                                 ".failed: mov edi, 1\nmov eax, 60\nsyscall\n" HELLO,
                     GOLF_DIFFERENT_CALL);
}
END_TEST

START_TEST(a_buffer_over_the_code_is_caught)
{
    static const char original[] = START READ "mov edx, eax\nmov eax, 1\nmov edi, 1\nsyscall\n" EXIT
                                              "section .bss\nbuffer: resb 100\n";
    expect_same(original, original);
    /* Its first bytes are executed no more; the others are. */
    expect_different(original,
                     "global _start\nsection .text write exec\n_start:\nbuffer:\n" READ
                     "mov edx, eax\nmov eax, 1\nmov edi, 1\nsyscall\n" EXIT "resb 100\n",
                     GOLF_DIFFERENT_END);
    /* It is not all there. */
    expect_different(
        START "xor eax, eax\nxor edi, edi\nmov rsi, buffer\nmov edx, 200000\nsyscall\n" EXIT
              "section .bss\nbuffer: resb 200000\n",
        START "xor eax, eax\nxor edi, edi\nmov rsi, buffer\nmov edx, 200000\nsyscall\n" EXIT
              "section .bss\nbuffer: resb 190000\n",
        GOLF_NO_BUFFER);
}
END_TEST

START_TEST(a_test_of_some_bits_of_a_result_is_caught)
{
    static const char original[] =
        START READ "test rax, rax\njle .end\nmov edx, eax\nmov eax, 1\nmov edi, 1\nsyscall\n"
                   ".end:\n" EXIT "section .bss\nbuffer: resb 100\n";
    expect_different(original,
                     START READ
                     "test al, al\njle .end\nmov edx, eax\nmov eax, 1\nmov edi, 1\nsyscall\n"
                     ".end:\n" EXIT "section .bss\nbuffer: resb 100\n",
                     GOLF_DIFFERENT_END);
    expect_same(original, START READ
                "test eax, eax\njle .end\nmov edx, eax\nmov eax, 1\nmov edi, 1\nsyscall\n"
                ".end:\n" EXIT "section .bss\nbuffer: resb 100\n");
}
END_TEST

START_TEST(other_bytes_sizes_and_statuses_are_different)
{
    expect_different(hello, START WRITE EXIT "text: db 'Hellu', 10\n", GOLF_DIFFERENT_CALL);
    expect_different(hello, START WRITE "mov edi, 1\nmov eax, 60\nsyscall\n" HELLO,
                     GOLF_DIFFERENT_CALL);
    expect_different(hello, START EXIT HELLO, GOLF_DIFFERENT_END);
    expect_different(hello, START WRITE WRITE EXIT HELLO, GOLF_DIFFERENT_END);
    expect_different(hello, START WRITE "jmp $\n" EXIT HELLO, GOLF_TOO_LONG);
}
END_TEST

START_TEST(long_texts_are_compared_to_their_end)
{
#define FILLED(where)                                                                              \
    START "mov byte [rel buffer + " where "], 'y'\nmov eax, 1\nmov edi, 1\nmov rsi, buffer\n"      \
          "mov edx, 30000\nsyscall\n" EXIT "section .bss\nbuffer: resb 30000\n"
    expect_same(FILLED("20000"), FILLED("20000"));
    expect_different(FILLED("20000"), FILLED("20001"), GOLF_DIFFERENT_CALL);
    expect_different(FILLED("29999"), FILLED("29998"), GOLF_DIFFERENT_CALL);
    expect_different(FILLED("10"), FILLED("11"), GOLF_DIFFERENT_CALL);
}
END_TEST

START_TEST(arguments_and_environment_are_seen)
{
    static const char count[] = START "mov rdi, [rsp]\nmov eax, 60\nsyscall\n";
    expect_same(count, START "pop rdi\nmov al, 60\nsyscall\n");
    expect_different(count, START "mov edi, 1\nmov eax, 60\nsyscall\n", GOLF_DIFFERENT_CALL);
    /* The first variable, if there is one. */
    expect_different(START "mov rax, [rsp]\nmov rdi, [rsp + 8 * rax + 16]\ntest rdi, rdi\n"
                           "setnz dil\nmovzx edi, dil\nmov eax, 60\nsyscall\n",
                     START "xor edi, edi\nmov eax, 60\nsyscall\n", GOLF_DIFFERENT_CALL);
}
END_TEST

START_TEST(stack_beyond_128_kib_is_different)
{
    expect_same(hello, START "sub rsp, 100000\npush rax\n" WRITE EXIT HELLO);
    expect_different(hello, START "sub rsp, 400000\npush rax\n" WRITE EXIT HELLO,
                     GOLF_TOO_MUCH_STACK);
}
END_TEST

START_TEST(bytes_that_are_only_executable_are_not_read)
{
    struct program *original = assemble(hello, 64), *other = assemble(hello, 64);
    enum { FLAGS = 64 + 4 };
    struct golf_difference difference;
    bool refused;
    struct golf_prover *prover = open_prover(original, &refused);
    other->bytes[FLAGS] = 1;
    ck_assert_int_eq(golf_prove(prover, other->bytes, other->size, &difference, &error),
                     GOLF_DIFFERENT);
    other->bytes[FLAGS] = 3;
    ck_assert_int_eq(golf_prove(prover, other->bytes, other->size, &difference, &error), GOLF_SAME);
    golf_prover_close(prover);
    free(original);
    free(other);
}
END_TEST

/* ---- what is refused ---- */

START_TEST(programs_that_cannot_be_proven_are_refused)
{
    expect_refused(START "jmp _start\n", "does not end");
    /* "calls without end", or on a busy machine "does not end within the time limit" */
    expect_refused(START WRITE "jmp _start\n" HELLO, " end");
    expect_refused(START "mov eax, 201\nxor edi, edi\nsyscall\n" EXIT, "reads the clock (time)");
    expect_refused(START "mov eax, 57\nsyscall\n" EXIT, "(fork)");
    expect_refused(START "mov eax, 13\nsyscall\n" EXIT, "signals (rt_sigaction)");
    expect_refused(START "mov eax, 12\nxor edi, edi\nsyscall\n" EXIT, "maps memory (brk)");
    expect_refused(START "mov eax, 39\nsyscall\n" EXIT, "blocks: getpid");
    /* Where its stack is differs from run to run. */
    expect_refused(START "mov rdi, rsp\nshr rdi, 12\nmov eax, 60\nsyscall\n",
                   "does not do the same each time");
}
END_TEST

START_TEST(a_candidate_that_linux_refuses_is_different)
{
    struct program *original = assemble(hello, 64), *other = assemble(hello, 64);
    struct golf_difference difference;
    bool refused;
    struct golf_prover *prover = open_prover(original, &refused);
    other->bytes[18] = 40;
    ck_assert_int_eq(golf_prove(prover, other->bytes, other->size, &difference, &error),
                     GOLF_DIFFERENT);
    ck_assert_int_eq(difference.kind, GOLF_DOES_NOT_START);
    ck_assert_str_eq(difference.candidate, "execve() = -1 ENOEXEC (Exec format error)");
    ck_assert_int_eq(golf_prove(prover, original->bytes, original->size, &difference, &error),
                     GOLF_SAME);
    golf_prover_close(prover);
    free(original);
    free(other);
}
END_TEST

/* ---- the prover ---- */

START_TEST(what_found_a_difference_comes_first)
{
    struct program *original = assemble(hello, 64);
    struct program *other = assemble(START WRITE "xor edi, edi\nmov al, 60\nsyscall\n" HELLO, 64);
    struct golf_difference difference;
    bool refused;
    struct golf_prover *prover = open_prover(original, &refused);
    golf_prove(prover, other->bytes, other->size, &difference, &error);
    const uint64_t runs = golf_prover_facts(prover).runs;
    ck_assert_int_eq(golf_prove(prover, other->bytes, other->size, &difference, &error),
                     GOLF_DIFFERENT);
    ck_assert_uint_eq(golf_prover_facts(prover).runs, runs + 1);
    golf_prover_close(prover);
    free(original);
    free(other);
}
END_TEST

/* What is compared with a number that no environment has: argc, a word of an argument, the result
 * of a call, and a byte of the input. */
static const struct {
    const char *original, *rare, *text;
} rare_programs[] = {
    {START EXIT, START "cmp dword [rsp], 57\nsete dil\nmov eax, 60\nsyscall\n", "no call fails"},
    {START EXIT,
     START "mov rax, [rsp + 16]\ntest rax, rax\njz .end\ncmp dword [rax], 'zebr'\nsete dil\n"
           ".end: mov eax, 60\nsyscall\n",
     "no call fails"},
    {START WRITE EXIT HELLO,
     START WRITE "xor edi, edi\ncmp rax, -3077\nsete dil\nmov eax, 60\nsyscall\n" HELLO,
     "call 1 returns -3077"},
    {START READ EXIT "section .bss\nbuffer: resb 100\n",
     START READ "xor edi, edi\ncmp dword [buffer + 8], 0x9c9d9e9f\nsete dil\nmov eax, 60\n"
                "syscall\nsection .bss\nbuffer: resb 100\n",
     "call 1 returns "},
};

START_TEST(a_difference_that_evaluation_finds_becomes_an_environment)
{
    struct program *original = assemble(rare_programs[_i].original, 64);
    struct program *rare = assemble(rare_programs[_i].rare, 64);
    struct golf_difference difference;
    bool refused;
    struct golf_prover *prover = open_prover(original, &refused);
    ck_assert_msg(prover != NULL, "%s", error.text);
    const uint64_t asked = golf_prover_facts(prover).environments;
    ck_assert_int_eq(golf_prove(prover, rare->bytes, rare->size, &difference, &error), GOLF_SAME);
    ck_assert(golf_prover_show(prover, rare->bytes, rare->size, &difference).differs);
    ck_assert_uint_gt(difference.call, 0);
    ck_assert_uint_ge(difference.environment, asked);
    ck_assert_uint_eq(golf_prover_facts(prover).learnt, 1);
    ck_assert_uint_eq(golf_prover_facts(prover).environments, asked);
    char words[GOLF_LINE];
    struct elfgen_text text = {.bytes = words, .capacity = sizeof words - 1};
    golf_environment_text(golf_prover_environment(prover, difference.environment), &text);
    words[text.length] = '\0';
    ck_assert_msg(strstr(words, rare_programs[_i].text) != NULL, "%s", words);
    /* It comes first for all later ones. */
    const uint64_t runs = golf_prover_facts(prover).runs;
    ck_assert_int_eq(golf_prove(prover, rare->bytes, rare->size, &difference, &error),
                     GOLF_DIFFERENT);
    ck_assert_uint_eq(golf_prover_facts(prover).runs, runs + 1);
    golf_prover_explain(prover, &difference);
    ck_assert_ptr_nonnull(strstr(difference.original, "exit(0)"));
    ck_assert_int_eq(golf_prove(prover, original->bytes, original->size, &difference, &error),
                     GOLF_SAME);
    golf_prover_close(prover);
    free(original);
    free(rare);
}
END_TEST

START_TEST(words_of_32_bits_are_compared_with_words_of_64)
{
    struct program *original = assemble(hello, 64);
    struct program *other = assemble(START "mov eax, 4\nmov ebx, 1\nmov ecx, text\nmov edx, 6\n"
                                           "int 0x80\nxor ebx, ebx\nmov eax, 1\nint 0x80\n" HELLO,
                                     32);
    struct golf_difference difference;
    bool refused;
    struct golf_prover *prover = open_prover(original, &refused);
    ck_assert_int_eq(golf_prove(prover, other->bytes, other->size, &difference, &error), GOLF_SAME);
    golf_prover_close(prover);
    free(original);
    free(other);
}
END_TEST

/* ---- changed copies ---- */

/* Whether a program writes what hello does, and exits with 0, when it simply runs. */
static bool says_hello(struct sandbox_worker *worker, const uint8_t *bytes, size_t size)
{
    static char name[] = "program";
    char *arguments[] = {name, NULL}, *variables[] = {NULL};
    uint8_t written[16];
    struct sandbox_stream output = {.descriptor = -1, .bytes = written, .room = sizeof written};
    int file = file_make_program(bytes, size);
    const struct sandbox_job job = {.file = file,
                                    .input = -1,
                                    .arguments = arguments,
                                    .environment = variables,
                                    .output = &output};
    struct run_end end;
    ck_assert_int_ge(file, 0);
    ck_assert_msg(sandbox_run(worker, &job, &end, &error), "%s", error.text);
    close(file);
    return end.reason == RUN_EXITED && end.status == 0 && output.size == 6 &&
           memcmp(written, "Hello\n", 6) == 0;
}

START_TEST(a_changed_copy_is_different_or_runs_the_same)
{
    enum { FEW = 14, TEXT = 6 };
    struct program *original = assemble(hello, 64);
    struct golf_prove_options options = {
        .original = original->bytes, .size = original->size, .seed = 1, .environments = FEW};
    struct sandbox_options sandbox = {.limits = {.time = 2000, .output = 1 << 20}};
    struct golf_difference difference;
    bool refused;
    size_t same = 0;
    sigemptyset(&options.ignored);
    sigemptyset(&sandbox.ignored);
    sigfillset(&sandbox.blocked);
    struct golf_prover *prover = golf_prover_open(&options, &refused, &error);
    ck_assert_msg(prover != NULL, "%s", error.text);
    struct sandbox_worker *worker = sandbox_open(&sandbox, &error);
    ck_assert_msg(worker != NULL, "%s", error.text);
    for (size_t i = 0; i < original->size; i++) {
        uint8_t copy[PROGRAM_ROOM];
        memcpy(copy, original->bytes, original->size);
        copy[i] ^= (uint8_t)(1 << i % 8);
        enum golf_outcome outcome = golf_prove(prover, copy, original->size, &difference, &error);
        ck_assert_msg(outcome != GOLF_FAILED, "%s", error.text);
        same += outcome == GOLF_SAME;
        ck_assert_msg(outcome == GOLF_DIFFERENT || says_hello(worker, copy, original->size),
                      "byte %zu", i);
        /* The text. */
        ck_assert_msg(i + TEXT < original->size || outcome == GOLF_DIFFERENT, "byte %zu", i);
    }
    /* ei_class to e_ident's end, e_version, e_shoff, e_flags and more are nobody's. */
    ck_assert_uint_ge(same, 40);
    sandbox_close(worker);
    golf_prover_close(prover);
    free(original);
}
END_TEST

static Suite *golf_prove_suite(void)
{
    Suite *suite = suite_create("golf_prove");
    TCase *cases = tcase_create("golf_prove");
    tcase_add_test(cases, a_program_is_the_same_as_itself);
    tcase_add_test(cases, other_instructions_and_another_exit_are_the_same);
    tcase_add_test(cases, a_call_by_int_0x80_is_the_same_call);
    tcase_add_test(cases, high_bits_that_the_kernel_does_not_take_may_differ);
    tcase_add_test(cases, a_fault_is_a_goal);
    tcase_add_test(cases, a_result_that_is_taken_to_be_small_is_caught_where_write_fails);
    tcase_add_test(cases, a_register_that_a_later_call_needs_is_caught);
    tcase_add_test(cases, a_filler_that_changes_flags_before_a_jump_is_caught);
    tcase_add_test(cases, a_buffer_over_the_code_is_caught);
    tcase_add_test(cases, a_test_of_some_bits_of_a_result_is_caught);
    tcase_add_test(cases, other_bytes_sizes_and_statuses_are_different);
    tcase_add_test(cases, long_texts_are_compared_to_their_end);
    tcase_add_test(cases, arguments_and_environment_are_seen);
    tcase_add_test(cases, stack_beyond_128_kib_is_different);
    tcase_add_test(cases, bytes_that_are_only_executable_are_not_read);
    tcase_add_test(cases, programs_that_cannot_be_proven_are_refused);
    tcase_add_test(cases, a_candidate_that_linux_refuses_is_different);
    tcase_add_test(cases, what_found_a_difference_comes_first);
    tcase_add_loop_test(cases, a_difference_that_evaluation_finds_becomes_an_environment, 0,
                        sizeof rare_programs / sizeof *rare_programs);
    tcase_add_test(cases, words_of_32_bits_are_compared_with_words_of_64);
    tcase_add_test(cases, a_changed_copy_is_different_or_runs_the_same);
    suite_add_tcase(suite, cases);
    return suite;
}

RUN_SUITE(golf_prove_suite)
