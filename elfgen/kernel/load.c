/* Maps the PT_LOADs of a program and of its interpreter, as fs/binfmt_elf.c does. */
#include "kernel_private.h"

/* elf_load() came with 6.7; 6.1.140 and 6.6.92 took it in. Before it, zeros were mapped just before
 * the next segment, or at the end. */
static bool has_elf_load(const struct run *run)
{
    return is_from(run, 6, 7) || is_series(run, 6, 1) || is_series(run, 6, 6);
}

/* A static ET_DYN is put at a multiple of p_align from 6.11 on, and in the same two. */
static bool aligns_static(const struct run *run)
{
    return is_from(run, 6, 11) || is_series(run, 6, 1) || is_series(run, 6, 6);
}

static uint64_t header_flags(const struct elfgen_phdr *phdr)
{
    return phdr->p_flags & (ELFGEN_PF_R | ELFGEN_PF_W | ELFGEN_PF_X);
}

static struct mapped done(uint64_t address)
{
    return (struct mapped){.check = ELFGEN_CHECK_passed, .address = address};
}

/* elf_map(). `total`: the size of the whole image for its first segment, or 0. */
static struct mapped map_segment(struct run *run, uint64_t address, const struct elfgen_phdr *phdr,
                                 enum placing placing, uint64_t total)
{
    uint64_t in_page = phdr->p_vaddr & PAGE_MASK;
    uint64_t size = page_up(phdr->p_filesz + in_page);
    uint64_t offset = phdr->p_offset - in_page;
    address = page_down(address);
    if (size == 0)
        return done(address);
    if (total == 0)
        return elfgen_kernel_map_file(run, address, size, header_flags(phdr), placing, offset);
    total = page_up(total);
    struct mapped mapped =
        elfgen_kernel_map_file(run, address, total, header_flags(phdr), placing, offset);
    if (mapped.check == ELFGEN_CHECK_passed)
        elfgen_kernel_unmap(run, mapped.address + size, total - size);
    return mapped;
}

/* elf_load(). */
static struct mapped load_segment(struct run *run, uint64_t address, const struct elfgen_phdr *phdr,
                                  enum placing placing, uint64_t total)
{
    uint64_t in_page = phdr->p_vaddr & PAGE_MASK;
    struct mapped mapped = done(page_down(address));
    uint64_t zeros = mapped.address;
    if (phdr->p_filesz > 0) {
        mapped = map_segment(run, address, phdr, placing, total);
        if (mapped.check != ELFGEN_CHECK_passed)
            return mapped;
        zeros = mapped.address + in_page + phdr->p_filesz;
        /* padzero(); before 6.7 its failure was ignored. */
        if (phdr->p_memsz > phdr->p_filesz && (zeros & PAGE_MASK) && is_from(run, 6, 7) &&
            (phdr->p_flags & ELFGEN_PF_W) && !elfgen_kernel_can_clear(run, zeros))
            return (struct mapped){.check = ELFGEN_CHECK_clear};
    }
    if (phdr->p_memsz > phdr->p_filesz) {
        uint64_t end = page_up(mapped.address + in_page + phdr->p_memsz);
        zeros = page_up(zeros);
        mapped.check =
            elfgen_kernel_map_zeros(run, zeros, end - zeros, (phdr->p_flags & ELFGEN_PF_X) != 0);
    }
    return mapped;
}

/* The zeros from the end of the file's part to the end in memory, as kernels without elf_load()
 * keep track of them. */
struct late_zeros {
    uint64_t start, end; /* elf_bss and elf_brk */
    bool executable;
    uint16_t segment;
};

static void note_late_zeros(struct late_zeros *late, uint64_t bias, const struct elfgen_phdr *phdr,
                            uint16_t segment)
{
    uint64_t file_end = bias + phdr->p_vaddr + phdr->p_filesz;
    uint64_t end = bias + phdr->p_vaddr + phdr->p_memsz;
    if (file_end > late->start)
        late->start = file_end;
    if (end > late->end) {
        late->end = end;
        late->executable = (phdr->p_flags & ELFGEN_PF_X) != 0;
        late->segment = segment;
    }
}

/* set_brk(). */
static enum elfgen_kernel_check_id set_late_zeros(struct run *run, const struct late_zeros *late)
{
    uint64_t start = page_up(late->start), end = page_up(late->end);
    run->segment = late->segment;
    return end > start ? elfgen_kernel_map_zeros(run, start, end - start, late->executable)
                       : ELFGEN_CHECK_passed;
}

/* total_mapping_size(). */
static uint64_t whole_size(const struct run *run, const struct image *image)
{
    uint64_t low = UINT64_MAX, high = 0;
    bool loads = false;
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; i < image->ehdr.e_phnum; i++) {
        get_header(image, i, &phdr);
        if (phdr.p_type != ELFGEN_PT_LOAD)
            continue;
        uint64_t end = phdr.p_vaddr + phdr.p_memsz, start = page_down(phdr.p_vaddr);
        /* elf_addr_t: sums of 32 bits wrap around. */
        if (image->class_ == ELFGEN_CLASS32)
            end &= UINT32_MAX;
        /* Up to 5.17 from the first to the last PT_LOAD, wherever the others are. */
        if (!is_from(run, 5, 18)) {
            low = loads ? low : start;
            high = end;
        }
        low = start < low && is_from(run, 5, 18) ? start : low;
        high = end > high && is_from(run, 5, 18) ? end : high;
        loads = true;
    }
    uint64_t size = loads ? high - low : 0;
    return image->class_ == ELFGEN_CLASS32 && is_from(run, 5, 18) ? size & UINT32_MAX : size;
}

/* maximum_alignment(): from 5.10 on. */
static uint64_t largest_alignment(const struct run *run, const struct image *image)
{
    uint64_t alignment = 0;
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; is_from(run, 5, 10) && i < image->ehdr.e_phnum; i++) {
        get_header(image, i, &phdr);
        if (phdr.p_type == ELFGEN_PT_LOAD && (phdr.p_align & (phdr.p_align - 1)) == 0 &&
            phdr.p_align > alignment)
            alignment = phdr.p_align;
    }
    return page_up(alignment);
}

/* What is known of a program while its segments are mapped. */
struct loading {
    const struct image *image;
    uint64_t bias;
    bool any; /* a PT_LOAD is mapped */
    struct late_zeros late;
};

/* Chooses where an ET_DYN goes: the bias for the first segment. */
static enum elfgen_kernel_check_id place(struct run *run, struct loading *loading,
                                         const struct elfgen_phdr *phdr, uint64_t total,
                                         enum placing *placing)
{
    uint64_t alignment = largest_alignment(run, loading->image), bias = 0;
    if (run->asked) {
        /* ELF_ET_DYN_BASE */
        bias = loading->image->class_ == ELFGEN_CLASS64 ? run->stack_end / 3 * 2
                                                        : run->legacy_base + 0x1000000;
        if (alignment > 0)
            bias &= ~(alignment - 1);
        *placing = is_from(run, 5, 16) || !is_from(run, 5, 3) ? PLACE_NOREPLACE : PLACE_FIXED;
    } else if (alignment > PAGE && aligns_static(run)) {
        struct mapped mapped = load_segment(run, 0, phdr, PLACE_ANYWHERE, total);
        if (mapped.check != ELFGEN_CHECK_passed)
            return mapped.check;
        elfgen_kernel_unmap(run, mapped.address, total);
        bias = mapped.address & ~(alignment - 1);
        *placing = PLACE_NOREPLACE;
    }
    loading->bias = page_down(bias - phdr->p_vaddr);
    return ELFGEN_CHECK_passed;
}

/* How the segments after the first are placed, and the first one of an ET_EXEC. 4.17 to 5.2: not
 * over another mapping until zeros were mapped; 5.3.8 to 5.15: over anything; since then: only the
 * first not over another. */
static enum placing place_fixed(const struct run *run, const struct loading *loading)
{
    if (is_from(run, 5, 16))
        return loading->any ? PLACE_FIXED : PLACE_NOREPLACE;
    if (is_from(run, 5, 3))
        return PLACE_FIXED;
    return loading->late.end > loading->late.start ? PLACE_FIXED : PLACE_NOREPLACE;
}

/* The checks after a segment is mapped. */
static enum elfgen_kernel_check_id check_sizes(const struct run *run,
                                               const struct elfgen_phdr *phdr, uint64_t bias)
{
    uint64_t address = phdr->p_vaddr + bias;
    if (address >= run->task_size)
        return ELFGEN_CHECK_load_bad;
    if (phdr->p_filesz > phdr->p_memsz)
        return ELFGEN_CHECK_load_filesz;
    if (phdr->p_memsz > run->task_size || run->task_size - phdr->p_memsz < address)
        return ELFGEN_CHECK_load_memsz;
    return ELFGEN_CHECK_passed;
}

static enum elfgen_kernel_check_id load_one(struct run *run, struct loading *loading,
                                            const struct elfgen_phdr *phdr)
{
    enum placing placing = PLACE_ANYWHERE;
    uint64_t total = 0;
    bool dynamic = loading->image->ehdr.e_type == ELFGEN_ET_DYN;
    enum elfgen_kernel_check_id check;
    if (!has_elf_load(run) && loading->late.end > loading->late.start) {
        check = set_late_zeros(run, &loading->late);
        if (check != ELFGEN_CHECK_passed)
            return check;
    }
    if (!dynamic || loading->any) {
        placing = place_fixed(run, loading);
    } else {
        total = whole_size(run, loading->image);
        if (total == 0)
            return ELFGEN_CHECK_no_size;
        check = place(run, loading, phdr, total, &placing);
        if (check != ELFGEN_CHECK_passed)
            return check;
    }
    uint64_t address = loading->bias + phdr->p_vaddr;
    struct mapped mapped = has_elf_load(run) ? load_segment(run, address, phdr, placing, total)
                                             : map_segment(run, address, phdr, placing, total);
    if (mapped.check != ELFGEN_CHECK_passed)
        return mapped.check;
    if (mapped.address >= run->task_size)
        return ELFGEN_CHECK_load_bad;
    if (dynamic && !loading->any)
        loading->bias += mapped.address - page_down(address);
    loading->any = true;
    note_late_zeros(&loading->late, loading->bias, phdr, run->segment);
    return check_sizes(run, phdr, 0);
}

/* For kernels without elf_load(): maps the last zeros, and clears the rest of the page before them.
 */
static enum elfgen_kernel_check_id finish_late(struct run *run, const struct loading *loading)
{
    const struct late_zeros *late = &loading->late;
    if (has_elf_load(run) || !loading->any)
        return ELFGEN_CHECK_passed;
    enum elfgen_kernel_check_id check = set_late_zeros(run, late);
    if (check == ELFGEN_CHECK_passed && late->start != late->end && (late->start & PAGE_MASK) &&
        !elfgen_kernel_can_clear(run, late->start))
        check = ELFGEN_CHECK_clear;
    return check;
}

bool elfgen_kernel_load_program(struct run *run, const struct image *program)
{
    struct loading loading = {.image = program};
    enum elfgen_kernel_check_id check = ELFGEN_CHECK_passed;
    struct elfgen_phdr phdr;
    run->image = program;
    for (uint64_t i = 0; i < program->ehdr.e_phnum && check == ELFGEN_CHECK_passed; i++) {
        get_header(program, i, &phdr);
        if (phdr.p_type != ELFGEN_PT_LOAD)
            continue;
        run->segment = (uint16_t)i;
        check = load_one(run, &loading, &phdr);
    }
    if (check == ELFGEN_CHECK_passed)
        check = finish_late(run, &loading);
    run->answer->bias = loading.bias;
    if (check == ELFGEN_CHECK_passed)
        return true;
    elfgen_kernel_blame_segment(run, program, run->segment, check);
    return false;
}

/* Before 6.7: maps the interpreter's zeros, one range for all its segments. */
static bool finish_interpreter(struct run *run, const struct late_zeros *late)
{
    if (is_from(run, 6, 7))
        return true;
    if ((late->start & PAGE_MASK) && !elfgen_kernel_can_clear(run, late->start))
        return false;
    uint64_t start = page_up(late->start), end = page_up(late->end);
    return end <= start || elfgen_kernel_map_zeros(run, start, end - start, late->executable) ==
                               ELFGEN_CHECK_passed;
}

bool elfgen_kernel_load_interpreter(struct run *run, const struct image *interpreter,
                                    uint64_t *base)
{
    uint64_t total = whole_size(run, interpreter), bias = 0;
    bool any = false, dynamic = interpreter->ehdr.e_type == ELFGEN_ET_DYN;
    struct late_zeros late = {0};
    struct elfgen_phdr phdr;
    run->image = interpreter;
    if ((!dynamic && interpreter->ehdr.e_type != ELFGEN_ET_EXEC) || total == 0)
        return false;
    for (uint64_t i = 0; i < interpreter->ehdr.e_phnum; i++) {
        get_header(interpreter, i, &phdr);
        if (phdr.p_type != ELFGEN_PT_LOAD)
            continue;
        run->segment = (uint16_t)i;
        enum placing placing = !dynamic || any ? PLACE_FIXED : PLACE_ANYWHERE;
        /* If the program was placed, it may go anywhere; otherwise to where it asks to be. */
        if (placing == PLACE_ANYWHERE && run->answer->bias != 0)
            bias = 0 - phdr.p_vaddr;
        uint64_t address = bias + phdr.p_vaddr;
        struct mapped mapped = is_from(run, 6, 7)
                                   ? load_segment(run, address, &phdr, placing, total)
                                   : map_segment(run, address, &phdr, placing, total);
        total = 0;
        if (mapped.check != ELFGEN_CHECK_passed)
            return false;
        /* An empty segment outside of user space ends the loop. Linux takes its address for the
         * base, since it is not an errno. */
        if (mapped.address >= run->stack_end)
            depend(run, ELFGEN_FACT_FIVE_LEVELS);
        if (mapped.address >= run->task_size) {
            *base = mapped.address;
            return true;
        }
        if (dynamic && !any)
            bias = mapped.address - page_down(phdr.p_vaddr);
        any = true;
        if (check_sizes(run, &phdr, bias) != ELFGEN_CHECK_passed)
            return false;
        note_late_zeros(&late, bias, &phdr, run->segment);
    }
    *base = bias;
    return finish_interpreter(run, &late);
}
