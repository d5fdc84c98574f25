/* forbid CALL[,CALL...] PROGRAM [ARGUMENT...]: runs a program for which some system calls fail with
 * EPERM. "namespaces" stands for new namespaces by clone and unshare, "breakpoints" for hardware
 * breakpoints by ptrace. */
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

static bool forbid(scmp_filter_ctx filter, const char *name)
{
    const unsigned long flags[] = {CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWNS,
                                   CLONE_NEWIPC};
    const struct scmp_arg_cmp pokes_user = {
        .arg = 0, .op = SCMP_CMP_EQ, .datum_a = PTRACE_POKEUSER};
    bool done = true;
    if (strcmp(name, "breakpoints") == 0)
        return seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ptrace), 1,
                                      &pokes_user) == 0;
    if (strcmp(name, "namespaces") != 0) {
        int number = seccomp_syscall_resolve_name(name);
        return number != __NR_SCMP_ERROR &&
               seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number, 0) == 0;
    }
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        done = done && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                                        SCMP_A0(SCMP_CMP_MASKED_EQ, flags[i], flags[i])) == 0;
        done = done && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(unshare), 1,
                                        SCMP_A0(SCMP_CMP_MASKED_EQ, flags[i], flags[i])) == 0;
    }
    return done;
}

int main(int argc, char **argv)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (argc < 3 || !filter)
        return 2;
    for (char *name = strtok(argv[1], ","); name; name = strtok(NULL, ","))
        if (!forbid(filter, name))
            return 2;
    if (seccomp_load(filter) != 0) {
        perror("seccomp_load");
        return 2;
    }
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    return 2;
}
