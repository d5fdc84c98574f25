/* golf's shrink: the cheapest ways to provide what operations need; Linux runs some of each kind.
 */
#include <string.h>

#include "golf/shrink/full_writes.h"
#include "golf_made_run.h"

/* Its status is 1 if the write failed. */
static void careful(struct program *program, unsigned bits)
{
    begin(program, bits);
    add_write(program);
    add_exit(program, (struct golf_value){.kind = GOLF_CASES, .failed = 1});
}

static void leave(struct program *program, unsigned bits)
{
    begin(program, bits);
    add_exit(program, constant(42));
}

static const struct {
    const char *name;
    void (*make)(struct program *program, unsigned bits);
    unsigned bits;
    bool small;     /* addresses */
    unsigned least; /* bytes, counted by hand */
    const char *output;
    int status, failed_status; /* the second one if nothing can be written */
} programs[] = {
    {"hello", hello, 64, false, 20, text, 0, 0},    {"hello", hello, 64, true, 19, text, 0, 0},
    {"hello", hello, 32, true, 16, text, 0, 0},     {"careful", careful, 64, true, 21, text, 0, 1},
    {"careful", careful, 32, true, 19, text, 0, 1}, {"exit", leave, 64, true, 7, "", 42, 42},
    {"exit", leave, 32, true, 5, "", 42, 42},
};
enum { PROGRAMS = sizeof programs / sizeof programs[0] };

static void shrink(int number, unsigned slack, struct program *program, struct golf_pieces *pieces)
{
    struct golf_shrink_options options = {
        .slack = slack, .states = 60000, .small_addresses = programs[number].small};
    struct elfgen_error error;
    programs[number].make(program, programs[number].bits);
    if (!golf_shrink(&program->lifted, &options, pieces, &error))
        ck_abort_msg("%s: %s", programs[number].name, error.text);
}

START_TEST(the_shortest_way_is_found_and_every_way_does_the_same)
{
    enum { RUNS = TIMES(30, 4) };
    uint64_t random = 20261128;
    enter_folder();
    struct program program;
    struct golf_pieces pieces;
    shrink(_i, _i > 0 ? 1 : TIMES(1, 0), &program, &pieces);
    ck_assert_uint_eq(pieces.nodes[pieces.blocks[0]].least, programs[_i].least);
    for (int i = 0; i < RUNS; i++) {
        struct file file;
        char output[64];
        make_file(&file, &pieces, &random);
        int status = run(&file, output, sizeof output);
        int failed_status = run(&file, NULL, 0);
        if (status != programs[_i].status || strcmp(output, programs[_i].output) != 0 ||
            failed_status != programs[_i].failed_status) {
            for (size_t k = 0; k < file.size; k++)
                fprintf(stderr, " %02x", file.bytes[k]);
            ck_abort_msg("%s in %u bits: status %d, %d if nothing can be written, output %s",
                         programs[_i].name, programs[_i].bits, status, failed_status, output);
        }
    }
    golf_pieces_free(&pieces);
    leave_folder();
}
END_TEST

START_TEST(more_slack_gives_more_ways)
{
    size_t before = 0;
    for (unsigned slack = 0; slack < 3; slack++) {
        struct program program;
        struct golf_pieces pieces;
        shrink(PROGRAMS - 1, slack, &program, &pieces);
        ck_assert_uint_gt(pieces.choice_count, before);
        before = pieces.choice_count;
        golf_pieces_free(&pieces);
    }
}
END_TEST

/* The same least, however many more ways are kept: no way that is dearer at first and cheaper in
 * all is left out. */
START_TEST(the_least_is_the_same_with_more_slack)
{
    static const int short_ones[] = {0, 2, PROGRAMS - 2, PROGRAMS - 1};
    for (size_t k = 0; k < sizeof short_ones / sizeof *short_ones; k++) {
        int i = short_ones[k];
        struct program program;
        struct golf_pieces pieces;
        for (unsigned slack = 0; slack < 2; slack++) {
            shrink(i, slack, &program, &pieces);
            ck_assert_uint_eq(pieces.nodes[pieces.blocks[0]].least, programs[i].least);
            golf_pieces_free(&pieces);
        }
    }
}
END_TEST

static bool has_choice(const struct golf_pieces *pieces, const char bytes[2])
{
    return has_bytes(pieces, (const uint8_t *)bytes, 2);
}

START_TEST(int_0x80_makes_the_same_calls)
{
    struct program program;
    struct golf_pieces pieces;
    struct elfgen_error error;
    const struct golf_shrink_options options = {.slack = 1, .small_addresses = true, .int80 = true};
    hello(&program, 64);
    ck_assert_msg(golf_shrink(&program.lifted, &options, &pieces, &error), "%s", error.text);
    ck_assert(has_choice(&pieces, "\xcd\x80"));
    ck_assert_uint_le(pieces.nodes[pieces.blocks[0]].least, 19 - 2);
    run_some_ways(&pieces);
    golf_pieces_free(&pieces);
}
END_TEST

/* Where write returned 12, `mov al, 60` is all that exit's number takes. */
START_TEST(with_full_writes_a_result_is_a_constant)
{
    struct program program;
    struct golf_pieces pieces;
    struct elfgen_error error;
    const struct golf_shrink_options options = {.slack = 1, .small_addresses = true};
    hello(&program, 64);
    golf_assume_full_writes(&program.lifted);
    ck_assert_uint_eq(program.operations[0].after[RAX].kind, GOLF_CONSTANT);
    ck_assert_uint_eq(program.operations[0].after[RAX].number, TEXT_SIZE);
    ck_assert_msg(golf_shrink(&program.lifted, &options, &pieces, &error), "%s", error.text);
    ck_assert(has_choice(&pieces, "\xb0\x3c"));
    run_some_ways(&pieces);
    golf_pieces_free(&pieces);
}
END_TEST

/* `inc byte [text + 1]`, or `inc byte [rsp - 4]`. */
static void add_increment(struct program *program, bool on_stack)
{
    struct golf_operation *operation = &program->operations[program->block.count++];
    bool is_64 = program->lifted.bits == 64;
    operation->kind = GOLF_KEPT;
    operation->instruction =
        (struct elfgen_x86_instruction){.mnemonic = ELFGEN_X86_OP_inc, .mode = is_64 ? 64 : 32};
    struct elfgen_x86_operand *operand = &operation->instruction.operands[0];
    *operand = (struct elfgen_x86_operand){.kind = ELFGEN_X86_MEMORY, .size = 1};
    operation->refers_operand = UINT8_MAX;
    if (on_stack) {
        operand->base = is_64 ? ELFGEN_X86_REG_rsp : ELFGEN_X86_REG_esp;
        operand->value = -4;
        need(operation, RSP, program->lifted.bits, (struct golf_value){.kind = GOLF_STACK});
    } else {
        operation->refers = (struct golf_value){.kind = GOLF_ADDRESS, .number = 1};
        operation->refers_operand = 0;
    }
    operation->length = 4;
    operation->flags_set = 1;
}

/* A place in memory is reached from an address that a call has in a register anyway. */
START_TEST(an_address_at_hand_is_used_for_places_near_to_it)
{
    static const struct {
        unsigned bits;
        bool on_stack;
        const char *bytes; /* after `inc` */
        uint32_t least;    /* with those of hello, but for the text's address on the stack */
    } rows[] = {{64, false, "\xfe\x46\x01", 19 + 3},
                {32, false, "\xfe\x41\x01", 16 + 3},
                {32, true, "\xfe\x41\x10", 16 - 1 + 3}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct program program;
        struct golf_pieces pieces;
        struct elfgen_error error;
        const struct golf_shrink_options options = {.small_addresses = true};
        begin(&program, rows[i].bits);
        add_increment(&program, rows[i].on_stack);
        add_write(&program);
        add_exit(&program, constant(0));
        if (rows[i].on_stack)
            program.operations[1].needs[2].values[0] =
                (struct golf_value){.kind = GOLF_STACK, .number = (uint64_t)-20};
        ck_assert_msg(golf_shrink(&program.lifted, &options, &pieces, &error), "%zu: %s", i,
                      error.text);
        bool is_there = false;
        for (size_t k = 0; k < pieces.choice_count; k++)
            is_there = is_there || (pieces.choices[k].length == 3 &&
                                    !memcmp(pieces.choices[k].bytes, rows[i].bytes, 3));
        ck_assert_msg(is_there, "%zu", i);
        ck_assert_uint_eq(pieces.nodes[pieces.blocks[0]].least, rows[i].least);
        golf_pieces_free(&pieces);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_shrink");
    TCase *cases = tcase_create("ways");
    tcase_add_loop_test(cases, the_shortest_way_is_found_and_every_way_does_the_same, 0, PROGRAMS);
    tcase_add_test(cases, more_slack_gives_more_ways);
    tcase_add_test(cases, the_least_is_the_same_with_more_slack);
    tcase_add_test(cases, int_0x80_makes_the_same_calls);
    tcase_add_test(cases, with_full_writes_a_result_is_a_constant);
    tcase_add_test(cases, an_address_at_hand_is_used_for_places_near_to_it);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)
