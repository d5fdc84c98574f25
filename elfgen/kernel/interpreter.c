/* Finds the interpreter that PT_INTERP names, as fs/binfmt_elf.c does. */
#include "kernel_private.h"

#include <string.h>

/* Looks for a path of `size` bytes with its NUL, where PT_INTERP does not point to one. */
static bool look_for_path(const struct image *image, uint64_t size, uint64_t *found)
{
    enum { FAR = 65536 };
    uint64_t end = image->length < FAR ? image->length : FAR;
    const uint8_t *bytes = image_bytes(image, 0, end);
    for (uint64_t at = 0; size <= end && at <= end - size; at++) {
        const uint8_t *slash = memchr(bytes + at, '/', (size_t)(end - size - at + 1));
        if (!slash)
            return false;
        at = (uint64_t)(slash - bytes);
        if (memchr(slash, '\0', (size_t)size) == slash + size - 1 && size > 2) {
            *found = at;
            return true;
        }
    }
    return false;
}

static void refuse(struct run *run, const struct image *image, uint64_t index, const char *field,
                   enum elfgen_kernel_check_id check)
{
    elfgen_kernel_decide(run, check);
    elfgen_kernel_name_segment(run, image, index, field);
    run->answer->other = image->length;
}

/* The size of the path that begins at `offset`, with its NUL; 0: there is none. */
static uint64_t path_size(const struct image *image, uint64_t offset)
{
    if (offset >= image->length)
        return 0;
    const uint64_t rest = image->length - offset;
    const uint64_t most = rest < ELFGEN_PATH_MAX ? rest : ELFGEN_PATH_MAX;
    const uint8_t *path = image_bytes(image, offset, most);
    const uint8_t *nul = memchr(path, '\0', (size_t)most);
    return nul ? (uint64_t)(nul - path) + 1 : 0;
}

/* Checks PT_INTERP and notes its path in the answer. Returns false if refused. */
static bool check_path(struct run *run, const struct image *image, uint64_t index,
                       const struct elfgen_phdr *phdr)
{
    uint64_t size = phdr->p_filesz, offset = phdr->p_offset, found;
    bool is_there = offset <= image->length;
    if (size < 2 || size > ELFGEN_PATH_MAX) {
        refuse(run, image, index, "p_filesz", ELFGEN_CHECK_interpreter_size);
        const uint64_t string = path_size(image, offset);
        elfgen_kernel_offer(run, string >= 2 ? string : 2);
        return false;
    }
    if (!is_there || image->length - offset < size) {
        const uint64_t string = path_size(image, offset);
        bool negative = offset > INT64_MAX || offset + size > INT64_MAX;
        refuse(run, image, index, "p_offset",
               negative ? ELFGEN_CHECK_interpreter_negative : ELFGEN_CHECK_interpreter_cut);
        if (look_for_path(image, size, &found))
            elfgen_kernel_offer(run, found);
        else if (string >= 2) {
            elfgen_kernel_name_segment(run, image, index, "p_filesz");
            elfgen_kernel_offer(run, string);
        } else if (size <= image->length)
            elfgen_kernel_offer(run, image->length - size);
        return false;
    }
    const uint8_t *path = image_bytes(image, offset, size);
    if (path[size - 1] != '\0') {
        const uint64_t string = path_size(image, offset);
        bool moved = look_for_path(image, size, &found);
        refuse(run, image, index, moved || string < 2 ? "p_offset" : "p_filesz",
               ELFGEN_CHECK_interpreter_nul);
        if (moved)
            elfgen_kernel_offer(run, found);
        else if (string >= 2)
            elfgen_kernel_offer(run, string);
        return false;
    }
    /* As a C string: the first NUL ends it. */
    run->answer->asks = true;
    run->answer->path_offset = offset;
    run->answer->path_length = (uint64_t)((const uint8_t *)memchr(path, '\0', (size_t)size) - path);
    return true;
}

static bool read_interpreter(struct run *run, const struct image *program, struct image *image)
{
    enum elfgen_class class_ = program->class_;
    uint64_t size = class_ == ELFGEN_CLASS64 ? elfgen_size64_ehdr : elfgen_size32_ehdr;
    enum elfgen_kernel_check_id check = ELFGEN_CHECK_passed;
    image->bytes = run->interpreter->bytes;
    image->length = run->interpreter->length;
    image->class_ = class_;
    run->answer->of_interpreter = true;
    if (image->length < size) {
        elfgen_kernel_decide(run, ELFGEN_CHECK_interpreter_short);
        return false;
    }
    elfgen_decode_ehdr(&image->ehdr, image->bytes, class_, ELFGEN_LITTLE_ENDIAN);
    bool right = class_ == ELFGEN_CLASS64 ? image->ehdr.e_machine == ELFGEN_EM_X86_64
                                          : image->ehdr.e_machine == ELFGEN_EM_386 ||
                                                image->ehdr.e_machine == ELFGEN_EM_486;
    if (memcmp(image->bytes, ELFGEN_MAGIC, ELFGEN_MAGIC_SIZE) != 0)
        check = ELFGEN_CHECK_interpreter_magic;
    else if (!right)
        check = ELFGEN_CHECK_interpreter_machine;
    else if (elfgen_kernel_read_headers(run, image) != ELFGEN_CHECK_passed)
        check = ELFGEN_CHECK_interpreter_headers;
    if (check == ELFGEN_CHECK_interpreter_machine)
        elfgen_kernel_name_header(run, image, "e_machine");
    if (check != ELFGEN_CHECK_passed)
        elfgen_kernel_decide(run, check);
    else
        run->answer->of_interpreter = false;
    return check == ELFGEN_CHECK_passed;
}

bool elfgen_kernel_find_interpreter(struct run *run, const struct image *program,
                                    struct image *interpreter)
{
    struct elfgen_phdr phdr;
    uint64_t i = 0;
    for (; i < program->ehdr.e_phnum; i++) {
        get_header(program, i, &phdr);
        if (phdr.p_type == ELFGEN_PT_INTERP)
            break; /* the first one alone */
    }
    if (i == program->ehdr.e_phnum)
        return true;
    run->asked = true;
    if (!check_path(run, program, i, &phdr))
        return false;
    if (!run->interpreter)
        return true;
    if (run->interpreter->error != 0) {
        refuse(run, program, i, "p_offset", ELFGEN_CHECK_interpreter_open);
        run->answer->error = run->interpreter->error;
        return false;
    }
    return read_interpreter(run, program, interpreter);
}
