#include "disasm.h"

/* Bytes in the column before the text; longer instructions push it. */
enum { BYTES = 8 };

static void put_bytes(struct elfgen_text *out, const uint8_t *bytes, unsigned length)
{
    elfgen_text_hex_bytes(out, bytes, length, ' ');
    elfgen_text_blanks(out, (length < BYTES ? 3u * (BYTES - length) : 0) + 2);
}

static void put_0x(struct elfgen_text *out, uint64_t value)
{
    elfgen_text_string(out, "0x");
    elfgen_text_hex(out, value, 0);
}

/* What nasm needs to know before the first instruction. */
static void put_head(struct elfgen_text *out, const struct elfgen_view *view, uint64_t address)
{
    elfgen_text_string(out, view->ehdr.e_machine == ELFGEN_EM_386 ? "bits 32\n" : "bits 64\n");
    elfgen_text_string(out, "org ");
    put_0x(out, address);
    elfgen_text_string(out, "\n");
}

bool disasm_report(const struct disasm *disasm, struct elfgen_code *code, bool source)
{
    const struct elfgen_view *view = code->view;
    struct elfgen_text *out = disasm->out;
    struct elfgen_code_place place;
    uint64_t at = 0;
    bool any = false;
    while (elfgen_code_next(code, at, view->length, &place)) {
        if (source && !any)
            put_head(out, view, place.address);
        any = true;
        if (disasm->addresses && !source) {
            put_0x(out, place.address);
            elfgen_text_string(out, "  ");
        }
        if (disasm->bytes && !source)
            put_bytes(out, view->bytes + place.offset, place.length);
        code->machine->text(code->machine->context, view->bytes + place.offset, place.length,
                            place.address, out);
        if (source && (disasm->addresses || disasm->bytes)) {
            elfgen_text_string(out, "  ; ");
            put_0x(out, place.address);
        }
        elfgen_text_char(out, '\n');
        at = place.offset + 1;
    }
    return any;
}
