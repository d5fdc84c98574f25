/* The architectures, one row each. */
#include "elfgen/arch.h"

#include <string.h>

#include "archs.h"
#include "relocations.h"

const struct elfgen_arch elfgen_archs[ELFGEN_ARCHS] = {
    {.name = "x86_64",
     .title = "x86-64",
     .machines = {ELFGEN_EM_X86_64},
     .class_ = ELFGEN_CLASS64,
     .page_largest = 4096,
     /* TASK_SIZE_MAX, arch/x86/include/asm/page_64.h: with four-level page tables. */
     .user_end = (UINT64_C(1) << 47) - 4096,
     .default_base = 0x10000,
     .address_relocation = ELFGEN_R_X86_64_64,
     .unwind_section = ELFGEN_SHT_X86_64_UNWIND,
     .large_common = ELFGEN_SHN_X86_64_LCOMMON,
     .flags = "x86 has none",
     .has_addends = true,
     .relocations = &elfgen_x86_64_relocations},
    {.name = "i386",
     .title = "i386",
     /* Linux takes both for the same (arch/x86/include/asm/elf.h, elf_check_arch_ia32()). */
     .machines = {ELFGEN_EM_386, ELFGEN_EM_486},
     .class_ = ELFGEN_CLASS32,
     .page_largest = 4096,
     /* TASK_SIZE of a 32-bit kernel with its usual split; a 64-bit kernel gives more. */
     .user_end = 0xc0000000,
     .default_base = 0x10000,
     .address_relocation = ELFGEN_R_386_32,
     .flags = "x86 has none",
     /* arch/x86/include/asm/elf.h, elf_read_implies_exec() */
     .readable_is_executable = true,
     .relocations = &elfgen_i386_relocations},
    {.name = "aarch64",
     .title = "AArch64",
     .machines = {ELFGEN_EM_AARCH64},
     .class_ = ELFGEN_CLASS64,
     /* arch/arm64/Kconfig: 4, 16 or 64 KiB, which a program must not depend on. */
     .page_largest = 65536,
     /* DEFAULT_MAP_WINDOW_64, arch/arm64/include/asm/processor.h: with 48 bits of addresses. */
     .user_end = UINT64_C(1) << 48,
     .default_base = 0x10000,
     .address_relocation = ELFGEN_R_AARCH64_ABS64,
     .flags = "AArch64 has none",
     .has_addends = true,
     .relocations = &elfgen_aarch64_relocations},
};

const struct elfgen_arch *elfgen_arch_find(uint64_t machine)
{
    return elfgen_arch_search(machine);
}

const struct elfgen_arch *elfgen_arch_named(const char *name)
{
    for (size_t i = 0; i < ELFGEN_ARCHS; i++)
        if (strcmp(elfgen_archs[i].name, name) == 0)
            return &elfgen_archs[i];
    return NULL;
}

const struct elfgen_arch *elfgen_arch_get(unsigned index)
{
    return index < ELFGEN_ARCHS ? &elfgen_archs[index] : NULL;
}
