/* golf/lift and golf/rewrite: a program that is made again of what was lifted, or rewritten then,
 * does the same. */
#include <string.h>

#include "golf/lift/lift.h"
#include "golf/prove/prove.h"
#include "golf/rewrite/rewrite.h"
#include "golf_again.h"
#include "golf_program.h"
#include "golf_random.h"

enum { TEXT_ROOM = 1 << 21, ENVIRONMENTS = 20, RANDOM_PROGRAMS = 40 };

/* What needs cost that no register has already. */
static unsigned cost_of_needs(const struct golf_need *needs, size_t count,
                              struct golf_value has[GOLF_REGISTERS])
{
    enum { A_NEED = 3 };
    unsigned cost = 0;
    for (size_t i = 0; i < count; i++) {
        struct golf_value *value = &has[needs[i].reg];
        bool is_there = value->kind == needs[i].values[0].kind &&
                        value->data == needs[i].values[0].data &&
                        value->number == needs[i].values[0].number;
        cost += is_there ? 0u : A_NEED + needs[i].reg / 8u;
        *value = needs[i].values[0];
    }
    return cost;
}

/* About the bytes of a block: what is needed, each in the simplest way, and operations. */
static unsigned cost(const struct golf_lifted *lifted, void *context)
{
    const struct golf_block *block = lifted->blocks;
    struct golf_value has[GOLF_REGISTERS];
    unsigned cost = 0;
    (void)context;
    memcpy(has, block->at_start, sizeof has);
    for (size_t i = 0; i < block->count; i++) {
        const struct golf_operation *operation = &block->operations[i];
        cost += cost_of_needs(operation->needs, operation->need_count, has) + operation->length;
        for (size_t reg = 0; reg < GOLF_REGISTERS; reg++)
            if (operation->writes >> reg & 1)
                has[reg] = operation->after[reg];
    }
    return cost + cost_of_needs(block->needs, block->need_count, has);
}

static void is_same(struct golf_prover *prover, const struct golf_lifted *lifted, const char *what)
{
    static uint8_t again[FILE_ROOM];
    static char dump[TEXT_ROOM];
    struct elfgen_text text = {.bytes = dump, .capacity = sizeof dump - 1};
    struct golf_difference difference;
    struct elfgen_error error = {.status = ELFGEN_OK};
    size_t length = make_again(lifted, again);
    enum golf_outcome outcome = golf_prove(prover, again, length, &difference, &error);
    if (outcome == GOLF_SAME)
        return;
    if (outcome == GOLF_DIFFERENT)
        golf_prover_explain(prover, &difference);
    golf_lifted_dump(lifted, &text);
    ck_abort_msg("outcome %d, environment %zu: %s, but %s %s\n%s\n%.*s", outcome,
                 difference.environment, difference.original, difference.candidate, error.text,
                 what, (int)text.length, dump);
}

/* Returns how many rewrites there were. */
static size_t does_the_same(const uint8_t *bytes, size_t size, const char *what)
{
    static struct golf_rewritten rewritten[GOLF_REWRITES];
    const struct golf_rewrite_options rewriting = {.cost = cost};
    const struct golf_prove_options options = {
        .original = bytes, .size = size, .seed = 1, .environments = ENVIRONMENTS};
    struct golf_lifted lifted;
    struct elfgen_error error = {.status = ELFGEN_OK};
    bool refused = false;
    size_t count = 0;
    ck_assert_msg(golf_lift(bytes, size, &lifted, &error), "%s\n%s", error.text, what);
    struct golf_prover *prover = golf_prover_open(&options, &refused, &error);
    ck_assert_msg(prover, "%s\n%s", error.text, what);
    is_same(prover, &lifted, what);
    ck_assert(golf_rewrite(&lifted, &rewriting, rewritten, &count));
    is_same(prover, &lifted, what);
    golf_lifted_free(&lifted);
    golf_prover_close(prover);
    return count;
}

#define START "global _start\nsection .text align=1\n_start:\n"
#define EXIT  "mov eax, 231\nsyscall\n"
#define LEAVE "xor edi, edi\n" EXIT
#define WRITE "mov eax, 1\nmov edi, 1\nsyscall\n"
#define DATA  "section .data align=1\n"
#define BSS   "section .bss align=1\n"
static const char *const sources[] = {
    START "mov eax, 1\nmov edi, 1\nmov esi, text\nmov edx, 12\nsyscall\n" LEAVE
          "text: db 'Hello world', 10\n",
    /* arguments, each in a line */
    START "pop rbp\nnext: dec rbp\njs done\npop rsi\nmov rdx, rsi\n"
          "length: cmp byte [rdx], 0\nje print\ninc rdx\njmp length\n"
          "print: sub rdx, rsi\n" WRITE "mov esi, newline\nmov edx, 1\n" WRITE
          "jmp next\ndone: " LEAVE "newline: db 10\n",
    /* standard input, in upper case */
    START "again: xor eax, eax\nxor edi, edi\nmov esi, buffer\nmov edx, 64\nsyscall\n"
          "test eax, eax\njle done\nmov ecx, eax\nmov rbx, rax\nchange: mov al, [rsi + rcx - 1]\n"
          "cmp al, 'a'\njb keep\ncmp al, 'z'\nja keep\nsub al, 32\nmov [rsi + rcx - 1], al\n"
          "keep: loop change\nmov rdx, rbx\n" WRITE
          "jmp again\ndone: neg eax\nmov edi, eax\n" EXIT BSS "buffer: resb 64\n",
    /* a number in decimal, written from its end on */
    START "mov rax, [rsp]\nimul rax, rax, 1234567\nlea rdi, [rel end]\nmov ecx, 10\n"
          "digit: xor edx, edx\ndiv rcx\nadd dl, '0'\ndec rdi\nmov [rdi], dl\ntest rax, rax\n"
          "jnz digit\nmov rsi, rdi\nlea rdx, [rel end]\nsub rdx, rsi\n" WRITE
          "mov edi, eax\n" EXIT DATA "db '....................'\nend:\n",
    /* a function with a frame, that saves registers */
    START "mov rbx, [rsp]\nmov rdi, rbx\ncall twice\nmov rdi, rax\ncall twice\nlea edi, [rax + "
          "rbx]\n" EXIT
          "twice: push rbx\nmov rbx, rdi\nsub rsp, 16\nmov [rsp + 8], rdi\nadd rbx, [rsp + 8]\n"
          "mov rax, rbx\nadd rsp, 16\npop rbx\nret\n",
    /* recursion */
    START "mov edi, [rsp]\nand edi, 7\nadd edi, 4\ncall sum\nmov edi, eax\n" EXIT
          "sum: test edi, edi\njz none\npush rdi\ndec edi\ncall sum\npop rdi\nadd eax, edi\nret\n"
          "none: xor eax, eax\nret\n",
    /* results, and whether they are errors */
    START "xor edi, edi\nmov esi, buffer\nmov edx, 5\nsyscall\nmov r12, rax\nshr rax, 63\n"
          "mov ebx, eax\nmov esi, buffer\nmov edx, 3\n" WRITE
          "mov rcx, -1\ncmp rax, -4095\ncmovae rax, rcx\ncmp rax, r12\nsetne dil\nlea edi, [rdi + "
          "rbx * 2]\n" EXIT BSS "buffer: resb 8\n",
    /* halves of registers */
    START
    "mov rax, [rsp]\nmov ah, 3\nmov bl, ah\nmov bh, al\nxchg al, ah\nadd bx, ax\nmovzx edi, bx\n"
    "movsx rdi, dil\nmov ecx, edi\nmov r8d, ecx\nlea edi, [r8 + rdi]\n" EXIT,
    /* string instructions */
    START "cld\nmov esi, text\nmov edi, buffer\nmov ecx, 6\nrep movsb\nmov al, '!'\nstosb\n"
          "mov esi, buffer\nmov edx, 7\n" WRITE LEAVE "text: db 'abcdef'\n" BSS "buffer: resb 8\n",
    /* flags that outlive other instructions */
    START "mov rax, [rsp]\ncmp rax, 2\nmov edi, 7\nlea esi, [rdi + 1]\njb low\nmov edi, esi\n"
          "low: adc edi, 0\nstc\nmov esi, 3\nadc edi, esi\n" EXIT,
    /* a counter in memory, a table, a jump that is always taken */
    START "jg on\nhlt\non: inc dword [count]\nmov eax, [count]\nmovzx edx, byte [table + rax]\n"
          "cmp edx, 9\nja done\nmov esi, digits\nadd rsi, rax\nmov edx, 1\n" WRITE "jmp on\n"
          "done: mov edi, [count]\n" EXIT "table: db 1, 5, 7, 9, 200\ndigits: db '0123456789'\n" BSS
          "count: resd 1\n",
    /* counters that are shown: compared with and without a sign, loaded into other registers */
    START "again: inc dword [count]\nmov eax, [count]\ncmp eax, 9\njg done\nadd al, '0'\n"
          "mov [line + 1], al\nmov esi, line\nmov edx, 3\n" WRITE "jmp again\ndone: " LEAVE DATA
          "line: db 'n?', 10\n" BSS "count: resd 1\n",
    START "again: movzx ecx, word [count]\nlea edx, [rcx + 'A' - 3]\nmov [letter], dl\n"
          "mov esi, letter\nmov edx, 1\n" WRITE "test eax, eax\njs done\nadd word [count], 2\n"
          "cmp word [count], 29\njb again\ndone: " LEAVE DATA "count: dw 3\nletter: db 'A'\n",
    /* a test that some callers, and the loop, know the result of */
    START "mov ebx, [rsp]\nand ebx, 7\nmov edx, ebx\nmov esi, text\nsub edx, 2\ncall put\n"
          "mov edx, 3\nmov esi, text\ncall put\nmov edx, ebx\nmov esi, text\ncall put\n"
          "dec ebx\nmov edx, ebx\nmov esi, text\ncall put\n" LEAVE
          "put: test edx, edx\njz back\nmov r8d, edx\nmov edx, 1\n" WRITE
          "test rax, rax\njle failed\nadd rsi, rax\nmov edx, r8d\nand edx, 15\nsub edx, eax\n"
          "jmp put\nback: ret\nfailed: mov edi, 1\n" EXIT "text: db '0123456789abcdef', 10\n",
    /* functions that jump to others instead of a call before ret, and one that is called as well */
    START "mov r12d, [rsp]\nlea edi, [r12 + 70]\ncall put\nlea edi, [r12 + 80]\ncall line\n"
          "lea edi, [r12 + 90]\ncall twice\n" LEAVE "twice: push rdi\ncall put\npop rdi\njmp line\n"
          "line: call put\nmov edi, 10\njmp put\n"
          "put: mov [character], dil\nmov esi, character\nmov edx, 1\n" WRITE "ret\n" BSS
          "character: resb 1\n",
    /* a register that a function saves is as before, although it writes to memory elsewhere */
    START "mov ebx, 231\nmov edi, [rsp]\ncall digits\nmov edi, 12\ncall digits\nmov eax, ebx\n"
          "xor edi, edi\nsyscall\n"
          "digits: push rbx\nsub rsp, 16\nmov eax, edi\nmov ebx, 10\nxor ecx, ecx\n"
          "digit: xor edx, edx\ndiv ebx\nadd dl, '0'\nmov [rsp + rcx], dl\ninc ecx\n"
          "test eax, eax\njnz digit\nmov rsi, rsp\nmov edx, ecx\n" WRITE
          "add rsp, 16\npop rbx\nret\n",
    /* vectors, which stand at multiples of 16 */
    START "movaps xmm0, [rel one]\npaddd xmm0, [rel two]\nmovaps [rel sum], xmm0\nmov esi, sum\n"
          "mov edx, 16\n" WRITE LEAVE "db 1, 2, 3\nalign 16\none: dd 1, 2, 3, 4\ntwo: dd 5, 6, 7, "
          "8\nsection .bss align=16\nresb 16\nsum: resb 16\n",
    /* arguments by a pointer to their addresses, and calls */
    START "lea rbx, [rsp + 16]\ncmp qword [rbx], 0\nje done\nnext: mov rsi, [rbx]\nxor edx, edx\n"
          "length: cmp byte [rsi + rdx], 0\nje print\ninc edx\njmp length\nprint: call put\n"
          "mov esi, blank\nmov edx, 1\ncall put\nadd rbx, 8\ncmp qword [rbx], 0\njne next\n"
          "done: " LEAVE "put: " WRITE "test rax, rax\njs failed\nret\nfailed: mov edi, 1\n" EXIT
          "blank: db ' '\n",
    /* one number in operands of each size, with and without a sign */
    START "mov rbp, [rsp]\nmov ebx, 90\nagain: mov dword [words], -2\nadd dword [words + 4], -2\n"
          "sub qword [words + 8], -2\nand byte [words + 16], -2\ncmp qword [words + 8], -2\n"
          "adc edi, -2\nmov byte [words + 17], 200\ncmp byte [words + 17], 200\nadc edi, 200\n"
          "mov qword [words + 24], -2\nmov esi, words\nmov edx, 32\nmov r8d, edi\n" WRITE
          "mov edi, r8d\nadd dword [words], 200\ndec ebx\njnz again\n" EXIT DATA
          "words: db 'abcdefghijklmnopqrstuvwxyz012345'\n",
    /* the stack as a buffer */
    START "sub rsp, 32\nxor eax, eax\nxor edi, edi\nmov rsi, rsp\nmov edx, 32\nsyscall\n"
          "test eax, eax\njle done\nmov byte [rsp], '-'\nmov rdx, rax\nmov rsi, rsp\n" WRITE
          "done: add rsp, 32\nmov rdi, [rsp]\n" EXIT,
};

START_TEST(a_program_made_of_what_was_lifted_does_the_same)
{
    static struct program program;
    make_program(&program, sources[_i], 64);
    does_the_same(program.bytes, program.size, sources[_i]);
}
END_TEST

/* ---- random programs ---- */

START_TEST(random_programs_do_the_same)
{
    static struct program program;
    static char text[1 << 16];
    struct source source = {.text = {.bytes = text, .capacity = sizeof text},
                            .random = 20 + (uint64_t)_i,
                            .bits = _i & 1 ? 32 : 64};
    size_t rewrites = 0;
    for (size_t i = 0; i < RANDOM_PROGRAMS; i++) {
        make_source(&source);
        make_program(&program, text, (uint8_t)source.bits);
        rewrites += does_the_same(program.bytes, program.size, text);
    }
    ck_assert_uint_gt(rewrites, 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("golf_lift_run");
    TCase *same = tcase_create("same");
    tcase_add_loop_test(same, a_program_made_of_what_was_lifted_does_the_same, 0,
                        sizeof sources / sizeof sources[0]);
    tcase_add_loop_test(same, random_programs_do_the_same, 0, 2);
    suite_add_tcase(s, same);
    return s;
}

RUN_SUITE(suite)
