/* Follows execve from the first bytes of a file to the first instruction of its program. */
#include "kernel_private.h"

#include <string.h>

#include "../format/argument.h"

void elfgen_kernel_usual(struct elfgen_kernel_machine *machine)
{
    *machine = (struct elfgen_kernel_machine){.version = ELFGEN_LINUX(6, 18),
                                              .mmap_min_addr = ELFGEN_USUAL_MMAP_MIN_ADDR,
                                              .lowest_room = ELFGEN_USUAL_MMAP_MIN_ADDR,
                                              .ia32 = true,
                                              .overcommit = ELFGEN_OVERCOMMIT_GUESS,
                                              .memory_pages = UINT64_C(16) << 30 >> 12,
                                              .stack_limit = 8 << 20,
                                              .stack_used = PAGE,
                                              .largest_file = INT64_MAX};
}

/* arch/x86/include/asm/elf.h: elf_check_arch_ia32() */
static bool is_ia32(uint64_t machine)
{
    return machine == ELFGEN_EM_386 || machine == ELFGEN_EM_486;
}

bool elfgen_kernel_has_machine(uint64_t machine)
{
    return machine == ELFGEN_EM_X86_64 || is_ia32(machine);
}

/* Whether it is a program for x32: a header of 32 bits, and e_machine of x86-64. */
static bool is_x32(const struct image *image, const uint8_t *bytes)
{
    struct elfgen_ehdr narrow;
    if (image->class_ != ELFGEN_CLASS64 || image->ehdr.ei_class != ELFGEN_CLASS32 ||
        image->ehdr.e_phentsize == elfgen_size64_phdr)
        return false;
    elfgen_decode_ehdr(&narrow, bytes, ELFGEN_CLASS32, ELFGEN_LITTLE_ENDIAN);
    return narrow.e_phentsize == elfgen_size32_phdr;
}

/* load_elf_binary(), up to the program headers. */
static enum elfgen_kernel_check_id read_program(struct run *run, struct image *image)
{
    /* prepare_binprm(): bytes past the end of the file are zero. */
    uint8_t copy[elfgen_size64_ehdr] = {0};
    const uint8_t *bytes = copy;
    if (image->length >= sizeof copy)
        bytes = image_bytes(image, 0, sizeof copy);
    else
        copy_bytes(image, 0, copy, sizeof copy);
    elfgen_decode_ehdr(&image->ehdr, bytes, ELFGEN_CLASS64, ELFGEN_LITTLE_ENDIAN);
    image->class_ = ELFGEN_CLASS64;
    if (memcmp(bytes, ELFGEN_MAGIC, ELFGEN_MAGIC_SIZE) != 0)
        return ELFGEN_CHECK_magic;
    if (is_ia32(image->ehdr.e_machine)) {
        elfgen_decode_ehdr(&image->ehdr, bytes, ELFGEN_CLASS32, ELFGEN_LITTLE_ENDIAN);
        image->class_ = ELFGEN_CLASS32;
    }
    run->answer->class_ = image->class_;
    if (image->ehdr.e_type != ELFGEN_ET_EXEC && image->ehdr.e_type != ELFGEN_ET_DYN)
        return ELFGEN_CHECK_e_type;
    if (image->class_ == ELFGEN_CLASS64 && image->ehdr.e_machine != ELFGEN_EM_X86_64)
        return ELFGEN_CHECK_e_machine;
    if (image->class_ == ELFGEN_CLASS32)
        depend(run, ELFGEN_FACT_IA32);
    if (image->class_ == ELFGEN_CLASS32 && !run->machine->ia32)
        return ELFGEN_CHECK_ia32;
    if (is_x32(image, bytes))
        return ELFGEN_CHECK_x32;
    return elfgen_kernel_read_headers(run, image);
}

enum stack { STACK_DEFAULT, STACK_PLAIN, STACK_EXECUTABLE };

/* The last PT_GNU_STACK counts. */
static enum stack stack_of(const struct image *image)
{
    enum stack stack = STACK_DEFAULT;
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; i < image->ehdr.e_phnum; i++) {
        get_header(image, i, &phdr);
        if (phdr.p_type == ELFGEN_PT_GNU_STACK)
            stack = phdr.p_flags & ELFGEN_PF_X ? STACK_EXECUTABLE : STACK_PLAIN;
    }
    return stack;
}

/* setup_new_exec(), arch_pick_mmap_layout() and setup_arg_pages(). */
static void set_up(struct run *run, const struct image *image)
{
    const struct elfgen_kernel_machine *machine = run->machine;
    const uint64_t least_gap = UINT64_C(128) << 20;
    bool is_64 = image->class_ == ELFGEN_CLASS64;
    enum stack stack = stack_of(image);
    run->stack_end = is_64 ? (UINT64_C(1) << 47) - PAGE : 0xffffe000;
    run->task_size = is_64 && machine->five_levels ? (UINT64_C(1) << 56) - PAGE : run->stack_end;
    uint64_t gap = machine->stack_limit, most = run->stack_end / 6 * 5;
    if (gap + GUARD > gap)
        gap += GUARD;
    gap = gap < least_gap ? least_gap : gap > most ? most : gap;
    run->mmap_base = page_up(run->stack_end - gap);
    run->legacy_base = page_up(run->stack_end / 3);
    /* elf_read_implies_exec(): from 5.8 on for i386 without PT_GNU_STACK; before that for every
     * program that does not ask for a stack that is not executable. */
    run->reads_execute =
        is_from(run, 5, 8) ? !is_64 && stack == STACK_DEFAULT : stack != STACK_PLAIN;
    uint64_t used = page_up(machine->stack_used), size = page_down(machine->stack_limit);
    if (used == 0 || used > run->stack_end / 2)
        used = PAGE;
    size = size < used + STACK_ROOM ? size : used + STACK_ROOM;
    size = size < used ? used : size;
    bool executable = stack == STACK_EXECUTABLE || (stack == STACK_DEFAULT && run->reads_execute);
    run->map->count = 0;
    elfgen_kernel_put_area(
        run, &(struct elfgen_kernel_area){
                 .start = run->stack_end - size,
                 .end = run->stack_end,
                 .kind = ELFGEN_AREA_STACK,
                 .segment = NO_SEGMENT,
                 .flags = (uint8_t)(ELFGEN_PF_R | ELFGEN_PF_W | (executable ? ELFGEN_PF_X : 0)),
                 .committed = true});
}

/* map_vdso(): the vDSO, and the pages of data that it reads before it. Since 6.15 these are six
 * (include/vdso/datapage.h), since 5.6 four, before that three; of code there are two (6.18, 6.1).
 */
static bool map_vdso(struct run *run, enum elfgen_class class_)
{
    const struct elfgen_kernel_machine *machine = run->machine;
    bool is_64 = class_ == ELFGEN_CLASS64;
    /* Pages of the kernel's own that are unknown change the answer only where there may be no room.
     */
    enum { MOST_PAGES = 64 };
    if (elfgen_kernel_find_room(run, 0, MOST_PAGES * (uint64_t)PAGE) < run->machine->lowest_room)
        depend(run, ELFGEN_FACT_OWN_PAGES);
    if (is_64 ? machine->no_vdso : machine->no_vdso32)
        return true;
    uint64_t code = is_64 ? machine->vdso_pages : machine->vdso32_pages;
    uint64_t data = machine->vvar_pages;
    if (code == 0)
        code = 2;
    if (data == 0)
        data = is_from(run, 6, 15) ? 6 : is_from(run, 5, 6) ? 4 : 3;
    uint64_t size = (data + code) * PAGE, start = elfgen_kernel_find_room(run, 0, size);
    if (start == 0 || is_too_low(run, start))
        return false;
    struct elfgen_kernel_area area = {.start = start,
                                      .end = start + data * PAGE,
                                      .kind = ELFGEN_AREA_VVAR,
                                      .segment = NO_SEGMENT,
                                      .flags = ELFGEN_PF_R};
    elfgen_kernel_put_area(run, &area);
    area.start = area.end;
    area.end = start + size;
    area.kind = ELFGEN_AREA_VDSO;
    area.flags = ELFGEN_PF_R | ELFGEN_PF_X;
    elfgen_kernel_put_area(run, &area);
    return true;
}

/* create_elf_tables(): the pages of the arguments must still be mapped and writable. */
static bool can_write_arguments(struct run *run)
{
    uint64_t used = page_up(run->machine->stack_used);
    if (used == 0 || used > run->stack_end / 2)
        used = PAGE;
    for (uint64_t address = run->stack_end - used; address < run->stack_end;) {
        const struct elfgen_kernel_area *area = elfgen_kernel_find_area(run, address);
        /* If pages of a file are missing, the area's last page is among them. */
        if (!area || !elfgen_kernel_can_clear(run, address) ||
            !elfgen_kernel_can_clear(run, area->end - 1))
            return false;
        address = area->end;
    }
    return true;
}

/* A number of areas that is enough. A PT_LOAD is mapped at most twice, the first one once more to
 * find a place. Each mapping adds an area, and another one if it splits one. A few are for the
 * rest. */
static uint64_t areas_needed(const struct image *image)
{
    uint64_t needed = 12;
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; image && i < image->ehdr.e_phnum; i++) {
        get_header(image, i, &phdr);
        if (phdr.p_type == ELFGEN_PT_LOAD)
            needed += 4;
    }
    return needed;
}

/* Maps the program and its interpreter, past the point of no return. */
static void start(struct run *run, const struct image *program, const struct image *interpreter)
{
    struct elfgen_kernel_answer *answer = run->answer;
    uint64_t base = 0;
    set_up(run, program);
    if (!elfgen_kernel_load_program(run, program))
        return;
    answer->entry = program->ehdr.e_entry + answer->bias;
    if (interpreter) {
        answer->of_interpreter = true;
        if (!elfgen_kernel_load_interpreter(run, interpreter, &base)) {
            elfgen_kernel_decide(run, ELFGEN_CHECK_interpreter_load);
            return;
        }
        answer->entry = interpreter->ehdr.e_entry + base;
    }
    /* The file that the first instruction is in, if it is known. */
    const struct image *first = interpreter ? interpreter : run->asked ? NULL : program;
    if (first && answer->entry >= run->task_size) {
        elfgen_kernel_blame_entry(run, first, ELFGEN_CHECK_e_entry);
        return;
    }
    if (!map_vdso(run, program->class_)) {
        answer->of_interpreter = false;
        elfgen_kernel_blame_segment(run, program, 0, ELFGEN_CHECK_vdso);
        return;
    }
    if (!can_write_arguments(run)) {
        answer->of_interpreter = false;
        elfgen_kernel_blame_segment(run, program, NO_SEGMENT, ELFGEN_CHECK_stack);
        return;
    }
    enum elfgen_kernel_check_id check =
        first ? elfgen_kernel_fetch(run, first, answer->entry) : ELFGEN_CHECK_passed;
    if (check == ELFGEN_CHECK_passed) {
        answer->of_interpreter = false;
        elfgen_kernel_decide(run, check);
    } else {
        elfgen_kernel_blame_entry(run, first, check);
    }
}

/* Whether an address or a size is past what programs have with four levels of page tables. */
static bool is_far(const struct run *run, const struct image *image)
{
    struct elfgen_phdr phdr;
    bool far = image->ehdr.e_entry >= run->stack_end;
    for (uint64_t i = 0; i < image->ehdr.e_phnum && !far; i++) {
        get_header(image, i, &phdr);
        far = phdr.p_type == ELFGEN_PT_LOAD &&
              (phdr.p_vaddr >= run->stack_end || phdr.p_memsz >= run->stack_end - phdr.p_vaddr);
    }
    return far;
}

/* What is not noted where a fact is used: a program that does not start may start with other facts,
 * or fail for another reason. */
static void note_rest(struct run *run, const struct image *program, const struct image *interpreter)
{
    if (run->answer->verdict != ELFGEN_STARTS && run->answer->depends == 0)
        depend(run, ELFGEN_FACTS);
    if (is_far(run, program) || (interpreter && is_far(run, interpreter)))
        depend(run, ELFGEN_FACT_FIVE_LEVELS);
}

static enum elfgen_status ask_program(struct run *run, const struct image *file)
{
    struct image program = *file;
    struct image interpreter = {.is_interpreter = true};
    enum elfgen_kernel_check_id check = read_program(run, &program);
    if (check != ELFGEN_CHECK_passed) {
        elfgen_kernel_blame_header(run, &program, check);
        return ELFGEN_OK;
    }
    if (!elfgen_kernel_find_interpreter(run, &program, &interpreter))
        return ELFGEN_OK;
    run->lengths[0] = program.length;
    run->lengths[1] = interpreter.length;
    const struct image *second = run->asked && run->interpreter ? &interpreter : NULL;
    run->map->needed = areas_needed(&program) + areas_needed(second);
    if (run->map->needed > run->map->capacity)
        return ELFGEN_NO_ROOM;
    start(run, &program, second);
    if (run->machine->unknown != 0)
        note_rest(run, &program, second);
    elfgen_kernel_find_missing(run);
    return ELFGEN_OK;
}

/* load_script(). */
static enum elfgen_status ask_script(struct run *run, const struct image *file)
{
    enum { OLD_BUFFER = 128, BUFFER = 256 }; /* BINPRM_BUF_SIZE, from 5.1 on the larger */
    uint8_t buffer[BUFFER] = {0};
    uint64_t size = is_from(run, 5, 1) ? BUFFER : OLD_BUFFER;
    struct elfgen_kernel_answer *answer = run->answer;
    copy_bytes(file, 0, buffer, size);
    answer->is_script = true;
    if (!elfgen_kernel_find_script(buffer, size, is_from(run, 5, 8), &answer->path_offset,
                                   &answer->path_length)) {
        elfgen_kernel_decide(run, ELFGEN_CHECK_script_name);
        answer->other = size;
        return ELFGEN_OK;
    }
    answer->asks = true;
    if (!run->interpreter)
        return ELFGEN_OK;
    if (run->interpreter->error != 0) {
        elfgen_kernel_decide(run, ELFGEN_CHECK_interpreter_open);
        answer->error = run->interpreter->error;
        if (buffer[answer->path_offset + answer->path_length - 1] == '\r')
            answer->advice = ELFGEN_ADVICE_carriage_return;
        return ELFGEN_OK;
    }
    /* One step: the interpreter is a program like any other. Its own interpreter is assumed to be
     * good. */
    struct elfgen_kernel_answer inner;
    enum elfgen_status status = elfgen_kernel_ask(run->interpreter->bytes, run->interpreter->length,
                                                  run->machine, NULL, &inner, run->map);
    inner.is_script = inner.asks = true;
    inner.depends |= answer->depends;
    inner.path_offset = answer->path_offset;
    inner.path_length = answer->path_length;
    inner.of_interpreter = inner.verdict != ELFGEN_STARTS;
    *answer = inner;
    return status;
}

static enum elfgen_status ask(struct run *run, const struct image *file)
{
    run->map->count = run->map->needed = 0;
    *run->answer = (struct elfgen_kernel_answer){.offset = ELFGEN_NOWHERE,
                                                 .segment = NO_SEGMENT,
                                                 .class_ = ELFGEN_CLASS64,
                                                 .check = ELFGEN_CHECK_passed};
    if (file->length >= 2 && memcmp(image_bytes(file, 0, 2), "#!", 2) == 0)
        return ask_script(run, file);
    return ask_program(run, file);
}

/* With a map of its own. */
static enum elfgen_status ask_in(struct run *run, const struct image *file,
                                 struct elfgen_kernel_area *areas, size_t count)
{
    struct elfgen_kernel_map own = {.areas = areas, .capacity = count};
    run->map = &own;
    enum elfgen_status status = ask(run, file);
    run->map = NULL;
    return status;
}

/* Most files have room in it. Not initialised: only the first `count` are ever read. */
__attribute__((noinline)) static enum elfgen_status ask_few(struct run *run,
                                                            const struct image *file)
{
    struct elfgen_kernel_area areas[48];
    return ask_in(run, file, areas, sizeof areas / sizeof *areas);
}

/* Apart from the above, since each page of the stack that a function has is touched. */
__attribute__((noinline)) static enum elfgen_status ask_many(struct run *run,
                                                             const struct image *file)
{
    struct elfgen_kernel_area areas[496];
    return ask_in(run, file, areas, sizeof areas / sizeof *areas);
}

static enum elfgen_status ask_image(const struct image *file,
                                    const struct elfgen_kernel_machine *machine,
                                    const struct elfgen_kernel_file *interpreter,
                                    struct elfgen_kernel_answer *answer,
                                    struct elfgen_kernel_map *map)
{
    const struct run begin = {
        .machine = machine, .interpreter = interpreter, .answer = answer, .map = map};
    struct run run = begin;
    const bool has_bytes = file->reader || elfgen_has_memory(file->bytes, file->length, NULL, NULL);
    *answer = (struct elfgen_kernel_answer){.offset = ELFGEN_NOWHERE,
                                            .segment = NO_SEGMENT,
                                            .class_ = ELFGEN_CLASS64,
                                            .check = ELFGEN_CHECK_passed};
    if (map)
        map->count = map->needed = 0;
    if (!has_bytes || (map && !elfgen_has_memory(map->areas, map->capacity, NULL, NULL)) ||
        (interpreter && interpreter->error == 0 &&
         !elfgen_has_memory(interpreter->bytes, interpreter->length, NULL, NULL)))
        return ELFGEN_BAD_ARGUMENT;
    if (map)
        return ask(&run, file);
    enum elfgen_status status = ask_few(&run, file);
    if (status != ELFGEN_NO_ROOM)
        return status;
    run = begin;
    return ask_many(&run, file);
}

enum elfgen_status elfgen_kernel_ask(const void *bytes, uint64_t length,
                                     const struct elfgen_kernel_machine *machine,
                                     const struct elfgen_kernel_file *interpreter,
                                     struct elfgen_kernel_answer *answer,
                                     struct elfgen_kernel_map *map)
{
    return ask_image(&(struct image){.bytes = bytes, .length = length}, machine, interpreter,
                     answer, map);
}

enum elfgen_status elfgen_kernel_ask_reader(const struct elfgen_file_reader *reader,
                                            const struct elfgen_kernel_machine *machine,
                                            const struct elfgen_kernel_file *interpreter,
                                            struct elfgen_kernel_answer *answer,
                                            struct elfgen_kernel_map *map)
{
    const struct image file = {.reader = reader->read ? reader : NULL, .length = reader->length};
    return ask_image(&file, machine, interpreter, answer, map);
}
