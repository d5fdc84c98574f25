/* Finds whose call a system call is: the dynamic linker's, a library's, or the program's. */
#include "caller.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/maps.h"
#include "base/proc.h"
#include "elfgen.h"

enum { CALL_MOST = 7, AFTER = 8 };

static bool is_in(const struct caller_range *range, uint64_t address)
{
    return address >= range->from && address < range->to;
}

/* ---- the image ---- */

/* The size of an address: the class of the program's file says it. */
static size_t read_word(pid_t id)
{
    unsigned char ident[EI_NIDENT] = {0};
    int file = proc_open_of(id, "exe");
    ssize_t got = file < 0 ? -1 : file_read_at(file, ident, sizeof ident, 0);
    if (file >= 0)
        close(file);
    if (got != (ssize_t)sizeof ident)
        return 0;
    return elfgen_address_size(ident[EI_CLASS] == ELFGEN_CLASS64 ? ELFGEN_CLASS64 : ELFGEN_CLASS32);
}

static uint64_t load(const uint8_t *bytes, size_t word)
{
    uint64_t wide;
    uint32_t narrow;
    memcpy(&wide, bytes, sizeof wide);
    memcpy(&narrow, bytes, sizeof narrow);
    return word == 8 ? wide : narrow;
}

/* Reads AT_ENTRY, and AT_BASE: the dynamic linker's address, or 0. */
static bool read_auxv(pid_t id, struct caller_image *image, uint64_t *base)
{
    enum { MOST = 1024 };
    uint8_t bytes[MOST + sizeof(uint64_t)] = {0};
    int file = proc_open_of(id, "auxv");
    ssize_t got = file < 0 ? -1 : file_read_at(file, bytes, MOST, 0);
    if (file >= 0)
        close(file);
    for (size_t at = 0; got > 0 && at + 2 * image->word <= (size_t)got; at += 2 * image->word) {
        uint64_t value = load(bytes + at + image->word, image->word);
        switch (load(bytes + at, image->word)) {
        case AT_ENTRY:
            image->entry = value;
            break;
        case AT_BASE:
            *base = value;
            break;
        default:
            break;
        }
    }
    return image->entry != 0;
}

/* Finds the addresses of all mappings of the file that has `address`. */
static struct caller_range find_file(pid_t id, uint64_t address)
{
    struct caller_range range = {0, 0};
    struct maps maps;
    struct maps_line line;
    char name[4096] = "";
    for (int pass = 0; pass < 2; pass++) {
        maps_open(&maps, id);
        while (maps_next(&maps, &line)) {
            if (pass == 0 && address >= line.start && address < line.end)
                snprintf(name, sizeof name, "%s", line.name);
            if (pass == 0 || name[0] == '\0' || strcmp(name, line.name) != 0)
                continue;
            range.from = range.to == 0 ? line.start : range.from;
            range.to = line.end;
        }
        maps_close(&maps);
    }
    return range;
}

bool caller_read_image(pid_t id, struct caller_image *image)
{
    uint64_t base = 0;
    *image = (struct caller_image){.word = read_word(id)};
    if (image->word == 0 || !read_auxv(id, image, &base))
        return false;
    image->own = image->program = find_file(id, image->entry);
    if (base != 0)
        image->interpreter = find_file(id, base);
    return image->program.to != 0;
}

/* ---- return addresses ---- */

/* Whether the bytes before an address end with a call instruction. */
static bool ends_with_call(const uint8_t before[CALL_MOST])
{
    const uint8_t *end = before + CALL_MOST;
    if (end[-5] == 0xe8)
        return true;
    /* ff /2: of a register or memory, with a SIB byte or not, without, with a short, with a long
     * displacement. */
    for (size_t length = 2; length <= CALL_MOST; length++)
        if (end[-(ptrdiff_t)length] == 0xff && (end[1 - (ptrdiff_t)length] & 0x38) == 0x10)
            return true;
    return false;
}

/* The code around a return address. */
struct frame {
    uint8_t before[CALL_MOST], after[AFTER];
};

static bool read_frame(const struct process *process, uint64_t address, struct frame *frame)
{
    return address > CALL_MOST &&
           process_read(process->id, address - CALL_MOST, frame, sizeof *frame) == sizeof *frame &&
           ends_with_call(frame->before);
}

/* Whether it is where _start called the C library, which does not return: hlt follows. */
static bool is_start(const struct caller_image *image, const struct frame *frame, uint64_t address)
{
    enum { START_MOST = 64, HLT = 0xf4 };
    return address > image->entry && address - image->entry <= START_MOST && frame->after[0] == HLT;
}

/* Whether it is where glibc called main: what main returns is given to exit. */
static bool is_after_main(const struct frame *frame)
{
    static const uint8_t moves[][4] = {
        {0x89, 0xc7, 0xe8},       /* mov edi, eax; call */
        {0x83, 0xc4, 0x10, 0x83}, /* add esp, 16; sub esp, 12; push eax; call */
        {0x89, 0x04, 0x24, 0xe8}, /* mov [esp], eax; call */
    };
    static const uint8_t lengths[] = {3, 4, 4};
    for (size_t i = 0; i < sizeof lengths; i++)
        if (memcmp(frame->after, moves[i], lengths[i]) == 0)
            return true;
    return false;
}

/* ---- the stack ---- */

/* A walk over the words of the stack, from the top. */
struct walk {
    const struct process *process;
    size_t word;
    uint64_t address, begin; /* of the next word; of the bytes that were read */
    size_t count;            /* of those */
    uint8_t bytes[4096 + 8];
};

/* Addresses below are no code; words beyond the program's that are looked at. */
enum { STACK_MOST = 1 << 20, LOWEST = 4096, OTHERS_MOST = 4096 };

static bool next_word(struct walk *walk, uint64_t *value)
{
    if (walk->address - walk->begin + walk->word > walk->count) {
        walk->begin = walk->address;
        walk->count =
            walk->address - walk->process->call.stack >= STACK_MOST
                ? 0
                : process_read(walk->process->id, walk->begin, walk->bytes, sizeof walk->bytes - 8);
        if (walk->count < walk->word)
            return false;
    }
    *value = load(walk->bytes + (walk->address - walk->begin), walk->word);
    walk->address += walk->word;
    return true;
}

/* Looks for return addresses, up to _start's. The program waits if one is its own. (Others may be
 * left from functions that have returned: of the dynamic linker, which was called for the first use
 * of a function, there often are.) Where main's own is seen, it is kept, the one nearest to
 * _start's since main may copy it: as long as it stays, main runs. */
static enum caller find_waiting(struct caller_image *image, const struct process *process)
{
    struct walk walk = {.process = process,
                        .word = image->word,
                        .address = process->call.stack,
                        .begin = process->call.stack};
    enum caller caller = CALLER_LIBRARY;
    unsigned others = 0; /* that were looked at because the program waits */
    uint64_t value;
    struct frame frame;
    while (next_word(&walk, &value)) {
        bool own = is_in(&image->own, value), loader = is_in(&image->interpreter, value);
        bool other = caller == CALLER_PROGRAM && value > LOWEST && others < OTHERS_MOST;
        others += other;
        if (!own && !loader && !other && !is_in(&image->program, value))
            continue;
        if (!read_frame(process, value, &frame))
            continue;
        if (is_start(image, &frame, value))
            break;
        if (own)
            caller = CALLER_PROGRAM;
        else if (loader && caller == CALLER_LIBRARY)
            caller = CALLER_LOADER;
        if (caller == CALLER_PROGRAM && !own && is_after_main(&frame)) {
            image->slot = walk.address - image->word;
            image->return_address = value;
        }
    }
    return caller;
}

/* Whether main has not returned, if that is known. */
static bool main_runs(const struct caller_image *image, const struct process *process)
{
    uint8_t bytes[8] = {0};
    return process_read(process->id, image->slot, bytes, image->word) == image->word &&
           load(bytes, image->word) == image->return_address;
}

enum caller caller_of(struct caller_image *image, const struct process *process)
{
    uint64_t after = process->call.after;
    if (is_in(&image->interpreter, after))
        return CALLER_LOADER;
    if (is_in(&image->own, after))
        return CALLER_PROGRAM;
    if (image->slot != 0 && main_runs(image, process))
        return CALLER_PROGRAM;
    if (image->slot != 0)
        return CALLER_LIBRARY;
    return find_waiting(image, process);
}
