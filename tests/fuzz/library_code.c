/* map.h and code.h, with a processor whose rows and answers are the input's. */
#include "fuzz_library.h"

/* A decoder whose answers are the input's. */
static uint8_t any_length(void *context, const uint8_t *bytes, size_t size)
{
    struct input *input = context;
    check(size > 0 && size <= ELFGEN_INSTRUCTION_MOST);
    return bytes[0] & 0x80 ? (uint8_t)take(input, 1) : bytes[0] & 15;
}

static bool any_decode(void *context, const uint8_t *bytes, size_t size, uint64_t address,
                       struct elfgen_registers *registers, struct elfgen_instruction *instruction)
{
    struct input *input = context;
    *instruction = (struct elfgen_instruction){.length = any_length(context, bytes, size),
                                               .flow = (enum elfgen_flow)(take(input, 1) % 9),
                                               .call_instruction = (uint8_t)(take(input, 1) % 6),
                                               .has_target = take_bool(input),
                                               .target = address + take_number(input) - 100};
    if (take(input, 1) == 255)
        registers->depth = take_number(input);
    elfgen_registers_push(registers, (struct elfgen_bits){take_number(input), take_number(input)});
    registers->general[take(input, 1) % ELFGEN_REGISTERS_MOST] =
        (struct elfgen_bits){take_number(input), take_number(input)};
    return take(input, 1) != 255;
}

static void any_split(void *context, const uint8_t *bytes, size_t size, struct elfgen_parts *parts)
{
    struct input *input = context;
    (void)bytes;
    (void)size;
    parts->count = (uint8_t)take(input, 1);
    for (unsigned i = 0; i < ELFGEN_INSTRUCTION_MOST; i++) {
        parts->parts[i].what = (uint8_t)(take(input, 1) % 6);
        parts->parts[i].offset = (uint8_t)take(input, 1);
        parts->parts[i].length = (uint8_t)take(input, 1);
    }
}

static void any_text(void *context, const uint8_t *bytes, size_t size, uint64_t address,
                     struct elfgen_text *text)
{
    (void)context;
    check(size > 0);
    elfgen_text_0x(text, address);
    elfgen_text_hex_bytes(text, bytes, size, ' ');
}

static bool any_call(void *context, uint8_t by, uint64_t number, struct elfgen_signature *signature)
{
    struct input *input = context;
    check(by < 4);
    memset(signature, (int)number, sizeof *signature);
    signature->known = take_bool(input);
    signature->result = (enum elfgen_result_kind)(take(input, 1) % 10);
    signature->count_in = (uint8_t)take(input, 1);
    signature->count = (uint8_t)take(input, 1);
    for (unsigned i = 0; i < ELFGEN_ARGUMENTS; i++)
        signature->parameters[i].kind = (enum elfgen_parameter_kind)(take(input, 1) % 7);
    return take(input, 1) != 255;
}

static void take_encoding(struct input *input, struct elfgen_encoding *encoding)
{
    struct elfgen_bit_meaning *bits;
    *encoding = (struct elfgen_encoding){.field = {.name = "part", .kind = ELFGEN_KIND_HEX},
                                         .is_number = take_bool(input),
                                         .is_address = take_bool(input)};
    if (take_bool(input))
        encoding->letters = take_name(input);
    encoding->bit_count = (uint8_t)(take(input, 1) % 4);
    encoding->bits = bits = room(input, encoding->bit_count * sizeof *bits);
    for (unsigned i = 0; i < encoding->bit_count; i++)
        bits[i] = (struct elfgen_bit_meaning){(uint8_t)take_number(input),
                                              (uint8_t)take_number(input), take_name(input)};
}

static void take_call_instruction(struct input *input, struct elfgen_call_instruction *by)
{
    *by = (struct elfgen_call_instruction){.number = (uint8_t)take_number(input),
                                           .result = (uint8_t)take_number(input),
                                           .width = (uint8_t)(take_bool(input) ? 64 : 32),
                                           .number_end = (uint32_t)take(input, 4),
                                           .returns = take_bool(input),
                                           .next_address = (uint8_t)take_number(input),
                                           .changed = (uint32_t)take(input, 4)};
    for (unsigned i = 0; i < ELFGEN_ARGUMENTS; i++)
        by->arguments[i] = (uint8_t)take_number(input);
}

/* A processor whose rows and answers are the input's. */
static void take_processor(struct input *input, struct elfgen_machine *machine)
{
    enum { ROWS = 4 };
    struct elfgen_encoding *encodings = room(input, ROWS * sizeof *encodings);
    struct elfgen_call_instruction *calls = room(input, ROWS * sizeof *calls);
    for (unsigned i = 0; i < ROWS; i++) {
        take_encoding(input, &encodings[i]);
        take_call_instruction(input, &calls[i]);
    }
    *machine = (struct elfgen_machine){.context = input,
                                       .encodings = encodings,
                                       .encoding_count = ROWS,
                                       .register_count = (uint8_t)(take(input, 1) % 40),
                                       .stack_pointer = (uint8_t)take(input, 1),
                                       .return_address = (uint8_t)take(input, 1),
                                       .call_instructions = calls,
                                       .call_instruction_count = ROWS,
                                       .length = any_length,
                                       .decode = any_decode,
                                       .split = any_split,
                                       .text = any_text,
                                       .call = any_call};
}

static void try_claim(struct input *input, const struct elfgen_view *view,
                      const struct elfgen_code *code, const struct elfgen_claim *claim)
{
    struct elfgen_text text;
    struct elfgen_bit_group group;
    const size_t allocated = input->memory_count;
    take_text(input, &text);
    elfgen_claim_meaning(view, code, claim, &text);
    for (unsigned i = 0; elfgen_claim_bits(view, claim, i, &group); i++)
        check(group.width > 0);
    elfgen_claim_has_value(claim);
    struct elfgen_reference reference = {.length = 0};
    if (elfgen_claim_refers(view, code, claim, &reference))
        check(reference.offset == ELFGEN_NOWHERE ||
              reference.length <= view->length - reference.offset);
    elfgen_claim_label(view, code, claim, &text);
    elfgen_part_title(claim->part);
    elfgen_class_index(view->class_);
    elfgen_part_name(claim->part);
    elfgen_reader_name(claim->reader);
    while (input->memory_count > allocated)
        free(input->memory[--input->memory_count]);
}

static void take_claim(struct input *input, const struct elfgen_machine *machine,
                       struct elfgen_claim *claim)
{
    const struct elfgen_structure *structure =
        &elfgen_structures[take(input, 1) % ELFGEN_STRUCTURE_COUNT];
    *claim = (struct elfgen_claim){
        .offset = take_number(input),
        .length = take_number(input),
        .part = (enum elfgen_part)(take(input, 1) % (ELFGEN_PART_PADDING + 2)),
        .section = take_number(input),
        .index = take_number(input),
        .value = take_number(input),
        .reader = (enum elfgen_reader)(take(input, 1) % 5)};
    if (take_bool(input))
        claim->field = &structure->fields[take(input, 1) % structure->count];
    if (take_bool(input)) {
        claim->encoding = &machine->encodings[take(input, 1) % machine->encoding_count];
        claim->field = &claim->encoding->field;
    }
}

/* What a run executed: any bits, and calls anywhere in any order. */
static void take_run(struct input *input, const struct elfgen_view *view, struct elfgen_run *run)
{
    const size_t words = (size_t)(view->length / 64 + 1), calls = take(input, 1) % 4;
    uint64_t *starts = take_array(input, words, sizeof *starts);
    uint64_t *executed = take_array(input, words, sizeof *executed);
    struct elfgen_call *call = take_array(input, calls, sizeof *call);
    for (size_t i = 0; i < words && i < 16; i++) {
        if (starts)
            starts[i] = take(input, 8);
        if (executed)
            executed[i] = take(input, 8);
    }
    for (size_t i = 0; call && i < calls; i++)
        call[i] = (struct elfgen_call){.offset = take_number(input),
                                       .address = take_number(input),
                                       .call_instruction = (uint8_t)take(input, 1),
                                       .number = {take_number(input), UINT64_MAX}};
    *run = (struct elfgen_run){starts, executed, view->length, call, calls};
}

void try_map(struct input *input)
{
    enum { MOST_CLAIMS = 2000 };
    struct elfgen_view view;
    struct elfgen_code code;
    struct elfgen_map map;
    struct elfgen_claim claim;
    struct elfgen_code_place place;
    const enum elfgen_code_mode mode = (enum elfgen_code_mode)(take(input, 1) % 3);
    struct elfgen_machine machine;
    const uint64_t from = take_number(input), to = take_number(input);
    struct elfgen_call call = {.offset = take_number(input)};
    struct elfgen_signature signature = {.count = (uint8_t)take(input, 1)};
    for (unsigned i = 0; i < ELFGEN_ARGUMENTS; i++) {
        call.arguments[i] = (struct elfgen_bits){take_number(input), UINT64_MAX};
        signature.parameters[i].kind = (enum elfgen_parameter_kind)(take(input, 1) % 7);
        signature.parameters[i].size_in = (uint8_t)take(input, 1);
    }
    take_processor(input, &machine);
    take_claim(input, &machine, &claim);
    take_view(input, &view);
    const size_t needed = elfgen_code_room(&view, mode);
    const uint64_t less = take(input, 1);
    const size_t given = less < 3 && needed > less ? needed - less : needed;
    check(needed < (size_t)1 << 26);
    void *memory = take_array(input, given, 1);
    struct elfgen_run run;
    const bool with_run = take_bool(input);
    if (with_run)
        take_run(input, &view, &run);
    if ((with_run ? elfgen_code_follow_run(&code, &view, &machine, mode, &run, memory, given)
                  : elfgen_code_follow(&code, &view, &machine, mode, memory, given)) != ELFGEN_OK)
        return;
    try_claim(input, &view, NULL, &claim);
    if (code.from < code.to)
        try_claim(input, &view, &code, &claim);
    uint64_t offset, length;
    for (unsigned i = 0; i < 8; i++)
        if (elfgen_code_referred(&code, &call, &signature, i, &offset, &length))
            check(offset < view.length && length <= view.length - offset);
    elfgen_code_call(&code, from);
    elfgen_code_failed(&code, from);
    call.number.known = UINT64_MAX;
    elfgen_code_signature(&code, &call, &signature);
    if (elfgen_code_next(&code, from, to, &place))
        check(place.offset >= from && place.offset < to);
    elfgen_map_begin(&map, &view, take_bool(input) ? &code : NULL, take_bool(input), from, to);
    map.beginning = take_bool(input);
    struct elfgen_claim whole = {.length = 0}; /* the instruction that parts are of */
    if (take_bool(input))
        elfgen_map_move(&map, from, to);
    for (unsigned i = 0; i < MOST_CLAIMS && elfgen_map_next(&map, &claim); i++) {
        check(claim.length > 0 && claim.offset + claim.length <= view.length);
        if (claim.part == ELFGEN_PART_INSTRUCTION)
            whole = claim;
        if (claim.part == ELFGEN_PART_ENCODING)
            check(claim.offset >= whole.offset &&
                  claim.offset + claim.length <= whole.offset + whole.length);
        if (i < 100)
            try_claim(input, &view, &code, &claim);
    }
}
