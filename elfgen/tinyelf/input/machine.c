/* The rows of machines that assemblers and compilers make objects for. */
#include "toolchain.h"

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
