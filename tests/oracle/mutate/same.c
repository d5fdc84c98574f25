/* Runs every single-byte change of the lecture's programs, and compares the results with the byte
 * map, which says who reads each byte, and with the kernel's model of each changed program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "x86/session.h"
#include "sandbox/sandbox.h"
#include "ptrace/host.h"
#include "commands/mutate/campaign.h"
#include "commands/mutate/result.h"
#include "support/lecture.h"
#include "support/lecture32.h"

enum { SKIPPED = 77 };

struct program {
    const char *name;
    const uint8_t *bytes;
    size_t size;
};

static unsigned long wrong;

static void complain(const struct program *program, const struct mutate_byte *byte,
                     const char *what)
{
    wrong++;
    printf("%s: offset 0x%llx (%s, read by %s): %s\n", program->name,
           (unsigned long long)byte->offset, byte->owner.name ? byte->owner.name : "no owner",
           byte->owner.reader ? byte->owner.reader : "no reader", what);
}

/* If a byte matters, the kernel or the program reads it. */
static void compare_reader(const struct program *program, const struct mutate_byte *byte)
{
    const char *reader = byte->owner.reader;
    bool matters = byte->counts.of[MUTATE_SAME] != MUTATE_MOST_VALUES;
    bool read = reader && (strcmp(reader, "kernel") == 0 || strcmp(reader, "program") == 0);
    if (matters && !read)
        complain(program, byte, "it matters");
}

/* The model's answers to all values of a byte. */
struct answers {
    unsigned refused, dead; /* dead: killed or faulting at the first instruction */
    uint64_t errors[3];
};

static struct answers ask_all(const struct program *program, size_t offset)
{
    struct answers answers = {0};
    struct elfgen_kernel_machine machine;
    uint8_t *bytes = malloc(program->size);
    host_machine(&machine);
    machine.raw_io = false; /* the sandbox gives up all privileges */
    memcpy(bytes, program->bytes, program->size);
    for (unsigned distance = 1; distance < 256; distance++) {
        struct elfgen_kernel_answer answer;
        bytes[offset] = (uint8_t)(program->bytes[offset] + distance);
        elfgen_kernel_ask(bytes, program->size, &machine, NULL, &answer, NULL);
        answers.dead += answer.verdict == ELFGEN_KILLED || answer.verdict == ELFGEN_FAULTS;
        if (answer.verdict != ELFGEN_REFUSED)
            continue;
        answers.refused++;
        answers.errors[answer.error / 64] |= UINT64_C(1) << answer.error % 64;
    }
    free(bytes);
    return answers;
}

static void compare_model(const struct program *program, const struct mutate_byte *byte)
{
    struct answers answers = ask_all(program, (size_t)byte->offset);
    if (answers.refused != byte->counts.of[MUTATE_REFUSED])
        complain(program, byte, "the model refuses another number of values than Linux");
    if (memcmp(answers.errors, byte->counts.errors, sizeof answers.errors) != 0)
        complain(program, byte, "the model has other errnos than Linux");
    if (answers.dead > byte->counts.of[MUTATE_SIGNAL])
        complain(program, byte, "the model has more values that kill than Linux");
}

static void compare_all(const struct program *program, const struct mutate *mutate)
{
    struct mutate_report report;
    struct elfgen_view view;
    struct elfgen_error error;
    bytemap_open_view(&view, program->bytes, program->size);
    struct x86_session *code = x86_session_open(&view, ELFGEN_CODE_FLOW, SYNTAX_INTEL, &error);
    struct bytemap map = {
        .view = &view, .file = program->name, .code = &code->code, .to = program->size};
    if (!code || !mutate_report_open(&report, program->name, program->size, 0, 1))
        exit(1);
    for (size_t i = 0; i < program->size; i++)
        report.bytes[i] = (struct mutate_byte){
            .offset = i, .value = program->bytes[i], .counts = mutate_byte_counts(mutate)[i]};
    if (!mutate_name_owners(&report, &map))
        exit(1);
    for (size_t i = 0; i < program->size; i++) {
        compare_reader(program, &report.bytes[i]);
        compare_model(program, &report.bytes[i]);
    }
    printf("%s: %zu bytes, %llu runs\n", program->name, program->size,
           (unsigned long long)mutate_report_runs(&report));
    mutate_report_close(&report);
    x86_session_close(code);
}

static int compare(const struct program *program)
{
    static char name[] = "program";
    char *arguments[] = {name, NULL};
    const struct mutate_plan plan = {.bytes = program->bytes,
                                     .size = program->size,
                                     .to = program->size,
                                     .values = MUTATE_MOST_VALUES,
                                     .shards = 1};
    struct mutate_ways ways = {.limits = {.time = 10000, .memory = 64 << 20, .output = 1 << 20},
                               .jobs = 2,
                               .arguments = arguments};
    struct mutate_original original;
    struct elfgen_error error;
    sigemptyset(&ways.ignored);
    if (!mutate_original(&plan, &ways, &original, &error)) {
        printf("%s: skipped: %s\n", program->name, error.text);
        return SKIPPED;
    }
    if (original.end.reason != RUN_EXITED) {
        printf("%s: skipped: this kernel does not run it\n", program->name);
        mutate_free(&original);
        return SKIPPED;
    }
    struct mutate *mutate = mutate_start(&plan, &ways, &original, &error);
    if (!mutate) {
        printf("%s: %s\n", program->name, error.text);
        exit(1);
    }
    while (!mutate_wait(mutate, 1000))
        ;
    if (!mutate_is_whole(mutate, &error)) {
        printf("%s: %s\n", program->name, error.text);
        exit(1);
    }
    compare_all(program, mutate);
    mutate_close(mutate);
    mutate_free(&original);
    return 0;
}

int main(void)
{
    const struct program programs[] = {{"hello", lecture_file, sizeof lecture_file},
                                       {"hello32", lecture_file32, sizeof lecture_file32}};
    int status = 0;
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
        status = compare(&programs[i]) == SKIPPED && i == 0 ? SKIPPED : status;
    if (wrong)
        printf("%lu disagreements\n", wrong);
    return wrong ? 1 : status;
}
