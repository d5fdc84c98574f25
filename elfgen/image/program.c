/* Checks the arrays of a program. */
#include "program.h"

#include "../format/argument.h"

bool elfgen_program_has_arrays(const struct elfgen_program *program, struct elfgen_error *error)
{
    if (program->section_count >= ELFGEN_SECTION_ABSOLUTE) {
        elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                         "%u sections are more than a symbol can name",
                         (uint64_t)program->section_count);
        return false;
    }
    return elfgen_has_memory(program->sections, program->section_count, "sections", error) &&
           elfgen_has_memory(program->symbols, program->symbol_count, "symbols", error) &&
           elfgen_has_memory(program->relocations, program->relocation_count, "relocations", error);
}
