/* strace/: the lines of a trace, of one process and of several. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "strace_values.h"

struct scene {
    struct strace strace;
    struct elfgen_text out;
    struct process first, second;
};

static struct scene *open_scene(enum strace_prefix prefix)
{
    struct scene *scene = calloc(1, sizeof *scene);
    scene->out = fresh();
    scene->first = (struct process){.id = 100, .first = true, .entered = true};
    scene->second = (struct process){.id = 12345, .entered = true};
    scene->strace.out = &scene->out;
    scene->strace.prefix = prefix;
    scene->strace.tool = "tinyelf";
    scene->strace.reader = reader;
    strace_begin(&scene->strace);
    return scene;
}

static void send_event(struct scene *scene, struct process *process, enum process_event_kind kind,
                       int number)
{
    struct process_event event = {.kind = kind, .process = process, .number = number};
    strace_event(&scene->strace, &event);
}

static void begin_call(struct scene *scene, struct process *process, enum call_abi abi,
                       uint64_t number, uint64_t first, uint64_t second, uint64_t third)
{
    process->call =
        (struct process_call){.abi = abi, .number = number, .arguments = {first, second, third}};
    send_event(scene, process, PROCESS_CALL, 0);
}

static void end_call(struct scene *scene, struct process *process, int64_t result)
{
    process->call.result = result;
    process->call.failed = result < 0;
    send_event(scene, process, PROCESS_RESULT, 0);
}

static void close_scene(struct scene *scene, const char *expected)
{
    strace_end(&scene->strace);
    IS(expected, finish(&scene->out));
    free(scene);
}

START_TEST(a_call_is_written_when_it_begins_and_when_it_returns)
{
    struct scene *scene = open_scene(STRACE_BARE);
    set_memory("text", 5);
    begin_call(scene, &scene->first, CALL_X86_64, SYS_write, 1, AT, 4);
    IS("write(1, \"text\", 4", finish(&scene->out));
    end_call(scene, &scene->first, 4);
    IS("write(1, \"text\", 4)                     = 4\n", finish(&scene->out));
    begin_call(scene, &scene->first, CALL_X86_64, SYS_read, 0, AT, 4);
    IS("write(1, \"text\", 4)                     = 4\nread(0, ", finish(&scene->out));
    end_call(scene, &scene->first, 2);
    begin_call(scene, &scene->first, CALL_X86_64, SYS_exit_group, 0, 0, 0);
    send_event(scene, &scene->first, PROCESS_EXITED, 0);
    close_scene(scene, "write(1, \"text\", 4)                     = 4\n"
                       "read(0, \"te\", 4)                        = 2\n"
                       "exit_group(0)                           = ?\n"
                       "+++ exited with 0 +++\n");
}
END_TEST

START_TEST(lines_of_several_processes_have_their_numbers_and_are_interrupted)
{
    struct scene *scene = open_scene(STRACE_PID);
    begin_call(scene, &scene->first, CALL_X86_64, SYS_fork, 0, 0, 0);
    send_event(scene, &scene->second, PROCESS_STARTED, 0);
    end_call(scene, &scene->first, 12345);
    begin_call(scene, &scene->first, CALL_X86_64, SYS_read, 0, AT, 4);
    begin_call(scene, &scene->second, CALL_X86_64, SYS_getppid, 0, 0, 0);
    end_call(scene, &scene->second, 100);
    end_call(scene, &scene->first, 0);
    begin_call(scene, &scene->second, CALL_X86_64, SYS_pause, 0, 0, 0);
    begin_call(scene, &scene->first, CALL_X86_64, SYS_getpid, 0, 0, 0);
    end_call(scene, &scene->first, 100);
    send_event(scene, &scene->second, PROCESS_KILLED, SIGKILL);
    begin_call(scene, &scene->first, CALL_X86_64, SYS_getpid, 0, 0, 0);
    close_scene(scene, "fork()                                  = 12345\n"
                       "tinyelf: Process 12345 attached\n"
                       "[pid 100] read(0,  <unfinished ...>\n"
                       "[pid 12345] getppid()                   = 100\n"
                       "[pid 100] <... read resumed>\"\", 4)      = 0\n"
                       "[pid 12345] pause( <unfinished ...>\n"
                       "[pid 100] getpid()                      = 100\n"
                       "[pid 12345] <... pause resumed>)        = ?\n"
                       "[pid 12345] +++ killed by SIGKILL +++\n"
                       "getpid( <unfinished ...>\n");
}
END_TEST

START_TEST(in_a_file_every_line_begins_with_its_process_number)
{
    struct scene *scene = open_scene(STRACE_COLUMN);
    send_event(scene, &scene->second, PROCESS_STARTED, 0);
    begin_call(scene, &scene->first, CALL_I386, 20, 0, 0, 0);
    end_call(scene, &scene->first, 100);
    send_event(scene, &scene->second, PROCESS_EXITED, 7);
    close_scene(scene, "100   getpid()                          = 100\n"
                       "12345 +++ exited with 7 +++\n");
}
END_TEST

START_TEST(a_thread_that_calls_execve_replaces_the_first_thread)
{
    struct scene *scene = open_scene(STRACE_PID);
    send_event(scene, &scene->second, PROCESS_STARTED, 0);
    begin_call(scene, &scene->first, CALL_X86_64, SYS_pause, 0, 0, 0);
    begin_call(scene, &scene->second, CALL_X86_64, SYS_execve, 0, 0, 0);
    scene->first.call = scene->second.call; /* as trace does */
    send_event(scene, &scene->first, PROCESS_EXECED, 12345);
    end_call(scene, &scene->first, 0);
    begin_call(scene, &scene->first, CALL_X86_64, SYS_getpid, 0, 0, 0);
    end_call(scene, &scene->first, 100);
    close_scene(scene, "tinyelf: Process 12345 attached\n"
                       "[pid 100] pause( <unfinished ...>\n"
                       "[pid 12345] execve(NULL, NULL, NULL <unfinished ...>\n"
                       "[pid 100] <... pause resumed>)          = ?\n"
                       "+++ superseded by execve in pid 12345 +++\n"
                       "<... execve resumed>)                   = 0\n"
                       "getpid()                                = 100\n");
}
END_TEST

START_TEST(signals_stops_and_ends_have_lines)
{
    struct scene *scene = open_scene(STRACE_BARE);
    siginfo_t info = {.si_signo = SIGINT, .si_code = SI_KERNEL};
    struct process_event event = {
        .kind = PROCESS_SIGNAL, .process = &scene->first, .signal = &info, .number = SIGINT};
    strace_event(&scene->strace, &event);
    info = (siginfo_t){.si_signo = SIGSEGV, .si_code = SEGV_MAPERR};
    event.number = SIGSEGV;
    strace_event(&scene->strace, &event);
    send_event(scene, &scene->first, PROCESS_STOPPED, SIGTSTP);
    event = (struct process_event){
        .kind = PROCESS_KILLED, .process = &scene->first, .number = SIGSEGV, .core = true};
    strace_event(&scene->strace, &event);
    close_scene(scene, "--- SIGINT {si_signo=SIGINT, si_code=SI_KERNEL} ---\n"
                       "--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=NULL} ---\n"
                       "--- stopped by SIGTSTP ---\n"
                       "+++ killed by SIGSEGV (core dumped) +++\n");
}
END_TEST

START_TEST(a_change_of_mode_is_noted)
{
    struct scene *scene = open_scene(STRACE_BARE);
    begin_call(scene, &scene->first, CALL_I386, 20, 0, 0, 0);
    end_call(scene, &scene->first, 100);
    begin_call(scene, &scene->first, CALL_X86_64, SYS_getpid, 0, 0, 0);
    end_call(scene, &scene->first, 100);
    close_scene(scene, "[ Process PID=100 runs in 32 bit mode. ]\n"
                       "getpid()                                = 100\n"
                       "[ Process PID=100 runs in 64 bit mode. ]\n"
                       "getpid()                                = 100\n");
}
END_TEST

START_TEST(i386_calls_with_arguments_in_memory_show_those_arguments)
{
    struct scene *scene = open_scene(STRACE_COLUMN);
    uint32_t arguments[6] = {0, 4096, 1, 0x22, UINT32_MAX, 0x1000};
    set_memory(arguments, sizeof arguments);
    begin_call(scene, &scene->first, CALL_I386, 90, AT, 0, 0);
    end_call(scene, &scene->first, (int64_t)0xf7000000);
    begin_call(scene, &scene->first, CALL_I386, 90, 0x10, 0, 0);
    end_call(scene, &scene->first, -EFAULT);
    arguments[0] = AF_UNIX;
    arguments[1] = SOCK_STREAM;
    arguments[2] = 0;
    set_memory(arguments, sizeof arguments);
    begin_call(scene, &scene->first, CALL_I386, 102, 1, AT, 0);
    end_call(scene, &scene->first, 3);
    begin_call(scene, &scene->first, CALL_I386, 102, 99, AT, 0);
    end_call(scene, &scene->first, -EINVAL);
    close_scene(scene, "100   mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0x1000) = "
                       "0xf7000000\n"
                       "100   mmap(0x10)                        = -1 EFAULT (Bad address)\n"
                       "100   socket(AF_UNIX, SOCK_STREAM, 0)   = 3\n"
                       "100   socketcall(99, 0x10000)           = -1 EINVAL (Invalid argument)\n");
}
END_TEST

START_TEST(a_length_that_the_kernel_changes_is_shown_twice)
{
    struct scene *scene = open_scene(STRACE_BARE);
    uint32_t length = 110;
    set_memory(&length, sizeof length);
    memory[0x100] = AF_UNIX;
    begin_call(scene, &scene->first, CALL_X86_64, SYS_getsockname, 3, AT + 0x100, AT);
    length = 2;
    memcpy(memory, &length, sizeof length);
    end_call(scene, &scene->first, 0);
    close_scene(scene, "getsockname(3, {sa_family=AF_UNIX}, [110 => 2]) = 0\n");
}
END_TEST

START_TEST(an_unknown_call_shows_its_number)
{
    struct scene *scene = open_scene(STRACE_BARE);
    begin_call(scene, &scene->first, CALL_X86_64, 1000, 1, 0, UINT64_MAX);
    end_call(scene, &scene->first, -ENOSYS);
    close_scene(scene, "syscall_0x3e8(0x1, 0, 0xffffffffffffffff, 0, 0, 0) = -1 ENOSYS (Function "
                       "not implemented)\n");
}
END_TEST

TCase *strace_lines_cases(void)
{
    TCase *lines = tcase_create("lines");
    tcase_add_test(lines, a_call_is_written_when_it_begins_and_when_it_returns);
    tcase_add_test(lines, lines_of_several_processes_have_their_numbers_and_are_interrupted);
    tcase_add_test(lines, in_a_file_every_line_begins_with_its_process_number);
    tcase_add_test(lines, a_thread_that_calls_execve_replaces_the_first_thread);
    tcase_add_test(lines, signals_stops_and_ends_have_lines);
    tcase_add_test(lines, a_change_of_mode_is_noted);
    tcase_add_test(lines, i386_calls_with_arguments_in_memory_show_those_arguments);
    tcase_add_test(lines, a_length_that_the_kernel_changes_is_shown_twice);
    tcase_add_test(lines, an_unknown_call_shows_its_number);
    return lines;
}
