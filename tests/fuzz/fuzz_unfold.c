/* Fuzzes unfold: a file is refused, or its twin is not much larger, libelf and the view read it
 * without an error, and it needs no unfolding. */
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#include "x86/session.h"
#include "commands/unfold/twin.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Reads the headers and every section's name and data with libelf. */
static void read_with_libelf(const struct unfolded *unfolded)
{
    size_t segments, sections, names;
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)unfolded->bytes, unfolded->size);
    if (!elf || elf_kind(elf) != ELF_K_ELF || elf_getphdrnum(elf, &segments) != 0 ||
        elf_getshdrnum(elf, &sections) != 0 || elf_getshdrstrndx(elf, &names) != 0)
        abort();
    for (size_t i = 0; i < segments; i++) {
        GElf_Phdr phdr;
        if (!gelf_getphdr(elf, (int)i, &phdr))
            abort();
    }
    for (size_t i = 1; i < sections; i++) {
        GElf_Shdr shdr;
        Elf_Scn *section = elf_getscn(elf, i);
        if (!section || !gelf_getshdr(section, &shdr) || !elf_strptr(elf, names, shdr.sh_name) ||
            !elf_getdata(section, NULL))
            abort();
    }
    elf_end(elf);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    /* The most bytes that headers and their alignment take. */
    enum { MOST_A_BYTE = 256, MOST_HEADERS = 5 << 20 };
    struct elfgen_view view;
    struct elfgen_error error = {.text = ""};
    struct unfolded unfolded;
    elfgen_view_open_program(&view, bytes, size, NULL);
    struct x86_session *code = x86_session_open(&view, ELFGEN_CODE_FLOW, SYNTAX_INTEL, &error);
    if (unfold_file(&view, code ? &code->code : NULL, &unfolded, &error)) {
        /* For as many program headers as Linux reads. */
        static struct elfgen_kernel_area areas[4 * ELFGEN_PHDRS_LARGEST / 32 + 64];
        struct elfgen_kernel_map map = {.areas = areas, .capacity = sizeof areas / sizeof areas[0]};
        struct elfgen_view twin;
        if (unfolded.size > MOST_HEADERS + size * MOST_A_BYTE)
            abort();
        if (elfgen_view_open(&twin, unfolded.bytes, unfolded.size, NULL) != ELFGEN_OK ||
            twin.ehdr.e_entry != view.ehdr.e_entry || !elfgen_is_unfolded(&twin, &map, NULL))
            abort();
        if (!unfolded.copied)
            read_with_libelf(&unfolded);
        free(unfolded.bytes);
    } else if (error.text[0] == '\0') {
        abort();
    }
    x86_session_close(code);
    return 0;
}
