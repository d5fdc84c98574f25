/* Prints instructions as a listing. */
#include "listing.h"

/* Bytes that fit the column before the text; a longer instruction moves it. */
enum { BYTES = 8 };

static void put_bytes(struct elfgen_text *out, const uint8_t *bytes, unsigned length)
{
    elfgen_text_hex_bytes(out, bytes, length, ' ');
    elfgen_text_blanks(out, (length < BYTES ? 3u * (BYTES - length) : 0) + 2);
}

/* Prints what nasm needs before the first instruction. notrack and branch hints are written as
 * segment prefixes, which nasm would warn about. */
static void put_head(struct elfgen_text *out, const struct elfgen_view *view, uint64_t address)
{
    const struct elfgen_arch *arch = elfgen_arch_find(view->ehdr.e_machine);
    elfgen_text_string(out, "bits ");
    elfgen_text_decimal(out, UINT64_C(8) * elfgen_address_size(arch->class_), 0);
    elfgen_text_string(out, "\n[warning -prefix-seg]\norg ");
    elfgen_text_0x(out, address);
    elfgen_text_char(out, '\n');
}

/* Fills up to an address: nasm may encode the instruction before in a shorter form, and bytes
 * between two paths of the control flow are no code. */
static void put_filling(struct elfgen_text *out, uint64_t distance)
{
    elfgen_text_string(out, "times ");
    elfgen_text_0x(out, distance);
    elfgen_text_string(out, "-($-$$) nop\n");
}

static void put_aside(struct elfgen_text *out, uint64_t address)
{
    elfgen_text_string(out, "; also, at ");
    elfgen_text_0x(out, address);
    elfgen_text_string(out, ": ");
}

/* Prints the relocations that change an instruction, as a comment. */
static void put_relocations(const struct disasm *disasm, const struct elfgen_code_place *place)
{
    const struct relocations *all = disasm->relocations;
    const struct relocation *found = relocations_find(all, place->offset, place->length);
    for (; found && found < all->all + all->count && found->offset - place->offset < place->length;
         found++) {
        elfgen_text_string(disasm->out, disasm->source ? "  ; " : "  # ");
        relocations_put(disasm->out, all, found);
    }
}

/* "  ; only if execve fails" */
static void put_failure(struct elfgen_text *out, const struct elfgen_code *code, uint64_t offset)
{
    const struct elfgen_call *call = elfgen_code_failed(code, offset);
    struct elfgen_signature signature;
    if (!call || !elfgen_code_signature(code, call, &signature))
        return;
    elfgen_text_string(out, "  ; only if ");
    elfgen_text_string(out, signature.name);
    elfgen_text_string(out, " fails");
}

static void put_line(const struct disasm *disasm, const struct elfgen_code *code,
                     const struct elfgen_code_place *place)
{
    struct elfgen_text *out = disasm->out;
    const uint8_t *bytes = code->view->bytes + place->offset;
    if (disasm->addresses && !disasm->source) {
        elfgen_text_0x(out, place->address);
        elfgen_text_string(out, "  ");
    }
    if (disasm->bytes && !disasm->source)
        put_bytes(out, bytes, place->length);
    code->machine->text(code->machine->context, bytes, place->length, place->address, out);
    if (disasm->bytes && disasm->source) {
        elfgen_text_string(out, "  ; ");
        elfgen_text_hex_bytes(out, bytes, place->length, ' ');
    }
    if (disasm->bytes)
        put_relocations(disasm, place);
    put_failure(out, code, place->offset);
    elfgen_text_char(out, '\n');
}

/* Prints the symbols that begin at an instruction. */
static void put_labels(const struct disasm *disasm, uint64_t offset)
{
    const struct symbols *symbols = disasm->symbols;
    struct elfgen_text *out = disasm->out;
    for (size_t i = symbols_from(symbols, offset); symbols && i < symbols->by_offset.count; i++) {
        if (symbols->by_offset.spans[i].from != offset)
            return;
        elfgen_text_string(out, disasm->source ? "; " : "");
        symbols_put(out, &symbols->all[symbols->by_offset.spans[i].symbol]);
        elfgen_text_string(out, ":\n");
    }
}

bool disasm_report(const struct disasm *disasm, struct elfgen_code *code)
{
    struct elfgen_text *out = disasm->out;
    struct elfgen_code_place place;
    uint64_t at = 0, first = 0, end = 0;
    bool any = false;
    while (elfgen_code_next(code, at, code->view->length, &place)) {
        if (!any) {
            first = place.address;
            if (disasm->source)
                put_head(out, code->view, first);
        } else if (disasm->source && disasm->addresses && place.address >= end) {
            put_filling(out, place.address - first);
        }
        any = true;
        /* An instruction that overlaps another, or has a lower address, cannot be in the same
         * source. */
        if (disasm->source && disasm->addresses && place.address < end)
            put_aside(out, place.address);
        else
            end = place.address + place.length;
        put_labels(disasm, place.offset);
        put_line(disasm, code, &place);
        at = place.offset + 1;
    }
    return any;
}
