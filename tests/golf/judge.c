/* Runs a program and a smaller one in the same environments, for real, and tells whether they
 * differ.
 *
 *     golf-judge [--seed N] [--count N] ORIGINAL CANDIDATE
 *
 * It shares nothing with the proof of `tinyelf golf`: calls are really made, on real descriptors:
 * closed ones, /dev/full, pipes that are full or have no reader, files that may not grow, standard
 * input that comes in pieces. What both write, how they end, and each call with its number,
 * descriptor, size and result must be the same. A call other than read, write and exit is not let
 * through: the program is killed before it is made. Exit status: 0 the same, 1 different (one line
 * says where), 2 wrong usage or no judgement, 3 the original makes another call, or does not end.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { most_calls = 3000, kept_calls = 600, most_output = 1 << 20, most_seconds = 5 };

/* What standard input is. */
enum input {
    INPUT_CLOSED,
    INPUT_NULL,
    INPUT_SHORT,
    INPUT_LINE,
    INPUT_LONG,
    INPUT_PIECES,
    INPUT_UNREADABLE,
    INPUT_COUNT
};
/* What becomes of descriptor 1. */
enum output {
    OUTPUT_FILE,
    OUTPUT_CLOSED,
    OUTPUT_FULL,
    OUTPUT_SMALL,   /* a file that may grow to five bytes: short writes, then EFBIG */
    OUTPUT_NOBODY,  /* a pipe that nobody reads: EPIPE */
    OUTPUT_SIGPIPE, /* the same, and the signal is not ignored */
    OUTPUT_FULL_PIPE /* EAGAIN */,
    OUTPUT_COUNT
};

static const char *const input_names[] = {"closed",     "/dev/null", "one byte",    "a line",
                                          "9000 bytes", "pieces",    "not readable"};
static const char *const output_names[] = {"a file",
                                           "closed",
                                           "/dev/full",
                                           "a file of five bytes",
                                           "a pipe without reader",
                                           "a pipe without reader (SIGPIPE)",
                                           "a full pipe"};

static const char long_argument[] =
    "a-long-argument-that-has-more-bytes-than-others-and-goes-on-and-on-0123456789"
    "-a-long-argument-that-has-more-bytes-than-others-and-goes-on-and-on-0123456789";
static const char *const argument_sets[][6] = {{NULL},
                                               {"a", NULL},
                                               {"hello", "world", NULL},
                                               {"", "x", "a b", NULL},
                                               {"-7", "same", "same", "/etc/", NULL},
                                               {long_argument, NULL}};
static const char *const variable_sets[][4] = {
    {NULL}, {"A=1", "B=", NULL}, {"PATH=/bin", "a=xyz", "HOME=/", NULL}};
enum {
    argument_set_count = sizeof argument_sets / sizeof *argument_sets,
    variable_set_count = sizeof variable_sets / sizeof *variable_sets
};

struct environment {
    enum input input;
    enum output output;
    unsigned arguments, variables;
    bool no_errors; /* descriptor 2 is closed */
};

struct call {
    uint64_t number, descriptor, size;
    int64_t result;
};

struct run {
    enum { RUN_ENDED, RUN_NOT_STARTED, RUN_OTHER_CALL, RUN_ENDLESS } how;
    int status; /* of waitpid(), where the program ended */
    uint64_t other;
    struct call calls[kept_calls];
    size_t count;
    uint8_t *output[2];
    size_t size[2];
};

static void fail(const char *what)
{
    perror(what);
    exit(2);
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return *state >> 33;
}

/* ---- descriptors ---- */

static uint8_t input_byte(size_t at)
{
    static const char text[] =
        "The quick brown fox, 42 times:\n\tjumps over THE lazy dog\0 {z} \377\n";
    return (uint8_t)text[at * 7 % (sizeof text - 1)];
}

static int input_file(size_t size)
{
    int file = memfd_create("input", 0);
    uint8_t bytes[9000];
    for (size_t at = 0; at < size; at++)
        bytes[at] = input_byte(at);
    if (file < 0 || write(file, bytes, size) != (ssize_t)size || lseek(file, 0, SEEK_SET) != 0)
        fail("input");
    return file;
}

/* Each read gets one piece, however much it asks for. */
static int input_pieces(void)
{
    static const char *const pieces[] = {"a", "Hello ", "world\n", "0123456789abcdef", "z\n"};
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0)
        fail("socketpair");
    for (size_t at = 0; at < sizeof pieces / sizeof *pieces; at++)
        if (send(pair[1], pieces[at], strlen(pieces[at]), 0) < 0)
            fail("send");
    close(pair[1]);
    return pair[0];
}

static int open_input(enum input input)
{
    switch (input) {
    case INPUT_NULL:
        return open("/dev/null", O_RDONLY);
    case INPUT_SHORT:
        return input_file(1);
    case INPUT_LINE:
        return input_file(31);
    case INPUT_LONG:
        return input_file(9000);
    case INPUT_PIECES:
        return input_pieces();
    case INPUT_UNREADABLE:
        return open("/dev/null", O_WRONLY);
    case INPUT_CLOSED:
    case INPUT_COUNT:
        break;
    }
    return -1;
}

/* Returns descriptor 1 of the program; *file is what it wrote into, or -1. */
static int open_output(enum output output, int *file)
{
    int pipes[2];
    *file = -1;
    switch (output) {
    case OUTPUT_FILE:
    case OUTPUT_SMALL:
        *file = memfd_create("output", 0);
        if (*file < 0)
            fail("memfd_create");
        return dup(*file);
    case OUTPUT_FULL:
        return open("/dev/full", O_WRONLY);
    case OUTPUT_NOBODY:
    case OUTPUT_SIGPIPE:
        if (pipe(pipes) != 0)
            fail("pipe");
        close(pipes[0]);
        return pipes[1];
    case OUTPUT_FULL_PIPE:
        /* Nobody reads it; its other end stays open in the parent, which closes it as *file. */
        if (pipe2(pipes, O_NONBLOCK) != 0)
            fail("pipe");
        for (char page[4096] = {0}; write(pipes[1], page, sizeof page) > 0;) {
        }
        *file = pipes[0];
        return pipes[1];
    case OUTPUT_CLOSED:
    case OUTPUT_COUNT:
        break;
    }
    return -1;
}

/* ---- the program ---- */

static void limit(int what, rlim_t most)
{
    struct rlimit limit = {.rlim_cur = most, .rlim_max = most};
    setrlimit((__rlimit_resource_t)what, &limit);
}

static void become(int program, const struct environment *environment, const int descriptors[3])
{
    char *arguments[8] = {(char[]){"./program"}};
    for (size_t at = 0; argument_sets[environment->arguments][at] != NULL; at++)
        arguments[at + 1] = strdup(argument_sets[environment->arguments][at]);
    char *variables[8] = {NULL};
    for (size_t at = 0; variable_sets[environment->variables][at] != NULL; at++)
        variables[at] = strdup(variable_sets[environment->variables][at]);
    /* The program is the only other descriptor, and closes when it starts. */
    int high[4];
    for (int at = 0; at < 3; at++)
        high[at] = descriptors[at] < 0 ? -1 : fcntl(descriptors[at], F_DUPFD, 100);
    high[3] = fcntl(program, F_DUPFD_CLOEXEC, 200);
    for (int at = 0; at < 3; at++) {
        close(at);
        if (high[at] >= 0)
            dup2(high[at], at);
    }
    close_range(3, (unsigned)high[3] - 1, 0);
    signal(SIGPIPE, environment->output == OUTPUT_SIGPIPE ? SIG_DFL : SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, most_seconds);
    limit(RLIMIT_FSIZE, environment->output == OUTPUT_SMALL ? 5 : most_output);
    limit(RLIMIT_AS, (rlim_t)1 << 30);
    if (ptrace(PTRACE_TRACEME, 0, 0, 0) == 0)
        fexecve(high[3], arguments, variables);
    _exit(127);
}

/* Puts a call into the terms that both ABIs share. False if it is none that may be made. */
static bool translate(const struct __ptrace_syscall_info *info, struct call *call)
{
    bool wide = info->arch == AUDIT_ARCH_X86_64;
    uint64_t number = info->entry.nr;
    *call = (struct call){.descriptor = (uint32_t)info->entry.args[0], .size = info->entry.args[2]};
    if (number == (wide ? 0 : 3))
        call->number = 0;
    else if (number == (wide ? 1 : 4))
        call->number = 1;
    else if (number == (wide ? 60 : 1) || number == (wide ? 231 : 252))
        *call = (struct call){.number = 60, .descriptor = info->entry.args[0] & 255};
    else
        return false;
    return true;
}

/* Follows the program to its end, call by call. */
static void follow(pid_t child, struct run *run)
{
    int status;
    if (waitpid(child, &status, 0) != child)
        fail("waitpid");
    if (!WIFSTOPPED(status)) {
        run->how = RUN_NOT_STARTED;
        run->status = status;
        return;
    }
    ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD);
    bool inside = false, stopped = false;
    int pass = 0;
    uint64_t total = 0;
    struct call *call = NULL, spare;
    for (;;) {
        ptrace(PTRACE_SYSCALL, child, 0, pass);
        if (waitpid(child, &status, 0) != child)
            fail("waitpid");
        if (!WIFSTOPPED(status))
            break;
        pass = 0;
        if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
            pass = WSTOPSIG(status);
            continue;
        }
        struct __ptrace_syscall_info info;
        if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info) <= 0)
            continue;
        inside = !inside;
        if (!inside) {
            if (call != NULL)
                call->result = info.exit.rval;
            continue;
        }
        if (info.op != PTRACE_SYSCALL_INFO_ENTRY)
            fail("not the entry of a call");
        call = run->count < kept_calls ? &run->calls[run->count++] : &spare;
        run->other = info.entry.nr;
        bool known = translate(&info, call);
        if (!known || ++total > most_calls) {
            run->how = known ? RUN_ENDLESS : RUN_OTHER_CALL;
            kill(child, SIGKILL);
            stopped = true;
            waitpid(child, &status, 0);
            break;
        }
    }
    if (stopped && !WIFEXITED(status) && !WIFSIGNALED(status))
        waitpid(child, &status, 0);
    run->status = status;
    if (!stopped && WIFSIGNALED(status) &&
        (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL))
        run->how = RUN_ENDLESS;
}

static void take_output(int file, uint8_t **bytes, size_t *size)
{
    off_t end = file < 0 ? 0 : lseek(file, 0, SEEK_END);
    *size = end > 0 ? (size_t)end : 0;
    *bytes = malloc(*size + 1);
    if (*bytes == NULL || (*size > 0 && pread(file, *bytes, *size, 0) != (ssize_t)*size))
        fail("output");
}

static struct run *run_program(int program, const struct environment *environment)
{
    struct run *run = calloc(1, sizeof *run);
    if (run == NULL)
        fail("calloc");
    int written[2], errors = memfd_create("errors", 0);
    int descriptors[3] = {open_input(environment->input),
                          open_output(environment->output, &written[0]),
                          environment->no_errors ? -1 : errors};
    written[1] = errors;
    pid_t child = fork();
    if (child < 0)
        fail("fork");
    if (child == 0)
        become(program, environment, descriptors);
    follow(child, run);
    if (environment->output == OUTPUT_FULL_PIPE) {
        close(written[0]);
        written[0] = -1;
    }
    for (int at = 0; at < 2; at++) {
        take_output(written[at], &run->output[at], &run->size[at]);
        if (written[at] >= 0)
            close(written[at]);
        if (descriptors[at] >= 0)
            close(descriptors[at]);
    }
    return run;
}

static void free_run(struct run *run)
{
    free(run->output[0]);
    free(run->output[1]);
    free(run);
}

/* ---- comparison ---- */

static const char *difference(const struct run *original, const struct run *candidate,
                              char text[200])
{
    if (original->how != candidate->how ||
        (original->how == RUN_OTHER_CALL && original->other != candidate->other)) {
        snprintf(text, 200, "one %s (call %llu)",
                 candidate->how == RUN_NOT_STARTED  ? "is not started"
                 : candidate->how == RUN_OTHER_CALL ? "makes another call"
                 : candidate->how == RUN_ENDLESS    ? "does not end"
                                                    : "ends where the other does not",
                 (unsigned long long)candidate->other);
        return text;
    }
    for (int at = 0; at < 2; at++)
        if (original->size[at] != candidate->size[at] ||
            memcmp(original->output[at], candidate->output[at], original->size[at]) != 0)
            return at == 0 ? "standard output" : "standard error";
    for (size_t at = 0; at < original->count && at < candidate->count; at++)
        if (memcmp(&original->calls[at], &candidate->calls[at], sizeof original->calls[at]) != 0) {
            const struct call *a = &original->calls[at], *b = &candidate->calls[at];
            snprintf(text, 200, "call %zu: %llu(%llu, %llu) = %lld and %llu(%llu, %llu) = %lld", at,
                     (unsigned long long)a->number, (unsigned long long)a->descriptor,
                     (unsigned long long)a->size, (long long)a->result,
                     (unsigned long long)b->number, (unsigned long long)b->descriptor,
                     (unsigned long long)b->size, (long long)b->result);
            return text;
        }
    if (original->count != candidate->count)
        return "the number of calls";
    if (original->how == RUN_ENDED && original->status != candidate->status) {
        snprintf(text, 200, "wait status 0x%x and 0x%x", (unsigned)original->status,
                 (unsigned)candidate->status);
        return text;
    }
    return NULL;
}

/* 0 the same, 1 different, 3 the original cannot be judged. */
static int judge(const int programs[2], const struct environment *environment)
{
    struct run *original = run_program(programs[0], environment);
    if (original->how != RUN_ENDED) {
        printf("original: %s (call %llu)\n",
               original->how == RUN_NOT_STARTED  ? "not started"
               : original->how == RUN_OTHER_CALL ? "another call"
                                                 : "no end",
               (unsigned long long)original->other);
        free_run(original);
        return 3;
    }
    struct run *candidate = run_program(programs[1], environment);
    char text[200];
    const char *what = difference(original, candidate, text);
    if (what != NULL)
        printf("different: %s; standard input %s, output %s, arguments %u, variables %u, "
               "descriptor 2 %s\n",
               what, input_names[environment->input], output_names[environment->output],
               environment->arguments, environment->variables,
               environment->no_errors ? "closed" : "open");
    free_run(original);
    free_run(candidate);
    return what != NULL;
}

int main(int argc, char **argv)
{
    unsigned long seed = 1, count = 12;
    int at = 1;
    for (; at + 1 < argc && argv[at][0] == '-'; at += 2) {
        unsigned long *value = strcmp(argv[at], "--seed") == 0    ? &seed
                               : strcmp(argv[at], "--count") == 0 ? &count
                                                                  : NULL;
        if (value == NULL)
            break;
        *value = strtoul(argv[at + 1], NULL, 10);
    }
    if (argc - at != 2) {
        fprintf(stderr, "usage: golf-judge [--seed N] [--count N] ORIGINAL CANDIDATE\n");
        return 2;
    }
    const int programs[2] = {open(argv[at], O_RDONLY | O_CLOEXEC),
                             open(argv[at + 1], O_RDONLY | O_CLOEXEC)};
    if (programs[0] < 0 || programs[1] < 0)
        fail("open");
    /* Each input and each output once; then random combinations. */
    uint64_t state = seed;
    for (unsigned number = 0; number < INPUT_COUNT + OUTPUT_COUNT + count; number++) {
        uint64_t random = next_random(&state);
        struct environment environment = {
            .input = (enum input)(random % INPUT_COUNT),
            .output = (enum output)(random / 16 % OUTPUT_COUNT),
            .arguments = (unsigned)(random / 1024 % argument_set_count),
            .variables = (unsigned)(random / 16384 % variable_set_count),
            .no_errors = random / 262144 % 4 == 0};
        if (number < INPUT_COUNT) {
            environment.input = (enum input)number;
            environment.output = OUTPUT_FILE;
        } else if (number < INPUT_COUNT + OUTPUT_COUNT)
            environment.output = (enum output)(number - INPUT_COUNT);
        int verdict = judge(programs, &environment);
        if (verdict != 0)
            return verdict;
    }
    return 0;
}
