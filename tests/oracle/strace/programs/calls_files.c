/* Calls with strings, on files, and for files' attributes. */
#include <fcntl.h>
#include <linux/stat.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

#include "calls.h"

void call_strings(void)
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

void call_files(void)
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

void call_stats(void)
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
