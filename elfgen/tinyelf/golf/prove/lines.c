/* What a stopped program does, as what can be compared and as a line of strace. */
#include "trace_private.h"

#include <signal.h>
#include <string.h>

#include "base/maps.h"
#include "memory.h"
#include "ptrace/registers.h"
#include "strace/line.h"

const char *golf_call_name(struct golf_tracer *tracer)
{
    const struct process_call *call = &tracer->run.process.call;
    const struct call *known = syscall_find(&tracer->calls, call->abi, call->number);
    return known ? known->name : NULL;
}

/* The instruction that faulted. A trap comes after it: what it was is in si_code. */
static ZydisMnemonic faulting(struct golf_tracer *tracer)
{
    const pid_t id = tracer->run.process.id;
    struct code_registers registers;
    uint8_t bytes[ZYDIS_MAX_INSTRUCTION_LENGTH];
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    if (tracer->run.signal.si_signo == SIGTRAP || !registers_read_code(id, &registers))
        return ZYDIS_MNEMONIC_INVALID;
    size_t size = process_read(id, registers.instruction, bytes, sizeof bytes);
    return x86_decode(tracer->decoders[registers.is_32_bit], bytes, size, &instruction, operands)
               ? instruction.mnemonic
               : ZYDIS_MNEMONIC_INVALID;
}

void golf_fault_key(struct golf_tracer *tracer)
{
    const siginfo_t *signal = &tracer->run.signal;
    tracer->key.size = 0;
    golf_bytes_put_number(&tracer->key, (uint64_t)signal->si_signo);
    golf_bytes_put_number(&tracer->key, (uint64_t)(int64_t)signal->si_code);
    golf_bytes_put_number(&tracer->key, faulting(tracer));
}

uint64_t golf_stack_size(pid_t id)
{
    struct maps maps;
    struct maps_line line;
    uint64_t size = 0;
    maps_open(&maps, id);
    while (maps_next(&maps, &line))
        if (strcmp(line.name, "[stack]") == 0)
            size = line.end - line.start;
    maps_close(&maps);
    return size;
}

/* ---- lines ---- */

static void end_line(struct elfgen_text *text)
{
    if (text->cut)
        memcpy(text->bytes + text->length - 3, "...", 3);
    text->bytes[text->length] = '\0';
}

static size_t read_process(void *context, uint64_t address, void *bytes, size_t size)
{
    const pid_t *id = context;
    return process_read(*id, address, bytes, size);
}

/* A call whose parameters are not known has all registers that it may. */
static void put_call(struct golf_tracer *tracer, bool has_result, struct elfgen_text *text)
{
    const struct process *process = &tracer->run.process;
    const struct process_call *call = &process->call;
    const struct call *known = syscall_find(&tracer->calls, call->abi, call->number);
    const struct call_row *row = known ? known->row : NULL;
    if (known) {
        elfgen_text_string(text, known->name);
    } else {
        elfgen_text_string(text, "syscall_");
        elfgen_text_0x(text, call->number);
    }
    elfgen_text_char(text, '(');
    const char *between = "";
    for (unsigned i = 0; row && row->parameters[i].name; i++) {
        if (strace_argument_is_absent(call, row, i))
            continue;
        elfgen_text_string(text, between);
        strace_process_argument(text, process->id, call, row, i, has_result);
        between = ", ";
    }
    elfgen_text_char(text, ')');
}

void golf_call_line(struct golf_tracer *tracer, bool has_result, char line[GOLF_LINE])
{
    struct elfgen_text text = {.bytes = line, .capacity = GOLF_LINE - 1};
    const struct process *process = &tracer->run.process;
    const struct process_call *call = &process->call;
    const struct call *known = syscall_find(&tracer->calls, call->abi, call->number);
    put_call(tracer, has_result, &text);
    if (has_result) {
        elfgen_text_string(&text, " = ");
        pid_t id = process->id;
        const struct memory_reader reader = {.read = read_process, .context = &id};
        strace_result_text(&text, call, known ? known->row : NULL, &reader);
    }
    end_line(&text);
}

void golf_fault_line(struct golf_tracer *tracer, char line[GOLF_LINE])
{
    struct elfgen_text text = {.bytes = line, .capacity = GOLF_LINE - 1};
    const char *name = x86_mnemonic(faulting(tracer));
    elfgen_text_string(&text, "--- ");
    strace_signal_text(&text, tracer->run.signal.si_signo);
    elfgen_text_char(&text, ' ');
    strace_siginfo_text(&text, &tracer->run.signal);
    elfgen_text_string(&text, " ---");
    if (name && tracer->run.signal.si_signo != SIGTRAP) {
        elfgen_text_string(&text, " at ");
        elfgen_text_string(&text, name);
    }
    end_line(&text);
}
