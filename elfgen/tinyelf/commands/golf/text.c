/* Prints a proof as text. */
#include <string.h>

#include "golf_private.h"
#include "base/ascii.h"
#include "base/plural.h"

bool golf_is_proven(const struct golf_report *report)
{
    return report->same && !report->stretches.differs && report->kernels.refuse_count == 0;
}

static const struct {
    const char *name, *words;
} differences[] = {
    [GOLF_DIFFERENT_CALL] = {"call", "another system call, or other arguments"},
    [GOLF_DIFFERENT_END] = {"end", "one goes on, ends or faults where the other does not"},
    [GOLF_DIFFERENT_RESULT] = {"result", "Linux answers the same system call differently"},
    [GOLF_NO_BUFFER] = {"buffer", "the memory that the system call fills is not all there"},
    [GOLF_TOO_LONG] = {"time", "it does not get there in ten times the time"},
    [GOLF_TOO_MUCH_STACK] = {"stack", "it takes over 128 KiB more of the stack"},
    [GOLF_DOES_NOT_START] = {"start", "Linux does not start it"},
    [GOLF_KILLED] = {"killed", "it was killed"},
};

const char *golf_difference_words(enum golf_difference_kind kind)
{
    return differences[kind].words;
}

const char *golf_difference_name(enum golf_difference_kind kind)
{
    return differences[kind].name;
}

/* ---- an environment ---- */

/* Text of the program's own: quoted, and not longer than a line. */
static void put_quoted(struct elfgen_text *out, const char *text)
{
    enum { SHOWN = 40 };
    static const char digits[] = "0123456789abcdef";
    elfgen_text_char(out, '"');
    for (size_t i = 0; text[i] && i < SHOWN; i++) {
        const uint8_t c = (uint8_t)text[i];
        if (ascii_is_printable(c) && c != '"' && c != '\\') {
            elfgen_text_char(out, (char)c);
        } else {
            elfgen_text_string(out, "\\x");
            elfgen_text_char(out, digits[c >> 4]);
            elfgen_text_char(out, digits[c & 15]);
        }
    }
    elfgen_text_char(out, '"');
    if (strlen(text) > SHOWN) {
        elfgen_text_string(out, "... (");
        elfgen_text_decimal(out, strlen(text), 0);
        elfgen_text_string(out, " bytes)");
    }
}

static void put_strings(struct elfgen_text *out, char *const *strings)
{
    enum { SHOWN = 8 };
    size_t count = 0;
    if (!strings[0])
        elfgen_text_string(out, "none");
    for (; strings[count]; count++) {
        if (count >= SHOWN)
            continue;
        elfgen_text_string(out, count > 0 ? " " : "");
        put_quoted(out, strings[count]);
    }
    if (count > SHOWN) {
        elfgen_text_string(out, " and ");
        elfgen_text_decimal(out, count - SHOWN, 0);
        elfgen_text_string(out, " more");
    }
}

static void put_input(struct elfgen_text *out, const struct golf_environment *environment)
{
    elfgen_text_string(out, environment->input_is);
    if (environment->input_size > 0) {
        elfgen_text_string(out, ", ");
        plural_put(out, environment->input_size, "byte", "bytes");
    }
}

static void put_environment(const struct golf_report *report, struct elfgen_text *out)
{
    const struct golf_environment *environment =
        golf_prover_environment(report->prover, report->difference.environment);
    char command[4096];
    struct elfgen_text text = {.bytes = command, .capacity = sizeof command};
    elfgen_text_string(out, "  calls           ");
    golf_environment_text(environment, out);
    elfgen_text_string(out, "\n  arguments       ");
    put_strings(out, environment->arguments + 1);
    elfgen_text_string(out, "\n  variables       ");
    put_strings(out, environment->variables);
    elfgen_text_string(out, "\n  standard input  ");
    put_input(out, environment);
    elfgen_text_char(out, '\n');
    if (golf_environment_command(environment, report->candidate.name, &text) && !text.cut) {
        elfgen_text_string(out, "  to see it       ");
        elfgen_text_bytes(out, command, text.length);
        elfgen_text_char(out, '\n');
    }
}

static void put_list(const struct golf_report *report, struct elfgen_text *out)
{
    for (size_t i = 0; i < report->facts.environments; i++) {
        const struct golf_environment *environment = golf_prover_environment(report->prover, i);
        elfgen_text_decimal(out, i, 4);
        elfgen_text_string(out, "  ");
        golf_environment_text(environment, out);
        elfgen_text_string(out, "; arguments: ");
        put_strings(out, environment->arguments + 1);
        elfgen_text_string(out, "; standard input: ");
        put_input(out, environment);
        elfgen_text_char(out, '\n');
    }
}

/* ---- the result ---- */

static void put_same(const struct golf_report *report, struct elfgen_text *out)
{
    const struct golf_prover_facts *facts = &report->facts;
    elfgen_text_string(out, report->candidate.name);
    elfgen_text_string(out, ": does the same as ");
    elfgen_text_string(out, report->original.name);
    elfgen_text_string(out, " in ");
    plural_put(out, facts->environments, "environment", "environments");
    elfgen_text_string(out, " (--seed ");
    elfgen_text_decimal(out, report->seed, 0);
    elfgen_text_string(out, "), ");
    plural_put(out, facts->calls, "step", "steps");
    elfgen_text_string(out, "\n");
    if (facts->cut > 0) {
        elfgen_text_string(out, "  in ");
        elfgen_text_decimal(out, facts->cut, 0);
        elfgen_text_string(out, " of them, only the first ");
        plural_put(out, facts->longest, "step", "steps");
        elfgen_text_string(out, facts->cut == 1 ? " were compared\n" : " each were compared\n");
    }
    golf_put_taken_for_granted(report, out);
    golf_put_stretches(report, out);
    golf_put_may_differ(out);
}

/* The step, what each does there, and what they met. */
static void put_sides(const struct golf_report *report, struct elfgen_text *out)
{
    const struct golf_difference *difference = &report->difference;
    elfgen_text_decimal(out, difference->call, 0);
    elfgen_text_string(out, ":\n  original        ");
    elfgen_text_string(out, *difference->original ? difference->original : "nothing more");
    elfgen_text_string(out, "\n  candidate       ");
    elfgen_text_string(out, *difference->candidate ? difference->candidate : "nothing more");
    elfgen_text_char(out, '\n');
    put_environment(report, out);
}

/* The same in all environments, but not with all values. */
static void put_rare(const struct golf_report *report, struct elfgen_text *out)
{
    elfgen_text_string(out, report->candidate.name);
    elfgen_text_string(out, ": does not do the same as ");
    elfgen_text_string(out, report->original.name);
    elfgen_text_string(out, ": it does in ");
    plural_put(out, report->facts.environments, "environment", "environments");
    elfgen_text_string(out, ", but not for all arguments, input and results\n"
                            "  what the original does from ");
    elfgen_text_0x(out, report->stretches.address);
    elfgen_text_string(out, " on ends otherwise in the candidate\n");
    if (report->difference.call > 0) {
        elfgen_text_string(out, "for example, at step ");
        put_sides(report, out);
    }
}

static void put_different(const struct golf_report *report, struct elfgen_text *out)
{
    const struct golf_difference *difference = &report->difference;
    elfgen_text_string(out, report->candidate.name);
    elfgen_text_string(out, ": does not do the same as ");
    elfgen_text_string(out, report->original.name);
    elfgen_text_string(out, ": ");
    elfgen_text_string(out, golf_difference_words(difference->kind));
    elfgen_text_string(out, "\nin environment ");
    elfgen_text_decimal(out, difference->environment, 0);
    elfgen_text_string(out, " (--seed ");
    elfgen_text_decimal(out, report->seed, 0);
    elfgen_text_string(out, "), at step ");
    put_sides(report, out);
}

void golf_text(const struct golf_report *report, bool verbose, struct elfgen_text *out)
{
    if (report->found) {
        golf_put_found(report, verbose, out);
        return;
    }
    if (verbose)
        put_list(report, out);
    if (report->same && report->stretches.differs)
        put_rare(report, out);
    else if (report->same)
        put_same(report, out);
    else
        put_different(report, out);
    golf_put_kernels(report, out);
    elfgen_text_string(out, "  ");
    plural_put(out, report->original.size, "byte", "bytes");
    elfgen_text_string(out, " -> ");
    plural_put(out, report->candidate.size, "byte", "bytes");
    elfgen_text_char(out, '\n');
}
