/* A 64-bit program that makes i386 system calls by int 0x80. */
#include <unistd.h>

static long call32(long number, long a, long b, long c)
{
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
    return result;
}

int main(void)
{
    static char text[] = "written\n";
    getppid();
    call32(20, 0, 0, 0);                       /* getpid */
    call32(4, 1, (long)text, sizeof text - 1); /* write; not where addresses have 64 bits */
    call32(6, -1, 0, 0);                       /* close */
    call32(5, 5, 0, 0);                        /* open */
    call32(45, 0, 0, 0);                       /* brk */
    call32(199, 0, 0, 0);                      /* getuid32 */
    call32(9999, 1, 2, 3);
    getppid();
    call32(1, 3, 0, 0); /* exit */
    return 0;
}
