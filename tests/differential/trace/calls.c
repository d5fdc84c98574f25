/* System calls with arguments that a trace can decode, each with good pointers, bad ones and none.
 * By number and without the C library's help, so that the kernel sees what stands here. Nothing
 * depends on time, and nothing outside of the current folder changes. */
#include <asm/ldt.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/futex.h>
#include <linux/stat.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define BAD       ((void *)0x10)
#define CALL(...) syscall(__VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define LOW(x)    ((unsigned)(uint64_t)(x))
#define HIGH(x)   ((unsigned)((uint64_t)(x) >> 32))

static char buffer[8192];

static void strings(void)
{
    static const char odd[] = "\1\2\"\\\t\n\v\f\r\033\177\200\377 0\0001\0a\0008";
    static char all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    int null = (int)CALL(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC);
    CALL(SYS_write, null, odd, sizeof odd);
    for (int i = 0; i < 256; i += 16)
        CALL(SYS_write, null, all + i, 16);
    CALL(SYS_write, null, "12345678901234567890123456789012", 32);
    CALL(SYS_write, null, "12345678901234567890123456789012", 33);
    CALL(SYS_write, null, "1234567890123456789012345678901234567890", 40);
    CALL(SYS_write, null, "", 0);
    CALL(SYS_write, null, NULL, 0);
    CALL(SYS_write, null, NULL, 5);
    CALL(SYS_write, null, BAD, 5);
    CALL(SYS_write, -1, BAD, -1);
    CALL(SYS_write, -1, "x", 1);
    CALL(SYS_read, null, buffer, 10);
    CALL(SYS_read, null, NULL, 10);
    CALL(SYS_read, -1, buffer, 0);
    CALL(SYS_read, -1, BAD, -1);
    CALL(SYS_close, null);
    CALL(SYS_close, 77);
    CALL(SYS_close, -1);
    CALL(SYS_chdir, NULL);
    CALL(SYS_chdir, BAD);
    CALL(SYS_chdir, "");
    CALL(SYS_chdir, "no such folder");
    CALL(SYS_chdir, "/no/such/folder/with/a/name/that/is/longer/than/32/bytes");
    memset(buffer, 'a', 5000);
    CALL(SYS_chdir, buffer);
}

static void files(void)
{
    int fd = (int)CALL(SYS_open, "file", O_RDWR | O_CREAT | O_TRUNC, 0640);
    CALL(SYS_write, fd, "0123456789\n", 11);
    CALL(SYS_lseek, fd, 3, SEEK_SET);
    CALL(SYS_lseek, fd, -1, SEEK_CUR);
    CALL(SYS_lseek, fd, 0, SEEK_END);
    CALL(SYS_lseek, fd, 0, 77);
    CALL(SYS_lseek, fd, -100, SEEK_SET);
    CALL(SYS_lseek, fd, 0, SEEK_DATA);
    CALL(SYS_lseek, fd, 0, SEEK_HOLE);
#ifdef SYS__llseek
    int64_t place = 5;
    CALL(SYS__llseek, fd, 0, 3, &place, SEEK_SET);
    CALL(SYS__llseek, fd, 1, 3, &place, SEEK_SET);
    CALL(SYS__llseek, fd, -1, -1, &place, SEEK_CUR);
    CALL(SYS__llseek, -1, 0, 3, &place, SEEK_SET);
    CALL(SYS__llseek, fd, 0, 3, BAD, SEEK_SET);
#endif
#ifdef __x86_64__
    CALL(SYS_pread64, fd, buffer, 5, 2L);
    CALL(SYS_pread64, fd, buffer, 5, -2L);
    CALL(SYS_pwrite64, fd, "abc", 3, 0x100000L);
#else
    CALL(SYS_pread64, fd, buffer, 5, 2, 0);
    CALL(SYS_pread64, fd, buffer, 5, -2, -1);
    CALL(SYS_pwrite64, fd, "abc", 3, 0x100000, 0);
    CALL(SYS_ftruncate64, fd, 0, 1);
    CALL(SYS_truncate64, "file", 11, 0);
    CALL(SYS_fadvise64, fd, 0, 1, 100, POSIX_FADV_RANDOM);
    CALL(SYS_fadvise64_64, fd, 0, 1, 100, 2, POSIX_FADV_WILLNEED);
    CALL(SYS_readahead, fd, 5, 1, 100);
#endif
#ifdef __x86_64__
    CALL(SYS_fadvise64, fd, 0, 100, POSIX_FADV_RANDOM);
    CALL(SYS_readahead, fd, 0L, 100);
#endif
    struct iovec iov[] = {{"abc", 3}, {"", 0}, {"0123456789012345678901234567890123456789", 40}};
    struct iovec in[] = {{buffer, 4}, {buffer + 10, 100}};
    struct iovec bad[] = {{BAD, 4}, {NULL, 0}};
    CALL(SYS_writev, fd, iov, 3);
    CALL(SYS_writev, fd, iov, 0);
    CALL(SYS_writev, fd, bad, 2);
    CALL(SYS_writev, fd, BAD, 2);
    CALL(SYS_writev, fd, NULL, 2);
    memset(buffer, 0, sizeof buffer);
    CALL(SYS_writev, fd, buffer, -1);
    CALL(SYS_writev, fd, buffer, 32);
    CALL(SYS_writev, fd, buffer, 33);
    CALL(SYS_lseek, fd, 0, SEEK_SET);
    CALL(SYS_readv, fd, in, 2);
    CALL(SYS_readv, fd, in, 2);
    CALL(SYS_lseek, fd, 2, SEEK_SET);
    CALL(SYS_readv, fd, in, 1);
    CALL(SYS_readv, fd, BAD, 2);
    CALL(SYS_readv, -1, in, 2);
    CALL(SYS_preadv, fd, in, 2, 3, 0);
    CALL(SYS_pwritev, fd, iov, 1, 3, 0);
    CALL(SYS_ftruncate, fd, 20L);
    CALL(SYS_truncate, "file", 11L);
    CALL(SYS_truncate, "nofile", -1L);
#ifdef __x86_64__
    CALL(SYS_fallocate, fd, 0, 0L, 100L);
    CALL(SYS_fallocate, fd, 3, 0L, 50L);
#else
    CALL(SYS_fallocate, fd, 0, 0, 0, 100, 0);
    CALL(SYS_fallocate, fd, 3, 0, 0, 50, 0);
#endif
    CALL(SYS_open, "file", O_RDONLY);
    CALL(SYS_open, "file", O_WRONLY | O_APPEND | O_NONBLOCK);
    CALL(SYS_open, "file", O_ACCMODE);
    CALL(SYS_open, "file", O_CREAT | O_EXCL | O_WRONLY, 0);
    CALL(SYS_open, "file", O_CREAT | O_EXCL | O_WRONLY, 07777);
    CALL(SYS_open, ".", O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_LARGEFILE | O_NOATIME | O_PATH);
    CALL(SYS_open, "nofile", O_SYNC | O_RDWR);
    CALL(SYS_open, "nofile", O_DSYNC | O_DIRECT | O_NOCTTY | O_ASYNC);
    CALL(SYS_open, "nofile", 0x40000000 | O_RDONLY);
    CALL(SYS_open, BAD, -1, -1);
    CALL(SYS_openat, AT_FDCWD, "nofile", O_RDONLY);
    CALL(SYS_openat, 5, "nofile", O_RDONLY);
    CALL(SYS_openat, -1, "nofile", O_RDONLY);
    CALL(SYS_openat, AT_FDCWD, "/", O_TMPFILE | O_RDWR, 0600);
    CALL(SYS_creat, "file2", 0600);
    CALL(SYS_access, "file", R_OK | W_OK);
    CALL(SYS_access, "file", F_OK);
    CALL(SYS_access, "file", X_OK);
    CALL(SYS_access, "file", 0x10);
    CALL(SYS_access, "file", 0x15);
    CALL(SYS_faccessat, AT_FDCWD, "file", R_OK);
    CALL(SYS_faccessat2, AT_FDCWD, "file", R_OK, AT_EACCESS);
    CALL(SYS_faccessat2, AT_FDCWD, "file", R_OK, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH);
    CALL(SYS_faccessat2, AT_FDCWD, "file", R_OK, 0);
    CALL(SYS_dup, fd);
    CALL(SYS_dup2, fd, 60);
    CALL(SYS_dup3, fd, 61, O_CLOEXEC);
    CALL(SYS_dup3, fd, fd, 0);
    CALL(SYS_dup3, fd, fd, 1);
    CALL(SYS_fcntl, fd, F_GETFD);
    CALL(SYS_fcntl, 61, F_GETFD);
    CALL(SYS_fcntl, fd, F_SETFD, FD_CLOEXEC);
    CALL(SYS_fcntl, fd, F_SETFD, 0);
    CALL(SYS_fcntl, fd, F_GETFL);
    CALL(SYS_fcntl, fd, F_SETFL, O_RDWR | O_APPEND);
    CALL(SYS_fcntl, fd, F_SETFL, 0);
    CALL(SYS_fcntl, fd, F_DUPFD, 70);
    CALL(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 71);
    CALL(SYS_fcntl, -1, F_GETFL);
    CALL(SYS_fcntl, fd, 999, 5);
    CALL(SYS_fcntl, fd, F_GETOWN);
    CALL(SYS_fcntl, fd, F_SETOWN, 0);
    CALL(SYS_fcntl, fd, F_GETPIPE_SZ);
    CALL(SYS_fcntl, fd, F_SETPIPE_SZ, 4096);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 2};
    CALL(SYS_fcntl, fd, F_SETLK, &lock);
    CALL(SYS_fcntl, fd, F_GETLK, &lock);
    CALL(SYS_fcntl, fd, F_SETLKW, BAD);
    CALL(SYS_fcntl, fd, F_GETLK, NULL);
    CALL(SYS_flock, fd, LOCK_EX | LOCK_NB);
    CALL(SYS_flock, fd, LOCK_SH);
    CALL(SYS_flock, fd, LOCK_UN);
    CALL(SYS_flock, fd, 0);
    CALL(SYS_fsync, fd);
    CALL(SYS_fdatasync, fd);
    CALL(SYS_rename, "file2", "file3");
    CALL(SYS_rename, "file2", BAD);
    CALL(SYS_renameat, AT_FDCWD, "file3", AT_FDCWD, "file2");
    CALL(SYS_renameat2, AT_FDCWD, "file2", AT_FDCWD, "file", 1);
    CALL(SYS_mkdir, "folder", 0755);
    CALL(SYS_mkdir, "folder", 0);
    CALL(SYS_mkdirat, AT_FDCWD, "folder", 01777);
    CALL(SYS_rmdir, "folder");
    CALL(SYS_link, "file", "file4");
    CALL(SYS_linkat, AT_FDCWD, "file", AT_FDCWD, "file4", AT_SYMLINK_FOLLOW);
    CALL(SYS_symlink, "target", "link");
    CALL(SYS_symlinkat, "target", AT_FDCWD, "link");
    CALL(SYS_readlink, "link", buffer, 100);
    CALL(SYS_readlink, "link", buffer, 3);
    CALL(SYS_readlink, "file", buffer, 100);
    CALL(SYS_readlink, "link", BAD, 100);
    CALL(SYS_readlinkat, AT_FDCWD, "link", buffer, 100);
    CALL(SYS_unlink, "link");
    CALL(SYS_unlink, "file4");
    CALL(SYS_unlinkat, AT_FDCWD, "file2", 0);
    CALL(SYS_unlinkat, AT_FDCWD, "folder", AT_REMOVEDIR);
    CALL(SYS_chmod, "file", 0600);
    CALL(SYS_fchmod, fd, 0);
    CALL(SYS_fchmod, fd, 04755);
    CALL(SYS_fchmod, fd, 7);
    CALL(SYS_fchmodat, AT_FDCWD, "file", 0644);
    CALL(SYS_chown, "nofile", 0, 0);
    CALL(SYS_chown, "nofile", -1, -1);
    CALL(SYS_chown, "nofile", 65535, 65536);
    CALL(SYS_fchown, -1, 100, -1);
    CALL(SYS_lchown, "nofile", 5, 6);
    CALL(SYS_fchownat, AT_FDCWD, "nofile", 5, -1, AT_SYMLINK_NOFOLLOW);
#ifdef SYS_chown32
    CALL(SYS_chown32, "nofile", 65535, -1);
    CALL(SYS_fchown32, -1, 65536, -1);
    CALL(SYS_lchown32, "nofile", 5, 6);
#endif
    CALL(SYS_mknod, "fifo", S_IFIFO | 0600, 0);
    CALL(SYS_mknod, "/no/device", S_IFCHR | 0600, 0x103);
    CALL(SYS_mknodat, AT_FDCWD, "/no/device", S_IFBLK | 0666, 0x12345678);
    CALL(SYS_mknod, "/no/device", 0600, 3);
    CALL(SYS_unlink, "fifo");
    CALL(SYS_umask, 027);
    CALL(SYS_umask, 022);
    CALL(SYS_umask, 0);
    CALL(SYS_umask, 022);
    CALL(SYS_chroot, "nofile");
    CALL(SYS_getcwd, buffer, 1);
    CALL(SYS_getcwd, BAD, 1000);
    CALL(SYS_getcwd, buffer, 1000);
    CALL(SYS_utime, "file", NULL);
    struct {
        long a, b;
    } utim = {1, 1000000000};
    CALL(SYS_utime, "file", &utim);
    CALL(SYS_utime, "file", BAD);
    struct {
        long s, u;
    } tv[2] = {{1, 2}, {3, 999999}}, ts[2] = {{1, 2}, {3, 999999999}};
    CALL(SYS_utimes, "file", tv);
    CALL(SYS_utimes, "file", NULL);
    CALL(SYS_utimes, "file", BAD);
    CALL(SYS_futimesat, AT_FDCWD, "file", tv);
    CALL(SYS_utimensat, AT_FDCWD, "file", ts, 0);
    ts[0].u = UTIME_NOW, ts[1].u = UTIME_OMIT;
    CALL(SYS_utimensat, AT_FDCWD, "file", ts, AT_SYMLINK_NOFOLLOW);
    CALL(SYS_utimensat, fd, NULL, NULL, 0);
    CALL(SYS_utimensat, AT_FDCWD, "file", BAD, 0);
    CALL(SYS_sendfile, fd, fd, NULL, 0);
    long off = 2;
    CALL(SYS_sendfile, -1, fd, &off, 5);
    CALL(SYS_sendfile, fd, fd, BAD, 5);
    int64_t off64 = 2;
    CALL(SYS_copy_file_range, fd, &off64, fd, NULL, 0, 0);
    CALL(SYS_copy_file_range, -1, BAD, fd, NULL, 5, 1);
    CALL(SYS_splice, -1, NULL, fd, NULL, 5, SPLICE_F_MOVE | SPLICE_F_MORE);
    CALL(SYS_tee, -1, fd, 5, 0);
    CALL(SYS_memfd_create, "name", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    CALL(SYS_memfd_create, "name", 0);
    CALL(SYS_memfd_create, BAD, 0x100);
    CALL(SYS_fcntl, 3, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW);
    CALL(SYS_fcntl, 3, F_GET_SEALS);
    int pipes[2];
    CALL(SYS_pipe, pipes);
    CALL(SYS_pipe, BAD);
    CALL(SYS_pipe2, pipes, O_CLOEXEC | O_NONBLOCK);
    CALL(SYS_pipe2, NULL, O_DIRECT);
    CALL(SYS_pipe2, pipes, 1);
    CALL(SYS_close_range, 70, -1, 0);
    CALL(SYS_close_range, 70, 60, CLOSE_RANGE_CLOEXEC);
    CALL(SYS_inotify_init1, IN_CLOEXEC | IN_NONBLOCK);
    CALL(SYS_inotify_init1, 1);
    CALL(SYS_inotify_add_watch, -1, "file", IN_MODIFY | IN_CREATE);
    CALL(SYS_inotify_add_watch, -1, "file", IN_ALL_EVENTS | IN_ONLYDIR);
    CALL(SYS_inotify_rm_watch, -1, 3);
    CALL(SYS_mount, "nothing", "/no/such/place", "tmpfs", MS_RDONLY | MS_NOSUID, NULL);
    CALL(SYS_umount2, "/no/such/place", MNT_DETACH);
    struct termios termios;
    CALL(SYS_ioctl, fd, TCGETS, &termios);
    CALL(SYS_ioctl, fd, TCSETS, BAD);
    CALL(SYS_ioctl, fd, TIOCGWINSZ, buffer);
    CALL(SYS_ioctl, fd, FIONREAD, buffer);
    CALL(SYS_ioctl, fd, FIONBIO, &fd);
    CALL(SYS_ioctl, fd, FIOCLEX);
    CALL(SYS_ioctl, fd, TIOCGPGRP, buffer);
    CALL(SYS_ioctl, fd, 0x1234, 5);
    CALL(SYS_ioctl, fd, 0xabcd1234, 5);
    CALL(SYS_ioctl, fd, _IOWR('q', 250, int[3]), 5);
    CALL(SYS_getxattr, "file", "user.x", buffer, 100);
    CALL(SYS_fgetxattr, fd, "user.x", BAD, 100);
    CALL(SYS_listxattr, "file", buffer, 100);
    CALL(SYS_setxattr, "nofile", "user.x", "val", 3, 1);
    CALL(SYS_unlink, "file");
    CALL(SYS_sync);
}

static void stats(void)
{
    CALL(SYS_stat, "/dev/null", buffer);
    CALL(SYS_stat, "/dev/null", BAD);
    CALL(SYS_stat, "/nothing", buffer);
    CALL(SYS_stat, "/etc/passwd", buffer);
    CALL(SYS_fstat, 0, buffer);
    CALL(SYS_fstat, -1, buffer);
    CALL(SYS_lstat, "/bin", buffer);
    CALL(SYS_stat, "/", buffer);
#ifdef SYS_stat64
    CALL(SYS_stat64, "/dev/null", buffer);
    CALL(SYS_stat64, "/etc/passwd", buffer);
    CALL(SYS_fstat64, 0, buffer);
    CALL(SYS_fstat64, 0, BAD);
    CALL(SYS_lstat64, "/bin", buffer);
    CALL(SYS_fstatat64, AT_FDCWD, "/", buffer, 0);
    CALL(SYS_fstatat64, 0, "", buffer, AT_EMPTY_PATH);
#endif
#ifdef SYS_newfstatat
    CALL(SYS_newfstatat, AT_FDCWD, "/", buffer, 0);
    CALL(SYS_newfstatat, 0, "", buffer, AT_EMPTY_PATH);
    CALL(SYS_newfstatat, AT_FDCWD, "/bin", buffer, AT_SYMLINK_NOFOLLOW);
    CALL(SYS_newfstatat, AT_FDCWD, "/bin", buffer, 1 | AT_NO_AUTOMOUNT);
#endif
    CALL(SYS_statx, AT_FDCWD, "/dev/null", AT_STATX_SYNC_AS_STAT, STATX_BASIC_STATS, buffer);
    CALL(SYS_statx, AT_FDCWD, "/etc/passwd", AT_SYMLINK_NOFOLLOW, STATX_ALL, buffer);
    CALL(SYS_statx, AT_FDCWD, "/bin", AT_STATX_DONT_SYNC | AT_EMPTY_PATH, STATX_MODE | STATX_SIZE,
         buffer);
    CALL(SYS_statx, AT_FDCWD, "/nothing", 0, 0, buffer);
    CALL(SYS_statx, AT_FDCWD, "/bin", AT_STATX_FORCE_SYNC, STATX_MTIME, BAD);
    CALL(SYS_statfs, "/proc", buffer);
    CALL(SYS_statfs, "/nothing", buffer);
    CALL(SYS_fstatfs, -1, buffer);
#ifdef SYS_statfs64
    CALL(SYS_statfs64, "/proc", 84, buffer);
    CALL(SYS_statfs64, "/proc", 1, buffer);
#endif
    int fd = (int)CALL(SYS_open, "/proc/self/task", O_RDONLY | O_DIRECTORY);
    CALL(SYS_getdents64, fd, buffer, 4096);
    CALL(SYS_getdents64, fd, buffer, 4096);
    CALL(SYS_getdents64, fd, BAD, 4096);
    CALL(SYS_lseek, fd, 0, SEEK_SET);
    CALL(SYS_getdents, fd, buffer, 4096);
    CALL(SYS_getdents, -1, buffer, 4096);
    CALL(SYS_lseek, fd, 0, SEEK_SET);
    CALL(SYS_getdents64, fd, buffer, 1);
    CALL(SYS_close, fd);
}

static void waits(void)
{
    int pipes[2];
    CALL(SYS_pipe, pipes);
    struct pollfd fds[3] = {{pipes[0], POLLIN, 0}, {pipes[1], POLLOUT | POLLERR, 0}, {-1, 0, 0}};
    CALL(SYS_poll, fds, 3, 0);
    CALL(SYS_poll, fds, 1, 0);
    CALL(SYS_poll, fds, 2, -1);
    CALL(SYS_poll, NULL, 0, 1);
    CALL(SYS_poll, BAD, 1, 1);
    CALL(SYS_poll, fds, 0, 0);
    fds[1].events = POLLIN | POLLPRI | POLLRDNORM | POLLRDBAND | POLLWRNORM | POLLRDHUP;
    struct {
        long s, n;
    } ts = {0, 0};
    CALL(SYS_ppoll, fds, 2, &ts, NULL, 8);
    memset(buffer, 0, sizeof buffer);
    CALL(SYS_ppoll, buffer, -1, NULL, NULL, 8);
    CALL(SYS_ppoll, buffer, 33, &ts, NULL, 8);
    uint64_t mask = 1 << (SIGINT - 1) | 1 << (SIGTERM - 1);
    CALL(SYS_ppoll, fds, 1, &ts, &mask, 8);
    CALL(SYS_ppoll, BAD, 1, BAD, BAD, 8);
    fd_set in, out, no;
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_ZERO(&no);
    FD_SET(pipes[0], &in);
    FD_SET(pipes[1], &out);
    FD_SET(1, &out);
    struct {
        long s, u;
    } tv = {0, 0};
#ifdef __x86_64__
#define SELECT SYS_select
#else
#define SELECT SYS__newselect
    long args[5] = {10, (long)&in, (long)&out, (long)&no, (long)&tv};
    CALL(SYS_select, args);
    CALL(SYS_select, BAD);
#endif
    CALL(SELECT, 10, &in, &out, &no, &tv);
    FD_SET(pipes[0], &in);
    CALL(SELECT, 10, &in, NULL, NULL, &tv);
    FD_SET(pipes[0], &in);
    CALL(SELECT, 10, &in, &out, NULL, NULL);
    CALL(SELECT, 0, NULL, NULL, NULL, &tv);
    CALL(SELECT, 5, BAD, NULL, NULL, BAD);
    CALL(SELECT, -1, NULL, NULL, NULL, NULL);
    struct {
        void *set;
        long size;
    } both = {&mask, 8};
    CALL(SYS_pselect6, 10, &in, &out, NULL, &ts, &both);
    CALL(SYS_pselect6, 10, &in, NULL, NULL, &ts, NULL);
    CALL(SYS_pselect6, 10, NULL, NULL, NULL, &ts, BAD);
    int epoll = (int)CALL(SYS_epoll_create1, EPOLL_CLOEXEC);
    CALL(SYS_epoll_create1, 1);
    CALL(SYS_epoll_create, 5);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = 0x1234567890};
    CALL(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, pipes[0], &event);
    event.events = EPOLLOUT;
    event.data.u64 = 7;
    CALL(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, pipes[1], &event);
    CALL(SYS_epoll_ctl, epoll, EPOLL_CTL_MOD, pipes[0], &event);
    CALL(SYS_epoll_ctl, epoll, EPOLL_CTL_DEL, pipes[0], NULL);
    CALL(SYS_epoll_ctl, epoll, 77, pipes[0], BAD);
    CALL(SYS_epoll_wait, epoll, buffer, 10, 0);
    CALL(SYS_epoll_wait, epoll, BAD, 10, 0);
    CALL(SYS_epoll_pwait, epoll, buffer, 10, 0, &mask, 8);
    CALL(SYS_epoll_pwait, epoll, buffer, 10, 0, NULL, 8);
    CALL(SYS_eventfd2, 0, EFD_CLOEXEC | EFD_SEMAPHORE);
    CALL(SYS_eventfd2, 5, 1);
    CALL(SYS_eventfd, 5);
}

static void memory(void)
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

static void processes(void)
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

static void nothing(int number)
{
    (void)number;
}

static void signals(void)
{
    uint64_t set = 1ull << (SIGINT - 1) | 1ull << (32 - 1), old = 0, all = ~0ull, most = 0;
    for (int i = 1; i < 64; i += 2)
        most |= 3ull << i;
    CALL(SYS_rt_sigprocmask, SIG_BLOCK, &set, &old, 8);
    CALL(SYS_rt_sigprocmask, SIG_SETMASK, &all, &old, 8);
    CALL(SYS_rt_sigprocmask, SIG_SETMASK, &most, NULL, 8);
    CALL(SYS_rt_sigprocmask, SIG_UNBLOCK, &set, NULL, 8);
    CALL(SYS_rt_sigprocmask, SIG_SETMASK, &old, &set, 8);
    old = 0;
    CALL(SYS_rt_sigprocmask, SIG_SETMASK, &old, &set, 8);
    CALL(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &set, 8);
    CALL(SYS_rt_sigprocmask, 99, BAD, BAD, 8);
    CALL(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 4);
    CALL(SYS_rt_sigpending, &set, 8);
    CALL(SYS_rt_sigpending, BAD, 8);
#ifdef SYS_sigprocmask
    unsigned long set32 = 6, old32;
    CALL(SYS_sigprocmask, SIG_BLOCK, &set32, &old32);
    CALL(SYS_sigprocmask, SIG_UNBLOCK, &set32, NULL);
    CALL(SYS_sigprocmask, SIG_UNBLOCK, BAD, BAD);
    CALL(SYS_sigpending, &set32);
    struct {
        void *handler;
        unsigned long mask, flags;
        void *restorer;
    } action32 = {(void *)nothing, 5, SA_RESTART | SA_NODEFER, NULL};
    CALL(SYS_sigaction, SIGUSR1, &action32, NULL);
    CALL(SYS_sigaction, SIGUSR1, &action32, &action32);
    CALL(SYS_sigaction, SIGUSR1, BAD, NULL);
    CALL(SYS_signal, SIGUSR2, SIG_IGN);
    CALL(SYS_signal, SIGUSR2, SIG_DFL);
#endif
    struct {
        void *handler;
        unsigned long flags;
        void *restorer;
        uint64_t mask;
    } action = {(void *)nothing, 0x04000000 | SA_SIGINFO | SA_ONSTACK, (void *)0x1234, 6};
    CALL(SYS_rt_sigaction, SIGUSR1, &action, NULL, 8);
    CALL(SYS_rt_sigaction, SIGUSR1, NULL, &action, 8);
    action.handler = (void *)SIG_IGN, action.flags = 0, action.mask = 0, action.restorer = NULL;
    CALL(SYS_rt_sigaction, SIGUSR1, &action, &action, 8);
    action.handler = (void *)SIG_DFL, action.flags = SA_RESTART;
    CALL(SYS_rt_sigaction, 32 + 3, &action, &action, 8);
    CALL(SYS_rt_sigaction, SIGUSR1, &action, NULL, 8);
    CALL(SYS_rt_sigaction, SIGKILL, &action, NULL, 8);
    CALL(SYS_rt_sigaction, 99, BAD, BAD, 8);
    CALL(SYS_rt_sigaction, SIGINT, NULL, &action, 4);
    stack_t stack = {buffer, SS_DISABLE, 8192};
    CALL(SYS_sigaltstack, NULL, &stack);
    stack.ss_sp = buffer, stack.ss_flags = 0, stack.ss_size = 8192;
    CALL(SYS_sigaltstack, &stack, NULL);
    CALL(SYS_sigaltstack, NULL, &stack);
    CALL(SYS_sigaltstack, BAD, BAD);
    CALL(SYS_kill, 0x3fffffff, 0);
    CALL(SYS_kill, 0x3fffffff, SIGTERM);
    CALL(SYS_kill, 0x3fffffff, 40);
    CALL(SYS_kill, 0x3fffffff, 999);
    CALL(SYS_tkill, 0x3fffffff, 32);
    CALL(SYS_tgkill, 0x3fffffff, 5, 64);
    struct {
        long s, n;
    } ts = {0, 1000};
    CALL(SYS_rt_sigtimedwait, &set, NULL, &ts, 8);
    CALL(SYS_rt_sigtimedwait, BAD, BAD, BAD, 8);
    siginfo_t info = {.si_signo = SIGUSR1, .si_code = SI_QUEUE, .si_value.sival_int = 7};
    CALL(SYS_rt_sigqueueinfo, 0x3fffffff, SIGUSR1, &info);
    CALL(SYS_alarm, 0);
    CALL(SYS_signalfd4, -1, &set, 8, O_CLOEXEC);
}

static void times(void)
{
    struct {
        long s, n;
    } ts = {0, 1000}, bad = {0, 1000000000}, negative = {-1, 0};
    CALL(SYS_nanosleep, &ts, NULL);
    CALL(SYS_nanosleep, &ts, &ts);
    CALL(SYS_nanosleep, &bad, NULL);
    CALL(SYS_nanosleep, &negative, NULL);
    CALL(SYS_nanosleep, NULL, NULL);
    CALL(SYS_nanosleep, BAD, BAD);
    ts.n = 1000;
    CALL(SYS_clock_nanosleep, CLOCK_REALTIME, 0, &ts, NULL);
    CALL(SYS_clock_nanosleep, CLOCK_MONOTONIC, 1, &ts, &ts);
    CALL(SYS_clock_nanosleep, 99, 3, BAD, BAD);
    CALL(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, BAD);
    CALL(SYS_clock_gettime, 99, &ts);
    CALL(SYS_clock_gettime, -6, BAD);
    CALL(SYS_clock_gettime, ~5u << 3 | 2, BAD);
    CALL(SYS_clock_getres, CLOCK_MONOTONIC, &ts);
    CALL(SYS_clock_settime, 99, &ts);
#ifdef SYS_clock_gettime64
    struct {
        int64_t s, n;
    } ts64 = {0, 1000};
    CALL(SYS_clock_gettime64, 99, &ts64);
    CALL(SYS_clock_getres_time64, CLOCK_MONOTONIC, &ts64);
    CALL(SYS_clock_nanosleep_time64, CLOCK_MONOTONIC, 1, &ts64, NULL);
    CALL(SYS_futex_time64, &ts, FUTEX_WAIT, 1, &ts64);
    CALL(SYS_utimensat_time64, AT_FDCWD, "nofile", NULL, 0);
    CALL(SYS_ppoll_time64, NULL, 0, &ts64, NULL, 8);
    CALL(SYS_pselect6_time64, 0, NULL, NULL, NULL, &ts64, NULL);
    CALL(SYS_rt_sigtimedwait_time64, BAD, NULL, &ts64, 8);
#endif
    CALL(SYS_gettimeofday, BAD, NULL);
    CALL(SYS_gettimeofday, NULL, BAD);
    struct {
        int a, b;
    } zone;
    CALL(SYS_gettimeofday, NULL, &zone);
    CALL(SYS_time, BAD);
    CALL(SYS_times, BAD);
    struct {
        long a, b, c, d;
    } timer = {0, 0, 0, 0};
    CALL(SYS_setitimer, ITIMER_REAL, &timer, &timer);
    CALL(SYS_getitimer, ITIMER_VIRTUAL, &timer);
    CALL(SYS_getitimer, 99, BAD);
    CALL(SYS_setitimer, ITIMER_PROF, BAD, NULL);
    int timer_fd = (int)CALL(SYS_timerfd_create, CLOCK_MONOTONIC, O_CLOEXEC | O_NONBLOCK);
    timer.d = 5;
    CALL(SYS_timerfd_settime, timer_fd, 0, &timer, &timer);
    timer.c = timer.d = 0;
    CALL(SYS_timerfd_settime, timer_fd, 1, &timer, NULL);
#ifdef SYS_timer_settime64
    struct sigevent nobody = {.sigev_notify = SIGEV_NONE};
    long long long_times[4] = {1, 5, 2, 7};
    int number = -1;
    CALL(SYS_timer_create, CLOCK_MONOTONIC, &nobody, &number);
    CALL(SYS_timer_settime64, number, 1, long_times, NULL);
    CALL(SYS_timer_gettime64, number, BAD);
#endif
    CALL(SYS_timerfd_gettime, timer_fd, &timer);
    CALL(SYS_timerfd_gettime, timer_fd, BAD);
}

static void sockets(void)
{
#ifdef SYS_socket
    int s = (int)CALL(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un un = {AF_UNIX, "nosocket"};
    struct sockaddr_in in = {AF_INET, htons(80), {htonl(0x7f000001)}, {0}};
    struct sockaddr_in6 in6 = {AF_INET6, htons(8080), htonl(7), {{{0xfe, 0x80, [15] = 1}}}, 3};
    socklen_t length = sizeof un;
    int pair[2], value = 1;
    CALL(SYS_connect, s, &un, sizeof un);
    CALL(SYS_connect, s, &un, 2);
    un.sun_path[0] = 0;
    CALL(SYS_connect, s, &un, 12);
    CALL(SYS_connect, s, &un, 2 + 1);
    memset(un.sun_path, 'x', sizeof un.sun_path);
    CALL(SYS_connect, s, &un, sizeof un);
    CALL(SYS_connect, -1, &in, sizeof in);
    CALL(SYS_connect, -1, &in, 5);
    CALL(SYS_connect, -1, &in6, sizeof in6);
    CALL(SYS_connect, -1, BAD, 16);
    CALL(SYS_connect, -1, NULL, 0);
    CALL(SYS_connect, -1, &in, 200);
    CALL(SYS_connect, -1, &in, 1);
    in.sin_family = 77;
    CALL(SYS_connect, -1, &in, 10);
    in.sin_family = AF_UNSPEC;
    CALL(SYS_connect, -1, &in, 16);
    CALL(SYS_bind, -1, &in6, sizeof in6);
    CALL(SYS_listen, s, 5);
    CALL(SYS_listen, s, -1);
    CALL(SYS_getsockname, s, &un, &length);
    CALL(SYS_getpeername, s, &un, &length);
    CALL(SYS_getsockname, s, BAD, BAD);
    CALL(SYS_accept4, -1, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    CALL(SYS_accept4, -1, &un, &length, 0);
    CALL(SYS_socketpair, AF_INET, SOCK_STREAM, IPPROTO_TCP, pair);
    CALL(SYS_socketpair, AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair);
    CALL(SYS_sendto, pair[0], "hello", 5, MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0);
    CALL(SYS_recvfrom, pair[1], buffer, 100, 0, NULL, NULL);
    CALL(SYS_recvfrom, pair[1], buffer, 100, MSG_DONTWAIT, NULL, NULL);
    CALL(SYS_sendto, -1, "hello", 5, 0, &in6, sizeof in6);
    CALL(SYS_sendto, pair[0], "again", 5, 0, NULL, 0);
    length = sizeof un;
    CALL(SYS_recvfrom, pair[1], buffer, 3, MSG_TRUNC, &un, &length);
    memset(buffer, 0, sizeof buffer);
    struct iovec iov[2] = {{"one", 3}, {"two", 3}};
    struct msghdr message = {.msg_iov = iov, .msg_iovlen = 2};
    CALL(SYS_sendmsg, pair[0], &message, 0);
    iov[0].iov_base = buffer, iov[0].iov_len = 100, message.msg_iovlen = 1;
    CALL(SYS_recvmsg, pair[1], &message, 0);
    CALL(SYS_recvmsg, pair[1], &message, MSG_DONTWAIT);
    CALL(SYS_recvmsg, pair[1], BAD, 0);
    message.msg_name = &in6, message.msg_namelen = sizeof in6;
    CALL(SYS_sendmsg, -1, &message, MSG_EOR);
    CALL(SYS_sendmsg, -1, BAD, MSG_EOR);
    CALL(SYS_shutdown, s, SHUT_RD);
    CALL(SYS_shutdown, -1, SHUT_RDWR);
    CALL(SYS_shutdown, -1, 77);
    CALL(SYS_setsockopt, s, SOL_SOCKET, SO_REUSEADDR, &value, sizeof value);
    CALL(SYS_setsockopt, s, SOL_SOCKET, SO_RCVBUF, BAD, 4);
    CALL(SYS_setsockopt, -1, IPPROTO_TCP, 1, &value, 4);
    CALL(SYS_setsockopt, -1, IPPROTO_IPV6, 26, &value, 4);
    CALL(SYS_setsockopt, -1, 999, 1, &value, 4);
    CALL(SYS_setsockopt, -1, SOL_SOCKET, 999, &value, 4);
    struct {
        long s, u;
    } tv = {1, 2};
    CALL(SYS_setsockopt, -1, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
    struct linger linger = {1, 2};
    CALL(SYS_setsockopt, -1, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    length = 4;
    CALL(SYS_getsockopt, s, SOL_SOCKET, SO_TYPE, &value, &length);
    CALL(SYS_getsockopt, s, SOL_SOCKET, SO_ERROR, &value, &length);
    CALL(SYS_getsockopt, s, SOL_SOCKET, SO_ERROR, BAD, BAD);
    CALL(SYS_getsockopt, -1, SOL_SOCKET, SO_ERROR, &value, &length);
    CALL(SYS_socket, AF_INET, SOCK_STREAM, IPPROTO_TCP);
    CALL(SYS_socket, AF_INET, SOCK_DGRAM, IPPROTO_IP);
    CALL(SYS_socket, AF_INET6, SOCK_RAW | 0x100, IPPROTO_ICMPV6);
    CALL(SYS_socket, AF_NETLINK, SOCK_RAW, 0);
    CALL(SYS_socket, 99, 77, 5);
    CALL(SYS_socket, AF_UNIX, -1, 5);
#endif
#ifdef SYS_socketcall
    long args[6] = {AF_UNIX, SOCK_STREAM, 0, (long)pair};
    CALL(SYS_socketcall, 1, args);
    CALL(SYS_socketcall, 8, args);
    CALL(SYS_socketcall, 1, BAD);
    CALL(SYS_socketcall, 99, args);
    long send[6] = {pair[0], (long)"data", 4, MSG_DONTWAIT};
    CALL(SYS_socketcall, 9, send);
    send[0] = pair[1], send[1] = (long)buffer, send[2] = 100;
    CALL(SYS_socketcall, 10, send);
    CALL(SYS_socketcall, 10, send);
#endif
}

int main(void)
{
    strings();
    files();
    stats();
    waits();
    memory();
    processes();
    signals();
    times();
    sockets();
    return 0;
}
