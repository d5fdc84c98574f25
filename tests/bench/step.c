/* Measures recorded steps per second, without and with the sandbox, and for comparison those of a
 * bare loop of PTRACE_SINGLESTEP and waitpid over the same program; they alternate, and medians of
 * ROUNDS rounds are printed; with one or two, of a tenth of the steps. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sandbox/sandbox.h"
#include "stepper/stepper.h"
#include "elfgen/image.h"

enum { ROUNDS = 9, TIMES = 25000, FEWER_TIMES = TIMES / 10 };

/* A loop that adds, pushes, pops and stores: two of its six instructions write memory. */
static unsigned char code[] = {0xb9, 0,    0,    0,    0,    /* mov ecx, so many times */
                               0x48, 0x01, 0xc8,             /* add rax,rcx */
                               0x50,                         /* push rax */
                               0x5b,                         /* pop rbx */
                               0x48, 0x89, 0x5c, 0x24, 0xc0, /* mov [rsp-64],rbx */
                               0xff, 0xc9,                   /* dec ecx */
                               0x75, 0xf2,                   /* jnz to the add */
                               0xb8, 60,   0,    0,    0,    0x31, 0xff, 0x0f, 0x05}; /* exit(0) */

static char path[] = "/tmp/bench-step.XXXXXX";
static char *arguments[] = {path, NULL};

static void fail(const char *what)
{
    perror(what);
    unlink(path);
    exit(1);
}

static void write_program(int times)
{
    unsigned char file[sizeof code + 256];
    code[1] = (unsigned char)(times & 0xff);
    code[2] = (unsigned char)(times >> 8);
    size_t size = elfgen_write_exec(file, sizeof file, code, sizeof code, NULL, NULL);
    int to = mkstemp(path);
    if (to < 0 || fchmod(to, 0700) != 0 || write(to, file, size) != (ssize_t)size || close(to) != 0)
        fail(path);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* Steps per second. */
static double bare(void)
{
    int status;
    unsigned long count = 0;
    pid_t id = fork();
    if (id == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        execv(path, arguments);
        _exit(1);
    }
    if (waitpid(id, &status, 0) != id || !WIFSTOPPED(status))
        fail("execv");
    double start = now();
    for (; WIFSTOPPED(status); count++) {
        ptrace(PTRACE_SINGLESTEP, id, NULL, NULL);
        waitpid(id, &status, 0);
    }
    return (double)count / (now() - start);
}

static double recorded(const struct process_confinement *confinement, size_t *bytes)
{
    struct process_program program = {
        .path = path, .arguments = arguments, .confinement = confinement};
    struct step_recording recording = {0};
    struct elfgen_error error = {.text = "not started"};
    int refused;
    struct stepper *stepper = stepper_open(&program, NULL, &recording, &refused, &error);
    if (!stepper)
        fail(error.text);
    double start = now();
    while (stepper_next(stepper) == STEP_GOES_ON)
        ;
    double rate = (double)recording.count / (now() - start);
    *bytes = recording.size / recording.count;
    stepper_close(stepper);
    recording_free(&recording);
    return rate;
}

static double confined(struct sandbox_worker *worker)
{
    struct sandbox_stream output = {.descriptor = -1};
    struct sandbox_job job = {.file = open(path, O_PATH | O_CLOEXEC),
                              .input = -1,
                              .arguments = arguments,
                              .output = &output};
    struct run_end end;
    struct elfgen_error error;
    size_t bytes;
    double rate = recorded(sandbox_confine(worker, &job), &bytes);
    if (!sandbox_finish(worker, &end, &error) || end.reason != RUN_EXITED)
        fail("the sandbox");
    close(job.file);
    return rate;
}

static int order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(void)
{
    double bares[ROUNDS], ours[ROUNDS], ratios[ROUNDS], confines[ROUNDS];
    size_t bytes = 0;
    struct sandbox_options options = {.limits = {.memory = 64 << 20, .output = 1000}};
    struct elfgen_error error = {.text = "no sandbox"};
    const char *wanted = getenv("ROUNDS");
    int rounds = wanted ? atoi(wanted) : ROUNDS;
    rounds = rounds < 1 ? 1 : rounds > ROUNDS ? ROUNDS : rounds;
    const int times = rounds < 3 ? FEWER_TIMES : TIMES;
    write_program(times);
    struct sandbox_worker *worker = sandbox_open(&options, &error);
    if (!worker)
        fail(error.text);
    for (int i = 0; i < rounds; i++) {
        bares[i] = bare();
        ours[i] = recorded(NULL, &bytes);
        ratios[i] = ours[i] / bares[i];
        confines[i] = confined(worker) / ours[i];
    }
    sandbox_close(worker);
    unlink(path);
    qsort(bares, (size_t)rounds, sizeof bares[0], order);
    qsort(ours, (size_t)rounds, sizeof ours[0], order);
    qsort(ratios, (size_t)rounds, sizeof ratios[0], order);
    qsort(confines, (size_t)rounds, sizeof confines[0], order);
    double ratio = ratios[rounds / 2];
    printf("step, %d instructions: recorded %8.0f a second / bare loop %8.0f = %.2f   (at least "
           "0.6)%s\n",
           6 * times + 4, ours[rounds / 2], bares[rounds / 2], ratio,
           ratio >= 0.6 ? "" : "   MISSED");
    printf("  from %.2f to %.2f in %d rounds; %zu bytes a step\n", ratios[0], ratios[rounds - 1],
           rounds, bytes);
    printf("  in the sandbox %.2f of that, from %.2f to %.2f\n", confines[rounds / 2], confines[0],
           confines[rounds - 1]);
    return 0;
}
