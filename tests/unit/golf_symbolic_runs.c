/* golf/prove/symbolic.h beside the processor: what is shown the same is the same when it runs. */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "golf/prove/symbolic.h"
#include "golf_assemble.h"
#include "golf_random.h"

enum { MOST_ARGUMENTS = 5 };

static struct x86 decoders[2];

static void begin(void)
{
    x86_open_width(&decoders[0], true, SYNTAX_NASM);
    x86_open_width(&decoders[1], false, SYNTAX_NASM);
}

/* Runs a program with so many arguments, the first of which is its name. Returns its status. */
static int run_with(const struct program *program, unsigned count)
{
    char name[32], *arguments[MOST_ARGUMENTS + 1] = {NULL};
    int status, written = memfd_create("program", MFD_CLOEXEC);
    ck_assert_int_eq(write(written, program->bytes, program->size), (ssize_t)program->size);
    snprintf(name, sizeof name, "/proc/self/fd/%d", written);
    const int file = open(name, O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(file, 0);
    close(written);
    for (unsigned i = 0; i < count; i++)
        arguments[i] = "a";
    const pid_t child = fork();
    if (!child) {
        static char *const none[] = {NULL};
        fexecve(file, arguments, none);
        _exit(127);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    close(file);
    ck_assert_msg(WIFEXITED(status), "status %d", status);
    return WEXITSTATUS(status);
}

static struct golf_symbolic compare_two(const struct program *one, const struct program *other)
{
    static struct x86 *const both[] = {&decoders[0], &decoders[1]};
    struct golf_symbolic result;
    ck_assert(golf_symbolic_compare(both, one->bytes, one->size, other->bytes, other->size, &result,
                                    NULL));
    return result;
}

/* A program that does nothing but end with a status. */
static struct program *exit_with(int status, unsigned bits)
{
    char text[128];
    snprintf(text, sizeof text, "bits %u\nglobal _start\n_start: mov e%s, %d\nmov eax, %d\n%s\n",
             bits, bits == 64 ? "di" : "bx", status, bits == 64 ? 60 : 1,
             bits == 64 ? "syscall" : "int 0x80");
    return assemble(text, (uint8_t)bits);
}

/* Without arguments it depends on nothing: its status is a number. */
START_TEST(the_status_that_is_shown_is_what_the_processor_computes)
{
    enum { PROGRAMS = TIMES(300, 20) };
    static char text[SOURCE_ROOM];
    struct source source = {.text = {.bytes = text, .capacity = sizeof text}, .bits = _i ? 32 : 64};
    size_t shown = 0;
    for (size_t i = 0; i < PROGRAMS; i++) {
        make_line(&source, i, false, LINE);
        struct program *program = assemble(text, (uint8_t)source.bits);
        const int status = run_with(program, 1);
        struct program *same = exit_with(status, source.bits),
                       *other = exit_with(status ^ 1, source.bits);
        const struct golf_symbolic result = compare_two(program, same);
        ck_assert_msg(!result.differs, "%d: %s", status, text);
        shown += result.shown;
        ck_assert_msg(compare_two(program, other).shown == 0, "%d: %s", status, text);
        free(program);
        free(same);
        free(other);
    }
    ck_assert_uint_gt(shown, PROGRAMS / 5);
}
END_TEST

/* Where a line of the program is another one, and what it computes of argc is. */
START_TEST(what_ends_otherwise_for_some_arguments_is_not_shown)
{
    enum { PROGRAMS = TIMES(300, 100) };
    static char text[SOURCE_ROOM], changed_text[SOURCE_ROOM];
    struct source source = {.text = {.bytes = text, .capacity = sizeof text}, .bits = _i ? 32 : 64},
                  other = {.text = {.bytes = changed_text, .capacity = sizeof changed_text},
                           .bits = source.bits};
    size_t differ = 0, shown = 0;
    for (size_t i = 0; i < PROGRAMS; i++) {
        make_line(&source, i, true, LINE);
        make_line(&other, i, true, (unsigned)(i % LINE));
        struct program *program = assemble(text, (uint8_t)source.bits),
                       *changed = assemble(changed_text, (uint8_t)source.bits);
        bool is_other = false;
        for (unsigned count = 1; count <= MOST_ARGUMENTS && !is_other; count += 2)
            is_other = run_with(program, count) != run_with(changed, count);
        const struct golf_symbolic result = compare_two(program, changed);
        ck_assert_msg(!is_other || result.shown == 0, "%s\n%s", text, changed_text);
        ck_assert_msg(!compare_two(program, program).differs, "%s", text);
        differ += is_other;
        shown += result.shown;
        free(program);
        free(changed);
    }
    ck_assert_uint_gt(differ, 0);
    ck_assert_uint_gt(shown, 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_symbolic_runs");
    TCase *cases = tcase_create("runs");
    tcase_add_checked_fixture(cases, begin, NULL);
    tcase_add_loop_test(cases, the_status_that_is_shown_is_what_the_processor_computes, 0, 2);
    tcase_add_loop_test(cases, what_ends_otherwise_for_some_arguments_is_not_shown, 0, 2);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)
