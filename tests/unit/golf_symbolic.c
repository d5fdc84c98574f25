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
static void expect_open(const char *original, const char *candidate, uint8_t mode)
{
    struct golf_symbolic result = compare(original, candidate, mode);
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

/* What some instructions leave as a program's status. */
static const struct {
    const char *lines;
    int status;
} computed[] = {
    /* shifts: of all 64 bits, and by nothing, which clears the upper half */
    {"mov rax, -8\nsar rax, 2\nshr rax, 60\nmov edi, eax\n", 15},
    {"mov rax, -1\nshr rax, 1\nshr rax, 60\nmov edi, eax\n", 7},
    {"mov eax, 4\nshl eax, 33\nmov edi, eax\n", 8},
    {"mov rax, -1\nshl eax, 32\nshr rax, 32\nmov edi, eax\n", 0},
    {"mov rax, -1\nshr eax, 0\nshr rax, 32\nmov edi, eax\n", 0},
    /* sums and differences of numbers with a sign */
    {"mov al, 127\nadd al, 1\nseto dil\n", 1},
    {"mov al, 126\nadd al, 1\nseto dil\n", 0},
    {"mov al, 255\nadd al, 1\nseto dil\n", 0},
    {"mov eax, 1 << 31\nsub eax, 1\nseto dil\n", 1},
    {"mov eax, 5\ncmp eax, -1 << 31\nsetl dil\n", 0},
    {"mov rax, 1 << 63\ncmp rax, 5\nsetge dil\n", 0},
    {"mov rax, 1 << 63\nneg rax\nseto dil\n", 1},
    {"mov edi, -2\ncmp edi, edi\nadc edi, 5\n", 3},
    /* loops that end after a round, or go on */
    {"mov ecx, 2\ncmp ecx, ecx\nloope on\nmov edi, 1\non:", 0},
    {"mov ecx, 2\ntest ecx, ecx\nloope on\nmov edi, 1\non:", 1},
    {"mov ecx, 1\ncmp ecx, ecx\nloope on\nmov edi, 1\non:", 1},
    {"mov ecx, 2\ncmp ecx, ecx\nloopne on\nmov edi, 1\non:", 1},
    {"mov ecx, 2\ntest ecx, ecx\nloopne on\nmov edi, 1\non:", 0},
    {"mov ecx, 2\ncmp ecx, ecx\nloop on\nmov edi, 1\non:", 0},
    {"mov ecx, 2\ntest ecx, ecx\nloop on\nmov edi, 1\non:", 0},
    {"mov ecx, 1\ntest ecx, ecx\nloop on\nmov edi, 1\non:", 1},
    {"xor ecx, ecx\njrcxz on\nmov edi, 1\non:", 0},
    {"mov rcx, 1 << 32\njrcxz on\nmov edi, 1\non:", 1},
    {"mov rcx, 1 << 32\njecxz on\nmov edi, 1\non:", 0},
    /* memory: parts of what was stored, and what is beside it */
    {"mov dword [buffer], 0x04030201\nmovzx edi, byte [buffer + 2]\n", 3},
    {"mov byte [buffer], 1\nmov byte [buffer + 1], 2\nmovzx edi, byte [buffer]\n", 1},
    {"mov byte [buffer + 1], 1\nmov byte [buffer], 2\nmovzx edi, byte [buffer + 1]\n", 1},
    {"mov dword [buffer], 5\nmov byte [buffer], 6\nmovzx edi, byte [buffer]\n", 6},
    {"mov byte [buffer], 6\nmov dword [buffer], 5\nmovzx edi, byte [buffer]\n", 5},
    {"push 5\npush 6\nmov rdi, [rsp + 8]\n", 5},
    {"push 5\npop rdi\npush 6\nmov rdi, [rsp]\n", 6},
};

START_TEST(what_is_computed_is_shown_and_nothing_else)
{
    char program[512], same[128], other[128];
    snprintf(program, sizeof program, START "%smov eax, 60\nsyscall\n" BSS, computed[_i].lines);
    snprintf(same, sizeof same, START "mov edi, %d\nmov eax, 60\nsyscall\n", computed[_i].status);
    snprintf(other, sizeof other, START "mov edi, %d\nmov eax, 60\nsyscall\n",
             computed[_i].status ^ 1);
    expect(program, same, 64, 1);
    ck_assert_msg(compare(program, other, 64).shown == 0, "%s", computed[_i].lines);
}
END_TEST

/* Pairs of which each does something else, for some numbers of arguments at least. */
static const char *const unequal[][2] = {
    {"imul edi, edi, 7\n", "imul edi, edi, 9\n"},
    {"mov eax, 2\nimul edi\nmov edi, eax\n", "mov edi, 2\n"},
    {"mov al, 7\nmov edi, buffer\nrep stosb\nmovzx edi, byte [buffer]\n", "mov edi, 7\n"},
    {"push on\nretf\non:", ""},
    /* argc alone is small: what is above it is not, nor is a part of that */
    {"mov rdi, [rsp + 8]\nshr rdi, 40\n", "xor edi, edi\n"},
    {"movzx edi, byte [rsp + 1]\n", "xor edi, edi\n"},
    {"movzx edi, byte [rsp + 13]\n", "xor edi, edi\n"},
    {"mov edi, [rsp + 6]\nshr edi, 16\n", "xor edi, edi\n"},
    {"adc edi, edi\nsetc dil\n", "sbb edi, edi\nsetc dil\n"},
    {"add edi, 127\nmov ebx, edi\nadc dil, bl\nsetc dil\n",
     "add edi, 127\nmov ebx, edi\nadc edi, ebx\nsetc dil\n"},
    {"shl edi, 1\nseto dil\n", "shr edi, 1\nseto dil\n"},
    {"push rdi\nmov rdi, -1\npop di\n", "push rdi\nmov rdi, -1\npop rdi\n"},
    {"mov byte [buffer + 4], 1\nmov rdi, [buffer]\nshr rdi, 32\n", "xor edi, edi\n"},
    {"mov dword [buffer], 1\nmov byte [buffer + 1], 1\nmov edi, [buffer]\nshr edi, 8\n",
     "xor edi, edi\n"},
};

START_TEST(what_is_not_the_same_is_not_shown)
{
    char programs[2][512];
    for (unsigned i = 0; i < 2; i++)
        snprintf(programs[i], sizeof programs[i],
                 START "mov rdi, [rsp]\n%smov eax, 60\nsyscall\n" BSS, unequal[_i][i]);
    ck_assert_msg(compare(programs[0], programs[1], 64).shown == 0, "%s", unequal[_i][0]);
}
END_TEST

START_TEST(another_interrupt_is_no_call)
{
    static const char call[] = START "mov eax, 1\nint 0x80\n";
    expect(call, call, 32, 1);
    ck_assert_uint_eq(compare(call, START "mov eax, 1\nint 0x81\n", 32).shown, 0);
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
    expect_open(START "mov ecx, 5\nrep movsb\n" EXIT, START EXIT, 64);
    expect_open(START EXIT, START "cpuid\n" EXIT, 64);
    /* A loop with a counter. */
    expect_open(START "mov rcx, [rsp]\n.more: add edi, ecx\nloop .more\nmov eax, 60\nsyscall\n",
                START "mov rcx, [rsp]\n.more: add edi, ecx\ndec rcx\njnz .more\nmov eax, 60\n"
                      "syscall\n",
                64);
}
END_TEST

/* ---- what ends one program, and not the other ---- */

#define EXIT32 "mov eax, 1\nint 0x80\n"

START_TEST(flags_that_are_not_defined_are_not_shown)
{
#define STATUS "movzx edi, dil\nmov eax, 60\nsyscall\n"
    expect(START "mov rax, [rsp]\nimul edx, eax, 7\nsetc dil\n" STATUS,
           START "mov rcx, [rsp]\nimul edx, ecx, 7\nseto dil\n" STATUS, 64, 1);
    expect_open(START "mov rax, [rsp]\ncmp eax, 2\nimul edx, eax, 7\nsets dil\n" STATUS,
                START "mov rax, [rsp]\nimul edx, eax, 7\nsets dil\n" STATUS, 64);
    expect(START "mov rax, [rsp]\nshl eax, 1\nseto dil\n" STATUS,
           START "mov rcx, [rsp]\nshl ecx, 1\nseto dil\n" STATUS, 64, 1);
    expect_open(START "mov rax, [rsp]\ncmp eax, -1\nshl eax, 3\nseto dil\n" STATUS,
                START "mov rax, [rsp]\nshl eax, 3\nseto dil\n" STATUS, 64);
#undef STATUS
}
END_TEST

START_TEST(memory_that_may_not_be_there_is_touched_by_both)
{
    static const char third[] = START "mov rcx, [rsp + 24]\nmov al, [rcx]\n" EXIT;
    expect(third, START "mov rsi, [rsp + 24]\nlodsb\n" EXIT, 64, 1);
    expect_open(third, START EXIT, 64);
    expect_open(third, START "mov rcx, [rsp + 24]\nmov eax, [rcx]\n" EXIT, 64);
    expect_open(START "mov [0x20], al\n" EXIT, START EXIT, 64);
    expect_open(START EXIT, START "mov [rsp - 0x800000], al\n" EXIT, 64);
    expect_open(START EXIT, START "mov al, [rsp + 0x800000]\n" EXIT, 64);
}
END_TEST

START_TEST(each_place_that_may_not_be_there_is_touched_by_both)
{
    static const char third[] = START "mov rcx, [rsp + 24]\nmov al, [rcx]\n" EXIT,
                      both[] = START "mov rcx, [rsp + 24]\nmov al, [rcx]\nmov rcx, [rsp + 32]\n"
                                     "mov al, [rcx]\n" EXIT,
                      more[] = START "mov rcx, [rsp + 24]\nmov al, [rcx]\nmov eax, [rcx]\n" EXIT;
    expect(both, both, 64, 1);
    expect_open(both, third, 64);
    expect_open(third, both, 64);
    expect_open(more, third, 64);
    expect_open(third, more, 64);
}
END_TEST

START_TEST(what_is_too_much_is_left_to_the_runs)
{
    static const char pushes[] = START "times 300 push 5\n" EXIT,
                      above[] = START "xor eax, eax\nxor edi, edi\nmov rsi, rsp\n"
                                      "mov edx, 100000\nsyscall\n" EXIT;
    expect_open(pushes, pushes, 64);
    expect_open(above, above, 64);
}
END_TEST

/* A read that falls short leaves the rest as it was. */
START_TEST(what_a_buffer_had_before_is_the_same)
{
#define LAST READ "movzx edi, byte [buffer + 50]\nmov eax, 60\nsyscall\n"
    static const char zeros[] = START LAST BSS,
                      ones[] = START LAST "section .data\nbuffer: times 100 db 1\n",
                      one[] = START "mov byte [buffer + 50], 1\n" LAST BSS;
    const size_t shown = compare(zeros, zeros, 64).shown;
    ck_assert_uint_lt(compare(zeros, ones, 64).shown, shown);
    ck_assert_uint_lt(compare(zeros, one, 64).shown, shown);
#undef LAST
}
END_TEST

START_TEST(memory_has_to_permit_it)
{
    static const char writes[] = START "mov byte [buffer], 9\nmovzx edi, byte [buffer]\n"
                                       "mov eax, 60\nsyscall\n" BSS;
    expect(writes, writes, 64, 1);
    /* Its only segment may not be written. */
    expect_open(writes,
                START "mov byte [_start], 9\nmovzx edi, byte [_start]\nmov eax, 60\nsyscall\n", 64);
    expect_open(START READ EXIT BSS,
                START "xor eax, eax\nxor edi, edi\nmov rsi, _start\nmov edx, 100\nsyscall\n" EXIT,
                64);
    expect_open(START READ EXIT BSS,
                START "xor eax, eax\nxor edi, edi\nmov esi, 77\nmov edx, 100\nsyscall\n" EXIT, 64);
}
END_TEST

START_TEST(prefixes_make_other_instructions)
{
    static const char next[] = START "jmp short .next\n.next: mov ebx, 5\n" EXIT32;
    static const char copies[] = START "mov rsi, [rsp + 8]\nlodsb\nmovzx edi, al\nmov eax, 60\n"
                                       "syscall\n";
    static const char stores[] =
        START "mov byte [buffer], 9\nmovzx ebx, byte [buffer]\n" EXIT32 BSS;
    expect(next, next, 32, 1);
    expect_open(next, START "db 0x66\njmp short .next\n.next: mov ebx, 5\n" EXIT32, 32);
    expect_open(next, START "cmp eax, eax\ndb 0x66\njz .next\n.next: mov ebx, 5\n" EXIT32, 32);
    expect_open(next, START "push .next\ndb 0x66\nret\n.next: mov ebx, 5\n" EXIT32, 32);
    expect(copies, copies, 64, 1);
    expect_open(copies,
                START "mov rsi, [rsp + 8]\na32 lodsb\nmovzx edi, al\nmov eax, 60\nsyscall\n", 64);
    expect_open(copies, START "mov rsi, [rsp + 8]\nfs lodsb\nmovzx edi, al\nmov eax, 60\nsyscall\n",
                64);
    expect(stores, stores, 32, 1);
    expect_open(stores, START "mov byte [cs:buffer], 9\nmovzx ebx, byte [buffer]\n" EXIT32 BSS, 32);
}
END_TEST

/* ---- memory of another one ---- */

START_TEST(memory_is_that_of_the_program)
{
    /* Its place depends on argc. */
    expect_open(START "mov rcx, [rsp]\nmovzx edi, byte [text + rcx]\nmov eax, 60\nsyscall\n" HELLO,
                START "mov rcx, [rsp]\nmovzx edi, byte [text + rcx]\nmov eax, 60\nsyscall\n"
                      "text: db 'Jello', 10\n",
                64);
    /* Of a pointer to the stack int 0x80 takes half. */
    expect_open(START "push 65\nmov rcx, rsp\nmov ebx, 1\nmov edx, 1\nmov eax, 4\nint 0x80\n" EXIT,
                START "push 65\nmov rsi, rsp\nmov edi, 1\nmov edx, 1\nmov eax, 1\nsyscall\n" EXIT,
                64);
    /* What was pushed is there, however its address is made. */
    expect_open(
        START "push 5\npush 7\npop rax\nand rsp, -16\nmov rdi, [rsp]\nmov eax, 60\nsyscall\n",
        START "push 5\npush 9\npop rax\nand rsp, -16\nmov rdi, [rsp]\nmov eax, 60\nsyscall\n", 64);
    expect_open(
        START "push 7\npop rax\nmov rcx, [rsp]\nneg rcx\nmov rdi, [rsp + rcx*8]\nmov eax, 60\n"
              "syscall\n",
        START "push 9\npop rax\nmov rcx, [rsp]\nneg rcx\nmov rdi, [rsp + rcx*8]\nmov eax, 60\n"
              "syscall\n",
        64);
}
END_TEST

START_TEST(what_was_read_is_all_that_was_read)
{
#define PRINT "mov edx, eax\nmov eax, 1\nmov edi, 1\nsyscall\n.end: " EXIT BSS
    static const char prints[] = START READ "test eax, eax\njle .end\n" PRINT;
    expect(prints, prints, 64, 4);
    expect_open(prints, START READ "test eax, eax\njle .end\nmov byte [buffer + 3], 88\n" PRINT,
                64);
#undef PRINT
    /* A structure of a known size, at the same address. */
    expect_different(START "mov eax, 35\nmov edi, time\nxor esi, esi\nsyscall\n" EXIT
                           "align 8\ntime: dq 0, 1\n",
                     START "mov eax, 35\nmov edi, time\nxor esi, esi\nsyscall\n" EXIT
                           "align 8\ntime: dq 0, 1999999999\n");
}
END_TEST

/* ---- environments ---- */

START_TEST(an_environment_leads_to_what_is_left)
{
    static struct x86 *const both[] = {&decoders[0], &decoders[1]};
    struct program *program =
        assemble(START "cmp dword [rsp], 57\njne .end\nrep movsb\n.end: " EXIT, 64);
    struct golf_symbolic result;
    struct golf_examples examples;
    bool has_one = false;
    ck_assert(golf_symbolic_compare(both, program->bytes, program->size, program->bytes,
                                    program->size, &result, &examples));
    for (size_t i = 0; i < examples.count; i++) {
        size_t count = 0;
        while (examples.environments[i].arguments[count])
            count++;
        has_one |= count == 57;
        golf_environment_free(&examples.environments[i]);
    }
    ck_assert(!result.differs);
    ck_assert_uint_eq(result.left, 1);
    ck_assert(has_one);
    free(program);
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
    tcase_add_loop_test(cases, what_is_computed_is_shown_and_nothing_else, 0,
                        sizeof computed / sizeof computed[0]);
    tcase_add_loop_test(cases, what_is_not_the_same_is_not_shown, 0,
                        sizeof unequal / sizeof unequal[0]);
    tcase_add_test(cases, another_interrupt_is_no_call);
    tcase_add_test(cases, a_fault_for_one_number_of_arguments_is_caught);
    tcase_add_test(cases, a_fault_for_one_result_is_caught);
    tcase_add_test(cases, a_fault_for_one_input_or_argument_is_caught);
    tcase_add_test(cases, another_text_and_wrong_liveness_are_caught);
    tcase_add_test(cases, values_that_cannot_be_are_no_difference);
    tcase_add_test(cases, what_is_not_followed_is_left_to_the_runs);
    tcase_add_test(cases, flags_that_are_not_defined_are_not_shown);
    tcase_add_test(cases, memory_that_may_not_be_there_is_touched_by_both);
    tcase_add_test(cases, each_place_that_may_not_be_there_is_touched_by_both);
    tcase_add_test(cases, what_is_too_much_is_left_to_the_runs);
    tcase_add_test(cases, what_a_buffer_had_before_is_the_same);
    tcase_add_test(cases, memory_has_to_permit_it);
    tcase_add_test(cases, prefixes_make_other_instructions);
    tcase_add_test(cases, memory_is_that_of_the_program);
    tcase_add_test(cases, what_was_read_is_all_that_was_read);
    tcase_add_test(cases, an_environment_leads_to_what_is_left);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)
