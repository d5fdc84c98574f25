/* Declarations shared by calls.c and calls_*.c. */
#ifndef TEST_ORACLE_STRACE_PROGRAMS_CALLS_H
#define TEST_ORACLE_STRACE_PROGRAMS_CALLS_H

#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BAD       ((void *)0x10)
#define CALL(...) syscall(__VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define LOW(x)    ((unsigned)(uint64_t)(x))
#define HIGH(x)   ((unsigned)((uint64_t)(x) >> 32))

extern char buffer[8192];

void call_strings(void);
void call_files(void);
void call_stats(void);
void call_waits(void);
void call_memory(void);
void call_processes(void);
void call_signals(void);
void call_times(void);
void call_sockets(void);

#endif
