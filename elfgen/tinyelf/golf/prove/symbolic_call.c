/* Compares system calls over expressions, and returns from them. */
#include <string.h>

#include "call.h"
#include "symbolic_private.h"
#include "x86/known_bits.h"

enum { MOST_BYTES = 4096 };

static enum call_abi abi_of(const struct symbolic_pair *pair, unsigned which)
{
    return pair->ends[which].is_wide ? CALL_X86_64 : CALL_I386;
}

static uint32_t argument(struct symbolic_run *run, const struct symbolic_pair *pair, unsigned which,
                         unsigned index)
{
    static const uint8_t wide[] = {X86_RDI, X86_RSI, X86_RDX, X86_R10, X86_R8, X86_R9};
    static const uint8_t narrow[] = {X86_RBX, X86_RCX, X86_RDX, X86_RSI, X86_RDI, X86_RBP};
    const bool is_wide = pair->ends[which].is_wide;
    return expression_low(&run->all,
                          pair->states[which].registers[is_wide ? wide[index] : narrow[index]],
                          is_wide ? 64 : 32);
}

static uint32_t number_of(struct symbolic_run *run, const struct symbolic_pair *pair,
                          unsigned which)
{
    return expression_low(&run->all, pair->states[which].registers[X86_RAX],
                          pair->ends[which].is_wide ? 64 : 32);
}

static enum symbolic_answer same(struct symbolic_run *run,
                                 const struct symbolic_program programs[2],
                                 const struct symbolic_pair *pair, uint32_t one, uint32_t other)
{
    if (one == other)
        return SYMBOLIC_SAME;
    return symbolic_can_differ(run, programs[0].bits / 8, &pair->facts, one, other)
               ? SYMBOLIC_DIFFERENT
               : SYMBOLIC_OPEN;
}

/* ---- memory ---- */

/* What the kernel wrote to an address on, if nobody wrote there after it. */
static const struct symbolic_store *content_at(const struct symbolic_run *run,
                                               const struct symbolic_state *state, uint32_t address)
{
    uint64_t number;
    const struct symbolic_store *found = NULL;
    const enum symbolic_place place = symbolic_place(run, address, &number);
    if (place != SYMBOLIC_IMAGE && place != SYMBOLIC_STACK)
        return NULL;
    for (size_t i = 0; i < state->store_count; i++) {
        const struct symbolic_store *store = &state->stores[i];
        if (store->is_stack != (place == SYMBOLIC_STACK))
            continue;
        if (store->content && store->address == number)
            found = store;
        else if (number - store->address < store->size ||
                 (found && store->address - number < found->size))
            found = NULL;
    }
    return found;
}

/* Whether both have the same address of what Linux gave them. */
static bool is_given(const struct symbolic_run *run, const struct symbolic_pair *pair,
                     const uint32_t where[2])
{
    return where[0] == where[1] && symbolic_is_given(run, &pair->states[0], where[0]) &&
           symbolic_is_given(run, &pair->states[1], where[1]);
}

/* As many bytes as an expression says: only what both got of the kernel, or what Linux gave them.
 */
static enum symbolic_answer same_counted(const struct symbolic_run *run,
                                         const struct symbolic_pair *pair, const uint32_t where[2],
                                         uint32_t size)
{
    const struct symbolic_store *one = content_at(run, &pair->states[0], where[0]),
                                *other = content_at(run, &pair->states[1], where[1]);
    if (is_given(run, pair, where))
        return SYMBOLIC_SAME;
    return one && other && one->content == other->content && one->value == size &&
                   other->value == size
               ? SYMBOLIC_SAME
               : SYMBOLIC_OPEN;
}

/* A byte of both programs, `offset` behind the addresses. */
static bool load_bytes(struct symbolic_run *run, const struct symbolic_program programs[2],
                       const struct symbolic_pair *pair, const uint32_t where[2], uint64_t offset,
                       uint32_t bytes[2])
{
    for (unsigned which = 0; which < 2; which++)
        if (!symbolic_load(run, &programs[which], &pair->states[which],
                           expression_two(&run->all, EXPRESSION_ADD, where[which],
                                          expression_constant(&run->all, offset), 0),
                           1, &bytes[which]))
            return false;
    return true;
}

static enum symbolic_answer same_bytes(struct symbolic_run *run,
                                       const struct symbolic_program programs[2],
                                       const struct symbolic_pair *pair, const uint32_t where[2],
                                       uint32_t size)
{
    enum symbolic_answer answer = SYMBOLIC_SAME;
    uint64_t count;
    if (!expression_is(&run->all, size, &count))
        return same_counted(run, pair, where, size);
    if (count > MOST_BYTES)
        return SYMBOLIC_OPEN;
    for (uint64_t i = 0; i < count && answer == SYMBOLIC_SAME; i++) {
        uint32_t bytes[2];
        if (!load_bytes(run, programs, pair, where, i, bytes))
            return SYMBOLIC_OPEN;
        answer = same(run, programs, pair, bytes[0], bytes[1]);
    }
    return answer;
}

static enum symbolic_answer same_string(struct symbolic_run *run,
                                        const struct symbolic_program programs[2],
                                        const struct symbolic_pair *pair, const uint32_t where[2])
{
    uint64_t number;
    if (is_given(run, pair, where))
        return SYMBOLIC_SAME;
    for (uint64_t i = 0; i < MOST_BYTES; i++) {
        uint32_t bytes[2];
        if (!load_bytes(run, programs, pair, where, i, bytes))
            return SYMBOLIC_OPEN;
        if (bytes[0] != bytes[1])
            return same(run, programs, pair, bytes[0], bytes[1]);
        if (!expression_is(&run->all, bytes[0], &number))
            return SYMBOLIC_OPEN;
        if (number == 0)
            return SYMBOLIC_SAME;
    }
    return SYMBOLIC_OPEN;
}

/* ---- calls ---- */

/* Whether its size is negative, whatever the values are, and it fails then. */
static bool fails_surely(struct symbolic_run *run, const struct symbolic_pair *pair,
                         const struct call_row *row, unsigned index)
{
    const unsigned size_in = row->parameters[index].size_in;
    for (unsigned which = 0; which < 2; which++) {
        const uint32_t size = argument(run, pair, which, size_in);
        const struct elfgen_bits known = expression_at(&run->all, size)->known;
        if (!pair->ends[which].is_wide || !(known.known & known.value & ~(uint64_t)INT64_MAX))
            return false;
    }
    return syscall_fails_if_negative(row->name);
}

static bool is_null(const struct symbolic_run *run, const uint32_t values[2])
{
    uint64_t numbers[2];
    return expression_is(&run->all, values[0], &numbers[0]) && numbers[0] == 0 &&
           expression_is(&run->all, values[1], &numbers[1]) && numbers[1] == 0;
}

/* How much the kernel reads, or writes at most, an expression. False: that is not known. */
static bool size_of(struct symbolic_run *run, const struct symbolic_pair *pair, unsigned which,
                    const struct call_row *row, unsigned index, uint32_t *size)
{
    const struct call_parameter *parameter = &row->parameters[index];
    const bool writes = syscall_type_kind(parameter->type) == ELFGEN_PARAMETER_OUTPUT;
    const size_t fixed = golf_call_size(abi_of(pair, which), parameter->type, writes);
    *size = parameter->size_in != CALL_NO_SIZE ? argument(run, pair, which, parameter->size_in)
                                               : expression_constant(&run->all, fixed);
    return parameter->size_in != CALL_NO_SIZE || fixed != SIZE_MAX;
}

/* Whether the kernel surely may write its results in both programs. */
static bool may_write_both(struct symbolic_run *run, const struct symbolic_program programs[2],
                           const struct symbolic_pair *pair, const struct call_row *row,
                           unsigned index)
{
    for (unsigned which = 0; which < 2; which++) {
        uint32_t size;
        uint64_t number;
        if (!size_of(run, pair, which, row, index, &size) ||
            !expression_is(&run->all, size, &number) ||
            !symbolic_may_write(run, &programs[which], argument(run, pair, which, index), number))
            return false;
    }
    return true;
}

static enum symbolic_answer same_input(struct symbolic_run *run,
                                       const struct symbolic_program programs[2],
                                       const struct symbolic_pair *pair, const uint32_t values[2],
                                       const struct call_row *row, unsigned index)
{
    uint32_t size;
    if (is_null(run, values))
        return SYMBOLIC_SAME;
    /* Where sizes differ, so does the call, and that is found there. */
    return size_of(run, pair, 0, row, index, &size) ? same_bytes(run, programs, pair, values, size)
                                                    : SYMBOLIC_OPEN;
}

static enum symbolic_answer same_parameter(struct symbolic_run *run,
                                           const struct symbolic_program programs[2],
                                           const struct symbolic_pair *pair,
                                           const struct call_row *row, unsigned index)
{
    const struct call_parameter *parameter = &row->parameters[index];
    const uint32_t values[2] = {argument(run, pair, 0, index), argument(run, pair, 1, index)};
    const unsigned width = golf_call_width(parameter->type);
    switch (syscall_type_kind(parameter->type)) {
    case ELFGEN_PARAMETER_STRING:
        return same_string(run, programs, pair, values);
    case ELFGEN_PARAMETER_INPUT:
        return parameter->size_in != CALL_NO_SIZE && fails_surely(run, pair, row, index)
                   ? SYMBOLIC_SAME
                   : same_input(run, programs, pair, values, row, index);
    case ELFGEN_PARAMETER_OUTPUT:
        return is_null(run, values) || may_write_both(run, programs, pair, row, index)
                   ? SYMBOLIC_SAME
                   : SYMBOLIC_OPEN;
    default:
        return same(run, programs, pair, expression_low(&run->all, values[0], width ? width : 64),
                    expression_low(&run->all, values[1], width ? width : 64));
    }
}

static bool is_exit(const char *name)
{
    return strcmp(name, "exit") == 0 || strcmp(name, "exit_group") == 0;
}

/* The names of both calls. *answer: what is known if there are none. */
static bool names_of(struct symbolic_run *run, const struct symbolic_program programs[2],
                     struct calls *calls, const struct symbolic_pair *pair, char names[2][32],
                     enum symbolic_answer *answer)
{
    uint64_t numbers[2] = {0};
    const uint32_t of[2] = {number_of(run, pair, 0), number_of(run, pair, 1)};
    *answer = SYMBOLIC_OPEN;
    for (unsigned which = 0; which < 2; which++) {
        if (!expression_is(&run->all, of[which], &numbers[which])) {
            if (abi_of(pair, 0) == abi_of(pair, 1))
                *answer = same(run, programs, pair, of[0], of[1]);
            return false;
        }
        const struct call *call = syscall_find(calls, abi_of(pair, which), numbers[which]);
        if (!call)
            return false;
        memcpy(names[which], call->name, sizeof call->name);
    }
    return true;
}

enum symbolic_answer symbolic_compare_calls(struct symbolic_run *run,
                                            const struct symbolic_program programs[2],
                                            struct calls *calls, const struct symbolic_pair *pair,
                                            bool *ends, const struct call_row **row)
{
    char names[2][32];
    enum symbolic_answer answer;
    *ends = false;
    *row = NULL;
    if (!names_of(run, programs, calls, pair, names, &answer)) {
        *ends = answer == SYMBOLIC_DIFFERENT;
        return answer == SYMBOLIC_SAME ? SYMBOLIC_OPEN : answer;
    }
    *ends = is_exit(names[0]);
    if (*ends && is_exit(names[1]))
        return same(run, programs, pair, expression_low(&run->all, argument(run, pair, 0, 0), 8),
                    expression_low(&run->all, argument(run, pair, 1, 0), 8));
    if (strcmp(names[0], names[1]) != 0)
        return symbolic_can_differ(run, programs[0].bits / 8, &pair->facts, 0, 0)
                   ? SYMBOLIC_DIFFERENT
                   : SYMBOLIC_OPEN;
    *row = syscall_row(abi_of(pair, 0), names[0]);
    if (!*row)
        return SYMBOLIC_OPEN;
    answer = SYMBOLIC_SAME;
    for (unsigned i = 0; (*row)->parameters[i].name && answer != SYMBOLIC_DIFFERENT; i++) {
        enum symbolic_answer one = same_parameter(run, programs, pair, *row, i);
        answer = one != SYMBOLIC_SAME ? one : answer;
    }
    return answer;
}

/* ---- what comes back ---- */

static uint32_t result_of(struct symbolic_run *run, const struct symbolic_pair *pair,
                          const struct call_row *row, bool failed)
{
    enum { ERROR_BITS = 12, COUNT_BITS = 31 };
    const struct elfgen_bits error = {~bits_ones(ERROR_BITS), ~bits_ones(ERROR_BITS)};
    const struct elfgen_bits count = {0, ~bits_ones(COUNT_BITS)};
    const uint64_t number = ++run->symbols;
    const bool is_count = row->result_kind == ELFGEN_RESULT_COUNT && row->count_in != CALL_NO_SIZE;
    uint32_t most = expression_constant(&run->all, UINT64_MAX);
    if (failed)
        return expression_symbol(&run->all, number, error, most, true);
    uint64_t size;
    struct elfgen_bits known = is_count ? count : (struct elfgen_bits){0, 0};
    if (is_count) {
        most = argument(run, pair, 0, row->count_in);
        if (expression_is(&run->all, most, &size))
            while (known.known != UINT64_MAX && size <= (~known.known >> 1))
                known.known |= known.known >> 1;
    }
    return expression_symbol(&run->all, number, known, most, is_count);
}

static void set_registers(struct symbolic_run *run, const struct symbolic_program *program,
                          struct symbolic_state *state, bool is_wide, uint32_t result)
{
    state->registers[X86_RAX] = expression_low(&run->all, result, program->bits);
    if (program->bits == 32)
        return;
    if (is_wide) {
        state->registers[X86_RCX] = expression_constant(&run->all, state->at);
        state->registers[X86_R11] = symbolic_lost(run, 64);
    } else { /* up to Linux 4.16 it cleared them */
        for (unsigned reg = X86_R8; reg <= X86_R11; reg++)
            state->registers[reg] = symbolic_lost(run, 64);
    }
}

/* The kernel writes to a buffer of each program. */
static bool write_outputs(struct symbolic_run *run, const struct symbolic_program programs[2],
                          struct symbolic_pair *pair, const struct call_row *row, unsigned index,
                          uint32_t result)
{
    const struct call_parameter *parameter = &row->parameters[index];
    const uint64_t content = ++run->symbols;
    uint32_t where[2];
    uint64_t size, before[2];
    bool is_whole = true;
    if (parameter->size_in == CALL_NO_SIZE || row->count_in != parameter->size_in ||
        !expression_is(&run->all, argument(run, pair, 0, parameter->size_in), &size))
        return false;
    for (unsigned which = 0; which < 2; which++) {
        where[which] = argument(run, pair, which, index);
        is_whole = is_whole && symbolic_is_whole(run, &programs[which], &pair->states[which],
                                                 where[which], size, &before[which]);
    }
    is_whole = is_whole && before[0] == before[1];
    for (unsigned which = 0; which < 2 && size > 0; which++) {
        struct symbolic_state *state = &pair->states[which];
        if (!symbolic_store(run, &programs[which], state, where[which], size, result, content))
            return false;
        state->stores[state->store_count - 1].is_whole = is_whole;
    }
    return true;
}

bool symbolic_return(struct symbolic_run *run, const struct symbolic_program programs[2],
                     struct symbolic_pair *pair, const struct call_row *row, bool failed)
{
    const uint32_t result = result_of(run, pair, row, failed);
    struct symbolic_call call = {.result = result,
                                 .is_exact = expression_at(&run->all, result)->is_exact};
    for (unsigned i = 0; row->parameters[i].name; i++) {
        if (syscall_type_kind(row->parameters[i].type) != ELFGEN_PARAMETER_OUTPUT || failed)
            continue;
        if (!write_outputs(run, programs, pair, row, i, result))
            return false;
        call.content = run->symbols;
        call.parameter = (uint8_t)i;
    }
    for (unsigned which = 0; which < 2; which++)
        pair->states[which].touch_count = 0;
    if (pair->call_count < SYMBOLIC_CALLS)
        pair->calls[pair->call_count] = call;
    pair->call_count++;
    for (unsigned which = 0; which < 2; which++)
        set_registers(run, &programs[which], &pair->states[which], pair->ends[which].is_wide,
                      result);
    return true;
}
