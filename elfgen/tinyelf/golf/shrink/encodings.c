/* The bytes of a move: each encoding of its instruction, with the fields that depend on addresses.
 */
#include <string.h>

#include "places.h"
#include "search.h"
#include "syscalls/abi.h"

enum { RIP_RELATIVE = ELFGEN_X86_REG_rip, CALL_LENGTH = 5, CALL_OPCODE = 0xe8 };

/* A register as the encoder names it. */
static struct elfgen_x86_operand in_register(unsigned number, unsigned size)
{
    static const uint8_t classes[] = {
        [1] = ELFGEN_X86_REG_al, [4] = ELFGEN_X86_REG_eax, [8] = ELFGEN_X86_REG_rax};
    return (struct elfgen_x86_operand){.kind = ELFGEN_X86_REGISTER_OPERAND,
                                       .reg = (uint8_t)(classes[size] + number)};
}

static struct elfgen_x86_operand in_memory(unsigned base, int64_t displacement)
{
    return (struct elfgen_x86_operand){
        .kind = ELFGEN_X86_MEMORY, .base = (uint8_t)base, .value = displacement};
}

/* The operation with its place in memory by a register. */
static void make_place(const struct search *search, const struct move *move,
                       struct elfgen_x86_instruction *instruction)
{
    const struct golf_operation *operation = &search->block->operations[move->data];
    struct place place;
    if (place_in_memory(search->lifted, operation, &place))
        place_by_register(search->lifted, operation, &place, move->registers[0], move->number,
                          instruction);
}

/* The operand that holds an address; UINT8_MAX: none. */
static unsigned make_instruction(const struct search *search, const struct move *move,
                                 struct elfgen_x86_instruction *instruction)
{
    unsigned count = 0;
    bool is_64 = search->lifted->bits == 64;
    struct elfgen_x86_operand *operands = instruction->operands;
    *instruction =
        (struct elfgen_x86_instruction){.mnemonic = move->mnemonic, .mode = is_64 ? 64 : 32};
    if (move->form == MOVE_PLACE) {
        make_place(search, move, instruction);
        return UINT8_MAX;
    }
    if (move->registers[0] != NOTHING)
        operands[count++] = in_register(move->registers[0], move->size);
    switch (move->form) {
    case MOVE_REGISTERS:
        if (move->registers[1] != NOTHING)
            operands[count] = in_register(move->registers[1], move->size);
        return UINT8_MAX;
    case MOVE_IMMEDIATE:
        operands[count] =
            (struct elfgen_x86_operand){.kind = ELFGEN_X86_IMMEDIATE, .value = move->number};
        return UINT8_MAX;
    case MOVE_MEMORY:
        operands[count] =
            in_memory(in_register(move->registers[1], is_64 ? 8 : 4).reg, move->number);
        return UINT8_MAX;
    case MOVE_RELATIVE:
        operands[count] = in_memory(RIP_RELATIVE, 0);
        operands[count].symbolic = true;
        return count;
    default:
        operands[count] = (struct elfgen_x86_operand){
            .kind = ELFGEN_X86_IMMEDIATE, .symbolic = move->form != MOVE_LOW, .strict = true};
        operands[count].size = move->form == MOVE_WIDE ? 8 : move->form == MOVE_LOW ? 1 : 4;
        return count;
    }
}

/* ---- found encodings ---- */

struct collect {
    const struct move *move;
    const struct golf_value *address; /* of the field */
    const struct search *search;
    unsigned operand, heaviest;
    uint32_t takes;
    bool (*found)(const struct golf_choice *choice, void *context);
    void *context;
    bool is_ended;
};

/* Whether code goes on behind it: the operations may be the last ones. */
static bool goes_on(const struct move *move)
{
    return move->form != MOVE_OPERATION && move->form != MOVE_PLACE && move->form != MOVE_INT80;
}

/* Reports an encoding, if it is not too heavy. Returns false if no more are wanted. `weight` is
 * what it weighs where no headers are known. */
static bool find(struct collect *all, const struct golf_choice *choice, unsigned weight)
{
    const struct search *search = all->search;
    if (search->weights) {
        struct weighing weighing = {0};
        weights_add(search->weights, choice, goes_on(all->move), search->lifted->data, &weighing);
        weight = weighing_least(&weighing, all->takes);
    }
    bool is_known = weight > 0 || !search->weights; /* otherwise it fits nowhere */
    if (is_known && weight <= all->heaviest)
        all->is_ended = !all->found(choice, all->context);
    return !all->is_ended;
}

/* Bytes that an address needs. */
static unsigned least_field(unsigned form)
{
    return form == MOVE_LOW ? 1 : form == MOVE_WIDE ? 8 : 4;
}

static bool collect(const struct elfgen_x86_encoding *encoding, void *context)
{
    struct collect *all = context;
    struct golf_choice choice = {
        .length = encoding->length, .followed_by = GOLF_NONE, .reason = all->move->reason};
    if (!all->search->weights && encoding->length > all->heaviest)
        return true;
    memcpy(choice.bytes, encoding->bytes, encoding->length);
    if (all->operand != UINT8_MAX) {
        const struct elfgen_x86_field *field = &encoding->fields[all->operand];
        if (field->length < least_field(all->move->form))
            return true; /* no address fits */
        choice.fields[choice.field_count++] = (struct golf_field){
            .kind = field->is_relative ? GOLF_RELATIVE_FIELD : GOLF_ABSOLUTE_FIELD,
            .offset = field->offset,
            .length = field->length,
            .is_signed = field->is_signed,
            .target = all->address->data,
            .addend = (int64_t)all->address->number};
        memset(choice.bytes + field->offset, 0, field->length);
    }
    return find(all, &choice, 0);
}

/* As it stands in the original. */
static bool collect_bytes(const struct golf_operation *operation, struct collect *all)
{
    struct golf_choice choice = {
        .length = operation->length, .followed_by = GOLF_NONE, .reason = all->move->reason};
    memcpy(choice.bytes, operation->bytes, operation->length);
    return find(all, &choice, operation->length);
}

static bool collect_call(const struct move *move, struct collect *all)
{
    struct golf_choice choice = {.bytes = {CALL_OPCODE},
                                 .length = CALL_LENGTH,
                                 .followed_by = GOLF_NONE,
                                 .field_count = 1,
                                 .reason = move->reason,
                                 .fields = {{.kind = GOLF_NEXT_FIELD,
                                             .offset = 1,
                                             .length = 4,
                                             .is_signed = true,
                                             .target = GOLF_NONE}}};
    if (move->form == MOVE_CALL)
        choice.followed_by = move->data;
    return find(all, &choice, CALL_LENGTH);
}

static bool collect_int80(const struct move *move, struct collect *all)
{
    const struct call_instruction_row *by = syscall_instruction(CALL_BY_INT80);
    struct golf_choice choice = {
        .length = CALL_INSTRUCTION_SIZE, .followed_by = GOLF_NONE, .reason = move->reason};
    memcpy(choice.bytes, by->bytes, CALL_INSTRUCTION_SIZE);
    return find(all, &choice, CALL_INSTRUCTION_SIZE);
}

bool move_choices(const struct search *search, const struct move *move, unsigned heaviest,
                  uint32_t takes, bool (*found)(const struct golf_choice *choice, void *context),
                  void *context)
{
    struct elfgen_x86_instruction instruction;
    struct golf_value address = {
        .kind = GOLF_ADDRESS, .data = move->data, .number = (uint64_t)move->number};
    struct collect all = {.move = move,
                          .address = &address,
                          .search = search,
                          .operand = UINT8_MAX,
                          .heaviest = heaviest,
                          .takes = takes,
                          .found = found,
                          .context = context};
    if (move->form == MOVE_CALL || move->form == MOVE_CALL_OVER)
        return collect_call(move, &all);
    if (move->form == MOVE_INT80)
        return collect_int80(move, &all);
    if (move->form == MOVE_OPERATION) {
        const struct golf_operation *operation = &search->block->operations[move->number];
        if (!operation->instruction.mnemonic)
            return collect_bytes(operation, &all);
        instruction = operation->instruction;
        if (operation->refers.kind == GOLF_ADDRESS) {
            all.operand = operation->refers_operand;
            all.address = &operation->refers;
            instruction.operands[all.operand].symbolic = true;
        }
    } else {
        all.operand = make_instruction(search, move, &instruction);
    }
    elfgen_encodings(&instruction, false, collect, &all);
    return !all.is_ended;
}

struct weigh {
    const struct search *search;
    bool goes_on;
    struct weighing *weighing;
};

static bool weigh(const struct golf_choice *choice, void *context)
{
    const struct weigh *weigh = context;
    weights_add(weigh->search->weights, choice, weigh->goes_on, weigh->search->lifted->data,
                weigh->weighing);
    return true;
}

/* Where no headers are known. */
static unsigned plain_weight(const struct search *search, const struct move *move)
{
    struct elfgen_x86_instruction instruction;
    struct elfgen_x86_encoding encoding;
    if (move->form == MOVE_CALL || move->form == MOVE_CALL_OVER)
        return CALL_LENGTH;
    if (move->form == MOVE_INT80)
        return CALL_INSTRUCTION_SIZE;
    if (move->form == MOVE_OPERATION)
        return search->block->operations[move->number].length;
    make_instruction(search, move, &instruction);
    return elfgen_encode(&instruction, &encoding) == ELFGEN_X86_OK ? encoding.length : 0;
}

void move_weigh(const struct search *search, const struct move *move, struct weighing *weighing)
{
    *weighing = (struct weighing){0};
    if (search->weights) {
        struct weigh all = {search, goes_on(move), weighing};
        move_choices(search, move, WEIGHTS_MISFIT, UINT32_MAX, weigh, &all);
        return;
    }
    unsigned weight = plain_weight(search, move);
    *weighing = (struct weighing){.count = weight > 0, .cost = {(uint8_t)weight}};
}
