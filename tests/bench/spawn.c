/* bench-spawn ROUNDS COMMAND...: starts commands in turn, each once a round, and prints a line for
 * each: medians of the microseconds from spawn to wait and of those of processor time, and the mean
 * of the latter.
 *
 * A command is words between blanks, without a shell; @FILE stands for FILE's lines, each of which
 * is a word. Output goes to /dev/null. Each command has to end with status 0 unless "?" stands
 * before it. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_COMMANDS = 16 };

struct command {
    char **words;
    size_t count;
    bool may_fail;
    double *elapsed, *processor; /* a value a round */
};

static FILE *report;

static _Noreturn void fail(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    fputs("bench-spawn: ", report);
    vfprintf(report, format, values);
    fputc('\n', report);
    va_end(values);
    exit(1);
}

static void *grown(void *old, size_t size)
{
    void *new = realloc(old, size);
    if (!new)
        fail("out of memory");
    return new;
}

static void add_word(struct command *command, const char *word)
{
    command->words = grown(command->words, (command->count + 2) * sizeof *command->words);
    command->words[command->count] = strdup(word);
    if (!command->words[command->count++])
        fail("out of memory");
    command->words[command->count] = NULL;
}

static void add_lines(struct command *command, const char *path)
{
    char *line = NULL;
    size_t room = 0;
    FILE *file = fopen(path, "r");
    if (!file)
        fail("%s: %s", path, strerror(errno));
    for (ssize_t length; (length = getline(&line, &room, file)) > 0;) {
        line[length - (line[length - 1] == '\n')] = '\0';
        add_word(command, line);
    }
    free(line);
    fclose(file);
}

static void read_command(struct command *command, char *text, size_t rounds)
{
    char *rest = NULL;
    command->words = calloc(1, sizeof *command->words);
    command->elapsed = calloc(rounds, sizeof(double));
    command->processor = calloc(rounds, sizeof(double));
    if (!command->words || !command->elapsed || !command->processor)
        fail("out of memory");
    command->may_fail = *text == '?';
    for (char *word = strtok_r(text + command->may_fail, " ", &rest); word;
         word = strtok_r(NULL, " ", &rest)) {
        if (*word == '@')
            add_lines(command, word + 1);
        else
            add_word(command, word);
    }
}

static double microseconds(const struct timeval *time)
{
    return (double)time->tv_sec * 1e6 + (double)time->tv_usec;
}

static void run(const struct command *command, double *elapsed, double *processor)
{
    struct timespec before, after;
    struct rusage usage = {0};
    int status = 0;
    const char *name = command->words[0];
    if (!name)
        fail("a command has no words");
    clock_gettime(CLOCK_MONOTONIC, &before);
    pid_t child = vfork(); /* NOLINT: the least that a shell or make can do, too */
    if (child == 0) {
        execvp(name, command->words);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        fail("%s: %s", name, strerror(errno));
    clock_gettime(CLOCK_MONOTONIC, &after);
    if (!WIFEXITED(status) || WEXITSTATUS(status) == 127 ||
        (WEXITSTATUS(status) != 0 && !command->may_fail))
        fail("%s: ended with the wait status 0x%x", name, (unsigned)status);
    *elapsed = (double)(after.tv_sec - before.tv_sec) * 1e6 +
               (double)(after.tv_nsec - before.tv_nsec) / 1e3;
    *processor = microseconds(&usage.ru_utime) + microseconds(&usage.ru_stime);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_size);
    return values[count / 2];
}

int main(int argc, char **argv)
{
    struct command commands[MOST_COMMANDS] = {0};
    size_t count = argc < 3 ? 0 : (size_t)argc - 2;
    size_t rounds = argc < 3 ? 0 : strtoul(argv[1], NULL, 10);
    report = stderr;
    if (rounds == 0 || count > MOST_COMMANDS) {
        fprintf(report, "usage: bench-spawn ROUNDS COMMAND..., at most %d of them\n",
                MOST_COMMANDS);
        return 2;
    }
    for (size_t i = 0; i < count; i++)
        read_command(&commands[i], argv[i + 2], rounds);
    int own_output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    int own_messages = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    report = fdopen(own_messages, "w");
    if (own_output < 0 || nowhere < 0 || !report)
        exit(1);
    for (int i = 0; i < 3; i++)
        dup2(nowhere, i);
    /* A tenth more rounds come first, whose figures are overwritten. */
    for (size_t round = 0, warm_up = rounds / 10; round < rounds + warm_up; round++)
        for (size_t i = 0; i < count; i++) {
            size_t at = round < warm_up ? 0 : round - warm_up;
            run(&commands[i], &commands[i].elapsed[at], &commands[i].processor[at]);
        }
    for (size_t i = 0; i < count; i++) {
        double sum = 0;
        for (size_t round = 0; round < rounds; round++)
            sum += commands[i].processor[round];
        dprintf(own_output, "%.1f %.1f %.1f\n", median(commands[i].elapsed, rounds),
                median(commands[i].processor, rounds), sum / (double)rounds);
        free(commands[i].words);
        free(commands[i].elapsed);
        free(commands[i].processor);
    }
    return 0;
}
