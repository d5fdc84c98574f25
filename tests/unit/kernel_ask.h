/* Asks the kernel's model about a file; shared by the tests of kernel/. */
#ifndef KERNEL_ASK_H
#define KERNEL_ASK_H

#include <string.h>

#include "elfgen.h"
#include "support/lecture.h"
#include "support/lecture32.h"
#include "room.h"

static inline struct elfgen_kernel_machine usual(void)
{
    struct elfgen_kernel_machine machine;
    elfgen_kernel_usual(&machine);
    return machine;
}

static inline struct elfgen_kernel_answer ask(const void *bytes, size_t size,
                                              const struct elfgen_kernel_machine *machine)
{
    struct elfgen_kernel_answer answer;
    ck_assert_int_eq(elfgen_kernel_ask(bytes, size, machine, NULL, &answer, NULL), ELFGEN_OK);
    return answer;
}

static inline void set(uint8_t *bytes, enum elfgen_class class_, const char *name, uint64_t value)
{
    uint64_t phoff = class_ == ELFGEN_CLASS64 ? 64 : 52;
    for (int id = ELFGEN_STRUCTURE_ehdr; id <= ELFGEN_STRUCTURE_phdr; id++)
        for (unsigned i = 0; i < elfgen_structures[id].count; i++)
            if (strcmp(elfgen_structures[id].fields[i].name, name) == 0)
                elfgen_field_set(&elfgen_structures[id].fields[i], class_, ELFGEN_LITTLE_ENDIAN,
                                 bytes + (id == ELFGEN_STRUCTURE_phdr ? phoff : 0), value);
}

/* The lecture's program with one field changed. */
static inline struct elfgen_kernel_answer with(const char *field, uint64_t value,
                                               const struct elfgen_kernel_machine *machine)
{
    uint8_t bytes[sizeof lecture_file];
    memcpy(bytes, lecture_file, sizeof bytes);
    set(bytes, ELFGEN_CLASS64, field, value);
    return ask(bytes, sizeof bytes, machine);
}

static inline struct elfgen_kernel_machine linux_of(unsigned major, unsigned minor)
{
    struct elfgen_kernel_machine machine = usual();
    machine.version = ELFGEN_LINUX(major, minor);
    return machine;
}

TCase *kernel_fact_cases(void);
TCase *kernel_version_cases(void);
TCase *kernel_objection_cases(void);
TCase *kernel_script_cases(void);

#endif
