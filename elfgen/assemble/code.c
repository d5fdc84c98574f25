/* Instructions of a source: their bytes, and which of them must be looked at again. */
#include <string.h>

#include "items.h"
#include "sink.h"
#include "symbols.h"

/* Encodes what was parsed. Tells an error; in a pass that is not the last one, a target that is out
 * of reach is none yet. */
static bool encode(struct state *state, const struct operand_values *values,
                   struct elfgen_x86_encoding *encoding, bool is_last)
{
    enum elfgen_x86_status status;
    if (values->instruction.operands[0].kind == ELFGEN_X86_TARGET &&
        values->values[0].kind == VALUE_NUMBER) {
        /* How far a number is, nobody knows before the code has an address; NASM asks never. */
        struct elfgen_x86_instruction anywhere = values->instruction;
        anywhere.operands[0].symbolic = true;
        status = elfgen_asm_encode(&anywhere, encoding);
    } else {
        status = elfgen_asm_encode(&values->instruction, encoding);
    }
    if (status == ELFGEN_X86_OUT_OF_REACH && !is_last) {
        struct elfgen_x86_instruction near_by = values->instruction;
        near_by.operands[0].value = (int64_t)near_by.address;
        status = elfgen_encode(&near_by, encoding);
    }
    if (status == ELFGEN_X86_OK)
        return true;
    elfgen_asm_refused(values, status, encoding, &state->fault);
    return elfgen_asm_tell_fault(state);
}

static bool parse(struct state *state, const struct token *begin, struct operand_values *values)
{
    struct names names;
    elfgen_asm_names(state, &names);
    if (!elfgen_asm_instruction(&names, begin, values, &state->fault))
        return elfgen_asm_tell_fault(state);
    values->instruction.truncate = values->instruction.any_prefix = true;
    return true;
}

/* Whether an operand's number is stored otherwise than elfgen_encode() does. */
static bool is_stored(const struct operand_values *values, unsigned i)
{
    const struct value *value = &values->values[i];
    const unsigned kind = values->instruction.operands[i].kind;
    if (kind == ELFGEN_X86_TARGET)
        return value->kind != VALUE_ADDRESS || values->instruction.operands[i].symbolic ||
               (values->is_open >> i & 1);
    return value->kind == VALUE_ADDRESS && (values->is_open >> i & 1);
}

/* Stores the numbers of one encoding that begins at `begin` of the sink. */
static bool store(struct state *state, struct sink *sink, uint64_t begin,
                  const struct operand_values *values, const struct elfgen_x86_encoding *encoding)
{
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        const struct elfgen_x86_field *field = &encoding->fields[i];
        if (field->length == 0 || !is_stored(values, i))
            continue;
        const struct field where = {.offset = begin + field->offset,
                                    .length = field->length,
                                    .is_signed = field->is_signed,
                                    .is_relative = field->is_relative,
                                    .end = begin + encoding->length};
        /* What a label is in its section now says nothing, but NASM warns. */
        if (field->length == 1 && values->instruction.operands[i].kind == ELFGEN_X86_MEMORY &&
            values->values[i].number != (int8_t)values->values[i].number)
            elfgen_asm_warning(state, ELFGEN_ASSEMBLE_NUMBER_OVERFLOW, values->operands[i],
                               "the label does not fit into a byte");
        if (!elfgen_asm_store(state, sink, &where, &values->values[i], values->operands[i]))
            return false;
    }
    return true;
}

/* Warns of what is known when an instruction is encoded. */
static void warn_of_encoding(struct state *state, const struct operand_values *values,
                             const struct elfgen_x86_encoding *encoding)
{
    const unsigned operand = elfgen_asm_overflow(&values->instruction, encoding);
    if (operand < ELFGEN_X86_OPERANDS)
        elfgen_asm_warning(state, ELFGEN_ASSEMBLE_NUMBER_OVERFLOW, values->operands[operand],
                           "the number does not fit: its upper bits are left out");
    if (elfgen_asm_has_other_size(&values->instruction, encoding))
        elfgen_asm_warning(state, ELFGEN_ASSEMBLE_PREFIX_OPSIZE, values->mnemonic,
                           "the operands have another size than the prefix says");
    if (elfgen_asm_is_not_lockable(&values->instruction, encoding))
        elfgen_asm_warning(state, ELFGEN_ASSEMBLE_PREFIX_LOCK, values->lock,
                           "lock belongs before an instruction that changes its first operand in "
                           "memory");
}

/* How the size follows from what the instruction names, now that it was parsed. */
static void classify(struct state *state, struct statement *statement,
                     const struct operand_values *values, const struct token *begin)
{
    const struct elfgen_x86_operand *operand = &values->instruction.operands[0];
    const struct value *value = &values->values[0];
    struct elfgen_x86_encoding encoding;
    unsigned addresses = 0;
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++)
        addresses += (values->is_open >> i & 1) && values->values[i].kind == VALUE_ADDRESS;
    if (operand->kind != ELFGEN_X86_TARGET) {
        if (state->lookups == addresses && !has_here(begin) &&
            !(statement->times && has_here(statement->times)))
            statement->fast = FAST_FIXED;
        return;
    }
    const struct token *name = values->operands[0];
    while (token_is_word(name, WORD_SPECIAL))
        name++;
    if (state->lookups != 1 || statement->times || has_here(begin))
        return;
    if (value->kind == VALUE_UNKNOWN && (name->kind != TOKEN_NAME || name[1].kind != TOKEN_END))
        return;
    statement->target = state->looked_up ? state->looked_up : elfgen_asm_symbol(state, name, true);
    if (!statement->target || (value->kind != VALUE_UNKNOWN &&
                               (value->kind != VALUE_ADDRESS || value->minus != VALUE_NO_BASE)))
        return;
    statement->addend =
        value->kind == VALUE_UNKNOWN ? 0 : value->number - statement->target->value.number;
    struct elfgen_x86_instruction instruction = values->instruction;
    /* What is strict without the word is so because of its section. */
    const bool is_strict =
        operand->strict && (value->kind == VALUE_UNKNOWN || value->base == statement->item.section);
    instruction.operands[0].symbolic = true;
    instruction.operands[0].reach = ELFGEN_X86_SHORT;
    if (operand->reach != ELFGEN_X86_NEAR && !is_strict &&
        elfgen_encode(&instruction, &encoding) == ELFGEN_X86_OK)
        statement->short_length = encoding.length;
    instruction.operands[0].reach = ELFGEN_X86_NEAR;
    if (operand->reach != ELFGEN_X86_SHORT &&
        elfgen_encode(&instruction, &encoding) == ELFGEN_X86_OK)
        statement->near_length = encoding.length;
    if (statement->short_length || statement->near_length)
        statement->fast = FAST_TARGET;
}

bool elfgen_asm_instruction_bytes(struct state *state, struct statement *statement,
                                  const struct token *begin, uint64_t count, struct sink *sink)
{
    struct operand_values values;
    struct elfgen_x86_encoding encoding;
    const bool was_quiet = state->is_quiet;
    state->is_quiet |= count == 0;
    const bool is_read = parse(state, begin, &values);
    state->is_quiet = was_quiet;
    if (!is_read)
        return false;
    if (!sink->is_last && state->pass <= 2)
        classify(state, statement, &values, begin);
    for (uint64_t i = 0; i < count; i++) {
        if (!encode(state, &values, &encoding, sink->is_last))
            return false;
        const uint64_t begins = sink->size;
        uint8_t *bytes = sink_at(sink, encoding.length);
        if (bytes)
            memcpy(bytes, encoding.bytes, encoding.length);
        sink->size += encoding.length;
        if (sink->is_last) {
            if (i == 0)
                warn_of_encoding(state, &values, &encoding);
            if (bytes && !store(state, sink, begins, &values, &encoding))
                return false;
        }
        values.instruction.address += encoding.length;
    }
    return true;
}

/* An instruction that no symbol changes: its bytes are final. */
static bool add_fixed(struct state *state, const struct operand_values *values,
                      const struct elfgen_x86_encoding *encoding, uint64_t count)
{
    const uint64_t size = encoding->length * count;
    warn_of_encoding(state, values, encoding);
    if (section_here(state)->type == ELFGEN_SHT_NOBITS)
        elfgen_asm_warning(state, ELFGEN_ASSEMBLE_OTHER, values->mnemonic,
                           "this section has no bytes in a file: what is written is left out");
    uint8_t *bytes = elfgen_asm_room(state, encoding->length);
    if (!bytes)
        return false;
    memcpy(bytes, encoding->bytes, encoding->length);
    if (count == 1) {
        elfgen_asm_add_bytes(state, encoding->length);
    } else {
        state->stream.at += encoding->length;
        if (!elfgen_asm_add_repeated(state, bytes, encoding->length, count))
            return false;
    }
    return elfgen_asm_advance(state, size, values->mnemonic);
}

bool elfgen_asm_first_instruction(struct state *state, const struct token *times, uint64_t count,
                                  const struct token *begin)
{
    struct operand_values values;
    struct elfgen_x86_encoding encoding;
    const unsigned lookups = state->lookups;
    if (state->mode == 16) {
        state->mode = 64; /* it is told once */
        return asm_error(state, begin, ELFGEN_UNSUPPORTED,
                         "code of a flat file has 16 bits until the source says bits 64 or bits "
                         "32, and this assembler makes none of 16");
    }
    state->warned = false;
    state->is_quiet = true;
    const bool ok = parse(state, begin, &values);
    state->is_quiet = false;
    if (!ok || (count > 0 && !encode(state, &values, &encoding, false)))
        return false;
    if (state->lookups == 0 && !values.is_open &&
        values.instruction.operands[0].kind != ELFGEN_X86_TARGET && !has_here(begin) &&
        !(times && has_here(times))) {
        if (count > 0 && state->warned && !parse(state, begin, &values))
            return false;
        return count == 0 || add_fixed(state, &values, &encoding, count);
    }
    struct statement *statement = elfgen_asm_add_statement(state, ITEM_INSTRUCTION, times, begin);
    if (!statement)
        return false;
    struct sink sink = {.offset = section_here(state)->size};
    state->lookups = times ? lookups : 0;
    state->is_quiet = true;
    const bool is_counted =
        elfgen_asm_instruction_bytes(state, statement, statement->begin, count, &sink);
    state->is_quiet = false;
    statement->item.size = sink.size;
    state->has_sizes |= statement->fast != FAST_FIXED;
    return is_counted && elfgen_asm_advance(state, sink.size, begin);
}
