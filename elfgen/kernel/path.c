/* Files that name another: scripts, and programs with PT_INTERP. */
#include "run.h"

/* ---- fs/binfmt_script.c ---- */

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

/* The interpreter's name in the buffer of `size` bytes: its start and length. */
static bool find_name(const uint8_t *buffer, uint64_t size, bool empty_counts, uint64_t *start,
                      uint64_t *length)
{
    uint64_t at = 2, end = 2;
    const uint8_t *newline = memchr(buffer, '\n', (size_t)size);
    /* strnchr() stops at a NUL. */
    const uint8_t *nul = memchr(buffer, '\0', (size_t)size);
    if (newline && nul && nul < newline)
        newline = NULL;
    if (newline) {
        end = (uint64_t)(newline - buffer);
    } else {
        while (at < size && is_blank(buffer[at]))
            at++;
        if (at == size)
            return false;
        uint64_t behind = at;
        while (behind < size && !is_blank(buffer[behind]) && buffer[behind] != '\0')
            behind++;
        if (behind == size)
            return false; /* cut off */
        end = size - 1;
    }
    while (end > 0 && is_blank(buffer[end - 1]))
        end--;
    for (at = 2; at < end && is_blank(buffer[at]); at++)
        ;
    /* Up to 5.7 a NUL in its place was no name; since then it is an empty one. */
    if (at >= end || (buffer[at] == '\0' && !empty_counts))
        return false;
    *start = at;
    while (at < end && !is_blank(buffer[at]) && buffer[at] != '\0')
        at++;
    *length = at - *start;
    return true;
}

enum elfgen_status elfgen_kernel_ask_script(struct run *run, const uint8_t *bytes, uint64_t length)
{
    enum { OLD_BUFFER = 128, BUFFER = 256 }; /* BINPRM_BUF_SIZE, from 5.1 on the larger */
    uint8_t buffer[BUFFER] = {0};
    uint64_t size = is_from(run, 5, 1) ? BUFFER : OLD_BUFFER;
    struct elfgen_kernel_answer *answer = run->answer;
    memcpy(buffer, bytes, (size_t)(length < size ? length : size));
    answer->is_script = true;
    if (!find_name(buffer, size, is_from(run, 5, 8), &answer->path_offset, &answer->path_length)) {
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
        return ELFGEN_OK;
    }
    /* One step: the interpreter is a program like any other; its own is taken for good. */
    struct elfgen_kernel_answer inner;
    enum elfgen_status status = elfgen_kernel_ask(run->interpreter->bytes, run->interpreter->length,
                                                  run->machine, NULL, &inner, run->map);
    inner.is_script = inner.asks = true;
    inner.path_offset = answer->path_offset;
    inner.path_length = answer->path_length;
    inner.of_interpreter = inner.verdict != ELFGEN_STARTS;
    *answer = inner;
    return status;
}

/* ---- fs/binfmt_elf.c ---- */

/* A path of PT_INTERP's p_filesz bytes in the file, for somebody who lost it. */
static bool look_for_path(const struct image *image, uint64_t size, uint64_t *found)
{
    enum { FAR = 65536 };
    uint64_t end = image->length < FAR ? image->length : FAR;
    for (uint64_t at = 0; size <= end && at <= end - size; at++) {
        const uint8_t *slash = memchr(image->bytes + at, '/', (size_t)(end - size - at + 1));
        if (!slash)
            return false;
        at = (uint64_t)(slash - image->bytes);
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

/* The path, with its NUL. */
static bool check_path(struct run *run, const struct image *image, uint64_t index,
                       const struct elfgen_phdr *phdr)
{
    uint64_t size = phdr->p_filesz, offset = phdr->p_offset, found;
    bool is_there = offset <= image->length;
    const uint8_t *nul = NULL;
    if (is_there) {
        uint64_t rest = image->length - offset;
        nul = rest > 0 ? memchr(image->bytes + offset, '\0',
                                (size_t)(rest < PATH_LONGEST ? rest : PATH_LONGEST))
                       : NULL;
    }
    uint64_t string = nul ? (uint64_t)(nul - (image->bytes + offset)) + 1 : 0;
    if (size < 2 || size > PATH_LONGEST) {
        refuse(run, image, index, "p_filesz", ELFGEN_CHECK_interpreter_size);
        elfgen_kernel_offer(run, string >= 2 ? string : 2);
        return false;
    }
    if (!is_there || image->length - offset < size) {
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
    if (image->bytes[offset + size - 1] != '\0') {
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
    run->answer->path_length = string > 0 ? string - 1 : size - 1;
    return true;
}

static bool read_interpreter(struct run *run, const struct image *program, struct image *image)
{
    static const uint8_t magic[] = {0x7f, 'E', 'L', 'F'};
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
    bool right = class_ == ELFGEN_CLASS64
                     ? image->ehdr.e_machine == ELFGEN_EM_X86_64
                     : image->ehdr.e_machine == ELFGEN_EM_386 || image->ehdr.e_machine == EM_486;
    if (memcmp(image->bytes, magic, sizeof magic) != 0)
        check = ELFGEN_CHECK_interpreter_magic;
    else if (!right)
        check = ELFGEN_CHECK_interpreter_machine;
    else if (elfgen_kernel_read_headers(run, image) != ELFGEN_CHECK_passed)
        check = ELFGEN_CHECK_interpreter_headers;
    if (check == ELFGEN_CHECK_interpreter_machine) {
        elfgen_kernel_name_header(run, image, "e_machine");
        elfgen_kernel_offer(run, program->ehdr.e_machine);
    }
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
