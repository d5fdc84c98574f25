/* Notes the system calls of the code, and what is known of their results. */
#include "calls.h"

#include <string.h>

#include "bits.h"
#include "elfgen/search.h"
#include "ranges.h"

static bool is_call_before(const void *call, const void *offset)
{
    return ((const struct elfgen_call *)call)->offset < *(const uint64_t *)offset;
}

static size_t call_place(const struct elfgen_code *code, uint64_t offset)
{
    return elfgen_search(code->calls, code->call_count, sizeof *code->calls, &offset,
                         is_call_before);
}

const struct elfgen_call *elfgen_code_call(const struct elfgen_code *code, uint64_t offset)
{
    size_t place = call_place(code, offset);
    return place < code->call_count && code->calls[place].offset == offset ? &code->calls[place]
                                                                           : NULL;
}

/* What the kernel sees of a register: some calls only the low half. */
static struct elfgen_bits seen_by_kernel(const struct elfgen_call_instruction *by,
                                         const struct elfgen_registers *registers, uint8_t which)
{
    struct elfgen_bits value = {0, 0};
    if (which < ELFGEN_REGISTERS_MOST)
        value = registers->general[which];
    if (which == ELFGEN_NO_REGISTER || by->width == 64)
        return value;
    return (struct elfgen_bits){value.value & UINT32_MAX, value.known | ~(uint64_t)UINT32_MAX};
}

void elfgen_call_note(struct elfgen_code *code, const struct elfgen_call *call)
{
    size_t place = call_place(code, call->offset);
    struct elfgen_call *there = &code->calls[place];
    if (place < code->call_count && there->offset == call->offset) {
        there->number = elfgen_bits_join(there->number, call->number);
        for (size_t i = 0; i < ELFGEN_ARGUMENTS; i++)
            there->arguments[i] = elfgen_bits_join(there->arguments[i], call->arguments[i]);
    } else if (code->call_count < code->call_room) {
        memmove(there + 1, there, (code->call_count - place) * sizeof *there);
        *there = *call;
        code->call_count++;
    }
}

bool elfgen_call_take_run(const struct elfgen_run *run, struct elfgen_call *call)
{
    size_t place = run ? elfgen_search(run->calls, run->call_count, sizeof *run->calls,
                                       &call->offset, is_call_before)
                       : 0;
    if (!run || place == run->call_count || run->calls[place].offset != call->offset)
        return false;
    call->number = run->calls[place].number;
    memcpy(call->arguments, run->calls[place].arguments, sizeof call->arguments);
    return true;
}

/* Keeps a call in the place of what was kept of it. */
static void replace(struct elfgen_code *code, const struct elfgen_call *call)
{
    size_t place = call_place(code, call->offset);
    if (place < code->call_count && code->calls[place].offset == call->offset)
        code->calls[place] = *call;
    else
        elfgen_call_note(code, call);
}

void elfgen_calls_of_run(struct elfgen_code *code)
{
    const struct elfgen_run *run = code->run;
    for (size_t i = 0; run && i < run->call_count; i++) {
        const struct elfgen_call *call = &run->calls[i];
        if (call->call_instruction < code->machine->call_instruction_count &&
            elfgen_code_has(code, call->offset) &&
            elfgen_bit_get(code->starts, call->offset - code->from))
            replace(code, call);
    }
}

void elfgen_call_return(const struct elfgen_call_instruction *by, uint64_t next_address,
                        struct elfgen_registers *registers)
{
    for (size_t i = 0; i < ELFGEN_REGISTERS_MOST; i++)
        if (by->changed >> i & 1)
            registers->general[i] = (struct elfgen_bits){0, 0};
    if (by->next_address < ELFGEN_REGISTERS_MOST)
        registers->general[by->next_address] = (struct elfgen_bits){next_address, UINT64_MAX};
}

bool elfgen_call_may_write(const struct elfgen_signature *signature)
{
    bool writes = !signature->known;
    for (unsigned i = 0; i < signature->count; i++)
        writes = writes || signature->parameters[i].kind == ELFGEN_PARAMETER_OUTPUT;
    return writes;
}

void elfgen_call_read(const struct elfgen_call_instruction *by,
                      const struct elfgen_registers *registers, struct elfgen_call *call)
{
    call->number = seen_by_kernel(by, registers, by->number);
    for (size_t i = 0; i < ELFGEN_ARGUMENTS; i++)
        call->arguments[i] = seen_by_kernel(by, registers, by->arguments[i]);
}

bool elfgen_call_reads(const struct elfgen_code *code, uint64_t call, uint64_t offset)
{
    const struct elfgen_call *made = elfgen_code_call(code, call);
    struct elfgen_signature signature;
    uint64_t from, length;
    if (!made || !elfgen_code_signature(code, made, &signature))
        return false;
    for (unsigned argument = 0; argument < signature.count; argument++)
        if (elfgen_code_referred(code, made, &signature, argument, &from, &length) &&
            offset >= from && offset - from < length)
            return true;
    return false;
}

/* ---- what runs only if a call fails ---- */

static bool is_failure_before(const void *failure, const void *offset)
{
    return ((const struct elfgen_after_failure *)failure)->offset < *(const uint64_t *)offset;
}

static size_t failure_place(const struct elfgen_code *code, uint64_t offset)
{
    return elfgen_search(code->failures, code->failure_count, sizeof *code->failures, &offset,
                         is_failure_before);
}

void elfgen_call_note_failure(struct elfgen_code *code, uint64_t offset, uint64_t call)
{
    size_t place = failure_place(code, offset);
    struct elfgen_after_failure *there = &code->failures[place];
    if (code->failure_count == code->failure_room)
        return;
    memmove(there + 1, there, (code->failure_count - place) * sizeof *there);
    *there = (struct elfgen_after_failure){offset, call};
    code->failure_count++;
}

const struct elfgen_call *elfgen_code_failed(const struct elfgen_code *code, uint64_t offset)
{
    size_t place = failure_place(code, offset);
    if (place == code->failure_count || code->failures[place].offset != offset)
        return NULL;
    return elfgen_code_call(code, code->failures[place].call);
}

/* ---- results ---- */

/* A number from 0 to `most`: the bits above its highest are 0. */
static struct elfgen_bits up_to(uint64_t most)
{
    uint64_t unknown = most == 0 ? 0 : UINT64_MAX >> __builtin_clzll(most);
    return (struct elfgen_bits){0, ~unknown};
}

/* The largest count that a call may return. */
static uint64_t largest_count(const struct elfgen_call *call,
                              const struct elfgen_signature *signature)
{
    if (signature->count_in >= ELFGEN_ARGUMENTS)
        return INT32_MAX;
    struct elfgen_bits count = call->arguments[signature->count_in];
    uint64_t most = count.value | ~count.known;
    return most < INT32_MAX ? most : INT32_MAX;
}

void elfgen_call_results(const struct elfgen_call_instruction *by, const struct elfgen_call *call,
                         const struct elfgen_signature *signature,
                         struct elfgen_call_results *results)
{
    const uint64_t error = ~(uint64_t)ELFGEN_ERRNO_MOST; /* the bits that all errors have */
    const enum elfgen_result_kind kind = signature ? signature->result : ELFGEN_RESULT_ANY;
    /* The high half is not told where the kernel looks only at the low one. */
    const uint64_t width = by->width == 64 ? UINT64_MAX : UINT32_MAX;
    *results = (struct elfgen_call_results){.succeeds = kind != ELFGEN_RESULT_FAILURE,
                                            .failure = {error & width, error & width}};
    switch (kind) {
    case ELFGEN_RESULT_ZERO:
        results->success = up_to(0);
        break;
    case ELFGEN_RESULT_COUNT:
        results->success = up_to(largest_count(call, signature));
        break;
    case ELFGEN_RESULT_NUMBER:
    case ELFGEN_RESULT_VALUE:
        results->success = up_to(INT32_MAX);
        break;
    case ELFGEN_RESULT_PAGE:
        results->success.known = ELFGEN_PAGE - 1;
        break;
    default:
        break;
    }
    results->success.known &= width;
    results->fails = kind != ELFGEN_RESULT_ANY && kind != ELFGEN_RESULT_VALUE;
}
