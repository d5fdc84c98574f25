/* Tells what a general protection fault was about (Intel's manual, volume 3, 6.15, interrupt 13).
 */
#include "protection.h"

/* A decoded instruction with the registers before it. */
struct refused {
    const ZydisDecodedInstruction *source;
    const ZydisDecodedOperand *operands;
    const struct effects_state *state;
};

/* in, out and the like: privileged unless iopl or the bitmap of ioperm allows them. */
static bool is_io(ZydisMnemonic mnemonic)
{
    switch (mnemonic) {
    case ZYDIS_MNEMONIC_IN:
    case ZYDIS_MNEMONIC_OUT:
    case ZYDIS_MNEMONIC_INSB:
    case ZYDIS_MNEMONIC_INSW:
    case ZYDIS_MNEMONIC_INSD:
    case ZYDIS_MNEMONIC_OUTSB:
    case ZYDIS_MNEMONIC_OUTSW:
    case ZYDIS_MNEMONIC_OUTSD:
        return true;
    default:
        return false;
    }
}

/* cli and sti: privileged unless iopl allows them; ioperm has no say. */
static bool switches_interrupts(ZydisMnemonic mnemonic)
{
    return mnemonic == ZYDIS_MNEMONIC_CLI || mnemonic == ZYDIS_MNEMONIC_STI;
}

/* Those that a flag of a control register keeps for ring 0. */
static const char *flag_of(ZydisMnemonic mnemonic)
{
    switch (mnemonic) {
    case ZYDIS_MNEMONIC_SGDT:
    case ZYDIS_MNEMONIC_SIDT:
    case ZYDIS_MNEMONIC_SMSW:
    case ZYDIS_MNEMONIC_SLDT:
    case ZYDIS_MNEMONIC_STR:
        return "UMIP is set in cr4";
    case ZYDIS_MNEMONIC_RDTSC:
    case ZYDIS_MNEMONIC_RDTSCP:
        return "TSD is set in cr4 (PR_SET_TSC)";
    case ZYDIS_MNEMONIC_RDPMC:
        return "PCE is not set in cr4";
    default:
        return NULL;
    }
}

/* Whether ring 0 alone may execute it, whatever its operands. Zydis does not mark all of them. */
static bool is_privileged(const ZydisDecodedInstruction *source)
{
    switch (source->mnemonic) {
    case ZYDIS_MNEMONIC_LGDT:
    case ZYDIS_MNEMONIC_LIDT:
    case ZYDIS_MNEMONIC_LLDT:
    case ZYDIS_MNEMONIC_LTR:
    case ZYDIS_MNEMONIC_LMSW:
    case ZYDIS_MNEMONIC_SWAPGS:
    case ZYDIS_MNEMONIC_XSETBV:
        return true;
    default:
        return source->attributes & ZYDIS_ATTRIB_IS_PRIVILEGED;
    }
}

/* Whether it loads bits of which some are reserved. */
static bool loads_bits(const ZydisDecodedInstruction *source)
{
    switch (source->mnemonic) {
    case ZYDIS_MNEMONIC_LDMXCSR:
    case ZYDIS_MNEMONIC_VLDMXCSR:
    case ZYDIS_MNEMONIC_FXRSTOR:
    case ZYDIS_MNEMONIC_FXRSTOR64:
    case ZYDIS_MNEMONIC_XRSTOR:
    case ZYDIS_MNEMONIC_XRSTOR64:
        return true;
    default:
        return false;
    }
}

static bool loads_segment(const struct refused *refused)
{
    const ZydisDecodedInstruction *source = refused->source;
    const ZydisDecodedOperand *to = &refused->operands[0];
    if (source->mnemonic == ZYDIS_MNEMONIC_IRET || source->mnemonic == ZYDIS_MNEMONIC_IRETD ||
        source->mnemonic == ZYDIS_MNEMONIC_IRETQ ||
        source->meta.branch_type == ZYDIS_BRANCH_TYPE_FAR)
        return true;
    return to->type == ZYDIS_OPERAND_TYPE_REGISTER &&
           ZydisRegisterGetClass(to->reg.value) == ZYDIS_REGCLASS_SEGMENT;
}

/* ---- addresses ---- */

/* With addresses of 48 bits. A processor that uses 57 would have mapped or refused others by a page
 * fault, so that such an address is not the reason there; none of the kernel's is below 2^56. */
static bool is_canonical(uint64_t address)
{
    uint64_t upper = address >> 47;
    return upper == 0 || upper == UINT64_MAX >> 47;
}

/* Finds the address of an operand in memory. */
static bool find_address(const struct refused *refused, const ZydisDecodedOperand *operand,
                         uint64_t *address)
{
    if (operand->type != ZYDIS_OPERAND_TYPE_MEMORY || operand->mem.type != ZYDIS_MEMOP_TYPE_MEM)
        return false;
    struct effects_place place = effects_operand_place(refused->source, refused->operands, operand);
    *address = effects_address(&place, refused->state);
    return true;
}

/* Finds where a jump or call through a register goes. */
static bool find_target(const struct refused *refused, uint64_t *address)
{
    const ZydisDecodedOperand *to = &refused->operands[0];
    if (refused->source->meta.branch_type != ZYDIS_BRANCH_TYPE_NEAR ||
        to->type != ZYDIS_OPERAND_TYPE_REGISTER ||
        to->visibility != ZYDIS_OPERAND_VISIBILITY_EXPLICIT)
        return false;
    struct effects_place place = {.base = effects_register(to->reg.value),

                                  .index = EFFECTS_NONE,
                                  .bit = EFFECTS_NONE,
                                  .address_bits = 64};
    *address = effects_address(&place, refused->state);
    return place.base != EFFECTS_NONE;
}

static bool find_not_canonical(const struct refused *refused, uint64_t *address)
{
    if (refused->source->machine_mode != ZYDIS_MACHINE_MODE_LONG_64)
        return false;
    if (find_target(refused, address) && !is_canonical(*address))
        return true;
    for (size_t i = 0; i < refused->source->operand_count; i++)
        if (find_address(refused, &refused->operands[i], address) && !is_canonical(*address))
            return true;
    return false;
}

/* ---- alignment ---- */

/* Instructions of SSE that take any address. */
static bool takes_any_address(ZydisMnemonic mnemonic)
{
    switch (mnemonic) {
    case ZYDIS_MNEMONIC_MOVUPS:
    case ZYDIS_MNEMONIC_MOVUPD:
    case ZYDIS_MNEMONIC_MOVDQU:
    case ZYDIS_MNEMONIC_LDDQU:
    case ZYDIS_MNEMONIC_MASKMOVDQU:
    case ZYDIS_MNEMONIC_PCMPESTRI:
    case ZYDIS_MNEMONIC_PCMPESTRM:
    case ZYDIS_MNEMONIC_PCMPISTRI:
    case ZYDIS_MNEMONIC_PCMPISTRM:
        return true;
    default:
        return false;
    }
}

/* What an address of the operand must be a multiple of. */
static unsigned alignment_of(const ZydisDecodedInstruction *source,
                             const ZydisDecodedOperand *operand)
{
    enum { SSE = 16, XSAVE = 64 };
    switch (source->mnemonic) {
    case ZYDIS_MNEMONIC_CMPXCHG16B:
    case ZYDIS_MNEMONIC_FXSAVE:
    case ZYDIS_MNEMONIC_FXSAVE64:
    case ZYDIS_MNEMONIC_FXRSTOR:
    case ZYDIS_MNEMONIC_FXRSTOR64:
        return SSE;
    default:
        break;
    }
    if (source->meta.category == ZYDIS_CATEGORY_XSAVE ||
        source->meta.category == ZYDIS_CATEGORY_XSAVEOPT)
        return XSAVE;
    if (operand->size < 8 * SSE || takes_any_address(source->mnemonic))
        return 1;
    switch (source->meta.exception_class) {
    case ZYDIS_EXCEPTION_CLASS_SSE1:
    case ZYDIS_EXCEPTION_CLASS_AVX1:
    case ZYDIS_EXCEPTION_CLASS_E1:
    case ZYDIS_EXCEPTION_CLASS_E1NF:
        return operand->size / 8u;
    case ZYDIS_EXCEPTION_CLASS_SSE2:
    case ZYDIS_EXCEPTION_CLASS_SSE4:
        return SSE;
    default:
        return 1;
    }
}

static bool find_misaligned(const struct refused *refused, uint64_t *address, unsigned *alignment)
{
    for (size_t i = 0; i < refused->source->operand_count; i++) {
        *alignment = alignment_of(refused->source, &refused->operands[i]);
        if (find_address(refused, &refused->operands[i], address) && *address % *alignment != 0)
            return true;
    }
    return false;
}

/* ---- the sentence ---- */

static void put_operand(struct elfgen_text *out, const struct refused *refused)
{
    uint64_t address;
    unsigned alignment;
    if (find_not_canonical(refused, &address)) {
        elfgen_text_string(out, "the address ");
        elfgen_text_0x(out, address);
        elfgen_text_string(out, " is not canonical");
    } else if (find_misaligned(refused, &address, &alignment)) {
        elfgen_text_string(out, "the operand is misaligned: ");
        elfgen_text_0x(out, address);
        elfgen_text_string(out, " is not a multiple of ");
        elfgen_text_decimal(out, alignment, 0);
    } else if (loads_bits(refused->source)) {
        elfgen_text_string(out, "reserved bits are set in what it loads");
    } else if (loads_segment(refused)) {
        elfgen_text_string(out, "a segment that ring 3 may not load");
    }
}

void x86_put_protection(struct elfgen_text *out, const struct x86 *machine, const uint8_t *bytes,
                        size_t size, const struct effects_state *state)
{
    ZydisDecodedInstruction source;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    const struct refused refused = {&source, operands, state};
    if (!x86_decode(machine, bytes, size, &source, operands))
        return;
    const char *flag = flag_of(source.mnemonic);
    if (is_io(source.mnemonic)) {
        elfgen_text_string(out, "an I/O instruction: neither iopl nor ioperm allows it");
    } else if (switches_interrupts(source.mnemonic)) {
        elfgen_text_string(out, "it switches interrupts: for ring 0, or where iopl allows it");
    } else if (flag) {
        elfgen_text_string(out, "for ring 0 only, since ");
        elfgen_text_string(out, flag);
    } else if (is_privileged(&source)) {
        elfgen_text_string(out, "a privileged instruction: for ring 0 only");
    } else if (source.mnemonic == ZYDIS_MNEMONIC_INT) {
        elfgen_text_string(out, "an interrupt that ring 3 may not raise");
    } else {
        put_operand(out, &refused);
    }
}
