/* machine/nasm.c against nasm itself: instructions of real programs, of all forms that Zydis
 * decodes and of random bytes are printed, assembled by nasm and decoded again, and must mean the
 * same.
 *
 *   nasm_same [--mode 32|64] [--origin N] [--seed N] [--all] [--dense] [--forms] [--random COUNT]
 *             [--list] [FILE...]
 *
 * Without sources: a sample of the system's ELF files, of forms and of random bytes, the same for a
 * seed. --all takes every ELF file of the system (or those named), and each instruction that
 * differs in more than a number; else a few of each kind are enough, so that a sample is not half
 * `mov`. Files of one mode are swept in the other, too: what that gives is unlikely, but it
 * decodes. --dense takes more forms. --list prints all failures, and the first `db` line of each
 * mnemonic. */
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../elfgen/machine/nasm.h"

extern char **environ;

enum {
    SLOT = 32,              /* bytes of the output an instruction has for its own */
    BATCH = 16384,          /* instructions that nasm gets at once */
    PAD = 0xcc,             /* between them; `int3`, so that a lost instruction is seen */
    ALIKE = 3,              /* instructions of one kind in a sample */
    MOST_TEXT = 200,        /* no line is nearly as long */
    MOST_FILES = 1 << 16,   /* of the system */
    MOST_TOLD = 40,         /* failures that are printed */
    NAME = 64,              /* of the temporary folder */
    RANDOM_SAMPLE = 300000, /* random strings of bytes in a sample */
    FILE_SAMPLE = 160,      /* files of a sample */
    WINDOW_SAMPLE = 1 << 17 /* bytes of code that are taken of each */
};

struct shape {
    uint8_t bytes[ZYDIS_MAX_INSTRUCTION_LENGTH];
    uint8_t length;
};

struct options {
    int mode; /* 32 or 64; 0: both */
    bool all, dense, forms, list;
    uint64_t random, seed, origin;
    char **files; /* NULL behind the last */
};

/* Where instructions come from, and how many of a thousand may be `db`: programs have next to none,
 * whereas every other form is of an extension that nobody has used yet. */
enum part { PART_FILES, PART_FORMS, PART_RANDOM, PART_COUNT };
static const struct {
    const char *name;
    unsigned permille;
} parts[] = {
    [PART_FILES] = {"files", 5}, [PART_FORMS] = {"forms", 120}, [PART_RANDOM] = {"random", 120}};

struct tally {
    size_t checked, raw;
};

/* Everything that a run knows. */
struct run {
    struct options options;
    int mode;
    enum part part;
    ZydisDecoder decoder;
    uint64_t *seen; /* hashes, 0 is empty */
    size_t seen_room, seen_count;
    struct shape *shapes;
    size_t count, room;
    struct tally part_tally[PART_COUNT];
    struct tally *tally; /* by mnemonic */
    size_t failed;
    char folder[NAME];
};

static void die(const char *what)
{
    fprintf(stderr, "nasm_same: %s: %s\n", what, strerror(errno));
    exit(2);
}

static void *more(void *memory, size_t count, size_t size)
{
    void *bigger = reallocarray(memory, count, size);
    if (!bigger)
        die("memory");
    return bigger;
}

/* ---- numbers that are the same in every run ----------------------------------------------------
 */

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    uint64_t state = hash ^ (value * UINT64_C(0xff51afd7ed558ccd));
    return next_random(&state);
}

/* ---- shapes ------------------------------------------------------------------------------------
 */

/* True once for each hash. */
static bool is_new(struct run *run, uint64_t hash)
{
    hash |= 1;
    if (run->seen_count * 2 >= run->seen_room) {
        size_t old_room = run->seen_room;
        uint64_t *old = run->seen;
        run->seen_room = old_room ? old_room * 2 : 1 << 16;
        run->seen_count = 0;
        run->seen = calloc(run->seen_room, sizeof *run->seen);
        if (!run->seen)
            die("memory");
        for (size_t i = 0; i < old_room; i++)
            if (old[i])
                is_new(run, old[i]);
        free(old);
    }
    size_t at = (size_t)(hash >> 16) & (run->seen_room - 1);
    for (; run->seen[at]; at = (at + 1) & (run->seen_room - 1))
        if (run->seen[at] == hash)
            return false;
    run->seen[at] = hash;
    run->seen_count++;
    return true;
}

/* What decides about a number's encoding: zero, a signed byte, an unsigned one, ... */
static unsigned class_of_number(int64_t value)
{
    static const int64_t limits[] = {
        INT64_MIN / 2, INT32_MIN, INT16_MIN, INT8_MIN,   -1,        0,
        INT8_MAX,      UINT8_MAX, INT16_MAX, UINT16_MAX, INT32_MAX, UINT32_MAX};
    unsigned class = 0;
    while (class < sizeof limits / sizeof limits[0] && value > limits[class])
        class ++;
    return class;
}

static uint64_t mix_numbers(uint64_t hash, const ZydisDecodedInstruction *instruction)
{
    for (int i = 0; i < 2; i++)
        hash = mix(hash, instruction->raw.imm[i].is_relative
                             ? 1
                             : class_of_number(instruction->raw.imm[i].value.s));
    return hash;
}

/* All bytes but those of numbers. */
static uint64_t exact_shape(const ZydisDecodedInstruction *instruction, const uint8_t *bytes)
{
    uint8_t copy[ZYDIS_MAX_INSTRUCTION_LENGTH] = {0};
    uint64_t hash = instruction->length;
    memcpy(copy, bytes, instruction->length);
    memset(copy + instruction->raw.disp.offset, 0, instruction->raw.disp.size / 8);
    for (int i = 0; i < 2; i++)
        memset(copy + instruction->raw.imm[i].offset, 0, instruction->raw.imm[i].size / 8);
    for (int i = 0; i < instruction->length; i++)
        hash = mix(hash, copy[i]);
    return mix_numbers(hash, instruction);
}

/* Registers by the encoding's exceptions: the accumulator, the stack, the bases 5, 12, 13, and
 * those that need a prefix. */
static uint64_t kind_of_register(ZydisRegister value)
{
    static const uint8_t kinds[32] = {0, 1, 1, 1, 2, 3, 1, 1, 4, 4, 4, 4, 5, 6, 4, 4,
                                      7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7};
    ZyanI8 number = ZydisRegisterGetId(value);
    ZydisRegisterClass class = ZydisRegisterGetClass(value);
    return (uint64_t) class * 16 + (number >= 0 && number < 32 ? kinds[number] : 8);
}

static bool is_relative(const ZydisDecodedOperandMem *memory)
{
    return memory->base == ZYDIS_REGISTER_RIP || memory->base == ZYDIS_REGISTER_EIP;
}

static uint64_t kind_of_operand(uint64_t hash, const ZydisDecodedOperand *operand, bool rough)
{
    hash = mix(hash, (uint64_t)operand->type << 16 | operand->size);
    if (operand->type == ZYDIS_OPERAND_TYPE_REGISTER)
        hash = mix(hash, rough ? (uint64_t)ZydisRegisterGetClass(operand->reg.value)
                               : kind_of_register(operand->reg.value));
    if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY) {
        hash = mix(hash, operand->mem.segment);
        if (rough)
            return mix(hash, (uint64_t)is_relative(&operand->mem) << 1 |
                                 (operand->mem.base != ZYDIS_REGISTER_NONE));
        hash = mix(hash, kind_of_register(operand->mem.base));
        hash = mix(hash, kind_of_register(operand->mem.index));
        hash = mix(hash, operand->mem.scale);
        hash = mix(hash, class_of_number(operand->mem.disp.value));
    }
    return hash;
}

static uint64_t kind_of_instruction(const ZydisDecodedInstruction *instruction,
                                    const ZydisDecodedOperand *operands, bool rough)
{
    const ZydisDecodedInstructionAvx *avx = &instruction->avx;
    uint64_t hash = mix((uint64_t)instruction->mnemonic, instruction->attributes);
    hash = mix(hash, (uint64_t)instruction->opcode_map << 8 | instruction->opcode);
    hash = mix(hash, (uint64_t)instruction->operand_width << 8 | instruction->address_width);
    hash = mix(hash, (uint64_t)avx->mask.mode << 16 | (uint64_t)avx->broadcast.mode << 8 |
                         (uint64_t)avx->rounding.mode << 4 | avx->has_sae);
    for (int i = 0; i < instruction->operand_count_visible; i++)
        hash = kind_of_operand(hash, &operands[i], rough);
    return hash;
}

/* A few of each kind, or all that differ in more than numbers. */
static bool is_wanted(struct run *run, const ZydisDecodedInstruction *instruction,
                      const ZydisDecodedOperand *operands, const uint8_t *bytes)
{
    if (!is_new(run, exact_shape(instruction, bytes)))
        return false;
    if (run->options.all)
        return true;
    bool rough = run->part == PART_FORMS && !run->options.dense;
    uint64_t kind = kind_of_instruction(instruction, operands, rough);
    if (!rough)
        kind = mix_numbers(kind, instruction);
    for (unsigned i = 0; i < (rough ? 1 : ALIKE); i++)
        if (is_new(run, mix(kind, i)))
            return true;
    return false;
}

/* Returns the instruction's length, 0 if there is none. */
static size_t take(struct run *run, const uint8_t *bytes, size_t length)
{
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    if (ZYAN_FAILED(ZydisDecoderDecodeFull(&run->decoder, bytes, length, &instruction, operands)))
        return 0;
    if (is_wanted(run, &instruction, operands, bytes)) {
        if (run->count == run->room) {
            run->room = run->room ? run->room * 2 : 1 << 12;
            run->shapes = more(run->shapes, run->room, sizeof *run->shapes);
        }
        struct shape *shape = &run->shapes[run->count++];
        memset(shape, 0, sizeof *shape);
        memcpy(shape->bytes, bytes, instruction.length);
        shape->length = instruction.length;
    }
    return instruction.length;
}

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

/* X(class): executable sections of a file of that class that lies in memory. */
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

static bool take_file(struct run *run, const char *path)
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

/* Those with the most unusual code are always there. */
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

static void take_system(struct run *run)
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

/* ---- instructions from nowhere -----------------------------------------------------------------
 */

/* Each opcode of a map behind its prefixes, with one ModRM byte in `step`; the bytes after that are
 * a SIB byte, a displacement and an immediate. */
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
            /* W, pp, then z, L'L, b, and a mask or none. */
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

static void take_forms(struct run *run)
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

static void take_random(struct run *run, uint64_t count)
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

/* ---- what two instructions have in common ------------------------------------------------------
 */

static uint64_t absolute(const ZydisDecodedInstruction *instruction,
                         const ZydisDecodedOperand *operand, uint64_t address)
{
    uint64_t value = 0;
    ZydisCalcAbsoluteAddress(instruction, operand, address, &value);
    return instruction->machine_mode == ZYDIS_MACHINE_MODE_LONG_64 ? value : (uint32_t)value;
}

/* An index that counts once and has no base is one. */
static bool is_base(const ZydisDecodedOperandMem *memory)
{
    return memory->base == ZYDIS_REGISTER_NONE && memory->scale == 1 &&
           memory->type != ZYDIS_MEMOP_TYPE_VSIB;
}

static bool same_registers(const ZydisDecodedOperandMem *a, const ZydisDecodedOperandMem *b)
{
    if (is_base(a) && b->index == ZYDIS_REGISTER_NONE)
        return a->index == b->base;
    return a->base == b->base && a->index == b->index &&
           (a->index == ZYDIS_REGISTER_NONE || a->scale == b->scale);
}

static bool same_memory(const ZydisDecodedInstruction *const instructions[2],
                        const ZydisDecodedOperand *const operands[2], uint64_t address)
{
    const ZydisDecodedOperandMem *a = &operands[0]->mem, *b = &operands[1]->mem;
    if (a->type != b->type || a->segment != b->segment || !same_registers(a, b))
        return false;
    if (is_relative(a))
        return absolute(instructions[0], operands[0], address) ==
               absolute(instructions[1], operands[1], address);
    return a->disp.value == b->disp.value;
}

static bool same_immediate(const ZydisDecodedInstruction *const instructions[2],
                           const ZydisDecodedOperand *const operands[2], uint64_t address)
{
    if (operands[0]->imm.is_relative != operands[1]->imm.is_relative)
        return false;
    if (operands[0]->imm.is_relative)
        return absolute(instructions[0], operands[0], address) ==
               absolute(instructions[1], operands[1], address);
    uint64_t difference = operands[0]->imm.value.u ^ operands[1]->imm.value.u;
    unsigned width = instructions[0]->operand_width;
    return (width < 64 ? difference & ((UINT64_C(1) << width) - 1) : difference) == 0;
}

static bool same_operand(const ZydisDecodedInstruction *const instructions[2],
                         const ZydisDecodedOperand *const operands[2], uint64_t address)
{
    const ZydisDecodedOperand *a = operands[0], *b = operands[1];
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case ZYDIS_OPERAND_TYPE_REGISTER:
        return a->reg.value == b->reg.value;
    case ZYDIS_OPERAND_TYPE_MEMORY:
        return a->size == b->size && same_memory(instructions, operands, address);
    case ZYDIS_OPERAND_TYPE_POINTER:
        return a->ptr.segment == b->ptr.segment && a->ptr.offset == b->ptr.offset;
    case ZYDIS_OPERAND_TYPE_IMMEDIATE:
        return same_immediate(instructions, operands, address);
    case ZYDIS_OPERAND_TYPE_UNUSED:
        break;
    }
    return true;
}

/* The next operand from *i on, which the mask k0 is none of: only EVEX writes it. */
static const ZydisDecodedOperand *next_operand(const ZydisDecodedInstruction *instruction,
                                               const ZydisDecodedOperand *operands, unsigned *i)
{
    while (*i < instruction->operand_count) {
        const ZydisDecodedOperand *operand = &operands[(*i)++];
        if (operand->encoding != ZYDIS_OPERAND_ENCODING_MASK ||
            operand->reg.value != ZYDIS_REGISTER_K0)
            return operand;
    }
    return NULL;
}

static bool same_operands(const ZydisDecodedInstruction *const instructions[2],
                          const ZydisDecodedOperand *a, const ZydisDecodedOperand *b,
                          uint64_t address)
{
    for (unsigned i = 0, k = 0;;) {
        const ZydisDecodedOperand *const operands[2] = {next_operand(instructions[0], a, &i),
                                                        next_operand(instructions[1], b, &k)};
        if (!operands[0] || !operands[1])
            return operands[0] == operands[1];
        if (!same_operand(instructions, operands, address))
            return false;
    }
}

static bool is_register(const ZydisDecodedOperand *operand)
{
    return operand->type == ZYDIS_OPERAND_TYPE_REGISTER;
}

/* A `mov` into half of the register, which clears the other: of a number below 2^32, or a segment.
 */
static bool same_half(const ZydisDecodedOperand *a, const ZydisDecodedOperand *b)
{
    if (!is_register(&a[0]) || !is_register(&b[0]) || a[0].size != 64 || b[0].size != 32 ||
        ZydisRegisterGetId(a[0].reg.value) != ZydisRegisterGetId(b[0].reg.value))
        return false;
    if (is_register(&a[1]))
        return a[1].size == 16 && is_register(&b[1]) && a[1].reg.value == b[1].reg.value;
    return a[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE && b[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
           a[1].imm.value.u == (uint32_t)b[1].imm.value.u;
}

/* Pairs of instructions that do the same though they look otherwise. */
static bool same_effect(const ZydisDecodedInstruction *const instructions[2],
                        const ZydisDecodedOperand *a, const ZydisDecodedOperand *b,
                        uint64_t address)
{
    const ZydisDecodedOperand *const first[2] = {a, b};
    ZydisMnemonic mnemonic = instructions[1]->mnemonic;
    switch (instructions[0]->mnemonic) {
    case ZYDIS_MNEMONIC_XCHG:
        if (!is_register(&a[0]) || !is_register(&a[1]))
            return false;
        if (mnemonic == ZYDIS_MNEMONIC_NOP) /* but xchg eax,eax clears half of rax */
            return a[0].reg.value == a[1].reg.value && a[0].size == instructions[1]->operand_width;
        return mnemonic == ZYDIS_MNEMONIC_XCHG && is_register(&b[0]) && is_register(&b[1]) &&
               a[0].reg.value == b[1].reg.value && a[1].reg.value == b[0].reg.value;
    case ZYDIS_MNEMONIC_MOV:
        return mnemonic == ZYDIS_MNEMONIC_MOV && same_half(a, b);
    case ZYDIS_MNEMONIC_NOP: /* the second operand is not in every assembler's words */
        return mnemonic == ZYDIS_MNEMONIC_NOP && instructions[0]->operand_count > 0 &&
               instructions[1]->operand_count > 0 && same_operand(instructions, first, address);
    default:
        return false;
    }
}

static ZydisRegister mask_of(const ZydisDecodedInstruction *instruction)
{
    ZydisRegister mask = instruction->avx.mask.reg;
    return mask == ZYDIS_REGISTER_K0 ? ZYDIS_REGISTER_NONE : mask;
}

static bool same_vector(const ZydisDecodedInstruction *a, const ZydisDecodedInstruction *b)
{
    bool masked = mask_of(a) != ZYDIS_REGISTER_NONE;
    return mask_of(a) == mask_of(b) && (!masked || a->avx.mask.mode == b->avx.mask.mode) &&
           a->avx.broadcast.mode == b->avx.broadcast.mode &&
           a->avx.rounding.mode == b->avx.rounding.mode && a->avx.has_sae == b->avx.has_sae;
}

/* Prefixes that mean something to the processor. */
static const uint64_t meaningful =
    ZYDIS_ATTRIB_HAS_LOCK | ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE |
    ZYDIS_ATTRIB_HAS_BND | ZYDIS_ATTRIB_HAS_XACQUIRE | ZYDIS_ATTRIB_HAS_XRELEASE |
    ZYDIS_ATTRIB_HAS_BRANCH_NOT_TAKEN | ZYDIS_ATTRIB_HAS_BRANCH_TAKEN | ZYDIS_ATTRIB_HAS_NOTRACK;

/* ---- nasm --------------------------------------------------------------------------------------
 */

struct batch {
    const struct shape *shapes;
    size_t count;
    ZydisDecodedInstruction *instructions;
    ZydisDecodedOperand (*operands)[ZYDIS_MAX_OPERAND_COUNT];
    char (*texts)[MOST_TEXT];
    bool *refused; /* by nasm, with a message */
};

static void path_in_folder(const struct run *run, const char *name, char path[2 * NAME])
{
    snprintf(path, (size_t)2 * NAME, "%s/%s", run->folder, name);
}

static uint64_t address_of(const struct run *run, size_t i)
{
    return run->options.origin + i * SLOT;
}

static void print_batch(const struct run *run, const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct shape *shape = &batch->shapes[i];
        struct elfgen_text text = {.bytes = batch->texts[i], .capacity = MOST_TEXT - 1};
        if (ZYAN_FAILED(ZydisDecoderDecodeFull(&run->decoder, shape->bytes, shape->length,
                                               &batch->instructions[i], batch->operands[i])))
            die("decoding twice");
        nasm_text(&batch->instructions[i], batch->operands[i], shape->bytes, address_of(run, i),
                  &text);
        if (text.cut)
            die("a line without an end");
        text.bytes[text.length] = '\0';
    }
}

/* Two lines an instruction, behind three. */
static void write_source(const struct run *run, const struct batch *batch)
{
    char path[2 * NAME];
    path_in_folder(run, "a.asm", path);
    FILE *source = fopen(path, "w");
    if (!source)
        die(path);
    fprintf(source, "bits %d\norg 0x%" PRIx64 "\n[warning -prefix-seg]\n", run->mode,
            run->options.origin);
    for (size_t i = 0; i < batch->count; i++)
        fprintf(source, "%s\ntimes %zu-($-$$) db 0x%x\n",
                batch->refused[i] ? "nop" : batch->texts[i], (i + 1) * SLOT, PAD);
    if (fclose(source) != 0)
        die(path);
}

static int start_nasm(const struct run *run)
{
    char source[2 * NAME], output[2 * NAME], messages[2 * NAME];
    path_in_folder(run, "a.asm", source);
    path_in_folder(run, "a.bin", output);
    path_in_folder(run, "messages", messages);
    char *arguments[] = {"nasm", "-f", "bin", "-w+all", "-o", output, source, NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, messages,
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    errno = posix_spawnp(&child, "nasm", &actions, NULL, arguments, environ);
    if (errno != 0)
        die("nasm");
    posix_spawn_file_actions_destroy(&actions);
    if (waitpid(child, &status, 0) != child)
        die("nasm");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void tell_failure(struct run *run, const struct batch *batch, size_t i, const char *why)
{
    if (run->failed++ >= MOST_TOLD && !run->options.list)
        return;
    printf("FAILED ");
    for (unsigned k = 0; k < batch->shapes[i].length; k++)
        printf("%02x", batch->shapes[i].bytes[k]);
    printf(" %s: %s\n", batch->texts[i], why);
}

/* Marks the lines that nasm says something about; how many are new. */
static size_t read_messages(struct run *run, const struct batch *batch)
{
    char path[2 * NAME], message[1024];
    size_t count = 0;
    path_in_folder(run, "messages", path);
    FILE *messages = fopen(path, "r");
    if (!messages)
        die(path);
    while (fgets(message, sizeof message, messages)) {
        char *colon = strchr(message, ':');
        unsigned long line = colon ? strtoul(colon + 1, &colon, 10) : 0;
        size_t i = (line - 4) / 2;
        if (line < 4 || i >= batch->count) {
            printf("nasm: %s", message);
            run->failed++;
            continue;
        }
        if (batch->refused[i])
            continue;
        batch->refused[i] = true;
        count++;
        message[strcspn(message, "\n")] = '\0';
        tell_failure(run, batch, i, colon + 1);
    }
    fclose(messages);
    return count;
}

static uint8_t *read_output(const struct run *run, size_t size)
{
    char path[2 * NAME];
    path_in_folder(run, "a.bin", path);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    uint8_t *bytes = more(NULL, size, 1);
    if (file < 0 || read(file, bytes, size) != (ssize_t)size)
        die("what nasm wrote");
    close(file);
    return bytes;
}

static const char *difference(const struct run *run, const struct batch *batch, size_t i,
                              const uint8_t *slot)
{
    static char text[160];
    const ZydisDecodedInstruction *a = &batch->instructions[i];
    ZydisDecodedInstruction b;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    const char *what = NULL;
    if (ZYAN_FAILED(ZydisDecoderDecodeFull(&run->decoder, slot, SLOT, &b, operands)))
        return "does not decode";
    const ZydisDecodedInstruction *const both[2] = {a, &b};
    bool same = same_effect(both, batch->operands[i], operands, address_of(run, i));
    if (!same && a->mnemonic != b.mnemonic)
        what = ZydisMnemonicGetString(b.mnemonic);
    else if (!same && !same_operands(both, batch->operands[i], operands, address_of(run, i)))
        what = "operands";
    else if ((a->attributes & meaningful) != (b.attributes & meaningful))
        what = "prefixes";
    else if (!same_vector(a, &b))
        what = "decorators";
    else if (a->operand_width != b.operand_width &&
             (a->mnemonic == ZYDIS_MNEMONIC_SYSRET || a->mnemonic == ZYDIS_MNEMONIC_SYSEXIT))
        what = "operand width";
    for (size_t k = b.length; k < SLOT && !what; k++)
        if (slot[k] != PAD)
            what = "more than one instruction";
    if (!what)
        return NULL;
    int length = snprintf(text, sizeof text, "%s, ", what);
    for (unsigned k = 0; k < b.length; k++)
        length += snprintf(text + length, sizeof text - (size_t)length, "%02x", slot[k]);
    return text;
}

static void count(struct run *run, const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        ZydisMnemonic mnemonic = batch->instructions[i].mnemonic;
        struct tally *tallies[] = {&run->tally[mnemonic], &run->part_tally[run->part]};
        bool raw = strncmp(batch->texts[i], "db ", 3) == 0;
        if (raw && run->options.list && run->tally[mnemonic].raw == 0)
            printf("RAW %s %s\n", ZydisMnemonicGetString(mnemonic), batch->texts[i]);
        for (size_t k = 0; k < sizeof tallies / sizeof tallies[0]; k++) {
            tallies[k]->checked++;
            tallies[k]->raw += raw;
        }
    }
}

static void check_batch(struct run *run, const struct batch *batch)
{
    enum { MOST_TRIES = 60 };
    int status = 1;
    memset(batch->refused, 0, batch->count * sizeof *batch->refused);
    print_batch(run, batch);
    count(run, batch);
    for (int try = 0; try < MOST_TRIES; try++) {
        write_source(run, batch);
        status = start_nasm(run);
        if (read_messages(run, batch) == 0)
            break;
    }
    if (status != 0) {
        printf("FAILED nasm gives nothing for a batch\n");
        run->failed++;
        return;
    }
    uint8_t *output = read_output(run, batch->count * SLOT);
    for (size_t i = 0; i < batch->count; i++) {
        const char *what = batch->refused[i] ? NULL : difference(run, batch, i, output + i * SLOT);
        if (what)
            tell_failure(run, batch, i, what);
    }
    free(output);
}

static void check_shapes(struct run *run)
{
    struct batch batch = {.instructions = more(NULL, BATCH, sizeof *batch.instructions),
                          .operands = more(NULL, BATCH, sizeof *batch.operands),
                          .texts = more(NULL, BATCH, sizeof *batch.texts),
                          .refused = more(NULL, BATCH, sizeof *batch.refused)};
    for (size_t done = 0; done < run->count; done += batch.count) {
        batch.shapes = run->shapes + done;
        batch.count = run->count - done < BATCH ? run->count - done : BATCH;
        check_batch(run, &batch);
    }
    printf("%d bits, %s: %zu instructions\n", run->mode, parts[run->part].name, run->count);
    run->count = 0;
    free(batch.instructions);
    free(batch.operands);
    free(batch.texts);
    free(batch.refused);
}

/* ---- the run -----------------------------------------------------------------------------------
 */

static void set_mode(struct run *run, int mode)
{
    run->mode = mode;
    ZydisDecoderInit(&run->decoder,
                     mode == 64 ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
                     mode == 64 ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
    if (run->seen)
        memset(run->seen, 0, run->seen_room * sizeof *run->seen);
    run->seen_count = 0;
}

static void take_part(struct run *run)
{
    const struct options *options = &run->options;
    bool sample = !*options->files && !options->all && !options->forms && options->random == 0;
    switch (run->part) {
    case PART_FILES:
        for (char **file = options->files; *file; file++)
            if (!take_file(run, *file))
                fprintf(stderr, "nasm_same: %s: no x86 ELF file\n", *file);
        if (sample || (options->all && !*options->files))
            take_system(run);
        break;
    case PART_FORMS:
        if (options->forms || sample)
            take_forms(run);
        break;
    case PART_RANDOM:
        take_random(run, sample ? RANDOM_SAMPLE : options->random);
        break;
    case PART_COUNT:
        break;
    }
}

static void remove_folder(const struct run *run)
{
    static const char *const names[] = {"a.asm", "a.bin", "messages"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[2 * NAME];
        path_in_folder(run, names[i], path);
        unlink(path);
    }
    rmdir(run->folder);
}

/* True if all is well. */
static bool report(const struct run *run)
{
    bool good = run->failed == 0;
    for (int i = 0; i <= ZYDIS_MNEMONIC_MAX_VALUE; i++)
        if (run->tally[i].raw > 0 && run->options.list)
            printf("  db: %s %zu of %zu\n", ZydisMnemonicGetString((ZydisMnemonic)i),
                   run->tally[i].raw, run->tally[i].checked);
    for (int i = 0; i < PART_COUNT; i++) {
        const struct tally *tally = &run->part_tally[i];
        if (tally->checked == 0)
            continue;
        double permille = 1000.0 * (double)tally->raw / (double)tally->checked;
        printf("%s: %zu instructions, %zu of them as db: %.2f in 1000 (at most %u)\n",
               parts[i].name, tally->checked, tally->raw, permille, parts[i].permille);
        good = good && permille <= parts[i].permille;
    }
    printf("%zu failed\n", run->failed);
    return good;
}

static uint64_t number(const char *text)
{
    char *end;
    uint64_t value = text ? strtoull(text, &end, 0) : 0;
    if (!text || *text == '\0' || *end != '\0') {
        fprintf(stderr, "nasm_same: an option needs a number\n");
        exit(2);
    }
    return value;
}

static void read_options(struct options *options, char **argument)
{
    for (argument++; *argument && strncmp(*argument, "--", 2) == 0; argument++) {
        const char *name = *argument + 2;
        if (strcmp(name, "all") == 0)
            options->all = true;
        else if (strcmp(name, "dense") == 0)
            options->dense = true;
        else if (strcmp(name, "forms") == 0)
            options->forms = true;
        else if (strcmp(name, "list") == 0)
            options->list = true;
        else if (strcmp(name, "mode") == 0)
            options->mode = (int)number(*++argument);
        else if (strcmp(name, "origin") == 0)
            options->origin = number(*++argument);
        else if (strcmp(name, "random") == 0)
            options->random = number(*++argument);
        else if (strcmp(name, "seed") == 0)
            options->seed = number(*++argument);
        else {
            fprintf(stderr, "nasm_same: %s: no such option\n", *argument);
            exit(2);
        }
    }
    options->files = argument;
}

int main(int argc, char **argv)
{
    struct run run = {.options = {.seed = 1, .origin = 0x400000},
                      .folder = "/tmp/nasm_same.XXXXXX"};
    (void)argc;
    read_options(&run.options, argv);
    run.tally = calloc(ZYDIS_MNEMONIC_MAX_VALUE + 1, sizeof *run.tally);
    if (!run.tally || !mkdtemp(run.folder))
        die(run.folder);
    for (int mode = 64; mode >= 32; mode -= 32) {
        if (run.options.mode != 0 && mode != run.options.mode)
            continue;
        set_mode(&run, mode);
        for (run.part = 0; run.part < PART_COUNT; run.part++) {
            take_part(&run);
            check_shapes(&run);
        }
    }
    remove_folder(&run);
    bool good = report(&run);
    free(run.seen);
    free(run.shapes);
    free(run.tally);
    return good ? 0 : 1;
}
