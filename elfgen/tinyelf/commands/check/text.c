/* Prints the result of check as sentences. */

#include "base/visible.h"
#include "check.h"

static void put_place(struct elfgen_text *out, uint64_t offset, const char *field)
{
    if (offset == ELFGEN_NOWHERE)
        return;
    elfgen_text_string(out, "offset ");
    elfgen_text_0x(out, offset);
    elfgen_text_string(out, " (");
    elfgen_text_string(out, field);
    elfgen_text_string(out, "): ");
}

static void put_errno(struct elfgen_text *out, int error)
{
    const char *name = elfgen_errno_name(error);
    if (name)
        elfgen_text_string(out, name);
    else
        elfgen_text_decimal(out, (uint64_t)error, 0);
    if (error == ELFGEN_ENOEXEC)
        elfgen_text_string(out, ", which shells report as \"Exec format error\"");
}

static void put_signal(struct elfgen_text *out, int signal)
{
    elfgen_text_string(out, signal == 0               ? "SIGSEGV or SIGBUS"
                            : signal == ELFGEN_SIGBUS ? "SIGBUS"
                                                      : "SIGSEGV");
}

/* Prints the verdict. */
static void put_verdict(struct elfgen_text *out, const struct elfgen_kernel_answer *answer)
{
    switch (answer->verdict) {
    case ELFGEN_REFUSED:
        elfgen_text_string(out, "Linux refuses it: execve fails with ");
        put_errno(out, answer->error);
        break;
    case ELFGEN_KILLED:
        elfgen_text_string(out, "Linux kills it at its start, in execve: ");
        put_signal(out, answer->signal);
        break;
    case ELFGEN_FAULTS:
        elfgen_text_string(out, "Linux starts it, but its first instruction cannot be fetched: ");
        put_signal(out, answer->signal);
        break;
    default:
        elfgen_text_string(out, "Linux starts it");
    }
    elfgen_text_char(out, '\n');
}

/* Names the file of the field, if that is not this file. */
static void put_interpreter(struct elfgen_text *out, const struct verdict *report)
{
    if (!report->answer->of_interpreter)
        return;
    elfgen_text_string(out, "in the interpreter, ");
    visible_string(out, report->interpreter);
    elfgen_text_string(out, ": ");
}

static void put_reason(struct elfgen_text *out, const struct verdict *report)
{
    const struct elfgen_kernel_answer *answer = report->answer;
    const struct elfgen_kernel_check *row = &elfgen_kernel_checks[answer->check];
    char remedy[256];
    struct elfgen_text text = {.bytes = remedy, .capacity = sizeof remedy};
    if (answer->check == ELFGEN_CHECK_passed)
        return;
    elfgen_text_string(out, "  ");
    put_interpreter(out, report);
    put_place(out, answer->offset, answer->field);
    elfgen_kernel_message(answer, out);
    if (answer->check == ELFGEN_CHECK_interpreter_open) {
        elfgen_text_string(out, ": ");
        visible_string(out, report->interpreter);
    }
    elfgen_text_char(out, '\n');
    elfgen_kernel_remedy(answer, &text);
    if (text.length > 0) {
        elfgen_text_string(out, "  would work: ");
        if (answer->field && answer->offers) {
            elfgen_text_string(out, answer->field);
            elfgen_text_string(out, " ");
        }
        elfgen_text_bytes(out, remedy, text.length);
        elfgen_text_char(out, '\n');
    }
    elfgen_text_string(out, "  the kernel's ");
    elfgen_text_string(out, row->function);
    elfgen_text_string(out, "() says so\n");
}

static void put_flags(struct elfgen_text *out, unsigned flags)
{
    elfgen_text_char(out, flags & ELFGEN_PF_R ? 'r' : '-');
    elfgen_text_char(out, flags & ELFGEN_PF_W ? 'w' : '-');
    elfgen_text_char(out, flags & ELFGEN_PF_X ? 'x' : '-');
}

static void put_area(struct elfgen_text *out, const struct elfgen_kernel_area *area)
{
    static const char *const names[] = {"file", "interpreter", "zeros", "stack", "vDSO", "vvar"};
    elfgen_text_string(out, "    0x");
    elfgen_text_hex(out, area->start, 12);
    elfgen_text_string(out, "-0x");
    elfgen_text_hex(out, area->end, 12);
    elfgen_text_char(out, ' ');
    put_flags(out, area->flags);
    elfgen_text_char(out, ' ');
    elfgen_text_string(out, names[area->kind]);
    if (area->kind == ELFGEN_AREA_FILE || area->kind == ELFGEN_AREA_INTERPRETER) {
        elfgen_text_string(out, " from ");
        elfgen_text_0x(out, area->offset);
    }
    if (area->segment != 0xffff) {
        elfgen_text_string(out, ", segment ");
        elfgen_text_decimal(out, area->segment, 0);
    }
    if (area->missing < area->end) {
        if (area->file_end < area->missing) {
            elfgen_text_string(out, ", zeros from ");
            elfgen_text_0x(out, area->file_end);
        }
        elfgen_text_string(out, ", not there from ");
        elfgen_text_0x(out, area->missing);
        elfgen_text_string(out, " on, past the end of the file (SIGBUS)");
    }
    elfgen_text_char(out, '\n');
}

static void put_map(struct elfgen_text *out, const struct verdict *report)
{
    elfgen_text_string(out, "  memory, without randomisation:\n");
    for (uint64_t i = 0; i < report->map->count; i++)
        put_area(out, &report->map->areas[i]);
    if (report->answer->verdict == ELFGEN_KILLED)
        return;
    elfgen_text_string(out, "  first instruction: ");
    elfgen_text_0x(out, report->answer->entry);
    elfgen_text_char(out, '\n');
}

static void put_source(struct elfgen_text *out, const char *source)
{
    elfgen_text_string(out, " (");
    elfgen_text_string(out, source);
    elfgen_text_string(out, ")\n");
}

static void put_loader(struct elfgen_text *out, const struct verdict *report)
{
    const struct elfgen_objection *objection = &report->objection;
    if (objection->who == 0) {
        elfgen_text_string(out, "nothing known keeps ");
        elfgen_text_string(out, report->loader);
        elfgen_text_string(out, report->objector == ELFGEN_OBJECTOR_QEMU_USER
                                    ? " from starting it\n"
                                    : " from starting it (cited, not measured)\n");
        return;
    }
    elfgen_text_string(out, report->loader);
    elfgen_text_string(out, report->objector == ELFGEN_OBJECTOR_QEMU_USER ? " does not start it\n  "
                                                                          : " refuses it\n  ");
    put_place(out, objection->offset, objection->field);
    elfgen_objection_text(objection, out);
    put_source(out, objection->source);
}

unsigned check_text(struct elfgen_text *out, const struct verdict *report, bool verbose)
{
    struct elfgen_objection warning;
    unsigned row = 0, count = 0;
    visible_string(out, report->file);
    elfgen_text_string(out, ": ");
    if (!report->answer) {
        put_loader(out, report);
        return 0;
    }
    put_verdict(out, report->answer);
    put_reason(out, report);
    if (report->not_read && report->answer->verdict == ELFGEN_STARTS) {
        elfgen_text_string(
            out, "  the interpreter may be executed but not read, so it is assumed to be good: ");
        visible_string(out, report->interpreter);
        elfgen_text_char(out, '\n');
    }
    if (verbose && report->map->count > 0)
        put_map(out, report);
    /* A file that is not ELF has no headers to warn about. */
    if (report->answer->is_script || report->answer->check == ELFGEN_CHECK_magic)
        return 0;
    while (elfgen_objection_next(report->bytes, report->length, ELFGEN_OBJECTOR_WARNINGS, &row,
                                 &warning)) {
        elfgen_text_string(out, "  ");
        elfgen_text_string(out, verdict_kind_name(warning.who));
        elfgen_text_string(out, ": ");
        put_place(out, warning.offset, warning.field);
        elfgen_objection_text(&warning, out);
        put_source(out, warning.source);
        count++;
    }
    return count;
}
