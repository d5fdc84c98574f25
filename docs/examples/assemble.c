/* Assembles a source in NASM's language to an executable in memory, which is what a compiler that
 * emits assembly needs, or a web page.
 *
 *     cc assemble.c $(pkg-config --cflags --libs elfgen) -o assemble && ./assemble < hello.s >
 * hello
 */
#include <elfgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Line and column of a place in the source, and what is wrong there. */
static void tell(void *context, const struct elfgen_assemble_message *message)
{
    const char *source = (const char *)context, *at = source + message->place.offset;
    const char *start = at;
    while (start > source && start[-1] != '\n')
        start--;
    fprintf(stderr, "%llu:%d: %s: %s\n", (unsigned long long)message->place.line,
            (int)(at - start) + 1, message->class_ == ELFGEN_ASSEMBLE_ERROR ? "error" : "warning",
            message->text);
}

static int fail(const struct elfgen_error *error)
{
    fprintf(stderr, "assemble: %s\n", error->text);
    return 1;
}

/* Lays the program out and writes it. */
static int write_program(struct elfgen_assembly *assembly)
{
    static unsigned char file[65536];
    struct elfgen_exec_options options = ELFGEN_EXEC_DEFAULTS;
    struct elfgen_layout layout;
    struct elfgen_error error;
    options.machine = assembly->machine;
    assembly->program.entry_symbol = "_start";
    if (elfgen_layout_single(&assembly->program, &options, &layout, &error) != ELFGEN_OK)
        return fail(&error);
    size_t size = elfgen_write_image(&assembly->program, &layout, file, sizeof file, &error);
    if (size == 0 || size > sizeof file)
        return fail(&error);
    return fwrite(file, 1, size, stdout) == size ? 0 : 1;
}

int main(void)
{
    static char source[65536];
    size_t length = fread(source, 1, sizeof source, stdin);
    size_t room = ELFGEN_ASSEMBLE_MEMORY(length);
    struct elfgen_assemble_options options;
    struct elfgen_assembly assembly;
    struct elfgen_error error;
    void *memory = malloc(room);
    enum elfgen_status status;

    memset(&options, 0, sizeof options);
    options.tell = tell;
    options.context = source;

    /* The library allocates nothing: it says how much memory it needs. */
    while (memory && (status = elfgen_assemble(source, length, &options, memory, room, &assembly,
                                               &error)) == ELFGEN_NO_ROOM) {
        free(memory);
        room = (size_t)assembly.needed;
        memory = malloc(room);
    }
    if (!memory)
        return 1;
    int failed = status != ELFGEN_OK || write_program(&assembly);
    free(memory);
    return failed;
}
