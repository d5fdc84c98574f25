/* A program in NASM's language of what was lifted, and its file. */
#include "golf_again.h"

#include <string.h>

#include "elfgen.h"
#include "text_line.h"

enum {
    CODE_AT = 0x10000000,
    DATA_AT = 0x20000000,
    SLOTS_AT = 0x30000000,
    SLOTS_END = 0x30100000, /* pushes of its own end here */
    TEXT_ROOM = 1 << 21,
    NAMES = 8192,
    OBJECTS = 1024,
    PAGE = 4096,
    ANY_BYTE = 0xa5
};

/* Places: the first stack pointer, a subroutine's, the last call's result, one for a moment, and
 * those of values. */
enum slot { AT_START, OF_FRAME, RESULT, SAVED, VALUES };

struct naive {
    const struct golf_lifted *lifted;
    struct elfgen_text text;
    uint64_t names[NAMES];
    size_t name_count, label_count;
    uint64_t addresses[OBJECTS]; /* of data */
};

static const char *name_of(const struct naive *naive, unsigned reg)
{
    return elfgen_x86_register_name((naive->lifted->bits == 64 ? 0x40u : 0x30u) + reg);
}

static unsigned long address_of(size_t slot)
{
    return SLOTS_AT + 8ul * slot;
}

static unsigned long slot_of(struct naive *naive, const struct golf_value *value)
{
    size_t i = 0;
    while (i < naive->name_count && naive->names[i] != value->number)
        i++;
    ck_assert_uint_lt(i, NAMES);
    naive->names[i] = value->number;
    naive->name_count = i < naive->name_count ? naive->name_count : i + 1;
    return address_of(VALUES + i);
}

/* ---- operations ---- */

static void put_cases(struct naive *naive, unsigned reg, const struct golf_value *value)
{
    const char *name = name_of(naive, reg), *stack = name_of(naive, 4);
    size_t label = naive->label_count++;
    put_line(&naive->text, "mov [%#lx], %s\nmov %s, %#x\npushf\n", address_of(SAVED), stack, stack,
             SLOTS_END);
    put_line(&naive->text, "mov %s, [%#lx]\ntest %s, %s\nmov %s, %#llx\njns near c%zu\n", name,
             address_of(RESULT), name, name, name, (unsigned long long)value->number, label);
    put_line(&naive->text, "mov %s, %#llx\nc%zu: popf\nmov %s, [%#lx]\n", name,
             (unsigned long long)value->failed, label, stack, address_of(SAVED));
}

/* Loads a value by instructions that change no flags. */
static void put_load(struct naive *naive, unsigned reg, const struct golf_value *value)
{
    const char *name = name_of(naive, reg);
    switch (value->kind) {
    case GOLF_CONSTANT:
        put_line(&naive->text, "mov %s, %#llx\n", name, (unsigned long long)value->number);
        break;
    case GOLF_ADDRESS:
        put_line(&naive->text, "mov %s, %#lx\n", name,
                 naive->addresses[value->data] + value->number);
        break;
    case GOLF_STACK:
        put_line(&naive->text, "mov %s, [%#lx]\nlea %s, [%s%+lld]\n", name,
                 address_of(value->data ? OF_FRAME : AT_START), name, name,
                 (long long)value->number);
        break;
    case GOLF_OPAQUE:
        put_line(&naive->text, "mov %s, [%#lx]\n", name, slot_of(naive, value));
        break;
    case GOLF_CASES:
        put_cases(naive, reg, value);
        break;
    case GOLF_BYTE: /* any of them */
        put_line(&naive->text, "mov %s, %#x\n", name, ANY_BYTE);
        break;
    default:
        break;
    }
}

static void put_needs(struct naive *naive, const struct golf_need *needs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_load(naive, needs[i].reg, &needs[i].values[0]);
}

static void put_instruction(struct naive *naive, const struct golf_operation *operation)
{
    struct elfgen_x86_instruction instruction = operation->instruction;
    if (operation->kind != GOLF_KEPT || !instruction.mnemonic) {
        elfgen_text_string(&naive->text, "db 0x");
        for (size_t i = 0; i < operation->length; i++) {
            elfgen_text_string(&naive->text, i ? ", 0x" : "");
            elfgen_text_hex(&naive->text, operation->bytes[i], 2);
        }
        elfgen_text_char(&naive->text, '\n');
        return;
    }
    if (operation->refers.kind == GOLF_ADDRESS) {
        struct elfgen_x86_operand *operand = &instruction.operands[operation->refers_operand];
        operand->relative = false;
        operand->value =
            (int64_t)(naive->addresses[operation->refers.data] + operation->refers.number);
    }
    elfgen_x86_print(&instruction, &naive->text);
    elfgen_text_char(&naive->text, '\n');
}

/* Faults unless these bits of a register are 0. */
static void put_zeros(struct naive *naive, unsigned reg, uint64_t zeros)
{
    const char *stack = name_of(naive, 4);
    size_t label = naive->label_count++, word = naive->lifted->bits / 8;
    zeros &= word == 4 ? UINT32_MAX : UINT64_MAX;
    if (reg == 4 || !zeros)
        return;
    put_line(&naive->text,
             "mov [%#lx], %s\nmov %s, %#x\npushf\nmov %s, %#llx\ntest %s, %s\nmov %s, %#zx\n",
             address_of(SAVED), stack, stack, SLOTS_END, stack, (unsigned long long)zeros,
             name_of(naive, reg), stack, stack, SLOTS_END - word);
    put_line(&naive->text, "je near c%zu\nud2\nc%zu: popf\nmov %s, [%#lx]\n", label, label, stack,
             address_of(SAVED));
}

static void put_operation(struct naive *naive, const struct golf_operation *operation)
{
    put_needs(naive, operation->needs, operation->need_count);
    put_instruction(naive, operation);
    if (operation->kind == GOLF_CALL && !operation->ends)
        put_line(&naive->text, "mov [%#lx], %s\n", address_of(RESULT), name_of(naive, 0));
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        if (operation->writes >> reg & 1 && operation->after[reg].kind == GOLF_OPAQUE) {
            put_line(&naive->text, "mov [%#lx], %s\n", slot_of(naive, &operation->after[reg]),
                     name_of(naive, reg));
            put_zeros(naive, reg, operation->after[reg].zeros);
        }
}

/* ---- blocks ---- */

/* Faults unless a register begins with a value that is the same everywhere. */
static void put_check(struct naive *naive, unsigned reg, const struct golf_value *value)
{
    const char *name = name_of(naive, reg), *stack = name_of(naive, 4);
    size_t label = naive->label_count++, word = naive->lifted->bits / 8;
    bool is_known = value->kind == GOLF_CONSTANT && value->number <= INT32_MAX;
    if (reg == 4 || (!is_known && value->kind != GOLF_ADDRESS &&
                     (value->kind != GOLF_STACK || value->data != 0)))
        return;
    put_line(&naive->text, "mov [%#lx], %s\nmov %s, %#x\npushf\n", address_of(SAVED), stack, stack,
             SLOTS_END);
    if (value->kind == GOLF_STACK)
        put_line(&naive->text, "mov %s, [%#lx]\nlea %s, [%s%+lld]\ncmp %s, %s\nmov %s, %#zx\n",
                 stack, address_of(AT_START), stack, stack, (long long)value->number, name, stack,
                 stack, SLOTS_END - word);
    else
        put_line(&naive->text, "cmp %s, %#llx\n", name,
                 value->kind == GOLF_ADDRESS
                     ? (unsigned long long)(naive->addresses[value->data] + value->number)
                     : (unsigned long long)value->number);
    put_line(&naive->text, "je near c%zu\nud2\nc%zu: popf\nmov %s, [%#lx]\n", label, label, stack,
             address_of(SAVED));
}

static void put_start(struct naive *naive, const struct golf_block *block, size_t index)
{
    const char *stack = name_of(naive, 4);
    naive->name_count = 0;
    put_line(&naive->text, "b%zu:\n", index);
    for (unsigned reg = 0; reg < (naive->lifted->bits == 64 ? 16u : 8u); reg++) {
        const struct golf_value *value = &block->at_start[reg];
        if (index > 0)
            put_check(naive, reg, value);
        if (value->kind == GOLF_BYTE)
            put_zeros(naive, reg, ~(uint64_t)UINT8_MAX);
        if (value->kind == GOLF_OPAQUE)
            put_zeros(naive, reg, value->zeros);
        if (value->kind == GOLF_OPAQUE)
            put_line(&naive->text, "mov [%#lx], %s\n", slot_of(naive, value), name_of(naive, reg));
        if (value->kind == GOLF_STACK && value->data)
            put_line(
                &naive->text, "mov [%#lx], %s\nlea %s, [%s%+lld]\nmov [%#lx], %s\nmov %s, [%#lx]\n",
                address_of(SAVED), stack, stack, name_of(naive, reg), -(long long)value->number,
                address_of(OF_FRAME), stack, stack, address_of(SAVED));
    }
}

static void put_end(struct naive *naive, const struct golf_block *block)
{
    put_needs(naive, block->needs, block->need_count);
    switch (block->end) {
    case GOLF_GO:
        put_line(&naive->text, "jmp near b%u\n", block->taken);
        break;
    case GOLF_BRANCH:
        if (block->condition < 16)
            put_line(&naive->text, "db 0x0f, %#x\ndd b%u - $ - 4\njmp near b%u\n",
                     0x80 + block->condition, block->taken, block->other);
        else
            put_line(&naive->text, "db %#x, 5\njmp near b%u\njmp near b%u\n", block->condition,
                     block->other, block->taken);
        break;
    case GOLF_CALLS:
        put_line(&naive->text, "call b%u\njmp near b%u\n", block->taken, block->other);
        break;
    case GOLF_RETURNS:
        put_line(&naive->text, "ret\n");
        break;
    default:
        break;
    }
}

static void put_program(struct naive *naive)
{
    uint64_t address = DATA_AT;
    ck_assert_uint_le(naive->lifted->data_count, OBJECTS);
    for (size_t i = 0; i < naive->lifted->data_count; i++) {
        size_t align = naive->lifted->data[i].align;
        address += (naive->lifted->data[i].address - address) & (align - 1);
        naive->addresses[i] = address;
        address += (naive->lifted->data[i].size + 31) & ~(size_t)15;
    }
    put_line(&naive->text, "org %#x\nbits %u\nmov [%#lx], %s\n", CODE_AT, naive->lifted->bits,
             address_of(AT_START), name_of(naive, 4));
    for (size_t i = 0; i < naive->lifted->count; i++) {
        const struct golf_block *block = &naive->lifted->blocks[i];
        put_start(naive, block, i);
        for (size_t k = 0; k < block->count; k++)
            put_operation(naive, &block->operations[k]);
        put_end(naive, block);
    }
    ck_assert(!naive->text.cut);
}

/* ---- a file ---- */

static void put_number(uint8_t *at, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        at[i] = (uint8_t)(number >> 8 * i);
}

struct segment {
    uint32_t flags;
    uint64_t offset, address, file_size, memory_size;
};

static void put_segment(uint8_t *at, unsigned bits, const struct segment *segment)
{
    size_t word = bits / 8;
    put_number(at, ELFGEN_PT_LOAD, 4);
    put_number(bits == 64 ? at + 4 : at + 24, segment->flags, 4);
    uint8_t *next = bits == 64 ? at + 8 : at + 4;
    const uint64_t numbers[] = {segment->offset, segment->address, segment->address,
                                segment->file_size, segment->memory_size};
    for (size_t i = 0; i < 5; i++)
        put_number(next + i * word, numbers[i], word);
    put_number(bits == 64 ? at + 48 : at + 28, PAGE, word);
}

/* Writes code, data and a segment for slots. */
static size_t write_file(const struct naive *naive, const uint8_t *code, size_t size,
                         uint8_t file[FILE_ROOM])
{
    unsigned bits = naive->lifted->bits;
    size_t header = bits == 64 ? 64 : 52, entry = bits == 64 ? 56 : 32, word = bits / 8;
    size_t data = PAGE + ((size + PAGE - 1) & ~(size_t)(PAGE - 1)), data_size = 0, memory = PAGE;
    memset(file, 0, FILE_ROOM);
    ck_assert_uint_lt(data + PAGE, FILE_ROOM);
    memcpy(file + PAGE, code, size);
    for (size_t i = 0; i < naive->lifted->data_count; i++) {
        const struct golf_data *object = &naive->lifted->data[i];
        size_t at = (size_t)(naive->addresses[i] - DATA_AT);
        ck_assert_uint_lt(data + at + object->file_size + PAGE, FILE_ROOM);
        if (object->file_size > 0) {
            memcpy(file + data + at, object->bytes, object->file_size);
            data_size = at + object->file_size;
        }
        memory = at + object->size + PAGE;
    }
    const uint8_t ident[] = {0x7f, 'E', 'L', 'F', bits == 64 ? 2 : 1, 1, 1};
    memcpy(file, ident, sizeof ident);
    put_number(file + 16, ELFGEN_ET_EXEC, 2);
    put_number(file + 18, bits == 64 ? ELFGEN_EM_X86_64 : ELFGEN_EM_386, 2);
    put_number(file + 20, 1, 4);
    put_number(file + 24, CODE_AT, word);
    put_number(file + 24 + word, header, word);
    put_number(file + 28 + 3 * word, header, 2);
    put_number(file + 30 + 3 * word, entry, 2);
    put_number(file + 32 + 3 * word, 3, 2);
    const struct segment segments[] = {
        {ELFGEN_PF_R | ELFGEN_PF_X, PAGE, CODE_AT, size, size},
        {ELFGEN_PF_R | ELFGEN_PF_W, data, DATA_AT, data_size, memory},
        {ELFGEN_PF_R | ELFGEN_PF_W, data, SLOTS_AT, 0, SLOTS_END - SLOTS_AT}};
    for (size_t i = 0; i < 3; i++)
        put_segment(file + header + i * entry, bits, &segments[i]);
    return data + data_size;
}

size_t make_again(const struct golf_lifted *lifted, uint8_t file[FILE_ROOM])
{
    static struct naive naive;
    static char text[TEXT_ROOM];
    static uint8_t memory[1 << 26];
    const struct elfgen_assemble_options options = {.mode = (uint8_t)lifted->bits, .flat = true};
    struct elfgen_assembly assembly;
    struct elfgen_error error = {.status = ELFGEN_OK};
    memset(&naive, 0, sizeof naive);
    naive.lifted = lifted;
    naive.text = (struct elfgen_text){.bytes = text, .capacity = sizeof text};
    put_program(&naive);
    enum elfgen_status status = elfgen_assemble(text, naive.text.length, &options, memory,
                                                sizeof memory, &assembly, &error);
    ck_assert_msg(status == ELFGEN_OK, "%s at %llu:\n%.*s", error.text,
                  (unsigned long long)error.offset, (int)naive.text.length, text);
    ck_assert_uint_eq(assembly.program.section_count, 1);
    const struct elfgen_section *code = &assembly.program.sections[0];
    return write_file(&naive, code->bytes, (size_t)code->size, file);
}
