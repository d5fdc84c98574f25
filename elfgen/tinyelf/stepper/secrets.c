/* Follows what is secret from register to register, through memory and through system calls. */
#include "secrets.h"

#include <stdlib.h>
#include <string.h>

#include "effects_state.h"
#include "secrets_memory.h"
#include "syscalls/table.h"

enum { HANDLERS = 16 }; /* signal handlers within each other */

/* How secret all registers are. The flags are two values, what they came from and where. */
struct state {
    uint8_t registers[STEP_REGISTERS], vectors;
};

struct step_secrets {
    struct x86 *decoders[2]; /* by is_64_bit */
    struct state now, saved[HANDLERS];
    size_t saved_count;
    bool is_moved;     /* Linux chooses the address of the program */
    bool has_no_input; /* descriptor 0 is closed, or something else */
    uint64_t break_start;
    struct secrets_memory memory;
    struct calls numbers;
};

static uint8_t most_of(uint8_t a, uint8_t b)
{
    return a > b ? a : b;
}

/* ---- the start ---- */

/* What a mapping has when the program starts: its own bytes and zeros are public. */
static void take_mappings(struct step_secrets *secrets, const struct step_recording *recording)
{
    for (size_t i = 0; i < recording->mapping_count; i++) {
        const struct step_mapping *mapping = &recording->mappings[i];
        bool own = mapping->file == 0 || mapping->file == STEP_NONE;
        secrets_memory_map(&secrets->memory, mapping->start, mapping->end - mapping->start,
                           own ? STEP_PUBLIC : STEP_SECRET_CONTENT);
    }
}

struct step_secrets *step_secrets_open(const struct step_recording *recording, bool is_moved)
{
    struct step_secrets *secrets = calloc(1, sizeof *secrets);
    if (!secrets)
        return NULL;
    take_mappings(secrets, recording);
    secrets->is_moved = is_moved;
    static const enum step_register known[] = {STEP_rip, STEP_eflags, STEP_cs, STEP_ss,
                                               STEP_ds,  STEP_es,     STEP_fs, STEP_gs};
    for (size_t i = 0; i < STEP_REGISTERS; i++)
        if (recording->start.value[i] != 0)
            secrets->now.registers[i] = STEP_SECRET_ADDRESS;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        secrets->now.registers[known[i]] = STEP_PUBLIC;
    return secrets;
}

void step_secrets_close(struct step_secrets *secrets)
{
    if (!secrets)
        return;
    secrets_memory_free(&secrets->memory);
    free(secrets->decoders[0]);
    free(secrets->decoders[1]);
    free(secrets);
}

/* The decoder of a width, which is opened when it is first needed; NULL: there is no memory. */
static const struct x86 *decoder_of(struct step_secrets *secrets, bool is_64_bit)
{
    struct x86 **decoder = &secrets->decoders[is_64_bit];
    if (!*decoder) {
        *decoder = calloc(1, sizeof **decoder);
        if (*decoder)
            x86_open_width(*decoder, is_64_bit, SYNTAX_INTEL);
    }
    return *decoder;
}

/* ---- an instruction ---- */

/* An instruction that is being followed. */
struct flow {
    struct step_secrets *secrets;
    const struct step_record *record;
    ZydisDecodedInstruction source;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    struct effects effects;
    struct effects_state state;
    uint8_t own;      /* of the address of the instruction itself */
    uint8_t in;       /* the most secret value that goes in */
    uint32_t written; /* a bit for each register that the operands account for */
};

/* The register of a general register's number in the encoding. */
static enum step_register general(uint8_t number)
{
    static const enum step_register order[X86_REGISTERS] = {
        STEP_rax, STEP_rcx, STEP_rdx, STEP_rbx, STEP_rsp, STEP_rbp, STEP_rsi, STEP_rdi,
        STEP_r8,  STEP_r9,  STEP_r10, STEP_r11, STEP_r12, STEP_r13, STEP_r14, STEP_r15};
    return order[number % X86_REGISTERS];
}

/* Whether a register only leads to the memory that an instruction uses, or counts it: rsp of a
 * push, rsi, rdi and rcx of rep movsb. */
static bool is_pointer(const struct flow *flow, const ZydisDecodedOperand *operand)
{
    uint8_t number = effects_register(operand->reg.value);
    bool is_one = number == X86_RSP || number == X86_RSI || number == X86_RDI || number == X86_RCX;
    if (operand->visibility != ZYDIS_OPERAND_VISIBILITY_HIDDEN || !is_one)
        return false;
    switch (flow->source.meta.category) {
    case ZYDIS_CATEGORY_STRINGOP:
    case ZYDIS_CATEGORY_PUSH:
    case ZYDIS_CATEGORY_POP:
    case ZYDIS_CATEGORY_CALL:
    case ZYDIS_CATEGORY_RET:
    case ZYDIS_CATEGORY_COND_BR: /* loop and its like */
        return true;
    default:
        return false;
    }
}

static bool is_flags(ZydisRegister name)
{
    return ZydisRegisterGetClass(name) == ZYDIS_REGCLASS_FLAGS;
}

static bool is_ip(ZydisRegister name)
{
    return ZydisRegisterGetClass(name) == ZYDIS_REGCLASS_IP;
}

static bool is_segment(ZydisRegister name)
{
    return ZydisRegisterGetClass(name) == ZYDIS_REGCLASS_SEGMENT;
}

/* The place of a register in the state; NULL: it is not followed. */
static uint8_t *cell(struct step_secrets *secrets, ZydisRegister name)
{
    uint8_t number = effects_register(name);
    if (number != EFFECTS_NONE)
        return &secrets->now.registers[general(number)];
    if (is_flags(name))
        return &secrets->now.registers[STEP_eflags];
    return is_ip(name) || is_segment(name) ? NULL : &secrets->now.vectors;
}

/* What goes into an instruction besides its operands. */
static uint8_t of_no_operand(const struct flow *flow)
{
    const uint8_t *registers = flow->secrets->now.registers;
    switch (flow->source.mnemonic) {
    case ZYDIS_MNEMONIC_RDFSBASE:
        return registers[STEP_fs_base];
    case ZYDIS_MNEMONIC_RDGSBASE:
        return registers[STEP_gs_base];
    case ZYDIS_MNEMONIC_SGDT: /* where the kernel has its tables */
    case ZYDIS_MNEMONIC_SIDT:
        return STEP_SECRET_ADDRESS;
    default:
        return STEP_PUBLIC;
    }
}

/* Registers from which an address is computed. */
static uint8_t of_address(struct flow *flow, const ZydisDecodedOperandMem *memory)
{
    uint8_t most = STEP_PUBLIC;
    const ZydisRegister both[] = {memory->base, memory->index};
    for (size_t i = 0; i < 2; i++) {
        uint8_t *from = both[i] == ZYDIS_REGISTER_NONE ? NULL : cell(flow->secrets, both[i]);
        most = most_of(most, from ? *from : is_ip(both[i]) ? flow->own : STEP_PUBLIC);
    }
    return most;
}

static void take_input(struct flow *flow, const ZydisDecodedOperand *operand)
{
    if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY) {
        uint8_t address = of_address(flow, &operand->mem);
        /* What is at a stack's address is not secret for that, what is in a table at the place of
         * a letter is. */
        if (operand->mem.type == ZYDIS_MEMOP_TYPE_AGEN || address == STEP_SECRET_CONTENT)
            flow->in = most_of(flow->in, address);
    } else if (operand->type == ZYDIS_OPERAND_TYPE_REGISTER &&
               (operand->actions & ZYDIS_OPERAND_ACTION_MASK_READ) && !is_pointer(flow, operand)) {
        const uint8_t *from = cell(flow->secrets, operand->reg.value);
        flow->in = most_of(flow->in, from ? *from : STEP_PUBLIC);
    }
}

static void put_output(struct flow *flow, const ZydisDecodedOperand *operand)
{
    if (operand->type != ZYDIS_OPERAND_TYPE_REGISTER ||
        !(operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE))
        return;
    ZydisRegister name = operand->reg.value;
    uint8_t *to = cell(flow->secrets, name), number = effects_register(name);
    if (number != EFFECTS_NONE)
        flow->written |= UINT32_C(1) << general(number);
    if (!to || is_pointer(flow, operand))
        return;
    if (is_flags(name)) { /* what an address leaves in the flags says nothing */
        *to = flow->in == STEP_SECRET_CONTENT ? STEP_SECRET_CONTENT : STEP_PUBLIC;
        return;
    }
    bool whole = number != EFFECTS_NONE && operand->size >= 32 &&
                 (operand->actions & ZYDIS_OPERAND_ACTION_CONDWRITE) == 0;
    *to = whole ? flow->in : most_of(*to, flow->in);
}

/* Whether its result does not depend on the register that it names twice. */
static bool clears(const struct flow *flow)
{
    const ZydisDecodedOperand *operands = flow->operands;
    return (flow->source.mnemonic == ZYDIS_MNEMONIC_XOR ||
            flow->source.mnemonic == ZYDIS_MNEMONIC_SUB) &&
           operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
           operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
           operands[0].reg.value == operands[1].reg.value;
}

/* Exchanges of registers and leave have two results. Returns false for other instructions. */
static bool follow_pairs(struct flow *flow)
{
    const ZydisDecodedOperand *operands = flow->operands;
    uint8_t *registers = flow->secrets->now.registers;
    if (flow->source.mnemonic == ZYDIS_MNEMONIC_LEAVE) {
        registers[STEP_rsp] = registers[STEP_rbp];
        registers[STEP_rbp] = (uint8_t)secrets_memory_get(
            &flow->secrets->memory, flow->record->before.value[STEP_rbp], sizeof(uint64_t));
        flow->written |= UINT32_C(1) << STEP_rsp | UINT32_C(1) << STEP_rbp;
        return true;
    }
    if (flow->source.mnemonic != ZYDIS_MNEMONIC_XCHG ||
        operands[0].type != ZYDIS_OPERAND_TYPE_REGISTER ||
        operands[1].type != ZYDIS_OPERAND_TYPE_REGISTER || operands[0].size < 32)
        return false;
    enum step_register a = general(effects_register(operands[0].reg.value));
    enum step_register b = general(effects_register(operands[1].reg.value));
    uint8_t old = registers[a];
    registers[a] = registers[b];
    registers[b] = old;
    flow->written |= UINT32_C(1) << a | UINT32_C(1) << b;
    return true;
}

static void follow_operands(struct flow *flow)
{
    struct secrets_memory *memory = &flow->secrets->memory;
    const struct effects *effects = &flow->effects;
    if (effects_is_idle(effects, &flow->state) || follow_pairs(flow))
        return;
    flow->in = of_no_operand(flow);
    for (uint8_t i = 0; i < flow->source.operand_count; i++)
        take_input(flow, &flow->operands[i]);
    for (uint8_t i = 0; i < effects->read_count; i++)
        flow->in = most_of(flow->in, (uint8_t)secrets_memory_get(
                                         memory, effects_address(&effects->reads[i], &flow->state),
                                         effects->reads[i].size));
    if (flow->source.meta.category == ZYDIS_CATEGORY_CALL)
        flow->in = flow->own; /* it pushes an address of the code alone */
    if (clears(flow))
        flow->in = STEP_PUBLIC;
    for (uint8_t i = 0; i < effects->write_count; i++)
        secrets_memory_set(memory, effects_address(&effects->writes[i], &flow->state),
                           effects->writes[i].size, (enum step_secrecy)flow->in);
    for (uint8_t i = 0; i < flow->source.operand_count; i++)
        put_output(flow, &flow->operands[i]);
}

/* Sets what a record changed in memory. */
static void set_changes(struct step_secrets *secrets, const struct step_record *record,
                        enum step_secrecy secrecy)
{
    struct step_piece piece;
    size_t position = 0;
    while (recording_next_piece(record, &position, &piece))
        if (piece.kind == STEP_PIECE_MEMORY)
            secrets_memory_set(&secrets->memory, piece.value, piece.size, secrecy);
}

/* Registers that changed, but not by what is known of the operands. */
static void set_others(struct step_secrets *secrets, const struct step_record *record,
                       uint32_t accounted, enum step_secrecy secrecy)
{
    for (size_t i = 0; i < STEP_REGISTERS; i++)
        if (i != STEP_rip && (record->changed & ~accounted) >> i & 1)
            secrets->now.registers[i] = (uint8_t)secrecy;
}

static uint8_t secrecy_of_code(const struct step_secrets *secrets, const struct step_record *record)
{
    const struct step_instruction *what = record->instruction;
    return what->file != 0 || secrets->is_moved ? STEP_SECRET_ADDRESS : STEP_PUBLIC;
}

static void follow_instruction(struct step_secrets *secrets, const struct step_record *record)
{
    const struct step_instruction *what = record->instruction;
    const struct x86 *decoder = decoder_of(secrets, what->is_64_bit);
    struct flow flow = {.secrets = secrets,
                        .record = record,
                        .own = secrecy_of_code(secrets, record),
                        .written = UINT32_C(1) << STEP_eflags,
                        .state =
                            recording_effects_state(&record->before, what->address + what->length)};
    if (!decoder) /* nothing is known of what it does */
        secrets->memory.full = true;
    else if (effects_of(decoder, what->bytes, what->length, &flow.effects) &&
             x86_decode(decoder, what->bytes, what->length, &flow.source, flow.operands))
        follow_operands(&flow);
    if (flow.effects.elsewhere)
        set_changes(secrets, record, STEP_SECRET_CONTENT);
    set_others(secrets, record, flow.written, STEP_SECRET_CONTENT);
}

/* ---- calls ---- */

/* A call of a record. */
struct asked {
    const struct call *call; /* NULL: it is unknown */
    uint64_t arguments[ELFGEN_ARGUMENTS];
    uint8_t secrecy[ELFGEN_ARGUMENTS];
    int64_t answer;
    bool made, answered;
};

static struct asked call_of(struct step_secrets *secrets, const struct step_record *record)
{
    struct asked asked = {.call = NULL};
    struct step_piece piece;
    size_t position = 0;
    uint32_t abi = CALL_NATIVE;
    while (recording_next_piece(record, &position, &piece)) {
        if (piece.kind == STEP_PIECE_CALL && piece.number < CALL_ABIS) {
            abi = piece.number;
            asked.made = true;
            asked.call = syscall_find(&secrets->numbers, (enum call_abi)abi, piece.value);
        } else if (piece.kind == STEP_PIECE_ARGUMENT && piece.number < ELFGEN_ARGUMENTS) {
            enum step_register from =
                recording_register_named(syscall_abi(abi)->arguments[piece.number]);
            asked.arguments[piece.number] = piece.value;
            if (from < STEP_REGISTERS)
                asked.secrecy[piece.number] = secrets->now.registers[from];
        } else if (piece.kind == STEP_PIECE_ANSWER) {
            asked.answered = true;
            asked.answer = (int64_t)piece.value;
        }
    }
    return asked;
}

static bool is_named(const struct asked *asked, const char *name)
{
    return asked->call && strcmp(asked->call->name, name) == 0;
}

static enum step_secrecy of_answer(const struct asked *asked)
{
    const struct call_row *row = asked->call ? asked->call->row : NULL;
    if (syscall_is_error(asked->answer))
        return STEP_PUBLIC;
    if (!row)
        return STEP_SECRET_CONTENT;
    if (row->result_kind == ELFGEN_RESULT_PAGE || is_named(asked, "brk"))
        return STEP_SECRET_ADDRESS;
    if (row->result_kind == ELFGEN_RESULT_COUNT)
        return row->count_in < ELFGEN_ARGUMENTS ? (enum step_secrecy)asked->secrecy[row->count_in]
                                                : STEP_SECRET_CONTENT;
    switch (row->result) {
    case CALL_TYPE_PID:
    case CALL_TYPE_VFORK:
    case CALL_TYPE_UID:
    case CALL_TYPE_GID:
    case CALL_TYPE_UID16:
        return STEP_SECRET_CONTENT;
    case CALL_TYPE_ADDRESS:
    case CALL_TYPE_NEW_ADDRESS:
        return STEP_SECRET_ADDRESS;
    default:
        return STEP_PUBLIC;
    }
}

/* Whether a call takes the user's input from descriptor 0. */
static bool ends_input(const struct asked *asked)
{
    const uint64_t *arguments = asked->arguments;
    if (is_named(asked, "close") || is_named(asked, "close_range"))
        return (uint32_t)arguments[0] == 0;
    if (is_named(asked, "dup2") || is_named(asked, "dup3"))
        return (uint32_t)arguments[1] == 0 && (uint32_t)arguments[0] != 0;
    /* What gets the number 0 was not there before. */
    return asked->call && asked->call->row && asked->call->row->result == CALL_TYPE_FD &&
           asked->answer == 0;
}

bool step_secrets_is_input(const struct step_secrets *secrets, const char *call,
                           uint64_t descriptor)
{
    return strcmp(call, "read") == 0 && descriptor == 0 && !secrets->has_no_input;
}

/* Memory that a call gives to the program. */
static void follow_mapping(struct step_secrets *secrets, const struct asked *asked)
{
    enum { ANONYMOUS = 0x20 }; /* MAP_ANONYMOUS */
    const uint64_t *arguments = asked->arguments;
    uint64_t answer = (uint64_t)asked->answer;
    if (syscall_is_error(asked->answer))
        return;
    if (is_named(asked, "mmap") || is_named(asked, "mmap2")) {
        secrets_memory_map(&secrets->memory, answer, arguments[1],
                           arguments[3] & ANONYMOUS ? STEP_PUBLIC : STEP_SECRET_CONTENT);
    } else if (is_named(asked, "brk")) {
        if (secrets->break_start == 0)
            secrets->break_start = answer;
        else if (answer > secrets->break_start)
            secrets_memory_map(&secrets->memory, secrets->break_start,
                               answer - secrets->break_start, STEP_PUBLIC);
        secrets->break_start = answer;
    }
}

static void follow_call(struct step_secrets *secrets, const struct step_record *record,
                        const struct asked *asked)
{
    uint8_t *registers = secrets->now.registers;
    if (!asked->answered)
        return;
    if (asked->call && strstr(asked->call->name, "sigreturn")) {
        if (secrets->saved_count > 0)
            secrets->now = secrets->saved[--secrets->saved_count];
        else
            set_others(secrets, record, 0, STEP_SECRET_CONTENT);
        return;
    }
    bool is_input =
        asked->call && step_secrets_is_input(secrets, asked->call->name, asked->arguments[0]);
    secrets->has_no_input = secrets->has_no_input || ends_input(asked);
    set_changes(secrets, record, is_input ? STEP_PUBLIC : STEP_SECRET_CONTENT);
    if (is_named(asked, "read") && asked->answer > 0)
        secrets_memory_set(&secrets->memory, asked->arguments[1], (uint64_t)asked->answer,
                           is_input ? STEP_PUBLIC : STEP_SECRET_CONTENT);
    follow_mapping(secrets, asked);
    set_others(secrets, record,
               UINT32_C(1) << STEP_rax | UINT32_C(1) << STEP_rcx | UINT32_C(1) << STEP_r11,
               STEP_SECRET_CONTENT);
    registers[STEP_rax] = (uint8_t)of_answer(asked);
    /* syscall leaves the next instruction's address and the flags there (SDM, volume 2). */
    if (record->changed >> STEP_rcx & 1)
        registers[STEP_rcx] = secrecy_of_code(secrets, record);
    registers[STEP_r11] = record->changed >> STEP_r11 & 1 ? STEP_PUBLIC : registers[STEP_r11];
}

/* ---- records ---- */

/* The kernel enters a handler: it has the signal's number and addresses on the stack. */
static void follow_handler(struct step_secrets *secrets, const struct step_record *record)
{
    if (secrets->saved_count < HANDLERS)
        secrets->saved[secrets->saved_count++] = secrets->now;
    set_changes(secrets, record, STEP_SECRET_CONTENT);
    set_others(secrets, record, UINT32_C(1) << STEP_eflags, STEP_SECRET_ADDRESS);
    secrets->now.registers[STEP_rdi] = secrets->now.registers[STEP_rax] = STEP_PUBLIC;
}

void step_secrets_follow(struct step_secrets *secrets, const struct step_record *record)
{
    struct asked asked;
    switch (record->kind) {
    case STEP_RAN:
    case STEP_LAST:
        if (!record->instruction)
            break;
        asked = call_of(secrets, record);
        if (asked.made)
            follow_call(secrets, record, &asked);
        else
            follow_instruction(secrets, record);
        return;
    case STEP_HANDLER:
        follow_handler(secrets, record);
        return;
    case STEP_RESTART: /* rax is the call's number again */
        secrets->now.registers[STEP_rax] = STEP_PUBLIC;
        set_others(secrets, record, UINT32_C(1) << STEP_rax, STEP_SECRET_CONTENT);
        return;
    case STEP_EXEC:
        memset(&secrets->now, STEP_SECRET_CONTENT, sizeof secrets->now);
        secrets->memory.full = true;
        return;
    case STEP_FAULT:
    case STEP_SIGNAL:
    case STEP_STOPPED:
    case STEP_KINDS:
        break;
    }
    set_others(secrets, record, 0, STEP_SECRET_CONTENT);
}

enum step_secrecy step_secrets_register(const struct step_secrets *secrets,
                                        enum step_register which)
{
    return (enum step_secrecy)secrets->now.registers[which];
}

enum step_secrecy step_secrets_vectors(const struct step_secrets *secrets)
{
    return (enum step_secrecy)secrets->now.vectors;
}

enum step_secrecy step_secrets_memory(const struct step_secrets *secrets, uint64_t address,
                                      uint64_t size)
{
    return secrets_memory_get(&secrets->memory, address, size);
}
