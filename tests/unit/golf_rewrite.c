/* golf/rewrite: which changes across blocks are made, and which are not. That programs do the same
 * after them is a part of golf_lift_run.c. */
#include <stdlib.h>
#include <string.h>

#include "golf/lift/lift.h"
#include "golf/rewrite/pushes.h"
#include "golf/rewrite/rewrite.h"
#include "golf/rewrite/web.h"
#include "golf/shrink/shrink.h"
#include "golf_program.h"

enum { TEXT_ROOM = 1 << 16, RBX = 3, RSP = 4, RBP = 5 };

#define CODE(lines) "global _start\nsection .text align=1\n_start:\n" lines
#define READ        "xor eax, eax\nxor edi, edi\nsyscall\n"
#define WRITE       "mov eax, 1\nmov edi, 1\nsyscall\n"
#define EXIT        "mov eax, 60\nsyscall\n"

/* Long enough to stay a subroutine where it is called twice. */
#define PUT                                                                                        \
    "put: " WRITE "test rax, rax\njs failed\nret\nfailed: mov edi, 1\nmov eax, 231\nsyscall\n"

/* Writes two bytes of each argument; rbx points to its address. */
#define CLIMBS(moves, more)                                                                        \
    "lea rbx, [rsp + 8]\nnext: mov rsi, [rbx]\n" moves "test rsi, rsi\njz done\nmov edx, 1\n"      \
    "call put\n" more "mov edx, 2\ncall put\njmp next\ndone: xor edi, edi\n" EXIT PUT

/* The bytes of a block's cheapest instructions. */
static unsigned cost(const struct golf_lifted *block, void *context)
{
    const struct golf_shrink_options options = {.small_addresses = true, .states = 1 << 8};
    struct golf_pieces pieces;
    struct elfgen_error error;
    (void)context;
    if (!golf_shrink(block, &options, &pieces, &error))
        return GOLF_REWRITE_NEVER;
    unsigned least = pieces.nodes[pieces.blocks[0]].least;
    golf_pieces_free(&pieces);
    return least;
}

struct result {
    char before[TEXT_ROOM], after[TEXT_ROOM]; /* what golf_lifted_dump() says */
    size_t stacks;                            /* ways on which both ends know the stack pointer */
    struct golf_rewritten rewritten[GOLF_REWRITES];
    size_t count;
};

static void dump(const struct golf_lifted *lifted, char text[TEXT_ROOM])
{
    struct elfgen_text out = {.bytes = text, .capacity = TEXT_ROOM - 1};
    golf_lifted_dump(lifted, &out);
    text[out.length] = '\0';
}

static bool now(void *context)
{
    (void)context;
    return true;
}

/* What the stack pointer is where a block begins, as far as that is known. */
static const struct golf_value *stack_at_start(const struct golf_block *block)
{
    return block->at_start[RSP].kind != GOLF_UNKNOWN ? &block->at_start[RSP] : &block->known[RSP];
}

static const struct golf_value *stack_at_end(const struct golf_block *block)
{
    const struct golf_value *stack = stack_at_start(block);
    for (size_t i = 0; i < block->count; i++)
        if (block->operations[i].writes >> RSP & 1)
            stack = &block->operations[i].after[RSP];
    for (size_t i = 0; i < block->need_count; i++)
        if (block->needs[i].reg == RSP)
            stack = &block->needs[i].values[0];
    return stack;
}

static bool is_main_stack(const struct golf_value *value)
{
    return value->kind == GOLF_STACK && value->data == 0;
}

/* Each block begins with the stack pointer that the ones before end with. Returns how many were
 * compared. */
static size_t check_stack(const struct golf_lifted *lifted)
{
    size_t compared = 0;
    for (size_t i = 0; i < lifted->count; i++) {
        const struct golf_block *block = &lifted->blocks[i];
        const struct golf_value *end = stack_at_end(block);
        for (unsigned way = 0; way < 2; way++) {
            const bool has_way = block->end == GOLF_BRANCH || (way == 0 && block->end == GOLF_GO);
            const uint16_t next = way == 0 ? block->taken : block->other;
            if (!has_way || !is_main_stack(end) ||
                !is_main_stack(stack_at_start(&lifted->blocks[next])))
                continue;
            ck_assert_msg(end->number == stack_at_start(&lifted->blocks[next])->number,
                          "block %zu leads to %u", i, next);
            compared++;
        }
    }
    return compared;
}

static const struct result *rewrite(const char *source, bool is_interrupted)
{
    static struct program program;
    static struct result result;
    const struct golf_rewrite_options options = {.cost = cost,
                                                 .is_interrupted = is_interrupted ? now : NULL};
    struct golf_lifted lifted;
    struct elfgen_error error = {.status = ELFGEN_OK};
    make_program(&program, source, 64);
    ck_assert_msg(golf_lift(program.bytes, program.size, &lifted, &error), "%s", error.text);
    dump(&lifted, result.before);
    ck_assert(golf_rewrite(&lifted, &options, result.rewritten, &result.count));
    dump(&lifted, result.after);
    result.stacks = check_stack(&lifted);
    golf_lifted_free(&lifted);
    return &result;
}

static const struct {
    const char *what, *source;
} cases[] = {
    /* the buffer's address is in rsi in each block of the loop */
    {"a value stays in its register",
     CODE("again: lea rsi, [rsp - 4096]\nmov edx, 4096\n" READ "test eax, eax\njle done\n"
          "mov ecx, eax\nmov edx, eax\nnext: inc byte [rsp + rcx - 4097]\ndec ecx\njnz next\n"
          "lea rsi, [rsp - 4096]\n" WRITE "jmp again\ndone: xor edi, edi\n" EXIT)},
    /* a subroutine of few bytes */
    {"part of",
     CODE("mov edi, 1\nmov rsi, [rsp + 8]\nmov edx, 3\ncall put\nmov esi, text\nmov edx, 2\n"
          "call put\nxor edi, edi\n" EXIT "put: mov eax, 1\nsyscall\nret\ntext: db 'a', 10\n")},
    /* three ends are one */
    {"the end that another block has, too, is one for both",
     CODE("mov rax, [rsp]\ncmp rax, 2\nmov edi, 3\nje one\ncmp rax, 3\nje two\n"
          "mov esi, text\nmov edx, 2\n" WRITE "xor edi, edi\n" EXIT "one: mov edi, 7\n" EXIT
          "two: mov rsi, [rsp + 8]\nmov edx, 5\n" WRITE "mov edi, 9\n" EXIT "text: db 'a', 10\n")},
    {"a register that takes no prefix is used instead",
     CODE("mov r12, [rsp]\nnext: mov esi, text\nmov edx, 2\n" WRITE "dec r12d\njnz next\n"
          "xor edi, edi\n" EXIT "text: db 'a', 10\n")},
    /* the number of arguments, and the second of them: the first one is passed over */
    {"a pop loads what is on the stack",
     CODE("mov rax, [rsp]\ncmp rax, 3\nmov rdi, rax\njb done\nmov rsi, [rsp + 16]\n"
          "mov edx, 2\n" WRITE "mov edi, 7\ndone: " EXIT)},
    {"a pop loads what is on the stack",
     CODE("mov rsi, [rsp + 8]\nmov edx, 2\n" WRITE "xor edi, edi\n" EXIT)},
    /* what is left to be written is in rbx, and write wants it in rdx */
    {"a value is in another register",
     CODE("mov rsi, [rsp + 8]\nmov rbx, [rsp]\nnext: mov rdx, rbx\n" WRITE "test rax, rax\n"
          "jle done\nadd rsi, rax\nsub rbx, rax\njnz next\ndone: xor edi, edi\n" EXIT)},
    /* what is left is 0 after the subtraction, and never in the second call */
    {"a test is left out where its result is known",
     CODE("mov rsi, [rsp + 8]\nmov rdx, [rsp + 16]\nsub rdx, rsi\ncall put\nmov esi, text\n"
          "mov edx, 2\ncall put\nmov esi, text\nmov edx, 1\ncall put\nxor edi, edi\n"
          "done: " EXIT "put: test rdx, rdx\njz back\n" WRITE
          "test rax, rax\njle failed\nadd rsi, rax\nsub rdx, rax\njmp put\nback: ret\n"
          "failed: mov edi, 1\njmp done\ntext: db 'a', 10\n")},
    /* where the remainder is 0, edx is */
    {"a number that a test tells stays in its register",
     CODE("mov rbx, [rsp]\nnext: mov eax, ebx\nxor edx, edx\nmov ecx, 3\ndiv ecx\n"
          "test edx, edx\njnz other\nmov esi, text\nmov edx, 4\n" WRITE
          "other: dec ebx\njnz next\nxor edi, edi\n" EXIT "text: db 'buzz'\n")},
    /* what a remainder leaves in edx, or a write had there, is below 256 */
    {"a value stays in its register",
     CODE("mov ebx, 1\nnext: mov eax, ebx\nxor edx, edx\nmov ecx, 5\ndiv ecx\ntest edx, edx\n"
          "jnz put\ninc ebp\nput: mov esi, text\nmov edx, 2\n" WRITE
          "inc ebx\ncmp ebx, 15\njbe next\nxor edi, edi\n" EXIT "text: db '.', 10\n")},
    /* the second text is the end of the first one */
    {"a value stays in its register",
     CODE("mov rax, [rsp]\nmov esi, text\nmov edx, 2\ncmp eax, 3\njb put\n"
          "mov esi, text + 1\nmov edx, 1\nput: " WRITE "xor edi, edi\n" EXIT "text: db '.', 10\n")},
    /* a word after the other, by calls that write over those that were read */
    {"a pop loads what the stack pointer climbs over", CODE(CLIMBS("add rbx, 8\n", ""))},
    {"a pop loads what the stack pointer climbs over", CODE(CLIMBS("sub rbx, -8\n", ""))},
    {"a pop loads what the stack pointer climbs over", CODE(CLIMBS("lea rbx, [rbx + 8]\n", ""))},
    /* the load is in one block, and the pointer moves in another one */
    {"a pop loads what the stack pointer climbs over",
     CODE("lea rbx, [rsp + 16]\ncmp qword [rbx], 0\nje done\nnext: mov rsi, [rbx]\nmov edx, 1\n"
          "call put\nmov rdx, 2\ncall put\nadd rbx, 8\ncmp qword [rbx], 0\njne next\n"
          "done: xor edi, edi\n" EXIT PUT)},
    /* the word is popped before it is known whether there is one */
    {"a pop and a jrcxz test what the stack pointer climbs over",
     CODE("lea rbx, [rsp + 16]\ncmp qword [rbx], 0\nje done\nnext: mov rsi, [rbx]\nmov edx, 1\n"
          "call put\nmov rdx, 2\ncall put\nadd rbx, 8\ncmp qword [rbx], 0\njne next\n"
          "done: xor edi, edi\n" EXIT PUT)},
    {"a jump asks rcx instead of flags",
     CODE("mov rcx, [rsp]\nmov edi, 7\nnext: add edi, edi\ndec rcx\njnz next\n" EXIT)},
    {"a jump asks rcx instead of flags",
     CODE("mov rdx, [rsp]\nmov edi, 7\nnext: add edi, edi\nsub rdx, 1\njz done\njmp next\n"
          "done: " EXIT)},
    {"a jump asks rcx instead of flags",
     CODE("mov rdx, [rsp + 16]\nmov edi, 7\ntest rdx, rdx\njz done\nmovzx edi, byte [rdx]\n"
          "done: " EXIT)},
    /* rbx is 0 at the start, and nothing changes it */
    {"a number in instructions is in a register",
     CODE("mov rsi, [rsp + 8]\nmov rdx, rsi\nlength: cmp byte [rdx], 0\nje put\ninc rdx\n"
          "jmp length\nput: sub rdx, rsi\n" WRITE "cmp qword [rsp + 16], 0\nsete dil\n" EXIT)},
    /* four bytes each */
    {"a number in instructions is in a register",
     CODE("next: mov dword [rsp - 8], 777\nmov dword [rsp - 4], 777\nlea rsi, [rsp - 8]\n"
          "mov edx, 8\n" WRITE "test eax, eax\njns next\nxor edi, edi\n" EXIT)},
    /* seven bytes by each call, which counts them down */
    {"what calls need is made where they lead",
     CODE("mov rsi, [rsp + 8]\nmov edx, 7\ncall put\nmov esi, text\nmov edx, 7\ncall put\n"
          "mov rsi, [rsp + 8]\nmov edx, 7\ncall put\nxor edi, edi\n" EXIT "put: " WRITE
          "test rax, rax\njle failed\nadd rsi, rax\nsub rdx, rax\njnz put\nret\n"
          "failed: mov edi, 1\nmov eax, 231\nsyscall\ntext: db 'abcdefg'\n")},
    /* 1 is in rdi after each call */
    {"a value stays in its register",
     CODE("mov rbx, [rsp]\nnext: mov esi, text\ncall put\nmov esi, text + 1\ncall put\n"
          "dec rbx\njnz next\nmov esi, text\ncall put\nxor edi, edi\n" EXIT
          "put: mov edx, 1\n" WRITE "test eax, eax\njs put\nret\ntext: db 'a', 10\n")},
};

START_TEST(what_makes_a_program_cheaper_is_done_and_told)
{
    const struct result *result = rewrite(cases[_i].source, false);
    bool is_told = false;
    for (size_t i = 0; i < result->count; i++) {
        is_told |= strstr(result->rewritten[i].what, cases[_i].what) != NULL;
        ck_assert_uint_lt(result->rewritten[i].offset, 4096);
    }
    ck_assert_msg(is_told, "%s:\n%s\n%s", cases[_i].what, result->before, result->after);
    ck_assert_str_ne(result->before, result->after);
}
END_TEST

/* Calls that become part of the caller, and ends that become one, at different stack pointers. */
static const char *const stacks[] = {
    CODE("mov rbx, [rsp]\npush rbx\nnext: mov rsi, [rsp + 16]\nmov edx, 3\ncall put\npush rsi\n"
         "mov edx, 2\ncall put\npop rsi\ndec ebx\njnz next\npop rdi\n" EXIT
         "put: mov eax, 1\nmov edi, 1\nsyscall\nret\n"),
    CODE("mov rax, [rsp]\ncmp rax, 2\njb one\nje two\npush rax\npush rax\nmov esi, text\n"
         "mov edx, 2\n" WRITE "pop rdi\npop rdi\n" EXIT "one: push rax\nmov esi, text\n"
         "mov edx, 2\n" WRITE "pop rdi\n" EXIT "two: mov esi, text\nmov edx, 2\n" WRITE
         "mov edi, 2\n" EXIT "text: db 'a', 10\n"),
};

START_TEST(blocks_begin_with_the_stack_pointer_that_those_before_end_with)
{
    const struct result *result = rewrite(stacks[_i], false);
    ck_assert_uint_gt(result->count, 0);
    ck_assert_uint_gt(result->stacks, 0);
}
END_TEST

/* A block in which a register has so many values, and another one a value that is none of them. */
static bool says_both(size_t count)
{
    enum { FIRST = 1000 };
    struct golf_operation *operations = calloc(count, sizeof *operations);
    struct golf_block block = {.operations = operations, .count = count};
    const struct golf_lifted lifted = {.bits = 64, .blocks = &block, .count = 1};
    const struct web web = {.reg = RBX, .inside = {.has = {true}}};
    ck_assert_ptr_nonnull(operations);
    for (size_t i = 0; i < count; i++) {
        operations[i].writes = 1u << RBX;
        operations[i].after[RBX] = (struct golf_value){.kind = GOLF_OPAQUE, .number = FIRST + i};
    }
    block.at_start[RBP] = (struct golf_value){.kind = GOLF_OPAQUE, .number = 1};
    const bool has_both = web_has_both(&lifted, &web, RBP);
    free(operations);
    return has_both;
}

START_TEST(too_many_values_are_no_proof_that_none_is_in_two_registers)
{
    ck_assert(!says_both(1));
    ck_assert(!says_both(64));
    ck_assert(says_both(65));
    ck_assert(says_both(100));
}
END_TEST

/* How many blocks may push although their stack pointer is not known. */
static size_t count_pushes(const char *source)
{
    static struct program program;
    struct golf_lifted lifted;
    struct elfgen_error error = {.status = ELFGEN_OK};
    size_t count = 0;
    make_program(&program, source, 64);
    ck_assert_msg(golf_lift(program.bytes, program.size, &lifted, &error), "%s", error.text);
    pushes_note(&lifted);
    for (size_t i = 0; i < lifted.count; i++)
        count += lifted.blocks[i].at_start[RSP].kind == GOLF_UNKNOWN &&
                 lifted.blocks[i].known[RSP].kind == GOLF_STACK &&
                 lifted.blocks[i].known[RSP].data == GOLF_SOME_STACK;
    golf_lifted_free(&lifted);
    return count;
}

START_TEST(a_way_to_the_end_from_a_subroutine_may_push_where_each_way_may)
{
    /* the end is reached from the program and from a subroutine */
    ck_assert_uint_eq(count_pushes(CODE("mov rsi, [rsp + 8]\nmov edx, 2\ncall put\nmov edx, 3\n"
                                        "call put\nxor edi, edi\ndone: " EXIT "put: " WRITE
                                        "test rax, rax\njs failed\nret\nfailed: mov edi, 1\n"
                                        "jmp done\n")),
                      1);
    /* the program has passed a word there */
    ck_assert_uint_eq(count_pushes(CODE("mov rsi, [rsp + 8]\nmov edx, 2\ncall put\nmov edx, 3\n"
                                        "call put\npop rdi\ntest edi, edi\ndone: " EXIT
                                        "put: " WRITE "test rax, rax\njs failed\nret\n"
                                        "failed: mov edi, 1\njmp done\n")),
                      0);
}
END_TEST

static const char *const left[] = {
    /* one block */
    CODE("mov esi, text\nmov edx, 2\n" WRITE "xor edi, edi\n" EXIT "text: db 'a', 10\n"),
    /* nothing that two blocks make */
    CODE("mov edi, [rsp]\nmov eax, edi\nnext: dec eax\njnz next\n" EXIT),
    /* words of the stack that are read once more are not popped */
    CODE("mov rsi, [rsp + 8]\nmov edx, 2\n" WRITE "mov edi, [rsp]\n" EXIT),
    /* nor where the stack pointer itself is stored after it */
    CODE("mov rsi, [rsp + 8]\nmov edx, 2\n" WRITE "mov [rsp + 24], rsp\nxor edi, edi\n" EXIT),
};

/* Pointers to words of the stack that do not become the stack pointer. */
static const char *const kept_pointers[] = {
    /* a word is read once more after it was passed */
    CODE(CLIMBS("add rbx, 8\n", "mov rsi, [rbx - 8]\n")),
    /* words that may be 0 are passed */
    CODE("lea rbx, [rsp + 8]\nmov ebp, 9\nnext: mov rsi, [rbx]\nadd rbx, 8\nmov edx, 1\n"
         "call put\nmov edx, 2\ncall put\ndec ebp\njnz next\nxor edi, edi\n" EXIT PUT),
    /* it is in another register, too */
    CODE(CLIMBS("mov rbp, rbx\nadd rbx, 8\n", "mov rsi, [rbp]\n")),
    /* something else is an address of the words */
    CODE("mov rcx, [rsp]\nlea rbp, [rsp + rcx * 8]\n" CLIMBS("add rbx, 8\n", "mov rsi, [rbp]\n")),
    /* a word is read by the stack pointer */
    CODE(CLIMBS("add rbx, 8\n", "mov rsi, [rsp + 8]\n")),
    /* words are written */
    CODE(CLIMBS("mov qword [rbx], 7\nadd rbx, 8\n", "")),
    /* it moves by less than a word, or back */
    CODE(CLIMBS("add rbx, 4\n", "")),
    CODE(CLIMBS("sub rbx, 8\n", "")),
    /* flags of what moves it are read */
    CODE(CLIMBS("add rbx, 8\nadc ebp, 0\n", "add rsi, rbp\n")),
};

START_TEST(a_pointer_that_something_else_depends_on_does_not_become_the_stack_pointer)
{
    const struct result *result = rewrite(kept_pointers[_i], false);
    for (size_t i = 0; i < result->count; i++) {
        ck_assert_msg(!strstr(result->rewritten[i].what, "climbs"), "%s", result->after);
        ck_assert_msg(!strstr(result->rewritten[i].what, "pointer"), "%s", result->after);
    }
}
END_TEST

/* Ends that stay as they are, with flags. */
static const char *const kept_tests[] = {
    /* a counter of 32 bits that may be 0 at first: 64 bits count longer; nor with its flags in use
     */
    CODE("mov edi, [rsp]\nmov ecx, edi\nnext: dec ecx\njnz next\n" EXIT),
    CODE("mov rcx, [rsp]\nmov edi, ecx\nnext: dec rcx\njnz next\nsets dil\n" EXIT),
    CODE("mov rcx, [rsp]\nnext: dec rcx\nmov edi, ecx\njnz next\n" EXIT),
    /* rcx is in use where the comparison is */
    CODE("lea rbx, [rsp + 16]\nxor ecx, ecx\ncmp qword [rbx], 0\nje done\n"
         "next: mov rsi, [rbx]\nmov edx, 1\ncall put\nmov edx, 2\ncall put\nadd rbx, 8\n"
         "movzx ecx, byte [rsi]\ncmp qword [rbx], 0\njne next\ndone: mov edi, ecx\n" EXIT PUT),
    /* more words are read where one was 0 */
    CODE("lea rbx, [rsp + 16]\nnext: cmp qword [rbx], 0\nje done\nmov rsi, [rbx]\nmov edx, 1\n"
         "call put\nmov edx, 2\ncall put\nadd rbx, 8\njmp next\n"
         "done: mov rsi, [rbx + 8]\nmov edx, 1\ncall put\nxor edi, edi\n" EXIT PUT),
    /* the flags of the comparison are read afterwards */
    CODE("lea rbx, [rsp + 16]\nnext: cmp qword [rbx], 0\nje done\nsetc bpl\nmov rsi, [rbx]\n"
         "mov edx, 1\ncall put\nmov edx, 2\ncall put\nadd rbx, 8\njmp next\n"
         "done: mov edi, ebp\n" EXIT PUT),
};

START_TEST(an_end_that_something_else_depends_on_asks_flags)
{
    const struct result *result = rewrite(kept_tests[_i], false);
    for (size_t i = 0; i < result->count; i++)
        ck_assert_msg(!strstr(result->rewritten[i].what, "jrcxz"), "%s", result->after);
}
END_TEST

START_TEST(a_program_that_does_not_become_cheaper_is_as_before)
{
    const struct result *result = rewrite(left[_i], false);
    ck_assert_uint_eq(result->count, 0);
    ck_assert_str_eq(result->before, result->after);
}
END_TEST

START_TEST(an_interrupt_leaves_the_program_as_it_is_then)
{
    const struct result *result = rewrite(cases[0].source, true);
    ck_assert_uint_eq(result->count, 0);
    ck_assert_str_eq(result->before, result->after);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("golf_rewrite");
    TCase *all = tcase_create("rewrite");
    tcase_add_loop_test(all, what_makes_a_program_cheaper_is_done_and_told, 0,
                        sizeof cases / sizeof cases[0]);
    tcase_add_loop_test(all, a_program_that_does_not_become_cheaper_is_as_before, 0,
                        sizeof left / sizeof left[0]);
    tcase_add_loop_test(all, blocks_begin_with_the_stack_pointer_that_those_before_end_with, 0,
                        sizeof stacks / sizeof stacks[0]);
    tcase_add_loop_test(all,
                        a_pointer_that_something_else_depends_on_does_not_become_the_stack_pointer,
                        0, sizeof kept_pointers / sizeof kept_pointers[0]);
    tcase_add_loop_test(all, an_end_that_something_else_depends_on_asks_flags, 0,
                        sizeof kept_tests / sizeof kept_tests[0]);
    tcase_add_test(all, a_way_to_the_end_from_a_subroutine_may_push_where_each_way_may);
    tcase_add_test(all, too_many_values_are_no_proof_that_none_is_in_two_registers);
    tcase_add_test(all, an_interrupt_leaves_the_program_as_it_is_then);
    suite_add_tcase(s, all);
    return s;
}

RUN_SUITE(suite)
