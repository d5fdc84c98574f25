/* golf: a byte of data that the program sets itself, where a header has another one. */
#include "golf/lift/lift.h"
#include "golf/rewrite/set_byte.h"
#include "golf_program.h"

#define CODE(lines) "global _start\nsection .text align=1\n_start:\n" lines
#define WRITE       "mov eax, 1\nmov edi, 1\nsyscall\n"
#define EXIT        "mov eax, 60\nxor edi, edi\nsyscall\n"
#define TEXT        "section .rodata align=1\ntext: db 'Hello', 10\n"

/* Returns whether a datum of the source may be set, and what becomes of the program. */
static bool set_byte(const char *source, struct golf_lifted *lifted, struct golf_lifted *changed)
{
    static struct program program;
    struct elfgen_error error = {.status = ELFGEN_OK};
    make_program(&program, source, 64);
    ck_assert_msg(golf_lift(program.bytes, program.size, lifted, &error), "%s", error.text);
    return golf_set_first_byte(lifted, changed);
}

START_TEST(the_first_byte_is_set_before_the_call_that_reads_it)
{
    struct golf_lifted lifted, changed;
    ck_assert(set_byte(CODE("mov esi, text\nmov edx, 6\n" WRITE EXIT TEXT), &lifted, &changed));
    const struct golf_operation *store = &changed.blocks[0].operations[0];
    ck_assert_uint_eq(changed.blocks[0].count, lifted.blocks[0].count + 1);
    ck_assert_uint_eq(store->kind, GOLF_KEPT);
    ck_assert_uint_eq(store->refers.kind, GOLF_ADDRESS);
    ck_assert_uint_eq(store->refers.number, 0);
    ck_assert_int_eq(store->instruction.operands[1].value, 'H');
    ck_assert_ptr_nonnull(store->reason);
    ck_assert_uint_eq(changed.blocks[0].operations[1].kind, GOLF_CALL);
    ck_assert(changed.data[0].is_written && !lifted.data[0].is_written);
    ck_assert_uint_eq(changed.data[0].set_size, 1);
    ck_assert_uint_eq(lifted.data[0].set_size, 0);
    golf_set_first_byte_free(&changed);
    golf_lifted_free(&lifted);
}
END_TEST

/* What an instruction reads, what a call gets from its second byte on first, what has one byte,
 * what is written to, and what has more blocks. */
static const char *const others[] = {
    CODE("mov al, [text]\nmovzx ebx, al\nmov esi, text\nmov edx, ebx\n" WRITE EXIT
         "section .data align=1\ntext: db 1, 2, 3, 4\n"),
    CODE("mov esi, text + 1\nmov edx, 5\n" WRITE "mov esi, text\nmov edx, 6\n" WRITE EXIT TEXT),
    CODE("mov esi, text\nmov edx, 1\n" WRITE EXIT "section .rodata align=1\ntext: db 'H'\n"),
    CODE("mov byte [text], 'J'\nmov esi, text\nmov edx, 6\n" WRITE EXIT
         "section .data align=1\ntext: db 'Hello', 10\n"),
    CODE("again: mov esi, text\nmov edx, 6\n" WRITE "test eax, eax\njs again\n" EXIT TEXT),
    CODE(EXIT)};

START_TEST(what_is_used_otherwise_stays_in_the_file)
{
    struct golf_lifted lifted, changed;
    ck_assert(!set_byte(others[_i], &lifted, &changed));
    ck_assert_uint_eq(changed.count, 0);
    golf_lifted_free(&lifted);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_set_byte");
    TCase *cases = tcase_create("data");
    tcase_add_test(cases, the_first_byte_is_set_before_the_call_that_reads_it);
    tcase_add_loop_test(cases, what_is_used_otherwise_stays_in_the_file, 0,
                        sizeof others / sizeof *others);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)
