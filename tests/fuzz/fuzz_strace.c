/* Fuzzes a trace's lines: events of two processes with any registers and memory. The input is a
 * list of calls, each a kind, a number, registers and a result; the rest is memory at a low
 * address, so that registers point into it. */
#include <stdlib.h>
#include <string.h>

#include "strace/line.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { MEMORY_AT = 0x100, MOST_EVENTS = 32, MOST_TEXT = 1 << 19, MOST_READINGS = 1 << 20 };

struct memory {
    const uint8_t *bytes;
    size_t size, readings;
};

static size_t read_memory(void *context, uint64_t address, void *bytes, size_t size)
{
    struct memory *memory = context;
    if (++memory->readings > MOST_READINGS)
        abort();
    if (address < MEMORY_AT || address - MEMORY_AT >= memory->size)
        return 0;
    size_t there = memory->size - (size_t)(address - MEMORY_AT);
    size = size < there ? size : there;
    memcpy(bytes, memory->bytes + (address - MEMORY_AT), size);
    return size;
}

static size_t written;

static void discard(struct elfgen_text *text)
{
    for (size_t i = 0; i < text->length; i++)
        if ((text->bytes[i] < ' ' && text->bytes[i] != '\n') || text->bytes[i] > '~')
            abort(); /* a byte of the program's memory was not escaped */
    written += text->length;
    text->length = 0;
}

/* Takes up to `count` bytes of the input; missing ones are 0. */
static uint64_t take_number(struct memory *input, size_t count)
{
    uint8_t number[8] = {0};
    size_t there = count < input->size ? count : input->size;
    if (there > 0)
        memcpy(number, input->bytes, there);
    input->bytes += there;
    input->size -= there;
    uint64_t value;
    memcpy(&value, number, sizeof value);
    return value;
}

/* Takes 2, 4 or 8 bytes, chosen by bits of `widths`. */
static uint64_t take_register(struct memory *input, uint64_t widths)
{
    static const uint8_t sizes[] = {1, 2, 4, 8};
    return take_number(input, sizes[widths & 3]);
}

static void take_call(struct memory *input, struct process_call *call)
{
    uint64_t kind = take_number(input, 1), widths = take_number(input, 2);
    *call = (struct process_call){.abi = kind & 1 ? CALL_I386 : CALL_X86_64,
                                  .number = take_number(input, kind & 2 ? 8 : 2)};
    if (!(kind & 2))
        call->number &= 511;
    for (size_t i = 0; i < ELFGEN_ARGUMENTS; i++) {
        call->arguments[i] = take_register(input, widths >> 2 * i);
        if (call->abi == CALL_I386)
            call->arguments[i] &= UINT32_MAX;
    }
    call->stack = take_number(input, 2);
}

static void run_event(struct strace *strace, struct process *process, struct memory *input)
{
    enum process_event_kind kind = (enum process_event_kind)(take_number(input, 1) & 7);
    struct process_event event = {.kind = kind, .process = process};
    siginfo_t signal;
    memset(&signal, 0, sizeof signal);
    if (kind == PROCESS_CALL) {
        take_call(input, &process->call);
    } else if (kind == PROCESS_RESULT) {
        process->call.result = (int64_t)take_register(input, take_number(input, 1));
        if (take_number(input, 1) & 1)
            process->call.result = -process->call.result;
        process->call.failed = process->call.result < 0 && process->call.result >= -4095;
    } else if (kind == PROCESS_SIGNAL) {
        size_t there = input->size < sizeof signal ? input->size : sizeof signal;
        memcpy(&signal, input->bytes, there);
        event.signal = &signal;
    }
    event.number = (int)take_number(input, 2);
    size_t before = written;
    strace_event(strace, &event);
    if (written - before > MOST_TEXT)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char buffer[4096];
    static struct strace strace;
    struct memory memory = {bytes, size, 0}, input = {bytes, size, 0};
    struct elfgen_text out = {.bytes = buffer, .capacity = sizeof buffer, .flush = discard};
    struct process processes[2] = {{.id = 1, .entered = true}, {.id = 22222, .entered = true}};
    memset(&strace, 0, sizeof strace);
    strace.out = &out;
    strace.prefix = (enum strace_prefix)(take_number(&input, 1) % 3);
    strace.tool = "tinyelf";
    strace.reader = (struct memory_reader){read_memory, &memory};
    strace_begin(&strace);
    for (int i = 0; i < MOST_EVENTS && input.size > 0; i++)
        run_event(&strace, &processes[take_number(&input, 1) & 1], &input);
    strace_end(&strace);
    discard(&out);
    return 0;
}
