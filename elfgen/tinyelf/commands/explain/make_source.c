/* Makes a file's source in the hex language, for other commands. */
#include "make_source.h"

#include "cli/cli.h"
#include "explain.h"
#include "x86/session.h"

bool explain_make_source(const char *name, const void *bytes, size_t size,
                         const struct explain_remark *remarks, size_t count,
                         struct elfgen_text *out)
{
    struct elfgen_view view;
    struct explain explain = {.map = {.view = &view, .file = name, .to = size, .out = out},
                              .format = EXPLAIN_HEX,
                              .remarks = remarks,
                              .remark_count = count};
    bytemap_open_view(&view, bytes, size);
    struct x86_session *code =
        x86_session_open(&view, ELFGEN_CODE_FLOW, SYNTAX_INTEL, &explain.map.error);
    explain.map.code = code ? &code->code : NULL;
    bool is_done = explain.map.error.status == ELFGEN_OK && explain_report(&explain);
    if (!is_done)
        message_library_error(name, &explain.map.error);
    x86_session_close(code);
    return is_done;
}
