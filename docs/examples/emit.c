/* A compiler's last step: from machine code to an executable, without a linker.
 *
 *     cc emit.c $(pkg-config --cflags --libs elfgen) -o emit && ./emit > hello && chmod +x hello
 */
#include <elfgen.h>
#include <stdio.h>

int main(void)
{
    static const unsigned char code[] = {
        0xb8, 0xe7, 0x00, 0x00, 0x00, /* mov eax, 231    exit_group( */
        0xbf, 0x2a, 0x00, 0x00, 0x00, /* mov edi, 42       42)       */
        0x0f, 0x05,                   /* syscall                     */
    };
    unsigned char file[256];
    struct elfgen_error error;

    size_t size = elfgen_write_exec(file, sizeof file, code, sizeof code, NULL, &error);
    if (size == 0 || size > sizeof file) {
        fprintf(stderr, "emit: %s\n", error.text);
        return 1;
    }
    return fwrite(file, 1, size, stdout) == size ? 0 : 1;
}
