/* Reports how a program that was run has ended, or why it was not started. */
#include "exit_reason.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/proc.h"
#include "base/signal_name.h"
#include "cli/cli.h"

/* ---- what a program needs from the file system ---- */

/* Finds the interpreter's name, PT_INTERP. */
static bool find_interpreter(const struct file_bytes *bytes, char *need, size_t room)
{
    struct elfgen_view view;
    struct elfgen_phdr segment;
    elfgen_view_open_program(&view, bytes->bytes, bytes->size, NULL);
    for (uint64_t i = 0; i < view.segments.count; i++) {
        if (elfgen_view_segment(&view, i, &segment, NULL) == ELFGEN_OUT_OF_RANGE)
            break;
        if (segment.p_type != ELFGEN_PT_INTERP || segment.p_filesz > PATH_MAX)
            continue;
        const uint8_t *name = elfgen_view_bytes(&view, segment.p_offset, segment.p_filesz);
        if (!name)
            continue;
        snprintf(need, room, "'%.*s' (PT_INTERP)", (int)segment.p_filesz, (const char *)name);
        return true;
    }
    return false;
}

/* Finds the file that a program needs. Returns false if there is none, or if it is not known. */
static bool find_need(const char *path, char *need, size_t room)
{
    struct file_bytes bytes = {0};
    bool found = false;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return false;
    if (file_read(file, true, &bytes) && bytes.size > 2) {
        found = memcmp(bytes.bytes, "#!", 2) == 0;
        if (found)
            snprintf(need, room, "of a script (#!)");
        else
            found = find_interpreter(&bytes, need, room);
    }
    file_free(&bytes);
    close(file);
    return found;
}

/* ---- addresses that Linux does not map ---- */

/* Finds the lowest address that the file itself chooses for a segment. */
static bool find_lowest(const struct file_bytes *bytes, uint64_t *segment, uint64_t *address)
{
    struct elfgen_view view;
    struct elfgen_phdr phdr;
    bool found = false;
    if (elfgen_view_open_program(&view, bytes->bytes, bytes->size, NULL) != ELFGEN_OK ||
        view.ehdr.e_type != ELFGEN_ET_EXEC)
        return false;
    for (uint64_t i = 0; i < view.segments.count; i++) {
        if (elfgen_view_segment(&view, i, &phdr, NULL) != ELFGEN_OK)
            break;
        if (phdr.p_type != ELFGEN_PT_LOAD || phdr.p_memsz == 0 ||
            (found && phdr.p_vaddr >= *address))
            continue;
        *segment = i;
        *address = phdr.p_vaddr;
        found = true;
    }
    return found;
}

/* Where Linux could not map a program: says that it is below vm.mmap_min_addr, if it is. */
static void note_lowest(const char *name, const char *path)
{
    struct file_bytes bytes = {0};
    uint64_t segment = 0, address = 0, lowest = 0;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return;
    if (file_read(file, true, &bytes) && find_lowest(&bytes, &segment, &address) &&
        proc_lowest_address(&lowest) && address < lowest)
        message(name, "note",
                "segment %llu is at address 0x%llx, below vm.mmap_min_addr, which is 0x%llx here: "
                "Linux maps nothing there without CAP_SYS_RAWIO, which no program has in the "
                "sandbox",
                (unsigned long long)segment, (unsigned long long)address,
                (unsigned long long)lowest);
    file_free(&bytes);
    close(file);
}

void exit_reason_report_not_started(const char *path, int error)
{
    char need[PATH_MAX + 32];
    if (error == ENOENT && find_need(path, need, sizeof need))
        message(path, "error", "it needs the interpreter %s, and in the sandbox there are no files",
                need);
    else
        program_report_not_started(path, error);
    if (error == EPERM)
        note_lowest(path, path);
}

/* ---- why it ended ---- */

/* A size such as "64 MiB", in the largest unit without a fraction. */
static const char *size_text(uint64_t bytes, char *text, size_t room)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB"};
    size_t unit = 0;
    while (unit < 3 && bytes != 0 && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    snprintf(text, room, "%llu %s", (unsigned long long)bytes, units[unit]);
    return text;
}

static const char *time_text(uint64_t milliseconds, char *text, size_t room)
{
    if (milliseconds % 1000 == 0)
        snprintf(text, room, "%llu s", (unsigned long long)(milliseconds / 1000));
    else
        snprintf(text, room, "%.3g s", (double)milliseconds / 1000);
    return text;
}

/* Calls that are allowed, but only for certain descriptors. */
static bool is_of_descriptor(const char *name)
{
    static const char *const names[] = {"read", "readv", "write", "writev"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

bool exit_reason_kinds(const struct run_end *end, char *kinds, size_t room)
{
    static struct calls calls;
    const struct call *call = end->knows_call ? syscall_find(&calls, end->abi, end->number) : NULL;
    unsigned with = call ? sandbox_kinds_with(call->name, end->arguments) : 0;
    size_t used = 0;
    *kinds = '\0';
    for (int kind = 0; kind < SANDBOX_KINDS && used < room; kind++)
        if (with >> kind & 1)
            used += (size_t)snprintf(kinds + used, room - used, "%s%s", used ? " or " : "",
                                     sandbox_kind_name((enum sandbox_kind)kind));
    return with != 0;
}

static void report_call(const char *name, const char *path, const struct run_end *end)
{
    static struct calls calls;
    const struct call_abi_row *abi = syscall_abi(end->abi);
    char need[PATH_MAX + 32];
    const char *hint = find_need(path, need, sizeof need)
                           ? "; it is linked dynamically, and its interpreter needs files"
                           : "";
    if (!end->knows_call) {
        message(name, "error",
                "killed for a system call that the sandbox does not allow; ptrace could tell which "
                "one, but it is forbidden here%s",
                hint);
        return;
    }
    if (end->number == UINT32_MAX) {
        message(name, "error",
                "system call not allowed in the sandbox: number -1, or one made through the "
                "vsyscall page, of which Linux reports no number%s",
                hint);
        return;
    }
    if (abi->x32 != 0 && (end->number & ~(uint64_t)(abi->x32 - 1)) == abi->x32) {
        message(name, "error",
                "system call not allowed in the sandbox: number 0x%llx, one of x32's%s",
                (unsigned long long)end->number, hint);
        return;
    }
    const struct call *call = syscall_find(&calls, end->abi, end->number);
    char kinds[128], descriptor[32] = "", allow[160] = "";
    if (call && is_of_descriptor(call->name))
        snprintf(descriptor, sizeof descriptor, " of descriptor %d", (int)end->arguments[0]);
    if (!*hint && exit_reason_kinds(end, kinds, sizeof kinds))
        snprintf(allow, sizeof allow, "; --allow %s permits it", kinds);
    message(name, "error", "system call not allowed in the sandbox: %s%s (number %llu, %s)%s%s",
            call ? call->name : "one without a name", descriptor, (unsigned long long)end->number,
            abi->title, hint, allow);
}

static void report_signal(const char *name, const struct run_end *end)
{
    const char *abbreviation = signal_abbreviation(end->signal);
    char address[64] = "";
    if (end->has_address)
        snprintf(address, sizeof address, ", at address 0x%llx", (unsigned long long)end->address);
    message(name, "error", "killed by signal %d (%s%s)%s%s", end->signal, abbreviation ? "SIG" : "",
            abbreviation ? abbreviation : "a real-time signal", address,
            end->loading ? ": Linux gave up while it loaded the file" : "");
}

/* A program that exceeded a limit counts as killed, even if it ended before it could be. */
int exit_reason_status(const struct run_end *end)
{
    if (end->reason == RUN_EXITED)
        return end->status;
    return 128 + (end->reason == RUN_SIGNAL || end->reason == RUN_CALL ? end->signal : SIGKILL);
}

int exit_reason_report(const char *name, const char *path, const struct run_end *end,
                       const struct run_limits *limits, const char *output_option)
{
    char text[64];
    switch (end->reason) {
    case RUN_EXITED:
        return end->status;
    case RUN_SIGNAL:
        report_signal(name, end);
        if (end->loading)
            note_lowest(name, path);
        break;
    case RUN_CALL:
        report_call(name, path, end);
        break;
    case RUN_TIME:
        message(name, "error", "%s the time limit of %s (--time)",
                end->signal ? "killed: it reached" : "ended, but its output was not read within",
                time_text(limits->time, text, sizeof text));
        break;
    case RUN_MEMORY:
        message(name, "error", "%s the memory limit of %s (--memory)",
                end->signal ? "killed: it exceeded" : "ended, but had exceeded",
                size_text(limits->memory, text, sizeof text));
        break;
    case RUN_OUTPUT:
        message(name, "error", "%s the output limit of %s%s",
                end->signal ? "killed: it exceeded" : "ended, but had exceeded",
                size_text(limits->output, text, sizeof text), output_option);
        break;
    case RUN_INTERRUPTED:
    case RUN_NOT_STARTED:
        break;
    }
    return exit_reason_status(end);
}

/* ---- the sandbox ---- */

void exit_reason_report_lacks(unsigned lacks)
{
    static const struct {
        unsigned lack;
        const char *name;
    } names[] = {
        {SANDBOX_NO_USER, "user namespace"},       {SANDBOX_NO_PID, "pid namespace"},
        {SANDBOX_NO_NETWORK, "network namespace"}, {SANDBOX_NO_MOUNT, "mount namespace"},
        {SANDBOX_NO_IPC, "IPC namespace"},         {SANDBOX_NO_MEASURE, "memory limit (no /proc)"}};
    char text[256] = "";
    size_t length = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (lacks & names[i].lack)
            length += (size_t)snprintf(text + length, sizeof text - length, "%s%s",
                                       length ? ", " : "", names[i].name);
    if (length != 0)
        message(NULL, "warning", "not possible on this system: %s", text);
}
