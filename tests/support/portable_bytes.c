/* Writes bytes that the library makes to standard output: the lecture's program, its program for
 * i386, section headers in both classes and byte orders, and programs that it assembles. They must
 * not depend on the machine. */
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

/* A program whose jumps, distances, numbers and strings are for the assembler to work out. */
static const char source[] = "        global _start\n"
                             "        section .text\n"
                             "_start: mov eax, 1\n"
                             "        mov edi, eax\n"
                             "        mov esi, text\n"
                             "        mov edx, length\n"
                             "        cmp edx, 300\n"
                             "        ja .far\n"
                             "        times 10 nop\n"
                             "        jmp short _start.end\n"
                             ".far:   times 12 lea eax, [esi+edx*4+0x1234]\n"
                             ".end:   jmp _start\n"
                             "        section .data\n"
                             "text:   db 'text', `\\u00e9\\n`, 0\n"
                             "length equ $ - text\n"
                             "        dd 1.5, -2.25e10, text\n"
                             "        dq 0x123456789abcdef, 3.14159265358979\n"
                             "        align 16\n"
                             "        section .bss\n"
                             "        resd 5\n";

static void put_assembled(uint8_t mode)
{
    static uint8_t memory[1 << 20];
    uint8_t file[ROOM];
    struct elfgen_error error = {0};
    struct elfgen_exec_options options = ELFGEN_EXEC_DEFAULTS;
    const struct elfgen_assemble_options how = {.mode = mode};
    struct elfgen_assembly assembly;
    struct elfgen_layout layout;
    size_t size = 0;
    if (elfgen_assemble(source, sizeof source - 1, &how, memory, sizeof memory, &assembly,
                        &error) == ELFGEN_OK) {
        options.machine = assembly.machine;
        assembly.program.entry_symbol = "_start";
        if (elfgen_layout_single(&assembly.program, &options, &layout, &error) == ELFGEN_OK)
            size = elfgen_write_image(&assembly.program, &layout, file, sizeof file, &error);
    }
    put(file, size, &error);
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
    put_assembled(64);
    put_assembled(32);
    return failed;
}
