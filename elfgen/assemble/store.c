/* Stores numbers and addresses in their fields, with the relocations that NASM makes. */
#include "output.h"
#include "sink.h"

static unsigned absolute_type(uint8_t mode, unsigned length, bool is_signed)
{
    if (mode == 32)
        return length == 1 ? ELFGEN_R_386_8 : length == 2 ? ELFGEN_R_386_16 : ELFGEN_R_386_32;
    return length == 1   ? ELFGEN_R_X86_64_8
           : length == 2 ? ELFGEN_R_X86_64_16
           : length == 8 ? ELFGEN_R_X86_64_64
           : is_signed   ? ELFGEN_R_X86_64_32S
                         : ELFGEN_R_X86_64_32;
}

static unsigned relative_type(uint8_t mode, unsigned length)
{
    if (mode == 32)
        return length == 1 ? ELFGEN_R_386_PC8 : length == 2 ? ELFGEN_R_386_PC16 : ELFGEN_R_386_PC32;
    return length == 1   ? ELFGEN_R_X86_64_PC8
           : length == 2 ? ELFGEN_R_X86_64_PC16
           : length == 8 ? ELFGEN_R_X86_64_PC64
                         : ELFGEN_R_X86_64_PC32;
}

static void write_number(struct sink *sink, const struct field *field, uint64_t number)
{
    for (unsigned i = 0; i < field->length; i++)
        sink->bytes[field->offset + i] = (uint8_t)(number >> 8 * i);
}

/* The mode of the object, which may differ from that of code. */
static uint8_t object_mode(const struct state *state)
{
    return state->options->mode == 32 && !state->options->flat ? 32 : 64;
}

/* Adds a relocation; an object of 32 bits has the addend in the field. */
static bool relocate(struct state *state, struct sink *sink, const struct field *field,
                     unsigned type, uint32_t base, uint64_t addend)
{
    if (object_mode(state) == 32) {
        const unsigned unused = 64 - 8u * field->length;
        addend = (uint64_t)((int64_t)(addend << unused) >> unused);
        write_number(sink, field, addend);
    } else {
        write_number(sink, field, 0);
    }
    return elfgen_asm_relocation(state, sink->offset + field->offset, type, base, (int64_t)addend);
}

static bool store_relative(struct state *state, struct sink *sink, const struct field *field,
                           const struct value *value, uint64_t addend, const struct token *at)
{
    const uint8_t mode = object_mode(state);
    if (mode == 32 && field->length == 8)
        return asm_error(state, at, ELFGEN_UNSUPPORTED,
                         "objects of 32 bits have no relocation of 64 bits");
    if (mode == 64 && value->base == VALUE_NO_BASE && !state->options->flat) {
        write_number(sink, field, addend); /* NASM's objects of 64 bits have none to a number */
        sink->is_placed = true;
        return true;
    }
    return relocate(state, sink, field, relative_type(mode, field->length), value->base, addend);
}

static bool store_absolute(struct state *state, struct sink *sink, const struct field *field,
                           const struct value *value, const struct token *at)
{
    const uint8_t mode = object_mode(state);
    struct field low = *field;
    if (mode == 32 && field->length == 8) {
        if (field->is_signed)
            return asm_error(state, at, ELFGEN_UNSUPPORTED,
                             "objects of 32 bits have no relocation of 64 bits");
        elfgen_asm_warning(state, ELFGEN_ASSEMBLE_ZEXT_RELOC, at,
                           "the address has 32 bits in this object; zeros follow it");
        write_number(sink, field, 0);
        low.length = 4;
    }
    return relocate(state, sink, &low, absolute_type(mode, low.length, field->is_signed),
                    value->base, (uint64_t)value->number);
}

bool elfgen_asm_store(struct state *state, struct sink *sink, const struct field *field,
                      const struct value *value, const struct token *at)
{
    const uint64_t number = (uint64_t)value->number, place = sink->offset + field->offset;
    if (value->kind == VALUE_OTHER || (field->is_relative && value->minus != VALUE_NO_BASE) ||
        (value->minus != VALUE_NO_BASE && value->minus != state->section))
        return asm_error(state, at, ELFGEN_BAD_VALUE,
                         "the value is neither a number nor an address");
    if (state->options->flat && value->base >= OUTSIDE && value->base != VALUE_NO_BASE)
        return asm_error(state, at, ELFGEN_UNDEFINED,
                         "a flat file has no symbols from elsewhere, such as this one");
    if (field->is_relative && value->base == state->section) {
        write_number(sink, field, number - (sink->offset + field->end));
        return true;
    }
    if (field->is_relative)
        return store_relative(state, sink, field, value, number + field->offset - field->end, at);
    if (value->minus != VALUE_NO_BASE)
        return store_relative(state, sink, field, value, number + place, at);
    if (value->base == VALUE_NO_BASE) {
        write_number(sink, field, number);
        return true;
    }
    return store_absolute(state, sink, field, value, at);
}
