/* A program of four sections, with symbols and relocations: what a compiler's back end produces.
 *
 *     cc sections.c $(pkg-config --cflags --libs elfgen) -o sections && ./sections split > hello
 */
#include <elfgen.h>
#include <stdio.h>
#include <string.h>

/* Distances and addresses are 0 here; the relocations fill them in. */
static const unsigned char text[] = {
    0x48, 0x8b, 0x35, 0, 0, 0, 0, /* _start: mov rsi, [rip + pointer]                */
    0xba, 26,   0,    0, 0,       /*         mov edx, 26                             */
    0xbf, 1,    0,    0, 0,       /*         mov edi, 1                              */
    0xb8, 1,    0,    0, 0,       /*         mov eax, 1         write(1, pointer, 26) */
    0x0f, 0x05,                   /*         syscall                                 */
    0x89, 0x05, 0,    0, 0, 0,    /*         mov [rip + written], eax                */
    0xe8, 0,    0,    0, 0,       /*         call leave                              */
    0x8b, 0x3d, 0,    0, 0, 0,    /* leave:  mov edi, [rip + written]                */
    0xb8, 60,   0,    0, 0,       /*         mov eax, 60        exit(written)        */
    0x0f, 0x05,                   /*         syscall                                 */
};
static const unsigned char rodata[] = "Hello from four sections.\n";
static const unsigned char data[8] = {0};

enum { TEXT, RODATA, DATA, BSS, SECTIONS };
enum { START, LEAVE, MESSAGE, POINTER, WRITTEN, SYMBOLS };
enum { R = ELFGEN_PF_R, RW = ELFGEN_PF_R | ELFGEN_PF_W, RX = ELFGEN_PF_R | ELFGEN_PF_X };

/* file, name, bytes, size, alignment, permissions; offset and address are the layout's. */
static struct elfgen_section sections[SECTIONS] = {
    {"hello.c", ".text", text, sizeof text, 16, RX, 0, 0},
    {"hello.c", ".rodata", rodata, sizeof rodata - 1, 1, R, 0, 0},
    {"hello.c", ".data", data, sizeof data, 8, RW, 0, 0},
    {"hello.c", ".bss", NULL, 4, 4, RW, 0, 0}, /* no bytes: zeros in memory */
};
/* name, section, binding, offset in the section, size */
static struct elfgen_symbol symbols[SYMBOLS] = {
    {"_start", TEXT, ELFGEN_GLOBAL, 0, 35},   {"leave", TEXT, ELFGEN_LOCAL, 35, 13},
    {"message", RODATA, ELFGEN_LOCAL, 0, 26}, {"pointer", DATA, ELFGEN_LOCAL, 0, 8},
    {"written", BSS, ELFGEN_LOCAL, 0, 4},
};
/* whose bytes, symbol, type, offset of the bytes, addend: a distance is counted from the next
 * instruction, four bytes on */
static const struct elfgen_relocation relocations[] = {
    {TEXT, POINTER, ELFGEN_R_X86_64_PC32, 3, -4}, {TEXT, WRITTEN, ELFGEN_R_X86_64_PC32, 26, -4},
    {TEXT, LEAVE, ELFGEN_R_X86_64_PLT32, 31, -4}, {TEXT, WRITTEN, ELFGEN_R_X86_64_PC32, 37, -4},
    {DATA, MESSAGE, ELFGEN_R_X86_64_64, 0, 0},
};

/* Where, and what is wrong. */
static int fail(const struct elfgen_error *error)
{
    fprintf(stderr, "sections: ");
    if (error->section)
        fprintf(stderr, "%s: ", error->section);
    if (error->section && error->offset != ELFGEN_NOWHERE)
        fprintf(stderr, "offset %llu: ", (unsigned long long)error->offset);
    fprintf(stderr, "%s\n", error->text);
    return 1;
}

int main(int argc, char **argv)
{
    static unsigned char file[4096];
    struct elfgen_program program;
    struct elfgen_layout layout;
    struct elfgen_error error;
    enum elfgen_status status;

    memset(&program, 0, sizeof program);
    program.sections = sections;
    program.section_count = SECTIONS;
    program.symbols = symbols;
    program.symbol_count = SYMBOLS;
    program.relocations = relocations;
    program.relocation_count = sizeof relocations / sizeof relocations[0];
    program.entry_symbol = "_start";

    /* To see a refusal: a relocation then needs a symbol that no section defines. */
    if (argc > 1 && strcmp(argv[1], "undefined") == 0)
        symbols[MESSAGE].section = ELFGEN_SECTION_UNDEFINED;

    /* One segment for everything, or one for each kind of permissions. */
    if (argc > 1 && strcmp(argv[1], "split") == 0)
        status = elfgen_layout_split(&program, NULL, &layout, &error);
    else
        status = elfgen_layout_single(&program, NULL, &layout, &error);
    if (status != ELFGEN_OK)
        return fail(&error);

    size_t size = elfgen_write_image(&program, &layout, file, sizeof file, &error);
    if (size == 0 || size > sizeof file)
        return fail(&error);
    return fwrite(file, 1, size, stdout) == size ? 0 : 1;
}
