/* Puts a worker into namespaces of its own and takes its file system away. */
#include "sandbox_private.h"

#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/proc.h"

/* In its user namespace, the worker keeps the user and group id that it has outside. If this fails,
 * it is "nobody", which is good enough. */
static void map_ids(uid_t user, gid_t group)
{
    char text[64];
    snprintf(text, sizeof text, "%lu %lu 1", (unsigned long)user, (unsigned long)user);
    proc_write("/proc/self/uid_map", text);
    proc_write("/proc/self/setgroups", "deny");
    snprintf(text, sizeof text, "%lu %lu 1", (unsigned long)group, (unsigned long)group);
    proc_write("/proc/self/gid_map", text);
}

static const unsigned long EMPTY = MS_NOSUID | MS_NODEV;
static const char EMPTY_OPTIONS[] = "size=4k,mode=555";

/* Makes an empty file system the root, and the old one unreachable. */
static bool empty_root(unsigned long flags)
{
    static const char *const places[] = {"/tmp", "/proc", "/dev", "/usr"};
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return false;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (mount("none", places[i], "tmpfs", flags, EMPTY_OPTIONS) != 0)
            continue;
        if (chdir(places[i]) != 0)
            return false;
        /* The old root is now mounted on top of the new one. */
        if (syscall(SYS_pivot_root, ".", ".") == 0)
            return umount2(".", MNT_DETACH) == 0 && chdir("/") == 0;
        return chroot(".") == 0; /* pivot_root is not possible inside a chroot */
    }
    return false;
}

/* The same, with the working directory at its place. Sets *problem to 0, or to errno. */
static bool root_with_folder(int *problem)
{
    struct sandbox_folder folder;
    *problem = sandbox_folder_take(&folder);
    if (!empty_root(EMPTY))
        return false;
    if (*problem == 0)
        *problem = sandbox_folder_place(&folder);
    return mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY | EMPTY, EMPTY_OPTIONS) == 0;
}

unsigned sandbox_enter_namespaces(struct sandbox_shared *shared)
{
    static const struct {
        int flag;
        unsigned lack;
    } spaces[] = {{CLONE_NEWNET, SANDBOX_NO_NETWORK},
                  {CLONE_NEWIPC, SANDBOX_NO_IPC},
                  {CLONE_NEWNS, SANDBOX_NO_MOUNT}};
    bool reads = (shared->kinds & SANDBOX_KIND_BIT(READ_FILES)) != 0;
    unsigned lacks = 0;
    if (shared->user)
        map_ids(shared->user_id, shared->group_id);
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++)
        if (unshare(spaces[i].flag) != 0)
            lacks |= spaces[i].lack;
    if (!(lacks & SANDBOX_NO_MOUNT) &&
        !(reads ? root_with_folder(&shared->no_folder) : empty_root(EMPTY | MS_RDONLY)))
        lacks |= SANDBOX_NO_MOUNT;
    return lacks;
}
