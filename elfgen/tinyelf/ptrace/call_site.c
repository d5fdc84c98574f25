/* Finds the instruction that made a system call, its file, and the privilege level. */
#include "call_site.h"

#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>

#include "base/maps.h"

enum { TWO = CALL_INSTRUCTION_SIZE, FOUR = 2 * TWO, CALL_MOST = 7 };

static bool is_call_instruction(const uint8_t *bytes, struct call_site *site)
{
    const struct call_instruction_row *row;
    for (size_t i = 0; (row = syscall_instruction_at(i)); i++) {
        if (memcmp(bytes, row->bytes, TWO) != 0)
            continue;
        site->call_instruction = row->id;
        memcpy(site->bytes, bytes, TWO);
        return true;
    }
    return false;
}

/* Whether `bytes`, which are those before a return address, end with a call instruction. A relative
 * call must lead into the vdso's mapping. */
static bool ends_with_call(const uint8_t *bytes, uint32_t back,
                           const struct call_site_mapping *vdso)
{
    const uint8_t *end = bytes + CALL_MOST;
    int32_t distance;
    memcpy(&distance, end - 4, sizeof distance);
    uint32_t target = back + (uint32_t)distance;
    if (end[-5] == 0xe8)
        return target >= vdso->from && target < vdso->to;
    return (end[-2] == 0xff && (end[-1] & 0xf8) == 0xd0) || /* call register */
           (end[-3] == 0xff && (end[-2] & 0x38) == 0x10) || /* call [register + 8 bits] */
           (end[-6] == 0xff && (end[-5] & 0x38) == 0x10) || /* call [32 bits] */
           (end[-2] == 0xff && (end[-1] & 0xf8) == 0x10);   /* call [register] */
}

/* The kernel does not save where `sysenter` and AMD's 32-bit `syscall` were executed. It returns to
 * a fixed place in its vdso, after one of these and an `int 0x80`, where ebp, edx and ecx are
 * popped before a `ret` (arch/x86/entry/vdso/vdso32/system_call.S, do_fast_syscall_32()). The
 * address that this `ret` returns to tells the two cases apart: before it is the instruction
 * itself, if the program has one, or a call of the vdso. */
static void find_fast(const struct process *process, const uint8_t *before,
                      const struct call_site_mapping *vdso, struct call_site *site)
{
    enum { SAVED = 12 };
    uint8_t bytes[CALL_MOST];
    uint32_t back = 0;
    is_call_instruction(before, site);
    if (site->call_instruction == CALL_BY_SYSCALL)
        site->call_instruction = CALL_BY_SYSCALL32;
    site->address = process->call.after - FOUR;
    site->found = false;
    if (process_read(process->id, process->call.stack + SAVED, &back, sizeof back) != sizeof back ||
        process_read(process->id, back - CALL_MOST, bytes, sizeof bytes) != sizeof bytes)
        return;
    if (memcmp(bytes + CALL_MOST - TWO, before, TWO) == 0) {
        site->address = back - TWO;
        site->found = true;
    } else {
        site->found = ends_with_call(bytes, back, vdso);
    }
}

bool call_site_find(const struct process *process, struct call_site *site)
{
    uint8_t bytes[FOUR] = {0};
    const struct process_call *call = &process->call;
    struct call_site_mapping place;
    struct call_site fast;
    *site = (struct call_site){.found = true, .address = call->after - TWO};
    if (process_read(process->id, call->after - FOUR, bytes, sizeof bytes) != sizeof bytes &&
        process_read(process->id, call->after - TWO, bytes + TWO, TWO) != TWO)
        return false;
    if (!is_call_instruction(bytes + TWO, site))
        return false;
    bool maybe_fast = site->call_instruction == CALL_BY_INT80 &&
                      call->abi == syscall_instruction(CALL_BY_INT80)->abi &&
                      is_call_instruction(bytes, &fast) && fast.call_instruction != CALL_BY_INT80 &&
                      call_site_find_mapping(process->id, call->after, &place) &&
                      strcmp(place.file, "[vdso]") == 0;
    if (maybe_fast)
        find_fast(process, bytes, &place, site);
    return true;
}

bool call_site_cs(const struct process *process, uint16_t *cs)
{
    struct user_regs_struct registers;
    if (ptrace(PTRACE_GETREGS, process->id, NULL, &registers) != 0)
        return false;
    *cs = (uint16_t)registers.cs;
    return true;
}

bool call_site_find_mapping(pid_t id, uint64_t address, struct call_site_mapping *place)
{
    struct maps maps;
    struct maps_line line;
    bool found = false;
    maps_open(&maps, id);
    while (!found && maps_next(&maps, &line))
        found = address >= line.start && address < line.end;
    if (found) {
        *place =
            (struct call_site_mapping){.from = line.start, .to = line.end, .offset = line.offset};
        snprintf(place->file, sizeof place->file, "%s", line.name);
    }
    maps_close(&maps);
    return found;
}
