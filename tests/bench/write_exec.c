/* Measures elfgen_write_exec() in nanoseconds per image, and for comparison memcpy of as many bytes
 * and libelf's elf_update() of the same headers; the three alternate, and medians are printed. */
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "elfgen.h"

enum { CODE = 58, FILE_SIZE = 178, ROUNDS = 31 };

static unsigned char code[CODE], file[FILE_SIZE], other[FILE_SIZE];

/* Makes the compiler assume that the buffers are read and changed. */
static void touch(void *bytes)
{
    __asm__ volatile("" : : "r"(bytes) : "memory");
}

static void with_elfgen(void)
{
    elfgen_write_exec(file, sizeof file, code, sizeof code, NULL, NULL);
    touch(file);
}

static void with_memcpy(void)
{
    size_t size = FILE_SIZE;
    __asm__ volatile("" : "+r"(size)); /* a call, as for a size that is not a constant */
    memcpy(file, other, size);
    touch(file);
}

/* The same two headers, into a memory file: libelf writes files. */
static void with_libelf(void)
{
    static int output = -1;
    if (output < 0)
        output = memfd_create("bench", 0);
    Elf *elf = elf_begin(output, ELF_C_WRITE, NULL);
    GElf_Ehdr ehdr = {.e_ident = {[EI_CLASS] = ELFCLASS64, [EI_DATA] = ELFDATA2LSB},
                      .e_type = ET_EXEC,
                      .e_machine = EM_X86_64,
                      .e_version = EV_CURRENT,
                      .e_entry = 0x10078};
    if (!elf || !gelf_newehdr(elf, ELFCLASS64) || !gelf_update_ehdr(elf, &ehdr) ||
        !gelf_newphdr(elf, 1))
        abort();
    GElf_Phdr phdr = {.p_type = PT_LOAD,
                      .p_flags = PF_R | PF_X,
                      .p_vaddr = 0x10000,
                      .p_paddr = 0x10000,
                      .p_filesz = FILE_SIZE,
                      .p_memsz = FILE_SIZE,
                      .p_align = 0x100};
    if (!gelf_update_phdr(elf, 0, &phdr) || elf_update(elf, ELF_C_WRITE) < 0)
        abort();
    elf_end(elf);
}

static double nanoseconds(void (*make)(void), unsigned repeats)
{
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (unsigned i = 0; i < repeats; i++)
        make();
    clock_gettime(CLOCK_MONOTONIC, &end);
    return ((double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec)) /
           repeats;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, ROUNDS, sizeof *values, compare);
    return values[ROUNDS / 2];
}

int main(void)
{
    static double ours[ROUNDS], copied[ROUNDS], theirs[ROUNDS];
    elf_version(EV_CURRENT);
    for (int round = 0; round < ROUNDS; round++) {
        ours[round] = nanoseconds(with_elfgen, 200000);
        copied[round] = nanoseconds(with_memcpy, 200000);
        theirs[round] = nanoseconds(with_libelf, 500);
    }
    double a = median(ours), b = median(copied), c = median(theirs);
    printf("elfgen_write_exec, 178 bytes   %9.1f ns   (at most 20)\n", a);
    printf("memcpy of 178 bytes            %9.1f ns   elfgen/memcpy %.2f\n", b, a / b);
    printf("libelf, the same headers       %9.1f ns   elfgen/libelf %.5f\n", c, a / c);
    return 0;
}
