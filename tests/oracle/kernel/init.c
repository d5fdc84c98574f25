/* The init process of boot.sh's system: mounts what kernel-same needs, runs it with the arguments
 * after "--" on the kernel's command line, and powers the machine off. Linked statically. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int status = -1;
    (void)argc;
    mkdir("/proc", 0755);
    mkdir("/tmp", 0777);
    mkdir("/dev", 0755);
    mount("proc", "/proc", "proc", 0, "");
    mount("tmpfs", "/tmp", "tmpfs", 0, "");
    mknod("/dev/null", S_IFCHR | 0666, makedev(1, 3));
    mknod("/dev/console", S_IFCHR | 0600, makedev(5, 1));
    int console = open("/dev/console", O_RDWR);
    for (int i = 0; i < 3; i++)
        dup2(console, i);
    pid_t pid = fork();
    if (pid == 0) {
        char *environment[] = {NULL};
        argv[0] = (char *)"/kernel-same";
        execve(argv[0], argv, environment);
        _exit(127);
    }
    while (pid > 0 && waitpid(pid, &status, 0) != pid)
        ;
    printf("kernel-same: %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    fflush(stdout);
    sync();
    reboot(RB_POWER_OFF);
    return 0;
}
