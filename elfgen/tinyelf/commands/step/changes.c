/* Prints what a step changed: registers, memory, calls and signals. */
#include "base/visible.h"
#include "text.h"

#include <signal.h>
#include <string.h>

#include "stepper/effects_state.h"
#include "stepper/pieces.h"
#include "stepper/signal_reason.h"
#include "x86/protection.h"

/* Items that are printed on lines of limited width, separated by commas. */
struct lines {
    struct elfgen_text *out;
    size_t columns, indent, at; /* at: 0 at the start of a line */
    const struct step_recording *recording;
    const struct step_record *record;
    struct step_machines *machines;
    uint32_t abi; /* of the call that was printed last */
};

static void put_item(struct lines *lines, const struct elfgen_text *item)
{
    if (lines->at != 0 && lines->at + 2 + item->length > lines->columns) {
        elfgen_text_string(lines->out, ",\n");
        lines->at = 0;
    }
    if (lines->at == 0)
        elfgen_text_blanks(lines->out, lines->indent);
    else
        elfgen_text_string(lines->out, ", ");
    lines->at += item->length + (lines->at == 0 ? lines->indent : 2);
    elfgen_text_bytes(lines->out, item->bytes, item->length);
}

static void end_lines(struct lines *lines)
{
    if (lines->at != 0)
        elfgen_text_char(lines->out, '\n');
    lines->at = 0;
}

/* Begins a line that is not of items. */
static void begin_line(struct lines *lines)
{
    end_lines(lines);
    elfgen_text_blanks(lines->out, lines->indent);
}

static void put_flags(struct elfgen_text *text, uint64_t before, uint64_t after)
{
    static const char names[][3] = {"CF", "", "PF", "",   "AF", "",   "ZF", "SF", "TF", "IF", "DF",
                                    "OF", "", "",   "NT", "",   "RF", "VM", "AC", "",   "",   "ID"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        bool was = before >> i & 1, is = after >> i & 1;
        if (was == is || !names[i][0])
            continue;
        elfgen_text_string(text, is ? " +" : " -");
        elfgen_text_string(text, names[i]);
    }
}

/* rip is only shown if it is not the next instruction. */
static bool is_shown(const struct step_record *record, enum step_register which)
{
    const struct step_instruction *instruction = record->instruction;
    if (!(record->changed >> which & 1))
        return false;
    return which != STEP_rip || !instruction || record->kind != STEP_RAN ||
           record->after.value[STEP_rip] != instruction->address + instruction->length;
}

static void put_registers(struct lines *lines)
{
    const struct step_record *record = lines->record;
    bool is_64_bit = recording_is_64_bit(&record->before) || recording_is_64_bit(&record->after);
    for (size_t place = 0; place < STEP_SHOWN; place++) {
        enum step_register which = recording_register_at(place);
        const char *name = recording_register_name(which, is_64_bit);
        char room[96];
        struct elfgen_text item = {.bytes = room, .capacity = sizeof room};
        if (!is_shown(record, which))
            continue;
        elfgen_text_string(&item, name ? name : recording_register_name(which, true));
        elfgen_text_char(&item, ' ');
        elfgen_text_0x(&item, record->before.value[which]);
        elfgen_text_string(&item, " -> ");
        elfgen_text_0x(&item, record->after.value[which]);
        if (which == STEP_eflags)
            put_flags(&item, record->before.value[which], record->after.value[which]);
        put_item(lines, &item);
    }
    end_lines(lines);
}

/* Prints "NAME: bytes -> bytes" in rows of 16 bytes; if a row is too long, on two lines. */
static void put_change(struct lines *lines, const char *name, const struct step_piece *piece)
{
    enum { ROW = 16, ROWS = 4 };
    struct elfgen_text *out = lines->out;
    size_t length = strlen(name) + 2;
    end_lines(lines);
    if (!piece->bytes) {
        begin_line(lines);
        elfgen_text_string(out, name);
        elfgen_text_string(out, ": ");
        elfgen_text_decimal(out, piece->size, 0);
        elfgen_text_string(out, piece->size == 1 ? " byte, left out\n" : " bytes, left out\n");
        return;
    }
    for (size_t i = 0; i < piece->size && i < (size_t)ROW * ROWS; i += ROW) {
        size_t count = piece->size - i < ROW ? piece->size - i : ROW;
        bool fits = lines->indent + length + 6 * count + 2 <= lines->columns;
        elfgen_text_blanks(out, lines->indent);
        elfgen_text_string(out, i == 0 ? name : "");
        elfgen_text_blanks(out, i == 0 ? 0 : length - 2);
        elfgen_text_string(out, i == 0 ? ": " : "  ");
        elfgen_text_hex_bytes(out, piece->bytes + i, count, ' ');
        if (fits) {
            elfgen_text_string(out, " -> ");
        } else {
            elfgen_text_char(out, '\n');
            elfgen_text_blanks(out, lines->indent + length - 3);
            elfgen_text_string(out, "-> ");
        }
        elfgen_text_hex_bytes(out, piece->bytes + piece->size + i, count, ' ');
        elfgen_text_char(out, '\n');
    }
    if (piece->size > ROW * ROWS) {
        elfgen_text_blanks(out, lines->indent + length);
        elfgen_text_string(out, "... ");
        elfgen_text_decimal(out, piece->size, 0);
        elfgen_text_string(out, " bytes in all\n");
    }
}

static void put_memory(struct lines *lines, const struct step_piece *piece)
{
    char room[32];
    struct elfgen_text name = {.bytes = room, .capacity = sizeof room - 1};
    elfgen_text_char(&name, '[');
    elfgen_text_0x(&name, piece->value);
    elfgen_text_char(&name, ']');
    room[name.length] = '\0';
    put_change(lines, room, piece);
}

static void put_vector(struct lines *lines, const struct step_piece *piece)
{
    char name[STEP_VECTOR_NAME];
    recording_vector_name(piece->number, piece->size, name);
    put_change(lines, name, piece);
}

/* ---- calls and signals ---- */

/* The name of an argument's register. */
static const char *argument_register(uint32_t abi, uint32_t index)
{
    return syscall_abi(abi < CALL_ABIS ? abi : CALL_NATIVE)
        ->arguments[index < ELFGEN_ARGUMENTS ? index : 0];
}

static void put_call(struct lines *lines, const struct step_piece *piece)
{
    const char *name = (const char *)piece->bytes;
    struct elfgen_text *out = lines->out;
    lines->abi = piece->number;
    begin_line(lines);
    elfgen_text_string(out, "asks the kernel: ");
    elfgen_text_string(out, *name ? name : "call");
    elfgen_text_string(out, *name ? " (" : " ");
    elfgen_text_decimal(out, piece->value, 0);
    elfgen_text_string(out, *name ? ")" : "");
    if (piece->number != CALL_NATIVE && piece->number < CALL_ABIS) {
        elfgen_text_string(out, " of ");
        elfgen_text_string(out, syscall_abi(piece->number)->title);
    }
    elfgen_text_char(out, '\n');
}

static void put_argument(struct lines *lines, const struct step_piece *piece)
{
    const char *name = (const char *)piece->bytes;
    const char *text = name + strlen(name) + 1;
    char room[640];
    struct elfgen_text item = {.bytes = room, .capacity = sizeof room};
    elfgen_text_string(&item, argument_register(lines->abi, piece->number));
    elfgen_text_char(&item, ' ');
    elfgen_text_string(&item, name);
    elfgen_text_string(&item, *name ? "=" : "");
    /* If an argument is a pointer, its address is shown as well. */
    if (strchr("\"[{(", *text) && *text) {
        elfgen_text_0x(&item, piece->value);
        elfgen_text_char(&item, ' ');
    }
    elfgen_text_string(&item, text);
    if (item.length + lines->indent > lines->columns) {
        item.length = lines->columns - lines->indent - 3;
        elfgen_text_string(&item, "...");
    }
    put_item(lines, &item);
}

static void put_answer(struct lines *lines, const struct step_piece *piece)
{
    const uint32_t abi = lines->abi;
    int64_t value = (int64_t)piece->value;
    uint64_t shown = syscall_register(abi < CALL_ABIS ? abi : CALL_NATIVE, piece->value);
    struct elfgen_text *out = lines->out;
    begin_line(lines);
    elfgen_text_string(out, "the kernel answers: ");
    if (syscall_is_error(value)) {
        elfgen_text_char(out, '-');
        elfgen_text_decimal(out, (uint64_t)-value, 0);
    } else if (shown < 65536) {
        elfgen_text_decimal(out, shown, 0);
    } else {
        elfgen_text_0x(out, shown);
    }
    if (piece->bytes[0]) {
        elfgen_text_string(out, " ");
        visible_string(out, (const char *)piece->bytes);
    }
    elfgen_text_char(out, '\n');
}

static void put_output(struct lines *lines, const struct step_piece *piece)
{
    struct elfgen_text *out = lines->out;
    begin_line(lines);
    elfgen_text_string(out, "output ");
    elfgen_text_decimal(out, piece->number, 0);
    elfgen_text_string(out, ": ");
    step_put_quoted(out, piece->bytes, piece->size, lines->columns - lines->indent - 10);
    elfgen_text_char(out, '\n');
}

static void put_protection(struct lines *lines)
{
    const struct step_instruction *what = lines->record->instruction;
    struct elfgen_text *out = lines->out;
    begin_line(lines);
    elfgen_text_string(out, "general protection: ");
    size_t length = out->length;
    if (what) {
        struct effects_state state =
            recording_effects_state(&lines->record->before, what->address + what->length);
        x86_put_protection(out, &lines->machines->decoders[what->is_64_bit], what->bytes,
                           what->length, &state);
    }
    if (out->length == length)
        elfgen_text_string(out, "not allowed in ring 3, or not with these operands");
    elfgen_text_char(out, '\n');
}

static void put_signal(struct lines *lines, const struct step_piece *piece)
{
    const struct step_record *record = lines->record;
    struct elfgen_text *out = lines->out;
    const char *reason = step_signal_reason(piece->number, piece->size);
    begin_line(lines);
    step_put_signal(out, piece->number);
    if (record->kind == STEP_STOPPED) {
        elfgen_text_string(out, " stops it until SIGCONT\n");
        return;
    }
    elfgen_text_string(out, record->kind == STEP_FAULT ? ": the instruction faults at CPL "
                                                       : " comes, at CPL ");
    elfgen_text_decimal(out, record->before.value[STEP_cs] & 3, 0);
    if (piece->number == SIGSEGV && piece->size < 0x80 && record->kind == STEP_FAULT) {
        elfgen_text_string(out, ", address ");
        elfgen_text_0x(out, piece->value);
    }
    elfgen_text_char(out, '\n');
    if (record->kind == STEP_FAULT && piece->number == SIGSEGV && piece->size == 0x80)
        put_protection(lines);
    if (!reason)
        return;
    begin_line(lines);
    elfgen_text_string(out, reason);
    elfgen_text_char(out, '\n');
}

static void put_program(struct lines *lines, const struct step_piece *piece)
{
    const struct step_recording *recording = lines->recording;
    begin_line(lines);
    elfgen_text_string(lines->out, "another program takes its place: ");
    visible_string(lines->out, piece->value < recording->file_count
                                   ? recording->files[piece->value].name
                                   : "?");
    elfgen_text_char(lines->out, '\n');
}

static void put_note(struct lines *lines, const struct step_piece *piece)
{
    begin_line(lines);
    visible_string(lines->out, (const char *)piece->bytes);
    elfgen_text_char(lines->out, '\n');
}

static void (*const printers[STEP_PIECE_KINDS])(struct lines *lines,
                                                const struct step_piece *piece) = {
#define PIECE(kind, name, print, ...) [STEP_PIECE_##kind] = put_##print,
#include "stepper/pieces.def"
#undef PIECE
};

void step_put_changes(struct elfgen_text *out, struct step_machines *machines,
                      const struct step_record *record, const struct step_recording *recording,
                      size_t columns, size_t indent)
{
    struct lines lines = {.out = out,
                          .columns = columns,
                          .indent = indent,
                          .recording = recording,
                          .record = record,
                          .machines = machines,
                          .abi = CALL_NATIVE};
    struct step_piece piece;
    size_t position = 0;
    bool first = true;
    while (recording_next_piece(record, &position, &piece)) {
        /* The question of a call is shown before the registers that the answer changed. */
        if (first && !step_piece_rows[piece.kind].before_registers) {
            end_lines(&lines);
            put_registers(&lines);
            first = false;
        }
        printers[piece.kind](&lines, &piece);
    }
    end_lines(&lines);
    if (first)
        put_registers(&lines);
}
