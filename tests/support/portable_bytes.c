/* Writes bytes that the library makes to standard output: the lecture's program, its program for
 * i386, and section headers in both classes and byte orders. They must not depend on the machine.
 */
#include <stdio.h>

#include "lecture.h"
#include "lecture32.h"
#include "elfgen.h"

enum { HEADERS32 = 84, ROOM = 2000 };

static int failed;

static void put(const void *bytes, size_t size, const struct elfgen_error *error)
{
    if (size > 0 && size <= ROOM && fwrite(bytes, 1, size, stdout) == size)
        return;
    fprintf(stderr, "portable_bytes: %zu bytes: %s\n", size, error->text);
    failed = 1;
}

static void put_exec(const void *code, size_t size, uint16_t machine)
{
    uint8_t file[ROOM];
    struct elfgen_error error = {0};
    struct elfgen_exec_options options = ELFGEN_EXEC_DEFAULTS;
    options.machine = machine;
    put(file, elfgen_write_exec(file, sizeof file, code, size, &options, &error), &error);
}

static void put_section_headers(enum elfgen_class class_, enum elfgen_order order)
{
    static const struct elfgen_section_header section = {
        .name = ".text", .type = 1, .flags = 6, .address = 0x10078, .offset = 64, .size = 7};
    static const struct elfgen_symbol_entry symbol = {
        .name = "_start", .value = 0x10079, .size = 5, .type = 2, .binding = 1};
    const struct elfgen_section_headers wanted = {&section, 1, &symbol, 1};
    struct elfgen_error error = {0};
    uint8_t file[ROOM] = {0x7f, 'E', 'L', 'F', (uint8_t)class_, (uint8_t)order, 1};
    put(file, elfgen_write_section_headers(file, sizeof file, 75, class_, &wanted, &error), &error);
}

int main(void)
{
    put_exec(lecture_file + LECTURE_HEADERS, sizeof lecture_file - LECTURE_HEADERS,
             ELFGEN_EM_X86_64);
    put_exec(lecture_file32 + HEADERS32, sizeof lecture_file32 - HEADERS32, ELFGEN_EM_386);
    put_section_headers(ELFGEN_CLASS64, ELFGEN_LITTLE_ENDIAN);
    put_section_headers(ELFGEN_CLASS64, ELFGEN_BIG_ENDIAN);
    put_section_headers(ELFGEN_CLASS32, ELFGEN_LITTLE_ENDIAN);
    put_section_headers(ELFGEN_CLASS32, ELFGEN_BIG_ENDIAN);
    return failed;
}
