/* golf's shrink: what constants, addresses and the stack pointer cost in a block, and how many
 * states are looked at. */
#include "golf_made.h"

static struct golf_pieces shrink_block(const struct program *program, size_t states)
{
    struct golf_pieces pieces;
    struct elfgen_error error;
    const struct golf_shrink_options options = {.states = states};
    ck_assert_msg(golf_shrink(&program->lifted, &options, &pieces, &error), "%s", error.text);
    return pieces;
}

/* Three bytes a constant, as with push and pop: not five, with a number of four. */
START_TEST(a_constant_takes_three_bytes_where_nothing_is_known)
{
    for (unsigned bits = 32; bits <= 64; bits += 32) {
        struct program program;
        begin_unknown(&program, bits);
        struct golf_operation *call = add_call(&program, 4);
        need(call, RBX, 32, constant(100));
        call->ends = true;
        struct golf_pieces pieces = shrink_block(&program, 0);
        ck_assert_uint_eq(pieces.nodes[pieces.blocks[0]].least, 3 + 3 + 2);
        ck_assert(!pieces.is_cut);
        golf_pieces_free(&pieces);
    }
}
END_TEST

/* `xor` changes the flags, but not that of the direction; and `dec` leaves the carry as it is. */
START_TEST(only_flags_that_matter_are_kept)
{
    static const struct {
        uint32_t live, written; /* at the end; by an operation before it */
        uint32_t least;         /* of that, if nothing may change the flags before it */
    } rows[] = {{ELFGEN_X86_DF, 0, 2},
                {ELFGEN_X86_CF, 0, 3},
                {ELFGEN_X86_CF, ELFGEN_X86_ZF | ELFGEN_X86_OF, 3},
                {ELFGEN_X86_ZF, ELFGEN_X86_ZF | ELFGEN_X86_OF, 2},
                {ELFGEN_X86_OF, ELFGEN_X86_ZF, 3},
                {ELFGEN_X86_OF, ELFGEN_X86_OF, 2}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct program program;
        begin_unknown(&program, 64);
        struct golf_operation *kept = &program.operations[program.block.count++];
        *kept = (struct golf_operation){.kind = GOLF_KEPT,
                                        .length = 2,
                                        .bytes = {0xff, 0xc9}, /* dec ecx */
                                        .flags_set = rows[i].written};
        need(kept, RBX, 32, constant(0));
        program.block.end = GOLF_GO;
        program.block.flags_live = rows[i].live;
        struct golf_pieces pieces = shrink_block(&program, 0);
        uint32_t least = pieces.nodes[pieces.blocks[0]].least;
        ck_assert_msg(least == rows[i].least + 2, "%zu: %u", i, least);
        golf_pieces_free(&pieces);
    }
}
END_TEST

/* The stack pointer is moved by pushes, by pops of registers that are free, or by numbers; and with
 * few states there is a way as well, in one order. */
START_TEST(the_stack_pointer_is_moved_and_few_states_are_enough)
{
    static const struct {
        int64_t number;
        uint32_t least;
    } rows[] = {{-8, 1}, {-16, 2}, {16, 2}, {-40, 4}, {-4096, 7}, {4, 4}};
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        struct program program;
        struct golf_pieces pieces;
        struct elfgen_error error;
        begin(&program, 64);
        struct golf_operation *call = add_call(&program, 0);
        need(call, RSP, 64,
             (struct golf_value){.kind = GOLF_STACK, .number = (uint64_t)rows[i / 2].number});
        call->ends = true;
        const struct golf_shrink_options options = {.slack = 2, .states = i % 2 ? 24 : 0};
        ck_assert_msg(golf_shrink(&program.lifted, &options, &pieces, &error), "%zu: %s", i,
                      error.text);
        uint32_t least = pieces.nodes[pieces.blocks[0]].least;
        ck_assert_msg(least == rows[i / 2].least + 2, "%lld: %u", (long long)rows[i / 2].number,
                      least);
        golf_pieces_free(&pieces);
    }
}
END_TEST

static bool count_questions(void *context)
{
    ++*(size_t *)context;
    return false;
}

/* How many states are looked at does not grow with the calls of a block: what is asked before each
 * of them is bounded; and there is a way, of which no constant takes five bytes. */
START_TEST(states_are_bounded_however_many_calls_there_are)
{
    enum { STATES = 5000, ASKED = 1024, TIMES_EACH = 40 };
    for (size_t calls = 2; calls <= 16; calls *= 2) {
        struct program program;
        struct golf_pieces pieces;
        struct elfgen_error error;
        size_t asked = 0;
        begin(&program, 64);
        for (size_t i = 0; i < calls; i++)
            add_write(&program);
        add_exit(&program, constant(3));
        const struct golf_shrink_options options = {.states = STATES,
                                                    .small_addresses = true,
                                                    .is_interrupted = count_questions,
                                                    .context = &asked};
        ck_assert_msg(golf_shrink(&program.lifted, &options, &pieces, &error), "%s", error.text);
        ck_assert_uint_le(asked, TIMES_EACH * STATES / ASKED);
        ck_assert_uint_le(pieces.nodes[pieces.blocks[0]].least, calls * (3 + 3 + 5 + 3 + 2) + 8);
        golf_pieces_free(&pieces);
    }
}
END_TEST

/* Each of `calls` writes is of a text `apart` bytes after the one before. */
static void write_from_many_places(struct program *program, size_t calls, size_t apart)
{
    for (size_t i = 0; i < calls; i++) {
        add_write(program);
        program->operations[i].needs[2].values[0].number = apart * i;
    }
    add_exit(program, constant(3));
}

/* Of addresses after the first one only the low byte is set, three bytes, also where there are too
 * many ways to look at all: a number would take five, and `lea` seven. */
START_TEST(of_further_addresses_the_low_byte_is_enough)
{
    enum { STATES = 5000, CALLS = 6, NEXT = 200, FIRST = 13, MORE = 3 + 2 + 2, LAST = 7 };
    for (unsigned small = 0; small < 2; small++) {
        struct program program;
        struct golf_pieces pieces;
        struct elfgen_error error;
        begin(&program, 64);
        write_from_many_places(&program, CALLS, NEXT);
        const struct golf_shrink_options options = {.states = STATES, .small_addresses = small};
        ck_assert_msg(golf_shrink(&program.lifted, &options, &pieces, &error), "%s", error.text);
        unsigned least = pieces.nodes[pieces.blocks[0]].least,
                 most = FIRST + (CALLS - 1) * MORE + LAST;
        ck_assert_msg(least <= most + (small ? 0 : 2), "%u bytes, at most %u", least, most);
        golf_pieces_free(&pieces);
    }
}
END_TEST

/* As packing places data first, and knows no other place for what is right behind a call. */
START_TEST(with_few_ways_no_data_is_right_behind_a_call)
{
    for (unsigned has_few = 0; has_few < 2; has_few++) {
        struct program program;
        struct golf_pieces pieces;
        struct elfgen_error error;
        size_t calls = 0;
        hello(&program, 64);
        const struct golf_shrink_options options = {.has_few = has_few, .slack = 1};
        ck_assert_msg(golf_shrink(&program.lifted, &options, &pieces, &error), "%s", error.text);
        for (size_t i = 0; i < pieces.choice_count; i++)
            calls += pieces.choices[i].followed_by != GOLF_NONE;
        ck_assert(has_few ? calls == 0 : calls > 0);
        golf_pieces_free(&pieces);
    }
}
END_TEST

/* Where the file is too large for low bytes alone, or what is written has a segment of its own,
 * each address is a number: there is no other way to place what is there. */
START_TEST(low_bytes_alone_are_for_small_files)
{
    enum { STATES = 5000, CALLS = 6, NEXT = 200, LARGE = 1, APART = 2, BY_NUMBER = 5 };
    for (unsigned kind = 0; kind <= APART; kind++) {
        struct program program;
        struct golf_pieces pieces;
        struct elfgen_error error;
        begin(&program, 64);
        write_from_many_places(&program, CALLS, NEXT);
        program.data.is_written = kind == APART;
        const struct golf_shrink_options options = {.states = STATES,
                                                    .small_addresses = true,
                                                    .no_low_bytes = kind == LARGE,
                                                    .is_apart = kind == APART};
        ck_assert_msg(golf_shrink(&program.lifted, &options, &pieces, &error), "%s", error.text);
        ck_assert_msg((golf_pieces_low_bytes(&pieces) == 0) == (kind != 0), "%u", kind);
        if (kind != 0)
            ck_assert_uint_ge(golf_pieces_least_code(&pieces), (size_t)CALLS * BY_NUMBER);
        golf_pieces_free(&pieces);
    }
}
END_TEST

/* A register that has an address in the file's data gets the next one by inc, those near to it by
 * lea; what an operation needs in between is no hindrance. */
START_TEST(an_address_is_made_of_the_one_that_the_register_has)
{
    enum { FEW = 24 };
    static const struct {
        unsigned bits, most;
        bool small, is_used; /* by a call, between two others of it */
        uint64_t begins, ends;
    } rows[] = {{32, 1, true, false, 4, 5},  {32, 1, true, false, 4, 3},
                {64, 2, true, false, 4, 5},  {64, 3, false, false, 4, 5},
                {64, 3, true, false, 4, 90}, {32, 3, true, false, 4, 90},
                {32, 5, true, true, 4, 4}};
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        const unsigned bits = rows[i / 2].bits;
        struct program program;
        struct golf_pieces pieces;
        struct elfgen_error error;
        begin(&program, bits);
        if (rows[i / 2].is_used) {
            struct golf_operation *call = add_call(&program, 0);
            call->writes = 0;
            need(call, RSI, bits, (struct golf_value){.kind = GOLF_ADDRESS, .number = 0});
        }
        program.block.at_start[RSI] =
            (struct golf_value){.kind = GOLF_ADDRESS, .number = rows[i / 2].begins};
        program.block.needs[program.block.need_count++] = (struct golf_need){
            RSI, (uint8_t)bits, 1, {{.kind = GOLF_ADDRESS, .number = rows[i / 2].ends}}};
        program.block.end = GOLF_RETURNS;
        const struct golf_shrink_options options = {.small_addresses = rows[i / 2].small,
                                                    .states = i % 2 ? FEW : 0};
        ck_assert_msg(golf_shrink(&program.lifted, &options, &pieces, &error), "%zu: %s", i,
                      error.text);
        const unsigned least = pieces.nodes[pieces.blocks[0]].least,
                       most = rows[i / 2].most + (rows[i / 2].is_used ? 2 : 0);
        ck_assert_msg(least == most, "%zu: %u bytes", i, least);
        golf_pieces_free(&pieces);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_shrink_blocks");
    TCase *cases = tcase_create("blocks");
    tcase_add_test(cases, a_constant_takes_three_bytes_where_nothing_is_known);
    tcase_add_test(cases, only_flags_that_matter_are_kept);
    tcase_add_test(cases, the_stack_pointer_is_moved_and_few_states_are_enough);
    tcase_add_test(cases, states_are_bounded_however_many_calls_there_are);
    tcase_add_test(cases, of_further_addresses_the_low_byte_is_enough);
    tcase_add_test(cases, with_few_ways_no_data_is_right_behind_a_call);
    tcase_add_test(cases, low_bytes_alone_are_for_small_files);
    tcase_add_test(cases, an_address_is_made_of_the_one_that_the_register_has);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)
