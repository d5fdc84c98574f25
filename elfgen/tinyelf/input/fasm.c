/* Assembles fasm's sources, whose `format` says whether that makes an object or a whole file. */
#include <errno.h>
#include <string.h>

#include "input_private.h"
#include "base/system_error.h"
#include "elfgen/format.h"
#include "magic.h"

static const struct tool fasm_tool = {"fasm", "fasm"};

bool source_start_fasm(struct source *source)
{
    struct toolchain *chain = &source->chain;
    const bool labels = source->options.labels;
    chain->messages = TOOL_FASM;
    if (source->read_once && !toolchain_put_text(chain, source->input.bytes, source->input.size))
        return false;
    if (!toolchain_make_output(chain) || !toolchain_name_argument(chain))
        return false;
    if (labels && (chain->name_file = toolchain_memory_file("names")) < 0)
        return toolchain_report(chain, REPORT_ERROR, 0, "cannot make a memory file: %s",
                                system_error_text(errno));
    if (source->machine == 0)
        source->machine = source_fasm_machine(source->input.bytes, source->input.size);
    const char *arguments[] = {
        "fasm", chain->argument, TOOL_OUTPUT_PATH, labels ? "-s" : NULL, TOOL_NAMES_PATH, NULL};
    return toolchain_start(chain, &fasm_tool, arguments, chain->object_file, chain->text_file);
}

bool source_finish_fasm(struct source *source)
{
    enum { E_TYPE = 16 };
    struct toolchain *chain = &source->chain;
    const struct file_bytes *made = &source->object;
    if (!toolchain_finish(chain, &fasm_tool) ||
        !toolchain_take_object(chain, "fasm", &source->object))
        return false;
    const uint8_t *bytes = (const uint8_t *)made->bytes;
    if (made->size < E_TYPE + 2 || !begins_with_magic(bytes, made->size))
        return source_refuse_flat(source, 0, made);
    if (bytes[E_TYPE] == ELFGEN_ET_REL && bytes[E_TYPE + 1] == 0)
        return true;
    return source_take_file(source, chain, &source->object);
}
