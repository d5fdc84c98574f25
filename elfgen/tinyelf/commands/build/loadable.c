/* Checks, before the output is written, whether Linux would start it. */
#include "build.h"
#include "cli/cli.h"
#include "cli/loadable.h"

bool build_check(const struct build *build, const void *bytes, size_t size, const char *kind)
{
    struct elfgen_kernel_answer answer;
    char sentence[512];
    struct elfgen_text text = {.bytes = sentence, .capacity = sizeof sentence - 1};
    if (loadable_somewhere(bytes, size, &answer))
        return true;
    elfgen_kernel_message(&answer, &text);
    sentence[text.length] = '\0';
    const char *what = loadable_verdict_words(answer.verdict);
    if (answer.offset == ELFGEN_NOWHERE)
        message(build->output, kind, "%s: %s", what, sentence);
    else
        message(build->output, NULL, "offset 0x%llx (%s): %s: %s: %s",
                (unsigned long long)answer.offset, answer.field, kind, what, sentence);
    return false;
}
