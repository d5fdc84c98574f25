/* Asks about a file for each version of Linux in a range, and prints what they say as a table. */
#include <string.h>

#include "base/json_write.h"
#include "base/visible.h"
#include "check.h"
#include "ptrace/host.h"

/* What a machine may have that the typical one has not; the first that helps is reported. */
enum need {
    NEED_ROOT = 1,
    NEED_OVERCOMMIT = 2,
    NEED_FIVE_LEVELS = 4,
    NEED_ALL = 7,
    NEED_IA32 = 8 /* a usual machine has it */
};

static const struct {
    enum need need;
    const char *name, *words;
} needs[] = {
    {NEED_ROOT, "root", "root (CAP_SYS_RAWIO)"},
    {NEED_OVERCOMMIT, "overcommit", "vm.overcommit_memory=1"},
    {NEED_FIVE_LEVELS, "la57", "57-bit addresses"},
    {NEED_IA32, "ia32", "IA32 emulation"},
};
enum { NEEDS = sizeof needs / sizeof needs[0] };

/* Versions one after the other that say the same. */
struct row {
    uint32_t first, last;
    struct elfgen_kernel_answer answer; /* on a usual machine, or on one that has `needs` */
    unsigned needs;
};

/* Asks for one machine. Returns false if memory ran out. */
static bool ask_once(const struct verdict *file, struct elfgen_kernel_machine *machine,
                     struct elfgen_kernel_answer *answer)
{
    struct verdict verdict = {.file = file->file, .bytes = file->bytes, .length = file->length};
    struct verdict_memory memory = {.path = ""};
    bool good = verdict_ask(&verdict, machine, host_open_interpreter, NULL, &memory);
    *answer = memory.answer;
    verdict_free(&memory);
    return good;
}

static unsigned bits_of(unsigned set)
{
    unsigned count = 0;
    for (; set != 0; set &= set - 1)
        count++;
    return count;
}

/* Asks for one version: a usual machine, and if it does not start there, one with as little more as
 * makes it start. */
static bool ask(const struct verdict *file, uint32_t version, struct row *row)
{
    struct elfgen_kernel_machine machine;
    struct elfgen_kernel_answer answer;
    elfgen_kernel_usual(&machine);
    machine.version = row->first = row->last = version;
    row->needs = 0;
    if (!ask_once(file, &machine, &row->answer))
        return false;
    bool starts = row->answer.verdict == ELFGEN_STARTS;
    for (unsigned size = 1; size <= bits_of(NEED_ALL) && !starts; size++)
        for (unsigned set = 1; set <= NEED_ALL && !starts; set++) {
            if (bits_of(set) != size)
                continue;
            struct elfgen_kernel_machine more = machine;
            more.raw_io = (set & NEED_ROOT) != 0;
            more.five_levels = (set & NEED_FIVE_LEVELS) != 0;
            if (set & NEED_OVERCOMMIT)
                more.overcommit = ELFGEN_OVERCOMMIT_ALWAYS;
            if (!ask_once(file, &more, &answer))
                return false;
            starts = answer.verdict == ELFGEN_STARTS;
            if (starts) {
                row->answer = answer;
                row->needs = set;
            }
        }
    if (starts && row->answer.class_ == ELFGEN_CLASS32)
        row->needs |= NEED_IA32;
    return true;
}

static bool is_same(const struct row *a, const struct row *b)
{
    return a->needs == b->needs && a->answer.verdict == b->answer.verdict &&
           a->answer.check == b->answer.check && a->answer.error == b->answer.error &&
           a->answer.signal == b->answer.signal && a->answer.offset == b->answer.offset &&
           a->answer.value == b->answer.value && a->answer.other == b->answer.other;
}

static void put_version(struct elfgen_text *out, uint32_t version)
{
    elfgen_text_decimal(out, version >> 16, 0);
    elfgen_text_char(out, '.');
    elfgen_text_decimal(out, version & 0xffff, 0);
}

static void put_row(struct elfgen_text *out, const struct row *row)
{
    char room[32];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room - 1};
    put_version(&text, row->first);
    if (row->last != row->first) {
        elfgen_text_string(&text, " to ");
        put_version(&text, row->last);
    }
    room[text.length] = '\0';
    elfgen_text_string(out, "  ");
    elfgen_text_column(out, room, CHECK_VERDICT_COLUMN - 4, SIZE_MAX);
    elfgen_text_string(out, "  ");
    elfgen_text_string(out, verdict_name(row->answer.verdict));
    for (unsigned i = 0, any = 0; i < NEEDS; i++)
        if (row->needs & needs[i].need) {
            elfgen_text_string(out, any++ ? " and " : ", with ");
            elfgen_text_string(out, needs[i].words);
        }
    if (row->answer.check != ELFGEN_CHECK_passed) {
        elfgen_text_string(out, ": ");
        if (row->answer.of_interpreter)
            elfgen_text_string(out, "in the interpreter, ");
        elfgen_kernel_message(&row->answer, out);
    }
    elfgen_text_char(out, '\n');
}

static void put_json_row(struct elfgen_text *out, const struct row *row, bool first)
{
    const struct elfgen_kernel_answer *answer = &row->answer;
    unsigned any = 0;
    elfgen_text_string(out, first ? "{\"from\":\"" : ",{\"from\":\"");
    put_version(out, row->first);
    elfgen_text_string(out, "\",\"to\":\"");
    put_version(out, row->last);
    elfgen_text_char(out, '"');
    json_key_string(out, "verdict", verdict_name(answer->verdict));
    json_key_string(out, "errno",
                    answer->verdict == ELFGEN_REFUSED ? elfgen_errno_name(answer->error) : NULL);
    json_key_number_if(out, "signal", answer->signal != 0, (uint64_t)answer->signal);
    json_key_string(out, "check",
                    answer->check != ELFGEN_CHECK_passed ? elfgen_kernel_checks[answer->check].name
                                                         : NULL);
    json_key(out, "needs");
    elfgen_text_char(out, '[');
    for (unsigned i = 0; i < NEEDS; i++)
        if (row->needs & needs[i].need) {
            if (any++)
                elfgen_text_char(out, ',');
            json_string(out, needs[i].name);
        }
    elfgen_text_string(out, "]}");
}

bool check_kernels(struct elfgen_text *out, const struct verdict *file,
                   const struct kernel_versions *versions, bool json, bool *starts)
{
    struct row row, next;
    bool first = true, good = ask(file, versions->first, &row);
    *starts = good && row.answer.verdict == ELFGEN_STARTS && (row.needs & NEED_ALL) == 0;
    if (!json) {
        visible_string(out, file->file);
        elfgen_text_string(out, ":\n");
    }
    for (uint32_t version = versions->first; good && version != versions->last;) {
        version = kernel_versions_next(version);
        good = ask(file, version, &next);
        *starts = *starts && next.answer.verdict == ELFGEN_STARTS && (next.needs & NEED_ALL) == 0;
        if (good && is_same(&row, &next)) {
            row.last = version;
            continue;
        }
        if (json)
            put_json_row(out, &row, first);
        else
            put_row(out, &row);
        first = false;
        row = next;
    }
    if (good && json)
        put_json_row(out, &row, first);
    else if (good)
        put_row(out, &row);
    return good;
}
