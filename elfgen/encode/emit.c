/* Writes the bytes of one encoding: prefixes, REX, opcode, ModRM, SIB, displacement, immediates.
 *
 * Source: Intel SDM volume 2, chapter 2 and section 3.1.1; AMD APM volume 3, chapter 1. The order
 * of the prefixes is NASM's. */
#include "emit.h"

#include "address.h"

enum { LOCK_BYTE = 0xf0, OPERAND_SIZE = 0x66, ADDRESS_SIZE = 0x67 };

/* An encoding that is being written. */
struct writer {
    const struct form *form;
    const struct elfgen_x86_instruction *instruction;
    const struct facts *facts;
    const struct match *match;
    const struct shape *shape;
    struct elfgen_x86_encoding *encoding;
    uint8_t rex;
    bool is_high, needs_rex;
    uint8_t reg, rm; /* ModRM's, 3 bits */
    uint8_t low;     /* the register in the opcode, 3 bits */
};

static bool write_byte(struct writer *writer, enum elfgen_x86_part part, unsigned byte)
{
    struct elfgen_x86_encoding *encoding = writer->encoding;
    if (encoding->length == ELFGEN_X86_LONGEST)
        return false;
    if (encoding->part_length[part]++ == 0)
        encoding->part_offset[part] = encoding->length;
    encoding->bytes[encoding->length++] = (uint8_t)byte;
    return true;
}

static bool write_number(struct writer *writer, enum elfgen_x86_part part, uint64_t value,
                         unsigned length)
{
    for (unsigned i = 0; i < length; i++)
        if (!write_byte(writer, part, (unsigned)(value >> 8 * i & 0xff)))
            return false;
    return true;
}

static uint8_t segment_byte(unsigned segment)
{
    static const uint8_t bytes[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65};
    return bytes[number_of(segment)];
}

/* Distributes the registers over ModRM, opcode and REX. */
static void place_registers(struct writer *writer)
{
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        const struct elfgen_x86_operand *operand = &writer->instruction->operands[i];
        if (operand->kind != ELFGEN_X86_REGISTER_OPERAND)
            continue;
        const unsigned number = number_of(operand->reg), high = number >> 3;
        const uint8_t low = number & 7;
        const uint8_t place = elfgen_x86_kinds[writer->form->kinds[i]].place;
        if (place == PLACE_REG || place == PLACE_BOTH) {
            writer->reg = low;
            writer->rex |= (uint8_t)(high * REX_R);
        }
        if (place == PLACE_RM || place == PLACE_BOTH) {
            writer->rm = low;
            writer->rex |= (uint8_t)(high * REX_B);
        }
        if (place == PLACE_OPCODE) {
            writer->low = low;
            writer->rex |= (uint8_t)(high * REX_B);
        }
        writer->is_high |= class_of(operand->reg) == CLASS_HIGH;
        writer->needs_rex |= class_of(operand->reg) == CLASS_BYTE && number >= 4 && number < 8;
    }
}

/* Whether f2 or f3 may stand before a form: where it does not make another instruction of it. */
static bool may_repeat(const struct form *form, bool has_memory)
{
    if (form->prefix != PREFIX_NP || form->opcode == 0x90)
        return false;
    return form->map == MAP_1 || (form->map == MAP_0F && (form->opcode & 0xf0) == 0x80) ||
           ((form->properties & LOCK) && has_memory);
}

static enum elfgen_x86_status check_prefixes(const struct writer *writer, bool has_memory)
{
    const unsigned prefixes = writer->instruction->prefixes;
    const unsigned sizes = prefixes & (ELFGEN_X86_O16 | ELFGEN_X86_O32 | ELFGEN_X86_O64);
    if (prefixes & ~(2u * ELFGEN_X86_O64 - 1))
        return ELFGEN_X86_BAD_INSTRUCTION;
    if (sizes & (sizes - 1) || (prefixes & ELFGEN_X86_REP && prefixes & ELFGEN_X86_REPNE))
        return ELFGEN_X86_NO_PREFIX;
    if ((prefixes & ELFGEN_X86_LOCK) && !writer->instruction->any_prefix &&
        !((writer->form->properties & LOCK) && has_memory))
        return ELFGEN_X86_NO_PREFIX;
    if ((prefixes & (ELFGEN_X86_REP | ELFGEN_X86_REPNE)) && !writer->instruction->any_prefix &&
        !may_repeat(writer->form, has_memory))
        return ELFGEN_X86_NO_PREFIX;
    if ((prefixes & (ELFGEN_X86_REX | ELFGEN_X86_O64)) && writer->instruction->mode != 64)
        return ELFGEN_X86_OTHER_MODE;
    return ELFGEN_X86_OK;
}

/* Whether addresses have another size than is usual in the mode; a status if they cannot. */
static enum elfgen_x86_status find_address_size(const struct writer *writer, bool has_memory,
                                                bool *is_other)
{
    const uint8_t usual = address_size_of_mode(writer->instruction->mode);
    const unsigned prefixes = writer->instruction->prefixes, form = writer->form->properties;
    uint8_t size = usual;
    unsigned asked = 0;
    if (has_memory) {
        size = writer->facts->address.size;
    } else {
        asked = (prefixes & ELFGEN_X86_A16 ? 2u : 0) | (prefixes & ELFGEN_X86_A32 ? 4u : 0) |
                (prefixes & ELFGEN_X86_A64 ? 8u : 0);
        const unsigned fixed = form & ADDRESS16   ? 2
                               : form & ADDRESS32 ? 4
                               : form & ADDRESS64 ? 8
                                                  : 0;
        if (asked & (asked - 1) || (asked && fixed && asked != fixed))
            return ELFGEN_X86_NO_PREFIX;
        asked |= fixed;
        if (asked)
            size = (uint8_t)asked;
    }
    *is_other = size != usual;
    return size == usual || size * 2 == usual ? ELFGEN_X86_OK : ELFGEN_X86_OTHER_MODE;
}

static enum elfgen_x86_status write_prefixes(struct writer *writer, bool has_memory)
{
    const struct elfgen_x86_instruction *instruction = writer->instruction;
    const uint8_t segment = has_memory && instruction->operands[writer->facts->memory].segment
                                ? instruction->operands[writer->facts->memory].segment
                            : instruction->segment ? instruction->segment
                                                   : writer->shape->segment;
    bool is_other;
    enum elfgen_x86_status status = check_prefixes(writer, has_memory);
    if (status == ELFGEN_X86_OK)
        status = find_address_size(writer, has_memory, &is_other);
    if (status != ELFGEN_X86_OK)
        return status;
    if (instruction->prefixes & ELFGEN_X86_REP)
        write_byte(writer, ELFGEN_X86_PREFIXES, PREFIX_F3);
    if (instruction->prefixes & ELFGEN_X86_REPNE)
        write_byte(writer, ELFGEN_X86_PREFIXES, PREFIX_F2);
    if (instruction->prefixes & ELFGEN_X86_LOCK)
        write_byte(writer, ELFGEN_X86_PREFIXES, LOCK_BYTE);
    if (segment)
        write_byte(writer, ELFGEN_X86_PREFIXES, segment_byte(segment));
    if (instruction->prefixes & ELFGEN_X86_O16 ||
        (writer->match->size == 2 && !(instruction->prefixes & (ELFGEN_X86_O32 | ELFGEN_X86_O64))))
        write_byte(writer, ELFGEN_X86_PREFIXES, OPERAND_SIZE);
    if (is_other)
        write_byte(writer, ELFGEN_X86_PREFIXES, ADDRESS_SIZE);
    if (writer->form->prefix)
        write_byte(writer, ELFGEN_X86_PREFIXES, writer->form->prefix);
    return ELFGEN_X86_OK;
}

/* Whether o64 sets REX.W: NASM leaves it out before forms that have 64 bits without it. */
static bool is_widened(const struct writer *writer)
{
    const uint8_t *kinds = writer->form->kinds;
    return (writer->instruction->prefixes & ELFGEN_X86_O64) && kinds[0] != KIND_g64 &&
           kinds[1] != KIND_g64;
}

static enum elfgen_x86_status write_rex(struct writer *writer)
{
    const bool is_wide =
        writer->match->size == 8 ? !(writer->form->properties & WIDE) : is_widened(writer);
    const unsigned rex = writer->rex | (is_wide ? REX_W : 0u) | writer->shape->rex |
                         (writer->needs_rex ? (unsigned)REX : 0) |
                         (writer->instruction->prefixes & ELFGEN_X86_REX ? (unsigned)REX : 0);
    if (!rex)
        return ELFGEN_X86_OK;
    if (writer->instruction->mode != 64)
        return ELFGEN_X86_OTHER_MODE;
    if (writer->is_high)
        return ELFGEN_X86_HIGH_BYTE;
    write_byte(writer, ELFGEN_X86_REX_PART, REX | rex);
    return ELFGEN_X86_OK;
}

/* Opcode, ModRM and SIB: at most 7 bytes, for which there is room after the prefixes. */
static void write_opcode(struct writer *writer, bool has_memory)
{
    const struct form *form = writer->form;
    const struct address *address = &writer->facts->address;
    if (form->map != MAP_1)
        write_byte(writer, ELFGEN_X86_OPCODE, 0x0f);
    if (form->map == MAP_38)
        write_byte(writer, ELFGEN_X86_OPCODE, 0x38);
    write_byte(writer, ELFGEN_X86_OPCODE, form->opcode | (unsigned)writer->low);
    if (form->modrm >= MODRM_BYTE) {
        /* The second byte of aam and aad is their immediate. */
        write_byte(writer, form->map == MAP_1 ? ELFGEN_X86_IMMEDIATE_PART : ELFGEN_X86_MODRM,
                   form->modrm & 0xff);
    } else if (form->modrm != MODRM_NONE) {
        const unsigned reg = form->modrm == MODRM_REGISTER ? writer->reg : form->modrm;
        const unsigned rest =
            has_memory ? (unsigned)(address->mod << 6 | address->rm) : 3u << 6 | writer->rm;
        write_byte(writer, ELFGEN_X86_MODRM, reg << 3 | rest);
        if (has_memory && address->has_sib)
            write_byte(writer, ELFGEN_X86_SIB, address->sib);
    }
}

static bool is_between(int64_t value, int64_t least, int64_t most)
{
    return value >= least && value <= most;
}

/* Whether a number is one of `bits` bits, signed or not, or NASM wraps it without a warning. */
static bool wraps(int64_t value, unsigned bits)
{
    return bits >= 64 || is_between(value, -(INT64_C(1) << bits), (INT64_C(1) << bits) - 1);
}

static bool fits_signed(int64_t value, unsigned bits)
{
    return bits >= 64 ||
           is_between(value, -(INT64_C(1) << (bits - 1)), (INT64_C(1) << (bits - 1)) - 1);
}

/* Whether an immediate fits; sets the bytes that it is stored in and whether it is extended. */
static bool immediate_fits(const struct writer *writer, unsigned i, uint8_t *length,
                           bool *is_signed)
{
    const struct elfgen_x86_operand *operand = &writer->instruction->operands[i];
    const int64_t value = operand->value;
    const uint8_t size = writer->match->size;
    const uint8_t kind = writer->form->kinds[i];
    *length = elfgen_x86_kinds[kind].size;
    *is_signed = false;
    switch (kind) {
    case KIND_ib:
        return wraps(value, 8);
    case KIND_ibu:
        return is_between(value, 0, UINT8_MAX);
    case KIND_iw:
        return wraps(value, 16);
    case KIND_ibs:
        *is_signed = true;
        return fits_signed(value, 8) || /* or the operand's upper bits, too, are all 1 */
               (size < 8 &&
                is_between(value, (INT64_C(1) << size * 8) - 128, (INT64_C(1) << size * 8) - 1));
    case KIND_iz:
        *length = size < 4 ? size : 4;
        *is_signed = size == 8;
        return size == 8 ? fits_signed(value, 32) : wraps(value, size * 8u);
    case KIND_iud:
        return is_between(value, 0, UINT32_MAX);
    case KIND_isd:
    case KIND_imm32:
        *is_signed = true;
        return fits_signed(value, 32);
    default:
        return true;
    }
}

static enum elfgen_x86_status write_immediate(struct writer *writer, unsigned i)
{
    const struct elfgen_x86_operand *operand = &writer->instruction->operands[i];
    struct elfgen_x86_encoding *encoding = writer->encoding;
    const enum elfgen_x86_part part = encoding->part_length[ELFGEN_X86_IMMEDIATE_PART]
                                          ? ELFGEN_X86_IMMEDIATE_2
                                          : ELFGEN_X86_IMMEDIATE_PART;
    struct elfgen_x86_field *field = &encoding->fields[i];
    const bool fits = immediate_fits(writer, i, &field->length, &field->is_signed);
    field->offset = encoding->length;
    if (!fits && !operand->symbolic) {
        if (!writer->instruction->truncate)
            return ELFGEN_X86_NO_FIT;
        encoding->truncated = true;
    }
    return write_number(writer, part, (uint64_t)operand->value, field->length)
               ? ELFGEN_X86_OK
               : ELFGEN_X86_TOO_LONG;
}

static enum elfgen_x86_status write_far_target(struct writer *writer, unsigned i)
{
    const struct elfgen_x86_operand *operand = &writer->instruction->operands[i];
    const uint8_t size = writer->match->size;
    writer->encoding->fields[i] =
        (struct elfgen_x86_field){writer->encoding->length, size, false, false};
    if (!operand->symbolic && !wraps(operand->value, size * 8u)) {
        if (!writer->instruction->truncate)
            return ELFGEN_X86_NO_FIT;
        writer->encoding->truncated = true;
    }
    return write_number(writer, ELFGEN_X86_IMMEDIATE_PART, (uint64_t)operand->value, size) &&
                   write_number(writer, ELFGEN_X86_IMMEDIATE_2, operand->selector, 2)
               ? ELFGEN_X86_OK
               : ELFGEN_X86_TOO_LONG;
}

/* Stores the distance from the end of the instruction to an address, where it is known. */
static enum elfgen_x86_status store_distance(const struct writer *writer, unsigned i)
{
    const struct elfgen_x86_instruction *instruction = writer->instruction;
    const struct elfgen_x86_field *field = &writer->encoding->fields[i];
    uint64_t distance = (uint64_t)instruction->operands[i].value;
    if (!instruction->operands[i].symbolic) {
        distance -= instruction->address + writer->encoding->length;
        const int64_t reach = instruction->mode == 64 ? (int64_t)distance : (int32_t)distance;
        if (!fits_signed(reach, field->length * 8u))
            return ELFGEN_X86_OUT_OF_REACH;
    }
    for (unsigned byte = 0; byte < field->length; byte++)
        writer->encoding->bytes[field->offset + byte] = (uint8_t)(distance >> 8 * byte);
    return ELFGEN_X86_OK;
}

/* Displacement, immediates, targets: all that comes after SIB. */
static enum elfgen_x86_status write_numbers(struct writer *writer, bool has_memory)
{
    struct elfgen_x86_encoding *encoding = writer->encoding;
    unsigned relative = ELFGEN_X86_OPERANDS;
    enum elfgen_x86_status status = ELFGEN_X86_OK;
    if (has_memory) {
        const unsigned i = writer->facts->memory;
        const struct elfgen_x86_operand *operand = &writer->instruction->operands[i];
        const bool is_offset = elfgen_x86_kinds[writer->form->kinds[i]].place == PLACE_OFFSET;
        const struct address *address = &writer->facts->address;
        const uint8_t length = is_offset ? address->size : address->length;
        const bool is_relative = operand->relative || class_of(operand->base) == CLASS_POINTER;
        const bool fits =
            is_offset ? operand->symbolic || wraps(operand->value, length * 8u) : address->fits;
        encoding->fields[i] = (struct elfgen_x86_field){encoding->length, length, is_relative,
                                                        length < address->size && length > 0};
        if (!write_number(writer, ELFGEN_X86_DISPLACEMENT, (uint64_t)operand->value, length))
            status = ELFGEN_X86_TOO_LONG;
        else if (!fits && !writer->instruction->truncate)
            status = ELFGEN_X86_NO_FIT;
        encoding->truncated = !fits;
        if (status != ELFGEN_X86_OK)
            encoding->blame = (uint8_t)i;
        if (operand->relative)
            relative = i;
    }
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS && status == ELFGEN_X86_OK; i++) {
        const struct kind_row *kind = &elfgen_x86_kinds[writer->form->kinds[i]];
        if (kind->place == PLACE_IMMEDIATE) {
            status = write_immediate(writer, i);
        } else if (kind->place == PLACE_FAR_TARGET) {
            status = write_far_target(writer, i);
        } else if (kind->place == PLACE_TARGET) {
            encoding->fields[i] =
                (struct elfgen_x86_field){encoding->length, kind->size, true, true};
            if (!write_number(writer, ELFGEN_X86_DISPLACEMENT, 0, kind->size))
                status = ELFGEN_X86_TOO_LONG;
            relative = i;
        }
        if (status != ELFGEN_X86_OK)
            encoding->blame = (uint8_t)i;
    }
    if (status == ELFGEN_X86_OK && relative < ELFGEN_X86_OPERANDS) {
        status = store_distance(writer, relative);
        encoding->blame = (uint8_t)relative;
    }
    return status;
}

enum elfgen_x86_status elfgen_x86_emit(const struct form *form,
                                       const struct elfgen_x86_instruction *instruction,
                                       const struct facts *facts, const struct match *match,
                                       const struct shape *shape,
                                       struct elfgen_x86_encoding *encoding)
{
    struct writer writer = {.form = form,
                            .instruction = instruction,
                            .facts = facts,
                            .match = match,
                            .shape = shape,
                            .encoding = encoding};
    const bool has_memory = facts->memory != NO_BLAME;
    *encoding = (struct elfgen_x86_encoding){.blame = NO_BLAME, .operand_size = match->size};
    place_registers(&writer);
    if (has_memory)
        writer.rex |= facts->address.rex;
    enum elfgen_x86_status status = write_prefixes(&writer, has_memory);
    if (status == ELFGEN_X86_OK)
        status = write_rex(&writer);
    if (status != ELFGEN_X86_OK)
        return status;
    write_opcode(&writer, has_memory);
    return write_numbers(&writer, has_memory);
}
