/* Finds the field to blame for a check that failed, and a value for it that would pass. */
#include "kernel_private.h"

#include <string.h>

/* Points the answer at the field `name` of the structure at `offset`. */
static void name_field(struct run *run, const struct image *image, enum elfgen_structure_id id,
                       uint64_t offset, const char *name)
{
    const struct elfgen_structure *structure = &elfgen_structures[id];
    unsigned class_ = elfgen_class_index(image->class_);
    for (unsigned i = 0; i < structure->count; i++) {
        const struct elfgen_field *field = &structure->fields[i];
        if (strcmp(field->name, name) != 0)
            continue;
        uint8_t copy[8] = {0};
        uint64_t at = offset + field->offset[class_], width = field->width[class_];
        if (at < image->length)
            copy_bytes(image, at, copy, width);
        run->answer->field = field->name;
        run->answer->offset = at;
        run->answer->is_past_end = at >= image->length;
        run->blamed = image;
        run->answer->value = elfgen_load(copy, (unsigned)width, ELFGEN_LITTLE_ENDIAN);
        return;
    }
}

void elfgen_kernel_name_header(struct run *run, const struct image *image, const char *field)
{
    name_field(run, image, ELFGEN_STRUCTURE_ehdr, 0, field);
}

void elfgen_kernel_name_segment(struct run *run, const struct image *image, uint64_t index,
                                const char *field)
{
    name_field(run, image, ELFGEN_STRUCTURE_phdr,
               image->ehdr.e_phoff + index * header_size(image->class_), field);
    run->answer->segment = (uint16_t)index;
}

/* Whether byte `at` of the file is one of the ELF header that Linux reads. */
static bool is_header_byte(const struct image *image, uint64_t at)
{
    const struct elfgen_structure *ehdr = &elfgen_structures[ELFGEN_STRUCTURE_ehdr];
    unsigned class_ = elfgen_class_index(image->class_);
    for (unsigned i = 0; i < ehdr->count; i++) {
        const struct elfgen_field *field = &ehdr->fields[i];
        if (field->reader == ELFGEN_READER_KERNEL && at >= field->offset[class_] &&
            at < (uint64_t)field->offset[class_] + field->width[class_])
            return true;
    }
    return false;
}

void elfgen_kernel_offer(struct run *run, uint64_t would)
{
    struct elfgen_kernel_answer *answer = run->answer;
    answer->offers = true;
    answer->would = would;
    if (answer->segment == NO_SEGMENT)
        return;
    for (unsigned i = 0; i < 8; i++) {
        uint8_t changed = (uint8_t)((answer->value ^ would) >> 8 * i);
        if (changed != 0 && is_header_byte(run->blamed, answer->offset + i))
            answer->offers = false;
    }
}

/* ---- the ELF header ---- */

/* The machine that the header seems to be made for, by where e_phentsize is. */
static uint64_t likely_machine(const struct image *image)
{
    uint8_t bytes[elfgen_size64_ehdr] = {0};
    struct elfgen_ehdr narrow;
    copy_bytes(image, 0, bytes, sizeof bytes);
    elfgen_decode_ehdr(&narrow, bytes, ELFGEN_CLASS32, ELFGEN_LITTLE_ENDIAN);
    if (narrow.e_phentsize == elfgen_size32_phdr)
        return ELFGEN_EM_386;
    return ELFGEN_EM_X86_64;
}

static void blame_magic(struct run *run, const struct image *image, bool offers)
{
    static const char *const names[] = {"ei_mag0", "ei_mag1", "ei_mag2", "ei_mag3"};
    static const uint8_t magic[] = ELFGEN_MAGIC;
    unsigned i = 0;
    while (i < 3 && i < image->length && *image_bytes(image, i, 1) == magic[i])
        i++;
    elfgen_kernel_name_header(run, image, names[i]);
    /* A byte that the file does not have cannot be set. */
    if (offers && i < image->length)
        elfgen_kernel_offer(run, magic[i]);
}

/* How many program headers the file has room for: at least 1, at most what Linux reads. */
static uint64_t possible_headers(const struct run *run, const struct image *image)
{
    uint64_t size = header_size(image->class_), offset = image->ehdr.e_phoff;
    uint64_t count = offset < image->length ? (image->length - offset) / size : 0;
    uint64_t most = elfgen_kernel_most_headers(run, image->class_);
    return count < 1 ? 1 : count > most ? most : count;
}

static void blame_cut(struct run *run, const struct image *image)
{
    uint64_t size = header_size(image->class_), need = image->ehdr.e_phnum * size;
    uint64_t header = image->class_ == ELFGEN_CLASS64 ? elfgen_size64_ehdr : elfgen_size32_ehdr;
    uint64_t offset = image->ehdr.e_phoff;
    bool count_fits = offset <= image->length && image->length - offset >= size;
    if (offset == header && !count_fits) {
        elfgen_kernel_decide(run, ELFGEN_CHECK_headers_short);
        elfgen_kernel_name_header(run, image, "e_phoff");
        run->answer->other = header + need;
        return;
    }
    /* If the first header is in the file, the count is wrong; if not, the offset is. */
    elfgen_kernel_name_header(run, image, count_fits ? "e_phnum" : "e_phoff");
    if (count_fits)
        elfgen_kernel_offer(run, possible_headers(run, image));
    else if (need <= image->length)
        elfgen_kernel_offer(run, header <= image->length - need ? header : image->length - need);
}

void elfgen_kernel_blame_header(struct run *run, const struct image *image,
                                enum elfgen_kernel_check_id check)
{
    uint64_t size = header_size(image->class_);
    elfgen_kernel_decide(run, check);
    bool offers = !elfgen_kernel_advise(run, image, check);
    switch (check) {
    case ELFGEN_CHECK_magic:
        blame_magic(run, image, offers);
        break;
    case ELFGEN_CHECK_e_type:
        elfgen_kernel_name_header(run, image, "e_type");
        if (offers)
            elfgen_kernel_offer(run, ELFGEN_ET_EXEC);
        break;
    case ELFGEN_CHECK_e_machine:
        elfgen_kernel_name_header(run, image, "e_machine");
        if (offers) {
            depend(run, ELFGEN_FACT_IA32);
            elfgen_kernel_offer(run, run->machine->ia32 ? likely_machine(image) : ELFGEN_EM_X86_64);
        }
        break;
    case ELFGEN_CHECK_ia32:
    case ELFGEN_CHECK_x32:
        elfgen_kernel_name_header(run, image, "e_machine");
        break;
    case ELFGEN_CHECK_e_phentsize:
        elfgen_kernel_name_header(run, image, "e_phentsize");
        run->answer->other = size;
        if (offers)
            elfgen_kernel_offer(run, size);
        break;
    case ELFGEN_CHECK_no_headers:
    case ELFGEN_CHECK_many_headers:
        elfgen_kernel_name_header(run, image, "e_phnum");
        run->answer->other = elfgen_kernel_most_headers(run, image->class_);
        if (offers)
            elfgen_kernel_offer(
                run, check == ELFGEN_CHECK_no_headers ? 1 : possible_headers(run, image));
        break;
    default:
        run->answer->other = image->length;
        blame_cut(run, image);
    }
}

/* ---- program headers ---- */

static uint64_t good_address(const struct run *run, const struct elfgen_phdr *phdr)
{
    uint64_t low = page_up(run->machine->mmap_min_addr);
    return (low > GOOD_ADDRESS ? low : GOOD_ADDRESS) | (phdr->p_vaddr & PAGE_MASK);
}

/* A size that the file has from p_offset on. */
static uint64_t good_size(const struct image *image, const struct elfgen_phdr *phdr)
{
    uint64_t there = phdr->p_offset < image->length ? image->length - phdr->p_offset : 1;
    return there < phdr->p_memsz || phdr->p_memsz == 0 ? there : phdr->p_memsz;
}

/* An ET_DYN that Linux puts at address 0, because its first segment has no bytes in the file or
 * because its alignment is larger than any address. */
static void blame_zero(struct run *run, const struct image *image, uint64_t index,
                       const struct elfgen_phdr *phdr)
{
    if (phdr->p_filesz == 0) {
        elfgen_kernel_name_segment(run, image, index, "p_filesz");
        elfgen_kernel_offer(run, good_size(image, phdr));
        return;
    }
    struct elfgen_phdr other;
    uint64_t largest = 0;
    for (uint64_t i = 0; i < image->ehdr.e_phnum; i++) {
        get_header(image, i, &other);
        if (other.p_type != ELFGEN_PT_LOAD || (other.p_align & (other.p_align - 1)) != 0 ||
            other.p_align <= largest)
            continue;
        largest = other.p_align;
        elfgen_kernel_name_segment(run, image, i, "p_align");
        elfgen_kernel_offer(run, PAGE);
    }
}

/* A segment that could not be mapped since it is too large. */
static void blame_size(struct run *run, const struct image *image, uint64_t index,
                       const struct elfgen_phdr *phdr)
{
    bool zeros = phdr->p_memsz > phdr->p_filesz &&
                 phdr->p_memsz - phdr->p_filesz > phdr->p_filesz && phdr->p_filesz <= image->length;
    elfgen_kernel_name_segment(run, image, index, zeros ? "p_memsz" : "p_filesz");
    elfgen_kernel_offer(run, zeros ? (phdr->p_filesz > 0 ? phdr->p_filesz : PAGE)
                                   : good_size(image, phdr));
}

static void blame_address(struct run *run, const struct image *image, uint64_t index,
                          const struct elfgen_phdr *phdr)
{
    uint64_t size = phdr->p_memsz > phdr->p_filesz ? phdr->p_memsz : phdr->p_filesz;
    /* It is too large to fit below the stack, wherever it begins. */
    if (size > run->stack_end / 2 || phdr->p_filesz > run->stack_end / 2) {
        blame_size(run, image, index, phdr);
        return;
    }
    elfgen_kernel_name_segment(run, image, index, "p_vaddr");
    elfgen_kernel_offer(run, good_address(run, phdr));
}

static void blame_offset(struct run *run, const struct image *image, uint64_t index,
                         const struct elfgen_phdr *phdr, enum elfgen_kernel_check_id check)
{
    uint64_t in_page = phdr->p_vaddr & PAGE_MASK;
    elfgen_kernel_name_segment(run, image, index, "p_offset");
    if (check == ELFGEN_CHECK_map_offset)
        elfgen_kernel_offer(run, page_down(phdr->p_offset) | in_page);
    else
        elfgen_kernel_offer(run, in_page);
}

static void blame_sizes(struct run *run, const struct image *image, uint64_t index,
                        const struct elfgen_phdr *phdr, enum elfgen_kernel_check_id check)
{
    if (check == ELFGEN_CHECK_load_bad) {
        elfgen_kernel_name_segment(run, image, index, "p_vaddr");
        elfgen_kernel_offer(run, good_address(run, phdr));
        return;
    }
    elfgen_kernel_name_segment(run, image, index, "p_memsz");
    uint64_t room = run->task_size > phdr->p_vaddr ? run->task_size - phdr->p_vaddr : 0;
    if (check == ELFGEN_CHECK_load_filesz)
        elfgen_kernel_offer(run, phdr->p_filesz);
    else
        elfgen_kernel_offer(run, phdr->p_filesz <= room && phdr->p_filesz > 0 ? phdr->p_filesz : 1);
}

/* The index of the PT_LOAD that takes the most address space. */
static uint64_t largest(const struct image *image)
{
    uint64_t index = 0, most = 0;
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; i < image->ehdr.e_phnum; i++) {
        get_header(image, i, &phdr);
        uint64_t size = phdr.p_memsz > phdr.p_filesz ? phdr.p_memsz : phdr.p_filesz;
        if (phdr.p_type != ELFGEN_PT_LOAD || size <= most)
            continue;
        most = size;
        index = i;
    }
    return index;
}

/* The index of the segment that is mapped over the stack's last pages. */
static uint64_t on_stack(const struct run *run)
{
    const struct elfgen_kernel_area *area = elfgen_kernel_find_area(run, run->stack_end - 1);
    return area && area->segment != NO_SEGMENT ? area->segment : 0;
}

void elfgen_kernel_blame_segment(struct run *run, const struct image *image, uint64_t index,
                                 enum elfgen_kernel_check_id check)
{
    struct elfgen_phdr phdr;
    run->answer->other = run->limit;
    if (check == ELFGEN_CHECK_stack) {
        index = on_stack(run);
        run->answer->other = run->stack_end;
    }
    if (check == ELFGEN_CHECK_vdso)
        index = largest(image);
    get_header(image, index, &phdr);
    bool agrees = ((phdr.p_offset ^ phdr.p_vaddr) & PAGE_MASK) == 0;
    if (check == ELFGEN_CHECK_map_offset_end && !agrees)
        check = ELFGEN_CHECK_map_offset;
    if (check == ELFGEN_CHECK_map_low && image->ehdr.e_type == ELFGEN_ET_DYN &&
        run->answer->bias == 0)
        check = ELFGEN_CHECK_map_low_bias;
    elfgen_kernel_decide(run, check);
    switch (check) {
    case ELFGEN_CHECK_map_offset:
    case ELFGEN_CHECK_map_offset_end:
    case ELFGEN_CHECK_map_offset_large:
        if (check == ELFGEN_CHECK_map_offset)
            run->answer->other = phdr.p_vaddr;
        blame_offset(run, image, index, &phdr, check);
        break;
    case ELFGEN_CHECK_map_low_bias:
        blame_zero(run, image, index, &phdr);
        break;
    case ELFGEN_CHECK_no_size:
        elfgen_kernel_name_segment(run, image, index, "p_memsz");
        elfgen_kernel_offer(run, good_size(image, &phdr));
        break;
    case ELFGEN_CHECK_clear:
        run->answer->other = image->length;
        elfgen_kernel_name_segment(run, image, index, "p_memsz");
        elfgen_kernel_offer(run, phdr.p_filesz);
        break;
    case ELFGEN_CHECK_load_bad:
    case ELFGEN_CHECK_load_filesz:
    case ELFGEN_CHECK_load_memsz:
        run->answer->other = check == ELFGEN_CHECK_load_filesz ? phdr.p_filesz : run->task_size;
        blame_sizes(run, image, index, &phdr, check);
        break;
    case ELFGEN_CHECK_map_nothing:
    case ELFGEN_CHECK_map_size:
    case ELFGEN_CHECK_map_room:
    case ELFGEN_CHECK_map_memory:
    case ELFGEN_CHECK_vdso:
        blame_size(run, image, index, &phdr);
        break;
    default:
        blame_address(run, image, index, &phdr);
    }
}

/* ---- e_entry ---- */

/* Moves *address past the headers of the file, if they are there in memory. Returns false if it
 * cannot say where code begins. */
static bool pass_headers(const struct image *image, const struct elfgen_kernel_area *area,
                         uint64_t bias, uint64_t *address)
{
    uint64_t header = image->class_ == ELFGEN_CLASS64 ? elfgen_size64_ehdr : elfgen_size32_ehdr;
    uint64_t table = image->ehdr.e_phnum * header_size(image->class_);
    uint64_t offset = area->offset + (*address + bias - area->start);
    uint64_t end = image->ehdr.e_phoff == header ? header + table : header;
    if (offset >= end)
        return image->ehdr.e_shnum == 0; /* else there is more than one piece of code */
    *address += end - offset;
    return end < image->length && *address + bias < area->end;
}

/* Finds an address in the file's executable memory: after the headers, or where the segment says
 * that it begins, or the start of its first page. */
static bool find_executable(const struct run *run, const struct image *image, uint64_t *address)
{
    for (uint64_t i = 0; i < run->map->count; i++) {
        const struct elfgen_kernel_area *area = &run->map->areas[i];
        struct elfgen_phdr phdr;
        enum elfgen_kernel_area_kind kind =
            image->is_interpreter ? ELFGEN_AREA_INTERPRETER : ELFGEN_AREA_FILE;
        if (area->kind != kind || !(area->flags & ELFGEN_PF_X) ||
            !elfgen_kernel_has_page(run, area, area->start))
            continue;
        get_header(image, area->segment, &phdr);
        uint64_t bias = run->answer->entry - image->ehdr.e_entry, first = phdr.p_vaddr + bias;
        *address =
            first >= area->start && first < area->end && elfgen_kernel_has_page(run, area, first)
                ? phdr.p_vaddr
                : area->start - bias;
        return pass_headers(image, area, bias, address);
    }
    return false;
}

/* Finds the segment that e_entry points into, and its field that is wrong: it is not a PT_LOAD, or
 * it is not executable. */
static bool find_spoiled(struct run *run, const struct image *image, uint64_t *index,
                         const char **field)
{
    struct elfgen_phdr phdr;
    uint64_t entry = image->ehdr.e_entry;
    for (uint64_t i = 0; i < image->ehdr.e_phnum; i++) {
        get_header(image, i, &phdr);
        if (entry < phdr.p_vaddr || entry - phdr.p_vaddr >= phdr.p_memsz)
            continue;
        *index = i;
        *field = phdr.p_type == ELFGEN_PT_LOAD ? "p_flags" : "p_type";
        if (phdr.p_type != ELFGEN_PT_LOAD || !(phdr.p_flags & ELFGEN_PF_X))
            return true;
    }
    (void)run;
    return false;
}

static bool crosses(enum elfgen_kernel_check_id check)
{
    return check == ELFGEN_CHECK_crosses_nothing || check == ELFGEN_CHECK_crosses_not_executable ||
           check == ELFGEN_CHECK_crosses_past_end;
}

void elfgen_kernel_blame_entry(struct run *run, const struct image *image,
                               enum elfgen_kernel_check_id check)
{
    uint64_t address, index;
    const char *field;
    elfgen_kernel_decide(run, check);
    elfgen_kernel_name_header(run, image, "e_entry");
    run->answer->other = check == ELFGEN_CHECK_e_entry ? run->task_size : image->length;
    if (crosses(check)) {
        run->answer->other = page_down(run->answer->value) + PAGE;
        return;
    }
    if (elfgen_kernel_is_library(image)) {
        run->answer->advice = ELFGEN_ADVICE_library;
    } else if (find_executable(run, image, &address)) {
        elfgen_kernel_offer(run, address);
    } else if (check != ELFGEN_CHECK_e_entry && find_spoiled(run, image, &index, &field)) {
        elfgen_kernel_name_segment(run, image, index, field);
        elfgen_kernel_offer(run, strcmp(field, "p_type") == 0 ? ELFGEN_PT_LOAD
                                                              : run->answer->value | ELFGEN_PF_X);
    } else {
        run->answer->advice = ELFGEN_ADVICE_entry;
    }
}
