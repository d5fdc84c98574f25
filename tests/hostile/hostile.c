/* hostile ATTEMPT [ARGUMENT]: attempts one thing that a sandboxed program must not be able to do.
 * An attempt that succeeds prints "did it" and does no harm. Freestanding, for x86-64 and i386:
 *
 *     gcc -m64 -O1 -static -nostdlib -ffreestanding -fno-stack-protector -o hostile hostile.c
 */
#include <asm/unistd.h>
#include <stddef.h>
#include <stdint.h>

/* ---- system calls with all six arguments ---- */

#ifdef __x86_64__
static long ask(long number, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}
__asm__(".globl _start\n_start: mov %rsp, %rdi\n and $-16, %rsp\n call begin\n");
#else
static long ask(long number, long a, long b, long c, long d, long e, long f)
{
    long values[] = {b, f};
    long result;
    __asm__ volatile("push %%ebx\n push %%ebp\n"
                     "mov %[a], %%ebx\n mov 4(%%ecx), %%ebp\n mov (%%ecx), %%ecx\n"
                     "int $0x80\n pop %%ebp\n pop %%ebx"
                     : "=a"(result)
                     : "a"(number), [a] "r"(a), "c"(values), "d"(c), "S"(d), "D"(e)
                     : "memory");
    return result;
}
__asm__(".globl _start\n_start: mov %esp, %eax\n and $-16, %esp\n sub $12, %esp\n push %eax\n"
        " call begin\n");
#endif

static size_t length_of(const char *text)
{
    size_t length = 0;
    while (text[length])
        length++;
    return length;
}

static void say(const char *text)
{
    ask(__NR_write, 1, (long)text, (long)length_of(text), 0, 0, 0);
}

static int is(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

static long number_of(const char *text)
{
    long number = 0;
    while (text && *text >= '0' && *text <= '9')
        number = number * 10 + *text++ - '0';
    return number;
}

static int end(long result, const char *done)
{
    say(result >= 0 || result < -4095 ? done : "refused\n");
    return result >= 0 || result < -4095 ? 0 : 9;
}

/* ---- memory ---- */

enum { READ = 1, WRITE = 2, SHARED = 1, PRIVATE = 2, ANONYMOUS = 0x20, NORESERVE = 0x4000 };

static volatile char *map(size_t size, int flags, long file)
{
#ifdef __x86_64__
    return (volatile char *)ask(__NR_mmap, 0, (long)size, READ | WRITE, flags, file, 0);
#else
    return (volatile char *)ask(__NR_mmap2, 0, (long)size, READ | WRITE, flags, file, 0);
#endif
}

static int nap(long milliseconds)
{
    long time[2] = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    return end(ask(__NR_nanosleep, (long)time, 0, 0, 0, 0, 0), "slept\n");
}

static int touch(long mib, int write)
{
    size_t size = (size_t)mib << 20;
    volatile char *place = map(size, PRIVATE | ANONYMOUS | NORESERVE, -1);
    if ((uintptr_t)place > (uintptr_t)-4096)
        return end(-1, "");
    for (size_t at = 0; at < size; at += 4096)
        if (write)
            place[at] = 1;
        else
            (void)place[at];
    return end(0, "did it\n");
}

static int pour(long mib)
{
    static char block[65536];
    long left = mib << 20;
    while (left > 0) {
        long part = ask(__NR_write, 1, (long)block, left < 65536 ? left : 65536, 0, 0, 0);
        if (part < 0)
            return 9;
        left -= part;
    }
    return 0;
}

/* ---- calls by the other ABI ---- */

#ifdef __x86_64__
static long other_abi_call(long number)
{
    long result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(number), "b"(1L), "c"(0L), "d"(0L)
                     : "r8", "r9", "r10", "r11", "memory");
    return result;
}
#else
/* A far call to 64-bit code, which returns. */
static long other_abi_call(long number)
{
    long result;
    __asm__ volatile("push %%ebx\n push %%esi\n push %%edi\n"
                     "lcall $0x33, $1f\n"
                     "jmp 2f\n"
                     ".code64\n"
                     "1: xor %%edi, %%edi\n xor %%esi, %%esi\n xor %%edx, %%edx\n"
                     "syscall\n"
                     "lret\n"
                     ".code32\n"
                     "2: pop %%edi\n pop %%esi\n pop %%ebx"
                     : "=a"(result)
                     : "a"(number)
                     : "ecx", "edx", "memory");
    return result;
}
#endif

/* ---- attempts ---- */

static int forks(void)
{
    for (int i = 0; i < 10; i++) {
        long id = ask(__NR_fork, 0, 0, 0, 0, 0, 0);
        if (id == 0)
            ask(__NR_exit, 0, 0, 0, 0, 0, 0);
        if (id < 0)
            return end(id, "");
        ask(__NR_wait4, id, 0, 0, 0, 0, 0);
    }
    return end(0, "did it\n");
}

static int ignore_term(void)
{
    struct {
        uintptr_t handler;
        unsigned long flags;
        uintptr_t restorer;
        uint32_t mask[2];
    } action = {1, 0, 0, {0, 0}};
    long result = ask(__NR_rt_sigaction, 15, (long)&action, 0, 8, 0, 0);
    if (result == 0)
        ask(__NR_kill, ask(__NR_getpid, 0, 0, 0, 0, 0, 0), 15, 0, 0, 0, 0);
    return end(result, "did it\n");
}

static int stop_itself(void)
{
    ask(__NR_kill, ask(__NR_getpid, 0, 0, 0, 0, 0, 0), 19, 0, 0, 0, 0);
    return end(0, "did it\n");
}

static long words_buffer[4];

static int run(const char *what, const char *argument, char **environment)
{
    char *program[] = {(char *)argument, NULL};
    if (is(what, "fork"))
        return forks();
    if (is(what, "kill"))
        return end(ask(__NR_kill, -1, 0, 0, 0, 0, 0), "did it\n");
    if (is(what, "signal")) /* signal 0, which changes nothing */
        return end(ask(__NR_kill, number_of(argument), 0, 0, 0, 0, 0), "did it\n");
    if (is(what, "ptrace")) /* PTRACE_SEIZE */
        return end(ask(__NR_ptrace, 0x4206, number_of(argument), 0, 0, 0, 0), "did it\n");
    if (is(what, "create"))
        return end(ask(__NR_open, (long)argument, 0101, 0644, 0, 0, 0), "did it\n");
    if (is(what, "socket"))
        return end(ask(__NR_socket, 1, 1, 0, 0, 0, 0), "did it\n");
#ifdef __i386__
    long words[] = {1, 1, 0};
    if (is(what, "socketcall"))
        return end(ask(__NR_socketcall, 1, (long)words, 0, 0, 0, 0), "did it\n");
    long old[] = {0, 4096, READ, PRIVATE | ANONYMOUS, -1, 0};
    if (is(what, "oldmmap"))
        return end(ask(__NR_mmap, (long)old, 0, 0, 0, 0, 0), "did it\n");
#endif
    if (is(what, "execve"))
        return end(ask(__NR_execve, (long)argument, (long)program, (long)environment, 0, 0, 0), "");
    if (is(what, "execveat")) /* AT_FDCWD, and a guess of 0 */
        return end(ask(__NR_execveat, -100, (long)argument, (long)program, (long)environment, 0, 0),
                   "");
    if (is(what, "execveat-1"))
        return end(
            ask(__NR_execveat, -100, (long)argument, (long)program, (long)environment, 0, -1), "");
    if (is(what, "pour"))
        return pour(number_of(argument));
    if (is(what, "touch"))
        return touch(number_of(argument), 1);
    if (is(what, "touch-and-sleep"))
        return touch(number_of(argument), 1) || nap(10000);
    if (is(what, "read-touch"))
        return touch(number_of(argument), 0);
    if (is(what, "map")) {
        volatile char *place =
            map((size_t)number_of(argument) << 20, PRIVATE | ANONYMOUS | NORESERVE, -1);
        if ((uintptr_t)place > (uintptr_t)-4096)
            return end(-1, "");
        place[0] = place[(size_t)number_of(argument) << 19] = 1;
        return end(0, "did it\n");
    }
    if (is(what, "map-shared"))
        return end((long)map(4096, SHARED | ANONYMOUS, -1), "did it\n");
    if (is(what, "map-file"))
        return end((long)map(4096, PRIVATE, 0), "did it\n");
    if (is(what, "ignore"))
        return ignore_term();
    if (is(what, "stop"))
        return stop_itself();
    if (is(what, "loop"))
        for (;;)
            __asm__ volatile("");
    if (is(what, "sleep"))
        return nap(number_of(argument));
    if (is(what, "read"))
        return end(ask(__NR_read, number_of(argument), (long)&words_buffer, 16, 0, 0, 0),
                   "did it\n");
    if (is(what, "write"))
        return end(ask(__NR_write, number_of(argument), (long)"here\n", 5, 0, 0, 0), "did it\n");
    if (is(what, "other")) /* with a number of the other table */
        return end(other_abi_call(number_of(argument)), "did it\n");
    if (is(what, "call"))
        return end(ask(number_of(argument), 0, 0, 0, 0, 0, 0), "did it\n");
    if (is(what, "x32")) {
        ask(0x40000000 + number_of(argument), 1, (long)"x32\n", 4, 0, 0, 0);
        return end(0, "went on\n");
    }
    if (is(what, "fault"))
        *(volatile char *)number_of(argument) = 1;
    if (is(what, "exit"))
        return (int)number_of(argument);
    if (is(what, "both")) {
        for (int i = 0; i < 100; i++) {
            ask(__NR_write, 1, (long)"a\n", 2, 0, 0, 0);
            ask(__NR_write, 2, (long)"b\n", 2, 0, 0, 0);
        }
        return 0;
    }
    say("no such attempt\n");
    return 99;
}

__attribute__((used, noreturn)) void begin(char **stack)
{
    long count = *(long *)stack;
    char **words = stack + 1;
    int status = run(count > 1 ? words[1] : "", count > 2 ? words[2] : "", words + count + 1);
    for (;;)
        ask(__NR_exit_group, status, 0, 0, 0, 0, 0);
}
