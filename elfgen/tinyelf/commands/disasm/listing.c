/* Prints instructions as a listing. */
#include "listing.h"

/* Bytes that fit the column before the text; a longer instruction moves it. */
enum { BYTES = 8 };

static void put_bytes(struct elfgen_text *out, const uint8_t *bytes, unsigned length)
{
    elfgen_text_hex_bytes(out, bytes, length, ' ');
    elfgen_text_blanks(out, (length < BYTES ? 3u * (BYTES - length) : 0) + 2);
}

/* Prints the relocations that change an instruction, as a comment. */
void disasm_put_relocations(const struct disasm *disasm, const struct elfgen_code_place *place)
{
    const struct relocations *all = disasm->relocations;
    const struct relocation *found = relocations_find(all, place->offset, place->length);
    for (; found && found < all->all + all->count && found->offset - place->offset < place->length;
         found++) {
        elfgen_text_string(disasm->out, disasm->x86->syntax == SYNTAX_NASM ? "  ; " : "  # ");
        relocations_put(disasm->out, all, found);
    }
}

/* In AT&T syntax a semicolon ends a statement: it begins no comment. */
static const char *comment_mark(const struct disasm *disasm)
{
    return disasm->x86 && disasm->x86->syntax == SYNTAX_ATT ? "# " : "; ";
}

static void begin_comment(const struct disasm *disasm)
{
    elfgen_text_blanks(disasm->out, 2);
    elfgen_text_string(disasm->out, comment_mark(disasm));
}

void disasm_put_failure(const struct disasm *disasm, const struct elfgen_code *code,
                        uint64_t offset)
{
    struct elfgen_text *out = disasm->out;
    const struct elfgen_call *call = elfgen_code_failed(code, offset);
    struct elfgen_signature signature;
    if (!call || !elfgen_code_signature(code, call, &signature))
        return;
    begin_comment(disasm);
    elfgen_text_string(out, "only if ");
    elfgen_text_string(out, signature.name);
    elfgen_text_string(out, " fails");
}

void disasm_put_run(const struct disasm *disasm)
{
    if (!disasm->run)
        return;
    elfgen_text_string(disasm->out, comment_mark(disasm));
    elfgen_text_string(disasm->out, "run: ");
    coverage_put_summary(disasm->out, disasm->run);
    elfgen_text_char(disasm->out, '\n');
}

/* Prints the calls that an instruction made. */
static void put_calls(const struct disasm *disasm, const struct coverage_call *calls)
{
    for (size_t i = 0; i < calls->text_count; i++) {
        elfgen_text_string(disasm->out, i == 0 ? ": " : "; ");
        coverage_put_call(disasm->out, calls, i);
    }
    if (calls->others == 0)
        return;
    elfgen_text_string(disasm->out, "; and ");
    elfgen_text_decimal(disasm->out, calls->others, 0);
    elfgen_text_string(disasm->out, calls->others == 1 ? " other call" : " other calls");
}

void disasm_put_mark(const struct disasm *disasm, const struct elfgen_code_place *place)
{
    if (!disasm->run)
        return;
    const struct coverage_call *calls = coverage_calls(disasm->run, place->offset);
    begin_comment(disasm);
    coverage_put_mark(disasm->out, disasm->run, place->offset, place->length, true);
    if (calls)
        put_calls(disasm, calls);
}

static void put_line(const struct disasm *disasm, const struct elfgen_code *code,
                     const struct elfgen_code_place *place)
{
    struct elfgen_text *out = disasm->out;
    const uint8_t *bytes = code->view->bytes + place->offset;
    if (disasm->addresses) {
        elfgen_text_0x(out, place->address);
        elfgen_text_string(out, "  ");
    }
    if (disasm->bytes)
        put_bytes(out, bytes, place->length);
    code->machine->text(code->machine->context, bytes, place->length, place->address, out);
    if (disasm->bytes)
        disasm_put_relocations(disasm, place);
    disasm_put_failure(disasm, code, place->offset);
    disasm_put_mark(disasm, place);
    elfgen_text_char(out, '\n');
}

/* Prints the symbols that begin at an instruction. */
void disasm_put_labels(const struct disasm *disasm, uint64_t offset)
{
    const struct symbols *symbols = disasm->symbols;
    struct elfgen_text *out = disasm->out;
    for (size_t i = symbols_from(symbols, offset); symbols && i < symbols->by_offset.count; i++) {
        if (symbols->by_offset.spans[i].from != offset)
            return;
        elfgen_text_string(out, disasm->x86->syntax == SYNTAX_NASM ? "; " : "");
        symbols_put(out, &symbols->all[symbols->by_offset.spans[i].symbol]);
        elfgen_text_string(out, ":\n");
    }
}

bool disasm_report(struct disasm *disasm, struct elfgen_code *code)
{
    struct elfgen_code_place place;
    uint64_t at = 0;
    disasm_put_run(disasm);
    for (; elfgen_code_next(code, at, code->view->length, &place); at = place.offset + 1) {
        disasm->at = (size_t)place.offset;
        disasm_put_labels(disasm, place.offset);
        put_line(disasm, code, &place);
    }
    return at > 0;
}
