/* Makes the cases for kernel-same: a fixed list of changes to good programs, and random ones. */
#include "mutants.h"

#include <elf.h>
#include <stdbool.h>
#include <string.h>

#include "support/lecture.h"
#include "support/lecture32.h"

static const struct base {
    const uint8_t *bytes;
    size_t size;
    size_t phoff, phoff_width; /* where e_phoff is */
} bases[] = {{lecture_file, sizeof lecture_file, 32, 8},
             {lecture_file32, sizeof lecture_file32, 28, 4}};

enum { BASES = 2, OTHERS = 255, OFFSETS = 256 };

/* ---- the list ---- */

static uint64_t listed_of(const struct base *base)
{
    return base->size * OTHERS + base->size + OFFSETS;
}

uint64_t mutant_listed(void)
{
    return listed_of(&bases[0]) + listed_of(&bases[1]);
}

bool mutant_from_list(uint64_t index, struct mutant *mutant)
{
    const struct base *base = &bases[0];
    if (index >= listed_of(base)) {
        index -= listed_of(base);
        base = &bases[1];
    }
    memset(mutant->bytes, 0, OFFSETS + 64);
    memcpy(mutant->bytes, base->bytes, base->size);
    mutant->size = base->size;
    mutant->interpreter_size = 0;
    if (index < base->size * OTHERS) {
        uint8_t *byte = &mutant->bytes[index / OTHERS];
        *byte = (uint8_t)(*byte + 1 + index % OTHERS);
        return true;
    }
    index -= base->size * OTHERS;
    if (index < base->size) {
        mutant->size = (size_t)index;
        return false;
    }
    index -= base->size;
    /* The program header moves there, over the bytes that are there. */
    size_t header = base == &bases[0] ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
    size_t size = base == &bases[0] ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    memcpy(mutant->bytes + index, base->bytes + header, size);
    if (index + size > mutant->size)
        mutant->size = (size_t)index + size;
    memcpy(mutant->bytes + base->phoff, &index, base->phoff_width);
    return false;
}

/* ---- random cases ---- */

struct chance {
    uint64_t state;
};

static uint64_t next(struct chance *chance)
{
    uint64_t z = chance->state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static uint64_t below(struct chance *chance, uint64_t limit)
{
    return limit > 0 ? next(chance) % limit : 0;
}

static bool one_in(struct chance *chance, uint64_t many)
{
    return below(chance, many) == 0;
}

/* Values at which an answer may change. */
static uint64_t extreme(struct chance *chance, const struct mutant *mutant)
{
    static const uint64_t values[] = {0,
                                      1,
                                      2,
                                      3,
                                      4,
                                      8,
                                      0x1f,
                                      0x20,
                                      0x34,
                                      0x38,
                                      0x40,
                                      0x78,
                                      0xff,
                                      0x1000,
                                      0x2000,
                                      0x4000,
                                      0x8000,
                                      0x10000,
                                      0x11000,
                                      0x12000,
                                      0x20000,
                                      0x100000,
                                      0x200000,
                                      0x1000000,
                                      0x10000000,
                                      0x40000000,
                                      0x56555000,
                                      0x7fffffff,
                                      0x80000000,
                                      0xf7e00000,
                                      0xf7fff000,
                                      0xfffdc000,
                                      0xffffd000,
                                      0xffffe000,
                                      0xffffffff,
                                      0x100000000,
                                      0x280000000,
                                      0x500000000,
                                      0x5e0000000,
                                      0x600000000,
                                      0x1000000000,
                                      0x555555554000,
                                      0x7fff00000000,
                                      0x7ffff7ff0000,
                                      0x7ffff7fff000,
                                      0x7ffffffdd000,
                                      0x7ffffffde000,
                                      0x7fffffffe000,
                                      0x7fffffffefff,
                                      0x7ffffffff000,
                                      0x800000000000,
                                      0x100000000000000,
                                      0x7ffffffffffff000,
                                      0x7fffffffffffffff,
                                      0x8000000000000000,
                                      0xfffffffffffff000,
                                      0xffffffffffffff00,
                                      0xffffffffffffffff};
    uint64_t value = values[below(chance, sizeof values / sizeof values[0])];
    switch (below(chance, 8)) {
    case 0:
        return value + below(chance, 4096);
    case 1:
        return value - below(chance, 4096);
    case 2:
        return mutant->size + below(chance, 3) - 1;
    case 3:
        return UINT64_C(1) << below(chance, 64);
    case 4:
        return next(chance) >> below(chance, 64);
    default:
        return value;
    }
}

/* A program header of either class. */
struct header {
    uint64_t type, flags, offset, address, file_size, memory_size, align;
};

struct layout {
    bool is_64;
    uint64_t type, machine, entry, phoff, phentsize, phnum;
    struct header headers[8];
    unsigned count;
};

static void put_headers(const struct layout *layout, uint8_t *bytes, size_t room)
{
    uint64_t at = layout->phoff;
    for (unsigned i = 0; i < layout->count; i++) {
        const struct header *h = &layout->headers[i];
        size_t size = layout->is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
        if (at > room || room - at < size)
            return;
        if (layout->is_64) {
            Elf64_Phdr phdr = {
                (Elf64_Word)h->type, (Elf64_Word)h->flags, h->offset,      h->address,
                h->address,          h->file_size,         h->memory_size, h->align};
            memcpy(bytes + at, &phdr, size);
        } else {
            Elf32_Phdr phdr = {(Elf32_Word)h->type,      (Elf32_Off)h->offset,
                               (Elf32_Addr)h->address,   (Elf32_Addr)h->address,
                               (Elf32_Word)h->file_size, (Elf32_Word)h->memory_size,
                               (Elf32_Word)h->flags,     (Elf32_Word)h->align};
            memcpy(bytes + at, &phdr, size);
        }
        at += size;
    }
}

static void put_header(const struct layout *layout, uint8_t *bytes)
{
    if (layout->is_64) {
        Elf64_Ehdr ehdr = {.e_type = (Elf64_Half)layout->type,
                           .e_machine = (Elf64_Half)layout->machine,
                           .e_entry = layout->entry,
                           .e_phoff = layout->phoff,
                           .e_phentsize = (Elf64_Half)layout->phentsize,
                           .e_phnum = (Elf64_Half)layout->phnum};
        memcpy(ehdr.e_ident, ELFMAG, SELFMAG);
        ehdr.e_ident[EI_CLASS] = ELFCLASS64;
        memcpy(bytes, &ehdr, sizeof ehdr);
    } else {
        Elf32_Ehdr ehdr = {.e_type = (Elf32_Half)layout->type,
                           .e_machine = (Elf32_Half)layout->machine,
                           .e_entry = (Elf32_Addr)layout->entry,
                           .e_phoff = (Elf32_Off)layout->phoff,
                           .e_phentsize = (Elf32_Half)layout->phentsize,
                           .e_phnum = (Elf32_Half)layout->phnum};
        memcpy(ehdr.e_ident, ELFMAG, SELFMAG);
        ehdr.e_ident[EI_CLASS] = ELFCLASS32;
        memcpy(bytes, &ehdr, sizeof ehdr);
    }
}

/* A plausible PT_LOAD: mostly, address and offset agree within a page. */
static void choose_load(struct chance *chance, struct header *header, const struct layout *layout,
                        size_t size, bool agrees)
{
    uint64_t page = below(chance, 8);
    header->type = PT_LOAD;
    header->flags = one_in(chance, 3) ? below(chance, 8) : one_in(chance, 2) ? 5 : 7;
    header->offset = one_in(chance, 2) ? 0 : below(chance, size + 4096);
    header->address = (layout->type == ET_DYN && !one_in(chance, 4) ? 0 : 0x10000) + page * 4096 +
                      (agrees ? header->offset & 4095 : below(chance, 4096));
    header->file_size = one_in(chance, 6) ? 0 : below(chance, one_in(chance, 3) ? 20000 : size + 1);
    header->memory_size = header->file_size;
    if (one_in(chance, 2))
        header->memory_size += below(chance, one_in(chance, 2) ? 4096 : 40000);
    header->align = one_in(chance, 2) ? 4096 : UINT64_C(1) << below(chance, 34);
}

static const char *const paths[] = {"/lib64/ld-linux-x86-64.so.2",
                                    "i",
                                    "./i",
                                    "/nowhere/ld.so",
                                    "/etc/passwd",
                                    "/usr",
                                    "/",
                                    "/bin/true",
                                    "/etc/passwd/x",
                                    "/dev/null",
                                    "x"};

static void choose_interpreter(struct chance *chance, struct header *header, uint8_t *bytes,
                               size_t size)
{
    const char *path = paths[one_in(chance, 2) ? 1 : below(chance, sizeof paths / sizeof *paths)];
    size_t length = strlen(path) + 1;
    header->type = PT_INTERP;
    header->flags = 4;
    header->offset = size > 600 ? 512 + below(chance, 32) : below(chance, size);
    header->file_size = header->memory_size = length;
    if (one_in(chance, 8))
        header->file_size += below(chance, 3) - 1;
    if (header->offset + length <= size)
        memcpy(bytes + header->offset, path, length);
}

/* A small program with several segments. */
static size_t build(struct chance *chance, uint8_t *bytes, bool is_64, bool with_interpreter)
{
    struct layout layout = {.is_64 = is_64};
    size_t size = one_in(chance, 3) ? 180 + below(chance, 600) : 600 + below(chance, 16000);
    memset(bytes, 0, size);
    for (size_t i = size / 2; i < size && i < size / 2 + 64; i++)
        bytes[i] = 0x90;
    layout.type = one_in(chance, 3) ? ET_DYN : ET_EXEC;
    layout.machine = is_64 ? EM_X86_64 : one_in(chance, 8) ? 6 : EM_386;
    layout.phoff = is_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
    layout.phentsize = is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    layout.count = 1 + (unsigned)below(chance, 6);
    layout.phnum = layout.count;
    for (unsigned i = 0; i < layout.count; i++) {
        struct header *header = &layout.headers[i];
        uint64_t kind = below(chance, 12);
        if (kind == 0 && with_interpreter) {
            choose_interpreter(chance, header, bytes, size);
        } else if (kind == 1) {
            header->type = PT_GNU_STACK;
            header->flags = 6 + below(chance, 2);
        } else if (kind == 2) {
            header->type = below(chance, 8);
        } else {
            choose_load(chance, header, &layout, size, !one_in(chance, 16));
        }
    }
    const struct header *first = &layout.headers[below(chance, layout.count)];
    layout.entry = first->address + below(chance, first->memory_size + 1);
    if (one_in(chance, 12)) {
        /* Over the ELF header. */
        layout.phoff = below(chance, size);
        put_header(&layout, bytes);
        put_headers(&layout, bytes, size);
    } else {
        put_headers(&layout, bytes, size);
        put_header(&layout, bytes);
    }
    return size;
}

/* Changes one field, in the class that belongs to the machine. */
static void change(struct chance *chance, struct mutant *mutant)
{
    /* Offsets and widths in the ELF header and a program header. */
    static const uint8_t ehdr[2][8][2] = {
        {{16, 2}, {18, 2}, {24, 4}, {28, 4}, {42, 2}, {44, 2}, {24, 4}, {28, 4}},
        {{16, 2}, {18, 2}, {24, 8}, {32, 8}, {54, 2}, {56, 2}, {24, 8}, {32, 8}}};
    static const uint8_t phdr[2][7][2] = {
        {{0, 4}, {4, 4}, {8, 4}, {16, 4}, {20, 4}, {24, 4}, {28, 4}},
        {{0, 4}, {4, 4}, {8, 8}, {16, 8}, {32, 8}, {40, 8}, {48, 8}}};
    uint8_t *bytes = mutant->bytes;
    unsigned is_64 = bytes[18] == EM_X86_64;
    uint64_t phoff = 0, phnum = 0, value = extreme(chance, mutant);
    memcpy(&phoff, bytes + (is_64 ? 32 : 28), is_64 ? 8 : 4);
    memcpy(&phnum, bytes + (is_64 ? 56 : 44), 2);
    uint64_t at;
    unsigned width;
    if (one_in(chance, 5) || phnum == 0) {
        unsigned i = (unsigned)below(chance, 8);
        at = ehdr[is_64][i][0];
        width = ehdr[is_64][i][1];
        if (at == 16 || at == 18)
            value = below(chance, 8); /* most larger values are only ENOEXEC */
    } else {
        unsigned i = (unsigned)below(chance, 7);
        at = phoff + below(chance, phnum > 8 ? 8 : phnum) * (is_64 ? 56 : 32) + phdr[is_64][i][0];
        width = phdr[is_64][i][1];
        if (i == 0 && one_in(chance, 2))
            value = below(chance, 8);
    }
    if (at > mutant->size || mutant->size - at < width)
        return;
    uint64_t old = 0;
    memcpy(&old, bytes + at, width);
    if (one_in(chance, 4))
        value = old + below(chance, 9) - 4;
    else if (one_in(chance, 4))
        value = (old & 0xfff) | (value & ~UINT64_C(0xfff));
    memcpy(bytes + at, &value, width);
}

/* A script whose first line has characters with a special meaning. */
static void make_script(struct chance *chance, struct mutant *mutant)
{
    static const char characters[] = "  \t\n/ii.y\0#!";
    mutant->size = 2 + below(chance, one_in(chance, 4) ? 300 : 12);
    memcpy(mutant->bytes, "#!", 2);
    for (size_t i = 2; i < mutant->size; i++)
        mutant->bytes[i] = one_in(chance, 2) && mutant->size > 20
                               ? 'y'
                               : (uint8_t)characters[below(chance, sizeof characters - 1)];
    if (one_in(chance, 2) && mutant->size > 8)
        memcpy(mutant->bytes + 2, " ./i", 4);
    mutant->interpreter_size = sizeof lecture_file;
    memcpy(mutant->interpreter, lecture_file, sizeof lecture_file);
}

static void put_program(const struct layout *layout, struct mutant *mutant)
{
    put_headers(layout, mutant->bytes, mutant->size);
    put_header(layout, mutant->bytes);
}

/* A program whose first instruction, of random bytes, begins near the end of a page. After that
 * comes nothing, a page past the end of the file, or one with other permissions. */
static void make_edge(struct chance *chance, struct mutant *mutant, bool is_64)
{
    enum { PAGE = 4096, LONGEST = 15 };
    /* Bytes that are common in instructions, and prefixes. */
    static const uint8_t usual[] = {0x66, 0x67, 0x48, 0x0f, 0xf3, 0xb8, 0xc7, 0x8b, 0xf6, 0xf7,
                                    0x81, 0x83, 0x04, 0x84, 0x05, 0x80, 0xa1, 0xe8, 0xeb, 0x00};
    uint64_t pages = 1 + below(chance, 3), whole = pages * PAGE;
    struct layout layout = {.is_64 = is_64, .count = 1 + (unsigned)below(chance, 2)};
    memset(mutant->bytes, 0, whole + PAGE);
    mutant->size = whole - (one_in(chance, 4) ? below(chance, LONGEST) : 0);
    for (unsigned i = 1; i <= LONGEST; i++)
        mutant->bytes[mutant->size - i] =
            one_in(chance, 2) ? (uint8_t)next(chance) : usual[below(chance, sizeof usual)];
    layout.type = one_in(chance, 3) ? ET_DYN : ET_EXEC;
    layout.machine = is_64 ? EM_X86_64 : EM_386;
    layout.phoff = is_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
    layout.phentsize = is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    layout.phnum = layout.count;
    uint64_t base = layout.type == ET_DYN ? 0 : 0x10000;
    layout.headers[0] = (struct header){PT_LOAD, 5, 0, base, mutant->size, mutant->size, PAGE};
    if (one_in(chance, 4))
        layout.headers[0].file_size = layout.headers[0].memory_size = whole + PAGE;
    else if (one_in(chance, 4)) {
        layout.headers[0].flags = 7;
        layout.headers[0].file_size -= below(chance, 20);
        layout.headers[0].memory_size = whole + below(chance, PAGE);
    }
    layout.headers[1] =
        (struct header){PT_LOAD, below(chance, 8), 0, base + whole, PAGE, PAGE, PAGE};
    layout.entry = base + whole - 1 - below(chance, LONGEST);
    if (one_in(chance, 8))
        layout.entry += PAGE;
    put_program(&layout, mutant);
}

/* An ET_DYN, mostly, whose first instruction is in the kernel's own pages below it, or beside them.
 */
static void make_below(struct chance *chance, struct mutant *mutant, bool is_64)
{
    enum { PAGE = 4096 };
    struct layout layout = {.is_64 = is_64, .count = 1};
    mutant->size = 200 + below(chance, UINT64_C(3) * PAGE);
    memset(mutant->bytes, 0x90, mutant->size);
    layout.type = one_in(chance, 8) ? ET_EXEC : ET_DYN;
    layout.machine = is_64 ? EM_X86_64 : EM_386;
    layout.phoff = is_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
    layout.phentsize = is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    layout.phnum = layout.count;
    uint64_t base = layout.type == ET_DYN ? below(chance, 3) * PAGE : 0x10000;
    layout.headers[0] =
        (struct header){PT_LOAD, 4 + below(chance, 4), 0, base, mutant->size, mutant->size, PAGE};
    layout.entry = layout.type == ET_DYN ? base : is_64 ? 0x7ffff7fff000 : 0xf7ffd000;
    layout.entry -= below(chance, UINT64_C(11) * PAGE);
    if (one_in(chance, 4))
        layout.entry = (layout.entry & ~(uint64_t)(PAGE - 1)) - below(chance, 3) + 1;
    put_program(&layout, mutant);
}

bool mutant_random(uint64_t seed, uint64_t index, struct mutant *mutant)
{
    struct chance chance = {seed * 0x2545f4914f6cdd1d + index * 0x9e3779b97f4a7c15};
    next(&chance);
    if (one_in(&chance, 50)) {
        make_script(&chance, mutant);
        return false;
    }
    bool is_64 = !one_in(&chance, 3), good = false;
    mutant->interpreter_size = 0;
    if (one_in(&chance, 10)) {
        if (one_in(&chance, 2))
            make_edge(&chance, mutant, is_64);
        else
            make_below(&chance, mutant, is_64);
        return false;
    }
    if (one_in(&chance, 4)) {
        const struct base *base = &bases[is_64 ? 0 : 1];
        mutant->size = base->size;
        memcpy(mutant->bytes, base->bytes, base->size);
        good = true;
    } else {
        bool interpreted = one_in(&chance, 3);
        mutant->size = build(&chance, mutant->bytes, is_64, interpreted);
        if (interpreted) {
            mutant->interpreter_size =
                build(&chance, mutant->interpreter, one_in(&chance, 16) ? !is_64 : is_64, false);
            if (one_in(&chance, 16))
                mutant->interpreter_size = (size_t)below(&chance, mutant->interpreter_size);
        }
    }
    if (one_in(&chance, 64)) {
        /* Many headers: the same ones repeated up to the end of the file. */
        good = false;
        uint8_t *bytes = mutant->bytes;
        size_t header = bytes[18] == EM_X86_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
        size_t size = bytes[18] == EM_X86_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
        uint16_t many = (uint16_t)below(&chance, (MUTANT_ROOM - 200) / size);
        size_t have = 1 + below(&chance, 3);
        for (size_t i = have; i < many; i++)
            memcpy(bytes + header + i * size, bytes + header + i % have * size, size);
        memcpy(bytes + (header == sizeof(Elf64_Ehdr) ? 56 : 44), &many, sizeof many);
        if (mutant->size < header + many * size)
            mutant->size = header + many * size;
    }
    uint64_t changes = below(&chance, 9);
    for (uint64_t i = 0; i < changes; i++)
        change(&chance, mutant);
    if (one_in(&chance, 12)) {
        mutant->size = (size_t)below(&chance, mutant->size + 1);
        good = false;
    }
    if (one_in(&chance, 40) && mutant->size > 0) {
        for (int i = 0; i < 4; i++)
            mutant->bytes[below(&chance, mutant->size)] = (uint8_t)next(&chance);
        good = false;
    }
    return good && changes == 1;
}
