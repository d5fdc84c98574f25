/* bench-mutate TINYELF: measures runs of changed programs in the sandbox per second, and for
 * comparison a bare loop that starts the unchanged program and waits for it, on as many processors;
 * both alternate, and medians are printed. Then it times the command on the lecture's program. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "commands/mutate/campaign.h"
#include "support/lecture.h"

/* No value from e_shoff to e_ehsize matters, so every change of bytes or pairs there runs to its
 * end as the program does. */
enum {
    FROM = 0x28,
    TO = 0x36,
    VALUES = 11,
    BYTES = TO - FROM,
    RUNS = BYTES * VALUES + BYTES * (BYTES - 1) / 2 * VALUES * VALUES,
    ROUNDS = 7
};

static char path[] = "/tmp/bench-mutate.XXXXXX";
static char *arguments[] = {path, NULL};

static void fail(const char *what)
{
    perror(what);
    unlink(path);
    exit(1);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void write_program(void)
{
    int to = mkstemp(path);
    if (to < 0 || fchmod(to, 0700) != 0 ||
        write(to, lecture_file, sizeof lecture_file) != (ssize_t)sizeof lecture_file ||
        close(to) != 0)
        fail(path);
}

/* ---- bare ---- */

/* On one processor, as in mutate: the parent and its child alternate. */
static void loop(int processor, unsigned runs)
{
    char *none[] = {NULL};
    cpu_set_t one;
    int nowhere = open("/dev/null", O_WRONLY);
    CPU_ZERO(&one);
    CPU_SET((unsigned)processor, &one);
    sched_setaffinity(0, sizeof one, &one);
    dup2(nowhere, STDOUT_FILENO);
    for (unsigned i = 0; i < runs; i++) {
        int status;
        pid_t id = vfork(); /* NOLINT: this is what is measured */
        if (id == 0) {
            execve(path, arguments, none);
            _exit(1);
        }
        if (waitpid(id, &status, 0) != id || status != 0)
            _exit(1);
    }
    _exit(0);
}

static double bare(int jobs)
{
    cpu_set_t all;
    int left = jobs;
    double start = now();
    sched_getaffinity(0, sizeof all, &all);
    for (int processor = 0; left > 0; processor++) {
        if (!CPU_ISSET((unsigned)processor, &all))
            continue;
        left--;
        pid_t id = fork();
        if (id < 0)
            fail("fork");
        if (id == 0)
            loop(processor, RUNS / (unsigned)jobs);
    }
    for (int i = 0; i < jobs; i++) {
        int status;
        if (wait(&status) < 0 || status != 0)
            fail("the bare loop");
    }
    int runs = RUNS / jobs * jobs;
    return runs / (now() - start);
}

/* ---- mutate ---- */

static double mutated(int jobs)
{
    const struct mutate_plan plan = {.bytes = lecture_file,
                                     .size = sizeof lecture_file,
                                     .from = FROM,
                                     .to = TO,
                                     .values = VALUES,
                                     .pairs = true,
                                     .shards = 1};
    struct mutate_ways ways = {.limits = {.time = 10000, .memory = 256 << 20, .output = 1 << 20},
                               .jobs = (unsigned)jobs,
                               .arguments = arguments};
    struct mutate_original original;
    struct elfgen_error error = {.text = ""};
    sigemptyset(&ways.ignored);
    if (!mutate_original(&plan, &ways, &original, &error) || original.end.reason != RUN_EXITED) {
        printf("mutate: not measured: %s\n", error.text);
        unlink(path);
        exit(0);
    }
    double start = now();
    struct mutate *mutate = mutate_start(&plan, &ways, &original, &error);
    if (!mutate)
        fail(error.text);
    while (!mutate_wait(mutate, 1000))
        ;
    double seconds = now() - start;
    uint64_t same = 0;
    for (size_t i = 0; i < BYTES; i++)
        same += mutate_byte_counts(mutate)[i].of[MUTATE_SAME];
    for (size_t i = 0; i < mutate_pairs(&plan); i++)
        same += mutate_pair_counts(mutate)[i].counts.of[MUTATE_SAME];
    if (same != RUNS)
        fail("not all changes are the same");
    mutate_close(mutate);
    mutate_free(&original);
    return RUNS / seconds;
}

/* ---- the whole map ---- */

static double map(const char *command)
{
    int status;
    double start = now();
    pid_t id = fork();
    if (id == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, STDOUT_FILENO);
        execl(command, command, "mutate", path, (char *)NULL);
        _exit(1);
    }
    if (waitpid(id, &status, 0) != id || status != 0)
        fail("tinyelf mutate");
    return now() - start;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_size);
    return values[count / 2];
}

int main(int argc, char **argv)
{
    double loops[ROUNDS], changes[ROUNDS], maps[ROUNDS];
    cpu_set_t all;
    const char *rounds_wanted = getenv("ROUNDS");
    int rounds = rounds_wanted ? atoi(rounds_wanted) : ROUNDS;
    if (argc != 2) {
        fputs("usage: bench-mutate TINYELF\n", stderr);
        return 2;
    }
    rounds = rounds < 1 ? 1 : rounds > ROUNDS ? ROUNDS : rounds;
    sched_getaffinity(0, sizeof all, &all);
    write_program();
    for (int jobs = 1; jobs <= CPU_COUNT(&all);
         jobs += jobs < CPU_COUNT(&all) ? CPU_COUNT(&all) - 1 : 1) {
        for (int i = 0; i < rounds; i++) {
            loops[i] = bare(jobs);
            changes[i] = mutated(jobs);
        }
        double ours = median(changes, rounds), theirs = median(loops, rounds);
        printf("mutate, %d at a time / vfork, execve, wait: %.0f / %.0f runs a second = %.2f   (at "
               "least 0.6)%s\n",
               jobs, ours, theirs, ours / theirs, ours / theirs < 0.6 ? "   MISSED" : "");
    }
    for (int i = 0; i < rounds; i++)
        maps[i] = map(argv[1]);
    double seconds = median(maps, rounds);
    printf("tinyelf mutate hello: 45390 runs in %.2f s on %d processors   (at most 10 s on 2)%s\n",
           seconds, CPU_COUNT(&all), seconds > 10 ? "   MISSED" : "");
    unlink(path);
    return 0;
}
