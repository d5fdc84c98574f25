/* Wrong arguments to what follows code: code.h. */
#include <limits.h>
#include <string.h>

#include "contracts.h"

/* ---- a decoder that keeps no promise ---- */

/* What it answers at each byte. */
struct liar {
    struct elfgen_instruction instruction;
    bool has_no_length; /* to the second question */
    uint64_t depth;
    struct elfgen_parts parts;
};

static uint8_t lie_length(void *context, const uint8_t *bytes, size_t size)
{
    const struct liar *liar = context;
    (void)bytes;
    (void)size;
    return liar->has_no_length ? 0 : liar->instruction.length;
}

static bool lie_decode(void *context, const uint8_t *bytes, size_t size, uint64_t address,
                       struct elfgen_registers *registers, struct elfgen_instruction *instruction)
{
    const struct liar *liar = context;
    (void)bytes;
    (void)size;
    (void)address;
    registers->depth = liar->depth;
    *instruction = liar->instruction;
    return true;
}

static void lie_split(void *context, const uint8_t *bytes, size_t size, struct elfgen_parts *parts)
{
    const struct liar *liar = context;
    (void)bytes;
    (void)size;
    *parts = liar->parts;
}

static void lie_text(void *context, const uint8_t *bytes, size_t size, uint64_t address,
                     struct elfgen_text *text)
{
    (void)context;
    (void)bytes;
    (void)address;
    ck_assert_uint_ge(size, 1);
    elfgen_text_char(text, '!');
}

static bool lie_call(void *context, uint8_t by, uint64_t number, struct elfgen_signature *signature)
{
    (void)context;
    (void)by;
    (void)number;
    memset(signature, 0xff, sizeof *signature);
    signature->known = true;
    return true;
}

START_TEST(a_decoder_that_answers_out_of_range_is_survived)
{
    static const struct liar liars[] = {
        {.instruction = {.length = 0, .flow = ELFGEN_FLOW_NEXT}},
        {.instruction = {.length = 255, .flow = ELFGEN_FLOW_NEXT}},
        {.instruction = {.length = 1, .flow = ELFGEN_FLOW_CALL, .has_target = true}, .depth = 9},
        {.instruction = {.length = 1, .flow = ELFGEN_FLOW_SYSTEM}, .depth = UINT64_MAX},
        {.instruction = {.length = 1, .flow = ELFGEN_FLOW_SYSTEM, .call_instruction = 7}},
        {.instruction = {.length = 1, .flow = ELFGEN_FLOW_SYSTEM}},
        {.instruction = {.length = 1, .flow = ELFGEN_FLOW_NEXT}, .has_no_length = true},
        {.instruction = {.length = 1, .flow = ELFGEN_FLOW_NEXT},
         .parts = {.count = 255, .parts = {{.what = 99, .length = 1}}}},
        {.instruction = {.length = 1, .flow = ELFGEN_FLOW_NEXT},
         .parts = {.count = 2, .parts = {{.length = 8}, {.offset = 255, .length = 255}}}}};
    struct liar liar = liars[_i];
    static const struct elfgen_encoding encoding = {.field = {.name = "opcode", .meaning = ""}};
    static const struct elfgen_call_instruction call = {
        .number = 32, .arguments = {33, 254}, .next_address = 200, .changed = UINT32_MAX};
    const struct elfgen_machine machine = {.context = &liar,
                                           .encodings = &encoding,
                                           .encoding_count = 1,
                                           .register_count = ELFGEN_REGISTERS_MOST,
                                           .stack_pointer = 255,
                                           .call_instructions = &call,
                                           .call_instruction_count = 1,
                                           .length = lie_length,
                                           .decode = lie_decode,
                                           .split = lie_split,
                                           .text = lie_text,
                                           .call = lie_call};
    /* In memory of its own, so that a sanitizer sees each byte that is read past its end. */
    const size_t size = 120 + sizeof code;
    uint8_t *file = malloc(size);
    struct elfgen_view view;
    struct elfgen_code followed;
    ck_assert_uint_eq(elfgen_write_exec(file, size, code, sizeof code, NULL, NULL), size);
    ck_assert_int_eq(elfgen_view_open_program(&view, file, size, NULL), ELFGEN_OK);
    const size_t room = elfgen_code_room(&view, ELFGEN_CODE_FLOW);
    uint64_t *memory = calloc(1, room);
    ck_assert_int_eq(elfgen_code_follow(&followed, &view, &machine, ELFGEN_CODE_FLOW, memory, room),
                     ELFGEN_OK);
    struct elfgen_map map;
    struct elfgen_claim claim;
    elfgen_map_begin(&map, &view, &followed, true, 0, size);
    while (elfgen_map_next(&map, &claim)) {
        char sentence[200];
        struct elfgen_text text = {.bytes = sentence, .capacity = sizeof sentence};
        elfgen_claim_meaning(&view, &followed, &claim, &text);
        ck_assert_uint_le(claim.offset + claim.length, size);
    }
    free(memory);
    free(file);
}
END_TEST

START_TEST(bits_of_an_encoding_that_are_not_in_a_number_of_64_are_none)
{
    static const struct elfgen_bit_meaning bits[] = {
        {0, 64, "all"}, {64, 1, "past"}, {60, 5, "past"}, {0, 0, "none"}, {0, 1, NULL}};
    static const bool valid[] = {true, false, false, false, false};
    char letters[100], sentence[200];
    uint8_t file[ROOM];
    struct elfgen_view view;
    memset(letters, 'x', sizeof letters - 1);
    letters[sizeof letters - 1] = '\0';
    const size_t size = elfgen_write_exec(file, ROOM, code, sizeof code, NULL, NULL);
    ck_assert_int_eq(elfgen_view_open_program(&view, file, size, NULL), ELFGEN_OK);
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        struct elfgen_encoding encoding = {
            .field = {.name = "part", .kind = ELFGEN_KIND_HEX}, .bits = &bits[i], .bit_count = 1};
        const struct elfgen_claim claim = {.offset = 120,
                                           .length = 7,
                                           .part = ELFGEN_PART_ENCODING,
                                           .field = &encoding.field,
                                           .encoding = &encoding,
                                           .value = UINT64_MAX};
        struct elfgen_text text = {.bytes = sentence, .capacity = sizeof sentence};
        struct elfgen_bit_group group;
        ck_assert(elfgen_claim_bits(&view, &claim, 0, &group) == valid[i]);
        if (valid[i])
            ck_assert_uint_eq(group.value, UINT64_MAX);
        elfgen_claim_meaning(&view, NULL, &claim, &text);
        text.length = 0;
        encoding.letters = letters;
        elfgen_claim_meaning(&view, NULL, &claim, &text);
        ck_assert_uint_eq(text.length, 64);
    }
}
END_TEST

START_TEST(a_claim_on_no_byte_is_not_given_to_the_decoder)
{
    struct liar liar = {.instruction = {.length = 1, .flow = ELFGEN_FLOW_END}};
    const struct elfgen_machine machine = {
        .context = &liar, .length = lie_length, .decode = lie_decode, .text = lie_text};
    uint8_t file[ROOM];
    char sentence[16];
    struct elfgen_text text = {.bytes = sentence, .capacity = sizeof sentence};
    struct elfgen_view view;
    struct elfgen_code followed;
    const size_t size = elfgen_write_exec(file, ROOM, code, sizeof code, NULL, NULL);
    ck_assert_int_eq(elfgen_view_open_program(&view, file, size, NULL), ELFGEN_OK);
    const size_t room = elfgen_code_room(&view, ELFGEN_CODE_FLOW);
    uint64_t *memory = calloc(1, room);
    ck_assert_int_eq(elfgen_code_follow(&followed, &view, &machine, ELFGEN_CODE_FLOW, memory, room),
                     ELFGEN_OK);
    const struct elfgen_claim claims[] = {
        {.offset = size, .length = 1, .part = ELFGEN_PART_INSTRUCTION},
        {.offset = 120, .length = 0, .part = ELFGEN_PART_INSTRUCTION}};
    for (size_t i = 0; i < 2; i++) {
        elfgen_claim_meaning(&view, &followed, &claims[i], &text);
        elfgen_claim_label(&view, &followed, &claims[i], &text);
    }
    free(memory);
}
END_TEST

START_TEST(memory_for_code_that_is_null_or_not_aligned_and_too_many_registers_are_bad_arguments)
{
    const struct elfgen_machine machine = {.context = NULL};
    uint8_t file[ROOM];
    struct elfgen_view view;
    struct elfgen_code followed;
    const size_t size = elfgen_write_exec(file, ROOM, code, sizeof code, NULL, NULL);
    ck_assert_int_eq(elfgen_view_open_program(&view, file, size, NULL), ELFGEN_OK);
    const size_t room = elfgen_code_room(&view, ELFGEN_CODE_ALL);
    uint8_t *memory = calloc(1, room + 8);
    ck_assert_int_eq(elfgen_code_follow(&followed, &view, &machine, ELFGEN_CODE_ALL, NULL, room),
                     ELFGEN_BAD_ARGUMENT);
    ck_assert_int_eq(
        elfgen_code_follow(&followed, &view, &machine, ELFGEN_CODE_ALL, memory + 1, room),
        ELFGEN_BAD_ARGUMENT);
    const struct elfgen_run runs[] = {{.length = 1}, {.call_count = 1}};
    for (size_t i = 0; i < 2; i++)
        ck_assert_int_eq(elfgen_code_follow_run(&followed, &view, &machine, ELFGEN_CODE_ALL,
                                                &runs[i], memory, room),
                         ELFGEN_BAD_ARGUMENT);
    const struct elfgen_machine large = {.register_count = ELFGEN_REGISTERS_MOST + 1};
    ck_assert_int_eq(elfgen_code_follow(&followed, &view, &large, ELFGEN_CODE_ALL, memory, room),
                     ELFGEN_BAD_ARGUMENT);
    free(memory);
}
END_TEST

START_TEST(an_argument_and_a_push_beyond_their_arrays_touch_nothing)
{
    struct elfgen_registers registers = {.depth = UINT64_MAX};
    elfgen_registers_push(&registers, (struct elfgen_bits){1, 1});
    ck_assert_uint_eq(registers.depth, ELFGEN_STACK_SLOTS);
    const struct elfgen_code followed = {.view = NULL};
    const struct elfgen_call call = {.offset = 0};
    struct elfgen_signature signature = {.count = 255};
    uint64_t offset, length;
    ck_assert(!elfgen_code_referred(&followed, &call, &signature, 6, &offset, &length));
    ck_assert(!elfgen_code_referred(&followed, &call, &signature, UINT_MAX, &offset, &length));
}
END_TEST

TCase *contracts_code_cases(void)
{
    TCase *followed = tcase_create("code");
    tcase_add_loop_test(followed, a_decoder_that_answers_out_of_range_is_survived, 0, 9);
    tcase_add_test(
        followed,
        memory_for_code_that_is_null_or_not_aligned_and_too_many_registers_are_bad_arguments);
    tcase_add_test(followed, bits_of_an_encoding_that_are_not_in_a_number_of_64_are_none);
    tcase_add_test(followed, a_claim_on_no_byte_is_not_given_to_the_decoder);
    tcase_add_test(followed, an_argument_and_a_push_beyond_their_arrays_touch_nothing);
    return followed;
}
