/* Checks, before the output is written, whether Linux would start it. */
#include "build.h"
#include "cli/cli.h"
#include "cli/loadable.h"

bool build_check(const struct build *build, const void *bytes, size_t size,
                 enum report_severity severity)
{
    struct elfgen_kernel_answer answer;
    char sentence[512];
    struct elfgen_text text = {.bytes = sentence, .capacity = sizeof sentence - 1};
    if (loadable_somewhere(bytes, size, &answer))
        return true;
    elfgen_kernel_message(&answer, &text);
    sentence[text.length] = '\0';
    const struct place place = {.file = build->output,
                                .offset = answer.offset == ELFGEN_NOWHERE ? PLACE_NO_OFFSET
                                                                          : answer.offset,
                                .field = answer.offset == ELFGEN_NOWHERE ? NULL : answer.field};
    report_send(&message_reporter, severity, &place, "%s: %s",
                loadable_verdict_words(answer.verdict), sentence);
    return false;
}
