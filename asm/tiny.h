/* tiny.h: what a C program needs in order to run without a C library.
 *
 * A starting point that calls main, and functions around system calls as a C library has them. One
 * #include <tiny.h> is all; functions that a program does not call take no room in it.
 * For gcc and clang, x86-64 and i386, C99 and later. memcpy and the like are in <tiny_memory.h>. */
#ifndef TINY_H
#define TINY_H

#if !defined __linux__ || defined __ILP32__ && defined __x86_64__ ||                               \
    !defined __x86_64__ && !defined __i386__
#error "tiny.h is for Linux on x86-64 and on i386"
#endif

typedef __SIZE_TYPE__ size_t;
typedef long ssize_t; /* a size, or -1 */
typedef long off_t;
typedef unsigned mode_t;
typedef int pid_t;

#ifndef NULL
#define NULL ((void *)0)
#endif

#if defined _STDIO_H || defined _UNISTD_H || defined _FCNTL_H || defined _ERRNO_H
#error "<tiny.h> takes the place of <stdio.h>, <unistd.h>, <fcntl.h> and <errno.h>: leave those out"
#endif

/* The start.
 *
 * Linux starts a program with the stack pointer at argc; argv follows and ends with a null pointer,
 * then envp, which ends alike. main wants them where the calling convention puts arguments, and a
 * stack pointer that is a multiple of 16 when it is called. What it returns is the exit status.
 *
 * Weak: several files may have it, and it gives way to a _start of your own in another file; for
 * one in this file, #define TINY_NO_START before the #include. */
#ifndef TINY_NO_START
/* clang-format off */
#ifdef __x86_64__
__asm__(".pushsection .text._start, \"ax\", @progbits\n"
        ".weak _start\n"
        ".type _start, @function\n"
        "_start:\n"
        "  pop %rdi\n"                    /* argc */
        "  mov %rsp, %rsi\n"              /* argv */
        "  lea 8(%rsi,%rdi,8), %rdx\n"    /* envp: after argc pointers and the null pointer */
        "  push %rax\n"                   /* the pop's 8 bytes back: a multiple of 16 again */
        "  call main\n"
        "  mov %eax, %edi\n"              /* exit_group(what main returned) */
        "  mov $231, %eax\n"
        "  syscall\n"
        ".size _start, . - _start\n"
        ".popsection");
#else
__asm__(".pushsection .text._start, \"ax\", @progbits\n"
        ".weak _start\n"
        ".type _start, @function\n"
        "_start:\n"
        "  pop %eax\n"                    /* argc */
        "  mov %esp, %edx\n"              /* argv */
        "  lea 4(%edx,%eax,4), %ecx\n"    /* envp */
        "  push %eax\n"                   /* the pop's 4 bytes back, */
        "  push %eax\n"                   /*   4 that nobody reads, and with */
        "  push %ecx\n"                   /*   main(argc, argv, envp) it is 16 */
        "  push %edx\n"
        "  push %eax\n"
        "  call main\n"
        "  xchg %eax, %ebx\n"             /* exit_group(what main returned) */
        "  mov $252, %eax\n"
        "  int $0x80\n"
        ".size _start, . - _start\n"
        ".popsection");
#endif
/* clang-format on */
#endif

/* The door to the kernel.
 *
 * A number and up to six arguments go into registers, one instruction changes to the kernel, and
 * the result comes back in rax or eax. An argument is an integer or a pointer: `long` holds both.
 *
 * x86-64: number in rax; arguments in rdi, rsi, rdx, r10, r8, r9. A C function's fourth argument is
 * in rcx, but `syscall` puts its return address there (and the flags in r11), so here it is r10.
 * i386: number in eax; arguments in ebx, ecx, edx, esi, edi, ebp. */
#ifdef __x86_64__

#define TINY_BOTH(x86_64, i386) x86_64
#define TINY_DOOR               "syscall"
#define TINY_LOST               "rcx", "r11", "memory"

static inline long tiny_call0(long number)
{
    long result;
    __asm__ volatile(TINY_DOOR : "=a"(result) : "a"(number) : TINY_LOST);
    return result;
}

static inline long tiny_call1(long number, long a)
{
    long result;
    __asm__ volatile(TINY_DOOR : "=a"(result) : "a"(number), "D"(a) : TINY_LOST);
    return result;
}

static inline long tiny_call2(long number, long a, long b)
{
    long result;
    __asm__ volatile(TINY_DOOR : "=a"(result) : "a"(number), "D"(a), "S"(b) : TINY_LOST);
    return result;
}

static inline long tiny_call3(long number, long a, long b, long c)
{
    long result;
    __asm__ volatile(TINY_DOOR : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : TINY_LOST);
    return result;
}

static inline long tiny_call4(long number, long a, long b, long c, long d)
{
    long result;
    register long r10 __asm__("r10") = d; /* no letter stands for r10, r8 and r9 */
    __asm__ volatile(TINY_DOOR
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
                     : TINY_LOST);
    return result;
}

static inline long tiny_call5(long number, long a, long b, long c, long d, long e)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    __asm__ volatile(TINY_DOOR
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : TINY_LOST);
    return result;
}

static inline long tiny_call6(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile(TINY_DOOR
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : TINY_LOST);
    return result;
}

#else

#define TINY_BOTH(x86_64, i386) i386
#define TINY_DOOR               "int $0x80"
#define TINY_LOST               "memory"

static inline long tiny_call0(long number)
{
    long result;
    __asm__ volatile(TINY_DOOR : "=a"(result) : "a"(number) : TINY_LOST);
    return result;
}

static inline long tiny_call1(long number, long a)
{
    long result;
    __asm__ volatile(TINY_DOOR : "=a"(result) : "a"(number), "b"(a) : TINY_LOST);
    return result;
}

static inline long tiny_call2(long number, long a, long b)
{
    long result;
    __asm__ volatile(TINY_DOOR : "=a"(result) : "a"(number), "b"(a), "c"(b) : TINY_LOST);
    return result;
}

static inline long tiny_call3(long number, long a, long b, long c)
{
    long result;
    __asm__ volatile(TINY_DOOR : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : TINY_LOST);
    return result;
}

static inline long tiny_call4(long number, long a, long b, long c, long d)
{
    long result;
    __asm__ volatile(TINY_DOOR
                     : "=a"(result)
                     : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d)
                     : TINY_LOST);
    return result;
}

static inline long tiny_call5(long number, long a, long b, long c, long d, long e)
{
    long result;
    __asm__ volatile(TINY_DOOR
                     : "=a"(result)
                     : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
                     : TINY_LOST);
    return result;
}

/* ebp may be what the compiler finds its variables by: it is put away meanwhile, and the sixth
 * argument goes there by way of the stack. */
static inline long tiny_call6(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    __asm__ volatile("push %[f]\n\t"
                     "push %%ebp\n\t"
                     "mov 4(%%esp), %%ebp\n\t" TINY_DOOR "\n\t"
                     "pop %%ebp\n\t"
                     "add $4, %%esp"
                     : "=a"(result)
                     : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e), [f] "m"(f)
                     : TINY_LOST);
    return result;
}

#endif

/* The number of each call, on x86-64 and on i386. */
#define SYS_read          TINY_BOTH(0, 3)
#define SYS_write         TINY_BOTH(1, 4)
#define SYS_open          TINY_BOTH(2, 5)
#define SYS_close         TINY_BOTH(3, 6)
#define SYS_lseek         TINY_BOTH(8, 19)
#define SYS_munmap        TINY_BOTH(11, 91)
#define SYS_ioctl         TINY_BOTH(16, 54)
#define SYS_pipe          TINY_BOTH(22, 42)
#define SYS_dup2          TINY_BOTH(33, 63)
#define SYS_nanosleep     TINY_BOTH(35, 162)
#define SYS_getpid        TINY_BOTH(39, 20)
#define SYS_fork          TINY_BOTH(57, 2)
#define SYS_execve        TINY_BOTH(59, 11)
#define SYS_wait4         TINY_BOTH(61, 114)
#define SYS_kill          TINY_BOTH(62, 37)
#define SYS_rename        TINY_BOTH(82, 38)
#define SYS_mkdir         TINY_BOTH(83, 39)
#define SYS_unlink        TINY_BOTH(87, 10)
#define SYS_clock_gettime TINY_BOTH(228, 265)
#define SYS_exit_group    TINY_BOTH(231, 252)
#define SYS_getrandom     TINY_BOTH(318, 355)
#ifdef __x86_64__
#define SYS_mmap 9
#else
#define SYS_mmap2 192
#endif

/* Errors.
 *
 * Linux answers with one number. From -4095 to -1 it is an error, with the sign turned; everything
 * else is a result, also where it looks negative: an address of i386 may. C has two: the function
 * returns -1, and errno says which error it was.
 *
 * Each file has an errno of its own, which compilers leave out where nothing reads it: the program
 * then needs no memory that it may write. Where one file is to read what a call in another has set,
 * define TINY_SHARED_ERRNO in all of them. */
#ifdef TINY_SHARED_ERRNO
__attribute__((weak)) int errno;
#else
static int errno __attribute__((unused));
#endif

static inline long tiny_result(long answer)
{
    if ((unsigned long)answer < -4095UL)
        return answer;
    errno = (int)-answer;
    return -1;
}

/* The names of errors (ENOENT, EBADF...) are the kernel's, where its headers are installed. */
#if __has_include(<asm/errno.h>)
#include <asm/errno.h>
#endif

/* The calls. */

#define O_RDONLY 0
#define O_WRONLY 1
#define O_RDWR   2
#define O_CREAT  0100
#define O_EXCL   0200
#define O_TRUNC  01000
#define O_APPEND 02000

#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2

#define PROT_READ     1
#define PROT_WRITE    2
#define PROT_EXEC     4
#define MAP_SHARED    1
#define MAP_PRIVATE   2
#define MAP_ANONYMOUS 0x20
#define MAP_FAILED    ((void *)-1)

#define CLOCK_REALTIME  0
#define CLOCK_MONOTONIC 1

struct timespec {
    long tv_sec, tv_nsec;
};

static inline ssize_t read(int file, void *bytes, size_t size)
{
    return tiny_result(tiny_call3(SYS_read, file, (long)bytes, (long)size));
}

static inline ssize_t write(int file, const void *bytes, size_t size)
{
    return tiny_result(tiny_call3(SYS_write, file, (long)bytes, (long)size));
}

/* open(path, flags) or open(path, flags, mode): what is not said is 0. */
#define open(path, ...) tiny_open(path, (const int[2]){__VA_ARGS__})
static inline int tiny_open(const char *path, const int flags_and_mode[2])
{
    return (int)tiny_result(tiny_call3(SYS_open, (long)path, flags_and_mode[0], flags_and_mode[1]));
}

static inline int close(int file)
{
    return (int)tiny_result(tiny_call1(SYS_close, file));
}

static inline off_t lseek(int file, off_t offset, int from)
{
    return tiny_result(tiny_call3(SYS_lseek, file, offset, from));
}

/* The whole process ends: exit_group, not exit, which ends one thread. */
__attribute__((noreturn)) static inline void exit(int status)
{
    tiny_call1(SYS_exit_group, status);
    __builtin_unreachable();
}

/* i386 counts the offset in pages, so that 32 bits reach further. */
static inline void *mmap(void *address, size_t size, int protection, int flags, int file,
                         off_t offset)
{
#ifdef __x86_64__
    return (void *)tiny_result(
        tiny_call6(SYS_mmap, (long)address, (long)size, protection, flags, file, offset));
#else
    return (void *)tiny_result(tiny_call6(SYS_mmap2, (long)address, (long)size, protection, flags,
                                          file, (long)((unsigned long)offset >> 12)));
#endif
}

static inline int munmap(void *address, size_t size)
{
    return (int)tiny_result(tiny_call2(SYS_munmap, (long)address, (long)size));
}

static inline int ioctl(int file, unsigned long request, void *argument)
{
    return (int)tiny_result(tiny_call3(SYS_ioctl, file, (long)request, (long)argument));
}

static inline int pipe(int ends[2])
{
    return (int)tiny_result(tiny_call1(SYS_pipe, (long)ends));
}

static inline int dup2(int file, int as)
{
    return (int)tiny_result(tiny_call2(SYS_dup2, file, as));
}

static inline int nanosleep(const struct timespec *time, struct timespec *left)
{
    return (int)tiny_result(tiny_call2(SYS_nanosleep, (long)time, (long)left));
}

static inline int clock_gettime(int clock, struct timespec *time)
{
    return (int)tiny_result(tiny_call2(SYS_clock_gettime, clock, (long)time));
}

static inline pid_t getpid(void)
{
    return (pid_t)tiny_call0(SYS_getpid); /* cannot fail */
}

static inline pid_t fork(void)
{
    return (pid_t)tiny_result(tiny_call0(SYS_fork));
}

static inline int execve(const char *path, char *const *arguments, char *const *environment)
{
    return (int)tiny_result(tiny_call3(SYS_execve, (long)path, (long)arguments, (long)environment));
}

static inline pid_t waitpid(pid_t child, int *status, int options)
{
    return (pid_t)tiny_result(tiny_call4(SYS_wait4, child, (long)status, options, 0));
}

static inline int kill(pid_t process, int signal)
{
    return (int)tiny_result(tiny_call2(SYS_kill, process, signal));
}

static inline int rename(const char *from, const char *to)
{
    return (int)tiny_result(tiny_call2(SYS_rename, (long)from, (long)to));
}

static inline int mkdir(const char *path, mode_t mode)
{
    return (int)tiny_result(tiny_call2(SYS_mkdir, (long)path, (long)mode));
}

static inline int unlink(const char *path)
{
    return (int)tiny_result(tiny_call1(SYS_unlink, (long)path));
}

static inline ssize_t getrandom(void *bytes, size_t size, unsigned flags)
{
    return tiny_result(tiny_call3(SYS_getrandom, (long)bytes, (long)size, (long)flags));
}

#endif
