/* Names of the classes of warnings, and the directive that turns one off. */
#include "elfgen/assemble.h"

#include <string.h>

#include "lex.h"

const char *elfgen_assemble_class_name(unsigned class_)
{
    static const char *const names[] = {
        "error",
#define ELFGEN_ASSEMBLE_WARNING(ident, name) name,
#include "elfgen/assemble_warnings.def"
#undef ELFGEN_ASSEMBLE_WARNING
    };
    return class_ < ELFGEN_ASSEMBLE_CLASSES ? names[class_] : NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Whether a text begins with a word, in small letters, and goes on with nothing of it. */
static bool begins(const char *text, const char *end, const char *word)
{
    for (; *word; word++, text++)
        if (text == end || (*text | 0x20) != (*word | 0x20))
            return false;
    return text < end && (is_blank(*text) || *text == ']');
}

const char *elfgen_asm_warning_argument(const char *text, const char *end, unsigned *class_,
                                        bool *is_off)
{
    static const char word[] = "warning";
    if (!begins(text, end, word))
        return NULL;
    text += sizeof word - 1;
    while (text < end && is_blank(*text))
        text++;
    if (text == end || (*text != '-' && *text != '+'))
        return NULL;
    *is_off = *text++ == '-';
    unsigned found = ELFGEN_ASSEMBLE_ERROR + 1;
    while (found < ELFGEN_ASSEMBLE_CLASSES && !begins(text, end, elfgen_assemble_class_name(found)))
        found++;
    if (found == ELFGEN_ASSEMBLE_CLASSES)
        return NULL;
    *class_ = found;
    text += strlen(elfgen_assemble_class_name(found));
    while (text < end && is_blank(*text))
        text++;
    return text < end && *text == ']' ? text : NULL;
}
