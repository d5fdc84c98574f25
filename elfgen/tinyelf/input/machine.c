/* The rows of machines that assemblers and compilers make objects for. */
#include <stdio.h>

#include "object_private.h"
#include "toolchain.h"

#include "elfgen/arch.h"
#include "elfgen/format.h"

static const struct toolchain_machine machines[] = {
#define MACHINE(name, machine, ...) {ELFGEN_EM_##machine, __VA_ARGS__},
#include "machines.def"
#undef MACHINE
};

const struct toolchain_machine *toolchain_machine_at(size_t index)
{
    return index < sizeof machines / sizeof machines[0] ? &machines[index] : NULL;
}

const struct toolchain_machine *toolchain_machine(uint16_t machine)
{
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++)
        if (machine == 0 || machines[i].machine == machine)
            return &machines[i];
    return NULL;
}

void object_list_machines(char *text, size_t room)
{
    const struct elfgen_arch *arch;
    size_t length = 0;
    for (unsigned i = 0; (arch = elfgen_arch_get(i)) && length < room; i++) {
        const char *between = i == 0 ? "" : elfgen_arch_get(i + 1) ? ", " : ", or ";
        length +=
            (size_t)snprintf(text + length, room - length, "%s%s (%u), %u bits", between,
                             arch->title, arch->machines[0], 8 * elfgen_address_size(arch->class_));
    }
}
