/* golf/rewrite/climb.h: which pointers to words of the stack become the stack pointer. */
#include "golf/lift/lift.h"
#include "golf/rewrite/climb.h"
#include "golf_blocks.h"
#include "golf_program.h"

#define CODE(lines) "global _start\nsection .text align=1\n_start:\n" lines
#define WRITE       "mov eax, 1\nmov edi, 1\nsyscall\n"
#define EXIT        "mov eax, 60\nsyscall\n"

/* Long enough to stay a subroutine where it is called twice. */
#define PUT                                                                                        \
    "put: " WRITE "test rax, rax\njs failed\nret\nfailed: mov edi, 1\nmov eax, 231\nsyscall\n"

/* Writes a byte of each argument: rbx points to its address. `first` gives it its first value,
 * `load` loads, `tests` asks whether it is the last one, `moves` goes on, `more` is done then. */
#define WORDS(first, load, tests, moves, more)                                                     \
    CODE(first "next: " load tests "jz done\n" moves "mov edx, 1\ncall put\n" more                 \
               "mov edx, 2\ncall put\njmp next\ndone: xor edi, edi\n" EXIT PUT)
#define FIRST "lea rbx, [rsp + 8]\n"
#define LOAD  "mov rsi, [rbx]\n"
#define TEST  "test rsi, rsi\n"
#define MOVE  "add rbx, 8\n"

/* The same in 32 bits. */
#define PUT32                                                                                      \
    "put: mov eax, 4\nmov ebx, 1\nint 0x80\ntest eax, eax\njs failed\nret\n"                       \
    "failed: mov ebx, 1\nmov eax, 252\nint 0x80\n"
#define WORDS32(moves)                                                                             \
    "bits 32\n" CODE("lea esi, [esp + 4]\nnext: mov ecx, [esi]\ntest ecx, ecx\njz done\n" moves    \
                     "mov edx, 1\ncall put\nmov edx, 2\ncall put\njmp next\n"                      \
                     "done: xor ebx, ebx\nmov eax, 1\nint 0x80\n" PUT32)

/* A subroutine that does something with it before it writes. */
#define WORDS_IN(does)                                                                             \
    CODE(FIRST "next: " LOAD TEST "jz done\n" MOVE                                                 \
               "mov edx, 1\ncall put\nmov edx, 2\ncall put\njmp next\n"                            \
               "done: xor edi, edi\n" EXIT "put: " does WRITE                                      \
               "test rax, rax\njs failed\nret\nfailed: mov edi, 1\nmov eax, 231\nsyscall\n")

/* All words, and then once more: `first` gives the pointer its first value each time. */
#define TWICE(first)                                                                               \
    CODE("mov ebp, 2\nagain: " first "next: " LOAD TEST "jz done\n" MOVE                           \
         "mov edx, 1\ncall put\nmov edx, 2\ncall put\njmp next\n"                                  \
         "done: dec ebp\njnz again\nxor edi, edi\n" EXIT PUT)

static const struct {
    const char *source;
    uint8_t bits;
    bool is_made;
} rows[] = {
    {WORDS(FIRST, LOAD, TEST, MOVE, ""), 64, true},
    {WORDS(FIRST, LOAD, TEST, "sub rbx, -8\n", ""), 64, true},
    {WORDS(FIRST, LOAD, TEST, "lea rbx, [rbx + 8]\n", ""), 64, true},
    {WORDS(FIRST, LOAD, TEST, "add rbx, 4\nadd rbx, 4\n", ""), 64, false},
    {WORDS32("add esi, 4\n"), 32, true},
    /* by less than a word, not at all, or back */
    {WORDS32("add esi, 2\n"), 32, false},
    {WORDS(FIRST, LOAD, TEST, "add rbx, 4\n", ""), 64, false},
    {WORDS(FIRST, LOAD, TEST, "add rbx, 0\n", ""), 64, false},
    {WORDS(FIRST, LOAD, TEST, "sub rbx, 8\n", ""), 64, false},
    {WORDS(FIRST, LOAD, TEST, "lea rbx, [rbx - 8]\n", ""), 64, false},
    /* in 32 bits of it, by another register, or to somewhere else */
    {WORDS(FIRST, LOAD, TEST, "add ebx, 8\n", ""), 64, false},
    {WORDS(FIRST "mov ebp, 8\n", LOAD, TEST, "add rbx, rbp\n", ""), 64, false},
    {WORDS(FIRST, LOAD, TEST, "lea rbx, [rbx + rbp + 8]\n", ""), 64, false},
    {WORDS(FIRST, LOAD, TEST, "lea rbx, [rbp + 8]\n", ""), 64, false},
    {WORDS(FIRST, LOAD, TEST, "xor rbx, 8\n", ""), 64, false},
    {WORDS(FIRST, LOAD, TEST, "mov rbx, [rbx + 8]\n", ""), 64, false},
    {WORDS(FIRST, LOAD, TEST, "add rbx, [rbx + 8]\n", ""), 64, false},
    /* its flags are read */
    {WORDS(FIRST, LOAD, TEST, "add rbx, 8\nadc ebp, 0\n", "add rsi, rbp\n"), 64, false},
    {WORDS(FIRST, LOAD "mov ebp, esi\n", "add rbx, 8\n", "", ""), 64, false},
    {WORDS(FIRST, LOAD, TEST, "add rbx, 8\nadd ebp, 1\n", "add rsi, rbp\n"), 64, true},
    /* it passes words of which nothing tells that they are not 0 */
    {WORDS(FIRST, LOAD, TEST, "add rbx, 16\n", ""), 64, false},
    {WORDS(FIRST "mov ebp, 9\n", LOAD, "dec ebp\n", MOVE, ""), 64, false},
    {WORDS(FIRST, "mov esi, [rbx]\n", "test esi, esi\n", MOVE, ""), 64, false},
    {WORDS(FIRST, "", "cmp qword [rbx], 0\n", LOAD MOVE, ""), 64, true},
    {WORDS(FIRST, "", "cmp dword [rbx], 0\n", LOAD MOVE, ""), 64, false},
    {WORDS(FIRST, LOAD "mov rbp, [rbx + 8]\n", "test rbp, rbp\n", "add rbx, 16\n", ""), 64, false},
    {WORDS(FIRST, "mov rsi, [rbx + 8]\n", TEST, "add rbx, 16\n", ""), 64, false},
    {WORDS(FIRST "cmp qword [rsp], 0\n", LOAD, "", MOVE, ""), 64, false},
    {WORDS(FIRST, LOAD, "test qword [rbx], 0\n", MOVE, ""), 64, false},
    {WORDS(FIRST "mov rbp, [rsp]\n", LOAD, "cmp [rbx], rbp\n", MOVE, ""), 64, false},
    {WORDS(FIRST "mov rsi, [rsp]\n", "add rsi, [rbx]\n", TEST, MOVE, ""), 64, false},
    {WORDS(FIRST, LOAD, "cmp qword [rbx + 4], 0\n", MOVE, ""), 64, false},
    {WORDS(FIRST, LOAD, "cmp qword [rbx + 256], 0\n", MOVE, ""), 64, false},
    /* words that were passed are read, or words below it */
    {WORDS(FIRST, LOAD, TEST, MOVE, "mov rsi, [rbx - 8]\n"), 64, false},
    {WORDS(FIRST, LOAD, TEST, MOVE, "mov rsi, [rsp + 8]\n"), 64, false},
    {WORDS(FIRST "mov rsi, [rsp]\nmov edx, 2\ncall put\n", LOAD, TEST, MOVE, ""), 64, true},
    {WORDS(FIRST, LOAD, TEST, MOVE "mov rbp, [rbx]\n", "add rsi, rbp\n"), 64, true},
    /* it is written to, or used for something else */
    {WORDS(FIRST, LOAD, TEST, "mov qword [rbx], 7\n" MOVE, ""), 64, false},
    {WORDS(FIRST, LOAD, TEST, "inc qword [rbx]\n" MOVE, ""), 64, false},
    {WORDS(FIRST, LOAD, TEST, "mov rsi, rbx\n" MOVE, ""), 64, false},
    {WORDS(FIRST, LOAD, TEST, "mov rbp, rbx\n" MOVE, "mov rsi, [rbp]\n"), 64, false},
    {WORDS(FIRST, LOAD, TEST, "cmp rbx, rsi\nsete bpl\n" MOVE, "add rsi, rbp\n"), 64, false},
    {WORDS(FIRST, "mov rsi, [rbx + rbp]\n", TEST, MOVE, "inc rbp\n"), 64, false},
    {WORDS(FIRST, LOAD, TEST, "lea rsi, [rbx + 8]\n" MOVE, ""), 64, false},
    {WORDS(FIRST, LOAD, TEST, "cmp [rbx], rbp\nsete bpl\n" MOVE, "add rsi, rbp\n"), 64, true},
    {WORDS(FIRST, LOAD, TEST, "movzx ebp, byte [rbx + 3]\n" MOVE, "add rsi, rbp\n"), 64, true},
    {WORDS(FIRST, LOAD, TEST, "test [rbx], rbp\nsete bpl\n" MOVE, "add rsi, rbp\n"), 64, true},
    {WORDS(FIRST, LOAD, TEST, "cmp [rbx], rbx\nsete bpl\n" MOVE, "add rsi, rbp\n"), 64, false},
    {WORDS(FIRST, LOAD, TEST, "cmp [rbx], rsp\nsete bpl\n" MOVE, "add rsi, rbp\n"), 64, false},
    {WORDS(FIRST, "mov rsi, [ebx]\n", TEST, MOVE, ""), 64, false},
    /* a subroutine passes it on, and does nothing else with it */
    {WORDS_IN("xor ebp, ebp\n"), 64, true},
    {WORDS_IN("mov rsi, [rbx]\n"), 64, false},
    {WORDS_IN("add rbx, 8\n"), 64, false},
    {WORDS_IN("mov rsi, rbx\n"), 64, false},
    /* it begins at most eight words above the start of the stack, at a word */
    {WORDS("lea rbx, [rsp + 64]\n", LOAD, TEST, MOVE, ""), 64, true},
    {WORDS("lea rbx, [rsp + 72]\n", LOAD, TEST, MOVE, ""), 64, false},
    {WORDS("lea rbx, [rsp + 12]\n", LOAD, TEST, MOVE, ""), 64, false},
    {WORDS("mov rbx, rsp\n", LOAD, TEST, MOVE, ""), 64, true},
    {WORDS("mov rbx, [rsp + 8]\n", LOAD, TEST, MOVE, ""), 64, false},
    {WORDS("mov rcx, [rsp]\nlea rbx, [rsp + rcx * 8]\n", LOAD, TEST, MOVE, ""), 64, false},
    /* something else is an address of the stack, or is on it */
    {WORDS(FIRST "mov rbp, rsp\n", LOAD, TEST, MOVE, "mov rsi, [rbp + 8]\n"), 64, false},
    {WORDS(FIRST "push rbx\n", LOAD, TEST, MOVE, ""), 64, false},
    {WORDS(FIRST "lea rsi, [rsp + 8]\nmov edx, 8\n" WRITE, LOAD, TEST, MOVE, ""), 64, false},
    {WORDS(FIRST, LOAD, TEST, MOVE, "lea rsi, [rsp + 8]\n"), 64, false},
    /* the stack pointer is not where it was at the start, before or after */
    {WORDS("pop rcx\npop rcx\nlea rbx, [rsp - 8]\n", LOAD, TEST, MOVE, ""), 64, false},
    {WORDS("pop rcx\nmov rbx, rsp\n", LOAD, TEST, MOVE, ""), 64, false},
    {WORDS("push rcx\nlea rbx, [rsp + 16]\n", LOAD, TEST, MOVE, ""), 64, false},
    {WORDS(FIRST, LOAD, TEST, MOVE "sub rsp, 8\n", "add rsp, 8\n"), 64, false},
    {WORDS(FIRST, LOAD, TEST, MOVE "push rsi\n", "pop rsi\n"), 64, false},
    /* it gets its first value once more */
    {TWICE(FIRST), 64, false},
    {TWICE("mov edx, 2\nmov rsi, [rsp + 8]\ncall put\n" FIRST), 64, false},
    {CODE(FIRST "next: " LOAD TEST "jz _start\n" MOVE
                "mov edx, 1\ncall put\nmov edx, 2\ncall put\njmp next\n" PUT),
     64, false},
    /* there are two */
    {WORDS(FIRST "lea rbp, [rsp + 16]\n", LOAD, TEST, MOVE, "mov rsi, [rbp]\nadd rbp, 8\n"), 64,
     false},
};

/* How many pointers become the stack pointer. */
static size_t count_climbs(const struct golf_lifted *lifted)
{
    size_t made = 0;
    for (size_t i = 0; i < lifted->count; i++)
        for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
            struct golf_lifted trial;
            if (!climb_is_pointer(lifted, (uint16_t)i, reg))
                continue;
            ck_assert(blocks_copy(lifted, &trial));
            if (climb(&trial, (uint16_t)i, reg)) {
                made++;
                ck_assert_uint_ne(trial.climbing, 0);
                /* none is a pointer besides it */
                for (size_t k = 0; k < trial.count; k++)
                    ck_assert(!climb_is_pointer(&trial, (uint16_t)k, reg));
            }
            blocks_free(&trial);
        }
    return made;
}

START_TEST(a_pointer_that_only_loads_and_rises_by_words_that_are_there_becomes_the_stack_pointer)
{
    static struct program program;
    struct golf_lifted lifted;
    struct elfgen_error error = {.status = ELFGEN_OK};
    make_program(&program, rows[_i].source, rows[_i].bits);
    ck_assert_msg(golf_lift(program.bytes, program.size, &lifted, &error), "%s: %s", error.text,
                  rows[_i].source);
    const size_t made = count_climbs(&lifted);
    ck_assert_msg((made > 0) == rows[_i].is_made, "%zu: %s", made, rows[_i].source);
    golf_lifted_free(&lifted);
}
END_TEST

/* Block 1 loads rsi by rbx, which it begins with. */
static void make(struct golf_lifted *lifted)
{
    enum { COUNT = 2 };
    const struct elfgen_x86_operand place = {.kind = ELFGEN_X86_MEMORY, .base = X86_QUADWORDS + 3};
    make_blocks(lifted, COUNT, 1);
    for (size_t i = 0; i < COUNT; i++) {
        struct golf_block *block = &lifted->blocks[i];
        block->count = 1;
        make_instruction(block->operations, ELFGEN_X86_OP_mov,
                         register_operand(X86_QUADWORDS + X86_RSI), place);
        block->at_start[X86_RBX] = block->at_start[X86_RSP] = opaque(1);
    }
}

START_TEST(a_register_by_which_a_block_reaches_memory_is_a_pointer)
{
    struct golf_lifted lifted;
    make(&lifted);
    ck_assert(climb_is_pointer(&lifted, 1, X86_RBX));
    ck_assert(!climb_is_pointer(&lifted, 0, X86_RBX)); /* Linux makes it 0 */
    ck_assert(!climb_is_pointer(&lifted, 1, X86_RSI));
    lifted.blocks[1].at_start[X86_RSI] = opaque(2); /* loaded only */
    ck_assert(!climb_is_pointer(&lifted, 1, X86_RSI));
    struct elfgen_x86_operand *place = &lifted.blocks[1].operations->instruction.operands[1];
    place->base = X86_QUADWORDS + X86_RSP;
    ck_assert(!climb_is_pointer(&lifted, 1, X86_RSP));
    place->base = X86_DOUBLEWORDS + X86_RBX; /* half of it */
    ck_assert(!climb_is_pointer(&lifted, 1, X86_RBX));
    place->base = X86_QUADWORDS + X86_RBX;
    place->kind = ELFGEN_X86_REGISTER_OPERAND;
    ck_assert(!climb_is_pointer(&lifted, 1, X86_RBX));
    place->kind = ELFGEN_X86_MEMORY;
    lifted.blocks[1].at_start[X86_RBX] = constant(8);
    ck_assert(!climb_is_pointer(&lifted, 1, X86_RBX));
    blocks_free(&lifted);
}
END_TEST

/* There is one pointer that climbs, and nothing may be below the stack pointer. */
START_TEST(where_the_stack_pointer_climbs_or_has_data_below_it_nothing_is_a_pointer)
{
    struct golf_lifted lifted;
    make(&lifted);
    lifted.climbing = 1;
    ck_assert(!climb_is_pointer(&lifted, 1, X86_RBX));
    lifted.climbing = 0;
    lifted.uses_red_zone = true;
    ck_assert(!climb_is_pointer(&lifted, 1, X86_RBX));
    blocks_free(&lifted);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_climb");
    TCase *cases = tcase_create("climb");
    tcase_add_loop_test(
        cases,
        a_pointer_that_only_loads_and_rises_by_words_that_are_there_becomes_the_stack_pointer, 0,
        sizeof rows / sizeof rows[0]);
    tcase_add_test(cases, a_register_by_which_a_block_reaches_memory_is_a_pointer);
    tcase_add_test(cases, where_the_stack_pointer_climbs_or_has_data_below_it_nothing_is_a_pointer);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)
