/* Fuzzes disasm in each syntax, with names and relocations of the file's own, and nasm's source of
 * whole files. */
#include <stdlib.h>

#include "commands/disasm/listing.h"
#include "x86/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void drop(struct elfgen_text *text)
{
    text->length = 0;
}

static void disassemble(const struct elfgen_view *view, enum x86_syntax syntax, bool all)
{
    char room[512];
    struct elfgen_text out = {.bytes = room, .capacity = sizeof room, .flush = drop};
    struct elfgen_error error;
    struct symbols symbols;
    struct relocations relocations;
    if (!symbols_read(&symbols, view, view, ELFGEN_SHT_SYMTAB) ||
        !relocations_read(&relocations, view))
        abort();
    const struct x86_names names = {.put = symbols_put_name,
                                    .context = &symbols,
                                    .fixed = view->ehdr.e_type == ELFGEN_ET_EXEC,
                                    .relocation = relocations.count > 0 ? relocations_get : NULL,
                                    .relocations = &relocations};
    struct x86_session *code =
        x86_session_open(view, all ? ELFGEN_CODE_ALL : ELFGEN_CODE_FLOW, syntax, &error);
    if (code)
        code->machine.names = &names;
    struct disasm disasm = {.addresses = true,
                            .bytes = true,
                            .whole = true,
                            .x86 = code ? &code->machine : NULL,
                            .symbols = &symbols,
                            .relocations = &relocations,
                            .out = &out};
    if (syntax == SYNTAX_NASM)
        disasm_source(&disasm, code ? &code->code : NULL, view);
    else if (code)
        disasm_report(&disasm, &code->code);
    x86_session_close(code);
    relocations_free(&relocations);
    symbols_free(&symbols);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct elfgen_view view;
    struct elfgen_error error;
    elfgen_view_open_program(&view, bytes, size, &error);
    if (!x86_knows(view.ehdr.e_machine))
        return 0;
    disassemble(&view, SYNTAX_INTEL, size & 1);
    disassemble(&view, SYNTAX_ATT, size & 1);
    disassemble(&view, SYNTAX_NASM, size & 1);
    return 0;
}
