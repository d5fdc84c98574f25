/* Whether Linux would start what was built: asked before the output appears. */
#include "build.h"
#include "cli.h"

bool build_check(const struct build *build, const void *bytes, size_t size, const char *kind)
{
    struct elfgen_kernel_machine machine;
    struct elfgen_kernel_answer answer;
    char sentence[512];
    struct elfgen_text text = {.bytes = sentence, .capacity = sizeof sentence - 1};
    /* What some machine starts is good: one with privileges and all the memory there could be. */
    elfgen_kernel_usual(&machine);
    machine.raw_io = true;
    machine.overcommit = ELFGEN_OVERCOMMIT_ALWAYS;
    if (elfgen_kernel_ask(bytes, size, &machine, NULL, &answer, NULL) != ELFGEN_OK ||
        answer.verdict == ELFGEN_STARTS)
        return true;
    /* With randomisation the stack is elsewhere. */
    if (answer.check == ELFGEN_CHECK_map_exists || answer.check == ELFGEN_CHECK_stack)
        return true;
    elfgen_kernel_message(&answer, &text);
    sentence[text.length] = '\0';
    const char *what = answer.verdict == ELFGEN_REFUSED ? "Linux would refuse to start it"
                       : answer.verdict == ELFGEN_KILLED
                           ? "Linux would kill it at its start"
                           : "it would die with its first instruction";
    if (answer.offset == ELFGEN_NOWHERE)
        message(build->output, kind, "%s: %s", what, sentence);
    else
        message(build->output, NULL, "offset 0x%llx (%s): %s: %s: %s",
                (unsigned long long)answer.offset, answer.field, kind, what, sentence);
    return false;
}
