/* Fuzzes the kernel's model: the first bytes choose the machine, and where the rest is divided into
 * a program and its interpreter. */
#include <stdlib.h>
#include <string.h>

#include "elfgen/kernel.h"
#include "elfgen/objections.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct choice {
    uint8_t major, minor, flags, overcommit;
    uint16_t cut, min_address, stack_pages, memory;
};

static void choose(const struct choice *choice, struct elfgen_kernel_machine *machine)
{
    elfgen_kernel_usual(machine);
    machine->version = ELFGEN_LINUX(4 + choice->major % 3, choice->minor % 20);
    machine->mmap_min_addr = (uint64_t)choice->min_address << (choice->flags & 1 ? 12 : 4);
    machine->lowest_room = machine->mmap_min_addr;
    machine->raw_io = choice->flags & 2;
    machine->ia32 = choice->flags & 4;
    machine->five_levels = choice->flags & 8;
    machine->overcommit = (enum elfgen_kernel_overcommit)(choice->overcommit % 3);
    machine->memory_pages = (uint64_t)choice->memory << (choice->flags >> 4);
    machine->stack_limit = (uint64_t)choice->stack_pages << (choice->flags >> 2);
    machine->stack_used = (uint64_t)choice->stack_pages << (choice->overcommit >> 2);
}

/* Checks that the answer is consistent: the verdict is that of the check's row, the field is in the
 * file, and the areas are in order. */
static void judge(const struct elfgen_kernel_answer *answer, const struct elfgen_kernel_map *map)
{
    char buffer[512];
    struct elfgen_text text = {.bytes = buffer, .capacity = sizeof buffer};
    if (answer->verdict != elfgen_kernel_checks[answer->check].verdict)
        abort();
    if ((answer->verdict == ELFGEN_REFUSED) != (answer->error != 0))
        abort();
    if ((answer->signal != 0) !=
        (answer->verdict == ELFGEN_KILLED || answer->verdict == ELFGEN_FAULTS))
        abort();
    for (uint64_t i = 0; i < map->count; i++)
        if (map->areas[i].start >= map->areas[i].end ||
            (i > 0 && map->areas[i - 1].end > map->areas[i].start))
            abort();
    elfgen_kernel_message(answer, &text);
    elfgen_kernel_remedy(answer, &text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct elfgen_kernel_area areas[20000];
    struct choice choice;
    struct elfgen_kernel_machine machine;
    struct elfgen_kernel_answer answer;
    struct elfgen_kernel_map map = {.areas = areas, .capacity = sizeof areas / sizeof areas[0]};
    if (size < sizeof choice)
        return 0;
    memcpy(&choice, bytes + size - sizeof choice, sizeof choice);
    size -= sizeof choice;
    choose(&choice, &machine);
    size_t cut = choice.cut < size ? choice.cut : size;
    if (elfgen_kernel_ask(bytes, cut, &machine, NULL, &answer, &map) != ELFGEN_OK)
        abort();
    judge(&answer, &map);
    struct elfgen_kernel_file interpreter = {bytes + cut, size - cut, choice.cut % 5 == 0 ? 2 : 0};
    if (elfgen_kernel_ask(bytes, cut, &machine, &interpreter, &answer, &map) != ELFGEN_OK)
        abort();
    judge(&answer, &map);
    struct elfgen_objection objection;
    for (unsigned row = 0; elfgen_objection_next(bytes, size, 63, &row, &objection);) {
        char buffer[512];
        struct elfgen_text text = {.bytes = buffer, .capacity = sizeof buffer};
        elfgen_objection_text(&objection, &text);
    }
    return 0;
}
