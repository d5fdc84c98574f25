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

/* ---- programs made by hand ---- */

enum { RDI = 7, RSI = 6, DATA = 2, LONG = 20 };

/* One block: a call that gets the number 0, then one that gets the beginnings of both data. */
struct made {
    uint8_t bytes[DATA][LONG];
    struct golf_operation operations[2];
    struct golf_block block;
    struct golf_data data[DATA];
    struct golf_lifted lifted;
};

static struct golf_need need(unsigned reg, uint8_t kind, uint16_t data)
{
    return (struct golf_need){
        .reg = (uint8_t)reg, .bits = 64, .count = 1, .values = {{.kind = kind, .data = data}}};
}

static void make(struct made *made, unsigned bits)
{
    *made = (struct made){.bytes = {{'a'}, {'b'}}};
    made->operations[0] = (struct golf_operation){
        .kind = GOLF_CALL, .needs = {need(RDI, GOLF_CONSTANT, 1)}, .need_count = 1};
    made->operations[1] =
        (struct golf_operation){.kind = GOLF_CALL,
                                .needs = {need(RSI, GOLF_ADDRESS, 0), need(RDI, GOLF_ADDRESS, 1)},
                                .need_count = DATA};
    made->block = (struct golf_block){.operations = made->operations, .count = 2, .end = GOLF_STOP};
    for (size_t i = 0; i < DATA; i++)
        made->data[i] = (struct golf_data){
            .bytes = made->bytes[i], .file_size = LONG - i, .size = LONG - i, .align = 1};
    made->lifted = (struct golf_lifted){
        .bits = bits, .blocks = &made->block, .count = 1, .data = made->data, .data_count = DATA};
}

/* Which datum is set; DATA: none. *at is the number of the operation that does. */
static size_t set_datum(const struct made *made, size_t *at)
{
    struct golf_lifted changed;
    size_t set = DATA;
    if (golf_set_first_byte(&made->lifted, &changed)) {
        *at = 0;
        while (!changed.blocks[0].operations[*at].reason)
            ++*at;
        const struct golf_operation *store = &changed.blocks[0].operations[*at];
        const struct elfgen_x86_operand *place = &store->instruction.operands[0];
        set = store->refers.data;
        ck_assert_int_eq(store->instruction.operands[1].value, made->bytes[set][0]);
        ck_assert_int_eq(place->relative, made->lifted.bits == 64);
        ck_assert(changed.data[set].is_written && changed.data[set].set_size == 1);
        ck_assert_uint_eq(changed.data[1 - set].set_size, 0);
        ck_assert_int_eq(changed.data[1 - set].is_written, made->data[1 - set].is_written);
    }
    golf_set_first_byte_free(&changed);
    return set;
}

START_TEST(the_longest_datum_is_set_before_its_call)
{
    for (unsigned bits = 32; bits <= 64; bits += 32) {
        struct made made;
        size_t at;
        make(&made, bits);
        ck_assert_uint_eq(set_datum(&made, &at), 0);
        ck_assert_uint_eq(at, 1);
        make(&made, bits);
        made.data[0].size = 2;
        ck_assert_uint_eq(set_datum(&made, &at), 1);
        ck_assert_uint_eq(at, 1);
        /* the first of those that are as long */
        made.data[0].size = made.data[1].size;
        ck_assert_uint_eq(set_datum(&made, &at), 0);
    }
}
END_TEST

START_TEST(a_datum_that_may_be_something_else_is_not_set)
{
    struct made made;
    size_t at;
    make(&made, 64);
    made.data[0].is_written = true;
    ck_assert_uint_eq(set_datum(&made, &at), 1);
    make(&made, 64);
    made.data[0].is_code = true;
    ck_assert_uint_eq(set_datum(&made, &at), 1);
    make(&made, 64);
    made.data[0].reference_count = 1;
    ck_assert_uint_eq(set_datum(&made, &at), 1);
    make(&made, 64);
    made.data[0].file_size = 1;
    ck_assert_uint_eq(set_datum(&made, &at), 1);
}
END_TEST

START_TEST(what_does_not_begin_with_a_call_of_its_beginning_is_not_set)
{
    struct made made;
    size_t at;
    /* from the second byte on */
    make(&made, 64);
    made.operations[1].needs[0].values[0].number = 1;
    ck_assert_uint_eq(set_datum(&made, &at), 1);
    /* one of two values */
    make(&made, 64);
    made.operations[1].needs[0].count = 2;
    ck_assert_uint_eq(set_datum(&made, &at), 1);
    /* an instruction */
    make(&made, 64);
    made.operations[1].kind = GOLF_KEPT;
    ck_assert_uint_eq(set_datum(&made, &at), DATA);
    /* one before the call that refers to it */
    make(&made, 64);
    made.operations[0] =
        (struct golf_operation){.kind = GOLF_KEPT, .refers = {.kind = GOLF_ADDRESS}};
    ck_assert_uint_eq(set_datum(&made, &at), 1);
    /* none */
    make(&made, 64);
    made.block.count = 1;
    ck_assert_uint_eq(set_datum(&made, &at), DATA);
}
END_TEST

START_TEST(a_program_of_more_blocks_or_that_stays_as_it_is_sets_nothing)
{
    struct made made;
    size_t at;
    make(&made, 64);
    made.lifted.is_verbatim = true;
    ck_assert_uint_eq(set_datum(&made, &at), DATA);
    make(&made, 64);
    struct golf_block blocks[2] = {made.block, made.block};
    made.lifted.blocks = blocks;
    made.lifted.count = 2;
    ck_assert_uint_eq(set_datum(&made, &at), DATA);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_set_byte");
    TCase *cases = tcase_create("data");
    tcase_add_test(cases, the_first_byte_is_set_before_the_call_that_reads_it);
    tcase_add_loop_test(cases, what_is_used_otherwise_stays_in_the_file, 0,
                        sizeof others / sizeof *others);
    tcase_add_test(cases, the_longest_datum_is_set_before_its_call);
    tcase_add_test(cases, a_datum_that_may_be_something_else_is_not_set);
    tcase_add_test(cases, what_does_not_begin_with_a_call_of_its_beginning_is_not_set);
    tcase_add_test(cases, a_program_of_more_blocks_or_that_stays_as_it_is_sets_nothing);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)
