/* Makes `int 0x80` of `syscall`, where arguments fit into 32 bits. */
#include "other_door.h"

#include <string.h>

#include "syscalls/table.h"
#include "x86/x86.h"

enum { HALF = 31 };

/* i386's number of the call with this one of x86-64; -1: it has none, or other parameters. */
static int number_of(uint64_t number)
{
    const char *name = syscall_name(CALL_X86_64, number);
    const struct call_row *row = name ? syscall_row(CALL_X86_64, name) : NULL;
    if (!row || syscall_row(CALL_I386, name) != row)
        return -1;
    return syscall_number(CALL_I386, name);
}

static bool change_number(struct golf_need *need)
{
    for (unsigned i = 0; i < need->count; i++) {
        int number = need->values[i].kind == GOLF_CONSTANT ? number_of(need->values[i].number) : -1;
        if (number < 0)
            return false;
        need->values[i].number = (uint64_t)number;
    }
    need->bits = 32;
    return true;
}

/* Whether the kernel gets the same from the low half. */
static bool fits(const struct golf_value *value, bool small_addresses)
{
    return value->kind == GOLF_UNKNOWN ||
           (value->kind == GOLF_CONSTANT && value->number >> HALF == 0) ||
           (value->kind == GOLF_ADDRESS && small_addresses);
}

/* Moves an argument to i386's register. */
static bool change_argument(struct golf_need *need, bool small_addresses)
{
    const struct elfgen_call_instruction *from = &x86_call_instructions[CALL_BY_SYSCALL];
    const struct elfgen_call_instruction *to = &x86_call_instructions[CALL_BY_INT80];
    unsigned at = 0;
    while (at < ELFGEN_ARGUMENTS && from->arguments[at] != need->reg)
        at++;
    if (at == ELFGEN_ARGUMENTS)
        return false;
    for (unsigned i = 0; i < need->count; i++)
        if (need->bits > 32 && !fits(&need->values[i], small_addresses))
            return false;
    need->reg = to->arguments[at];
    need->bits = need->bits > 32 ? 32 : need->bits;
    return true;
}

bool other_door(const struct golf_operation *operation, bool small_addresses,
                struct golf_operation *other)
{
    const struct elfgen_call_instruction *from = &x86_call_instructions[CALL_BY_SYSCALL];
    const struct call_instruction_row *old = syscall_instruction(CALL_BY_SYSCALL);
    const struct call_instruction_row *new = syscall_instruction(CALL_BY_INT80);
    if (operation->kind != GOLF_CALL || operation->length != CALL_INSTRUCTION_SIZE ||
        memcmp(operation->bytes, old->bytes, CALL_INSTRUCTION_SIZE) != 0)
        return false;
    *other = *operation;
    memcpy(other->bytes, new->bytes, CALL_INSTRUCTION_SIZE);
    memset(&other->instruction, 0, sizeof other->instruction);
    for (size_t i = 0; i < other->need_count; i++)
        if (other->needs[i].reg == from->number
                ? !change_number(&other->needs[i])
                : !change_argument(&other->needs[i], small_addresses))
            return false;
    /* It keeps rcx; some kernels did not keep r8 to r11. */
    other->writes = (uint16_t)(1u << from->result);
    for (unsigned reg = X86_R8; reg <= X86_R11; reg++) {
        other->writes = (uint16_t)(other->writes | 1u << reg);
        other->after[reg] = (struct golf_value){.kind = GOLF_UNKNOWN};
    }
    return true;
}
