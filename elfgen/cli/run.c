/* tinyelf run: a program with limits, or in a sandbox. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../process/confine.h"
#include "../process/limited.h"
#include "../source/bytes.h"
#include "cli.h"

enum { OPTION_SANDBOX = 256, OPTION_TIME, OPTION_MEMORY, OPTION_OUTPUT, OPTION_HELP };

static const struct option options[] = {
    {"sandbox", no_argument, NULL, OPTION_SANDBOX},
    {"time", required_argument, NULL, OPTION_TIME},
    {"memory", required_argument, NULL, OPTION_MEMORY},
    {"output", required_argument, NULL, OPTION_OUTPUT},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static const uint64_t MIB = 1 << 20;
enum { SANDBOX_SECONDS = 10, SANDBOX_MEMORY = 256, SANDBOX_OUTPUT = 16 };

static void help(void)
{
    puts(
        "Usage: tinyelf run [OPTIONS] PROGRAM [ARGUMENT...]\n"
        "Runs a program, and ends as it ends: with its status, or 128 + the signal that killed it. "
        "Says\n"
        "why it died. No process that it started is left.\n\n"
        "      --sandbox    for programs that nobody trusts: they may read 0, write 1 and 2, exit, "
        "get\n"
        "                   memory, sleep and ask for the time; any other system call kills them\n"
        "      --time S     at most S seconds (0.5 is half of one), then it is killed\n"
        "      --memory M   at most M MiB touched (or 64K, 1G...); mapping memory is free\n"
        "      --output M   with --sandbox: at most M MiB written\n"
        "      --help       this text\n\n"
        "With --sandbox they are 10, 256 and 16 unless given; 'none' is no limit. Without it, "
        "there "
        "is\n"
        "none unless given.");
}

/* ---- limits ---- */

/* Digits with up to three behind a point, as thousandths. Points *rest behind them. */
static bool parse_thousandths(const char *text, const char **rest, uint64_t *number)
{
    uint64_t value = 0, scale = 1000;
    size_t digits = 0;
    bool behind = false;
    for (; (*text >= '0' && *text <= '9') || (*text == '.' && !behind); text++) {
        if (*text == '.') {
            behind = true;
            continue;
        }
        digits++;
        if (behind && scale == 1)
            return false;
        if (behind)
            scale /= 10;
        if (value > UINT64_MAX / 1000 / 1000 / 10)
            return false;
        value = value * 10 + (uint64_t)(*text - '0');
    }
    *number = value * scale;
    *rest = text;
    return digits != 0;
}

static int take_time(const char *text, uint64_t *milliseconds)
{
    const char *rest;
    *milliseconds = 0;
    if (strcmp(text, "none") == 0 ||
        (parse_thousandths(text, &rest, milliseconds) &&
         (*rest == '\0' || strcmp(rest, "s") == 0) && *milliseconds != 0))
        return EXIT_YES;
    return wrong_call("run", "--time '%s': it is seconds, as 5 or 0.25 (down to 0.001), or none",
                      text);
}

static int take_size(const char *option, const char *text, uint64_t *bytes)
{
    static const struct {
        const char *name;
        uint64_t bytes;
    } units[] = {{"", 1 << 20}, {"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {"B", 1}};
    const char *rest;
    *bytes = 0;
    if (strcmp(text, "none") == 0)
        return EXIT_YES;
    uint64_t thousandths = 0;
    bool known = parse_thousandths(text, &rest, &thousandths);
    for (size_t i = 0; known && i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(rest, units[i].name) != 0 || thousandths > UINT64_MAX / units[i].bytes)
            continue;
        *bytes = thousandths * units[i].bytes / 1000;
        if (*bytes != 0)
            return EXIT_YES;
    }
    return wrong_call("run", "--%s '%s': it is MiB, as 64 or 0.5, or 512K, 64M, 1G, or none",
                      option, text);
}

/* ---- why it ended ---- */

/* "64 MiB", in the largest unit that says it exactly. */
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

/* Calls that are allowed, but of another descriptor. */
static bool is_of_descriptor(const char *name)
{
    static const char *const names[] = {"read", "readv", "write", "writev"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void tell_call(const char *name, const struct run_end *end, bool interpreter)
{
    static struct calls calls;
    static const char *const abis[] = {[CALL_X86_64] = "x86-64", [CALL_I386] = "i386"};
    enum { X32 = 1 << 30 };
    const char *hint =
        interpreter ? "; it is linked dynamically, and its interpreter needs files" : "";
    const struct call *call = NULL;
    if (!end->knows_call) {
        message(name, "error",
                "killed for a system call that the sandbox does not allow; which one, ptrace would "
                "tell, and it is forbidden here%s",
                hint);
        return;
    }
    if (end->abi == CALL_X86_64 && (end->number & X32) != 0) {
        message(name, "error",
                "system call not allowed in the sandbox: number 0x%llx, one of x32's%s",
                (unsigned long long)end->number, hint);
        return;
    }
    call = calls_find(&calls, end->abi, end->number);
    if (call && is_of_descriptor(call->name)) {
        message(name, "error",
                "system call not allowed in the sandbox: %s of descriptor %d (number %llu, %s)%s",
                call->name, (int)end->argument, (unsigned long long)end->number, abis[end->abi],
                hint);
        return;
    }
    message(name, "error", "system call not allowed in the sandbox: %s (number %llu, %s)%s",
            call ? call->name : "one without a name", (unsigned long long)end->number,
            abis[end->abi], hint);
}

static void tell_signal(const char *name, const struct run_end *end)
{
    const char *abbreviation = sigabbrev_np(end->signal);
    char address[64] = "";
    if (end->has_address)
        snprintf(address, sizeof address, ", at address 0x%llx", (unsigned long long)end->address);
    message(name, "error", "killed by signal %d (%s%s)%s%s", end->signal, abbreviation ? "SIG" : "",
            abbreviation ? abbreviation : "a real-time signal", address,
            end->loading ? ": Linux gave up while it loaded the file" : "");
}

/* Says why it died, if it did; returns the exit status. */
static int tell_end(const char *name, const struct run_end *end, const struct run_limits *limits,
                    bool interpreter)
{
    char text[64];
    switch (end->reason) {
    case RUN_EXITED:
        return end->status;
    case RUN_SIGNAL:
        tell_signal(name, end);
        break;
    case RUN_CALL:
        tell_call(name, end, interpreter);
        break;
    case RUN_TIME:
        message(name, "error", "killed: it reached the time limit of %s (--time)",
                time_text(limits->time, text, sizeof text));
        break;
    case RUN_MEMORY:
        message(name, "error", "%s the memory limit of %s (--memory)",
                end->signal ? "killed: it went beyond" : "ended, but had gone beyond",
                size_text(limits->memory, text, sizeof text));
        break;
    case RUN_OUTPUT:
        message(name, "error", "%s the output limit of %s (--output)",
                end->signal ? "killed: it wrote beyond" : "ended, but had written beyond",
                size_text(limits->output, text, sizeof text));
        break;
    case RUN_INTERRUPTED:
    case RUN_NOT_STARTED:
        break;
    }
    /* Beyond a limit it ends as if killed, also where it was faster. */
    return 128 + (end->reason == RUN_SIGNAL || end->reason == RUN_CALL ? end->signal : SIGKILL);
}

/* ---- signals ---- */

static volatile sig_atomic_t caught;

static void catch (int number)
{
    caught = number;
}

static bool is_caught(void *context)
{
    (void)context;
    return caught != 0;
}

/* What ends a command ends the program first. Those that were ignored stay so. */
static void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    const sigset_t *ignored = inherited_ignored();
    struct sigaction action = {.sa_handler = catch};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (sigismember(ignored, numbers[i]) != 1)
            sigaction(numbers[i], &action, NULL);
}

/* Dies as it was told to; returns if it lives on. */
static void die_of_caught(void)
{
    if (caught == 0)
        return;
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    signal(caught, SIG_DFL);
    raise(caught);
}

/* ---- the two ways ---- */

/* What the program needs from the file system, where it has none. Empty: nothing. */
static void find_need(const char *path, char *need, size_t room)
{
    struct file_bytes bytes = {0};
    struct elfgen_view view;
    struct elfgen_phdr segment;
    *need = '\0';
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return;
    if (file_read(file, true, &bytes) && bytes.size > 2 && memcmp(bytes.bytes, "#!", 2) == 0)
        snprintf(need, room, "of a script (#!)");
    else if (bytes.bytes)
        elfgen_view_open_program(&view, bytes.bytes, bytes.size, NULL);
    for (uint64_t i = 0; bytes.bytes && *need == '\0' && i < view.segments.count &&
                         elfgen_view_segment(&view, i, &segment, NULL) != ELFGEN_OUT_OF_RANGE;
         i++) {
        const uint8_t *name = segment.p_type == ELFGEN_PT_INTERP && segment.p_filesz < PATH_MAX
                                  ? elfgen_view_bytes(&view, segment.p_offset, segment.p_filesz)
                                  : NULL;
        if (name)
            snprintf(need, room, "'%.*s' (PT_INTERP)", (int)segment.p_filesz, (const char *)name);
    }
    file_free(&bytes);
    close(file);
}

static void tell_lacks(unsigned lacks)
{
    static const struct {
        unsigned lack;
        const char *name;
    } names[] = {
        {CONFINE_NO_USER, "user namespace"},       {CONFINE_NO_PID, "pid namespace"},
        {CONFINE_NO_NETWORK, "network namespace"}, {CONFINE_NO_MOUNT, "mount namespace"},
        {CONFINE_NO_IPC, "IPC namespace"},         {CONFINE_NO_MEASURE, "memory limit (no /proc)"}};
    char text[256] = "";
    size_t length = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (lacks & names[i].lack)
            length += (size_t)snprintf(text + length, sizeof text - length, "%s%s",
                                       length ? ", " : "", names[i].name);
    if (length != 0)
        message(NULL, "warning", "this system does not let the sandbox have: %s", text);
}

static void tell_not_started_in_sandbox(const char *path, int error)
{
    char need[PATH_MAX + 32];
    find_need(path, need, sizeof need);
    if (error == ENOENT && *need)
        message(path, "error", "it needs the interpreter %s, and in the sandbox there are no files",
                need);
    else
        tell_not_started(path, error);
}

/* Whether both are the same open file or device, where the order of what is written matters. */
static bool are_one(int a, int b)
{
    struct stat first, second;
    return fstat(a, &first) == 0 && fstat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

static bool is_open(int file)
{
    return fcntl(file, F_GETFD) >= 0;
}

static int run_in_worker(struct confine_worker *worker, const char *path, int file,
                         const struct run_limits *limits, char **arguments)
{
    struct confine_stream output = {.descriptor = is_open(STDOUT_FILENO) ? STDOUT_FILENO : -1};
    struct confine_stream errors = {.descriptor = is_open(STDERR_FILENO) ? STDERR_FILENO : -1};
    struct confine_job job = {.file = file,
                              .input = is_open(STDIN_FILENO) ? STDIN_FILENO : -1,
                              .arguments = arguments,
                              .output = &output,
                              .errors = are_one(STDOUT_FILENO, STDERR_FILENO) ? NULL : &errors,
                              .interrupted = is_caught};
    struct run_end end;
    struct elfgen_error error;
    char need[PATH_MAX + 32] = "";
    tell_lacks(confine_lacks(worker));
    bool done = confine_run(worker, &job, &end, &error);
    if (!done) {
        message(path, "error", "%s", error.text);
        return EXIT_NO;
    }
    if (end.reason == RUN_NOT_STARTED) {
        tell_not_started_in_sandbox(path, end.error);
        return EXIT_NO;
    }
    if (end.reason == RUN_CALL)
        find_need(path, need, sizeof need);
    if (output.closed && output.error != EPIPE)
        message("<stdout>", "error", "cannot write: %s", strerror(output.error));
    return tell_end(arguments[0], &end, limits, *need != '\0');
}

static int run_in_sandbox(const char *path, const struct run_limits *limits, char **arguments)
{
    struct confine_options worker_options = {.limits = *limits, .ignored = *inherited_ignored()};
    struct elfgen_error error;
    int file = open(path, O_PATH | O_CLOEXEC);
    if (file < 0) {
        tell_not_started(path, errno);
        return EXIT_NO;
    }
    sigprocmask(SIG_SETMASK, NULL, &worker_options.blocked);
    struct confine_worker *worker = confine_open(&worker_options, &error);
    if (!worker)
        message(path, "error", "%s", error.text);
    int status = worker ? run_in_worker(worker, path, file, limits, arguments) : EXIT_NO;
    confine_close(worker);
    close(file);
    return status;
}

static int run_with_limits(const char *path, const struct run_limits *limits, char **arguments)
{
    struct process_program program = {
        .path = path, .arguments = arguments, .ignored = *inherited_ignored()};
    struct limited_watch watch = {.limits = *limits, .interrupted = is_caught};
    struct run_end end;
    struct elfgen_error error;
    if (!limited_run(&program, &watch, &end, &error)) {
        message(path, "error", "%s", error.text);
        return EXIT_NO;
    }
    if (end.reason == RUN_NOT_STARTED) {
        tell_not_started(path, end.error);
        return EXIT_NO;
    }
    return tell_end(arguments[0], &end, limits, false);
}

int command_run(int argc, char **argv)
{
    struct run_limits limits = {0};
    const uint64_t unset = UINT64_MAX;
    limits.time = limits.memory = limits.output = unset;
    bool sandbox = false;
    int option, wrong = EXIT_YES;
    opterr = 0;
    while (wrong == EXIT_YES && (option = getopt_long(argc, argv, "+:", options, NULL)) != -1) {
        switch (option) {
        case OPTION_SANDBOX:
            sandbox = true;
            break;
        case OPTION_TIME:
            wrong = take_time(optarg, &limits.time);
            break;
        case OPTION_MEMORY:
            wrong = take_size("memory", optarg, &limits.memory);
            break;
        case OPTION_OUTPUT:
            wrong = take_size("output", optarg, &limits.output);
            break;
        case OPTION_HELP:
            help();
            return end_of_help();
        default:
            return wrong_option("run", option, argv, options);
        }
    }
    if (wrong != EXIT_YES)
        return wrong;
    if (optind == argc)
        return wrong_call("run", "no program given");
    if (!sandbox && limits.output != unset)
        return wrong_call("run", "--output is counted in the sandbox alone: add --sandbox");
    limits.time = limits.time != unset ? limits.time : sandbox ? 1000 * SANDBOX_SECONDS : 0;
    limits.memory = limits.memory != unset ? limits.memory : sandbox ? SANDBOX_MEMORY * MIB : 0;
    limits.output = limits.output != unset ? limits.output : sandbox ? SANDBOX_OUTPUT * MIB : 0;
    char path[PATH_MAX];
    if (!find_program(argv[optind], path, sizeof path))
        return EXIT_NO;
    catch_signals();
    int status = sandbox ? run_in_sandbox(path, &limits, argv + optind)
                         : run_with_limits(path, &limits, argv + optind);
    die_of_caught();
    return status;
}
