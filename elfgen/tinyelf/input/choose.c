/* Decides who assembles a source in NASM's language, and has the library do it where it can. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "input_private.h"
#include "base/system_error.h"
#include "elfgen/assemble.h"

/* Why a word is left to NASM, as the end of a sentence. */
static const char *reason(const char *word, uint64_t length)
{
    if (*word == '%')
        return "of NASM's preprocessor";
    if (length > 1 && word[0] == '_' && word[1] == '_')
        return "which NASM defines";
    return "which tinyelf does not assemble itself";
}

/* Whether the source has a word that only NASM knows. Returns false in *done after reporting that
 * it may not be asked. */
static bool is_foreign(struct source *source, bool *done)
{
    struct elfgen_source_place place;
    const char *text = source->input.bytes;
    *done = true;
    if (!elfgen_assemble_foreign(text, source->input.size, &place))
        return false;
    const int length = (int)(place.length < 40 ? place.length : 40);
    const char *word = text + place.offset;
    if (source->options.assembler != ASSEMBLER_INSIDE) {
        toolchain_explain(&source->chain, "NASM assembles it, since line %u has '%.*s'",
                          (unsigned)place.line, length, word);
        snprintf(source->chain.needed_for, sizeof source->chain.needed_for, "'%.*s', %s", length,
                 word, reason(word, place.length));
        source->chain.needed_at = place;
        return true;
    }
    char line[INSIDE_EXCERPT];
    struct report report = {.severity = REPORT_ERROR};
    char sentence[160];
    inside_place(source->chain.name, &source->input, &place, &report, line);
    snprintf(sentence, sizeof sentence,
             "'%.*s', %s, is for NASM alone: leave out --assembler inside", length, word,
             reason(word, place.length));
    report.text = sentence;
    source->options.reporter.report(source->options.reporter.context, &report);
    *done = false;
    return true;
}

/* NASM makes debugging information of an object. Returns false after reporting that it may not be
 * asked. */
static bool leave_debugging(struct source *source)
{
    inside_close(source->inside);
    inside_close(source->flat);
    source->inside = source->flat = NULL;
    if (source->options.assembler == ASSEMBLER_INSIDE)
        return toolchain_report(&source->chain, REPORT_ERROR, 0,
                                "NASM makes debugging information (-g): leave out "
                                "--assembler inside");
    toolchain_explain(&source->chain, "NASM assembles it, since it makes debugging information");
    source->chain.needed_by = "debugging information (-g)";
    return true;
}

bool source_assemble_inside(struct source *source)
{
    const bool forced = source->options.assembler == ASSEMBLER_INSIDE;
    const struct inside_options options = {.path = source->options.path,
                                           .name = source->chain.name,
                                           .input = &source->input,
                                           .machine = source->machine};
    bool done;
    if (source->options.assembler == ASSEMBLER_NASM)
        return true;
    if (is_foreign(source, &done))
        return done;
    source->inside = inside_assemble(&options);
    if (!source->inside)
        return toolchain_report(&source->chain, REPORT_ERROR, 0, "%s", system_error_text(errno));
    const enum source_whole whole = source_make_whole_inside(source);
    if (whole != WHOLE_NO)
        return whole == WHOLE_MADE;
    if (source->options.debug && !inside_is_flat(source->inside))
        return leave_debugging(source);
    if (inside_is_done(source->inside) && !source->flat)
        toolchain_explain(&source->chain, "assembled without NASM");
    else if (!inside_is_done(source->inside) && forced)
        inside_report(source->inside, &source->options.reporter);
    return inside_is_done(source->inside) || !forced;
}
