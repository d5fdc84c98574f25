/* Prints everything about one place in the file: each of its owners in full. */

#include <string.h>

#include "base/ascii.h"
#include "base/fold.h"
#include "explain.h"

/* Texts begin in a column after their labels. */
enum { LABEL = 10, TEXT = 2 + LABEL };

/* "  meaning   " */
static void begin_line(struct elfgen_text *out, const char *label)
{
    elfgen_text_string(out, "  ");
    elfgen_text_column(out, label, LABEL, SIZE_MAX);
    if (strlen(label) >= LABEL)
        elfgen_text_string(out, "  ");
}

static void put_place_of(struct bytemap *map, const struct elfgen_claim *claim)
{
    enum { SHOWN = 16 };
    struct elfgen_text *out = map->out;
    size_t shown = claim->length < SHOWN ? (size_t)claim->length : SHOWN;
    begin_line(out, "bytes");
    elfgen_text_hex_bytes(out, map->view->bytes + claim->offset, shown, ' ');
    elfgen_text_string(out, shown < claim->length ? " ..., " : ", ");
    elfgen_text_0x(out, claim->offset);
    if (claim->length > 1) {
        elfgen_text_string(out, " to ");
        elfgen_text_0x(out, claim->offset + claim->length - 1);
    }
    elfgen_text_char(out, '\n');
}

static void put_groups(struct bytemap *map, const struct elfgen_claim *claim)
{
    struct elfgen_text *out = map->out;
    struct elfgen_bit_group group;
    for (unsigned i = 0; elfgen_claim_bits(map->view, claim, i, &group); i++) {
        char room[32];
        struct elfgen_text label = {.bytes = room, .capacity = sizeof room - 1};
        elfgen_text_string(&label, group.width == 1 ? "bit " : "bits ");
        elfgen_text_decimal(&label, group.low, 0);
        if (group.width > 1) {
            elfgen_text_char(&label, '-');
            elfgen_text_decimal(&label, group.low + group.width - 1, 0);
        }
        room[label.length] = '\0';
        begin_line(out, room);
        elfgen_text_decimal(out, group.value, 0);
        elfgen_text_string(out, "  ");
        elfgen_text_string(out, group.name);
        elfgen_text_char(out, '\n');
    }
}

/* Prints what each register passes, by the name of the parameter. */
static void put_call(struct bytemap *map, const struct elfgen_claim *claim)
{
    struct elfgen_text *out = map->out;
    const struct elfgen_call *call = map->code ? elfgen_code_call(map->code, claim->offset) : NULL;
    struct elfgen_signature signature;
    if (!call || !elfgen_code_signature(map->code, call, &signature))
        return;
    for (unsigned i = 0; i < signature.count; i++) {
        uint64_t offset, length;
        begin_line(out, i == 0 ? "arguments" : "");
        elfgen_text_string(out, signature.parameters[i].name);
        elfgen_text_string(out, " = ");
        if (call->arguments[i].known == UINT64_MAX)
            elfgen_text_0x(out, call->arguments[i].value);
        else
            elfgen_text_string(out, "not known before it runs");
        if (elfgen_code_referred(map->code, call, &signature, i, &offset, &length)) {
            elfgen_text_string(out, ": file offset ");
            elfgen_text_0x(out, offset);
            elfgen_text_string(out, ", ");
            elfgen_text_decimal(out, length, 0);
            elfgen_text_string(out, " bytes");
        }
        elfgen_text_char(out, '\n');
    }
}

/* ASCII letters: upper and lower case differ in bit 5 alone. */
static void put_letter(struct bytemap *map, const struct elfgen_claim *claim)
{
    struct elfgen_text *out = map->out;
    if (map->from < claim->offset || map->from >= claim->offset + claim->length)
        return;
    uint8_t byte = map->view->bytes[map->from];
    uint8_t other = byte ^ 0x20;
    bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
    begin_line(out, "here");
    elfgen_text_0x(out, byte);
    if (ascii_is_printable(byte)) {
        elfgen_text_string(out, ", '");
        elfgen_text_char(out, (char)byte);
        elfgen_text_char(out, '\'');
    }
    if (letter) {
        elfgen_text_string(out, byte & 0x20 ? ": bit 5 is 1, lower case; with 0 it is "
                                            : ": bit 5 is 0, upper case; with 1 it is ");
        elfgen_text_0x(out, other);
        elfgen_text_string(out, ", '");
        elfgen_text_char(out, (char)other);
        elfgen_text_char(out, '\'');
    }
    elfgen_text_char(out, '\n');
}

/* Prints what a run did with it, the calls that it made, and the bytes that ran in place of those
 * of the file. */
static void put_run(struct bytemap *map, const struct elfgen_claim *claim)
{
    struct elfgen_text *out = map->out;
    const struct coverage_call *calls = explain_calls(map, claim);
    char room[160];
    struct elfgen_text mark = {.bytes = room, .capacity = sizeof room};
    explain_put_mark(&mark, map, claim);
    if (!map->run)
        return;
    begin_line(out, "run");
    elfgen_text_bytes(out, room, mark.length);
    elfgen_text_string(out, mark.length == 0 ? "not used\n" : "\n");
    for (size_t i = 0; calls && i < calls->text_count; i++) {
        begin_line(out, i == 0 ? "calls" : "");
        coverage_put_call(out, calls, i);
        elfgen_text_char(out, '\n');
    }
    if (!calls || calls->others == 0)
        return;
    begin_line(out, "");
    elfgen_text_decimal(out, calls->others, 0);
    elfgen_text_string(out, calls->others == 1 ? " other call\n" : " other calls\n");
}

/* The number, what it means, or both. Fields of text have no number. */
static void put_value(struct elfgen_text *out, const struct elfgen_claim *claim,
                      const struct elfgen_text *meaning)
{
    bool is_number = elfgen_claim_has_value(claim);
    if (!is_number && meaning->length == 0)
        return;
    begin_line(out, "value");
    bytemap_put_value(out, claim);
    if (is_number && meaning->length > 0)
        elfgen_text_string(out, ", ");
    elfgen_text_bytes(out, meaning->bytes, meaning->length);
    elfgen_text_char(out, '\n');
}

static void put_claim(struct bytemap_writer *writer, const struct elfgen_claim *claim)
{
    struct bytemap *map = writer->map;
    struct elfgen_text *out = map->out;
    char room[512];
    struct elfgen_text meaning = {.bytes = room, .capacity = sizeof room};
    elfgen_claim_meaning(map->view, map->code, claim, &meaning);
    bytemap_put_name(out, claim);
    elfgen_text_char(out, '\n');
    put_place_of(map, claim);
    if (claim->field) {
        put_value(out, claim, &meaning);
        begin_line(out, "meaning");
        bytemap_put_explanation(out, map, claim);
        elfgen_text_char(out, '\n');
        put_groups(map, claim);
    } else if (meaning.length > 0) {
        begin_line(out, claim->part == ELFGEN_PART_SECTION ? "name" : "text");
        elfgen_text_bytes(out, room, meaning.length);
        elfgen_text_char(out, '\n');
        if (claim->part == ELFGEN_PART_INSTRUCTION)
            put_call(map, claim);
        else if (claim->part == ELFGEN_PART_STRING)
            put_letter(map, claim);
    }
    begin_line(out, "reader");
    elfgen_text_string(out, elfgen_reader_name(claim->reader));
    elfgen_text_char(out, '\n');
    put_run(map, claim);
}

static void put_unclaimed(struct bytemap_writer *writer, uint64_t offset, uint64_t length)
{
    struct elfgen_text *out = writer->map->out;
    elfgen_text_string(out, "unclaimed: no header, table, section or instruction owns it\n");
    begin_line(out, "bytes");
    elfgen_text_0x(out, offset);
    elfgen_text_string(out, " to ");
    elfgen_text_0x(out, offset + length - 1);
    elfgen_text_char(out, '\n');
}

static void put_memory(struct elfgen_text *out, uint64_t address)
{
    elfgen_text_string(out, ", in memory at ");
    elfgen_text_0x(out, address);
}

static void put_head(struct bytemap *map)
{
    struct elfgen_text *out = map->out;
    const struct symbol *symbol = symbols_at_offset(map->symbols, map->from, 1);
    uint64_t address, distance = symbol ? map->from - symbol->offset : 0;
    elfgen_text_string(out, "offset ");
    elfgen_text_0x(out, map->from);
    if (symbol && map->view->ehdr.e_type != ELFGEN_ET_REL)
        put_memory(out, symbol->address + distance);
    else if (elfgen_memory_address(map->view, map->from, &address))
        put_memory(out, address);
    if (symbol) {
        elfgen_text_string(out, distance ? ", in " : ", ");
        if (symbol->type == ELFGEN_STT_NOTYPE && symbol->size == 0)
            symbols_put(out, symbol);
        else
            bytemap_put_symbol(out, symbol);
    }
    elfgen_text_char(out, '\n');
}

bool explain_detail(struct explain *explain)
{
    struct bytemap *map = &explain->map;
    struct elfgen_text *out = map->out;
    struct bytemap_writer writer = {map, true, put_claim, put_unclaimed, NULL, 0};
    struct fold fold;
    fold_open(&fold, out, explain->width, TEXT);
    map->out = &fold.text;
    put_head(map);
    bool good = bytemap_walk(&writer);
    fold_close(&fold);
    map->out = out;
    return good;
}
