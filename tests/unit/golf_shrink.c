/* golf's shrink: the cheapest ways to provide what operations need; Linux runs some of each kind.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "golf/shrink/full_writes.h"
#include "golf/shrink/shrink.h"
#include "room.h"

/* ---- lifted programs, made by hand ---- */

static const char text[] = "Hello world\n";
static const struct golf_value text_address = {.kind = GOLF_ADDRESS};

static struct golf_value constant(uint64_t number)
{
    return (struct golf_value){.kind = GOLF_CONSTANT, .number = number};
}

static void need(struct golf_operation *operation, unsigned reg, unsigned bits,
                 struct golf_value value)
{
    struct golf_need *added = &operation->needs[operation->need_count++];
    *added = (struct golf_need){(uint8_t)reg, (uint8_t)bits, 1, {value}};
}

struct program {
    struct golf_operation operations[20];
    struct golf_block block;
    struct golf_data data;
    struct golf_lifted lifted;
};

enum { RAX, RDX = 2, RBX, RSP, RSI = 6, RDI };

static struct golf_operation *add_call(struct program *program, unsigned number)
{
    struct golf_operation *operation = &program->operations[program->block.count++];
    bool is_64 = program->lifted.bits == 64;
    operation->kind = GOLF_CALL;
    operation->length = 2;
    memcpy(operation->bytes, is_64 ? "\x0f\x05" : "\xcd\x80", 2);
    need(operation, RAX, 32, constant(number));
    operation->writes = is_64 ? 1 << RAX | 1 << 1 | 1 << 11 : 1 << RAX;
    operation->after[RAX] =
        (struct golf_value){.kind = GOLF_OPAQUE, .number = program->block.count};
    return operation;
}

static void begin(struct program *program, unsigned bits)
{
    *program = (struct program){0};
    program->lifted = (struct golf_lifted){.bits = bits,
                                           .blocks = &program->block,
                                           .count = 1,
                                           .data = &program->data,
                                           .data_count = 1};
    program->block = (struct golf_block){.operations = program->operations, .end = GOLF_STOP};
    for (int i = 0; i < GOLF_REGISTERS; i++)
        program->block.at_start[i] = constant(0);
    program->block.at_start[RSP] = (struct golf_value){.kind = GOLF_STACK};
    program->data = (struct golf_data){
        .bytes = (const uint8_t *)text, .size = sizeof text - 1, .file_size = sizeof text - 1};
}

static void add_write(struct program *program)
{
    bool is_64 = program->lifted.bits == 64;
    struct golf_operation *write = add_call(program, is_64 ? 1 : 4);
    need(write, is_64 ? RDI : RBX, 32, constant(1));
    need(write, is_64 ? RSI : 1, is_64 ? 64 : 32, text_address);
    need(write, RDX, is_64 ? 64 : 32, constant(sizeof text - 1));
}

/* exit, or exit_group; in a program of one thread both do. */
static struct golf_operation *add_exit(struct program *program, struct golf_value status)
{
    bool is_64 = program->lifted.bits == 64;
    struct golf_operation *exit = add_call(program, is_64 ? 231 : 252);
    exit->needs[0].count = 2;
    exit->needs[0].values[1] = constant(is_64 ? 60 : 1);
    need(exit, is_64 ? RDI : RBX, 8, status);
    exit->ends = true;
    return exit;
}

static void hello(struct program *program, unsigned bits)
{
    begin(program, bits);
    add_write(program);
    add_exit(program, constant(0));
}

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

/* ---- files with one way's bytes, for Linux to run ---- */

enum { BASE = 0x400000, HEADERS_64 = 64 + 56, HEADERS_32 = 52 + 32, MOST = 256 };

struct file {
    uint8_t bytes[MOST];
    size_t size;
    size_t text; /* where the text is */
    struct {
        size_t at; /* the end of the instruction */
        struct golf_field field;
        uint8_t start;
    } fields[40];
    size_t field_count;
};

static void add_choice(struct file *file, const struct golf_choice *choice)
{
    size_t start = file->size;
    memcpy(file->bytes + start, choice->bytes, choice->length);
    file->size += choice->length;
    for (size_t i = 0; i < choice->field_count; i++) {
        const struct golf_field *field = &choice->fields[i];
        file->fields[file->field_count].at = file->size;
        file->fields[file->field_count].start = (uint8_t)(start + field->offset);
        file->fields[file->field_count++].field = *field;
    }
    if (choice->followed_by != GOLF_NONE) {
        file->text = file->size;
        memcpy(file->bytes + file->size, text, sizeof text - 1);
        file->size += sizeof text - 1;
    }
}

static void fill_fields(struct file *file)
{
    for (size_t i = 0; i < file->field_count; i++) {
        const struct golf_field *field = &file->fields[i].field;
        uint64_t value = BASE + file->text + (uint64_t)field->addend;
        if (field->kind == GOLF_RELATIVE_FIELD)
            value -= BASE + file->fields[i].at;
        if (field->kind == GOLF_NEXT_FIELD)
            value = file->text == file->fields[i].at ? sizeof text - 1 : 0;
        memcpy(file->bytes + file->fields[i].start, &value, field->length);
    }
}

static void add_headers(struct file *file, unsigned bits)
{
    if (bits == 64) {
        Elf64_Ehdr header = {.e_ident = ELFMAG "\2\1\1",
                             .e_type = ET_EXEC,
                             .e_machine = EM_X86_64,
                             .e_version = 1,
                             .e_entry = BASE + HEADERS_64,
                             .e_phoff = 64,
                             .e_ehsize = 64,
                             .e_phentsize = 56,
                             .e_phnum = 1};
        Elf64_Phdr segment = {PT_LOAD, PF_R | PF_X, 0, BASE, BASE, MOST, MOST, 0x1000};
        memcpy(file->bytes, &header, sizeof header);
        memcpy(file->bytes + sizeof header, &segment, sizeof segment);
        file->size = HEADERS_64;
    } else {
        Elf32_Ehdr header = {.e_ident = ELFMAG "\1\1\1",
                             .e_type = ET_EXEC,
                             .e_machine = EM_386,
                             .e_version = 1,
                             .e_entry = BASE + HEADERS_32,
                             .e_phoff = 52,
                             .e_ehsize = 52,
                             .e_phentsize = 32,
                             .e_phnum = 1};
        Elf32_Phdr segment = {PT_LOAD, 0, BASE, BASE, MOST, MOST, PF_R | PF_X, 0x1000};
        memcpy(file->bytes, &header, sizeof header);
        memcpy(file->bytes + sizeof header, &segment, sizeof segment);
        file->size = HEADERS_32;
    }
}

/* Follows one way at random. */
static void make_file(struct file *file, const struct golf_pieces *pieces, uint64_t *random)
{
    *file = (struct file){.text = 0};
    add_headers(file, pieces->bits);
    uint32_t at = pieces->blocks[0];
    for (int steps = 0; pieces->nodes[at].kind == GOLF_STEP; steps++) {
        const struct golf_node *node = &pieces->nodes[at];
        ck_assert_uint_gt(node->count, 0);
        ck_assert_int_lt(steps, 40);
        const struct golf_choice *choice =
            &pieces->choices[node->first + next_random(random) % node->count];
        add_choice(file, choice);
        at = choice->to;
    }
    if (!file->text) {
        file->text = file->size;
        memcpy(file->bytes + file->size, text, sizeof text - 1);
        file->size += sizeof text - 1;
    }
    fill_fields(file);
}

/* Runs the file in this folder; its output goes to `output`, or nowhere. Returns its status. */
static int run(const struct file *file, char *output, size_t room)
{
    int ends[2], status;
    int written = open("golfed", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
    ck_assert_int_ge(written, 0);
    ck_assert_int_eq(write(written, file->bytes, MOST), MOST);
    close(written);
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    pid_t child = fork();
    if (!child) {
        alarm(2);
        if (!output)
            close(1);
        else
            dup2(ends[1], 1);
        execl("./golfed", "./golfed", NULL);
        _exit(127);
    }
    close(ends[1]);
    if (output) {
        ssize_t size = read(ends[0], output, room - 1);
        output[size > 0 ? size : 0] = 0;
    }
    close(ends[0]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void enter_folder(void)
{
    static char folder[] = "/tmp/golf-shrink-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

static void leave_folder(void)
{
    char folder[64];
    unlink("golfed");
    ck_assert_ptr_nonnull(getcwd(folder, sizeof folder));
    ck_assert_int_eq(chdir("/"), 0);
    rmdir(folder);
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

/* Whether one of the choices has these bytes. */
static bool has_bytes(const struct golf_pieces *pieces, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < pieces->choice_count; i++)
        if (pieces->choices[i].length == size && !memcmp(pieces->choices[i].bytes, bytes, size))
            return true;
    return false;
}

static bool has_choice(const struct golf_pieces *pieces, const char bytes[2])
{
    return has_bytes(pieces, (const uint8_t *)bytes, 2);
}

static void run_some_ways(const struct golf_pieces *pieces)
{
    enum { RUNS = TIMES(30, 4) };
    uint64_t random = 84;
    enter_folder();
    for (int i = 0; i < RUNS; i++) {
        struct file file;
        char output[64];
        make_file(&file, pieces, &random);
        ck_assert_int_eq(run(&file, output, sizeof output), 0);
        ck_assert_str_eq(output, text);
    }
    leave_folder();
}

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
    ck_assert_uint_eq(program.operations[0].after[RAX].number, sizeof text - 1);
    ck_assert_msg(golf_shrink(&program.lifted, &options, &pieces, &error), "%s", error.text);
    ck_assert(has_choice(&pieces, "\xb0\x3c"));
    run_some_ways(&pieces);
    golf_pieces_free(&pieces);
}
END_TEST

/* Where 05 and the number of write stand, `add eax, 1` costs nothing, and `mov` does not fit. */
START_TEST(a_number_that_stands_is_added_to_eax_as_well)
{
    enum { SIZE = 64, AT = 20 };
    static struct golf_overlap overlap = {.bits = 64, .size = SIZE};
    for (unsigned i = 0; i < SIZE; i++)
        overlap.cells[i] = (struct golf_cell){.kind = GOLF_CELL_FREE};
    static const uint8_t stands[] = {0x05, 1, 0, 0, 0};
    for (unsigned i = 0; i < sizeof stands; i++)
        overlap.cells[AT + i] = (struct golf_cell){.kind = GOLF_CELL_FIXED, .value = stands[i]};
    struct program program;
    struct golf_pieces pieces;
    struct elfgen_error error;
    struct golf_shrink_options options = {
        .slack = 1, .states = 20000, .overlaps = &overlap, .overlap_count = 1};
    hello(&program, 64);
    ck_assert_msg(golf_shrink(&program.lifted, &options, &pieces, &error), "%s", error.text);
    ck_assert(has_bytes(&pieces, stands, sizeof stands));
    run_some_ways(&pieces);
    golf_pieces_free(&pieces);
    options.overlap_count = 0;
    ck_assert_msg(golf_shrink(&program.lifted, &options, &pieces, &error), "%s", error.text);
    ck_assert(!has_bytes(&pieces, stands, sizeof stands));
    golf_pieces_free(&pieces);
}
END_TEST

/* Before 38 00 01 00, which has no bit of 1, `and edi` costs two bytes and leads past four. */
START_TEST(a_number_that_stands_clears_a_register)
{
    enum { SIZE = 64, AT = 20 };
    static struct golf_overlap overlap = {.bits = 64, .size = SIZE};
    for (unsigned i = 0; i < SIZE; i++)
        overlap.cells[i] = (struct golf_cell){.kind = GOLF_CELL_FREE};
    static const uint8_t clears[] = {0x81, 0xe7, 0x38, 0, 1, 0}, no_clears[] = {0x81, 0xe7, 0x39};
    for (unsigned odd = 0; odd < 2; odd++) {
        for (unsigned i = 2; i < sizeof clears; i++)
            overlap.cells[AT + i] = (struct golf_cell){
                .kind = GOLF_CELL_FIXED, .value = (uint8_t)(clears[i] + (i == 2) * odd)};
        struct program program;
        struct golf_pieces pieces;
        struct elfgen_error error;
        const struct golf_shrink_options options = {
            .slack = 1, .states = 20000, .overlaps = &overlap, .overlap_count = 1};
        hello(&program, 64);
        ck_assert_msg(golf_shrink(&program.lifted, &options, &pieces, &error), "%s", error.text);
        ck_assert(has_bytes(&pieces, clears, sizeof clears) == !odd);
        ck_assert(!has_bytes(&pieces, no_clears, sizeof no_clears));
        if (!odd)
            run_some_ways(&pieces);
        golf_pieces_free(&pieces);
    }
}
END_TEST

/* i386's exit is 1, which edi has after the write. */
START_TEST(among_headers_a_constant_is_taken_from_where_it_was_needed)
{
    enum { SIZE = 64 };
    static const uint8_t exchange[] = {0x97}; /* of eax and edi */
    static struct golf_overlap overlap = {.bits = 64, .size = SIZE};
    for (unsigned i = 0; i < SIZE; i++)
        overlap.cells[i] = (struct golf_cell){.kind = GOLF_CELL_FREE};
    struct program program;
    struct golf_pieces pieces;
    struct elfgen_error error;
    const struct golf_shrink_options options = {
        .states = 20000, .int80 = true, .overlaps = &overlap, .overlap_count = 1};
    hello(&program, 64);
    ck_assert_msg(golf_shrink(&program.lifted, &options, &pieces, &error), "%s", error.text);
    ck_assert(has_bytes(&pieces, exchange, sizeof exchange));
    run_some_ways(&pieces);
    golf_pieces_free(&pieces);
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

/* ---- blocks that begin with unknown values ---- */

static struct golf_pieces shrink_block(const struct program *program, size_t states)
{
    struct golf_pieces pieces;
    struct elfgen_error error;
    const struct golf_shrink_options options = {.states = states};
    ck_assert_msg(golf_shrink(&program->lifted, &options, &pieces, &error), "%s", error.text);
    return pieces;
}

static void begin_unknown(struct program *program, unsigned bits)
{
    begin(program, bits);
    for (int i = 0; i < GOLF_REGISTERS; i++)
        if (i != RSP)
            program->block.at_start[i] = (struct golf_value){.kind = GOLF_UNKNOWN};
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
            ck_assert_uint_ge(golf_pieces_least_code(&pieces), CALLS * BY_NUMBER);
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
    Suite *all = suite_create("golf_shrink");
    TCase *cases = tcase_create("ways");
    tcase_add_loop_test(cases, the_shortest_way_is_found_and_every_way_does_the_same, 0, PROGRAMS);
    tcase_add_test(cases, the_stack_pointer_is_moved_and_few_states_are_enough);
    tcase_add_test(cases, an_address_at_hand_is_used_for_places_near_to_it);
    tcase_add_test(cases, more_slack_gives_more_ways);
    tcase_add_test(cases, the_least_is_the_same_with_more_slack);
    tcase_add_test(cases, a_constant_takes_three_bytes_where_nothing_is_known);
    tcase_add_test(cases, only_flags_that_matter_are_kept);
    tcase_add_test(cases, states_are_bounded_however_many_calls_there_are);
    tcase_add_test(cases, of_further_addresses_the_low_byte_is_enough);
    tcase_add_test(cases, with_few_ways_no_data_is_right_behind_a_call);
    tcase_add_test(cases, low_bytes_alone_are_for_small_files);
    tcase_add_test(cases, an_address_is_made_of_the_one_that_the_register_has);
    tcase_add_test(cases, int_0x80_makes_the_same_calls);
    tcase_add_test(cases, with_full_writes_a_result_is_a_constant);
    tcase_add_test(cases, a_number_that_stands_is_added_to_eax_as_well);
    tcase_add_test(cases, a_number_that_stands_clears_a_register);
    tcase_add_test(cases, among_headers_a_constant_is_taken_from_where_it_was_needed);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)
