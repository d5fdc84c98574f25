/* Tells whether any Linux on x86 would start a file, and points to `tinyelf check` if not. */
#include "loadable.h"
#include "cli.h"

static bool is_loadable(const struct elfgen_view *view, struct elfgen_kernel_answer *answer)
{
    struct elfgen_kernel_machine machine;
    elfgen_kernel_usual(&machine);
    machine.raw_io = true;
    machine.overcommit = ELFGEN_OVERCOMMIT_ALWAYS;
    const enum elfgen_status status =
        view->reader ? elfgen_kernel_ask_reader(view->reader, &machine, NULL, answer, NULL)
                     : elfgen_kernel_ask(view->bytes, view->length, &machine, NULL, answer, NULL);
    if (status != ELFGEN_OK || answer->verdict == ELFGEN_STARTS)
        return true;
    /* With address space randomization, the stack is elsewhere. */
    return answer->check == ELFGEN_CHECK_map_exists || answer->check == ELFGEN_CHECK_stack;
}

bool loadable_somewhere(const void *bytes, size_t size, struct elfgen_kernel_answer *answer)
{
    return is_loadable(&(struct elfgen_view){.bytes = bytes, .length = size}, answer);
}

const char *loadable_verdict_words(enum elfgen_kernel_verdict verdict)
{
    return verdict == ELFGEN_REFUSED  ? "Linux would refuse to start it"
           : verdict == ELFGEN_KILLED ? "Linux would kill it at its start"
                                      : "it would die at its first instruction";
}

/* Whether the file describes another: FILE.debug has the sections of code, but not their bytes. */
static bool is_about_another(const struct elfgen_view *view)
{
    struct elfgen_shdr section;
    for (uint64_t i = 0; i < view->sections.count; i++) {
        enum elfgen_status status = elfgen_view_section(view, i, &section, NULL);
        if (status != ELFGEN_OK)
            return false;
        if (section.sh_type == ELFGEN_SHT_NOBITS && (section.sh_flags & ELFGEN_SHF_EXECINSTR))
            return true;
    }
    return false;
}

static bool has_interpreter(const struct elfgen_view *view)
{
    struct elfgen_phdr segment;
    for (uint64_t i = 0; i < view->segments.count; i++) {
        if (elfgen_view_segment(view, i, &segment, NULL) != ELFGEN_OK)
            return false;
        if (segment.p_type == ELFGEN_PT_INTERP)
            return true;
    }
    return false;
}

/* Whether the file is a program for x86, and not an object, a library, or for other processors. */
static bool claims_to_start(const struct elfgen_view *view,
                            const struct elfgen_kernel_answer *answer)
{
    uint64_t type = view->ehdr.e_type;
    /* If e_type only makes sense in the other byte order, the file is not for x86. */
    if (answer->check == ELFGEN_CHECK_e_machine || answer->check == ELFGEN_CHECK_e_type)
        return false;
    if (view->segments.count == 0 && view->segments.offset == 0)
        return false;
    return type == ELFGEN_ET_EXEC ||
           (type == ELFGEN_ET_DYN && (view->ehdr.e_entry != 0 || has_interpreter(view)));
}

static void point_to_check(const char *file, const struct elfgen_view *view,
                           enum elfgen_status opened, struct standard_output *output)
{
    struct elfgen_kernel_answer answer;
    if (opened == ELFGEN_NOT_ELF || is_loadable(view, &answer) || !claims_to_start(view, &answer) ||
        is_about_another(view))
        return;
    stdout_flush(output);
    message(file, "note", "%s: 'tinyelf check' says why", loadable_verdict_words(answer.verdict));
}

void loadable_point_to_check(const char *file, const void *bytes, size_t size,
                             struct standard_output *output)
{
    struct elfgen_view view;
    const enum elfgen_status opened = elfgen_view_open_program(&view, bytes, size, NULL);
    point_to_check(file, &view, opened, output);
}

void loadable_point_parts_to_check(const char *file, const struct elfgen_file_reader *reader,
                                   struct standard_output *output)
{
    struct elfgen_view view;
    const enum elfgen_status opened = elfgen_view_open_program_reader(&view, reader, NULL);
    point_to_check(file, &view, opened, output);
}
