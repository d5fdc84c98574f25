/* Prints source for nasm that assembles to the bytes of the code, or of the whole file. */
#include "listing.h"

/* Where nasm is, and what the source is to have there. */
struct source {
    const struct disasm *disasm;
    struct elfgen_code *code; /* NULL: only bytes */
    const struct elfgen_view *view;
    struct elfgen_text *out;
    uint64_t origin; /* of the first byte */
    uint64_t base;   /* the file offset that is at `origin` */
    uint64_t end;    /* the file offset that comes next */
};

static void put_db(struct source *source, uint64_t from, uint64_t to)
{
    elfgen_text_string(source->out, "db ");
    for (uint64_t at = from; at < to; at++) {
        elfgen_text_string(source->out, at > from ? ",0x" : "0x");
        elfgen_text_hex(source->out, source->view->bytes[at], 2);
    }
}

/* How many zeros begin at `from`. */
static uint64_t zeros(const struct source *source, uint64_t from, uint64_t to)
{
    uint64_t at = from;
    while (at < to && source->view->bytes[at] == 0)
        at++;
    return at - from;
}

/* Prints bytes that are no code. */
static void put_data(struct source *source, uint64_t to)
{
    enum { ROW = 8, MANY = 16 };
    while (source->end < to) {
        uint64_t empty = zeros(source, source->end, to);
        uint64_t row = to - source->end < ROW ? to - source->end : ROW;
        if (empty >= MANY) {
            elfgen_text_string(source->out, "times ");
            elfgen_text_0x(source->out, empty);
            elfgen_text_string(source->out, " db 0");
            row = empty;
        } else {
            put_db(source, source->end, source->end + row);
        }
        elfgen_text_string(source->out, "  ; offset ");
        elfgen_text_0x(source->out, source->end);
        elfgen_text_char(source->out, '\n');
        source->end += row;
    }
}

/* Prints what nasm needs before the first instruction. notrack and branch hints are written as
 * segment prefixes, which nasm would warn about. */
static void put_head(struct source *source)
{
    const struct elfgen_arch *arch = elfgen_arch_find(source->view->ehdr.e_machine);
    elfgen_text_string(source->out, "bits ");
    elfgen_text_decimal(source->out, UINT64_C(8) * elfgen_address_size(arch->class_), 0);
    elfgen_text_string(source->out, "\n[warning -prefix-seg]\norg ");
    elfgen_text_0x(source->out, source->origin);
    elfgen_text_char(source->out, '\n');
}

/* Prints an instruction, or if the next begins within it the bytes before that, with a reading. */
static void put_instruction(struct source *source, const struct elfgen_code_place *place,
                            const struct elfgen_code_place *next)
{
    const struct disasm *disasm = source->disasm;
    struct elfgen_text *out = source->out;
    const uint8_t *bytes = source->view->bytes + place->offset;
    uint64_t after = place->offset + place->length;
    /* Where nasm has it, which differs from its address if the file is mapped in several pieces. */
    uint64_t address = source->origin + (place->offset - source->base);
    const struct x86_names *names = disasm->x86->names;
    disasm_put_labels(disasm, place->offset);
    if (next && next->offset < after) {
        after = next->offset;
        put_db(source, place->offset, after);
        elfgen_text_string(out, "  ; ");
    }
    if (address != place->address)
        disasm->x86->names = NULL;
    source->code->machine->text(source->code->machine->context, bytes, place->length, address, out);
    disasm->x86->names = names;
    if (disasm->addresses) {
        elfgen_text_string(out, "  ; ");
        elfgen_text_0x(out, place->address);
    }
    if (disasm->bytes) {
        elfgen_text_string(out, "  ; ");
        elfgen_text_hex_bytes(out, bytes, place->length, ' ');
        disasm_put_relocations(disasm, place);
    }
    disasm_put_failure(disasm, source->code, place->offset);
    disasm_put_mark(disasm, place);
    elfgen_text_char(out, '\n');
    source->end = after;
}

bool disasm_source(struct disasm *disasm, struct elfgen_code *code, const struct elfgen_view *view)
{
    struct source source = {disasm, code, view, disasm->out, 0, 0, 0};
    struct elfgen_code_place place, next;
    bool any = code && elfgen_code_next(code, 0, view->length, &place);
    if (!any && !disasm->whole)
        return false;
    if (any && !disasm->whole)
        source.base = source.end = place.offset;
    if (any && place.address >= place.offset)
        source.origin = place.address - (place.offset - source.base);
    disasm_put_run(disasm);
    put_head(&source);
    for (bool more = any; more; place = next) {
        more = elfgen_code_next(code, place.offset + 1, view->length, &next);
        disasm->at = (size_t)place.offset;
        put_data(&source, place.offset);
        put_instruction(&source, &place, more ? &next : NULL);
    }
    if (disasm->whole)
        put_data(&source, view->length);
    return true;
}
