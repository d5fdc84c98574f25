/* Puts the working directory into a worker's root, for programs that may read files. */
#include <linux/mount.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox_private.h"

/* As <linux/mount.h> has it since 5.12. */
struct mount_attributes {
    uint64_t set, clear, propagation, user_namespace;
};
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

/* File systems of the kernel's (proc, sysfs, cgroup, tracefs) have no blocks. Reading their files
 * may have effects, or show other processes. */
static int look_at_working_directory(struct sandbox_folder *folder)
{
    struct statfs status;
    if (!getcwd(folder->path, sizeof folder->path) || statfs(".", &status) != 0)
        return errno;
    if (folder->path[0] != '/')
        return ENOENT;
    if (folder->path[1] == '\0')
        return EBUSY;
    return status.f_blocks == 0 ? EOPNOTSUPP : 0;
}

int sandbox_folder_take(struct sandbox_folder *folder)
{
    /* Private: what is mounted there later does not appear. */
    const struct mount_attributes confined = {.set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
                                                     MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
                                              .propagation = MS_PRIVATE};
    folder->mount = -1;
    int problem = look_at_working_directory(folder);
    if (problem != 0)
        return problem;
    folder->mount = (int)syscall(SYS_open_tree, AT_FDCWD, ".", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (folder->mount >= 0 && syscall(SYS_mount_setattr, folder->mount, "", AT_EMPTY_PATH,
                                      &confined, sizeof confined) == 0)
        return 0;
    problem = errno;
    if (folder->mount >= 0)
        close(folder->mount);
    folder->mount = -1;
    return problem;
}

/* Makes each folder of the path. */
static bool make_path(char *path)
{
    umask(0);
    for (char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = '\0';
        if (mkdir(path, 0555) != 0 && errno != EEXIST)
            return false;
        if (!slash)
            return true;
        *slash = '/';
    }
}

int sandbox_folder_place(struct sandbox_folder *folder)
{
    bool done = make_path(folder->path) &&
                syscall(SYS_move_mount, folder->mount, "", AT_FDCWD, folder->path,
                        MOVE_MOUNT_F_EMPTY_PATH) == 0 &&
                chdir(folder->path) == 0;
    int problem = done ? 0 : errno;
    close(folder->mount);
    folder->mount = -1;
    return problem;
}
