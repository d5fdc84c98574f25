/* tinyelf dump --verify: reads files again with libelf, and says what differs. */
#include "verify.h"

#include <unistd.h>

#include "base/file.h"
#include "base/plural.h"
#include "cli/cli.h"
#include "commands/commands.h"

#define OPTIONS "commands/dump/options.def"
#include "cli/option_rows_expand.h"

static void put_count(struct elfgen_text *out, uint64_t count, const char *one, const char *more)
{
    elfgen_text_string(out, ", ");
    plural_put(out, count, one, more);
}

static bool verify_file(const char *path, struct standard_output *output)
{
    const char *name = input_name(path);
    struct file_bytes bytes = {0};
    struct verified found;
    struct elfgen_text *out = &output->text;
    stdout_flush(output); /* before an error about this file */
    if (!input_read(path, &bytes)) {
        file_free(&bytes);
        return false;
    }
    bool same = verify_bytes(&message_reporter, name, bytes.bytes, bytes.bytes, bytes.size, &found);
    if (same) {
        elfgen_text_string(out, name);
        elfgen_text_string(out, ": libelf reads the same: ELF header");
        put_count(out, found.segments, "program header", "program headers");
        put_count(out, found.sections, "section", "sections");
        put_count(out, found.symbols, "symbol", "symbols");
        put_count(out, found.relocations, "relocation", "relocations");
        put_count(out, found.dynamic, "dynamic entry", "dynamic entries");
        put_count(out, found.notes, "note", "notes");
        elfgen_text_char(out, '\n');
    }
    file_free(&bytes);
    return same;
}

/* What dump prints is chosen without --verify. */
static int take_option(void *context, const struct option_given *given)
{
    if (given->id != OPTION_VERIFY)
        *(const char **)context = option_rows[0].name;
    return EXIT_YES;
}

int command_dump_verify(int argc, char **argv)
{
    struct standard_output *output = stdout_open();
    const char *other = NULL;
    int status = options_read(&command_dump_options, argc, argv, take_option, &other);
    if (status != OPTIONS_READ)
        return status;
    if (other)
        return usage_error("dump", "--verify prints no headers: it stands alone");
    if (optind == argc)
        return usage_error("dump", "no file given");
    bool good = true;
    output->visible = isatty(STDOUT_FILENO);
    for (int i = optind; i < argc; i++)
        good &= verify_file(argv[i], output);
    good &= stdout_finish(output);
    return good ? EXIT_YES : EXIT_NO;
}
