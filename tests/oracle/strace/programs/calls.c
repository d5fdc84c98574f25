/* Makes system calls whose arguments a trace decodes, each with valid, invalid and null pointers.
 * They are made by number, not by the C library, so that the kernel gets the arguments written
 * here. Nothing depends on time, and nothing outside of the current folder changes. */
#include <asm/ldt.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"

char buffer[8192];

void call_memory(void)
{
    char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
#ifdef __x86_64__
    CALL(SYS_mmap, NULL, 4096L, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_ANONYMOUS, -1L, 0L);
    CALL(SYS_mmap, page, 4096L, PROT_NONE, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1L, 0x1000L);
    CALL(SYS_mmap, NULL, 4096L, -1L, -1L, -1L, -1L);
    CALL(SYS_mmap, NULL, 0L, 0L, 0L, 0L, 0L);
    CALL(SYS_mmap, NULL, 4096L, 7L, MAP_PRIVATE | MAP_NORESERVE | MAP_STACK | MAP_GROWSDOWN, 99L,
         0L);
    CALL(SYS_mmap, NULL, 4096L, 7L, MAP_PRIVATE | MAP_HUGETLB | MAP_ANONYMOUS | 21 << 26, 99L, 0L);
    CALL(SYS_mmap, NULL, 4096L, 7L, MAP_SHARED_VALIDATE | MAP_SYNC, 99L, 0L);
#else
    CALL(SYS_mmap2, NULL, 4096L, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_ANONYMOUS, -1L, 0L);
    CALL(SYS_mmap2, page, 4096L, PROT_NONE, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1L, 0x1000L);
    CALL(SYS_mmap2, NULL, 4096L, -1L, -1L, -1L, -1L);
    CALL(SYS_mmap2, NULL, 4096L, PROT_READ, MAP_PRIVATE, 99, 0x100000);
    long args[6] = {0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0};
    CALL(SYS_mmap, args);
    CALL(SYS_mmap, BAD);
    args[5] = 4096, args[4] = 99;
    CALL(SYS_mmap, args);
#endif
    CALL(SYS_mprotect, page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC);
    CALL(SYS_mprotect, page, 4096, PROT_READ | PROT_GROWSDOWN);
    CALL(SYS_mprotect, BAD, 4096, 0x100);
    CALL(SYS_munmap, page, 4096);
    CALL(SYS_munmap, 1L, 4096);
    page += 4096;
    CALL(SYS_madvise, page, 4096, MADV_DONTNEED);
    CALL(SYS_madvise, page, 4096, MADV_WILLNEED);
    CALL(SYS_madvise, page, 4096, 999);
    CALL(SYS_msync, page, 4096, MS_SYNC | MS_INVALIDATE);
    CALL(SYS_mincore, page, 4096, buffer);
    CALL(SYS_mincore, page, 4096, BAD);
    CALL(SYS_mlock, page, 4096);
    CALL(SYS_munlock, page, 4096);
    CALL(SYS_mlock2, page, 4096, 1);
    CALL(SYS_mlockall, 0);
    CALL(SYS_mlockall, 0x100);
    CALL(SYS_mremap, page, 4096, 8192, MREMAP_MAYMOVE);
    CALL(SYS_mremap, BAD, 4096, 8192, MREMAP_MAYMOVE | MREMAP_FIXED, page);
    CALL(SYS_mremap, BAD, 4096, 8192, 0, page);
    CALL(SYS_brk, NULL);
    CALL(SYS_brk, BAD);
    CALL(SYS_membarrier, 0, 0, 0);
    CALL(SYS_membarrier, 99, 0, 0);
}

void call_processes(void)
{
    CALL(SYS_getpid);
    CALL(SYS_getppid);
    CALL(SYS_gettid);
    CALL(SYS_getpgrp);
    CALL(SYS_getpgid, 0);
    CALL(SYS_getsid, 0);
    CALL(SYS_setpgid, 0, -1);
    CALL(SYS_getuid);
    CALL(SYS_geteuid);
    CALL(SYS_setuid, -1);
    CALL(SYS_setreuid, -1, -1);
    CALL(SYS_setresuid, -1, -1, -1);
    CALL(SYS_getresuid, buffer, buffer + 8, buffer + 16);
    CALL(SYS_getresuid, buffer, BAD, NULL);
#ifdef SYS_getuid32
    CALL(SYS_getuid32);
    CALL(SYS_setuid32, -1);
    CALL(SYS_getresgid32, buffer, buffer + 8, buffer + 16);
    CALL(SYS_getgroups32, 0, NULL);
    CALL(SYS_setgroups32, -1, BAD);
#endif
    CALL(SYS_getgroups, 0, NULL);
    CALL(SYS_getgroups, -1, buffer);
    CALL(SYS_setgroups, -1, buffer);
    struct {
        long a, b;
    } limit = {1024, -1};
    CALL(SYS_setrlimit, 999, &limit);
    CALL(SYS_setrlimit, 999, BAD);
    CALL(SYS_getrlimit, RLIMIT_CORE, buffer);
    CALL(SYS_getrlimit, RLIMIT_STACK, buffer);
    CALL(SYS_getrlimit, 999, buffer);
    CALL(SYS_getrlimit, RLIMIT_NOFILE, BAD);
#ifdef SYS_ugetrlimit
    CALL(SYS_ugetrlimit, RLIMIT_STACK, buffer);
#endif
    CALL(SYS_prlimit64, 0, RLIMIT_STACK, NULL, buffer);
    CALL(SYS_prlimit64, 0, RLIMIT_AS, NULL, buffer);
    struct {
        uint64_t a, b;
    } limit64 = {1 << 20, -1};
    CALL(SYS_prlimit64, 0, 999, &limit64, NULL);
    limit64.a = 1000;
    CALL(SYS_prlimit64, 0, 999, &limit64, BAD);
    CALL(SYS_getrusage, 99, buffer);
    CALL(SYS_getrusage, RUSAGE_SELF, BAD);
    CALL(SYS_getpriority, PRIO_PROCESS, 0);
    CALL(SYS_setpriority, PRIO_PROCESS, 0, 0);
    CALL(SYS_setpriority, 99, 0, -5);
    CALL(SYS_sched_yield);
    CALL(SYS_sched_getaffinity, 0, 128, buffer);
    CALL(SYS_sched_getaffinity, 0, 1, buffer);
    CALL(SYS_sched_getaffinity, 0, 128, BAD);
    CALL(SYS_sched_setaffinity, -1, 8, buffer);
    CALL(SYS_sched_getscheduler, 0);
    struct sched_param param = {5};
    CALL(SYS_sched_setscheduler, -1, SCHED_RR, &param);
    CALL(SYS_sched_getparam, 0, &param);
    CALL(SYS_sched_setparam, -1, BAD);
    CALL(SYS_sched_get_priority_max, SCHED_FIFO);
    CALL(SYS_getcpu, BAD, NULL, NULL);
    CALL(SYS_uname, buffer);
    CALL(SYS_uname, BAD);
    CALL(SYS_sysinfo, BAD);
    CALL(SYS_prctl, PR_SET_NAME, "name");
    CALL(SYS_prctl, PR_GET_NAME, buffer);
    CALL(SYS_prctl, PR_GET_DUMPABLE);
    CALL(SYS_prctl, PR_SET_DUMPABLE, 1);
    CALL(SYS_prctl, PR_SET_PDEATHSIG, 0);
    CALL(SYS_prctl, PR_GET_PDEATHSIG, buffer);
    CALL(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
    CALL(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    CALL(SYS_prctl, PR_GET_SECCOMP);
    CALL(SYS_prctl, 9999, 1, 2, 3, 4);
    CALL(SYS_prctl, PR_SET_VMA, PR_SET_VMA_ANON_NAME, 0, 0, 0);
    CALL(SYS_prctl, PR_CAPBSET_READ, 0);
    CALL(SYS_personality, 0xffffffff);
    CALL(SYS_personality, 0);
#ifdef SYS_arch_prctl
#ifdef __x86_64__
    CALL(SYS_arch_prctl, 0x1003, buffer);
    CALL(SYS_arch_prctl, 0x1004, BAD);
#endif
    CALL(SYS_arch_prctl, 0x3001, 0);
    CALL(SYS_arch_prctl, 0x9999, 5);
    CALL(SYS_arch_prctl, 0x1011, 5);
#endif
#ifdef __i386__
    struct user_desc desc = {.entry_number = 13,
                             .base_addr = 0x12345678,
                             .limit = 0xfffff,
                             .seg_32bit = 1,
                             .limit_in_pages = 1,
                             .useable = 1};
    CALL(SYS_set_thread_area, &desc);
    CALL(SYS_set_thread_area, BAD);
    desc.entry_number = 12;
    CALL(SYS_get_thread_area, &desc);
    desc.entry_number = -1;
    CALL(SYS_set_thread_area, &desc);
    CALL(SYS_set_thread_area, &desc);
#endif
    CALL(SYS_set_tid_address, buffer);
    CALL(SYS_set_robust_list, buffer, 5);
    CALL(SYS_get_robust_list, 0, buffer, buffer + 8);
    CALL(SYS_get_robust_list, 0, BAD, BAD);
    CALL(SYS_rseq, buffer, 32, 0, 0x53053053);
    CALL(SYS_rseq, BAD, 31, 1, 0x53053053);
    int word = 0;
    struct {
        long s, n;
    } ts = {0, 1000};
    CALL(SYS_futex, &word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1);
    CALL(SYS_futex, &word, FUTEX_WAKE, 0x7fffffff);
    CALL(SYS_futex, &word, FUTEX_WAIT, 1, NULL);
    CALL(SYS_futex, &word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 0, &ts);
    CALL(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME, 1, &ts,
         NULL, FUTEX_BITSET_MATCH_ANY);
    CALL(SYS_futex, &word, FUTEX_WAKE_BITSET, 1, NULL, NULL, 5);
    CALL(SYS_futex, &word, FUTEX_REQUEUE, 1, 2, &word);
    CALL(SYS_futex, &word, FUTEX_CMP_REQUEUE, 1, 2, &word, 3);
    CALL(SYS_futex, &word, FUTEX_WAKE_OP, 1, 2, &word,
         FUTEX_OP(FUTEX_OP_SET, 1, FUTEX_OP_CMP_EQ, 2));
    CALL(SYS_futex, &word, FUTEX_LOCK_PI, 0, BAD);
    CALL(SYS_futex, &word, FUTEX_UNLOCK_PI);
    CALL(SYS_futex, BAD, FUTEX_WAIT, 1, BAD);
    CALL(SYS_futex, BAD, 99, 1, BAD, BAD, 7);
    CALL(SYS_getrandom, buffer, 0, GRND_NONBLOCK);
    CALL(SYS_getrandom, BAD, 5, GRND_RANDOM | 8);
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    CALL(SYS_capget, &head, NULL);
    CALL(SYS_capget, BAD, BAD);
    CALL(SYS_unshare, 0);
    CALL(SYS_unshare, CLONE_FS | 1);
    CALL(SYS_setns, -1, CLONE_NEWNS);
    CALL(SYS_execve, "/no/such/program", (char *[]){"a", "b\n", NULL}, (char *[]){"c=d", NULL});
    CALL(SYS_execve, "/no/such/program", (char *[]){NULL}, (char *[]){"a", "b", NULL});
    CALL(SYS_execve, BAD, BAD, BAD);
    CALL(SYS_execve, "/no/such/program", NULL, NULL);
    CALL(SYS_execve, "/no/such/program", (char *[]){BAD, "x", NULL}, (char *[]){BAD, NULL});
    char *many[41];
    for (int i = 0; i < 40; i++)
        many[i] = "x";
    many[40] = NULL;
    CALL(SYS_execve, "/no/such/program", many, many);
    CALL(SYS_execveat, -1, "no", many + 39, many + 39, AT_EMPTY_PATH);
    CALL(SYS_ptrace, 2, -1, 5, 6);
    CALL(SYS_reboot, 1, 2, 3, 4);
    CALL(SYS_pidfd_open, -1, 0);
    CALL(SYS_pidfd_send_signal, -1, SIGTERM, NULL, 0);
    CALL(SYS_pidfd_getfd, -1, 5, 0);
    CALL(SYS_swapoff, "/no/such/file");
    CALL(SYS_sethostname, BAD, 1000);
    CALL(1000, 1, 2, 3, 4, 5, 6);
    CALL(999, -1L, 0x123456789aL);
}

int main(void)
{
    call_strings();
    call_files();
    call_stats();
    call_waits();
    call_memory();
    call_processes();
    call_signals();
    call_times();
    call_sockets();
    return 0;
}
