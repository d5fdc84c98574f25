/* Reads instructions from files, and generates forms and random bytes. */
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "same.h"

enum {
    MOST_FILES = 1 << 16,   /* of the system */
    FILE_SAMPLE = 160,      /* files of a sample */
    WINDOW_SAMPLE = 1 << 17 /* bytes of code that are read of each */
};

/* ---- instructions from files -------------------------------------------------------------------
 */

static void sweep(struct run *run, const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        size_t step = take(run, bytes, length);
        if (step == 0)
            step = 1;
        bytes += step;
        length -= step;
    }
}

/* A section's code, or a window of it in a sample. */
static void sweep_section(struct run *run, const uint8_t *bytes, uint64_t length)
{
    if (!run->options.all && length > WINDOW_SAMPLE) {
        bytes += next_random(&run->options.seed) % (length - WINDOW_SAMPLE);
        length = WINDOW_SAMPLE;
    }
    sweep(run, bytes, (size_t)length);
}

/* X(class): sweeps the executable sections of a file of that class in memory. */
#define SWEEP(class)                                                                               \
    static void sweep_elf##class(struct run * run, const uint8_t *file, size_t size)               \
    {                                                                                              \
        Elf##class##_Ehdr header;                                                                  \
        if (size < sizeof header)                                                                  \
            return;                                                                                \
        memcpy(&header, file, sizeof header);                                                      \
        for (unsigned i = 0; i < header.e_shnum; i++) {                                            \
            Elf##class##_Shdr section;                                                             \
            uint64_t at = header.e_shoff + (uint64_t)i * sizeof section;                           \
            if (at > size - sizeof section)                                                        \
                return;                                                                            \
            memcpy(&section, file + at, sizeof section);                                           \
            if (section.sh_type == SHT_PROGBITS && section.sh_flags & SHF_EXECINSTR &&             \
                section.sh_offset < size && section.sh_size <= size - section.sh_offset)           \
                sweep_section(run, file + section.sh_offset, section.sh_size);                     \
        }                                                                                          \
    }
SWEEP(32)
SWEEP(64)

bool take_file(struct run *run, const char *path)
{
    bool is_ours = false;
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return false;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > EI_NIDENT + 4) {
        size_t size = (size_t)status.st_size;
        uint8_t *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
        if (bytes != MAP_FAILED) {
            bool is_elf = memcmp(bytes, ELFMAG, SELFMAG) == 0 && bytes[EI_DATA] == ELFDATA2LSB;
            unsigned machine = bytes[EI_NIDENT + 2] | (unsigned)bytes[EI_NIDENT + 3] << 8;
            is_ours = is_elf && (machine == EM_X86_64 || machine == EM_386);
            if (is_ours && bytes[EI_CLASS] == ELFCLASS64)
                sweep_elf64(run, bytes, size);
            else if (is_ours)
                sweep_elf32(run, bytes, size);
            munmap(bytes, size);
        }
    }
    close(file);
    return is_ours;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t list_folder(const char *folder, char **paths, size_t count)
{
    DIR *entries = opendir(folder);
    for (struct dirent *entry; entries && count < MOST_FILES && (entry = readdir(entries));) {
        struct stat status;
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode))
            continue;
        paths[count] = strdup(path);
        if (!paths[count++])
            die("memory");
    }
    if (entries)
        closedir(entries);
    return count;
}

/* Files with unusual code are in every sample. */
static bool is_known(const char *path)
{
    static const char *const names[] = {"/libc.so",       "/libm.so",     "/libcrypto.so",
                                        "/libavcodec.so", "/libx265.so",  "/libaom.so",
                                        "/libSvtAv1Enc.", "/libdav1d.so", "/libgmp.so"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strstr(path, names[i]))
            return true;
    return false;
}

void take_system(struct run *run)
{
    char **paths = more(NULL, MOST_FILES, sizeof *paths);
    size_t count = list_folder("/usr/bin", paths, 0), files = 0;
    count = list_folder("/usr/lib/x86_64-linux-gnu", paths, count);
    qsort(paths, count, sizeof *paths, compare_names);
    for (size_t i = 0; i < count; i++) {
        bool chosen = run->options.all || is_known(paths[i]) ||
                      next_random(&run->options.seed) % count < FILE_SAMPLE;
        if (chosen && take_file(run, paths[i]))
            files++;
        free(paths[i]);
    }
    free(paths);
    printf("%zu files, ", files);
}

/* ---- generated instructions ---------------------------------------------------------------------
 */

/* Each opcode of a map, after the prefixes `start`, with every `step`th ModRM byte. The bytes after
 * that are a SIB byte, a displacement and an immediate. */
static void take_forms_behind(struct run *run, const uint8_t *start, size_t length, unsigned step)
{
    uint8_t bytes[32];
    memcpy(bytes, start, length);
    for (unsigned opcode = 0; opcode < 256; opcode++)
        for (unsigned modrm = 0; modrm < 256; modrm++) {
            if (next_random(&run->options.seed) % (run->options.dense ? 1 : step) != 0)
                continue;
            bytes[length] = (uint8_t)opcode;
            bytes[length + 1] = (uint8_t)modrm;
            for (size_t i = length + 2; i < sizeof bytes; i++)
                bytes[i] = (uint8_t)next_random(&run->options.seed);
            take(run, bytes, ZYDIS_MAX_INSTRUCTION_LENGTH);
        }
}

static void take_legacy_forms(struct run *run)
{
    static const char *const prefixes[] = {"",     "\x66", "\xf3",     "\xf2",     "\x67",
                                           "\xf0", "\x64", "\x66\xf3", "\x66\xf2", "\x66\x67",
                                           "\x2e", "\x3e", "\xf2\xf0", "\xf3\xf0", "\x66\x64"};
    static const char *const maps[] = {"", "\x0f", "\x0f\x38", "\x0f\x3a"};
    uint8_t bytes[32];
    for (size_t prefix = 0; prefix < sizeof prefixes / sizeof prefixes[0]; prefix++)
        for (size_t map = 0; map < sizeof maps / sizeof maps[0]; map++)
            for (unsigned rex = 0; rex < (run->mode == 64 ? 3 : 1); rex++) {
                static const char *const rexes[] = {"", "\x48", "\x47"};
                int length = snprintf((char *)bytes, sizeof bytes, "%s%s%s", prefixes[prefix],
                                      rexes[rex], maps[map]);
                take_forms_behind(run, bytes, (size_t)length, 2);
            }
}

/* VEX and XOP: map, W, length, pp. */
static void take_vex_forms(struct run *run, uint8_t first, unsigned map_from, unsigned map_to)
{
    for (unsigned map = map_from; map <= map_to; map++)
        for (unsigned rest = 0; rest < 16; rest++) {
            unsigned vvvv = rest & 8 ? 0xf : (unsigned)next_random(&run->options.seed) & 0xf;
            for (unsigned free = 0; free < 2; free++) {
                uint8_t bytes[] = {
                    first, (uint8_t)(0xe0 | map),
                    (uint8_t)((rest & 7) | (free ? 0x78 : vvvv << 3) | (rest & 8 ? 0x80 : 0))};
                take_forms_behind(run, bytes, sizeof bytes, 4);
            }
        }
}

static void take_evex_forms(struct run *run)
{
    for (unsigned map = 1; map <= 6; map++)
        for (unsigned rest = 0; rest < 256; rest++) {
            /* W, pp, then z, L'L, b, and a mask or no mask. */
            unsigned mask = rest & 0x80 ? 1 + (unsigned)next_random(&run->options.seed) % 7 : 0;
            unsigned free = (unsigned)next_random(&run->options.seed) & 1;
            unsigned z = mask ? (unsigned)next_random(&run->options.seed) & 1 : 0;
            uint8_t bytes[] = {
                0x62, (uint8_t)(0xf0 | map),
                (uint8_t)((rest & 1) << 7 | 0x04 | (free ? 0x78 : 0x48) | (rest >> 1 & 3)),
                (uint8_t)(z << 7 | (rest >> 3 & 7) << 4 | 0x08 | mask)};
            take_forms_behind(run, bytes, sizeof bytes, 24);
        }
}

void take_forms(struct run *run)
{
    take_legacy_forms(run);
    take_vex_forms(run, 0xc4, 1, 3);
    take_vex_forms(run, 0x8f, 8, 10);
    take_evex_forms(run);
}

static size_t random_prefixes(struct run *run, uint8_t *bytes)
{
    static const uint8_t prefixes[] = {0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x2e, 0x36,
                                       0x3e, 0x26, 0x64, 0x65, 0x66, 0x66, 0x67};
    size_t length = 0;
    while (length < 4 && next_random(&run->options.seed) % 3 == 0)
        bytes[length++] = prefixes[next_random(&run->options.seed) % sizeof prefixes];
    if (run->mode == 64 && next_random(&run->options.seed) % 2)
        bytes[length++] = (uint8_t)(0x40 | next_random(&run->options.seed) % 16);
    return length;
}

void take_random(struct run *run, uint64_t count)
{
    static const uint8_t starts[][2] = {{0x0f, 0}, {0x0f, 0x38}, {0x0f, 0x3a}, {0xc4, 0},
                                        {0xc5, 0}, {0x62, 0},    {0x62, 0},    {0x8f, 0},
                                        {0x0f, 0}, {0, 0},       {0, 0},       {0, 0}};
    for (uint64_t i = 0; i < count; i++) {
        uint8_t bytes[40];
        size_t length = random_prefixes(run, bytes);
        const uint8_t *start = starts[next_random(&run->options.seed) % 12];
        for (int k = 0; k < 2 && start[k]; k++)
            bytes[length++] = start[k];
        for (int k = 0; k < 3; k++, length += 8) {
            uint64_t value = next_random(&run->options.seed);
            memcpy(bytes + length, &value, 8);
        }
        take(run, bytes, ZYDIS_MAX_INSTRUCTION_LENGTH);
    }
}
