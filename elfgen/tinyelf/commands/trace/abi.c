/* Prints a system call as the processor sees it: instruction, registers, rings. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fold.h"
#include "base/visible.h"
#include "syscalls/parameter_text.h"
#include "trace.h"

enum { WHERE = 12, VALUE = 20, NARROW_VALUE = 14 };

/* How wide values are where lines are so narrow that their texts would have little room. */
static size_t value_width(size_t width)
{
    enum { ENOUGH = 76 };
    return width == 0 || width >= ENOUGH ? VALUE : NARROW_VALUE;
}

/* Lines that are folded go on below the texts. */
static void open_fold(struct fold *fold, struct elfgen_text *out, size_t width)
{
    fold_open(fold, out, width, 2 + WHERE + value_width(width) + 2);
}

/* Begins a line: a register and its value. */
static void begin(struct fold *fold, const char *name, uint64_t value, bool hex)
{
    struct elfgen_text *out = &fold->text;
    char text[32];
    snprintf(text, sizeof text, hex ? "0x%" PRIx64 : "%" PRId64, value);
    elfgen_text_string(out, "  ");
    elfgen_text_column(out, name, WHERE, WHERE);
    elfgen_text_column(out, text, value_width(fold->width), VALUE);
    elfgen_text_string(out, "  ");
}

static void put_bytes(struct elfgen_text *out, const struct call_site *site)
{
    elfgen_text_hex_bytes(out, site->bytes, sizeof site->bytes, ' ');
    elfgen_text_string(out, "  ");
    elfgen_text_string(out, syscall_instruction(site->call_instruction)->name);
}

/* Returns a file's path from the working folder on if it is in there, else the whole path. */
static const char *from_working_folder(const char *path)
{
    char folder[PATH_MAX];
    size_t length = getcwd(folder, sizeof folder) ? strlen(folder) : 0;
    return length > 1 && strncmp(path, folder, length) == 0 && path[length] == '/'
               ? path + length + 1
               : path;
}

/* Prints which file the bytes come from. */
static void put_place(struct elfgen_text *out, const struct trace_call *call)
{
    const struct call_site_mapping *place = &call->place;
    if (!call->has_place || place->file[0] == '\0') {
        elfgen_text_string(out, "in memory without a file");
        return;
    }
    if (place->file[0] == '[') {
        elfgen_text_string(out, "in the kernel's ");
        visible_string(out, place->file);
        return;
    }
    elfgen_text_string(out, "offset ");
    elfgen_text_0x(out, call->site.address - place->from + place->offset);
    elfgen_text_string(out, " of ");
    visible_string(out, from_working_folder(place->file));
}

static void put_instruction(struct fold *fold, const struct trace_call *call)
{
    struct elfgen_text *out = &fold->text;
    if (!call->has_site) {
        elfgen_text_string(out, "  instruction   unknown: it is no longer in memory\n");
        return;
    }
    if (!call->site.found) {
        elfgen_text_string(out, "  instruction   ");
        put_bytes(out, &call->site);
        elfgen_text_string(out, ", at an address that the processor does not record\n");
        return;
    }
    begin(fold, "instruction", call->site.address, true);
    put_bytes(out, &call->site);
    elfgen_text_string(out, ", ");
    put_place(out, call);
    elfgen_text_char(out, '\n');
}

static void put_ring(struct fold *fold, const struct trace_call *call)
{
    struct elfgen_text *out = &fold->text;
    if (!call->has_cs)
        return;
    begin(fold, "cs", call->cs, true);
    elfgen_text_string(out, "ring ");
    elfgen_text_decimal(out, call->cs & 3u, 0);
    elfgen_text_string(out, ": its low two bits, the CPL; 3 is user mode, 0 the kernel\n");
}

static void put_title(struct elfgen_text *out, const struct trace_call *call, bool with_id,
                      const char *after)
{
    if (with_id) {
        elfgen_text_string(out, "[pid ");
        elfgen_text_decimal(out, (uint64_t)call->id, 0);
        elfgen_text_string(out, "] ");
    }
    if (call->known) {
        elfgen_text_string(out, call->known->name);
    } else {
        elfgen_text_string(out, "call ");
        elfgen_text_decimal(out, call->call->number, 0);
    }
    elfgen_text_string(out, after);
    elfgen_text_char(out, '\n');
}

static const struct call_row *row_of(const struct trace_call *call)
{
    return call->known ? call->known->row : NULL;
}

static void put_number(struct fold *fold, const struct trace_call *call)
{
    struct elfgen_text *out = &fold->text;
    begin(fold, syscall_abi(call->call->abi)->number, call->call->number, false);
    elfgen_text_string(out, syscall_abi(call->call->abi)->title);
    elfgen_text_string(out, ": ");
    if (call->known) {
        elfgen_text_string(out, call->known->name);
        elfgen_text_string(out, ", in the kernel ");
        char entry[CALL_ENTRY_ROOM];
        elfgen_text_string(out, syscall_entry(call->call->abi, call->known->name, entry)
                                    ? entry
                                    : "not implemented");
    } else {
        elfgen_text_string(out, "a number without a name here");
    }
    elfgen_text_char(out, '\n');
}

static void put_argument(struct fold *fold, const struct trace_call *call, unsigned index,
                         bool after, const struct memory_reader *reader)
{
    struct elfgen_text *out = &fold->text;
    const struct call_row *row = row_of(call);
    const struct call_parameter *parameter = &row->parameters[index];
    begin(fold, syscall_abi(call->call->abi)->arguments[index], call->call->arguments[index], true);
    parameter_text_declare(out, parameter);
    if (strace_argument_is_absent(call->call, row, index)) {
        elfgen_text_string(out, ", not used by this call\n");
        return;
    }
    elfgen_text_string(out, " = ");
    strace_argument_text(out, call->call, row, index, after, reader);
    elfgen_text_char(out, '\n');
}

static bool is_answer(const struct call_row *row, unsigned index)
{
    return syscall_type_kind(row->parameters[index].type) == ELFGEN_PARAMETER_OUTPUT;
}

void trace_abi_asked(struct elfgen_text *text, size_t width, const struct trace_call *call,
                     bool with_id, const struct memory_reader *reader)
{
    const struct call_row *row = row_of(call);
    struct fold fold;
    struct elfgen_text *out = &fold.text;
    open_fold(&fold, text, width);
    put_title(out, call, with_id, "");
    if (call->group) {
        elfgen_text_string(out, "  group         ");
        elfgen_text_string(out, call->group);
        elfgen_text_char(out, '\n');
    }
    put_instruction(&fold, call);
    put_number(&fold, call);
    for (unsigned i = 0; row && i < ELFGEN_ARGUMENTS && row->parameters[i].name; i++)
        put_argument(&fold, call, i, false, reader);
    for (unsigned i = 0; !row && i < ELFGEN_ARGUMENTS; i++) {
        begin(&fold, syscall_abi(call->call->abi)->arguments[i], call->call->arguments[i], true);
        elfgen_text_string(out, "argument ");
        elfgen_text_decimal(out, i + 1, 0);
        elfgen_text_string(out, ", if it has that many\n");
    }
    put_ring(&fold, call);
    if (row && row->result_kind == ELFGEN_RESULT_NEVER)
        elfgen_text_string(out, "  returns     never\n\n");
    fold_close(&fold);
}

void trace_abi_answered(struct elfgen_text *text, size_t width, const struct trace_call *call,
                        bool with_id, const struct memory_reader *reader)
{
    const struct call_row *row = row_of(call);
    struct fold fold;
    struct elfgen_text *out = &fold.text;
    open_fold(&fold, text, width);
    if (with_id)
        put_title(out, call, with_id, " returns");
    for (unsigned i = 0; row && i < ELFGEN_ARGUMENTS && row->parameters[i].name; i++)
        if (is_answer(row, i) && !call->call->failed && call->call->arguments[i] != 0)
            put_argument(&fold, call, i, true, reader);
    begin(&fold, syscall_abi(call->call->abi)->number, (uint64_t)call->call->result, false);
    elfgen_text_string(out, "returned: ");
    strace_result_text(out, call->call, row, reader);
    elfgen_text_string(out, "\n\n");
    fold_close(&fold);
}
