/* Checks that a debug file and a program are of one build. */
#include "symbols.h"

/* Writes how a value differs in both files, unless it is the same. */
static bool differs(struct elfgen_text *why, const char *what, uint64_t here, uint64_t there)
{
    if (here == there)
        return false;
    elfgen_text_string(why, what);
    elfgen_text_string(why, " is ");
    elfgen_text_0x(why, there);
    elfgen_text_string(why, ", the program's is ");
    elfgen_text_0x(why, here);
    return true;
}

/* The end in memory of the last loaded section. */
static uint64_t end_of_sections(const struct elfgen_view *debug)
{
    struct elfgen_shdr shdr;
    uint64_t end = 0;
    for (uint64_t i = 0; elfgen_view_section(debug, i, &shdr, NULL) == ELFGEN_OK; i++)
        if ((shdr.sh_flags & ELFGEN_SHF_ALLOC) && !(shdr.sh_flags & ELFGEN_SHF_TLS) &&
            shdr.sh_addr + shdr.sh_size > end)
            end = shdr.sh_addr + shdr.sh_size;
    return end;
}

static uint64_t end_of_segments(const struct elfgen_view *program)
{
    struct elfgen_phdr phdr;
    uint64_t end = 0;
    for (uint64_t i = 0; i < elfgen_memory_segments(program) &&
                         elfgen_view_segment(program, i, &phdr, NULL) == ELFGEN_OK;
         i++)
        if (phdr.p_type == ELFGEN_PT_LOAD && phdr.p_vaddr + phdr.p_memsz > end)
            end = phdr.p_vaddr + phdr.p_memsz;
    return end;
}

/* Whether section headers, symbols and their names are all in the file. */
static bool is_whole(const struct elfgen_view *debug)
{
    struct elfgen_shdr shdr, strings;
    bool any = false;
    for (uint64_t i = 0; i < debug->sections.count; i++) {
        if (elfgen_view_section(debug, i, &shdr, NULL) != ELFGEN_OK)
            return false;
        if (shdr.sh_type != ELFGEN_SHT_SYMTAB)
            continue;
        any = true;
        if (elfgen_view_section(debug, shdr.sh_link, &strings, NULL) != ELFGEN_OK ||
            !elfgen_view_bytes(debug, shdr.sh_offset, shdr.sh_size) ||
            !elfgen_view_bytes(debug, strings.sh_offset, strings.sh_size))
            return false;
    }
    return any;
}

bool symbols_belong(const struct elfgen_view *program, const struct elfgen_view *debug,
                    struct elfgen_text *why)
{
    const struct elfgen_ehdr *here = &program->ehdr, *there = &debug->ehdr;
    if (differs(why, "the class", program->class_, debug->class_) ||
        differs(why, "e_machine", here->e_machine, there->e_machine) ||
        differs(why, "e_type", here->e_type, there->e_type) ||
        differs(why, "e_entry", here->e_entry, there->e_entry))
        return false;
    if (!is_whole(debug)) {
        elfgen_text_string(why, "it has no complete symbol table");
        return false;
    }
    return !differs(why, "the end in memory", end_of_segments(program), end_of_sections(debug));
}
