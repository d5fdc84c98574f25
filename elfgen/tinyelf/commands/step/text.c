/* Prints a recorded run as text. */
#include "base/no_memory.h"
#include "base/visible.h"
#include "text.h"

void step_machines_open(struct step_machines *machines)
{
    for (int is_64_bit = 0; is_64_bit < 2; is_64_bit++)
        x86_open_width(&machines->decoders[is_64_bit], is_64_bit, SYNTAX_INTEL);
}

void step_put_instruction(struct elfgen_text *out, struct step_machines *machines,
                          const struct step_instruction *instruction)
{
    struct x86 *machine = &machines->decoders[instruction->is_64_bit];
    if (instruction->length == 0)
        elfgen_text_string(out, "(no instruction can be read here)");
    else
        x86_print(machine, instruction->bytes, instruction->length, instruction->address, out);
}

/* ---- head and end ---- */

void step_put_head(struct elfgen_text *out, const struct step_recording *recording)
{
    const uint64_t *start = recording->start.value;
    const struct step_file *file = &recording->files[0];
    visible_string(out, recording->argument_count ? recording->arguments[0] : file->name);
    if (file->bytes) {
        elfgen_text_string(out, ": ");
        elfgen_text_decimal(out, file->size, 0);
        elfgen_text_string(out, " bytes");
    }
    elfgen_text_string(out, ", starts at ");
    elfgen_text_0x(out, start[STEP_rip]);
    elfgen_text_string(out, ", in ");
    elfgen_text_decimal(
        out, UINT64_C(8) * recording_word_size(recording_is_64_bit(&recording->start)), 0);
    elfgen_text_string(out, "-bit code\ncs ");
    elfgen_text_0x(out, start[STEP_cs]);
    elfgen_text_string(out, ", its low two bits ");
    elfgen_text_decimal(out, start[STEP_cs] & 3, 0);
    elfgen_text_string(out, ": CPL ");
    elfgen_text_decimal(out, start[STEP_cs] & 3, 0);
    elfgen_text_string(out, ", as the processor shows it;\n"
                            "in the kernel it is 0, by architecture, not measured\n");
    if (recording->is_private)
        elfgen_text_string(out, "paths, arguments, environment and stack are left out\n");
}

void step_put_end(struct elfgen_text *out, const struct step_recording *recording, uint64_t count)
{
    uint32_t number = (uint32_t)recording->end_number;
    switch (recording->end) {
    case STEP_EXITED:
        elfgen_text_string(out, "ended with status ");
        elfgen_text_decimal(out, number, 0);
        break;
    case STEP_KILLED:
        elfgen_text_string(out, "killed by ");
        step_put_signal(out, number);
        elfgen_text_string(out, recording->end_core ? " (core dumped)" : "");
        break;
    case STEP_FULL:
        elfgen_text_string(out, recording->no_memory ? "stopped: " NO_MEMORY
                                                     : "stopped: the recording is full");
        break;
    case STEP_INTERRUPTED:
        elfgen_text_string(out, "interrupted");
        break;
    default:
        elfgen_text_string(out, "stopped here");
        break;
    }
    elfgen_text_string(out, count == 1 ? " after 1 step\n" : " after ");
    if (count != 1) {
        elfgen_text_decimal(out, count, 0);
        elfgen_text_string(out, " steps\n");
    }
}

/* ---- a step ---- */

/* Prints the file's name if it is another than before: offsets refer to it. */
static void put_file(struct step_printer *printer, const struct step_instruction *what)
{
    const struct step_recording *recording = printer->recording;
    if (what->file == printer->file)
        return;
    printer->file = what->file;
    elfgen_text_string(printer->out, "in ");
    visible_string(printer->out, what->file < recording->file_count
                                     ? recording->files[what->file].name
                                     : "memory without a file");
    elfgen_text_string(printer->out, ":\n");
}

static void put_place(struct elfgen_text *out, const struct step_instruction *what)
{
    elfgen_text_0x(out, what->address);
    if (what->offset == STEP_NOWHERE)
        return;
    elfgen_text_string(out, " +");
    elfgen_text_0x(out, what->offset);
}

/* Columns: number, address and offset, bytes, text. A text that is too long goes to the next line.
 */
static void put_instruction(struct step_printer *printer, const struct step_instruction *what)
{
    enum { PLACE = 16, BYTES = 8, TEXT = 6 + PLACE + 2 + 3 * BYTES + 1 };
    char room[64], words[256];
    struct elfgen_text line = {.bytes = room, .capacity = sizeof room - 1};
    struct elfgen_text text = {.bytes = words, .capacity = sizeof words};
    size_t at = 6, bytes = (size_t)3 * what->length;
    for (uint64_t count = printer->count; count > 9999; count /= 10)
        at++;
    put_place(&line, what);
    room[line.length] = '\0';
    elfgen_text_column(printer->out, room, PLACE, sizeof room);
    elfgen_text_string(printer->out, "  ");
    at += (line.length < PLACE ? PLACE : line.length) + 2;
    if (bytes > 0)
        elfgen_text_hex_bytes(printer->out, what->bytes, what->length, ' ');
    at += bytes > 0 ? bytes - 1 : 0;
    size_t gap = at + 2 < TEXT ? TEXT - at : 2;
    step_put_instruction(&text, printer->machines, what);
    if (at + gap + text.length > STEP_COLUMNS && at + 2 + text.length <= STEP_COLUMNS)
        gap = 2;
    if (at + gap + text.length > STEP_COLUMNS) {
        elfgen_text_char(printer->out, '\n');
        gap = TEXT;
        if (text.length > STEP_COLUMNS - TEXT)
            gap = text.length < STEP_COLUMNS - 6 ? STEP_COLUMNS - text.length : 6;
    }
    elfgen_text_blanks(printer->out, gap);
    elfgen_text_bytes(printer->out, words,
                      text.length < STEP_COLUMNS - 6 ? text.length : STEP_COLUMNS - 6);
}

/* What a record without an instruction is about. */
static const char *what_happened(enum step_kind kind)
{
    switch (kind) {
    case STEP_HANDLER:
        return "the kernel calls the signal's handler";
    case STEP_RESTART:
        return "the kernel returns to the interrupted call, to restart it";
    default:
        return "between two instructions";
    }
}

void step_put_record(struct step_printer *printer, const struct step_record *record)
{
    enum { INDENT = 6 };
    const struct step_instruction *what = record->instruction;
    if (what)
        put_file(printer, what);
    elfgen_text_decimal(printer->out, ++printer->count, 4);
    elfgen_text_string(printer->out, "  ");
    if (what)
        put_instruction(printer, what);
    else
        elfgen_text_string(printer->out, what_happened(record->kind));
    elfgen_text_char(printer->out, '\n');
    step_put_changes(printer->out, printer->machines, record, printer->recording, STEP_COLUMNS,
                     INDENT);
}
