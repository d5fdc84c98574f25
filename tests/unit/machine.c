/* map/ with a processor that is not x86: a decoder of a few instructions of AArch64. Flow,
 * registers, system calls and parts of instructions all come from its rows. */
#include <string.h>

#include "elfgen.h"
#include "room.h"

enum { ROOM = 4096, HEADERS = 120, BASE = 0x10000, AARCH64 = 183, LINK = 30, STACK = 31 };

/* Arm Architecture Reference Manual, C6.2: movz, b, bl, ret, svc. */
static bool is_movz(uint32_t word)
{
    return (word & 0xff800000) == 0xd2800000;
}

static uint32_t load(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static uint8_t length_of(void *context, const uint8_t *bytes, size_t size)
{
    (void)context;
    return size >= 4 && load(bytes) != 0 ? 4 : 0;
}

static bool decode(void *context, const uint8_t *bytes, size_t size, uint64_t address,
                   struct elfgen_registers *registers, struct elfgen_instruction *instruction)
{
    *instruction = (struct elfgen_instruction){.length = length_of(context, bytes, size)};
    if (instruction->length == 0)
        return false;
    const uint32_t word = load(bytes);
    if (is_movz(word)) {
        const unsigned shift = 16 * (word >> 21 & 3);
        registers->general[word & 31] =
            (struct elfgen_bits){(uint64_t)(word >> 5 & 0xffff) << shift, UINT64_MAX};
    } else if ((word & 0x7c000000) == 0x14000000) { /* b, bl */
        const int32_t distance = (int32_t)(word << 6) >> 4;
        instruction->flow = word >> 31 ? ELFGEN_FLOW_CALL : ELFGEN_FLOW_JUMP;
        instruction->has_target = true;
        instruction->target = address + (uint64_t)(int64_t)distance;
    } else if (word == 0xd65f03c0) { /* ret */
        instruction->flow = ELFGEN_FLOW_RETURN;
        instruction->has_target = registers->general[LINK].known == UINT64_MAX;
        instruction->target = registers->general[LINK].value;
    } else if ((word & 0xffe0001f) == 0xd4000001) { /* svc */
        instruction->flow = ELFGEN_FLOW_SYSTEM;
    } else {
        instruction->flow = ELFGEN_FLOW_END;
    }
    return true;
}

enum { OPERANDS, OPCODE, PARTS };

static const struct elfgen_bit_meaning operand_bits[] = {
    {0, 5, "rd: the register"}, {5, 16, "imm16: the number"}, {21, 3, "hw: and more"}};
static const struct elfgen_encoding encodings[PARTS] = {
    [OPERANDS] = {.field = {.name = "operands",
                            .kind = ELFGEN_KIND_HEX,
                            .meaning = "a register and a number"},
                  .is_number = true,
                  .bits = operand_bits,
                  .bit_count = 3},
    [OPCODE] = {
        .field = {.name = "operation", .kind = ELFGEN_KIND_HEX, .meaning = "says what is done"}}};

static void split(void *context, const uint8_t *bytes, size_t size, struct elfgen_parts *parts)
{
    (void)context;
    (void)bytes;
    (void)size;
    *parts = (struct elfgen_parts){.count = 2, .parts = {{OPERANDS, 0, 3}, {OPCODE, 3, 1}}};
}

static void print(void *context, const uint8_t *bytes, size_t size, uint64_t address,
                  struct elfgen_text *text)
{
    (void)context;
    (void)size;
    (void)address;
    elfgen_text_0x(text, load(bytes));
}

/* Numbers of arch/arm64/tools/syscall_64.tbl. */
static bool name_call(void *context, uint8_t by, uint64_t number,
                      struct elfgen_signature *signature)
{
    (void)context;
    ck_assert_uint_eq(by, 0);
    *signature = (struct elfgen_signature){
        .name = "exit",
        .known = true,
        .result = ELFGEN_RESULT_NEVER,
        .count = 1,
        .parameters = {{.name = "status", .kind = ELFGEN_PARAMETER_NUMBER}}};
    if (number == 64)
        *signature = (struct elfgen_signature){
            .name = "write",
            .known = true,
            .result = ELFGEN_RESULT_COUNT,
            .count_in = 2,
            .count = 3,
            .parameters = {{.name = "fd"},
                           {.name = "buf", .kind = ELFGEN_PARAMETER_INPUT, .size_in = 2},
                           {.name = "count"}}};
    return number == 64 || number == 93;
}

/* arch/arm64/kernel/syscall.c, do_el0_svc(): the number is in x8, the result in x0. */
static const struct elfgen_call_instruction svc = {.number = 8,
                                                   .arguments = {0, 1, 2, 3, 4, 5},
                                                   .result = 0,
                                                   .width = 64,
                                                   .number_end = 512,
                                                   .returns = true,
                                                   .next_address = ELFGEN_NO_REGISTER,
                                                   .changed = 1 << 0};

static const struct elfgen_machine machine = {.encodings = encodings,
                                              .encoding_count = PARTS,
                                              .register_count = 32,
                                              .stack_pointer = STACK,
                                              .return_address = LINK,
                                              .call_instructions = &svc,
                                              .call_instruction_count = 1,
                                              .length = length_of,
                                              .decode = decode,
                                              .split = split,
                                              .text = print,
                                              .call = name_call};

/* write(1, "hi\n", 3) and exit(42), which a function leaves in x0. */
static const uint32_t program[] = {
    0xd2800028, /*  0: mov x8, #1, which the next one replaces */
    0xd2800808, /*  4: mov x8, #64 */
    0xd2800020, /*  8: mov x0, #1 */
    0xd2a00021, /* 12: mov x1, #1 << 16: the file's first byte */
    0xd2800062, /* 16: mov x2, #3 */
    0xd4000001, /* 20: svc #0 */
    0x94000004, /* 24: bl 40 */
    0xd2800ba8, /* 28: mov x8, #93 */
    0xd4000001, /* 32: svc #0 */
    0,          /* 36: no instruction, which exit does not reach */
    0xd2800540, /* 40: mov x0, #42 */
    0xd65f03c0, /* 44: ret */
};

struct followed {
    uint8_t file[ROOM];
    uint64_t memory[1 << 17];
    size_t size;
    struct elfgen_view view;
    struct elfgen_code code;
};

static void follow(struct followed *followed)
{
    uint8_t bytes[sizeof program];
    struct elfgen_exec_options options = ELFGEN_EXEC_DEFAULTS;
    options.machine = AARCH64;
    for (size_t i = 0; i < sizeof program; i++)
        bytes[i] = (uint8_t)(program[i / 4] >> 8 * (i % 4));
    memset(followed, 0, sizeof *followed);
    followed->size = elfgen_write_exec(followed->file, ROOM, bytes, sizeof bytes, &options, NULL);
    ck_assert_uint_eq(followed->size, HEADERS + sizeof program);
    ck_assert_int_eq(
        elfgen_view_open_program(&followed->view, followed->file, followed->size, NULL), ELFGEN_OK);
    ck_assert_uint_le(elfgen_code_room(&followed->view, ELFGEN_CODE_FLOW), sizeof followed->memory);
    ck_assert_int_eq(elfgen_code_follow(&followed->code, &followed->view, &machine,
                                        ELFGEN_CODE_FLOW, followed->memory,
                                        sizeof followed->memory),
                     ELFGEN_OK);
}

START_TEST(control_is_followed_through_a_call_that_returns_by_a_register)
{
    static struct followed followed;
    struct elfgen_code_place place;
    follow(&followed);
    uint64_t at = 0;
    for (unsigned i = 0; i < sizeof program / sizeof program[0]; i++) {
        if (program[i] == 0)
            continue;
        ck_assert(elfgen_code_next(&followed.code, at, followed.size, &place));
        ck_assert_uint_eq(place.offset, HEADERS + 4 * i);
        ck_assert_uint_eq(place.address, BASE + HEADERS + 4 * i);
        ck_assert_uint_eq(place.length, 4);
        at = place.offset + 1;
    }
    ck_assert(!elfgen_code_next(&followed.code, at, followed.size, &place));
}
END_TEST

START_TEST(system_calls_have_their_numbers_and_arguments)
{
    static struct followed followed;
    struct elfgen_signature signature;
    uint64_t offset, length;
    follow(&followed);
    const struct elfgen_call *call = elfgen_code_call(&followed.code, HEADERS + 20);
    ck_assert_ptr_nonnull(call);
    ck_assert_uint_eq(call->number.value, 64);
    ck_assert(elfgen_code_signature(&followed.code, call, &signature));
    ck_assert_str_eq(signature.name, "write");
    ck_assert(elfgen_code_referred(&followed.code, call, &signature, 1, &offset, &length));
    ck_assert_uint_eq(offset, 0);
    ck_assert_uint_eq(length, 3);
    /* The number comes after the call of the function, the argument from it. */
    call = elfgen_code_call(&followed.code, HEADERS + 32);
    ck_assert_ptr_nonnull(call);
    ck_assert_uint_eq(call->number.value, 93);
    ck_assert_uint_eq(call->arguments[0].value, 42);
    ck_assert_uint_eq(call->arguments[0].known, UINT64_MAX);
    /* Registers that neither the program nor the call changed are 0 from the start. */
    ck_assert_uint_eq(call->arguments[5].value, 0);
    ck_assert_uint_eq(call->arguments[5].known, UINT64_MAX);
    ck_assert_uint_eq(followed.code.call_count, 2);
}
END_TEST

START_TEST(parts_of_instructions_are_the_machines)
{
    static struct followed followed;
    struct elfgen_map map;
    struct elfgen_claim claim;
    struct elfgen_bit_group group;
    unsigned parts = 0;
    char sentence[100];
    follow(&followed);
    elfgen_map_begin(&map, &followed.view, &followed.code, true, HEADERS + 4, HEADERS + 8);
    while (elfgen_map_next(&map, &claim)) {
        if (claim.part != ELFGEN_PART_ENCODING)
            continue;
        struct elfgen_text text = {.bytes = sentence, .capacity = sizeof sentence - 1};
        elfgen_claim_meaning(&followed.view, &followed.code, &claim, &text);
        sentence[text.length] = '\0';
        ck_assert_ptr_nonnull(claim.encoding);
        if (parts++ == 0) {
            ck_assert_str_eq(claim.field->name, "operands");
            ck_assert_uint_eq(claim.length, 3);
            ck_assert_uint_eq(claim.value, 0x800808);
            ck_assert_str_eq(sentence, "hw 4, imm16 64, rd 8");
            ck_assert(elfgen_claim_bits(&followed.view, &claim, 1, &group));
            ck_assert_uint_eq(group.value, 64);
            ck_assert_uint_eq(group.low, 5);
            ck_assert(!elfgen_claim_bits(&followed.view, &claim, 3, &group));
        } else {
            ck_assert_str_eq(claim.field->name, "operation");
            ck_assert_uint_eq(claim.value, 0xd2);
            ck_assert_str_eq(sentence, "");
        }
    }
    ck_assert_uint_eq(parts, 2);
}
END_TEST

static Suite *machine_suite(void)
{
    Suite *suite = suite_create("machine");
    TCase *aarch64 = tcase_create("AArch64");
    tcase_add_test(aarch64, control_is_followed_through_a_call_that_returns_by_a_register);
    tcase_add_test(aarch64, system_calls_have_their_numbers_and_arguments);
    tcase_add_test(aarch64, parts_of_instructions_are_the_machines);
    suite_add_tcase(suite, aarch64);
    return suite;
}

RUN_SUITE(machine_suite)
