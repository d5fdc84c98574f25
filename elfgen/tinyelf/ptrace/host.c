/* Reads this machine's parameters of execve from /proc, and interpreters from the file system. */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/maps.h"
#include "base/proc.h"
#include "elfgen/memory.h"

/* A line "NAME: 123 kB" of /proc/meminfo, in pages. */
static uint64_t memory_of(const char *text, const char *name)
{
    uint64_t kibibytes;
    proc_field(text, name, 10, &kibibytes);
    return kibibytes / 4;
}

static void read_memory(struct elfgen_kernel_machine *machine)
{
    char text[8192];
    uint64_t mode;
    if (proc_number("/proc/sys/vm/overcommit_memory", &mode) && mode <= ELFGEN_OVERCOMMIT_NEVER)
        machine->overcommit = (enum elfgen_kernel_overcommit)mode;
    if (machine->overcommit != ELFGEN_OVERCOMMIT_NEVER) {
        struct sysinfo system; /* as /proc/meminfo has it, in a tenth of the time */
        if (sysinfo(&system) == 0)
            machine->memory_pages =
                (system.totalram + system.totalswap) * (uint64_t)system.mem_unit / ELFGEN_PAGE;
        return;
    }
    if (!proc_read("/proc/meminfo", text, sizeof text))
        return;
    uint64_t limit = memory_of(text, "CommitLimit:"), used = memory_of(text, "Committed_AS:");
    machine->memory_pages = limit > used ? limit - used : 0;
}

/* Whether a program that this process starts has CAP_SYS_RAWIO: root gets the whole bounding set,
 * others get the ambient set. */
static bool has_raw_io(void)
{
    enum { CAP_SYS_RAWIO_BIT = 17 };
    char text[8192];
    uint64_t set;
    return proc_read("/proc/self/status", text, sizeof text) &&
           proc_field(text, geteuid() == 0 ? "CapBnd:" : "CapAmb:", 16, &set) &&
           (set >> CAP_SYS_RAWIO_BIT & 1) != 0;
}

/* A kernel that supports i386 programs has a setting for their vDSO. */
static bool has_ia32(void)
{
    return access("/proc/sys/abi/vsyscall32", F_OK) == 0;
}

/* The kernel's own pages are as many in each program of 64 bits as here. */
static void read_own_pages(struct elfgen_kernel_machine *machine)
{
    uint64_t setting, pages[2] = {0};
    struct maps maps;
    struct maps_line line;
    bool any = false;
    if (proc_number("/proc/sys/abi/vsyscall32", &setting))
        machine->no_vdso32 = setting != 1;
    maps_open(&maps, getpid());
    while (maps_next(&maps, &line)) {
        any = true;
        if (strcmp(line.name, "[vdso]") == 0)
            pages[0] += (line.end - line.start) / ELFGEN_PAGE;
        else if (strncmp(line.name, "[vvar", 5) == 0) /* and [vvar_vclock] */
            pages[1] += (line.end - line.start) / ELFGEN_PAGE;
    }
    maps_close(&maps);
    if (!any || maps.error != 0)
        return; /* the usual ones */
    machine->no_vdso = pages[0] == 0;
    machine->vdso_pages = (uint16_t)pages[0];
    machine->vvar_pages = (uint16_t)pages[1];
}

static bool has_five_levels(void)
{
    char text[16384];
    return proc_read("/proc/cpuinfo", text, sizeof text) && strstr(text, " la57") != NULL;
}

/* Reads "6.18" of "6.18.44". */
static void read_version(struct elfgen_kernel_machine *machine)
{
    struct utsname name;
    char *end = name.release;
    if (uname(&name) != 0)
        return;
    unsigned long major = strtoul(name.release, &end, 10), minor = 0;
    if (end == name.release || *end != '.')
        return;
    const char *second = end + 1;
    minor = strtoul(second, &end, 10);
    if (end != second)
        machine->version = ELFGEN_LINUX(major, minor);
}

static void read_lowest(struct elfgen_kernel_machine *machine)
{
    machine->mmap_min_addr = machine->lowest_room = ELFGEN_USUAL_MMAP_MIN_ADDR;
    proc_lowest_address(&machine->mmap_min_addr);
    if (machine->mmap_min_addr > machine->lowest_room)
        machine->lowest_room = machine->mmap_min_addr;
}

void host_learn(struct elfgen_kernel_machine *machine, unsigned facts)
{
    const unsigned wanted = facts & machine->unknown;
    if (wanted & ELFGEN_FACT_VERSION)
        read_version(machine);
    if (wanted & ELFGEN_FACT_LOWEST)
        read_lowest(machine);
    if (wanted & ELFGEN_FACT_RAW_IO)
        machine->raw_io = has_raw_io();
    if (wanted & ELFGEN_FACT_IA32)
        machine->ia32 = has_ia32();
    if (wanted & ELFGEN_FACT_FIVE_LEVELS)
        machine->five_levels = has_five_levels();
    if (wanted & ELFGEN_FACT_MEMORY)
        read_memory(machine);
    if (wanted & ELFGEN_FACT_OWN_PAGES)
        read_own_pages(machine);
    machine->unknown &= ~wanted;
}

void host_begin(struct elfgen_kernel_machine *machine)
{
    struct rlimit stack;
    elfgen_kernel_usual(machine);
    machine->unknown = ELFGEN_FACTS;
    /* Where Linux mapped this program, it maps others. */
    const uint64_t own = getauxval(AT_PHDR) & ~(uint64_t)(ELFGEN_PAGE - 1);
    if (own != 0)
        machine->mmap_min_addr = machine->lowest_room = own;
    else
        host_learn(machine, ELFGEN_FACT_LOWEST);
    if (getrlimit(RLIMIT_STACK, &stack) == 0)
        machine->stack_limit = stack.rlim_cur;
}

void host_machine(struct elfgen_kernel_machine *machine)
{
    host_begin(machine);
    host_learn(machine, ELFGEN_FACTS);
}

int host_open_interpreter(const char *path, struct file_bytes *bytes)
{
    struct stat status;
    struct statvfs system;
    if (*path == '\0')
        return EACCES; /* the current folder */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int error = errno;
    if (file < 0 && error != EACCES)
        return error == ENXIO ? EACCES : error;
    /* It may be executable but not readable. */
    if (stat(path, &status) != 0) {
        error = errno;
    } else if (!S_ISREG(status.st_mode) || access(path, X_OK) != 0 ||
               (statvfs(path, &system) == 0 && (system.f_flag & ST_NOEXEC))) {
        error = EACCES;
    } else if (file < 0) {
        error = HOST_NOT_READ;
    } else if (!file_read(file, true, bytes)) {
        error = errno;
    } else {
        error = 0;
    }
    if (file >= 0)
        close(file);
    return error;
}
