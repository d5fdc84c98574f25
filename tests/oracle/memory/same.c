/* memory-same A B: starts both programs under ptrace and compares their memory before the first
 * instruction: B has every page of A, with the same bytes and permissions; both begin at the same
 * address; and B's AT_PHDR points to B's program headers. Prints "N pages" and ends with 0, prints
 * the first difference and ends with 1, or ends with 2 if one of them does not start. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, REGIONS = 4096 };

struct region {
    uint64_t start, end;
    char permissions[5];
};

struct process {
    pid_t pid;
    int memory;
    size_t count;
    struct region regions[REGIONS];
    uint64_t phdr, phnum, phent, entry, first;
};

static void stop(struct process *process)
{
    if (process->pid > 0) {
        kill(process->pid, SIGKILL);
        waitpid(process->pid, NULL, 0);
    }
}

/* The program's own regions: its file, anonymous memory and the heap. */
static void read_regions(struct process *process)
{
    char path[64], line[4400];
    snprintf(path, sizeof path, "/proc/%d/maps", process->pid);
    FILE *maps = fopen(path, "r");
    while (maps && fgets(line, sizeof line, maps)) {
        struct region *region = &process->regions[process->count];
        char name[8] = "";
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %*s %*s %*s %7s", &region->start,
                   &region->end, region->permissions, name) >= 3 &&
            (name[0] != '[' || strncmp(name, "[heap]", 6) == 0) && process->count + 1 < REGIONS)
            process->count++;
    }
    if (maps)
        fclose(maps);
}

static void read_auxv(struct process *process, int is_64)
{
    char path[64];
    uint64_t words[128] = {0};
    uint32_t halves[256] = {0};
    snprintf(path, sizeof path, "/proc/%d/auxv", process->pid);
    int file = open(path, O_RDONLY);
    ssize_t got =
        is_64 ? read(file, words, sizeof words - 16) : read(file, halves, sizeof halves - 8);
    close(file);
    for (size_t i = 0; got > 0 && i < (size_t)got / (is_64 ? 16 : 8); i++) {
        uint64_t type = is_64 ? words[2 * i] : halves[2 * i];
        uint64_t value = is_64 ? words[2 * i + 1] : halves[2 * i + 1];
        if (type == AT_PHDR)
            process->phdr = value;
        else if (type == AT_PHNUM)
            process->phnum = value;
        else if (type == AT_PHENT)
            process->phent = value;
        else if (type == AT_ENTRY)
            process->entry = value;
    }
}

/* Starts a program up to its first instruction. */
static int start(struct process *process, const char *path)
{
    int status;
    process->pid = fork();
    if (process->pid == 0) {
        char *arguments[] = {(char *)"program", NULL}, *environment[] = {NULL};
        personality(ADDR_NO_RANDOMIZE);
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        execve(path, arguments, environment);
        _exit(127);
    }
    if (process->pid < 0 || waitpid(process->pid, &status, 0) != process->pid)
        return 0;
    if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP) {
        if (!WIFSTOPPED(status))
            process->pid = 0;
        return 0;
    }
    struct user_regs_struct registers;
    ptrace(PTRACE_GETREGS, process->pid, NULL, &registers);
    process->first = registers.rip;
    char name[64];
    snprintf(name, sizeof name, "/proc/%d/mem", process->pid);
    process->memory = open(name, O_RDONLY);
    read_regions(process);
    return 1;
}

static const struct region *region_of(const struct process *process, uint64_t address)
{
    for (size_t i = 0; i < process->count; i++)
        if (address >= process->regions[i].start && address < process->regions[i].end)
            return &process->regions[i];
    return NULL;
}

/* Compares one page. */
static int compare(const struct process *a, const struct process *b, const struct region *region,
                   uint64_t address)
{
    unsigned char x[PAGE], y[PAGE];
    ssize_t there = pread(a->memory, x, PAGE, (off_t)address);
    ssize_t other = pread(b->memory, y, PAGE, (off_t)(address + b->entry - a->entry));
    if (there != PAGE) {
        /* Past the end of the file. */
        if (other != PAGE || !region_of(b, address + b->entry - a->entry))
            return 1;
        printf("0x%" PRIx64 ": only the second can be read\n", address);
        return 0;
    }
    const struct region *same = region_of(b, address + b->entry - a->entry);
    if (other != PAGE || !same) {
        printf("0x%" PRIx64 ": only the first can be read\n", address);
        return 0;
    }
    if (strcmp(region->permissions, same->permissions) != 0) {
        printf("0x%" PRIx64 ": %s and %s\n", address, region->permissions, same->permissions);
        return 0;
    }
    for (int i = 0; i < PAGE; i++) {
        if (x[i] == y[i])
            continue;
        printf("0x%" PRIx64 ": %02x and %02x\n", address + (uint64_t)i, x[i], y[i]);
        return 0;
    }
    return 1;
}

/* Whether AT_PHDR points to the file's program header table. */
static int check_headers(const struct process *process, const char *path, int is_64)
{
    static unsigned char in_memory[65536], in_file[65536];
    size_t size = (size_t)(process->phnum * process->phent);
    off_t offset = is_64 ? 64 : 52;
    int file = open(path, O_RDONLY);
    Elf64_Ehdr ehdr;
    if (file >= 0 && pread(file, &ehdr, sizeof ehdr, 0) == (ssize_t)sizeof ehdr)
        offset = is_64 ? (off_t)ehdr.e_phoff : (off_t)((Elf32_Ehdr *)&ehdr)->e_phoff;
    ssize_t got = file >= 0 ? pread(file, in_file, size, offset) : -1;
    if (file >= 0)
        close(file);
    if (got == (ssize_t)size &&
        pread(process->memory, in_memory, size, (off_t)process->phdr) == (ssize_t)size &&
        memcmp(in_file, in_memory, size) == 0)
        return 1;
    printf("AT_PHDR, 0x%" PRIx64 ", is not the program headers\n", process->phdr);
    return 0;
}

int main(int argc, char **argv)
{
    static struct process a, b;
    if (argc != 3)
        return 2;
    unsigned char magic[20] = {0};
    int file = open(argv[2], O_RDONLY);
    if (file < 0 || read(file, magic, sizeof magic) < 0)
        return 2;
    close(file);
    int is_64 = magic[18] == EM_X86_64, result = 2;
    unsigned long pages = 0;
    if (start(&a, argv[1]) && start(&b, argv[2])) {
        result = 0;
        read_auxv(&a, is_64);
        read_auxv(&b, is_64);
        /* Linux may place an ET_DYN at another address, as a whole. */
        bool is_placed = magic[16] == ET_DYN;
        if (b.first - a.first != b.entry - a.entry || (a.first != b.first && !is_placed)) {
            printf("they begin at 0x%" PRIx64 " and 0x%" PRIx64 "\n", a.first, b.first);
            result = 1;
        }
        for (size_t i = 0; i < a.count && result == 0; i++)
            for (uint64_t at = a.regions[i].start; at < a.regions[i].end && result == 0;
                 at += PAGE) {
                result = !compare(&a, &b, &a.regions[i], at);
                /* Gigabytes of zeros would take too long. */
                if (++pages > 100000)
                    break;
            }
        if (result == 0)
            result = !check_headers(&b, argv[2], is_64);
        if (result == 0)
            printf("%lu pages\n", pages);
    } else {
        puts("not started");
    }
    stop(&a);
    stop(&b);
    return result;
}
