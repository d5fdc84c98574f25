/* Makes a system call without the C library: also for a child that shares its parent's memory,
 * errno included, and for calls whose sixth argument a filter asks for. */
#ifndef PTRACE_RAW_SYSCALL_H
#define PTRACE_RAW_SYSCALL_H

#include <stdint.h>

/* Returns the kernel's answer: -1 to -4095 is a negative errno. */
static inline long raw_syscall(long number, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                               uint64_t e, uint64_t f)
{
    register uint64_t r10 __asm__("r10") = d;
    register uint64_t r8 __asm__("r8") = e;
    register uint64_t r9 __asm__("r9") = f;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

/* A pointer as an argument. */
static inline uint64_t raw_address(const void *pointer)
{
    return (uint64_t)(uintptr_t)pointer;
}

#endif
