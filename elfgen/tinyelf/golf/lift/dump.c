/* Prints a lifted program, a line an operation. */
#include "golf/lift/lift.h"

enum { NAMES = 4096, MOST_TEXT = 48 };

/* A dump: opaque values get names in the order in which the block has them. */
struct dump {
    const struct golf_lifted *lifted;
    struct elfgen_text *text;
    uint64_t names[NAMES];
    size_t name_count;
};

static size_t name_of(struct dump *dump, uint64_t number)
{
    for (size_t i = 0; i < dump->name_count; i++)
        if (dump->names[i] == number)
            return i;
    if (dump->name_count < NAMES)
        dump->names[dump->name_count++] = number;
    return dump->name_count - 1;
}

static void put_plus(struct elfgen_text *text, const char *name, uint16_t number, bool is_numbered,
                     int64_t offset)
{
    elfgen_text_string(text, name);
    if (is_numbered)
        elfgen_text_decimal(text, number, 0);
    if (offset > 0)
        elfgen_text_char(text, '+');
    if (offset != 0)
        elfgen_text_signed(text, offset);
}

static void put_constant(struct elfgen_text *text, uint64_t number)
{
    if (number < 0x10000)
        elfgen_text_decimal(text, number, 0);
    else
        elfgen_text_0x(text, number);
}

void golf_value_text(const struct golf_value *value, struct elfgen_text *text)
{
    switch (value->kind) {
    case GOLF_CONSTANT:
        put_constant(text, value->number);
        break;
    case GOLF_ADDRESS:
        put_plus(text, "data", value->data, true, (int64_t)value->number);
        break;
    case GOLF_STACK:
        put_plus(text, value->data ? "frame" : "stack", value->data, value->data != 0,
                 (int64_t)value->number);
        break;
    case GOLF_CASES:
        put_constant(text, value->number);
        elfgen_text_string(text, " or if it failed ");
        put_constant(text, value->failed);
        break;
    case GOLF_OPAQUE:
        elfgen_text_char(text, 'v');
        elfgen_text_decimal(text, value->number, 0);
        break;
    case GOLF_BYTE:
        elfgen_text_string(text, "a byte");
        break;
    default:
        elfgen_text_char(text, '?');
        break;
    }
}

static void put_value(struct dump *dump, const struct golf_value *value)
{
    struct golf_value named = *value;
    if (value->kind == GOLF_OPAQUE)
        named.number = name_of(dump, value->number);
    golf_value_text(&named, dump->text);
}

static void put_register(struct dump *dump, unsigned reg, unsigned bits)
{
    static const uint8_t classes[] = {0x10, 0x20, 0x30, 0x40};
    unsigned class_ = bits == 8 ? 0 : bits == 16 ? 1 : bits == 32 ? 2 : 3;
    elfgen_text_string(dump->text, elfgen_x86_register_name(classes[class_] + reg));
}

static void put_needs(struct dump *dump, const struct golf_need *needs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        elfgen_text_string(dump->text, i == 0 ? " needs " : ", ");
        put_register(dump, needs[i].reg, needs[i].bits);
        for (size_t k = 0; k < needs[i].count; k++) {
            elfgen_text_string(dump->text, k == 0 ? " = " : " or ");
            put_value(dump, &needs[i].values[k]);
        }
    }
}

static void put_values(struct dump *dump, const char *before, uint16_t which,
                       const struct golf_value *values)
{
    bool is_first = true;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        if (!(which >> reg & 1) || values[reg].kind == GOLF_UNKNOWN)
            continue;
        elfgen_text_string(dump->text, is_first ? before : ", ");
        put_register(dump, reg, dump->lifted->bits);
        elfgen_text_string(dump->text, " = ");
        put_value(dump, &values[reg]);
        is_first = false;
    }
}

static void put_flags(struct elfgen_text *text, const char *before, uint32_t flags)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } names[] = {{ELFGEN_X86_CF, " cf"}, {ELFGEN_X86_PF, " pf"}, {ELFGEN_X86_AF, " af"},
                 {ELFGEN_X86_ZF, " zf"}, {ELFGEN_X86_SF, " sf"}, {ELFGEN_X86_DF, " df"},
                 {ELFGEN_X86_OF, " of"}};
    bool is_first = true;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!(flags & names[i].bit))
            continue;
        elfgen_text_string(text, is_first ? before : NULL);
        elfgen_text_string(text, names[i].name);
        is_first = false;
    }
}

static void put_operation(struct dump *dump, const struct golf_operation *operation)
{
    struct elfgen_text *text = dump->text;
    struct elfgen_x86_instruction instruction = operation->instruction;
    elfgen_text_string(text, "  ");
    if (operation->kind == GOLF_CALL)
        elfgen_text_string(text, operation->bytes[0] == 0x0f ? "syscall" : "int 0x80");
    else if (operation->kind == GOLF_KEPT && instruction.mnemonic) {
        /* Where the number is an address, what it is is said apart. */
        if (operation->refers.kind == GOLF_ADDRESS) {
            instruction.operands[operation->refers_operand].value = 0;
            instruction.address = 0;
        }
        elfgen_x86_print(&instruction, text);
    } else
        elfgen_text_hex_bytes(text, operation->bytes, operation->length, ' ');
    if (operation->refers.kind == GOLF_ADDRESS) {
        elfgen_text_string(text, " of ");
        put_value(dump, &operation->refers);
    }
    put_needs(dump, operation->needs, operation->need_count);
    put_values(dump, "; leaves ", operation->writes, operation->after);
    if (operation->kind == GOLF_KEPT) {
        put_flags(text, "; reads", operation->flags_read);
        put_flags(text, "; writes", operation->flags_set);
    }
    elfgen_text_string(text, operation->ends ? "; ends\n" : "\n");
}

static void put_end(struct dump *dump, const struct golf_block *block)
{
    static const char *const conditions[] = {"o", "no", "c", "nc", "z", "nz", "na", "a",
                                             "s", "ns", "p", "np", "l", "nl", "ng", "g"};
    static const char *const counters[] = {"loopne", "loope", "loop", "jrcxz"};
    struct elfgen_text *text = dump->text;
    switch (block->end) {
    case GOLF_STOP:
        return;
    case GOLF_GO:
        elfgen_text_string(text, "  goes to block ");
        break;
    case GOLF_BRANCH:
        elfgen_text_string(text, "  if ");
        elfgen_text_string(text, block->condition < 16 ? conditions[block->condition]
                                                       : counters[block->condition & 3]);
        elfgen_text_string(text, " to block ");
        break;
    case GOLF_CALLS:
        elfgen_text_string(text, "  calls block ");
        break;
    default:
        elfgen_text_string(text, "  returns");
        break;
    }
    if (block->end != GOLF_RETURNS)
        elfgen_text_decimal(text, block->taken, 0);
    if (block->end == GOLF_BRANCH || block->end == GOLF_CALLS) {
        elfgen_text_string(text, block->end == GOLF_CALLS ? ", then block " : ", else block ");
        elfgen_text_decimal(text, block->other, 0);
    }
    put_needs(dump, block->needs, block->need_count);
    put_flags(text, "; live", block->flags_live);
    elfgen_text_char(text, '\n');
}

static void put_data(const struct golf_lifted *lifted, size_t index, struct elfgen_text *text)
{
    const struct golf_data *data = &lifted->data[index];
    elfgen_text_string(text, "data");
    elfgen_text_decimal(text, index, 0);
    elfgen_text_string(text, ": ");
    elfgen_text_decimal(text, data->size, 0);
    elfgen_text_string(text, data->size == 1 ? " byte" : " bytes");
    if (data->is_written)
        elfgen_text_string(text, ", written");
    if (data->is_code)
        elfgen_text_string(text, ", code");
    if (data->file_size < data->size) {
        elfgen_text_string(text, ", ");
        elfgen_text_decimal(text, data->size - data->file_size, 0);
        elfgen_text_string(text, " of them zeros at the end");
    }
    if (data->file_size > 0) {
        elfgen_text_string(text, ": ");
        elfgen_text_hex_bytes(text, data->bytes,
                              data->file_size < MOST_TEXT ? data->file_size : MOST_TEXT, ' ');
    }
    elfgen_text_string(text, data->file_size > MOST_TEXT ? " ...\n" : "\n");
}

void golf_lifted_dump(const struct golf_lifted *lifted, struct elfgen_text *text)
{
    struct dump dump = {.lifted = lifted, .text = text};
    for (size_t i = 0; i < lifted->count; i++) {
        const struct golf_block *block = &lifted->blocks[i];
        dump.name_count = 0;
        elfgen_text_string(text, "block ");
        elfgen_text_decimal(text, i, 0);
        uint16_t which = 0;
        for (unsigned reg = 0; reg < (lifted->bits == 64 ? 16u : 8u); reg++) {
            bool is_zero = block->at_start[reg].kind == GOLF_CONSTANT && i == 0 &&
                           block->at_start[reg].number == 0;
            if (block->at_start[reg].kind != GOLF_UNKNOWN && !is_zero)
                which |= (uint16_t)(1u << reg);
        }
        put_values(&dump, ": ", which, block->at_start);
        elfgen_text_char(text, '\n');
        for (size_t k = 0; k < block->count; k++)
            put_operation(&dump, &block->operations[k]);
        put_end(&dump, block);
    }
    for (size_t i = 0; i < lifted->data_count; i++)
        put_data(lifted, i, text);
}
