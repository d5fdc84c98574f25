/* Decides which forms of an instruction its operands allow, as NASM's matching of operands does. */
#include "match.h"

#include "address.h"

#define BIT(kind) (UINT64_C(1) << KIND_##kind)

/* The kinds that a register may be. */
static uint64_t kinds_of_register(unsigned reg)
{
    static const uint64_t by_class[] = {
        [CLASS_BYTE] = BIT(r8) | BIT(rm8) | BIT(op8),
        [CLASS_WORD] =
            BIT(rv) | BIT(rmv) | BIT(gv) | BIT(opv) | BIT(both) | BIT(r16) | BIT(rm16) | BIT(g16),
        [CLASS_DWORD] =
            BIT(rv) | BIT(rmv) | BIT(gv) | BIT(opv) | BIT(both) | BIT(r32) | BIT(rm32) | BIT(g32),
        [CLASS_QWORD] = BIT(rv) | BIT(rmv) | BIT(gv) | BIT(opv) | BIT(both) | BIT(r64) | BIT(g64),
        [CLASS_HIGH] = BIT(r8) | BIT(rm8) | BIT(op8),
        [CLASS_SEGMENT] = BIT(sreg),
        [CLASS_CONTROL] = BIT(creg),
        [CLASS_DEBUG] = BIT(dreg),
        [CLASS_XMM] = BIT(xmm) | BIT(x32) | BIT(x64) | BIT(x128) | BIT(xrm),
        [CLASS_POINTER] = 0};
    static const struct {
        uint8_t reg;
        uint64_t kinds;
    } special[] = {{ELFGEN_X86_REG_al, BIT(al)},   {ELFGEN_X86_REG_cl, BIT(cl)},
                   {ELFGEN_X86_REG_ax, BIT(acc)},  {ELFGEN_X86_REG_eax, BIT(acc)},
                   {ELFGEN_X86_REG_rax, BIT(acc)}, {ELFGEN_X86_REG_dx, BIT(dx)},
                   {ELFGEN_X86_REG_cx, BIT(cx)},   {ELFGEN_X86_REG_ecx, BIT(ecx)},
                   {ELFGEN_X86_REG_rcx, BIT(rcx)}, {ELFGEN_X86_REG_es, BIT(es)},
                   {ELFGEN_X86_REG_cs, BIT(cs)},   {ELFGEN_X86_REG_ss, BIT(ss)},
                   {ELFGEN_X86_REG_ds, BIT(ds)},   {ELFGEN_X86_REG_fs, BIT(fs)},
                   {ELFGEN_X86_REG_gs, BIT(gs)}};
    uint64_t kinds = by_class[class_of(reg)];
    if (number_of(reg) <= 2 || class_of(reg) == CLASS_SEGMENT)
        for (size_t i = 0; i < sizeof special / sizeof *special; i++)
            if (special[i].reg == reg)
                kinds |= special[i].kinds;
    return kinds;
}

static bool is_register(unsigned reg)
{
    switch (class_of(reg)) {
    case CLASS_BYTE:
    case CLASS_WORD:
    case CLASS_DWORD:
    case CLASS_QWORD:
    case CLASS_XMM:
        return true;
    case CLASS_HIGH:
        return number_of(reg) >= 4 && number_of(reg) < 8;
    case CLASS_SEGMENT:
        return number_of(reg) < 6;
    case CLASS_CONTROL:
        return number_of(reg) == 0 || (number_of(reg) >= 2 && number_of(reg) <= 4) ||
               number_of(reg) == 8;
    case CLASS_DEBUG:
        return number_of(reg) < 8;
    default:
        return false;
    }
}

/* In 32-bit code there are no 64-bit registers, and eight of each kind. */
static bool is_in_mode(unsigned reg, uint8_t mode)
{
    return mode == 64 || (class_of(reg) != CLASS_QWORD && number_of(reg) < 8 &&
                          !(class_of(reg) == CLASS_BYTE && number_of(reg) >= 4) &&
                          class_of(reg) != CLASS_POINTER);
}

uint8_t elfgen_x86_register_size(unsigned reg)
{
    static const uint8_t sizes[] = {[CLASS_BYTE] = 1,  [CLASS_WORD] = 2, [CLASS_DWORD] = 4,
                                    [CLASS_QWORD] = 8, [CLASS_HIGH] = 1, [CLASS_XMM] = 16};
    if (reg == ELFGEN_X86_REG_rip)
        return 8;
    if (reg == ELFGEN_X86_REG_eip)
        return 4;
    return is_register(reg) && class_of(reg) < sizeof sizes ? sizes[class_of(reg)] : 0;
}

/* The kinds that memory may be, by the size that was asked for. */
static uint64_t kinds_of_memory(const struct elfgen_x86_operand *operand)
{
    const uint64_t any = BIT(rmv) | BIT(mv);
    if (operand->reach == ELFGEN_X86_FAR)
        return operand->size == 0 || operand->size == 2 || operand->size == 4 || operand->size == 8
                   ? BIT(mfar)
                   : 0;
    switch (operand->size) {
    case 0:
        return any | BIT(rm8) | BIT(rm16) | BIT(rm32) | BIT(x32) | BIT(x64) | BIT(x128) | BIT(m) |
               BIT(many) | BIT(m8) | BIT(m16) | BIT(m32) | BIT(m64) | BIT(m128);
    case 1:
        return BIT(rm8) | BIT(m8) | BIT(many);
    case 2:
        return any | BIT(rm16) | BIT(m16) | BIT(many);
    case 4:
        return any | BIT(rm32) | BIT(m32) | BIT(x32) | BIT(many);
    case 8:
        return any | BIT(x64) | BIT(m64) | BIT(many);
    default:
        return BIT(x128) | BIT(m128) | BIT(many);
    }
}

/* The kinds that an immediate may be, by its value and the size that was asked for. */
static uint64_t kinds_of_immediate(const struct elfgen_x86_operand *operand, bool all)
{
    const bool is_known = !operand->symbolic, may_shrink = is_known && !operand->strict;
    const uint8_t size = all ? 0 : operand->size;
    uint64_t kinds = BIT(ibs) | BIT(iz);
    if (size <= 1)
        kinds |= BIT(ib) | BIT(ibu);
    if (size == 0 || size == 2)
        kinds |= BIT(iw);
    if (size == 0 && is_known && operand->value == 1)
        kinds |= BIT(one);
    if (size == 4)
        kinds |= BIT(imm32);
    if (size == 0 || size == 8) {
        kinds |= BIT(iq);
        if ((may_shrink || all) && operand->value >= 0 && operand->value <= UINT32_MAX)
            kinds |= BIT(iud);
        if ((may_shrink || all) && operand->value == (int32_t)operand->value)
            kinds |= BIT(isd);
    }
    return kinds;
}

static uint64_t kinds_of_target(const struct elfgen_x86_operand *operand, bool all)
{
    if (all)
        return BIT(rel8) | BIT(relz);
    switch (operand->reach) {
    case ELFGEN_X86_SHORT:
        return BIT(rel8);
    case ELFGEN_X86_NEAR:
        return BIT(relz);
    default:
        return BIT(rel8) | BIT(relz);
    }
}

static bool is_size(uint8_t size)
{
    return size == 0 || size == 1 || size == 2 || size == 4 || size == 8 || size == 16;
}

/* Looks at a memory operand. */
static enum elfgen_x86_status memory_facts(const struct elfgen_x86_instruction *instruction,
                                           const struct elfgen_x86_operand *operand, bool all,
                                           unsigned i, struct facts *facts)
{
    static const struct shape usual;
    if (!is_size(operand->size) || operand->reach > ELFGEN_X86_FAR ||
        (operand->segment &&
         (class_of(operand->segment) != CLASS_SEGMENT || !is_register(operand->segment))) ||
        (operand->scale > 5 && operand->scale != 8 && operand->scale != 9) ||
        !is_size(operand->displacement_size) || operand->displacement_size > 8)
        return ELFGEN_X86_BAD_INSTRUCTION;
    if (facts->memory != NO_BLAME)
        return ELFGEN_X86_NO_FORM;
    const enum elfgen_x86_status status =
        elfgen_x86_address(instruction, operand, &usual, &facts->address);
    if (status != ELFGEN_X86_OK)
        return status;
    facts->memory = (uint8_t)i;
    facts->sizes[i] = operand->size;
    facts->kinds[i] = kinds_of_memory(operand);
    if ((facts->address.is_plain ||
         (all && !operand->base && !operand->index && !operand->relative)) &&
        operand->reach != ELFGEN_X86_FAR && operand->size <= 8)
        facts->kinds[i] |= operand->size == 0   ? BIT(moffs8) | BIT(moffsv)
                           : operand->size == 1 ? BIT(moffs8)
                                                : BIT(moffsv);
    return ELFGEN_X86_OK;
}

static enum elfgen_x86_status operand_facts(const struct elfgen_x86_instruction *instruction,
                                            bool all, unsigned i, struct facts *facts)
{
    const struct elfgen_x86_operand *operand = &instruction->operands[i];
    switch (operand->kind) {
    case ELFGEN_X86_NO_OPERAND:
        facts->kinds[i] = BIT(none);
        return ELFGEN_X86_OK;
    case ELFGEN_X86_REGISTER_OPERAND:
        if (!is_register(operand->reg))
            return operand->reg == ELFGEN_X86_REG_rip || operand->reg == ELFGEN_X86_REG_eip
                       ? ELFGEN_X86_NO_FORM
                       : ELFGEN_X86_BAD_INSTRUCTION;
        if (!is_in_mode(operand->reg, instruction->mode))
            return ELFGEN_X86_OTHER_MODE;
        facts->kinds[i] = kinds_of_register(operand->reg);
        facts->sizes[i] = elfgen_x86_register_size(operand->reg);
        return ELFGEN_X86_OK;
    case ELFGEN_X86_MEMORY:
        return memory_facts(instruction, operand, all, i, facts);
    case ELFGEN_X86_IMMEDIATE:
        if (!is_size(operand->size) || operand->size > 8)
            return ELFGEN_X86_BAD_INSTRUCTION;
        facts->kinds[i] = kinds_of_immediate(operand, all);
        return ELFGEN_X86_OK;
    case ELFGEN_X86_TARGET:
        if (operand->reach > ELFGEN_X86_NEAR)
            return ELFGEN_X86_BAD_INSTRUCTION;
        facts->kinds[i] = kinds_of_target(operand, all);
        return ELFGEN_X86_OK;
    case ELFGEN_X86_FAR_TARGET:
        if (operand->size != 0 && operand->size != 2 && operand->size != 4)
            return ELFGEN_X86_BAD_INSTRUCTION;
        facts->kinds[i] = BIT(ptr);
        facts->sizes[i] = operand->size ? operand->size : 4;
        return ELFGEN_X86_OK;
    default:
        return ELFGEN_X86_BAD_INSTRUCTION;
    }
}

enum elfgen_x86_status elfgen_x86_facts(const struct elfgen_x86_instruction *instruction, bool all,
                                        struct facts *facts, uint8_t *blame)
{
    *facts = (struct facts){.memory = NO_BLAME, .all = all};
    *blame = NO_BLAME;
    if ((instruction->mode != 64 && instruction->mode != 32) ||
        instruction->direction > ELFGEN_X86_TO_REG ||
        (instruction->segment &&
         (class_of(instruction->segment) != CLASS_SEGMENT || !is_register(instruction->segment))))
        return ELFGEN_X86_BAD_INSTRUCTION;
    if (instruction->mnemonic == ELFGEN_X86_OP_NONE ||
        instruction->mnemonic >= ELFGEN_X86_MNEMONICS)
        return ELFGEN_X86_NO_MNEMONIC;
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        const enum elfgen_x86_status status = operand_facts(instruction, all, i, facts);
        if (status != ELFGEN_X86_OK) {
            *blame = (uint8_t)i;
            return status;
        }
    }
    return ELFGEN_X86_OK;
}

/* The operand sizes that a form has in code of this mode. */
static unsigned sizes_in_mode(const struct form *form, uint8_t mode)
{
    unsigned sizes = form->sizes;
    if (mode != 64)
        return sizes & ~8u;
    if (form->properties & WIDE)
        sizes &= ~4u;
    if (form->properties & NO16)
        sizes &= ~2u;
    return sizes;
}

/* Narrows the operand sizes by the size that was asked for an immediate. */
static unsigned narrow(const struct form *form, const struct elfgen_x86_instruction *instruction,
                       const struct facts *facts, unsigned i, unsigned sizes, bool *is_sized)
{
    const struct elfgen_x86_operand *operand = &instruction->operands[i];
    const uint8_t asked = facts->all && !(form->properties & PUSHED) ? 0 : operand->size;
    const bool is_byte = asked == 1 && elfgen_x86_kinds[form->kinds[i]].size == 1;
    if (form->properties & PUSHED) {
        const uint8_t usual = address_size_of_mode(instruction->mode);
        if (asked == 0 || (asked == 1 && is_byte) || (asked == 4 && usual == 8))
            return sizes & usual;
    }
    if (asked == 0 || (is_byte && form->kinds[i] == KIND_ibs))
        return sizes;
    if ((form->properties & SIZED_BY_IMMEDIATE) && asked <= 4)
        *is_sized = true;
    return form->kinds[i] == KIND_iz || form->kinds[i] == KIND_ibs ? sizes & asked : sizes;
}

/* Whether NASM takes the sign-extended byte for an immediate of an operand of `size` bytes. */
static bool fits_extended(const struct elfgen_x86_operand *operand, unsigned size, bool all)
{
    if ((operand->size == 1 && !all) || (all && operand->symbolic))
        return true;
    if ((operand->strict && !all) || operand->symbolic)
        return false;
    if (size == 8 && all)
        return operand->value == (int8_t)operand->value;
    return size == 2 ? (uint16_t)(operand->value + 128) <= 255
                     : (uint32_t)((uint64_t)operand->value + 128) <= 255;
}

/* Finds the operand size. */
static enum elfgen_x86_status find_size(const struct form *form,
                                        const struct elfgen_x86_instruction *instruction,
                                        const struct facts *facts, struct match *match)
{
    unsigned sizes = sizes_in_mode(form, instruction->mode), possible = sizes;
    bool by_operand = false, by_immediate = false;
    if (form->sizes && !sizes)
        return ELFGEN_X86_OTHER_MODE;
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS && form->kinds[i] != KIND_none; i++) {
        const struct kind_row *kind = &elfgen_x86_kinds[form->kinds[i]];
        if (kind->place == PLACE_IMMEDIATE) {
            sizes = narrow(form, instruction, facts, i, sizes, &by_immediate);
        } else if (kind->size == SIZE_OF_OPERAND) {
            const unsigned size = facts->sizes[i]          ? facts->sizes[i]
                                  : form->properties & FAR ? address_size_of_mode(instruction->mode)
                                                           : 0u;
            if (size) {
                sizes &= size;
                possible &= size;
                by_operand = true;
            }
        }
        if (form->sizes && !sizes) {
            match->blame = (uint8_t)i;
            return ELFGEN_X86_SIZE_MISMATCH;
        }
    }
    match->size = (uint8_t)sizes;
    if (facts->memory == NO_BLAME || facts->sizes[facts->memory] || by_immediate ||
        (form->properties & UNSIZED))
        return ELFGEN_X86_OK;
    const uint8_t size = elfgen_x86_kinds[form->kinds[facts->memory]].size;
    if (size == 0 || (size == SIZE_OF_OPERAND && by_operand))
        return ELFGEN_X86_OK;
    match->blame = facts->memory;
    match->candidates = size == SIZE_OF_OPERAND ? (uint8_t)possible : size;
    return ELFGEN_X86_SIZE_UNKNOWN;
}

enum elfgen_x86_status elfgen_x86_match(const struct form *form,
                                        const struct elfgen_x86_instruction *instruction,
                                        const struct facts *facts, struct match *match)
{
    const struct elfgen_x86_operand *operands = instruction->operands;
    *match = (struct match){.blame = NO_BLAME};
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++)
        if (!(facts->kinds[i] >> form->kinds[i] & 1)) {
            match->blame = (uint8_t)i;
            return ELFGEN_X86_NO_FORM;
        }
    if (form->properties & (instruction->mode == 64 ? ONLY32 : ONLY64))
        return ELFGEN_X86_OTHER_MODE;
    const enum elfgen_x86_status status = find_size(form, instruction, facts, match);
    if (status != ELFGEN_X86_OK)
        return status;
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++)
        if (form->kinds[i] == KIND_ibs && !fits_extended(&operands[i], match->size, facts->all)) {
            match->blame = (uint8_t)i;
            return ELFGEN_X86_NO_FORM;
        }
    if ((form->properties & NOT_BOTH_EAX) && instruction->mode == 64 &&
        operands[0].reg == ELFGEN_X86_REG_eax && operands[1].reg == ELFGEN_X86_REG_eax)
        return ELFGEN_X86_NO_FORM;
    /* Where a longer form is there too, a jump whose distance is not known is not short. */
    if (form->kinds[0] == KIND_rel8 && !facts->all &&
        (operands[0].symbolic || operands[0].strict) && operands[0].reach != ELFGEN_X86_SHORT &&
        form->opcode != 0xe3 && !(form->opcode >= 0xe0 && form->opcode <= 0xe2))
        return ELFGEN_X86_NO_FORM;
    return ELFGEN_X86_OK;
}
