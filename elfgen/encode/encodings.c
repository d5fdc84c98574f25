/* Lists every encoding of an instruction. */
#include <string.h>

#include "address.h"
#include "emit.h"
#include "match.h"

/* Encodings without useless prefixes are kept, so that none is listed twice; no instruction has as
 * many. */
enum { MOST = 256 };

struct list {
    struct elfgen_x86_instruction instruction; /* with the size of its memory known */
    struct facts facts;
    bool useless, is_stack; /* the memory's segment is ss by default */
    bool (*found)(const struct elfgen_x86_encoding *encoding, void *context);
    void *context;
    size_t count, known_count;
    bool stopped;
    struct {
        uint8_t length, bytes[ELFGEN_X86_LONGEST];
    } known[MOST];
};

static bool is_known(const struct list *list, const struct elfgen_x86_encoding *encoding)
{
    for (size_t i = 0; i < list->known_count; i++)
        if (list->known[i].length == encoding->length &&
            memcmp(list->known[i].bytes, encoding->bytes, encoding->length) == 0)
            return true;
    return false;
}

static void report(struct list *list, const struct elfgen_x86_encoding *encoding)
{
    if (is_known(list, encoding) || list->stopped)
        return;
    if (list->known_count < MOST) {
        list->known[list->known_count].length = encoding->length;
        memcpy(list->known[list->known_count++].bytes, encoding->bytes, encoding->length);
    }
    list->count++;
    list->stopped = !list->found(encoding, list->context);
}

/* Writes a form in a shape, and reports it. */
static bool write_shape(struct list *list, const struct form *form, unsigned number,
                        const struct match *match, const struct shape *shape)
{
    struct elfgen_x86_encoding encoding;
    if (elfgen_x86_emit(form, &list->instruction, &list->facts, match, shape, &encoding) !=
        ELFGEN_X86_OK)
        return false;
    encoding.form = (uint16_t)number;
    encoding.blame = NO_BLAME;
    report(list, &encoding);
    return true;
}

/* Bits of REX that say nothing in this encoding: those of fields that it does not have. */
static uint8_t useless_rex(const struct list *list, const struct form *form,
                           const struct match *match)
{
    const bool has_modrm = form->modrm <= MODRM_REGISTER;
    const struct address *address = &list->facts.address;
    const bool has_memory = list->facts.memory != NO_BLAME && has_modrm;
    bool uses_rm = has_modrm, uses_reg = form->modrm == MODRM_REGISTER;
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        const uint8_t place = elfgen_x86_kinds[form->kinds[i]].place;
        uses_rm |= place == PLACE_OPCODE;
        /* REX.R does not reach segment registers. */
        if (place == PLACE_REG && form->kinds[i] == KIND_sreg)
            uses_reg = false;
    }
    uint8_t bits = uses_reg ? 0 : REX_R;
    if (!(has_memory && address->has_sib))
        bits |= REX_X;
    if (!uses_rm && form->opcode != 0x90)
        bits |= REX_B;
    /* mov with 32 bits, zero-extended, would be mov with 64. */
    if ((form->properties & WIDE) && match->size == 8 && form->kinds[1] != KIND_iud)
        bits |= REX_W;
    return bits;
}

/* The same with prefixes that say nothing, one at a time. */
static void write_useless(struct list *list, const struct form *form, unsigned number,
                          const struct match *match, const struct shape *usual)
{
    static const uint8_t segments[] = {ELFGEN_X86_REG_ds, ELFGEN_X86_REG_es, ELFGEN_X86_REG_cs,
                                       ELFGEN_X86_REG_ss};
    const bool is_64 = list->instruction.mode == 64;
    const uint8_t bits = useless_rex(list, form, match);
    struct shape shape = *usual;
    for (unsigned bit = 0; bit <= REX_W && is_64; bit = bit ? bit << 1 : 1) {
        if (bit && !(bits & bit))
            continue;
        shape.rex = (uint8_t)(REX | bit);
        write_shape(list, form, number, match, &shape);
    }
    shape.rex = 0;
    const uint8_t place = elfgen_x86_kinds[form->kinds[0]].place;
    /* Before jumps these bytes are hints, and ds is notrack. */
    const bool jumps = place == PLACE_TARGET || (form->opcode == 0xff && form->modrm >= 2 &&
                                                 form->modrm <= 5 && form->map == MAP_1);
    if (!is_64 || list->instruction.segment || jumps ||
        (list->facts.memory != NO_BLAME && list->instruction.operands[list->facts.memory].segment))
        return;
    for (size_t i = 0; i < sizeof segments; i++) {
        shape.segment = segments[i];
        write_shape(list, form, number, match, &shape);
    }
}

/* All shapes of a form. */
static void list_form(struct list *list, const struct form *form, unsigned number, bool useless)
{
    static const uint8_t displacements[] = {0, 1, 2, 4, 8};
    struct match match;
    if (elfgen_x86_match(form, &list->instruction, &list->facts, &match) != ELFGEN_X86_OK)
        return;
    const unsigned memory = list->facts.memory;
    /* In 64-bit code all segments but fs and gs are the same. */
    const bool has_segment = list->instruction.mode == 64 || memory == NO_BLAME ||
                             list->instruction.operands[memory].segment;
    for (unsigned i = 0; i < sizeof displacements * 8 && !list->stopped; i++) {
        const struct shape shape = {.displacement = displacements[i / 8],
                                    .sib = i & 1,
                                    .exchanged = i & 2,
                                    .index_alone = i & 4};
        if (memory == NO_BLAME) {
            if (i > 0)
                return;
        } else {
            const bool is_offset = elfgen_x86_kinds[form->kinds[memory]].place == PLACE_OFFSET;
            if (elfgen_x86_address(&list->instruction, &list->instruction.operands[memory], &shape,
                                   &list->facts.address) != ELFGEN_X86_OK ||
                (is_offset && (!list->facts.address.is_plain || shape.sib)) ||
                (!is_offset && shape.displacement == 8) ||
                (!has_segment && list->facts.address.is_stack != list->is_stack))
                continue;
        }
        if (!useless)
            write_shape(list, form, number, &match, &shape);
        else
            write_useless(list, form, number, &match, &shape);
    }
}

/* The size that the memory operand has in the encoding that is the usual one. */
static void set_memory_size(struct list *list, const struct elfgen_x86_encoding *usual)
{
    const struct form *form = elfgen_x86_form_row(list->instruction.mnemonic, usual->form);
    struct elfgen_x86_operand *operand = &list->instruction.operands[list->facts.memory];
    const uint8_t size = elfgen_x86_kinds[form->kinds[list->facts.memory]].size;
    if (operand->size == 0)
        operand->size = size == SIZE_OF_OPERAND ? usual->operand_size : size;
}

size_t elfgen_encodings(const struct elfgen_x86_instruction *instruction, bool useless,
                        bool (*found)(const struct elfgen_x86_encoding *encoding, void *context),
                        void *context)
{
    struct list list; /* known[] is large, and has no values yet */
    struct elfgen_x86_encoding usual;
    uint8_t blame;
    list.instruction = *instruction;
    list.useless = useless;
    list.found = found;
    list.context = context;
    list.count = list.known_count = 0;
    list.stopped = false;
    list.instruction.form = 0;
    list.instruction.direction = ELFGEN_X86_ANY_DIRECTION;
    if (elfgen_encode(&list.instruction, &usual) != ELFGEN_X86_OK)
        return 0;
    list.instruction.truncate = false;
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++)
        if (list.instruction.operands[i].kind == ELFGEN_X86_MEMORY)
            list.instruction.operands[i].displacement_size = 0;
    if (elfgen_x86_facts(&list.instruction, true, &list.facts, &blame) != ELFGEN_X86_OK)
        return 0;
    if (list.facts.memory != NO_BLAME) {
        set_memory_size(&list, &usual);
        if (elfgen_x86_facts(&list.instruction, true, &list.facts, &blame) != ELFGEN_X86_OK)
            return 0;
    }
    list.is_stack = list.facts.address.is_stack;
    const unsigned count = elfgen_x86_table[instruction->mnemonic].count;
    for (unsigned form = 1; form <= count && !list.stopped; form++)
        list_form(&list, &elfgen_x86_table[instruction->mnemonic].forms[form - 1], form, false);
    for (unsigned form = 1; useless && form <= count && !list.stopped; form++)
        list_form(&list, &elfgen_x86_table[instruction->mnemonic].forms[form - 1], form, true);
    return list.count;
}
