/* The rows of call ABIs, and of the instructions that make calls. */
#include "abi.h"

#include <linux/audit.h>
#include <stdio.h>

/* clang-format off */
#define REGISTERS(...) {__VA_ARGS__}
#define ABI(id, name, title, arch, word, entry, x32, instruction, ...) \
    [CALL_##id] = {name, title, AUDIT_ARCH_##arch, word, entry, x32, CALL_BY_##instruction, __VA_ARGS__},
/* clang-format on */
static const struct call_abi_row abis[CALL_ABIS] = {
#include "abi.def"
};

/* clang-format off */
#define BYTES(...) {__VA_ARGS__}
#define INSTRUCTION(id, name, bytes, abi) {CALL_BY_##id, name, bytes, CALL_##abi},
/* clang-format on */
static const struct call_instruction_row instructions[] = {
#include "call_instructions.def"
};

const struct call_abi_row *syscall_abi(enum call_abi abi)
{
    return &abis[abi];
}

enum call_abi syscall_abi_of_arch(uint32_t arch)
{
    for (unsigned abi = 0; abi < CALL_ABIS; abi++)
        if (abis[abi].arch == arch)
            return (enum call_abi)abi;
    return CALL_NATIVE;
}

uint64_t syscall_register(enum call_abi abi, uint64_t value)
{
    return value & UINT64_MAX >> (64 - 8 * abis[abi].word);
}

int64_t syscall_result(enum call_abi abi, uint64_t value)
{
    uint64_t sign = UINT64_C(1) << (8 * abis[abi].word - 1);
    return (int64_t)((syscall_register(abi, value) ^ sign) - sign);
}

void syscall_abi_names(const bool asked[CALL_ABIS], char names[CALL_ABI_NAMES_ROOM])
{
    unsigned left = 0;
    size_t length = 0;
    for (unsigned abi = 0; abi < CALL_ABIS; abi++)
        left += asked[abi];
    names[0] = '\0';
    for (unsigned abi = 0; abi < CALL_ABIS && length < CALL_ABI_NAMES_ROOM; abi++) {
        if (!asked[abi])
            continue;
        left--;
        length +=
            (size_t)snprintf(names + length, CALL_ABI_NAMES_ROOM - length, "%s%s", abis[abi].name,
                             left > 1    ? ", "
                             : left == 1 ? " or "
                                         : "");
    }
}

const struct call_instruction_row *syscall_instruction_at(size_t index)
{
    return index < sizeof instructions / sizeof instructions[0] ? &instructions[index] : NULL;
}

const struct call_instruction_row *syscall_instruction(enum call_instruction by)
{
    size_t index = 0;
    while (instructions[index].id != by)
        index++;
    return &instructions[index];
}
